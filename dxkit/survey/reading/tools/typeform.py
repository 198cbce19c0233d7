"""Typeform: options of a question in one cell, or in columns without the question; an answer may be partial."""

from __future__ import annotations

from dxkit.files.cells import normal
from dxkit.survey.reading.tools.base import Heading, Tool, folded_names


class Typeform(Tool):
    """A column "Other" right behind the options of a question belongs to it."""

    name = "typeform"
    signs: frozenset[str] = folded_names("#, Start Date (UTC), Submit Date (UTC), Network ID, Response Type")
    needed = 2
    must: tuple[frozenset[str], ...] = (folded_names("#"),)
    technical = r"stage date \(utc\)|tags|ending"
    personal = r"network id"
    respondent: tuple[str, ...] = ("#",)
    separators: tuple[str, ...] = (" / ", ", ")
    finished_in: tuple[str, ...] = ("response type",)
    other_follows = True

    def may_be_statement(self, heading: Heading) -> bool:
        return True

    def is_finished(self, cell: str) -> bool:
        return normal(cell) in ("completed", "")
