"""Killed at any moment, a command leaves the old file or the new one."""

import json
import multiprocessing
import os
import re
import signal
import time

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.project.run import run

pytestmark = pytest.mark.simulated
FORK = multiprocessing.get_context("fork")


def killed(work, longest, rng):
    """Start work in a process of its own group and kill it after a random time; whether it had come to its end."""

    def alone():
        os.setsid()
        work()

    child = FORK.Process(target=alone)
    child.start()
    child.join(rng.uniform(0, longest))
    ended = child.exitcode is not None
    if not ended:
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:  # it has not come to setsid yet
            os.kill(child.pid, signal.SIGKILL)
        child.join()
    return ended


def titled(title):
    tables = {
        "decision": [["key", "value"], ["title", title]],
        "costs": [["vendor", "line", "timing", "likely"], ["Acme", "seats", "yearly", 1000]],
    }
    return dx.read_dossier({name: pd.DataFrame(rows[1:], columns=rows[0]) for name, rows in tables.items()})


def test_a_workbook_is_the_old_or_the_new_one(tmp_path):
    path, rng = tmp_path / "decision.xlsx", np.random.default_rng(1)
    dossiers = [titled(f"number {k}") for k in range(2)]
    dx.write_workbook(dossiers[0], path)
    start = time.monotonic()
    dx.write_workbook(dossiers[1], path)
    longest = 1.2 * (time.monotonic() - start)
    now, changed = 1, 0
    for k in range(100):
        ended = killed(lambda k=k: dx.write_workbook(dossiers[k % 2], path), longest, rng)
        longest *= 0.97 if ended else 1.03  # another process may have come or gone; half of the moments stay in time
        title = dx.read_dossier(path).decision["title"]
        found = int(re.fullmatch(r"number (\d)", title)[1])
        assert found in (now, k % 2)
        assert found == k % 2 or not ended
        changed += found != now
        now = found
    assert 5 < changed < 95, "the moments must fall before and after the end"


def notebook(path, word):
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Made"},
        {
            "cell_type": "code",
            "id": "b",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": f"import dxkit as dx\ndx.out('made.txt').write_text('{word}' * 100000)\n'told {word}'",
        },
    ]
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))


def test_what_a_run_writes_is_the_old_or_the_new(tmp_path):
    sources, out, rng = [tmp_path / str(k) / "made.ipynb" for k in range(2)], tmp_path / "out", np.random.default_rng(2)
    for k, source in enumerate(sources):
        source.parent.mkdir()
        notebook(source, f"word{k}")
    start = time.monotonic()
    run(sources[0], out=out, say=lambda line: None)
    longest = 1.1 * (time.monotonic() - start)
    for k in range(50):
        killed(lambda k=k: run(sources[k % 2], out=out, force=True, say=lambda line: None), longest, rng)
        page, text = (out / "made.html").read_text(), (out / "made" / "made.txt").read_text()
        assert re.search(r"</html>\s*<!-- dxkit wrote \[.*\] -->\s*$", page)
        assert page.count("told word0") + page.count("told word1") >= 1
        assert text in ("word0" * 100000, "word1" * 100000)
        shown = [path for path in out.rglob("*") if path.is_file() and not path.name.startswith(".")]
        assert sorted(path.name for path in shown) == ["made.html", "made.txt"]
