"""What a survey can tell before it goes out."""

import re

import numpy as np
import pytest

import dxkit as dx
from dxkit.survey.planning import answers_for
from tests.survey.topic_worlds import likert, survey

pytestmark = pytest.mark.usefixtures("nothing_hidden")

COMPANY = dx.open_survey(dx.samples.path("company/responses_2026-Q3.csv"))


def test_the_number_of_answers_is_the_textbook_one():
    assert answers_for(0.5, 1.0) == pytest.approx(31.395, abs=1e-3)  # (1.959964 + 0.841621)^2 / 0.25
    assert answers_for(0.5, 1.0, 60) == pytest.approx(31.395 / (1 + 31.395 / 60), abs=1e-3)
    assert answers_for(0.0, 1.0) == np.inf


def test_forty_answers_to_25_questions_find_the_worst_two_less_than_half_the_time():
    table = dx.plan_survey(topics=25).table.set_index("answers")
    assert table.loc[40, "p_pair"] < 0.5
    assert table["p_pair"].is_monotonic_increasing
    assert table["gap"].is_monotonic_decreasing


def test_the_stated_chance_is_how_often_surveys_of_that_size_find_the_true_two():
    rng, topics, runs = np.random.default_rng(9), 10, 400
    plan = dx.plan_survey(topics=topics, spread=6, sd=25, correlation=0.35, answers=[60])
    right = 0
    for _ in range(runs):
        true = rng.normal(size=topics) * 6
        noise = np.sqrt(0.35) * rng.normal(size=(60, 1)) + np.sqrt(0.65) * rng.normal(size=(60, topics))
        found = (true + 25 * noise).mean(axis=0)
        right += set(np.argsort(-true)[:2]) == set(np.argsort(-found)[:2])
    assert plan.table["p_pair"][0] == pytest.approx(right / runs, abs=0.075)  # three simulation errors


def test_an_earlier_survey_gives_its_own_figures(snapshot):
    rng = np.random.default_rng(3)
    before = survey(likert(rng.normal(size=12) * 8, 900, rng))
    note = dx.plan_survey(before).notes[0]
    assert re.sub(r"\d\.?\d*", "<n>", note) == snapshot
    figures = dict(part.rsplit(" ", 1) for part in note.split(": ")[1].split(", "))
    assert float(figures["correlation"]) == pytest.approx(0.33, abs=0.05)
    assert float(figures["sd"]) == pytest.approx(25, abs=3)


def test_few_staff_need_fewer_answers_and_the_table_stops_at_them():
    plan = dx.plan_survey(COMPANY)
    assert plan.table["answers"].max() <= 180
    assert plan.needed < dx.plan_survey(COMPANY, population=10_000).needed
    everybody = dx.plan_survey(COMPANY, answers=[180]).table.iloc[0]
    assert (everybody["p_pair"], everybody["gap"]) == (1.0, 0.0)


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"topics": 2}, id="more than the 2 to choose"),
        pytest.param({"sd": 0}, id="sd must be above 0"),
        pytest.param({"gap": -1}, id="gap must be above 0"),
        pytest.param({"correlation": 1.0}, id="between -1 and 1"),
        pytest.param({"population": 1}, id="at least 2 people"),
    ],
)
def test_figures_that_cannot_be_are_said(options, refusal):
    with refusal():
        dx.plan_survey(**options)


def test_an_earlier_survey_of_a_handful_cannot_plan(refusal):
    with refusal():
        dx.plan_survey(survey(likert([3, 2, 1], 6, np.random.default_rng(0))))


def test_a_survey_without_differences_cannot_say_its_spread(refusal):
    level = survey(np.repeat(likert([0], 40, np.random.default_rng(14)), 6, axis=1))
    with refusal():
        dx.plan_survey(level)
    assert len(dx.plan_survey(level, spread=5).table) == 7


def test_an_earlier_survey_of_two_pains_leaves_nothing_to_choose(refusal):
    two = survey(likert([45, 0], 40, np.random.default_rng(2)))
    with refusal(error=dx.Missing):
        dx.plan_survey(two)
    assert not dx.part(dx.plan_survey, two)
    assert len(dx.plan_survey(two, top_n=1).table) == 7
