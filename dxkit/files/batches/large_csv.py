"""A csv file of any size as encoded columns, block by block; it means what the reader of small files says."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from dxkit.files import csv_file
from dxkit.files.batches.csv_block import Block, OtherWidth, Part, way, whole_rows
from dxkit.files.batches.csv_text import LONGEST, CsvText, open_text
from dxkit.files.batches.gathered import as_list
from dxkit.files.errors import DataError, fault_at
from dxkit.files.grid import Grid
from dxkit.files.opening import EMPTY

TOP = 100  # rows of a grid that are shown
HEAD = 2**20  # letters among which the header and the separator are looked for
_WIDE, _EACH = 500, 2**13  # columns from which on blocks are larger; bytes of a block for each of them
_MOST_ODD = 1_000  # rows of another width after which no more are looked for


@dataclass(frozen=True, eq=False, kw_only=True)
class LargeCsv:
    """A large csv file, opened.

    top     its first rows as a grid, the header among them
    head    its first letters, `records` their rows as they stand, with the line of each and the letters before it
    """

    text: CsvText
    dialect: csv_file.Dialect
    top: Grid
    head: str
    records: list[list[str]]
    lines: list[int]
    starts: list[int]

    @property
    def notes(self) -> tuple[str, ...]:
        """What was noticed so far."""
        return tuple(dict.fromkeys((*self.top.notes, *self.text.notes)))

    def parts(self, depth: int, needed: Sequence[int]) -> Iterator[tuple[Part, float]]:
        """The columns of the rows under a header of so many rows, block by block, and the share that has been read.

        Raises
        ------
        DataError
            Rows longer or shorter than the header, quotation marks that do not close, bytes that are not text.
        """
        header, width = len(self.records[0]), len(self.records[min(depth, len(self.records) - 1)])
        beyond = range(header, width)  # cells behind the header: nothing may stand there
        columns = way(self.dialect, width, [*needed, *beyond])
        try:
            if width < len(self.top.cells[0]):
                raise OtherWidth
            for block, share in self.blocks(depth):
                lines, found = columns(block)
                if any(not csv_file.is_blank(as_list(found[j][1])) for j in beyond):
                    raise OtherWidth
                yield (lines, found), share
        except OtherWidth:
            self.refuse()
        except DataError:
            self._check_text()
            raise

    def blocks(self, depth: int) -> Iterator[tuple[Block, float]]:
        """The rows under a header of so many rows, and the share of the file that has been read."""
        if depth >= len(self.records):
            return
        skip, line, rest = len(self.head[: self.starts[depth]].encode()), self.lines[depth], b""
        share, width = 0.0, len(self.records[0])
        together = _EACH * width if width > _WIDE else 0
        for data, count, share in self.text.lines():
            if skip >= len(data):
                skip -= len(data)
                continue
            count = None if skip or rest else count
            rest, skip = rest + data[skip:], 0
            if len(rest) < together:
                continue
            end, block = whole_rows(rest, line, self.dialect, count=count)
            if block is not None:
                yield block, share
                line, rest = block.until, rest[end:]
            if len(rest) > LONGEST:
                raise csv_file.broken_record(self.dialect.file, line)
        while rest:
            end, block = whole_rows(rest, line, self.dialect, ended=True)
            if block is None:
                return
            yield block, share
            line, rest = block.until, rest[end:]

    def _check_text(self) -> None:
        """A file that is not text is refused as such, whatever else is wrong with it."""
        for _ in self.text.lines():
            pass

    def refuse(self) -> None:
        """Refuse the rows of another width, all of them together."""
        self._check_text()
        header, odd, usual = (self.records[0], self.lines[0]), [], []
        for block, _ in self.blocks(1):
            for record, line in zip(*block.every_record, strict=True):
                if csv_file.is_blank(record):
                    continue
                if len(record) != len(header[0]):
                    odd.append((record, line))
                elif usual:
                    usual[0] = ([a or b.strip() for a, b in zip(usual[0][0], record, strict=True)], usual[0][1])
                else:
                    usual.append((record, line))
            if len(odd) > _MOST_ODD:
                break
        records, lines = map(list, zip(header, *usual, *odd, strict=True))
        csv_file.rectangular(records, lines, self.dialect.file)
        raise AssertionError("rows of several widths have a fault")


def open_large(path: Path, file: str, encoding: str | None = None) -> LargeCsv | None:
    """A csv file that is too large to be read at once; None for a smaller one, and for other kinds of file.

    Raises
    ------
    NotUtf8
        The file is in an older encoding.
    DataError
        What cannot be a table.
    """
    text = open_text(path, file, encoding)
    if text is None:
        return None
    head, complete = "", True
    for data, _, _ in text.lines():
        if not (complete := len(head) < HEAD):
            break
        head += data.decode()
    complete, head = complete and len(head) <= HEAD, head[:HEAD]
    if not head.strip():
        raise fault_at(EMPTY, file=file)
    body, first, separator, notes = csv_file.begun(head, file)

    def filled_lines() -> Iterator[str]:
        every = (line for data, _, _ in text.lines() for line in io.StringIO(data.decode(), newline=""))
        return (line for line in islice(every, first - 1, None) if line.strip())

    unquoted = csv_file.quotes_nothing(separator, filled_lines)
    dialect = csv_file.Dialect(separator=separator, quoted=not unquoted, file=file)
    records, lines, starts = csv_file.read_records(body, first, dialect, ended=complete, most=TOP)
    filled = [i for i, record in enumerate(records) if not csv_file.is_blank(record)]
    if not filled:
        raise fault_at("the file has no rows", file=file)
    large = LargeCsv(
        text=text,
        dialect=dialect,
        top=Grid(cells=[], rows=[], file=file),
        head=head,
        records=[records[i] for i in filled],
        lines=[lines[i] for i in filled],
        starts=[len(head) - len(body) + starts[i] for i in filled],
    )
    shown = [[csv_file.unguarded(cell) for cell in record] for record in large.records]
    try:
        cells = csv_file.rectangular(shown, large.lines, file)
    except DataError:
        large.refuse()
        raise
    top = Grid(cells=cells, rows=large.lines, file=file, separator=separator, notes=tuple(dict.fromkeys(notes)))
    return replace(large, top=top)
