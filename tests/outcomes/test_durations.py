"""Kaplan-Meier and its quantiles against R's survival, and what may be missing or open."""

import json

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.outcomes.durations import from_times
from tests.places import CASE_FILES

FOLDER = CASE_FILES
CASE = json.loads((FOLDER / "statistics.json").read_text())["onboarding_small"]
COHORTS = sorted({row["cohort"] for row in CASE["data"]})


def cohort(name):
    rows = [row for row in CASE["data"] if row["cohort"] == name]
    return [float(row["days"]) for row in rows], [row["deployed"] == "1" for row in rows]


@pytest.mark.parametrize("name", COHORTS)
def test_the_curve_is_that_of_r(name):
    curve = from_times(*cohort(name)).curve.set_index("time")
    rows = [row for row in CASE["reference"]["curve"] if row["strata"] == f"cohort={name}"]
    assert len(rows) == len(curve)
    for row in rows:
        found = curve.loc[row["time"]]
        assert (found["at_risk"], found["events"], found["censored"]) == (
            row["n.risk"],
            row["n.event"],
            row["n.censor"],
        )
        assert found["survival"] == pytest.approx(row["surv"], abs=1e-9)


@pytest.mark.parametrize("name", COHORTS)
def test_intervals_on_the_log_log_scale_are_those_of_r(name):
    curve = from_times(*cohort(name)).curve
    for row in (row for row in CASE["reference"]["surv_at_log-log"] if row["strata"] == f"cohort={name}"):
        found = curve[curve["time"] <= row["time"]].iloc[-1]
        for own, theirs in (("survival", "surv"), ("low", "lo"), ("high", "hi")):
            if isinstance(row[theirs], int | float):
                assert found[own] == pytest.approx(row[theirs], abs=1e-9)


@pytest.mark.parametrize("name", COHORTS)
def test_the_median_and_its_interval_are_those_of_r(name):
    median = from_times(*cohort(name)).median
    reference = CASE["reference"]["quantiles_log-log"]
    expected = [reference[key][f"cohort={name}"]["50"] for key in ("q", "lo", "hi")]
    assert list(median) == [None if value is None else pytest.approx(value, abs=1e-9) for value in expected]


def test_all_cohorts_together_are_those_of_r():
    days, ended = zip(*((float(row["days"]), row["deployed"] == "1") for row in CASE["data"]), strict=True)
    found, known = from_times(days, ended), CASE["reference_all"]
    assert found.curve["survival"].tolist() == pytest.approx([row["surv"] for row in known["curve"]], abs=1e-9)
    quantiles = [known["quantiles_log-log"][end]["50"] for end in ("q", "lo", "hi")]
    assert list(found.median) == pytest.approx(quantiles, abs=1e-9)


def test_lead_time_of_a_real_repository_as_of_a_day():
    """Completed changes alone say 40.3 h; with the open ones 191.2 h; what later came true was 190.8 h."""
    frame = pd.read_csv(dx.samples.path("roadie/changes.csv"))
    look = pd.Timestamp("2025-10-01", tz="UTC")
    begun = pd.to_datetime(frame["authored_at"], utc=True)
    window = frame[(begun >= look - pd.Timedelta(days=30)) & (begun < look)]
    took = dx.durations(window["authored_at"], window["released_at"], look)
    assert (round(took.median.estimate, 1), took.open) == (191.2, 9)
    done = pd.to_datetime(window["released_at"], utc=True)
    hours = (done - pd.to_datetime(window["authored_at"], utc=True)) / pd.Timedelta(hours=1)
    assert round(hours[done <= look].median(), 1) == 40.3
    assert round(hours.median(), 1) == 190.8


