"""The cost of owning: worked by hand, and by its laws.

See docs/methods/ownership_cost.md, "Laws that the tests hold"."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dxkit as dx
from dxkit.procurement.cost.ownership import _budget
from tests import sample
from tests.laws import examples
from tests.places import CASE_FILES
from tests.procurement.cost import worlds
from tests.procurement.cost.worlds import NOTHING, worked
from tests.procurement.dossier.test_reading import costs, dossier, drivers

CASES = json.loads((CASE_FILES / "procurement.json").read_text())
few = examples(40)


def one(line, driver=None, **decision):
    """The deterministic dossier of one line."""
    sheets = {"drivers": [driver]} if driver else {}
    return worlds.dossier([{"line": "x", "likely": 100.0, **line}], decision=decision, **sheets)


def by_year(read):
    return dx.tco(read, draws=1024).yearly["mean"].tolist()


@pytest.mark.parametrize(
    ("line", "driver", "expected"),
    [
        ({}, None, [0, 100, 100, 100]),
        ({"timing": "monthly"}, None, [0, 1200, 1200, 1200]),
        ({"timing": "once"}, None, [100, 0, 0, 0]),
        ({"timing": "once", "from_month": 18}, None, [0, 0, 100, 0]),
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
        ({"chance": 0.25, "timing": "once"}, None, [25, 0, 0, 0]),
        ({"billed": "yearly"}, None, [0, 100, 100, 100]),
    ],
)
def test_a_line_by_hand(line, driver, expected):
    assert by_year(one(line, driver)) == pytest.approx(expected)


def test_taxes_fall_on_what_the_vendor_is_paid():
    lines = [{"likely": 100}, {"line": "own", "category": "operations", "likely": 1000}]
    assert by_year(worlds.dossier(lines, decision={"tax": 0.19}))[1] == pytest.approx(1119)


def test_a_foreign_currency_is_a_driver():
    rate = {"driver": "EUR per USD", "likely": 0.9, "growth_likely": 0.1}
    read = one({"currency": "USD"}, rate, currency="EUR")
    assert by_year(read) == pytest.approx([0, 90, 99, 108.9])


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


def test_breakdowns_sum_to_the_totals():
    result = dx.tco(dossier())
    nominal = result.totals.query("basis == 'nominal'").set_index("vendor")["mean"]
    assert result.table.groupby("vendor")["mean"].sum().to_dict() == pytest.approx(nominal.to_dict(), rel=1e-12)
    for basis, rows in result.totals.groupby("basis"):
        assert rows["p_cheapest"].isna().all() if basis == "pv_with_exit" else rows["p_cheapest"].sum() == 1.0


@pytest.mark.thorough
def test_rate_nil_is_the_plain_sum_and_a_higher_rate_never_costs_more():
    values = [
        dx.tco(dossier(decision=pd.DataFrame({"key": ["discount_rate"], "value": [rate]}))).totals
        for rate in (0, 0.1, 0.3)
    ]
    nominal, pv = (values[0].query("basis == @basis")["mean"].to_numpy() for basis in ("nominal", "pv"))
    assert pv == pytest.approx(nominal)
    means = np.array([each.query("basis == 'pv'")["mean"] for each in values])
    assert (np.diff(means, axis=0) <= 0).all()


BILLS = st.sampled_from(["monthly", "quarterly", "half-yearly", "yearly", "term"])
LINES = st.lists(
    st.fixed_dictionaries(
        {"likely": st.floats(1, 1e5), "billed": BILLS, "from_month": st.integers(1, 36)},
        optional={"growth": st.floats(-0.2, 0.3), "term_months": st.sampled_from([6, 12, 18])},
    ),
    min_size=1,
    max_size=3,
)


@few
@given(LINES, st.floats(0.01, 0.5))
@pytest.mark.thorough
def test_billing_moves_no_money_but_its_day(lines, rate):
    """Nothing at a rate of 0; else in advance costs no less than monthly, and monthly no less than in arrears."""
    lines = [{"line": f"l{k}", "declared": "drawn", **line} for k, line in enumerate(lines)]

    def pv(how, rate):
        rows = [line | {"billed": "monthly" if how == "monthly" else f"{line['billed']} {how}"} for line in lines]
        found = worked(worlds.dossier(rows, decision={"discount_rate": rate}))
        assert found("results", "nominal")[0] == pytest.approx(found("", "running")[:37].sum(), rel=1e-12)
        return found("results", "pv")[0]

    early, monthly, late = (pv(how, rate) for how in ("in advance", "monthly", "in arrears"))
    assert early >= monthly * (1 - 1e-12)
    assert monthly >= late * (1 - 1e-12)
    assert pv("in advance", 0) == pytest.approx(pv("in arrears", 0), rel=1e-12)


@few
@given(st.lists(st.floats(0, 9), min_size=1, max_size=4), st.floats(0, 500), st.floats(0, 500))
@pytest.mark.thorough
def test_graduated_tiers_are_continuous_and_never_fall(prices, units, more):
    rows = worlds.steps("graduated", [(100 * k, price) for k, price in enumerate(prices)])

    def cost(count):
        read = worlds.dossier([{"per": "n"}], drivers=[{"driver": "n", "likely": count}], steps=rows)
        return worked(read)("", "cost|A|fee|service")[1] * 12

    assert cost(units) <= cost(units + more) + 1e-9
    assert cost(units + 1e-9) == pytest.approx(cost(units), abs=1e-6)
    if len(prices) == 1:
        assert cost(units) == pytest.approx(prices[0] * units, abs=1e-9)


@few
@given(st.floats(0.1, 50), st.floats(0, 1e5))
@pytest.mark.thorough
def test_money_scales_with_the_currency_and_adds_what_falls_at_the_start(factor, extra):
    def pv(likely):
        frame = costs(likely=likely, low=["", "", ""], high=["", "", ""])
        return worked(dossier(costs=frame), "Alpha")("results", "pv")[0]

    assert pv([20 * factor, 5000 * factor, 240]) == pytest.approx(factor * pv([20, 5000, 240]), rel=1e-9)
    assert pv([20, 5000 + extra, 240]) - pv([20, 5000, 240]) == pytest.approx(extra, abs=1e-6)


@pytest.mark.thorough
def test_a_vendor_added_below_leaves_the_others_draws_alone():
    more = pd.concat([costs(), costs().iloc[[2]].assign(vendor="Gamma", low=150, likely=160, high=170)])
    one, two = dx.tco(dossier()), dx.tco(dossier(costs=more.reset_index(drop=True)))
    both = two.totals.merge(one.totals, on=["vendor", "basis"], suffixes=("", "_alone"))
    assert (both["mean"] == both["mean_alone"]).all()
    assert (both["p90"] == both["p90_alone"]).all()


@pytest.mark.thorough
def test_the_order_of_rows_moves_nothing_but_the_draws():
    turned = costs().iloc[::-1].reset_index(drop=True)
    for vendor in ("Alpha", "Beta"):
        one, two = (worked(read, vendor) for read in (dossier(), dossier(costs=turned)))
        for name in ("pv", "pv_with_exit", "pv_served"):
            assert one("results", name)[0] == pytest.approx(two("results", name)[0], rel=1e-12)
    drawn = [dx.tco(read).totals.sort_values(["vendor", "basis"]) for read in (dossier(), dossier(costs=turned))]
    error = 5 * np.hypot(*(each["se"].to_numpy() for each in drawn))
    apart = np.abs(drawn[0]["mean"].to_numpy() - drawn[1]["mean"].to_numpy())
    assert (apart <= error + 1e-5 * drawn[0]["mean"].to_numpy()).all()


@pytest.mark.thorough
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
    """Seats times price, both with a variance that can be worked out: first-order shares to 0.002."""
    read = worlds.dossier(
        [{"likely": 20, "low": 15, "high": 25, "per": "seats", "timing": "monthly"}],
        drivers=[{"driver": "seats", "low": 80, "likely": 100, "high": 150}],
        leaving=NOTHING,
    )
    shares = dx.tco(read).tornado.query("basis == 'pv'").set_index("input")
    price, seats = read.costs[0].amount, read.drivers["seats"].amount
    whole = (price.variance + price.mean**2) * (seats.variance + seats.mean**2) - (price.mean * seats.mean) ** 2
    assert shares.loc["A: fee", "share"] == pytest.approx(price.variance * seats.mean**2 / whole, abs=4e-3)
    assert shares.loc["seats", "share"] == pytest.approx(seats.variance * price.mean**2 / whole, abs=4e-3)
    assert (shares["low"] < shares["high"]).all()


@pytest.mark.parametrize("seeds", [2, pytest.param(19, marks=pytest.mark.thorough)])
def test_p90_is_right_to_a_thousandth(seeds):
    rough = dx.tco(dossier()).totals.query("basis == 'pv'")["p90"].to_numpy()
    each = [dx.tco(dossier(), seed=seed).totals.query("basis == 'pv'")["p90"] for seed in range(1, seeds + 1)]
    many = np.mean(each, axis=0)
    assert rough == pytest.approx(many, rel=1e-3)


def test_a_result_says_its_status_and_what_rests_on_nothing(snapshot):
    result = dx.tco(dossier())
    assert "(illustrative)" in result.title
    assert result.notes == snapshot
    assert "nan" not in repr(result)


def test_certain_figures_need_no_draws(snapshot):
    result = dx.tco(one({}))
    row = result.totals.query("basis == 'pv'").iloc[0]
    assert (row["mean"], row["p10"], row["se"], row["p_cheapest"]) == (
        pytest.approx(259.8871537),
        row["mean"],
        0.0,
        1.0,
    )
    assert result.notes == snapshot


def test_drivers_are_not_changed():
    frame = drivers()
    dx.tco(dossier(drivers=frame))
    pd.testing.assert_frame_equal(frame, drivers())


def test_a_budget_by_hand():
    """Costs of 1,500, 1,000 and 1,000 in a year, one of them by chance: 500 more in a quarter of the draws."""
    lines = [{"likely": 1000}, {"line": "set-up", "timing": "once", "likely": 500}]
    lines += [{"line": "audit", "timing": "once", "likely": 400, "chance": 0.25, "from_month": 30}]
    budget = dx.tco(worlds.dossier(lines, decision={"budget": "1500; 900; 1200"})).budget
    assert budget["year"].tolist() == [0, 1, 2, 3]
    assert budget["budget"].tolist() == [3600, 1500, 900, 1200]
    assert budget["p_over"].tolist() == pytest.approx([0.25, 0, 1, 0.25], abs=0.005)
    assert budget["mean_over"].tolist() == pytest.approx([300, np.nan, 100, 200], nan_ok=True)
    assert budget["enough_80"].tolist() == pytest.approx([3900, 1500, 1000, 1400])
    assert dx.tco(worlds.dossier(lines, decision={"budget": 3600})).budget["year"].tolist() == [0]
    assert not dx.tco(worlds.dossier(lines)).budget


def test_lines_with_draws_of_their_own_share_no_driver():
    """One count of seats for four lines: apart, the spread is half of that of one draw for all."""
    lines = [{"line": f"l{k}", "likely": 10, "per": "seats"} for k in range(4)] + [{"vendor": "B", "likely": 7}]
    seats = [{"driver": "seats", "low": 100, "likely": 150, "high": 200}]
    read = worlds.dossier(lines, drivers=seats)
    one, apart = (dx.tco(read, shared=each).totals.set_index(["vendor", "basis"]) for each in (True, False))
    a = ("A", "nominal")
    assert one.loc[a, "mean"] == pytest.approx(18_000, rel=1e-3)
    assert apart.loc[a, "mean"] == pytest.approx(18_000, rel=1e-3)
    width = [each.loc[a, "p90"] - each.loc[a, "p10"] for each in (one, apart)]
    assert width[1] / width[0] == pytest.approx(1 / 2, abs=0.03)
    assert apart.loc[("B", "nominal"), ["p10", "mean", "p90"]].tolist() == pytest.approx([21] * 3)


def test_a_result_holds_the_drawn_money_that_its_totals_sum_up():
    result = dx.tco(worlds.dossier([{"low": 1000, "likely": 2000, "high": 3000}]), draws=1024)
    totals = result.totals.set_index("basis")["mean"]
    assert result.present["A"].mean() == pytest.approx(totals["pv"])
    assert result.served["A"].mean() == pytest.approx(totals["pv_served"])


def test_lines_may_be_drawn_apart_as_often_as_is_asked():
    read = worlds.dossier([{"low": 1000, "likely": 2000, "high": 3000}, {"vendor": "B", "line": "seats", "likely": 7}])
    totals = dx.tco(read, draws=1024, shared=False).totals.set_index(["vendor", "basis"])
    assert totals.loc[("A", "nominal"), "mean"] == pytest.approx(6_000, rel=1e-3)
    with pytest.raises(dx.DataError, match="shared"):
        dx.tco(read, shared=1)


@pytest.mark.thorough
def test_drawn_apart_has_the_means_and_understates_the_spread(snapshot):
    one, apart = sample.cost(), dx.tco(sample.portal(), shared=False)
    pv = [each.totals.query("basis == 'pv'").set_index("vendor") for each in (one, apart)]
    assert pv[1]["mean"].to_dict() == pytest.approx(pv[0]["mean"].to_dict(), rel=1e-3)
    width = [each["p90"] - each["p10"] for each in pv]
    assert (width[1] < width[0]).all()
    assert apart.notes == snapshot


def test_the_yearly_spread_is_that_of_all_categories_together():
    result = sample.cost()
    sums = result.table.groupby(["vendor", "year"], sort=False)["mean"].sum()
    assert result.yearly["mean"].to_numpy() == pytest.approx(sums.to_numpy(), rel=1e-12)
    assert (result.yearly["p10"] < result.yearly["p90"]).all()


@pytest.mark.simulated
def test_many_draws_agree_with_the_default_and_keep_the_mean():
    few_, many = sample.cost(), dx.tco(sample.portal(), draws=120_000)
    for name, digits in (("mean", 1e-4), ("p90", 2e-3)):
        pair = [each.totals.query("basis == 'pv'")[name].to_numpy() for each in (few_, many)]
        assert pair[1] == pytest.approx(pair[0], rel=digits)
    assert len(many.present["Port"]) == 8 * 16_384


def test_too_few_draws_are_refused(refusal):
    with refusal():
        dx.tco(sample.portal(), draws=10)


def test_what_a_purchase_brings_back_as_forrester_counts_it():
    """TEI of Salesloft: costs and benefits of the shared case, each year at its end as Forrester has it."""
    case = next(c for c in CASES if c["id"] == "tei_salesloft")
    costs_, gains = case["inputs"]["costs"], case["inputs"]["benefits"]
    year = {"declared": "of the case"}
    rows = [
        {"line": f"y{y}", "likely": money, **year}
        | ({"timing": "once"} if y == 0 else {"from_month": 12 * y - 11, "to_month": 12 * y})
        for y, money in enumerate(costs_)
    ]
    back = [
        {"vendor": "A", "line": f"y{y}", "likely": money, "from_month": 12 * y - 11, "to_month": 12 * y, **year}
        for y, money in enumerate(gains)
        if y
    ]
    row = dx.tco(worlds.dossier(rows, benefits=back, decision={"discounting": "year end"})).returns.iloc[0]
    flows = [gain - cost for gain, cost in zip(gains, costs_, strict=True)]
    assert row["npv"] == pytest.approx(dx.npv(0.1, flows), rel=1e-12)
    assert row["roi"] == pytest.approx(dx.npv(0.1, flows) / dx.npv(0.1, costs_))
    assert round(100 * row["roi"]) == case["expected"]["roi_pct"]
    assert row["npv"] == pytest.approx(case["expected"]["npv"], abs=1)
    assert (row["p10"], row["p_positive"]) == (pytest.approx(row["npv"]), 1.0)
    monthly = [flows[0], *(flow / 12 for flow in flows[1:] for _ in range(12))]
    assert row["payback"] == pytest.approx(dx.payback(monthly) / 12)
    assert row["irr"] == "none up to 1000%"  # a month's return compounds to far more


def test_a_published_table_of_five_years_adds_up_by_year_and_by_line():
    case = next(c for c in CASES if c["id"] == "tco_casemgmt_5y")
    rows = [
        {"line": f"{line}, {year}", "likely": amount, "from_month": 12 * year + 1, "to_month": 12 * year + 12}
        for line, amounts in case["inputs"]["lines"].items()
        for year, amount in enumerate(amounts)
    ]
    costs = pd.DataFrame([{"vendor": "A", "category": "licence", "timing": "yearly", **row} for row in rows])
    decision = pd.DataFrame({"key": ["horizon_years", "discount_rate"], "value": [5, 0]})
    found = dx.tco(dx.read_dossier({"costs": costs, "decision": decision}), draws=1024)
    yearly = found.yearly.query("year > 0").set_index("year")["mean"]
    assert yearly.tolist() == pytest.approx(case["expected"]["year_totals"])
    assert yearly.cumsum().tolist() == pytest.approx(case["expected"]["cumulative"])
    total = found.totals.set_index("basis").loc["nominal", "mean"]
    assert total == pytest.approx(case["expected"]["grand_total"])


def test_the_budget_that_would_do_is_one_of_the_draws():
    """Five draws of two years: a budget of 3 is exceeded by 1 and by 2, and four of the five are within 4."""
    start, first, second = np.full(5, 0.5), np.arange(5) + 0.5, np.array([9.0, 1, 1, 1, 1])

    def found(budget, *years):
        vendors = {"A": SimpleNamespace(cells={"licence": np.array([start, first, *years])})}
        return _budget(SimpleNamespace(decision={"budget": budget}), SimpleNamespace(vendors=vendors)).values.tolist()

    assert found([3.0]) == [["A", 0, 3, 0.4, 1.5, 4], ["A", 1, 3, 0.4, 1.5, 4]]
    assert found([6.0], second) == [["A", 0, 6, 0.2, 4, 6]]
    rows = found([5.0, 1.0], second)
    assert rows[:2] == [["A", 0, 6, 0.2, 4, 6], ["A", 1, 5, 0, pytest.approx(np.nan, nan_ok=True), 4]]
    assert rows[2] == ["A", 2, 1, 0.2, 8, 1]


def test_payback_with_discounting_is_worked_out_by_month():
    """1,000 at the start and 100 a month back, at 21% a year: month by month, straight within the last one."""
    costs = {"vendor": ["A"], "line": ["setup"], "category": ["implementation"], "timing": ["once"], "likely": [1000]}
    gains = {"vendor": ["A"], "line": ["saved"], "category": ["infrastructure"], "timing": ["monthly"], "likely": [100]}
    settings = {"key": ["discount_rate", "horizon_years"], "value": [0.21, 3]}
    tables = {"costs": costs, "benefits": gains, "decision": settings}
    row = dx.tco(dx.read_dossier({name: pd.DataFrame(table) for name, table in tables.items()})).returns.iloc[0]
    back = np.array([100 / 1.21 ** (month / 12) for month in range(1, 37)]).cumsum()
    last = int(np.searchsorted(back, 1000))
    assert row["payback"] == pytest.approx(10 / 12)
    assert row["payback_discounted"] == pytest.approx(
        (last + (1000 - back[last - 1]) / (back[last] - back[last - 1])) / 12
    )
