"""Which cuts a tally has, and whether they fit: what lies within what, sizes in numbers.

See docs/methods/tally.md, "Cuts"."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from dxkit.files.errors import DataError
from dxkit.survey.reading.segments import Cut, path, segments_of

__all__ = ["Cut", "path", "segments_of"]

_FEW = 0.05  # a group within another has fewer of its people there by a slip


def cuts_of(declared: Iterable[Cut], known: Sequence[str], inside: Sequence[str]) -> list[Cut]:
    """The declared cuts, the whole first, each crossed with the weighting cells `inside`."""
    found: dict[frozenset[str], Cut] = {}
    for one in ((), *declared):
        crossed = tuple(dict.fromkeys((*one, *inside)))
        found.setdefault(frozenset(crossed), crossed)
    if missing := [one for cut in found.values() for one in cut if one not in known]:
        raise DataError(f"segment {missing[0]!r} is not among the answers; they have {', '.join(known) or 'none'}")
    return list(found.values())


def crossing(segments: pd.DataFrame, cuts: Sequence[Cut], person: int, cell: int, memory: int) -> Cut | None:
    """The cross of all these cuts, or of as many of the first as fit, at so many bytes a person and a cell.

    It decides what may be shown of them. None where they need none, or one of them is it.
    """
    for count in range(len(cuts), 2, -1):  # the first is everybody
        cross = tuple(dict.fromkeys(name for cut in cuts[:count] for name in cut))
        if any(set(cross) == set(cut) for cut in cuts):
            return None
        if len(segments) * person + _groups(segments, cross) * (cell + 8 * len(cross)) <= memory:
            return cross
    return None


def _groups(segments: pd.DataFrame, cut: Cut) -> int:
    """How many groups a cut has at most."""
    return min(int(np.prod([float(len(segments[name].cat.categories)) for name in cut])), len(segments))


def check_size(segments: pd.DataFrame, cuts: Iterable[Cut], each: int, memory: int) -> None:
    """Refuse, before anything is counted, cuts whose groups need more memory, at so many bytes a group."""
    values = {name: len(segments[name].cat.categories) for name in segments}
    needed = {cut: _groups(segments, cut) for cut in cuts}
    if sum(needed.values()) * each <= memory:
        return
    cut = max(needed, key=lambda cut: needed[cut])
    most = max(cut, key=lambda name: values[name], default="")
    leave = f"leave out {most} ({values[most]:,} values), or raise memory=" if cut else "raise memory="
    groups = "1 group" if needed[cut] == 1 else f"{needed[cut]:,} groups"
    raise DataError(f"{shown(cut)} has {groups} and needs {amount(needed[cut] * each)}; {leave}")


def shown(cut: Sequence[str]) -> str:
    """A cut in words.

    >>> shown(["team", "role"]), shown([])
    ('the cut team x role', 'the whole')
    """
    return f"the cut {' x '.join(cut)}" if cut else "the whole"


def asking(cut: Sequence[str]) -> str:
    """A list with this one cut, as it is written.

    >>> asking(["team"]), asking(["team", "role"])
    ("['team']", "[['team', 'role']]")
    """
    return repr(list(cut) if len(cut) == 1 else [list(cut)])


def strays(groups: pd.DataFrame, people: np.ndarray, name: str, parent: str, least: int) -> list[str]:
    """Notes on labels of a segment that hardly ever lie within another group than they mostly do.

    >>> groups = pd.DataFrame({"division": ["A", "B"], "team": ["Red", "Red"]})
    >>> strays(groups, np.array([40, 1]), "team", "division", 5)
    ['Red: A (40), B (fewer than 5); correct the answers if it is one team']
    """
    within: dict[str, dict[str, int]] = {}
    for label, of, n in zip(groups[name], groups[parent], people.tolist(), strict=True):
        within.setdefault(label, {})[of] = within.get(label, {}).get(of, 0) + n
    notes = []
    for label, counted in sorted(within.items()):
        if len(counted) > 1 and min(counted.values()) < _FEW * sum(counted.values()):
            each = (f"{of} ({n:,})" if n >= least else f"{of} (fewer than {least})" for of, n in counted.items())
            notes.append(f"{label}: {', '.join(each)}; correct the answers if it is one {name}")
    return notes


def amount(size: float) -> str:
    """Bytes in words.

    >>> amount(5.1e9), amount(216_000_000), amount(900)
    ('5.1 GB', '216 MB', '1 MB')
    """
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{max(1, round(size / 1e6)):,} MB"
