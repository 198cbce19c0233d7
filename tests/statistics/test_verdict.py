"""How sure an order is, from draws and without them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student

from dxkit.statistics import clusters, verdict
from tests.laws import examples

V = np.array([[1, 0.3, 0.2], [0.3, 1.2, 0.4], [0.2, 0.4, 0.9]])
BACK = np.ix_([2, 1, 0], [2, 1, 0])


def test_the_two_are_ahead():
    t = verdict.ahead(np.array([[4.0, 7.0, 9.0]]), V[BACK][None], 2)
    assert verdict.p_clear(t, np.array([20.0]))[0] == pytest.approx(0.0080040744, rel=1e-6)
    assert t[0] == pytest.approx(min(5 / np.sqrt(1.5), 3 / np.sqrt(1.3)))


def test_without_error_level_topics_are_not_ahead():
    x = np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 2.0]])
    t = verdict.ahead(x, np.zeros((2, 3, 3)), 1)
    assert t.tolist() == [np.inf, 0.0]
    assert verdict.p_clear(t, np.array([20.0, 20.0])).tolist() == [0.0, 0.5]
    assert np.isinf(verdict.ahead(x, np.zeros((2, 3, 3)), 3)).all()


def test_what_would_reverse_the_choice():
    a, b = np.array([4, 5, 3, np.nan, 6, 2]), np.array([3, 6, 1, 2, 4, np.nan])
    both = ~np.isnan(a - b)
    pairs = np.array([[5, both.sum()], [both.sum(), 5]])
    lead = (a - b)[both].sum()
    value, i, k = verdict.tipping_point(pairs, np.array([[0, lead], [-lead, 0]]), 15, np.array([True, False]))
    assert (value, i, k) == (pytest.approx(-0.3636363636, rel=1e-6), 0, 1)
    everybody = verdict.tipping_point(np.full((2, 2), 6), np.array([[0, 4], [-4, 0]]), 6, np.array([True, False]))
    assert everybody == (-np.inf, 0, 1)


def world(seed, groups=3, topics=7):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(groups, topics, topics))
    covariance = root @ root.transpose(0, 2, 1) / topics / 4
    x = np.sort(rng.normal(size=(groups, topics)), axis=1)
    sd = rng.uniform(1, 3, topics)
    difference = np.broadcast_to(sd[:, None] ** 2 + sd**2, (groups, topics, topics))
    rest = {"difference": difference, "n_eff": np.full(groups, 20.0), "people": np.full(groups, 60.0)}
    return x, covariance, clusters.own_variances(covariance, rest["n_eff"]), rest


@examples(20)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_the_summary_is_that_of_plain_counting(seed, m):
    x, _, variance, rest = world(seed)
    company = np.zeros((3, 7), dtype=bool)
    company[:, :m] = True
    told = verdict.summarised(x, variance, m, **rest, company=company)
    true = clusters.draw(x, variance, clusters.chance(4_096, 7))
    rank = (true[:, :, None, :] > true[:, :, :, None]).sum(axis=3) + 1
    top = rank <= m
    assert told.p_top == pytest.approx(top.mean(axis=1))
    assert told.p_top.sum(axis=1) == pytest.approx(m)
    chosen = np.arange(7) >= 7 - m
    assert told.p_pair == pytest.approx((top == chosen).all(axis=2).mean(axis=1))
    assert told.p_same == pytest.approx((top == company[:, None, :]).all(axis=2).mean(axis=1))
    assert (told.p_pair <= told.p_top[:, chosen].min(axis=1) + 1e-12).all()
    lost = np.where(top, true, 0).sum(axis=2) - true[:, :, chosen].sum(axis=2)
    assert told.regret == pytest.approx(lost.mean(axis=1), abs=1e-12)
    assert told.shrunken == pytest.approx(true.mean(axis=1))
    for g in range(3):
        for j in range(7):
            inside = (rank[g, :, j] >= told.rank_low[g, j]) & (rank[g, :, j] <= told.rank_high[g, j])
            assert inside.mean() >= 0.95 - 1e-12
            assert (rank[g, :, j] < told.rank_low[g, j]).mean() <= 0.025 + 1e-12
            assert (rank[g, :, j] <= told.rank_low[g, j]).mean() > 0.025
        assert told.shortlist[g, chosen].all()
        held = (~top[g] | told.shortlist[g]).all(axis=1)
        assert held.mean() >= 0.9
        for out in np.flatnonzero(told.shortlist[g] & ~chosen):
            assert (held & ~top[g, :, out]).mean() < 0.9


@examples(20)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_more_answers_are_those_of_the_formula_for_each_draw(seed, m):
    x, _, variance, rest = world(seed, groups=1)
    true = np.sort(clusters.draw(x, variance, clusters.chance(4_096, 7))[0], axis=1)[:, ::-1]
    order = np.argsort(clusters.draw(x, variance, clusters.chance(4_096, 7))[0], axis=1)[:, ::-1]
    gap = true[:, m - 1] - true[:, m]
    n = 2.801585**2 * rest["difference"][0, order[:, m - 1], order[:, m]] / gap**2
    n = np.maximum(n / (1 + n / 60) - 20, 0)
    found = verdict.summarised(x, variance, m, **rest).more[0]
    assert found == pytest.approx(np.quantile(n, [0.1, 0.5, 0.9], method="nearest"), rel=1e-4, abs=1e-4)
    assert (np.diff(found) >= 0).all()


@examples(20)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_no_order_figure_changes_when_all_topics_cost_more(seed, m):
    x, covariance, variance, rest = world(seed)
    one, other = (verdict.summarised(x + more, variance, m, **rest) for more in (0.0, 64.0))
    for name in ("p_top", "rank_low", "rank_high", "shortlist", "p_pair"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert verdict.ahead(x, covariance, m) == pytest.approx(verdict.ahead(x + 64.0, covariance, m))


@examples(20)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_what_is_possible_is_that_of_a_plain_test_of_every_set(seed, m):
    x, covariance, _, _ = world(seed, groups=1)
    x, v = x[0], covariance[0]
    stays = verdict.possible(x, v, 12.0, m)
    assert stays[7 - m :].all()
    noise = np.random.default_rng(1).multivariate_normal(np.zeros(7), v, 20_000)
    noise *= np.sqrt(12 / np.random.default_rng(2).chisquare(12, (20_000, 1)))
    for j in range(7 - m):
        inside = [*range(8 - m, 7), j]
        pairs = [(k, i) for k in range(7) if k not in inside for i in inside]
        lead = {(k, i): (x[k] - x[i]) / np.sqrt(v[k, k] + v[i, i] - 2 * v[k, i]) for k, i in pairs}
        scaled = [noise[:, k] - noise[:, i] for k, i in pairs if lead[k, i] > -2.6]
        scaled = [each / each.std() * np.sqrt(12 / 10) for each in scaled]
        if scaled:
            tail = (np.max(scaled, axis=0) > max(lead.values())).mean()
            assert abs(tail - 0.05) < 0.03 or stays[j] == (tail > 0.05)


def test_many_groups_have_the_figures_of_few_with_fewer_draws():
    x, _, variance, rest = world(5, groups=120)
    many = verdict.summarised(x, variance, 2, **rest, draws=verdict.FEWER_DRAWS)
    few = verdict.summarised(x[:60], variance[:60], 2, **{name: each[:60] for name, each in rest.items()})
    assert many.p_top.shape == (120, 7)
    assert many.p_pair[:60] == pytest.approx(few.p_pair, abs=0.09)  # 4 errors of 512 draws
    assert few.shrunken.argmax(axis=1).tolist() == many.shrunken[:60].argmax(axis=1).tolist()


def test_nothing_to_choose():
    x, _, variance, rest = world(1)
    told = verdict.summarised(x, variance, 7, **rest)
    assert told.p_pair.tolist() == [1, 1, 1]
    assert np.isnan(told.more).all()


def test_one_sided_p_is_that_of_student():
    assert verdict.p_clear(np.array([1.3]), np.array([9.0]))[0] == pytest.approx(student.sf(1.3, 9))
