"""What cost and cost of leaving say, word by word, on figures that are worked by hand."""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.procurement.cost.leaving import COMPONENTS
from dxkit.procurement.cost.ownership import _step
from dxkit.procurement.dossier.leaving_inputs import EXIT_INPUTS
from tests.procurement.cost.worlds import NOTHING, dossier

LINES = [
    {"line": "set-up", "category": "implementation", "timing": "once", "likely": 5000},
    {"line": "seats", "likely": 1000},
    {"line": "own work", "category": "operations", "likely": 200},
    {"vendor": "B", "line": "seats", "low": 2000, "likely": 3000, "high": 4000},
]
YEAR_END = {"discounting": "year end"}
CERTAIN = [{**line, "low": "", "high": ""} for line in LINES]
DECISION = {"currency": "EUR", "status": "quoted", "start": "2026-01-31", "title": "Portal", "jurisdiction": "EU"}
BACK = sum(1.1 ** (-m / 12) for m in range(1, 37)) / 12  # present value of 1 a year, paid monthly in arrears
STAYS = {"hazard_forced": 0, "hazard_voluntary": 0}
# nothing but the choice of the next tool, 30 days at 700, and what the contract asks
BARE = NOTHING | {"engineer_day_rate": 700, "reselect_days": 30, "notice_months": 3}


def read(lines=LINES, leaving=None, decision=DECISION, **sheets):
    return dossier(lines, leaving=STAYS if leaving is None else leaving, decision=decision, **sheets)


def test_the_notes_say_when_a_payment_counts_and_that_lines_apart_are_for_comparison():
    plain, late = (dx.tco(read(CERTAIN, decision=each)).notes for each in (DECISION, DECISION | YEAR_END))
    assert plain[0].endswith("time 0 not discounted, each payment from the day on which it falls due")
    assert late[0].endswith("time 0 not discounted, years at their end")
    assert plain[1:] == late[1:]
    apart = dx.tco(read(CERTAIN), shared=False).notes
    assert apart[0] == "every line is drawn by itself, which understates the spread: for comparison only"
    assert apart[1:] == plain


def test_cost_in_print(snapshot):
    """A: 5000 + 1200 a year; B: 3000 a year on average, and neither is ever left."""
    result = dx.tco(read())
    totals = result.totals.set_index(["vendor", "basis"])
    assert result.totals["basis"].unique().tolist() == ["nominal", "pv", "pv_with_exit", "pv_served"]
    for column in ("mean", "p10", "p50", "p90"):
        assert totals.loc[("A", "nominal"), column] == pytest.approx(5000 + 3 * 1200, rel=1e-12)
        for basis in ("pv", "pv_with_exit", "pv_served"):
            assert totals.loc[("A", basis), column] == pytest.approx(5000 + 1200 * BACK, rel=1e-12)
    assert totals.loc[("B", "nominal"), "mean"] == pytest.approx(9000, rel=1e-5)
    assert totals.loc[("B", "pv"), "mean"] == pytest.approx(3000 * BACK, rel=1e-5)
    assert totals.loc[("A", "pv"), "se"] == 0
    assert 0 < totals.loc[("B", "pv"), "se"] < 0.05
    chance = totals["p_cheapest"].groupby("basis").sum(min_count=2)
    assert chance[["nominal", "pv", "pv_served"]].tolist() == pytest.approx([1, 1, 1])
    assert np.isnan(chance["pv_with_exit"])
    for name in ("mean", "p10", "p90"):
        assert result.yearly[name].tolist()[:4] == pytest.approx([5000, 1200, 1200, 1200])
    assert result.yearly["mean"].to_numpy()[4:] == pytest.approx([0, 3000, 3000, 3000], rel=1e-5)
    tornado = result.tornado.query("basis == 'pv'")
    assert tornado[["vendor", "input"]].to_numpy().tolist() == [["B", "B: seats"]]
    assert tornado["share"].iloc[0] == pytest.approx(1, abs=4e-3)
    assert (result.currency, result.status, result.cheapest, result.seed) == ("EUR", "quoted", "B", 0)
    assert repr(result.returns) == snapshot(name="without benefits")
    assert repr(result.budget) == snapshot(name="without a budget")
    assert repr(result) == snapshot


