"""Worlds in which nothing changes, for simulations."""

import numpy as np


def overdispersed(made, mean, dispersion, size):
    """Counts whose variance is so many times their mean: Poisson with a gamma rate."""
    return made.poisson(made.gamma(mean / (dispersion - 1), dispersion - 1, size))


def waves(made, rho, size, sd=1.0):
    """A stationary autoregressive series of order 1 with this standard deviation."""
    step = made.normal(0, sd, size)
    level = np.empty(size)
    level[0] = step[0]
    for i in range(1, size):
        level[i] = rho * level[i - 1] + np.sqrt(1 - rho**2) * step[i]
    return level


def dependent(made, mean, rho, size, sd=0.25, shape=1.0):
    """Counts around a mean whose logarithm is such a series; `shape` multiplies it (a season, a step, growth)."""
    return made.poisson(mean * shape * np.exp(waves(made, rho, size, sd) - sd**2 / 2))


def releases(made, count, *, icc, sizes=None, mean=20.0, hours=24.0):
    """Durations of changes and the release of each: lognormal, with an intraclass correlation of the logarithms."""
    sizes = made.poisson(mean, count) + 1 if sizes is None else sizes
    shared, own = made.normal(0, np.sqrt(icc), len(sizes)), made.normal(0, np.sqrt(1 - icc), sizes.sum())
    cluster = np.repeat(np.arange(len(sizes)), sizes)
    return hours * np.exp(shared[cluster] + own), cluster
