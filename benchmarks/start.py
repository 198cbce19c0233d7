"""How soon the first result is there, from the start of the process."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.measure import Ratio, seconds

RUNS = 11
FIRST = "import dxkit as dx\ndx.scores(dx.read_survey('answers.csv', 'codebook.csv')).table"


def ratios():
    rng, names = np.random.default_rng(2), [f"q{i:02d}" for i in range(24)]
    with tempfile.TemporaryDirectory() as folder:
        answers = pd.DataFrame(rng.integers(1, 6, (300, 24)), columns=names)
        answers.insert(0, "team", rng.choice(list("ABCDEF"), 300))
        answers.to_csv(Path(folder) / "answers.csv", index=False)
        pd.DataFrame(
            {
                "item": ["team", *names],
                "text": ["team", *names],
                "kind": ["segment"] + ["rating"] * 24,
                "scale": [""] + ["agreement5"] * 24,
                "dimension": [""] + [f"d{i // 4}" for i in range(24)],
            }
        ).to_csv(Path(folder) / "codebook.csv", index=False)
        codes = {"sys": "import sys", "dxkit": "import dxkit", "pandas": "import pandas, numpy", "first": FIRST}
        # every package is compiled to byte code once, as one that was installed is
        env = {**os.environ, "PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": ""}
        times: dict[str, list[float]] = {name: [] for name in codes}
        for _ in range(RUNS):
            for name, code in codes.items():
                times[name].append(
                    seconds(
                        lambda code=code: subprocess.run([sys.executable, "-c", code], cwd=folder, check=True, env=env)
                    )
                )
    middle = {name: statistics.median(each[1:]) for name, each in times.items()}
    yield Ratio("import dxkit", "1.1 times import sys, and 50 ms", middle["dxkit"], 1.1 * middle["sys"] + 0.05, 1.0)
    yield Ratio(
        "first scores of 300 people x 24 questions", "import pandas, numpy", middle["first"], middle["pandas"], 1.3
    )
