"""What a purchase is worth in cash, hours and risk, and which share of the hours must become output (MODELS 11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from dxkit.files.errors import DataError
from dxkit.outcomes.overlap import guard
from dxkit.outcomes.saved_hours import SavedHours
from dxkit.procurement.cost.leaving import expected_by_draw
from dxkit.procurement.cost.lines import money
from dxkit.procurement.cost.simulation import block_rows, drawn, drawn_exits
from dxkit.procurement.dossier.dossier import Dossier, Driver
from dxkit.procurement.dossier.leaving_inputs import EXIT_INPUTS
from dxkit.results.columns import Column, columns_of
from dxkit.results.formatting import percent, rounded_money
from dxkit.results.result import Result
from dxkit.statistics.estimate import Estimate, estimate
from dxkit.statistics.finance import discount_factors

WEEKS, DAYS, DAY = 44, 220, 8  # working weeks and days a year, hours a day
_PEOPLE = ("engineers", "developers", "contributors", "people")


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class BusinessCase(Result):
    """Money over the horizon, discounted.

    ledgers         vendor, ledger (cost, exit, cash, capacity, risk), mean, p10, p50, p90. Capacity is what all saved
                    hours would be worth. A ledger without lines is not there
    break_even      vendor, low, mid, high: the share of saved hours that must become output (P10, P50, P90)
    rho_break_even  low, mid, high of `vendor`; 0 or less: it pays without the hours; above 1: not even with all of them
    headcount       vendor, low, mid, high: people from whom on one platform engineer pays whose work saves as much
    npv             vendor, mean, p10, p50, p90, p_positive, with the declared share rho of the hours
    vendor          the one that the headline is about
    """

    columns: ClassVar[tuple[Column, ...]] = (
        Column("vendor", "the vendor"),
        Column("ledger", "cost, exit, cash, capacity (what all saved hours would be worth) or risk"),
        Column("mean", "present value, mean of the simulations", "money", "currency of the dossier"),
        Column("p10", "P10: 10% of the simulations are below it", "money", "currency of the dossier"),
        Column("p50", "the median of the simulations", "money", "currency of the dossier"),
        Column("p90", "P90: 90% of the simulations are below it", "money", "currency of the dossier"),
    )
    plot_name: ClassVar[str] = "outcomes.ledgers"

    ledgers: pd.DataFrame = field(default_factory=pd.DataFrame)
    break_even: pd.DataFrame = field(default_factory=pd.DataFrame)
    rho_break_even: tuple[float, float, float] = (np.nan, np.nan, np.nan)
    npv: pd.DataFrame = field(default_factory=pd.DataFrame)
    headcount: pd.DataFrame = field(default_factory=pd.DataFrame)
    vendor: str = ""
    rho: float = 0.5
    currency: str = ""

    def _printed(self) -> tuple[pd.DataFrame, Sequence[Column]]:
        """A row for each vendor with its ledgers side by side."""
        wide = self.ledgers.pivot(index="vendor", columns="ledger", values="mean")
        wide = wide.reindex(index=self.break_even["vendor"], columns=["cost", "exit", "cash", "risk", "capacity"])
        wide = wide.dropna(axis=1, how="all").rename(columns={"capacity": "hours, if all became output"})
        frame = pd.concat([rounded_money(wide[[name]]) for name in wide.columns], axis=1).reset_index()
        frame["must become output"] = [_share(row.mid) for row in self.break_even.itertuples()]
        frame["80% interval"] = [f"{_share(row.low)} to {_share(row.high)}" for row in self.break_even.itertuples()]
        frame[f"pays with {100 * self.rho:.0f}%"] = self.npv["p_positive"].map(percent).to_numpy()
        return frame, columns_of(frame)


def _range(row) -> str:
    return f"{_share(row['mid'])} (80% interval: {_share(row['low'])} to {_share(row['high'])})"


def _people(least: list, vendor: str) -> str:
    ends = next(row[1:] for row in least if row[0] == vendor)
    low, mid, high = ("never" if np.isinf(end) else f"{end:,.0f}" for end in ends)
    return mid if mid == "never" else f"{mid} (80% interval: {low} to {high}; the field says 30 to 50)"


def _share(value: float) -> str:
    return (
        "never" if np.isinf(value) else "none" if value <= 0 else f"{100 * value:,.0f}%" if value < 10 else "over 1000%"
    )


def business_case(
    ranking,
    dossier: Dossier,
    tco,
    exit_cost,
    rho: float = 0.5,
    *,
    vendor: str | None = None,
    people: str | float | None = None,
    hourly=None,
    weeks: float = WEEKS,
    bias=1.0,
    ramp: Sequence[float] = (0.5, 1.0),
    most_hours: float | None = None,
    declared: Mapping[str, str] | None = None,
    seed: int = 0,
) -> BusinessCase:
    """Join the hours people reported to what a purchase costs (MODELS 11).

    Parameters
    ----------
    ranking : Ranking
        Of hours. What everybody loses a week, by topic.
    dossier : Dossier
        With sheet fit: the share of each pain that a vendor removes.
    tco, exit_cost : Tco, ExitCost
        Of the same dossier; the expected cost of leaving is in the tco's draws.
    rho : float
        Realisation factor: the share of saved hours that becomes output. It is declared, nobody can know it.
    vendor : str, optional
        Whom the headline is about; the cheapest by default.
    people : driver or number, optional
        Whose hours; by default the driver engineers, developers, contributors or people.
    hourly : number or (low, likely, high), optional
        Money an hour; by default the engineer_day_rate of sheet exit, or its default, over 8.
    weeks : float
        Working weeks a year.
    bias : number or (low, likely, high)
        What part of the reported hours is real; 1 believes people.
    ramp : sequence
        Share of the effect that is there in the first year, the second, and so on; the last goes on.
    most_hours : float, optional
        Hours a week that people said they lose in all; savings are no more.
    declared : dict, optional
        Overlaps that are none, with the reason: {"hours and incident cost": "incidents were not asked for"}. For one
        line say it in column declared of sheet benefits.
    seed : int

    Returns
    -------
    BusinessCase
        rho* = (cost + expected exit - cash - risk) / capacity, by draw. Cash, hours and risk are never only added up,
        and delivery metrics get no money.

    Raises
    ------
    DataError
        A ranking of something else than hours, no fit, no people, or benefits that would be counted twice.

    Examples
    --------
    >>> import dxkit as dx
    >>> dossier = dx.read_dossier(dx.samples.path("portal"))
    >>> ranking = dx.rank_pains(dx.open_survey(dx.samples.path("company/responses_2026-Q3.csv")))
    >>> case = dx.business_case(ranking, dossier, dx.tco(dossier), dx.exit_cost(dossier))
    >>> case.npv.columns.tolist()
    ['vendor', 'mean', 'p10', 'p50', 'p90', 'p_positive']
    """
    if getattr(ranking, "score", "") != "hours":
        raise DataError("the business case needs hours: rank_pains(survey, score='hours')")
    if not isinstance(rho, int | float) or not 0 <= rho <= 1:
        raise DataError(f"rho={rho!r} is no share; use 0 to 1")
    if not dossier.fit_read:
        raise DataError("the dossier has no sheet fit; say what share of each pain a vendor removes")
    vendor = vendor or tco.cheapest
    if vendor not in dossier.vendors:
        raise DataError(f"{vendor!r} is no vendor of the dossier; there are {', '.join(dossier.vendors)}")
    _possible(tco, exit_cost, dossier, people=people, weeks=weeks, most_hours=most_hours, ramp=ramp)
    declared = {} if declared is None else declared
    guard(dossier, declared)
    known = ranking.table.dropna(subset=["estimate"])["topic"]
    strange = sorted({fit.topic for fit in dossier.fit_read} - set(known))
    size = len(next(iter(tco.present.values())))
    uncertain = SavedHours(ranking, dossier, _figure(hourly, _rate(dossier)), _figure(bias, None), size, seed)
    factors = discount_factors(dossier.rate, dossier.horizon)
    steps = np.array([ramp[min(year, len(ramp) - 1)] for year in range(dossier.horizon)], dtype=float)
    gains, crowd = _money(dossier, people, size, tco.seed or 0, factors)
    leaving = _leaving(dossier, exit_cost, size)
    ledgers, even, worth, least = [], [], [], []
    for name in dossier.vendors:
        saved = uncertain.saved(name)
        if most_hours is not None:
            saved = np.minimum(saved, most_hours)
        capacity = (crowd * steps) @ factors[1:] * saved * weeks * uncertain.rate * uncertain.bias
        cost, left = tco.present[name], leaving[name]
        cash, risk = (gains.get((name, ledger), np.zeros(size)) for ledger in ("cash", "risk"))
        for ledger, values in (("cost", cost), ("exit", left), ("cash", cash), ("capacity", capacity), ("risk", risk)):
            if ledger in ("cash", "risk") and (name, ledger) not in gains:
                continue
            ledgers.append([name, ledger, float(values.mean()), *_quantiles(values)])
        even.append([name, *_quantiles(break_even(cost + left, capacity, cash, risk))])
        enough = break_even(DAYS * DAY, rho * saved * weeks * uncertain.bias)
        least.append([name, *_quantiles(np.ceil(np.round(enough, 9)))])
        net = cash + risk + rho * capacity - cost - left
        worth.append([name, float(net.mean()), *_quantiles(net), float((net > 0).mean())])
    table = pd.DataFrame(even, columns=["vendor", "low", "mid", "high"])
    headline = table[table["vendor"] == vendor].iloc[0]
    currency = str(dossier.decision["currency"])
    frame = pd.DataFrame(ledgers, columns=["vendor", "ledger", "mean", "p10", "p50", "p90"])
    return BusinessCase(
        table=frame,
        ledgers=frame,
        break_even=table,
        vendor=vendor,
        rho=rho,
        currency=currency,
        seed=seed,
        rho_break_even=tuple(float(headline[end]) for end in ("low", "mid", "high")),
        headcount=pd.DataFrame(least, columns=["vendor", "low", "mid", "high"]),
        npv=pd.DataFrame(worth, columns=["vendor", "mean", "p10", "p50", "p90", "p_positive"]),
        title=f"Business case over {dossier.horizon} years, {currency or 'the currency of the dossier'} "
        f"({dossier.decision['status']})",
        facts=(
            (f"of the hours that {vendor} saves, must become output", _range(headline)),
            (f"people from whom on an engineer who saves as much pays, with {100 * rho:.0f}%", _people(least, vendor)),
        ),
        notes=tuple(_notes(rho, {**_declared(dossier), **declared}, strange, bias, weeks)),
    )


def break_even(cost, capacity, cash=0.0, risk=0.0):
    """The share of saved hours that must become output: (cost - cash - risk) / capacity (MODELS 11).

    Parameters
    ----------
    cost, capacity, cash, risk : numbers or arrays
        Present values; capacity is what all saved hours would be worth.

    Returns
    -------
    float or ndarray
        inf where nothing is saved and money is missing; 0 or less where cash and risk pay for it.

    Examples
    --------
    >>> break_even(cost=60_000, capacity=100_000, cash=10_000)
    0.5
    """
    missing, capacity = np.broadcast_arrays(
        np.asarray(cost - cash - risk, dtype=float), np.asarray(capacity, dtype=float)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(capacity > 0, missing / capacity, np.where(missing > 0, np.inf, 0.0))
    return share if share.ndim else float(share)


def _possible(tco, exit_cost, dossier: Dossier, *, people, weeks, most_hours, ramp) -> None:
    for name, known in (("tco", tco.present), ("exit_cost", set(exit_cost.expected["vendor"]))):
        if missing := [vendor for vendor in dossier.vendors if vendor not in known]:
            raise DataError(f"{name} is of another dossier: it has no vendor '{missing[0]}'")
    numbers = {"weeks": weeks, "most_hours": most_hours, "people": None if isinstance(people, str) else people}
    for name, value in numbers.items():
        if value is not None and not (isinstance(value, int | float | np.number) and 0 <= value < np.inf):
            raise DataError(f"{name}={value!r} cannot be; give a number of 0 or more")
    if not len(ramp) or not all(0 <= step <= 1 for step in ramp):
        raise DataError(f"ramp={ramp!r} cannot be; give the share of the effect of each year, such as (0.5, 1.0)")


def _figure(given, otherwise: Estimate | None) -> Estimate:
    if given is None:
        return otherwise
    return estimate(*given) if isinstance(given, tuple | list) else estimate(float(given))


def _rate(dossier: Dossier) -> Estimate:
    """Money an hour: the engineer's day rate of sheet exit, else its default."""
    for (_, name), figure in dossier.exit.items():
        if name == "engineer_day_rate":
            claim = figure.claims[0].estimate
            return estimate(claim.low / DAY, claim.likely / DAY, claim.high / DAY)
    return estimate(EXIT_INPUTS["engineer_day_rate"].default / DAY)


