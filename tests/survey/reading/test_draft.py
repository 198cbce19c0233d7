"""A draft from an export: each rule on a small table and its neighbours, the cases, and nine published surveys."""

import math
import shutil
import time
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import dxkit as dx
from dxkit.survey.reading.drafting.draft import drafted
from tests.places import SHARED

SURVEYS = SHARED / "data" / "surveys"
needs_shared = pytest.mark.skipif(not SURVEYS.is_dir(), reason="the folder shared with real surveys is not here")
LETTERS = {
    **{"i": "ignore", "s": "segment", "c": "choice", "m": "multi", "k": "rank", "n": "number", "r": "rating"},
    **{"p": "importance", "t": "comment", "h": "hours", "R": "recommend", "d": "date", "u": "id"},
}
READ_BY_HAND = {  # the kind of each question, as somebody reads it who sees questionnaire and answers
    "carpentries_2018": "dcsti" + "r" * 32 + "ctRs",
    "cncf_gitops_2021": "ictrcrmtmtmtmmtrctmtmt",
    "cncf_toc_2020": "iiiimtm" + "r" * 8 + "t" + "r" * 10 + "cttt",
    "dask_2019": "immmrmcc" + "p" * 10 + "cmmtrc",
    "dask_2020": "irmmmmcc" + "p" * 10 + "mmmtrmc",
    "kubernetes_2018": "iiirccss" + "r" * 10 + "mtctcrmtmmctn" + "r" * 7 + "tccmtt" + "r" * 9 + "mtcctccrc",
    "spack_2020": "issscmcnmmmrmccmmmmm" + "p" * 12 + "tccmr" + "r" * 5 + "t" * 6,
    "spack_2022": "issscctmmcnmmmrmmtcccmmm" + "p" * 16 + "tccmrrrrrrrtttttti",
    "strimzi_2022": "cmccckkttt",
}


def kinds(columns: dict[str, list]) -> dict[str, str]:
    items = drafted(pd.DataFrame(columns)).items
    return dict(zip(items["text"], items["kind"], strict=True))


def one(cells: list, header: str = "What about this?") -> tuple[str, list[str]]:
    """The kind of a single column, and its labels by code."""
    made = drafted(pd.DataFrame({header: cells}))
    rows = made.scales.sort_values("code", kind="stable")
    return made.items["kind"].iloc[0], rows.loc[rows["code"].notna(), "label"].tolist()


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        ({"Rank [A]": list("123123"), "Rank [B]": list("231312"), "Rank [C]": list("312231")}, {"Rank": "rank"}),
        ({"Best [1]": list("abcabc"), "Best [2]": list("bcacab"), "Best [3]": list("cabbca")}, {"Best": "rank"}),
        ({"Use [A]": ["A", "", "A"], "Use [B]": ["", "B", ""]}, {"Use": "multi"}),
        ({"Use [A]": ["Yes", "No", "Yes"], "Use [B]": ["No", "Yes", "No"]}, {"Use": "multi"}),
        ({"Use: A": ["x", "", "x"], "Use: B": ["", "x", ""], "Use: C": ["x", "x", ""]}, {"Use": "multi"}),
        (
            {"How good? [A]": ["Good", "Bad"] * 4, "How good? [B]": ["Very good", "Very bad"] * 4},
            {"How good? [A]": "rating", "How good? [B]": "rating"},
        ),
        ({"On [A]": list("1234512"), "On [B]": list("5432155")}, {"On [A]": "rating", "On [B]": "rating"}),
        (
            {
                "Use [A]": ["A", "", "A"],
                "Use [B]": ["", "B", ""],
                "Use [Other (please specify)]": ["", "", "own words"],
            },
            {"Use": "multi", "Use [Other (please specify)]": "comment"},
        ),
    ],
)
def test_columns_of_one_stem_are_read_together(columns, kind):
    assert kinds(columns) == kind


