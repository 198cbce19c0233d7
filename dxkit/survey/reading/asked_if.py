"""Questions that were put to some people only: the codebook's column asked_if names a column that says to whom."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from dxkit.files.cells import as_text, normal
from dxkit.survey.reading.codebook import NOT_PLACED, Codebook, with_items
from dxkit.survey.reading.coding import ANSWERED, NOT_ASKED
from dxkit.survey.reading.exports import Export
from dxkit.survey.reading.labels.marks import NOT_TICKED

FILLED_UNASKED = "answers to questions that were not asked, not counted"
_NO = NOT_TICKED | {"", "0.0", "nan"}


def with_filters(book: Codebook) -> tuple[Codebook, dict[str, str]]:
    """The codebook with a row for every column that only `asked_if` names; and the filter of each item."""
    questions = book.questions
    ids = [(row.text, row.item) for row in questions] + list(zip(book.items["text"], book.items["item"], strict=True))
    known = {normal(text): item for text, item in ids} | {normal(item): item for _, item in ids}
    filters = {row.item: row.asked_if for row in questions if row.asked_if}
    filters = {item: known.get(normal(column), column) for item, column in filters.items()}
    extra = [name for name in dict.fromkeys(filters.values()) if name not in set(book.items["item"])]
    if not extra:
        return book, filters
    rows = pd.DataFrame({"item": extra, "text": extra, "kind": "ignore"}, dtype=object)
    return with_items(book, rows.reindex(columns=book.items.columns, fill_value="")), filters


def says_not_asked(value: object) -> bool:
    """Whether a cell of a filter column says that the question was not put to this person.

    >>> says_not_asked("No"), says_not_asked(1.0)
    (True, False)
    """
    return normal(as_text(value)) in _NO


def apply_filters(
    export: Export,
    filters: dict[str, str],
    keep: np.ndarray,
    answers: pd.DataFrame,
    state: pd.DataFrame,
    dropped: dict[str, int],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Answers and states with "not asked" where a filter says so; adds how many answers given there are dropped."""
    answers, state = answers.copy(), state.copy()
    for item, column in filters.items():
        if item not in state:
            continue
        not_asked = np.array([says_not_asked(value) for value in _cells(export, column)], dtype=bool)[keep]
        given = int((not_asked & (state[item] == ANSWERED)).sum())
        if given:
            dropped[item] = dropped.get(item, 0) + given
        state[item] = np.where(not_asked, NOT_ASKED, state[item]).astype(np.int8)
        answers[item] = answers[item].mask(not_asked)
    return answers, state


def _cells(export: Export, column: str) -> Iterable[object]:
    """The cells of a filter; of a question with several options, Yes where any was chosen."""
    if column in export.answers:
        return export.answers[column]
    options = export.answers[[name for name in export.answers if name.startswith(f"{column}[")]]
    return np.where(options.isin(["", "No", "N/A", NOT_PLACED]).all(axis=1), "", "Yes")
