"""The same answers through every door are the same codes and texts."""

import datetime as dt
import subprocess
import sys
from decimal import Decimal

import duckdb
import narwhals
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dxkit.files.batches.gathered import FILLED
from dxkit.files.encoded import Need, encode
from tests.laws import examples

TEXT = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters="\x00"), max_size=5)
KINDS = {
    "text": (pl.String, TEXT),
    "whole": (pl.Int64, st.integers(-(2**53) + 1, 2**53 - 1)),
    "small": (pl.UInt8, st.integers(0, 5)),
    "number": (pl.Float64, st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: x + 0.0)),
    "flag": (pl.Boolean, st.booleans()),
    "day": (pl.Date, st.dates(dt.date(1999, 1, 1), dt.date(2099, 1, 1))),
    "time": (pl.Datetime("us"), st.datetimes(dt.datetime(1999, 1, 1), dt.datetime(2099, 1, 1))),
    "label": (pl.Categorical, st.sampled_from(["Agree", "Disagree", ""])),
    "amount": (pl.Decimal(10, 2), st.integers(-(10**6), 10**6).map(lambda x: Decimal(x) / 100)),
    "nothing": (pl.Null, st.none()),
}


@st.composite
def frames(draw):
    rows = draw(st.integers(1, 12))
    columns = {}
    for name, (kind, values) in KINDS.items():
        cells = draw(st.lists(st.one_of(st.none(), values), min_size=rows, max_size=rows))
        columns[name] = pl.Series(cells, dtype=kind)
    return pl.DataFrame(columns)


def plain(found):
    """Row numbers, and of each column its cells and distinct texts."""
    columns = {}
    for name, column in zip(found.top.cells[0], found.columns, strict=True):
        columns[name] = (column.astype(object).tolist(), sorted(column.categories))
        assert column.codes.min() >= 0
    return list(found.rows), columns


def doors(frame, folder):
    """The frame in every form that a person may hold."""
    table = frame.to_arrow()
    pandas = pd.DataFrame({name: pd.Series(frame[name].to_list(), dtype=object) for name in frame.columns})
    yield "pandas of objects", pandas
    yield "pandas of its own types", frame.to_pandas()
    yield "pandas of Arrow types", table.cast(_plain(table.schema)).to_pandas(types_mapper=pd.ArrowDtype)
    yield "Polars", frame
    yield "Polars lazy", frame.lazy()
    yield "narwhals", narwhals.from_native(frame)
    yield "narwhals lazy", narwhals.from_native(frame.lazy())
    yield "pyarrow table", table
    yield "record batch reader", table.to_reader(max_chunksize=5)
    yield "record batches", table.to_batches(max_chunksize=5)
    dictionaries = [
        column.cast(pa.large_string()).dictionary_encode() if name in ("text", "label") else column
        for name, column in zip(table.column_names, table.columns, strict=True)
    ]
    yield "dictionaries", pa.table(dictionaries, names=table.column_names)
    yield "DuckDB", duckdb.from_arrow(table.cast(_plain(table.schema)))
    pq.write_table(table.cast(_plain(table.schema)), folder / "answers.parquet", row_group_size=5)
    yield "Parquet", folder / "answers.parquet"
    (folder / "parts").mkdir(exist_ok=True)
    for k, part in enumerate((frame[:5], frame[5:])):
        pq.write_table(part.to_arrow().cast(_plain(table.schema)), folder / "parts" / f"part-{k}.parquet")
    yield "folder of Parquet", folder / "parts"
    pyarrow.feather.write_feather(table.cast(_plain(table.schema)), folder / "answers.feather")
    yield "Arrow file", folder / "answers.feather"
    yield "several kinds", iter([frame[:3], frame[3:4].to_arrow(), pandas[4:]])
    yield "another order of columns", [pandas[:4], pandas[4:][list(reversed(pandas.columns))]]


def _plain(schema):
    """The same columns in the types that every program writes."""
    plain = {"label": pa.string(), "text": pa.string()}
    return pa.schema([(field.name, plain.get(field.name, field.type)) for field in schema])


@examples(20)
@given(frame=frames())
@pytest.mark.thorough
def test_every_door_gives_the_same_columns(tmp_path_factory, frame):
    folder, first = tmp_path_factory.mktemp("doors"), None
    for name, door in doors(frame, folder):
        found = plain(encode(door))
        first = first or found
        assert found == first, name


def test_true_and_one_are_two_answers():
    found = encode(pd.DataFrame({"a": [True, 1, "1", None, 1.0]}))
    assert found.columns[0].tolist() == ["TRUE", "1", "1", "", "1"]


