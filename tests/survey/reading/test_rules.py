"""The table of rules: what each rule does to a file, how often it met something, and what is wrong with it."""

import json

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dxkit as dx
from dxkit.__main__ import main
from dxkit.survey.reading.rules.table import NAMES, read_rules
from tests.laws import examples
from tests.places import CASE_FILES, ROOT

AGREE = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")
BOOK = pd.DataFrame(
    {
        "item": ["ci", "wait", "team"],
        "text": ["CI is fast", "Hours lost", "Team"],
        "kind": ["rating", "hours", "segment"],
        "scale": ["agreement5", "", ""],
    }
)
ANSWERS = pd.DataFrame(
    {
        "ci": ["Agree", "Disagree", "Agree", "Fully agree", "Strongly agree", "Agree"],
        "wait": ["2", "999", "4", "6", "", "1"],
        "team": ["Red", "Red", "Blue", "Blue", "Test", "Green"],
        "Country": ["DE", "FR", "DE", "", "DE", "FR"],
    }
)


def rules(*rows):
    """A table of rules; each row is rule, question, value, to."""
    lines = [(*row, *[""] * (4 - len(row))) for row in rows]
    return pd.DataFrame(lines, columns=["rule", "question", "value", "to"])


def read(*rows, answers=ANSWERS, book=BOOK, **options):
    return dx.read_survey(answers, book, rules=rules(("label", "ci", "Fully agree", "5"), *rows), **options)


def logged(survey, number):
    """What the cleaning says of the rule in this row of a DataFrame."""
    lines = survey.cleaning[survey.cleaning["rule"] == f"rules, row {number}"]
    return lines[["count", "unit"]].to_numpy().tolist()


def write(folder, **tables):
    """Csv files of one folder."""
    folder.mkdir(exist_ok=True)
    for name, frame in tables.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    return folder


