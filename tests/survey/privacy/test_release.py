"""What a survey shows is decided once: by who answered, by the declared cuts, by nothing else."""

import inspect
import itertools
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dxkit as dx
from dxkit.survey.tally.release import release_of
from tests import sample
from tests.laws import examples
from tests.survey.privacy import companies

BOOK = pd.DataFrame(
    {
        "item": ["q", "r", "team", "role"],
        "text": ["Q", "R", "Team", "Role"],
        "kind": ["rating", "rating", "segment", "segment"],
        "scale": ["agreement5", "agreement5", "", ""],
    }
)


def people(sizes, q=(1, 3, 5, 2, 4)):
    """A frame with so many people of each team and role, who all answered."""
    rows = [key.split("-") for key, n in sizes.items() for _ in range(n)]
    frame = pd.DataFrame([row if len(row) > 1 else [*row, "x"] for row in rows], columns=["team", "role"])
    given_ = list(itertools.islice(itertools.cycle(q), len(frame)))
    return frame.assign(q=given_, r=given_[::-1])


def read(frame, **options):
    return dx.read_survey(frame, BOOK, **options)


def shown(survey, question="people"):
    table = survey.release.table
    rows = table.loc[(table["question"] == question) & table["figure"] & (table["cut"] != "")]
    return " ".join(f"{group}{n:.0f}" for group, n in zip(rows["group"], rows["n"], strict=True))


@pytest.mark.parametrize(
    ("sizes", "cuts", "k", "wanted"),
    [
        ({"A": 5, "B": 3, "C": 4, "D": 10}, ["team"], 5, "A5 D10"),
        ({"A": 9, "B": 8, "C": 3}, ["team"], 5, "A9"),
        ({"A": 9, "B": 8, "C": 3}, ["team"], 3, "A9 B8 C3"),
        ({"A-b": 4, "A-c": 1, "B-b": 2, "B-c": 9}, ["team", "role"], 5, "A5 B11"),
        ({"A-b": 4, "A-c": 1, "B-b": 2, "B-c": 9}, ["role", "team"], 5, "b6 c10"),
        ({"A-b": 6, "B-b": 2, "B-c": 8, "C-b": 3, "C-c": 9}, ["team", "role"], 6, "A6 B10 C12"),
        ({"A-b": 6, "B-b": 2, "B-c": 8, "C-b": 3, "C-c": 9}, ["team", "role"], 8, "C12 b11 c17"),
        (
            {"A-dev": 11, "A-lead": 1, "B-dev": 7, "B-lead": 5},
            ["team", ["team", "role"]],
            5,
            "A12 B12 B / dev7",
        ),
    ],
)
def test_the_groups_worked_out_by_hand_are_shown(sizes, cuts, k, wanted):
    assert shown(read(people(sizes), cuts=cuts, min_group=k)) == wanted


def test_the_text_is_five_sentences_and_names_the_minimum():
    text = sample.wave().release.text
    assert [line[:2] for line in text.splitlines()] == ["1.", "2.", "3.", "4.", "5."]
    assert "at least 5 of its people" in text
    assert "only from 10 answers on" in text
    assert "from 12 writers on" in read(people({"A": 20}), comment_group=12).release.text


def test_a_cut_that_is_not_declared_names_what_to_declare(refusal):
    survey = read(people({"A-x": 9, "B-y": 9}), cuts=["team"])
    for call in (dx.scores, dx.answers, dx.rank_pains):
        if call is not dx.rank_pains:
            with refusal("cuts=['team', ['role', 'team']]"):
                call(survey, by=["role", "team"])
    assert dx.scores(survey, by="team").table["shown"].all()


def test_cuts_and_minimums_that_cannot_be_are_refused_at_once(refusal):
    frame = people({"A": 9})
    for cuts in (["taem"], ["team", "team"], [["team", "role"], ["role", "team"]], [[]]):
        with refusal():
            read(frame, cuts=cuts)
    for k in (2, 1_001, 4.5):
        with refusal("min_group"):
            read("no such file.csv", min_group=k)
        with refusal("min_group"):
            dx.tally("no such file.csv", codebook=BOOK, min_group=k)


