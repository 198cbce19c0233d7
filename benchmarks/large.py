"""Two and a half million people from a file to counts by each of three segments."""

from __future__ import annotations

import tempfile

from benchmarks.measure import Ratio, in_turns
from benchmarks.people import SEGMENTS, write

PEOPLE, ITEMS, RUNS = 2_500_000, 40, 3
OURS = (
    ("csv", "answers.csv", "plain.csv", ""),
    ("csv with an id", "answers.csv", "codebook.csv", ""),
    ("csv without pyarrow", "answers.csv", "plain.csv", "pyarrow"),
    ("Parquet", "answers.parquet", "plain.csv", ""),
)
PEERS = {
    "pyarrow open_csv to text": ("people.pyarrow_to_text",),
    "Polars, lazy group_by": ("people.polars_counts", "text"),
    "Polars, labels cast to Enum first": ("people.polars_counts", "enum"),
    "pandas read_csv": ("people.pandas_reads",),
    "pyarrow iter_batches": ("people.pyarrow_batches",),
}
PROMISED = (  # work, peer, the most of its processor time, the most MB
    (0, "pyarrow open_csv to text", 2.5, 600),
    (0, "Polars, lazy group_by", 0.7, 600),
    (0, "Polars, labels cast to Enum first", None, 600),
    (0, "pandas read_csv", 1.8, 600),
    (1, "pandas read_csv", 2.5, 800),
    (2, "pandas read_csv", 3.5, None),
    (3, "pyarrow iter_batches", 3.0, None),
)


def ratios():
    with tempfile.TemporaryDirectory() as folder:
        write(folder, PEOPLE, ITEMS, SEGMENTS)
        works = [("people.tallied", folder, *how) for _, *how in OURS]
        works += [(work, folder, *how) for work, *how in PEERS.values()]
        works.append(("people.refused", folder, "plain.csv", *SEGMENTS))
        *found, refused = in_turns(works, RUNS)
        ours, peers = found[: len(OURS)], dict(zip(PEERS, found[len(OURS) :], strict=True))
        right = peers["Polars, lazy group_by"].answer
        for k, peer, promised, most in PROMISED:
            same = "counts the same" if ours[k].answer == right else "COUNTS DIFFER"
            held = f"{ours[k].peak:.0f} MB" + (f" (promised {most})" if most else "")
            what = f"2,500,000 x 40 by 3 segments, {OURS[k][0]}"
            yield Ratio(what, peer, ours[k].cpu, peers[peer].cpu, promised, f"{same}; {held}")
        yield Ratio("the same from Parquet", "dxkit from csv", ours[3].cpu, ours[0].cpu, 0.5)
        print(f"  the cross of all three, after {refused.cpu:.1f} s and {refused.peak:.0f} MB: {refused.answer[0]}")
