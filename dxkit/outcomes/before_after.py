"""What came before a date that was named beforehand, and what came after it (MODELS 7)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import stdtr

from dxkit.faults import DataError
from dxkit.outcomes.durations import Durations, durations, log_rank, stamps
from dxkit.result import Result
from dxkit.survey.intervals import t_quantile


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class BeforeAfter(Result):
    """What was before a date that had been named beforehand, and after it.

    table    period (before, after), n, estimate, low, high
    ratio    counts: after over before, with ratio_low and ratio_high; None for durations
    p        of no change
    """

    formats: ClassVar[dict[str, str]] = {"estimate": "hours", "low": "hours", "high": "hours"}

    plot_name: ClassVar[str] = "outcomes.sides"

    p: float = math.nan
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    dispersion: float = math.nan
    curves: tuple[Durations, ...] = ()


def before_after(
    data, date, kind: str = "count", *, as_of=None, unit: str = "hours", timezone: str = "UTC"
) -> BeforeAfter:
    """Compare what came before a date with what came after; name the date before you look.

    Parameters
    ----------
    data : Series or DataFrame
        kind count: a Series of counts with the begin of each (equally long) period as index, or a frame with the
        columns period, count and exposure. kind duration: a frame with the columns start and end (empty: open).
    date : timestamp
    kind : str
        count or duration.
    as_of : timestamp
        The day of the look, for durations.
    unit, timezone : str
        As for `durations`.

    Returns
    -------
    BeforeAfter
        Counts: the ratio of rates, quasi-Poisson, so that counts may scatter more than chance alone has them; t with
        n - 2 degrees of freedom (McCullagh and Nelder 1989). Durations: Kaplan-Meier medians of what began before and
        after, and the log-rank test. A difference is no proof of a cause.

    Raises
    ------
    DataError
        Fewer than two periods on a side, counts that cannot be, nothing that began on a side.

    Examples
    --------
    >>> import pandas as pd
    >>> months = pd.Series([9, 11, 10, 12, 21, 18, 22, 19], index=pd.date_range("2026-01-01", periods=8, freq="MS"))
    >>> round(before_after(months, "2026-05-01").ratio, 3)
    1.905
    """
    day = stamps([date], "date", timezone).iloc[0]
    if pd.isna(day):
        raise DataError("date is missing; name the day of the change")
    named = str(day.tz_convert(timezone).date())
    if kind == "count":
        return _counts(data, day, named, timezone)
    if kind != "duration":
        raise DataError(f"kind='{kind}' is not known; use count or duration")
    if as_of is None:
        raise DataError("as_of is missing; name the day of the look")
    start = stamps(data["start"], "start", timezone)
    sides = [(start < day).to_numpy(), (start >= day).to_numpy()]
    look = stamps([as_of], "as_of", timezone).iloc[0]
    curves = tuple(
        durations(data["start"][side], data["end"][side], look, unit=unit, timezone=timezone) for side in sides
    )
    if not all(curve.n for curve in curves):
        raise DataError("nothing began on one side of the date; there is nothing to compare")
    chi, _, p = log_rank([_raw(curve) for curve in curves])
    rows = [[name, curve.n, *(np.nan if each is None else each for each in curve.median)]
            for name, curve in zip(("before", "after"), curves, strict=True)]  # fmt: skip
    return BeforeAfter(
        table=pd.DataFrame(rows, columns=["period", "n", "estimate", "low", "high"]), p=p, curves=curves,
        title=f"Before and after {named}: {unit} until half are done", facts=(("log-rank test", f"p {_p(p)}"),),
        method=f"log-rank, chi-square {chi:.3f}", notes=(_CAUSE,),
    )  # fmt: skip


_CAUSE = "whatever else changed at that time is in the difference too"


def _p(p: float) -> str:
    return "under 0.001" if p < 0.001 else f"{p:.3f}"


def _raw(curve: Durations) -> tuple[np.ndarray, np.ndarray]:
    """Times and whether each is over, of a curve."""
    table = curve.curve
    times = np.concatenate([np.repeat(table["time"], table[column]) for column in ("events", "censored")])
    return times, np.repeat([True, False], [table["events"].sum(), table["censored"].sum()])


def _counts(data, day: pd.Timestamp, named: str, timezone: str) -> BeforeAfter:
    frame = data if isinstance(data, pd.DataFrame) else pd.DataFrame({"period": data.index, "count": data.to_numpy()})
    at = stamps(frame["period"], "period", timezone)
    count = pd.to_numeric(frame["count"], errors="coerce").to_numpy(dtype=float)
    exposure = (
        pd.to_numeric(frame["exposure"], errors="coerce") if "exposure" in frame else pd.Series(np.ones(len(frame)))
    )
    exposure = exposure.to_numpy(dtype=float)
    if not (np.isfinite(count).all() and (count >= 0).all() and np.isfinite(exposure).all() and (exposure > 0).all()):
        raise DataError("counts are 0 or more and exposures above 0; one is not")
    after = (at >= day).to_numpy()
    if min(after.sum(), (~after).sum()) < 2:
        raise DataError(f"{(~after).sum()} periods before and {after.sum()} from {named} on; two of each are needed")
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
    ratio, ends, p = None, (None, None), math.nan
    if min(totals) > 0:
        ratio, se = float(rates[1] / rates[0]), math.sqrt(dispersion * (1 / totals[0] + 1 / totals[1]))
        ends = ratio * math.exp(-t * se), ratio * math.exp(t * se)
        p = float(2 * stdtr(df, -abs(math.log(ratio)) / se))
    said = (
        f"{ratio:.2f} (95%: {ends[0]:.2f} to {ends[1]:.2f}), p {_p(p)}" if ratio else "unknown: one side has no count"
    )
    return BeforeAfter(
        table=pd.DataFrame(rows, columns=["period", "n", "estimate", "low", "high"]), p=p, ratio=ratio,
        ratio_low=ends[0], ratio_high=ends[1], dispersion=dispersion,
        title=f"Before and after {named}: counts a period",
        facts=(("times as many after", said),), method=f"quasi-Poisson, dispersion {dispersion:.3f}", notes=(_CAUSE,),
    )  # fmt: skip