def test_lines_of_a_grid_share_one_scale_over_the_union_of_their_labels():
    made = drafted(
        pd.DataFrame(
            {
                "How useful? [A]": ["Not useful", "Very useful"] * 3,
                "How useful? [B]": ["Somewhat useful"] * 4 + [""] * 2,
            }
        )
    )
    assert made.items["scale"].nunique() == 1
    assert dict(zip(made.scales["label"], made.scales["code"], strict=True)) == {
        "Not useful": 1.0,
        "Somewhat useful": 2.0,
        "Very useful": 3.0,
    }


@pytest.mark.parametrize(
    ("header", "cells", "kind"),
    [
        ("Is CI fast?", ["Yes", "No", "yes", "n/a"], "choice"),
        ("Hours lost in a week", ["1", "2.5", "0", "30"], "hours"),
        ("How likely are you to recommend us?", [*map(str, range(11))], "recommend"),
        ("How likely are you to recommend us?", ["1", "3", "4", "5", "5"], "rating"),
        ("CI is fast", ["1", "2", "3", "4", "5"], "rating"),
        ("How many deployments a month?", ["1", "2", "3", "4", "5"], "number"),
        ("How much do you trust it?", ["10", "55", "80", "100", "0"], "rating"),
        ("Respondent id", ["101", "205", "318", "444", "512"], "id"),
        ("CI is fast", ["Agree", "Disagree", "Strongly agree"] * 2, "rating"),
        ("How important is it?", ["Very important", "Not important"] * 3, "importance"),
        ("Which team?", ["Red", "Blue", "Red", "Blue"], "segment"),
        ("Which editor?", ["Vim", "Emacs", "Vim", "Emacs"], "choice"),
        ("What else?", ["this", "that", "something", "more of it"], "comment"),
        (
            "What else should we know?",
            ["The wiki has three answers to everything", "Getting access took weeks"] * 3,
            "comment",
        ),
        ("Your survey code", ["ab12", "cd34", "ef56", "gh78"], "ignore"),
        ("Your e-mail", ["a@b.c", "d@e.f"], "ignore"),
        ("When did it happen?", ["2026-01-02", "2026-02-03", "2026-03-04"], "date"),
    ],
)
def test_a_single_column_gets_the_first_kind_that_fits(header, cells, kind):
    assert one(cells, header)[0] == kind


@pytest.mark.parametrize("separator", [";", ", ", ",", " / ", "|", "\n"])
def test_joined_options_are_found_whatever_joins_them(separator):
    cells = [
        separator.join(each) for each in (["Slack", "Mail"], ["Mail"], ["Slack"], ["Slack", "Phone"], ["Phone"])
    ] * 2
    assert one(cells) == ("multi", ["Slack", "Mail", "Phone"])


@pytest.mark.parametrize(
    ("cells", "kind", "labels"),
    [
        (["Slack, Teams"] * 6 + ["Teams"] * 6 + ["Slack"] * 2 + ["No"] * 14, "multi", ["No", "Teams", "Slack"]),
        (["Yes, I come"] * 3 + ["Yes, I talk"] * 2 + ["No"] * 5, "choice", ["No", "Yes, I come", "Yes, I talk"]),
        (["CI;Docs;Tests"] * 7 + ["Docs;CI;Tests"] * 3, "rank", ["CI", "Docs", "Tests"]),
        (["linux mac", "linux"] * 6, "multi", ["linux", "mac"]),
        (["United States", "France", "Germany"] * 3, "choice", ["France", "Germany", "United States"]),
        (["HPC (PBS, SGE)", "Kubernetes, HPC (PBS, SGE)", "Kubernetes"] * 3, "multi", ["HPC (PBS, SGE)", "Kubernetes"]),
    ],
)
def test_a_comma_or_space_inside_a_label_is_no_separator(cells, kind, labels):
    assert one(cells, "Which of these?") == (kind, labels)


