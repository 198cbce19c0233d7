"""What only the whole of a file tells, and rules, give a tally the figures of the survey."""

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.files.batches import csv_text
from tests.survey.tally.test_tally import groups_of, same

pytestmark = pytest.mark.usefixtures("nothing_hidden")

ITEMS = [
    ("team", "team", "segment", ""),
    ("q", "Which?", "multi", "o"),
    ("ci", "CI", "rating", "1-5"),
    ("h", "hours", "hours", ""),
]
SCALES = pd.DataFrame({"scale": "o", "code": [1, 2], "label": ["Docs", "Tutorial"]})
BOOK = dx.read_codebook(pd.DataFrame(ITEMS, columns=["item", "text", "kind", "scale"]), SCALES)
PLAIN = dx.read_codebook(BOOK.items[BOOK.items["kind"] != "multi"].reset_index(drop=True))
ROW = {"team": "Red", "Which?": "Docs", "CI": "4", "hours": "2"}


def people(n, **changes):
    """The answers of n people, some of them changed: a list for a column, or a label by row."""
    frame = pd.DataFrame([ROW] * n, dtype=object)
    for column, labels in changes.items():
        for row, label in labels.items():
            frame.loc[row, {"which": "Which?"}.get(column, column)] = label
    return frame


@pytest.fixture
def read(tmp_path, monkeypatch):
    """A file as tallied in small blocks, and as a survey that is read at once."""
    monkeypatch.setattr(csv_text, "BLOCK", 2**9)

    def both(frame, book=BOOK):
        frame.to_csv(tmp_path / "a.csv", index=False)
        survey = dx.read_survey(tmp_path / "a.csv", book)
        monkeypatch.setattr(csv_text, "LARGE", 0)
        return dx.tally(tmp_path / "a.csv", codebook=book), survey

    both.path = tmp_path / "a.csv"
    return both


def alike(found, survey):
    same(found, dx.tally(survey))
    pd.testing.assert_frame_equal(dx.answers(found).table, dx.answers(survey).table)
    assert set(found.notes) == set(survey.notes)


def test_a_label_that_few_gave_is_no_fault_though_they_stand_together(read):
    found, survey = read(people(900, which=dict.fromkeys(range(100, 108), "Docs;Blog")))
    alike(found, survey)
    assert "'Which?': people who chose something outside the codebook's options: 8" in found.notes


def test_a_label_that_many_gave_is_a_fault_though_they_stand_apart(read, refusal):
    frame = people(600, which=dict.fromkeys(range(0, 600, 60), "Tutorial on our site"))
    with refusal("10 people chose 'Tutorial on our site', nobody 'Tutorial'"):
        read(frame)
    frame.to_csv(read.path, index=False)
    with refusal("10 people chose"):
        dx.read_survey(read.path, BOOK)


def test_notes_count_over_all_blocks_and_only_who_counts(read):
    frame = people(200, which=dict.fromkeys(range(0, 200, 50), "Docs;Blog"), CI={7: "", 9: ""}, hours={7: "", 9: "x"})
    frame.loc[7, "Which?"] = ""  # blank, and set aside
    frame.loc[9] = ["Red", "", "5", "1"]
    alike(*read(frame))


def test_na_that_r_wrote_far_down_is_blank(read):
    frame = people(300).drop(columns="Which?")
    frame.loc[250:, :] = "NA"
    found, survey = read(frame, PLAIN)
    alike(found, survey)
    assert groups_of(found) == (["Red"], [250])


def test_a_decimal_comma_far_down_tells_how_all_numbers_are_written(read):
    found, survey = read(people(300, hours={3: "1.5", 290: "2,5"}).drop(columns="Which?"), PLAIN)
    alike(found, survey)


RULES = pd.DataFrame(
    [
        ("drop", "team", "Test", ""),
        ("missing", "", "999", ""),
        ("label", "q", "Tutorials", "Tutorial"),
        ("unreadable", "h", "", ""),
    ],
    columns=["rule", "question", "value", "to"],
)


def ruled():
    return people(100, team={1: "Test", 2: "Test"}, hours={5: "999", 6: "5-6"}, which={8: "Tutorials"})


@pytest.mark.parametrize("kind", ["csv", "xlsx", "frame"])
@pytest.mark.parametrize("given", [True, False], ids=["given", "on a sheet"])
def test_a_tally_follows_the_rules_as_the_survey_does(tmp_path, kind, given):
    frame, book, rules = ruled(), BOOK, RULES
    source = frame if kind == "frame" else tmp_path / f"a.{kind}"
    if kind == "csv":
        frame.to_csv(source, index=False)
    elif kind == "xlsx":
        frame.to_excel(source, index=False)
    if not given:
        book, rules = tmp_path / "survey.xlsx", None
        with pd.ExcelWriter(book) as writer:
            BOOK.items.drop(columns="good").to_excel(writer, sheet_name="codebook", index=False)
            SCALES.to_excel(writer, sheet_name="scales", index=False)
            RULES.to_excel(writer, sheet_name="rules", index=False)
    survey = dx.read_survey(source, book, rules=rules)
    assert (len(survey), int(survey.answers["h"].notna().sum())) == (98, 96)
    alike(dx.tally(source, codebook=book, rules=rules), survey)


def test_rules_count_in_a_large_file_and_in_parts_as_in_a_small_one(tmp_path, monkeypatch, refusal):
    ruled().to_csv(tmp_path / "a.csv", index=False)
    survey = dx.read_survey(tmp_path / "a.csv", BOOK, rules=RULES)
    monkeypatch.setattr(csv_text, "LARGE", 0)
    alike(dx.tally(tmp_path / "a.csv", codebook=BOOK, rules=RULES), survey)
    frame = ruled()
    same(dx.tally([frame[:7], frame[7:]], codebook=BOOK, rules=RULES), dx.tally(survey))
    with refusal("keepp"):
        dx.tally(tmp_path / "a.csv", codebook=BOOK, rules=RULES.assign(rule="keepp"))


def test_weights_of_the_file_give_way_to_a_roster_in_a_tally_too(tmp_path):
    rows = [*ITEMS[:1], ITEMS[2], ("w", "w", "weight", "")]
    book = dx.read_codebook(pd.DataFrame(rows, columns=["item", "text", "kind", "scale"]))
    frame = pd.DataFrame({"team": ["Red", "Blue"] * 20, "CI": np.tile([1, 5, 4, 2, 3], 8), "w": [1, 9] * 20})
    frame.to_csv(tmp_path / "a.csv", index=False)
    roster = pd.DataFrame({"team": ["Red", "Blue"], "headcount": [30, 90]})
    right = dx.scores(dx.read_survey(frame, book, roster)).table
    for source in (tmp_path / "a.csv", frame):
        found = dx.scores(dx.tally(source, codebook=book, roster=roster)).table
        pd.testing.assert_frame_equal(found, right)
