"""What each vendor costs over the horizon: nominal and as present value, with every input's uncertainty (MODELS 8)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from dxkit.procurement.cost.integrals import exact_mean, shares_of_variance
from dxkit.procurement.cost.leaving import expected_by_draw
from dxkit.procurement.cost.lines import money
from dxkit.procurement.cost.returns import COLUMNS, returns
from dxkit.procurement.cost.simulation import DRAWS, block_rows, drawn, drawn_apart, drawn_exits
from dxkit.procurement.dossier.dossier import Dossier
from dxkit.results.columns import Column, columns_of
from dxkit.results.formatting import percent, rounded_money
from dxkit.results.result import Result
from dxkit.statistics.finance import discount_factors
from dxkit.statistics.sampling import SCRAMBLES, error, points_for

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_IN_FULL = 2**17  # more draws are kept in single precision, enough for quantiles; means are summed in full


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Tco(Result):
    """Total cost of ownership by vendor.

    yearly    vendor, year, mean, p10, p90: all categories together
    totals    vendor, basis (nominal, pv, pv_with_exit: plus the expected cost of leaving), mean, se (of the
              simulation), p10, p50, p90, p_cheapest, exact_mean (integrated, not drawn: the two must agree; nan
              with exit)
    tornado   vendor, input, share: of the variance of the present value, first order; the rest is joint
    returns   vendor, pv_benefits, pv_costs, npv, p10, p90, p_positive, roi, payback, payback_discounted (years), irr;
              no row where the dossier has no benefits
    present   present value by vendor and draw, (S,) each, paired over the vendors
    """

    columns: ClassVar[tuple[Column, ...]] = (
        Column("vendor", "the vendor"),
        Column("year", "0 is the start", "count"),
        Column("category", "what the money is for"),
        Column("mean", "nominal cost, mean of the simulations", "money", "currency of the dossier"),
        Column("p10", "P10: 10% of the simulations are below it", "money", "currency of the dossier"),
        Column("p50", "the median of the simulations", "money", "currency of the dossier"),
        Column("p90", "P90: 90% of the simulations are below it", "money", "currency of the dossier"),
    )
    plot_name: ClassVar[str] = "procurement.totals"

    yearly: pd.DataFrame = field(default_factory=pd.DataFrame)
    totals: pd.DataFrame = field(default_factory=pd.DataFrame)
    tornado: pd.DataFrame = field(default_factory=pd.DataFrame)
    returns: pd.DataFrame = field(default_factory=pd.DataFrame)
    present: Mapping[str, np.ndarray] = field(default_factory=dict)
    currency: str = ""
    status: str = ""

    @property
    def cheapest(self) -> str:
        """The vendor with the least present value on average."""
        rows = self.totals[self.totals["basis"] == "pv"]
        return str(rows.loc[rows["mean"].idxmin(), "vendor"])

    def plot_years(self, ax: Axes | None = None) -> Axes:
        """Draw the cost by year and category; returns the matplotlib Axes."""
        return self._draw("procurement.years", ax)

    def plot_tornado(self, vendor: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw which figures cause the uncertainty of a vendor's cost; returns the matplotlib Axes."""
        return self._draw("procurement.tornado", ax, vendor=vendor)

    def _printed(self) -> tuple[pd.DataFrame, Sequence[Column]]:
        """A row for each vendor and basis with its present value, in place of the years."""
        rows = self.totals[self.totals["basis"] != "nominal"]
        money_columns = rounded_money(rows[["mean", "p10", "p50", "p90"]], _step(rows))
        names = {"mean": "present value", "p10": "P10", "p50": "median", "p90": "P90"}
        basis = rows["basis"].map({"pv": "owning", "pv_with_exit": "owning and leaving"}).rename("of")
        chance = rows["p_cheapest"].map(percent).rename("cheapest")
        frame = pd.concat([rows[["vendor"]], basis, money_columns.rename(columns=names), chance], axis=1)
        return frame, columns_of(frame)


def _step(rows: pd.DataFrame) -> float:
    """The last digit that the spread of the figures has earned."""
    spread = float((rows["p90"] - rows["p10"]).min()) or float(rows["mean"].abs().max()) / 1000
    return 10.0 ** max(0, math.floor(math.log10(max(spread, 1.0) / 5)))


