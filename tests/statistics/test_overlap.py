"""People seen twice: worked figures, the paired t and Welch's at the ends, and laws between them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dxkit.statistics.comparison import t_test_p
from dxkit.statistics.overlap import Wave, carried, difference
from tests.laws import examples

FIRST = [50, 25, 75, 0, 50, 25, 100, 50]
SECOND = [75, 50, 75, 25, 25, 100, 75]
ONE = np.eye(1)


def wave(answers):
    """A wave without weights: answers (U, J), nan where there is none."""
    y = np.asarray(answers, dtype=float)
    p = np.where(np.isnan(y), 0.0, 1 / (~np.isnan(y)).sum(axis=0))
    return Wave(y=y, p=p, e=y - np.nanmean(y, axis=0))


def pair(first, second, both):
    """Two waves, the first `both` people of each being the same."""
    people = len(first) + len(second) - both
    one, two = (np.full((people, 1), np.nan) for _ in range(2))
    one[: len(first), 0] = first
    two[: len(second), 0] = np.nan
    two[:both, 0], two[len(first) :, 0] = second[:both], second[both:]
    return wave(one), wave(two)


def test_the_worked_case():
    found = difference(*pair(FIRST, SECOND, 5), ONE)
    figures = [float(each[0]) for each in (found.estimate, found.se, found.df, t_test_p(*found[:3]))]
    assert figures == pytest.approx([13.839286, 11.039037, 15.642793, 0.228376], abs=1e-6)


def test_all_seen_twice_is_the_paired_t_and_none_is_welchs():
    one, two = pair(FIRST[:5], SECOND[:5], 5)
    found = difference(one, two, ONE)
    assert float(t_test_p(*found[:3])[0]) == pytest.approx(stats.ttest_rel(SECOND[:5], FIRST[:5]).pvalue)
    apart = difference(*pair(FIRST, SECOND, 0), ONE)
    assert float(t_test_p(*apart[:3])[0]) == pytest.approx(stats.ttest_ind(SECOND, FIRST, equal_var=False).pvalue)
    few = difference(*pair(FIRST, SECOND, 4), ONE)
    assert np.array(few[:3]) == pytest.approx(np.array(apart[:3]))


ANSWERS = st.lists(st.integers(0, 100), min_size=8, max_size=30)


@examples(40)
@given(ANSWERS, ANSWERS, st.integers(0, 8), st.integers(-50, 50))
def test_swapped_waves_turn_the_sign_and_a_constant_moves_the_estimate_only(first, second, both, constant):
    one, two = pair(first, second, both)
    plain, back = difference(one, two, ONE), difference(two, one, ONE)
    assert back.estimate == pytest.approx(-plain.estimate)
    assert back.se == pytest.approx(plain.se)
    assert back.df == pytest.approx(plain.df, nan_ok=True)
    moved = difference(one, wave(two.y + constant), ONE)
    assert moved.estimate == pytest.approx(plain.estimate + constant)
    assert moved.se == pytest.approx(plain.se, abs=1e-9)


def test_weights_that_are_all_alike_change_little():
    """The two formulas for people seen once differ only in which answers tell the spread."""
    made = np.random.default_rng(2)
    one, two = pair(made.normal(50, 20, 300), made.normal(50, 20, 280), 120)
    plain = difference(one, two, ONE)
    heavy = difference(*(Wave(y=x.y, p=x.p, e=x.e, weighted=True) for x in (one, two)), ONE)
    assert heavy.estimate == pytest.approx(plain.estimate)
    assert heavy.se == pytest.approx(plain.se, rel=0.05)


def test_errors_go_together_as_far_as_people_are_the_same():
    made = np.random.default_rng(3)
    y = made.normal(50, 20, (60, 2))
    both = wave(y)
    assert carried(both, both) == pytest.approx(np.cov(y.T) / 60)
    half = y.copy()
    half[40:] = np.nan
    expected = 40 / (40 * 60) * np.cov(y[:40].T)
    assert carried(both, wave(half)) == pytest.approx(expected)
    assert (carried(both, wave(half), least=41) == 0).all()
