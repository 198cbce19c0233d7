"""Intervals of answers that real people gave, drawn again and again: `pytest -m simulated tests/claims`.

By the array functions, a hundred times as fast as by `dx.scores`; a test holds both to the same.
"""

from functools import cache

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.survey.tally.variables import Layout, in_unit
from tests.claims.worlds import in_percent, least
from tests.places import SHARED
from tests.statistics.means.counted import count, score
from tests.survey.real.test_real_surveys import SURVEYS, corrected

PUBLISHED = ("carpentries_2018", "dask_2019", "dask_2020", "kubernetes_2018", "spack_2020", "spack_2022")
RUNS, SIZES = 150, (12, 25, 80)
KINDS = ["rating", "importance", "recommend"]


@cache
def survey_of(name):
    """A real survey of at least 100 people, and its questions with scales."""
    if name == "github_oss_2017":
        folder = dx.samples.path(name)
        items, scales, rules = folder / "codebook.csv", folder / "scales.csv", None
        path = folder / "survey_data.csv.gz"
    else:
        (items, scales, rules, _, _), path = corrected(name), SURVEYS / f"{name}.csv"
    survey = dx.read_survey(path, dx.read_codebook(items, scales), rules=rules, min_group=3)
    columns = [each for each in ("item", "text", "kind", "scale", "reverse", "good") if each in survey.codebook.items]
    items = survey.codebook.items[columns]
    items = items[items["kind"].isin(KINDS)]
    return survey, items[survey.answers[items["item"]].notna().sum().to_numpy() >= 100], scales


@cache
def population(name):
    """What everybody answered to each question, from 0 to 1; and which of them are yes or no."""
    survey, items, _ = survey_of(name)
    book, layout = survey.codebook, Layout(survey.codebook)
    form, at = layout.form, [book.measured.index(item) for item in items["item"]]
    values = [in_unit(book, item, survey.answers[item].to_numpy(dtype=float)) for item in items["item"]]
    yes = layout.columns["unit"].to_numpy()[at] == "share"
    return (np.column_stack(values) - form.low[at]) / form.width[at], yes


def drawn(people, n, run, copies=1):
    """Who is drawn; several draws are the columns of one survey."""
    rng = np.random.default_rng([41, n, run])
    return [rng.integers(0, len(people), n) for _ in range(copies)]


def intervals(answers, yes):
    """Ends of the intervals (J,) that are shown: nan of fewer than 3 answers, and of a mean within one of an end,
    except for a share of 12 answers or more. Their own spread is that of 6 answers or more."""
    counted = count(answers)
    n = counted.n[0]
    found, reach = score(counted, detail=n >= 6), (1 + 1e-9) / np.maximum(n, 1)
    shown = (n >= 3) & ((found.estimate > reach) & (found.estimate < 1 - reach) | (yes & (n >= 12)))
    return np.where(shown, found.low, np.nan), np.where(shown, found.high, np.nan)


def held(name, n, runs):
    """How often the shown intervals of n answers hold the mean of everybody, per question."""
    people, yes = population(name)
    true, inside, copies = np.nanmean(people, axis=0), [], max(1, 100 // people.shape[1])
    for run in range(-(-runs // copies)):
        for who in drawn(people, n, run, copies):
            low, high = intervals(people[who], yes)
            inside.append(np.where(np.isnan(low), np.nan, (low <= true + 1e-11) & (true <= high + 1e-11)))
    return np.nanmean(inside, axis=0)


@pytest.mark.parametrize("n", [12, pytest.param(80, marks=pytest.mark.thorough)])
def test_scores_show_the_intervals_of_the_array_functions(n):
    survey, items, scales = survey_of("github_oss_2017")
    people, yes = population("github_oss_2017")
    (who,) = drawn(people, n, 0)
    codes = survey.answers[items["item"]].to_numpy(dtype=float)[who]
    book = dx.read_codebook(items, scales)
    table = dx.scores(dx.read_survey(pd.DataFrame(codes, columns=items["item"]), book, min_group=3)).table
    table = table[table["level"] == "item"].set_index("name").loc[items["item"]]
    low, high = intervals(people[who], yes)
    assert np.isnan(low).sum() < len(low) / 2
    assert table["low"].to_numpy() == pytest.approx(100 * low, abs=1e-9, nan_ok=True)
    assert table["high"].to_numpy() == pytest.approx(100 * high, abs=1e-9, nan_ok=True)


def judged(names):
    """Of each survey and number of answers the mean over its questions; and the worst question, over all numbers."""
    found = {name: np.array([held(name, n, RUNS) for n in SIZES]) for name in names}
    means = {(name, n): np.nanmean(each[k]) for name, each in found.items() for k, n in enumerate(SIZES)}
    where = min(means, key=lambda key: means[key])
    questions = np.concatenate([each[:, ~np.isnan(each).any(axis=0)].mean(axis=0) for each in found.values()])
    assert means[where] >= least(0.94, RUNS), where
    assert questions.min() >= least(0.90, RUNS)
    return (
        f"{in_percent(means[where], 0.94)} of all questions of a survey in the worst ({where[0]}, {where[1]} answers); "
        f"{in_percent(questions.min(), 0.9)} of the worst of {len(questions)} questions"
    )


def test_intervals_of_real_answers_mostly_hold():
    assert np.nanmean(held("github_oss_2017", 80, 10)) >= 0.9


@pytest.mark.simulated
def test_the_answers_of_the_sample_survey(claimed):
    claimed(
        "95% intervals that are shown hold the mean of answers that real people gave: the survey of 2017; the worst "
        "questions are near an end of the scale, where most figures are bounds without interval",
        "94% or more over all questions, 90% for each",
        judged(["github_oss_2017"]),
        "12, 25 and 80 answers drawn, 150 times each",
    )


@pytest.mark.simulated
@pytest.mark.skipif(not SHARED.exists(), reason="the shared folder with the real surveys is not here")
def test_the_answers_of_published_surveys(claimed):
    claimed("the same: six other published surveys", "the same", judged(PUBLISHED), "the same")
