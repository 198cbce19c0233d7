"""A table a person made: its header and its typed columns, every fault with its cell."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dxkit.files.cells import NO, YES, as_text, number, quoted, timestamp
from dxkit.files.errors import DataError, Faults
from dxkit.files.grid import Grid
from dxkit.files.opening import read_grid
from dxkit.files.summary_rows import check_rows

_POINTED = re.compile(r"[-+]?[1-9]\d{0,2}\.\d{3}")
_COMMA = re.compile(r"[-+]?\d+,(\d{1,2}|\d{4,})")


@dataclass(frozen=True, eq=False, kw_only=True)
class Table:
    """The rows under a header. `frame` holds text ("" is empty); numeric columns of a DataFrame stay numeric.

    `rows` is the row number of each in the file, `columns_at` the letter or number of each column. `commas` says that
    the decimal sign of the file is the comma, by its separator or by its other numbers.
    """

    frame: pd.DataFrame
    rows: list[int]
    columns_at: dict[str, str]
    file: str
    sheet: str | None = None
    notes: tuple[str, ...] = ()
    commas: bool = False

    def number(self, text: str) -> tuple[float, str | None]:
        """A number of this table, or what is wrong with it: where decimals have a comma, a point may mean thousands."""
        if self.commas and _POINTED.fullmatch(text):
            either = f"{quoted(text)} may be {text.replace('.', '')} or {text.replace('.', ',')}"
            return np.nan, f"{either}; write it without thousands separators"
        return number(text)

    def fault(self, faults: Faults, i: int, column: str, message: str) -> None:
        """Add a fault of the cell in row i (counted from 0) of a column."""
        faults.add(
            message, file=self.file, sheet=self.sheet, row=self.rows[i], column=self.columns_at.get(column, column)
        )

    def text(self, column: str, *, faults: Faults | None = None, default: str = "") -> pd.Series:
        """A column as stripped text; the default where the column is missing."""
        if column not in self.frame.columns:
            return pd.Series([default] * len(self.rows), dtype=object)
        return self.frame[column].map(as_text).astype(object)

    def numbers(self, column: str, *, faults: Faults, low=None, high=None, required: bool = True) -> pd.Series:
        """A column as numbers within bounds; nan only where it may be empty."""
        values = []
        for i, text in enumerate(self.text(column)):
            value, problem = (
                self.number(text) if text else (np.nan, "the cell is empty; write a number" if required else None)
            )
            if problem is None and low is not None and value < low:
                problem = f"{value:g} is too small; the least is {low:g}"
            if problem is None and high is not None and value > high:
                problem = f"{value:g} is too large; the most is {high:g}"
            if problem:
                self.fault(faults, i, column, problem)
            values.append(value)
        return pd.Series(values, dtype=float)

    def times(self, column: str, *, faults: Faults, timezone: str = "UTC", required: bool = False) -> pd.Series:
        """A column as timestamps in UTC; those without a zone are taken in `timezone`; NaT where it may be empty."""
        stamps = []
        for i, text in enumerate(self.text(column)):
            stamp, problem = timestamp(text, timezone)
            if problem is None and stamp is pd.NaT and required:
                problem = "the cell is empty; write a time such as 2026-01-31T14:00+01:00"
            if problem:
                self.fault(faults, i, column, problem)
            stamps.append(stamp)
        return pd.Series(pd.DatetimeIndex(stamps, tz="UTC"))

    def choices(self, column: str, allowed: Sequence[str], *, faults: Faults, default: str = "") -> pd.Series:
        """A column of words from a list, matched without regard to case and spaces."""
        known = {_folded(word): word for word in allowed}
        values = []
        for i, text in enumerate(self.text(column)):
            if text and _folded(text) not in known:
                near = difflib.get_close_matches(_folded(text), list(known), n=1)
                hint = f"did you mean '{known[near[0]]}'?" if near else f"use one of {', '.join(allowed)}"
                self.fault(faults, i, column, f"{quoted(text)} is not allowed here; {hint}")
            values.append(known.get(_folded(text), default))
        return pd.Series(values, dtype=object)

    def flags(self, column: str, *, faults: Faults, default: bool = False) -> pd.Series:
        """A column of yes and no."""
        values = []
        for i, text in enumerate(self.text(column)):
            folded = _folded(text)
            if folded not in YES and folded not in NO and folded not in ("1.0", "0.0"):
                self.fault(faults, i, column, f"{quoted(text)} is neither yes nor no")
            values.append(folded in YES or folded == "1.0" or (not folded and default))
        return pd.Series(values, dtype=bool)


def _folded(text: object) -> str:
    return " ".join(str(text).replace("\u00a0", " ").replace("\ufeff", "").split()).casefold()


def header_score(required: Sequence[str]):
    """How many of these columns the first row of a grid names: to find the right sheet of a workbook."""

    def score(grid: Grid) -> float:
        names = {_folded(cell) for cell in grid.cells[0]}
        return float(sum(_folded(name) in names for name in required))

    return score


def read_table(
    source,
    *,
    required: Sequence[str] = (),
    optional: Sequence[str] = (),
    sheet: str | None = None,
    kind: str = "table",
    empty: bool = False,
) -> Table:
    """Read a csv file, a sheet of a workbook or a DataFrame with a header row.

    Parameters
    ----------
    source : path or DataFrame
    required, optional : list of str
        Column names, matched without regard to case and spaces. Other columns are kept and named in a note.
    sheet : str, optional
        The sheet of a workbook; by default the only one or the one that has the columns.
    kind : str
        What the table is called in messages.
    empty : bool
        Whether a header with no row under it is fine.

    Raises
    ------
    DataError
        Every fault of the header, or a file that is no table.
    """
    if isinstance(source, pd.DataFrame):
        return _from_frame(source, required, optional, kind, empty)
    return table_from_grid(
        read_grid(source, sheet, header_score([*required, *optional])),
        required=required,
        optional=optional,
        kind=kind,
        empty=empty,
    )


def table_from_grid(
    grid: Grid, *, required: Sequence[str] = (), optional: Sequence[str] = (), kind: str = "table", empty: bool = False
) -> Table:
    """The table of a grid whose first row is the header."""
    faults = Faults()
    header = [" ".join(cell.split()) for cell in grid.cells[0]]
    places = [grid.column_name(j) for j in range(len(header))]
    at = {"file": grid.file, "sheet": grid.sheet, "row": grid.rows[0]}
    body = [[cell.strip() for cell in line] for line in grid.cells[1:]]
    nameless = [j for j, name in enumerate(header) if not name]
    for j in nameless:
        if any(line[j] for line in body):
            faults.add("the column has no name in the header", column=places[j], **at)
    keep = [j for j in range(len(header)) if header[j]]
    names, notes = _named([header[j] for j in keep], [places[j] for j in keep], required, optional, kind, at, faults)
    rows = grid.rows[1:]
    check_rows([[line[j] for j in keep] for line in body], [[header[j] for j in keep]], rows, at, faults)
    if not body and not empty and not len(faults):
        faults.add(f"the {kind} has a header and no row under it", **at)
    faults.raise_if_any()
    frame = pd.DataFrame([[line[j] for j in keep] for line in body], columns=names, dtype=object)
    return Table(
        frame=frame,
        rows=list(rows),
        columns_at=dict(zip(names, (_place(grid, places[j], j) for j in keep), strict=True)),
        file=grid.file,
        sheet=grid.sheet,
        notes=(*grid.notes, *notes),
        commas=grid.separator == ";" or any(_COMMA.fullmatch(cell) for line in body for cell in line),
    )


def _place(grid: Grid, place: str, j: int) -> str:
    name = " ".join(grid.cells[0][j].split())
    return place if grid.lettered else f"{place} ({name[:40]})"


def _named(header, places, required, optional, kind, at, faults: Faults) -> tuple[list[str], list[str]]:
    """The header with known columns in their own spelling; faults for repeated and missing ones; a note for others."""
    known = {_folded(name): name for name in (*required, *optional)}
    names = [known.get(_folded(name), name) for name in header]
    seen: dict[str, int] = {}
    for j, name in enumerate(names):
        first = seen.setdefault(_folded(name), j)
        if first != j:
            faults.add(
                f"column '{name[:60]}' is there twice (also {places[first]}); rename or delete one",
                column=places[j],
                **at,
            )
    missing = [name for name in required if _folded(name) not in seen]
    for name in missing:
        near = difflib.get_close_matches(_folded(name), [_folded(h) for h in header if _folded(h) not in known], n=1)
        found = ", ".join(h[:40] for h in header[:12]) + (", ..." if len(header) > 12 else "")
        hint = f"did you mean it by '{near[0]}'?" if near else f"found are {found or 'none'}"
        faults.add(f"the {kind} needs a column '{name}'; {hint}", **at)
    others = [name[:40] for name in names if _folded(name) not in known]
    more = f" and {len(others) - 8} more" if len(others) > 8 else ""
    notes = [f"columns of the {kind} that are not used: {', '.join(others[:8])}{more}"] if others and known else []
    return names, notes


def _from_frame(source: pd.DataFrame, required, optional, kind: str, empty: bool) -> Table:
    if source.columns.nlevels > 1:
        raise DataError(f"the {kind} has a header of {source.columns.nlevels} levels; flatten it to one")
    faults = Faults()
    at = {"file": "DataFrame", "sheet": None, "row": None}
    header = [as_text(name) for name in source.columns]
    names, notes = _named(header, [f"column {j + 1}" for j in range(len(header))], required, optional, kind, at, faults)
    if not len(source) and not empty and not len(faults):
        faults.add(f"the {kind} has no rows", file="DataFrame")
    faults.raise_if_any()
    columns = {}
    for j, name in enumerate(names):
        column = source.iloc[:, j]
        numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
        columns[name] = column.reset_index(drop=True) if numeric else column.map(as_text).astype(object).to_numpy()
        if numeric and np.isinf(column.to_numpy(dtype=float, na_value=np.nan)).any():
            faults.add("the column holds an infinite number", file="DataFrame", column=name)
    faults.raise_if_any()
    frame = pd.DataFrame(columns, index=range(len(source)))
    return Table(
        frame=frame,
        rows=list(range(1, len(source) + 1)),
        columns_at={name: f"column {name}" for name in names},
        file="DataFrame",
        notes=tuple(notes),
    )
