"""Any file a person hands over becomes the clean table, a clear message, or a noted warning."""

import contextlib
import gzip
import io
import os
import posixpath
import zipfile

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.styles import numbers

from dxkit.files.cells import timestamp
from dxkit.files.errors import DataError, Faults
from dxkit.files.opening import open_file
from dxkit.files.table import CHOICE, NUMBER, YES_NO
from dxkit.files.writing import as_text_cell, replacing, sheet_name, slug
from tests.files.tables import read_table, typed
from tests.laws import examples

CLEAN = pd.DataFrame({"id": ["007", "1E5"], "team": ["NA", "Zürich"], "score": ["4", "5"]})
TEXT = "id,team,score\n007,NA,4\n1E5,Zürich,5\n"


def table_of(path):
    return read_table(path, required=("id", "team", "score"))


def book_of(rows, tmp_path, name="book.xlsx", change=None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    book.save(tmp_path / name)
    return tmp_path / name


ROWS = [["id", "team", "score"], ["007", "NA", 4], ["1E5", "Zürich", 5]]

SAME = {
    "plain": TEXT.encode(),
    "bom": b"\xef\xbb\xbf" + TEXT.encode(),
    "utf16": TEXT.encode("utf-16"),
    "utf16 without a mark": TEXT.encode("utf-16-le"),
    "windows": TEXT.encode("cp1252"),
    "crlf": TEXT.replace("\n", "\r\n").encode(),
    "cr only": TEXT.replace("\n", "\r").encode(),
    "semicolon": TEXT.replace(",", ";").encode(),
    "tab": TEXT.replace(",", "\t").encode(),
    "sep line": ("sep=;\n" + TEXT.replace(",", ";")).encode(),
    "quoted": b'"id","team","score"\n"007","NA","4"\n"1E5","Z\xc3\xbcrich","5"\n',
    "comment above": ("# synthetic\n" + TEXT).encode(),
    "blank lines": TEXT.replace("\n", "\n\n").encode(),
    "trailing commas": TEXT.replace("\n", ",\n").encode(),
    "ctrl-z": TEXT.encode() + b"\x1a",
    "gzip": gzip.compress(TEXT.encode()),
    "padded header": TEXT.replace("id,team", " ID , Team ").encode(),
}


@pytest.mark.parametrize("name", SAME)
def test_a_csv_file_in_any_dress_is_the_clean_table(tmp_path, name):
    path = tmp_path / "t.csv"
    path.write_bytes(SAME[name])
    pd.testing.assert_frame_equal(table_of(path).frame, CLEAN.astype(object), check_dtype=False)


REFUSED = {
    "a longer row": (b"id,team,score\n1,a,4\n2,b,5,9\n", ["t.csv", "row 3"]),
    "a decimal comma": (b"id,team,score\n1,a,4,5\n", ["t.csv", "row 2"]),
    "a shorter row": (b"id,team,score\n1,a\n", ["t.csv", "row 2"]),
    "a repeated column": (b"id,team,score,team\n1,a,4,b\n", ["t.csv"]),
    "a missing column": (b"id,taem,score\n1,a,4\n", ["t.csv"]),
    "an unnamed column": (b"id,team,score,\n1,a,4,x\n", ["t.csv"]),
    "a repeated header": (b"id,team,score\n1,a,4\nid,team,score\n", ["t.csv", "row 3"]),
    "a totals row": (b"id,team,score\n1,a,4\nTotal,,4\n", ["t.csv", "row 3"]),
    "a German totals row": (b"id,team,score\n1,a,4\nGesamtsumme:,,4\n", ["t.csv", "row 3"]),
    "a row of averages": ("id,team,score\n1,a,4\nØ,,4.2\n".encode("cp1252"), ["t.csv", "row 3"]),
    "an open quote": (b'id,team,score\n1,"a,4\n', ["t.csv"]),
    "nothing": (b"", ["t.csv"]),
    "a header alone": (b"id,team,score\n", ["t.csv"]),
    "a web page": (b"<!DOCTYPE html><html></html>", ["t.csv"]),
    "json": (b'[{"id": 1}]', ["t.csv"]),
    "pdf": (b"%PDF-1.7 x", ["t.csv"]),
    "old excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", ["t.csv"]),
    "a zip": (b"PK\x03\x04rest", ["t.csv"]),
    "nul bytes": (b"id,team,score\n1,a\x00b,4\n", ["t.csv"]),
    "utf-32": ("id,team".encode("utf-32"), ["t.csv"]),
    "gzip cut short": (gzip.compress(TEXT.encode())[:-9], ["t.csv"]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_trusted_is_refused_with_its_place(tmp_path, name, refusal):
    data, named = REFUSED[name]
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    with refusal(*named):
        table_of(path)


@pytest.mark.parametrize("row", ["Total Rewards,,4", "Average,good,4", "Media,,4", "Summer,,4", "Mean,b,4"])
def test_a_name_that_begins_like_a_sum_is_a_name(tmp_path, row):
    (tmp_path / "t.csv").write_text(f"id,team,score\n1,a,4\n{row}\n")
    assert len(table_of(tmp_path / "t.csv").frame) == 2


@pytest.mark.parametrize(
    "team",
    [
        pytest.param("Z\ufffdrich", id="lost"),
        pytest.param("Zürich".encode().decode("cp1252"), id="encoded twice"),
        pytest.param("Zürich SÃO", id="whole"),
    ],
)
def test_damaged_letters_are_noted(tmp_path, team, snapshot):
    (tmp_path / "t.csv").write_text(TEXT.replace("Zürich", team), encoding="utf-8")
    assert table_of(tmp_path / "t.csv").notes == snapshot


def test_a_pipe_is_refused_and_not_waited_for(tmp_path, refusal):
    os.mkfifo(tmp_path / "t.csv")
    with refusal():
        table_of(tmp_path / "t.csv")


def test_a_header_alone_is_fine_where_nothing_may_have_happened(tmp_path, refusal):
    path = tmp_path / "incidents.csv"
    path.write_text("id,team,score\n")
    assert len(read_table(path, required=("id",), empty=True).frame) == 0
    with refusal():
        read_table(path, required=("id",))


@pytest.mark.parametrize("path", ["https://example.com/a.csv", "file:///etc/passwd", "s3://bucket/key.csv"])
def test_addresses_are_never_opened(path, refusal):
    with refusal():
        table_of(path)


def test_a_missing_file_is_told_with_the_nearest_name(tmp_path, refusal):
    (tmp_path / "answers.csv").write_text(TEXT)
    with refusal("answers.csv"):
        table_of(tmp_path / "answer.csv")
    with refusal():
        table_of(tmp_path)


def test_a_workbook_is_the_clean_table_whatever_its_name(tmp_path):
    for name in ("book.xlsx", "book.csv"):
        frame = table_of(book_of(ROWS, tmp_path, name)).frame
        pd.testing.assert_frame_equal(frame, CLEAN.astype(object), check_dtype=False)


def cell(reference, value=None, number_format=None):
    def change(book):
        if value is not None:
            book.active[reference] = value
        if number_format:
            book.active[reference].number_format = number_format

    return change


def faulty(tmp_path, change):
    with pytest.raises(DataError) as caught:
        table_of(book_of(ROWS, tmp_path, change=change))
    return str(caught.value)


def test_cells_that_hold_no_value_to_trust_are_told_by_name(tmp_path, snapshot):
    assert faulty(tmp_path, cell("C2", "=1+3")) == snapshot
    assert faulty(tmp_path, cell("C3", "#N/A")) == snapshot
    assert faulty(tmp_path, lambda book: book.active.merge_cells("B2:B3")) == snapshot


def test_a_lone_far_cell_is_refused_at_once(tmp_path, snapshot):
    assert faulty(tmp_path, cell("XFD1048576", "x")) == snapshot


def test_what_a_spreadsheet_changed_is_undone_or_noted(tmp_path, snapshot):
    table = table_of(book_of(ROWS, tmp_path, change=cell("C2", 4, numbers.FORMAT_DATE_YYYYMMDD2)))
    assert table.frame["score"][0] == "4"
    assert table.notes == snapshot
    table = table_of(book_of(ROWS, tmp_path, change=cell("A2", 7, "000")))
    assert table.frame["id"][0] == "007"
    table = table_of(
        book_of(ROWS, tmp_path, change=lambda book: setattr(book.active.row_dimensions[3], "hidden", True))
    )
    assert table.notes == snapshot


def test_a_notes_sheet_in_front_and_a_hidden_sheet_do_not_hide_the_table(tmp_path, snapshot):
    def change(book):
        book.create_sheet("Notes", 0)["A1"] = "read me"
        book.create_sheet("old").sheet_state = "hidden"
        book["old"]["A1"] = "x"

    table = table_of(book_of(ROWS, tmp_path, change=change))
    assert table.sheet == "Sheet"
    assert table.notes == snapshot


def repacked(tmp_path, change):
    """A good workbook with its members changed."""
    out, good = io.BytesIO(), book_of(ROWS, tmp_path).read_bytes()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    path = tmp_path / "bad.xlsx"
    path.write_bytes(out.getvalue())
    return path


def sheet_with(tmp_path, row, after=b""):
    """A good workbook with a row put below the others, as it is spelled, and something behind the cells."""

    def change(name, data):
        if not name.endswith("sheet1.xml"):
            return data
        return data.replace(b"</sheetData>", row + b"</sheetData>" + after)

    return repacked(tmp_path, change)


@pytest.mark.parametrize(
    "row",
    [
        b"<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
        b'<row r="1048576"><c r="xfd1048576"><v>1</v></c></row>',
        b'<row r = "1048576"><c r = "XFD1048576"><v>1</v></c></row>',
        b"".join([b'<row r="1048576">', b"<c/>" * 999, b"<c><v>1</v></c></row>"]),
    ],
)
def test_a_lone_far_cell_is_refused_however_it_is_spelled(tmp_path, row, refusal):
    with refusal():
        table_of(sheet_with(tmp_path, row))


def test_a_merged_or_linked_area_without_end_is_refused_at_once(tmp_path, refusal):
    for after in (
        b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        b"<hyperlinks><hyperlink ref='A1:XFD1048576' location='x'/></hyperlinks>",
    ):
        with refusal():
            table_of(sheet_with(tmp_path, b"", after))


def test_an_empty_cell_beside_a_formula_is_not_taken_for_it(tmp_path, refusal):
    stored = b'<row r="4"><c r="A4"/><c r="B4" t="str"><f>""</f><v></v></c><c r="C4"><v>3</v></c></row>'
    assert table_of(sheet_with(tmp_path, stored)).frame["score"].tolist() == ["4", "5", "3"]
    with refusal("cell C4"):
        table_of(sheet_with(tmp_path, b'<row r="4"><c r="A4" s="0"/><c r="B4" /><c r="C4"><f>1+1</f></c></row>'))


@pytest.mark.parametrize("place", ["/xl/odd/s.xml", "./worksheets/sheet1.xml", "../xl/worksheets/sub/sheet1.XML"])
def test_a_sheet_is_looked_at_wherever_the_workbook_keeps_it(tmp_path, place, refusal):
    sheet_with(tmp_path, b'<row r="4"><c r="A4"><v>1</v></c><c r="C4"><f>1+1</f></c></row>')
    part = posixpath.normpath(posixpath.join("/xl", place))
    with zipfile.ZipFile(tmp_path / "bad.xlsx") as old, zipfile.ZipFile(tmp_path / "odd.xlsx", "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/_rels/workbook.xml.rels":
                data = data.replace(b"/xl/worksheets/sheet1.xml", place.encode())
            if name == "[Content_Types].xml":
                data = data.replace(b"/xl/worksheets/sheet1.xml", part.encode())
            new.writestr(part.lstrip("/") if name.endswith("sheet1.xml") else name, data)
    with refusal("cell C4"):
        table_of(tmp_path / "odd.xlsx")


def test_a_cell_that_is_there_twice_and_a_sheet_in_utf_16_are_refused(tmp_path, refusal):
    twice = b"<row r='4'><c r='A4'><v>1</v></c></row><row r='4'><c r='A4'><v>2</v></c></row>"
    with refusal():
        table_of(sheet_with(tmp_path, twice))
    with refusal():
        table_of(repacked(tmp_path, lambda name, data: data.decode().encode("utf-16") if "sheet1" in name else data))
    with refusal():
        table_of(sheet_with(tmp_path, b"<row r='99999999'><c r='A99999999'><v>1</v></c></row>"))


def test_letters_that_xml_cannot_hold_are_read_as_they_are_seen(tmp_path):
    book = book_of([*ROWS, ["_x0041_", "_xD83D_", 3]], tmp_path)
    assert table_of(book).frame["id"].tolist()[-1] == "A"
    assert table_of(book).frame["team"].tolist()[-1] == "_xD83D_"


def test_a_zip_bomb_entities_and_foreign_archives_are_refused(tmp_path, refusal):
    def bomb(name, data):
        return b"0" * 40_000_000 if name.endswith("sheet1.xml") else data

    def entity(name, data):
        return b'<!DOCTYPE x [<!ENTITY a "b">]>' + data if name.endswith("sheet1.xml") else data

    def broken(name, data):
        return data[: len(data) // 2] if name.endswith("sheet1.xml") else data

    for change in (bomb, entity, broken):
        with refusal():
            table_of(repacked(tmp_path, change))
    plain = tmp_path / "plain.zip"
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("answers.csv", TEXT)
    with refusal():
        table_of(plain)


@examples(150)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_grid_or_a_clear_refusal(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(data)
    with contextlib.suppress(DataError):
        assert open_file(path).sheets


@examples(60)
@given(st.integers(0, 5000), st.integers(0, 255))
def test_a_damaged_workbook_is_a_grid_or_a_clear_refusal(tmp_path_factory, at, byte):
    folder = tmp_path_factory.getbasetemp()
    if not (folder / "whole.xlsx").exists():
        book_of(ROWS, folder, "whole.xlsx")
    data = bytearray((folder / "whole.xlsx").read_bytes())
    data[at % len(data)] = byte
    (folder / "damaged.xlsx").write_bytes(data)
    with contextlib.suppress(DataError):
        assert open_file(folder / "damaged.xlsx").sheets


def test_every_bad_number_is_told_with_its_cell(tmp_path, refusal):
    path = tmp_path / "n.csv"
    texts = ["abc", "1,234", "12%", "inf", "1e400", "EUR 5", "(100)", "0x1F", "1_000", "1.234,50", ""]
    path.write_text("v\tw\n" + "".join(f"{text}\tx\n" for text in texts))
    faults, table = Faults(), read_table(path)
    assert typed(table, NUMBER, faults, filled=True).isna().all()
    with refusal("row 3", "column 1 (v)", "1,234") as caught:
        faults.raise_if_any()
    assert len(caught.value.faults) == len(texts)


def test_a_sentence_where_a_number_belongs_is_not_repeated(tmp_path, refusal):
    path = tmp_path / "n.csv"
    path.write_text("v,w\nask Bob about it,x\nmany,x\n")
    faults, table = Faults(), read_table(path)
    typed(table, NUMBER, faults)
    typed(table, YES_NO, faults)
    typed(table, CHOICE, faults, allowed=("few",))
    with refusal("row 2", "column 1 (v)", "many") as caught:
        faults.raise_if_any()
    assert "Bob" not in str(caught.value)


def test_good_numbers_are_read(tmp_path):
    path = tmp_path / "n.csv"
    path.write_text("v\tw\n1.5\tx\n 1,5 \tx\n-5\tx\n.5\tx\n1e3\tx\n")
    assert typed(read_table(path), NUMBER, Faults(), filled=True).tolist() == [1.5, 1.5, -5, 0.5, 1000]


def test_what_is_written_makes_its_folder(tmp_path):
    with replacing(tmp_path / "new" / "er" / "page.html") as temporary:
        temporary.write_text("said")
    assert (tmp_path / "new" / "er" / "page.html").read_text() == "said"


def test_an_interrupted_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("old")

    def interrupted():
        with replacing(path) as temporary:
            temporary.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["file.txt"]


def test_names_from_data_become_safe_and_different():
    taken = set()
    assert [slug(text, taken) for text in ("../../etc", "a/b", "a b", "ü", "")] == [
        "etc",
        "a-b",
        "a-b-2",
        "u",
        "untitled",
    ]
    sheets = set()
    assert sheet_name("a" * 40, sheets) == "a" * 31
    assert sheet_name("a" * 40, sheets) == "a" * 29 + " 2"
    assert sheet_name("x[]:*?/\\y", sheets) == "x       y"


def test_text_in_a_workbook_is_never_a_formula(tmp_path):
    book = openpyxl.Workbook()
    for row, text in enumerate(("=1+1", "+1", "@x", "\ttab", "bad\x0bbell"), 1):
        as_text_cell(book.active.cell(row, 1), text)
    book.save(tmp_path / "b.xlsx")
    back = openpyxl.load_workbook(tmp_path / "b.xlsx").active
    assert [back.cell(r, 1).data_type for r in range(1, 6)] == ["s"] * 5
    assert back["A1"].value == "=1+1"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-01-31 14:00 UTC+2", None),
        ("2026-01-31 14:00 CET", None),
        ("2026-01-31 1400", None),
        ("2026-01-31 14h", None),
        ("2026-01-31 14:00-2", None),
        ("1900-01-01", None),
        ("2026-01-31 2:00 pm", "14:00:00"),
        ("2026-01-31 14:00:01,5", "14:00:01.5"),
        ("2026-01-31T14", "14:00:00"),
        ("2026-01-31 14:00 -0200", "16:00:00"),
    ],
)
def test_a_time_is_read_where_it_can_be_only_one(text, read, snapshot):
    stamp, problem = timestamp(text)
    assert stamp == pd.Timestamp(f"2026-01-31T{read}Z") if read else problem == snapshot


def test_the_same_blank_cell_behind_every_row_is_no_cell(tmp_path):
    (tmp_path / "a.csv").write_text("team,n\nRed,1,\nBlue,2,\n")
    assert open_file(tmp_path / "a.csv").choose().cells == [["team", "n"], ["Red", "1"], ["Blue", "2"]]
