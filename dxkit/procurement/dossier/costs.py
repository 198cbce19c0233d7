"""Reads the sheets costs and benefits: their lines, and what several sources say of one line."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from dxkit.files.cells import normal
from dxkit.files.errors import Faults, suggest
from dxkit.files.summary_rows import is_total
from dxkit.files.table import Table
from dxkit.procurement.dossier.columns import CLAUSES, Row, rows_of
from dxkit.procurement.dossier.dossier import Figure, Line
from dxkit.procurement.dossier.estimates import amount_of, claim_of

_SAME = ("category", "timing", "per", "growth", "from_month", "to_month")  # in all rows of one line


def read_lines(
    table: Table | None,
    drivers: Sequence[str],
    decision: Mapping[str, object],
    horizon: int,
    faults: Faults,
    vendors: Sequence[str] | None = None,
) -> list[Line]:
    """The lines of cost, or of benefit where the vendors are known by their costs. Rows of one line with other figures
    are claims on the same figure."""
    if table is None:
        return []
    kind = "" if vendors is None else "benefit "  # costs and benefits may have lines of one name
    lines: dict[tuple[str, str], tuple[int, Line]] = {}
    for i, row in enumerate(rows_of(table, faults)):
        _check_names(table, i, row, decision, vendors, faults)
        if row["per"] and row["per"] not in drivers:
            message = f"there is no driver '{row['per'][:40]}'; {suggest(row['per'], drivers)}"
            table.fault(faults, i, "per", message)
        growth = _growth(table, i, row["growth"], drivers, faults)
        first = 1.0 if math.isnan(row["from_month"]) else row["from_month"]
        last = 12.0 * horizon if math.isnan(row["to_month"]) else row["to_month"]
        if row["timing"] != "initial" and (last < max(first, 1) or first > 12 * horizon):
            table.fault(
                faults,
                i,
                "from_month",
                f"no month of the horizon lies from month {first:g} to {last:g}; it has {12 * horizon} months",
            )
        amount = amount_of(table, i, row, faults)
        if amount is None:
            continue
        line = Line(
            vendor=row["vendor"],
            line=row["line"],
            category=row["category"],
            timing=row["timing"],
            per=row["per"],
            growth=growth,
            ratchet=row["ratchet"],
            from_month=int(max(first, 1)),
            to_month=int(min(last, 12 * horizon)),
            amount=Figure(name=f"{row['vendor']}: {kind}{row['line']}", claims=(claim_of(table, i, row, amount),)),
            ledger=row.get("ledger", ""),
            declared=row.get("declared", ""),
            **{clause: row[clause] for clause in CLAUSES},
        )
        _add(lines, i, line, table, faults)
    _check_likeness(table, lines, faults)
    return [line for _, line in lines.values()]


def _growth(table: Table, i: int, text: str, drivers: Sequence[str], faults: Faults) -> str | float:
    """A yearly rate, or the name of the driver that gives it; none is a rate of 0."""
    if not text or text in drivers:
        return text or 0.0
    rate, problem = table.number(text)
    if problem or not -0.99 <= rate <= 1:
        message = f"'{text[:40]}' is neither a yearly rate such as 0.05 nor a driver"
        table.fault(faults, i, "growth", f"{message}; {suggest(text, drivers)}" if drivers else message)
    return rate


def _check_names(
    table: Table, i: int, row: Row, decision: Mapping[str, object], vendors: Sequence[str] | None, faults: Faults
) -> None:
    vendor, currency, of_dossier = row["vendor"], row["currency"], str(decision["currency"])
    if not vendor:
        table.fault(faults, i, "vendor", "the vendor is empty; write its name in each row")
    elif vendors is not None and vendor not in vendors:
        table.fault(faults, i, "vendor", f"'{vendor[:40]}' has no line in sheet costs; {suggest(vendor, vendors)}")
    if not row["line"]:
        table.fault(faults, i, "line", "the cell is empty; give the line a name")
    if currency and of_dossier and currency.casefold() != of_dossier.casefold():
        message = f"'{currency[:10]}' is not the dossier's currency {of_dossier}"
        table.fault(faults, i, "currency", f"{message}; convert the figure, a dossier has one currency")


def _add(lines: dict[tuple[str, str], tuple[int, Line]], i: int, line: Line, table: Table, faults: Faults) -> None:
    """A further row of a line is another claim on its figure, if all else is the same."""
    key = (line.vendor, line.line)
    if key not in lines:
        lines[key] = (i, line)
        return
    first, earlier = lines[key]
    if differing := [name for name in _SAME if getattr(earlier, name) != getattr(line, name)]:
        message = f"row {table.rows[first]} holds this line too, with another {differing[0]}"
        table.fault(faults, i, differing[0], f"{message}; rows of one line are sources of one figure, so make it equal")
        return
    amount = replace(earlier.amount, claims=earlier.amount.claims + line.amount.claims)
    lines[key] = (first, replace(earlier, amount=amount, declared=earlier.declared or line.declared))


def _check_likeness(table: Table, lines: Mapping[tuple[str, str], tuple[int, Line]], faults: Faults) -> None:
    """Names that look alike are one, spelled in two ways; a total among the lines of a vendor counts twice."""
    spelled: dict[tuple[str, ...], str] = {}
    count_of = Counter(vendor for vendor, _ in lines)
    for (vendor, name), (i, _) in lines.items():
        for column, text, key in (("vendor", vendor, (normal(vendor),)), ("line", name, (vendor, normal(name)))):
            if (other := spelled.setdefault(key, text)) != text:
                both = f"'{text[:40]}' and '{other[:40]}'"
                table.fault(faults, i, column, f"{both} look like one {column}; spell it one way")
        if count_of[vendor] > 1 and is_total(name):
            table.fault(faults, i, "line", "this looks like a total beside other lines; delete it, totals are computed")
