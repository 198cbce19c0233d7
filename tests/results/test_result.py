"""What a result shows: the same text everywhere, no more digits than earned, nothing of a user's text that is live."""

import re
from dataclasses import FrozenInstanceError
from decimal import Decimal
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dxkit as dx
from dxkit.results.result import Result, show


def cell(value, kind=None):
    """The text of one cell of a shown frame."""
    frame = pd.DataFrame({"x": pd.Series([value], dtype=object)})
    return show(frame, formats={"x": kind} if kind else None)._cells()[2][0][0]


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (37.4, "index", "37"),
        (-0.4, "index", "0"),
        (0.125, "share", "12%"),
        (0.335, "share", "34%"),
        (-0.001, "share", "0%"),
        (1234.0, "count", "1,234"),
        (12345.6, "money", "12,346"),
        (-12345.6, "money", "-12,346"),
        (2.25, "hours", "2.2"),
        (0.0004, "p", "<0.001"),
        (0.0042, "p", "0.004"),
        (0.031, "p", "0.03"),
        (0.83, "p", "0.83"),
        (-0.0, "number", "0"),
        (-0.001, "number", "0.00"),
        (1 / 3, "number", "0.33"),
        (1234567, "number", "1,234,567"),
        (np.int64(3), "number", "3"),
        (np.float32(0.5), "number", "0.50"),
        (Decimal("2.5"), "number", "2.50"),
        (float("inf"), "number", "∞"),
        (-np.inf, "money", "-∞"),
        (0.1 + 0.2, "text", "0.3"),
        (2026, "text", "2026"),
        (True, "text", "yes"),
        (np.False_, "text", "no"),
        (pd.Timestamp("2026-03-01"), "text", "2026-03-01"),
        ("-0", "text", "-0"),
    ],
)
def test_a_value_has_one_text(value, kind, text):
    assert cell(value, kind) == text


@pytest.mark.parametrize("missing", [None, np.nan, np.float32("nan"), pd.NA, pd.NaT], ids=str)
@pytest.mark.parametrize("kind", ["share", "count", "number", "p", "text"])
def test_missing_is_a_dash_of_every_kind(missing, kind):
    assert cell(missing, kind) == "–"


@given(st.floats(-1e6, 1e6), st.sampled_from(["index", "share", "count", "money", "hours", "number"]))
def test_zero_has_no_sign_and_last_bits_change_no_digit(value, kind):
    # the nine places are the grain: a value on the grain and its neighbours in the last bits are one value
    value = round(value, 3)
    assert cell(np.nextafter(value, np.inf), kind) == cell(value, kind) == cell(np.nextafter(value, -np.inf), kind)
    assert not re.fullmatch(r"-[0.]+%?", cell(value, kind))


def test_rounded_money_has_its_digits_at_the_largest_of_its_kind():
    frame = pd.DataFrame({"a": [1234.0, 170.0], "b": [96.0, np.nan], "c": [1e7, 3.0], "d": ["x", 2.5]})
    shown = show(frame, formats={"a": "money2", "b": "money2", "c": "money4", "d": "money3"})
    assert shown._cells()[2] == [["1,200", "100", "10,000,000", "x"], ["200", "–", "0", "2"]]


@pytest.mark.parametrize(("se", "text"), [(2.5, "37"), (0.35, "37.1"), (0.04, "37.12"), (0.001, "37.12")])
def test_an_estimate_has_no_more_digits_than_its_error_earns(se, text):
    shown = show(pd.DataFrame({"estimate": [37.1234], "se": [se]}))
    assert shown._cells()[2] == [[text]]


@pytest.mark.parametrize("se", [0.5, 0.05])
def test_an_error_at_the_border_of_two_digits_does_not_flip_with_its_last_bit(se):
    texts = {
        show(pd.DataFrame({"estimate": [37.1234], "se": [x]}))._cells()[2][0][0]
        for x in (se, np.nextafter(se, 0), np.nextafter(se, 1))
    }
    assert len(texts) == 1


def test_low_and_high_are_one_column_that_names_its_level():
    frame = pd.DataFrame({"estimate": [41.0], "se": [2.0], "low": [37.0], "high": [45.0]})
    headings, _, rows, _ = Result(table=frame, confidence=0.9)._cells()
    assert headings == ["estimate", "90% interval"]
    assert rows == [["41", "37 to 45"]]
    assert list(Result(table=frame).table) == ["estimate", "se", "low", "high"]
    assert "97.5% interval" in repr(Result(table=frame, confidence=0.975))


def test_low_and_high_of_an_input_are_not_called_an_interval():
    headings, *_ = show(pd.DataFrame({"low": [1], "likely": [2], "high": [3]}))._cells()
    assert headings == ["low", "likely", "high"]


