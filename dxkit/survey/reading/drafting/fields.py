"""The columns of an export as a draft sees them: question, option, and how many people gave each label."""

import math
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from dxkit.files import csv_file
from dxkit.files.batches.csv_text import NotUtf8
from dxkit.files.batches.large_csv import LargeCsv, open_large
from dxkit.files.cells import normal, number
from dxkit.files.encoded import encode
from dxkit.files.frames import TableSource
from dxkit.files.grid import Grid
from dxkit.files.opening import checked_path
from dxkit.files.shipped import table_beside
from dxkit.survey.reading.distinct import joined, separate, times
from dxkit.survey.reading.headers import Column, is_sentence, key
from dxkit.survey.reading.labels.folding import unbroken
from dxkit.survey.reading.labels.marks import NOT_TICKED
from dxkit.survey.reading.labels.no_opinion import is_no_opinion
from dxkit.survey.reading.scales import NO_OPINION
from dxkit.survey.reading.sheet import Head, blank_na, body_of
from dxkit.survey.reading.structure.statistics_file import open_answers
from dxkit.survey.reading.tools.base import Tool, line_and_step

_ENOUGH = 600_000  # cells from which a draft of a large file is made
LEAST = 2  # people who gave a label before a draft may write it: one person's words may tell who that is
NEARLY = 0.8  # of the cells of an option's column, its own words
_DIVIDERS = (" - ", ": ")
_FLAGS = ({"0", "1"}, {"true", "false"})
_CODED = re.compile(r"\w+(\.\w+)+")
_LONGEST_STEM = {" - ": 300, ": ": 60}
_FEWEST = {" - ": 2, ": ": 3}  # columns that must share a stem
_SAID = table_beside(__file__, "words.toml")
_WORDS = {name: re.compile(unbroken(words)) for name, words in _SAID.items()}


@dataclass(frozen=True, eq=False)
class Field:
    """A column, its question and option, and its texts; and the steps that headers name, which are nobody's own."""

    column: Column
    stem: str
    option: str
    texts: pd.Categorical
    steps: tuple[str, ...] = ()

    @cached_property
    def cells(self) -> np.ndarray:
        """The text of each cell; "" is blank."""
        return np.asarray(self.texts, dtype=object)

    @cached_property
    def often(self) -> dict[str, int]:
        """How often each text occurs, the most frequent first."""
        found = zip(self.texts.categories, times(self.texts).tolist(), strict=True)
        return dict(sorted(found, key=lambda pair: (-pair[1], pair[0])))

    @cached_property
    def people(self) -> dict[str, int]:
        """How many people gave each label; the labels are folded, and the most frequent comes first."""
        counts: Counter[str] = Counter()
        for text, n in self.often.items():
            if word := normal(text):
                counts[word] += n
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))

    @cached_property
    def spelled(self) -> dict[str, str]:
        """The most frequent spelling of each folded label."""
        return {normal(text): " ".join(text.split()) for text in reversed(self.often) if normal(text)}

    @cached_property
    def answers(self) -> dict[str, int]:
        """`people` without the labels that mean "no opinion"."""
        return {word: n for word, n in self.people.items() if not is_no_opinion(word)}

    @cached_property
    def numbers(self) -> dict[float, int]:
        """How many people gave each number."""
        counts: Counter[float] = Counter()
        for word, n in self.answers.items():
            value, problem = number(word)
            if problem is None:
                counts[value] += n
        return dict(counts)

    @property
    def filled(self) -> int:
        return sum(self.answers.values())

    @cached_property
    def words(self) -> list[str]:
        """The labels that are neither "no opinion" nor say that a box was not ticked."""
        own = normal(self.option or self.stem)
        return [word for word in self.answers if word not in NOT_TICKED or word == own]

    @property
    def name(self) -> str:
        """The text of the question in the codebook."""
        return f"{self.stem} [{self.option}]" if self.option else self.stem


@dataclass(eq=False)
class Asked:
    """A question of the draft: its columns and what its row of the codebook holds.

    `labels` are its labels by code (nan for "no opinion"), `unused` those (folded) that nobody chose here, `spare`
    those that only one person gave here, `doubts` why a cell of the row is a guess, by column.
    """

    fields: Sequence[Field]
    text: str
    kind: str
    scale: str = ""
    good: str = ""
    unit: str = ""
    dimension: str = ""
    topic: str = ""
    labels: list[tuple[float, str]] = field(default_factory=list)
    unused: frozenset[str] = frozenset()
    spare: dict[str, str] = field(default_factory=dict)
    ordered: bool = False
    family: str = ""
    doubts: dict[str, str] = field(default_factory=dict)
    rules: list[tuple[str, str]] = field(default_factory=list)  # rule and value
    item: str = ""
    scale_of: str = ""  # the text of the question whose list of labels this one shares


