"""What came before a date that was named beforehand, and what came after it.

See docs/methods/trend.md, "Before and after"."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtrit

from dxkit.files.errors import DataError, Faults, Missing
from dxkit.files.options import choice
from dxkit.files.table import TableSpec
from dxkit.outcomes.durations import UNITS, Durations, from_times, measured
from dxkit.outcomes.series import back, in_order, scaled, times_as_much
from dxkit.outcomes.times import COLUMNS, Moment, Source, moment, zone
from dxkit.results.columns import Column, declared
from dxkit.results.result import Result
from dxkit.statistics.levels import detectable, fit
from dxkit.statistics.release_clusters import FEWEST, ClusteredTest, clustered_log_rank
from dxkit.statistics.survival import log_rank

_LEVEL = 0.05
_SIDE, _ALL = 4, 12  # periods from which there is a verdict
_DURATIONS = TableSpec(kind="table of durations", columns=COLUMNS["durations"])
_COUNTS = TableSpec(kind="table of counts", columns=COLUMNS["counts"])


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class BeforeAfter(Result):
    """What was before a date that had been named beforehand, and after it.

    holds    whether the difference is more than chance; None where there is too little to say, with the reason in `why`
    ratio    counts: after over before, with ratio_low and ratio_high; None for durations
    p        p-value of no change; p_drift that of no change beside a slope over the whole time (counts)
    detectable_ratio  power: the factor of a rise or fall that 80% of such comparisons would find; None if unknown
    autocorrelation   how much of a period's luck goes over into the next (counts)
    curves   the two curves (durations)
    """

    columns: ClassVar[tuple[Column, ...]] = declared(__file__, "BeforeAfter")
    plot_name: ClassVar[str] = "outcomes.sides"

    holds: bool | None = None
    why: str = ""
    p: float = math.nan
    p_drift: float = math.nan
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    detectable_ratio: float | None = None
    autocorrelation: float = math.nan
    curves: tuple[Durations, ...] = ()


def before_after(
    data: Source | pd.Series,
    date: Moment,
    kind: str = "count",
    *,
    as_of: Moment | None = None,
    unit: str = "hours",
    timezone: str = "UTC",
) -> BeforeAfter:
    """Did counts or durations change at a date that was named before anybody knew the result?

    See docs/methods/trend.md, "Before and after".

    Parameters
    ----------
    data : Series, data frame or path
        kind count: a Series of counts, indexed by the start of each (equally long) period, or a table with the columns
        period, count and exposure. kind duration: a table with the columns start and end (empty: open); and, where they
        are known, cluster (what shares its luck, such as the release) and since (from when each is on record), as
        `dora(...).changes` has them.
    date : timestamp
        The day of the change; a period counts as after if it begins on this day or later.
    kind : str
        What data holds: count or duration.
    as_of : timestamp
        Data cut-off date, for durations; a bare date is the end of that day.
    unit : str
        Unit of durations: hours or days.
    timezone : str
        Time zone of times that name none, such as Europe/Berlin.

    Returns
    -------
    BeforeAfter
        Counts: a step, fitted alone and beside a slope, with autoregressive errors; it holds if both show it with the
        same sign. Durations: Kaplan-Meier medians of what began before and after, and the log-rank test, by cluster
        where it is given. A difference does not prove a cause.

    Raises
    ------
    DataError
        Every fault of the table; a period that is missing; an unknown kind, unit or time zone.
    Missing
        Fewer than two periods on a side, or nothing that began on a side.

    Examples
    --------
    >>> import pandas as pd
    >>> counts = [12, 9, 14, 11, 15, 13, 29, 26, 28, 22, 27, 24]
    >>> found = before_after(pd.Series(counts, index=pd.date_range("2026-01-01", periods=12, freq="MS")), "2026-07-01")
    >>> found.holds, round(found.ratio, 2)
    (True, 2.11)
    """
    choice("kind", kind, ("count", "duration"))
    choice("unit", unit, list(UNITS))
    day = moment(date, "date", zone(timezone), "the day of the change")
    named = str(day.tz_convert(timezone).date())
    if kind == "count":
        return _counts(data, day, named, timezone)
    cutoff = moment(as_of, "as_of", timezone, end=True)
    if isinstance(data, pd.Series):
        raise DataError("durations need a table with the columns start and end, not a Series")
    return _durations(data, day, named, cutoff, unit, timezone)


_CAUSE = "whatever else changed at that time is part of the difference too"
_ALONE = "changes of one release are not independent; name it in a column cluster, or p is too small"


def _p(p: float) -> str:
    return "unknown" if math.isnan(p) else "under 0.001" if p < 0.001 else f"{p:.3f}"


def _power(ratio: float | None, what: str) -> tuple[str, str]:
    known = ratio is not None and math.isfinite(ratio)
    change = f"{what} {ratio:.1f} times as high or as low" if known else "unknown: nothing to judge it by"
    return "8 in 10 such comparisons would find", change


def _verdict(holds: bool | None, why: str) -> tuple[str, str]:
    return "more than chance", f"not said: {why}" if holds is None else "yes" if holds else "not shown"


class _Sides(NamedTuple):
    """Durations in order of rows: how long, whether over, from when on record, cluster or "", and whether after."""

    taken: np.ndarray
    over: np.ndarray
    entry: np.ndarray
    cluster: np.ndarray
    after: np.ndarray


def _durations(
    data: Source, day: pd.Timestamp, named: str, cutoff: pd.Timestamp, unit: str, timezone: str
) -> BeforeAfter:
    faults = Faults()
    table = _DURATIONS.read(data)
    frame = table.values(faults, timezone)
    for i in np.flatnonzero((frame["end"] < frame["start"]).to_numpy()):
        table.fault(faults, i, "end", "the end lies before the start")
    faults.raise_if_any()
    gone = (frame["start"] > cutoff) | (frame["end"] <= frame["since"])
    frame = frame.loc[~gone]
    taken, over = measured(frame["start"], frame["end"], cutoff, unit)
    late = ((frame["since"] - frame["start"]) / UNITS[unit]).to_numpy(dtype=float)
    entry = np.where(late > 0, late, -np.inf)
    rows = _Sides(taken, over, entry, frame["cluster"].to_numpy(), (frame["start"] >= day).to_numpy())
    if rows.after.all() or not rows.after.any():
        raise Missing("nothing began on one side of the date, so there is nothing to compare")
    clustered = any(rows.cluster != "") or bool(np.isfinite(entry).any())
    curves = tuple(_curve(rows, side, unit, clustered) for side in (~rows.after, rows.after))
    method, notes, why = "", [_CAUSE], ""
    if clustered:
        labels = [f"{side} {label or i}" for i, (side, label) in enumerate(zip(rows.after, rows.cluster, strict=True))]
        test = clustered_log_rank(rows.taken, rows.over, rows.after, pd.factorize(np.array(labels))[0], rows.entry)
        p, found = test.p, _detectable(curves, test)
        method = f"log-rank by cluster, t {test.t:.3f} with {test.df:.1f} degrees of freedom"
        if math.isnan(p):
            why = f"fewer than {FEWEST} clusters on a side"
    else:
        chi, p = log_rank(*((taken_of(rows, side)) for side in (~rows.after, rows.after)))
        found, method = _detectable(curves), f"log-rank, chi-square {chi:.3f}"
    if not any(rows.cluster != ""):
        notes.append(_ALONE)
    lines = [
        [name, curve.n, *(np.nan if each is None else each for each in curve.median)]
        for name, curve in zip(("before", "after"), curves, strict=True)
    ]
    chance = f"p {_p(p)}" + (f": {why}" if why else "")
    return BeforeAfter(
        table=pd.DataFrame(lines, columns=["period", "n", "estimate", "low", "high"]),
        holds=None if math.isnan(p) else p < _LEVEL,
        why=why,
        p=p,
        curves=curves,
        detectable_ratio=found,
        title=f"Before and after {named}: {unit} until half are done",
        facts=(("log-rank test", chance), _power(found, "a pace")),
        method=method,
        notes=tuple(notes),
    )


def taken_of(rows: _Sides, side: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Durations of a side, and whether each is over."""
    return rows.taken[side], rows.over[side]