def tco(dossier: Dossier, seed: int = 0, *, draws: int = DRAWS, shared: bool = True) -> Tco:
    """Work out what each vendor costs to own (MODELS 8).

    Parameters
    ----------
    dossier : Dossier
    seed : int
        Of the draws. Every uncertain figure is drawn once and shared by all vendors that use it, so comparisons are
        paired; a vendor that is added below the others leaves their draws alone.
    draws : int
        At least so many; rounded up to 8 scrambles of a power of two.
    shared : bool
        False draws the figures of every line by themselves, as spreadsheets with one random cell each do. It
        understates the spread and is there to show by how much.

    Returns
    -------
    Tco
        Money in the dossier's currency; time 0 is not discounted, years at their end.

    Raises
    ------
    DataError
        Fewer than 1,024 draws, or more than 16,777,216.

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> costs = pd.DataFrame({"vendor": ["A", "B"], "line": "seats", "timing": "yearly", "likely": [1000, 1200]})
    >>> dx.tco(dx.read_dossier({"costs": costs})).totals.query("basis == 'pv'")["mean"].round(2).tolist()
    [2486.85, 2984.22]
    """
    run = _Run(dossier, draws)
    values = drawn(dossier, seed, draws) if shared else drawn_apart(dossier, seed, draws)
    for block, leaving in zip(values, drawn_exits(dossier, seed, draws), strict=True):
        run.add(block, leaving)
    factors, exact, tornado, back = run.factors, {}, [], []
    for vendor in dossier.vendors:
        lines = [line for line in dossier.costs if line.vendor == vendor]
        mean = sum(exact_mean(line, dossier) for line in lines)
        exact[vendor] = {"nominal": float(mean.sum()), "pv": float(mean @ factors), "pv_with_exit": np.nan}
        shares = shares_of_variance(lines, dossier, factors, float(np.var(run.bases["pv"][vendor])))
        tornado += [[vendor, *row] for row in shares]
        gains = [line for line in dossier.benefits if line.vendor == vendor]
        if gains:
            gained = sum(exact_mean(line, dossier) for line in gains)
            net = run.gains[vendor] - run.bases["pv"][vendor]
            back.append(returns(vendor, gained, mean, net, dossier.rate))
    totals = []
    for basis, each in {"nominal": run.nominal(), **run.bases}.items():
        cheapest = _cheapest(list(each.values()))
        for (vendor, total), p in zip(each.items(), cheapest, strict=True):
            mean, *quantiles = _summary(total)
            mean = run.mean(vendor) if basis == "nominal" else mean
            totals.append([vendor, basis, mean, float(error(total)), *quantiles, p, exact[vendor][basis]])
    currency, status = str(dossier.decision["currency"]), str(dossier.decision["status"])
    return Tco(
        table=pd.DataFrame(run.by_category(), columns=["vendor", "year", "category", "mean", "p10", "p50", "p90"]),
        yearly=pd.DataFrame(run.by_year(), columns=["vendor", "year", "mean", "p10", "p90"]),
        totals=pd.DataFrame(
            totals, columns=["vendor", "basis", "mean", "se", "p10", "p50", "p90", "p_cheapest", "exact_mean"]
        ),
        tornado=pd.DataFrame(tornado, columns=["vendor", "input", "share"]),
        returns=pd.DataFrame(back, columns=COLUMNS),
        present=run.bases["pv"],
        seed=seed,
        currency=currency,
        status=status,
        title=f"Cost of ownership over {dossier.horizon} years, {currency or 'the currency of the dossier'} ({status})",
        notes=tuple(_notes(dossier, shared)),
    )


