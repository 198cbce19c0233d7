"""Labels made of a word with a strength, a negation or an opposite: "not very useful", "extremely poor"."""

import re
from dataclasses import dataclass

from dxkit.survey.reading.labels.folding import unbroken
from dxkit.survey.reading.labels.frequency import one_subject
from dxkit.survey.reading.labels.words import FILLERS, WORDS, any_of, levels, spellings

_STRENGTH = levels(WORDS["strengths"])
_GOOD_OF: dict[str, str] = {kind: good for kind, (good, _, _) in WORDS["kinds"].items()} | WORDS["good"]
_SIDES = {kind: (spellings(upper), spellings(lower)) for kind, (_, upper, lower) in WORDS["kinds"].items()}
_FIXED = {kind: levels(table) for kind, table in WORDS["fixed"].items()}
_COMPARED = ("change", "more", "pace")  # "more motivated": the other word is the subject
_ALONE, _ANSWERS, _PARTLY, _UNWANTED = (
    frozenset(spellings(WORDS["lists"][name])) for name in ("alone", "answers", "partly", "unwanted")
)
_PLAIN = 50.0
_FITTING = WORDS["fitting"]  # the kinds that a label of the middle can be the middle of
_TOO = ("too", "zu", "trop")
_BARE = ("no", "not", "pas", "nicht")  # alone, they deny something that is not in the label
_NEGATION = 16.0  # strengths below say "not"
_BASE = {
    phrase: (kind, sign)
    for kind, sides in _SIDES.items()
    for phrases, sign in zip(sides, (1, -1), strict=True)
    for phrase in phrases
}
_PHRASE = re.compile(rf"(?<![\w'])(?:{any_of({**_STRENGTH, **_BASE})})(?!\w)")
_NEUTRAL = re.compile(
    rf"(?:{'|'.join(f'(?P<{kind}>{unbroken(words)})' for kind, words in WORDS['neutral'].items())})(?!\w)"
)
_PUNCTUATION = re.compile(r"[^\w\s']|_")
_AS_MUCH = re.compile(r"(?:i'm |i am |we're |we are )?(?:equally|just as|as)\b")
_AT_ALL = re.compile(r"\bnot (.+) at all\b")
_DENIAL = re.compile(r"\b(?:isn't|is not|are not|aren't|am not|do not|don't|does not|doesn't|n'est pas|no es)\b")
_ARTICLE = re.compile(
    r"\b(?:a|an|the) (?=(?:very|extremely|moderate|minor|major|small|big|large|huge|serious|significant|critical|"
    r"slight)\b)"
)


@dataclass(frozen=True)
class _Reading:
    """One label: the kinds it may be of with their place, its own strength, and the words left over."""

    words: str
    neutral: str  # "" or the name of a middle
    subjects: frozenset[str]
    fixed: tuple[tuple[str, float], ...]
    kind: str
    sign: int
    level: float | None
    rest: str
    alone: bool = False
    several: bool = False

    def is_middle(self, kind: str) -> bool:
        """Whether this neutral label can be the middle of a kind: not "neither easy nor difficult" of another one."""
        as_much = kind in _COMPARED and bool(_AS_MUCH.match(self.words))
        return kind in _FITTING.get(self.neutral, (kind,)) and (not self.subjects or kind in self.subjects or as_much)

    @property
    def denies_subject(self) -> bool:
        return not (self.neutral or self.kind) and self.level is not None and self.level <= 4 and self.rest != ""


