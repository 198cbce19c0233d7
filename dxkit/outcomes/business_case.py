"""What a purchase is worth in cash, hours and risk, and which share of the hours must become output.

See docs/methods/business_case.md, "Ledgers"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from dxkit.files.errors import DataError, Missing, suggest
from dxkit.files.options import choice, instance, number, whole
from dxkit.outcomes.claim import check_hours
from dxkit.outcomes.saved_hours import SavedHours, guard, hourly_rate
from dxkit.procurement.cost.exit_cost import ExitCost
from dxkit.procurement.cost.ownership import Tco, check_results
from dxkit.procurement.cost.run import worked_out
from dxkit.procurement.dossier.dossier import A_DOSSIER, Dossier, Driver, Figure, title_of
from dxkit.results.columns import Column, columns_of, declared
from dxkit.results.formatting import percent, rounded_money
from dxkit.results.result import Result
from dxkit.statistics.estimate import Estimate, estimate
from dxkit.statistics.finance import discount_factors
from dxkit.statistics.moments import dividing_by_0

if TYPE_CHECKING:
    from dxkit.survey.ranking import Ranking

WEEKS, DAYS, DAY = 44, 220, 8  # working weeks and days a year, hours a day
Money = float | np.ndarray
_PEOPLE = ("engineers", "developers", "contributors", "people")


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class BusinessCase(Result):
    """Money over the horizon, discounted.

    ledgers         vendor, ledger (cost, exit, cash, capacity, risk), mean, p10, p50, p90. Capacity is what all saved
                    hours would be worth. A ledger without lines is left out
    break_even      vendor, low, mid, high: the share of saved hours that must become output (P10, P50, P90)
    rho_break_even  low, mid, high of `vendor`; 0 or less: it pays without the hours; above 1: not even with all of them
    headcount       vendor, low, mid, high: the number of people from which a platform engineer who saves them as much
                    is worth the salary
    npv             vendor, mean, p10, p50, p90, p_positive, with the declared share rho of the hours
    vendor          the vendor that the headline is about
    """

    columns: ClassVar[tuple[Column, ...]] = declared(__file__, "BusinessCase")
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
        frame = pd.concat([rounded_money(wide.filter([name])) for name in wide.columns], axis=1).reset_index()
        low, mid, high = (self.break_even[name].map(_share) for name in ("low", "mid", "high"))
        frame["must become output"] = mid.to_numpy()
        frame["80% interval"] = (low + " to " + high).to_numpy()
        frame[f"pays with {100 * self.rho:.0f}%"] = self.npv["p_positive"].map(percent).to_numpy()
        return frame, columns_of(frame)


def _range(low: float, mid: float, high: float) -> str:
    if _share(low) == _share(mid) == _share(high):
        return _share(mid)
    return f"{_share(mid)} (80% interval: {_share(low)} to {_share(high)})"


def _people(ends: Sequence[float]) -> str:
    low, mid, high = ("never" if np.isinf(end) else f"{end:,.0f}" for end in ends)
    return mid if mid == "never" else f"{mid} (80% interval: {low} to {high}; practitioners report 30 to 50)"


def _share(value: float) -> str:
    if np.isinf(value):
        return "never"
    return "none" if value <= 0 else "over 1000%" if value >= 10 else f"{100 * value:,.0f}%"


def business_case(
    ranking: Ranking,
    dossier: Dossier,
    tco: Tco,
    exit_cost: ExitCost,
    rho: float = 0.5,
    *,
    vendor: str | None = None,
    people: str | float | None = None,
    hourly: float | Sequence[float] | None = None,
    weeks: float = WEEKS,
    bias: float | Sequence[float] = (0.4, 0.7, 1.0),
    ramp: Sequence[float] = (0.5, 1.0),
    most_hours: float | None = None,
    declared: Mapping[str, str] | None = None,
    seed: int = 0,
) -> BusinessCase:
    """Is the purchase worth its cost in cash, hours and risk, and which share of the hours must count?

    See docs/methods/business_case.md, "Hours saved".

    Parameters
    ----------
    ranking : Ranking
        The hours that people lose a week, by topic, from `rank_pains` with score="hours".
    dossier : Dossier
        The vendors and their figures, from `read_dossier`. It needs sheet fit: the share of each pain that
        a vendor removes.
    tco : Tco
        What owning costs, from `tco` for the same dossier.
    exit_cost : ExitCost
        What leaving costs, from `exit_cost` for the same dossier.
    rho : float
        Realisation factor: the share of saved hours that becomes output. You declare it; nobody can measure it.
    vendor : str, optional
        The vendor of the headline; None for the cheapest.
    people : str or float, optional
        Whose hours are saved: a driver or a number; None for the driver engineers, developers, contributors or people.
    hourly : float or (low, likely, high), optional
        Cost of an hour; None for the engineer_day_rate of all vendors in sheet exit, or its default, over 8.
    weeks : float
        Working weeks a year.
    bias : float or (low, likely, high)
        The part of the reported hours that is real, a judgement, since people remember them; 1 takes them as they are.
    ramp : sequence of float
        Share of the effect in the first year, the second, and so on; the last one continues.
    most_hours : float, optional
        Hours a week that people said they lose in total, which savings cannot exceed; None for no limit.
    declared : dict, optional
        Why benefits of a category are not counted twice: {"incidents": "on-call hours were not asked for"}. For one
        line, use column declared of sheet benefits. Categories hours, incidents, onboarding and licences need it.
    seed : int
        Seed of the random draws; the same seed gives the same result.

    Returns
    -------
    BusinessCase
        The break-even share is rho* = (cost + exit - cash - risk) / capacity, by draw: cost is owning to the horizon,
        exit what leaving and what follows adds to it. Cash, hours and risk
        stay apart beside their sum, and delivery metrics are not turned into money.

    Raises
    ------
    DataError
        A ranking of anything but hours, a dossier without fit or people, results of another dossier, an option out of
        range, or benefits that would be counted twice.

    Examples
    --------
    >>> import dxkit as dx
    >>> dossier = dx.read_dossier(dx.samples.path("portal"))
    >>> ranking = dx.rank_pains(dx.open_survey(dx.samples.path("company/responses_2026-Q3.csv")))
    >>> case = dx.business_case(ranking, dossier, dx.tco(dossier), dx.exit_cost(dossier))
    >>> case.npv.columns.tolist()
    ['vendor', 'mean', 'p10', 'p50', 'p90', 'p_positive']
    """
    check_hours(ranking)
    instance("dossier", dossier, Dossier, A_DOSSIER)
    instance("tco", tco, Tco, "the result of tco for this dossier")
    instance("exit_cost", exit_cost, ExitCost, "the result of exit_cost for this dossier")
    check_results(dossier, tco, exit_cost)
    rho, weeks, seed = number("rho", rho, 0, 1), number("weeks", weeks, 0), whole("seed", seed, 0)
    vendor = tco.cheapest if vendor is None else choice("vendor", vendor, dossier.vendors)
    most_hours = np.inf if most_hours is None else number("most_hours", most_hours, 0)
    people = people if people is None or isinstance(people, str) else number("people", people, 0)
    if not isinstance(ramp, Sequence | np.ndarray) or isinstance(ramp, str) or not len(ramp):
        raise DataError(f"ramp={ramp!r}: give the share of the effect of each year, such as (0.5, 1.0)")
    ramp = [number("ramp", share, 0, 1) for share in ramp]
    if not dossier.fit_read:
        raise Missing("a business case needs sheet fit of the dossier: the share of each pain that a vendor removes")
    declared = {} if declared is None else declared
    guard(dossier, declared)
    of_lines = {line.line: line.declared for line in dossier.benefits if line.declared}
    asked = ranking.table.dropna(subset=["estimate"])["topic"]
    without_hours = sorted({fit.topic for fit in dossier.fit_read} - set(asked))
    size = len(next(iter(tco.present.values())))
    run = worked_out(dossier, tco.seed or 0, size)
    rate = hourly_rate(dossier, run.inputs, DAY) if hourly is None else _estimate("hourly", hourly)
    uncertain = SavedHours(ranking, dossier, rate, _estimate("bias", bias), size, seed)
    factors = _factors(dossier)
    steps = np.array([ramp[min(year, len(ramp) - 1)] for year in range(dossier.horizon)], dtype=float)
    crowd = _crowd(dossier, people, size, run.inputs)
    ledgers, even, worth, least = [], [], [], []
    for name in dossier.vendors:
        saved = np.minimum(uncertain.saved(name), most_hours)
        capacity = (crowd * steps) @ factors * saved * weeks * uncertain.rate * uncertain.bias
        cost, exit_, gains = tco.present[name], tco.served[name] - tco.present[name], run.vendors[name].gains
        cash, risk = (gains.get(ledger, np.zeros(size)) for ledger in ("cash", "risk"))
        for ledger, values in (("cost", cost), ("exit", exit_), ("cash", cash), ("capacity", capacity), ("risk", risk)):
            if ledger in ("cash", "risk") and ledger not in gains:
                continue
            ledgers.append([name, ledger, float(values.mean()), *_quantiles(values)])
        even.append([name, *_quantiles(break_even(cost + exit_, capacity, cash, risk))])
        enough = break_even(DAYS * DAY, rho * saved * weeks * uncertain.bias)
        least.append([name, *_quantiles(np.ceil(np.round(enough, 9)))])
        net = cash + risk + rho * capacity - cost - exit_
        worth.append([name, float(net.mean()), *_quantiles(net), float((net > 0).mean())])
    table = pd.DataFrame(even, columns=["vendor", "low", "mid", "high"])
    low, mid, high = next(row[1:] for row in even if row[0] == vendor)
    fewest = next(row[1:] for row in least if row[0] == vendor)
    frame = pd.DataFrame(ledgers, columns=["vendor", "ledger", "mean", "p10", "p50", "p90"])
    return BusinessCase(
        table=frame,
        ledgers=frame,
        break_even=table,
        vendor=vendor,
        rho=rho,
        currency=dossier.currency,
        seed=seed,
        rho_break_even=(low, mid, high),
        headcount=pd.DataFrame(least, columns=["vendor", "low", "mid", "high"]),
        npv=pd.DataFrame(worth, columns=["vendor", "mean", "p10", "p50", "p90", "p_positive"]),
        title=title_of(f"Business case over {dossier.horizon} years", dossier),
        facts=(
            (f"share of the hours saved by {vendor} that must become output", _range(low, mid, high)),
            (f"people from which an engineer who saves as much pays, at {100 * rho:.0f}%", _people(fewest)),
        ),
        notes=tuple(_notes(rho, {**of_lines, **declared}, without_hours, bias, weeks)),
    )


def break_even(cost: Money, capacity: Money, cash: Money = 0.0, risk: Money = 0.0) -> Any:
    """Which share of the saved hours must become output for the purchase to pay?

    See docs/methods/business_case.md, "Break-even share".

    Parameters
    ----------
    cost, capacity, cash, risk : float or ndarray, (S,)
        Present values; capacity is what all saved hours would be worth.

    Returns
    -------
    float or ndarray
        (cost - cash - risk) / capacity: inf where nothing is saved and money is missing; 0 or less where cash and risk
        pay for it. A float where all four are numbers.

    Raises
    ------
    DataError
        Something other than numbers, or arrays of different lengths.

    Examples
    --------
    >>> break_even(cost=60_000, capacity=100_000, cash=10_000)
    0.5
    """
    try:
        arrays = [np.asarray(each, dtype=float) for each in (cost, capacity, cash, risk)]
        cost, capacity, cash, risk = np.broadcast_arrays(*arrays)
    except (TypeError, ValueError):
        raise DataError("cost, capacity, cash and risk: give numbers, or arrays of one length") from None
    missing = cost - cash - risk
    with dividing_by_0():
        share = np.where(capacity > 0, missing / capacity, np.where(missing > 0, np.inf, 0.0))
    return share if share.ndim else float(share)


def _estimate(name: str, given: float | Sequence[float]) -> Estimate:
    """One number, or low, likely and high."""
    ends = [number(name, each) for each in (given if isinstance(given, tuple | list | np.ndarray) else [given])]
    if len(ends) not in (1, 3):
        raise DataError(f"{name}={given!r}: give one number, or (low, likely, high)")
    return estimate(ends[0]) if len(ends) == 1 else estimate(ends[0], ends[1], ends[2])


def _driver(dossier: Dossier, people: str | float | None) -> Driver | None:
    """The driver whose hours are saved; None where a number was given."""
    if isinstance(people, int | float):
        return None
    drivers = {name.casefold(): each for name, each in dossier.drivers.items()}
    names = _PEOPLE if people is None else [people.casefold()]
    driver = next((drivers[name] for name in names if name in drivers), None)
    if driver is None:
        advice = suggest(people or "", list(dossier.drivers))
        raise Missing(f"whose hours are saved? Give people= as a number or as a driver of the dossier; {advice}")
    return driver


def _factors(dossier: Dossier) -> np.ndarray:
    """What 1 of money a year, spread over its months, is worth today in each year of the horizon."""
    if dossier.decision["discounting"] == "year end":
        return discount_factors(dossier.rate, dossier.horizon)[1:]
    months = (1 + dossier.rate) ** (-np.arange(1, 12 * dossier.horizon + 1) / 12)
    return months.reshape(-1, 12).mean(axis=1)


def _crowd(dossier: Dossier, people: str | float | None, size: int, draws: Mapping[str, np.ndarray]) -> np.ndarray:
    """How many people there are in each year (S, T)."""
    driver = _driver(dossier, people)
    if driver is None:
        return np.full((size, dossier.horizon), people, dtype=float)

    def drawn(figure: Figure) -> np.ndarray:
        return np.resize(draws.get(figure.key, np.array([figure.mean])), (size, 1))

    growth = dossier.growth_of(driver)
    grown = drawn(growth) if growth else np.zeros((size, 1))
    return drawn(driver.amount) * (1 + grown) ** np.arange(dossier.horizon)


def _quantiles(values: np.ndarray) -> list[float]:
    return [float(each) for each in np.quantile(values, [0.1, 0.5, 0.9], method="inverted_cdf")]


def _notes(
    rho: float, declared: Mapping[str, str], without_hours: list[str], bias: object, weeks: float
) -> Iterator[str]:
    real = " to ".join(f"{each:g}" for each in np.atleast_1d(np.asarray(bias, dtype=float)))
    yield f"rho {100 * rho:.0f}% and the part of the reported hours that is real ({real}) are judgements, not measured"
    yield f"{weeks:g} working weeks a year; hours saved are capacity, not cash; delivery metrics get no money value"
    yield from (f"declared as not counted twice: {name}, {reason}" for name, reason in declared.items())
    if without_hours:
        yield f"not asked in the survey, or hidden, so without hours: {', '.join(without_hours)}"
