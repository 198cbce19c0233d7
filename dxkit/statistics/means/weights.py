"""From those who answered to all who could have: post-stratification, and raking of all questions at once.

See docs/methods/_next/weighting.md, "Raking"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LEAST = 2  # respondents that a group of a margin needs to stand alone
_MET, _MOST_ROUNDS, _LONGEST_STEP, _RIDGE = 1e-10, 60, 3.0, 1e-9
_HELD = 2**21  # numbers that are held at once


@dataclass(frozen=True, eq=False, kw_only=True)
class Margins:
    """The groups of every margin of the roster, merged so that each has two respondents.

    codes   (M, C) group of each cell in each margin; -1 where the cell has no value, and gets no weight
    people  M arrays, the headcount of each group
    joined  M lists, which groups of the roster each merged group holds
    """

    codes: np.ndarray
    people: tuple[np.ndarray, ...]
    joined: tuple[tuple[tuple[int, ...], ...], ...]

    @property
    def usable(self) -> np.ndarray:
        """Cells (C,) that can get a weight: in a group with a headcount in every margin."""
        heads = [heads[code] > 0 for heads, code in zip(self.people, self.codes, strict=True)]
        return (self.codes >= 0).all(axis=0) & np.all(heads, axis=0)

    def design(self, margins: int | None = None) -> np.ndarray:
        """Indicators (C, P) of the groups of the first so many margins; 0 for cells that get no weight."""
        chosen = list(zip(self.codes, self.people, strict=True))[:margins]
        columns = [np.equal.outer(code, np.arange(len(heads))) for code, heads in chosen]
        return (np.hstack(columns) & self.usable[:, None]).astype(float)


def merged(people: np.ndarray, codes: np.ndarray, headcounts: Sequence[np.ndarray]) -> Margins:
    """Margins in which every group has two respondents: a smaller one joins the next, the last the one before it.

    Parameters
    ----------
    people : (C,) array
        Respondents of each cell.
    codes : (M, C) array of int
        Group of each cell in each margin, -1 where it has no value.
    headcounts : M arrays
        Headcount of each group of each margin.

    Examples
    --------
    >>> merged(np.array([5, 1, 4]), np.array([[0, 1, 2]]), [np.array([8.0, 3.0, 9.0])]).joined
    (((0,), (1, 2)),)
    """
    codes = np.array(codes, dtype=int)
    people = np.where((codes >= 0).all(axis=0), people, 0)
    heads_of, joined_of = [], []
    for code, headcount in zip(codes, headcounts, strict=True):
        heads, joined = list(map(float, headcount)), [[group] for group in range(len(headcount))]
        while len(heads) > 1:
            answered = np.bincount(code[code >= 0], weights=people[code >= 0], minlength=len(heads))
            small = np.flatnonzero(answered < LEAST)
            if not len(small):
                break
            low = min(int(small[0]), len(heads) - 2)
            heads[low : low + 2] = [heads[low] + heads[low + 1]]
            joined[low : low + 2] = [joined[low] + joined[low + 1]]
            code[code > low] -= 1
        heads_of.append(np.array(heads))
        joined_of.append(tuple(map(tuple, joined)))
    return Margins(codes=codes, people=tuple(heads_of), joined=tuple(joined_of))


def weights(asked: np.ndarray, margins: Margins) -> tuple[np.ndarray, np.ndarray]:
    """How many people a respondent of each cell stands for, and how many margins could be met.

    One margin is post-stratification, several are raking (Deming and Stephan 1940). Where raking does not converge for
    a variable, the last margin is left out for it, down to one. A group in which nobody was asked has its headcount
    spread over the other groups of its margin, in proportion.

    Parameters
    ----------
    asked : (C, J) array
        Respondents of each cell who answered the variable or were not asked it.
    margins : Margins
        From `merged`.

    Returns
    -------
    weights : (C, J) array
        0 for a cell that has no value in a margin.
    met : (J,) array of int
        How many margins, counted from the first, the weights meet.

    Examples
    --------
    >>> cells = np.array([[0, 0, 1, 1], [0, 1, 0, 1]])
    >>> both = merged(np.array([3, 2, 1, 4]), cells, [np.array([12.0, 8.0]), np.array([7.0, 13.0])])
    >>> weights(np.array([[3.0], [2.0], [1.0], [4.0]]), both)[0].ravel().round(3).tolist()
    [1.964, 3.054, 1.108, 1.723]
    """
    n, where = _distinct(np.where(margins.usable[:, None], asked, 0.0))
    result, met = np.zeros_like(n), np.zeros(n.shape[1], dtype=int)
    todo = np.arange(n.shape[1])
    for used in range(len(margins.people), 0, -1):
        if not len(todo):
            break
        design = margins.design(used)
        held = design.T @ n[:, todo]
        ends = np.cumsum([len(heads) for heads in margins.people[:used]])
        targets = np.concatenate(
            [_spread(heads, part) for heads, part in zip(margins.people, np.split(held, ends[:-1]), strict=False)]
        )
        if used == 1:
            ratio = np.divide(targets, held, out=np.zeros_like(held), where=held > 0)
            found, done = np.where(n[:, todo] > 0, design @ ratio, 0.0), np.ones(len(todo), dtype=bool)
        else:
            found, done = rake(n[:, todo], design, targets)
        result[:, todo[done]], met[todo[done]] = found[:, done], used
        todo = todo[~done]
    return result[:, where], met[where]


def _distinct(n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The columns of n that differ (C, D), and which of them each column is (J,)."""
    places: dict[bytes, int] = {}
    columns = np.ascontiguousarray(n.T, dtype=float)
    where = np.array([places.setdefault(column.tobytes(), len(places)) for column in columns], dtype=int)
    first = np.full(len(places), len(columns))
    np.minimum.at(first, where, np.arange(len(columns)))
    return columns[first].T.copy(), where