def _driver(dossier: Dossier, people) -> Driver | None:
    """The driver whose hours are saved; None where a number was given."""
    if people is not None and not isinstance(people, str):
        return None
    known = {name.casefold(): each for name, each in dossier.drivers.items()}
    found = next((known[name] for name in ([people.casefold()] if people else _PEOPLE) if name in known), None)
    if found is None:
        there = ", ".join(dossier.drivers) or "none"
        raise DataError(f"whose hours? give people= as a number or as one of the drivers; there are {there}")
    return found


def _money(dossier: Dossier, people, size: int, seed: int, factors: np.ndarray):
    """Present value of the benefits by vendor and ledger, (S,) each, and how many people there are by year (S, T)."""
    driver, count, at = _driver(dossier, people), block_rows(size), 0
    gains = {(line.vendor, line.ledger or "cash"): np.zeros(size) for line in dossier.benefits}
    crowd = np.full((size, dossier.horizon), np.nan if driver else float(people))
    for values in drawn(dossier, seed, size):
        rows = slice(at, at + count)
        at += count
        for line in dossier.benefits:
            gains[line.vendor, line.ledger or "cash"][rows] += money(line, dossier, values) @ factors
        if driver:
            crowd[rows] = _crowd(driver, dossier, values)
    return gains, crowd


