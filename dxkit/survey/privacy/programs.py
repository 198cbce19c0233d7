"""Whether what is shown leaves somebody one answer: exchanges between two people, and linear programs.

See docs/methods/anonymity.md, "Ends of the scale"."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

TINY = 1e-9
_MORE, _LESS, _EITHER = 1, -1, 2  # what an atom of sums still needs
_ENOUGH = 1 - 1e-6  # of what one person changes: last digits decide nothing
MOVED = 1 - 5e-7
_DUST = 1e-12
_ENTRIES = 2**16  # changes of exchanges that are worked out at a time


class Program:
    """What may be of unknowns (T, A) of atoms: the weight of those who gave each answer or, in one column, the sum of
    what they answered.

    Parameters
    ----------
    rows, told : array (R, T, A), two arrays (R,)
        What is shown: sums over unknowns, from low to high.
    low, high : arrays (T, A)
        Between what each unknown is.
    one : array (T,)
        What one person changes.
    single : array (T,)
        Whether an atom is one person.
    seen : array (S, T, A)
        Unknowns that agree with all that is shown; the first are the true ones.
    """

    def __init__(self, rows: np.ndarray, told, low, high, one, single, seen: np.ndarray) -> None:
        slack = np.where(told[0] == told[1], 0.0, TINY * np.maximum(told[1], 1))
        self._rows, self._from, self._to = rows, told[0] - slack, told[1] + slack
        self._low, self._high, self._one, self._single = low, high, one, single
        self._coded, self._gave, self._last = low.shape[1] > 1, seen[0].argmax(axis=1), seen[0]
        self._least, self._most = seen.min(axis=0), seen.max(axis=0)
        self._constraints = None
        self.found: list[np.ndarray] = []

    def pins(self, check: np.ndarray) -> int | None:
        """The first of these atoms that is left one answer: all are tried together for as long as that frees some."""
        left = self._exchanged(self._pinned(check))
        while len(left):
            first, need = left[0], self._need(left)
            if self._room(first, need[0]) < 0.999:
                return int(first)
            gain = self._look(left, self._together(left, need))
            if need[0] != _EITHER and gain < 0.999:
                return int(first)
            before, left = len(left), self._exchanged(self._pinned(left))
            if len(left) == before:
                if not self._free(left[:1], need[:1], before > 1):
                    return int(first)
                left = left[1:]
        return None

    def _room(self, atom: int, need: int) -> float:
        """A bound of what each row by itself leaves an atom of sums, of what one person changes."""
        if self._coded or need == _EITHER:
            return np.inf
        rows = self._rows[:, :, 0]
        if need == _MORE:
            room = self._to - rows @ self._low[:, 0]
        else:
            ends = np.isfinite(self._high[:, 0])
            room = np.where(rows @ ~ends > 0, np.inf, rows @ np.where(ends, self._high[:, 0], 0.0) - self._from)
        return float(room[rows[:, atom] > 0].min(initial=np.inf) / self._one[atom])

    def _need(self, atoms: np.ndarray) -> np.ndarray:
        """What solutions that were found have not shown of these atoms: that somebody gives another answer; of sums,
        that some are away from both ends, and one person has a range. 0 where nothing is missing."""
        least, most, one = self._least[atoms], self._most[atoms], self._one[atoms, None] * _ENOUGH
        if self._coded:
            most[np.arange(len(atoms)), self._gave[atoms]] = 0.0
            return np.where((most < one).all(axis=1), _MORE, 0)
        low, high = self._low[atoms, 0], self._high[atoms, 0]
        return needed_step(least[:, 0], most[:, 0], low, high, self._one[atoms], self._single[atoms])

    def _pinned(self, atoms: np.ndarray) -> np.ndarray:
        return atoms[self._need(atoms) != 0]

    def _together(self, atoms: np.ndarray, need: np.ndarray) -> np.ndarray:
        """The steps (L, A) that are looked for in one solution: away from the true answer, of sums up or down."""
        if self._coded:
            return -np.eye(self._low.shape[1])[self._gave[atoms]]
        return np.where(need == _LESS, -1.0, 1.0)[:, None]

    def _steps(self, atoms: np.ndarray, need: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Each step (A,) that may free some of these atoms, and those."""
        if not self._coded:
            yield atoms[(need == _MORE) | (need == _EITHER)], np.ones(1)
            yield atoms[(need == _LESS) | (need == _EITHER)], -np.ones(1)
            return
        answers = np.eye(self._low.shape[1])
        for gave in np.unique(self._gave[atoms]).tolist():
            for other in answers[np.arange(len(answers)) != gave]:
                yield atoms[self._gave[atoms] == gave], other - answers[gave]

    def _free(self, atom: np.ndarray, need: np.ndarray, several: bool) -> bool:
        """Whether one atom is free after all, tried by itself (where several were tried before): whether it can leave
        the true answer at all, and then each other answer, or more and less."""
        if several and need[0] != _EITHER and self._look(atom, self._together(atom, need)) < 0.999:
            return False
        if not len(self._pinned(atom)):
            return True
        for each, step in self._steps(atom, np.full(1, _EITHER)):
            self._look(each, np.maximum(step, 0)[None] if self._coded else step[None])
            if not len(self._pinned(atom)):
                return True
        return False

    def _see(self, solution: np.ndarray) -> None:
        self.found.append(solution)
        self._least, self._most = np.minimum(self._least, solution), np.maximum(self._most, solution)

    def _exchanged(self, atoms: np.ndarray) -> np.ndarray:
        """Those of these atoms that stay pinned where, from the last solution, each takes a step of one person, alone
        or while another atom takes it back."""
        base = self._last
        if not len(atoms):
            return atoms
        sums = np.einsum("rta,ta->r", self._rows, base)
        down, up = (np.maximum(room, _DUST)[:, None, None] for room in (sums - self._from, self._to - sums))
        for some, step in self._steps(atoms, self._need(atoms)):
            moved = self._rows @ step
            used = moved.any(axis=1)
            forth, back = (
                np.where(sign * step > 0, self._high - base, np.where(sign * step < 0, base - self._low, np.inf)).min(
                    axis=1
                )
                for sign in (1, -1)
            )
            one = self._one * MOVED
            some = some[forth[some] >= one[some]]
            if not len(some):
                continue
            other = np.append(np.flatnonzero(back >= one[some].min()), -1)  # the last is nobody
            fits = (np.where(other >= 0, back[other], np.inf) >= one[some, None]) & (other != some[:, None])
            mine, theirs = moved[used][:, some], np.where(other >= 0, moved[used][:, other], 0.0)
            more, less, rows = up[used], -down[used], max(1, _ENTRIES // fits.size)
            for at in range(0, len(mine), rows):  # a few rows at a time stay in the processor's cache
                here = slice(at, at + rows)
                change = (mine[here, :, None] - theirs[here, None]) * one[some, None]
                fits &= ((change <= more[here]) & (change >= less[here])).all(axis=0)
            for i in np.flatnonzero(fits.any(axis=1)).tolist():
                solution, partner = base.copy(), other[fits[i].argmax()]
                solution[some[i]] += one[some[i]] * step
                if partner >= 0:
                    solution[partner] -= one[some[i]] * step
                self._see(solution)
        return self._pinned(atoms)

    def _look(self, atoms: np.ndarray, steps: np.ndarray) -> float:
        """A solution in which as many of these atoms as can be take a step (L, A) of one person; and a bound of how
        much of it the first can take."""
        from scipy.optimize import Bounds, LinearConstraint, milp  # of whole numbers there are none; it starts sooner
        from scipy.sparse import csc_matrix

        if self._constraints is None:
            matrix = csc_matrix(self._rows.reshape(len(self._rows), -1))
            self._constraints = LinearConstraint(matrix, self._from, self._to)
        first = np.linspace(2, 1, len(atoms))[:, None]  # so that none is split between two
        objective, low, high = np.zeros(self._low.shape), self._low.copy(), self._high.copy()
        objective[atoms] = -first * steps
        one = self._one[atoms, None]
        room = np.where(self._coded & ~self._single[atoms, None], 2 * one, one)  # two may differ and keep the mean
        high[atoms] = np.where(steps > 0, np.minimum(high[atoms], self._least[atoms] + room), high[atoms])
        low[atoms] = np.where(steps < 0, np.maximum(low[atoms], self._most[atoms] - room), low[atoms])
        bounds = Bounds(low.ravel(), high.ravel())  # type: ignore[arg-type]
        solved = milp(objective.ravel(), constraints=self._constraints, bounds=bounds, options={"presolve": False})
        if solved.x is None:
            return np.inf
        self._last = np.clip(solved.x.reshape(low.shape), self._low, self._high)
        self._see(self._last)
        start = np.where(steps > 0, self._low[atoms], self._high[atoms])
        gains = np.where(steps != 0, (self._last[atoms] - start) * steps, 0.0)
        return float((first * gains).sum() / first[0, 0] / one[0, 0])


def needed_step(least, most, low, high, one, single: np.ndarray) -> np.ndarray:
    """What solutions have not shown of sums (N,) that were from `least` to `most`: up (1), down (-1), either (2) or
    nothing (0)."""
    one = one * _ENOUGH
    missing = [most < low + one, least > high - one, single & (most - least < one)]
    return np.select(missing, [_MORE, _LESS, _EITHER], 0)
