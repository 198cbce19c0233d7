"""A workbook whose formula cells hold the values that were worked out for them, so that it can be read uncomputed."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np

from dxkit.files.errors import DataError
from dxkit.files.writing import as_text_cell, replacing, sheet_name

MONEY, SHARE, NUMBER, DATE = "#,##0;[Red]-#,##0", "0.0%", "#,##0.####", "yyyy-mm-dd"
HOLDS = '[=1]"holds";"DOES NOT HOLD"'
_FILLS = {"input": "FFF8DC", "head": "DDE6EE", "over": "DDE6EE", "simulated": "EFEFEF"}
_FONTS = {
    "input": {"color": "1F3FBF"},
    "head": {"bold": True},
    "over": {"bold": True},
    "total": {"bold": True},
    "title": {"bold": True, "size": 14},
    "simulated": {"italic": True, "color": "555555"},
    "quiet": {"color": "777777"},
}
_LINE = 15.0  # height of a line of text, points
_CELL = re.compile(r'<c r="([A-Z]+\d+)"((?: [a-z]+="[^"]*")*)><f>(.*?)</f><v ?/?>(?:</v>)?</c>', re.DOTALL)
_MOST_SHEETS = 200


class Book:
    """The workbook, its names and the value of every formula."""

    def __init__(self) -> None:
        import openpyxl

        self._book = openpyxl.Workbook()
        self._book.remove(self._book.worksheets[0])
        self._taken: set[str] = set()
        self._sheets: list[Sheet] = []

    def sheet(self, title: str, widths: Iterable[float], *, freeze: str | None = None, wide: bool = True) -> Sheet:
        """A new sheet with columns of these widths (the last one for all further ones), set up to be printed."""
        if len(self._sheets) >= _MOST_SHEETS:
            raise DataError(f"the workbook would have more than {_MOST_SHEETS} sheets; compare fewer vendors")
        raw = self._book.create_sheet(sheet_name(title, self._taken))
        widths = list(widths)
        for j in range(1, 60):
            raw.column_dimensions[letter(j)].width = widths[min(j, len(widths)) - 1]
        raw.freeze_panes = freeze
        if freeze and freeze[-1] != "1":
            raw.print_title_rows = f"1:{int(re.sub('[A-Z]', '', freeze)) - 1}"
        raw.page_setup.orientation = "landscape" if wide else "portrait"
        raw.page_setup.fitToWidth, raw.page_setup.fitToHeight = 1, 0
        raw.page_setup.paperSize = raw.PAPERSIZE_A4
        raw.sheet_properties.pageSetUpPr.fitToPage = True
        raw.sheet_view.showGridLines = False
        raw.oddFooter.center.text = "&A, page &P of &N"
        made = Sheet(raw=raw)
        self._sheets.append(made)
        return made

    def name(self, name: str, sheet: Sheet, cell: str) -> str:
        """A defined name for a cell or an area; returns the name."""
        from openpyxl.workbook.defined_name import DefinedName

        self._book.defined_names[name] = DefinedName(name, attr_text=sheet.to(cell))
        return name

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the workbook whole or not at all, with the value of each formula beside it."""
        self._book.calculation.fullCalcOnLoad = True
        for sheet in self._sheets:
            columns = max(sheet.raw.max_column, sheet.charts[0])
            sheet.raw.print_area = f"A1:{letter(columns)}{max(sheet.raw.max_row, sheet.charts[1])}"
        with replacing(path) as temporary:
            self._book.save(temporary)
            _store_values(temporary, [sheet.values for sheet in self._sheets])


