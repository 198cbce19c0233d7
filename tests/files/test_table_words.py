"""What a table a person made is read as, cell by cell, and what is said of each cell that cannot be read."""

import numpy as np
import pandas as pd
import pytest

from dxkit.files.cells import as_text, number, quoted, timestamp
from dxkit.files.errors import DataError, Faults
from dxkit.files.opening import open_file
from dxkit.files.table import CHOICE, NUMBER, TIME, YES_NO, Column, TableSpec, texts
from tests.files.tables import read_table, typed


def one(values, name="v"):
    return read_table(pd.DataFrame({name: values}, dtype=object))


def told(read):
    """What was read, and the row, column and message of every fault, one a line."""
    faults = Faults()
    found = read(faults).tolist()
    with pytest.raises(DataError) as caught:
        faults.raise_if_any()
    return found, "\n".join(f"row {each.row}, {each.column}: {each.message}" for each in caught.value.faults)


def refused(table, **options):
    with pytest.raises(DataError) as caught:
        read_table(table, **options)
    return str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "1,234",
        "-1,234",
        "1,234,567",
        "1,234.5",
        "1 234,5",
        "1'234",
        "12%",
        "many",
        "1e400",
        "1e4000",
        "a%b",
    ],
)
def test_a_number_that_is_none_says_why(text, snapshot):
    value, problem = number(text)
    assert np.isnan(value)
    assert problem == snapshot


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,5", 1.5),
        ("-,5", -0.5),
        ("1.234", 1.234),
        ("12,3456", 12.3456),
        ("+7", 7),
        ("\u22122", -2),
        (" 8 ", 8),
        (".5", 0.5),
        ("5.", 5),
        ("1e-3", 0.001),
        ("1E+2", 100),
        ("1234,5", 1234.5),
        ("-1.500", -1.5),
    ],
)
def test_a_number_as_people_write_it(text, value):
    assert number(text) == (value, None)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (" weekly ", "'weekly'"),
        ("EUR 1,234.50", "'EUR 1,234.50'"),
        ("ask Bob", "the text here"),
        ("a@b", "the text here"),
        ("7@b", "the text here"),
        ("x" * 20, f"'{'x' * 20}'"),
        ("x" * 21, "the text here"),
        ("", "''"),
        ("a b 1", "'a b 1'"),
    ],
)
def test_a_cell_is_shown_where_it_can_be_no_sentence(text, shown):
    assert quoted(text) == shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (" a ", "a"),
        (None, ""),
        (pd.NaT, ""),
        (pd.NA, ""),
        (np.nan, ""),
        (np.float64("nan"), ""),
        (True, "TRUE"),
        (False, "FALSE"),
        (np.bool_(True), "TRUE"),
        (np.bool_(False), "FALSE"),
        (4.0, "4"),
        (0.1, "0.1"),
        (np.float32(0.5), "0.5"),
        (1 / 3, "0.333333333333333"),
        (7, "7"),
        (np.int64(7), "7"),
        (pd.Timestamp("2026-01-31"), "2026-01-31"),
        (pd.Timestamp("2026-01-31 14:00"), "2026-01-31 14:00:00"),
        (pd.Timestamp("2026-01-31", tz="UTC"), "2026-01-31 00:00:00+00:00"),
        (pd.Timestamp("2026-01-31 14:00", tz="UTC"), "2026-01-31 14:00:00+00:00"),
    ],
)
def test_any_cell_as_text(value, text):
    assert as_text(value) == text


@pytest.mark.parametrize(
    ("text", "zone", "stamp"),
    [
        ("2026-01-31 14:00", "Europe/Berlin", "2026-01-31 13:00"),
        ("2026-01-31T14:00+03:00", "UTC", "2026-01-31 11:00"),
        ("2026-01-31", "UTC", "2026-01-31 00:00"),
        ("2026-01-31 14:00", "Asia/Tokyo", "2026-01-31 05:00"),
        ("2026-10-25 02:30", "Europe/Berlin", "2026-10-25 00:30"),  # twice on the clock: the first, in summer time
        ("2026-03-29 02:30", "Europe/Berlin", "2026-03-29 01:00"),  # skipped: the next that exists is 3:00
    ],
)
def test_a_time_in_utc(text, zone, stamp):
    assert timestamp(text, zone) == (pd.Timestamp(stamp, tz="UTC"), None)


def test_a_time_without_a_zone_is_taken_as_utc_to_the_nanosecond():
    stamp, problem = timestamp("2026-01-31 14:00")
    assert (stamp, problem, stamp.unit) == (pd.Timestamp("2026-01-31 14:00", tz="UTC"), None, "ns")
    assert timestamp("  ") == (pd.NaT, None)


@pytest.mark.parametrize("text", ["31/01/2026", "2026-13-01", "2026-01-31Tx", "2026", "1826-01-31", "soon"])
def test_what_is_no_time_is_told(text, snapshot):
    stamp, problem = timestamp(text)
    assert stamp is pd.NaT
    assert problem == snapshot


