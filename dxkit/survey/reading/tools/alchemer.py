"""Alchemer, once SurveyGizmo: `Response ID` and `Status` in front, an option in a column of its own."""

from __future__ import annotations

from dxkit.files.cells import normal
from dxkit.survey.reading.tools.base import Heading, Tool, folded_names

_DONE = ("complete", "completed", "")


class Alchemer(Tool):
    """An answer is finished when its status is Complete; Partial and Disqualified are not.

    A column of an option is called `Option:Question`, so is a line of a grid.
    """

    name = "alchemer"
    signs: frozenset[str] = folded_names(
        "Response ID, Time Started, Date Submitted, Status, Contact ID, Legacy Comments, SessionID, Extended Referer"
    )
    needed = 3
    must: tuple[frozenset[str], ...] = (
        folded_names("Response ID, Status"),
        folded_names("Time Started, Date Submitted, Status"),
    )
    technical = r"referer|language|comments|tags|link name"
    personal = r"longitude|latitude|postal|city"
    respondent: tuple[str, ...] = ("response id",)
    separators: tuple[str, ...] = (";", ", ", ",")
    finished_in: tuple[str, ...] = ("status",)

    def headings(self, rows):
        return [self._heading(cell) for cell in rows[0]]

    def _heading(self, cell: str) -> Heading:
        """`Git:Which tools?` as the option Git of that question; other headers whole.

        >>> Alchemer()._heading("Git:Which tools?").statement, Alchemer()._heading("Your team: which?").statement
        ('Git', '')
        """
        option, colon, stem = cell.strip().partition(":")
        if colon and option and stem and stem == stem.lstrip():
            return Heading(code=cell.strip(), stem=stem, statement=option, cell=cell.strip())
        return Heading(code=cell.strip(), stem=cell.strip(), cell=cell.strip())

    def is_finished(self, cell: str) -> bool:
        return normal(cell) in _DONE
