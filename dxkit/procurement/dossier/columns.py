"""The sheets of a dossier, as columns.csv declares them: what the reader reads and the form to fill in offers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isnan
from pathlib import Path
from typing import Any

from dxkit.files.errors import DataError, Faults
from dxkit.files.table import Table, TableSpec, declared
from dxkit.statistics.estimate import Estimate, estimate

STATUSES = ("illustrative", "quoted")
DISCOUNTING = ("payment", "year end")
AMOUNT = ("low", "likely", "high")
GROWTH = ("growth_low", "growth_likely", "growth_high")


SHEETS = {
    name: TableSpec(kind=f"sheet {name}", columns=columns)
    for name, columns in declared(Path(__file__).with_name("columns.csv")).items()
}
CATEGORIES, BENEFITS, KINDS = (
    next(column.allowed for column in SHEETS[sheet].columns if column.name == name)
    for sheet, name in (("costs", "category"), ("benefits", "category"), ("evidence", "kind"))
)


@dataclass(frozen=True, eq=False)
class Row:
    """A row of a sheet: its typed cells by column, and where what is wrong with one of them goes."""

    table: Table
    at: int
    cells: Mapping[Any, Any]
    faults: Faults

    def __getitem__(self, column: str) -> Any:
        return self.cells[column]

    def get(self, column: str) -> Any:
        """The cell of a column that only some sheets have, else an empty one."""
        return self.cells.get(column, "")

    @property
    def number(self) -> int:
        """The row's number in its file."""
        return self.table.rows[self.at]

    def filled(self, column: str) -> bool:
        """Whether anything stands in a cell, be it right or wrong."""
        return bool(self.table.text(column)[self.at])

    def fault(self, column: str, message: str) -> None:
        self.table.fault(self.faults, self.at, column, message)


def rows_of(table: Table | None, faults: Faults) -> list[Row]:
    """Every row of a sheet; none of a sheet that is not there."""
    cells = [] if table is None else table.values(faults).to_dict("records")
    return [Row(table, i, each, faults) for i, each in enumerate(cells) if table is not None]


def estimate_in(
    row: Row, columns: Sequence[str], numbers: Sequence[float], shape: str | None = None
) -> Estimate | None:
    """The estimate of the numbers in three cells, nan where one is empty; None with its fault."""
    low, likely, high = numbers
    if isnan(low) and isnan(high):
        if not isnan(likely):
            return estimate(likely)
        row.fault(columns[1], "the cell is empty; write a number, or low, likely and high")
    elif isnan(low) or isnan(high):
        row.fault(columns[0] if isnan(low) else columns[2], "low and high go together; fill in both or neither")
    else:
        try:
            return estimate(low, None if isnan(likely) else likely, high, shape)
        except DataError as problem:
            row.fault(columns[0] if low > high else columns[1], str(problem))
    return None


def day_of(text: str) -> date | None:
    """The day that a cell begins with; None where it does not.

    >>> day_of("2026-11-30 00:00"), day_of("30.11.2026")
    (datetime.date(2026, 11, 30), None)
    """
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
