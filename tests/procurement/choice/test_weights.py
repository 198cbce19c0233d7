"""How much criteria count: by what a swing is worth, by their order, and where cost counts twice."""

import numpy as np
import pytest

import dxkit as dx
from dxkit.procurement.choice.panel import with_weights
from dxkit.procurement.choice.values import drawn_weights, weights_of
from dxkit.statistics.sampling import scrambled
from tests.procurement.cost.worlds import dossier

COST = {"criterion": "cost", "worst": 10_000, "best": 0, "measure": "tco"}


def judged(criteria, ratings=((4, 3), (2, 5)), kind="trial"):
    """Vendors A, B, ... with these ratings (V, C) of the criteria that are rated."""
    rated = [each["criterion"] for each in criteria if "measure" not in each]
    vendors = [chr(65 + i) for i in range(len(ratings))]
    evidence = [
        {"vendor": vendor, "criterion": name, "rating": rating, "kind": kind, "trial_week": 4}
        for vendor, row in zip(vendors, ratings, strict=True)
        for name, rating in zip(rated, row, strict=False)
        if rating is not None
    ]
    costs = [{"vendor": vendor, "likely": 1000 + 100 * i} for i, vendor in enumerate(vendors)]
    return dossier(costs, criteria=criteria, evidence=evidence, decision={"discount_rate": 0})


@pytest.mark.parametrize(("count", "first"), [(2, 0.75), (3, 0.611111), (4, 0.520833)])
def test_weights_of_an_order_are_the_mean_of_all_that_keep_it(count, first):
    listed = [{"criterion": f"c{k}", "order": count - k} for k in range(count)]
    criteria = judged(listed, [[3] * count] * 2).criteria_read
    weights = weights_of(criteria)
    assert weights[-1] == pytest.approx(first, abs=5e-7)
    assert sum(weights) == pytest.approx(1)
    drawn = drawn_weights(criteria, scrambled(count))
    assert drawn.mean(axis=0) == pytest.approx(weights, abs=2e-3)
    assert (np.diff(drawn, axis=1) >= 0).all()  # the last counts most in every draw
    assert drawn.sum(axis=1) == pytest.approx(np.ones(len(drawn)))


def test_worth_is_money_and_money_is_worth_its_swing():
    """Use is worth 5,000 of 5,000 + 10,000 + 1,000; from 1 to 5 A reaches three quarters and B half of it."""
    criteria = [{"criterion": "use", "worth": 5_000}, COST, {"criterion": "help", "worth": 1_000}]
    card = dx.scorecard(judged(criteria, [(4, 3), (3, 5)]))
    assert card.prices["criterion"].tolist() == ["use", "cost", "help"]
    assert card.prices["money"].tolist() == pytest.approx([5_000, 10_000, 1_000])
    assert card.prices["weight"].tolist() == pytest.approx([5 / 16, 10 / 16, 1 / 16])
    assert card.prices[["worst", "best"]].values.tolist() == [[1, 5], [10_000, 0], [1, 5]]
    score = card.table.set_index("vendor")["score"]
    assert score["A"] == pytest.approx(100 / 16 * (5 * 0.75 + 10 * 0.7 + 0.5))
    assert score["B"] == pytest.approx(100 / 16 * (5 * 0.5 + 10 * 0.67 + 1.0))


def test_prices_of_weights_follow_the_criterion_of_money_and_are_empty_without_one():
    priced = dx.scorecard(judged([{"criterion": "use", "weight": 20}, {**COST, "weight": 40}])).prices
    assert priced["money"].tolist() == pytest.approx([5_000, 10_000])
    assert dx.scorecard(judged([{"criterion": "use", "weight": 20}])).prices["money"].isna().all()


@pytest.mark.thorough
def test_cost_that_counts_twice_is_flagged():
    apart = [{**COST, "weight": 10}, {**COST, "criterion": "leaving", "measure": "exit_cost", "weight": 10.4}]
    assert not len(dx.scorecard(judged(apart)).flags)
    apart[1]["weight"] = 11
    assert dx.scorecard(judged(apart)).flags["criterion"].tolist() == ["cost, leaving"]
    same = [{**COST, "weight": 10}, {"criterion": "price level", "weight": 1}]
    three = dx.scorecard(judged(same, [(4,), (3,), (2,)])).flags.query("vendor == ''")
    assert three["flag"].tolist() == ["cost may count twice: it orders the vendors as cost does"]
    assert not len(dx.scorecard(judged(same, [(4,), (2,), (3,)])).flags.query("vendor == ''"))


def test_what_nobody_judged_counts_as_the_worst_and_blocks_while_it_could_win():
    criteria = [{"criterion": "use", "weight": 1}, {"criterion": "help", "weight": 1}]
    card = dx.scorecard(judged(criteria, [(4, 4), (5, None)]))
    assert card.table.set_index("vendor")["score"].to_dict() == pytest.approx({"A": 75, "B": 50})
    assert card.flags.query("flag == 'no evidence'")[["vendor", "criterion"]].values.tolist() == [["B", "help"]]
    assert not card.recommended
    assert "without evidence, and it could change the winner: B, help" in card.reasons
    assert dx.scorecard(judged(criteria, [(5, 4), (2, None)])).recommended


def test_a_rating_in_a_unit_of_its_own_may_change_the_winner():
    """Points of 0 to 100: B wins once its 60 exceeds A's 70."""
    criteria = [{"criterion": "use", "weight": 1, "worst": 0, "best": 100}]
    changes = dx.scorecard(judged(criteria, [(70,), (60,)])).changes
    assert changes[["vendor", "rating", "winner"]].values.tolist() == [["A", 70, "B"], ["B", 60, "B"]]
    assert changes["changed_to"].tolist() == pytest.approx([60, 70])


@pytest.mark.thorough
def test_sliders_of_worth_are_money_and_leave_money_alone():
    widgets = pytest.importorskip("ipywidgets")
    read = judged([{"criterion": "use", "worth": 5_000}, COST])
    made = dx.panel(read).widget
    sliders = {each.description: each.value for each in made.children if isinstance(each, widgets.FloatSlider)}
    assert sliders == {"use": 5_000, "discount rate": 0}
    assert with_weights(read, {"use": 2_500}, 0.0).prices["money"].tolist() == pytest.approx([2_500, 10_000])


@pytest.mark.parametrize(
    "criteria",
    [
        [{"criterion": "use", "weight": 1}, {"criterion": "help", "worth": 100}],
        [{"criterion": "use", "order": 1}, {"criterion": "help", "order": 3}],
        [{"criterion": "use", "worth": 100}, {**COST, "worth": 100}],
        [{"criterion": "use", "weight": 1}, {**COST, "weight": 1, "worst": 0, "best": 100}],
    ],
)
def test_weights_that_contradict_each_other_are_refused(criteria, refusal):
    with refusal():
        judged(criteria)
