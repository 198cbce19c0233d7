"""Weights that stand in the file of answers: sums of w and its square beside those of people.

See docs/methods/weighting.md, "Weights in the file"."""

from __future__ import annotations

import numpy as np

from dxkit.survey.tally.cells import Cells

_MOST_EFFECT = 3.0


def weighted(cells: Cells) -> bool:
    """Whether figures are weighted by the file: it has weights, and there is no roster."""
    return cells.margins.weighted and cells.roster is None


def effective(w: np.ndarray, squares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Answers with the weights w, from sums of w and w^2: how many equally weighted ones they are worth, and the weight
    of one of those (Kish 1965).

    >>> effective(np.array([4.0]), np.array([10.0]))
    (array([1.6]), array([2.5]))
    """
    worth = np.divide(w**2, squares, out=np.zeros(w.shape), where=squares > 0)
    return worth, np.divide(squares, w, out=np.zeros(w.shape), where=w > 0)


def remark(cells: Cells) -> str:
    """What the weights cost: how many equally weighted answers they are worth."""
    total, squares = cells.weighed_states[:, 0].sum(axis=(0, 1))
    people, effective = float(cells.people.sum()), total**2 / squares
    effect = people / effective
    unequal = "; the weights are so unequal that few people decide the figures" if effect > _MOST_EFFECT else ""
    return (
        f"weighted by the file: design effect {effect:.2f}, {people:.0f} answers are as precise as {effective:.1f} "
        f"equally weighted ones{unequal}"
    )
