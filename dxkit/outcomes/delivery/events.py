"""Deployments, incidents and changes as people record them, and which of them belong together.

See docs/methods/delivery.md, "Records"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from dxkit.files.cells import folded
from dxkit.files.errors import Faults
from dxkit.files.table import Table, TableSpec
from dxkit.outcomes.delivery.audit import Reasons
from dxkit.outcomes.times import COLUMNS

_ZONED = re.compile(r":\d\d.*(Z|UTC|GMT|[-+]\d\d(:?\d\d)?)$", re.IGNORECASE)

DEPLOYMENTS, INCIDENTS, CHANGES = (
    TableSpec(kind=f"table of {name}", columns=COLUMNS[name], empty=True)
    for name in ("deployments", "incidents", "changes")
)


def empty(spec: TableSpec) -> pd.DataFrame:
    """No row, with the columns that `deployments`, `incidents` and `changes` give."""
    return _named(spec.read(pd.DataFrame(columns=[column.name for column in spec.columns])), Faults(), "UTC")


def typed(table: Table | None, spec: TableSpec, faults: Faults, zone: str) -> pd.DataFrame:
    """The rows with typed columns; `id` and a folded `service` beside the one that was written."""
    if table is None:
        return empty(spec)
    frame = _named(table, faults, zone)
    named = spec.columns[0].name
    for i in np.flatnonzero((frame["id"] == "").to_numpy()):
        table.fault(faults, i, named, "the cell is empty; give it a name")
    return frame


def _named(table: Table, faults: Faults, zone: str) -> pd.DataFrame:
    frame = table.values(faults, zone).rename(columns={table.spec.columns[0].name: "id"})
    frame["written"] = frame["service"]
    spelled = {name: folded(name) for name in frame["service"].unique()}
    frame["service"] = [spelled[name] for name in frame["service"]]
    frame["service"] = frame["service"].astype(object)
    return frame


def all_zoned(table: Table | None, column: str) -> bool:
    """Whether every time in a column names its time zone."""
    return table is not None and all(_ZONED.search(text) for text in table.text(column) if text)


def check_deployments(table: Table | None, frame: pd.DataFrame, faults: Faults) -> None:
    """A deployment that has come to an end has a time."""
    if table is not None:
        blank = (table.text("time") == "").to_numpy()
        for i in np.flatnonzero(blank & (frame["outcome"] != "not finished").to_numpy()):
            table.fault(faults, i, "time", "the cell is empty; write a time such as 2026-01-31T14:00+01:00")


def check_incidents(table: Table | None, frame: pd.DataFrame, faults: Faults) -> None:
    """Each incident has one row, and ends after it began."""
    if table is None:
        return
    for i in np.flatnonzero((frame["id"].duplicated() & (frame["id"] != "")).to_numpy()):
        table.fault(faults, i, "incident", f"{frame['id'][i][:40]!r} appears twice; each incident has one row")
    for i in np.flatnonzero((frame["resolved"] < frame["opened"]).to_numpy()):
        table.fault(faults, i, "resolved", "it was resolved before it was opened")


def landed(deployed: pd.DataFrame, production: Sequence[str]) -> Reasons:
    """Which deployments never reached production, and why. What is left landed there at its time."""
    reasons = Reasons(len(deployed))
    where = deployed["environment"].to_numpy(dtype=object)
    elsewhere = {name: f"not production: {name[:40]}" for name in dict.fromkeys(where) if not _live(name, production)}
    why = np.array([elsewhere.get(name, "") for name in where], dtype=object)
    reasons.add(why, why != "")
    reasons.add("failed", (deployed["outcome"] == "failed").to_numpy())
    reasons.add("not finished", (deployed["outcome"] == "not finished").to_numpy())
    reasons.add("pre-release", deployed["prerelease"].to_numpy(dtype=bool))
    return reasons


def _live(environment: str, production: Sequence[str]) -> bool:
    """Whether this is the name of a production environment: blank, such a word, or one with a suffix (prod-eu)."""
    plain = folded(environment)
    return not plain or any(
        plain == word or (plain.startswith(word) and not plain[len(word)].isalpha()) for word in map(folded, production)
    )


def in_record(deployed: pd.DataFrame, reasons: Reasons, since: pd.Timestamp | None, look: pd.Timestamp) -> None:
    """Set aside what is outside the record, and what lands again: of each service the first landing counts."""
    at = deployed["time"]
    if since is not None:
        reasons.add("before since", (at < since).to_numpy())
    reasons.add("after as_of", (at > look).to_numpy())
    left = deployed.loc[reasons.left].sort_values("time", kind="stable")
    again = np.zeros(len(deployed), dtype=bool)
    again[left.index[left.duplicated(["id", "service"])]] = True
    reasons.add("the same deployment again", again)


class Known:
    """Deployments by name and service. A name without a service is any of that name, and the other way round."""

    def __init__(self, deployed: pd.DataFrame) -> None:
        rows = deployed.sort_values("time", kind="stable")
        self.exact: dict[tuple[str, str], int] = {}
        self.named: dict[str, int] = {}
        for i, name, service in zip(rows.index, rows["id"], rows["service"], strict=True):
            self.exact.setdefault((name, service), i)
            self.named.setdefault(name, i)

    def rows(self, names: Any, services: Any) -> np.ndarray:
        """The row of the first landing of each, (n,); -1 where none is known."""
        found = np.full(len(names), -1)
        for i, (name, service) in enumerate(zip(names, services, strict=True)):
            if name:
                row = self.exact.get((name, service), self.exact.get((name, ""), -1))
                found[i] = row if row >= 0 or service else self.named.get(name, -1)
        return found


def before(opened: pd.DataFrame, deployed: pd.DataFrame, gap: pd.Timedelta) -> np.ndarray:
    """The last deployment (its label) with changes of each incident's service within the gap before it, or -1."""
    rows = deployed.loc[deployed["brings"]].sort_values("time", kind="stable")
    services = rows["service"].to_numpy(dtype=object)
    at, labels = rows["time"].to_numpy(dtype="datetime64[ns]"), rows.index.to_numpy()
    places: dict[str, np.ndarray] = {"": np.arange(len(rows))}
    found = np.full(len(opened), -1)
    begun = opened["opened"].to_numpy(dtype="datetime64[ns]")
    for i, service in enumerate(opened["service"]):
        if service not in places:
            places[service] = np.flatnonzero((services == service) | (services == ""))
        own = places[service]
        k = int(np.searchsorted(at[own], begun[i], side="right")) - 1
        if k >= 0 and begun[i] - at[own[k]] <= gap.to_timedelta64():
            found[i] = labels[own[k]]
    return found


def undone(deployed: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Labels of the deployments that a rollback undid, the last with changes before it, and of rollbacks of nothing."""
    last: dict[str, tuple[int, int]] = {}  # by service: place in time, label; "*" is any of them
    failed, nothing = [], []
    rows = deployed.sort_values("time", kind="stable")
    for place, (label, service, kind) in enumerate(zip(rows.index, rows["service"], rows["kind"], strict=True)):
        if kind != "rollback":
            last[service] = last["*"] = (place, label)
            continue
        own = [last[name] for name in ((service, "") if service else ("*",)) if name in last]
        if own:
            failed.append(max(own)[1])
        else:
            nothing.append(label)
    return np.array(failed, dtype=int), np.array(nothing, dtype=int)
