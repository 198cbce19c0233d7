"""Curves and tests with clusters: worked figures, laws, and what is too little to say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dxkit.statistics.release_clusters import (
    at_risk,
    clustered_curve,
    clustered_log_rank,
    effective,
    log_survival_error,
)
from dxkit.statistics.survival import kaplan_meier, time_reached
from tests.laws import examples

FIRST = [3, 5, 5, 8, 10, 12, 14, 20], [1, 1, 0, 1, 1, 1, 0, 1]
SECOND = [2, 4, 4, 6, 7, 9, 11, 13], [1, 1, 1, 1, 0, 1, 1, 1]
PAIRS = np.arange(8) // 2
ROWS = st.lists(st.tuples(st.integers(0, 30), st.booleans(), st.integers(0, 5)), min_size=4, max_size=40)


def test_the_curve_of_a_worked_case_and_its_error_by_cluster():
    """R's survival 3.5, survfit with cluster, but for its factor (G - 1) / G."""
    curve = clustered_curve(*FIRST, PAIRS)
    ends = np.array(curve.events) > 0
    assert curve.survival[ends].tolist() == pytest.approx([0.875, 0.75, 0.6, 0.45, 0.3, 0.0], abs=1e-12)
    error = log_survival_error(at_risk(*FIRST), PAIRS)
    assert error[:5].tolist() == pytest.approx([0.1428571, 0.3333333, 0.4371626, 0.5149613, 0.9261629], abs=5e-8)
    assert np.isnan(error[5])


def test_the_log_rank_test_of_a_worked_case_sums_by_cluster():
    times, ended = ([*one, *two] for one, two in zip(FIRST, SECOND, strict=True))
    test = clustered_log_rank(times, ended, np.arange(16) >= 8, np.concatenate([PAIRS, PAIRS + 4]))
    assert test.total == pytest.approx(1.996429, abs=5e-7)
    assert test.sums.tolist() == pytest.approx(
        [-0.652460, 0.058899, 0.323501, 1.271556, 0.830516, 0.624921, -0.062020, -0.398484], abs=5e-7
    )
    assert (test.variance, test.t, test.df, test.p) == pytest.approx((4.524799, 0.938543, 5.599353, 0.386662), abs=5e-7)


def by_hand(times, ended, entry, cluster):
    """The variance of -log S as its definition has it: every row at every event time."""
    rows = at_risk(times, ended, entry)
    found = []
    for u in rows.event_times:
        sums = {}
        for t, d, begun, g in zip(times, ended, rows.entry, cluster, strict=True):
            total = 0.0
            for v, y, k in zip(rows.event_times, rows.at_risk, rows.events, strict=True):
                if begun < v <= min(t, u):
                    total -= k / (y * (y - k)) if y > k else np.nan
                if d and v == t <= u:
                    total += 1 / (y - k) if y > k else np.nan
            sums[g] = sums.get(g, 0.0) + total
        count = len(sums)
        found.append(np.sqrt(count / (count - 1) * sum(x**2 for x in sums.values())))
    return found


@examples(60)
@given(ROWS)
def test_the_error_is_that_of_the_definition_with_delayed_entry_too(rows):
    times, ended, late = (np.array(column) for column in zip(*rows, strict=True))
    entry = np.where((late > 0) & (late < times), late, -np.inf)
    cluster = np.unique(late % 4, return_inverse=True)[1]
    if ended.any() and cluster.max():
        expected = np.array(by_hand(times, ended, entry, cluster))
        found = log_survival_error(at_risk(times, ended, entry), cluster)
        first = int(np.argmax(np.isnan(expected))) if np.isnan(expected).any() else len(expected)
        assert found[:first] == pytest.approx(expected[:first], abs=1e-9)
        assert np.isnan(found[first:]).all()


def test_without_delayed_entry_the_curve_is_that_of_kaplan_and_meier():
    made = np.random.default_rng(4)
    times, ended = made.integers(0, 40, 300).astype(float), made.random(300) < 0.7
    one, two = kaplan_meier(times, ended), clustered_curve(times, ended, np.arange(300))
    for name in ("time", "at_risk", "events", "censored", "survival"):
        assert np.array(getattr(one, name)) == pytest.approx(np.array(getattr(two, name)), abs=1e-12)


