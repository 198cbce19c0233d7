"""A table a person made: its header and its typed columns, every fault with its cell."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dxkit.faults import DataError, Faults
from dxkit.grids import Grid, read_grid
from dxkit.row_kinds import check_rows

YES = ("yes", "y", "true", "1", "x")
NO = ("no", "n", "false", "0", "")
_TIME = re.compile(  # the year 1900 is what a spreadsheet makes of an empty cell; a zone of letters is not one offset
    r"(?!1900)(19|20|21)\d\d-\d\d-\d\d"
    r"([Tt\s]\s*(\d\d|\d{1,2}:\d\d(:\d\d([.,]\d+)?)?(\s?[AaPp][Mm])?)\s?(Z|z|UTC|GMT|[-+]\d\d(:?\d\d)?)?)?"
)
_POINTED = re.compile(r"[-+]?[1-9]\d{0,2}\.\d{3}")
_COMMA = re.compile(r"[-+]?\d+,(\d{1,2}|\d{4,})")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?")


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


def as_text(value: object) -> str:
    """Any cell as stripped text: "" for missing, 4 for 4.0, the date for a midnight that has no zone.

    >>> as_text(4.0), as_text(None), as_text("  a "), as_text(True)
    ('4', '', 'a', 'TRUE')
    """
    if isinstance(value, str):
        return value.strip()
    if (
        value is None
        or value is pd.NaT
        or value is pd.NA
        or (isinstance(value, float | np.floating) and np.isnan(value))
    ):
        return ""
    if isinstance(value, bool | np.bool_):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | np.floating):
        return f"{value:.15g}"
    if isinstance(value, pd.Timestamp):
        return str(value.date()) if value.tzinfo is None and value == value.normalize() else value.isoformat(sep=" ")
    return str(value).strip()


def quoted(text: str) -> str:
    """A cell as a message shows it: one word or a number; never a sentence, an address or anything long.

    >>> quoted("weekly"), quoted("EUR 1,234.50"), quoted("ask Bob")
    ("'weekly'", "'EUR 1,234.50'", 'the text here')
    """
    plain = text.strip()
    short = len(plain) <= 20 and (len(plain.split()) < 2 or any(map(str.isdigit, plain))) and "@" not in plain
    return f"'{plain}'" if short else "the text here"


def number(text: str) -> tuple[float, str | None]:
    """A number a person typed, or what is wrong with it. A decimal comma is read where it can be nothing else.

    >>> number("1,5"), number("12.50")
    ((1.5, None), (12.5, None))
    >>> number("1,234")[1]
    "'1,234' may be 1234 or 1.234; write it without thousands separators and with a decimal point"
    """
    shown, plain = quoted(text), text.strip().replace("\u2212", "-")
    if re.fullmatch(r"[-+]?\d{1,3}([,.' \u00a0\u202f]\d{3})+([.,]\d+)?", plain) and not re.fullmatch(
        r"[-+]?\d+\.\d+", plain
    ):
        if plain.count(",") == 1 and "." not in plain and " " not in plain:
            either = f"{shown} may be {plain.replace(',', '')} or {plain.replace(',', '.')}"
            return np.nan, f"{either}; write it without thousands separators and with a decimal point"
        return np.nan, f"{shown} has thousands separators; write the number without them"
    if re.fullmatch(r"[-+]?\d*,\d+", plain):
        plain = plain.replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        if plain.endswith("%"):
            return np.nan, f"{shown} is a percentage; write 0.12 for 12%"
        return np.nan, f"{shown} is not a number; write one such as 12.5"
    value = float(plain)
    if not np.isfinite(value):
        return np.nan, f"{shown} is too large for a number"
    return value, None


def timestamp(value: object, timezone: str = "UTC") -> tuple[pd.Timestamp, str | None]:
    """A time in UTC (NaT for an empty cell), or what is wrong with it. The year comes first; a clock hour that is there
    twice is the first of the two, one that is skipped the next that exists.

    >>> timestamp("2026-01-31 14:00", "Europe/Berlin")
    (Timestamp('2026-01-31 13:00:00+0000', tz='UTC'), None)
    >>> timestamp("31/01/2026")[1]
    "'31/01/2026' is no time; write it as 2026-01-31T14:00+01:00"
    """
    text = as_text(value)
    if not text:
        return pd.NaT, None
    problem = f"{quoted(text)} is no time; write it as 2026-01-31T14:00+01:00"
    if not _TIME.fullmatch(text):
        return pd.NaT, problem
    try:
        stamp = pd.Timestamp(text.replace(",", "."))
        if stamp.tzinfo is None:
            stamp = stamp.tz_localize(timezone, ambiguous=True, nonexistent="shift_forward")
        return stamp.tz_convert("UTC").as_unit("ns"), None
    except (ValueError, TypeError, OverflowError):
        return pd.NaT, problem


def _folded(text: object) -> str:
    return " ".join(str(text).replace("\u00a0", " ").replace("\ufeff", "").split()).casefold()


def header_score(required: Sequence[str]):
    """How many of these columns the first row of a grid names: to find the right sheet of a workbook."""

    def score(grid: Grid) -> float:
        names = {_folded(cell) for cell in grid.cells[0]}
        return float(sum(_folded(name) in names for name in required))

    return score


def read_table(
    source, *, required: Sequence[str] = (), optional: Sequence[str] = (), sheet: str | None = None,
    kind: str = "table", empty: bool = False,
) -> Table:  # fmt: skip
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
        read_grid(source, sheet, header_score([*required, *optional])), required=required, optional=optional, kind=kind,
        empty=empty,
    )  # fmt: skip


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
            faults.add(f"column '{name[:60]}' is there twice (also {places[first]}); rename or delete one",
                       column=places[j], **at)  # fmt: skip
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
        frame=frame, rows=list(range(1, len(source) + 1)), columns_at={name: f"column {name}" for name in names},
        file="DataFrame",
        notes=tuple(notes),
    )  # fmt: skip
