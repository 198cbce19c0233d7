"""Draws of a dossier: each seed has its own, and one after the other they are those of all at once."""

import numpy as np
import pytest

from dxkit.procurement.cost import simulation
from dxkit.procurement.cost.simulation import Draws, drawn_apart, event_key, every_figure, quarter_left
from dxkit.procurement.cost.spread import summary
from dxkit.procurement.cost.tornado import _share
from tests.procurement.cost.worlds import dossier

COSTS = [
    {"line": "fee", "low": 80, "likely": 100, "high": 150},
    {"line": "set-up", "timing": "once", "likely": 40, "chance": 0.25},
    {"line": "support", "low": 5, "likely": 10, "high": 30},
]


@pytest.fixture(scope="module")
def read():
    return dossier(COSTS)


def test_each_seed_has_draws_of_its_own(read):
    one, again, two = (Draws(read, seed, 1_024) for seed in (3, 3, 4))
    keys = list(one)
    assert len(one) == len(keys) == len(set(two) & set(keys))
    for key in keys[::9]:
        assert np.array_equal(one[key], again[key])
        assert not np.array_equal(one[key], two[key])
        assert (len(one[key]), one[key].dtype) == (one.size, np.float32)


def test_blocks_give_what_each_key_gives_and_what_is_certain(read, monkeypatch):
    few = Draws(read, 1, 1_024)
    found = list(few.blocks())
    assert few.few
    assert [(rows.start, rows.stop) for rows, _ in found] == [(0, few.size)]
    whole = {key: np.concatenate([values[key] for _, values in found]) for key in few}
    for key in few:
        assert few[key] == pytest.approx(whole[key].astype(np.float32), abs=0)
        assert few[key] is few._kept[key]
    monkeypatch.setattr(simulation, "_FEW", 1)
    many = Draws(read, 1, 1_024)
    list(many.blocks())
    assert (many.few, many._kept) == (False, {})
    for key in list(many)[::9]:
        assert np.array_equal(many[key], few[key])
    fixed = {key: value for key, value in found[0][1].items() if key not in few}
    assert set(fixed) | set(few) >= {figure.key for figure in every_figure(read).values()}


def test_what_may_happen_does_as_often_as_it_was_said(read):
    draws = Draws(read, 2, 4_096)
    (chance,) = [line.clauses["chance"].key for line in read.costs if "chance" in line.clauses]
    assert set(draws[chance].tolist()) == {0.0, 1.0}
    assert draws[chance].mean() == pytest.approx(0.25, abs=0.005)
    for way in simulation.WAYS:
        assert event_key("A", way) == f"event|A|{way}"
        assert draws[event_key("A", way)].mean() == pytest.approx(0.5, abs=0.005)
    fee = next(line.amount for line in read.costs if line.line == "fee")
    assert draws[fee.key].mean() == pytest.approx(fee.mean, rel=1e-3)


def apart(read, seed):
    """The fee by line, each drawn by itself."""
    fee = next(line.amount for line in read.costs if line.line == "fee").key
    found = [[one[fee] for one in block] for block in drawn_apart(read, seed, 1_024)]
    return np.hstack(found)


def test_lines_that_are_drawn_apart_have_each_their_own(read):
    found = apart(read, 0)
    assert found.shape == (len(read.costs), 1_024)
    assert abs(np.corrcoef(found)[0, 1:]).max() < 0.1
    assert not (found == apart(read, 5)).any(axis=1).all()


def test_the_quarter_of_leaving_is_the_first_by_which_it_is_as_probable():
    """A quarter at 0.4 a year is left with a probability of 9.516%, two with 18.127%."""
    hazard, u = np.array([0.4, 0.4, 0.4, 0.4, 4.0, 0.0]), np.array([0.0, 0.0951, 0.0952, 0.1813, 0.01, 0.99])
    assert quarter_left(hazard, u).tolist() == [1, 1, 2, 3, 1, np.inf]


def test_means_of_draws_are_taken_in_double_precision():
    """Of draws of single precision, a third is a third to the last of all digits."""
    assert summary(np.array([1, 2, 2], dtype=np.float32))[0] == 5 / 3
    ordered = np.repeat(np.arange(32), 3) + np.tile([1, 2, 2], 32).astype(np.float32)
    found = _share(ordered.astype(np.float32), 2.0)
    assert found[0] == pytest.approx((32**2 - 1) / 12 / 2, rel=1e-13)
    assert found[1:] == [(5 + 8 + 11) / 9, pytest.approx((30 * 3 + 31 * 3 + 29 * 3 + 15) / 9, rel=1e-15)]
