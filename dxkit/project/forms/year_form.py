"""The workbook in which a lead writes down a year: what was agreed, who joined, what broke.

See docs/tables.md, "A year of delivery"."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from dxkit.files.table import EXAMPLE
from dxkit.files.writing import new_workbook
from dxkit.project.forms import form
from dxkit.survey.reading.instrument.asked import questions

_READ_ME = (
    "Did it work?",
    "Fill in what you have; every sheet may stay as it is. Grey rows are examples; dxkit leaves them out.",
    "actions: what was agreed after a survey. The topic is a pain of the survey, in the same words; empty where it was "
    "for none. Write the pains of your survey on sheet topics: the drop-down offers them. Done is empty while open.",
    "hires: who joined, and when they deployed for the first time (empty: not yet). A number will do for the person.",
    "incidents: what broke in production, from when to when (empty: still open), and when it was reviewed.",
    "Deployments and changes are not asked here: they come from git, or from an export of a tool. README.md says how.",
    "Then run:  dxkit run notebooks/05_did_it_work.ipynb --data my_survey",
)
_DAYS, _TIMES = ("retro_date", "due", "done", "start", "first_deploy", "reviewed"), ("opened", "resolved")
_SHEETS = {  # columns in the order in which one thinks of them, and an example
    "actions": {
        "action": f"{EXAMPLE} a second pool of build machines",
        "topic": "Getting a build done",
        "retro_date": datetime(2026, 2, 23),
        "owner": "Platform",
        "due": datetime(2026, 5, 29),
        "done": datetime(2026, 6, 12),
        "measure": "hours lost on builds",
        "scope": "all teams",
    },
    "hires": {
        "person": f"{EXAMPLE} newcomer 1",
        "start": datetime(2026, 3, 2),
        "first_deploy": datetime(2026, 3, 19),
    },
    "incidents": {
        "incident": f"{EXAMPLE} shop down",
        "service": "shop",
        "opened": datetime(2026, 4, 7, 9, 30),
        "resolved": datetime(2026, 4, 7, 11, 5),
        "reviewed": datetime(2026, 4, 10),
        "deployment": "release 41",
    },
}


def write_year_workbook(path: Path) -> None:
    """The workbook to fill in: read me, actions, hires, incidents, and the topics that actions may be for."""
    topics = [line["en"] for line in questions()["lines"]["pains"]]
    with new_workbook(path) as book:
        form.read_me(book, _READ_ME)
        for name, example in _SHEETS.items():
            sheet = form.add_sheet(book, name, tuple(example), {"action": 44, "topic": 40, "incident": 34}, 22)
            for j, (column, value) in enumerate(example.items()):
                if column in (*_DAYS, *_TIMES):
                    form.days(book, sheet, j, time=column in _TIMES)
                    shape = {"num_format": "yyyy-mm-dd hh:mm" if column in _TIMES else "yyyy-mm-dd"}
                    sheet.write_datetime(1, j, value, book.add_format(form.EXAMPLE_LOOK | shape))
                else:
                    sheet.write_string(1, j, value, book.add_format(form.EXAMPLE_LOOK))
                if column == "topic":
                    form.offer(sheet, j, f"=topics!$A$2:$A${len(topics) + 21}", only=False)
        listed = form.add_sheet(book, "topics", ("topic",), {}, 50)
        for number, topic in enumerate(topics, 1):
            listed.write_string(number, 0, topic)
