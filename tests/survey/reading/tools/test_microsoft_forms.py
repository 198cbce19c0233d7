"""Microsoft Forms: a workbook whose header repeats statements with a number."""

import openpyxl
import pandas as pd

from tests.survey.reading.one_survey import (
    BOOK,
    CLEAN,
    check_notes,
    check_same_survey,
    joined,
    parts,
)


def exported(folder):
    questions = parts(BOOK.items)
    book_, names, seen = openpyxl.Workbook(), [], {}
    for text, _, statement, _, _ in questions:
        name = statement or text
        seen[name] = seen.get(name, 0) + 1
        names.append((name if seen[name] == 1 else f"{name}{seen[name]}").replace(" ", "\u00a0", 1) + "\n")
    sheet = book_.active
    sheet.append(["Id", "Start time", "Completion time", "Email", "Name", *names])
    start = pd.Timestamp("2026-08-10 09:00")
    for k, person in enumerate(CLEAN.to_dict("records")):
        answers = [joined(person, q[3], ";", ended=True) if q[4] else person[q[3][0].item] for q in questions]
        sheet.append(
            [
                k + 1,
                (start + pd.Timedelta(hours=k)).to_pydatetime(),
                (start + pd.Timedelta(hours=k, minutes=9)).to_pydatetime(),
                "anonymous",
                "",
                *answers,
            ]
        )
    path = folder / "microsoft.xlsx"
    book_.save(path)
    return path


def test_the_export_is_read_as_the_survey_that_was_answered(path, snapshot):
    survey = check_same_survey(path, "microsoft_forms")
    check_notes(survey, "Name", snapshot)
