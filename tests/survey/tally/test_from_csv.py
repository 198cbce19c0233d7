"""A file read in blocks gives the tally of the same file read whole."""

import gzip

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dxkit as dx
from dxkit.files.batches import csv_text
from tests.laws import examples
from tests.survey.tally.test_tally import groups_of, same

pytestmark = pytest.mark.usefixtures("nothing_hidden")

BOOK = dx.read_codebook(
    pd.DataFrame(
        [
            ["id", "id", "id", "", "", "", ""],
            ["team", "Your team", "segment", "", "", "", ""],
            ["ci", "CI is fast", "rating", "agreement5", "builds", "CI", ""],
            ["docs", "Docs are found", "rating", "agreement7", "docs", "Docs", "asked"],
            ["ci_w", "How important is CI?", "importance", "importance5", "", "CI", ""],
            ["docs_w", "How important are docs?", "importance", "importance5", "", "Docs", ""],
            ["lost", "Hours lost to CI", "hours", "hours", "", "CI", ""],
            ["enps", "Recommend us?", "recommend", "recommend11", "", "", ""],
            ["else", "What else?", "comment", "", "", "", ""],
        ],
        columns=["item", "text", "kind", "scale", "dimension", "topic", "asked_if"],
    )
)
HEADER = ";".join([*BOOK.items["text"], "asked"])
cells = st.tuples(
    st.sampled_from(["", "a1", "b22", "a1", "person-with-a-long-id"]),
    st.sampled_from(["Blue", "blue ", "Grün", "", '"Red, hot"', "Red  hot"]),
    st.sampled_from(["", "1", "5", "Agree", "agree ", "n/a", "Strongly agree", '"Disagree"']),
    st.sampled_from(["", "1", "7", "Somewhat agree"]),
    st.sampled_from(["", "3", "Very important", "4.0"]),
    st.sampled_from(["", "2", "5"]),
    st.sampled_from(["", "0", "2.5", "2,5", "40", "does not affect me"]),
    st.sampled_from(["", "0", "10", "9"]),
    st.sampled_from(["", "", "fine", '"two\nlines"', '"a ""b"""']),
    st.sampled_from(["", "1", "yes", "0"]),
)


@pytest.fixture(autouse=True)
def too_large(monkeypatch):
    """Every file is read in blocks here."""
    monkeypatch.setattr(csv_text, "LARGE", 0)


def either(read):
    """A tally, or the first fault."""
    try:
        return read()
    except dx.DataError as error:
        return str(error)


@examples(25)
@given(
    st.lists(cells, min_size=1, max_size=40),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([64, 300, 2**19]),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
)
def test_block_by_block_is_the_same_as_whole(tmp_path_factory, rows, end, block, encoding):
    path = tmp_path_factory.mktemp("big") / "answers.csv"
    path.write_bytes((end.join([HEADER, *(";".join(row) for row in rows)]) + end).encode(encoding))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_text, "BLOCK", block)
        found = either(lambda: dx.tally(path, codebook=BOOK))
        patch.setattr(csv_text, "LARGE", 2**20)
        wanted = either(lambda: dx.tally(dx.read_survey(path, BOOK)))
    if isinstance(wanted, str):
        assert isinstance(found, str)
        return
    assert not isinstance(found, str), found
    same(found, wanted)
    assert found.cleaning["count"].sum() == wanted.cleaning["count"].sum()


def lines(*rows, head="team;ci"):
    return ("\n".join([head, *rows]) + "\n").encode()


PLAIN = dx.read_codebook(
    pd.DataFrame(
        {
            "item": ["team", "ci"],
            "text": ["team", "CI is fast"],
            "kind": ["segment", "rating"],
            "scale": ["", "agreement5"],
        }
    )
)


@pytest.mark.parametrize(
    ("row", "named"),
    [
        pytest.param(b"Blue;6", ["row 3002", "column 2 (ci)", "6"], id="row 3002, column 2 (ci): '6' is not an answer"),
        pytest.param(b"Blue;4;", ["row 3002"], id="row 3002, has 3 cells, the header 2"),
        pytest.param(b"Blue", ["row 3002"], id="row 3002, has 1 cells"),
        pytest.param(b"Total;4", ["row 3002"], id="row 3002, totals"),
        pytest.param(b"team;ci", ["row 3002"], id="row 3002, header is repeated"),
        pytest.param(b" Gesamt:;4", ["row 3002"], id="row 3002, totals"),
        pytest.param(b"\xef\xbb\xbfTotal per team;4", ["row 3002"], id="row 3002, totals"),
        pytest.param(b'Blue;"4', ["row 3002"], id="row 3002, quotation mark"),
        pytest.param(b"Bl\x00ue;4", ["row 3002"], id="row 3002, NUL"),
    ],
)
def test_a_fault_far_down_is_told_with_its_row(tmp_path, monkeypatch, row, named, refusal):
    monkeypatch.setattr(csv_text, "BLOCK", 2**10)
    path = tmp_path / "answers.csv"
    path.write_bytes(lines(*["Blue;4"] * 3000) + row + b"\n" + b"Blue;5\n" * 10)
    with refusal(*named):
        dx.tally(path, codebook=PLAIN)


