"""Situations from public fault reports of survey tools, each with the right answer and two neighbours of its kind."""

import numpy as np
import pandas as pd
import pytest

import dxkit as dx

pytestmark = pytest.mark.usefixtures("nothing_hidden")

RNG = np.random.default_rng(1)
LATENT = RNG.normal(size=60)


def rating(noise, people=60):
    return np.clip(np.round(3 + LATENT + noise * RNG.normal(size=people)), 1, 5).astype(int)


ANSWERS = pd.DataFrame({"q1": rating(0.8), "q2": rating(0.8), "q3": rating(0.8)})
ANSWERS["team"], ANSWERS["role"] = RNG.choice(["a", "b"], 60), RNG.choice(["x", "y"], 60)
BOOK = pd.DataFrame(
    [
        *([f"q{k}", f"Q{k}", "rating", "D", f"t{k}", "agreement5"] for k in (1, 2, 3)),
        *([name, name.title(), "segment", "", "", ""] for name in ("team", "role")),
    ],
    columns=["item", "text", "kind", "dimension", "topic", "scale"],
)
ROSTER = pd.DataFrame({"team": list("aabb"), "role": list("xyxy"), "headcount": [40, 40, 40, 20]})


def survey(roster=None, book=BOOK, **changed):
    return dx.read_survey(ANSWERS.assign(**changed), book, roster, roster_check="note")


def one(scale, cells, kind="rating"):
    book = pd.DataFrame({"item": ["q"], "text": ["Q?"], "kind": [kind], "scale": [scale]})
    return dx.read_survey(pd.DataFrame({"q": cells}), book)


def raked(values, margins):
    """The mean by iterative proportional fitting of each margin in turn, written out."""
    weights = np.ones(len(values))
    for _ in range(500):
        for labels, counts in margins:
            for label, count in counts.items():
                weights[labels == label] *= count / weights[labels == label].sum()
    return (weights * values).sum() / weights.sum(), weights


def without(empty):
    """Everybody of one team is in one role, so that a cell of the roster has no answer."""
    team, role = ANSWERS["team"].to_numpy(), ANSWERS["role"].to_numpy(copy=True)
    role[(team == empty[0]) & (role == empty[1])] = "y" if empty[1] == "x" else "x"
    return team, role


@pytest.mark.parametrize(
    ("empty", "headcounts"),
    [(("b", "y"), [40, 40, 40, 20]), (("a", "y"), [30, 10, 50, 50]), (("a", "x"), [15, 35, 60, 30])],
)
def test_a_cell_in_which_nobody_answered_leaves_the_margins_met(empty, headcounts):
    team, role = without(empty)
    roster = ROSTER.assign(headcount=headcounts)
    margins = [
        (labels, roster.groupby(name)["headcount"].sum().to_dict()) for labels, name in ((team, "team"), (role, "role"))
    ]
    table = dx.scores(survey(roster, role=role)).table.set_index("name")
    for item in ("q1", "q2", "q3"):
        right, weights = raked(25.0 * (ANSWERS[item].to_numpy() - 1), margins)
        for labels, counts in margins:
            assert [weights[labels == each].sum() for each in counts] == pytest.approx(list(counts.values()))
        assert table.loc[item, "estimate"] == pytest.approx(right, abs=1e-6)
        assert np.isfinite(table.loc[item, "se"])


def test_margins_that_no_weights_meet_are_given_up_for_the_first_and_said():
    team, role = without(("a", "x"))  # 80 people of team a would have to be among the 60 of role y
    result = dx.scores(survey(ROSTER, role=role))
    assert any("not weighted by role everywhere" in note for note in result.notes)
    right, _ = raked(25.0 * (ANSWERS["q1"].to_numpy() - 1), [(team, {"a": 80, "b": 60})])
    assert result.table.set_index("name").loc["q1", "estimate"] == pytest.approx(right, abs=1e-9)


@pytest.mark.parametrize(
    ("changed", "weighted"), [({"role": "x"}, "team"), ({"team": "b"}, "role"), ({"role": "y"}, "team")]
)
def test_a_group_in_which_nobody_answered_is_merged_and_said(changed, weighted):
    result = dx.scores(survey(ROSTER, **changed))
    segment = next(iter(changed))
    said = f"some groups of {segment} are weighted together with their neighbour: too few answered there"
    assert said in result.notes  # which ones would say that nobody answered there
    headcounts = ROSTER.groupby(weighted)["headcount"].sum().to_dict()
    right, _ = raked(25.0 * (ANSWERS["q1"].to_numpy() - 1), [(ANSWERS[weighted].to_numpy(), headcounts)])
    assert result.table.set_index("name").loc["q1", "estimate"] == pytest.approx(right, abs=1e-6)


AGAINST = (
    "item {} runs against the rest of D (item-rest correlation {}, 95% interval below 0); if agreeing is bad here, "
)


@pytest.mark.parametrize("item", ["q1", "q3"])
@pytest.mark.parametrize("held", ["survey", "tally"])
def test_an_item_that_is_keyed_the_other_way_round_is_named_beside_alpha(item, held):
    turned = survey(**{item: 6 - ANSWERS[item]})
    result = dx.reliability(turned if held == "survey" else dx.tally(turned))
    others = [name for name in ("q1", "q2", "q3") if name != item]
    r = np.corrcoef(6 - ANSWERS[item], ANSWERS[others].sum(axis=1))[0, 1]
    assert result.items.set_index("item").loc[item, "item_rest"] == pytest.approx(r)
    assert AGAINST.format(item, f"{r:.2f}") + "write low in the codebook's column good" in result.notes
    assert len(result.notes) == 1
    assert AGAINST.format(item, f"{r:.2f}") in " ".join(turned.notes)


