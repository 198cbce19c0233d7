"""The five metrics of a record, for a period of it or for all of it, each with its evidence.

See docs/methods/delivery.md, "Five metrics"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from dxkit.files.errors import DataError
from dxkit.outcomes.delivery.record import Record
from dxkit.outcomes.durations import UNITS, Durations, from_times, measured
from dxkit.statistics.intervals import wilson
from dxkit.statistics.rates import PARTS, dispersion, in_parts, rate_interval
from dxkit.statistics.release_clusters import FEWEST, LEAST_WORTH

METRICS = (
    "deployment frequency",
    "change lead time",
    "failed deployment recovery time",
    "change fail rate",
    "deployment rework rate",
)
METRIC_UNITS: dict[str, str] = dict(
    zip(METRICS, ("a week", "hours, half are done", "hours, half are done", "share", "share"), strict=True)
)
COLUMNS = [
    *("metric", "period", "n", "estimate", "low", "high", "unit", "of", "open"),
    *("unmatched", "excluded", "clusters", "dispersion", "exposure", "note"),
]
_UNMATCHED = ("names an unknown deployment", "none within max_gap", "its deployment is left out")
_DAY = pd.Timedelta(days=1)


def periods(
    start: pd.Timestamp, look: pd.Timestamp, period: str, zone: str
) -> Iterator[tuple[str, pd.Timestamp, pd.Timestamp]]:
    """Name, begin and end of each period in the declared zone, cut to what is on record."""
    try:
        offset = pd.tseries.frequencies.to_offset(period)
        first = offset.rollback(start.tz_convert(zone).tz_localize(None).normalize())
    except (ValueError, AttributeError, TypeError):
        raise DataError(f"period={period!r}: write MS (months), QS (quarters) or W-MON (weeks)") from None
    last = look.tz_convert(zone).tz_localize(None)
    edges = pd.date_range(first, last + 2 * offset, freq=offset)
    if len(edges) < 2 or np.any(edges[:1] > last):
        raise DataError(f"period={period!r} has no anchor; write MS (months), QS (quarters) or W-MON (weeks)")
    real = edges.tz_localize(zone, ambiguous=np.ones(len(edges), dtype=bool), nonexistent="shift_forward")
    for name, low, high in zip(edges[:-1], real[:-1], real[1:], strict=True):
        if low < look:
            yield str(name.date()), max(low, start), min(high, look)


class Figures:
    """The metrics of one record."""

    record: Record
    units: pd.DataFrame
    begin: pd.Timestamp
    end: pd.Timestamp
    parts: int
    phi: float
    short: bool

    def __init__(self, record: Record) -> None:
        self.record = record
        self.units = _units(record.deployed)
        self.begin, self.end = record.start, record.look
        days = (self.units.loc[self.units["brings"], "time"] - self.begin) / _DAY
        counts = in_parts(days, self._days(self.begin, self.end))
        self.parts = PARTS if counts is None else len(counts)
        self.phi = 1.0 if counts is None else dispersion(counts)
        self.short = counts is None

    def rows(self, name: str, low: pd.Timestamp, high: pd.Timestamp) -> list[list[object]]:
        """A row for each metric; `name` is "all" for the whole record."""
        low = low if name == "all" else max(low, self.begin)
        inside = {
            key: self._inside(frame, key, name, low, high)
            for frame, key in (
                (self.units, "time"),
                (self.record.changes, "start"),
                (self.record.incidents, "opened"),
                (self.record.left_out, "at"),
            )
        }
        days = self._days(low, high)
        gone = inside["at"].groupby("table")["reason"].apply(list).to_dict()
        return [
            self._frequency(name, inside["time"], gone.get("deployments", []), days),
            self._lead(name, inside["start"], gone.get("changes", []), days),
            self._recovery(name, inside["opened"], gone.get("incidents", []), days),
            self._fails(name, inside["time"], gone.get("incidents", []), days),
            self._rework(name, inside["time"], days),
        ]

    @staticmethod
    def _days(low: pd.Timestamp, high: pd.Timestamp) -> float:
        return max(0.0, (high.round("us") - low).total_seconds() / 86_400)

    def _inside(self, frame: pd.DataFrame, key: str, name: str, low: pd.Timestamp, high: pd.Timestamp) -> pd.DataFrame:
        if name == "all":
            return frame
        last = high == self.end
        return frame.loc[(frame[key] >= low) & ((frame[key] < high) | (last & (frame[key] <= high)))]

    def _frequency(self, name: str, here: pd.DataFrame, gone: list[str], days: float) -> list[object]:
        if "deployments" not in self.record.tables:
            return unknown(METRICS[0], name, "no deployment is recorded")
        if not days:
            return unknown(METRICS[0], name, "no time is on record")
        count, weeks = int(np.sum(here["brings"])), days / 7
        ends = rate_interval(count, self.phi, self.parts) / weeks
        note = "under 4 weeks: bursts are not allowed for" if self.short and name == "all" else ""
        left_out = len(gone) + len(here) - count
        return _row(METRICS[0], name, count, [count / weeks, *ends], days, note, excluded=left_out, dispersion=self.phi)

    def _lead(self, name: str, here: pd.DataFrame, gone: list[str], days: float) -> list[object]:
        why = self.record.withheld or ("no change began here" if self._has("changes") else "no change is recorded")
        late = ((here["since"] - here["start"]) / UNITS["hours"]).to_numpy(dtype=float)
        entry = np.where(np.isnan(late), -np.inf, late)
        took = None
        if len(here) and not self.record.withheld:
            took = self._took(here["start"], here["end"], here["cluster"], entry)
        return self._duration(METRICS[1], name, took, gone, days, why)

    def _recovery(self, name: str, here: pd.DataFrame, gone: list[str], days: float) -> list[object]:
        why = "no incident of a deployment" if self._has("incidents") else "no incident is recorded"
        took = self._took(here["opened"], here["resolved"], here["at"]) if len(here) else None
        return self._duration(METRICS[2], name, took, gone, days, why)

    def _took(self, start: Any, end: Any, cluster: Any, entry: np.ndarray | None = None) -> Durations:
        taken, over = measured(start, end, self.end, "hours")
        return from_times(taken, over, cluster=cluster.to_numpy(), entry=entry, unit="hours")

    def _duration(
        self, metric: str, name: str, took: Durations | None, gone: list[str], days: float, why: str
    ) -> list[object]:
        unmatched = sum(reason in _UNMATCHED for reason in gone)
        left_out = {"unmatched": unmatched, "excluded": len(gone) - unmatched}
        if took is None:
            return unknown(metric, name, why, **left_out)
        figures = [np.nan if value is None else value for value in took.median]
        note = "not reached: half are still open" if took.median.estimate is None else ""
        if not note and took.clusters is not None and took.clusters < FEWEST:
            note = f"fewer than {FEWEST} deployments: no interval"
        elif not note and (took.clusters_effective or LEAST_WORTH) < LEAST_WORTH:
            note = "one deployment holds most of them: no interval"
        more = {"open": took.open, "clusters": took.clusters or 0}
        return _row(metric, name, took.n, figures, days, note, **more, **left_out)

    def _fails(self, name: str, here: pd.DataFrame, gone: list[str], days: float) -> list[object]:
        brings = int(np.sum(here["brings"]))
        if not brings or not (self._has("incidents") or self._has("rollbacks")):
            why = "no incident is recorded" if self._has("deployments") and brings else "no deployment is recorded"
            return unknown(METRICS[3], name, why)
        failed = int(np.sum(here["failed"] & here["brings"]))
        alone = "no incident of a deployment" if self._has("incidents") else "from rollbacks alone"
        note = "" if np.any(self.record.incidents["at"] >= 0) else alone
        unmatched = sum(reason in _UNMATCHED for reason in gone)
        return _row(METRICS[3], name, failed, _share(failed, brings), days, note, of=brings, unmatched=unmatched)

    def _rework(self, name: str, here: pd.DataFrame, days: float) -> list[object]:
        if len(here) and self._has("kinds"):
            again = int(np.sum(here["kind"] != "planned"))
            return _row(METRICS[4], name, again, _share(again, len(here)), days, "", of=len(here))
        column = "no deployment says its kind" if self._has("kind") else "deployments have no column kind"
        return unknown(METRICS[4], name, column if len(here) else "no deployment is recorded")

    def _has(self, what: str) -> bool:
        return what in self.record.tables


def _units(deployed: pd.DataFrame) -> pd.DataFrame:
    """One row for each deployment, which may have brought several services: its first time, and whatever any did."""
    rows = deployed.sort_values("time", kind="stable")
    if rows["id"].is_unique:
        return rows.reset_index(drop=True)
    ranks = ["planned", "unplanned", "rollback"]
    units = rows.assign(kind=[ranks.index(kind) for kind in rows["kind"]]).groupby("id", sort=False, as_index=False)
    units = units.agg(time=("time", "min"), brings=("brings", "any"), failed=("failed", "any"), kind=("kind", "max"))
    return units.assign(kind=[ranks[kind] for kind in units["kind"]])


def _share(count: int, whole: int) -> list[float]:
    return [count / whole, *map(float, wilson(count / whole, whole))]


def _row(
    metric: str, name: str, n: int, figures: list[float], exposure: float, note: str, **evidence: float
) -> list[object]:
    given = {"of": np.nan, "open": 0, "unmatched": 0, "excluded": 0, "clusters": np.nan, "dispersion": np.nan}
    figures = [float(figure) for figure in figures]
    return [metric, name, n, *figures, METRIC_UNITS[metric], *(given | evidence).values(), exposure, note]


def unknown(metric: str, name: str, why: str, unmatched: int = 0, excluded: int = 0) -> list[object]:
    """The row of a metric about which nothing is recorded."""
    left_out = {"unmatched": unmatched, "excluded": excluded}
    return _row(metric, name, 0, [np.nan] * 3, np.nan, f"unknown: {why}", **left_out)
