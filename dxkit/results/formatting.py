"""Numbers and labels as text, and in order, the same on every version of pandas and numpy."""

import math
import re
from decimal import Decimal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from dxkit.results import words

_LEVEL = 1e-9  # of the largest
_ALIKE = 100  # times, that errors of one unit differ at most
MISSING = "–"
MONEY_DIGITS = {f"money{digits}": digits for digits in (2, 3, 4)}
_LONGEST = 80
_LONGEST_LINE = 320
INSIDE_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[_./])")  # where one that is longer than a line may be broken
_LINE_ENDS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# some of these reverse the text that follows
_INVISIBLE = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


def tied(figures: ArrayLike) -> np.ndarray:
    """Figures (..., n) to be put in order: those that differ by a billionth of the largest are equal.

    What is equal but for rounding then keeps the order of its table on every machine: `sort_values(key=tied)`.

    >>> 0.1 + 0.2 > 0.3, np.argsort(-tied([0.3, 0.1 + 0.2, 0.5]), kind="stable").tolist()
    (True, [2, 0, 1])
    """
    figures = np.asarray(figures, dtype=float)
    largest = np.abs(figures).max(axis=-1, keepdims=True, initial=0.0, where=np.isfinite(figures))
    step = np.maximum(_LEVEL * largest, 1e-300)
    return np.round(figures / step) * step


def percent(p: float) -> str:
    """A probability as text, without 0% and 100%.

    >>> percent(0.999), percent(0.42)
    ('over 99%', '42%')
    """
    if math.isnan(p):
        return MISSING
    return words.percent_of(p) if 0.01 <= p <= 0.99 else words.say("format.over" if p > 0.99 else "format.under")


def two_digits(number: float) -> str:
    """A positive number rounded up to two digits.

    >>> two_digits(1_234.0), two_digits(7.2)
    ('1,300', '8')
    """
    step = 10 ** max(0, int(math.log10(number)) - 1)
    return f"{int(math.ceil(number / step) * step):,}"


def rounded_money(frame: pd.DataFrame, step: float | None = None) -> pd.DataFrame:
    """Amounts as text, to a step or else to two digits of the largest; `–` where there is none.

    >>> rounded_money(pd.DataFrame({"cost": [123_456.0, 7_890.0]}))["cost"].tolist()
    ['120,000', '10,000']
    """
    step = step or step_of(frame, 2)
    return frame.map(lambda value: MISSING if np.isnan(value) else words.number(round(value / step) * step))


def step_of(frame: pd.DataFrame, digits: int) -> float:
    """The last digit of the largest amount that has so many, at least 1.

    >>> step_of(pd.DataFrame({"cost": [123_456.0, 7_890.0]}), 2), step_of(pd.DataFrame({"cost": [12.5]}), 3)
    (10000.0, 1.0)
    """
    amounts = frame.select_dtypes("number").abs().to_numpy(dtype=float)
    most = float(np.max(amounts, initial=1.0, where=np.isfinite(amounts)))
    return 10.0 ** max(0, math.floor(math.log10(most)) + 1 - digits)


def estimate_decimals(frame: pd.DataFrame) -> list[int]:
    """Decimals of the estimates of each row, by unit: the last digit is at most twice the middle error.

    Where errors differ a hundredfold, the figures of a unit are of different things, and each row has its own.
    """
    if "se" not in frame:
        return [1] * len(frame)
    units = list(frame["unit"]) if "unit" in frame else [""] * len(frame)
    middle = {}
    for unit in dict.fromkeys(units):
        errors = sorted(error for error, of in zip(frame["se"], units, strict=True) if of == unit and error > 0)
        alike = not errors or errors[-1] <= _ALIKE * errors[0]
        middle[unit] = (errors[len(errors) // 2] if errors else 0.05) if alike else None
    own = (error if middle[unit] is None else middle[unit] for error, unit in zip(frame["se"], units, strict=True))
    return [min(2, max(0, math.ceil(round(-math.log10(2 * error), 9)))) if error > 0 else 1 for error in own]


def formatted(column: pd.Series, kind: str, digits: list[int], step: float = 1.0) -> list[str]:
    """The cells of a column as text; `digits` are the decimals of an estimate in each row, `step` the last digit of
    rounded money."""
    return [_format(value, kind, places, step) for value, places in zip(column.tolist(), digits, strict=True)]


def _format(value: object, kind: str, digits: int, step: float) -> str:
    """A cell. Rounding to nine places first keeps the last bits, which differ between versions, out of the text."""
    value = value.item() if isinstance(value, np.generic) else value
    if pd.api.types.is_scalar(value) and bool(pd.isna(value)):  # type: ignore[arg-type]  # is_scalar saw to it
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if kind == "text" or not isinstance(value, int | float | Decimal):
        text = _signed(f"{round(value, 9):.12g}") if isinstance(value, float) else str(value)
        return shortened(text.removesuffix(" 00:00:00"), _LONGEST)
    number = round(float(value), 9)
    if math.isinf(number):
        return "∞" if number > 0 else "-∞"
    if kind == "share":
        return _signed(f"{100 * number:.0f}%")
    if kind == "p":
        return "<0.001" if 0 <= number < 0.001 else f"{number:.3f}" if number < 0.01 else f"{number:.2f}"
    if kind in MONEY_DIGITS:
        return _signed(f"{round(number / step) * step:,.0f}")
    decimals = {"count": 0, "money": 0, "index": 0, "hours": 1, "estimate": digits}
    return _signed(f"{number:,.{decimals.get(kind, 0 if number == int(number) else 2)}f}")


def _signed(text: str) -> str:
    """Zero has no sign."""
    return text[1:] if re.fullmatch(r"-0(\.0*)?%?", text) else text


def interval_text(low: str, high: str) -> str:
    """Both ends of an interval.

    >>> interval_text("13%", "64%")
    '13 to 64%'
    """
    if MISSING in (low, high):
        return MISSING
    return f"{low.rstrip('%')} to {high}"


def heading_of(name: str) -> str:
    """What stands above a column of this name."""
    return shortened(name.replace("_", " "), _LONGEST)


def one_line(text: str) -> str:
    """One line without control characters."""
    return shortened(text, _LONGEST_LINE)


def shortened(text: str, longest: int) -> str:
    """One line of at most so many characters."""
    line = " ".join(_LINE_ENDS.sub(" ", _INVISIBLE.sub("", text)).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def html_text(text: str) -> str:
    """One line in which nothing is HTML."""
    import html

    return html.escape(one_line(text), quote=True)


def markdown_text(text: str) -> str:
    """One line in which nothing is Markdown or HTML.

    >>> markdown_text("2*3 | <b>")
    '2\\\\*3 \\\\| \\\\<b\\\\>'
    """
    return re.sub(r"([\\`*_{}\[\]<>#|~$])", r"\\\1", one_line(text))
