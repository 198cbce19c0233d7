"""A sheet as text: what every reader of files returns."""

from dataclasses import dataclass

MOST_BYTES = 300 * 2**20
YELLOW = "FFF2B3"  # cells of our forms that ask for somebody to look at them


@dataclass(frozen=True, eq=False, kw_only=True)
class Grid:
    """A sheet as text: `cells` is rectangular, "" is empty, blank rows are left out.

    `rows` holds the row number of each in the file. `lettered` says whether columns are named as a spreadsheet does.
    `separator` is what stands between the cells of a csv file, `header_rows` the number of its rows that are header
    where the file itself says so, else 0. `marked` names the cells in the yellow of our forms.
    """

    cells: list[list[str]]
    rows: list[int]
    file: str
    sheet: str | None = None
    lettered: bool = False
    separator: str = ""
    header_rows: int = 0
    notes: tuple[str, ...] = ()
    marked: tuple[str, ...] = ()

    def column_name(self, j: int) -> str:
        """The letter of a spreadsheet column, the number of a csv column (j counts from 0)."""
        return letter(j) if self.lettered else f"column {j + 1}"


def letter(column: int) -> str:
    """The letter of a column of a spreadsheet, counted from 0.

    >>> letter(0), letter(26)
    ('A', 'AA')
    """
    from openpyxl.utils import get_column_letter

    return get_column_letter(column + 1)
