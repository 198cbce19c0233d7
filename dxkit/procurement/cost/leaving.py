"""What it costs to leave each vendor, planned and forced, at every quarter end.

See docs/methods/leaving_cost.md, "Planned and forced exit"."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from dxkit.files.options import instance, whole
from dxkit.procurement.cost.lines import P10, P90, means_of, money, quarters, total
from dxkit.procurement.cost.simulation import drawn_exits
from dxkit.procurement.dossier.dossier import A_DOSSIER, MONEY, Dossier, Figure, Line, title_of
from dxkit.procurement.dossier.leaving_inputs import EXIT_INPUTS
from dxkit.results.columns import Column, columns_of
from dxkit.results.formatting import rounded_money
from dxkit.results.result import Result
from dxkit.statistics.finance import annuity

COMPONENTS = ("data", "integration", "people", "parallel", "contract", "selection")
EU_NOTICE = 2 / 12  # years: the longest for leaving a data processing service, Regulation (EU) 2023/2854, art. 25
NO_TERM = 1 / 1_000  # years; a shorter contract binds nobody
_DATED = ["planned", "last_notice", "date", "last_notice_date"]
_PAID = ("licence", "support", "hosting")  # goes to the vendor; the rest is own work


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ExitCost(Result):
    """Exit cost by vendor.

    totals     vendor, quarter, planned, forced, lock_in_ratio (planned exit over the yearly spend), headroom (the
               lasting price rise that would still be swallowed); nan where nothing is paid to the vendor
    expected   vendor, expected (over the horizon, discounted, by the hazards), certain (planned exit at the end of
               the horizon, discounted), p_exit
    calendar   vendor, cheapest (quarter), planned (its cost), last_notice (years after the start), date,
               last_notice_date ("" where the dossier names no start)
    present    planned exit at the end of the horizon, discounted, by vendor and draw, (S,) each
    renewals   vendor, quarter, planned, last_notice (years after the start), date, last_notice_date
    """

    columns: ClassVar[tuple[Column, ...]] = (
        Column("vendor", "the vendor"),
        Column("quarter", "0 is the start", "count"),
        Column("mode", "planned or forced"),
        Column("component", "what the money is for"),
        Column("mean", "cost, mean of the simulations", "money", MONEY),
        *(P10, P90),
    )
    plot_name: ClassVar[str] = "procurement.leaving"

    totals: pd.DataFrame = field(default_factory=pd.DataFrame)
    expected: pd.DataFrame = field(default_factory=pd.DataFrame)
    calendar: pd.DataFrame = field(default_factory=pd.DataFrame)
    renewals: pd.DataFrame = field(default_factory=pd.DataFrame)
    present: Mapping[str, np.ndarray] = field(default_factory=dict)
    currency: str = ""
    status: str = ""

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
        not given are assumed, and a note counts them.
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
    >>> left.totals[["quarter", "planned"]].iloc[0].tolist()
    [0.0, 137562.0]
    """
    instance("dossier", dossier, Dossier, A_DOSSIER)
    seed = whole("seed", seed, 0)
    times = quarters(dossier.horizon)
    eu = in_the_eu(dossier)
    rows, totals, expected, calendar, again, assumed = [], [], [], [], [], 0
    drawn, present = all_exits(dossier, seed), {}
    for vendor in dossier.vendors:
        values, missing = inputs(dossier, vendor, drawn)
        assumed += missing
        parts = components(values, times, eu=eu)
        sums = {mode: total(each.values()) for mode, each in parts.items()}
        for mode, each in parts.items():
            for name, cost in each.items():
                low, high = np.quantile(cost, [0.1, 0.9], axis=0)
                rows += [
                    [vendor, q, mode, name, *row]
                    for q, row in enumerate(zip(cost.mean(axis=0), low, high, strict=True))
                ]
        planned, forced = sums["planned"].mean(axis=0), sums["forced"].mean(axis=0)
        spend = (values["annual_spend"] * (1 + values["spend_growth"]) ** times).mean(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(spend > 0, planned / spend, np.nan)
        headroom = ratio / annuity(dossier.rate, dossier.horizon)
        totals += [[vendor, q, *row] for q, row in enumerate(zip(planned, forced, ratio, headroom, strict=True))]
        chance, cost = expected_exit(sums, values["hazard_forced"], values["hazard_voluntary"], dossier.rate, times)
        certain = float(planned[-1] * (1 + dossier.rate) ** -times[-1])
        present[vendor] = sums["planned"][:, -1] * (1 + dossier.rate) ** -times[-1]
        expected.append([vendor, float(cost.mean()), certain, float(chance.mean())])
        cheapest = int(np.argmin(planned[1:])) + 1
        notice = float(values["notice_months"].mean())
        notice = min(notice, 12 * EU_NOTICE) if eu else notice
        calendar.append([vendor, cheapest, float(planned[cheapest]), *_dates(dossier, cheapest, notice)])
        for quarter in renewals(float(values["term_months"].mean()), dossier.horizon):
            again.append([vendor, quarter, float(planned[quarter]), *_dates(dossier, quarter, notice)])
    verb = "is" if assumed == 1 else "are"
    return ExitCost(
        table=pd.DataFrame(rows, columns=["vendor", "quarter", "mode", "component", "mean", "p10", "p90"]),
        totals=pd.DataFrame(totals, columns=["vendor", "quarter", "planned", "forced", "lock_in_ratio", "headroom"]),
        expected=pd.DataFrame(expected, columns=["vendor", "expected", "certain", "p_exit"]),
        calendar=pd.DataFrame(calendar, columns=["vendor", "cheapest", *_DATED]),
        renewals=pd.DataFrame(again, columns=["vendor", "quarter", *_DATED]),
        title=title_of("Cost of leaving", dossier),
        seed=seed,
        currency=dossier.currency,
        status=dossier.status,
        present=present,
        notes=(
            f"{assumed} of {len(EXIT_INPUTS) * len(dossier.vendors)} inputs {verb} assumed, not given",
            *(("the notice period is at most two months in the EU",) if eu else ()),
        ),
    )


def _dates(dossier: Dossier, quarter: int, notice_months: float) -> list:
    """Last notice in years after the start, and both days in the calendar."""
    last = max(0.0, quarter / 4 - notice_months / 12)
    if not dossier.decision["start"]:
        return [last, "", ""]
    day = pd.Timestamp(str(dossier.decision["start"])) + pd.DateOffset(months=3 * quarter)
    return [last, str(day.date()), str((day + pd.DateOffset(months=-math.ceil(notice_months))).date())]


def given_for(dossier: Dossier, vendor: str) -> dict[str, Figure]:
    """What was given for a vendor, by itself or for all."""
    given = {name: dossier.exit.get((vendor, name)) or dossier.exit.get(("all", name)) for name in EXIT_INPUTS}
    return {name: figure for name, figure in given.items() if figure is not None}


def all_exits(dossier: Dossier, seed: int) -> dict[str, np.ndarray]:
    """Draws (S,) of every uncertain figure of exit."""
    parts = list(drawn_exits(dossier, seed))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def inputs(dossier: Dossier, vendor: str, drawn: Mapping[str, np.ndarray]) -> tuple[dict[str, np.ndarray], int]:
    """Every input of a vendor as a column (S, 1), and how many of them are assumed."""
    given, known = given_for(dossier, vendor), known_for(dossier, vendor, means_of(dossier.figures.values()))
    values = {name: np.full((1, 1), known.get(name, each.default)) for name, each in EXIT_INPUTS.items()}
    for name, figure in given.items():
        value = drawn.get(figure.name, np.full(1, figure.mean))
        values[name] = value[:, None]
    return values, len(EXIT_INPUTS) - len({*given, *known})


def known_for(dossier: Dossier, vendor: str, values: Mapping[str, np.ndarray]) -> dict[str, float]:
    """What the other sheets say for given values: the yearly spend with the vendor, its growth and term, and seats."""
    known = {"annual_spend": 0.0}
    paid = paid_lines(dossier, vendor)
    if paid:
        spent = total(money(line, dossier, values)[0, 1:] for line in paid)
        known["annual_spend"] = float(spent[0])
        if dossier.horizon > 1:
            grown = (spent[-1] / spent[0]) ** (1 / (dossier.horizon - 1)) - 1 if spent[0] > 0 else 0.0
            known["spend_growth"] = float(grown)
    terms = [line.term_months for line in paid if line.term_months == line.term_months]
    if terms:
        known["term_months"] = max(terms)
    if "seats" in dossier.drivers:
        driver = dossier.drivers["seats"]
        known["seats"] = float(values[driver.amount.name][0])
        if driver.growth:
            grows = driver.growth if isinstance(driver.growth, Figure) else dossier.drivers[driver.growth].amount
            known["seats_growth"] = float(values[grows.name][0])
    return known


def paid_lines(dossier: Dossier, vendor: str) -> list[Line]:
    """The running lines that go to the vendor."""
    return [
        line for line in dossier.costs if line.vendor == vendor and line.category in _PAID and line.timing != "initial"
    ]


def expected_by_draw(dossier: Dossier, vendor: str, drawn: Mapping[str, np.ndarray]) -> np.ndarray:
    """Expected exit cost of a vendor for each draw of its inputs (S,), discounted."""
    times = quarters(dossier.horizon)
    values, _ = inputs(dossier, vendor, drawn)
    parts = components(values, times, eu=in_the_eu(dossier))
    sums = {mode: total(each.values()) for mode, each in parts.items()}
    return expected_exit(sums, values["hazard_forced"], values["hazard_voluntary"], dossier.rate, times)[1]


def in_the_eu(dossier: Dossier) -> bool:
    return str(dossier.decision["jurisdiction"]).casefold() in ("eu", "european union")


def components(v: Mapping[str, np.ndarray], t: np.ndarray, *, eu: bool = False) -> dict[str, dict[str, np.ndarray]]:
    """The parts of planned and forced exit at times t (years), each (S, Q), in money.

    See docs/methods/leaving_cost.md, "Components"."""
    engineer, user = v["engineer_day_rate"], v["user_day_rate"]
    lost = 1 - v["export_fidelity"]
    stored, records = v["data_gb"] + v["data_gb_growth"] * t, v["records"] + v["records_growth"] * t
    integrations = v["integrations"] + v["integrations_growth"] * t
    automations = v["automations"] + v["automations_growth"] * t
    seats = v["seats"] * (1 + v["seats_growth"]) ** t
    spend = v["annual_spend"] * (1 + v["spend_growth"]) ** t
    data = (
        stored * v["egress_fee"]
        + engineer
        * (v["export_base_days"] + v["days_per_entity_type"] * v["entity_types"])
        * (1 + v["export_rework"] * lost)
        + engineer * v["days_per_1000_records"] * records / 1000 * lost
    )
    rebuilt = v["days_per_integration"] * integrations + v["days_per_automation"] * automations
    integration = engineer * rebuilt * v["proprietary_share"]
    habits = v["unlearn_hours"] * -np.expm1(-t / np.maximum(v["unlearn_years"], 1e-9)) + v["learn_hours"]
    people = seats * user / 8 * habits + seats * user * 5 * v["dip_weeks"] * v["dip"]
    both = v["overlap_months"] * engineer * v["overlap_days_a_month"] * np.ones_like(t)
    notice = np.minimum(v["notice_months"] / 12, EU_NOTICE) if eu else v["notice_months"] / 12
    contract = np.maximum(remaining_term(v["term_months"] / 12, t), notice) * spend * v["liability"]
    selection = engineer * v["reselect_days"] * np.ones_like(t)
    parts = (data, integration, people, both + v["overlap_months"] * spend / 12, contract, selection)
    planned: dict[str, np.ndarray] = dict(zip(COMPONENTS, np.broadcast_arrays(*parts), strict=True))
    forced = planned | {
        "data": v["rush"] * planned["data"],
        "integration": v["rush"] * planned["integration"],
        "parallel": np.broadcast_to(both, planned["data"].shape),
        "contract": np.zeros(planned["data"].shape),
    }
    return {"planned": planned, "forced": forced}


def renewals(term_months: float, horizon: int) -> list[int]:
    """Quarters at which a contract of so many months renews within the horizon, without its end.

    >>> renewals(12, 3), renewals(36, 3), renewals(18, 3)
    ([4, 8], [], [6])
    """
    if not term_months / 12 > NO_TERM:
        return list(range(1, 4 * horizon))
    dates = np.arange(1, math.ceil(12 * horizon / term_months)) * term_months / 3
    return sorted({round(float(date)) for date in dates if 0.5 < date < 4 * horizon - 0.5})


def remaining_term(term: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Years until the contract could end: the whole term at the start, nothing at each renewal.

    >>> remaining_term(np.array([1.0]), np.array([0.0, 0.25, 1.0, 1.5])).tolist()
    [1.0, 0.75, 0.0, 0.5]
    """
    length = np.maximum(term, NO_TERM)
    ends = np.ceil(np.round(t / length, 9)) * length
    return np.where(term > NO_TERM, np.where(t == 0, term, ends - t), 0.0)


def expected_exit(
    sums: Mapping[str, np.ndarray],
    forced: np.ndarray | float,
    voluntary: np.ndarray | float,
    rate: float,
    times: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Probability of an exit within the horizon (S,) and its expected discounted cost (S,), from yearly hazards.

    E = sum over quarters of Surv x [p_f forced + (1 - p_f) p_v planned] (1 + r)^-t with p = 1 - exp(-hazard / 4).
    """
    p_forced, p_planned = (-np.expm1(-np.asarray(hazard, dtype=float) / 4) for hazard in (forced, voluntary))
    leaves = 1 - (1 - p_forced) * (1 - p_planned)
    quarters = len(times) - 1
    survival = (1 - leaves) ** np.arange(quarters)
    cost = p_forced * sums["forced"][:, 1:] + (1 - p_forced) * p_planned * sums["planned"][:, 1:]
    discounted = survival * cost * (1 + rate) ** -times[1:]
    return (1 - (1 - leaves) ** quarters).ravel(), discounted.sum(axis=1)
