"""Tests of a change between two means, and their adjustment where there are many (MODELS 5)."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln, stdtr

METHODS = ("holm", "bh", "none")


def p_value(estimate, se, df):
    """Two-sided p of Student's t; 1 where nothing changed for anybody, nan where a change has no spread to judge by.

    >>> float(p_value(1.0, 0.5, 10).round(6))
    0.073388
    """
    estimate, se = np.asarray(estimate, dtype=float), np.asarray(se, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        p = 2 * stdtr(df, -np.abs(estimate / se))
    return np.where(se > 0, p, np.where(estimate == 0, 1.0, np.nan))


def welch_df(se1, df1, se2, df2):
    """Degrees of freedom of a difference of two means (Welch 1947, Satterthwaite 1946).

    >>> round(float(welch_df(1.0, 9, 1.0, 9)), 6)
    18.0
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        df = (se1**2 + se2**2) ** 2 / (se1**4 / df1 + se2**4 / df2)
    return np.where(np.isfinite(df), df, np.minimum(df1, df2))


def adjusted(p: np.ndarray, method: str = "holm") -> np.ndarray:
    """P values for a family of tests, nan left out: "holm" (1979, any mistake), "bh" (1995, share of mistakes), "none".

    >>> adjusted(np.array([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.06, 0.06]
    """
    result = np.full(len(p), np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    count, place = len(order), np.arange(1, len(order) + 1)
    if method == "holm":
        steps = np.maximum.accumulate(p[order] * (count - place + 1))
    elif method == "bh":
        steps = np.minimum.accumulate((p[order] * count / place)[::-1])[::-1]
    else:
        steps = p[order]
    result[order] = np.minimum(steps, 1.0)
    return result


def small_sample(df):
    """Hedges' correction of a standardised difference (Hedges 1981, exact).

    >>> round(float(small_sample(9)), 4)
    0.9139
    """
    df = np.asarray(df, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(df > 1, np.exp(gammaln(df / 2) - gammaln((df - 1) / 2)) / np.sqrt(df / 2), np.nan)
