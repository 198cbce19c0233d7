"""Short ids for questions: the code of the column where it has one, else words of its text."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from dxkit.files.cells import normal
from dxkit.files.summary_rows import is_total
from dxkit.survey.reading.drafting.fields import Asked, Field, says

_LONGEST = 24


def short(text: str, longest: int = 60) -> str:
    """A text cut at a word.

    >>> short("How satisfied are you with the following?", 20)
    'How satisfied are'
    """
    plain = " ".join(text.split()).rstrip(" .:?")
    return plain if len(plain) <= longest else plain[: longest + 1].rpartition(" ")[0] or plain[:longest]


def name_items(asked: Iterable[Asked], fields: Sequence[Field], others: Iterable[str] = ()) -> None:
    """Give each question an id of its own that no column of another question has, and that is none of the others.

    None is the name of a row of totals, which no table may have."""
    codes: dict[str, set[int]] = {}
    for field in fields:
        for name in (field.column.code, field.column.stem):
            codes.setdefault(normal(name), set()).add(field.column.position)
    taken = set(map(normal, others))
    for each in asked:
        own = {field.column.position for field in each.fields}
        base = each.item or _base(each)
        name, count = base, 1
        while normal(name) in taken or codes.get(normal(name), own) - own or is_total(name):
            count += 1
            name = f"{base}_{count}"
        taken.add(normal(name))
        each.item = name


def _base(each: Asked) -> str:
    field = each.fields[0]
    code = field.column.code
    if len(each.fields) == 1 and code != field.column.stem and re.fullmatch(r"[A-Za-z][\w.\[\]]{0,30}", code):
        return code
    if len(each.fields) == 1 and re.fullmatch(r"[A-Za-z]\w{0,40}", field.column.stem) and not field.option:
        return field.column.stem
    line = field.option if len(each.fields) == 1 and field.option else ""
    return "_".join(
        filter(None, (_slug(field.stem if not line else field.stem, 12 if line else _LONGEST), _slug(line)))
    )


def _without_accent(letter: str) -> str:
    """A Latin letter without its accent; letters of other scripts are others without theirs.

    >>> _without_accent("é"), _without_accent("パ")
    ('e', 'パ')
    """
    plain = unicodedata.normalize("NFKD", letter)[:1]
    return plain if plain.isascii() else letter


def _slug(text: str, longest: int = _LONGEST) -> str:
    every = re.findall(r"\w+", "".join(map(_without_accent, re.sub(r"\([^)]*\)", " ", text).casefold())))
    words = [word for word in every if not says("stop", word)] or every
    name = ""
    for word in words:
        if name and len(name) + len(word) + 1 > longest:
            break
        name = f"{name}_{word}" if name else word[:longest]
    return name or ("" if not text else "question")
