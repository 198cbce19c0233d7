"""Faults of published surveys, each reduced to a few rows, with the right answer; and neighbours of the same kind."""

import openpyxl
import pandas as pd
import pytest

import dxkit as dx
from dxkit.survey.reading.exports import read_export
from tests.places import CASE_FILES
from tests.survey.reading.one_survey import write

pytestmark = pytest.mark.usefixtures("nothing_hidden")

CASES = CASE_FILES / "surveys"
UNFINISHED = "unfinished submissions set aside"


def case(name):
    """The survey of a case."""
    return dx.open_survey(CASES / name / "responses_1.csv")


def book(*rows):
    return pd.DataFrame(rows, columns=["item", "text", "kind", "scale"])


def cleaning(survey):
    return dict(survey.cleaning[["what", "count"]].itertuples(index=False))


CI = ("ci", "How is CI?", "rating", "1-5")
TEAM = ("team", "Your team", "segment", "")


@pytest.mark.parametrize(
    ("name", "source", "people", "aside", "item"),
    [
        ("07_limesurvey_texts", "limesurvey", 8, {UNFINISHED: 4}, "ci"),
        ("10_surveymonkey_trimmed", "surveymonkey", 10, {}, None),
        ("19_qualtrics_legacy", "qualtrics", 8, {UNFINISHED: 2}, "Q2"),
    ],
)
def test_a_shape_is_recognised_and_who_did_not_finish_is_set_aside(name, source, people, aside, item):
    survey = case(name)
    assert (survey.source, len(survey), cleaning(survey)) == (source, people, aside)
    if item:
        assert survey.answers[item].eq(5).all()  # favourable 100.0
    else:
        assert survey.answers.mean().tolist() == [3, 1, 0.5]


def test_na_as_r_writes_it_is_blank_and_counted():
    survey = case("08_na_from_R")
    assert (len(survey), survey.segments["team"].value_counts().to_dict()) == (8, {"A": 4, "B": 4})
    assert survey.state["ci"].tolist().count(0) == 7  # answered; one skipped, none without an opinion
    assert survey.state["ci"].tolist().count(2) == 1
    assert (survey.answers["ci"] == 5).sum() == 3  # of 7: 42.9%
    assert cleaning(survey) == {"blank submissions set aside": 2}
    assert "NA is read as blank, as R writes it: 8 cells" in survey.notes
    folder = CASES / "08_na_from_R"
    tally = dx.tally(folder / "responses_1.csv", codebook=folder / "codebook.csv")
    pd.testing.assert_frame_equal(dx.answers(tally).table, dx.answers(survey).table)
    assert set(tally.notes) == set(survey.notes)


BOOK = book(("team", "team", "segment", ""), ("a", "a", "rating", "1-5"), ("b", "b", "rating", "1-5"))


@pytest.mark.parametrize(
    ("rows", "teams", "no_opinion"),
    [
        ([["NA", "NA", "NA"], ["Red", "5", "NA"], ["Red", "4", "3"]], ["Red", "Red"], 0),
        ([["NA", "5", "4"], ["NA", "4", "NA"], ["Red", "4", "3"]], ["NA", "NA", "Red"], 1),  # two columns: a team
        ([["NA", "NA", "NA"], ["Red", "", "3"], ["Red", "4", "3"]], ["NA", "Red", "Red"], 2),  # blank is written too
    ],
)
def test_na_is_a_label_where_it_is_rare_or_blank_cells_stand_beside_it(tmp_path, rows, teams, no_opinion):
    path = write(tmp_path / "r.csv", [["team", "a", "b"], *rows])
    for source in (path, pd.read_csv(path, dtype=str, keep_default_na=False)):
        survey = dx.read_survey(source, BOOK)
        assert survey.segments["team"].tolist() == teams
        assert int((survey.state == 1).to_numpy().sum()) == no_opinion
    tally = dx.tally(path, codebook=BOOK)
    assert [note for note in tally.notes if "NA" in note] == [note for note in survey.notes if "NA" in note]
    assert tally.respondents == len(survey)


def test_a_nameless_column_of_row_numbers_is_left_out_with_a_note():
    survey = case("09_nameless_index")
    assert (len(survey), survey.answers["ci"].mean()) == (10, 3)
    assert "a column of row numbers without a name was left out: column 1" in survey.notes


def test_columns_that_nobody_asked_for_are_named_in_a_note():
    survey = case("11_unwanted_columns")
    assert (len(survey), survey.answers["ci"].mean()) == (10, 3)
    assert "columns not in the codebook: Why? (2 columns)" in survey.notes
    assert "columns without a name were left out: column 5" in survey.notes


