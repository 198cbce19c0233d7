"""What `dxkit new` puts beside notebooks and samples: a survey workbook to fill in, a README, a script for CI."""

from __future__ import annotations

from pathlib import Path

import dxkit
from dxkit.project import form
from dxkit.survey.reading.codebook import COLUMNS, KINDS
from dxkit.survey.reading.scales import BUILT_IN

CI = f"""# Whether the tables are whole and every notebook still gives what it holds. For any CI: sh ci.sh
set -e
cd "$(dirname "$0")"
python3 -m venv .venv
.venv/bin/pip install --quiet "${{DXKIT:-dxkit[lab]=={dxkit.__version__}}}" pytest nbval
for table in my_survey/responses_* my_decision/*.csv; do
  if [ -e "$table" ]; then .venv/bin/dxkit check "$table"; fi
done
.venv/bin/python -m pytest --nbval --nbval-current-env --nbval-cell-timeout=120 -p no:cacheprovider notebooks
"""

README = """# Your survey, your decision

1. Open `notebooks/00_start_here.ipynb` in JupyterLab (`jupyter lab`) and run it: it shows what you get, on real data.
2. Fill in `my_survey/survey.xlsx`: sheet `codebook` (one row per question), sheet `roster` (headcount by group). Put
   the file that your survey tool exports beside it, named `responses_2026-Q4.csv` or `.xlsx`.
3. `dxkit check my_survey/responses_2026-Q4.csv` names every fault with its cell. Then
   `dxkit run notebooks/01_where_does_it_hurt.ipynb --data my_survey/responses_2026-Q4.csv`.
4. `02_which_two.ipynb` says which two pains to fix and how sure that is, and compares with the wave before, if its file
   (`responses_2026-Q3.csv`) stands in the same folder.
5. Fill in the yellow cells of `my_decision/dossier.xlsx`: what each vendor costs to own and to leave. `dxkit check
   my_decision/dossier.xlsx` names the cells that are missing; then
   `dxkit run notebooks/04_own_and_leave.ipynb --data my_decision/dossier.xlsx`. With the sheets criteria and evidence
   filled in, `03_which_tool.ipynb` compares the vendors on them.
6. When you have acted, put `actions.csv`, `deployments.csv` and what else you have (as in data_samples/company) beside
   the answers of both waves, name them and the day in the first cell of `05_did_it_work.ipynb`; run it on that folder.

`sh ci.sh` checks your tables and runs the notebooks against what they hold; call it from your CI.

The tables in `data_samples/company` are synthetic: a fictional company. `data_samples/github_oss_2017` is real.
"""

_QUESTIONS = (
    ("team", "Your team", "segment"),
    (
        "sat_ci",
        "How satisfied are you with ... [Waiting for CI]",
        "rating",
        "Feedback loops",
        "Waiting for CI",
        "satisfaction5",
    ),
    (
        "imp_ci",
        "How important is this for your work? [Waiting for CI]",
        "importance",
        "",
        "Waiting for CI",
        "importance5",
    ),
    ("hrs_ci", "Hours lost in a typical week [Waiting for CI]", "hours", "", "Waiting for CI", "hours"),
    ("focus", "I have time for deep work on most days", "rating", "Flow", "", "agreement5"),
    ("recommend", "How likely are you to recommend working here?", "recommend", "", "", "recommend11"),
    ("remark", "What else should we know?", "comment"),
)
_NOTES = {
    "item": "A short id of your own.",
    "text": "The question exactly as the header of the export has it. A line of a grid is written: Question [Line].",
    "kind": f"One of {', '.join(KINDS)}.",
    "dimension": "Ratings of one dimension are averaged per person.",
    "topic": "The pain point it measures; the same words for its satisfaction, importance and hours.",
    "scale": "A built-in scale, one of the sheet scales, or a range such as 1-7.",
    "reverse": "yes where agreeing is bad news.",
    "asked_if": "The item or column that shows whether this question was "
    "put to the person (blank, 0 or no: it was not).",
}


def write_survey_workbook(path: Path) -> None:
    """A workbook with the sheets codebook (example questions), scales and roster, with drop-downs and notes."""
    with form.writing(path) as book:
        codebook = form.add_sheet(book, "codebook", COLUMNS, {"text": 60}, 18)
        for j, column in enumerate(COLUMNS):
            codebook.write_comment(0, j, _NOTES[column], {"author": "dxkit", "width": 320, "height": 110})
        for number, row in enumerate(_QUESTIONS, 1):
            codebook.write_row(number, 0, row)
        form.offer(codebook, COLUMNS.index("kind"), KINDS)
        form.offer(codebook, COLUMNS.index("scale"), tuple(BUILT_IN), only=False)
        form.offer(codebook, COLUMNS.index("reverse"), ("yes", "no"))
        form.add_sheet(book, "scales", ("scale", "code", "label", "favourable"), {}, 18)
        roster = form.add_sheet(book, "roster", ("team", "headcount"), {}, 18)
        form.at_least_zero(roster, 1, "A headcount is a whole number of people.", whole=True)
