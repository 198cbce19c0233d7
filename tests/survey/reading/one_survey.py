"""One survey, answered by the same people: each tool's test writes it as the tool exports it.

Cells of `CLEAN` are answer labels by item id; options of a multi-select are Yes, No or "". The person of each row is
in the column `code`.
"""

import csv
import io

import numpy as np
import pandas as pd

import dxkit as dx

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
CI = pd.DataFrame({"item": ["ci"], "text": ["CI is fast"], "kind": ["rating"], "scale": ["agreement5"]})


def parts(book):
    """Questions in order: (text, stem, statement or "", items, is_multi)."""
    seen = {}
    for row in book.itertuples():
        stem, _, rest = row.text.partition(" [")
        statement = rest.rstrip("]")
        multi = row.scale == "yesno" and bool(statement)
        key = stem if multi else row.text
        seen.setdefault(key, (key if multi else row.text, stem, "" if multi else statement, [], multi))[3].append(row)
    return list(seen.values())


def option(row):
    return row.text.partition(" [")[2].rstrip("]")


def joined(person, items, joint, ended=False):
    chosen = [option(row) for row in items if person[row.item] == "Yes"]
    return joint.join(chosen) + (joint if ended and chosen else "")


def write(path, rows, delimiter=",", encoding="utf-8", quoting=csv.QUOTE_MINIMAL, end="\n"):
    with open(path, "w", newline="", encoding=encoding) as stream:
        csv.writer(stream, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows(rows)
    return path


def rows_of(path):
    """The rows of a csv file."""
    separator = max(",;", key=path.read_text(encoding="utf-8-sig").count)
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""), delimiter=separator))


def write_plain(folder):
    rows = [list(BOOK.items["item"])] + [
        [person[item] for item in BOOK.items["item"]] for person in CLEAN.to_dict("records")
    ]
    return write(folder / "plain.csv", rows)


def check_same_survey(path, source):
    """The file at `path` is recognised, and read as the survey that was answered; returns the survey."""
    survey, plain = dx.read_survey(path, BOOK), dx.read_survey(write_plain(path.parent), BOOK)
    assert survey.source == source
    pd.testing.assert_frame_equal(survey.answers, plain.answers)
    pd.testing.assert_frame_equal(survey.state, plain.state)
    pd.testing.assert_frame_equal(survey.segments, plain.segments)
    pd.testing.assert_frame_equal(survey.comments, plain.comments)
    assert (survey.keys == plain.keys).all()
    return survey


def check_notes(survey, column, snapshot):
    """What was set aside and what was noticed, above all this personal column that was left out."""
    assert any(column in note for note in survey.notes)
    assert "192.0.2.7" not in repr(survey)
    assert dict(survey.cleaning[["what", "count"]].itertuples(index=False)) == snapshot(name="set aside")
    assert survey.notes == snapshot(name="notes")


def check_row_is_refused(rows, folder, row, refusal):
    """A repeated header, or a row of totals, under a header of several rows is a fault."""
    extra = rows[0] if row == "header" else [row, *[""] * (len(rows[0]) - 2), "3.5"]
    with refusal():
        dx.read_survey(write(folder / "again.csv", [*rows, extra]), BOOK)


NOT_ANSWERS = ["header", "Total", "Mean"]


def check_nobody_is_lost(folder, source):
    """A tool named for a file without the tool's own columns loses nobody."""
    path = write(folder / "a.csv", [["note", "CI is fast"], ["", "Agree"], ["", "Disagree"]])
    assert dx.read_survey(path, CI, source=source).answers["ci"].tolist() == [4, 2]
