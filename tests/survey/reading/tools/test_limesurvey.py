"""LimeSurvey: codes in the header and in the cells."""

import csv

import openpyxl
import pytest

import dxkit as dx
from tests.survey.reading.one_survey import (
    BOOK,
    CI,
    CLEAN,
    check_notes,
    check_same_survey,
    option,
    parts,
    rows_of,
    write,
)


def exported(folder):
    header = ["id", "submitdate", "lastpage", "startlanguage", "seed", "ipaddr"]
    for text, stem, statement, items, multi in parts(BOOK.items):
        header += (
            [f"{stem} [{option(row)}]" for row in items] if multi else [f"{stem} [{statement}]" if statement else text]
        )
    rows = [[*header, "interviewtime"]]
    for k, person in enumerate([*CLEAN.to_dict("records"), CLEAN.iloc[0].to_dict()]):
        answers = []
        for _, _, _, items, multi in parts(BOOK.items):
            answers += ["Y" if person[r.item] == "Yes" else "" for r in items] if multi else [person[items[0].item]]
        submitted = "" if k == len(CLEAN) else f"2026-08-{10 + k % 9} 09:09:01"
        rows.append([str(k + 1), submitted, "5", "en", "123", "192.0.2.7", *answers, "540.2"])
    return write(
        folder / "lime.csv", [*rows, []], delimiter=";", encoding="utf-8-sig", quoting=csv.QUOTE_ALL, end="\r\n"
    )


def test_the_export_is_read_as_the_survey_that_was_answered(path, snapshot):
    survey = check_same_survey(path, "limesurvey")
    check_notes(survey, "ipaddr", snapshot)


def test_answer_codes_are_codes_of_the_scale(tmp_path):
    head = ["id", "submitdate", "lastpage", "startlanguage", "ci"]
    rows = [head, ["1", "2026-08-10 10:00:00", "3", "en", "A4"], ["2", "2026-08-10 10:00:00", "3", "en", "A1"]]
    survey = dx.read_survey(write(tmp_path / "l.csv", rows, delimiter=";"), CI)
    assert survey.answers["ci"].tolist() == [4, 1]


def test_the_sheet_of_answers_is_found_behind_one_of_notes(path, tmp_path):
    rows = rows_of(path)
    book = openpyxl.Workbook()
    book.active.append(["How to read this"])
    answers = book.create_sheet("Data")
    for row in rows:
        answers.append(row)
    book.save(tmp_path / "answers.xlsx")
    assert len(dx.read_survey(tmp_path / "answers.xlsx", BOOK)) == len(CLEAN)


@pytest.mark.parametrize(
    "head",
    [
        ["Response ID", "Date submitted", "Last page", "Start language", "Seed"],
        ["Antwort ID", "Datum Abgeschickt", "Letzte Seite", "Start-Sprache", "Zufallsstartwert"],
        [
            "id. Response ID",
            "submitdate. Date submitted",
            "lastpage. Last page",
            "startlanguage. Start language",
            "seed. Seed",
        ],
    ],
)
def test_full_texts_as_headers_are_recognised_and_unfinished_rows_set_aside(tmp_path, head):
    rows = [["1", "2026-01-01 10:00:00", "3", "en", "9", "4"], ["2", "", "1", "en", "9", "1"]]
    survey = dx.read_survey(write(tmp_path / "l.csv", [[*head, "CI is fast"], *rows]), CI)
    assert (survey.source, survey.answers["ci"].tolist()) == ("limesurvey", [4])
    assert survey.cleaning[["what", "count"]].to_dict("list") == {
        "what": ["unfinished submissions set aside"],
        "count": [1],
    }
