"""A table that no tool made: the header holds item ids or question texts, the cells codes or labels."""

from __future__ import annotations

from collections.abc import Sequence

from dxkit.survey.reading.tools.base import Tool


class Plain(Tool):
    """It fits every file, and is the last to be asked. Its personal columns are those that people add by hand."""

    name = "plain"
    personal = r"ip|ip ?address|first name|last name|full name|nachname|vorname|phone|telephone|address|user ?agent"
    separators: tuple[str, ...] = (";", " / ", ", ", ",")
    by_hand = True

    def recognised_by(self, first: Sequence[str], second: Sequence[str]) -> str:
        return "its header has no sign of a tool"