def test_many_distinct_texts_are_kept_apart(tmp_path):
    """More of them than are told apart one by one, batch by batch, with and without pyarrow."""
    ids = [f"p{7 * k % 1009}" for k in range(3000)]
    frame = pd.DataFrame({"id": ids, "x": [str(k % 3) for k in range(3000)]})
    parts = [frame[:100], frame[100:1700], frame[1700:]]
    for source in (frame, parts, pa.Table.from_pandas(frame).to_batches(max_chunksize=700), pl.from_pandas(frame)):
        found = encode(source)
        assert found.columns[0].tolist() == ids
        assert len(found.columns[0].categories) == 1009


def test_only_needed_columns_are_kept_and_others_in_outline(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text("a,b,c\nfirst,second,third\n1,,\nNA,y,z\n")
    found = encode(path, lambda top: Need(2, [top.cells[0].index("c")]))
    columns = [column.tolist() for column in found.columns]
    assert (columns, list(found.rows)) == ([[FILLED, "NA"], ["", FILLED], ["", "z"]], [3, 4])
    assert (found.of_frame, encode(pd.DataFrame({"a": [1]})).of_frame) == (False, True)


def test_rows_that_two_columns_are_called_alike_stay_apart():
    frame = pd.DataFrame([["1", "2"], ["3", "4"]], columns=["a", "a"])
    for source in (frame, [frame[:1], frame[1:]], pa.Table.from_arrays([["1", "3"], ["2", "4"]], names=["a", "a"])):
        assert [column.tolist() for column in encode(source).columns] == [["1", "3"], ["2", "4"]]


def test_how_far_a_file_has_been_read_is_told(tmp_path):
    lines = []
    pq.write_table(pa.table({"a": ["1"] * 7}), tmp_path / "answers.parquet")
    encode(tmp_path / "answers.parquet", progress=lines.append)
    assert lines == ["answers.parquet: 100% read"]


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(pl.col("a"), id="an expression"),
        pytest.param(pl.Series([1, 2]), id="a column of Polars"),
        pytest.param(pd.Series(["a"]), id="a column of pandas"),
        pytest.param({"a": [1]}, id="a dict"),
        pytest.param(b"a,b", id="bytes"),
        pytest.param([1, 2], id="numbers"),
        pytest.param([], id="no part"),
        pytest.param(pd.DataFrame({"a": []}), id="no rows"),
        pytest.param([pl.DataFrame({"a": []})], id="parts without rows"),
        pytest.param(pa.table({"a": [[1]]}), id="lists"),
        pytest.param(pd.DataFrame({"a": [["x"], ["y"]]}), id="lists in pandas"),
        pytest.param(pl.DataFrame({"a": [b"x"]}), id="binary"),
        pytest.param(pl.DataFrame({"a": [1.0, float("inf")]}), id="infinite"),
        pytest.param([pd.DataFrame({"a": [1], "b": [2]}), pl.DataFrame({"a": [1]})], id="a part without a column"),
        pytest.param(pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", "b")])), id="two levels"),
    ],
)
def test_a_source_that_holds_no_answers_is_refused(source, refusal):
    with refusal():
        encode(source)


def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path, refusal):
    (tmp_path / "answers.parquet").write_text("a,b\n1,2\n")
    with refusal("answers.parquet"):
        encode(tmp_path / "answers.parquet")


def test_a_folder_without_parquet_is_refused(tmp_path, refusal):
    (tmp_path / "answers").mkdir()
    with refusal():
        encode(tmp_path / "answers")


def test_answers_that_take_too_much_memory_are_refused_before_they_do(tmp_path, refusal):
    table = pa.table({"id": [f"{k:040d}" for k in range(200_000)]})
    pq.write_table(table, tmp_path / "answers.parquet")
    assert len(encode(tmp_path / "answers.parquet", memory="50 MB")) == 200_000
    with refusal():
        encode(tmp_path / "answers.parquet", memory="5 MB")
    with refusal():
        encode(table, memory=2**20)


@pytest.mark.thorough
def test_without_pyarrow_csv_and_pandas_are_read_and_others_are_told_what_they_need():
    script = """
import sys
sys.modules["pyarrow"] = None
import pandas as pd, polars as pl
from dxkit.files.encoded import encode
from dxkit.files.errors import DataError
print(encode(pd.DataFrame({"a": ["x", None]})).columns[0].tolist())
try:
    encode(pl.DataFrame({"a": ["x"]}))
except DataError as fault:
    print(fault)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "['x', '']",
        "DataFrame: this needs the package pyarrow: pip install 'dxkit[arrow]'",
    ]
