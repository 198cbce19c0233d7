"""One figure of a row: an estimate from its three cells, and whose word it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dxkit.files.errors import DataError, Faults, suggest
from dxkit.files.table import Table
from dxkit.procurement.dossier.columns import AMOUNT, Row
from dxkit.procurement.dossier.dossier import SourcedFigure
from dxkit.statistics.estimate import SHAPES, Estimate, estimate

MOST = 1e15  # beyond it somebody leant on a key
_MARKS = re.compile(r"[€$£¥]|\b(EUR|USD|GBP|CHF)\b", flags=re.IGNORECASE)


def amount_of(
    table: Table, i: int, row: Row, faults: Faults, columns: Sequence[str] = AMOUNT, *, least: float = 0.0
) -> Estimate | None:
    """The estimate of row i, or None with its faults."""
    numbers: list[float | None] = []
    for name in columns:
        number, problem = _number(table, row[name], least)
        if problem:
            table.fault(faults, i, name, problem)
            return None
        numbers.append(number)
    low, likely, high = numbers
    shape = row["shape"].casefold() or None
    if shape is not None and shape not in SHAPES:
        table.fault(faults, i, "shape", f"'{shape[:40]}' is not the name of a shape; {suggest(shape, SHAPES)}")
        return None
    if low is None and high is None:
        if likely is None:
            table.fault(faults, i, columns[1], "the cell is empty; write a number, or low, likely and high")
            return None
        return estimate(likely)
    if low is None or high is None:
        empty = columns[0] if low is None else columns[2]
        table.fault(faults, i, empty, "low and high go together; fill in both or neither")
        return None
    try:
        return estimate(low, likely, high, shape)
    except DataError as problem:
        table.fault(faults, i, columns[0] if low > high else columns[1], str(problem))
        return None


def _number(table: Table, text: str, least: float) -> tuple[float | None, str | None]:
    """The number in a cell, None for an empty one, and what is wrong with it."""
    if not text:
        return None, None
    if _MARKS.search(text):
        return None, f"'{text[:40]}' holds a currency; write the number alone, sheet decision names the currency"
    number, problem = table.number(text)
    if problem is None and abs(number) > MOST:
        problem = f"{number:g} is too large to be meant"
    if problem is None and number < least:
        instead = "write savings into the sheet benefits" if least == 0 else f"the least is {least:g}"
        problem = f"{number:g} is {'negative' if least == 0 else 'too small'}; {instead}"
    return number, problem


def claim_of(table: Table, i: int, row: Row, amount: Estimate) -> SourcedFigure:
    """The estimate with its source, its date and the row it stands in."""
    place = f"{table.sheet or table.file} row {table.rows[i]}"
    return SourcedFigure(estimate=amount, source=row["source"], date=row["source_date"][:10], place=place)
