"""Which figures of a survey may be shown: decided once, for all its cuts and questions together, from counts alone.

See docs/methods/anonymity.md, "What may be shown"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dxkit.survey.privacy.pairs import Pairs
from dxkit.survey.privacy.rowspace import needed


@dataclass(frozen=True, eq=False, kw_only=True)
class Figures:
    """What may be shown of each cut: of all who responded (G,), of each question (G, Q), and its spread (G, Q); and how
    many answered it (G, Q)."""

    people: list[np.ndarray]
    figure: list[np.ndarray]
    detail: list[np.ndarray]
    n: list[np.ndarray]

    def others(self, k: int) -> list[np.ndarray]:
        """Of each cut, the questions (Q,) whose hidden groups may stand in one row: the groups shown imply it."""
        everybody, whole = self.figure[0][0], self.n[0][0]
        left = [(n * ~shown).sum(axis=0) for n, shown in zip(self.n, self.figure, strict=True)]
        return [everybody & (rest >= k) & (rest < whole) for rest in left]


def decided(cuts: Sequence[np.ndarray], people: np.ndarray, answered: np.ndarray, k: int) -> Figures:
    """Figures from k answers on and details from 2k on, so that no combination of them is about fewer.

    Parameters
    ----------
    cuts : sequence of int arrays (C,)
        The group of each cell, for each declared cut; the first is everybody.
    people : array (C,)
        People of each cell who responded.
    answered : array (C, Q)
        How many of them answered each question.
    k : int
        The minimum.
    """
    pairs = Pairs(cuts, people)
    first = admitted(cuts, people, k, pairs=pairs)
    several = admitted(cuts, people, 2 * k, first, pairs)
    questions = answered.shape[1]  # the figures of each lie side by side
    figure, detail = ([np.zeros((questions, len(each)), dtype=bool).T for each in first] for _ in range(2))
    sizes = [np.zeros((questions, len(each))).T for each in first]
    alike: dict[bytes, list[int]] = {}
    for j, n in enumerate(answered.T):
        alike.setdefault(n.tobytes(), []).append(j)
    for here in alike.values():
        n = answered[:, here[0]].astype(float)
        each = Pairs(cuts, n, pairs.keys)
        shown = admitted(cuts, n, k, first, each)
        spread = admitted(cuts, n, 2 * k, several, each)
        for c, (one, two) in enumerate(zip(shown, spread, strict=True)):
            figure[c][:, here] = one[:, None]
            detail[c][:, here] = (one & two)[:, None]
            sizes[c][:, here] = each.sizes[c][:, None]
    return Figures(people=first, figure=figure, detail=detail, n=sizes)


def admitted(
    cuts: Sequence[np.ndarray],
    n: np.ndarray,
    k: int,
    start: Sequence[np.ndarray] | None = None,
    pairs: Pairs | None = None,
) -> list[np.ndarray]:
    """Groups of each cut that may be shown: no combination of them is about fewer than k people.

    A pure function of who answered and of the order of the cuts. What an earlier cut shows, a later one never takes
    away. Of the groups that help to a breach, the one with the fewest people is hidden.

    Parameters
    ----------
    cuts : sequence of int arrays (C,)
        The group of each cell, for each cut; the first is everybody.
    n : array (C,)
        People of each cell who answered.
    k : int
        The minimum.
    start : sequence of bool arrays (G,), optional
        Groups that may be shown at all.
    pairs : Pairs, optional
        How many answers two groups share, where it is known.

    Returns
    -------
    list of bool arrays (G,)

    Examples
    --------
    >>> everybody, team = np.zeros(3, dtype=int), np.arange(3)
    >>> admitted([everybody, team], np.array([9, 8, 3]), 5)[1].tolist()  # everybody less two teams would be the third
    [True, False, False]
    """
    pairs = pairs or Pairs(cuts, n)
    sizes = pairs.sizes
    shown = [size >= k for size in sizes]
    if start is not None:
        shown = [each & may for each, may in zip(shown, start, strict=True)]
    last = len(cuts) - 1
    if pairs.apart(shown, k) or (found := needed(cuts, shown, n, k, last)) is None:
        return shown
    hidden = False
    for c in range(1, len(cuts)):  # groups of the first cut alone do not overlap
        while shown[c].any():
            helps = found if c == last and not hidden else needed(cuts[: c + 1], shown[: c + 1], n, k, c)
            if helps is None:
                break
            at, hidden = np.flatnonzero(helps), True
            shown[c][at[np.argmin(sizes[c][at])]] = False
    return shown
