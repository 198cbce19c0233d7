"""`dxkit attack`: what an outsider who reads all pages and workbooks of a folder finds out about few people.

It shares no code with what hides figures. See docs/methods/anonymity.md, "From outside"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.files.errors import DataError
from dxkit.files.opening import open_file
from dxkit.project.figures_shown import Shown, figures_of, of_waves
from dxkit.project.published import Contents, Seen, heading, read
from dxkit.survey.privacy.audit_tables import audit_tables

_FEWEST_WRITERS = 5
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4}
_WHO = r"(?:people|persons?|respondents?|developers?|engineers?|employees?|colleagues?|members?|writers?|answers?)"
_COUNTED = re.compile(
    rf"(?<![\d.,])(?:(?P<number>\d+|\b(?:{'|'.join(_NUMBERS)}))\s+(?:\w+\s+)?{_WHO}|\bn\s*=\s*(?P<n>\d+))\b(?! each\b)",
    re.IGNORECASE,
)
_NO_COUNT = re.compile(r"(than|least|most|under|below|from|to|every|each|minimum|between|if|per)\s*$", re.IGNORECASE)
_IDS = {"id", "ids", "person", "respondent", "respondent id", "email", "e-mail", "mail", "employee", "user", "token"}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Somebody about whom the files tell: in which, who, and how."""

    file: str
    where: str
    who: str
    how: str

    def __str__(self) -> str:
        return f"{self.file}, {self.where}: {self.who}; {self.how}"


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
    shown = of_waves([figure for table in contents.tables for figure in figures_of(table, known)])
    findings += _worked_out(shown, known, least)
    findings += _two_counts(shown, least)
    findings += _dimensions(shown, contents.tables, least)
    findings += _comments(contents.tables)
    findings += _said(contents, ids, least)
    findings += _columns_of_ids(contents.tables)
    findings += _named_though_hidden(contents)
    findings = list(dict.fromkeys(findings))
    for finding in findings:
        say(str(finding))
    say(_summary(told, unread, contents, shown))
    if not told:
        return 2
    say("nobody was found" if not findings else "1 finding" if len(findings) == 1 else f"{len(findings)} findings")
    return 1 if findings else 0


def _summary(told: Sequence[str], unread: Sequence[str], contents: Contents, shown: Sequence[Shown]) -> str:
    tables = len({(each.file, each.where) for each in shown})
    files = f"read {len(told)} files: {', '.join(told[:8])}{' ...' if len(told) > 8 else ''}"
    lines = [f"{files}; {len(contents.tables)} tables, {tables} with figures of groups, {len(shown)} figures"]
    if unread:
        kinds = Counter(name if "(" in name else Path(name).suffix or "without an ending" for name in unread)
        lines.append(f"not read: {', '.join(f'{count} {kind}' for kind, count in kinds.items())}")
    if contents.pictures:
        lines.append(f"{contents.pictures} pictures: only what is said of them was read")
    return "\n".join(lines)


def _some(number: float) -> str:
    return "1 person" if number == 1 else f"{number:g} people"


def _people(source: str | Path | None) -> tuple[pd.DataFrame | None, list[str]]:
    """Who works there by attribute, and texts that are a person's own."""
    if source is None:
        return None, []
    grid = open_file(source).choose()
    frame = pd.DataFrame(grid.cells[1:], columns=[heading(name) for name in grid.cells[0]])
    own = [name for name in frame if name != "n" and (name in _IDS or len(set(frame[name])) == len(frame) > 7)]
    ids = [text for name in own for text in frame[name] if len(text) > 2]
    return frame.drop(columns=own), ids


def _worked_out(shown: Sequence[Shown], known: pd.DataFrame | None, least: int) -> Iterator[Finding]:
    """Joins all tables and audits them, question by question."""
    attributes = list(dict.fromkeys(name for each in shown for name in each.group))
    names = [] if known is None else [name for name in attributes if name in known]
    for scale, step in sorted({(each.scale, each.step or 0) for each in shown}):
        part = [each for each in shown if (each.scale, each.step or 0) == (scale, step)]
        inside = [each for each in part if known is not None and set(each.group) <= set(names)]
        others = [each for each in part if each not in inside]
        for figures, people, columns in ((inside, known, names), (others, None, attributes)):
            if figures:
                yield from _audited(figures, people, columns, scale, step or None, least)


