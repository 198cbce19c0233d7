"""Nominal 95% intervals on the synthetic company, whose truth is known: nonresponse that differs by team."""

import json

import numpy as np
import pandas as pd
import pytest

import dxkit as dx

pytestmark = [pytest.mark.usefixtures("nothing_hidden"), pytest.mark.simulated]

BOOK = dx.read_codebook(dx.samples.path("company/codebook.csv"))
TRUTH = json.loads(dx.samples.path("company/truth/truth.json").read_text())
PEOPLE = pd.read_csv(dx.samples.path("company/truth/population_2026-Q3.csv"), comment="#")


def respondents(rng):
    """Who answers: everybody by the rate of the own team, and a few questions left blank."""
    rates = PEOPLE["team"].map(TRUTH["response_rates"]).to_numpy()
    came = PEOPLE[rng.random(len(PEOPLE)) < rates].reset_index(drop=True).drop(columns="person")
    measured = [item for item in BOOK.measured if item != "oncall_rest"]
    blank = rng.random((len(came), len(measured))) < 0.04
    came[measured] = came[measured].mask(blank)
    return came


def coverage(roster, runs, **options):
    """Share of intervals that hold the truth of all staff, over all questions to all staff and runs.

    tests/claims holds it to 95%.
    """
    items = BOOK.items[~BOOK.items["item"].isin(["oncall_rest", "code", "remark"])]
    book = dx.read_codebook(items.assign(asked_if=""))
    truth = {**TRUTH["waves"]["2026-Q3"]["items"], **TRUTH["waves"]["2026-Q3"]["dimensions"]}
    inside = []
    for run in range(runs):
        survey = dx.read_survey(respondents(np.random.default_rng([7, run])), book, roster)
        table = dx.scores(survey, **options).table
        table = table[table["level"] != "overall"]
        expected = table["name"].map(truth)
        inside.append(((table["low"] <= expected) & (expected <= table["high"])).to_numpy())
    return float(np.mean(inside))


def test_without_the_finite_population_the_intervals_are_too_wide():
    roster = PEOPLE.groupby(["team"]).size().rename("headcount").reset_index()
    assert coverage(roster, 20, fpc=False) > 0.985
