"""A Qualtrics survey says what was asked, in which order, and which answers could be chosen."""

import json

import pytest

from dxkit.files.errors import DataError
from dxkit.survey.reading.structure.model import Line
from dxkit.survey.reading.structure.registry import read_structure
from tests.survey.reading.structure.writers import qsf, question

AGREE = ("Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree")


def read(folder, *questions, **options):
    return read_structure(qsf(folder, list(questions), **options))


def only(folder, *questions, **options):
    (found,) = read(folder, *questions, **options).questions
    return found


@pytest.mark.parametrize("selector", ["SAVR", "SAHR", "SACOL", "DL", "SB"])
def test_one_answer_of_several(tmp_path, selector):
    found = only(tmp_path, question("team", "MC", selector, "Your team?", ["Web", "Data"], sub="TX"))
    assert (found.code, found.kind, found.text, found.ids) == ("team", "one", "Your team?", ("QID1",))
    assert [(option.code, option.label) for option in found.options] == [("1", "Web"), ("2", "Data")]
    assert list(found.columns()) == ["team"]


def test_recodes_that_run_backwards_keep_the_order_shown_and_negative_ones_are_no_answer(tmp_path):
    recodes = {"1": "2", "2": "1", "3": "-99"}
    asked = question("Q1", "MC", "SAVR", "Fast?", ["Yes", "No", "I don't know"], RecodeValues=recodes)
    found = only(tmp_path, asked)
    assert [(o.label, o.code, o.missing) for o in found.options] == [
        ("Yes", "2", False),
        ("No", "1", False),
        ("I don't know", "-99", True),
    ]


@pytest.mark.parametrize("selector", ["MAVR", "MAHR", "MACOL", "MSB"])
def test_several_answers_have_a_column_each(tmp_path, selector):
    choices = ["CI", {"Display": "Other:", "TextEntry": "true"}, {"Display": "None", "ExclusiveAnswer": True}]
    found = only(tmp_path, question("Q2", "MC", selector, "Which do you use?", choices))
    assert found.kind == "multi"
    assert found.texts == ("Q2_2_TEXT",)
    assert list(found.columns()) == ["Q2_1", "Q2_2", "Q2_3", "Q2_2_TEXT"]


def test_recodes_name_the_columns_of_several_answers_but_not_where_two_meanings_are_possible(tmp_path):
    far = question("Q1", "MC", "MAVR", "Which?", ["a", "b"], RecodeValues={"1": "10", "2": "20"})
    swapped = question("Q2", "MC", "MAVR", "Which?", ["a", "b"], RecodeValues={"1": "2", "2": "1"})
    found = read(tmp_path, far, swapped).questions
    assert [option.column for option in found[0].options] == ["Q1_10", "Q1_20"]
    assert [option.column for option in found[1].options] == ["", ""]


def test_a_matrix_is_a_grid_and_an_authors_tags_name_its_columns(tmp_path):
    lines = ["CI is fast", "Docs are good"]
    plain = question("Q5", "Matrix", "Likert", "Agree?", lines, AGREE, sub="SingleAnswer", ChoiceDataExportTags=False)
    tagged = question("Q6", "Matrix", "Likert", "Agree?", lines, AGREE, sub="DL", ChoiceDataExportTags={"1": "ci"})
    one, two = read(tmp_path, plain, tagged).questions
    assert one.kind == two.kind == "grid"
    assert one.lines == (Line("Q5_1", "CI is fast"), Line("Q5_2", "Docs are good"))
    assert two.lines == (Line("Q6_ci", "CI is fast"), Line("Q6_2", "Docs are good"))
    assert [option.label for option in one.options] == list(AGREE)


def test_a_matrix_of_several_answers_is_a_question_for_each_line(tmp_path):
    asked = question("Q7", "Matrix", "Likert", "When?", ["CI", "Docs"], ["Day", "Night"], sub="MultipleAnswer")
    one, two = read(tmp_path, asked).questions
    assert (one.code, one.text, one.kind) == ("Q7_1", "When? [CI]", "multi")
    assert [option.column for option in two.options] == ["Q7_2_1", "Q7_2_2"]


def test_ranks_sliders_sums_forms_numbers_and_texts(tmp_path):
    number = {
        "Settings": {"Type": "ContentType", "ContentType": "ValidNumber", "ValidNumber": {"Min": "0", "Max": "168"}}
    }
    date = {"Settings": {"Type": "ContentType", "ContentType": "ValidDate"}}
    found = read(
        tmp_path,
        question("rank", "RO", "DND", "Order?", ["CI", "Docs"], sub="TX"),
        question(
            "slide", "Slider", "HSLIDER", "How much?", [" "], Configuration={"CSSliderMin": 0, "CSSliderMax": 100}
        ),
        question("sum", "CS", "VRTL", "Share 100", ["Code", "Meet"]),
        question("form", "TE", "FORM", "Name", ["First", "Last"]),
        question("hours", "TE", "SL", "Hours?", Validation=number),
        question("day", "TE", "SL", "Since?", Validation=date),
        question("why", "TE", "ML", "Why?"),
        question("nps", "MC", "NPS", "Recommend?", Choices=[{"Display": str(i)} for i in range(11)]),
    ).questions
    assert [one.kind for one in found] == ["rank", "number", "number", "text", "number", "date", "text", "one"]
    assert [list(one.columns()) for one in found[:4]] == [
        ["rank_1", "rank_2"],
        ["slide_1"],
        ["sum_1", "sum_2"],
        ["form_1", "form_2"],
    ]
    assert [(found[i].low, found[i].high) for i in (1, 4)] == [(0, 100), (0, 168)]
    assert [option.code for option in found[7].options] == [str(i) for i in range(11)]


