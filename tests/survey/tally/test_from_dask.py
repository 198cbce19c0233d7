"""A Dask frame on workers of its own gives the tally of one frame, whatever befalls a worker."""

import os
import pickle
import re
import signal
import threading
import time

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.survey.tally.entry import of_partitions
from tests.places import ROOT
from tests.survey.tally.test_tally import same

pytestmark = pytest.mark.usefixtures("nothing_hidden")

dd = pytest.importorskip("dask.dataframe")
distributed = pytest.importorskip("dask.distributed")

BOOK = dx.read_codebook(
    pd.DataFrame(
        [
            ["team", "Your team", "segment", "", "", ""],
            ["ci", "CI is fast", "rating", "agreement5", "builds", "CI"],
            ["docs", "Docs are found", "rating", "agreement7", "docs", "Docs"],
            ["lost", "Hours lost", "hours", "hours", "", "CI"],
        ],
        columns=["item", "text", "kind", "scale", "dimension", "topic"],
    )
)


def answers(n: int) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(
        {
            "team": rng.choice(["Blue", "Green", "Red"], n),
            "ci": rng.integers(1, 6, n).astype(float),
            "docs": rng.integers(1, 8, n).astype(float),
            "lost": rng.integers(0, 30, n) / 2,
        }
    )
    return frame.mask(rng.random(frame.shape) < 0.08)


APART = pytest.param(True, marks=pytest.mark.thorough, id="processes")


@pytest.fixture(scope="module", params=[pytest.param(False, id="here"), APART])
def cluster(request):
    """Two workers, in this process or in processes of their own."""
    apart = request.param
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=apart, dashboard_address=":0") as made:
        with distributed.Client(made) as client:
            yield client


@pytest.mark.thorough
def test_two_workers_give_the_tally_of_one_frame(cluster):
    frame = answers(4000)
    found = dx.tally(dd.from_pandas(frame, npartitions=20), codebook=BOOK, wave="Q3")
    same(found, dx.tally(frame, codebook=BOOK, wave="Q3"), 1e-10)
    one, two = dx.scores(found).table, dx.scores(dx.read_survey(frame, BOOK)).table
    assert one["estimate"].to_numpy() == pytest.approx(two["estimate"].to_numpy(), rel=1e-10)


def test_the_answers_stay_with_the_workers(cluster):
    frame = answers(4000)
    size = [len(pickle.dumps(dx.tally(part, codebook=BOOK))) for part in (frame.iloc[:2000], frame)]
    assert size[0] == pytest.approx(size[1], rel=0.02)


@pytest.mark.parametrize("cluster", [APART], indirect=True)  # never the process of the tests
def test_a_worker_that_is_killed_in_the_middle_changes_nothing(cluster, tmp_path):
    frame = answers(2000)

    def slowly(part):
        time.sleep(0.15)
        (tmp_path / f"{os.getpid()}-{time.monotonic_ns()}").touch()
        return part

    def kill():
        while len(list(tmp_path.iterdir())) < 6:
            time.sleep(0.02)
        killed.append(int(next(tmp_path.iterdir()).name.partition("-")[0]))
        os.kill(killed[0], signal.SIGKILL)

    killed = []
    killer = threading.Thread(target=kill)
    killer.start()
    delayed = dd.from_pandas(frame, npartitions=24).map_partitions(slowly, meta=frame.iloc[:0])
    found = dx.tally(delayed, codebook=BOOK)
    killer.join()
    workers = {int(each.name.partition("-")[0]) for each in tmp_path.iterdir()}
    assert killed[0] in workers
    assert len(workers) >= 2
    assert len(list(tmp_path.iterdir())) >= 24
    same(found, dx.tally(frame, codebook=BOOK), 1e-10)


def test_faults_of_a_partition_come_back_as_they_are(cluster):
    frame = answers(400)
    frame.loc[300, "ci"] = 6
    with pytest.raises(
        dx.DataError, match="row 1, column ci: '6' is not an answer of scale agreement5; its answers are"
    ):
        dx.tally(dd.from_pandas(frame, npartitions=4), codebook=BOOK)


def test_the_lines_of_the_page_on_large_data(cluster, tmp_path, monkeypatch):
    page = (ROOT / "docs" / "large_data.md").read_text(encoding="utf-8")
    script = re.search(r"```python\n(import dask.*?)```", page, re.DOTALL)[1]
    monkeypatch.chdir(tmp_path)
    frame = answers(900)
    (tmp_path / "answers").mkdir()
    for k in range(3):
        frame.iloc[k * 300 : (k + 1) * 300].to_parquet(tmp_path / "answers" / f"{k}.parquet")
    BOOK.items.to_csv("codebook.csv", index=False)
    left = {}
    exec(script.replace("scheduler:8786", cluster.scheduler.address), left)
    left["client"].close()
    same(left["tally"], dx.tally(frame, codebook=BOOK, wave="2026-Q3"), 1e-10)


def test_a_frame_without_a_partition_is_refused(refusal):
    class Nothing:
        def to_delayed(self):
            return []

    class Part:
        tally = staticmethod(len)

    with refusal():
        of_partitions(Nothing(), Part())
