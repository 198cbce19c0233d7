"""Do items measure one thing: alpha, omega and item-rest correlations, from the covariance matrix of the items."""

from __future__ import annotations

import numpy as np

_LEAST_UNIQUENESS = 0.005  # a loading is kept below 1, as factor programs do (Heywood case)


def cronbach_alpha(covariance: np.ndarray) -> float:
    """Cronbach's alpha (1951) of items with this covariance matrix (K, K): K / (K - 1) (1 - trace / sum).

    >>> round(cronbach_alpha(np.array([[1.0, 0.5], [0.5, 1.0]])), 4)
    0.6667
    """
    items = len(covariance)
    return float(items / (items - 1) * (1 - np.trace(covariance) / covariance.sum()))


def feldt_interval(alpha: float, items: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Feldt's interval for alpha from n respondents (Feldt, Woodruff and Salih 1987); nan for fewer than two.

    (1 - population alpha) / (1 - alpha) has the F distribution with n - 1 and (n - 1)(K - 1) degrees of freedom.

    >>> low, high = feldt_interval(0.8, 5, 40)
    >>> round(low, 4), round(high, 4)
    (0.6819, 0.8835)
    """
    from scipy.special import fdtri  # here: reading a survey takes from this module, and shall not wait for scipy

    if n < 2:
        return np.nan, np.nan
    df, tail = (n - 1, (n - 1) * (items - 1)), (1 - confidence) / 2
    return float(1 - (1 - alpha) * fdtri(*df, 1 - tail)), float(1 - (1 - alpha) * fdtri(*df, tail))


def one_factor_loadings(correlation: np.ndarray, rounds: int = 100_000) -> np.ndarray:
    """Loadings (K,) of the one-factor minimum-residual fit of a correlation matrix (K, K) (Harman and Jones 1966).

    Least squares off the diagonal, one loading at a time until none changes.

    >>> one_factor_loadings(np.array([[1.0, 0.72, 0.63], [0.72, 1.0, 0.56], [0.63, 0.56, 1.0]])).round(4).tolist()
    [0.9, 0.8, 0.7]
    """
    values, vectors = np.linalg.eigh(correlation)
    loadings = vectors[:, -1] * np.sqrt(max(values[-1], 1e-12)) * 0.8
    loadings *= np.sign(loadings.sum()) or 1.0
    limit = np.sqrt(1 - _LEAST_UNIQUENESS)
    for _ in range(rounds):
        before = loadings.copy()
        for j in range(len(loadings)):
            rest = np.delete(loadings, j)
            power = rest @ rest
            if power > 0:
                loadings[j] = np.clip(np.delete(correlation[j], j) @ rest / power, -limit, limit)
        if np.abs(loadings - before).max() < 1e-13:
            break
    return loadings


def omega_total(loadings: np.ndarray) -> float:
    """McDonald's omega total (1999) of a one-factor model with these loadings (K,): common over implied variance.

    >>> round(omega_total(np.array([0.9, 0.8, 0.7])), 4)
    0.8446
    """
    common = loadings.sum() ** 2
    return float(common / (common + (1 - loadings**2).sum()))


def item_rest_correlation(covariance: np.ndarray) -> np.ndarray:
    """Correlation of each item with the sum of the others (K,) (Guilford 1953); nan for a single item.

    >>> item_rest_correlation(np.array([[1.0, 0.5, 0.5], [0.5, 1.0, 0.5], [0.5, 0.5, 1.0]])).round(4).tolist()
    [0.5774, 0.5774, 0.5774]
    """
    variances = np.diag(covariance)
    with_rest = covariance.sum(axis=1) - variances
    rest = covariance.sum() - 2 * covariance.sum(axis=1) + variances
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(rest > 0, with_rest / np.sqrt(variances * rest), np.nan)


def runs_against(correlation: np.ndarray | float, n: int) -> np.ndarray:
    """Whether a correlation of n people is clearly negative: its 95% interval (Fisher 1921) lies below 0.

    >>> runs_against(np.array([-0.5, -0.5]), 30).tolist(), bool(runs_against(-0.5, 10))
    ([True, True], False)
    """
    if n < 8:
        return np.zeros(np.shape(correlation), dtype=bool)
    return np.arctanh(np.clip(correlation, -0.999999, 0.999999)) + 1.96 / np.sqrt(n - 3) < 0


def alpha_if_dropped(covariance: np.ndarray) -> np.ndarray:
    """Alpha of the other items, for each item left out (K,); nan where fewer than two are left.

    >>> alpha_if_dropped(np.array([[1.0, 0.5, 0.5], [0.5, 1.0, 0.5], [0.5, 0.5, 1.0]])).round(4).tolist()
    [0.6667, 0.6667, 0.6667]
    """
    if len(covariance) < 3:
        return np.full(len(covariance), np.nan)
    keep = [np.delete(np.arange(len(covariance)), j) for j in range(len(covariance))]
    return np.array([cronbach_alpha(covariance[np.ix_(rest, rest)]) for rest in keep])
