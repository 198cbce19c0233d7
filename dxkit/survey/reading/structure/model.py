"""What a survey tool says was asked: one shape for the structure files of all tools."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from dxkit.files.cells import folded
from dxkit.files.errors import and_more, fault_at

KINDS = ("one", "multi", "rank", "number", "text", "date", "grid", "ignore")


@dataclass(frozen=True, kw_only=True)
class Option:
    """An answer that people could choose, also if nobody did.

    code     what an export of codes holds for it
    label    what people saw
    value    the number that the tool gives it
    column   the header of its own column in an export, where it has one and the tool's rule for it leaves no doubt
    also     other texts that an export may hold in place of the label
    alone    whether the tool lets nobody choose it beside another
    missing  whether the survey's author marked it as no substantive answer
    """

    code: str
    label: str
    value: float | None = None
    column: str = ""
    also: tuple[str, ...] = ()
    alone: bool = False
    missing: bool = False


@dataclass(frozen=True)
class Line:
    """A column of a question that has several: a statement of a grid, a field of a form, a place of a ranking."""

    code: str
    text: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question with its columns.

    code       its name in the tool, which is the header of its column, or how the headers of its columns begin
    text       plain text; tags are left out
    kind       one (one of the options: a choice or a rating), multi, rank, number, text, date, grid (one option a
               line), or ignore (a column that the tool fills)
    lines      the statements of a grid; of number and text the fields, of rank the places, if each has its own column
    texts      the columns for an own text beside the answer, such as that of "Other" or a comment
    asked_if   the condition as `code = option`, joined by `and` or by `or`; "" if there is none or it is not so simple
    section    the heading it stands under
    ids        other names under which an export may have it; also other beginnings of the headers of its options
    low, high  the smallest and largest number that the tool accepts
    """

    code: str
    text: str
    kind: str
    options: tuple[Option, ...] = ()
    lines: tuple[Line, ...] = ()
    texts: tuple[Line, ...] = ()
    asked_if: str = ""
    section: str = ""
    ids: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None

    def columns(self) -> Iterator[str]:
        """The headers that an export of codes has for this question."""
        named = [option.column for option in self.options if option.column]
        lines = [line.code for line in self.lines]
        yield from dict.fromkeys(lines or named or [self.code])
        yield from (field.code for field in self.texts if field.code not in named)


@dataclass(frozen=True, kw_only=True)
class Structure:
    """All questions of a survey, in the order in which they are asked.

    `language` is that of the texts ("" where the file does not say), `languages` are all that the file has.
    """

    questions: tuple[Question, ...]
    tool: str
    notes: tuple[str, ...] = ()
    language: str = ""
    languages: tuple[str, ...] = ()

    @cached_property
    def repeated(self) -> frozenset[str]:
        """Headers that more than one column has, folded; only the text tells these columns apart."""
        headers = Counter(folded(header) for question in self.questions for header in question.columns())
        return frozenset(header for header, times in headers.items() if times > 1)

    def __repr__(self) -> str:
        kinds = Counter(question.kind for question in self.questions)
        listed = ", ".join(f"{kinds[kind]} {kind}" for kind in KINDS if kind in kinds)
        return f"Structure: {len(self.questions)} questions from {self.tool} ({listed})"


def assembled(
    tool: str,
    file: str,
    questions: Iterable[Question],
    notes: Iterable[str] = (),
    *,
    language: str = "",
    languages: Sequence[str] = (),
) -> Structure:
    """A structure with notes about codes and labels that stand for two things."""
    asked = tuple(questions)
    if not asked:
        told = "; ".join(["the file has no question that dxkit can read", *notes])
        raise fault_at(told, file=file)
    plain = Structure(questions=asked, tool=tool, language=language, languages=tuple(languages))
    told = [*notes]
    if len(plain.languages) > 1:
        others = and_more([other for other in languages if other != language], 12)
        told.append(f"the texts are read in {language}; the file also has {others}")
    if repeated := plain.repeated:
        spelled = {folded(header): header for question in asked for header in question.columns()}
        told.append(
            f"codes used more than once, matched by text only: {and_more([spelled[c] for c in sorted(repeated)])}"
        )
    for what, doubles in (("labels", _doubles("label")), ("codes", _doubles("code"))):
        if found := [question.code for question in asked if doubles(question)]:
            told.append(f"two options of one question have the same {what[:-1]}: {and_more(found)}")
    return Structure(questions=asked, tool=tool, notes=tuple(told), language=language, languages=tuple(languages))


def _doubles(field: str):
    def found(question: Question) -> bool:
        values = [folded(getattr(option, field)) for option in question.options]
        return len(set(values)) < len(values)

    return found


def chosen_language(wanted: str | None, known: Sequence[str], first: str, file: str) -> str:
    """The language of the file that was asked for: `en` also finds `English (en)`; without a wish the survey's own.

    >>> chosen_language("EN", ["Deutsch (de)", "English (en)"], "Deutsch (de)", "form.xlsx")
    'English (en)'
    """
    if wanted is None:
        return first
    for name in known:
        whole, inside = folded(name), re.search(r"\(([^()]+)\)\s*$", name)
        if folded(wanted) in (whole, whole.partition("(")[0].strip(), folded(inside[1]) if inside else whole):
            return name
    raise fault_at(f"the file has no language '{wanted}'; it has {and_more(known, 12) or 'only one'}", file=file)


def number_of(text: object) -> float | None:
    """A code that is a number.

    >>> number_of("-99"), number_of("A1"), number_of(None)
    (-99.0, None, None)
    """
    plain_text = str(text).strip() if text is not None else ""
    return float(plain_text) if re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", plain_text, flags=re.ASCII) else None
