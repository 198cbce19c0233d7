"""Which topics are the worst m, and how sure that is.

See docs/methods/ranking.md, "Verdict".

Scores of T topics in G groups are (G, T), the covariances of their errors (G, T, T), draws of true scores (G, S, T).
Topics come sorted by score, from the lowest to the highest, so that the chosen topics are the last m.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from statistics import NormalDist

import numpy as np
from scipy.special import stdtr

from dxkit.statistics import clusters, sampling
from dxkit.statistics.moments import dividing_by_0, ratio

MANY, DRAWS, FEWER_DRAWS = 100, 4_096, 512  # groups from which on a group has fewer draws; draws of a group
CLEAR, LIKELY = 0.025, 0.8  # one-sided p below which a verdict is clear; probability from which on it is likely
NAMING = ("clear", "likely")  # the verdicts that allow a title or a mark to name the worst
MOST_MORE = 10_000  # further answers above which their number is not told
_HELD = 2**18  # numbers that are held at once
_NEAR, _NOISES = 2.6, 1_000
_QUANTILES = (0.1, 0.5, 0.9)


def ahead(x: np.ndarray, covariance: np.ndarray, top_n: int) -> np.ndarray:
    """The least t (G,) by which one of the chosen topics is ahead of another topic.

    Its one-sided p is that of the claim that all chosen ones are ahead (intersection-union test, Berger 1982). Without
    any error t is infinite, and 0 where two are level; infinite, too, where there is nothing to choose.

    >>> v = np.array([[[0.9, 0.4, 0.2], [0.4, 1.2, 0.3], [0.2, 0.3, 1.0]]])
    >>> t = ahead(np.array([[4.0, 7.0, 9.0]]), v, 2)
    >>> float(p_clear(t, np.array([20.0])).round(6)[0])
    0.008004
    """
    others = x.shape[1] - top_n
    if others < 1:
        return np.full(len(x), np.inf)
    own = np.diagonal(covariance, axis1=1, axis2=2)
    gap = x[:, others:, None] - x[:, None, :others]
    variance = own[:, others:, None] + own[:, None, :others] - 2 * covariance[:, others:, :others]
    return _studentised(gap, variance).min(axis=(1, 2))


def _studentised(gap: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Differences over their errors; without an error infinite, or 0 where nothing differs."""
    with dividing_by_0():
        t = gap / np.sqrt(np.maximum(variance, 0.0))
    return np.where(variance > 0, t, np.where(gap == 0, 0.0, np.copysign(np.inf, gap)))


def p_clear(t: np.ndarray, df: np.ndarray) -> np.ndarray:
    """One-sided p (G,) of `ahead`, with these degrees of freedom."""
    return np.where(np.isinf(t), np.where(t > 0, 0.0, 1.0), stdtr(df, -np.where(np.isinf(t), 0.0, t)))


def possible(
    x: np.ndarray, covariance: np.ndarray, df: float, top_n: int, seed: int = 0, level: float = 0.95
) -> np.ndarray:
    """Topics (T,) of one group that may be among the true worst top_n; all true ones are, with probability `level`.

    A topic stays if the set of it and the top_n - 1 highest others is not rejected: the largest studentised lead of a
    topic outside over one inside is compared with that of t noise with the same covariance, over pairs that are near.
    No prior enters.

    >>> possible(np.array([0.0, 7.0, 9.0]), np.eye(3), 20.0, 1).tolist()
    [False, True, True]
    """
    topics = len(x)
    stays = np.arange(topics) >= topics - top_n
    own = np.diag(covariance)
    variance = np.maximum(own[:, None] + own - 2 * covariance, 0.0)
    scale = ratio(1.0, np.sqrt(variance))
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((_NOISES, topics)) @ sampling.mixing(covariance).T
    noise *= np.sqrt(df / rng.chisquare(df, (_NOISES, 1)))
    for j in np.flatnonzero(~stays):
        inside = np.append(np.arange(topics - top_n + 1, topics), j)
        outside = np.setdiff1d(np.arange(topics), inside)
        lead = _studentised(x[outside, None] - x[inside], variance[np.ix_(outside, inside)])
        k, i = np.nonzero(lead > -_NEAR)
        limit = 0.0
        if len(k):
            k, i = outside[k], inside[i]
            largest = ((noise[:, k] - noise[:, i]) * scale[k, i]).max(axis=1)
            limit = np.quantile(largest, level, method="higher")
        stays[j] = lead.max() <= limit
    return stays


