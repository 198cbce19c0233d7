"""REDCap: raw names and codes, or labels; a column of completion for each form."""

import dxkit as dx
from tests.survey.reading.one_survey import (
    BOOK,
    CI,
    CLEAN,
    check_notes,
    check_same_survey,
    option,
    parts,
    write,
)


def exported(folder):
    header = ["Record ID", "Survey Identifier", "Survey Timestamp", "IP Address"]
    for text, stem, statement, items, multi in parts(BOOK.items):
        header += (
            [f"{stem} (choice={option(row)})" for row in items]
            if multi
            else [f"{stem} [{statement}]" if statement else text]
        )
    rows = [[*header, "Complete?"]]
    for k, person in enumerate([*CLEAN.to_dict("records"), CLEAN.iloc[0].to_dict()]):
        answers = []
        for _, _, _, items, multi in parts(BOOK.items):
            words = {"Yes": "Checked", "No": "Unchecked", "": ""}
            answers += [words[person[row.item]] for row in items] if multi else [person[items[0].item]]
        done = "Complete" if k < len(CLEAN) else "Incomplete"
        rows.append([str(k + 1), "", f"2026-08-{10 + k % 9} 09:09:01", "192.0.2.7", *answers, done])
    return write(folder / "redcap.csv", rows)


def test_the_export_is_read_as_the_survey_that_was_answered(path, snapshot):
    survey = check_same_survey(path, "redcap")
    check_notes(survey, "IP Address", snapshot)


def test_raw_names_and_codes_are_read_by_the_ids_of_the_codebook(tmp_path):
    """Of three forms one is enough: not everybody is asked every form."""
    head = [
        "record_id",
        "redcap_survey_identifier",
        "ci",
        "tools___git",
        "tools___helm",
        "survey_complete",
        "late_complete",
    ]
    rows = [["1", "", "5", "1", "0", "2", "0"], ["2", "", "4", "0", "0", "0", "1"], ["3", "", "1", "1", "1", "0", "0"]]
    book = dx.read_codebook(
        CI.assign(item="ci").pipe(
            lambda ci: ci.reindex([0, 0, 0]).assign(
                item=["ci", "tools_git", "tools___helm"],
                text=["CI is fast", "Tools? [Git]", "Tools? [Helm]"],
                scale=["agreement5", "yesno", "yesno"],
            )
        )
    )
    survey = dx.read_survey(write(tmp_path / "r.csv", [head, *rows]), book)
    assert survey.source == "redcap"
    assert survey.answers.to_dict("list") == {"ci": [5, 4], "tools_git": [1, 0], "tools___helm": [0, 0]}
    assert survey.cleaning["count"].tolist() == [1]


def test_a_table_by_hand_with_a_question_that_ends_so_loses_nobody(tmp_path):
    rows = [["record_id", "CI is fast", "training_complete"], ["1", "Agree", "no"], ["2", "Agree", "yes"]]
    survey = dx.read_survey(write(tmp_path / "r.csv", rows), CI)
    assert (survey.source, len(survey)) == ("plain", 2)
