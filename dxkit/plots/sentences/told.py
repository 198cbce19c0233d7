"""What a picture says in words: one sentence with the verdict, and one that says how sure it is."""

import unicodedata
from collections.abc import Sequence, Sized
from typing import NamedTuple

from dxkit.results.words import say

_LONGEST = 300


class Told(NamedTuple):
    """The title of a picture, and what its text adds."""

    sentence: str
    how_sure: str = ""

    @property
    def alt(self) -> str:
        """Both, for those who cannot see the picture.

        >>> Told("no change holds", "22 compared").alt
        'No change holds. 22 compared.'
        """
        clean = [" ".join(visible(text).split()).rstrip(".") for text in self if text]
        return " ".join(f"{_short(text)[:1].upper()}{_short(text)[1:]}." for text in clean)


def visible(text: object) -> str:
    """Text without control and formatting characters, which no font draws."""
    return "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in str(text) if not _is_format(c))


def _is_format(character: str) -> bool:
    return unicodedata.category(character) == "Cf" or "\ufe00" <= character <= "\ufe0f"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"


def no_difference(segments: Sequence[str], level: str = "item") -> str:
    """What is said where nobody is told apart.

    >>> no_difference(["team"]), no_difference([])
    ('By team no group differs from the others beyond chance', 'No question differs from the others beyond chance')
    """
    if len(segments) == 1:
        return say("scores.no_segment", segment=segments[0])
    return say("scores.no_group" if segments else "scores.no_question" if level == "item" else "scores.no_dimension")


def nothing(rows: Sized | None = None) -> Told:
    """Where there is nothing to draw: all of it is hidden, or there are no rows."""
    return Told(say("picture.hidden" if rows is not None and len(rows) else "picture.nothing"))
