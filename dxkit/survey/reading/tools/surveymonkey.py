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
    signs: frozenset[str] = folded_names(
        "Respondent ID, Collector ID, Start Date, End Date, IP Address, Email Address, First Name, Last Name, "
        "Custom Data 1"
    )
    needed = 3
    must: tuple[frozenset[str], ...] = (folded_names("Respondent ID"),)
    personal = r"first name|last name|custom data( \d+)?"
    respondent: tuple[str, ...] = ("respondent id",)
    separators: tuple[str, ...] = (",", ";")
    finished_in: tuple[str, ...] = ("end date",)

    def recognised_by(self, first: Sequence[str], second: Sequence[str]) -> str:
        return super().recognised_by(first, second) or _trimmed(first, second)

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
            statement = "" if normal(part) in _NOTHING or not stem else part.strip()
            headings.append(Heading(code=cell.strip(), stem=stem, statement=statement))
        return headings


def _trimmed(first: Sequence[str], second: Sequence[str]) -> str:
    """The sign that is left where somebody has deleted the tool's own columns: what stands under a question."""
    under = [
        cell.strip() for name, cell in zip(first, second, strict=False) if name.strip() and normal(cell) in _NOTHING
    ]
    stray = sum(normal(cell) in _NOTHING for cell in second) - len(under)
    certain = len(under) > 1 or "open-ended response" in map(normal, under) or not all(cell.strip() for cell in first)
    return (
        f"its second row has {', '.join(dict.fromkeys(under))}" if under and certain and 3 * stray <= len(under) else ""
    )
