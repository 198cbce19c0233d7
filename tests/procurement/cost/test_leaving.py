"""Leaving: worked by hand, and by the laws of docs/methods/leaving_cost.md, "Laws that the tests hold"."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dxkit as dx
from dxkit.procurement.cost.calendar import renewals, renewals_of, term_ends, terms_of
from dxkit.procurement.cost.leaving import COMPONENTS, RUSHED, people_driver
from dxkit.procurement.cost.run import worked_out
from dxkit.procurement.dossier.leaving_inputs import EXIT_INPUTS
from dxkit.statistics.finance import annuity
from tests.laws import examples
from tests.places import CASE_FILES
from tests.procurement.cost.worlds import NOTHING, dossier, worked

TIMES = np.arange(13) / 4
FOUND = CASE_FILES / "dossiers"
few = examples(60)
DEFAULTS = {name: each.default for name, each in EXIT_INPUTS.items()}
FEE = {"likely": 40_000}
FEES = {"A": 40_000, "B": 9}
START = {"start": "2026-01-01"}
changes = st.fixed_dictionaries(
    {},
    optional={
        name: st.floats(0, min(5 * each.default + 1, each.bounds.high))
        for name, each in EXIT_INPUTS.items()
        if not each.bounds.whole and each.bounds.low == 0 and "fidelity" not in name
    },
)


def leaving(line=None, **changed):
    """The rows of leaving of a vendor whose inputs are all certain."""
    return worked(dossier([FEE if line is None else line], leaving=DEFAULTS | changed))


def test_the_components_by_hand():
    """At one and a half years: 700 a day for engineers, 600 for users, a year's contract, 3 months with both tools."""
    found = leaving()
    parts = {name: found("leaving", name)[6 if len(found("leaving", name)) > 1 else 0] for name in COMPONENTS}
    data = (20 + 20 * 1.5) * 0.1 + 700 * (5 + 2 * 10) * 1.2 + 700 * 2 * (2000 + 1000 * 1.5) / 1000 * 0.2
    integration = 700 * (4 * (10 + 5 * 1.5) + (10 + 10 * 1.5)) * 0.7
    people = 100 * 600 / 8 * (3 * (1 - np.exp(-1.5)) + 4) + 100 * 600 * 5 * 2 * 0.05
    expected = [data, integration, people, 3 * (40_000 / 12 + 700 * 5), 40_000 * 3 / 12, 700 * 30]
    assert list(parts.values()) == pytest.approx(expected)


def test_forced_exit_is_rushed_and_owes_nothing():
    found = leaving(rush=1.5)
    for name in RUSHED[:2]:
        assert found("leaving", f"forced {name}") == pytest.approx(1.5 * found("leaving", name)), name
    assert found("leaving", "forced parallel")[0] == pytest.approx(3 * 700 * 5)
    same = sum(np.broadcast_to(found("leaving", name), 13) for name in ("people", "selection"))
    rushed = 1.5 * (found("leaving", "data") + found("leaving", "integration"))
    assert found("leaving", "forced") == pytest.approx(rushed + same + 3 * 700 * 5)


@pytest.mark.parametrize(
    ("term", "renewal", "quarters", "ends"),
    [
        (12, 12, [4, 8], [12, 24, 36]),
        (36, 12, [], [36]),
        (18, 6, [6, 8, 10], [18, 24, 30, 36]),
        (0, 0, [*range(1, 12)], []),
    ],
)
def test_renewals_by_hand(term, renewal, quarters, ends):
    assert (renewals(term, renewal, 3), term_ends(term, renewal, 3)) == (quarters, ends)


def test_the_owed_term_runs_down_to_each_renewal():
    found = leaving(overlap_months=0)("leaving", "contract")
    assert found == pytest.approx(np.array([12, 9, 6, 3, 0, 9, 6, 3, 0, 9, 6, 3, 0]) * 40_000 / 12, abs=1e-6)
    assert leaving(term_months=0)("leaving", "contract") == pytest.approx(np.zeros(13))


@few
@given(changes)
@pytest.mark.thorough
def test_every_component_is_at_least_nil_and_rates_scale_it(changed):
    found = leaving(**changed)
    for name in (*COMPONENTS, "unused"):
        assert (found("leaving", name) >= 0).all(), name
    rates = ("engineer_day_rate", "user_day_rate", "egress_fee")
    tripled = {**changed, **{name: 3 * changed.get(name, DEFAULTS[name]) for name in rates}}
    three = leaving({"likely": 120_000}, **tripled)("leaving", "planned")
    assert three == pytest.approx(3 * found("leaving", "planned"), rel=1e-9, abs=1e-6)


