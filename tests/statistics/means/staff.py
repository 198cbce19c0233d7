"""A finite staff in teams, of whom some answer: what the intervals of a whole table of scores then hold."""

from collections import defaultdict

import numpy as np

from dxkit.statistics.means import coverage, score_intervals, weights
from dxkit.statistics.means.spread import BOUNDED, HOURS
from tests.statistics.means import worlds
from tests.statistics.means.counted import count, score

ITEMS = 6  # ratings in three dimensions of two; then the others
KINDS = ["item"] * 5 + ["ceiling", "6% very unhappy", "recommend", "hours", "hours", "hours, long tail"]
FORM = np.array([BOUNDED] * 8 + [HOURS] * 3)
DIMENSIONS = np.zeros((4, len(FORM)))
for d in range(3):
    DIMENSIONS[d, 2 * d : 2 * d + 2] = 0.5
DIMENSIONS[3] = DIMENSIONS[:3].mean(axis=0)


def staff(people, rng):
    """Teams of 4 to 12, a role and a site of every person, and what each would answer."""
    sizes = []
    while sum(sizes) < people:
        sizes.append(int(rng.integers(4, 13)))
    sizes[-1] -= sum(sizes) - people
    if sizes[-1] < 4:
        last = sizes.pop()
        sizes[-1] += last
    team = np.repeat(np.arange(len(sizes)), sizes)
    mood = rng.normal(size=(people, 1)) * 0.5 + rng.normal(size=(len(sizes), 1))[team] * 0.4
    latent = mood + rng.normal(size=(people, ITEMS)) * 0.8 + rng.normal(size=ITEMS) * 0.3
    answers = np.searchsorted(worlds.CUTS, latent) / 4
    answers[:, 5] = (np.clip(np.rint(5.6 + 0.9 * latent[:, 5]), 1, 5) - 1) / 4
    others = (worlds.unhappy, worlds.recommend, worlds.half_zero, worlds.heaped, worlds.long_tail)
    answers = np.column_stack([answers, *(maker(rng, people) for maker in others)])
    role, site = rng.choice(4, people, p=[0.4, 0.3, 0.2, 0.1]), rng.choice(3, people, p=[0.5, 0.3, 0.2])
    return np.array([team, role, site]), answers, mood[:, 0]


def held(people, runs, *, margins=3, by=None, low=0.2, high=0.9, skipped=0.04, seed=1):
    """Shares of intervals that hold the truth of all staff, by kind of variable; how many have no width; mean widths.

    by  margin to split by; its groups of at least five answers count
    """
    inside, flat, width = defaultdict(list), 0, []
    for run in range(runs):
        rng = np.random.default_rng([seed, people, margins, run])
        codes, answers, mood = staff(people, rng)
        groups = codes.max(axis=1) + 1
        rate = rng.uniform(low, high, groups[0])[codes[0]]
        came = rng.random(people) < rate
        if came.sum() < 5:
            continue
        said = answers[came].copy()
        said[rng.random(said.shape) < skipped] = np.nan
        used = codes[:margins]
        shape = tuple(groups[:margins])
        at = np.ravel_multi_index(tuple(used), shape)
        cells, cell = np.unique(at[came], return_inverse=True)
        cell_codes = np.array(np.unravel_index(cells, shape))
        heads = [np.bincount(code, minlength=size).astype(float) for code, size in zip(used, groups, strict=False)]
        counted = count(said, cell, len(cells))
        merged = weights.merged(counted.people, cell_codes, heads)
        split = np.zeros(len(cells), dtype=int) if by is None else cell_codes[by]
        headcounts = np.array([float(people)]) if by is None else heads[by]
        member = np.zeros(people, dtype=int) if by is None else codes[by]
        found = score(counted, FORM, merged, float(people), split, headcounts)
        shown = found if by is not None else found.everybody
        shape_of = (len(headcounts), -1)
        n = np.atleast_2d(shown.spread.n)
        ends = [np.atleast_2d(each).reshape(shape_of) for each in (shown.low, shown.high)]
        size = np.bincount(member, minlength=len(headcounts))[:, None]
        true = coverage.total(answers, member, len(headcounts)) / size
        visible = (n >= 5) & np.isfinite(ends[0])
        ok = (ends[0] <= true + 1e-9) & (true <= ends[1] + 1e-9)
        for j, kind in enumerate(KINDS):
            inside[kind] += ok[visible[:, j], j].tolist()
        flat += int(((ends[0] == ends[1]) & visible & (n < size)).sum())
        width += (ends[1] - ends[0])[:, :5][visible[:, :5]].tolist()
        _dimensions(found, shown, counted, split, headcounts, true, visible, inside)
        _favourable(answers, said, cell, shown, split, headcounts, member, n, counted, merged, inside)
    return {kind: float(np.mean(values)) for kind, values in inside.items()}, flat, float(np.mean(width))


def _dimensions(found, shown, counted, split, headcounts, true, visible, inside):
    variance = coverage.contrast_variance(
        DIMENSIONS,
        np.atleast_2d(shown.spread.sd),
        found.correlation,
        found.weights,
        counted.n,
        counted.people,
        split,
        headcounts,
    )
    m, middle, df, n = (
        np.atleast_2d(each) for each in (shown.estimate, shown.spread.middle, shown.spread.df, shown.spread.n)
    )
    for d, a in enumerate(DIMENSIONS):
        at = np.flatnonzero(a)
        ends = score_intervals.contrasts(m @ a, variance[:, d], middle @ a, df[:, at].min(axis=1), n[:, at].min(axis=1))
        ok = (ends[0] <= true @ a + 1e-9) & (true @ a <= ends[1] + 1e-9)
        inside["dimension" if d < 3 else "overall"] += ok[visible[:, at].all(axis=1)].tolist()


def _favourable(answers, said, cell, shown, split, headcounts, member, n, counted, merged, inside):
    """Shares of the ratings above the middle."""
    yes, w = np.where(np.isnan(said[:, :5]), np.nan, said[:, :5] > 0.5), shown.weights[:, :5]
    tallied = count(yes, cell, len(counted.people))
    groups = len(headcounts)
    share = coverage.estimates(w, tallied.n, tallied.mean, split, groups)
    a = coverage.coverage(w, tallied.n, split, headcounts)
    alike = np.array(
        [
            [np.ptp(w[(split == g) & (tallied.n[:, j] > 0), j]) < 1e-9 if (n[g, j] > 0) else True for j in range(5)]
            for g in range(groups)
        ]
    )
    low, high = score_intervals.shares(share, a, n[:, :5], headcounts[:, None], alike)
    true = coverage.total((answers[:, :5] > 0.5) * 1.0, member, groups)
    true = true / np.bincount(member, minlength=groups)[:, None]
    ok = (low <= true + 1e-9) & (true <= high + 1e-9)
    inside["favourable"] += ok[(n[:, :5] >= 5) & np.isfinite(low)].tolist()
