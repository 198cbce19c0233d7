"""Weighted figures of a few: what is rounded and how far, which sums follow from them, and which figure goes."""

import numpy as np
import pytest

from dxkit.survey.privacy.few_weighted import (
    Whole,
    _Groups,
    _known,
    _pins,
    few_and_different,
    pins_whole_answers,
    rounded,
    rounded_ends,
    unpinned,
)


def whole(n, weight, sums, alike=None, top=4):
    """Cells of so many people, with the sums of their weights and of their weighted answers."""
    n, weight, sums = (np.array(each, dtype=float) for each in (n, weight, sums))
    return Whole(n=n, sums=sums, weight=weight, alike=np.ones(len(n), bool) if alike is None else alike, top=top)


def test_few_answers_of_different_weights_are_rounded_and_no_others():
    n, yes = np.array([1, 8, 9, 29, 30]), np.ones(5, dtype=bool)
    assert few_and_different(n, yes).tolist() == [True, True, True, True, False]
    assert not few_and_different(n, ~yes).any()
    mean = np.full(5, 0.51239)
    assert rounded(mean, n, yes, 0.25) == pytest.approx([0.5, 0.5, 0.512, 0.512, 0.51239])
    assert rounded(mean, n, ~yes, 0.25) == pytest.approx(mean)
    assert rounded(mean, n, yes, np.nan) == pytest.approx([0.512] * 4 + [0.51239])
    assert rounded(mean, n, yes, 0.25, 0.01) == pytest.approx([0.5, 0.5, 0.51, 0.51, 0.51239])
    assert rounded(np.array([0.0125, 0.03749999]), np.array([8, 8]), np.array(True), 0.25) == pytest.approx(
        [0.025, 0.025]
    )  # what is halfway goes up


def test_an_interval_keeps_a_width():
    yes, n = np.array(True), np.array([12, 12, 12, 30])
    low, high = np.array([0.5041, 0.502, 0.5, 0.5041]), np.array([0.5059, 0.504, 0.5, 0.5044])
    ends = rounded_ends(low, high, n, yes, 0.25, 0.01)
    assert ends[0] == pytest.approx([0.5, 0.5, 0.5, 0.5041])
    assert ends[1] == pytest.approx([0.51, 0.51, 0.5, 0.5044])
    few = rounded_ends(np.array([0.51]), np.array([0.52]), np.array([8]), yes, 0.5)
    assert [end.tolist() for end in few] == [[pytest.approx(0.5)], [pytest.approx(0.55)]]


def test_groups_tell_their_means_to_a_tenth_of_an_answer_or_a_thousandth_of_the_scale():
    """Eight cells of one person and two of more: weights 1 and 2 in the first group, all alike in the second."""
    n = [1] * 6 + [5, 4, 20, 30]
    each = whole(
        n,
        [1, 2, 1, 2, 1, 2, 5, 8, 20, 60],
        [0, 2, 3, 4, 1, 0, 9, 20, 41, 77],
        alike=np.array([True] * 8 + [True, False]),
    )
    found = _Groups.of(np.array([0] * 6 + [1, 2, 2, 3]), each)
    assert found.cut.tolist() == [0] * 6 + [1, 2, 2, 3]
    assert found.n.tolist() == [6, 5, 24, 30]
    assert found.weight.tolist() == [9, 5, 28, 60]
    # 10/9 of a mean is told as 1.1, off by up to 0.05; 61/28 as 2.18 (thousandths of the scale are 0.004)
    assert found.sums == pytest.approx([9 * 1.1, 9, 28 * 2.18, 77])
    assert found.half == pytest.approx([9 * 0.05, 0, 28 * 0.002, 0])
    rough = _Groups.of(np.zeros(1, dtype=int), whole([6], [9], [10], alike=np.array([False])))
    assert (rough.sums[0], rough.half[0]) == (pytest.approx(9.9), pytest.approx(0.45))
    nobody = _Groups.of(np.array([0, 1, 1]), whole([0, 3, 2], [0, 3, 0], [0, 6, 0]))
    assert nobody.cut.tolist() == [-1, 1, -1]
    assert (nobody.n.tolist(), nobody.half.tolist()) == ([0, 3], [0, 0])


