"""A question finds its own column or a fault; it never takes the column of another."""

import pandas as pd
import pytest

import dxkit as dx
from dxkit.survey.reading.exports import read_export
from dxkit.survey.reading.headers import Column, key, match
from tests.survey.reading.one_survey import write

GOOGLE = ["Timestamp"]
MICROSOFT = ["Id", "Start time", "Completion time", "Email", "Name"]
LIME = ["id", "submitdate", "lastpage", "startlanguage"]


def book(*rows):
    """A codebook of (item, text, kind, scale)."""
    return dx.read_codebook(pd.DataFrame(rows, columns=["item", "text", "kind", "scale"]))


def export(tmp_path, codebook, fixed, header, *lines, clutter="2026-08-10 10:00:00"):
    rows = [[*fixed, *header], *([clutter] * len(fixed) + list(line) for line in lines)]
    return read_export(write(tmp_path / "answers.csv", rows), codebook)


def refused(tmp_path, codebook, fixed, header, *lines):
    with pytest.raises(dx.DataError) as caught:
        export(tmp_path, codebook, fixed, header, *lines)
    return str(caught.value)


def test_text_and_id_that_name_different_columns_are_a_fault(tmp_path, snapshot):
    codebook = book(("ci", "Build", "rating", "agreement5"), ("other", "Tests", "rating", "agreement5"))
    said = refused(tmp_path, codebook, [], ["CI", "Build", "Tests"], ["1", "2", "3"])
    assert said == snapshot


def test_a_question_text_goes_before_a_column_of_the_tool_that_is_called_like_its_id(tmp_path, snapshot):
    codebook = book(("score", "How good is CI?", "rating", "agreement5"))
    read = export(tmp_path, codebook, ["Timestamp", "Score"], ["How good is CI?"], ["4"], clutter="9")
    assert read.answers["score"].tolist() == ["4"]
    assert refused(tmp_path, codebook, ["Timestamp", "Score"], ["Other"], ["4"]) == snapshot


def test_a_grid_statement_does_not_take_the_column_of_the_bare_stem(tmp_path, snapshot):
    codebook = book(("ci", "How good is [CI]", "rating", "agreement5"))
    assert refused(tmp_path, codebook, GOOGLE, ["How good is"], ["4"]) == snapshot


def test_a_statement_does_not_take_the_same_statement_of_another_question(tmp_path, refusal, snapshot):
    codebook = book(("sat", "Satisfied with [CI]", "rating", "agreement5"))
    head = [["Respondent ID", "Collector ID", "Start Date", "How important is"], ["", "", "", "CI"]]
    path = write(tmp_path / "monkey.csv", [*head, ["1", "2", "08/10/2026", "4"]])
    with refusal("Satisfied with [CI]"):
        read_export(path, codebook)
    assert refused(tmp_path, codebook, GOOGLE, ["CI"], ["4"]) == snapshot


def test_a_bare_statement_is_a_grid_question_where_the_tool_writes_it_so(tmp_path):
    codebook = book(("ci", "Satisfied with [CI]", "rating", "agreement5"))
    assert export(tmp_path, codebook, MICROSOFT, ["CI"], ["4"]).answers["ci"].tolist() == ["4"]


@pytest.mark.parametrize("first", [("Known [CI]", "ignore", "", "1"), ("Used? [CI]", "rating", "yesno", "CI;")])
def test_microsoft_numbers_count_questions_that_are_ignored_and_no_joined_options(tmp_path, first):
    text, kind, scale, cell = first
    codebook = book(
        ("first", text, kind, scale),
        ("sat", "Satisfied [CI]", "rating", "agreement5"),
        ("imp", "Important [CI]", "rating", "agreement5"),
    )
    header = ["CI", "CI2", "CI3"] if kind == "ignore" else ["Used?", "CI", "CI2"]
    read = export(tmp_path, codebook, MICROSOFT, header, [cell, "2", "3"])
    assert [read.answers[item].tolist() for item in ("sat", "imp")] == [["2"], ["3"]]


def test_two_questions_never_share_a_column(tmp_path, snapshot):
    codebook = book(("q", "Builds", "rating", "agreement5"), ("builds", "Build time", "rating", "agreement5"))
    said = refused(tmp_path, codebook, [], ["Builds", "x"], ["4", "1"])
    assert said == snapshot


