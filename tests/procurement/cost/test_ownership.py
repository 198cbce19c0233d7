"""Three-year cost: worked by hand, integrated, and by its laws.

See docs/methods/ownership_cost.md, "Laws that the tests hold"."""

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dxkit as dx
from dxkit.procurement.cost.integrals import exact_mean
from dxkit.procurement.cost.lines import money, months_active
from dxkit.procurement.cost.simulation import drawn
from tests.laws import examples
from tests.places import CASE_FILES
from tests.procurement.dossier.test_reading import costs, dossier, drivers

CASES = json.loads((CASE_FILES / "procurement.json").read_text())
few = examples(8)


def one(line, driver=None, **decision):
    """The deterministic dossier of one line."""
    row = {"vendor": "A", "line": "x", "timing": "yearly", "likely": 100.0, **line}
    sheets = {"costs": pd.DataFrame([row]).astype(object)}
    if driver:
        sheets["drivers"] = pd.DataFrame([driver]).astype(object)
    if decision:
        sheets["decision"] = pd.DataFrame(list(decision.items()), columns=["key", "value"])
    return dx.read_dossier(sheets)


def by_year(read):
    return money(read.costs[0], read, next(drawn(read)))[0].tolist()


@pytest.mark.parametrize(
    ("line", "driver", "expected"),
    [
        ({}, None, [0, 100, 100, 100]),
        ({"timing": "monthly"}, None, [0, 1200, 1200, 1200]),
        ({"timing": "initial"}, None, [100, 0, 0, 0]),
        ({"growth": 0.1}, None, [0, 100, 110, 121]),
        ({"growth": 0.2, "uplift_cap": 0.05}, None, [0, 100, 105, 110.25]),
        ({"timing": "monthly", "from_month": 7, "to_month": 30}, None, [0, 600, 1200, 600]),
        ({"per": "seats"}, {"driver": "seats", "likely": 10, "growth_likely": 0.1}, [0, 1000, 1100, 1210]),
        (
            {"per": "seats", "minimum": 11},
            {"driver": "seats", "likely": 10, "growth_likely": 0.1},
            [0, 1100, 1100, 1210],
        ),
        (
            {"per": "seats", "ratchet": "yes"},
            {"driver": "seats", "likely": 10, "growth_likely": -0.5},
            [0, 1000, 1000, 1000],
        ),
        (
            {"per": "seats", "timing": "monthly"},
            {"driver": "seats", "likely": 10, "growth_likely": -0.5},
            [0, 12000, 6000, 3000],
        ),
        (
            {"per": "seats", "included": 10, "overage": 5},
            {"driver": "seats", "likely": 12, "growth_likely": 0},
            [0, 110, 110, 110],
        ),
    ],
)
def test_a_line_by_hand(line, driver, expected):
    assert by_year(one(line, driver)) == pytest.approx(expected)


def test_a_growth_may_be_a_driver_and_a_driver_may_grow_with_another():
    sheets = {
        "costs": pd.DataFrame(
            {
                "vendor": ["A"],
                "line": ["x"],
                "timing": ["yearly"],
                "likely": [100],
                "per": ["seats"],
                "growth": ["uplift"],
            }
        ),
        "drivers": pd.DataFrame({"driver": ["seats", "uplift"], "likely": [10, 0.1], "growth_likely": ["uplift", ""]}),
    }
    assert by_year(dx.read_dossier(sheets)) == pytest.approx([0, 1000, 1210, 1464.1])


def test_the_months_of_all_lines_of_any_start_and_end_add_up():
    for start, end in ((1, 36), (7, 30), (13, 13), (36, 36)):
        line = one({"from_month": start, "to_month": end}).costs[0]
        assert months_active(line, 3).sum() == end - start + 1


def test_breakdowns_sum_to_the_totals():
    result = dx.tco(dossier())
    nominal = result.totals.query("basis == 'nominal'").set_index("vendor")["mean"]
    assert result.table.groupby("vendor")["mean"].sum().to_dict() == pytest.approx(nominal.to_dict(), rel=1e-12)
    for _, rows in result.totals.groupby("basis"):
        assert rows["p_cheapest"].sum() == pytest.approx(1.0)


def far_from_exact(seeds):
    """How many simulated means lie beyond four of their errors from the integrated one, and how many there are."""
    beyond, rows = 0, 0
    for seed in seeds:
        for row in dx.tco(dossier(), seed=seed).totals.query("basis != 'pv_with_exit'").itertuples():
            rows += 1
            beyond += abs(row.mean - row.exact_mean) > 4 * row.se + 2e-7 * abs(row.exact_mean)
    return beyond, rows


