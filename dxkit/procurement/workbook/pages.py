"""A workbook as pages of cells in memory, so that it can be written, or compared with one that came back.

See docs/methods/ownership_cost.md, "The workbook"."""

import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from dxkit.files.errors import DataError
from dxkit.files.shipped import table_beside
from dxkit.files.writing import new_workbook, sheet_name

MONEY, SHARE, NUMBER, PLAIN = "#,##0;[Red]-#,##0", "0.0%", "#,##0.####", "General"
HOLDS = '[=1]"holds";"DOES NOT HOLD"'
TEXTS = table_beside(__file__, "workbook.toml")  # what stands in it, and how that looks
_LOOKS: dict[str, dict[str, Any]] = TEXTS["looks"]
_MOST_SHEETS = 200


@dataclass(frozen=True)
class Cell:
    """What stands in a cell: text or a number, or a formula beside the value it has."""

    value: float | str
    formula: str = ""
    form: str = PLAIN
    style: str = ""


@dataclass(eq=False)
class Page:
    """A sheet: rows and columns count from 0, column 0 is hidden and holds the key of each row, unique in the sheet."""

    title: str
    widths: Sequence[float]
    freeze: tuple[int, int] = (0, 0)
    hidden: bool = False
    portrait: bool = False
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)
    bounds: list[tuple[int, int, dict[str, Any]]] = field(default_factory=list)
    charts: list[tuple[int, int, dict[str, Any]]] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)
    wide: int = 1  # pages side by side when printed
    high: int = 0  # pages below each other when printed; 0 takes as many as it needs

    def key(self, row: int, key: str) -> None:
        self.keys[row] = key

    def put(self, row: int, column: int, value: float | str, style: str = "", form: str = PLAIN) -> None:
        """Text or a number; what is not finite stays empty."""
        if isinstance(value, str) or math.isfinite(value):
            self.cells[row, column] = Cell(value, "", form, style)

    def work_out(
        self, row: int, column: int, formula: str, value: float | str, style: str = "", form: str = NUMBER
    ) -> None:
        """A formula, without its equals sign, and the value it has."""
        if not isinstance(value, str) and not math.isfinite(value):
            raise DataError(f"{self.title}, row {row + 1}: a formula has no finite value, so no workbook is written")
        self.cells[row, column] = Cell(value, formula, form, style)

    def bound(self, row: int, column: int, rule: dict[str, Any]) -> None:
        """What may be written into a cell (XlsxWriter's data_validation)."""
        self.bounds.append((row, column, rule))


class Book:
    """The pages in their order."""

    def __init__(self) -> None:
        self.pages: list[Page] = []
        self._taken: set[str] = set()

    def page(self, title: str, widths: Iterable[float], **options: Any) -> Page:
        """A further page; its title is cut and told apart from the others as Excel wants it."""
        if len(self.pages) >= _MOST_SHEETS:
            raise DataError(f"the workbook would have more than {_MOST_SHEETS} sheets; compare fewer vendors")
        self.pages.append(Page(sheet_name(title, self._taken), list(widths), **options))
        return self.pages[-1]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the workbook whole or not at all, the value of each formula beside it."""
        with new_workbook(path) as book:
            formats: dict[tuple[str, str], Any] = {}
            for page in self.pages:
                _write(book, page, formats)


def quoted(title: str) -> str:
    return "'" + title.replace("'", "''") + "'"


def _write(book: Any, page: Page, formats: dict[tuple[str, str], Any]) -> None:
    sheet = book.add_worksheet(page.title)
    sheet.set_column(0, 0, 8, None, {"hidden": True})
    for j, width in enumerate(page.widths, 1):
        sheet.set_column(j, j if j < len(page.widths) else 400, width)
    if page.freeze != (0, 0):
        sheet.freeze_panes(*page.freeze)
        if page.freeze[0]:
            sheet.repeat_rows(0, page.freeze[0] - 1)
    for row, key in page.keys.items():
        sheet.write_string(row, 0, key)
    for (row, column), cell in sorted(page.cells.items()):
        look = formats.get((cell.style, cell.form))
        if look is None:
            look = formats[cell.style, cell.form] = book.add_format(
                {**_LOOKS.get(cell.style, {}), "num_format": cell.form}
            )
        if cell.formula:
            sheet.write_formula(row, column, f"={cell.formula}", look, cell.value)
        elif isinstance(cell.value, str):
            sheet.write_string(row, column, cell.value, look)
        else:
            sheet.write_number(row, column, cell.value, look)
    for row, column, rule in page.bounds:
        sheet.data_validation(row, column, row, column, rule)
    for row, column, chart in page.charts:
        _draw(book, sheet, row, column, chart)
    for row, height in page.heights.items():
        sheet.set_row(row, height)
    if not page.portrait:
        sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(page.wide, page.high)
    if page.wide > 1:
        sheet.repeat_columns(1, page.freeze[1] - 1)
    sheet.hide_gridlines(2)
    sheet.set_footer("&C&A, page &P of &N")
    sheet.protect("", {"format_columns": True, "format_rows": True, "insert_rows": True, "select_locked_cells": True})
    if page.hidden:
        sheet.very_hidden()


def _draw(book: Any, sheet: Any, row: int, column: int, chart: dict[str, Any]) -> None:
    """A chart of series; `size` is its width and height in pixels."""
    made = book.add_chart({"type": chart["type"]})
    for series in chart["series"]:
        made.add_series(series)
    made.set_title({"name": chart["title"], "name_font": {"size": 11}})
    made.set_legend({"position": "bottom"})
    for axis, options in chart.get("axes", {}).items():
        getattr(made, f"set_{axis}_axis")(options)
    made.set_size(dict(zip(("width", "height"), chart["size"], strict=True)))
    sheet.insert_chart(row, column, made)
