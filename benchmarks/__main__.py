"""Run the benchmarks: `python -m benchmarks`, or names of parts behind it.

Prints a table of ratios, those above their promise marked; out/benchmarks holds it as ratios.csv, with growth.png.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import pandas as pd

PARTS = ("large", "teams", "quick", "notebooks", "ranking", "survey", "tco", "scorecard")


def main(names: list[str]) -> int:
    if unknown := set(names) - {*PARTS, "growth"}:
        print(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join((*PARTS, 'growth'))}")
        return 2
    out = Path("out/benchmarks")
    out.mkdir(parents=True, exist_ok=True)
    rows = []
    for name in [part for part in PARTS if not names or part in names]:
        print(name, flush=True)
        for found in import_module(f"benchmarks.{name}").ratios():
            rows.append(
                (found.work, found.peer, found.ours, found.theirs, found.ratio, found.promised, found.holds, found.same)
            )
            print(
                f"  {found.work} | {found.peer}: {found.ours:.3g} s / {found.theirs:.3g} s = {found.ratio:.3g} "
                f"{found.holds} {found.same}",
                flush=True,
            )
    table = pd.DataFrame(
        rows, columns=["work", "peer", "dxkit s", "peer s", "ratio", "promised", "holds", "same answer"]
    )
    if len(table):
        table.to_csv(out / "ratios.csv", index=False)
        print("\n" + markdown(table))
    if not names or "growth" in names:
        print("\ngrowth", flush=True)
        growth = import_module("benchmarks.growth")
        found = growth.measured()
        found.to_csv(out / "growth.csv", index=False)
        growth.draw(found, out / "growth.png")
    broken = table[table["holds"] == "NO"]
    print(
        f"\nbelow their promise: {len(broken)}" + "".join(f"\n  {row.work} | {row.peer}" for row in broken.itertuples())
    )
    return 0


def markdown(table: pd.DataFrame) -> str:
    lines = [
        "| work | peer | dxkit, s | peer, s | ratio | promised | holds | same answer |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in table.itertuples(index=False):
        promised = "" if pd.isna(row.promised) else f"at most {row.promised:.3g}"
        numbers = " | ".join(f"{value:.3g}" for value in (row[2], row[3], row.ratio))
        lines.append(f"| {row.work} | {row.peer} | {numbers} | {promised} | {row.holds} | {row[7]} |")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
