"""Several options may be chosen: what was ticked, what was not, and who was asked, however the tool wrote it."""

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from tests.survey.reading.one_survey import write


def book(*options, stem="Used?"):
    rows = [(f"o{k}", f"{stem} [{option}]", "rating", "yesno") for k, option in enumerate(options)]
    rows.append(("ci", "CI", "rating", "agreement5"))
    return dx.read_codebook(pd.DataFrame(rows, columns=["item", "text", "kind", "scale"]))


def google(tmp_path, codebook, *cells):
    rows = [["Timestamp", "Used?", "CI"], *(["2026-08-10", cell, "4"] for cell in cells)]
    return dx.read_survey(write(tmp_path / "answers.csv", rows), codebook)


def rows_of(survey):
    return survey.answers.drop(columns="ci").to_numpy().tolist()


def test_joined_cells_are_folded_as_labels_are(tmp_path):
    survey = google(tmp_path, book("Don't know it", "Build it"), "Don’t\u00a0know it;BUILD  it", "build it\u200b!")
    assert rows_of(survey) == [[1, 1], [0, 1]]


def test_an_option_counts_only_between_joints(tmp_path, snapshot):
    survey = google(tmp_path, book("Go", "C", "Rust"), "Rust;Go home", "Objective C;Go", "C;Rust")
    assert rows_of(survey) == [[0, 0, 1], [1, 0, 0], [0, 1, 1]]
    assert survey.notes == snapshot


def test_options_that_hold_a_joint_are_whole(tmp_path):
    survey = google(tmp_path, book("CI, CD", "CI", "CD, docs"), "CI, CD", "CI, CD, docs", "CI, CI, CD", "1,CI")
    assert rows_of(survey) == [[1, 0, 0], [0, 1, 1], [1, 1, 0], [0, 0, 0]]


def test_the_joint_is_that_of_the_column_not_of_the_cell(tmp_path):
    survey = google(tmp_path, book("A", "B"), "A, B", "A, x;y", "B")
    assert rows_of(survey) == [[1, 1], [1, 0], [0, 1]]


def test_a_single_listed_option_is_cut_from_the_joined_cell_too(tmp_path):
    assert rows_of(google(tmp_path, book("A"), "A;B", "B", "", "A")) == [
        [1],
        [0],
        [pytest.approx(np.nan, nan_ok=True)],
        [1],
    ]


def test_who_ticked_only_an_unlisted_option_has_answered(tmp_path):
    assert google(tmp_path, book("A", "B"), "My own", "", "A").state["o0"].tolist() == [0, 2, 0]


def test_not_applicable_is_no_opinion_and_no_tick(tmp_path, snapshot):
    survey = google(tmp_path, book("A", "B"), "N/A", "A")
    assert survey.state["o0"].tolist() == [1, 0]
    assert survey.notes == snapshot


MONKEY = ["Respondent ID", "Collector ID", "Start Date"]


def expanded(name, tmp_path):
    """Three people who ticked A, only "Other", and nothing."""
    cells = [["A", "", "", "4"], ["", "", "my own", "4"], ["", "", "", "4"]]
    if name == "surveymonkey":
        rows = [[*MONKEY, "Used?", "", "", "CI"], ["", "", "", "A", "B", "Other (please specify)", "Response"]]
        rows += [[str(k), "2", "08/10/2026", *line] for k, line in enumerate(cells)]
    elif name == "qualtrics":
        codes = ["StartDate", "Status", "ResponseId", "Q2_1", "Q2_2", "Q2_3_TEXT", "Q1", "Q2_DO"]
        texts = ["Used? - Selected Choice - A", "Used? - Selected Choice - B", "Used? - Other (please specify) - Text"]
        rows = [codes, [*codes[:3], *texts, "CI", "Used? - Display Order"], [f'{{"ImportId":"{c}"}}' for c in codes]]
        rows += [["", "IP Address", f"R_{k}", *line, "1|2|3"] for k, line in enumerate(cells)]
    elif name == "limesurvey":
        head = ["id", "submitdate", "lastpage", "Used? [A]", "Used? [B]", "Used? [Other]", "CI"]
        rows = [head, *([str(k), "2026-08-10", "3", *line] for k, line in enumerate(cells))]
    elif name == "typeform":
        head = ["#", "A", "B", "Other", "CI", "Start Date (UTC)", "Submit Date (UTC)"]
        rows = [head, *([f"{k}f", *line, "2026-08-10", "2026-08-10"] for k, line in enumerate(cells))]
    else:
        rows = [["Used? [A]", "Used? [B]", "Used? [Other]", "CI"], *cells]
    return write(tmp_path / f"{name}.csv", rows)


@pytest.mark.parametrize("name", ["surveymonkey", "qualtrics", "limesurvey", "typeform", "plain"])
def test_who_ticked_only_other_in_its_own_column_has_answered(name, tmp_path):
    survey = dx.read_survey(expanded(name, tmp_path), book("A", "B"))
    assert survey.source == name
    assert survey.state["o0"].tolist() == [0, 0, 2]
    assert survey.answers["o0"].tolist()[:2] == [1, 0]


def test_other_may_be_a_comment_of_the_codebook(tmp_path):
    items = book("A", "B").items
    other = {"item": "else", "text": "Used? [Other]", "kind": "comment", "reverse": False}
    items = pd.concat([items, pd.DataFrame([other])], ignore_index=True).fillna("")
    survey = dx.read_survey(expanded("plain", tmp_path), items)
    assert survey.state["o0"].tolist() == [0, 0, 2]
    assert survey.comments["else"].tolist() == ["", "my own", ""]


def test_a_plain_question_whose_text_ends_in_brackets_is_left_as_it_is(tmp_path):
    assert rows_of(google(tmp_path, book("last month"), "Yes", "No", "yes")) == [[1], [0], [1]]


def test_ticks_are_the_same_as_numbers_and_as_text():
    text = pd.DataFrame({"o0": ["1", "", ""], "o1": ["1", "1", ""], "ci": ["4"] * 3})
    frame = pd.DataFrame({"o0": [1, np.nan, np.nan], "o1": [1.0, 1.0, np.nan], "ci": [4] * 3})
    one, other = (dx.read_survey(data, book("A", "B")) for data in (text, frame))
    pd.testing.assert_frame_equal(one.answers, other.answers)
    assert one.state["o0"].tolist() == other.state["o0"].tolist() == [0, 0, 2]


def test_numbers_that_are_no_ticks_are_told(refusal):
    with refusal("2"):
        dx.read_survey(pd.DataFrame({"o0": [1, 2], "ci": [4, 4]}), book("A"))


def test_a_cell_of_many_joints_is_cut_in_a_moment(tmp_path):
    survey = google(tmp_path, book("A", "B"), ";".join("A" * 50_000), "B")
    assert rows_of(survey) == [[1, 0], [0, 1]]
