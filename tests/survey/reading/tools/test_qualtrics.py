"""Qualtrics: three header rows, or two, or one; test answers; numbers below zero."""

import json

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
        "StartDate",
        "EndDate",
        "Status",
        "IPAddress",
        "Progress",
        "Duration (in seconds)",
        "Finished",
        "RecordedDate",
        "ResponseId",
        "RecipientLastName",
        "DistributionChannel",
        "UserLanguage",
    ]
    columns, texts = [], []
    for q, (text, stem, statement, items, multi) in enumerate(parts(BOOK.items), 1):
        columns += [f"Q{q}_{k}" for k in range(1, len(items) + 1)] if multi else [f"Q{q}"]
        texts += (
            [f"{stem} - {option(row)}" for row in items] if multi else [f"{stem} - {statement}" if statement else text]
        )
    head = [
        [*fixed, *columns, "Q1_DO"],
        [*fixed, *texts, "Display order"],
        [json.dumps({"ImportId": name}) for name in [*fixed, *columns, "Q1_DO"]],
    ]
    rows = []
    for k, person in enumerate([*CLEAN.to_dict("records"), *CLEAN.to_dict("records")[:2]]):
        extra = k - len(CLEAN)
        answers = []
        for _, _, _, items, multi in parts(BOOK.items):
            answers += (
                [option(r) if person[r.item] == "Yes" else "" for r in items] if multi else [person[items[0].item]]
            )
        status, finished = ("Survey Preview", "True") if extra == 0 else ("IP Address", str(extra < 0))
        rows.append(
            [
                "2026-08-10 09:00:00",
                "2026-08-10 09:09:00",
                status,
                "192.0.2.7",
                "100",
                "540",
                finished,
                f"2026-08-{10 + k % 9} 09:09:01",
                f"R_{k:04d}abc",
                "",
                "email",
                "EN",
                *answers,
                "1|2",
            ]
        )
    return write(folder / "qualtrics.csv", [*head, *rows])


def test_the_export_is_read_as_the_survey_that_was_answered(path, snapshot):
    survey = check_same_survey(path, "qualtrics")
    check_notes(survey, "IPAddress", snapshot)


@pytest.mark.parametrize(("first", "people"), [("Start Date", 1), ("2026-08-10 09:00:00", 2)])
def test_there_may_be_two_header_rows_or_one(tmp_path, first, people):
    rows = [["StartDate", "Finished", "ci"], [first, "True", "4"], ["2026-08-10 09:00:00", "True", "5"]]
    if people == 1:
        rows[1][2] = "CI is fast"
    assert len(dx.read_survey(write(tmp_path / "q.csv", rows), CI, source="qualtrics")) == people


@pytest.mark.parametrize("row", NOT_ANSWERS)
def test_a_row_that_is_not_an_answer_is_refused(path, tmp_path, row, refusal):
    check_row_is_refused(rows_of(path), tmp_path, row, refusal)


def test_negative_recodes_are_no_opinion(tmp_path):
    head = ["StartDate", "EndDate", "Status", "Progress", "Finished", "ResponseId", "Q1"]
    rows = [
        head,
        [*head[:-1], "CI is fast"],
        [f'{{"ImportId":"{h}"}}' for h in head],
        ["", "", "IP Address", "100", "1", "R_1", "4"],
        ["", "", "IP Address", "100", "1", "R_2", "-99"],
    ]
    survey = dx.read_survey(write(tmp_path / "q.csv", rows), CI)
    assert survey.state["ci"].tolist() == [0, 1]


@pytest.mark.parametrize("ours", ["ci", "V11"])
def test_legacy_exports_name_their_own_columns_in_the_second_row(tmp_path, ours):
    head = [*(f"V{k}" for k in range(1, 8)), ours]
    texts = ["ResponseID", "ResponseSet", "Name", "IPAddress", "Status", "EndDate", "Finished", "CI is fast"]
    rows = [
        ["R_1", "Default", "Sam", "192.0.2.7", "0", "2017-01-02 10:00:00", "1", "4"],
        ["R_2", "Default", "Sam", "192.0.2.7", "0", "2017-01-02 10:00:00", "0", "1"],
        ["R_3", "Default", "Sam", "192.0.2.7", "1", "2017-01-02 10:00:00", "1", "1"],
    ]
    survey = dx.read_survey(write(tmp_path / "q.csv", [head, texts, *rows]), CI)
    assert (survey.source, survey.answers["ci"].tolist()) == ("qualtrics", [4])
    assert survey.cleaning["count"].tolist() == [1, 1]
    assert "personal columns left out: Name, IPAddress" in survey.notes


def test_a_copy_without_ids_is_still_known(tmp_path):
    """By the name that no other tool gives, or by the import ids of its third row."""
    fixed = ["StartDate", "Progress", "Duration__in_seconds_", "Finished", "RecordedDate", "Q_RelevantIDFraudScore"]
    rows = [["2026-01-01", "100", "60", "True", "2026-01-01", "0", str(1 + k % 5)] for k in range(6)]
    write(tmp_path / "a.csv", [[*fixed, "Q1"], *rows])
    few = [["Source", "Q1"], ["Source", "How fast is CI?"], ['{"ImportId":"embedded"}', '{"ImportId":"QID1"}']]
    write(tmp_path / "b.csv", [*few, *[["panel", str(1 + k % 5)] for k in range(6)]])
    book = "item,text,kind,scale\nQ1,How fast is CI?,rating,1-5\n"
    (tmp_path / "book.csv").write_text(book)
    for name in ("a.csv", "b.csv"):
        survey = dx.read_survey(tmp_path / name, dx.read_codebook(tmp_path / "book.csv"))
        assert survey.answers["Q1"].tolist() == [1, 2, 3, 4, 5, 1]
        assert any("read as qualtrics" in note for note in survey.notes)
