"""Whether two names mean one owner: a catalog's `group:default/shop`, a CODEOWNERS file's `@org/shop`.

See docs/methods/catalog.md, "Owners"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from dxkit.files.errors import DataError

Aliases = Mapping[str, str]


class Owner(NamedTuple):
    """A name without kind and @, and the namespace or organisation before it ("" for none)."""

    name: str
    space: str


def owner_of(text: str) -> Owner:
    """The name of an owner.

    >>> owner_of("group:default/Team-A"), owner_of("@Org/team-a"), owner_of("alice@example.com").name
    (Owner(name='team-a', space=''), Owner(name='team-a', space='org'), 'alice')
    """
    plain = text.strip().casefold()
    if re.fullmatch(r"[^@\s/]+@[^@\s]+", plain):
        return Owner(plain.split("@")[0], "")
    plain = re.sub(r"^(group|user|team):", "", plain.removeprefix("@"))
    space, _, name = plain.rpartition("/")
    return Owner(name, "" if space == "default" else space)


def agree(catalog: str, codeowners: list[str], aliases: Aliases) -> bool:
    """Whether the catalog's owner is among those of CODEOWNERS, by name; by an alias, where one is declared."""
    joined = aliases.get(catalog.strip().casefold())
    ours = owner_of(catalog)
    for each in codeowners:
        theirs = owner_of(each)
        if joined is not None and each.strip().casefold() == joined:
            return True
        if ours.name == theirs.name and (not ours.space or not theirs.space or ours.space == theirs.space):
            return True
    return False


def checked(aliases: Aliases | None) -> dict[str, str]:
    """Aliases, folded; refused where they are not names."""
    if aliases is None:
        return {}
    texts = isinstance(aliases, Mapping) and all(isinstance(text, str) for pair in aliases.items() for text in pair)
    if not texts:
        raise DataError("aliases: give a dict such as {'group:payments/platform': '@org/platform'}")
    return {ours.strip().casefold(): theirs.strip().casefold() for ours, theirs in aliases.items()}
