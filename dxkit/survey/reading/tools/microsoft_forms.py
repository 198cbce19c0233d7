"""Microsoft Forms: statements of a grid stand in the header without the question, numbered where they repeat."""

from __future__ import annotations

from dxkit.survey.reading.tools.base import Heading, Tool, folded_names


class MicrosoftForms(Tool):
    """A quiz adds points and feedback behind each question."""

    name = "microsoft_forms"
    signs: frozenset[str] = folded_names("Id, Start time, Completion time, Email, Name, Last modified time")
    needed = 3
    must: tuple[frozenset[str], ...] = (folded_names("Completion time"),)
    technical = r"total points|quiz feedback|points - .*|feedback - .*"
    personal = r"e-?mail|name"
    respondent: tuple[str, ...] = ("id",)
    numbers_repeats = True

    def may_be_statement(self, heading: Heading) -> bool:
        return True
