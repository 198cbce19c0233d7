"""A wrong kind of argument is refused with what was expected: every public function, method and option of it."""

import datetime as dt
import inspect
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import dxkit as dx

BOOK = pd.DataFrame(
    [
        ("team", "Team", "segment", "", "", ""),
        ("role", "Role", "segment", "", "", ""),
        ("sat_ci", "CI works", "rating", "agreement5", "flow", "CI"),
        ("imp_ci", "CI matters", "importance", "importance5", "", "CI"),
        ("hours_ci", "CI hours", "hours", "", "", "CI"),
        ("sat_docs", "Docs work", "rating", "agreement5", "flow", "Docs"),
        ("imp_docs", "Docs matter", "importance", "importance5", "", "Docs"),
        ("hours_docs", "Docs hours", "hours", "", "", "Docs"),
        ("recommend", "Recommend", "recommend", "", "", ""),
        ("why", "Why", "comment", "", "", ""),
    ],
    columns=["item", "text", "kind", "scale", "dimension", "topic"],
)
SHEETS = {
    "costs": pd.DataFrame({"vendor": ["A", "B"], "line": "seats", "timing": "yearly", "likely": [1000, 1200]}),
    "criteria": pd.DataFrame({"criterion": ["cost"], "weight": [1], "worst": [10000], "best": [0], "measure": ["tco"]}),
    "drivers": pd.DataFrame({"driver": ["engineer_year"], "likely": [100000]}),
    "fit": pd.DataFrame({"vendor": ["A", "B"], "topic": "CI", "likely": [0.2, 0.3]}),
}
DEPLOYED = pd.DataFrame({"deployment": ["d1", "d2"], "time": ["2026-01-05", "2026-01-20"]})
SERVICES = pd.DataFrame({"service": ["shop", "till"], "registered": ["yes", "no"], "owner": ["team-a", ""]})
ACTIONS = pd.DataFrame(
    {
        "retro_date": ["2026-02-23"],
        "action": "faster",
        "topic": "CI",
        "owner": "x",
        "due": "2026-03-01",
        "done": "2026-03-01",
    }
)
MONTHS = pd.Series([9, 11, 10, 12, 21, 18, 22, 19], index=pd.date_range("2026-01-01", periods=8, freq="MS"))


def people(n=12, seed=1):
    draw = np.random.default_rng(seed)
    frame = {"team": draw.choice(["Red", "Blue"], n), "role": draw.choice(["a", "b"], n), "why": ["words"] * n}
    for topic in ("ci", "docs"):
        frame |= {f"sat_{topic}": draw.integers(1, 6, n), f"imp_{topic}": draw.integers(1, 6, n)}
        frame |= {f"hours_{topic}": draw.integers(0, 5, n)}
    return pd.DataFrame(frame | {"recommend": draw.integers(0, 11, n)})


