"""What holds whichever tool a file comes from."""

import pandas as pd

import dxkit as dx
from tests.survey.reading.one_survey import write

USED = dx.read_codebook(
    pd.DataFrame(
        {
            "item": ["ci", "tool_a", "tool_b"],
            "text": ["CI is fast", "Used? [Build, test and ship]", "Used? [Ship]"],
            "kind": ["rating"] * 3,
            "scale": ["agreement5", "yesno", "yesno"],
        }
    )
)


def test_options_that_hold_the_separator_are_told_apart(tmp_path, snapshot):
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
    survey = dx.read_survey(path, USED)
    assert survey.answers["tool_a"].tolist() == [1, 1, 0, 0]
    assert survey.answers["tool_b"].tolist() == [0, 1, 1, 1]
    assert survey.notes == snapshot


def test_a_missing_question_is_told_with_the_nearest_header(tmp_path, refusal):
    path = write(tmp_path / "g.csv", [["Timestamp", "CI is quick", "Used?"], ["1/2/2026", "Agree", "Ship"]])
    with refusal("CI is fast", "CI is quick"):
        dx.read_survey(path, USED)


def test_a_question_with_two_columns_is_told(tmp_path, refusal):
    path = write(
        tmp_path / "g.csv", [["Timestamp", "CI is fast", "CI is fast.", "Used?"], ["1/2/2026", "Agree", "", "Ship"]]
    )
    with refusal("item ci"):
        dx.read_survey(path, USED)


def test_source_overrules_and_an_unknown_one_is_told(tmp_path, refusal):
    path = write(tmp_path / "g.csv", [["Timestamp", "CI is fast", "Used?"], ["1/2/2026", "Agree", "Ship"]])
    assert dx.read_survey(path, USED, source="Google Forms").source == "google_forms"
    with refusal("source='typefrom'", "'typeform'"):
        dx.read_survey(path, USED, source="typefrom")
