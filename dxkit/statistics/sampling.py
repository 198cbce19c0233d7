"""Random draws of many numbers at once: scrambled Sobol points, the same on every machine and version."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import scipy

from dxkit.files import options

SCRAMBLES = 8
POINTS = 2_048
BLOCK = 16_384
_MOST = 2**24
_BITS = 30  # of each number


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

    >>> [block.shape for block in blocks(2, scrambles=3, points=8_192)]
    [(16384, 2), (8192, 2)]
    """
    for block in units(dimensions, seed, scrambles=scrambles, points=points, kept=kept):
        yield (block * 2.0**-32).T


def units(
    dimensions: int,
    seed: int = 0,
    *,
    scrambles: int = SCRAMBLES,
    points: int = POINTS,
    kept: int | None = None,
    these: Sequence[int] | slice = slice(None),
) -> Iterator[np.ndarray]:
    """The numbers of `blocks` for `these` dimensions, one a row, in units of 2^-32."""
    size, waiting = min(BLOCK, points), []
    for k in range(scrambles):
        steps, shift = (each[these] for each in _scrambled(dimensions, dimensions if kept is None else kept, seed, k))
        first = np.zeros((len(steps), size), dtype=np.uint32)
        for bit in range((size - 1).bit_length()):
            first[:, 1 << bit : 2 << bit] = first[:, : 1 << bit][:, ::-1] ^ steps[:, bit, None]
        for start in range(0, points, size):
            turn = np.flatnonzero((start ^ start >> 1) >> np.arange(_BITS) & 1)
            block = first ^ (shift ^ np.bitwise_xor.reduce(steps[:, turn], axis=1))[:, None]
            waiting.append(np.maximum(block << (32 - _BITS), 1))
            if len(waiting) * size == BLOCK or (k + 1, start + size) == (scrambles, points):
                yield np.hstack(waiting)
                waiting = []


@lru_cache(maxsize=4 * SCRAMBLES)
def _scrambled(dimensions: int, kept: int, seed: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Directions and shift of the first dimensions of one scramble."""
    (rng,) = np.random.default_rng([seed, k]).spawn(1)
    return _scramble(_directions(dimensions)[:kept], dimensions, rng)


def _scramble(directions: np.ndarray, dimensions: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Directions (K, bits) of the first of so many dimensions times a random lower triangle, and a random shift (K,).

    See docs/methods/sampling.md, "Scrambled Sobol points"."""
    width, powers = len(directions), np.uint32(1) << np.arange(_BITS - 1, -1, -1, dtype=np.uint32)
    shift = rng.integers(2, size=(dimensions, _BITS), dtype=np.uint32)[:width] @ powers[::-1]
    triangle = np.tril(rng.integers(2, size=(dimensions, _BITS, _BITS), dtype=np.uint32)[:width], -1)
    triangle += np.eye(_BITS, dtype=np.uint32)
    digits = (directions[:, None, :] & powers[:, None]) > 0  # the first row has the highest digit
    mixed = np.matmul(triangle.astype(np.float32), digits.astype(np.float32)).astype(np.uint32) & 1
    return np.einsum("kij,i->kj", mixed, powers), shift


@lru_cache(maxsize=4)
def _directions(dimensions: int) -> np.ndarray:
    """The directions of Sobol's sequence, (dimensions, bits), by Bratley and Fox (1988) from Joe and Kuo's numbers.

    These come with scipy.stats in a file of their own, which is read at once; scipy.stats takes longer than pandas.
    """
    numbers = Path(scipy.__file__).with_name("stats") / "_sobol_direction_numbers.npz"
    if not numbers.exists():  # a later version keeps them elsewhere
        from scipy.stats import qmc

        return qmc.Sobol(dimensions, scramble=False)._sv
    with np.load(numbers) as file:
        polynomial, start = (file[name][:dimensions].astype(np.uint32) for name in ("poly", "vinit"))
    found = np.ones((dimensions, _BITS), dtype=np.uint32)
    degrees = np.array([int(each).bit_length() - 1 for each in polynomial])
    for degree in range(1, int(degrees.max(initial=0)) + 1):
        these = np.flatnonzero(degrees == degree)
        rows = np.zeros((len(these), _BITS), dtype=np.uint32)
        rows[:, :degree] = start[these, :degree]
        for j in range(degree, _BITS):
            rows[:, j] = rows[:, j - degree]
            for k in range(1, degree + 1):
                rows[:, j] ^= (rows[:, j - k] << k) * (polynomial[these] >> (degree - k) & 1)
        found[these] = rows
    return found << np.arange(_BITS - 1, -1, -1, dtype=np.uint32)


def points_for(draws: int) -> int:
    """Points of each scramble, so that all have at least so many draws: a power of two, as Sobol's sequence wants.

    >>> points_for(16_384), points_for(100_000)
    (2048, 16384)
    """
    return 1 << (-(-options.whole("draws", draws, 1_024, _MOST) // SCRAMBLES) - 1).bit_length()


def mixing(covariance: np.ndarray) -> np.ndarray:
    """A lower triangle L (J, J) with L L' = covariance, which may be singular (Cholesky, without exchanging columns).

    >>> mixing(np.array([[4.0, 2.0], [2.0, 1.0]])).tolist()
    [[2.0, 0.0], [1.0, 0.0]]
    """
    remaining = np.array(covariance, dtype=float)
    root = np.zeros_like(remaining)
    tiny = 1e-12 * max(float(np.diag(remaining).max(initial=0.0)), 1e-300)
    for j in range(len(remaining)):
        if remaining[j, j] > tiny:
            root[j:, j] = remaining[j:, j] / np.sqrt(remaining[j, j])
            remaining[j:, j:] -= np.outer(root[j:, j], root[j:, j])
    return root


def mixed(normals: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Draws (S, J) with this covariance (J, J) from independent normals (S, J), a tile at a time.

    Tiles are small enough for one thread: two that wait for each other on a busy machine take ten times longer.

    >>> mixed(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[4.0, 2.0], [2.0, 2.0]])).tolist()
    [[2.0, 1.0], [0.0, 1.0]]
    """
    root = mixing(covariance).T
    tile = max(64, 2**17 // root.size)
    return np.concatenate([normals[at : at + tile] @ root for at in range(0, len(normals), tile)])


def error(values: np.ndarray, *, scrambles: int = SCRAMBLES) -> np.ndarray:
    """Simulation standard error of the mean over the first axis, from the spread between scrambles (Owen 1998).

    >>> error(np.arange(16.0)).round(4).tolist()
    1.7321
    """
    means = values.reshape(scrambles, -1, *values.shape[1:]).mean(axis=1)
    return means.std(axis=0, ddof=1) / np.sqrt(scrambles)