def test_a_column_of_times(snapshot):
    table = one(["2026-01-31 14:00", "", "2026-06-30 14:00"])
    found = typed(table, TIME, Faults(), "Europe/Berlin")
    assert found.isna().tolist() == [False, True, False]
    assert found[0] == pd.Timestamp("2026-01-31 13:00", tz="UTC")
    assert found[2] == pd.Timestamp("2026-06-30 12:00", tz="UTC")
    assert str(found.dt.tz) == "UTC"
    assert typed(one(["2026-01-31 14:00"]), TIME, Faults())[0] == pd.Timestamp("2026-01-31 14:00", tz="UTC")
    faults = Faults()
    assert str(typed(one([""]), TIME, faults).dt.tz) == "UTC"
    assert len(faults) == 0
    stamps, faults = told(lambda faults: typed(one(["", "31.1.", "2026-01-31"]), TIME, faults, filled=True))
    assert stamps[:2] == [pd.NaT, pd.NaT]
    assert stamps[2] == pd.Timestamp("2026-01-31", tz="UTC")
    assert faults == snapshot


def test_numbers_have_bounds_that_belong_to_them(snapshot):
    table = one(["1", "0.5", "2", "2.5", "", "x"])
    assert told(lambda faults: typed(table, NUMBER, faults, low=1, high=2, filled=True))[1] == snapshot
    found = typed(one(["1", ""]), NUMBER, Faults(), low=0, high=2)
    assert found[0] == 1
    assert np.isnan(found[1])
    assert found.dtype == float


def test_words_of_a_list_are_found_in_any_dress(snapshot):
    table = one([" Yearly", "once A  year", "", "yearli", "fortnight", "never ever"])
    found, faults = told(lambda faults: typed(table, CHOICE, faults, allowed=("yearly", "Once a Year"), default="none"))
    assert found == ["yearly", "Once a Year", "none", "none", "none", "none"]
    assert faults == snapshot
    assert typed(one([""]), CHOICE, Faults(), allowed=("a",)).tolist() == [""]


def test_yes_and_no_in_any_dress(snapshot):
    table = one(["Yes", "y", "TRUE", "1", "x", "1.0", "no", "N", "False", "0", "0.0", ""])
    assert typed(table, YES_NO, Faults()).tolist() == [True] * 6 + [False] * 6
    assert typed(table, YES_NO, Faults(), default=True).tolist() == [True] * 6 + [False] * 5 + [True]
    found, faults = told(lambda faults: typed(one(["ja", "yes"]), YES_NO, faults))
    assert found == [False, True]
    assert faults == snapshot


def test_a_column_that_is_missing_is_empty():
    table = one(["a", " b "])
    assert table.text("v").tolist() == ["a", "b"]
    assert table.text("w").tolist() == ["", ""]
    assert table.text("w").dtype == table.text("v").dtype == object


def test_a_header_keeps_its_own_spelling_and_names_what_is_not_used(snapshot):
    frame = pd.DataFrame([["a", "b", *range(9)]], columns=[" ID", "Tea m", *(f"more {k}" for k in range(9))])
    table = read_table(frame, required=["id"], optional=["tea m"], kind="roster")
    assert table.frame.columns.tolist() == ["id", "tea m", *(f"more {k}" for k in range(9))]
    assert table.notes == snapshot
    assert read_table(frame).notes == ()
    eight = read_table(frame.iloc[:, :10], required=["id"], optional=["tea m"])
    assert eight.notes == snapshot
    assert (table.file, table.sheet, table.rows) == ("DataFrame", None, [1])
    assert table.columns_at["id"] == "column id"
    assert table.frame["more 1"].tolist() == [1]
    long = read_table(pd.DataFrame([["a", "b"]], columns=["id", "y" * 50]), required=["id"])
    assert long.notes == snapshot


def test_a_column_that_is_missing_or_there_twice_is_told(snapshot):
    frame = pd.DataFrame([["a", "b", "c"]], columns=["team", "Team", "headcuont"])
    assert refused(frame, required=["team", "headcount"], kind="roster") == snapshot
    other = pd.DataFrame([range(13)], columns=[f"{k}" * 45 for k in range(13)])
    found = ", ".join((f"{k}" * 45)[:40] for k in range(12))
    assert refused(other, required=["team"]).endswith(f"{found}, ...")
    assert refused(other, required=["team"]) == snapshot
    assert refused(other.iloc[:, :12], required=["team"]).endswith(found)
    assert refused(pd.DataFrame(index=[0]), required=["team"]) == snapshot


def test_frames_that_are_no_table_are_refused(snapshot):
    levels = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")]))
    assert refused(levels, kind="roster") == snapshot
    assert refused(pd.DataFrame({"a": []}), kind="roster") == snapshot
    assert len(read_table(pd.DataFrame({"a": []}), empty=True).frame) == 0
    assert refused(pd.DataFrame({"a": [1, np.inf]})) == snapshot
    kept = read_table(pd.DataFrame({"a": [1, 2], "b": [True, False], "c": [1.5, None]}, index=[5, 9]))
    assert kept.frame["a"].tolist() == [1, 2]
    assert kept.frame["b"].tolist() == ["TRUE", "FALSE"]
    assert kept.frame["c"].isna().tolist() == [False, True]
    assert (kept.frame.index.tolist(), kept.rows) == ([0, 1], [1, 2])


