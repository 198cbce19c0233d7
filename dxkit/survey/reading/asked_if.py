"""Questions that were put to some people only: the codebook's column asked_if names a column that says to whom."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from dxkit.files.cells import normal
from dxkit.survey.reading.codebook import Codebook
from dxkit.survey.reading.coded import Coded
from dxkit.survey.reading.coding import ANSWERED, NOT_ASKED
from dxkit.survey.reading.distinct import flags
from dxkit.survey.reading.exports import Export
from dxkit.survey.reading.labels.marks import NOT_TICKED
from dxkit.survey.reading.scales import NOT_PLACED

FILLED_UNASKED = "answers to questions that were not asked, not counted"
_NO = NOT_TICKED | {"", "0.0", "nan"}
_NOT_CHOSEN = ("", "No", "N/A", NOT_PLACED)


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
    items = pd.concat([book.items, rows.reindex(columns=book.items.columns, fill_value="")], ignore_index=True)
    return replace(book, items=items), filters


def outside_dimensions(book: Codebook) -> list[str]:
    """A note on the ratings that were put to some people only, and so enter no dimension."""
    left = [row.item for row in book.questions if row.kind == "rating" and row.dimension and row.asked_if]
    return [f"not part of a dimension, because only some people were asked: {', '.join(left)}"] if left else []


def says_not_asked(text: str) -> bool:
    """Whether a cell of a filter column says that the question was not put to this person.

    >>> says_not_asked("No"), says_not_asked("1")
    (True, False)
    """
    return normal(text) in _NO


def apply_filters(export: Export, filters: Mapping[str, str], rows: np.ndarray | slice, coded: Coded) -> dict[str, int]:
    """Read as not asked what a filter says so of, in place; how many answers given there are dropped, by item."""
    dropped = {}
    for item, column in filters.items():
        if item not in export.answers:
            continue
        not_asked = _not_asked(export, column)[rows]
        codes = coded.of(item)
        dropped[item] = int(np.count_nonzero(not_asked & (codes <= coded.width + ANSWERED)))
        codes[not_asked] = coded.width + NOT_ASKED
        if item in coded.numbers:
            coded.numbers[item][not_asked] = np.nan
    return dropped


def _not_asked(export: Export, column: str) -> np.ndarray:
    """Whom a filter says were not asked; of a question with several options, who chose none."""
    if column in export.answers:
        return flags(export.answers[column], says_not_asked)
    options = [cells for name, cells in export.answers.items() if name.startswith(f"{column}[")]
    return ~np.logical_or.reduce([flags(cells, lambda text: text not in _NOT_CHOSEN) for cells in options])
