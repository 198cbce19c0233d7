"""A sheet of answers as columns: what its header says of each, its cells, and where else in the file a question is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
import pandas as pd

from dxkit.files.cells import as_text, normal
from dxkit.files.errors import Faults, and_more, fault_at
from dxkit.files.grid import Grid
from dxkit.files.summary_rows import check_rows
from dxkit.files.table import read_table
from dxkit.survey.reading.codebook import Codebook, Question
from dxkit.survey.reading.headers import Column, asked_in, plain
from dxkit.survey.reading.tools.base import Tool
from dxkit.survey.reading.tools.registry import TOOLS, recognise

_UNNAMED = re.compile(r"\s*Unnamed: \d+(_level_\d+)?\s*")
_NUMBERED = re.compile(r"\s*Column ?\d+\s*")
_FEWEST = 3  # columns of that name from which a spreadsheet has made it up


def visible(cell: str) -> str:
    """A stripped cell; "" where nothing in it can be seen."""
    text = cell.strip()
    return text if text.isascii() or normal(text) else ""


def from_grid(grid: Grid, tool: Tool, depth: int) -> tuple[list[Column], list[np.ndarray], list[int]]:
    """Header columns, body columns as text arrays, and row numbers."""
    header = columns_of(grid, tool, depth)
    body, rows = grid.cells[depth:], list(grid.rows[depth:])
    if not body:
        rows_of_header = "row" if depth == 1 else "rows"
        raise fault_at(
            f"the header has {depth} {rows_of_header}, and there is no answer under it",
            file=grid.file,
            sheet=grid.sheet,
            row=grid.rows[0],
        )
    named = [j for j in range(len(header)) if header[j].name or depth > 1]
    stripped = [[line[j].strip() for j in named] for line in body]
    faults = Faults()
    heads = [[row[j] for j in named] for row in grid.cells[:depth]]
    check_rows(stripped, heads, rows, {"file": grid.file, "sheet": grid.sheet}, faults)
    faults.raise_if_any()
    cells = np.array([[visible(cell) for cell in line] for line in body], dtype=object)
    columns = [cells[:, j] for j in range(len(header))]
    return with_options(header, columns) if depth == 1 else header, columns, rows


def first_rows(grid: Grid) -> list[list[str]]:
    """The first three rows of a grid, blank where it has fewer."""
    rows = [*grid.cells[:3], *[[""] * len(grid.cells[0])] * 2][:3]
    return [named(rows[0]), *rows[1:]]


def recognise_grid(grid: Grid) -> tuple[Tool, str]:
    """The tool that a grid comes from, and by which signs; a file of variables comes from none."""
    tool, why = recognise(*first_rows(grid))
    if grid.header_rows and not tool.by_hand:
        return TOOLS[-1], "a file of variables with labels"
    return tool, why


def named(header: Sequence[str]) -> list[str]:
    """Header cells without marks of a web page; "" for what pandas and spreadsheets call a column without a name."""
    numbered = sum(bool(_NUMBERED.fullmatch(cell)) for cell in header) >= _FEWEST
    return [
        "" if _UNNAMED.fullmatch(cell) or (numbered and _NUMBERED.fullmatch(cell)) else plain(cell) for cell in header
    ]


def with_options(header: list[Column], body: Sequence[np.ndarray]) -> list[Column]:
    """The header, with an option for each nameless column right of a question, where both hold one label each.

    So a tool writes them under a second header row, which somebody has deleted."""
    labels = [set(filter(None, column)) for column in body]
    found, at = list(header), 0
    while at < len(header):
        end = at + 1
        while end < len(header) and not header[end].name and len(labels[end]) < 2:
            end += 1
        words = [next(iter(labels[k]), "") for k in range(at, end)]
        ticked = header[at].name and len(labels[at]) == 1 and not header[at].statement
        if ticked and end > at + 1 and 2 * sum(map(_is_word, words)) > len(words) and len(set(words)) > 1:
            for k, word in zip(range(at, end), words, strict=True):
                if word:
                    found[k] = replace(header[k], stem=header[at].stem, statement=" ".join(word.split()))
        at = end
    return found


def nameless(columns: Sequence[Column], body: Sequence) -> list[str]:
    """Notes on columns that have cells and no name."""
    filled = [column for column in columns if not column.name and any(body[column.position])]
    numbers = [column.place for column in filled if _counts_rows(body[column.position])]
    others = [column.place for column in filled if column.place not in numbers]
    notes = [f"a column of row numbers without a name was left out: {and_more(numbers)}"] if numbers else []
    return [*notes, f"columns without a name were left out: {and_more(others)}"] if others else notes


def _is_word(text: str) -> bool:
    return any(map(str.isalpha, text)) and len(text) > 1


def _counts_rows(cells: Sequence[str]) -> bool:
    """Whether a column numbers the rows, from 0, 1 or wherever a larger file was cut."""
    if not all(cell.isdecimal() and len(cell) < 10 for cell in cells):
        return False
    return bool((np.diff([int(cell) for cell in cells]) > 0).all())


def blank_na(body: list) -> int:
    """Make NA blank where it is what R writes for a missing value: in at least 3 columns and a fifth of all, and 20
    times as often as blank cells. Returns how many cells these were."""
    texts = [column for column in body if not pd.api.types.is_numeric_dtype(column)]
    missing = [np.asarray(column, dtype=object) == "NA" for column in texts]
    with_na, cells = sum(bool(found.any()) for found in missing), sum(int(found.sum()) for found in missing)
    blank = sum(int((np.asarray(column, dtype=object) == "").sum()) for column in texts)
    if with_na < 3 or 5 * with_na < len(body) or cells < 20 * blank:
        return 0
    for j, column in enumerate(body):
        if not pd.api.types.is_numeric_dtype(column):
            body[j] = np.where(np.asarray(column, dtype=object) == "NA", "", np.asarray(column, dtype=object))
    return cells


def without_na(grid: Grid, depth: int) -> tuple[Grid, int]:
    """A grid whose NA under the header is blank, and how many cells these were."""
    cells = [["" if cell.strip() == "NA" else cell for cell in row] for row in grid.cells[depth:]]
    n = sum(cell.strip() == "NA" for row in grid.cells[depth:] for cell in row)
    return replace(grid, cells=[*grid.cells[:depth], *cells]), n


def na_note(cells: int) -> str:
    """What is said of NA that is read as blank."""
    return f"NA is read as blank, as R writes it: {cells:,} cells"


def same(one, other) -> bool:
    """Whether two columns have the same content."""
    return all(as_text(a) == as_text(b) for a, b in zip(one, other, strict=True))


def separate(columns: Sequence) -> bool:
    """Whether somebody filled these columns and nobody two of them: one question, asked on several ways through."""
    filled = np.array([[as_text(value) != "" for value in column] for column in columns])
    return bool(filled.size) and filled.sum(axis=0).max() == 1


def joined(columns: Sequence) -> np.ndarray:
    """The cells of separate columns as one column."""
    return np.array([next(filter(None, map(as_text, row)), "") for row in zip(*columns, strict=True)], dtype=object)


class Elsewhere:
    """Where else in a file a question is asked: on another sheet, as another tool, under a header of more rows."""

    def __init__(self, sheets: Sequence[Grid], codebook: Codebook):
        self.sheets, self.codebook = sheets, codebook

    def __call__(self, row: Question) -> str:
        return next((advice for items, advice in self._ways if row.item in items), "")

    @cached_property
    def _ways(self) -> list[tuple[set[str], str]]:
        """The items that are found, and what to write for it; the way that finds most first."""
        ways = []
        for k, grid in enumerate(self.sheets):
            top = first_rows(grid)
            recognised = recognise(*top)[0]
            depth = recognised.header_rows(*top)
            tried = [(recognised, depth, f"sheet '{grid.sheet}' asks it")]
            if k == 0:  # the sheet that was read; a tool that reads its header alike could only guess
                tools = [(tool, tool.header_rows(*top)) for tool in TOOLS]
                tried = [
                    (tool, rows, f"source {tool.name} would find it")
                    for tool, rows in tools
                    if recognised.by_hand or rows != depth
                ]
                tried += [(recognised, rows, f"header {rows} would find it") for rows in (1, 2, 3)]
            for tool, rows, advice in tried:
                if rows < len(grid.cells):
                    ways.append((asked_in(columns_of(grid, tool, rows), self.codebook, tool), advice))
        return sorted(ways, key=lambda way: -len(way[0]))


def columns_of(grid: Grid, tool: Tool, depth: int) -> list[Column]:
    headings = tool.headings([named(row) for row in grid.cells[:depth]])
    return [Column(**vars(heading), position=j, place=_place(grid, j)) for j, heading in enumerate(headings)]


def _place(grid: Grid, j: int) -> str:
    name = " ".join(grid.cells[0][j].split())[:40]
    return f"{grid.column_name(j)} ({name})" if name and not grid.lettered else grid.column_name(j)


def from_frame(frame: pd.DataFrame) -> tuple[list[Column], list, list[int]]:
    names = [as_text(name) for name in frame.columns] if frame.columns.nlevels == 1 else []
    times = Counter(" ".join(name.split()).casefold() for name in names)
    apart = [name if times[" ".join(name.split()).casefold()] == 1 else f"{name} ({j})" for j, name in enumerate(names)]
    frame = frame.set_axis(apart, axis=1) if names else frame
    table = read_table(frame, kind="table of answers")
    header = [
        Column(code=name, stem=name, position=j, place=f"column {name}" if name else f"column {j + 1}")
        for j, name in enumerate(names)
    ]
    body = [
        column if pd.api.types.is_numeric_dtype(column) else column.map(visible).astype(object)
        for _, column in table.frame.items()
    ]
    return header, body, list(table.rows)
