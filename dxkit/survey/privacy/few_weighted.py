"""Weighted figures of a few: exact ones give whole answers away, and some rounded ones still do.

See docs/methods/anonymity.md, "Ends of the scale"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from dxkit.statistics.moments import ratio

FEW_WEIGHTED = 30  # answers from which on weighted means are exact
_ENUMERATED = 8  # answers up to which all choices are tried
_MOST_ANSWERS = 21  # above it so many choices fit a rounded mean that none is pinned
UNIT = 0.001  # of the scale
_TINY = 1e-9
_SAME = 1e-9  # of the largest weight: so near are two weights one


def few_and_different(n: np.ndarray, differ: np.ndarray) -> np.ndarray:
    """Groups of so few answers with different weights that exact weighted figures would give answers away."""
    return differ & (n < FEW_WEIGHTED)


def rounded(
    values: np.ndarray, n: np.ndarray, differ: np.ndarray, step: np.ndarray | float, unit: np.ndarray | float = UNIT
) -> np.ndarray:
    """Weighted means of few answers with different weights, on a scale from 0 to 1: to 0.001; of up to 8 answers to a
    tenth of what lies between two of them (nan where there is no step), less than one person can move them.

    Exact ones give away the answers: few whole numbers fit.

    >>> n, mean = np.array([7, 12, 30]), np.array([0.51234, 0.51234, 0.51234])
    >>> rounded(mean, n, np.array(True), 0.25).round(6).tolist()
    [0.5, 0.512, 0.51234]
    """
    return np.where(few_and_different(n, differ), _to_units(values, _unit(n, step, unit)), values)


def rounded_ends(
    low: np.ndarray,
    high: np.ndarray,
    n: np.ndarray,
    differ: np.ndarray,
    step: np.ndarray | float,
    unit: np.ndarray | float = UNIT,
) -> tuple[np.ndarray, np.ndarray]:
    """The ends of intervals, rounded like the means; an interval that would lose its width is rounded outwards.

    >>> low, high = np.array([0.501, 0.5]), np.array([0.504, 0.5])
    >>> [end.round(3).tolist() for end in rounded_ends(low, high, np.array([12, 12]), np.array(True), 0.25, 0.01)]
    [[0.5, 0.5], [0.51, 0.5]]
    """
    unit = _unit(n, step, unit)
    near_low, near_high = (rounded(end, n, differ, np.nan, unit) for end in (low, high))
    lost = (near_low == near_high) & (low < high - _TINY)
    return (
        np.where(lost, np.floor(low / unit + _TINY) * unit, near_low),
        np.where(lost, np.ceil(high / unit - _TINY) * unit, near_high),
    )


def _unit(n: np.ndarray, step: np.ndarray | float, unit: np.ndarray | float) -> np.ndarray:
    return np.where((n <= _ENUMERATED) & ~np.isnan(step), np.asarray(step) / 10, unit)


def _to_units(values: np.ndarray, unit: np.ndarray | float) -> np.ndarray:
    """Values to the nearest unit; what is halfway up to the last digits of a sum goes up, on every machine."""
    return np.floor(values / unit + 0.5 + 1e-9) * unit


def pins_whole_answers(weights: np.ndarray, low: float, high: float, answers: int) -> bool:
    """Whether the weighted mean of a small group, known from low to high, leaves somebody one whole answer.

    Answers are 0 to `answers` - 1. People with equal weights are told apart by nobody, so only their sum counts: they
    are pinned where it is at an end. Sums of half of the weights are matched with sums of the others.

    >>> weights = np.sqrt([1, 2, 3, 5, 7])  # the answers 0, 4, 2, 3, 1 are the only ones with this mean
    >>> mean = weights @ [0, 4, 2, 3, 1] / weights.sum()
    >>> pins_whole_answers(weights, mean - 1e-9, mean + 1e-9, 5)
    True
    """
    weights = np.sort(weights)  # two that differ in the last digits of a sum are one, on every machine
    first = np.flatnonzero(np.append(True, np.diff(weights) > _SAME * weights[-1]))
    people = np.diff(np.append(first, len(weights)))
    value = np.add.reduceat(weights, first) / people
    most = people * (answers - 1)
    total = weights.sum()
    choices = [_choices(tuple(most[i::2].tolist())) for i in (0, 1)]
    halves = [(chosen @ value[i::2], chosen) for i, chosen in enumerate(choices)]
    feasible: list[np.ndarray] = [np.zeros(each + 1, dtype=bool) for each in most]
    for i in (0, 1):
        (mine, chosen), (theirs, _) = halves[i], halves[1 - i]
        theirs = np.sort(theirs)
        start = np.searchsorted(theirs, low * total - mine - _TINY)
        meets = start < np.searchsorted(theirs, high * total - mine + _TINY, side="right")
        for j, column in enumerate(chosen.T):
            feasible[2 * j + i][column[meets]] = True
    for possible, count, end in zip(feasible, people, most, strict=True):
        values = np.flatnonzero(possible)
        if not len(values) or values[-1] == 0 or values[0] == end or (count == 1 and len(values) == 1):
            return True
    return False


@lru_cache(maxsize=8)
def _choices(most: tuple[int, ...]) -> np.ndarray:
    """Every choice of a whole number up to each of these (N, J)."""
    ends = [each + 1 for each in most]
    return np.indices(ends).reshape(len(ends), int(np.prod(ends))).T.copy()


@dataclass(frozen=True, eq=False, kw_only=True)
class Whole:
    """Whole answers to one question by cell, 0 to `top`: how many (C,), their weighted sum, the sum of their weights,
    and whether those of a cell have one weight."""

    n: np.ndarray
    sums: np.ndarray
    weight: np.ndarray
    alike: np.ndarray
    top: int


def unpinned(cuts: Sequence[np.ndarray], shown: Sequence[np.ndarray], each: Whole) -> list[np.ndarray]:
    """Which figures stay shown (G,), of each cut: none whose rounded mean leaves one of up to 8 people one answer.

    A few people are known from the figure of their group, and from that of a larger group less all groups of a cut that
    lie within it. Where that pins somebody, their own figure is hidden, else the smallest of those taken off.
    """
    kept = [flags.copy() for flags in shown]
    if each.top >= _MOST_ANSWERS:
        return kept
    groups, free = [_Groups.of(cut, each) for cut in cuts], set()
    within = [[one.within(larger) for one in groups] for larger in groups]
    while True:
        for key, (members, low, high, hide) in _known(groups, within, kept).items():
            if (key, low, high) not in free and _pins(each, members, low, high):
                kept[hide[0]][hide[1]] = False
                break
            free.add((key, low, high))
        else:
            return kept


@dataclass(frozen=True, eq=False, kw_only=True)
class _Groups:
    """The groups of a cut: the group of each cell that answered, else -1; answers, sums of weights, weighted sums as
    the shown means have them, and how far these may be from the true ones."""

    cut: np.ndarray
    n: np.ndarray
    weight: np.ndarray
    sums: np.ndarray
    half: np.ndarray

    @classmethod
    def of(cls, cut: np.ndarray, each: Whole) -> _Groups:
        size = int(cut.max(initial=-1)) + 1
        n, weight, sums = (np.bincount(cut, values, size) for values in (each.n, each.weight, each.sums))
        there = (each.n > 0) & (each.weight > 0)
        one = ratio(each.weight, each.n)
        least, most = np.full(size, np.inf), np.zeros(size)
        np.minimum.at(least, cut[there], one[there])
        np.maximum.at(most, cut[there], one[there])
        unlike = np.bincount(cut, there & ~each.alike, size) > 0
        rough = few_and_different(n, unlike | (most > least * (1 + _TINY)))
        mean = ratio(sums, weight)
        unit = np.where(n <= _ENUMERATED, 0.1, UNIT * each.top)
        return cls(
            cut=np.where(there, cut, -1),
            n=np.bincount(cut, np.where(there, each.n, 0), size),
            weight=weight,
            sums=weight * np.where(rough, _to_units(mean, unit), mean),
            half=np.where(rough, weight * unit / 2, 0.0),
        )

    def within(self, larger: _Groups) -> np.ndarray:
        """The group of a larger cut that each group lies in; -1 where it is in several, or is one of them."""
        size, there = len(self.n), self.cut >= 0
        low, high = np.full(size, len(larger.n)), np.full(size, -1)
        np.minimum.at(low, self.cut[there], larger.cut[there])
        np.maximum.at(high, self.cut[there], larger.cut[there])
        return np.where((low == high) & (self.n < larger.n[np.minimum(low, len(larger.n) - 1)]), low, -1)


def _known(
    groups: Sequence[_Groups], within: Sequence[Sequence[np.ndarray]], shown: Sequence[np.ndarray]
) -> dict[bytes, tuple]:
    """Sets of up to 8 answers whose sum follows: their cells, its least and largest value, and the figure to hide."""
    sets: dict[bytes, tuple] = {}

    def tell(members: np.ndarray, low: float, high: float, hide: tuple[int, int]) -> None:
        key = members.tobytes()
        _, before, after, first = sets.get(key, (members, -np.inf, np.inf, hide))
        sets[key] = members, max(low, before), min(high, after), first

    for c, (one, flags) in enumerate(zip(groups, shown, strict=True)):
        for g in np.flatnonzero(flags & (one.n > 0) & (one.n <= _ENUMERATED)).tolist():
            tell(one.cut == g, one.sums[g] - one.half[g], one.sums[g] + one.half[g], (c, g))
    for larger, there, lies in zip(groups, shown, within, strict=True):
        for d, (one, flags) in enumerate(zip(groups, shown, strict=True)):
            inside = np.where(flags & (one.n > 0), lies[d], -1)
            used = inside >= 0
            left = larger.n - np.bincount(inside[used], one.n[used], len(larger.n))
            for g in np.flatnonzero(there & (left <= _ENUMERATED) & (left < larger.n)).tolist():
                parts = np.flatnonzero(inside == g)
                smallest = int(parts[np.argmin(one.n[parts])])
                rest = (larger.cut == g) & ~np.isin(one.cut, parts)
                off, half = larger.sums[g] - one.sums[parts].sum(), larger.half[g] + one.half[parts].sum()
                if rest.any():
                    tell(rest, off - half, off + half, (d, smallest))
                    continue
                for part in parts[one.n[parts] <= _ENUMERATED].tolist():  # they are all of it, so each is the rest
                    about, beside = off + one.sums[part], half - one.half[part]
                    tell(one.cut == part, about - beside, about + beside, (d, part))
    return sets


def _pins(each: Whole, members: np.ndarray, low: float, high: float) -> bool:
    """Whether a sum of whole answers between these leaves somebody one answer."""
    n = each.n[members].astype(int)
    if not each.alike[members].all():
        return True  # whose weight is which is not known
    weights = np.repeat(each.weight[members] / n, n)
    total = float(weights.sum())
    mean = float(each.sums[members].sum()) / (each.top * total)
    if weights.max() <= weights.min() * (1 + _TINY) or not _TINY < mean < 1 - _TINY:
        return False  # equal weights, and ends of the scale, are for the rules of counts and of ends
    return pins_whole_answers(weights, low / total - _TINY, high / total + _TINY, each.top + 1)
