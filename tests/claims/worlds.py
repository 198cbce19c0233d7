"""Answers from worlds that break what intervals suppose: what people feel, in standard deviations, becomes codes."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.special import ndtr, ndtri

CUTS = ndtri(np.array([0.1, 0.35, 0.65, 0.9]))
HEAPS, HEAP_CUTS = np.array([0.0, 1, 2, 5, 10, 20]), ndtri(np.array([0.35, 0.6, 0.8, 0.92, 0.98]))


@dataclass(frozen=True, kw_only=True)
class World:
    """How people answer one kind of question, and how often its 95% intervals must hold the truth."""

    answer: Callable
    kind: str = "rating"
    scale: str = "agreement5"
    without: float = 0.94  # without a roster
    staff: float = 0.935  # of a finite staff
    groups: float = 0.945

    def units(self, codes):
        """Codes in the unit of the scores."""
        if self.kind == "hours":
            return codes
        return 100.0 * (codes >= 9) - 100 * (codes <= 6) if self.kind == "recommend" else 25.0 * (codes - 1)


def rating(latent):
    return 1.0 + np.searchsorted(CUTS, latent + 0.3)


def ceiling(latent):
    return np.clip(np.rint(5.6 + 0.9 * latent), 1, 5)


def very_unhappy(latent):
    """6% are very unhappy, the others content."""
    return np.where(latent < ndtri(0.06), 1.0, np.where(latent < 0, 4.0, 5.0))


def two_classes(latent):
    """Half of the people find it bad, the others good."""
    half = ndtr(latent)
    inside = ndtri(np.clip(np.where(half < 0.5, 2 * half, 2 * half - 1), 1e-9, 1 - 1e-9))
    return 1.0 + np.searchsorted(CUTS, np.where(half < 0.5, -1.2, 1.2) + 0.5 * inside)


def recommendation(latent):
    return np.clip(np.rint(7.5 + 2.2 * latent), 0, 10)


def half_zero(latent):
    share = np.clip(2 * ndtr(latent) - 1, 1e-12, 1 - 1e-12)
    return np.where(latent > 0, np.minimum(np.exp(0.5 + 1.1 * ndtri(share)), 168.0), 0.0)


def heaped(latent):
    return HEAPS[np.searchsorted(HEAP_CUTS, latent)]


def long_tail(most):
    """A few lose a hundred times what most people lose, but nobody more than so many hours."""
    return lambda latent: np.minimum(np.exp(1.6 * latent), most)


HOURS = {"kind": "hours", "scale": "hours"}
WORLDS = {
    "ratings": World(answer=rating),
    "ratings near the ceiling": World(answer=ceiling),
    "two classes of respondents": World(answer=two_classes),
    "6% very unhappy": World(answer=very_unhappy, staff=0.90, groups=0.90),
    "recommendation": World(answer=recommendation, kind="recommend", scale="recommend11"),
    "half lose no hour": World(answer=half_zero, **HOURS, without=0.915, staff=0.89, groups=0.92),
    "heaped hours": World(answer=heaped, **HOURS, without=0.915, staff=0.89, groups=0.92),
    "hours with a long tail": World(answer=long_tail(40.0), **HOURS, without=0.88, staff=0.88, groups=0.90),
    "hours with the longest tail": World(answer=long_tail(168.0), **HOURS, without=0.84, staff=0.84, groups=0.84),
}


@cache
def truth(world):
    """The mean of all that there could be, in the unit of the scores."""
    each = WORLDS[world]
    return float(each.units(each.answer(ndtri((np.arange(1_000_000) + 0.5) / 1_000_000))).mean())


def least(target, runs):
    """A target less two simulation errors."""
    return target - 2 * np.sqrt(target * (1 - target) / runs)


def most(target, runs):
    """A target and two simulation errors."""
    return target + 2 * np.sqrt(target * (1 - target) / runs)


def in_percent(share, promised=0.0):
    """The share; in bold where it misses the promise, within the simulation error that its test allows."""
    text = f"{100 * share:.1f}%"
    return text if share >= promised else f"**{text}**"
