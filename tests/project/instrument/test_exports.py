"""What the survey tools export of the instrument is read: with its codebook beside it, and without any."""

import csv
import shutil

import numpy as np
import openpyxl
import pandas as pd
import pytest

import dxkit as dx
from dxkit.project.check import check
from dxkit.project.instrument import write_instrument
from dxkit.survey.reading.instrument.asked import questions
from tests.project.instrument import exports

ITEMS = dx.instrument().items["item"].tolist()
PEOPLE = exports.answered(ITEMS)
WAYS = {
    "google": lambda made, path: exports.google(exports.form_of(made / "google_form.gs"), PEOPLE, path),
    **{
        f"limesurvey {headers} {answers}": lambda made, path, headers=headers, answers=answers: exports.limesurvey(
            made / "limesurvey.txt", PEOPLE, path, headers=headers, answers=answers
        )
        for headers in ("code", "text", "both")
        for answers in ("code", "full")
    },
    **{
        f"{tool} {headers}{' groups' if groups else ''}": lambda made, path, how=how: exports.xlsform(
            made / "xlsform.xlsx", PEOPLE, path, **how
        )
        for tool, headers, groups in (
            *(("kobo", headers, groups) for headers in ("name", "label") for groups in (False, True)),
            ("odk", "name", True),
        )
        for how in [{"tool": tool, "headers": headers, "groups": groups}]
    },
}
ONLY_IDS = {"kobo name", "kobo name groups", "odk name", "odk name groups", "limesurvey code code"}
ONLY_IDS |= {"limesurvey code full"}
QUICK = ("google", "limesurvey both full", "kobo label")  # in German; the stage `thorough` tries all
EVERY = [("en", way) for way in WAYS]
EVERY += [pytest.param("de", way, marks=() if way in QUICK else pytest.mark.thorough) for way in WAYS]
CODED = ("google", "limesurvey code code", "kobo name", "odk name groups")  # the codebook knows what codes mean
BESIDE = [
    pytest.param(lang, way, marks=() if way in CODED else pytest.mark.thorough) for lang in ("en", "de") for way in WAYS
]
TEAM_CODES = {way for way in WAYS if way.endswith("code")}


@pytest.fixture(scope="module", params=["en", "de"])
def lang(request):
    return request.param


@pytest.fixture(scope="module")
def made(lang, tmp_path_factory):
    folder = tmp_path_factory.mktemp(f"instrument_{lang}")
    (folder / "teams.txt").write_text("\n".join(exports.TYPED), encoding="utf-8")
    write_instrument(folder / "made", str(folder / "teams.txt"), lang)
    return folder / "made"


def export(way, made, path):
    if way == "google" and not exports.NODE:
        pytest.skip("needs Node.js")
    return WAYS[way](made, path)


def check_answers(survey, lang, teams=exports.TYPED):
    """Every answer is the code of what the person chose, every group has the label of the language."""
    codes = {name: scale["codes"] for name, scale in questions()["scales"].items()}
    scale_of = {question["item"]: question.get("scale") for question in questions()["questions"]}
    for j, item in enumerate(ITEMS):
        given = [person[j] for person in PEOPLE]
        scale = scale_of[item.partition("_")[0]]
        if item in survey.answers:
            told = codes.get(scale, range(11))
            wanted = [np.nan if answer is None else float(told[answer]) for answer in given]
            np.testing.assert_array_equal(survey.answers[item].to_numpy(), wanted, err_msg=item)
        elif item in survey.segments:
            labels = teams if item == "team" else questions()["scales"][scale][lang]
            wanted = ["(not stated)" if answer is None else labels[answer] for answer in given]
            assert survey.segments[item].astype(str).tolist() == wanted
    assert survey.comments.shape == (30, 2)
    assert len(survey) == 30


@pytest.mark.parametrize(("lang", "way"), BESIDE, indirect=["lang"])
def test_with_the_codebook_beside_it_every_export_is_the_same_survey(way, made, lang, tmp_path):
    shutil.copy(made / "survey.xlsx", tmp_path)
    path = export(way, made, tmp_path / "responses_2026-Q4.csv")
    survey = dx.open_survey(path)
    check_answers(survey, lang)
    assert not [note for note in survey.notes if "codebook" in note]


