"""Forms that people leave half-way, or of which some skip a block: what the intervals of dimensions then hold."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dxkit.statistics.intervals import t_quantile
from dxkit.statistics.means import coverage, score_intervals, weights
from tests.claims.worlds import WORLDS, truth
from tests.statistics.means.counted import count, score

DIMENSIONS, QUESTIONS, TEAMS = 3, 9, 6
ITEMS = DIMENSIONS * QUESTIONS
LAST = (np.arange(ITEMS) >= ITEMS - QUESTIONS)[None] / QUESTIONS  # the dimension that most people leave out
APART = np.array([[0, 8], [0, 26], [10, 25], [18, 26], [2, 14]])  # pairs of questions, near each other and far apart
DIFFERENCES = np.eye(ITEMS)[APART[:, 0]] - np.eye(ITEMS)[APART[:, 1]]


def blanks(share: float, left: float = 0.0, block: float = 0.0, teams: bool = False) -> Callable:
    """Which answers lack (people, items): a share anywhere, all behind some question of so many people (where `teams`
    differ, in every second one alone), and the last dimension of so many."""

    def lacking(rng, team):
        gone = np.where(teams, 2 * (team % 2), 1) * left
        last = np.where(rng.random(len(team)) < gone, rng.integers(1, ITEMS, len(team)), ITEMS)
        last = np.minimum(last, np.where(rng.random(len(team)) < block, ITEMS - QUESTIONS, ITEMS))
        return (np.arange(ITEMS) >= last[:, None]) | (rng.random((len(team), ITEMS)) < share)

    return lacking


INDEPENDENT = blanks(0.15)
LEFT = {
    "half left": blanks(0.0, left=0.5),
    "a quarter left, 5% blank": blanks(0.05, left=0.25),
    "8 of 10 left in every second team": blanks(0.0, left=0.4, teams=True),
    "a block skipped by 40%": blanks(0.0, block=0.4),
}
PLACES = {"no roster": 30, "a roster": 100, "by team": 120}


def people(rng, n):
    """What n people answer to all questions, from 0 to 1; those of a dimension go together."""
    each, shared = WORLDS["ratings"], np.repeat(rng.normal(size=(n, DIMENSIONS)), QUESTIONS, axis=1)
    own = np.sqrt(0.4) * shared + np.sqrt(0.6) * rng.normal(size=(n, ITEMS))
    return each.units(each.answer(0.5 * rng.normal(size=(n, 1)) + np.sqrt(0.75) * own)) / 100


@dataclass(frozen=True, eq=False, kw_only=True)
class Held:
    """Three shares each, of intervals that hold the truth, and mean widths: with blanks taken as independent, as dxkit
    takes them, and with the true number of people who answered two questions."""

    last: np.ndarray
    last_width: np.ndarray
    differences: np.ndarray
    difference_width: np.ndarray


def held(lacking: Callable, place: str, runs: int) -> Held:
    """What intervals of the last dimension hold, and of differences of two questions."""
    n = PLACES[place]
    rng, found = np.random.default_rng([33, n]), []
    for _ in range(runs):
        staff = n if place == "no roster" else n * 10 // 7
        everyone, team = people(rng, staff), rng.integers(0, TEAMS, staff)
        said, came = everyone[:n].copy(), team[:n]
        said[lacking(rng, came)] = np.nan
        counted = count(said, came, TEAMS) if place != "no roster" else count(said)
        if (counted.n.sum(axis=0) < 3).any() or (place == "by team" and (counted.n < 2).any()):
            continue
        found.append(_judged(said, came, counted, everyone, team, place))
    return Held(**{name: np.mean([each[k] for each in found], axis=0) for k, name in enumerate(Held.__annotations__)})


def _judged(said, came, counted, everyone, team, place):
    cells, one, truly = len(counted.people), np.zeros(len(counted.people), dtype=int), truth("ratings") / 100
    group, headcount, true, whole = one, np.array([np.inf]), np.full(ITEMS, truly), None
    if place == "a roster":
        heads = np.bincount(team, minlength=TEAMS).astype(float)
        headcount, true = np.array([len(team)]), everyone.mean(axis=0)
        found = score(
            counted, margins=weights.merged(counted.people, np.arange(TEAMS)[None], [heads]), headcount=heads.sum()
        )
    elif place == "by team":
        group, headcount = np.arange(TEAMS), np.full(TEAMS, np.inf)
        found, whole = score(counted, group=group, headcounts=headcount), score(count(said))
    else:
        found = score(counted)
    r, answering = (getattr(whole or found, name) for name in ("correlation", "answering"))
    each, groups = found.spread, len(headcount)
    sd, df, n, middle = (np.broadcast_to(a, (groups, ITEMS)) for a in (each.sd, each.df, each.n, each.middle))
    estimate = found.estimate.reshape(groups, ITEMS)
    counts = found.weights, counted.n, counted.people, group, headcount
    there = (~np.isnan(said)).astype(float)
    share = found.weights / np.maximum(coverage.total(found.weights * counted.n, group, groups), 1e-300)[group]
    both = np.stack(
        [there[at].T @ there[at] for at in (came == np.arange(cells)[:, None] if cells > 1 else [came >= 0])]
    )
    covariance = (
        coverage.total(both * share[:, :, None] * share[:, None, :], group, groups) - 1 / headcount[:, None, None]
    )
    covariance = covariance * r * sd[:, :, None] * sd[:, None, :]

    def variances(a):
        taken = [coverage.contrast_variance(a, sd, r, *counts, of) for of in (np.eye(ITEMS), answering)]
        return np.stack([*taken, np.einsum("dj,gjk,dk->gd", a, covariance, a)])

    least = [of[:, LAST[0] > 0].min(axis=1, keepdims=True) for of in (df, n)]
    v = variances(LAST)
    ends = [score_intervals.contrasts(estimate @ LAST.T, way, middle @ LAST.T, *least) for way in v]
    inside = [((low <= true @ LAST.T) & (true @ LAST.T <= high)).mean() for low, high in ends]
    width = [(high - low).mean() for low, high in ends]
    of_two = np.stack([df[:, row != 0].min(axis=1) for row in DIFFERENCES], axis=1)
    half = t_quantile(of_two, 0.975) * np.sqrt(variances(DIFFERENCES))
    right = np.abs((estimate - true) @ DIFFERENCES.T) <= half
    return inside, width, right.mean(axis=(1, 2)), half.mean(axis=(1, 2))
