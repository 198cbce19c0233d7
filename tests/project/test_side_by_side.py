"""Notebooks side by side leave what they leave one after another, and a stop by hand reaches all of them."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from dxkit.__main__ import main
from dxkit.project import kernels
from dxkit.project.run import run
from tests.project.test_run import files, notebook

MEET = """
import os, pathlib, time
pathlib.Path("{own}.here").touch()
end = time.monotonic() + 60
while {wait} and not pathlib.Path("{other}.here").exists() and time.monotonic() < end:
    time.sleep(0.01)
assert pathlib.Path("{other}.here").exists() or not {wait}
print("threads", *(os.environ[name] for name in {threads}))
"""
THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")


def pair(folder, wait):
    """Two notebooks that each wait until the other runs, and then fail or end."""
    folder.mkdir()
    for own, other, last in (("a", "b", "1 / 0"), ("b", "a", "unknown"), ("c", "a", "'c'"))[: 2 + wait]:
        cell = MEET.format(own=own, other=other, wait=wait, threads=THREADS)
        notebook(folder / f"{own}.ipynb", cell, last)
    return folder


@pytest.fixture
def few_variables(monkeypatch):
    for name in THREADS:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.thorough
def test_two_that_wait_for_each_other_both_end_and_the_first_fault_in_order_is_told(
    tmp_path, capsys, few_variables, snapshot
):
    pair(tmp_path / "books", wait=True)
    assert main(["run", str(tmp_path / "books"), "--out", str(tmp_path / "out"), "--jobs", "2"]) == 1
    said = capsys.readouterr()
    assert said.err.replace(str(tmp_path), "<folder>") == snapshot
    for name in "abc":
        own = [line for line in said.out.splitlines() if line.startswith(f"{name}  ")]
        assert own[:3] == [f"{name}  cell {k} of 3" for k in (1, 2, 3)]
        assert own[3].startswith(f"{name}  done in ")
        assert "threads 1 1 1" in (tmp_path / "out" / f"{name}.html").read_text()
    assert files(tmp_path / "out") == ["a.html", "b.html", "c.html"]


@pytest.mark.thorough
def test_pages_their_order_and_the_fault_are_those_of_one_after_another(tmp_path, capsys):
    pair(tmp_path / "books", wait=False)
    notebook(tmp_path / "books" / "c.ipynb", "import matplotlib.pyplot as plt\n_ = plt.subplots()", "6 * 7")
    (tmp_path / "books" / "d.ipynb").write_text("{")
    left, told = [], []
    for jobs in ("1", "3"):
        out = tmp_path / jobs
        assert main(["run", str(tmp_path / "books"), "--out", str(out), "--jobs", jobs]) == 1
        told.append(capsys.readouterr().err.replace(str(out), "<out>"))
        left.append({name: (out / name).read_bytes() for name in files(out)})
    assert told[0] == told[1]
    assert left[0] == left[1]
    for name in "abd":
        (tmp_path / "books" / f"{name}.ipynb").unlink()
    notebook(tmp_path / "books" / "b.ipynb", "'b'")
    for jobs in (1, 2):
        written = run(tmp_path / "books", out=tmp_path / str(jobs), force=True, jobs=jobs, say=lambda _: None)
        names = [path.relative_to(tmp_path / str(jobs)).as_posix() for path in written]
        assert names == ["b.html", "c.html", "c/01-a-question.png"]


@pytest.mark.thorough
def test_saving_stores_all_that_ran_and_tells_the_first_fault(tmp_path, capsys):
    pair(tmp_path / "books", wait=False)
    notebook(tmp_path / "books" / "c.ipynb", "6 * 7")
    before = {path.name: path.read_bytes() for path in (tmp_path / "books").glob("*.ipynb")}
    assert main(["run", str(tmp_path / "books"), "--save"]) == 1
    said = capsys.readouterr()
    assert said.err == "a.ipynb, code cell 3: ZeroDivisionError: division by zero\n"
    assert [line.endswith(", not stored") for line in said.out.splitlines() if "done" in line].count(True) == 2
    after = {path.name: path.read_bytes() for path in (tmp_path / "books").glob("*.ipynb")}
    assert [name for name in before if before[name] != after[name]] == ["c.ipynb"]


@pytest.mark.thorough
@pytest.mark.parametrize("moment", ["started", "waiting"])
def test_a_stop_by_hand_ends_all_kernels_and_leaves_nothing_half_written(tmp_path, moment):
    """While the cells run, and as soon as the first kernel is being started."""
    (tmp_path / "books").mkdir()
    cell = "import os, pathlib, time\npathlib.Path(f'{os.getpid()}.pid').touch()\ntime.sleep(300)"
    for name in "abc":
        notebook(tmp_path / "books" / f"{name}.ipynb", cell)
    command = [sys.executable, "-m", "dxkit", "run", str(tmp_path / "books"), "--jobs", "2", "--out", "out"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        if moment == "started":
            while "cell 2" not in (line := child.stdout.readline()):
                assert line
            time.sleep(0.5)
        else:
            while not psutil.Process(child.pid).children():
                time.sleep(0.05)
        start = time.monotonic()
        child.send_signal(signal.SIGINT)
        _, told = child.communicate(timeout=60)
    assert time.monotonic() - start < 5
    assert (child.returncode, told) == (130, "stopped; the files written so far are complete\n")
    assert not (tmp_path / "out").exists()
    started = [int(path.stem) for path in (tmp_path / "books").glob("*.pid")]
    assert len(started) == 2 or moment == "waiting"
    for pid in started:
        assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("jobs", ["0", "-2"])
def test_fewer_than_one_at_a_time_is_refused(tmp_path, capsys, jobs, snapshot):
    notebook(tmp_path / "q.ipynb", "1")
    assert main(["run", str(tmp_path), "--jobs", jobs]) == 1
    assert capsys.readouterr().err == snapshot


def test_the_processors_are_those_that_this_process_may_use(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.setattr(kernels, "CGROUP", tmp_path / "cpu.max")
    assert kernels.processors() == 8
    for text, found in (("max 100000", 8), ("250000 100000", 2), ("20000 100000", 1), ("1600000 100000", 8)):
        (tmp_path / "cpu.max").write_text(text)
        assert kernels.processors() == found
