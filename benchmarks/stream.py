"""A hundred million answers from a csv file against pandas that only parses it."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.measure import Ratio

PEOPLE, ITEMS, RUNS = 2_500_000, 40, 3
NAMES = [f"q{i:02d}" for i in range(ITEMS)]
OURS = """
import sys, time, pandas as pd, dxkit as dx
sys.path.insert(0, sys.argv[3])
from benchmarks.measure import peak
book = dx.read_codebook(sys.argv[2])
start = time.perf_counter()
found = dx.tally(sys.argv[1], codebook=book)
print(time.perf_counter() - start, peak(), int(found.people.sum()), int(found.counts.sum()))
"""
THEIRS = """
import sys, time, pandas as pd
start = time.perf_counter()
frame = pd.read_csv(sys.argv[1])
print(time.perf_counter() - start, len(frame), int(frame.filter(regex="^q").count().sum()))
"""


def written(path: Path, rng, segments: bool = False) -> None:
    """A csv file of answers 1 to 5, one in twelve missing; with segments also an id, a team of 20 and a site of 3."""
    for at in range(0, PEOPLE, 100_000):
        frame = pd.DataFrame(rng.integers(1, 6, (100_000, ITEMS)), columns=NAMES).astype("Int8")
        frame = frame.mask(rng.random(frame.shape) < 1 / 12)
        if segments:
            frame.insert(0, "id", [f"r{at + i:07d}" for i in range(len(frame))])
            frame.insert(1, "team", rng.choice([f"Team {k}" for k in range(20)], len(frame)))
            frame.insert(2, "site", rng.choice(["Berlin", "Paris", "Rome"], len(frame)))
        frame.to_csv(path, index=False, mode="a" if at else "w", header=not at)


def book(folder: Path, kind: str) -> Path:
    extra = ["id", "team", "site"] if kind == "segments" else []
    rated = [""] * len(extra)
    table = pd.DataFrame(
        {
            "item": extra + NAMES,
            "text": extra + NAMES,
            "topic": rated + NAMES,
            "kind": ["id", "segment", "segment"][: len(extra)] + ["rating"] * ITEMS,
            "scale": rated + ["agreement5"] * ITEMS,
            "dimension": rated + ["" if kind == "items" else f"d{i // 8}" for i in range(ITEMS)],
        }
    )
    table.to_csv(folder / f"{kind}.csv", index=False)
    return folder / f"{kind}.csv"


def run(code: str, *arguments) -> list[float]:
    here = str(Path(__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments), here],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ,
    )
    return [float(word) for word in done.stdout.split()]


def ratios():
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for kind, what, promised in (
            ("items", "2,500,000 x 40 answers from csv to a tally", 1 / 0.7),
            ("dimensions", "the same, with 5 dimensions and the whole", None),
            ("segments", "the same by 60 groups, with an id", None),
        ):
            if kind != "dimensions":
                written(folder / "answers.csv", np.random.default_rng(1), kind == "segments")
            ours, theirs = [], []
            for _ in range(RUNS):
                ours.append(run(OURS, folder / "answers.csv", book(folder, kind)))
                theirs.append(run(THEIRS, folder / "answers.csv"))
            same = "counts the same" if ours[0][2:] == theirs[0][1:] else "COUNTS DIFFER"
            most = max(each[1] for each in ours)
            yield Ratio(
                what,
                "pandas read_csv alone",
                statistics.median(each[0] for each in ours),
                statistics.median(each[0] for each in theirs),
                promised,
                f"{same}; {most:.0f} MB at most (promised 600)",
            )
