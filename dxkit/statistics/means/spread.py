"""How widely answers are spread: for everybody, in a group, and how two questions go together.

See docs/methods/intervals.md, "Spread".

Answers with two ends are taken from 0 to 1, hours as they are. Their variance is phi v(mean), where v says how the
spread depends on the mean (a quasi-likelihood, Wedderburn 1974): m (1 - m) with two ends, m^1.5 for hours (compound
Poisson, many zeros and few large; Tweedie 1984, Jorgensen 1987), 1 for other numbers.
"""

from dataclasses import dataclass

import numpy as np

from dxkit.statistics.means.coverage import total
from dxkit.statistics.means.weights import Design
from dxkit.statistics.moments import dividing_by_0, ratio

BOUNDED, HOURS, NUMBER = 0, 1, 2  # the form of a variable
WIDEST = np.array([1.0, 4.0, np.nan])  # phi of each form where answers may not be looked into
PRIOR = 8.0  # as many answers the spread of everybody counts for in a group


def variance_function(u: np.ndarray, form: np.ndarray) -> np.ndarray:
    """v(u): u (1 - u), u^1.5 or 1, by the form of each variable; arrays of one shape.

    >>> variance_function(np.array([0.5, 4.0, 9.0]), np.array([BOUNDED, HOURS, NUMBER])).tolist()
    [0.25, 8.0, 1.0]
    """
    u = np.maximum(u, 0.0)
    return np.select([form == BOUNDED, form == HOURS], [u * np.maximum(1 - u, 0.0), u * np.sqrt(u)], np.ones_like(u))


@dataclass(frozen=True, eq=False, kw_only=True)
class Spread:
    """The spread of J variables; in groups every array is (G, J).

    n       answers
    middle  the mean, moved off the ends
    phi     how widely answers are spread, for that mean; of answers with two ends at most 1
    df      degrees of freedom
    """

    n: np.ndarray
    middle: np.ndarray
    phi: np.ndarray
    df: np.ndarray
    form: np.ndarray

    @property
    def sd(self) -> np.ndarray:
        """Standard deviation of the answers."""
        return np.sqrt(self.phi * variance_function(self.middle, np.broadcast_to(self.form, self.middle.shape)))


@dataclass(frozen=True, eq=False, kw_only=True)
class Fit:
    """Cell means (C, J) as fitted by the margins, and the rank (J,) of each fit."""

    fitted: np.ndarray
    rank: np.ndarray


def fit(n: np.ndarray, mean: np.ndarray, design: Design | None = None) -> Fit:
    """Least-squares fit of cell means on the margins, each cell weighing as many as answered.

    The largest margin is taken out first: what is left of the others within its groups is fitted (Frisch and Waugh
    1933).

    Parameters
    ----------
    n, mean : (C, J) arrays
        Answers and their mean in each cell; the mean of an empty cell does not count.
    design : Design, optional
        Groups of each cell. Without them, and where fewer than two answers a fitted group are left, the fit is the
        plain mean.

    Examples
    --------
    >>> fit(np.array([[1.0], [3.0]]), np.array([[0.0], [1.0]])).fitted.tolist()
    [[0.75], [0.75]]
    """
    answers, mean = n.sum(axis=0), np.where(n > 0, mean, 0.0)
    plain = ratio((n * mean).sum(axis=0), answers)
    fitted, rank = np.repeat(plain[None, :], len(n), axis=0), np.ones(n.shape[1], dtype=int)
    if design is None:
        return Fit(fitted=fitted, rank=rank)
    away, x = mean - plain, design.rest
    held = total(n, design.lead, design.groups)
    inverse = ratio(1.0, held)
    middle = total(n * away, design.lead, design.groups) * inverse
    full, found = (held > 0).sum(axis=0), middle[design.lead]
    if x.shape[1]:
        weighed = n.T[:, None, :] * x.T
        inside = total(weighed.transpose(2, 0, 1), design.lead, design.groups)  # answers of each pair of groups
        share = inside * inverse[:, :, None]
        square = weighed @ x - share.transpose(1, 2, 0) @ inside.transpose(1, 0, 2)
        right = x.T @ (n * (away - found))
        values, vectors = np.linalg.eigh(square)
        kept = values > 1e-10 * np.maximum(answers, 1.0)[:, None]
        root = ratio(1.0, np.where(kept, values, 0.0))
        coefficients = (vectors @ (root[:, :, None] * (vectors.transpose(0, 2, 1) @ right.T[:, :, None])))[:, :, 0]
        found = found + x @ coefficients.T - np.einsum("gjp,jp->gj", share, coefficients)[design.lead]
        full = full + kept.sum(axis=1)
    rich = (answers >= 2 * full) & (full > 1)
    fitted[:, rich] += np.where(design.lead[:, None] >= 0, found, 0.0)[:, rich]
    return Fit(fitted=fitted, rank=np.where(rich, full, 1))


