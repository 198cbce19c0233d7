"""Sums of products of answers, group by group, in one thread; and what they are divided by where that may be 0.

See docs/methods/tally.md, "What a tally holds".

They add up over parts of the data, and means and covariances follow from them (Chan, Golub and LeVeque 1983).
Callers take values about an origin near their mean, so that subtracting two large sums does not cost digits.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import numpy as np

SIDE = 64  # 64 x 64 x 64 multiplications stay in one thread: waiting for a second one can cost a hundred times more
LARGEST = 64  # whole numbers up to here multiply exactly in single precision, twice as fast, over a tile
_APART = 24  # numbers between columns, so that those of one row do not meet in a processor's cache
_WIDE = 256  # from here on two threads are worth their while
_LONG = 4_096  # rows of a tile then: 64 x 64 x 4,096 is 2^24, up to where single precision is exact


@dataclass(frozen=True, eq=False, kw_only=True)
class Tiles:
    """Where rows that are sorted by group lie, when every group is filled up with empty rows to whole tiles.

    rows   of the sorted rows in the filled up ones; size, how many those are
    tile   rows of a tile
    first  the first tile of each group
    """

    rows: slice | np.ndarray
    size: int
    tile: int
    first: np.ndarray

    def empty(self, columns: int, kind: type) -> np.ndarray:
        """Filled up rows that are 0 so far, (size, columns), each column in one piece."""
        return np.zeros((columns, self.size + _APART), dtype=kind)[:, : self.size].T


def tiles(sizes: np.ndarray, width: int) -> Tiles:
    """Tiles for groups of so many rows each, sizes (G,), none empty, and so many columns.

    >>> tiles(np.array([3, 2]), 2).first.tolist()
    [0, 1]
    """
    most = _LONG if width > _WIDE else SIDE
    tile = int(np.clip(2 * sizes.sum() // len(sizes), 8, most))
    counts = -(-sizes // tile)
    first = np.cumsum(counts) - counts
    rows = slice(0, int(sizes[0]))
    if len(sizes) > 1:
        rows = np.repeat(first * tile - (np.cumsum(sizes) - sizes), sizes) + np.arange(sizes.sum())
    return Tiles(rows=rows, size=int(counts.sum()) * tile, tile=tile, first=first)


def crossed(left: np.ndarray, right: np.ndarray, at: Tiles) -> np.ndarray:
    """The sums of products of the columns of left (at.size, a) and right (at.size, b) by group, (G, a, b).

    >>> both = np.zeros((16, 2))
    >>> both[[0, 1, 2, 8]] = [[1, 2.0], [1, 3.0], [1, 4.0], [1, 9.0]]
    >>> crossed(both[:, :1], both[:, 1:], tiles(np.array([3, 1]), 1)).ravel().tolist()
    [9.0, 9.0]
    """
    a, b = left.shape[1], right.shape[1]
    side = max(a, b, 1) if at.tile > SIDE else SIDE
    one, two = (part.T.reshape(part.shape[1], at.size // at.tile, at.tile) for part in (left, right))
    one, two = one.transpose(1, 0, 2), two.transpose(1, 2, 0)
    found = np.empty((len(at.first), a, b))
    for i in range(0, a, side):
        for j in range(0, b, side):
            by_tile = np.matmul(one[:, i : i + side], two[:, :, j : j + side])
            if len(at.first) == 1:
                found[0, i : i + side, j : j + side] = by_tile.sum(axis=0, dtype=float)
            else:
                found[:, i : i + side, j : j + side] = np.add.reduceat(by_tile, at.first, axis=0, dtype=float)
    return found


def per_group(group: np.ndarray, groups: int, how: np.ufunc = np.add) -> Callable[[np.ndarray], np.ndarray]:
    """A function that adds up the rows of each group: of values (C, ...) and the group of each row (C,), (G, ...).

    Or takes their largest, with `how=np.maximum`; a group without rows has 0. The type of the values stays.

    >>> per_group(np.array([1, 0, 1]), 3)(np.array([[1.0], [2.0], [3.0]])).tolist()
    [[2.0], [4.0], [0.0]]
    """
    if groups == 1:
        return lambda values: how.reduce(values, axis=0, keepdims=True, dtype=values.dtype)
    size, in_order = np.bincount(group, minlength=groups), bool(np.all(np.diff(group) >= 0))
    order, there = np.argsort(group, kind="stable"), np.flatnonzero(size)
    first = (np.cumsum(size) - size)[there]

    def reduce(values: np.ndarray) -> np.ndarray:
        values = values if in_order else values[order]
        if len(first) == groups == len(values):
            return values
        result = np.zeros((groups, *values.shape[1:]), dtype=values.dtype)
        result[there] = how.reduceat(values, first, axis=0, dtype=values.dtype) if len(first) else 0
        return result

    return reduce


def products(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """`left.T @ right` of (n, a) and (n, b), in one thread.

    >>> products(np.array([[1.0], [2.0]]), np.array([[3.0], [4.0]])).tolist()
    [[11.0]]
    """
    if left.size * right.shape[1] <= SIDE**3:
        return left.T @ right
    at = tiles(np.array([max(len(left), 1)]), max(left.shape[1], right.shape[1]))
    one, two = (at.empty(each.shape[1], float) for each in (left, right))
    one[: len(left)], two[: len(right)] = left, right
    return crossed(one, two, at)[0]


@contextmanager
def one_thread() -> Iterator[None]:
    """Decompositions of small matrices in one thread: two that wait for each other take up to a hundred times as long.

    >>> with one_thread():
    ...     np.linalg.eigvalsh(np.eye(2)).tolist()
    [1.0, 1.0]
    """
    with _linear_algebra().limit(limits=1, user_api="blas"):
        yield


@cache
def _linear_algebra():
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def dividing_by_0() -> np.errstate:
    """Within it a division by 0 gives infinity or nan without a warning."""
    return np.errstate(invalid="ignore", divide="ignore")


def ratio(part: np.ndarray | float, whole: np.ndarray, none: float = 0.0) -> np.ndarray:
    """The part over the whole; `none` where the whole is not above 0.

    >>> ratio(np.array([6.0, 1.0]), np.array([3.0, 0.0])).tolist()
    [2.0, 0.0]
    """
    with dividing_by_0():
        return np.where(whole > 0, part / whole, none)
