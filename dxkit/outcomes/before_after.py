"""What came before a date that was named beforehand, and what came after it.

See docs/methods/trend.md, "Before and after"."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtr

from dxkit.files.errors import DataError, Faults
from dxkit.files.options import choice
from dxkit.files.table import TableSpec
from dxkit.outcomes.durations import UNITS, Durations, durations
from dxkit.outcomes.times import Moment, Source, moment, numbers, times, zone
from dxkit.results.columns import Column, shared
from dxkit.results.result import Result
from dxkit.statistics.intervals import t_quantile
from dxkit.statistics.survival import log_rank

_DURATIONS = TableSpec(
    kind="table of durations", columns=(*times("start", needed=True, filled=True), *times("end", needed=True))
)
_COUNTS = TableSpec(
    kind="table of counts",
    columns=(
        *times("period", needed=True, filled=True),
        *numbers("count", needed=True, filled=True),
        *numbers("exposure", low=None, filled=True),
    ),
)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class BeforeAfter(Result):
    """What was before a date that had been named beforehand, and after it.

    ratio    counts: after over before, with ratio_low and ratio_high; None for durations
    p        p-value of no change
    detectable_ratio  power: the factor of a rise or fall that 80% of such comparisons would find; None if unknown
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
    data: Source | pd.Series,
    date: Moment,
    kind: str = "count",
    *,
    as_of: Moment | None = None,
    unit: str = "hours",
    timezone: str = "UTC",
) -> BeforeAfter:
    """Did counts or durations change at a date that was named before anybody knew the result?

    Parameters
    ----------
    data : Series, data frame or path
        kind count: a Series of counts, indexed by the start of each (equally long) period, or a table with the columns
        period, count and exposure. kind duration: a table with the columns start and end (empty: open).
    date : timestamp
        The day of the change; a period counts as after if it begins on this day or later.
    kind : str
        What data holds: count or duration.
    as_of : timestamp
        Data cut-off date, for durations.
    unit : str
        Unit of durations: hours or days.
    timezone : str
        Time zone of times that name none, such as Europe/Berlin.

    Returns
    -------
    BeforeAfter
        Counts: the ratio of rates, quasi-Poisson, so that counts may vary more than chance alone makes them; t with
        n - 2 degrees of freedom (McCullagh and Nelder 1989). Durations: Kaplan-Meier medians of what began before and
        after, and the log-rank test, its power by Schoenfeld (1981). A difference does not prove a cause.

    Raises
    ------
    DataError
        Every fault of the table; fewer than two periods on a side, nothing that began on a side; an unknown kind, unit
        or time zone.

    Examples
    --------
    >>> import pandas as pd
    >>> months = pd.Series([9, 11, 10, 12, 21, 18, 22, 19], index=pd.date_range("2026-01-01", periods=8, freq="MS"))
    >>> round(before_after(months, "2026-05-01").ratio, 3)
    1.905
    """
    choice("kind", kind, ("count", "duration"))
    choice("unit", unit, list(UNITS))
    day = moment(date, "date", zone(timezone), "the day of the change")
    named = str(day.tz_convert(timezone).date())
    if kind == "count":
        return _counts(data, day, named, timezone)
    cutoff = moment(as_of, "as_of", timezone)
    if isinstance(data, pd.Series):
        raise DataError("durations need a table with the columns start and end, not a Series")
    faults = Faults()
    table = _DURATIONS.read(data)
    frame = table.values(faults, timezone)
    for i in np.flatnonzero((frame["end"] < frame["start"]).to_numpy()):
        table.fault(faults, i, "end", "the end lies before the start")
    faults.raise_if_any()
    sides = [frame.loc[frame["start"] < day], frame.loc[frame["start"] >= day]]
    curves = tuple(durations(side["start"], side["end"], cutoff, unit=unit) for side in sides)
    if not all(curve.n for curve in curves):
        raise DataError("nothing began on one side of the date, so there is nothing to compare")
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


_CAUSE = "whatever else changed at that time is part of the difference too"


def _p(p: float) -> str:
    return "under 0.001" if p < 0.001 else f"{p:.3f}"


def _power(ratio: float | None, what: str) -> tuple[str, str]:
    change = "unknown: nothing to judge it by" if ratio is None else f"{what} {ratio:.1f} times as high or as low"
    return "8 in 10 such comparisons would find", change


def _detectable(curves: tuple[Durations, ...]) -> float | None:
    """The ratio of hazards that 8 of 10 log-rank tests with so many ends would find (Schoenfeld 1981)."""
    n, ends = [curve.n for curve in curves], sum(curve.n - curve.open for curve in curves)
    return math.exp((ndtri(0.975) + ndtri(0.8)) * sum(n) / math.sqrt(ends * n[0] * n[1])) if ends else None


def _raw(curve: Durations) -> tuple[np.ndarray, np.ndarray]:
    """Times and whether each is over, of a curve."""
    table = curve.curve
    times = np.concatenate([np.repeat(table["time"], table[column]) for column in ("events", "censored")])
    return times, np.repeat([True, False], [table["events"].sum(), table["censored"].sum()])


def _periods(data: Source | pd.Series, timezone: str) -> pd.DataFrame:
    """Begin, count and exposure of each period; exposure is 1 where the table has no such column."""
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
    return frame


def _counts(data: Source | pd.Series, day: pd.Timestamp, named: str, timezone: str) -> BeforeAfter:
    frame = _periods(data, timezone)
    at, count, exposure = frame["period"], frame["count"].to_numpy(), frame["exposure"].to_numpy()
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
    finding = (
        f"{ratio:.2f} (95% interval: {ends[0]:.2f} to {ends[1]:.2f}), p {_p(p)}"
        if ratio
        else "unknown: one side has no count"
    )
    inside = bool(after.any() and (at.loc[~after].max() < day < at.loc[after].min()))
    notes = (f"the period that contains {named} counts as before", _CAUSE) if inside else (_CAUSE,)
    return BeforeAfter(
        table=pd.DataFrame(rows, columns=["period", "n", "estimate", "low", "high"]),
        p=p,
        ratio=ratio,
        detectable_ratio=detectable,
        ratio_low=ends[0],
        ratio_high=ends[1],
        dispersion=dispersion,
        title=f"Before and after {named}: counts a period",
        facts=(("times as many after", finding), _power(detectable, "a rate")),
        method=f"quasi-Poisson, dispersion {dispersion:.3f}",
        notes=notes,
    )
