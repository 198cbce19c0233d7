"""Columns of one stem together: ranks, ticked options, and ratings on one scale."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from dxkit.files.cells import normal
from dxkit.survey.reading.distinct import joined, separate
from dxkit.survey.reading.drafting.fields import LEAST, NEARLY, Asked, Field, says, together, unsure
from dxkit.survey.reading.drafting.ordered import by_labels, by_numbers
from dxkit.survey.reading.headers import OTHER
from dxkit.survey.reading.labels.marks import TICKED
from dxkit.survey.reading.labels.no_opinion import is_no_opinion
from dxkit.survey.reading.tools.base import Tool

_PLACE = re.compile(r"\D{0,12}\d{1,2}\D{0,8}|(first|second|third|fourth|fifth)( choice| place)?|most|least")
_FEW_LABELS = 12
_STEPS = frozenset("1")  # a mark that may also be a step


def in_group(stem: str, fields: Sequence[Field]) -> tuple[list[Asked], list[Field]]:
    """What several columns of one stem ask, and the columns that are questions of their own."""
    for kind in (_spread, _ranked, _placed):
        if found := kind(stem, fields):
            return found, [each for each in fields if each not in found[0].fields]
    asked, rest = _ticked(stem, fields)
    times = Counter(word for each in rest for word in each.answers)
    own = [each for each in rest if each.filled and all(times[word] == 1 for word in each.answers)]
    texts = [each for each in rest if _is_text(each, rest) or (each in own and 2 * len(own) < len(rest))]
    asked += [Asked([each], each.name, "comment") for each in texts]
    rest = [each for each in rest if each not in texts]
    numeric = [each for each in rest if 2 * sum(each.numbers.values()) > each.filled]
    written = [each for each in rest if each not in numeric and each.filled]
    if len(numeric) > max(2, 2 * len(written)) and written and by_numbers(numeric, stem):
        rest = [each for each in rest if each not in written]  # what people wrote beside a grid of numbers
        asked += [Asked([each], each.name, "comment") for each in written]
    if len(rest) > 1 and (rated := by_numbers(rest, stem) or by_labels(rest, stem)):
        if rated.kind in ("rating", "importance", "hours", "number", "recommend"):
            return [*asked, *(_line(rated, each) for each in rest)], []
    chosen = _chosen(rest)
    lines = {id(each.fields[0]) for each in chosen}
    return [*asked, *chosen], [each for each in rest if id(each) not in lines]


def _chosen(fields: Sequence[Field]) -> list[Asked]:
    """A choice of each line of a grid that has the same few labels: one list, so that a code means the same in all."""
    people, spelled = together(fields)
    lines: Counter[str] = Counter(word for each in fields for word in each.answers)
    labels = [word for word in people if lines[word] >= max(2, len(fields) / 2)]
    fitting = [
        each
        for each in fields
        if each.filled and sum(each.answers.get(word, 0) for word in labels) >= 0.9 * each.filled
    ]
    if len(fitting) < max(3, len(fields) / 2) or not 2 <= len(labels) <= _FEW_LABELS:
        return []
    rows = _options([spelled[word] for word in labels]) + unsure(fitting)[0]
    return [Asked([each], each.name, "choice", labels=list(rows), scale_of=fields[0].name) for each in fitting]


def _line(rated: Asked, field: Field) -> Asked:
    """The question of one line of a grid, on the scale of all."""
    own = {"spare": dict(rated.spare), "doubts": dict(rated.doubts), "rules": list(rated.rules)}
    line = replace(rated, fields=[field], text=field.name, unused=frozenset(), **own)
    if rated.kind == "recommend":
        line.kind, line.scale = "rating", "0-10"
    return line


def _is_text(field: Field, fields: Sequence[Field]) -> bool:
    """Whether a column beside others is called Other or the like, and has labels that are not theirs."""
    others = {word for each in fields if each is not field for word in each.answers}
    return bool(OTHER.search(normal(field.option))) and not others.issuperset(field.answers)


def _options(labels: Sequence[str], aliases: Sequence[tuple[str, str]] = ()) -> list[tuple[float, str]]:
    """Labels with codes from 1; other words for an option have its code."""
    codes = {normal(label): float(code) for code, label in enumerate(labels, 1)}
    rows = [(codes[normal(label)], label) for label in labels]
    return rows + [(codes[normal(label)], word) for label, word in aliases]


def _spread(stem: str, fields: Sequence[Field]) -> list[Asked]:
    """One answer of several that form a scale, each in a column of its own with its own word."""
    steps = [each for each in fields if not OTHER.search(normal(each.option))]
    chosen = [each.texts for each in steps if any(each.often)]
    if len(steps) < 3 or any(
        len(each.answers) > 1 or not TICKED.isdisjoint(set(each.answers) - _STEPS) for each in steps
    ):
        return []
    words = [word for each in steps for word in each.answers]
    if len(set(words)) < max(3, len(words)) or not separate(chosen):
        return []
    own = all(normal(each.option) in each.answers for each in steps if each.filled)
    named = tuple(each.option for each in steps) if own else ()
    whole = Field(steps[0].column, stem, "", joined(chosen), named)
    asked = by_numbers([whole], stem) or by_labels([whole], stem)
    if asked is None or asked.kind not in ("rating", "importance", "recommend"):
        return []
    asked.fields = steps
    return [asked]


def _ranked(stem: str, fields: Sequence[Field]) -> list[Asked]:
    """A place in each option's column: whole numbers from 1 to the number of options, none twice in a row."""
    numeric = [each for each in fields if each.filled and sum(each.numbers.values()) == each.filled]
    k = len(numeric)
    values = {value for each in numeric for value in each.numbers}
    if (
        k < 2
        or len(values) < 2
        or not values <= set(map(float, range(1, k + 1)))
        or max(values) < k - (k > 4 and says("ranked", stem))
    ):
        return []
    apart = _apart(numeric)
    if apart < 0.9 or (k < 4 and not says("ranked", stem) and apart < 1):
        return []
    labels = _options([each.option for each in numeric])
    return [Asked(numeric, stem, "rank", labels=labels + unsure(numeric)[0])]


