"""Means and shares of variance of a dossier's lines by integration, beside which the simulated ones can be held."""

from __future__ import annotations

import numpy as np

from dxkit.procurement.cost.lines import figures_of, means_of, money
from dxkit.procurement.dossier.dossier import Dossier, Figure, Line

_NODES = 24  # Gauss and Legendre's, for each claim on each figure; exact to about seven digits


def exact_mean(line: Line, dossier: Dossier) -> np.ndarray:
    """Expected money of a line by year (T + 1,), integrated over everything that it depends on, not drawn."""
    figures = figures_of(line, dossier.drivers)
    grids = {name: _nodes(figure) for name, figure in figures.items()}
    grids[line.amount.name] = (np.array([line.amount.mean]), np.ones(1))  # money is linear in the amount
    mesh = np.meshgrid(*(nodes for nodes, _ in grids.values()), indexing="ij")
    weight = np.ones(1)
    for _, share in grids.values():
        weight = np.multiply.outer(weight, share)
    spent = money(line, dossier, {name: each.ravel() for name, each in zip(grids, mesh, strict=True)})
    return weight.ravel() @ np.broadcast_to(spent, (weight.size, spent.shape[1]))


def shares_of_variance(
    lines: list[Line], dossier: Dossier, factors: np.ndarray, variance: float
) -> list[tuple[str, float]]:
    """Each input's share of the variance of the present value: what is left of it with all others at their means."""
    figures: dict[str, Figure] = {}
    for line in lines:
        figures |= figures_of(line, dossier.drivers)
    at_mean = means_of(figures.values())
    rows = []
    for name, figure in figures.items():
        if figure.fixed or variance <= 0:
            continue
        nodes, weight = _nodes(figure)
        total = np.zeros(len(nodes))
        for line in lines:
            if name in figures_of(line, dossier.drivers):
                total = total + money(line, dossier, at_mean | {name: nodes}) @ factors
        rows.append((name, float(weight @ (total - weight @ total) ** 2 / variance)))
    return sorted(rows, key=lambda row: -row[1])


def _nodes(figure: Figure) -> tuple[np.ndarray, np.ndarray]:
    """Values of a figure and their weights, for integrals over it."""
    if figure.fixed:
        return np.array([figure.mean]), np.ones(1)
    at, share = np.polynomial.legendre.leggauss(_NODES)
    # u = 3 v^2 - 2 v^3 is flat at both ends, where quantiles may be steep
    v = (at + 1) / 2
    u, slope = v * v * (3 - 2 * v), 6 * v * (1 - v)
    parts = [claim.estimate.quantile(u) for claim in figure.claims]
    return np.concatenate(parts), np.tile(share / 2 * slope, len(parts)) / len(parts)
