"""Confidence intervals for means and shares of small groups (MODELS 1)."""

from __future__ import annotations

import numpy as np
from scipy.special import betaln, gammaln, ndtri, stdtr, stdtrit


def student(estimate, se, df, confidence: float = 0.95):
    """t interval of a mean: estimate -+ t(df) se; nan where df < 1.

    >>> low, high = student(50.0, 10.0, 9)
    >>> round(float(low), 3), round(float(high), 3)
    (27.378, 72.622)
    """
    df = np.asarray(df, dtype=float)
    half = t_quantile(np.where(df >= 1, df, np.nan), (1 + confidence) / 2) * se
    return estimate - half, estimate + half


def t_quantile(df, p: float):
    """Quantile of Student's t, with one Newton step: older versions of scipy are right to nine digits only.

    >>> round(float(t_quantile(6.0, 0.975)), 12)
    2.446911851145
    """
    t = stdtrit(df, p)
    log_density = -(df + 1) / 2 * np.log1p(t**2 / df) - np.log(df) / 2 - betaln(df / 2, 0.5)
    return t - (stdtr(df, t) - p) / np.exp(log_density)


def wilson(share, n, confidence: float = 0.95):
    """Score interval of a share (Wilson 1927, Brown, Cai and DasGupta 2001); n may be an effective sample size.

    >>> low, high = wilson(0.3, 10)
    >>> round(float(low), 6), round(float(high), 6)
    (0.107791, 0.603222)
    """
    share, n = np.asarray(share, dtype=float), np.asarray(n, dtype=float)
    z = ndtri((1 + confidence) / 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    low = np.where(share == 0, np.where(n > 0, 0.0, np.nan), middle - half)
    return low, np.where(share == 1, np.where(n > 0, 1.0, np.nan), middle + half)


def hypergeometric(k: int, n: int, population: int, confidence: float = 0.95) -> tuple[float, float]:
    """Exact equal-tailed interval for a share of `population` people of whom n answered, k of them yes.

    Inverts the two one-sided hypergeometric tests, as Clopper and Pearson (1934) do for the binomial.

    >>> hypergeometric(3, 8, 8)
    (0.375, 0.375)
    """
    if n == 0:
        return np.nan, np.nan
    tail = (1 - confidence) / 2
    low = _first(lambda yes: _at_least(k, n, population, yes) > tail, k, population - n + k)
    flipped = _first(lambda no: _at_least(n - k, n, population, no) > tail, n - k, population - k)
    return low / population, (population - flipped) / population


def _first(holds, low: int, high: int) -> int:
    """The least whole number from low to high for which a monotone condition holds; high where none does."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def _at_least(k: int, n: int, population: int, yes: int) -> float:
    """P(k or more of n drawn without return are among the `yes` of the population)."""
    drawn = np.arange(k, min(n, yes) + 1)
    drawn = drawn[n - drawn <= population - yes]
    logs = _choose(yes, drawn) + _choose(population - yes, n - drawn) - _choose(population, n)
    return float(np.exp(logs).sum())


def _choose(n, k):
    return gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0)
