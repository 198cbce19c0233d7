"""`dxkit attack`: what an outsider who reads all pages and workbooks of a folder finds out about few people.

It shares no code with what hides figures. See docs/methods/anonymity.md, "From outside"."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.files.errors import DataError
from dxkit.files.opening import open_file
from dxkit.project.attack.figures_shown import figures_of
from dxkit.project.attack.published import Contents, Finding, heading, read
from dxkit.project.attack.said import IDS, said
from dxkit.project.attack.worked_out import Figures, worked_out


def attack(
    folder: str | Path, people: str | Path | None = None, *, min_group: int = 5, say: Callable[[str], None] = print
) -> int:
    """Read every page (.html) and workbook (.xlsx) under a folder as an outsider does, and print what they give away.

    Parameters
    ----------
    folder : path
        The folder; saved tallies in it are looked into as well.
    people : path, optional
        Who works there: a row per person, with attributes such as team. Columns that tell people apart are ids, which
        must be in no file.
    min_group : int
        Sets of fewer people are looked for.
    say : function
        Called with each line.

    Returns
    -------
    int
        0: nobody was found; 1: somebody; 2: nothing could be read.
    """
    place, least = Path(folder), options.whole("min_group", min_group, 2, 1_000)
    if not place.is_dir():
        raise DataError(f"{folder}: there is no such folder")
    contents, told, findings = Contents(), [], []
    unread: list[str] = []
    for path in sorted(each for each in place.rglob("*") if each.is_file()):
        name, kind = path.relative_to(place).as_posix(), path.suffix.casefold()
        try:
            if kind in (".html", ".htm", ".xlsx"):
                contents.add(read(path, name))
            elif (small := _small_cells(path, least)) is not None:
                findings += [Finding(file=name, where="a saved tally", who=who, how=how) for who, how in small]
            else:
                unread.append(name)
                continue
            told.append(name)
        except (ValueError, OSError) as error:
            unread.append(f"{name} ({error})")
    known, ids = _people(people)
    every = [figure for table in contents.tables for figure in figures_of(table, known)]
    figures = Figures(every, contents.tables, known)
    findings += [*worked_out(figures, least), *said(contents, ids, figures.attributes, least)]
    findings = list(dict.fromkeys(findings))
    for finding in findings:
        say(str(finding))
    for line in (*_read(told, contents, figures, least), *_not_read(unread, contents, figures)):
        say(line)
    if not told:
        return 2
    say("nobody was found" if not findings else "1 finding" if len(findings) == 1 else f"{len(findings)} findings")
    return 1 if findings else 0


def _read(told: Sequence[str], contents: Contents, figures: Figures, least: int) -> Iterator[str]:
    """What was read and looked for, in words that need no knowledge of the program."""
    yield f"read {len(told)} files: {', '.join(told[:8])}{' ...' if len(told) > 8 else ''}"
    of_groups = len({(each.file, each.where) for each in figures.shown})
    comments = sum(bool(table.cells("comment", "comments")) for table in contents.tables)
    others = len(contents.tables) - of_groups - comments
    yield f"tables: {of_groups} with figures of people's answers, {comments} of comments, {others} of other things"
    if figures.shown:
        questions = len({each.question for each in figures.shown})
        by = list(dict.fromkeys(name for each in figures.shown for name in each.group))
        cut = f"by {', '.join(by)}" if by else "of everybody"
        yield f"figures: {len(figures.shown)} on {questions} questions, {cut}; all files were put together"
    yield f"looked for: fewer than {least} people by adding and subtracting, and in {len(contents.texts)} texts"


def _not_read(unread: Sequence[str], contents: Contents, figures: Figures) -> Iterator[str]:
    """What the result does not rest on."""
    if unread:
        kinds = Counter(name if "(" in name else Path(name).suffix or "without an ending" for name in unread)
        yield f"not read: {', '.join(f'{count} {kind}' for kind, count in kinds.items())}"
    if contents.pictures:
        yield f"not read: {contents.pictures} pictures on pages and in workbooks, only what is said of them"
    if figures.not_counts:
        yield (
            f"not subtracted: {figures.not_counts} figures of dimensions, whose questions are not shown by the same "
            "groups; their n does not count people"
        )


def _people(source: str | Path | None) -> tuple[pd.DataFrame | None, list[str]]:
    """Who works there by attribute, and texts that are a person's own."""
    if source is None:
        return None, []
    grid = open_file(source).choose()
    frame = pd.DataFrame(grid.cells[1:], columns=[heading(name) for name in grid.cells[0]])
    own = [name for name in frame if name != "n" and (name in IDS or len(set(frame[name])) == len(frame) > 7)]
    ids = [text for name in own for text in frame[name] if len(text) > 2]
    return frame.drop(columns=own), ids


def _small_cells(path: Path, least: int) -> list[tuple[str, str]] | None:
    """Groups below the minimum in a saved tally, and what its groups leave over; None where the file is none."""
    import io
    import zipfile

    with path.open("rb") as stream:
        if stream.read(2) != b"PK":
            return None
    with zipfile.ZipFile(path) as packed:
        names = [name.removesuffix(".npy") for name in packed.namelist() if name.endswith(".npy")]
        if "facts" not in names:
            return None
        if sum(member.file_size for member in packed.infolist()) > 500 * 2**20:
            raise ValueError("unpacked it is larger than 500 MiB")
        counts = {}
        for name in names:
            if name.split()[-1] in ("people", "n", "responded", "pairs", "counts", "sums"):
                told = _people_counted(name, np.load(io.BytesIO(packed.read(f"{name}.npy")), allow_pickle=False))
                counts |= {} if told is None else {name: told}
    found = []
    for name, told in counts.items():
        if few := int(((told > 0) & (told < least)).sum()):
            groups = "1 group" if few == 1 else f"{few} groups"
            found.append((f"{groups} of fewer than {least} people", f"'{name}' holds their counts"))
        whole = counts.get(re.sub(r"^cut [1-9]\d*", "cut 0", name))
        if whole is not None and whole is not told and len(whole) == 1 and whole.shape[1:] == told.shape[1:]:
            left = whole[0] - told.sum(axis=0)
            if ((left > 0) & (left < least)).any():
                found.append((f"fewer than {least} people", f"'{name}' leaves them over of everybody"))
    return found


def _people_counted(name: str, array: np.ndarray) -> np.ndarray | None:
    """How many people or answers an array of a tally counts; the last three of `counts` are no answers."""
    kind = name.split()[-1]
    if kind == "counts":
        return array[:, :, :-3].sum(axis=2) if array.ndim == 3 else None
    if kind == "sums":
        return array[:, :, 0] if array.ndim == 3 else None
    return array
