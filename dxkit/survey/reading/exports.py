"""The shapes survey tools export, read into one: a column of text per question of the codebook."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dxkit.files.cells import as_text, normal
from dxkit.files.errors import DataError, Faults
from dxkit.files.grid import Grid
from dxkit.files.opening import open_file
from dxkit.files.summary_rows import check_rows
from dxkit.files.table import read_table
from dxkit.survey.reading.codebook import Codebook
from dxkit.survey.reading.headers import Column, match
from dxkit.survey.reading.multiple_choice import choose
from dxkit.survey.reading.tools import (
    NAMES,
    SHAPES,
    Shape,
    code_and_text,
    header_rows,
    is_personal,
    is_technical,
    recognise,
)


@dataclass(frozen=True, eq=False, kw_only=True)
class Export:
    """A file of answers, told apart: `answers` has a text column per codebook item ("" is blank), in its order.

    Numeric columns of a DataFrame pass as they are. `respondent` and `day` are "" where the file has none; `finished`
    and `preview` are one flag per row. `dropped` names personal columns left out, `ignored` those the codebook lacks.
    `positions` is the column of each item, counted from 0, `depth` the number of header rows.
    """

    source: str
    why: str
    answers: pd.DataFrame
    rows: list[int]
    columns_at: dict[str, str]
    positions: dict[str, int]
    depth: int
    file: str
    sheet: str | None
    respondent: pd.Series
    day: pd.Series
    finished: pd.Series
    preview: pd.Series
    dropped: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def read_export(source, codebook: Codebook, *, as_tool: str | None = None, faults: Faults | None = None) -> Export:
    """Read a file of answers in any of the known shapes, or a DataFrame.

    Parameters
    ----------
    source : path, DataFrame or Grid
    codebook : Codebook
    as_tool : str, optional
        The tool's name where it should not be recognised.
    faults : Faults, optional
        Where faults of matching go, so that others can be told with them; without it they are raised.

    Raises
    ------
    DataError
        A question of the codebook that no column asks, a column that is there twice, an unknown tool.
    """
    shape = _named_shape(as_tool)
    if isinstance(source, pd.DataFrame):
        (header, body, rows), depth = _of_frame(source), 1
        why = "a DataFrame"
        shape = shape or recognise([column.code for column in header], [], [])[0]
        file, sheet, notes = "DataFrame", None, ()
    else:
        grid = source if isinstance(source, Grid) else open_file(source).choose(wanted=_asks(codebook))
        second, third = (grid.cells[i] if len(grid.cells) > i else [""] * len(grid.cells[0]) for i in (1, 2))
        found, why = recognise(grid.cells[0], second, third)
        shape, why = (shape, "as source= says") if shape else (found, why)
        depth = header_rows(shape, grid.cells[0], second, third)
        header, body, rows = _of_grid(grid, shape, depth)
        file, sheet, notes = grid.file, grid.sheet, grid.notes
    own = Faults() if faults is None else faults
    matched, match_notes = match(header, codebook, shape, own, file=file, sheet=sheet)
    if faults is None:
        own.raise_if_any()
    answers, options_notes = _answers(matched, header, body, codebook, shape, len(rows))
    used = {column.position for column in matched.values()}
    others = [c for c in header if c.position not in used and c.name]
    personal = [c.name for c in others if is_personal(c.code) or is_personal(c.stem)]
    ignored = [c.name for c in others if c.name not in personal and not is_technical(shape, c.code)]
    facts = _Facts(shape, header, body, len(rows))
    ids = [item for item in codebook.of_kind("id") if item in answers]
    respondent = answers[ids[0]].map(as_text).astype(object) if ids else facts.text(shape.respondent)
    return Export(
        source=shape.name,
        why=why,
        answers=answers,
        rows=rows,
        columns_at={item: column.place for item, column in matched.items()},
        depth=depth,
        positions={item: column.position for item, column in matched.items()},
        file=file,
        sheet=sheet,
        respondent=respondent,
        day=facts.days(),
        finished=facts.finished(),
        preview=facts.preview(),
        dropped=tuple(dict.fromkeys(personal)),
        ignored=tuple(dict.fromkeys(ignored)),
        notes=(*notes, *match_notes, *options_notes),
    )


def _named_shape(name: str | None) -> Shape | None:
    if name is None:
        return None
    folded = re.sub(r"[\s_-]+", "_", name.strip().casefold())
    for shape in SHAPES:
        if folded in (shape.name, shape.name.replace("_", "")):
            return shape
    near = difflib.get_close_matches(folded, NAMES, n=1)
    hint = f"did you mean '{near[0]}'?" if near else ""
    raise DataError(f"source='{name[:40]}' is not a known tool; use one of {', '.join(NAMES)}. {hint}".strip())


def _asks(codebook: Codebook):
    """How many cells of a sheet's first rows are questions: to find the sheet of answers in a workbook."""
    known = {normal(text) for text in (*codebook.items["item"], *codebook.items["text"])}

    def score(grid: Grid) -> float:
        cells = [cell for row in grid.cells[:2] for cell in row]
        return float(sum(normal(cell) in known or normal(code_and_text(cell)[1]) in known for cell in cells))

    return score