def _read(text: str) -> _Reading:
    plain = " ".join(_PUNCTUATION.sub(" ", text).split())
    plain = _AT_ALL.sub(r"not at all \1", plain)
    plain = _DENIAL.sub("not", plain)
    plain = _ARTICLE.sub("", plain)
    core = _without_fillers(plain)
    fixed = tuple(
        (kind, table.get(plain, table.get(core, 0.0))) for kind, table in _FIXED.items() if {plain, core} & table.keys()
    )
    middle = (_NEUTRAL.match(plain) or _NEUTRAL.match(core)) if len(plain.split()) <= 9 else None
    neutral = str(middle.lastgroup) if middle else ""
    found = list(_PHRASE.finditer(plain))
    subjects = frozenset(_BASE[match[0]][0] for match in found if match[0] in _BASE)
    bases = [match for match in found if match[0] in _BASE]
    strengths = [match for match in found if match[0] not in _BASE]
    if len(strengths) == 2 and f"{strengths[0][0]} or {strengths[1][0]}" == plain:
        level = (_STRENGTH[strengths[0][0]] + _STRENGTH[strengths[1][0]]) / 2
        return _Reading(plain, neutral, subjects, fixed, "", 0, level, "", alone=True)
    used = bases + strengths
    if len(strengths) == 2 and strengths[1][0] in _TOO:  # slightly too, far too
        strengths.pop()
    if compared := [match for match in bases if _BASE[match[0]][0] in _COMPARED]:
        used, bases = compared + strengths, compared
    if len(bases) > 1 or len(strengths) > 1 or plain in _BARE or any(map(str.isdigit, plain)) or "the above" in plain:
        return _Reading(plain, neutral, subjects, fixed, "", 0, None, core, several=True)
    kind, sign = _BASE[bases[0][0]] if bases else ("", 0)
    level = _STRENGTH[strengths[0][0]] if strengths else None
    rest = plain
    for match in sorted(used, key=re.Match.start, reverse=True):
        rest = f"{rest[: match.start()]} {rest[match.end() :]}"
    alone = not kind and bool(strengths) and strengths[0][0] in _ALONE
    return _Reading(plain, neutral, subjects, fixed, kind, sign, level, _without_fillers(rest), alone)


def _without_fillers(text: str) -> str:
    return " ".join(word for word in text.split() if word not in FILLERS)


def says_degree(text: str) -> bool:
    """Whether a text holds any word of degree: "not at all like me" does, "backend" does not.

    >>> says_degree("not at all like me"), says_degree("worst"), says_degree("backend")
    (True, True, False)
    """
    return bool(_PHRASE.search(text) or _NEUTRAL.match(text) or any(text in table for table in _FIXED.values()))


def degrees(texts: list[str]) -> tuple[list[float], str, str] | None:
    """Places to sort the folded texts by, the name of the rule, and what is good; None if they are of several kinds.

    >>> degrees(["very useful", "not useful", "somewhat useful"])
    ([75.0, 4.0, 30.0], 'polarity', 'high')
    """
    readings = [_read(text) for text in texts]
    named = {reading.kind for reading in readings if reading.kind}
    named |= {kind for reading in readings for kind, _ in reading.fixed}
    for kind in (*sorted(named), ""):
        if (places := _one_kind(readings, kind)) is not None:
            return places
    return _mirrored(readings)


def _one_kind(readings: list[_Reading], kind: str) -> tuple[list[float], str, str] | None:
    """All labels as degrees of one kind; kind "" is whatever word the labels have in common."""
    places: list[float | None] = []  # None for the neutral label
    negated: list[bool] = []
    rests: list[str] = []
    for reading in readings:
        value = next((value for name, value in reading.fixed if name == kind), None)
        denied = False
        if value is not None or (kind == "likelihood" and reading.words in _PARTLY):
            value = value or 0.0
            rests.append("")
        elif reading.neutral and reading.is_middle(kind):
            if None in places:
                return None
        elif reading.several or reading.kind not in ("", kind):
            return None
        elif kind and not reading.kind:
            if not reading.alone and not reading.denies_subject:
                return None
            value, denied = (0.0, False) if reading.denies_subject else (reading.level, True)
            rests.append(reading.rest)
        else:
            level = _PLAIN if reading.level is None else reading.level
            denied = level < _NEGATION and reading.sign >= 0
            value = level * (reading.sign or 1)
            rests.append(reading.rest)
        places.append(value)
        negated.append(denied)
    if len(rests) < 2 or not one_subject(rests) or not _enough(readings, kind, rests):
        return None
    good = _good(readings, kind, rests)
    values = [value for value in places if value is not None]
    if kind and max(values) <= 0 and _turned(readings, kind):
        places = [None if value is None else abs(value) for value in places]  # not at all difficult .. very difficult
        negated = [value is not None and value < _NEGATION for value in places]
        values = list(map(abs, values))
    two_sided = all(_SIDES.get(kind, ((), ()))) and not any(negated)
    if (
        two_sided
        and None in places
        and min(map(abs, values)) <= 20
        and any(r.neutral == "any" and not r.subjects for r in readings)
    ):
        return None  # "slightly useful, neutral, very useful": the middle, or the lowest?
    denied_upper = any(
        denied and level is not None and level < 8 for denied, level in zip(negated, places, strict=True)
    )
    if denied_upper and min(values) < 0:
        return None  # is "not at all clear" above or below "unclear"?
    if kind in _COMPARED or two_sided or min(values) < 0 or any(value <= 10 for _, value in _whole(readings, kind)):
        lowered = zip(places, negated, strict=True)
        places = [0.0 if value is None else value - 45 * denied for value, denied in lowered]
    found = _with_middle(places, negated)
    return None if found is None else (found, "polarity" if kind else "strength", good)