def test_a_faithful_export_needs_no_rebuilding():
    assert leaving(export_fidelity=1)("leaving", "data") == pytest.approx((20 + 20 * TIMES) * 0.1 + 700 * 25)


@few
@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 0.5))
@pytest.mark.thorough
def test_hazards_never_lower_the_probability(forced, voluntary, more):
    def p(**hazards):
        return leaving(**hazards)("results", "p_exit")[0]

    base = p(hazard_forced=forced, hazard_voluntary=voluntary)
    assert base == pytest.approx(1 - np.exp(-3 * (forced + voluntary)))
    assert p(hazard_forced=min(1, forced + more), hazard_voluntary=voluntary) >= base - 1e-12
    assert p(hazard_forced=forced, hazard_voluntary=min(1, voluntary + more)) >= base - 1e-12


@few
@given(
    st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.sampled_from(["monthly", "yearly", "term"]), st.integers(0, 4)
)
@pytest.mark.thorough
def test_more_liability_or_less_refund_never_lowers_the_contract(liability, refund, more, billed, overlap):
    def contract(liability, refund):
        line = {"likely": 40_000, "billed": billed}
        return leaving(line, liability=liability, refund=refund, overlap_months=overlap)("leaving", "contract")

    base = contract(liability, refund)
    assert (contract(min(1, liability + more), refund) >= base - 1e-6).all()
    assert (contract(liability, max(0, refund - more)) >= base - 1e-6).all()


def test_a_term_of_the_horizon_owes_all_of_it_in_every_draw():
    """Liability 1, refund 0, a rate of 0 and no other cost of leaving: what this vendor causes is the nominal total."""
    lines = [
        {"line": "a", "low": 8, "likely": 10, "high": 19, "per": "seats", "billed": "quarterly", "growth": 0.1},
        {"line": "b", "category": "support", "likely": 900},
    ]
    drivers = [{"driver": "seats", "low": 50, "likely": 80, "high": 120}]
    leaving = NOTHING | {"term_months": 36, "hazard_forced": 0, "hazard_voluntary": 0.5}
    read = dossier(lines, leaving=leaving, drivers=drivers, decision={"discount_rate": 0})
    by = worked_out(read).vendors["A"].by_draw
    assert (by["quarter"] > 0).mean() > 0.7
    assert by["pv_with_exit"] == pytest.approx(by["nominal"], rel=1e-12)


def test_a_vendor_that_is_never_left_costs_the_same_on_every_basis():
    hazards = {"hazard_forced": 0, "hazard_voluntary": 0}
    read = dossier([{"low": 90, "likely": 100, "high": 140, "billed": "yearly"}], leaving=hazards)
    by = worked_out(read).vendors["A"].by_draw
    for basis in ("pv_with_exit", "pv_served"):
        assert (by[basis] == by["pv"]).all()
    assert np.isnan(dx.exit_cost(read).events["mean"]).all()


def test_a_replacement_serves_the_need_after_an_exit():
    """Left for B at a known quarter with probability: B's first months count from the move, its set-up included."""
    rows = [
        {"likely": 12_000},
        {"vendor": "B", "likely": 6_000},
        {"vendor": "B", "line": "set-up", "timing": "once", "likely": 500},
    ]
    leaving = NOTHING | {"term_months": 0, "hazard_forced": 0, "hazard_voluntary": 0.4}
    decision = {"discount_rate": 0, "replacement": "B"}
    found = worked(dossier(rows, leaving=leaving, decision=decision))
    months = np.arange(0, 37, 3)
    after = np.where((months > 0) & (months < 36), 500 + 500 * (36 - months), 0)
    assert found("leaving", "after") == pytest.approx(after)
    assert found("leaving", "served, planned") == pytest.approx(1000 * months + after)


