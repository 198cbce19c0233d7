"""Whether a team score exists, and which team may be named."""

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import chi2, f

from dxkit.statistics.means import teams

Y, N = np.array([[80.0], [45.0], [71.0], [30.0], [66.0]]), np.array([[6], [9], [5], [12], [8]])
V, S2, DF = 400 / N, np.array([400.0]), np.array([35.0])


def test_five_teams():
    found = teams.between(Y, V, S2, DF)
    assert found.tau2[0] == pytest.approx(368.681271, rel=1e-6)
    assert (found.icc[0], found.icc_low[0], found.icc_high[0]) == pytest.approx(
        (0.4796283, 0.2025566, 0.8946523), abs=5e-8
    )
    assert found.p[0] == pytest.approx(4.489093e-05, rel=1e-6)
    value, se, low, high = teams.pooled(Y, V, found.tau2, DF)
    assert value[[0, 3], 0].tolist() == pytest.approx([78.299326, 31.152050], rel=1e-6)
    assert se[[0, 3], 0].tolist() == pytest.approx([8.091686, 5.792669], rel=1e-6)
    assert teams.against_the_rest(Y, V)[[0, 3], 0].tolist() == pytest.approx([3.560172, -4.802856], rel=1e-6)
    assert (low < value).all()
    assert (value < high).all()


def test_the_profile_is_that_of_plain_root_finding():
    def q(tau2):
        weight = 1 / (V[:, 0] + tau2)
        return (weight * (Y[:, 0] - (weight @ Y[:, 0]) / weight.sum()) ** 2).sum()

    def solved(target):
        return brentq(lambda tau2: q(tau2) - target, 0, 1e6, xtol=1e-9)

    found = teams.between(Y, V, S2, DF)
    low, high = (solved(chi2.ppf(p, 4)) for p in (0.975, 0.025))
    assert (found.icc_low[0], found.icc_high[0]) == pytest.approx((low / (low + 400), high / (high + 400)), rel=1e-9)
    assert found.p[0] == pytest.approx(f.sf(q(0) / 4, 4, 35), rel=1e-9)


def test_a_variable_with_two_groups_has_no_answer_and_does_not_disturb_the_others():
    y, v = np.hstack([Y, Y]), np.hstack([V, V])
    y[2:, 1] = np.nan
    found = teams.between(y, v, np.repeat(S2, 2), np.repeat(DF, 2))
    assert found.groups.tolist() == [5, 2]
    assert np.isnan([found.icc[1], found.p[1], found.reliability[1]]).all()
    assert found.tau2[0] == pytest.approx(368.681271, rel=1e-6)
    assert np.isnan(teams.pooled(y, v, found.tau2, np.repeat(DF, 2))[0][:, 1]).all()


def test_equal_scores_do_not_differ():
    found = teams.between(np.full((4, 1), 50.0), V[:4], S2, DF)
    assert (found.tau2[0], found.icc[0], found.icc_low[0], found.p[0]) == (0, 0, 0, 1)
    assert teams.standing_out(np.full((4, 1), 50.0), V[:4], DF).tolist() == [[0]] * 4


def test_agreement_within_is_one_where_all_say_the_same_and_never_below_zero():
    variance = np.array([[0.0, 0.3], [0.0, np.nan], [0.0, 0.2]])
    assert teams.within_agreement(variance, np.array([5, 5])).tolist() == [1.0, 0.0]


def test_an_interval_next_time_needs_one_degree_of_freedom():
    for df, known in ((1.0, True), (1.5, True), (0.9, False)):
        value, se, low, high = teams.pooled(Y, V, np.repeat(0.01, Y.shape[1]), np.repeat(df, Y.shape[1]))
        assert np.isfinite(value).all()
        assert np.isfinite(se).all()
        assert np.isfinite(low).all() == np.isfinite(high).all() == known


def test_a_group_that_spreads_wider_than_the_others_has_its_own_error():
    """The error of the others stays that of the spread within all groups."""
    own = np.array([[100.0], [10.0], [V[2, 0]], [200.0], [np.nan]])
    own[4] = 0
    t, plain = teams.against_the_rest(Y, V, own), teams.against_the_rest(Y, V)
    assert t[1:3] == pytest.approx(plain[1:3])
    for g in (0, 3):
        others = np.delete(np.arange(5), g)
        weight = 1 / V[others, 0]
        gap = Y[g, 0] - weight @ Y[others, 0] / weight.sum()
        assert t[g, 0] == pytest.approx(gap / np.sqrt(own[g, 0] + 1 / weight.sum()))
    assert teams.standing_out(Y, V, DF).ravel().tolist() == [1, 0, 0, -1, 0]
    assert teams.standing_out(Y, V, DF, own).ravel().tolist() == [1, 0, 0, 0, 0]


def test_three_groups_are_enough_to_differ_and_four_to_be_drawn_together():
    three = teams.between(Y[:3], V[:3], S2, DF)
    assert np.isfinite([three.tau2[0], three.icc[0], three.p[0], three.reliability[0]]).all()
    assert np.isnan(teams.pooled(Y[:3], V[:3], three.tau2, DF)[0]).all()
    assert np.isfinite(teams.pooled(Y[:4], V[:4], three.tau2, DF)[0]).all()
    shrunk = three.tau2[0] / (three.tau2[0] + V[:3, 0])
    assert three.reliability[0] == pytest.approx(np.median(shrunk))
