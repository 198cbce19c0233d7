"""Which tool: an additive value model on declared anchors, over evidence, weights and money jointly.

See docs/methods/scorecard.md, "Value model"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from dxkit.files.errors import DataError, Missing
from dxkit.files.options import choice, instance, number, whole
from dxkit.procurement.choice.findings import (
    Judged,
    cells_in_doubt,
    changes_of,
    contributions,
    counted_twice,
    flags_of,
    money_a_point,
    prices_of,
    reasons_for,
    standing,
    unknown_musts,
    weight_ranges,
    worth_finding_out,
)
from dxkit.procurement.choice.points import judged, points_of
from dxkit.procurement.choice.ratings import LEAST_SPREAD
from dxkit.procurement.choice.robustness import information, wins
from dxkit.procurement.choice.values import check_needs, drawn_values, note_on_anchors, rating_of, weights_of
from dxkit.procurement.cost.exit_cost import ExitCost
from dxkit.procurement.cost.exit_cost import exit_cost as work_out_exit
from dxkit.procurement.cost.ownership import Tco, check_results
from dxkit.procurement.cost.ownership import tco as work_out_tco
from dxkit.procurement.cost.simulation import DRAWS
from dxkit.procurement.dossier.columns import KINDS
from dxkit.procurement.dossier.dossier import A_DOSSIER, Dossier, counted
from dxkit.results.columns import Column, columns_of, declared
from dxkit.results.formatting import percent, tied
from dxkit.results.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes


NO_CRITERIA = "a scorecard needs criteria; fill in sheet criteria of the dossier"


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Scorecard(Result):
    """Vendors compared on declared criteria.

    contributions vendor, criterion, weight, value (0 to 1), contribution (points), low, high
    stability     criterion, weight, low, high (weights for which the winner stays), flips_to (at the nearer end)
    changes       vendor, criterion, rating, changed_to, winner: ratings that would change the winner, smallest first
    information   criterion, value (points gained on average by knowing it before choosing), money (the same, where
                  cost is a criterion)
    trial_plan    vendor, criterion, value, money, find_out: what to try or ask first; value is nan for must-haves
                  that are not known, which come first
    ranks         vendor, rank, share;   pairwise: vendor, other, share of draws in which it scores higher
    prices        criterion, worst, best, weight, money: what going from worst to best is worth; nan where no criterion
                  is money
    flags         vendor, criterion, flag
    """

    columns: ClassVar[tuple[Column, ...]] = declared(__file__, "Scorecard")
    plot_name: ClassVar[str] = "procurement.contributions"

    contributions: pd.DataFrame = field(default_factory=pd.DataFrame)
    stability: pd.DataFrame = field(default_factory=pd.DataFrame)
    changes: pd.DataFrame = field(default_factory=pd.DataFrame)
    information: pd.DataFrame = field(default_factory=pd.DataFrame)
    trial_plan: pd.DataFrame = field(default_factory=pd.DataFrame)
    ranks: pd.DataFrame = field(default_factory=pd.DataFrame)
    pairwise: pd.DataFrame = field(default_factory=pd.DataFrame)
    prices: pd.DataFrame = field(default_factory=pd.DataFrame)
    flags: pd.DataFrame = field(default_factory=pd.DataFrame)
    winner: str | None = None
    recommended: bool = False
    reasons: tuple[str, ...] = ()
    status: str = ""

    def why(self, vendor: str | None = None, other: str | None = None) -> pd.DataFrame:
        """Why one scores above the other: criterion, weight, and the points each gets; they sum to the scores.

        Without names these are the first two.
        """
        first, *rest = self.table["vendor"].tolist()
        if not rest:
            raise Missing("a comparison of vendors needs a second one; add it to the dossier")
        known = [first, *rest]
        vendor = None if vendor is None else choice("vendor", vendor, known)
        other = None if other is None else choice("other", other, known)
        vendor = vendor or next(name for name in known if name != other)
        other = other or next(name for name in known if name != vendor)
        parts = {
            name: self.contributions[self.contributions["vendor"] == name].set_index("criterion")
            for name in (vendor, other)
        }
        one, two = parts.values()
        frame = pd.DataFrame({"weight": one["weight"], vendor: one["contribution"], other: two["contribution"]})
        frame["difference"] = frame[vendor] - frame[other]
        return frame.sort_values("difference", key=lambda each: -tied(each.abs()), kind="stable").reset_index()

    @property
    def nearest_weight(self) -> tuple[str, float, float, str] | None:
        """The smallest change of one weight that changes the winner: criterion, weight now, weight then, new winner."""
        ends = [
            (row["criterion"], row["weight"], end, row["flips_to"])
            for row in self.stability.to_dict("records")
            for end in (row["low"], row["high"])
            if row["flips_to"] and 0 < end < 1
        ]
        return min(ends, key=lambda change: abs(change[2] - change[1]), default=None)

    def plot_ranks(self, ax: Axes | None = None) -> Axes:
        """Draw how often each vendor has each rank; returns the matplotlib Axes."""
        return self._draw("procurement.ranks", ax)

    def plot_weight_ranges(self, ax: Axes | None = None) -> Axes:
        """Draw the weights for which the winner stays; returns the matplotlib Axes."""
        return self._draw("procurement.weight_ranges", ax)

    def plot_trial_plan(self, ax: Axes | None = None) -> Axes:
        """Draw what to find out first; returns the matplotlib Axes."""
        return self._draw("procurement.trial_plan", ax)

    def _printed(self) -> tuple[pd.DataFrame, Sequence[Column]]:
        """The ends of the interval in one column, and probabilities rounded with care."""
        score, low, high = (self.table[name].map("{:.0f}".format) for name in ("score", "low", "high"))
        frame = pd.DataFrame({"vendor": self.table["vendor"], "score": score, "95% interval": low + " to " + high})
        frame["ranks first in"] = self.table["p_first"].map(percent)
        frame["points at stake"] = self.table["regret"].map("{:.1f}".format)
        frame["must-haves"] = self.table["must"]
        return frame, columns_of(frame)


def scorecard(
    dossier: Dossier,
    tco: Tco | None = None,
    exit_cost: ExitCost | None = None,
    needs: Result | None = None,
    seed: int = 0,
    *,
    draws: int = DRAWS,
    spread: Mapping[str, float] | None = None,
) -> Scorecard:
    """Which vendor scores highest on the declared criteria, and how firm is that?

    See docs/methods/scorecard.md, "Value model".

    Parameters
    ----------
    dossier : Dossier
        The vendors and their figures, from `read_dossier`. It needs sheet criteria, and evidence; fit where a
        criterion `feature fit` is to rest on pains removed.
    tco : Tco, optional
        What owning costs, from `tco` for the same dossier; None works it out where a criterion measures it.
    exit_cost : ExitCost, optional
        What leaving costs, from `exit_cost` for the same dossier; None works it out where a criterion measures it.
    needs : Ranking, optional
        Weighs the topics of sheet fit by their burden, from `rank_pains`; None weighs them alike.
    seed : int
        Seed of the random draws; the same seed gives the same result.
    draws : int
        Number of random draws, a power of two; where tco is given, its own number.
    spread : mapping, optional
        Standard deviation in rating points of a judgement by kind (demo 1.0, documentation 0.8, reference 0.6, trial
        and production 0.35).

    Returns
    -------
    Scorecard
        A value is (x - worst) / (best - worst) on the criterion's declared anchors, at least 0 and at most 1, so that a
        further vendor reorders nobody. Weights are swing weights, scaled to sum to one in every draw.

    Raises
    ------
    DataError
        A dossier without criteria, or without a weight above 0; results of another dossier.

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> sheets = {
    ...     "costs": pd.DataFrame({"vendor": ["A", "B"], "line": "seats", "timing": "yearly", "likely": [1000, 3000]}),
    ...     "criteria": pd.DataFrame({"criterion": ["cost"], "weight": [1], "worst": [10000], "best": [0],
    ...                               "measure": ["tco"]})}
    >>> dx.scorecard(dx.read_dossier(sheets)).winner
    'A'
    """
    instance("dossier", dossier, Dossier, A_DOSSIER)
    check_results(dossier, tco, exit_cost)
    check_needs(needs)
    seed, draws, spread = whole("seed", seed, 0), whole("draws", draws), _spread(spread)
    criteria = judged(dossier)
    if not dossier.criteria_read:
        raise Missing(NO_CRITERIA)
    if not criteria:
        raise Missing("a scorecard needs weights; give them in sheet criteria of the dossier")
    if sum(weights_of(criteria)) <= 0:
        raise DataError("no criterion has a weight above 0; give weights in sheet criteria")
    vendors = dossier.vendors
    if any(each.measure in ("tco", "cost") for each in criteria):
        tco = tco or work_out_tco(dossier, seed, draws=draws)
        draws = len(next(iter(tco.present.values())))
    if any(each.measure == "exit_cost" for each in criteria):
        exit_cost = exit_cost or work_out_exit(dossier, seed)
    rated = [each for each in criteria if each.measure == "rating"]
    ratings = {(v, c.name): rating_of(dossier, v, c, spread) for v in vendors for c in rated}
    values, weights = drawn_values(dossier, criteria, ratings, tco, exit_cost, needs, seed, draws)
    note, values = note_on_anchors(values, criteria), np.clip(values, 0.0, 1.0)
    return _result(Judged(dossier, criteria, ratings, values, weights, points_of(dossier, needs)), note, seed)


def _spread(spread: Mapping[str, float] | None) -> dict[str, float]:
    if spread is None:
        return {}
    instance("spread", spread, Mapping, "a dict of kind of evidence and standard deviation, such as {'demo': 1.0}")
    return {choice("spread", kind, KINDS): number(f"spread of {kind}", sd, LEAST_SPREAD) for kind, sd in spread.items()}


def _result(card: Judged, note: str, seed: int) -> Scorecard:
    vendors, names, order, dossier = card.vendors, card.names, card.order, card.dossier
    table = standing(card)
    flags = [*flags_of(card), *counted_twice(card)]
    first = dict(zip(vendors, table["p_first"], strict=True))
    reasons, recommended = reasons_for(card, flags, cells_in_doubt(card), first)
    of_criteria, of_cells, of_all = np.zeros(len(names)), np.zeros((0, len(names))), 0.0
    if len(order):
        of_criteria, of_cells, of_all = information(card.values[:, order], card.weights.mean(axis=0))
    worth = money_a_point(card.criteria, card.points.weights)
    gained = 100 * np.array([*of_criteria, of_all])
    plan = [unknown_musts(card), worth_finding_out(card, 100 * of_cells, worth)]
    pairs = [
        [v, other, share]
        for v, row in zip(vendors, wins(card.scores), strict=True)
        for other, share in zip(vendors, row, strict=True)
        if v != other
    ]
    ranked = zip(vendors, card.places, strict=True)
    places = [[v, rank, share] for v, row in ranked for rank, share in enumerate(row, 1)]
    return Scorecard(
        table=table.sort_values("score", ascending=False, key=tied, kind="stable").reset_index(drop=True),
        contributions=contributions(card),
        stability=weight_ranges(card),
        changes=changes_of(card),
        information=pd.DataFrame({"criterion": [*names, "everything"], "value": gained, "money": gained * worth}),
        trial_plan=pd.concat(plan, ignore_index=True),
        ranks=pd.DataFrame(places, columns=["vendor", "rank", "share"]),
        pairwise=pd.DataFrame(pairs, columns=["vendor", "other", "share"]),
        prices=prices_of(card),
        flags=pd.DataFrame(flags, columns=["vendor", "criterion", "flag"]),
        winner=None if card.best is None or card.level else vendors[card.best],
        recommended=recommended,
        reasons=tuple(reasons),
        status=dossier.status,
        seed=seed,
        facts=tuple(("note" if number else "in short", text) for number, text in enumerate(reasons)),
        title=f"Scorecard: {dossier.decision['title']} ({dossier.status})",
        notes=tuple(
            filter(None, (note, f"thin evidence in {counted(len(flags), 'place')}: see .flags" if flags else ""))
        ),
    )
