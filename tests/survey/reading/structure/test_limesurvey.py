"""A LimeSurvey survey says the same as .lss of any version and as tab-separated text."""

import pytest

from dxkit.files.errors import DataError
from dxkit.survey.reading.structure.model import Line
from dxkit.survey.reading.structure.registry import read_structure
from tests.survey.reading.structure.writers import lss, txt

SCALE = [("A1", ["Bad", "Schlecht"]), ("A2", ["Good", "Gut"])]
TOOLS = [("SQ1", ["CI", "CI"]), ("SQ2", ["Docs", "Doku"]), ("NONE", ["None of them", "Keines"])]
ASKED = [
    {"code": "intro", "type": "X", "text": ["Welcome", "Hallo"], "group": "You"},
    {"code": "team", "type": "!", "text": ["<p>Your&nbsp;team?</p>", "Dein Team?"], "group": "You", "other": "Y"},
    {"code": "oncall", "type": "Y", "text": ["On call?", "Bereitschaft?"], "group": "You"},
    {"code": "use", "type": "M", "text": ["Which do you use?", "Was nutzt du?"], "lines": TOOLS, "group": "Work"},
    {
        "code": "ci",
        "type": "F",
        "text": ["How good?", "Wie gut?"],
        "lines": TOOLS[:2],
        "answers": SCALE,
        "group": "Work",
    },
    {"code": "hours", "type": "N", "text": ["Hours lost?", "Stunden?"], "group": "Work"},
    {"code": "why", "type": "T", "text": ["Why?", "Warum?"], "group": "Work"},
]
ASKED[1]["answers"] = [("1", ["Web", "Web"]), ("2", ["Data", "Daten"])]
ASKED[3] |= {"other": "Y", "attributes": {"other_replace_text": "Else:"}}
ASKED[5]["attributes"] = {"min_num_value_n": "0", "max_num_value_n": "168"}
WRITERS = {
    "version 6": lambda folder, *args, **options: lss(folder, *args, **options),
    "version 3": lambda folder, *args, **options: lss(folder, *args, version=3, **options),
    "text": lambda folder, *args, **options: txt(folder, *args, **options),
}
each_file = pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)


def english(code, type_, text="?", **more):
    """A question in one language."""
    for key in ("lines", "answers"):
        more[key] = [(first, [label], *rest) for first, label, *rest in more.get(key, ())]
    return {"code": code, "type": type_, "text": [text], **more}


def read(folder, write, *asked, **options):
    return read_structure(write(folder, list(asked), **options))


@each_file
def test_questions_in_their_order_with_all_their_answers(tmp_path, write):
    found = read_structure(write(tmp_path, ASKED, languages=("en", "de")))
    team, oncall, use, ci, hours, why = found.questions
    assert found.tool == "LimeSurvey"
    assert (team.text, team.kind, team.texts) == ("Your team?", "one", ("team[other]",))
    assert [(option.code, option.label) for option in team.options] == [("1", "Web"), ("2", "Data"), ("-oth-", "Other")]
    assert [option.label for option in oncall.options] == ["Yes", "No"]
    assert (use.kind, [option.column for option in use.options]) == (
        "multi",
        ["use[SQ1]", "use[SQ2]", "use[NONE]", "use[other]"],
    )
    assert [option.label for option in use.options][2:] == ["None of them", "Else:"]
    assert (ci.kind, ci.lines) == ("grid", (Line("ci[SQ1]", "CI"), Line("ci[SQ2]", "Docs")))
    assert [option.label for option in ci.options] == ["Bad", "Good"]
    assert (hours.kind, hours.low, hours.high) == ("number", 0, 168)
    assert why.kind == "text"


@each_file
def test_the_fixed_answers_of_a_type_are_in_the_language_of_the_survey(tmp_path, write):
    german = [one | {"text": one["text"][1:]} for one in ASKED[2:3]]
    (found,) = read_structure(write(tmp_path, german, languages=("de",))).questions
    assert (found.text, [option.label for option in found.options]) == ("Bereitschaft?", ["Ja", "Nein"])


def test_all_files_say_the_same(tmp_path):
    found = [read_structure(write(tmp_path, ASKED, languages=("en", "de"))) for write in WRITERS.values()]
    assert found[0] == found[1] == found[2]


