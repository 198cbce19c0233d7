"""Answers from worlds that break the assumptions: a maker takes a generator and a shape, gives 0 to 1 or hours."""

from functools import cache

import numpy as np
from scipy.stats import norm

from dxkit.statistics.means import coverage, score_intervals, spread
from dxkit.statistics.means.spread import BOUNDED, HOURS

CUTS = norm.ppf([0.1, 0.35, 0.65, 0.9])


def rating(rng, shape):
    return np.searchsorted(CUTS, rng.normal(0.3, 1, shape)) / 4


def ceiling(rng, shape):
    return (np.clip(np.rint(5.6 + 0.9 * rng.normal(size=shape)), 1, 5) - 1) / 4


def unhappy(rng, shape):
    """6% are very unhappy, the others content."""
    return np.where(rng.random(shape) < 0.06, 0.0, rng.integers(3, 5, shape) / 4)


def recommend(rng, shape):
    code = np.clip(np.rint(rng.normal(7.5, 2.2, shape)), 0, 10)
    return ((code >= 9) * 1.0 - (code <= 6) + 1) / 2


def half_zero(rng, shape, sigma=1.1):
    return np.where(rng.random(shape) < 0.5, 0.0, rng.lognormal(0.5, sigma, shape))


def heaped(rng, shape):
    return rng.choice([0.0, 1, 2, 5, 10, 20], shape, p=[0.35, 0.25, 0.2, 0.12, 0.06, 0.02])


def long_tail(rng, shape, most=40.0):
    """A few lose a hundred times what most people lose, but nobody more than a week."""
    return np.minimum(rng.lognormal(0.0, 1.6, shape), most)


def longest_tail(rng, shape):
    return long_tail(rng, shape, 168.0)


WORLDS = {
    "rating": (rating, BOUNDED),
    "ceiling": (ceiling, BOUNDED),
    "6% very unhappy": (unhappy, BOUNDED),
    "recommend": (recommend, BOUNDED),
    "hours, half zero": (half_zero, HOURS),
    "hours, heaped": (heaped, HOURS),
    "hours, long tail": (long_tail, HOURS),
    "hours, longest tail": (longest_tail, HOURS),
}


@cache
def truth(world):
    maker, _ = WORLDS[world]
    return float(np.mean([maker(np.random.default_rng([99, k]), 500_000).mean() for k in range(8)]))


def covered(world, n, runs, seed=1):
    """Share of intervals of n answers, nobody weighted, that hold the mean of the world; every run is a variable."""
    maker, form = WORLDS[world]
    x = maker(np.random.default_rng([seed, n]), (n, runs))
    mean = x.mean(axis=0)
    counts = np.full((1, runs), float(n)), mean[None], ((x - mean) ** 2).sum(axis=0)[None]
    found = spread.whole(*counts, spread.fit(*counts[:2]), mean, counts[0][0], np.full(runs, form))
    a = coverage.coverage(np.ones((1, runs)), counts[0], np.zeros(1, dtype=int), np.array([np.inf]))[0]
    low, high = score_intervals.means(mean, a, found)
    return float(((low <= truth(world)) & (truth(world) <= high)).mean())
