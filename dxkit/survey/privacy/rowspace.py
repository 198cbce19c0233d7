"""Which sums of a few people follow from the sums of groups: an exact search of the row space of who is in which group.

See docs/methods/anonymity.md, "What may be shown"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dxkit.statistics.moments import products

ZERO = 1e-9
_BLOCK = 512  # rows that are worked out at a time
_ATOMS = 8_192  # atoms that are looked at together
_NODE = 1e5  # what a step of the search takes besides its entries
_MOST_WORK = 2e8  # entries: 2,000 steps at most, less than a second
_Matrix = Callable[[np.ndarray, np.ndarray], np.ndarray]


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
    space = _space([cut[answered] for cut in cuts], shown, n[answered], k)
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
        leverage = of_lead + np.concatenate(
            [np.square(self._basis(slice(at, at + _ATOMS))).sum(axis=1) for at in range(0, len(of_lead), _ATOMS)]
        )
        small = np.flatnonzero(self.size < k)
        own = self.size[small]
        most = _largest(leverage[small], own, k - 1)
        if most[-1] < 1 - ZERO:  # a vector on a set of people needs leverages that sum to 1 or more
            return None
        pool = small[own * leverage[small] + most[k - 1 - own] >= 1 - ZERO]
        size, lead, share, basis = self.size[pool], self.lead[pool], of_lead[pool], self._basis(pool)
        root = np.sqrt(size)

        def left(one: np.ndarray, two: np.ndarray) -> np.ndarray:
            """What the projection leaves of these atoms, as rows and columns."""
            alike = (lead[one][:, None] == lead[two]) * share[two] + basis[one] @ basis[two].T
            return (one[:, None] == two) - root[one][:, None] * alike * root[two]

        diagonal = 1 - size * leverage[pool]
        scale = 1 / np.sqrt(np.maximum(diagonal, ZERO))
        norm = np.sqrt(np.einsum("ar,ar->a", basis, basis))
        beside = np.zeros(len(self.people) + 1)  # the last is of no group
        np.maximum.at(beside, lead, scale / root)
        most = root * scale * (share * beside[lead] + norm * np.max(norm * scale / root, initial=0.0))
        search, every = _Search(), np.arange(len(pool))
        matrix = _part(left(every, every)) if len(pool) <= _BLOCK else left
        found = search.singular(diagonal, matrix, size, every, k - 1, most)
        if found is None:
            return np.zeros(0) if search.gave_up else None
        vector = np.linalg.eigh(left(np.array(found), np.array(found)))[1][:, 0]
        target = np.zeros(len(self.size))
        target[pool[found]] = vector / root[found]
        return target

    @cached_property
    def _parts(self) -> tuple[np.ndarray, np.ndarray]:
        """What the groups of the other cuts, and those of the largest, have of a basis of what is within the largest;
        the last row is of no group."""
        kept = self.values > ZERO
        each = self.vectors[:, kept] / np.sqrt(self.values[kept])
        none = np.zeros((1, each.shape[1]))
        return np.vstack([each / self.length[:, None], none]), np.vstack([self.share @ each, none])

    def _basis(self, atoms: slice | np.ndarray) -> np.ndarray:
        """Rows of length 1 of these atoms, less their share in the groups of the largest cut."""
        rows, share = self._parts
        return sum((rows[at] for at in self.at[:, atoms]), -share[self.lead[atoms]])

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
    seen = [each & (size > 0) for each, size in zip(shown, sizes, strict=True)]
    largest = max(range(len(cuts)), key=lambda c: int(seen[c].sum()))
    others = [c for c in range(len(cuts)) if c != largest and seen[c].any()]
    group = [np.flatnonzero(seen[c]) for c in others]
    rows = sum(map(len, group))
    length = np.sqrt(np.concatenate([np.zeros(0), *(sizes[c][rows] for c, rows in zip(others, group, strict=True))]))
    at, start = [], 0  # the row of each cell in each of the other cuts
    for c, members in zip(others, group, strict=True):
        row = np.full(len(seen[c]), -1)
        row[members] = start + np.arange(len(members))
        start += len(members)
        at.append(row[cuts[c]])
    lead, people = np.where(seen[largest][cuts[largest]], cuts[largest], -1), np.maximum(sizes[largest], 1)
    share = sum((_counted(lead, each, n, len(people), rows) for each in at), np.zeros((len(people), rows)))
    share = share / people[:, None] / length
    both = np.zeros((rows, rows))
    for i, one in enumerate(at):
        for two in at[:i]:
            both += _counted(one, two, n, rows, rows)
    both = (both + both.T) / np.outer(length, length) + np.eye(rows)
    values, vectors = np.linalg.eigh(both - products(share, share * people[:, None]))
    kept = values[values > ZERO]
    least = 1 / sizes[largest][seen[largest]].min()
    if len(kept):  # twice: a row and its share within a group of the largest cut
        least += 2 * sum(1 / sizes[c][seen[c]].min() for c in others) / kept[0]
    if (k - 1) * least < 1 - ZERO:
        return None
    first, atom = alike_cells([lead, *at], len(n))
    return _Space(
        size=np.bincount(atom, n).astype(int),
        largest=largest,
        lead=lead[first],
        people=sizes[largest],
        cut=np.repeat(np.array(others, dtype=int), [len(members) for members in group]),
        group=np.concatenate([np.zeros(0, dtype=int), *group]),
        length=length,
        share=share,
        at=np.array([each[first] for each in at], dtype=int).reshape(len(at), len(first)),
        values=values,
        vectors=vectors,
    )


def _counted(one: np.ndarray, two: np.ndarray, n: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """People (rows, columns) of each pair of codes; -1 is none."""
    both = (one >= 0) & (two >= 0)
    return np.bincount(one[both] * columns + two[both], n[both], rows * columns).reshape(rows, columns)


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
    order = np.argsort(-leverage, kind="stable")
    ends = np.concatenate([[0], np.cumsum(size[order])])
    sums = np.concatenate([[0.0], np.cumsum((leverage * size)[order])])
    return np.interp(np.arange(most + 1), ends, sums)


def _highest(leverage: np.ndarray, size: np.ndarray, most: np.ndarray) -> np.ndarray:
    """The sum of the so many (B,) largest leverages of people, of each row (B, A)."""
    room = max(int(most.max(initial=0)), 1)
    at = np.argpartition(-leverage, room - 1, axis=1)[:, :room] if room < len(size) else np.arange(len(size))[None, :]
    values, people = np.take_along_axis(leverage, at, axis=1), np.broadcast_to(size[at], (len(leverage), at.shape[1]))
    order = np.argsort(-values, axis=1)
    values, people = (np.take_along_axis(each, order, axis=1) for each in (values, people))
    left = most[:, None] - (np.cumsum(people, axis=1) - people)
    return (values * np.clip(left, 0, people)).sum(axis=1)


class _Search:
    """The exact search for a set of atoms below the minimum on which the rest of the projection is singular."""

    def __init__(self) -> None:
        self._work = 0.0

    @property
    def gave_up(self) -> bool:
        return self._work > _MOST_WORK

    def singular(
        self, diagonal: np.ndarray, left: _Matrix, size: np.ndarray, atoms: np.ndarray, room: int, most: np.ndarray
    ) -> list[int] | None:
        """Atoms of at most so many people with a singular part of `left`; None where there are none, or it gave up.

        A singular matrix of unit diagonal has a row whose other entries sum to 1 or more: its atom leads the set.
        `most` is a bound of the entries of each row, per person; few rows are worked out, and they tell what fits.
        """
        every = np.arange(len(atoms))
        leads = np.flatnonzero((room - size) * most >= 1 - ZERO)
        self._work += _NODE + float(len(atoms)) * len(leads)
        if self.gave_up or not len(atoms):
            return None
        if (gone := np.flatnonzero(diagonal <= ZERO)).size:
            return [int(atoms[gone[np.argmin(size[gone])]])]
        root = np.sqrt(diagonal)
        for start in range(0, len(leads), _BLOCK):
            block = leads[start : start + _BLOCK]
            rows = left(block, every) / root / root[block][:, None]
            rows[np.arange(len(block)), block] = 0.0
            may = _highest(np.abs(rows) / size, size, room - size[block]) >= 1 - ZERO
            for lead, row in zip(block[may].tolist(), rows[may], strict=True):
                own, off = room - int(size[lead]), np.abs(row)
                best = _largest(off / size, size, own)
                fits = np.flatnonzero(size <= own)
                rest = fits[off[fits] + best[own - size[fits]] >= 1 - ZERO]
                rest = rest[rest != lead]
                found = self._without(left, root, row[rest], rest, size, atoms, own, most)
                if found is not None or self.gave_up:
                    return None if found is None else [int(atoms[lead]), *found]
        return None

    def _without(self, left, root, row, rest, size, atoms, room: int, most) -> list[int] | None:
        """The search among the rest, once an atom with this row of unit diagonal is taken: its Schur complement."""

        def taken(one: np.ndarray, two: np.ndarray) -> np.ndarray:
            entries = left(rest[one], rest[two]) / root[rest[two]] / root[rest[one]][:, None]
            return entries - np.outer(row[one], row[two])

        off, every = np.abs(row), np.arange(len(rest))
        highest = min(float(off.max(initial=0.0)), 1.0)
        diagonal = 1 - off**2
        bound = np.sqrt(np.maximum(diagonal, ZERO) * max(1 - highest**2, ZERO))
        matrix = _part(taken(every, every)) if len(rest) <= _BLOCK else taken
        return self.singular(diagonal, matrix, size[rest], atoms[rest], room, (most[rest] + off * highest) / bound)


def _part(matrix: np.ndarray) -> _Matrix:
    return lambda one, two: matrix[np.ix_(one, two)]
