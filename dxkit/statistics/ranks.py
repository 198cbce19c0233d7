"""What random draws of several scores say about their order: which are highest, how surely, and every possible rank.

Scores of T topics are arrays (T,), draws of them (S, T).
"""

from __future__ import annotations

import math

import numpy as np

TIE = 1e-9  # scores closer than this share of their range are tied


def ranked(scores: np.ndarray) -> np.ndarray:
    """Positions (T,) from the highest score to the lowest; tied ones in the order given.

    >>> ranked(np.array([1.0, 3.0, 1.0])).tolist()
    [1, 0, 2]
    """
    step = TIE * max(float(np.abs(scores).max(initial=0.0)), 1e-300)
    return np.argsort(-np.round(scores / step), kind="stable")


def top_share(draws: np.ndarray, top_n: int) -> np.ndarray:
    """Share of each topic in the top_n highest of every draw, (S, T); ties at the edge share what is left.

    >>> top_share(np.array([[3.0, 2.0, 1.0], [5.0, 4.0, 4.0]]), 2).tolist()
    [[1.0, 1.0, 0.0], [1.0, 0.5, 0.5]]
    """
    topics = draws.shape[1]
    if top_n >= topics:
        return np.ones_like(draws)
    best = np.full((top_n, len(draws)), -np.inf)
    for column in draws.T:
        for k in range(top_n):
            best[k], column = np.maximum(best[k], column), np.minimum(best[k], column)
    edge = best[-1][:, None]
    tie = TIE * np.maximum(np.abs(edge), 1e-300)
    above, level = draws > edge + tie, np.abs(draws - edge) <= tie
    left = top_n - above.sum(axis=1, keepdims=True)
    return above + level * (left / level.sum(axis=1, keepdims=True))


def is_pair(shares: np.ndarray, chosen: np.ndarray, top_n: int) -> np.ndarray:
    """Probability per draw (S,) that the chosen topics are the top_n highest, from `top_share` shares (S, T).

    Where topics tie for the last of the top_n places, each set that could fill them is equally likely.

    >>> is_pair(np.array([[1.0, 1.0, 0.0], [1.0, 0.5, 0.5]]), np.array([0, 1]), 2).tolist()
    [1.0, 0.5]
    """
    held = (shares[:, chosen] == 1).all(axis=1).astype(float)
    if ((shares == 0) | (shares == 1)).all():
        return held
    others = np.delete(shares, chosen, axis=1)
    tied = (others < 1).all(axis=1) & (shares[:, chosen] > 0).all(axis=1) & (others > 0).any(axis=1)
    for row in np.flatnonzero(tied):
        level = int(((shares[row] > 0) & (shares[row] < 1)).sum())
        held[row] = 1.0 / math.comb(level, top_n - int((shares[row] == 1).sum()))
    return held


