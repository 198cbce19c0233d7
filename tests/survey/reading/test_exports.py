"""Seven tools, one survey: the shape of a file changes nothing of what was answered."""

import csv
import io

import numpy as np
import openpyxl
import pandas as pd
import pytest

import dxkit as dx
from dxkit.survey.reading.exports import read_export
from tests.survey.reading.export_writers import WRITERS, write

BOOK = dx.read_codebook(dx.samples.path("company/codebook.csv"))
SATISFACTION = ("Very dissatisfied", "Dissatisfied", "Neither", "Satisfied", "Very satisfied", "Not applicable", "")
IMPORTANCE = ("Not important", "Slightly important", "Very important", "")
AGREE = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree", "")


def clean_answers(n=40):
    rng = np.random.default_rng(3)
    columns = {}
    for row in BOOK.items.itertuples():
        choices = {
            "satisfaction5": SATISFACTION,
            "importance5": IMPORTANCE,
            "agreement5": AGREE,
            "hours": ("0", "1.5", ""),
            "recommend11": tuple(map(str, range(11))),
            "yesno": ("Yes", "No"),
        }.get(row.scale)
        if row.kind == "id":
            columns[row.item] = [f"k{i:04d}" for i in range(n)]
        elif row.kind == "segment":
            columns[row.item] = rng.choice([f"{row.item} one", f"{row.item} two"], n)
        elif row.kind == "comment":
            columns[row.item] = [f'Said "so", {i};\nand more' if i % 3 else "" for i in range(n)]
        else:
            columns[row.item] = rng.choice(choices, n)
    frame = pd.DataFrame(columns, dtype=object)
    used = [item for item in frame if item.startswith("used_")]
    frame.loc[~(frame[used] == "Yes").any(axis=1), used] = ""  # no box ticked is a question left blank
    frame.loc[frame["is_oncall"] != "Yes", "oncall_rest"] = ""
    return frame


CLEAN = clean_answers()


@pytest.fixture(scope="module")
def surveys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports")
    return {name: dx.read_survey(writer(CLEAN, BOOK.items, folder), BOOK) for name, writer in WRITERS.items()}


@pytest.mark.parametrize("name", WRITERS)
def test_the_same_survey_in_seven_shapes_is_the_same_survey(surveys, name):
    survey, plain = surveys[name], surveys["plain"]
    assert survey.source == name
    pd.testing.assert_frame_equal(survey.answers, plain.answers)
    pd.testing.assert_frame_equal(survey.state, plain.state)
    pd.testing.assert_frame_equal(survey.segments, plain.segments)
    pd.testing.assert_frame_equal(survey.comments, plain.comments)
    assert (survey.keys == plain.keys).all()


def test_the_plain_survey_is_what_was_written(surveys):
    survey = surveys["plain"]
    scale = BOOK.scale("sat_ci")
    assert survey.answers["sat_ci"].tolist() == pytest.approx([scale.code_of(t) for t in CLEAN["sat_ci"]], nan_ok=True)
    assert (survey.state["sat_ci"] == 1).sum() == (CLEAN["sat_ci"] == "Not applicable").sum()
    assert (survey.answers["used_deploy"] == 1).sum() == (CLEAN["used_deploy"] == "Yes").sum()


def test_previews_and_unfinished_rows_are_set_aside_and_counted(surveys):
    def cleaning(name):
        return dict(surveys[name].cleaning.itertuples(index=False))

    assert cleaning("qualtrics") == {"test and preview rows set aside": 1, "unfinished submissions set aside": 1}
    assert cleaning("limesurvey") == {"unfinished submissions set aside": 1}
    assert cleaning("surveymonkey") == {"unfinished submissions set aside": 1}
    assert cleaning("google_forms") == {"blank submissions set aside": 1}


def test_personal_columns_are_dropped_and_named(surveys):
    for name, column in (
        ("qualtrics", "IPAddress"),
        ("google_forms", "Email Address"),
        ("typeform", "Network ID"),
        ("limesurvey", "ipaddr"),
        ("surveymonkey", "First Name"),
        ("microsoft_forms", "Name"),
    ):
        assert any("personal columns left out" in note and column in note for note in surveys[name].notes), name
        assert "192.0.2.7" not in repr(surveys[name])


@pytest.mark.parametrize("name", [name for name in WRITERS if name != "plain"])
def test_days_are_kept_without_the_time(tmp_path, name):
    export = read_export(WRITERS[name](CLEAN, BOOK.items, tmp_path), BOOK)
    days = export.day[export.finished]
    assert days.str.fullmatch(r"2026-08-\d\d").all()


BOOK2 = dx.read_codebook(
    pd.DataFrame(
        {
            "item": ["ci", "tool_a", "tool_b"],
            "text": ["CI is fast", "Used? [Build, test and ship]", "Used? [Ship]"],
            "kind": ["rating"] * 3,
            "scale": ["agreement5", "yesno", "yesno"],
        }
    )
)


def test_options_that_hold_the_separator_are_told_apart(tmp_path):
    path = write(
        tmp_path / "g.csv",
        [
            ["Timestamp", "CI is fast", "Used?"],
            ["1/2/2026", "Agree", "Build, test and ship"],
            ["1/3/2026", "Agree", "Build, test and ship, Ship"],
            ["1/4/2026", "Agree", "Ship"],
            ["1/4/2026", "Agree", "Ship, my own script"],
        ],
    )
    survey = dx.read_survey(path, BOOK2)
    assert survey.answers["tool_a"].tolist() == [1, 1, 0, 0]
    assert survey.answers["tool_b"].tolist() == [0, 1, 1, 1]
    assert any("1 answers outside the codebook's options" in note for note in survey.notes)


