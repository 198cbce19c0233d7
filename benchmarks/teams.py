"""Two hundred thousand people in 8,000 teams, from every kind of frame; and 3,000 questions."""

from __future__ import annotations

import tempfile

from benchmarks.measure import Ratio, in_turns
from benchmarks.people import SEGMENTS, write

RUNS = 3
FRAMES = ("pandas", "polars", "polars, lazy", "duckdb", "pyarrow")


def ratios():
    with tempfile.TemporaryDirectory() as folder:
        write(folder, 200_000, 40, SEGMENTS)
        works = [("people.tallied", folder, source, "codebook.csv") for source in ("answers.csv", *FRAMES)]
        works += [("people.saved", folder), ("people.scored", folder)]
        *ours, saved, scored, counts, read = in_turns(
            [*works, ("people.polars_counts", folder), ("people.pandas_reads", folder)], RUNS, warm=True
        )
        what, peer = "200,000 x 40, 8,000 teams", "pandas read_csv"
        for source, spent in zip(("csv", *FRAMES), ours, strict=True):
            same = "counts the same" if spent.answer == counts.answer else "COUNTS DIFFER"
            same += f"; {spent.peak:.0f} MB" + (" (promised 500)" if source == "csv" else "")
            yield Ratio(
                f"{what}, tally from {source}", peer, spent.cpu, read.cpu, 3.5 if source == "csv" else 2.5, same
            )
        size = saved.answer[0] / 1e6
        yield Ratio(f"{what}, saved", peer, saved.cpu, read.cpu, 2.0, f"{size:.2f} MB (promised 3)")
        yield Ratio(f"{what}, scores by team", peer, scored.cpu, read.cpu, 2.0, f"{scored.answer[0]:,} rows")
    with tempfile.TemporaryDirectory() as folder:
        write(folder, 5_000, 3_000, {"team": 200})
        *ours, read = in_turns(
            [
                ("people.read_and_scored", folder, "tally"),
                ("people.read_and_scored", folder, "survey"),
                ("people.pandas_reads", folder),
            ],
            RUNS,
            warm=True,
        )
        for way, spent in zip(("tally", "survey"), ours, strict=True):
            what = f"5,000 x 3,000, 200 teams, from csv by a {way} to scores by team"
            yield Ratio(what, "pandas read_csv", spent.cpu, read.cpu, 6.0, f"{spent.peak:.0f} MB (promised 1,000)")
    with tempfile.TemporaryDirectory() as folder:
        write(folder, 20_000, 3, {"team": 19_998})
        (found,) = in_turns([("people.refused", folder, "plain.csv", "team")], 1)
        print(f"  an id that is declared as a segment: {found.answer[0]}")