class _Run:
    """The money of every vendor by draw, filled block by block."""

    def __init__(self, dossier: Dossier, draws: int):
        self.dossier, self.at, self.rows = dossier, 0, block_rows(draws)
        self.size = size = points_for(draws) * SCRAMBLES
        self.factors = discount_factors(dossier.rate, dossier.horizon)
        self.kind = np.float64 if size <= _IN_FULL else np.float32
        self.bases = {
            basis: {vendor: np.empty(size, dtype=self.kind) for vendor in dossier.vendors}
            for basis in ("pv", "pv_with_exit")
        }
        self.gains = {line.vendor: np.zeros(size, dtype=self.kind) for line in dossier.benefits}
        self.cells: dict[tuple[str, str], np.ndarray] = {}
        self.sums: dict[tuple[str, str], np.ndarray] = {}

    def add(self, values, leaving) -> None:
        """Work out a block: `values` for all lines, or a list of values for each."""
        count, apart = self.rows, isinstance(values, list)
        rows = slice(self.at, self.at + count)
        self.at += count
        spent: dict[tuple[str, str], np.ndarray] = {}
        for number, line in enumerate(self.dossier.costs):
            cost = money(line, self.dossier, values[number] if apart else values)
            key = (line.vendor, line.category)
            spent[key] = spent[key] + cost if key in spent else cost
        for vendor in self.dossier.vendors:
            each = {category: cost for (name, category), cost in spent.items() if name == vendor}
            whole = np.broadcast_to(sum(each.values()), (count, len(self.factors)))
            for category, cost in each.items():
                self._keep((vendor, category), np.broadcast_to(cost, (count, len(self.factors))), rows)
            self.bases["pv"][vendor][rows] = whole @ self.factors
            left = expected_by_draw(self.dossier, vendor, leaving)
            self.bases["pv_with_exit"][vendor][rows] = self.bases["pv"][vendor][rows] + left
        for line in self.dossier.benefits:
            gain = money(line, self.dossier, self.benefit_values(values)) @ self.factors
            self.gains[line.vendor][rows] += gain

    def benefit_values(self, values):
        return (
            values
            if not isinstance(values, list)
            else {name: np.full(1, figure.mean) for name, figure in self.dossier.figures.items()}
        )

    def _keep(self, key, cost: np.ndarray, rows: slice) -> None:
        if key not in self.cells:
            self.cells[key] = np.zeros((cost.shape[1], self.size), dtype=self.kind)
            self.sums[key] = np.zeros(cost.shape[1])
        sums = cost.sum(axis=0)
        for year in np.flatnonzero(sums):
            self.cells[key][year, rows] = cost[:, year]
        self.sums[key] += sums

    def year(self, vendor: str, year: int) -> np.ndarray:
        """All categories together in one year (S,)."""
        return sum(cost[year] for (name, _), cost in self.cells.items() if name == vendor)

    def nominal(self) -> dict[str, np.ndarray]:
        years = range(len(self.factors))
        return {vendor: sum(self.year(vendor, year) for year in years) for vendor in self.dossier.vendors}

    def mean(self, vendor: str) -> float:
        return float(sum(each.sum() for (name, _), each in self.sums.items() if name == vendor) / self.size)

    def by_category(self) -> Iterable[list]:
        for vendor in self.dossier.vendors:
            for year in range(len(self.factors)):
                for (name, category), cost in self.cells.items():
                    if name == vendor:
                        mean = float(self.sums[name, category][year] / self.size)
                        yield [vendor, year, category, mean, *_quantiles(cost[year], [0.1, 0.5, 0.9])]

    def by_year(self) -> Iterable[list]:
        for vendor in self.dossier.vendors:
            sums = sum(each for (name, _), each in self.sums.items() if name == vendor)
            for year in range(len(self.factors)):
                spread = _quantiles(self.year(vendor, year), [0.1, 0.9])
                yield [vendor, year, float(sums[year] / self.size), *spread]


def _notes(dossier: Dossier, shared: bool) -> Iterable[str]:
    if not shared:
        yield "every line is drawn by itself, so the spread is understated: for comparison only"
    yield f"present value at {100 * dossier.rate:g}% a year, time 0 not discounted, years at their end"
    leaving = {figure.name for figure in dossier.exit.values()}
    if all(figure.fixed for name, figure in dossier.figures.items() if name not in leaving):
        yield "every figure is a single number, so nothing is known of the doubt: give low and high where unsure"
    open_figures, all_figures = len(dossier.unsupported["figure"].unique()), len(dossier.figures)
    if open_figures:
        yield f"{open_figures} of {all_figures} figures rest on no dated source: see .unsupported of the dossier"
    if len(dossier.conflicting):
        yield f"sources differ on {dossier.conflicting['figure'].nunique()} figures: each is taken as likely"


def _summary(values: np.ndarray) -> list[float]:
    quantiles = _quantiles(values, [0.1, 0.5, 0.9])
    return [quantiles[0] if quantiles[0] == quantiles[2] else float(values.mean(dtype=float)), *quantiles]


def _quantiles(values: np.ndarray, at: list[float]) -> list[float]:
    if values[0] == values[-1] and (values == values[0]).all():
        return [float(values[0])] * len(at)
    return [float(each) for each in np.quantile(values, at)]


def _cheapest(totals: list[np.ndarray]) -> list[float]:
    """Share of the draws in which each vendor costs least; those level share it."""
    least = np.minimum.reduce(totals)
    least += 1e-9 * np.abs(least)
    level = sum((total <= least).astype(np.uint8) for total in totals)
    return [float(((total <= least) / level).mean()) for total in totals]
