"""Pains whose true order is known, in worlds that no prior expects; and what the verdict functions say of samples."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.special import ndtri

from dxkit.statistics import clusters, verdict
from dxkit.statistics.means import coverage
from dxkit.statistics.means.spread import BOUNDED, HOURS
from dxkit.survey.ranking_order import Orders
from tests.statistics.means.counted import count, score
from tests.survey import topic_worlds

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
    top_n: int

    @property
    def possible(self):
        return verdict.possible(self.x, self.covariance, self.df, self.top_n)

    @property
    def as_order(self):
        """The same as `dx.rank_pains` has it, for its verdict and for whether the text is cautious."""
        last, x, one = len(self.x) - self.top_n, self.x, np.zeros(1, dtype=int)
        return Orders(
            at=np.arange(len(x)),
            groups=one,
            line=self.order[None, ::-1],
            top_n=self.top_n,
            draws=verdict.DRAWS,
            apart=x[-1:] - x[last],
            gap=x[last : last + 1] - x[last - 1],
            rest=x[last - 1 : last] - x[0],
            p_clear=np.array([self.p_clear]),
            told=self.summary,
            possible=None,
        )


def ranked(answers, form, top_n=2, people=np.inf):
    counted = count(answers)
    found = score(counted, form, headcount=people)
    one = np.zeros(1, dtype=int)
    order = np.argsort(-np.round(found.estimate, 12), kind="stable")[::-1]  # of level ones the first is the worst
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
    return Ranked(order=order, x=x[0], covariance=covariance[0], df=df, summary=summary, p_clear=float(p), top_n=top_n)


@dataclass(frozen=True, eq=False, kw_only=True)
class Held:
    """What was said over runs of one world, and whether it came true."""

    p_top: np.ndarray  # (runs, T) stated, and whether it is so
    in_top: np.ndarray
    p_pair: np.ndarray
    right: np.ndarray
    shortlist: np.ndarray
    possible: np.ndarray
    ranges: np.ndarray
    verdicts: np.ndarray
    cautious: np.ndarray
    regret: np.ndarray
    lost: np.ndarray


def judged(rows):
    """What is said of samples, given with the true burdens; level burdens share their ranks."""
    found = []
    for told, true in rows:
        true, top_n, s, order = true[told.order], told.top_n, told.summary, told.as_order
        rank = 1 + (true[None, :] > true[:, None] + 1e-12).sum(axis=1)
        last = len(true) - (true[None, :] < true[:, None] - 1e-12).sum(axis=1)
        found.append(
            {
                "p_top": s.p_top[0],
                "in_top": rank <= top_n,
                "p_pair": s.p_pair[0],
                "right": (rank[-top_n:] <= top_n).all(),
                "shortlist": s.shortlist[0][last <= top_n].all(),
                "possible": told.possible[last <= top_n].all(),
                "ranges": ((s.rank_low[0] <= last) & (rank <= s.rank_high[0])).mean(),
                "verdicts": order.verdicts[0],
                "cautious": order.far_out and order.verdicts[0] != "clear",
                "regret": s.regret[0],
                "lost": np.sort(true)[-top_n:].sum() - true[-top_n:].sum(),
            }
        )
    return Held(**{name: np.array([row[name] for row in found]) for name in found[0]})


@cache
def held(world, n, runs):
    """Of samples of n people of one of the eight worlds."""
    drawn = (sample(world, n, np.random.default_rng([21, n, run])) for run in range(runs))
    return judged((ranked(answers, form), true) for answers, true, form in drawn)


def likert_burden(burden, n, rng):
    """Answers from 0 to 1 about burdens in index points."""
    return (5 - topic_worlds.likert(burden, n, rng)) / 4


@cache
def of_burdens(burden, n, runs):
    """Of n people whose burdens are these, in index points."""
    true = np.array(burden, dtype=float)
    drawn = (likert_burden(true, n, np.random.default_rng([22, n, run])) for run in range(runs))
    return judged((ranked(answers, BOUNDED), true) for answers in drawn)


# people, share that answers, topics, spread of the true burdens in index points: from wide to nearly tied
FINITE = [
    (30, 0.8, 20, 12),
    (60, 0.6, 20, 8),
    (120, 0.5, 25, 6),
    (180, 0.6, 30, 4),
    (400, 0.4, 30, 2),
    (1000, 0.3, 40, 1),
    (2000, 0.5, 40, 0.5),
]


def of_staff(people, response, topics, spread, runs, known=True):
    """Of a share of so many people; `known`, whether it is known how many there are."""
    rng = np.random.default_rng([11, people, topics])

    def drawn():
        for _ in range(runs):
            everybody = likert_burden(rng.normal(size=topics) * spread, people, rng)
            answered = everybody[rng.permutation(people)[: round(people * response)]]
            yield ranked(answered, BOUNDED, people=people if known else np.inf), everybody.mean(axis=0)

    return judged(drawn())


CLEAR = (25, 22, *range(0, -10, -1))
LEVEL = {"near": (30, 10, 10, *range(0, -9, -1)), "far": (30, 10, 10, *[-20] * 9)}  # places 2 and 3; the rest
APART = {"2 of 12": (15, 15, *[0] * 10), "2 of 30": (20, 20, *[0] * 28)}


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
