"""What a ranking says, word by word, on figures that are worked by hand."""

import re

import numpy as np
import pandas as pd
import pytest

import dxkit as dx

TOPICS = pd.DataFrame(
    {
        "item": ["a", "b", "c", "team"],
        "text": ["CI", "Docs", "Setup", "team"],
        "kind": ["hours"] * 3 + ["segment"],
        "topic": ["CI", "Docs", "Setup", ""],
        "scale": ["hours"] * 3 + [""],
    }
)
# means 5, 7/6 and 3/2
HOURS = pd.DataFrame(
    {
        "a": [4, 5, 6, 5, 4, 6] * 2,
        "b": [1, 2, 1, 0, 1, 2] * 2,
        "c": [1, 2, 2, 3, 0, 1] * 2,
        "team": ["A"] * 6 + ["B"] * 6,
    }
)


def roster(a, b):
    return pd.DataFrame({"team": ["A", "B"], "headcount": [a, b]})


def stated(result):
    """The facts of a result, one a line, as they are printed."""
    return "\n".join(f"{name}: {text}" for name, text in result.facts)


def test_a_ranking_in_print(refusal, snapshot):
    result = dx.rank_pains(dx.read_survey(HOURS, TOPICS))
    assert repr(result) == snapshot
    assert result.gap == pytest.approx(1 / 3)
    assert (result.top_n, result.score, result.unit, result.seed, result.segments) == (
        2,
        "hours",
        "hours a week",
        0,
        (),
    )
    assert (result.possible, result.tipping_point, result.confidence) == (["CI", "Setup", "Docs"], None, 0.95)
    assert result.table.columns.tolist() == [
        "topic",
        "n",
        "estimate",
        "se",
        "low",
        "high",
        "rank",
        "rank_low",
        "rank_high",
        "p_top",
        "p_top_se",
        "shrunken",
        "shown",
        "bound",
    ]
    assert result.robustness.values.tolist() == [["hours", "CI; Setup", result.p_clear, "open", 2]]
    assert dx.rank_pains(dx.read_survey(HOURS, TOPICS), seed=7, confidence=0.9).seed == 7
    with refusal():
        dx.rank_pains(dx.read_survey(HOURS, TOPICS), top_n=True)


def test_a_clear_worst_names_no_rival(snapshot):
    result = dx.rank_pains(dx.read_survey(HOURS, TOPICS), top_n=1)
    assert repr(result).split("\n")[1:5] == snapshot


def test_a_ranking_with_a_roster_says_what_those_who_are_silent_could_reverse(snapshot):
    """12 of 24 answered, so the others may lean the other way by the gap, 1/3 hour."""
    result = dx.rank_pains(dx.read_survey(HOURS, TOPICS, roster(12, 12), wave="2026-Q3"))
    assert result.title == snapshot
    assert result.tipping_point == pytest.approx(-1 / 3)
    assert stated(result) == snapshot
    assert result.method == result.notes[0] == snapshot
    everybody = dx.rank_pains(dx.read_survey(HOURS, TOPICS, roster(6, 6)), top_n=5)
    assert everybody.top_n == 3
    assert everybody.notes == snapshot
    two = dx.rank_pains(dx.read_survey(HOURS, TOPICS, roster(6, 6)))
    assert stated(two) == snapshot
    assert two.tipping_point == -np.inf


def test_a_ranking_of_groups_in_print(snapshot):
    """B puts Docs first, the whole CI: A 5, 7/6, 3/2 and B 1, 6, 3/2, together 3, 3.6 and 1.5."""
    frame = HOURS.assign(a=[4, 5, 6, 5, 4, 6, 1, 2, 1, 0, 1, 1], b=[1, 2, 1, 0, 1, 2, 6, 7, 6, 5, 6, 6])
    result = dx.rank_pains(dx.read_survey(frame, TOPICS, min_group=3), by="team", top_n=1)
    whole = dx.rank_pains(dx.read_survey(frame, TOPICS, min_group=3), top_n=1)
    assert result.title == snapshot
    assert result.table.columns.tolist()[:3] == ["topic", "team", "n"]
    assert result.table[["team", "topic"]].to_numpy().tolist() == [
        ["A", "CI"],
        ["A", "Setup"],
        ["A", "Docs"],
        ["B", "Docs"],
        ["B", "Setup"],
        ["B", "CI"],
    ]
    assert result.groups[["team", "worst 1", "verdict", "ruled_out"]].to_numpy().tolist() == [
        ["A", "CI", "clear", "Docs"],
        ["B", "Docs", "clear", "none"],
    ]
    assert result.groups.columns.tolist() == [
        "team",
        "worst 1",
        "p_pair",
        "p_pair_se",
        "p_clear",
        "verdict",
        "p_same",
        "ruled_out",
    ]
    assert repr(result) == snapshot
    assert (result.segments, result.facts, result.top) == (
        ("team",),
        (),
        whole.top,
    )
    assert whole.groups is None


def test_a_group_that_is_hidden_is_ranked_last_and_called_hidden(snapshot):
    frame = HOURS.assign(team=["A"] * 6 + ["B"] * 3 + ["C"] * 3)
    result = dx.rank_pains(dx.read_survey(frame, TOPICS), by="team")
    hidden = result.groups.iloc[1]
    assert hidden[["team", "worst 1", "worst 2", "verdict", "ruled_out"]].tolist() == ["B", *["hidden"] * 2, *"––"]
    assert np.isnan([hidden["p_pair"], hidden["p_same"]]).all()
    assert result.notes[-1] == snapshot
    assert result._printed()[0].iloc[1, 1:].tolist() == ["–", "hidden", "hidden", "–", "–", "–"]


