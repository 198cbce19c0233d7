"""Weighted figures of a few: exact ones give whole answers away, and some rounded ones still do.

See docs/methods/anonymity.md, "Ends of the scale"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np

FEW_WEIGHTED = 30  # answers from which on weighted means are exact
_ENUMERATED = 8  # answers up to which all choices are tried
_MOST_ANSWERS = 21  # above it so many choices fit a rounded mean that none is pinned
_UNIT = 0.001  # of the scale
_TINY = 1e-9


def few_and_different(n: np.ndarray, differ: np.ndarray) -> np.ndarray:
    """Groups of so few answers with different weights that exact weighted figures would give answers away."""
    return differ & (n < FEW_WEIGHTED)


def rounded(values: np.ndarray, n: np.ndarray, differ: np.ndarray, digits: int = 1) -> np.ndarray:
    """Weighted means of few answers with different weights, to 0.1 point (shares: digits 3).

    Exact ones give away the answers: few whole numbers fit.

    >>> rounded(np.array([51.23456, 51.23456]), np.array([12, 30]), np.array([True, True])).tolist()
    [51.2, 51.23456]
    """
    return np.where(few_and_different(n, differ), np.round(values, digits), values)


def pins_whole_answers(weights: np.ndarray, low: float, high: float, answers: int) -> bool:
    """Whether the weighted mean of a small group, known from low to high, leaves somebody one whole answer.

    Answers are 0 to `answers` - 1. People with equal weights are told apart by nobody, so only their sum counts: they
    are pinned where it is at an end. Sums of half of the weights are matched with sums of the others.

    >>> weights = np.sqrt([1, 2, 3, 5, 7])  # the answers 0, 4, 2, 3, 1 are the only ones with this mean
    >>> mean = weights @ [0, 4, 2, 3, 1] / weights.sum()
    >>> pins_whole_answers(weights, mean - 1e-9, mean + 1e-9, 5)
    True
    """
    value, people = np.unique(weights, return_counts=True)
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

    A group's mean is known from its own figure, and from that of everybody less the rest of the cut; the hidden groups
    together from the latter. Where it pins somebody the figure is hidden, else the smallest other one of that cut.
    """
    kept = [flags.copy() for flags in shown]
    if each.top >= _MOST_ANSWERS:
        return kept
    whole = _Groups.of(np.zeros(len(each.n), dtype=int), each)
    for cut, flags in zip(cuts, kept, strict=True):
        groups = _Groups.of(cut, each)
        known = None if cut is cuts[0] or not kept[0][0] else whole
        while (hide := groups.pinned(flags, known)) is not None:
            flags[hide] = False
    return kept


@dataclass(frozen=True, eq=False, kw_only=True)
class _Groups:
    """The groups of a cut: answers, sums of weights, weighted sums, and half of the unit of their rounded means."""

    cut: np.ndarray
    each: Whole
    n: np.ndarray
    weight: np.ndarray
    sums: np.ndarray
    half: np.ndarray
    known: dict[tuple[bytes, float, float], bool] = field(default_factory=dict)  # what was tried

    @classmethod
    def of(cls, cut: np.ndarray, each: Whole) -> _Groups:
        size = int(cut.max(initial=-1)) + 1
        n, weight, sums = (np.bincount(cut, values, size) for values in (each.n, each.weight, each.sums))
        one = np.divide(each.weight, each.n, out=np.zeros(len(cut)), where=each.n > 0)
        least, most = np.full(size, np.inf), np.zeros(size)
        there = each.n > 0
        np.minimum.at(least, cut[there], one[there])
        np.maximum.at(most, cut[there], one[there])
        unlike = np.bincount(cut, there & ~each.alike, size) > 0
        rough = few_and_different(n, unlike | (most > least * (1 + _TINY)))
        return cls(cut=cut, each=each, n=n, weight=weight, sums=sums, half=np.where(rough, _UNIT * each.top / 2, 0.0))

    @cached_property
    def rounded(self) -> np.ndarray:
        """Sums as the shown means have them."""
        mean = np.divide(self.sums, self.weight, out=np.zeros(len(self.n)), where=self.weight > 0)
        unit = np.where(self.half > 0, 2 * self.half, 1.0)
        return self.weight * np.where(self.half > 0, np.round(mean / unit) * unit, mean)

    def pinned(self, shown: np.ndarray, whole: _Groups | None) -> int | None:
        """The figure to hide next."""
        there = self.weight > 0
        shown, hidden = shown & there, ~shown & there
        few = np.flatnonzero(shown & (self.n <= _ENUMERATED))
        weight = self.weight[few]
        about = self.rounded[few] / weight
        low, high = about - self.half[few], about + self.half[few]
        if whole is not None and not hidden.any():
            low, high = self._left(whole, shown, self.rounded[few], self.half[few] * weight, weight, low, high)
        for group, least, most in zip(few.tolist(), low.tolist(), high.tolist(), strict=True):
            if self._pins(np.arange(len(shown)) == group, least, most):
                return group
        if hidden.any() and whole is not None and self.n[hidden].sum() <= _ENUMERATED:
            low, high = self._left(whole, shown, 0.0, 0.0, self.weight[hidden].sum(), -np.inf, np.inf)
            left = np.flatnonzero(shown)
            if len(left) and self._pins(hidden, float(low), float(high)):
                return int(left[np.argmin(self.n[left])])
        return None

    def _left(self, whole: _Groups, shown: np.ndarray, own, own_half, weight, low, high):
        """Means from `low` to `high`, and as everybody less all other shown groups have them."""
        about = (whole.rounded[0] - (self.rounded[shown].sum() - own)) / weight
        half = (whole.half[0] * whole.weight[0] + (self.half * self.weight)[shown].sum() - own_half) / weight
        return np.maximum(low, about - half), np.minimum(high, about + half)

    def _pins(self, members: np.ndarray, low: float, high: float) -> bool:
        """Whether these groups' mean, known from low to high, leaves one of their people one answer."""
        case = members.tobytes(), low, high
        if case not in self.known:
            self.known[case] = self._tried(members, low, high)
        return self.known[case]

    def _tried(self, members: np.ndarray, low: float, high: float) -> bool:
        inside = members[self.cut] & (self.each.n > 0)
        n = self.each.n[inside].astype(int)
        if not self.each.alike[inside].all():
            return True  # whose weight is which is not known
        weights = np.repeat(self.each.weight[inside] / n, n)
        mean = float(self.each.sums[inside].sum() / weights.sum())
        if weights.max() <= weights.min() * (1 + _TINY) or not 0 < mean < self.each.top:
            return False  # equal weights, and ends of the scale, are for the rules of counts and of ends
        return pins_whole_answers(weights, low - _TINY, high + _TINY, self.each.top + 1)
