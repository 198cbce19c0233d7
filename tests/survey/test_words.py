"""What scores, rankings and comments say, word by word, on figures that are worked by hand."""

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.statistics.intervals import wilson

pytestmark = pytest.mark.usefixtures("nothing_hidden")

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


def roster(a, b):
    return pd.DataFrame({"team": ["A", "B"], "headcount": [a, b]})


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
        "pooled",
        "pooled_low",
        "pooled_high",
        "bound",
        "stands_out",
    ]
    assert result.table["kind"].tolist() == ["rating", "hours", "recommend", "importance", "dimension", "overall"]
    assert result.table["unit"].tolist() == ["index", "hours", "recommend", "index", "index", "index"]
    assert (result.method, result.segments, result.confidence) == (result.notes[0], (), 0.95)
    assert result.table.index.tolist() == [0, 1, 2, 3, 4, 5]
    half = dx.scores(dx.read_survey(ANSWERS, BOOK), confidence=0.5)
    assert half.confidence == 0.5
    assert half.table["high"][0] < result.table["high"][0]
    assert half.table["favourable_low"][0] == pytest.approx(float(wilson(2 / 6, 6, 0.5)[0]))


def test_weighted_scores_in_print(snapshot):
    """Of 3 and 12 people: q (3 x 16.7 + 12 x 75) / 15, h (3 x 0.5 + 12 x 3.5) / 15, r (66.7 x 3 - 66.7 x 12) / 15."""
    result = dx.scores(dx.read_survey(ANSWERS, BOOK, roster(3, 12), wave="2026-Q3"))
    table = result.table.set_index("name")
    assert table["estimate"][["q", "h", "r", "i"]].tolist() == pytest.approx([63 + 1 / 3, 2.9, -40, 65])
    assert table["favourable"][["q", "i"]].tolist() == pytest.approx([12 * 2 / 3 / 15, (3 + 12 * 2 / 3) / 15])
    assert -100 < table.loc["r", "low"] < table.loc["r", "estimate"]
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
    assert len(by_team.table.columns) == 20
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
    both = dx.scores(dx.read_survey(ANSWERS, BOOK, wave="2026-Q3", cuts=[["team", "site"]]), by=["team", "site"])
    assert both.title == snapshot
    assert both.segments == ("team", "site")


@pytest.mark.parametrize(("groups", "levels"), [(10, ["item", "dimension", "overall"]), (11, ["dimension", "overall"])])
def test_more_than_sixty_rows_of_groups_show_no_single_items(groups, levels):
    """Six variables a group: ten groups are sixty rows, eleven sixty-six."""
    frame = pd.concat([ANSWERS] * groups).assign(team=np.repeat([f"T{g:02d}" for g in range(groups)], 6))
    result = dx.scores(dx.read_survey(frame, BOOK), by="team")
    assert len(result.table) == 6 * groups
    assert result.table.loc[result._printed()[0].index, "level"].unique().tolist() == levels


def test_groups_that_are_merged_are_counted_once_for_the_survey(snapshot):
    """One respondent alone joins the next group; one answer alone to a question does not, its team has respondents."""
    frame = pd.concat([ANSWERS] * 2, ignore_index=True).assign(team=["A"] * 8 + ["B"] * 4)
    frame.loc[9:, "h"] = np.nan
    assert dx.scores(dx.read_survey(frame, BOOK, roster(16, 8))).notes[2:] == ()
    lone = dx.scores(dx.read_survey(frame.assign(team=["A"] * 11 + ["B"]), BOOK, roster(16, 8)))
    assert lone.notes[2:] == snapshot


def test_mean_answers_and_places_are_called_so_and_compared_with_their_like_alone():
    """Years and a frequency are no two scores of one thing; a mean answer of 3 is none of 3 on 0-100."""
    rows = [("years", "Years here?", "rating", "1-20"), *((f"f{k}", f"Tool {k}?", "rating", "1-5") for k in range(3))]
    book = pd.DataFrame(rows, columns=["item", "text", "kind", "scale"]).assign(good="neither")
    frame = pd.DataFrame({"years": [12, 14, 16, 18] * 15, **{f"f{k}": [1, 2, 3, 2] * 15 for k in range(3)}})
    frame["f2"] += 2
    result = dx.scores(dx.read_survey(frame, book))
    assert result._printed()[0]["kind"].tolist() == ["mean answer"] * 4
    assert result.table["stands_out"].tolist() == ["", "below", "below", "above"]


def test_a_long_table_without_dimensions_prints_its_questions():
    rng = np.random.default_rng(3)
    names = [f"q{k}" for k in range(9)]
    book = pd.DataFrame({"item": [*names, "team"], "text": [*names, "team"], "kind": ["rating"] * 9 + ["segment"]})
    frame = pd.DataFrame(rng.integers(1, 6, (80, 9)), columns=names).assign(team=[*"ABCDEFGH"] * 10)
    result = dx.scores(dx.read_survey(frame, book.assign(scale=["agreement5"] * 9 + [""])), by="team")
    assert "q0        A" in repr(result)
    assert any(note.startswith("the median question: ") for note in result.notes)
