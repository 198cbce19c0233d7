"""How far a long work has come: on a terminal a line that updates, with the time left; elsewhere lines of text."""

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TextIO, TypeVar

Say = Callable[[str], object] | bool | None
PATIENCE = 2.0  # seconds, after which a work counts as long
_SHAPE = "{desc}  |{bar:20}| {elapsed}, {remaining} left"
_Step = TypeVar("_Step")


class Work:
    """One long work, in steps up to `total`: `at` tells how far it is, `end` how it ended.

    Parameters
    ----------
    total : float
        Where `done` ends.
    say : function of a line of text, True, False or None
        A function receives every line. True shows a line that updates, where the stream is a terminal and the package
        tqdm is there, and a line for each text elsewhere. None shows the line that updates after two seconds, and
        nothing elsewhere; False nothing at all.
    stream : text stream, optional
        Where to show it; None for the standard error.
    """

    def __init__(self, total: float, say: Say = None, stream: TextIO | None = None) -> None:
        self._total, self._out, self._start = total, stream or sys.stderr, time.time()
        self._say = say if callable(say) else None
        self._bar, self._due = None, self._start + (0.0 if say is True else PATIENCE)
        if say is True:
            self._open()
            if self._bar is None:
                self._say = lambda line: print(line, file=self._out, flush=True)
        elif say is not None:
            self._due = float("inf")

    def __enter__(self):
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def at(self, done: float, text: str, aloud: bool = True) -> None:
        """So much is done, and the line says this; where there are many lines, only what is told `aloud` is one."""
        if time.time() >= self._due:
            self._open()
        if self._bar is not None:
            self._bar.n = done
            self._bar.set_description_str(text)
        elif self._say and aloud:
            self._say(text)

    def tick(self) -> None:
        """The time goes on: a line that updates shows it."""
        if self._bar is not None:
            self._bar.refresh()

    def end(self, text: str = "") -> None:
        """The work is over. Its line says this and stays; without a text a line that updates goes away."""
        if self._bar is not None:
            self._bar.leave, self._bar.bar_format = bool(text), "{desc}"
            self._bar.set_description_str(text, refresh=False)
            self._bar.close()
        elif self._say and text:
            self._say(text)

    def _open(self) -> None:
        """Begin a line that updates, if the stream can show one and tqdm is installed."""
        self._due = float("inf")
        out = self._out
        if not out.isatty() or os.environ.get("TERM") == "dumb" or not all(os.get_terminal_size(out.fileno())):
            return
        try:
            from tqdm import tqdm
        except ImportError:
            return
        bar: Any = tqdm(total=self._total, file=out, bar_format=_SHAPE, dynamic_ncols=True, smoothing=0, delay=1e-9)
        bar.start_t, self._bar = self._start, bar


class Reading(Work):
    """A file that is read: a line at each tenth, said where the share is known."""

    def __init__(self, file: str, say: Say = None) -> None:
        super().__init__(1.0, say)
        self._file, self._tenths = file, 0

    def share(self, done: float | None) -> None:
        if done is not None:
            more, self._tenths = int(10 * done) > self._tenths, int(10 * done)
            self.at(done, f"{self._file}: {10 * self._tenths}% read", aloud=more)


def watched(steps: Iterable[_Step], total: int, what: str) -> Iterator[_Step]:
    """These steps, one after another; where they take long, a terminal shows how far they are until they end."""
    with Work(total) as work:
        for done, step in enumerate(steps):
            work.at(done, what)
            yield step
