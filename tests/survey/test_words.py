"""What scores, rankings and comments say, word by word, on figures that are worked by hand."""

import re

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.statistics.intervals import wilson

BOOK = pd.DataFrame(
    {
        "item": ["q", "h", "r", "i", "team", "site"],
        "text": ["CI is fast", "Hours lost", "Would you recommend it?", "How important is CI?", "team", "site"],
        "kind": ["rating", "hours", "recommend", "importance", "segment", "segment"],
        "scale": ["agreement5", "hours", "recommend11", "importance5", "", ""],
        "dimension": ["Feedback", *[""] * 5],
    }
)
ANSWERS = pd.DataFrame(
    {
        "q": [1, 2, 2, 3, 4, 5],
        "h": [0, 0, 1.5, 2.5, 6, 2],
        "r": [10, 9, 8, 7, 6, 0],
        "i": [5, 5, 4, 4, 4, 2],
        "team": ["A"] * 3 + ["B"] * 3,
        "site": ["N", "S"] * 3,
    }
)
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


def test_scores_in_print(snapshot):
    """q: 0 25 25 50 75 100, mean 45.8; h: mean 2; r: two promoters, two detractors; i: 100 100 75 75 75 25, mean 75."""
    result = dx.scores(dx.read_survey(ANSWERS, BOOK))
    assert repr(result) == snapshot
    assert result.table.columns.tolist() == [
        "level",
        "name",
        "n",
        "estimate",
        "se",
        "low",
        "high",
        "favourable",
        "favourable_low",
        "favourable_high",
        "shown",
        "label",
        "unit",
        "kind",
        "stands_out",
    ]
    assert result.table["kind"].tolist() == ["rating", "hours", "recommend", "importance", "dimension", "overall"]
    assert result.table["unit"].tolist() == ["index", "hours", "recommend", "index", "index", "index"]
    assert (result.method, result.segments, result.confidence) == (result.notes[0], (), 0.95)
    assert result.table.index.tolist() == [0, 1, 2, 3, 4, 5]
    half = dx.scores(dx.read_survey(ANSWERS, BOOK), confidence=0.5)
    assert half.confidence == 0.5
    assert half.table["high"][0] == pytest.approx(45.83333 + 0.726687 * 15.02313, abs=1e-4)  # t(5) at 0.75
    assert half.table["favourable_low"][0] == pytest.approx(float(wilson(2 / 6, 6, 0.5)[0]))


def test_weighted_scores_in_print(snapshot):
    """Of 3 and 12 people: q (3 x 16.7 + 12 x 75) / 15, h (3 x 0.5 + 12 x 3.5) / 15, r (66.7 x 3 - 66.7 x 12) / 15."""
    result = dx.scores(dx.read_survey(ANSWERS, BOOK, roster(3, 12), wave="2026-Q3"))
    table = result.table.set_index("name")
    assert table["estimate"][["q", "h", "r", "i"]].tolist() == pytest.approx([63 + 1 / 3, 2.9, -40, 65])
    assert table["favourable"][["q", "i"]].tolist() == pytest.approx([12 * 2 / 3 / 15, (3 + 12 * 2 / 3) / 15])
    assert table.loc["r", "low"] == -100
    # (15 people)^2 over 3 x 1^2 + 3 x 4^2, of 6 equal ones
    assert result.notes == snapshot
    assert result.title == snapshot
    assert result.method == result.notes[0]
    beyond = dx.scores(dx.read_survey(ANSWERS, BOOK, roster(3, 12)), fpc=False)
    assert beyond.method == snapshot
    assert (beyond.table["se"] > result.table["se"]).all()


def test_scores_of_groups_in_print(snapshot):
    frame = pd.concat([ANSWERS] * 2).assign(team=["A"] * 6 + ["B"] * 3 + ["C"] * 3)
    by_team = dx.scores(dx.read_survey(frame, BOOK), by="team")
    assert by_team.notes[1:] == snapshot
    assert by_team.table.columns.tolist()[:5] == ["level", "name", "team", "n", "estimate"]
    assert len(by_team.table.columns) == 16
    by_team = by_team.only(names=["h", "q"])
    assert repr(by_team) == snapshot
    assert by_team.segments == ("team",)
    assert by_team.only("item", ["q"]).table["name"].tolist() == ["q"] * 3
    with pytest.raises(dx.Missing, match="column dimension"):
        by_team.only("dimension")
    assert by_team.only().table["name"].tolist() == ["h"] * 3 + ["q"] * 3
    several = by_team.only("item", ["q", "h"]).table
    assert several.index.tolist() == [0, 1, 2, 3, 4, 5]
    assert several["name"].tolist() == ["q"] * 3 + ["h"] * 3
    assert several.columns.tolist() == by_team.table.columns.tolist()
    both = dx.scores(dx.read_survey(ANSWERS, BOOK, wave="2026-Q3"), by=["team", "site"])
    assert both.title == snapshot
    assert both.segments == ("team", "site")


