"""A long work tells how far it is: on a terminal in a line that updates, elsewhere in lines of text."""

import io
import os
import re
import select
import struct
import sys

import pytest

from dxkit.files.progress import Work

pty, fcntl, termios = (pytest.importorskip(name) for name in ("pty", "fcntl", "termios"))


def sized(terminal, rows, columns):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


@pytest.fixture
def terminal(monkeypatch):
    """A terminal of 80 columns: its stream, and what it has shown so far."""
    monkeypatch.setenv("TERM", "xterm")
    reader, writer = pty.openpty()
    sized(writer, 25, 80)
    with os.fdopen(writer, "w") as stream:
        yield stream, lambda: _drained(reader)
    os.close(reader)


def _drained(reader):
    found = b""
    while select.select([reader], [], [], 0.1)[0]:
        found += os.read(reader, 100_000)
    return found.decode()


def steps(work):
    for k in range(4):
        work.at(k, f"q  cell {k + 1} of 4")
    work.tick()


def test_elsewhere_every_text_is_a_line():
    stream, said = io.StringIO(), []
    for work in (Work(4, stream=stream), Work(4, said.append)):
        steps(work)
        work.end("q  done in 3 s")
    lines = [*(f"q  cell {k} of 4" for k in (1, 2, 3, 4)), "q  done in 3 s"]
    assert stream.getvalue().splitlines() == said == lines


def test_a_terminal_shows_one_line_that_updates_and_then_the_end(terminal):
    stream, shown = terminal
    work = Work(4, stream=stream)
    steps(work)
    seen = shown()
    assert "\n" not in seen
    assert re.search(r"\rq  cell 4 of 4  \|[^|]+\| 00:00, 00:00 left", seen)
    work.end("q  done in 3 s")
    assert re.search(r"\rq  done in 3 s *\r?\n$", shown())


def test_two_works_have_a_line_each_and_the_one_that_ends_goes_above(terminal):
    stream, shown = terminal
    one, two = Work(4, stream=stream), Work(4, stream=stream)
    steps(one)
    two.at(1, "r  cell 2 of 4")
    assert "\n\rr  cell 2 of 4" in shown().replace("\r\n", "\n")
    one.end("q  done in 3 s")
    two.end("r  done in 4 s")
    assert re.search(r"q  done in 3 s.*\n.*r  done in 4 s *\s*$", shown(), re.DOTALL)


def test_a_work_that_ends_without_a_text_leaves_no_line(terminal):
    stream, shown = terminal
    work = Work(4, stream=stream)
    steps(work)
    shown()
    work.end()
    assert not re.search(r"[^\s]", shown())


@pytest.mark.parametrize("lacks", ["tqdm", "a terminal that goes back", "rows", "columns"])
def test_without_the_means_there_are_lines(terminal, monkeypatch, lacks):
    stream, shown = terminal
    if lacks == "tqdm":
        monkeypatch.setitem(sys.modules, "tqdm", None)
    elif lacks in ("rows", "columns"):
        sized(stream.fileno(), *((0, 80) if lacks == "rows" else (25, 0)))
    else:
        monkeypatch.setenv("TERM", "dumb")
    steps(Work(4, stream=stream))
    assert shown().split("\r\n") == [*(f"q  cell {k} of 4" for k in (1, 2, 3, 4)), ""]