def test_rows_of_their_own_cluster_have_the_band_of_independent_ones_within_a_tenth():
    for seed in range(5):
        made = np.random.default_rng(seed)
        times, ended = made.exponential(50, 250), made.random(250) < 0.8
        one, two = kaplan_meier(times, ended), clustered_curve(times, ended, np.arange(250))
        for name in ("low", "high"):
            plain, own = (time_reached(each.time, getattr(each, name), 0.5) for each in (one, two))
            assert own == pytest.approx(plain, rel=0.1)


def test_a_row_that_came_late_is_at_risk_from_then_on():
    """At 2 both early rows are there, at 4 the later two, at 6 one."""
    curve = clustered_curve([2, 4, 6], [True] * 3, np.arange(3), [-np.inf, -np.inf, 3])
    assert curve.at_risk.tolist() == [2, 2, 1]
    assert curve.survival.tolist() == pytest.approx([1 / 2, 1 / 4, 0])


@examples(60)
@given(ROWS)
def test_each_row_twice_in_its_cluster_changes_nothing(rows):
    times, ended, cluster = (np.array(column) for column in zip(*rows, strict=True))
    cluster = np.unique(cluster, return_inverse=True)[1]
    one = clustered_curve(times, ended, cluster)
    two = clustered_curve(*(np.tile(each, 2) for each in (times, ended, cluster)))
    for name in ("survival", "low", "high"):
        assert getattr(two, name) == pytest.approx(getattr(one, name), abs=1e-9, nan_ok=True)


def test_over_a_thousand_event_times_the_band_is_interpolated_between_them():
    made = np.random.default_rng(1)
    times, ended, cluster = made.exponential(50, 1500), made.random(1500) < 0.9, made.integers(0, 40, 1500)
    rows = at_risk(times, ended)
    short = log_survival_error(rows, cluster)
    middle = len(rows.event_times) // 2
    kept = np.arange(middle - 2, middle + 3)
    expected = [
        np.sqrt(40 / 39 * (np.bincount(cluster, _contribution(rows, u)) ** 2).sum()) for u in rows.event_times[kept]
    ]
    assert short[kept] == pytest.approx(expected, rel=0.01)


def _contribution(rows, u):
    left = np.maximum(rows.at_risk - rows.events, 1)
    step = rows.events / (rows.at_risk * left) * (rows.event_times <= u)
    gain = np.where(rows.event_times <= u, 1 / left, 0.0)
    return rows.at_end(gain) - rows.up_to(step)


def test_below_four_clusters_there_is_a_curve_and_no_band():
    few = clustered_curve(*FIRST, np.arange(8) // 3)
    assert np.isnan(few.low).all()
    assert not np.isnan(few.survival).any()
    times, ended = ([*one, *two] for one, two in zip(FIRST, SECOND, strict=True))
    test = clustered_log_rank(times, ended, np.arange(16) >= 8, np.arange(16) // 4)
    assert np.isnan([test.t, test.df, test.p]).all()
    assert test.total == pytest.approx(1.996429, abs=5e-7)  # whatever the clusters are
    assert test.sums.sum() == pytest.approx(test.total)


def test_where_one_cluster_holds_most_there_is_a_curve_and_no_band():
    made = np.random.default_rng(2)
    times, cluster = made.exponential(50, 60), np.repeat([0, 1, 2, 3], [50, 4, 3, 3])
    assert effective(cluster) < 2
    assert np.isnan(clustered_curve(times, np.ones(60, dtype=bool), cluster).low).all()


def test_clusters_of_unequal_size_are_worth_fewer():
    assert effective(np.array([0, 1, 2, 3])) == 4.0
    assert effective(np.repeat([0, 1, 2, 3], [97, 1, 1, 1])) == pytest.approx(10_000 / 9_412)
