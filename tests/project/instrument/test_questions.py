"""The questions themselves: one thing each, short, in both languages, with their literature, within their time."""

import re

import pytest

import dxkit as dx
from dxkit.files.cells import normal
from dxkit.project.instrument import SLOW, minutes
from dxkit.survey.reading.instrument.asked import LANGUAGES, asked, questions, tables
from tests.places import ROOT

PAGE = (ROOT / "docs" / "instrument.md").read_text(encoding="utf-8")
SEVERAL = {"en": r"\b(and|or|as well as)\b|/", "de": r"\b(und|oder|sowie)\b|/"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_fifty_five_questions(lang):
    made = dx.instrument(lang=lang)
    kinds = made.items["kind"].value_counts().to_dict()
    assert kinds == {"rating": 24, "importance": 12, "hours": 12, "segment": 4, "comment": 2, "recommend": 1}
    assert made.items.groupby("topic")["kind"].apply(set).drop("").map(len).tolist() == [3] * 12
    assert made.items.loc[made.items["dimension"] != "", "dimension"].value_counts().tolist() == [3] * 4
    assert made.items["text"].map(normal).is_unique


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_question_asks_one_thing_in_few_words(lang):
    for each in asked():
        for part in filter(None, (each.question, each.line)):
            assert not re.search(SEVERAL[lang], part[lang]), part[lang]
            assert len(part[lang].split()) <= 15, part[lang]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_slow_reader_needs_less_than_fifteen_minutes(lang):
    assert 5 < minutes(lang) < SLOW * minutes(lang) < 15


def test_the_time_by_hand():
    """English: 468 words; 48 lines of grids, 5 other questions, 2 comments, and the start."""
    data = questions()
    words = [data["title"]["en"], data["intro"]["en"], *(q["en"] for q in data["questions"])]
    words += [line["en"] for q in data["questions"] for line in data["lines"].get(q.get("lines"), ())]
    words += [label for q in data["questions"] if "scale" in q for label in data["scales"][q["scale"]]["en"]]
    words += ["Not at all likely", "Extremely likely"]
    seconds = len(" ".join(words).split()) / 238 * 60 + 48 * 3.5 + 5 * 6 + 2 * 60 + 20
    assert minutes("en") == pytest.approx(seconds / 60)


def test_hours_are_asked_in_bands():
    _, scales = tables("en")
    bands = scales.loc[scales["scale"] == "hours6"]
    assert sorted(set(bands["code"])) == [0, 0.5, 1.5, 4, 8, 12]


def test_both_languages_have_every_label_of_every_scale():
    for name, scale in questions()["scales"].items():
        assert len(scale["codes"]) == len(scale["en"]) == len(scale["de"]), name


def test_codes_are_as_the_tools_take_them():
    """LimeSurvey takes codes of at most 20 letters and digits, for answers 5."""
    for question in questions()["questions"]:
        assert re.fullmatch(r"[a-z][a-z0-9]{0,19}", question["item"])
    for lines in questions()["lines"].values():
        assert all(re.fullmatch(r"[a-z][a-z0-9]{0,19}", line["code"]) for line in lines)
        assert len({line["code"] for line in lines}) == len(lines)
    keys = [key for scale in questions()["scales"].values() for key in scale.get("keys", ())]
    assert all(re.fullmatch(r"[a-z0-9]{1,5}", key) for key in keys)


def test_every_question_has_its_construct_and_its_literature():
    sources = dx.instrument().sources
    assert sources["item"].tolist() == dx.instrument().items["item"].tolist()
    assert (sources["construct"] != "").all()
    assert sources["source"].str.contains(r"\((?:19|20)\d\d\)").all()
    used = {name for each in asked() for part in (each.question, each.line) if part for name in part["source"]}
    assert used == set(questions()["sources"])


def test_the_page_has_the_literature_and_every_question():
    for text in questions()["sources"].values():
        assert f"- {text}." in PAGE
    for each in asked():
        assert all(part["en"] in PAGE for part in (each.question, each.line) if part), each.item
