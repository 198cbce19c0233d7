"""The five DORA metrics: what is counted, what is unknown, and what each figure rests on."""

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.statistics.intervals import wilson


def deployments(*rows, **more):
    frame = pd.DataFrame(rows, columns=["deployment", "time", "kind"][: len(rows[0])])
    return frame.assign(service="shop", **more)


def incidents(*rows):
    return pd.DataFrame(rows, columns=["incident", "opened", "resolved", "deployment"]).assign(service="shop")


DEPLOYED = deployments(
    ("d1", "2026-01-10", "planned"),
    ("d2", "2026-01-20", "planned"),
    ("d3", "2026-02-05", "planned"),
    ("d4", "2026-02-05 10:00", "rollback"),
    ("d5", "2026-03-01", "unplanned"),
)


def row(result, metric, period="all"):
    table = result.table
    return table[(table["metric"] == metric) & (table["period"] == period)].iloc[0]


def test_nothing_recorded_is_unknown_and_never_nil(snapshot):
    for result in (dx.dora(DEPLOYED.iloc[:0]), dx.dora(DEPLOYED.iloc[:0], as_of="2026-04-01"), dx.dora(None)):
        assert result.table["estimate"].isna().all()
        assert (result.table["note"] != "").all()
        assert result.table["note"].drop_duplicates().tolist() == snapshot
    found = dx.dora(DEPLOYED[DEPLOYED["kind"] == "planned"].drop(columns="kind"), as_of="2026-04-01")
    assert row(found, "change fail rate")["note"] == snapshot
    assert row(found, "deployment rework rate")["note"] == snapshot
    assert row(found, "change lead time")["note"] == snapshot


def test_two_incidents_of_one_deployment_are_one_failed_deployment():
    made = deployments(("d1", "2026-01-10"), ("d2", "2026-01-20"), ("d3", "2026-02-05"), ("d4", "2026-02-20"))
    twice = incidents(("a", "2026-01-10 01:00", "2026-01-10 02:00", "d1"), ("b", "2026-01-11", "2026-01-12", "d1"))
    found = row(dx.dora(made, incidents=twice, as_of="2026-03-01"), "change fail rate")
    assert (found["n"], found["of"], found["estimate"]) == (1, 4, 0.25)
    assert (found["low"], found["high"]) == pytest.approx([float(end) for end in wilson(0.25, 4)], abs=1e-12)


def test_a_rollback_fails_what_it_undoes_brings_no_change_and_is_rework(snapshot):
    found = dx.dora(DEPLOYED, as_of="2026-04-01")
    assert row(found, "deployment frequency")["n"] == 4
    assert (row(found, "change fail rate")["n"], row(found, "change fail rate")["of"]) == (1, 4)
    assert row(found, "change fail rate")["note"] == snapshot
    assert (row(found, "deployment rework rate")["n"], row(found, "deployment rework rate")["of"]) == (2, 5)


def test_an_open_incident_is_counted_as_open(snapshot):
    bugs = incidents(("a", "2026-01-10 01:00", "2026-01-10 05:00", "d1"), ("b", "2026-01-20 01:00", "", "d2"))
    found = row(dx.dora(DEPLOYED, incidents=bugs, as_of="2026-04-01T00:00"), "failed deployment recovery time")
    assert (found["n"], found["open"], found["clusters"], found["note"]) == (2, 1, 2, snapshot)
    flat_to = 24 * 71 - 1  # hours from the second one to the data cut-off
    assert found["estimate"] == (4.0 + flat_to) / 2  # what median(survfit()) of R gives
    assert np.isnan(found["high"])


def test_incidents_are_matched_by_name_else_to_the_last_deployment_within_the_gap(snapshot):
    bugs = incidents(
        ("named", "2026-03-30", "2026-03-31", "d2"),
        ("at once", "2026-01-10", "2026-01-11", ""),
        ("late", "2026-01-25", "2026-01-26", ""),
        ("nobody", "2026-01-26", "2026-01-27", "d99"),
    )
    found = dx.dora(DEPLOYED.iloc[:2], incidents=bugs, as_of="2026-04-01")
    rate = row(found, "change fail rate")
    assert (rate["n"], rate["unmatched"]) == (2, 2)
    wide = dx.dora(DEPLOYED.iloc[:2], incidents=bugs, as_of="2026-04-01", max_gap="7d")
    assert row(wide, "change fail rate")["unmatched"] == 1
    assert found.gaps["matched"].tolist() == [2, 2, 2]
    assert found.notes == snapshot


