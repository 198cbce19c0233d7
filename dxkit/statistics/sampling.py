"""Random draws of many numbers at once: scrambled Sobol points, the same on every machine and version."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import ndtri

from dxkit.files import options

SCRAMBLES = 8
POINTS = 2_048
BLOCK = 16_384
_MOST = 2**24


def scrambled(
    dimensions: int, seed: int = 0, *, scrambles: int = SCRAMBLES, points: int = POINTS, kept: int | None = None
) -> np.ndarray:
    """Uniform numbers strictly between 0 and 1, (scrambles * points, dimensions): Sobol's sequence (1967), scrambled.

    Each scramble (Owen 1998, Matousek 1998) alone estimates a mean without bias, so their spread gives its simulation
    error, see `error`. Where more dimensions are asked for than used, only the first `kept` are held, column by column.

    >>> scrambled(3).shape
    (16384, 3)
    """
    draws = np.empty((scrambles * points, dimensions if kept is None else kept), order="C" if kept is None else "F")
    row = 0
    for block in blocks(dimensions, seed, scrambles=scrambles, points=points, kept=kept):
        draws[row : row + len(block)] = block
        row += len(block)
    return draws


def blocks(
    dimensions: int, seed: int = 0, *, scrambles: int = SCRAMBLES, points: int = POINTS, kept: int | None = None
) -> Iterator[np.ndarray]:
    """The numbers of `scrambled` in blocks of at most 16,384 rows, for what would not fit into memory at once.

    >>> [block.shape for block in blocks(2, scrambles=2, points=1_024)]
    [(1024, 2), (1024, 2)]
    """
    from scipy.stats import qmc

    for k in range(scrambles):
        rng = np.random.default_rng([seed, k])
        sequence = qmc.Sobol(dimensions, scramble=True, seed=rng)  # type: ignore[call-arg]  # `rng=` from scipy 1.15 on
        for start in range(0, points, BLOCK):
            yield np.clip(sequence.random(min(BLOCK, points - start))[:, :kept], 2.0**-32, 1 - 2.0**-32)


def points_for(draws: int) -> int:
    """Points of each scramble, so that all have at least so many draws: a power of two, as Sobol's sequence wants.

    >>> points_for(16_384), points_for(100_000)
    (2048, 16384)
    """
    return 1 << (-(-options.whole("draws", draws, 1_024, _MOST) // SCRAMBLES) - 1).bit_length()


def normals(uniforms: np.ndarray) -> np.ndarray:
    """Independent standard normals from uniforms of any shape, by the inverse of the normal distribution.

    >>> normals(np.array([0.5, 0.975])).round(3).tolist()
    [0.0, 1.96]
    """
    return ndtri(uniforms)


def mixing(covariance: np.ndarray) -> np.ndarray:
    """A lower triangle L (J, J) with L L' = covariance, which may be singular (Cholesky, without exchanging columns).

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
    """Simulation standard error of the mean over the first axis, from the spread between scrambles (Owen 1998).

    >>> error(np.arange(16.0)).round(4).tolist()
    1.7321
    """
    means = values.reshape(scrambles, -1, *values.shape[1:]).mean(axis=1)
    return means.std(axis=0, ddof=1) / np.sqrt(scrambles)
