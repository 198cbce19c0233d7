"""Weights that stand in the file of answers: sums of w and its square beside those of people.

See docs/methods/weighting.md, "Weights in the file"."""

from __future__ import annotations

import numpy as np

from dxkit.survey.tally.cells import Cells

_MOST_EFFECT = 3.0


def weighted(cells: Cells) -> bool:
    """Whether figures are weighted by the file: it has weights, and there is no roster."""
    return cells.margins.weighted and cells.roster is None


def means(n: np.ndarray, sums: np.ndarray, origin: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weighted means, their standard errors and effective numbers of answers (Kish 1965; Lumley 2010), (G, J) each.

    From answers n (G, J), their sums of w, wx, w^2, w^2 x, w^2 x^2 (G, J, 5), and what x is taken about (J,).
    """
    w, wx, ww, wwx, wwxx = np.moveaxis(sums, 2, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        about = wx / w
        spread = np.maximum(wwxx - 2 * about * wwx + about**2 * ww, 0.0)
        spread[spread <= 1e-12 * np.maximum(wwxx, 1e-300)] = 0.0
        se = np.where(n > 1, np.sqrt(n / (n - 1) * spread) / w, np.nan)
        return about + origin, se, w**2 / ww


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