def test_a_label_that_one_person_gave_is_never_written():
    cells = ["Vim", "Emacs"] * 6 + ["my own secret"]
    made = drafted(pd.DataFrame({"Which editor?": cells, "Which team?": ["Red", "Blue"] * 6 + ["Violet"]}))
    assert made.scales["label"].tolist() == ["Emacs", "Vim"]
    assert made.groups == ("Blue", "Red")
    joined = drafted(pd.DataFrame({"Which?": ["A;B", "A", "B", "A;my own secret"] + ["A;B"] * 5}))
    assert joined.scales["label"].tolist() == ["A", "B"]


def test_a_reason_to_have_no_opinion_that_one_person_gave_is_not_written_either():
    grid = ["Agree", "Disagree", "Strongly agree", "I don't know yet"] * 3 + ["Not sure because Bob left"]
    numbers = ["1", "2", "3", "4", "5", "I don't know yet"] * 2 + ["I can't say how Bob does it"]
    made = drafted(pd.DataFrame({"CI is fast": grid, "Docs are good": numbers}))
    written = [*made.scales["label"], *made.rules["value"], *made.items.to_numpy().ravel()]
    assert not any("Bob" in str(text) for text in written)
    assert made.rules[["rule", "question", "value"]].to_numpy().tolist() == [
        ["missing", "docs_good", "I don't know yet"]
    ]
    assert set(zip(made.doubts["item"], made.doubts["cell"], strict=True)) >= {("docs_good", "scale")}


def test_a_scale_keeps_the_code_of_a_label_that_one_person_gave():
    cells = ["Bad"] * 4 + ["OK"] * 9 + ["Good"] * 7 + ["Excellent"] * 9
    made = drafted(pd.DataFrame({"How is it? [A]": [*cells, "Horrible"], "How is it? [B]": [*cells, "OK"]}))
    assert dict(zip(made.scales["label"], made.scales["code"], strict=True)) == {
        **{"1": 1.0, "Bad": 2.0, "OK": 3.0},
        **{"Good": 4.0, "Excellent": 5.0},
    }
    assert "scale" in set(made.doubts["cell"])
    cells = pd.DataFrame({"How is it? [A]": [*cells, "Horrible"], "How is it? [B]": [*cells, "OK"]})
    survey = dx.read_survey(cells, dx.read_codebook(made.items, made.scales))
    assert survey.answers.iloc[-1].tolist() == [1.0, 3.0]


def test_labels_beside_a_scale_are_no_opinion_and_yellow():
    often = ["Daily"] * 20 + ["Weekly"] * 22 + ["Monthly"] * 24 + ["Not in this life"] * 2
    cells = pd.DataFrame({"How often do you deploy?": often})
    made = drafted(cells)
    assert set(zip(made.doubts["item"], made.doubts["cell"], strict=True)) >= {("often_deploy", "scale")}
    survey = dx.read_survey(cells, dx.read_codebook(made.items, made.scales))
    assert survey.answers["often_deploy"].isna().sum() == 2


def test_topics_join_the_lines_of_satisfaction_importance_and_hours():
    lines = ("Waiting for CI", "Finding docs")
    columns = {f"How satisfied? [{line}]": ["Satisfied", "Dissatisfied", "Very satisfied"] * 3 for line in lines}
    columns |= {f"How important? [{line}]": ["Very important", "Not important", "n/a"] * 3 for line in lines}
    columns |= {"Hours lost [waiting for CI.]": list("123456789"), "Hours lost [Finding the docs]": list("123456789")}
    items = drafted(pd.DataFrame(columns)).items
    assert items["topic"].tolist() == [*lines, *lines, *lines]
    assert items["kind"].tolist() == ["rating"] * 2 + ["importance"] * 2 + ["hours"] * 2


