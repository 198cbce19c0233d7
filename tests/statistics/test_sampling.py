"""Draws of many numbers at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dxkit.statistics import sampling
from tests.laws import examples


@examples(30)
@given(st.integers(0, 10_000), st.integers(1, 3))
def test_mixing_is_a_root_also_of_a_singular_covariance(seed, rank):
    root = np.random.default_rng(seed).normal(size=(5, rank))
    left = sampling.mixing(root @ root.T)
    assert left @ left.T == pytest.approx(root @ root.T, abs=1e-6)
    assert np.triu(left, 1) == pytest.approx(0)


def test_draws_have_the_law_they_are_named_for():
    uniforms = sampling.scrambled(4, seed=3)
    assert uniforms.mean(axis=0) == pytest.approx(0.5, abs=1e-5)
    assert np.corrcoef(sampling.normals(uniforms).T) == pytest.approx(np.eye(4), abs=0.01)
    assert sampling.scrambled(4, seed=3) == pytest.approx(uniforms, abs=0)
    assert not np.allclose(sampling.scrambled(4, seed=4), uniforms)