@pytest.mark.parametrize(
    ("lines", "drivers", "expected"),
    [
        ([{"per": "developers"}], [("developers", "")], "developers"),
        ([{"per": "developers"}], [("developers", "people"), ("seats", "users")], "developers"),
        ([{"per": "calls"}], [("calls", "calls"), ("seats", "users")], "seats"),
        ([{"per": "calls"}], [("calls", "calls"), ("seats", "users"), ("staff", "people")], ""),
        ([{}], [("uplift", ""), ("seats", "")], ""),
        ([{"growth": "uplift"}], [("uplift", ""), ("seats", "")], "seats"),
    ],
)
def test_whose_hours_are_lost(lines, drivers, expected):
    rows = [{"driver": name, "unit": unit, "likely": 0.5, "growth_likely": ""} for name, unit in drivers]
    read = dossier([{"likely": 1, **line} for line in lines], drivers=rows)
    assert people_driver(read, "A") == expected
    assert any("people of A" in note for note in dx.exit_cost(read).notes)


def test_an_input_may_grow_with_a_driver():
    sheets = {
        "drivers": [{"driver": "seats", "likely": 50, "growth_likely": 0.2}],
        "exit": [
            {"vendor": "all", "input": "records", "likely": 30, "per": "seats"},
            {"vendor": "all", "input": "export_fidelity", "likely": 0.8},
        ],
    }
    found = worked(dossier([{"likely": 1}], **sheets))("leaving", "data")
    plain = worked(dossier([{"likely": 1}], leaving={"records": 30 * 50, "export_fidelity": 0.8}))("leaving", "data")
    assert found[0] == pytest.approx(plain[0])
    assert found[12] - plain[12] == pytest.approx(700 * 2 * 30 * 50 * (1.2**2 - 1) / 1000 * 0.2)


def test_a_result_has_every_vendor_quarter_mode_and_component(snapshot):
    result = dx.exit_cost(
        dossier([FEE, {"vendor": "B", "category": "other", "likely": 9}], leaving={"people": (90, 100, 120)})
    )
    assert len(result.table) == 2 * 13 * 2 * len(COMPONENTS)
    sums = result.table.groupby(["vendor", "quarter", "mode"])["mean"].sum().unstack()
    totals = result.totals.set_index(["vendor", "quarter"])
    assert totals["planned"].to_numpy() == pytest.approx(sums["planned"].to_numpy())
    assert totals["forced"].to_numpy() == pytest.approx(sums["forced"].to_numpy())
    assert totals.loc[("A", 0), "lock_in_ratio"] == pytest.approx(totals.loc[("A", 0), "planned"] / 40_000)
    assert totals.loc["B", "lock_in_ratio"].isna().all()  # a line of kind other goes to no vendor
    assert "(illustrative)" in result.title
    assert result.notes == snapshot
    assert repr(result) == snapshot(name="in print")


def test_where_no_driver_counts_users_a_note_says_how_many_are_assumed():
    notes = dx.exit_cost(dossier([FEE])).notes
    assert "people of A: 100, as no driver counts users (drivers: none)" in notes


def test_the_picture_of_leaving_is_of_the_vendor_that_is_asked_for():
    result = dx.exit_cost(dossier([FEE, {"vendor": "B", "likely": 9}]))
    for vendor in ("A", "B"):
        assert result.plot_tornado(vendor).get_title(loc="left").startswith(f"{vendor}: ")


def test_expected_certain_and_drawn_exit_stand_side_by_side():
    none = [{"vendor": "A", "input": name, "likely": 0} for name in ("hazard_forced", "hazard_voluntary")]
    some = [
        {"vendor": "B", "input": name, "likely": rate}
        for name, rate in (("hazard_forced", 0.04), ("hazard_voluntary", 0.08))
    ]
    result = dx.exit_cost(dossier([FEE, {**FEE, "vendor": "B"}], exit=[*none, *some]))
    rows, events = result.expected.set_index("vendor"), result.events.set_index("vendor")
    assert rows.loc["A", ["expected", "p_exit"]].tolist() == [0, 0]
    assert rows.loc["B", "p_exit"] == pytest.approx(1 - np.exp(-3 * 0.12))
    assert events.loc["B", "p_exit"] == pytest.approx(rows.loc["B", "p_exit"], abs=2e-3)
    assert events.loc["B", "p_forced"] == pytest.approx((1 - np.exp(-0.36)) / 3, abs=3e-3)
    assert events.loc["B", "mean"] * events.loc["B", "p_exit"] == pytest.approx(rows.loc["B", "expected"], rel=5e-3)
    assert events.loc["B", "p10"] < events.loc["B", "p50"] < events.loc["B", "p90"]
    planned = result.totals.query("vendor == 'A' and quarter == 12")["planned"].iloc[0]
    assert rows.loc["A", "certain"] == pytest.approx(planned * 1.1**-3)


