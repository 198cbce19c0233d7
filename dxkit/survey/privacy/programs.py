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

    def entries(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Rows, columns (an atom's answers one after the other) and values of what is not zero."""
        return np.concatenate(self._row), np.concatenate(self._column), np.concatenate(self._value)


class Program:
    """Linear programs over how many of each atom gave which answer, by weight, given what is shown.

    people, weight (T,) of each atom; step (T,) how much one person can change; coded: whether there are no answers
    between; top: whether the scale has an upper end.
    """

    def __init__(self, rows: Rows, people, weight, step, *, coded: bool, top: bool) -> None:
        atoms, answers = self._shape = rows.shape
        self._row, self._column, self._value = rows.entries()
        low, high = np.array(rows.low), np.array(rows.high)
        slack = np.where(low == high, 0.0, TINY * np.maximum(high, 1))
        self._low, self._high = low - slack, high + slack
        if top:
            every = np.arange(atoms * answers)
            self._row = np.concatenate([self._row, len(low) + every // answers])
            self._column, self._value = (
                np.concatenate([self._column, every]),
                np.append(self._value, np.ones(len(every))),
            )
            self._low, self._high = np.append(self._low, weight), np.append(self._high, weight)
        self._people, self._weight, self._coded, self._top = people, weight, coded, top
        self._step = step * weight / people  # of one person of mean weight
        self._gave = np.zeros(atoms, dtype=int)
        self._least, self._most = np.full(self._shape, np.inf), np.full(self._shape, -np.inf)
        self.found: list[np.ndarray] = []

    def see(self, given: np.ndarray) -> None:
        """Answers (T, A) that agree with all that is shown; the first are the true ones."""
        if np.isinf(self._least).all():
            self._gave = given.argmax(axis=1)
        self._least, self._most = np.minimum(self._least, given), np.maximum(self._most, given)

    def pins(self, check: np.ndarray) -> int | None:
        """The first atom of these that is left one answer."""
        left = np.array([atom for atom in check.tolist() if not self._free(atom)], dtype=int)
        before = len(left) + 1
        while 0 < len(left) < 0.8 * before:  # not all can differ at once; the last few are sooner tried one by one
            for away in self._directions(left):
                self._look_at_all(left, away)
            left, before = np.array([atom for atom in left.tolist() if not self._free(atom)], dtype=int), len(left)
        for atom in left.tolist():
            for answer in range(self._shape[1]):
                for sign in (-1.0,) if self._coded else (-1.0, 1.0):
                    if not self._free(atom):
                        self._look(atom, answer, sign)
            if not self._free(atom):
                return atom
        return None

    def _directions(self, left: np.ndarray) -> list[np.ndarray]:
        """Answers (L, A) that are looked for, to free these atoms."""
        every = np.arange(self._shape[1])
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
        (atoms, answers), count, (row, answer) = self._shape, len(check), np.nonzero(away)
        more, own = len(self._low) + np.arange(count), atoms * answers + np.arange(count)
        self._solve(
            np.append(np.zeros(atoms * answers), -np.ones(count)),
            (
                np.concatenate([self._value, -np.ones(len(row)), np.ones(count)]),
                (
                    np.concatenate([self._row, more[row], more]),
                    np.concatenate([self._column, check[row] * answers + answer, own]),
                ),
            ),
            np.append(self._low, np.full(count, -np.inf)),
            np.append(self._high, np.zeros(count)),
            self._step[check],
        )

    def _look(self, atom: int, answer: int, sign: float) -> None:
        """One solution that makes the number of an atom who gave an answer least (1) or largest (-1)."""
        objective = np.zeros(self._shape)
        objective[atom, answer] = sign
        matrix = self._value, (self._row, self._column)
        if self._solve(objective.ravel(), matrix, self._low, self._high, np.zeros(0)) == 3:  # without an upper end
            self._most[atom, answer] = np.inf

    def _solve(self, objective: np.ndarray, matrix, low, high, more: np.ndarray) -> int:
        """Solve, and remember the solution; `more` are the upper ends of further variables. Returns the status."""
        from scipy.optimize import Bounds, LinearConstraint, milp  # of whole numbers there are none; it starts sooner
        from scipy.sparse import csc_matrix

        rows = csc_matrix(matrix, shape=(len(low), len(objective)))
        size = self._shape[0] * self._shape[1]
        bounds = Bounds(0, np.append(np.full(size, np.inf), more))  # type: ignore[arg-type]
        solved = milp(objective, constraints=LinearConstraint(rows, low, high), bounds=bounds)
        if solved.x is not None:
            self.found.append(np.maximum(solved.x[:size], 0).reshape(self._shape))
            self.see(self.found[-1])
        return int(solved.status)