@pytest.mark.parametrize("frame", [False, True])
@pytest.mark.parametrize(
    ("head", "row", "note"),
    [
        (
            ["Your team", "How is CI?", "", ""],
            ["Red", "4", "x", "y"],
            "columns without a name were left out: ",
        ),
        (["How is CI?", "Your team", "x", "X"], ["4", "Red", "1", ""], "columns not in the codebook: x, X"),
        (["How is CI?", "Your team", "How is CI?"], ["4", "Red", "4"], "item ci has 2 columns of the same content; "),
        (["How is CI?", "ci", "Your team"], ["4", "4.", "Red"], None),
    ],
)
def test_columns_beside_the_codebook_never_stop_reading(tmp_path, head, row, note, frame, refusal):
    source = write(tmp_path / "a.csv", [head, row, row])
    source = pd.DataFrame([row, row], columns=head) if frame else source
    if note is None:  # two columns that differ may both be the question
        with refusal("item ci"):
            dx.read_survey(source, book(CI, TEAM))
        return
    survey = dx.read_survey(source, book(CI, TEAM))
    assert (survey.answers["ci"].tolist(), survey.segments["team"].tolist()) == ([4, 4], ["Red", "Red"])
    assert frame or any(told.startswith(note) for told in survey.notes), survey.notes


@pytest.mark.parametrize("code", ["A[B]", "group/A_B", "A.B", "A___B", "one/two/A_B"])
def test_an_id_fits_the_ways_in_which_tools_write_it(tmp_path, code):
    path = write(tmp_path / "a.csv", [[code, "C"], ["4", "2"]])
    assert dx.read_survey(path, book(("A_B", "Some text", "rating", "1-5"))).answers["A_B"].tolist() == [4]


def test_an_id_that_fits_two_columns_is_a_fault(tmp_path, refusal):
    path = write(tmp_path / "a.csv", [["one/A_B", "two/A_B"], ["4", "2"]])
    with refusal("item A_B"):
        dx.read_survey(path, book(("A_B", "Some text", "rating", "1-5")))


def test_a_question_that_another_reading_would_find_says_which(tmp_path, refusal):
    rows = [["Your team", "How is", ""], ["", "CI?", "docs?"], ["Red", "4", "5"]]
    grid = book(TEAM, ("ci", "How is [CI?]", "rating", "1-5"))
    with refusal("header 2"):
        dx.read_survey(write(tmp_path / "a.csv", rows), grid)
    assert read_export(tmp_path / "a.csv", dx.read_codebook(grid), header=2).answers["ci"].tolist() == ["4"]
    rows = [["V1", "ci"], ["ResponseID", "How is it?"], ["R_1", "4"]]
    with refusal("source qualtrics"):
        dx.read_survey(write(tmp_path / "b.csv", rows), book(("x", "How is it?", "rating", "1-5")), source="plain")


def test_one_label_that_a_scale_lacks_is_one_fault(refusal):
    with refusal("24 times in 8 questions", "agreement5"):
        case("15_one_label_many_faults")


def test_a_label_is_one_fault_for_each_scale_and_spelling_does_not_make_two(tmp_path, refusal):
    head = ["a", "b", "c"]
    rows = [["Quite often", "quite often ", "Quite often"], ["Often", "Never", "5"]]
    scales = ("frequency5", "frequency5", "agreement5")
    with refusal("2 faults", "2 times in 2 questions: a, b") as caught:
        dx.read_survey(
            write(tmp_path / "a.csv", [head, *rows]),
            book(*((item, item, "rating", scale) for item, scale in zip(head, scales, strict=True))),
        )
    assert len(caught.value.faults) == 2


def test_labels_with_numbers_are_read_where_each_number_has_one_label():
    survey = case("16_numbered_labels")
    assert survey.answers["p"].tolist() == [0, 1, 2] * 3


@pytest.mark.parametrize("shape", ["{} - {}", "({}) {}", "{}: {}", "{}. {}", "{} ({})", "{}) {}"])
@pytest.mark.parametrize("scale", ["1-5", "agreement5"])
def test_every_way_to_write_a_number_with_its_label_is_read(shape, scale):
    labels = ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"]
    cells = [shape.format(code, label) for code, label in enumerate(labels, 1)]
    survey = dx.read_survey(pd.DataFrame({"a": [*cells, "(9) Don't know", "3"]}), book(("a", "A", "rating", scale)))
    assert survey.answers["a"].tolist()[:5] == [1, 2, 3, 4, 5]
    assert survey.answers["a"].tolist()[6] == 3
    assert survey.state["a"].tolist() == [0, 0, 0, 0, 0, 1, 0]


