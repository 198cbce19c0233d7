"""A large csv file means what the reader of small files says: the same columns, or the same refusal, in each way."""

import csv
import gzip
from importlib.util import find_spec

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dxkit.files import csv_file
from dxkit.files.batches import csv_block, csv_text, large_csv
from dxkit.files.encoded import encode
from dxkit.files.errors import DataError
from tests.hostile.corpus import cases
from tests.laws import examples

WAYS = ("pyarrow", "pandas", "records")


def read(path):
    """Rows, cells of each column and notes; or the refusal."""
    try:
        found = encode(path)
    except DataError as fault:
        return str(fault)
    columns = [column.astype(str).tolist() for column in found.columns]
    while columns and not any(map(str.strip, columns[-1])) and not found.top.cells[0][len(columns) - 1].strip():
        columns.pop()  # the whole file tells that nothing stands in the last columns
    return list(found.rows), columns, sorted(found.notes)


@pytest.fixture
def by(monkeypatch):
    """Files are read block by block from the first byte on, in one of the ways."""

    def choose(way, block=64):
        monkeypatch.setattr(csv_text, "LARGE", 0)
        monkeypatch.setattr(csv_text, "BLOCK", block)
        monkeypatch.setattr(csv_block, "find_spec", find_spec if way == "pyarrow" else lambda name: None)
        if way == "records":
            monkeypatch.setattr(csv_block, "_by_pandas", lambda *_: lambda block: None)

    with monkeypatch.context():
        yield choose


MESSY = {
    "plain": "a,b\n1,x\n2,y\n",
    "no line end": "a,b\n1,x\n2,y",
    "windows": "a,b\r\n1,x\r\n\r\n2,y\r\n",
    "old mac": "a,b\r1,x\r2,y\r",
    "mixed line ends": "a,b\n1,x\r2,y\r\n3,z\n",
    "semicolons": "a;b\n1,5;x\n2,5;y\n",
    "sep": "sep=|\na|b\n1|x\n",
    "comments": "# made today\n# by hand\n\na,b\n1,x\n",
    "blank lines": '\n\na,b\n\n1,x\n  \n,\n" ",\n2,y\n\n',
    "quoted": 'a,b\n"1","x, y"\n"2","say ""no"""\n"",""\n',
    "lines in a cell": 'a,b\n1,"x\ny\n\nz"\n2,y\n3,"\r\n"\n4,q\n',
    "long cell": 'a,b\n1,"' + "word\n" * 99 + '"\n2,y\n',
    "inches": 'a,b\n1,5" disk\n2,y" z\n3,w\n',
    "inches at an end": 'a,b\n1,5"\n2,y\n3,"w"\n',
    "text behind a quotation mark": 'a,b\n1,x\n2,"y" z\n',
    "open quotation mark": 'a,b\n1,x\n2,"y\n3,z\n' + "4,q\n" * 40,
    "open quotation mark at the end": 'a,b\n1,x\n2,"y',
    "a row too long": "a,b\n1,x\n2,y,z\n3,w\n",
    "a row too short": "a,b,c\n1,x,\n2\n3,w,\n",
    "rows too long and too short": "a,b\n1\n" + "2,y\n" * 50 + "2,y,\n3\n",
    "all rows end with a separator": "a,b\n1,x,\n2,y,\n",
    "all rows end with a cell": "a,b\n1,x,\n2,y,z\n",
    "a header that ends with separators": "a,b,,\n1,x,,\n2,y,,\n",
    "a header longer than rows": "a,b,,\n1,x\n2,y\n",
    "a header that names more": "a,b,c\n1,x\n2,y\n",
    "a column without a name": "a,,b\n1,x,2\n",
    "one column": "a\n1\n\n2\n \n3\n",
    "guarded": "a,b\n'=1+1,'x\n'-2,'=y'\n",
    "tabs": 'a\tb\n1\tx "y"\n2\t"z"\n',
    "tabs that quote nothing": 'a\tb\n1\t"x\n2\ty"\n3\tz\n',
    "tabs that quote lines": 'a\tb\n1\t"x\ny"\n3\tz\n',
    "a NUL": "a,b\n1,x\n2,\x00y\n",
    "an old end": "a,b\n1,x\n2,y\x1a",
    "letters lost": "a,b\n1,x\n2,caf\ufffd\n",
    "encoded twice": "a,b\n1,x\n2,z\u00c3\u00bcrich\n",
    "a header alone": "a,b\n",
    "nothing": "\n\n",
    "a web page": "<html><body>",
}


