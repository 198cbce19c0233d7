"""From an export to a first codebook: items, scales, rules, groups, and what about them is doubtful."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from dxkit.files.cells import normal
from dxkit.files.errors import nearest
from dxkit.files.frames import TableSource
from dxkit.survey.reading.codebook import COLUMNS, Codebook
from dxkit.survey.reading.drafting.fields import LEAST, Asked, Field, read_fields
from dxkit.survey.reading.drafting.from_structure import with_structure
from dxkit.survey.reading.drafting.grouped import bare_ticks, in_group
from dxkit.survey.reading.drafting.naming import name_items, short
from dxkit.survey.reading.drafting.ordered import keeps_dimension
from dxkit.survey.reading.drafting.shared_scales import doubt_starts, name_scales, scale_rows
from dxkit.survey.reading.drafting.single import alone
from dxkit.survey.reading.headers import columns_of_items, key
from dxkit.survey.reading.structure.model import Structure
from dxkit.survey.reading.tools.base import Tool
from dxkit.survey.reading.tools.registry import is_personal, is_technical

RULES = ("rule", "question", "value", "to", "note")
DOUBTS = ("item", "cell", "guess", "why")
_TOPIC_KINDS = ("rating", "importance", "hours")


@dataclass(frozen=True, eq=False)
class Drafted:
    """The tables of a draft. `groups` are the labels of the first segment."""

    items: pd.DataFrame
    scales: pd.DataFrame
    rules: pd.DataFrame
    doubts: pd.DataFrame
    groups: tuple[str, ...] = ()


def drafted(source: TableSource, structure: Structure | None = None, known: Codebook | None = None) -> Drafted:
    """What an export asks, as far as its columns, and the structure of the survey, tell; without what is known."""
    fields, tool = read_fields(source)
    by_item = {} if known is None else columns_of_items([each.column for each in fields], known, tool)
    team = [each for each in fields if known and each.column.position in by_item.get(known.segments[0], ())]
    fields = [each for each in fields if not any(each.column.position in at for at in by_item.values())]
    asked = _asked(fields, tool)
    if structure is not None:
        asked = with_structure(asked, structure)
    asked.sort(key=lambda each: each.fields[0].column.position)
    _ignore_repeated(asked)
    name_items(asked, fields, () if known is None else (*known.items["item"], *known.scales))
    name_scales(asked)
    doubt_starts(asked)
    _topics(asked)
    _dimensions(asked)
    items = pd.DataFrame([_row(each) for each in asked], columns=list(COLUMNS), dtype=object)
    rules = [(rule, each.item, value, "", each.doubts.get("kind", "")) for each in asked for rule, value in each.rules]
    doubts = [
        (each.item, cell, str(getattr(each, cell)), why) for each in asked for cell, why in sorted(each.doubts.items())
    ]
    groups = [
        sorted(field.spelled[word] for word, n in field.answers.items() if n >= LEAST)
        for field in [*team, *(each.fields[0] for each in asked if each.kind == "segment")][:1]
    ]
    return Drafted(
        items,
        pd.DataFrame(scale_rows(asked), columns=["scale", "code", "label", "favourable"]),
        pd.DataFrame(list(dict.fromkeys(rules)), columns=list(RULES), dtype=object),
        pd.DataFrame(doubts, columns=list(DOUBTS), dtype=object),
        *map(tuple, groups),
    )


def _asked(fields: Sequence[Field], tool: Tool) -> list[Asked]:
    """The questions of all columns, those of one stem together."""
    asked: list[Asked] = []
    open_fields: list[Field] = []
    for each in fields:
        code, stem = each.column.code, each.column.stem
        if is_personal(code) or is_personal(stem) or is_technical(tool, code):
            asked.append(Asked([each], each.name, "ignore"))
        else:
            open_fields.append(each)
    for run in bare_ticks(open_fields, tool):
        stem = " / ".join(each.stem for each in run)[:80]
        labels = [(float(code), each.stem) for code, each in enumerate(run, 1)]
        doubts = {"text": "the export does not say what was asked; these columns look like options of one question"}
        asked.append(Asked(run, stem, "multi", labels=labels, doubts=doubts))
        open_fields = [each for each in open_fields if each not in run]
    groups: dict[tuple[str, int], list[Field]] = {}
    times: Counter[tuple[str, str]] = Counter()
    for each in open_fields:
        name = key(each.stem) if each.option else f"\x00{each.column.position}"
        times[name, normal(each.option)] += 1  # an option that comes again is of another question with the same text
        groups.setdefault((name, times[name, normal(each.option)]), []).append(each)
    for group in groups.values():
        rest = group
        if len(group) > 1:
            found, rest = in_group(group[0].stem, group)
            asked += found
        asked += [alone(each, tool) for each in rest]
    return asked


def _ignore_repeated(asked: Iterable[Asked]) -> None:
    """Of several questions with one text only one can be asked for: the one with most columns, else the first.

    So options with a column each come before the column in which a tool joins them."""
    kept: dict[str, Asked] = {}
    for each in sorted(asked, key=lambda each: -len(each.fields)):
        if each.kind != "ignore" and kept.setdefault(key(each.text), each) is not each:
            each.kind, each.scale, each.labels, each.good, each.rules = "ignore", "", [], "", []
            each.doubts = {"kind": "another column has the same text"}


def _topics(asked: Sequence[Asked]) -> None:
    """The line of a grid is a topic where it comes again among ratings, importance and hours, or importance alone."""
    lines = [each for each in asked if each.kind in _TOPIC_KINDS and each.fields[0].option and each.good != "neither"]
    spelled: dict[str, str] = {}
    kinds: dict[str, set[str]] = {}
    name: dict[int, str] = {}
    for each in lines:
        word = normal(each.fields[0].option)
        near = word if word in spelled else nearest(word, spelled, cutoff=0.85) or word
        spelled.setdefault(near, each.fields[0].option)
        kinds.setdefault(near, set()).add(each.kind)
        name[id(each)] = near
    used: Counter[tuple[str, str]] = Counter()
    for each in lines:
        topic = name[id(each)]
        used[topic, each.kind] += 1
        if (len(kinds[topic]) > 1 or kinds[topic] & {"importance", "hours"}) and used[topic, each.kind] == 1:
            each.topic = spelled[topic]


def _dimensions(asked: Sequence[Asked]) -> None:
    """The stem of a grid of ratings is its dimension; somebody has to say whether it is one."""
    stems = Counter(key(each.fields[0].stem) for each in asked if keeps_dimension(each) and each.fields[0].option)
    for each in asked:
        field = each.fields[0]
        if keeps_dimension(each) and field.option and stems[key(field.stem)] > 1:
            each.dimension = short(re.sub(r"\s*\([^)]*\)(?!\w)", "", field.stem))
            each.doubts["dimension"] = "the question of the grid; leave it empty where its lines are not one thing"


def _row(each: Asked) -> dict[str, str]:
    return {name: getattr(each, name, "") for name in COLUMNS}
