"""The workbook of a draft: what is in it, what is yellow, and that nothing is ever overwritten."""

import re

import openpyxl
import pandas as pd
import pytest
from openpyxl.styles import PatternFill

import dxkit as dx
from dxkit.__main__ import main
from dxkit.project.check import check
from dxkit.project.forms.survey_form import write_survey_workbook

ANSWERS = pd.DataFrame(
    {
        "Which team?": ["Red", "Blue"] * 6,
        "How often do you deploy?": ["Daily", "Weekly", "Monthly"] * 4,
        "Which tools?": ["Git;Make", "Git", "Make", "=1+1;Git", "=1+1", "Git"] * 2,
    }
)


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "responses_1.csv"
    ANSWERS.to_csv(path, index=False)
    return path


def test_the_workbook_passes_check_before_headcounts_are_filled_in(export, capsys):
    assert main(["draft", str(export)]) == 0
    assert "3 questions" in capsys.readouterr().out
    assert "12 respondents, no faults" in check(export)
    book = openpyxl.load_workbook(export.parent / "survey.xlsx")
    assert book.sheetnames == ["codebook", "scales", "rules", "roster"]
    assert [[cell.value for cell in row] for row in book["roster"]] == [
        ["team", "headcount"],
        ["Blue", None],
        ["Red", None],
    ]


def test_doubtful_cells_are_yellow_and_say_why(export):
    made = dx.draft(export)
    made.write(export.parent / "survey.xlsx")
    sheet = openpyxl.load_workbook(export.parent / "survey.xlsx")["codebook"]
    yellow = {(cell.row, cell.column_letter) for row in sheet for cell in row if cell.fill.fgColor.rgb == "FFFFF2B3"}
    assert yellow == {(3, "G")}
    assert sheet["G3"].value == "neither"
    assert made.doubts["why"].iloc[0] in sheet["G3"].comment.text
    assert all(
        cell.data_type != "f"
        for sheet in openpyxl.load_workbook(export.parent / "survey.xlsx")
        for row in sheet
        for cell in row
    )


def test_pages_say_which_guesses_nobody_has_confirmed_until_their_yellow_is_gone(tmp_path):
    answers = ANSWERS.assign(**{f"Rate it [{line}]": [1, 2, 3, 4] * 3 for line in "abcd"})
    answers.to_csv(tmp_path / "responses_1.csv", index=False)
    dx.draft(tmp_path / "responses_1.csv").write(tmp_path / "survey.xlsx")

    def told(lang="en"):
        survey = dx.open_survey(tmp_path / "responses_1.csv")
        page = dx.page(survey, "staff", lang=lang).html
        note = [note for note in survey.notes if "confirmed" in note]
        return re.findall(r"(?:Rests on guesses|Beruht auf Annahmen)[^<]*", page), note

    lines, notes = told()
    assert lines == [
        "Rests on guesses about the questions that nobody has confirmed, yellow in survey.xlsx, sheet codebook: 13 "
        "(G3, D5, F5, G5, D6, F6, 7 more)."
    ]
    assert "G3, D5, F5" in notes[0]
    assert "Blatt codebook: 13 (G3, D5, F5, G5, D6, F6, 7 weitere)" in told("de")[0][0]
    book = openpyxl.load_workbook(tmp_path / "survey.xlsx")
    for k, cell in enumerate(cell for row in book["codebook"] for cell in row if cell.fill.fill_type == "solid"):
        if cell.row > 1 and cell.coordinate != "D6":
            cell.fill = PatternFill("solid", fgColor="CCFFCC") if k % 2 else PatternFill()
    book.save(tmp_path / "survey.xlsx")
    assert "codebook: 1 (D6)." in told()[0][0]
    book["codebook"]["D6"].fill = PatternFill()
    book.save(tmp_path / "survey.xlsx")
    assert told() == ([], [])


