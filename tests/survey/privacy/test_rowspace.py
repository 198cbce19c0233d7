"""Sums of a few that follow from groups: each part of the search against plain linear algebra over all of them."""

import numpy as np
import pytest

from dxkit.survey.privacy.rowspace import _highest, _largest, _space, alike_cells, needed
from tests.survey.privacy import companies


def world(seed):
    """Cells of a small company, people of each, the groups that are shown, a minimum, and rows of the shown groups."""
    rng = np.random.default_rng([31, seed])
    cuts, _, n = companies.as_cells(*companies.company(rng, 12, 40, cuts=int(rng.integers(1, 4)), blank=0.0))
    k = int(rng.integers(3, 7))
    shown = [(np.bincount(cut, n) >= k) & (rng.random(cut.max() + 1) < 0.9) for cut in cuts]
    rows = [cut == group for cut, each in zip(cuts, shown, strict=True) for group in np.flatnonzero(each)]
    return cuts, n, shown, k, np.array(rows, dtype=float).reshape(-1, len(n))


def test_a_sum_that_is_found_follows_from_the_groups_that_are_said_to_help():
    """What helps has a weight in the least combination of the shown groups that gives the sum."""
    breaches = 0
    for seed in range(80):
        cuts, n, shown, k, rows = world(seed)
        if not len(rows):
            assert needed(cuts, shown, n, k, 0) is None
            continue
        space = _space(cuts, shown, n, k)
        target = None if space is None else space.breach(k)
        codes = [np.repeat(cut, n) for cut in cuts]
        below = companies.smallest_sum(companies.rows_over_people(codes, shown), np.ones(n.sum()), k)
        assert (target is None) == (below is None)
        if target is None:
            continue
        breaches += 1
        members = _members(space, shown)
        assert len(np.unique(members, axis=1).T) == len(space.size)  # each atom is in groups of its own
        assert members @ space.size == pytest.approx(rows @ n)
        assert 0 < space.size[np.abs(target) > 1e-9].sum() < k
        weights = np.linalg.pinv(members.T) @ target
        assert members.T @ weights == pytest.approx(target, abs=1e-7)
        start = 0
        for cut, each in enumerate(shown):
            helps = np.zeros(len(each), dtype=bool)
            helps[each] = np.abs(weights[start : start + each.sum()]) > 1e-7 * np.abs(weights).max()
            start += each.sum()
            assert space.coefficients(target, cut, len(each)).tolist() == helps.tolist()
            assert needed(cuts, shown, n, k, cut).tolist() == (helps if helps.any() else each).tolist()
    assert 20 < breaches < 70


def _members(space, shown):
    """Which shown groups hold each atom of a space, in the order of the cuts."""
    rows = []
    for cut, each in enumerate(shown):
        for group in np.flatnonzero(each):
            if cut == space.largest:
                rows.append(space.lead == group)
                continue
            at = np.flatnonzero((space.cut == cut) & (space.group == group))
            rows.append((space.at == at[0]).any(axis=0) if len(at) else np.zeros(len(space.size), dtype=bool))
    return np.array(rows, dtype=float)


def test_cells_that_agree_in_all_codes_are_one_atom():
    codes = [np.array([0, 1, 0, -1, -1, 0]), np.array([2, 0, 2, 0, -1, 1])]
    first, atom = alike_cells(codes, 6)
    assert [sorted(np.flatnonzero(atom == a).tolist()) for a in range(5)] == [[4], [3], [5], [0, 2], [1]]
    assert first.tolist() == [4, 3, 5, 0, 1]
    assert [each.tolist() for each in alike_cells([], 3)] == [[0], [0, 0, 0]]
    wide = [np.array([0, 2**40, 0, 2**40 - 1]), np.array([0, 2**40, 0, 2**40])]  # no number holds the pair
    assert alike_cells(wide, 4)[1].tolist() == [0, 2, 0, 1]


def test_the_largest_leverages_are_added_up_person_by_person():
    """Two people of 0.5 each, one of 0.3, three of 0.1."""
    leverage, size = np.array([0.3, 0.1, 0.5]), np.array([1, 3, 2])
    assert _largest(leverage, size, 4) == pytest.approx([0, 0.5, 1.0, 1.3, 1.4])
    assert _largest(leverage, size, 9)[6:] == pytest.approx([1.6] * 4)
    rows = np.array([leverage, leverage[::-1]])
    rows = rows * size  # of an atom what its people share
    assert _highest(rows, size, np.array([4, 0])) == pytest.approx([1.4, 0])
    assert _highest(rows, size, np.array([1, 2])) == pytest.approx([0.5, 0.8])  # of the second the first is one person
    rng = np.random.default_rng(2)
    many, people = rng.random((4, 30)), rng.integers(1, 4, 30)
    plainly = [np.sort(np.repeat(row, people))[::-1][:m].sum() for row, m in zip(many, (0, 1, 5, 40), strict=True)]
    assert _highest(many * people, people, np.array([0, 1, 5, 40])) == pytest.approx(plainly)
