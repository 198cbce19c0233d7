"""What a ranking promises, simulated in worlds that its prior does not expect: `pytest -m simulated tests/claims`.

By the array functions, six times as fast as `dx.rank_pains`; tests/survey/test_ranking_simulation.py holds both to the
same.
"""

import numpy as np
import pytest

from tests.statistics.ranking_worlds import (
    APART,
    CLEAR,
    FINITE,
    GAPS,
    LEVEL,
    WORLDS,
    held,
    more_held,
    of_burdens,
    of_staff,
)

pytestmark = pytest.mark.simulated

RUNS = 120
OF_WORLDS = "8 worlds, 25 and 80 answers, 120 surveys each"


@pytest.fixture(scope="module")
def found():
    return {(world, n): held(world, n, RUNS) for world in WORLDS for n in (25, 80)}


def in_percent(share):
    return f"{100 * share:.0f}%"


def test_short_lists_possible_topics_and_ranges(claimed, found):
    short, possible, ranges = (
        [getattr(each, name).mean() for each in found.values()] for name in ("shortlist", "possible", "ranges")
    )
    assert min(short) >= 0.82
    assert np.mean(short) >= 0.9
    assert min(possible) >= 0.93
    assert min(ranges) >= 0.93
    claimed(
        "a shortlist holds the true worst two",
        "82% or more in each world, 90% on average",
        f"{in_percent(min(short))} in the worst, {in_percent(np.mean(short))} on average",
        OF_WORLDS,
    )
    claimed(
        "all of the true worst two are `possible`; the range of a topic's ranks holds its true rank",
        "93% or more in each world",
        f"at least {in_percent(min(possible))}; at least {in_percent(min(ranges))}",
        "the same",
    )


def test_verdicts(claimed, found):
    worlds = {}
    for (world, _), each in found.items():
        worlds.setdefault(world, []).append(each.right[each.verdicts == "likely"])
    likely = {world: np.concatenate(parts) for world, parts in worlds.items()}
    every = np.concatenate(list(likely.values()))
    worst = min(each.mean() for each in likely.values() if len(each) >= 10)
    wrong = np.concatenate([(each.verdicts == "clear") & ~each.right for each in found.values()])
    clear = sum((each.verdicts == "clear").sum() for each in found.values())
    assert wrong.sum() <= 0.05 * clear
    assert every.mean() >= 0.8
    assert worst >= 0.7
    assert wrong.mean() <= 0.05
    claimed(
        "pairs called likely that were right; surveys that called a wrong pair clear",
        "80% or more, 70% in a world with ten of them; at most 5%",
        f"{every.sum()} of {len(every)}, {in_percent(worst)} in the worst; {wrong.sum()} of {len(wrong)}",
        "the same",
    )


def test_the_stated_probability_of_the_pair(claimed, found):
    finite = [of_staff(*world, runs=500 if world[0] == 30 else 120) for world in FINITE[::2]]
    gap = max(abs(each.p_pair.mean() - each.right.mean()) for each in finite)
    assert gap <= 0.1
    claimed(
        "the stated probability that the two pains are the worst two, against how often they are",
        "within 0.1 where pains spread evenly",
        f"at most {gap:.3f}",
        "4 worlds of finite staff, 120 to 500 surveys each",
    )
    away = {where: each.right.mean() - each.p_pair.mean() for where, each in found.items()}
    two = max(gap for (world, _), gap in away.items() if world.startswith("two far"))
    others = [gap for (world, _), gap in away.items() if not world.startswith("two far")]
    assert -0.05 <= min(others)
    assert max(others) <= 0.2
    claimed(
        "the same where pains come in clusters, or hours are skewed or heaped",
        "within 0.2; too low where two stand equally far out of many",
        f"from {-min(others):.2f} too high to {max(others):.2f} too low; two of 30: {two:.2f} too low",
        OF_WORLDS,
    )


def test_stated_probabilities_come_true(found):
    stated, true = (
        np.concatenate([getattr(each, name).ravel() for each in found.values()]) for name in ("p_top", "in_top")
    )
    for tenth in range(10):
        at = np.minimum((10 * stated).astype(int), 9) == tenth
        assert abs(stated[at].mean() - true[at].mean()) <= 0.13, tenth


def test_what_the_choice_loses(claimed, found):
    times = {f"{world}, {n} answers": each.lost.mean() / each.regret.mean() for (world, n), each in found.items()}
    worst = max(times, key=times.__getitem__)
    claimed(
        "what is lost by choosing the two, beside the expected loss that is stated (`regret`)",
        "at most 1.5 times it in each world",
        f"{np.mean(list(times.values())):.1f} times it on average, {times[worst]:.1f} in the worst ({worst})",
        OF_WORLDS,
    )
    assert times[worst] <= 1.5


def test_clear_appears_where_it_can(claimed):
    clear = [of_burdens(CLEAR, n, 400) for n in (25, 60)]
    shares = [(each.verdicts == "clear").mean() for each in clear]
    assert shares[0] >= 0.6
    assert shares[1] >= 0.95
    claimed(
        "a verdict is clear where two pains are far ahead: 25 and 22 points, the next 0",
        "60% or more with 25 answers, 95% with 60",
        " and ".join(map(in_percent, shares)),
        "400 surveys each",
    )
    near = [of_burdens(rest, n, 200) for rest in LEVEL.values() for n in (25, 60, 200)]
    level = [(each.verdicts == "clear").mean() for each in near]
    assert max(level) <= 0.08
    assert max(((each.verdicts == "clear") & ~each.right).mean() for each in [*clear, *near]) <= 0.05
    claimed(
        "a verdict is clear though places two and three are level",
        "at most 8%",
        f"{100 * min(level):.1f} to {100 * max(level):.1f}%",
        "2 worlds, 25 to 200 answers, 200 surveys each",
    )


def test_the_text_says_where_two_stand_equally_far_out(claimed):
    found = [of_burdens(burden, n, 100) for burden in APART.values() for n in (25, 80)]
    right, stated = (
        np.concatenate([getattr(each, name)[each.cautious] for each in found]) for name in ("right", "p_pair")
    )
    assert right.mean() - stated.mean() >= 0.1
    claimed(
        "pairs whose text says that they stand equally far out, and are probably surer than stated",
        "right more often than stated, by 0.1",
        f"{right.sum()} of {len(right)} right, stated {in_percent(stated.mean())}",
        "2 of 12 and of 30, 25 and 80 answers, 100 surveys each",
    )


def test_further_answers(claimed):
    inside = [more_held(world, n, 150) for world in GAPS for n in (30, 60, 120)]
    assert min(inside) >= 0.75
    claimed(
        "the range of further answers holds the number that the true gap asks for",
        "75% or more",
        f"{in_percent(min(inside))} to {in_percent(max(inside))}",
        "4 worlds, 30 to 120 answers, 150 surveys each",
    )
