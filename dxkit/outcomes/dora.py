"""The five DORA metrics, each with its evidence; what is not recorded is unknown, never zero and never the best."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import chdtri

from dxkit.files.errors import DataError, Faults
from dxkit.outcomes import events
from dxkit.outcomes.durations import Durations, durations
from dxkit.outcomes.times import Moment, Source, moment, zone
from dxkit.results.absent import Absent
from dxkit.results.columns import Column, columns_of, shared
from dxkit.results.result import Result
from dxkit.statistics.intervals import wilson

METRICS = (
    "deployment frequency",
    "change lead time",
    "failed deployment recovery time",
    "change fail rate",
    "deployment rework rate",
)
_UNITS: dict[str, str] = dict(
    zip(METRICS, ("a week", "hours, half are done", "hours, half are done", "share", "share"), strict=True)
)
_EVIDENCE = ["of", "open", "unmatched", "excluded", "exposure"]
_COLUMNS = ["metric", "period", "n", "estimate", "low", "high", "unit", *_EVIDENCE, "note"]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Dora(Result):
    """Delivery metrics by period and of all time.

    gaps      max_gap, matched, failed, change_fail_rate: what another gap would have given
    changes   start and end (when it reached production) of each change; an Absent where none is recorded
    incidents  resolved and reviewed (empty: not yet) of each incident that has ended; an Absent where none has
    """

    columns: ClassVar[tuple[Column, ...]] = (
        Column("metric", "one of the five metrics"),
        Column("period", "first day of the period, or all"),
        shared("n", "how many are counted"),
        shared(
            "estimate",
            "the metric; nan where nothing is recorded or half are not done yet",
            format="number",
            unit="see column unit",
        ),
        shared("low", "lower end of the 95% interval", format="number"),
        shared("high", "upper end of the 95% interval", format="number"),
        shared("unit", "what the metric is measured in"),
        Column("of", "denominator of a share", "count"),
        Column("open", "how many were not done by the data cut-off date", "number"),
        Column("unmatched", "how many name no known deployment, or follow none within max_gap", "number"),
        Column("excluded", "how many are left out", "number"),
        Column("exposure", "part of the period that is on record", "number", "days"),
        Column("note", "what is not recorded"),
    )

    gaps: pd.DataFrame | None = None
    changes: pd.DataFrame | Absent = Absent("no change is recorded")
    incidents: pd.DataFrame | Absent = Absent("no incident is recorded as resolved")

    def _printed(self) -> tuple[pd.DataFrame, Sequence[Column]]:
        """The metrics over all time as text, in place of the periods."""
        rows = self.table.loc[self.table["period"] == "all"]
        records = rows.to_dict("records")
        texts = [[_figure(row[name], row["metric"]) for name in ("estimate", "low", "high")] for row in records]
        spans = [_span(low, high) for _, low, high in texts]
        figures = [
            "unknown" if row["note"].startswith("unknown") else "not reached" if text == "–" else text
            for row, (text, _, _) in zip(records, texts, strict=True)
        ]
        frame = rows.filter(["metric", "n", "unit", "open", "unmatched", "note"]).rename(columns={"unit": "in"})
        frame.insert(2, "figure", figures)
        frame.insert(4, "95% interval", spans)
        frame = frame if any(frame["note"]) else frame.drop(columns="note")
        return frame, columns_of(frame)


def _span(low: str, high: str) -> str:
    """An interval as text; open upwards where the upper end is not reached yet."""
    return "–" if low == "–" else f"{low} or more" if high == "–" else f"{low.rstrip('%')} to {high}"


def _figure(value: float, metric: str) -> str:
    if np.isnan(value):
        return "–"
    return f"{100 * value:.0f}%" if _UNITS[metric] == "share" else f"{value:,.1f}"


def dora(
    deployments: Source | None,
    changes: Source | None = None,
    incidents: Source | None = None,
    as_of: Moment | None = None,
    period: str = "MS",
    timezone: str = "UTC",
    max_gap: str | timedelta = "24h",
    *,
    since: Moment | None = None,
) -> Dora:
    """How fast and how safely is software delivered? The five metrics, each with its evidence.

    DORA 2024; docs/methods/delivery.md, "Five metrics".

    Parameters
    ----------
    deployments : data frame or path
        deployment, time; and, where they are known, service, environment (production counts), outcome (success, failed:
        it did not reach production), kind (planned, unplanned, rollback), team.
    changes : data frame or path, optional
        change, committed, deployment (empty: not in production yet), service.
    incidents : data frame or path, optional
        incident, opened, resolved (empty: open), deployment, service, responders, direct_cost, reviewed.
    as_of : timestamp, optional
        Data cut-off date; None for the last time in the tables.
    period : str
        MS (months), QS (quarters), W-MON (weeks from Monday) or another anchored period of pandas.
    timezone : str
        Time zone of times that name none, such as Europe/Berlin; the periods are cut in it too.
    max_gap : str
        An incident that names no deployment belongs to the last one of its service, if that was at most so long ago.
    since : timestamp, optional
        When recording began; None for the first time in the tables. The first period counts from there.

    Returns
    -------
    Dora
        Frequency: deployments that bring changes, a week, with Garwood's (1936) exact interval. Lead and recovery time:
        the Kaplan-Meier median, in hours, of changes and incidents by the period in which they begin. Change fail rate:
        distinct deployments with an incident, or undone by the next rollback, of those that bring changes (Wilson).
        Rework: unplanned deployments and rollbacks of all (Wilson). Rollbacks bring no change.

    Raises
    ------
    DataError
        Every fault of the tables, with its cell; an unknown period, time zone or length of time.

    Examples
    --------
    >>> import pandas as pd
    >>> made = pd.DataFrame({"deployment": ["d1", "d2"], "time": ["2026-01-05", "2026-01-20"]})
    >>> metrics = dora(made, as_of="2026-02-01").table
    >>> metrics[metrics["period"] == "all"]["note"].tolist()[-2]
    'unknown: no incident is recorded'
    """
    gap, zoned = _gap(max_gap), zone(timezone)
    faults = Faults()
    made = events.read(deployments, events.DEPLOYMENTS)
    bugs = events.read(incidents, events.INCIDENTS)
    work = events.read(changes, events.CHANGES)
    table_notes = tuple(dict.fromkeys(note for each in (made, bugs, work) if each for note in each.notes))
    deployed, elsewhere = events.deployments(made, faults, zoned)
    opened, begun = events.incidents(bugs, faults, zoned), events.changes(work, faults, zoned)
    faults.raise_if_any()
    stamps = pd.concat([deployed["time"], opened["opened"], opened["resolved"], begun["committed"]]).dropna()
    look = moment(as_of, "as_of", zoned) if as_of is not None else max(stamps, default=None)
    start = moment(since, "since", zoned) if since is not None else min(stamps, default=None)
    if look is None or start is None or not len(deployed) + len(opened) + len(begun):
        rows = [_unknown(metric, "all", "no deployment is recorded") for metric in METRICS]
        return Dora(table=pd.DataFrame(rows, columns=_COLUMNS), title="Delivery", notes=table_notes)
    if start >= look:
        raise DataError("the data cut-off date is not after the first record; name a later as_of or an earlier since")
    events.land(begun, deployed, elsewhere)
    records = {}
    if len(begun):
        records["changes"] = begun[["committed", "lands"]].set_axis(["start", "end"], axis=1)
    if any(opened["resolved"].notna()) and "reviewed" in opened:
        records["incidents"] = opened.loc[opened["resolved"].notna(), ["resolved", "reviewed"]]
    on_record = (deployed["time"] >= start) & (deployed["time"] <= look)
    set_aside = pd.concat([elsewhere["time"], deployed.loc[~on_record, "time"]])
    deployed = deployed.loc[on_record].reset_index(drop=True)
    opened = opened.loc[(opened["opened"] >= start) & (opened["opened"] <= look)].reset_index(drop=True)
    lost = begun["lands"].notna() & (begun["lands"] < begun["committed"])
    gaps = []
    for factor in (0.5, 1.0, 2.0):
        matched = events.matched(opened, deployed, factor * gap)
        failed = events.failed(matched, deployed)
        share = failed.sum() / deployed["brings"].sum() if np.any(deployed["brings"]) else np.nan
        gaps.append([str(factor * gap), int((matched >= 0).sum()), int(failed.sum()), share])
        if factor == 1.0:
            opened["at"], deployed["failed"] = matched, failed
    known = {
        "deployments": len(deployed) > 0,
        "changes": len(begun) > 0,
        "incidents": len(opened) > 0,
        "matched": bool((opened["at"] >= 0).any()),
        "rollbacks": bool((deployed["kind"] == "rollback").any()),
        "column": made is not None and "kind" in made.frame,
        "kinds": made is not None and bool((made.text("kind") != "").any()),
    }
    rows = []
    for name, low, high in [*_periods(start, look, period, zoned), ("all", start, look)]:
        rows += _metrics(name, low, high, look, deployed, begun.loc[~lost], opened, known, set_aside, int(np.sum(lost)))
    table = pd.DataFrame(rows, columns=_COLUMNS)
    order = {metric: i for i, metric in enumerate(METRICS)}
    table = table.sort_values("metric", key=lambda each: each.map(order), kind="stable", ignore_index=True)
    frame = pd.DataFrame(gaps, columns=["max_gap", "matched", "failed", "change_fail_rate"])
    notes = (*_notes(frame, opened, len(set_aside), start, look, zoned), *table_notes)
    return Dora(table=table, gaps=frame, title="Delivery", notes=notes, **records)


def _gap(text: object) -> pd.Timedelta:
    try:
        bare = not isinstance(text, str | timedelta) or re.fullmatch(r"\s*[\d.]+\s*", str(text))  # of which unit?
        gap = pd.NaT if bare else pd.Timedelta(re.sub(r"(?<=[\d ])d$", "D", text) if isinstance(text, str) else text)
    except ValueError:
        gap = pd.NaT
    if not isinstance(gap, pd.Timedelta) or gap < pd.Timedelta(0):
        raise DataError(f"max_gap={text!r}: write a length of time such as 24h or 2d")
    return gap


def _periods(start: pd.Timestamp, look: pd.Timestamp, period: str, zone: str):
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


def _metrics(name, low, high, look, deployed, begun, opened, known, set_aside, lost: int) -> list[list]:
    last = name == "all" or high == look
    inside = {
        key: frame[(frame[key] >= low) & ((frame[key] < high) | (last & (frame[key] <= high)))]
        for frame, key in ((deployed, "time"), (begun, "committed"), (opened, "opened"))
    }
    days = (high - low) / pd.Timedelta(days=1)
    here = inside["time"]
    brings = int(here["brings"].sum())
    rows = []
    if known["deployments"]:
        ends = _garwood(brings) / (days / 7)
        aside = len(set_aside) if name == "all" else int(((set_aside >= low) & (set_aside < high)).sum())
        evidence = [np.nan, 0, 0, aside + int((~here["brings"]).sum()), days, ""]
        rows.append([METRICS[0], name, brings, brings / (days / 7), *ends, _UNITS[METRICS[0]], *evidence])
    else:
        rows.append(_unknown(METRICS[0], name, "no deployment is recorded"))
    work = inside["committed"]
    used = work[~work["unmatched"]]
    took = durations(used["committed"], used["lands"], look) if len(used) else None
    rows.append(
        _took(
            METRICS[1],
            name,
            took,
            int(work["unmatched"].sum()),
            lost if name == "all" else 0,
            days,
            "no change is recorded" if not known["changes"] else "no change began here",
        )
    )
    bugs = inside["opened"]
    caused = bugs[bugs["at"] >= 0]
    took = durations(caused["opened"], caused["resolved"], look) if len(caused) else None
    why = "no incident is recorded" if not known["incidents"] else "no incident of a deployment"
    rows.append(_took(METRICS[2], name, took, len(bugs) - len(caused), 0, days, why))
    if brings and (known["incidents"] or known["rollbacks"]):
        failed = int(here["failed"].sum())
        alone = "no incident of a deployment" if known["incidents"] else "from rollbacks alone"
        note = "" if known["matched"] else alone
        evidence = [brings, 0, len(bugs) - len(caused), 0, days, note]
        rows.append([METRICS[3], name, failed, *_share(failed, brings), _UNITS[METRICS[3]], *evidence])
    else:
        why = "no incident is recorded" if known["deployments"] and brings else "no deployment is recorded"
        rows.append(_unknown(METRICS[3], name, why))
    if len(here) and known["kinds"]:
        again = int((here["kind"] != "planned").sum())
        evidence = [len(here), 0, 0, 0, days, ""]
        rows.append([METRICS[4], name, again, *_share(again, len(here)), _UNITS[METRICS[4]], *evidence])
    else:
        column = "no deployment says its kind" if known["column"] else "deployments have no column kind"
        why = column if len(here) else "no deployment is recorded"
        rows.append(_unknown(METRICS[4], name, why))
    return rows


def _share(count: int, whole: int) -> list[float]:
    return [count / whole, *map(float, wilson(count / whole, whole))]


def _took(metric: str, name: str, took: Durations | None, unmatched: int, excluded: int, days: float, why: str) -> list:
    if took is None:
        row = _unknown(metric, name, why)
        row[_COLUMNS.index("unmatched")], row[_COLUMNS.index("excluded")] = unmatched, excluded
        return row
    figures = [np.nan if value is None else value for value in took.median]
    note = "" if took.median.estimate is not None else "not reached: half are still open"
    return [metric, name, took.n, *figures, _UNITS[metric], np.nan, took.open, unmatched, excluded, days, note]


def _unknown(metric: str, name: str, why: str) -> list:
    return [metric, name, 0, np.nan, np.nan, np.nan, _UNITS[metric], np.nan, 0, 0, 0, np.nan, f"unknown: {why}"]


def _garwood(count: int) -> np.ndarray:
    """Exact 95% interval of a Poisson count (Garwood 1936).

    >>> _garwood(10).round(4).tolist()
    [4.7954, 18.3904]
    """
    return np.array([chdtri(2 * count, 0.975) / 2 if count else 0.0, chdtri(2 * count + 2, 0.025) / 2])


def _notes(gaps: pd.DataFrame, opened: pd.DataFrame, set_aside: int, start, look, zone: str):
    days = [each.tz_convert(zone).date() for each in (start, look)]
    yield f"on record from {days[0]} to {days[1]}, {zone}"
    if set_aside:
        why = "not in production, failed to get there, or not in this time"
        yield f"{set_aside} {'deployments are' if set_aside > 1 else 'deployment is'} left out: {why}"
    if "" in set(opened["named"]) and not any(gaps["change_fail_rate"].isna()):
        rates = zip(gaps["change_fail_rate"], gaps["max_gap"], strict=True)
        listed = [f"{100 * rate:.0f}% with {_hours(gap)}" for rate, gap in rates]
        yield f"incidents that name no deployment count for the last one before; change fail rate {', '.join(listed)}"


def _hours(gap: str) -> str:
    return f"{pd.Timedelta(gap).total_seconds() / 3600:g} h"