def test_releases_of_a_real_repository_share_their_luck():
    """As if each change stood alone, the interval would be less than half as wide."""
    frame = pd.read_csv(dx.samples.path("roadie/changes.csv"))
    frame = frame[frame["authored_at"].notna()]
    alone = dx.durations(frame["authored_at"], frame["released_at"], "2026-06-19")
    release = frame["release"].where(frame["release"].notna(), "open")
    took = dx.durations(frame["authored_at"], frame["released_at"], "2026-06-19", cluster=release)
    assert took.median.estimate == alone.median.estimate
    assert took.median.low < alone.median.low < alone.median.high < took.median.high
    assert took.clusters == release.nunique()


def test_what_was_given_up_and_what_ended_before_the_record_is_left_out_and_counted(snapshot):
    start = ["2026-01-01"] * 5
    end = ["2026-01-05", "2026-01-20", "", "2026-01-25", ""]
    gone = ["", "", "2026-01-15", "2026-02-01", "2026-03-01"]
    took = dx.durations(start, end, "2026-01-31", since="2026-01-10", given_up=gone, unit="days")
    assert (took.n, took.given_up, took.before, took.open) == (3, 1, 1, 1)
    assert took.curve["at_risk"].tolist() == [3, 2, 1]
    assert took.notes == snapshot


def test_more_than_a_fifth_given_up_makes_the_median_an_upper_figure():
    took = dx.durations(
        ["2026-01-01"] * 4, ["2026-01-05"] * 3 + [""], "2026-02-01", given_up=["", "", "", "2026-01-09"]
    )
    assert "upper figure" in took.notes[-1]


@pytest.mark.parametrize(
    ("done", "shown"), [(1, "none"), (4, "counts"), (5, "median"), (9, "median"), (10, "quantiles"), (17, "all")]
)
def test_a_small_group_of_newcomers_is_not_shown_one_by_one(done, shown, snapshot):
    days = [f"2026-01-{10 + k:02d}" for k in range(done)] + [""] * 3
    hires = pd.DataFrame({"start": "2026-01-05", "first_deploy": days})
    took = dx.time_to_first_deploy(hires, "2026-02-01")
    assert took.n == (0 if shown == "none" else done + 3)
    assert (len(took.table) > 0) == (shown == "all")
    assert (took.median.estimate is None) == (shown in ("none", "counts"))
    assert (took.p85.estimate is None) == (shown != "all")
    assert repr(took) == snapshot


def test_all_open_one_event_zero_times_and_nothing(snapshot):
    assert from_times([1, 2, 3], [False] * 3).median == (None, None, None)
    assert repr(from_times([1, 2, 3], [False] * 3)) == snapshot
    one = from_times([5.0], [True])
    assert (one.median.estimate, one.p85.estimate) == (5.0, 5.0)
    assert from_times([0, 0, 4], [True, True, True]).median.estimate == 0.0
    assert from_times([], []).n == 0


def test_ends_after_the_look_are_open_and_later_starts_are_left_out():
    took = dx.durations(
        ["2026-01-01", "2026-01-01", "2026-03-01"], ["2026-01-03", "2026-02-20", ""], "2026-01-31", unit="days"
    )
    assert (took.n, took.open, took.excluded) == (2, 1, 1)
    assert took.curve["time"].tolist() == [2.0, 31.0]  # the data cut-off is the end of that day


def test_what_ends_at_the_very_moment_of_the_look_has_ended():
    for ended, as_of, still in (
        ("2026-01-31", "2026-01-31T00:00Z", 0),
        ("2026-01-31T20:00", "2026-01-31", 0),
        ("2026-02-01", "2026-01-31", 1),
    ):
        assert dx.durations(["2026-01-01"], [ended], as_of, unit="days").open == still


def test_a_week_with_daylight_saving_counts_real_hours():
    took = dx.durations(["2026-03-28 12:00"], ["2026-03-29 12:00"], "2026-04-01", timezone="Europe/Berlin")
    assert took.median.estimate == 23.0


