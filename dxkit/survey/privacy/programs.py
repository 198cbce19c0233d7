"""Linear programs over how many people gave which answer, given what is shown of them.

See docs/methods/anonymity.md, "Ends of the scale"."""

from __future__ import annotations

from typing import Any

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

    def entries(self) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
        """The values of the matrix of all figures, and where they stand."""
        return np.concatenate(self._value), (np.concatenate(self._row), np.concatenate(self._column))


class Program:
    """Linear programs over how many of each atom gave which answer, by weight, given what is shown."""

    def __init__(
        self, rows: Rows, people: np.ndarray, weight: np.ndarray, given: np.ndarray, step: np.ndarray, **kind: bool
    ) -> None:
        self._atoms, self._answers = rows.shape
        low, high = np.array(rows.low), np.array(rows.high)
        slack = np.where(low == high, 0.0, TINY * np.maximum(high, 1))
        self._low, self._high = low - slack, high + slack
        self._value, self._at = rows.entries()
        if kind["top"]:  # each atom gave as many answers as it has people
            size = self._atoms * self._answers
            self._value = np.concatenate([self._value, np.ones(size)])
            atom = len(low) + np.arange(size) // self._answers
            self._at = np.concatenate([self._at[0], atom]), np.concatenate([self._at[1], np.arange(size)])
            self._low, self._high = np.concatenate([self._low, weight]), np.concatenate([self._high, weight])
        self._people, self._weight, self._coded, self._top = people, weight, kind["coded"], kind["top"]
        self._step = step * weight / people  # of one person of mean weight
        self._gave = given.argmax(axis=1)
        self._least, self._most = given.copy(), given.copy()  # of each answer, in solutions that were found
        self.found: list[np.ndarray] = []

    def see(self, given: np.ndarray) -> None:
        """Answers (atoms, answers) that agree with all that is shown."""
        self._least, self._most = np.minimum(self._least, given), np.maximum(self._most, given)

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
        row, answer = np.nonzero(away)
        size, count, own = self._atoms * self._answers, len(check), np.arange(len(check))
        value = np.concatenate([self._value, np.full(len(row), -1.0), np.ones(count)])
        line = np.concatenate([self._at[0], len(self._low) + row, len(self._low) + own])
        column = np.concatenate([self._at[1], check[row] * self._answers + answer, size + own])
        low, high = np.concatenate([self._low, np.full(count, -np.inf)]), np.concatenate([self._high, np.zeros(count)])
        self._solve(
            np.concatenate([np.zeros(size), -np.ones(count)]),
            (value, (line, column)),
            low,
            high,
            most=self._step[check],
        )

    def _look(self, objective: np.ndarray, at: tuple[int, int]) -> None:
        """One solution that makes the objective least."""
        self._solve(objective, (self._value, self._at), self._low, self._high, at)

    def _solve(self, objective: np.ndarray, matrix, low, high, at=None, most: np.ndarray | tuple = ()) -> None:
        """Solve, and remember the least and most that a solution gave each answer; `most` ends further variables."""
        from scipy.optimize import Bounds, LinearConstraint, milp  # of whole numbers there are none; it starts sooner
        from scipy.sparse import csc_matrix

        size = self._atoms * self._answers
        bounds = Bounds(0, np.concatenate([np.full(size, np.inf), most]))  # type: ignore[arg-type]
        rows = csc_matrix(matrix, shape=(len(low), len(objective)))
        found: Any = milp(objective, constraints=LinearConstraint(rows, low, high), bounds=bounds)
        if found.status == 3 and at is not None:  # without an upper end
            self._most[at] = np.inf
        elif found.x is not None:
            self.found.append(np.asarray(found.x)[:size].reshape(self._atoms, self._answers))
            self.see(self.found[-1])
