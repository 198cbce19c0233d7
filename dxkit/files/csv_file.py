"""A csv file of any encoding, separator and line end as a grid of text."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, islice
from typing import Any

from dxkit.files.errors import DataError, Faults, fault_at
from dxkit.files.grid import MOST_BYTES, Grid

SEPARATORS = ",;\t|"
MOST_TEXT, MOST_CELLS = 100 * 2**20, 6_000_000  # what fits into half a GB when it is read whole
_BY_BLOCK = "this is too much to read at once; split the table. Answers may be larger: dx.read_survey, dx.tally"
NUL = "there is a NUL character; this is not a text file, or it is damaged"
NOT_ENCODED = "the bytes do not fit the encoding; save as CSV UTF-8"
NEITHER = "the text is neither UTF-8 nor Windows-1252; save as CSV UTF-8"
OLDER = "cp1252"
ENDINGS = "\x1a\x00"  # what old programs put at the end of a file
_SAMPLE = 200  # records that decide which separator it is
_TWICE = re.compile("\u00c3[\u0080-\u009f\u00a1-\u00bf\u0152-\u2122]|\u00e2\u20ac")
_GUARDED = re.compile(r"'(?=[=+\-@\t\r\x00])")


def read(data: bytes, file: str) -> Grid:
    """The grid of a csv file's bytes. Lines that start with `# ` above the header become notes."""
    if len(data) > MOST_TEXT:
        raise fault_at(f"the file has {len(data) / 2**20:,.0f} MiB of text; {_BY_BLOCK}", file=file)
    text, notes = decoded(data, file)
    text, first, separator, comments = begun(text, file)
    columns = text.partition("\n")[0].count(separator) + 1
    if (cells := min(columns * text.count("\n"), text.count(separator) + text.count("\n"))) > MOST_CELLS:
        raise fault_at(f"the file has about {cells:,} cells; {_BY_BLOCK}", file=file)
    return rows(text, separator, first, file, notes=(*comments, *notes))


def begun(text: str, file: str) -> tuple[str, int, str, list[str]]:
    """The text from the header on, the number of its first line, the separator of its cells, comments above it."""
    if re.match(r"\s*(<!doctype|<html|<\?xml|<table)", text[:200], flags=re.IGNORECASE):
        raise fault_at("this is a web page or XML, not a table; use the tool's export to CSV or .xlsx", file=file)
    if re.match(r"\s*[\[{]\s*[\"{\[]", text[:200]):
        raise fault_at("this is JSON, not a table; use the tool's export to CSV or .xlsx", file=file)
    comments, separator, first = [], None, 1
    while opening := re.match(r"(?:sep=(.)|#[ ](.*)|[ \t]*)(?:\r\n|\r|\n)", text, flags=re.IGNORECASE):
        separator = opening[1] or separator
        if opening[2]:
            comments.append(opening[2].strip())
        text, first = text[opening.end() :], first + 1
    return text, first, separator or _separator(text), [*comments, *doubts(text)]


def doubts(text: str) -> list[str]:
    """Notes about letters that were damaged before the file was saved."""
    notes = []
    if "\ufffd" in text:
        notes.append("letters were lost before the file was saved (they show as \ufffd); export it again as UTF-8")
    if _TWICE.search(text):
        notes.append("letters seem to be encoded twice (\u00c3\u00bc for \u00fc); check the accented letters")
    return notes


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """What stands between the cells of a file, and whether its quotation marks quote."""

    separator: str
    quoted: bool
    file: str


def rows(text: str, separator: str, first: int, file: str, *, notes: Sequence[str] = ()) -> Grid:
    """Lines of a csv file as a grid, the first of this number."""
    unquoted = quotes_nothing(separator, lambda: (x for x in io.StringIO(text, newline="") if x.strip()))
    records, lines, _ = read_records(
        text, first, Dialect(separator=separator, quoted=not unquoted, file=file), ended=True
    )
    filled = [not is_blank(record) for record in records]
    records, numbers = list(compress(records, filled)), list(compress(lines, filled))
    if not records:
        raise fault_at("the file has no rows", file=file)
    if "'" in text and any("'" in record[j][:1] for record in records for j in range(len(record)) if record[j]):
        records = [[unguarded(cell) for cell in record] for record in records]
    cells = rectangular(records, numbers, file)
    return Grid(cells=cells, rows=numbers, file=file, separator=separator, notes=tuple(notes))


def decoded(data: bytes, file: str) -> tuple[str, list[str]]:
    """The text of a file in any encoding, and notes about letters that are in doubt."""
    notes: list[str] = []
    encoding = encoding_of(data, file)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        if encoding != "utf-8":
            raise fault_at(NOT_ENCODED, file=file, row=line) from None
        try:
            text = data.decode(OLDER)
        except UnicodeDecodeError:
            raise fault_at(NEITHER, file=file, row=line) from None
        notes.append(older_note(line))
    text = text.rstrip(ENDINGS)
    if "\x00" in text:
        raise fault_at(NUL, file=file, row=text[: text.index("\x00")].count("\n") + 1)
    return text, notes


