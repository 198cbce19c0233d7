"""A table that no tool made: the header holds item ids or question texts, the cells codes or labels."""

from __future__ import annotations

from collections.abc import Sequence

from dxkit.survey.reading.tools.base import Tool

_GAPS = 3  # nameless columns from which a header may go on in its second row


class Plain(Tool):
    """It fits every file, and is the last to be asked. Its personal columns are those that people add by hand."""

    name = "plain"
    personal = r"ip|ip ?address|first name|last name|full name|nachname|vorname|phone|telephone|address|user ?agent"
    separators: tuple[str, ...] = (";", " / ", ", ", ",")
    by_hand = True

    def recognised_by(self, first: Sequence[str], second: Sequence[str]) -> str:
        return "its header has no sign of a tool"

    def header_rows(self, first: Sequence[str], second: Sequence[str], third: Sequence[str]) -> int:
        """Two where many names are blank and the second row names the parts of the question to the left of each."""
        blank = [not cell.strip() for cell in first]
        under = [part.strip() for part, gap in zip(second, blank, strict=False) if gap]
        if sum(blank) < max(_GAPS, len(first) / 4) or not all(under):
            return 1
        answers = [cell.strip() for cell in third]
        return 2 if all(cell.strip() for cell in second) and not all(answers) else 1