@pytest.mark.parametrize("name", ["Shop", "shop\u200b", "SHOP"])
def test_a_service_is_one_however_it_is_spelled(name):
    bugs = incidents(("at once", "2026-01-10", "2026-01-11", "")).assign(service=name)
    rate = row(dx.dora(DEPLOYED.iloc[:2], incidents=bugs, as_of="2026-04-01"), "change fail rate")
    assert (rate["n"], rate["unmatched"], rate["estimate"]) == (1, 0, 0.5)


def test_the_gap_is_what_was_declared_and_no_more():
    made, bug = deployments(("d1", "2026-01-10")), incidents(("a", "2026-01-11 06:00", "2026-01-12", ""))
    for gap, matched in (("24h", [0, 0, 1]), ("30h", [0, 1, 1]), ("61h", [1, 1, 1])):
        assert dx.dora(made, incidents=bug, as_of="2026-02-01", max_gap=gap).gaps["matched"].tolist() == matched


def test_partial_months_are_weighted_by_what_is_on_record():
    found = dx.dora(DEPLOYED, as_of="2026-03-15", since="2026-01-08")
    january, march = (row(found, "deployment frequency", month) for month in ("2026-01-01", "2026-03-01"))
    assert (january["exposure"], march["exposure"]) == (24.0, 15.0)
    assert january["estimate"] == pytest.approx(2 / (24 / 7))
    whole = row(found, "deployment frequency")
    assert whole["estimate"] == pytest.approx(4 / ((24 + 28 + 15) / 7))
    assert (whole["low"] * 67 / 7, whole["high"] * 67 / 7) == pytest.approx(
        (1.0898656, 10.2415887), abs=1e-6
    )  # Garwood


def test_a_week_with_daylight_saving_is_an_hour_shorter():
    made = deployments(("d1", "2026-03-24"), ("d2", "2026-03-29 23:30"), ("d3", "2026-03-30 00:10"))
    found = dx.dora(made, as_of="2026-04-06", since="2026-03-23", period="W-MON", timezone="Europe/Berlin")
    week = row(found, "deployment frequency", "2026-03-23")
    assert (week["n"], week["exposure"]) == (2, pytest.approx(7 - 1 / 24))


def test_lead_time_counts_what_is_not_in_production_yet():
    changes = pd.DataFrame(
        {
            "change": list("abcde"),
            "deployment": ["d1", "d2", "", "d99", "d1"],
            "committed": ["2026-01-09", "2026-01-18", "2026-03-01", "2026-01-05", "2026-01-12"],
        }
    )
    found = row(dx.dora(DEPLOYED, changes, as_of="2026-04-01"), "change lead time")
    assert (found["n"], found["open"], found["unmatched"], found["excluded"]) == (2, 1, 1, 2)
    assert found["estimate"] == (48.0 + 32 * 24) / 2  # flat from the finished one to the end of the record of the other


def test_failed_and_other_environments_are_set_aside_and_said(snapshot):
    made = deployments(
        ("d1", "2026-01-10"),
        ("d2", "2026-01-20"),
        ("d3", "2026-02-05"),
        environment=["production", "staging", ""],
        outcome=["", "success", "failed"],
    )
    found = dx.dora(made, as_of="2026-03-01")
    assert (row(found, "deployment frequency")["n"], row(found, "deployment frequency")["excluded"]) == (1, 2)
    assert found.audit[["reason", "n", "of", "examples"]].to_numpy().tolist() == [
        ["used", 1, 3, ""],
        ["not production: staging", 1, 3, "d2"],
        ["failed", 1, 3, "d3"],
    ]
    assert repr(found).splitlines()[1] == snapshot


@pytest.mark.parametrize(
    ("change", "named"),
    [
        pytest.param(
            {"time": ["2026-01-10", "soon", "x", "", "01/02/2026"]},
            ["soon", "x"],
            id="'soon' is no time, 'x' is no time, empty, 01/02/2026",
        ),
        pytest.param({"deployment": ["d1", "d1", "", "d4", "d5"]}, [], id="the cell is empty"),
        pytest.param({"kind": ["planed"] * 5}, ["planned"], id="did you mean 'planned'"),
    ],
)
def test_faults_are_told_at_once(change, named, refusal):
    with refusal(*named):
        dx.dora(DEPLOYED.assign(**change))


