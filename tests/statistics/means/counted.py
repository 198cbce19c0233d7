"""Answers of people as the counts that the array functions take; and everything that follows from them at once."""

from dataclasses import dataclass

import numpy as np

from dxkit.statistics.means import coverage, score_intervals, spread, weights


@dataclass(frozen=True, eq=False, kw_only=True)
class Counted:
    """Sums of answers (people, J), nan where nothing was said, by cell."""

    n: np.ndarray
    mean: np.ndarray
    scatter: np.ndarray
    people: np.ndarray
    pairs: np.ndarray
    sums: np.ndarray
    products: np.ndarray


def count(answers, cell=None, cells=1, origin=0.0):
    """Answers (people, J) and the cell of each person, counted."""
    answers = np.asarray(answers, dtype=float)
    cell = np.zeros(len(answers), dtype=int) if cell is None else np.asarray(cell)
    there, x = ~np.isnan(answers), np.nan_to_num(answers - origin)
    member = np.equal.outer(np.arange(cells), cell).astype(float)
    n, total, squares = member @ there, member @ x, member @ x**2
    mean = np.divide(total, n, out=np.zeros_like(total), where=n > 0)
    y = there.astype(float)
    return Counted(
        n=n,
        mean=mean + origin,
        scatter=np.maximum(squares - n * mean**2, 0),
        people=member.sum(axis=1),
        pairs=y.T @ y,
        sums=x.T @ y,
        products=x.T @ x,
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class Scored:
    """Estimates, coverage, spread and interval of every variable: (J,), or (G, J) by group."""

    weights: np.ndarray
    estimate: np.ndarray
    coverage: np.ndarray
    spread: spread.Spread
    low: np.ndarray
    high: np.ndarray
    correlation: np.ndarray
    answering: np.ndarray
    n_eff: np.ndarray
    everybody: "Scored | None" = None


def score(
    counted,
    form=0,
    margins=None,
    headcount=np.inf,
    group=None,
    headcounts=None,
    asked=None,
    confidence=0.95,
    detail=None,
):
    """All of a survey, `detail` (J,) where spread may be shown; with `group` (C,) and `headcounts` (G,) by group."""
    cells, variables = counted.n.shape
    form = np.broadcast_to(np.asarray(form), variables)
    w, design = np.ones((cells, variables)), None
    if margins is not None:
        w = weights.weights(counted.n if asked is None else asked, margins)[0]
        design = margins.design()
    fitted = spread.fit(counted.n, counted.mean, design)
    one = np.zeros(cells, dtype=int)
    a = coverage.coverage(w, counted.n, one, np.array([headcount]))
    m = coverage.estimates(w, counted.n, counted.mean, one, 1)
    n_eff = weights.effective(w, counted.n)
    all_of_them = spread.whole(counted.n, counted.mean, counted.scatter, fitted, m[0], n_eff, form, detail)
    r = spread.correlation(
        counted.n, counted.people, counted.mean, counted.scatter, fitted, counted.pairs, counted.sums, counted.products
    )
    answering = spread.answering(counted.n, counted.people, counted.pairs)
    low, high = score_intervals.means(m[0], a[0], all_of_them, confidence)
    result = Scored(
        weights=w,
        estimate=m[0],
        coverage=a[0],
        spread=all_of_them,
        low=low,
        high=high,
        correlation=r,
        answering=answering,
        n_eff=n_eff,
    )
    if group is None:
        return result
    groups = len(headcounts)
    by_m = coverage.estimates(w, counted.n, counted.mean, group, groups)
    by_a = coverage.coverage(w, counted.n, group, headcounts)
    n = coverage.total(counted.n, group, groups)
    plain = coverage.total(counted.n * counted.mean, group, groups) / np.maximum(n, 1)
    scatter = coverage.total(counted.scatter + counted.n * (counted.mean - plain[group]) ** 2, group, groups)
    here = spread.by_group(n, scatter, by_m, all_of_them, m[0])
    low, high = score_intervals.means(by_m, by_a, here, confidence)
    return Scored(
        weights=w,
        estimate=by_m,
        coverage=by_a,
        spread=here,
        low=low,
        high=high,
        correlation=r,
        answering=answering,
        n_eff=n_eff,
        everybody=result,
    )
