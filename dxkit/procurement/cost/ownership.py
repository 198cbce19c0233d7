"""What each vendor costs over the horizon: nominal and as present value, with every input's uncertainty.

See docs/methods/ownership_cost.md, "Results"."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from dxkit.files.errors import DataError
from dxkit.files.options import instance, whole
from dxkit.procurement.cost.integrals import exact_mean, shares_of_variance
from dxkit.procurement.cost.leaving import ExitCost, expected_by_draw
from dxkit.procurement.cost.lines import P10, P50, P90, Values, means_of, money, total
from dxkit.procurement.cost.simulation import DRAWS, block_rows, drawn, drawn_apart, drawn_exits, figures_of_owning
from dxkit.procurement.dossier.dossier import A_DOSSIER, MONEY, Dossier, counted, title_of
from dxkit.results.absent import Absent
from dxkit.results.columns import Column, columns_of
from dxkit.results.formatting import percent, rounded_money
from dxkit.results.result import Result
from dxkit.statistics.finance import discount_factors, irr, npv, payback, roi
from dxkit.statistics.sampling import SCRAMBLES, error, points_for

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NO_BENEFITS = "cash that comes back needs benefits; fill in sheet benefits of the dossier"
_IN_FULL = 2**17  # more draws are kept in single precision, enough for quantiles; means are summed in full
_RETURNS = (
    *("vendor", "pv_benefits", "pv_costs", "npv", "p10", "p90", "p_positive"),
    *("roi", "payback", "payback_discounted", "irr"),
)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Tco(Result):
    """Total cost of ownership by vendor.

    yearly    vendor, year, mean, p10, p90: all categories together
    totals    vendor, basis (nominal, pv, pv_with_exit: plus the expected cost of leaving), mean, se (of the
              simulation), p10, p50, p90, p_cheapest, exact_mean (integrated, not drawn: the two must agree; nan
              with exit)
    tornado   vendor, input, share: of the variance of the present value, first order; the rest is joint
    returns   vendor, pv_benefits, pv_costs, npv, p10, p90, p_positive, roi, payback, payback_discounted (years), irr;
              an Absent where the dossier has no benefits
    present   present value by vendor and draw, (S,) each, paired over the vendors
    """

    columns: ClassVar[tuple[Column, ...]] = (
        Column("vendor", "the vendor"),
        Column("year", "0 is the start", "count"),
        Column("category", "what the money is for"),
        Column("mean", "nominal cost, mean of the simulations", "money", MONEY),
        *(P10, P50, P90),
    )
    plot_name: ClassVar[str] = "procurement.totals"

    yearly: pd.DataFrame = field(default_factory=pd.DataFrame)
    totals: pd.DataFrame = field(default_factory=pd.DataFrame)
    tornado: pd.DataFrame = field(default_factory=pd.DataFrame)
    returns: pd.DataFrame | Absent = field(default_factory=pd.DataFrame)
    present: Mapping[str, np.ndarray] = field(default_factory=dict)
    currency: str = ""
    status: str = ""

    @property
    def cheapest(self) -> str:
        """The vendor with the least present value on average."""
        rows = self.totals.loc[self.totals["basis"] == "pv"]
        return str(rows.loc[rows["mean"].idxmin(), "vendor"])

    def plot_years(self, ax: Axes | None = None) -> Axes:
        """Draw the cost by year and category; returns the matplotlib Axes."""
        return self._draw("procurement.years", ax)

    def plot_tornado(self, vendor: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw which figures cause the uncertainty of a vendor's cost; returns the matplotlib Axes."""
        return self._draw("procurement.tornado", ax, vendor=vendor)

    def _printed(self) -> tuple[pd.DataFrame, Sequence[Column]]:
        """A row for each vendor and basis with its present value, in place of the years."""
        rows = self.totals.loc[self.totals["basis"] != "nominal"]
        money_columns = rounded_money(rows[["mean", "p10", "p50", "p90"]], _step(rows))
        names = {"mean": "present value", "p10": "P10", "p50": "median", "p90": "P90"}
        basis = rows["basis"].map({"pv": "owning", "pv_with_exit": "owning and leaving"}).rename("of")
        chance = rows["p_cheapest"].map(percent).rename("cheapest")
        frame = pd.concat([rows[["vendor"]], basis, money_columns.rename(columns=names), chance], axis=1)
        return frame, columns_of(frame)


def _step(rows: pd.DataFrame) -> float:
    """The last digit that the spread of the figures has earned."""
    low, mean, high = (rows[name].to_numpy(dtype=float) for name in ("p10", "mean", "p90"))
    spread = float(np.min(high - low)) or float(np.max(np.abs(mean))) / 1000
    return 10.0 ** max(0, math.floor(math.log10(max(spread, 1.0) / 5)))