def test_the_same_fault_of_many_blocks_is_told_once(tmp_path, monkeypatch, refusal):
    monkeypatch.setattr(csv_text, "BLOCK", 2**10)
    (tmp_path / "answers.csv").write_bytes(lines(*["Blue;Agre"] * 3000))
    with refusal("Agree") as caught:
        dx.tally(tmp_path / "answers.csv", codebook=PLAIN)
    assert len(caught.value.faults) == 1


def test_groups_are_held_against_the_roster(tmp_path, refusal):
    (tmp_path / "answers.csv").write_bytes(lines(*["blue;4"] * 7, "Green;2"))
    roster = pd.DataFrame({"team": ["Blue", "Green"], "headcount": [9, 4]})
    found = dx.tally(tmp_path / "answers.csv", codebook=PLAIN, roster=roster, wave="Q3")
    assert (*groups_of(found), found.wave) == (["Blue", "Green"], [7, 1], "Q3")
    whole = dx.scores(dx.read_survey(tmp_path / "answers.csv", PLAIN, roster)).table
    assert dx.scores(found).table["estimate"].tolist() == pytest.approx(whole["estimate"].tolist(), abs=1e-12)
    with refusal("1 group of team"):
        dx.tally(tmp_path / "answers.csv", codebook=PLAIN, roster=roster.assign(headcount=[3, 4]))
    with refusal():
        dx.tally(tmp_path / "answers.csv", codebook=PLAIN, roster=roster.iloc[:1])


def test_compressed_files_workbooks_and_progress(tmp_path):
    text = lines(*["Blue;4"] * 50)
    (tmp_path / "answers.csv.gz").write_bytes(gzip.compress(text))
    (tmp_path / "answers.csv").write_bytes(text)
    pd.DataFrame({"team": ["Blue"] * 50, "ci": 4}).to_excel(tmp_path / "answers.xlsx", index=False)
    told = []
    one = dx.tally(tmp_path / "answers.csv", codebook=PLAIN, progress=told.append)
    for other in ("answers.csv.gz", "answers.xlsx"):
        same(dx.tally(tmp_path / other, codebook=PLAIN), one)
    assert told == ["answers.csv: 90% read"] or told[-1].endswith("% read")


def test_a_parquet_file_gives_the_same_tally(tmp_path, refusal):
    frame = pd.DataFrame({"team": ["Blue", "Green"] * 40, "ci": [1, 2, 4, 5] * 20})
    frame.to_parquet(tmp_path / "answers.parquet")
    same(dx.tally(tmp_path / "answers.parquet", codebook=PLAIN), dx.tally(frame, codebook=PLAIN))
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and no more")
    with refusal("broken.parquet"):
        dx.tally(tmp_path / "broken.parquet", codebook=PLAIN)


def test_segments_of_parts_are_spelled_as_in_the_whole():
    parts = [pd.DataFrame({"team": ["blue"] * 3, "ci": 4}), pd.DataFrame({"team": ["Blue"] * 5, "ci": 2})]
    found = dx.tally(parts, codebook=PLAIN)
    assert groups_of(found) == (["Blue"], [8])


@pytest.mark.parametrize("ids", [["1.15E+11"], ["1,15E+11"], ["###########"], ["11480000001234500"] * 2])
@pytest.mark.parametrize("copies", [4, 3000])
def test_ids_that_a_spreadsheet_shortened_make_nobody_one_person(tmp_path, monkeypatch, ids, copies, refusal):
    monkeypatch.setattr(csv_text, "BLOCK", 2**10)
    rows = [f"{ids[k % len(ids)]};;4" for k in range(copies)]
    (tmp_path / "a.csv").write_bytes(lines(*rows, head="id;Your team;CI is fast"))
    book = dx.read_codebook(pd.DataFrame(BOOK.items.iloc[:3]))
    for read in (lambda: dx.read_survey(tmp_path / "a.csv", book), lambda: dx.tally(tmp_path / "a.csv", codebook=book)):
        with refusal():
            read()


@pytest.mark.parametrize("one", ["1E5", "007", "12345678901234500", "a+11"])
def test_an_id_that_comes_twice_among_others_is_a_later_submission(tmp_path, one):
    rows = [f"{text};;4" for text in (one, one, "12", "13", "x14")]
    (tmp_path / "a.csv").write_bytes(lines(*rows, head="id;Your team;CI is fast"))
    book = dx.read_codebook(pd.DataFrame(BOOK.items.iloc[:3]))
    assert len(dx.read_survey(tmp_path / "a.csv", book)) == 4
    assert dx.tally(tmp_path / "a.csv", codebook=book).respondents == 4
