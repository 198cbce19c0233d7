"""What to ask a vendor for: the price at which it comes first, and what each clause of its contract is worth.

See docs/methods/negotiation.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import pandas as pd

from dxkit.files.errors import Missing
from dxkit.files.options import choice, instance, whole
from dxkit.procurement.choice.points import point_scores
from dxkit.procurement.cost.expressions import Values
from dxkit.procurement.cost.leaving import contract_lines, sheets_of
from dxkit.procurement.cost.run import by_draw
from dxkit.procurement.cost.schedule import exit_figure
from dxkit.procurement.cost.simulation import Draws, Inputs, at_scenario
from dxkit.procurement.cost.spread import quantiles
from dxkit.procurement.dossier.dossier import A_DOSSIER, Dossier, Figure, Line, certain, title_of
from dxkit.results.columns import Column, columns_of, declared
from dxkit.results.formatting import rounded_money, tied
from dxkit.results.result import Result
from dxkit.results.words import number, say
from dxkit.statistics.estimate import Estimate, estimate
from dxkit.statistics.moments import dividing_by_0

BASES = ("pv", "pv_served")
_MOST = 3.0  # times today's price, for the search of a tie
_ROUNDS, _STEPS = 7, 129  # of that search, each step worked out like a draw: the last ones are 1e-14 apart
_TERM = 12  # months of a term that binds no longer than usual


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Negotiation(Result):
    """What to ask each vendor for.

    walk_away   vendor, against (the vendor with the least mean among the others), factor (on the prices of all lines
                that are paid to the vendor, at which the means are level; 0 or less: not even free), low, high (P10
                and P90 of it by draw), factor_80 (at which it is cheapest in 80% of the simulations), change (money a
                year that its prices would fall or rise to the factor), tie_score (the factor at which point scores
                tie, up to 3; nan where there is none)
    clauses     vendor, line, clause, now, instead, worth (mean by which the cost falls; below 0 for a clause that
                protects the buyer), p10, p90
    """

    columns: ClassVar[tuple[Column, ...]] = declared(__file__, "Negotiation")

    walk_away: pd.DataFrame = field(default_factory=pd.DataFrame)
    clauses: pd.DataFrame = field(default_factory=pd.DataFrame)
    basis: str = "pv_served"
    currency: str = ""
    status: str = ""

    def _printed(self) -> tuple[pd.DataFrame, Sequence[Column]]:
        """A row for each vendor with its walk-away price, in place of the clauses."""
        of = self.walk_away
        frame = pd.DataFrame({"vendor": of["vendor"], "against": of["against"]})
        names = {"factor": "level at", "factor_80": "cheapest in 80% at", "tie_score": "scores tie at"}
        for name, heading in names.items():
            frame[heading] = [_share(value) for value in of[name]]
        frame["change a year"] = rounded_money(of.filter(["change"]))["change"]
        return frame, columns_of(frame)


def _share(factor: float) -> str:
    return "–" if np.isnan(factor) else "not even free" if factor <= 0 else f"{factor:.0%} of its price"


def negotiation(dossier: Dossier, basis: str = "pv_served", seed: int = 0) -> Negotiation:
    """At which price does each vendor come first, and what is each clause of its contract worth?

    See docs/methods/negotiation.md, "Walk-away price".

    Parameters
    ----------
    dossier : Dossier
        The vendors and their figures, from `read_dossier`; at least two vendors.
    basis : str
        pv_served: owning, leaving and what follows; pv: owning to the horizon.
    seed : int
        Seed of the random draws; the same seed gives the same result.

    Returns
    -------
    Negotiation
        Money over the horizon, discounted, in the dossier's currency. Money is linear in a common factor on a vendor's
        prices, so that the price at which it is level with the others needs no search.

    Raises
    ------
    Missing
        A dossier of one vendor.
    DataError
        Something other than a dossier, or an unknown basis.

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> costs = pd.DataFrame({"vendor": ["A", "B"], "line": "seats", "category": "licence", "likely": [1500, 1200]})
    >>> dx.negotiation(dx.read_dossier({"costs": costs}), "pv").walk_away["factor"].round(6).tolist()
    [0.8, 1.25]
    """
    instance("dossier", dossier, Dossier, A_DOSSIER)
    choice("basis", basis, BASES)
    seed, vendors = whole("seed", seed, 0), dossier.vendors
    if len(vendors) < 2:
        raise Missing(f"'{vendors[0]}' is the only vendor; add a second one to the dossier")
    others = {vendor: list(_others(dossier, vendor)) for vendor in vendors}
    money = _worked_out(dossier, {vendor: [made for *_, made in each] for vendor, each in others.items()}, basis, seed)
    mean = {vendor: float(each[0].mean()) for vendor, each in money.items()}
    rows, clauses = [], []
    for vendor, of in money.items():
        rows.append([vendor, *_walk_away(dossier, vendor, mean, money)])
        for (line, clause, now, instead, _), found in zip(others[vendor], of[2:], strict=True):
            worth = of[0] - found
            low, high = quantiles(worth, [0.1, 0.9])
            clauses.append([vendor, line, clause, now, instead, float(worth.mean()), float(low), float(high)])
    table = pd.DataFrame(clauses, columns=[column.name for column in Negotiation.columns])
    names = ["vendor", "against", "factor", "low", "high", "factor_80", "change", "tie_score"]
    return Negotiation(
        table=table,
        clauses=table,
        walk_away=pd.DataFrame(rows, columns=names),
        basis=basis,
        title=title_of("What to ask for", dossier),
        seed=seed,
        currency=dossier.currency,
        status=dossier.status,
        notes=("the factor is on the prices of all lines that are paid to the vendor; 0 or less: not even free",),
    )


def _walk_away(
    dossier: Dossier, vendor: str, mean: Mapping[str, float], money: Mapping[str, Sequence[np.ndarray]]
) -> list:
    """Where a vendor is level with the others, from the money at today's prices and at none."""
    now, free = money[vendor][:2]
    others = [other for other in mean if other != vendor]
    against = others[int(tied([mean[other] for other in others]).argmin())]
    prices = now - free
    least = np.minimum.reduce([each[0] for other, each in money.items() if other != vendor])
    if float(np.abs(prices).max()) <= 1e-9 * max(float(np.abs(now).max()), 1.0):
        return [against, *[np.nan] * 6]
    factor = 1 - (mean[vendor] - mean[against]) / float(prices.mean())
    with dividing_by_0():
        by = 1 - (now - least) / prices
    low, high, enough = quantiles(by, [0.1, 0.9, 0.2])
    yearly = _yearly(dossier, vendor)
    return [against, factor, float(low), float(high), float(enough), (factor - 1) * yearly, _tie(dossier, vendor)]


