"""Intervals of small groups against R and against their own coverage."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtr

from dxkit.statistics.intervals import hypergeometric, student, t_quantile, wilson
from tests.places import CASE_FILES

CASES = json.loads((CASE_FILES / "statistics.json").read_text())


@pytest.mark.parametrize("case", CASES["wilson_and_friends"]["cases"], ids=lambda case: f"{case['k']} of {case['n']}")
def test_wilson_equals_r_to_the_last_digits(case):
    low, high = wilson(case["k"] / case["n"], case["n"])
    assert float(low) == pytest.approx(case["wilson"][0], abs=1e-12)
    assert float(high) == pytest.approx(case["wilson"][1], abs=1e-12)


def test_student_equals_a_printed_table():
    # Student's t, 97.5th percentile, nine degrees of freedom: 2.262157 (any printed table)
    low, high = student(50.0, 1.0, 9)
    assert float(high) - 50 == pytest.approx(2.262157, abs=5e-7)
    assert 50 - float(low) == pytest.approx(2.262157, abs=5e-7)


def test_student_knows_nothing_from_one_answer():
    assert np.isnan(student(50.0, 1.0, 0)).all()


def test_hypergeometric_equals_brute_force_over_every_population():
    from scipy.stats import hypergeom

    for population, n in ((12, 5), (20, 8), (9, 9), (30, 1)):
        for k in range(n + 1):
            possible = [
                yes
                for yes in range(population + 1)
                if hypergeom.sf(k - 1, population, yes, n) > 0.025 and hypergeom.cdf(k, population, yes, n) > 0.025
            ]
            low, high = hypergeometric(k, n, population)
            assert low == pytest.approx(min(possible) / population, abs=1e-15)
            assert high == pytest.approx(max(possible) / population, abs=1e-15)


def test_the_exact_interval_covers_at_least_95_percent_in_every_population_of_20():
    from scipy.stats import hypergeom

    limits = [hypergeometric(k, 8, 20) for k in range(9)]
    for yes in range(21):
        inside = [low <= yes / 20 <= high for low, high in limits]
        coverage = hypergeom.pmf(np.arange(9), 20, yes, 8)[inside].sum()
        assert coverage >= 0.95


@given(st.integers(0, 60), st.integers(1, 60), st.integers(0, 200))
def test_the_exact_interval_holds_the_observed_share_and_stays_in_range(k, n, unseen):
    k = min(k, n)
    low, high = hypergeometric(k, n, n + unseen)
    assert 0 <= low <= high <= 1
    assert low * (n + unseen) <= k + unseen * k / n + 1 + 1e-9
    if unseen == 0:
        assert low == high == pytest.approx(k / n)


def test_the_t_quantile_is_undone_by_its_distribution():
    df = np.array([1, 1.3, 2, 2.7, 5, 17, 99.5, 150, 199, 201, 1e3, 1e6])
    for p in (0.0005, 0.025, 0.6, 0.9, 0.975, 0.9995):
        assert stdtr(df, t_quantile(df, p)) == pytest.approx(p, rel=1e-11)
    assert t_quantile(1.0, 0.975) == pytest.approx(np.tan(0.475 * np.pi), rel=1e-13)
    assert t_quantile(2.0, 0.975) == pytest.approx(0.95 * np.sqrt(2 / (1 - 0.95**2)), rel=1e-13)
    assert t_quantile(np.array([np.inf, np.nan]), 0.975) == pytest.approx([1.959963984540054, np.nan], nan_ok=True)
