"""Values of JSON that somebody else wrote: each is looked at as what it should be, or as nothing."""

from __future__ import annotations

from typing import Any


def as_dict(value: object) -> dict[str, Any]:
    """The object; an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """The list, or the values of an object that is used as one.

    >>> as_list({"0": "a"}), as_list(None)
    (['a'], [])
    """
    return value if isinstance(value, list) else list(as_dict(value).values())


def word(value: object) -> str:
    """A code or setting; "" for what is neither text nor a whole number.

    >>> word(3), word(" Q1 "), word(None), word(True)
    ('3', 'Q1', '', '')
    """
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
