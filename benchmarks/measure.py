"""How works are timed: in turns with a peer, so that both meet the same machine."""

from __future__ import annotations

import gc
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

Work = Generator[None, None, list]


@dataclass(frozen=True)
class Ratio:
    """A work, timed beside a peer that does the same: seconds of both, the most that was promised of ours / theirs."""

    work: str
    peer: str
    ours: float
    theirs: float
    promised: float | None = None
    same: str = ""

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs

    @property
    def holds(self) -> str:
        return "" if self.promised is None else "yes" if self.ratio <= self.promised else "NO"


@dataclass(frozen=True)
class Spent:
    """What a work took in a process of its own: processor and wall seconds, most MB held, and its answer."""

    cpu: float
    wall: float
    peak: float
    answer: list


def seconds(work: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def paired(ours, theirs, runs: int = 7) -> tuple[float, float]:
    """Medians of runs that take turns, after one of each to warm up."""
    times = [(seconds(ours), seconds(theirs)) for _ in range(runs + 1)][1:]
    return statistics.median(one for one, _ in times), statistics.median(two for _, two in times)


def apart(work: str, *arguments: object) -> Spent:
    """Run a work in a process of its own, where nothing is left of earlier ones.

    A work is a function `module.name` of this folder with two `yield`. What stands before the first, such as imports,
    is not timed; what it returns after the second is its answer.
    """
    command = [sys.executable, "-m", "benchmarks.measure", work, *map(str, arguments)]
    path = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": ""}  # compiled once, as for users
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment)
    return Spent(*json.loads(done.stdout.splitlines()[-1]))


def in_turns(works: Sequence[tuple], runs: int, warm: bool = False) -> list[Spent]:
    """Medians of works (`apart`) that take turns, after one of each to warm up where the files are not cached yet."""
    found = [[apart(*work) for work in works] for _ in range(runs + warm)][warm:]
    return [
        Spent(
            *(statistics.median(getattr(one, part) for one in each) for part in ("cpu", "wall", "peak")), each[0].answer
        )
        for each in zip(*found, strict=True)
    ]


def peak() -> float:
    """Most memory this process has held, MB (Linux)."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def there(package: str) -> bool:
    """Whether a peer is installed; says so where it is not."""
    found = find_spec(package) is not None
    if not found:
        print(f"  left out: {package} is not installed (benchmarks/peers.txt)")
    return found


def _here(work: str, *arguments: str) -> None:
    module, name = work.split(".")
    running = getattr(import_module(f"benchmarks.{module}"), name)(*arguments)
    next(running)
    cpu, wall = time.process_time(), time.perf_counter()
    next(running)
    spent = time.process_time() - cpu, time.perf_counter() - wall
    held = peak()
    try:
        next(running)
    except StopIteration as ended:
        print(json.dumps([*spent, held, ended.value]))


if __name__ == "__main__":
    _here(*sys.argv[1:])
