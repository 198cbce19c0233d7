"""One question after the other in the cells of all declared cuts, which hold too many numbers for all at once.

See docs/methods/tally.md, "Cuts"."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dxkit.statistics.moments import ratio
from dxkit.survey.reading.coding import ANSWERED, NO_OPINION
from dxkit.survey.tally.margins import Cross, Margins
from dxkit.survey.tally.weighed import answered, effective, said, weights_for

if TYPE_CHECKING:
    from dxkit.survey.tally.tally import Tally


class Held(NamedTuple):
    """Of one question in each of C cells, as `Weighed` has it of all: n, weights, worth, means, (C,).

    given (C, K)   the sums of the weights of those who gave each code
    """

    n: np.ndarray
    weights: np.ndarray
    worth: np.ndarray
    means: np.ndarray
    given: np.ndarray


class Questions:
    """What was answered to each question in the cells of all declared cuts."""

    def __init__(self, tally: Tally, fine: Margins | Cross) -> None:
        self._layout, self._fine, self._heavy = tally.layout, fine, fine.weighted and tally.roster is None
        self._of_roster: list[np.ndarray] = []
        self._last: tuple[int, np.ndarray] | None = None
        if tally.roster is not None:
            whole = tally.cut().every()
            self._cell = whole.cell_of(fine.groups)
            both = (counts(whole) for counts in (answered, said))
            self._of_roster = [weights_for(whole, each.n + each.not_asked) for each in both]

    def n(self, p: int) -> np.ndarray:
        """How many have a value of a column of the layout, and a weight, (C,)."""
        layout = self._layout
        if layout.coded[p]:
            n = self._counts(p)[:, np.flatnonzero(~np.isnan(layout.values[p, : layout.width]))].sum(axis=1)
        else:
            n = self._fine.sums[:, np.searchsorted(layout.summed, p), 0]
        return n if self.everybody else np.where(self._weights(0, p, n)[0] > 0, n, 0)

    def said(self, i: int) -> np.ndarray:
        """How many gave any answer to an item, no opinion included, and have a weight, (C,)."""
        n = self._counts(i)[:, self._said].sum(axis=1)
        return n if self.everybody else np.where(self._weights(1, i, n)[0] > 0, n, 0)

    def of(self, p: int) -> Held:
        """What was answered to a column of the layout, and what it counts."""
        layout, fine, n = self._layout, self._fine, self.n(p)
        given = np.empty((len(n), 0))
        if layout.coded[p]:
            counts = fine.weighted_counts[:, p, :, 0] if self._heavy else self._counts(p)
            given = np.asfortranarray(counts[:, : layout.width], dtype=float)
            sums = np.einsum("ck,k->c", given, layout.about[p])
        else:
            sums = (fine.weighted_sums if self._heavy else fine.sums)[:, np.searchsorted(layout.summed, p), 1]
        weights, worth = self._weights(0, p, n)
        weights, worth = np.where(n > 0, weights, 0.0), np.where(weights > 0, worth, 0.0)
        over = weights * worth if self._heavy else n
        means = ratio(sums, over) + layout.origin[p]
        return Held(n, weights, worth, means, given * weights[:, None] if self._of_roster else given)

    def heaviest(self, each: Held, group: np.ndarray, groups: int) -> np.ndarray:
        """The largest share of one person in the weight of each group, (G,); with weights in the file at most."""
        one = each.weights * np.sqrt(each.worth) if self._heavy else each.weights
        held, most = np.bincount(group, each.weights * each.worth, groups), np.zeros(groups)
        if self.everybody:
            most[held > 0] = 1.0
        else:
            np.maximum.at(most, group, one)
        return ratio(most, held, 1.0)

    @property
    def everybody(self) -> bool:
        """Whether everybody counts one."""
        return not self._heavy and not self._of_roster

    @property
    def _said(self) -> list[int]:
        width = self._layout.width
        return [*range(width), width + ANSWERED, width + NO_OPINION]

    def _counts(self, i: int) -> np.ndarray:
        """The counts of an item, as they were the last time."""
        if self._last is None or self._last[0] != i:
            self._last = i, self._fine.of_item(i)
        return self._last[1]

    def _weights(self, which: int, p: int, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The weight of each answer (0) or of whatever was said (1), and how many of it there are."""
        if self._of_roster:
            return self._of_roster[which][self._cell, p], n
        if not self._heavy:
            return np.ones(n.shape), n
        layout, fine = self._layout, self._fine
        if not which and not layout.coded[p]:
            w, _, squares = fine.weighted_sums[:, np.searchsorted(layout.summed, p)].T
        else:
            at = self._said if which else np.flatnonzero(~np.isnan(layout.values[p, : layout.width]))
            w, squares = fine.weighted_counts[:, p][:, at].sum(axis=1).T
        worth, weights = effective(w, squares)
        return weights, worth
