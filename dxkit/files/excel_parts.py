"""What a workbook says beside its values: totals, what is struck out, hidden or marked; how to leave looks out."""

import io
import posixpath
import re
import zipfile
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

from dxkit.files.errors import and_more
from dxkit.files.grid import YELLOW, letter

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEET = re.compile(
    rb"(?P<start>.*?<(?:\w+:)?worksheet\b[^>]*>)(?P<head>.*?)"
    rb"(?P<body><(?:\w+:)?sheetData\b[^>]*/>|<(?:\w+:)?sheetData\b.*</(?:\w+:)?sheetData>)"
    rb"(?P<tail>.*)(?P<end></(?:\w+:)?worksheet>)",
    re.DOTALL,
)
_COLUMNS = re.compile(rb"<(?:\w+:)?cols\b.*?</(?:\w+:)?cols>", re.DOTALL)
_MERGED = re.compile(rb"<(?:\w+:)?mergeCells\b.*?</(?:\w+:)?mergeCells>", re.DOTALL)
_OFF = ("0", "false")
_STYLED = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\bs\s*=\s*["'](\d+)["']""")
_ABOVE = re.compile(
    rb"""<(?:\w+:)?c\b[^>]*?\br\s*=\s*["']([A-Za-z]{1,3})(\d+)["'][^>]*(?<!/)>\s*<(?:\w+:)?f\b[^>]*>\s*"""
    rb"(?:SUM|(?:SUBTOTAL|AGGREGATE)\(\s*\d+\s*(?:,\s*\d+\s*)?,)\(?\s*\$?([A-Z]{1,3})\$?(\d+):\$?([A-Z]{1,3})\$?(\d+)\s*\)\s*<"
)


def totals_rows(archive: zipfile.ZipFile, part: str, xml: bytes) -> set[int]:
    """The rows of a sheet that the file itself calls totals: those of its tables, and sums over the cells above.

    A sum is one over its own column that ends in one of the two rows above it.
    """
    rows = set()
    for cell in _ABOVE.finditer(xml) if b"<f" in xml or b":f" in xml else ():
        column, row, first, _, last, bottom = cell.groups()
        if column.upper() == first == last and int(row) - 2 <= int(bottom) < int(row):
            rows.add(int(row))
    folder, name = posixpath.split(part)
    for target in _targets(archive, f"{folder}/_rels/{name}.rels"):
        try:
            table = ElementTree.fromstring(archive.read(posixpath.normpath(posixpath.join("/", folder, target))[1:]))
        except (KeyError, ElementTree.ParseError):
            continue
        count = int(table.get("totalsRowCount") or 0) if table.tag.endswith("}table") else 0
        bottom = int(re.sub(r"\D", "", table.get("ref", "").rpartition(":")[2]) or 0)
        rows |= set(range(bottom - count + 1, bottom + 1))
    return rows


def _targets(archive: zipfile.ZipFile, relations: str) -> list[str]:
    try:
        listed = ElementTree.fromstring(archive.read(relations))
    except (KeyError, ElementTree.ParseError):
        return []
    return [each.get("Target", "") for each in listed if each.get("Type", "").endswith("/table")]


def hard_to_see(sheet: Any, rows: Sequence[int], width: int) -> list[str]:
    """Notes on what was read of a sheet (openpyxl) though a person may take it as not there: struck out or hidden."""
    fonts = {number for number, font in enumerate(sheet.parent._fonts) if font.strike}
    struck = [at for row in rows for at in _struck(sheet[row], fonts)] if fonts else []
    known = sheet.row_dimensions
    spans = [(each.min, each.max) for each in sheet.column_dimensions.values() if each.hidden]
    found = {
        "cells that are struck out, and": struck,
        "hidden rows that": [str(row) for row in rows if row in known and known[row].hidden],
        "hidden columns that": [letter(j) for j in range(width) if any(low <= j + 1 <= high for low, high in spans)],
    }
    return [f"{what} were read like the others: {and_more(at)}" for what, at in found.items() if at]


def _struck(line: Sequence[Any], fonts: set[int]) -> list[str]:
    """The filled cells of a row that are struck out, as ranges of neighbours."""
    runs: list[list[str]] = []
    before = False
    for cell in line:
        if cell.value is None:
            continue
        struck = cell.has_style and cell._style.fontId in fonts
        if struck and before:
            runs[-1].append(cell.coordinate)
        elif struck:
            runs.append([cell.coordinate])
        before = struck
    return [run[0] if len(run) == 1 else f"{run[0]}:{run[-1]}" for run in runs]


def marked(sheet: Any, rows: Sequence[int]) -> tuple[str, ...]:
    """The cells of these rows (openpyxl) in the yellow of our forms, filled or not."""
    looks = sheet.parent._fills
    fills = {k for k, fill in enumerate(looks) if fill.fill_type == "solid" and str(fill.fgColor.rgb)[-6:] == YELLOW}
    cells = (cell for row in rows for cell in sheet[row]) if fills else ()
    return tuple(cell.coordinate for cell in cells if cell.has_style and cell._style.fillId in fills)


def without_looks(data: bytes, sheets: list[str]) -> bytes:
    """The same workbook with no more than its cells need: values, number formats, what is struck out, hidden or merged.

    Spreadsheet programs open files whose styles, properties, filters or pictures are not as the standard says.
    """
    archive, made = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    styled = 0
    with zipfile.ZipFile(made, "w") as bare:
        for name in archive.namelist():
            if name in sheets:
                xml = archive.read(name)
                styled = max([styled, *(int(found[1]) for found in _STYLED.finditer(xml))])
                bare.writestr(name, _cells_only(xml))
            elif name == "xl/workbook.xml":
                bare.writestr(name, _sheets_only(archive.read(name)))
            elif name in ("[Content_Types].xml", "_rels/.rels", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"):
                bare.writestr(name, archive.read(name))
        looks = archive.read("xl/styles.xml") if "xl/styles.xml" in archive.namelist() else b"<styleSheet/>"
        bare.writestr("xl/styles.xml", _number_formats(looks, styled + 1))
    return made.getvalue()


def _cells_only(xml: bytes) -> bytes:
    parts = _SHEET.match(xml)
    if parts is None:
        return xml
    columns, merged = _COLUMNS.search(parts["head"]), _MERGED.search(parts["tail"])
    kept = (parts["start"], columns[0] if columns else b"", parts["body"], merged[0] if merged else b"", parts["end"])
    return b"".join(kept)


def _sheets_only(xml: bytes) -> bytes:
    """The list of sheets and the date system."""
    book = ElementTree.fromstring(xml)
    for element in list(book):
        if not element.tag.endswith(("}sheets", "}workbookPr")):
            book.remove(element)
        elif element.tag.endswith("}workbookPr"):
            element.attrib = {name: value for name, value in element.items() if name == "date1904"}
    return ElementTree.tostring(book)


def _number_formats(xml: bytes, least: int) -> bytes:
    """A plain stylesheet with the number format of each cell style, at least so many, and whether it strikes out."""
    try:
        styles = ElementTree.fromstring(xml)
    except ElementTree.ParseError:
        styles = ElementTree.Element("styleSheet")
    made = ElementTree.Element(f"{{{_MAIN}}}styleSheet")
    formats = ElementTree.SubElement(made, f"{{{_MAIN}}}numFmts")
    for each in styles.iter():
        if each.tag.endswith("}numFmt") and each.get("numFmtId", "").isdecimal():
            known = {"numFmtId": each.get("numFmtId", ""), "formatCode": each.get("formatCode", "General")}
            ElementTree.SubElement(formats, f"{{{_MAIN}}}numFmt", known)
    for path in ("fonts/font", "fills/fill/patternFill", "borders/border", "cellStyleXfs/xf"):
        inside = made
        for name in path.split("/"):
            inside = ElementTree.SubElement(inside, f"{{{_MAIN}}}{name}")
    ElementTree.SubElement(ElementTree.SubElement(made[1], f"{{{_MAIN}}}font"), f"{{{_MAIN}}}strike")  # the second font
    fonts, cells = (next((each for each in styles if each.tag.endswith(tag)), ()) for tag in ("}fonts", "}cellXfs"))
    strikes = [any(part.tag.endswith("}strike") and part.get("val") not in _OFF for part in font) for font in fonts]
    struck = {str(number) for number, strike in enumerate(strikes) if strike}
    looks = [(each.get("numFmtId", "0"), each.get("fontId") in struck) for each in cells]
    kept = ElementTree.SubElement(made, f"{{{_MAIN}}}cellXfs")
    for number, strike in [*looks, *[("0", False)] * (least - len(looks))]:
        look = {"numFmtId": number if number.isdecimal() else "0", "fontId": str(int(strike))}
        ElementTree.SubElement(kept, f"{{{_MAIN}}}xf", look)
    return ElementTree.tostring(made)