def whole(
    n: np.ndarray,
    mean: np.ndarray,
    scatter: np.ndarray,
    fitted: Fit,
    estimate: np.ndarray,
    n_eff: np.ndarray,
    form: np.ndarray,
    detail: np.ndarray | None = None,
) -> Spread:
    """The spread of everybody's answers about the fit on the margins; never zero.

    Two quarters of an answer are added at the ends (0 and 1; hours: 0 and twice the mean). For hours phi grows by
    1 + 3/n_eff, because few answers miss the rare large ones.

    Parameters
    ----------
    n, mean, scatter : (C, J) arrays
        Answers of each cell, their mean, and the sum of squares about it.
    fitted : Fit
        From `fit`.
    estimate, n_eff : (J,) arrays
        Weighted mean, and how many equally weighted answers it is worth.
    form : (J,) array of int
        BOUNDED, HOURS or NUMBER.
    detail : (J,) array of bool, optional
        False where answers may not be looked into: phi is then the widest of its form.

    Examples
    --------
    >>> n, mean, scatter = np.array([[10.0]]), np.array([[0.925]]), np.array([[0.25625]])
    >>> agree = whole(n, mean, scatter, fit(n, mean), mean[0], n[0], np.array([BOUNDED]))
    >>> float(agree.phi[0].round(4)), float(agree.df[0])
    (0.5658, 9.0)
    """
    answers = n.sum(axis=0).astype(float)
    squares = (scatter + n * (np.where(n > 0, mean, 0.0) - np.where(n > 0, fitted.fitted, 0.0)) ** 2).sum(axis=0)
    df = answers - fitted.rank
    middle = np.where(form == BOUNDED, (answers * estimate + 0.25) / (answers + 0.5), estimate)
    v = variance_function(middle, form)
    with dividing_by_0():
        phi = np.where(v > 0, (squares + _ends(middle, form)) / ((df + 0.5) * v), 0.0)
        hours = (1 + 3 / n_eff) * phi
        number = np.where(df > 0, squares / df, np.nan)
        phi = np.select([form == BOUNDED, form == HOURS], [np.minimum(phi, 1.0), hours], number)
    if detail is not None:
        phi = np.where(detail, phi, WIDEST[form])
    return Spread(n=answers, middle=middle, phi=np.where(answers > 0, phi, np.nan), df=df, form=form)


def _ends(middle: np.ndarray, form: np.ndarray) -> np.ndarray:
    """Sum of squares of two quarter answers at the ends."""
    return np.where(form == BOUNDED, (middle**2 + (1 - middle) ** 2) / 4, middle**2 / 2)


def by_group(
    n: np.ndarray,
    scatter: np.ndarray,
    estimate: np.ndarray,
    everybody: Spread,
    overall: np.ndarray,
    detail: np.ndarray | None = None,
) -> Spread:
    """The spread in each group: its own, moderated by that of everybody, which counts for eight answers.

    As variances are moderated over many small samples (Smyth 2004).

    Parameters
    ----------
    n, scatter, estimate : (G, J) arrays
        Answers of each group, the sum of squares about its plain mean, and its weighted mean.
    everybody : Spread
        From `whole`.
    overall : (J,) array
        Weighted mean of everybody.
    detail : (G, J) array of bool, optional
        False where answers may not be looked into: the group then has the spread of everybody.

    Examples
    --------
    >>> half, four = np.array([[0.5]]), np.array([[4.0]])
    >>> everybody = Spread(n=4 * four[0], middle=half[0], phi=half[0] / 2, df=4 * four[0] - 1, form=np.array([BOUNDED]))
    >>> by_group(four, np.array([[0.2]]), half, everybody, half[0]).phi.round(4).tolist()
    [[0.287]]
    """
    form = np.broadcast_to(everybody.form, n.shape)
    toward = np.where(form == BOUNDED, 0.25, overall / 2)
    middle = np.where(form == NUMBER, estimate, (n * estimate + toward) / (n + 0.5))
    v = variance_function(middle, form)
    with dividing_by_0():
        phi = (PRIOR * everybody.phi * v + scatter + _ends(middle, form)) / ((PRIOR + n - 0.5) * v)
        number = np.where(n > 1, scatter / (n - 1), np.nan)
        phi = np.select([form == BOUNDED, form == HOURS], [np.minimum(phi, 1.0), np.where(v > 0, phi, 0.0)], number)
    df = np.where(form == NUMBER, n - 1, np.minimum(PRIOR + n - 1, everybody.df))
    if detail is not None:
        phi, df = np.where(detail, phi, everybody.phi), np.where(detail, df, everybody.df)
    return Spread(n=n, middle=middle, phi=np.where(n > 0, phi, np.nan), df=df, form=everybody.form)


