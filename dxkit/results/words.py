"""What results, pictures and pages say, in the language that is spoken: one table of sentences for each language."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from dxkit.files.shipped import table_beside

LANGUAGES = ("en", "de")
_language: ContextVar[str] = ContextVar("language", default=LANGUAGES[0])


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say everything in this language until the end of the block."""
    before = _language.set(language)
    try:
        yield
    finally:
        _language.reset(before)


@cache
def sentences(language: str) -> dict[str, str]:
    """The table of a language, by `part.name`."""
    return {
        f"{part}.{name}": said
        for part, each in table_beside(__file__, f"words_{language}.toml").items()
        for name, said in each.items()
    }


def say(key: str, **values: object) -> str:
    """A sentence of the table, with its values in their places.

    >>> say("scores.no_segment", segment="team")
    'By team no group differs from the others beyond chance'
    """
    return sentences(_language.get())[key].format(**values)


def spoken(key: str, otherwise: str) -> str:
    """A word of the table; what a file says where the table has no word for it.

    >>> spoken("axis.hours", "hours"), spoken("axis.km", "km")
    ('hours lost a week', 'km')
    """
    return sentences(_language.get()).get(key, otherwise)


def axis(kind: str, unit: str) -> str:
    """What a question of this kind is measured in; only a rating, or what is made of ratings, is good or bad.

    >>> axis("rating", "index"), axis("importance", "index"), axis("number", "km")
    ('score, 0 worst to 100 best', 'importance, 0 to 100', 'km')
    """
    return say("axis.importance") if kind == "importance" else spoken(f"axis.{unit}", unit)


def own_name(name: str, vendor: str = "all") -> str:
    """The name of a figure where it is clear whose it is.

    >>> own_name("Acme: seats", "Acme"), own_name("all: day rate of a user")
    ('seats', 'day rate of a user')
    """
    return name.removeprefix(f"{vendor}: ").removeprefix("all: ")


def number(value: float, decimals: int = 0, sign: str = "") -> str:
    """A number as the language writes it, with thousands; `sign` "+" for a change.

    >>> number(1234.5, 1), number(0.04, 1, "+")
    ('1,234.5', '+0.0')
    >>> with speaking("de"):
    ...     number(1234.5, 1)
    '1.234,5'
    """
    point, thousands = say("format.point"), say("format.thousands")
    return f"{value:{sign},.{decimals}f}".translate({ord("."): point, ord(","): thousands})


def percent_of(share: float) -> str:
    """A share from 0 to 1 in percent.

    >>> percent_of(0.424)
    '42%'
    """
    return say("format.percent", share=number(100 * share))


def listed(names: Sequence[str], most: int | None = None) -> str:
    """Several names in a row, and how many are left out.

    >>> listed(["CI", "docs"]), listed(["CI", "docs", "tests"], 1)
    ('CI and docs', 'CI and 2 more')
    """
    if most is not None and len(names) > most:
        names = [*names[:most], say("format.more", count=len(names) - most)]
    return f" {say('format.and')} ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