def _yearly(dossier: Dossier, vendor: str) -> float:
    """What is paid to the vendor in an average year, every figure likely."""
    values = Values(sheets_of(dossier, vendor), at_scenario(dossier, "likely"))
    paid = [values.full(vendor, f"{line.key}|paid").sum() for line in dossier.lines_of(vendor) if line.paid_to_vendor]
    return float(sum(paid)) / dossier.horizon


def _tie(dossier: Dossier, vendor: str) -> float:
    """The factor at which the vendor's point score meets the best of the others: each round looks where it turns."""
    if not dossier.criteria_read:
        return np.nan
    own = dossier.vendors.index(vendor)
    now, twice = (at_scenario(each, "likely") for each in (dossier, priced(dossier, vendor, 2.0)))

    def ahead(factors: np.ndarray) -> np.ndarray:
        moved = {key: now[key] + (factors - 1) * (twice[key] - now[key]) for key in now if twice[key] != now[key]}
        scores = point_scores(dossier, now | moved)
        return np.broadcast_to(scores[own] - np.delete(scores, own, axis=0).max(axis=0), factors.shape) > 0

    low, high = 0.0, _MOST
    for _ in range(_ROUNDS):
        factors = np.linspace(low, high, _STEPS)
        turned = np.flatnonzero(np.diff(ahead(factors)))
        if not turned.size:
            break
        low, high = factors[turned[0]], factors[turned[0] + 1]
    return float(low + high) / 2 if high - low < 1e-9 else np.nan


def priced(dossier: Dossier, vendor: str, factor: float) -> Dossier:
    """The dossier with every price of a vendor's own lines multiplied."""

    def times(figure: Figure | None) -> Figure | None:
        if figure is None:
            return None
        claims = tuple(replace(claim, estimate=_scaled(claim.estimate, factor)) for claim in figure.claims)
        return replace(figure, claims=claims)

    def changed(line: Line) -> Line:
        if line.vendor != vendor or not line.paid_to_vendor:
            return line
        steps = {
            name: tuple(
                replace(step, amount=times(step.amount), fixed=times(step.fixed)) for step in getattr(line, name)
            )
            for name in ("tiers", "prices")
        }
        clauses = {name: times(each) if name == "overage" else each for name, each in line.clauses.items()}
        return replace(line, amount=times(line.amount), clauses=clauses, **steps)

    return replace(dossier, costs=tuple(changed(line) for line in dossier.costs))


def _scaled(one: Estimate, factor: float) -> Estimate:
    if factor == 0:
        return estimate(0.0)
    return replace(one, low=one.low * factor, likely=one.likely * factor, high=one.high * factor)


