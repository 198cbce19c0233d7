"""The five DORA metrics, each with its evidence; what is not recorded is unknown, never zero and never the best."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from dxkit.files.errors import DataError, Faults
from dxkit.files.options import choice
from dxkit.files.table import Table
from dxkit.outcomes.delivery import audit, events, exports
from dxkit.outcomes.delivery.metrics import COLUMNS, METRIC_UNITS, METRICS, Figures, periods, unknown
from dxkit.outcomes.delivery.record import Maker, Record
from dxkit.outcomes.durations import Durations, durations
from dxkit.outcomes.times import Moment, Source, moment, zone
from dxkit.results.absent import Absent
from dxkit.results.columns import Column, columns_of, declared
from dxkit.results.result import Result

PRODUCTION = ("production", "prod", "prd", "live")


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Dora(Result):
    """Delivery metrics by period and of all time.

    audit     table, reason, n, of, share, examples, advice: how many rows of each table are used, why others are not
    gaps      max_gap, matched, failed, change_fail_rate: what another gap would have given
    changes   start, end (when it reached production), service, cluster (its deployment) and since (when it came on
              record) of each change that counts; an Absent where none is recorded
    reviews   days from the end of an incident to its review; an Absent where no incident has ended
    """

    columns: ClassVar[tuple[Column, ...]] = declared(__file__, "Dora")

    audit: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=audit.COLUMNS))
    gaps: pd.DataFrame | None = None
    changes: pd.DataFrame | Absent = Absent("no change is recorded")
    reviews: Durations | Absent = Absent("no incident is recorded as resolved")

    def _printed(self) -> tuple[pd.DataFrame, Sequence[Column]]:
        """The metrics over all time as text, in place of the periods."""
        rows = self.table.loc[self.table["period"] == "all"]
        records = rows.to_dict("records")
        texts = [[_figure(row[name], row["metric"]) for name in ("estimate", "low", "high")] for row in records]
        figures = [
            "unknown" if row["note"].startswith("unknown") else "not reached" if text == "–" else text
            for row, (text, _, _) in zip(records, texts, strict=True)
        ]
        names = [*self.segments, "metric", "n", "unit", "open", "unmatched", "note"]
        frame = rows.filter(names).rename(columns={"unit": "in"})
        place = len(self.segments) + 2
        frame.insert(place, "figure", figures)
        frame.insert(place + 2, "95% interval", [_span(low, high) for _, low, high in texts])
        frame = frame if any(frame["note"]) else frame.drop(columns="note")
        return frame, columns_of(frame)


def _span(low: str, high: str) -> str:
    """An interval as text; open upwards where the upper end is not reached yet."""
    return "–" if low == "–" else f"{low} or more" if high == "–" else f"{low.rstrip('%')} to {high}"


def _figure(value: float, metric: str) -> str:
    if np.isnan(value):
        return "–"
    if METRIC_UNITS[metric] == "share":
        return f"{100 * value:.0f}%"
    return f"{value:,.1f}" if value >= 1 or not value else f"{value:.2g}"


def dora(
    deployments: Source | None,
    changes: Source | None = None,
    incidents: Source | None = None,
    *,
    as_of: Moment | None = None,
    since: Moment | None = None,
    period: str = "MS",
    timezone: str = "UTC",
    max_gap: str | timedelta = "24h",
    by: str | None = None,
    production: Sequence[str] = PRODUCTION,
) -> Dora:
    """How fast and how safely is software delivered? What was left out comes first, then five metrics with evidence.

    DORA 2024; docs/methods/delivery.md, "Five metrics".

    Parameters
    ----------
    deployments : data frame or path
        deployment, time; and, where they are known, service, environment, outcome (success, failed, not finished), kind
        (planned, unplanned, rollback), team, prerelease. Exports of GitHub, GitLab and DevLake are read as they are.
    changes : data frame or path, optional
        change, committed, deployment (empty: not in production yet), service, given_up.
    incidents : data frame or path, optional
        incident, opened, resolved (empty: open), deployment, service, responders, direct_cost, reviewed. Exports of
        PagerDuty, Opsgenie and Jira are read as they are.
    as_of : timestamp, optional
        Data cut-off date; a bare date is the end of that day. None for the last time in the tables.
    since : timestamp, optional
        When recording began; a bare date is the begin of that day. None for the first deployment that counts.
    period : str
        MS (months), QS (quarters), W-MON (weeks from Monday) or another anchored period of pandas.
    timezone : str
        Time zone of times that name none, such as Europe/Berlin; the periods are cut in it too.
    max_gap : str
        An incident that names no deployment belongs to the last one of its service, if that was at most so long ago.
    by : str, optional
        Count within each service or each team; None for all together.
    production : sequence of str
        What environments of production are called; a name that goes on with a hyphen or another sign counts (prod-eu).

    Returns
    -------
    Dora
        Frequency: deployments that bring changes, a week; Garwood's (1936) interval, widened by the dispersion of eight
        equal parts of the record. Lead and recovery time: Kaplan-Meier medians, in hours, of changes and incidents by
        the period in which they begin, with the deployment as cluster. Change fail rate: distinct deployments with an
        incident, or undone by the next rollback, of those that bring changes (Wilson). Rework: unplanned deployments
        and rollbacks of all (Wilson). Rollbacks bring no change.

    Raises
    ------
    DataError
        Every fault of the tables, with its cell; an unknown period, time zone or length of time.

    Examples
    --------
    >>> import pandas as pd
    >>> made = pd.DataFrame({"deployment": ["d1", "d2"], "time": ["2026-01-05", "2026-01-20"]})
    >>> metrics = dora(made, as_of="2026-02-01")
    >>> metrics.table.loc[metrics.table["period"] == "all", "note"].tolist()[-2]
    'unknown: no incident is recorded'
    >>> metrics.audit["reason"].tolist()
    ['used']
    """
    gap, zoned = _gap(max_gap), zone(timezone)
    by = None if by is None else choice("by", by, ("service", "team"))
    words = _words(production)
    faults = Faults()
    made = exports.read(deployments, events.DEPLOYMENTS, faults, zoned)
    bugs = exports.read(incidents, events.INCIDENTS, faults, zoned)
    work = exports.read(changes, events.CHANGES, faults, zoned)
    table_notes = tuple(dict.fromkeys(note for each in (made, bugs, work) if each for note in each.notes))
    deployed = events.typed(made, events.DEPLOYMENTS, faults, zoned)
    opened = events.typed(bugs, events.INCIDENTS, faults, zoned)
    begun = events.typed(work, events.CHANGES, faults, zoned)
    events.check_deployments(made, deployed, faults)
    events.check_incidents(bugs, opened, faults)
    faults.raise_if_any()
    deployed["brings"] = deployed["kind"] != "rollback"
    stamps = pd.concat([deployed["time"], opened["opened"], opened["resolved"], begun["committed"]]).dropna()
    look = moment(as_of, "as_of", zoned, end=True) if as_of is not None else max(stamps, default=None)
    first = None if since is None else moment(since, "since", zoned, "when recording began")
    segments = () if by is None else (by,)
    if look is None or not len(deployed) + len(opened) + len(begun):
        return _nothing(segments, table_notes)
    written = audit.Audit()
    maker = Maker(look, first, written, (events.all_zoned(made, "time"), events.all_zoned(work, "committed")))
    maker.deployments(deployed, words, exports.without_result(made))
    start = maker.begin()
    start = min(stamps) if start is None else start
    if start >= look:
        raise DataError("the data cut-off date is not after the first record; name a later as_of or an earlier since")
    record, gaps = _record(maker, begun, opened, gap, start, made)
    rows = []
    for value, part in _parts(record, by):
        figures = Figures(part)
        for name, low, high in [*periods(start, look, period, zoned), ("all", part.start, look)]:
            rows += [[*value, *row] for row in figures.rows(name, low, high)]
    table = pd.DataFrame(rows, columns=[*segments, *COLUMNS])
    order = {metric: i for i, metric in enumerate(METRICS)}
    table = table.sort_values("metric", key=lambda each: each.map(order), kind="stable", ignore_index=True)
    table = table.sort_values(by, kind="stable", ignore_index=True) if by else table
    return Dora(
        table=table,
        audit=written.frame,
        gaps=gaps,
        segments=segments,
        title="Delivery",
        facts=written.facts(),
        notes=(*_notes(record, gaps, opened, zoned), *table_notes),
        **_further(record, opened, look),
    )


def _nothing(segments: tuple[str, ...], notes: tuple[str, ...]) -> Dora:
    rows = [[*("" for _ in segments), *unknown(metric, "all", "no deployment is recorded")] for metric in METRICS]
    return Dora(
        table=pd.DataFrame(rows, columns=[*segments, *COLUMNS]), title="Delivery", notes=notes, segments=segments
    )


def _words(production: Sequence[str]) -> tuple[str, ...]:
    words = (production,) if isinstance(production, str) else production
    if (
        not isinstance(words, Sequence)
        or not words
        or not all(isinstance(word, str) and word.strip() for word in words)
    ):
        raise DataError(f"production={production!r}: give the names of production environments, such as ('prod',)")
    return tuple(words)


def _gap(text: object) -> pd.Timedelta:
    try:
        bare = not isinstance(text, str | timedelta) or re.fullmatch(r"\s*[\d.]+\s*", str(text))  # of which unit?
        gap = pd.NaT if bare else pd.Timedelta(re.sub(r"(?<=[\d ])d$", "D", text) if isinstance(text, str) else text)
    except ValueError:
        gap = pd.NaT
    if not isinstance(gap, pd.Timedelta) or gap < pd.Timedelta(0):
        raise DataError(f"max_gap={text!r}: write a length of time such as 24h or 2d")
    return gap


def _record(
    maker: Maker, begun: pd.DataFrame, opened: pd.DataFrame, gap: pd.Timedelta, start: pd.Timestamp, made: Table | None
) -> tuple[Record, pd.DataFrame]:
    """The record of everything, and what other gaps would have given."""
    changes, withheld = maker.changes(begun)
    bugs = maker.incidents(opened, gap)
    deployed, gaps = maker.deployed, []
    brings = int(deployed.loc[deployed["brings"], "id"].nunique())
    for factor in (0.5, 1.0, 2.0):
        at = np.where(bugs["by_time"], events.before(bugs, deployed, factor * gap), bugs["at"])
        at = at[bugs["reason"].isin(["", "none within max_gap"])]
        failed = deployed["failed"] | deployed.index.isin(at[at >= 0])
        count = int(deployed.loc[failed & deployed["brings"], "id"].nunique())
        gaps.append([str(factor * gap), int((at >= 0).sum()), count, count / brings if brings else np.nan])
    deployed["failed"] |= deployed.index.isin(bugs.loc[bugs["reason"] == "", "at"])
    record = Record(
        start=start,
        look=maker.look,
        deployed=deployed,
        changes=changes.loc[changes["reason"] == ""],
        incidents=bugs.loc[bugs["reason"] == ""],
        left_out=maker.left_out(changes, bugs),
        declared=maker.since is not None,
        withheld=withheld,
        tables=_tables(deployed, begun, opened, made),
    )
    return record, pd.DataFrame(gaps, columns=["max_gap", "matched", "failed", "change_fail_rate"])


def _tables(deployed: pd.DataFrame, begun: pd.DataFrame, opened: pd.DataFrame, made: Table | None) -> frozenset[str]:
    """What is recorded at all."""
    kinds = made is not None and "kind" in made.frame
    there = {
        "deployments": len(deployed),
        "changes": len(begun),
        "incidents": len(opened),
        "rollbacks": (deployed["kind"] == "rollback").any(),
        "kind": kinds,
        "kinds": kinds and made is not None and (made.text("kind") != "").any(),
    }
    return frozenset(name for name, found in there.items() if found)


def _parts(record: Record, by: str | None) -> Iterator[tuple[tuple[str, ...], Record]]:
    """The whole record, or the record of each service or team, by its name as it was written first."""
    if by is None:
        yield (), record
        return
    written = "written" if by == "service" else by
    frames = [frame for frame in (record.deployed, record.changes, record.incidents) if len(frame)]
    if not frames:
        yield ("(none)",), record
        return
    names: Any = pd.concat([frame[[by, written]].set_axis(["key", "name"], axis=1) for frame in frames])
    for key, name in names.drop_duplicates("key").sort_values("key").to_numpy():
        yield (str(name) or "(none)",), record.of(by, key)


def _further(record: Record, opened: pd.DataFrame, look: pd.Timestamp) -> dict[str, Any]:
    """The changes that count, and how long reviews take."""
    found: dict[str, Any] = {}
    if len(record.changes):
        found["changes"] = record.changes.filter(["start", "end", "service", "cluster", "since"]).reset_index(drop=True)
    over = opened.loc[(opened["resolved"] <= look) & (opened["opened"] >= record.start)]
    if len(over):
        title = "From the end of an incident to its review"
        found["reviews"] = durations(over["resolved"], over["reviewed"], look, unit="days", title=title)
    return found


def _notes(record: Record, gaps: pd.DataFrame, opened: pd.DataFrame, zone: str) -> Iterator[str]:
    days = [each.tz_convert(zone).date() for each in (record.start, record.look)]
    yield f"on record from {days[0]} to {days[1]}, {zone}"
    if record.withheld:
        yield f"lead time is unknown: {record.withheld}"
    if "" in set(opened["deployment"]) and not any(gaps["change_fail_rate"].isna()):
        rates = zip(gaps["change_fail_rate"], gaps["max_gap"], strict=True)
        listed = [f"{100 * rate:.0f}% with {_hours(gap)}" for rate, gap in rates]
        yield f"incidents that name no deployment count for the last one before; change fail rate {', '.join(listed)}"


def _hours(gap: str) -> str:
    return f"{pd.Timedelta(gap).total_seconds() / 3600:g} h"
