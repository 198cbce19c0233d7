"""Confidence intervals for means and shares of small groups. Without scipy.special, which loads slowly.

See docs/methods/intervals.md, "Quantiles of Student's t"."""

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from dxkit.statistics.moments import dividing_by_0

# Fejer's rule of 64 points, its nodes moved together at the upper end
_ANGLES, _ORDERS = (np.arange(64) + 0.5) * np.pi / 64, np.arange(1, 33)[:, None]
_FEJER = (1 - 2 * (np.cos(2 * _ORDERS * _ANGLES) / (4 * _ORDERS**2 - 1)).sum(axis=0)) / 32
_NODES, _WEIGHTS = 1 - ((1 - np.cos(_ANGLES)) / 2) ** 2, (1 - np.cos(_ANGLES)) / 2 * _FEJER
_STIRLING = 100.0  # from here on the series of the ratio of gamma functions is exact


def student(
    estimate: ArrayLike, se: ArrayLike, df: ArrayLike, confidence: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Student's t interval of a mean (1908): estimate -+ t(df) se. Both ends are nan where df < 1.

    Arrays of one shape, or numbers; the ends have that shape.

    >>> low, high = student(50.0, 10.0, 9)
    >>> round(float(low), 3), round(float(high), 3)
    (27.378, 72.622)
    """
    estimate, df = np.asarray(estimate, dtype=float), np.asarray(df, dtype=float)
    half = t_quantile(np.where(df >= 1, df, np.nan), (1 + confidence) / 2) * se
    return estimate - half, estimate + half


def t_quantile(df: ArrayLike, p: float) -> np.ndarray:
    """Quantile of Student's t with df degrees of freedom, an array of the shape of df; nan where df is nan.

    Newton's method on the integral over the angle whose tangent is t / sqrt(df), by Fejer's rule (1933).
    `scipy.special.stdtrit` gives the same, but scipy.special adds 0.3 s to the 0.8 s that pandas takes to load. The
    first scores of a survey are promised within 1.3 times the loading of pandas (benchmarks/README.md).

    >>> round(float(t_quantile(6.0, 0.975)), 12)
    2.446911851145
    """
    # thousands of groups have few different degrees of freedom
    shape, (df, back) = np.shape(df), np.unique(np.asarray(df, dtype=float), return_inverse=True)
    z, beyond, root = NormalDist().inv_cdf(max(p, 1 - p)), abs(p - 0.5), np.sqrt(df)
    factor, angle, x = _gamma_ratio(df / 2) / math.sqrt(math.pi), np.arctan(z / root), _NODES
    with np.errstate(invalid="ignore"):
        for _ in range(12):  # it comes nearer from below, quadratically
            inside = angle * (_power_of_cosine(angle[..., None] * x, df[..., None] - 1) @ _WEIGHTS)
            step = (beyond / factor - inside) / _power_of_cosine(angle, df - 1)
            angle = angle + step
            if not np.any(np.abs(step) > 1e-9 * angle):
                break
        found = math.copysign(1.0, p - 0.5) * np.where(np.isinf(df), z, root * np.tan(angle))
    return found[back].reshape(shape)


def t_two_sided(t: ArrayLike, df: ArrayLike) -> np.ndarray:
    """Probability that Student's t is further from 0 than t, to 1e-11 from 5 degrees of freedom on, below to 2e-6.

    Arrays of one shape; nan where either is nan.

    >>> round(float(t_two_sided(2.446911851145, 6.0)), 9)
    0.05
    """
    t, df = np.minimum(np.abs(np.asarray(t, dtype=float)), 1e9), np.asarray(df, dtype=float)
    known = np.where(np.isinf(df), 1e12, np.where(df > 0, df, np.nan))
    far = np.minimum(t, 9.0 + 1e4 / known**2)  # beyond it there is nothing left, and too much to integrate over
    angle = np.arctan(far / np.sqrt(known))
    with np.errstate(invalid="ignore"):
        inside = angle * (_power_of_cosine(angle[..., None] * _NODES, known[..., None] - 1) @ _WEIGHTS)
        return np.clip(1 - 2 * _gamma_ratio(known / 2) / math.sqrt(math.pi) * inside, 0.0, 1.0)


def _power_of_cosine(angle: np.ndarray, power: np.ndarray) -> np.ndarray:
    return np.exp(-power / 2 * np.log1p(np.tan(angle) ** 2))


def _gamma_ratio(z: np.ndarray) -> np.ndarray:
    """Gamma(z + 1/2) / Gamma(z)."""
    small = np.where(z < _STIRLING, z, 1.0)
    logs = [math.lgamma(value + 0.5) - math.lgamma(value) for value in small.ravel()]
    series = 1 - (1 - (1 / 16 + (5 / 128 - 21 / (4096 * z)) / z) / z) / (8 * z)
    return np.where(z < _STIRLING, np.exp(np.reshape(logs, small.shape)), np.sqrt(z) * series)


def wilson(share: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's score interval of a share (1927; recommended by Brown, Cai and DasGupta 2001).

    All values p for which |share - p| is at most z sqrt(p (1 - p) / n). Arrays of one shape, or numbers; n may be an
    effective sample size, and the ends are nan where it is 0.

    >>> low, high = wilson(0.3, 10)
    >>> round(float(low), 6), round(float(high), 6)
    (0.107791, 0.603222)
    """
    share, n = np.asarray(share, dtype=float), np.asarray(n, dtype=float)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    with dividing_by_0():
        middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    low = np.where(share == 0, np.where(n > 0, 0.0, np.nan), middle - half)
    return low, np.where(share == 1, np.where(n > 0, 1.0, np.nan), middle + half)
