"""Which means fit the answers: intervals that stay on the scale and have no zero width.

See docs/methods/intervals.md, "The interval"."""

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from dxkit.statistics.intervals import t_quantile
from dxkit.statistics.means.spread import HOURS, NUMBER, Spread, variance_function
from dxkit.statistics.moments import dividing_by_0


def bounded(m: ArrayLike, c: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """All u from 0 to 1 with (m - u)^2 <= c u (1 - u): the score interval of Wilson (1927). Arrays of one shape.

    >>> [end.round(6).tolist() for end in bounded(0.3, 1.959963984540054**2 / 10)]
    [0.107791, 0.603222]
    """
    m, c = np.clip(np.asarray(m, dtype=float), 0.0, 1.0), np.asarray(c, dtype=float)
    with np.errstate(invalid="ignore", over="ignore"):
        half = np.sqrt(c * m * (1 - m) + c**2 / 4)
        low, high = (m + c / 2 - half) / (1 + c), (m + c / 2 + half) / (1 + c)
    return np.clip(np.where(m == 0, 0 * c, low), 0.0, m), np.clip(np.where(m == 1, 1 + 0 * c, high), m, 1.0)


def hours(m: ArrayLike, c: ArrayLike, top: ArrayLike = np.inf) -> tuple[np.ndarray, np.ndarray]:
    """All u of at least 0 with (m - u)^2 <= c u^1.5, cut at the top of the scale. Arrays of one shape.

    In the fourth root r of u the ends solve r^4 +- sqrt(c) r^3 = m, which Newton's method reaches from one side.

    >>> [end.round(6).tolist() for end in hours(4.0, 0.5)]
    [2.566283, 7.063835]
    """
    m, c = np.broadcast_arrays(np.maximum(np.asarray(m, dtype=float), 0.0), np.asarray(c, dtype=float))
    slope = np.sqrt(c)
    return np.minimum(_fourth_root(m, slope), m), np.minimum(np.maximum(_fourth_root(m, -slope), m), np.maximum(top, m))


def _fourth_root(m: np.ndarray, slope: np.ndarray) -> np.ndarray:
    """u = r^4 for the largest root of r^4 + slope r^3 = m; from above, where the curve is convex."""
    r = m**0.25 + np.maximum(-slope, 0.0)
    with dividing_by_0():
        for _ in range(100):
            step = (r**3 * (r + slope) - m) / (r**2 * (4 * r + 3 * slope))
            step = np.where(r > 0, step, 0.0)
            r = r - step
            if not np.any(np.abs(step) > 1e-15 * r):
                break
    return r**4


def means(
    estimate: np.ndarray, coverage: np.ndarray, spread: Spread, confidence: float = 0.95, top: ArrayLike = np.inf
) -> tuple[np.ndarray, np.ndarray]:
    """Intervals of weighted means: all u with (m - u)^2 <= t^2 A phi v(u).

    Parameters
    ----------
    estimate, coverage : (..., J) arrays
        Weighted means m (0 to 1 where the scale has two ends), and A from `coverage.coverage`.
    spread : Spread
        From `spread.whole` or `spread.by_group`.
    confidence : float
        Confidence level.
    top : float or (J,) array
        The most hours that can be.

    Returns
    -------
    low, high : arrays
        Both the estimate where everybody answered, nan where fewer than two did. Where nobody of all has lost an hour,
        the upper end is t^2 A hours.

    Examples
    --------
    >>> n, middle, df = np.array([12.0]), np.array([0.98]), np.array([11.0])
    >>> all_agree = Spread(n=n, middle=middle, phi=np.array([1.0]), df=df, form=np.array([0]))
    >>> [float(end[0].round(4)) for end in means(np.array([1.0]), 1 / n, all_agree)]
    [0.7124, 1.0]
    """
    form = np.broadcast_to(spread.form, estimate.shape)
    t = t_quantile(np.where(spread.df >= 1, spread.df, np.nan), (1 + confidence) / 2)
    with np.errstate(invalid="ignore"):
        c = t**2 * coverage * spread.phi
        low, high = bounded(estimate, c)
        for this in (HOURS, NUMBER):
            at = form == this
            if this == HOURS and at.any():
                ends = hours(estimate[at], c[at], np.broadcast_to(top, estimate.shape)[at])
                none = spread.middle[at] == 0
                low[at], high[at] = ends[0], np.where(none, (t**2 * coverage)[at], ends[1])
            elif at.any():
                half = np.where(spread.phi[at] > 0, np.sqrt(c[at]), np.nan)
                low[at], high[at] = estimate[at] - half, estimate[at] + half
    return _census(estimate, coverage, spread.n, low, high)


def contrasts(
    estimate: np.ndarray,
    variance: np.ndarray,
    middle: np.ndarray,
    df: np.ndarray,
    n: np.ndarray,
    confidence: float = 0.95,
) -> tuple[np.ndarray, np.ndarray]:
    """Intervals of means of several questions with two ends, from the variance of their errors; arrays of one shape.

    `middle` is the same mean of the questions' `Spread.middle`, df and n the least of the questions'.

    >>> [float(end.round(4)) for end in contrasts(*(np.array(x) for x in (0.6, 0.006, 0.6, 7.0, 8.0)))]
    [0.4157, 0.7597]
    """
    t = t_quantile(np.where(df >= 1, df, np.nan), (1 + confidence) / 2)
    with dividing_by_0():
        low, high = bounded(
            estimate, t**2 * variance / variance_function(middle, np.zeros(np.shape(middle), dtype=int))
        )
    return _census(estimate, variance, n, low, high)


def shares(
    share: np.ndarray,
    coverage: np.ndarray,
    n: np.ndarray,
    headcount: ArrayLike = np.inf,
    one_weight: ArrayLike = False,
    confidence: float = 0.95,
) -> tuple[np.ndarray, np.ndarray]:
    """Intervals of shares: Wilson's (1927) with `coverage`, and what has been said is certain.

    Where all who answered carry one weight and the headcount N is known, T people have said yes and n - T no: the share
    of all lies from T/N to (T + N - n)/N. The ends are then rounded outwards to whole people.

    Parameters
    ----------
    share, coverage, n : arrays of one shape
        Weighted share, A from `coverage.coverage`, and how many answered.
    headcount : float or array
        People; infinity where they are unknown or all that there could be are meant.
    one_weight : bool or array of bool
        Whether all who answered carry one weight.
    confidence : float
        Confidence level.

    Examples
    --------
    >>> [float(end.round(4)) for end in shares(np.array(0.7), np.array(1 / 10 - 1 / 20), np.array(10), 20)]
    [0.4754, 0.8573]
    """
    share, n, headcount, one_weight = np.broadcast_arrays(share, n, np.asarray(headcount, dtype=float), one_weight)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    finite = np.isfinite(headcount)
    people = np.where(finite, np.maximum(headcount, n), 2.0)
    with dividing_by_0():
        larger = np.where(finite, people / np.maximum(people - 1, 1.0), 1.0)
        low, high = bounded(share, z**2 * coverage * larger)
        said = np.rint(share * n)
        least, most = said / people, (said + people - n) / people
        sure = finite & one_weight
        low = np.where(sure, np.maximum(np.floor(np.maximum(low, least) * people + 1e-9) / people, least), low)
        high = np.where(sure, np.minimum(np.ceil(np.minimum(high, most) * people - 1e-9) / people, most), high)
    return _census(share, coverage, n, np.minimum(low, share), np.maximum(high, share))


def _census(
    estimate: np.ndarray, coverage: np.ndarray, n: np.ndarray, low: np.ndarray, high: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Everybody answered: no sample, no interval. Fewer than two answers: none can be stated."""
    few, all_of_them = n < 2, coverage == 0
    ends = (np.where(all_of_them, estimate, np.where(few, np.nan, end)) for end in (low, high))
    low, high = (np.where(np.isnan(estimate), np.nan, end) for end in ends)
    return low, high
