"""The types of LimeSurvey questions, and the headers that LimeSurvey gives their columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dxkit.files.errors import and_more
from dxkit.survey.reading.structure.conditions import joined, simple, unread
from dxkit.survey.reading.structure.model import Line, Option, Question, Structure, assembled, number_of
from dxkit.survey.reading.structure.plain_text import in_line, plain

_SINGLE = {"L": "one", "!": "one", "O": "one", "5": "one", "Y": "one", "G": "one", "I": "one"}
_SIMPLE = {"N": "number", "S": "text", "T": "text", "U": "text", "D": "date", "*": "ignore"}
_GRIDS = {"A", "B", "C", "E", "F", "H"}
_FORMS = {"K": "number", "Q": "text"}
_TABLES = {":": "number", ";": "text"}
TYPES = frozenset({*_SINGLE, *_SIMPLE, *_GRIDS, *_FORMS, *_TABLES, "1", "M", "P", "R", "X", "|"})
_COMMENT = {"en": "Comment", "de": "Kommentar", "fr": "Commentaire", "es": "Comentario", "ja": "コメント"}
_OTHER = {"en": "Other", "de": "Sonstiges", "fr": "Autre", "es": "Otro", "ja": "その他"}
_WORDS = {  # the fixed answers of a type: Y, N; M, F; Y, U, N; I, S, D
    "en": ("Yes", "No", "Female", "Male", "Uncertain", "Increase", "Same", "Decrease"),
    "de": ("Ja", "Nein", "Weiblich", "Männlich", "Unsicher", "Zunahme", "Gleich", "Abnahme"),
    "fr": ("Oui", "Non", "Féminin", "Masculin", "Incertain", "Augmenter", "Identique", "Diminuer"),
    "es": ("Sí", "No", "Femenino", "Masculino", "Dudoso", "Aumentar", "Igual", "Disminuir"),
    "ja": ("はい", "いいえ", "女性", "男性", "不明", "増加", "同じ", "減少"),
}
_FIXED = {"Y": "YN", "G": "FM", "C": "YUN", "E": "ISD"}
_PLACES = dict(zip("YNFMUISD", range(8), strict=True))
_TERM = re.compile(
    r"""([A-Za-z]\w*)(?:\.\w+)?\s*(==|=|!=|>=|<=|>|<|\beq\b|\bne\b)\s*(?:"([^"]*)"|'([^']*)'|(-?[\d.]+))"""
)
_SIGNS = {"==": "=", "eq": "=", "ne": "!="}


@dataclass(kw_only=True)
class Asked:
    """A question as the file has it, in one language. Subquestions are (code, text, scale), answers too, with value.

    The names of attributes are in small letters.
    """

    code: str
    type: str
    text: str
    section: str = ""
    other: bool = False
    relevance: tuple[str, ...] = ()
    lines: list[tuple[str, str, str]] = field(default_factory=list)
    answers: list[tuple[str, str, str, float | None]] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)


def structure(
    asked: Iterable[Asked], file: str, spoken: str, languages: Sequence[str], notes: Iterable[str] = ()
) -> Structure:
    """The questions of a survey in one of its languages, with notes on those that are left out or not simple."""
    made, complex_ones, unknown = [], [], []
    for one in asked:
        condition, read = _condition(one.relevance)
        if one.type not in TYPES:
            unknown.append(f"{one.code} (type {one.type or 'missing'})")
        found = list(_made(one, spoken, condition))
        made += found
        complex_ones += [question.code for question in found if not read]
    told = [*notes, *unread(complex_ones)]
    if unknown:
        told.append(f"questions of a type that dxkit does not know are left out: {and_more(unknown)}")
    return assembled("LimeSurvey", file, made, told, language=spoken, languages=languages)


def _condition(relevance: Iterable[str]) -> tuple[str, bool]:
    given = [text for text in (line.strip().strip("{}").strip() for line in relevance) if text and text != "1"]
    read = joined(simple(text, _term) for text in given) if given else ""
    return read, bool(read) or not given


def _term(text: str) -> str:
    """One comparison: `Q1.NAOK == "Y"`."""
    found = _TERM.fullmatch(text.strip())
    if not found:
        return ""
    value = next(value for value in found.groups()[2:] if value is not None)
    return f"{found[1]} {_SIGNS.get(found[2], found[2])} {value}" if value.strip() else ""


