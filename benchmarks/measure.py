"""How works are timed: in turns with a peer, so that both meet the same machine."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path


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


def seconds(work: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def paired(ours, theirs, runs: int = 7) -> tuple[float, float]:
    """Medians of runs that take turns, after one of each to warm up."""
    times = [(seconds(ours), seconds(theirs)) for _ in range(runs + 1)][1:]
    return statistics.median(one for one, _ in times), statistics.median(two for _, two in times)


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
