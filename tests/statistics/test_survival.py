"""The log-rank test against a printed case and against its own sums. The curve is held to R in tests/outcomes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dxkit.statistics.survival import kaplan_meier, log_rank, time_reached

# weeks to relapse of 42 children with leukaemia (Freireich et al. 1963), those below 0 still without one
TREATED = [6, 6, 6, 7, 10, 13, 16, 22, 23, -6, -9, -10, -11, -17, -19, -20, -25, -32, -32, -34, -35]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
GROUPS = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=25)


def split(weeks):
    return np.abs(weeks), np.array(weeks) > 0


def by_its_sums(first, second):
    """Mantel's chi-square (1966): ends in the first group less those expected, squared, over its variance."""
    times, ended = (np.concatenate([np.asarray(group[part]) for group in (first, second)]) for part in (0, 1))
    inside = np.arange(len(times)) < len(first[0])
    gap = variance = 0.0
    for t in np.unique(times[ended.astype(bool)]):
        n, n1 = (times >= t).sum(), ((times >= t) & inside).sum()
        d = ((times == t) & ended).sum()
        gap += ((times == t) & ended & inside).sum() - d * n1 / n
        variance += d * n1 * (n - n1) * (n - d) / (n**2 * (n - 1)) if n > 1 else 0.0
    return gap**2 / variance if variance > 0 else 0.0


def test_the_log_rank_test_is_that_of_a_textbook():
    # Kleinbaum and Klein, Survival Analysis, third edition, section 2.IV: log-rank 16.793
    chi_square, p = log_rank(split(TREATED), split(PLACEBO))
    assert chi_square == pytest.approx(16.793, abs=5e-4)
    assert p == pytest.approx(4.17e-5, rel=2e-3)


@given(GROUPS, GROUPS)
def test_the_log_rank_test_is_the_sum_over_ends(one, two):
    first, second = (tuple(np.array(column) for column in zip(*group, strict=True)) for group in (one, two))
    chi_square, p = log_rank(first, second)
    assert chi_square == pytest.approx(by_its_sums(first, second), abs=1e-9)
    assert 0 <= p <= 1


def test_groups_that_were_never_at_risk_together_tell_nothing():
    assert log_rank(([1, 1], [False, False]), ([2, 3, 5], [True, True, False])) == (0.0, 1.0)
    assert log_rank(([1, 2], [False, False]), ([3], [False])) == (0.0, 1.0)


def test_a_curve_has_no_interval_at_0_and_no_doubt_at_1():
    curve = kaplan_meier([1, 2, 3], [False, True, True])
    assert curve.survival.tolist() == [1.0, 0.5, 0.0]
    assert (curve.low[0], curve.high[0]) == (1.0, 1.0)
    assert np.isnan([curve.low[2], curve.high[2]]).all()
    assert time_reached(curve.time, curve.survival, 0.25) == 3.0


def test_ends_may_be_given_as_0_and_1():
    one, two = (kaplan_meier([1, 2, 2, 4], ended) for ended in ([1, 1, 0, 1], [True, True, False, True]))
    assert one.survival.tolist() == two.survival.tolist() == [0.75, 0.5, 0.0]
