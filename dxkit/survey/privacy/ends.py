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
    answer. Then the smallest figure of that cut that is not a bound is hidden; where there is none, one of the other
    cuts, later bounds, and at last everybody.

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
    known = [answers.sums[answers.n > 0] / answers.reach]
    while True:
        bound = [np.where(each, ends, 0) for each, ends in zip(shown, bound, strict=True)]
        others = _others(shown, bound, sizes, k)
        pinned = _pinned(cuts, shown, bound, others, answers, known)
        if pinned is None:
            return Ends(shown=shown, bound=bound, others=others)
        cut, group = _least(shown, bound, sizes, pinned)
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


def _least(shown, bound, sizes, pinned: int) -> tuple[int, int]:
    """The figure to hide next: exact ones before bounds, of the pinned cut before others, everybody last, the fewest
    people first."""
    listed = [
        (cut == 0, bool(bound[cut][group]), cut != pinned, sizes[cut][group], cut, int(group))
        for cut, each in enumerate(shown)
        for group in np.flatnonzero(each)
    ]
    return min(listed)[-2:]


def _pinned(cuts, shown, bound, others: Sequence[bool], answers: Answers, known: list[np.ndarray]) -> int | None:
    """The cut with a bound, or with hidden groups together, in which the figures leave somebody one answer only.

    `known` are sums of the cells that agree with all figures; what is found is added. They still do when one is hidden.
    """
    answered = answers.n > 0
    if not answered.any() or not (any(each.any() for each in bound) or any(others)):
        return None
    cuts = [cut[answered] for cut in cuts]
    n, sums, weight = answers.n[answered], answers.sums[answered] / answers.reach, answers.weight[answered]
    seen = np.array([np.where(each[cut], cut, -1) for each, cut in zip(shown, cuts, strict=True)])
    _, first, atom = np.unique(seen, axis=1, return_index=True, return_inverse=True)
    atom = atom.ravel()
    inside = _to_check(cuts, shown, bound, others, sums, weight, answers.top, few=len(n) <= _FEW_CELLS)
    check = np.full(len(first), len(cuts))
    np.minimum.at(check, atom, inside)
    if not (check < len(cuts)).any():
        return None
    rows, columns, low, high = [], [], [], []
    for cut, each, ends, share in zip(cuts, shown, bound, answers.share, strict=True):
        total, whole = _of_groups(cut, sums), _of_groups(cut, weight)
        here = np.flatnonzero(each[: len(total)] & (whole > 0))
        place = np.full(len(each), -1)
        place[here] = len(low) + np.arange(len(here))
        in_it = np.flatnonzero(place[cut[first]] >= 0)
        rows.append(place[cut[first]][in_it])
        columns.append(in_it)
        total, whole, share, ends = total[here], whole[here], share[here], ends[here]
        low += np.where(ends == AT_MOST, 0.0, np.where(ends == AT_LEAST, whole * (1 - share), total)).tolist()
        high += np.where(ends == AT_MOST, whole * share, np.where(ends == AT_LEAST, whole, total)).tolist()
    people, most = np.bincount(atom, n), np.bincount(atom, weight)
    step = (answers.step or _NO_STEP * answers.reach) / answers.reach * most / people  # of one person of mean weight
    program = _Program(
        (np.concatenate(rows), np.concatenate(columns)), np.array(low), np.array(high), people, most, step, answers
    )
    for each in known:
        program.see(np.bincount(atom, each))
    pins = program.pins(np.flatnonzero(check < len(cuts)))
    for solution in program.found:
        known.append(np.zeros(len(n)))
        known[-1][first] = solution
    return None if pins is None else int(check[pins])


def _to_check(cuts, shown, bound, others, sums, weight, top: bool, few: bool) -> np.ndarray:
    """Of each cell the first cut in which it is in a group with a bound, or among the hidden groups together; of many
    cells only where all of these gave an end. The number of cuts where there is none."""
    inside = np.full(len(sums), len(cuts))
    for c, (cut, each, ends, rest) in enumerate(zip(cuts, shown, bound, others, strict=True)):
        groups = np.where(ends[cut] != 0, cut, np.where(rest & ~each[cut], len(each), -1))
        total, whole = (np.bincount(groups + 1, values, len(each) + 2) for values in (sums, weight))
        end = (total <= _TINY * whole) | (top & (total >= whole * (1 - _TINY))) | few
        inside[(groups >= 0) & end[groups + 1] & (inside == len(cuts))] = c
    return inside


