"""Situations of public bug reports of tools that count deliveries, each with its neighbours; and laws of the audit."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dxkit as dx
from tests.laws import examples

NOW = "2026-02-01T00:00Z"
EIGHT = [(f"d{i}", f"2026-01-{5 + 3 * i:02d}T10:00Z") for i in range(8)]


def made(rows=EIGHT, **more):
    return pd.DataFrame(rows, columns=["deployment", "time"]).assign(**more)


def bugs(*rows):
    return pd.DataFrame(rows, columns=["incident", "opened", "resolved", "deployment"][: len(rows[0])])


def work(*rows):
    return pd.DataFrame(rows, columns=["change", "committed", "deployment"])


def row(found, metric, period="all"):
    table = found.table
    return table[(table["metric"] == metric) & (table["period"] == period)].iloc[0]


def a_week(found):
    return row(found, "deployment frequency")["estimate"]


def reasons(found, table):
    rows = found.audit[found.audit["table"] == table]
    return rows.set_index("reason")["n"].to_dict()


# an old commit or incident dilutes no frequency (thoughtworks/metrik #134; apache/devlake #8790, #8188)


@pytest.mark.parametrize("year", [None, "2025", "2023"])
def test_an_old_commit_changes_no_frequency(year):
    changes = work(*((f"c{i}", time.replace("T10", "T06"), name) for i, (name, time) in enumerate(EIGHT)))
    if year:
        changes = pd.concat([work(("old", f"{year}-01-02T09:00Z", "d0")), changes], ignore_index=True)
    assert (
        a_week(dx.dora(made(), changes, as_of=NOW)) == a_week(dx.dora(made(), as_of=NOW)) == pytest.approx(8 / 3.797619)
    )


@pytest.mark.parametrize("opened", ["2024-01-01T00:00Z", "2026-01-05T00:00Z", "2026-01-05T11:00Z"])
def test_an_incident_changes_no_frequency(opened):
    found = dx.dora(made(), incidents=bugs(("i0", opened, "2026-01-06T05:00Z")), as_of=NOW)
    assert a_week(found) == pytest.approx(8 / 3.797619)


# one run of several services, regions and retries (apache/devlake #6959, #8145)


@pytest.mark.parametrize(
    ("rows", "overall", "services"),
    [
        ([("run-1", "shop"), ("run-1", "till")], 1, {"shop": 1, "till": 1}),
        ([("run-1", "shop"), ("run-1", "shop")], 1, {"shop": 1}),
        ([("run-1", "shop"), ("run-2", "shop"), ("run-2", "till")], 2, {"shop": 2, "till": 1}),
    ],
    ids=["two services", "two regions", "two runs"],
)
def test_a_run_is_one_deployment_of_several_services(rows, overall, services):
    frame = pd.DataFrame(rows, columns=["deployment", "service"]).assign(time="2026-01-05T10:00Z")
    assert row(dx.dora(frame, as_of=NOW), "deployment frequency")["n"] == overall
    by = dx.dora(frame, as_of=NOW, by="service").table
    counts = by[(by["metric"] == "deployment frequency") & (by["period"] == "all")].set_index("service")["n"]
    assert counts.to_dict() == services


# names of environments (apache/devlake #3609, #8671, #5169, #4323; PostHog PR 91064)


@pytest.mark.parametrize(
    ("environment", "counts"),
    [
        *((name, True) for name in ("prod-eu", "prd", "live", "PROD", "", "Production (EU)", "prod1")),
        *((name, False) for name in ("staging", "preprod", "products", "non-prod", "test-prod")),
    ],
)
def test_production_has_several_names_and_a_suffix(environment, counts):
    frame = pd.concat([made(EIGHT[:1]), made(EIGHT[1:3], environment=environment)]).fillna("")
    found = dx.dora(frame, as_of=NOW)
    assert row(found, "deployment frequency")["n"] == (3 if counts else 1)
    assert reasons(found, "deployments") == (
        {"used": 3} if counts else {"used": 1, f"not production: {environment}": 2}
    )


def test_another_name_of_production_is_declared():
    frame = made(EIGHT[:2], environment=["green", "prod"])
    assert reasons(dx.dora(frame, as_of=NOW, production=["green"]), "deployments")["used"] == 1


# incidents: the fix is named, several of one deployment, open ones (apache/devlake #4989, #4338; devops-metrics #40)


@pytest.mark.parametrize(
    ("opened", "failed", "said"),
    [("2026-01-05T11:00Z", "d0", True), ("2026-01-08T11:00Z", "d1", False), ("2026-01-04T11:00Z", None, True)],
    ids=["it names the fix", "it names the cause", "nothing came before"],
)
def test_a_deployment_cannot_have_caused_what_began_before_it(opened, failed, said):
    found = dx.dora(made(EIGHT[:2]), incidents=bugs(("i1", opened, "2026-01-09T00:00Z", "d1")), as_of=NOW)
    rate = row(found, "change fail rate")
    assert rate["n"] == (1 if failed else 0)
    told = reasons(found, "incidents")
    assert told.get("used, but its deployment came after it began", 0) == (1 if said and failed else 0)
    gaps = found.gaps
    assert gaps["failed"].iloc[1] == rate["n"]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_incidents_of_one_deployment_are_one_failure(count):
    rows = bugs(*((f"i{k}", f"2026-01-05T1{k}:00Z", f"2026-01-05T1{k}:30Z", "d0") for k in range(1, count + 1)))
    assert row(dx.dora(made(EIGHT[:2]), incidents=rows, as_of=NOW), "change fail rate")["estimate"] == 0.5


@pytest.mark.parametrize(("open_", "reached"), [(1, True), (2, False), (3, False)])
def test_open_incidents_are_open_and_none_is_unknown(open_, reached):
    rows = bugs(
        *(
            (f"i{k}", f"{time[:11]}11:00Z", "" if k < open_ else f"{time[:11]}12:00Z")
            for k, (_, time) in enumerate(EIGHT[:3])
        )
    )
    found = row(dx.dora(made(EIGHT[:3]), incidents=rows, as_of=NOW), "failed deployment recovery time")
    assert found["open"] == open_
    assert (found["note"].startswith("not reached")) == (not reached)
    nothing = row(dx.dora(made(EIGHT[:1]), as_of=NOW), "failed deployment recovery time")
    assert nothing["note"] == "unknown: no incident is recorded"


# rates over a declared range, what comes later, empty months, zones (middleware #593; HeartBeat #10; devlake #6677)


@pytest.mark.parametrize(
    ("as_of", "days"),
    [("2024-10-15T00:00Z", 30), ("2024-10-14", 30), ("2024-10-15", 31)],
    ids=["a time", "a date", "its end"],
)
def test_a_range_is_from_the_begin_of_one_day_to_the_end_of_another(as_of, days):
    frame = made([("d1", "2024-09-18"), ("d2", "2024-10-01")])
    found = row(dx.dora(frame, as_of=as_of, since="2024-09-15"), "deployment frequency")
    assert (found["n"], found["exposure"]) == (2, days)
    assert found["estimate"] == pytest.approx(2 / (days / 7))


@pytest.mark.parametrize(("as_of", "landed"), [("2020-10-19", 0), ("2020-10-31", 1), ("2020-11-03", 2)])
def test_what_is_deployed_after_the_range_is_open(as_of, landed):
    frame = made([("b1", "2020-10-19"), ("b2", "2020-10-20"), ("b3", "2020-11-03")])
    changes = work(("c1", "2020-10-19", "b1"), ("c2", "2020-10-20", "b2"), ("c3", "2020-10-29", "b3"))
    found = dx.dora(frame, changes, as_of=as_of, since="2020-10-01")
    lead = row(found, "change lead time")
    assert lead["n"] - lead["open"] == landed
    assert reasons(found, "changes")["history"] == 1


def test_a_month_without_a_deployment_stands_with_0():
    found = dx.dora(made([("d1", "2026-01-05T10:00Z"), ("d2", "2026-03-06T10:00Z")]), as_of="2026-03-31")
    counts = [row(found, "deployment frequency", f"2026-0{month}-01")["n"] for month in (1, 2, 3)]
    assert counts == [1, 0, 1]


@pytest.mark.parametrize(("zone", "counts"), [("America/New_York", [2, 0]), ("UTC", [1, 1]), ("Asia/Tokyo", [1, 1])])
def test_a_month_ends_where_its_zone_says(zone, counts):
    frame = made([("d0", "2026-01-02T10:00-05:00"), ("d1", "2026-01-31T23:30-05:00")])
    found = dx.dora(frame, as_of="2026-02-28", timezone=zone)
    assert [row(found, "deployment frequency", f"2026-0{month}-01")["n"] for month in (1, 2)] == counts


# a zone that is mixed up (cf. DataDog/documentation #25092)


def mixed(wrong, hours=5.0):
    """20 changes in production 9 or 3 hours after they were written; the clock of deployments is `hours` behind."""
    deploys, changes = [], []
    for i in range(20):
        lands = pd.Timestamp("2026-01-05T20:00Z") + pd.Timedelta(days=i)
        deploys.append((f"d{i}", (lands - pd.Timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M")))
        changes.append((f"c{i}", (lands - pd.Timedelta(hours=3 if i < wrong else 9)).isoformat(), f"d{i}"))
    return made(deploys), work(*changes)


@pytest.mark.parametrize(("wrong", "withheld"), [(15, True), (3, True), (2, False)])
def test_changes_that_land_before_they_were_written_withhold_the_lead_time(wrong, withheld):
    found = dx.dora(*mixed(wrong), as_of="2026-02-01")
    lead = row(found, "change lead time")
    assert reasons(found, "changes")["landed before it was written"] == wrong
    assert np.isnan(lead["estimate"]) == withheld
    if withheld:
        assert f"{wrong} of 20 changes landed before they were written" in lead["note"]
        assert "UTC-2 or further west" in " ".join(found.notes)


def test_the_zone_that_is_declared_gives_the_lead_time_back():
    frame, changes = mixed(15)
    found = row(dx.dora(frame, changes, as_of="2026-02-01", timezone="America/New_York"), "change lead time")
    assert found["estimate"] == pytest.approx(3.0)


def test_if_the_changes_lack_the_zone_the_note_names_them():
    frame, changes = mixed(15)
    swapped = work(*((c, lands + "Z" if "Z" not in lands else lands, d) for c, lands, d in changes.to_numpy()))
    late = frame.assign(time=[f"{time.replace(' ', 'T')}Z" for time in frame["time"]])
    plain = swapped.assign(committed=[text[:16].replace("T", " ") for text in swapped["committed"]])
    assert "times of changes without a zone look like UTC+2" in " ".join(dx.dora(late, plain, as_of="2026-02-01").notes)


# words that are not known, a run that was tried again (d-oit #99; devlake-website #438; words of GitHub and Azure)


@pytest.mark.parametrize(
    ("column", "word"),
    [
        ("kind", "hotfix"),
        ("kind", "plan"),
        *(("outcome", word) for word in ("failure", "cancelled", "skipped", "succeeded")),
    ],
)
def test_a_word_that_is_not_known_is_refused_with_those_that_are(column, word, refusal):
    with refusal(word):
        dx.dora(made(EIGHT[:1], **{column: word}), as_of=NOW)


@pytest.mark.parametrize(("named", "open_"), [("d1", 1), ("d2", 0), ("", 1)])
def test_a_change_of_a_failed_run_is_open_unless_it_names_the_retry(named, open_):
    frame = made([("d0", "2026-01-02T10:00Z"), ("d1", "2026-01-05T10:00Z"), ("d2", "2026-01-05T12:00Z")])
    frame["outcome"] = ["success", "failed", "success"]
    found = dx.dora(frame, work(("a", "2026-01-05T08:00Z", named)), as_of=NOW)
    assert row(found, "deployment frequency")["n"] == 2
    assert row(found, "change lead time")["open"] == open_
    told = reasons(found, "changes").get("used, but its deployment did not reach production", 0)
    assert told == (1 if named == "d1" else 0)


# the record of each metric, keys, given-up changes


def test_each_service_is_on_record_from_its_own_first_deployment():
    frame = made(
        [("a1", "2026-01-01"), ("a2", "2026-01-11"), ("b1", "2026-01-21"), ("b2", "2026-01-31")],
        service=["a", "a", "b", "b"],
    )
    changes = work(
        ("ca1", "2025-12-01", "a1"),
        ("ca2", "2025-12-20", "a2"),
        ("cb1", "2025-06-01", "b1"),
        ("cb2", "2026-01-25", "b2"),
    )
    found = dx.dora(frame, changes.assign(service=["a", "a", "b", "b"]), as_of="2026-02-10")
    assert reasons(found, "changes") == {"used": 2, "history": 2, "used, but entered late": 1}
    late = found.changes.set_index("service")["since"]
    assert late["a"] == pd.Timestamp("2026-01-01", tz="UTC")
    assert pd.isna(late["b"])


def test_a_change_that_is_given_up_is_left_out_and_one_that_landed_is_not():
    changes = work(("a", "2026-01-06", ""), ("b", "2026-01-06", "d2"), ("c", "2026-01-06", ""))
    changes["given_up"] = ["2026-01-20", "2026-01-25", "2026-03-01"]
    found = dx.dora(made(), changes, as_of=NOW)
    assert reasons(found, "changes") == {"used": 2, "given up": 1}


def test_a_change_that_names_a_service_finds_the_deployment_of_that_service_alone():
    frame = made([("r", "2026-01-05"), ("r", "2026-01-08"), ("q", "2026-01-02"), ("q", "2026-01-02")])
    frame["service"] = ["shop", "till", "shop", "till"]
    changes = work(("a", "2026-01-04", "r"), ("b", "2026-01-04", "r"), ("c", "2026-01-04", "r"))
    changes["service"] = ["shop", "till", "lab"]
    found = dx.dora(frame, changes, as_of=NOW)
    assert reasons(found, "changes") == {"used": 2, "names an unknown deployment": 1}
    hours = ((found.changes["end"] - found.changes["start"]) / pd.Timedelta(hours=1)).tolist()
    assert hours == [24.0, 96.0]


def test_a_rollback_of_nothing_is_said_and_one_without_a_service_undoes_the_last(snapshot):
    frame = made([("r0", "2026-01-02"), ("d1", "2026-01-05"), ("d2", "2026-01-06"), ("r1", "2026-01-07")])
    frame["service"], frame["kind"] = ["shop", "shop", "till", ""], ["rollback", "planned", "planned", "rollback"]
    found = dx.dora(frame, as_of=NOW)
    assert row(found, "change fail rate")["n"] == 1
    assert repr(found).splitlines()[:3] == snapshot


def test_by_team_every_change_and_incident_has_the_team_of_its_deployment():
    frame = made(service=["shop", "till"] * 4, team=["Red", "Blue"] * 4)
    changes = work(*((f"c{i}", time.replace("T10", "T06"), name) for i, (name, time) in enumerate(EIGHT)))
    rows = bugs(("i1", "2026-01-05T11:00Z", "2026-01-05T12:00Z"))
    found = dx.dora(frame, changes, rows.assign(service="shop"), as_of=NOW, by="team")
    table = found.table[found.table["period"] == "all"].set_index(["team", "metric"])
    assert list(found.table.columns[:2]) == ["team", "metric"]
    assert table.loc[("Red", "deployment frequency"), "n"] == table.loc[("Blue", "deployment frequency"), "n"] == 4
    assert [table.loc[(team, "change lead time"), "n"] for team in ("Red", "Blue")] == [3, 3]
    assert [table.loc[(team, "change fail rate"), "n"] for team in ("Red", "Blue")] == [1, 0]


def test_reviews_are_days_from_the_end_of_an_incident():
    rows = bugs(("i1", "2026-01-05T11:00Z", "2026-01-06T00:00Z"), ("i2", "2026-01-08T11:00Z", "2026-01-09T00:00Z"))
    found = dx.dora(made(), incidents=rows.assign(reviewed=["2026-01-10", ""]), as_of=NOW)
    assert (found.reviews.n, found.reviews.open, found.reviews.unit) == (2, 1, "days")
    assert not dx.dora(made(), as_of=NOW).reviews


# frequency that comes in bursts


def test_the_interval_of_a_worked_record_of_bursts():
    """Counts 3 5 0 9 2 4 1 8 in eight equal parts: dispersion 18 / 7, 32 in all from 14.278823 to 61.726093."""
    begin, times = pd.Timestamp("2026-01-01", tz="UTC"), []
    for part, count in enumerate((3, 5, 0, 9, 2, 4, 1, 8)):
        times += [begin + pd.Timedelta(days=10 * part + 9 * k / 9) for k in range(count)]
    frame = pd.DataFrame({"deployment": [f"d{i}" for i in range(32)], "time": times})
    found = row(dx.dora(frame, as_of=begin + pd.Timedelta(days=80), since=begin), "deployment frequency")
    assert found["dispersion"] == pytest.approx(18 / 7)
    weeks = 80 / 7
    assert (found["low"] * weeks, found["high"] * weeks) == pytest.approx((14.278823, 61.726093), abs=5e-7)


def test_a_record_of_a_few_weeks_is_cut_into_weeks_and_a_shorter_one_is_said(snapshot):
    def found(days):
        return row(dx.dora(made(), as_of=f"2026-01-{5 + days:02d}T10:00Z"), "deployment frequency")

    assert found(23)["note"] == snapshot
    long = made([(f"d{i}", pd.Timestamp("2026-01-01", tz="UTC") + pd.Timedelta(days=i // 10)) for i in range(40)])
    bursts = row(dx.dora(long, as_of="2026-02-12"), "deployment frequency")
    assert bursts["dispersion"] > 5
    assert bursts["note"] == ""


# laws


RECORDS = st.lists(
    st.tuples(
        st.integers(0, 12), st.integers(0, 44), st.sampled_from(["", "prod", "test"]), st.sampled_from(["", "failed"])
    ),
    min_size=1,
    max_size=15,
)
CHANGES = st.lists(st.tuples(st.integers(0, 8), st.integers(-30, 44), st.integers(0, 14)), max_size=15)


def record(deploys, changes):
    day = pd.Timestamp("2026-01-01", tz="UTC")
    frame = pd.DataFrame(
        [(f"d{k}", day + pd.Timedelta(days=t), env, out) for k, t, env, out in deploys],
        columns=["deployment", "time", "environment", "outcome"],
    )
    rows = [(f"c{k}", day + pd.Timedelta(days=t), f"d{d}" if d else "") for k, t, d in changes]
    return frame, work(*rows) if rows else None


@examples(10)
@given(RECORDS, CHANGES, st.booleans(), st.randoms(use_true_random=False))
@pytest.mark.thorough
def test_used_and_left_out_add_up_and_the_order_of_rows_is_free(deploys, changes, since, shuffled):
    frame, begun = record(deploys, changes)
    options = {"as_of": "2026-02-15", **({"since": "2026-01-05"} if since else {})}
    found = dx.dora(frame, begun, **options)
    for _, rows in found.audit.groupby("table"):
        plain = rows[~rows["reason"].str.startswith("used, but")]
        assert plain["n"].sum() == plain["of"].iloc[0]
        assert (plain["share"].sum()) == pytest.approx(1.0)
    places = list(range(len(frame)))
    shuffled.shuffle(places)
    again = dx.dora(frame.iloc[places], begun, **options)
    if frame["deployment"].is_unique:
        pd.testing.assert_frame_equal(found.table, again.table)
    assert a_week(again) == a_week(found) or np.isnan(a_week(found))


@examples(10)
@given(RECORDS, CHANGES)
@pytest.mark.thorough
def test_one_service_by_service_is_the_whole(deploys, changes):
    frame, begun = record(deploys, changes)
    frame = frame.assign(service="shop")
    begun = None if begun is None else begun.assign(service="shop")
    whole = dx.dora(frame, begun, as_of="2026-02-15").table
    by = dx.dora(frame, begun, as_of="2026-02-15", by="service").table
    if len(by):
        pd.testing.assert_frame_equal(by.drop(columns="service"), whole)
