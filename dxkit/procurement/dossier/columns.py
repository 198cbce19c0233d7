"""The sheets of a dossier, as columns.csv declares them: what the reader reads and the form to fill in offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import isnan
from pathlib import Path
from typing import Any

from dxkit.files.errors import DataError, Faults
from dxkit.files.table import Table, TableSpec, declared
from dxkit.statistics.estimate import Estimate, estimate

Row = Mapping[Any, Any]  # the typed cells of a row by column

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


def rows_of(table: Table, faults: Faults) -> list[Row]:
    """The typed cells of every row, by column."""
    return [*table.values(faults).to_dict("records")]


def estimate_in(
    table: Table, i: int, columns: Sequence[str], numbers: Sequence[float], faults: Faults, shape: str | None = None
) -> Estimate | None:
    """The estimate of the numbers in three cells, nan where one is empty; None with its fault."""
    low, likely, high = numbers
    if isnan(low) and isnan(high):
        if not isnan(likely):
            return estimate(likely)
        table.fault(faults, i, columns[1], "the cell is empty; write a number, or low, likely and high")
    elif isnan(low) or isnan(high):
        table.fault(
            faults, i, columns[0] if isnan(low) else columns[2], "low and high go together; fill in both or neither"
        )
    else:
        try:
            return estimate(low, None if isnan(likely) else likely, high, shape)
        except DataError as problem:
            table.fault(faults, i, columns[0] if low > high else columns[1], str(problem))
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
