"""Every result declares the columns of its table, and is what the function's annotation promises."""

import inspect
import pkgutil
from importlib import import_module

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import dxkit as dx
from dxkit.results.columns import FORMATS, SEGMENT, columns_of, distinct
from dxkit.results.result import Result
from tests import sample
from tests.procurement.choice.test_negotiation import CRITERIA, EVIDENCE, PLAIN, TWO
from tests.procurement.cost.worlds import dossier as made

COMPANY = dx.samples.path("company")
MONTHS = pd.Series([9, 11, 10, 12, 21, 18, 22, 19], index=pd.date_range("2026-01-01", periods=8, freq="MS"))
DEPLOYED = pd.DataFrame({"deployment": ["d1", "d2"], "time": ["2026-01-05", "2026-01-20"]})
SERVICES = pd.DataFrame({"service": ["shop", "till"], "registered": ["yes", "no"], "owner": ["team-a", ""]})
AUDITED = pd.DataFrame({"question": "CI", "n": [9, 8], "value": ["62.5", "70.3"], "team": ["", "Red"]})


@pytest.fixture(scope="module")
def results():
    """One result or more of every function that gives one, by the function's name."""
    earlier, survey, dossier = sample.wave("2026-Q1"), sample.wave(), sample.portal()
    small = made(TWO, decision=PLAIN, criteria=CRITERIA, evidence=EVIDENCE)
    ranking, cost, leaving = sample.ranking(), sample.cost(), sample.leaving()
    answers = dx.answers(survey, by="team")
    satisfaction = answers.only(survey.codebook.of_kind("rating", topic=True)[:1])
    wanted = {satisfaction.table["item"][0]: satisfaction.table["label"][0]}
    return {
        "release": [survey.release],
        "scores": [sample.scores(), dx.scores(survey, by="site")],
        "answers": [dx.answers(survey), answers, satisfaction],
        "share_of": [satisfaction.share_of(wanted)],
        "response_rate": [dx.response_rate(survey), dx.response_rate(survey, by="team")],
        "reliability": [dx.reliability(survey)],
        "comments": [dx.comments(survey)],
        "audit_tables": [dx.audit_tables(AUDITED)],
        "rank_pains": [ranking, sample.ranking(by="team")],
        "action_grid": [ranking.grid],
        "plan_survey": [dx.plan_survey(survey), dx.plan_survey(topics=25)],
        "compare": [sample.change("2026-Q1")],
        "drivers": [dx.drivers(survey, "recommend"), dx.drivers(dx.tally(survey, []), "recommend")],
        "tco": [cost],
        "exit_cost": [leaving],
        "schedule": [dx.schedule(dossier)],
        "negotiation": [dx.negotiation(small)],
        "switching": [dx.switching(small, "A")],
        "scorecard": [dx.scorecard(dossier, cost, leaving, ranking)],
        "compare_decisions": [dx.compare_decisions(small, small)],
        "business_case": [dx.business_case(ranking, dossier, cost, leaving)],
        "claim_check": [dx.claim_check(ranking, 4.0)],
        "follow_up": [dx.follow_up(earlier, survey, COMPANY / "actions.csv", as_of="2026-09-01")],
        "dora": [dx.dora(DEPLOYED, as_of="2026-02-01")],
        "trend": [dx.trend([12, 9, 11, 14, 10, 12, 8, 11, 13, 10, 12, 9])],
        "before_after": [dx.before_after(MONTHS, "2026-05-01")],
        "durations": [dx.durations(["2026-01-01", "2026-01-02"], ["2026-01-03", None], "2026-01-05")],
        "time_to_first_deploy": [dx.time_to_first_deploy(COMPANY / "hires.csv", "2026-09-01")],
        "catalog_health": [dx.catalog_health(SERVICES, "* @org/team-a")],
    }


def kinds():
    """All classes of results."""
    for module in pkgutil.walk_packages(dx.__path__, "dxkit."):
        if "_shipped" not in module.name and not module.name.endswith("__main__"):
            import_module(module.name)
    return Result.__subclasses__()


def test_every_class_of_results_is_tried_here(results):
    assert {type(result) for several in results.values() for result in several} == set(kinds())


def test_every_column_of_every_table_is_declared_and_no_other(results):
    for name, several in results.items():
        for result in several:
            declared = [column.name for column in result.table_columns]
            assert sorted(declared) == sorted(result.table.columns), name
            assert len(set(declared)) == len(declared), name


def test_a_segment_has_its_column_only_where_the_class_declares_segments(results):
    for several in results.values():
        for result in several:
            assert set(result.segments) <= set(result.table.columns)
            assert not result.segments or SEGMENT in result.columns


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_every_column_says_what_it_holds_and_how_it_is_written(kind):
    for column in kind.columns:
        assert column.meaning, column.name
        assert column.format in FORMATS
    assert "`.table`" not in kind.__doc__.split("Figures")[0] or kind is Result


def test_every_result_prints_every_column_it_shows(results):
    for several in results.values():
        for result in several:
            headings, numeric, rows, _ = result._cells()
            assert len(headings) == len(numeric)
            assert {len(row) for row in rows} <= {len(headings)}
            printed = repr(result)
            assert all(heading in printed for heading in headings) or not rows


def test_the_annotation_of_a_function_names_the_class_it_returns(results):
    functions = {name: getattr(dx, name) for name in results if name in dx.__all__}
    assert len(functions) == len(results) - 3  # release, share_of and action_grid are no public functions of their own
    for name, function in functions.items():
        given = {type(result).__name__ for result in results[name]}
        assert {inspect.signature(function).return_annotation} == given, name


def test_a_frame_that_nobody_declared_is_taken_as_it_is():
    frame = pd.DataFrame({"n": [1], "se": [0.5], "team": ["Red"], "favourable": [float("nan")]})
    assert [(column.name, column.format, column.displayed) for column in columns_of(frame)] == [
        ("n", "count", True),
        ("se", "estimate", False),
        ("team", "text", True),
        ("favourable", "share", True),
    ]


@pytest.mark.parametrize("formats", [{"share": "percent"}, {"shares": "share"}], ids=["kind", "column"])
def test_a_format_that_cannot_be_is_refused_when_the_frame_is_shown(formats, refusal):
    with refusal(*formats):
        dx.show(pd.DataFrame({"share": [0.5]}), formats=formats)


@pytest.mark.parametrize("frame", ["the dossier names no benefits", [1, 2], None], ids=["text", "list", "none"])
def test_only_a_frame_is_shown(frame, refusal):
    with refusal("DataFrame"):
        dx.show(frame)


def test_names_differ_once_they_are_text():
    assert distinct([1, "1", "a", "a", "a"]) == ["1", "1 (2)", "a", "a (2)", "a (3)"]


@pytest.mark.parametrize("axes", ["ax", 3, plt], ids=["text", "number", "module"])
def test_axes_of_another_kind_are_refused(results, axes):
    before = plt.get_fignums()
    for name in ("scores", "rank_pains", "tco", "trend", "scorecard", "compare"):
        with pytest.raises(dx.DataError, match="give matplotlib Axes"):
            results[name][0].plot(ax=axes)
    assert plt.get_fignums() == before


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("scores", {"levle": "item"}),
        ("scores", {"level": "items"}),
        ("answers", {"items": ["sat_c"]}),
        ("compare", {"kind": "ratings"}),
        ("tco", {"basis": "npv"}),
        ("rank_pains", {"top": 3}),
    ],
)
def test_an_option_that_a_picture_does_not_have_is_refused(results, name, options, refusal):
    with refusal(*options):
        results[name][0].plot(**options)
