"""A csv file of any size, block by block, as the places of its cells."""

from __future__ import annotations

import codecs
import gzip
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dxkit import csv_grid
from dxkit.faults import fault_at
from dxkit.grids import FOREIGN, Grid, checked_path

BLOCK = 2**19  # more of it leaves the processor's cache
_HEAD = 2**18
_LONGEST_ROW = 2**24
_BLANK = b' \t\r\n",;|'
_QUOTE, _RETURN, _LINE = b'"\r\n'


class NotUtf8(Exception):
    """Bytes that are not UTF-8: the file is in an older encoding."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Cells:
    """The cells of the rows of a block: where each starts in `data` and how many bytes it has, both (rows, columns)."""

    data: np.ndarray
    start: np.ndarray
    length: np.ndarray


@dataclass(frozen=True, eq=False, kw_only=True)
class Block:
    """Whole rows of a file: their bytes, and the number of the line they start at."""

    number: int
    line: int
    data: bytes


@dataclass(frozen=True, eq=False, kw_only=True)
class BigCsv:
    """A csv file that is read from start to end. `head` is the grid of its first rows, the header among them."""

    path: Path
    file: str
    encoding: str
    separator: str
    head: Grid
    skipped: int
    first_line: int

    def blocks(self, depth: int) -> Iterator[Block]:
        """The rows under a header of so many rows.

        Raises
        ------
        NotUtf8
            Where the file was taken for UTF-8 and is not.
        DataError
            Bytes that are no text; a row that does not end.
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
            raise fault_at("there is a NUL character; this is not a text file, or it is damaged", file=self.file,
                           row=line)  # fmt: skip
        if not data.isascii():
            try:
                data.decode(self.encoding)
            except UnicodeDecodeError as error:
                if self.encoding == "utf-8":
                    raise NotUtf8 from None
                line += data.count(b"\n", 0, error.start)
                raise fault_at("the text is neither UTF-8 nor Windows-1252; save as CSV UTF-8", file=self.file,
                               row=line) from None  # fmt: skip
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
        return csv_grid.rows(block.data.decode(self.encoding), self.separator, block.line, self.file, above=above)


def open_csv(path: str | os.PathLike, encoding: str = "utf-8") -> BigCsv | None:
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
    body, first, separator, comments = csv_grid.begun(text, file)
    grid = csv_grid.rows(body, separator, first, file, notes=comments)
    return BigCsv(
        path=place, file=file, encoding=encoding, separator=separator, first_line=first,
        head=replace(grid, cells=grid.cells[:4], rows=grid.rows[:4]),
        skipped=len(text[: len(text) - len(body)].encode(encoding)),
    )  # fmt: skip


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
    text = np.frombuffer(data, dtype=np.uint8)
    marks = text == separator
    marks |= text == _LINE
    quoted = b'"' in data
    if quoted:
        marks &= np.bitwise_xor.accumulate(text == _QUOTE) == 0
    ends = np.flatnonzero(marks)
    rows, left = divmod(len(ends), columns)
    is_end = text[ends] == _LINE
    if left or not is_end[columns - 1 :: columns].all() or np.count_nonzero(is_end) != rows:
        kept = _without_blank_lines(text, ends, is_end, columns)
        if kept is None:
            return None
        start, ends = kept
    else:
        start = np.empty_like(ends)
        start[:1] = 0
        np.add(ends[:-1], 1, out=start[1:])
    start, length = start.reshape(-1, columns), (ends - start).reshape(-1, columns)
    if b"\r" in data:
        last = start[:, -1] + length[:, -1]
        returns = (length[:, -1] > 0) & (text[last - 1] == _RETURN)
        length[:, -1] -= returns
        if data.count(b"\r") != np.count_nonzero(returns) and not _only_blank_lines_more(data):
            return None
    if quoted and not _unquote(text, start, length):
        return None
    return Cells(data=text, start=start, length=length)


def _without_blank_lines(text, ends, is_end, columns: int):
    """Starts and ends of the cells of all lines but blank ones; None where a line has another number of cells."""
    last = np.flatnonzero(is_end)
    first = np.append(0, last[:-1] + 1)
    size = last - first + 1
    begin = np.append(0, ends[last[:-1]] + 1) if len(last) else np.empty(0, dtype=np.int64)
    blank = (size == 1) & ((ends[last] == begin) | ((ends[last] == begin + 1) & (text[begin] == _RETURN)))
    if columns == 1 or not np.all((size == columns) | blank) or len(ends) != (last[-1] + 1 if len(last) else 0):
        return None
    kept = np.repeat(~blank, size)
    start = np.append(0, ends[:-1] + 1)
    return start[kept], ends[kept]


def _only_blank_lines_more(data: bytes) -> bool:
    """Whether every carriage return stands before a line end."""
    return data.count(b"\r") == data.count(b"\r\n")


def _unquote(text, start, length) -> bool:
    """Take the quotation marks off whole quoted cells, in place; False where others are left."""
    opened = (length > 1) & (text[start] == _QUOTE)
    opened &= text[start + np.maximum(length, 1) - 1] == _QUOTE
    start += opened
    length -= 2 * opened
    return int(np.count_nonzero(text == _QUOTE)) == 2 * int(np.count_nonzero(opened))


