"""Survey results as a workbook: figures that may be shown as numbers, the others nowhere in the file."""

import zipfile

import openpyxl
import pandas as pd
import pytest

import dxkit as dx


@pytest.fixture(scope="module")
def results():
    survey = dx.open_survey(dx.samples.path("company/responses_2026-Q3.csv"))
    release = dx.Release(min_group=5)
    return {
        "all": dx.scores(survey, release=release),
        "teams": dx.scores(survey, by="team", release=release),
        "pains": dx.rank_pains(survey, release=release),
    }


def test_every_shown_figure_is_a_number_and_every_hidden_one_is_marked(results, tmp_path):
    path = dx.write_report(results, tmp_path / "report.xlsx")
    table = results["teams"].table
    read = pd.read_excel(path, sheet_name="teams", header=2).iloc[: len(table)]
    shown = table["shown"].to_numpy()
    assert 0 < shown.sum() < len(table)
    assert read.loc[shown, "estimate"].astype(float).to_numpy() == pytest.approx(table.loc[shown, "estimate"], abs=1e-6)
    for name in ("n", "estimate", "se", "low", "high"):
        assert set(read.loc[~shown, name]) == {"hidden"}


def test_nothing_is_hidden_in_rows_columns_sheets_or_formulas(results, tmp_path):
    path = dx.write_report(results, tmp_path / "report.xlsx")
    for sheet in openpyxl.load_workbook(path):
        assert sheet.sheet_state == "visible"
        assert not [row for row in sheet.row_dimensions.values() if row.hidden]
        assert not [column for column in sheet.column_dimensions.values() if column.hidden]
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f" or cell.comment]


def test_text_that_looks_like_a_formula_stays_text(tmp_path):
    made = dx.show(pd.DataFrame({"remark": ['=HYPERLINK("http://x")', "+1", "@x", "a\x00b"], "n": [5, 6, 7, 8]}))
    path = dx.write_report({"=1+1": made}, tmp_path / "text.xlsx")
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert cells[3].value == '=HYPERLINK("http://x")'
    with zipfile.ZipFile(path) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    ("given", "name", "says"),
    [
        ({}, "a.xlsx", "no result to write"),
        ({"x": 1}, "a.xlsx", "'x' is a int and no result"),
    ],
)
def test_what_cannot_be_written_is_said(given, name, says, tmp_path):
    with pytest.raises(dx.DataError, match=says):
        dx.write_report(given, tmp_path / name)


def test_another_ending_is_refused(results, tmp_path):
    with pytest.raises(dx.DataError, match=r"ends in \.xlsx"):
        dx.write_report(results, tmp_path / "a.csv")