def workbook(path, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, frame in sheets.items():
        sheet = book.create_sheet(name)
        for row in [list(frame.columns), *frame.to_numpy().tolist()]:
            sheet.append([None if cell == "" else cell for cell in row])
    book.save(path)
    return path


def test_a_label_is_read_as_another_and_counted():
    survey = read(("missing", "wait", "999"))
    assert survey.answers["ci"].tolist() == [4, 2, 4, 5, 5, 4]
    assert logged(survey, 1) == [[1, "cells"]]


def test_a_missing_code_is_blank_and_the_mean_is_that_of_the_others():
    survey = read(("missing", "wait", "999"))
    assert np.nanmean(survey.answers["wait"]) == (2 + 4 + 6 + 1) / 4
    assert logged(survey, 2) == [[1, "cells"]]


def test_a_missing_code_of_all_questions_leaves_ids_alone():
    book = pd.concat([BOOK, pd.DataFrame({"item": ["who"], "text": ["Who"], "kind": ["id"], "scale": [""]})])
    survey = read(("missing", "", "999"), answers=ANSWERS.assign(who=["1", "2", "3", "999", "5", "6"]), book=book)
    assert survey.identified.all()
    assert logged(survey, 2) == [[1, "cells"]]


def test_the_slider_with_999_for_cannot_say_has_a_mean_of_64():
    folder = CASE_FILES / "surveys" / "17_slider_999"
    survey = dx.read_survey(folder / "responses_1.csv", folder / "codebook.csv", rules=rules(("missing", "", "999")))
    codes = survey.answers.iloc[:, 0].dropna()
    assert (codes.mean(), len(codes)) == (64.0, 5)


@pytest.mark.parametrize(
    ("rows", "teams"),
    [
        ([("keep", "team", "red")], ["Red", "Red"]),
        ([("keep", "team", "Red"), ("keep", "Team", "Blue")], ["Red", "Red", "Blue", "Blue"]),
        ([("keep", "team", "Red"), ("keep", "team", "Blue"), ("keep", "Country", "DE")], ["Red", "Blue"]),
        ([("drop", "team", "Test")], ["Red", "Red", "Blue", "Blue", "Green"]),
        ([("drop", "team", "Red"), ("drop", "Country", "FR")], ["Red", "Blue", "Blue", "Test", "Green"]),
        ([("drop", "Country", "blank")], ["Red", "Red", "Blue", "Test", "Green"]),
        ([("keep", "wait", ">= 4"), ("keep", "wait", "< 2")], ["Red", "Blue", "Blue", "Green"]),
        ([("drop", "wait", "> 100")], ["Red", "Blue", "Blue", "Test", "Green"]),
    ],
)
def test_rows_are_kept_by_or_within_a_column_and_by_and_across(rows, teams):
    survey = read(("missing", "wait", "999"), *rows)
    assert survey.segments["team"].tolist() == teams
    aside = survey.cleaning[survey.cleaning["unit"] == "rows set aside"]
    assert aside["count"].sum() == len(ANSWERS) - len(teams)
    assert len(aside) == 1
    assert aside["rule"][0] == (f"rules, row{'s' * (len(rows) > 1)} {', '.join(str(3 + i) for i in range(len(rows)))}")


def test_rows_are_compared_by_day():
    survey = read(
        ("missing", "wait", "999"),
        ("keep", "sent", ">= 2026-03-01"),
        answers=ANSWERS.assign(sent=[f"2026-0{month}-01 09:00" for month in range(1, 7)]),
    )
    assert len(survey) == 4


def test_cells_that_are_no_number_are_left_out_up_to_a_twentieth():
    many = pd.DataFrame({"ci": ["Agree"] * 40, "wait": ["3"] * 38 + ["5-6", "lots"], "team": ["Red"] * 40})
    survey = read(("unreadable", "wait"), answers=many)
    assert survey.answers["wait"].notna().sum() == 38
    assert logged(survey, 2) == [[2, "cells"]]
    with pytest.raises(dx.DataError, match="3 of 40 cells"):
        read(("unreadable",), answers=many.assign(wait=["3"] * 37 + ["5-6", "lots", "?"]))


def test_a_label_rule_renames_one_option_of_a_joined_cell_and_no_part_of_another():
    options = ("Tutorial", "Docs", "Tutorial on video")
    book = pd.DataFrame(
        {
            "item": ["a", "b", "c"],
            "text": [f"Where? [{option}]" for option in options],
            "kind": "rating",
            "scale": "yesno",
        }
    )
    cells = ["Tutorial on our site;Docs", "Tutorial on our site", "Docs;Tutorial on video", "Docs;tutorial on our site"]
    survey = dx.read_survey(
        pd.DataFrame({"Where?": cells}), book, rules=rules(("label", "Where?", "Tutorial on our site", "Tutorial"))
    )
    assert survey.answers.to_numpy().tolist() == [[1, 1, 0], [1, 0, 0], [0, 1, 1], [1, 1, 0]]
    assert logged(survey, 1) == [[3, "cells"]]


@pytest.mark.parametrize(
    ("word", "cells"),
    [
        ("pipe", ["vim|Visual Studio", "Visual Studio", "vim | nano"]),
        ("space", ["vim visual studio", "Visual Studio", "nano vim"]),
        ("newline", ["vim\nVisual Studio", "Visual Studio", "vim\nnano"]),
        ("json", ['["vim", "Visual Studio"]', '["Visual Studio"]', '["vim", "nano"]']),
        ("/", ["vim/Visual Studio", "Visual Studio", "vim/nano"]),
    ],
)
def test_joined_answers_are_split_as_a_rule_says(word, cells):
    items = {"a": "vim", "b": "Visual Studio", "c": "nano"}
    book = pd.DataFrame({"item": list(items), "text": [f"Editors? [{label}]" for label in items.values()]})
    book[["kind", "scale"]] = ["rating", "yesno"]
    survey = dx.read_survey(pd.DataFrame({"Editors?": cells}), book, rules=rules(("separator", "Editors?", word)))
    assert survey.answers.to_numpy().tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 1]]
    assert logged(survey, 1) == [[3 if word == "json" else 2, "cells"]]


