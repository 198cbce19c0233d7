"""The files that survey tools export, read into one form: a column of text per question of the codebook."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dxkit.files.cells import as_text, normal
from dxkit.files.errors import DataError, Faults, and_more
from dxkit.files.grid import Grid
from dxkit.files.opening import open_file
from dxkit.files.summary_rows import check_rows
from dxkit.files.table import read_table
from dxkit.survey.reading.codebook import Codebook
from dxkit.survey.reading.headers import Column, match
from dxkit.survey.reading.multiple_choice import choose
from dxkit.survey.reading.tools.base import Tool
from dxkit.survey.reading.tools.registry import TOOLS, is_personal, is_technical, recognise, tool_named


@dataclass(frozen=True, eq=False, kw_only=True)
class Export:
    """A file of answers in one form.

    tool, why       the tool it comes from, and how that was recognised
    answers         a text column per codebook item, in its order ("" is blank); numeric columns of a DataFrame stay so
    rows            the row of each answer in the file
    columns_at      the column of each item, as messages call it, and `positions` the same counted from 0
    depth           the number of header rows
    respondent, day "" where the file has none
    finished        one flag per row, and so is `preview`
    dropped         personal columns that were left out, and `ignored` those that the codebook lacks
    """

    tool: Tool
    why: str
    answers: pd.DataFrame
    rows: list[int]
    columns_at: dict[str, str]
    positions: dict[str, int]
    depth: int
    file: str
    sheet: str | None
    respondent: pd.Series
    day: pd.Series
    finished: pd.Series
    preview: pd.Series
    dropped: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """The name of the tool."""
        return self.tool.name

    def remarks(self, book: Codebook) -> list[str]:
        """How the file was read, and which of its columns were not."""
        remarks = [f"read as {self.source.replace('_', ' ')}: {self.why}", *self.notes]
        if self.dropped:
            remarks.append(f"personal columns left out: {', '.join(self.dropped)}")
        if self.ignored:
            remarks.append(f"columns not in the codebook: {and_more(self.ignored)}")
        if book.of_kind("weight"):
            remarks.append("the weight column is not used: weights come from the roster")
        return remarks


def read_export(
    source: str | os.PathLike[str] | pd.DataFrame | Grid,
    codebook: Codebook,
    *,
    as_tool: str | None = None,
    faults: Faults | None = None,
) -> Export:
    """Read a file of answers as any of the known tools exports it, or a DataFrame.

    Parameters
    ----------
    source : path, DataFrame or Grid
        One row per submission.
    codebook : Codebook
        What was asked.
    as_tool : str, optional
        The tool's name where it should not be recognised.
    faults : Faults, optional
        Collects the faults of matching, to be raised with others; None raises them here.

    Raises
    ------
    DataError
        A question of the codebook that no column asks, a column that appears twice, an unknown tool.
    """
    tool = None if as_tool is None else tool_named(as_tool)
    if isinstance(source, pd.DataFrame):
        header, body, rows = _from_frame(source)
        depth, why = 1, "a DataFrame"
        tool = tool or recognise([column.code for column in header], [], [])[0]
        file, sheet, notes = "DataFrame", None, ()
    else:
        grid = source if isinstance(source, Grid) else open_file(source).choose(wanted=_count_questions(codebook))
        blank = [""] * len(grid.cells[0])
        first, second, third = (*grid.cells[:3], blank, blank)[:3]
        recognised, why = recognise(first, second, third)
        tool, why = (tool, "as source= says") if tool else (recognised, why)
        depth = tool.header_rows(first, second, third)
        header, body, rows = _from_grid(grid, tool, depth)
        file, sheet, notes = grid.file, grid.sheet, grid.notes
    matching = Faults() if faults is None else faults
    matched, match_notes = match(header, codebook, tool, matching, file=file, sheet=sheet)
    if faults is None:
        matching.raise_if_any()
    answers, choice_notes = _answers(matched, header, body, codebook, tool, len(rows))
    used = {column.position for column in matched.values()}
    others = [column for column in header if column.position not in used and column.name]
    personal = [column.name for column in others if is_personal(column.code) or is_personal(column.stem)]
    ignored = [column.name for column in others if not is_technical(tool, column.code)]
    beside = _Beside(tool, header, body, len(rows))
    ids = [item for item in codebook.of_kind("id") if item in answers]
    return Export(
        tool=tool,
        why=why,
        answers=answers,
        rows=rows,
        columns_at={item: column.place for item, column in matched.items()},
        positions={item: column.position for item, column in matched.items()},
        depth=depth,
        file=file,
        sheet=sheet,
        respondent=pd.Series([as_text(value) for value in answers[ids[0]]], dtype=object)
        if ids
        else beside.text(*tool.respondent),
        day=_days(beside.text(*tool.day), tool.month_first),
        finished=beside.flags(tool.finished_in, tool.is_finished, otherwise=True),
        preview=beside.flags(tool.preview_in, tool.is_preview, otherwise=False),
        dropped=tuple(dict.fromkeys(personal)),
        ignored=tuple(name for name in dict.fromkeys(ignored) if name not in personal),
        notes=(*notes, *match_notes, *choice_notes),
    )


def visible(cell: str) -> str:
    """A stripped cell; "" where nothing in it can be seen."""
    text = cell.strip()
    return text if text.isascii() or normal(text) else ""


def _count_questions(codebook: Codebook) -> Callable[[Grid], float]:
    """How many cells of a sheet's first rows are questions: to find the sheet of answers in a workbook."""
    known = {normal(text) for text in (*codebook.items["item"], *codebook.items["text"])}

    def score(grid: Grid) -> float:
        cells = [cell for row in grid.cells[:2] for cell in row]
        return float(sum(any(normal(tool.split(cell)[1]) in known for tool in TOOLS) for cell in cells))

    return score


