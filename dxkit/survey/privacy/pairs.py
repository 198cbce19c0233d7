"""Whether sums of groups tell nothing of a few, from two cuts at a time: most often they do, and no cell is looked at.

See docs/methods/anonymity.md, "What may be shown"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from dxkit.statistics.moments import products
from dxkit.survey.privacy.rowspace import ZERO


@dataclass(frozen=True, eq=False)
class Pairs:
    """How many of n (C,) each two groups of two cuts share; `keys` are the pairs of each cell, kept for other n."""

    cuts: Sequence[np.ndarray]
    n: np.ndarray
    keys: dict[tuple[int, int], np.ndarray] = field(default_factory=dict)

    @cached_property
    def sizes(self) -> list[np.ndarray]:
        """People of the groups of each cut."""
        return [np.bincount(cut, self.n, int(cut.max(initial=-1)) + 1) for cut in self.cuts]

    def apart(self, shown: Sequence[np.ndarray], k: int) -> bool:
        """Whether it is certain that no combination of shown sums is about fewer than k people.

        Beside everybody, the hidden groups of a cut are one more group, so each cut covers everybody. No leverage is
        above 1/n of its group in the largest cut and twice those in the others over the least eigenvalue.
        """
        if not shown[0].all() or len(shown[0]) != 1:
            return False
        place, people = zip(*map(_with_rest, shown, self.sizes), strict=True)
        if any(each.min() < k for each in people):
            return False
        used = sorted((c for c in range(len(shown)) if len(people[c]) > 1), key=lambda c: -len(people[c]))
        if len(used) < 2:
            return True
        lead, *others = used
        least = sum(2 / people[c].min() / len(others) for c in others)  # the eigenvalues are at most as many as cuts
        if (k - 1) * (1 / people[lead].min() + least) >= 1 - ZERO:
            return False

        def counted(one: int, two: int) -> np.ndarray:
            """People of each pair of groups that are told apart."""
            table = _folded(self._table(one, two), place[one], len(people[one]))
            return _folded(table.T, place[two], len(people[two])).T

        share = np.hstack([counted(lead, c) / np.sqrt(people[c]) for c in others])
        start = np.cumsum([0, *(len(people[c]) for c in others)])
        both = np.eye(start[-1])
        for i, one in enumerate(others):
            for j, two in enumerate(others[:i]):
                part = counted(one, two) / np.sqrt(np.outer(people[one], people[two]))
                both[start[i] : start[i + 1], start[j] : start[j + 1]] = part
                both[start[j] : start[j + 1], start[i] : start[i + 1]] = part.T
        values = np.linalg.eigvalsh(both - products(share, share / people[lead][:, None]))
        kept = values[values > ZERO]
        least = 1 / people[lead].min() + (2 * sum(1 / people[c].min() for c in others) / kept[0] if len(kept) else 0)
        return (k - 1) * least < 1 - ZERO

    @cached_property
    def _tables(self) -> dict[tuple[int, int], np.ndarray]:
        return {}

    def _table(self, one: int, two: int) -> np.ndarray:
        """People of each pair of groups, (G, H)."""
        size, width = len(self.sizes[one]), len(self.sizes[two])
        if (one, two) not in self.keys:
            self.keys[one, two] = self.cuts[one] * width + self.cuts[two]
        if (one, two) not in self._tables:
            self._tables[one, two] = np.bincount(self.keys[one, two], self.n, size * width).reshape(size, width)
        return self._tables[one, two]


def _with_rest(shown: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The place of each group when all hidden ones are the last one, -1 for none; and the people of each."""
    seen, hidden = shown & (size > 0), ~shown & (size > 0)
    place = np.where(seen, np.cumsum(seen) - 1, np.where(hidden, seen.sum(), -1))
    return place, np.append(size[seen], size[hidden].sum() if hidden.any() else [])


def _folded(table: np.ndarray, place: np.ndarray, size: int) -> np.ndarray:
    """Rows (size, ...) at these places, added up where they are one."""
    found = np.zeros((size, table.shape[1]))
    last = place == size - 1
    found[place[(place >= 0) & ~last]] = table[(place >= 0) & ~last]
    found[-1] = table[last].sum(axis=0)
    return found