def test_a_rule_on_one_question_comes_before_one_on_all_and_labels_are_swapped_at_once():
    book = BOOK.assign(kind=["rating", "rating", "segment"], scale=["1-3", "1-3", ""])
    answers = pd.DataFrame({"ci": ["1", "3", "x"], "wait": ["1", "3", "x"], "team": ["a", "b", "x"]})
    table = rules(
        ("label", "", "1", "3"), ("label", "", "3", "1"), ("label", "", "x", "2"), ("label", "wait", "x", "1")
    )
    survey = dx.read_survey(answers, book, rules=table)
    assert survey.answers.to_numpy().tolist() == [[3, 3], [1, 1], [2, 1]]
    assert survey.segments["team"].tolist() == ["a", "b", "x"]


def test_what_is_set_aside_by_default_can_be_included():
    people = pd.DataFrame({"who": ["a", "b", "a"], "ci": ["Agree", "Agree", "Disagree"]})
    book = pd.DataFrame({"item": ["who", "ci"], "text": ["Who", "CI"], "kind": ["id", "rating"]})
    book["scale"] = ["", "agreement5"]
    survey = dx.read_survey(people, book, rules=rules(("include", "", "repeated ids")))
    assert len(survey) == 3
    assert not survey.identified.any()
    assert len(set(survey.keys.tolist())) == 3
    assert logged(survey, 1) == [[1, "rows included"]]


MULTI = dx.read_codebook(
    pd.DataFrame(
        {"item": ["q", "all"], "text": ["Which?", "Asked"], "kind": ["multi", "ignore"], "scale": ["opts", ""]}
    ),
    pd.DataFrame({"scale": "opts", "code": [1, 2], "label": ["Docs", "Visual Studio"]}),
)


@pytest.mark.parametrize("question", ["", "q", "Which?"])
def test_blank_means_none_of_the_options_where_a_rule_says_so(question):
    cells = pd.DataFrame({"Which? [Docs]": ["1", "1", "", ""], "Which? [Visual Studio]": ["", "1", "1", ""]})
    book = pd.concat(
        [BOOK[:1], pd.DataFrame({"item": ["q"], "text": ["Which?"], "kind": ["multi"], "scale": ["opts"]})]
    )
    scales = pd.DataFrame({"scale": "opts", "code": [1, 2], "label": ["Docs", "Visual Studio"]})
    asked, answers = dx.read_codebook(book, scales), cells.assign(ci="Agree")
    plain, read = (dx.read_survey(answers, asked, rules=table) for table in (None, rules(("blank_is_none", question))))
    assert plain.state["q[Docs]"].tolist() == [0, 0, 0, 2]
    assert read.state["q[Docs]"].tolist() == [0, 0, 0, 0]
    assert read.answers["q[Docs]"].tolist() == [1, 1, 0, 0]
    assert logged(read, 1) == [[1, "people"]]
    assert any("blank_is_none" in note for note in plain.notes)
    assert not any("blank_is_none" in note for note in read.notes)


def test_rules_reach_the_options_of_a_question_by_its_id():
    cells = pd.DataFrame({"Which?": ["Docs VS", "visual studio", "Docs visual studio"]})
    table = rules(("separator", "q", "space"), ("label", "q", "VS", "Visual Studio"))
    survey = dx.read_survey(cells, MULTI, rules=table)
    assert survey.answers[["q[Docs]", "q[Visual Studio]"]].to_numpy().tolist() == [[1, 1], [0, 1], [1, 1]]
    assert logged(survey, 2) == [[1, "cells"]]


@pytest.mark.parametrize("name", ["ci", "CI is very fast"])
def test_a_question_is_compared_though_its_text_changed(name):
    first = dx.read_survey(ANSWERS.assign(ci="Agree", wait="1"), BOOK)
    book = BOOK.assign(text=["CI is very fast", "Hours lost", "Team"])
    second = dx.read_survey(ANSWERS.assign(ci="Disagree", wait="1"), book, rules=rules(("same_as", name, "CI is fast")))
    assert logged(second, 1) == [[1, "questions"]]
    assert "ci" in set(dx.compare(first, second).table["name"])


