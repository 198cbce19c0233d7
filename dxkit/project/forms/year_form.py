"""The workbook in which a lead writes down a year: what was agreed, who joined, what broke.

See docs/tables.md, "A year of delivery"."""

from datetime import date
from pathlib import Path

from dxkit.files.writing import new_workbook
from dxkit.project.forms import form
from dxkit.survey.reading.instrument.asked import questions

_TOLD = form.FORMS["year"]


def write_year_workbook(path: Path) -> None:
    """The workbook to fill in: read me, actions, hires, incidents, and the topics that actions may be for."""
    topics = [line["en"] for line in questions()["lines"]["pains"]]
    with new_workbook(path) as book:
        form.read_me(book, _TOLD["read_me"])
        for name, example in _TOLD["sheets"].items():
            sheet = form.add_sheet(book, name, tuple(example), _TOLD["widths"], 22)
            for j, (column, value) in enumerate(example.items()):
                if isinstance(value, date):
                    form.days(book, sheet, j, value)
                else:
                    sheet.write_string(1, j, value, book.add_format(form.EXAMPLE_LOOK))
                if column == "topic":
                    form.offer(sheet, j, f"=topics!$A$2:$A${len(topics) + 21}", only=False)
        listed = form.add_sheet(book, "topics", ("topic",), {}, 50)
        for number, topic in enumerate(topics, 1):
            listed.write_string(number, 0, topic)