def correlation(
    n: np.ndarray,
    people: np.ndarray,
    mean: np.ndarray,
    scatter: np.ndarray,
    fitted: Fit,
    pairs: np.ndarray,
    sums: np.ndarray,
    products: np.ndarray,
) -> np.ndarray:
    """Correlation (J, J) of what is left of the answers after the fit on the margins; the same for every group.

    Parameters
    ----------
    n, mean, scatter : (C, J) arrays
        Answers of each cell, their mean, and the sum of squares about it.
    people : (C,) array
        Respondents of each cell.
    fitted : Fit
        From `fit`.
    pairs, sums, products : (J, J) arrays
        Over all who answered both variables: how many, the sum of the first, and of their products; about any origin.

    Returns
    -------
    (J, J) array
        Positive semidefinite, with ones on its diagonal; 0 where a correlation cannot be known.

    Examples
    --------
    >>> n, mean = np.array([[3.0, 3.0]]), np.array([[2.0, 2.0]])
    >>> one = np.ones((2, 2))
    >>> products = np.array([[14.0, 13.0], [13.0, 14.0]])
    >>> correlation(n, np.array([3]), mean, np.array([[2.0, 2.0]]), fit(n, mean), 3 * one, 6 * one, products).tolist()
    [[1.0, 0.5], [0.5, 1.0]]
    """
    mean, f = np.where(n > 0, mean, 0.0), np.where(n > 0, fitted.fitted, 0.0)
    squares = (scatter + n * (mean - f) ** 2).sum(axis=0)
    df = n.sum(axis=0) - fitted.rank
    root = n / np.sqrt(np.maximum(people, 1))[:, None]
    both = root.T @ root  # n_jk
    fit_mean, fit_fit = (root * f).T @ (root * mean), (root * f).T @ (root * f)
    with dividing_by_0():
        middle, middle_fit = (root * mean).T @ root / both, (root * f).T @ root / both  # of j over pairs j, k
        left = fit_mean - both * middle_fit * middle.T
        between = left + left.T - (fit_fit - both * middle_fit * middle_fit.T)
        cross = (products - sums * sums.T / pairs) * both / pairs - between
        freedom = both - np.sqrt(np.outer(fitted.rank, fitted.rank))
        sd = np.sqrt(squares / df)
        r = cross / freedom / np.outer(sd, sd)
    known = np.isfinite(r) & (pairs > 1) & (freedom > 0.5) & np.outer(squares > 0, squares > 0)
    r = np.clip(np.where(known, r, 0.0), -1.0, 1.0)
    np.fill_diagonal(r, 1.0)
    return _positive(r)


def answering(n: np.ndarray, people: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Correlation (J, J) of whether people answered, within cells; the same for every group.

    Parameters
    ----------
    n : (C, J) array
        Answers of each cell.
    people : (C,) array
        Respondents of each cell.
    pairs : (J, J) array
        How many answered both; 0 where it may not be known.

    Returns
    -------
    (J, J) array
        Positive semidefinite, with ones on its diagonal; 0 where a correlation cannot be known.

    Examples
    --------
    >>> answering(np.array([[6, 6]]), np.array([10]), np.array([[6, 5], [5, 6]])).round(4).tolist()
    [[1.0, 0.5833], [0.5833, 1.0]]
    """
    root = n / np.sqrt(np.maximum(people, 1))[:, None]
    left = pairs - root.T @ root
    skipped = np.sqrt(np.maximum(n.sum(axis=0) - (root**2).sum(axis=0), 0.0))
    known = (pairs > 0) & np.logical_and.outer(skipped > 1e-6, skipped > 1e-6)
    r = ratio(left, np.where(known, np.outer(skipped, skipped), 0.0))
    np.fill_diagonal(r, 1.0)
    return _positive(np.clip(r, -1.0, 1.0))


def _positive(r: np.ndarray) -> np.ndarray:
    """The correlation without negative eigenvalues."""
    values, vectors = np.linalg.eigh(r)
    if not len(r) or values[0] >= 0:
        return r
    mended = (vectors * np.maximum(values, 0.0)) @ vectors.T
    root = np.sqrt(np.diag(mended))
    mended /= np.outer(root, root)
    np.fill_diagonal(mended, 1.0)
    return mended
