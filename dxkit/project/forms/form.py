"""A workbook to fill in: headers, widths, and what may be written where. What stands in it is in forms.toml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from dxkit.files.shipped import table_beside

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

FORMS: dict[str, Any] = table_beside(__file__, "forms.toml")
HEAD: dict[str, Any] = {"bold": True, "bg_color": "#DDE6EE"}
GREY = "#808080"
EXAMPLE_LOOK: dict[str, Any] = {"italic": True, "font_color": GREY}
_TITLE: dict[str, Any] = {"bold": True, "font_size": 14}
_LAST = 499  # the last row that a rule covers, counted from 0


def add_sheet(
    book: Workbook, name: str, columns: Sequence[str], widths: Mapping[str, float], width: float
) -> Worksheet:
    """A sheet with its header, which stays in view; `widths` are those of columns that are not of the usual width."""
    sheet = book.add_worksheet(name)
    sheet.write_row(0, 0, columns, book.add_format(HEAD))
    for j, column in enumerate(columns):
        sheet.set_column(j, j, widths.get(column, width))
    sheet.freeze_panes(1, 0)
    return sheet


def read_me(book: Workbook, lines: Sequence[str]) -> None:
    """A first sheet that says what to do; its first line is the title."""
    sheet = book.add_worksheet("read me")
    sheet.set_column(0, 0, 110)
    title, text = (book.add_format({"text_wrap": True, "valign": "top", **own}) for own in (_TITLE, {}))
    for number, line in enumerate(lines):
        sheet.write_string(number, 0, line, text if number else title)


def offer(
    sheet: Worksheet, column: int, words: Sequence[str] | str, *, only: bool = True, rows: tuple[int, int] = (1, _LAST)
) -> None:
    """A drop-down for a column, with words or those of other cells (`=cells`); `only` these may be written."""
    source = words if isinstance(words, str) else list(words)
    rule = {"validate": "list", "source": source, "show_input": False, "show_error": only}
    message = {"error_message": f"Use one of: {', '.join(words)}."} if only else {}
    sheet.data_validation(rows[0], column, rows[1], column, rule | message)


def at_least_zero(sheet: Worksheet, column: int, message: str, *, whole: bool = False) -> None:
    """Only numbers of 0 or more may be written into a column."""
    rule = {"validate": "integer" if whole else "decimal", "criteria": ">=", "value": 0, "show_input": False}
    sheet.data_validation(1, column, _LAST, column, rule | {"error_message": message})


def days(book: Workbook, sheet: Worksheet, column: int, example: Any) -> None:
    """Only days, or days with a time, may be written into a column, as its example is."""
    time = isinstance(example, datetime)
    shape, how = {"num_format": "yyyy-mm-dd hh:mm" if time else "yyyy-mm-dd"}, "2026-01-31" + " 14:00" * time
    sheet.set_column(column, column, 18, book.add_format(shape))
    rule = {"validate": "date", "criteria": ">=", "value": date(2000, 1, 1), "show_input": False}
    sheet.data_validation(1, column, _LAST, column, rule | {"error_message": f"Write it as {how}."})
    sheet.write_datetime(1, column, example, book.add_format(EXAMPLE_LOOK | shape))
