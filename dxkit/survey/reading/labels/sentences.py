"""Labels that are sentences: what all of them begin with, and the one that says "this is not my case"."""

from __future__ import annotations

import re
from collections.abc import Sequence

_USE = (
    r"(?:us(?:e|ed|ing|o|amos|e)|do|done|doing|perform\w*|contribut\w*|attend\w*|work\w*|need\w*|utili[sz]\w*|benutz\w*|"
    r"verwend\w*|nutz\w*|espero usar)"
)
_UNUSED = re.compile(  # not used: the lowest step of how often
    rf"(?:(?:i|we) )?(?:(?:do|did|have|had|has|am|are|was|were) not|(?:do|did|have|had|has|was|were)n't|i'm not)"
    rf"(?: been| currently| yet)? {_USE}\b.*|(?:i|we) (?:have )?never (?:been )?{_USE}\b.*|"
    rf"(?:yo )?no (?:lo |la )?(?:uso|utilizo|usamos|espero usar)\b.*|(?:ich|wir) {_USE} .*\b(?:nicht|nie|keine?)\b.*|"
    r"je n'utilise (?:pas|jamais)\b.*"
)
_NOT_MINE = re.compile(  # the question is not about this person
    r"(?:i|we|i'm|i've|i'd|we're|we've|my \w+|our \w+) .*\b(?:not|never|n't|don't|didn't|haven't|wasn't|weren't|isn't|"
    r"no longer|unaware|stop|no)\b.*|(?:i'm|i am|we're|we are) (?:unaware|new|not)\b.*|"
    r"(?:yo )?(?:no|aun no|todavia no|nunca) (?:lo |la |me |se )?(?:uso|utilizo|usamos|espero|se|conozco|tengo|he|"
    r"siento)\b.*|planeo dejar\b.*|(?:ich|wir) .*\b(?:nicht|nie|keine?n?)\b.*|je n(?:e|')\s?.*\b(?:pas|jamais)\b.*"
)
_LATELY = re.compile(r"\b(?:in a while|recently|lately|any ?more|yet)\b")
_LEAST = 3  # labels that a common beginning is cut from


def is_unused(text: str) -> bool:
    """Whether a folded label says that somebody does not use or do the thing.

    >>> is_unused("i had not been using tools like these"), is_unused("i was not aware of the calls")
    (True, False)
    """
    return bool(_UNUSED.fullmatch(text)) and not _LATELY.search(text)


def is_not_mine(text: str) -> bool:
    """Whether a folded label is a sentence that says that the question is not about this person.

    >>> is_not_mine("i have never submitted a request"), is_not_mine("not so helpful")
    (True, False)
    """
    return len(text.split()) > 2 and (bool(_NOT_MINE.fullmatch(text)) or is_unused(text))


def after_beginning(texts: Sequence[str]) -> list[str]:
    """The folded labels without the words that all of them begin with.

    >>> after_beginning(["i expect it to increase", "i expect it to decrease", "i expect it to stay the same"])
    ['increase', 'decrease', 'stay the same']
    """
    words = [text.split() for text in texts]
    k = 0
    while len(words) >= _LEAST and all(len(each) > k + 1 and each[k] == words[0][k] for each in words):
        k += 1
    return [" ".join(each[k:]) for each in words] if k > 1 else list(texts)
