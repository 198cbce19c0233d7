"""What to ask for: the price at which a vendor comes first and what a clause is worth, worked by hand."""

import numpy as np
import pytest

import dxkit as dx
from dxkit.procurement.choice.negotiation import priced
from dxkit.procurement.choice.points import points_of
from tests.procurement.cost.worlds import NOTHING, dossier, steps

PLAIN = {"discount_rate": 0}
TWO = [
    {"likely": 1000},
    {"line": "own", "category": "operations", "likely": 500},
    {"vendor": "B", "likely": 1200},
]
CRITERIA = [
    {"criterion": "use", "weight": 1},
    {"criterion": "cost", "weight": 1, "worst": 10_000, "best": 0, "measure": "tco"},
]
EVIDENCE = [{"vendor": v, "criterion": "use", "rating": r, "kind": "trial"} for v, r in (("A", 4), ("B", 3))]


def prices(read, basis="pv"):
    return dx.negotiation(read, basis).walk_away.set_index("vendor")


@pytest.mark.thorough
def test_the_walk_away_price_by_hand():
    """A costs 4,500 of which 3,000 are its price; B costs 3,600, all of it price. Points tie where A costs 6,100."""
    found = prices(dossier(TWO, decision=PLAIN, criteria=CRITERIA, evidence=EVIDENCE))
    assert found["against"].tolist() == ["B", "A"]
    assert found["factor"].tolist() == pytest.approx([0.7, 1.25])
    for name in ("low", "high", "factor_80"):  # nothing is uncertain
        assert found[name].tolist() == pytest.approx([0.7, 1.25]), name
    assert found["change"].tolist() == pytest.approx([-300, 300])
    # A scores 75 and 55, B 50 and 64, halved
    assert found["tie_score"].tolist() == pytest.approx([(6100 - 1500) / 3000, (3600 - 1600) / 3600])


@pytest.mark.thorough
def test_at_its_walk_away_price_a_vendor_is_level_and_at_the_firmer_one_cheapest_in_80_percent():
    rows = [
        {"low": 800_000, "likely": 1_000_000, "high": 1_500_000},
        {"line": "usage", "per": "calls"},
        {"vendor": "B", "low": 900_000, "likely": 1_100_000, "high": 1_200_000},
    ]
    drivers = [{"driver": "calls", "low": 10, "likely": 20, "high": 40}]
    read = dossier(rows, drivers=drivers, steps=steps("graduated", [(0, 5_000), (20, 2_000, 30_000)], "usage"))
    for basis in ("pv", "pv_served"):
        row = prices(read, basis).loc["A"]
        level = dx.tco(priced(read, "A", row["factor"])).totals.query("basis == @basis")["mean"].to_numpy()
        assert level[0] == pytest.approx(level[1], rel=1e-9)
        firm = dx.tco(priced(read, "A", row["factor_80"])).totals.query("basis == @basis").set_index("vendor")
        assert firm.loc["A", "p_cheapest"] == pytest.approx(0.8, abs=1e-3)
        assert row["low"] < row["factor_80"] < row["factor"] < row["high"]


@pytest.mark.thorough
def test_scores_tie_where_it_says(snapshot):
    read = dossier(TWO, decision=PLAIN, criteria=CRITERIA, evidence=EVIDENCE)
    talks = dx.negotiation(read, "pv")
    scores = points_of(priced(read, "B", talks.walk_away["tie_score"].iloc[1])).scores
    assert scores[0] == pytest.approx(scores[1], abs=1e-9)
    assert repr(talks) == snapshot


def test_own_work_that_costs_more_than_the_others_is_not_even_free():
    rows = [{"likely": 10}, {"line": "own", "category": "operations", "likely": 900}, {"vendor": "B", "likely": 100}]
    row = prices(dossier(rows, decision=PLAIN)).loc["A"]
    assert row["factor"] < 0
    assert "not even free" in repr(dx.negotiation(dossier(rows, decision=PLAIN), "pv"))
    free = [{"category": "operations", "likely": 9}, {"vendor": "B", "likely": 10}]
    assert prices(dossier(free)).loc["A", ["factor", "low", "factor_80", "change"]].isna().all()


SEATS = {"driver": "n", "likely": 12, "growth_likely": 0}


@pytest.mark.parametrize(
    ("line", "driver", "clause", "worth"),
    [
        ({"likely": 1000, "growth": 0.1}, {}, "growth", 310),
        ({"likely": 10, "per": "n", "minimum": 20}, {}, "minimum", 3 * 10 * 8),
        ({"likely": 10, "per": "n", "ratchet": "yes"}, {"growth_likely": -0.5}, "ratchet", 10 * (6 + 9)),
        ({"likely": 10, "per": "n", "block": 10}, {}, "block", 3 * 10 * 8),
        ({"likely": 1000, "growth": 0.1, "uplift_cap": 0.05}, {}, "uplift_cap", 3152.5 - 3310),
        ({"likely": 100, "per": "n", "included": 10, "overage": 5}, {}, "included", -3 * 50),
    ],
)
def test_the_worth_of_a_clause_by_hand(line, driver, clause, worth):
    rows = [line, {"vendor": "B", "likely": 1}]
    clauses = dx.negotiation(dossier(rows, decision=PLAIN, drivers=[SEATS | driver]), "pv").clauses
    row = clauses.set_index(["vendor", "clause"]).loc[("A", clause)]
    assert row[["worth", "p10", "p90"]].tolist() == pytest.approx([worth] * 3)


def test_the_worth_of_paying_later_and_of_binding_clauses():
    rows = [{"likely": 1000, "billed": "yearly"}, {"vendor": "B", "likely": 1}]
    billed = dx.negotiation(dossier(rows), "pv").clauses.set_index("clause").loc["billed"]
    assert (billed["now"], billed["instead"]) == ("12 months in advance", "monthly in arrears")
    assert billed["worth"] == pytest.approx(2_735.537190 - 2_598.871537, abs=1e-6)
    leaving = NOTHING | {"term_months": 36, "hazard_forced": 0, "hazard_voluntary": 0.3}
    bound = dossier([{"likely": 100_000}, {"vendor": "B", "likely": 1}], leaving=leaving, decision=PLAIN)
    clauses = dx.negotiation(bound).clauses.query("vendor == 'A'").set_index("clause")
    assert clauses.loc["liability", "worth"] == pytest.approx(94_679.2925, rel=2e-3)
    assert 0 < clauses.loc["term_months", "worth"] < clauses.loc["liability", "worth"]
    assert clauses.loc["term_months", ["now", "instead"]].tolist() == ["36", "12"]
    assert np.allclose(dx.negotiation(bound, "pv").clauses.set_index("clause").loc["liability", "worth"], 0)


def test_money_that_comes_back_is_worth_something_where_it_is_prepaid():
    leaving = NOTHING | {"term_months": 12, "hazard_forced": 0, "hazard_voluntary": 0.3, "liability": 0}
    rows = [{"likely": 12_000, "billed": "yearly"}, {"vendor": "B", "likely": 12_000}]
    clauses = dx.negotiation(dossier(rows, leaving=leaving, decision=PLAIN)).clauses
    assert clauses.query("clause == 'refund'")["vendor"].tolist() == ["A"]
    assert clauses.query("clause == 'refund'")["worth"].iloc[0] > 0


def test_what_cannot_be_compared_is_said(refusal):
    with refusal():
        dx.negotiation(dossier([{"likely": 1}]))
    with refusal():
        dx.negotiation(dossier(TWO), "nominal")