def test_a_workbook_is_never_overwritten(export, capsys):
    target = export.parent / "survey.xlsx"
    target.write_bytes(b"mine")
    assert main(["draft", str(export)]) == 1
    assert "is never overwritten" in capsys.readouterr().err
    assert target.read_bytes() == b"mine"
    with pytest.raises(dx.DataError, match=r"ends in \.xlsx"):
        dx.draft(export).write(export.parent / "survey.csv")


@pytest.mark.parametrize("saved_again", [False, True])
def test_a_draft_takes_the_place_of_the_untouched_form(tmp_path, saved_again):
    assert main(["new", str(tmp_path / "mine")]) == 0
    folder = tmp_path / "mine" / "my_survey"
    ANSWERS.to_csv(folder / "responses_1.csv", index=False)
    form = folder / "survey.xlsx"
    if saved_again:  # opened in a spreadsheet program, and nothing changed
        openpyxl.load_workbook(form).save(form)
    assert main(["draft", str(folder / "responses_1.csv")]) == 0
    assert main(["check", str(folder / "responses_1.csv")]) == 0
    assert "sat_ci" not in dx.read_codebook(form).items


@pytest.mark.parametrize(
    ("sheet", "cell"), [("codebook", "B2"), ("codebook", "J3"), ("roster", "B2"), ("scales", "A2")]
)
def test_a_form_with_one_cell_filled_in_is_kept(export, sheet, cell):
    target = export.parent / "survey.xlsx"
    write_survey_workbook(target)
    book = openpyxl.load_workbook(target)
    book[sheet][cell] = "mine"
    book.save(target)
    with pytest.raises(dx.DataError, match="is never overwritten"):
        dx.draft(export).write(target)
    assert openpyxl.load_workbook(target)[sheet][cell].value == "mine"


def test_merge_adds_only_new_questions_and_keeps_what_was_edited(export):
    target = export.parent / "survey.xlsx"
    dx.draft(ANSWERS.iloc[:, :2]).write(target)
    book = openpyxl.load_workbook(target)
    book["codebook"]["G3"] = "high"
    book["roster"]["B2"], book["roster"]["B3"] = 7, 9
    book.save(target)
    assert dx.draft(export).write(target, merge=True) == ["tools"]
    assert dx.draft(export).write(target, merge=True) == []
    book = openpyxl.load_workbook(target)
    assert [cell.value for cell in book["codebook"]["A"]] == ["item", "team", "often_deploy", "tools"]
    assert book["codebook"]["G3"].value == "high"
    assert book["roster"]["B2"].value == 7
    assert dx.read_codebook(target).items["kind"].tolist() == ["segment", "rating", "multi"]


def test_headcounts_that_are_partly_filled_in_are_a_roster(export):
    target = export.parent / "survey.xlsx"
    dx.draft(export).write(target)
    assert dx.open_survey(export).roster is None
    book = openpyxl.load_workbook(target)
    book["roster"]["B2"] = 7
    book.save(target)
    with pytest.raises(dx.DataError, match="B3: the cell is empty"):
        dx.open_survey(export)


@pytest.mark.thorough
def test_no_list_of_words_in_a_form_is_longer_than_a_spreadsheet_reads(tmp_path):
    assert main(["new", str(tmp_path / "x")]) == 0
    labels = [["Never", "Now and then", f"Always, for reason {k}"] for k in range(40)]
    answers = {
        f"How often does problem {k} stop you?": [words[i % 3] for i in range(30)] for k, words in enumerate(labels)
    }
    pd.DataFrame(answers).to_csv(tmp_path / "answers.csv", index=False)
    dx.draft(tmp_path / "answers.csv").write(tmp_path / "survey.xlsx")
    dx.write_workbook(dx.read_dossier(dx.samples.path("portal")), tmp_path / "decision.xlsx")
    for path in tmp_path.rglob("*.xlsx"):
        rules = [rule for sheet in openpyxl.load_workbook(path) for rule in sheet.data_validations.dataValidation]
        assert max([len(rule.formula1 or "") for rule in rules], default=0) <= 255
        assert max([len(rule.error or "") for rule in rules], default=0) <= 255
