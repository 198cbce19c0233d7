"""The text of a large csv file, some lines at a time, as UTF-8."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from dxkit.files import csv_file
from dxkit.files.errors import fault_at
from dxkit.files.opening import BROKEN_GZIP, FOREIGN, unopened

LARGE = 32 * 2**20  # bytes of text from which a file is read block by block
BLOCK = 2**21
_KEPT = 31 * 2**20
LONGEST = 2**24  # bytes that a row may take
_NO_END = "a row does not end; is a quotation mark not closed?"


class NotUtf8(Exception):
    """The file is in an older encoding than UTF-8; the first argument is the first line that tells."""


@dataclass(frozen=True, eq=False, kw_only=True)
class CsvText:
    """A file of text, read from the start as often as it takes. `notes` grows while it is read."""

    path: Path
    file: str
    encoding: str
    old_mac: bool  # whether lines end with a carriage return alone
    notes: dict[str, None] = field(default_factory=dict)

    @property
    def wide(self) -> bool:
        return self.encoding.startswith("utf-16")

    def lines(self) -> Iterator[tuple[bytes, int, float]]:
        """Whole lines as UTF-8, without a byte order mark; how many they are, and the share of the file that is read.

        Raises
        ------
        NotUtf8
            Where the file was taken for UTF-8 and is not.
        DataError
            Bytes that are not text; a line that does not end.
        """
        np.empty(_KEPT, dtype=np.uint8)  # freed at once: from then on glibc keeps the pages of blocks up to this size
        rest, line = b"", 1
        for piece, share in self._pieces():
            if self.old_mac:
                piece = piece.replace(b"\r", b"\n")
            if not (end := piece.rfind(b"\n") + 1):
                rest += piece
                if len(rest) > LONGEST:
                    raise fault_at(_NO_END, file=self.file, row=line)
                continue
            data = b"".join((rest, memoryview(piece)[:end]))
            count = int(np.count_nonzero(np.frombuffer(data, dtype=np.uint8) == ord("\n")))
            yield self._checked(data, line), count, share
            rest, line = piece[end:], line + count
        if rest := rest.rstrip(csv_file.ENDINGS.encode()):
            yield self._checked(rest + b"\n", line), 1, 1.0

    def _checked(self, data: bytes, line: int) -> bytes:
        """Bytes as UTF-8, where they are text."""
        if not data.isascii():
            try:
                text = data.decode("utf-8" if self.wide else self.encoding)
            except UnicodeDecodeError as error:
                line += data.count(b"\n", 0, error.start)
                if self.encoding == "utf-8":
                    raise NotUtf8(line) from None
                raise fault_at(csv_file.NEITHER, file=self.file, row=line) from None
            self.notes.update(dict.fromkeys(csv_file.doubts(text)))
            data = text.encode() if self.encoding == csv_file.OLDER else data
        if b"\x00" in data:
            raise fault_at(csv_file.NUL, file=self.file, row=line + data.count(b"\n", 0, data.index(b"\x00")))
        return data

    def _pieces(self) -> Iterator[tuple[bytes, float]]:
        """The bytes without a byte order mark, UTF-16 as UTF-8, and the share of the file that has been read."""
        decoder = codecs.getincrementaldecoder(self.encoding)() if self.wide else None
        size, line = max(1, self.path.stat().st_size), 1
        for n, (piece, at) in enumerate(raw_pieces(self.path, self.file)):
            if decoder:
                try:
                    piece = decoder.decode(piece).encode()
                except UnicodeDecodeError as error:
                    line += error.object.count(b"\n", 0, error.start)
                    raise fault_at(csv_file.NOT_ENCODED, file=self.file, row=line) from None
                line += piece.count(b"\n")
            elif not n:
                piece = piece.removeprefix(codecs.BOM_UTF8)
            yield piece, min(1.0, at / size)
        if decoder:
            try:
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                raise fault_at(csv_file.NOT_ENCODED, file=self.file, row=line) from None


def raw_pieces(path: Path, file: str) -> Iterator[tuple[bytes, int]]:
    """The bytes of a file, unpacked where it is a gzip file, and how many bytes of the file have been read."""
    try:
        with path.open("rb", buffering=0) as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            stream = cast(BinaryIO, gzip.open(io.BufferedReader(raw)) if packed else raw)
            while piece := stream.read(BLOCK):
                yield piece, raw.tell()
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise fault_at(BROKEN_GZIP, file=file) from None
    except OSError as error:
        raise unopened(error, file) from None


def open_text(path: Path, file: str, encoding: str | None = None) -> CsvText | None:
    """A file of text that is too large to be read at once; None for a smaller one, and for other kinds of file."""
    head, size, ends = b"", 0, 0
    marks = dict.fromkeys(csv_file.SEPARATORS.encode(), 0)
    for piece, _ in raw_pieces(path, file):
        head, size, ends = head or piece, size + len(piece), ends + piece.count(b"\n")
        marks = {mark: n + piece.count(mark) for mark, n in marks.items()}
        if size > LARGE or ends + max(marks.values()) > csv_file.MOST_CELLS:
            break
    else:
        return None
    if any(map(head.startswith, FOREIGN)):
        return None
    known = csv_file.encoding_of(head, file)
    if b"\x00" in head and not known.startswith("utf-16"):
        return None
    old_mac = b"\r" in head and b"\n" not in head
    return CsvText(path=path, file=file, encoding=encoding or known.removesuffix("-sig"), old_mac=old_mac)
