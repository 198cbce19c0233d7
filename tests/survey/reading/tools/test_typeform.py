"""Typeform: one header row, and an id that is not a number."""

from tests.survey.reading.one_survey import (
    BOOK,
    CLEAN,
    check_notes,
    check_same_survey,
    joined,
    parts,
    write,
)


def exported(folder):
    questions = parts(BOOK.items)
    rows = [["#", *(q[0] for q in questions), "Start Date (UTC)", "Submit Date (UTC)", "Network ID"]]
    for k, person in enumerate(CLEAN.to_dict("records")):
        answers = [
            " / " * bool(joined(person, q[3], " / ")) * (k % 2) + joined(person, q[3], " / ")
            if q[4]
            else person[q[3][0].item]
            for q in questions
        ]
        rows.append([f"{k:06x}f00d", *answers, "2026-08-10 09:00:00", f"2026-08-{10 + k % 9} 09:09:01", "a1b2c3"])
    return write(folder / "typeform.csv", rows)


def test_the_export_is_read_as_the_survey_that_was_answered(path, snapshot):
    survey = check_same_survey(path, "typeform")
    check_notes(survey, "Network ID", snapshot)
