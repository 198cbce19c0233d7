"""One scale for the questions that share their labels, under a built-in name where that has the same codes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from dxkit.files.cells import normal
from dxkit.survey.reading.drafting.fields import LEAST, Asked, together
from dxkit.survey.reading.drafting.ordered import KEPT, OTHER_WORDS, UNUSED
from dxkit.survey.reading.labels.order import label_order
from dxkit.survey.reading.scales import BUILT_IN, NO_OPINION, range_scale

_SHARED = 2  # labels that two questions must have in common
_MANY = 30  # people who would hardly all pass over a step in the middle
_KNOWN = ("agreement5", "satisfaction5", "frequency5", "importance5", "agreement7")


@dataclass(eq=False)
class _Scale:
    """Labels by folded text, with their codes; which of them somebody chose; and the questions that use them."""

    rows: dict[str, tuple[float, str]]
    chosen: set[str]
    asked: list[Asked] = field(default_factory=list)

    @property
    def words(self) -> set[str]:
        return {word for word, (code, _) in self.rows.items() if not math.isnan(code)}


def name_scales(asked: Sequence[Asked]) -> None:
    """Unite scales that one rule orders together, and name all of them; labels without order are a scale each."""
    scales: list[_Scale] = []
    lists: dict[str, str] = {}
    for each in asked:
        if not each.ordered:
            if each.labels and not each.scale:
                each.scale = lists.setdefault(each.scale_of or each.text, each.item)
            continue
        rows = {normal(label): (code, label) for code, label in each.labels}
        for scale in scales:
            if united := _united(scale, rows, rows.keys() - each.unused, each):
                scale.rows = united
                scale.chosen |= rows.keys() - each.unused
                scale.asked.append(each)
                break
        else:
            scales.append(_Scale(rows, set(rows.keys() - each.unused), [each]))
    for scale in scales:
        _add_spare(scale)
        name = next((name for name in _KNOWN if _is(name, scale.rows)), "")
        for each in scale.asked:
            each.scale = name or scale.asked[0].item
            each.labels = [] if name else sorted(scale.rows.values(), key=lambda row: (math.isnan(row[0]), row[0]))
            if not scale.chosen.issuperset(scale.words):
                each.doubts.setdefault("scale", UNUSED)
            if name and not each.doubts.get("scale", "").startswith("labels"):
                each.doubts.pop("scale", None)  # a built-in scale has all its labels anyway


def doubt_starts(asked: Sequence[Asked]) -> None:
    """A doubt where one of two neighbours starts at 0 and the other at 1: nobody may have given 0 to the other."""
    rated = [(each, range_scale(each.scale)) for each in asked if each.family == "range"]
    for (one, of_one), (other, of_other) in pairwise(rated):
        near = other.fields[0].column.position - one.fields[-1].column.position == 1
        if near and of_one and of_other and of_one.codes[-1] == of_other.codes[-1] and one.scale != other.scale:
            from_one, from_zero = (one, other) if of_other.codes[0] == 0 else (other, one)
            from_one.doubts.setdefault(
                "scale", f"a question beside it starts at 0; write {from_zero.scale} if this does"
            )


def _add_spare(scale: _Scale) -> None:
    """Labels that one person gave in each of several questions, and so more than one in all; the number of others."""
    spare = {word: label for each in scale.asked for word, label in each.spare.items() if word not in scale.words}
    people, _ = together([each for asked in scale.asked for each in asked.fields]) if spare else ({}, {})
    every = _ordered_together({**{word: (0.0, label) for word, label in spare.items()}, **scale.rows})
    if spare and every is not None:  # the code of a label that one person gave in all is kept for it
        alone = {code for word, (code, _) in every.items() if word in spare and people[word] < LEAST}
        scale.rows = {word: row for word, row in every.items() if word not in spare or people[word] >= LEAST}
        scale.rows |= {f"{code:g}": (code, f"{code:g}") for code in alone}
    for each in scale.asked:
        if each.spare and scale.words.issuperset(each.spare) and each.doubts.get("scale") == KEPT:
            del each.doubts["scale"]


def _united(
    scale: _Scale, rows: dict[str, tuple[float, str]], chosen: set[str], asked: Asked
) -> dict[str, tuple[float, str]] | None:
    """Both together, where they share labels and one rule orders all of them, also those that one person gave.

    Labels that nobody chose say nothing: they come from the published scale that fits what was chosen."""
    words = {word for word, (code, _) in rows.items() if not math.isnan(code)}
    if len(words & scale.words) < _SHARED:
        return None
    both = {**rows, **scale.rows}
    spare = {word: (0.0, label) for word, label in asked.spare.items() if word not in scale.words}
    if spare and _ordered_together({**both, **spare}) is None:
        return None
    if words == scale.words:
        return both
    people = [sum(each.filled for each in question.fields) for question in (asked, *scale.asked)]
    if min(people) >= _MANY and _two_wordings(scale, rows, chosen):
        asked.doubts.setdefault("scale", OTHER_WORDS)
        return None
    chosen = chosen | scale.chosen
    return _ordered_together({word: row for word, row in both.items() if word in chosen or math.isnan(row[0])})


def _two_wordings(scale: _Scale, rows: dict[str, tuple[float, str]], chosen: set[str]) -> bool:
    """Whether both have as many steps and one of them in other words: "not very" in place of "not really"."""
    ours, theirs = (
        sorted((each[word][0], word) for word in words if not math.isnan(each[word][0]))
        for each, words in ((rows, chosen), (scale.rows, scale.chosen))
    )
    differ = [one != other for (_, one), (_, other) in zip(ours, theirs, strict=False)]
    return len(ours) == len(theirs) > 2 and sum(differ) == 1


def _ordered_together(both: dict[str, tuple[float, str]]) -> dict[str, tuple[float, str]] | None:
    """Labels with the codes that one rule gives all of them, and those of its family that are not among them."""
    found = label_order([label for code, label in both.values() if not math.isnan(code)])
    if found is None:
        return None
    if found.rule.endswith(")"):
        both = {**{normal(label): (code, label) for label, code in found.unused.items()}, **both}
    codes = {normal(label): code for label, code in (*found.unused.items(), *found.codes.items())}
    if any(math.isnan(code) for code in codes.values()):
        return None
    return {word: (codes.get(word, code), label) for word, (code, label) in both.items()}


def _is(name: str, rows: dict[str, tuple[float, str]]) -> bool:
    """Whether a built-in scale knows all these labels under the same codes."""
    known = [(BUILT_IN[name].code_of(word), code) for word, (code, _) in rows.items()]
    return all(found is not None and (found == code or math.isnan(found) and math.isnan(code)) for found, code in known)


def scale_rows(asked: Sequence[Asked]) -> list[tuple[str, float, str, str]]:
    """The rows of the table scales, each scale once."""
    rows: dict[tuple[str, str], tuple[str, float, str, str]] = {}
    for each in asked:
        if each.scale in BUILT_IN or range_scale(each.scale) or not each.scale:
            continue
        for code, label in each.labels:
            if not (math.isnan(code) and normal(label) in NO_OPINION):
                rows.setdefault((each.scale, normal(label)), (each.scale, code, label, ""))
    return list(rows.values())
