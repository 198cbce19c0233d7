"""Deployments, incidents and changes as people record them, and which of them belong together.

See docs/methods/delivery.md, "Records"."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dxkit.files.cells import folded
from dxkit.files.errors import Faults
from dxkit.files.frames import as_frame
from dxkit.files.table import CHOICE, Column, Table, TableSpec, texts
from dxkit.outcomes.times import Source, times

DEPLOYMENTS = TableSpec(
    kind="table of deployments",
    empty=True,
    columns=(
        *texts("deployment", needed=True),
        *times("time", needed=True, filled=True),
        *texts("service", "environment", "team"),
        Column(name="outcome", kind=CHOICE, allowed=("success", "failed"), default="success"),
        Column(name="kind", kind=CHOICE, allowed=("planned", "unplanned", "rollback"), default="planned"),
    ),
)
INCIDENTS = TableSpec(
    kind="table of incidents",
    empty=True,
    columns=(
        *texts("incident", needed=True),
        *times("opened", needed=True, filled=True),
        *times("resolved", needed=True),
        *texts("service", "deployment", "responders", "direct_cost", "reviewed"),
    ),
)
CHANGES = TableSpec(
    kind="table of changes",
    empty=True,
    columns=(
        *texts("change", needed=True),
        *times("committed", needed=True, filled=True),
        *texts("deployment", needed=True),
        *texts("service"),
    ),
)


def read(source: Source | None, spec: TableSpec) -> Table | None:
    """The table; None where nobody gave one, or an empty frame."""
    source = as_frame(source)
    if source is None or (isinstance(source, pd.DataFrame) and not len(source) and not len(source.columns)):
        return None
    return spec.read(source)


def _check_ids(table: Table, column: str, faults: Faults) -> None:
    names = table.text(column)
    for i in np.flatnonzero((names == "").to_numpy()):
        table.fault(faults, i, column, "the cell is empty; give it a name")
    for i in np.flatnonzero((names.duplicated() & (names != "")).to_numpy()):
        table.fault(faults, i, column, f"{names[i][:40]!r} appears twice; each {column} has one row")


def deployments(table: Table | None, faults: Faults, zone: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Those that reached production, and those that did not, in order of time."""
    if table is None:
        empty = pd.Series(dtype="datetime64[ns, UTC]")
        none = pd.DataFrame({"name": [], "time": empty, "service": [], "kind": [], "brings": pd.Series(dtype=bool)})
        return none, none
    _check_ids(table, "deployment", faults)
    frame = table.values(faults, zone).rename(columns={"deployment": "name"})
    frame["service"] = frame["service"].map(folded)
    production = frame["environment"].str.casefold().isin(["", "production", "prod"])
    live = (production & (frame["outcome"] == "success")).to_numpy()
    frame["brings"] = frame["kind"] != "rollback"
    there, elsewhere = (
        frame.loc[rows].sort_values("time", kind="stable").reset_index(drop=True) for rows in (live, ~live)
    )
    return there, elsewhere


def incidents(table: Table | None, faults: Faults, zone: str) -> pd.DataFrame:
    """When each was opened and resolved, and the deployment it names."""
    if table is None:
        empty = pd.Series(dtype="datetime64[ns, UTC]")
        return pd.DataFrame({"service": [], "named": [], "opened": empty, "resolved": empty})
    _check_ids(table, "incident", faults)
    frame = table.values(faults, zone).rename(columns={"deployment": "named"})
    frame["service"] = frame["service"].map(folded)
    for i in np.flatnonzero((frame["resolved"] < frame["opened"]).to_numpy()):
        table.fault(faults, i, "resolved", "it was resolved before it was opened")
    return frame


def changes(table: Table | None, faults: Faults, zone: str) -> pd.DataFrame:
    """When each was committed, and the deployment it names."""
    if table is None:
        return pd.DataFrame({"named": [], "committed": pd.Series(dtype="datetime64[ns, UTC]")})
    _check_ids(table, "change", faults)
    return table.values(faults, zone).rename(columns={"deployment": "named"})


def land(begun: pd.DataFrame, deployed: pd.DataFrame, elsewhere: pd.DataFrame) -> None:
    """When each change reached production: NaT if it names none, or one that did not get there; `unmatched` if it names
    one that is not known at all."""
    at = pd.Index(deployed["name"]).get_indexer(pd.Index(begun["named"])) if len(begun) else np.array([], dtype=int)
    times = pd.DatetimeIndex(deployed["time"])
    lands = [times[k] if k >= 0 else pd.NaT for k in at]
    begun["lands"] = pd.Series(pd.DatetimeIndex(lands, tz="UTC"), index=begun.index)
    begun["unmatched"] = (at < 0) & (begun["named"] != "").to_numpy() & ~begun["named"].isin(elsewhere["name"])


def matched(opened: pd.DataFrame, deployed: pd.DataFrame, gap: pd.Timedelta) -> np.ndarray:
    """The deployment (its row) that each incident names, else the last one of its service within the gap; or -1."""
    place = {name: i for i, name in enumerate(deployed["name"])}
    times, services = pd.DatetimeIndex(deployed["time"]), deployed["service"].to_numpy()
    rows = np.full(len(opened), -1)
    for i, (named, service, moment) in enumerate(
        zip(opened["named"], opened["service"], opened["opened"], strict=True)
    ):
        if named:
            rows[i] = place.get(named, -1)
            continue
        same = np.ones(len(times), dtype=bool) if not service else (services == service) | (services == "")
        before = np.flatnonzero(same & (times <= moment) & (times >= moment - gap) & deployed["brings"].to_numpy())
        rows[i] = before[-1] if len(before) else -1
    return rows


def failed(matched: np.ndarray, deployed: pd.DataFrame) -> np.ndarray:
    """Which deployments failed: those with an incident, and the last one that brought changes before each rollback."""
    failed = np.zeros(len(deployed), dtype=bool)
    failed[matched[matched >= 0]] = True
    last: dict[str, int] = {}
    for i, (service, kind) in enumerate(zip(deployed["service"], deployed["kind"], strict=True)):
        if kind != "rollback":
            last[service] = i
        elif service in last:
            failed[last[service]] = True
    return failed & deployed["brings"].to_numpy(dtype=bool)
