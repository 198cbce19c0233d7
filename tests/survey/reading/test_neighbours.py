"""Neighbours of the published faults in `test_cases`: the same kind in another tool, language, place or separator."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dxkit as dx
from tests.places import CASE_FILES
from tests.survey.reading.one_survey import write

pytestmark = pytest.mark.usefixtures("nothing_hidden")

CASES = CASE_FILES / "surveys"
CI = ("ci", "CI?", "rating", "1-5")


def book(*rows, **scales):
    """Rows of item, text, kind and scale; scales as lists of labels."""
    items = pd.DataFrame([(*row, *[""] * (4 - len(row))) for row in rows], columns=["item", "text", "kind", "scale"])
    lines = [(name, code, label) for name, labels in scales.items() for code, label in enumerate(labels, 1)]
    return dx.read_codebook(items, pd.DataFrame(lines, columns=["scale", "code", "label"]) if lines else None)


def multi(text, *options):
    return book(("q", text, "multi", "o"), CI, o=options)


def shares(survey, item="q"):
    """n, and the share of each option of a question, to 4 digits."""
    table = dx.answers(survey).table
    table = table[table["item"].str.startswith(f"{item}[")]
    return int(table["answered"].iloc[0]), dict(zip(table["label"], table["share"].round(4), strict=True))


def rules(*rows):
    return pd.DataFrame([(*row, *[""] * (4 - len(row))) for row in rows], columns=["rule", "question", "value", "to"])


def cleaning(survey):
    return dict(survey.cleaning[["what", "count"]].itertuples(index=False))


# 01, 02: an option that means none


def test_none_in_german_joined_as_microsoft_forms_does(tmp_path):
    head = ["ID", "Start time", "Completion time", "Email", "Name", "Welcher Chat?", "CI?"]
    cells = ["Slack;Teams;"] * 6 + ["Teams;"] * 6 + ["Slack;"] * 2 + ["Keinen;"] * 14
    rows = [[str(k), "1/1/26 10:00:00", "1/1/26 10:01:00", "anonymous", "", cell, "4"] for k, cell in enumerate(cells)]
    survey = dx.read_survey(
        write(tmp_path / "a.csv", [head, *rows]), multi("Welcher Chat?", "Slack", "Teams", "Keinen")
    )
    assert survey.source == "microsoft_forms"
    assert shares(survey) == (28, {"Slack": 0.2857, "Teams": 0.4286, "Keinen": 0.5})


def test_no_in_french_that_the_codebook_lacks_counts_in_n():
    cells = ["Slack\nTeams"] * 60 + ["Teams"] * 36 + ["Non"] * 4
    survey = dx.read_survey(
        pd.DataFrame({"Quels chats ?": cells}),
        multi("Quels chats ?", "Slack", "Teams")
        .items.iloc[:1]
        .pipe(
            lambda items: dx.read_codebook(
                items, pd.DataFrame({"scale": "o", "code": [1, 2], "label": ["Slack", "Teams"]})
            )
        ),
    )
    assert shares(survey) == (100, {"Slack": 0.6, "Teams": 0.96, "(not in the codebook)": 0.04})


@pytest.mark.parametrize(("yes", "none"), [("Ja", "Keiner"), ("Oui", "Aucun"), ("Sí", "Ninguno"), ("はい", "なし")])
def test_ticks_of_limesurvey_in_five_languages_and_who_chose_none_beside_another(tmp_path, yes, none):
    head = ["id", "submitdate", "lastpage", "Vault? [hosted]", "Vault? [own]", f"Vault? [{none}]", "CI?"]
    ticks = [(yes, "", "")] * 2 + [(yes, yes, "")] * 2 + [("", yes, "")] * 2 + [("", "", yes)] * 5 + [("", yes, yes)]
    rows = [[str(k), "2026-01-01 10:00:00", "3", *tick, "4"] for k, tick in enumerate(ticks)]
    survey = dx.read_survey(write(tmp_path / "a.csv", [head, *rows]), multi("Vault?", "hosted", "own", none))
    assert shares(survey) == (12, {"hosted": 0.3333, "own": 0.4167, none: 0.5})
    assert "'Vault?': people who chose none of these beside an option, all counted: 1" in survey.notes


def test_options_of_qualtrics_of_which_one_is_none(tmp_path):
    codes = ["StartDate", "Status", "Finished", "ResponseId", "Q1_1", "Q1_2", "Q1_3", "Q2"]
    texts = [*codes[:4], "Vault? - hosted", "Vault? - our own", "Vault? - None of these", "CI?"]
    ticks = [("hosted", "", "")] * 4 + [("", "our own", "")] * 4 + [("", "", "None of these")] * 8 + [("", "", "")]
    rows = [["2026-01-01", "IP Address", "True", f"R_{k}", *tick, "4"] for k, tick in enumerate(ticks)]
    path = write(tmp_path / "a.csv", [codes, texts, [f'{{"ImportId":"{code}"}}' for code in codes], *rows])
    survey = dx.read_survey(path, multi("Vault?", "hosted", "our own", "None of these"))
    assert shares(survey) == (16, {"hosted": 0.25, "our own": 0.25, "None of these": 0.5})


# 04: a renamed option


def test_a_renamed_option_in_a_column_of_its_own_is_a_fault(refusal):
    frame = pd.DataFrame({"Hilfe? [Doku]": ["Ja"] * 8, "Hilfe? [Anleitung im Netz]": ["Ja"] * 8})
    with refusal("Anleitung"):
        dx.read_survey(frame, multi("Hilfe?", "Doku", "Anleitung"))


@pytest.mark.parametrize(("yes", "no"), [("1", "0"), ("Ja", "Nein"), ("Checked", "Unchecked"), ("x", "")])
def test_a_column_of_an_option_that_the_codebook_lacks_counts_by_its_name(yes, no, refusal):
    columns = {"Git": [yes, no, no], "Helm": [no, yes, no], "Fleet": [no, no, yes]}
    frame = pd.DataFrame({f"Tools? [{name}]": ticks * 40 for name, ticks in columns.items()})
    with refusal("40 people chose 'Fleet'"):
        dx.read_survey(frame, book(("q", "Tools?", "multi", "o"), o=["Git", "Helm"]))
    survey = dx.read_survey(frame[:12], book(("q", "Tools?", "multi", "o"), o=["Git", "Helm"]))
    assert shares(survey) == (12, {"Git": 0.3333, "Helm": 0.3333, "(not in the codebook)": 0.3333})


def test_a_renamed_label_of_a_choice_is_a_fault_and_a_rule_gives_the_figures_back(refusal):
    asked = book(("q", "Hilfe?", "choice", "o"), o=["Doku", "Anleitung"])
    first = dx.read_survey(pd.DataFrame({"Hilfe?": ["Doku"] * 6 + ["Anleitung"] * 8}), asked)
    later = pd.DataFrame({"Hilfe?": ["Doku"] * 6 + ["Anleitung auf der Seite"] * 8})
    with refusal("8 people chose 'Anleitung auf der Seite', nobody 'Anleitung'"):
        dx.read_survey(later, asked)
    second = dx.read_survey(later, asked, rules=rules(("label", "q", "Anleitung auf der Seite", "Anleitung")))
    pd.testing.assert_frame_equal(dx.answers(second).table, dx.answers(first).table)


def test_after_a_rule_on_the_renamed_option_nothing_changed_between_the_waves():
    folder = CASES / "04_renamed_option"
    first = dx.read_survey(folder / "responses_1.csv", folder / "codebook.csv")
    table = rules(("label", "Where do you look for help?", "Tutorial on our site", "Tutorial"))
    second = dx.read_survey(folder / "responses_2.csv", folder / "codebook.csv", rules=table)
    assert dx.compare(first, second).table["estimate"].tolist() == [0.0, 0.0]


# 05: the separator

TOOLS = ("Git", "Helm", "Argo CD", "C/C++")
CHOSEN = [("Git", "Helm")] * 6 + [("Git", "Argo CD", "C/C++")] * 4 + [("Helm",)] * 2
RIGHT = (12, {"Git": 0.8333, "Helm": 0.6667, "Argo CD": 0.3333, "C/C++": 0.3333})


@pytest.mark.parametrize(
    "joint", [";", ", ", "/", " | ", "|", "\n", " ", "\t", "、", "，", "；", " + ", "&", " und ", "<br>", "・", " - "]
)
@pytest.mark.parametrize("shape", ["frame", "google_forms", "id in a group"])
def test_options_joined_by_any_separator(tmp_path, joint, shape):
    cells = [joint.join(chosen) for chosen in CHOSEN]
    if shape == "frame":
        source = pd.DataFrame({"Tools?": cells, "CI?": "4"})
    else:
        head = ["Timestamp", "Tools?" if shape == "google_forms" else "about_you/q", "CI?"]
        source = write(tmp_path / "a.csv", [head, *(["2026-01-01 10:00:00", cell, "4"] for cell in cells)])
    survey = dx.read_survey(source, multi("Tools?", *TOOLS))
    assert shares(survey) == RIGHT
    unusual = joint.strip() in ("/", "、", "+", "&", "und", "<br>", "・", "-")
    assert (f"'Tools?': answers are split by '{joint.strip()}'" in survey.notes) == unusual


def test_a_separator_that_explains_half_of_the_cells_is_not_taken(refusal):
    cells = ["Git + Helm"] * 6 + ["Git + Helmfile"] * 6
    with refusal("'Git + Helm'"):
        dx.read_survey(pd.DataFrame({"Tools?": cells, "CI?": "4"}), multi("Tools?", "Git", "Helm"))


@pytest.mark.parametrize("question", ["q", "Tools?", "a/q"])
def test_json_is_split_by_its_rule_whatever_its_answers_hold(question):
    cells = ['["Git","Helm"]', '["Git; or not"]', '["C/C++", null]', '"Helm"', "[]", "null", '["Argo CD"]', "Git, Helm"]
    head = question if question != "q" else "Tools?"
    asked = multi("Tools?", *TOOLS[:3], "C/C++")
    survey = dx.read_survey(
        pd.DataFrame({head: cells, "CI?": "4"}), asked, rules=rules(("separator", question, "json"))
    )
    assert survey.state["q[Git]"].tolist() == [0, 0, 0, 0, 2, 2, 0, 0]
    columns = [f"q[{option}]" for option in (*TOOLS, "(not in the codebook)")]
    found = survey.answers[columns].fillna(-1).astype(int).to_numpy().tolist()
    assert found == [
        [1, 1, 0, 0, 0],
        [0, 0, 0, 0, 1],  # one answer, though it holds a ;
        [0, 0, 0, 1, 0],
        [0, 1, 0, 0, 0],
        [-1] * 5,
        [-1] * 5,
        [0, 0, 1, 0, 0],
        [0, 0, 0, 0, 1],  # no JSON: one answer
    ]


def test_one_json_answer_that_looks_like_two_options_is_one():
    frame = pd.DataFrame({"Tools?": ['["Git; Helm"]'] * 4 + ['["Git"]'] * 8, "CI?": "4"})
    survey = dx.read_survey(frame, multi("Tools?", "Git", "Helm"), rules=rules(("separator", "q", "json")))
    assert shares(survey) == (12, {"Git": 0.6667, "Helm": 0.0, "(not in the codebook)": 0.3333})


def test_a_draft_proposes_the_rule_for_json(tmp_path):
    cells = [json.dumps(chosen) for chosen in CHOSEN * 2]
    draft = dx.draft(pd.DataFrame({"Tools?": cells, "CI?": ["4", "5", "2"] * 8}))
    assert draft.rules[["rule", "value"]].to_numpy().tolist() == [["separator", "json"]]
    draft.write(tmp_path / "survey.xlsx")
    survey = dx.read_survey(pd.DataFrame({"Tools?": cells, "CI?": "4"}), tmp_path / "survey.xlsx")
    assert shares(survey, "tools")[1] == RIGHT[1]


# 06: recommending on another scale


@pytest.mark.parametrize("scale", ["1-7", "1-10", "0-5", "satisfaction5"])
def test_recommending_needs_ten_and_a_rating_takes_any(scale, refusal):
    with refusal("from 0 to 10", "write kind rating"):
        book(("r", "Recommend?", "recommend", scale))
    assert book(("r", "Recommend?", "rating", scale)).measured == ["r"]


# 07, 10, 19: shapes of tools

FINISHED = "unfinished submissions set aside"
LIME = {
    "fr": ["ID de la réponse", "Date de soumission", "Dernière page", "Langue de départ"],
    "es": ["ID de respuesta", "Fecha de envío", "Última página", "Lenguaje inicial"],
    "de": ["Antwort ID", "Datum Abgeschickt", "Letzte Seite", "Start-Sprache"],
}


@pytest.mark.parametrize("language", LIME)
def test_limesurvey_with_full_texts_in_other_languages(tmp_path, language):
    rows = [[str(k), "2026-01-01 10:00:00" * (k < 8), "3", language, "5" if k < 8 else "1"] for k in range(12)]
    survey = dx.read_survey(write(tmp_path / "a.csv", [[*LIME[language], "CI?"], *rows]), book(CI))
    assert (survey.source, len(survey), cleaning(survey)) == ("limesurvey", 8, {FINISHED: 4})
    assert survey.answers["ci"].eq(5).all()


@pytest.mark.parametrize(
    ("source", "head", "done", "not_done"),
    [
        ("alchemer", ["Response ID", "Time Started", "Date Submitted", "Status"], "Complete", "Partial"),
        ("redcap", ["record_id", "redcap_survey_identifier", "a_timestamp", "a_complete"], "2", "0"),
    ],
)
def test_other_tools_say_in_their_own_column_who_did_not_finish(tmp_path, source, head, done, not_done):
    rows = [[str(k), "", "2026-01-01 10:00:00", done if k < 8 else not_done, "5"] for k in range(12)]
    survey = dx.read_survey(write(tmp_path / "a.csv", [[*head, "CI?"], *rows]), book(CI))
    assert (survey.source, len(survey), cleaning(survey)) == (source, 8, {FINISHED: 4})


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("second", [["CI", "Docs", "Response"], ["CI", "Docs", "Open-Ended Response"]])
def test_a_trimmed_grid_of_surveymonkey_is_recognised(tmp_path, ending, second):
    rows = [["Rate these", "", "Team?"], second, *[["5", "3", "A"]] * 5, *[["4", "2", "B"]] * 5]
    asked = book(
        ("team", "Team?", "segment"),
        ("a", "Rate these [CI]", "rating", "1-5"),
        ("b", "Rate these [Docs]", "rating", "1-5"),
    )
    path = write(tmp_path / "a.csv", rows)
    if ending == "xlsx":
        pd.DataFrame(rows).replace("", None).to_excel(tmp_path / "a.xlsx", header=False, index=False)
        path = tmp_path / "a.xlsx"
    survey = dx.read_survey(path, asked)
    assert (survey.source, len(survey)) == ("surveymonkey", 10)
    assert survey.answers.mean().tolist() == [4.5, 2.5]


LEGACY = (
    "ResponseID,ResponseSet,Name,ExternalDataReference,EmailAddress,IPAddress,Status,StartDate,EndDate,Finished".split(
        ","
    )
)


@pytest.mark.parametrize(("done", "not_done"), [("True", "False"), ("TRUE", "FALSE"), ("1", "0")])
def test_legacy_qualtrics_with_words_and_with_more_columns(tmp_path, done, not_done):
    head = [
        [f"V{k}" for k in range(1, 11)] + ["Q1", "Q2", "LocationLatitude"],
        [*LEGACY, "Team", "CI?", "LocationLatitude"],
    ]
    rows = [
        [
            f"R_{k}",
            "Default",
            "Anonymous",
            "",
            "",
            "10.0.0.1",
            "0",
            "2017-01-01",
            "2017-01-01",
            done if k < 8 else not_done,
            "A",
            "5",
            "",
        ]
        for k in range(10)
    ]
    survey = dx.read_survey(write(tmp_path / "a.csv", [*head, *rows]), book(("t", "Team", "segment"), CI))
    assert (survey.source, len(survey), cleaning(survey)) == ("qualtrics", 8, {FINISHED: 2})
    assert survey.answers["ci"].eq(5).all()


# 08, 17: what stands for missing

PAIR = (("team", "team", "segment"), ("ci", "ci", "rating", "1-5"), ("docs", "docs", "rating", "1-5"))


@pytest.mark.parametrize("code", ["NaN", "#N/A", "NULL", "-9", "99", "."])
def test_other_codes_for_missing_are_a_fault_until_a_rule_names_them(tmp_path, code, refusal):
    rows = [["A", "5", code], ["A", code, "4"], *[["B", "5", "5"]] * 2, *[["B", "4", "4"]] * 4, [code] * 3, [code] * 3]
    path = write(tmp_path / "a.csv", [["team", "ci", "docs"], *rows])
    with refusal("is not an answer of scale 1-5", "6 times in 2 questions"):
        dx.read_survey(path, book(*PAIR))
    survey = dx.read_survey(path, book(*PAIR), rules=rules(("missing", "", code)))
    table = dx.answers(survey).table
    five = table[(table["item"] == "ci") & (table["code"] == 5)].iloc[0]
    assert (len(survey), five["answered"], five["skipped"]) == (8, 7, 1)
    assert five["share"] == pytest.approx(3 / 7)
    assert cleaning(survey) == {"blank submissions set aside": 2, f"read as blank: {code}": 8}


def test_na_from_r_in_options_and_in_a_segment(tmp_path):
    rows = [["A", "Git", "NA", "5"], ["NA", "Git", "Helm", "NA"], *[["B", "NA", "Helm", "4"]] * 4, ["NA"] * 4]
    path = write(tmp_path / "a.csv", [["team", "Tools? [Git]", "Tools? [Helm]", "CI?"], *rows])
    survey = dx.read_survey(path, book(PAIR[0], ("q", "Tools?", "multi", "o"), CI, o=["Git", "Helm"]))
    assert shares(survey) == (6, {"Git": 0.3333, "Helm": 0.8333})
    assert survey.segments["team"].tolist() == ["A", "(not stated)", "B", "B", "B", "B"]
    assert not [note for note in survey.notes if "left every option blank" in note]  # only who was set aside did


def test_a_number_that_stands_for_missing_in_one_question_counts_in_another():
    asked = book(("a", "a", "number", ""), ("b", "b", "number", ""))
    frame = pd.DataFrame({"a": ["50", "-9", "80", "70", "60", "60"], "b": ["-9", "1", "2", "3", "4", "5"]})
    survey = dx.read_survey(frame, asked, rules=rules(("missing", "a", "-9")))
    means = dx.scores(survey).table.set_index("name")["estimate"]
    assert means.tolist() == pytest.approx([64.0, 1.0])


# 09, 11: columns that nobody asked for


@pytest.mark.parametrize(
    ("name", "cells", "note"),
    [
        ("Unnamed: 0", "012345", "a column of row numbers without a name was left out: column 1 (Unnamed: 0)"),
        ("", ["R1", "R2", "R3", "R4", "R5", "R6"], "columns without a name were left out: column 1"),
        ("", ["3", "7", "8", "11", "20", "21"], "a column of row numbers without a name was left out: column 1"),
    ],
)
def test_row_names_are_left_out_with_a_note(tmp_path, name, cells, note):
    path = write(tmp_path / "a.csv", [[name, "team", "ci"], *([cell, "A", "3"] for cell in cells)])
    survey = dx.read_survey(path, book(*PAIR[:2]))
    assert (len(survey), survey.answers["ci"].mean()) == (6, 3)
    assert note in survey.notes


def test_repeated_and_nameless_columns_of_a_workbook_are_left_out(tmp_path):
    frame = pd.DataFrame([["A", 4, "x", "y", None, 1]] * 6, columns=["team", "ci", "Warum?", "Warum?", "", ""])
    frame.to_excel(tmp_path / "a.xlsx", index=False)
    survey = dx.read_survey(tmp_path / "a.xlsx", book(*PAIR[:2]))
    assert (len(survey), survey.answers["ci"].mean()) == (6, 4)
    assert "columns not in the codebook: Warum? (2 columns)" in survey.notes


# 13: other scripts


@pytest.mark.parametrize(
    "labels",
    [
        ["ไม่เห็นด้วย", "เฉยๆ", "เห็นด้วย"],
        ["그렇지 않다", "보통", "그렇다"],
        ["לא מסכים", "ניטרלי", "מסכים"],
        ["Nesouhlasím", "Nevím jak", "Souhlasím"],
    ],
    ids=["Thai", "Korean", "Hebrew", "Czech"],
)
def test_labels_of_other_scripts_are_scored_drawn_and_never_warned_about(labels):
    asked = book(("ci", labels[0] + "?", "rating", "o"), o=labels)
    survey = dx.read_survey(pd.DataFrame({labels[0] + "?": labels * 2 + labels[2:] * 4}), asked)
    assert dx.scores(survey).table["estimate"][0] == pytest.approx(70.0)
    result = dx.answers(survey)
    assert result.table["label"].tolist() == labels
    axes = result.plot()
    axes.figure.canvas.draw()


# 15: one fault for one cause


def test_a_number_nobody_can_read_is_one_fault_over_the_lines_of_a_grid(refusal):
    lines = [f"h{k}" for k in range(8)]
    frame = pd.DataFrame({line: ["2", "5-6", "3", "5-6"] for line in lines})
    with refusal("16 times in 8 questions") as caught:
        dx.read_survey(frame, book(*((line, line, "hours") for line in lines)))
    assert len(caught.value.faults) == 1


def test_a_label_in_another_language_is_one_fault_with_its_scale(tmp_path, refusal):
    lines = [f"s{k}" for k in range(6)]
    frame = pd.DataFrame({line: ["Agree", "Stimme zu", "Stimme  zu", "Disagree"] for line in lines})
    frame.to_excel(tmp_path / "a.xlsx", index=False)
    with refusal("12 times in 6 questions") as caught:
        dx.read_survey(tmp_path / "a.xlsx", book(*((line, line, "rating", "agreement5") for line in lines)))
    assert len(caught.value.faults) == 1


# 16: labels with a number


@pytest.mark.parametrize(
    ("scale", "cells", "codes"),
    [
        ("1-5", ["1 – schlecht", "5 – gut", "3", "(9) weiß nicht"], [1, 5, 3, np.nan]),
        ("0-10", ["0 = überhaupt nicht", "10 = auf jeden Fall", "7", "ns/nc"], [0, 10, 7, np.nan]),
        ("agreement5", ["5: Strongly agree", "1 (Strongly disagree)", "Neutral", "わからない"], [5, 1, 3, np.nan]),
    ],
)
def test_numbers_with_words_and_no_opinion_in_other_languages(scale, cells, codes):
    survey = dx.read_survey(pd.DataFrame({"CI?": cells}), book(("ci", "CI?", "rating", scale)))
    assert survey.answers["ci"].tolist() == pytest.approx(codes, nan_ok=True)
    assert survey.state["ci"].tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize("cells", [["5 - weiß nicht", "3"], ["9 - weiß nicht und will nicht", "3"]])
def test_no_opinion_with_a_number_of_the_scale_is_a_fault(cells, refusal):
    with refusal("scale 1-5"):
        dx.read_survey(pd.DataFrame({"CI?": cells}), book(CI))


# 22: rankings


@pytest.mark.parametrize(
    "cells",
    [
        {"Rank these": ["CI, Docs, Tests"] * 7 + ["Docs, CI, Tests"] * 3},
        {"Rank these": ["CI > Docs > Tests"] * 7 + ["Docs > CI > Tests"] * 3},
        {
            "Rank these [Rang 1]": ["CI"] * 7 + ["Docs"] * 3,
            "Rank these [Rang 2]": ["Docs"] * 7 + ["CI"] * 3,
            "Rank these [Rang 3]": ["Tests"] * 10,
        },
    ],
    ids=["commas", "arrows", "a column for each place, in German"],
)
def test_rankings_in_other_shapes(cells):
    survey = dx.read_survey(pd.DataFrame(cells), book(("r", "Rank these", "rank", "o"), o=["CI", "Docs", "Tests"]))
    assert shares(survey, "r") == (10, {"CI": 0.7, "Docs": 0.3, "Tests": 0.0})
    assert dx.scores(survey).table["estimate"].tolist() == pytest.approx([1.3, 1.7, 3.0])


def test_a_ranking_in_the_old_form_is_told_and_the_draft_is_right(tmp_path):
    path = CASES / "22_ranking" / "responses_1.csv"
    assert (
        "'Rank these': everybody chose every option; write kind rank if they were put in order"
        in dx.open_survey(path).notes
    )
    dx.draft(path).write(tmp_path / "survey.xlsx")
    survey = dx.read_survey(path, tmp_path / "survey.xlsx")
    assert shares(survey, "rank") == (10, {"CI": 0.7, "Docs": 0.3, "Tests": 0.0})
    assert shares(survey, "order") == (10, {"CI": 0.7, "Docs": 0.3})
    assert dx.scores(survey).table["estimate"].tolist() == pytest.approx([1.3, 1.7, 3.0, 1.3, 1.7])


# asked_if in other languages; the old form of options


@pytest.mark.parametrize("no", ["No", "Nein", "Non", "いいえ", "0"])
def test_who_was_not_asked_is_told_in_five_languages(no):
    items = pd.DataFrame(
        {"item": ["ci"], "text": ["CI?"], "kind": ["rating"], "scale": ["1-5"], "asked_if": ["uses CI"]}
    )
    survey = dx.read_survey(pd.DataFrame({"uses CI": ["x", no, "x"], "CI?": ["4", "", ""]}), items)
    assert survey.state["ci"].tolist() == [0, 3, 2] or len(survey) == 1


def test_the_old_form_of_options_is_one_question_and_says_so():
    rows = [(f"o{k}", f"Tools? [{option}]", "rating", "yesno") for k, option in enumerate(TOOLS)]
    frame = pd.DataFrame({"Tools?": [";".join(chosen) for chosen in CHOSEN], "CI?": "4"})
    old, new = dx.read_survey(frame, book(*rows, CI)), dx.read_survey(frame, multi("Tools?", *TOOLS))
    note = "'Tools?': 4 ratings on yesno are read as options of one question; write one row of kind multi to say so"
    assert (note in old.notes, note in new.notes) == (True, False)
    yes = dx.answers(old).table.query("label == 'Yes'")
    assert dict(zip(TOOLS, yes["share"].round(4), strict=True)) == RIGHT[1]
    assert set(yes["answered"]) == {12}
    grid = pd.DataFrame({f"Tools? [{option}]": ["Yes", "No"] * 4 for option in TOOLS})
    assert note not in dx.read_survey(grid, book(*rows)).notes  # each was answered yes or no


# the invariants of cleaning over all tools


@settings(max_examples=15)
@given(st.lists(st.tuples(st.booleans(), st.sampled_from(["4", "", "5"])), min_size=1, max_size=12))
def test_rows_set_aside_and_rows_kept_are_all_rows(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("lime") / "a.csv"
    lines = [[str(k), "2026-01-01 10:00:00" * done, "3", "fr", cell] for k, (done, cell) in enumerate(rows)]
    survey = dx.read_survey(write(path, [[*LIME["fr"], "CI?"], *lines]), book(CI))
    assert survey.cleaning["count"].sum() == len(rows) - len(survey)
