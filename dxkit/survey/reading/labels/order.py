"""Which answer labels form an ordered scale, and the code of each; a set that no rule orders is not one.

The rules are tried in turn: published families, numbered labels, a plain range with worded ends, words of degree,
how often, how much, and bands. A rule must order all labels without a tie.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from dxkit.files.cells import normal
from dxkit.files.shipped import table_beside
from dxkit.survey.reading.labels.bands import bands
from dxkit.survey.reading.labels.degrees import degrees, says_degree
from dxkit.survey.reading.labels.folding import fold
from dxkit.survey.reading.labels.frequency import frequencies, quantities
from dxkit.survey.reading.labels.no_opinion import is_no_opinion, is_not_mine, is_unused
from dxkit.survey.reading.labels.words import spellings


@dataclass(frozen=True)
class LabelScale:
    """An ordered set of labels: the code of each (nan for "no opinion"), the rule that ordered it, and what is good.

    `good` is high, low or neither; "" where the words do not say. `unused` holds the labels of a family that nobody
    chose, with their codes. `unit` is the unit of bands, such as year, hour or %.
    """

    codes: Mapping[str, float]
    rule: str
    good: str = ""
    unit: str = ""
    unused: Mapping[str, float] = field(default_factory=dict)


class _Family(NamedTuple):
    """A published scale: its first labels from lowest to highest, and the place of each folded label from 0."""

    name: str
    language: str
    labels: list[str]
    places: dict[str, int]


def _families() -> Iterator[_Family]:
    """Every published scale; one with two sides also without its middle, and without its ends."""
    for scale in table_beside(__file__, "families.toml")["scale"]:
        steps = list(map(spellings, scale["steps"]))
        middle = len(steps) // 2
        ways = [steps]
        if scale["family"] in _TWO_SIDED and not _NEUTRAL.isdisjoint(steps[middle]):
            ways += [steps[:middle] + steps[middle + 1 :], *([steps[1:-1]] if len(steps) == 5 else [])]
        for way in ways:
            places = {fold(label): place for place, step in enumerate(way) for label in step}
            yield _Family(scale["family"], scale["language"], [step[0] for step in way], places)


Found = tuple[dict[str, float], str, str, str, dict[str, float]]
_NEUTRAL = {"Neutral", "Neutre", "中立"}
_TWO_SIDED = ("agreement", "satisfaction", "ease")
_GOOD = {**dict.fromkeys(_TWO_SIDED, "high"), "importance": "neither"}
_FAMILIES = list(_families())


def _distinct(labels: Iterable[str]) -> dict[str, list[str]]:
    """The folded labels that carry an opinion, each with its spellings."""
    groups: dict[str, list[str]] = {}
    for label in labels:
        if not is_no_opinion(label) and (key := fold(label)):
            groups.setdefault(key, []).append(label)
    return groups


def label_order(labels: Iterable[str]) -> LabelScale | None:
    """The scale that these labels form, whatever order they come in; None if no rule orders all of them without a tie.

    >>> dict(label_order(["Very much", "Not at all", "Extremely", "Slightly", "Moderately"]).codes)
    {'Very much': 4.0, 'Not at all': 1.0, 'Extremely': 5.0, 'Slightly': 2.0, 'Moderately': 3.0}
    >>> label_order(["Backend", "Frontend", "Data"]) is None
    True
    """
    labels = [label for label in dict.fromkeys(labels) if fold(label)]
    groups = _distinct(labels)
    found = _ordered(sorted(groups)) if len(groups) > 1 else None
    aside = [text for text in groups if is_not_mine(text)]
    if found is None and aside and len(groups) > len(aside) + 2:
        found = _with_aside(sorted(groups.keys() - set(aside)), aside)
    if found is None:
        return None
    codes, rule, good, unit, unused = found
    by_label = {label: codes.get(key, math.nan) for key, spellings in groups.items() for label in spellings}
    return LabelScale({label: by_label.get(label, math.nan) for label in labels}, rule, good, unit, unused)


def _with_aside(texts: list[str], aside: list[str]) -> Found | None:
    """The order of the others; who does not use a thing does so least often, and has no opinion in other scales."""
    found = _ordered(texts)
    unused = [text for text in aside if is_unused(text)]
    if found is None or not found[1].startswith(("frequency", "amount")) or not unused:
        return found
    lowest = _ordered([*texts, "never"]) if len(aside) == 1 else None
    if lowest is None:
        return None
    codes = {aside[0] if text == "never" else text: code for text, code in lowest[0].items()}
    return codes, *lowest[1:]


_REMARK = r"\s-\s|:\s|\s?\("
_CUTS: tuple[Callable[[str], str], ...] = (
    lambda text: re.sub(r"\s*[(\[][^)\]]*[)\]]\s*", " ", text),
    lambda text: re.split(_REMARK, text)[0],
    lambda text: re.split(r"[,;]\s", text)[0],
    lambda text: re.split(_REMARK, text, maxsplit=1)[-1].rstrip(")"),
)


def _ordered(texts: list[str]) -> Found | None:
    """The first rule that orders the folded texts; else the same without remarks, without what stands before remarks,
    or without what all of them begin with."""
    for short in (texts, *([normal(cut(text)) for text in texts] for cut in _CUTS), _after_beginning(texts)):
        bare = (b != a and not re.search(r"[^\W\d]", b) for a, b in zip(texts, short, strict=True))
        if len(set(short)) < len(texts) or any(bare) or (short is not texts and short == texts):
            continue
        for rule in _RULES:
            if (found := rule(short)) is not None:
                return {text: found[0][key] for text, key in zip(texts, short, strict=True)}, *found[1:]
    return None


def _after_beginning(texts: list[str]) -> list[str]:
    """The folded labels without the words that all of them begin with.

    >>> _after_beginning(["i expect it to increase", "i expect it to decrease", "i expect it to stay the same"])
    ['increase', 'decrease', 'stay the same']
    """
    words = [text.split() for text in texts]
    k = 0
    while len(words) > 2 and all(len(each) > k + 1 and each[k] == words[0][k] for each in words):
        k += 1
    return [" ".join(each[k:]) for each in words] if k > 1 else list(texts)


def _family(texts: list[str]) -> Found | None:
    """A published scale with every text on a step of its own; one that the texts fill comes first, else as listed."""
    for family in sorted(_FAMILIES, key=lambda family: len(family.labels) != len(texts)):
        if family.places.keys() >= set(texts) and len({family.places[text] for text in texts}) == len(texts):
            codes = {text: family.places[text] + 1.0 for text in texts}
            every = {label: place + 1.0 for place, label in enumerate(family.labels)}
            unused = {label: code for label, code in every.items() if code not in codes.values()}
            return codes, f"{family.name} ({family.language})", _GOOD.get(family.name, ""), "", unused
    return None


_LEADING = re.compile(
    r"\(?([-+]?\d{1,2})\)?(?:\)\s*|\s*[:.=)]\s+|\s*-+\s*(?=[^\d\s])|\s+(?=\())(\D.*|\d.*)|\[(\d{1,2})\]\s*(.+)"
)
_BARE = re.compile(r"([-+]?\d{1,2})\s+([^\W\d].*)")
_TRAILING = re.compile(r"(.*?[^\W\d].*?)\s*(?:\(([-+]?\d{1,2})\)|[-=:]\s*([-+]?\d{1,2}))")


def _numbered(texts: list[str]) -> Found | None:
    """Labels that begin with a number of their own, or that are one; words that can be ordered must agree with it."""
    numbers: dict[str, float] = {}
    words: dict[str, str] = {}
    proof = False
    for text in texts:
        if re.fullmatch(r"[-+]?\d{1,2}", text):
            numbers[text] = float(text)
        elif found := _LEADING.fullmatch(text):
            proof |= bool(re.match(r"\(?\d+[.)]\s", text)) and not text.startswith("(")
            numbers[text] = float(found[1] or found[3])
            words[text] = normal((found[2] or found[4]).strip("() "))
        elif found := _BARE.fullmatch(text):
            numbers[text], words[text], proof = float(found[1]), found[2], True
        elif found := _TRAILING.fullmatch(text):
            numbers[text], words[text], proof = float(found[2] or found[3]), found[1], True
        else:
            return None
    values = sorted(numbers.values())
    if not words or len(set(values)) < len(values) or values[0] > 3 or values[-1] - values[0] > 10 or values[0] < -5:
        return None
    inner = _ordered(list(words.values())) if len(set(words.values())) == len(words) > 1 else None
    good = ""
    if inner is not None:
        by_word = sorted(words, key=lambda text: inner[0][words[text]])
        by_number = sorted(words, key=lambda text: numbers[text])
        if by_word != by_number and by_word != by_number[::-1]:
            return None
        opposite = {"high": "low", "low": "high"}
        good = inner[2] if by_word == by_number else opposite.get(inner[2], inner[2])
    elif len(texts) < 3 or not any(map(_says_step, words.values())):
        return None
    elif proof and not (
        all(map(_says_step, words.values())) and values == list(range(int(values[0]), int(values[-1]) + 1))
    ):
        return None  # an enumeration
    return numbers, "numbered", good, "", {}


def _says_step(text: str) -> bool:
    """Whether a text holds words of degree or of how often."""
    return says_degree(text) or frequencies([text]) is not None


def _range(texts: list[str]) -> Found | None:
    """Whole numbers, with at most two worded ends that some rule can order."""
    numbers = {text: float(text) for text in texts if re.fullmatch(r"[-+]?\d{1,2}(\.0)?", text)}
    words = [text for text in texts if text not in numbers and not re.search(r"\d", text)]
    if (
        len(numbers) < 2
        or len(texts) < 3
        or len(words) > 2
        or len(words) + len(numbers) < len(texts)
        or len(set(numbers.values())) < len(numbers)
    ):
        return None
    low, high = min(numbers.values()), max(numbers.values())
    if low < -5 or high > 10 or low > 5:
        return None
    if not words:
        return numbers, "range", "", "", {}
    below = low - 1 if low <= 0 else float(1 not in numbers.values())
    if len(words) == 1 or (ends := _ordered(words)) is None:
        return None
    bottom, top = sorted(words, key=lambda text: ends[0][text])
    return {**numbers, bottom: below, top: high + 1}, "range", ends[2], "", {}


def _ranked(texts: list[str], places: list[float] | None, rule: str, good: str = "") -> Found | None:
    """Codes from 1 by places to sort by, unless two are equal."""
    if places is None or len(set(places)) < len(texts):
        return None
    ranked = sorted(zip(places, texts, strict=True))
    return {text: float(code) for code, (_, text) in enumerate(ranked, 1)}, rule, good, "", {}


def _degree(texts: list[str]) -> Found | None:
    return None if (found := degrees(texts)) is None else _ranked(texts, *found)


def _frequency(texts: list[str]) -> Found | None:
    return _ranked(texts, frequencies(texts), "frequency words")


def _quantity(texts: list[str]) -> Found | None:
    return _ranked(texts, quantities(texts), "amount words")


def _bands(texts: list[str]) -> Found | None:
    if (found := bands(texts)) is None:
        return None
    middles, unit = found
    return dict(zip(texts, middles, strict=True)), "bands", "", unit, {}


_RULES = (_family, _numbered, _range, _degree, _frequency, _quantity, _bands)
