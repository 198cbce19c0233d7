"""Results as a formatted workbook: what may be shown, as numbers; what may not, marked as hidden and nowhere else."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dxkit.files.errors import DataError
from dxkit.files.options import instance
from dxkit.files.writing import new_workbook, sheet_name, writable
from dxkit.results.columns import Column, distinct
from dxkit.results.formatting import MISSING
from dxkit.results.result import Result

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

HIDDEN = "hidden"
_MOST_SHEETS = 200
_HEAD = 3  # rows above the table: title, empty, headings
_NUMBERS = {"share": "0%", "p": "0.000"}
_WIDTH = 16  # of a column of numbers, characters
_PLAIN = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
_HEADING = {**_PLAIN, "bold": True, "bg_color": "#DDE6EE", "text_wrap": True}
_STYLES = {
    "text": _PLAIN,
    "title": {**_PLAIN, "bold": True, "font_size": 14},
    "heading": _HEADING,
    "heading of numbers": {**_HEADING, "align": "right"},
    "quiet": {**_PLAIN, "font_color": "#777777"},
}


def write_report(results: Mapping[str, Result], path: str | os.PathLike[str]) -> Path:
    """Write results as a workbook, one sheet for each.

    Parameters
    ----------
    results : mapping of sheet title to result
        Scores, answers, rankings and whatever else has a `.table`. A row that a release hides keeps its place and is
        marked `hidden`. The file does not hold its figures anywhere.
    path : path ending in .xlsx
        Where to write; the folder must exist. The file is written whole or not at all, and equal results give equal
        bytes.

    Returns
    -------
    Path

    Raises
    ------
    DataError
        No results, something that is not a result, another ending, or a folder that does not exist.

    Examples
    --------
    >>> import dxkit as dx, tempfile, pathlib
    >>> survey = dx.open_survey(dx.samples.path("company/responses_2026-Q3.csv"))
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> dx.write_report({"teams": dx.scores(survey, by="team")}, folder / "report.xlsx").name
    'report.xlsx'
    """
    target = Path(instance("path", path, (str, os.PathLike), "a path that ends in .xlsx"))
    if target.suffix.casefold() != ".xlsx":
        raise DataError(f"{target.name}: give the report a name that ends in .xlsx")
    if not target.parent.is_dir():
        raise DataError(f"{target.parent}: this folder does not exist")
    if isinstance(results, Result) or not isinstance(results, Mapping) or not results:
        raise DataError("results: give one result or more with their titles, {'title': result}")
    for title, result in results.items():
        instance(f"results['{title}']", result, Result, "a result of dxkit, such as scores(survey)")
    if len(results) > _MOST_SHEETS:
        raise DataError(f"results: {len(results)} sheets are too many; write at most {_MOST_SHEETS} into one report")
    taken: set[str] = set()
    with new_workbook(target) as book:
        for title, result in results.items():
            _write(book, sheet_name(str(title), taken), result, str(title))
    return target


def _write(book: Workbook, name: str, result: Result, title: str) -> None:
    looks = {style: book.add_format(look) for style, look in _STYLES.items()}
    sheet = book.add_worksheet(name)
    table = result.table
    visible = table["shown"].astype(bool).tolist() if "shown" in table else [True] * len(table)
    _text(sheet, 0, 0, result.title or title, looks["title"])
    described = {column.name: column for column in result.table_columns}
    names = [name for name in distinct(table.columns) if name != "shown"]
    table = table.set_axis(distinct(table.columns), axis=1)
    for at, name in enumerate(names):
        _write_column(book, sheet, at, described.get(name, Column(name, "")), table.loc[:, name], visible, looks)
    for k, note in enumerate(result.notes, _HEAD + len(table) + 1):
        _text(sheet, k, 0, note, looks["quiet"])
    _set_up(sheet, rows=_HEAD + len(table) + 1 + len(result.notes), columns=max(len(names), 1))


def _write_column(
    book: Workbook,
    sheet: Worksheet,
    at: int,
    column: Column,
    values: pd.Series,
    visible: list[bool],
    looks: Mapping[str, Format],
) -> None:
    numeric = pd.api.types.is_numeric_dtype(values)
    cells = values.tolist()
    longest = max(len(cell) for cell in (column.name, *cells) if isinstance(cell, str))
    sheet.set_column(at, at, _WIDTH if numeric else min(48, max(14, longest + 2)), looks["text"])
    _text(sheet, 2, at, column.name.replace("_", " "), looks["heading of numbers" if numeric else "heading"])
    number = book.add_format({**_PLAIN, "num_format": _number_format(column, values)})
    for row, (cell, shown) in enumerate(zip(cells, visible, strict=True), _HEAD):
        cell = cell.item() if isinstance(cell, np.generic) else cell
        if isinstance(cell, bool) or not isinstance(cell, int | float | Decimal):
            missing = cell is None or cell is pd.NA or cell is pd.NaT
            words = "yes" if cell is True else "no" if cell is False else "" if missing else str(cell)
            _text(sheet, row, at, words, looks["text"])
        elif not shown:
            _text(sheet, row, at, HIDDEN, looks["quiet"])
        elif math.isfinite(figure := float(cell)):
            sheet.write_number(row, at, round(figure, 6), number)
        else:
            _text(sheet, row, at, MISSING if math.isnan(figure) else "∞" if figure > 0 else "-∞", looks["quiet"])


def _text(sheet: Worksheet, row: int, column: int, text: str, look: Format) -> None:
    """Text that stays text, whatever it starts with."""
    sheet.write_string(row, column, writable(text), look)


def _number_format(column: Column, values: pd.Series) -> str:
    if column.format in _NUMBERS:
        return _NUMBERS[column.format]
    if not pd.api.types.is_numeric_dtype(values):
        return "General"
    numbers = (float(value) for value in values.dropna())
    return "0" if all(number.is_integer() for number in numbers if math.isfinite(number)) else "#,##0.0"


def _set_up(sheet: Worksheet, rows: int, columns: int) -> None:
    """Headings stay in view; on paper every page has them and the table is as wide as the page."""
    sheet.freeze_panes(_HEAD, 0)
    sheet.repeat_rows(0, _HEAD - 1)
    sheet.print_area(0, 0, rows - 1, columns - 1)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    sheet.set_footer("&C&A, page &P of &N")
