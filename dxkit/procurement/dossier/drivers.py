"""Reads the sheet drivers: what costs scale with, and how it grows."""

from __future__ import annotations

from dxkit.files.cells import normal
from dxkit.files.errors import Faults
from dxkit.files.table import Table
from dxkit.procurement.dossier.columns import GROWTH, Row, rows_of
from dxkit.procurement.dossier.dossier import Driver, Figure, SourcedFigure
from dxkit.procurement.dossier.estimates import amount_of, claim_of

_MOST_GROWTH = 2.0  # a year; what is more is a percentage written without its sign


def read_drivers(table: Table | None, faults: Faults) -> dict[str, Driver]:
    """The drivers by name; growth is a number, an estimate or the name of another driver. Rows of one name are claims
    on the same figure."""
    if table is None:
        return {}
    rows = rows_of(table, faults)
    names = {row["driver"] for row in rows}
    claims: dict[str, list[SourcedFigure]] = {}
    growths: dict[str, Figure | str | None] = {}
    units: dict[str, str] = {}
    first_at: dict[str, int] = {}
    for i, row in enumerate(rows):
        name = row["driver"]
        if not name:
            table.fault(faults, i, "driver", "the cell is empty; give the driver a name")
            continue
        amount = amount_of(table, i, row, faults)
        growth = _growth(table, i, row, names, faults)
        if amount is not None:
            claims.setdefault(name, []).append(claim_of(table, i, row, amount))
            growths.setdefault(name, growth)
            units.setdefault(name, row["unit"])
            first_at.setdefault(name, i)
    drivers = {
        name: Driver(name=name, unit=units[name], growth=growths[name], amount=Figure(name=name, claims=tuple(each)))
        for name, each in claims.items()
    }
    spelled: dict[str, str] = {}
    for name in drivers:
        if (other := spelled.setdefault(normal(name), name)) != name:
            both = f"'{name[:40]}' and '{other[:40]}'"
            table.fault(faults, first_at[name], "driver", f"{both} look like one driver; spell it one way")
        if circle := _circle(name, drivers):
            message = f"growth goes round in a circle: {' -> '.join(circle)}"
            table.fault(faults, first_at[name], "growth_likely", message)
    return drivers


def _growth(table: Table, i: int, row: Row, names: set[str], faults: Faults) -> Figure | str | None:
    likely = row["growth_likely"]
    if not likely:
        return None
    if table.number(likely)[1] and likely in names:
        return likely
    grown = amount_of(table, i, row, faults, GROWTH, least=-0.99)
    if grown is None:
        return None
    if grown.mean > _MOST_GROWTH:
        message = f"{grown.mean:g} is a growth of {grown.mean:.0%} a year; write 0.05 for 5%"
        table.fault(faults, i, "growth_likely", message)
    return Figure(name=f"growth of {row['driver']}", claims=(claim_of(table, i, row, grown),))


def _circle(name: str, drivers: dict[str, Driver]) -> list[str]:
    """The drivers through which the growth of this one comes back to it; empty where it does not."""
    path, at = [name], drivers[name].growth
    while isinstance(at, str) and at not in path and at in drivers:
        path.append(at)
        at = drivers[at].growth
    return [*path, name] if at == name else []
