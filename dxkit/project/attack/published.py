"""Pages and workbooks as an outsider reads them: every table and every text in the file, shown or hidden."""

import html
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from dxkit.files.shipped import table_beside

_MOST_BYTES = 200 * 2**20
_INLINE = {"a", "abbr", "b", "code", "em", "font", "i", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "u"}
_SPOKEN = ("alt", "title", "aria-label", "aria-description", "content", "placeholder", "value", "summary", "longdesc")
_IN_DRAWING = re.compile(r'\b(?:descr|title)="([^"]*)"|<a:t>([^<]*)</a:t>')
HEADINGS: dict[str, Any] = table_beside(__file__, "headings.toml")
_OF_WHAT, _HOW_MANY, _MEAN = ({*HEADINGS[name]} for name in ("of_what", "how_many", "means"))


@dataclass(frozen=True, kw_only=True)
class Place:
    file: str
    where: str

    def tells(self, who: str, how: str) -> "Finding":
        """A finding that stands here."""
        return Finding(file=self.file, where=self.where, who=who, how=how)


@dataclass(frozen=True, eq=False, kw_only=True)
class Seen(Place):
    """A table as it stands in a file. `exact` says that its numbers are stored, not printed."""

    title: str
    header: tuple[str, ...]
    rows: list[tuple[str, ...]]
    exact: bool = False

    def column(self, *names: str) -> int | None:
        """The position of the first of these headings that it has."""
        return next((self.header.index(name) for name in names if name in self.header), None)

    def cells(self, *names: str) -> list[str]:
        """The cells under the first of these headings; none where it has none of them."""
        at = self.column(*names)
        return [] if at is None else [row[at] for row in self.rows]


@dataclass(frozen=True, kw_only=True)
class Said(Place):
    text: str


@dataclass(frozen=True, kw_only=True)
class Finding(Place):
    """Somebody about whom the files tell: where, who, and how."""

    who: str
    how: str

    def __str__(self) -> str:
        return f"{self.file}, {self.where}: {self.who}; {self.how}"


@dataclass(eq=False)
class Contents:
    """What one or more files hold."""

    tables: list[Seen] = field(default_factory=list)
    texts: list[Said] = field(default_factory=list)
    pictures: int = 0

    def add(self, other: "Contents") -> None:
        self.tables += other.tables
        self.texts += other.texts
        self.pictures += other.pictures


def read(path: Path, name: str) -> Contents:
    """What a page or a workbook holds; ValueError where it cannot be read."""
    if path.stat().st_size > _MOST_BYTES:
        raise ValueError(f"larger than {_MOST_BYTES >> 20} MiB")
    contents = _page(path, name) if path.suffix.casefold() in (".html", ".htm") else _workbook(path, name)
    contents.texts.append(Said(file=name, where="the name of the file", text=re.sub(r"[_-]", " ", path.stem)))
    return contents


def plain(text: str) -> str:
    return " ".join(text.split())


def some(number: float) -> str:
    return "1 person" if number == 1 else f"{number:g} people"


def heading(text: str) -> str:
    return plain(text).casefold().replace("_", " ")


def _page(path: Path, name: str) -> Contents:
    parser = _Page(name)
    parser.feed(path.read_text(encoding="utf-8", errors="replace"))
    parser.close()
    parser.flush()
    return parser.contents


