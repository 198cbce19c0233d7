"""What each vendor costs over the horizon: nominal and as present value, with every input's uncertainty (MODELS 8)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import import_module
from itertools import product
from typing import ClassVar

import numpy as np
import pandas as pd

from dxkit import draws
from dxkit.procurement.cashflow import discount_factors
from dxkit.procurement.dossier import Dossier, Figure, Line
from dxkit.procurement.exit_cost import exit_draws, expected_by_draw
from dxkit.procurement.yearly import figures_of, money
from dxkit.result import Result

_WIDTH = 256
_NODES = 24  # Gauss and Legendre's, for each claim on each figure; exact to about seven digits


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Tco(Result):
    """Total cost of ownership by vendor.

    table     vendor, year (0 is the start), category, mean, p10, p50, p90: nominal money
    totals    vendor, basis (nominal, pv, pv_with_exit: plus the expected cost of leaving), mean, se (of the
              simulation), p10, p50, p90, p_cheapest, exact_mean (integrated, not drawn: the two must agree; nan
              with exit)
    tornado   vendor, input, share: of the variance of the present value, first order; the rest is joint
    """

    plot_name: ClassVar[str] = "procurement.totals"

    totals: pd.DataFrame = field(default_factory=pd.DataFrame)
    tornado: pd.DataFrame = field(default_factory=pd.DataFrame)
    currency: str = ""
    status: str = ""

    def years(self, ax=None):
        """Draw the cost by year and category; returns the matplotlib Axes."""
        return import_module("dxkit.plots.procurement").years(self, ax=ax)

    def doubt(self, vendor: str | None = None, ax=None):
        """Draw what a vendor's cost is uncertain about; returns the matplotlib Axes."""
        return import_module("dxkit.plots.procurement").tornado(self, ax=ax, vendor=vendor)

    def _displayed(self) -> pd.DataFrame:
        rows = self.totals[self.totals["basis"] != "nominal"]
        step = _step(rows)
        shown = rows[["mean", "p10", "p50", "p90"]].map(lambda value: f"{round(value / step) * step:,.0f}")
        chance = rows["p_cheapest"].map(
            lambda p: "over 99%" if p > 0.99 else "under 1%" if p < 0.01 else f"{100 * p:.0f}%"
        )
        names = {"mean": "present value", "p10": "10 in 100 below", "p50": "half below", "p90": "90 in 100 below"}
        basis = rows["basis"].map({"pv": "owning", "pv_with_exit": "owning and leaving"}).rename("of")
        return pd.concat([rows[["vendor"]], basis, shown.rename(columns=names), chance.rename("cheapest")], axis=1)


def _step(rows: pd.DataFrame) -> float:
    """The last digit that the spread of the figures has earned."""
    spread = float((rows["p90"] - rows["p10"]).min()) or float(rows["mean"].abs().max()) / 1000
    return 10.0 ** max(0, math.floor(math.log10(max(spread, 1.0) / 5)))


def tco(dossier: Dossier, seed: int = 0) -> Tco:
    """Work out what each vendor costs to own (MODELS 8).

    Parameters
    ----------
    dossier : Dossier
    seed : int
        Of the draws. Every uncertain figure is drawn once and shared by all vendors that use it, so comparisons are
        paired; a vendor that is added below the others leaves their draws alone.

    Returns
    -------
    Tco
        Money in the dossier's currency; time 0 is not discounted, years at their end.

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> costs = pd.DataFrame({"vendor": ["A", "B"], "line": "seats", "timing": "yearly", "likely": [1000, 1200]})
    >>> dx.tco(dx.read_dossier({"costs": costs})).totals.query("basis == 'pv'")["mean"].round(2).tolist()
    [2486.85, 2984.22]
    """
    values = drawn(dossier, seed)
    factors = discount_factors(dossier.rate, dossier.horizon)
    rows, tornado, bases = [], [], {"nominal": {}, "pv": {}, "pv_with_exit": {}}
    leaving = exit_draws(dossier, seed)
    exact = {}
    for vendor in dossier.vendors:
        lines = [line for line in dossier.costs if line.vendor == vendor]
        spent = {}
        for line in lines:
            spent.setdefault(line.category, []).append(money(line, dossier, values))
        size = len(next(iter(values.values()), np.zeros(1)))
        by_category = {name: np.broadcast_to(sum(parts), (size, len(factors))) for name, parts in spent.items()}
        for year, (category, each) in product(range(len(factors)), by_category.items()):
            rows.append([vendor, year, category, *_summary(each[:, year])])
        whole = sum(by_category.values())
        bases["nominal"][vendor], bases["pv"][vendor] = whole.sum(axis=1), whole @ factors
        bases["pv_with_exit"][vendor] = bases["pv"][vendor] + expected_by_draw(dossier, vendor, leaving)
        mean = sum(exact_mean(line, dossier) for line in lines)
        exact[vendor] = {"nominal": float(mean.sum()), "pv": float(mean @ factors), "pv_with_exit": np.nan}
        tornado += [[vendor, *row] for row in _tornado(lines, dossier, factors, float(np.var(bases["pv"][vendor])))]
    totals = []
    for basis, each in bases.items():
        cheapest = _cheapest(np.column_stack(np.broadcast_arrays(*each.values())))
        for (vendor, total), p in zip(each.items(), cheapest, strict=True):
            mean, *quantiles = _summary(total)
            totals.append([vendor, basis, mean, _error(total), *quantiles, p, exact[vendor][basis]])
    currency, status = str(dossier.decision["currency"]), str(dossier.decision["status"])
    return Tco(
        table=pd.DataFrame(rows, columns=["vendor", "year", "category", "mean", "p10", "p50", "p90"]),
        totals=pd.DataFrame(totals, columns=["vendor", "basis", "mean", "se", "p10", "p50", "p90", "p_cheapest",
                                             "exact_mean"]),
        tornado=pd.DataFrame(tornado, columns=["vendor", "input", "share"]),
        seed=seed, currency=currency, status=status,
        title=f"Cost of ownership over {dossier.horizon} years, {currency or 'the currency of the dossier'} ({status})",
        notes=tuple(_notes(dossier)),
    )  # fmt: skip


