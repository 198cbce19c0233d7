"""The interval of alpha that needs no normal answers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dxkit.statistics.internal_consistency import alpha_errors, alpha_interval, cronbach_alpha, fourth_moments
from tests.laws import examples

PEOPLE = np.array([list(map(int, row)) for row in "544 445 232 554 333 122 455 223".split()], dtype=float)


def test_eight_people_and_three_items():
    alpha, moments = cronbach_alpha(np.cov(PEOPLE.T)), fourth_moments(PEOPLE - 3)
    assert alpha == pytest.approx(0.9304812834, rel=1e-9)
    assert alpha_errors(moments) == pytest.approx((0.2982372191, 0.7071067812, 8), rel=1e-9)
    assert alpha_interval(alpha, moments) == pytest.approx((0.4141642172, 0.9917505006), rel=1e-9)


@examples(30)
@given(st.integers(0, 1_000), st.integers(2, 6), st.floats(-50, 50))
def test_the_error_is_that_of_the_people_themselves_about_any_origin(seed, items, origin):
    rng = np.random.default_rng(seed)
    answers = rng.integers(1, 6, (30, 1)) + rng.integers(-1, 2, (30, items))
    centred = answers - answers.mean(axis=0)
    q, t2 = (centred**2).sum(axis=1), centred.sum(axis=1) ** 2
    alpha = items / (items - 1) * (1 - q.mean() / t2.mean())
    z = q / q.mean() - t2 / t2.mean()
    expected = items / (items - 1) * q.mean() / t2.mean() / (1 - alpha) * z.std(ddof=1) / np.sqrt(30)
    assert alpha_errors(fourth_moments(answers - origin))[0] == pytest.approx(expected, rel=1e-6)
    parts = fourth_moments(answers[:11] - origin) + fourth_moments(answers[11:] - origin)
    assert alpha_errors(parts)[0] == pytest.approx(expected, rel=1e-6)


def test_what_cannot_be_known_has_no_interval():
    assert np.isnan(alpha_interval(0.5, fourth_moments(PEOPLE[:4]))).all()
    same = np.repeat(PEOPLE[:, :1], 3, axis=1)
    assert np.isnan(alpha_interval(1.0, fourth_moments(same))).all()
    assert np.isnan(alpha_interval(np.nan, fourth_moments(np.ones((9, 3))))).all()
