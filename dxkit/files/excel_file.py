"""A workbook's visible sheets as grids of text, after checks that no cell can mislead or exhaust the machine."""

import datetime as dt
import io
import lzma
import posixpath
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree

from dxkit.files.errors import DataError, Faults, and_more, fault_at
from dxkit.files.excel_parts import hard_to_see, marked, totals_rows, without_looks
from dxkit.files.grid import MOST_BYTES, Grid

MOST_CELLS = 3_000_000
_MOST_MEMBERS = 5_000
_WORTH_LOOKING = 20 * 2**20  # a member of this size that shrinks over a hundredfold is a zip bomb
_CELL = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\br\s*=\s*["']([A-Za-z]{1,3})(\d+)["']""")
_AREA = re.compile(rb"""<(?:\w+:)?(?:mergeCell|hyperlink)\b[^>]*?\bref\s*=\s*["']([$A-Za-z0-9]+:[$A-Za-z0-9]+)["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?c\b([^>]*)(?<!/)>((?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?f\b.*?)</(?:\w+:)?c>", re.DOTALL)
DAMAGE = (  # what zipfile raises at damaged archives; NotImplementedError is a RuntimeError
    *(zipfile.BadZipFile, OSError, zlib.error, lzma.LZMAError, EOFError, RuntimeError),
    *(ValueError, IndexError, OverflowError, struct.error),
)
_BROKEN = "the workbook is broken or cut short; open it in a spreadsheet program and save it again"
_ESCAPED = re.compile("_x((?![Dd][89A-Fa-f])[0-9A-Fa-f]{4})_")  # not the halves of a letter
_MOST_AREAS = 5_000
_SMALL = 1 << 18  # bytes of a workbook whose text is worth keeping
_STRANGE = "no spreadsheet program builds a workbook in this way; open it in one and save it again"
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>[^<]")
_TEXT = re.compile(rb"""\bt\s*=\s*["']str["']""")


def read(data: bytes, file: str) -> list[Grid]:
    """The grids of the visible sheets that hold something, in their order."""
    return list(_kept(data, file) if len(data) < _SMALL else _read(data, file))


def _read(data: bytes, file: str) -> tuple[Grid, ...]:
    archive, notes = _checked(data, file)
    parts = _parts(archive)
    names = _sheets(archive, parts)
    uncomputed, totals = {}, {}
    for name in names:
        with _whole(file):
            xml = archive.read(name)
        uncomputed[name], totals[name] = _check_sheet(xml, file), totals_rows(archive, name, xml)
    book = _loaded(data, file, names)
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    if hidden:
        notes.append(f"hidden sheets that were not read: {', '.join(hidden)}")
    faults = Faults()
    grids = []
    for sheet in visible:
        part = parts.get(sheet.title, "")
        told = f"sheet {sheet.title}: " if len(visible) > 1 else ""
        grids.append(_grid(sheet, uncomputed.get(part, []), totals.get(part, set()), file, notes, told, faults))
    faults.raise_if_any()
    grids = [grid for grid in grids if grid.cells]
    if not grids:
        raise fault_at("every visible sheet is empty; fill one in", file=file)
    return tuple(grids)


_kept = lru_cache(maxsize=4)(_read)  # each wave of a survey asks for the same codebook


def open_twice(data: bytes, file: str) -> tuple[Any, Any]:
    """A workbook after the same checks, once with its formulas and once with the values stored for them (openpyxl)."""
    archive, _ = _checked(data, file)
    names = _sheets(archive, _parts(archive))
    for name in names:
        with _whole(file):
            xml = archive.read(name)
        _check_sheet(xml, file)
    return _loaded(data, file, names, values=False), _loaded(data, file, names)


def _checked(data: bytes, file: str) -> tuple[zipfile.ZipFile, list[str]]:
    """The zip archive, once its directory is checked: sizes, ratios, names, foreign kinds."""
    with _whole(file):
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
    names = [member.filename for member in members]
    if "xl/workbook.bin" in names:
        raise fault_at("this is a binary workbook (.xlsb); save it as .xlsx", file=file)
    if "mimetype" in names or "content.xml" in names:
        raise fault_at("this is an OpenDocument file; save it as .xlsx", file=file)
    if "xl/workbook.xml" not in names:
        raise fault_at("this is a zip archive, not a workbook; unpack it, or save the table as .xlsx", file=file)
    if len(set(names)) < len(names) or len(names) > _MOST_MEMBERS or any(member.flag_bits & 1 for member in members):
        raise fault_at(_STRANGE, file=file)
    large = sum(member.file_size for member in members) > MOST_BYTES or any(
        member.file_size > _WORTH_LOOKING and member.file_size > 100 * max(member.compress_size, 1)
        for member in members
    )
    if large:
        raise fault_at("the unpacked workbook would be too large for a table; save the sheet as CSV", file=file)
    for member in members:
        if not member.filename.endswith((".xml", ".rels", ".vml")):
            continue
        with _whole(file), archive.open(member) as stream:
            beginning = stream.read(65536)
        if re.search(rb"<!(DOCTYPE|ENTITY)", beginning):
            raise fault_at(
                "the workbook declares XML entities, which no spreadsheet program does; save it again in one", file=file
            )
    notes = []
    if any(name.startswith("xl/externalLinks/") for name in names):
        notes.append("the workbook has links to other files; dxkit read the stored values and followed none of them")
    if any(name.endswith("vbaProject.bin") for name in names):
        notes.append("the workbook has macros; dxkit did not run them")
    return archive, notes


def _sheets(archive: zipfile.ZipFile, parts: dict[str, str]) -> list[str]:
    """The members that are sheets, where a spreadsheet program puts them or where the workbook says they are."""
    return [
        name for name in archive.namelist() if name in parts.values() or re.fullmatch(r"xl/worksheets/[^/]+\.xml", name)
    ]


@contextmanager
def _whole(file: str) -> Iterator[None]:
    """Say of a damaged archive what to do."""
    try:
        yield
    except DAMAGE:
        raise fault_at(_BROKEN, file=file) from None


def _far_away(cell: str, file: str, sheet: str | None = None) -> DataError:
    message = f"there is a lone cell far away ({cell}); delete the rows and columns beyond the table"
    return fault_at(message, file=file, sheet=sheet)


def _check_sheet(xml: bytes, file: str) -> list[tuple[str, int]]:
    """Refuse sheets that are too large; return the cells whose formula has no stored value."""
    if b"\x00" in xml[:4] or xml[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise fault_at(_STRANGE, file=file)
    count, last_row, last_column, far, before, again = 0, 0, 0, "", (0, 0), False
    for match in _CELL.finditer(xml):
        count += 1
        column = 0
        for code in match[1].upper():
            column = column * 26 + code - 64
        row = int(match[2][:9])
        again |= (row, column) <= before
        before = row, column
        if row > last_row or column > last_column:
            far = f"{match[1].decode()}{row}"
            last_row, last_column = max(last_row, row), max(last_column, column)
    if count > MOST_CELLS:
        raise fault_at(f"a sheet has {count:,} cells, more than {MOST_CELLS:,}; save it as CSV", file=file)
    if last_row * last_column > 1_000_000 + 50 * count:
        raise _far_away(far, file)
    if again and len({match.groups() for match in _CELL.finditer(xml)}) < count:
        raise fault_at(
            "a cell appears twice, which no spreadsheet program allows; open the workbook in one and save it again",
            file=file,
        )
    spread = 0
    for number, match in enumerate(_AREA.finditer(xml), 1):
        area = match[1].decode()
        left, top, right, bottom = _bounds(area, file)
        spread += (right - left + 1) * (bottom - top + 1)
        if spread > 1_000_000 or number > _MOST_AREAS:  # openpyxl makes all of these cells before any can be looked at
            raise fault_at(f"the cells {area} are merged or linked as one; undo this and fill each cell", file=file)
    if b"<f" not in xml and b":f" not in xml:
        return []
    empty = [match[1] for match in _FORMULA.finditer(xml) if not _VALUE.search(match[2])]
    return [_place(attributes) for attributes in empty if not _TEXT.search(attributes)]  # "" is a stored text


def _bounds(area: str, file: str) -> tuple[int, int, int, int]:
    from openpyxl.utils.cell import range_boundaries

    try:
        left, top, right, bottom = range_boundaries(area)
        return left or 1, top or 1, right or 2**14, bottom or 2**20
    except (ValueError, TypeError):
        raise fault_at(_BROKEN, file=file) from None


def _place(attributes: bytes) -> tuple[str, int]:
    reference = re.search(rb"""\br\s*=\s*["']([A-Za-z]+)(\d+)["']""", attributes)
    return (reference[1].decode().upper(), int(reference[2])) if reference else ("A", 1)


def _loaded(data: bytes, file: str, sheets: list[str], *, values: bool = True):
    """The workbook (openpyxl); where its looks cannot be read, without them."""
    import openpyxl

    for bare in (False, True):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                whole = without_looks(data, sheets) if bare else data
                return openpyxl.load_workbook(io.BytesIO(whole), data_only=values, keep_links=False)
        except MemoryError:
            raise
        except Exception as error:  # a damaged workbook surfaces as any of a dozen library errors
            if isinstance(error, DataError):
                raise
    raise fault_at(
        "the workbook cannot be read; open it in a spreadsheet program and save it as .xlsx again", file=file
    )


def _grid(
    sheet, uncomputed: list[tuple[str, int]], totals: set[int], file: str, notes: list[str], told: str, faults: Faults
) -> Grid:
    """A sheet as text. `notes` are on the whole file; `told` is how those on this sheet begin."""
    place = {"file": file, "sheet": sheet.title}
    own: list[str] = []
    missing = "a formula has no stored value; open the file in a spreadsheet program, let it compute, and save"
    for column, row in uncomputed:
        if row not in totals:
            faults.add(missing, row=row, column=column, **place)
    for area in sheet.merged_cells.ranges:
        if area.max_row > 2 or (area.max_row == 2 and area.min_col != area.max_col):
            merged = f"the cells {area.coord} are merged, so all but the first are empty; unmerge them and fill each"
            faults.add(merged, **place)
    cells, rows = [], []
    height, width, stored = sheet.max_row, sheet.max_column, len(sheet._cells)
    if height * width > 1_000_000 + 50 * stored:  # what openpyxl understood, however the reference was spelled
        raise _far_away(sheet.cell(height, width).coordinate, file, sheet.title)
    counts: dict[str, list[str]] = {}
    for number, line in enumerate(sheet.iter_rows(), 1):
        if number in totals:
            continue
        texts = [_text(cell, place, faults, counts) for cell in line]
        if any(text.strip() for text in texts):
            cells.append(texts)
            rows.append(number)
    width = max((j + 1 for line in cells for j, text in enumerate(line) if text.strip()), default=0)
    own += [f"{what}: {and_more(at)}" for what, at in counts.items()]
    if totals:
        left_out = and_more([str(number) for number in sorted(totals)])
        own.append(f"rows of totals, as the file itself says, that were left out: {left_out}")
    own += hard_to_see(sheet, rows, width)
    return Grid(
        cells=[line[:width] for line in cells],
        rows=rows,
        file=file,
        sheet=sheet.title,
        lettered=True,
        notes=(*notes, *(told + note for note in own)),
        marked=marked(sheet, rows),
    )


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """The archive member of each sheet by its name, as the workbook's relations say."""
    try:
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    except (KeyError, ElementTree.ParseError, *DAMAGE):
        return {}  # openpyxl refuses such a workbook in a moment
    parts = {}
    for element in book.iter():
        if element.tag.endswith("}sheet"):
            relation = next((value for key, value in element.items() if key.endswith("}id")), "")
            target = targets.get(relation, "")
            parts[element.get("name", "")] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    return parts


def _text(cell, place: dict, faults: Faults, counts: dict[str, list[str]]) -> str:
    """A cell as a person sees it; what is doubtful is listed by cell in `counts`."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        if cell.data_type == "e":
            wrong = f"the cell shows the error {value}; correct its formula or empty it"
            faults.add(wrong, row=cell.row, column=cell.column_letter, **place)
            return ""
        return _ESCAPED.sub(lambda code: chr(int(code[1], 16)), value).replace("\x00", "")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, cell, counts)
    if isinstance(value, dt.datetime) and value.year <= 1900:
        counts.setdefault("small numbers formatted as dates, read as numbers", []).append(cell.coordinate)
        from openpyxl.utils.datetime import to_excel

        return f"{to_excel(value):.15g}"
    if isinstance(value, dt.datetime):
        return str(value.date()) if value.time() == dt.time(0) else value.isoformat(sep=" ", timespec="seconds")
    return str(value)


def _number(value: float, cell, counts: dict[str, list[str]]) -> str:
    form = cell.number_format or ""
    if re.fullmatch(r"0{2,}", form) and float(value).is_integer() and value >= 0:
        return str(int(value)).zfill(len(form))
    if "%" in form:
        counts.setdefault("cells shown as percentages, read as shares (50% is 0.5)", []).append(cell.coordinate)
    if abs(value) >= 1e15:
        counts.setdefault("numbers of more than 15 digits, which a spreadsheet rounds", []).append(cell.coordinate)
    return str(value) if isinstance(value, int) else f"{value:.15g}"
