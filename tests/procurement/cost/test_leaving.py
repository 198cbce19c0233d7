"""Leaving: worked by hand, and by the laws of docs/methods/leaving_cost.md, "Laws that the tests hold"."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dxkit as dx
from dxkit.procurement.cost.leaving import COMPONENTS, components, expected_exit, remaining_term
from dxkit.procurement.dossier.leaving_inputs import EXIT_INPUTS
from tests.laws import examples

TIMES = np.arange(13) / 4
few = examples(40)
changes = st.fixed_dictionaries(
    {},
    optional={name: st.floats(0, 5 * each.default + 1) for name, each in EXIT_INPUTS.items() if "fidelity" not in name},
)


def values(**changed):
    base = {name: each.default for name, each in EXIT_INPUTS.items()} | {"annual_spend": 40_000} | changed
    return {name: np.full((1, 1), float(value)) for name, value in base.items()}


def total(v, mode="planned", **options):
    return sum(components(v, TIMES, **options)[mode].values())[0]


def read(*rows, **decision):
    sheets = {"costs": pd.DataFrame({"vendor": ["A", "B"], "line": "x", "timing": "yearly", "likely": 1000})}
    if rows:
        sheets["exit"] = pd.DataFrame(rows, columns=["vendor", "input", "low", "likely", "high"]).astype(object)
    if decision:
        sheets["decision"] = pd.DataFrame(list(decision.items()), columns=["key", "value"])
    return dx.read_dossier(sheets)


def test_the_components_by_hand():
    """At one and a half years, 700 a day for engineers, 600 for users, a contract of a year with 3 months' notice."""
    parts = {name: cost[0, 6] for name, cost in components(values(), TIMES)["planned"].items()}
    data = (20 + 20 * 1.5) * 0.1 + 700 * (5 + 2 * 10) * 1.2 + 700 * 2 * (2000 + 1000 * 1.5) / 1000 * 0.2
    integration = 700 * (4 * (10 + 5 * 1.5) + (10 + 10 * 1.5)) * 0.7
    people = 100 * 600 / 8 * (3 * (1 - np.exp(-1.5)) + 4) + 100 * 600 * 5 * 2 * 0.05
    expected = [data, integration, people, 3 * (40_000 / 12 + 700 * 5), 0.5 * 40_000, 700 * 30]
    assert list(parts.values()) == pytest.approx(expected)


def test_forced_exit_is_rushed_and_owes_nothing():
    both = components(values(), TIMES)
    for name, factor in (("data", 1.5), ("integration", 1.5), ("people", 1), ("selection", 1), ("contract", 0)):
        assert both["forced"][name] == pytest.approx(factor * both["planned"][name]), name
    assert both["forced"]["parallel"][0] == pytest.approx(3 * 700 * 5)


def test_the_term_runs_down_to_each_renewal_and_notice_is_the_least():
    assert remaining_term(np.array([1.0]), TIMES).tolist() == [
        1,
        0.75,
        0.5,
        0.25,
        0,
        0.75,
        0.5,
        0.25,
        0,
        0.75,
        0.5,
        0.25,
        0,
    ]
    assert remaining_term(np.array([0.0]), TIMES).tolist() == [0] * 13
    contract = components(values(), TIMES)["planned"]["contract"][0]
    assert contract[4] == pytest.approx(0.25 * 40_000)
    assert components(values(), TIMES, eu=True)["planned"]["contract"][0, 4] == pytest.approx(40_000 / 6)


@few
@given(changes)
def test_every_component_is_at_least_nil_and_rates_scale_it(changed):
    parts = components(values(**changed), TIMES)
    assert all((cost >= 0).all() for mode in parts.values() for cost in mode.values())
    rates = {"engineer_day_rate": 700.0, "user_day_rate": 600.0, "annual_spend": 40_000.0, "egress_fee": 0.1} | {
        name: value
        for name, value in changed.items()
        if name in ("engineer_day_rate", "user_day_rate", "annual_spend", "egress_fee")
    }
    tripled = values(**{**changed, **{name: 3 * value for name, value in rates.items()}})
    assert total(tripled) == pytest.approx(3 * total(values(**changed)), rel=1e-9, abs=1e-6)


def test_a_faithful_export_needs_no_rebuilding():
    data = components(values(export_fidelity=1), TIMES)["planned"]["data"][0]
    assert data == pytest.approx((20 + 20 * TIMES) * 0.1 + 700 * 25)


@few
@given(st.floats(0, 2), st.floats(0, 2), st.floats(0, 0.5))
def test_hazards_never_lower_the_probability_and_survival_and_exits_sum_to_one(forced, voluntary, more):
    sums = {mode: sum(parts.values()) for mode, parts in components(values(), TIMES).items()}
    p, cost = expected_exit(sums, forced, voluntary, 0.1, TIMES)
    assert p[0] == pytest.approx(1 - np.exp(-3 * (forced + voluntary)))
    assert expected_exit(sums, forced + more, voluntary, 0.1, TIMES)[0] >= p - 1e-12
    assert expected_exit(sums, forced, voluntary + more, 0.1, TIMES)[0] >= p - 1e-12
    doubled = {mode: 2 * each for mode, each in sums.items()}
    assert expected_exit(doubled, forced, voluntary, 0.1, TIMES)[1] == pytest.approx(2 * cost)


