"""Uncertain numbers: R's quantiles, exact moments, and what cannot be an estimate."""

import json

import numpy as np
import pytest

from dxkit.files.errors import DataError
from dxkit.statistics.estimate import Estimate, estimate
from tests.places import CASE_FILES

FINANCE = json.loads((CASE_FILES / "finance.json").read_text())
U = (np.arange(200_000) + 0.5) / 200_000


@pytest.mark.parametrize(("shape", "table"), [("triangular", "triangular"), ("pert", "pert_lambda4")])
def test_quantiles_and_moments_are_those_of_r(shape, table):
    for name, known in FINANCE[table].items():
        if name == "note" or not isinstance(known, dict):
            continue
        made = estimate(*map(float, name.split(",")), shape)
        for level, value in known["q"].items():
            assert made.quantile(float(level[1:]) / 100) == pytest.approx(value, rel=1e-9), (name, level)
        assert made.mean == pytest.approx(known["mean"], rel=1e-9)
        assert made.variance**0.5 == pytest.approx(known.get("sd", known.get("sd_exact")), rel=1e-9)


@pytest.mark.parametrize(
    "made",
    [
        estimate(10, 20, 60),
        estimate(10, 20, 60, "triangular"),
        estimate(10, None, 60, "uniform"),
        estimate(10, None, 60, "lognormal"),
        estimate(5, 5, 9),
        estimate(5, 9, 9, "triangular"),
        estimate(7),
    ],
    ids=str,
)
def test_moments_are_those_of_the_quantiles(made):
    values = made.quantile(U)
    assert values.mean() == pytest.approx(made.mean, rel=2e-4)
    assert values.var() == pytest.approx(made.variance, rel=5e-3)
    assert (np.diff(values) >= 0).all()


@pytest.mark.parametrize("likely", [0, 0.02, 0.1, 0.5, 0.97, 1])
def test_draws_of_pert_from_a_table_are_right_to_what_is_said(likely):
    made, u = estimate(0, likely, 1), U[::10]
    off = np.abs(made.draw(u) - made.quantile(u))
    assert off.max() < 5e-5
    assert off.mean() < 1e-7


def test_a_lognormal_has_low_and_high_at_5_and_95_percent():
    made = estimate(10, None, 60, "lognormal")
    assert made.quantile(np.array([0.05, 0.95])) == pytest.approx([10, 60])


@pytest.mark.parametrize(
    "given",
    [
        pytest.param((5, 4, 3), id="low 5 is above high 3"),
        pytest.param((1, 9, 3), id="likely 9 lies outside"),
        pytest.param((1, 2), id="go together"),
        pytest.param((1, None, 3, "pert"), id="needs likely"),
        pytest.param((-1, None, 3, "lognormal"), id="above 0"),
        pytest.param((1, 2, 3, "normal"), id="no shape"),
        pytest.param((1, 2, float("inf")), id="finite"),
    ],
)
def test_what_cannot_be_an_estimate_is_said(given, refusal):
    with refusal():
        estimate(*given)


def test_a_single_number_is_certain():
    assert estimate(7) == Estimate(low=7.0, likely=7.0, high=7.0, shape="pert")
    assert estimate(7).quantile(U[:3]).tolist() == [7.0] * 3


def test_a_lognormal_estimate_from_nothing_is_refused():
    with pytest.raises(DataError, match="^a lognormal estimate needs low above 0, got 0$"):
        estimate(0, 1, 2, "lognormal")


def test_likely_that_is_not_given_is_the_middle():
    assert estimate(10, high=20).likely == 15
    assert estimate(4, high=9, shape="lognormal").likely == pytest.approx(6)