def _spread(heads: np.ndarray, held: np.ndarray) -> np.ndarray:
    """Headcounts (P, D) of one margin, those of groups without an answer spread over the others."""
    targets = np.where(held > 0, heads[:, None], 0.0)
    total = targets.sum(axis=0)
    return targets * np.divide(heads.sum(), total, out=np.zeros_like(total), where=total > 0)


def rake(n: np.ndarray, design: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights exp(x'l) that meet all margins, for several variables at once, and which of them converged.

    Newton's method on the convex dual of raking, sum_c n_c exp(x_c'l) - T'l (Deville, Sarndal and Sautory 1993), with a
    ridge, because margins that add up to the same total leave l undetermined.

    Parameters
    ----------
    n : (C, D) array
        Respondents of each cell.
    design : (C, P) array
        Indicators of the groups of all margins.
    targets : (P, D) array
        People of each group; 0 where nobody answered.

    Returns
    -------
    weights : (C, D) array
    converged : (D,) array of bool

    Examples
    --------
    >>> rake(np.array([[2.0], [4.0]]), np.eye(2), np.array([[10.0], [10.0]]))[0].ravel().round(9).tolist()
    [5.0, 2.5]
    """
    result, converged = np.zeros_like(n), np.zeros(n.shape[1], dtype=bool)
    most = max(1, _HELD // max(1, design.size))
    for low in range(0, n.shape[1], most):
        part = slice(low, low + most)
        result[:, part], converged[part] = _newton(n[:, part].T, design, targets[:, part].T)
    return np.where(n > 0, result, 0.0), converged


def _newton(n: np.ndarray, design: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`rake` with variables as rows, all held at once."""
    groups = design.shape[1]
    margins = max(1.0, design.sum(axis=1).max(initial=1.0))
    mean_weight = targets.sum(axis=1) / np.maximum((n @ design).sum(axis=1), 1e-300)
    log = np.repeat(np.log(np.maximum(mean_weight, 1e-300))[:, None] / margins, groups, axis=1)
    filled, miss = n * np.exp(log @ design.T), np.full(len(n), np.inf)
    value = filled.sum(axis=1) - (targets * log).sum(axis=1)
    for _ in range(_MOST_ROUNDS):
        gradient = filled @ design - targets
        miss = (np.abs(gradient) / np.where(targets > 0, targets, 1.0)).max(axis=1, initial=0.0)
        left = np.flatnonzero(miss > _MET)
        if not len(left):
            break
        slope = (design.T * filled[left, None, :]) @ design
        ridge = _RIDGE * np.trace(slope, axis1=1, axis2=2) / groups
        slope[:, np.arange(groups), np.arange(groups)] += np.maximum(ridge, 1e-300)[:, None]
        step = -np.linalg.solve(slope, gradient[left, :, None])[:, :, 0]
        step *= np.minimum(1.0, _LONGEST_STEP / np.maximum(np.abs(step).max(axis=1, keepdims=True), 1e-300))
        for _ in range(30):  # half the step until the dual does not grow
            tried = log[left] + step
            there = n[left] * np.exp(tried @ design.T)
            now = there.sum(axis=1) - (targets[left] * tried).sum(axis=1)
            worse = now > value[left] + 1e-10 * np.abs(value[left])
            if not worse.any():
                break
            step[worse] /= 2
        log[left], filled[left], value[left] = tried, there, now
    return np.exp(log @ design.T).T, miss <= _MET


def effective(weights: np.ndarray, n: np.ndarray) -> np.ndarray:
    """How many equally weighted answers these are worth (Kish 1965): (sum w n)^2 / sum w^2 n over the first axis.

    >>> float(effective(np.array([1.0, 3.0]), np.array([2.0, 2.0])))
    3.2
    """
    total, squares = (weights * n).sum(axis=0), (weights**2 * n).sum(axis=0)
    return np.divide(total**2, squares, out=np.zeros_like(total), where=squares > 0)


def over(respondents: np.ndarray, headcount: np.ndarray) -> tuple[np.ndarray, float]:
    """Which groups have more respondents than people, and how many respondents are too many, as a share of all.

    Arrays of one shape.

    >>> over(np.array([6, 9]), np.array([5, 20]))
    (array([ True, False]), 0.06666666666666667)
    """
    excess = np.maximum(np.asarray(respondents) - np.asarray(headcount), 0)
    return excess > 0, float(excess.sum() / max(1, np.sum(respondents)))
