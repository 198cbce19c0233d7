"""What the structure of a survey adds to a draft: texts, kinds, and all labels, also those that nobody chose."""

import math
from collections.abc import Sequence

from dxkit.files.cells import folded, normal
from dxkit.survey.reading.drafting.fields import Asked, together
from dxkit.survey.reading.drafting.ordered import by_order
from dxkit.survey.reading.headers import key
from dxkit.survey.reading.structure.model import Option, Question, Structure

_PLAIN = {"number": "number", "text": "comment", "date": "date", "ignore": "ignore"}
_LABELLED = ("choice", "rating", "importance", "comment", "number", "recommend", "id")


def with_structure(asked: Sequence[Asked], structure: Structure) -> list[Asked]:
    """The questions with what the survey tool says of them; those that it does not know stay as they are."""
    by_code: dict[str, tuple[Question, str]] = {}
    by_text: dict[str, Question] = {}
    for question in structure.questions:
        lines = {line.code: line.text for line in question.lines}
        for code in (question.code, *question.columns(), *question.ids):
            if folded(code) not in structure.repeated:
                by_code.setdefault(normal(code), (question, lines.get(code, "")))
        by_text.setdefault(key(question.text), question)
    return [_told(each, by_code, by_text) for each in asked]


def _told(each: Asked, by_code: dict[str, tuple[Question, str]], by_text: dict[str, Question]) -> Asked:
    field = each.fields[0]
    question, line = by_code.get(normal(field.column.code), (None, ""))
    if question is None:
        question = by_text.get(key(each.text)) or by_text.get(key(field.stem))
    elif len(each.fields) == 1 and normal(field.column.code) == normal(field.column.stem):
        each.item = field.column.code  # the header is a code, by which the column is found
        each.text = f"{question.text} [{line}]" if line else question.text
    if question is None or each.kind == "ignore" or field.option and each.kind == "comment":
        return each
    if question.kind in _PLAIN:
        return _plain(each, question)
    options = [option for option in question.options if option.label]
    if question.kind in ("one", "grid") and options and each.kind in _LABELLED:
        return _labelled(each, options)
    if question.kind in ("multi", "rank") and len(each.fields) == 1 and options and not field.option:
        return _several(each, question.kind, options)
    return each


def _plain(each: Asked, question: Question) -> Asked:
    kind = _PLAIN[question.kind]
    rated = question.low is not None and question.high is not None and question.high - question.low <= 10
    if kind == "number" and (each.kind in ("hours", "recommend", "id") or (rated and each.kind != "comment")):
        return each
    if kind == each.kind or each.kind == "segment" or len(each.fields) > 1:
        return each
    return Asked(each.fields, each.text, kind, unit=each.unit, item=each.item)


def _several(each: Asked, kind: str, options: Sequence[Option]) -> Asked:
    labels = [(float(code), option.label) for code, option in enumerate(options, 1)]
    known = {normal(option.label) for option in options}
    labels += [(float(i), option.code) for i, option in enumerate(options, 1) if normal(option.code) not in known]
    return Asked(each.fields, each.text, kind, labels=labels, rules=each.rules, item=each.item)


def _labelled(each: Asked, options: Sequence[Option]) -> Asked:
    """One of the options: a rating where they form a scale, else a choice. Codes in the cells stand for labels."""
    people, _ = together(each.fields)
    known = {normal(option.label) for option in options}
    codes = {normal(option.code) for option in options}
    coded = sum(n for word, n in people.items() if word in codes and word not in known)
    if sum(n for word, n in people.items() if word not in known | codes) > 0.03 * sum(people.values()):
        return each
    labels = [option.label for option in options if not option.missing]
    asked = by_order(each.fields, each.text, labels)
    if asked is None:
        rows = [(float(code), label) for code, label in enumerate(labels, 1)]
        asked = Asked(each.fields, each.text, "choice", labels=rows)
    asked.item = each.item
    asked.labels += [(math.nan, option.label) for option in options if option.missing]
    if coded:
        of = {normal(label): code for code, label in asked.labels}
        asked.labels += [
            (of[normal(option.label)], option.code) for option in options if normal(option.code) not in known
        ]
    return asked
