"""How much of the staff has answered, with which weights: the part of an error that counts alone decide.

See docs/methods/intervals.md, "Coverage".

The error of a weighted mean has variance A sd^2. Cells are numbered 0 to C - 1, groups 0 to G - 1, variables 0 to
J - 1; `group` (C,) is the group of each cell.
"""

import numpy as np

from dxkit.statistics.moments import dividing_by_0, ratio


def total(values: np.ndarray, group: np.ndarray, groups: int) -> np.ndarray:
    """Sums (G, ...) over the cells of each group of values (C, ...); cells of group -1 are left out.

    >>> total(np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.array([0, 1, 0]), 2).tolist()
    [[6.0, 8.0], [3.0, 4.0]]
    """
    width = int(np.prod(values.shape[1:]))
    inside = np.flatnonzero(group >= 0)
    if groups == 1:
        return values[inside].sum(axis=0, keepdims=True, dtype=float)
    if len(inside) == groups == len(values) and np.array_equal(group, np.arange(groups)):
        return values.astype(float)
    at = group[inside, None] * width + np.arange(width)
    flat = np.bincount(at.ravel(), weights=values[inside].reshape(-1), minlength=groups * width)
    return flat.astype(float, copy=False).reshape(groups, *values.shape[1:])


def estimates(weights: np.ndarray, n: np.ndarray, means: np.ndarray, group: np.ndarray, groups: int) -> np.ndarray:
    """Weighted means (G, J) from weights, answers and means of each cell, (C, J); nan where nobody answered.

    >>> estimates(np.ones((2, 1)), np.array([[1], [3]]), np.array([[0.0], [1.0]]), np.array([0, 0]), 1).tolist()
    [[0.75]]
    """
    held = weights * n
    with dividing_by_0():
        return total(held * np.where(held > 0, means, 0.0), group, groups) / total(held, group, groups)


def coverage(
    weights: np.ndarray, n: np.ndarray, group: np.ndarray, headcount: np.ndarray, part: np.ndarray | None = None
) -> np.ndarray:
    """A (G, J) of every weighted mean: sum of w^2 n over the square of the sum of w n, less 1 over the headcount.

    With all weights alike it is 1/n - 1/N, and 0 where everybody answered (Royall 1970; Valliant, Dorfman and Royall
    2000, chapter 2).

    Parameters
    ----------
    weights, n : (C, J) arrays
        Weight of a respondent, and how many answered.
    group : (C,) array of int
        Group of each cell, -1 for none.
    headcount : (G,) array
        People of each group; infinity where they are unknown or all people that there could be are meant.
    part : (J,) array of bool, optional
        Variables that only a part of the people was asked; their headcount is unknown.

    Returns
    -------
    (G, J) array
        Infinity where nobody answered.

    Examples
    --------
    >>> coverage(np.ones((1, 1)), np.array([[10]]), np.array([0]), np.array([20.0])).round(9).tolist()
    [[0.05]]
    """
    groups = len(headcount)
    held = total(weights * n, group, groups)
    raw = total(weights**2 * n, group, groups) * ratio(1.0, held) ** 2
    raw -= _unseen(total(np.where(weights > 0, n, 0), group, groups), headcount, part)
    return np.where(held > 0, np.where(raw > 1e-12, raw, 0.0), np.inf)


def _unseen(n: np.ndarray, headcount: np.ndarray, part: np.ndarray | None) -> np.ndarray:
    """1/N (G, J), with N never below the answers; 0 for variables that a part was asked."""
    inverse = 1 / np.maximum(np.maximum(headcount[:, None], n), 1.0)
    return inverse if part is None else np.where(part, 0.0, inverse)


