"""Means of two waves of which some people answered both: their change, and what is left of it beyond the expected.

See docs/methods/change.md, "People seen twice" and "Follow-up". What belongs to one person is summed before it is
squared.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dxkit.statistics.moments import dividing_by_0

FEWEST_TWICE = 5  # people from which those seen twice are told from others
FEWEST_TOPICS, FEWEST_FREE = 4, 3  # topics, and those without an action, from which an effect is told from a mood
_ROUNDING = 1e-20


@dataclass(frozen=True, eq=False, kw_only=True)
class Wave:
    """One wave of U people, each with the same row in both, and J questions.

    y (U, J)  answers, nan where there is none
    p (U, J)  what each counts in the mean of its question: 0 where there is no answer, else they add up to 1
    e (U, J)  what is left of the answers beside their mean, or their fit on the margins of a roster
    weighted  whether people count differently
    """

    y: np.ndarray
    p: np.ndarray
    e: np.ndarray
    weighted: bool = False

    @property
    def answered(self) -> np.ndarray:
        """Who has an answer, (U, J)."""
        return self.p > 0

    @property
    def pulls(self) -> np.ndarray:
        """What each person's luck adds to each mean, (U, J)."""
        return np.where(self.answered, self.p * np.nan_to_num(self.e), 0.0)


class Difference(NamedTuple):
    """Changes of R means: estimate, error and degrees of freedom, and how many people answered both times, (R,)."""

    estimate: np.ndarray
    se: np.ndarray
    df: np.ndarray
    both: np.ndarray


def difference(one: Wave, two: Wave, a: np.ndarray, least: int = FEWEST_TWICE) -> Difference:
    """The change of means of questions, and its error: paired t where all answered twice, Welch's where nobody did.

    The contributions of one person are added up over both waves and all questions. With fewer than `least` seen twice
    all count as different people. Degrees of freedom are Satterthwaite's (1946).

    Parameters
    ----------
    one, two : Wave
        The waves, with the same people in the same rows.
    a : (R, J) array
        What each question counts in each mean.
    least : int
        How many must be seen twice to be told from others, FEWEST_TWICE or more.
    """
    means = [(wave.p * np.where(wave.answered, np.nan_to_num(wave.y), 0.0)).sum(axis=0) for wave in (one, two)]
    sums = [wave.pulls @ a.T for wave in (one, two)]
    there = [wave.answered.astype(float) @ (a.T != 0) > 0 for wave in (one, two)]
    both = there[0] & there[1]
    found = both.sum(axis=0)
    both = both & (found >= max(least, FEWEST_TWICE))
    m = np.maximum(both.sum(axis=0), 2).astype(float)
    moved = np.where(both, sums[1] - sums[0], 0.0)
    moved = (np.where(both, moved - moved.sum(axis=0) / m, 0.0) ** 2).sum(axis=0)
    rounding = _ROUNDING * (sums[0] ** 2 + sums[1] ** 2).sum(axis=0)
    parts, free = [np.where(moved > rounding, m / (m - 1) * moved, 0.0)], [m - 1]
    with dividing_by_0():
        for k, wave in enumerate((one, two)):
            alone, n = there[k] & ~both, there[k].sum(axis=0).astype(float)
            if wave.weighted:
                parts.append(n / (n - 1) * np.where(alone, sums[k] ** 2, 0.0).sum(axis=0))
            else:
                parts.append(alone.sum(axis=0) / (n - 1) * (sums[k] ** 2).sum(axis=0))
            free.append(n - 1)
        variance = sum(parts)
        df = variance**2 / sum(part**2 / each for part, each in zip(parts, free, strict=True))
    df = np.where(np.isfinite(df), df, np.minimum(free[1], free[2]))
    return Difference(a @ (means[1] - means[0]), np.sqrt(variance), df, found)


def carried(one: Wave, two: Wave, least: int = FEWEST_TWICE) -> np.ndarray:
    """Covariance (J, J) of the means of the later wave (rows) with those of the earlier one.

    It comes from people who answered the one later and the other earlier; 0 where these are fewer than `least`.
    """
    later, earlier = two.pulls, one.pulls
    m = two.answered.astype(float).T @ one.answered.astype(float)
    with dividing_by_0():
        products = later.T @ earlier
        if not (one.weighted or two.weighted):
            products -= (later.T @ one.answered) * (two.answered.T @ earlier) / m
        return np.where(m >= max(least, FEWEST_TWICE), m / (m - 1) * products, 0.0)


class Left(NamedTuple):
    """What is left of the change of K topics beyond the expected, (K,), with its error and df.

    drift  how far topics without an action move by themselves, a standard deviation
    shift  the mean change of these topics, with its error
    """

    estimate: np.ndarray
    se: np.ndarray
    df: np.ndarray
    drift: float
    shift: tuple[float, float]


def left_over(
    x1: np.ndarray, x2: np.ndarray, v1: np.ndarray, v2: np.ndarray, c: np.ndarray, n: float, acted: np.ndarray
) -> Left:
    """The later scores less what the earlier ones, and topics that nobody touched, let expect.

    The best linear prediction of the later wave takes out the luck that will not return (Efron and Morris 1973); the
    mean of the untouched topics takes out a mood that all share. How far these still lie apart says how much topics
    drift by themselves (after DerSimonian and Laird 1986).

    Parameters
    ----------
    x1, x2 : (K,) arrays
        Scores of the topics in the earlier and the later wave.
    v1, v2, c : (K, K) arrays
        Covariances of their errors, and of the later with the earlier errors (`carried`).
    n : float
        People in the smaller wave.
    acted : (K,) bool array
        Topics with an action.

    Returns
    -------
    Left
        All nan with fewer than FEWEST_TOPICS topics or FEWEST_FREE without an action.
    """
    count, free = len(x1), ~np.asarray(acted, dtype=bool)
    untouched = int(free.sum())
    shift = (np.nan, np.nan)
    if untouched:
        moved = (v1 + v2 - c - c.T)[np.ix_(free, free)]
        shift = float((x2 - x1)[free].mean()), float(np.sqrt(max(0.0, moved.sum())) / untouched)
    if count < FEWEST_TOPICS or untouched < FEWEST_FREE:
        none = np.full(count, np.nan)
        return Left(none, none, none, np.nan, shift)
    away, one = x1 - x1.mean(), np.eye(count)
    tau2 = max(0.0, float((away**2).sum() - (np.trace(v1) - v1.sum() / count)) / (count - 1))
    prior = tau2 * one + c
    b = prior @ np.linalg.pinv(tau2 * one + v1, hermitian=True)
    y, spread = x2 - b @ away, tau2 * one + v2 - b @ prior.T
    inside = y[free] - y[free].mean()
    by_chance = np.trace(spread[np.ix_(free, free)]) - spread[np.ix_(free, free)].sum() / untouched
    eta2 = max(0.0, float((inside**2).sum() - by_chance) / (untouched - 1))
    against = free[None, :] & ~one.astype(bool)
    contrast = one - against / against.sum(axis=1, keepdims=True)
    sampled = np.maximum(0.0, np.einsum("kj,jl,kl->k", contrast, spread, contrast))
    drifted = eta2 * (contrast**2).sum(axis=1)
    with dividing_by_0():
        df = (sampled + drifted) ** 2 / (sampled**2 / (n - 1) + drifted**2 / (untouched - 1))
    return Left(contrast @ y, np.sqrt(sampled + drifted), df, float(np.sqrt(eta2)), shift)