def read_fields(source: TableSource) -> tuple[list[Field], Tool]:
    """The columns of an export, with shape and header rows as in reading, and the tool it comes from."""
    head = Head()
    read = encode(beginning(source) or source, head, choose=lambda path: open_answers(path).choose(wanted=_size))
    body = body_of(read, head)
    blank_na(body)
    columns = [column for column in head.columns if column.name]
    parts = _ticked_parts(columns, _parts(columns), body)
    fields = _as_one([Field(column, *parts[column.position], body[column.position]) for column in columns])
    return _grids_as_lines(fields), head.tool


def _as_one(fields: Sequence[Field]) -> list[Field]:
    """The fields, those of one long text as one where nobody filled two: reading takes them so."""
    alike: dict[str, list[Field]] = {}
    for each in fields:
        alike.setdefault(key(each.name) if is_sentence(each.name) else f"\x00{each.column.position}", []).append(each)
    found = []
    for several in alike.values():
        if len(several) > 1 and separate([each.texts for each in several]):
            first = several[0]
            found.append(Field(first.column, first.stem, first.option, joined([each.texts for each in several])))
        else:
            found += several
    return sorted(found, key=lambda each: each.column.position)


def _grids_as_lines(fields: Sequence[Field]) -> list[Field]:
    """The fields, those of a grid that has a column for each step of each line as one for each line.

    Such a column is called "line - step" and holds its step; nobody filled two of a line."""
    lines: dict[tuple[str, str], list[tuple[Field, str, str]]] = {}
    for each in fields:
        if (parts := line_and_step(each.option)) and set(each.people) <= {normal(parts[1])}:
            lines.setdefault((key(each.stem), normal(parts[0])), []).append((each, *parts))
    steps = {name: tuple(step for _, _, step in of) for name, of in lines.items()}
    alike = Counter((stem, steps[stem, line]) for stem, line in lines)
    found = {each.column.position: each for each in fields}
    for (stem, line), of in lines.items():
        texts = [each.texts for each, _, _ in of]
        if len(of) > 2 and alike[stem, steps[stem, line]] > 1 and separate(texts):
            first, name, _ = of[0]
            for each, _, _ in of:
                del found[each.column.position]
            found[first.column.position] = Field(first.column, first.stem, name, joined(texts), steps[stem, line])
    return sorted(found.values(), key=lambda each: each.column.position)


def _ticked_parts(columns: Sequence[Column], parts: dict[int, tuple[str, str]], body: Sequence[pd.Categorical]):
    """The parts, with an option where a header ends with the one label of its column, and its neighbours do so too."""
    runs: list[tuple[str, list[tuple[int, str, str]]]] = []
    for column in columns:
        stem, option = parts[column.position]
        cells = body[column.position]
        labels = set(filter(None, cells.categories))
        label = _nearly_only(cells)
        head = _before(stem, label) if label and not option else ""
        if not option and not head and {normal(text) for text in labels} in _FLAGS and _CODED.fullmatch(stem):
            head, label = stem.rpartition(".")[::2]
        if not head or not runs or runs[-1][0] != normal(head):
            runs.append((normal(head) if head else "", []))
        if head:
            runs[-1][1].append((column.position, head, label))
    several = (run for _, run in runs if len(run) > 1 and len({normal(label) for _, _, label in run}) == len(run))
    return parts | {position: (head, label) for run in several for position, head, label in run}


def _nearly_only(cells: pd.Categorical) -> str:
    """The label that nearly all filled cells hold, as in the column of an option with two names; else ""."""
    counts = {text: n for text, n in zip(cells.categories, times(cells).tolist(), strict=True) if text}
    label = max(counts, key=counts.__getitem__, default="")
    return label if counts and counts[label] >= NEARLY * sum(counts.values()) else ""


def _before(header: str, label: str) -> str:
    """What stands in a header before the label that it ends with; "" where it does not."""
    words, own = normal(header), normal(label)
    if not own or words == own or not words.endswith(own) or words[-len(own) - 1].isalnum():
        return ""
    head = header.rstrip(" .:;,!?*")
    return head[: len(head) - len(own)].rstrip() if len(head) > len(own) else ""