BENEFITS = [{"vendor": "A", "line": "time", "timing": "yearly", "likely": 4000}]


@pytest.mark.thorough
def test_benefits_against_costs_by_hand():
    """4000 a year against 5000 and 1200 a year: 2800 a year pay 5000 back in the 22nd month."""
    for options in ({}, {"shared": False}):
        row = dx.tco(read(benefits=BENEFITS), **options).returns.set_index("vendor").loc["A"]
        benefit, cost = 4000 * BACK, 5000 + 1200 * BACK
        assert row[["pv_benefits", "pv_costs", "npv"]].tolist() == pytest.approx([benefit, cost, benefit - cost])
        assert row[["p10", "p90"]].tolist() == pytest.approx([benefit - cost] * 2)
        assert row["roi"] == pytest.approx(benefit / cost - 1)
        assert row["payback"] == pytest.approx(5000 / 2800)
        assert row["p_positive"] == 1


@pytest.mark.thorough
def test_two_lines_of_benefit_add_up_and_are_drawn_with_the_rest():
    two = [*BENEFITS, {**BENEFITS[0], "line": "calm", "likely": 500}, {**BENEFITS[0], "vendor": "B", "likely": 100}]
    returns = dx.tco(read(benefits=two)).returns.set_index("vendor")
    assert returns["pv_benefits"].tolist() == pytest.approx([4500 * BACK, 100 * BACK])
    assert returns.loc["A", ["npv", "p10", "p90"]].tolist() == pytest.approx([3300 * BACK - 5000] * 3)
    doubted = dx.tco(read(benefits=[{**BENEFITS[0], "low": 2000, "high": 6000}])).returns.iloc[0]
    assert doubted["npv"] == pytest.approx(2800 * BACK - 5000, rel=1e-3)
    assert doubted["p10"] < doubted["npv"] - 1000 < doubted["npv"] + 1000 < doubted["p90"]


@pytest.mark.thorough
def test_the_notes_of_cost(snapshot):
    result = dx.tco(read(CERTAIN, decision={"title": "x"}), seed=5)
    assert (result.title, result.seed) == (snapshot, 5)
    assert result.notes == snapshot
    assert dx.tco(read(), shared=False).notes[0] == snapshot
    assert dx.tco(read(CERTAIN, decision={"discounting": "year end"})).notes[0] == snapshot
    doubted = {"hazard_forced": (0.01, 0.02, 0.05)}
    assert dx.tco(read(CERTAIN, leaving=doubted)).notes[2] == result.notes[2]  # how it may end is no doubt about owning


def test_sources_that_differ_and_those_that_are_dated_are_counted_in_the_notes(snapshot):
    """Two sources name B's seats, one of them has a date; A's seats are dated."""
    sources = [("", ""), ("quote", "2026-01-10"), ("", ""), ("blog", ""), ("list", "2026-01-11")]
    more = {**LINES[3], "low": 3000, "likely": 3600, "high": 5000}
    rows = [
        {**line, "source": source, "source_date": day}
        for line, (source, day) in zip([*LINES, more], sources, strict=True)
    ]
    assert dx.tco(read(rows)).notes[2:] == snapshot


@pytest.mark.parametrize(
    ("p10", "p90", "mean", "step"),
    [
        ([0, 0], [5_000, 49_999], [9e9, 9e9], 1_000),
        ([0, 0], [50_000, 60_000], [1, 1], 10_000),
        ([5, 5], [5, 5], [2e6, 7e6], 1_000),
        ([0, 0], [3, 3], [1, 1], 1),
        ([10, 0], [60, 90], [1, 1], 10),
    ],
)
def test_the_last_digit_shown_is_one_that_a_fifth_of_the_spread_earns(p10, p90, mean, step):
    """The narrowest spread decides; where nothing is spread, a thousandth of the largest mean stands for it."""
    assert _step(pd.DataFrame({"p10": p10, "p90": p90, "mean": mean}, dtype=float)) == step


