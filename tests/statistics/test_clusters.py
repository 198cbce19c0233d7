"""The prior of a ranking against sums over every way to divide the topics, and its draws against both."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from dxkit.statistics import clusters
from tests.laws import examples

X, ONE = np.array([[0.0, 0.5, 4.0]]), np.ones((1, 3))


def partitions(found, group, kappa):
    """Probability of each way to divide the topics of a group into blocks of these sizes, from the evidence."""
    topics, result = found.away.shape[1], {}
    for cuts in range(2 ** (topics - 1)):
        ends = list(pairwise([0, *(k + 1 for k in range(topics - 1) if cuts >> k & 1), topics]))
        logs = sum(found.evidence[group, kappa, q, p] for p, q in ends) - found.forward[group, kappa, -1]
        result[tuple(q - p for p, q in ends)] = float(np.exp(logs))
    return result


def test_three_topics_to_the_printed_digits():
    found = clusters.blocks(X, ONE)
    expected = {0: [0.162730, 0.691986, 0.047598, 0.097687], 3: [0.078390, 0.200133, 0.137199, 0.584278]}
    for kappa, shares in expected.items():
        by_size = partitions(found, 0, kappa)
        assert [by_size[sizes] for sizes in ((1, 1, 1), (2, 1), (1, 2), (3,))] == pytest.approx(shares, abs=5.5e-7)
    evidence = [-6.715317, -6.660253, -6.462322, -6.398606, -7.200051]
    assert found.forward[0, :, -1].tolist() == pytest.approx(evidence, abs=5.5e-7)


def test_how_often_each_of_three_topics_is_the_worst():
    true = clusters.draw(X, ONE, clusters.chance(4_096, 3))
    assert np.bincount(true[0].argmax(axis=1), minlength=3) / 4_096 == pytest.approx([0.015, 0.027, 0.958], abs=0.01)


@examples(20)
@given(st.integers(0, 1_000), st.integers(3, 6))
def test_every_division_has_the_weight_of_its_normal_density(seed, topics):
    rng = np.random.default_rng(seed)
    x, variance = np.sort(rng.normal(size=topics)), rng.uniform(0.2, 2, topics)
    found = clusters.blocks(x[None], variance[None])
    s2 = variance.mean()
    wide = 1.44 * max(x.var(ddof=1), s2)
    for k, spread in enumerate((0, 0.5, 1, 2, 4)):
        logs = {}
        for sizes in partitions(found, 0, k):
            ends, total = np.cumsum((0, *sizes)), 0.0
            for p, q in zip(ends, ends[1:], strict=False):
                covariance = np.diag(variance[p:q] + spread**2 * s2) + wide
                total += np.log(0.5) + sum(map(np.log, range(1, q - p)))
                total += multivariate_normal.logpdf(x[p:q], np.full(q - p, x.mean()), covariance)
            logs[sizes] = total
        whole = np.logaddexp.reduce(list(logs.values()))
        assert found.forward[0, k, -1] == pytest.approx(whole, abs=1e-8)
        assert partitions(found, 0, k) == pytest.approx({d: np.exp(v - whole) for d, v in logs.items()}, abs=1e-8)


def test_draws_have_the_mean_and_spread_of_the_exact_sum():
    x, variance = np.array([[-1.0, 0.2, 0.4, 3.0]]), np.array([[1.0, 0.5, 2.0, 0.7]])
    found, luck = clusters.blocks(x, variance), clusters.chance(200_000, 4)
    true = clusters.draw(x, variance, luck)[0]
    shares, mean, square = found.kappa_shares()[0], np.zeros(4), np.zeros(4)
    for k, share in enumerate(shares):
        kappa2 = found.kappa[0, k] ** 2
        for sizes, p in partitions(found, 0, k).items():
            block = np.repeat(np.arange(len(sizes)), sizes)
            prior = found.wide[0] * np.equal.outer(block, block) + kappa2 * np.eye(4)
            gain = prior @ np.linalg.inv(prior + np.diag(variance[0]))
            here = x.mean() + gain @ (x[0] - x.mean())
            mean += share * p * here
            square += share * p * (here**2 + np.diag(prior - gain @ prior))
    assert true.mean(axis=0) == pytest.approx(mean, abs=0.01)
    assert true.var(axis=0) == pytest.approx(square - mean**2, abs=0.02)


def test_many_groups_are_each_group_alone():
    rng = np.random.default_rng(3)
    x, variance = np.sort(rng.normal(size=(5, 7)), axis=1), rng.uniform(0.1, 1, (5, 7))
    luck = clusters.chance(64, 7)
    together = clusters.draw(x, variance, luck)
    for g in range(5):
        assert clusters.draw(x[[g]], variance[[g]], luck)[0] == pytest.approx(together[g], abs=1e-9)


def test_what_is_certain_is_certain_and_level_scores_fall_at_random():
    x = np.array([[1.0, 1.0, 2.0, 3.0]] * 2)
    variance = np.array([[0.0] * 4, [0.1] * 4])
    true = clusters.draw(x, variance, clusters.chance(4_096, 4))
    assert true[0] == pytest.approx(np.broadcast_to(x[0], true[0].shape), abs=1e-7)
    assert (true[0].argmax(axis=1) == 3).all()
    assert (true[0].argmin(axis=1) == 0).mean() == pytest.approx(0.5, abs=0.03)


def test_two_topics_are_normal_about_their_scores():
    true = clusters.draw(np.array([[0.0, 1.0]]), np.array([[1.0, 4.0]]), clusters.chance(20_000, 2))[0]
    assert true.mean(axis=0) == pytest.approx([0, 1], abs=0.05)
    assert true.std(axis=0) == pytest.approx([1, 2], abs=0.05)


@pytest.mark.parametrize(("shared", "left"), [(0.9, 0.1), (1.0, 0.02), (-0.5, 1.0)])
def test_what_all_topics_share_is_taken_out_but_for_a_fiftieth(shared, left):
    covariance = np.full((1, 3, 3), shared) + (1 - shared) * np.eye(3)
    found = clusters.own_variances(covariance, np.array([20.0]))
    assert found == pytest.approx(np.full((1, 3), 1.1 * left))
