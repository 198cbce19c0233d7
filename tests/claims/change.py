"""Worlds of two waves in which the truth is known: how often a change is said, and how often an interval holds it."""

from typing import NamedTuple

import numpy as np

from dxkit.statistics.comparison import adjusted_p, t_test_p
from dxkit.statistics.intervals import student
from dxkit.statistics.overlap import Wave, carried, difference, left_over

TOPICS = 12


def answers(made, mean, steady, retest):
    """Answers of 1 to 5 around means (K,): what is steady in each person (n, K), and what differs from week to week."""
    own = np.sqrt(retest) * steady + np.sqrt(1 - retest) * made.normal(size=steady.shape)
    return np.clip(np.round(3 + mean + own), 1, 5)


def wave(y):
    there = ~np.isnan(y)
    return Wave(y=y, p=there / there.sum(axis=0), e=y - np.nanmean(y, axis=0))


class Compared(NamedTuple):
    """How often any topic holds, how often intervals hold zero, and the errors beside those without ids."""

    any_holds: float
    covered: float
    se: float


def compared(staff, response, retest, runs):
    """Two waves of one staff with unchanged opinions."""
    made = np.random.default_rng([staff, round(100 * response), round(100 * retest)])
    holds, covered, ratio = [], [], []
    for _ in range(runs):
        steady, mean = made.normal(size=(staff, TOPICS)), made.normal(0, 0.4, TOPICS)
        one, two = (answers(made, mean, steady, retest) for _ in range(2))
        for y in (one, two):
            y[made.random(staff) >= response] = np.nan
        if min((~np.isnan(y[:, 0])).sum() for y in (one, two)) < 5:
            continue
        one, two = wave(one), wave(two)
        counts = [each.answered.sum(axis=0) for each in (one, two)]
        found = difference(one, two, np.eye(TOPICS))
        p = t_test_p(found.estimate, found.se, found.df)
        holds.append((adjusted_p(p) < 0.05).any())
        low, high = student(found.estimate, found.se, found.df)
        covered.append(((low <= 0) & (0 <= high))[found.se > 0].mean())
        apart = np.sqrt(sum(np.nanvar(x.y, axis=0, ddof=1) / n for x, n in zip((one, two), counts, strict=True)))
        ratio.append((found.se / apart)[apart > 0].mean())
    return Compared(float(np.mean(holds)), float(np.mean(covered)), float(np.mean(ratio)))


class Followed(NamedTuple):
    """How often any topic has a verdict, how often both acted ones moved and each did, and intervals hold the truth."""

    any_said: float
    acted_moved: float
    each_moved: float
    covered: float


def followed(n, spread, runs, mood=0.0, drift=0.0, hours=False, same=True, better=0.0, retest=0.65):
    """Two waves in which the worst two topics of the first have an action; figures in sd of answers."""
    made = np.random.default_rng([n, round(100 * spread), round(100 * mood), round(100 * drift), hours, same])
    said, moved, each, covered = [], [], [], []
    for _ in range(runs):
        truth, steady = (
            made.normal(0, spread, TOPICS),
            made.normal(size=(n, TOPICS)) * 0.8 + made.normal(size=(n, 1)) * 0.6,
        )
        first = draw(made, truth, steady, retest, hours)
        acted = np.isin(np.arange(TOPICS), np.argsort(-first.mean(axis=0))[:2])
        gone = made.normal(0, drift, TOPICS) + mood - better * acted
        if not same:
            steady = people(made, n)
        second = draw(made, truth + gone, steady, retest, hours)
        one, two = wave(first), wave(second)
        c = carried(one, two) if same else np.zeros((TOPICS, TOPICS))
        v1, v2 = (np.cov(y.T) / n for y in (first, second))
        left = left_over(first.mean(axis=0), second.mean(axis=0), v1, v2, c, n, acted)
        p = np.where(left.se > 0, t_test_p(left.estimate, left.se, left.df), np.nan)
        sure = adjusted_p(p, weight=np.where(acted, 1 / 2, 1 / (TOPICS - 2))) < 0.05
        said.append(sure.any())
        moved.append((sure & (left.estimate < 0))[acted].any())
        each.append((sure & (left.estimate < 0))[acted].mean())
        if not hours:
            low, high = student(left.estimate, left.se, left.df)
            true = -better * acted[acted]
            covered.append(((low[acted] <= true) & (true <= high[acted])).mean())
    return Followed(*(float(np.mean(x)) if x else np.nan for x in (said, moved, each, covered)))


def people(made, n):
    """What is steady in n people, with a correlation of 0.36 between topics."""
    return 0.8 * made.normal(size=(n, TOPICS)) + 0.6 * made.normal(size=(n, 1))


def draw(made, truth, steady, retest, hours):
    """Answers with a standard deviation of one around what is true: in halves of it up to two, or hours."""
    own = truth + np.sqrt(retest) * steady + np.sqrt(1 - retest) * made.normal(size=steady.shape)
    if hours:
        return np.where(own > -0.4, np.round(np.exp(0.8 * own) * 4) / 4, 0.0)
    return np.clip(np.round(2 * own), -4, 4) / 2