@pytest.mark.parametrize(("groups", "levels"), [(10, ["item", "dimension", "overall"]), (11, ["dimension", "overall"])])
def test_more_than_sixty_rows_of_groups_show_no_single_items(groups, levels):
    """Six variables a group: ten groups are sixty rows, eleven sixty-six."""
    frame = pd.concat([ANSWERS] * groups).assign(team=np.repeat([f"T{g:02d}" for g in range(groups)], 6))
    result = dx.scores(dx.read_survey(frame, BOOK), by="team")
    assert len(result.table) == 6 * groups
    assert result.table.loc[result._printed()[0].index, "level"].unique().tolist() == levels


def test_groups_that_are_merged_for_single_questions_are_named(snapshot):
    """Everybody answered q; h has one answer of team B, so only there B joins A."""
    frame = pd.concat([ANSWERS] * 2, ignore_index=True).assign(team=["A"] * 8 + ["B"] * 4)
    frame.loc[9:, "h"] = np.nan
    result = dx.scores(dx.read_survey(frame, BOOK, roster(16, 8)))
    assert result.notes[2:] == snapshot
    teams = ["A"] * 10 + [*"BCDEFGH" * 2]
    many = frame.iloc[[*range(12), *range(12)]].reset_index(drop=True).assign(team=teams, h=1.0)
    heads = pd.DataFrame({"team": [*"ABCDEFGH"], "headcount": [30] + [4] * 7})
    many.loc[10:14, "h"] = np.nan  # of each of five teams one has answered
    said = dx.scores(dx.read_survey(many, BOOK, heads)).notes[2]
    assert said.split(": ")[:2] == snapshot
    assert 1 <= said.count("; ") <= 3
    lone = dx.scores(dx.read_survey(frame.assign(team=["A"] * 11 + ["B"]), BOOK, roster(16, 8)))
    assert lone.notes[2:] == snapshot


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
    ]
    assert result.robustness.values.tolist() == [["hours", "CI; Setup", result.p_pair, "open", 2]]
    assert dx.rank_pains(dx.read_survey(HOURS, TOPICS), seed=7, confidence=0.9).seed == 7
    with refusal():
        dx.rank_pains(dx.read_survey(HOURS, TOPICS), top_n=True)


def test_a_clear_worst_names_no_rival(snapshot):
    result = dx.rank_pains(dx.read_survey(HOURS, TOPICS), top_n=1)
    assert repr(result).split("\n")[1:5] == snapshot


def test_a_ranking_with_a_roster_says_what_those_who_are_silent_could_reverse(snapshot):
    """12 of 24 answered, so the others would need the opposite gap, 1/3 hour."""
    result = dx.rank_pains(dx.read_survey(HOURS, TOPICS, roster(12, 12), wave="2026-Q3"))
    assert result.title == snapshot
    assert result.tipping_point == pytest.approx(1 / 3)
    assert stated(result) == snapshot
    assert result.method == result.notes[0] == snapshot
    everybody = dx.rank_pains(dx.read_survey(HOURS, TOPICS, roster(6, 6)), top_n=5)
    assert everybody.top_n == 3
    assert everybody.notes == snapshot
    two = dx.rank_pains(dx.read_survey(HOURS, TOPICS, roster(6, 6)))
    assert stated(two) == snapshot
    assert two.tipping_point == np.inf


def test_a_ranking_of_groups_in_print(snapshot):
    """B puts Docs first, the whole CI: A 5, 7/6, 3/2 and B 1, 6, 3/2, together 3, 3.6 and 1.5."""
    frame = HOURS.assign(a=[4, 5, 6, 5, 4, 6, 1, 2, 1, 0, 1, 1], b=[1, 2, 1, 0, 1, 2, 6, 7, 6, 5, 6, 6])
    result = dx.rank_pains(dx.read_survey(frame, TOPICS), by="team", top_n=1)
    whole = dx.rank_pains(dx.read_survey(frame, TOPICS), top_n=1)
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
    assert result._printed()[0].iloc[1, 1:].tolist() == ["hidden", "hidden", "–", "–", "–", "–"]


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