@pytest.mark.parametrize("row", [("same_as", "cii", "Builds"), ("blank_is_none", "ci")])
def test_a_rule_on_whole_questions_that_names_none_is_a_fault(row, snapshot):
    with pytest.raises(dx.DataError) as error:
        read(("missing", "wait", "999"), row)
    assert str(error.value) == snapshot


def test_a_rule_that_met_nothing_is_a_note_with_its_row(snapshot):
    survey = read(
        ("missing", "wait", "999"), ("drop", "team", "Purple"), ("missing", "", "NA"), ("label", "ci", "Yes", "5")
    )
    assert [note for note in survey.notes if "met nothing" in note] == snapshot
    assert len(survey) == 6


BAD = (
    ("labell", "ci", "a", "5"),
    ("keep", "taem", "Red"),
    ("label", "ci", "Fine", "Agre"),
    ("label", "ci", "Fine"),
    ("drop", "", "Red"),
    ("drop", "team", ">= many"),
    ("include", "", "robots"),
    ("separator", "ci", "tab"),
    ("source", "", "qualtriks"),
    ("header", "", "two"),
    ("wave", "team", "sheets"),
    ("keep", "team", "Red", "Blue"),
    ("unreadable", "team"),
)


@pytest.mark.parametrize("row", BAD, ids=lambda row: "-".join(row).replace(" ", "_"))
def test_what_is_wrong_with_a_rule_is_a_fault_with_its_cell(row, tmp_path, snapshot):
    write(tmp_path, codebook=BOOK, responses=ANSWERS.assign(wait="1", ci="Agree"), rules=rules(row))
    with pytest.raises(dx.DataError) as error:
        dx.open_survey(tmp_path / "responses.csv")
    assert len(error.value.faults) == 1
    assert error.value.faults[0].file == "rules.csv"
    assert str(error.value) == snapshot


def test_all_faults_of_the_rules_come_together():
    with pytest.raises(dx.DataError) as error:
        read_rules(rules(("header", "", "two"), ("include", "", "robots"), ("wave", "a"), ("wave", "b")))
    assert len(error.value.faults) == 3


def test_every_rule_has_a_row_in_the_cleaning(tmp_path):
    path = workbook(tmp_path / "responses.xlsx", first=ANSWERS, second=ANSWERS)
    write(tmp_path, codebook=BOOK)
    write(
        tmp_path,
        rules=rules(
            *(("sheet", "", "second"), ("source", "", "plain"), ("header", "", "1"), ("drop", "team", "Test")),
            *(("missing", "wait", "999"), ("label", "ci", "Fully agree", "5"), ("unreadable", "wait")),
            ("include", "", "unfinished"),
        ),
    )
    survey = dx.open_survey(path)
    assert survey.cleaning["rule"].tolist() == [f"rules, row {row}" for row in (5, 9, 2, 3, 4, 6, 7, 8)]
    assert survey.cleaning["count"].tolist() == [1, 0, 6, 6, 6, 1, 1, 0]
    assert "rules, row 5" in repr(survey)


def test_arguments_beat_rules_and_rules_of_the_wave_beat_rules(tmp_path):
    path = workbook(tmp_path / "responses_b.xlsx", first=ANSWERS[:2], second=ANSWERS)
    write(tmp_path, codebook=BOOK, rules=rules(("sheet", "", "first"), ("missing", "wait", "999")))
    assert len(dx.open_survey(path)) == 2
    survey = dx.open_survey(path, sheet="first", source="plain")
    assert any("sheet=" in note for note in survey.notes)
    with pytest.raises(dx.DataError, match="cell A5"):
        dx.open_survey(path, sheet="second")
    write(
        tmp_path, rules_b=rules(("sheet", "", "second"), ("missing", "wait", "999"), ("label", "", "Fully agree", "5"))
    )
    assert len(dx.open_survey(path)) == 6