def tco(dossier: Dossier, seed: int = 0, *, draws: int = DRAWS, shared: bool = True) -> Tco:
    """What does each vendor cost to own over the horizon, and how uncertain is that?

    See docs/methods/ownership_cost.md, "Results".

    Parameters
    ----------
    dossier : Dossier
        The vendors and their figures, from `read_dossier`.
    seed : int
        Seed of the random draws; the same seed gives the same result.
    draws : int
        Number of random draws, a power of two; any other number is rounded up.
    shared : bool
        True draws each uncertain figure once, for all lines and vendors that use it, so that vendors are compared under
        the same conditions. False draws every line by itself, as a spreadsheet does; it shows how far that understates
        the spread.

    Returns
    -------
    Tco
        Money in the dossier's currency. Payments at the start are not discounted; yearly ones fall at the end of the
        year. A vendor that is added below the others does not change their draws.

    Raises
    ------
    DataError
        Something other than a dossier; fewer than 1,024 draws, or more than 16,777,216.

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> costs = pd.DataFrame({"vendor": ["A", "B"], "line": "seats", "timing": "yearly", "likely": [1000, 1200]})
    >>> dx.tco(dx.read_dossier({"costs": costs})).totals.query("basis == 'pv'")["mean"].round(2).tolist()
    [2486.85, 2984.22]
    """
    instance("dossier", dossier, Dossier, A_DOSSIER)
    instance("shared", shared, bool, "True or False")
    seed, draws = whole("seed", seed, 0), whole("draws", draws)
    run = _Run(dossier, draws)
    leaving = drawn_exits(dossier, seed, draws)
    if shared:
        for values, exits in zip(drawn(dossier, seed, draws), leaving, strict=True):
            run.add([values] * len(dossier.costs), values, exits)
    else:
        means = means_of(dossier.figures.values())
        for apart, exits in zip(drawn_apart(dossier, seed, draws), leaving, strict=True):
            run.add(apart, means, exits)
    factors, exact, tornado, back = run.factors, {}, [], []
    for vendor in dossier.vendors:
        lines = [line for line in dossier.costs if line.vendor == vendor]
        mean = total(exact_mean(line, dossier) for line in lines)
        exact[vendor] = {"nominal": float(mean.sum()), "pv": float(mean @ factors), "pv_with_exit": np.nan}
        shares = shares_of_variance(lines, dossier, factors, float(np.var(run.bases["pv"][vendor])))
        tornado += [[vendor, *row] for row in shares]
        gains = [line for line in dossier.benefits if line.vendor == vendor]
        if gains:
            gained = total(exact_mean(line, dossier) for line in gains)
            net = run.gains[vendor] - run.bases["pv"][vendor]
            back.append([vendor, *_returns(gained, mean, net, dossier.rate)])
    totals = []
    for basis, each in {"nominal": run.nominal(), **run.bases}.items():
        cheapest = _cheapest(list(each.values()))
        for (vendor, money_drawn), p in zip(each.items(), cheapest, strict=True):
            mean, *quantiles = _summary(money_drawn)
            mean = run.mean(vendor) if basis == "nominal" else mean
            totals.append([vendor, basis, mean, float(error(money_drawn)), *quantiles, p, exact[vendor][basis]])
    return Tco(
        table=pd.DataFrame(run.by_category(), columns=["vendor", "year", "category", "mean", "p10", "p50", "p90"]),
        yearly=pd.DataFrame(run.by_year(), columns=["vendor", "year", "mean", "p10", "p90"]),
        totals=pd.DataFrame(
            totals, columns=["vendor", "basis", "mean", "se", "p10", "p50", "p90", "p_cheapest", "exact_mean"]
        ),
        tornado=pd.DataFrame(tornado, columns=["vendor", "input", "share"]),
        returns=pd.DataFrame(back, columns=_RETURNS) if back else Absent(_NO_BENEFITS),
        present=run.bases["pv"],
        seed=seed,
        currency=dossier.currency,
        status=dossier.status,
        title=title_of(f"Cost of ownership over {dossier.horizon} years", dossier),
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

    def add(self, of_lines: Sequence[Values], of_benefits: Values, of_exit: Values) -> None:
        """Work out a block: the values of each line of cost, those of the benefits, and those of leaving."""
        count = self.rows
        rows = slice(self.at, self.at + count)
        self.at += count
        spent: dict[tuple[str, str], np.ndarray] = {}
        for line, values in zip(self.dossier.costs, of_lines, strict=True):
            cost = money(line, self.dossier, values)
            key = (line.vendor, line.category)
            spent[key] = spent[key] + cost if key in spent else cost
        for vendor in self.dossier.vendors:
            each = {category: cost for (name, category), cost in spent.items() if name == vendor}
            whole = np.broadcast_to(total(each.values()), (count, len(self.factors)))
            for category, cost in each.items():
                self._keep((vendor, category), np.broadcast_to(cost, (count, len(self.factors))), rows)
            self.bases["pv"][vendor][rows] = whole @ self.factors
            left = expected_by_draw(self.dossier, vendor, of_exit)
            self.bases["pv_with_exit"][vendor][rows] = self.bases["pv"][vendor][rows] + left
        for line in self.dossier.benefits:
            gain = money(line, self.dossier, of_benefits) @ self.factors
            self.gains[line.vendor][rows] += gain

    def _keep(self, key: tuple[str, str], cost: np.ndarray, rows: slice) -> None:
        if key not in self.cells:
            self.cells[key] = np.zeros((cost.shape[1], self.size), dtype=self.kind)
            self.sums[key] = np.zeros(cost.shape[1])
        sums = cost.sum(axis=0)
        for year in np.flatnonzero(sums):
            self.cells[key][year, rows] = cost[:, year]
        self.sums[key] += sums

    def year(self, vendor: str, year: int) -> np.ndarray:
        """All categories together in one year (S,)."""
        return total(cost[year] for (name, _), cost in self.cells.items() if name == vendor)

    def nominal(self) -> dict[str, np.ndarray]:
        years = range(len(self.factors))
        return {vendor: total(self.year(vendor, year) for year in years) for vendor in self.dossier.vendors}

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
            sums = total(each for (name, _), each in self.sums.items() if name == vendor)
            for year in range(len(self.factors)):
                spread = _quantiles(self.year(vendor, year), [0.1, 0.9])
                yield [vendor, year, float(sums[year] / self.size), *spread]


def _returns(benefits: np.ndarray, costs: np.ndarray, net: np.ndarray, rate: float) -> list[object]:
    """What comes back, from the expected benefits and costs by year (T + 1,) and the drawn net present values (S,).

    roi is the expected net present value over the expected present value of the costs. Payback, in years, and the rates
    of return are those of the expected flows; nan where the money does not come back. irr lists every rate up to 1000%.
    """
    gained, spent = float(npv(rate, benefits)), float(npv(rate, costs))
    flows = benefits - costs
    low, high = np.quantile(net, [0.1, 0.9])
    years = [np.nan if each is None else each for each in (payback(flows), payback(flows, rate))]
    rates = irr(flows) if np.any(flows) else []
    listed = ", ".join(f"{100 * each:.1f}%" for each in rates) or "none up to 1000%"
    returned = roi(gained, spent) if spent > 0 else np.nan
    chance = float(np.mean(net > 0))
    irrs = listed if len(rates) < 2 else f"several: {listed}"
    return [gained, spent, gained - spent, float(low), float(high), chance, returned, *years, irrs]


def check_results(dossier: Dossier, tco: Tco | None, exit_cost: ExitCost | None) -> None:
    """Refuse results that are of another kind, or of another dossier."""
    for name, result, kind in (("tco", tco, Tco), ("exit_cost", exit_cost, ExitCost)):
        if result is not None:
            instance(name, result, kind, f"the result of {name} for this dossier")
            if missing := [vendor for vendor in dossier.vendors if vendor not in result.present]:
                raise DataError(f"{name} is the result of another dossier: it has no vendor '{missing[0]}'")


def _notes(dossier: Dossier, shared: bool) -> Iterable[str]:
    if not shared:
        yield "every line is drawn by itself, which understates the spread: for comparison only"
    yield f"present value at {100 * dossier.rate:g}% a year, time 0 not discounted, years at their end"
    if all(figure.fixed for figure in figures_of_owning(dossier)):
        yield "every figure is a single number, so the uncertainty is unknown: give low and high where you are unsure"
    undated = len(set(dossier.unsupported["figure"]))
    if undated:
        verb = "has" if undated == 1 else "have"
        yield f"{undated} of {len(dossier.figures)} figures {verb} no dated source: see .unsupported of the dossier"
    if len(dossier.conflicting):
        count = len(set(dossier.conflicting["figure"]))
        yield f"sources differ on {counted(count, 'figure')}; each source counts as equally likely"


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
    level = total((each <= least).astype(np.uint8) for each in totals)
    return [float(((each <= least) / level).mean()) for each in totals]