def test_a_ledger_says_what_it_counts(refusal, snapshot):
    report = dx.Release(min_group=6)
    assert repr(report) == snapshot
    survey = dx.read_survey(pd.concat([ANSWERS] * 2).assign(team=["A"] * 7 + ["B"] * 5), BOOK)
    dx.scores(survey, release=report)
    assert repr(report) == snapshot
    dx.scores(survey, by="team", release=report)  # B has five, and A would give B away
    assert repr(report) == snapshot
    with refusal(error=ValueError):
        dx.Release(2)
    assert dx.Release(3).min_group == 3
    assert dx.Release().min_group == 5


def test_too_few_answers_in_print(snapshot):
    result = dx.rank_pains(dx.read_survey(HOURS[:4], TOPICS))
    assert repr(result) == snapshot
    assert (result.verdict, result.robustness.values.tolist()[0][3:]) == ("open", ["–", 0])


def test_a_group_that_nobody_of_was_heard_is_hidden():
    frame = pd.concat([ANSWERS] * 2, ignore_index=True).assign(team=["A"] * 6 + ["B"] * 6)
    table = dx.scores(dx.read_survey(frame.assign(h=[1, 2, 3, 4, 5, 6] + [np.nan] * 6), BOOK), by="team").table
    rows = table[table["name"] == "h"].set_index("team")
    assert rows["shown"].tolist() == [True, False]
    assert rows.loc["B", ["n", "estimate", "high"]].isna().all()


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
    result = dx.rank_pains(dx.read_survey(frame, book), by="team")
    assert result.groups[["worst 1", "worst 2", "ruled_out"]].to_numpy().tolist() == [
        ["CI", "Docs", "none"],
        ["Setup", "Access", "CI and Docs"],
    ]
    assert result.groups["p_same"].tolist() == pytest.approx([1, 0])


def test_a_ranking_of_two_segments_keeps_their_order_and_numbers_its_rows(snapshot):
    frame = pd.concat([HOURS] * 4, ignore_index=True).assign(team=["A"] * 24 + ["B"] * 24, site=["N", "S"] * 24)
    book = pd.concat([TOPICS, pd.DataFrame({"item": ["site"], "text": ["site"], "kind": ["segment"]})]).fillna("")
    result = dx.rank_pains(dx.read_survey(frame, book), by=["team", "site"])
    assert result.title == snapshot
    assert result.table.columns.tolist()[:4] == ["topic", "team", "site", "n"]
    assert result.table.index.tolist() == list(range(12))
    assert result.groups.columns.tolist()[:4] == ["team", "site", "worst 1", "worst 2"]
    assert result.robustness.columns.tolist() == ["score", "top", "p_pair", "verdict", "shared"]
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


@pytest.mark.parametrize(("answers", "few"), [(19, True), (20, False)])
def test_fewer_than_twenty_answers_are_said(answers, few, snapshot):
    frame = pd.concat([HOURS] * 2, ignore_index=True)[:answers]
    notes = dx.rank_pains(dx.read_survey(frame, TOPICS)).notes
    assert len(notes) == 1 + few
    assert notes == snapshot


def test_what_the_silent_could_reverse_is_about_the_last_that_is_chosen(snapshot):
    assert stated(dx.rank_pains(dx.read_survey(HOURS, TOPICS, roster(12, 12)), top_n=1)) == snapshot
    level = dx.rank_pains(dx.read_survey(HOURS.assign(c=HOURS["b"]), TOPICS))
    assert level.facts[-1] == snapshot


def test_the_minimum_of_the_data_holds_where_a_ledger_asks_for_less():
    frame = pd.concat([ANSWERS] * 4).assign(team=["A"] * 7 + ["B"] * 8 + ["C"] * 9)
    heads = pd.DataFrame({"team": ["A", "B", "C"], "headcount": [10, 12, 20]})
    for least, shown in ((5, [True, True, True]), (8, [False, False, True])):  # A has seven, and would be the rest
        for roster_ in (None, heads):
            survey = dx.read_survey(frame, BOOK, roster_, min_group=least)
            table = dx.scores(survey, by="team", release=dx.Release(5)).only(names=["q"]).table
            assert table["shown"].tolist() == shown
            assert (
                dx.rank_pains(
                    dx.read_survey(frame, BOOK.assign(topic=["CI", "", "", "", "", ""]), min_group=least),
                    "severity",
                    by="team",
                    release=dx.Release(5),
                )
                .table["shown"]
                .tolist()
                == shown
            )
    rate = dx.response_rate(dx.read_survey(frame, BOOK, heads, min_group=8), by="team", release=dx.Release(5)).table
    assert rate["shown"].tolist() == [False, False, True]
    nothing = np.zeros(3, dtype=int), np.arange(3), np.ones((3, 0)), np.zeros((2, 0))
    assert dx.Release().admit_groups([], *nothing).shape == (2, 0)
