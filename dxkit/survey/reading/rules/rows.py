"""Rules on whole rows: which are kept, which belong to the wave that is read, and the sheet they stand on."""

import os
from collections.abc import Callable
from typing import Any

import numpy as np

from dxkit.files.cells import folded, number
from dxkit.files.errors import Faults, suggest
from dxkit.files.grid import Grid
from dxkit.files.opening import OpenedFile
from dxkit.survey.reading.distinct import filled, flags
from dxkit.survey.reading.rules.columns import Columns, same
from dxkit.survey.reading.rules.table import BLANK, COMPARED, DAY, SHEETS, Rule, Rules, last_wave, listed, natural
from dxkit.survey.reading.structure.statistics_file import open_answers

OTHER_SHEETS = ("codebook", "items", "scales", "rules", "roster", "read me")


def rows_aside(columns: Columns, name: str) -> list[tuple[str, str, np.ndarray]]:
    """The rows that keep or drop sets aside: a reason, its rules and flags."""
    groups: dict[int, list[Rule]] = {}
    for rule in columns.rules.of(name):
        position = columns.one(rule)
        if position is not None:
            groups.setdefault(position, []).append(rule)
    if not groups:
        return []
    met = []
    for position, group in groups.items():
        cells = columns.body[position]
        found = [flags(cells, lambda text, rule=rule: _meets(text, rule.value)) for rule in group]
        columns.idle += [rule for rule, hits in zip(group, found, strict=True) if not hits.any()]
        met.append(np.logical_or.reduce(found))
    every = np.logical_and.reduce(met)
    parts = [f"{group[0].question[:60]} {' or '.join(rule.value[:60] for rule in group)}" for group in groups.values()]
    said = "drop: " if name == "drop" else "keep only: "
    where = listed(sorted(rule for group in groups.values() for rule in group))
    return [(f"{said}{' and '.join(parts)}", where, every if name == "drop" else ~every)]


def other_waves(
    columns: Columns, wave: str | None, sheet: str | None
) -> tuple[str, list[str], list[tuple[str, str, np.ndarray]]]:
    """The wave that is read, all waves, and the rows of the others."""
    rule = columns.rules.setting("wave")
    if rule is None:
        return "", [], []
    if not rule.question:
        if sheet is None:
            columns.idle.append(rule)
        return sheet or "", [], []
    position = columns.one(rule)
    if position is None:
        return "", [], []
    cells = columns.body[position]
    waves = sorted(filter(None, cells.categories), key=natural)
    chosen = last_wave(waves) if wave is None else wave
    if waves and folded(chosen) not in map(folded, waves):
        columns.rules.fault(
            columns.faults, rule, "question", f"there is no wave '{chosen[:60]}'; {suggest(chosen, waves)}"
        )
    if not waves:
        columns.idle.append(rule)
        return "", [], []
    blank = ~filled(cells)
    others = flags(cells, lambda text: folded(text) != folded(chosen)) & ~blank
    aside = [("answers of other waves set aside", rule.place, others)]
    return chosen, waves, [*aside, *([("answers without a wave set aside", rule.place, blank)] if blank.any() else [])]


def sheets_of_answers(file: OpenedFile, score: Callable[[Grid], float]) -> list[str]:
    """The names of the sheets of a workbook that hold answers, in natural order."""
    sheets = [grid for grid in file.sheets if grid.sheet and folded(grid.sheet) not in OTHER_SHEETS]
    asking = [grid for grid in sheets if score(grid) > 0]
    return sorted((grid.sheet or "" for grid in asking or sheets), key=natural)


def sheet_of(answers: object, rules: Rules, wave: str | None, score: Callable[[Grid], float]) -> str | None:
    """The sheet of answers that a rule names, else the one with the most questions; None where there are no sheets."""
    if not isinstance(answers, str | os.PathLike) or not (file := open_answers(answers)).is_workbook:
        return None
    sheets, faults = sheets_of_answers(file, score), Faults()
    waves, named = rules.setting("wave"), rules.setting("sheet")
    if named is not None:
        if file.sheet(named.value) is None:
            message = f"{file.name} has no filled sheet of this name; {suggest(named.value, sheets)}"
            rules.fault(faults, named, "value", message)
            faults.raise_if_any()
        return named.value
    if waves is not None and folded(waves.value) == SHEETS and sheets:
        return last_wave(sheets) if wave is None else wave
    return file.choose(wanted=lambda grid: 0.0 if folded(grid.sheet or "") in OTHER_SHEETS else score(grid)).sheet


def _meets(text: str, value: str) -> bool:
    """Whether a cell is what a rule keep or drop says: a value, `blank`, or a comparison such as `>= 100`.

    >>> _meets("120", ">= 100"), _meets("", "blank"), _meets("red ", "Red"), _meets("2026-03-01", "< 2026-02-01")
    (True, True, True, False)
    """
    if folded(value) == BLANK and not text:
        return True
    if not (compared := COMPARED.fullmatch(value)):
        return same(text, value)
    left: Any
    right: Any
    if DAY.fullmatch(compared[2]):
        left, right = text[:10], compared[2]
        if not DAY.fullmatch(left):
            return False
    else:
        (left, wrong), (right, _) = number(text), number(compared[2])
        if wrong:
            return False
    return {">=": left >= right, "<=": left <= right, ">": left > right, "<": left < right}[compared[1]]
