"""What it costs to leave each vendor, planned and forced, at every quarter end, and what that comes to as an event.

See docs/methods/leaving_cost.md, "Planned and forced exit"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from dxkit.files.errors import and_more
from dxkit.files.options import instance, whole
from dxkit.procurement.cost.calendar import dates_of, effective_notice, renewals_of
from dxkit.procurement.cost.leaving import COMPONENTS, EU_NAMES, RUSHED, people_driver
from dxkit.procurement.cost.run import OfVendor, with_leaving
from dxkit.procurement.cost.schedule import exit_figure
from dxkit.procurement.cost.spread import quantiles
from dxkit.procurement.cost.tornado import tornado
from dxkit.procurement.dossier.dossier import A_DOSSIER, Dossier, title_of
from dxkit.procurement.dossier.leaving_inputs import EXIT_INPUTS
from dxkit.results.columns import Column, columns_of, declared
from dxkit.results.formatting import rounded_money, tied
from dxkit.results.result import Result
from dxkit.statistics.finance import annuity
from dxkit.statistics.moments import ratio

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DATED = ["planned", "last_notice", "date", "last_notice_date"]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ExitCost(Result):
    """Exit cost by vendor.

    totals     vendor, quarter, planned, forced, lock_in_ratio (planned exit over what the vendor's lines serve in the
               twelve months after), headroom (the lasting price rise that would still be swallowed); nan where nothing
               is served then; unused (prepaid for the time after)
    expected   vendor, expected (over the horizon, discounted, by the hazards), certain (planned exit at the end of
               the horizon, discounted), p_exit
    events     vendor, p_exit, p_forced (left by force), mean, p10, p50, p90: discounted cost of leaving in those
               simulations in which the vendor is left; nan where it never is
    calendar   vendor, cheapest (quarter), planned (its cost), last_notice (years after the start), date,
               last_notice_date ("" where the dossier names no start)
    renewals   vendor, quarter, planned, last_notice (years after the start), date, last_notice_date
    tornado    vendor, basis (exit), input, share, low, high: which inputs cause the uncertainty of leaving
    present    planned exit at the end of the horizon, discounted, by vendor and draw, (S,) each
    """

    columns: ClassVar[tuple[Column, ...]] = declared(__file__, "ExitCost")
    plot_name: ClassVar[str] = "procurement.leaving"

    totals: pd.DataFrame = field(default_factory=pd.DataFrame)
    expected: pd.DataFrame = field(default_factory=pd.DataFrame)
    events: pd.DataFrame = field(default_factory=pd.DataFrame)
    calendar: pd.DataFrame = field(default_factory=pd.DataFrame)
    renewals: pd.DataFrame = field(default_factory=pd.DataFrame)
    tornado: pd.DataFrame = field(default_factory=pd.DataFrame)
    present: Mapping[str, np.ndarray] = field(default_factory=dict)
    currency: str = ""
    status: str = ""

    @property
    def foremost(self) -> str:
        """The vendor that is dearest to leave: the largest expected exit cost."""
        return str(self.expected["vendor"].iloc[tied(self.expected["expected"]).argmax()])

    def plot_tornado(self, vendor: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw which figures cause the uncertainty of leaving a vendor; returns the matplotlib Axes."""
        return self._draw("procurement.tornado", ax, vendor=vendor)

    def _printed(self) -> tuple[pd.DataFrame, Sequence[Column]]:
        """A row for each vendor and year with its totals, in place of the components."""
        years = self.totals.loc[self.totals["quarter"] % 4 == 0].assign(year=lambda rows: rows["quarter"] // 4)
        shown = rounded_money(years.filter(["planned", "forced"]))
        room = years["headroom"].map(
            lambda share: "over 300%" if share > 3 else "–" if np.isnan(share) else f"{share:.0%}"
        )
        frame = pd.concat([years[["vendor", "year"]], shown, years[["lock_in_ratio"]], room], axis=1)
        return frame, columns_of(frame, {"year": "count", "lock_in_ratio": "hours"})


def exit_cost(dossier: Dossier, seed: int = 0) -> ExitCost:
    """What does it cost to leave each vendor, and when is the cheapest time to leave?

    See docs/methods/leaving_cost.md, "Planned and forced exit".

    Parameters
    ----------
    dossier : Dossier
        The vendors and their figures, from `read_dossier`. Its sheet `exit` has the inputs; those that are
        not given are assumed with a range, and a note names them.
    seed : int
        Seed of the random draws; the same seed gives the same result.

    Returns
    -------
    ExitCost
        Money in the dossier's currency. Planned: the vendor stays until everything is moved. Forced: the vendor is
        gone, nothing is owed to it, and data and integrations are moved in a rush. The expected exit cost weighs both
        by their hazards.

    Raises
    ------
    DataError
        Something other than a dossier, or a seed that is not a whole number of 0 or more.

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> costs = pd.DataFrame({"vendor": ["A"], "line": "seats", "timing": "yearly", "likely": [1000]})
    >>> left = dx.exit_cost(dx.read_dossier({"costs": costs}))
    >>> left.totals["quarter"].tolist()[-1], left.events.columns.tolist()[:3]
    (12, ['vendor', 'p_exit', 'p_forced'])
    """
    instance("dossier", dossier, Dossier, A_DOSSIER)
    seed = whole("seed", seed, 0)
    run = with_leaving(dossier, seed)
    rows, totals, expected, events, calendar, again = [], [], [], [], [], []
    end = (1 + dossier.rate) ** -float(dossier.horizon)
    for vendor, of in run.vendors.items():
        for mode in ("planned", "forced"):
            for name in COMPONENTS:
                cost = _component(of, mode, name)
                spread = np.column_stack([cost.mean(axis=1), *quantiles(cost, [0.1, 0.9])]).tolist()
                rows += [[vendor, q, mode, name, *row] for q, row in enumerate(spread)]
        planned, forced, unused = (of.leaving[name].mean(axis=1) for name in ("planned", "forced", "unused"))
        spend = of.leaving["yearly"].mean(axis=1)
        years = ratio(planned, spend, np.nan)
        headroom = years / annuity(dossier.rate, dossier.horizon)
        totals += [
            [vendor, q, *row] for q, row in enumerate(zip(planned, forced, years, headroom, unused, strict=True))
        ]
        events.append([vendor, *_event(of)])
        mean = float(of.by_draw["expected"].mean())
        expected.append([vendor, mean, float(planned[-1] * end), float(of.by_draw["p_exit"].mean())])
        cheapest, notice = int(np.argmin(tied(planned[1:]))) + 1, effective_notice(dossier, vendor)
        calendar.append([vendor, cheapest, float(planned[cheapest]), *dates_of(dossier, 3 * cheapest, notice)])
        for quarter in renewals_of(dossier, vendor):
            again.append([vendor, quarter, float(planned[quarter]), *dates_of(dossier, 3 * quarter, notice)])
    return ExitCost(
        table=pd.DataFrame(rows, columns=["vendor", "quarter", "mode", "component", "mean", "p10", "p90"]),
        totals=pd.DataFrame(
            totals, columns=["vendor", "quarter", "planned", "forced", "lock_in_ratio", "headroom", "unused"]
        ),
        expected=pd.DataFrame(expected, columns=["vendor", "expected", "certain", "p_exit"]),
        events=pd.DataFrame(events, columns=["vendor", "p_exit", "p_forced", "mean", "p10", "p50", "p90"]),
        calendar=pd.DataFrame(calendar, columns=["vendor", "cheapest", *_DATED]),
        renewals=pd.DataFrame(again, columns=["vendor", "quarter", *_DATED]),
        tornado=tornado(dossier, run, ["exit"]),
        title=title_of("Cost of leaving", dossier),
        seed=seed,
        currency=dossier.currency,
        status=dossier.status,
        present={vendor: of.by_draw["certain"] for vendor, of in run.vendors.items()},
        notes=tuple(_notes(dossier)),
    )


def _component(of: OfVendor, mode: str, name: str) -> np.ndarray:
    """A component by quarter and draw (Q, S or 1); nothing is owed to a vendor that is gone."""
    if mode == "forced" and name in RUSHED:
        return np.zeros((len(of.leaving["planned"]), 1)) if name == "contract" else of.leaving[f"forced {name}"]
    return of.leaving[name]


def _event(of: OfVendor) -> list[float]:
    """How often a vendor is left, how often by force, and what that costs then."""
    left = of.by_draw["quarter"] > 0
    shares = [float(left.mean()), float(of.by_draw["forced"].mean())]
    if not left.any():
        return [*shares, *[np.nan] * 4]
    cost = of.by_draw["exit"][left]
    return [*shares, float(cost.mean()), *(float(each) for each in np.quantile(cost, [0.1, 0.5, 0.9]))]


def _notes(dossier: Dossier) -> Iterator[str]:
    names = [figure.key.split("|")[-1] for figure in dossier.assumed]
    if names:
        yield f"usual values, which the dossier does not give: {and_more(names)}; see .unsupported of the dossier"
    given = {vendor for vendor, name in dossier.exit if name == "people"}
    bare = [] if "all" in given else [vendor for vendor in dossier.vendors if vendor not in given]
    counted = {vendor: people_driver(dossier, vendor) for vendor in bare}
    for driver in dict.fromkeys(counted.values()):
        of = ", ".join(vendor for vendor in bare if counted[vendor] == driver)
        if driver:
            yield f"people of {of}: the driver {driver}"
        else:
            named = ", ".join(dossier.drivers) or "none"
            yield f"people of {of}: {EXIT_INPUTS['people'].default:g}, as no driver counts users (drivers: {named})"
    if str(dossier.decision["jurisdiction"]).casefold() in EU_NAMES:
        yield from _of_the_eu(dossier)


def _of_the_eu(dossier: Dossier) -> Iterator[str]:
    if not dossier.decision["start"]:
        yield "EU: write the start of the contract, so that the rules of its Data Act can be applied; none is as yet"
        return
    if all(exit_figure(dossier, vendor, "data_service")[0].mean == 0 for vendor in dossier.vendors):
        return
    yield "the notice period is at most two months in the EU (Data Act, art. 25)"
    yield "taking data out is free in the EU from 2027-01-12 on (Data Act, art. 29)"
    yield "what is owed for ending early stays as agreed, because it does not charge for switching; ask counsel"
