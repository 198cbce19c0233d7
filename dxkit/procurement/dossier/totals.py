"""Amounts that are the sum of those above them: a total among the lines counts everything twice."""

from __future__ import annotations

from collections.abc import Sequence

from dxkit.files.errors import Faults
from dxkit.files.table import Table
from dxkit.procurement.dossier.columns import Row

_ALIKE = ("vendor", "timing", "from_month", "to_month", "per", "currency", "ledger")


def check_totals(table: Table, rows: Sequence[Row], faults: Faults) -> None:
    """A fault for each likely amount that equals, to half of its last written digit, the sum of the lines above it.

    These are the two or more lines of the same vendor, timing, months, driver and currency since the first, or since
    the last total: the third year of a ramp may well cost what the first two did. A line that says in `declared` why it
    is none is left alone.
    """
    open_: dict[tuple[str, ...], list[float]] = {}
    seen = set()
    for i, row in enumerate(rows):
        if (line := (row["vendor"], row["line"])) in seen:
            continue  # a further source of the same line
        seen.add(line)
        amount, problem = table.number(row["likely"]) if row["likely"] else (0.0, "empty")
        if problem:
            continue
        key = tuple(row.get(name, "") for name in _ALIKE)
        above = open_.setdefault(key, [])
        if len(above) > 1 and amount and not row["declared"] and abs(amount - sum(above)) <= _half_digit(row["likely"]):
            listed = " + ".join(f"{each:,.15g}" for each in above[:4]) + (" + ..." if len(above) > 4 else "")
            message = f"{amount:,.15g} is the sum of the lines above it ({listed})"
            table.fault(faults, i, "likely", f"{message}; delete the total, or say in column declared why it is none")
            above.clear()
        else:
            above.append(amount)


def _half_digit(text: str) -> float:
    """Half a unit of the last digit of a number as it is written.

    >>> _half_digit("1500"), _half_digit("0.25"), _half_digit("1,5")
    (0.5, 0.005, 0.05)
    """
    digits = text.rstrip("%").strip()
    decimal = max(digits.rfind("."), digits.rfind(","))
    return 0.5 * 10.0 ** -(len(digits) - decimal - 1 if decimal >= 0 else 0)
