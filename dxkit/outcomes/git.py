"""Deployments and changes out of plain git, because that is what people have."""

from __future__ import annotations

import os
import subprocess
from fnmatch import fnmatchcase
from pathlib import Path

import pandas as pd

from dxkit.files.errors import DataError

_SECONDS = 120


def deployments_from_git(
    path: str | os.PathLike, pattern: str = "*", branch: str | None = None, service: str | None = None
) -> pd.DataFrame:
    """One deployment for each tag, or for each merge into a branch.

    Parameters
    ----------
    path : path
        Of a clone.
    pattern : str
        Which tags count, or which merges by their subject, with * and ?.
    branch : str, optional
        Count the merges into this branch instead of tags.
    service : str, optional
        What to call it; by default the name of the folder.

    Returns
    -------
    DataFrame
        deployment, service, time: for `dora`. A tag is not always a deployment, so say in the report what was counted.

    Raises
    ------
    DataError
        No git, no clone, no such branch, nothing that matches, or merges of a clone whose history is cut (shallow).

    Examples
    --------
    >>> deployments_from_git("/nowhere")
    Traceback (most recent call last):
    dxkit.files.errors.DataError: /nowhere: there is no such folder
    """
    if branch is None:
        lines = _git(path, "for-each-ref", "refs/tags", "--format=%(refname:strip=2)%09%(creatordate:iso-strict)")
        found = [line.rsplit("\t", 1) for line in lines]
        found = [(name, time) for name, time in found if time and fnmatchcase(name, pattern)]
    else:
        _whole(path)
        lines = _git(path, "log", "--first-parent", "--merges", "--format=%H%x09%cI%x09%s", _safe(branch), "--")
        parts = [line.split("\t", 2) for line in lines]
        found = [(name, time) for name, time, subject in parts if fnmatchcase(subject, pattern)]
    if not found:
        what = "tag" if branch is None else f"merge into {branch}"
        raise DataError(f"{path}: no {what} matches '{pattern}'; there are {len(lines)}")
    frame = pd.DataFrame(found, columns=["deployment", "time"])
    frame["time"] = pd.to_datetime(frame["time"], utc=True)
    frame.insert(1, "service", service or Path(path).resolve().name)
    return frame.sort_values("time", kind="stable", ignore_index=True)


def changes_from_git(path: str | os.PathLike, deployments: pd.DataFrame) -> pd.DataFrame:
    """The commits that each of these deployments brought, and those that none has brought yet.

    Parameters
    ----------
    path : path
    deployments : DataFrame
        Of `deployments_from_git`.

    Returns
    -------
    DataFrame
        change, service, committed (when it was written), deployment (empty: none yet): for `dora`. Merges are left out.

    Examples
    --------
    >>> changes_from_git("/nowhere", pd.DataFrame({"deployment": ["v1"], "service": "shop"}))
    Traceback (most recent call last):
    dxkit.files.errors.DataError: /nowhere: there is no such folder
    """
    _whole(path)
    rows, seen = [], []
    for name in [*deployments["deployment"], ""]:
        ends = [f"^{_safe(each)}" for each in seen[-1:]]
        lines = _git(path, "log", "--no-merges", "--format=%H%x09%aI", _safe(name) if name else "HEAD", *ends, "--")
        rows += [(*line.split("\t"), name) for line in lines]
        seen.append(name)
    frame = pd.DataFrame(rows, columns=["change", "committed", "deployment"]).drop_duplicates("change")
    frame["committed"] = pd.to_datetime(frame["committed"], utc=True)
    frame.insert(1, "service", deployments["service"].iloc[0] if len(deployments) else "")
    return frame.reset_index(drop=True)


def _safe(name: str) -> str:
    if name.startswith("-"):
        raise DataError(f"'{name}' is no name of a branch or tag")
    return name


def _whole(path: str | os.PathLike) -> None:
    if _git(path, "rev-parse", "--is-shallow-repository") == ["true"]:
        raise DataError(f"{path}: the history of this clone is cut (shallow); run git fetch --unshallow first")


def _git(path: str | os.PathLike, *words: str) -> list[str]:
    if not Path(path).is_dir():
        raise DataError(f"{path}: there is no such folder")
    try:
        done = subprocess.run(
            ["git", "-C", str(path), *words],
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise DataError("git is not installed; install it, or give the deployments as a table") from None
    except subprocess.TimeoutExpired:
        raise DataError(f"{path}: git did not answer within {_SECONDS} s") from None
    if done.returncode:
        why = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise DataError(f"{path}: git says {why[0][:160] if why else 'no'}")
    return done.stdout.decode("utf-8", "replace").removesuffix("\n").split("\n") if done.stdout else []