def test_a_hidden_row_shows_neither_its_estimate_nor_its_interval():
    frame = pd.DataFrame(
        {
            "team": ["A", "B"],
            "estimate": [41.0, 77.0],
            "low": [37.0, 71.0],
            "high": [45.0, 83.0],
            "shown": [True, False],
        }
    )
    text = repr(show(frame))
    assert "hidden" in text
    assert "shown" not in text
    assert not re.search("77|71|83", text + show(frame)._repr_html_())


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"a": pd.array([1, None], dtype="Int64")}),
        pd.DataFrame({"a": pd.array([True, None], dtype="boolean")}),
        pd.DataFrame({"a": pd.Categorical(["x", None])}),
        pd.DataFrame({"a": pd.Series(["x", None], dtype="string")}),
        pd.DataFrame({"a": pd.to_datetime(["2026-01-01", None])}),
    ],
    ids=["Int64", "boolean", "category", "string", "datetime"],
)
def test_every_kind_of_column_can_be_shown(frame):
    rows = show(frame)._cells()[2]
    assert rows[1] == ["–"]
    assert rows[0][0] in ("1", "yes", "x", "2026-01-01")


def test_column_names_may_be_numbers_or_repeated():
    assert show(pd.DataFrame({0: [1], 1: [2]}))._cells()[0] == ["0", "1"]
    assert show(pd.DataFrame([[1, 2]], columns=["a", "a"]))._cells()[0] == ["a", "a (2)"]


@pytest.mark.parametrize(("rows", "left_out"), [(60, 0), (61, 11), (180, 130)])
def test_a_long_table_says_how_many_rows_are_left_out(rows, left_out, snapshot):
    shown = show(pd.DataFrame({"a": range(rows)}))
    assert len(shown._cells()[2]) == rows - left_out
    assert repr(shown).splitlines()[rows - left_out :] == snapshot


def test_an_empty_table_says_so(snapshot):
    assert repr(show(pd.DataFrame({"a": []}), title="Nothing")) == snapshot
    assert show(pd.DataFrame({"a": []}))._repr_html_() == snapshot


def test_facts_stand_above_the_table_and_notes_below(snapshot):
    shown = Result(
        table=pd.DataFrame({"a": [1]}), title="T", facts=(("Respondents", "112 of 180"),), notes=("weighted",)
    )
    assert repr(shown) == snapshot


class Tags(HTMLParser):
    """The tags of a page, and its text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


NASTY = "<script>alert(1)</script>\n\x00\u202e<b onload='x'>&amp;"


def test_no_text_of_a_user_is_live_wherever_it_stands():
    shown = Result(table=pd.DataFrame({NASTY: [NASTY]}), title=NASTY, notes=(NASTY,), facts=((NASTY, NASTY),))
    page = Tags(shown._repr_html_())
    assert set(page.tags) <= {"div", "b", "small", "table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert {name for name, _ in page.attributes} <= {"class", "style", "scope"}
    for text in (page.text, repr(shown)):
        assert not re.search("[\x00\u202e]", text)
    assert len(repr(shown).splitlines()) == 5


def test_a_table_has_its_title_and_facts_as_caption_and_says_what_each_heading_is_for():
    page = show(pd.DataFrame({"team": ["Red"], "people": [12]}), title="Teams")._repr_html_()
    assert re.search(r"<table><caption [^>]*><div><b>Teams</b></div></caption><thead>", page)
    assert re.findall(r'<th scope="(\w+)"[^>]*>(\w+)</th>', page) == [
        ("col", "team"),
        ("col", "people"),
        ("row", "Red"),
    ]


def test_markdown_shows_the_table_and_no_text_of_a_user_is_live(snapshot):
    frame = pd.DataFrame({"team": ["*Red*|", "<b>"], "people": [12, 3]})
    shown = Result(table=frame, title="Teams", notes=("a_note",), facts=(("all", "15"),))
    assert shown._repr_markdown_() == snapshot


def test_a_result_without_a_picture_says_its_first_fact_or_its_title():
    frame = pd.DataFrame({"team": ["Red"]})
    assert Result(table=frame, title="Teams", facts=(("all", "15"),)).sentence == "all: 15"
    assert Result(table=frame, title="Teams").sentence == "Teams"


@given(st.text())
def test_any_label_is_one_line_that_fits(label):
    shown = show(pd.DataFrame({"label": pd.Series([label], dtype=object), "n": [1]}))
    text = shown._cells()[2][0][0]
    assert len(text) <= 80
    assert len(f"{text}|".splitlines()) == 1
    text.encode()
    assert shown.table["label"][0] == label


def test_colours_come_from_the_theme_and_nothing_is_random():
    page = show(pd.DataFrame({"a": [1.5]}), title="T", notes=("n",))._repr_html_()
    assert not re.search(r"#[0-9a-f]{3,6}\b|rgb|color|<style|id=", page)
    assert page == show(pd.DataFrame({"a": [1.5]}), title="T", notes=("n",))._repr_html_()
    assert "mathjax_ignore" in page


def test_the_table_is_the_results_own_and_its_fields_do_not_change():
    frame = pd.DataFrame({"a": [1]})
    shown = show(frame)
    frame.loc[0, "a"] = 2
    assert shown.table["a"].tolist() == [1]
    with pytest.raises(FrozenInstanceError):
        shown.title = "other"


def test_a_single_note_is_one_line():
    assert repr(show(pd.DataFrame({"a": [1]}), notes="synthetic")) == "a\n1\nsynthetic"


def test_a_result_without_a_picture_says_where_its_figures_are(refusal):
    with refusal(error=TypeError):
        dx.show(pd.DataFrame({"a": [1]})).plot()
