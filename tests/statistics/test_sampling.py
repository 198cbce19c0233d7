"""Sobol's points are scipy's bit for bit, and need no scipy.stats."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri
from scipy.stats import qmc

from dxkit.statistics import sampling
from tests.laws import examples


def by_scipy(dimensions, seed, scrambles, points, block):
    for k in range(scrambles):
        sequence = qmc.Sobol(dimensions, scramble=True, seed=np.random.default_rng([seed, k]))
        for start in range(0, points, block):
            yield np.clip(sequence.random(min(block, points - start)), 2.0**-32, 1 - 2.0**-32)


@pytest.mark.parametrize(
    ("dimensions", "seed", "scrambles", "points"), [(1, 0, 8, 2_048), (2, 3, 2, 1), (40, 1, 2, 256), (300, 2, 1, 64)]
)
def test_points_equal_scipy_bit_for_bit(dimensions, seed, scrambles, points):
    theirs = np.concatenate(list(by_scipy(dimensions, seed, scrambles, points, points)))
    assert np.array_equal(sampling.scrambled(dimensions, seed, scrambles=scrambles, points=points), theirs)
    kept = sampling.scrambled(dimensions, seed, scrambles=scrambles, points=points, kept=1)
    assert np.array_equal(kept, theirs[:, :1])


def test_blocks_go_on_where_the_last_one_ended(monkeypatch):
    monkeypatch.setattr(sampling, "BLOCK", 32)
    ours = list(sampling.blocks(3, 5, scrambles=2, points=256))
    assert [len(block) for block in ours] == [32] * 16
    assert np.array_equal(np.concatenate(ours), np.concatenate(list(by_scipy(3, 5, 2, 256, 32))))


def test_directions_come_from_scipy_itself_where_their_file_has_gone(monkeypatch):
    expected = sampling._directions(40)
    monkeypatch.setattr(sampling, "scipy", SimpleNamespace(__file__="/nowhere/__init__.py"))
    assert np.array_equal(sampling._directions.__wrapped__(40), expected)


def test_the_first_points_are_the_reference_values():
    first = [[0.409949588589, 0.964120218530, 0.857654875144], [0.783340149559, 0.173778751865, 0.283152571879]]
    assert sampling.scrambled(3, 0)[:2] == pytest.approx(np.array(first), abs=1e-12)


def test_draws_mixed_by_tiles_have_the_covariance_of_one_product():
    rng = np.random.default_rng(4)
    normals, root = rng.standard_normal((5_000, 9)), rng.standard_normal((9, 9))
    together = normals @ sampling.mixing(root @ root.T).T
    assert sampling.mixed(normals, root @ root.T) == pytest.approx(together, abs=1e-12)


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
    assert np.corrcoef(ndtri(uniforms).T) == pytest.approx(np.eye(4), abs=0.01)
    assert sampling.scrambled(4, seed=3) == pytest.approx(uniforms, abs=0)
    assert not np.allclose(sampling.scrambled(4, seed=4), uniforms)


def test_the_error_of_each_column_is_the_spread_of_its_scrambles():
    """Two scrambles of two draws: means of 1 and 3, of 10 and 16."""
    values = np.array([[0.0, 9], [2, 11], [3, 12], [3, 20]])
    assert sampling.error(values, scrambles=2).tolist() == pytest.approx([1, 3])
