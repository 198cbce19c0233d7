"""SurveyMonkey: a second header row holds the statements and options of the question above or left of it."""

from __future__ import annotations

from collections.abc import Sequence

from dxkit.files.cells import normal
from dxkit.survey.reading.tools.base import Heading, Tool, cells_under, folded_names

_FILLED = folded_names("Respondent ID")
_NOTHING = ("response", "open-ended response")  # in the second row: the question has no parts


class SurveyMonkey(Tool):
    """An answer is finished when it has an end date."""

    name = "surveymonkey"
    signs = folded_names(
        "Respondent ID, Collector ID, Start Date, End Date, IP Address, Email Address, First Name, Last Name, "
        "Custom Data 1"
    )
    needed = 3
    must = folded_names("Respondent ID")
    personal = r"first name|last name|custom data( \d+)?"
    respondent = ("respondent id",)
    day = ("end date", "start date")
    separators = (",", ";")
    finished_in = "end date"

    def header_rows(self, first: Sequence[str], second: Sequence[str], third: Sequence[str]) -> int:
        """Two where the second row says "Response", or has no id and yet some text."""
        ids = cells_under(_FILLED, first, second)
        blank = bool(ids) and not any(ids) and any(cell.strip() for cell in second)
        return 2 if blank or not {normal(cell) for cell in second}.isdisjoint(_NOTHING) else 1

    def headings(self, rows: Sequence[Sequence[str]]) -> list[Heading]:
        if len(rows) == 1:
            return super().headings(rows)
        headings, stem = [], ""
        for cell, part in zip(rows[0], rows[1], strict=True):
            stem = cell.strip() or stem
            statement = "" if normal(part) in _NOTHING else part.strip()
            headings.append(Heading(code=cell.strip(), stem=stem, statement=statement))
        return headings
