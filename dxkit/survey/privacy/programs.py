"""Linear programs over how many people gave which answer, given what is shown of them.

See docs/methods/anonymity.md, "Ends of the scale"."""

from __future__ import annotations

import numpy as np

TINY = 1e-9


class Rows:
    """What figures say of atoms: sums over some of them, from low to high; in units of what one answer can move."""

    def __init__(self, atoms: int, answers: int) -> None:
        self.shape = atoms, answers
        self.low: list[float] = []
        self.high: list[float] = []
        self._row: list[np.ndarray] = []
        self._column: list[np.ndarray] = []
        self._value: list[np.ndarray] = []

    def add(self, atoms: np.ndarray, values: np.ndarray, total: float, side: int, whole: float, share: float) -> None:
        """A figure of these atoms: the sum of what each answer counts in it (atoms, answers); exact, or on a side
        (-1 at most, 1 at least) within the share of one person of that end."""
        row, used = np.nonzero(values)
        self._column.append(atoms[row] * self.shape[1] + used)
        self._value.append(values[row, used].astype(float))
        self._row.append(np.full(len(row), len(self.low)))
        self.low.append({-1: 0.0, 1: whole * (1 - share)}.get(side, total))
        self.high.append({-1: whole * share, 1: whole}.get(side, total))

    def matrix(self):
        from scipy.sparse import csr_matrix

        at = np.concatenate(self._row), np.concatenate(self._column)
        return csr_matrix((np.concatenate(self._value), at), shape=(len(self.low), self.shape[0] * self.shape[1]))


class Program:
    """Linear programs over how many of each atom gave which answer, by weight, given what is shown."""

    def __init__(
        self, rows: Rows, people: np.ndarray, weight: np.ndarray, given: np.ndarray, step: np.ndarray, **kind: bool
    ) -> None:
        from scipy.sparse import csr_matrix, vstack

        self._atoms, self._answers = rows.shape
        matrix, low, high = rows.matrix(), np.array(rows.low), np.array(rows.high)
        exact = low == high
        slack = TINY * np.maximum(high[~exact], 1)
        self._within = vstack([matrix[~exact], -matrix[~exact]]).tocsr()
        self._limits = np.concatenate([high[~exact] + slack, slack - low[~exact]])
        self._equal, self._sums = matrix[exact], high[exact]
        if kind["top"]:
            size = self._atoms * self._answers
            of_atom = csr_matrix((np.ones(size), (np.arange(size) // self._answers, np.arange(size))))
            self._equal, self._sums = vstack([self._equal, of_atom]).tocsr(), np.concatenate([self._sums, weight])
        self._people, self._weight, self._coded, self._top = people, weight, kind["coded"], kind["top"]
        self._step = step * weight / people  # of one person of mean weight
        self._gave = given.argmax(axis=1)
        self._least, self._most = given.copy(), given.copy()  # of each answer, in solutions that were found

    def pins(self, check: np.ndarray) -> int | None:
        """The first atom of these that is left one answer."""
        left, before = check, len(check) + 1
        while 0 < len(left) < before:  # not all can differ at once, so the rest is tried again
            for away in self._directions(left):
                self._look_at_all(left, away)
            left, before = np.array([atom for atom in left.tolist() if not self._free(atom)], dtype=int), len(left)
        for atom in left.tolist():
            for column in range(self._answers):
                for sign in (-1.0,) if self._coded else (-1.0, 1.0):
                    if not self._free(atom):
                        objective = np.zeros(self._atoms * self._answers)
                        objective[atom * self._answers + column] = sign
                        self._look(objective, (atom, column))
            if not self._free(atom):
                return atom
        return None

    def _directions(self, left: np.ndarray) -> list[np.ndarray]:
        """Answers (L, A) that are looked for, to free these atoms."""
        every = np.arange(self._answers)
        if self._coded:
            return [every != self._gave[left][:, None]]
        return [np.tile(every == a, (len(left), 1)) for a in ((1, 0) if self._top else (1,))]

    def _free(self, atom: int) -> bool:
        """Whether solutions that were found have somebody give another answer; of any numbers, whether they leave the
        atom away from both ends, and one person a range."""
        least, most, one = self._least[atom], self._most[atom], self._step[atom]
        near = 1e-6 * one
        if self._coded:
            return bool((np.delete(most, self._gave[atom]) >= one - near).any())
        if most[1] < one - near or (self._top and least[1] > self._weight[atom] - one + near):
            return False
        return bool(self._people[atom] > 1 or most[1] - least[1] >= one)

    def _look_at_all(self, check: np.ndarray, away: np.ndarray) -> None:
        """One solution in which as many of these atoms as can be give the answers `away`, each a person's worth."""
        from scipy.sparse import csr_matrix, hstack

        row, answer = np.nonzero(away)
        size, count = self._atoms * self._answers, len(check)
        counted = csr_matrix((-np.ones(len(row)), (row, check[row] * self._answers + answer)), shape=(count, size))
        extra = hstack([counted, csr_matrix((np.ones(count), (np.arange(count),) * 2), shape=(count, count))])
        self._look(np.concatenate([np.zeros(size), -np.ones(count)]), extra=extra, most=self._step[check])

    def _look(self, objective: np.ndarray, at=None, extra=None, most: np.ndarray | None = None) -> None:
        """Solve, and remember the least and the most that any solution gave each answer."""
        from scipy.optimize import linprog
        from scipy.sparse import csr_matrix, hstack, vstack

        size, within, equal, limits = self._atoms * self._answers, self._within, self._equal, self._limits
        highest = np.full(len(objective), np.inf)
        if extra is not None and most is not None:
            none = [csr_matrix((count, len(most))) for count in (len(limits), len(self._sums))]
            within = vstack([hstack([within, none[0]]), extra]).tocsr()
            equal, limits = hstack([equal, none[1]]).tocsr(), np.concatenate([limits, np.zeros(len(most))])
            highest[size:] = most
        found = linprog(
            objective,
            A_ub=within if len(limits) else None,
            b_ub=limits if len(limits) else None,
            A_eq=equal if len(self._sums) else None,
            b_eq=self._sums if len(self._sums) else None,
            bounds=np.column_stack([np.zeros(len(objective)), highest]),
            method="highs",
        )
        if found.status == 3 and at is not None:  # without an upper end
            self._most[at] = np.inf
        elif found.x is not None:
            given = np.asarray(found.x)[:size].reshape(self._atoms, self._answers)
            self._least, self._most = np.minimum(self._least, given), np.maximum(self._most, given)
