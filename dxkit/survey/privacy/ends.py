"""Figures near an end of the scale are shown as a bound, so that each person may still have given any answer.

See docs/methods/anonymity.md, "Ends of the scale"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

AT_MOST, AT_LEAST = -1, 1
_FEW_CELLS = 60
_NO_STEP = 0.01  # of what one answer can move, where answers have no step
_TINY = 1e-9


@dataclass(frozen=True, eq=False, kw_only=True)
class Ends:
    """Of each cut: which groups stay shown (G,), which of them only as a bound (G,), and whether the hidden ones
    together may stand with a figure."""

    shown: list[np.ndarray]
    bound: list[np.ndarray]
    others: list[bool]


@dataclass(frozen=True, eq=False, kw_only=True)
class Answers:
    """The answers to one question by cell, as the ends of its scale see them.

    n       answers (C,)
    sums    their weighted sum above the lowest answer (C,)
    weight  the sum of their weights (C,)
    share   of each cut, the largest share of one person in the weight of each group (G,)
    reach   what one answer can move
    top     whether the scale has an upper end; hours have none
    step    between two answers; None where any number may be one
    below   groups with so many answers or more need no bound
    """

    n: np.ndarray
    sums: np.ndarray
    weight: np.ndarray
    share: Sequence[np.ndarray]
    reach: float
    top: bool = True
    step: float | None = None
    below: float = np.inf


def unweighted(cuts: Sequence[np.ndarray], n: np.ndarray, sums: np.ndarray, reach: float, **scale) -> Answers:
    """Answers that count alike."""
    share = [1 / np.maximum(_of_groups(cut, n), 1) for cut in cuts]
    return Answers(n=n, sums=sums, weight=n.astype(float), share=share, reach=reach, **scale)


def bounded(cuts: Sequence[np.ndarray], shown: Sequence[np.ndarray], answers: Answers, k: int) -> Ends:
    """Show figures near an end as a bound, and hide what pins somebody to an answer even then.

    Somebody is pinned where linear programs over all figures leave a cell one end of the scale, or one person one
    answer. Then the smallest figure that is not a bound is hidden, later bounds, and at last everybody.

    Parameters
    ----------
    cuts : sequence of int arrays (C,)
        The group of each cell, for each declared cut; the first is everybody.
    shown : sequence of bool arrays (G,)
        Figures that may be shown by their counts.
    answers : Answers
        Answers by cell.
    k : int
        The minimum.
    """
    shown = [each.copy() for each in shown]
    bound = [_bounds(cut, share, answers) for cut, share in zip(cuts, answers.share, strict=True)]
    sizes = [_of_groups(cut, answers.n) for cut in cuts]
    while True:
        bound = [np.where(each, ends, 0) for each, ends in zip(shown, bound, strict=True)]
        others = _others(shown, bound, sizes, k)
        if not _pinned(cuts, shown, bound, others, answers):
            return Ends(shown=shown, bound=bound, others=others)
        cut, group = _least(shown, bound, sizes)
        shown[cut][group] = False


def _of_groups(cut: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.bincount(cut, values, int(cut.max(initial=-1)) + 1)


def _bounds(cut: np.ndarray, share: np.ndarray, answers: Answers) -> np.ndarray:
    """Which means are within one person's reach of an end."""
    n, weight = _of_groups(cut, answers.n), _of_groups(cut, answers.weight)
    mean = _of_groups(cut, answers.sums) / np.where(weight > 0, weight, 1)
    reach = answers.reach * (share + _TINY)
    near_top = answers.top & (mean >= answers.reach - reach)
    return np.where(n >= answers.below, 0, np.where(mean <= reach, AT_MOST, np.where(near_top, AT_LEAST, 0)))


def _others(shown, bound, sizes, k: int) -> list[bool]:
    """Whether the hidden groups of a cut have a figure together: exact ones of everybody and of the rest imply it."""
    exact = bool(shown[0][0]) and not bound[0][0]
    left = [size[~each].sum() for each, size in zip(shown, sizes, strict=True)]
    return [exact and not ends.any() and k <= rest < sizes[0].sum() for ends, rest in zip(bound, left, strict=True)]


def _least(shown, bound, sizes) -> tuple[int, int]:
    """The figure to hide next: exact ones before bounds, everybody last, the fewest people first."""
    listed = [
        (cut == 0, bool(bound[cut][group]), sizes[cut][group], cut, int(group))
        for cut, each in enumerate(shown)
        for group in np.flatnonzero(each)
    ]
    return min(listed)[-2:]