def _made(one: Asked, language: str, condition: str) -> Iterator[Question]:
    common: dict[str, Any] = {"asked_if": condition, "section": plain(one.section)}
    text, words = plain(one.text), language.partition("-")[0]
    lines = [(code, plain(line)) for code, line, scale in one.lines if scale in ("", "0")]
    headers = tuple(Line(f"{one.code}[{code}]", line) for code, line in lines)
    if one.type in _SINGLE:
        options = tuple(_options(one, words))
        texts = (Line(f"{one.code}[comment]", _COMMENT.get(words, "Comment")),) if one.type == "O" else ()
        texts += (Line(f"{one.code}[other]", _other(one, words)),) if one.other else ()
        yield Question(code=one.code, text=text, kind=_SINGLE[one.type], options=options, texts=texts, **common)
    elif one.type in ("M", "P"):
        yield _multiple(one, text, lines, words, common)
    elif one.type == "R":
        options = tuple(_options(one, words)) or tuple(Option(code=code, label=line) for code, line in lines)
        most = number_of(one.attributes.get("max_subquestions") or one.attributes.get("max_answers"))
        count = int(min(most, len(options))) if most and most >= 1 else len(options)
        places = tuple(Line(f"{one.code}[{i}]", str(i)) for i in range(1, count + 1))
        yield Question(code=one.code, text=text, kind="rank", options=options, lines=places, **common)
    elif one.type in _GRIDS:
        yield Question(
            code=one.code, text=text, kind="grid", options=tuple(_options(one, words)), lines=headers, **common
        )
    elif one.type == "1":
        for scale in ("0", "1"):
            which = plain(one.attributes.get(f"dualscale_header{'ab'[int(scale)]}")) or str(int(scale) + 1)
            both = tuple(Line(f"{header.code}[{int(scale) + 1}]", header.text) for header in headers)
            options = tuple(_options(one, words, scale))
            yield Question(code=one.code, text=in_line(text, which), kind="grid", options=options, lines=both, **common)
    elif one.type in _TABLES:
        yield from _table(one, text, lines, common)
    elif one.type in _FORMS or one.type in _SIMPLE:
        kind = _FORMS.get(one.type) or _SIMPLE[one.type]
        low, high = _limits(one.attributes, "min_num_value_n", "max_num_value_n", "slider_min", "slider_max")
        fields = headers if one.type in _FORMS else ()
        yield Question(code=one.code, text=text, kind=kind, lines=fields, low=low, high=high, **common)


def _multiple(one: Asked, text: str, lines: list[tuple[str, str]], words: str, common: dict[str, Any]) -> Question:
    alone = set(re.split(r"[;,\s]+", one.attributes.get("exclude_all_others", "")))
    options = [Option(code=code, label=line, column=f"{one.code}[{code}]", alone=code in alone) for code, line in lines]
    texts = []
    if one.other:
        options.append(Option(code="other", label=_other(one, words), column=f"{one.code}[other]"))
        texts.append(Line(f"{one.code}[other]", _other(one, words)))
    if one.type == "P":
        texts += [Line(f"{one.code}[{option.code}comment]", option.label) for option in options]
    return Question(code=one.code, text=text, kind="multi", options=tuple(options), texts=tuple(texts), **common)


def _table(one: Asked, text: str, lines: list[tuple[str, str]], common: dict[str, Any]) -> Iterator[Question]:
    """A question for each line of a table of numbers, texts or boxes."""
    across = [(code, plain(column)) for code, column, scale in one.lines if scale == "1"]
    low, high = _limits(one.attributes, "multiflexible_min", "multiflexible_max")
    for code, line in lines:
        headers = [(f"{one.code}[{code}_{column}]", column, label) for column, label in across]
        start, whole = f"{one.code}[{code}]", in_line(text, line)
        if one.attributes.get("multiflexible_checkbox", "0") not in ("", "0"):
            options = tuple(Option(code=column, label=label, column=header) for header, column, label in headers)
            yield Question(code=start, text=whole, kind="multi", options=options, **common)
        else:
            fields = tuple(Line(header, label) for header, _, label in headers)
            yield Question(code=start, text=whole, kind=_TABLES[one.type], lines=fields, low=low, high=high, **common)


def _options(one: Asked, words: str, scale: str = "0") -> Iterator[Option]:
    """The fixed answers of the type, or the author's own; a value only where the values tell the answers apart."""
    if one.type in ("5", "A", "B"):
        for i in range(1, 11 if one.type == "B" else 6):
            yield Option(code=str(i), label=str(i), value=float(i))
    elif one.type in _FIXED:
        for code in _FIXED[one.type]:
            labels = [_WORDS[name][_PLACES[code]] for name in dict.fromkeys((words, "en")) if name in _WORDS]
            yield Option(code=code, label=labels[0], also=tuple(labels[1:]))
    else:
        answers = [(code, label, value) for code, label, of, value in one.answers if (of or "0") == scale]
        values = [value for _, _, value in answers]
        telling = None not in values and len(set(values)) == len(values) > 1
        for code, label, value in answers:
            yield Option(code=code, label=plain(label) or code, value=value if telling else number_of(code))
        if one.other and one.type in ("L", "!", "O"):
            yield Option(code="-oth-", label=_other(one, words))


def _other(one: Asked, words: str) -> str:
    return plain(one.attributes.get("other_replace_text")) or _OTHER.get(words, "Other")


def _limits(attributes: Mapping[str, str], *names: str) -> tuple[float | None, float | None]:
    """The first low and the first high number among attributes named in turn: low, high, low, high."""
    numbers = [number_of(attributes.get(name)) for name in names]
    lows, highs = ([n for n in numbers[side::2] if n is not None] for side in (0, 1))
    return next(iter(lows), None), next(iter(highs), None)
