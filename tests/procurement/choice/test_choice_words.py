"""What a scorecard says, word by word, on figures that are worked by hand."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr, ndtri

import dxkit as dx
from dxkit.procurement.choice.findings import money_a_point
from dxkit.procurement.choice.values import anchors, as_of, burden_of, note_on_anchors, rating_of, shuffled
from tests.procurement.choice.test_scorecard import made
from tests.procurement.cost.worlds import worked

COSTS = pd.DataFrame(
    {"vendor": ["A", "B"], "line": "seats", "timing": "yearly", "likely": [1000, 1200], "category": "licence"}
)
CRITERIA = pd.DataFrame(
    {
        "criterion": ["cost", "use", "Feature fit", "leaving"],
        "weight": [2, 1, 1, 1],
        "worst": [10000, 1, None, 200000],
        "best": [0, 5, None, 0],
        "measure": ["tco", "rating", "rating", "exit_cost"],
    }
).astype(object)
EVIDENCE = pd.DataFrame(
    {
        "vendor": ["A", "A", "B"],
        "criterion": "use",
        "rating": [3, 4, 4.5],
        "kind": ["trial", "reference", "demo"],
        "rater": ["x", "y", "z"],
        "trial_week": [4, None, None],
        "similar_environment": ["yes", "yes", "no"],
        "date": ["2026-01-10", "2026-01-11", ""],
    }
).astype(object)
FIT = pd.DataFrame(
    {
        "vendor": ["A", "B", "A", "B"],
        "topic": ["CI", "CI", "Docs", "Docs"],
        "likely": [0.5, 0.25, 0.1, 0.3],
        "kind": ["trial", "demo", "trial", "demo"],
    }
)
DECISION = {"currency": "EUR", "status": "quoted", "start": "2026-01-31", "title": "Portal"}


def read(criteria=CRITERIA, evidence=EVIDENCE, fit=FIT, decision=DECISION):
    said = pd.DataFrame(list(decision.items()), columns=["key", "value"])
    sheets = {"costs": COSTS, "criteria": criteria, "evidence": evidence, "decision": said}
    return dx.read_dossier(sheets | ({} if fit is None else {"fit": fit}))


@pytest.fixture(scope="module")
def dossier():
    return read()


@pytest.fixture(scope="module")
def card(dossier):
    return dx.scorecard(dossier)


def cut_normal(mean, sd, low=1.0, high=5.0):
    """The mean of a normal that is cut to a scale."""
    a, b = (low - mean) / sd, (high - mean) / sd
    density = (np.exp(-(a**2) / 2) - np.exp(-(b**2) / 2)) / np.sqrt(2 * np.pi)
    return mean + sd * density / (ndtr(b) - ndtr(a))


def test_the_values_of_four_kinds_of_criteria_by_hand(card, dossier):
    """A costs 2598.87 of 10000; half of its pains by a half, the others by a tenth; judged 3 and 4, by 0.35 and 0.6."""
    rows = card.contributions
    assert rows.columns.tolist() == ["vendor", "criterion", "weight", "value", "contribution", "low", "high"]
    assert rows["vendor"].tolist() == ["A"] * 4 + ["B"] * 4
    assert rows["criterion"].tolist() == ["cost", "use", "Feature fit", "leaving"] * 2
    assert rows["weight"].tolist() == pytest.approx([0.4, 0.2, 0.2, 0.2] * 2)
    value = rows.set_index(["vendor", "criterion"])["value"]
    back = sum(1.1 ** (-month / 12) for month in range(1, 37)) / 12
    assert value["A", "cost"] == pytest.approx(1 - 1000 * back / 10_000)
    assert value["B", "cost"] == pytest.approx(1 - 1200 * back / 10_000)
    assert (value["A", "Feature fit"], value["B", "Feature fit"]) == pytest.approx((0.3, 0.275))
    certain = np.array([worked(dossier, vendor)("results", "certain")[0] for vendor in ("A", "B")])
    assert [value["A", "leaving"], value["B", "leaving"]] == pytest.approx(1 - certain / 200_000)
    assert value["B", "use"] == pytest.approx((4.5 - 1) / 4)  # as judged, without draws
    assert rows["contribution"].tolist() == pytest.approx((100 * rows["weight"] * rows["value"]).tolist())
    cost = rows.set_index(["vendor", "criterion"]).loc[("A", "cost")]
    assert cost["low"] == pytest.approx(cost["high"]) == pytest.approx(cost["contribution"])
    use = rows.set_index(["vendor", "criterion"]).loc[("B", "use")]
    # a normal about 4.5 that is cut to 1..5, up to 2.5 and 97.5 in a hundred of it
    below, inside = ndtr(-3.5), ndtr(0.5) - ndtr(-3.5)
    ends = [(3.5 + ndtri(below + q * inside)) / 4 * 20 for q in (0.025, 0.975)]
    assert use[["low", "high"]].tolist() == pytest.approx(ends, abs=0.01)


def test_a_scorecard_in_print(card, snapshot):
    share = card.table.set_index("vendor")["p_first"]
    assert share.sum() == pytest.approx(1)
    first = f"{100 * share['B']:.0f}%"
    assert [reason.replace(first, "<share>") for reason in card.reasons] == snapshot
    assert tuple(text for _, text in card.facts) == card.reasons
    assert [name for name, _ in card.facts] == snapshot
    assert card.title == snapshot
    assert card.notes == snapshot
    assert (card.winner, card.recommended, card.status, card.seed) == ("B", False, "quoted", 0)
    assert card.flags.columns.tolist() == ["vendor", "criterion", "flag"]
    assert card.flags[["vendor", "criterion"]].to_numpy().tolist() == [
        ["B", "use"],
        ["B", "use"],
        ["B", "Feature fit"],
        ["", "cost, leaving"],
    ]
    assert card.flags["flag"].tolist() == snapshot
    lines = repr(card).split("\n")
    assert lines[3] == snapshot
    row = card.table.iloc[0]
    assert row.index.tolist() == ["vendor", "score", "low", "high", "p_first", "regret", "must"]
    cells = lines[4].split()
    shown = [f"{row['score']:.0f}", f"{row['low']:.0f}", f"{row['high']:.0f}", first, f"{row['regret']:.1f}"]
    assert [cells[0], *cells[1:3], *cells[4:7]] == ["B", *shown]
    assert " ".join([cells[3], *cells[7:]]) == snapshot
    assert card.table.index.tolist() == [0, 1]


def test_ranks_pairs_and_stakes_agree(card):
    table = card.table.set_index("vendor")
    assert card.ranks.columns.tolist() == ["vendor", "rank", "share"]
    assert card.ranks[["vendor", "rank"]].to_numpy().tolist() == [["A", 1], ["A", 2], ["B", 1], ["B", 2]]
    a, b = table["p_first"]["A"], table["p_first"]["B"]
    assert card.ranks["share"].tolist() == pytest.approx([a, b, b, a])
    assert card.pairwise.columns.tolist() == ["vendor", "other", "share"]
    assert card.pairwise[["vendor", "other"]].to_numpy().tolist() == [["A", "B"], ["B", "A"]]
    assert card.pairwise["share"].tolist() == pytest.approx([a, b])
    # what choosing A loses less what choosing B loses is by how much B scores higher, but for what is cut
    assert table["regret"]["A"] - table["regret"]["B"] == pytest.approx(
        table["score"]["B"] - table["score"]["A"], abs=4
    )


def test_what_to_find_out_and_what_it_is_worth(card, snapshot):
    """Cost runs over 10000 with 0.4 of the weight, so a point is worth 10000 / 40."""
    assert card.information.columns.tolist() == ["criterion", "value", "money"]
    assert card.information["criterion"].tolist() == ["cost", "use", "Feature fit", "leaving", "everything"]
    assert card.information["money"].tolist() == pytest.approx((250 * card.information["value"]).tolist())
    whole = card.information.set_index("criterion")["value"]
    assert whole["everything"] == pytest.approx(whole["use"], rel=1e-4)
    assert whole["everything"] == pytest.approx(card.table["regret"][0], rel=1e-4)
    assert whole[["cost", "Feature fit", "leaving"]].tolist() == pytest.approx([0, 0, 0], abs=1e-9)
    assert card.trial_plan.columns.tolist() == ["vendor", "criterion", "value", "money", "find_out"]
    cells = card.trial_plan[["vendor", "criterion"]].to_numpy().tolist()
    assert [cell for cell in cells if cell[1] == "use"] == [["B", "use"], ["A", "use"]]
    assert {cell[1] for cell in cells} <= {"use", "leaving"}  # what leaving costs is assumed, so it is in doubt
    assert card.trial_plan["find_out"].tolist() == snapshot
    assert card.trial_plan["money"].tolist() == pytest.approx((250 * card.trial_plan["value"]).tolist())
    assert (card.trial_plan["value"] > 0).all()
    assert card.trial_plan.index.tolist() == [*range(len(cells))]


def test_what_money_and_fit_would_be_worth_knowing(snapshot):
    """Both vendors uncertain in everything: each way to find out is named by what would settle it."""
    costs = COSTS.assign(low=[500, 600], high=[6000, 6500])
    fit = FIT.assign(low=[0.1, 0.05, 0.0, 0.1], high=[0.9, 0.8, 0.8, 0.9])
    leaving = pd.DataFrame(
        {
            "vendor": ["all", "B"],
            "input": ["records", "integrations"],
            "low": [0, 2],
            "likely": [2000, 10],
            "high": [9000, 60],
        }
    )
    said = pd.DataFrame(list(DECISION.items()), columns=["key", "value"])
    dossier = dx.read_dossier(
        {"costs": costs, "criteria": CRITERIA, "evidence": EVIDENCE, "fit": fit, "exit": leaving, "decision": said}
    )
    plan = dx.scorecard(dossier).trial_plan
    told = plan.drop_duplicates("criterion").set_index("criterion")["find_out"]
    assert told[["cost", "Feature fit", "leaving"]].to_dict() == snapshot
    assert plan["value"].is_monotonic_decreasing


def test_why_one_scores_above_the_other_and_by_which_weight_not(card, refusal):
    why = card.why("A", "B")
    assert why.columns.tolist() == ["criterion", "weight", "A", "B", "difference"]
    assert why["difference"].abs().is_monotonic_decreasing
    assert why["difference"].tolist() == pytest.approx((why["A"] - why["B"]).tolist())
    assert why["criterion"].tolist()[0] == "use"
    assert why.index.tolist() == [0, 1, 2, 3]
    with refusal("X"):
        card.why("A", "X")
    assert card.stability.columns.tolist() == ["criterion", "weight", "low", "high", "flips_to"]
    assert card.stability["criterion"].tolist() == ["cost", "use", "Feature fit", "leaving"]
    assert card.stability["flips_to"].tolist() == ["A"] * 4
    name, now, then, other = card.nearest_weight
    ends = card.stability.set_index("criterion").loc["use"]
    assert (name, now, then, other) == ("use", pytest.approx(0.2), ends["low"], "A")
    assert card.changes.columns.tolist() == ["vendor", "criterion", "rating", "changed_to", "winner"]
    assert card.changes[["vendor", "criterion", "winner"]].to_numpy().tolist() == [["A", "use", "A"], ["B", "use", "A"]]
    # the gap in points over 20 points of weight a value, four ratings a value
    gap = (card.table["score"][0] - card.table["score"][1]) / 20 * 4
    assert card.changes["changed_to"].tolist() == pytest.approx(
        [card.changes["rating"][0] + gap, card.changes["rating"][1] - gap]
    )
    assert card.changes["rating"][1] == 4.5


def test_the_nearest_weight_is_the_nearer_end_inside_the_scale():
    rows = [["a", 0.5, 0.0, 0.9, "X"], ["b", 0.3, 0.1, 1.0, "Y"], ["c", 0.2, 0.0, 1.0, ""], ["d", 0.4, 0.05, 0.55, "Z"]]
    stability = pd.DataFrame(rows, columns=["criterion", "weight", "low", "high", "flips_to"])
    card = dx.scorecard(made([[4], [2]], [1]), draws=1024)
    assert card.nearest_weight is None
    assert type(card)(table=card.table, stability=stability).nearest_weight == ("d", 0.4, 0.55, "Z")
    assert type(card)(table=card.table, stability=stability[:3]).nearest_weight == ("b", 0.3, 0.1, "Y")


@pytest.mark.thorough
def test_the_weight_of_fit_that_a_ranking_gives(dossier, refusal):
    """Of 6 hours lost, 3 to CI and 1 to Docs, so Docs weighs a sixth; a gain and what is not known weigh nothing."""
    needs = SimpleNamespace(
        table=pd.DataFrame(
            {"topic": ["CI", "Docs", "Setup", "Calls", "Access", "CI"], "estimate": [3.0, 1.0, 2.0, -4.0, np.nan, 50.0]}
        )
    )
    assert burden_of(needs, ["CI", "Docs", "Calls", "Access", "Else"]).tolist() == pytest.approx([0.5, 1 / 6, 0, 0, 0])
    assert burden_of(None, ["a", "b", "c", "d"]).tolist() == [0.25] * 4
    assert burden_of(needs, []).tolist() == []
    for topics in (["Else"], ["Calls", "Access"]):
        with refusal("sheet fit"):
            burden_of(needs, topics)
    value = dx.scorecard(dossier, needs=needs, draws=1024).contributions.set_index(["vendor", "criterion"])["value"]
    assert value["A", "Feature fit"] == pytest.approx(0.5 * 0.5 + 0.1 / 6)
    assert value["B", "Feature fit"] == pytest.approx(0.25 * 0.5 + 0.3 / 6)


@pytest.mark.thorough
def test_fit_stands_between_the_anchors_that_are_given(snapshot):
    given = CRITERIA.assign(worst=[10000, 1, 0.1, 200000], best=[0, 5, 0.5, 0])
    dossier = read(given)
    assert anchors(dossier, dossier.criteria_read[2]) == (0.1, 0.5)
    assert anchors(read(), read().criteria_read[2]) == (0.0, 1.0)
    assert anchors(read(), read().criteria_read[1]) == (1.0, 5.0)
    value = dx.scorecard(dossier, draws=1024).contributions.set_index(["vendor", "criterion"])["value"]
    assert value["A", "Feature fit"] == pytest.approx((0.3 - 0.1) / 0.4)
    alone = read(fit=FIT[FIT["vendor"] == "A"])
    flags = dx.scorecard(alone, draws=1024).flags.query("vendor != ''").to_numpy().tolist()
    assert flags[-1][:2] == ["B", "Feature fit"]
    assert flags[-1][2] == snapshot


@pytest.mark.thorough
def test_evidence_ages_from_the_start_or_from_the_newest(dossier):
    assert str(as_of(dossier)) == "2026-01-31"
    without = read(decision={"title": "x"})
    assert str(as_of(without)) == "2026-01-11"
    assert as_of(read(evidence=EVIDENCE.assign(date=""), decision={"title": "x"})) is None
    old = read(evidence=EVIDENCE.assign(date=["2024-01-31", "", ""]))
    use = old.criteria_read[1]
    assert rating_of(old, "B", use).sd == pytest.approx(1.0)
    assert rating_of(old, "B", use, {"demo": 0.4}).sd == pytest.approx(0.4)
    # two years and a day: 0.35 x 1.5, beside 0.6 that has no date, and what the two differ by
    own = np.array([0.35 * (1 + 0.5 * (731 / 365.25 - 1)), 0.6]) ** 2
    w = 1 / own
    mean = w @ [3, 4] / w.sum()
    extra = max(0.0, (w @ (np.array([3, 4]) - mean) ** 2 - 1) / (w.sum() - w @ w / w.sum()))
    assert rating_of(old, "A", use).mean == pytest.approx((1 / (own + extra)) @ [3, 4] / (1 / (own + extra)).sum())
    wide = dx.scorecard(dossier, spread={"demo": 0.1}, draws=1024).contributions.set_index(["vendor", "criterion"])
    assert wide.loc[("B", "use"), "value"] == pytest.approx(3.5 / 4, abs=1e-3)


@pytest.mark.thorough
def test_results_that_are_given_are_used_and_draws_follow_them(dossier):
    tco, leaving = dx.tco(dossier, draws=2048), dx.exit_cost(dossier)
    half = {vendor: each / 2 for vendor, each in tco.present.items()}
    third = {vendor: each / 3 for vendor, each in leaving.present.items()}
    card = dx.scorecard(dossier, replace(tco, present=half), replace(leaving, present=third))
    low, high = (card.contributions.set_index(["vendor", "criterion"])[end] for end in ("low", "high"))
    assert [low["A", "cost"], high["A", "cost"]] == pytest.approx([40 * (1 - half["A"].mean() / 10_000)] * 2)
    assert low["A", "leaving"] < 20 * (1 - third["A"].mean() / 200_000) < high["A", "leaving"]
    assert dx.scorecard(dossier, seed=3, draws=1024).seed == 3


def test_what_blocks_a_choice_is_named(snapshot):
    card = dx.scorecard(made([[4, 4], [3, 3.9], [4.5, 2.5]], [1, 1], musts=["unknown", "pass", "fail"], kind="demo"))
    share = card.table.set_index("vendor")["p_first"]["V0"]
    assert [reason.replace(f"{100 * share:.0f}%", "<share>") for reason in card.reasons] == snapshot
    assert card.table.set_index("vendor")["must"].to_dict() == {"V0": "unknown", "V1": "pass", "V2": "fail"}
    out = card.table.set_index("vendor").loc["V2"]
    assert out["p_first"] == 0
    assert np.isnan(out["regret"])
    first = card.trial_plan.iloc[0]
    assert first[["vendor", "criterion"]].tolist() == ["V0", "sso"]
    assert first["find_out"] == snapshot
    assert np.isnan([first["value"], first["money"]]).all()
    assert set(card.trial_plan["vendor"]) == {"V0", "V1"}
    assert card.trial_plan["money"].isna().all()  # no criterion measures money
    assert set(card.changes["vendor"]) == {"V0", "V1"}
    assert set(card.changes["winner"]) == {"V1"}
    assert card.notes == snapshot


def test_none_is_left_two_are_level_or_one_is_first_too_seldom(snapshot):
    out = dx.scorecard(made([[5], [2]], [1], musts=["fail", "fail"]), draws=1024)
    assert out.reasons == snapshot
    assert out.table["p_first"].tolist() == [0, 0]
    assert out.table["regret"].isna().all()
    assert out.information["value"].tolist() == [0, 0]
    level = dx.scorecard(made([[4, 3], [4, 3], [1, 1]], [1, 1], musts=["pass", "pass", "fail"]), draws=1024)
    assert level.reasons == snapshot
    assert (level.winner, level.recommended) == (None, False)
    toss = dx.scorecard(made([[4.0, 3.0], [3.0, 4.0], [3.5, 3.5]], [1.01, 1.0]))
    share = toss.table["p_first"][0]
    assert [
        reason.replace(f"{100 * share:.0f}%", "<share>").replace(toss.winner, "<winner>") for reason in toss.reasons
    ] == snapshot
    clear = dx.scorecard(made([[5, 5], [2, 2], [4, 4]], [1, 1], musts=["pass", "pass", "fail"]))
    assert clear.reasons == snapshot
    assert clear.recommended


def test_no_criteria_and_no_weight_are_refused_in_words(dossier, refusal):
    with refusal("sheet criteria"):
        dx.scorecard(dx.read_dossier({"costs": COSTS}))
    with refusal("sheet criteria"):
        dx.scorecard(made([[4], [2]], [0]))


@pytest.mark.thorough
def test_values_beyond_the_anchors_are_cut_and_said_from_a_twentieth_on(snapshot):
    criteria = [SimpleNamespace(name=name) for name in ("a", "b", "c", "d")]
    values = np.full((20, 2, 4), 0.5)
    values[:2, 0, 0] = 1.1  # 2 of 40
    values[:3, 0, 1] = -0.1  # 3 of 40
    values[:, :, 2] = 1 + 1e-10
    values[:3, 1, 3] = 1.1
    assert note_on_anchors(values, criteria) == snapshot
    assert note_on_anchors(values[:, :, :1], criteria[:1]) == ""
    card = dx.scorecard(read(CRITERIA.assign(worst=[2000, 1, None, 200000])), draws=1024)
    assert card.notes[0] == snapshot
    assert card.contributions["value"][0] == 0


def test_money_a_point_is_of_the_cost_of_owning():
    cost, use = (SimpleNamespace(measure=m, worst=10_000, best=2_000) for m in ("tco", "rating"))
    assert money_a_point([use, cost], np.array([0.75, 0.25])) == 8_000 / 25
    assert np.isnan(money_a_point([use, cost], np.array([1.0, 0.0])))
    assert np.isnan(money_a_point([use], np.array([1.0])))


def test_draws_are_shuffled_within_their_scramble():
    order = shuffled(64, 0)
    assert sorted(order) == list(range(64))
    assert (order.reshape(8, 8) // 8 == np.arange(8)[:, None]).all()
    assert (order != np.arange(64)).any()
    assert (order == shuffled(64, 0)).all()
    assert (order != shuffled(64, 1)).any()