@pytest.mark.simulated
def test_the_simulated_mean_is_within_four_errors_of_the_integrated_one():
    """An error from 8 scrambles has 7 degrees of freedom: 0.5% of honest runs exceed 4 of them."""
    beyond, rows = far_from_exact(range(30))
    assert beyond <= 0.02 * rows


def test_the_integrated_mean_is_the_product_of_means_where_all_are_independent():
    read = dossier()
    line = read.costs[0]  # monthly seats, price and seats uncertain, both growths certain
    months = line.amount.mean * read.drivers["seats"].amount.mean * 12
    assert exact_mean(line, read) == pytest.approx([0, *(months * (1.05 * 1.1) ** y for y in range(3))], rel=1e-6)


def test_rate_nil_is_the_plain_sum_and_a_higher_rate_never_costs_more():
    values = [
        dx.tco(dossier(decision=pd.DataFrame({"key": ["discount_rate"], "value": [rate]}))).totals
        for rate in (0, 0.1, 0.3)
    ]
    nominal, pv = (values[0].query("basis == @basis")["mean"].to_numpy() for basis in ("nominal", "pv"))
    assert pv == pytest.approx(nominal)
    means = np.array([each.query("basis == 'pv'")["mean"] for each in values])
    assert (np.diff(means, axis=0) <= 0).all()


@cache
def present_value():
    return dx.tco(dossier()).totals.query("basis == 'pv'").set_index("vendor")["exact_mean"]


@pytest.mark.mutation
@few
@given(st.floats(0.1, 50), st.floats(0, 1e5))
def test_present_value_is_linear_in_an_amount_and_adds_what_falls_at_the_start(factor, extra):
    base = present_value()
    scaled = costs(likely=[20 * factor, 5000 * factor, 240], low=[18 * factor, "", 200], high=[24 * factor, "", 300])
    found = dx.tco(dossier(costs=scaled)).totals.query("basis == 'pv'").set_index("vendor")["exact_mean"]
    assert found["Alpha"] == pytest.approx(factor * base["Alpha"], rel=1e-9)
    assert found["Beta"] == pytest.approx(base["Beta"])
    more = (
        dx.tco(dossier(costs=costs(likely=[20, 5000 + extra, 240]))).totals.query("basis == 'pv'").set_index("vendor")
    )
    assert more.loc["Alpha", "exact_mean"] - base["Alpha"] == pytest.approx(extra, abs=1e-6)


def test_a_vendor_added_below_leaves_the_others_draws_alone():
    more = pd.concat([costs(), costs().iloc[[2]].assign(vendor="Gamma", low=150, likely=160, high=170)])
    one, two = dx.tco(dossier()), dx.tco(dossier(costs=more.reset_index(drop=True)))
    both = two.totals.merge(one.totals, on=["vendor", "basis"], suffixes=("", "_alone"))
    assert (both["mean"] == both["mean_alone"]).all()
    assert (both["p90"] == both["p90_alone"]).all()


def test_shared_drivers_widen_the_spread_that_independent_cells_understate():
    """One count of seats for ten lines, against a count of its own for each: same means, wider total."""
    rows = [{"vendor": "A", "line": f"l{k}", "timing": "yearly", "likely": 10, "per": "seats"} for k in range(10)]
    seats = {"low": 100, "likely": 150, "high": 260}
    shared = dx.read_dossier({"costs": pd.DataFrame(rows), "drivers": pd.DataFrame([{"driver": "seats", **seats}])})
    own = dx.read_dossier(
        {
            "costs": pd.DataFrame([row | {"per": f"seats{k}"} for k, row in enumerate(rows)]),
            "drivers": pd.DataFrame([{"driver": f"seats{k}", **seats} for k in range(10)]),
        }
    )
    wide, narrow = (dx.tco(read).totals.query("basis == 'pv'").iloc[0] for read in (shared, own))
    assert wide["mean"] == pytest.approx(narrow["mean"], rel=1e-3)
    ratio = (wide["p90"] - wide["p10"]) / (narrow["p90"] - narrow["p10"])
    assert ratio == pytest.approx(np.sqrt(10), rel=0.05)


def test_the_tornado_shares_the_variance():
    shares = dx.tco(dossier()).tornado
    assert shares.groupby("vendor")["share"].sum().to_numpy() == pytest.approx(1.0, abs=0.05)  # the rest is joint
    assert (shares["share"] >= 0).all()
    assert set(shares.query("vendor == 'Alpha'")["input"]) == {"seats", "Alpha: seats"}


