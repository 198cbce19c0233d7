# Check the tables, and that every notebook still gives the results stored in it. In any CI: sh ci.sh
# Set DXKIT to install another dxkit than the one that made this folder.
set -e
cd "$(dirname "$0")"
dxkit=@DXKIT@
python3 -m venv .venv
.venv/bin/pip install --quiet "${DXKIT:-$dxkit}" pytest nbval
for table in my_survey/responses_* my_decision/costs.csv; do
  case $table in my_decision/*) checked=my_decision ;; *) checked=$table ;; esac
  if [ -e "$table" ]; then .venv/bin/dxkit check "$checked"; fi
done
.venv/bin/python -m pytest --nbval --nbval-current-env --nbval-kernel-startup-timeout=300 --nbval-cell-timeout=120 \
  -p no:cacheprovider notebooks