def _worked_out(
    dossier: Dossier, others: Mapping[str, list[Dossier]], basis: str, seed: int
) -> dict[str, list[np.ndarray]]:
    """By vendor the money by draw as it is, at prices of 0, and with each other clause: all in the same draws."""
    kept: dict[str, list[list[np.ndarray]]] = {vendor: [] for vendor in others}
    made = {vendor: [dossier, priced(dossier, vendor, 0.0), *each] for vendor, each in others.items()}
    sheets = {vendor: [sheets_of(one, vendor) for one in each] for vendor, each in made.items()}
    for _, block in Draws(dossier, seed).blocks():
        for vendor, each in made.items():
            blocks = [
                by_draw(one, vendor, own, _with_own(one, dossier, block), basis)
                for one, own in zip(each, sheets[vendor], strict=True)
            ]
            kept[vendor].append(blocks)
    return {vendor: [np.concatenate(parts) for parts in zip(*blocks, strict=True)] for vendor, blocks in kept.items()}


def _with_own(one: Dossier, dossier: Dossier, drawn: Inputs) -> Inputs:
    """The draws with the figures in which a dossier differs from the one that was drawn."""
    if one is dossier:
        return drawn
    own = {figure.key: figure for line in one.costs for figure in line.cells}
    own |= {figure.key: figure for figure in one.exit.values()}
    known = {figure.key: figure for line in dossier.costs for figure in line.cells}
    known |= {figure.key: figure for figure in dossier.exit.values()}
    differ = {key: np.array([figure.mean]) for key, figure in own.items() if figure is not known.get(key)}
    return {**drawn, **differ}


def _others(dossier: Dossier, vendor: str) -> Iterator[tuple[str, str, str, str, Dossier]]:
    """Line, clause, what it is, what it is compared with, and the dossier with that instead."""
    for line in dossier.lines_of(vendor):
        if line.paid_to_vendor:
            for clause, now, instead, changed in _of_line(line):
                costs = tuple(changed if each is line else each for each in dossier.costs)
                yield line.line, clause, now, instead, replace(dossier, costs=costs)
    if not contract_lines(dossier, vendor):
        return
    prepaid = any(line.advance for line in contract_lines(dossier, vendor))
    for name, instead in (("liability", 0.0), ("refund", 1.0), ("term_months", float(_TERM))):
        now = exit_figure(dossier, vendor, name)[0]
        wanted = {"liability": now.mean > 0, "refund": prepaid and now.mean < 1, "term_months": now.mean > _TERM}[name]
        if wanted:
            of = _plain if name == "term_months" else _percent
            yield "", name, of(now.mean), of(instead), _with_exit(dossier, vendor, name, instead)


def _plain(value: float) -> str:
    """A number with a decimal where it has one."""
    return number(value, 0 if round(value, 1) % 1 == 0 else 1)


def _percent(share: float) -> str:
    return say("format.percent", share=_plain(100 * share))


def _with_exit(dossier: Dossier, vendor: str, name: str, value: float) -> Dossier:
    now = exit_figure(dossier, vendor, name)[0]
    figure = replace(certain(now, value), key=f"exit|{vendor}|{name}")
    exits = {**dossier.exit, (vendor, name): figure}
    costs = dossier.costs
    if name == "liability":
        costs = tuple(replace(line, liability=()) if line.vendor == vendor else line for line in costs)
    return replace(dossier, exit=exits, costs=costs)


def _of_line(line: Line) -> Iterator[tuple[str, str, str, Line]]:
    """What could be asked for in a line: clause, as it is, instead, and the line with that."""
    clauses = line.clauses

    def without(*names: str) -> dict[str, Figure]:
        return {name: each for name, each in clauses.items() if name not in names}

    if line.growth is not None:
        rate = line.growth if isinstance(line.growth, str) else _percent(line.growth.mean)
        yield "growth", rate, _percent(0.0), replace(line, growth=None, clauses=without("uplift_cap"))
    if "minimum" in clauses:
        yield "minimum", _plain(clauses["minimum"].mean), say("clause.none"), replace(line, clauses=without("minimum"))
    if line.ratchet:
        yield "ratchet", say("clause.yes"), say("clause.no"), replace(line, ratchet=False)
    if "block" in clauses:
        yield "block", _plain(clauses["block"].mean), say("clause.none"), replace(line, clauses=without("block"))
    if not line.once and (line.advance or line.billed != 1):
        months = {0: say("clause.the_term"), 1: say("clause.month")}.get(line.billed)
        months = months or say("clause.months", count=line.billed)
        how = say("clause.in_advance" if line.advance else "clause.in_arrears", months=months)
        yield "billed", how, say("clause.monthly"), replace(line, billed=1, advance=False)
    if "term_months" in clauses and clauses["term_months"].mean > _TERM:
        now = clauses["term_months"]
        changed = replace(line, clauses={**clauses, "term_months": certain(now, float(_TERM))})
        yield "term_months", _plain(now.mean), f"{_TERM}", changed
    if "uplift_cap" in clauses:
        yield (
            "uplift_cap",
            _percent(clauses["uplift_cap"].mean),
            say("clause.none"),
            replace(line, clauses=without("uplift_cap")),
        )
    if "included" in clauses:
        none = certain(clauses["included"], 0.0)
        instead = replace(line, clauses={**clauses, "included": none}, committed=line.committed or "minimum")
        yield "included", _plain(clauses["included"].mean), "0", instead
