"""Weighted figures of a few: exact ones give whole answers away, and some rounded ones still do.

See docs/methods/anonymity.md, "Ends of the scale"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

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
    sums = [np.arange(each + 1) for each in most]
    halves = [_combined(value[i::2], sums[i::2]) for i in (0, 1)]
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


def _combined(value: np.ndarray, sums: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Weighted totals (N,) of every choice of one sum for each weight, and the choices (N, J)."""
    if not len(value):
        return np.zeros(1), np.zeros((1, 0), dtype=int)
    chosen = np.stack(np.meshgrid(*sums, indexing="ij"), axis=-1).reshape(-1, len(value))
    return chosen @ value, chosen


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
    known: dict[tuple[bytes, float, float], bool] = field(default_factory=dict)  # what `_pins` found

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

    @property
    def rounded(self) -> np.ndarray:
        """Sums as the shown means have them."""
        mean = np.divide(self.sums, self.weight, out=np.zeros(len(self.n)), where=self.weight > 0)
        unit = np.where(self.half > 0, 2 * self.half, 1.0)
        return self.weight * np.where(self.half > 0, np.round(mean / unit) * unit, mean)

    def pinned(self, shown: np.ndarray, whole: _Groups | None) -> int | None:
        """The figure to hide next."""
        shown = shown & (self.weight > 0)
        hidden = ~shown & (self.weight > 0)
        sets = [shown & (np.arange(len(shown)) == g) for g in np.flatnonzero(shown & (self.n <= _ENUMERATED))]
        if hidden.any() and whole is not None and self.n[hidden].sum() <= _ENUMERATED:
            sets.append(hidden)
        for members in sets:
            own = bool(shown[members].all())
            low, high = -np.inf, np.inf
            if own:
                about, half = self.rounded[members] / self.weight[members], self.half[members]
                low, high = float((about - half)[0]), float((about + half)[0])
            if whole is not None and (not own or not hidden.any()):
                rest = shown & ~members
                weight = self.weight[members].sum()
                about = (whole.rounded[0] - self.rounded[rest].sum()) / weight
                half = (whole.half[0] * whole.weight[0] + (self.half * self.weight)[rest].sum()) / weight
                low, high = max(low, about - half), min(high, about + half)
            case = members.tobytes(), low, high
            if case not in self.known:
                self.known[case] = self._pins(members, low, high)
            if self.known[case]:
                if own:
                    return int(np.flatnonzero(members)[0])
                left = np.flatnonzero(shown)
                return int(left[np.argmin(self.n[left])]) if len(left) else None
        return None

    def _pins(self, members: np.ndarray, low: float, high: float) -> bool:
        inside = members[self.cut] & (self.each.n > 0)
        n = self.each.n[inside].astype(int)
        if not self.each.alike[inside].all():
            return True  # whose weight is which is not known
        weights = np.repeat(self.each.weight[inside] / n, n)
        mean = float(self.each.sums[inside].sum() / weights.sum())
        if weights.max() <= weights.min() * (1 + _TINY) or not 0 < mean < self.each.top:
            return False  # equal weights, and ends of the scale, are for the rules of counts and of ends
        return pins_whole_answers(weights, low - _TINY, high + _TINY, self.each.top + 1)
