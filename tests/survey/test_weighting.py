"""Post-stratified and raked means against R's survey package, and what weights do to shares and tables."""

import json

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.statistics.intervals import wilson
from tests.places import CASE_FILES

pytestmark = pytest.mark.usefixtures("nothing_hidden")

CASES = json.loads((CASE_FILES / "r_survey.json").read_text())["cases"]


def survey_of(case):
    margins = [case["margins"]] if isinstance(case["margins"], str) else case["margins"]
    book = pd.DataFrame(
        {
            "item": ["y1", "y2", *margins],
            "text": ["One", "Two", *margins],
            "kind": ["rating", "rating", *["segment"] * len(margins)],
            "scale": ["agreement5"] * 2 + [""] * len(margins),
        }
    )
    rows = [{name: group, "headcount": count} for name in margins for group, count in case["roster"][name].items()]
    roster = pd.DataFrame(rows).fillna("")
    return dx.read_survey(pd.DataFrame(case["answers"]), book, roster)


@pytest.mark.parametrize("fpc", [True, False])
@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["margins"]))
def test_means_and_shares_equal_r_survey(case, fpc):
    expected = case["finite" if fpc else "infinite"]
    table = dx.scores(survey_of(case), fpc=fpc).table
    for item, index, favourable in (("y1", "u1", "f1"), ("y2", "u2", "f2")):
        row = table[(table["level"] == "item") & (table["name"] == item)].iloc[0]
        assert row["estimate"] == pytest.approx(expected["mean"][index], rel=1e-8)
        assert row["favourable"] == pytest.approx(expected["mean"][favourable], rel=1e-8)


def test_one_margin_gives_the_headcount_weighted_mean_of_the_groups():
    survey = survey_of(CASES[0])
    total = dx.scores(survey).table.set_index("name").loc["y1", "estimate"]
    groups = dx.scores(survey, by="team").table
    groups = groups[groups["name"] == "y1"]
    assert groups["shown"].all()
    heads = groups["team"].map(survey.roster.margin("team"))
    assert (groups["estimate"] * heads).sum() / heads.sum() == pytest.approx(total, abs=1e-9)


def test_everybody_answered_leaves_no_error():
    book = pd.DataFrame(
        {"item": ["y", "team"], "text": ["y", "team"], "kind": ["rating", "segment"], "scale": ["agreement5", ""]}
    )
    answers = pd.DataFrame({"y": [1, 2, 3, 4, 5, 5], "team": ["A"] * 3 + ["B"] * 3})
    roster = pd.DataFrame({"team": ["A", "B"], "headcount": [3, 3]})
    row = dx.scores(dx.read_survey(answers, book, roster)).table.iloc[0]
    assert row["se"] == 0
    assert row["low"] == row["high"] == row["estimate"]


def test_a_group_with_one_respondent_is_merged_with_the_next_and_said():
    book = pd.DataFrame(
        {"item": ["y", "team"], "text": ["y", "team"], "kind": ["rating", "segment"], "scale": ["agreement5", ""]}
    )
    answers = pd.DataFrame({"y": [1, 2, 3, 4, 5, 5, 2], "team": ["A"] * 3 + ["B"] + ["C"] * 3})
    roster = pd.DataFrame({"team": ["A", "B", "C", "D"], "headcount": [10, 4, 6, 5]})
    result = dx.scores(dx.read_survey(answers, book, roster))
    # B joins C, then D (nobody answered) joins B + C: (10 * mean A + 15 * mean of the other four) / 25
    index = 25.0 * (answers["y"] - 1)
    assert result.table["estimate"][0] == pytest.approx((10 * index[:3].mean() + 15 * index[3:].mean()) / 25)
    assert "some groups of team are weighted together with their neighbour: too few answered there" in result.notes


def test_a_response_rate_without_a_roster_is_refused_in_words(refusal):
    book = pd.DataFrame({"item": ["y"], "text": ["y"], "kind": ["rating"], "scale": ["agreement5"]})
    with refusal():
        dx.response_rate(dx.read_survey(pd.DataFrame({"y": [1, 2]}), book))


