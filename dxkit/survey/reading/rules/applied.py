"""The rules of a survey, applied to its file: rows are set aside, cells are read as others."""

from dataclasses import dataclass

import numpy as np

from dxkit.survey.reading.rules.cells import labels, missing, separators, unreadable
from dxkit.survey.reading.rules.columns import Columns
from dxkit.survey.reading.rules.questions import check_questions
from dxkit.survey.reading.rules.rows import other_waves, rows_aside
from dxkit.survey.reading.rules.table import ROWS_READ, Entry, Rules


@dataclass(frozen=True, eq=False, kw_only=True)
class Applied:
    """What the rules did to a file.

    aside    for each reason to set rows aside: the reason, its rule, and a flag per row
    entries  how many rows or cells every other rule met
    wave     the wave that is read, of all `waves` in the file, in natural order
    """

    rules: Rules
    aside: tuple[tuple[str, str, np.ndarray], ...]
    entries: tuple[Entry, ...]
    wave: str
    waves: tuple[str, ...]
    notes: tuple[str, ...]


def apply_rules(columns: Columns, *, wave: str | None = None, sheet: str | None = None) -> Applied:
    """Read the columns of a file as the rules want them read, in place; what the rules did."""
    rules = columns.rules
    aside = [*rows_aside(columns, "keep"), *rows_aside(columns, "drop")]
    chosen, waves, of_waves = other_waves(columns, wave, sheet)
    missing(columns)
    separators(columns)
    labels(columns)
    unreadable(columns)
    check_questions(rules, columns.book, columns.faults)
    n = len(columns.body[0]) if columns.body else 0
    entries = [
        Entry(f"{rule.name} {rule.value}", n, rule.place, ROWS_READ) for rule in rules.of("sheet", "source", "header")
    ]
    notes = [
        *rules.notes,
        *(f"the rule {name} does not count, for {name}= was given" for name in rules.overruled),
        *(f"the rule in row {rule.row} ({rule}) met nothing; correct or delete it" for rule in columns.idle),
    ]
    if of_waves and wave is None:
        notes.append(f"wave {chosen} is read, the last of {len(waves)} in the file; dx.open_waves reads all")
    return Applied(
        rules=rules,
        aside=(*aside, *of_waves),
        entries=(*entries, *columns.entries),
        wave=chosen,
        waves=tuple(waves),
        notes=tuple(notes),
    )
