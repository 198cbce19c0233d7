"""Deployments and changes out of plain git, because that is what people have. Nothing of the clone's own settings runs.

See docs/methods/delivery.md, "Git"."""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import pandas as pd

from dxkit.files.errors import DataError, and_more
from dxkit.files.frames import as_frame
from dxkit.files.options import choice, instance

_SECONDS = 120
_WORDS = ("rc", "alpha", "beta", "dev", "pre", "preview", "prerelease", "snapshot", "nightly", "milestone", "canary")
# a word of its own: after a digit or a sign, or at the begin, and before anything but a letter (not `search`, `prefix`)
PRE_RELEASES = (
    *(f"{before}{word}{after}" for word in _WORDS for before in ("", "*[!a-z]") for after in ("", "[!a-z]*")),
    "*[0-9][ab][0-9]*",
    "*[0-9][!a-z0-9]m[0-9]*",
)
_SETTINGS = ("core.fsmonitor=false", "core.hooksPath=/dev/null", "log.showSignature=false")
_CLOSED = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "LC_ALL": "C",
}
_FIELDS = ("refname:strip=2", "objecttype", "objectname", "*objecttype", "*objectname", "creatordate:iso-strict")
_DEPLOYMENT = ("deployment", "time", "sha")
_LACKING = re.compile("promisor|lazy fetch|missing (blob|tree|commit)|not allowed|bad object|bad tree|Could not read")
_NEVER = pd.Timestamp("2200-01-01", tz="UTC")  # what a clock that was wrong, or a joke, may say
_SHA = re.compile(r"[0-9a-f]{40,64}")


def deployments_from_git(
    path: str | os.PathLike[str],
    tags: str = "*",
    *,
    exclude: Sequence[str] = (),
    pre_releases: bool = False,
    branch: str | None = None,
    each: str = "merge",
    subject: str = "*",
    paths: Sequence[str] | None = None,
    service: str | None = None,
) -> pd.DataFrame:
    """Which deployments does the git history record? One for each tag, or for each merge or commit of a branch.

    See docs/methods/delivery.md, "Git".

    Parameters
    ----------
    path : path
        The folder of a clone.
    tags : str
        Which tags count, with * and ?.
    exclude : sequence of str
        Which of these do not, besides pre-releases: patterns in any case.
    pre_releases : bool
        True to count release candidates and other pre-releases too; those that `tags` itself names always count.
    branch : str, optional
        The branch whose merges or commits count; None counts tags.
    each : str
        What counts of the branch: merge, or commit (every commit of its main line, for squash merges and trunk).
    subject : str
        Which merges or commits count by their subject, with * and ?.
    paths : list of str, optional
        Count only those of the branch that touch these files or folders.
    service : str, optional
        What to call the service; None for the name of the folder.

    Returns
    -------
    DataFrame
        deployment, service, time, sha: for `dora`. A commit is one deployment: of its tags the earliest, then the
        longest name; `.attrs["also"]` has the others. `.attrs["left_out"]` counts the tags that are pre-releases,
        excluded or on the same commit, and commits of the branch that are not merges. `.attrs["forms"]` counts tags by
        the form of their names. A tag is not always a deployment, so say in the report what was counted.

    Raises
    ------
    DataError
        No git, no clone, no such branch, nothing that matches, or a clone that lacks part of its history or objects.

    Examples
    --------
    >>> deployments_from_git("/nowhere")
    Traceback (most recent call last):
    dxkit.files.errors.DataError: /nowhere: there is no such folder
    """
    for name, value in (("tags", tags), ("subject", subject)):
        instance(name, value, str, "a pattern with * and ?, such as 'v*'")
    for name, value in (("branch", branch), ("service", service)):
        instance(name, value, (str, type(None)), "a name, or None")
    each = choice("each", each, ("merge", "commit"))
    patterns, folders = _texts("exclude", exclude), _texts("paths", () if paths is None else paths)
    if branch is None:
        if folders:
            raise DataError("paths= goes with branch=; for tags give it to changes_from_git")
        frame = _tagged(path, tags, patterns, instance("pre_releases", pre_releases, bool, "True or False"))
    else:
        frame = _merged(path, branch, each, subject, folders)
    frame.insert(1, "service", service or Path(path).resolve().name)
    return frame.sort_values("time", kind="stable", ignore_index=True)


