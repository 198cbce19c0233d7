"""Whether what is shown of very many groups leaves somebody one answer: who can exchange answers with whom, by groups.

See docs/methods/anonymity.md, "Ends of the scale"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dxkit.survey.privacy.programs import MOVED, TINY, Program, needed_step
from dxkit.survey.privacy.rowspace import alike_cells

_TOGETHER = 4  # people who are tried in one program
_BLOCK = 400  # atoms that may change in it


@dataclass(frozen=True, eq=False, kw_only=True)
class Sums:
    """What is shown of the sums of T atoms, by cut.

    code      of each cut the group of each atom (T,), -1 where that is not shown
    told      of each cut from what to what the sum of each group is, two arrays (G,)
    low, high between what the sum of each atom is (T,); base, what it truly is
    one       what one person changes (T,); single, whether an atom is one person
    """

    code: Sequence[np.ndarray]
    told: Sequence[tuple[np.ndarray, np.ndarray]]
    low: np.ndarray
    high: np.ndarray
    base: np.ndarray
    one: np.ndarray
    single: np.ndarray

    def pins(self, check: np.ndarray) -> tuple[int | None, np.ndarray]:
        """The first of these atoms that is left one answer, and those that are not.

        Not pinned is who exchanges answers with somebody, and of the rest those whom programs free in which few others
        may change. More may be free; they count as pinned.
        """
        left = self._exchanged(check)
        free = [np.setdiff1d(check, left)]
        for at in range(0, len(left), _TOGETHER):
            some = left[at : at + _TOGETHER]
            block = self._block(some)
            pinned = self._program(block).pins(np.searchsorted(block, some))
            if pinned is not None:
                return int(block[pinned]), np.concatenate(free)
            free.append(some)
        return None, np.concatenate(free)

    def _exchanged(self, atoms: np.ndarray) -> np.ndarray:
        """Those of these atoms that stay pinned where each takes a step of one person, alone or while another takes it
        back: every group stays within what is told of it, or has both."""
        least, most = self.base.copy(), self.base.copy()
        room = [self._room(code, *told) for code, told in zip(self.code, self.told, strict=True)]
        for sign in (1, -1):
            need = self._need(atoms, least, most)
            some = atoms[(need == sign) | (need == 2)]
            step, limit = self.one[some] * MOVED, self.one[some].max(initial=0.0) * MOVED
            forth, back = (self.high - self.base, self.base - self.low)[::sign]
            some, step = some[forth[some] >= step], step[forth[some] >= step]
            others = np.flatnonzero(back >= limit)
            mine = _bits([each[sign < 0][some] < step for each in room])
            theirs = _bits([each[sign > 0][others] < limit for each in room])
            for tight in np.unique(mine).tolist():
                free, by = some[mine == tight], step[mine == tight]
                if tight:
                    found = np.zeros(len(free), dtype=bool)
                    for held in np.unique(theirs).tolist():
                        partner = self._partner(free, others[theirs == held], tight | held)
                        there = partner >= 0
                        moved = partner[there]
                        ends = least if sign > 0 else most
                        ends[moved] = self.base[moved] - sign * by[there]
                        found |= there
                    free = free[found]
                ends = most if sign > 0 else least
                ends[free] = self.base[free] + sign * self.one[free] * MOVED
            need = self._need(atoms, least, most)
            some, ends = atoms[need == sign], most if sign > 0 else least
            for lead in range(len(self.code)):
                free = some[self._passed_on(some, sign, lead, room[lead])]
                ends[free] = self.base[free] + sign * self.one[free] * MOVED
        return atoms[self._need(atoms, least, most) != 0]

    def _passed_on(self, atoms: np.ndarray, sign: int, lead: int, room: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        """Which of these atoms can take a step that others pass on: somebody in the same groups of all other cuts takes
        it back, somebody in the group of those takes it again, and so on, to a group of this cut that has room."""
        key = alike_cells([code for c, code in enumerate(self.code) if c != lead], len(self.low))[1]
        code, size = self.code[lead], len(self.told[lead][0])
        limit = self.one[atoms].max(initial=0.0) * MOVED
        up, down = room[::sign]
        forth, back = (self.high - self.base >= limit, self.base - self.low >= limit)[::sign]
        ends = back & (down >= limit)
        reached = np.bincount(key[ends], minlength=int(key.max()) + 1) > 0
        while True:
            through = np.bincount(code[forth & reached[key] & (code >= 0)], minlength=size) > 0
            more = np.bincount(key[back & (code >= 0) & through[code]], minlength=len(reached)) > 0
            if not (more & ~reached).any():
                break
            reached |= more
        return reached[key[atoms]] & forth[atoms] & (up[atoms] >= limit)

    def _need(self, atoms: np.ndarray, least: np.ndarray, most: np.ndarray) -> np.ndarray:
        """The steps that these atoms have not taken."""
        low, high, one, single = (each[atoms] for each in (self.low, self.high, self.one, self.single))
        return needed_step(least[atoms], most[atoms], low, high, one, single)

    def _room(self, code: np.ndarray, least: np.ndarray, most: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How much more and how much less than the true one the sum of the group of each atom may be."""
        there = code >= 0
        sums = np.bincount(code[there], self.base[there], len(least))
        slack = np.where(least == most, 0.0, TINY * np.maximum(most, 1))
        more, less = (np.where(there, each[code], np.inf) for each in (most + slack - sums, sums - least + slack))
        return more, less

    def _partner(self, atoms: np.ndarray, others: np.ndarray, cuts: int) -> np.ndarray:
        """One of the others who is in the same groups of these cuts, -1 where there is none but the atom itself."""
        both = np.concatenate([atoms, others])
        codes = [code[both] for c, code in enumerate(self.code) if cuts >> c & 1]
        key = alike_cells(codes, len(both))[1]
        first, last = (np.full(int(key.max(initial=-1)) + 1, -1) for _ in range(2))
        first[key[len(atoms) :][::-1]], last[key[len(atoms) :]] = others[::-1], others
        mine = key[: len(atoms)]
        return np.where(first[mine] != atoms, first[mine], np.where(last[mine] != atoms, last[mine], -1))

    def _block(self, atoms: np.ndarray) -> np.ndarray:
        """The atoms that may change with these, from each cell one first.

        Those are in groups of the largest cut that are not exact. They share a group of another cut with these, or with
        somebody who does. Others follow.
        """
        lead = max(range(len(self.code)), key=lambda c: len(self.told[c][0]))
        others = [code for c, code in enumerate(self.code) if c != lead]
        least, most = self.told[lead]
        loose = ~np.append(least == most, False)[self.code[lead]]
        moves = (self.base - self.low >= self.one) | (self.high - self.base < self.one)
        one = loose & moves & self._share(others, atoms, np.any)
        both = loose & ~moves & self._share(others, np.append(atoms, np.flatnonzero(one)[:_BLOCK]), np.all)
        rank = np.select([one, both, loose, self._share(others, atoms, np.any)], [1, 2, 3, 4], 5)
        rank[atoms] = 0
        key = alike_cells([*others, rank], len(rank))[1]
        order = np.argsort(key, kind="stable")
        size = np.bincount(key)
        turn = np.empty(len(key), dtype=int)  # its place among those of its cell
        turn[order] = np.arange(len(key)) - np.repeat(np.cumsum(size) - size, size)
        place = np.lexsort((turn, rank))
        most_of = np.minimum(np.bincount(rank, minlength=6), [_BLOCK, _BLOCK // 2, _BLOCK // 2, 0, _BLOCK // 4, 0])
        starts = np.searchsorted(rank[place], np.arange(6))
        return np.sort(np.concatenate([place[at : at + many] for at, many in zip(starts, most_of, strict=True)]))

    @staticmethod
    def _share(codes: Sequence[np.ndarray], atoms: np.ndarray, how) -> np.ndarray:
        """Who shares any or all groups of these cuts, but of everybody, with one of these atoms each."""
        cuts = [code for code in codes if code.max(initial=0) > 0]
        if not cuts:
            return np.ones(len(codes[0]) if codes else 0, dtype=bool)
        return how([np.isin(code, code[atoms]) for code in cuts], axis=0)

    def _program(self, block: np.ndarray) -> Program:
        """The program in which these atoms may change and all others answer as they did."""
        rows, ends = [], []
        for code, (least, most) in zip(self.code, self.told, strict=True):
            inside = np.unique(code[block][code[block] >= 0])
            there = code >= 0
            whole = np.bincount(code[there], self.base[there], len(least))[inside]
            each = (code[block] == inside[:, None]).astype(float)
            mine = each @ self.base[block]
            exact = (least == most)[inside]
            rows.append(each)
            ends.append([np.where(exact, mine, end[inside] - (whole - mine)) for end in (least, most)])
        told = [np.concatenate(each) for each in zip(*ends, strict=True)]
        low, high, base = (each[block, None] for each in (self.low, self.high, self.base))
        return Program(np.vstack(rows)[:, :, None], told, low, high, self.one[block], self.single[block], base[None])


def _bits(flags: Sequence[np.ndarray]) -> np.ndarray:
    """Which of these flags are set, as one number each."""
    return sum((flag.astype(int) << c for c, flag in enumerate(flags)), np.zeros(len(flags[0]), dtype=int))
