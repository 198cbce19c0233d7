"""What a scorecard says: its tables, what is thin, what would change the choice, what to find out first.

See docs/methods/scorecard.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from dxkit.procurement.choice.ratings import NO_EVIDENCE
from dxkit.procurement.choice.robustness import ranks, rating_changes, stability
from dxkit.procurement.choice.values import Ratings, by_fit
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

Musts = Mapping[str, Mapping[str, str]]  # by vendor and must-have: pass, fail or unknown


def standing(
    vendors: Sequence[str], scores: np.ndarray, drawn: np.ndarray, places: np.ndarray, open_: np.ndarray, musts: Musts
) -> pd.DataFrame:
    """The table: those that are knocked out are never first and put nothing at stake."""
    still = np.where(open_, drawn, _OUT)
    first = (places if open_.all() else ranks(still))[:, 0] if open_.any() else np.zeros(len(vendors))
    lost = np.maximum((still.max(axis=1, keepdims=True) - drawn).mean(axis=0), 0.0)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    return pd.DataFrame(
        {
            "vendor": vendors,
            "score": scores,
            "low": low,
            "high": high,
            "p_first": np.where(open_, first, 0.0),
            "regret": np.where(open_, lost, np.nan),
            "must": [_worst(musts[vendor]) for vendor in vendors],
        }
    )


def contributions(
    vendors: Sequence[str],
    names: Sequence[str],
    values: np.ndarray,
    weights: np.ndarray,
    mean: np.ndarray,
    weight: np.ndarray,
) -> pd.DataFrame:
    """The points that each vendor gets from each criterion: of the point score, with the interval of the draws."""
    rows = []
    for i, vendor in enumerate(vendors):
        for k, name in enumerate(names):
            low, high = np.quantile(100 * values[:, i, k] * weights[:, k], [0.025, 0.975])
            rows.append([vendor, name, weight[k], mean[i, k], 100 * mean[i, k] * weight[k], low, high])
    columns = ["vendor", "criterion", "weight", "value", "contribution", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def flags_of(dossier: Dossier, criteria: Sequence[Criterion], ratings: Ratings) -> list[list[str]]:
    """What is thin about the ratings, and about claims of fit."""
    fitted = [each.name for each in criteria if by_fit(dossier, each)]
    flags = [[v, c, flag] for (v, c), each in ratings.items() if c not in fitted for flag in each.flags]
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
    vendors: Sequence[str],
    best: int | None,
    level: bool,
    musts: Musts,
    flags: Sequence[Sequence[str]],
    open_cells: Sequence[str],
    first: Mapping[str, float],
) -> tuple[list[str], bool]:
    """What can be said of the choice. It is only recommended when nothing blocks it."""
    out = [
        say("choice.knocked_out", vendor=v, musts=", ".join(name for name, said in musts[v].items() if said == "fail"))
        for v in vendors
        if "fail" in musts[v].values()
    ]
    if best is None:
        return [say("choice.all_fail"), *out], False
    name = vendors[best]
    if len(vendors) == 1:
        return [say("choice.alone"), *out], False
    if level:
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


def unknown_cells(dossier: Dossier, criteria: Sequence[Criterion], ratings: Ratings) -> list[tuple[int, int]]:
    """Vendor and criterion of each rating without evidence."""
    return [
        (i, k)
        for i, vendor in enumerate(dossier.vendors)
        for k, each in enumerate(criteria)
        if (vendor, each.name) in ratings and not ratings[vendor, each.name].known and not by_fit(dossier, each)
    ]


def changes_winner(
    values: np.ndarray, weights: np.ndarray, cell: tuple[int, int], order: np.ndarray, best: int | None
) -> bool:
    """Whether another vendor would come first if an unknown rating, which counts as the worst, were the best."""
    i, k = cell
    if best is None or i not in order or i == best:
        return False
    changed = values.copy()
    changed[i, k] = 1.0
    scores = changed @ weights
    return bool(scores[i] >= scores[best])


def counted_twice(criteria: Sequence[Criterion], values: np.ndarray, weights: np.ndarray) -> list[list[str]]:
    """Flags where cost may count twice: a unit of money that weighs differently in two criteria, or a rated criterion
    that orders the vendors exactly as one of money does."""
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


def prices_of(criteria: Sequence[Criterion], weights: np.ndarray) -> pd.DataFrame:
    """What going from worst to best is worth in money, by the first criterion of money."""
    unit = next(
        (abs(c.worst - c.best) / weights[k] for k, c in enumerate(criteria) if c.money and weights[k] > 0), np.nan
    )
    rows = [[c.name, c.worst, c.best, float(weights[k]), float(weights[k] * unit)] for k, c in enumerate(criteria)]
    return pd.DataFrame(rows, columns=["criterion", "worst", "best", "weight", "money"])


def weight_ranges(names: Sequence[str], mean: np.ndarray, weight: np.ndarray, vendors: Sequence[str]) -> pd.DataFrame:
    """The weights of each criterion for which the winner stays, and who wins at the nearer end."""
    rows = []
    for k, name in enumerate(names if len(vendors) > 1 else ()):
        low, high, below, above = stability(mean, weight, k)
        nearer = below if above is None or (below is not None and weight[k] - low <= high - weight[k]) else above
        rows.append([name, weight[k], low, high, "" if nearer is None else vendors[nearer]])
    return pd.DataFrame(rows, columns=["criterion", "weight", "low", "high", "flips_to"])


def changes_of(
    dossier: Dossier,
    criteria: Sequence[Criterion],
    ratings: Ratings,
    mean: np.ndarray,
    weight: np.ndarray,
    vendors: Sequence[str],
) -> pd.DataFrame:
    """The ratings that would change the winner, smallest change first."""
    points = np.array(
        [
            [ratings[v, c.name].mean if c.measure == "rating" and not by_fit(dossier, c) else np.nan for c in criteria]
            for v in vendors
        ]
    ).reshape(len(vendors), len(criteria))
    ends = np.array([[c.worst, c.best] for c in criteria])
    rows = rating_changes(mean, weight, points, ends) if len(vendors) > 1 else []
    made = [[vendors[i], criteria[k].name, now, to, vendors[other]] for i, k, now, to, other in rows]
    return pd.DataFrame(made, columns=["vendor", "criterion", "rating", "changed_to", "winner"])


def unknown_musts(musts: Musts, vendors: Sequence[str]) -> pd.DataFrame:
    """Must-haves that nobody knows of yet; their worth cannot be stated without guessing how likely a failure is."""
    rows = [
        [vendor, name, np.nan, np.nan, "settle the must-have: a failure knocks it out"]
        for vendor in vendors
        for name, said in musts[vendor].items()
        if said == "unknown"
    ]
    return pd.DataFrame(rows, columns=_PLAN).astype({"value": float, "money": float})


def worth_finding_out(
    dossier: Dossier,
    criteria: Sequence[Criterion],
    ratings: Ratings,
    of_cells: np.ndarray,
    money: float,
    vendors: Sequence[str],
) -> pd.DataFrame:
    """What to find out first: the cells of most value, and the way that would settle them."""
    rows = []
    for i, vendor in enumerate(vendors):
        for k, criterion in enumerate(criteria):
            if of_cells[i, k] <= 1e-9:
                continue
            if criterion.measure != "rating":
                how = (
                    "get a written quote"
                    if criterion.measure in ("tco", "cost")
                    else "test an export; read the contract"
                )
            elif by_fit(dossier, criterion):
                how = "try it on the worst pains for three weeks"
            elif "nothing from a similar environment" in ratings[vendor, criterion.name].flags:
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
