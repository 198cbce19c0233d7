"""What a scorecard says: its tables, what is thin, what would change the choice, what to find out first.

See docs/methods/scorecard.md."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from dxkit.procurement.choice.points import Points
from dxkit.procurement.choice.ratings import NO_EVIDENCE
from dxkit.procurement.choice.robustness import LEVEL, ranks, rating_changes, stability
from dxkit.procurement.choice.values import Ratings, by_fit, must_haves
from dxkit.procurement.dossier.dossier import Dossier
from dxkit.procurement.dossier.judging import Criterion
from dxkit.results.formatting import percent, tied
from dxkit.results.words import say

_PLAN = ["vendor", "criterion", "value", "money", "find_out"]
_OUT = -1e6  # the score of a vendor that is knocked out, far below any other
_MOSTLY = 0.5  # a vendor that others beat as often as not is not recommended
_BLOCKING = ("demos alone",)
NO_CLAIM = "no claim for some topics, so they count as 0"
_TWICE, _APART = "cost may count twice", 0.05


@dataclass(frozen=True, eq=False)
class Judged:
    """What every finding is read off: the criteria that have a weight, their ratings, and what was drawn of them.

    values    of the draws, from 0 to 1 (S, V, C); weights: (S, C)
    points    the same at likely figures
    """

    dossier: Dossier
    criteria: Sequence[Criterion]
    ratings: Ratings
    values: np.ndarray
    weights: np.ndarray
    points: Points

    @property
    def vendors(self) -> list[str]:
        return self.dossier.vendors

    @property
    def names(self) -> list[str]:
        return [each.name for each in self.criteria]

    @cached_property
    def musts(self) -> Mapping[str, Mapping[str, str]]:
        """pass, fail or unknown by vendor and must-have."""
        return {vendor: must_haves(self.dossier, vendor) for vendor in self.vendors}

    @cached_property
    def scores(self) -> np.ndarray:
        """Scores by draw (S, V)."""
        each = [(self.values[:, i] * self.weights).sum(axis=1) for i in range(len(self.vendors))]
        return 100 * np.stack(each).T

    @cached_property
    def places(self) -> np.ndarray:
        """How often each vendor has each rank (V, V)."""
        return ranks(self.scores)

    @cached_property
    def order(self) -> np.ndarray:
        """The places of the vendors that are not knocked out."""
        return np.flatnonzero(["fail" not in self.musts[vendor].values() for vendor in self.vendors])

    @property
    def in_the_race(self) -> list[str]:
        return [self.vendors[i] for i in self.order]

    @property
    def best(self) -> int | None:
        """The place of the vendor with the highest point score; None where all are knocked out."""
        return int(self.order[np.argmax(tied(self.points.scores[self.order]))]) if len(self.order) else None

    @property
    def level(self) -> bool:
        """Whether another vendor scores as high as the best."""
        scores, best = self.points.scores, self.best
        return best is not None and any(abs(scores[i] - scores[best]) <= LEVEL for i in self.order if i != best)


def standing(card: Judged) -> pd.DataFrame:
    """The table: those that are knocked out are never first and put nothing at stake."""
    drawn, open_ = card.scores, np.isin(np.arange(len(card.vendors)), card.order)
    still = np.where(open_, drawn, _OUT)
    first = (card.places if open_.all() else ranks(still))[:, 0] if open_.any() else np.zeros(len(open_))
    lost = np.maximum((still.max(axis=1, keepdims=True) - drawn).mean(axis=0), 0.0)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    return pd.DataFrame(
        {
            "vendor": card.vendors,
            "score": card.points.scores,
            "low": low,
            "high": high,
            "p_first": np.where(open_, first, 0.0),
            "regret": np.where(open_, lost, np.nan),
            "must": [_worst(card.musts[vendor]) for vendor in card.vendors],
        }
    )


def contributions(card: Judged) -> pd.DataFrame:
    """The points that each vendor gets from each criterion: of the point score, with the interval of the draws."""
    rows, mean, weight = [], card.points.values, card.points.weights
    for i, vendor in enumerate(card.vendors):
        for k, name in enumerate(card.names):
            low, high = np.quantile(100 * card.values[:, i, k] * card.weights[:, k], [0.025, 0.975])
            rows.append([vendor, name, weight[k], mean[i, k], 100 * mean[i, k] * weight[k], low, high])
    columns = ["vendor", "criterion", "weight", "value", "contribution", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def flags_of(card: Judged) -> list[list[str]]:
    """What is thin about the ratings, and about claims of fit."""
    dossier = card.dossier
    fitted = [each.name for each in card.criteria if by_fit(dossier, each)]
    flags = [[v, c, flag] for (v, c), each in card.ratings.items() if c not in fitted for flag in each.flags]
    for name in fitted:
        for vendor in dossier.vendors:
            claims = [each for each in dossier.fit_read if each.vendor == vendor]
            if {each.kind for each in claims} <= {"demo"}:
                flags.append([vendor, name, "demos alone" if claims else NO_EVIDENCE])
            if 0 < len(claims) < len({each.topic for each in dossier.fit_read}):
                flags.append([vendor, name, NO_CLAIM])
    return flags


def _worst(musts: Mapping[str, str]) -> str:
    said = set(musts.values())
    return "fail" if "fail" in said else "unknown" if "unknown" in said else "pass" if said else "none set"


def reasons_for(
    card: Judged, flags: Sequence[Sequence[str]], open_cells: Sequence[str], first: Mapping[str, float]
) -> tuple[list[str], bool]:
    """What can be said of the choice. It is only recommended when nothing blocks it."""
    vendors, musts = card.vendors, card.musts
    out = [
        say("choice.knocked_out", vendor=v, musts=", ".join(name for name, said in musts[v].items() if said == "fail"))
        for v in vendors
        if "fail" in musts[v].values()
    ]
    if card.best is None:
        return [say("choice.all_fail"), *out], False
    name = vendors[card.best]
    if len(vendors) == 1:
        return [say("choice.alone"), *out], False
    if card.level:
        return [say("choice.level"), *out], False
    unknown = [must for must, said in musts[name].items() if said == "unknown"]
    thin = [f"{criterion}: {flag}" for v, criterion, flag in flags if v == name and flag in _BLOCKING]
    share = percent(first[name])
    if unknown or thin or open_cells:
        open_ = [say("choice.unknown", vendor=name, musts=", ".join(unknown))] if unknown else []
        open_ += [say("choice.open_cells", cells="; ".join(open_cells))] if open_cells else []
        open_ += [say("choice.thin", vendor=name, criteria=", ".join(thin))] if thin else []
        return [say("choice.unsettled", vendor=name, share=share), *open_, *out], False
    if first[name] <= _MOSTLY:
        return [say("choice.seldom", vendor=name, share=share), *out], False
    return [say("choice.recommended", vendor=name, share=share), *out], True


def cells_in_doubt(card: Judged) -> list[str]:
    """Ratings without evidence, which count as the worst, with which another vendor would come first at their best."""
    found, best = [], card.best
    for i in card.order if best is not None else ():
        for k, each in enumerate(card.criteria):
            rating = card.ratings.get((card.vendors[i], each.name))
            if i != best and rating is not None and not rating.known and not by_fit(card.dossier, each):
                changed = card.points.values.copy()
                changed[i, k] = 1.0
                scores = changed @ card.points.weights
                if scores[i] >= scores[best]:
                    found.append(f"{card.vendors[i]}, {each.name}")
    return found


def counted_twice(card: Judged) -> list[list[str]]:
    """Flags where cost may count twice: a unit of money that weighs differently in two criteria, or a rated criterion
    that orders the vendors exactly as one of money does."""
    criteria, values, weights = card.criteria, card.points.values, card.points.weights
    money = [(k, each) for k, each in enumerate(criteria) if each.money]
    flags = []
    for k, each in money:
        unit = weights[k] / abs(each.worst - each.best)
        for j, other in money:
            apart = abs(unit / max(weights[j] / abs(other.worst - other.best), 1e-300) - 1)
            if j > k and apart > _APART:
                flags.append(
                    ["", f"{each.name}, {other.name}", f"{_TWICE}: a unit of money weighs differently in them"]
                )
        for j, other in enumerate(criteria):
            same = np.array_equal(np.argsort(values[:, j], kind="stable"), np.argsort(values[:, k], kind="stable"))
            if not other.money and len(values) > 2 and len(np.unique(values[:, j])) == len(values) and same:
                flags.append(["", other.name, f"{_TWICE}: it orders the vendors as {each.name} does"])
    return flags


def prices_of(card: Judged) -> pd.DataFrame:
    """What going from worst to best is worth in money, by the first criterion of money."""
    criteria, weights = card.criteria, card.points.weights
    unit = next(
        (abs(c.worst - c.best) / weights[k] for k, c in enumerate(criteria) if c.money and weights[k] > 0), np.nan
    )
    rows = [[c.name, c.worst, c.best, float(weights[k]), float(weights[k] * unit)] for k, c in enumerate(criteria)]
    return pd.DataFrame(rows, columns=["criterion", "worst", "best", "weight", "money"])


def weight_ranges(card: Judged) -> pd.DataFrame:
    """The weights of each criterion for which the winner stays, and who wins at the nearer end."""
    rows, vendors, mean, weight = [], card.in_the_race, card.points.values[card.order], card.points.weights
    for k, name in enumerate(card.names if len(vendors) > 1 else ()):
        low, high, below, above = stability(mean, weight, k)
        nearer = below if above is None or (below is not None and weight[k] - low <= high - weight[k]) else above
        rows.append([name, weight[k], low, high, "" if nearer is None else vendors[nearer]])
    return pd.DataFrame(rows, columns=["criterion", "weight", "low", "high", "flips_to"])


def changes_of(card: Judged) -> pd.DataFrame:
    """The ratings that would change the winner, smallest change first."""
    criteria, vendors, dossier = card.criteria, card.in_the_race, card.dossier
    rated = [c.measure == "rating" and not by_fit(dossier, c) for c in criteria]
    points = [
        [card.ratings[v, c.name].mean if own else np.nan for c, own in zip(criteria, rated, strict=True)]
        for v in vendors
    ]
    ends = np.array([[c.worst, c.best] for c in criteria])
    rows: Sequence[tuple] = ()
    if len(vendors) > 1:
        rows = rating_changes(card.points.values[card.order], card.points.weights, np.array(points), ends)
    made = [[vendors[i], criteria[k].name, now, to, vendors[other]] for i, k, now, to, other in rows]
    return pd.DataFrame(made, columns=["vendor", "criterion", "rating", "changed_to", "winner"])


def unknown_musts(card: Judged) -> pd.DataFrame:
    """Must-haves that nobody knows of yet; their worth cannot be stated without guessing how likely a failure is."""
    rows = [
        [vendor, name, np.nan, np.nan, "settle the must-have: a failure knocks it out"]
        for vendor in card.in_the_race
        for name, said in card.musts[vendor].items()
        if said == "unknown"
    ]
    return pd.DataFrame(rows, columns=_PLAN).astype({"value": float, "money": float})


def worth_finding_out(card: Judged, of_cells: np.ndarray, money: float) -> pd.DataFrame:
    """What to find out first: the cells of most value, and the way that would settle them."""
    rows = []
    for i, vendor in enumerate(card.in_the_race):
        for k, criterion in enumerate(card.criteria):
            if of_cells[i, k] <= 1e-9:
                continue
            if criterion.measure != "rating":
                how = (
                    "get a written quote"
                    if criterion.measure in ("tco", "cost")
                    else "test an export; read the contract"
                )
            elif by_fit(card.dossier, criterion):
                how = "try it on the worst pains for three weeks"
            elif "nothing from a similar environment" in card.ratings[vendor, criterion.name].flags:
                how = "ask a reference customer like you"
            else:
                how = "try it for three weeks"
            rows.append([vendor, criterion.name, of_cells[i, k], of_cells[i, k] * money, how])
    frame = pd.DataFrame(rows, columns=_PLAN).astype({"value": float, "money": float})
    return frame.sort_values("value", ascending=False, key=tied, kind="stable").reset_index(drop=True)


def money_a_point(criteria: Sequence[Criterion], weight: np.ndarray) -> float:
    """Money that one point of score is worth, by the criterion that measures the cost of owning; nan without one."""
    for k, each in enumerate(criteria):
        if each.measure in ("tco", "cost") and weight[k] > 0:
            return abs(each.worst - each.best) / (100 * weight[k])
    return np.nan
