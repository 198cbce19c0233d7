"""The shapes survey tools export, read into one: a column of text per question of the codebook."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dxkit.faults import DataError, Faults
from dxkit.grids import Grid, read_grid
from dxkit.survey.codebook import MEASURED, Codebook, normal
from dxkit.survey.shapes import NAMES, SHAPES, Shape, header_rows, is_personal, is_technical, recognise
from dxkit.tables import as_text, table_from_grid

_STATEMENT = re.compile(r"(.*?)\s*\[(.+)\]\s*", flags=re.DOTALL)
_YES = ("yes", "y", "1", "true", "selected", "checked", "x")
_NO = ("no", "n", "0", "false", "not selected", "unchecked")


@dataclass(frozen=True, eq=False, kw_only=True)
class Export:
    """A file of answers, told apart: `answers` has a text column per codebook item ("" is blank), in its order.

    Numeric columns of a DataFrame pass as they are. `respondent` and `day` are "" where the file has none; `finished`
    and `preview` are one flag per row. `dropped` names personal columns left out, `ignored` those the codebook lacks.
    """

    source: str
    why: str
    answers: pd.DataFrame
    rows: list[int]
    columns_at: dict[str, str]
    file: str
    sheet: str | None
    respondent: pd.Series
    day: pd.Series
    finished: pd.Series
    preview: pd.Series
    dropped: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Column:
    """A column of a file: what its header rows say, and where it is."""

    code: str
    stem: str
    statement: str
    position: int
    place: str

    @property
    def name(self) -> str:
        return " ".join(f"{self.stem} [{self.statement}]".split()) if self.statement else " ".join(self.stem.split())


def read_export(source, codebook: Codebook, *, as_tool: str | None = None) -> Export:
    """Read a file of answers in any of the known shapes, or a DataFrame.

    Parameters
    ----------
    source : path or DataFrame
    codebook : Codebook
    as_tool : str, optional
        The tool's name where it should not be recognised.

    Raises
    ------
    DataError
        A question of the codebook that no column asks, a column that is there twice, an unknown tool.
    """
    shape = _named_shape(as_tool)
    if isinstance(source, pd.DataFrame):
        header, body, rows = _of_frame(source)
        why = "a DataFrame"
        shape = shape or recognise([column.code for column in header], [], [])[0]
        file, sheet, notes = "DataFrame", None, ()
    else:
        grid = read_grid(source, wanted=_asks(codebook))
        second, third = (grid.cells[i] if len(grid.cells) > i else [""] * len(grid.cells[0]) for i in (1, 2))
        found, why = recognise(grid.cells[0], second, third)
        shape, why = (shape, "as source= says") if shape else (found, why)
        header, body, rows = _of_grid(grid, shape, header_rows(shape, second, third))
        file, sheet, notes = grid.file, grid.sheet, grid.notes
    faults = Faults()
    matched = _match(header, codebook, shape, file, sheet, faults)
    faults.raise_if_any()
    answers, options_notes = _answers(matched, header, body, codebook, shape, len(rows))
    used = {column.position for columns in matched.values() for column in columns}
    others = [c for c in header if c.position not in used and c.name]
    personal = [c.name for c in others if is_personal(c.code) or is_personal(c.stem)]
    ignored = [c.name for c in others if c.name not in personal and not is_technical(shape, c.code)]
    facts = _Facts(shape, header, body, len(rows))
    ids = [item for item in codebook.of_kind("id") if item in answers]
    respondent = answers[ids[0]].map(as_text).astype(object) if ids else facts.text(shape.respondent)
    return Export(
        source=shape.name, why=why, answers=answers, rows=rows,
        columns_at={item: columns[0].place for item, columns in matched.items() if columns}, file=file, sheet=sheet,
        respondent=respondent, day=facts.days(), finished=facts.finished(), preview=facts.preview(),
        dropped=tuple(dict.fromkeys(personal)), ignored=tuple(dict.fromkeys(ignored)), notes=(*notes, *options_notes),
    )  # fmt: skip


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
        return float(sum(normal(cell) in known for row in grid.cells[:2] for cell in row))

    return score


def _of_grid(grid: Grid, shape: Shape, depth: int) -> tuple[list[_Column], list[np.ndarray], list[int]]:
    """Header columns, body columns as text arrays, and row numbers."""
    header, stem = [], ""
    first, second = grid.cells[0], grid.cells[1] if depth > 1 else [""] * len(grid.cells[0])
    for j, cell in enumerate(first):
        statement = second[j].strip() if shape.name == "surveymonkey" and depth > 1 else ""
        if shape.name == "surveymonkey" and depth > 1:
            stem = cell.strip() or stem
            statement = "" if normal(statement) in ("response", "open-ended response") else statement
            header.append(_Column(code=cell.strip(), stem=stem, statement=statement, position=j, place=_at(grid, j)))
        else:
            text = second[j].strip() if shape.name == "qualtrics" and depth > 1 else cell.strip()
            header.append(_Column(code=cell.strip(), stem=text, statement="", position=j, place=_at(grid, j)))
    if depth == 1:  # the checks of a plain table hold: repeated headers, totals, columns without a name
        table = table_from_grid(_without_repeats(grid, shape), kind="table of answers")
        body_cells, rows = grid.cells[1:], list(table.rows)
    else:
        body_cells, rows = grid.cells[depth:], grid.rows[depth:]
        if not body_cells:
            raise DataError(f"{grid.file}: the header has {depth} rows and no answer under it")
    columns = np.array([[cell.strip() for cell in line] for line in body_cells], dtype=object)
    return header, [columns[:, j] for j in range(len(first))], list(rows)


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
    from dxkit.tables import read_table

    table = read_table(frame, kind="table of answers")
    header = [_Column(code=name, stem=name, statement="", position=j, place=name) for j, name in enumerate(table.frame)]
    body = [table.frame.iloc[:, j] for j in range(len(header))]
    return header, body, table.rows


def _match(header, codebook: Codebook, shape: Shape, file: str, sheet, faults: Faults) -> dict[str, list[_Column]]:
    """The columns of every item. Options of one multi-select question may share a joined column."""
    by_name: dict[str, list[_Column]] = {}
    by_statement: dict[str, list[_Column]] = {}
    for column in header:
        for key in {k for k in _keys_of(column, shape) if k}:
            by_name.setdefault(key, []).append(column)
        by_statement.setdefault(normal(column.statement or column.stem), []).append(column)
    repeats = Counter(normal(_split(text)[1]) for text in codebook.items["text"])
    met: Counter[str] = Counter()
    matched: dict[str, list[_Column]] = {}
    missing = []
    for row in codebook.items.itertuples():
        if row.kind == "ignore":
            continue
        stem, statement = _split(row.text)
        met[normal(statement)] += 1
        found = by_name.get(normal(row.item)) or by_name.get(normal(row.text))
        if not found and statement:
            found = by_name.get(f"{normal(stem)}\x00{normal(statement)}") or by_name.get(
                normal(f"{stem} - {statement}")
            )
            if not found and (repeats[normal(statement)] == 1 or shape.name == "microsoft_forms"):
                found = by_statement.get(normal(_numbered(statement, met[normal(statement)])))
            found = found or by_name.get(normal(stem))
        if not found:
            missing.append(row)
            continue
        if len(found) > 1:
            places = " and ".join(column.place for column in found[:3])
            faults.add(f"the question of item {row.item} has {len(found)} columns ({places}); merge them into one, or "
                       "delete those that are old", file=file, sheet=sheet)  # fmt: skip
        matched[row.item] = found[:1]
    needed = [row for row in missing if row.kind in (*MEASURED, "segment")]
    names = [c.name for c in header if not is_technical(shape, c.code)]
    for row in needed:
        near = difflib.get_close_matches(row.text, names, n=1, cutoff=0.5)
        hint = f"did its text change to '{near[0][:80]}'?" if near else "no header is like it"
        faults.add(f"no column asks '{row.text[:80]}' (item {row.item}, {row.kind}); {hint}", file=file, sheet=sheet)
    return matched


def _split(text: str) -> tuple[str, str]:
    found = _STATEMENT.fullmatch(text)
    return (found[1], found[2]) if found else (text, "")


def _numbered(statement: str, time: int) -> str:
    """Microsoft puts a number behind a header that is there for the second time and later."""
    return statement if time == 1 else f"{statement}{time}"


def _keys_of(column: _Column, shape: Shape) -> list[str]:
    stem, statement = (column.stem, column.statement) if column.statement else _split(column.stem)
    keys = [normal(column.code), normal(column.stem)]
    if statement:
        keys = [] if column.statement else keys
        keys += [f"{normal(stem)}\x00{normal(statement)}", normal(f"{stem} - {statement}")]
        keys.append(normal(f"{stem} [{statement}]"))
    return keys


def _answers(matched, header, body, codebook: Codebook, shape: Shape, n: int) -> tuple[pd.DataFrame, list[str]]:
    columns, notes = {}, []
    for item, found in matched.items():
        columns[item] = body[found[0].position]
    for stem, items in _multi_selects(codebook, matched).items():
        notes += _choose(stem, items, matched, columns, codebook, shape)
    for item in [name for name in columns if name in codebook.measured]:
        column = columns[item]
        if shape.name == "limesurvey" and codebook.scale(item).codes:
            columns[item] = _limesurvey_codes(column, codebook.scale(item))
    return pd.DataFrame(columns, index=range(n)), notes


def _limesurvey_codes(column, scale):
    """LimeSurvey writes answer codes such as A4; they are the codes of the scale where the labels are unknown."""
    texts = {text for text in column if text}
    if texts and all(re.fullmatch(r"A\d+", text) and scale.code_of(text) is None for text in texts):
        return np.array([text[1:] for text in column], dtype=object)
    return column


def _multi_selects(codebook: Codebook, matched) -> dict[str, list[str]]:
    """Questions of which one may choose several options: items `Question [Option]` on the yesno scale."""
    groups: dict[str, list[str]] = {}
    for row in codebook.items.itertuples():
        stem, option = _split(row.text)
        if option and row.kind == "rating" and row.scale == "yesno" and row.item in matched:
            groups.setdefault(stem, []).append(row.item)
    return groups


def _choose(stem: str, items: list[str], matched, columns, codebook: Codebook, shape: Shape) -> list[str]:
    """Turn either way of writing a multi-select (joined, or a column per option) into Yes, No and blank per option."""
    if any(pd.api.types.is_numeric_dtype(columns[item]) for item in items):
        return []
    options = {item: _split(codebook.item(item)["text"])[1] for item in items}
    position = {matched[item][0].position for item in items}
    unknown = 0
    if len(position) == 1 and len(items) > 1:
        chosen, unknown = _joined(columns[items[0]], options, shape)
    else:
        chosen = {}
        for item in items:
            texts = [normal(text) for text in columns[item]]
            if any(text in _NO for text in texts):
                return []  # explicit yes and no need no inference from what was left blank
            label = normal(options[item])
            unknown += sum(bool(text) and text not in (label, *_YES) for text in texts)
            chosen[item] = np.array([text == label or text in _YES for text in texts])
    anything = np.logical_or.reduce([chosen[item] for item in items])
    for item in items:
        columns[item] = np.where(anything, np.where(chosen[item], "Yes", "No"), "").astype(object)
    return [f"'{stem[:60]}': {unknown} answers outside the codebook's options were left out"] if unknown else []


def _joined(column, options: dict[str, str], shape: Shape) -> tuple[dict[str, np.ndarray], int]:
    """Options chosen in a joined cell. Known options are cut out first, longest first, for they may hold the joint."""
    folded = sorted(((normal(text), item) for item, text in options.items()), key=lambda pair: -len(pair[0]))
    chosen = {item: np.zeros(len(column), dtype=bool) for item in options}
    unknown = 0
    for i, cell in enumerate(column):
        rest = f" {' '.join(str(cell).split()).casefold()} "
        joint = next((j for j in shape.joints if j.strip() in rest), shape.joints[0]).strip()
        for text, item in folded:
            pattern = rf"(?<=[{re.escape(joint)} ]){re.escape(text)}[.:!?*]?(?=\s*(?:{re.escape(joint)}|$))"
            if re.search(pattern, rest):
                chosen[item][i] = True
                rest = re.sub(pattern, " ", rest, count=1)
        unknown += bool(re.sub(rf"[{re.escape(joint)}\s]+", "", rest))
    return chosen, unknown


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
        elif self.shape.name == "limesurvey":
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