def test_a_release_cannot_be_passed_on():
    survey = sample.wave()
    for call in (dx.scores, dx.answers, dx.rank_pains, dx.response_rate):
        with pytest.raises(TypeError, match="survey.release"):
            call(survey, release=None)
    with pytest.raises(TypeError, match="survey.release"):
        dx.compare(survey, survey, release=None)
    assert not hasattr(dx, "Release")


def test_two_teams_near_an_end_are_shown_as_bounds():
    """1 1 1 1 2 is 5.0, within 100/5 of the low end; 1 1 1 2 5 is 25. Turned round alike."""
    high = read(people({"A": 5, "B": 5, "C": 30}, q=[5, 5, 5, 5, 4, 5, 5, 5, 4, 1, *[1, 3, 5, 2, 4] * 6]))
    rows = dx.scores(high, by="team").only(names=["q"]).table.set_index("team")
    assert rows[["estimate", "bound"]].to_numpy().tolist()[:2] == [[80, "at least"], [75, ""]]
    low = read(people({"A": 5, "B": 5, "C": 30}, q=[1, 1, 1, 1, 2, 1, 1, 1, 2, 5, *[1, 3, 5, 2, 4] * 6]))
    rows = dx.scores(low, by="team").only(names=["q"]).table.set_index("team")
    assert rows.loc["A", ["estimate", "bound"]].tolist() == [20, "at most"]
    assert rows.loc["A", ["se", "low", "high"]].isna().all()
    assert rows.loc["B", ["estimate", "bound"]].tolist() == [25, ""]
    assert rows.loc["B", ["low", "high"]].notna().all()


def test_a_bound_of_hours_in_bands_holds():
    """One person moves a mean of twelve by a twelfth of the highest band, here by one hour."""
    hours = np.tile([0, 3, 8, 12], 12)
    hours[:12] = [4, 4, 3, *[0] * 9]
    frame = pd.DataFrame({"team": np.repeat(["a", "b", "c", "d"], 12), "h": hours})
    book = pd.DataFrame(
        {"item": ["team", "h"], "kind": ["segment", "hours"], "text": ["T", "H"], "scale": ["", "0-12"]}
    )
    table = dx.scores(dx.read_survey(frame, book), by="team").table
    assert table["bound"].tolist() == ["at most", "", "", ""]
    assert table["estimate"].tolist() == pytest.approx([1, 5.75, 5.75, 5.75])  # the mean of the first is 11 / 12


def test_a_share_of_few_answers_that_nobody_or_everybody_gave_is_a_bound():
    found = dx.answers(read(people({"A": 12}, q=[1, 1, 1, 1, 1, 1, 4, 4, 4, 4, 4, 5]))).only(["q"]).table
    of = found.set_index("code")[["share", "bound", "count"]]
    assert of.loc[2, ["share", "bound"]].tolist() == [pytest.approx(1 / 12), "at most"]
    assert of.loc[5, ["share", "bound"]].tolist() == [pytest.approx(1 / 12), "at most"]
    assert of.loc[[2, 5], "count"].isna().all()
    assert of.loc[1].tolist() == [0.5, "", 6]


def surveys():
    """Small surveys with two segments and blanks."""

    def make(seed):
        rng = np.random.default_rng(seed)
        n = int(rng.integers(8, 50))
        frame = pd.DataFrame({"team": rng.choice(list("ABCD"), n), "role": rng.choice(list("xyz"), n)})
        for item in "qr":
            frame[item] = np.where(rng.random(n) < 0.85, rng.integers(1, 6, n), np.nan)
        return frame

    return st.integers(0, 10**6).map(make)


@examples(40)
@given(surveys())
@pytest.mark.thorough
def test_nobody_is_given_away_and_detail_implies_figure(frame):
    survey = read(frame, cuts=["team", "role", ["team", "role"]])
    table = survey.release.table
    assert not (table["detail"] & ~table["figure"]).any()
    labels = {"": [""] * len(frame), "team": frame["team"], "role": frame["role"]}
    labels["team x role"] = frame["team"] + " / " + frame["role"]
    for item in "qr":
        rows = table.loc[(table["question"] == item) & table["figure"]]
        for cut in rows.loc[rows["group"] == "(others)", "cut"]:  # with those shown they are everybody
            assert rows.loc[rows["cut"] == cut, "n"].sum() == rows["n"].iloc[0]
            shown = rows.loc[rows["cut"] == cut, "group"].tolist()
            labels[cut] = np.where(np.isin(labels[cut], shown), labels[cut], "(others)")
        over = np.array(
            [(np.asarray(labels[cut], dtype=object) == group) for cut, group in rows[["cut", "group"]].to_numpy()]
        )
        if len(rows):
            answered = frame[item].notna().to_numpy().astype(int)
            assert companies.smallest_sum(over.astype(float), answered, 5) is None


