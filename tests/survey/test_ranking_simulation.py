"""What a ranking says of itself is what the array functions say, which tests/claims holds to worlds of known truth."""

import numpy as np
import pytest

import dxkit as dx
from dxkit.statistics.means.spread import BOUNDED, HOURS
from tests.statistics.ranking_worlds import (
    APART,
    CLEAR,
    FINITE,
    LEVEL,
    WORLDS,
    likert_burden,
    of_staff,
    ranked,
    sample,
)
from tests.survey.topic_worlds import hours, survey


def same(ranking, told):
    """Hold a ranking to what the array functions say of the same answers."""
    order, s, top_n = told.as_order, told.summary, told.top_n
    place = np.argsort(told.order)  # of each topic, in their order
    table = ranking.table.sort_values("topic")

    def topics(at):
        return [f"Topic {k:02d}" for k in at]

    def chosen(member):
        return topics(k for k, at in zip(told.order[::-1], member[::-1], strict=True) if at)

    assert ranking.top == topics(told.order[::-1][:top_n])
    assert ranking.verdict == order.verdicts[0]
    assert ranking.p_pair == pytest.approx(s.p_pair[0], abs=1e-9)
    assert table["p_top"].to_numpy() == pytest.approx(s.p_top[0][place], abs=1e-9)
    assert table["rank_low"].tolist() == s.rank_low[0][place].tolist()
    assert table["rank_high"].tolist() == s.rank_high[0][place].tolist()
    assert sorted(ranking.shortlist) == sorted(chosen(s.shortlist[0]))
    assert sorted(ranking.possible) == sorted(chosen(told.possible))
    cautious = order.far_out and order.verdicts[0] != "clear"
    assert ("equally far out of" in dict(ranking.facts)["verdict"]) == cautious
    return cautious


@pytest.mark.parametrize("world", WORLDS)
def test_a_ranking_says_what_the_array_functions_say(world):
    answers, _, form = sample(world, 60, np.random.default_rng([21, 60]))
    same(dx.rank_pains(hours(answers) if form == HOURS else survey(5 - 4 * answers)), ranked(answers, form))


def test_the_same_of_a_finite_staff_and_of_pains_that_stand_out():
    rng = np.random.default_rng(3)
    answers = likert_burden(rng.normal(size=20) * 8, 40, rng)
    same(dx.rank_pains(survey(5 - 4 * answers, 60)), ranked(answers, BOUNDED, people=60))
    cautious = []
    for burden in (CLEAR, LEVEL["far"], APART["2 of 30"]):
        answers = likert_burden(burden, 40, rng)
        cautious.append(same(dx.rank_pains(survey(5 - 4 * answers)), ranked(answers, BOUNDED)))
    assert any(cautious)
    assert not all(cautious)


@pytest.mark.simulated
def test_the_stated_probability_of_the_pair_is_honest_over_all_worlds():
    found = [of_staff(*world, runs=12) for world in FINITE]
    gap = np.mean([each.p_pair.mean() - each.right.mean() for each in found])
    assert abs(gap) < 0.12  # 84 runs: simulation error 0.05


@pytest.mark.simulated
def test_without_the_population_the_stated_probability_is_too_low():
    found = of_staff(*FINITE[0], runs=40, known=False)
    assert found.right.mean() - found.p_pair.mean() > 0.15