@pytest.mark.mutation
@pytest.mark.parametrize("seeds", [8, pytest.param(19, marks=pytest.mark.thorough)])
def test_p90_is_right_to_a_thousandth(seeds):
    rough = dx.tco(dossier()).totals.query("basis == 'pv'")["p90"].to_numpy()
    others = [dx.tco(dossier(), seed=seed).totals.query("basis == 'pv'")["p90"] for seed in range(1, seeds + 1)]
    assert rough == pytest.approx(np.mean(others, axis=0), rel=1e-3)


def test_a_result_says_its_status_and_what_rests_on_nothing(snapshot):
    result = dx.tco(dossier())
    assert "(illustrative)" in result.title
    assert result.notes == snapshot
    assert "nan" not in repr(result)


def test_certain_figures_need_no_draws():
    result = dx.tco(one({}))
    row = result.totals.query("basis == 'pv'").iloc[0]
    assert (row["mean"], row["p10"], row["se"], row["p_cheapest"]) == (pytest.approx(248.685199), row["mean"], 0.0, 1.0)


def test_single_numbers_say_that_the_doubt_is_unknown(snapshot):
    assert dx.tco(one({})).notes == snapshot
    assert dx.tco(dossier()).notes == snapshot


def test_drivers_are_not_changed():
    frame = drivers()
    dx.tco(dossier(drivers=frame))
    pd.testing.assert_frame_equal(frame, drivers())


@pytest.mark.mutation
def test_drawn_apart_has_the_means_and_understates_the_spread(snapshot):
    one, apart = dx.tco(portal()), dx.tco(portal(), shared=False)
    pv = [each.totals.query("basis == 'pv'").set_index("vendor") for each in (one, apart)]
    assert pv[1]["mean"].to_dict() == pytest.approx(pv[0]["mean"].to_dict(), rel=1e-3)
    width = [each["p90"] - each["p10"] for each in pv]
    assert (width[1] < width[0]).all()
    assert apart.notes == snapshot


def portal():
    return dx.read_dossier(dx.samples.path("portal"))


@pytest.mark.mutation
def test_the_yearly_spread_is_that_of_all_categories_together():
    result = dx.tco(portal())
    sums = result.table.groupby(["vendor", "year"], sort=False)["mean"].sum()
    assert result.yearly["mean"].to_numpy() == pytest.approx(sums.to_numpy(), rel=1e-12)
    assert (result.yearly["p10"] < result.yearly["p90"]).all()


@pytest.mark.simulated
def test_many_draws_agree_with_the_default_and_keep_the_mean(refusal):
    few_, many = dx.tco(portal()), dx.tco(portal(), draws=300_000)
    for name, digits in (("mean", 1e-4), ("p90", 2e-3), ("exact_mean", 1e-9)):
        pair = [each.totals.query("basis == 'pv'")[name].to_numpy() for each in (few_, many)]
        assert pair[1] == pytest.approx(pair[0], rel=digits)
    assert len(many.present["Port"]) == 8 * 65_536
    with refusal():
        dx.tco(portal(), draws=10)


def test_what_a_purchase_brings_back_as_forrester_counts_it(snapshot):
    """TEI of Salesloft: costs and benefits of the shared case as lines of certain money."""
    case = next(c for c in CASES if c["id"] == "tei_salesloft")
    costs_, gains = case["inputs"]["costs"], case["inputs"]["benefits"]
    rows = [
        ["A", f"y{y}", "initial" if y == 0 else "yearly", 12 * y - 11, 12 * y, money_]
        for y, money_ in enumerate(costs_)
    ]
    frames = {
        "costs": pd.DataFrame(rows, columns=["vendor", "line", "timing", "from_month", "to_month", "likely"]),
        "benefits": pd.DataFrame(
            [["A", f"y{y}", "yearly", 12 * y - 11, 12 * y, money_] for y, money_ in enumerate(gains) if y],
            columns=["vendor", "line", "timing", "from_month", "to_month", "likely"],
        ),
    }
    frames["costs"].loc[0, ["from_month", "to_month"]] = 1
    row = dx.tco(dx.read_dossier(frames)).returns.iloc[0]
    flows = [gain - cost for gain, cost in zip(gains, costs_, strict=True)]
    assert row["npv"] == pytest.approx(dx.npv(0.1, flows), rel=1e-12)
    assert row["roi"] == pytest.approx(dx.npv(0.1, flows) / dx.npv(0.1, costs_))
    assert row["payback"] == pytest.approx(dx.payback(flows))
    assert round(100 * row["roi"]) == case["expected"]["roi_pct"]
    assert row["irr"] == snapshot
    assert row["npv"] == pytest.approx(case["expected"]["npv"], abs=1)
    assert (row["p10"], row["p_positive"]) == (pytest.approx(row["npv"]), 1.0)
