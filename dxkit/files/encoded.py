"""Answers of any source and any size, column by column, as small numbers and distinct texts.

Rules of reading are then applied to the distinct texts of the whole, once: a large file and a small one go one way."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from dxkit.files.batches.csv_text import NotUtf8
from dxkit.files.batches.from_arrow import Stream, arrow_file, arrow_stream, speaks_arrow
from dxkit.files.batches.gathered import Batch, Columns, Looks, all_rows, of_cells, of_series
from dxkit.files.batches.large_csv import TOP, LargeCsv, open_large
from dxkit.files.cells import as_text
from dxkit.files.csv_file import OLDER, older_note
from dxkit.files.errors import DataError, fault_at
from dxkit.files.grid import Grid
from dxkit.files.opening import checked_path, open_file
from dxkit.files.options import memory_limit
from dxkit.files.progress import Reading, Say


class Need(NamedTuple):
    """What is needed of a source: rows of header; the columns to keep (None: all), others stay in outline; and the rows
    of a batch to keep as they stand in every column."""

    depth: int = 1
    kept: Sequence[int] | None = None
    looks: Looks | None = None


Needed = Callable[[Grid], Need]  # told by the first rows
FRAME = "DataFrame"  # what messages call a frame
_NO_PARTS = (Mapping, bytes, type, np.ndarray, pd.Series, pd.Index)  # they can be iterated, and hold no sources


@dataclass(frozen=True, eq=False, kw_only=True)
class Encoded:
    """The rows under a header, n of them, column by column.

    top       the first rows, the header among them; of a frame its names alone, in a row of number 0
    depth     how many rows of `top` are header
    columns   by position: n cells as codes and distinct texts, which are as they stand, "" where empty, and in use;
              where the column is not needed only "", NA and a mark for any other text
    whole     the places of rows that are kept as they stand in every column
    rows      the row number of each in the file; of a frame they count from 1
    notes     what was noticed while reading
    """

    top: Grid
    depth: int
    columns: list[pd.Categorical]
    whole: np.ndarray
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


def encode(
    source: object,
    needed: Needed = lambda top: Need(),
    *,
    choose: Callable[[str | os.PathLike[str]], Grid] = lambda path: open_file(path).choose(),
    memory: str | int = "2 GB",
    progress: Say = None,
    empty: bool = False,
) -> Encoded:
    """The answers of any source as encoded columns.

    Parameters
    ----------
    source : path, Grid, data frame of any kind, or an iterable of them
        One row per submission.
    needed : function
        Receives the first rows; returns what is needed.
    choose : function
        The sheet to read, of a file that is read whole.
    memory : text or number of bytes
        The most that the columns may take.
    progress : function of a line of text, True, False or None
        How far a file has been read, as in `Work`.
    empty : bool
        Whether no rows are fine.

    Raises
    ------
    DataError
        A source of another kind, a file that cannot be read, no rows, columns that are no cells, or too many answers.
    """
    limit = memory_limit(memory)

    def read(part: Any, wanted: Needed) -> Encoded:
        if not is_source(part):
            raise unknown(part)
        if isinstance(part, Grid):
            return _of_grid(part, wanted, limit)
        if isinstance(part, pd.DataFrame):
            return _of_frame(part, wanted, limit)
        if isinstance(part, str | os.PathLike):
            place, file = checked_path(part, folder=True)
            if (stream := arrow_file(place, file)) is not None:
                return _of_stream(stream, wanted, limit, progress)
            return _of_csv(place, file, wanted, limit, progress) or _of_grid(choose(part), wanted, limit)
        if (stream := arrow_stream(part, FRAME)) is not None:
            return _of_stream(stream, wanted, limit, progress)
        return _of_parts(part, read, wanted, limit)

    found = read(source, needed)
    if len(found) or empty:
        return found
    if found.of_frame:
        raise fault_at("the table of answers has no rows", file=found.file)
    header = f"the header has {found.depth} {'row' if found.depth == 1 else 'rows'}"
    message = f"{header}, and there is no answer under it"
    raise fault_at(message, file=found.file, sheet=found.sheet, row=found.top.rows[0])


def is_source(source: object) -> bool:
    """Whether it is a path, a sheet, a data frame, or may be an iterable of them."""
    if isinstance(source, _NO_PARTS):
        return False
    return isinstance(source, Grid | str | os.PathLike | pd.DataFrame | Iterable) or speaks_arrow(source)


def unknown(source: object) -> DataError:
    """What is said of a source of another kind."""
    package, name = type(source).__module__.partition(".")[0], type(source).__qualname__
    kind = name if package == "builtins" else f"{package}.{name}"
    return DataError(
        "expected a path, a data frame (pandas, Polars, pyarrow, DuckDB, Dask, anything with __arrow_c_stream__) or an "
        f"iterable of them, got {kind}"
    )


def _of_grid(grid: Grid, needed: Needed, limit: int) -> Encoded:
    top = replace(grid, cells=grid.cells[:TOP], rows=grid.rows[:TOP])
    depth, columns = _wanted(top, needed, limit)
    body = grid.cells[depth:]
    columns.add({j: of_cells([line[j] for line in body]) for j in columns.positions})
    return _encoded(columns, top=top, depth=depth, rows=grid.rows[depth:], notes=grid.notes)


def _of_csv(place: Path, file: str, needed: Needed, limit: int, progress: Say) -> Encoded | None:
    """A large csv file; None for any other file."""
    try:
        return _of_large(open_large(place, file), needed, limit, progress)
    except NotUtf8 as found:
        older = _of_large(open_large(place, file, OLDER), needed, limit, progress)
        return older and replace(older, notes=(*older.notes, older_note(found.args[0])))


def _of_large(large: LargeCsv | None, needed: Needed, limit: int, progress: Say) -> Encoded | None:
    if large is None:
        return None
    depth, columns = _wanted(large.top, needed, limit)
    rows = []
    with Reading(large.text.file, progress) as told:
        for (lines, batch), share in large.parts(depth, columns.positions):
            columns.add(batch, share)
            rows.append(lines)
            told.share(share)
    return _encoded(columns, top=large.top, depth=depth, rows=all_rows(rows), notes=large.notes)


def _of_frame(frame: pd.DataFrame, needed: Needed, limit: int) -> Encoded:
    if frame.columns.nlevels > 1:
        raise DataError(f"the table of answers has a header of {frame.columns.nlevels} levels; flatten it to one")
    top = names_on_top([as_text(name) for name in frame.columns])
    depth, columns = _wanted(top, needed, limit)
    columns.add({j: of_series(frame.iloc[:, j], at) for j, at in enumerate(columns.at(FRAME, top.cells[0]))})
    return _encoded(columns, top=top, depth=depth, rows=range(1, len(frame) + 1))


def _of_stream(stream: Stream, needed: Needed, limit: int, progress: Say) -> Encoded:
    top = names_on_top(stream.names, stream.file)
    depth, columns = _wanted(top, needed, limit)
    n = 0
    with Reading(stream.file, progress) as told:
        for rows, batch, share in stream.parts(columns.at(stream.file, stream.names)):
            n += rows
            columns.add(batch, share)
            told.share(share)
    return _encoded(columns, top=top, depth=depth, rows=range(1, n + 1))


def _encoded(columns: Columns, **what: Any) -> Encoded:
    return Encoded(columns=columns.finished(), whole=columns.whole, **what)


def _of_parts(parts: Iterable, read: Callable[[object, Needed], Encoded], needed: Needed, limit: int) -> Encoded:
    joined: _Joined | None = None
    need = Need()

    def first(top: Grid) -> Need:
        nonlocal need
        need = needed(top)
        return need

    for number, part in enumerate(parts, 1):
        one = read(part, first if joined is None else joined.need)
        joined = joined or _Joined(one, need, limit)
        joined.add(one, number)
    if joined is None:
        raise DataError("there is nothing to read: no rows came")
    return joined.whole()


class _Joined:
    """Several sources as one: the columns of each that are called as those of the first."""

    def __init__(self, first: Encoded, need: Need, limit: int):
        self.first, self.header, self.first_need = first, _headings(first.top, first.depth), need
        self.columns, self.found, self.n = Columns(len(self.header), limit), list[np.ndarray](), 0
        self.rows, self.notes, self.before = [], {}, 0

    def need(self, top: Grid) -> Need:
        """The columns of another source."""
        depth, kept, looks = self.first_need
        at = {name: j for j, name in enumerate(_headings(top, depth))}
        place = {j: at[name] for j, name in enumerate(self.header) if name in at}

        def looks_here(batch: Batch) -> np.ndarray:
            if looks is None or len(place) < len(self.header):  # then `add` refuses the part
                return np.zeros(0, dtype=np.int64)
            return looks({j: batch[k] for j, k in place.items()})

        return Need(depth, [place[j] for j in place if kept is None or j in kept], looks_here)

    def add(self, one: Encoded, number: int) -> None:
        there = dict(zip(_headings(one.top, one.depth), one.columns, strict=True))
        for name in self.header:
            if name not in there:
                raise DataError(f"part {number} has no column '{name[0][0]}', which the first part has")
        found = {j: there[name] for j, name in enumerate(self.header)}
        self.columns.add({j: (c.codes, list(c.categories)) for j, c in found.items()})
        self.found.append(one.whole + self.n)
        self.n += len(one)
        if len(one):
            self.rows.append(_moved(one.rows, self.before))
            self.before = int(self.rows[-1][-1])
        self.notes.update(dict.fromkeys(one.notes))

    def whole(self) -> Encoded:
        notes = tuple(self.notes)
        columns, whole = self.columns.finished(), np.concatenate(self.found)
        return replace(self.first, columns=columns, whole=whole, rows=all_rows(self.rows), notes=notes)


def _moved(rows: Sequence[int] | np.ndarray, by: int) -> Sequence[int] | np.ndarray:
    return range(rows.start + by, rows.stop + by) if isinstance(rows, range) else np.asarray(rows) + by


def _headings(top: Grid, depth: int) -> list[tuple[tuple[str, ...], int]]:
    """What stands above each column, and how many columns to its left are called the same."""
    names = list(zip(*top.cells[:depth], strict=True))
    return [(name, names[:j].count(name)) for j, name in enumerate(names)]


def _wanted(top: Grid, needed: Needed, limit: int) -> tuple[int, Columns]:
    """How many of the first rows are header, and the columns to fill."""
    depth, kept, looks = needed(top)
    return depth, Columns(len(top.cells[0]), limit, kept, looks)


def names_on_top(names: Sequence[str], file: str = FRAME) -> Grid:
    """The first rows of a frame: its names alone."""
    return Grid(cells=[list(names)], rows=[0], file=file)