@dataclass(eq=False, kw_only=True)
class Sheet:
    """A worksheet. Rows and columns count from 1; formulas come with the value they have."""

    raw: Any  # openpyxl's worksheet
    values: dict[str, float | str] = field(default_factory=dict)
    charts: tuple[int, int] = (1, 1)  # the last column and row that a chart covers

    def to(self, cell: str, *, lock: bool = True) -> str:
        """The address of a cell or area of this sheet for a formula in any sheet."""
        if lock:
            cell = re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", cell)
        return "'" + self.raw.title.replace("'", "''") + "'!" + cell

    def text(self, row: int, column: int, text: object, style: str = "") -> None:
        cell = self.raw.cell(row, column)
        as_text_cell(cell, str(text))
        self._dress(cell, style)

    def number(self, row: int, column: int, value: float, form: str = NUMBER, style: str = "") -> str:
        """A plain number; empty where it is nan. Returns the cell."""
        cell = self.raw.cell(row, column)
        cell.value = None if np.isnan(value) else float(value)
        cell.number_format = form
        self._dress(cell, style)
        return cell.coordinate

    def formula(
        self, row: int, column: int, formula: str, value: float | str, form: str = NUMBER, style: str = ""
    ) -> str:
        """A formula and the value it has now. Returns the cell."""
        cell = self.raw.cell(row, column)
        cell.value = formula
        cell.number_format = form
        self.values[cell.coordinate] = value if isinstance(value, str) else float(value)
        self._dress(cell, style)
        return cell.coordinate

    def across(
        self,
        row: int,
        first: int,
        make: Callable[[str, str], str],
        values: Iterable[float],
        form: str = MONEY,
        style: str = "",
    ) -> None:
        """One formula over a row: `make` gets the letters of the column and of the one before."""
        for j, value in enumerate(values, first):
            self.formula(row, j, make(letter(j), letter(j - 1)), value, form, style)

    def new_page(self, row: int) -> None:
        """Print from this row on a new page."""
        from openpyxl.worksheet.pagebreak import Break

        self.raw.row_breaks.append(Break(id=row - 1))

    def _dress(self, cell, style: str) -> None:
        """head: a heading; over: one above numbers; wrap: text over several lines; and the looks of _FONTS, _FILLS."""
        cell.font, fill, cell.alignment = _looks(style)
        if fill is not None:
            cell.fill = fill
        if cell.alignment.wrap_text:
            width = self.raw.column_dimensions[letter(cell.column)].width
            lines = sum(-(-len(part) // max(int(width) - 2, 1)) for part in str(cell.value or "").split("\n"))
            row = self.raw.row_dimensions[cell.row]
            row.height = max(row.height or 0.0, _LINE * min(max(lines, 1), 20))


@cache
def _looks(style: str) -> tuple[Any, Any, Any]:
    """Font, fill (None for the usual one) and alignment of a style; cells of one style share them."""
    from openpyxl.styles import Alignment, Font, PatternFill

    font = Font(**{"name": "Calibri", "family": 2, "size": 11, **_FONTS.get(style, {})})
    fill = PatternFill("solid", fgColor=_FILLS[style]) if style in _FILLS else None
    if style not in ("wrap", "over", "head"):
        return font, fill, Alignment(vertical="top")
    across = "right" if style == "over" else "left"
    return font, fill, Alignment(wrap_text=True, vertical="top", horizontal=across, indent=int(style == "wrap"))


def letter(column: int) -> str:
    """The letter of a column.

    >>> letter(1), letter(27)
    ('A', 'AA')
    """
    from openpyxl.utils import get_column_letter

    return get_column_letter(column)


def _store_values(path: Path, values: list[dict[str, float | str]]) -> None:
    """Put the value of every formula into the file, which openpyxl leaves empty."""
    with zipfile.ZipFile(path) as archive:
        members = {member: archive.read(member) for member in archive.namelist()}
    for number, known in enumerate(values, 1):
        name = f"xl/worksheets/sheet{number}.xml"
        members[name] = _CELL.sub(lambda found, known=known: _valued(found, known), members[name].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members.items():
            archive.writestr(member, data)


def _valued(found: re.Match, known: dict[str, float | str]) -> str:
    value = known[found[1]]
    attributes = re.sub(r' t="[^"]*"', "", found[2])
    if isinstance(value, str):
        return f'<c r="{found[1]}"{attributes} t="str"><f>{found[3]}</f><v>{escape(value)}</v></c>'
    return f'<c r="{found[1]}"{attributes}><f>{found[3]}</f><v>{value!r}</v></c>'
