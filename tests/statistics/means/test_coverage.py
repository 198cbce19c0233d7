"""How often intervals hold the truth, in worlds that break what they assume; and how often a team is named wrongly.

A few runs of each in the plain run, all of them with the marker `simulated`. Targets allow for two simulation errors.
"""

import numpy as np
import pytest
from scipy.optimize import brentq

from dxkit.statistics.means import teams
from tests.statistics.means import staff, team_worlds, worlds
from tests.statistics.means.counted import count, score
from tests.statistics.real_answers import ratings

LEAST = {"hours, half zero": 0.915, "hours, heaped": 0.915, "hours, long tail": 0.88, "hours, longest tail": 0.84}


def allowed(target, runs):
    """A target less two simulation errors."""
    return target - 2 * np.sqrt(target * (1 - target) / runs)


def test_intervals_of_nine_answers_mostly_hold_the_truth():
    for world in ("rating", "6% very unhappy", "hours, half zero"):
        assert worlds.covered(world, 12, 400) >= allowed(LEAST.get(world, 0.94), 400)


@pytest.mark.simulated
@pytest.mark.parametrize("n", [8, 12, 20, 40, 100])
@pytest.mark.parametrize("world", worlds.WORLDS)
def test_intervals_without_a_roster(world, n):
    assert worlds.covered(world, n, 2_000) >= allowed(LEAST.get(world, 0.94), 2_000)


FINITE = {"favourable": 0.935, "6% very unhappy": 0.90, "hours": 0.89, "hours, long tail": 0.88}


def holds(found, runs, least=0.935, most=None, targets=FINITE):
    for kind, share in found.items():
        target = targets.get(kind, least)
        assert share >= allowed(target, runs), (kind, share)
        if most is not None and kind in ("item", "dimension", "overall"):
            assert share <= most + 2 * np.sqrt(most * (1 - most) / runs), (kind, share)


def test_a_company_of_sixty_is_mostly_held():
    found, flat, _ = staff.held(60, 12)
    assert flat == 0
    holds(found, 12)


@pytest.mark.simulated
@pytest.mark.parametrize("margins", [1, 3])
@pytest.mark.parametrize("people", [60, 180, 1_200])
def test_intervals_of_a_finite_staff(people, margins):
    found, flat, _ = staff.held(people, 250, margins=margins)
    assert flat == 0
    holds(found, 250, most=0.98)


@pytest.mark.simulated
@pytest.mark.parametrize(("margins", "by"), [(1, 0), (3, 0), (3, 1)], ids=["team", "team, raked", "role"])
def test_intervals_of_groups(margins, by):
    found, flat, _ = staff.held(180, 120, margins=margins, by=by, low=0.5, high=0.95)
    assert flat == 0
    holds(found, 250, 0.94, 0.985, {"6% very unhappy": 0.90, "hours": 0.92, "hours, long tail": 0.90})


def test_no_team_is_named_where_none_differs_in_most_tables():
    for maker in ("likert", "6% very unhappy", "hours, half zero"):
        assert team_worlds.named(maker, 14, 6, 25, dimensions=3)[0] <= 0.15


@pytest.mark.simulated
@pytest.mark.parametrize("items", [1, 12])
@pytest.mark.parametrize("groups", [4, 8, 14, 20, 40])
@pytest.mark.parametrize("maker", team_worlds.MAKERS)
def test_no_team_is_named_where_none_differs(maker, groups, items):
    rate, _ = team_worlds.named(maker, groups, items, 1_000, dimensions=3 if items > 1 else 0)
    assert rate <= 0.06 + 0.015  # two simulation errors


def lower_by(maker, points):
    """The shift that lowers the mean of all by so many points."""
    z, answer = worlds.norm.ppf((np.arange(100_000) + 0.5) / 100_000), team_worlds.MAKERS[maker][0]
    return brentq(lambda shift: answer(z).mean() - answer(z - shift).mean() - points / 100, 0, 6)


@pytest.mark.simulated
@pytest.mark.parametrize(("maker", "least"), [("likert", 0.7), ("ceiling", 0.7), ("6% very unhappy", 0.62)])
def test_a_team_of_fourteen_that_is_lower_by_thirty_points_on_every_item_is_named(maker, least):
    found = team_worlds.named(maker, 14, 12, 1_000, shift=lower_by(maker, 30), dimensions=3)[1]
    assert found >= allowed(least, 1_000)


def between(maker, groups, icc, runs, items=3):
    """Coverage of the interval of ICC and of pooled scores, and the error of pooled scores in that of raw ones."""
    answer, form = team_worlds.MAKERS[maker]
    z, rng = worlds.norm.ppf((np.arange(2_000) + 0.5) / 2_000), np.random.default_rng([9, groups])
    levels = worlds.norm.ppf((np.arange(400) + 0.5) / 400) * np.sqrt(icc)
    given = [answer(level + np.sqrt(1 - icc) * z) for level in levels]
    spread_of_means = np.var([each.mean() for each in given])
    true_icc = spread_of_means / (spread_of_means + np.mean([each.var() for each in given]))
    inside, held, raw, drawn = [], [], 0.0, 0.0
    for _ in range(runs):
        latent, cell, sizes, team = team_worlds.people(rng, groups, items, icc)
        y, v, _, s2, df = team_worlds.table(answer(latent), cell, sizes, form)
        found = teams.between(y, v, s2, df)
        value, _, low, high = teams.pooled(y, v, found.tau2, df)
        true = np.array([[answer(m + np.sqrt(1 - icc) * z).mean() for m in row] for row in team])
        inside += ((found.icc_low <= true_icc + 1e-12) & (true_icc <= found.icc_high)).tolist()
        held += ((low <= true) & (true <= high)).ravel().tolist()
        raw, drawn = raw + ((y - true) ** 2).sum(), drawn + ((value - true) ** 2).sum()
    return np.mean(inside), np.mean(held), np.sqrt(drawn / raw)


def test_pooled_scores_are_nearer_the_truth():
    assert between("likert", 8, 0.1, 20)[2] < 1


@pytest.mark.simulated
@pytest.mark.parametrize("icc", [0.0, 0.05, 0.1, 0.3])
@pytest.mark.parametrize("groups", [8, 20])
def test_how_much_teams_differ_and_what_their_next_score_is_near(groups, icc):
    inside, held, ratio = between("likert", groups, icc, 200)
    assert inside >= allowed(0.91, 600)
    assert held >= allowed(0.93, 600)
    assert ratio < 1


def real(n, runs):
    """How often intervals of n answers hold the mean of each question of a real survey; nan where too few answered."""
    people, inside, known = ratings(), 0, 0
    true = np.nanmean(people, axis=0)
    for run in range(runs):
        found = score(count(people[np.random.default_rng([n, run]).integers(0, len(people), n)]))
        there = np.isfinite(found.low)
        inside = inside + ((found.low <= true) & (true <= found.high) & there)
        known = known + there
    return inside / known


@pytest.mark.simulated
@pytest.mark.parametrize("n", [12, 20, 40, 100])
def test_answers_that_real_people_gave(n):
    covered = real(n, 800)
    assert covered.mean() >= 0.94
    assert covered.min() >= 0.90
