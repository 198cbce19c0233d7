"""What dxkit, and plain pandas, make of a file of the corpus: run apart, with a limit on time and memory."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
from pathlib import Path

import pandas as pd

import dxkit as dx
from tests.hostile.corpus import KINDS

SECONDS = 10
MOST_MEMORY = 500 * 2**20
CODEBOOK = pd.DataFrame(
    [
        ["code", "Your code", "id", ""],
        ["team", "Your team", "segment", ""],
        ["builds", "Builds are fast", "rating", "agreement5"],
        ["hours", "Hours lost to builds", "hours", "hours"],
        ["else", "What else?", "comment", ""],
    ],
    columns=["item", "text", "kind", "scale"],
)


def by_dxkit(kind: str, path: Path):
    """What was read, as plain values, and every note beside it."""
    if kind == "answers":
        survey = dx.read_survey(path, CODEBOOK)
        rows = sorted(
            zip(
                survey.segments["team"], *(survey.answers[item].fillna(-1) for item in ("builds", "hours")), strict=True
            )
        )
        return rows, [*survey.notes, *survey.cleaning["what"]]
    if kind == "roster":
        from dxkit.survey.reading.roster import read_roster

        roster = read_roster(path, ["team", "site"])
        return sorted(map(tuple, roster.table.astype(str).to_numpy().tolist())), list(roster.notes)
    if kind == "costs":
        dossier = dx.read_dossier(path.parent if path.suffix == ".csv" and path.stem == "costs" else path)
        return [(line.vendor, line.line, line.timing, line.amount.mean) for line in dossier.costs], list(dossier.notes)
    found = dx.dora(path, as_of="2026-12-31")
    table = found.table.query("metric == 'deployment frequency'")
    return list(zip(table["period"], table["n"], strict=True)), list(found.notes)


def by_pandas(kind: str, path: Path):
    """What a careful person gets in a line of pandas."""
    frame = pd.read_excel(path) if path.suffix in (".xlsx", ".ods", ".xlsb") else pd.read_csv(path)
    head = KINDS[kind].rows[0]
    frame = frame[[name for name in head if name != "What else?"]]
    if kind == "deployments":
        frame = frame.assign(time=pd.to_datetime(frame["time"], utc=True))
    else:
        frame = frame.assign(**{head[KINDS[kind].number]: frame[head[KINDS[kind].number]].astype(float)})
    return sorted(map(str, frame.to_numpy().tolist())), []


def apart(reader, kind: str, path: Path, seconds: int = SECONDS) -> tuple[str, object, list[str], float]:
    """The outcome (read, fault, raised, hung), what was read or said, the notes, and the memory taken (bytes)."""
    here, there = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=_child, args=(reader, kind, path, seconds, there))
    child.start()
    there.close()
    try:
        answer = here.recv() if here.poll(seconds + 2) else ("hung", "", [], 0.0)
    except EOFError:  # killed, for time or want of memory
        answer = ("hung", "", [], 0.0)
    child.kill()
    child.join()
    return answer


def _child(reader, kind: str, path: Path, seconds: int, pipe) -> None:
    signal.alarm(seconds)
    os.chdir(path.parent)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        found, notes = reader(kind, path)
        answer = ["read", found, notes]
    except dx.DataError as fault:
        answer = ["fault", str(fault), []]
    except BaseException as error:
        answer = ["raised", f"{type(error).__name__}: {error}"[:300], []]
    pipe.send((*answer, 1024.0 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)))
