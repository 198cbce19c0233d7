"""Qualtrics: two or three header rows (codes, question texts, import ids), test answers, codes below zero.

Legacy exports number their own columns V1, V2, ... and call them in the second row as others do in the first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from dxkit.files.cells import normal
from dxkit.survey.reading.tools.base import Heading, Tool, cells_under, folded_names

_FILLED = folded_names("StartDate, EndDate, RecordedDate, Progress, Duration (in seconds), ResponseId")
_REAL = ("", "ip address", "imported", "offline", "0", "4", "16")  # what Status says of an answer that is not a test


class Qualtrics(Tool):
    """Options that were chosen together are joined by a comma; "not applicable" is recoded to a number below zero."""

    name = "qualtrics"
    signs: frozenset[str] = folded_names(
        "StartDate, EndDate, Status, IPAddress, Progress, Duration (in seconds), Finished, RecordedDate, ResponseId, "
        "DistributionChannel, UserLanguage, ResponseSet"
    )
    needed = 3
    must: tuple[frozenset[str], ...] = (folded_names("ResponseId"),)
    technical = r"duration.*"
    personal = (
        r"recipient(first|last)? ?name|recipientemail|emailaddress|location(latitude|longitude)|"
        r"external ?data ?reference"
    )
    code_endings: tuple[str, ...] = ("_DO",)  # the order in which options were displayed
    text_endings: tuple[str, ...] = ("_TEXT",)
    respondent: tuple[str, ...] = ("responseid",)
    separators: tuple[str, ...] = (",",)
    finished_in: tuple[str, ...] = ("finished",)
    preview_in = "status"

    def recognised_by(self, first: Sequence[str], second: Sequence[str]) -> str:
        if _is_legacy(first, second) and (why := super().recognised_by(second, [])):
            return f"{why} in its second row"
        return super().recognised_by(first, second)

    def header_rows(self, first: Sequence[str], second: Sequence[str], third: Sequence[str]) -> int:
        """Three with import ids; two where the second row holds texts in columns of numbers and dates; else one."""
        if any("importid" in cell.casefold() for cell in third):
            return 3
        if _is_legacy(first, second):
            return 2
        filled = cells_under(_FILLED, first, second)
        texts = any(filled) and not any(re.search(r"\d", cell) for cell in filled)
        has_id = any(re.fullmatch(r"R_\w+", cell.strip()) for cell in second)  # then it is a row of answers
        return 2 if texts and not has_id else 1

    def headings(self, rows: Sequence[Sequence[str]]) -> list[Heading]:
        if len(rows) == 1:
            return super().headings(rows)
        legacy = _is_legacy(rows[0], rows[1])
        return [
            Heading(
                code=text.strip() if legacy and re.fullmatch(r"V\d+", code.strip()) else code.strip(), stem=text.strip()
            )
            for code, text in zip(rows[0], rows[1], strict=True)
        ]

    def is_finished(self, cell: str) -> bool:
        return normal(cell) not in ("false", "0", "no")

    def is_preview(self, cell: str) -> bool:
        return normal(cell) not in _REAL

    def is_no_opinion(self, text: str) -> bool:
        return text.startswith("-") and text[1:].isdigit()


def _is_legacy(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether the second row calls a column V1, V2, ... of the first ResponseID."""
    return any(
        re.fullmatch(r"V\d+", code.strip()) and normal(text) == "responseid"
        for code, text in zip(first, second, strict=False)
    )
