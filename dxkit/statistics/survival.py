"""Survival curves of durations of which some have not ended yet."""

from __future__ import annotations

import numpy as np
from scipy.special import chdtrc, ndtri

_FLAT = 1e-9  # a curve this close to a level is flat at it


def _log_log(survival: np.ndarray, risk: np.ndarray, events: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Greenwood's interval on the scale log(-log S); none where S is 0, and 1 where it is 1."""
    with np.errstate(divide="ignore", invalid="ignore"):
        root = np.sqrt(np.cumsum(events / (risk * (risk - events))))
        spread = float(ndtri(0.975)) * root / np.abs(np.log(survival))
        low, high = survival ** np.exp(spread), survival ** np.exp(-spread)
    whole = survival == 1
    return np.where(whole, 1.0, low), np.where(whole, 1.0, high)


def _reached(at: np.ndarray, curve: np.ndarray, level: float) -> float | None:
    """When a falling curve comes down to a level: the middle of the time in which it stays there; None if never.

    Where it stays there to its end, the middle of that time, as R's quantile.survfit has it.
    """
    down = np.flatnonzero(curve < level + _FLAT)
    if not len(down):
        return None
    first = int(down[0])
    if curve[first] < level - _FLAT:
        return float(at[first])
    below = np.flatnonzero(curve < level - _FLAT)
    return float(at[first] + at[int(below[0]) if len(below) else -1]) / 2


def log_rank(groups) -> tuple[float, int, float]:
    """Whether durations of groups differ: chi-square, degrees of freedom and p (Mantel 1966).

    A group of which nobody was left when the first one was done says nothing and takes no degree of freedom.

    Parameters
    ----------
    groups : sequence of (times, known)

    Examples
    --------
    >>> [round(each, 3) for each in log_rank([([1, 2, 3], [True] * 3), ([4, 5, 6], [True] * 3)])]
    [5.052, 1, 0.025]
    """
    groups = [(np.asarray(times, dtype=float), np.asarray(known, dtype=bool)) for times, known in groups]
    observed, expected = np.zeros(len(groups)), np.zeros(len(groups))
    spread = np.zeros((len(groups), len(groups)))
    for t in np.unique(np.concatenate([times[known] for times, known in groups])):
        risk = np.array([(times >= t).sum() for times, _ in groups], dtype=float)
        events = np.array([(known & (times == t)).sum() for times, known in groups], dtype=float)
        n, d = risk.sum(), events.sum()
        observed += events
        expected += d * risk / n
        if n > 1:
            spread += d * (n - d) / (n - 1) * (np.diag(risk / n) - np.outer(risk, risk) / n**2)
    seen = np.flatnonzero(expected > 0)[:-1]
    gap, freedom, spread = (observed - expected)[seen], len(seen), spread[np.ix_(seen, seen)]
    chi = float(gap @ np.linalg.solve(spread, gap)) if spread.any() else 0.0
    return chi, freedom, float(chdtrc(freedom, chi)) if freedom else 1.0
