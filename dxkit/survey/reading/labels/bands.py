"""Bands of time, number and percent: where each begins and ends, and the middle that stands for it."""

import math
import re
from collections import Counter
from dataclasses import dataclass, replace

from dxkit.survey.reading.labels.words import WORDS, by_phrase, levels, spellings

_NUMBER_WORDS, _UNITS = levels(WORDS["numbers"]), by_phrase(WORDS["units"])
_SECONDS = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0, "week": 604800.0, "month": 2629800.0}
_SECONDS |= {"quarter": 3 * _SECONDS["month"], "year": 12 * _SECONDS["month"]}
_UNITS_JA = re.compile("|".join(w for w in sorted(_UNITS, key=len, reverse=True) if ord(w[0]) > 0x3000) + "|人|円|万円")
_SAID = {name: "|".join(spellings(text)) for name, text in WORDS["bands"].items()}
_MARKS = (  # phrase -> one letter, before the words are looked up; the longest first
    ("P", rf"(?<!\w)(?:{_SAID['or_more']})(?!\w)|\+|以上|超|(?<=\d )plus(?!\w)"),
    ("M", rf"(?<!\w)(?:{_SAID['or_less']})(?!\w)|以下|未満|まで"),
    ("L", rf"(?<!\w)(?:{_SAID['below']})(?=[\W\d])"),
    ("G", rf"(?<!\w)(?:{_SAID['above']})(?=[\W\d])"),
    ("B", rf"(?<!\w)(?:{_SAID['between']})(?!\w)"),
    ("T", rf"(?<!\w)(?:{_SAID['to']})(?= (?:\d|(?:{'|'.join(_NUMBER_WORDS)})(?!\w)))|[-~〜～−]|から"),
)
_ZERO = re.compile(rf"({_SAID['zero']})( at all)?\b(?=$|\s*[,;:(-])")
_ONE = re.compile(r"(just|only) (me|myself|one)\b(?=$|\s*[,;:(-])")
_CURRENCY = re.compile(
    r"[$€£¥₹]|(?<![^\W\d])(?:(usd|eur|gbp|chf|inr|cad|aud|lkr|pkr|brl|zar|dollars?|euros?|rupees)(?!\w)|"
    r"(rs|kr|r\$)\.?(?=\s*\d))"
)
_THOUSANDS = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:([.,' ])\d{3})(?:\1\d{3})*(?![\d]|[.,]\d)")
_FILLERS = frozenset(_SAID["fillers"].split("|"))
_EACH = re.compile(  # the "a week" of "5 hours a week"
    r"^(.*\d.*(?<! to)(?<! and)(?<!-)(?<! than)) ?(?:per|an?|each|every|/|pro|par|por|al|am|in der|im) ?"
    rf"(?:{'|'.join(word for word in _UNITS if len(word) > 1 and word.isascii())})$"
)
_TOKEN = re.compile(r"\d+(?:\.\d+)?|%|[^\W\d_]+(?:'[^\W\d_]+)?|\S")
_SHAPE = re.compile(r"B?(?:(?P<exact>nu?)|(?P<range>nu?Tnu?)|(?P<below>Lnu?|nu?M)|(?P<above>Gnu?|nu?P|nPu|GnuP|BnuP))")


@dataclass(frozen=True)
class Band:
    """What one label covers; `high` is infinite for an open top, `kind` is exact, range, below or above."""

    low: float
    high: float
    kind: str
    unit: str
    rest: str
    inclusive: bool = True


def bands(texts: list[str]) -> tuple[list[float], str] | None:
    """The middle of every band and the unit of the middles; None if the texts are not bands that follow one another.

    >>> bands(["less than 1 hour", "1 to 2 hours", "3 to 5 hours", "more than 5 hours"])
    ([0.5, 1.5, 4.0, 6.0], 'hour')
    """
    read = []
    for text in texts:
        if (band := _band(text)) is None:
            return None
        read.append(band)
    units = Counter(band.unit for band in read if band.unit)
    rests = {band.rest for band in read if band.rest}
    if len(rests) > 1 or ("%" in units and len(units) > 1):
        return None
    open_or_range = any(band.kind != "exact" for band in read)
    if not open_or_range and not units or (not units and any(band.low % 1 for band in read if band.kind == "exact")):
        return None
    unit = max(units, key=lambda name: (units[name], _SECONDS.get(name, 0))) if units else ""
    return _middles(_in_unit(read, unit), unit)


def _in_unit(read: list[Band], unit: str) -> list[Band]:
    per = _SECONDS.get(unit, 1.0)
    factors = [_SECONDS.get(band.unit or unit, 1.0) / per for band in read]
    return [replace(b, low=b.low * f, high=b.high * f, unit=unit) for b, f in zip(read, factors, strict=True)]


def _middles(read: list[Band], unit: str) -> tuple[list[float], str] | None:
    """Middles in the order given, after the bands are put in order: they may touch but not overlap."""
    order = sorted(range(len(read)), key=lambda i: _place(read[i]))
    codes, end, width, below = [math.nan] * len(read), -math.inf, 0.0, 0
    for position, i in enumerate(order):
        band = read[i]
        following = read[order[position + 1]] if position + 1 < len(order) else None
        low = max(band.low, end) if band.kind == "below" else band.low
        below += band.kind == "below"
        if low < end - 1e-9 or (band.kind == "below" and position != below - 1 and read[order[0]].high > 0):
            return None
        high = band.high
        if math.isinf(high) and following is not None and following.kind == "above":
            high = following.low
        if math.isinf(high):
            step = width / 2 if width else (0.0 if band.inclusive else 1.0)
            codes[i], end = low + step, math.inf
        else:
            codes[i], width, end = (low + high) / 2, high - low, high
    placed = [codes[i] for i in order]
    if any(later <= earlier for earlier, later in zip(placed, placed[1:], strict=False)):
        return None
    return [float(f"{code:.10g}") for code in codes], unit


def _place(band: Band) -> tuple[float, float]:
    """Where a band sorts: open bottoms by their end, before the band that starts there."""
    place = (band.high, -1.0) if band.kind == "below" else (band.low, band.high)
    return round(place[0], 9), place[1]


def _band(text: str) -> Band | None:
    """One folded label as a band.

    >>> _band("$1,000 - $1,999")
    Band(low=1000.0, high=1999.0, kind='range', unit='', rest='', inclusive=True)
    """
    if _ZERO.match(text):
        return Band(0.0, 0.0, "exact", "", "")
    if _ONE.match(text):
        return Band(1.0, 1.0, "exact", "", "")
    if text == "same day":
        return Band(0.0, 1.0, "range", "day", "")
    plain = _CURRENCY.sub(" ", text)
    money = plain != text
    plain = re.sub(r"\b(bis|to) (unter|under|less than|below)\b", "to", plain)
    plain = _EACH.sub(r"\1", plain)
    plain = _THOUSANDS.sub(lambda found: re.sub(r"\D", "", found[0]), plain)
    plain = re.sub(r"(\d),(\d{1,2})(?!\d)", r"\1.\2", plain)
    plain = re.sub(r"(?<!\w)(an?|une?|una)(?= (?:single )?[^\W\d]+)", _one_before_unit, plain)
    plain = _UNITS_JA.sub(lambda found: f" {_UNITS.get(found[0], '')} ", plain)
    plain = re.sub(r"(?<=\d)\s?-(?=[^\W\d])", " ", plain) if re.search(r"\d-(year|month|day|week)", plain) else plain
    for letter, pattern in _MARKS:
        plain = re.sub(pattern, f" {letter} ", plain)
    shape, numbers, units, rest = "", [], [], []
    for token in _TOKEN.findall(plain):
        if token[0].isdigit():
            numbers.append(float(token))
            shape += "n"
        elif token in "BLGMPT":
            shape += token
        elif token in ("k", "m", "mio", "million") and numbers and (token == "k" or money or len(token) > 1):
            factor = 1e3 if token == "k" else 1e6
            numbers[-1] *= factor
            if len(numbers) == 2 and numbers[0] < numbers[1] / factor and shape.endswith("nTn"):
                numbers[0] *= factor
        elif token in _NUMBER_WORDS:
            numbers.append(_NUMBER_WORDS[token])
            shape += "n"
        elif token in _UNITS:
            units.append((len(numbers), _UNITS[token]))
            shape += "u"
        elif token[0].isalpha() and numbers:
            rest += [token.rstrip("s")] if token not in _FILLERS else []
        elif token not in (".,'/" if numbers else ".,'"):
            return None
    shape = shape.replace("uu", "u")
    found = _SHAPE.fullmatch(shape)
    if found is None or len(numbers) > 2:
        return None
    return _measured(found, shape, numbers, units, " ".join(rest))


def _measured(found: re.Match[str], shape: str, numbers: list[float], units: list, rest: str) -> Band | None:
    """A band from its numbers and units; the unit after the second number holds for the first that has none."""
    unit = units[-1][1] if units else ""
    kind = found.lastgroup or ""
    if kind == "range":
        first = next((name for place, name in units if place == 1), unit)
        low = numbers[0] * (_SECONDS.get(first, 1.0) / _SECONDS.get(unit, 1.0))
        return Band(low, numbers[1], kind, unit, rest) if low < numbers[1] else None
    if kind == "below":
        return Band(0.0, numbers[0], kind, unit, rest) if numbers[0] > 0 else None
    if kind == "above":
        return Band(numbers[0], math.inf, kind, unit, rest, inclusive="P" in shape)
    return Band(numbers[0], numbers[0], kind, unit, rest)


def _one_before_unit(found: re.Match[str]) -> str:
    word = re.match(r"(?: single)? ?([^\W\d]+)", found.string[found.end() :])
    return "1" if word and word[1] in _UNITS else found[0]
