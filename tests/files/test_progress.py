"""A long work tells how far it is: on a terminal in a line that updates, elsewhere in lines of text."""

import io
import os
import re
import select
import struct
import sys

import pytest

from dxkit.files import progress
from dxkit.files.progress import Reading, Work, watched

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
    for work in (Work(4, True, stream), Work(4, said.append)):
        steps(work)
        work.end("q  done in 3 s")
    lines = [*(f"q  cell {k} of 4" for k in (1, 2, 3, 4)), "q  done in 3 s"]
    assert stream.getvalue().splitlines() == said == lines


def test_a_terminal_shows_one_line_that_updates_and_then_the_end(terminal):
    stream, shown = terminal
    work = Work(4, True, stream)
    steps(work)
    seen = shown()
    assert "\n" not in seen
    assert re.search(r"\rq  cell 4 of 4  \|[^|]+\| 00:00, 00:00 left", seen)
    work.end("q  done in 3 s")
    assert re.search(r"\rq  done in 3 s *\r?\n$", shown())


def test_two_works_have_a_line_each_and_the_one_that_ends_goes_above(terminal):
    stream, shown = terminal
    one, two = Work(4, True, stream), Work(4, True, stream)
    steps(one)
    two.at(1, "r  cell 2 of 4")
    assert "\n\rr  cell 2 of 4" in shown().replace("\r\n", "\n")
    one.end("q  done in 3 s")
    two.end("r  done in 4 s")
    assert re.search(r"q  done in 3 s.*\n.*r  done in 4 s *\s*$", shown(), re.DOTALL)


def test_a_work_that_ends_without_a_text_leaves_no_line(terminal):
    stream, shown = terminal
    work = Work(4, True, stream)
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
    steps(Work(4, True, stream))
    assert shown().split("\r\n") == [*(f"q  cell {k} of 4" for k in (1, 2, 3, 4)), ""]


@pytest.mark.parametrize(("say", "patience", "seen"), [(None, 60, ""), (False, 0, ""), (None, 0, "cell 4 of 4")])
def test_unasked_a_terminal_shows_only_what_takes_long_and_nothing_where_that_is_not_wanted(
    terminal, monkeypatch, say, patience, seen
):
    stream, shown = terminal
    monkeypatch.setattr(progress, "PATIENCE", patience)
    work = Work(4, say, stream)
    steps(work)
    if seen:
        assert seen in shown()
    work.end()
    assert seen or not shown()


def test_unasked_nothing_is_said_elsewhere(monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 0)
    stream = io.StringIO()
    steps(Work(4, stream=stream))
    assert not stream.getvalue()


def test_steps_that_are_watched_are_the_same_and_the_line_goes_when_they_are_left(terminal, monkeypatch):
    stream, shown = terminal
    monkeypatch.setattr(progress, "PATIENCE", 0)
    monkeypatch.setattr(sys, "stderr", stream)
    assert list(watched(range(3), 3, "draws")) == [0, 1, 2]
    assert re.search(r"\rdraws  \|.*\r +\r$", shown(), re.DOTALL)
    for step in watched(range(3), 3, "draws"):
        if step == 1:
            break
    assert re.search(r"\r +\r$", shown())


def test_a_file_that_is_read_says_each_tenth_once_and_a_terminal_all_of_it(terminal):
    stream, shown = terminal
    said = []
    for say in (said.append, True):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stderr", stream)
            with Reading("answers.csv", say) as told:
                for share in (0.04, 0.1, 0.15, None, 0.38, 1.0):
                    told.share(share)
    assert said == [f"answers.csv: {tenth}0% read" for tenth in (1, 3, 10)]
    seen = shown()
    assert "answers.csv: 30% read  |███████" in seen
    assert re.search(r"\r +\r$", seen)
