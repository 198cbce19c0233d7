"""Conditions of questions in one simple form: `code = option`, joined by `and` or by `or`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from dxkit.files.errors import and_more

_TOKEN = re.compile(r"""'[^']*'|"[^"]*"|[()]|&&|\|\||\b(?:and|or)\b""", flags=re.IGNORECASE)
_WORDS = {"&&": "and", "||": "or"}
_DEEPEST = 20


def simple(expression: str, term: Callable[[str], str], depth: int = 0) -> str:
    """The condition in the common form; "" where it is more than comparisons joined by one word.

    `term` turns one comparison of the tool into `code = option`, or into "" where it cannot.

    >>> simple("((a) and (b))", str.upper), simple("a and (b or c)", str.upper)
    ('A and B', '')
    """
    pieces, words = _split(expression)
    if len(words) > 1 or depth > _DEEPEST:
        return ""
    if len(pieces) > 1:
        return joined((simple(piece, term, depth + 1) for piece in pieces), *words)
    text = pieces[0].strip()
    if text.startswith("(") and text.endswith(")"):
        return simple(text[1:-1], term, depth + 1)
    return term(text)


def joined(conditions: Iterable[str], word: str = "and") -> str:
    """Conditions that hold together; "" where one of them is not simple or joins by another word.

    >>> joined(["a = 1", "b = 2"]), joined(["a = 1 or b = 2", "c = 3"]), joined(["a = 1", ""])
    ('a = 1 and b = 2', '', '')
    """
    parts = list(dict.fromkeys(conditions))
    other = " or " if word == "and" else " and "
    mixed = len(parts) > 1 and any(other in part for part in parts)
    return "" if mixed or not all(parts) else f" {word} ".join(parts)


def unread(codes: list[str]) -> list[str]:
    """The note about questions whose condition is not simple."""
    return [f"conditions too complex to read, fill in asked_if yourself: {and_more(codes)}"] if codes else []


def _split(expression: str) -> tuple[list[str], set[str]]:
    """The pieces between words at the outermost level; several pieces mean one word or a set of different ones."""
    pieces, words, level, begin = [], set(), 0, 0
    for token in _TOKEN.finditer(expression):
        text = token[0].casefold()
        if text in "()":
            level += 1 if text == "(" else -1
        elif level == 0 and text[0] not in "'\"":
            pieces.append(expression[begin : token.start()])
            words.add(_WORDS.get(text, text))
            begin = token.end()
    return [*pieces, expression[begin:]], words
