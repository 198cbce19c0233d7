"""Intervals of small groups against R and against their own coverage."""

import json

import numpy as np
import pytest
from scipy.special import stdtr

from dxkit.statistics.intervals import student, t_quantile, t_two_sided, wilson
from tests.places import CASE_FILES

CASES = json.loads((CASE_FILES / "statistics.json").read_text())


@pytest.mark.parametrize("case", CASES["wilson_and_friends"]["cases"], ids=lambda case: f"{case['k']} of {case['n']}")
def test_wilson_equals_r_to_the_last_digits(case):
    low, high = wilson(case["k"] / case["n"], case["n"])
    assert float(low) == pytest.approx(case["wilson"][0], abs=1e-12)
    assert float(high) == pytest.approx(case["wilson"][1], abs=1e-12)


def test_one_answer_has_wilsons_interval_too():
    """z^2 / (1 + z^2) from the answer; of nobody there is none."""
    z2 = 1.959963984540054**2
    low, high = wilson(np.array([0.0, 1.0, 0.0, 1.0]), np.array([1, 1, 0.5, 0]))
    assert low == pytest.approx([0, 1 - z2 / (1 + z2), 0, np.nan], nan_ok=True)
    assert high == pytest.approx([z2 / (1 + z2), 1, 2 * z2 / (1 + 2 * z2), np.nan], nan_ok=True)


def test_student_equals_a_printed_table():
    # Student's t, 97.5th percentile, nine degrees of freedom: 2.262157 (any printed table)
    low, high = student(50.0, 1.0, 9)
    assert float(high) - 50 == pytest.approx(2.262157, abs=5e-7)
    assert 50 - float(low) == pytest.approx(2.262157, abs=5e-7)


def test_student_knows_nothing_from_one_answer():
    assert np.isnan(student(50.0, 1.0, 0)).all()


def test_two_sided_p_is_that_of_the_distribution():
    df, t = np.meshgrid([5, 8, 17, 99.5, 1e4, np.inf], [0, 0.3, 1, 2.2, 4, 9, 40])
    right = 2 * stdtr(np.where(np.isinf(df), 1e12, df), -t)
    assert t_two_sided(t, df) == pytest.approx(right, abs=1e-11)
    assert np.isnan(t_two_sided(np.array([np.nan, 1.0]), np.array([3.0, np.nan]))).all()


def test_the_t_quantile_is_undone_by_its_distribution():
    df = np.array([1, 1.3, 2, 2.7, 5, 17, 99.5, 150, 199, 201, 1e3, 1e6])
    for p in (0.0005, 0.025, 0.6, 0.9, 0.975, 0.9995):
        assert stdtr(df, t_quantile(df, p)) == pytest.approx(p, rel=1e-11)
    assert t_quantile(1.0, 0.975) == pytest.approx(np.tan(0.475 * np.pi), rel=1e-13)
    assert t_quantile(2.0, 0.975) == pytest.approx(0.95 * np.sqrt(2 / (1 - 0.95**2)), rel=1e-13)
    assert t_quantile(np.array([np.inf, np.nan]), 0.975) == pytest.approx([1.959963984540054, np.nan], nan_ok=True)


def test_a_probability_is_never_below_0():
    assert (t_two_sided(np.geomspace(1, 1e9, 400), np.tile([1.0, 6, 40, np.inf], 100)) >= 0).all()