def _crowd(driver: Driver, dossier: Dossier, values) -> np.ndarray:
    """How many people there are in each year (S, T)."""
    growth = dossier.drivers[driver.growth].amount if isinstance(driver.growth, str) else driver.growth
    grown = np.atleast_1d(values[growth.name]) if growth else np.zeros(1)
    return np.atleast_1d(values[driver.amount.name])[:, None] * (1 + grown[:, None]) ** np.arange(dossier.horizon)


def _leaving(dossier: Dossier, exit_cost, size: int) -> dict[str, np.ndarray]:
    """Expected cost of leaving each vendor by draw, (S,)."""
    blocks = [
        {name: np.broadcast_to(expected_by_draw(dossier, name, values), block_rows(size)) for name in dossier.vendors}
        for values in drawn_exits(dossier, exit_cost.seed or 0, size)
    ]
    return {vendor: np.concatenate([block[vendor] for block in blocks]) for vendor in dossier.vendors}


def _quantiles(values: np.ndarray) -> list[float]:
    return [float(each) for each in np.quantile(values, [0.1, 0.5, 0.9], method="inverted_cdf")]


def _declared(dossier: Dossier) -> dict[str, str]:
    """What the lines of benefits themselves declare."""
    return {line.line: line.declared for line in dossier.benefits if line.declared}


def _notes(rho: float, declared: Mapping[str, str], strange: list[str], bias, weeks: float):
    yield f"rho {100 * rho:.0f}% and the part of the reported hours that is real ({bias}) are declared, not measured"
    yield f"{weeks:g} working weeks a year; hours saved are capacity, not cash; delivery metrics get no money"
    yield from (f"declared, not counted twice: {name}, {reason}" for name, reason in declared.items())
    if strange:
        yield f"not asked in the survey or not to be shown, so without hours: {', '.join(strange)}"
