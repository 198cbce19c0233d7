"""Figures near an end of the scale are shown as a bound, so that each person may still have given any answer.

See docs/methods/anonymity.md, "Ends of the scale"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dxkit.survey.privacy.exchanges import Sums
from dxkit.survey.privacy.programs import TINY, Program
from dxkit.survey.privacy.rowspace import alike_cells

AT_MOST, AT_LEAST = -1, 1
_FEW_CELLS = 60
_MOST = 5e7  # numbers that are worked out at once; beyond, groups tell who can exchange answers with whom
_NO_STEP = 0.01  # of what one answer can move, where answers have no step


@dataclass(frozen=True, eq=False, kw_only=True)
class Ends:
    """Of each cut: which groups stay shown (G,), which of them only as a bound (G,), and whether the hidden ones
    together may stand with a figure."""

    shown: list[np.ndarray]
    bound: list[np.ndarray]
    others: list[bool]


@dataclass(frozen=True, eq=False, kw_only=True)
class Answers:
    """The answers to one question by cell, as the ends of its scale see them.

    n       answers (C,)
    given   the sum of the weights of those who gave each answer (C, A); where any number may be one, of the lowest and
            the highest answer that would have the same sum
    values  what each answer is above the lowest (A,)
    weight  the sum of their weights (C,)
    share   of each cut, the largest share of one person in the weight of each group (G,)
    detail  of each cut, the groups whose shares of answers are shown (G,)
    coded   whether these are the only answers that there are
    top     whether the scale has an upper end; hours have none
    below   groups with so many answers or more need no bound of their mean
    """

    n: np.ndarray
    given: np.ndarray
    values: np.ndarray
    weight: np.ndarray
    share: Sequence[np.ndarray]
    detail: Sequence[np.ndarray]
    coded: bool = True
    top: bool = True
    below: float = np.inf

    @property
    def reach(self) -> float:
        """What one answer can move."""
        return float(self.values.max())

    @property
    def sums(self) -> np.ndarray:
        """The weighted sum of the answers above the lowest, (C,)."""
        return self.given @ self.values


def any_number(sums: np.ndarray, weight: np.ndarray, reach: float) -> tuple[np.ndarray, np.ndarray]:
    """`given` and `values` of answers that may be any number."""
    return np.column_stack([weight - sums / reach, sums / reach]), np.array([0.0, reach])


def bounded(cuts: Sequence[np.ndarray], shown: Sequence[np.ndarray], answers: Answers, k: int) -> Ends:
    """Show figures near an end as a bound, and hide what pins somebody to an answer even then.

    Somebody is pinned where linear programs over all figures, means and shares alike, leave one answer only. Then the
    smallest figure of that cut that is not a bound is hidden; where there is none, one of the other cuts, later bounds,
    and at last everybody.

    Parameters
    ----------
    cuts : sequence of int arrays (C,)
        The group of each cell, for each declared cut; the first is everybody.
    shown : sequence of bool arrays (G,)
        Figures that may be shown by their counts.
    answers : Answers
        Answers by cell.
    k : int
        The minimum.
    """
    shown = [each.copy() for each in shown]
    sizes = [_of_groups(cut, answers.n) for cut in cuts]
    given = [_by_group(cut, answers.given, len(size)) for cut, size in zip(cuts, sizes, strict=True)]
    bound = [
        _bounds(n, _of_groups(cut, answers.weight), gave, share, answers)
        for cut, n, gave, share in zip(cuts, sizes, given, answers.share, strict=True)
    ]
    everybody = shown[0].any()
    for each, ends, gave, detail in zip(shown, bound, given, answers.detail, strict=True):
        alike = gave[:, [0, -1][: 1 + answers.top]].max(axis=1) >= gave.sum(axis=1) * (1 - TINY)
        each &= (ends != 0) | detail | ~alike  # that all of a group answered alike is told by its figure alone
    if everybody and not shown[0].any():  # nor may anything else be shown of them
        shown = [np.zeros_like(each) for each in shown]
    known: list[np.ndarray] = []
    free = np.zeros(len(answers.n), dtype=bool)
    while True:
        bound = [np.where(each, ends, 0) for each, ends in zip(shown, bound, strict=True)]
        others = _others(shown, bound, sizes, k)
        page = _Page(cuts=cuts, shown=shown, bound=bound, others=others, given=given)
        pinned = _pinned(page, answers, k, known, free) if page.may_pin(answers) else None
        if pinned is None:
            return Ends(shown=shown, bound=bound, others=others)
        cut, group = _least(shown, bound, sizes, pinned)
        shown[cut][group] = False


def _of_groups(cut: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.bincount(cut, values, int(cut.max(initial=-1)) + 1)


def _bounds(n, weight, given: np.ndarray, share: np.ndarray, answers: Answers) -> np.ndarray:
    """Which means are within one person's reach of an end."""
    mean = given @ answers.values / np.where(weight > 0, weight, 1)
    reach = answers.reach * (share + TINY)
    near_top = answers.top & (mean >= answers.reach - reach)
    return np.where(n >= answers.below, 0, np.where(mean <= reach, AT_MOST, np.where(near_top, AT_LEAST, 0)))


