"""The range that a question says to answer in."""

from __future__ import annotations

import re

_RATES = re.compile(r"\b(rate|rating|scale|escala|skala|échelle|bewert\w*|calific\w*|evalua\w*|note[rz]?)\b")
_IS = r"(?:is|are|being|means|meaning|es|significa|ist|bedeutet|est|[-=:–])"
_FROM_TO = re.compile(
    r"\b([01])\b\W{0,3}(?:\([^)]*\)\W{0,3})?(?:to|through|and|al?|y|bis|und|à|et|-|–|/)\W{0,3}(\d{1,2})\b(?! ?%)"
)
_ENDS = (
    re.compile(rf"\b(10|[3-9]) ?{_IS} ?\D{{3,80}}?\b([01]) ?{_IS}"),
    re.compile(rf"\b([01]) ?{_IS} ?\D{{3,80}}?\b(10|[3-9]) ?{_IS}"),
)


def stated_range(text: str) -> tuple[int, int] | None:
    """The ends of the range that a text names, with a word for each end or beside a word such as scale.

    >>> stated_range("Please rate it from 1 (worst) to 7 (best)"), stated_range("10 = great, 1 = awful")
    ((1, 7), (1, 10))
    >>> stated_range("How many people, 1 to 5?") is None
    True
    """
    words = text.casefold()
    found = next(filter(None, (pattern.search(words) for pattern in _ENDS)), None)
    if found is None and _RATES.search(words):
        found = _FROM_TO.search(words)
    low, high = sorted(map(int, found.groups())) if found else (0, 0)
    return (low, high) if low in (0, 1) and 3 <= high <= 10 else None
