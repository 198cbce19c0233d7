"""The options of a function, checked at the door: what is wrong with one is said before any work is done."""

import math
import operator
import os
import re
from collections.abc import Iterable, Sequence
from numbers import Real
from pathlib import Path
from typing import TypeVar

from dxkit.files.errors import DataError, suggest

_Kind = TypeVar("_Kind")


def confidence(value: object) -> float:
    """A confidence level, strictly between 0 and 1.

    >>> confidence(0.9)
    0.9
    >>> confidence(95)
    Traceback (most recent call last):
    dxkit.files.errors.DataError: confidence=95: write a level between 0 and 1, such as 0.95 for 95%
    """
    level = _real(value)
    if level is None or not 0 < level < 1:
        share = 0.95 if level is None or not 1 < level < 100 else level / 100
        raise _refused("confidence", value, f"write a level between 0 and 1, such as {share:g} for {100 * share:g}%")
    return level


def number(name: str, value: object, low: float = -math.inf, high: float = math.inf) -> float:
    """A finite number within bounds, which belong to it."""
    real = _real(value)
    if real is None or not math.isfinite(real) or not low <= real <= high:
        raise _refused(name, value, f"write a number{_between(low, high)}")
    return real


def whole(name: str, value: object, low: int | None = None, high: int | None = None) -> int:
    """A whole number within bounds, which belong to it.

    >>> whole("top", 3, 1), whole("draws", 2.0**14, 1_024)
    (3, 16384)
    >>> whole("seed", -1, 0)
    Traceback (most recent call last):
    dxkit.files.errors.DataError: seed=-1: write a whole number of 0 or more
    """
    real = _real(value)
    if real is None or not real.is_integer() or (low is not None and real < low) or (high is not None and real > high):
        least, most = -math.inf if low is None else low, math.inf if high is None else high
        raise _refused(name, value, f"write a whole number{_between(least, most)}")
    return int(real) if isinstance(value, float) else operator.index(value)  # type: ignore[arg-type]  # _real saw to it


def choice(name: str, value: object, known: Sequence[str]) -> str:
    """One of the known words, spelled as they are.

    >>> choice("score", "taem", ["team", "site"])
    Traceback (most recent call last):
    dxkit.files.errors.DataError: score='taem': did you mean 'team'?
    """
    if isinstance(value, str) and value in known:
        return value
    raise _refused(name, value, suggest(value if isinstance(value, str) else "", known))


def choices(name: str, value: object, known: Sequence[str]) -> list[str]:
    """Several of the known words, from one word or a list of them; None gives none.

    >>> choices("by", "team", ["team", "site"]), choices("by", ["site", "team"], ["team", "site"])
    (['team'], ['site', 'team'])
    """
    if value is None:
        return []
    if isinstance(value, str):
        return [choice(name, value, known)]
    if not isinstance(value, Iterable):
        raise _refused(name, value, f"write a name or a list of names; {suggest('', known)}")
    return [choice(name, word, known) for word in value]


def flag(name: str, value: object) -> bool:
    """True or False.

    >>> flag("fpc", 1)
    Traceback (most recent call last):
    dxkit.files.errors.DataError: fpc=1: give True or False
    """
    return instance(name, value, bool, "True or False")


def memory_limit(value: object) -> int:
    """How much memory may be taken, in bytes, from a number of them or a text.

    >>> memory_limit("2 GB"), memory_limit("500MB"), memory_limit(10_000_000)
    (2147483648, 524288000, 10000000)
    >>> memory_limit("a lot")
    Traceback (most recent call last):
    dxkit.files.errors.DataError: memory='a lot': write a text such as '2 GB' or '500 MB', or a number of bytes
    """
    found = re.fullmatch(r"\s*(\d+\.?\d*)\s*([kmgt]?)i?b?\s*", value, re.IGNORECASE) if isinstance(value, str) else None
    real = _real(value) if found is None else float(found[1]) * 2.0 ** (10 * " kmgt".index(found[2].casefold() or " "))
    if real is None or not 1 <= real < math.inf:
        raise _refused("memory", value, "write a text such as '2 GB' or '500 MB', or a number of bytes")
    return int(real)


def writable_path(value: object) -> Path:
    """Where to write a file.

    >>> writable_path(3)
    Traceback (most recent call last):
    dxkit.files.errors.DataError: path=3: give the path of the file to write
    """
    return Path(instance("path", value, (str, os.PathLike), "the path of the file to write"))


def instance(name: str, value: object, kind: type[_Kind] | tuple[type[_Kind], ...], what: str) -> _Kind:
    """An object of this kind; `what` tells in words what is wanted and where one gets it.

    >>> instance("dossier", "dossier.xlsx", dict, "a dossier, from read_dossier")
    Traceback (most recent call last):
    dxkit.files.errors.DataError: dossier='dossier.xlsx': give a dossier, from read_dossier
    """
    if not isinstance(value, kind):
        raise _refused(name, value, f"give {what}")
    return value


def _real(value: object) -> float | None:
    """The value as a float where it is a number; True and False are not."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _between(low: float, high: float) -> str:
    if math.isinf(low) and math.isinf(high):
        return ""
    if math.isinf(high):
        return f" of {low:g} or more"
    if math.isinf(low):
        return f" of {high:g} or less"
    return f" from {low:,.15g} to {high:,.15g}"


def _refused(name: str, value: object, advice: str) -> DataError:
    plain = value is None or isinstance(value, str | Real)
    shown = (str(value) if isinstance(value, Real) else repr(value))[:60] if plain else f"<{type(value).__name__}>"
    return DataError(f"{name}={shown}: {advice}")
