"""What each vendor is worth on each criterion: declared anchors, ratings, money and fit, drawn jointly.

See docs/methods/scorecard.md."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from dxkit.files.errors import DataError
from dxkit.procurement.choice.ratings import Rating, met, rate
from dxkit.procurement.cost.exit_cost import ExitCost
from dxkit.procurement.cost.ownership import Tco
from dxkit.procurement.dossier.dossier import Dossier
from dxkit.procurement.dossier.judging import FIT_NAMES, RATINGS, Criterion
from dxkit.results.result import Result
from dxkit.statistics.sampling import SCRAMBLES, points_for, scrambled

Ratings = Mapping[tuple[str, str], Rating]  # by vendor and criterion

_SEED = 2_000_003  # a sequence of its own, so that ratings and costs move apart
_OFTEN = 0.05  # share of the draws beyond an anchor that is worth a note


def rating_of(dossier: Dossier, vendor: str, criterion: Criterion, spread: Mapping[str, float] | None = None) -> Rating:
    """What is known of a vendor on a criterion, from its evidence."""
    evidence = [each for each in dossier.evidence_read if (each.vendor, each.criterion) == (vendor, criterion.name)]
    scale = (min(criterion.worst, criterion.best), max(criterion.worst, criterion.best))
    return rate(evidence, as_of(dossier), spread, scale)


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
    named = (criterion.worst, criterion.best)
    return (0.0, 1.0) if by_fit(dossier, criterion) and named == RATINGS else named


def by_fit(dossier: Dossier, criterion: Criterion) -> bool:
    """Whether a criterion rests on sheet fit instead of ratings."""
    return criterion.measure == "rating" and criterion.name.casefold() in FIT_NAMES and bool(dossier.fit_read)


def drawn_values(
    dossier: Dossier,
    criteria: Sequence[Criterion],
    ratings: Ratings,
    tco: Tco | None,
    exit_cost: ExitCost | None,
    needs: Result | None,
    seed: int,
    draws: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Values before they are cut to 0..1, (S, V, C), and weights that sum to 1, (S, C)."""
    vendors, topics = dossier.vendors, list(dict.fromkeys(each.topic for each in dossier.fit_read))
    shares = {(each.vendor, each.topic): each.share for each in dossier.fit_read}
    width = len(criteria) + len(vendors) * (len(criteria) + len(topics))
    points = scrambled(128 * -(-width // 128), seed + _SEED, points=points_for(draws), kept=width)
    size = len(points)
    column = iter(range(width))
    weights = drawn_weights(criteria, points[:, [next(column) for _ in criteria]])
    burden = burden_of(needs, topics)
    order = shuffled(size, seed)
    values = np.zeros((len(vendors), len(criteria), size)).transpose(2, 0, 1)  # the draws of a cell lie side by side
    for i, vendor in enumerate(vendors):
        for k, criterion in enumerate(criteria):
            u = points[:, next(column)]
            if criterion.measure == "tco" and tco:
                raw = tco.present[vendor][order]
            elif criterion.measure == "cost" and tco:
                raw = tco.served[vendor][order]
            elif criterion.measure == "exit_cost" and exit_cost:
                raw = np.resize(exit_cost.present[vendor], size)[order]
            elif by_fit(dossier, criterion):
                continue
            else:
                raw = ratings[vendor, criterion.name].draw(u)
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


def weights_of(criteria: Sequence[Criterion]) -> list[float]:
    """The likely weight of each criterion; where the order alone is known, the mean of all that keep it.

    The mean of the i-th of n weights is (1/n) sum of 1/k over k >= i (Barron and Barrett 1996).
    """
    count = sum(each.order > 0 for each in criteria)
    return [
        sum(1 / k for k in range(each.order, count + 1)) / count
        if each.order
        else each.weight.likely
        if each.weight
        else 0.0
        for each in criteria
    ]


def drawn_weights(criteria: Sequence[Criterion], u: np.ndarray) -> np.ndarray:
    """Weights by draw (S, C), which sum to 1. Where the order alone is known, all that keep it are as likely."""
    if any(each.order for each in criteria):
        drawn = np.sort(-np.log(u), axis=1)[:, ::-1]
        drawn = drawn[:, np.argsort(np.argsort([each.order for each in criteria]))]
    else:
        drawn = np.stack([each.weight.draw(u[:, k]) for k, each in enumerate(criteria) if each.weight]).T
    return drawn / np.maximum(drawn.sum(axis=1, keepdims=True), 1e-300)


def shuffled(size: int, seed: int) -> np.ndarray:
    """An order within each scramble: else the same dimensions of two sequences would move together."""
    generator, block = np.random.default_rng([seed, _SEED]), size // SCRAMBLES
    return np.concatenate([k * block + generator.permutation(block) for k in range(SCRAMBLES)])


def check_needs(needs: Result | None) -> None:
    """Refuse what is not a ranking of pains."""
    columns = getattr(getattr(needs, "table", None), "columns", ())
    if needs is not None and not {"topic", "estimate"} <= set(columns):
        raise DataError(f"needs=<{type(needs).__name__}>: give a ranking, from rank_pains, or None")


def burden_of(needs: Result | None, topics: list[str]) -> np.ndarray:
    """The weight of each topic: its part of the ranking's whole burden; alike, summing to 1, without a ranking."""
    if not topics:
        return np.zeros(0)
    if needs is None:
        return np.full(len(topics), 1 / len(topics))
    rows = needs.table.drop_duplicates("topic")
    estimates = np.maximum(rows["estimate"].to_numpy(dtype=float), 0.0)
    estimate_of = dict(zip(rows["topic"], np.nan_to_num(estimates), strict=True))
    weights = np.array([estimate_of.get(topic, 0.0) for topic in topics])
    if weights.sum() <= 0:
        raise DataError("the ranking holds none of the topics of sheet fit; use the same words for both")
    return weights / float(np.nansum(estimates))


def note_on_anchors(values: np.ndarray, criteria: Sequence[Criterion]) -> str:
    """A note of the criteria whose values often lie beyond an anchor; "" where none does."""
    far = ((values < -1e-9) | (values > 1 + 1e-9)).mean(axis=(0, 1)) > _OFTEN
    beyond = ", ".join(each.name for each, out in zip(criteria, far, strict=True) if out)
    return (
        f"beyond worst or best in over 5% of simulations, and cut there: {beyond}; widen the anchors" if beyond else ""
    )
