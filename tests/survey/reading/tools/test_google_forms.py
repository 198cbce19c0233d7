"""Google Forms: chosen options joined in one cell."""

import csv

import pandas as pd
import pytest

import dxkit as dx
from tests.survey.reading.one_survey import (
    BOOK,
    CI,
    CLEAN,
    check_notes,
    check_same_survey,
    joined,
    parts,
    write,
)


def exported(folder):
    questions = parts(BOOK.items)
    rows = [["Timestamp", "Email Address", *(q[0] for q in questions)]]
    for k, person in enumerate(CLEAN.to_dict("records")):
        answers = [joined(person, q[3], ";") if q[4] else person[q[3][0].item] for q in questions]
        rows.append([f"2026/08/{10 + k % 9} 6:3{k % 10}:58 PM EST", f"p{k}@example.com", *answers])
    rows.append(["2026/08/20 9:00:00 AM EST", "late@example.com", *[""] * len(questions)])
    return write(folder / "google.csv", rows, quoting=csv.QUOTE_ALL)


def test_the_export_is_read_as_the_survey_that_was_answered(path, snapshot):
    survey = check_same_survey(path, "google_forms")
    check_notes(survey, "Email Address", snapshot)


def test_a_frame_is_recognised_by_its_columns_too(path):
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    survey = dx.read_survey(frame, BOOK)
    assert survey.source == "google_forms"
    assert len(survey) == len(CLEAN)


@pytest.mark.parametrize(
    ("head", "stamp"),
    [
        (("Zeitstempel", "E-Mail-Adresse"), "10.08.2026 09:09:01"),
        (("Horodateur", "Adresse e-mail"), "10/08/2026 09:09:01"),
        (("Marca temporal", "Dirección de correo electrónico"), "10/8/2026 9:09:01"),
        (("タイムスタンプ", "メールアドレス"), "2026/08/10 9:09:01"),
        (("Timestamp", "Email Address"), "8/10/2026 9:09:01"),
    ],
)
def test_a_form_in_another_language_is_recognised(tmp_path, head, stamp):
    path = write(tmp_path / "g.csv", [[*head, "CI is fast"], [stamp, "a@example.com", "Agree"]])
    survey = dx.read_survey(path, CI)
    assert (survey.source, survey.answers["ci"].tolist()) == ("google_forms", [4])
    assert f"personal columns left out: {head[1]}" in survey.notes
