"""The files that survey tools export, read into one form: a column of text per question of the codebook."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dxkit.files.cells import normal
from dxkit.files.encoded import encode
from dxkit.files.errors import Faults, and_more
from dxkit.files.grid import Grid
from dxkit.survey.reading.codebook import Codebook, split_question
from dxkit.survey.reading.distinct import blank, flags, joined, read_as, same, separate, texts_of
from dxkit.survey.reading.headers import Column, Index, is_option, key, match
from dxkit.survey.reading.rules.applied import Applied, apply_rules
from dxkit.survey.reading.rules.columns import Columns
from dxkit.survey.reading.rules.rows import sheet_of
from dxkit.survey.reading.rules.table import NO_RULES, SETTINGS, Rules
from dxkit.survey.reading.several.multiple_choice import choose, families_of, place_columns
from dxkit.survey.reading.sheet import Elsewhere, Head, blank_na, body_of, na_note, nameless
from dxkit.survey.reading.structure.statistics_file import open_answers
from dxkit.survey.reading.tools.base import Tool
from dxkit.survey.reading.tools.registry import TOOLS, is_personal, is_technical, tool_named


@dataclass(frozen=True, eq=False, kw_only=True)
class Export:
    """A file of answers in one form.

    tool, why       the tool it comes from, and how that was recognised
    answers         a column per codebook item, in its order, and per question with options for what is beside them
    rows            the row of each answer in the file
    columns_at      the column of each item, as messages call it
    respondent      the id of each submission; "" where the file has none
    finished        one flag per row, and so is `preview`
    dropped         personal columns that were left out, and `ignored` those that the codebook lacks
    applied         what the rules did
    na_cells        how many cells with NA are read as blank
    counted         notes that end with a number of people, with a flag per row for those who count
    """

    tool: Tool
    why: str
    answers: Mapping[str, pd.Categorical]
    rows: Sequence[int] | np.ndarray
    columns_at: dict[str, str]
    file: str
    sheet: str | None
    respondent: pd.Categorical
    finished: np.ndarray
    preview: np.ndarray
    dropped: tuple[str, ...]
    ignored: tuple[str, ...]
    applied: Applied
    na_cells: int
    notes: tuple[str, ...]
    counted: Mapping[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def source(self) -> str:
        return self.tool.name

    def place(self, item: str = "", i: int | None = None) -> dict[str, Any]:
        """Where a fault is: of an item its column, of an answer its row."""
        place: dict[str, Any] = {"file": self.file, "sheet": self.sheet}
        place |= {"column": self.columns_at.get(item, item)} if item else {}
        return place | ({} if i is None else {"row": int(self.rows[i])})

    def remarks(self, counted: Sequence[str] = ()) -> list[str]:
        """How the file was read, and which of its columns were not; with the notes that count people."""
        remarks = [f"read as {self.source.replace('_', ' ')}: {self.why}", *self.notes, *counted]
        if self.na_cells:
            remarks.append(na_note(self.na_cells))
        if self.dropped:
            remarks.append(f"personal columns left out: {', '.join(self.dropped)}")
        if self.ignored:
            remarks.append(f"columns not in the codebook: {and_more(self.ignored)}")
        return remarks


def read_export(
    answers: Any,
    codebook: Codebook,
    rules: Rules = NO_RULES,
    *,
    faults: Faults | None = None,
    source: str | None = None,
    sheet: str | None = None,
    header: int | None = None,
    wave: str | None = None,
    **limits: Any,
) -> Export:
    """Answers as any of the known tools exports them, or a frame, read as the rules and before them the arguments say.

    `faults` collects the faults of matching, to be raised with others; None raises them here. `limits` are those of
    `encode`.

    Raises
    ------
    DataError
        A question of the codebook that no column asks, a column that appears twice, an unknown tool.
    """
    rules = rules.with_arguments(source=source, sheet=sheet, header=header)
    said = {name: rule.value for name in SETTINGS if (rule := rules.setting(name))}
    source, header = source or said.get("source"), header or int(said.get("header", 0)) or None
    sheet = sheet_of(answers, rules, wave, count_questions(codebook)) if sheet is None else sheet
    given, sheets = None if source is None else tool_named(source), list[Grid]()
    head = Head(given, header, lambda columns, tool: used_columns(columns, codebook, tool, rules))

    def chosen(path: str | os.PathLike[str]) -> Grid:
        opened = open_answers(path)
        grid = opened.choose(sheet, count_questions(codebook))
        sheets.extend([grid, *(each for each in opened.sheets if each is not grid)])
        return grid

    read = encode(answers, head, choose=chosen, **limits)
    body, tool, columns = body_of(read, head), head.tool, head.columns
    notes = [*read.notes, *([] if read.of_frame else nameless(columns, body))]
    na_cells = blank_na(body)
    matching = Faults() if faults is None else faults
    matched = match(
        columns,
        codebook,
        tool,
        matching,
        same=lambda several: all(same(body[several[0].position], body[each.position]) for each in several[1:]),
        apart=lambda several: separate([body[column.position] for column in several]),
        elsewhere=Elsewhere(sheets or ([] if read.of_frame else [read.top]), codebook),
        file=read.file,
        sheet=read.sheet,
    )
    at = matched.columns
    for several in matched.apart.values():
        body[several[0].position] = joined([body[column.position] for column in several])
    file = Columns(rules, columns, body, at, codebook, tool, matching)
    applied = apply_rules(file, wave=wave, sheet=read.sheet)
    if faults is None:
        matching.raise_if_any()
    found = {item: file.body[column.position] for item, column in at.items()}
    choice_notes, counted = choose(found, file)
    for item in codebook.measured:
        if item in found and codebook.scale(item).codes:
            found[item] = read_as(found[item], tool.recoded(texts_of(found[item]), codebook.scale(item)))
    beside_first = [*matched.repeated.values(), *matched.apart.values()]
    taken = [*at.values(), *(column for several in beside_first for column in several)]
    for kind, text, scale in zip(*(codebook.items[each] for each in ("kind", "text", "scale")), strict=True):
        if kind == "rank":
            taken += place_columns(text, {normal(label) for label in codebook.scales[scale].labels}, columns)
    used = {column.position for column in taken}
    others = [column for column in columns if column.position not in used and column.name]
    personal = [column.name for column in others if is_personal(column.code) or is_personal(column.stem)]
    ignored = Counter(
        column.name for column in others if not is_technical(tool, column.code) and column.name not in personal
    )
    beside = {_code(column): file.body[column.position] for column in reversed(columns) if column.code.strip()}
    own_id = next((beside[name] for name in tool.respondent if name in beside), None)
    every = np.ones(len(read), dtype=bool)
    ids = [item for item in codebook.of_kind("id") if item in found]
    return Export(
        tool=tool,
        why=head.why,
        answers=found,
        rows=read.rows,
        columns_at={item: column.place for item, column in at.items()},
        file=read.file,
        sheet=read.sheet,
        respondent=found[ids[0]] if ids else blank(len(read)) if own_id is None else own_id,
        finished=_told(beside, tool.tells_finished(list(beside)), tool.is_finished, every),
        preview=_told(beside, [tool.preview_in], tool.is_preview, ~every),
        dropped=tuple(dict.fromkeys(personal)),
        ignored=tuple(f"{name} ({n} columns)" if n > 1 else name for name, n in ignored.items()),
        na_cells=na_cells,
        applied=applied,
        notes=(*notes, *matched.notes, *choice_notes, *applied.notes),
        counted=counted,
    )


def count_questions(codebook: Codebook) -> Callable[[Grid], float]:
    """How many cells of a sheet's first rows are questions: to find the sheet of answers in a workbook."""
    known = {normal(text) for text in (*codebook.items["item"], *codebook.items["text"])}

    def score(grid: Grid) -> float:
        cells = [cell for row in grid.cells[:2] for cell in row]
        return float(sum(any(normal(tool.heading(cell).stem) in known for tool in TOOLS) for cell in cells))

    return score


