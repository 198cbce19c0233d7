"""All notebooks side by side against one after another."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Ratio, paired


def ratios():
    with tempfile.TemporaryDirectory() as made:
        source = str(Path(__file__).parents[1] / "notebooks")
        command = [sys.executable, "-m", "dxkit", "run", source, "--force", "--out", made]

        def run(*jobs: str) -> None:
            subprocess.run([*command, *jobs], check=True, stdout=subprocess.DEVNULL)

        spent = paired(run, lambda: run("--jobs", "1"), 2)
        yield Ratio("dxkit run notebooks, wall seconds", "--jobs 1", *spent, 0.65)
