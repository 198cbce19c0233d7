"""Sums of products over many respondents, group by group, in one thread (MODELS 2)."""

from __future__ import annotations

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
    """Tiles for groups of so many rows each (none empty), and so many variables."""
    tile = int(np.clip(2 * sizes.sum() // len(sizes), 8, rows_alone(variables)))
    counts = -(-sizes // tile)
    first = np.cumsum(counts) - counts
    rows = slice(0, int(sizes[0]))
    if len(sizes) > 1:
        rows = np.repeat(first * tile - (np.cumsum(sizes) - sizes), sizes) + np.arange(sizes.sum())
    return Tiles(rows=rows, size=int(counts.sum()) * tile, tile=tile, first=first)


def products(both: np.ndarray, at: Tiles) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pair counts, sums of the first over pairs, and sums of products, each (groups, J, J).

    both (at.size, 2 J) says which variables are answered (1 or 0), then their values, 0 where they are not.
    """
    j = both.shape[1] // 2
    stack = both.reshape(-1, at.tile, 2 * j)
    sums, pairs = np.empty((len(at.first), j, 2 * j)), np.empty((len(at.first), j, j))
    ends = np.append(at.first[1:], len(stack))
    low = 0
    while low < len(ends):  # as many groups at once as fit
        most = at.first[low] + max(1, _MOST // max(1, 3 * j * j))
        high = max(low + 1, int(np.searchsorted(ends, most, side="right")))
        here = stack[at.first[low] : ends[high - 1]]
        starts = at.first[low:high] - at.first[low]
        for found, left, right in ((sums, here[:, :, j:], here), (pairs, here[:, :, :j], here[:, :, :j])):
            each = np.matmul(left.transpose(0, 2, 1), right)
            if len(each) == high - low:
                found[low:high] = each
            else:
                for g, (start, end) in enumerate(pairwise([*starts, len(each)]), low):
                    each[start:end].sum(axis=0, dtype=float, out=found[g])
        low = high
    return pairs, sums[:, :, :j], sums[:, :, j:]


def moments(values: np.ndarray, sizes: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same of values (n, J) about the origin, nan where not answered, in groups of so many rows.

    Without sizes of one group, each (J, J).
    """
    n, j = values.shape
    if n == 0:
        return np.zeros((j, j)), np.zeros((j, j)), np.zeros((j, j))
    at = tiles(np.array([n]) if sizes is None else sizes, j)
    both = np.zeros((at.size, 2 * j))
    answered = ~np.isnan(values)
    both[at.rows, :j], both[at.rows, j:] = answered, np.where(answered, values, 0.0)
    found = products(both, at)
    return found if sizes is not None else tuple(each[0] for each in found)


def single(values: np.ndarray) -> bool:
    """Whether sums of products of these values are exact in single precision."""
    most = float(np.abs(values).max(initial=0.0))
    return most * most * rows_alone(len(values)) < _SINGLE and not np.any(values != np.rint(values))


def rows_alone(variables: int) -> int:
    """How many rows of so many variables are multiplied in one thread."""
    return max(8, _ALONE // max(1, 2 * variables * variables))


def by_tiles(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """left (n, a) @ right (a, b) in one thread."""
    tile = max(8, _ALONE // right.size)
    count = len(left) // tile
    found, whole = np.empty((len(left), right.shape[1])), count * tile
    found[:whole] = np.matmul(left[:whole].reshape(count, tile, left.shape[1]), right).reshape(whole, right.shape[1])
    found[whole:] = left[whole:] @ right
    return found
