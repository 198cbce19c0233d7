"""Before and after a date: counts by a step with autoregressive errors, durations by the log-rank test."""

import math

import numpy as np
import pandas as pd
import pytest

import dxkit as dx

OPEN = pd.DataFrame({"start": ["2026-01-01"], "end": [""]})


def months(values):
    return pd.Series(values, index=pd.date_range("2026-01-01", periods=len(values), freq="MS"))


TWELVE = [12, 9, 14, 11, 15, 13, 19, 16, 18, 22, 17, 24]


def test_a_step_of_a_worked_series_alone_and_beside_a_slope():
    found = dx.before_after(months(TWELVE), "2026-07-01")
    assert (found.p, found.p_drift) == pytest.approx((0.017406, 0.332375), abs=5e-7)
    assert found.ratio == pytest.approx(((3.573892 + 0.873917) / 3.573892) ** 2, rel=1e-6)
    assert found.holds is False  # growth under way explains it as well
    assert found.ratio_low < 1.6 < found.ratio_high


def test_a_step_beside_no_growth_holds_and_a_slope_is_no_step():
    assert dx.before_after(months([12, 9, 14, 11, 15, 13, 29, 26, 28, 22, 27, 24]), "2026-07-01").holds is True
    growth = months([10, 12, 13, 15, 16, 18, 20, 21, 23, 25, 26, 28])
    found = dx.before_after(growth, "2026-07-01")
    assert found.p_drift > 0.3
    assert found.holds is False


@pytest.mark.parametrize(("before", "after"), [(3, 9), (9, 3), (5, 6)])
def test_few_periods_have_figures_and_no_verdict(before, after, snapshot):
    found = dx.before_after(months([10, 12] * 3 + [9, 11] * 3), f"2026-{before + 1:02d}-01")
    if before + after < 12:
        found = dx.before_after(months(([10, 12] * 3 + [9, 11] * 3)[:11]), "2026-06-01")
    assert found.holds is None
    assert found.ratio is not None
    assert found.why == snapshot


def test_periods_of_less_than_half_the_usual_exposure_are_left_out():
    frame = pd.DataFrame({"period": pd.date_range("2026-01-01", periods=13, freq="MS"), "count": [*TWELVE, 3]})
    frame["exposure"] = [30.0] * 12 + [4.0]
    found = dx.before_after(frame, "2026-07-01")
    assert found.table["n"].tolist() == [6, 6]
    assert found.p == pytest.approx(0.017406, abs=5e-7)
    assert found.notes[-1].endswith("left out: 1")


def test_durations_by_cluster_are_compared_by_sums_over_releases():
    """The worked case of tests/statistics/test_release_clusters.py, as a table."""
    first, second = [3, 5, 5, 8, 10, 12, 14, 20], [2, 4, 4, 6, 7, 9, 11, 13]
    ended = [1, 1, 0, 1, 1, 1, 0, 1], [1, 1, 1, 1, 0, 1, 1, 1]
    rows = []
    for side, (begin, days, over) in enumerate(zip(("2026-01-01", "2026-06-01"), (first, second), ended, strict=True)):
        start = pd.Timestamp(begin, tz="UTC")
        for i, (day, done) in enumerate(zip(days, over, strict=True)):
            end = start + pd.Timedelta(days=day)
            rows.append((start, end if done else pd.NaT, f"r{4 * side + i // 2}", pd.NaT if done else day))
    frame = pd.DataFrame(rows, columns=["start", "end", "cluster", "still"]).drop(columns="still")
    found = dx.before_after(frame, "2026-03-01", "duration", as_of="2027-01-01", unit="days")
    assert found.curves[0].clusters == found.curves[1].clusters == 4
    assert found.holds is (found.p < 0.05)
    assert "cluster" in found.method
    alone = dx.before_after(frame.drop(columns="cluster"), "2026-03-01", "duration", as_of="2027-01-01", unit="days")
    assert alone.p != found.p


def test_fewer_than_four_releases_on_a_side_give_curves_and_no_p(snapshot):
    start = ["2026-01-01"] * 6 + ["2026-03-01"] * 6
    end = [f"2026-01-0{d}" for d in range(3, 9)] + [f"2026-03-{d}" for d in range(11, 17)]
    frame = pd.DataFrame({"start": start, "end": end, "cluster": list("aabbcc") + list("defghi")})
    found = dx.before_after(frame, "2026-02-01", "duration", as_of="2026-04-01", unit="days")
    assert (found.holds, found.detectable_ratio) == (None, None)
    assert np.isnan(found.p)
    assert found.facts == snapshot


def test_what_began_before_the_record_enters_late():
    frame = pd.DataFrame(
        {
            "start": ["2026-01-01", "2026-01-01", "2026-03-01", "2026-03-01"],
            "end": ["2026-02-10", "2026-01-20", "2026-03-03", "2026-03-09"],
            "since": ["2026-02-01"] * 4,
        }
    )
    found = dx.before_after(frame, "2026-02-15", "duration", as_of="2026-04-01", unit="days")
    assert [curve.n for curve in found.curves] == [1, 2]  # one had ended before the record began
    assert found.curves[0].curve["at_risk"].tolist() == [1]


def test_exposure_counts():
    frame = pd.DataFrame(
        {
            "period": pd.date_range("2026-01-01", periods=4, freq="MS"),
            "count": [5, 10, 10, 10],
            "exposure": [0.5, 1, 1, 1],
        }
    )
    assert dx.before_after(frame, "2026-03-01").ratio == pytest.approx(1.0)


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
    """Durations by hand: normal quantiles, 11 ends and 6 of 12 on each side."""
    found = dx.before_after(months(TWELVE), "2026-07-01")
    assert found.facts[-1] == snapshot
    frame = pd.DataFrame({"start": ["2026-01-01"] * 6 + ["2026-03-01"] * 6, "end": ["2026-03-05"] * 11 + [""]})
    took = dx.before_after(frame, "2026-02-01", "duration", as_of="2026-04-01")
    assert took.detectable_ratio == pytest.approx(math.exp((1.959963985 + 0.841621234) / math.sqrt(11 / 4)), rel=1e-8)
    assert dx.before_after(months([0, 0, 3, 4]), "2026-03-01").detectable_ratio is None


def test_a_month_that_is_missing_is_refused(refusal):
    with refusal("a period is missing"):
        dx.before_after(months(TWELVE).drop(pd.Timestamp("2026-04-01")), "2026-07-01")


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
