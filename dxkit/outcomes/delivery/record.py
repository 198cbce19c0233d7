"""Three tables made into one record: which rows count, which belong together, and from when each is on record.

See docs/methods/delivery.md, "Records"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from dxkit.outcomes.delivery import events
from dxkit.outcomes.delivery.audit import Audit, Reasons

LEAST_WRONG, LEAST_SHARE = 3, 0.05  # changes that landed before they were written, from which lead time is withheld
_HOUR = pd.Timedelta(hours=1)
_SHA = "[0-9a-f]{40}|[0-9a-f]{64}"


@dataclass(frozen=True, kw_only=True)
class Record:
    """What counts between `start` and `look`.

    deployed   rows of deployments: id, service, team, time, kind, brings, failed
    changes    rows of changes: start, end (empty: open), service, cluster, since (from when it is on record)
    incidents  rows of incidents: opened, resolved, reviewed, service, at (label of its deployment, or -1)
    left_out   table, time, reason of each row that does not count, for the evidence beside a figure
    """

    start: pd.Timestamp
    look: pd.Timestamp
    deployed: pd.DataFrame
    changes: pd.DataFrame
    incidents: pd.DataFrame
    left_out: pd.DataFrame
    declared: bool = False  # whether somebody named the start
    withheld: str = ""  # why lead time is unknown, though changes are recorded
    tables: frozenset[str] = frozenset()  # which tables hold a row, and "rollbacks", "kinds", "kind" (the column)

    def of(self, by: str, value: str) -> Record:
        """The record of one service or team."""
        deployed, changes, incidents, left_out = (
            frame.loc[frame[by] == value] for frame in (self.deployed, self.changes, self.incidents, self.left_out)
        )
        brings = deployed.loc[deployed["brings"], "time"]
        start = self.start if self.declared or not len(brings) else brings.min()
        frames = {"deployed": deployed, "changes": changes, "incidents": incidents, "left_out": left_out}
        return replace(self, start=start, **frames)


class Maker:
    """Decides of every row whether it counts, and writes the audit."""

    look: pd.Timestamp
    since: pd.Timestamp | None
    audit: Audit
    zones: tuple[bool, bool]
    arrived: Any
    everything: Any
    deployed: Any
    reasons: Reasons

    def __init__(
        self, look: pd.Timestamp, since: pd.Timestamp | None, audit: Audit, zones: tuple[bool, bool] = (False, False)
    ) -> None:
        """`zones`: whether every time of deployments and of changes names one."""
        self.look, self.since, self.audit, self.zones = look, since, audit, zones

    def deployments(self, deployed: pd.DataFrame, production: tuple[str, ...], said: bool) -> None:
        """Which deployments count; `said` is True where the export says nothing of their outcome."""
        reasons = events.landed(deployed, production)
        self.arrived = deployed.loc[reasons.left & deployed["time"].notna().to_numpy()]
        events.in_record(deployed, reasons, self.since, self.look)
        used = deployed.loc[reasons.left].copy()
        failed, nothing = events.undone(used)
        used["failed"] = used.index.isin(failed)
        remarks = {"the export has no result": np.full(len(deployed), said)}
        remarks["undoes nothing known"] = deployed.index.isin(nothing)
        self.audit.count("deployments", deployed["id"], reasons.first, remarks)
        self.everything, self.deployed, self.reasons = deployed, used, reasons
        self.known, self.any = events.Known(self.arrived), events.Known(deployed)

    def begin(self) -> pd.Timestamp | None:
        """When the record of deployments begins: as declared, else with the first that counts; None without any."""
        brings = self.deployed.loc[self.deployed["brings"], "time"]
        return self.since if self.since is not None else brings.min() if len(brings) else None

    def changes(self, begun: pd.DataFrame) -> tuple[pd.DataFrame, str]:
        """Every change with its reason ("" where it counts), and why lead time is withheld, if it is."""
        row = self.known.rows(begun["deployment"], begun["service"])
        named = self.any.rows(begun["deployment"], begun["service"]) >= 0
        lands, service = self._landing(begun, row)
        open_ = ~(lands <= self.look).to_numpy()
        committed = begun["committed"]
        reasons = Reasons(len(begun))
        reasons.add("given up", open_ & (begun["given_up"] <= self.look).to_numpy())
        reasons.add("after as_of", (committed > self.look).to_numpy())
        reasons.add("names an unknown deployment", (begun["deployment"] != "").to_numpy() & ~named)
        reasons.add("the same change again", _again(begun.assign(lands=lands), reasons))
        wrong = (lands < committed).to_numpy() & reasons.left
        count, of = int(wrong.sum()), int((reasons.left & ~open_).sum())
        reasons.add("landed before it was written", wrong)
        start = self._starts(service)
        reasons.add("history", ~open_ & (lands <= start).to_numpy())
        late = (committed < start).to_numpy()
        self.audit.count(
            "changes",
            begun["id"],
            reasons.first,
            {"entered late": late, "its deployment did not reach production": named & (row < 0)},
        )
        withheld = ""
        if count >= LEAST_WRONG and count >= LEAST_SHARE * of:
            landed = reasons.left & ~open_ | wrong
            shift = _shift(committed[landed], lands[landed], self.zones == (True, False))
            withheld = f"{count} of {of} changes landed before they were written{shift}"
        itself = (begun["id"] == begun["deployment"]) & begun["id"].str.fullmatch(_SHA)
        if of and 2 * int((itself & (reasons.left & ~open_)).sum()) > of:
            withheld = "changes are their own deployments (squash merges), and git does not say when work on them began"
        place = pd.Series([str(k) if k >= 0 else "" for k in row], index=begun.index, dtype=object)
        cluster = np.where(open_, "open " + service, place).astype(object)
        table = {"start": committed, "end": lands.where(~open_), "service": service, "cluster": cluster}
        frame = pd.DataFrame({**table, "since": start.where(late), "reason": reasons.first})
        return self._placed(frame, row), withheld

    def _landing(self, begun: pd.DataFrame, row: np.ndarray) -> tuple[Any, Any]:
        """When each change lands, and the service whose record holds it."""
        lands = _at(self.everything["time"], row, begun.index)
        services = list(self.arrived["service"].unique())
        own = begun["service"].where(begun["service"].isin(services), "" if "" in services else begun["service"])
        return lands, own.where(row < 0, _at(self.everything["service"], row, begun.index))

    def _starts(self, service: Any) -> pd.Series:
        """From when each service is on record: its first deployment, or the declared begin if that is later."""
        first = self.arrived.groupby("service")["time"].min().to_dict()
        rest = min(first.values(), default=pd.NaT)
        places, names = pd.factorize(service)
        begins = pd.DatetimeIndex([*(first.get(name, rest) for name in names), pd.NaT], tz="UTC")
        start = pd.Series(begins[places], index=service.index)
        return start if self.since is None else start.where(start > self.since, self.since)

    def incidents(self, opened: pd.DataFrame, gap: pd.Timedelta) -> pd.DataFrame:
        """Every incident with its reason ("" where it counts) and the label of its deployment, -1 without one."""
        reasons = Reasons(len(opened))
        reasons.add("after as_of", (opened["opened"] > self.look).to_numpy())
        if self.since is not None:
            reasons.add("before since", (opened["opened"] < self.since).to_numpy())
        said = (opened["deployment"] != "").to_numpy()
        anywhere = self.any.rows(opened["deployment"], opened["service"]) >= 0
        here = events.Known(self.deployed).rows(opened["deployment"], opened["service"])
        reasons.add("names an unknown deployment", said & ~anywhere)
        reasons.add("its deployment is left out", said & (here < 0))
        fix = (here >= 0) & (_at(self.deployed["time"], here, opened.index) > opened["opened"]).to_numpy()
        by_time = ~said | fix
        at = np.where(by_time, events.before(opened, self.deployed, gap), here)
        reasons.add("none within max_gap", at < 0)
        self.audit.count("incidents", opened["id"], reasons.first, {"its deployment came after it began": fix})
        frame = opened.assign(at=np.where(reasons.left, at, -1), by_time=by_time, reason=reasons.first)
        return self._placed(frame, frame["at"].to_numpy())

    def left_out(self, changes: pd.DataFrame, incidents: pd.DataFrame) -> pd.DataFrame:
        """table, at (when), reason, and whose it is, of each row that does not count."""
        made = self.everything.assign(reason=self.reasons.first)
        parts = [
            frame.loc[frame["reason"] != "", [key, "reason", "service", "written", "team"]]
            .rename(columns={key: "at"})
            .assign(table=name)
            for name, frame, key in (
                ("deployments", made, "time"),
                ("changes", changes, "start"),
                ("incidents", incidents, "opened"),
            )
        ]
        filled = [part for part in parts if len(part)]
        return pd.concat(filled, ignore_index=True) if filled else parts[0]

    def _placed(self, frame: pd.DataFrame, row: np.ndarray) -> pd.DataFrame:
        """With the service, its name as it is written, and the team: those of its deployment (its label), else of the
        last deployment of its service."""
        last = self.everything.sort_values("time", kind="stable").groupby("service")[["written", "team"]].last()
        own: Any = frame["service"]
        for column in ("service", "written", "team"):
            theirs = _at(self.everything[column], row, frame.index)
            rest = own if column == "service" else own.map(last[column])
            known = theirs.where(theirs.notna(), rest)
            frame = frame.assign(**{column: known.where(known.notna(), own if column != "team" else "")})
        return frame


def _at(values: Any, labels: np.ndarray, index: pd.Index) -> Any:
    """The values at these labels, missing where a label is -1, for rows of another index."""
    return values.reindex(labels).set_axis(index)


def _again(begun: pd.DataFrame, reasons: Reasons) -> np.ndarray:
    """Rows of a change of the same service that lands a second time."""
    left = begun.loc[reasons.left].sort_values("lands", kind="stable")
    again = np.zeros(len(begun), dtype=bool)
    again[left.index[left.duplicated(["id", "service"])]] = True
    return again


def _shift(committed: Any, lands: Any, of_changes: bool) -> str:
    """Which time zone, read as UTC, leaves the fewest changes that landed before they were written."""
    gap = ((lands - committed) / _HOUR).to_numpy()
    zones = np.arange(-12.0, 14.5, 0.5)
    left = np.array([(gap < (-zone if of_changes else zone)).sum() for zone in zones])
    best = zones[left == left.min()]
    zone = float(min(best, key=abs))
    further = "" if len(best) == 1 else " or further west" if zone < 0 else " or further east"
    table = "changes" if of_changes else "deployments"
    return f"; times of {table} without a zone look like UTC{zone:+g}{further} (name timezone=)"