ITEMS = pd.DataFrame(
    {
        "item": ["y", "team", "site"],
        "text": ["y", "team", "site"],
        "kind": ["rating", "segment", "segment"],
        "scale": ["agreement5", "", ""],
    }
)
STAFF = pd.DataFrame({"team": ["A", "B"], "headcount": [20, 70]})


def of_two_teams(y, **options):
    """Ten answers of team A's twenty people and fourteen of team B's seventy, half of each at the second site."""
    frame = pd.DataFrame({"y": y, "team": ["A"] * 10 + ["B"] * 14, "site": ["N", "S"] * 12})
    return dx.scores(dx.read_survey(frame, ITEMS, STAFF), **options).table


def test_a_weighted_share_has_wilsons_interval_of_the_equal_answers_it_is_worth():
    """Weights 2 and 5: 90^2 / (10 x 4 + 14 x 25) equal answers, and 24 of 90 have answered."""
    row = of_two_teams([4, 4, 5, 5] * 6).iloc[0]
    worth = (90 - 1) / 90 / ((10 * 2**2 + 14 * 5**2) / 90**2 - 1 / 90)
    assert row["favourable"] == 1
    assert (row["favourable_low"], row["favourable_high"]) == pytest.approx(tuple(map(float, wilson(1.0, worth))))
    less = of_two_teams([4, 4, 5, 5] * 6, confidence=0.8).iloc[0]
    assert less["favourable_low"] == pytest.approx(float(wilson(1.0, worth, 0.8)[0]))
    site = of_two_teams([4, 4, 5, 5] * 6, by="site").iloc[0]  # five of A and seven of B, of nobody knows how many
    assert site["favourable_low"] == pytest.approx(float(wilson(1.0, (5 * 2 + 7 * 5) ** 2 / (5 * 4 + 7 * 25))[0]))


def test_a_share_of_a_group_of_known_headcount_ends_on_whole_people_and_holds_what_was_said():
    rows = of_two_teams([4, 5, 1, 2, 3] * 4 + [4, 5, 1, 2], by="team").set_index("team")
    for team, n, k, people in (("A", 10, 4, 20), ("B", 14, 6, 70)):
        row = rows.loc[team]
        assert row["favourable"] == pytest.approx(k / n)
        low, high = row["favourable_low"] * people, row["favourable_high"] * people
        assert (low, high) == pytest.approx((round(low), round(high)))
        assert k <= low <= people * k / n <= high <= k + people - n
    beyond = of_two_teams([4, 5, 1, 2, 3] * 4 + [4, 5, 1, 2], by="team", fpc=False).set_index("team")
    for team, n, k in (("A", 10, 4), ("B", 14, 6)):
        ends = tuple(map(float, wilson(k / n, n)))
        assert (beyond.loc[team, "favourable_low"], beyond.loc[team, "favourable_high"]) == pytest.approx(ends)
    # without the staff in view, each error grows by 1 / sqrt(1 - n / N)
    assert (beyond["se"] / rows["se"]).tolist() == pytest.approx([(1 - 10 / 20) ** -0.5, (1 - 14 / 70) ** -0.5])
    whole, further = (of_two_teams([4, 5, 1, 2, 3] * 4 + [4, 5, 1, 2], fpc=fpc).iloc[0] for fpc in (True, False))
    assert further["high"] - further["low"] > 1.05 * (whole["high"] - whole["low"])


def test_a_team_that_has_all_answered_has_no_doubt_about_its_share():
    frame = pd.DataFrame({"y": [4, 5, 1, 2, 3, 4] * 2, "team": ["A"] * 6 + ["B"] * 6})
    roster = pd.DataFrame({"team": ["A", "B"], "headcount": [6, 30]})
    row = dx.scores(dx.read_survey(frame, ITEMS[:2], roster), by="team").table.iloc[0]
    assert row[["favourable", "favourable_low", "favourable_high"]].tolist() == [0.5, 0.5, 0.5]


