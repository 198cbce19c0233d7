"""A sheet as text: what every reader of files returns."""

from __future__ import annotations

from dataclasses import dataclass

MOST_BYTES = 300 * 2**20


@dataclass(frozen=True, eq=False, kw_only=True)
class Grid:
    """A sheet as text: `cells` is rectangular, "" is empty, blank rows are left out.

    `rows` holds the row number of each in the file. `lettered` says whether columns are named as a spreadsheet does.
    `separator` is what stands between the cells of a csv file, `header_rows` the number of its rows that are header
    where the file itself says so, else 0.
    """

    cells: list[list[str]]
    rows: list[int]
    file: str
    sheet: str | None = None
    lettered: bool = False
    separator: str = ""
    header_rows: int = 0
    notes: tuple[str, ...] = ()

    def column_name(self, j: int) -> str:
        """The letter of a spreadsheet column, the number of a csv column (j counts from 0)."""
        if not self.lettered:
            return f"column {j + 1}"
        letters, j = "", j + 1
        while j:
            j, rest = divmod(j - 1, 26)
            letters = chr(65 + rest) + letters
        return letters