def used_columns(header: Sequence[Column], codebook: Codebook, tool: Tool, rules: Rules) -> list[int] | None:
    """The positions of these columns, and perhaps of more; None for all."""
    if any(not rule.question for rule in rules.of("missing")):
        return None  # such a rule counts the cells of every column
    index = Index(header, codebook, tool)
    found: list[Column] = []
    stems: set[str] = set()
    for row in codebook.questions:
        if row.kind == "ignore" and not index.is_filter(row):
            continue
        stem = key(split_question(row.text)[0])
        asked = [column for several in index.of(row) for column in several]
        if is_option(row):
            asked += [column for several in index.joined(row, stem, codebook) for column in several]
            stems |= {stem}.union(*map(families_of, asked))
        found += [*asked, *index.options.get(key(row.text), [])]
    openings = tuple(key(f"{stem} - x")[:-1] for stem in stems)
    names = {*tool.respondent, *tool.finished_in, tool.preview_in}
    names.update(tool.tells_finished([_code(column) for column in header]))
    named = {normal(rule.question) for rule in rules.rules if rule.question}
    for column in header:
        bare = tool.other_follows and normal(column.stem) == "other"
        beside = bare or key(column.parts[0]) in stems or stems & families_of(column)
        if beside or (openings and key(column.stem).startswith(openings)) or _code(column) in names:
            found.append(column)
        elif named and not named.isdisjoint(map(normal, (column.code, column.cell, column.name, column.stem))):
            found.append(column)
    return sorted({column.position for column in found})


def _code(column: Column) -> str:
    return normal(column.code) or column.code.strip()


def _told(
    beside: Mapping[str, pd.Categorical], names: Iterable[str], says: Callable[[str], bool], otherwise: np.ndarray
) -> np.ndarray:
    """Whether a cell of these columns, of those beside the answers, says so; without them what holds otherwise."""
    found = [flags(beside[name], says) for name in names if name in beside]
    return np.logical_or.reduce(found) if found else otherwise
