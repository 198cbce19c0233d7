"""The linear model with AR(1) errors: worked figures, laws, and series that do not scatter."""

from dataclasses import replace

import numpy as np
import pytest

from dxkit.statistics.levels import detectable, fit, whitened

COUNTS = np.array([12, 9, 14, 11, 15, 13, 19, 16, 18, 22, 17, 24])
Y = np.sqrt(COUNTS + 3 / 8)
ONE, TIME = np.ones(12), np.arange(12.0)
AFTER = (TIME >= 6).astype(float)


@pytest.mark.parametrize(
    ("columns", "estimate", "p"),
    [
        ([ONE, TIME], 0.131880, 0.015094),
        ([ONE, AFTER], 0.873917, 0.017406),
        ([ONE, AFTER, TIME], 0.430444, 0.332375),
    ],
    ids=["slope", "step", "step beside a slope"],
)
def test_the_coefficients_of_a_worked_series(columns, estimate, p):
    level = fit(Y, np.column_stack(columns))
    assert (level.estimate[1], level.p[1]) == pytest.approx((estimate, p), abs=5e-7)


def test_the_mean_autocorrelation_of_a_worked_series():
    assert fit(Y, np.column_stack([ONE, TIME])).rho == pytest.approx(0.177790, abs=5e-7)


def test_whitening_is_by_the_exact_factor():
    rho, n = 0.6, 7
    r = rho ** np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    factor = whitened(np.eye(n), rho)
    assert factor.T @ factor == pytest.approx(np.linalg.inv(r), abs=1e-12)


def test_the_ends_of_an_interval_are_quantiles_of_the_averaged_distribution():
    from scipy.special import stdtr

    level = fit(Y, np.column_stack([ONE, TIME]))
    for p in (0.025, 0.5, 0.975):
        z = (level.quantile(1, p) - level.estimates[:, 1]) / level.errors[:, 1]
        assert level.weights @ stdtr(level.df, z) == pytest.approx(p, abs=1e-9)


def test_a_series_that_does_not_scatter_has_p_1_or_none():
    flat, rising = (fit(y, np.column_stack([ONE, TIME])) for y in (3 * ONE, 3 + TIME))
    assert flat.p[1] == 1.0
    assert np.isnan(rising.p[1])
    assert rising.quantile(1, 0.025) == pytest.approx(1.0)
    for level in (flat, rising):
        assert (level.variance, level.rho, level.df, level.se.tolist()) == (0, 0, 10, [0, 0])


def test_a_level_series_of_large_numbers_has_no_slope_but_rounding():
    assert fit(1e6 / 3 * ONE, np.column_stack([ONE, TIME])).p[1] == 1


def test_two_values_and_two_columns_leave_nothing_to_judge_by():
    level = fit(np.array([1.0, 4.0]), np.array([[1.0, 0.0], [1.0, 1.0]]))
    assert level.estimate == pytest.approx([1, 3])
    assert (level.df, level.se.tolist(), np.isnan(level.p).all()) == (0, [0, 0], True)


def test_a_mean_without_autocorrelation_has_the_t_distribution_of_a_sample():
    """Each autocorrelation alone gives generalised least squares; without any it is the mean and its error."""
    level = fit(Y, ONE[:, None])
    assert level.estimates[0] == pytest.approx(Y.mean())
    assert level.errors[0] == pytest.approx(Y.std(ddof=1) / np.sqrt(12))
    r = 0.9 ** np.abs(np.subtract.outer(np.arange(12), np.arange(12)))
    weight = np.linalg.inv(r).sum(axis=0)
    assert level.estimates[-1] == pytest.approx(weight @ Y / weight.sum())
    rest = Y - level.estimates[-1]
    assert level.errors[-1] == pytest.approx(np.sqrt(rest @ np.linalg.inv(r) @ rest / 11 / weight.sum()))
    assert level.se == pytest.approx(np.sqrt(level.weights @ level.errors**2))
    inverses = [np.linalg.inv(rho ** np.abs(np.subtract.outer(range(12), range(12)))) for rho in np.arange(19) / 20]
    rests = [Y - mean for mean in level.estimates[:, 0]]
    variances = [rest @ inverse @ rest / 11 for rest, inverse in zip(rests, inverses, strict=True)]
    assert level.variance == pytest.approx(level.weights @ variances)
    assert level.weights.sum() == pytest.approx(1)


def test_a_constant_or_a_unit_changes_no_p():
    x = np.column_stack([ONE, AFTER, TIME])
    one, moved, scaled = fit(Y, x), fit(Y + 5, x), fit(24 * Y, x)
    assert moved.p[1:] == pytest.approx(one.p[1:], rel=1e-9)
    assert scaled.p == pytest.approx(one.p, rel=1e-9)


def test_what_can_be_found_grows_with_the_scatter_and_has_limits_around_it():
    size, low, high = detectable(fit(Y, np.column_stack([ONE, AFTER])), 1)
    assert low < size < high
    ten = replace(fit(Y, np.column_stack([ONE, TIME])), se=np.array([1.0, 2.0]))
    # printed tables with ten degrees of freedom: t 2.228139 and 0.879058, chi-square 15.987179 and 4.865182
    expected = 2 * (2.228139 + 0.879058) * np.array([1, np.sqrt(10 / 15.987179), np.sqrt(10 / 4.865182)])
    assert detectable(ten, 1) == pytest.approx(tuple(expected), rel=1e-6)
    assert size > detectable(fit(Y, np.column_stack([ONE, TIME])), 1)[0]


def test_a_series_of_very_small_or_large_numbers_weighs_each_autocorrelation_alike():
    one, small, large = (fit(Y * size, np.column_stack([ONE, TIME])) for size in (1.0, 1e-60, 1e60))
    for other in (small, large):
        assert other.weights == pytest.approx(one.weights, rel=1e-9)
        assert (other.rho, other.p[1]) == pytest.approx((one.rho, one.p[1]))
