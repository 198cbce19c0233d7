"""Survey results as a workbook: figures that may be shown as numbers, the others nowhere in the file."""

import re
import zipfile
from decimal import Decimal

import numpy as np
import openpyxl
import pandas as pd
import pytest

import dxkit as dx
from tests import sample


@pytest.fixture(scope="module")
def results():
    survey = sample.wave()
    return {
        "all": dx.scores(survey),
        "teams": dx.scores(survey, by="team"),
        "pains": dx.rank_pains(survey),
    }


def everything(path):
    """All text of all parts of the file."""
    with zipfile.ZipFile(path) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist())


def test_every_shown_figure_is_a_number_and_every_hidden_one_is_marked(results, tmp_path):
    path = dx.write_report(results, tmp_path / "report.xlsx")
    table = results["teams"].table
    read = pd.read_excel(path, sheet_name="teams", header=2).iloc[: len(table)]
    shown = table["shown"].to_numpy()
    assert 0 < shown.sum() < len(table)
    assert list(read) == [name.replace("_", " ") for name in table.columns if name != "shown"]
    assert read.loc[shown, "estimate"].astype(float).to_numpy() == pytest.approx(table.loc[shown, "estimate"], abs=1e-6)
    for name in ("n", "estimate", "se", "low", "high"):
        assert set(read.loc[~shown, name]) == {"hidden"}


@pytest.mark.parametrize("kind", [float, int, np.int64, np.float64, Decimal])
def test_a_hidden_figure_of_any_kind_is_nowhere_in_the_file(kind, tmp_path):
    frame = pd.DataFrame({"n": pd.Series([kind(5), kind(987654)], dtype=object), "shown": [True, False]})
    path = dx.write_report({"x": dx.show(frame)}, tmp_path / "hidden.xlsx")
    assert "987654" not in everything(path)
    assert [cell.value for cell in openpyxl.load_workbook(path)["x"]["A"][3:]] == [5, "hidden"]


def test_nothing_is_hidden_in_rows_columns_sheets_or_formulas(results, tmp_path):
    path = dx.write_report(results, tmp_path / "report.xlsx")
    for sheet in openpyxl.load_workbook(path):
        assert sheet.sheet_state == "visible"
        assert not [row for row in sheet.row_dimensions.values() if row.hidden]
        assert not [column for column in sheet.column_dimensions.values() if column.hidden]
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f" or cell.comment]


def test_text_that_looks_like_a_formula_a_link_or_a_number_stays_text(tmp_path):
    texts = ['=HYPERLINK("http://x")', "+1", "@x", "a\x00b", "http://example.com", "12", "{=1}", "x" * 40_000]
    made = dx.show(pd.DataFrame({"remark": texts, "n": range(8)}), title="=1+1", notes="=2+2")
    path = dx.write_report({"=1+1": made}, tmp_path / "text.xlsx")
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert [cell.value for cell in book.active["A"][3:11]] == [*texts[:3], "ab", *texts[4:7], "x" * 32_767]
    assert (book.active["A1"].value, book.active["A13"].value) == ("=1+1", "=2+2")
    assert not re.search("<f>|<hyperlink", everything(path))


def test_figures_have_the_format_of_their_column(results, tmp_path):
    book = openpyxl.load_workbook(dx.write_report(results, tmp_path / "report.xlsx"))
    formats = {cell.value: book["all"].cell(4, cell.column).number_format for cell in book["all"][3]}
    assert (formats["n"], formats["estimate"], formats["favourable"]) == ("0", "#,##0.0", "0%")
    assert {row[0].number_format for row in book["pains"].iter_rows(min_row=4, max_row=5, min_col=10, max_col=10)} == {
        "0%"
    }


def test_what_is_not_a_finite_number_is_said(tmp_path):
    made = dx.show(pd.DataFrame({"x": [np.inf, -np.inf, np.nan], "y": [True, False, True]}))
    sheet = openpyxl.load_workbook(dx.write_report({"x": made}, tmp_path / "x.xlsx")).active
    assert [cell.value for cell in sheet["A"][3:]] == ["∞", "-∞", "–"]
    assert [cell.value for cell in sheet["B"][3:]] == ["yes", "no", "yes"]


def test_equal_results_give_equal_bytes_and_tell_no_time(results, tmp_path):
    first, second = (dx.write_report(results, tmp_path / name) for name in ("a.xlsx", "b.xlsx"))
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert {member.date_time[0] for member in archive.infolist()} == {1980}
        assert set(re.findall(r"\d{4}-\d\d-\d\dT", archive.read("docProps/core.xml").decode())) == {"2000-01-01T"}


def test_nothing_is_left_behind_when_writing_fails(results, tmp_path, monkeypatch):
    path = tmp_path / "report.xlsx"
    path.write_text("before")
    monkeypatch.setattr("dxkit.results.report._set_up", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        dx.write_report(results, path)
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("report.xlsx", "before")]


@pytest.mark.parametrize(
    ("given", "named"),
    [
        pytest.param({}, [], id="none"),
        pytest.param([1], [], id="list"),
        pytest.param({"x": 1}, ["results['x']=1"], id="number"),
        pytest.param({str(k): dx.show(pd.DataFrame({"a": [1]})) for k in range(201)}, ["201", "200"], id="many"),
    ],
)
def test_what_cannot_be_written_is_said(given, named, tmp_path, refusal):
    with refusal(*named):
        dx.write_report(given, tmp_path / "a.xlsx")


def test_a_single_result_needs_a_title(results, tmp_path, refusal):
    with refusal():
        dx.write_report(results["all"], tmp_path / "a.xlsx")


def test_another_place_is_refused(results, tmp_path, monkeypatch, refusal):
    monkeypatch.chdir(tmp_path)
    for place, named in (("a.csv", ["a.csv", ".xlsx"]), ("no/a.xlsx", ["no"]), (1, ["path=1"])):
        with refusal(*named):
            dx.write_report(results, place)
