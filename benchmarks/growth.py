"""How cost grows with respondents, items, groups, vendors, lines and draws: slopes on log axes."""

from __future__ import annotations

import statistics
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

import dxkit as dx
from benchmarks.measure import seconds

RUNS = 3


def answers(people: int, items: int, groups: int = 1):
    rng, names = np.random.default_rng(7), [f"q{i:03d}" for i in range(items)]
    frame = pd.DataFrame(rng.integers(1, 6, (people, items)).astype(float), columns=names)
    frame = frame.mask(rng.random(frame.shape) < 0.05)
    rows = pd.DataFrame({"item": names, "text": names, "kind": "rating", "scale": "agreement5", "topic": names})
    if groups > 1:
        frame["team"] = rng.permutation(np.arange(people) % groups).astype(str)
        rows = pd.concat([rows, pd.DataFrame({"item": ["team"], "text": ["team"], "kind": ["segment"]})])
    return frame, dx.read_codebook(rows.fillna("").reset_index(drop=True))


def dossier(vendors: int, lines: int):
    rng = np.random.default_rng(8)
    names = [f"V{k}" for k in range(vendors)]
    likely = rng.uniform(100, 1_000, vendors * lines)
    costs = pd.DataFrame(
        {
            "vendor": np.repeat(names, lines),
            "line": [f"l{k}" for k in range(lines)] * vendors,
            "category": "licence",
            "timing": "yearly",
            "low": 0.7 * likely,
            "likely": likely,
            "high": 1.6 * likely,
        }
    ).astype(object)
    criteria = [f"c{k}" for k in range(6)]
    evidence = [
        {"vendor": v, "criterion": c, "rating": float(rng.integers(2, 6)), "kind": "trial", "trial_week": 2}
        for v in names
        for c in criteria
    ]
    return dx.read_dossier(
        {
            "costs": costs,
            "criteria": pd.DataFrame({"criterion": criteria, "weight": [30, 25, 15, 15, 10, 5]}),
            "evidence": pd.DataFrame(evidence).astype(object),
        }
    )


def works():
    """(work, what grows, what slope is to be expected, sizes, a function of the size that makes the work)"""

    def tallied(people=20_000, items=40, groups=1):
        frame, book = answers(people, items, groups)
        return lambda: dx.tally(frame, codebook=book)

    def ranked(people=20_000, items=40):
        frame, book = answers(people, items)
        counted = dx.tally(frame, codebook=book)
        return lambda: dx.rank_pains(replace(counted))  # what a tally or a dossier keeps is worked out each time

    def scored(groups):
        frame, book = answers(20_000, 20, groups)
        counted = dx.tally(frame, codebook=book)
        return lambda: dx.scores(replace(counted), by="team")

    def cost(vendors=3, lines=12, draws=2**13):
        made = dossier(vendors, lines)
        return lambda: dx.tco(replace(made), draws=draws)

    def card(vendors=4, draws=2**15):
        made = dossier(vendors, 2)
        return lambda: dx.scorecard(replace(made), draws=draws)

    yield "tally", "respondents", "1", (100_000, 300_000, 1_000_000), lambda n: tallied(people=n)
    yield "tally", "items", "up to 2: every pair is counted", (20, 60, 200), lambda n: tallied(items=n)
    yield "tally", "groups", "up to 1", (10, 100, 1_000), lambda n: tallied(items=20, groups=n)
    yield "ranking from the tally", "respondents", "0", (10_000, 100_000, 1_000_000), lambda n: ranked(people=n)
    yield "ranking from the tally", "items", "up to 2: every pair is compared", (20, 60, 200), lambda n: ranked(items=n)
    yield "scores by group", "groups", "up to 1", (10, 100, 1_000), scored
    yield "cost of ownership", "draws", "1", (2**13, 2**15, 2**17), lambda n: cost(draws=n)
    yield "cost of ownership", "vendors", "1", (3, 9, 30), lambda n: cost(vendors=n)
    yield "cost of ownership", "lines", "1", (12, 36, 120), lambda n: cost(lines=n)
    yield "scorecard", "draws", "1", (2**15, 2**17, 2**19), lambda n: card(draws=n)
    yield "scorecard", "vendors", "up to 2: every pair is compared", (4, 12, 40), lambda n: card(vendors=n)


def measured() -> pd.DataFrame:
    """work, grows, expected, sizes, seconds and the slope over the last ten times."""
    rows = []
    for work, grows, expected, sizes, make in works():
        spent = []
        for size in sizes:
            run = make(size)
            run()
            spent.append(statistics.median(seconds(run) for _ in range(RUNS)))
        slope = float(np.polyfit(np.log(sizes), np.log(spent), 1)[0])
        rows.append((work, grows, expected, sizes, tuple(spent), slope))
        print(
            f"  {work} by {grows}: {', '.join(f'{s:.3f}' for s in spent)} s, slope {slope:.2f} ({expected})", flush=True
        )
    return pd.DataFrame(rows, columns=["work", "grows", "expected", "sizes", "seconds", "slope"])


def draw(table: pd.DataFrame, path: Path) -> None:
    """Every work on log axes, relative to its smallest size."""
    import matplotlib.pyplot as plt

    works = list(dict.fromkeys(table["work"]))
    figure, axes = plt.subplots(1, len(works), figsize=(14, 4), sharey=True, layout="constrained")
    for axis, work in zip(axes, works, strict=True):
        for row in table[table["work"] == work].itertuples():
            sizes, spent = np.array(row.sizes) / row.sizes[0], np.array(row.seconds) / row.seconds[0]
            axis.loglog(sizes, spent, marker="o", label=f"{row.grows}: {row.slope:.1f}")
        ends = np.array([1, max(max(row.sizes) / row.sizes[0] for row in table.itertuples())])
        axis.loglog(ends, ends, color="0.7", linestyle=":", zorder=0)
        axis.set(title=work, xlabel="times as many")
        axis.legend(title="slope by", fontsize=8, title_fontsize=8, loc="upper left")
    axes[0].set_ylabel("times as long (dotted: in proportion)")
    figure.savefig(path, dpi=110)
    plt.close(figure)
