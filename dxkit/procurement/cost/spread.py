"""How money spreads over the draws: its mean and quantiles, and who is cheapest."""

from collections.abc import Iterable, Sequence
from functools import reduce

import numpy as np

from dxkit.procurement.dossier.dossier import MONEY
from dxkit.results.columns import Column

P10 = Column("p10", "P10: 10% of the simulations are below it", "money", MONEY)
P50 = Column("p50", "the median of the simulations", "money", MONEY)
P90 = Column("p90", "P90: 90% of the simulations are below it", "money", MONEY)


def summed(parts: Iterable[np.ndarray]) -> np.ndarray:
    """The sum of arrays that go together; there is at least one."""
    return reduce(np.add, parts)


def quantiles(values: np.ndarray, at: Sequence[float]) -> np.ndarray:
    """Quantiles over the last axis, (len(at), ...), exact where all draws agree."""
    if values.ndim == 1 and (values == values[0]).all():
        return np.full(len(at), float(values[0]))
    return np.quantile(values, at, axis=-1)


def summary(values: np.ndarray) -> list[float]:
    """Mean, P10, median and P90."""
    low, mid, high = (float(each) for each in quantiles(values, [0.1, 0.5, 0.9]))
    return [low if low == high else float(values.mean(dtype=float)), low, mid, high]


def cheapest(totals: Sequence[np.ndarray]) -> list[float]:
    """Share of the draws in which each vendor costs least; those level share it."""
    least = np.minimum.reduce(totals)
    least = least + 1e-9 * np.abs(least)
    level = summed((each <= least).astype(np.uint8) for each in totals)
    return [float(((each <= least) / level).mean()) for each in totals]
