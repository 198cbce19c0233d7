"""Reads what a contract says of a line, and refuses a clause that cannot act.

See docs/methods/ownership_cost.md, "Cost lines"."""

import re
from collections.abc import Mapping, Sequence

from dxkit.files.cells import folded
from dxkit.procurement.dossier.columns import Row
from dxkit.procurement.dossier.dossier import PAID, Figure, Line
from dxkit.procurement.dossier.estimates import single
from dxkit.procurement.dossier.steps import TIERS, Steps
from dxkit.procurement.dossier.units import CLAUSE_UNITS

BILLED = {"monthly": 1, "quarterly": 3, "half-yearly": 6, "yearly": 12, "term": 0}  # months of an invoice; 0: the term
_BILLED = re.compile(r"(?:(monthly|quarterly|half-yearly|yearly|term)\b)?\s*(?:in (advance|arrears))?")
_NEEDS_DRIVER = ("minimum", "included", "overage", "block")
_NOT_ONCE = ("growth", "billed", "committed", "to_month", "rises")


def billing(row: Row) -> tuple[int, bool]:
    """How many months an invoice covers (0: the term), and whether it comes in advance."""
    text = row["billed"]
    found = _BILLED.fullmatch(folded(text).replace("half yearly", "half-yearly"))
    if found is None:
        message = f"'{text[:40]}': write {', '.join(BILLED)}, and in advance or in arrears if it is not as usual"
        row.fault("billed", message)
        return 1, False
    months = BILLED[found[1] or "monthly"]
    return months, found[2] == "advance" if found[2] else months != 1


def read_clauses(row: Row, name: str, key: str) -> dict[str, Figure]:
    """The numbers of the contract that are filled in, but growth, by column."""
    figures = {}
    for column, unit in CLAUSE_UNITS.items():
        if column != "growth":
            figure = single(row, column, unit, name=f"{name}: {column}", key=f"{key}|{column}")
            if figure is not None:
                figures[column] = figure
    for column in ("from_month", "to_month", "block"):
        if column in figures and figures[column].mean == 0:
            message = "0: months are counted from 1" if column != "block" else "0: a pack holds more than nothing"
            row.fault(column, message)
    return figures


def check_clauses(row: Row, clauses: Mapping[str, Figure], steps: Steps, horizon: int) -> None:
    """A fault for each clause of a row that cannot act."""
    vendor, line, once, fault = row["vendor"], row["line"], row["timing"] == "once", row.fault
    if not row["per"]:
        for column in (*_NEEDS_DRIVER, *(["ratchet"] if row["ratchet"] else [])):
            if column in clauses or column == "ratchet":
                fault(column, f"{column} acts on a number of units; name their driver in column per, or empty the cell")
        if stepped := [kind for kind in ("adoption", *TIERS) if (vendor, line, kind) in steps]:
            fault("per", f"sheet steps has {stepped[0]} for this line; name the driver of its units")
    if ("included" in clauses) != ("overage" in clauses):
        there, missing = ("included", "overage") if "included" in clauses else ("overage", "included")
        fault(there, f"{there} acts together with {missing}; fill in both or neither")
    for kind in (*TIERS, "price"):
        if (vendor, line, kind) in steps:
            for column in ("low", "likely", "high", *(["included"] if kind != "price" else [])):
                if row[column]:
                    fault(column, f"sheet steps has {kind} for this line, which replaces {column}; empty one of them")
    if not row["growth"]:
        for column in ("uplift_cap", "rises"):
            if row[column]:
                fault(column, f"{column} acts on a growth of the price; fill in growth, or empty the cell")
    if row["category"] not in PAID and row["committed"]:
        fault("committed", f"nothing is owed for {row['category']}; empty the cell")
    if once:
        for column in _NOT_ONCE:
            if row[column]:
                fault(column, f"a line that is paid once has no {column}; empty the cell, or write yearly or monthly")
    last = 12.0 * horizon
    start, end = (
        clauses[name].mean if name in clauses else other for name, other in (("from_month", 1.0), ("to_month", last))
    )
    if end < start or start > last:
        message = f"no month of the horizon lies from month {start:g} to {end:g}; it has {last:g} months"
        fault("from_month" if "from_month" in clauses else "to_month", message)


def differing(earlier: Line, line: Line, columns: Sequence[str]) -> list[str]:
    """The clauses in which two rows of one line differ."""
    found = [name for name in columns if not _same(getattr(earlier, name), getattr(line, name))]
    one, two = (dict(each.clauses) for each in (earlier, line))
    return found + [name for name in {**one, **two} if not _same(one.get(name), two.get(name))]


def _same(one: object, other: object) -> bool:
    if isinstance(one, Figure) and isinstance(other, Figure):
        return one.mean == other.mean
    return one == other
