"""A slope beyond chance: worked figures, how rarely chance alone gives one, and what is refused with which advice."""

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from tests.outcomes.worlds import dependent

QUIET = [12, 9, 11, 14, 10, 12, 8, 11, 13, 10, 12, 9]
RISING = [12, 9, 14, 11, 15, 13, 19, 16, 18, 22, 17, 24]


def months(values, start="2026-01-01"):
    return pd.Series(values, index=pd.date_range(start, periods=len(values), freq="MS"))


def test_the_slope_of_a_worked_series():
    found = dx.trend(months(RISING))
    assert (found.verdict, found.p, found.autocorrelation) == (
        "rising",
        pytest.approx(0.015094, abs=5e-7),
        pytest.approx(0.177790, abs=5e-7),
    )
    middle = 3.277725 + 5.5 * 0.131880
    half = 5.5 * 0.131880
    assert found.ratio.estimate == pytest.approx(((middle + half) / (middle - half)) ** 2, rel=1e-5)
    assert found.ratio.low < found.ratio.estimate < found.ratio.high


def test_a_year_without_change_shows_no_trend_and_one_read_backwards_falls(snapshot):
    assert dx.trend(months(QUIET)).verdict == "not shown"
    assert dx.trend(months(RISING[::-1])).verdict == "falling"
    assert repr(dx.trend(months(QUIET))).splitlines()[:3] == snapshot


@pytest.mark.parametrize("rho", [0.0, 0.6])
@pytest.mark.thorough
def test_a_series_of_two_years_without_change_raises_few_false_alarms(rho):
    """150 series here; `tests/claims` runs them all."""
    made = np.random.default_rng(3)
    verdicts = [dx.trend(dependent(made, 40, rho, 24)).verdict for _ in range(150)]
    assert np.mean([verdict != "not shown" for verdict in verdicts]) <= 0.08 + 2 * 0.022


def test_one_value_far_out_is_unusual_and_no_verdict():
    found = dx.trend(months([*QUIET[:5], 60, *QUIET[6:]]))
    assert found.table.loc[found.table["unusual"], "period"].tolist() == ["2026-06-01"]
    assert found.verdict == "not shown"
    assert not dx.trend(months(QUIET)).table["unusual"].any()


def test_the_limits_of_independent_values_are_those_of_the_other_values():
    """With no autocorrelation: the textbook's prediction interval of each value from a line through the others."""
    from scipy.special import stdtrit

    from dxkit.outcomes.series import scaled
    from dxkit.outcomes.trend import _limits
    from dxkit.statistics.levels import Level

    y, time = scaled(np.array(RISING), "count"), np.arange(12.0)
    x = np.column_stack([np.ones(12), time])
    none = np.zeros(2)
    level = Level(
        estimate=none, se=none, p=none, df=10, variance=1.0, rho=0.0, weights=none, estimates=none, errors=none
    )
    low, high, _ = _limits(y, x, level)
    for i in (0, 5, 11):
        rest = np.arange(12) != i
        b, rss, *_ = np.linalg.lstsq(x[rest], y[rest], rcond=None)
        se = np.sqrt(rss[0] / 9 * (1 + x[i] @ np.linalg.inv(x[rest].T @ x[rest]) @ x[i]))
        half = stdtrit(9, 1 - 0.05 / 24) * se
        assert (low[i], high[i]) == pytest.approx((x[i] @ b - half, x[i] @ b + half), rel=1e-9)


def test_what_could_be_found_shrinks_with_steadiness():
    steady, wild = (
        dx.trend([50, 51, 49, 50, 52, 48, 50, 51, 49, 50, 52, 48]),
        dx.trend([5, 90, 20, 70, 1, 60, 30, 80, 9, 55, 40, 10]),
    )
    assert 1 < steady.detectable_ratio.low < steady.detectable_ratio.estimate < steady.detectable_ratio.high < 1.3
    assert wild.detectable_ratio.estimate > 3


@pytest.mark.parametrize("kind", ["count", "duration", "share"])
def test_limits_hold_the_expected_and_stay_where_values_can_be(kind):
    values = np.array(QUIET) / (20 if kind == "share" else 1)
    table = dx.trend(values, kind).table
    assert ((table["low"] < table["fitted"]) & (table["fitted"] < table["high"])).all()
    assert table["low"].min() >= 0
    assert kind != "share" or table["high"].max() <= 1


def test_values_that_do_not_scatter_have_no_p(snapshot):
    assert repr(dx.trend([5.0] * 9)).splitlines()[1:3] == snapshot
    assert dx.trend([5.0] * 9).p == 1.0


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        pytest.param([1, 2, 3], "count", id="needs 8 values or more, and not 3"),
        pytest.param([-1, *QUIET], "count", id="the value of 0 cannot be a count"),
        pytest.param([0, *QUIET], "duration", id="cannot be a duration"),
        pytest.param([2, *QUIET], "share", id="cannot be a share"),
        pytest.param(["x", *QUIET], "count", id="the value of 0 is not a number"),
        pytest.param(QUIET, "speed", id="use count, duration or share"),
        pytest.param([0, 1, 0, 0, 2, 0, 1, 0, 0, 1], "count", id="too few for a trend"),
    ],
)
def test_values_that_cannot_be(values, kind, refusal):
    with refusal():
        dx.trend(values, kind)


@pytest.mark.parametrize(
    ("mean", "count", "named"),
    [(1.2, 36, "quarters: 12 of them"), (0.6, 60, "half-years: 10 of them"), (0.1, 24, "too few for a trend")],
)
def test_counts_that_are_too_few_are_refused_with_the_periods_that_would_do(mean, count, named):
    values = np.zeros(count)
    values[: round(mean * count)] = 1
    values = np.roll(np.tile([3, 0, 0], count), 1)[:count] * (mean / 1) if mean == 1.2 else values
    if mean == 0.6:
        values = np.array([0, 1, 0, 2, 0, 1] * (count // 6))
    with pytest.raises(dx.Missing, match=named):
        dx.trend(months(values, "2021-01-01"))


def test_a_unit_of_durations_changes_no_p():
    assert dx.trend(24 * np.array(RISING), "duration").p == pytest.approx(dx.trend(RISING, "duration").p, rel=1e-9)


def test_periods_are_put_in_the_order_of_time():
    found = dx.trend(months(RISING).to_period("M").sort_values(ascending=False))
    assert found.p == dx.trend(months(RISING)).p


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
        dx.trend(change(months(QUIET)))
