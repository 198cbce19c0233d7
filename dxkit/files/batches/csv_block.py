"""Whole rows of a csv file as columns: by pyarrow or pandas where they are plain, else record by record.

All three ways give the same columns, or find the same fault."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from typing import Any

import numpy as np

from dxkit.files.batches.gathered import FEW, Cells, as_list, of_cells, only_used
from dxkit.files.csv_file import Dialect, is_blank, read_records, unguarded

_QUOTE, _RETURN, _LINE = b'"\r\n'
Part = tuple[Sequence[int] | np.ndarray, dict[int, Cells]]  # line of each row; numbers and texts


class OtherWidth(Exception):
    """A row has more or fewer cells than the others."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Block:
    """Whole rows: their text as UTF-8, ending with a line end, the numbers of the first line and of the one behind it.

    `records` are its rows with their lines where it took a reader of records to tell them.
    """

    data: bytes
    line: int
    until: int
    dialect: Dialect
    records: tuple[list[list[str]], list[int]] | None = field(default=None, repr=False)

    @cached_property
    def text(self) -> np.ndarray:
        return np.frombuffer(self.data, dtype=np.uint8)

    @cached_property
    def ends(self) -> np.ndarray:
        """Where the rows end, blank lines among them."""
        return self.outside(_LINE)

    @cached_property
    def first(self) -> np.ndarray:
        """Where the rows begin."""
        return np.append(0, self.ends[:-1] + 1)

    @cached_property
    def blank(self) -> np.ndarray:
        """Which of them are blank lines."""
        return (self.first == self.ends) | ((self.first + 1 == self.ends) & (self.text[self.first] == _RETURN))

    def outside(self, byte: int) -> np.ndarray:
        """Where a byte stands outside quotation marks."""
        return _outside(self.text, byte) if self._quotes else np.flatnonzero(self.text == byte)

    @property
    def _quotes(self) -> bool:
        return self.dialect.quoted and b'"' in self.data

    def placed(self, rows: int, columns: dict[int, Cells]) -> Part | None:
        """Columns of so many rows, with the line of each; None where the rows are not those of the block."""
        if not self._quotes and self.until - self.line == rows:
            return range(self.line, self.line + rows), columns
        found = self.lines(rows)
        return None if found is None else (found[0], columns)

    def lines(self, rows: int) -> tuple[Sequence[int] | np.ndarray, np.ndarray, np.ndarray] | None:
        """The line of each row that is not blank, where it starts and where it ends; None where these are not so
        many rows."""
        filled = ~self.blank
        first, last = self.first[filled], self.ends[filled]
        if len(first) != rows:
            return None
        if not self._quotes:
            return self.line + np.flatnonzero(filled), first, last
        return self.line + np.searchsorted(np.flatnonzero(self.text == _LINE), first), first, last

    @property
    def every_record(self) -> tuple[list[list[str]], list[int]]:
        """Its rows as they stand, blank ones too, with the line of each."""
        if self.records is not None:
            return self.records
        records, lines, _ = read_records(self.data.decode(), self.line, self.dialect, ended=True)
        return records, lines[:-1]

    def by_record(self, width: int, needed: Sequence[int]) -> Part:
        """Its columns, cell by cell.

        Raises
        ------
        OtherWidth
            A row of another width.
        """
        records, lines = self.every_record
        kept = [i for i, record in enumerate(records) if not is_blank(record)]
        if any(len(records[i]) != width for i in kept):
            raise OtherWidth
        cells = [records[i] for i in kept]
        return [lines[i] for i in kept], {j: of_cells([unguarded(row[j]) for row in cells]) for j in needed}

    def without_blank(self, part: Part) -> Part:
        """The columns without the rows in which nothing is written, nor in the columns that are not needed."""
        lines, columns = part
        perhaps = np.arange(len(lines))
        for numbers, texts in sorted(columns.values(), key=lambda column: len(column[1])):
            blank = np.array([not text or text.isspace() for text in as_list(texts)], dtype=bool)
            if not blank.any():
                return part
            perhaps = perhaps[blank[numbers[perhaps]]]
            if not len(perhaps):
                return part
        if (spans := self.lines(len(lines))) is None:
            raise AssertionError("the rows of a plain block are known")
        _, first, last = spans
        one_row = (self.data[first[i] : last[i]].decode() for i in perhaps)
        gone = [bool(is_blank(read_records(row, 1, self.dialect, ended=True)[0][0])) for row in one_row]
        keep = np.delete(np.arange(len(lines)), perhaps[gone])
        kept = {j: only_used(numbers[keep], texts) for j, (numbers, texts) in columns.items()}
        return np.asarray(lines)[keep], kept


