"""People seen twice: worked figures, the paired t and Welch's at the ends, and laws between them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dxkit.statistics.comparison import adjusted_p, t_test_p
from dxkit.statistics.overlap import Wave, carried, difference, left_over
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


def test_a_change_that_is_the_same_for_all_has_no_error_but_rounding():
    one = wave(np.arange(1.0, 12)[:, None] / 7)
    found = difference(one, wave(one.y + 0.1), ONE)
    assert (found.estimate[0], found.se[0], found.both[0]) == (pytest.approx(0.1), 0, 11)


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


def test_one_person_seen_twice_tells_nothing_of_how_errors_go_together():
    one, two = pair(FIRST, SECOND, 1)
    assert carried(one, two).tolist() == [[0]]


BEFORE, AFTER = np.array([62.0, 58, 51, 47, 44]), np.array([50.0, 56, 49, 46, 40])
ERRORS = 16 * (0.7 * np.eye(5) + 0.3)
ACTED = np.arange(5) == 0


def test_what_is_left_of_a_change_worked_by_hand():
    left = left_over(BEFORE, AFTER, ERRORS, ERRORS, 0.6 * ERRORS, 40, ACTED)
    assert left.estimate == pytest.approx([-8.795116, 1.182120, 0.439432, 1.348372, -2.969923], abs=1e-6)
    assert left.se == pytest.approx([3.279388, *[3.386938] * 4], abs=1e-6)
    assert (left.drift, left.df.tolist()) == (0, pytest.approx([39] * 5))
    assert left.shift == pytest.approx((-2.25, np.sqrt(16 * 2 * 0.4 * (4 + 12 * 0.3)) / 4))
    p = t_test_p(left.estimate, left.se, left.df)
    assert p[0] == pytest.approx(0.010677, abs=1e-6)
    adjusted = adjusted_p(p, weight=np.where(ACTED, 1, 1 / 4))
    assert adjusted == pytest.approx([0.021354, 1, 1, 1, 1], abs=1e-6)


@examples(25)
@given(st.integers(0, 1_000), st.floats(-20, 20))
def test_a_mood_of_either_wave_changes_nothing_but_the_shift(seed, mood):
    """And the order of topics is free."""
    made = np.random.default_rng(seed)
    x1, x2, acted = made.normal(50, 8, 7), made.normal(50, 8, 7), np.arange(7) < 2
    root = made.normal(0, 1, (7, 14))
    v = root @ root.T
    plain, other = (left_over(x1, x2 + each, v, 1.3 * v, 0.4 * v, 30, acted) for each in (0, mood))
    for name in ("estimate", "se", "df", "drift"):
        assert getattr(other, name) == pytest.approx(getattr(plain, name), abs=1e-7)
    assert other.shift[0] == pytest.approx(plain.shift[0] + mood)
    before = left_over(x1 + mood, x2, v, 1.3 * v, 0.4 * v, 30, acted)
    assert before.estimate == pytest.approx(plain.estimate, abs=1e-7)
    line = made.permutation(7)
    square = v[np.ix_(line, line)]
    turned = left_over(x1[line], x2[line], square, 1.3 * square, 0.4 * square, 30, acted[line])
    assert turned.estimate == pytest.approx(plain.estimate[line], abs=1e-7)


def test_topics_that_drift_by_themselves_widen_what_is_left():
    """Uncorrelated errors of 1, no covariance: by hand with tau^2 = 11.5 - 1 and b = tau^2 / (tau^2 + 1)."""
    one, two, acted = np.array([48.0, 52, 45, 55, 50]), np.array([40.0, 52, 41, 59, 50]), np.arange(5) == 0
    left = left_over(one, two, np.eye(5), np.eye(5), np.zeros((5, 5)), 20, acted)
    tau2 = (4 + 4 + 25 + 25) / 4 - 1
    b = tau2 / (tau2 + 1)
    y, spread = two - b * (one - 50), tau2 + 1 - b * tau2
    eta2 = ((y[1:] - y[1:].mean()) ** 2).sum() / 3 - spread
    assert left.drift == pytest.approx(np.sqrt(eta2))
    assert left.estimate[:2] == pytest.approx([y[0] - y[1:].mean(), y[1] - y[2:].mean()])
    parts = np.array([spread, eta2]) * 5 / 4
    assert left.se[0] == pytest.approx(np.sqrt(parts.sum()))
    assert left.df[0] == pytest.approx(parts.sum() ** 2 / (parts[0] ** 2 / 19 + parts[1] ** 2 / 3))
    assert left.shift == pytest.approx((0.0, np.sqrt(4 * 2) / 4))


def test_with_few_topics_or_few_untouched_only_the_shift_is_told():
    for topics, free in ((3, 3), (5, 2), (4, 0)):
        one, two = np.arange(topics) * 10.0, np.arange(topics) * 10.0 + 3
        acted = np.arange(topics) >= free
        left = left_over(one, two, np.eye(topics), np.eye(topics), 0.5 * np.eye(topics), 20, acted)
        assert np.isnan([*left.estimate, *left.se, *left.df, left.drift]).all()
        told = (3.0, np.sqrt(free) / free) if free else (np.nan, np.nan)
        assert left.shift == pytest.approx(told, nan_ok=True)
    one, none = np.array([40.0, 50, 60, 45]), np.zeros((4, 4))
    assert np.isfinite(left_over(one, one + 3, np.eye(4), np.eye(4), none, 20, np.arange(4) >= 3).estimate).all()
