"""The tables of a year of delivery: which of them a file holds, each read as the notebook reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dxkit.files.cells import folded
from dxkit.files.errors import Faults
from dxkit.files.opening import OpenedFile
from dxkit.files.table import Table, TableSpec
from dxkit.outcomes.actions import read_table as read_actions
from dxkit.outcomes.delivery import events, exports
from dxkit.outcomes.durations import read_hires
from dxkit.outcomes.ownership.catalog import read_table as read_catalog
from dxkit.outcomes.times import COLUMNS

FORM = "year.xlsx"  # as `dxkit new` calls the workbook
_EVENTS: dict[str, tuple[TableSpec, Callable[..., None]]] = {
    "deployments": (events.DEPLOYMENTS, events.check_deployments),
    "changes": (events.CHANGES, lambda *_: None),
    "incidents": (events.INCIDENTS, events.check_incidents),
}
TABLES = (*_EVENTS, "actions", "hires", "catalog")
_TOLD_BY_COLUMNS = ("deployments", "changes", "incidents", "actions", "hires")  # a catalog has one that others have too


def tables_in(file: OpenedFile) -> list[str]:
    """The tables of a year that a file holds: by the names of its sheets, by its own name, or by its columns."""
    named = folded(file.name.split(".")[0])
    if named in TABLES:
        return [named]
    if file.is_workbook:
        sheets = {folded(grid.sheet or "") for grid in file.sheets}
        if found := [name for name in TABLES if name in sheets]:
            return found
    specs = {name: TableSpec(columns=COLUMNS[name]) for name in _TOLD_BY_COLUMNS}
    return [name for name, spec in specs.items() if any(map(spec.fits, file.sheets))][:1]


def read_year(file: OpenedFile, names: Sequence[str], topics: Sequence[str] | None) -> tuple[list[str], list[str]]:
    """How many rows each table has, and the notes on them. `topics` are the pains of the survey, where it is known.

    Raises
    ------
    DataError
        Every fault of every table, with its cell.
    """
    faults, counts, notes = Faults(), list[str](), list[str]()
    for name in names:
        table = faults.take(_read, name, file, topics)
        if table is not None:
            notes += table.notes
            counts += [] if table.unfilled else [f"{name}: {len(table.rows):,}"]
    faults.raise_if_any()
    return counts, list(dict.fromkeys(notes))


def _read(name: str, file: OpenedFile, topics: Sequence[str] | None) -> Table | None:
    if name == "actions":
        return read_actions(file, topics)[0]
    if name == "hires":
        return read_hires(file)[0]
    if name == "catalog":
        return read_catalog(file)[0]
    spec, check = _EVENTS[name]
    faults = Faults()
    table = exports.read(file if file.is_workbook else file.path, spec, faults, "UTC")
    check(table, events.typed(table, spec, faults, "UTC"), faults)
    faults.raise_if_any()
    return table
