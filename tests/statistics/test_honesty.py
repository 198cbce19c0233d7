"""Whether what is said of an order comes true, in worlds that no prior expects: the array functions alone.

A few runs of each in the plain run, all of them with the marker `simulated`. Targets allow for two simulation errors.
"""

import numpy as np
import pytest

from tests.statistics import ranking_worlds as worlds
from tests.statistics.real_answers import ratings

RUNS = 80


def least(target, runs):
    return target - 2 * np.sqrt(target * (1 - target) / runs)


def test_what_is_said_of_a_few_samples_holds():
    found = [worlds.held(world, 25, 4) for world in ("two clusters", "heaped hours")]
    assert np.mean([each.possible for each in found]) >= 0.85
    assert np.mean([each.ranges for each in found]) >= 0.9


@pytest.fixture(scope="module")
def found():
    return {(world, n): worlds.held(world, n, RUNS) for world in worlds.WORLDS for n in (25, 80)}


@pytest.mark.simulated
def test_in_each_world_short_lists_possible_topics_and_ranges_hold(found):
    for where, each in found.items():
        assert each.shortlist.mean() >= least(0.82, RUNS), where
        assert each.possible.mean() >= least(0.93, RUNS), where
        assert each.ranges.mean() >= least(0.93, RUNS), where
    assert np.mean([each.shortlist.mean() for each in found.values()]) >= 0.9


@pytest.mark.simulated
def test_stated_probabilities_come_true(found):
    stated, true = (
        np.concatenate([getattr(each, name).ravel() for each in found.values()]) for name in ("p_top", "in_top")
    )
    for tenth in range(10):
        at = np.minimum((10 * stated).astype(int), 9) == tenth
        assert abs(stated[at].mean() - true[at].mean()) <= 0.13, tenth
    for where, each in found.items():
        widest = 0.22 if where[0].startswith(("one far", "two far")) else 0.18
        assert abs(each.p_pair.mean() - each.right.mean()) <= widest + 2 * np.sqrt(0.25 / RUNS), where


@pytest.mark.simulated
def test_likely_and_clear_are_seldom_wrong(found):
    verdicts, right = (
        np.concatenate([getattr(each, name) for each in found.values()]) for name in ("verdicts", "right")
    )
    assert right[verdicts == "likely"].mean() >= 0.8
    assert right[verdicts == "clear"].mean() >= 0.95


def test_a_clear_world_is_clear_with_sixty_answers():
    assert worlds.clear([25, 22, *range(0, -10, -1)], 60, 6)[0] >= 0.5


@pytest.mark.simulated
@pytest.mark.parametrize(("n", "often"), [(25, 0.65), (60, 0.99)])
def test_clear_appears_where_it_can(n, often):
    share, wrong = worlds.clear([25, 22, *range(0, -10, -1)], n, 400)
    assert share >= least(often, 400)
    assert wrong <= 0.05


@pytest.mark.simulated
@pytest.mark.parametrize("n", [25, 60, 200])
@pytest.mark.parametrize("rest", [range(0, -9, -1), [-20] * 9], ids=["rest near", "rest far"])
def test_clear_is_seldom_said_where_places_two_and_three_are_level(rest, n):
    share, wrong = worlds.clear([30, 10, 10, *rest], n, 400)
    assert share <= 0.08
    assert wrong <= 0.05


def test_a_range_of_further_answers_is_given():
    assert worlds.more_held("normal", 30, 10) >= 0.4


@pytest.mark.simulated
@pytest.mark.parametrize("n", [30, 60, 120])
@pytest.mark.parametrize("world", worlds.GAPS)
def test_further_answers_are_in_their_range(world, n):
    assert worlds.more_held(world, n, 150) >= least(0.75, 150)


@pytest.mark.simulated
@pytest.mark.parametrize(
    ("first", "last"), [(5, 13), (13, 21), (27, 33)], ids=["using", "contributing", "discouraging"]
)
def test_rankings_of_answers_that_real_people_gave(first, last):
    people = ratings()[:, first:last]
    people = people[~np.isnan(people).any(axis=1)]
    true, rng = people.mean(axis=0), np.random.default_rng(last)
    for n in (25, 80):
        right, short, wrong = [], [], 0
        for _ in range(100):
            told = worlds.ranked(people[rng.integers(0, len(people), n)], 0)
            top = true[told.order] >= np.sort(true)[-2]
            short.append(told.summary.shortlist[0][top].all())
            right += [top[-2:].all()] if told.verdict == "likely" else []
            wrong += told.verdict == "clear" and not top[-2:].all()
        assert np.mean(short) >= 0.9
        assert wrong <= 5
        assert len(right) < 10 or np.mean(right) >= least(0.8, len(right))
