"""Figures of the published surveys, worked out from the raw files by pandas, numpy and scipy. Nothing of dxkit is used.

The formulas are those of docs/methods: intervals.md, change.md and ranking.md, each in the plainest form.
"""

from itertools import pairwise, product

import numpy as np
import pandas as pd
from scipy import special, stats

LEAST = 5  # people below whom nothing is told
Z = stats.norm.ppf(0.975)


def raw(path):
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def codes(column, labels, first=1):
    """Answers as numbers in the order of the labels; nan for all else."""
    return column.map({label: float(code) for code, label in enumerate(labels, first)})


def wilson(count, n):
    share, c = count / n, Z**2 / n
    middle, half = share + c / 2, np.sqrt(c * share * (1 - share) + c**2 / 4)
    return (middle - half) / (1 + c), (middle + half) / (1 + c)


def spread(y):
    """The variance of answers from 0 to 1, with two quarters of an answer at the ends, and its share of the widest."""
    n, mean = len(y), y.mean()
    inner = (n * mean + 0.25) / (n + 0.5)
    squares = ((y - mean) ** 2).sum() + (inner**2 + (1 - inner) ** 2) / 4
    variance = min(squares / (n - 0.5), inner * (1 - inner))
    return variance, variance / (inner * (1 - inner))


def scored(answers, lo, hi):
    """n, mean, error and the ends of all means that fit, of answers on a scale from lo to hi."""
    y = (answers.dropna().to_numpy() - lo) / (hi - lo)
    n, mean = len(y), y.mean()
    variance, share = spread(y)
    c = stats.t.ppf(0.975, n - 1) ** 2 * share / n
    middle, half = mean + c / 2, np.sqrt(c * mean * (1 - mean) + c**2 / 4)
    ends = (middle - half) / (1 + c), (middle + half) / (1 + c)
    return n, lo + (hi - lo) * mean, (hi - lo) * np.sqrt(variance / n), *(lo + (hi - lo) * end for end in ends)


def changed(before, after):
    """Welch's test of two groups of different people, and Hedges' g with its exact correction."""
    one, two = (side.dropna().to_numpy() for side in (before, after))
    parts = [side.var(ddof=1) / len(side) for side in (one, two)]
    change, error = two.mean() - one.mean(), np.sqrt(sum(parts))
    df = sum(parts) ** 2 / sum(part**2 / (len(side) - 1) for part, side in zip(parts, (one, two), strict=True))
    reach = stats.t.ppf(0.975, df) * error
    free = len(one) + len(two) - 2
    pooled = ((len(one) - 1) * one.var(ddof=1) + (len(two) - 1) * two.var(ddof=1)) / free
    exact = np.exp(special.gammaln(free / 2) - special.gammaln((free - 1) / 2)) * np.sqrt(2 / free)
    return {
        **{"n_before": len(one), "n_after": len(two), "before": one.mean(), "after": two.mean()},
        **{"estimate": change, "se": error, "low": change - reach, "high": change + reach},
        **{"p": stats.ttest_ind(two, one, equal_var=False).pvalue, "g": exact * change / np.sqrt(pooled)},
    }


def holm(p):
    """p values adjusted by Holm: the smallest times how many there are, the next times one less, never falling."""
    order, most, adjusted = np.argsort(p), 0.0, np.empty(len(p))
    for k, at in enumerate(order):
        most = adjusted[at] = max(most, min(1.0, p[at] * (len(p) - k)))
    return adjusted


def covariance(y):
    """Of the errors of several means, all of the same people; answers from 0 to 1, a row a person."""
    sd = np.sqrt([spread(column)[0] for column in y.T])
    return np.corrcoef(y.T) * np.outer(sd, sd) / len(y)


def lead(x, v, chosen):
    """The least t by which one of the chosen is ahead of another."""
    others = [k for k in range(len(x)) if k not in chosen]
    return min((x[i] - x[k]) / np.sqrt(v[i, i] + v[k, k] - 2 * v[i, k]) for i in chosen for k in others)


def true_scores(x, v, people, draws, seed=5):
    """Draws of the true scores: one of all ways to cut the order into blocks, then normal scores inside its blocks.

    Every way has the weight of its normal density, so nothing is summed step by step.
    """
    rng, k = np.random.default_rng(seed), len(x)
    order = np.argsort(x)
    z = x[order] - x.mean()
    shared = (v.sum() - np.trace(v)) / (k * (k - 1))
    error = (np.diag(v)[order] - min(max(shared, 0.0), 0.98 * np.diag(v).min())) * (1 + 2 / people)
    wide = 1.44 * max(z.var(ddof=1), error.mean())
    spreads = np.sqrt(error.mean()) * np.array([0, 0.5, 1, 2, 4])
    known = {}
    for inside, start, end in product(spreads, range(k), range(1, k + 1)):
        if start < end:
            prior = inside**2 * np.eye(end - start) + wide
            data = prior + np.diag(error[start:end])
            weight = stats.multivariate_normal.logpdf(z[start:end], np.zeros(end - start), data)
            gain = prior @ np.linalg.inv(data)
            mean, left = gain @ z[start:end], prior - gain @ prior
            known[inside, start, end] = weight + np.log(0.5) + special.gammaln(end - start), mean, left
    ways = []
    for inside, cuts in product(spreads, product((False, True), repeat=k - 1)):
        ends = [0, *(at for at, cut in enumerate(cuts, 1) if cut), k]
        ways.append([(inside, *block) for block in pairwise(ends)])
    weights = np.array([sum(known[block][0] for block in way) for way in ways])
    often = rng.multinomial(draws, np.exp(weights - special.logsumexp(weights)))
    parts = []
    for way, times in zip(ways, often, strict=True):
        if times:
            blocks = [rng.multivariate_normal(known[at][1], known[at][2], times, method="eigh") for at in way]
            parts.append(np.hstack(blocks))
    true = np.empty((draws, k))
    true[:, order] = np.vstack(parts) + x.mean()
    return true + 1e-9 * rng.standard_normal(true.shape)  # level ones fall at random