def _of_grid(grid: Grid, shape: Shape, depth: int) -> tuple[list[Column], list[np.ndarray], list[int]]:
    """Header columns, body columns as text arrays, and row numbers."""
    header, stem = [], ""
    first, second = grid.cells[0], grid.cells[1] if depth > 1 else [""] * len(grid.cells[0])
    for j, cell in enumerate(first):
        statement = second[j].strip() if shape.name == "surveymonkey" and depth > 1 else ""
        if shape.name == "surveymonkey" and depth > 1:
            stem = cell.strip() or stem
            statement = "" if normal(statement) in ("response", "open-ended response") else statement
            header.append(Column(code=cell.strip(), stem=stem, statement=statement, position=j, place=_at(grid, j)))
        elif shape.name == "qualtrics" and depth > 1:
            header.append(Column(code=cell.strip(), stem=second[j].strip(), position=j, place=_at(grid, j)))
        else:
            code, text = code_and_text(cell) if shape.name == "limesurvey" else (cell.strip(), cell.strip())
            header.append(Column(code=code, stem=text, header=cell.strip(), position=j, place=_at(grid, j)))
    if depth == 1:  # the checks of a plain table hold: repeated headers, totals, columns without a name
        table = read_table(_without_repeats(grid, shape), kind="table of answers")
        body_cells, rows = grid.cells[1:], list(table.rows)
    else:
        body_cells, rows = grid.cells[depth:], grid.rows[depth:]
        if not body_cells:
            raise DataError(f"{grid.file}: the header has {depth} rows and no answer under it")
        own = Faults()
        body = [[cell.strip() for cell in line] for line in body_cells]
        check_rows(body, grid.cells[:depth], rows, {"file": grid.file, "sheet": grid.sheet}, own)
        own.raise_if_any()
    columns = np.array([[seen(cell) for cell in line] for line in body_cells], dtype=object)
    return header, [columns[:, j] for j in range(len(first))], list(rows)


def seen(cell: str) -> str:
    """A stripped cell; "" where nothing in it can be seen."""
    text = cell.strip()
    return text if text.isascii() or normal(text) else ""


def _at(grid: Grid, j: int) -> str:
    name = " ".join(grid.cells[0][j].split())[:40]
    return grid.column_name(j) if grid.lettered else f"{grid.column_name(j)} ({name})" if name else grid.column_name(j)


def _without_repeats(grid: Grid, shape: Shape) -> Grid:
    """Tools may export several columns of one name (options, timings); only in plain tables is that a fault."""
    if shape.name == "plain":
        return grid
    seen: Counter[str] = Counter()
    names = []
    for cell in grid.cells[0]:
        seen[normal(cell)] += 1
        names.append(f"{cell} ({seen[normal(cell)]})" if seen[normal(cell)] > 1 else cell)
    return Grid(
        cells=[names, *grid.cells[1:]], rows=grid.rows, file=grid.file, sheet=grid.sheet, lettered=grid.lettered
    )


