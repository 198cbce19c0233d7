"""Labels become codes, and a faulty codebook is told all its faults."""

import math

import pandas as pd
import pytest

import dxkit as dx
from dxkit.files.cells import normal
from dxkit.survey.reading.scales import BUILT_IN


def book(**columns):
    return pd.DataFrame(columns)


@pytest.mark.parametrize(
    "label",
    ["Agree", " agree ", "AGREE", "Agree.", "Agree\u00a0", "\u200bAgree", "4", "4.0", "4 - Agree", "Somewhat agree"],
)
def test_a_label_matches_however_it_is_typed(label):
    assert BUILT_IN["agreement5"].code_of(label) == 4.0


def test_curly_quotes_are_quotes():
    assert normal("Don\u2019t know") == "don't know"
    assert math.isnan(BUILT_IN["agreement5"].code_of("Don\u2019t know"))


@pytest.mark.parametrize("label", ["Agre", "6", "0", "4 - Disagree", "4.5", "yes"])
def test_a_label_that_the_scale_does_not_know_has_no_code(label):
    assert BUILT_IN["agreement5"].code_of(label) is None


def test_blank_and_no_opinion_are_missing_not_unknown():
    for label in ("", "  ", "N/A", "Not applicable", "Don't know"):
        assert math.isnan(BUILT_IN["satisfaction5"].code_of(label))


def test_favourable_is_all_above_the_middle():
    assert BUILT_IN["agreement5"].favourable == {4, 5}
    assert BUILT_IN["agreement7"].favourable == {5, 6, 7}
    assert BUILT_IN["yesno"].favourable == {1}


def test_own_scales_may_translate_labels_and_say_what_is_favourable():
    scales = book(
        scale=["mood"] * 5,
        code=[1, 2, 3, 3, ""],
        label=["bad", "so so", "good", "gut", "weiss nicht"],
        favourable=["", "", "yes", "yes", ""],
    )
    read = dx.read_codebook(book(item=["q"], text=["Mood?"], kind=["rating"], scale=["mood"]), scales)
    scale = read.scale("q")
    assert (scale.code_of("GUT"), scale.code_of("good"), scale.lo, scale.hi) == (3, 3, 1, 3)
    assert math.isnan(scale.code_of("weiss nicht"))
    assert scale.favourable == {3}


def test_a_range_is_a_scale():
    read = dx.read_codebook(book(item=["q"], text=["Ease"], kind=["rating"], scale=["1-7"]))
    assert read.scale("q").codes == (1, 2, 3, 4, 5, 6, 7)


def test_all_faults_of_a_codebook_are_told_at_once_with_their_rows():
    faulty = book(
        item=["a", "a", "", "d", "e"],
        text=["One", "Two", "Three", "Four", "One"],
        kind=["rating", "rating", "rating", "ratings", "hours"],
        scale=["agreement5", "agreement9", "yesno", "", ""],
        reverse=["", "", "", "", "yes"],
    )
    with pytest.raises(dx.DataError) as caught:
        dx.read_codebook(faulty)
    text = str(caught.value)
    for part in (
        "same item as in row",
        "'agreement9' is not a known scale",
        "id of the question is empty",
        "'ratings' is not a kind",
        "same text as in row",
        "only ratings can be reverse-keyed",
    ):
        assert part in text, text
    assert len(caught.value.faults) >= 6


def test_a_reverse_keyed_item_is_favourable_at_the_other_end():
    read = dx.read_codebook(
        book(item=["q"], text=["Builds fail"], kind=["rating"], scale=["agreement5"], reverse=["yes"])
    )
    assert read.favourable("q") == {1, 2}


def test_a_chart_label_is_the_statement_of_a_grid_question():
    read = dx.read_codebook(
        book(item=["q"], text=["How satisfied? [Waiting for CI]"], kind=["rating"], scale=["yesno"])
    )
    assert read.label("q") == "Waiting for CI"


def test_a_workbook_may_hold_codebook_and_scales(tmp_path):
    path = tmp_path / "survey.xlsx"
    with pd.ExcelWriter(path) as writer:
        book(note=["read me"]).to_excel(writer, sheet_name="Notes", index=False)
        book(item=["q"], text=["Mood?"], kind=["rating"], scale=["mood"]).to_excel(
            writer, sheet_name="codebook", index=False
        )
        book(scale=["mood"] * 2, code=[0, 1], label=["low", "high"]).to_excel(writer, sheet_name="scales", index=False)
    assert dx.read_codebook(path).scale("q").codes == (0, 1)


WITHIN = {"item": ["org", "Division", "team", "ci"], "text": ["a", "b", "c", "d"], "kind": ["segment"] * 3 + ["rating"]}


def test_a_segment_lies_within_another_however_that_is_spelled():
    read = dx.read_codebook(book(**WITHIN, scale=["", "", "", "yesno"], within=["", "org ", "division", ""]))
    assert read.within == {"Division": "org", "team": "Division"}
    assert dx.read_codebook(book(**WITHIN, scale=["", "", "", "yesno"])).within == {}


@pytest.mark.parametrize(
    "within", [("", "", "divison", ""), ("", "", "", "team"), ("team", "org", "Division", ""), ("", "", "team", "")]
)
def test_what_a_segment_cannot_lie_within_is_a_fault(within, refusal):
    with refusal():
        dx.read_codebook(book(**WITHIN, scale=["", "", "", "yesno"], within=list(within)))


def test_a_topic_written_in_two_ways_is_one_topic():
    rows = pd.DataFrame({"item": ["a", "b"], "text": ["a", "b"], "kind": "rating", "scale": "yesno"})
    book = dx.read_codebook(rows.assign(topic=["Slow CI", "slow  ci "], dimension=["Flow", "flow"]))
    assert (book.topics, book.dimensions) == (["Slow CI"], ["Flow"])