def test_an_item_that_says_that_low_is_good_is_not_named():
    low = survey(book=BOOK.assign(good=["low", "", "", "", ""]), q1=6 - ANSWERS["q1"])
    assert dx.reliability(low).notes == ()
    assert dx.reliability(low).table["alpha"][0] == pytest.approx(dx.reliability(survey()).table["alpha"][0])
    assert dx.reliability(survey(book=BOOK.assign(dimension=["D", "D", "E", "", ""]), q1=6 - ANSWERS["q1"])).notes == (
        "D: 2 items; omega needs three",
        "E: 1 item; omega needs three",
    )


@pytest.mark.parametrize("flat", [["q1"], ["q3"], ["q1", "q2"]])
def test_a_dimension_with_items_that_do_not_vary_is_left_out_and_they_are_not_named(flat):
    result = dx.reliability(survey(**dict.fromkeys(flat, 4)))
    assert result.table.empty
    assert result.notes == ("left out: D; too few answers, or all alike",)
    assert "nan" not in repr(result)


@pytest.mark.parametrize(
    ("scale", "cells", "counts"),
    [
        ("agreement5", ["3"] * 2 + ["4"] * 2 + ["5"] * 4, [0, 0, 2, 2, 4]),  # nobody disagreed
        ("satisfaction5", ["Very dissatisfied"] * 5 + ["Satisfied"] * 3, [5, 0, 0, 3, 0]),  # nobody in between
        ("1-7", ["7"] * 5 + ["6"], [0] * 5 + [1, 5]),  # one end only
    ],
)
def test_answers_that_nobody_gave_keep_their_place(scale, cells, counts):
    result = dx.answers(one(scale, cells))
    assert result.table["count"].tolist() == counts
    assert result.table["code"].tolist() == list(range(1, len(counts) + 1))
    shown = [text.get_text() for text in result.plot().texts]
    assert shown == [f"{100 * n / len(cells):.0f}%" for n in counts if n]


ROUNDED = "percentages are rounded, so they may not add up to 100%"


@pytest.mark.parametrize(
    ("counts", "added"),
    [([1, 11, 18, 66, 58], 101), ([1, 1, 1, 0, 3], 101), ([2, 2, 2, 2, 5], 98), ([1, 2, 3, 2, 2], 100)],
)
def test_percentages_that_do_not_add_up_are_told(counts, added):
    result = dx.answers(one("1-5", [str(code) for code, n in enumerate(counts, 1) for _ in range(n)]))
    assert (100 * result.table["share"]).round().sum() == added
    assert (ROUNDED in repr(result)) == (ROUNDED in result._repr_html_()) == (added != 100)


def test_options_of_several_are_not_told_to_add_up():
    items = pd.DataFrame({"item": ["q"], "text": ["Q?"], "kind": ["multi"], "scale": ["o"]})
    asked = dx.read_codebook(items, pd.DataFrame({"scale": "o", "code": [1, 2, 3], "label": list("ABC")}))
    assert ROUNDED not in repr(dx.answers(dx.read_survey(pd.DataFrame({"Q?": ["A;B"] * 6 + ["C"]}), asked)))


@pytest.mark.parametrize(
    ("cells", "n", "score"),
    [
        (["0"] * 2 + ["7"] * 11 + ["9"] * 18 + [""] * 4, 31, 100 * (18 - 2) / 31),
        (["10 - Extremely likely"] * 6 + ["6"] * 3 + ["n/a"] * 3, 9, 100 * (6 - 3) / 9),
        ([8, 9, 10, 6, 0, np.nan, 7], 6, 100 * (2 - 2) / 6),
    ],
)
def test_recommend_is_promoters_less_detractors_of_those_who_answered(cells, n, score):
    row = dx.scores(one("recommend11", cells, "recommend")).table.iloc[0]
    assert (row["n"], row["estimate"]) == (n, pytest.approx(score))


@pytest.mark.parametrize("weights", [{"a": 9, "b": 1}, {"a": 0.25, "b": 4}, {"a": "1,5", "b": "0,5"}])
def test_a_weight_column_weights(weights):
    book = pd.concat([BOOK, pd.DataFrame([dict(zip(BOOK, ["w", "W", "weight", "", "", ""], strict=True))])])
    found = dx.scores(survey(book=book, w=[weights[team] for team in ANSWERS["team"]]))
    w = np.array([float(str(weights[team]).replace(",", ".")) for team in ANSWERS["team"]])
    for item in ("q1", "q2", "q3"):
        right = (w * 25 * (ANSWERS[item] - 1)).sum() / w.sum()
        assert found.table.set_index("name").loc[item, "estimate"] == pytest.approx(right)
    assert any("weighted by the file" in note for note in found.notes)


@pytest.mark.parametrize("cell", ["1,3", "1;3", "Agree, Disagree", "4 5", "Agree|Agree", "1/2"])
def test_several_answers_in_a_rating_are_refused(cell, refusal):
    with refusal("row 1, column q"):
        one("agreement5", [cell] * 6)