def test_qualtrics_may_say_selected_choice_behind_a_question():
    codebook = book(
        ("team", "Team?", "segment", ""),
        ("a", "Used? [A]", "rating", "yesno"),
        ("b", "Used? - Selected Choice [B]", "rating", "yesno"),
    )
    header = [
        Column(code=f"Q{j}", stem=text, position=j, place=f"column {j + 1}")
        for j, text in enumerate(
            ["Team? - Selected Choice", "Used? - Selected Choice - A", "Used? - Selected Choice - B"]
        )
    ]
    from dxkit.files.errors import Faults
    from dxkit.survey.reading.tools.registry import tool_named

    faults = Faults()
    matched = match(header, codebook, tool_named("qualtrics"), faults, file="q.csv", sheet=None).columns
    faults.raise_if_any()
    assert {item: column.position for item, column in matched.items()} == {"team": 0, "a": 1, "b": 2}
    assert key("Selected choice is fine") == "selected choice is fine"


@pytest.mark.parametrize("dotted", [False, True])
def test_limesurvey_headers_may_hold_code_and_text(tmp_path, dotted):
    codebook = book(
        ("ci", "Is CI fast?", "rating", "agreement5"),
        ("x", "Rate [Tests]", "rating", "agreement5"),
        ("y", "Grade [Docs]", "rating", "agreement5"),
    )
    fixed = ["id. Response ID", "submitdate. Date submitted", "lastpage. Last page"] if dotted else LIME
    read = export(
        tmp_path, codebook, fixed, ["Q1. Is CI fast?", "Q2[SQ001]. Rate [Tests]", "Q3[SQ001]. Docs"], ["A4", "A2", "A1"]
    )
    assert read.source == "limesurvey"
    assert read.finished.all()
    assert [cells.tolist() for cells in read.answers.values()] == [["4"], ["2"], ["1"]]
    by_code = book(("Q1", "Fast", "rating", "agreement5"), ("q", "Q2[SQ001]", "rating", "agreement5"))
    read = export(tmp_path, by_code, LIME, ["Q1. Is CI fast?", "Q2[SQ001]. Rate [Tests]"], ["A4", "A2"])
    assert [cells.tolist() for cells in read.answers.values()] == [["4"], ["2"]]


def test_not_applicable_does_not_hide_limesurvey_codes(tmp_path):
    codebook = book(("ci", "Is CI fast?", "rating", "agreement5"))
    read = export(tmp_path, codebook, LIME, ["Is CI fast?"], ["A4"], ["N/A"], ["Agree"])
    assert read.answers["ci"].tolist() == ["4", "N/A", "Agree"]


def test_a_missing_id_is_a_fault_and_a_missing_comment_a_note(tmp_path, snapshot):
    codebook = book(("who", "Code", "id", ""), ("ci", "CI", "rating", "agreement5"), ("why", "Why?", "comment", ""))
    assert refused(tmp_path, codebook, [], ["CI", "x"], ["4", "1"]) == snapshot
    read = export(tmp_path, codebook, [], ["Code", "CI"], ["a", "4"])
    assert read.notes == snapshot


ASKED = pd.DataFrame(
    {
        "item": ["q", "r", "seen"],
        "text": ["Rest", "Other", "Seen?"],
        "kind": ["rating", "rating", "ignore"],
        "scale": ["yesno", "yesno", ""],
        "asked_if": ["oncall", "seen", ""],
    }
)


def test_a_filter_that_is_no_column_is_a_fault(refusal):
    answers = pd.DataFrame({"q": ["Yes"], "r": ["Yes"], "on call": ["1"]})
    with refusal("oncall", "on call", "seen"):
        dx.read_survey(answers, ASKED)


def test_a_filter_may_be_a_question_that_is_ignored_otherwise_or_the_text_of_another():
    answers = pd.DataFrame({"q": ["Yes", "Yes"], "r": ["Yes", ""], "oncall": [1.0, 0.0], "Seen?": [1, 0]})
    assert dx.read_survey(answers, ASKED).state.to_numpy().tolist() == [[0, 0], [3, 3]]
    by_text = ASKED.assign(asked_if=["Other", "", ""])
    assert dx.read_survey(answers, by_text).state["q"].tolist() == [0, 3]


def test_runs_of_spaces_cost_nothing():
    text = "a" + " " * 200_000 + "b"
    codebook = book(("q", text, "rating", "agreement5"), ("ci", "CI", "rating", "agreement5"))
    assert codebook.label("q") == "a b"
    assert codebook.label("ci") == "CI"
    assert read_export(pd.DataFrame({text: ["4"], "CI": ["4"]}), codebook).answers["q"].tolist() == ["4"]
