"""How often: words such as "rarely" and rates such as "a few times a month", as one number to sort by."""

from __future__ import annotations

import math
import re

FREQUENCIES: dict[float, str] = {
    0: "never|not at all|none of the time|not once|nie|niemals|jamais|nunca|at no time",
    5: (
        "almost never|hardly ever|very rarely|nearly never|very seldom|fast nie|sehr selten|presque jamais|casi nunca|"
        "tres rarement|very infrequently|muy raramente"
    ),
    10: (
        "rarely|seldom|infrequently|selten|rarement|rara vez|raramente|not often|not very often|hardly|"
        "a little of the time"
    ),
    20: (
        "occasionally|occassionally|occasionaly|"
        "once in a while|every now and then|now and then|gelegentlich|ab und zu|hin und wieder|"
        "de temps en temps|occasionnellement|ocasionalmente|de vez en cuando|from time to time"
    ),
    25: "sometimes|some of the time|manchmal|parfois|quelquefois|a veces|algunas veces",
    40: (
        "about half the time|about half of the time|half the time|half of the time|la mitad del tiempo|"
        "la moitie du temps|die halfte der zeit|fairly often|quite often|somewhat often"
    ),
    50: (
        "often|frequently|regularly|a good bit of the time|oft|haufig|regelmassig|souvent|frequemment|a menudo|"
        "frecuentemente|con frecuencia|muchas veces|regularmente|regulierement"
    ),
    60: (
        "very often|very frequently|sehr oft|sehr haufig|tres souvent|muy a menudo|muy frecuentemente|"
        "a lot of the time|"
        "extremely often|most often"
    ),
    70: (
        "usually|most of the time|mostly|generally|meistens|meist|la plupart du temps|generalement|normalmente|"
        "generalmente|la mayoria de las veces|mehrheitlich|much of the time"
    ),
    85: (
        "almost always|nearly always|nearly all the time|almost all the time|fast immer|presque toujours|casi siempre|"
        "nearly every time"
    ),
    95: (
        "always|all the time|all of the time|constantly|every time|immer|stets|standig|toujours|tout le temps|siempre|"
        "todo el tiempo|jedes mal|chaque fois|at all times"
    ),
}
_WORDS = {phrase: level for level, phrases in FREQUENCIES.items() for phrase in phrases.split("|")}
_WORD = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(map(re.escape, _WORDS), key=len, reverse=True))})(?!\w)")
_BESIDE_RATES: dict[float, float] = {
    0: 0.0,
    5: 0.1,
    10: 0.2,
    95: 1e8,
}  # never and rarely come before any rate, always after
_PER_YEAR = {"minute": 525600.0, "hour": 8760.0, "day": 365.0, "week": 52.0, "fortnight": 26.0, "month": 12.0}
_PER_YEAR |= {"quarter": 4.0, "year": 1.0}
_PERIODS = {
    word: period
    for period, words in {
        "minute": "minute",
        "hour": "hour hourly stunde stundlich heure hora",
        "day": "day daily workday weekday tag taglich jour quotidiennement dia diario diariamente 毎日",
        "week": "week weekly woche wochentlich semaine hebdomadaire semana semanalmente semanal 毎週",
        "fortnight": "fortnight fortnightly biweekly",
        "month": "month monthly monat monatlich mois mensuel mensuellement mes mensual mensualmente 毎月",
        "quarter": "quarter quarterly quartal trimestre trimestriel trimestral",
        "year": "year yearly annually jahr jahrlich an annee annuellement ano anual anualmente",
    }.items()
    for word in words.split()
}
_COUNTS = {
    phrase: count
    for count, phrases in {
        1.0: "once|one time|einmal|une fois|una vez|1x",
        1.5: "once or twice|one or two times|ein oder zwei mal",
        2.0: "twice|two times|zweimal|deux fois|dos veces|a couple of times|a couple times",
        3.0: "three times|a few times|few times|several times|multiple times|many times|mehrmals|plusieurs fois|"
        "varias veces|ein paar mal|quelques fois|several|multiple|mehrfach",
        4.0: "four times",
        5.0: "five times",
    }.items()
    for phrase in phrases.split("|")
}
_NUMBERS = {"few": 3.0, "couple of": 2.0, "other": 2.0, "second": 2.0, "two": 2.0, "three": 3.0, "four": 4.0}
_NUMBERS |= {"six": 6.0, "zwei": 2.0, "drei": 3.0, "deux": 2.0, "dos": 2.0}


def _any(words: dict[str, float] | dict[str, str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_RATE = re.compile(
    r"(?<!\w)(?P<less>(?:less|fewer|less often|less frequently|rarer) than |weniger als |seltener als |moins d'|"
    r"moins de |"
    r"menos de )?(?P<more>(?:more|more often|more frequently) than |over |mehr als |ofter als |plus d'|plus de |"
    r"mas de )?"
    r"(?:at least |mindestens |au moins |al menos |about |around |approximately )?(?P<almost>almost |nearly |fast )?"
    rf"(?:(?:(?P<count>{_any(_COUNTS)})|(?P<low>\d+(?:\.\d+)?)(?: ?(?:-|to|or) ?(?P<high>\d+))?(?P<plus>\+| or more)?)"
    r"(?: ?times| ?mal| fois| veces|x| days?| tage?| jours?| dias?)? ?)?"
    r"(?P<per>an?|per|every|each|the|pro|par|por|al|a la|la|jede[nrs]?|tous les|chaque|toutes les|cada|"
    r"todos los|im|in der|in|/)? ?"
    rf"(?P<every>\d+|{_any(_NUMBERS)})? ?(?P<period>(?:{_any(_PERIODS)})(?:n|en|s)?)(?!\w)"
    r"(?P<upward> or more(?: often| frequently)?)?(?P<downward> or less(?: often| frequently)?)?"
)
_EDGE = {"on demand": 1e7, "continuously": 1e7, "more often": 1e7, "less often": 0.3, "less frequently": 0.3}
_ARTICLES = ("a", "an", "the", "al", "la", "a la", "im", "in", "in der")  # "1 to 2 years" is not a rate
_JOINTS = re.compile(r"(?<!\w)(between|and|or|to|from)(?!\w)|[-/,]")


def frequencies(texts: list[str], fillers: frozenset[str]) -> list[float] | None:
    """A number for every text that grows with how often it says; None if one of them says something else.

    >>> frequencies(["weekly", "never", "a few times a week"], frozenset())
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
        rests.append(" ".join(word for word in re.findall(r"[^\W_]+", left_over) if word not in fillers))
    if not one_subject(rests):
        return None
    if not all(vague):
        if any(is_word and value not in _BESIDE_RATES for value, is_word in zip(values, vague, strict=True)):
            return None
        values = [_BESIDE_RATES[value] if is_word else value for value, is_word in zip(values, vague, strict=True)]
    return values


def one_subject(rests: list[str]) -> bool:
    """Whether the words left over are about one thing, which at least two labels name.

    >>> one_subject(["", "use it", "use it"]), one_subject(["", "use it", ""]), one_subject(["tests", "docs"])
    (True, False, False)
    """
    named = [rest for rest in rests if rest]
    return len(set(named)) <= 1 and len(named) != 1


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
    for name, factor in (
        ("less", 0.5),
        ("more", 1.5),
        ("plus", 1.2),
        ("almost", 0.8),
        ("upward", 1.2),
        ("downward", 0.8),
    ):
        times *= factor if match[name] else 1.0
    return times
