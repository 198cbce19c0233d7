"""What is claimed of waves, anonymity, delivery and costs, simulated: `pytest -m simulated tests/claims`."""

import numpy as np
import pytest

from dxkit.outcomes.trend import _signals
from dxkit.survey.privacy.figures import admitted
from tests.outcomes.test_follow_up import false_alarms
from tests.outcomes.worlds import overdispersed
from tests.procurement.cost.test_ownership import far_from_exact
from tests.survey.privacy import companies
from tests.survey.test_changes import alarms

pytestmark = pytest.mark.simulated


def test_false_alarms_between_waves(claimed):
    rates = [
        alarms(500, ids, population, response)
        for ids, population, response in ((False, None, 1.0), (True, None, 1.0), (True, 60, 0.6))
    ]
    assert max(rates) <= 0.05 + 0.0097  # one simulation error
    claimed(
        "a change is reported among 12 topics of which none changed",
        "at most 5%",
        f"{100 * min(rates):.1f} to {100 * max(rates):.1f}%",
        "500 pairs of waves, 3 designs",
    )


def test_nobody_below_the_minimum_follows_from_all_that_is_shown(claimed):
    """An attacker who tries all sets of fewer than five people, in made-up companies of 8 to 60 with 1 to 5 cuts."""
    leaks, plain, runs = 0, 0, 10_000
    for seed in range(runs):
        codes, answered = companies.company(np.random.default_rng([19, seed]))
        cells, _, n = companies.as_cells(codes, answered)
        shown = admitted(cells, n, 5)
        leaks += companies.smallest_sum(companies.rows_over_people(codes, shown), answered, 5) is not None
        if seed < 1_000:
            plain_minimum = [np.bincount(code, answered) >= 5 for code in codes]
            plain += companies.smallest_sum(companies.rows_over_people(codes, plain_minimum), answered, 5) is not None
    assert leaks == 0
    claimed(
        "the answers of fewer than five people follow from all figures that are shown",
        "none",
        f"{leaks}; under a plain minimum of five in {plain / 10:.0f}% of 1,000",
        "10,000 companies of 8 to 60",
    )


def test_pains_that_are_called_moved_where_nothing_changed(claimed):
    found = [false_alarms(spread, 2000) for spread in (0.0, 4.0, 8.0)]
    assert max(found)[0] <= 0.07
    ours, naive = ([f"{100 * end(column):.0f}" for end in (min, max)] for column in zip(*found, strict=True))
    claimed(
        "one of the two chosen pains is called moved though nothing changed",
        "at most 7%",
        f"{' to '.join(dict.fromkeys(ours))}%; a t-test of their scores {' to '.join(naive)}%",
        "2,000 pairs of waves, 3 spreads",
    )


def test_a_year_without_change(claimed):
    years = [overdispersed(np.random.default_rng(mean), mean, 2.2, (3000, 12)) for mean in (8, 40, 100)]
    rates = [np.mean([_signals(np.sqrt(year)) for year in each]) for each in years]
    weeks = overdispersed(np.random.default_rng(1), 8, 2.2, (2000, 52))
    mean = weeks.mean(axis=1, keepdims=True)
    usual = (np.abs(weeks - mean) > 3 * np.sqrt(mean)).any(axis=1).mean()
    assert max(rates) <= 0.07
    claimed(
        "a year of unchanged months gives a false signal (variance 2.2 times the mean)",
        "at most 7%",
        f"{100 * min(rates):.1f} to {100 * max(rates):.1f}%; weekly limits of three roots {100 * usual:.0f}%",
        "3,000 years, 3 sizes",
    )


def test_simulated_costs_are_those_integrated(claimed):
    beyond, rows = far_from_exact(range(100))
    assert beyond <= 0.02 * rows
    claimed(
        "simulated mean costs lie further than 4 of their errors from the integrated ones",
        "at most 2%",
        f"{beyond} of {rows}",
        "100 seeds",
    )
