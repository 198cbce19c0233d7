"""A csv file of any size, block by block, as the places of its cells."""

from __future__ import annotations

import codecs
import gzip
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from dxkit.files import csv_file
from dxkit.files.errors import fault_at
from dxkit.files.grid import Grid
from dxkit.files.opening import FOREIGN, checked_path

BLOCK = 2**20  # more of it leaves the processor's cache
_HEAD = 2**18
_LONGEST_ROW = 2**24
_BLANK = b' \t\r\n",;|'
_QUOTE, _RETURN, _LINE = b'"\r\n'
LONG = 255


class NotUtf8(Exception):
    """Bytes that are not UTF-8: the file is in an older encoding."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Cells:
    """The cells of the rows of a block, all (rows, columns).

    letters  the byte of a cell of one, 0 for an empty cell, LONG for a longer one
    start    where each starts in `data`, and the length of each in bytes; None where they follow from the ends
    ends     where each ends in `data`
    """

    data: np.ndarray
    letters: np.ndarray
    ends: np.ndarray
    start: np.ndarray | None = None

    def spans(self, columns: slice | list[int]) -> tuple[np.ndarray, np.ndarray]:
        """Start and length of the cells of these columns."""
        if self.start is not None:
            start = self.start[:, columns]
        else:
            before = np.arange(self.ends.shape[1])[columns] - 1
            start = self.ends[:, before] + 1
            if (first := np.flatnonzero(before < 0)).size:  # it starts where the last cell of the row above ends
                start[1:, first] = self.ends[:-1, -1:] + 1
                start[:1, first] = 0
        return start, self.ends[:, columns] - start


@dataclass(frozen=True, eq=False, kw_only=True)
class Block:
    """Whole rows of a file: their bytes, and the number of the line they start at."""

    number: int
    line: int
    data: bytes


@dataclass(frozen=True, eq=False, kw_only=True)
class BigCsv:
    """A csv file that is read from start to end. `head` is the grid of its first rows, the header among them,
    `sample` that of its first megabyte."""

    path: Path
    file: str
    encoding: str
    separator: str
    head: Grid
    sample: Grid
    skipped: int
    first_line: int

    @cached_property
    def fits(self) -> bool:
        """Whether it is small enough to be read whole."""
        size = cells = 0
        for data in _pieces(self.path, self.file, self.encoding):
            size, cells = size + len(data), cells + data.count(self.separator.encode()) + data.count(b"\n")
            if size > csv_file.MOST_TEXT or cells > csv_file.MOST_CELLS:
                return False
        return True

    def blocks(self, depth: int) -> Iterator[Block]:
        """The rows under a header of so many rows.

        Raises
        ------
        NotUtf8
            Where the file was taken for UTF-8 and is not.
        DataError
            Bytes that are not text; a row that does not end.
        """
        line, rest, number = self.first_line, b"", 0
        skip, left = self.skipped, depth
        for data in _pieces(self.path, self.file, self.encoding):
            data, skip = data[skip:], max(0, skip - len(data))
            rest += data
            while left and rest:
                end = _row_end(rest)
                if not end:
                    break
                left -= bool(rest[:end].translate(None, _BLANK))
                line, rest = line + rest.count(b"\n", 0, end), rest[end:]
            if left:
                continue
            end = _last_row_end(rest)
            if end:
                yield Block(number=number, line=line, data=self._checked(rest[:end], line))
                number, line, rest = number + 1, line + rest.count(b"\n", 0, end), rest[end:]
            elif len(rest) > _LONGEST_ROW:
                raise fault_at("a row does not end; is a quotation mark not closed?", file=self.file, row=line)
        rest = rest.rstrip(b"\x1a\x00")
        if rest.strip():
            yield Block(number=number, line=line, data=self._checked(rest + b"\n", line))

    def _checked(self, data: bytes, line: int) -> bytes:
        if b"\x00" in data:
            line += data.count(b"\n", 0, data.index(b"\x00"))
            raise fault_at(
                "there is a NUL character; this is not a text file, or it is damaged", file=self.file, row=line
            )
        if not data.isascii():
            try:
                data.decode(self.encoding)
            except UnicodeDecodeError as error:
                if self.encoding == "utf-8":
                    raise NotUtf8 from None
                line += data.count(b"\n", 0, error.start)
                raise fault_at(
                    "the text is neither UTF-8 nor Windows-1252; save as CSV UTF-8", file=self.file, row=line
                ) from None
        return data

    def cells(self, block: Block) -> Cells | None:
        """The cells of a block, blank lines left out; None where it takes a slower reader to tell them."""
        return _cells(block.data, ord(self.separator), len(self.head.cells[0]))

    def grid(self, block: Block, depth: int) -> Grid:
        """The block as a grid of text under the file's header.

        Raises
        ------
        DataError
            Rows longer or shorter than the header, quotation marks that do not close.
        """
        above = replace(self.head, cells=self.head.cells[:depth], rows=self.head.rows[:depth])
        return csv_file.rows(block.data.decode(self.encoding), self.separator, block.line, self.file, above=above)


def open_csv(path: str | os.PathLike[str], encoding: str = "utf-8") -> BigCsv | None:
    """A csv file of any size; None where it is another kind of file, or its lines end as on old Macs."""
    place, file = checked_path(path)
    head = b""
    for piece in _pieces(place, file, encoding):
        head += piece
        if len(head) >= _HEAD:
            break
    lines = head.count(b"\n")
    if not lines or b"\x00" in head or head.count(b"\r") > lines or any(map(head.startswith, FOREIGN)):
        return None
    whole = head if len(head) < _HEAD else head[: _last_row_end(head)]
    try:
        text = whole.decode(encoding)
    except UnicodeDecodeError:
        raise NotUtf8 from None
    text = text.rstrip("\x1a")
    body, first, separator, comments = csv_file.begun(text, file)
    grid = csv_file.rows(body, separator, first, file, notes=comments)
    return BigCsv(
        path=place,
        file=file,
        encoding=encoding,
        separator=separator,
        first_line=first,
        head=replace(grid, cells=grid.cells[:4], rows=grid.rows[:4]),
        sample=grid,
        skipped=len(text[: len(text) - len(body)].encode(encoding)),
    )


def _pieces(path: Path, file: str, encoding: str) -> Iterator[bytes]:
    """The bytes of a file without its byte order mark; UTF-16 as UTF-8."""
    try:
        with path.open("rb") as raw:
            magic = raw.read(4)
            raw.seek(0)
            stream = gzip.open(raw) if magic[:2] == b"\x1f\x8b" else raw
            first = stream.read(BLOCK)
            decoder = None
            if first[:2] in (b"\xff\xfe", b"\xfe\xff"):
                decoder = codecs.getincrementaldecoder("utf-16")()
            elif first[:3] == b"\xef\xbb\xbf":
                first = first[3:]
            piece = first
            while piece:
                yield decoder.decode(piece).encode(encoding) if decoder else piece
                piece = stream.read(BLOCK)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise fault_at("the gzip file is broken or cut short; fetch it again", file=file) from None
    except UnicodeError:
        raise fault_at("the bytes do not fit the encoding; save as CSV UTF-8", file=file) from None
    except OSError as error:
        raise fault_at(f"the file cannot be opened ({error.strerror})", file=file) from None


def _row_end(data: bytes) -> int:
    """Where the first row ends, its line end included; 0 where it does not."""
    end = 0
    while (found := data.find(b"\n", end)) >= 0:
        end = found + 1
        if data.count(b'"', 0, end) % 2 == 0:
            return end
    return 0


def _last_row_end(data: bytes) -> int:
    """Where the last whole row ends; 0 where there is none. A line end between quotation marks ends no row."""
    end, quotes = data.rfind(b"\n") + 1, 0
    if end and (quotes := data.count(b'"', 0, end)):
        while end and quotes % 2:
            before = data.rfind(b"\n", 0, end - 1) + 1
            quotes -= data.count(b'"', before, end)
            end = before
    return end


def _cells(data: bytes, separator: int, columns: int) -> Cells | None:
    if b"\r" in data:
        if data.count(b"\r") != data.count(b"\r\n"):
            return None
        data = data.replace(b"\r\n", b"\n")
    text = np.frombuffer(data, dtype=np.uint8)
    line_ends = text == _LINE
    marks = text == separator
    marks |= line_ends
    quoted = b'"' in data
    if quoted:
        outside = np.bitwise_xor.accumulate(text == _QUOTE) == 0
        marks &= outside
        line_ends &= outside
    ends, lines = np.flatnonzero(marks), np.flatnonzero(line_ends)
    rows, left = divmod(len(ends), columns)
    if not quoted and not left and len(lines) == rows and (ends[columns - 1 :: columns] == lines).all():
        letters = _letters(text, marks, ends)
        return Cells(data=text, letters=letters.reshape(-1, columns), ends=ends.reshape(-1, columns))
    found = _whole_lines(text, ends, columns)
    if found is None:
        return None
    start, ends = (each.reshape(-1, columns) for each in found)
    if quoted and not _unquote(text, start, ends):
        return None
    length = ends - start
    letters = text.take(np.minimum(start, len(text) - 1))
    letters[length == 0] = 0
    letters[length > 1] = LONG
    return Cells(data=text, letters=letters, ends=ends, start=start)


def _letters(text: np.ndarray, marks: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """What is in the cells before these ends, as one byte."""
    inside = (~marks).view(np.uint8)
    seen = np.zeros_like(text)
    np.multiply(text[:-1], inside[:-1], out=seen[1:])
    seen[2:] |= np.negative(inside[1:-1] & inside[:-2])  # two bytes before the end: LONG
    return seen.take(ends)


def _whole_lines(text, ends, columns: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Starts and ends of the cells of all lines but blank ones; None where a line has another number of cells."""
    is_end = text[ends] == _LINE
    last = np.flatnonzero(is_end)
    first = np.append(0, last[:-1] + 1)
    size = last - first + 1
    start = np.append(0, ends[:-1] + 1)
    blank = (size == 1) & (ends[last] == start[first[: len(last)]])
    if not np.all((size == columns) | blank) or len(ends) != (last[-1] + 1 if len(last) else 0):
        return None
    if columns == 1:  # an empty line may be an empty cell
        return (start, ends) if not blank.any() else None
    kept = np.repeat(~blank, size)
    return start[kept], ends[kept]


def _unquote(text, start, ends) -> bool:
    """Take the quotation marks off whole quoted cells, in place; False where others are left."""
    opened = (ends - start > 1) & (text[start] == _QUOTE)
    opened &= text[ends - 1] == _QUOTE
    start += opened
    ends -= opened
    return int(np.count_nonzero(text == _QUOTE)) == 2 * int(np.count_nonzero(opened))
