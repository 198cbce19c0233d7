"""Reads the sheet drivers: what costs scale with, and how it grows."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from dxkit.files.cells import folded, normal
from dxkit.files.errors import Faults, suggest
from dxkit.files.table import Table
from dxkit.procurement.dossier.columns import GROWTH, Row, rows_of
from dxkit.procurement.dossier.dossier import Driver, Figure
from dxkit.procurement.dossier.estimates import amount_of, claim_of
from dxkit.procurement.dossier.units import COUNT, RATE, SHARE, Unit


def names_in(table: Table | None, column: str) -> set[str]:
    """The texts of a column."""
    return set() if table is None else {text for text in table.text(column) if text}


def read_drivers(table: Table | None, rates: Collection[str], faults: Faults) -> dict[str, Driver]:
    """The drivers by name; growth is a number, an estimate or the name of another driver. Rows of one name are claims
    on the same figure. `rates` are the drivers that others grow with."""
    rows = rows_of(table, faults)
    names, rates = {row["driver"] for row in rows}, {*rates, *names_in(table, "growth_likely")}
    drivers: dict[str, Driver] = {}
    first_at: dict[str, Row] = {}
    for row in rows:
        name = row["driver"]
        if not name:
            row.fault("driver", "the cell is empty; give the driver a name")
            continue
        unit = RATE if name in rates else _unit(row["unit"])
        amount = amount_of(row, unit)
        growth = _growth(row, names)
        if amount is None:
            continue
        figure = Figure(label=name, key=f"driver|{name}|amount", unit=unit, claims=(claim_of(row, amount),))
        if name in drivers:
            earlier = drivers[name]
            for column, same in (
                ("growth_likely", _alike(earlier.growth, growth)),
                ("unit", earlier.unit == row["unit"]),
            ):
                if row[column] and not same:
                    message = f"row {first_at[name].number} holds this driver too, with another {column}"
                    row.fault(column, f"{message}; rows of one driver are sources of one figure")
            claims = (*earlier.amount.claims, *figure.claims)
            drivers[name] = replace(earlier, amount=replace(earlier.amount, claims=claims))
        else:
            drivers[name], first_at[name] = Driver(name=name, unit=row["unit"], growth=growth, amount=figure), row
    spelled: dict[str, str] = {}
    for name in drivers:
        if (other := spelled.setdefault(normal(name), name)) != name:
            both = f"'{name[:40]}' and '{other[:40]}'"
            first_at[name].fault("driver", f"{both} look like one driver; spell it one way")
        if circle := _circle(name, drivers):
            message = f"growth goes round in a circle: {' -> '.join(circle)}"
            first_at[name].fault("growth_likely", message)
    return drivers


def _unit(text: str) -> Unit:
    return SHARE if folded(text) == "share" else COUNT


def _alike(one: Figure | str | None, other: Figure | str | None) -> bool:
    if isinstance(one, Figure) and isinstance(other, Figure):
        return one.claims[0].estimate == other.claims[0].estimate
    return one == other


def _growth(row: Row, names: set[str]) -> Figure | str | None:
    likely = row["growth_likely"]
    if not any(row[column] for column in GROWTH):
        return None
    if row.table.number(likely)[1] and likely in names:
        return likely
    shape = "" if likely else "uniform"  # of its own, whatever the amount's is
    grown = amount_of(row, RATE, GROWTH, shape=shape)
    if grown is None:
        return None
    claim = claim_of(row, grown, GROWTH)
    return Figure(label=f"growth of {row['driver']}", key=f"driver|{row['driver']}|growth", unit=RATE, claims=(claim,))


def _circle(name: str, drivers: dict[str, Driver]) -> list[str]:
    """The drivers through which the growth of this one comes back to it; empty where it does not."""
    path, at = [name], drivers[name].growth
    while isinstance(at, str) and at not in path and at in drivers:
        path.append(at)
        at = drivers[at].growth
    return [*path, name] if at == name else []


def no_driver(name: str, drivers: Sequence[str]) -> str:
    """What is wrong with the name of a driver that is not there."""
    return f"there is no driver '{name[:40]}'; {suggest(name, drivers) if drivers else 'there is no sheet drivers'}"
