"""True scores that may come in clusters: an exact prior over how topics fall together, and draws from what it implies.

See docs/methods/ranking.md, "Clusters".

Topics in one block of the order share a centre (product partition model, Barry and Hartigan 1992, with the cohesion
of a Dirichlet process, Escobar and West 1995). All groups have the same number of topics, T, and are worked out at
once; their scores come sorted from the lowest to the highest.
"""

from dataclasses import dataclass
from math import lgamma, log, pi

import numpy as np

SPREADS = np.array([0.0, 0.5, 1.0, 2.0, 4.0])  # kappa, the spread inside a block, in errors of a score
ALPHA, WIDER = 0.5, 1.44  # mass of a new block; how much wider centres are spread than scores
_SAME, _LEAST = 1e-9, 1e-15  # spread of exact ties, in errors of a score; least variance of an error beside others


def own_variances(covariance: np.ndarray, n_eff: np.ndarray) -> np.ndarray:
    """Variances (G, T) of the errors of scores after what all topics share has cancelled.

    V_ii - c, with c the mean covariance of two topics, from 0 to 0.98 times the least variance; times 1 + 2/n_eff,
    because the variances are themselves estimates.

    Parameters
    ----------
    covariance : (G, T, T) array
        Covariance of the errors.
    n_eff : (G,) array
        Effective number of respondents.

    Examples
    --------
    >>> own_variances(np.array([[[4.0, 1.0], [1.0, 3.0]]]), np.array([20.0])).round(9).tolist()
    [[3.3, 2.2]]
    """
    topics = covariance.shape[1]
    own = np.diagonal(covariance, axis1=1, axis2=2)
    shared = (covariance.sum(axis=(1, 2)) - own.sum(axis=1)) / max(1, topics * (topics - 1))
    shared = np.clip(shared, 0.0, 0.98 * own.min(axis=1))
    return (own - shared[:, None]) * (1 + 2 / n_eff[:, None])


@dataclass(frozen=True, eq=False, kw_only=True)
class Blocks:
    """What sorted scores say about how topics fall into blocks, in G groups.

    away      (G, T) scores less their mean
    variance  (G, T) of the errors
    kappa     (G, K) spreads inside a block
    wide      (G,) variance of the centres
    sums      (2, G, K, T + 1) running sums of 1 / (variance + kappa^2), and of it times the scores
    forward   (G, K, T + 1) log of the sum over all ways to divide the first q topics
    evidence  (G, K, T + 1, T) log of what a block from p up to q adds, at [q, p]
    """

    away: np.ndarray
    variance: np.ndarray
    kappa: np.ndarray
    wide: np.ndarray
    sums: np.ndarray
    forward: np.ndarray
    evidence: np.ndarray

    def kappa_shares(self) -> np.ndarray:
        """Probability (G, K) of each spread inside a block."""
        return _shares(self.forward[:, :, -1])


def _shares(logs: np.ndarray) -> np.ndarray:
    """Numbers in proportion to exp(logs) that add up to 1 along the last axis."""
    share = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return share / share.sum(axis=-1, keepdims=True)


