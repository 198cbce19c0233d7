"""Groups are told apart from all the others by a t test on a pooled variance, with Bonferroni's share of the error."""

import numpy as np
import pytest
from scipy import optimize, stats

from dxkit.statistics.told_apart import told_apart

TEAMS = {"14 teams of 5 to 12": (14, 5, 12), "4 of 5 to 8": (4, 5, 8), "40 of 5 to 20": (40, 5, 20)}


def sums(groups):
    groups = [np.asarray(group, dtype=float) for group in groups]
    return tuple(
        np.array([figure(group) for group in groups])
        for figure in (len, np.mean, lambda group: ((group - group.mean()) ** 2).sum())
    )


def test_each_group_is_compared_with_the_others_together():
    rng = np.random.default_rng(1)
    for _ in range(200):
        groups = [rng.normal(rng.normal(0, 1), 1, rng.integers(3, 12)) for _ in range(5)]
        n, mean, scatter = sums(groups)
        df = n.sum() - 5
        for k, said in enumerate(told_apart(n, mean, scatter)):
            rest = np.concatenate([group for j, group in enumerate(groups) if j != k])
            t = (mean[k] - rest.mean()) / np.sqrt(scatter.sum() / df * (1 / n[k] + 1 / len(rest)))
            assert said == (np.sign(t) if 2 * stats.t.sf(abs(t), df) < 0.05 / 5 else 0)


def test_more_comparisons_ask_for_more():
    n, mean, scatter = np.full(4, 10.0), np.array([50.0, 51.0, 49.0, 30.0]), np.full(4, 2000.0)
    assert told_apart(n, mean, scatter).tolist() == [0, 0, 0, -1]
    assert told_apart(n, mean, scatter, comparisons=400).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("n", "mean", "scatter"),
    [([], [], []), ([5], [1], [1]), ([1, 1], [0, 9], [0, 0]), ([5, 5], [0, 9], [0, 0]), ([0, 5], [np.nan, 1], [0, 1])],
)
def test_nothing_is_said_without_two_groups_that_vary(n, mean, scatter):
    assert not told_apart(np.array(n), np.array(mean), np.array(scatter)).any()


CUTS = stats.norm.ppf([0.1, 0.35, 0.65, 0.9])


def named(teams, smallest, largest, runs, questions=3, shift=0.0, seed=1):
    """How often any team is told apart, and how often the first one is below, whose answers are shifted by so much.

    A score is the mean of questions of five answers that go together (0.4), with the shares that one often sees.
    """
    rng, any_one, first = np.random.default_rng(seed), 0, 0
    for _ in range(runs):
        sizes = rng.integers(smallest, largest + 1, teams)
        people = rng.normal(0, np.sqrt(0.4), (sizes.sum(), 1))
        people[: sizes[0]] -= shift
        answers = people + rng.normal(0, np.sqrt(0.6), (len(people), questions))
        scores = 25.0 * np.searchsorted(CUTS, answers).mean(axis=1)
        found = told_apart(*sums(np.split(scores, sizes.cumsum()[:-1])))
        any_one += bool(found.any())
        first += int(found[0] < 0)
    return any_one / runs, first / runs


def lower_by(points):
    """The shift that lowers the mean score of a team by so many points."""
    return optimize.brentq(lambda shift: 25 * stats.norm.sf(CUTS + shift).sum() - 50 + points, 0, 5)
