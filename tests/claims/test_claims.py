"""The statistical claims, simulated again with enough runs for what is promised: `pytest -m simulated tests/claims`."""

import pytest

import dxkit as dx
from tests.procurement.cost.test_ownership import far_from_exact
from tests.statistics.test_told_apart import TEAMS, lower_by, named
from tests.survey.privacy.test_release import leak_of_four_waves
from tests.survey.test_changes import alarms
from tests.survey.test_coverage import PEOPLE, coverage

pytestmark = pytest.mark.simulated


def test_intervals_cover_the_truth_of_all_staff(claimed):
    told = []
    for name, margins in (("post-stratified", ["team"]), ("raked", ["team", "role", "tenure", "site"])):
        covered = coverage(PEOPLE.groupby(margins).size().rename("headcount").reset_index(), 200)
        assert 0.935 <= covered <= 0.965
        told.append(f"{100 * covered:.1f}% {name}")
    claimed(
        "95% intervals hold the truth of all staff, though teams answer at different rates",
        "93.5 to 96.5%",
        ", ".join(told),
        "200 surveys each",
    )


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


def test_a_title_names_a_team_only_where_one_differs(claimed):
    alarms = [named(*sizes, runs=4_000, questions=k)[0] for sizes in TEAMS.values() for k in (1, 3)]
    assert max(alarms) <= 0.06
    claimed(
        "a title names a team though none differs",
        "at most 6%",
        f"{100 * min(alarms):.1f} to {100 * max(alarms):.1f}%",
        "4,000 surveys, 3 sizes, scores of one and of three questions",
    )
    _, found = named(*TEAMS["14 teams of 5 to 12"], runs=4_000, shift=lower_by(30))
    _, of_one = named(*TEAMS["14 teams of 5 to 12"], runs=4_000, questions=1, shift=lower_by(30))
    assert found >= 0.7
    claimed(
        "a title names the one of 14 teams of 5 to 12 people that is 30 points lower",
        "70% or more for a dimension",
        f"{100 * found:.0f}% for three questions, {100 * of_one:.0f}% for one",
        "4,000 surveys",
    )