@pytest.fixture(scope="module")
def calls(tmp_path_factory):
    """A call of every public function and method that works, by name: the function and its arguments by name."""
    place = tmp_path_factory.mktemp("arguments")
    for wave in (1, 2):
        people(seed=wave).to_csv(place / f"responses_{wave}.csv", index=False)
    BOOK.to_csv(place / "codebook.csv", index=False)
    pd.DataFrame({"team": ["Red", "Blue"], "headcount": [20, 20]}).to_csv(place / "roster.csv", index=False)
    file = place / "responses_2.csv"
    survey, before = dx.open_survey(file), dx.open_survey(place / "responses_1.csv")
    dossier = dx.read_dossier(SHEETS)
    tally, cost, leaving, ranking = dx.tally(survey), dx.tco(dossier), dx.exit_cost(dossier), dx.rank_pains(survey)
    card, scores, answers = dx.scorecard(dossier), dx.scores(survey), dx.answers(survey)
    one = answers.only(["sat_ci"])
    tally.save(place / "t.tally")
    gap, times = dx.before_after(MONTHS, "2026-05-01"), (["2026-01-01", "2026-01-02"], ["2026-01-03", None])
    spread = {"before": survey, "spread": 10.0, "top_n": 1}
    hires = dx.samples.path("company/hires.csv")
    entities = place / "entities.json"
    entities.write_text('[{"kind": "Component", "metadata": {"name": "shop"}}]')
    return {
        "answers": (dx.answers, {"survey": survey}),
        "answers.only": (answers.only, {}),
        "answers.plot": (one.plot, {}),
        "answers.share_of": (one.share_of, {"wanted": {"sat_ci": one.table["label"].iloc[0]}}),
        "audit_tables": (dx.audit_tables, {"tables": pd.DataFrame({"question": ["CI"], "n": [9], "value": ["62.5"]})}),
        "before_after": (dx.before_after, {"data": MONTHS, "date": "2026-05-01"}),
        "before_after.plot": (gap.plot, {}),
        "break_even": (dx.break_even, {"cost": 10.0, "capacity": 5.0}),
        "business_case": (
            dx.business_case,
            {"ranking": ranking, "dossier": dossier, "tco": cost, "exit_cost": leaving, "people": 10},
        ),
        "catalog_health": (dx.catalog_health, {"catalog": SERVICES, "codeowners": "* @org/team-a"}),
        "changes_from_git": (dx.changes_from_git, {"path": place, "deployments": DEPLOYED}),
        "claim_check": (dx.claim_check, {"ranking": ranking, "claimed": 4.0}),
        "codebook.item": (survey.codebook.item, {"name": "sat_ci"}),
        "codebook.of_kind": (survey.codebook.of_kind, {"topic": True}),
        "codebook.scale": (survey.codebook.scale, {"item": "sat_ci"}),
        "comments": (dx.comments, {"survey": survey}),
        "compare": (dx.compare, {"before": before, "after": survey}),
        "compare.only": (dx.compare(before, survey).only, {}),
        "compare.plot": (dx.compare(before, survey).plot, {}),
        "compare_decisions": (dx.compare_decisions, {"old": dossier, "new": dossier}),
        "decision_record": (dx.decision_record, {"card": card, "dossier": dossier}),
        "deployments_from_git": (dx.deployments_from_git, {"path": place}),
        "dora": (dx.dora, {"deployments": DEPLOYED, "as_of": "2026-02-01"}),
        "draft": (dx.draft, {"export": file}),
        "draft.write": (dx.draft(file).write, {"path": place / "draft.xlsx"}),
        "drivers": (dx.drivers, {"survey": survey}),
        "durations": (dx.durations, {"start": times[0], "end": times[1], "as_of": "2026-01-05"}),
        "durations.plot": (dx.durations(*times, "2026-01-05").plot, {}),
        "exit_cost": (dx.exit_cost, {"dossier": dossier}),
        "exit_cost.plot": (leaving.plot, {}),
        "exit_cost.plot_tornado": (leaving.plot_tornado, {}),
        "follow_up": (dx.follow_up, {"before": before, "after": survey, "actions": ACTIONS, "as_of": "2026-09-01"}),
        "instrument": (dx.instrument, {}),
        "irr": (dx.irr, {"flows": [-10, 5, 6]}),
        "negotiation": (dx.negotiation, {"dossier": dossier}),
        "npv": (dx.npv, {"rate": 0.1, "flows": [-10, 5, 6]}),
        "open_before": (dx.open_before, {"answers": file}),
        "open_survey": (dx.open_survey, {"answers": file}),
        "open_waves": (dx.open_waves, {"answers": file}),
        "out": (dx.out, {"name": "a.md"}),
        "page": (dx.page, {"survey": survey}),
        "page.save": (dx.page(survey).save, {"path": place / "page.html"}),
        "panel": (dx.panel, {"dossier": dossier}),
        "part": (dx.part, {"make": dict}),
        "payback": (dx.payback, {"flows": [-10, 5, 6]}),
        "plan_survey": (dx.plan_survey, spread),
        "rank_pains": (dx.rank_pains, {"survey": survey}),
        "rank_pains.plot": (ranking.plot, {}),
        "read_catalog": (dx.read_catalog, {"path": entities}),
        "read_codebook": (dx.read_codebook, {"items": BOOK}),
        "read_dossier": (dx.read_dossier, {"source": SHEETS}),
        "read_survey": (dx.read_survey, {"answers": people(), "codebook": BOOK}),
        "reliability": (dx.reliability, {"survey": survey}),
        "response_rate": (dx.response_rate, {"survey": survey}),
        "samples.path": (dx.samples.path, {}),
        "schedule": (dx.schedule, {"dossier": dossier}),
        "scorecard": (dx.scorecard, {"dossier": dossier}),
        "scorecard.plot_ranks": (card.plot_ranks, {}),
        "scorecard.why": (card.why, {}),
        "scores": (dx.scores, {"survey": survey}),
        "scores.only": (scores.only, {}),
        "scores.plot": (scores.plot, {}),
        "show": (dx.show, {"frame": pd.DataFrame({"a": [1]})}),
        "switching": (dx.switching, {"dossier": dossier, "rival": "A"}),
        "tally": (dx.tally, {"answers": survey}),
        "tally.frame": (tally.frame, {}),
        "tally.merged": (dx.Tally.merged, {"tallies": [tally]}),
        "tally.load": (dx.Tally.load, {"path": place / "t.tally"}),
        "tally.save": (tally.save, {"path": place / "t.tally"}),
        "tco": (dx.tco, {"dossier": dossier}),
        "tco.plot": (cost.plot, {}),
        "tco.plot_tornado": (cost.plot_tornado, {}),
        "time_to_first_deploy": (dx.time_to_first_deploy, {"hires": hires, "as_of": "2026-09-01"}),
        "trend": (dx.trend, {"series": [12, 9, 11, 14, 10, 12, 8, 11, 13, 10, 12, 9]}),
        "write_report": (dx.write_report, {"results": {"a": scores}, "path": place / "r.xlsx"}),
        "write_workbook": (dx.write_workbook, {"dossier": dossier, "path": place / "d.xlsx"}),
    }


