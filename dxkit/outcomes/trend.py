"""A series of periods: does it rise or fall beyond chance (docs/methods/trend.md, "Slope")."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from dxkit.files.options import choice
from dxkit.outcomes.series import KINDS, Ratio, back, check_enough, name_of, scaled, times_as_much, values_of
from dxkit.results.columns import Column, declared
from dxkit.results.result import Result
from dxkit.statistics.levels import Level, detectable, fit, whitened

_LEVEL = 0.05
_UNKNOWN = Ratio(math.nan, math.nan, math.nan)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Trend(Result):
    """Values of periods with the slope that fits them.

    verdict   rising, falling, or not shown
    ratio     the last fitted value over the first: estimate, low, high; p of no slope
    detectable_ratio  power: the ratio that 8 in 10 such series would show, with 80% limits
    autocorrelation   how much of a period's luck goes over into the next
    """

    columns: ClassVar[tuple[Column, ...]] = declared(__file__, "Trend")
    plot_name: ClassVar[str] = "outcomes.points"

    verdict: str = "not shown"
    ratio: Ratio = _UNKNOWN
    p: float = math.nan
    detectable_ratio: Ratio = _UNKNOWN
    autocorrelation: float = 0.0
    kind: str = "count"


def trend(series: pd.Series | Iterable[object], kind: str = "count") -> Trend:
    """Does a series rise or fall, beyond chance? A slope, where each period may be like the one before it.

    See docs/methods/trend.md, "Slope".

    Parameters
    ----------
    series : Series or sequence, (n,)
        One value a period, equally long; the index names the periods. Empty values are left out.
    kind : str
        What the values are: count (square root), duration (logarithm) or share (arcsine), for a scale on which chance
        is even.

    Returns
    -------
    Trend
        The verdict at 5%. Errors are autoregressive of order 1; the result is averaged over their autocorrelation by
        restricted likelihood (Harville 1974). Limits of unusual values are Bonferroni's, from the other values.

    Raises
    ------
    DataError
        A negative count, a duration that is not above 0, a share outside 0 to 1; a period that is missing or appears
        twice, where the index holds times.
    Missing
        Fewer than 8 values, or counts that are too few: the message names longer periods that would do.

    Examples
    --------
    >>> found = trend([12, 9, 14, 11, 15, 13, 19, 16, 18, 22, 17, 24])
    >>> found.verdict, round(found.ratio.estimate, 2)
    ('rising', 2.08)
    """
    choice("kind", kind, KINDS)
    values, left_out = values_of(series, kind)
    check_enough(values, kind)
    y = scaled(values.to_numpy(), kind)
    time = np.arange(len(y), dtype=float)
    design = np.column_stack([np.ones(len(y)), time - time.mean()])
    level = fit(y, design)
    half = (len(y) - 1) / 2
    slopes = [float(level.estimate[1]), level.quantile(1, 0.025), level.quantile(1, 0.975)]
    ratio = Ratio(*(_ratio(level, half * slope, kind) for slope in slopes))
    seen = Ratio(*(_ratio(level, half * size, kind) for size in detectable(level, 1)))
    p = float(level.p[1])
    verdict = "not shown" if not p < _LEVEL else "rising" if slopes[0] > 0 else "falling"
    low, high, unusual = _limits(y, design, level)
    table = pd.DataFrame(
        {
            "period": [name_of(each) for each in values.index],
            "value": values.to_numpy(),
            "fitted": back(design @ level.estimate, kind),
            "low": back(low, kind),
            "high": back(high, kind),
            "unusual": unusual,
        }
    )
    return Trend(
        table=table,
        verdict=verdict,
        ratio=ratio,
        p=p,
        detectable_ratio=seen,
        autocorrelation=level.rho,
        kind=kind,
        title="Trend",
        facts=(("trend", _said(verdict, ratio, p)), ("8 in 10 such series would show", _seen(seen))),
        notes=(f"empty values left out: {left_out}",) if left_out else (),
    )


def _ratio(level: Level, rise: float, kind: str) -> float:
    """Last over first where the series rises by twice `rise` around its middle."""
    middle = float(level.estimate[0])
    return times_as_much(middle - rise, middle + rise, kind)


def _said(verdict: str, ratio: Ratio, p: float) -> str:
    span = f"{ratio.estimate:.2f} times from the first to the last (95% interval: {ratio.low:.2f} to {ratio.high:.2f})"
    chance = "p unknown, since nothing scatters" if math.isnan(p) else f"p {p:.3f}" if p >= 0.001 else "p under 0.001"
    return f"{verdict}; {span}, {chance}"


def _seen(seen: Ratio) -> str:
    if not math.isfinite(seen.high):
        return "no ratio: the values scatter too much"
    return f"{seen.estimate:.1f} times from the first to the last ({seen.low:.1f} to {seen.high:.1f})"


def _limits(y: np.ndarray, design: np.ndarray, level: Level) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What the other values let expect of each value, (n,) each: lower and upper limit, and whether it is outside.

    A column for the value alone takes it out of the fit; its coefficient is the value less what is expected of it."""
    n, k = design.shape
    low, high = np.full(n, np.nan), np.full(n, np.nan)
    if n - k < 2 or not level.variance > 0:
        return low, high, np.zeros(n, dtype=bool)
    t = float(stdtrit(n - k - 1, 1 - _LEVEL / (2 * n)))
    white = whitened(y, level.rho)
    for i in range(n):
        x = whitened(np.column_stack([design, np.arange(n) == i]), level.rho)
        inverse = np.linalg.inv(x.T @ x)
        b = inverse @ x.T @ white
        se = math.sqrt(float(((white - x @ b) ** 2).sum()) / (n - k - 1) * inverse[-1, -1])
        low[i], high[i] = y[i] - b[-1] - t * se, y[i] - b[-1] + t * se
    return low, high, (y < low - 1e-12) | (y > high + 1e-12)
