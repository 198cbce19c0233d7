"""Signals in a year of points: how rarely chance alone gives one, and what is found where something is there."""

import re

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.outcomes.trend import _fewest, _longest, _signals
from tests.outcomes.worlds import overdispersed

QUIET = [12, 9, 11, 14, 10, 12, 8, 11, 13, 10, 12, 9]


@pytest.mark.parametrize("mean", [8, 40, 100])
def test_a_year_without_change_raises_a_false_signal_in_at_most_seven_percent(mean):
    """3,000 years of 12 months, over-dispersion 2.2; the simulation error is 0.4 points."""
    years = overdispersed(np.random.default_rng(mean), mean, 2.2, (3000, 12))
    assert np.mean([_signals(np.sqrt(year)) for year in years]) <= 0.07


def test_the_usual_chart_of_weekly_counts_gives_a_false_signal_in_most_years():
    """The peer: limits at three roots of the mean."""
    years = overdispersed(np.random.default_rng(1), 8, 2.2, (2000, 52))
    mean = years.mean(axis=1, keepdims=True)
    assert (np.abs(years - mean) > 3 * np.sqrt(mean)).any(axis=1).mean() > 0.8


def test_one_value_far_out_a_long_run_and_few_crossings_are_signals(snapshot):
    assert dx.trend([*QUIET[:5], 60, *QUIET[6:]]).signals[0] == snapshot
    shifted = dx.trend([*QUIET, *(3 * value for value in QUIET)])
    assert shifted.signals == snapshot


def test_limits_of_runs_are_the_published_ones():
    """Anhøj 2014, table of limits: n = 10, 12, 20, 24."""
    assert [_longest(n) for n in (10, 12, 20, 24)] == [6, 7, 7, 8]
    assert [_fewest(n) for n in (10, 12, 20, 24)] == [2, 3, 6, 8]


def test_the_power_is_stated_and_grows_with_steadiness(snapshot):
    steady, wild = (
        dx.trend([50, 51, 49, 50, 52, 48, 50, 51, 49, 50, 52, 48]),
        dx.trend([5, 90, 20, 70, 1, 60, 30, 80, 9, 55, 40, 10]),
    )
    assert steady.power["seen"].min() > 0.95
    assert wild.power["seen"].max() < 0.5
    assert [re.sub(r"\d+%", "<n>%", note) for note in wild.notes] == snapshot


@pytest.mark.parametrize("kind", ["count", "duration", "share"])
def test_limits_hold_the_centre_and_stay_where_values_can_be(kind):
    values = np.array(QUIET) / (20 if kind == "share" else 1)
    table = dx.trend(values, kind).table
    assert ((table["low"] < table["centre"]) & (table["centre"] < table["high"])).all()
    assert table["low"].min() >= 0
    assert kind != "share" or table["high"].max() <= 1


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        pytest.param([1, 2, 3], "count", id="needs 8 values or more, and not 3"),
        pytest.param([-1, *QUIET], "count", id="the value of 0 cannot be a count"),
        pytest.param([0, *QUIET], "duration", id="cannot be a duration"),
        pytest.param([2, *QUIET], "share", id="cannot be a share"),
        pytest.param(["x", *QUIET], "count", id="the value of 0 is not a number"),
        pytest.param(QUIET, "speed", id="use count, duration or share"),
    ],
)
def test_values_that_cannot_be(values, kind, refusal):
    with refusal():
        dx.trend(values, kind)


def test_periods_are_put_in_the_order_of_time(snapshot):
    values = [*QUIET[:6], *(9 * value for value in QUIET[6:])]
    months = pd.Series(values, pd.period_range("2026-01", periods=12, freq="M"))
    assert dx.trend(months.sort_values(ascending=False)).signals == dx.trend(months).signals
    assert dx.trend(months).signals[-1] == snapshot


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda months: months.drop(months.index[4]), id="between 2026-04-01 and 2026-06-01 a period is missing"
        ),
        pytest.param(lambda months: pd.concat([months, months[:1]]), id="names a period twice"),
        pytest.param(lambda months: months.to_frame(), id="got DataFrame; pick one column"),
        pytest.param(lambda _: "12", id="got str"),
        pytest.param(lambda _: 12, id="got int"),
    ],
)
def test_periods_that_are_missing_or_there_twice_are_refused(change, refusal):
    with refusal():
        dx.trend(change(pd.Series(QUIET, index=pd.date_range("2026-01-01", periods=12, freq="MS"))))