ON_CALL = pd.DataFrame(
    {
        "item": ["asked", "y", "team"],
        "text": ["On call?", "y", "team"],
        "kind": ["rating", "rating", "segment"],
        "scale": ["yesno", "agreement5", ""],
        "asked_if": ["", "asked", ""],
    }
)


def test_a_question_put_to_few_of_one_team_and_all_of_another_is_weighted_by_who_could_have_been_asked():
    """3 of the 12 of A stand for 6 of 24 people, the 12 of B for 72: mean (6 x 25 + 72 x 75) / 78."""
    frame = pd.DataFrame(
        {
            "asked": ["Yes"] * 3 + ["No"] * 9 + ["Yes"] * 12,
            "y": [2] * 3 + [np.nan] * 9 + [4] * 12,
            "team": ["A"] * 12 + ["B"] * 12,
        }
    )
    survey = dx.read_survey(frame, ON_CALL, pd.DataFrame({"team": ["A", "B"], "headcount": [24, 72]}))
    assert dx.scores(survey).only(names=["y"]).table.loc[0, "estimate"] == pytest.approx((6 * 25 + 72 * 75) / 78)


def test_a_question_that_was_put_to_a_part_of_the_staff_knows_no_headcount():
    """Half of each team was asked, so how many would have been is not known: Wilson's interval, and weighted means."""
    frame = pd.DataFrame({"asked": ["Yes", "Yes", "No"] * 8, "y": [4, 1, np.nan] * 8, "team": ["A"] * 12 + ["B"] * 12})
    roster = pd.DataFrame({"team": ["A", "B"], "headcount": [24, 72]})
    survey = dx.read_survey(frame, ON_CALL, roster)
    rows = dx.scores(survey, by="team").only(names=["y"]).table.set_index("team")
    for team in ("A", "B"):
        row = rows.loc[team]
        share, (low, high) = row["favourable"], wilson(0.5, 8)
        assert (share, row["favourable_low"], row["favourable_high"]) == pytest.approx((0.5, float(low), float(high)))
    whole = dx.scores(survey).only(names=["y"]).table.iloc[0]
    assert whole["estimate"] == pytest.approx(37.5)
    assert whole["favourable"] == pytest.approx(0.5)


def test_a_group_without_an_answer_to_a_question_is_an_empty_row():
    frame = pd.DataFrame({"y": [1, 2, 3, 4, 5, 4] + [np.nan] * 6, "team": ["A"] * 6 + ["B"] * 6})
    book = pd.concat([ITEMS[:2], ITEMS[:1].assign(item="z", text="z")])
    roster = pd.DataFrame({"team": ["A", "B"], "headcount": [12, 12]})
    table = dx.scores(dx.read_survey(frame.assign(z=[1, 2, 3, 4, 5, 4] * 2), book, roster), by="team").table
    row = table[(table["name"] == "y") & (table["team"] == "B")].iloc[0]
    assert not row["shown"]
    assert row[["n", "estimate", "se", "low", "high", "favourable"]].isna().all()


FITS = pd.DataFrame({"team": ["A", "B"], "headcount": [20, 13]})


def test_a_roster_that_does_not_fit_the_answers_is_refused_or_noted(refusal):
    frame = pd.DataFrame({"y": [1, 2, 3, 4] * 6, "team": ["A"] * 10 + ["B"] * 14, "site": ["N", "S"] * 12})
    noted = dx.read_survey(frame, ITEMS, FITS)
    assert "1 group of team has more answers than headcount" in noted.notes
    assert dx.response_rate(noted).table["over"].tolist() == [False, True]
    with refusal("roster_check='note'"):
        dx.read_survey(frame, ITEMS, FITS.assign(headcount=[20, 12]))
    for read in (dx.read_survey(frame, ITEMS, FITS.assign(headcount=[20, 5]), roster_check="note"),):
        assert (dx.scores(read).table["low"] < dx.scores(read).table["high"]).all()
    with refusal("roster_check="):
        dx.read_survey(frame, ITEMS, FITS, roster_check="ignore")
