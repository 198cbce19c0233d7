"""Which sums of a few people follow from the sums of groups: an exact search of the row space of who is in which group.

See docs/methods/anonymity.md, "What may be shown"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from dxkit.statistics.moments import products

ZERO = 1e-9
_ENTRIES = 2**16  # entries of rows that are worked out at a time: few rows are all that a step needs
_ATOMS = 8_192  # atoms that are looked at together
_NODE = 1e5  # what a step of the search takes besides its entries
_MOST_WORK = 2e8  # entries: 2,000 steps at most, less than a second


def needed(
    cuts: Sequence[np.ndarray], shown: Sequence[np.ndarray], n: np.ndarray, k: int, last: int
) -> np.ndarray | None:
    """Groups of one cut that help to a sum about fewer than k people; None where no combination of shown sums is one.

    Every vector of the row space of the shown groups must be nonzero on cells that hold k or more people. Where the
    search gives up, or the sum needs no group of that cut, all its shown groups count as helping.

    Parameters
    ----------
    cuts : sequence of int arrays (C,)
        The group of each cell, for each cut.
    shown : sequence of bool arrays (G,)
        Which groups of each cut are shown.
    n : array (C,)
        People of each cell.
    k : int
        The minimum.
    last : int
        The cut whose groups are asked for.
    """
    answered = n > 0
    if not any(each.any() for each in shown) or not answered.any():
        return None
    if not answered.all():
        cuts, n = [cut[answered] for cut in cuts], n[answered]
    space = _space(cuts, shown, n, k)
    target = None if space is None else space.breach(k)
    if space is None or target is None:
        return None
    helps = space.coefficients(target, last, len(shown[last])) if len(target) else np.zeros(len(shown[last]), bool)
    return helps if helps.any() else shown[last]


@dataclass(frozen=True, eq=False, kw_only=True)
class _Space:
    """The row space of the shown groups over atoms: people whom no shown group tells apart.

    The groups of the largest cut do not overlap, so its part is 1/n within each; the groups of the other cuts (rows)
    are taken within them, which leaves a matrix as small as their number to decompose.
    """

    size: np.ndarray  # people of each atom
    largest: int  # the largest cut
    lead: np.ndarray  # group of each atom in it; -1 where that is not shown
    people: np.ndarray  # people of each of its groups
    cut: np.ndarray  # cut and group of each row
    group: np.ndarray
    length: np.ndarray  # root of the people of each row
    share: np.ndarray  # (groups of the largest cut, rows) mean of each row of length 1 in them
    at: np.ndarray  # (other cuts, atoms) the row of each atom; -1 where that is not shown
    values: np.ndarray  # eigenvalues and eigenvectors of their products
    vectors: np.ndarray

    def breach(self, k: int) -> np.ndarray | None:
        """A vector of the row space over atoms that is about fewer than k people; empty where the search gave up."""
        of_lead = np.where(self.lead >= 0, 1 / np.maximum(self.people[self.lead], 1), 0.0)
        leverage = of_lead.copy()
        for at in range(0, len(of_lead), _ATOMS):
            leverage[at : at + _ATOMS] += np.square(self._basis(slice(at, at + _ATOMS))).sum(axis=0)
        small = (self.size < k).nonzero()[0]
        own = self.size[small]
        most = _largest(leverage[small], own, k - 1)
        if most[-1] < 1 - ZERO:  # a vector on a set of people needs leverages that sum to 1 or more
            return None
        pool = small[own * leverage[small] + most[k - 1 - own] >= 1 - ZERO]
        size, lead, share, basis = self.size[pool], self.lead[pool], of_lead[pool], self._basis(pool)
        root, diagonal = np.sqrt(size), 1 - size * leverage[pool]
        scale = 1 / np.sqrt(np.maximum(diagonal, ZERO))
        norm = np.sqrt(np.square(basis).sum(axis=0))
        beside = np.zeros(len(self.people) + 1)  # the last is of no group
        np.maximum.at(beside, lead, scale / root)
        most = root * scale * (share * beside[lead] + norm * np.max(norm * scale / root, initial=0.0))
        every, within, columns = np.arange(len(pool)), root * np.sqrt(share), root * basis
        part = _Part(atoms=every, size=size, diagonal=diagonal, lead=lead, within=within, columns=columns, most=most)
        search = _Search()
        found = search.singular(part, k - 1)
        if found is None:
            return np.zeros(0) if search.gave_up else None
        vector = np.linalg.eigh(np.eye(len(found)) - part.told(np.array(found), np.array(found)))[1][:, 0]
        target = np.zeros(len(self.size))
        target[pool[found]] = vector / root[found]
        return target

    @cached_property
    def _parts(self) -> tuple[np.ndarray, np.ndarray]:
        """What the groups of the other cuts, and those of the largest, have of a basis of what is within the largest;
        the last column is of no group."""
        kept = self.values > ZERO
        each = self.vectors[:, kept] / np.sqrt(self.values[kept])
        rows, share = np.zeros((each.shape[1], len(each) + 1)), np.zeros((each.shape[1], len(self.people) + 1))
        rows[:, :-1], share[:, :-1] = (each / self.length[:, None]).T, products(each, self.share.T)
        return rows, share

    def _basis(self, atoms: slice | np.ndarray) -> np.ndarray:
        """Columns of length 1 of these atoms, less their share in the groups of the largest cut."""
        rows, share = self._parts
        return sum((rows[:, at] for at in self.at[:, atoms]), -share[:, self.lead[atoms]])

    def coefficients(self, target: np.ndarray, cut: int, groups: int) -> np.ndarray:
        """Which groups of a cut have a coefficient in the least-norm combination of the shown groups for a target."""
        kept, led = self.values > ZERO, self.lead >= 0
        weighted = target * self.size
        first = np.bincount(self.lead[led], weighted[led], len(self.people))
        inside = -self.share.T @ first
        for at in self.at:
            inside += np.bincount(at[at >= 0], weighted[at >= 0], len(inside)) / self.length
        rows = self.vectors[:, kept] @ (self.vectors[:, kept].T @ inside / self.values[kept])
        first /= np.maximum(self.people, 1)
        one = np.concatenate([first - self.share @ rows, rows / self.length])
        free = self.vectors[:, ~kept]  # what can be added to the coefficients and changes nothing
        none = np.vstack([-self.share @ free, free / self.length[:, None]])
        one -= none @ np.linalg.lstsq(none, one, rcond=None)[0]
        used = np.abs(one) > 1e-7 * np.abs(one).max()
        helps = np.zeros(groups, dtype=bool)
        if cut == self.largest:
            helps[:] = used[:groups]
        at = len(self.people) + np.flatnonzero(self.cut == cut)
        helps[self.group[self.cut == cut]] = used[at]
        return helps


def _space(cuts: Sequence[np.ndarray], shown: Sequence[np.ndarray], n: np.ndarray, k: int) -> _Space | None:
    """The row space; None where all shown groups are so large that no leverage comes near to 1 / k."""
    sizes = [np.bincount(cut, n, len(each)) for cut, each in zip(cuts, shown, strict=True)]
    groups = [(each & (size > 0)).nonzero()[0] for each, size in zip(shown, sizes, strict=True)]
    largest = max(range(len(cuts)), key=lambda c: len(groups[c]))
    others = [c for c in range(len(cuts)) if c != largest and len(groups[c])]
    fewest = [sizes[c][groups[c]].min() for c in (largest, *others)]
    if (k - 1) / fewest[0] < 1 - ZERO and not others:
        return None  # groups that do not overlap tell their own sums alone
    rows = sum(len(groups[c]) for c in others)
    length = np.sqrt(np.concatenate([np.zeros(0), *(sizes[c][groups[c]] for c in others)]))
    at, start = np.empty((len(others), len(n)), dtype=int), 0  # the row of each cell in each of the other cuts
    for i, c in enumerate(others):
        row = np.full(len(sizes[c]), -1)
        row[groups[c]] = np.arange(start, start + len(groups[c]))
        start += len(groups[c])
        at[i] = row[cuts[c]]
    place = np.full(len(sizes[largest]), -1)
    place[groups[largest]] = groups[largest]
    lead, people = place[cuts[largest]], np.maximum(sizes[largest], 1)
    share, both = np.zeros((len(people), rows)), np.zeros((rows, rows))
    for i, one in enumerate(at):
        share += _counted(lead, one, n, len(people), rows)
        for two in at[:i]:
            both += _counted(one, two, n, rows, rows)
    share /= people[:, None] * length
    both = (both + both.T) / (length[:, None] * length)
    both[np.arange(rows), np.arange(rows)] = 1.0
    values, vectors = np.linalg.eigh(both - products(share, share * people[:, None]))
    least = 1 / fewest[0]
    if rows and values[-1] > ZERO:  # twice: a row and its share within a group of the largest cut
        least += 2 * sum(1 / few for few in fewest[1:]) / values[values > ZERO][0]
    if (k - 1) * least < 1 - ZERO:
        return None
    first, atom = alike_cells([lead, *at], len(n))
    return _Space(
        size=np.bincount(atom, n).astype(int),
        largest=largest,
        lead=lead[first],
        people=sizes[largest],
        cut=np.repeat(np.array(others, dtype=int), [len(groups[c]) for c in others]),
        group=np.concatenate([np.zeros(0, dtype=int), *(groups[c] for c in others)]),
        length=length,
        share=share,
        at=at[:, first],
        values=values,
        vectors=vectors,
    )


def _counted(one: np.ndarray, two: np.ndarray, n: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """People (rows, columns) of each pair of codes; -1 is none."""
    both = np.bincount((one + 1) * (columns + 1) + two + 1, n, (rows + 1) * (columns + 1))
    return both.reshape(rows + 1, columns + 1)[1:, 1:]


def alike_cells(codes: Sequence[np.ndarray], cells: int) -> tuple[np.ndarray, np.ndarray]:
    """A first cell of each atom, and the atom of each cell: cells that agree in all codes are one."""
    key, span = np.zeros(cells, dtype=np.int64), 1
    for code in codes:
        width = int(code.max()) + 2
        if span * width > 2**62:
            key = np.unique(key, return_inverse=True)[1].ravel()
            span = int(key.max()) + 1
        key, span = key * width + code + 1, span * width
    _, first, atom = np.unique(key, return_index=True, return_inverse=True)
    return first, atom.ravel()


def _largest(leverage: np.ndarray, size: np.ndarray, most: int) -> np.ndarray:
    """The sum of the 0, 1, ... `most` largest leverages of people."""
    order = (-leverage).argsort(kind="stable")[:most]
    people = np.repeat(leverage[order], size[order])[:most]
    sums = np.zeros(most + 1)
    np.cumsum(people, out=sums[1 : len(people) + 1])
    sums[len(people) + 1 :] = sums[len(people)]
    return sums


def _highest(off: np.ndarray, size: np.ndarray, most: np.ndarray) -> np.ndarray:
    """The most that so many people (B,) have of the entries of each row (B, A), which the people of an atom share."""
    order = (-off / size).argsort(axis=1)[:, : int(most.max())]
    people = size[order]
    left = most[:, None] - (np.cumsum(people, axis=1) - people)
    return (off[np.arange(len(off))[:, None], order] * np.minimum(np.maximum(left, 0) / people, 1)).sum(axis=1)


def _no_more(off: np.ndarray, most: int) -> np.ndarray:
    """What no so many people have more of: the largest entries of each row, as if each atom were one person."""
    room = off.shape[1] - most
    return (np.partition(off, room, axis=1)[:, room:] if room > 0 else off).sum(axis=1)


@dataclass(frozen=True, eq=False, kw_only=True)
class _Part:
    """What the projection leaves of some atoms (A,): rows and columns of the identity less what is told.

    What is told of two atoms is the product of their `columns` (R, A); where they are in one group of the largest cut
    (`lead`), that of what each has `within` it comes on top. `most` is a bound of the entries of each row, per person.
    """

    atoms: np.ndarray
    size: np.ndarray
    diagonal: np.ndarray
    lead: np.ndarray
    within: np.ndarray
    columns: np.ndarray
    most: np.ndarray

    def told(self, one: np.ndarray, two: np.ndarray | slice) -> np.ndarray:
        """What is told of these atoms, as rows and columns; only the rows that somebody asks for are worked out."""
        alike = self.lead[one][:, None] == self.lead[two]
        both = self.columns[:, one].T @ self.columns[:, two]
        return both + alike * (self.within[one][:, None] * self.within[two])

    def of_unit_diagonal(self) -> _Part:
        root = np.sqrt(self.diagonal)
        return replace(self, within=self.within / root, columns=self.columns / root)

    def without(self, row: np.ndarray, rest: np.ndarray) -> _Part:
        """The rest, once an atom with this row of unit diagonal is taken: its Schur complement."""
        row = row[rest]
        off = np.abs(row)
        highest = min(float(off.max(initial=0.0)), 1.0)
        diagonal = 1 - off**2
        bound = np.sqrt(np.maximum(diagonal, ZERO) * max(1 - highest**2, ZERO))
        return _Part(
            atoms=self.atoms[rest],
            size=self.size[rest],
            diagonal=diagonal,
            lead=self.lead[rest],
            within=self.within[rest],
            columns=np.concatenate([self.columns[:, rest], row[None]]),
            most=(self.most[rest] + off * highest) / bound,
        )


class _Search:
    """The exact search for a set of atoms below the minimum on which the rest of the projection is singular."""

    def __init__(self) -> None:
        self._work = 0.0

    @property
    def gave_up(self) -> bool:
        return self._work > _MOST_WORK

    def singular(self, part: _Part, room: int) -> list[int] | None:
        """Atoms of at most so many people on which a part is singular; None where there are none, or it gave up.

        A singular matrix of unit diagonal has a row whose other entries sum to 1 or more: its atom leads the set.
        """
        size = part.size
        leads = ((room - size) * part.most >= 1 - ZERO).nonzero()[0]
        self._work += _NODE + float(len(size)) * len(leads)
        if self.gave_up or not len(size):
            return None
        if (gone := (part.diagonal <= ZERO).nonzero()[0]).size:
            return [int(part.atoms[gone[np.argmin(size[gone])]])]
        part, step = part.of_unit_diagonal(), max(1, _ENTRIES // len(size))
        for start in range(0, len(leads), step):
            block = leads[start : start + step]
            rows = part.told(block, slice(None))
            rows[np.arange(len(block)), block] = 0.0
            off, own = np.abs(rows), room - size[block]
            may = (_no_more(off, int(own.max())) >= 1 - ZERO).nonzero()[0]
            if len(may):
                may = may[_highest(off[may], size, own[may]) >= 1 - ZERO]
            for i, lead in zip(may.tolist(), block[may].tolist(), strict=True):
                left, each = room - int(size[lead]), off[i]
                best = _largest(each / size, size, left)
                rest = ((size <= left) & (each + best[np.maximum(left - size, 0)] >= 1 - ZERO)).nonzero()[0]
                found = self.singular(part.without(rows[i], rest[rest != lead]), left)
                if found is not None or self.gave_up:
                    return None if found is None else [int(part.atoms[lead]), *found]
        return None
