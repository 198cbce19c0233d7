"""From those who answered to all who could have: post-stratification, and raking of all questions at once.

See docs/methods/weighting.md, "Raking"."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dxkit.statistics.means.coverage import total
from dxkit.statistics.moments import ratio

LEAST = 2  # respondents that a group of a margin needs to stand alone
_MET, _MOST_ROUNDS, _LONGEST_STEP, _RIDGE = 1e-10, 60, 3.0, 1e-9
_HELD = 2**21  # numbers that are held at once


@dataclass(frozen=True, eq=False, kw_only=True)
class Design:
    """Which group of every margin each cell lies in. The largest margin may have thousands of groups, so it has codes.

    lead     (C,) group of each cell in the largest margin, of so many `groups`; -1 for a cell without a weight
    rest     (C, P) indicators of the groups of the other margins
    margins  the numbers of the margins in this order
    """

    lead: np.ndarray
    groups: int
    rest: np.ndarray
    margins: tuple[int, ...] = (0,)


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

    def design(self, margins: int | None = None) -> Design:
        """How the cells lie in the first so many margins, of which the one with the most groups leads."""
        used = list(range(len(self.people)))[:margins]
        lead = max(used, key=lambda m: len(self.people[m]))
        columns = [np.equal.outer(self.codes[m], np.arange(len(self.people[m]))) for m in used if m != lead]
        rest = np.hstack(columns) if columns else np.zeros((self.codes.shape[1], 0))
        return Design(
            lead=np.where(self.usable, self.codes[lead], -1),
            groups=len(self.people[lead]),
            rest=(rest.astype(bool) & self.usable[:, None]).astype(float),
            margins=(lead, *(m for m in used if m != lead)),
        )


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
        asked_here = n[:, todo]
        held = total(asked_here, design.lead, design.groups), design.rest.T @ asked_here
        heads = [margins.people[m] for m in design.margins]
        ends = np.cumsum([0, *(len(each) for each in heads[1:])])
        rest = [_spread(each, held[1][a:b]) for each, a, b in zip(heads[1:], ends, ends[1:], strict=False)]
        lead = _spread(heads[0], held[0])
        found, done = rake(asked_here, design, lead, np.concatenate(rest) if rest else np.zeros((0, len(todo))))
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
    return targets * ratio(heads.sum(), total)


def rake(n: np.ndarray, design: Design, lead: np.ndarray, rest: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights that meet all margins, for several variables at once, and which of them converged.

    Raking weights are exp(x'l), with x the groups of a cell, where the convex dual sum_c n_c exp(x_c'l) - T'l is least
    (Deville, Sarndal and Sautory 1993). For the largest margin l is known once the others are: its groups are scaled to
    their headcounts. What is left is Newton's method over the other margins, with a ridge, because they add up to the
    same total. One margin is post-stratification and needs no round.

    Parameters
    ----------
    n : (C, D) array
        Respondents of each cell.
    design : Design
        Groups of each cell.
    lead, rest : (G, D) and (P, D) arrays
        People of each group of the largest margin, and of the others; 0 where nobody answered.

    Returns
    -------
    weights : (C, D) array
    converged : (D,) array of bool

    Examples
    --------
    >>> one = Design(lead=np.array([0, 1]), groups=2, rest=np.zeros((2, 0)))
    >>> rake(np.array([[2.0], [4.0]]), one, np.array([[10.0], [10.0]]), np.zeros((0, 1)))[0].ravel().tolist()
    [5.0, 2.5]
    """
    result, converged = np.zeros_like(n), np.zeros(n.shape[1], dtype=bool)
    most = max(1, _HELD // max(1, design.rest.size))
    for low in range(0, n.shape[1], most):
        part = slice(low, low + most)
        result[:, part], converged[part] = _newton(n[:, part], design, lead[:, part], rest[:, part])
    return result, converged


def _newton(n: np.ndarray, design: Design, lead: np.ndarray, rest: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`rake` with all variables held at once."""
    groups, x = design.rest.shape[1], design.rest
    log, miss = np.zeros((groups, n.shape[1])), np.zeros(n.shape[1])
    filled, value = _scaled(n, design, lead, rest, log)
    for _ in range(_MOST_ROUNDS):
        gradient = x.T @ filled - rest
        miss = (np.abs(gradient) / np.where(rest > 0, rest, 1.0)).max(axis=0, initial=0.0)
        at = np.flatnonzero(miss > _MET)
        if not len(at):
            break
        weighed = filled[:, at].T[:, None, :] * x.T
        slope = weighed @ x
        inside = total(weighed.transpose(2, 0, 1), design.lead, design.groups)  # people of each pair of groups
        share = inside * ratio(1.0, lead[:, at])[:, :, None]
        slope -= share.transpose(1, 2, 0) @ inside.transpose(1, 0, 2)
        ridge = _RIDGE * np.trace(slope, axis1=1, axis2=2) / groups
        slope[:, np.arange(groups), np.arange(groups)] += np.maximum(ridge, 1e-9)[:, None]
        step = -np.linalg.solve(slope, gradient.T[at, :, None])[:, :, 0].T
        step *= np.minimum(1.0, _LONGEST_STEP / np.maximum(np.abs(step).max(axis=0), 1e-300))
        for _ in range(30):  # half the step until the dual does not grow
            there, now = _scaled(n[:, at], design, lead[:, at], rest[:, at], log[:, at] + step)
            worse = now > value[at] + 1e-10 * np.abs(value[at])
            if not worse.any():
                break
            step[:, worse] /= 2
        log[:, at] += step
        filled[:, at], value[at] = there, now
    return ratio(filled, n), miss <= _MET


def _scaled(
    n: np.ndarray, design: Design, lead: np.ndarray, rest: np.ndarray, log: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """People (C, D) whom the cells stand for once the largest margin is met, and the value of the dual (D,)."""
    raw = n * np.exp(design.rest @ log)
    held = total(raw, design.lead, design.groups)
    scale = ratio(lead, held)
    logs = np.log(np.maximum(held, 1e-300))
    filled = raw * np.where(design.lead[:, None] >= 0, scale[design.lead], 0.0)
    return filled, (lead * logs).sum(axis=0) - (rest * log).sum(axis=0)


def effective(weights: np.ndarray, n: np.ndarray) -> np.ndarray:
    """How many equally weighted answers these are worth (Kish 1965): (sum w n)^2 / sum w^2 n over the first axis.

    >>> float(effective(np.array([1.0, 3.0]), np.array([2.0, 2.0])))
    3.2
    """
    total, squares = (weights * n).sum(axis=0), (weights**2 * n).sum(axis=0)
    return ratio(total**2, squares)
