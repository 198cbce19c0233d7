"""Deployments, incidents and changes as people record them, and which of them belong together (MODELS 7)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dxkit.files.cells import folded
from dxkit.files.errors import Faults
from dxkit.files.table import Table, read_table

_KINDS = ("planned", "unplanned", "rollback")


def read(source, required, optional, kind: str) -> Table | None:
    nothing = source is None or (isinstance(source, pd.DataFrame) and not len(source) and not len(source.columns))
    return None if nothing else read_table(source, required=required, optional=optional, kind=kind, empty=True)


def _ids(table: Table, column: str, faults: Faults) -> pd.Series:
    names = table.text(column)
    for i in np.flatnonzero((names == "").to_numpy()):
        table.fault(faults, i, column, "the cell is empty; give it a name")
    for i in np.flatnonzero((names.duplicated() & (names != "")).to_numpy()):
        table.fault(faults, i, column, f"{names[i][:40]!r} is there twice; each {column} has one row")
    return names


def deployments(table: Table | None, faults: Faults, zone: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Those that reached production, and those that did not, in time's order."""
    if table is None:
        empty = pd.Series(dtype="datetime64[ns, UTC]")
        none = pd.DataFrame({"name": [], "time": empty, "service": [], "kind": [], "brings": pd.Series(dtype=bool)})
        return none, none
    frame = pd.DataFrame(
        {
            "name": _ids(table, "deployment", faults),
            "service": table.text("service").map(folded),
            "time": table.times("time", faults=faults, timezone=zone, required=True),
            "kind": table.choices("kind", _KINDS, faults=faults, default="planned"),
            "outcome": table.choices("outcome", ("success", "failed"), faults=faults, default="success"),
        }
    )
    live = table.text("environment").str.casefold().isin(["", "production", "prod"]) & (frame["outcome"] == "success")
    frame["brings"] = frame["kind"] != "rollback"
    return tuple(frame[rows].sort_values("time", kind="stable").reset_index(drop=True) for rows in (live, ~live))


def incidents(table: Table | None, faults: Faults, zone: str) -> pd.DataFrame:
    if table is None:
        empty = pd.Series(dtype="datetime64[ns, UTC]")
        return pd.DataFrame({"service": [], "named": [], "opened": empty, "resolved": empty})
    _ids(table, "incident", faults)
    frame = pd.DataFrame(
        {
            "service": table.text("service").map(folded),
            "named": table.text("deployment"),
            "opened": table.times("opened", faults=faults, timezone=zone, required=True),
            "resolved": table.times("resolved", faults=faults, timezone=zone),
        }
    )
    for i in np.flatnonzero((frame["resolved"] < frame["opened"]).to_numpy()):
        table.fault(faults, i, "resolved", "it was resolved before it was opened")
    return frame


def changes(table: Table | None, faults: Faults, zone: str) -> pd.DataFrame:
    if table is None:
        return pd.DataFrame({"named": [], "committed": pd.Series(dtype="datetime64[ns, UTC]")})
    _ids(table, "change", faults)
    times = table.times("committed", faults=faults, timezone=zone, required=True)
    return pd.DataFrame({"named": table.text("deployment"), "committed": times})


def land(begun: pd.DataFrame, deployed: pd.DataFrame, elsewhere: pd.DataFrame) -> None:
    """When each change reached production: NaT if it names none, or one that did not get there; `unmatched` if it names
    one that is not known at all."""
    at = pd.Index(deployed["name"]).get_indexer(begun["named"]) if len(begun) else np.array([], dtype=int)
    times = pd.DatetimeIndex(deployed["time"])
    lands = [times[k] if k >= 0 else pd.NaT for k in at]
    begun["lands"] = pd.Series(pd.DatetimeIndex(lands, tz="UTC"), index=begun.index)
    begun["unmatched"] = (at < 0) & (begun["named"] != "").to_numpy() & ~begun["named"].isin(elsewhere["name"])


def matched(opened: pd.DataFrame, deployed: pd.DataFrame, gap: pd.Timedelta) -> np.ndarray:
    """The deployment (its row) that each incident names, else the last one of its service within the gap; or -1."""
    place = {name: i for i, name in enumerate(deployed["name"])}
    times, services = pd.DatetimeIndex(deployed["time"]), deployed["service"].to_numpy()
    found = np.full(len(opened), -1)
    for i, (named, service, moment) in enumerate(
        zip(opened["named"], opened["service"], opened["opened"], strict=True)
    ):
        if named:
            found[i] = place.get(named, -1)
            continue
        same = np.ones(len(times), dtype=bool) if not service else (services == service) | (services == "")
        before = np.flatnonzero(same & (times <= moment) & (times >= moment - gap) & deployed["brings"].to_numpy())
        found[i] = before[-1] if len(before) else -1
    return found


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