@examples(20)
@given(surveys(), st.randoms(use_true_random=False))
@pytest.mark.thorough
def test_order_of_rows_and_of_calls_changes_nothing_and_a_tally_decides_alike(frame, random):
    one, order = read(frame), list(range(len(frame)))
    random.shuffle(order)
    two = read(frame.iloc[order])
    dx.scores(two, by="role")
    pd.testing.assert_frame_equal(one.release.table, two.release.table)
    pd.testing.assert_frame_equal(one.release.table, dx.tally(one).release.table)
    parts = [frame.iloc[: len(frame) // 2], frame.iloc[len(frame) // 2 :]]
    counted = dx.tally(parts, codebook=BOOK)
    pd.testing.assert_frame_equal(one.release.table, counted.release.table)


@examples(20)
@given(surveys())
@pytest.mark.thorough
def test_a_cut_that_is_declared_last_takes_nothing_from_those_before(frame):
    few, more = (read(frame, cuts=cuts).release.table for cuts in (["team"], ["team", "role"]))
    before = more.loc[more["cut"] != "role", ["cut", "group", "question", "detail"]].reset_index(drop=True)
    pd.testing.assert_frame_equal(few.drop(columns=["n", "figure"]), before)


def test_without_cuts_only_everybody_is_shown(refusal):
    survey = read(people({"A": 9}), cuts=[])
    assert survey.release.table["cut"].unique().tolist() == [""]
    with refusal("not declared"):
        dx.scores(survey, by="team")


def test_the_release_is_worked_out_once():
    survey = sample.wave()
    assert survey.release is survey.release
    assert release_of(dx.tally(survey)).table.equals(survey.release.table)


def test_groups_are_ranked_only_where_every_topic_may_be_shown():
    ranking = sample.ranking(by="team")
    groups = ranking.groups.set_index("team")
    for team, rows in ranking.table.groupby("team"):
        hidden = not rows["shown"].all()
        assert (groups.loc[team, "worst 1"] == "hidden") == hidden
        assert rows["rank"].isna().all() == hidden
        assert rows.loc[~rows["shown"], ["n", "estimate", "p_top", "shrunken"]].isna().all(axis=None)
        assert (rows.loc[rows["shown"], "n"] >= 5).all()
    assert ranking.top == sample.ranking().top


def test_where_too_few_answered_nothing_is_ranked_and_that_is_said():
    book = BOOK.assign(topic=["CI", "Docs", "", ""])
    ranking = dx.rank_pains(dx.read_survey(people({"A": 4}), book))
    assert (ranking.top, ranking.verdict) == ([], "open")
    assert not ranking.table["shown"].any()
    assert "too few answers to show or to rank" in ranking.notes
    ranking.plot()


def test_the_minimum_of_the_data_holds_in_every_table():
    """With a minimum of eight A is too small, and B with it would give A away."""
    frame = people({"A": 7, "B": 8, "C": 9})
    heads = pd.DataFrame({"team": ["A", "B", "C"], "headcount": [10, 12, 20]})
    for least, wanted in ((5, [True, True, True]), (8, [False, False, True])):
        for roster in (None, heads):
            survey = dx.read_survey(frame, BOOK.assign(topic=["CI", "", "", ""]), roster, min_group=least)
            assert dx.scores(survey, by="team").only(names=["q"]).table["shown"].tolist() == wanted
            assert dx.rank_pains(survey, "severity", by="team").table["shown"].tolist() == wanted
    assert dx.response_rate(survey, by="team").table["shown"].tolist() == [False, False, True]


def test_a_group_in_which_nobody_answered_is_hidden():
    frame = people({"A": 6, "B": 6})
    frame.loc[6:, "r"] = np.nan
    rows = dx.scores(read(frame), by="team").only(names=["r"]).table
    assert rows["shown"].tolist() == [True, False]
    assert rows.loc[1:, ["n", "estimate", "high"]].isna().all(axis=None)


def test_response_rate_lists_every_group_of_the_roster_and_hides_small_counts():
    book = pd.DataFrame(
        {"item": ["y", "team"], "text": ["y", "team"], "kind": ["rating", "segment"], "scale": ["agreement5", ""]}
    )
    answers = pd.DataFrame({"y": [1, 2, 3, 4, 5] * 3 + [1, 2], "team": ["A"] * 10 + ["B"] * 5 + ["C"] * 2})
    roster = pd.DataFrame({"team": ["A", "B", "C", "D"], "headcount": [20, 6, 6, 4]})
    table = dx.response_rate(dx.read_survey(answers, book, roster)).table.set_index("team")
    assert list(table.index) == ["A", "B", "C", "D"]
    assert table.loc["A", ["responded", "headcount", "estimate"]].tolist() == [10, 20, 0.5]
    assert not table.loc[["C", "D"], "shown"].any()
    assert table.loc[["C", "D"], ["responded", "estimate"]].isna().all(axis=None)


@pytest.mark.parametrize(("n", "figure", "detail"), [(1, 0, 0), (4, 0, 0), (5, 1, 0), (9, 1, 0), (10, 1, 1)])
def test_the_minimum_is_exactly_the_minimum(n, figure, detail):
    survey = read(people({"A": n}), cuts=[])
    assert survey.release.table[["figure", "detail"]].to_numpy().tolist()[1] == [figure, detail]
    row = dx.scores(survey).table.iloc[0]
    assert row["shown"] == bool(figure)
    assert row[["n", "estimate", "low", "high"]].isna().all() == (not figure)
    assert dx.answers(survey).table["shown"].all() == bool(detail)


SHOWS = {  # every public function that takes a survey, and what it may show
    "scores": "figures of groups; favourable shares with detail",
    "answers": "shares with detail; of one of several choices the figure",
    "rank_pains": "figures of topics",
    "compare": "figures of both waves that are no bounds",
    "follow_up": "figures of topics that are no bounds",
    "response_rate": "people of groups",
    "reliability": "detail of everybody",
    "drivers": "detail of everybody",
    "comments": "the whole company's, from comment_group writers on",
    "plan_survey": "figures of everybody",
    "tally": "nothing: it counts",
    "business_case": "hours of a ranking",
    "page": "what the results on it may show; rows read and kept",
    "claim_check": "figures of a ranking or of scores",
}


def test_every_public_function_that_takes_a_survey_or_a_ranking_is_listed_with_what_it_may_show():
    taken = {"Survey", "Tally", "Ranking"}
    found = set()
    for name in dx.__all__:
        function = inspect.unwrap(getattr(dx, name))
        if inspect.isfunction(function):
            words = set(re.findall(r"\w+", " ".join(str(x) for x in function.__annotations__.values())))
            returned = set(re.findall(r"\w+", str(function.__annotations__.get("return", ""))))
            if words & taken and not returned & {"Survey"}:
                found.add(name)
    assert found | {"tally"} == set(SHOWS)


def test_who_has_no_weight_is_in_no_figure_and_counts_for_none():
    """Five of Red answered, one without a role: the roster gives that one no weight, so the mean would be of four."""
    roles = ["dev", "dev", "lead", "lead", ""]
    answers = pd.DataFrame({"team": ["Red"] * 5 + ["Blue"] * 9, "role": roles + ["dev"] * 5 + ["lead"] * 4})
    answers["q"] = [1, 2, 3, 4, 5] + [1, 2, 3, 4, 5, 4, 3, 2, 1]
    book = pd.DataFrame({"item": ["team", "role", "q"], "kind": ["segment", "segment", "rating"]})
    book = book.assign(text=book["item"], scale=["", "", "agreement5"])
    heads = [("Red", "dev", 6), ("Red", "lead", 6), ("Blue", "dev", 9), ("Blue", "lead", 9)]
    roster = pd.DataFrame(heads, columns=["team", "role", "headcount"])
    for known, shown in ((None, True), (roster, False)):
        survey = dx.read_survey(answers, book, known)
        table = dx.scores(survey, by="team").table.query("name == 'q'").set_index("team")
        release = survey.release.table.query("cut == 'team' and question == 'q'").set_index("group")
        assert table.loc["Red", "shown"] == release.loc["Red", "figure"] == shown
        assert not (table["n"] < 5).any()
