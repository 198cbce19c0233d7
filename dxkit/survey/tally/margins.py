"""How many gave which answer in every group of a cut, counted from coded answers.

See docs/methods/tally.md, "What a tally holds"."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
import pandas as pd

from dxkit.statistics.moments import per_group
from dxkit.survey.reading.coded import Coded
from dxkit.survey.reading.roster import Roster
from dxkit.survey.tally.cuts import Cut
from dxkit.survey.tally.variables import Layout

ROWS = 65_536
_HELD = 2**22  # numbers that are held at once
_QUICK = 4_096  # groups that are counted as quickly as one
ARRAYS = ("people", "counts", "sums", "weighted_counts", "weighted_sums")


@dataclass(frozen=True, eq=False, kw_only=True)
class Margins:
    """What is counted of each of G groups; it adds up over parts of the people.

    With I items, K codes, S states, V columns that are no item with codes (`Layout.summed`):

    groups               a row per group, a column per segment, sorted
    people (G,)          respondents
    counts (G, I, K+S)   of every code of the item's scale, then of the states; answered there is a number between codes
    sums (G, V, 3)       n, sum and sum of squares about the origin
    weighted_counts (G, I, K+S, 2), weighted_sums (G, V, 3)   sums of w and w^2 of the same; of w, wx and w^2; with 0
                         in place of 2 and 3 where the file has no weights
    """

    groups: pd.DataFrame
    people: np.ndarray
    counts: np.ndarray
    sums: np.ndarray
    weighted_counts: np.ndarray
    weighted_sums: np.ndarray

    def __len__(self) -> int:
        return len(self.people)

    @property
    def weighted(self) -> bool:
        return self.weighted_sums.shape[2] > 0

    def of_item(self, i: int) -> np.ndarray:
        """The counts of an item, (G, K+S)."""
        return self.counts[:, i]

    def added(self, groups: pd.DataFrame, code: np.ndarray) -> "Margins":
        """The margins of these groups, of which every present one is a part, by its code (G,)."""
        add = per_group(code, len(groups))
        return Margins(groups=groups, **{name: add(getattr(self, name)) for name in ARRAYS})


@dataclass(frozen=True, eq=False, kw_only=True)
class Cross:
    """What is counted of each of the C cells of all declared cuts crossed: as `Margins`, but a byte an answer.

    Most cells hold one or two people, so that codes take less than how often each was given.

    codes (n, I)    the codes of everybody, cell after cell; within a cell those of every item have an order of their
                    own, so that no row is a person
    width           K + S
    """

    groups: pd.DataFrame
    people: np.ndarray
    codes: np.ndarray
    width: int
    sums: np.ndarray
    weighted_counts: np.ndarray
    weighted_sums: np.ndarray

    @property
    def weighted(self) -> bool:
        return self.weighted_sums.shape[2] > 0

    @cached_property
    def _cell(self) -> np.ndarray:
        """The cell of each respondent, (n,)."""
        return np.repeat(np.arange(len(self.people)), self.people)

    def of_item(self, i: int) -> np.ndarray:
        """The counts of an item, (C, K+S), those of a code side by side."""
        cells = len(self.people)
        at = self.codes[:, i].astype(np.int64) * cells + self._cell
        return np.bincount(at, minlength=self.width * cells).reshape(self.width, cells).T

    @classmethod
    def of(cls, parts: Sequence["Cross"], cut: Sequence[str]) -> "Cross":
        """The cells of these segments of all people."""
        labels = pd.concat([part.groups.reindex(columns=list(cut)) for part in parts], ignore_index=True)
        groups, code = grouped(labels, cut)
        add, people = per_group(code, len(groups)), np.concatenate([part.people for part in parts])
        arrays = {name: add(np.concatenate([getattr(part, name) for part in parts])) for name in ARRAYS[2:]}
        codes = in_cells(np.repeat(code, people), np.concatenate([part.codes for part in parts]), parts[0].width)
        return cls(groups=groups, people=add(people), codes=codes, width=parts[0].width, **arrays)


def in_cells(cell: np.ndarray, codes: np.ndarray, width: int) -> np.ndarray:
    """The codes (n, I) of respondents, cell after cell, those of every item in order within a cell.

    >>> in_cells(np.array([1, 0, 1]), np.array([[2, 0], [1, 1], [0, 2]]), 3).tolist()
    [[1, 1], [0, 0], [2, 2]]
    """
    order = np.argsort(cell, kind="stable")
    least = np.int32 if (int(cell.max(initial=0)) + 1) * width < 2**31 else np.int64
    start, found = (cell[order] * width).astype(least), np.empty(codes.shape[::-1], dtype=codes.dtype).T
    for i in range(codes.shape[1]):
        key = start + codes[:, i][order]
        key.sort()
        found[:, i] = key - start
    return found


def grouped(
    segments: pd.DataFrame, names: Sequence[str], roster: Roster | None = None
) -> tuple[pd.DataFrame, np.ndarray]:
    """The groups of a cut, sorted, and the group of each row, of a frame with a column per segment. Labels that a
    roster has come first, in its order.

    >>> frame = pd.DataFrame({"team": ["b", "a", "b"]}, dtype="category")
    >>> groups, code = grouped(frame, ["team"])
    >>> groups["team"].tolist(), code.tolist()
    (['a', 'b'], [1, 0, 1])
    """
    code = np.zeros(len(segments), dtype=np.int64)
    columns = {name: pd.Categorical(segments[name]) for name in names}
    labels = {name: each.categories.to_numpy(dtype=object) for name, each in columns.items()}
    for name, each in columns.items():
        known = roster.categories(name) if roster and name in roster.segments else []
        place = {label: f"{i:06d}" for i, label in enumerate(known)}
        order = np.array([place.get(label, label) for label in labels[name]], dtype=object) if place else labels[name]
        rank = np.empty(len(order), dtype=np.int64)
        rank[np.argsort(order, kind="stable")] = np.arange(len(rank))
        code = packed(code * len(rank) + rank.take(each.codes))
    count = int(code.max(initial=0)) + 1
    first = np.empty(count, dtype=np.int64)
    first[code[::-1]] = np.arange(len(code))[::-1]
    found = {name: labels[name].take(each.codes[first]) for name, each in columns.items()}
    return pd.DataFrame(found, index=range(count), dtype=object), code


def packed(code: np.ndarray) -> np.ndarray:
    """The same order with numbers from 0 on, none left out."""
    most = int(code.max(initial=0)) + 1
    if most > 4 * len(code) + 1_024:
        return np.unique(code, return_inverse=True)[1]
    present = np.bincount(code, minlength=most) > 0
    return (np.cumsum(present) - 1).take(code)


def chunks(count: int, width: int, least: int = 1) -> Iterator[slice]:
    """Slices of so many rows, each of which is held with so many columns."""
    step = max(least, min(ROWS, _HELD // max(width, 1)), 1)
    return (slice(start, min(start + step, count)) for start in range(0, count, step))


def counted(layout: Layout, coded: Coded, cuts: Sequence[Cut]) -> list[Margins]:
    """The margins of these cuts; small ones are counted together, as their cross, and added up from it."""
    made = [_Counting(layout, coded, cross) for cross in _crosses(layout, coded, cuts)]
    counts = [each.count_codes() for each in made]
    _add_sums(layout, coded, made)
    found = [Margins(counts=of, **each.arrays()) for of, each in zip(counts, made, strict=True)]
    return [smallest(found, cut) for cut in cuts]


def crossed(layout: Layout, coded: Coded, cut: Sequence[str]) -> Cross:
    """The cells of all declared cuts."""
    made, width = _Counting(layout, coded, cut), layout.values.shape[1]
    if made.weighted_counts.shape[3]:
        made.count_codes()
    _add_sums(layout, coded, [made])
    return Cross(codes=in_cells(made.code, coded.codes, width), width=width, **made.arrays())


def _add_sums(layout: Layout, coded: Coded, made: Sequence["_Counting"]) -> None:
    if len(layout.summed):
        for rows in chunks(len(coded), len(layout.summed) + len(layout.values)):
            values = layout.of(coded, rows, layout.summed) - layout.origin[layout.summed]
            for each in made:
                each.add_sums(rows, values)


def _crosses(layout: Layout, coded: Coded, cuts: Sequence[Cut]) -> list[Cut]:
    """The fewest cuts that all of these can be added up from, without crossing more groups than are quickly counted."""
    sizes = {name: len(coded.segments[name].cat.categories) for name in coded.segments}
    most = max(1, min(_QUICK, _HELD // max(layout.values.size, 1)))
    crosses: list[Cut] = []
    for cut in sorted(cuts, key=lambda cut: -prod(sizes[name] for name in cut)):
        for k, cross in enumerate(crosses):
            both = tuple(dict.fromkeys((*cross, *cut)))
            if len(both) == len(cross) or prod(sizes[name] for name in both) <= most:
                crosses[k] = both
                break
        else:
            crosses.append(cut)
    return crosses


def smallest(have: Iterable[Margins], cut: Sequence[str]) -> Margins:
    """The margins of a cut, as they are or added up from the smallest of those that have all of its segments."""
    fit = [margins for margins in have if set(cut) <= set(margins.groups.columns)]
    margins = min(fit, key=lambda margins: (margins.groups.shape[1], len(margins)))
    if list(margins.groups.columns) == list(cut):
        return margins
    return margins.added(*grouped(margins.groups, cut))


class _Counting:
    """The counts of one cut while they are made."""

    def __init__(self, layout: Layout, coded: Coded, cut: Sequence[str]):
        self.coded, weighed = coded, coded.weights is not None
        self.weights = np.empty(0) if coded.weights is None else coded.weights
        self.groups, self.code = grouped(coded.segments, cut)
        size, (items, width), extra = len(self.groups), layout.values.shape, len(layout.summed)
        self.sums = np.zeros((size, extra, 3))
        self.weighted_counts = np.zeros((size, items, width, 2 * weighed))
        self.weighted_sums = np.zeros((size, extra, 3 * weighed))

    def count_codes(self) -> np.ndarray:
        """Count the codes of all items, (G, I, K+S), and their weights."""
        size, items, width, _ = self.weighted_counts.shape
        counts, start = np.zeros((size, items, width), dtype=np.int32), self.code * width
        for i in range(items):
            found = np.zeros((1 + self.weighted_counts.shape[3], size * width))
            for rows in chunks(len(self.coded), 1, least=size * width):
                at = start[rows] + self.coded.codes[rows, i]
                found[0] += np.bincount(at, minlength=size * width)
                for power in range(1, len(found)):
                    found[power] += np.bincount(at, self.weights[rows] ** power, size * width)
            counts[:, i] = found[0].reshape(size, width)
            self.weighted_counts[:, i] = found[1:].reshape(-1, size, width).transpose(1, 2, 0)
        return counts

    def add_sums(self, rows: slice, values: np.ndarray) -> None:
        """Add the values about their origin (n, V) of these rows, nan for none."""
        code, size = self.code[rows], len(self.groups)
        for v in range(values.shape[1]):
            given = ~np.isnan(values[:, v])
            at, x = code[given], values[given, v]
            for k, each in enumerate((None, x, x**2)):
                self.sums[:, v, k] += np.bincount(at, each, size)
            if self.weighted_sums.shape[2]:
                w = self.weights[rows][given]
                for k, each in enumerate((w, w * x, w**2)):
                    self.weighted_sums[:, v, k] += np.bincount(at, each, size)

    def arrays(self) -> dict[str, Any]:
        """The fields of what is counted, but for the counts."""
        arrays = {name: getattr(self, name) for name in ARRAYS[2:]}
        return {"groups": self.groups, "people": np.bincount(self.code, minlength=len(self.groups)), **arrays}