def _others(shown, bound, sizes, k: int) -> list[bool]:
    """Whether the hidden groups of a cut have a figure together: exact ones of everybody and of the rest imply it."""
    exact = bool(shown[0][0]) and not bound[0][0]
    left = [size[~each].sum() for each, size in zip(shown, sizes, strict=True)]
    return [exact and not ends.any() and k <= rest < sizes[0].sum() for ends, rest in zip(bound, left, strict=True)]


def _least(shown, bound, sizes, pinned: int) -> tuple[int, int]:
    """The figure to hide next: exact ones before bounds, of the pinned cut before others, everybody last, the fewest
    people first."""
    listed = [
        (cut == 0, bool(bound[cut][group]), cut != pinned, sizes[cut][group], cut, int(group))
        for cut, each in enumerate(shown)
        for group in np.flatnonzero(each)
    ]
    return min(listed)[-2:]


@dataclass(frozen=True, eq=False, kw_only=True)
class _Page:
    """What is shown: of each cut the group of each cell, which groups are shown (G,), which only as a bound (G,),
    whether the hidden ones have a figure together, and what each group gave (G, A)."""

    cuts: Sequence[np.ndarray]
    shown: list[np.ndarray]
    bound: list[np.ndarray]
    others: list[bool]
    given: list[np.ndarray]

    def detail(self, answers: Answers) -> list[np.ndarray]:
        """Groups whose shares of answers are shown."""
        return [each & may for each, may in zip(self.shown, answers.detail, strict=True)]

    def by_shares(self, answers: Answers, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The answers (N, A) that the shares of their groups leave these cells, and whether a group of theirs all
        answered alike: of twice the minimum and more that is told."""
        possible, alike = np.ones((len(cells), len(answers.values)), dtype=bool), np.zeros(len(cells), dtype=bool)
        for cut, each, given in zip(self.cuts, self.detail(answers), self.given, strict=True):
            gave = given > TINY
            possible &= (gave | ~each[:, None])[cut[cells]]
            alike |= (each & (gave.sum(axis=1) == 1))[cut[cells]]
        return possible, alike

    def may_pin(self, answers: Answers) -> bool:
        """Whether anybody may be left one answer: of many cells, groups alone tell that of nearly everybody."""
        if (answers.n > 0).sum() <= _FEW_CELLS:
            return True
        detail = self.detail(answers)
        lacks = [each & ~(gave > TINY).all(axis=1) for each, gave in zip(detail, self.given, strict=True)]
        some = np.flatnonzero(
            (answers.n > 0) & np.any([lack[cut] for lack, cut in zip(lacks, self.cuts, strict=True)], axis=0)
        )
        possible, alike = self.by_shares(answers, some)
        left, at = answers.given[some], np.arange(len(some))
        if ((possible.sum(axis=1) == 1) & ~alike).any():
            return True
        for cut, each, all_, rest, given in zip(self.cuts, detail, self.shown, self.others, self.given, strict=True):
            of_end = []
            for first, last in ((0, possible.argmax(axis=1)), (-1, _last(possible)))[: 1 + answers.top]:
                more = np.bincount(cut[some], left[at, last] - left[:, first], len(given))
                of_end.append(given[:, first] + more)
            total, end = given.sum(axis=1), np.max(of_end, axis=0)
            told = all_ & (total > 0) & (end >= total * (1 - TINY)) & ~(each & ((given > TINY).sum(axis=1) == 1))
            if told.any():
                return True
            hidden = max(one[~all_].sum() for one in of_end) if rest else -1.0
            if hidden >= total[~all_].sum() * (1 - TINY):
                return True
        return False


def _pinned(page: _Page, answers: Answers, k: int, known: list, free: np.ndarray) -> int | None:
    """The cut in which the figures leave somebody one answer only.

    `known` are answers of the cells that agree with all figures, `free` cells of very many that are not pinned; what
    is found is added. Both stay so when a figure is hidden.
    """
    there, shown, bound, others = answers.n > 0, page.shown, page.bound, page.others
    if not there.any() or not any(each.any() for each in shown):
        return None
    detail = page.detail(answers)
    possible, alike = page.by_shares(answers, np.flatnonzero(there))
    cuts, n, weight = [cut[there] for cut in page.cuts], answers.n[there], answers.weight[there]
    given, values = answers.given[there], answers.values / answers.reach
    first, atom = alike_cells([np.where(each[cut], cut, -1) for each, cut in zip(shown, cuts, strict=True)], len(n))
    few = len(n) <= _FEW_CELLS
    inside = _to_check(cuts, shown, bound, others, given, possible, answers.top, few)
    for c, (cut, each) in enumerate(zip(cuts, detail, strict=True)):  # shares of several cuts may leave one answer
        inside[(possible.sum(axis=1) == 1) & each[cut]] = c
    inside[alike] = len(cuts)  # that twice the minimum and more all answered alike is told
    check = np.full(len(first), len(cuts))
    np.minimum.at(check, atom, inside)
    if answers.coded:  # who shares all groups with somebody who answered otherwise may have answered so
        check[(_by_group(atom, given, len(first)) > TINY).sum(axis=1) > 1] = len(cuts)
    if not (check < len(cuts)).any():
        return None
    by_answer = answers.coded and few
    if by_answer:
        unknown, worth, step = given, values, 1.0
        low, high = np.zeros(given.shape), np.repeat(weight[:, None], len(values), axis=1)
    else:  # the sums alone, between the answers that the shares leave
        unknown, worth, step = (given @ values)[:, None], np.ones(1), _NO_STEP
        low, high = ((values[at] * weight)[:, None] for at in (possible.argmax(axis=1), _last(possible)))
        if answers.coded:
            step = np.diff(values).min()
        elif not answers.top:
            high = np.full(low.shape, np.inf)
    if not known:
        known.append(unknown)
    in_order = np.argsort(atom, kind="stable")
    starts = np.searchsorted(atom[in_order], np.arange(len(first)))
    low, high, people, whole, *seen = (
        np.add.reduceat(each[in_order], starts) for each in (low, high, n, weight, *known)
    )
    check_at = np.flatnonzero(check < len(cuts))
    if not by_answer and len(check_at) * len(first) * sum(int(each.sum()) for each in shown) > _MOST:
        told = []
        for cut, each, ends, share in zip(cuts, shown, bound, answers.share, strict=True):
            total = _by_group(cut, weight, len(each))
            told.append(_within(_by_group(cut, unknown[:, 0], len(each)), ends, total, share))
        code = [np.where(each[cut], cut, -1)[first] for each, cut in zip(shown, cuts, strict=True)]
        ends, one = {"low": low[:, 0], "high": high[:, 0], "base": seen[0][:, 0]}, step * whole / people
        known_free = np.bincount(atom, free[there], len(first)) > 0
        sums = Sums(code=code, told=told, one=one, single=people == 1, **ends)
        pins, found = sums.pins(check_at[~known_free[check_at]])
        free[np.flatnonzero(there)[first[found]]] = True
        return None if pins is None else int(check[pins])
    parts = []
    for cut, each, ends, spread, share in zip(cuts, shown, bound, detail, answers.share, strict=True):
        told, total = _by_group(cut, unknown, len(each)), _by_group(cut, weight, len(each))[:, None]
        at = np.flatnonzero(each & (total[:, 0] > 0))
        inside = (cut[first] == at[:, None]).astype(float)
        parts.append((inside[:, :, None] * worth, *_within(told[at] @ worth, ends[at], total[at, 0], share[at])))
        if by_answer:
            at = at[spread[at]]
            inside, told, total, share = (cut[first] == at[:, None]), told[at], total[at], share[at, None]
            sides = shares_bounded(told / total, share, np.bincount(cut, n, len(each))[at, None] < 4 * k)[1]
            parts.append((inside[:, None, :, None] * np.eye(len(worth))[:, None], *_within(told, sides, total, share)))
    if by_answer:
        parts.append((np.eye(len(first))[:, :, None] * np.ones(len(worth)), whole, whole))
    rows = np.concatenate([part[0].reshape(-1, *low.shape) for part in parts])
    told = [np.concatenate([part[end].ravel() for part in parts]) for end in (1, 2)]
    program = Program(rows, told, low, high, step * whole / people, people == 1, np.array(seen))
    pins = program.pins(check_at)
    for solution in program.found:
        known.append(np.zeros(unknown.shape))
        known[-1][first] = solution
    return None if pins is None else int(check[pins])


def _within(told: np.ndarray, side: np.ndarray, whole: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Between what sums are: exact, or on a side within the share of one person of that end."""
    low = np.where(side == AT_MOST, 0.0, np.where(side == AT_LEAST, whole * (1 - share), told))
    return low, np.where(side == AT_MOST, whole * share, np.where(side == AT_LEAST, whole, told))


def _last(possible: np.ndarray) -> np.ndarray:
    """The last possible answer of each row."""
    return possible.shape[1] - 1 - possible[:, ::-1].argmax(axis=1)


def _by_group(code: np.ndarray, values: np.ndarray, groups: int) -> np.ndarray:
    """Sums of rows by group."""
    columns = values.reshape(len(code), -1).T
    return np.column_stack([np.bincount(code, each, groups) for each in columns]).reshape(groups, *values.shape[1:])


def _to_check(cuts, shown, bound, others, given, possible, top: bool, few: bool) -> np.ndarray:
    """Of each cell the first cut in which it is in a group with a bound, or among the hidden groups together, else the
    last one in which it is shown; of many cells only where all of a group gave the lowest or highest answer that the
    shares leave them. The number of cuts where there is none."""
    none, cell = len(cuts), np.arange(len(given))
    inside, shown_in = np.full(len(given), none), np.full(len(given), none)
    weight = given.sum(axis=1)
    lowest, highest = possible.argmax(axis=1), _last(possible)
    for c, (cut, each, ends, rest) in enumerate(zip(cuts, shown, bound, others, strict=True)):
        groups = np.where(each[cut], cut, np.where(rest, len(each), -1)) + 1
        total, low, high = (
            np.bincount(groups, values, len(each) + 2) for values in (weight, given[cell, lowest], given[cell, highest])
        )
        end = (low >= total * (1 - TINY)) | (top & (high >= total * (1 - TINY))) | few
        told = (groups > 0) & end[groups]
        close = told & ((ends[cut] != 0) | ~each[cut])
        inside[close & (inside == none)] = c
        shown_in[told] = c
    return np.where(inside < none, inside, shown_in)


def shares_bounded(share: np.ndarray, one: np.ndarray, few: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shares of few answers within the share `one` of one person from an end as that bound; and which are bounds.

    >>> shares_bounded(np.array([0.0, 0.3, 1.0]), np.array(0.1), np.array(True))[0].tolist()
    [0.1, 0.3, 0.9]
    """
    near = one * (1 + TINY)
    bound = np.where(few & (share <= near), AT_MOST, np.where(few & (share >= 1 - near), AT_LEAST, 0))
    return np.where(bound == AT_MOST, one, np.where(bound == AT_LEAST, 1 - one, share)), bound
