"""Tests of two means and their adjustment, against scipy and by hand."""

import math

import numpy as np
import pytest
from scipy import stats

from dxkit.statistics.comparison import adjusted_p, hedges_g, t_test_p, welch_df

P = np.array([0.012, np.nan, 0.04, 0.001, 0.9, 0.03])


def test_p_is_that_of_students_t_and_without_spread_only_nothing_changed_is_told():
    found = t_test_p([2.0, -2.0, 0.0, 0.0, 1.0, -1.0], [0.8, 0.8, 0.5, 0.0, 0.0, 0.0], [7, 7, 7, 7, 7, 7])
    p = 2 * stats.t.sf(2.5, 7)
    assert found == pytest.approx([p, p, 1, 1, np.nan, np.nan], nan_ok=True)


def test_degrees_of_freedom_of_welch_and_without_spread_the_smaller():
    one, two = np.array([4.0, 9, 1, 5, 7]), np.array([2.0, 8, 3])
    se = [each.std(ddof=1) / math.sqrt(len(each)) for each in (one, two)]
    found = float(welch_df(se[0], 4, se[1], 2))
    by_hand = (se[0] ** 2 + se[1] ** 2) ** 2 / (se[0] ** 4 / 4 + se[1] ** 4 / 2)
    assert found == pytest.approx(by_hand)
    p = float(t_test_p(one.mean() - two.mean(), math.hypot(*se), found))
    assert p == pytest.approx(stats.ttest_ind(one, two, equal_var=False).pvalue)
    assert welch_df([0, 0], [9, 4], [0, 0], [5, 8]).tolist() == [5, 4]


def test_holm_bh_and_none_by_hand():
    assert adjusted_p(P) == pytest.approx([0.048, np.nan, 0.09, 0.005, 0.9, 0.09], nan_ok=True)
    known = ~np.isnan(P)
    found = adjusted_p(P, "bh")
    assert found[known] == pytest.approx(stats.false_discovery_control(P[known]))
    assert np.isnan(found[1])
    assert adjusted_p(P, "none") == pytest.approx(P, nan_ok=True)
    assert adjusted_p(np.array([0.6, 0.7])).tolist() == [1, 1]
    assert adjusted_p(np.array([])).tolist() == []


def test_a_test_with_half_of_the_weight_has_half_of_the_false_alarms():
    """Holm by weight: 0.02 / (1/2) comes before 0.018 / (1/4), which is then at least as large."""
    found = adjusted_p(np.array([0.02, 0.018, 0.5]), weight=np.array([1 / 2, 1 / 4, 1 / 4]))
    assert found == pytest.approx([0.02 * 2, 0.02 * 2, 0.5])
    turned = adjusted_p(np.array([0.02, 0.001, 0.4]), weight=np.array([1 / 2, 1 / 4, 1 / 4]))
    assert turned == pytest.approx([0.02 * 2 * 3 / 4, 0.001 * 4, 0.4])


def test_hedges_correction_is_exact():
    exact = math.gamma(4.5) / (math.gamma(4) * math.sqrt(4.5))
    difference, sd, df = [5, -5, 0, 1, 3, 3], [10, 10, 0, 0, 6, 6], [9, 9, 9, 9, 1, 1.5]
    found = hedges_g(*(np.array(each, dtype=float) for each in (difference, sd, df)))
    small = math.gamma(0.75) / (math.gamma(0.25) * math.sqrt(0.75)) / 2
    assert found == pytest.approx([exact / 2, -exact / 2, 0, np.nan, np.nan, small], nan_ok=True)