def _audited(figures: Sequence[Shown], people, columns: Sequence[str], scale, step, least: int) -> Iterator[Finding]:
    rows = [(each.question, each.n, each.value, *(each.group.get(name, "") for name in columns)) for each in figures]
    table = pd.DataFrame(rows, columns=["question", "n", "value", *columns])
    if people is not None:
        people = people[[*columns, *(["n"] if "n" in people else [])]]
    found = audit_tables(table, people, scale=scale, step=step, min_group=least).table
    places: dict[tuple[str, str], list[str]] = {}
    for each in figures:
        label = ", ".join(f"{name} {each.group[name]}" for name in columns if each.group.get(name)) or "everybody"
        places.setdefault((each.question, label), []).append(f"{each.file}, {each.where}")
    for row in found.to_dict("records"):
        if np.isnan(row["low"]):
            ends = "known, though the figures contradict each other"
        else:
            ends = f"mean from {row['low']:g} to {row['high']:g}"
        known = [
            place
            for (question, label), where in places.items()
            if question == row["question"]
            for place in where
            if label in str(row["from"])
        ]
        file, _, where = (known or ["all files, joined"])[0].partition(", ")
        more = sorted({place for place in known if place != f"{file}, {where}"})
        who = f"{_some(row['people'])} ({row['who']})"
        how = f"{row['question']}: {ends}, from {row['from']}" + (f"; with {'; '.join(more[:3])}" if more else "")
        yield Finding(file=file, where=where, who=who, how=how)


def _two_counts(shown: Sequence[Shown], least: int) -> Iterator[Finding]:
    """The same figure with a few answers more or fewer: the difference is theirs."""
    same: dict[tuple, dict[float, Shown]] = {}
    for each in shown:
        if each.value:
            same.setdefault((each.question, *sorted(each.group.items())), {}).setdefault(each.n, each)
    for by_n in same.values():
        counts = sorted(by_n)
        for fewer, more in zip(counts, counts[1:], strict=False):
            if more - fewer < least:
                one, two = by_n[fewer], by_n[more]
                label = ", ".join(one.group.values()) or "everybody"
                how = f"{one.question} of {label}: {fewer:g} answers here, {more:g} in {two.file}, {two.where}"
                yield Finding(file=one.file, where=one.where, who=f"{_some(more - fewer)} who came or left", how=how)


def _dimensions(shown: Sequence[Shown], tables: Sequence[Seen], least: int) -> Iterator[Finding]:
    """A mean over people's own means, less the means of its questions, is about those who skipped one."""
    parts: dict[str, set[str]] = {}
    for table in tables:
        pairs = zip(table.cells("dimension"), table.cells("question", "display", "label", "item"), strict=False)
        for dimension, question in pairs:
            if dimension and question:
                parts.setdefault(dimension, set()).add(question)
    by_group: dict[tuple, dict[str, Shown]] = {}
    for each in shown:
        if each.value and each.number is not None:
            by_group.setdefault(tuple(sorted(each.group.items())), {}).setdefault(each.label, each)
    for group in by_group.values():
        for dimension, questions in parts.items():
            whole, items = group.get(dimension), [group[name] for name in sorted(questions) if name in group]
            if whole is None or len(items) < len(questions) or len(items) < 2:
                continue
            skipped = sum(whole.n - each.n for each in items)
            plain = sum(each.number or 0.0 for each in items) / len(items)
            unit = whole.unit + sum(each.unit for each in items) / len(items)
            if 0 < skipped < least and abs((whole.number or 0.0) - plain) > unit:
                who = f"{_some(skipped)} who skipped a question of {dimension}"
                how = "the dimension is a mean over people, and less its questions it is about them"
                yield Finding(file=whole.file, where=whole.where, who=who, how=how)