@pytest.mark.parametrize(("lang", "way"), EVERY, indirect=["lang"])
@pytest.mark.thorough
def test_without_a_codebook_it_is_found_by_ids_or_texts(way, made, lang, tmp_path):
    path = export(way, made, tmp_path / "responses_2026-Q4.csv")
    survey = dx.open_survey(path)
    spoken = "en" if way in ONLY_IDS else lang
    name = {"en": "English", "de": "German"}[spoken]
    note = (
        f"no codebook was given; 55 of 55 questions of dxkit's instrument were found ({name}), so its codebook is used"
    )
    assert note in survey.notes
    teams = ("t1", "t2", "t3") if way in TEAM_CODES else exports.TYPED
    teams = ("Platform_Core", *teams[1:]) if way.startswith(("kobo name", "odk")) else teams
    check_answers(survey, spoken, teams)
    if way in QUICK:
        assert note in check(path)
        assert dx.read_survey(path).answers.equals(survey.answers)
    draft = dx.draft(path)
    assert ((draft.items["kind"] != "ignore").sum(), len(draft.doubts), draft.own) == (55, 0, 55)


@pytest.fixture
def frame():
    """Answers by id, as a frame."""
    told = [["" if answer is None else str(answer) for answer in person] for person in PEOPLE]
    frame = pd.DataFrame(told, columns=ITEMS, dtype=object)
    ratings = [item for item in ITEMS if item.startswith(("ease", "importance", "agree"))]
    frame[ratings] = frame[ratings].replace({str(k): str(k + 1) for k in range(5)})
    hours = [item for item in ITEMS if item.startswith("hours")]
    return frame.assign(
        **{
            item: frame[item].replace(dict(zip("012345", ("0", "0.5", "1.5", "4", "8", "12"), strict=True)))
            for item in hours
        }
    )


def test_four_fifths_of_the_questions_are_enough(frame, refusal):
    part = frame[ITEMS[:44]]
    survey = dx.read_survey(part)
    assert "44 of 55 questions" in survey.notes[0]
    assert survey.codebook.items["item"].tolist() == ITEMS[:44]
    with refusal():
        dx.read_survey(frame[ITEMS[:43]])


def test_a_draft_adds_the_questions_that_are_not_ours(frame, tmp_path):
    frame["Do you like our canteen?"] = ["Yes", "No", "Yes"] * 10
    frame["role2"] = ["Baker", "Cook"] * 15
    path = tmp_path / "answers.csv"
    frame.to_csv(path, index=False)
    draft = dx.draft(path)
    assert draft.items["item"].tolist()[:55] == ITEMS
    assert draft.items["text"].tolist()[55:] == ["Do you like our canteen?", "role2"]
    assert repr(draft).startswith("Draft: 57 questions")
    assert "55 of dxkit's own" in repr(draft)
    draft.write(tmp_path / "survey.xlsx")
    survey = dx.open_survey(path)
    assert survey.answers.shape == (30, 51)


def test_notebooks_find_it_in_a_folder_of_any_name(made, tmp_path):
    path = export("limesurvey text full", made, tmp_path / "results.csv")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    assert dx.open_survey(tmp_path).answers.equals(dx.open_survey(path).answers)


def test_it_is_found_among_sheets(made, tmp_path):
    path = export("limesurvey text full", made, tmp_path / "a.csv")
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    book = openpyxl.Workbook()
    book.active.append(["Read me: answers are on the next sheet"])
    for row in rows:
        (book["Answers"] if "Answers" in book.sheetnames else book.create_sheet("Answers")).append(row)
    book.save(tmp_path / "b.xlsx")
    assert dx.read_survey(tmp_path / "b.xlsx").answers.equals(dx.read_survey(path).answers)


def test_other_answers_still_need_a_codebook(tmp_path, refusal):
    (tmp_path / "responses_1.csv").write_text("a,b\n1,2\n")
    with refusal():
        dx.open_survey(tmp_path / "responses_1.csv")


@pytest.mark.parametrize("lang", ["en", pytest.param("de", marks=pytest.mark.thorough)], indirect=True)
def test_scores_and_pains_come_without_any_work(made, lang, tmp_path):
    survey = dx.open_survey(export("kobo label", made, tmp_path / "responses_2026-Q4.csv"))
    scores = dx.scores(survey).table
    assert set(questions()["dimensions"][name][lang] for name in questions()["dimensions"]) <= set(scores["name"])
    assert scores.loc[scores["unit"] == "hours", "favourable"].isna().all()
    assert scores.loc[scores["unit"] == "index", "favourable"].notna().any()
    assert len(dx.rank_pains(survey).table) == 12
