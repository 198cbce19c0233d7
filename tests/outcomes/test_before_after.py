"""Before and after a date: rates by quasi-Poisson, durations by the log-rank test."""

import math

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from tests.outcomes.worlds import overdispersed

OPEN = pd.DataFrame({"start": ["2026-01-01"], "end": [""]})


def months(values):
    return pd.Series(values, index=pd.date_range("2026-01-01", periods=len(values), freq="MS"))


def test_a_ratio_of_rates_is_that_of_the_quasi_poisson_model():
    """Worked out by hand: rates 10.5 and 20, Pearson's chi-square over its 6 degrees of freedom is below 1."""
    found = dx.before_after(months([9, 11, 10, 12, 21, 18, 22, 19]), "2026-05-01")
    assert found.ratio == pytest.approx(20 / 10.5, rel=1e-12)
    assert found.dispersion == 1.0
    se = math.sqrt(1 / 42 + 1 / 80)
    assert found.ratio_low == pytest.approx(20 / 10.5 * math.exp(-2.446911851145 * se), rel=1e-9)
    wide = dx.before_after(months([2, 20, 4, 16, 3, 40, 10, 27]), "2026-05-01")
    chi = sum((x - 10.5) ** 2 / 10.5 for x in (2, 20, 4, 16)) + sum((x - 20) ** 2 / 20 for x in (3, 40, 10, 27))
    assert wide.dispersion == pytest.approx(chi / 6, rel=1e-12)
    assert wide.p > 0.05


def test_exposure_counts():
    frame = pd.DataFrame(
        {
            "period": pd.date_range("2026-01-01", periods=4, freq="MS"),
            "count": [5, 10, 10, 10],
            "exposure": [0.5, 1, 1, 1],
        }
    )
    assert dx.before_after(frame, "2026-03-01").ratio == pytest.approx(1.0)


@pytest.mark.simulated
def test_counts_are_called_changed_in_five_percent_where_nothing_changed():
    """2,000 worlds; the simulation error is 0.5 points."""
    made = np.random.default_rng(2)
    p = [dx.before_after(months(overdispersed(made, 30, 2.2, 12)), "2026-07-01").p for _ in range(2000)]
    assert 0.03 <= np.mean(np.array(p) < 0.05) <= 0.07


def test_durations_before_and_after_are_compared_by_the_log_rank_test(snapshot):
    start = ["2026-01-01"] * 6 + ["2026-03-01"] * 6
    end = [f"2026-01-0{d}" for d in range(3, 9)] + [f"2026-03-{d}" for d in (11, 12, 13, 14, 15)] + [""]
    found = dx.before_after(
        pd.DataFrame({"start": start, "end": end}), "2026-02-01", "duration", as_of="2026-04-01", unit="days"
    )
    assert found.table["estimate"].tolist() == [4.5, 12.5]
    assert found.p < 0.01
    assert found.notes == snapshot


@pytest.mark.parametrize(
    ("data", "options", "named"),
    [
        pytest.param(months([1, 2, 3, 4]), {"date": "2026-04-01"}, [], id="two of each are needed"),
        pytest.param(
            months([1, 2, -3, 4]),
            {"date": "2026-03-01"},
            ["row 3", "column count"],
            id="row 3, column count: -3 is too small",
        ),
        pytest.param(
            OPEN, {"date": "2026-02-01", "kind": "duration", "as_of": "2026-03-01"}, [], id="nothing began on one side"
        ),
        pytest.param(OPEN, {"date": "2026-02-01", "kind": "duration"}, [], id="as_of is missing"),
    ],
)
def test_comparisons_that_cannot_be(data, options, named, refusal):
    with refusal(*named):
        dx.before_after(data, **options)


def test_the_power_is_stated(snapshot):
    """By hand: t(6) at 0.975 and 0.8 for rates; normal quantiles, 11 ends and 6 of 12 on each side for durations."""
    found = dx.before_after(months([9, 11, 10, 12, 21, 18, 22, 19]), "2026-05-01")
    assert found.detectable_ratio == pytest.approx(
        math.exp((2.446911851145 + 0.905703285) * math.sqrt(1 / 42 + 1 / 80)), rel=1e-8
    )
    assert found.facts[-1] == snapshot
    frame = pd.DataFrame({"start": ["2026-01-01"] * 6 + ["2026-03-01"] * 6, "end": ["2026-03-05"] * 11 + [""]})
    took = dx.before_after(frame, "2026-02-01", "duration", as_of="2026-04-01")
    assert took.detectable_ratio == pytest.approx(math.exp((1.959963985 + 0.841621234) / math.sqrt(11 / 4)), rel=1e-8)
    assert dx.before_after(months([0, 0, 3, 4]), "2026-03-01").detectable_ratio is None


def test_a_path_and_months_of_pandas_are_read_too(tmp_path):
    values = months([9, 11, 10, 12, 21, 18, 22, 19])
    values.rename_axis("period").rename("count").to_csv(tmp_path / "counts.csv")
    ratios = [
        dx.before_after(data, "2026-05-01").ratio
        for data in (values, values.to_period("M"), str(tmp_path / "counts.csv"))
    ]
    assert len(set(ratios)) == 1


def test_the_period_that_holds_the_date_is_named(snapshot):
    values = months([9, 11, 10, 12, 21, 18, 22, 19])
    assert dx.before_after(values, "2026-05-15").notes == snapshot
    assert dx.before_after(values, "2026-05-01").notes == snapshot


@pytest.mark.parametrize(
    ("data", "options", "named"),
    [
        pytest.param(pd.DataFrame({"a": [1]}), {}, ["period"], id="needs a column 'period'"),
        pytest.param(
            pd.DataFrame({"a": [1]}),
            {"kind": "duration", "as_of": "2026-03-01"},
            ["start"],
            id="needs a column 'start'",
        ),
        pytest.param([1, 2, 3], {}, [], id="got list"),
        pytest.param(
            months([1, None, 3, 4]), {}, ["row 2", "column count"], id="row 2, column count: the cell is empty"
        ),
        pytest.param(
            OPEN.assign(end="2025-01-01"),
            {"kind": "duration", "as_of": "2026-03-01"},
            [],
            id="the end lies before the start",
        ),
        pytest.param(
            pd.DataFrame({"period": ["2026-01-01"], "count": [1], "exposure": [0]}), {}, [], id="0 is no exposure"
        ),
    ],
)
def test_tables_that_cannot_be_compared(data, options, named, refusal):
    with refusal(*named):
        dx.before_after(data, "2026-02-01", **options)
