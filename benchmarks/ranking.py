"""Time and memory of a ranking, as ratios against pandas and a bootstrap of the same run. Run this file."""

import statistics
import time
import tracemalloc

import numpy as np
import pandas as pd

import dxkit as dx

ITEMS, PEOPLE, RESAMPLED, REPLICATES, RUNS = 40, 1_000_000, 100_000, 2_000, 9
NAMES = [f"q{i:02d}" for i in range(ITEMS)]
BOOK = dx.read_codebook(
    pd.DataFrame({"item": NAMES, "text": NAMES, "kind": "rating", "topic": NAMES, "scale": "satisfaction5"})
)


def answers(people: int, missing: float) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    steps = 3 + rng.normal(size=ITEMS) * 0.01 + rng.normal(size=(people, 1)) * 0.6 + rng.normal(size=(people, ITEMS))
    codes = np.clip(np.round(steps), 1, 5)
    codes[rng.random(codes.shape) < missing] = np.nan
    return pd.DataFrame(codes, columns=NAMES)


def seconds(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def paired(ours, peer) -> tuple[float, float]:
    """Medians of runs that take turns, after one of each to warm up."""
    times = [(seconds(ours), seconds(peer)) for _ in range(RUNS + 1)][1:]
    return statistics.median(one for one, _ in times), statistics.median(two for _, two in times)


def bootstrap(values: np.ndarray) -> np.ndarray:
    """Share of resamples in which each topic is among the two lowest."""
    rng, share = np.random.default_rng(2), np.zeros(ITEMS)
    for _ in range(REPLICATES):
        means = values[rng.integers(len(values), size=len(values))].mean(axis=0)
        share[np.argsort(means)[:2]] += 1 / REPLICATES
    return share


def main() -> None:
    print(f"{PEOPLE:,} respondents, {ITEMS} items: tally and ranking with 16,384 joint draws, against mean() and std()")
    for missing in (0.0, 0.1):
        frame = answers(PEOPLE, missing)
        ours, peer = paired(
            lambda frame=frame: dx.rank_pains(dx.tally(frame, codebook=BOOK)),
            lambda frame=frame: (frame.mean(), frame.std()),
        )
        print(f"  {missing:.0%} missing: {ours:.3f} s against {peer:.3f} s, ratio {ours / peer:.2f}")
    tracemalloc.start()
    dx.tally(frame, codebook=BOOK)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    size = frame.memory_usage(index=False).sum()
    print(f"  the tally asks for {peak / 1e6:.1f} MB at most, {peak / size:.1%} of the frame's {size / 1e6:.0f} MB")
    frame = answers(RESAMPLED, 0.0)
    start = time.perf_counter()
    expected = bootstrap(frame.to_numpy())
    peer = time.perf_counter() - start
    ours = statistics.median(seconds(lambda: dx.rank_pains(dx.tally(frame, codebook=BOOK))) for _ in range(RUNS))
    found = dx.rank_pains(dx.tally(frame, codebook=BOOK)).table.sort_values("topic")["p_top"].to_numpy()
    print(f"{RESAMPLED:,} respondents, against {REPLICATES:,} bootstrap replicates:")
    print(f"  {ours:.3f} s against {peer:.1f} s, {peer / ours:.0f} times faster")
    own = np.sqrt(expected * (1 - expected) / REPLICATES).max()
    gap = np.abs(found - expected).max()
    print(f"  largest difference of p_top {gap:.4f}; the bootstrap itself errs by {own:.4f} (one standard error)")


if __name__ == "__main__":
    main()
