"""Which tool: an additive value model on declared anchors, over evidence, weights and money jointly (MODELS 10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from dxkit.files.errors import DataError
from dxkit.procurement.choice.ratings import Rating, met, rate
from dxkit.procurement.choice.robustness import information, ranks, rating_changes, stability, wins
from dxkit.procurement.cost.leaving import ExitCost
from dxkit.procurement.cost.leaving import exit_cost as work_out_exit
from dxkit.procurement.cost.ownership import Tco
from dxkit.procurement.cost.ownership import tco as work_out_tco
from dxkit.procurement.cost.simulation import DRAWS
from dxkit.procurement.dossier.dossier import Dossier
from dxkit.procurement.dossier.judging import FIT_NAMES, RATINGS, Criterion
from dxkit.results.columns import Column, columns_of
from dxkit.results.formatting import percent
from dxkit.results.result import Result
from dxkit.statistics.sampling import SCRAMBLES, error, points_for, scrambled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SEED = 2_000_003  # a sequence of its own, so that ratings and costs move apart
_PLAN = ["vendor", "criterion", "value", "money", "find_out"]
_OUT = -1e6  # the score of a vendor that is knocked out, far below any other
_MOSTLY = 0.5  # a vendor that others beat as often as not is no recommendation
_BLOCKING = ("demos alone", "no evidence")


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
    flags         vendor, criterion, flag
    """

    columns: ClassVar[tuple[Column, ...]] = (
        Column("vendor", "the vendor"),
        Column("score", "mean score: 0 is worst and 100 is best on every criterion", "index", "points"),
        Column("low", "lower end of its 95% interval", "index", "points"),
        Column("high", "upper end of its 95% interval", "index", "points"),
        Column("p_first", "share of simulations in which it ranks first", "share"),
        Column("regret", "points that are expected to be lost if it is chosen", "hours", "points"),
        Column("must", "must-haves: pass, fail or unknown"),
    )
    plot_name: ClassVar[str] = "scorecard.contributions"

    contributions: pd.DataFrame = field(default_factory=pd.DataFrame)
    stability: pd.DataFrame = field(default_factory=pd.DataFrame)
    changes: pd.DataFrame = field(default_factory=pd.DataFrame)
    information: pd.DataFrame = field(default_factory=pd.DataFrame)
    trial_plan: pd.DataFrame = field(default_factory=pd.DataFrame)
    ranks: pd.DataFrame = field(default_factory=pd.DataFrame)
    pairwise: pd.DataFrame = field(default_factory=pd.DataFrame)
    flags: pd.DataFrame = field(default_factory=pd.DataFrame)
    winner: str | None = None
    recommended: bool = False
    reasons: tuple[str, ...] = ()
    status: str = ""

    def why(self, vendor: str, other: str) -> pd.DataFrame:
        """Why one scores above the other: criterion, weight, and the points each gets; they sum to the scores."""
        parts = {
            name: self.contributions[self.contributions["vendor"] == name].set_index("criterion")
            for name in (vendor, other)
        }
        for name, rows in parts.items():
            if rows.empty:
                raise DataError(f"there is no vendor '{name}'; there are {', '.join(self.table['vendor'])}")
        one, two = parts.values()
        frame = pd.DataFrame({"weight": one["weight"], vendor: one["contribution"], other: two["contribution"]})
        frame["difference"] = frame[vendor] - frame[other]
        return frame.sort_values("difference", ascending=False, key=abs).reset_index()

    @property
    def nearest_weight(self) -> tuple[str, float, float, str] | None:
        """The smallest change of one weight that changes the winner: criterion, weight now, weight then, new winner."""
        rows = self.stability[self.stability["flips_to"] != ""]
        if rows.empty:
            return None
        ends = rows[["low", "high"]].where((rows[["low", "high"]] > 0) & (rows[["low", "high"]] < 1))
        gaps = ends.sub(rows["weight"], axis=0).abs()
        at = gaps.min(axis=1).idxmin()
        row = rows.loc[at]
        return str(row["criterion"]), float(row["weight"]), float(ends.loc[at, gaps.loc[at].idxmin()]), row["flips_to"]

    def plot_ranks(self, ax: Axes | None = None) -> Axes:
        """Draw how often each vendor has each rank; returns the matplotlib Axes."""
        return self._draw("scorecard.ranks", ax)

    def plot_weight_ranges(self, ax: Axes | None = None) -> Axes:
        """Draw the weights for which the winner stays; returns the matplotlib Axes."""
        return self._draw("scorecard.weight_ranges", ax)

    def plot_trial_plan(self, ax: Axes | None = None) -> Axes:
        """Draw what to find out first; returns the matplotlib Axes."""
        return self._draw("scorecard.trial_plan", ax)

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
    needs=None,
    seed: int = 0,
    *,
    draws: int = DRAWS,
    spread: Mapping[str, float] | None = None,
) -> Scorecard:
    """Compare the vendors of a dossier on its criteria (MODELS 10).

    Parameters
    ----------
    dossier : Dossier
        With sheet criteria, and evidence; fit where a criterion `feature fit` is to rest on pains removed.
    tco, exit_cost : results of the same dossier, optional
        Worked out here where a criterion measures them and they are not given.
    needs : result of `rank_pains`, optional
        Weighs the topics of sheet fit by their burden; without it they count alike.
    seed, draws : int
        Of weights and ratings; draws is taken from tco where it is given.
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
        No criteria, or no weight above 0.

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
    criteria = [each for each in dossier.criteria_read if each.weight is not None]
    if not dossier.criteria_read:
        raise DataError("the dossier has no criteria; fill in its sheet criteria")
    if not criteria or sum(each.weight.mean for each in criteria) <= 0:
        raise DataError("no criterion has a weight above 0; give weights in sheet criteria")
    vendors = dossier.vendors
    if any(each.measure == "tco" for each in criteria):
        tco = tco or work_out_tco(dossier, seed, draws=draws)
        draws = len(next(iter(tco.present.values())))
    if any(each.measure == "exit_cost" for each in criteria):
        exit_cost = exit_cost or work_out_exit(dossier, seed)
    known = {(v, c.name): rating_of(dossier, v, c, spread) for v in vendors for c in criteria if c.measure == "rating"}
    values, weights = _drawn(dossier, criteria, known, tco, exit_cost, needs, seed, draws)
    notes = [_clipped(values, criteria)]
    values = np.clip(values, 0.0, 1.0)
    musts = {vendor: must_haves(dossier, vendor) for vendor in vendors}
    return _result(dossier, criteria, values, weights, known, musts, [note for note in notes if note], seed)


def rating_of(dossier: Dossier, vendor: str, criterion: Criterion, spread=None) -> Rating:
    """What is known of a vendor on a criterion, from its evidence."""
    found = [each for each in dossier.evidence_read if (each.vendor, each.criterion) == (vendor, criterion.name)]
    return rate(found, as_of(dossier), spread)


def as_of(dossier: Dossier) -> date | None:
    """The day from which evidence ages: the start of the decision, else the newest evidence."""
    if dossier.decision["start"]:
        return date.fromisoformat(str(dossier.decision["start"]))
    return max((each.day for each in dossier.evidence_read if each.day), default=None)


def must_haves(dossier: Dossier, vendor: str) -> dict[str, str]:
    """pass, fail or unknown for every must-have."""
    return {
        each.name: met([e for e in dossier.evidence_read if (e.vendor, e.criterion) == (vendor, each.name)])
        for each in dossier.criteria_read
        if each.must
    }


def anchors(dossier: Dossier, criterion: Criterion) -> tuple[float, float]:
    """Worst and best of a criterion; shares of pain run from 0 to 1 where the sheet names none."""
    own = (criterion.worst, criterion.best)
    return (0.0, 1.0) if by_fit(dossier, criterion) and own == RATINGS else own


def by_fit(dossier: Dossier, criterion: Criterion) -> bool:
    """Whether a criterion rests on sheet fit instead of ratings."""
    return criterion.measure == "rating" and criterion.name.casefold() in FIT_NAMES and bool(dossier.fit_read)


def _drawn(dossier, criteria, known, tco, exit_cost, needs, seed: int, draws: int) -> tuple[np.ndarray, np.ndarray]:
    """Values before they are cut to 0..1, (S, V, C), and weights that sum to 1, (S, C)."""
    vendors, topics = dossier.vendors, list(dict.fromkeys(each.topic for each in dossier.fit_read))
    shares = {(each.vendor, each.topic): each.share for each in dossier.fit_read}
    width = len(criteria) + len(vendors) * (len(criteria) + len(topics))
    points = scrambled(128 * -(-width // 128), seed + _SEED, points=points_for(draws), kept=width)
    size = len(points)
    column = iter(range(width))
    weights = np.stack([each.weight.draw(points[:, next(column)]) for each in criteria]).T
    weights = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-300)
    burden = _burden(needs, topics)
    order = _shuffled(size, seed)
    values = np.zeros((len(vendors), len(criteria), size)).transpose(2, 0, 1)  # the draws of a cell lie side by side
    for i, vendor in enumerate(vendors):
        for k, criterion in enumerate(criteria):
            own = points[:, next(column)]
            if criterion.measure == "tco":
                raw = tco.present[vendor][order]
            elif criterion.measure == "exit_cost":
                raw = np.resize(exit_cost.present[vendor], size)[order]
            elif by_fit(dossier, criterion):
                continue
            else:
                raw = known[vendor, criterion.name].draw(own)
            values[:, i, k] = (raw - criterion.worst) / (criterion.best - criterion.worst)
        fitted = np.zeros(size)
        for topic, weight in zip(topics, burden, strict=True):
            u = points[:, next(column)]
            if (vendor, topic) in shares:
                fitted += weight * shares[vendor, topic].draw(u)
        for k, criterion in enumerate(criteria):
            if by_fit(dossier, criterion):
                worst, best = anchors(dossier, criterion)
                values[:, i, k] = (fitted - worst) / (best - worst)
    return values, weights


def _shuffled(size: int, seed: int) -> np.ndarray:
    """An order within each scramble: else the same dimensions of two sequences would move together."""
    made, block = np.random.default_rng([seed, _SEED]), size // SCRAMBLES
    return np.concatenate([k * block + made.permutation(block) for k in range(SCRAMBLES)])


def _burden(needs, topics: list[str]) -> np.ndarray:
    """The weight of each topic: its part of the ranking's whole burden; alike, summing to 1, without a ranking."""
    if not topics:
        return np.zeros(0)
    if needs is None:
        return np.full(len(topics), 1 / len(topics))
    rows = needs.table.drop_duplicates("topic").set_index("topic")["estimate"]
    weights = np.array([float(rows.get(topic, 0.0)) for topic in topics])
    weights = np.where(np.isnan(weights), 0.0, np.maximum(weights, 0.0))
    if weights.sum() <= 0:
        raise DataError("the ranking holds none of the topics of sheet fit; use the same words for both")
    return weights / float(np.nansum(np.maximum(rows.to_numpy(dtype=float), 0.0)))


