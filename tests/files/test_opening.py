"""A file is opened once, whatever is read from it, and stands wherever a path may."""

import os
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font

import dxkit as dx
from dxkit.files import csv_file, excel_file
from dxkit.files.errors import DataError
from dxkit.files.opening import open_file
from dxkit.project.check import check
from dxkit.survey.reading.roster import read_roster

SHEETS = {
    "answers": [["team", "Mood?", "Ease?"], *[["Red", "good", "bad"]] * 6],
    "codebook": [
        ["item", "text", "kind", "scale"],
        ["team", "Team", "segment", ""],
        ["q", "Mood?", "rating", "mood"],
        ["r", "Ease?", "rating", "mood"],
    ],
    "scales": [["scale", "code", "label"], ["mood", 0, "bad"], ["mood", 1, "good"]],
    "roster": [["team", "headcount"], ["Red", 9]],
}


def book(path, **sheets):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


@pytest.fixture
def parses(monkeypatch):
    """The name of every file that is parsed, once for each time."""
    names = []
    for module in (csv_file, excel_file):

        def read(data, file, original=module.read):
            names.append(file)
            return original(data, file)

        monkeypatch.setattr(module, "read", read)
    return names


def test_a_workbook_that_holds_a_whole_survey_is_parsed_once(tmp_path, parses):
    survey = dx.open_survey(book(tmp_path / "survey.xlsx", **SHEETS))
    assert (len(survey), survey.roster.total, survey.codebook.scale("q").codes) == (6, 9, (0, 1))
    assert parses == ["survey.xlsx"]


def test_a_workbook_beside_the_answers_is_parsed_once(tmp_path, parses):
    book(tmp_path / "survey.xlsx", **{name: rows for name, rows in SHEETS.items() if name != "answers"})
    pd.DataFrame(SHEETS["answers"][1:], columns=SHEETS["answers"][0]).to_csv(tmp_path / "answers.csv", index=False)
    dx.open_survey(tmp_path / "answers.csv")
    assert sorted(parses) == ["answers.csv", "survey.xlsx"]
    parses.clear()
    assert "6 respondents" in check(tmp_path / "answers.csv")
    assert sorted(parses) == ["answers.csv", "survey.xlsx"]
    parses.clear()
    assert "roster of 9 people" in check(tmp_path / "survey.xlsx")
    assert parses == ["survey.xlsx"]


def test_check_parses_a_dossier_once(tmp_path, parses):
    costs = [["vendor", "line", "category", "timing", "likely"], ["A", "seats", "licence", "yearly", 10]]
    check(book(tmp_path / "dossier.xlsx", costs=costs))
    assert parses == ["dossier.xlsx"]


def test_what_is_struck_out_is_told_of_a_survey_and_of_a_dossier_alike(tmp_path):
    costs = [["vendor", "line", "likely"], ["A", "seats", 10], ["A", "care", 5]]
    paths = book(tmp_path / "survey.xlsx", **SHEETS), book(tmp_path / "dossier.xlsx", costs=costs, notes=[["x"]])
    for path in paths:
        made = openpyxl.load_workbook(path)
        for sheet in made:
            sheet["A2"].font = Font(strike=True)
            sheet["A2"].comment = Comment("said of the cell, not in it", "Ann")
        made.save(path)
    told = ": cells that are struck out, and were read like the others: A2"
    found = [
        {note for note in read.notes if "struck" in note}
        for read in (dx.open_survey(paths[0]), dx.read_dossier(paths[1]))
    ]
    assert found == [{f"sheet {name}{told}" for name in SHEETS}, {f"sheet costs{told}"}]


def test_an_opened_file_stands_wherever_a_path_may(tmp_path, parses):
    opened = open_file(book(tmp_path / "survey.xlsx", **SHEETS))
    assert open_file(opened) is opened
    assert os.fspath(opened) == str(tmp_path / "survey.xlsx")
    assert Path(opened).name == opened.name == "survey.xlsx"
    codebook = dx.read_codebook(opened)
    assert read_roster(opened, codebook.segments).total == 9
    assert len(dx.read_survey(opened, codebook, roster=opened)) == 6
    assert parses == ["survey.xlsx"]


def test_a_sheet_is_found_by_its_name_however_it_is_typed(tmp_path):
    opened = open_file(book(tmp_path / "b.xlsx", **{" Roster ": [["team"]], "Notes": [["x"], ["y"]]}))
    assert opened.is_workbook
    assert opened.sheet("ROSTER").sheet == " Roster "
    assert opened.sheet("costs") is None
    assert (opened.has_rows("roster"), opened.has_rows("notes"), opened.has_rows("costs")) == (False, True, False)
    with pytest.raises(DataError, match="no filled sheet 'costs'; its sheets are  Roster , Notes"):
        opened.choose("costs")


def test_a_csv_file_is_one_sheet_without_a_name(tmp_path):
    (tmp_path / "a.csv").write_text("team\nRed\n")
    opened = open_file(tmp_path / "a.csv")
    assert not opened.is_workbook
    assert opened.choose("roster") is opened.sheets[0]
    assert opened.sheet("roster") is None


def test_faults_of_a_scale_in_the_workbook_are_told_with_their_cell(tmp_path):
    sheets = {**SHEETS, "scales": [["scale", "code", "label"], ["mood", 0, "bad"], ["mood", 1, "bad"]]}
    with pytest.raises(DataError, match="survey.xlsx, sheet scales, cell C3: the label already stands for code 0"):
        dx.read_codebook(book(tmp_path / "survey.xlsx", **sheets))
