"""Answers of any source and any size, column by column, as small numbers and distinct texts.

Rules of reading are then applied to the distinct texts of the whole, once: a large file and a small one go one way."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from dxkit.files.batches.csv_text import NotUtf8
from dxkit.files.batches.gathered import Columns, all_rows, of_cells, of_series
from dxkit.files.batches.large_csv import TOP, LargeCsv, open_large
from dxkit.files.cells import as_text
from dxkit.files.csv_file import OLDER, older_note
from dxkit.files.errors import DataError, fault_at
from dxkit.files.grid import Grid
from dxkit.files.opening import checked_path, open_file
from dxkit.files.options import memory_limit

Needed = Callable[[Grid], tuple[int, Sequence[int] | None]]  # first rows -> rows of header, columns needed (None: all)
FRAME = "DataFrame"  # what messages call a frame
Progress = Callable[[str], object]


@dataclass(frozen=True, eq=False, kw_only=True)
class Encoded:
    """The rows under a header, n of them, column by column.

    top       the first rows, the header among them; of a frame its names alone, in a row of number 0
    depth     how many rows of `top` are header
    columns   by position: n cells as codes and distinct texts, which are as they stand, "" where empty, and in use;
              None where the column is not needed
    rows      the row number of each in the file; of a frame they count from 1
    notes     what was noticed while reading
    """

    top: Grid
    depth: int
    columns: list[pd.Categorical | None]
    rows: Sequence[int] | np.ndarray
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def file(self) -> str:
        """What messages call the source."""
        return self.top.file

    @property
    def sheet(self) -> str | None:
        return self.top.sheet

    @property
    def of_frame(self) -> bool:
        """Whether the header is the names of a frame, and no row of a file."""
        return self.top.rows[0] == 0


def everything(top: Grid) -> tuple[int, None]:
    """The need of who wants all columns under a header of one row."""
    return 1, None


def encode(
    source: object,
    needed: Needed = everything,
    *,
    choose: Callable[[str | os.PathLike[str]], Grid] = lambda path: open_file(path).choose(),
    memory: str | int = "2 GB",
    progress: Progress | None = None,
) -> Encoded:
    """The answers of any source as encoded columns.

    Parameters
    ----------
    source : path, Grid, data frame of any kind, or an iterable of them
        One row per submission.
    needed : function
        Receives the first rows; returns how many of them are header, and the positions of the columns to keep, None
        for all.
    choose : function
        The sheet to read, of a file that is read whole.
    memory : text or number of bytes
        The most that the columns may take.
    progress : function of a line of text, optional
        Receives a line on how far a file has been read.

    Raises
    ------
    DataError
        A source of another kind, a file that cannot be read, no rows, columns that are no cells, or too many answers.
    """
    limit = memory_limit(memory)
    if isinstance(source, Grid):
        return _of_grid(source, needed, limit)
    if isinstance(source, pd.DataFrame):
        return _of_frame(source, needed, limit)
    if isinstance(source, str | os.PathLike):
        place, file = checked_path(source)
        return _of_csv(place, file, needed, limit, progress) or _of_grid(choose(source), needed, limit)
    raise DataError(f"expected a path, a data frame or an iterable of them, got {type(source).__name__}")


def _of_grid(grid: Grid, needed: Needed, limit: int) -> Encoded:
    top = replace(grid, cells=grid.cells[:TOP], rows=grid.rows[:TOP])
    depth, columns = _wanted(top, needed, limit)
    body = grid.cells[depth:]
    if not body:
        raise no_answers(top, depth)
    columns.add({j: of_cells([line[j] for line in body]) for j in columns.gathered})
    return Encoded(top=top, depth=depth, columns=columns.finished(), rows=grid.rows[depth:], notes=grid.notes)


def _of_csv(place: Path, file: str, needed: Needed, limit: int, progress: Progress | None) -> Encoded | None:
    """A large csv file; None for any other file."""
    try:
        return _of_large(open_large(place, file), needed, limit, progress)
    except NotUtf8 as found:
        older = _of_large(open_large(place, file, OLDER), needed, limit, progress)
        return older and replace(older, notes=(*older.notes, older_note(found.args[0])))


def _of_large(large: LargeCsv | None, needed: Needed, limit: int, progress: Progress | None) -> Encoded | None:
    if large is None:
        return None
    depth, columns = _wanted(large.top, needed, limit)
    rows, told = [], 0
    for (lines, batch), share in large.parts(depth, list(columns.gathered)):
        columns.add(batch, share)
        rows.append(lines)
        if progress and int(10 * share) > told:
            told = int(10 * share)
            progress(f"{large.text.file}: {10 * told}% read")
    if not any(map(len, rows)):
        raise no_answers(large.top, depth)
    return Encoded(top=large.top, depth=depth, columns=columns.finished(), rows=all_rows(rows), notes=large.notes)


def _of_frame(frame: pd.DataFrame, needed: Needed, limit: int) -> Encoded:
    if frame.columns.nlevels > 1:
        raise DataError(f"the table of answers has a header of {frame.columns.nlevels} levels; flatten it to one")
    top = names_on_top([as_text(name) for name in frame.columns])
    depth, columns = _wanted(top, needed, limit)
    if not len(frame):
        raise no_answers(top, depth)
    columns.add({j: of_series(frame.iloc[:, j], {"file": FRAME, "column": top.cells[0][j]}) for j in columns.gathered})
    return Encoded(top=top, depth=depth, columns=columns.finished(), rows=range(1, len(frame) + 1))


def _wanted(top: Grid, needed: Needed, limit: int) -> tuple[int, Columns]:
    """How many of the first rows are header, and the columns to fill."""
    depth, positions = needed(top)
    width = len(top.cells[0])
    return depth, Columns(width, range(width) if positions is None else sorted(set(positions)), limit)


def names_on_top(names: Sequence[str], file: str = FRAME) -> Grid:
    """The first rows of a frame: its names alone."""
    return Grid(cells=[list(names)], rows=[0], file=file)


def no_answers(top: Grid, depth: int) -> DataError:
    """What is said of a source that has no rows."""
    if top.rows[0] == 0:
        return fault_at("the table of answers has no rows", file=top.file)
    header = f"the header has {depth} {'row' if depth == 1 else 'rows'}"
    return fault_at(f"{header}, and there is no answer under it", file=top.file, sheet=top.sheet, row=top.rows[0])
