"""Tally and ranking against pandas and a bootstrap."""

from __future__ import annotations

import statistics
import tempfile
import tracemalloc

import numpy as np
import pandas as pd

import dxkit as dx
from benchmarks.measure import Ratio, in_turns, paired, seconds
from benchmarks.people import SEGMENTS, write

ITEMS, PEOPLE, RESAMPLED, REPLICATES = 40, 1_000_000, 100_000, 2_000
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


def bootstrap(values: np.ndarray) -> np.ndarray:
    """Share of resamples in which each topic is among the two lowest: what another survey would say."""
    rng, share = np.random.default_rng(2), np.zeros(ITEMS)
    for _ in range(REPLICATES):
        means = values[rng.integers(len(values), size=len(values))].mean(axis=0)
        share[np.argsort(means)[:2]] += 1 / REPLICATES
    return share


def ratios():
    for missing in (0.0, 0.1):
        frame = answers(PEOPLE, missing)

        def ours(frame=frame):
            return dx.rank_pains(dx.tally(frame, codebook=BOOK))

        found = dx.scores(dx.tally(frame, codebook=BOOK)).table.set_index("name")["estimate"]
        gap = np.abs(25 * (frame.mean() - 1) - found[NAMES]).max()
        what = f"tally, ranking, 4,096 draws; 1,000,000 x 40, {missing:.0%} missing"
        spent = paired(ours, lambda frame=frame: (frame.mean(), frame.std()))
        yield Ratio(what, "pandas mean() and std()", *spent, 1.0, f"means {gap:.0e}")
        if missing:
            yield Ratio(what, "pandas describe()", *paired(ours, frame.describe, 2), 1.0, f"means {gap:.0e}")
    tracemalloc.start()
    dx.tally(frame, codebook=BOOK)
    asked = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"  the tally asks for {asked / frame.memory_usage(index=False).sum():.1%} of the frame's memory")
    frame = answers(RESAMPLED, 0.0)
    expected = []
    peer = seconds(lambda: expected.append(bootstrap(frame.to_numpy())))
    times = [seconds(lambda: dx.rank_pains(dx.tally(frame, codebook=BOOK))) for _ in range(9)]
    same = set(dx.rank_pains(dx.tally(frame, codebook=BOOK)).top) == {NAMES[k] for k in np.argsort(-expected[0])[:2]}
    yield Ratio(
        "tally, ranking; 100,000 x 40",
        "bootstrap, 2,000 replicates",
        statistics.median(times),
        peer,
        0.01,
        "the two the same" if same else "OTHER TWO",
    )
    with tempfile.TemporaryDirectory() as folder:
        write(folder, 200_000, 40, SEGMENTS)
        by_team, read = in_turns([("people.ranked", folder), ("people.pandas_reads", folder)], 3, warm=True)
    what = "ranking of 8,000 teams, 200,000 x 40, from the tally"
    same = f"{by_team.answer[0]:,} teams; {by_team.peak:.0f} MB (promised 1,000)"
    yield Ratio(what, "pandas read_csv", by_team.cpu, read.cpu, 100.0, same)