@pytest.mark.parametrize(
    ("start", "end", "named"),
    [
        pytest.param(["2026-01-02"], ["2026-01-01"], ["row 1"], id="row 1: the end lies before the start"),
        pytest.param(["2026-01-02", ""], ["", ""], ["row 2"], id="row 2: the start is missing"),
        pytest.param(["soon"], [""], ["row 1", "soon"], id="row 1, start: 'soon' is no time"),
        pytest.param(["2026-01-02"], [], [], id="1 starts and 0 ends"),
    ],
)
def test_what_cannot_be_is_said(start, end, named, refusal):
    with refusal(*named):
        dx.durations(start, end, "2026-02-01")


def test_the_survival_curve_falls_and_counts_everybody():
    made = np.random.default_rng(3)
    times, known = made.integers(0, 30, 200).astype(float), made.random(200) < 0.7
    curve = from_times(times, known).curve
    assert (np.diff(curve["survival"]) <= 1e-12).all()
    assert curve["events"].sum() + curve["censored"].sum() == 200
    bounded = curve.dropna(subset=["low", "high"])
    assert ((bounded["low"] <= bounded["survival"]) & (bounded["survival"] <= bounded["high"])).all()


@pytest.mark.parametrize(
    ("times", "ends", "median", "p85"),
    [
        ([1, 2], 1, (1.5, 1, None), (None, 1, None)),
        ([1, 2, 3, 4], 2, (3, 1, None), (None, 1, None)),
        (range(1, 21), 17, (10.5, 5, 15), (18.5, 14, None)),
        (range(1, 21), 20, (10.5, 5, 15), (17.5, 14, None)),
        ([0, 0, 2], 2, (0, 0, None), (None, 0, None)),
    ],
)
def test_where_the_curve_is_flat_the_quantiles_are_those_of_r(times, ends, median, p85):
    """R 4.2.2, survival 3.5: quantile(survfit(Surv(t, e) ~ 1, conf.type = "log-log"), c(0.5, 0.85))."""
    found = from_times(times, np.arange(len(times)) < ends)
    for own, theirs in ((found.median, median), (found.p85, p85)):
        assert list(own) == [None if value is None else pytest.approx(value, abs=1e-9) for value in theirs]


def test_parts_of_a_second_and_zones_of_a_midnight_are_kept():
    start = pd.Timestamp("2026-01-01", tz="Europe/Berlin")
    hours = [0.1234567, 1.7654321, 2.5]
    took = dx.durations([start] * 3, [start + pd.Timedelta(hours=hour) for hour in hours], "2026-02-01")
    assert took.curve["time"].tolist() == pytest.approx(hours, abs=1e-9)
    assert dx.durations([start], ["2026-01-01T00:00Z"], "2026-02-01").median.estimate == 1.0


@pytest.mark.parametrize(
    ("start", "options", "named"),
    [
        pytest.param("2026-01-01", {}, [], id="start: expected a column or list of times, got str"),
        pytest.param(["2026-01-01"], {"timezone": "Mars"}, ["Mars"], id="timezone='Mars' is not known"),
    ],
)
def test_what_is_no_list_and_no_zone_is_refused(start, options, named, refusal):
    with refusal(*named):
        dx.durations(start, [""], "2026-02-01", **options)


def test_no_hires_are_nothing_to_look_at():
    assert dx.time_to_first_deploy(pd.DataFrame(columns=["person", "start", "first_deploy"]), "2026-01-01").n == 0


def test_a_person_who_starts_once_is_counted_once(refusal):
    hires = pd.DataFrame({"person": ["a", "a", "", ""], "start": "2026-01-05", "first_deploy": "2026-01-09"})
    with refusal("row 2", "column person"):
        dx.time_to_first_deploy(hires, "2026-02-01")
    again = hires.assign(start=["2025-01-05", "2026-01-05", "2026-01-05", "2026-01-05"])
    assert dx.time_to_first_deploy(again, "2026-02-01", min_group=1).n == 4