class _Page(HTMLParser):
    """Collects tables, texts between them, what is said of pictures, and comments in the source."""

    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.name, self.contents = name, Contents()
        self._text: list[str] = []
        self._before: list[str] = []
        self._open: list[list[list[str]]] = []  # tables that are open, by rows
        self._cell = self._silent = False
        self._within: list[str] = []  # of each open block: code, a result, or neither

    def _say(self, where: str, text: str) -> None:
        if text := plain(text):
            self.contents.texts.append(Said(file=self.name, where=where, text=text))

    def flush(self) -> None:
        """What has been read since the last block stands by itself."""
        text = plain("".join(self._text))
        self._text = []
        if self._cell and self._open and self._open[-1]:
            self._open[-1][-1][-1] = plain(f"{self._open[-1][-1][-1]} {text}")
        elif text:
            self._before.append(text)
        kinds = {"code", "a result"} & set(self._within)
        self._say("a table" if self._cell else kinds.pop() if len(kinds) == 1 else "the text", text)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        for key, value in attrs:
            if value and (key in _SPOKEN or key.startswith("data-")):
                self._say("the alt text of a picture" if key == "alt" else f"the attribute {key}", value)
        if tag not in _INLINE:
            self.flush()
        if tag in ("img", "canvas"):
            self.contents.pictures += 1
        if tag == "style":
            self._silent = True
        if tag in ("div", "pre", "script"):
            named = dict(attrs).get("class") or ""
            result = "mathjax_ignore" in named
            self._within.append("a result" if result else "code" if tag != "div" or "highlight" in named else "")
            self._before = [] if result else self._before
        if tag == "table":
            self._open.append([])
            self._cell = False
        elif tag == "tr" and self._open:
            self._open[-1].append([])
        elif tag in ("td", "th") and self._open:
            if not self._open[-1]:
                self._open[-1].append([])
            self._open[-1][-1].append("")
            self._cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag not in _INLINE:
            self.flush()
        if tag in ("div", "pre", "script") and self._within:
            self._within.pop()
        if tag == "style":
            self._silent = False
        elif tag in ("td", "th", "tr"):
            self._cell = False
        elif tag == "table" and self._open:
            rows = [row for row in self._open.pop() if row]
            where = f"table {len(self.contents.tables) + 1}"
            if len(rows) > 1:
                header = tuple(map(heading, rows[0]))
                body = [tuple((*row, *[""] * len(header))[: len(header)]) for row in rows[1:]]
                title = " ".join(self._before)[-400:]
                self.contents.tables.append(Seen(file=self.name, where=where, title=title, header=header, rows=body))
            self._before, self._cell = [], False

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._text.append(data)

    def handle_comment(self, data: str) -> None:
        self._say("a comment of the source", data)


def _workbook(path: Path, name: str) -> Contents:
    from openpyxl import load_workbook

    contents = Contents()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = load_workbook(path, data_only=True)
        except Exception as error:  # whatever bytes may do to the readers of zip and xml
            raise ValueError(str(error)[:80] or type(error).__name__) from None
    about = book.properties
    for text in (about.title, about.subject, about.description, about.keywords, about.creator, about.lastModifiedBy):
        contents.texts += [Said(file=name, where="its properties", text=plain(text))] if text else []
    contents.texts += [Said(file=name, where="a drawing", text=text) for text in _drawn(path)]
    for sheet in book.worksheets:
        contents.texts.append(Said(file=name, where="the name of a sheet", text=plain(sheet.title)))
        contents.pictures += len(getattr(sheet, "_images", ()))
        rows, where = [], f"sheet {sheet.title}"
        for row in sheet.iter_rows():
            rows.append(tuple(_text(cell.value) for cell in row))
            for cell in row:
                if isinstance(cell.value, str):
                    contents.texts.append(Said(file=name, where=f"{where}, {cell.coordinate}", text=plain(cell.value)))
                if cell.comment is not None:
                    spot = f"{where}, a note at {cell.coordinate}"
                    contents.texts.append(Said(file=name, where=spot, text=plain(str(cell.comment.text))))
        contents.tables += _tables(rows, name, where)
    return contents


def _drawn(path: Path) -> Iterator[str]:
    """What is said of pictures in a workbook, and in text boxes and charts."""
    with zipfile.ZipFile(path) as packed:
        for part in packed.namelist():
            if re.match(r"xl/(drawings|charts)/[^/]+\.xml$", part):
                for found in _IN_DRAWING.finditer(packed.read(part).decode("utf-8", "replace")):
                    if text := plain(html.unescape(found[1] or found[2] or "")):
                        yield text


def _text(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.6f}" if isinstance(value, float) else plain(str(value))


def _tables(rows: Sequence[tuple[str, ...]], name: str, where: str) -> Iterator[Seen]:
    """The tables of a sheet: a row of headings, and the rows under it up to the next."""
    starts = [i for i, row in enumerate(rows) if _is_header(set(map(heading, row)))]
    for start, stop in zip(starts, [*starts, len(rows)][1:], strict=True):
        title = " ".join(text for row in rows[max(0, start - 3) : start] for text in row if text)
        below = rows[start + 1 : stop]
        end = next((i for i, row in enumerate(below) if not any(row)), len(below))
        body = [*below[:end], *(row for row in below[end:] if sum(map(bool, row)) > 1)]  # a lone text there is a note
        if body:
            header = tuple(map(heading, rows[start]))
            yield Seen(file=name, where=where, title=title, header=header, rows=body, exact=True)


def _is_header(names: set[str]) -> bool:
    """Whether a row is the header of figures, of comments, or of what belongs to which dimension."""
    what = names & _OF_WHAT
    counts = names & _HOW_MANY and (what or names & _MEAN)
    others = ("dimension" in what and len(what) > 1) or ("responded" in names and len(names) > 1)
    return bool(names & {"comment", "comments"} or counts or others)
