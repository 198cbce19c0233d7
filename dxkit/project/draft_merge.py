"""New questions of a draft, added to a workbook that somebody has worked on."""

import io
import math
from pathlib import Path
from typing import Any

import pandas as pd

from dxkit.files.cells import as_text, folded, normal
from dxkit.files.errors import fault_at
from dxkit.files.grid import YELLOW
from dxkit.files.opening import open_file
from dxkit.files.writing import as_text_cell, replacing
from dxkit.survey.reading.codebook import split_question
from dxkit.survey.reading.headers import key


def add_to(
    path: Path, items: pd.DataFrame, scales: pd.DataFrame, rules: pd.DataFrame, doubts: pd.DataFrame
) -> list[str]:
    """Add the questions that a workbook lacks, with their scales, rules and doubts; returns their ids."""
    import openpyxl

    file = open_file(path)
    if file.sheet("codebook") is None:
        raise fault_at("the workbook has no sheet codebook; give --out another name", file=file.name)
    book = openpyxl.load_workbook(io.BytesIO(file.data()))
    sheets = {folded(sheet.title): sheet for sheet in book.worksheets}
    codebook = sheets["codebook"]
    at = _columns(codebook)
    if missing := {"item", "text", "kind"} - at.keys():
        raise fault_at(f"sheet codebook has no column {sorted(missing)[0]}", file=file.name, sheet=codebook.title)
    known = {normal(name) for name in _values(codebook, at["item"])}
    texts = {key(text) for text in _values(codebook, at["text"])}
    stems = {key(split_question(text)[0]) for text in _values(codebook, at["text"]) if split_question(text)[1]}
    new = [
        row
        for row in items.to_dict("records")
        if key(row["text"]) not in texts
        and normal(row["item"]) not in texts
        and not (row["kind"] in ("multi", "rank") and key(row["text"]) in stems)
    ]
    names = {row["item"]: _free(row["item"], known) for row in new}
    labels = _Scales(sheets, book, scales)
    why = {(item, cell): reason for item, cell, reason in doubts[["item", "cell", "why"]].to_numpy()}
    for row in new:
        values = {**row, "item": names[row["item"]], "scale": labels.name_for(row["scale"])}
        _append(codebook, at, values, {cell: reason for (item, cell), reason in why.items() if item == row["item"]})
    wanted = rules.loc[rules["question"].isin(list(names))].to_dict("records")
    if wanted:
        sheet = sheets.get("rules") or _new_sheet(book, "rules", list(rules.columns))
        for row in wanted:
            _append(sheet, _columns(sheet), {**row, "question": names[row["question"]]}, {})
    with replacing(path) as temporary:
        book.save(temporary)
    return list(names.values())


class _Scales:
    """The sheet scales: a scale is added once, under a name that no other has."""

    def __init__(self, sheets: dict[str, Any], book: Any, scales: pd.DataFrame):
        self.sheet = sheets.get("scales") or _new_sheet(book, "scales", list(scales.columns))
        self.at = _columns(self.sheet)
        self.scales = scales
        self.known = {normal(name) for name in _values(self.sheet, self.at["scale"])}
        self.names: dict[str, str] = {}

    def name_for(self, scale: str) -> str:
        rows = self.scales.loc[self.scales["scale"] == scale].to_dict("records")
        if rows and scale not in self.names:
            self.names[scale] = _free(scale, self.known)
            for row in rows:
                _append(self.sheet, self.at, {**row, "scale": self.names[scale]}, {})
        return self.names.get(scale, scale)


def _new_sheet(book: Any, name: str, columns: list[str]) -> Any:
    sheet = book.create_sheet(name)
    sheet.append(columns)
    return sheet


def _columns(sheet: Any) -> dict[str, int]:
    return {folded(as_text(cell.value)): cell.column for cell in sheet[1] if as_text(cell.value)}


def _values(sheet: Any, column: int) -> list[str]:
    cells = (sheet.cell(row, column).value for row in range(2, sheet.max_row + 1))
    return [text for text in map(as_text, cells) if text]


def _free(name: str, known: set[str]) -> str:
    free, count = name, 1
    while normal(free) in known:
        count += 1
        free = f"{name}_{count}"
    known.add(normal(free))
    return free


def _append(sheet: Any, at: dict[str, int], values: dict, why: dict[str, str]) -> None:
    """A row under the last one that holds something."""
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    last = max((cell.row for row in sheet.iter_rows() for cell in row if as_text(cell.value)), default=1)
    for column, value in values.items():
        if column not in at:
            continue
        cell = sheet.cell(last + 1, at[column])
        if isinstance(value, float):
            cell.value = None if math.isnan(value) else value
        elif value:
            as_text_cell(cell, str(value))
        if column in why:
            cell.fill = PatternFill("solid", fgColor=YELLOW)
            cell.comment = Comment(why[column], "dxkit")
