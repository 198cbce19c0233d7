"""Results as a formatted workbook: what may be shown, as numbers; what may not, marked as hidden and nowhere else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from dxkit.files.errors import DataError
from dxkit.files.excel_writer import Book, Sheet
from dxkit.results.result import Result

HIDDEN = "hidden"
_SHARES = {"favourable", "favourable_low", "favourable_high", "share", "p_top", "p_cheapest"}
_WORDY = 16


def write_report(results: Mapping[str, Result], path: str | os.PathLike) -> Path:
    """Write results as a workbook, a sheet each.

    Parameters
    ----------
    results : mapping of sheet title to result
        Scores, answers, rankings and whatever else has a `.table`. A row that a release hides has its place, marked
        `hidden`; its figures are not in the file, in no hidden row and no formula.
    path : path ending in .xlsx
        Written to a temporary file and then renamed.

    Returns
    -------
    Path

    Raises
    ------
    DataError
        No result, something that is none, another ending, or a folder that is not there.

    Examples
    --------
    >>> import dxkit as dx, tempfile, pathlib
    >>> survey = dx.open_survey(dx.samples.path("company/responses_2026-Q3.csv"))
    >>> release = dx.Release(min_group=5)
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> dx.write_report({"teams": dx.scores(survey, by="team", release=release)}, folder / "report.xlsx").name
    'report.xlsx'
    """
    target = Path(path)
    if target.suffix.casefold() != ".xlsx":
        raise DataError(f"{target.name}: a report needs a name that ends in .xlsx")
    if not target.parent.is_dir():
        raise DataError(f"{target.parent}: there is no such folder")
    if not results:
        raise DataError("there is no result to write; give {'title': result}")
    for title, result in results.items():
        if not isinstance(result, Result):
            raise DataError(f"'{title}' is a {type(result).__name__} and no result of dxkit")
    book = Book()
    for title, result in results.items():
        _write(book, str(title), result)
    book.save(target)
    return target


def _write(book: Book, title: str, result: Result) -> None:
    table = result.table
    visible = table["shown"].astype(bool).to_numpy() if "shown" in table else np.ones(len(table), dtype=bool)
    names = [name for name in table.columns if name != "shown"]
    wordy = [not pd.api.types.is_numeric_dtype(table[name]) for name in names]
    widths = [
        min(48, max(14, *(len(str(cell)) + 2 for cell in (name, *table[name])))) if words else _WORDY
        for name, words in zip(names, wordy, strict=True)
    ] or [14]
    sheet = book.sheet(title, widths, freeze="A4")
    sheet.text(1, 1, result.title or title, "title")
    for j, (name, words) in enumerate(zip(names, wordy, strict=True), 1):
        sheet.text(3, j, str(name).replace("_", " "), "head" if words else "over")
        for i, cell in enumerate(table[name]):
            _cell(sheet, 4 + i, j, cell, visible[i], _form(str(name), table[name]))
    for k, note in enumerate(result.notes):
        sheet.text(5 + len(table) + k, 1, note, "quiet")


def _form(name: str, column: pd.Series) -> str:
    if name in _SHARES:
        return "0%"
    if name in ("p", "p_adjusted"):
        return "0.000"
    values = column.to_numpy()
    whole = pd.api.types.is_numeric_dtype(column) and np.all(np.isnan(values.astype(float)) | (values % 1 == 0))
    return "0" if whole else "#,##0.0"


def _cell(sheet: Sheet, row: int, column: int, cell: object, visible: bool, form: str) -> None:
    if isinstance(cell, bool | np.bool_):
        sheet.text(row, column, "yes" if cell else "no")
    elif isinstance(cell, int | float | np.integer | np.floating):
        if visible and not np.isnan(cell):
            sheet.number(row, column, round(float(cell), 6), form)
        else:
            sheet.text(row, column, "–" if visible else HIDDEN, "quiet")
    else:
        sheet.text(row, column, "" if cell is None or cell is pd.NA else cell)