class Odd:
    """Something that nobody expects."""


def wrong(calls):
    """Things of every kind; what is right for one argument is wrong for the others."""
    plain = ["answers.csv", None, 3, 2.5, -5, float("nan"), True, b"x", [1, 2], (1, "a"), {"a": 1}, {1}]
    things = [
        np.arange(3),
        pd.DataFrame({"a": [1]}),
        pd.Series([1.0]),
        dt.date(2026, 1, 1),
        Path("x.csv"),
        Odd(),
        Odd,
        print,
    ]
    ours = [
        calls[name][1][key] for name, key in (("answers", "survey"), ("tco", "dossier"), ("claim_check", "ranking"))
    ]
    return [*plain, *things, *ours]


def refused_or_fine(function, given):
    """Nothing but a DataError comes out; the error that did, else None."""
    try:
        function(**given)
    except dx.DataError:
        return None
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        plt.close("all")
    return None


def parameters(function):
    fixed = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    return [name for name, each in inspect.signature(function).parameters.items() if each.kind not in fixed]


def faults(calls, things, only_first=False):
    found = []
    for name, (function, given) in calls.items():
        names = parameters(function)[: 1 if only_first else None]
        for parameter in names:
            for thing in things:
                if told := refused_or_fine(function, {**given, parameter: thing}):
                    found.append(f"{name}({parameter}={type(thing).__name__}): {told[:120]}")
    return found


def test_every_public_function_is_called_here(calls):
    classes = {"Absent", "Codebook", "DataError", "Draft", "Missing", "Page", "Survey", "Tally", "samples"}
    assert {name.partition(".")[0] for name in calls} >= set(dx.__all__) - classes


@pytest.mark.thorough
def test_the_calls_that_are_varied_work(calls, tmp_path, monkeypatch):
    monkeypatch.setenv("DXKIT_OUT", str(tmp_path))
    for name, (function, given) in calls.items():
        if not name.endswith("_from_git"):  # the folder of these tests has no history
            function(**given)
            plt.close("all")


@pytest.mark.filterwarnings("ignore")
def test_a_file_or_another_thing_in_the_first_place_is_refused_in_words(calls, tmp_path, monkeypatch):
    monkeypatch.setenv("DXKIT_OUT", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    found = faults(calls, ["answers.csv", Odd(), pd.DataFrame({"a": [1]})], only_first=True)
    assert not found, "\n".join(found)


@pytest.mark.simulated
@pytest.mark.filterwarnings("ignore")
def test_any_thing_in_any_place_is_refused_in_words(calls, tmp_path, monkeypatch):
    monkeypatch.setenv("DXKIT_OUT", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    found = faults(calls, wrong(calls))
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        (lambda calls: dx.scores("answers.csv"), "open_survey"),
        (lambda calls: calls["scores.plot"][0]("x.png"), "savefig"),
        (lambda calls: dx.write_report(calls["write_report"][1]["results"]["a"], "r.xlsx"), "{'title': result}"),
        (lambda calls: dx.rank_pains(calls["scores"][0]), "open_survey"),
        (lambda calls: dx.tco("dossier.xlsx"), "read_dossier"),
        (lambda calls: dx.write_workbook("dossier.xlsx", "a.xlsx"), "read_dossier"),
        (lambda calls: dx.claim_check(calls["scores"][1]["survey"], 4.0), "rank_pains"),
        (lambda calls: dx.show("frame.csv"), "DataFrame"),
    ],
)
def test_the_message_says_where_one_gets_what_was_expected(calls, call, wanted):
    with pytest.raises(dx.DataError) as refused:
        call(calls)
    assert wanted in str(refused.value)
