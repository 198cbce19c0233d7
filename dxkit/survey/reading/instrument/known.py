"""Whether answers are to dxkit's own questions, so that nobody has to write a codebook.

See docs/instrument.md, "Without a codebook"."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd

from dxkit.files.cells import normal
from dxkit.files.encoded import encode
from dxkit.files.grid import Grid
from dxkit.survey.reading.codebook import Codebook, read_codebook
from dxkit.survey.reading.drafting.fields import beginning
from dxkit.survey.reading.exports import count_questions
from dxkit.survey.reading.headers import columns_of_items
from dxkit.survey.reading.instrument.asked import LANGUAGES, asked, tables
from dxkit.survey.reading.sheet import Head
from dxkit.survey.reading.structure.statistics_file import open_answers

_ENOUGH = 0.8  # of the questions


def instrument_of(source: Any) -> Codebook | None:
    """The codebook of dxkit's own questions that answers are to; None where they are to too few of them."""
    if (found := questions_found(source)) is None:
        return None
    lang, items, scales = found
    why = f"no codebook was given; {len(items)} of {len(tables(lang)[0])} questions of dxkit's instrument were found"
    return replace(read_codebook(items, scales), assumed=f"{why} ({LANGUAGES[lang]}), so its codebook is used")


def questions_found(source: Any) -> tuple[str, pd.DataFrame, pd.DataFrame] | None:
    """The language in which most questions are found, those that are, and the scales; None where that is too few."""
    if isinstance(source, Iterator):  # its answers would be gone
        return None

    def questions(grid: Grid) -> tuple[float, int]:  # of sheets that ask none the longest, not one that says what to do
        return max(count_questions(_book(lang))(grid) for lang in LANGUAGES), len(grid.cells)

    head = Head(used=lambda columns, tool: [])
    encode(beginning(source) or source, head, choose=lambda path: max(open_answers(path).sheets, key=questions))
    found = {lang: columns_of_items(head.columns, _book(lang), head.tool) for lang in LANGUAGES}
    told = {normal(part) for column in head.columns for part in column.parts}

    def texts(lang: str) -> int:  # where headers are ids alone, no language has more
        return sum(normal(part[lang]) in told for each in asked() for part in (each.question, each.line) if part)

    lang = max(found, key=lambda lang: (len(found[lang]), texts(lang)))
    items, scales = tables(lang)
    if len(found[lang]) < _ENOUGH * len(items):
        return None
    return lang, items.loc[items["item"].isin(list(found[lang]))].reset_index(drop=True), scales


@cache
def _book(lang: str) -> Codebook:
    return read_codebook(*tables(lang))
