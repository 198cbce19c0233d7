"""Weights that stand in the file of answers: sums of w and its square beside those of people.

See docs/methods/weighting.md, "Weights in the file"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dxkit.survey.reading.coding import STATES

if TYPE_CHECKING:
    from dxkit.survey.tally.tally import Tally

_MOST_EFFECT = 3.0


def layers(
    weights: np.ndarray,
    values: np.ndarray,
    codes: list[np.ndarray],
    state: np.ndarray,
    width: int,
    code: np.ndarray,
    cells: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The sums of weights per cell that a tally keeps.

    From the weight (n,), the values about their origin (n, J), the position of each answer among the codes of its item
    (-1 for none), the states (n, I) and the cell (n,) of each respondent: w, wx, w^2, w^2 x, w^2 x^2 of each variable
    (C, J, 5); w of each code (C, I, K); w and w^2 of each state (C, I, S, 2).
    """
    given, x = ~np.isnan(values), np.nan_to_num(values)
    w = np.where(given, weights[:, None], 0.0)
    moments = np.stack([w, w * x, w**2, w**2 * x, (w * x) ** 2], axis=2)
    of_variables = np.zeros((cells, values.shape[1], 5))
    np.add.at(of_variables, code, moments)
    of_codes, of_states = np.zeros((cells, len(codes), width)), np.zeros((cells, len(codes), len(STATES), 2))
    for i, at in enumerate(codes):
        there = at >= 0
        if there.any():
            of_codes[:, i] = _added(code[there] * width + at[there], weights[there], cells, width)
        for power in (1, 2):
            places = code * len(STATES) + state[:, i]
            of_states[:, i, :, power - 1] = _added(places, weights**power, cells, len(STATES))
    return of_variables, of_codes, of_states


def _added(places: np.ndarray, weights: np.ndarray, cells: int, width: int) -> np.ndarray:
    return np.bincount(places, weights=weights, minlength=cells * width).reshape(cells, width)


def weighted(tally: Tally) -> bool:
    """Whether figures are weighted by the file: it has weights, and there is no roster."""
    return "weights" in tally.burdens and tally.roster is None


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


def remark(tally: Tally) -> str:
    """What the weights cost: how many equally weighted answers they are worth."""
    total, squares = tally.burdens["weights"][2][:, 0].sum(axis=(0, 1))
    people, effective = float(tally.people.sum()), total**2 / squares
    effect = people / effective
    unequal = "; the weights are so unequal that few people decide the figures" if effect > _MOST_EFFECT else ""
    return (
        f"weighted by the file: design effect {effect:.2f}, {people:.0f} answers are as precise as {effective:.1f} "
        f"equally weighted ones{unequal}"
    )
