"""Accumulate counts, sums and cross-products of answers, group by group, in one thread.

See docs/methods/tally.md, "What a tally holds".

They add up over parts of the data, and means and covariances follow from them (Chan, Golub and LeVeque 1983).
Callers take values about an origin near their mean, so that subtracting two large sums does not cost digits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

_ALONE = 2**18  # multiplications up to here stay in one thread: waiting for a second one can cost a hundred times more
_SINGLE = 2**24  # whole numbers up to here are exact in single precision, which multiplies twice as fast
_MOST = 2**22  # numbers that are held at once


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


def tiles(sizes: np.ndarray, variables: int) -> Tiles:
    """Tiles for groups of so many rows each, sizes (G,), none empty, and so many variables.

    >>> tiles(np.array([3, 2]), 2).first.tolist()
    [0, 1]
    """
    tile = int(np.clip(2 * sizes.sum() // len(sizes), 8, rows_alone(variables)))
    counts = -(-sizes // tile)
    first = np.cumsum(counts) - counts
    rows = slice(0, int(sizes[0]))
    if len(sizes) > 1:
        rows = np.repeat(first * tile - (np.cumsum(sizes) - sizes), sizes) + np.arange(sizes.sum())
    return Tiles(rows=rows, size=int(counts.sum()) * tile, tile=tile, first=first)


def products(both: np.ndarray, at: Tiles) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pair counts, sums of the first variable over pairs, and sums of products, each (groups, J, J).

    both (at.size, 2 J) says which variables are answered (1 or 0), then their values, 0 where they are not.

    >>> both = np.zeros((8, 2))
    >>> both[:3] = [[1, 2.0], [1, 3.0], [0, 0.0]]
    >>> [part.ravel().tolist() for part in products(both, tiles(np.array([3]), 1))]
    [[2.0], [5.0], [13.0]]
    """
    j = both.shape[1] // 2
    stack = both.reshape(at.size // at.tile, at.tile, 2 * j)
    sums, pairs = np.empty((len(at.first), j, 2 * j)), np.empty((len(at.first), j, j))
    ends = np.append(at.first[1:], len(stack))
    low = 0
    while low < len(ends):  # as many groups at once as fit
        most = at.first[low] + max(1, _MOST // max(1, 3 * j * j))
        high = max(low + 1, int(np.searchsorted(ends, most, side="right")))
        here = stack[at.first[low] : ends[high - 1]]
        starts = at.first[low:high] - at.first[low]
        for result, left, right in ((sums, here[:, :, j:], here), (pairs, here[:, :, :j], here[:, :, :j])):
            by_tile = np.matmul(left.transpose(0, 2, 1), right)
            if len(by_tile) == high - low:
                result[low:high] = by_tile
            else:
                for g, (start, end) in enumerate(pairwise([*starts, len(by_tile)]), low):
                    by_tile[start:end].sum(axis=0, dtype=float, out=result[g])
        low = high
    return pairs, sums[:, :, :j], sums[:, :, j:]


def moments(values: np.ndarray, sizes: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same three of values (n, J), nan where not answered, for consecutive groups of so many rows, sizes (G,).

    Each is (G, J, J); without sizes all rows are one group, and each is (J, J).

    >>> pairs, sums, squares = moments(np.array([[1.0, 2.0], [3.0, np.nan]]))
    >>> pairs.tolist(), sums.tolist(), squares.tolist()
    ([[2.0, 1.0], [1.0, 1.0]], [[4.0, 1.0], [2.0, 2.0]], [[10.0, 2.0], [2.0, 4.0]])
    """
    n, j = values.shape
    if n == 0:
        return np.zeros((j, j)), np.zeros((j, j)), np.zeros((j, j))
    at = tiles(np.array([n]) if sizes is None else sizes, j)
    both = np.zeros((at.size, 2 * j))
    answered = ~np.isnan(values)
    both[at.rows, :j], both[at.rows, j:] = answered, np.where(answered, values, 0.0)
    pairs, sums, squares = products(both, at)
    return (pairs, sums, squares) if sizes is not None else (pairs[0], sums[0], squares[0])


def single(values: np.ndarray) -> bool:
    """Whether sums of products of these values are exact in single precision: small whole numbers are.

    >>> single(np.array([1.0, 5.0])), single(np.array([0.5]))
    (True, False)
    """
    most = float(np.abs(values).max(initial=0.0))
    return most * most * rows_alone(len(values)) < _SINGLE and not np.any(values != np.rint(values))


def rows_alone(variables: int) -> int:
    """How many rows of so many variables are multiplied in one thread.

    >>> rows_alone(10), rows_alone(1_000)
    (1310, 8)
    """
    return max(8, _ALONE // max(1, 2 * variables * variables))


def by_tiles(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """left (n, a) @ right (a, b), as (n, b), in one thread.

    >>> by_tiles(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])).tolist()
    [[11.0]]
    """
    tile = max(8, _ALONE // right.size)
    count = len(left) // tile
    product, whole = np.empty((len(left), right.shape[1])), count * tile
    product[:whole] = np.matmul(left[:whole].reshape(count, tile, left.shape[1]), right).reshape(whole, right.shape[1])
    product[whole:] = left[whole:] @ right
    return product


def per_group(group: np.ndarray, groups: int, how: np.ufunc = np.add) -> Callable[[np.ndarray], np.ndarray]:
    """A function that adds up the rows of each group: of values (C, ...) and the group of each row (C,), (G, ...).

    Or takes their largest, with `how=np.maximum`; a group without rows has 0.

    >>> per_group(np.array([1, 0, 1]), 3)(np.array([[1.0], [2.0], [3.0]])).tolist()
    [[2.0], [4.0], [0.0]]
    """
    if groups == 1:
        return lambda values: how.reduce(values, axis=0, keepdims=True)
    size, in_order = np.bincount(group, minlength=groups), bool(np.all(np.diff(group) >= 0))
    order, there = np.argsort(group, kind="stable"), np.flatnonzero(size)
    first = (np.cumsum(size) - size)[there]

    def reduce(values: np.ndarray) -> np.ndarray:
        values = values if in_order else values[order]
        if len(first) == groups == len(values):
            return values
        result = np.zeros((groups, *values.shape[1:]), dtype=values.dtype)
        result[there] = how.reduceat(values, first, axis=0) if len(first) else 0
        return result

    return reduce
