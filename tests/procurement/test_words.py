"""What cost, cost of leaving and the tables of a dossier say, word by word, on figures that are worked by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.procurement.cost.leaving import COMPONENTS, components, renewals
from dxkit.procurement.cost.ownership import _step
from dxkit.procurement.dossier.leaving_inputs import EXIT_INPUTS

COSTS = pd.DataFrame(
    [
        ["A", "set-up", "implementation", "initial", None, 5000, None],
        ["A", "seats", "licence", "yearly", None, 1000, None],
        ["A", "own work", "operations", "yearly", None, 200, None],
        ["B", "seats", "licence", "yearly", 2000, 3000, 4000],
    ],
    columns=["vendor", "line", "category", "timing", "low", "likely", "high"],
).astype(object)
DECISION = {"currency": "EUR", "status": "quoted", "start": "2026-01-31", "title": "Portal", "jurisdiction": "EU"}
YEAR_1, YEAR_2, YEAR_3 = 1 / 1.1, 1 / 1.21, 1 / 1.331


def read(costs=COSTS, leaving=(), decision=None, **sheets):
    decision = DECISION if decision is None else decision
    if leaving:
        sheets["exit"] = pd.DataFrame(leaving, columns=["vendor", "input", "likely"]).astype(object)
    if decision:
        sheets["decision"] = pd.DataFrame(list(decision.items()), columns=["key", "value"])
    return dx.read_dossier({"costs": costs, **sheets})


BENEFITS = pd.DataFrame({"vendor": ["A"], "line": ["time"], "timing": ["yearly"], "likely": [4000]})
# nothing but the choice of the next tool (30 days at 700) and what the contract still asks
BARE = [
    ("all", name, 0)
    for name, each in EXIT_INPUTS.items()
    if each.default
    and name
    not in (
        "engineer_day_rate",
        "reselect_days",
        "term_months",
        "notice_months",
        "liability",
        "rush",
        "hazard_forced",
        "hazard_voluntary",
        "unlearn_years",
        "export_fidelity",
    )
]


def test_cost_in_print(snapshot):
    """A: 5000 + 1200 (1/1.1 + 1/1.21 + 1/1.331) = 7984.22; B: 3000 on average, 7460.56."""
    result = dx.tco(read())
    pv = 5000 + 1200 * (YEAR_1 + YEAR_2 + YEAR_3)
    totals = result.totals.set_index(["vendor", "basis"])
    assert result.totals.columns.tolist() == [
        "vendor",
        "basis",
        "mean",
        "se",
        "p10",
        "p50",
        "p90",
        "p_cheapest",
        "exact_mean",
    ]
    assert result.totals["basis"].tolist() == ["nominal"] * 2 + ["pv"] * 2 + ["pv_with_exit"] * 2
    for column in ("mean", "p10", "p50", "p90", "exact_mean"):
        assert totals.loc[("A", "nominal"), column] == pytest.approx(5000 + 3 * 1200, rel=1e-12)
        assert totals.loc[("A", "pv"), column] == pytest.approx(pv, rel=1e-12)
    assert totals.loc[("B", "nominal"), "exact_mean"] == pytest.approx(9000)
    assert totals.loc[("B", "pv"), "exact_mean"] == pytest.approx(3000 * (YEAR_1 + YEAR_2 + YEAR_3))
    assert totals.loc[("B", "nominal"), "mean"] == pytest.approx(9000, rel=1e-5)
    assert totals.loc[("A", "pv"), "se"] == 0
    assert 0 < totals.loc[("B", "pv"), "se"] < 0.05
    assert totals.xs("pv_with_exit", level="basis")["exact_mean"].isna().all()
    assert totals["p_cheapest"].groupby("basis").sum().tolist() == pytest.approx([1, 1, 1])
    assert result.table[["vendor", "year", "category", "mean"]].to_numpy().tolist()[:6] == [
        ["A", 0, "implementation", 5000],
        ["A", 0, "licence", 0],
        ["A", 0, "operations", 0],
        ["A", 1, "implementation", 0],
        ["A", 1, "licence", 1000],
        ["A", 1, "operations", 200],
    ]
    assert result.table.columns.tolist() == ["vendor", "year", "category", "mean", "p10", "p50", "p90"]
    assert len(result.table) == 4 * 3 + 4
    assert result.yearly.columns.tolist() == ["vendor", "year", "mean", "p10", "p90"]
    assert result.yearly.to_numpy().tolist()[:4] == [["A", 0, *[5000] * 3], *[["A", y, *[1200] * 3] for y in (1, 2, 3)]]
    assert result.yearly["mean"].to_numpy()[4:] == pytest.approx([0, 3000, 3000, 3000], rel=1e-5)
    assert result.tornado.columns.tolist() == ["vendor", "input", "share"]
    assert result.tornado[["vendor", "input"]].to_numpy().tolist() == [["B", "B: seats"]]
    assert result.tornado["share"][0] == pytest.approx(1, abs=2e-4)
    assert (result.currency, result.status, result.cheapest, result.seed) == ("EUR", "quoted", "B", 0)
    assert repr(result.returns) == snapshot(name="without benefits")
    assert list(result.present) == ["A", "B"]
    assert result.present["B"].mean() == pytest.approx(totals.loc[("B", "pv"), "mean"])
    lines = repr(result).split("\n")
    assert [*lines[:4], *lines[6:]] == snapshot
    assert [line[8:26].strip() for line in lines[2:6]] == snapshot


def test_benefits_against_costs_by_hand():
    """4000 a year against 7984.22: net 1963.19, 24.6%; 5000 back at 2800 a year after 1.79 years."""
    result = dx.tco(read(benefits=BENEFITS))
    row = result.returns.set_index("vendor").loc["A"]
    benefit, cost = 4000 * (YEAR_1 + YEAR_2 + YEAR_3), 5000 + 1200 * (YEAR_1 + YEAR_2 + YEAR_3)
    assert row[["pv_benefits", "pv_costs", "npv"]].tolist() == pytest.approx([benefit, cost, benefit - cost])
    assert row[["p10", "p90"]].tolist() == pytest.approx([benefit - cost] * 2)
    assert row["roi"] == pytest.approx(benefit / cost - 1)
    assert row["payback"] == pytest.approx(5000 / 2800)
    assert result.returns["vendor"].tolist() == ["A"]
    apart = dx.tco(read(benefits=BENEFITS), shared=False)
    assert apart.returns["npv"].tolist() == pytest.approx([benefit - cost])


def test_two_lines_of_benefit_add_up():
    two = pd.concat([BENEFITS, BENEFITS.assign(line="calm", likely=500), BENEFITS.assign(vendor="B", likely=100)])
    returns = dx.tco(read(benefits=two.reset_index(drop=True))).returns.set_index("vendor")
    back = YEAR_1 + YEAR_2 + YEAR_3
    assert returns["pv_benefits"].tolist() == pytest.approx([4500 * back, 100 * back])
    assert returns.loc["A", ["npv", "p10", "p90"]].tolist() == pytest.approx([3300 * back - 5000] * 3)
    assert returns.loc["B", "npv"] == pytest.approx(-2900 * back, rel=1e-5)


@pytest.mark.mutation
def test_what_is_gained_is_drawn_with_the_rest_and_at_its_mean_where_lines_are_drawn_apart():
    doubted = BENEFITS.assign(low=[2000], likely=[4000], high=[6000])
    together, apart = (dx.tco(read(benefits=doubted), shared=shared).returns.iloc[0] for shared in (True, False))
    back = YEAR_1 + YEAR_2 + YEAR_3
    assert together["npv"] == pytest.approx(2800 * back - 5000, rel=1e-3)
    assert together["p10"] < together["npv"] - 1000 < together["npv"] + 1000 < together["p90"]
    assert (apart["p10"], apart["p90"]) == pytest.approx((2800 * back - 5000, 2800 * back - 5000))


def test_the_notes_of_cost(snapshot):
    fixed = read(costs=COSTS.assign(low=None, high=None), decision={"title": "x"})
    result = dx.tco(fixed, seed=5)
    assert result.title == snapshot
    assert result.seed == 5
    assert result.notes == snapshot
    assert dx.tco(read(), shared=False).notes[0] == snapshot
    leaving = read(
        costs=COSTS.assign(low=None, high=None),
        exit=pd.DataFrame(
            {"vendor": ["all"], "input": ["hazard_forced"], "low": [0.01], "likely": [0.02], "high": [0.05]}
        ),
    )
    assert dx.tco(leaving).notes == snapshot  # how it may end is no doubt about the cost


def test_sources_that_differ_and_those_that_are_dated_are_counted_in_the_notes(snapshot):
    """Two sources name B's seats, one of them has a date; A's seats are dated."""
    more = pd.DataFrame([["B", "seats", "licence", "yearly", 3000, 3600, 5000]], columns=COSTS.columns)
    both = pd.concat([COSTS, more.astype(object)], ignore_index=True).assign(
        source=["", "quote", "", "blog", "list"], source_date=["", "2026-01-10", "", "", "2026-01-11"]
    )
    notes = dx.tco(read(costs=both)).notes
    assert notes[1:] == snapshot


@pytest.mark.parametrize(
    ("p10", "p90", "mean", "step"),
    [
        ([0, 0], [5_000, 49_999], [9e9, 9e9], 1_000),
        ([0, 0], [49_999, 50_000], [1, 1], 1_000),
        ([0, 0], [50_000, 60_000], [1, 1], 10_000),
        ([5, 5], [5, 5], [2e6, 7e6], 1_000),
        ([0, 0], [3, 3], [1, 1], 1),
        ([7, 7], [7, 7], [7, 7], 1),
        ([5, 5], [5, 5], [1, 5e6], 1_000),
        ([10, 0], [60, 90], [1, 1], 10),
    ],
)
def test_the_last_digit_shown_is_one_that_a_fifth_of_the_spread_earns(p10, p90, mean, step):
    """The narrowest spread decides; where nothing is spread, a thousandth of the largest mean stands for it."""
    assert _step(pd.DataFrame({"p10": p10, "p90": p90, "mean": mean}, dtype=float)) == step


@pytest.mark.parametrize(
    "draw",
    [
        lambda cost, card, leaving: cost.plot_years(),
        lambda cost, card, leaving: cost.plot_tornado("B"),
        lambda cost, card, leaving: leaving.plot(),
        lambda cost, card, leaving: card.plot_ranks(),
        lambda cost, card, leaving: card.plot_weight_ranges(),
        lambda cost, card, leaving: card.plot_trial_plan(),
    ],
    ids=["years", "tornado", "leaving", "ranks", "weight ranges", "trial plan"],
)
def test_a_picture_is_drawn_into_the_axes_that_are_given(draw):
    sheets = {
        "criteria": pd.DataFrame(
            {
                "criterion": ["cost", "use"],
                "weight": [1, 1],
                "worst": [10000, 1],
                "best": [0, 5],
                "measure": ["tco", "rating"],
            }
        ),
        "evidence": pd.DataFrame(
            {"vendor": ["A", "B"], "criterion": "use", "rating": [3, 4], "kind": "demo", "rater": "x"}
        ),
    }
    dossier = read(**sheets)
    cost = dx.tco(dossier, draws=1024)
    assert draw(cost, dx.scorecard(dossier, cost), dx.exit_cost(dossier)).get_title(loc="left")


def test_axes_and_vendor_reach_the_picture():
    import matplotlib.pyplot as plt

    cost = dx.tco(read(COSTS.assign(low=[None, 900, None, 2000], high=[None, 1100, None, 4000])), draws=1024)
    _, (one, two) = plt.subplots(1, 2)
    assert cost.plot_years(ax=one) is one
    for vendor in ("A", "B"):
        two.clear()
        assert cost.plot_tornado(vendor, ax=two) is two
        assert two.get_title(loc="left").startswith(f"{vendor}: ")
    card = dx.scorecard(
        read(
            criteria=pd.DataFrame({"criterion": ["use"], "weight": [1]}),
            evidence=pd.DataFrame({"vendor": ["A", "B"], "criterion": "use", "rating": [3, 4], "kind": "demo"}),
        ),
        draws=1024,
    )
    for picture in (card.plot_ranks, card.plot_weight_ranges, card.plot_trial_plan):
        assert picture(ax=one) is one
    plt.close("all")


def test_leaving_in_print(snapshot):
    """Choosing anew costs 30 x 700; A is owed the rest of a year of 1000, but at least two months, in the EU."""
    result = dx.exit_cost(read(leaving=BARE))
    year = [21_000 + 1000, 21_000 + 1000 / 6, 21_000 + 1000 / 6, 21_000 + 1000 / 6]
    totals = result.totals.set_index(["vendor", "quarter"])
    assert totals.loc["A", "planned"][[0, 4, 8, 12]].tolist() == pytest.approx(year)
    assert totals.loc["A", "planned"][[1, 2, 3]].tolist() == pytest.approx([21_750, 21_500, 21_250])
    assert totals.loc["A", "forced"].tolist() == pytest.approx([21_000] * 13)
    assert totals.loc[("A", 0), "lock_in_ratio"] == pytest.approx(22)
    assert totals.loc[("A", 0), "headroom"] == pytest.approx(22 / (YEAR_1 + YEAR_2 + YEAR_3))
    assert result.notes[0].startswith(f"{2 * (len(EXIT_INPUTS) - len(BARE)) - 4} of {2 * len(EXIT_INPUTS)} ")
    assert repr(result) == snapshot
    assert result._printed()[0]["year"].tolist() == [0, 1, 2, 3] * 2
    assert result._printed()[0]["year"].dtype.kind == "i"
    written = {column.name: column.format for column in result._printed()[1]}
    assert (written["year"], written["lock_in_ratio"]) == ("count", "hours")
    room = replace(result, totals=result.totals.assign(headroom=[3.0, 3.001] * 13))._printed()[0]["headroom"]
    assert room.tolist() == ["300%"] * 4 + ["over 300%"] * 4
    assert result.totals.columns.tolist() == ["vendor", "quarter", "planned", "forced", "lock_in_ratio", "headroom"]
    assert result.table.columns.tolist() == ["vendor", "quarter", "mode", "component", "mean", "p10", "p90"]
    assert result.table["component"][::13].tolist() == [*COMPONENTS] * 4
    assert result.table["mode"].drop_duplicates().tolist() == ["planned", "forced"]
    assert result.table["quarter"][:14].tolist() == [*range(13), 0]
    assert (result.currency, result.status, result.seed) == ("EUR", "quoted", 0)
    assert dx.exit_cost(read(leaving=BARE), seed=4).seed == 4
    at_end = (21_000 + 1000 / 6) * YEAR_3
    assert result.expected.columns.tolist() == ["vendor", "expected", "certain", "p_exit"]
    assert result.expected["certain"][0] == pytest.approx(at_end)
    assert result.expected["p_exit"][0] == pytest.approx(1 - np.exp(-3 * 0.12))
    assert result.present["A"] == pytest.approx(at_end)
    # the first cheapest quarter after the start; the contract renews each year, two months' notice from the 31st
    assert result.calendar.columns.tolist() == [
        "vendor",
        "cheapest",
        "planned",
        "last_notice",
        "date",
        "last_notice_date",
    ]
    row = result.calendar.set_index("vendor").loc["A"]
    assert row[["cheapest", "date", "last_notice_date"]].tolist() == [4, "2027-01-31", "2026-11-30"]
    assert row[["planned", "last_notice"]].tolist() == pytest.approx([21_000 + 1000 / 6, 1 - 2 / 12])
    assert result.renewals.columns.tolist() == [
        "vendor",
        "quarter",
        "planned",
        "last_notice",
        "date",
        "last_notice_date",
    ]
    assert result.renewals[["vendor", "quarter", "date", "last_notice_date"]].to_numpy().tolist() == [
        ["A", 4, "2027-01-31", "2026-11-30"],
        ["A", 8, "2028-01-31", "2027-11-30"],
        ["B", 4, "2027-01-31", "2026-11-30"],
        ["B", 8, "2028-01-31", "2027-11-30"],
    ]
    assert result.renewals["planned"].tolist() == pytest.approx([21_000 + 1000 / 6] * 2 + [21_500] * 2)


def test_outside_the_eu_notice_is_as_agreed_and_without_a_start_there_is_no_day(snapshot):
    result = dx.exit_cost(read(leaving=BARE, decision={"title": "x"}))
    assert result.title == snapshot
    assert len(result.notes) == 1
    assert result.totals["planned"][4] == pytest.approx(21_000 + 1000 / 4)
    assert result.renewals[["last_notice", "date", "last_notice_date"]].to_numpy().tolist()[:2] == [
        [0.75, "", ""],
        [1.75, "", ""],
    ]
    nobody = dx.exit_cost(read(costs=COSTS.assign(category="operations"), leaving=BARE))
    assert nobody._printed()[0]["headroom"].tolist() == ["–"] * 8
    three = [("all", "notice_months", 14)]  # longer than the year: the last day is the start
    late = dx.exit_cost(read(leaving=[*BARE, *three], decision={"title": "x"})).renewals
    assert late["last_notice"].tolist()[:2] == pytest.approx([0, 2 - 14 / 12])


def test_every_component_grows_as_its_inputs_do():
    """After two years, everything that may grow has grown."""
    base = {name: each.default for name, each in EXIT_INPUTS.items()}
    changed = base | {
        "annual_spend": 30_000,
        "spend_growth": 0.1,
        "seats_growth": 0.2,
        "data_gb": 7,
        "egress_fee": 0.3,
        "automations": 4,
        "export_rework": 0.5,
        "export_fidelity": 0.6,
        "unlearn_years": 2.0,
        "term_months": 36,
        "liability": 0.4,
        "rush": 1.8,
        "overlap_months": 4,
    }
    v = {name: np.full((1, 1), float(value)) for name, value in changed.items()}
    parts = components(v, np.array([0.0, 2.0]))
    found = {name: cost[0, 1] for name, cost in parts["planned"].items()}
    spend, seats = 30_000 * 1.21, 100 * 1.44
    assert found["data"] == pytest.approx(
        (7 + 2 * 20) * 0.3 + 700 * (5 + 2 * 10) * (1 + 0.5 * 0.4) + 700 * 2 * (2000 + 2 * 1000) / 1000 * 0.4
    )
    assert found["integration"] == pytest.approx(700 * (4 * (10 + 2 * 5) + 1 * (4 + 2 * 10)) * 0.7)
    assert found["people"] == pytest.approx(seats * 600 / 8 * (3 * (1 - np.exp(-1)) + 4) + seats * 600 * 5 * 2 * 0.05)
    assert found["parallel"] == pytest.approx(4 * 700 * 5 + 4 * spend / 12)
    assert found["contract"] == pytest.approx(1 * spend * 0.4)
    assert found["selection"] == pytest.approx(700 * 30)
    forced = {name: cost[0, 1] for name, cost in parts["forced"].items()}
    assert forced == pytest.approx(
        found
        | {
            "data": 1.8 * found["data"],
            "integration": 1.8 * found["integration"],
            "parallel": 4 * 700 * 5,
            "contract": 0,
        }
    )
    at_once = components(v | {"unlearn_years": np.zeros((1, 1))}, np.array([0.0, 2.0]))["planned"]["people"][0]
    assert at_once.tolist() == pytest.approx([100 * 75 * 4 + 100 * 300, seats * 75 * 7 + seats * 300])


@pytest.mark.parametrize(
    ("months", "horizon", "quarters"),
    [
        (12, 3, [4, 8]),
        (3, 1, [1, 2, 3]),
        (0, 1, [1, 2, 3]),
        (0.01, 1, [1, 2, 3]),
        (24, 2, []),
        (1, 1, [1, 2, 3]),
        (2, 1, [1, 2, 3]),
        (1, 2, [*range(1, 8)]),
        (7, 2, [2, 5, 7]),
        (11, 2, [4, 7]),
        (24, 5, [8, 16]),
    ],
)
def test_renewals_by_hand(months, horizon, quarters):
    assert renewals(months, horizon) == quarters


def test_what_the_other_sheets_say_is_taken_for_leaving(snapshot):
    """1000 growing by a tenth a year, a term of two years, and twenty seats that grow by a fifth."""
    costs = pd.DataFrame(
        {
            "vendor": ["A", "A"],
            "line": ["seats", "help"],
            "category": ["licence", "support"],
            "timing": "yearly",
            "likely": [900, 100],
            "growth": [0.1, 0.1],
            "term_months": [12, 24],
            "per": ["", ""],
        }
    ).astype(object)
    drivers = pd.DataFrame({"driver": ["seats"], "likely": [20], "growth_likely": [0.2]})
    result = dx.exit_cost(read(costs=costs, drivers=drivers, decision={"title": "x"}))
    totals = result.totals.set_index("quarter")
    spend = 1000 * 1.1**2
    assert totals.loc[8, "lock_in_ratio"] == pytest.approx(totals.loc[8, "planned"] / spend)
    assert result.renewals["quarter"].tolist() == [8]
    people = result.table.query("mode == 'planned' and component == 'people'").set_index("quarter")["mean"]
    assert people[0] == pytest.approx(20 * 600 / 8 * 4 + 20 * 600 * 5 * 2 * 0.05)
    seats = 20 * 1.2**2
    assert people[8] == pytest.approx(seats * 75 * (3 * (1 - np.exp(-2)) + 4) + seats * 300)
    assert result.notes == snapshot


def test_the_cost_of_leaving_beside_that_of_owning_is_the_expected_one_in_the_eu_too():
    dossier = read(leaving=BARE)
    totals = dx.tco(dossier).totals.set_index(["basis", "vendor"])["mean"]
    expected = dx.exit_cost(dossier).expected.set_index("vendor")["expected"]
    assert (totals["pv_with_exit"] - totals["pv"]).to_dict() == pytest.approx(expected.to_dict())


def test_other_seeds_draw_other_figures_of_leaving():
    doubt = pd.DataFrame({"vendor": ["A"], "input": ["records"], "low": [0], "likely": [2000], "high": [9000]})
    one, two, again = (dx.exit_cost(read(exit=doubt), seed=seed).present["A"] for seed in (0, 1, 0))
    assert (one != two).any()
    assert (one == again).all()
    assert one.mean() == pytest.approx(two.mean(), rel=1e-4)


def test_a_price_of_less_than_one_is_a_price():
    small = COSTS.assign(likely=[0.5, 0.5, 0.1, 0.5], low=None, high=None)
    totals = dx.exit_cost(read(costs=small, leaving=BARE)).totals
    assert totals["lock_in_ratio"][0] == pytest.approx((21_000 + 0.5) / 0.5)