def _curve(rows: _Sides, side: np.ndarray, unit: str, clustered: bool) -> Durations:
    labels = np.array([label or f"\0{i}" for i, label in enumerate(rows.cluster)], dtype=object)
    more = {"cluster": labels[side] if any(rows.cluster != "") else None, "entry": rows.entry[side]}
    return from_times(*taken_of(rows, side), unit=unit, **(more if clustered else {}))


def _detectable(curves: tuple[Durations, ...], test: ClusteredTest | None = None) -> float | None:
    """The ratio of hazards that 8 of 10 log-rank tests with so many ends would find (Schoenfeld 1981); with clusters
    from the error of the test."""
    n, ends = [curve.n for curve in curves], sum(curve.n - curve.open for curve in curves)
    if not ends:
        return None
    information = ends * n[0] * n[1] / sum(n) ** 2
    if test is None:
        return math.exp((ndtri(0.975) + ndtri(0.8)) / math.sqrt(information))
    if math.isnan(test.df):
        return None
    size = float(stdtrit(test.df, 0.975) + stdtrit(test.df, 0.8)) * math.sqrt(test.variance) / information
    return math.exp(size) if size < 100 else None


def _periods(data: Source | pd.Series, timezone: str) -> pd.DataFrame:
    """Begin, count and exposure of each period in order; exposure is 1 where the table has no such column."""
    if isinstance(data, pd.Series):
        index = data.index.to_timestamp() if isinstance(data.index, pd.PeriodIndex) else data.index
        data = pd.DataFrame({"period": index, "count": data.to_numpy()})
    faults = Faults()
    table = _COUNTS.read(data)
    frame = table.values(faults, timezone)
    if "exposure" not in table.frame:
        frame["exposure"] = 1.0
    for i in np.flatnonzero(frame["exposure"] <= 0):
        table.fault(faults, i, "exposure", f"write an exposure above 0, not {frame['exposure'][i]:g}")
    faults.raise_if_any()
    in_order(pd.Series(frame["count"].to_numpy(), index=pd.DatetimeIndex(frame["period"])))
    return frame.sort_values("period", ignore_index=True)


