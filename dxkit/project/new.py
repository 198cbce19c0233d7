"""Start a folder of notebooks, samples and forms."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import dxkit
from dxkit.files.errors import DataError
from dxkit.project import samples
from dxkit.project.forms import dossier_form, survey_form, year_form

_CI = """# Check the tables, and that every notebook still gives the results stored in it. In any CI: sh ci.sh
# Set DXKIT to install another dxkit than the one that made this folder.
set -e
cd "$(dirname "$0")"
dxkit=%s
python3 -m venv .venv
.venv/bin/pip install --quiet "${DXKIT:-$dxkit}" pytest nbval
for table in my_survey/responses_* my_decision/costs.csv; do
  case $table in my_decision/*) checked=my_decision ;; *) checked=$table ;; esac
  if [ -e "$table" ]; then .venv/bin/dxkit check "$checked"; fi
done
.venv/bin/python -m pytest --nbval --nbval-current-env --nbval-kernel-startup-timeout=300 --nbval-cell-timeout=120 \\
  -p no:cacheprovider notebooks
"""
_GITHUB = """# GitHub runs ci.sh on every push, if this folder is the root of the repository.
name: check
on: [push, pull_request]
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "%s"
      - run: sh ci.sh
"""
_GITLAB = """# GitLab runs ci.sh on every push, if this folder is the root of the repository.
check:
  image: python:%s
  script:
    - sh ci.sh
"""
_README = """# Your survey, your decision

1. Run `notebooks/00_start_here.ipynb` in JupyterLab (`jupyter lab`). It shows on real data what you get.
2. Put the export of your survey tool into `my_survey`, as `responses_2026-Q4.csv` or `.xlsx`. What follows the `_` is
   the survey wave. Run `dxkit draft my_survey/responses_2026-Q4.csv`: it finds out what was asked and writes that to
   `my_survey/survey.xlsx`. Look at the yellow cells, and fill in the headcount of each group on sheet `roster`.
3. Run `dxkit check my_survey/responses_2026-Q4.csv`. It names every fault with its cell. Once it finds none, run
   `dxkit run notebooks/01_where_does_it_hurt.ipynb --data my_survey/responses_2026-Q4.csv`.
4. Run `02_which_two.ipynb` in the same way. It shows which two pain points to fix, and how certain that is. It also
   compares with the wave before, if that file (`responses_2026-Q3.csv`) is in the same folder.
5. Fill in the yellow cells of `my_decision/dossier.xlsx`: what each vendor costs to own and to leave.
   Run `dxkit check my_decision/dossier.xlsx`, which names the cells that are missing. Then run
   `dxkit run notebooks/04_own_and_leave.ipynb --data my_decision/dossier.xlsx`.
   If you fill in the sheets criteria and evidence too, `03_which_tool.ipynb` compares the vendors on them.
6. After you have acted, fill in `my_year/year.xlsx`: what was agreed, who joined, what broke. Save an export of
   GitHub, GitLab or DevLake as `my_survey/deployments.csv`, one of PagerDuty, Opsgenie or Jira as
   `my_survey/incidents.csv`: they are read as they are. Or take deployments (tags) and changes from a clone, with the
   lines below. Set the wave before and the days in the first cell of `05_did_it_work.ipynb`, and run
   `dxkit run notebooks/05_did_it_work.ipynb --data my_survey`. What you lack is left out.

```sh
python3 -c "
import dxkit as dx
made = dx.deployments_from_git('CLONE')
made.to_csv('my_survey/deployments.csv', index=False)
dx.changes_from_git('CLONE', made).to_csv('my_survey/changes.csv', index=False)"
```

`sh ci.sh` checks your tables and runs the notebooks against their stored results. `.github/workflows/check.yml` and
`.gitlab-ci.yml` call it on every push.

The tables in `data_samples/company` are synthetic: a fictional company. Those in `data_samples/github_oss_2017` are
real.
"""
_HIDDEN = shutil.ignore_patterns(".*", "__pycache__", "out")


def new(folder: str | Path) -> list[str]:
    """Start a folder with notebooks, sample data, a workbook for a survey and one for a decision, and a short README.

    The folder must be new or empty, and is filled completely or not at all. Returns the names of what is in it.
    """
    target = Path(folder)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise DataError(f"{target} already exists and is not empty; name a new folder")
    target.resolve().parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.resolve().parent))
    try:
        shutil.copytree(samples.notebooks(), work / "notebooks", ignore=_HIDDEN)
        shutil.copytree(samples.path(), work / "data_samples", ignore=_HIDDEN)
        (work / "my_survey").mkdir()
        survey_form.write_survey_workbook(work / "my_survey" / "survey.xlsx")
        (work / "my_decision").mkdir()
        dossier_form.write_dossier_workbook(work / "my_decision" / "dossier.xlsx")
        (work / "my_year").mkdir()
        year_form.write_year_workbook(work / "my_year" / "year.xlsx")
        (work / "README.md").write_text(_README, encoding="utf-8")
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        (work / "ci.sh").write_text(_CI % shlex.quote(_installed()), encoding="utf-8")
        (work / ".github" / "workflows").mkdir(parents=True)
        (work / ".github" / "workflows" / "check.yml").write_text(_GITHUB % python, encoding="utf-8")
        (work / ".gitlab-ci.yml").write_text(_GITLAB % python, encoding="utf-8")
        work.chmod(0o755)
        if target.exists():  # it may be the working directory, so it is kept and filled
            for made in work.iterdir():
                made.rename(target / made.name)
        else:
            work.rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return sorted(path.name + ("/" if path.is_dir() else "") for path in target.iterdir())


def _installed() -> str:
    """What pip needs to install this very dxkit: its version, or the file or repository that it came from."""
    try:
        origin = json.loads(distribution("dxkit").read_text("direct_url.json") or "{}")
    except PackageNotFoundError:
        origin = {}
    if not (url := origin.get("url")):
        return f"dxkit[lab]=={dxkit.__version__}"
    repository = origin.get("vcs_info")
    return f"dxkit[lab] @ {repository['vcs']}+{url}@{repository['commit_id']}" if repository else f"dxkit[lab] @ {url}"