def shortlist(shares: np.ndarray, chosen: np.ndarray, top_n: int, level: float = 0.9) -> list[int]:
    """A small set with the chosen topics that holds all top_n highest in at least `level` of the draws.

    `shares` (S, T) are from `top_share`. Backward selection: topics are dropped one by one, first the one in the
    fewest of the draws that are still held.

    >>> shortlist(np.array([[1.0, 0.0, 0.0]] * 8 + [[0.0, 1.0, 0.0]] * 2), np.array([0]), 1)
    [0, 1]
    """
    topics = shares.shape[1]
    firm = (shares == 1) | (shares == 0)
    if not firm.all():  # ties: the first of those that share a place has it
        shares = np.argsort(np.argsort(-shares, axis=1, kind="stable"), axis=1) < top_n
    highest = (np.flatnonzero(shares) % topics).reshape(-1, top_n)
    sets, count = np.unique(highest @ topics ** np.arange(top_n), return_counts=True)
    member = np.zeros((len(sets), topics), dtype=bool)
    for place in range(top_n):
        member[np.arange(len(sets)), sets // topics**place % topics] = True
    share = count / count.sum()
    kept = np.ones(topics, dtype=bool)
    while True:
        lost = np.where(kept, share @ member, np.inf)
        lost[chosen] = np.inf
        out = int(np.argmin(lost))
        if share.sum() - lost[out] < level - 1e-12:
            return np.flatnonzero(kept).tolist()
        kept[out] = False
        share = np.where(member[:, out], 0.0, share)


def regret(draws: np.ndarray, shares: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """How much more the highest of every draw (`top_share` shares) sum to than the chosen ones, (S,).

    Its mean is the expected opportunity loss of the choice (Raiffa and Schlaifer 1961).

    >>> draws = np.array([[3.0, 2.0], [1.0, 2.0]])
    >>> regret(draws, top_share(draws, 1), np.array([0])).tolist()
    [0.0, 1.0]
    """
    return np.maximum(np.einsum("st,st->s", draws, shares) - draws[:, chosen].sum(axis=1), 0.0)


def rank_sets(
    scores: np.ndarray, covariance: np.ndarray, noise: np.ndarray, confidence: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Simultaneous confidence sets for all ranks: lowest and highest possible rank of each topic, 1 the highest score.

    Which of two topics is higher is tested for all ordered pairs at once, by studentised differences against the
    largest of the same differences in `noise` (S, T), draws about zero; what is established is taken out and the rest
    tested again (Mogstad, Romano, Shaikh and Wilhelm 2024, section 3, with the step-down of Romano and Wolf 2005).

    >>> noise = np.random.default_rng(0).normal(size=(4000, 3))
    >>> rank_sets(np.array([9.0, 1.0, 0.0]), np.eye(3), noise)
    (array([1, 2, 2]), array([1, 3, 3]))
    """
    topics = len(scores)
    first, second = np.triu_indices(topics, 1)
    variances = np.diag(covariance)
    variance = variances[first] + variances[second] - 2 * covariance[first, second]
    varies = variance > 1e-12 * np.maximum(variances[first] + variances[second], 1e-300)
    gap = scores[first] - scores[second]
    gap[np.abs(gap) <= TIE * max(float(np.abs(scores).max(initial=0.0)), 1e-300)] = 0.0
    scale = np.sqrt(np.where(varies, variance, 1.0))
    t = np.where(varies, gap / scale, np.where(gap == 0, 0.0, np.copysign(np.inf, gap)))
    steps = _differences(noise, first, second, scale, varies)
    higher, lower = np.zeros(len(t), dtype=bool), np.zeros(len(t), dtype=bool)
    while True:
        limit = _quantile(_largest(steps, ~higher & varies, ~lower & varies), confidence)
        more = (t > limit) & ~higher, (-t > limit) & ~lower
        if not (more[0].any() or more[1].any()):
            break
        higher |= more[0]
        lower |= more[1]
    above = np.bincount(second[higher], minlength=topics) + np.bincount(first[lower], minlength=topics)
    below = np.bincount(first[higher], minlength=topics) + np.bincount(second[lower], minlength=topics)
    return 1 + above, topics - below


def _differences(
    noise: np.ndarray, first: np.ndarray, second: np.ndarray, scale: np.ndarray, varies: np.ndarray
) -> list[np.ndarray]:
    """Studentised differences of the draws, in blocks that fit a processor's cache."""
    block = max(1, 2**20 // max(1, len(first)))
    inverse = np.where(varies, 1 / scale, 0.0).astype(np.float32)
    light = np.ascontiguousarray(noise.T, dtype=np.float32)
    return [
        (light[first, at : at + block] - light[second, at : at + block]) * inverse[:, None]
        for at in range(0, len(noise), block)
    ]


def _largest(blocks: list[np.ndarray], one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Largest studentised difference of every draw over the hypotheses that are left in either direction."""
    parts = []
    for block in blocks:
        up = block[one].max(axis=0, initial=-np.inf)
        down = -block[other].min(axis=0, initial=np.inf)
        parts.append(np.maximum(up, down))
    return np.concatenate(parts)


def _quantile(values: np.ndarray, confidence: float) -> float:
    values = values[np.isfinite(values)]
    return float(np.quantile(values, confidence, method="higher")) if len(values) else 0.0
