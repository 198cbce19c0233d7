"""Labels of a base word with a strength, a negation or an opposite: "not very useful", "extremely poor", "much better"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dxkit.survey.reading.labels.words import (
    ALONE,
    ANSWERS,
    COMPARED,
    FILLERS,
    FIXED,
    FIXED_GOOD,
    KINDS,
    NEUTRAL,
    PARTLY,
    STRENGTHS,
    UNWANTED,
)

_PLAIN = 50.0
_TOO = ("too", "zu", "trop")
_NEGATION = 15.0  # strengths below say "not"
_STRENGTH = {phrase: level for level, phrases in STRENGTHS.items() for phrase in phrases.split("|")}
_BASE = {
    phrase: (kind, sign)
    for kind, (_, upper, lower) in KINDS.items()
    for phrases, sign in ((upper, 1), (lower, -1))
    for phrase in phrases.split("|")
    if phrase
}
_FIXED = [
    (kind, {p: value for value, phrases in table.items() for p in phrases.split("|")}) for kind, table in FIXED.items()
]


def _pattern(phrases: object) -> re.Pattern[str]:
    words = sorted(map(re.escape, phrases), key=len, reverse=True)  # type: ignore[call-overload]
    return re.compile(rf"(?<![\w'])(?:{'|'.join(words)})(?![\w])")


_PHRASE = _pattern({**_STRENGTH, **_BASE})
_NEUTRAL = re.compile(rf"(?:{NEUTRAL})(?!\w)")


@dataclass(frozen=True)
class _Reading:
    """One label: the kinds it may be of with their place, its own strength, and the words left over."""

    neutral: bool
    fixed: tuple[tuple[str, float], ...]
    kind: str
    sign: int
    level: float | None
    rest: str
    alone: bool = False
    several: bool = False

    @property
    def denies_subject(self) -> bool:
        return not (self.neutral or self.kind) and self.level is not None and self.level <= 4 and self.rest != ""


def _read(text: str) -> _Reading:
    plain = " ".join(re.sub(r"[^\w\s']|_", " ", text).split())
    plain = re.sub(r"\bnot (.+) at all\b", r"not at all \1", plain)
    plain = re.sub(
        r"\b(nicht|isn't|is not|are not|aren't|am not|do not|don't|does not|doesn't|n'est pas|no es)\b",
        lambda found: "nicht" if found[0] == "nicht" else "not",
        plain,
    )
    plain = re.sub(
        r"\b(?:a|an|the) (?=(?:very|extremely|moderate|minor|major|small|big|large|huge|serious|significant|critical|slight)\b)",
        "",
        plain,
    )
    core = " ".join(word for word in plain.split() if word not in FILLERS)
    fixed = tuple(
        (kind, table[key]) for kind, table in _FIXED for key in (plain if plain in table else core,) if key in table
    )
    neutral = bool(_NEUTRAL.match(plain)) and len(plain.split()) <= 9
    kind, sign, level = "", 0, None
    bases, strengths = [], []
    rest = plain
    for phrase in _PHRASE.findall(plain):
        (bases if phrase in _BASE else strengths).append(phrase)
    if len(strengths) == 2 and strengths[1] in _TOO:  # slightly too, far too
        rest = re.sub(rf"(?<!\w){strengths.pop()}(?!\w)", " ", rest, count=1)
    if len(strengths) == 2 and f"{strengths[0]} or {strengths[1]}" == plain:
        return _Reading(neutral, fixed, "", 0, sum(map(_STRENGTH.__getitem__, strengths)) / 2, "", True)
    compared = [phrase for phrase in bases if _BASE[phrase][0] in COMPARED]
    if compared:
        bases = compared
    if len(bases) == 1 and len(strengths) <= 1:
        kind, sign = _BASE[bases[0]]
        rest = re.sub(rf"(?<!\w){re.escape(bases[0])}(?!\w)", " ", rest, count=1)
    if len(strengths) == 1 and len(bases) <= 1:
        level = _STRENGTH[strengths[0]]
        rest = re.sub(rf"(?<!\w){re.escape(strengths[0])}(?!\w)", " ", rest, count=1)
    rest = " ".join(word for word in rest.split() if word not in FILLERS)
    alone = not kind and level is not None and strengths[0] in ALONE
    return _Reading(neutral, fixed, kind, sign, level, rest, alone, len(strengths) > 1 or len(bases) > 1)


def degrees(texts: list[str]) -> tuple[list[float], str, str] | None:
    """Places to sort the folded texts by, the name of the rule, and what is good; None if they are of several kinds.

    >>> degrees(["very useful", "not useful", "somewhat useful"])
    ([75.0, 4.0, 30.0], 'polarity', 'high')
    """
    readings = [_read(text) for text in texts]
    for kind in dict.fromkeys([*_kinds(readings), ""]):
        if (places := _one_kind(texts, readings, kind)) is not None:
            return places
    return _mirrored(readings)


def _kinds(readings: list[_Reading]) -> list[str]:
    """Every kind that a label names, in a fixed order."""
    named = {reading.kind for reading in readings if reading.kind}
    named |= {kind for reading in readings for kind, _ in reading.fixed}
    return sorted(named)


def _one_kind(texts: list[str], readings: list[_Reading], kind: str) -> tuple[list[float], str, str] | None:
    """All labels as degrees of one kind; kind "" is whatever word the labels have in common."""
    places: list[float | None] = []
    negated: list[bool] = []
    rests: list[str] = []
    bare = 0
    for text, reading in zip(texts, readings, strict=True):
        value = next((value for name, value in reading.fixed if name == kind), None)
        rest, denied = "", False
        if value is None and kind == "likelihood" and text in PARTLY:
            value = 0.0
        if value is None and kind and reading.denies_subject:
            value, rest = 0.0, reading.rest  # no impact, beside negative and positive impact
        if value is None and reading.neutral:
            places.append(None)
            negated.append(False)
            continue
        if value is None:
            if reading.several or reading.kind not in ("", kind) or (kind and not reading.kind and not reading.alone):
                return None
            if not reading.kind and reading.level is None:
                bare += 1
            level = _PLAIN if reading.level is None else reading.level
            denied = level < _NEGATION and reading.sign >= 0
            value, rest = level * (reading.sign or 1), reading.rest
        places.append(value)
        negated.append(denied)
        rests.append(rest)
    common = {rest for rest in rests if rest}
    if len(common) > 1 or places.count(None) > 1 or len(rests) < 2 or (common and rests.count(next(iter(common))) < 2):
        return None
    if bare and (bare > 1 or "" in rests):
        return None
    if not _enough(texts, readings, kind, common):
        return None
    good = KINDS[kind][0] if kind in KINDS else FIXED_GOOD.get(kind, "")
    if kind == "use" and any(
        "important" in text or "wichtig" in text or r.fixed for text, r in zip(texts, readings, strict=True)
    ):
        good = "neither"
    if kind == "" and common and UNWANTED & set(next(iter(common)).split()):
        good = "low"
    if any(text.startswith(("too ", "far too ", "much too ", "zu ", "trop ")) or " too " in text for text in texts):
        good = "neither"
    name = "polarity" if kind else "strength"
    values = [value for value in places if value is not None]
    signs = {reading.sign for reading in readings if reading.kind == kind and kind}
    if signs == {-1} and max(values) <= 0:  # only the lower word: not at all difficult .. extremely difficult
        flip = {"high": "low", "low": "high"}
        good = good if kind == "concern" else flip.get(good, good)
        places = [None if value is None else -value for value in places]
        negated = [value is not None and value < _NEGATION for value in places]
        values = [value for value in places if value is not None]
    at_zero = any(name == kind and value <= 10 for reading in readings for name, value in reading.fixed)
    if min(values) < 0 or at_zero:
        places = [
            value - 45 if denied and value is not None else value for value, denied in zip(places, negated, strict=True)
        ]
        return [0.0 if value is None else value for value in places], name, good
    return _with_middle(places, negated, name, good)


def _enough(texts: list[str], readings: list[_Reading], kind: str, common: set[str]) -> bool:
    """Whether the words are proof enough: yes and no alone, or one strength of an unknown word, are not."""
    if kind == "likelihood":
        telling = [
            t for t, r in zip(texts, readings, strict=True) if t not in ANSWERS and not (r.neutral and not r.fixed)
        ]
        return bool(telling) and len(texts) > 2 - (len(telling) == 2)
    if kind == "" and common:
        strong = [r for r in readings if r.level is not None and r.level >= _NEGATION]
        return len(texts) > 2 and len(strong) > 1
    if kind == "":
        return any(r.level is not None and r.level >= _NEGATION for r in readings)
    return True


def _with_middle(
    places: list[float | None], negated: list[bool], name: str, good: str
) -> tuple[list[float], str, str] | None:
    """One-sided degrees; a neutral label goes where its two readings agree: after every "not", or in the middle."""
    values = sorted(value for value in places if value is not None)
    if len(values) == len(places):
        return [float(value or 0) for value in places], name, good
    denials = sum(negated)
    middle = len(values) // 2 if len(values) % 2 == 0 else None
    weak = sum(value <= 20 for value in values) > denials
    at = middle if middle is not None and (weak or middle == denials) else denials if not weak and denials else None
    if at is None or at == 0:
        return None
    neutral = (values[at - 1] + values[at]) / 2 if at < len(values) else None
    return None if neutral is None else ([neutral if value is None else value for value in places], name, good)


def _mirrored(readings: list[_Reading]) -> tuple[list[float], str, str] | None:
    """Two rests with the same strengths on both sides, at most one label between them; neither side is better."""
    sides: dict[str, set[float]] = {}
    for reading in readings:
        if not reading.neutral:
            level = _PLAIN if reading.level is None else reading.level
            sides.setdefault(f"{reading.kind} {reading.rest}", set()).add(level)
    if (
        len(sides) != 2
        or sum(reading.neutral for reading in readings) > 1
        or len({r.kind for r in readings if not r.neutral}) > 1
    ):
        return None
    (low, levels), (high, others) = sorted(sides.items())
    if high.lstrip() in {prefix + low.lstrip() for prefix in ("un", "in", "im", "dis", "ir", "non", "non ")}:
        low = high
    if levels != others or len(levels) < 2 or min(levels) < _NEGATION:
        return None
    places = [
        0.0 if r.neutral else (-1 if f"{r.kind} {r.rest}" == low else 1) * (_PLAIN if r.level is None else r.level)
        for r in readings
    ]
    return places, "mirrored", "neither"
