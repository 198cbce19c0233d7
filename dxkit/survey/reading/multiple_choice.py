"""Questions with several choices: whether options are joined in one cell or have a column each, Yes, No or blank."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dxkit.files.cells import as_text, folded, normal
from dxkit.survey.reading.codebook import Codebook, split_question
from dxkit.survey.reading.headers import Column, is_joined, is_option, key
from dxkit.survey.reading.scales import Scale
from dxkit.survey.reading.tools.base import Tool
from dxkit.survey.reading.tools.registry import is_technical

_YES = ("yes", "y", "1", "true", "selected", "checked", "x")
_NO = ("no", "n", "0", "false", "not selected", "unchecked")


def choose(
    columns: dict[str, Any],
    body: Sequence[Any],
    header: Sequence[Column],
    matched: Mapping[str, Column],
    codebook: Codebook,
    tool: Tool,
) -> list[str]:
    """Put Yes, No or blank into `columns` for every option of the codebook; returns notes."""
    groups: dict[str, list[str]] = {}
    stems: dict[str, str] = {}
    for row in codebook.questions:
        if is_option(row) and row.item in matched:
            stem = split_question(row.text)[0]
            groups.setdefault(stems.setdefault(key(stem), stem), []).append(row.item)
    notes = []
    for stem, items in groups.items():
        options = {item: normal(split_question(codebook.item(item)["text"])[1]) for item in items}
        scale = codebook.scale(items[0])
        if all(is_joined(matched[item], stem) for item in items):
            cells = [as_text(value) for value in columns[items[0]]]
            if len(items) == 1 and _says_yes_or_no(cells, scale):
                continue
            declined = _declined([cells], scale, options)
            chosen, unknown = _split(
                ["" if no else cell for cell, no in zip(cells, declined, strict=True)], options, tool.separators
            )
            filled = _filled(cells)
        else:
            if not all(_marks_only(columns[item]) for item in items):
                continue
            texts = {item: [as_text(value) for value in columns[item]] for item in items}
            if any(normal(text) in _NO for column in texts.values() for text in set(column)):
                continue  # with yes and no written out, a blank cell is not a no
            declined = _declined(list(texts.values()), scale, options)
            chosen, unknown = _ticked(texts, options, scale)
            others = _unlisted(header, body, matched, stem, items, codebook, tool)
            filled = np.logical_or.reduce([_filled(column) for column in (*texts.values(), *others)])
            declined &= ~np.logical_or.reduce([np.zeros(len(filled), dtype=bool), *map(_filled, others)])
        for item in items:
            words = np.where(filled, np.where(chosen[item], "Yes", "No"), "")
            columns[item] = np.where(declined, "N/A", words).astype(object)
        if unknown:
            notes.append(f"'{stem[:60]}': {unknown} answers outside the codebook's options were left out")
    return notes


def _marks_only(column) -> bool:
    """Whether a numeric column holds nothing but the 1 of a ticked box."""
    if not pd.api.types.is_numeric_dtype(column):
        return True
    return {as_text(value) for value in pd.unique(pd.Series(column))} <= {"", "1"}


def _says_yes_or_no(cells: Sequence[str], scale: Scale) -> bool:
    """Whether the column answers a plain question whose text happens to end in brackets."""
    return all(scale.code_of(cell) is not None for cell in set(cells))


def _filled(cells: Sequence[str]) -> np.ndarray:
    return np.array([bool(cell) and normal(cell) not in _NO for cell in cells], dtype=bool)


def _declined(columns: Sequence[Sequence[str]], scale: Scale, options: Mapping[str, str]) -> np.ndarray:
    """Rows that hold nothing but "not applicable" or the like."""
    known = {
        text: normal(text) not in options.values() and _is_no_opinion(text, scale)
        for column in columns
        for text in set(column)
        if text
    }
    rows = [[known[text] for text in row if text] for row in zip(*columns, strict=True)]
    return np.array([bool(row) and all(row) for row in rows], dtype=bool)


def _is_no_opinion(text: str, scale: Scale) -> bool:
    code = scale.code_of(text)
    return code is not None and math.isnan(code)


def _ticked(texts: Mapping[str, list[str]], options: Mapping[str, str], scale: Scale):
    chosen, unknown = {}, 0
    for item, column in texts.items():
        words = [normal(text) for text in column]
        chosen[item] = np.array([word == options[item] or word in _YES for word in words], dtype=bool)
        strange = {word for word in set(words) if word and not _is_no_opinion(word, scale)} - {options[item], *_YES}
        unknown += sum(word in strange for word in words)
    return chosen, unknown


def _unlisted(
    header: Sequence[Column],
    body: Sequence,
    matched: Mapping[str, Column],
    stem: str,
    items: Sequence[str],
    codebook: Codebook,
    tool: Tool,
) -> list[list[str]]:
    """The cells of columns of the same question that are not in the codebook, such as "Other (please specify)"."""
    options = [matched[item] for item in items]
    comments = codebook.of_kind("comment")  # what was written there was an answer too
    taken = {column.position for item, column in matched.items() if item not in comments}
    families = {key(stem)}.union(*map(_families, options))
    opening = key(f"{stem} - x")[:-1]
    last = max(column.position for column in options)
    others = []
    for column in header:
        if column.position in taken or (
            is_technical(tool, column.code) and not column.code.upper().endswith(tool.text_endings)
        ):
            continue
        bare = tool.other_follows and column.position == last + 1 and normal(column.stem) == "other"
        if bare or families & _families(column) or key(column.stem).startswith(opening):
            others.append([as_text(value) for value in body[column.position]])
    return others


def _families(column: Column) -> set[str]:
    return {key(stem) for stem, option in (column.parts, split_question(column.code)) if option}


def _split(
    cells: Sequence[str], options: Mapping[str, str], separators: Sequence[str]
) -> tuple[dict[str, np.ndarray], int]:
    """The options in joined cells, and how many cells hold others. A column has one separator: the one that leaves the
    fewest cells unexplained."""
    items = {text: item for item, text in options.items()}
    distinct = {cell: f" {folded(cell)} " for cell in dict.fromkeys(cells) if cell}
    ways = []
    for separator in separators:
        most = 1 + max(text.count(separator) for text in items)
        parsed = {cell: _parsed(text.split(separator), separator, items, most) for cell, text in distinct.items()}
        strange = sum(parsed[cell][0] > 0 for cell in cells if cell)
        ways.append((strange, -sum(len(parsed[cell][1]) for cell in cells if cell), parsed))
    strange, _, parsed = min(ways, key=lambda way: way[:2])
    chosen = {item: np.array([bool(c) and item in parsed[c][1] for c in cells], dtype=bool) for item in options}
    return chosen, strange


def _parsed(pieces: list[str], separator: str, items: Mapping[str, str], most: int) -> tuple[int, tuple[str, ...]]:
    """How many pieces no option explains, and the options found; an option may hold the separator itself."""
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
    options, at = [], 0
    while at < n:
        at, item = step[at]
        options += [item] if item is not None else []
    return best[0][0], tuple(options)