def test_the_calendar_names_the_cheapest_quarter_and_the_last_notice():
    calm = {"integrations_growth": 0, "automations_growth": 0, "overlap_months": 0}
    result = dx.exit_cost(dossier([{"likely": 400_000}], leaving=DEFAULTS | calm, decision={"start": "2026-01-31"}))
    row = result.calendar.set_index("vendor").loc["A"]
    assert row["cheapest"] == 4
    assert row[["last_notice", "date", "last_notice_date"]].tolist() == [0.75, "2027-01-31", "2026-10-30"]


@pytest.mark.thorough
def test_the_eu_shortens_the_notice_and_asks_for_a_start(snapshot):
    eu, start = {"jurisdiction": "EU"}, {"start": "2027-02-01"}
    notes = [dx.exit_cost(dossier([FEE], decision=law)).notes for law in (eu, eu | start)]
    assert notes == snapshot
    dated = dx.exit_cost(dossier([FEE], decision=eu | start)).renewals["last_notice"].tolist()
    assert dated == pytest.approx([1 - 2 / 12, 2 - 2 / 12])
    own = dossier([FEE], leaving={"data_service": 0}, decision=eu | start)
    assert dx.exit_cost(own).renewals["last_notice"].tolist() == pytest.approx([0.75, 1.75])
    assert len(dx.exit_cost(own).notes) == 2


def test_what_doubt_there_is_about_the_inputs_is_in_the_result():
    result = dx.exit_cost(dossier([FEE]))
    spread = result.table.query("component == 'data' and mode == 'planned' and quarter == 4").iloc[0]
    assert spread["p10"] < spread["mean"] < spread["p90"]
    assert result.tornado.iloc[0]["share"] > result.tornado.iloc[5]["share"] > 0
    again = dx.exit_cost(dossier([FEE]))
    pd.testing.assert_frame_equal(result.table, again.table)


@pytest.mark.parametrize(
    ("case", "row", "quarter", "expected"),
    [
        ("01_first_year_free", "contract", 4, 200_000),
        ("02_ends_month_24", "contract", 1, 175_000),
        ("03_ramp", "contract", 0, 360_000),
        ("16_eu_egress", "data", 4, 0),
    ],
)
def test_what_leaving_costs_in_a_quarter(case, row, quarter, expected):
    assert worked(dx.read_dossier(FOUND / case))("leaving", row)[quarter] == pytest.approx(expected)


def test_fees_of_the_remaining_term_count_once():
    totals = dx.tco(dx.read_dossier(FOUND / "05_fees_twice")).totals.set_index("basis")
    assert totals.loc["pv_with_exit", ["p10", "p90"]].tolist() == pytest.approx([300_000, 300_000])


def test_a_cost_of_month_13_falls_in_the_second_year():
    yearly = dx.tco(dx.read_dossier(FOUND / "12_initial_in_month_13")).yearly.set_index("year")["mean"]
    assert yearly.to_dict() == pytest.approx({0: 0, 1: 100, 2: 50_100, 3: 100})


@pytest.mark.parametrize("driver", ["seats", "developers"])
def test_who_must_change_is_the_driver_of_the_licence_whatever_it_is_called(driver):
    """A thousand of them: four hours each to learn, at 600 a day, and two weeks at 95%."""
    people = worked(dx.read_dossier(FOUND / f"13_driver_{driver}"))("leaving", "people")
    assert people[0] == pytest.approx(1000 * (4 / 8 + 10 * 0.05) * 600)


def test_the_last_day_of_notice_is_the_day_before():
    renewals = dx.exit_cost(dx.read_dossier(FOUND / "15_notice")).renewals
    assert renewals["last_notice_date"].iloc[0] == "2027-09-30"


def test_a_number_that_grows_from_0_percent_on_is_read():
    read = dx.read_dossier(FOUND / "18_lognormal_growth")
    assert read.drivers["s"].growth.claims[0].estimate.shape == "pert"
    assert dx.tco(read, draws=1024).totals["mean"].gt(0).all()