def blocks(x: np.ndarray, variance: np.ndarray) -> Blocks:
    """The exact sums over all ways to divide sorted scores into blocks, for each spread inside a block.

    Centres are normal about the mean score with variance 1.44 max(var x, s^2), true scores normal about their centre
    with spread kappa = s (0, 1/2, 1, 2 or 4, equally likely), s^2 the mean variance; a block of n has prior weight
    0.5 Gamma(n).

    Parameters
    ----------
    x, variance : (G, T) arrays
        Scores in ascending order, and the variances of their errors, of which one at least is above 0 in each group.

    Examples
    --------
    >>> found = blocks(np.array([[0.0, 0.5, 4.0]]), np.ones((1, 3)))
    >>> found.forward[0, :, -1].round(6).tolist()
    [-6.715317, -6.660253, -6.462322, -6.398606, -7.200051]
    """
    groups, topics = x.shape
    away = x - x.mean(axis=1, keepdims=True)
    variance = np.maximum(variance, _LEAST * variance.max(axis=1, keepdims=True))
    s2 = variance.mean(axis=1)
    kappa = np.sqrt(s2)[:, None] * np.where(SPREADS > 0, SPREADS, _SAME)
    wide = WIDER * np.maximum(away.var(axis=1, ddof=1), s2)
    weight = 1 / (variance[:, None, :] + kappa[:, :, None] ** 2)
    pull = weight * away[:, None, :]
    sums = np.zeros((4, groups, len(SPREADS), topics + 1))
    for k, part in enumerate((weight, pull, pull * away[:, None, :], np.log(weight))):
        np.cumsum(part, axis=2, out=sums[k, :, :, 1:])
    cohesion = np.array([log(ALPHA) + lgamma(n) - n / 2 * log(2 * pi) for n in range(1, topics + 1)])
    forward = np.zeros((groups, len(SPREADS), topics + 1))
    evidence = np.full((groups, len(SPREADS), topics + 1, topics), -np.inf)
    t2 = wide[:, None, None]
    for q in range(1, topics + 1):
        weights, first, second, logs = sums[..., q, None] - sums[..., :q]
        grown = 1 + t2 * weights
        block = 0.5 * (logs - np.log(grown) - second + t2 * first**2 / grown) + cohesion[q - 1 :: -1]
        evidence[:, :, q, :q] = block
        total = forward[:, :, :q] + block
        most = total.max(axis=2)
        forward[:, :, q] = most + np.log(np.exp(total - most[:, :, None]).sum(axis=2))
    return Blocks(
        away=away, variance=variance, kappa=kappa, wide=wide, sums=sums[:2], forward=forward, evidence=evidence
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class Chance:
    """Random numbers that all groups share: uniform (S, T + 1), own and centre (S, T) normal."""

    uniform: np.ndarray
    own: np.ndarray
    centre: np.ndarray


def chance(draws: int, topics: int, seed: int = 0) -> Chance:
    """Random numbers for so many draws of the true scores of so many topics.

    >>> chance(512, 6).own.shape
    (512, 6)
    """
    rng = np.random.default_rng(seed)
    return Chance(
        uniform=np.maximum(rng.random((draws, topics + 1)), 1e-9),
        own=rng.standard_normal((draws, topics)),
        centre=rng.standard_normal((draws, topics)),
    )


def draw(x: np.ndarray, variance: np.ndarray, luck: Chance) -> np.ndarray:
    """True scores (G, S, T) drawn from what sorted scores (G, T) with errors of these variances (G, T) leave possible.

    First the spread inside a block, then the blocks from the last to the first, their centres, and the scores. Exact
    ties inside a block fall at random. With fewer than three topics there is nothing to learn a prior from, and true
    scores are normal about the scores. Where no variance is above 0 the scores are certain; level ones fall at random.

    >>> true = draw(np.array([[0.0, 0.5, 4.0]]), np.ones((1, 3)), chance(4_096, 3))
    >>> (true.argmax(axis=2) == 2).mean().round(1).tolist()
    1.0
    """
    certain = np.logical_not((variance > 0).any(axis=1))
    if x.shape[1] < 3 or certain.all():
        sd = np.where(certain[:, None], _SAME * np.abs(x).max(axis=1, keepdims=True), np.sqrt(variance))
        return x[:, None, :] + sd[:, None, :] * luck.own
    if certain.any():
        result = np.empty((len(x), *luck.own.shape))
        result[certain], result[~certain] = (draw(x[at], variance[at], luck) for at in (certain, ~certain))
        return result
    found = blocks(x, variance)
    kappa, starts = _divided(found, luck.uniform)
    centre = _centres(found, kappa, starts, luck.centre)
    pull = 1 / (1 + found.variance[:, None, :] / found.kappa[:, :, None] ** 2)  # from the centre towards the score
    noise = np.sqrt(pull * found.variance[:, None, :])
    row = np.arange(len(x))[:, None]
    true = found.away[:, None, :] - centre
    true *= pull[row, kappa]
    true += centre
    true += noise[row, kappa] * luck.own
    true += x.mean(axis=1)[:, None, None]
    return true


def _divided(found: Blocks, uniform: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The spread inside a block (G, S) of each draw, a place in kappa, and where blocks start (G, S, T)."""
    groups, topics = found.away.shape
    draws = len(uniform)
    kappa = (uniform[None, :, 0, None] > found.kappa_shares().cumsum(axis=1)[:, None, :-1]).sum(axis=2)
    table = found.forward[:, :, None, :-1] + found.evidence
    table[:, :, 0, 0] = 0.0  # no draw comes here
    table = _shares(table).cumsum(axis=3)
    table[..., -1] = 1.0
    table += np.arange(table[..., 0].size).reshape(*table.shape[:3], 1)  # each row one higher: all are one sorted line
    line = table.ravel()
    starts = np.zeros(groups * draws * topics, dtype=bool)
    at = np.arange(groups * draws)
    first = ((np.repeat(np.arange(groups), draws) * len(SPREADS)) + kappa.ravel()) * (topics + 1)
    end = np.full(len(at), topics)
    while len(at):
        wanted = first + end
        end = np.searchsorted(line, wanted + uniform[at % draws, end]) - wanted * topics
        starts[at * topics + end] = True
        left = end > 0
        at, first, end = at[left], first[left], end[left]
    return kappa, starts.reshape(groups, draws, topics)


def _centres(found: Blocks, kappa: np.ndarray, starts: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """The centre of each topic's block (G, S, T), drawn once a block."""
    _, draws, topics = starts.shape
    first = np.flatnonzero(starts)
    length = np.diff(first, append=starts.size)
    of, p = np.divmod(first, topics)
    g, s = np.divmod(of, draws)
    k = kappa.ravel()[of]
    weight, pull = found.sums[:, g, k, p + length] - found.sums[:, g, k, p]
    precision = 1 / found.wide[g] + weight
    centre = pull / precision + normal[s, p] / np.sqrt(precision)
    return np.repeat(centre, length).reshape(starts.shape)
