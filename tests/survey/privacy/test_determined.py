"""What figures tell of few people, against a plain program for every set of cells."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import linprog

from dxkit.survey.privacy.determined import Published, _Programs, _taking_part, few_people

LEAST, REACH, STEP = 5, 100.0, 25.0


def world(seed, *, step, exact=True):
    """Figures of overlapping groups of five cells, everybody among them, no two cells in the same groups."""
    made = np.random.default_rng(seed)
    people = made.integers(1, 7, 5)
    while True:
        rows = np.vstack([np.ones((1, 5)), made.integers(0, 2, (3, 5))])
        if len(np.unique(rows, axis=1).T) == 5 and rows.any(axis=1).all():
            break
    sums = np.array([(STEP * made.integers(0, 5, n)).sum() for n in people])
    sums[made.random(5) < 0.5] = 0.0
    true, n = rows @ sums, rows @ people
    half = np.zeros(len(n)) if exact else 0.4 * n
    return Published(rows=rows, n=n, low=true - half, high=true + half, people=people, reach=REACH, step=step)


def plainly(given):
    """By set of cells: people, least and largest mean, and whether algebra alone tells the sum."""

    def of(cells):
        target = np.isin(np.arange(5), cells).astype(float)
        ends = []
        for sign in (1, -1):
            found = linprog(
                sign * target,
                A_ub=np.vstack([given.rows, -given.rows]),
                b_ub=np.concatenate([given.high, -given.low]) + 1e-7,
                bounds=[(0, REACH * n) for n in given.people],
            )
            ends.append(sign * found.fun)
        if given.step:
            ends = [STEP * np.ceil(ends[0] / STEP - 1e-6), STEP * np.floor(ends[1] / STEP + 1e-6)]
        size = int(given.people[list(cells)].sum())
        return size, ends[0] / size, ends[1] / size

    rank = np.linalg.matrix_rank(given.rows)
    told, small = (
        {},
        [c for k in (1, 2, 3, 4) for c in combinations(range(5), k) if given.people[list(c)].sum() < LEAST],
    )
    for cells in small:
        follows = np.linalg.matrix_rank(np.vstack([given.rows, np.isin(np.arange(5), cells)])) == rank
        if follows and not any(set(other) <= set(cells) for other in told):
            told[cells] = (*of(cells), True)
    for cells in small:
        if len(cells) < 3 and not any(set(other) <= set(cells) for other in told):
            size, low, high = of(cells)
            if high - low <= REACH / 10 + 1e-5:
                told[cells] = size, low, high, False
    return told


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("step", [STEP, None])
@pytest.mark.parametrize("seed", range(30))
def test_few_people_are_those_of_a_plain_program_for_every_set(seed, step, exact):
    given = world(seed, step=step, exact=exact)
    found = {each.cells: (each.people, each.low, each.high, each.determined) for each in few_people(given, LEAST)}
    expected = plainly(given)
    assert set(found) == set(expected)
    for cells, row in expected.items():
        assert found[cells] == pytest.approx(row, abs=1e-4), cells


@pytest.mark.parametrize("seed", range(12))
def test_the_figures_that_are_named_give_the_sum_and_none_of_them_is_needless(seed):
    given = world(seed, step=STEP)

    def give(figures, cells):
        if not len(figures):
            return False
        target = np.isin(np.arange(5), cells).astype(float)
        weights = np.linalg.lstsq(given.rows[figures].T, target, rcond=None)[0]
        return bool(np.allclose(given.rows[figures].T @ weights, target, atol=1e-6))

    for each in few_people(given, LEAST):
        figures = list(each.figures)
        if each.determined:
            assert give(figures, each.cells)
            assert not any(give([one for one in figures if one != out], each.cells) for out in figures)
        else:
            assert figures == sorted(set(figures))


def test_figures_that_no_answers_have_leave_the_mean_empty():
    """One person of whom the sum lies between two answers."""
    one = Published(
        rows=np.array([[1.0]]),
        n=np.array([1]),
        low=np.array([30.0]),
        high=np.array([40.0]),
        people=np.array([1]),
        reach=REACH,
        step=STEP,
    )
    (found,) = few_people(one, LEAST)
    assert np.isnan([found.low, found.high]).all()
    assert (found.cells, found.people, found.determined, found.figures) == ((0,), 1, True, (0,))


def test_of_whom_it_is_not_known_how_many_answered_nothing_is_told():
    """Three of five answered: one of A and B may be none of them."""
    given = Published(
        rows=np.array([[1.0, 1.0, 1.0]]),
        n=np.array([3]),
        low=np.array([100.0]),
        high=np.array([100.0]),
        people=np.array([2, 2, 1]),
        reach=REACH,
    )
    assert not given.sizes_agree
    assert few_people(given, LEAST) == []


def skipped(n, low, high, people, rows, step=None):
    """Figures of groups in which some may not have answered."""
    low, high = (np.array(each, dtype=float) for each in (low, high))
    rows, people = np.array(rows, dtype=float), np.array(people)
    return Published(rows=rows, n=np.array(n), low=low, high=high, people=people, reach=REACH, step=step)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        # one of two of A answered, and two of two of B
        (
            skipped([3, 1], [100, 75], [100, 75], [2, 2], [[1, 1], [1, 0]]),
            [((0,), 1, 75, 75, (1,)), ((1,), 2, 12.5, 12.5, (0, 1))],
        ),
        # the sum of A is not told, but all three said the highest
        (
            skipped([3, 1], [300, np.nan], [300, np.nan], [2, 2], [[1, 1], [1, 0]]),
            [((0,), 1, 100, 100, (1,)), ((1,), 2, 100, 100, (0, 1))],
        ),
        # nobody of A answered, so the figure of all is that of B
        (skipped([2, 0], [50, 0], [50, 0], [2, 2], [[1, 1], [1, 0]]), [((1,), 2, 25, 25, (0, 1))]),
        # what was rounded, and what of it lies between answers that are 25 apart
        (skipped([1], [40], [50.1], [2], [[1]]), [((0,), 1, 40, 50.1, (0,))]),
        (skipped([1], [40], [60], [2], [[1]], STEP), [((0,), 1, 50, 50, (0,))]),
        # a sum that the scale does not reach contradicts: who they are is said, with no mean
        (
            skipped([3, 1], [100, 150], [100, 150], [2, 2], [[1, 1], [1, 0]]),
            [((0,), 2, np.nan, np.nan, (1,)), ((1,), 2, np.nan, np.nan, (0, 1))],
        ),
    ],
)
def test_where_some_did_not_answer_the_mean_is_of_those_who_did(given, found):
    assert not given.sizes_agree
    for one, (cells, people, low, high, figures) in zip(few_people(given, LEAST), found, strict=True):
        assert (one.cells, one.people, one.figures, one.determined) == (cells, people, figures, True)
        assert (one.low, one.high) == pytest.approx((low, high), abs=1e-6, nan_ok=True)


def test_the_figures_that_take_part_are_as_few_as_can_be():
    rows = np.array([[1.0, 1, 1, 0], [0, 1, 1, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1]])
    assert [_taking_part(rows, atoms) for atoms in [(0,), (1, 2), (2,), (0, 3)]] == [(0, 1), (1,), (1, 3), (0, 1, 4)]
    assert _taking_part(rows[2:], (0, 1, 3)) == (0, 1, 2)


def test_cells_that_no_figure_tells_apart_are_told_at_an_end_of_the_scale():
    """A and B together: 150 of the 300 that three can say leaves B, one person, open; 291 leaves at least 91."""
    for total, found in ((150, []), (291, [((1,), 1, 91, 100)]), (5, [((1,), 1, 0, 5)])):
        given = skipped([3, 9], [total, 450], [total, 450], [2, 1, 0, 6], [[1, 1, 1, 0], [1, 1, 1, 1]])
        each = few_people(given, 2)
        assert [(one.cells, one.people) for one in each] == [one[:2] for one in found]
        assert [(one.low, one.high) for one in each] == [pytest.approx(one[2:], abs=1e-5) for one in found]
        assert not any(one.determined for one in each)


def overlapping(low):
    """A (one person) and B in one figure, B and C in another: the first figure alone bounds A."""
    sums = np.array([low, 600.0])
    return Published(
        rows=np.array([[1.0, 1, 0], [0, 1, 1]]),
        n=np.array([7, 12]),
        low=sums,
        high=sums,
        people=np.array([1, 6, 6]),
        reach=REACH,
    )


def test_a_mean_is_known_where_it_lies_within_a_tenth_of_the_scale():
    for low, ends in ((9.9, (0, 9.9)), (10.1, None), (689.9, None), (690.1, (90.1, 100))):
        found = [(each.cells, each.people, each.determined) for each in few_people(overlapping(low), 5)]
        assert found == ([] if ends is None else [((0,), 1, False)])
        for each in few_people(overlapping(low), 5):
            assert (each.low, each.high) == pytest.approx(ends, abs=1e-5)
            assert each.figures == (0,)


@pytest.mark.parametrize(("cells", "sets"), [(300, [(0, 1), (1, 2)]), (301, [])])
def test_pairs_are_tried_of_up_to_300_cells(cells, sets):
    """Of three alone two sums of two are shown; all others are of larger groups that no figure is about."""
    rows = np.zeros((2, cells))
    rows[[0, 0, 1, 1], [0, 1, 1, 2]] = 1
    sums, people = np.array([90.0, 110.0]), np.append([1, 1, 1], np.full(cells - 3, 9))
    given = Published(rows=rows, n=np.array([2, 2]), low=sums, high=sums, people=people, reach=REACH)
    found = few_people(given, 3)
    assert [(each.cells, each.people, each.determined, each.figures) for each in found] == [
        (each, 2, True, (figure,)) for figure, each in enumerate(sets)
    ]
    assert [(each.low, each.high) for each in found] == [
        pytest.approx(ends) for ends in ((45, 45), (55, 55))[: len(sets)]
    ]
    assert few_people(given, 2) == []


def test_three_and_four_who_follow_together_are_found_and_no_larger_set():
    """Everybody less a large group leaves three (four) people whom figures that overlap tell apart."""
    for few in (3, 4):
        large, apart = np.append(np.zeros(few), [1, 1]), np.zeros((few - 1, few + 2))
        for one in range(few - 1):
            apart[one, [one, few]] = 1  # each but the last stands with one of the large cells in a figure of its own
        rows = np.vstack([np.ones(few + 2), large, apart])
        people = np.append(np.ones(few, dtype=int), [20, 30])
        sums = np.concatenate([[2_500.0 + 50 * few, 2_500], np.full(few - 1, 1_000.0)])
        given = Published(rows=rows, n=rows @ people, low=sums, high=sums, people=people, reach=REACH)
        (found,) = few_people(given, few + 1)
        assert (found.cells, found.people, found.determined) == (tuple(range(few)), few, True)
        assert (found.low, found.high) == pytest.approx((50, 50))
        assert found.figures == (0, 1)
        assert few_people(given, few) == []


def test_what_solutions_have_shown_leaves_a_mean_open():
    """A and B of one and two people with 30 together; C is apart, of four."""
    given = Published(
        rows=np.array([[1.0, 1, 0], [0, 0, 1]]),
        n=np.array([3, 4]),
        low=np.array([30.0, 200.0]),
        high=np.array([30.0, 200.0]),
        people=np.array([1, 2, 4]),
        reach=REACH,
    )
    made = _Programs(given, np.arange(3), given.people)
    assert not made.wide((0,))
    assert made.mean((0,)) == (1, pytest.approx(0, abs=1e-5), pytest.approx(30, abs=1e-5), (0,))
    assert [made.wide(each) for each in ((0,), (1,), (0, 1), (2,))] == [True, True, False, False]
    assert [made.wide((0,), people) for people in (2.9, 3.1)] == [True, False]
    assert made.mean((0, 1)) == (3, pytest.approx(10), pytest.approx(10), (0,))
    assert made._size((0, 2)) == 5
    assert not made.contradict
    none = _Programs(replace(given, low=given.high + 1), np.arange(3), given.people)
    assert np.isnan(none.mean((0,))[1:3]).all()
    assert none.mean((0,))[::3] == (1, ())
    assert (none.contradict, none.wide((0,))) == (True, True)


def test_how_many_answered_is_told_by_figures_or_not_at_all():
    """Three of A (two people) and B (two) answered, and one of A: so two of B did; of C and D it is not known."""
    given = skipped([3, 1, 2], [50, 10, 80], [50, 10, 80], [2, 2, 2, 1], [[1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 1]])
    made = _Programs(given, np.arange(4), given.people)
    assert [made._size(each) for each in ((0,), (1,), (0, 1), (2,), (3,), (2, 3))] == [1, 2, 3, None, None, 2]
    assert made.mean((2,)) == (2, 0.0, REACH, ())
    assert made.mean((1,)) == (2, pytest.approx(20), pytest.approx(20), (0, 1))
    assert made.wide((2,))
    assert not made.wide((0,))
