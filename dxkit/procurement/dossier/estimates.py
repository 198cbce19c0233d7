"""One figure of a row: an estimate from its three cells, or one number, and whose word it is."""

import re
from collections.abc import Sequence
from math import nan

from dxkit.files.errors import suggest
from dxkit.procurement.dossier.columns import AMOUNT, Row, estimate_in
from dxkit.procurement.dossier.dossier import Figure, SourcedFigure
from dxkit.procurement.dossier.units import Unit
from dxkit.statistics.estimate import SHAPES, Estimate, estimate

_MARKS = re.compile(r"[€$£¥]|\b(EUR|USD|GBP|CHF)\b", flags=re.IGNORECASE)


def amount_of(row: Row, unit: Unit, columns: Sequence[str] = AMOUNT, *, shape: str | None = None) -> Estimate | None:
    """The estimate of row i, or None with its faults. `shape` stands for that of the row."""
    numbers: list[float] = []
    for name in columns:
        number, problem = number_in(row, row[name], unit)
        if problem:
            row.fault(name, problem)
            return None
        numbers.append(nan if number is None else number)
    shape = (row.get("shape").casefold() if shape is None else shape) or None
    if shape is not None and shape not in SHAPES:
        row.fault("shape", f"'{shape[:40]}' is not the name of a shape; {suggest(shape, SHAPES)}")
        return None
    return estimate_in(row, columns, numbers, shape)


def number_in(row: Row, text: str, unit: Unit) -> tuple[float | None, str | None]:
    """The number in a cell, None for an empty one, and what is wrong with it."""
    if not text:
        return None, None
    if _MARKS.search(text):
        return None, f"'{text[:40]}' holds a currency; write the number alone, sheet decision names the currency"
    number, problem = row.table.number(text)
    return number, problem or unit.problem(number)


def single(row: Row, column: str, unit: Unit, *, name: str, key: str) -> Figure | None:
    """The one number of a cell as a figure; None where it is empty or wrong."""
    number, problem = number_in(row, row[column], unit)
    if problem:
        row.fault(column, problem)
    if number is None or problem:
        return None
    claim = claim_of(row, estimate(number), (column,))
    return Figure(label=name, key=key, unit=unit, claims=(claim,))


def claim_of(row: Row, amount: Estimate, columns: Sequence[str] = AMOUNT) -> SourcedFigure:
    """The estimate with its source, its date and the cells it stands in."""
    table = row.table
    sheet, at = table.sheet or table.file, [table.columns_at.get(name, name) for name in columns if row[name]]
    cell = ", ".join(f"{each}{row.number}" if each.isalpha() and each.isupper() else each for each in at)
    return SourcedFigure(
        estimate=amount,
        source=row.get("source"),
        date=row.get("source_date")[:10],
        place=f"{sheet} row {row.number}",
        at=(table.spec.kind.removeprefix("sheet "), row.at, tuple(columns)),
        cell=cell if any(each.isupper() for each in at) else f"row {row.number}, {cell}",
    )
