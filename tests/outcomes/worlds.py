"""Worlds in which nothing changes, for simulations."""


def overdispersed(made, mean, dispersion, size):
    """Counts whose variance is so many times their mean: Poisson with a gamma rate."""
    return made.poisson(made.gamma(mean / (dispersion - 1), dispersion - 1, size))