def encoding_of(data: bytes, file: str) -> str:
    """The encoding of a file by its first bytes; it may still turn out to be an older one than UTF-8."""
    if data[:4] in (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff"):
        raise fault_at("the encoding is UTF-32; save the file as CSV UTF-8", file=file)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    return "utf-8-sig" if data[:3] == b"\xef\xbb\xbf" else _wide(data) or "utf-8"


def older_note(line: int) -> str:
    """What is said of a file that is not UTF-8 in this line."""
    return f"read as Windows-1252 because line {line} is not UTF-8; check the accented letters"


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark shows as a zero in every other byte."""
    sample = data[:2000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) < 0.3 * len(sample) / 2:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _separator(text: str) -> str:
    """The separator that cuts the first records into the most equal number of cells."""
    highest, likeliest = (0.0, 0), ","
    for separator in SEPARATORS:
        widths: list[int] = []
        try:
            for record in csv.reader(io.StringIO(text[: 2**20], newline=""), delimiter=separator):
                if record:
                    widths.append(len(record))
                if len(widths) >= _SAMPLE or widths[:1] == [1]:
                    break
        except csv.Error:
            continue
        if not widths or widths[0] < 2:
            continue
        rank = (sum(width == widths[0] for width in widths) / len(widths), widths[0])
        if rank > highest:
            highest, likeliest = rank, separator
    return likeliest


def quotes_nothing(separator: str, lines: Callable[[], Iterator[str]]) -> bool:
    """Whether quotation marks are letters, as online sheets write text with tabs: each filled line has the same tabs,
    and quoted some lines would be one."""
    if separator != "\t":
        return False
    tabs, count, quoted = set(), 0, False
    for line in lines():
        tabs.add(line.count("\t"))
        count, quoted = count + 1, quoted or '"' in line
        if len(tabs) > 1:
            return False
    try:
        return quoted and sum(1 for _ in csv.reader(lines(), delimiter="\t", strict=True)) != count
    except csv.Error:
        return True


def read_records(
    text: str, line: int, dialect: Dialect, *, ended: bool, most: int | None = None
) -> tuple[list[list[str]], list[int], list[int]]:
    """The records of a text; the line of each and of what follows; how many letters stand before each and before that.

    A record that does not end in the text is left out, or is a fault where the file has ended. `most` is the most
    records that are read."""
    csv.field_size_limit(MOST_BYTES)
    source = io.StringIO(text, newline="")
    how: dict[str, Any] = {"quoting": csv.QUOTE_MINIMAL if dialect.quoted else csv.QUOTE_NONE}
    reader = csv.reader(source, delimiter=dialect.separator, strict=True, **how)
    records, lines, starts = [], [line], [0]
    try:
        for record in islice(reader, most):
            records.append(record)
            lines.append(line + reader.line_num)
            starts.append(source.tell())
    except csv.Error as error:
        if ended or str(error) != "unexpected end of data":
            raise broken_record(dialect.file, lines[-1]) from None
    if not ended and records and source.tell() == starts[-1] == len(text) and text[-1] not in "\r\n":
        del records[-1], lines[-1], starts[-1]  # it is cut off in the middle
    return records, lines, starts


def is_blank(record: Sequence[str]) -> bool:
    """Whether nothing stands in a row."""
    return not any(cell and not cell.isspace() for cell in record)


def broken_record(file: str, line: int) -> DataError:
    """What is said of a row whose quotation marks do not fit."""
    return fault_at(
        "a quotation mark is not closed, or text follows a closing one; write a quotation mark inside a cell twice",
        file=file,
        row=line,
    )


def unguarded(cell: str) -> str:
    """A cell without the apostrophe that kept a spreadsheet from taking it for a formula."""
    return _GUARDED.sub("", cell, count=1) if cell[:1] == "'" else cell


def rectangular(records: list[list[str]], rows: list[int], file: str) -> list[list[str]]:
    """Rows as wide as the header; a longer or shorter one would shift its answers, so it is a fault."""
    width, faults = len(records[0]), Faults()
    while (
        width > 1
        and not records[0][width - 1].strip()
        and all(len(r) < width or not r[width - 1].strip() for r in records)
    ):
        width -= 1
    ended = len({len(record) for record in records[1:]}) == 1  # every row ends with the same empty cells
    for i, record in enumerate(records):
        why = ""
        if len(record) < width:
            why = "was it cut short? Keep its empty cells"
        elif len(record) > width and (not (ended or i == 0) or any(cell.strip() for cell in record[width:])):
            why = "does it contain an unquoted separator or decimal comma?"
        if why:
            faults.add(f"the row has {len(record)} cells, but the header has {width}; {why}", file=file, row=rows[i])
        if len(record) > width:
            records[i] = record[:width]
    faults.raise_if_any()
    return records
