"""Weights that stand in the file of answers: sums of w and its square beside those of people.

See docs/methods/weighting.md, "Weights in the file"."""

from __future__ import annotations

import numpy as np

from dxkit.survey.tally.cells import Cells

_MOST_EFFECT = 3.0


def weighted(cells: Cells) -> bool:
    """Whether figures are weighted by the file: it has weights, and there is no roster."""
    return cells.margins.weighted and cells.roster is None


def sums(cells: Cells, j: int, member: np.ndarray) -> np.ndarray:
    """w, wx, w^2, w^2 x, w^2 x^2 of a variable, over the cells of a group."""
    return member.astype(float) @ cells.weighed[:, j]


def counts(cells: Cells, i: int, member: np.ndarray) -> np.ndarray:
    """The weights of those who gave each code of an item, over the cells of a group."""
    return member.astype(float) @ cells.weighed_codes[:, i]


def states(cells: Cells, i: int, member: np.ndarray) -> np.ndarray:
    """w and w^2 of those in each state of an item, (S, 2), over the cells of a group."""
    return np.tensordot(member.astype(float), cells.weighed_states[:, i], axes=1)


def mean(cells: Cells, j: int, member: np.ndarray) -> tuple[float, float, float]:
    """Weighted mean, its standard error and the effective number of answers (Kish 1965; Lumley 2010)."""
    n = float((member * cells.n[:, j]).sum())
    w, wx, ww, wwx, wwxx = sums(cells, j, member)
    about = wx / w
    spread = max(wwxx - 2 * about * wwx + about**2 * ww, 0.0)
    spread = 0.0 if spread <= 1e-12 * max(wwxx, 1e-300) else spread
    se = float(np.sqrt(n / (n - 1) * spread) / w) if n > 1 else float("nan")
    return float(about + cells.origin[j]), se, float(w**2 / ww)


def remark(cells: Cells) -> str:
    """What the weights cost: how many equally weighted answers they are worth."""
    everybody = np.ones(len(cells.people))
    total, squares = states(cells, 0, everybody).sum(axis=0)
    people, effective = float(cells.people.sum()), total**2 / squares
    effect = people / effective
    unequal = "; the weights are so unequal that few people decide the figures" if effect > _MOST_EFFECT else ""
    return (
        f"weighted by the file: design effect {effect:.2f}, {people:.0f} answers are as precise as {effective:.1f} "
        f"equally weighted ones{unequal}"
    )