@pytest.mark.parametrize("where", ["answers", "codebook", "file"])
def test_rules_stand_in_either_workbook_or_in_a_file(tmp_path, where):
    table = rules(("label", "ci", "Fully agree", "5"), ("missing", "", "999"))
    with_rules = {"rules": table} if where == "answers" else {}
    path = workbook(tmp_path / "responses_1.xlsx", answers=ANSWERS, **with_rules)
    workbook(tmp_path / "survey.xlsx", codebook=BOOK, **({"rules": table} if where == "codebook" else {}))
    if where == "file":
        write(tmp_path, rules=table)
    survey = dx.open_survey(path)
    assert logged(survey, 3) == [[1, "cells"]]
    assert main(["check", str(path)]) == 0
    if where == "codebook":
        pd.testing.assert_frame_equal(dx.read_survey(path, tmp_path / "survey.xlsx").answers, survey.answers)


WAVES = ANSWERS.assign(ci="Agree", wait="1", year=["wave 9", "wave 9", "wave 10", "wave 10", "wave 10", ""])


def test_a_column_of_waves_is_read_wave_by_wave(tmp_path):
    write(tmp_path, codebook=BOOK, responses_all=WAVES, rules=rules(("wave", "year")))
    waves = dx.open_waves(tmp_path / "responses_all.csv")
    assert {name: len(survey) for name, survey in waves.items()} == {"wave 9": 2, "wave 10": 3}
    assert list(waves) == ["wave 9", "wave 10"]
    for name, survey in waves.items():
        assert survey.wave == name
        assert survey.cleaning["count"].sum() == 6 - len(survey)
    last, before = (read(tmp_path / "responses_all.csv") for read in (dx.open_survey, dx.open_before))
    assert (last.wave, before.wave) == ("wave 10", "wave 9")
    assert any("the last of 2" in note for note in last.notes)


def test_a_sheet_of_waves_is_read_wave_by_wave(tmp_path):
    path = workbook(tmp_path / "responses.xlsx", Q10=WAVES[:4], Q9=WAVES[:2], legend=pd.DataFrame({"a": ["b"]}))
    workbook(tmp_path / "survey.xlsx", codebook=BOOK, rules=rules(("wave", "", "sheets")))
    waves = dx.open_waves(path)
    assert [(name, survey.wave, len(survey)) for name, survey in waves.items()] == [("Q9", "Q9", 2), ("Q10", "Q10", 4)]
    assert dx.open_survey(path).wave == "Q10"
    assert dx.open_before(path).wave == "Q9"


def test_files_are_waves_in_natural_order(tmp_path):
    plain = ANSWERS.assign(ci="Agree", wait="1")
    write(tmp_path, codebook=BOOK, responses_10=plain, responses_9=plain[:2], responses_11=plain)
    assert [(wave, len(survey)) for wave, survey in dx.open_waves(tmp_path / "responses_9.csv").items()] == [
        ("9", 2),
        ("10", 6),
        ("11", 6),
    ]
    assert dx.open_before(tmp_path / "responses_10.csv").wave == "9"
    with pytest.raises(dx.Missing, match="needs an earlier wave"):
        dx.open_before(tmp_path / "responses_9.csv")
    write(tmp_path, responses=plain)
    assert list(dx.open_waves(tmp_path / "responses.csv")) == [""]


def test_one_wave_in_two_files_is_told(tmp_path):
    plain = ANSWERS.assign(ci="Agree", wait="1")
    write(tmp_path, codebook=BOOK, responses_1=plain)
    workbook(tmp_path / "responses_1.xlsx", answers=plain)
    with pytest.raises(dx.DataError, match="responses_1.csv and responses_1.xlsx"):
        dx.open_waves(tmp_path / "responses_1.csv")


def test_check_takes_source_and_sheet_and_prints_json(tmp_path, capsys):
    path = str(workbook(tmp_path / "responses_1.xlsx", a=WAVES[:2], b=WAVES))
    write(tmp_path, codebook=BOOK, rules=rules(("drop", "team", "Test"), ("drop", "team", "Mauve")))
    assert main(["check", path, "--sheet", "a", "--source", "plain"]) == 0
    assert "2 respondents" in capsys.readouterr().out
    write(tmp_path, broken=BOOK.drop(columns="kind").rename(columns={"text": "kind"}))
    assert main(["check", path, str(tmp_path / "missing.csv"), "--sheet", "b", "--json"]) == 1
    good, bad = json.loads(capsys.readouterr().out)
    assert good["passed"]
    assert good["cleaning"][0]["rule"] == "rules, rows 2, 3"
    assert any("met nothing" in note for note in good["notes"])
    assert not bad["passed"]
    assert bad["faults"][0]["file"] == "missing.csv"


