"""Words that order answer labels, from `words.toml`: how strong, of which kind, how often, how much."""

import re
from collections.abc import Iterable, Mapping

from dxkit.files.shipped import table_beside


def spellings(text: str) -> list[str]:
    """The phrases of one entry.

    >>> spellings("not at all|none at all")
    ['not at all', 'none at all']
    """
    return [phrase.strip() for phrase in text.split("|") if phrase.strip()]


def by_phrase(table: Mapping[str, str]) -> dict[str, str]:
    """The key of each phrase in a table.

    >>> by_phrase({"50": "quite|pretty"})
    {'quite': '50', 'pretty': '50'}
    """
    return {phrase: name for name, text in table.items() for phrase in spellings(text)}


def levels(table: Mapping[str, str]) -> dict[str, float]:
    """The same where the keys are numbers."""
    return {phrase: float(level) for phrase, level in by_phrase(table).items()}


def any_of(phrases: Iterable[str]) -> str:
    """A pattern for any of these phrases, the longest first."""
    return "|".join(sorted(map(re.escape, phrases), key=len, reverse=True))


WORDS = table_beside(__file__, "words.toml")
FILLERS = frozenset(spellings(WORDS["lists"]["fillers"]))
