"""What is claimed of waves, anonymity, delivery and costs, simulated: `pytest -m simulated tests/claims`."""

import pytest

import dxkit as dx
from tests.procurement.cost.test_ownership import far_from_exact
from tests.survey.privacy.test_release import leak_of_four_waves
from tests.survey.test_changes import alarms

pytestmark = pytest.mark.simulated


def test_false_alarms_between_waves(claimed):
    rates = [
        alarms(300, ids, population, response)
        for ids, population, response in ((False, None, 1.0), (True, None, 1.0), (True, 60, 0.6))
    ]
    assert max(rates) <= 0.05 + 0.0126  # one simulation error
    claimed(
        "a change is reported among 12 topics of which none changed",
        "at most 5%",
        f"{100 * min(rates):.1f} to {100 * max(rates):.1f}%",
        "300 pairs of waves, 3 designs",
    )


def test_an_attacker_with_four_waves_and_every_cut(claimed):
    leaks = sum(leak_of_four_waves(seed, dx.Release(min_group=5)) is not None for seed in range(10_000))
    plain = sum(leak_of_four_waves(seed, None) is not None for seed in range(500))
    assert leaks == 0
    claimed(
        "a group below five can be solved from all tables of four waves and every cut",
        "none",
        f"{leaks}; under a plain minimum of five in {plain / 5:.0f}%",
        "10,000 releases",
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
