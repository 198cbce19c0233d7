"""How often something happens, when it comes in bursts: a count over its exposure with over-dispersion."""

import numpy as np
from numpy.typing import ArrayLike

from dxkit.statistics.intervals import t_quantile

PARTS = 8  # equal parts of the record, whose counts carry the luck
_FEWEST, _Z = 4, 1.959964


def garwood(count: float) -> np.ndarray:
    """Exact 95% interval of a Poisson count (Garwood 1936); a count that is not whole is one of larger units.

    >>> garwood(10).round(4).tolist()
    [4.7954, 18.3904]
    """
    from scipy.special import chdtri

    return np.array([chdtri(2 * count, 0.975) / 2 if count else 0.0, chdtri(2 * count + 2, 0.025) / 2])


def dispersion(counts: ArrayLike) -> float:
    """Pearson's chi-square of counts in equal parts over its df (McCullagh and Nelder 1989); at least 1.

    >>> round(dispersion([3, 5, 0, 9, 2, 4, 1, 8]), 6), dispersion([4, 4, 4, 4])
    (2.571429, 1.0)
    """
    counts = np.asarray(counts, dtype=float)
    mean = counts.mean() if len(counts) else 0.0
    return max(1.0, float(((counts - mean) ** 2 / mean).sum() / (len(counts) - 1))) if mean and len(counts) > 1 else 1.0


def in_parts(days: ArrayLike, length: float) -> np.ndarray | None:
    """How many of the events at these days, from 0 to `length`, fall into each of 8 equal parts; in a record under 8
    weeks into each of its weeks; None under 4 weeks, which are too few to tell."""
    parts = min(PARTS, int(length // 7))
    if parts < _FEWEST:
        return None
    place = (np.asarray(days, dtype=float) / length * parts).astype(int)
    return np.bincount(np.minimum(place, parts - 1), minlength=parts)


def rate_interval(count: float, phi: float = 1.0, parts: int = PARTS) -> np.ndarray:
    """95% interval of a count that varies phi times as much as chance alone makes it, as seen in so many parts.

    >>> rate_interval(32, 18 / 7, 8).round(6).tolist(), rate_interval(32).round(6).tolist()
    ([14.278823, 61.726093], [21.887976, 45.174452])
    """
    if phi > 1:
        phi *= (float(t_quantile(parts - 1.0, 0.975)) / _Z) ** 2
    return phi * garwood(count / phi)
