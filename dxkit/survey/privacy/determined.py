"""What published figures tell about few people: least and largest means by linear programs, and sums that follow.

See docs/methods/anonymity.md, "From outside"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

MOST_CELLS = 300
_NARROW = 0.1  # of the scale
_ZERO = 1e-7


@dataclass(frozen=True, eq=False, kw_only=True)
class Published:
    """Figures of one question over cells of people.

    rows      which cells (R, C) each figure is about
    n         answers of each figure (R,)
    low, high the least and the largest sum above the lowest answer (R,); nan where only n is known
    people    people of each cell (C,)
    reach     the length of the scale
    step      between two answers; None where any number may be one
    """

    rows: np.ndarray
    n: np.ndarray
    low: np.ndarray
    high: np.ndarray
    people: np.ndarray
    reach: float
    step: float | None = None

    @property
    def sizes_agree(self) -> bool:
        """Whether every figure is about as many answers as there are people in its cells."""
        return bool(np.allclose(self.rows @ self.people, self.n))


@dataclass(frozen=True, kw_only=True)
class Found:
    """Few people of whom the figures tell much: their cells, least and largest mean above the lowest answer, whether
    algebra alone gives their sum, and which figures it takes. Where figures contradict, the means are nan."""

    cells: tuple[int, ...]
    people: int
    low: float
    high: float
    determined: bool
    figures: tuple[int, ...]


def few_people(published: Published, least: int) -> list[Found]:
    """Every set of cells with fewer than `least` people whose mean is determined or known to a tenth of the scale.

    Sets are single cells, pairs, and up to four whose sum follows by algebra; above 300 cells, single ones.
    """
    _, first, atom = np.unique(published.rows, axis=1, return_index=True, return_inverse=True)
    atom = atom.ravel()
    seen = published.rows[:, first].any(axis=0)
    programs = _Programs(published, first, np.bincount(atom, published.people))
    small = np.flatnonzero(seen & (programs.people < least) & (programs.people > 0))
    several = len(published.people) <= MOST_CELLS
    algebra = list(_determined(programs.rows, small, programs.people, least if several else 0))
    found = [_found(programs, each, atom, published, True) for each in algebra]
    sets: list[tuple[int, ...]] = [(each,) for each in small.tolist()]
    sets += _pairs(small, programs.people, least) if several else ()
    taken = [set(each) for each in algebra]
    for each in sets:
        if any(one <= set(each) for one in taken) or programs.wide(each) or programs.wide_by_one_program(each):
            continue
        one = _found(programs, each, atom, published, False)
        if one.high - one.low <= _NARROW * published.reach + _ZERO:
            found.append(one)
            taken.append(set(each))
    found += _inside(programs, atom, published, least, taken)
    return sorted((each for each in found if each.people), key=lambda each: each.cells)


def _found(
    programs: _Programs, atoms: Sequence[int], atom: np.ndarray, published: Published, determined: bool
) -> Found:
    people, low, high, figures = programs.mean(atoms)
    if determined:
        figures = _taking_part(programs.rows, atoms)
    cells = tuple(np.flatnonzero(np.isin(atom, atoms) & (published.people > 0)).tolist())
    return Found(cells=cells, people=people, low=low, high=high, determined=determined, figures=figures)


def _inside(programs: _Programs, atom: np.ndarray, published: Published, least: int, taken) -> Iterator[Found]:
    """Cells that no figure tells from others, where all of them together are at an end of the scale."""
    if not published.sizes_agree:
        return
    several = np.bincount(atom, published.people > 0, len(programs.people)) > 1
    for a in np.flatnonzero(several & programs.rows.any(axis=0)).tolist():
        cells = np.flatnonzero((atom == a) & (published.people > 0))
        few = cells[published.people[cells] < least]
        if not len(few) or {a} in taken or programs.wide((a,), float(published.people[few].min())):
            continue
        people, low, high, figures = programs.mean((a,))
        for cell in few:
            own = float(published.people[cell])
            most = min(high * people / own, published.reach)
            fewest = max(0.0, published.reach - (published.reach - low) * people / own)
            if most - fewest <= _NARROW * published.reach + _ZERO:
                yield Found(
                    cells=(int(cell),), people=int(own), low=fewest, high=most, determined=False, figures=figures
                )


def _pairs(small: np.ndarray, people: np.ndarray, least: int) -> Iterator[tuple[int, int]]:
    for i, one in enumerate(small):
        for two in small[i + 1 :]:
            if people[one] + people[two] < least:
                yield int(one), int(two)


def _determined(rows: np.ndarray, small: np.ndarray, people: np.ndarray, least: int) -> Iterator[tuple[int, ...]]:
    """Up to four atoms (one, if `least` is 0) of few people whose sum is a combination of rows, the smallest sets.

    What is left of random directions after taking the row space away sums to zero over such a set. Sets of up to two
    are matched with others of up to two.
    """
    if not len(small):
        return
    _, values, basis = np.linalg.svd(rows, full_matrices=False)
    basis = basis[values > 1e-9 * values.max(initial=1.0)]
    directions = np.random.default_rng(29).standard_normal((rows.shape[1], 4))
    left = directions - basis.T @ (basis @ directions)
    found: list[set[int]] = []
    sets = [(int(a),) for a in small]
    if least:
        sets += list(_pairs(small, people, least))
    sums = np.array([left[list(each)].sum(axis=0) for each in sets])
    zero = _ZERO * max(1.0, float(np.abs(left).max()))
    for i in np.flatnonzero(np.abs(sums).max(axis=1) < zero):
        if not any(one <= set(sets[i]) for one in found):
            found.append(set(sets[i]))
    if least:
        order = np.argsort(sums[:, 0])
        keys = sums[order, 0]
        start = np.searchsorted(keys, -sums[:, 0] - zero)
        stop = np.searchsorted(keys, -sums[:, 0] + zero, side="right")
        for i in np.flatnonzero(stop > start):
            for j in order[start[i] : stop[i]]:
                both = {*sets[i], *sets[j]}
                if i < j and len(both) == len(sets[i]) + len(sets[j]) and people[list(both)].sum() < least:
                    if np.abs(sums[i] + sums[j]).max() < zero and not any(one <= both for one in found):
                        found.append(both)
    yield from (tuple(sorted(each)) for each in found)


def _taking_part(rows: np.ndarray, atoms: Sequence[int]) -> tuple[int, ...]:
    """Figures whose combination is the sum of these atoms, none of which can be left out."""
    target = np.zeros(rows.shape[1])
    target[list(atoms)] = 1.0

    def left(used: np.ndarray) -> float:
        weights = np.linalg.lstsq(rows[used].T, target, rcond=None)[0]
        return float(np.abs(rows[used].T @ weights - target).max())

    used = np.flatnonzero(np.abs(np.linalg.lstsq(rows.T, target, rcond=None)[0]) > 1e-6)
    for row in used[np.argsort(-rows[used].sum(axis=1), kind="stable")][::-1]:
        if len(used) > 1 and left(used[used != row]) < 1e-6:
            used = used[used != row]
    return tuple(used.tolist())


class _Programs:
    """Linear programs over the sums of atoms; where sizes do not agree, over how many answered as well."""

    def __init__(self, published: Published, first: np.ndarray, people: np.ndarray) -> None:
        self.rows, self.people = published.rows[:, first].astype(float), people
        self.reach, self.step, self.agree = published.reach, published.step, published.sizes_agree
        self._n, count = published.n, len(first)
        told = np.flatnonzero(~np.isnan(published.low))
        rows, low, high = self.rows[told], published.low[told], published.high[told]
        slack = 1e-9 * max(1.0, float(np.max(high, initial=1.0)))
        self._matrix, self._limits = np.vstack([rows, -rows]), np.concatenate([high + slack, slack - low])
        self._told, self._bounds = told, [(0.0, float(self.reach * each)) for each in people]
        self._sizes = None
        if not self.agree:
            none = np.zeros_like(self._matrix)
            reaching = np.hstack([np.eye(count), -self.reach * np.eye(count)])
            self._matrix = np.vstack([np.hstack([self._matrix, none]), reaching])
            self._limits = np.concatenate([self._limits, np.zeros(count)])
            self._bounds += [(0.0, float(each)) for each in people]
            self._sizes = np.hstack([np.zeros_like(self.rows), self.rows])
        self._seen = np.zeros((0, len(self._bounds)))
        self.contradict, self._ends = False, {}

    def wide(self, atoms: Sequence[int], people: float | None = None) -> bool:
        """Whether solutions that were found already leave the mean of these atoms more than a tenth of the scale, or
        how many answered open."""
        if self.contradict or not len(self._seen):
            return self.contradict
        if not self.agree:
            answered = self._seen[:, [len(self.people) + atom for atom in atoms]].sum(axis=1)
            if answered.max() - answered.min() > _ZERO:
                return True
        sums = self._seen[:, list(atoms)].sum(axis=1)
        size = self.people[list(atoms)].sum() if people is None else people
        low, high = self._inwards(sums.min(), sums.max())
        return bool(high - low > _NARROW * self.reach * size + _ZERO * self.reach)

    def wide_by_one_program(self, atoms: Sequence[int]) -> bool:
        """The same once that end of their sum was found which is farther from the solutions before: few stay open."""
        if self.agree and not self.contradict:
            middle = self.reach * self.people[list(atoms)].sum() / 2
            known = self._seen[:, list(atoms)].sum(axis=1).mean() if len(self._seen) else 0.0
            self._end(atoms, 1.0 if known > middle else -1.0)
        return self.wide(atoms)

    def _inwards(self, low: float, high: float) -> tuple[float, float]:
        """The least and largest sum between these that answers can have."""
        if not self.step:
            return low, high
        near = 1e-6
        return self.step * np.ceil(low / self.step - near), self.step * np.floor(high / self.step + near)

    def mean(self, atoms: Sequence[int]) -> tuple[int, float, float, tuple[int, ...]]:
        """People, least and largest mean of these atoms, and the figures that bind; nan where figures contradict."""
        size, figures = self._size(atoms), set()
        if size is None:
            return int(self.people[list(atoms)].sum()), 0.0, self.reach, ()
        ends = []
        for sign in (1.0, -1.0):
            found = self._end(atoms, sign)
            if found is None or size < 1:
                return size, np.nan, np.nan, ()
            ends.append(sign * found.fun)
            binding = np.abs(found.ineqlin.marginals[: 2 * len(self._told)]).reshape(2, -1).max(axis=0)
            figures |= set(self._told[binding > 1e-9].tolist())
        low, high = max(ends[0], 0.0), min(ends[1], self.reach * size)
        low, high = self._inwards(low, high)
        if low > high + _ZERO * self.reach:
            return size, np.nan, np.nan, tuple(sorted(figures))
        return size, low / size, high / size, tuple(sorted(figures))

    def _end(self, atoms: Sequence[int], sign: float):
        """The solution with the least (1) or largest (-1) sum of these atoms."""
        key = tuple(atoms), sign
        if key not in self._ends:
            objective = np.zeros(len(self._bounds))
            objective[list(atoms)] = sign
            self._ends[key] = self._solve(objective)
        return self._ends[key]

    def _size(self, atoms: Sequence[int]) -> int | None:
        """How many answered in these atoms; None where the figures do not tell."""
        if self.agree:
            return int(round(self.people[list(atoms)].sum()))
        objective = np.zeros(len(self._bounds))
        objective[[len(self.people) + atom for atom in atoms]] = 1.0
        ends = [self._solve(sign * objective) for sign in (1.0, -1.0)]
        if ends[0] is None or ends[1] is None:
            return int(round(self.people[list(atoms)].sum()))
        return int(round(ends[0].fun)) if abs(ends[0].fun + ends[1].fun) < 1e-6 else None

    def _solve(self, objective: np.ndarray):
        from scipy.optimize import linprog

        found = linprog(
            objective,
            A_ub=self._matrix if len(self._matrix) else None,
            b_ub=self._limits if len(self._matrix) else None,
            A_eq=self._sizes,
            b_eq=None if self._sizes is None else self._n,
            bounds=self._bounds,
            method="highs",
        )
        if found.x is None:
            self.contradict = True
            return None
        self._seen = np.vstack([self._seen, found.x])
        return found
