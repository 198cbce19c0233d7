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
from dxkit.procurement.cost.exit_cost import ExitCost
from dxkit.procurement.cost.run import OfVendor, Run, worked_out
from dxkit.procurement.cost.simulation import DRAWS, owning
from dxkit.procurement.cost.spread import cheapest, quantiles, summary, summed
from dxkit.procurement.cost.tornado import COLUMNS as TORNADO
from dxkit.procurement.cost.tornado import tornado
from dxkit.procurement.dossier.dossier import A_DOSSIER, Dossier, counted, title_of
from dxkit.results.absent import Absent
from dxkit.results.columns import Column, columns_of, declared
from dxkit.results.formatting import percent, rounded_money, tied
from dxkit.results.result import Result
from dxkit.statistics.finance import HIGHEST, irr, payback, roi
from dxkit.statistics.sampling import error

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NO_BENEFITS = "cash that comes back needs benefits; fill in sheet benefits of the dossier"
_NO_BUDGET = "whether a budget holds needs one; write it in key budget of sheet decision"
_BUDGET = ["vendor", "year", "budget", "p_over", "mean_over", "enough_80"]
OF = {"pv": "owning", "pv_with_exit": "owning and leaving", "pv_served": "owning, leaving and what follows"}
_RETURNS = (
    *("vendor", "pv_benefits", "pv_costs", "npv", "p10", "p90", "p_positive"),
    *("roi", "payback", "payback_discounted", "irr"),
)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Tco(Result):
    """Total cost of ownership by vendor.

    yearly    vendor, year, mean, p10, p90: all categories together
    totals    vendor, basis, mean, se (of the simulation), p10, p50, p90, p_cheapest. Bases: nominal; pv, owning to the
              horizon; pv_with_exit, the money that this vendor causes if it may be left earlier (it flatters a vendor
              that is, so its p_cheapest is nan); pv_served, the same plus what serves the need after that
    budget    vendor, year (0: all), budget, p_over, mean_over (where over), enough_80 (the budget that holds in 80% of
              the simulations); an Absent where the dossier names no budget
    tornado   vendor, basis (pv, pv_served), input, share of the variance, low and high: the mean money where the input
              is in its lowest and highest tenth
    returns   vendor, pv_benefits, pv_costs, npv, p10, p90, p_positive, roi, payback, payback_discounted (years), irr;
              an Absent where the dossier has no benefits
    present   present value by vendor and draw, (S,) each, paired over the vendors; served: the same of pv_served
    """

    columns: ClassVar[tuple[Column, ...]] = declared(__file__, "Tco")
    plot_name: ClassVar[str] = "procurement.totals"

    yearly: pd.DataFrame = field(default_factory=pd.DataFrame)
    totals: pd.DataFrame = field(default_factory=pd.DataFrame)
    tornado: pd.DataFrame = field(default_factory=pd.DataFrame)
    returns: pd.DataFrame | Absent = field(default_factory=pd.DataFrame)
    budget: pd.DataFrame | Absent = field(default_factory=pd.DataFrame)
    present: Mapping[str, np.ndarray] = field(default_factory=dict)
    served: Mapping[str, np.ndarray] = field(default_factory=dict)
    currency: str = ""
    status: str = ""

    @property
    def cheapest(self) -> str:
        """The vendor with the least present value on average."""
        rows = self.totals.loc[self.totals["basis"] == "pv"]
        return str(rows["vendor"].iloc[tied(rows["mean"]).argmin()])

    @property
    def foremost(self) -> str:
        return self.cheapest

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
        basis = rows["basis"].map(OF).rename("of")
        chance = rows["p_cheapest"].map(lambda share: "–" if np.isnan(share) else percent(share)).rename("cheapest")
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
        Money in the dossier's currency. Each payment is discounted from the day on which it falls due. Vendors are
        compared on pv and pv_served. A vendor that is added below the others does not change their draws.

    Raises
    ------
    DataError
        Something other than a dossier; fewer than 1,024 draws, or more than 16,777,216.

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> costs = pd.DataFrame({"vendor": ["A", "B"], "line": "seats", "timing": "yearly", "likely": [1000, 1200]})
    >>> dx.tco(dx.read_dossier({"costs": costs})).totals.query("basis == 'pv'")["mean"].round(2).tolist()
    [2598.87, 3118.65]
    """
    instance("dossier", dossier, Dossier, A_DOSSIER)
    instance("shared", shared, bool, "True or False")
    seed, draws = whole("seed", seed, 0), whole("draws", draws)
    run = worked_out(dossier, seed, draws, shared=shared)
    totals, back = [], []
    for basis in ("nominal", *OF):
        every = {vendor: of.by_draw[basis] for vendor, of in run.vendors.items()}
        shares = cheapest(list(every.values())) if basis != "pv_with_exit" else [np.nan] * len(every)
        for (vendor, drawn), share in zip(every.items(), shares, strict=True):
            mean, *spread = summary(drawn)
            if basis == "nominal":
                mean = float(sum(each.sum() for each in run.vendors[vendor].sums.values()) / run.size)
            totals.append([vendor, basis, mean, float(error(drawn)), *spread, share])
    for vendor, of in run.vendors.items():
        if of.gains:
            net = summed(of.gains.values()) - of.by_draw["pv"]
            back.append([vendor, *_returns(of, net, dossier.rate)])
    return Tco(
        table=pd.DataFrame(_by_category(run), columns=["vendor", "year", "category", "mean", "p10", "p50", "p90"]),
        yearly=pd.DataFrame(_by_year(run), columns=["vendor", "year", "mean", "p10", "p90"]),
        totals=pd.DataFrame(totals, columns=["vendor", "basis", "mean", "se", "p10", "p50", "p90", "p_cheapest"]),
        budget=_budget(dossier, run),
        tornado=tornado(dossier, run, ["pv", "pv_served"]) if shared else pd.DataFrame(columns=TORNADO),
        returns=pd.DataFrame(back, columns=_RETURNS) if back else Absent(_NO_BENEFITS),
        present={vendor: of.by_draw["pv"] for vendor, of in run.vendors.items()},
        served={vendor: of.by_draw["pv_served"] for vendor, of in run.vendors.items()},
        seed=seed,
        currency=dossier.currency,
        status=dossier.status,
        title=title_of(f"Cost of ownership over {dossier.horizon} years", dossier),
        notes=tuple(_notes(dossier, shared)),
    )


def _by_category(run: Run) -> Iterable[list]:
    for vendor, of in run.vendors.items():
        for year in range(len(next(iter(of.sums.values())))):
            for category, cost in of.cells.items():
                mean = float(of.sums[category][year] / run.size)
                yield [vendor, year, category, mean, *quantiles(cost[year], [0.1, 0.5, 0.9])]


def _by_year(run: Run) -> Iterable[list]:
    for vendor, of in run.vendors.items():
        for year, total in enumerate(summed(of.sums.values())):
            spread = quantiles(summed(cost[year] for cost in of.cells.values()), [0.1, 0.9])
            yield [vendor, year, float(total / run.size), *spread]


def _returns(of: OfVendor, net: np.ndarray, rate: float) -> list[object]:
    """What comes back, from the payments by month and the drawn net present values (S,).

    roi is the expected net present value over the expected present value of the costs. Payback, in years, and the rates
    of return are those of the expected payments; nan where the money does not come back. irr lists every rate up to
    1000%, worked out by month: (1 + i)^12 - 1.
    """
    spent, gained = float(of.by_draw["pv"].mean(dtype=float)), float(summed(of.gains.values()).mean(dtype=float))
    flows = of.gained - of.flows  # the sum of all draws, which comes back when their mean does
    monthly = (1 + rate) ** (1 / 12) - 1
    low, high = quantiles(net, [0.1, 0.9])
    years = [np.nan if each is None else each / 12 for each in (payback(flows), payback(flows, monthly))]
    rates = [(1 + each) ** 12 - 1 for each in irr(flows)] if np.any(flows) else []
    rates = [each for each in rates if each <= HIGHEST]
    listed = ", ".join(f"{100 * each:.1f}%" for each in rates) or "none up to 1000%"
    returned = roi(gained, spent) if spent > 0 else np.nan
    irrs = listed if len(rates) < 2 else f"several: {listed}"
    return [gained, spent, gained - spent, float(low), float(high), float(np.mean(net > 0)), returned, *years, irrs]


def _budget(dossier: Dossier, run: Run) -> pd.DataFrame | Absent:
    """By vendor and year (0: all), nominal: how often the budget is exceeded, by how much then, and which would do.

    What is paid at the start counts in the first year. See docs/methods/ownership_cost.md, "Budget".
    """
    given = dossier.decision["budget"]
    if not given:
        return Absent(_NO_BUDGET)
    rows = []
    for vendor, of in run.vendors.items():
        by_year = summed(of.cells.values())
        years = [by_year[0] + by_year[1], *by_year[2:]]
        wanted = {0: (summed(years), sum(given))}
        if len(given) > 1 or len(years) == 1:
            wanted |= {year: each for year, each in enumerate(zip(years, given, strict=True), 1)}
        for year, (spent, budget) in wanted.items():
            over = spent[spent > budget * (1 + 1e-12)] - budget
            mean = float(over.mean(dtype=float)) if len(over) else np.nan
            enough = float(np.quantile(spent, 0.8, method="inverted_cdf"))
            rows.append([vendor, year, float(budget), len(over) / len(spent), mean, enough])
    return pd.DataFrame(rows, columns=_BUDGET)


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
    by_year = dossier.decision["discounting"] == "year end"
    when = "years at their end" if by_year else "each payment from the day on which it falls due"
    yield f"present value at {100 * dossier.rate:g}% a year, time 0 not discounted, {when}"
    yield "vendors are compared on owning, and on owning, leaving and what follows: one left early costs less by itself"
    if all(figure.fixed for figure in owning(dossier)):
        yield "every figure is a single number, so the uncertainty is unknown: give low and high where you are unsure"
    undated = len(set(dossier.unsupported["figure"]))
    if undated:
        verb = "has" if undated == 1 else "have"
        yield f"{undated} of {len(dossier.figures)} figures {verb} no dated source: see .unsupported of the dossier"
    if len(dossier.conflicting):
        count = len(set(dossier.conflicting["figure"]))
        yield f"sources differ on {counted(count, 'figure')}; each source counts as equally likely"
