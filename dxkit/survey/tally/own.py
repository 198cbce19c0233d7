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


def sums(tally: Tally, j: int, member: np.ndarray) -> np.ndarray:
    """w, wx, w^2, w^2 x, w^2 x^2 of a variable, over the cells of a group."""
    return member.astype(float) @ tally.burdens["weights"][0][:, j]


def counts(tally: Tally, i: int, member: np.ndarray) -> np.ndarray:
    """The weights of those who gave each code of an item, over the cells of a group."""
    return member.astype(float) @ tally.burdens["weights"][1][:, i]


def states(tally: Tally, i: int, member: np.ndarray) -> np.ndarray:
    """w and w^2 of those in each state of an item, (S, 2), over the cells of a group."""
    return np.tensordot(member.astype(float), tally.burdens["weights"][2][:, i], axes=1)


def mean(tally: Tally, j: int, member: np.ndarray) -> tuple[float, float, float]:
    """Weighted mean, its standard error and the effective number of answers (Kish 1965; Lumley 2010)."""
    n = float((member * tally.n[:, j]).sum())
    w, wx, ww, wwx, wwxx = sums(tally, j, member)
    about = wx / w
    spread = max(wwxx - 2 * about * wwx + about**2 * ww, 0.0)
    spread = 0.0 if spread <= 1e-12 * max(wwxx, 1e-300) else spread
    se = float(np.sqrt(n / (n - 1) * spread) / w) if n > 1 else float("nan")
    return float(about + tally.origin[j]), se, float(w**2 / ww)


def remark(tally: Tally) -> str:
    """What the weights cost: how many equally weighted answers they are worth."""
    everybody = np.ones(len(tally.cells))
    total, squares = states(tally, 0, everybody).sum(axis=0)
    people, effective = float(tally.people.sum()), total**2 / squares
    effect = people / effective
    unequal = "; the weights are so unequal that few people decide the figures" if effect > _MOST_EFFECT else ""
    return (
        f"weighted by the file: design effect {effect:.2f}, {people:.0f} answers are as precise as {effective:.1f} "
        f"equally weighted ones{unequal}"
    )
