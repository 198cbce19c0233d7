"""Change one thing at a time and see a test fail: `python -m tests.mutation.run`; at least 95% must be noticed.

The tests run on copies of the tree, two at a time, each in a process that splits off from one that has loaded the
packages of others. What lives although it is not named as a survivor is listed.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

import pytest

from tests.places import ROOT

LEAST = 0.95
LOADED = ["matplotlib.pyplot", "openpyxl", "pandas", "pyarrow", "pytest", "scipy.optimize", "scipy.stats"]
_WITH = ("-m", "not simulated")  # those that the plain run leaves out, too
MADE = shutil.ignore_patterns(".git", ".venv*", ".nox", ".hypothesis", "mutants", "out", "__pycache__")


@dataclass(frozen=True)
class Change:
    """One change: a text of a file, what it becomes, the tests that must notice, and why it may live."""

    file: str
    tests: tuple[str, ...]
    old: str
    new: str
    lives: str = ""


def changes() -> list[Change]:
    """The changes of changes.txt."""
    found = []
    for block in (Path(__file__).with_name("changes.txt")).read_text().split("\n\n")[1:]:
        head, *lines = block.strip("\n").split("\n")
        file, tests = head.split(": ", 1)
        old, new = ("\n".join(line[2:] for line in lines if line.startswith(sign)) for sign in ("- ", "+ "))
        lives = next((line.removeprefix("lives: ") for line in lines if line.startswith("lives: ")), "")
        found.append(Change(file, tuple(tests.split()), old, new, lives))
    return found


def compiled(tree: Path, tests: Iterable[str]) -> None:
    """Compile the tree once, not for every change; what is changed later is newer than what was compiled."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-m", "pytest", "-q", "--collect-only", "-n", "0", *_WITH, *sorted(tests)]
    subprocess.run(command, cwd=tree, env=env | {"PYTHONPATH": str(tree), "PYTEST_ADDOPTS": ""}, capture_output=True)


def noticed(tree: Path, change: Change) -> bool:
    """Whether a test fails on the tree with this change; the tree is put back."""
    path, told = tree / "dxkit" / change.file, tree.with_suffix(".txt")
    text = path.read_text()
    path.write_text(text.replace(change.old, change.new))
    tests = multiprocessing.get_context("forkserver").Process(target=_tested, args=(tree, change.tests, told))
    try:
        tests.start()
        tests.join(300)
        if tests.exitcode is None:
            tests.kill()
            return True
    finally:
        path.write_text(text)
    if tests.exitcode not in (0, 1):
        raise SystemExit(f"{change.file}: the tests did not run\n{told.read_text()[-800:]}")
    return tests.exitcode == 1


def _tested(tree: Path, tests: Iterable[str], told: Path) -> None:
    """End this process with what pytest says of the tests of a tree; nothing of ours stays loaded from elsewhere."""
    with told.open("w") as stream:
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
    for name in [name for name in sys.modules if name.partition(".")[0] in ("dxkit", "tests")]:
        del sys.modules[name]
    os.chdir(tree)
    sys.path.insert(0, str(tree))
    sys.dont_write_bytecode = True
    os.environ |= {"PYTHONPATH": str(tree), "PYTEST_ADDOPTS": "", "PYTHONDONTWRITEBYTECODE": "1"}
    sys.exit(pytest.main(["-q", "-x", "--hypothesis-profile=mutation", *_WITH, *tests]))


def main() -> int:
    wanted = changes()
    for change in wanted:
        count = (ROOT / "dxkit" / change.file).read_text().count(change.old)
        if count != 1:
            raise SystemExit(f"{change.file}: the text stands {count} times, not once: {change.old!r}")
    multiprocessing.get_context("forkserver").set_forkserver_preload(LOADED)
    trees: Queue[Path] = Queue()
    with tempfile.TemporaryDirectory() as made:
        first, second = Path(made) / "0", Path(made) / "1"
        shutil.copytree(ROOT, first, ignore=MADE)
        compiled(first, {test for change in wanted for test in change.tests})
        shutil.copytree(first, second)
        for tree in (first, second):
            trees.put(tree)

        def tried(change: Change) -> bool:
            tree = trees.get()
            try:
                return noticed(tree, change)
            finally:
                trees.put(tree)

        with ThreadPoolExecutor(2) as pool:
            killed = list(pool.map(tried, wanted))
    lived = [change for change, dead in zip(wanted, killed, strict=True) if not dead]
    print(f"{sum(killed)} of {len(wanted)} changes were noticed")
    for change in lived:
        print(f"lived: {change.file}: {change.old!r}  {change.lives or 'NOT EXPLAINED'}")
    return 0 if sum(killed) >= LEAST * len(wanted) and all(change.lives for change in lived) else 1


if __name__ == "__main__":
    sys.exit(main())
