"""Alchemer: Response ID and Status in front, `Option:Question` in a header."""

from tests.survey.reading.one_survey import (
    BOOK,
    CLEAN,
    check_notes,
    check_same_survey,
    option,
    parts,
    write,
)

FIXED = ["Response ID", "Time Started", "Date Submitted", "Status", "Contact ID", "Legacy Comments", "Language"]
BEHIND = ["SessionID", "User Agent", "IP Address", "Longitude", "City"]


def exported(folder):
    header = [*FIXED, *BEHIND]
    for text, stem, statement, items, multi in parts(BOOK.items):
        header += (
            [f"{option(row)}:{stem}" for row in items] if multi else [f"{statement}:{stem}" if statement else text]
        )
    rows = [header]
    for k, person in enumerate([*CLEAN.to_dict("records"), *CLEAN.to_dict("records")[:2]]):
        status = "Complete" if k < len(CLEAN) else ("Partial", "Disqualified")[k - len(CLEAN)]
        answers = []
        for _, _, _, items, multi in parts(BOOK.items):
            answers += (
                [option(r) if person[r.item] == "Yes" else "" for r in items] if multi else [person[items[0].item]]
            )
        day = f"2026-08-{10 + k % 9} 09:09:01"
        beside = ["s", "Browser", "192.0.2.7", "8.5", "Zug"]
        rows.append([str(k + 1), day, day, status, "", "", "English", *beside, *answers])
    return write(folder / "alchemer.csv", rows)


def test_the_export_is_read_as_the_survey_that_was_answered(path, snapshot):
    survey = check_same_survey(path, "alchemer")
    check_notes(survey, "Longitude", snapshot)
    assert survey.cleaning["count"].tolist() == [2]
