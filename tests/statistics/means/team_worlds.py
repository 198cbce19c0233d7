"""Teams that differ by a known amount, or not at all; how often one is named."""

import numpy as np

from dxkit.statistics.means import coverage, spread, teams
from dxkit.statistics.means.spread import BOUNDED, HOURS
from dxkit.statistics.means.weights import Design
from tests.claims.worlds import CUTS
from tests.statistics.means.counted import count

HEAPS, HEAP_CUTS = np.array([0.0, 1, 2, 5, 10, 20]), np.array([-0.4, 0.25, 0.85, 1.4, 2.05])

MAKERS = {  # what a person feels, in standard deviations, becomes an answer
    "likert": (lambda latent: np.searchsorted(CUTS, latent) / 4, BOUNDED),
    "ceiling": (lambda latent: (np.clip(np.rint(5.6 + 0.9 * latent), 1, 5) - 1) / 4, BOUNDED),
    "floor": (lambda latent: (np.clip(np.rint(0.4 + 0.9 * latent), 1, 5) - 1) / 4, BOUNDED),
    "6% very unhappy": (lambda latent: np.where(latent < -1.555, 0.0, np.where(latent < 0, 0.75, 1.0)), BOUNDED),
    "hours, half zero": (lambda latent: np.where(latent > 0, 0.0, np.exp(-0.5 - 1.3 * latent)), HOURS),
    "hours, heaped": (lambda latent: HEAPS[np.searchsorted(HEAP_CUTS, -latent)], HOURS),
}


def table(answers, cell, sizes, form=BOUNDED, dimensions=0):
    """Scores (G, J), variances of their errors, the groups' own, s2, df: of questions, dimensions of so many, all.

    As `dx.scores` has them without a roster.
    """
    counted, groups, questions = count(answers, cell, len(sizes)), len(sizes), answers.shape[1]
    n, each = counted.n, np.arange(groups)
    m, form = coverage.estimates(np.ones_like(n), n, counted.mean, 0 * each, 1)[0], np.full(questions, form)
    fitted = spread.fit(n, counted.mean, Design(lead=each, groups=groups, rest=np.zeros((groups, 0))))
    within = spread.whole(n, counted.mean, counted.scatter, fitted, m, n.sum(axis=0), form)
    here = spread.by_group(n, counted.scatter, counted.mean, within, m)
    y, v, own, s2, df = counted.mean, within.sd**2 / n, here.sd**2 / n, within.sd**2, within.df
    if dimensions:
        a = np.kron(np.eye(questions // dimensions), np.full(dimensions, 1 / dimensions))
        a = np.vstack([a, a.mean(axis=0)])
        moments = counted.pairs, counted.sums, counted.products
        r = spread.correlation(n, counted.people, counted.mean, counted.scatter, fitted, *moments)
        answering = spread.answering(n, counted.people, counted.pairs)
        counts = r, np.ones_like(n), n, counted.people, each, np.full(groups, np.inf), answering
        both = [coverage.contrast_variance(a, np.broadcast_to(sd, n.shape), *counts) for sd in (within.sd, here.sd)]
        s2 = np.append(s2, np.einsum("dj,jk,dk->d", a, r * np.outer(within.sd, within.sd), a))
        y, v, own = np.hstack([y, y @ a.T]), np.hstack([v, both[0]]), np.hstack([own, both[1]])
        df = np.append(df, [df[row > 0].min() for row in a])
    return y, v, own, s2, df


def people(rng, groups, items, icc, smallest=5, largest=12, shift=0.0):
    """What people feel, (people, items): with questions that go together, teams that differ, and one that is lower."""
    sizes = rng.integers(smallest, largest + 1, groups)
    cell = np.repeat(np.arange(groups), sizes)
    team = rng.normal(size=(groups, items)) * np.sqrt(icc)
    own = np.sqrt(0.4) * rng.normal(size=(len(cell), 1)) + np.sqrt(0.6) * rng.normal(size=(len(cell), items))
    latent = team[cell] + np.sqrt(1 - icc) * own
    latent[cell == 0] -= shift
    return latent, cell, sizes, team


def named(maker, groups, items, runs, shift=0.0, dimensions=0, seed=1, **sizes):
    """How often any team of a table is named, and how often the first one, which is lower, is named as worse off."""
    answer, form = MAKERS[maker]
    worse, any_one, first = -1 if form == BOUNDED else 1, 0, 0
    for run in range(runs):
        rng = np.random.default_rng([seed, groups, items, run])
        latent, cell, size, _ = people(rng, groups, items, 0.0, shift=shift, **sizes)
        y, v, own, _, df = table(answer(latent), cell, size, form, dimensions if form == BOUNDED else 0)
        out = teams.standing_out(y, v, df, own)
        any_one += bool(out.any())
        first += bool((out[0] == worse).any())
    return any_one / runs, first / runs