def _counts(data: Source | pd.Series, day: pd.Timestamp, named: str, timezone: str) -> BeforeAfter:
    frame = _periods(data, timezone)
    usual = float(np.median(frame["exposure"]))
    short = (frame["exposure"] < usual / 2).to_numpy()
    frame = frame.loc[~short]
    at, count, exposure = frame["period"], frame["count"].to_numpy(), frame["exposure"].to_numpy()
    after = (at >= day).to_numpy()
    sides = [int(np.sum(~after)), int(np.sum(after))]
    if min(sides) < 2:
        raise Missing(f"periods before {named}: {sides[0]}, from then on: {sides[1]}; two of each are needed")
    y, one, time = scaled(count, "count", exposure), np.ones(len(count)), np.flatnonzero(~short).astype(float)
    step = fit(y, np.column_stack([one, after]))
    levels = fit(y, np.column_stack([~after, after]).astype(float))
    drift = fit(y, np.column_stack([one, after, time])) if len(y) > 3 else None
    rows = []
    for k, (name, side) in enumerate((("before", ~after), ("after", after))):
        ends = back(np.array([levels.quantile(k, p) for p in (0.025, 0.975)]), "count") / exposure.mean()
        rows.append([name, sides[k], count[side].sum() / exposure[side].sum(), *ends])
    p, p_drift = float(step.p[1]), float(drift.p[1]) if drift else math.nan
    holds, why = None, ""
    if min(sides) < _SIDE or len(count) < _ALL:
        why = f"{sides[0]} periods before and {sides[1]} after; {_SIDE} of each and {_ALL} in all are needed"
    elif drift:
        holds = bool(p < _LEVEL and p_drift < _LEVEL and step.estimate[1] * drift.estimate[1] > 0)
    ratios: list[float | None] = [None] * 3
    found = None
    if count[~after].sum() > 0 and count[after].sum() > 0:
        a = float(step.estimate[0])
        moves = [float(step.estimate[1]), step.quantile(1, 0.025), step.quantile(1, 0.975)]
        ratios = [times_as_much(a, a + move, "count") for move in moves]
        found = times_as_much(a, a + detectable(drift, 1)[0], "count") if drift and drift.variance > 0 else None
    times_more = "unknown: one side has no count"
    if ratios[0] is not None:
        times_more = f"{ratios[0]:.2f} (95% interval: {ratios[1]:.2f} to {ratios[2]:.2f})"
    chance = f"p {_p(p)}; beside a slope over the whole time p {_p(p_drift)}"
    notes = [_CAUSE]
    if after.any() and at.loc[~after].max() < day < at.loc[after].min():
        notes.insert(0, f"the period that contains {named} counts as before")
    if short.any():
        notes.append(f"periods with less than half of the usual exposure, left out: {int(short.sum())}")
    facts = [("times as many after", times_more), _verdict(holds, why), ("chance", chance), _power(found, "a rate")]
    return BeforeAfter(
        table=pd.DataFrame(rows, columns=["period", "n", "estimate", "low", "high"]),
        holds=holds,
        why=why,
        p=p,
        p_drift=p_drift,
        ratio=ratios[0],
        ratio_low=ratios[1],
        ratio_high=ratios[2],
        detectable_ratio=found,
        autocorrelation=step.rho,
        title=f"Before and after {named}: counts a period",
        facts=tuple(facts),
        method="a step, alone and beside a slope, with autoregressive errors",
        notes=tuple(notes),
    )