def _clipped(values: np.ndarray, criteria) -> str:
    far = ((values < -1e-9) | (values > 1 + 1e-9)).mean(axis=(0, 1)) > 0.05
    beyond = ", ".join(each.name for each, out in zip(criteria, far, strict=True) if out)
    return (
        f"beyond worst or best in over 5% of simulations, and cut there: {beyond}; widen the anchors" if beyond else ""
    )


def _result(dossier, criteria, values, weights, known, musts, notes, seed) -> Scorecard:
    vendors, names = dossier.vendors, [each.name for each in criteria]
    drawn = 100 * np.stack([(values[:, i] * weights).sum(axis=1) for i in range(len(vendors))]).T
    mean, weight = values.mean(axis=0), weights.mean(axis=0)
    scores = 100 * mean @ weight
    open_ = np.array(["fail" not in musts[vendor].values() for vendor in vendors])
    order = np.flatnonzero(open_)
    places = ranks(drawn)
    table = _standing(vendors, scores, drawn, places, open_, musts)
    best = int(order[np.argmax(scores[order])]) if len(order) else None
    level = best is not None and any(
        abs(scores[i] - scores[best]) <= max(4 * float(error(drawn[:, i] - drawn[:, best])), 1e-9)
        for i in order
        if i != best
    )
    flags = _flags(dossier, criteria, known)
    first = table.set_index("vendor")["p_first"]
    reasons, recommended = _reasons(vendors, best, level, musts, flags, first)
    told = [vendors[i] for i in order]
    of_criteria, of_cells, whole = np.zeros(len(names)), np.zeros((0, len(names))), 0.0
    if len(order):
        of_criteria, of_cells, whole = (100 * each for each in information(values[:, order], weight))
    worth = _money_a_point(criteria, weight)
    gained = [*of_criteria, whole]
    return Scorecard(
        table=table.sort_values("score", ascending=False, kind="stable").reset_index(drop=True),
        contributions=_contributions(vendors, names, values, weights, mean, weight),
        stability=_intervals(names, mean[order], weight, told),
        changes=_changes(dossier, criteria, known, mean[order], weight, told),
        information=pd.DataFrame(
            {"criterion": [*names, "everything"], "value": gained, "money": [each * worth for each in gained]}
        ),
        trial_plan=pd.concat(
            [_unknown(musts, told), _plan(dossier, criteria, known, of_cells, worth, told)], ignore_index=True
        ),
        ranks=pd.DataFrame(
            [
                [vendor, rank + 1, share]
                for vendor, each in zip(vendors, places, strict=True)
                for rank, share in enumerate(each)
            ],
            columns=["vendor", "rank", "share"],
        ),
        pairwise=pd.DataFrame(
            [
                [vendor, other, share]
                for vendor, each in zip(vendors, wins(drawn), strict=True)
                for other, share in zip(vendors, each, strict=True)
                if vendor != other
            ],
            columns=["vendor", "other", "share"],
        ),
        flags=pd.DataFrame(flags, columns=["vendor", "criterion", "flag"]),
        winner=None if best is None or level else vendors[best],
        recommended=recommended,
        reasons=tuple(reasons),
        status=str(dossier.decision["status"]),
        seed=seed,
        facts=tuple(("note" if number else "in short", text) for number, text in enumerate(reasons)),
        title=f"Scorecard: {dossier.decision['title']} ({dossier.decision['status']})",
        notes=(*notes, *([f"thin evidence in {len(flags)} places: see .flags"] if flags else [])),
    )