def _of_frame(frame: pd.DataFrame):
    table = read_table(frame, kind="table of answers")
    header = [
        Column(code=name, stem=name, position=j, place=table.columns_at[name]) for j, name in enumerate(table.frame)
    ]
    body = [
        column if pd.api.types.is_numeric_dtype(column) else column.map(seen).astype(object)
        for _, column in table.frame.items()
    ]
    return header, body, table.rows


def _answers(matched, header, body, codebook: Codebook, shape: Shape, n: int) -> tuple[pd.DataFrame, list[str]]:
    columns = {item: body[column.position] for item, column in matched.items()}
    notes = choose(columns, body, header, matched, codebook, shape)
    for item in [name for name in columns if name in codebook.measured]:
        if shape.name == "limesurvey" and codebook.scale(item).codes:
            columns[item] = _limesurvey_codes(columns[item], codebook.scale(item))
    return pd.DataFrame(columns, index=range(n)), notes


def _limesurvey_codes(column, scale):
    """LimeSurvey writes answer codes such as A4; they are the codes of the scale where the labels are unknown."""
    unknown = {text for text in map(as_text, column) if scale.code_of(text) is None}
    if unknown and all(re.fullmatch(r"A\d+", text) for text in unknown):
        return np.array([text[1:] if text in unknown else text for text in map(as_text, column)], dtype=object)
    return column


class _Facts:
    """What a tool says of a response beside its answers: id, day, finished, preview."""

    def __init__(self, shape: Shape, header, body, n: int):
        self.shape, self.n = shape, n
        self.columns = {}
        for column in reversed(header):
            self.columns[normal(column.code) or column.code.strip()] = body[column.position]

    def text(self, names) -> pd.Series:
        for name in names:
            if name in self.columns:
                return pd.Series([as_text(value) for value in self.columns[name]], dtype=object)
        return pd.Series([""] * self.n, dtype=object)

    def days(self) -> pd.Series:
        return _days(self.text(self.shape.day), month_first=self.shape.name != "limesurvey")

    def finished(self) -> pd.Series:
        done = np.ones(self.n, dtype=bool)
        if self.shape.name == "qualtrics" and "finished" in self.columns:
            done = self.text(("finished",)).map(lambda text: normal(text) not in ("false", "0", "no")).to_numpy()
        elif self.shape.name == "limesurvey" and "submitdate" in self.columns:
            done = (self.text(("submitdate",)) != "").to_numpy()
        elif self.shape.name == "surveymonkey" and "end date" in self.columns:
            done = (self.text(("end date",)) != "").to_numpy()
        elif self.shape.name == "typeform" and "response type" in self.columns:
            done = self.text(("response type",)).map(lambda text: normal(text) in ("completed", "")).to_numpy()
        return pd.Series(done, dtype=bool)

    def preview(self) -> pd.Series:
        if self.shape.name != "qualtrics":
            return pd.Series(np.zeros(self.n, dtype=bool))
        real = ("", "ip address", "imported", "offline", "0", "4", "16")
        return self.text(("status",)).map(lambda text: normal(text) not in real).astype(bool)


def _days(texts: pd.Series, month_first: bool) -> pd.Series:
    """Timestamps coarsened to the day, ISO; "" where there is none or it is not understood."""
    parts = [re.match(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})", text) for text in texts]
    numbers = [tuple(int(x) for x in part.groups()) for part in parts if part]
    if any(a > 12 for a, _, c in numbers if c > 31):
        month_first = False
    days = []
    for part in parts:
        if part is None:
            days.append("")
            continue
        a, b, c = (int(x) for x in part.groups())
        year, month, day = (a, b, c) if a > 31 else (c, a, b) if month_first else (c, b, a)
        year += 2000 if year < 100 else 0
        valid = 1 <= month <= 12 and 1 <= day <= 31
        days.append(f"{year:04d}-{month:02d}-{day:02d}" if valid else "")
    return pd.Series(days, dtype=object)
