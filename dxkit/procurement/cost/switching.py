"""When leaving a vendor for a named rival pays, and what it is worth to decide that at each renewal.

See docs/methods/switching.md, "Deciding at each renewal"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from dxkit.files.errors import Missing
from dxkit.files.options import choice, instance, whole
from dxkit.procurement.cost.leaving import components, in_the_eu, inputs, renewals
from dxkit.procurement.cost.lines import money, quarters, total
from dxkit.procurement.cost.simulation import DRAWS, block_rows, drawn, drawn_exits
from dxkit.procurement.dossier.dossier import A_DOSSIER, MONEY, Dossier, title_of
from dxkit.results.columns import Column, columns_of
from dxkit.results.formatting import rounded_money
from dxkit.results.result import Result
from dxkit.statistics.finance import annuity, discount_factors


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Switching(Result):
    """Leaving each vendor for one rival.

    first     vendor, rival, first_quarter (from which leaving pays on average; nan where it never does within the
              horizon), needed and saving then, or else when they are nearest
    option    vendor, rival, stay (present value of owning to the end of the horizon), plan (of the best leaving date
              fixed today, or of staying), plan_quarter (nan: stay), decide (of deciding at each renewal), value (plan
              less decide), at_most (were all known today), p_leaves
    """

    columns: ClassVar[tuple[Column, ...]] = (
        Column("vendor", "the vendor that is left"),
        Column("rival", "the vendor that takes its place"),
        Column("quarter", "when it is left; 0 is the start", "count"),
        Column("move", "planned exit plus the rival's start", "money", MONEY),
        Column("needed", "saving that pays for the move over the horizon", "money", f"{MONEY} a year"),
        Column("saving", "running cost less the rival's", "money", f"{MONEY} a year"),
        Column("p_pays", "probability that leaving pays", "share"),
    )

    first: pd.DataFrame = field(default_factory=pd.DataFrame)
    option: pd.DataFrame = field(default_factory=pd.DataFrame)
    currency: str = ""
    status: str = ""

    def _printed(self) -> tuple[pd.DataFrame, Sequence[Column]]:
        """A row for each vendor: when leaving pays and what it is worth to decide later, in place of the quarters."""
        both = self.first.merge(self.option, on=["vendor", "rival"])
        quarter = both["first_quarter"]
        pays = [
            "not within the horizon" if np.isnan(q) else f"from month {3 * q:.0f}" if q else "from the start"
            for q in quarter
        ]
        names = {
            "needed": "saving needed a year",
            "saving": "saving a year",
            "value": "worth of deciding later",
            "at_most": "at most",
        }
        shown = rounded_money(both.filter(names)).rename(columns=names)
        leaves = both.filter(["p_leaves"]).rename(columns={"p_leaves": "leaves"})
        when = pd.Series(pays, name="pays")
        frame = pd.concat([both[["vendor"]], shown.iloc[:, :2], when, shown.iloc[:, 2:], leaves], axis=1)
        return frame, columns_of(frame, {"leaves": "share"})


def switching(dossier: Dossier, rival: str, seed: int = 0) -> Switching:
    """When does it pay to leave each vendor for one rival, and what is it worth to decide later?

    See docs/methods/switching.md, "Break-even saving".

    The break-even saving spreads the cost of the move (planned exit plus what the rival costs at its start) over the
    horizon as an annuity. The worth of deciding at each renewal comes from backward induction: at each renewal the
    vendor's running cost and cost of leaving are known, the difference between staying and leaving is predicted
    from them by least squares (Longstaff and Schwartz 2001), and the cheaper way is taken.

    Parameters
    ----------
    dossier : Dossier
        The vendors and their figures, from `read_dossier`.
    rival : str
        The vendor to move to; one of the dossier.
    seed : int
        Seed of the random draws; the same seed gives the same result.

    Returns
    -------
    Switching
        Money in the dossier's currency.

    Raises
    ------
    Missing
        A dossier of one vendor.
    DataError
        A rival that the dossier does not have.

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> costs = pd.DataFrame({"vendor": ["A", "B"], "line": "seats", "timing": "yearly", "likely": [90_000, 9_000]})
    >>> move = dx.switching(dx.read_dossier({"costs": costs}), "B")
    >>> move.first[["vendor", "first_quarter", "saving"]].values.tolist()
    [['A', 0.0, 81000.0]]
    """
    instance("dossier", dossier, Dossier, A_DOSSIER)
    choice("rival", rival, dossier.vendors)
    seed = whole("seed", seed, 0)
    others = [vendor for vendor in dossier.vendors if vendor != rival]
    if not others:
        raise Missing(f"'{rival}' is the only vendor; add a second one to the dossier, to leave for")
    spent, left, terms = _drawn_costs(dossier, seed)
    times = quarters(dossier.horizon)
    rows, first, option = [], [], []
    for vendor in others:
        move, saving = _move(spent[vendor], spent[rival], left[vendor], times)
        needed = move / annuity(dossier.rate, dossier.horizon)
        table = pd.DataFrame(
            {
                "vendor": vendor,
                "rival": rival,
                "quarter": range(len(times)),
                "move": move.mean(axis=0),
                "needed": needed.mean(axis=0),
                "saving": saving.mean(axis=0),
                "p_pays": (saving >= needed).mean(axis=0),
            }
        )
        rows.append(table)
        pays = np.flatnonzero(table["saving"] >= table["needed"])
        at = int(pays[0]) if len(pays) else int((table["saving"] - table["needed"]).argmax())
        first.append([vendor, rival, float(at) if len(pays) else np.nan, *table.loc[at, ["needed", "saving"]]])
        worth = option_value(
            spent[vendor], spent[rival], left[vendor], renewals(terms[vendor], dossier.horizon), dossier.rate
        )
        option.append([vendor, rival, *worth.values()])
    return Switching(
        table=pd.concat(rows, ignore_index=True),
        first=pd.DataFrame(first, columns=["vendor", "rival", "first_quarter", "needed", "saving"]),
        option=pd.DataFrame(
            option,
            columns=["vendor", "rival", "stay", "plan", "plan_quarter", "decide", "value", "at_most", "p_leaves"],
        ),
        title=title_of(f"Leaving for {rival}", dossier),
        seed=seed,
        currency=dossier.currency,
        status=dossier.status,
        notes=(
            f"the cost of a move is spread over {dossier.horizon} years at {100 * dossier.rate:g}% a year",
            "worth of deciding later: present value of choosing at each renewal, over the best choice fixed today",
        ),
    )


def _drawn_costs(dossier: Dossier, seed: int) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], dict[str, float]]:
    """By vendor: money by year (S, T + 1), planned exit by quarter (S, Q), and the length of its contract in months."""
    times, eu, rows = quarters(dossier.horizon), in_the_eu(dossier), block_rows(DRAWS)
    spent = {vendor: [] for vendor in dossier.vendors}
    left = {vendor: [] for vendor in dossier.vendors}
    terms = {}
    for values, leaving in zip(drawn(dossier, seed), drawn_exits(dossier, seed), strict=True):
        for vendor in dossier.vendors:
            cost = total(money(line, dossier, values) for line in dossier.costs if line.vendor == vendor)
            given, _ = inputs(dossier, vendor, leaving)
            planned = total(components(given, times, eu=eu)["planned"].values())
            spent[vendor].append(np.broadcast_to(cost, (rows, cost.shape[1])))
            left[vendor].append(np.broadcast_to(planned, (rows, planned.shape[1])))
            terms[vendor] = float(given["term_months"].mean())
    spent, left = ({name: np.concatenate(parts) for name, parts in each.items()} for each in (spent, left))
    return spent, left, terms


def _running(spent: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Running cost a year at each time (S, Q): that of the year which begins or runs then; the last one at the end."""
    last = spent.shape[1] - 1
    return spent[:, np.minimum(times.astype(int) + 1, last)]