def test_a_missing_question_is_told_with_the_nearest_header(tmp_path):
    path = write(tmp_path / "g.csv", [["Timestamp", "CI is quick", "Used?"], ["1/2/2026", "Agree", "Ship"]])
    with pytest.raises(
        dx.DataError, match=r"no column asks 'CI is fast' \(item ci.*did its text change to 'CI is quick'"
    ):
        dx.read_survey(path, BOOK2)


def test_a_question_with_two_columns_is_told(tmp_path):
    path = write(
        tmp_path / "g.csv", [["Timestamp", "CI is fast", "CI is fast.", "Used?"], ["1/2/2026", "Agree", "", "Ship"]]
    )
    with pytest.raises(dx.DataError, match="item ci has 2 columns"):
        dx.read_survey(path, BOOK2)


def test_source_overrules_and_an_unknown_one_is_told(tmp_path):
    path = write(tmp_path / "g.csv", [["Timestamp", "CI is fast", "Used?"], ["1/2/2026", "Agree", "Ship"]])
    assert dx.read_survey(path, BOOK2, source="Google Forms").source == "google_forms"
    with pytest.raises(dx.DataError, match="not a known tool.*did you mean 'typeform'"):
        dx.read_survey(path, BOOK2, source="typefrom")


def test_negative_recodes_of_qualtrics_are_no_opinion(tmp_path):
    head = ["StartDate", "EndDate", "Status", "Progress", "Finished", "ResponseId", "Q1"]
    rows = [
        head,
        [*head[:-1], "CI is fast"],
        [f'{{"ImportId":"{h}"}}' for h in head],
        ["", "", "IP Address", "100", "1", "R_1", "4"],
        ["", "", "IP Address", "100", "1", "R_2", "-99"],
    ]
    book = pd.DataFrame({"item": ["ci"], "text": ["CI is fast"], "kind": ["rating"], "scale": ["agreement5"]})
    survey = dx.read_survey(write(tmp_path / "q.csv", rows), book)
    assert survey.state["ci"].tolist() == [0, 1]


def test_limesurvey_answer_codes_are_codes_of_the_scale(tmp_path):
    head = ["id", "submitdate", "lastpage", "startlanguage", "ci"]
    rows = [head, ["1", "2026-08-10 10:00:00", "3", "en", "A4"], ["2", "2026-08-10 10:00:00", "3", "en", "A1"]]
    book = pd.DataFrame({"item": ["ci"], "text": ["CI is fast"], "kind": ["rating"], "scale": ["agreement5"]})
    survey = dx.read_survey(write(tmp_path / "l.csv", rows, delimiter=";"), book)
    assert survey.answers["ci"].tolist() == [4, 1]


def test_a_frame_is_recognised_by_its_columns_too(tmp_path):
    path = WRITERS["google_forms"](CLEAN, BOOK.items, tmp_path)
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    survey = dx.read_survey(frame, BOOK)
    assert survey.source == "google_forms"
    assert len(survey) == len(CLEAN)


ONE = pd.DataFrame({"item": ["ci"], "text": ["CI is fast"], "kind": ["rating"], "scale": ["agreement5"]})


@pytest.mark.parametrize("source", ["qualtrics", "surveymonkey", "limesurvey"])
def test_a_tool_named_for_a_file_without_its_clutter_loses_nobody(tmp_path, source):
    path = write(tmp_path / "a.csv", [["note", "CI is fast"], ["", "Agree"], ["", "Disagree"]])
    assert dx.read_survey(path, ONE, source=source).answers["ci"].tolist() == [4, 2]


@pytest.mark.parametrize(("first", "people"), [("Start Date", 1), ("2026-08-10 09:00:00", 2)])
def test_qualtrics_may_have_two_header_rows_or_one(tmp_path, first, people):
    rows = [["StartDate", "Finished", "ci"], [first, "True", "4"], ["2026-08-10 09:00:00", "True", "5"]]
    if people == 1:
        rows[1][2] = "CI is fast"
    assert len(dx.read_survey(write(tmp_path / "q.csv", rows), ONE, source="qualtrics")) == people


def rows_of(path):
    separator = max(",;", key=path.read_text(encoding="utf-8-sig").count)
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""), delimiter=separator))


@pytest.mark.parametrize("name", ["qualtrics", "surveymonkey"])
@pytest.mark.parametrize(("row", "says"), [("header", "header is repeated"), ("Total", "totals"), ("Mean", "averages")])
def test_a_row_that_is_no_answer_is_told_under_a_header_of_several_rows(tmp_path, name, row, says):
    rows = rows_of(WRITERS[name](CLEAN, BOOK.items, tmp_path))
    extra = rows[0] if row == "header" else [row, *[""] * (len(rows[0]) - 2), "3.5"]
    path = write(tmp_path / "again.csv", [*rows, extra])
    with pytest.raises(dx.DataError, match=says):
        dx.read_survey(path, BOOK)


def test_the_sheet_of_answers_is_found_behind_one_of_notes(tmp_path):
    rows = rows_of(WRITERS["limesurvey"](CLEAN, BOOK.items, tmp_path))
    book = openpyxl.Workbook()
    book.active.append(["How to read this"])
    answers = book.create_sheet("Data")
    for row in rows:
        answers.append(row)
    book.save(tmp_path / "answers.xlsx")
    assert len(dx.read_survey(tmp_path / "answers.xlsx", BOOK)) == len(CLEAN)
