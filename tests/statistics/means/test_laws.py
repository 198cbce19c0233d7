"""Laws of estimates, coverage and intervals, on generated surveys; and R's weighted means."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from dxkit.statistics.means import coverage, score_intervals, spread, weights
from dxkit.statistics.means.spread import BOUNDED, HOURS
from tests.laws import examples
from tests.places import CASE_FILES
from tests.statistics.means.counted import count, score

seeds = st.integers(0, 100_000)
CASES = json.loads((CASE_FILES / "r_survey.json").read_text())["cases"]


def company(seed, skipped=True):
    """A made-up survey with a roster of one to three margins: answers, their cells, margins and headcounts."""
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(2, 5, rng.integers(1, 4)))
    codes = np.array(np.unravel_index(np.arange(np.prod(shape)), shape))
    heads = rng.integers(0, 12, codes.shape[1])
    heads[0] += 5
    cell = np.repeat(np.arange(len(heads)), heads)
    cell = cell[rng.random(len(cell)) < rng.uniform(0.3, 1.0)]
    hours = rng.random((len(cell), 1)) * rng.integers(0, 2, (len(cell), 1)) * 8
    answers = np.hstack([rng.integers(0, rng.integers(1, 6), (len(cell), 3)) / 4, hours])
    if skipped:
        answers[rng.random(answers.shape) < 0.1] = np.nan
    margins = [np.bincount(code, weights=heads) for code in codes]
    return answers, cell, len(heads), codes, margins, heads


FORM = np.array([BOUNDED, BOUNDED, BOUNDED, HOURS])


def scored(seed, **options):
    answers, cell, cells, codes, margins, heads = company(seed, **options)
    counted = count(answers, cell, cells)
    group, headcounts = codes[0], margins[0]
    merged = weights.merged(counted.people, codes, margins)
    return counted, score(counted, FORM, merged, heads.sum(), group, headcounts), merged, heads


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["margins"]))
def test_means_are_those_of_r_survey(case):
    names = [case["margins"]] if isinstance(case["margins"], str) else case["margins"]
    rows = case["answers"] if isinstance(case["answers"], list) else None
    column = {name: ([row[name] for row in rows] if rows else case["answers"][name]) for name in ["y1", "y2", *names]}
    labels = {name: list(case["roster"][name]) for name in names}
    codes_of_people = np.array([[labels[name].index(value) for value in column[name]] for name in names])
    shape = tuple(len(labels[name]) for name in names)
    codes = np.array(np.unravel_index(np.arange(np.prod(shape)), shape))
    y = np.array([column["y1"], column["y2"]], dtype=float).T
    answers = np.hstack([(y - 1) / 4, (y >= 4) + np.where(np.isnan(y), np.nan, 0)])
    counted = count(answers, np.ravel_multi_index(tuple(codes_of_people), shape), int(np.prod(shape)))
    heads = [np.array(list(case["roster"][name].values()), dtype=float) for name in names]
    margins = weights.merged(counted.people, codes, heads)
    found = score(counted, margins=margins, headcount=heads[0].sum()).estimate
    expected = case["finite"]["mean"]
    assert found.tolist() == pytest.approx(
        [expected["u1"] / 100, expected["u2"] / 100, expected["f1"], expected["f2"]], rel=1e-6
    )


@examples(60)
@given(seeds)
def test_estimates_and_ends_lie_on_the_scale_and_no_sample_has_zero_width(seed):
    no_interval_of_a_sample_has_zero_width(seed)


def no_interval_of_a_sample_has_zero_width(seed):
    """Of everybody or of groups; it lies on its scale, holds its estimate, and a census has none."""
    counted, found, merged, heads = scored(seed)
    whole = found.everybody
    n = np.where(found.weights > 0, counted.n, 0).sum(axis=0)
    for low, m, high in ((whole.low, whole.estimate, whole.high), (found.low, found.estimate, found.high)):
        known = np.isfinite(low)
        assert (0 <= low[known]).all()
        assert (low[known] <= m[known]).all()
        assert (m[known] <= high[known]).all()
        assert (high[..., :3][known[..., :3]] <= 1).all()
    open_to_chance = (n >= 2) & (n < heads.sum())
    assert (whole.low < whole.high)[open_to_chance].all()
    assert (whole.low == whole.high)[n == heads.sum()].all()


@examples(60)
@given(seeds)
def test_coverage_is_positive_semidefinite_and_its_contrasts_are_those_of_the_matrix(seed):
    counted, found, merged, heads = scored(seed)
    rng = np.random.default_rng(seed)
    part, a = rng.random(4) < 0.3, rng.normal(size=(2, 4))
    for group, headcount in (
        (merged.codes[0] * 0, heads.sum()[None].astype(float)),
        (merged.codes[0], merged.people[0]),
    ):
        counts = found.weights, counted.n, counted.people, group, headcount, part
        matrix = coverage.joint_coverage(*counts)
        for each in matrix:
            assert np.linalg.eigvalsh(each)[0] >= -1e-9
        own = coverage.coverage(found.weights, counted.n, group, headcount, part)
        assert np.diagonal(matrix, axis1=1, axis2=2) == pytest.approx(np.where(np.isinf(own), 0, own))
        sd = rng.uniform(0.1, 0.5, (len(headcount), 4))
        variance = np.einsum("dj,gjk,dk->gd", a, matrix * found.correlation * sd[:, :, None] * sd[:, None, :], a)
        found_variance = coverage.contrast_variance(a, sd, found.correlation, *counts)
        answered = np.isfinite(own).all(axis=1)
        assert found_variance[answered] == pytest.approx(np.maximum(variance, 0)[answered], abs=1e-12)


@examples(40)
@given(seeds)
def test_weights_meet_every_margin(seed):
    counted, found, merged, heads = scored(seed)
    used, met = weights.weights(counted.n, merged)
    for j in range(4):
        for code, targets in zip(merged.codes[: met[j]], merged.people, strict=False):
            held, answered = (
                np.bincount(code, weights=each[:, j], minlength=len(targets)) for each in (used * counted.n, counted.n)
            )
            if (answered > 0).all():
                assert held == pytest.approx(targets, rel=1e-9)
            if held.any():
                assert held.sum() == pytest.approx(heads.sum(), rel=1e-9)


@examples(40)
@given(seeds)
def test_headcount_weighted_groups_give_the_whole_where_they_are_the_only_margin(seed):
    answers, cell, cells, codes, margins, heads = company(seed)
    cell = codes[0][cell]
    counted = count(answers, cell, len(margins[0]))
    merged = weights.merged(counted.people, np.arange(len(margins[0]))[None], margins[:1])
    if len(merged.people[0]) < len(margins[0]):
        return
    found = score(counted, FORM, merged, heads.sum(), np.arange(len(margins[0])), margins[0])
    for j in np.flatnonzero((counted.n > 0).all(axis=0)):
        assert margins[0] @ found.estimate[:, j] / heads.sum() == pytest.approx(found.everybody.estimate[j], abs=1e-9)


@examples(40)
@given(seeds)
def test_the_order_of_people_changes_nothing_and_a_reversed_question_is_mirrored(seed):
    answers, cell, cells, codes, margins, heads = company(seed)
    other = np.random.default_rng(seed).permutation(len(cell))
    turned = answers[other] * [1, -1, 1, 3] + [0, 1, 0, 0]
    one, two = (
        score(counted, FORM, weights.merged(counted.people, codes, margins), heads.sum(), codes[0], margins[0])
        for counted in (count(answers, cell, cells), count(turned, cell[other], cells))
    )
    for here, there in ((one, two), (one.everybody, two.everybody)):
        for name in ("low", "estimate", "high"):
            x, y = getattr(here, name), getattr(there, {"low": "high", "high": "low"}.get(name, name))
            assert getattr(there, name)[..., [0, 2]] == pytest.approx(x[..., [0, 2]], abs=1e-9, nan_ok=True)
            assert 1 - y[..., 1] == pytest.approx(x[..., 1], abs=1e-9, nan_ok=True)
            if one.everybody.estimate[3] > 0:
                assert getattr(there, name)[..., 3] == pytest.approx(3 * x[..., 3], abs=1e-8, nan_ok=True)
    signs = np.outer([1, -1, 1, 1], [1, -1, 1, 1])
    assert two.correlation == pytest.approx(one.correlation * signs, abs=1e-6)


@examples(40)
@given(seeds)
def test_twice_as_many_people_have_the_same_estimates_and_no_wider_intervals(seed):
    answers, cell, cells, codes, margins, heads = company(seed)
    one, two = (
        score(counted, FORM, weights.merged(counted.people, codes, [k * each for each in margins]), k * heads.sum())
        for k, counted in (
            (1, count(answers, cell, cells)),
            (2, count(np.tile(answers, (2, 1)), np.tile(cell, 2), cells)),
        )
    )
    if (one.weights > 0).sum() != (two.weights > 0).sum() or not np.allclose(one.weights, two.weights, atol=1e-6):
        return  # a group of one respondent was merged, and one of two is not
    assert two.estimate == pytest.approx(one.estimate, abs=1e-7, nan_ok=True)
    known = np.isfinite(one.low)
    assert ((two.high - two.low)[known] <= (one.high - one.low)[known] + 1e-9).all()


@examples(40)
@given(seeds)
def test_the_correlation_is_that_of_residuals_where_nothing_was_skipped(seed):
    answers, cell, cells, codes, margins, heads = company(seed, skipped=False)
    counted = count(answers + 5, cell, cells, origin=2.0)
    merged = weights.merged(counted.people, codes, margins)
    design = np.hstack([np.equal.outer(code[cell], np.arange(code.max() + 1)) for code in merged.codes]).astype(float)
    rank = np.linalg.matrix_rank(design) if len(cell) else 0
    if len(cell) < 2 * rank or len(cell) - rank < 1 or not merged.usable.all():
        return
    residual = answers - design @ np.linalg.lstsq(design, answers, rcond=None)[0]
    fitted = spread.fit(counted.n, counted.mean, merged.design())
    found = spread.correlation(
        counted.n, counted.people, counted.mean, counted.scatter, fitted, counted.pairs, counted.sums, counted.products
    )
    squares = (residual**2).sum(axis=0)
    varies = squares > 1e-9
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = residual.T @ residual / np.sqrt(np.outer(squares, squares))
    assert found[np.ix_(varies, varies)] == pytest.approx(expected[np.ix_(varies, varies)], abs=1e-6)


def test_margins_that_contradict_each_other_leave_the_first_alone():
    same = np.array([[0, 0, 1, 1], [0, 0, 1, 1]])
    margins = weights.merged(np.full(4, 5), same, [np.array([30.0, 10.0]), np.array([10.0, 30.0])])
    found, met = weights.weights(np.full((4, 2), 5.0), margins)
    assert met.tolist() == [1, 1]
    assert found[:, 0].tolist() == pytest.approx([3, 3, 1, 1])


def test_the_headcount_of_a_group_without_an_answer_is_spread_in_proportion():
    margins = weights.merged(np.full(3, 5), np.array([[0, 1, 2]]), [np.array([30.0, 10.0, 20.0])])
    found, _ = weights.weights(np.array([[5.0, 5.0], [5.0, 5.0], [5.0, 0.0]]), margins)
    assert found[:, 0].tolist() == pytest.approx([6, 2, 4])
    assert found[:, 1].tolist() == pytest.approx([9, 3, 0])


def test_somebody_without_a_group_has_no_weight():
    margins = weights.merged(np.array([5, 5, 3]), np.array([[0, 1, -1]]), [np.array([20.0, 10.0])])
    assert weights.weights(np.array([[5.0], [5.0], [3.0]]), margins)[0].ravel().tolist() == [4, 2, 0]


@pytest.mark.parametrize("seed", range(5))
def test_four_margins_of_a_company_are_met_within_twelve_rounds(seed, monkeypatch):
    monkeypatch.setattr(weights, "_MOST_ROUNDS", 12)
    rng = np.random.default_rng(seed)
    codes = np.array([rng.integers(0, groups, 180) for groups in (14, 5, 4, 3)])
    came = rng.random(180) < rng.uniform(0.2, 1.0, 14)[codes[0]]
    cells, n = np.unique(codes[:, came], axis=1, return_counts=True)
    heads = [np.bincount(code).astype(float) for code in codes]
    asked = n[:, None] - (rng.random((len(n), 30)) < 0.04)
    met = weights.weights(np.maximum(asked, 0.0), weights.merged(n, cells, heads))[1]
    assert (met == 4).all()


@examples(60)
@given(st.floats(0, 1), st.floats(1e-6, 50), st.floats(0, 168), st.floats(1e-6, 50))
def test_ends_solve_what_they_are_defined_by(m, c, hours, k):
    for low, high, mean, factor, power, top in (
        (*score_intervals.bounded(m, c), m, c, lambda u: u * (1 - u), 1.0),
        (*score_intervals.hours(hours, k), hours, k, lambda u: u**1.5, np.inf),
    ):
        assert 0 <= low <= mean <= high <= top
        for end in (float(low), float(high)):
            miss = (mean - end) ** 2 - factor * power(end)
            assert abs(miss) <= 1e-9 * max(1e-3, mean**2, end**2)
    if hours > 1e-3:
        low, high = map(float, score_intervals.hours(hours, k))
        root = brentq(lambda u: (hours - u) ** 2 - k * u**1.5, 0, hours, xtol=1e-15, rtol=1e-14)
        assert low == pytest.approx(root, rel=1e-10, abs=1e-12)


def test_hours_are_cut_at_the_top_of_the_scale():
    low, high = score_intervals.hours(np.array([100.0, 168.0]), np.array([3.0, 3.0]), 168)
    assert high.tolist() == [168, 168]
    assert (low > 0).all()


def covered(n, headcount):
    """How often the interval of a share holds it, for each number of the staff who would say yes; exact."""
    from scipy.stats import hypergeom

    yes, truth = np.arange(n + 1), np.arange(headcount + 1)[:, None]
    ends = score_intervals.shares(yes / n, np.full(n + 1, 1 / n - 1 / headcount), np.full(n + 1, n), headcount, True)
    held = (ends[0] <= truth / headcount + 1e-12) & (truth / headcount <= ends[1] + 1e-12)
    return (hypergeom.pmf(yes, headcount, truth, n) * held).sum(axis=1)


@pytest.mark.parametrize(("n", "headcount"), [(6, 8), (8, 20), (8, 40), (12, 40), (20, 60), (40, 180)])
def test_intervals_of_shares_cover_every_possible_truth_where_a_fifth_of_the_staff_answers(n, headcount):
    assert covered(n, headcount).min() >= 0.94 - 1e-9


@pytest.mark.parametrize(("n", "headcount"), [(12, 100), (40, 1_200), (25, 2_500)])
def test_where_fewer_answer_they_cover_a_truth_in_the_middle(n, headcount):
    found = covered(n, headcount)
    assert found.min() >= 0.85
    assert found[headcount // 20 : -(headcount // 20)].min() >= 0.92
    assert found.mean() >= 0.95


def test_hours_that_nobody_lost_and_that_one_group_did_not_lose():
    cell = np.repeat([0, 1], 6)
    none = score(count(np.zeros((12, 1)), cell, 2), HOURS, group=np.array([0, 1]), headcounts=np.full(2, np.inf))
    assert none.everybody.high[0] > 0
    assert (none.high[:, 0] > none.everybody.high[0]).all()
    some = np.r_[np.zeros(6), np.arange(6.0)][:, None]
    found = score(count(some, cell, 2), HOURS, group=np.array([0, 1]), headcounts=np.full(2, np.inf))
    assert found.low[0, 0] == found.estimate[0, 0] == 0
    assert 0 < found.high[0, 0] < 40
