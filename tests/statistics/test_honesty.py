"""Whether what is said of an order comes true, by the array functions alone: a few samples, and answers of real people.

tests/claims runs the worlds often enough for what is promised. Targets allow for two simulation errors.
"""

import numpy as np
import pytest

from tests.claims.worlds import least
from tests.statistics import ranking_worlds as worlds
from tests.statistics.real_answers import ratings


def test_what_is_said_of_a_few_samples_holds():
    found = [worlds.held(world, 25, 4) for world in ("two clusters", "heaped hours")]
    assert np.mean([each.possible for each in found]) >= 0.85
    assert np.mean([each.ranges for each in found]) >= 0.9


def test_a_clear_world_is_clear_with_sixty_answers():
    assert (worlds.of_burdens(worlds.CLEAR, 60, 6).verdicts == "clear").mean() >= 0.5


def test_a_range_of_further_answers_is_given():
    assert worlds.more_held("normal", 30, 10) >= 0.4


@pytest.mark.simulated
@pytest.mark.parametrize(
    ("first", "last"), [(5, 13), (13, 21), (27, 33)], ids=["using", "contributing", "discouraging"]
)
def test_rankings_of_answers_that_real_people_gave(first, last):
    people = ratings()[:, first:last]
    people = people[~np.isnan(people).any(axis=1)]
    true, rng = people.mean(axis=0), np.random.default_rng(last)
    for n in (25, 80):
        told = worlds.judged((worlds.ranked(people[rng.integers(0, len(people), n)], 0), true) for _ in range(100))
        likely = told.right[told.verdicts == "likely"]
        assert told.shortlist.mean() >= 0.9
        assert ((told.verdicts == "clear") & ~told.right).sum() <= 5
        assert len(likely) < 10 or likely.mean() >= least(0.8, len(likely))
