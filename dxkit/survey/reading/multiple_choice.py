"""Questions with several choices: whether options are joined in one cell or have a column each, ticked or placed.

Who answered is one thing for the whole question: every option of a person who did is chosen or not. See
docs/methods/scores.md, "Who answered"."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dxkit.files.cells import as_text, folded, normal
from dxkit.survey.reading.codebook import (
    NOT_PLACED,
    UNLISTED,
    Codebook,
    split_question,
)
from dxkit.survey.reading.headers import Column, is_joined, is_option, key
from dxkit.survey.reading.rules.table import Rules
from dxkit.survey.reading.scales import Scale
from dxkit.survey.reading.tools.base import Tool
from dxkit.survey.reading.tools.registry import is_technical

_YES = tuple("yes|y|1|true|selected|checked|x|ja|oui|si|sí|sì|sim|はい".split("|"))
_NO = tuple("no|n|0|false|not selected|unchecked|nein|non|não|いいえ".split("|"))
_NONE = ("no", "none", "none of these", "none of the above", "nothing", "neither")
_SPARE = ("|", " ")  # separators that no tool writes by itself; taken only where the usual ones explain little


@dataclass(frozen=True, eq=False, kw_only=True)
class _Multiple:
    """A question with several choices: its options by folded label, and the scale that knows "no opinion"."""

    name: str
    stem: str
    kind: str
    items: list[str]
    options: dict[str, str]
    scale: Scale

    @property
    def old(self) -> bool:
        """Whether it is written as ratings on yesno, one for each option."""
        return self.kind == "rating"

    def is_no_opinion(self, text: str) -> bool:
        if normal(text) in self.options:
            return False
        code = self.scale.code_of(text)
        return code is not None and math.isnan(code)


def texts_of(name: str) -> str:
    """The column that holds what people chose of a question beside its options, a line for each answer."""
    return f"{UNLISTED} {name}"


def choose(
    columns: dict,
    body: Sequence,
    header: Sequence[Column],
    matched: Mapping[str, Column],
    codebook: Codebook,
    tool: Tool,
    rules: Rules,
) -> list[str]:
    """Put Yes, No or blank (or the place) into `columns` for every option of the codebook; returns notes."""
    notes: list[str] = []
    for asked in _multiples(codebook, matched):
        joined = all(is_joined(matched[item], asked.stem) for item in asked.items) or _shares(asked, matched)
        cells = {item: [as_text(value) for value in columns[item]] for item in asked.items}
        if asked.old and _is_grid(asked, cells, columns, joined):
            continue
        others: list[tuple[int | None, list[str]]] = []
        if joined:
            whole = cells[asked.items[0]]
            found, unlisted = _split(whole, asked, tool.separators)
            texts = [whole]
        elif asked.kind == "rank":
            found, unlisted, texts = _placed(asked, cells, header, body)
        else:
            others = _unlisted(header, body, matched, asked.stem, asked.items, codebook, tool)
            found, unlisted = _ticked(asked, cells)
            texts = list(cells.values())
            for position, column in others:
                if position is None:  # a comment of the codebook holds it
                    continue
                for i, text in enumerate(column):
                    unlisted[i] += [text] if text and not asked.is_no_opinion(text) else []
        every = [*texts, *(column for _, column in others)]
        filled = np.array([any(row) for row in zip(*every, strict=True)], dtype=bool)
        declined = _declined(every, asked)
        for item in asked.items:
            words = np.where(filled, found[item], "")
            columns[item] = np.where(declined, "N/A", words).astype(object)
        unlisted = [[] if no else labels for labels, no in zip(unlisted, declined, strict=True)]
        if asked.kind == "multi":
            beside = np.where(filled, np.where([bool(labels) for labels in unlisted], "Yes", "No"), "")
            columns[f"{asked.name}[{UNLISTED}]"] = np.where(declined, "N/A", beside).astype(object)
        columns[texts_of(asked.name)] = np.array(["\n".join(labels) for labels in unlisted], dtype=object)
        counted = joined or rules.about("blank_is_none", asked.name, asked.stem) is not None
        notes += _remarks(asked, found, filled, declined, unlisted, counted)
    return notes


def _multiples(codebook: Codebook, matched: Mapping[str, Column]) -> list[_Multiple]:
    groups: dict[str, _Multiple] = {}
    for row in codebook.questions:
        if not is_option(row) or row.item not in matched:
            continue
        stem, label = split_question(row.text)
        name = codebook.question_of(row.item) if row.kind != "rating" else key(stem)
        if name not in groups:
            options: dict[str, str] = {}
            scale = codebook.scale(row.item)
            if row.kind != "rating":
                scale = codebook.scales[str(codebook.items.set_index("item").loc[name, "scale"])]
                options = {
                    text: f"{name}[{scale.shown[code]}]" for text, code in scale.labels.items() if code in scale.shown
                }
            groups[name] = _Multiple(name=name, stem=stem, kind=row.kind, items=[], options=options, scale=scale)
        groups[name].items.append(row.item)
        if row.kind == "rating":
            groups[name].options[normal(label)] = row.item
    return list(groups.values())


def _shares(asked: _Multiple, matched: Mapping[str, Column]) -> bool:
    """Whether all options are in one column, which was found by the id of the question."""
    columns = {matched[item].position: matched[item] for item in asked.items}
    return len(asked.items) > len(columns) == 1 and not any(column.parts[1] for column in columns.values())


def _is_grid(asked: _Multiple, cells: Mapping[str, list[str]], columns: Mapping, joined: bool) -> bool:
    """Whether ratings on yesno are questions of their own, answered yes or no, and no options that are ticked."""
    if joined:
        single = len(asked.items) == 1
        return single and all(asked.scale.code_of(cell) is not None for cell in set(cells[asked.items[0]]))
    if not all(_marks_only(columns[item]) for item in asked.items):
        return True
    labels = {item: label for label, item in asked.options.items()}
    return any(normal(text) in _NO and normal(text) != labels[item] for item in cells for text in set(cells[item]))


def _marks_only(column) -> bool:
    """Whether a numeric column holds nothing but the 1 of a ticked box."""
    if not pd.api.types.is_numeric_dtype(column):
        return True
    return {as_text(value) for value in pd.unique(pd.Series(column))} <= {"", "1"}


def _declined(texts: Sequence[Sequence[str]], asked: _Multiple) -> np.ndarray:
    """Rows that hold nothing but "not applicable" or the like."""
    known = {text: asked.is_no_opinion(text) for column in texts for text in set(column) if text}
    rows = [[known[text] for text in row if text] for row in zip(*texts, strict=True)]
    return np.array([bool(row) and all(row) for row in rows], dtype=bool)


def _ticked(asked: _Multiple, cells: Mapping[str, list[str]]) -> tuple[dict[str, np.ndarray], list[list[str]]]:
    """Which options have a mark in their own column, and the texts there that are neither a mark nor the label."""
    found: dict[str, np.ndarray] = {}
    unlisted: list[list[str]] = [[] for _ in cells[asked.items[0]]]
    for item, column in cells.items():
        own = {label for label, of in asked.options.items() if of == item}
        words = [normal(text) for text in column]
        found[item] = np.array(["Yes" if word in own or word in _YES else "No" for word in words], dtype=object)
        for i, (word, text) in enumerate(zip(words, column, strict=True)):
            if word and word not in own and word not in (*_YES, *_NO) and not asked.is_no_opinion(text):
                unlisted[i].append(text)
    return found, unlisted


def _placed(asked: _Multiple, cells: Mapping[str, list[str]], header: Sequence[Column], body: Sequence):
    """The places of options: from a column for each option, or from a column for each place."""
    places = [column for column in header if column.parts[1] and key(column.parts[0]) == key(asked.stem)]
    unlisted: list[list[str]] = [[] for _ in cells[asked.items[0]]]
    if any(normal(column.parts[1]) in asked.options for column in places) or not places:
        no = {text for column in cells.values() for text in set(column) if not text or asked.is_no_opinion(text)}
        found = {
            item: np.array([NOT_PLACED if text in no else text for text in column], dtype=object)
            for item, column in cells.items()
        }
        return found, unlisted, list(cells.values())
    found = {item: np.full(len(unlisted), NOT_PLACED, dtype=object) for item in asked.items}
    texts = []
    for order, column in enumerate(places, 1):
        number = re.search(r"\d+", column.parts[1])
        texts.append([as_text(value) for value in body[column.position]])
        for i, text in enumerate(texts[-1]):
            if item := asked.options.get(normal(text)):
                found[item][i] = number[0] if number else str(order)
            elif text and not asked.is_no_opinion(text):
                unlisted[i].append(text)
    return found, unlisted, texts


def _unlisted(
    header: Sequence[Column],
    body: Sequence,
    matched: Mapping[str, Column],
    stem: str,
    items: Sequence[str],
    codebook: Codebook,
    tool: Tool,
) -> list[tuple[int | None, list[str]]]:
    """Columns of the same question that are not options of it, such as "Other (please specify)": position, or None
    where the column is a comment of the codebook, and cells."""
    options = [matched[item] for item in items]
    comments = {matched[item].position for item in codebook.of_kind("comment") if item in matched}
    taken = {column.position for column in matched.values()} - comments  # what a comment holds was an answer too
    families = {key(stem)}.union(*map(_families, options))
    opening = key(f"{stem} - x")[:-1]
    last = max(column.position for column in options)
    known = {
        normal(column.parts[1]) for column in options if column.parts[1]
    }  # again: of another question of this text
    others: list[tuple[int | None, list[str]]] = []
    for column in header:
        again = normal(column.parts[1]) in known and key(column.parts[0]) == key(stem)
        if (
            again
            or column.position in taken
            or (is_technical(tool, column.code) and not column.code.upper().endswith(tool.text_endings))
        ):
            continue
        bare = tool.other_follows and column.position == last + 1 and normal(column.stem) == "other"
        if bare or families & _families(column) or key(column.stem).startswith(opening):
            position = None if column.position in comments else column.position
            others.append((position, [as_text(value) for value in body[column.position]]))
    return others


def _families(column: Column) -> set[str]:
    return {key(stem) for stem, option in (column.parts, split_question(column.code)) if option}


def _split(
    cells: Sequence[str], asked: _Multiple, separators: Sequence[str]
) -> tuple[dict[str, np.ndarray], list[list[str]]]:
    """The options in joined cells, and what else stands there. A column has one separator: the one that leaves the
    fewest cells unexplained."""
    distinct = {cell: f" {folded(cell)} " for cell in dict.fromkeys(cells) if cell and not asked.is_no_opinion(cell)}
    times, total = Counter(cells), max(1, sum(cell in distinct for cell in cells))
    ways = []
    for separator in (*separators, *_SPARE):
        most = 1 + max(text.count(separator) for text in asked.options)
        parsed = {
            cell: _parsed(text.split(separator), separator, asked.options, most) for cell, text in distinct.items()
        }
        strange = sum(times[cell] for cell, pieces in parsed.items() if any(item is None for item, _ in pieces))
        named = sum(times[cell] * sum(item is not None for item, _ in pieces) for cell, pieces in parsed.items())
        ways.append((strange, -named, parsed, separator))
    usual, spare = (min(part, key=lambda way: way[:2]) for part in (ways[: len(separators)], ways[len(separators) :]))
    best = spare if spare[0] <= total / 20 and usual[0] > total / 5 else usual
    parsed = {**best[2], **dict.fromkeys(set(times) - set(distinct), [])}
    found = {}
    for item in asked.items:
        marks = {cell: _mark(asked, [each for each, _ in pieces], item) for cell, pieces in parsed.items()}
        found[item] = np.array([marks[cell] for cell in cells], dtype=object)
    written = {cell: {folded(part): part.strip() for part in cell.split(best[3])} for cell in parsed}
    unlisted = {
        cell: [written[cell].get(text, text) for item, text in pieces if item is None]
        for cell, pieces in parsed.items()
    }
    return found, [list(unlisted[cell]) for cell in cells]


def _mark(asked: _Multiple, pieces: Sequence[str | None], item: str) -> str:
    """Yes or No, or the place of an option among the pieces of a cell."""
    if asked.kind == "rank":
        return str(pieces.index(item) + 1) if item in pieces else NOT_PLACED
    return "Yes" if item in pieces else "No"


def _parsed(pieces: list[str], separator: str, items: Mapping[str, str], most: int) -> list[tuple[str | None, str]]:
    """The pieces of a cell in their order, each with the option it is, or None; an option may hold the separator."""
    n = len(pieces)
    best: list[tuple[int, int]] = [(0, 0)] * (n + 1)  # unexplained pieces and options from here to the end
    step: list[tuple[int, str | None]] = [(n, None)] * n
    for start in range(n - 1, -1, -1):
        unexplained, count = best[start + 1]
        best[start], step[start] = (unexplained + bool(normal(pieces[start])), count), (start + 1, None)
        for end in range(start + 1, min(start + most, n) + 1):
            item = items.get(normal(separator.join(pieces[start:end])))
            reached = (best[end][0], best[end][1] + 1)
            if item is not None and reached < best[start]:
                best[start], step[start] = reached, (end, item)
    found, at = [], 0
    while at < n:
        end, item = step[at]
        text = separator.join(pieces[at:end]).strip()
        found += [(item, text)] if item is not None or normal(text) else []
        at = end
    return found


def _remarks(asked: _Multiple, found, filled: np.ndarray, declined: np.ndarray, unlisted, counted: bool) -> list[str]:
    """Notes on a question: what was chosen beside its options, who left every box blank, and "none" beside others."""
    notes, stem = [], asked.stem[:60]
    if beside := sum(map(bool, unlisted)):
        notes.append(f"'{stem}': people who chose something outside the codebook's options: {beside}")
    if asked.kind == "multi" and not counted and (blank := int((~filled).sum())):
        notes.append(
            f"'{stem}': people who left every option blank, counted as skipped: {blank}; the rule blank_is_none "
            "counts them as having chosen none"
        )
    if asked.kind != "rank":
        chosen = np.array([found[item] == "Yes" for item in asked.items])
        nothing = np.array([_means_none(asked, item) for item in asked.items])
        both = chosen[nothing].any(axis=0) & chosen[~nothing].any(axis=0) & ~declined
        if both.any():
            notes.append(f"'{stem}': people who chose none of these beside an option, all counted: {int(both.sum())}")
    return notes


def _means_none(asked: _Multiple, item: str) -> bool:
    labels = {label for label, of in asked.options.items() if of == item}
    return not labels.isdisjoint(_NONE) or (not asked.old and any(asked.scale.labels.get(text) == 0 for text in labels))
