"""One cell a person filled in: its text, number, time or yes and no, and how texts are compared."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import cast

import numpy as np
import pandas as pd

YES = ("yes", "y", "true", "1", "x")
NO = ("no", "n", "false", "0", "")
_TIME = re.compile(  # the year 1900 is what a spreadsheet makes of an empty cell; a zone of letters is not one offset
    r"(?!1900)(19|20|21)\d\d-\d\d-\d\d"
    r"([Tt\s]\s*(\d\d|\d{1,2}:\d\d(:\d\d([.,]\d+)?)?(\s?[AaPp][Mm])?)\s?(Z|z|UTC|GMT|[-+]\d\d(:?\d\d)?)?)?"
)
_ZONED_TIMES = re.compile(r"((?!1900)(19|20|21)\d\d-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[-+]\d\d:\d\d)(\n|\Z))+")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?")
_GROUPED = re.compile(r"[-+]?[1-9]\d{0,2}([,.' \u00a0\u202f]\d{3})+([.,]\d+)?")
_QUOTES = str.maketrans({"‘": "'", "’": "'", "‚": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-"})
_AT_ONCE = 10_000  # texts that are looked at together
_NO_TIME = cast(pd.Timestamp, pd.NaT)  # a column of times may hold either
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")


def as_text(value: object) -> str:
    """Any cell as stripped text: "" for missing, 4 for 4.0, the date for a midnight that has no zone.

    >>> as_text(4.0), as_text(None), as_text("  a "), as_text(True), as_text(4e15)
    ('4', '', 'a', 'TRUE', '4000000000000000')
    """
    if isinstance(value, str):
        return value.strip()
    if value is None or value is pd.NaT or value is pd.NA:
        return ""
    if isinstance(value, bool | np.bool_):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | np.floating):
        if np.isnan(value):
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else f"{value:.15g}"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value.is_finite() else ""
    if isinstance(value, pd.Timestamp):
        return str(value.date()) if value.tzinfo is None and value == value.normalize() else value.isoformat(sep=" ")
    return str(value).strip()


def visible(cell: str) -> str:
    """A stripped cell; "" where nothing in it can be seen."""
    text = cell.strip()
    return text if text.isascii() or normal(text) else ""


def all_visible(texts: list[str] | pd.Index) -> bool:
    """Whether `visible` surely leaves each of these as it is, told without a look at each: ASCII without white space.

    >>> all_visible(["r1", "r2"]), all_visible(["r1", "r 2"]), all_visible(["Zürich"])
    (True, False, False)
    """
    some = (texts[at : at + _AT_ONCE] for at in range(0, len(texts), _AT_ONCE))
    parts = ("\0".join(each if isinstance(each, list) else each.tolist()) for each in some)
    return all(part.isascii() and part.split(None, 1) == [part] for part in parts)


def quoted(text: str) -> str:
    """A cell as a message shows it: one word or a number; never a sentence, an address or anything long.

    >>> quoted("weekly"), quoted("EUR 1,234.50"), quoted("ask Bob")
    ("'weekly'", "'EUR 1,234.50'", 'the text here')
    """
    plain = text.strip()
    short = len(plain) <= 20 and (len(plain.split()) < 2 or any(map(str.isdigit, plain))) and "@" not in plain
    return f"'{plain}'" if short else "the text here"


def number(text: str) -> tuple[float, str | None]:
    """A number a person typed, or what is wrong with it. A decimal comma is accepted where it can mean nothing else.

    >>> number("1,5"), number("12.50")
    ((1.5, None), (12.5, None))
    >>> number("1,234")[1]
    "'1,234' may be 1234 or 1.234; write it without thousands separators and with a decimal point"
    """
    shown, plain = quoted(text), text.strip().replace("\u2212", "-")
    if _GROUPED.fullmatch(plain) and not re.fullmatch(r"[-+]?\d+\.\d+", plain):
        if plain.count(",") == 1 and "." not in plain and " " not in plain:
            either = f"{shown} may be {plain.replace(',', '')} or {plain.replace(',', '.')}"
            return np.nan, f"{either}; write it without thousands separators and with a decimal point"
        return np.nan, f"{shown} has thousands separators; write the number without them"
    if re.fullmatch(r"[-+]?\d*,\d+", plain):
        plain = plain.replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        if plain.endswith("%"):
            return np.nan, f"{shown} is a percentage; write 0.12 for 12%"
        return np.nan, f"{shown} is not a number; write one such as 12.5"
    value = float(plain)
    if not np.isfinite(value):
        return np.nan, f"{shown} is too large for a number"
    return value, None


def numbers(texts: Iterable[str], units: str = "") -> dict[str, float]:
    """The numbers of a column by its format: `1.234,50` and `2,5`, or `1,234.50` and `2.5`; `~2` is about two.

    What may stand behind a number is the pattern `units`. Texts that are no number, or may be two, are left out.

    >>> numbers(["1.234", "2,5", "~3"]), numbers(["1.234,50", "2 h", "5-6"], "h"), numbers(["1,234"])
    ({'1.234': 1234.0, '2,5': 2.5, '~3': 3.0}, {'1.234,50': 1234.5, '2 h': 2.0}, {})
    """
    bare = {}
    for text in texts:
        if any(letter.isdigit() and not letter.isdecimal() for letter in text):
            continue  # as in 2²
        found = re.fullmatch(rf"[~≈]?\s*([-+]?\d[\d.,' ]*)\s*(?:{units})?", folded(text))
        if found and (parts := re.split(r"([.,])", re.sub(r"(?<=\d)[' ](?=\d{3}(?!\d))", "", found[1].strip()))):
            bare[text] = parts
    signs = {sign for parts in bare.values() if (sign := _decimal_sign(parts))}
    values = {}
    for text, parts in bare.items():
        sign = _decimal_sign(parts) or (next(iter(signs)) if len(signs) == 1 else "")
        if len(parts) > 1 and not sign:
            continue
        plain = "".join(parts).replace("." if sign == "," else ",", "").replace(",", ".")
        groups = [digits for mark, digits in zip(parts[1::2], parts[2::2], strict=True) if mark != sign]
        if _NUMBER.fullmatch(plain) and all(len(digits) == 3 for digits in groups):
            values[text] = float(plain)
    return values


def _decimal_sign(parts: Sequence[str]) -> str:
    """The decimal sign that a number shows by itself; "" where it has none, or where it may mean thousands."""
    marks, last = parts[1::2], parts[-1]
    if not marks:
        return ""
    if len(set(marks)) == 2:
        return marks[-1] if marks.count(marks[-1]) == 1 else ""
    if len(marks) > 1:
        return "." if marks[0] == "," else ","
    return marks[0] if len(last) != 3 or parts[0].lstrip("+-") in ("", "0") or len(parts[0].lstrip("+-")) > 3 else ""


def timestamp(value: object, timezone: str = "UTC") -> tuple[pd.Timestamp, str | None]:
    """A time in UTC (NaT for an empty cell), or what is wrong with it. The year comes first. A clock hour that occurs
    twice is the first of the two; one that is skipped is the next that exists.

    >>> timestamp("2026-01-31 14:00", "Europe/Berlin")
    (Timestamp('2026-01-31 13:00:00+0000', tz='UTC'), None)
    >>> timestamp("31/01/2026")[1]
    "write the time as 2026-01-31T14:00+01:00, not '31/01/2026'"
    """
    text = as_text(value)
    if not text:
        return _NO_TIME, None
    problem = f"write the time as 2026-01-31T14:00+01:00, not {quoted(text)}"
    if not _TIME.fullmatch(text):
        return _NO_TIME, problem
    try:
        stamp = pd.Timestamp(text.replace(",", "."))
        if stamp.tzinfo is None:
            stamp = stamp.tz_localize(timezone, ambiguous=True, nonexistent="shift_forward")
        return cast(pd.Timestamp, stamp.tz_convert("UTC").as_unit("ns")), None
    except (ValueError, TypeError, OverflowError):
        return _NO_TIME, problem


def timestamps(texts: pd.Series) -> pd.Series | None:
    """A column of times that all name their offset in one form, read at once as `timestamp` reads each; else None.

    >>> timestamps(pd.Series(["2026-01-31T14:00+01:00", "2026-02-01T09:30Z"]))[0]
    Timestamp('2026-01-31 13:00:00+0000', tz='UTC')
    >>> timestamps(pd.Series(["2026-01-31"])) is None
    True
    """
    if not len(texts) or not _ZONED_TIMES.fullmatch("\n".join(texts)):
        return None
    try:
        return pd.Series(pd.DatetimeIndex(pd.to_datetime(list(texts), utc=True, format="ISO8601")).as_unit("ns"))
    except (ValueError, OverflowError):
        return None


def folded(text: object) -> str:
    """Fold a name, so that two that a person takes for one are equal: case, spaces of every sort, invisible characters,
    curly quotes, dashes. Its end punctuation stays, because in a name it counts: `C` is not `C*`.

    >>> folded("  Team\\u00a0NAME* "), folded("Zoe\\u2019s") == folded("zoe's")
    ('team name*', True)
    """
    plain = str(text)
    if not plain.isascii():
        plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", plain)).translate(_QUOTES)
    return " ".join(plain.split()).casefold()


def normal(text: object) -> str:
    """Fold a label or a question as `folded` does, without its end punctuation, which tools add and people forget.

    >>> normal("  Strongly\\u00a0AGREE. ") == normal("strongly agree")
    True
    """
    text = folded(text)
    return text.rstrip(".:;,!?* ") or text
