"""What came before a date that was named beforehand, and what came after it (MODELS 7)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtr

from dxkit.files.errors import DataError, Faults
from dxkit.files.table import read_table
from dxkit.outcomes.durations import Durations, durations, stamps, zone
from dxkit.results.columns import Column, shared
from dxkit.results.result import Result
from dxkit.statistics.intervals import t_quantile
from dxkit.statistics.survival import log_rank


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class BeforeAfter(Result):
    """What was before a date that had been named beforehand, and after it.

    ratio    counts: after over before, with ratio_low and ratio_high; None for durations
    p        of no change
    detectable_ratio  power: the change, times as much or as little, that 8 of 10 such comparisons would find; None if
                      unknown
    """

    columns: ClassVar[tuple[Column, ...]] = (
        Column("period", "before or after"),
        shared("n", "how many periods or durations"),
        shared("estimate", "count a period, or the time until half are done", format="hours"),
        shared("low", "lower end of the 95% interval", format="hours"),
        shared("high", "upper end of the 95% interval", format="hours"),
    )
    plot_name: ClassVar[str] = "outcomes.sides"

    p: float = math.nan
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    detectable_ratio: float | None = None
    dispersion: float = math.nan
    curves: tuple[Durations, ...] = ()


def before_after(
    data, date, kind: str = "count", *, as_of=None, unit: str = "hours", timezone: str = "UTC"
) -> BeforeAfter:
    """Compare what came before a date with what came after; name the date before you look.

    Parameters
    ----------
    data : Series, DataFrame or path
        kind count: a Series of counts with the begin of each (equally long) period as index, or a table with the
        columns period, count and exposure. kind duration: a table with the columns start and end (empty: open).
    date : timestamp
        A period counts as after if it begins on this day or later.
    kind : str
        count or duration.
    as_of : timestamp
        Data cut-off date, for durations.
    unit, timezone : str
        As for `durations`.

    Returns
    -------
    BeforeAfter
        Counts: the ratio of rates, quasi-Poisson, so that counts may scatter more than chance alone has them; t with
        n - 2 degrees of freedom (McCullagh and Nelder 1989). Durations: Kaplan-Meier medians of what began before and
        after, and the log-rank test, its power by Schoenfeld (1981). A difference is no proof of a cause.

    Raises
    ------
    DataError
        Every fault of the table; fewer than two periods on a side, nothing that began on a side.

    Examples
    --------
    >>> import pandas as pd
    >>> months = pd.Series([9, 11, 10, 12, 21, 18, 22, 19], index=pd.date_range("2026-01-01", periods=8, freq="MS"))
    >>> round(before_after(months, "2026-05-01").ratio, 3)
    1.905
    """
    day = stamps([date], "date", zone(timezone)).iloc[0]
    if pd.isna(day):
        raise DataError("date is missing; name the day of the change")
    named = str(day.tz_convert(timezone).date())
    if kind == "count":
        return _counts(data, day, named, timezone)
    if kind != "duration":
        raise DataError(f"kind='{kind}' is not known; use count or duration")
    if as_of is None:
        raise DataError("as_of is missing; name the data cut-off date")
    faults = Faults()
    table = read_table(data, required=("start", "end"), kind="table of durations")
    start = table.times("start", faults=faults, timezone=timezone, required=True)
    end = table.times("end", faults=faults, timezone=timezone)
    for i in np.flatnonzero((end < start).to_numpy()):
        table.fault(faults, i, "end", "the end lies before the start")
    faults.raise_if_any()
    sides = [(start < day).to_numpy(), (start >= day).to_numpy()]
    look = stamps([as_of], "as_of", timezone).iloc[0]
    curves = tuple(durations(start[side], end[side], look, unit=unit) for side in sides)
    if not all(curve.n for curve in curves):
        raise DataError("nothing began on one side of the date; there is nothing to compare")
    chi, p = log_rank(*(_raw(curve) for curve in curves))
    rows = [
        [name, curve.n, *(np.nan if each is None else each for each in curve.median)]
        for name, curve in zip(("before", "after"), curves, strict=True)
    ]
    return BeforeAfter(
        table=pd.DataFrame(rows, columns=["period", "n", "estimate", "low", "high"]),
        p=p,
        curves=curves,
        detectable_ratio=(detectable := _detectable(curves)),
        title=f"Before and after {named}: {unit} until half are done",
        facts=(("log-rank test", f"p {_p(p)}"), _power(detectable, "a pace")),
        method=f"log-rank, chi-square {chi:.3f}",
        notes=(_CAUSE,),
    )


_CAUSE = "whatever else changed at that time is in the difference too"


def _p(p: float) -> str:
    return "under 0.001" if p < 0.001 else f"{p:.3f}"


def _power(ratio: float | None, what: str) -> tuple[str, str]:
    told = "unknown: nothing to judge it by" if ratio is None else f"{what} {ratio:.1f} times as high or as low"
    return "8 in 10 such comparisons would find", told


def _detectable(curves: tuple[Durations, ...]) -> float | None:
    """The ratio of hazards that 8 of 10 log-rank tests with so many ends would find (Schoenfeld 1981)."""
    n, ends = [curve.n for curve in curves], sum(curve.n - curve.open for curve in curves)
    return math.exp((ndtri(0.975) + ndtri(0.8)) * sum(n) / math.sqrt(ends * n[0] * n[1])) if ends else None


def _raw(curve: Durations) -> tuple[np.ndarray, np.ndarray]:
    """Times and whether each is over, of a curve."""
    table = curve.curve
    times = np.concatenate([np.repeat(table["time"], table[column]) for column in ("events", "censored")])
    return times, np.repeat([True, False], [table["events"].sum(), table["censored"].sum()])


def _periods(data, timezone: str) -> tuple[pd.Series, np.ndarray, np.ndarray]:
    """Begin, count and exposure of each period."""
    if isinstance(data, pd.Series):
        index = data.index.to_timestamp() if isinstance(data.index, pd.PeriodIndex) else data.index
        data = pd.DataFrame({"period": index, "count": data.to_numpy()})
    faults = Faults()
    table = read_table(data, required=("period", "count"), optional=("exposure",), kind="table of counts")
    at = table.times("period", faults=faults, timezone=timezone, required=True)
    count = table.numbers("count", faults=faults, low=0).to_numpy()
    exposure = np.ones(len(count))
    if "exposure" in table.frame:
        exposure = table.numbers("exposure", faults=faults).to_numpy()
        for i in np.flatnonzero(exposure <= 0):
            table.fault(faults, i, "exposure", f"{exposure[i]:g} is no exposure; it is above 0")
    faults.raise_if_any()
    return at, count, exposure


def _counts(data, day: pd.Timestamp, named: str, timezone: str) -> BeforeAfter:
    at, count, exposure = _periods(data, timezone)
    after = (at >= day).to_numpy()
    if min(after.sum(), (~after).sum()) < 2:
        count_each = f"periods before {named}: {(~after).sum()}, from then on: {after.sum()}"
        raise DataError(f"{count_each}; two of each are needed")
    rates, totals, fitted = [], [], np.zeros(len(count))
    for side in (~after, after):
        rates.append(count[side].sum() / exposure[side].sum())
        totals.append(count[side].sum())
        fitted[side] = rates[-1] * exposure[side]
    df = len(count) - 2
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.where(fitted > 0, (count - fitted) ** 2 / fitted, 0.0).sum() / df
    dispersion = max(1.0, float(spread))
    t = float(t_quantile(float(df), 0.975))
    rows = []
    for name, side, rate, total in zip(("before", "after"), (~after, after), rates, totals, strict=True):
        half = t * math.sqrt(dispersion / total) if total else np.nan
        rows.append([name, int(side.sum()), rate, rate * math.exp(-half), rate * math.exp(half)])
    ratio, ends, p, detectable = None, (None, None), math.nan, None
    if min(totals) > 0:
        ratio, se = float(rates[1] / rates[0]), math.sqrt(dispersion * (1 / totals[0] + 1 / totals[1]))
        ends = ratio * math.exp(-t * se), ratio * math.exp(t * se)
        p = float(2 * stdtr(df, -abs(math.log(ratio)) / se))
        detectable = math.exp((t + float(t_quantile(float(df), 0.8))) * se)
    said = (
        f"{ratio:.2f} (95%: {ends[0]:.2f} to {ends[1]:.2f}), p {_p(p)}" if ratio else "unknown: one side has no count"
    )
    inside = bool(after.any() and (at[~after].max() < day < at[after].min()))
    notes = (f"the period in which {named} lies counts as before", _CAUSE) if inside else (_CAUSE,)
    return BeforeAfter(
        table=pd.DataFrame(rows, columns=["period", "n", "estimate", "low", "high"]),
        p=p,
        ratio=ratio,
        detectable_ratio=detectable,
        ratio_low=ends[0],
        ratio_high=ends[1],
        dispersion=dispersion,
        title=f"Before and after {named}: counts a period",
        facts=(("times as many after", said), _power(detectable, "a rate")),
        method=f"quasi-Poisson, dispersion {dispersion:.3f}",
        notes=notes,
    )
