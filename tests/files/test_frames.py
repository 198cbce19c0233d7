"""A small table may come in the frame of any library; a result may go into one."""

import duckdb
import narwhals
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import dxkit as dx
from dxkit.survey.reading.roster import read_roster
from tests.sample import scores

KINDS = {
    "Polars": pl.from_pandas,
    "Polars lazy": lambda frame: pl.from_pandas(frame).lazy(),
    "pyarrow": lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
    "DuckDB": duckdb.from_df,
    "narwhals": narwhals.from_native,
    "parts": lambda frame: [frame.iloc[:1], frame.iloc[1:]],
}
BOOK = pd.DataFrame(
    {
        "item": ["team", "ci", "docs"],
        "text": ["Team", "CI is fast", "Docs are good"],
        "kind": ["segment", "rating", "rating"],
        "scale": ["", "mood", "agreement5"],
        "reverse": [None, True, None],
    }
)
SCALES = pd.DataFrame({"scale": ["mood"] * 3, "code": [0, 1, None], "label": ["bad", "good", "?"]})
ROSTER = pd.DataFrame({"team": ["Red", "Blue"], "headcount": [7, 9]})
ANSWERS = pd.DataFrame({"team": ["Red", "Blue"], "ci": ["good", None], "docs": [1, 5]})
RULES = pd.DataFrame({"rule": ["missing"], "question": ["docs"], "value": ["5"]})
COSTS = pd.DataFrame({"vendor": ["A", "B"], "line": "seats", "timing": "yearly", "likely": [1000, 1200.5]})
DEPLOYED = pd.DataFrame(
    {"deployment": ["d1", "d2"], "time": pd.to_datetime(["2026-01-05", "2026-01-20"]), "service": ["shop", None]}
)


@pytest.fixture(params=KINDS)
def kind(request):
    return KINDS[request.param]


def test_a_survey_is_read_from_tables_of_any_kind(kind):
    one = dx.read_survey(ANSWERS, dx.read_codebook(BOOK, SCALES), ROSTER, rules=RULES)
    book = dx.read_codebook(kind(BOOK), kind(SCALES))
    other = dx.read_survey(kind(ANSWERS), book, kind(ROSTER), rules=kind(RULES))
    pd.testing.assert_frame_equal(book.items, one.codebook.items)
    assert repr(book.scale("ci")) == repr(one.codebook.scale("ci"))
    pd.testing.assert_frame_equal(other.answers, one.answers)
    assert (other.roster.total, other.notes, other.min_group) == (one.roster.total, one.notes, one.min_group)
    assert repr(dx.tally(kind(ANSWERS), codebook=kind(BOOK.iloc[[0, 2]]), roster=kind(ROSTER))) == repr(
        dx.tally(ANSWERS, codebook=BOOK.iloc[[0, 2]], roster=ROSTER)
    )


def test_a_dossier_and_records_are_read_from_tables_of_any_kind(kind):
    one, other = dx.read_dossier({"costs": COSTS}), dx.read_dossier({"costs": kind(COSTS)})
    assert [line.amount.mean for line in other.costs] == [line.amount.mean for line in one.costs]
    as_of = "2026-02-01"
    pd.testing.assert_frame_equal(dx.dora(kind(DEPLOYED), as_of=as_of).table, dx.dora(DEPLOYED, as_of=as_of).table)


def test_a_draft_is_made_from_a_frame_of_any_kind(kind):
    pd.testing.assert_frame_equal(dx.draft(kind(ANSWERS)).items, dx.draft(ANSWERS).items)


def test_a_table_in_a_parquet_file(tmp_path):
    pl.from_pandas(ROSTER).write_parquet(tmp_path / "roster.parquet")
    assert read_roster(tmp_path / "roster.parquet", ["team"]).total == 16


def test_an_empty_frame_of_another_library_is_as_one_of_pandas():
    one, other = (dx.dora(DEPLOYED, None, each, as_of="2026-02-01") for each in (pd.DataFrame(), pl.DataFrame()))
    assert repr(other) == repr(one)


@pytest.mark.thorough
def test_results_go_into_every_library():
    result = scores()
    frame = pl.DataFrame(result)
    assert frame.height == len(result.table)
    assert frame.columns == list(result.table.columns)
    assert set(frame.dtypes) <= {pl.String, pl.Float64, pl.Int64, pl.Boolean}
    assert frame["estimate"].to_list() == pytest.approx(result.table["estimate"].tolist(), nan_ok=True)
    assert pa.table(result).column_names == list(result.table.columns)
    assert duckdb.sql("select count(*) from result").fetchall() == [(len(result.table),)]


def test_a_column_of_a_result_has_the_type_that_its_values_share():
    table = pd.DataFrame(
        {
            "whole": pd.Series([1, None, 3], dtype=object),
            "number": pd.Series([1, 2.5, None], dtype=object),
            "flag": pd.Series([True, None, False], dtype=object),
            "text": ["a", None, "c"],
            "mixed": [1, "b", True],
            "empty": pd.Series([None] * 3, dtype=object),
            "label": pd.Categorical(["x", "y", "x"]),
            "day": pd.to_datetime(["2026-01-01", None, "2026-01-02 10:00"], format="ISO8601"),
            "small": pd.Series([1, 2, 3], dtype="int8"),
        }
    )
    kinds = {
        name: str(pa.table(dx.show(table)).schema.field(name).type).removeprefix("large_") for name in table.columns
    }
    others = {"whole": "int64", "number": "double", "flag": "bool", "small": "int64"}
    assert kinds == {name: others.get(name, "string") for name in table.columns}
    assert pl.DataFrame(dx.show(table))["day"].to_list() == ["2026-01-01", None, "2026-01-02 10:00:00"]
