"""The attack on all that dxkit writes of generated companies: `python -m tests.project.attacked 100`."""

import sys
import tempfile
import time
from pathlib import Path

import matplotlib as mpl
import pytest

from dxkit.project.attack.attack import attack
from tests.own.companies import make, publish


def attacked(number, folder):
    """The exit code of the attack on the pages and the workbook of a company, and what it said."""
    for name in ("data", "made", "out"):
        (folder / name).mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DXKIT_OUT", str(folder / "made"))
        publish(make(number, folder / "data"), folder / "out", folder / "made")
    lines = []
    return attack(folder / "out", say=lines.append), lines


def main(count):
    start, found = time.monotonic(), 0
    for number in range(count):
        with tempfile.TemporaryDirectory() as made:
            code, lines = attacked(number, Path(made))
        found += code != 0
        if code:
            print(f"company {number}", *lines, sep="\n  ", flush=True)
    print(f"somebody was found in {found} of {count} companies, in {time.monotonic() - start:.0f} s")
    return int(found > 0)


if __name__ == "__main__":
    mpl.use("Agg")
    sys.exit(main(int(sys.argv[1])))
