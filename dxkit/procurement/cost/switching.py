"""When leaving a vendor for a named rival pays, and what it is worth to decide that at each renewal.

See docs/methods/switching.md, "Deciding at each renewal"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import pandas as pd

from dxkit.files.errors import Missing
from dxkit.files.options import choice, instance, whole
from dxkit.procurement.cost.calendar import renewals_of
from dxkit.procurement.cost.expressions import LABEL, Each, Row, Sheet, Sum, Values
from dxkit.procurement.cost.leaving import leaving_sheet, results_sheet, sheets_of
from dxkit.procurement.cost.schedule import month_sheet
from dxkit.procurement.cost.simulation import Draws
from dxkit.procurement.dossier.dossier import A_DOSSIER, Dossier, title_of
from dxkit.results.columns import Column, columns_of, declared
from dxkit.results.formatting import rounded_money, tied
from dxkit.results.result import Result
from dxkit.statistics.finance import annuity


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Switching(Result):
    """Leaving each vendor for one rival.

    first     vendor, rival, first_quarter (from which leaving pays on average; nan where it never does within the
              horizon), needed and saving then, or else when they are nearest
    option    vendor, rival, stay (present value of owning to the end of the horizon), plan (of the best leaving date
              fixed today, or of staying), plan_quarter (nan: stay), decide (of deciding at each renewal), value (plan
              less decide), at_most (were all known today), p_leaves
    """

    columns: ClassVar[tuple[Column, ...]] = declared(__file__, "Switching")

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
    horizon as an annuity. The rival's clauses run from the move, what they scale with stays on the calendar. The worth
    of deciding at each renewal comes from backward induction: at each renewal the vendor's running cost and cost of
    leaving are known, the difference between staying and leaving is predicted from them by least squares (Longstaff and
    Schwartz 2001), and the cheaper way is taken.

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
        raise Missing(f"'{rival}' is the only vendor; add a second one to the dossier")
    horizon = 12 * dossier.horizon
    rows, first, option = [], [], []
    for vendor in others:
        found = _drawn(dossier, vendor, rival, seed)
        move, saving = found["move"], found["own"] - found["rival"]
        needed = move / annuity(dossier.rate, dossier.horizon)
        table = pd.DataFrame(
            {
                "vendor": vendor,
                "rival": rival,
                "quarter": range(horizon // 3 + 1),
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
        dates = renewals_of(dossier, vendor)
        known = {q: np.column_stack([found["own"][:, q - 1], found["planned"][:, q]]) for q in dates}
        worth = option_value(found["stay"][:, 0], {q: found["leave"][:, q] for q in dates}, known)
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


def _drawn(dossier: Dossier, vendor: str, rival: str, seed: int) -> dict[str, np.ndarray]:
    """By draw and quarter (S, Q): the move, what both serve in the twelve months after it, the planned exit, and the
    present value of leaving then; of staying (S, 1)."""
    horizon = 12 * dossier.horizon
    dossier = replace(dossier, decision={**dossier.decision, "replacement": rival})
    sheets = sheets_of(dossier, vendor)
    for again in (month_sheet(dossier, rival), month_sheet(dossier, rival, moved=horizon)):
        sheets[again.name] = again
    quarters, month = leaving_sheet(vendor), Row(LABEL)
    labels = np.arange(0.0, horizon + 1, 3)
    at = [rival if e == 0 else f"{rival} from {e:.0f}" for e in labels]
    rows = {
        "own": Sum("running", month, month + 12, sheet=vendor),
        "rival": Each(*(Sum("running", 0, 12, sheet=name) for name in at)),
        "start": Each(*(Sum("once", None, 0, sheet=name) for name in at)),
        "again": Each(*(Sum("present", sheet=name) for name in at)),
    }
    sheets["move"] = Sheet("move", labels, rows)
    parts: dict[str, list[np.ndarray]] = {}
    draws = Draws(dossier, seed)
    for _, block in draws.blocks():
        values = Values(sheets, block)
        planned = values.row(quarters, "planned")
        each = {name: values.row("move", name) for name in ("own", "rival")} | {
            "planned": planned,
            "move": planned + values.row("move", "start"),
            "leave": values.row(quarters, "with exit, planned") + values.row("move", "again"),
            "stay": values.row(results_sheet(vendor), "pv"),
        }
        for name, found in each.items():
            parts.setdefault(name, []).append(np.broadcast_to(found, (draws.rows, found.shape[1])))
    return {name: np.concatenate(each) for name, each in parts.items()}


def option_value(
    stay: np.ndarray, leave: Mapping[int, np.ndarray], known: Mapping[int, np.ndarray]
) -> Mapping[str, float]:
    """Present values of staying, of the best plan, of deciding at each date, and how often one leaves.

    stay: (S,). leave: the same if one leaves at this quarter, (S,) each. known: what is known then, (S, k) each.
    """
    ahead, gone = stay, np.zeros(len(stay), dtype=bool)  # with no date left: stay to the end
    for quarter in sorted(leave, reverse=True):
        leaves = _dearer(ahead - leave[quarter], known[quarter])
        ahead = np.where(leaves, leave[quarter], ahead)
        gone |= leaves
    decide = float(ahead.mean())
    means = {quarter: float(plan.mean()) for quarter, plan in leave.items()} | {np.nan: float(stay.mean())}
    best = list(means)[int(tied(list(means.values())).argmin())]
    all_known = np.minimum.reduce([stay, *leave.values()])
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
