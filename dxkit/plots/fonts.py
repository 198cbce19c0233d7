"""Which installed font has a character that DejaVu Sans lacks, and which one to install where none has it."""

import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from functools import cache

from matplotlib import font_manager, ft2font

BASE = "DejaVu Sans"
BOX = "\u25a1"
_FIRST = (
    *("Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", "Yu Gothic", "Meiryo", "MS Gothic"),
    *("IPAexGothic", "IPAGothic", "Source Han Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei"),
    *("WenQuanYi Zen Hei", "Noto Sans CJK KR", "Apple SD Gothic Neo", "Malgun Gothic"),
)
# boxes, bitmaps, parts of others
_NEVER = ("last resort", "lastresort", "adobe blank", "color", "nonunicode", "stixsize")
_HAN = ("CJK", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC", "FULLWIDTH", "HALFWIDTH", "BOPOMOFO")


@cache
def family_with(character: str) -> str | None:
    """The family that draws a character: DejaVu Sans, else an installed one that has it; None where none has."""
    return next((family for family in _families() if ord(character) in _characters(family)), None)


def families_for(text: str) -> list[str]:
    """DejaVu Sans, then the families that the text needs besides it."""
    found = dict.fromkeys(family_with(character) for character in text if not character.isspace())
    return [BASE, *(family for family in found if family not in (None, BASE))]


def has_bold(family: str) -> bool:
    """Whether a family has a bold face; without one matplotlib would complain about a bold title."""
    return any(
        entry.name == family and str(entry.weight) in ("600", "700", "bold", "semibold", "demibold")
        for entry in font_manager.fontManager.ttflist
    )


def to_install(characters: set[str]) -> str:
    """The fonts to install for these characters, as a sentence of a note names them."""
    return " and ".join(dict.fromkeys(_font_of(character) for character in sorted(characters)))


def _font_of(character: str) -> str:
    script = unicodedata.name(character, "").split(" ")[0].split("-")[0]
    if script in _HAN:
        return "Noto Sans CJK"
    if script == "HANGUL":
        return "Noto Sans CJK KR"
    return f"Noto Sans {script.capitalize()}" if unicodedata.category(character)[0] in "LM" else "Noto Emoji"


def _families() -> Iterator[str]:
    installed = _installed()
    yield BASE
    yield from (family for family in _FIRST if family in installed)
    yield from sorted(family for family in installed if family != BASE and family not in _FIRST)


@cache
def _installed() -> dict[str, str]:
    """The file of each upright family that may be used, also of one installed since matplotlib made its list."""
    manager = font_manager.fontManager
    for path in set(font_manager.findSystemFonts()) - {entry.fname for entry in manager.ttflist}:
        with suppress(Exception):  # a file that matplotlib cannot read as a font
            manager.addfont(path)
    return {
        entry.name: entry.fname
        for entry in manager.ttflist
        if entry.style == "normal" and not any(word in entry.name.lower() for word in _NEVER)
    }


@cache
def _characters(family: str) -> frozenset[int]:
    path = font_manager.findfont(BASE) if family == BASE else _installed()[family]
    try:
        return frozenset(ft2font.FT2Font(path).get_charmap())
    except (OSError, RuntimeError):  # a file that is gone or broken since matplotlib listed it
        return frozenset()
