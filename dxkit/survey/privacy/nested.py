"""What may be shown of groups within groups of the same people, in closed form.

See docs/methods/anonymity.md, "Groups within groups"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dxkit.statistics.moments import per_group


@dataclass(frozen=True, eq=False, kw_only=True)
class Table:
    """A table in which each unit belongs to one group.

    units, group, n, weights (U,): key, group, answers, and what one of them counts; shown (G,); least, the minimum.
    """

    units: np.ndarray
    group: np.ndarray
    n: np.ndarray
    weights: np.ndarray
    shown: np.ndarray
    least: int

    @property
    def answers(self) -> np.ndarray:
        """Answers that count."""
        return np.where(self.weights > 0, self.n, 0.0)

    @property
    def rows(self) -> np.ndarray:
        """A row of coefficients over units for each group, (G, U)."""
        return np.equal.outer(np.arange(len(self.shown)), self.group) * self.weights

    def follows(self, earlier: Sequence[Table]) -> bool:
        """Whether its groups lie within those of the last table, or hold everybody, with the same answers."""
        if not earlier:
            return True
        last = next((table for table in reversed(earlier) if len(table.shown) > 1), earlier[-1])
        same = self.least == last.least and np.array_equal(self.units, last.units) and np.array_equal(self.n, last.n)
        if not same or not np.allclose(self.weights, last.weights, rtol=1e-9, atol=0):
            return False
        within = np.zeros(len(self.shown), dtype=np.int64)
        within[self.group] = last.group
        return len(self.shown) == 1 or np.array_equal(within[self.group], last.group)


def admitted(tables: Sequence[Table], earlier: Sequence[Sequence[Table]], constant: np.ndarray) -> list[Table]:
    """The same groups of several questions (S), with what may be shown of each beside what was shown earlier.

    constant (G, S) marks groups in which everybody gave the same answer. A region is a set of people whose sum is
    known: everybody, each group shown, and the hidden groups of a region together. While the hidden groups of one hold
    fewer answers than the minimum, its smallest other group is hidden: one is enough, as it has the minimum itself.
    """
    (groups, questions), group, least = constant.shape, tables[0].group, tables[0].least
    size = per_group(group, groups)(np.column_stack([table.answers for table in tables])).T.ravel()
    region, regions = np.zeros((questions, groups), dtype=np.int64), 0
    for s, levels in enumerate(earlier):
        of_unit = _regions(levels, len(group))
        region[s, group] = regions + of_unit
        regions += int(of_unit.max(initial=0)) + 1
    region, shown = region.ravel(), size >= least  # question by question, in the order of the groups
    hidden = np.bincount(region, np.where(shown, 0.0, size), minlength=regions)
    at = np.flatnonzero(shown & ((hidden > 0) & (hidden < least))[region])
    at = at[np.lexsort((size[at], region[at]))]
    shown[at[np.unique(region[at], return_index=True)[1]]] = False
    shown &= ~(constant.T.ravel() & (size < 2 * least))
    return [replace(table, shown=row) for table, row in zip(tables, shown.reshape(questions, groups), strict=True)]


def _regions(levels: Sequence[Table], units: int) -> np.ndarray:
    """The region of each unit after these tables, (U,)."""
    region = np.zeros(units, dtype=np.int64)
    for table in levels:
        if len(table.shown) > 1:
            region = np.where(table.shown[table.group], region.max(initial=0) + 1 + table.group, region)
    return np.unique(region, return_inverse=True)[1]
