"""How much of the spread between scores is luck, and the scores without it (docs/methods/ranking.md, "Shrinkage")."""

from __future__ import annotations

import numpy as np

_GRID = 80
NODES = 8


def shrunken(scores: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Empirical-Bayes scores (T,) from scores x (T,) with error covariance V (T, T) (Efron and Morris 1973).

    mu + tau^2 (tau^2 I + V)^-1 (x - mu), with mu the mean of x and tau^2 by moments, 0 at least.

    >>> shrunken(np.array([0.0, 10.0]), np.diag([25.0, 25.0])).tolist()
    [2.5, 7.5]
    """
    topics, mean = len(scores), scores.mean()
    if topics < 2:
        return scores.copy()
    noise = np.trace(covariance) - covariance.sum() / topics
    tau2 = max(0.0, (((scores - mean) ** 2).sum() - noise) / (topics - 1))
    if tau2 == 0.0:
        return np.full(topics, mean)
    return mean + tau2 * np.linalg.solve(tau2 * np.eye(topics) + covariance, scores - mean)


def posteriors(scores: np.ndarray, covariance: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Mean (T,) and covariance (T, T) of the true scores, for `NODES` equally likely spreads tau of the topics.

    Topics are exchangeable, N(mu, tau^2) with mu and tau unknown and flat beforehand, the scores N(true, V). The
    posterior of tau is that of the restricted likelihood (Gelman 2006; Gelman et al. 2013, section 5.4).

    >>> nodes = posteriors(np.array([0.0, 5.0, 10.0]), np.diag([4.0, 4.0, 4.0]))
    >>> len(nodes), nodes[4][0].round(1).tolist()
    (8, [0.4, 5.0, 9.6])
    """
    topics = len(scores)
    if topics < 3 or not np.ptp(scores) > 0:  # nothing to learn a spread from
        return [(scores, covariance)] * NODES
    grid = (np.arange(_GRID) + 0.5) / _GRID * 3 * scores.std(ddof=1)
    likelihood = _restricted(scores, covariance, grid)
    weight = np.exp(likelihood - likelihood.max())
    taus = np.interp((np.arange(NODES) + 0.5) / NODES, np.cumsum(weight) / weight.sum(), grid)
    return [_posterior(scores, covariance, tau) for tau in taus]


def _restricted(scores: np.ndarray, covariance: np.ndarray, taus: np.ndarray) -> np.ndarray:
    """The logarithm of the restricted likelihood of each tau."""
    root = np.linalg.cholesky(covariance + taus[:, None, None] ** 2 * np.eye(len(scores)))
    one, x = np.moveaxis(np.linalg.solve(root, np.column_stack([np.ones(len(scores)), scores])), 2, 0)
    ones = (one**2).sum(axis=1)
    residual = x - ((one * x).sum(axis=1) / ones)[:, None] * one
    logs = np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
    return -logs - 0.5 * np.log(ones) - 0.5 * (residual**2).sum(axis=1)


def _posterior(scores: np.ndarray, covariance: np.ndarray, tau: float) -> tuple[np.ndarray, np.ndarray]:
    inverse = np.linalg.inv(covariance + tau**2 * np.eye(len(scores)))
    weight = inverse.sum(axis=0)
    mean = weight @ scores / weight.sum()
    pull = covariance @ inverse
    ones = pull.sum(axis=1)
    spread = covariance - pull @ covariance + np.outer(ones, ones) / weight.sum()
    return scores - pull @ (scores - mean), (spread + spread.T) / 2
