"""What a survey tool says was asked: one shape for the structure files of all tools."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from dxkit.files.cells import folded
from dxkit.files.errors import and_more, fault_at

KINDS = ("one", "multi", "rank", "number", "text", "date", "grid", "ignore")


class Option(NamedTuple):
    """An answer that people could choose, also if nobody did.

    code     what an export of codes holds for it
    label    what people saw
    column   the header of its own column in an export, where it has one and the tool's rule for it leaves no doubt
    missing  whether the survey's author marked it as no substantive answer
    """

    code: str
    label: str
    column: str = ""
    missing: bool = False


class Line(NamedTuple):
    """A column of a question that has several: a statement of a grid, a field of a form, a place of a ranking."""

    code: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question with its columns.

    code       its name in the tool, which is the header of its column, or how the headers of its columns begin
    text       plain text; tags are left out
    kind       one (one of the options: a choice or a rating), multi, rank, number, text, date, grid (one option a
               line), or ignore (a column that the tool fills)
    lines      the statements of a grid; of number and text the fields, of rank the places, if each has its own column
    texts      the headers of columns for an own text beside the answer, such as that of "Other" or a comment
    ids        other names under which an export may have it; also other beginnings of the headers of its options
    low, high  the smallest and largest number that the tool accepts
    """

    code: str
    text: str
    kind: str
    options: tuple[Option, ...] = ()
    lines: tuple[Line, ...] = ()
    texts: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None

    def columns(self) -> Iterator[str]:
        """The headers that an export of codes has for this question."""
        named = [option.column for option in self.options if option.column]
        lines = [line.code for line in self.lines]
        yield from dict.fromkeys(lines or named or [self.code])
        yield from (header for header in self.texts if header not in named)


@dataclass(frozen=True, kw_only=True)
class Structure:
    """All questions of a survey, in the order in which they are asked."""

    questions: tuple[Question, ...]
    tool: str
    notes: tuple[str, ...] = ()

    @cached_property
    def repeated(self) -> frozenset[str]:
        """Headers that more than one column has, folded; only the text tells these columns apart."""
        headers = Counter(folded(header) for question in self.questions for header in question.columns())
        return frozenset(header for header, times in headers.items() if times > 1)

    def __repr__(self) -> str:
        kinds = Counter(question.kind for question in self.questions)
        listed = ", ".join(f"{kinds[kind]} {kind}" for kind in KINDS if kind in kinds)
        return f"Structure: {len(self.questions)} questions from {self.tool} ({listed})"


def assembled(tool: str, file: str, questions: Iterable[Question], notes: Iterable[str] = ()) -> Structure:
    """A structure, which has a question at least; with notes about codes and labels that stand for two things."""
    asked = tuple(questions)
    if not asked:
        raise fault_at("the file has no question that dxkit can read", file=file)
    plain = Structure(questions=asked, tool=tool, notes=tuple(notes))
    spelled = {folded(header): header for question in asked for header in question.columns()}
    again = [spelled[header] for header in sorted(plain.repeated)]
    told = [f"codes used more than once, matched by text only: {and_more(again)}"] if again else []
    labels = [(one.code, [folded(option.label) for option in one.options]) for one in asked]
    if doubles := [code for code, of in labels if len(set(of)) < len(of)]:
        told.append(f"two options of one question have the same label: {and_more(doubles)}")
    return replace(plain, notes=(*plain.notes, *told))


def number_of(text: object) -> float | None:
    """A code that is a number.

    >>> number_of("-99"), number_of("A1"), number_of(None)
    (-99.0, None, None)
    """
    plain_text = str(text).strip() if text is not None else ""
    return float(plain_text) if re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", plain_text, flags=re.ASCII) else None
