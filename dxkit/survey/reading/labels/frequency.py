"""How often and how much, as one number to sort by: "rarely", rates such as "a few times a month", "most of it"."""

import math
import re

from dxkit.survey.reading.labels.words import FILLERS, WORDS, any_of, by_phrase, levels

_WORDS = levels(WORDS["frequencies"])
_WORD = re.compile(rf"(?<!\w)(?:{any_of(_WORDS)})(?!\w)")
_BESIDE_RATES = {0.0: 0.0, 5.0: 0.1, 10.0: 0.2, 95.0: 1e8}  # never and rarely come before any rate, always after
_PER_YEAR, _NUMBERS, _EDGE = WORDS["per_year"], WORDS["every"], WORDS["edges"]
_PERIODS, _COUNTS = by_phrase(WORDS["periods"]), levels(WORDS["times"])
_RATE = re.compile(
    r"(?<!\w)(?P<less>(?:less|fewer|less often|less frequently|rarer) than |weniger als |seltener als |moins d'|"
    r"moins de |menos de )?(?P<more>(?:more|more often|more frequently) than |over |mehr als |ofter als |plus d'|"
    r"plus de |mas de )?(?:at least |mindestens |au moins |al menos |about |around |approximately )?"
    rf"(?P<almost>almost |nearly |fast )?(?:(?:(?P<count>{any_of(_COUNTS)})|"
    r"(?P<low>\d+(?:\.\d+)?)(?: ?(?:-|to|or) ?(?P<high>\d+))?(?P<plus>\+| or more)?)"
    r"(?: ?times| ?mal| fois| veces|x| days?| tage?| jours?| dias?)? ?)?"
    r"(?P<per>an?|per|every|each|the|pro|par|por|al|a la|la|jede[nrs]?|tous les|chaque|toutes les|cada|"
    r"todos los|im|in der|in|/)? ?"
    rf"(?P<every>\d+|{any_of(_NUMBERS)})? ?(?P<period>(?:{any_of(_PERIODS)})(?:n|en|s)?)(?!\w)"
    r"(?P<upward> or more(?: often| frequently)?)?(?P<downward> or less(?: often| frequently)?)?"
)
_ARTICLES = ("a", "an", "the", "al", "la", "a la", "im", "in", "in der")  # "1 to 2 years" is not a rate
_JOINTS = re.compile(r"(?<!\w)(between|and|or|to|from)(?!\w)|[-/,]")
_QUANTITIES = levels(WORDS["quantities"])
_SIZES = [levels(WORDS[name]) for name in ("sizes", "occasions", "orders")]
_QUANTITY = re.compile(rf"(?<![\w'])(?:{any_of(_QUANTITIES)})(?!\w)")
_NOT_AMOUNTS = {"above", "other", "others", "not", "nicht", "pas", "no"}  # "all of the above", "not at all"


def frequencies(texts: list[str]) -> list[float] | None:
    """A number for every text that grows with how often it says; None if one of them says something else.

    >>> frequencies(["weekly", "never", "a few times a week"])
    [52.0, 0.0, 156.0]
    """
    values: list[float] = []
    vague: list[bool] = []
    rests = []
    for text in texts:
        text = text.replace("bi-weekly", "biweekly")
        found = _rate(text) or _word(text)
        if found is None:
            return None
        value, rest, is_word = found
        values.append(value)
        vague.append(is_word)
        left_over = rest if value else ""  # "I have never taken part"
        rests.append(_without_fillers(left_over))
    if not one_subject(rests):
        return None
    if not all(vague):
        if any(is_word and value not in _BESIDE_RATES for value, is_word in zip(values, vague, strict=True)):
            return None
        values = [_BESIDE_RATES[value] if is_word else value for value, is_word in zip(values, vague, strict=True)]
    return values


def quantities(texts: list[str]) -> list[float] | None:
    """How much of something: none, some, most, all, with the same words after it.

    >>> quantities(["most of it", "all of it", "some of it"])
    [75.0, 100.0, 30.0]
    """
    bare = [re.sub(r" or (?:more|less)$", "", text) for text in texts]
    for known in _SIZES:
        if len(texts) > 2 and known.keys() >= set(bare):
            return [known[text] for text in bare]
    places, rests = [], []
    for text in texts:
        found = _QUANTITY.findall(text)
        if len(found) != 1:
            return None
        places.append(_QUANTITIES[found[0]])
        rests.append(_without_fillers(_QUANTITY.sub(" ", text)))
    denied = _NOT_AMOUNTS & set(" ".join(rests).split())
    return places if one_subject(rests) and not denied else None


def one_subject(rests: list[str]) -> bool:
    """Whether the words left over are about one thing, which at least two labels name.

    >>> one_subject(["", "use it", "use it"]), one_subject(["", "use it", ""]), one_subject(["tests", "docs"])
    (True, False, False)
    """
    named = [rest for rest in rests if rest]
    return len(set(named)) <= 1 and len(named) != 1


def _without_fillers(text: str) -> str:
    return " ".join(word for word in re.findall(r"[^\W_]+", text) if word not in FILLERS)


def _word(text: str) -> tuple[float, str, bool] | None:
    found = _WORD.findall(text)
    if len(found) == 2 and text == f"{found[0]} or {found[1]}":
        return (_WORDS[found[0]] + _WORDS[found[1]]) / 2, "", True
    return (_WORDS[found[0]], _WORD.sub(" ", text), True) if len(found) == 1 else None


def _rate(text: str) -> tuple[float, str, bool] | None:
    if (edge := _EDGE.get(text.split(" (")[0])) is not None:
        return edge, "", False
    found = list(_RATE.finditer(text))
    if not 1 <= len(found) <= 2 or not all(map(_is_rate, found)):
        return None
    rest = _RATE.sub(" ", text)
    if len(found) == 2:
        rest = _JOINTS.sub(" ", rest)
    if re.search(r"\d", rest) or any(match["every"] and match["per"] in _ARTICLES for match in found):
        return None
    return math.prod(_per_year(match) for match in found) ** (1 / len(found)), rest, False


def _is_rate(match: re.Match[str]) -> bool:
    """Whether it says how often: once a week, weekly, every week; not "a week", which is how long."""
    if match["count"] or match["low"]:
        return match["per"] is not None or _is_adverb(match)
    return _is_adverb(match) or match["per"] not in (*_ARTICLES, None, "per", "pro", "par", "por", "/")


def _is_adverb(match: re.Match[str]) -> bool:
    return match["period"].endswith(("ly", "lich", "mente", "ment", "el", "al")) and match["low"] is None


def _per_year(match: re.Match[str]) -> float:
    period = match["period"]
    times = _PER_YEAR[next(_PERIODS[w] for w in (period, period[:-1], period[:-2]) if w in _PERIODS)]
    if match["count"]:
        times *= _COUNTS[match["count"]]
    elif match["low"]:
        low = float(match["low"])
        times *= (low + float(match["high"] or low)) / 2
    if match["every"]:
        times /= float(_NUMBERS.get(match["every"]) or match["every"])
    for name, factor in WORDS["factors"].items():
        times *= factor if match[name] else 1.0
    return times
