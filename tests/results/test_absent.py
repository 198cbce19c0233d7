"""What is not given leaves one line; what is wrong is raised as ever."""

import copy
import pickle

import pandas as pd
import pytest

import dxkit as dx

BOOK = pd.DataFrame(
    {
        "item": ["team", "ci", "docs"],
        "text": ["Team", "CI is fast", "Docs are good"],
        "kind": ["segment", "rating", "rating"],
        "scale": ["", "agreement5", "agreement5"],
    }
)
FRAME = pd.DataFrame({"team": ["Red"] * 5 + ["Blue"] * 5, "ci": [1, 2, 3, 4, 5] * 2, "docs": [2, 3, 3, 4, 4] * 2})
SURVEY = dx.read_survey(FRAME, BOOK)


@pytest.mark.parametrize(
    ("make", "inputs", "options"),
    [
        pytest.param(dx.response_rate, (SURVEY,), {}, id="roster"),
        pytest.param(dx.compare, (None, SURVEY), {}, id="earlier wave"),
        pytest.param(dx.rank_pains, (SURVEY,), {}, id="topics"),
        pytest.param(dx.plan_survey, (SURVEY,), {}, id="topics of a plan"),
        pytest.param(dx.drivers, (SURVEY,), {}, id="recommend"),
        pytest.param(dx.scores, (SURVEY, 2), {}, id="second segment"),
        pytest.param(dx.scores(SURVEY).only, (), {"kind": "hours"}, id="hours"),
        pytest.param(dx.scores(SURVEY).only, (), {"level": "dimension"}, id="dimension"),
        pytest.param(dx.comments, (SURVEY,), {}, id="comments"),
        pytest.param(dx.dora, ("deployments.csv",), {}, id="deliveries"),
        pytest.param(dx.time_to_first_deploy, ("hires.csv", "2026-09-01"), {}, id="hires"),
        pytest.param(dx.catalog_health, ("catalog.csv",), {}, id="catalog"),
        pytest.param(dx.open_survey, ("responses.csv",), {}, id="answers"),
        pytest.param(dx.open_survey, (None,), {}, id="answers not named"),
    ],
)
def test_a_part_without_its_input_is_left_out_with_one_line(make, inputs, options, snapshot):
    with pytest.raises(dx.Missing):
        make(*inputs, **options)
    left_out = dx.part(make, *inputs, **options)
    assert isinstance(left_out, dx.Absent)
    assert repr(left_out) == snapshot


COSTS = pd.DataFrame({"vendor": ["A"], "line": "seats", "timing": "yearly", "likely": [1000]})


def test_a_dossier_of_one_vendor_without_criteria_and_benefits(snapshot):
    dossier = dx.read_dossier({"costs": COSTS})
    cost = dx.tco(dossier)
    parts = [dx.part(dx.scorecard, dossier), cost.returns, dx.part(dx.switching, dossier, "A")]
    assert repr(dx.part(dx.panel, dossier)) == repr(parts[0])
    assert [repr(each) for each in parts] == snapshot


def test_what_is_asked_of_an_absent_part_is_itself():
    absent = dx.part(dx.response_rate, SURVEY)
    assert not absent
    assert list(absent) == []
    for same in (absent.plot(level="item"), absent.table["estimate"].round(2), dx.part(dx.show, absent.table)):
        assert same is absent
    assert not hasattr(absent, "_repr_html_")
    for copied in (copy.deepcopy(absent), pickle.loads(pickle.dumps(absent))):
        assert repr(copied) == repr(absent)


def test_an_absent_input_or_option_leaves_the_part_out():
    absent = dx.Absent("no roster")
    assert dx.part(dx.compare, absent, SURVEY) is absent
    assert dx.part(dx.compare, SURVEY, SURVEY, adjust=absent) is absent
    assert dx.part(absent.only, kind="hours") is absent


def test_a_part_with_its_input_is_what_the_function_gives():
    assert dx.part(dx.scores, SURVEY, by=1).table.equals(dx.scores(SURVEY, by="team").table)
    with pytest.raises(dx.DataError) as raised:
        dx.part(dx.scores, SURVEY, by="taem")
    assert not isinstance(raised.value, dx.Missing)


@pytest.mark.parametrize("by", [0, -1, True, 1.5])
def test_a_segment_that_no_number_names(by):
    with pytest.raises(dx.DataError) as raised:
        dx.scores(SURVEY, by=by)
    assert not isinstance(raised.value, dx.Missing)


def test_drivers_take_the_question_about_recommending():
    book = pd.concat([BOOK, pd.DataFrame({"item": ["nps"], "text": ["Recommend?"], "kind": ["recommend"]})]).fillna("")
    survey = dx.read_survey(FRAME.assign(nps=[1, 5, 7, 9, 10, 2, 4, 7, 8, 9]), book)
    assert dx.drivers(survey).table.equals(dx.drivers(survey, "nps").table)
    assert dx.drivers(survey).outcome == "nps"