def _from_grid(grid: Grid, tool: Tool, depth: int) -> tuple[list[Column], list[np.ndarray], list[int]]:
    """Header columns, body columns as text arrays, and row numbers."""
    headings = tool.headings(grid.cells[:depth])
    header = [Column(**vars(heading), position=j, place=_place(grid, j)) for j, heading in enumerate(headings)]
    if depth == 1:  # the checks of a plain table hold: repeated headers, totals, columns without a name
        table = read_table(grid if tool.by_hand else _without_repeats(grid), kind="table of answers")
        body, rows = grid.cells[1:], list(table.rows)
    else:
        body, rows = grid.cells[depth:], list(grid.rows[depth:])
        if not body:
            raise DataError(f"{grid.file}: the header has {depth} rows, and there is no answer under it")
        faults = Faults()
        stripped = [[cell.strip() for cell in line] for line in body]
        check_rows(stripped, grid.cells[:depth], rows, {"file": grid.file, "sheet": grid.sheet}, faults)
        faults.raise_if_any()
    columns = np.array([[visible(cell) for cell in line] for line in body], dtype=object)
    return header, [columns[:, j] for j in range(len(header))], rows


def _place(grid: Grid, j: int) -> str:
    name = " ".join(grid.cells[0][j].split())[:40]
    return f"{grid.column_name(j)} ({name})" if name and not grid.lettered else grid.column_name(j)


def _without_repeats(grid: Grid) -> Grid:
    """Tools may export several columns of one name (options, timings); only in plain tables is that a fault."""
    times: Counter[str] = Counter()
    names = []
    for cell in grid.cells[0]:
        times[normal(cell)] += 1
        names.append(f"{cell} ({times[normal(cell)]})" if times[normal(cell)] > 1 else cell)
    return replace(grid, cells=[names, *grid.cells[1:]])


def _from_frame(frame: pd.DataFrame) -> tuple[list[Column], list, list[int]]:
    table = read_table(frame, kind="table of answers")
    header = [
        Column(code=name, stem=name, position=j, place=table.columns_at[name]) for j, name in enumerate(table.frame)
    ]
    body = [
        column if pd.api.types.is_numeric_dtype(column) else column.map(visible).astype(object)
        for _, column in table.frame.items()
    ]
    return header, body, list(table.rows)


def _answers(
    matched: dict[str, Column], header: Sequence[Column], body: Sequence, codebook: Codebook, tool: Tool, n: int
) -> tuple[pd.DataFrame, list[str]]:
    columns = {item: body[column.position] for item, column in matched.items()}
    notes = choose(columns, body, header, matched, codebook, tool)
    for item in codebook.measured:
        if item in columns and codebook.scale(item).codes:
            columns[item] = tool.recoded(columns[item], codebook.scale(item))
    return pd.DataFrame(columns, index=range(n)), notes


class _Beside:
    """What a tool says of a submission beside its answers: id, day, finished, preview."""

    def __init__(self, tool: Tool, header: Sequence[Column], body: Sequence, n: int):
        self.n = n
        self.columns = {normal(c.code) or c.code.strip(): body[c.position] for c in reversed(header)}

    def text(self, *names: str) -> pd.Series:
        """The first of these columns that there is, as text."""
        for name in names:
            if name in self.columns:
                return pd.Series([as_text(value) for value in self.columns[name]], dtype=object)
        return pd.Series([""] * self.n, dtype=object)

    def flags(self, name: str, says: Callable[[str], bool], *, otherwise: bool) -> pd.Series:
        """What each cell of a column says; without the column the same for everybody."""
        found = self.text(name).map(says) if name in self.columns else [otherwise] * self.n
        return pd.Series(found, dtype=bool)


def _days(texts: pd.Series, month_first: bool) -> pd.Series:
    """Timestamps coarsened to the day, ISO; "" where there is none or it is not understood."""
    dates = [re.match(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})", text) for text in texts]
    numbers = [tuple(map(int, date.groups())) if date else None for date in dates]
    if any(a > 12 for a, _, c in filter(None, numbers) if c > 31):
        month_first = False
    days = []
    for parts in numbers:
        if parts is None:
            days.append("")
            continue
        a, b, c = parts
        year, month, day = (a, b, c) if a > 31 else (c, a, b) if month_first else (c, b, a)
        year += 2000 if year < 100 else 0
        possible = 1 <= month <= 12 and 1 <= day <= 31
        days.append(f"{year:04d}-{month:02d}-{day:02d}" if possible else "")
    return pd.Series(days, dtype=object)
