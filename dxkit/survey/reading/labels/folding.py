"""One spelling of a label for every rule: the common folding, without Latin accents and Japanese variants."""

import re
import unicodedata

from dxkit.files.cells import normal

_KANA = (
    ("全く", "まったく"),
    ("全然", "まったく"),
    ("言え", "いえ"),
    ("当てはま", "あてはま"),
    ("当て嵌ま", "あてはま"),
)
_ENDING = re.compile(r"\((?:e|ne|s|a|o|os|as|es)\)|[·/](?:a|e)(?!\w)")  # satisfait(e), satisfecho/a


def fold(label: object) -> str:
    """A label for comparing: case, spaces, punctuation at the end, accents and gender endings do not count.

    >>> fold("  Très SATISFAIT(E). "), fold("全くない")
    ('tres satisfait', 'まったくない')
    """
    text = normal(label)
    if not text.isascii():
        parts = unicodedata.normalize("NFD", text)
        text = unicodedata.normalize("NFC", "".join(c for c in parts if not "\u0300" <= c <= "\u036f"))
        for written, kana in _KANA:
            text = text.replace(written, kana)
    return _ENDING.sub("", text.replace("n/a", "na")) if "(" in text or "/" in text or "·" in text else text


def unbroken(text: str) -> str:
    """A pattern of a table that goes on in the next line, as one line."""
    return re.sub(r"(^|\n)\s+", "", text)
