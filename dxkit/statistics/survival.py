"""Survival curves of durations, some of which have not ended yet. scipy.stats takes half a second to load: it waits."""

import warnings
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from dxkit.statistics.moments import dividing_by_0

_FLAT = 1e-9  # a curve this close to a level counts as flat at that level


class SurvivalCurve(NamedTuple):
    """A Kaplan-Meier curve: one entry per distinct duration in every array, (T,).

    survival is the share that has not ended after this time, low and high are the ends of its interval.
    """

    time: np.ndarray
    at_risk: np.ndarray
    events: np.ndarray
    censored: np.ndarray
    survival: np.ndarray
    low: np.ndarray
    high: np.ndarray


def kaplan_meier(times: ArrayLike, ended: ArrayLike, confidence: float = 0.95) -> SurvivalCurve:
    """Kaplan and Meier's estimate (1958) with Greenwood's interval on the scale log(-log S).

    Parameters
    ----------
    times : array (n,)
        Durations; the time so far where one has not ended.
    ended : bool array (n,)
        Whether each has ended.
    confidence : float
        Confidence level of the interval at each time. Its ends are nan where S is 0, and 1 where S is 1.

    Examples
    --------
    >>> curve = kaplan_meier([1, 2, 2, 3], [True, True, False, True])
    >>> curve.survival.round(4).tolist(), curve.at_risk.tolist()
    ([0.75, 0.5, 0.0], [4, 3, 1])
    """
    from scipy.stats import CensoredData, ecdf

    times, ended = np.asarray(times, dtype=float), np.asarray(ended, dtype=bool)
    distinct, place = np.unique(times, return_inverse=True)
    events = np.bincount(place[ended], minlength=len(distinct))
    censored = np.bincount(place[~ended], minlength=len(distinct))
    at_risk = len(times) - np.cumsum(events + censored) + events + censored
    curve = ecdf(CensoredData(uncensored=times[ended], right=times[~ended])).sf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # scipy warns of the ends that are nan
        interval = curve.confidence_interval(confidence, method="log-log")
    survival = np.asarray(curve.probabilities)
    low, high = (np.where(survival == 1, 1.0, end.probabilities) for end in (interval.low, interval.high))
    return SurvivalCurve(distinct, at_risk, events, censored, survival, low, high)


def time_reached(time: np.ndarray, curve: np.ndarray, level: float) -> float | None:
    """When a falling curve comes down to a level; None where it never does.

    Where the curve is flat at the level, the middle of that time, as R's `quantile.survfit` has it; where it is flat
    to its end, the middle of the time up to there. Brookmeyer and Crowley's interval (1982) of a quantile is the time
    at which each end of the curve's interval reaches the level.

    Parameters
    ----------
    time, curve : array (T,)
        Ascending times, and the curve from each time on; nan counts as above every level.

    Examples
    --------
    >>> time_reached(np.array([1.0, 2.0, 3.0]), np.array([0.75, 0.5, 0.25]), 0.5)
    2.5
    """
    reached = np.flatnonzero(curve < level + _FLAT)
    if not len(reached):
        return None
    first = int(reached[0])
    if curve[first] < level - _FLAT:
        return float(time[first])
    below = np.flatnonzero(curve < level - _FLAT)
    return float(time[first] + time[int(below[0]) if len(below) else -1]) / 2


def log_rank(first: tuple[ArrayLike, ArrayLike], second: tuple[ArrayLike, ArrayLike]) -> tuple[float, float]:
    """Chi-square with one degree of freedom and p of the log-rank test that two survival curves are one (Mantel 1966).

    Where nothing tells the two apart, such as nothing that ended while both were at risk, chi-square is 0 and p is 1.

    Parameters
    ----------
    first, second : (times, ended)
        The durations of each group, as for `kaplan_meier`.

    Examples
    --------
    >>> chi_square, p = log_rank(([1, 2, 3], [True] * 3), ([4, 5, 6], [True] * 3))
    >>> round(chi_square, 3), round(p, 3)
    (5.052, 0.025)
    """
    from scipy.stats import CensoredData, logrank

    groups = []
    for group in (first, second):
        times, ended = np.asarray(group[0], dtype=float), np.asarray(group[1], dtype=bool)
        groups.append(CensoredData(uncensored=times[ended], right=times[~ended]))
    with dividing_by_0():
        test = logrank(*groups)
    if not np.isfinite(test.statistic):  # the variance is 0
        return 0.0, 1.0
    return float(test.statistic) ** 2, float(test.pvalue)
