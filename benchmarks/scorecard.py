"""Time of a scorecard, against the bare numpy arithmetic and pymcdm in a loop, in the same run. Run this file.

pymcdm is left out where it is not installed.
"""

import statistics
import time

import numpy as np
import pandas as pd

import dxkit as dx
from dxkit.procurement.robustness import information, ranks

VENDORS, CRITERIA, DRAWS, LOOPED, RUNS = 4, 6, 262_144, 2_000, 5
WEIGHTS = [30, 25, 15, 15, 10, 5]


def dossier():
    """4 vendors, 6 rated criteria with uncertain weights, two judgements on each."""
    rng = np.random.default_rng(5)
    vendors, criteria = [f"V{i}" for i in range(VENDORS)], [f"c{k}" for k in range(CRITERIA)]
    evidence = [
        {"vendor": v, "criterion": c, "rating": float(rng.integers(2, 6)), "kind": kind, "trial_week": 3}
        for v in vendors for c in criteria for kind in ("trial", "reference")
    ]  # fmt: skip
    return dx.read_dossier({
        "costs": pd.DataFrame({"vendor": vendors, "line": "x", "timing": "yearly", "likely": 1000}),
        "criteria": pd.DataFrame({"criterion": criteria, "weight_low": [0.7 * w for w in WEIGHTS], "weight": WEIGHTS,
                                  "weight_high": [1.4 * w for w in WEIGHTS]}).astype(object),
        "evidence": pd.DataFrame(evidence).astype(object),
    })  # fmt: skip


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
    from pymcdm.normalizations import linear_normalization

    method, kinds = WSM(normalization_function=linear_normalization), np.ones(CRITERIA)
    firsts = np.zeros(VENDORS)
    for value, weight in zip(values, weights, strict=True):
        firsts[np.argmax(method(value + 1e-6, weight, kinds))] += 1
    return firsts / len(values)


def seconds(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    made = dossier()
    print(f"{DRAWS:,} joint draws, {VENDORS} vendors x {CRITERIA} criteria, with ranks and value of information")
    pair = (lambda: dx.scorecard(made, draws=DRAWS), bare)
    times = [[seconds(work) for work in pair] for _ in range(RUNS + 1)][1:]
    ours, peer = (statistics.median(each) for each in zip(*times, strict=True))
    print(f"  bare numpy: dxkit {ours:.2f} s, numpy {peer:.2f} s, ratio {ours / peer:.2f} (promised: under 3)")
    values, weights = drawn()
    share, _, _, known, *_ = bare()
    scores = np.einsum("svc,sc->sv", values, weights)
    of_criteria, of_cells, _ = information(values, weights.mean(axis=0))
    print(f"    the same answer on the same draws: ranks differ by {np.abs(ranks(scores) - share).max():.1e}, "
          f"information by {np.abs(np.column_stack([of_criteria, of_cells.T]).ravel() - known).max():.1e}")  # fmt: skip
    try:
        spent = seconds(lambda: looped(values[:LOOPED], weights[:LOOPED])) * DRAWS / LOOPED
        print(f"  pymcdm in a loop: {spent:.0f} s (scaled from {LOOPED:,}), {spent / ours:.0f} times dxkit "
              "(promised: at least 50), for the first rank alone")  # fmt: skip
    except ImportError:
        print("  pymcdm is not installed")


if __name__ == "__main__":
    main()
