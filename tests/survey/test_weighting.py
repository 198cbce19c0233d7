"""Post-stratified and raked estimates against R's survey package, and the laws of weights."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.survey.weighting import rake

CASES = json.loads((Path(__file__).parents[1] / "cases" / "r_survey.json").read_text())["cases"]


def survey_of(case):
    margins = [case["margins"]] if isinstance(case["margins"], str) else case["margins"]
    book = pd.DataFrame({"item": ["y1", "y2", *margins], "text": ["One", "Two", *margins],
                         "kind": ["rating", "rating", *["segment"] * len(margins)],
                         "scale": ["agreement5"] * 2 + [""] * len(margins)})  # fmt: skip
    rows = [{name: group, "headcount": count} for name in margins for group, count in case["roster"][name].items()]
    roster = pd.DataFrame(rows).fillna("")
    return dx.read_survey(pd.DataFrame(case["answers"]), book, roster)


@pytest.mark.parametrize("fpc", [True, False])
@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["margins"]))
def test_means_shares_and_errors_equal_r_survey(case, fpc):
    expected = case["finite" if fpc else "infinite"]
    table = dx.scores(survey_of(case), fpc=fpc).table
    for item, index, favourable in (("y1", "u1", "f1"), ("y2", "u2", "f2")):
        row = table[(table["level"] == "item") & (table["name"] == item)].iloc[0]
        assert row["estimate"] == pytest.approx(expected["mean"][index], rel=1e-9)
        assert row["se"] == pytest.approx(expected["se"][index], rel=1e-6)
        assert row["favourable"] == pytest.approx(expected["mean"][favourable], rel=1e-9)


def test_one_margin_gives_the_headcount_weighted_mean_of_the_groups():
    survey = survey_of(CASES[0])
    total = dx.scores(survey).table.set_index("name").loc["y1", "estimate"]
    groups = dx.scores(survey, by="team").table
    groups = groups[groups["name"] == "y1"]
    assert groups["shown"].all()
    heads = groups["team"].map(survey.roster.margin("team"))
    assert (groups["estimate"] * heads).sum() / heads.sum() == pytest.approx(total, abs=1e-9)


def test_a_group_of_known_headcount_has_the_textbook_error():
    survey = survey_of(CASES[0])
    row = dx.scores(survey, by="team").table.query("name == 'y1' and team == 'B'").iloc[0]
    answers = 25.0 * (survey.answers["y1"][survey.segments["team"] == "B"] - 1)
    n, people = len(answers), survey.roster.margin("team")["B"]
    assert row["se"] == pytest.approx(np.sqrt(answers.var(ddof=1) / n * (1 - n / people)), abs=1e-9)


def test_raked_weights_meet_every_margin():
    rng = np.random.default_rng(5)
    rows, columns = np.repeat(np.arange(4), 3), np.tile(np.arange(3), 4)
    n = rng.integers(1, 20, 12).astype(float)
    people = n * rng.uniform(1, 4, 12)
    margins = [np.equal.outer(rows, np.arange(4)), np.equal.outer(columns, np.arange(3))]
    targets = [people @ m for m in margins]
    weights = rake(n, margins, targets)
    for margin, target in zip(margins, targets, strict=True):
        assert (weights * n) @ margin == pytest.approx(target, rel=1e-10)


def test_everybody_answered_leaves_no_error():
    book = pd.DataFrame({"item": ["y", "team"], "text": ["y", "team"], "kind": ["rating", "segment"],
                         "scale": ["agreement5", ""]})  # fmt: skip
    answers = pd.DataFrame({"y": [1, 2, 3, 4, 5, 5], "team": ["A"] * 3 + ["B"] * 3})
    roster = pd.DataFrame({"team": ["A", "B"], "headcount": [3, 3]})
    row = dx.scores(dx.read_survey(answers, book, roster)).table.iloc[0]
    assert row["se"] == 0
    assert row["low"] == row["high"] == row["estimate"]


def test_a_group_with_one_respondent_is_merged_with_the_next_and_said():
    book = pd.DataFrame({"item": ["y", "team"], "text": ["y", "team"], "kind": ["rating", "segment"],
                         "scale": ["agreement5", ""]})  # fmt: skip
    answers = pd.DataFrame({"y": [1, 2, 3, 4, 5, 5, 2], "team": ["A"] * 3 + ["B"] + ["C"] * 3})
    roster = pd.DataFrame({"team": ["A", "B", "C", "D"], "headcount": [10, 4, 6, 5]})
    result = dx.scores(dx.read_survey(answers, book, roster))
    # B joins C, then D (nobody answered) joins B + C: (10 * mean A + 15 * mean of the other four) / 25
    index = 25.0 * (answers["y"] - 1)
    assert result.table["estimate"][0] == pytest.approx((10 * index[:3].mean() + 15 * index[3:].mean()) / 25)
    assert any("team: B with C" in note for note in result.notes)


def test_response_rate_lists_every_group_of_the_roster_and_hides_small_counts():
    book = pd.DataFrame({"item": ["y", "team"], "text": ["y", "team"], "kind": ["rating", "segment"],
                         "scale": ["agreement5", ""]})  # fmt: skip
    answers = pd.DataFrame({"y": [1, 2, 3, 4, 5] * 3 + [1, 2], "team": ["A"] * 10 + ["B"] * 5 + ["C"] * 2})
    roster = pd.DataFrame({"team": ["A", "B", "C", "D"], "headcount": [20, 6, 6, 4]})
    table = dx.response_rate(dx.read_survey(answers, book, roster)).table.set_index("team")
    assert list(table.index) == ["A", "B", "C", "D"]
    assert table.loc["A", ["responded", "headcount", "estimate"]].tolist() == [10, 20, 0.5]
    assert not table.loc[["C", "D"], "shown"].any()
    assert table.loc[["C", "D"], ["responded", "estimate"]].isna().all(axis=None)


def test_a_response_rate_without_a_roster_is_refused_in_words():
    book = pd.DataFrame({"item": ["y"], "text": ["y"], "kind": ["rating"], "scale": ["agreement5"]})
    with pytest.raises(dx.DataError, match="needs a roster"):
        dx.response_rate(dx.read_survey(pd.DataFrame({"y": [1, 2]}), book))