def test_expected_exit_by_hand():
    """Two quarters, forced 100, planned 10, no discount: a forced exit comes first, so a planned one needs none."""
    sums = {"forced": np.full((1, 3), 100.0), "planned": np.full((1, 3), 10.0)}
    f, v = 1 - np.exp(-0.2), 1 - np.exp(-0.1)
    quarter, stays = f * 100 + (1 - f) * v * 10, (1 - f) * (1 - v)
    p, cost = expected_exit(sums, 0.8, 0.4, 0.0, np.array([0, 0.25, 0.5]))
    assert cost[0] == pytest.approx(quarter + stays * quarter, rel=1e-12)
    assert p[0] == pytest.approx(1 - stays**2, rel=1e-12)


def test_no_hazard_costs_nothing_and_a_certain_one_the_first_quarter():
    sums = {mode: sum(parts.values()) for mode, parts in components(values(), TIMES).items()}
    assert expected_exit(sums, 0.0, 0.0, 0.1, TIMES)[1].tolist() == [0.0]
    first = sums["planned"][0, 1] * 1.1**-0.25
    assert expected_exit(sums, 0.0, 1e9, 0.1, TIMES)[1][0] == pytest.approx(first)


def test_a_result_has_every_vendor_quarter_mode_and_component(snapshot):
    result = dx.exit_cost(read(("A", "annual_spend", "", 40_000, ""), ("all", "seats", 90, 100, 120)))
    assert len(result.table) == 2 * 13 * 2 * len(COMPONENTS)
    sums = result.table.groupby(["vendor", "quarter", "mode"])["mean"].sum().unstack()
    totals = result.totals.set_index(["vendor", "quarter"])
    assert totals["planned"].to_numpy() == pytest.approx(sums["planned"].to_numpy())
    assert totals["forced"].to_numpy() == pytest.approx(sums["forced"].to_numpy())
    assert totals.loc[("A", 0), "lock_in_ratio"] == pytest.approx(totals.loc[("A", 0), "planned"] / 40_000)
    assert totals.loc["B", "lock_in_ratio"].isna().all()  # a line of kind other goes to no vendor
    assert "(illustrative)" in result.title
    assert f"{2 * len(EXIT_INPUTS) - 4} of {2 * len(EXIT_INPUTS)}" in result.notes[0]
    assert result.notes == snapshot


def test_expected_and_certain_exit_stand_side_by_side():
    result = dx.exit_cost(read(("A", "hazard_forced", "", 0, ""), ("A", "hazard_voluntary", "", 0, "")))
    rows = result.expected.set_index("vendor")
    assert rows.loc["A", "expected"] == 0
    assert rows.loc["A", "p_exit"] == 0
    assert rows.loc["B", "p_exit"] == pytest.approx(1 - np.exp(-3 * 0.12))
    planned = result.totals.query("vendor == 'A' and quarter == 12")["planned"].iloc[0]
    assert rows.loc["A", "certain"] == pytest.approx(planned * 1.1**-3)


def test_the_calendar_names_the_cheapest_quarter_and_the_last_notice():
    result = dx.exit_cost(
        read(
            ("A", "annual_spend", "", 400_000, ""),
            ("A", "integrations_growth", "", 0, ""),
            ("A", "automations_growth", "", 0, ""),
        )
    )
    row = result.calendar.set_index("vendor").loc["A"]
    assert row["cheapest"] in (3, 4, 7, 8, 11, 12)
    assert row["last_notice"] == pytest.approx(row["cheapest"] / 4 - 0.25)


def test_uncertain_inputs_spread_the_cost_and_a_line_of_cost_leaves_them_alone():
    rows = [("A", "annual_spend", 20_000, 40_000, 90_000)]
    one = dx.exit_cost(read(*rows))
    spread = one.table.query("vendor == 'A' and component == 'parallel' and mode == 'planned' and quarter == 0").iloc[0]
    assert spread["p10"] < spread["mean"] < spread["p90"]
    again = dx.exit_cost(read(*rows))
    pd.testing.assert_frame_equal(one.table, again.table)


def test_what_is_paid_is_taken_from_the_lines_of_cost_where_it_is_not_given():
    rows = [
        ["A", "seats", "licence", "monthly", "seats", 10],
        ["A", "set-up", "implementation", "initial", "", 9_000],
        ["A", "care", "support", "yearly", "", 500],
        ["B", "own work", "operations", "yearly", "", 7_000],
    ]
    sheets = {
        "costs": pd.DataFrame(rows, columns=["vendor", "line", "category", "timing", "per", "likely"]).astype(object),
        "drivers": pd.DataFrame({"driver": ["seats"], "likely": [20]}),
    }
    totals = dx.exit_cost(dx.read_dossier(sheets)).totals.set_index(["vendor", "quarter"])
    spend = 12 * 10 * 20 + 500
    assert totals.loc[("A", 0), "lock_in_ratio"] == pytest.approx(totals.loc[("A", 0), "planned"] / spend)
    assert np.isnan(totals.loc[("B", 0), "lock_in_ratio"])  # nobody is paid


def test_cost_with_exit_is_never_less_than_without():
    dossier = read(("A", "annual_spend", 20_000, 40_000, 90_000))
    totals = dx.tco(dossier).totals.pivot(index="vendor", columns="basis", values="mean")
    expected = dx.exit_cost(dossier).expected.set_index("vendor")["expected"]
    assert (totals["pv_with_exit"] - totals["pv"]).to_dict() == pytest.approx(expected.to_dict())
    assert (expected > 0).all()