@each_file
def test_every_type_of_question_has_its_kind_and_its_columns(tmp_path, write):
    lines, answers = [("SQ1", "CI"), ("SQ2", "Docs")], [("A1", "Bad"), ("A2", "Good")]
    table = [("Y1", "CI", 0), ("Y2", "Docs", 0), ("X1", "Day", 1), ("X2", "Night", 1)]
    found = read(
        tmp_path,
        write,
        english("a5", "5"),
        english("b", "A", lines=lines),
        english("c", "B", lines=lines),
        english("d", "C", lines=lines),
        english("e", "E", lines=lines),
        english("f", "H", lines=lines, answers=answers),
        english("g", "G"),
        english("h", "K", lines=lines),
        english("i", "Q", lines=lines),
        english("j", "R", answers=answers),
        english("k", "O", answers=answers),
        english("l", "P", lines=lines),
        english("m", ":", lines=table),
        english("n", ";", lines=table),
        english("o", ":", lines=table, attributes={"multiflexible_checkbox": "1"}),
        english("p", "D"),
        english("q", "*"),
    )
    columns = {one.code: (one.kind, list(one.columns())) for one in found.questions}
    grid = {code: ("grid", [f"{code}[SQ1]", f"{code}[SQ2]"]) for code in "bcdef"}
    assert columns == grid | {
        "a5": ("one", ["a5"]),
        "g": ("one", ["g"]),
        "h": ("number", ["h[SQ1]", "h[SQ2]"]),
        "i": ("text", ["i[SQ1]", "i[SQ2]"]),
        "j": ("rank", ["j[1]", "j[2]"]),
        "k": ("one", ["k", "k[comment]"]),
        "l": ("multi", ["l[SQ1]", "l[SQ2]", "l[SQ1comment]", "l[SQ2comment]"]),
        "m[Y1]": ("number", ["m[Y1_X1]", "m[Y1_X2]"]),
        "m[Y2]": ("number", ["m[Y2_X1]", "m[Y2_X2]"]),
        "n[Y1]": ("text", ["n[Y1_X1]", "n[Y1_X2]"]),
        "n[Y2]": ("text", ["n[Y2_X1]", "n[Y2_X2]"]),
        "o[Y1]": ("multi", ["o[Y1_X1]", "o[Y1_X2]"]),
        "o[Y2]": ("multi", ["o[Y2_X1]", "o[Y2_X2]"]),
        "p": ("date", ["p"]),
        "q": ("ignore", ["q"]),
    }
    options = {one.code: [option.code for option in one.options] for one in found.questions}
    assert (options["a5"], len(options["c"])) == (["1", "2", "3", "4", "5"], 10)
    assert (options["d"], options["e"], options["g"]) == (["Y", "U", "N"], ["I", "S", "D"], ["F", "M"])
    assert [one.text for one in found.questions if one.code == "o[Y2]"] == ["? [Docs]"]


@each_file
def test_an_array_of_two_scales_is_two_grids(tmp_path, write):
    answers = [("1", "Bad", 0, 0), ("2", "Good", 0, 0), ("1", "Rare", 0, 1), ("2", "Often", 0, 1)]
    heads = {"dualscale_headerA": "Quality", "dualscale_headerB": "Use"}
    asked = english("ci", "1", "How?", lines=[("SQ1", "CI")], answers=answers, attributes=heads)
    one, two = read(tmp_path, write, asked).questions
    assert (one.text, two.text) == ("How? [Quality]", "How? [Use]")
    assert (one.lines, two.lines) == ((Line("ci[SQ1][1]", "CI"),), (Line("ci[SQ1][2]", "CI"),))
    assert [option.label for option in two.options] == ["Rare", "Often"]


@each_file
def test_an_unknown_type_is_left_out_and_japanese_is_kept(tmp_path, write):
    found = read(tmp_path, write, english("Q1", "L", "満足ですか", answers=[("1", "はい")]), english("Q2", "Z"))
    assert [one.text for one in found.questions] == ["満足ですか"]


DOCTYPE = (
    '<?xml version="1.0"?>\n<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>\n<document>&b;</document>'
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (DOCTYPE, "row 2: the XML declares a document type or entities"),
        ("<document>\n<a></b></document>", "row 2: the XML is broken or cut short here"),
        ("<document>&unknown;</document>", "row 1: the XML is broken or cut short here"),
        ("<a>" * 90 + "</a>" * 90, "row 1: the XML is nested too deeply for a survey"),
        ('<?xml version="1.0" encoding="klingon"?><a/>', "the XML cannot be read"),
        ("<html><body/></html>", "this XML is not a LimeSurvey survey"),
        ("{}", "row 1: the XML is broken or cut short here"),
        ("", "the file is empty"),
    ],
)
def test_dangerous_and_broken_xml_is_refused_with_its_place(tmp_path, text, told):
    path = tmp_path / "survey.lss"
    path.write_text(text)
    with pytest.raises(DataError) as caught:
        read_structure(path)
    assert str(caught.value).startswith(f"survey.lss{',' if told.startswith('row') else ':'} {told}")


def test_a_document_type_inside_a_text_is_text(tmp_path):
    found = read(tmp_path, lss, english("Q1", "T", "<!DOCTYPE html><p>Why ]]> not?</p>"))
    assert found.questions[0].text == "Why ]]> not?"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (
            ["id\tclass\tname"],
            "row 1: this is not the structure of a LimeSurvey survey: there is no column type/scale, ",
        ),
        (
            ["class\ttype/scale\tname\ttext\tlanguage", "SQ\t0\tA\tCI\ten"],
            "row 2: this subquestion stands under no question",
        ),
        (
            ["class\ttype/scale\tname\ttext\tlanguage", "Q\tL\t\tWhy?\ten"],
            "row 2, column name: this question has no code",
        ),
    ],
)
def test_a_broken_text_is_refused_with_its_place(tmp_path, rows, told):
    path = tmp_path / "survey.txt"
    path.write_text("\n".join(rows))
    with pytest.raises(DataError) as caught:
        read_structure(path)
    assert str(caught.value).startswith(f"survey.txt, {told}")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_text_in_any_encoding(tmp_path, encoding):
    found = read(tmp_path, txt, english("Q1", "T", "Wofür?\nUnd 何故?"), encoding=encoding)
    assert found.questions[0].text == "Wofür? Und 何故?"


def test_a_picture_in_place_of_a_label_leaves_the_code(tmp_path):
    picture = '<img src="a.png" alt="" />'
    found = read(tmp_path, lss, english("Q1", "L", answers=[("A1", picture), ("A2", '<img alt="A cat">')]))
    assert [option.label for option in found.questions[0].options] == ["A1", "A cat"]
