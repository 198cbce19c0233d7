"""An XLSForm of ODK or Kobo says what was asked, in groups, in several languages."""

import pytest

from dxkit.files.errors import DataError
from dxkit.survey.reading.structure.model import Line
from dxkit.survey.reading.structure.registry import read_structure
from tests.survey.reading.structure.writers import xlsform

YES = [("yn", "yes", "Yes"), ("yn", "no", "No")]
TOOLS = [("tools", "ci", "CI"), ("tools", "docs", "Docs")]


def row(type_, name, label="", **more):
    return {"type": type_, "name": name, "label": label, **more}


def read(folder, survey, choices=(), settings=None):
    return read_structure(xlsform(folder, survey, choices, settings))


def test_every_type_has_its_kind(tmp_path):
    found = read(
        tmp_path,
        [
            row("start", "start"),
            row("note", "hello", "Welcome"),
            row("select_one yn", "oncall", "On call?"),
            row("select one from yn", "old", "Old spelling?"),
            row("select_multiple tools", "use", "Use?"),
            row("rank tools", "order", "Order?"),
            row("integer", "hours", "Hours?", constraint=". >= 0 and . <= 168"),
            row("range", "good", "How good?", parameters="start=0 end=10 step=1"),
            row("text", "why", "Why?"),
            row("date", "since", "Since?"),
            row("calculate", "sum", calculation="1+1"),
            row("geopoint", "where", "Where?"),
            row("#comment", "x"),
        ],
        [*YES, *TOOLS],
    )
    assert [(one.code, one.kind) for one in found.questions] == [
        ("start", "ignore"),
        ("oncall", "one"),
        ("old", "one"),
        ("use", "multi"),
        ("order", "rank"),
        ("hours", "number"),
        ("good", "number"),
        ("why", "text"),
        ("since", "date"),
        ("sum", "ignore"),
    ]
    by_code = {one.code: one for one in found.questions}
    assert list(by_code["use"].columns()) == ["use/ci", "use/docs"]
    assert [(by_code[code].low, by_code[code].high) for code in ("hours", "good")] == [(0, 168), (0, 10)]


@pytest.mark.parametrize(
    "words", ["select_one yn or_other", "select one from yn or specify other", "select_one yn or other"]
)
def test_or_other_adds_an_option_and_a_text(tmp_path, words):
    (found,) = read(tmp_path, [row(words, "q", "Q?")], YES).questions
    assert [option.code for option in found.options] == ["yes", "no", "other"]
    assert found.texts == ("q_other",)


def test_groups_give_paths(tmp_path):
    found = read(
        tmp_path,
        [
            row("select_multiple tools", "use", "Use?"),
            row("begin group", "ops", "Operations"),
            row("begin_group", "deep"),
            row("text", "why", "Why?"),
            row("end_group", ""),
            row("end group", ""),
            row("begin_repeat", "child", "Child"),
            row("integer", "n", "N?"),
            row("end_repeat", ""),
            row("text", "last", "Last?"),
        ],
        TOOLS,
    )
    paths = [("why", ("ops/deep/why",)), ("n", ("child/n",)), ("last", ())]
    assert [(one.code, one.ids) for one in found.questions[1:]] == paths


@pytest.mark.parametrize("column", ["label::English (en)", "label:English (en)", "Label :: English (en)"])
def test_labels_in_several_languages(tmp_path, column):
    survey = [{"type": "select_one yn", "name": "q", column: "On call?", "label::日本語 (ja)": "当番ですか"}]
    choices = [("yn", "1", {column: "Yes", "label::日本語 (ja)": "はい"}), ("yn", "0", {column: "No"})]
    path = xlsform(tmp_path, survey, choices, {"form_title": "Team", "default_language": "日本語 (ja)"})
    (own,) = read_structure(path).questions
    assert (own.text, [option.label for option in own.options]) == ("当番ですか", ["はい", "No"])
    (first,) = read_structure(xlsform(tmp_path, survey, choices)).questions
    assert (first.text, [option.label for option in first.options]) == ("On call?", ["Yes", "No"])


def test_grids_and_rankings_of_kobo(tmp_path):
    found = read(
        tmp_path,
        [
            row("begin_score", "rate", "Rate", **{"kobo--score-choices": "yn"}),
            row("score__row", "ci", "CI"),
            row("score__row", "docs", "Docs"),
            row("end_score", ""),
            row("begin_rank", "order", "Order", **{"kobo--rank-items": "tools"}),
            row("rank__level", "first", "First"),
            row("end_rank", ""),
        ],
        [*YES, *TOOLS],
    ).questions
    assert [(one.kind, [option.label for option in one.options]) for one in found] == [
        ("grid", ["Yes", "No"]),
        ("rank", ["CI", "Docs"]),
    ]
    assert found[0].lines == (Line("rate/ci", "CI"), Line("rate/docs", "Docs"))


def test_choices_of_another_file_and_unknown_types_are_left_out(tmp_path):
    found = read(tmp_path, [row("select_one_from_file a.csv", "q", "Q?"), row("telepathy", "t", "T?")])
    assert [(one.code, one.options) for one in found.questions] == [("q", ())]


def test_names_and_labels_used_twice_are_noted(tmp_path):
    found = read(tmp_path, [row("select_one yn", "q", "Q?"), row("text", "q", "R?")], [*YES, ("yn", "maybe", "Yes")])
    assert found.repeated == {"q"}
    assert [note.partition(":")[0] for note in found.notes] == [
        "codes used more than once, matched by text only",
        "two options of one question have the same label",
    ]


def test_all_faults_are_told_with_their_rows(tmp_path):
    survey = [
        row("select_one ynn", "q", "Q?"),
        row("text", ""),
        row("end_group", ""),
        row("begin_group", "open", "Open"),
    ]
    with pytest.raises(DataError) as caught:
        read(tmp_path, survey, YES)
    assert [(fault.row, fault.sheet) for fault in caught.value.faults] == [(row, "survey") for row in (2, 3, 4, 5)]
    assert "has no list 'ynn', which q needs; did you mean 'yn'?" in str(caught.value)


@pytest.mark.parametrize(
    ("survey", "choices", "told"),
    [
        ([{"type": "text", "label": "Why?"}], (), "form.xlsx, sheet survey, row 1: there is no column name"),
        ([row("text", "q")], [("yn", "", "Yes")], "form.xlsx, sheet choices, row 2: this choice has no name"),
        ([row("note", "q", "Hello")], (), "form.xlsx: the file has no question that dxkit can read"),
    ],
)
def test_a_broken_form_is_refused_with_its_place(tmp_path, survey, choices, told):
    with pytest.raises(DataError) as caught:
        read(tmp_path, survey, choices)
    assert str(caught.value).startswith(told)


def test_a_workbook_without_the_sheet_is_no_form(tmp_path):
    path = xlsform(tmp_path, [], YES)
    with pytest.raises(DataError, match=r"form\.xlsx: an XLSForm has a sheet 'survey'"):
        read_structure(path)