class _Program:
    """Linear programs over what atoms may sum to, given what is shown; in units of what one answer can move."""

    def __init__(self, at, low: np.ndarray, high: np.ndarray, people, most, step, answers: Answers) -> None:
        exact = low == high
        slack = np.where(exact, 0.0, _TINY * np.maximum(high, 1))
        self._at, self._low, self._high = at, low - slack, high + slack
        self._people, self._capacity, self._step = people, most, step
        self._top, self._whole = answers.top, answers.step is not None
        self._least, self._most = np.full(len(most), np.inf), np.full(len(most), -np.inf)
        self.found: list[np.ndarray] = []

    def see(self, x: np.ndarray) -> None:
        """Sums of atoms that agree with all that is shown."""
        self._least, self._most = np.minimum(self._least, x), np.maximum(self._most, x)

    def pins(self, check: np.ndarray) -> int | None:
        """The first atom of these that is at an end, or is one person with one possible answer."""
        left = np.array([atom for atom in check.tolist() if not self._free(atom)], dtype=int)
        before = len(left) + 1
        while 0 < len(left) < before:  # not all can be away from an end at once, so the rest is tried again
            self._look_at_all(left, from_top=False)
            if self._top:
                self._look_at_all(left, from_top=True)
            else:
                self._look(np.isin(np.arange(len(self._capacity)), left).astype(float))
            left, before = np.array([atom for atom in left.tolist() if not self._free(atom)], dtype=int), len(left)
        for atom in left.tolist():
            for sign in (-1.0, 1.0):
                if not self._free(atom):
                    objective = np.zeros(len(self._capacity))
                    objective[atom] = sign
                    self._look(objective, atom)
            if not self._free(atom):
                return atom
        return None

    def _free(self, atom: int) -> bool:
        """Whether solutions that were found leave the atom away from both ends, and one person two answers."""
        least, most, one = self._least[atom], self._most[atom], self._step[atom]
        near = 1e-6 * one
        if most < one - near or (self._top and least > self._capacity[atom] - one + near):
            return False
        if self._people[atom] > 1:
            return True
        if not self._whole or np.isinf(most):
            return bool(most - least >= one)
        return bool(np.floor(most / one + 1e-6) - np.ceil(least / one - 1e-6) >= 1)

    def _look_at_all(self, check: np.ndarray, from_top: bool) -> None:
        """One solution that takes as many of these atoms as can be a step away from an end."""
        count, (rows, columns) = len(check), self._at
        more, own = len(self._low) + np.arange(count), len(self._capacity) + np.arange(count)
        matrix = (
            np.concatenate([np.ones(len(rows)), np.full(count, 1.0 if from_top else -1.0), np.ones(count)]),
            (np.concatenate([rows, more, more]), np.concatenate([columns, check, own])),
        )
        self._solve(
            np.concatenate([np.zeros(len(self._capacity)), -np.ones(count)]),
            matrix,
            np.concatenate([self._low, np.full(count, -np.inf)]),
            np.concatenate([self._high, self._capacity[check] if from_top else np.zeros(count)]),
            self._step[check],
        )

    def _look(self, objective: np.ndarray, atom: int | None = None) -> None:
        """One solution that makes the objective least."""
        matrix = np.ones(len(self._at[0])), self._at
        self._solve(objective, matrix, self._low, self._high, np.zeros(0), atom)

    def _solve(self, objective, matrix, low, high, more: np.ndarray, atom: int | None = None) -> None:
        """Solve, and remember the least and the most that a solution gave each atom; `more` ends further variables."""
        from scipy.optimize import Bounds, LinearConstraint, milp  # of whole numbers there are none; it starts sooner
        from scipy.sparse import csc_matrix

        rows = csc_matrix(matrix, shape=(len(low), len(objective)))
        highest = self._capacity if self._top else np.full(len(self._capacity), np.inf)
        bounds = Bounds(0, np.concatenate([highest, more]))  # type: ignore[arg-type]
        found = milp(objective, constraints=LinearConstraint(rows, low, high), bounds=bounds)
        if found.status == 3 and atom is not None:  # without an upper end
            self._most[atom] = np.inf
        elif found.x is not None:
            self.found.append(found.x[: len(self._capacity)])
            self.see(self.found[-1])


def shares_bounded(share: np.ndarray, one: np.ndarray, few: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shares of few answers within the share `one` of one person from an end as that bound; and which are bounds.

    >>> shares_bounded(np.array([0.0, 0.3, 1.0]), np.array(0.1), np.array(True))[0].tolist()
    [0.1, 0.3, 0.9]
    """
    near = one * (1 + _TINY)
    bound = np.where(few & (share <= near), AT_MOST, np.where(few & (share >= 1 - near), AT_LEAST, 0))
    return np.where(bound == AT_MOST, one, np.where(bound == AT_LEAST, 1 - one, share)), bound
