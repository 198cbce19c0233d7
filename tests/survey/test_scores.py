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

WILSON = json.loads((CASE_FILES / "statistics.json").read_text())["wilson_and_friends"]["cases"]
FIGURES = ["n", "estimate", "se", "low", "high", "favourable", "favourable_low", "favourable_high"]


def one_item(answers, scale="agreement5", kind="rating", **options):
    book = pd.DataFrame({"item": ["q"], "text": ["Question"], "kind": [kind], "scale": [scale]})
    return dx.read_survey(pd.DataFrame({"q": answers}), book, **options)


def row_of(survey, **options):
    return dx.scores(survey, **options).table.iloc[0]


def test_index_and_interval_by_hand():
    # codes 1 2 2 3 4 5 are 0 25 25 50 75 100: mean 45.833, s = 36.799, se = 15.023, t(5) = 2.5706
    row = row_of(one_item([1, 2, 2, 3, 4, 5]))
    assert row["estimate"] == pytest.approx(45.8333333333)
    assert row["se"] == pytest.approx(15.0231, abs=5e-5)
    assert row["low"] == pytest.approx(45.8333333 - 2.570582 * 15.0231, abs=1e-3)
    assert row["favourable"] == pytest.approx(2 / 6)


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


def test_net_promoter_score_and_its_multinomial_error():
    answers = [10, 9, 9, 8, 7, 6, 3, 0, 10, 5]  # 4 promoters, 4 detractors of 10
    row = row_of(one_item(answers, scale="recommend11", kind="recommend"))
    assert row["estimate"] == pytest.approx(0.0)
    assert row["se"] == pytest.approx(100 * np.sqrt((0.4 + 0.4 - 0.0) / 10))
    assert row["unit"] == "recommend"


def test_hours_are_a_mean_in_hours_with_zeros():
    row = row_of(one_item(["0", "0", "1,5", "2.5", "6"], scale="", kind="hours"))
    assert row["estimate"] == pytest.approx(2.0)
    assert np.isnan(row["favourable"])


def test_text_has_the_type_that_pandas_gives_text():
    table = dx.scores(one_item([1, 2, 2, 3, 4, 5])).table[["level", "name", "label", "unit", "kind"]]
    assert set(table.dtypes) == {pd.Series(["text"]).dtype}


def test_a_single_respondent_is_never_shown():
    row = row_of(one_item([4]))
    assert not row["shown"]
    assert row[FIGURES].isna().all()


@pytest.mark.parametrize(("n", "shown"), [(4, False), (5, True)])
def test_the_minimum_is_exactly_the_minimum(n, shown):
    assert row_of(one_item([1, 2, 3, 4, 5][:n]))["shown"] == shown


@pytest.mark.parametrize(("n", "shown"), [(9, False), (10, True)])
def test_the_same_answer_from_everybody_is_shown_from_twice_the_minimum(n, shown):
    assert row_of(one_item([4] * n))["shown"] == shown


def test_one_answer_that_differs_by_a_point_is_not_the_same_from_everybody():
    assert row_of(one_item([100] * 8 + [99], scale="0-100"))["shown"]


def test_a_weighted_share_has_the_interval_of_its_effective_answers():
    """Of a yes or no, the share and the mean over 100 are one, so the same error makes Wilson's interval."""
    book = pd.DataFrame(
        {
            "item": ["q", "team", "site"],
            "text": ["Question", "team", "site"],
            "kind": ["rating", "segment", "segment"],
            "scale": ["yesno", "", ""],
        }
    )
    frame = pd.DataFrame(
        {
            "q": ["Yes", "No"] * 9 + ["Yes"] * 6,
            "team": ["A"] * 10 + ["B"] * 14,
            "site": ["North"] * 6 + ["South"] * 4 + ["North"] * 8 + ["South"] * 6,
        }
    )
    roster = pd.DataFrame({"team": ["A", "B"], "headcount": [40, 20]})
    table = dx.scores(dx.read_survey(frame, book, roster), by="site").table
    assert len(table) == 2
    for row in table.itertuples():
        share, error = row.estimate / 100, row.se / 100
        assert row.favourable == pytest.approx(share, abs=1e-12)
        low, high = wilson(share, share * (1 - share) / error**2)
        assert (row.favourable_low, row.favourable_high) == pytest.approx((float(low), float(high)), abs=1e-9)


def test_a_minimum_below_three_is_refused(refusal):
    with refusal(error=ValueError):
        one_item([1, 2], min_group=2)


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


@pytest.mark.mutation
@examples(25)
@given(worlds.worlds, st.integers(0, 2**32 - 1))
def test_order_of_people_and_columns_does_not_matter(frame, seed):
    rng = np.random.default_rng(seed)
    shuffled = frame.iloc[rng.permutation(len(frame)), rng.permutation(frame.shape[1])].reset_index(drop=True)
    book = worlds.codebook()
    for by in (None, "team"):
        one, two = (dx.scores(dx.read_survey(f, book), by=by).table for f in (frame, shuffled))
        pd.testing.assert_frame_equal(one, two, rtol=1e-12, atol=1e-9)


@pytest.mark.mutation
@examples(25)
@given(worlds.worlds)
def test_reversing_the_scale_mirrors_the_score_and_swaps_favourable(frame):
    book = worlds.codebook()
    turned = frame.assign(q0=6 - frame["q0"])
    one, two = (dx.scores(dx.read_survey(f, book)).table.iloc[0] for f in (frame, turned))
    if one["shown"]:
        assert two["estimate"] == pytest.approx(100 - one["estimate"])
        both = dx.scores(dx.read_survey(turned, book.assign(reverse=["yes"] + [""] * 6))).table.iloc[0]
        assert both[FIGURES].tolist() == pytest.approx(one[FIGURES].tolist(), abs=1e-9, nan_ok=True)


@pytest.mark.mutation
@examples(25)
@given(worlds.worlds)
def test_everybody_twice_keeps_the_means_and_shrinks_the_error(frame):
    twice = pd.concat([frame, frame], ignore_index=True)
    book = worlds.codebook()
    one, two = (dx.scores(dx.read_survey(f, book)).table for f in (frame, twice))
    both = one["shown"] & two["shown"] & (one["n"] > 1)
    n = one.loc[both, "n"]
    assert two.loc[both, "estimate"].to_numpy() == pytest.approx(one.loc[both, "estimate"].to_numpy(), abs=1e-9)
    ratio = (n - 1) / (2 * n - 1)
    assert (two.loc[both, "se"] ** 2).to_numpy() == pytest.approx(
        (one.loc[both, "se"] ** 2 * ratio).to_numpy(), abs=1e-9
    )


@pytest.mark.mutation
@examples(20)
@given(worlds.worlds, st.integers(0, 2**32 - 1))
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


@pytest.mark.mutation
@examples(20)
@given(worlds.worlds, st.integers(3, 9))
def test_hiding_is_monotone_in_the_minimum(frame, k):
    book = worlds.codebook()
    low, high = (dx.scores(dx.read_survey(frame, book, min_group=m), by="team").table["shown"] for m in (k, k + 1))
    assert not (high & ~low).any()


def test_a_dollar_and_markup_in_a_question_are_only_text():
    book = pd.DataFrame({"item": ["q"], "text": ["<b>$x$</b> & co"], "kind": ["rating"], "scale": ["agreement5"]})
    result = dx.scores(dx.read_survey(pd.DataFrame({"q": [1, 2, 3, 4, 5, 5]}), book))
    assert "&lt;b&gt;$x$&lt;/b&gt; &amp; co" in result._repr_html_()
    assert "<b>$x" not in result._repr_html_()
