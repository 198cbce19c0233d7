"""Internal consistency of a set of items: alpha, omega and item-rest correlations."""

from __future__ import annotations

import numpy as np
from scipy.special import fdtri

_LEAST_UNIQUENESS = 0.005  # a loading is kept below 1, as factor programs do (Heywood case)


def alpha(covariance: np.ndarray) -> float:
    """Cronbach's alpha (1951) of items with this covariance matrix (K, K).

    >>> round(alpha(np.array([[1.0, 0.5], [0.5, 1.0]])), 4)
    0.6667
    """
    items = len(covariance)
    return float(items / (items - 1) * (1 - np.trace(covariance) / covariance.sum()))


def feldt(value: float, items: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Feldt's interval for alpha (Feldt, Woodruff and Salih 1987) from n respondents."""
    tail = (1 - confidence) / 2
    between, within = n - 1, (n - 1) * (items - 1)
    if n < 2:
        return np.nan, np.nan
    return tuple(float(1 - (1 - value) * fdtri(between, within, q)) for q in (1 - tail, tail))


def one_factor(correlation: np.ndarray, rounds: int = 100_000) -> np.ndarray:
    """Loadings of the one-factor minimum-residual fit (Harman and Jones 1966): least squares off the diagonal."""
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
    """McDonald's omega total (1999) with the variance that the one-factor model implies."""
    common = loadings.sum() ** 2
    return float(common / (common + (1 - loadings**2).sum()))


def item_rest(covariance: np.ndarray) -> np.ndarray:
    """Correlation of each item with the sum of the others (K,); nan for a single item."""
    own = np.diag(covariance)
    with_rest = covariance.sum(axis=1) - own
    rest = covariance.sum() - 2 * covariance.sum(axis=1) + own
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(rest > 0, with_rest / np.sqrt(own * rest), np.nan)


def if_dropped(covariance: np.ndarray) -> np.ndarray:
    """Alpha of the other items, for each item left out (K,); nan where fewer than two are left."""
    if len(covariance) < 3:
        return np.full(len(covariance), np.nan)
    keep = [np.delete(np.arange(len(covariance)), j) for j in range(len(covariance))]
    return np.array([alpha(covariance[np.ix_(rest, rest)]) for rest in keep])
