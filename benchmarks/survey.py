"""Reliability and raking against pingouin and svy."""

from __future__ import annotations

import numpy as np
import pandas as pd

import dxkit as dx
from benchmarks.measure import Ratio, paired, there
from dxkit.statistics.means.weights import weights
from dxkit.survey.tally.weighed import margins_of

PEOPLE, ITEMS = 100_000, 12


def ratios():
    rng = np.random.default_rng(3)
    names = [f"q{i:02d}" for i in range(ITEMS)]
    codes = np.clip(np.round(3 + rng.normal(size=(PEOPLE, 1)) + rng.normal(size=(PEOPLE, ITEMS))), 1, 5)
    frame = pd.DataFrame(codes, columns=names)
    margins = {"team": [f"t{k}" for k in range(20)], "site": ["a", "b", "c"], "role": ["x", "y"]}
    for name, labels in margins.items():
        frame[name] = rng.choice(labels, PEOPLE)
    book = dx.read_codebook(
        pd.DataFrame(
            {
                "item": [*names, *margins],
                "text": [*names, *margins],
                "kind": ["rating"] * ITEMS + ["segment"] * 3,
                "scale": ["agreement5"] * ITEMS + [""] * 3,
                "dimension": ["Flow"] * ITEMS + [""] * 3,
            }
        )
    )
    if there("pingouin"):
        import pingouin

        items, of_items = frame[names], dx.read_codebook(book.items.head(ITEMS))
        counted = dx.tally(items, codebook=of_items)
        gap = abs(dx.reliability(counted).table["alpha"].iloc[0] - pingouin.cronbach_alpha(items)[0])
        yield Ratio(
            "alpha, omega, if dropped, from the frame; 100,000 x 12",
            "pingouin cronbach_alpha",
            *paired(lambda: dx.reliability(dx.tally(items, codebook=of_items)), lambda: pingouin.cronbach_alpha(items)),
            None,
            f"alpha {gap:.0e}",
        )
        yield Ratio(
            "the same from a tally",
            "pingouin cronbach_alpha",
            *paired(lambda: dx.reliability(counted), lambda: pingouin.cronbach_alpha(items)),
            None,
            f"alpha {gap:.0e}",
        )
    if there("svy"):
        import polars as pl
        from svy import Design, Sample

        targets = {
            name: {label: float(2 * PEOPLE // len(labels) + 1_000 * k) for k, label in enumerate(labels)}
            for name, labels in margins.items()
        }
        for each in targets.values():  # all margins add up to the same
            total = sum(each.values())
            each |= {label: count * 2 * PEOPLE / total for label, count in each.items()}
        crossed = pd.DataFrame(
            [(t, s, r) for t in margins["team"] for s in margins["site"] for r in margins["role"]],
            columns=list(margins),
        )
        share = np.prod([crossed[name].map(each) / (2 * PEOPLE) for name, each in targets.items()], axis=0)
        roster = crossed.assign(headcount=np.round(share * 2 * PEOPLE).astype(int))
        counted = dx.tally(frame, codebook=book, roster=roster)
        exact = {name: counted.roster.margin(name).to_dict() for name in margins}

        sample = Sample(
            pl.DataFrame({**{name: frame[name].to_numpy(str) for name in margins}, "w": 1.0}), Design(wgt="w")
        )

        def theirs():
            raked = sample.weighting.rake(controls=exact, wgt_name="raked", tol=1e-12)
            return raked.data["raked"].to_numpy()

        cells = counted.cut([])
        table = cells.people[:, None].astype(float), margins_of(cells)
        own, at = weights(*table)[0][:, 0], cells.cell_of(frame)
        gap = np.abs(own[at] / theirs() - 1).max()
        yield Ratio(
            "raking three margins; 100,000 people, from the tally",
            "svy rake",
            *paired(lambda: weights(*table), theirs),
            None,
            f"weights {gap:.0e}",
        )