def _dated(rows: list[list[str]], columns: Sequence[str], column: str, left_out: Mapping[str, int]) -> pd.DataFrame:
    """The rows with times in place of texts; those of a year that cannot be are left out, and counted."""
    frame = pd.DataFrame(rows, columns=list(columns))
    times = pd.to_datetime(frame[column], utc=True, format="ISO8601", errors="coerce")
    possible = times < _NEVER
    dated = frame[possible].assign(**{column: times[possible]}).reset_index(drop=True)
    dated.attrs["left_out"] = {**left_out, "with a date that cannot be": int((~possible).sum())}
    return dated


def _tagged(
    path: str | os.PathLike[str], tags: str, exclude: Sequence[str], pre_releases: bool = False
) -> pd.DataFrame:
    """Name, time and commit of each tag that counts; and how many do not, by reason, in its `.attrs`."""
    lines = _git(path, "for-each-ref", "refs/tags", f"--format={'%00'.join(f'%({field})' for field in _FIELDS)}")
    known = [line.split("\0") for line in lines]
    wanted = tags.casefold()
    usual = [] if pre_releases else PRE_RELEASES
    usual = [pattern for pattern in usual if not _word_of(pattern) or _word_of(pattern) not in wanted]
    given = [pattern.casefold() for pattern in exclude]
    rows, before, named = [], 0, 0
    for name, kind, sha, peeled_kind, peeled, time in known:
        commit = peeled if peeled_kind == "commit" else sha if kind == "commit" else ""
        if not commit or not time or not fnmatchcase(name, tags):
            continue
        if any(fnmatchcase(name.casefold(), pattern) for pattern in given):
            named += 1
        elif any(fnmatchcase(name.casefold(), pattern) for pattern in usual):
            before += 1
        else:
            rows.append([name, time, commit])
    if not known:
        raise DataError(f"{path}: there is no tag; name branch='main', and each='commit' if changes are squashed")
    if not rows:
        left = f", {before} of them pre-releases (name pre_releases=True)" if before else ""
        left += f", {named} left out by exclude=" if named else ""
        raise DataError(f"{path}: no tag matches '{tags}', of {len(known)} in all{left}")
    frame = _dated(rows, _DEPLOYMENT, "time", {"pre-releases": before, "tags that exclude= names": named})
    order = frame.assign(length=-frame["deployment"].str.len()).sort_values(["time", "length", "deployment"]).index
    kept = frame.loc[order].drop_duplicates("sha").sort_index()
    kept.attrs["left_out"] = frame.attrs["left_out"] | {"tags of the same commit": len(frame) - len(kept)}
    others = frame.loc[~frame.index.isin(kept.index)].groupby("sha", sort=False)["deployment"].agg(list)
    kept.attrs["also"] = {
        name: others[sha] for name, sha in zip(kept["deployment"], kept["sha"], strict=True) if sha in others
    }
    kept.attrs["forms"] = dict(Counter(re.sub(r"\d+", "9", name) for name in kept["deployment"]).most_common())
    return kept


def _word_of(pattern: str) -> str:
    """The letters of a pattern: what it is about."""
    return "".join(re.findall(r"[a-z]+", re.sub(r"\[[^]]*\]", "", pattern)))