@pytest.mark.parametrize(
    ("scale", "cells"),
    [
        ("1-5", ["1 - Bad", "1 - Good", "5"]),  # one number, two labels
        ("agreement5", ["2 - Agree", "4"]),  # not the label of this code
        ("1-5", ["7 - Good", "4"]),  # no code of the scale
        ("1-5", ["1 - 2", "4"]),  # a range
        ("1-5", ["2. 5 of them", "4"]),
    ],
)
def test_a_number_with_a_label_that_may_mean_something_else_is_a_fault(scale, cells, refusal):
    with refusal("is not an answer of scale"):
        dx.read_survey(pd.DataFrame({"a": cells}), book(("a", "A", "rating", scale)))


@pytest.mark.parametrize(
    ("cells", "hours"),
    [
        (["~2", "2 h", "2,5", "3 hours"], [2, 2, 2.5, 3]),
        (["1,5", "0,25", "12"], [1.5, 0.25, 12]),
        (["≈ 2", "4Std", "1.5 hrs"], [2, 4, 1.5]),
    ],
)
def test_numbers_are_read_as_people_write_them(cells, hours):
    survey = dx.read_survey(pd.DataFrame({"a": cells}), book(("a", "A", "hours", "")))
    assert survey.answers["a"].tolist() == hours


@pytest.mark.parametrize("cell", ["5-6", "2 days", "1,234", "2²", "1.2.3", "~", "two h", "200 h"])
def test_numbers_that_may_mean_something_else_are_faults(cell, refusal):
    with refusal("row 2"):
        dx.read_survey(pd.DataFrame({"a": ["1", cell]}), book(("a", "A", "hours", "")))


def test_the_format_of_the_column_tells_thousands():
    scale = ("a", "A", "rating", "0-5000")
    for cells in (["1.234,50", "1.234", "2,5"], ["1,234.50", "1,234", "2.5"]):
        survey = dx.read_survey(pd.DataFrame({"a": cells}), book(scale))
        assert survey.answers["a"].tolist() == [1234.5, 1234, 2.5]


@pytest.mark.parametrize(
    ("label", "near", "told"),
    [
        ("Backedn", "Backend", True),  # swapped
        ("Backend team", "Backend", False),
        ("Backen", "Backend", True),  # left out
        ('Backend"', "Backend", True),  # a stray mark
        ('"Backend', "Backend", True),
        ("Team 2", "Team 1", False),
        ("QB", "QA", False),
    ],
)
def test_a_segment_label_like_a_much_larger_group_is_noted_without_a_roster(label, near, told):
    frame = pd.DataFrame({"team": [near] * 20 + [label, "Data"], "ci": "4"})
    notes = dx.read_survey(frame, book(("team", "Team", "segment", ""), CI)).notes
    assert (f"team: '{label}' may be '{near}'; correct the answers if it is the same" in notes) == told
    few = pd.DataFrame({"team": [near] * 4 + [label] * 3, "ci": "4"})
    if label.strip('"') != near:
        notes = dx.read_survey(few, book(("team", "Team", "segment", ""), CI)).notes
        assert not [note for note in notes if "may be" in note]


@pytest.mark.parametrize("column", ["Employee ID", "email", "Name"])
def test_a_person_twice_in_a_roster_of_one_row_a_person_is_told(column):
    frame = pd.DataFrame({"team": ["Red", "Blue", "Red"], "ci": "4"})
    people = pd.DataFrame({column: ["a", "b", "A ", "c"], "team": ["Red", "Blue", "Red", "Red"]})
    survey = dx.read_survey(frame, book(("team", "Team", "segment", ""), CI), people)
    told = f"1 rows of the roster name a person again, by column '{column}': rows 3"
    assert told in survey.notes
    once = dx.read_survey(frame, book(("team", "Team", "segment", ""), CI), people[people[column] != "A "])
    assert not [note for note in once.notes if "again" in note]


def test_a_question_on_another_sheet_says_which(tmp_path, refusal):
    book_of_sheets = openpyxl.Workbook()
    book_of_sheets.active.title = "summary"
    for row in (["Your team", "Docs?"], ["Red", 4]):
        book_of_sheets["summary"].append(row)
    sheet = book_of_sheets.create_sheet("raw")
    for row in (["How is CI?", "n"], [4, 1]):
        sheet.append(row)
    book_of_sheets.save(tmp_path / "a.xlsx")
    with refusal("sheet 'raw' asks it"):
        dx.read_survey(tmp_path / "a.xlsx", book(TEAM, CI, ("docs", "Docs?", "rating", "1-5")))
