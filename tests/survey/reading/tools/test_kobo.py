"""KoboToolbox and ODK: groups in front of names, 0 or 1 for each option, answers that a reviewer rejected."""

import pandas as pd
import pytest

import dxkit as dx
from tests.survey.reading.one_survey import (
    BOOK,
    CLEAN,
    check_notes,
    check_same_survey,
    joined,
    option,
    parts,
    write,
)

BEHIND = ["_id", "_uuid", "_submission_time", "_validation_status", "_submitted_by", "_geolocation", "_index"]
TOOLS = pd.DataFrame(
    {
        "item": ["team", "ci", "tools_git", "tools_helm"],
        "text": ["Team", "CI is fast", "Tools? [Git]", "Tools? [Helm]"],
        "kind": ["segment", "rating", "rating", "rating"],
        "scale": ["", "1-5", "yesno", "yesno"],
    }
)


def exported(folder):
    header = ["start", "end"]
    for text, stem, statement, items, multi in parts(BOOK.items):
        header += (
            [stem, *(f"{stem}/{option(row)}" for row in items)] if multi else [f"grp/{text}" if statement else text]
        )
    rows = [[*header, *BEHIND]]
    for k, person in enumerate([*CLEAN.to_dict("records"), CLEAN.iloc[0].to_dict()]):
        answers = []
        for _, _, _, items, multi in parts(BOOK.items):
            marks = [{"Yes": "1", "No": "0"}.get(person[row.item], "") for row in items]
            answers += [joined(person, items, " "), *marks] if multi else [person[items[0].item]]
        day = f"2026-08-{10 + k % 9}T09:09:01"
        status = "Not Approved" if k == len(CLEAN) else ""
        rows.append([day, day, *answers, str(k), f"u{k}", day, status, "sam", "192.0.2.7", str(k)])
    return write(folder / "kobo.csv", rows, delimiter=";")


def test_the_export_is_read_as_the_survey_that_was_answered(path, snapshot):
    survey = check_same_survey(path, "kobo")
    check_notes(survey, "_submitted_by", snapshot)


@pytest.mark.parametrize(
    ("head", "joint"),
    [
        (["work/team", "work/ci", "work/tools", "work/tools/git", "work/tools/helm", *BEHIND[:3]], "git"),
        (["Team", "CI is fast", "Tools?", "Tools?/Git", "Tools?/Helm", *BEHIND[:3]], "Git"),
        (["about/Team", "about/CI is fast", "about/Tools?/Git", "about/Tools?/Helm", *BEHIND[:3]], None),
    ],
)
def test_options_have_columns_of_their_own_with_or_without_the_joined_one(tmp_path, head, joint):
    rows = [["Red", "5", "1", "0", "1", "u1", "2026-08-10"], ["Blue", "4", "0", "1", "2", "u2", "2026-08-10"]]
    if joint:
        rows = [[*row[:2], joint, *row[2:]] for row in rows]
    survey = dx.read_survey(write(tmp_path / "k.csv", [head, *rows]), TOOLS)
    assert (survey.source, survey.segments["team"].tolist()) == ("kobo", ["Red", "Blue"])
    assert survey.answers.to_dict("list") == {"ci": [5, 4], "tools_git": [1, 0], "tools_helm": [0, 1]}


def test_odk_central_names_its_own_columns_and_says_what_was_rejected(tmp_path):
    head = ["SubmissionDate", "work-team", "work-ci", "KEY", "SubmitterName", "ReviewState", "FormVersion"]
    rows = [
        ["2026-08-10T09:00:00Z", "Red", "5", f"uuid:{k}", "Sam", state, "1"] for k, state in enumerate(["", "rejected"])
    ]
    survey = dx.read_survey(write(tmp_path / "k.csv", [head, *rows]), TOOLS.iloc[:2])
    assert (survey.source, survey.answers["ci"].tolist()) == ("kobo", [5])
    assert survey.cleaning["count"].tolist() == [1]
