"""One folding of names, one of labels, one reader of numbers: what people type is read as before the merging."""

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dxkit.files.cells import folded, normal, number
from dxkit.files.errors import DataError
from dxkit.files.summary_rows import is_total
from tests.files.tables import read_table

TYPED = st.text(st.sampled_from("abcXYZäéß019 \u00a0\t'\"-.:;,!?*()/&%_#"), max_size=12)
ANY = st.text(st.characters(blacklist_categories=("Cs",)), max_size=12)


def spaced_and_cased(text):
    """The folding that tables, dossiers and sheet names had of their own."""
    return " ".join(text.replace("\u00a0", " ").replace("\ufeff", "").split()).casefold()


@given(TYPED, TYPED)
def test_two_names_as_people_type_them_are_equal_where_they_were(one, two):
    assert folded(one) == spaced_and_cased(one)
    assert (folded(one) == folded(two)) == (spaced_and_cased(one) == spaced_and_cased(two))


@given(ANY)
def test_folding_twice_is_folding_once(text):
    assert folded(folded(text)) == folded(text)
    assert normal(normal(text)) == normal(text)


@given(TYPED)
def test_what_two_foldings_share_is_all_but_the_end(text):
    assert normal(text) == (folded(text).rstrip(".:;,!?* ") or folded(text))


@given(st.sampled_from(["Total", "sum", "Total per year", "Total Rewards", "Ø", "σ", "Gesamtsumme", "team"]), TYPED)
def test_a_total_is_known_as_before(word, after):
    label = word + after
    before = spaced_and_cased(label).rstrip(": ")
    assert is_total(label) == is_total(before)
    assert is_total(f"{word}: ") == is_total(word)


@pytest.mark.parametrize(
    "pair", [("it's", "it\u2019s"), ("m2", "m\u00b2"), ("a-b", "a\u2013b"), ('"x"', "\u201cx\u201d")]
)
def test_headers_that_differ_in_quotes_or_dashes_are_two_columns_as_long_as_nobody_declared_one(pair):
    frame = pd.DataFrame([["a", "b"]], columns=list(pair))
    assert read_table(frame).frame.columns.tolist() == list(pair)
    with pytest.raises(DataError, match=re.escape(f"column '{pair[0]}'")):
        read_table(frame, optional=[pair[0]])


@given(st.floats(-1e9, 1e9, allow_nan=False).map(lambda value: round(value, 3)))
def test_a_number_is_read_with_a_point_or_where_it_can_be_nothing_else_with_a_comma(value):
    text = f"{value:.3f}"
    assert number(text) == (value, None)
    read, problem = number(text.replace(".", ","))
    assert (read, problem) == (value, None) if problem is None else re.fullmatch(r"-?[1-9]\d{0,2}\.\d{3}", text)


def test_nothing_before_a_comma_is_no_thousand():
    assert number("0,125") == (0.125, None)
