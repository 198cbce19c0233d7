"""A table a person made: the columns it is declared to have, its typed values, every fault with its cell."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, SupportsIndex

import numpy as np
import pandas as pd

from dxkit.files.cells import NO, YES, as_text, folded, number, quoted, timestamp, timestamps
from dxkit.files.encoded import FRAME
from dxkit.files.errors import DataError, Faults, and_more, nearest, suggest
from dxkit.files.frames import TableSource, opened
from dxkit.files.grid import Grid
from dxkit.files.summary_rows import check_rows

TEXT, NUMBER, TIME, YES_NO, CHOICE = "text", "number", "time", "yes/no", "choice"
EXAMPLE = "(example)"  # a row that starts with it is left out
_POINTED = re.compile(r"[-+]?[1-9]\d{0,2}\.\d{3}")
_COMMA = re.compile(r"[-+]?\d+,(\d{1,2}|\d{4,})")


@dataclass(frozen=True, kw_only=True)
class Column:
    """What the cells of a column hold, and within which bounds. `needed` is a column that the table must have, `filled`
    one without empty cells; `default` stands for an empty cell of a choice or of yes and no."""

    name: str
    kind: str = TEXT
    needed: bool = False
    filled: bool = False
    low: float | None = None
    high: float | None = None
    allowed: tuple[str, ...] = ()
    default: str | bool = ""


@dataclass(frozen=True, kw_only=True)
class TableSpec:
    """The columns of a kind of table, declared once: `read` finds them in a file, `Table.values` reads their cells.

    kind     what messages call the table
    empty    whether a header without rows is fine

    >>> spec = TableSpec(kind="roster", columns=(*texts("team"), Column(name="headcount", kind=NUMBER, low=0)))
    >>> table = spec.read(pd.DataFrame({"Team": ["Red"], "headcount": ["7"]}))
    >>> table.values(Faults()).to_dict("list")
    {'team': ['Red'], 'headcount': [7.0]}
    """

    kind: str = "table"
    columns: tuple[Column, ...] = ()
    empty: bool = False

    @property
    def needed(self) -> list[str]:
        return [column.name for column in self.columns if column.needed]

    def score(self, grid: Grid) -> float:
        """How many of these columns the first row of a grid names: to find the right sheet of a workbook."""
        header = {folded(cell) for cell in grid.cells[0]}
        return float(sum(folded(column.name) in header for column in self.columns))

    def fits(self, grid: Grid) -> bool:
        """Whether the first row of a grid names every column that is needed."""
        return {folded(name) for name in self.needed} <= {folded(cell) for cell in grid.cells[0]}

    def read(self, source: TableSource | Grid, sheet: str | None = None, *, file: str = FRAME) -> "Table":
        """The table in a csv file, a sheet of a workbook (of this name, else the one that has the columns) or a frame.

        The example rows of a form are left out. `file` is what messages call a frame.

        Raises
        ------
        DataError
            Every fault of the header, or a file that cannot be read.
        """
        table = source if isinstance(source, Grid) else opened(source)
        if isinstance(table, pd.DataFrame):
            return _without_examples(_from_frame(table, self, file))
        grid = table if isinstance(table, Grid) else table.choose(sheet, self.score)
        return _without_examples(_from_grid(grid, self))


def declared(path: Path) -> dict[str, tuple[Column, ...]]:
    """The columns of each table in a csv file that declares them, a row each; one row may be of several tables."""
    columns: dict[str, tuple[Column, ...]] = {}
    with path.open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            low, high = (float(row[end]) if row[end] else None for end in ("low", "high"))
            column = Column(
                name=row["column"],
                kind=row["kind"],
                needed=bool(row["needed"]),
                filled=bool(row["filled"]),
                low=low,
                high=high,
                allowed=tuple(filter(None, row["allowed"].split("; "))),
                default=row["default"] == "yes" if row["kind"] == YES_NO else row["default"],
            )
            for table in row["table"].split():
                columns[table] = (*columns.get(table, ()), column)
    return columns


def texts(*names: str, needed: bool = False) -> tuple[Column, ...]:
    return tuple(Column(name=name, needed=needed) for name in names)


@dataclass(frozen=True, eq=False, kw_only=True)
class Table:
    """The rows under a header. `frame` holds text ("" is empty); numeric columns of a DataFrame stay numeric.

    `rows` is the row number of each in the file, `columns_at` the letter or number of each column. `commas` says that
    the decimal sign of the file is the comma, by its separator or by its other numbers. `unfilled` tells in a line
    that it is a form with its examples alone. `marked` names the cells in the yellow of our forms.
    """

    frame: pd.DataFrame
    rows: list[int]
    columns_at: dict[str, str]
    file: str
    sheet: str | None = None
    notes: tuple[str, ...] = ()
    commas: bool = False
    unfilled: str = ""
    marked: tuple[str, ...] = ()
    spec: TableSpec = field(default_factory=TableSpec)

    def values(self, faults: Faults, timezone: str = "UTC") -> pd.DataFrame:
        """Every declared column, typed; one that the table lacks is as if its cells were empty. Times that name no zone
        are taken in `timezone`."""
        return pd.DataFrame({column.name: self.typed(column, faults, timezone) for column in self.spec.columns})

    def typed(self, column: Column, faults: Faults, timezone: str = "UTC") -> pd.Series:
        """A declared column: text, numbers (nan where empty), times in UTC (NaT where empty), True or False."""
        texts_, required = self.text(column.name), column.filled and column.name in self.frame.columns
        if column.kind not in (NUMBER, TIME, YES_NO, CHOICE):  # text, or what a room reads in a way of its own
            return texts_
        if column.kind == TIME and (at_once := timestamps(texts_)) is not None:
            return at_once
        read = {text: self._value(text, column, required, timezone) for text in texts_.unique()}
        for i, text in enumerate(texts_):
            if problem := read[text][1]:
                self.fault(faults, i, column.name, problem)
        values = [read[text][0] for text in texts_]
        if column.kind == TIME:
            return pd.Series(pd.DatetimeIndex(values, tz="UTC"))
        return pd.Series(values, dtype={NUMBER: float, YES_NO: bool}.get(column.kind, object))

    def _value(self, text: str, column: Column, required: bool, timezone: str) -> tuple[Any, str | None]:
        """The value of a cell, or what is wrong with it. Words are matched without regard to case and spaces."""
        if column.kind == NUMBER:
            value, problem = self.number(text) if text else (np.nan, "the cell is empty; write a number" * required)
            if not problem and column.low is not None and value < column.low:
                problem = f"{value:g} is too small; write {column.low:g} or more"
            if not problem and column.high is not None and value > column.high:
                problem = f"{value:g} is too large; write {column.high:g} or less"
            return value, problem
        if column.kind == TIME:
            if required and not text:
                return pd.NaT, "the cell is empty; write a time such as 2026-01-31T14:00+01:00"
            return timestamp(text, timezone)
        word = folded(text)
        if column.kind == YES_NO:
            word = {"1.0": "1", "0.0": "0"}.get(word, word)
            wrong = None if word in YES or word in NO else f"write yes or no, not {quoted(text)}"
            return word in YES or (not word and bool(column.default)), wrong
        spelled = {folded(allowed): allowed for allowed in column.allowed}
        wrong = f"{quoted(text)} is not allowed here; {suggest(word, column.allowed)}"
        return spelled.get(word, str(column.default)), wrong if text and word not in spelled else None

    def number(self, text: str) -> tuple[float, str | None]:
        """A number of this table, or what is wrong with it: where decimals have a comma, a point may mean thousands."""
        if self.commas and _POINTED.fullmatch(text):
            either = f"{quoted(text)} may be {text.replace('.', '')} or {text.replace('.', ',')}"
            return np.nan, f"{either}; write it without thousands separators"
        return number(text)

    @property
    def place(self) -> dict[str, Any]:
        """What messages call the table."""
        return {"file": self.file, "sheet": self.sheet}

    def fault(self, faults: Faults, i: SupportsIndex, column: str, message: str) -> None:
        """Add a fault of the cell in row i (counted from 0) of a column."""
        faults.add(message, row=self.rows[i], column=self.columns_at.get(column, column), **self.place)

    def text(self, column: str) -> pd.Series:
        """A column as stripped text; empty where the column is missing."""
        if column not in self.frame.columns:
            return pd.Series([""] * len(self.rows), dtype=object)
        cells = self.frame[column]
        return pd.Series([cell if type(cell) is str else as_text(cell) for cell in cells], dtype=object)


def _from_grid(grid: Grid, spec: TableSpec) -> Table:
    """The table of a grid whose first row is the header."""
    faults = Faults()
    header = [" ".join(cell.split()) for cell in grid.cells[0]]
    places = [grid.column_name(j) for j in range(len(header))]
    at = {"file": grid.file, "sheet": grid.sheet, "row": grid.rows[0]}
    body = [[cell.strip() for cell in line] for line in grid.cells[1:]]
    for j, name in enumerate(header):
        if not name and any(line[j] for line in body):
            faults.add("the column has no name in the header; name it or delete it", column=places[j], **at)
    keep = [j for j in range(len(header)) if header[j]]
    names, notes = _named([header[j] for j in keep], [places[j] for j in keep], spec, at, faults)
    rows = grid.rows[1:]
    body = [[line[j] for j in keep] for line in body]
    check_rows(body, [[header[j] for j in keep]], rows, at, faults)
    if not body and not spec.empty and not len(faults):
        faults.add(f"the {spec.kind} has a header but no rows under it", **at)
    faults.raise_if_any()
    shown = [places[j] if grid.lettered else f"{places[j]} ({header[j][:40]})" for j in keep]
    return Table(
        frame=pd.DataFrame(body, columns=names, dtype=object),
        rows=list(rows),
        columns_at=dict(zip(names, shown, strict=True)),
        file=grid.file,
        sheet=grid.sheet,
        notes=(*grid.notes, *notes),
        marked=grid.marked,
        commas=grid.separator == ";" or any(_COMMA.fullmatch(cell) for line in body for cell in line),
        spec=spec,
    )


def _without_examples(table: Table) -> Table:
    """The table without the rows that a form to fill in has as examples."""
    first = table.frame.iloc[:, 0] if len(table.frame.columns) else []
    real = [i for i, cell in enumerate(first) if not (isinstance(cell, str) and cell.startswith(EXAMPLE))]
    if not len(first) or len(real) == len(table.rows):
        return table
    where = table.sheet or table.file
    unfilled = "" if real else f"{where}: only the example is there; fill in rows below it"
    note = unfilled or f"{where}: example rows left out: {len(table.rows) - len(real)}"
    frame, rows = table.frame.iloc[real].reset_index(drop=True), [table.rows[i] for i in real]
    return replace(table, frame=frame, rows=rows, notes=(*table.notes, note), unfilled=unfilled)


def _named(
    header: Sequence[str], places: Sequence[str], spec: TableSpec, at: dict, faults: Faults
) -> tuple[list[str], list[str]]:
    """The header with declared columns in their own spelling; faults for repeated and missing ones; a note for others.

    Two columns that nobody declared are the same only where case alone differs: `it's` and `it’s` may be two questions.
    """
    spelled = {folded(column.name): column.name for column in spec.columns}
    names = [spelled.get(folded(name), name) for name in header]
    first_at: dict[str, int] = {}
    for j, name in enumerate(names):
        first = first_at.setdefault(" ".join(name.split()).casefold(), j)
        if first != j:
            faults.add(
                f"column '{name[:60]}' appears twice (also {places[first]}); rename or delete one",
                column=places[j],
                **at,
            )
    others = [name for name in names if folded(name) not in spelled]
    for name in spec.needed:
        if name not in names:
            near = nearest(name, others)
            listed = ", ".join(other[:40] for other in header[:12]) + (", ..." if len(header) > 12 else "")
            hint = f"is it the one called '{near[:60]}'?" if near else f"its columns are {listed or '(none)'}"
            faults.add(f"the {spec.kind} needs a column '{name}'; {hint}", **at)
    unused = and_more([name[:40] for name in others])
    return names, [f"columns of the {spec.kind} that are not used: {unused}"] if others and spelled else []


def _from_frame(source: pd.DataFrame, spec: TableSpec, file: str) -> Table:
    if source.columns.nlevels > 1:
        raise DataError(f"the {spec.kind} has a header of {source.columns.nlevels} levels; flatten it to one")
    faults = Faults()
    at = {"file": file, "sheet": None, "row": None}
    header = [as_text(name) for name in source.columns]
    names, notes = _named(header, [f"column {j + 1}" for j in range(len(header))], spec, at, faults)
    if not len(source) and not spec.empty and not len(faults):
        faults.add(f"the {spec.kind} has no rows", file=file)
    faults.raise_if_any()
    columns = {}
    for j, name in enumerate(names):
        column = source.iloc[:, j]
        numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
        cells = column.reset_index(drop=True) if numeric else [as_text(cell) for cell in column.tolist()]
        columns[name] = pd.Series(cells, dtype=column.dtype if numeric else object)
        if numeric and np.isinf(column.to_numpy(dtype=float, na_value=np.nan)).any():
            faults.add("the column holds an infinite number; write a finite one", file=file, column=name)
    faults.raise_if_any()
    return Table(
        frame=pd.DataFrame(columns, index=range(len(source))),
        rows=list(range(1, len(source) + 1)),
        columns_at={name: f"column {name}" for name in names},
        file=file,
        notes=tuple(notes),
        spec=spec,
    )
