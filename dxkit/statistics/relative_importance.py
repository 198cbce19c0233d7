"""How the R^2 of a regression is shared among its predictors, from correlation matrices.

See docs/methods/drivers.md, "Parts of explained variance"."""

from math import comb

import numpy as np

from dxkit.files.progress import watched
from dxkit.statistics.moments import dividing_by_0

MOST_LMG = 12  # predictors; beyond, the 2^p subsets take too long
SINGULAR = 1e-10  # of its variance: a predictor of which the others leave no more is a combination of them
_CELLS = 4_000_000  # numbers held at a time by the bootstrap


def johnson(corr: np.ndarray) -> np.ndarray:
    """Johnson's relative weights (2000): parts of R^2 (..., p) from correlations (..., p+1, p+1), outcome last.

    The outcome is regressed on the uncorrelated variables nearest to the predictors, and each predictor is given its
    share of them: (R^(1/2))^2 b^2 with b = R^(-1/2) r.

    >>> johnson(np.array([[1.0, 0.0, 0.6], [0.0, 1.0, 0.3], [0.6, 0.3, 1.0]])).round(4).tolist()
    [0.36, 0.09]
    """
    values, vectors = np.linalg.eigh(corr[..., :-1, :-1])
    root, back = np.sqrt(values)[..., None, :], np.swapaxes(vectors, -1, -2)
    half = (vectors * root) @ back
    slopes = (vectors / root) @ (back @ corr[..., :-1, -1:])
    return (half**2 @ slopes**2)[..., 0]


def lmg(corr: np.ndarray) -> np.ndarray:
    """Shapley parts of R^2 (Lindeman, Merenda and Gold 1980, p. 119) (..., p), arguments as in `johnson`.

    Each predictor's gain in R^2, averaged over all orders of entry. One sweep per predictor leaves the outcome's
    residual variance given every subset: what is not explained of (..., 2^p) models without solving one of them.

    >>> lmg(np.array([[1.0, 0.5, 0.6], [0.5, 1.0, 0.3], [0.6, 0.3, 1.0]])).round(4).tolist()
    [0.315, 0.045]
    """
    predictors = corr.shape[-1] - 1
    residual = corr[..., None, :, :]
    for _ in range(predictors):
        first, rest = residual[..., :1, 1:], residual[..., 1:, 1:]
        swept = rest - np.swapaxes(first, -1, -2) * (first / residual[..., :1, :1])
        residual = np.concatenate([rest, swept], axis=-3)  # bit j of a subset's position says that it has predictor j
    left = residual[..., 0, 0]
    member = (np.arange(2**predictors)[:, None] >> np.arange(predictors)) & 1
    size = member.sum(axis=1, keepdims=True)
    orders = np.array([1 / (predictors * comb(predictors - 1, others)) for others in range(predictors)] + [0.0])
    return left @ np.where(member == 1, -orders[size - 1], orders[size])


def correlation(covariance: np.ndarray) -> np.ndarray:
    """Correlations (..., J, J) of variables with these covariances (..., J, J).

    >>> correlation(np.array([[4.0, 1.0], [1.0, 1.0]])).tolist()
    [[1.0, 0.5], [0.5, 1.0]]
    """
    deviation = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
    corr = covariance / (deviation[..., :, None] * deviation[..., None, :])
    each = np.arange(corr.shape[-1])
    corr[..., each, each] = 1.0
    return corr


def resampled(values: np.ndarray, means: np.ndarray, methods: list[str], replicates: int, seed: int) -> np.ndarray:
    """Parts of R^2 in bootstrap samples (Efron 1979) of the rows of `values` (n, I), nan where missing.

    The predictors and, last, the outcome are the linear combinations `means` (p+1, I) of the columns. (B, M, p) for M
    methods; B is at most `replicates`, because a sample without a solution is left out.

    >>> four = np.array([[1.0, 2.0], [2.0, 1.0], [3.0, 4.0], [4.0, 3.0]])
    >>> resampled(four, np.eye(2), ["johnson"], 20, seed=0).shape
    (20, 1, 1)
    """
    values = values[~np.isnan(values).all(axis=1)]
    answered = ~np.isnan(values)
    mask, filled = answered.astype(float), np.where(answered, values - np.nanmean(values, axis=0), 0.0)
    (n, width), rng, parts = values.shape, np.random.default_rng(seed), []
    room = max(1, _CELLS // max(n, 3 * width**2, 3 * 2**width * ("lmg" in methods)))
    block = max(1, _CELLS // (3 * width**2))
    starts = range(0, replicates, room)
    for start in watched(starts, len(starts), "bootstrap samples"):
        size = min(room, replicates - start)
        drawn = rng.integers(n, size=(size, n)) + n * np.arange(size)[:, None]
        times = np.bincount(drawn.ravel(), minlength=size * n).reshape(size, n).astype(float)
        moments = np.zeros((size, 3 * width**2))
        for rows in (slice(at, at + block) for at in range(0, n, block)):
            m, x = mask[rows], filled[rows]
            terms = [(a[:, :, None] * b[:, None, :]).reshape(len(m), -1) for a, b in ((m, m), (x, m), (x, x))]
            moments += times[:, rows] @ np.hstack(terms)
        pairs, sums, products = moments.reshape(size, 3, width, width).swapaxes(0, 1)
        with dividing_by_0():
            covariance = (products - sums * sums.swapaxes(-1, -2) / pairs) / (pairs - 1)
            corr = correlation(combined(covariance, means, products / n))
        corr = corr[np.isfinite(corr).all(axis=(1, 2))]
        regular = np.linalg.eigvalsh(corr[:, :-1, :-1])[:, 0] >= SINGULAR
        parts.append(parts_of(corr[regular & (np.linalg.eigvalsh(corr)[:, 0] >= -SINGULAR)], methods))
    return np.concatenate(parts)


def combined(covariance: np.ndarray, means: np.ndarray, largest: np.ndarray) -> np.ndarray:
    """Covariances (..., p, p) of linear combinations `means` (p, I) of variables with these covariances (..., I, I).

    nan for one whose variance is nothing beside that of `largest` (..., I, I), covariances about any origin.

    >>> one = np.array([[1.0, 0.5], [0.5, 1.0]])
    >>> combined(one, np.array([[0.5, 0.5], [1.0, -1.0]]), one).tolist()
    [[0.75, 0.0], [0.0, 1.0]]
    """
    found = means @ covariance @ means.T
    most = (np.abs(means) @ np.sqrt(np.diagonal(largest, axis1=-2, axis2=-1))[..., None])[..., 0] ** 2
    own = np.diagonal(found, axis1=-2, axis2=-1)
    flat = ~(own > 1e-12 * most)
    return np.where(flat[..., :, None] | flat[..., None, :], np.nan, found)


def parts_of(corr: np.ndarray, methods: list[str]) -> np.ndarray:
    """Parts of R^2 by each of the methods "johnson" and "lmg", (..., M, p), arguments as in `johnson`.

    >>> parts_of(np.array([[1.0, 0.0, 0.6], [0.0, 1.0, 0.3], [0.6, 0.3, 1.0]]), ["johnson", "lmg"]).round(4).tolist()
    [[0.36, 0.09], [0.36, 0.09]]
    """
    return np.stack([{"johnson": johnson, "lmg": lmg}[method](corr) for method in methods], axis=-2)