def _comments(tables: Sequence[Seen]) -> Iterator[Finding]:
    """Comments beside anything else about their writers, in another order than the alphabet's, or of too few."""
    for table in tables:
        texts = [text for text in table.cells("comment", "comments") if text]
        if not texts:
            continue
        found = {"file": table.file, "where": table.where, "who": "writers of comments"}
        others = [name for name in table.header if name not in ("", "comment", "comments")]
        if others:
            yield Finding(**found, how=f"comments stand beside {', '.join(others[:4])}")
        if [text.casefold() for text in texts] != sorted(text.casefold() for text in texts):
            yield Finding(**found, how="comments are not in alphabetical order, which may be the order of the answers")
        if len(texts) < _FEWEST_WRITERS:
            yield Finding(**found, how=f"only {len(texts)} wrote one")


def _said(contents: Contents, ids: Sequence[str], least: int) -> Iterator[Finding]:
    """Addresses, ids, and counts of few people in any text; code and comments are not looked through for counts."""
    comments = {
        row[at] for table in contents.tables for row in table.rows if (at := table.column("comment")) is not None
    }
    own = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, ids))})(?!\w)", re.IGNORECASE) if ids else None
    for said in contents.texts:
        if mail := _MAIL.search(said.text):
            yield Finding(
                file=said.file, where=said.where, who=f"a mail address ({mail[0][:3]}...)", how="it is written out"
            )
        if own and (found := own.search(said.text)):
            yield Finding(
                file=said.file,
                where=said.where,
                who=f"an id of the people ({found[0][:3]}...)",
                how="it is written out",
            )
        for count in _COUNTED.finditer("" if said.where in ("a table", "code") or said.text in comments else said.text):
            word = (count["number"] or count["n"]).casefold()
            number = int(word) if word.isdigit() else _NUMBERS[word] if said.where != "the text" else 0
            if 0 < number < least and not _NO_COUNT.search(said.text[: count.start()]):
                at = max(0, count.start() - 30)
                how = f"the text counts them: '{said.text[at : count.end() + 30]}'"
                yield Finding(file=said.file, where=said.where, who=_some(number), how=how)


def _columns_of_ids(tables: Sequence[Seen]) -> Iterator[Finding]:
    for table in tables:
        for at, name in enumerate(table.header):
            if name in _IDS and len({row[at] for row in table.rows if row[at]}) > 1:
                yield Finding(file=table.file, where=table.where, who="people by their ids", how=f"column '{name}'")


def _named_though_hidden(contents: Contents) -> Iterator[Finding]:
    """A group that every table hides, named with a number in a text."""
    hidden, seen = set(), set()
    for table in contents.tables:
        names = [name for name in table.header if name not in ("question", "topic", "label")]
        for row, n in zip(table.rows, table.cells("n", "answered", "responded", "answers"), strict=False):
            label = {text for name, text in zip(table.header, row, strict=True) if name in names and _is_name(text)}
            (hidden if n.casefold() in ("hidden", "–", "-", "") else seen).update(label)
    for name in sorted(hidden - seen):
        for said in contents.texts:
            if said.where != "a table" and re.search(rf"(?<!\w){re.escape(name)}(?!\w)[^.]*\d", said.text):
                how = f"{name} is hidden in every table and named here"
                yield Finding(file=said.file, where=said.where, who=f"the group {name}", how=how)


def _is_name(text: str) -> bool:
    return len(text) > 1 and not text[0].isdigit() and text != "hidden"


def _small_cells(path: Path, least: int) -> list[tuple[str, str]] | None:
    """Cells below the minimum in a saved tally; None where the file is none."""
    import io
    import zipfile

    with path.open("rb") as stream:
        if stream.read(2) != b"PK":
            return None
    with zipfile.ZipFile(path) as packed:
        names = [name for name in packed.namelist() if name.endswith(".npy")]
        if not names or "facts.npy" not in names:
            return None
        if sum(member.file_size for member in packed.infolist()) > 500 * 2**20:
            raise ValueError("unpacked it is larger than 500 MiB")
        found = []
        for name in names:
            title = name.removesuffix(".npy")
            if title not in ("people", "n", "responded"):
                continue
            counts = np.load(io.BytesIO(packed.read(name)), allow_pickle=False)
            few = (counts > 0) & (counts < least)
            if few.any():
                found.append((f"{int(few.sum())} groups of fewer than {least} people", f"'{title}' holds their counts"))
    return found
