"""Small surveys for tests: codebooks, and answers drawn at random."""

import numpy as np
import pandas as pd
from hypothesis import strategies as st

import dxkit as dx


def codebook(items=6, dimensions=2, segments=("team",)):
    names = [f"q{i}" for i in range(items)]
    rows = [
        {
            "item": name,
            "text": f"Question {name}",
            "kind": "rating",
            "scale": "agreement5",
            "dimension": f"D{i % dimensions}",
            "reverse": "",
        }
        for i, name in enumerate(names)
    ]
    rows += [{"item": name, "text": name, "kind": "segment"} for name in segments]
    return pd.DataFrame(rows).fillna("")


def answers(n, items=6, missing=0.1, teams=3, seed=0):
    rng = np.random.default_rng(seed)
    codes = np.clip(np.round(3 + rng.normal(size=(n, 1)) * 0.7 + rng.normal(size=(n, items))), 1, 5)
    blank = rng.random((n, items)) < missing
    blank[blank.all(axis=1), 0] = False  # nobody sends an empty form here
    codes[blank] = np.nan
    frame = pd.DataFrame(codes, columns=[f"q{i}" for i in range(items)])
    frame["team"] = rng.choice([f"Team {chr(65 + t)}" for t in range(teams)], n)
    return frame


def survey(n=60, **options):
    shape = {key: options[key] for key in ("items",) if key in options}
    return dx.read_survey(answers(n, **options), codebook(**shape))


worlds = st.builds(
    lambda n, missing, teams, seed: answers(n, missing=missing, teams=teams, seed=seed),
    st.integers(1, 60),
    st.sampled_from([0.0, 0.1, 0.5]),
    st.integers(1, 5),
    st.integers(0, 10_000),
)
