"""Tests of a difference between two means, and their adjustment where there are many of them.

See docs/methods/change.md, "Comparing two surveys"."""

import numpy as np
from numpy.typing import ArrayLike

from dxkit.statistics.moments import dividing_by_0

METHODS = ("holm", "bh", "none")


def t_test_p(estimate: ArrayLike, se: ArrayLike, df: ArrayLike) -> np.ndarray:
    """Two-sided p of Student's t test (1908): 2 P(T > |estimate| / se), with df degrees of freedom.

    Arrays of one shape, or numbers. Without any spread, p is 1 where nothing changed, and nan where something did:
    there is nothing to judge that change by.

    >>> float(t_test_p(1.0, 0.5, 10).round(6))
    0.073388
    """
    from scipy.special import stdtr  # the first scores of a session need none of it, and it loads slowly

    estimate, se = np.asarray(estimate, dtype=float), np.asarray(se, dtype=float)
    with dividing_by_0():
        p = 2 * stdtr(df, -np.abs(estimate / se))
    return np.where(se > 0, p, np.where(estimate == 0, 1.0, np.nan))


def welch_df(se1: ArrayLike, df1: ArrayLike, se2: ArrayLike, df2: ArrayLike) -> np.ndarray:
    """Degrees of freedom of a difference of two means with unequal variances (Satterthwaite 1946, Welch 1947).

    (se1^2 + se2^2)^2 / (se1^4 / df1 + se2^4 / df2), and the smaller of the two where that is undefined. Arrays of one
    shape, or numbers.

    >>> round(float(welch_df(1.0, 9, 1.0, 9)), 6)
    18.0
    """
    se1, df1, se2, df2 = (np.asarray(values, dtype=float) for values in (se1, df1, se2, df2))
    with dividing_by_0():
        df = (se1**2 + se2**2) ** 2 / (se1**4 / df1 + se2**4 / df2)
    return np.where(np.isfinite(df), df, np.minimum(df1, df2))


def adjusted_p(p: np.ndarray, method: str = "holm", weight: np.ndarray | None = None) -> np.ndarray:
    """P values (K,) adjusted for being K tests; nan stays nan and counts as none of them.

    "holm" (Holm 1979) keeps the chance of any false alarm, of which each test has a share by its `weight` (all alike);
    "bh" (Benjamini and Hochberg 1995) keeps the expected share of false ones among those found; "none" changes nothing.

    >>> adjusted_p(np.array([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.06, 0.06]
    """
    result = np.full(len(p), np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    share = np.ones(len(p)) if weight is None else weight
    order = tested[np.argsort(p[tested] / share[tested], kind="stable")]
    count, place = len(order), np.arange(1, len(order) + 1)
    if method == "holm":
        left = np.cumsum(share[order][::-1])[::-1]
        steps = np.maximum.accumulate(p[order] / share[order] * left)
    elif method == "bh":
        steps = np.minimum.accumulate((p[order] * count / place)[::-1])[::-1]
    else:
        steps = p[order]
    result[order] = np.minimum(steps, 1.0)
    return result


def hedges_g(difference: np.ndarray, sd: np.ndarray, df: np.ndarray) -> np.ndarray:
    """Hedges' g (1981): a difference over a standard deviation with df degrees of freedom, made unbiased.

    The exact correction is Gamma(df / 2) / (Gamma((df - 1) / 2) sqrt(df / 2)). Arrays of one shape; 0 where nothing
    differs, nan where df is 1 or less, or where something differs without any spread.

    >>> hedges_g(np.array([10.0]), np.array([10.0]), np.array([9.0])).round(4).tolist()
    [0.9139]
    """
    from scipy.special import gammaln

    with dividing_by_0():
        correction = np.where(df > 1, np.exp(gammaln(df / 2) - gammaln((df - 1) / 2)) / np.sqrt(df / 2), np.nan)
        return np.where(sd > 0, difference / sd, np.where(difference == 0, 0.0, np.nan)) * correction