@pytest.mark.thorough
def test_axes_and_vendor_reach_the_picture():
    read_ = read([*LINES[:1], {**LINES[1], "low": 900, "high": 1100}, *LINES[2:]], leaving={})
    cost, leaving = dx.tco(read_, draws=1024), dx.exit_cost(read_)
    _, (one, two) = plt.subplots(1, 2)
    assert cost.plot_years(ax=one) is one
    for result in (cost, leaving):
        for vendor in ("A", "B"):
            two.clear()
            assert result.plot_tornado(vendor, ax=two) is two
            assert two.get_title(loc="left").startswith(f"{vendor}: ")
    plt.close("all")


def test_leaving_in_print(snapshot):
    """Choosing anew costs 30 x 700; A is owed the rest of a year of 1000, and nothing at a renewal."""
    result = dx.exit_cost(read(leaving=BARE | {"hazard_forced": 0.04, "hazard_voluntary": 0.08}))
    totals = result.totals.set_index(["vendor", "quarter"])
    assert totals.loc["A", "planned"][[0, 4, 8, 12]].tolist() == pytest.approx([22_000, 21_000, 21_000, 21_000])
    assert totals.loc["A", "planned"][[1, 2, 3]].tolist() == pytest.approx([21_750, 21_500, 21_250])
    assert totals.loc["A", "forced"].tolist() == pytest.approx([21_000] * 13)
    assert totals.loc[("A", 0), "lock_in_ratio"] == pytest.approx(22)
    assert totals.loc[("A", 0), "headroom"] == pytest.approx(22 / sum(1.1**-t for t in (1, 2, 3)))
    assert (totals["unused"] == 0).all()
    assert repr(result) == snapshot
    room = replace(result, totals=result.totals.assign(headroom=[3.0, 3.001] * 13))._printed()[0]["headroom"]
    assert room.tolist() == ["300%"] * 4 + ["over 300%"] * 4
    assert result.table["component"][::13].tolist() == [*COMPONENTS] * 4
    assert result.table["mode"].drop_duplicates().tolist() == ["planned", "forced"]
    assert result.expected["certain"][0] == pytest.approx(21_000 * 1.1**-3)
    assert result.expected["p_exit"][0] == pytest.approx(1 - np.exp(-3 * 0.12))
    assert result.present["A"] == pytest.approx(21_000 * 1.1**-3)
    # the contract renews each year on the 31st; two months' notice at most in the EU
    days = result.renewals[["vendor", "quarter", "date", "last_notice_date"]].to_numpy().tolist()
    assert days[:2] == [["A", 4, "2027-01-31", "2026-11-29"], ["A", 8, "2028-01-31", "2027-11-29"]]
    assert result.calendar[["cheapest", "last_notice"]].iloc[0].tolist() == pytest.approx([4, 1 - 2 / 12])


@pytest.mark.thorough
def test_without_a_start_there_is_no_day_and_own_work_has_no_headroom(snapshot):
    result = dx.exit_cost(read(leaving=BARE, decision={"title": "x"}))
    assert result.title == snapshot
    assert result.notes == snapshot
    days = result.renewals[["last_notice", "date", "last_notice_date"]].to_numpy().tolist()
    assert days[:2] == [[0.75, "", ""], [1.75, "", ""]]
    own = [{**line, "category": "operations"} for line in LINES]
    assert dx.exit_cost(read(own, leaving=BARE))._printed()[0]["headroom"].tolist() == ["–"] * 8
    late = dx.exit_cost(read(leaving=BARE | {"notice_months": 14}, decision={"title": "x"})).renewals
    assert late["last_notice"].tolist()[:2] == pytest.approx([0, 2 - 14 / 12])  # never before the start


@pytest.mark.thorough
def test_other_seeds_draw_other_figures_of_leaving():
    read_ = read(leaving={"records": (0, 2000, 9000)})
    one, two, again = (dx.exit_cost(read_, seed=seed).present["A"] for seed in (0, 1, 0))
    assert (one != two).any()
    assert (one == again).all()
    assert one.mean() == pytest.approx(two.mean(), rel=1e-4)
    assert len(EXIT_INPUTS) == 38