def _notes(dossier: Dossier) -> Iterable[str]:
    yield f"present value at {100 * dossier.rate:g}% a year, time 0 not discounted, years at their end"
    open_figures, all_figures = len(dossier.unsupported["figure"].unique()), len(dossier.figures)
    if open_figures:
        yield f"{open_figures} of {all_figures} figures rest on no dated source: see .unsupported of the dossier"
    if len(dossier.conflicting):
        yield f"sources differ on {dossier.conflicting['figure'].nunique()} figures: each is taken as likely"


def drawn(dossier: Dossier, seed: int = 0) -> dict[str, np.ndarray]:
    """A value (S,) for every figure of drivers, costs and benefits: draws where it is uncertain, else the number."""
    leaving = {figure.name for figure in dossier.exit.values()}
    figures = [figure for name, figure in dossier.figures.items() if name not in leaving]
    uncertain = [figure for figure in figures if not figure.fixed]
    width = _WIDTH * -(-len(uncertain) // _WIDTH)  # the same sequence for any number of figures up to this
    points = draws.scrambled(width, seed) if uncertain else np.empty((1, 0))
    values = {figure.name: np.full(len(points), figure.mean) for figure in figures if figure.fixed}
    return values | {figure.name: figure.quantile(points[:, k]) for k, figure in enumerate(uncertain)}


def exact_mean(line: Line, dossier: Dossier) -> np.ndarray:
    """Expected money of a line by year (T + 1,), integrated over everything that it depends on, not drawn."""
    figures = figures_of(line, dossier.drivers)
    grids = {name: _nodes(figure) for name, figure in figures.items()}
    mesh = np.meshgrid(*(nodes for nodes, _ in grids.values()), indexing="ij")
    weight = np.ones(1)
    for _, share in grids.values():
        weight = np.multiply.outer(weight, share)
    spent = money(line, dossier, {name: each.ravel() for name, each in zip(grids, mesh, strict=True)})
    return weight.ravel() @ np.broadcast_to(spent, (weight.size, spent.shape[1]))


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


def _tornado(lines: list[Line], dossier: Dossier, factors: np.ndarray, variance: float) -> list[list]:
    """Each input's share of the variance of the present value: what is left of it with all others at their means."""
    figures: dict[str, Figure] = {}
    for line in lines:
        figures |= figures_of(line, dossier.drivers)
    at_mean = {name: figure.mean for name, figure in figures.items()}
    rows = []
    for name, figure in figures.items():
        if figure.fixed or variance <= 0:
            continue
        nodes, weight = _nodes(figure)
        total = sum(money(line, dossier, at_mean | {name: nodes}) @ factors for line in lines)
        mean = weight @ total
        rows.append([name, float(weight @ (total - mean) ** 2 / variance)])
    return sorted(rows, key=lambda row: -row[1])


def _summary(values: np.ndarray) -> list[float]:
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9])
    return [float(values.mean()), float(low), float(middle), float(high)]


def _error(values: np.ndarray) -> float:
    return float(draws.error(values)) if len(values) > 1 else 0.0


def _cheapest(totals: np.ndarray) -> np.ndarray:
    """Share of the draws in which each vendor costs least, (V,); those level share it."""
    least = totals.min(axis=1, keepdims=True)
    level = totals <= least + 1e-9 * np.abs(least)
    return (level / level.sum(axis=1, keepdims=True)).mean(axis=0)
