"""How firm a choice is: ranks over draws, exact weight intervals, smallest changes, information.

See docs/methods/scorecard.md, "Ranks"."""

from collections.abc import Sequence

import numpy as np

from dxkit.results.formatting import tied

LEVEL = 1e-9  # scores closer than this are level


def ranks(scores: np.ndarray) -> np.ndarray:
    """Share of the draws (S, V) in which each vendor has each rank, (V, V); those level share their ranks.

    The rank acceptability index of SMAA (Lahdelma and Salminen 2001).
    """
    size, vendors = scores.shape
    shares = np.zeros((vendors, vendors))
    for i in range(vendors):
        gap = scores - scores[:, [i]]
        above, level = (gap > LEVEL).sum(axis=1), (np.abs(gap) <= LEVEL).sum(axis=1)
        for rank in range(vendors):
            shares[i, rank] = (((above <= rank) & (rank < above + level)) / level).sum() / size
    return shares


def wins(scores: np.ndarray) -> np.ndarray:
    """Share of the draws in which the vendor of the row scores above that of the column, (V, V); level counts half."""
    vendors = scores.shape[1]
    won = np.full((vendors, vendors), np.nan)
    for i in range(vendors):
        gap = scores[:, [i]] - scores
        won[i] = ((gap > LEVEL) + 0.5 * (np.abs(gap) <= LEVEL)).mean(axis=0)
    np.fill_diagonal(won, np.nan)
    return won


def stability(values: np.ndarray, weights: np.ndarray, k: int) -> tuple[float, float, int | None, int | None]:
    """The weights of criterion k for which the winner stays, all others scaled alike, and who wins below and above.

    values (V, C), weights (C,) with sum 1. Scores are straight lines in the weight, so the ends are exact.

    >>> stability(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0.7, 0.3]), 0)
    (0.5, 1.0, 1, None)
    """
    rest = np.delete(weights, k)
    rest = rest / rest.sum() if rest.sum() > 0 else np.full(len(rest), 1 / max(len(rest), 1))
    without = np.delete(values, k, axis=1) @ rest if len(rest) else values[:, k]
    best = int(np.argmax(tied(values @ weights)))
    low, high, below, above = 0.0, 1.0, None, None
    for rival in range(len(values)):
        if rival == best:
            continue
        at_zero, at_one = without[best] - without[rival], values[best, k] - values[rival, k]
        slope = at_one - at_zero
        if slope == 0:
            continue
        meet = -at_zero / slope
        if slope > 0 and low < meet <= 1:
            low, below = float(meet), rival
        elif slope < 0 and 0 <= meet < high:
            high, above = float(meet), rival
    return low, high, below, above


def rating_changes(
    values: np.ndarray, weights: np.ndarray, points: np.ndarray, ends: np.ndarray
) -> Sequence[tuple[int, int, float, float, int]]:
    """Each rating that could do it alone: vendor, criterion, rating, the one at which the winner changes, to whom.

    points (V, C) are ratings (nan where none), ends (C, 2) the worst and best of each criterion. The smallest change,
    as a share of its criterion's scale, comes first.
    """
    scores = values @ weights
    order = tied(scores)
    best = int(np.argmax(order))
    changes = []
    for i in range(len(values)):
        rivals = [v for v in range(len(values)) if v != best] if i == best else [best]
        for k in range(len(weights)):
            worst, best_end = ends[k]
            each = weights[k] / (best_end - worst)
            if not each or np.isnan(points[i, k]):
                continue
            other = max(rivals, key=lambda v: order[v])
            to = points[i, k] + (scores[other] - scores[i]) / each
            if min(worst, best_end) <= to <= max(worst, best_end):
                changes.append((i, k, float(points[i, k]), float(to), other if i == best else i))
    share = [abs((to - now) / (ends[k, 1] - ends[k, 0])) for _, k, now, to, _ in changes]
    return [changes[at] for at in np.argsort(tied(share), kind="stable")]


def information(values: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Expected gain in score from knowing one criterion, one cell, or everything, before choosing.

    values (S, V, C) drawn, weights (C,) their means. Criteria are independent, so what is learnt of one leaves the
    others at their means and no regression is needed (expected value of partial perfect information, Raiffa and
    Schlaifer 1961). Returns (C,), (V, C) and one number.
    """
    mean = values.mean(axis=0)
    scores = mean @ weights
    now = scores.max()
    of_criteria = np.zeros(len(weights))
    of_cells = np.zeros(mean.shape)
    for k, weight in enumerate(weights):
        moved = scores + weight * (values[:, :, k] - mean[:, k])
        of_criteria[k] = moved.max(axis=1).mean() - now
        for i in range(len(scores)):
            others = np.delete(scores, i).max(initial=-np.inf)
            of_cells[i, k] = np.maximum(moved[:, i], others).mean() - now
    return (
        np.maximum(of_criteria, 0),
        np.maximum(of_cells, 0),
        float(max(0, (values @ weights).max(axis=1).mean() - now)),
    )
