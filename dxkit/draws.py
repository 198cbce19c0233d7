"""Draws of many numbers at once: scrambled Sobol points, the same on every machine and version."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

SCRAMBLES = 8
POINTS = 2_048


def scrambled(dimensions: int, seed: int = 0, *, scrambles: int = SCRAMBLES, points: int = POINTS) -> np.ndarray:
    """Uniform numbers strictly between 0 and 1, (scrambles * points, dimensions), in independent scrambles (Owen 1998).

    Every scramble alone estimates a mean without bias, so their spread gives its simulation error, see `error`.

    >>> scrambled(3).shape
    (16384, 3)
    """
    from scipy.stats import qmc

    blocks = [
        qmc.Sobol(dimensions, scramble=True, seed=np.random.default_rng([seed, k])).random(points)
        for k in range(scrambles)
    ]
    return np.clip(np.concatenate(blocks), 2.0**-32, 1 - 2.0**-32)


def normals(uniforms: np.ndarray) -> np.ndarray:
    """Independent standard normals from uniforms."""
    return ndtri(uniforms)


def mixing(covariance: np.ndarray) -> np.ndarray:
    """A lower triangle L with L L' = covariance, which may be singular; column by column, so in one fixed order.

    >>> mixing(np.array([[4.0, 2.0], [2.0, 1.0]])).tolist()
    [[2.0, 0.0], [1.0, 0.0]]
    """
    left = np.array(covariance, dtype=float)
    root = np.zeros_like(left)
    tiny = 1e-12 * max(float(np.diag(left).max(initial=0.0)), 1e-300)
    for j in range(len(left)):
        if left[j, j] > tiny:
            root[j:, j] = left[j:, j] / np.sqrt(left[j, j])
            left[j:, j:] -= np.outer(root[j:, j], root[j:, j])
    return root


def error(values: np.ndarray, *, scrambles: int = SCRAMBLES) -> np.ndarray:
    """Simulation standard error of the mean over the first axis, from the spread between scrambles."""
    means = values.reshape(scrambles, -1, *values.shape[1:]).mean(axis=1)
    return means.std(axis=0, ddof=1) / np.sqrt(scrambles)
