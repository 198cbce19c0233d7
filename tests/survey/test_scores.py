"""Scores: figures by hand, laws by generated surveys, hidden rows."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dxkit as dx
from dxkit.statistics.intervals import wilson
from tests.laws import examples
from tests.places import CASE_FILES
from tests.survey import worlds

pytestmark = pytest.mark.usefixtures("nothing_hidden")

WILSON = json.loads((CASE_FILES / "statistics.json").read_text())["wilson_and_friends"]["cases"]
FIGURES = ["n", "estimate", "se", "low", "high", "favourable", "favourable_low", "favourable_high"]


def one_item(answers, scale="agreement5", kind="rating", **options):
    book = pd.DataFrame({"item": ["q"], "text": ["Question"], "kind": [kind], "scale": [scale]})
    return dx.read_survey(pd.DataFrame({"q": answers}), book, **options)


def row_of(survey, **options):
    return dx.scores(survey, **options).table.iloc[0]


def staff(frame, kinds, headcount, scale="agreement5", **columns):
    """A survey of questions of these kinds, and the headcount of each team of the column t."""
    items = [name for name in frame if name != "t"]
    book = pd.DataFrame({"item": items, "text": items, "kind": kinds, "scale": scale}).assign(**columns)
    book.loc[len(book)] = {"item": "t", "text": "t", "kind": "segment", **dict.fromkeys(["scale", *columns], "")}
    roster = pd.DataFrame({"t": list(headcount), "headcount": list(headcount.values())})
    return dx.read_survey(frame, book, roster if headcount else None, min_group=3)


FIVES = [5, 5, 5, 5, 4, 5, 5, 5, 3, 5]
HOURS = [0, 0, 0, 1, 2, 2, 5, 8, 0, 0, 1, 20]


@pytest.mark.parametrize(
    ("answers", "kind", "people", "wanted"),
    [
        (FIVES, "rating", None, [92.5, 67.24657444, 98.66822816]),
        (FIVES, "rating", 20, [92.5, 76.32617117, 97.92444075]),
        ([5] * 12, "rating", None, [100, 71.24056556, 100]),
        ([3] * 12, "rating", None, [50, 43.43319252, 56.56680748]),
        ([5] * 12, "rating", 12, [100, 100, 100]),
        ([10, 9, 9, 8, 8, 7, 6, 5, 3, 10], "recommend", None, [10, -46.25030090, 60.51044671]),
        ([2] * 8, "hours", None, [2, 1.576502085, 2.619851872]),
        ([0] * 8, "hours", None, [0, 0, 0.6989309814]),
        (HOURS, "hours", None, [3.25, 1.255552376, 17.85629120]),
        (HOURS, "hours", 30, [3.25, 1.491828341, 11.25183735]),
    ],
)
def test_the_figures_worked_by_plain_sums_and_root_finding(answers, kind, people, wanted):
    scale = {"rating": "agreement5", "recommend": "recommend11", "hours": "hours"}[kind]
    frame = pd.DataFrame({"q": answers, "t": "A"})
    row = row_of(staff(frame, [kind], {"A": people} if people else {}, scale))
    assert row[["estimate", "low", "high"]].tolist() == pytest.approx(wanted, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(
    ("yes", "n", "people", "wanted"),
    [
        (7, 10, None, [0.3967781475, 0.8922087326]),
        (7, 10, 20, [0.45, 0.85]),
        (0, 8, 20, [0, 0.25]),
        (8, 8, 9, [8 / 9, 1]),
    ],
)
def test_shares_know_what_has_been_said_for_certain(yes, n, people, wanted):
    answers = pd.DataFrame({"q": [5] * yes + [2] * (n - yes), "t": "A"})
    survey = staff(answers, ["rating"], {"A": people} if people else {})
    row = row_of(survey)
    table = dx.answers(survey).share_of({"q": "Strongly agree"}).table.iloc[0]
    for found in (row[["favourable_low", "favourable_high"]], table[["low", "high"]]):
        assert found.tolist() == pytest.approx(wanted, rel=1e-6)


def test_two_teams_of_whom_some_answered():
    frame = pd.DataFrame({"q": [5, 4, 4, 5, 2, 3, 1], "t": [*"1111222"]})
    survey = staff(frame, ["rating"], {"1": 6, "2": 10})
    row, teams = row_of(survey), dx.scores(survey, by="t").table
    figures = ["estimate", "se", "low", "high"]
    assert row[figures].tolist() == pytest.approx([48.4375, 7.646284966, 30.35505952, 66.93852895], rel=1e-6)
    assert teams.loc[0, ["estimate", "low", "high"]].tolist() == pytest.approx([87.5, 68.25319028, 95.79682101])
    assert teams.loc[1, ["estimate", "low", "high"]].tolist() == pytest.approx([25, 7.293283976, 58.54682587])


def test_a_dimension_of_nine_people_one_of_whom_skipped_a_question():
    frame = pd.DataFrame({"a": [4, 5, 3, 4, 2, 5], "b": [3, 3, 4, np.nan, 1, 4], "t": "A"})
    row = dx.scores(staff(frame, ["rating"] * 2, {"A": 9}, dimension="D")).table.set_index("name").loc["D"]
    wanted = [60.41666667, np.sqrt(59.92907779), 39.04635625, 78.43295582]
    assert row[["estimate", "se", "low", "high"]].tolist() == pytest.approx(wanted, rel=1e-6)
    assert row["n"] == 5


@pytest.mark.parametrize("case", [c for c in WILSON if c["n"] >= 10], ids=lambda c: f"{c['k']} of {c['n']}")
def test_favourable_limits_equal_r(case):
    answers = [5] * case["k"] + [1, 2] * (case["n"] - case["k"])
    answers = answers[: case["n"]]
    survey = one_item(answers)
    row = row_of(survey)
    if not row["shown"]:
        assert case["k"] == case["n"] < 10
        return
    assert row["favourable_low"] == pytest.approx(case["wilson"][0], abs=1e-12)
    assert row["favourable_high"] == pytest.approx(case["wilson"][1], abs=1e-12)


def test_net_promoter_score():
    answers = [10, 9, 9, 8, 7, 6, 3, 0, 10, 5]  # 4 promoters, 4 detractors of 10
    row = row_of(one_item(answers, scale="recommend11", kind="recommend"))
    assert row["estimate"] == pytest.approx(0.0)
    assert row["favourable"] == pytest.approx(0.4)
    assert row["unit"] == "recommend"


@pytest.mark.parametrize(("scale", "favourable"), [("1-7", 3), ("1-10", 5), ("1-3", 1), ("agreement5", 2), ("0-10", 5)])
def test_favourable_is_every_code_above_the_middle(scale, favourable):
    low, _, high = scale.partition("-")
    codes = list(range(int(low), int(high) + 1)) if high else [1, 2, 3, 4, 5]
    survey = one_item(codes * 3, scale=scale)
    assert row_of(survey)["favourable"] == pytest.approx(favourable / len(codes))
    for result in (dx.scores(survey), dx.answers(survey)):
        assert ("; favourable: " in result.method) == (scale != "agreement5")


def test_hours_are_a_mean_in_hours_with_zeros():
    row = row_of(one_item(["0", "0", "1,5", "2.5", "6"], scale="", kind="hours"))
    assert row["estimate"] == pytest.approx(2.0)
    assert np.isnan(row["favourable"])


def test_text_has_the_type_that_pandas_gives_text():
    table = dx.scores(one_item([1, 2, 2, 3, 4, 5])).table[["level", "name", "label", "unit", "kind"]]
    assert set(table.dtypes) == {pd.Series(["text"]).dtype}


def test_one_answer_that_differs_by_a_point_is_not_the_same_from_everybody():
    assert row_of(one_item([100] * 8 + [99], scale="0-100"))["shown"]


def test_a_weighted_share_of_unknown_headcount_has_the_interval_of_its_effective_answers():
    frame = pd.DataFrame({"q": ["Yes", "No"] * 9 + ["Yes"] * 6, "t": ["A"] * 10 + ["B"] * 14})
    frame["site"] = ["North"] * 6 + ["South"] * 4 + ["North"] * 8 + ["South"] * 6
    book = pd.DataFrame({"item": ["q", "t", "site"], "text": ["Question", "t", "site"]})
    book = book.assign(kind=["rating", "segment", "segment"], scale=["yesno", "", ""])
    roster = pd.DataFrame({"t": ["A", "B"], "headcount": [40, 20]})
    table = dx.scores(dx.read_survey(frame, book, roster), by="site").table
    assert len(table) == 2
    weight = frame["t"].map({"A": 40 / 10, "B": 20 / 14})
    for row in table.itertuples():
        w = weight[frame["site"] == row.site]
        assert row.favourable == pytest.approx(row.estimate / 100, abs=1e-12)
        ends = wilson(row.favourable, w.sum() ** 2 / (w**2).sum())
        assert (row.favourable_low, row.favourable_high) == pytest.approx(tuple(map(float, ends)), abs=1e-9)


def test_one_report_has_one_favourable_share():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"q": rng.integers(1, 6, 40), "r": rng.integers(1, 6, 40).astype(float), "t": [*"ABCD"] * 10})
    frame.loc[3:5, "r"] = np.nan
    survey = staff(frame, ["rating"] * 2, {"A": 30, "B": 12, "C": 20, "D": 40})
    for by in (None, "t"):
        table, scores = dx.answers(survey, by=by).table, dx.scores(survey, by=by).table
        shares = table[table["side"] > 0].groupby(["item", *([by] if by else [])], sort=False)["share"].sum()
        assert shares.to_numpy() == pytest.approx(scores["favourable"].to_numpy(), abs=1e-12)
        assert table.groupby(["item", *([by] if by else [])])["share"].sum().to_numpy() == pytest.approx(1.0)
        assert (table["score"] / 1).to_numpy() == pytest.approx(np.repeat(scores["estimate"].to_numpy(), 5))
    people = dx.answers(survey).table.groupby("item")["people"].sum()
    assert people.to_numpy() == pytest.approx(102)


def test_team_rows_weighted_by_headcount_and_dimension_rows_add_up():
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(rng.integers(1, 6, (40, 4)).astype(float), columns=[*"abcd"]).assign(t=[*"ABCD"] * 10)
    frame.loc[:9, "a"] = np.nan
    head = {"A": 30, "B": 12, "C": 20, "D": 40}
    survey = staff(frame, ["rating"] * 4, head, dimension=["x", "x", "y", "y"])
    whole, teams = dx.scores(survey).table.set_index("name"), dx.scores(survey, by="t").table
    for name in "bcd":
        rows = teams[teams["name"] == name]
        total = (rows["estimate"] * rows["t"].map(head)).sum() / 102
        assert total == pytest.approx(whole.loc[name, "estimate"], abs=1e-9)
    for group, rows in [("", whole), *((g, r.set_index("name")) for g, r in teams.groupby("t"))]:
        assert rows.loc["x", "estimate"] == pytest.approx(rows.loc[["a", "b"], "estimate"].mean(), abs=1e-9), group
        assert rows.loc["overall", "estimate"] == pytest.approx(rows.loc[["x", "y"], "estimate"].mean(), abs=1e-9)


def test_a_question_put_to_a_part_enters_no_dimension():
    frame = pd.DataFrame({"q": [1, 2, 3, 4, 5, 4] * 2, "asked": ["Yes", "No"] * 6, "r": [5, np.nan] * 6})
    book = pd.DataFrame({"item": ["q", "asked", "r"], "text": ["q", "asked", "r"], "kind": "rating"})
    book = book.assign(
        scale=["agreement5", "yesno", "agreement5"], dimension=["D", "", "D"], asked_if=["", "", "asked"]
    )
    survey = dx.read_survey(frame, book)
    assert "not part of a dimension, because only some people were asked: r" in survey.notes
    table = dx.scores(survey).table.set_index("name")
    assert table.loc["D", "estimate"] == pytest.approx(table.loc["q", "estimate"])


def test_a_team_that_differs_stands_out_and_the_rest_do_not():
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(rng.integers(2, 6, (96, 6)), columns=[*"abcdef"]).assign(t=[*"ABCDEFGH"] * 12)
    frame.loc[frame["t"] == "C", list("abcdef")] -= 1
    result = dx.scores(staff(frame, ["rating"] * 6, dict.fromkeys("ABCDEFGH", 20), dimension="D"), by="t")
    named = result.table[result.table["stands_out"] == "below"]
    assert set(named["t"]) == {"C"}
    assert "overall" in set(named["name"])
    row = result.between.set_index("name").loc["overall"]
    assert 0 < row["icc_low"] < row["icc"] < row["icc_high"] < 1
    pooled, table = result.table["pooled"], result.table
    middle = table.groupby("name")["estimate"].transform("mean")
    assert ((pooled - middle).abs() <= (table["estimate"] - middle).abs() + 3).all()
    alone = dx.scores(staff(frame, ["rating"] * 6, {}, dimension="D")).between
    assert alone is None


def test_answers_count_who_answered_skipped_and_was_not_asked():
    book = pd.DataFrame(
        {
            "item": ["asked", "q"],
            "text": ["On call?", "Rest"],
            "kind": ["rating"] * 2,
            "scale": ["yesno", "agreement5"],
            "asked_if": ["", "asked"],
        }
    )
    frame = pd.DataFrame(
        {
            "asked": ["Yes"] * 8 + ["No"] * 3 + [""],
            "q": ["Agree", "Agree", "Disagree", "N/A", "", "Agree", "Neutral", "Agree"] + [""] * 4,
        }
    )
    table = dx.answers(dx.read_survey(frame, book)).table
    rows = table[table["item"] == "q"].set_index("label")
    assert rows.loc["Agree", ["count", "answered", "skipped", "not_asked"]].tolist() == [4, 7, 1, 3]
    assert rows.loc["Agree", "share"] == pytest.approx(4 / 7)
    assert rows.loc["No opinion", "count"] == 1
    assert np.isnan(rows.loc["No opinion", "code"])


@examples(25)
@given(worlds.worlds, st.integers(0, 2**32 - 1))
@pytest.mark.thorough
def test_order_of_people_and_columns_does_not_matter(frame, seed):
    rng = np.random.default_rng(seed)
    shuffled = frame.iloc[rng.permutation(len(frame)), rng.permutation(frame.shape[1])].reset_index(drop=True)
    book = worlds.codebook()
    for by in (None, "team"):
        one, two = (dx.scores(dx.read_survey(f, book), by=by).table for f in (frame, shuffled))
        pd.testing.assert_frame_equal(one, two, rtol=1e-12, atol=1e-9)


@examples(25)
@given(worlds.worlds)
@pytest.mark.thorough
def test_reversing_the_scale_mirrors_the_score_and_swaps_favourable(frame):
    book = worlds.codebook()
    turned = frame.assign(q0=6 - frame["q0"])
    one, two = (dx.scores(dx.read_survey(f, book)).table.iloc[0] for f in (frame, turned))
    if one["shown"]:
        assert two["estimate"] == pytest.approx(100 - one["estimate"])
        both = dx.scores(dx.read_survey(turned, book.assign(reverse=["yes"] + [""] * 6))).table.iloc[0]
        assert both[FIGURES].tolist() == pytest.approx(one[FIGURES].tolist(), abs=1e-9, nan_ok=True)


@examples(25)
@given(worlds.worlds)
@pytest.mark.thorough
def test_everybody_twice_keeps_the_means_and_shrinks_the_error(frame):
    twice = pd.concat([frame, frame], ignore_index=True)
    book = worlds.codebook()
    one, two = (dx.scores(dx.read_survey(f, book)).table for f in (frame, twice))
    both = one["shown"] & two["shown"] & (one["n"] > 1)
    assert two.loc[both, "estimate"].to_numpy() == pytest.approx(one.loc[both, "estimate"].to_numpy(), abs=1e-9)
    width = [frame.loc[both, "high"] - frame.loc[both, "low"] for frame in (one, two)]
    assert (width[1] <= width[0] + 1e-9).all()


@examples(40)
@given(worlds.worlds, st.booleans())
def test_no_interval_of_a_sample_leaves_its_scale_or_has_no_width(frame, known):
    book, heads = worlds.codebook(), frame["team"].value_counts()
    roster = pd.DataFrame({"team": heads.index, "headcount": heads.to_numpy() + 2}) if known else None
    for by in (None, "team"):
        table = dx.scores(dx.read_survey(frame, book, roster, min_group=3), by=by).table
        table = table[table["n"] > 1]
        assert (table["low"] < table["high"]).all()
        assert (table["low"] >= 0).all()
        assert (table["high"] <= 100).all()
        assert ((table["low"] <= table["estimate"] + 1e-9) & (table["estimate"] <= table["high"] + 1e-9)).all()
    if roster is not None:
        census = dx.scores(dx.read_survey(frame, book, roster.assign(headcount=heads.to_numpy()), min_group=3)).table
        full = census[census["shown"] & (census["n"] == len(frame)) & (census["level"] == "item")]
        assert (full["low"] == full["high"]).all()


@examples(20)
@given(worlds.worlds, st.integers(0, 2**32 - 1))
@pytest.mark.thorough
def test_what_hidden_people_answered_changes_no_other_cell(frame, seed):
    book = worlds.codebook()
    before = dx.scores(dx.read_survey(frame, book), by="team").table
    hidden = before[(before["level"] == "item") & ~before["shown"]]
    rng = np.random.default_rng(seed)
    changed = frame.copy()
    sizes = frame.groupby("team").size()
    for row in hidden.itertuples():
        if sizes[row.team] < 5:
            own = (changed["team"] == row.team) & changed[row.name].notna()
            changed.loc[own, row.name] = rng.integers(1, 6, own.sum())
    after = dx.scores(dx.read_survey(changed, book), by="team").table
    elsewhere = (before["level"] == "item") & before["shown"]
    assert (before.loc[before["level"] == "item", "shown"] == after.loc[after["level"] == "item", "shown"]).all()
    pd.testing.assert_frame_equal(before[elsewhere], after[elsewhere])


@examples(20)
@given(worlds.worlds, st.integers(3, 9))
@pytest.mark.thorough
def test_hiding_is_monotone_in_the_minimum(frame, k):
    book = worlds.codebook()
    low, high = (dx.scores(dx.read_survey(frame, book, min_group=m), by="team").table["shown"] for m in (k, k + 1))
    assert not (high & ~low).any()


def test_a_dollar_and_markup_in_a_question_are_only_text():
    book = pd.DataFrame({"item": ["q"], "text": ["<b>$x$</b> & co"], "kind": ["rating"], "scale": ["agreement5"]})
    result = dx.scores(dx.read_survey(pd.DataFrame({"q": [1, 2, 3, 4, 5, 5]}), book))
    assert "&lt;b&gt;$x$&lt;/b&gt; &amp; co" in result._repr_html_()
    assert "<b>$x" not in result._repr_html_()