def _pinned(cuts, shown, bound, others: Sequence[bool], answers: Answers) -> bool:
    """Whether the figures leave somebody one answer only."""
    answered = answers.n > 0
    if not answered.any() or not (any(each.any() for each in bound) or any(others)):
        return False
    cuts = [cut[answered] for cut in cuts]
    n, sums, weight = answers.n[answered], answers.sums[answered], answers.weight[answered]
    seen = np.array([np.where(each[cut], cut, -1) for each, cut in zip(shown, cuts, strict=True)])
    _, first, atom = np.unique(seen, axis=1, return_index=True, return_inverse=True)
    atom = atom.ravel()
    inside = _to_check(cuts, shown, bound, others, sums, weight, answers, few=len(n) <= _FEW_CELLS)
    check = np.bincount(atom, inside) > 0
    if not check.any():
        return False
    people, capacity = np.bincount(atom, n), answers.reach * np.bincount(atom, weight)
    rows, low, high = [], [], []
    for cut, each, ends, share in zip(cuts, shown, bound, answers.share, strict=True):
        total, whole = _of_groups(cut, sums), answers.reach * _of_groups(cut, weight)
        for group in np.flatnonzero(each[: len(total)] & (whole > 0)):
            rows.append((cut[first] == group).astype(float))
            least, most = total[group], total[group]
            if ends[group] == AT_MOST:
                least, most = 0.0, whole[group] * share[group]
            elif ends[group] == AT_LEAST:
                least, most = whole[group] * (1 - share[group]), whole[group]
            low.append(least)
            high.append(most)
    step = answers.step or answers.reach * _NO_STEP
    each = step * capacity / (answers.reach * people)  # what one step of one person moves, by the mean weight
    program = _Program(np.array(rows), np.array(low), np.array(high), capacity if answers.top else None)
    return program.pins(check, people, capacity, each, answers.top, answers.step is not None)


def _to_check(cuts, shown, bound, others, sums, weight, answers: Answers, few: bool) -> np.ndarray:
    """Cells in a group with a bound, or in the hidden groups together; of many cells only where all gave an end."""
    inside = np.zeros(len(sums), dtype=bool)
    for cut, each, ends, rest in zip(cuts, shown, bound, others, strict=True):
        groups = [cut == group for group in np.flatnonzero(ends)] + ([~each[cut]] if rest else [])
        for cells in groups:
            total, whole = sums[cells].sum(), answers.reach * weight[cells].sum()
            if few or total <= _TINY * whole or (answers.top and total >= whole * (1 - _TINY)):
                inside |= cells
    return inside


class _Program:
    """Linear programs over what atoms may sum to, given what is shown."""

    def __init__(self, rows: np.ndarray, low: np.ndarray, high: np.ndarray, capacity: np.ndarray | None) -> None:
        from scipy.optimize import linprog

        exact = low == high
        slack = _TINY * np.maximum(high, 1)
        self._solve = lambda objective: linprog(
            objective,
            A_ub=np.vstack([rows[~exact], -rows[~exact]]) if (~exact).any() else None,
            b_ub=np.concatenate([high[~exact] + slack[~exact], -low[~exact] + slack[~exact]])
            if (~exact).any()
            else None,
            A_eq=rows[exact] if exact.any() else None,
            b_eq=high[exact] if exact.any() else None,
            bounds=[(0, None if capacity is None else float(capacity[a])) for a in range(rows.shape[1])],
            method="highs",
        )
        self.least = np.full(rows.shape[1], np.inf)
        self.most = np.full(rows.shape[1], -np.inf)

    def _look(self, objective: np.ndarray, atom: int | None = None) -> None:
        """Solve, and remember the least and the most that any solution gave each atom."""
        found = self._solve(objective)
        if found.status == 3 and atom is not None:  # without an upper end
            self.most[atom] = np.inf
        elif found.x is not None:
            self.least, self.most = np.minimum(self.least, found.x), np.maximum(self.most, found.x)

    def pins(self, check, people, capacity, step, top: bool, whole: bool) -> bool:
        """Whether some atom to check is at an end, or is one person with one possible answer."""

        def free(atom: int) -> bool:
            least, most, one = self.least[atom], self.most[atom], step[atom]
            ends = most >= one * (1 - 1e-6) and (not top or least <= capacity[atom] - one * (1 - 1e-6))
            if people[atom] > 1 or not ends or not whole:
                return bool(ends and (people[atom] > 1 or most - least >= one))
            return bool(np.floor(most / one + 1e-6) - np.ceil(least / one - 1e-6) >= 1)

        for atom in np.flatnonzero(check).tolist():
            objective = np.zeros(len(people))
            for sign in (-1.0, 1.0):
                if not free(atom):
                    objective[atom] = sign
                    self._look(objective, atom)
            if not free(atom):
                return True
        return False


def rounded(values: np.ndarray, n: np.ndarray, differ: np.ndarray, digits: int = 1, least: int = 30) -> np.ndarray:
    """Weighted means of groups below so many answers with different weights, to 0.1 point (shares: digits 3).

    Exact ones give away the answers: few whole numbers fit.

    >>> rounded(np.array([51.23456, 51.23456]), np.array([12, 30]), np.array([True, True])).tolist()
    [51.2, 51.23456]
    """
    return np.where(differ & (n < least), np.round(values, digits), values)


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
            feasible[2 * j + i][np.unique(column[meets])] = True
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