def _merged(path: str | os.PathLike[str], branch: str, each: str, subject: str, paths: Sequence[str]) -> pd.DataFrame:
    """Commit, time and commit again of each merge or commit of a branch's main line; and how many are no merges."""
    _check_whole(path)
    tip = _commit_of(path, branch)
    line = len(_git(path, "rev-list", "--first-parent", tip))
    kind = ["--merges"] if each == "merge" else []
    found = _log(path, "%cI%x09%s", ["--first-parent", *kind, tip], paths)
    rows = [(sha, *text.split("\t", 1)) for sha, text in found]
    kept = [[sha, time, sha] for sha, time, line in rows if fnmatchcase(line, subject)]
    if not rows and each == "merge":
        advice = "if pull requests are squashed, use each='commit'"
        raise DataError(f"{path}: no merge into {branch} in {line} commits; {advice}")
    if not kept:
        raise DataError(f"{path}: no {each} of {branch} matches '{subject}', of {len(rows)} in all")
    plain = line - len(rows) if each == "merge" and not paths else 0
    return _dated(kept, _DEPLOYMENT, "time", {f"commits of {branch} that are not merges": plain})


def changes_from_git(
    path: str | os.PathLike[str], deployments: pd.DataFrame, *, paths: Sequence[str] | None = None
) -> pd.DataFrame:
    """Which commits did each deployment bring, and which has none brought yet?

    See docs/methods/delivery.md, "Git".

    Parameters
    ----------
    path : path
        The folder of a clone.
    deployments : DataFrame
        The deployments, from `deployments_from_git`.
    paths : list of str, optional
        Count only commits that touch these files or folders, such as the folder of one package.

    Returns
    -------
    DataFrame
        change, service, committed (when it was written), deployment (empty: none yet): for `dora`. Merges are left
        out, and so are commits of the first deployment, of which nothing says when they first ran:
        `.attrs["history"]` counts them, `.attrs["left_out"]` those with a date that cannot be.

    Raises
    ------
    DataError
        A clone that lacks part of its history or objects, or deployments that it does not know.

    Examples
    --------
    >>> changes_from_git("/nowhere", pd.DataFrame({"deployment": ["v1"], "service": "shop", "time": "2026-01-05"}))
    Traceback (most recent call last):
    dxkit.files.errors.DataError: /nowhere: there is no such folder
    """
    _check_whole(path)
    deployments = as_frame(deployments)
    instance("deployments", deployments, pd.DataFrame, "the deployments, from deployments_from_git")
    for column in ("deployment", "service", "time"):
        if column not in deployments.columns:
            raise DataError(f"deployments has no column '{column}'; give those from deployments_from_git")
    made = deployments.assign(time=pd.to_datetime(deployments["time"], utc=True)).sort_values("time", kind="stable")
    shas = list(made["sha"]) if "sha" in made else [_commit_of(path, str(name)) for name in made["deployment"]]
    for sha in shas:
        if not _SHA.fullmatch(str(sha)):
            raise DataError(f"deployments: '{str(sha)[:40]}' in column sha is not the name of a commit")
    head = _commit_of(path, "HEAD")
    folders = _texts("paths", () if paths is None else paths)
    ends = [*dict.fromkeys(shas), head]
    history = _log(path, "%aI%x09%P", ["--stdin"], (), feed=ends)
    commits = {sha: text.split("\t", 1) for sha, text in history}
    parents = {sha: rest.split() for sha, (_, rest) in commits.items()}
    touched = None
    if folders:
        touched = {sha for sha, _ in _log(path, "%H", ["--full-history", "--stdin"], folders, feed=ends)}
    rows: list[list[str]] = []
    first = 0
    for service in dict.fromkeys(made["service"]):
        seen: set[str] = set()
        own = [
            (name, sha)
            for name, sha, of in zip(made["deployment"], shas, made["service"], strict=True)
            if of == service
        ]
        for place, (name, sha) in enumerate([*own, ("", head)]):
            brought = [one for one in _reached(sha, parents, seen) if len(parents[one]) < 2]
            brought = brought if touched is None else [one for one in brought if one in touched]
            if place == 0 and name:
                first += len(brought)
            else:
                rows += [[one, service, commits[one][0], name] for one in brought]
    frame = _dated(rows, ("change", "service", "committed", "deployment"), "committed", {})
    frame.attrs["history"] = first
    return frame


