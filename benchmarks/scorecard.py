"""A scorecard against the bare numpy arithmetic, and pymcdm and scikit-criteria in a loop."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

import dxkit as dx
from benchmarks.measure import Ratio, paired, seconds, there
from dxkit.procurement.choice.robustness import information, ranks

VENDORS, CRITERIA, DRAWS, LOOPED = 4, 6, 262_144, 2_000
WEIGHTS = [30, 25, 15, 15, 10, 5]


def dossier():
    """4 vendors, 6 rated criteria with uncertain weights, two judgements on each."""
    rng = np.random.default_rng(5)
    vendors, criteria = [f"V{i}" for i in range(VENDORS)], [f"c{k}" for k in range(CRITERIA)]
    evidence = [
        {"vendor": v, "criterion": c, "rating": float(rng.integers(2, 6)), "kind": kind, "trial_week": 3}
        for v in vendors
        for c in criteria
        for kind in ("trial", "reference")
    ]
    return dx.read_dossier(
        {
            "costs": pd.DataFrame({"vendor": vendors, "line": "x", "timing": "yearly", "likely": 1000}),
            "criteria": pd.DataFrame(
                {
                    "criterion": criteria,
                    "weight_low": [0.7 * w for w in WEIGHTS],
                    "weight": WEIGHTS,
                    "weight_high": [1.4 * w for w in WEIGHTS],
                }
            ).astype(object),
            "evidence": pd.DataFrame(evidence).astype(object),
        }
    )


def drawn() -> tuple[np.ndarray, np.ndarray]:
    """What one would draw without dxkit: values (S, V, C) and weights (S, C)."""
    rng = np.random.default_rng(0)
    means, spread = rng.uniform(2.5, 4.5, (VENDORS, CRITERIA)), 0.4
    ratings = np.clip(means + spread * rng.standard_normal((DRAWS, VENDORS, CRITERIA)), 1, 5)
    weights = np.column_stack([w * (0.7 + 0.7 * rng.beta(2.7, 3.3, DRAWS)) for w in WEIGHTS])
    return (ratings - 1) / 4, weights / weights.sum(axis=1, keepdims=True)


def bare():
    """Draws, scores, ranks, wins, regret and value of information in plain numpy."""
    values, weights = drawn()
    scores = np.einsum("svc,sc->sv", values, weights)
    place = (-scores).argsort(axis=1).argsort(axis=1)
    share = np.array([np.bincount(place[:, v], minlength=VENDORS) / DRAWS for v in range(VENDORS)])
    won = np.array([[(scores[:, i] > scores[:, j]).mean() for j in range(VENDORS)] for i in range(VENDORS)])
    lost = (scores.max(axis=1, keepdims=True) - scores).mean(axis=0)
    mean, weight = values.mean(axis=0), weights.mean(axis=0)
    now = mean @ weight
    known = []
    for k in range(CRITERIA):
        moved = now + weight[k] * (values[:, :, k] - mean[:, k])
        known.append(moved.max(axis=1).mean() - now.max())
        for v in range(VENDORS):
            known.append(np.maximum(moved[:, v], np.delete(now, v).max()).mean() - now.max())
    spread = np.quantile(scores, [0.025, 0.975], axis=0)
    parts = np.quantile(values * weights[:, None, :], [0.025, 0.975], axis=0)
    return share, won, lost, known, spread, parts


def looped(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Ranks by pymcdm's weighted sum, one draw at a time."""
    from pymcdm.methods import WSM

    method, kinds = WSM(normalization_function=lambda column, cost=False: column), np.ones(CRITERIA)
    firsts = np.zeros(VENDORS)
    for value, weight in zip(values, weights, strict=True):
        firsts[np.argmax(method(value + 1e-6, weight, kinds))] += 1
    return firsts / len(values)


def by_scikit_criteria(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """First ranks by scikit-criteria's weighted sum, one draw at a time."""
    import skcriteria
    from skcriteria.agg.simple import WeightedSumModel

    model, firsts = WeightedSumModel(), np.zeros(VENDORS)
    for value, weight in zip(values, weights, strict=True):
        made = skcriteria.mkdm(value + 1e-9, [max] * CRITERIA, weights=weight)
        firsts[np.argmin(model.evaluate(made).rank_)] += 1
    return firsts / len(values)


def ratios():
    made = dossier()
    what = "scorecard; 262,144 joint draws, 4 vendors x 6 criteria, ranks and value of information"
    ours, theirs = paired(lambda: dx.scorecard(replace(made), draws=DRAWS), bare, 5)
    values, weights = drawn()
    share, _, _, known, *_ = bare()
    scores = np.einsum("svc,sc->sv", values, weights)
    of_criteria, of_cells, _ = information(values, weights.mean(axis=0))
    gaps = np.abs(ranks(scores) - share).max(), np.abs(np.column_stack([of_criteria, of_cells.T]).ravel() - known).max()
    yield Ratio(what, "bare numpy", ours, theirs, 3.0, f"ranks {gaps[0]:.0e}, information {gaps[1]:.0e}")
    looped_first = ranks(scores[:LOOPED])[:, 0]
    for package, named, run, promised in (
        ("pymcdm", "pymcdm in a loop, first rank alone", looped, 0.02),
        ("skcriteria", "scikit-criteria in a loop, first rank alone", by_scikit_criteria, None),
    ):
        if there(package):
            found = []
            spent = seconds(lambda run=run, found=found: found.append(run(values[:LOOPED], weights[:LOOPED])))
            gap = np.abs(found[0] - looped_first).max()
            peer = f"{named} (2,000 draws, scaled)"
            yield Ratio(what, peer, ours, spent * DRAWS / LOOPED, promised, f"first {gap:.3f}")
