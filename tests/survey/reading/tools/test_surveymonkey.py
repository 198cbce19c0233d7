"""SurveyMonkey: two header rows, of which the first is blank where a question goes on."""

import pandas as pd
import pytest

import dxkit as dx
from tests.survey.reading.one_survey import (
    BOOK,
    CI,
    CLEAN,
    NOT_ANSWERS,
    check_notes,
    check_row_is_refused,
    check_same_survey,
    option,
    parts,
    rows_of,
    write,
)


def exported(folder):
    fixed = [
        "Respondent ID",
        "Collector ID",
        "Start Date",
        "End Date",
        "IP Address",
        "Email Address",
        "First Name",
        "Last Name",
        "Custom Data 1",
    ]
    first, second, last = list(fixed), [""] * len(fixed), None
    for text, stem, statement, items, multi in parts(BOOK.items):
        if multi:
            first += [stem, *[""] * (len(items) - 1)]
            second += [option(row) for row in items]
        elif statement:
            first.append("" if stem == last else stem)
            second.append(statement)
        else:
            first.append(text)
            second.append("Open-Ended Response" if items[0].kind in ("comment", "hours", "id") else "Response")
        last = stem
    rows = [first, second]
    for k, person in enumerate([*CLEAN.to_dict("records"), CLEAN.iloc[0].to_dict()]):
        answers = []
        for _, _, _, items, multi in parts(BOOK.items):
            answers += (
                [option(r) if person[r.item] == "Yes" else "" for r in items] if multi else [person[items[0].item]]
            )
        end = "" if k == len(CLEAN) else f"08/{10 + k % 9}/2026 09:09:01"
        rows.append([str(11_000_000_000 + k), "4", "08/10/2026 09:00:00", end, "192.0.2.7", "", "", "", "", *answers])
    return write(folder / "monkey.csv", rows)


def test_the_export_is_read_as_the_survey_that_was_answered(path, snapshot):
    survey = check_same_survey(path, "surveymonkey")
    check_notes(survey, "First Name", snapshot)


@pytest.mark.parametrize("row", NOT_ANSWERS)
def test_a_row_that_is_not_an_answer_is_refused(path, tmp_path, row, refusal):
    check_row_is_refused(rows_of(path), tmp_path, row, refusal)


def test_a_file_without_the_own_columns_is_recognised_by_its_second_row(tmp_path):
    for second in (["Response", "Response", "Other"], ["Open-Ended Response", "", "Why?"]):
        head = ["CI is fast", "Which team?", ""]
        survey = dx.read_survey(write(tmp_path / "m.csv", [head, second, ["4", "Red", ""], ["5", "Blue", "x"]]), CI)
        assert (survey.source, survey.answers["ci"].tolist()) == ("surveymonkey", [4, 5])


def test_a_person_whose_answer_is_response_is_not_taken_for_a_header(tmp_path):
    book = pd.DataFrame({"item": ["ci", "what"], "text": ["CI is fast", "What?"], "kind": ["rating", "comment"]})
    rows = [["CI is fast", "What?"], ["4", "Response"], ["5", "more"]]
    survey = dx.read_survey(write(tmp_path / "m.csv", rows), book.assign(scale=["agreement5", ""]))
    assert (survey.source, len(survey)) == ("plain", 2)
