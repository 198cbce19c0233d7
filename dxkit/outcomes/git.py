"""Deployments and changes out of plain git, because that is what people have."""

from __future__ import annotations

import os
import subprocess
from fnmatch import fnmatchcase
from pathlib import Path

import pandas as pd

from dxkit.files.errors import DataError
from dxkit.files.frames import as_frame
from dxkit.files.options import instance

_SECONDS = 120


def deployments_from_git(
    path: str | os.PathLike[str], pattern: str = "*", branch: str | None = None, service: str | None = None
) -> pd.DataFrame:
    """Which deployments does the git history record? One for each tag, or for each merge into a branch.

    Parameters
    ----------
    path : path
        The folder of a clone.
    pattern : str
        Which tags count, or which merges by their subject, with * and ?.
    branch : str, optional
        The branch whose merges count; None counts tags.
    service : str, optional
        What to call the service; None for the name of the folder.

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
    instance("pattern", pattern, str, "a pattern with * and ?, such as 'v*'")
    for name, value in (("branch", branch), ("service", service)):
        instance(name, value, (str, type(None)), "a name, or None")
    if branch is None:
        lines = _git(path, "for-each-ref", "refs/tags", "--format=%(refname:strip=2)%09%(creatordate:iso-strict)")
        parts = [line.rsplit("\t", 1) for line in lines]
        rows = [(name, time) for name, time in parts if time and fnmatchcase(name, pattern)]
    else:
        _check_whole(path)
        lines = _git(path, "log", "--first-parent", "--merges", "--format=%H%x09%cI%x09%s", _safe(branch), "--")
        parts = [line.split("\t", 2) for line in lines]
        rows = [(name, time) for name, time, subject in parts if fnmatchcase(subject, pattern)]
    if not rows:
        what = "tag" if branch is None else f"merge into {branch}"
        raise DataError(f"{path}: no {what} matches '{pattern}', of {len(lines)} in all")
    frame = pd.DataFrame(rows, columns=["deployment", "time"])
    frame["time"] = pd.to_datetime(frame["time"], utc=True)
    frame.insert(1, "service", service or Path(path).resolve().name)
    return frame.sort_values("time", kind="stable", ignore_index=True)


def changes_from_git(path: str | os.PathLike[str], deployments: pd.DataFrame) -> pd.DataFrame:
    """Which commits did each deployment bring, and which has none brought yet?

    Parameters
    ----------
    path : path
        The folder of a clone.
    deployments : DataFrame
        The deployments, from `deployments_from_git`.

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
    _check_whole(path)
    deployments = as_frame(deployments)
    instance("deployments", deployments, pd.DataFrame, "the deployments, from deployments_from_git")
    if missing := {"deployment", "service"} - set(deployments.columns):
        raise DataError(f"deployments has no column '{min(missing)}'; give those from deployments_from_git")
    rows: list[tuple[str, ...]] = []
    earlier: list[str] = []
    for name in [*deployments["deployment"], ""]:
        ends = [f"^{_safe(each)}" for each in earlier[-1:]]
        lines = _git(path, "log", "--no-merges", "--format=%H%x09%aI", _safe(name) if name else "HEAD", *ends, "--")
        rows += [(*line.split("\t"), name) for line in lines]
        earlier.append(name)
    frame = pd.DataFrame(rows, columns=["change", "committed", "deployment"]).drop_duplicates("change")
    frame["committed"] = pd.to_datetime(frame["committed"], utc=True)
    frame.insert(1, "service", deployments["service"].iloc[0] if len(deployments) else "")
    return frame.reset_index(drop=True)


def _safe(name: str) -> str:
    if name.startswith("-"):
        raise DataError(f"'{name}' cannot be a branch or tag; its name starts with a hyphen")
    return name


def _check_whole(path: str | os.PathLike[str]) -> None:
    if _git(path, "rev-parse", "--is-shallow-repository") == ["true"]:
        raise DataError(f"{path}: the history of this clone is cut (shallow); run git fetch --unshallow first")


def _git(path: str | os.PathLike[str], *words: str) -> list[str]:
    instance("path", path, (str, os.PathLike), "the folder of a clone")
    if not Path(path).is_dir():
        raise DataError(f"{path}: there is no such folder")
    try:
        command = ["git", "-C", str(path), *words]
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, stdin=subprocess.DEVNULL)
    except FileNotFoundError:
        raise DataError("git is not installed; install it, or give the deployments as a table") from None
    except subprocess.TimeoutExpired:
        raise DataError(f"{path}: git did not answer within {_SECONDS} s") from None
    if done.returncode:
        why = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise DataError(f"{path}: git says {why[0][:160] if why else 'nothing, but failed'}")
    return done.stdout.decode("utf-8", "replace").removesuffix("\n").split("\n") if done.stdout else []