def _good(readings: list[_Reading], kind: str, rests: list[str]) -> str:
    """Whether the upper end is good: high, low or neither; "" where the words do not say."""
    if any({"too", "zu", "trop"} & set(reading.words.split()) for reading in readings):
        return "neither"
    if not kind:
        return "low" if _UNWANTED & set(" ".join(rests).split()) else ""
    if kind == "use" and any(re.search("important|wichtig", reading.words) or reading.fixed for reading in readings):
        return "neither"
    good = _GOOD_OF.get(kind, "")
    return {"high": "low"}.get(good, good) if _turned(readings, kind) else good


def _whole(readings: list[_Reading], kind: str) -> list[tuple[str, float]]:
    return [found for reading in readings for found in reading.fixed if found[0] == kind]


def _turned(readings: list[_Reading], kind: str) -> bool:
    """Whether the scale is one of the lower word, from "not at all difficult" to "very difficult"."""
    lower = {reading.sign for reading in readings if reading.kind == kind} == {-1} and not _whole(readings, kind)
    denied = any(r.level is not None and r.level < _NEGATION and not r.neutral for r in readings)
    return lower and (denied or not _SIDES[kind][0])


def _enough(readings: list[_Reading], kind: str, rests: list[str]) -> bool:
    """Whether the words are proof enough: yes and no alone, or one strength of an unknown word, are not."""
    if kind == "likelihood":
        telling = [r for r in readings if r.words not in _ANSWERS and (r.fixed or not r.neutral)]
        return len(telling) > 1 or (len(telling) == 1 and len(readings) > 2)
    if kind:
        return True
    strong = sum(reading.level is not None and reading.level >= _NEGATION for reading in readings)
    bare = sum(reading.level is None and not reading.neutral for reading in readings)
    if any(rests):
        elliptic = sum(not (reading.rest or reading.alone or reading.neutral) for reading in readings)
        return len(readings) > 2 and strong > 1 and not elliptic and (not bare or (bare == 1 and "" not in rests))
    return strong > 0 and not bare


def _with_middle(places: list[float | None], negated: list[bool]) -> list[float] | None:
    """A neutral label beside one-sided degrees goes after every "not" or in the middle, if these agree."""
    values = sorted(value for value in places if value is not None)
    if len(values) < len(places):
        denials = sum(negated)
        middle = len(values) // 2 if len(values) % 2 == 0 else -1
        weak = sum(value <= 20 for value in values) > denials
        at = middle if middle > 0 and (weak or middle == denials) else 0 if weak else denials
        if not 0 < at < len(values):
            return None
        return [(values[at - 1] + values[at]) / 2 if value is None else value for value in places]
    return values and [value for value in places if value is not None]


def _mirrored(readings: list[_Reading]) -> tuple[list[float], str, str] | None:
    """Two rests with the same strengths on both sides, at most one label between them; neither side is better."""
    sides: dict[str, set[float]] = {}
    for reading in readings:
        if not reading.neutral:
            level = _PLAIN if reading.level is None else reading.level
            sides.setdefault(f"{reading.kind} {reading.rest}", set()).add(level)
    if (
        len(sides) != 2
        or sum(bool(reading.neutral) for reading in readings) > 1
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