def _placed(stem: str, fields: Sequence[Field]) -> list[Asked]:
    """A column for each place, which holds the option that was put there."""
    if len(fields) < 2 or not all(_PLACE.fullmatch(normal(each.option)) for each in fields):
        return []
    people, spelled = together(fields)
    labels = [spelled[word] for word, n in people.items() if n >= LEAST and not is_no_opinion(word)]
    numbers = all(re.fullmatch(r"[\d.]+", label) for label in labels)
    listed = sum(n for n in people.values() if n >= LEAST)
    own_words = listed < 0.8 * sum(people.values())
    if any(by_labels([each], stem) for each in fields):
        return []  # one thing rated twice, on scales with a number
    if own_words or _apart(fields) < 0.9 or not len(fields) <= len(labels) <= 30 or numbers:
        return []
    return [Asked(fields, stem, "rank", labels=_options(labels) + unsure(fields)[0])]


def _apart(fields: Sequence[Field]) -> float:
    """The share of people with several answers in these columns who gave no two alike; 0 where they are too few."""
    rows = [[normal(text) for text in row if text] for row in zip(*(each.cells for each in fields), strict=True)]
    apart = [len(set(row)) == len(row) for row in rows if len(row) > 1]
    return sum(apart) / len(apart) if len(apart) > 2 else 0.0


def _ticked(stem: str, fields: Sequence[Field]) -> tuple[list[Asked], list[Field]]:
    """Options with a column each, which holds its own word or a mark where it was chosen."""
    columns = Counter(word for each in fields for word in each.words)
    names = {normal(each.option) for each in fields}
    marked = [
        each
        for each in fields
        if not _is_written(each)
        and _is_mark(each, columns)
        and names.isdisjoint(set(each.words) - {normal(each.option)})
    ]
    own = [each for each in marked if normal(each.option) in each.words]
    if 2 * len(own) > len(marked):  # a yes among options that hold their own words answers a question of its own
        marked = [each for each in marked if each in own or TICKED.isdisjoint(each.words)]
    if len(marked) < 2 or not any(each.words for each in marked):
        return [], list(fields)
    aliases = [
        (each.option, each.spelled[word])
        for each in marked
        for word in each.words
        if word not in TICKED and word != normal(each.option) and each.answers[word] >= LEAST
    ]
    doubts = {"scale": "other words for an option have its code"} if aliases else {}
    labels = _options([each.option for each in marked], aliases)
    asked = Asked(marked, stem, "multi", labels=labels + unsure(marked)[0], doubts=doubts)
    rest = [each for each in fields if each not in marked]
    texts = [each for each in rest if _is_written(each)]
    return [asked, *(Asked([each], each.name, "comment") for each in texts)], [e for e in rest if e not in texts]


def _is_mark(field: Field, columns: Mapping[str, int]) -> bool:
    """Whether a column has one word at most, or nearly only its own, and none that is an answer in others too."""
    own = normal(field.option)
    shared = [word for word in field.words if columns[word] > 1 and word not in TICKED | {own}]
    return not shared and (len(field.words) <= 1 or field.people.get(own, 0) >= NEARLY * sum(field.people.values()))


def _is_written(field: Field) -> bool:
    """Whether an option "Other" holds what people wrote and no mark."""
    own = normal(field.option)
    return (
        "specify" in own or bool(OTHER.search(own)) and any(word != own and word not in TICKED for word in field.words)
    )


def bare_ticks(fields: Sequence[Field], tool: Tool) -> list[list[Field]]:
    """Adjacent columns that hold only their header, where a tool writes options so; up to None or Other."""
    runs: list[list[Field]] = [[]]
    for each in fields:
        if (
            not each.option
            and each.words in ([normal(each.stem)], [])
            and each.answers
            and tool.may_be_statement(each.column)
        ):
            runs[-1].append(each)
            if says("none", normal(each.stem)):
                runs.append([])
        else:
            runs.append([])
    return [run for run in runs if len(run) > 1]