def reference(path):
    """What the reader of small files makes of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_text, "LARGE", 2**40)
        return read(path)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", MESSY)
def test_a_messy_file_is_read_alike_in_each_way(tmp_path, by, name, way):
    path = tmp_path / "answers.csv"
    path.write_bytes(MESSY[name].encode())
    small = reference(path)
    for block in (7, 64, 2**20):
        by(way, block)
        assert read(path) == small


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "data",
    [
        "a,b\nx,zürich\n".encode("cp1252"),
        ("a,b\n" + "x,y\n" * 60 + "x,zürich\n").encode("cp1252"),
        "a,b\nx,zürich\n".encode("utf-16"),
        "a,b\nx,zürich\n".encode("utf-16-be"),
        "a,b\nx,zürich\n".encode("utf-8-sig"),
        "a,b\nx,zürich\n".encode("utf-16")[:-1],
        b"a,b\nx,z\x81rich\n",
        gzip.compress("a,b\nx,zürich\n".encode(), mtime=0),
        gzip.compress(b"a,b\nx,y\n" * 9, mtime=0)[:-9],
        b"%PDF-1.4\na,b\n",
    ],
)
def test_an_encoding_is_told_as_in_a_small_file(tmp_path, by, data, way):
    path = tmp_path / "answers.csv"
    path.write_bytes(data)
    small = reference(path)
    by(way, 16)
    assert read(path) == small


@pytest.mark.thorough
@pytest.mark.parametrize("way", WAYS)
def test_hostile_files_are_read_alike_in_each_way(tmp_path, by, way):
    for case in cases():
        if case.suffix.endswith((".csv", ".tsv", ".txt", ".gz")) and "bomb" not in case.name:
            path = tmp_path / f"answers{case.suffix}"
            path.write_bytes(case.data)
            small = reference(path)
            by(way, 1024)
            assert read(path) == small, case.name


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("columns", [3, 700])
def test_a_head_that_ends_within_a_row_is_read_to_its_last_whole_one(tmp_path, by, monkeypatch, columns, way):
    monkeypatch.setattr(large_csv, "HEAD", 10 * columns)
    path = tmp_path / "answers.csv"
    path.write_text("".join(",".join(f"{row}{column % 7}" for column in range(columns)) + "\n" for row in range(40)))
    small = reference(path)
    by(way, 2**10)
    assert read(path) == small


CELL = st.text(alphabet="ab ,\"\n\r\t'=é", max_size=4)


@examples(60)
@given(rows=st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=8), block=st.integers(4, 40))
def test_what_a_program_writes_is_read_as_it_is(tmp_path_factory, rows, block):
    path = tmp_path_factory.mktemp("csv") / "answers.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([["a", "b", "c"], *rows])
    small = reference(path)
    for way in WAYS:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(csv_text, "LARGE", 0)
            patch.setattr(csv_text, "BLOCK", block)
            if way != "pyarrow":
                patch.setattr(csv_block, "find_spec", lambda name: None)
            if way == "records":
                patch.setattr(csv_block, "_by_pandas", lambda *_: lambda block: None)
            assert read(path) == small


def test_a_file_of_many_short_cells_is_read_in_blocks(tmp_path, monkeypatch):
    path = tmp_path / "answers.csv"
    path.write_text("a;b\n" + "1;2\n" * 5)
    monkeypatch.setattr(csv_file, "MOST_CELLS", 12)
    assert large_csv.open_large(path, path.name) is None
    monkeypatch.setattr(csv_file, "MOST_CELLS", 11)
    assert large_csv.open_large(path, path.name) is not None
    assert encode(path).columns[1].tolist() == ["2"] * 5
