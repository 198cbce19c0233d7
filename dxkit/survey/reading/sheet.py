"""A sheet of answers as columns: what its header says of each, its cells, and where else in the file a question is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
import pandas as pd

from dxkit.files.batches.gathered import Batch, Cells, as_list, only_used
from dxkit.files.cells import all_visible, numbers, visible
from dxkit.files.encoded import Encoded, Need
from dxkit.files.errors import Faults, and_more
from dxkit.files.grid import Grid
from dxkit.files.summary_rows import check_rows, label_of, may_sum_up
from dxkit.survey.reading.codebook import Codebook, Question
from dxkit.survey.reading.distinct import code_of, column, filled, read_as, texts_of
from dxkit.survey.reading.headers import Column, as_seen, columns_of_items
from dxkit.survey.reading.tools.base import Tool
from dxkit.survey.reading.tools.registry import TOOLS, recognise

_UNNAMED = re.compile(r"\s*Unnamed: \d+(_level_\d+)?\s*")
_NUMBERED = re.compile(r"\s*Column ?\d+\s*")
_MANY = 10_000  # texts of a column
_OTHERS = 2  # texts of a column whose header names none of the options: the one that is chosen, and blank
_MOMENT = re.compile(r"\s*\d{1,4}([-/.])\d{1,2}\1\d{1,4}[T,\s]+\d{1,2}:\d{2}.*")
_FEWEST = 3  # columns of that name from which a spreadsheet has made it up


class Head:
    """What the first rows of a source tell: the tool, by which signs, and the columns. It is what `encode` needs.

    `as_tool` and `header` come before what would be recognised; `used` says which columns matter, None for all."""

    def __init__(
        self,
        as_tool: Tool | None = None,
        header: int | None = None,
        used: Callable[[Sequence[Column], Tool], list[int] | None] = lambda columns, tool: None,
    ):
        self.tool, self.header, self.given, self.used = TOOLS[-1], header, as_tool, used
        self.why = "a DataFrame"
        self.columns: list[Column] = []

    def __call__(self, top: Grid) -> Need:
        of_frame = top.rows[0] == 0
        if of_frame:
            self.tool = self.given or recognise(top.cells[0], [], [])[0]
        else:
            self.tool, self.why = (self.given, "as source= says") if self.given else recognise_grid(top)
        depth = 1 if of_frame else self.header or top.header_rows or self.tool.header_rows(*first_rows(top))
        self.columns = columns_of(top, self.tool, depth) if depth < len(top.cells) or of_frame else []
        kept = self.used(self.columns, self.tool)
        if of_frame:
            return Need(depth, kept)
        without = [column.position for column in self.columns if not column.name]
        if kept is not None:  # what stands right of a question may be its options (`with_options`)
            kept = None if depth == 1 and without != list(range(len(without))) else [*kept, *without]
        return Need(depth, kept, lambda batch: _no_answers(batch, *self.heads(top, depth)))

    def heads(self, top: Grid, depth: int) -> tuple[list[int], list[list[str]]]:
        """The columns with a name, and what the header has there."""
        named = [column.position for column in self.columns if column.name or depth > 1]
        return named, [[row[j] for j in named] for row in top.cells[:depth]]


def body_of(source: Encoded, head: Head) -> list[pd.Categorical]:
    """The columns under a header, without what cannot be seen; `head.columns` may learn options from them.

    Raises
    ------
    DataError
        Rows that repeat the header, or sum up others; a file without a header.
    """
    body = [_visible(cells) for cells in source.columns]
    if source.depth == 1:
        _check_header(head, body, source)
    if not source.of_frame:
        named, heads = head.heads(source.top, source.depth)
        _check_rows([body[j] for j in named], heads, source)
        head.columns = with_options(head.columns, body) if source.depth == 1 else head.columns
    return body


def _visible(cells: pd.Categorical) -> pd.Categorical:
    if len(cells.categories) > _MANY and all_visible(cells.categories):  # ids stay as they are, and no texts of Python
        return cells
    texts = texts_of(cells)
    kept = cells if cells.categories.dtype == object else column(cells.codes, texts)
    return read_as(kept, [visible(text) for text in texts])


def _no_answers(batch: Batch, named: Sequence[int], heads: Sequence[Sequence[str]]) -> np.ndarray:
    """The rows of a batch that may repeat the header or sum up others."""
    if not named:
        return np.zeros(0, dtype=np.int64)
    numbers, texts = batch[named[0]]
    doubted = may_sum_up(as_list(texts))[numbers]
    by_texts = sorted(range(len(named)), key=lambda k: len(batch[named[k]][1]))
    for head in heads:
        again = np.arange(len(doubted))
        for k in by_texts:
            if not len(again):
                break
            again = again[_is_named(batch[named[k]], label_of(head[k]), again)]
        doubted[again] = True
    return np.flatnonzero(doubted)


def _is_named(cells: Cells, name: str, rows: np.ndarray) -> np.ndarray:
    """Whether the cells in these rows are that of the header."""
    numbers, texts = only_used(cells[0][rows], cells[1])
    return np.array([label_of(text) == name for text in as_list(texts)], dtype=bool)[numbers]


def _check_header(head: Head, body: Sequence[pd.Categorical], source: Encoded) -> None:
    """A fault where what stands as header is the answers of one person: most of it comes again below, among others,
    or one of it is a day and a time, as the cells below it are.

    Numbers that differ may be those of the questions; those that do not rise, and lie within what is below, are not."""
    said = [(each, each.name.strip()) for each in head.columns if each.name.strip()]
    numbered = len({text for _, text in said}) == len(said)
    again = []
    for at, text in said:
        cells = body[at.position]
        if _OTHERS < len(cells.categories) < _MANY and not (numbered and text.isdecimal()):
            codes = [code for code, each in enumerate(cells.categories) if each.strip() == text]
            again += [(text, np.isin(cells.codes, codes))] if codes else []
    moment = next((text for at, text in said if _MOMENT.fullmatch(text) and _of_moments(body[at.position])), "")
    repeated = len(again) >= _FEWEST and 2 * len(again) >= len(said)
    rows = np.array([found for _, found in again])
    if moment:
        why = f"'{moment}' is a day and a time, as the cells below it are"
    elif repeated and np.any(rows.any(axis=0) & ~rows.all(axis=0)):  # else whole rows repeat a header
        cells = f"{len(again)} of its {len(said)} cells"
        why = f"{cells} stand again below, each in its own column, such as '{again[0][0][:60]}'"
    elif _numbers_of_a_person([text for _, text in said], [body[at.position] for at, _ in said]):
        why = f"its {len(said)} cells are numbers within those below them, such as {said[0][1][:20]}"
    else:
        return
    faults = Faults()
    faults.add(
        f"the first row holds answers, not questions: {why}; put a row with the questions above it",
        file=source.file,
        sheet=source.sheet,
        row=None if source.of_frame else source.top.rows[0],
    )
    faults.raise_if_any()


def _of_moments(cells: pd.Categorical) -> bool:
    """Whether the texts of a column, as far as the first ones show, are each a day and a time."""
    texts = [text for text in cells.categories[:20] if text.strip()]
    return bool(texts) and all(map(_MOMENT.fullmatch, texts))


def _numbers_of_a_person(header: Sequence[str], body: Sequence[pd.Categorical]) -> bool:
    """Whether a header of numbers alone is an answer to each column: they do not count the columns, or rise, as numbers
    of questions do, and most lie within the numbers below."""
    values = numbers(header)
    if not header or not all(text in values for text in header):
        return False
    row = np.array([values[text] for text in header])
    steps = np.diff(row)
    rising = len(row) >= _FEWEST and bool((steps > 0).all())
    if (row % 1 == 0).all() and (rising or (row[0] in (0, 1) and bool((steps == 1).all()))):
        return False
    below = [list(numbers(texts_of(cells)).values()) for cells in body]
    within = [bool(each) and min(each) <= value <= max(each) for each, value in zip(below, row, strict=True)]
    return 2 * sum(within) > len(row)


def _check_rows(body: Sequence[pd.Categorical], heads: Sequence[Sequence[str]], source: Encoded) -> None:
    """Faults of rows that repeat the header or sum up others."""
    if not len(found := source.whole):
        return
    codes, at, times = np.unique(body[0].codes[found], return_inverse=True, return_counts=True)
    firsts = [str(body[0].categories[code]) for code in codes]
    again = {label_of(head[0]) for head in heads}
    doubted = may_sum_up(firsts, times) | np.array([label_of(text) in again for text in firsts], dtype=bool)
    found = found[doubted[at]].tolist()
    lines = [[str(cells.categories[cells.codes[i]]) for cells in body] for i in found]
    faults = Faults()
    check_rows(lines, heads, [int(source.rows[i]) for i in found], {"file": source.file, "sheet": source.sheet}, faults)
    faults.raise_if_any()


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
        "" if _UNNAMED.fullmatch(cell) or (numbered and _NUMBERED.fullmatch(cell)) else as_seen(cell) for cell in header
    ]


def with_options(header: list[Column], body: Sequence[pd.Categorical]) -> list[Column]:
    """The header, with an option for each nameless column right of a question, where both hold one label each.

    So a tool writes them under a second header row, which somebody has deleted."""
    labels = [[text for text in cells.categories[:3] if text] for cells in body]  # "" and two tell that there are more
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


def nameless(columns: Sequence[Column], body: Sequence[pd.Categorical]) -> list[str]:
    """Notes on columns that have cells and no name."""
    held = [column for column in columns if not column.name and any(body[column.position].categories)]
    numbers = [column.place for column in held if _counts_rows(body[column.position])]
    others = [column.place for column in held if column.place not in numbers]
    notes = [f"a column of row numbers without a name was left out: {and_more(numbers)}"] if numbers else []
    return [*notes, f"columns without a name were left out: {and_more(others)}"] if others else notes


def _is_word(text: str) -> bool:
    return any(map(str.isalpha, text)) and len(text) > 1


def _counts_rows(cells: pd.Categorical) -> bool:
    """Whether a column numbers the rows, from 0, 1 or wherever a larger file was cut."""
    texts = texts_of(cells)
    if len(texts) < len(cells) or not all(text.isdecimal() and len(text) < 10 for text in texts):
        return False
    return bool((np.diff(np.array([int(text) for text in texts])[cells.codes]) > 0).all())


def blank_na(body: list[pd.Categorical]) -> int:
    """Make NA blank where it is what R writes for a missing value: in at least 3 columns and a fifth of all, and 20
    times as often as blank cells. Returns how many cells these were."""
    na = [int(np.count_nonzero(cells.codes == code_of(cells, "NA"))) for cells in body]
    with_na = sum(n > 0 for n in na)
    if with_na < 3 or 5 * with_na < len(body):
        return 0
    if sum(na) < 20 * sum(int(np.count_nonzero(~filled(cells))) for cells in body):
        return 0
    for j, n in enumerate(na):
        if n:
            body[j] = read_as(body[j], ["" if text == "NA" else text for text in texts_of(body[j])])
    return sum(na)


def na_note(cells: int) -> str:
    """What is said of NA that is read as blank."""
    return f"NA is read as blank, as R writes it: {cells:,} cells"


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
                    ways.append((set(columns_of_items(columns_of(grid, tool, rows), self.codebook, tool)), advice))
        return sorted(ways, key=lambda way: -len(way[0]))


def columns_of(grid: Grid, tool: Tool, depth: int) -> list[Column]:
    """The columns that a header of so many rows says there are."""
    if grid.rows[0] == 0:  # a frame has names
        names = grid.cells[0]
        places = [f"column {name}" if name else f"column {j + 1}" for j, name in enumerate(names)]
        return [Column(code=name, stem=name, position=j, place=places[j]) for j, name in enumerate(names)]
    headings = tool.headings([named(row) for row in grid.cells[:depth]])
    return [Column(**vars(heading), position=j, place=_place(grid, j)) for j, heading in enumerate(headings)]


def _place(grid: Grid, j: int) -> str:
    name = " ".join(grid.cells[0][j].split())[:40]
    return f"{grid.column_name(j)} ({name})" if name and not grid.lettered else grid.column_name(j)
