"""Pains whose true order is known, in worlds that no prior expects; and what the verdict functions say of samples."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from dxkit.statistics import clusters, verdict
from dxkit.statistics.means import coverage
from dxkit.statistics.means.spread import BOUNDED, HOURS
from tests.statistics.means.counted import count, score

CUTS = ndtri(np.array([0.1, 0.35, 0.65, 0.9]))
HEAPS, HEAP_CUTS = np.array([0.0, 1, 2, 5, 10, 20]), ndtri(np.array([0.35, 0.6, 0.8, 0.92, 0.98]))
GRID = ndtri((np.arange(20_000) + 0.5) / 20_000)


def likert(latent):
    return np.searchsorted(CUTS, latent) / 4


def heaped(latent):
    return HEAPS[np.searchsorted(HEAP_CUTS, latent)]


def long_tail(latent):
    return np.minimum(np.exp(1.6 * latent), 40.0)


def _clusters(rng, sizes, centres, within):
    return np.concatenate([c + within * rng.normal(size=k) for k, c in zip(sizes, centres, strict=True)])


WORLDS = {  # what a person feels, in standard deviations, becomes an answer
    "three nearly tied far out of 12": (lambda rng: _clusters(rng, (3, 9), (1.0, 0.0), 0.1), likert, BOUNDED),
    "two far out of 30": (lambda rng: _clusters(rng, (2, 28), (0.9, 0.0), 0.1), likert, BOUNDED),
    "one far out of 12": (lambda rng: _clusters(rng, (1, 11), (1.0, 0.0), 0.15), likert, BOUNDED),
    "two clusters": (lambda rng: _clusters(rng, (6, 6), (0.4, -0.4), 0.1), likert, BOUNDED),
    "two classes of people": (lambda rng: 0.4 * rng.normal(size=12), likert, BOUNDED),
    "heaped hours": (lambda rng: 0.35 * rng.normal(size=12), heaped, HOURS),
    "heaped hours, nearly tied": (lambda rng: 0.15 * rng.normal(size=12), heaped, HOURS),
    "hours with a long tail": (lambda rng: 0.35 * rng.normal(size=12), long_tail, HOURS),
}


def sample(world, n, rng, mu=None):
    """Answers (n, T), the true mean of each topic, and the form of the answers."""
    maker, answer, form = WORLDS[world]
    mu = maker(rng) if mu is None else mu
    shift = np.zeros(len(mu))
    if world == "two classes of people":
        shift[::2], shift[1::2] = 0.6, -0.6
    side = np.where(rng.random((n, 1)) < 0.5, 1.0, -1.0)
    latent = mu + side * shift + np.sqrt(0.3) * rng.normal(size=(n, 1)) + np.sqrt(0.7) * rng.normal(size=(n, len(mu)))
    true = np.array(
        [np.mean([answer(m + s * d + GRID).mean() for s in (1, -1)]) for m, d in zip(mu, shift, strict=True)]
    )
    return answer(latent), true, form


@dataclass(frozen=True, eq=False, kw_only=True)
class Ranked:
    """What is said of one sample; topics in the order of their means."""

    order: np.ndarray
    x: np.ndarray
    covariance: np.ndarray
    df: float
    summary: verdict.Summary
    p_clear: float

    @property
    def verdict(self):
        return "clear" if self.p_clear < verdict.CLEAR else "likely" if self.summary.p_pair[0] >= 0.8 else "open"


def ranked(answers, form, top_n=2, people=np.inf):
    counted = count(answers)
    found = score(counted, form, headcount=people)
    one = np.zeros(1, dtype=int)
    order = np.argsort(found.estimate, kind="stable")
    a = coverage.joint_coverage(found.weights, counted.n, counted.people, one, np.array([float(people)]))
    sd = found.spread.sd
    each = found.correlation * np.outer(sd, sd)
    within = np.ix_(order, order)
    x, covariance, each = found.estimate[order][None], (a[0] * each)[within][None], each[within]
    n_eff, df = np.array([found.n_eff.mean()]), found.spread.df.min()
    own = np.diag(each)
    summary = verdict.summarised(
        x,
        clusters.own_variances(covariance, n_eff),
        top_n,
        difference=(own[:, None] + own - 2 * each)[None],
        n_eff=n_eff,
        people=np.array([float(people)]),
    )
    p = verdict.p_clear(verdict.ahead(x, covariance, top_n), np.array([df]))[0]
    return Ranked(order=order, x=x[0], covariance=covariance[0], df=df, summary=summary, p_clear=float(p))


@dataclass(frozen=True, eq=False, kw_only=True)
class Held:
    """What came true over runs of one world."""

    p_top: np.ndarray  # (runs, T) stated, and whether it is so
    in_top: np.ndarray
    p_pair: np.ndarray
    right: np.ndarray
    shortlist: np.ndarray
    possible: np.ndarray
    ranges: np.ndarray
    verdicts: np.ndarray


def held(world, n, runs, top_n=2, seed=1):
    rows = []
    for run in range(runs):
        rng = np.random.default_rng([seed, n, run])
        answers, true, form = sample(world, n, rng)
        told = ranked(answers, form, top_n)
        true = true[told.order]
        rank = 1 + (true[None, :] > true[:, None]).sum(axis=1)
        top = rank <= top_n
        s = told.summary
        possible = verdict.possible(told.x, told.covariance, told.df, top_n)
        rows.append(
            (
                s.p_top[0],
                top,
                s.p_pair[0],
                top[-top_n:].all(),
                s.shortlist[0][top].all(),
                possible[top].all(),
                ((s.rank_low[0] <= rank) & (rank <= s.rank_high[0])).mean(),
                told.verdict,
            )
        )
    names = ("p_top", "in_top", "p_pair", "right", "shortlist", "possible", "ranges", "verdicts")
    return Held(**{name: np.array(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)})


def likert_burden(burden, n, rng, shared=0.35):
    """Answers from 0 to 1 about burdens in index points, with a spread of 1.1 steps that people share in part."""
    own = np.sqrt(shared) * rng.normal(size=(n, 1)) + np.sqrt(1 - shared) * rng.normal(size=(n, len(burden)))
    return (np.clip(np.round(3 + np.asarray(burden) / 25 + 1.1 * own), 1, 5) - 1) / 4


def clear(burden, n, runs, worst=(0, 1)):
    """How often a verdict is clear, and how often it is clear and not these two."""
    found, wrong = 0, 0
    for run in range(runs):
        told = ranked(likert_burden(burden, n, np.random.default_rng([2, n, run])), BOUNDED)
        found += told.verdict == "clear"
        wrong += told.verdict == "clear" and set(told.order[-2:].tolist()) != set(worst)
    return found / runs, wrong / runs


GAPS = {
    "normal": lambda rng: 0.5 * rng.normal(size=12),
    "clusters": lambda rng: _clusters(rng, (3, 9), (0.6, 0.0), 0.1),
    "t with 2 df": lambda rng: 0.3 * rng.standard_t(2, 12),
    "a fixed gap": lambda rng: np.array([1.0, 0.8, 0.3] + [0.0] * 9),
}


def more_held(world, n, runs):
    """How often the range of further answers holds the number that the true gap asks for."""
    inside = 0
    for run in range(runs):
        rng = np.random.default_rng([5, n, run])
        mu = GAPS[world](rng)
        answers = mu + 0.5 * rng.normal(size=(n, 1)) + 0.87 * rng.normal(size=(n, len(mu)))
        told = ranked(np.clip((answers + 5) / 10, 0, 1), BOUNDED)
        second, third = np.sort(mu)[-2], np.sort(mu)[-3]
        needed = max(0.0, (1.95996 + 0.84162) ** 2 * 2 * 0.87**2 / (second - third) ** 2 - n)
        inside += told.summary.more[0, 0] <= needed <= told.summary.more[0, 2]
    return inside / runs