def test_check_reads_a_table_of_rules(tmp_path, capsys):
    write(tmp_path, rules=rules(("missing", "", "999")))
    assert main(["check", str(tmp_path / "rules.csv")]) == 0
    assert "1 rule, no faults" in capsys.readouterr().out


@examples(40)
@given(st.lists(st.sampled_from(AGREE), min_size=1, max_size=30), st.permutations(["A1", "b 2", "C3", "x;y", "Ja!"]))
@pytest.mark.thorough
def test_a_file_recoded_through_label_rules_gives_equal_results(answers, words):
    book, codes = BOOK[:1], dict(zip(AGREE, words, strict=True))
    plain = dx.read_survey(pd.DataFrame({"ci": answers}), book)
    table = rules(*(("label", "ci", word, label) for label, word in codes.items()))
    recoded = dx.read_survey(pd.DataFrame({"ci": [codes[answer] for answer in answers]}), book, rules=table)
    pd.testing.assert_frame_equal(recoded.answers, plain.answers)
    pd.testing.assert_frame_equal(recoded.state, plain.state)
    pd.testing.assert_frame_equal(dx.scores(recoded).table, dx.scores(plain).table)


_ROW = st.tuples(
    st.sampled_from([*AGREE, "", "99"]), st.sampled_from(["Red", "Blue", ""]), st.sampled_from(["a", "b", "c", ""])
)
_RULE = st.sampled_from(
    [
        *(("keep", "team", "Red"), ("keep", "team", "blank"), ("drop", "team", "Blue"), ("drop", "who", "a")),
        *(("include", "", "repeated ids"), ("label", "", "Agree", "1"), ("missing", "team", "Blue")),
    ]
)


@examples(60)
@given(st.lists(_ROW, min_size=1, max_size=20), st.lists(_RULE, unique=True, max_size=5))
def test_the_cleaning_adds_up_to_rows_read_minus_rows_kept(rows, chosen):
    book = pd.DataFrame(
        {"item": ["ci", "team", "who"], "text": ["CI", "Team", "Who"], "kind": ["rating", "segment", "id"]}
    )
    answers = pd.DataFrame(rows, columns=["ci", "team", "who"])
    book["scale"] = ["agreement5", "", ""]
    survey = dx.read_survey(answers, book, rules=rules(("missing", "ci", "99"), *chosen))
    aside = survey.cleaning.loc[survey.cleaning["unit"] == "rows set aside", "count"]
    assert aside.sum() == len(answers) - len(survey)
    places = " ".join(survey.cleaning["rule"])
    assert all(f"{row}" in places for row in range(1, len(chosen) + 2))


def test_every_rule_is_described_in_the_tables_page():
    page = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
    described = page.partition("### rules")[2].partition("###")[0]
    assert [name for name in NAMES if name not in described] == []


def test_of_a_folder_the_answers_are_the_table_that_asks_the_codebook_whatever_it_is_called(tmp_path):
    write(tmp_path, codebook=pd.DataFrame({"item": ["ci"], "text": ["CI?"], "kind": ["rating"], "scale": ["1-5"]}))
    with pytest.raises(dx.Missing, match="responses_<wave>"):
        dx.open_survey(tmp_path)
    write(tmp_path, hires=pd.DataFrame({"start": ["2026-01-01"], "deployed": [""]}))
    write(tmp_path, team_9=pd.DataFrame({"CI?": [1, 2]}), team_10=pd.DataFrame({"CI?": [3, 4, 5]}))
    assert (dx.open_survey(tmp_path).wave, dx.open_before(tmp_path).wave) == ("10", "9")
    write(tmp_path, responses_8=pd.DataFrame({"CI?": [1]}))
    assert dx.open_survey(tmp_path).wave == "8"