def test_texts_are_plain(tmp_path):
    markup = "<div>How <b>satisfied</b><br>are you&nbsp;with &quot;CI&quot;?</div><style>p{}</style>"
    assert only(tmp_path, question("Q1", "TE", "ML", markup)).text == 'How satisfied are you with "CI"?'


def test_what_is_only_shown_or_thrown_away_and_what_no_table_has_room_for_is_left_out(tmp_path):
    found = read(
        tmp_path,
        question("intro", "DB", "TB", "Welcome"),
        question("both", "SBS", "SBSMatrix", "Now and then?", ["CI"]),
        question("draw", "Draw", "Signature", "Sign"),
        question("time", "Timing", "PageTimer", "Timing", ["First Click"]),
        question("Q1", "TE", "SL", "Why?"),
        question("old", "TE", "SL", "Gone?"),
        trash=["old"],
    )
    assert [(one.code, one.kind) for one in found.questions] == [("time", "ignore"), ("Q1", "text")]


def test_the_flow_gives_the_order(tmp_path):
    asked = [question(tag, "MC", "SAVR", f"{tag}?", ["Yes", "No"]) for tag in ("a", "b", "c", "d")]
    branch = {"Type": "Branch", "BranchLogic": {}, "Flow": [{"Type": "Standard", "ID": "BL_1"}]}
    flow = [{"Type": "Group", "Flow": [{"Type": "Block", "ID": "BL_2"}]}, {"Type": "Block", "ID": "BL_0"}, branch]
    found = read(tmp_path, *asked, blocks={"One": ["a"], "Two": ["b", "c"], "Three": ["d"]}, flow=flow).questions
    assert [one.code for one in found] == ["d", "a", "b", "c"]


def test_choices_carried_over_from_a_question_have_its_labels(tmp_path):
    dynamic = {"Locator": "q://QID1/ChoiceGroup/SelectedChoices", "Type": "ChoiceGroup"}
    found = read(
        tmp_path,
        question("use", "MC", "MAVR", "Use?", ["CI", "Docs"]),
        question("like", "Matrix", "Likert", "Agree?", (), AGREE, sub="SingleAnswer", DynamicChoices=dynamic),
    ).questions[1]
    assert found.lines == (Line("like_x1", "CI"), Line("like_x2", "Docs"))


def test_codes_and_labels_used_twice_are_noted(tmp_path):
    path = qsf(
        tmp_path, [question("Q1", "MC", "SAVR", "満足ですか", ["はい", "はい"]), question("X", "TE", "SL", "理由")]
    )
    path.write_text(path.read_text().replace('"DataExportTag": "X"', '"DataExportTag": "q1"'))
    found = read_structure(path)
    assert [one.text for one in found.questions] == ["満足ですか", "理由"]
    assert found.repeated == {"q1"}
    assert found.notes[0].startswith("codes used more than once, matched by text only: ")
    assert found.notes[1] == "two options of one question have the same label: Q1"


def test_a_question_that_is_in_the_file_again_counts_once(tmp_path):
    path = qsf(tmp_path, [question("Q1", "TE", "SL", "Why?"), question("Q2", "TE", "SL", "How?")])
    path.write_text(path.read_text().replace('"PrimaryAttribute": "QID2"', '"PrimaryAttribute": "QID1"'))
    found = read_structure(path)
    assert [one.code for one in found.questions] == ["Q1"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"SurveyElements": [', "row 1, column 21: the JSON is broken or cut short here"),
        ("[1, 2]", "this JSON is not a Qualtrics survey"),
        ('{"SurveyEntry": {}}', "this JSON is not a Qualtrics survey"),
        ('{"SurveyEntry": {}, "SurveyElements": []}', "the file has no question that dxkit can read"),
        ("[" * 100_000, "the survey is nested too deeply"),
        ("1" * 5_000, "this is not the text of a .qsf file"),
        ("", "the file is empty"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(tmp_path, text, told):
    path = tmp_path / "survey.qsf"
    path.write_text(text)
    with pytest.raises(DataError) as caught:
        read_structure(path)
    assert str(caught.value).startswith(f"survey.qsf{',' if told.startswith('row') else ':'} {told}")


def test_a_file_larger_than_any_survey_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("dxkit.survey.reading.structure.qualtrics.MOST_BYTES", 100)
    path = tmp_path / "survey.qsf"
    path.write_text(json.dumps({"SurveyElements": ["x" * 200]}))
    with pytest.raises(DataError, match="more than any survey"):
        read_structure(path)