@dataclass(frozen=True, eq=False, kw_only=True)
class Summary:
    """What draws of the true scores say of the order, in G groups.

    p_top      (G, T) probability of being among the worst top_n
    rank_low, rank_high  (G, T) ranks that hold a topic's true rank, 1 the highest score
    shrunken   (G, T) mean true score
    shortlist  (G, T) a small set that holds the worst top_n in 90% of draws
    p_pair     (G,) probability that the chosen are the worst top_n; p_same that those of everybody are
    regret     (G,) how much more the worst top_n sum to than the chosen, on average
    more       (G, 3) further answers at which the verdict would be clear: 10, 50 and 90% of draws
    """

    p_top: np.ndarray
    rank_low: np.ndarray
    rank_high: np.ndarray
    shrunken: np.ndarray
    shortlist: np.ndarray
    p_pair: np.ndarray
    p_same: np.ndarray
    regret: np.ndarray
    more: np.ndarray


def simulation_error(p: np.ndarray, draws: int) -> np.ndarray:
    """Simulation error of probabilities from so many draws: sqrt(p (1 - p) / draws).

    >>> float(simulation_error(np.array(0.5), 4_096))
    0.0078125
    """
    return np.sqrt(p * (1 - p) / draws)


def summarised(
    x: np.ndarray,
    variance: np.ndarray,
    top_n: int,
    *,
    difference: np.ndarray,
    n_eff: np.ndarray,
    people: np.ndarray,
    company: np.ndarray | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    confidence: float = 0.95,
) -> Summary:
    """Draws the true scores of every group, and sums up what they say of the order.

    Parameters
    ----------
    x, variance : (G, T) arrays
        Scores in ascending order, and the variances of their errors from `clusters.own_variances`.
    top_n : int
        How many are chosen: the last ones.
    difference : (G, T, T) array
        Variance of the difference of two topics of one respondent.
    n_eff, people : (G,) arrays
        Effective number of respondents, and headcount: infinity where it is unknown.
    company : (G, T) array of bool, optional
        The topics chosen for everybody.
    draws, seed : int
        How many draws, and their seed; all groups share their random numbers.
    confidence : float
        Probability that a topic's true rank lies in its range.

    Examples
    --------
    >>> x, one = np.array([[0.0, 0.5, 4.0]]), np.ones((1, 3))
    >>> ten, unknown = np.array([10.0]), np.array([np.inf])
    >>> told = summarised(x, one, 1, difference=np.full((1, 3, 3), 20.0), n_eff=ten, people=unknown)
    >>> told.p_top.round(1).tolist(), told.rank_low.tolist(), told.rank_high.tolist()
    ([[0.0, 0.0, 1.0]], [[2, 1, 1]], [[3, 3, 2]])
    """
    groups, topics = x.shape
    luck, size, parts = clusters.chance(draws, topics, seed), max(1, _HELD // (draws * topics)), []
    for low in range(0, groups, size):
        at = slice(low, low + size)
        true = clusters.draw(x[at], variance[at], luck)
        mates = None if company is None else company[at]
        parts.append(_summary(true, top_n, difference[at], n_eff[at], people[at], mates, confidence))
    return joined(parts)


def joined(parts: Sequence[Summary]) -> Summary:
    """The summaries of some groups, and of others, as one."""
    names = [field.name for field in fields(Summary)]
    return Summary(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def _summary(
    true: np.ndarray,
    top_n: int,
    difference: np.ndarray,
    n_eff: np.ndarray,
    people: np.ndarray,
    company: np.ndarray | None,
    confidence: float,
) -> Summary:
    groups, draws, topics = true.shape
    place = np.argsort(true, axis=2)[:, :, ::-1]  # topics of each draw, from the highest on
    at = (np.arange(groups)[:, None, None] * topics + np.arange(topics)) * topics + place
    counts = np.bincount(at.ravel(), minlength=groups * topics**2).reshape(groups, topics, topics)  # rank, topic
    below = counts.cumsum(axis=1) / draws
    tail = (1 - confidence) / 2
    top, chosen = place[:, :, :top_n], np.arange(topics) >= topics - top_n
    held = (top >= topics - top_n).all(axis=2)
    row = np.arange(groups)[:, None, None]
    same = held if company is None else company[row, top].all(axis=2)
    highest = np.take_along_axis(true, top, axis=2).sum(axis=2)
    regret = np.maximum(highest - true[:, :, chosen].sum(axis=2), 0.0)
    return Summary(
        p_top=below[:, top_n - 1],
        rank_low=(below <= tail + 1e-12).sum(axis=1) + 1,
        rank_high=(below < 1 - tail - 1e-12).sum(axis=1) + 1,
        shrunken=true.mean(axis=1),
        shortlist=_shortlist(top, topics),
        p_pair=held.mean(axis=1),
        p_same=same.mean(axis=1),
        regret=regret.mean(axis=1),
        more=_more(true, place, top_n, difference, n_eff, people),
    )


def _shortlist(top: np.ndarray, topics: int, level: float = 0.9) -> np.ndarray:
    """A small set (G, T) with the chosen topics that holds all of `top` (G, S, m) in at least `level` of the draws.

    Topics are dropped one by one, first the one in the fewest of the draws that are still held.
    """
    groups, draws, top_n = top.shape
    kept, alive = np.ones((groups, topics), dtype=bool), np.ones((groups, draws), dtype=bool)
    todo, shifted = np.arange(groups), top + topics * np.arange(groups)[:, None, None]
    least = int(np.ceil(level * draws - 1e-9))
    while len(todo):
        weights = np.repeat(alive[todo].ravel(), top_n)
        lost = np.bincount(shifted[todo].ravel()[weights], minlength=groups * topics).reshape(groups, topics)[todo]
        lost = np.where(kept[todo], lost, draws + 1)
        lost[:, topics - top_n :] = draws + 1
        out = lost.argmin(axis=1)
        going = alive[todo].sum(axis=1) - lost[np.arange(len(todo)), out] >= least
        todo, out = todo[going], out[going]
        kept[todo, out] = False
        alive[todo] &= (top[todo] != out[:, None, None]).all(axis=2)
    return kept


def _more(
    true: np.ndarray, place: np.ndarray, top_n: int, difference: np.ndarray, n_eff: np.ndarray, people: np.ndarray
) -> np.ndarray:
    """Further answers (G, 3) that would make each draw's own order clear with 80% power; its 10, 50 and 90%."""
    groups, _, topics = true.shape
    if top_n >= topics:
        return np.full((groups, 3), np.nan)
    last, following = place[:, :, top_n - 1], place[:, :, top_n]
    row, column = np.arange(groups)[:, None], np.arange(true.shape[1])
    gap = true[row, column, last] - true[row, column, following]
    z = NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(0.8)
    with dividing_by_0():
        spread = difference[row, last, following]
        needed = np.where(spread > 0, z**2 * spread, np.inf) / gap**2
        needed = 1 / (1 / needed + 1 / people[:, None])
    needed = np.maximum(np.where(np.isnan(needed), np.inf, needed) - n_eff[:, None], 0.0)
    needed[needed > MOST_MORE] = np.inf
    ordered = np.sort(needed, axis=1)
    return ordered[:, [round(q * (needed.shape[1] - 1)) for q in _QUANTILES]]


def tipping_point(pairs: np.ndarray, ahead: np.ndarray, people: float, chosen: np.ndarray) -> tuple[float, int, int]:
    """How far those who did not answer would have to lean the other way to reverse a choice; and of which two topics.

    Over a chosen topic i and another k: minus the sum of x_i - x_k over those who answered both, divided by how many
    did not; the largest. Below 0 the choice stands unless the others put k ahead by more than that; minus infinity
    where everybody answered both.

    Parameters
    ----------
    pairs, ahead : (T, T) arrays
        How many answered both topics, and the sum over them of the first less the second.
    people : float
        Headcount.
    chosen : (T,) array of bool

    Examples
    --------
    >>> tipping_point(np.full((2, 2), 4), np.array([[0, 4], [-4, 0]]), 15, np.array([True, False]))[0]
    -0.36363636363636365
    """
    i, k = np.flatnonzero(chosen), np.flatnonzero(~chosen)
    if not len(k) or not len(i):
        return np.nan, -1, -1
    both = np.ix_(i, k)
    missing = people - pairs[both]
    with dividing_by_0():
        lean = np.where(missing > 0, -ahead[both] / missing, -np.inf)
    worst = np.unravel_index(int(lean.argmax()), lean.shape)
    return float(lean[worst]), int(i[worst[0]]), int(k[worst[1]])