@pytest.mark.parametrize(
    ("score", "estimates", "unit"),
    [
        # A: severity 100 100 0 0 50 50, importance 100 100 0 0 50 50; B: 50 x 5 and 75, 50 50 50 50 25 75;
        # opportunity B: 5 5 5 5, 2.5 where importance is below satisfaction, and 7.5 + (7.5 - 2.5)
        pytest.param(None, {"A": 250 / 6, "B": 168.75 / 6}, "0-100", id="impact"),
        pytest.param("severity", {"A": 50, "B": 325 / 6}, "0-100", id="severity"),
        pytest.param("opportunity", {"A": 50 / 6, "B": 35 / 6}, "0-20", id="opportunity"),
    ],
)
def test_every_score_says_what_it_is(score, estimates, unit, snapshot):
    frame = pd.DataFrame(
        {"sat": [1, 1, 5, 5, 3, 3], "imp": [5, 5, 1, 1, 3, 3], "sat2": [3] * 5 + [2], "imp2": [3, 3, 3, 3, 2, 4]}
    )
    rows = [("sat", "rating", "A"), ("imp", "importance", "A"), ("sat2", "rating", "B"), ("imp2", "importance", "B")]
    book = pd.DataFrame(rows, columns=["item", "kind", "topic"])
    scale = book["kind"].map({"rating": "satisfaction5", "importance": "importance5"})
    result = dx.rank_pains(dx.read_survey(frame, book.assign(text=book["item"], scale=scale)), score=score, top_n=1)
    assert result.table.set_index("topic")["estimate"].to_dict() == pytest.approx(estimates)
    assert result.unit == unit
    assert (result.method, result.notes) == snapshot
    assert re.sub(r"^\d+\.\d(?!\d)", "<n>", dict(result.facts)["expected loss if others are worse"]) == snapshot
    assert result.robustness["score"].tolist() == ["impact", "severity", "opportunity"]
    assert result.robustness["top"].tolist() == ["A", "B", "A"]
    assert result.robustness["shared"].tolist() == [int(each == result.top[0]) for each in "ABA"]


def test_too_few_answers_in_print(snapshot):
    result = dx.rank_pains(dx.read_survey(HOURS[:4], TOPICS))
    assert repr(result) == snapshot
    assert (result.verdict, result.robustness.values.tolist()[0][3:]) == ("open", ["–", 0])


def test_two_that_are_ruled_out_in_a_group_are_named_together():
    near = np.array([0.0, 0.5, 0.0, 0.5, 0.0, 0.5])
    topics = ["CI", "Docs", "Setup", "Access"]
    frame = pd.DataFrame(
        {
            name: np.concatenate([a + near, b + near])
            for name, a, b in (("a", 6, 0), ("b", 5, 0), ("c", 0, 4), ("d", 0, 3))
        }
    ).assign(team=["A"] * 6 + ["B"] * 6)
    book = pd.DataFrame(
        {
            "item": [*"abcd", "team"],
            "text": [*topics, "team"],
            "kind": ["hours"] * 4 + ["segment"],
            "topic": [*topics, ""],
            "scale": ["hours"] * 4 + [""],
        }
    )
    result = dx.rank_pains(dx.read_survey(frame, book, min_group=3), by="team")
    assert result.groups[["worst 1", "worst 2", "ruled_out"]].to_numpy().tolist() == [
        ["CI", "Docs", "none"],
        ["Setup", "Access", "CI and Docs"],
    ]
    assert result.groups["p_same"].tolist() == pytest.approx([1, 0], abs=0.03)


def test_a_ranking_of_two_segments_keeps_their_order_and_numbers_its_rows(snapshot):
    frame = pd.concat([HOURS] * 4, ignore_index=True).assign(team=["A"] * 24 + ["B"] * 24, site=["N", "S"] * 24)
    book = pd.concat([TOPICS, pd.DataFrame({"item": ["site"], "text": ["site"], "kind": ["segment"]})]).fillna("")
    result = dx.rank_pains(dx.read_survey(frame, book, cuts=[["team", "site"]]), by=["team", "site"])
    assert result.title == snapshot
    assert result.table.columns.tolist()[:4] == ["topic", "team", "site", "n"]
    assert result.table.index.tolist() == list(range(12))
    assert result.groups.columns.tolist()[:4] == ["team", "site", "worst 1", "worst 2"]
    assert result.robustness.columns.tolist() == ["score", "top", "p_clear", "verdict", "shared"]
    weighted = dx.rank_pains(
        dx.read_survey(
            frame,
            book,
            pd.DataFrame({"team": ["A", "B", "", ""], "site": ["", "", "N", "S"], "headcount": [40, 40, 40, 40]}),
        )
    )
    assert weighted.method == snapshot


def test_topics_that_may_not_be_shown_stand_last():
    """Only four answered about Setup, which would be the worst."""
    frame = HOURS.assign(c=[9.0, 9, 9, 8, *[np.nan] * 8])
    table = dx.rank_pains(dx.read_survey(frame, TOPICS)).table
    assert table["topic"].tolist() == ["CI", "Docs", "Setup"]
    assert table["shown"].tolist() == [True, True, False]
    assert table.index.tolist() == [0, 1, 2]


def test_what_the_silent_could_reverse_is_about_the_last_that_is_chosen(snapshot):
    assert stated(dx.rank_pains(dx.read_survey(HOURS, TOPICS, roster(12, 12)), top_n=1)) == snapshot
    level = dx.rank_pains(dx.read_survey(HOURS.assign(c=HOURS["b"]), TOPICS))
    assert level.facts[-1] == snapshot