def _reached(sha: str, parents: dict[str, list[str]], seen: set[str]) -> list[str]:
    """Commits that can be reached from one and are not seen yet, which are then seen."""
    found, ahead = [], deque([sha])
    while ahead:
        one = ahead.popleft()
        if one not in seen and one in parents:
            seen.add(one)
            found.append(one)
            ahead.extend(parents[one])
    return found


def _log(
    path: str | os.PathLike[str], fields: str, words: Sequence[str], paths: Sequence[str], feed: Iterable[str] = ()
) -> list[tuple[str, str]]:
    """Each commit with the text of these fields. A line `commit ...` is before each, which no field can imitate."""
    behind = ["--", *paths] if paths else []
    lines = _git(path, "rev-list", "--encoding=UTF-8", f"--format=%x01{fields}", *words, *behind, feed=feed)
    shas = [line.removeprefix("commit ").lstrip("-<>=") for line in lines if line.startswith("commit ")]
    texts = [line.removeprefix("\1") for line in lines if line.startswith("\1")]
    return list(zip(shas, texts, strict=True))


def _texts(name: str, values: Sequence[str]) -> tuple[str, ...]:
    texts = (values,) if isinstance(values, str) else values
    if not isinstance(texts, Sequence) or not all(isinstance(text, str) and text for text in texts):
        raise DataError(f"{name}={values!r}: give a list of texts")
    if hyphens := [text for text in texts if text.startswith("-")]:
        raise DataError(f"{name}: '{and_more(hyphens, 1)}' starts with a hyphen; write it as ./{hyphens[0]}")
    return tuple(texts)


def _commit_of(path: str | os.PathLike[str], name: str) -> str:
    """The commit that a branch or tag names."""
    if name.startswith("-"):
        raise DataError(f"'{name}' cannot be a branch or tag; its name starts with a hyphen")
    for place in (f"refs/heads/{name}", f"refs/tags/{name}", f"refs/remotes/origin/{name}", name):
        found = _git(path, "rev-parse", "--verify", "--quiet", f"{place}^{{commit}}", fails=True)
        if found:
            return found[0]
    raise DataError(f"{path}: there is no branch, tag or commit '{name}'")


def _check_whole(path: str | os.PathLike[str]) -> None:
    if _git(path, "rev-parse", "--is-shallow-repository") == ["true"]:
        raise DataError(f"{path}: the history of this clone is cut (shallow); run git fetch --unshallow first")


def _git(path: str | os.PathLike[str], *words: str, feed: Iterable[str] = (), fails: bool = False) -> list[str]:
    """What git prints, by line; its own settings stay, those of the clone that run a program do not."""
    instance("path", path, (str, os.PathLike), "the folder of a clone")
    if not Path(path).is_dir():
        raise DataError(f"{path}: there is no such folder")
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    command = ["git", "--no-pager", *settings, "-C", str(Path(path).absolute()), *words]
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | _CLOSED
    given = "".join(f"{line}\n" for line in feed).encode()
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, input=given, env=env)
    except FileNotFoundError:
        raise DataError("git is not installed; install it, or give the deployments as a table") from None
    except subprocess.TimeoutExpired:
        raise DataError(f"{path}: git did not answer within {_SECONDS} s") from None
    if done.returncode and not (fails and done.returncode == 1 and not done.stderr):
        why = done.stderr.decode("utf-8", "replace").strip().splitlines()
        if any(map(_LACKING.search, why)):
            raise DataError(f"{path}: the clone lacks objects (a partial clone); fetch them yourself first")
        raise DataError(f"{path}: git says {why[0][:160] if why else 'nothing, but failed'}")
    return done.stdout.decode("utf-8", "replace").removesuffix("\n").split("\n") if done.stdout else []
