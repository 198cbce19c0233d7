"""How far a long work has come: on a terminal a line that updates, with the time left; elsewhere lines of text."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, TextIO

_SHAPE = "{desc}  |{bar:20}| {elapsed}, {remaining} left"


class Work:
    """One long work, in steps up to `total`: `at` tells how far it is, `end` how it ended.

    Parameters
    ----------
    total : float
        Where `done` ends.
    say : function of a line of text, optional
        Receives every line. None for the stream: a line that updates where that is a terminal and the package tqdm is
        there, and a line for each text elsewhere.
    stream : text stream, optional
        Where to tell it; None for the standard output.
    """

    def __init__(self, total: float, say: Callable[[str], object] | None = None, stream: TextIO | None = None) -> None:
        out = stream or sys.stdout
        self._say = say or (lambda line: print(line, file=out, flush=True))
        self._bar = None if say else _bar(total, out)

    def at(self, done: float, text: str) -> None:
        """So much is done, and the line says this."""
        if self._bar is None:
            self._say(text)
        else:
            self._bar.n = done
            self._bar.set_description_str(text)

    def tick(self) -> None:
        """The time goes on: a line that updates shows it."""
        if self._bar is not None:
            self._bar.refresh()

    def end(self, text: str = "") -> None:
        """The work is over. Its line says this and stays; without a text a line that updates goes away."""
        if self._bar is None:
            if text:
                self._say(text)
            return
        self._bar.leave, self._bar.bar_format = bool(text), "{desc}"
        self._bar.set_description_str(text, refresh=False)
        self._bar.close()


def _bar(total: float, out: TextIO) -> Any:
    """A line that updates, or None where the stream cannot show one or tqdm is not installed."""
    if not out.isatty() or os.environ.get("TERM") == "dumb" or not all(os.get_terminal_size(out.fileno())):
        return None
    try:
        from tqdm import tqdm
    except ImportError:
        return None
    return tqdm(total=total, file=out, bar_format=_SHAPE, dynamic_ncols=True, smoothing=0)
