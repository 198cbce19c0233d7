"""Intervals of answers that real people gave, drawn again and again: `pytest -m simulated tests/claims`."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from tests.claims.worlds import in_percent, least
from tests.places import SHARED
from tests.survey.real.test_real_surveys import SURVEYS, corrected

PUBLISHED = ("carpentries_2018", "dask_2019", "dask_2020", "kubernetes_2018", "spack_2020", "spack_2022")
RUNS, SIZES = 150, (12, 25, 80)
KINDS = ["rating", "importance", "recommend"]


@cache
def population(name):
    """A real survey of at least 100 people: its questions with scales, and what everybody answered."""
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
    items = items[survey.answers[items["item"]].notna().sum().to_numpy() >= 100]
    table = dx.scores(survey).table.set_index("name")
    return items, scales, survey.answers[items["item"]].to_numpy(dtype=float), table.loc[items["item"], "estimate"]


def held(name, n, runs):
    """How often the intervals of n answers hold the mean of everybody, per question; several draws are one survey.

    A figure that is shown as a bound has no interval; a question with nothing but bounds is nan.
    """
    items, scales, people, true = population(name)
    copies = max(1, 100 // len(items))
    every = [items.assign(item=[f"{item}_{k}" for item in items["item"]]) for k in range(copies)]
    every = [each.assign(text=each["item"]) for each in every]
    book = dx.read_codebook(pd.concat(every, ignore_index=True), scales)
    true, inside = np.tile(true.to_numpy(dtype=float), copies), []
    for run in range(-(-runs // copies)):
        rng = np.random.default_rng([41, n, run])
        drawn = np.hstack([people[rng.integers(0, len(people), n)] for _ in range(copies)])
        survey = dx.read_survey(pd.DataFrame(drawn, columns=book.items["item"]), book, min_group=3)
        table = dx.scores(survey).table
        table = table[table["level"] == "item"]
        low, high = table["low"].to_numpy(dtype=float), table["high"].to_numpy(dtype=float)
        ok = np.where(np.isnan(low), np.nan, (low <= true + 1e-9) & (true <= high + 1e-9))
        inside.append(ok.reshape(copies, -1))
    inside = np.concatenate(inside)
    with np.errstate(invalid="ignore"):
        return np.nansum(inside, axis=0) / np.sum(~np.isnan(inside), axis=0)


def judged(names):
    """Of each survey and number of answers the mean over its questions; and the worst question, over all numbers."""
    found = {name: np.array([held(name, n, RUNS) for n in SIZES]) for name in names}
    means = {(name, n): np.nanmean(each[k]) for name, each in found.items() for k, n in enumerate(SIZES)}
    where = min(means, key=lambda key: means[key])
    questions = np.concatenate([each[:, ~np.isnan(each).any(axis=0)].mean(axis=0) for each in found.values()])
    assert means[where] >= least(0.94, RUNS), where
    assert questions.min() >= least(0.90, RUNS)
    return (
        f"{in_percent(means[where])} of all questions of a survey in the worst ({where[0]}, {where[1]} answers); "
        f"{in_percent(questions.min())} of the worst of {len(questions)} questions"
    )


def test_intervals_of_real_answers_mostly_hold():
    assert np.nanmean(held("github_oss_2017", 25, 3)) >= 0.9


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