def test_what_is_only_a_guess_is_a_doubt():
    made = drafted(
        pd.DataFrame(
            {
                "How often do you deploy?": ["Daily", "Weekly", "Monthly"] * 3,
                "CI is fast": list("234234234"),
                "Trust, 0 to 100": ["10", "50", "80", "999", "90", "70", "20", "30", "40"],
                "Grid [A]": list("123451234"),
                "Grid [B]": list("543215432"),
            }
        )
    )
    found = set(zip(made.doubts["item"], made.doubts["cell"], strict=True))
    assert {
        *{("often_deploy", "good"), ("ci_fast", "scale"), ("trust_0_100", "kind"), ("trust_0_100", "scale")},
        *{("grid_a", "dimension"), ("grid_b", "dimension")},
    } <= found, found
    assert made.rules[["rule", "question", "value"]].to_numpy().tolist() == [["missing", "trust_0_100", "999"]]


def test_row_order_case_and_spacing_change_no_draft():
    frame = pd.DataFrame(
        {
            "Which editor?": ["Vim", "Emacs", "Vim", "Emacs", "Vim"] * 3,
            "CI is fast": ["Agree", "Disagree", "Agree", "Strongly agree", "Agree"] * 3,
            "Which tools?": ["A;B", "A", "B", "B;C", "C"] * 3,
        }
    )
    first, other = drafted(frame), drafted(frame.iloc[::-1].map(lambda text: f" {text} "))
    pd.testing.assert_frame_equal(first.items, other.items)
    pd.testing.assert_frame_equal(first.scales, other.scales)


def test_bare_tick_columns_of_typeform_are_one_question_up_to_none(tmp_path):
    path = tmp_path / "responses_1.csv"
    rows = [
        "m{i},Meetups,,,2026-01-01,2026-01-01,n",
        "c{i},,Talks,,2026-01-01,2026-01-01,n",
        "n{i},,,None,2026-01-01,2026-01-01,n",
    ]
    lines = [row.format(i=i) for i in range(4) for row in rows]
    path.write_text("#,Meetups,Talks,None,Start Date (UTC),Submit Date (UTC),Network ID\n" + "\n".join(lines))
    made = dx.draft(path)
    assert made.items.loc[made.items["kind"] == "multi", "text"].tolist() == ["Meetups / Talks / None"]
    made.write(tmp_path / "survey.xlsx")
    survey = dx.open_survey(path)
    item = f"{made.items['item'].iloc[1]}[None]"
    assert survey.answers[item].value_counts().to_dict() == {0.0: 8, 1.0: 4}


def test_rules_of_a_draft_are_read_with_it(tmp_path):
    export = tmp_path / "responses_1.csv"
    frame = pd.DataFrame(
        {
            "Which tools?": ["git\nmake", "git", "make", "make\nnpm", "npm", "git"] * 10,
            "How many builds a day?": [*map(str, range(40)), *["n/a"] * 19, "too many"],
            "Trust, 0 to 100": ["10", "50", "80", "999", "90", "70"] * 10,
        }
    )
    frame.to_csv(export, index=False)
    made = dx.draft(export)
    assert made.rules["rule"].tolist() == ["separator", "unreadable", "missing"]
    made.write(tmp_path / "survey.xlsx")
    survey = dx.open_survey(export)
    assert survey.answers["tools[make]"].sum() == 30
    assert survey.answers["trust_0_100"].mean() == 60
    assert survey.answers["builds_day"].count() == 40


STRUCTURE = """class\ttype/scale\tname\trelevance\ttext\thelp\tlanguage
SL\t\tsurveyls_title\t\tTest\t\ten
G\t\tone\t1\tone\t\ten
Q\tL\tci\t1\tIs CI fast enough?\t\ten
A\t0\tA1\t\tAgree\t\ten
A\t0\tA2\t\tDisagree\t\ten
A\t0\tA3\t\tStrongly disagree\t\ten
"""