def _standing(vendors, scores, drawn: np.ndarray, places: np.ndarray, open_: np.ndarray, musts) -> pd.DataFrame:
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


def _contributions(vendors, names, values, weights, mean, weight) -> pd.DataFrame:
    rows = []
    for i, vendor in enumerate(vendors):
        for k, name in enumerate(names):
            low, high = np.quantile(100 * values[:, i, k] * weights[:, k], [0.025, 0.975])
            rows.append([vendor, name, weight[k], mean[i, k], 100 * mean[i, k] * weight[k], low, high])
    columns = ["vendor", "criterion", "weight", "value", "contribution", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def _flags(dossier: Dossier, criteria, known) -> list[list[str]]:
    """What is thin about the ratings, and about claims of fit."""
    fitted = [each.name for each in criteria if by_fit(dossier, each)]
    flags = [[v, c, flag] for (v, c), each in known.items() if c not in fitted for flag in each.flags]
    for name in fitted:
        for vendor in dossier.vendors:
            kinds = {each.kind for each in dossier.fit_read if each.vendor == vendor}
            if kinds <= {"demo"}:
                flags.append([vendor, name, "demos alone" if kinds else "no evidence"])
    return flags


def _worst(musts: Mapping[str, str]) -> str:
    said = set(musts.values())
    return "fail" if "fail" in said else "unknown" if "unknown" in said else "pass" if said else "none set"


def _money_a_point(criteria, weight: np.ndarray) -> float:
    """Money that one point of score is worth, by the criterion that measures the cost of owning; nan without one."""
    for k, each in enumerate(criteria):
        if each.measure == "tco" and weight[k] > 0:
            return abs(each.worst - each.best) / (100 * weight[k])
    return np.nan


def _reasons(vendors, best, level: bool, musts, flags, first) -> tuple[list[str], bool]:
    """What can be said of the choice. It is only recommended when nothing blocks it."""
    out = [
        f"{v} is knocked out: {', '.join(name for name, said in musts[v].items() if said == 'fail')}"
        for v in vendors
        if "fail" in musts[v].values()
    ]
    if best is None:
        return ["every vendor fails a must-have, so there is no choice to make", *out], False
    name = vendors[best]
    if level:
        return ["the best vendors are level, so the figures name no winner", *out], False
    unknown = [must for must, said in musts[name].items() if said == "unknown"]
    thin = [f"{criterion}: {flag}" for v, criterion, flag in flags if v == name and flag in _BLOCKING]
    share = percent(first[name])
    if unknown or thin:
        open_ = [f"not known of {name}: {', '.join(unknown)}"] if unknown else []
        open_ += [f"too thin for {name}: {', '.join(thin)}"] if thin else []
        return [
            f"{name} scores highest and ranks first in {share} of simulations; it is not settled",
            *open_,
            *out,
        ], False
    if first[name] <= _MOSTLY:
        return [
            f"{name} scores highest, but ranks first in only {share} of simulations; it is not settled",
            *out,
        ], False
    return [f"{name} is recommended: it ranks first in {share} of simulations", *out], True


def _intervals(names, mean, weight, vendors) -> pd.DataFrame:
    rows = []
    for k, name in enumerate(names if len(vendors) > 1 else ()):
        low, high, below, above = stability(mean, weight, k)
        nearer = below if above is None or (below is not None and weight[k] - low <= high - weight[k]) else above
        rows.append([name, weight[k], low, high, "" if nearer is None else vendors[nearer]])
    return pd.DataFrame(rows, columns=["criterion", "weight", "low", "high", "flips_to"])


def _changes(dossier, criteria, known, mean, weight, vendors) -> pd.DataFrame:
    points = np.array(
        [
            [known[v, c.name].mean if c.measure == "rating" and not by_fit(dossier, c) else np.nan for c in criteria]
            for v in vendors
        ]
    ).reshape(len(vendors), len(criteria))
    slopes = np.array([1 / (c.best - c.worst) for c in criteria])
    rows = rating_changes(mean, weight, points, slopes) if len(vendors) > 1 else []
    made = [[vendors[i], criteria[k].name, now, to, vendors[other]] for i, k, now, to, other in rows]
    return pd.DataFrame(made, columns=["vendor", "criterion", "rating", "changed_to", "winner"])


def _unknown(musts, vendors) -> pd.DataFrame:
    """Must-haves that nobody knows of yet; their worth cannot be stated without guessing how likely a failure is."""
    rows = [
        [vendor, name, np.nan, np.nan, "settle the must-have: a failure knocks it out"]
        for vendor in vendors
        for name, said in musts[vendor].items()
        if said == "unknown"
    ]
    return pd.DataFrame(rows, columns=_PLAN).astype({"value": float, "money": float})


def _plan(dossier, criteria, known, of_cells, money: float, vendors) -> pd.DataFrame:
    """What to find out first: the cells of most value, and the way that would settle them."""
    rows = []
    for i, vendor in enumerate(vendors):
        for k, criterion in enumerate(criteria):
            if of_cells[i, k] <= 1e-9:
                continue
            if criterion.measure != "rating":
                how = "get a written quote" if criterion.measure == "tco" else "test an export; read the contract"
            elif by_fit(dossier, criterion):
                how = "try it on the worst pains for three weeks"
            elif "nothing from a similar environment" in known[vendor, criterion.name].flags:
                how = "ask a reference customer like you"
            else:
                how = "try it for three weeks"
            rows.append([vendor, criterion.name, of_cells[i, k], of_cells[i, k] * money, how])
    frame = pd.DataFrame(rows, columns=_PLAN).astype({"value": float, "money": float})
    return frame.sort_values("value", ascending=False, kind="stable").reset_index(drop=True)