def beginning(source: Any) -> Grid | None:
    """The first rows of a csv file that is too large to draft from whole; None for other sources."""
    if not isinstance(source, str | os.PathLike):
        return None
    place, file = checked_path(source)
    try:
        return _first_rows(open_large(place, file))
    except NotUtf8:
        return _first_rows(open_large(place, file, csv_file.OLDER))


def _first_rows(large: LargeCsv | None) -> Grid | None:
    if large is None:
        return None
    records, lines = large.records[:1], large.lines[:1]
    for block, _ in large.blocks(1):
        found = [
            (record, line) for record, line in zip(*block.every_record, strict=True) if not csv_file.is_blank(record)
        ]
        records += [record for record, _ in found]
        lines += [line for _, line in found]
        if len(records) * len(records[0]) > _ENOUGH:
            break
    cells = csv_file.rectangular(
        [[csv_file.unguarded(cell) for cell in record] for record in records], lines, large.top.file
    )
    note = f"drafted from the first {len(cells) - 1:,} rows"
    return replace(large.top, cells=cells, rows=lines, notes=(*large.notes, note))


def _size(grid: Grid) -> float:
    """How many cells of a sheet are filled: the answers are the largest table of a workbook."""
    return float(sum(bool(cell.strip()) for row in grid.cells for cell in row))


def _parts(columns: Iterable[Column]) -> dict[int, tuple[str, str]]:
    """Stem and option of each column: from brackets or a second row, else from what several headers begin with."""
    parts = {column.position: tuple(" ".join(part.split()) for part in column.parts) for column in columns}
    numbered: dict[tuple[str, str], list[tuple[int, str, str]]] = {}  # Q9_1 Which?-Apples, Q9_2 Which?-Pears
    for column in columns:
        stem, option = parts[column.position]
        code, line = re.fullmatch(r"(.+?)_-?\w+", column.code), re.fullmatch(r"(.*[^\s-])-([^\s-].*)", stem)
        if code and line and not option and column.code != stem:
            numbered.setdefault((code[1], normal(line[1])), []).append((column.position, line[1], line[2]))
    for several in numbered.values():
        if len({normal(tail).split()[0] for _, _, tail in several}) > 1:  # else the hyphen is in a word of the question
            parts.update({position: (head, tail) for position, head, tail in several})
    for divider in _DIVIDERS:
        found: dict[str, list[tuple[int, str, str]]] = {}
        for position, (stem, option) in parts.items():
            head, _, tail = stem.rpartition(divider) if divider == " - " else stem.partition(divider)
            if not option and head and tail and len(head) <= _LONGEST_STEM[divider]:
                found.setdefault(normal(head), []).append((position, head, tail))
        for several in found.values():
            if len({normal(tail) for _, _, tail in several}) == len(several) >= _FEWEST[divider]:
                parts.update({position: (head, tail) for position, head, tail in several})
    return {position: (stem, option) for position, (stem, option) in parts.items()}


def together(fields: Iterable[Field]) -> tuple[dict[str, int], dict[str, str]]:
    """How many people gave each label in any of these columns, and its spelling."""
    rows: dict[str, set[int]] = {}
    spelled: dict[str, str] = {}
    for each in fields:
        words = {text: normal(text) for text in each.often}
        for i, text in enumerate(each.cells):
            if word := words[text]:
                rows.setdefault(word, set()).add(i)
        spelled = {**each.spelled, **spelled}
    counts = sorted(((word, len(people)) for word, people in rows.items()), key=lambda pair: (-pair[1], pair[0]))
    return dict(counts), spelled


def unsure(fields: Iterable[Field]) -> tuple[list[tuple[float, str]], int]:
    """The labels of "no opinion" that a codebook has to name, and how many others only one person gave."""
    people, spelled = together(fields)
    words = [word for word in people if is_no_opinion(word) and word not in NO_OPINION]
    return [(math.nan, spelled[word]) for word in words if people[word] >= LEAST], sum(people[w] < LEAST for w in words)


def found_in(text: str, name: str) -> re.Match[str] | None:
    """Where a text has the words of this name in `words.toml`."""
    return _WORDS[name].search(unicodedata.normalize("NFC", text.casefold()))


def says(name: str, text: str) -> bool:
    """Whether a text has the words of this name.

    >>> says("hours", "How many hours?"), says("hours", "How many houses?")
    (True, False)
    """
    return found_in(text, name) is not None