@pytest.mark.parametrize(
    ("options", "named"),
    [
        pytest.param({"max_gap": "long"}, ["max_gap"], id="max_gap"),
        pytest.param({"timezone": "Mars"}, ["timezone"], id="timezone"),
        pytest.param({"period": "fortnight"}, ["period"], id="period"),
        pytest.param({"as_of": "2025-01-01"}, [], id="not after the first record"),
    ],
)
def test_options_that_cannot_be(options, named, refusal):
    with refusal(*named):
        dx.dora(DEPLOYED, **options)


def test_no_tier_is_ever_named():
    text = repr(dx.dora(DEPLOYED, as_of="2026-04-01")).casefold()
    assert not any(word in text.split() for word in ("elite", "high", "medium", "low"))


@pytest.mark.thorough
def test_every_deployment_is_in_one_period():
    made = np.random.default_rng(5)
    times = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(made.integers(0, 200 * 24, 300), unit="h")
    frame = pd.DataFrame({"deployment": [f"d{i}" for i in range(300)], "time": times})
    for period in ("MS", "QS", "W-MON"):
        table = dx.dora(frame, period=period, timezone="America/New_York").table
        rows = table[(table["metric"] == "deployment frequency") & (table["period"] != "all")]
        assert rows["n"].sum() == 300


def test_what_comes_after_the_look_does_not_leak_in():
    made = deployments(("d0", "2026-01-02"), ("d1", "2026-01-10"), ("d2", "2026-02-10"), ("d3", "2026-03-10"))
    changes = pd.DataFrame(
        {
            "change": list("abc"),
            "deployment": ["d1", "d2", "d3"],
            "committed": ["2026-01-09", "2026-02-08", "2026-02-14"],
        }
    )
    bugs = incidents(("a", "2026-02-11", "2026-02-25", "d2"), ("b", "2026-03-11", "2026-03-12", "d3"))
    now = dx.dora(made, changes, bugs, as_of="2026-02-20")
    then = changes.assign(deployment=["d1", "d2", ""]), bugs[:1].assign(resolved="")
    known = dx.dora(made[:3], *then, as_of="2026-02-20")
    columns = ["metric", "period", "n", "estimate", "low", "high", "open", "unmatched"]
    pd.testing.assert_frame_equal(now.table[columns], known.table[columns])
    lead = row(now, "change lead time")
    assert (lead["n"], lead["open"], lead["unmatched"], lead["estimate"]) == (3, 1, 0, 48.0)


def test_a_change_whose_deployment_failed_is_not_in_production():
    made = deployments(
        ("d0", "2026-01-02"), ("d1", "2026-01-10"), ("d2", "2026-01-20"), outcome=["success", "success", "failed"]
    )
    changes = pd.DataFrame({"change": ["a", "b"], "committed": "2026-01-09", "deployment": ["d1", "d2"]})
    lead = row(dx.dora(made, changes, as_of="2026-02-01"), "change lead time")
    assert (lead["n"], lead["open"], lead["unmatched"]) == (2, 1, 0)


def test_kinds_that_nobody_wrote_down_are_unknown_and_not_all_planned(snapshot):
    made = deployments(("d1", "2026-01-10", ""), ("d2", "2026-01-20", ""))
    found = row(dx.dora(made, as_of="2026-02-01"), "deployment rework rate")
    assert found["note"] == snapshot
    assert np.isnan(found["estimate"])


def test_frames_without_columns_are_nothing_recorded():
    nothing = pd.DataFrame()
    assert dx.dora(nothing, nothing, nothing).table["note"].equals(dx.dora(None).table["note"])


def test_without_deployments_no_gap_gives_a_fail_rate():
    found = dx.dora(None, incidents=incidents(("a", "2026-01-05", "", "")), as_of="2026-02-01")
    assert found.gaps["change_fail_rate"].isna().all()
    assert "0%" not in repr(found)


def test_what_is_set_aside_is_counted_in_its_own_period():
    made = deployments(
        ("d1", "2026-01-10"),
        ("d2", "2026-02-02"),
        ("d3", "2026-02-20"),
        environment=["production", "staging", "production"],
    )
    found = dx.dora(made, as_of="2026-03-01")
    excluded = [row(found, "deployment frequency", name)["excluded"] for name in ("2026-01-01", "2026-02-01", "all")]
    assert excluded == [0, 1, 1]


@pytest.mark.parametrize("gap", [24, "24", " 1.5 "])
def test_a_gap_without_a_unit_is_refused(gap, refusal):
    with refusal():
        dx.dora(DEPLOYED, max_gap=gap)
