"""The gate: sixty surveys that are not ours go through draft, check and notebooks, and every figure is the truth."""

import contextlib
import io
import math
import re

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.__main__ import main
from tests.own.exports import FLAWS, UNFINISHED, written
from tests.own.folders import make
from tests.own.pages import assert_clean, cell_by_cell, text_of
from tests.own.worlds import GAPS, LANGUAGES, TOOLS, Plan
from tests.places import ROOT


def plans(count=60):
    """Every tool, language, gap and flaw comes, each with others every time."""
    made = []
    for k in range(count):
        tool, gap = TOOLS[k % len(TOOLS)], GAPS[(k * 3 + k // 20) % len(GAPS)]
        language, flaw = LANGUAGES[(k + k // 10) % len(LANGUAGES)], FLAWS[(k * 5 + k // 23) % len(FLAWS)]
        if (flaw == "cp1252" and language == "ja") or (flaw == "unfinished" and tool not in UNFINISHED):
            flaw = "semicolons"
        made.append(Plan(k, tool, language, gap, flaw))
    return made


PLANS = plans()
SURVEY_NOTEBOOKS = ("00_start_here", "01_where_does_it_hurt", "02_which_two", "05_did_it_work")
SHORT = (2, 8, 15, 46, 54)  # five tools, five languages, five gaps and flaws
LEFT_OUT = {  # what a notebook says of a gap, once
    "no roster": ("01_where_does_it_hurt", "a response rate needs a roster"),
    "no earlier wave": ("02_which_two", "a comparison needs an earlier wave"),
    "no hours": ("01_where_does_it_hurt", "this needs a question of kind hours"),
    "no importance": ("02_which_two", "one question on satisfaction and one on importance"),
    "no segments": ("01_where_does_it_hurt", "by=1: the codebook has no segment"),
    "no comments": ("01_where_does_it_hurt", "comments need a question of kind comment"),
    "a team of 8": ("02_which_two", "too few answers to plan from"),
    "three people": ("02_which_two", "too few answers to show or to rank"),
    "all answers equal": ("02_which_two", "hidden: too few answers, or all alike"),
    "one question": ("01_where_does_it_hurt", "by=1: the codebook has no segment"),
    "nobody recommends": ("02_which_two", "this needs an outcome"),
    "hours only": ("01_where_does_it_hurt", "reliability needs the codebook's column dimension"),
    "comments only": ("02_which_two", "the two waves have no question in common"),
}


@pytest.mark.simulated
@pytest.mark.parametrize("plan", PLANS, ids=str)
def test_a_survey_that_is_not_ours(plan, tmp_path, monkeypatch):
    monkeypatch.setenv("DXKIT_OUT", str(tmp_path))
    goes_through(plan, tmp_path, SURVEY_NOTEBOOKS)


@pytest.mark.parametrize("k", SHORT, ids=lambda k: str(PLANS[k]))
def test_a_few_of_them(k, tmp_path, monkeypatch):
    """All are drafted, checked and counted; the team of 8 also goes through the notebook of the scores."""
    monkeypatch.setenv("DXKIT_OUT", str(tmp_path))
    goes_through(PLANS[k], tmp_path, SURVEY_NOTEBOOKS[1:2] if k == SHORT[-1] else ())


@pytest.mark.simulated
@pytest.mark.parametrize(
    ("k", "name"), [(22, SURVEY_NOTEBOOKS[1]), (17, SURVEY_NOTEBOOKS[2]), (58, SURVEY_NOTEBOOKS[3])]
)
def test_a_real_kernel_writes_the_page(k, name, tmp_path):
    folder = make(PLANS[k], tmp_path)
    data = folder.path if name.startswith("05") else folder.answers
    command = ["run", str(ROOT / "notebooks" / f"{name}.ipynb"), "--data", str(data), "--out", str(tmp_path / "out")]
    assert main(command) == 0
    page = (tmp_path / "out" / f"{name}.html").read_text()
    page = page[page.index("<body") :]
    alts = re.findall(r'<img alt="([^"]*)"', page)
    assert len(alts) == page.count("<img ")
    code = r'<(style|script)\b.*?</\1>|<div class="[^"]*highlight.*?</pre>'
    assert_clean([], [text_of(re.sub(code, " ", page, flags=re.DOTALL)), *alts], name)
    assert str(tmp_path) not in page


def test_a_row_of_totals_is_one_fault(tmp_path, capsys):
    folder = make(PLANS[0], tmp_path)
    with open(folder.answers, "a") as stream:
        stream.write("Total" + "," * 30 + "\n")
    assert main(["check", str(folder.answers)]) == 1
    assert capsys.readouterr().out.count("row of totals") == 1
    with pytest.raises(dx.DataError, match="row of totals"):
        dx.draft(folder.answers)


def test_every_tool_language_gap_and_flaw_is_among_them():
    for name, every in (("tool", TOOLS), ("language", LANGUAGES), ("gap", GAPS), ("flaw", FLAWS)):
        assert {getattr(plan, name) for plan in PLANS} == set(every)
    assert {PLANS[k].language for k in SHORT} == set(LANGUAGES)


def goes_through(plan, path, notebooks):
    """Draft, check, figures and notebooks."""
    folder = make(plan, path)
    dx_check(folder)
    check_figures(dx.open_survey(folder.answers), folder)
    for name in notebooks:
        data = folder.path if name.startswith("05") else folder.answers
        written, shown = cell_by_cell(ROOT / "notebooks" / f"{name}.ipynb", data)
        assert_clean(written, shown, f"{plan}, {name}")
        assert not any("no rows" in text for text in shown), f"{plan}, {name}"
        said = [text for text in shown if "Left out: " in text]
        assert name.startswith("05") or all(text.count("\n") < 2 for text in said), f"{plan}, {name}: {said}"
        where, phrase = LEFT_OUT.get(plan.gap, ("", ""))
        told = shown if phrase.startswith("hidden: ") else said
        assert name != where or sum(phrase in text for text in told) == 1, f"{plan}, {name}: {phrase}: {said}"


def dx_check(folder):
    """`dxkit check` finds no fault."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert main(["check", str(folder.answers)]) == 0, printed.getvalue()


def check_figures(survey, folder):
    """n, counts, shares and means of every question that is shown, beside plain numpy; a hidden one has its reason."""
    now, book = folder.world, survey.codebook
    assert len(survey) == now.people
    answers, scored = dx.part(dx.answers, survey).table, dx.part(dx.scores, survey)
    scores = scored.table.query("level == 'item'").set_index("name") if scored else pd.DataFrame()
    by_text = {text: item for item, text in zip(book.items["item"], book.items["text"], strict=True)}
    teams = now.named("team")
    for question in now.questions:
        if question.kind in ("segment", "comment"):
            continue
        item = by_text[folder.texts[question.name]]
        for row, n, count, share in expected_shares(question, item, now, teams):
            found = answers.loc[(answers["item"] == row[0]) & _stands_for(answers, row, book)]
            assert len(found) == 1, (question.name, row, answers.loc[answers["item"] == row[0]])
            found = found.iloc[0]
            if found["shown"]:
                assert found["answered"] == n, (question.name, row)
                if found["bound"]:  # a share of few answers near an end
                    assert math.isnan(found["count"]), (question.name, row)
                    assert math.isnan(found["people"]), (question.name, row)
                    over = 0.0 if share is None else share - found["share"]
                    assert over <= 1e-9 if found["bound"] == "at most" else over >= -1e-9, (question.name, row)
                    continue
                if now.has_roster:  # people that the answers stand for, in place of a count
                    assert math.isnan(found["count"]), (question.name, row)
                    assert math.isclose(found["people"], found["share"] * sum(now.headcounts.values()), abs_tol=1e-9)
                elif now.weights is not None:  # no count beside weighted shares
                    assert math.isnan(found["count"]), (question.name, row)
                else:
                    assert found["count"] == count, (question.name, row)
                near = rounding(now, n, 0.001, 1.0)
                assert share is None or math.isclose(found["share"], share, abs_tol=near), (question.name, row)
        wide, step = {"recommend": (200, 100), "rating": (100, 100 / (len(question.labels) - 1))}.get(
            question.kind, (100, 0.0)
        )
        for name, n, mean in expected_means(question, item, now, teams):
            found = scores.loc[name]
            assert found["shown"] or n < 5 or now.people < 12, (question.name, n)
            if found["shown"]:
                assert found["n"] == n, (question.name, name)
                assert found["bound"] in ("", "at most", "at least"), (question.name, name)
                if found["bound"]:
                    over = 0.0 if mean is None else mean - found["estimate"]
                    assert over <= 1e-9 if found["bound"] == "at most" else over >= -1e-9, (question.name, mean)
                    continue
                near = rounding(now, n, wide / 1000, step)
                assert mean is None or math.isclose(found["estimate"], mean, abs_tol=near), (question.name, mean)


def rounding(now, n, unit, step):
    """How far a figure may be from the plain one: with weights those of fewer than 30 answers are rounded, of up to 8
    to a tenth of a step."""
    if n >= 30 or not (now.has_roster or now.weights is not None):
        return 1e-9
    return max(unit, step / 10 if n <= 8 else 0.0) / 2 + 1e-9


def _stands_for(answers, row, book):
    """Which rows have the answer: by its code where it has one, for a scale may spell it in its own way."""
    code = None if "[" in row[0] else book.scale(row[0]).code_of(row[1])
    return answers["label"] == row[1] if code is None else answers["code"] == code


def expected_shares(question, item, now, teams):
    """Item and label, n, people and share of each answer; the share as means have theirs."""

    def row(chosen, filled):
        n, share = _mean(np.where(filled, chosen, math.nan), now, teams)
        return n, int(chosen.sum()), share

    filled = np.array([bool(answer) for answer in question.answers])
    if question.kind == "rank":
        for label in question.labels:
            first = np.array([bool(answer) and answer[0] == label for answer in question.answers])
            yield (f"{item}[{label}]", label), *row(first, filled)
    elif question.kind == "multi":
        for label in question.labels:
            chosen = np.array([label in answer for answer in question.answers])
            yield (f"{item}[{label}]", label), *row(chosen, filled)
    elif question.labels:
        for label, shown in zip(question.labels, written(question, now.plan), strict=True):
            chosen = np.array([answer == label for answer in question.answers])
            yield (item, shown), *row(chosen, filled)


def expected_means(question, item, now, teams):
    """Item, n and mean of what has one, in its unit: by the headcounts of the teams, or by the weights in the file.

    Teams of fewer than two answers are merged with others: then the mean is left to the tests of weighting."""
    if question.kind in ("choice", "multi"):
        return
    if question.kind == "rank":
        for label in question.labels:
            places = [answer.index(label) + 1.0 if answer else math.nan for answer in question.answers]
            yield f"{item}[{label}]", *_mean(np.array(places), now, teams)
        return
    codes = question.codes
    if question.kind in ("rating", "importance"):
        codes = 100 * (codes - question.code) / (len(question.labels) - 1)
        codes = 100 - codes if question.good == "low" else codes
    elif question.kind == "recommend":
        codes = np.where(np.isnan(codes), np.nan, 100.0 * (codes >= 9) - 100.0 * (codes <= 6))
    yield item, *_mean(codes, now, teams)


def _mean(values, now, teams):
    there = ~np.isnan(values)
    if not there.any():
        return 0, math.nan
    weights = np.ones(len(values)) if now.weights is None else now.weights
    if now.has_roster:
        groups = np.array(teams.answers)
        answered = {team: (there & (groups == team)).sum() for team in now.headcounts}
        if min(answered.values()) < 2:
            return int(there.sum()), None
        share = {team: people / answered[team] for team, people in now.headcounts.items()}
        weights = np.array([share[team] for team in groups])
    return int(there.sum()), (weights * np.where(there, values, 0)).sum() / weights[there].sum()