def whole_rows(
    data: bytes, line: int, dialect: Dialect, *, count: int | None = None, ended: bool = False
) -> tuple[int, Block | None]:
    """How many bytes of whole lines are whole rows, and these as a block. `count` is the number of lines where it is
    known; `ended` says that the file ends here.

    Raises
    ------
    DataError
        Quotation marks that do not close, or that text follows.
    """
    alone = b"\r" in data and data.count(b"\r") != data.count(b"\r\n")
    if not alone and (not dialect.quoted or b'"' not in data):
        until = line + (data.count(b"\n") if count is None else count)
        return len(data), Block(data=data, line=line, until=until, dialect=dialect)
    if not alone and dialect.separator.isascii():
        text = np.frombuffer(data, dtype=np.uint8)
        lines = _outside(text, _LINE)
        end = int(lines[-1]) + 1 if len(lines) else 0
        if end and _quotes_whole_cells(text[:end], ord(dialect.separator)):
            until = line + data.count(b"\n", 0, end)
            return end, Block(data=data[:end], line=line, until=until, dialect=dialect)
    text = data.decode()
    records, lines, starts = read_records(text, line, dialect, ended=ended)
    end = len(text[: starts[-1]].encode())
    if not end:
        return 0, None
    records = (records, lines[:-1])
    return end, Block(data=data[:end], line=line, until=lines[-1], dialect=dialect, records=records)


def _outside(text: np.ndarray, byte: int) -> np.ndarray:
    """Where a byte stands outside quotation marks, if these come in pairs."""
    places = np.flatnonzero(text == byte)
    before = np.searchsorted(np.flatnonzero(text == _QUOTE), places)
    return places[before % 2 == 0]


def _quotes_whole_cells(text: np.ndarray, separator: int) -> bool:
    """Whether each quotation mark begins or ends a cell, or is one of two inside: then every reader reads alike."""
    marks = np.flatnonzero(text == _QUOTE)
    opened, closed = marks[::2], marks[1::2]
    before = text[opened[opened > 0] - 1]
    edges = [separator, _LINE, _QUOTE]
    return bool(np.isin(before, edges).all() and np.isin(text[closed + 1], [*edges, _RETURN]).all())


def way(dialect: Dialect, width: int, needed: Sequence[int]) -> Callable[[Block], Part]:
    """A function from a block to its columns: by pyarrow if it is installed, else by pandas."""
    quick: Callable[[Block], Part | None] | None = None
    if len(dialect.separator.encode()) == 1 and needed:
        quick = (_by_pyarrow if find_spec("pyarrow") else _by_pandas)(dialect, width, needed)

    def columns(block: Block) -> Part:
        part = quick(block) if quick and block.records is None else None
        return block.by_record(width, needed) if part is None else block.without_blank(part)

    return columns


def _by_pyarrow(dialect: Dialect, width: int, needed: Sequence[int]) -> Callable[[Block], Part | None]:
    import pyarrow as pa
    from pyarrow import compute
    from pyarrow import csv as arrow_csv

    call: Any = compute  # its functions are made when it is loaded, so no reader of types knows them
    names = [str(j) for j in range(width)]
    wanted = [names[j] for j in needed]
    parsing = arrow_csv.ParseOptions(
        delimiter=dialect.separator, quote_char='"' if dialect.quoted else False, newlines_in_values=True
    )
    text = pa.dictionary(pa.int32(), pa.string())
    converting = arrow_csv.ConvertOptions(
        column_types=dict.fromkeys(names, text), include_columns=wanted, strings_can_be_null=False, check_utf8=False
    )

    def columns(block: Block) -> Part | None:
        reading = arrow_csv.ReadOptions(block_size=len(block.data) + 1, column_names=names)
        try:
            table = arrow_csv.read_csv(pa.BufferReader(block.data), reading, parsing, converting)
        except pa.ArrowInvalid:  # a row of another width
            return None
        found = {}
        for j, column in zip(needed, table.itercolumns(), strict=True):
            array = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
            texts = array.dictionary
            if len(texts) <= FEW or call.any(call.starts_with(texts, "'")).as_py():
                texts = [unguarded(text) for text in texts.to_pylist()]
            found[j] = (array.indices.to_numpy(), texts)
        return block.placed(table.num_rows, found)

    return columns


def _by_pandas(dialect: Dialect, width: int, needed: Sequence[int]) -> Callable[[Block], Part | None]:
    import pandas as pd

    how: dict[str, Any] = {"quoting": csv.QUOTE_MINIMAL if dialect.quoted else csv.QUOTE_NONE}

    def columns(block: Block) -> Part | None:
        marks = np.sort(np.append(block.outside(ord(dialect.separator)), block.ends))
        widths = np.diff(np.searchsorted(marks, block.ends), prepend=-1)
        if not np.all((widths == width) | block.blank):  # pandas would fill such rows up, or cut them
            return None
        frame = pd.read_csv(
            io.BytesIO(block.data),
            sep=dialect.separator,
            names=range(width),
            usecols=list(needed),
            index_col=False,
            dtype=object,
            na_filter=False,
            low_memory=False,
            **how,
        )
        found = {}
        for j in needed:
            numbers, texts = of_cells(frame[j].to_numpy())
            found[j] = (numbers, [unguarded(text) for text in texts])
        return block.placed(len(frame), found)

    return columns