def test_a_csv_file_names_its_places(tmp_path, snapshot):
    path = tmp_path / "roster.csv"
    path.write_text("team,headcount,\nA,3,\nteam,headcount,\nTotal:,3,\nB,2,x\n")
    assert refused(path, required=["team", "headcount"]) == snapshot
    path.write_text("team,headcount\n")
    assert refused(path, kind="roster") == snapshot
    assert len(read_table(path, empty=True).frame) == 0
    path.write_text("  Team , heads\n A , 3\n\nB,x\n")
    table = read_table(path, required=["team"], kind="roster")
    assert table.frame.to_numpy().tolist() == [["A", "3"], ["B", "x"]]
    assert (table.file, table.sheet, table.rows) == ("roster.csv", None, [2, 4])
    assert table.columns_at == {"team": "column 1 (Team)", "heads": "column 2 (heads)"}
    assert table.notes[-1] == snapshot
    assert told(lambda faults: typed(table, NUMBER, faults, name="heads", filled=True))[1] == snapshot


def test_a_workbook_names_its_columns_by_letter_and_finds_the_sheet_that_has_them(tmp_path, refusal):
    with pd.ExcelWriter(tmp_path / "book.xlsx") as book:
        pd.DataFrame({"note": ["x"], "team": ["y"]}).to_excel(book, sheet_name="first", index=False)
        pd.DataFrame({"team": ["A"], "headcount": [3]}).to_excel(book, sheet_name="heads", index=False)
    table = read_table(tmp_path / "book.xlsx", required=["Team", "headcount"])
    assert (table.sheet, table.columns_at) == ("heads", {"Team": "A", "headcount": "B"})
    faults = Faults()
    table.fault(faults, 0, "headcount", "no")
    with refusal("book.xlsx", "cell B2", "sheet heads"):
        faults.raise_if_any()
    assert read_table(tmp_path / "book.xlsx", required=["team"], sheet="first").frame["team"].tolist() == ["y"]


def test_a_grid_by_itself_is_a_table(tmp_path, refusal, snapshot):
    path = tmp_path / "long.csv"
    path.write_text(f"{'many  words ' * 4},b\nx,y\n")
    grid = open_file(path).choose()
    table = read_table(grid, required=["b"])
    name = " ".join(["many words"] * 4)
    assert table.frame.columns.tolist() == [name, "b"]
    assert table.columns_at == {name: f"column 1 ({name[:40]})", "b": "column 2 (b)"}
    assert table.frame.dtypes.tolist() == [object, object]
    assert table.notes[-1] == snapshot
    path.write_text("a,b\n")
    with refusal("long.csv", "row 1"):
        read_table(path)


KINDS = TableSpec(
    kind="log",
    columns=(
        *texts("who", needed=True),
        Column(name="hours", kind=NUMBER, filled=True, low=0, high=168),
        Column(name="at", kind=TIME),
        Column(name="done", kind=YES_NO, default=True),
        Column(name="size", kind=CHOICE, allowed=("small", "large"), default="small"),
    ),
)


def test_declared_columns_are_read_by_their_kind_and_bounds():
    table = KINDS.read(
        pd.DataFrame(
            [["A", "1,5", "2026-01-31", "no", "Large"], ["", "0", "", "", ""]],
            columns=["WHO", "hours", "at", "done", "size"],
        )
    )
    values = table.values(Faults())
    assert values.columns.tolist() == [column.name for column in KINDS.columns]
    assert values["hours"].tolist() == [1.5, 0.0]
    assert values["done"].tolist() == [False, True]
    assert values["size"].tolist() == ["large", "small"]
    assert values["at"].isna().tolist() == [False, True]
    table = KINDS.read(
        pd.DataFrame(
            [["A", "200", "soon", "maybe", "lareg"], ["B", "", "", "", ""]],
            columns=["who", "hours", "at", "done", "size"],
        )
    )
    faults = Faults()
    table.values(faults)
    with pytest.raises(DataError) as caught:
        faults.raise_if_any()
    assert sorted((fault.row, fault.column) for fault in caught.value.faults) == [
        (1, "column at"),
        (1, "column done"),
        (1, "column hours"),
        (1, "column size"),
        (2, "column hours"),
    ]


def test_a_declared_column_that_is_missing_is_as_if_empty_unless_it_is_needed():
    values = KINDS.read(pd.DataFrame({"who": ["A"]})).values(Faults())
    assert values.iloc[0][["who", "done", "size"]].tolist() == ["A", True, "small"]
    assert np.isnan(values["hours"][0])
    with pytest.raises(DataError, match="the log needs a column 'who'"):
        KINDS.read(pd.DataFrame({"hours": [1]}))