def test_a_line_renews_by_its_own_term():
    costs = pd.DataFrame({"vendor": "A", "line": ["seats", "support", "set-up"], "category": "licence"})
    costs = costs.assign(timing=["yearly", "yearly", "once"], likely=1000.0, term_months=[24.0, 18.0, 0.0])
    assert renewals_of(dx.read_dossier({"costs": costs}), "A") == [6, 8]
    assert renewals_of(dx.read_dossier({"costs": costs.drop(columns="term_months")}), "A") == [4, 8]


def test_a_renewal_rests_on_its_notice_its_terms_and_in_the_eu_on_what_the_service_is():
    lines = [{"line": "seats", "likely": 9, "term_months": 24}, {"line": "help", "likely": 3, "term_months": 18}]
    own, eu = [{"line": "team", "category": "operations", "likely": 5}], START | {"jurisdiction": "EU"}

    def names(lines, decision, **more):
        other = {"vendor": "B", "line": "seats", "likely": 2, "term_months": 6}
        read = dossier([*lines, other], decision=decision, **more)
        return [(figure.key.split("|")[-1], figure.mean) for figure in terms_of(read, "A")]

    notice, data, long, short = ("notice_months", 3), ("data_service", 1), ("term_months", 24), ("term_months", 18)
    assert names(lines, START) == [notice, long, long, short, short]  # for as long again
    assert names(lines[:1], eu) == [notice, long, long, data]
    by_vendor = [{"vendor": "A", "input": "data_service", "likely": 0}]
    assert names(lines[:1], eu, exit=by_vendor) == [notice, long, long, ("data_service", 0)]
    assert names(own, START) == [notice, ("term_months", 12), ("term_months", 12)]


def test_the_tables_of_leaving_are_those_of_its_quarters_and_draws():
    read = dossier([FEE, {"vendor": "B", "likely": 9}], leaving={"people": (90, 100, 120)}, decision=START)
    result, run = dx.exit_cost(read, seed=3), worked_out(read, 3)
    assert (result.seed, result.status, result.currency) == (3, "illustrative", read.currency)
    for vendor in ("A", "B"):
        rows = result.totals[result.totals["vendor"] == vendor].set_index("quarter")
        planned, ratio, of = rows["planned"], rows["lock_in_ratio"], run.vendors[vendor]
        assert ratio.to_numpy() == pytest.approx(planned.to_numpy() / FEES[vendor])
        assert rows["headroom"].to_numpy() == pytest.approx(ratio.to_numpy() / annuity(read.rate, 3))
        expected = result.expected.set_index("vendor").loc[vendor]
        assert expected["certain"] == pytest.approx(planned[12] / (1 + read.rate) ** 3)
        assert expected["expected"] == pytest.approx(of.by_draw["expected"].mean())
        calendar = result.calendar.set_index("vendor").loc[vendor]
        assert calendar["cheapest"] == planned[1:].idxmin()
        assert calendar["planned"] == planned[1:].min()
        again = result.renewals[result.renewals["vendor"] == vendor]
        assert again[["quarter", "planned", "last_notice", "date", "last_notice_date"]].to_numpy().tolist() == [
            [4, planned[4], 0.75, "2027-01-01", "2026-09-30"],
            [8, planned[8], 1.75, "2028-01-01", "2027-09-30"],
        ]
        left = of.by_draw["quarter"] > 0
        cost = of.by_draw["exit"][left]
        figures = [left.mean(), of.by_draw["forced"].mean(), cost.mean(), *np.quantile(cost, [0.1, 0.5, 0.9])]
        assert result.events.set_index("vendor").loc[vendor].tolist() == pytest.approx(figures)
        drawn = result.table.query("vendor == @vendor and mode == 'planned' and component == 'people' and quarter == 6")
        low, high = np.quantile(of.leaving["people"][6], [0.1, 0.9])
        assert drawn[["mean", "p10", "p90"]].to_numpy()[0] == pytest.approx(
            [of.leaving["people"][6].mean(), low, high], rel=1e-3
        )
        assert result.present[vendor] is of.by_draw["certain"]
    assert (result.table.query("component == 'contract' and mode == 'forced'")[["mean", "p10", "p90"]] == 0).all(
        axis=None
    )
    some = dx.exit_cost(dossier([FEE], leaving={"hazard_forced": 0, "hazard_voluntary": 0}))
    assert some.events.iloc[0, 1:].tolist() == pytest.approx([0, 0, *[np.nan] * 4], nan_ok=True)