def joint_coverage(
    weights: np.ndarray,
    n: np.ndarray,
    people: np.ndarray,
    group: np.ndarray,
    headcount: np.ndarray,
    answering: np.ndarray,
    part: np.ndarray | None = None,
) -> np.ndarray:
    """A (G, J, J) of every two weighted means; on its diagonal that of `coverage`.

    Pairs of answers inside a cell are taken as n_j n_k / people, and as many more or fewer as `answering` (J, J), the
    correlation of whether people answered, makes of them. `people` (C,) are the respondents of each cell, the other
    arguments those of `coverage`. Variables without an answer in a group have zeros.

    >>> n, people, group = np.array([[10, 5]]), np.array([10]), np.array([0])
    >>> joint_coverage(np.ones((1, 2)), n, people, group, np.array([20.0]), np.eye(2)).round(9).tolist()
    [[[0.05, 0.05], [0.05, 0.15]]]
    """
    groups, own = len(headcount), np.nan_to_num(coverage(weights, n, group, headcount, part), posinf=0.0)
    share, skipped = _share(weights, n, people, group, groups)
    pairs = total(share[:, :, None] * share[:, None, :], group, groups)
    pairs += answering * total(skipped[:, :, None] * skipped[:, None, :], group, groups)
    answered = total(share, group, groups) > 0
    both = answered[:, :, None] & answered[:, None, :]
    if part is not None:
        both = both & ~(part[:, None] & part)
    respondents = total(people[:, None], group, groups)[:, 0]
    pairs -= both / np.maximum(np.maximum(headcount, respondents), 1.0)[:, None, None]
    diagonal = np.arange(n.shape[1])
    pairs[:, diagonal, diagonal] = own
    return pairs


def contrast_variance(
    a: np.ndarray,
    sd: np.ndarray,
    correlation: np.ndarray,
    weights: np.ndarray,
    n: np.ndarray,
    people: np.ndarray,
    group: np.ndarray,
    headcount: np.ndarray,
    answering: np.ndarray,
    part: np.ndarray | None = None,
) -> np.ndarray:
    """Variance (G, D) of the errors of linear combinations of means: a' V a with V = A R sd sd, without forming V.

    Parameters
    ----------
    a : (D, J) array
        Combinations, such as 1/3 for each of three questions.
    sd : (G, J) array
        Spread of the answers.
    correlation : (J, J) array
        Correlation of the answers.
    weights, n, people, group, headcount, answering, part
        Those of `joint_coverage`.

    Examples
    --------
    >>> one, people, group = np.ones((1, 2)), np.array([10]), np.array([0])
    >>> counts = one, 10 * one, people, group, np.array([20.0]), np.eye(2)
    >>> contrast_variance(one / 2, one, np.eye(2), *counts).round(9).tolist()
    [[0.025]]
    """
    groups, own = len(headcount), np.nan_to_num(coverage(weights, n, group, headcount, part), posinf=0.0)
    share, skipped = _share(weights, n, people, group, groups)
    respondents = total(people[:, None], group, groups)[:, 0]
    unseen = 1 / np.maximum(np.maximum(headcount, respondents), 1.0)
    asked_all = np.ones(len(correlation)) if part is None else (~part).astype(float)
    corrected = own - total(share**2 + skipped**2, group, groups) + unseen[:, None] * asked_all
    result = np.empty((groups, len(a)))
    for d, combination in enumerate(a):
        at = np.flatnonzero(combination)
        r, b, full = correlation[np.ix_(at, at)], combination[at] * sd[:, at], asked_all[at]
        value = (b**2 * corrected[:, at]).sum(axis=1)
        for each, among in ((share, r), (skipped, r * answering[np.ix_(at, at)])):
            u = b[group] * each[:, at]
            value += total(((u @ among) * u).sum(axis=1, keepdims=True), group, groups)[:, 0]
        value -= unseen * (((b @ r) * b).sum(axis=1) - (((b * (1 - full)) @ r) * (b * (1 - full))).sum(axis=1))
        result[:, d] = np.where(value > 1e-12 * np.abs(b).sum(axis=1) ** 2, value, 0.0)  # else what rounding leaves
    return result


def _share(
    weights: np.ndarray, n: np.ndarray, people: np.ndarray, group: np.ndarray, groups: int
) -> tuple[np.ndarray, np.ndarray]:
    """Of each cell (C, J) w n / (W sqrt(people)) and w sqrt(n (1 - n / people)) / W, which is 0 where nobody skipped;
    their products of two, summed over cells, are the pairs of A."""
    held = weights * n
    sums = total(held, group, groups)
    inverse = ratio(1.0, sums)[group]
    people = np.maximum(people, 1)[:, None]
    return held * inverse / np.sqrt(people), weights * inverse * np.sqrt(np.maximum(n * (1 - n / people), 0.0))
