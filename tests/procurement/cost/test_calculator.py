"""Random vendors: every month, year and quarter equals a plain calculator that loops over months."""

import numpy as np
import pytest

import dxkit as dx
from tests.procurement.cost.calculator import Plain, world
from tests.procurement.cost.worlds import NOTHING, dossier, worked

WORST = 1e-9  # of the largest figure of a row, or of a hundredth of all money where that is more


def read_world(made):
    drivers = [
        {"driver": name, "unit": "each", "likely": one["amount"], "growth_likely": one["growth"]}
        for name, one in made["drivers"].items()
    ]
    costs = [{"declared": "random", **line} for line in made["costs"]]
    sheets = {"steps": [{"vendor": "A", "fixed": "", **row} for row in made["steps"]]} if made["steps"] else {}
    return dossier(costs, leaving=NOTHING | made["exit"], decision=made["decision"], drivers=drivers, **sheets)


def furthest(seed):
    """How far the figures of a world lie from the calculator's, as a share of their row's largest, and how many."""
    made = world(seed)
    plain, read = Plain(made), read_world(made)
    rows = worked(read)
    pairs = [([plain.pv()], [rows("results", "pv")[0]]), (plain.by_year(), dx.tco(read, draws=1024).yearly["mean"])]
    for line, service, paid in plain.months():
        key = f"cost|A|{line['line']}"
        if line["timing"] != "once":
            pairs.append((service[1:], rows("", f"{key}|service")[1 : len(service)]))
        pairs.append((paid, rows("", f"{key}|paid")[: len(paid)]))
    quarters = [plain.left(e) for e in range(0, plain.last + 1, 3)]
    for name in ("unused", "contract", "used, not paid"):
        pairs.append(([each[name] for each in quarters], rows("leaving", name)))
    fees = rows("leaving", "parallel") - rows("leaving", "forced parallel")
    pairs.append(([each["fees"] for each in quarters], fees))
    whole = sum(abs(sum(paid)) for _, _, paid in plain.months()) or 1.0
    worst = 0.0
    for own, found in pairs:
        own, found = np.asarray(own, dtype=float), np.asarray(found, dtype=float)
        worst = max(worst, float(np.abs(own - found).max() / max(np.abs(own).max(), 1e-2 * whole)))
    return worst, sum(len(own) for own, _ in pairs)


@pytest.mark.parametrize("seed", range(5))
def test_a_random_vendor_equals_the_calculator(seed):
    assert furthest(seed)[0] <= WORST


@pytest.mark.simulated
def test_four_hundred_random_vendors_equal_the_calculator():
    found = [furthest(seed) for seed in range(1_000, 1_400)]
    assert max(worst for worst, _ in found) <= WORST
    assert sum(count for _, count in found) > 100_000