def _move(own: np.ndarray, rival: np.ndarray, left: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cost of the move and saving a year at each time, (S, Q) each."""
    return left + rival[:, :1], _running(own, times) - _running(rival, times)


def option_value(
    own: np.ndarray, rival: np.ndarray, left: np.ndarray, dates: list[int], rate: float
) -> Mapping[str, float]:
    """Present values of staying, of the best plan, of deciding at each date, and how often one leaves.

    own, rival: money by year (S, T + 1). left: planned exit by quarter (S, 4 T + 1). dates: quarters of the renewals.
    """
    horizon = own.shape[1] - 1
    factors = discount_factors(rate, horizon)
    started = own[:, 0]

    def to_go(spent: np.ndarray, quarter: int) -> np.ndarray:
        """Present value of running cost from a quarter to the end; the year under way counts by what is left of it."""
        share = np.clip(np.arange(1, horizon + 1) - quarter / 4, 0, 1)
        return spent[:, 1:] @ (factors[1:] * share)

    def leave(quarter: int) -> np.ndarray:
        discount = (1 + rate) ** (-quarter / 4)
        return discount * (left[:, quarter] + rival[:, 0]) + to_go(rival, quarter)

    stay = started + to_go(own, 0)
    plans = {quarter: stay - to_go(own, quarter) + leave(quarter) for quarter in dates}
    ahead, gone = to_go(own, 0), np.zeros(len(own), dtype=bool)  # with no date left: stay to the end
    for quarter in reversed(dates):
        here = ahead - (to_go(own, 0) - to_go(own, quarter))  # cost from this date on if one stays now
        instead = leave(quarter)
        leaves = _dearer(
            here - instead,
            np.column_stack([_running(own, np.array([max(quarter / 4 - 1, 0.0)]))[:, 0], left[:, quarter]]),
        )
        ahead = np.where(leaves, instead, here) + (to_go(own, 0) - to_go(own, quarter))
        gone |= leaves
    decide = float((started + ahead).mean())
    means = {quarter: float(plan.mean()) for quarter, plan in plans.items()} | {np.nan: float(stay.mean())}
    best = min(means, key=lambda quarter: means[quarter])
    all_known = np.minimum.reduce([stay, *plans.values()])
    return {
        "stay": float(stay.mean()),
        "plan": means[best],
        "plan_quarter": float(best),
        "decide": decide,
        "value": max(0.0, means[best] - decide),
        "at_most": max(0.0, means[best] - float(all_known.mean())),
        "p_leaves": float(gone.mean()),
    }


def _dearer(extra: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Where staying is predicted to cost more than leaving, from what is known then; or one answer for all, if better.

    The prediction is a quadratic by least squares. It is dropped where always staying or always leaving costs less.
    """
    spread = known.std(axis=0)
    varies = spread > 1e-9 * np.abs(known).max(axis=0)
    scaled = (known - known.mean(axis=0))[:, varies] / spread[varies]
    terms = [np.ones(len(known)), *scaled.T]
    terms += [scaled[:, i] * scaled[:, j] for i in range(scaled.shape[1]) for j in range(i, scaled.shape[1])]
    design = np.column_stack(terms)
    predicted = design @ np.linalg.lstsq(design, extra, rcond=None)[0]
    ways = [np.zeros(len(extra), dtype=bool), np.ones(len(extra), dtype=bool), predicted > 0]
    return max(ways, key=lambda leaves: float((extra * leaves).mean()))
