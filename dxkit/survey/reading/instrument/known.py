"""Whether answers are to dxkit's own questions, so that nobody has to write a codebook.

See docs/instrument.md, "Without a codebook"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from dxkit.files.encoded import encode
from dxkit.files.grid import Grid
from dxkit.survey.reading.codebook import Codebook, read_codebook
from dxkit.survey.reading.exports import count_questions
from dxkit.survey.reading.headers import asked_in
from dxkit.survey.reading.instrument.asked import LANGUAGES, tables
from dxkit.survey.reading.sheet import Head
from dxkit.survey.reading.structure.statistics_file import open_answers

_ENOUGH = 0.8  # of the questions


def instrument_of(source: Any) -> Codebook | None:
    """The codebook of dxkit's questions that a file or frame of answers holds; None where too few of them are in it."""
    if isinstance(source, Iterator):  # its answers would be gone
        return None
    books = {lang: read_codebook(*tables(lang)) for lang in LANGUAGES}

    def questions(grid: Grid) -> float:
        return max(count_questions(book)(grid) for book in books.values())

    head = Head(used=lambda columns, tool: [])
    encode(source, head, choose=lambda path: max(open_answers(path).sheets, key=questions))
    found = {lang: asked_in(head.columns, book, head.tool) for lang, book in books.items()}
    lang = max(found, key=lambda lang: len(found[lang]))
    items, scales = tables(lang)
    if len(found[lang]) < _ENOUGH * len(items):
        return None
    book = read_codebook(items.loc[items["item"].isin(found[lang])], scales)
    why = f"no codebook was given; {len(found[lang])} of {len(items)} questions of dxkit's instrument were found"
    return replace(book, assumed=f"{why} ({LANGUAGES[lang]}), so its codebook is used")