def test_a_structure_brings_texts_and_labels_that_nobody_chose(tmp_path):
    structure = tmp_path / "limesurvey.txt"
    structure.write_text(STRUCTURE)
    export = tmp_path / "responses_1.csv"
    export.write_text("ci,team\n" + "\n".join(["A1,Red", "A2,Blue"] * 4))
    made = dx.draft(export, structure)
    assert made.items[["item", "text", "kind"]].iloc[0].tolist() == ["ci", "Is CI fast enough?", "rating"]
    codes = dict(zip(made.scales["label"], made.scales["code"], strict=True))
    assert codes["Strongly disagree"] < codes["Disagree"] == codes["A2"] < codes["Agree"] == codes["A1"]
    made.write(tmp_path / "survey.xlsx")
    assert len(dx.open_survey(export)) == 8


def test_a_form_of_odk_brings_kinds_and_the_labels_of_joined_codes(tmp_path):
    book = openpyxl.Workbook()
    rows = (
        ("type", "name", "label"),
        ("select_multiple tools", "tools", "Which tools?"),
        ("integer", "builds", "Builds?"),
    )
    choices = (
        ("list_name", "name", "label"),
        ("tools", "git", "Git"),
        ("tools", "make", "GNU Make"),
        ("tools", "npm", "npm"),
    )
    book.active.title = "survey"
    for sheet, lines in ((book.active, rows), (book.create_sheet("choices"), choices)):
        for line in lines:
            sheet.append(line)
    book.save(tmp_path / "form.xlsx")
    export = tmp_path / "responses_1.csv"
    export.write_text("tools,builds\n" + "\n".join(f"{'git make' if i % 2 else 'make'},{i}" for i in range(10)))
    made = dx.draft(export, tmp_path / "form.xlsx")
    assert made.items[["text", "kind"]].to_numpy().tolist() == [["Which tools?", "multi"], ["Builds?", "number"]]
    made.write(tmp_path / "survey.xlsx")
    answers = dx.open_survey(export).answers
    assert answers[["tools[Git]", "tools[GNU Make]", "tools[npm]", "builds"]].sum().tolist() == [5, 10, 0, 45]


@needs_shared
@pytest.mark.parametrize("name", READ_BY_HAND)
def test_real_surveys_are_drafted_as_somebody_reads_them(name, capsys):
    items = dx.draft(SURVEYS / f"{name}.csv").items
    wanted = [LETTERS[letter] for letter in READ_BY_HAND[name]]
    assert len(items) == len(wanted)
    wrong = [
        (item, kind) for item, kind, right in zip(items["item"], items["kind"], wanted, strict=True) if kind != right
    ]
    with capsys.disabled():
        print(f"\n{name}: {len(wrong)} of {len(wanted)} kinds to correct by hand {wrong}")
    assert len(wrong) <= 0.1 * len(wanted)


@needs_shared
@pytest.mark.parametrize("name", READ_BY_HAND)
@pytest.mark.thorough
def test_a_draft_of_a_real_survey_has_no_fault_outside_yellow_cells(tmp_path, name):
    export = shutil.copyfile(SURVEYS / f"{name}.csv", tmp_path / "responses_1.csv")
    begun = time.process_time()
    made = dx.draft(export)
    drafting = time.process_time() - begun
    yellow = set(made.doubts.loc[made.doubts["cell"].isin(["scale", "kind"]), "item"])
    sure = made.items.loc[~made.items["item"].isin(yellow) | ~made.items["kind"].isin(["rating", "number"])]
    begun = time.process_time()
    survey = dx.read_survey(export, dx.read_codebook(sure, made.scales))
    assert len(survey) > 20
    assert drafting < 5 * (time.process_time() - begun)


@needs_shared
@pytest.mark.parametrize("case", sorted(path.name for path in (SHARED / "cases" / "surveys").glob("*/")))
def test_cases_are_drafted_so_that_they_are_read(tmp_path, case):
    export = Path(
        shutil.copyfile(SHARED / "cases" / "surveys" / case / "responses_1.csv", tmp_path / "responses_1.csv")
    )
    made = dx.draft(export)
    made.write(tmp_path / "survey.xlsx")
    assert len(dx.open_survey(export)) > 4
    assert not any(math.isnan(code) for code in made.scales["code"])