def test_a_group_lies_within_a_larger_one_that_has_all_of_it_and_more():
    each = whole([2, 3, 4, 5], [2, 3, 4, 5], [1, 2, 3, 4])
    teams, pairs, odd = (_Groups.of(np.array(cut), each) for cut in ([0, 1, 2, 3], [0, 0, 1, 1], [0, 1, 1, 1]))
    assert teams.within(pairs).tolist() == [0, 0, 1, 1]
    assert pairs.within(teams).tolist() == [-1, -1]
    assert odd.within(pairs).tolist() == [0, -1]
    assert teams.within(teams).tolist() == [-1] * 4
    assert teams.within(odd).tolist() == [-1, 1, 1, 1]  # the first is one of them


def test_what_follows_of_a_few_is_each_small_group_and_what_a_larger_one_has_left():
    """Of 20 people a team of 15 is taken off; a team of five is known by itself as well, and more nearly so."""
    weight = np.array([1.0, 2, 1, 2, 1, 30])
    each = whole([1] * 5 + [15], weight, [2, 4, 1, 6, 0, 50])
    groups = [_Groups.of(np.array(cut), each) for cut in ([0] * 6, [0] * 5 + [1])]
    within = [[one.within(larger) for one in groups] for larger in groups]
    few = np.array([True] * 5 + [False])

    def known(everybody, team, large):
        shown = [np.array([everybody]), np.array([team, large])]
        found = {tuple(members.tolist()): rest for members, *rest in _known(groups, within, shown).values()}
        if not found:
            return None
        assert list(found) == [tuple(few.tolist())]
        return found[tuple(few.tolist())]

    whole_sum, whole_half, large = groups[0].sums[0], groups[0].half[0], groups[1].sums[1]
    low, high, hide = known(True, False, True)
    assert (low, high) == pytest.approx((whole_sum - large - whole_half, whole_sum - large + whole_half))
    assert hide == (1, 1)
    assert known(True, False, False) is None
    own, half = groups[1].sums[0], groups[1].half[0]
    assert known(False, True, False) == [pytest.approx(own - half), pytest.approx(own + half), (1, 0)]
    low, high, hide = known(True, True, True)
    rest, all_ = whole_sum - large, whole_half
    assert (low, high) == pytest.approx((max(own - half, rest - all_), min(own + half, rest + all_)))
    assert hide == (1, 0)


def test_whole_answers_are_pinned_only_where_weights_differ_and_no_end_is_told():
    """Root weights give every choice of answers a mean of its own."""
    weight = np.sqrt([2.0, 3, 5, 7, 11])
    each = whole([1] * 5, weight, weight * [0, 4, 2, 3, 1])
    members, total = np.ones(5, dtype=bool), float(weight @ [0, 4, 2, 3, 1])
    assert _pins(each, members, total, total)
    assert not _pins(each, members, total - weight.sum(), total + weight.sum())
    alike = whole([1] * 5, np.ones(5), [0, 4, 2, 3, 1])
    assert not _pins(alike, members, 10.0, 10.0)
    for end in (0, 4):
        assert not _pins(whole([1] * 5, weight, weight * end), members, weight.sum() * end, weight.sum() * end)
    unlike = whole([1] * 5, weight, weight * [0, 4, 2, 3, 1], alike=np.array([True] * 4 + [False]))
    assert _pins(unlike, members, 0.0, 4 * total)
    two = whole([2, 1], [2.0, 1.7], [2.0, 1.7 * 3])  # two of weight 1 have 2 together, which 0 + 2 and 1 + 1 give
    assert _pins(two, np.ones(2, dtype=bool), 7.1, 7.1)
    assert not pins_whole_answers(np.array([1.0, 1.0]), 0.5, 0.5, 3)


def test_scales_of_21_answers_and_more_keep_all_their_figures():
    weight = np.sqrt([2.0, 3, 5, 7, 11])
    shown = [np.ones(1, dtype=bool)]
    for top, stays in ((20, False), (21, True)):
        each = whole([1] * 5, weight, weight * [0, 20, 7, 3, 11], top=top)
        exact = whole([1] * 5, weight, weight * [0, 20, 7, 3, 11], alike=np.zeros(5, dtype=bool), top=top)
        assert unpinned([np.zeros(5, dtype=int)], shown, exact)[0].tolist() == [stays]
        assert shown[0].tolist() == [True]
        assert unpinned([np.zeros(5, dtype=int)], shown, each)[0].dtype == bool
