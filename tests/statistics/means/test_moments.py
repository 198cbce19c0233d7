"""Sums by group and products over tiles, against plain loops."""

import numpy as np
import pytest

from dxkit.statistics.moments import crossed, per_group, tiles


@pytest.mark.parametrize("how", [np.add, np.maximum])
@pytest.mark.parametrize("kind", [np.int32, np.float32, float])
@pytest.mark.parametrize("group", [[0, 0, 1, 3], [3, 0, 1, 0], [0, 1, 2, 3], [0, 0, 0, 0], [2, 2, 2, 2]])
def test_rows_are_reduced_by_group_and_keep_their_type(group, kind, how):
    values = np.arange(1, 13).reshape(4, 3).astype(kind)
    for groups in {max(group) + 1, 4}:
        found = per_group(np.array(group), groups, how)(values)
        expected = np.zeros((groups, 3))
        for one in set(group):
            expected[one] = how.reduce(values[np.array(group) == one], axis=0)
        assert found.dtype == kind
        assert found.tolist() == expected.tolist()


def test_of_nobody_every_group_has_0():
    for groups in (1, 3):
        assert per_group(np.zeros(0, dtype=int), groups)(np.zeros((0, 2))).tolist() == [[0.0, 0.0]] * groups


@pytest.mark.parametrize("sizes", [[5], [3, 1, 40], [1, 1], [200, 3]])
@pytest.mark.parametrize("widths", [(1, 1), (3, 70), (70, 3)])
def test_products_over_tiles_are_those_of_each_group(sizes, widths):
    made = np.random.default_rng(3)
    at = tiles(np.array(sizes), max(widths))
    start = np.append(0, np.cumsum(-(-np.array(sizes) // at.tile) * at.tile))
    left, right = (np.zeros((at.size, width)) for width in widths)
    for low, size in zip(start, sizes, strict=False):
        left[low : low + size] = made.normal(size=(size, widths[0]))
        right[low : low + size] = made.normal(size=(size, widths[1]))
    found = crossed(left, right, at)
    for g, low in enumerate(start[:-1]):
        assert found[g] == pytest.approx(left[low : start[g + 1]].T @ right[low : start[g + 1]])
