"""The columns of a file of answers with the items that they answer, as rules name and change them."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from dxkit.files.cells import normal, number
from dxkit.files.errors import Faults, suggest
from dxkit.survey.reading.codebook import Codebook, Question, split_question
from dxkit.survey.reading.distinct import read_as, times
from dxkit.survey.reading.headers import Column, key
from dxkit.survey.reading.rules.table import Entry, Rule, Rules
from dxkit.survey.reading.tools.base import Tool


class Columns:
    """The columns while rule after rule is applied; `idle` are the rules that met nothing."""

    def __init__(
        self,
        rules: Rules,
        header: Sequence[Column],
        body: Sequence[pd.Categorical],
        matched: Mapping[str, Column],
        book: Codebook,
        tool: Tool,
        faults: Faults,
    ):
        self.rules: Rules = rules
        self.header: Sequence[Column] = header
        self.body: list[pd.Categorical] = list(body)
        self.book: Codebook = book
        self.tool: Tool = tool
        self.faults: Faults = faults
        self.matched: Mapping[str, Column] = matched
        self.entries: list[Entry] = []
        self.idle: list[Rule] = []
        self.items: dict[int, list[str]] = {}
        for item, column in matched.items():
            self.items.setdefault(column.position, []).append(item)
        self.at: dict[str, int] = {item: column.position for item, column in matched.items()}
        self.rows: dict[str, Question] = {row.item: row for row in book.questions}

    def find(self, rule: Rule) -> list[int]:
        """The columns that a rule names: by item id, header or question text; a fault where there is none."""
        wanted = normal(rule.question)
        if item := next((item for item in self.at if normal(item) == wanted), None):
            return [self.at[item]]
        options = [position for item, position in self.at.items() if normal(item).startswith(f"{wanted}[")]
        found = sorted(set(options)) or [
            column.position
            for column in self.header
            if wanted
            in map(normal, (column.code, column.cell, column.name, *([] if column.statement else [column.stem])))
        ]
        if not found:  # the question whose options or lines have a column each
            asked = {row.item for row in self.book.questions if key(split_question(row.text)[0]) == key(rule.question)}
            found = sorted({self.at[item] for item in asked if item in self.at})
        if not found and not any(normal(row.item) == wanted for row in self.book.questions):
            known = [*self.at, *(column.name for column in self.header if column.name)]
            message = (
                f"'{rule.question[:60]}' is neither an item nor a column; {suggest(rule.question, known, cutoff=0.5)}"
            )
            self.rules.fault(self.faults, rule, "question", message)
        return found

    def one(self, rule: Rule) -> int | None:
        """The only column that a rule names; a fault where there are several."""
        found = self.find(rule)
        if len(found) > 1:
            places = " and ".join(self.header[j].place for j in found[:3])
            message = f"{len(found)} columns have this name ({places}); write an item of the codebook"
            self.rules.fault(self.faults, rule, "question", message)
        return found[0] if len(found) == 1 else None

    def change(self, position: int, new: Callable[[str], str]) -> int:
        """Read the cells of a column as others; returns how many."""
        cells = self.body[position]
        changed = [new(text) for text in cells.categories]
        differs = np.array(changed, dtype=object) != cells.categories.to_numpy()
        if not differs.any():
            return 0
        self.body[position] = read_as(cells, changed)
        return int(times(cells)[differs].sum())


def same(text: str, value: str) -> bool:
    """Whether a cell holds a value, as the same text or the same number."""
    if normal(text) == normal(value):
        return True
    (one, wrong), (other, also_wrong) = number(text), number(value)
    return not wrong and not also_wrong and one == other
