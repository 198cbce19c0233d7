"""Counts and sums of answers that go by in blocks; an answer is the number of its text.

See docs/methods/tally.md, "What a tally holds"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dxkit.statistics.moments import Tiles, by_tiles, moments, products, single, tiles
from dxkit.survey.reading.codebook import Codebook
from dxkit.survey.reading.coding import ANSWERED, NOT_ASKED, SKIPPED, STATES, meaning, state_of
from dxkit.survey.tally import topics
from dxkit.survey.tally.measures import BURDENS, enough, mean_of_answered
from dxkit.survey.tally.tally import Tally
from dxkit.survey.tally.variables import described, in_unit, origins

_MOST_COUNTERS = 2**18
BLANK, UNASKED = 0, 1  # numbers of no text: nothing was answered; nothing was asked


@dataclass(frozen=True, eq=False, kw_only=True)
class _Tables:
    """What codes of texts stand for, item by item, all (I, K).

    pairs   answered + i value, the value about the origin
    bins    the bin of counts that it falls into
    spared  whether it says that somebody is not affected
    code    the code of the item's scale, nan for none
    """

    pairs: np.ndarray
    bins: np.ndarray
    spared: np.ndarray
    code: np.ndarray


class Running:
    """What has gone by so far. `number` gives a text its number, `add` takes a block of them, `tally` ends it."""

    def __init__(self, book: Codebook, segments: Sequence[str]):
        self.book: Codebook = book
        self.segments: list[str] = list(segments)
        self.variables: pd.DataFrame = described(book)
        self.unaffected: dict[str, int] = {}
        self._origins = origins(self.variables)
        self._items = len(book.measured)
        scales = [book.scale(item).codes for item in book.measured]
        self._codes = scales
        self._width = max(map(len, scales), default=0)
        self._bins = self._width + 1 + len(STATES)  # a bin for each code, for any number, each other state, unknown
        self._burdens = [score for score in topics.allowed(book) if topics.single_items(book, score) is None]
        rows = [book.item(item) for item in book.measured]
        self._alike = [(row["scale"], row["kind"], bool(row["topic"]), row["good"]) for row in rows]
        self._numbers: dict[str, int] = {}
        self._meanings: dict[tuple, tuple[float | None, bool, float]] = {}
        self._room, self._used = 32, 2
        self._value = np.full((self._items, self._room), np.nan)
        self._code = np.full((self._items, self._room), np.nan)
        self._bin = np.zeros((self._items, self._room), dtype=np.intp)
        self._spared = np.zeros((self._items, self._room), dtype=bool)
        self._bin[:, BLANK] = self._width + SKIPPED
        self._bin[:, UNASKED] = self._width + NOT_ASKED
        self._cells: dict[tuple[str, ...], int] = {}
        self._sums: list[np.ndarray] = []
        self._every = np.arange(self._room)
        self._last: tuple = (None, 0, None)
        self._member = np.array(
            [[float(item in book.dimension_items(each)) for each in book.dimensions] for item in book.measured]
        )

    def number(self, text: str) -> int:
        """The number of a stripped text, the same for all items."""
        if not text:
            return BLANK
        if text not in self._numbers:
            self._learn(text)
        return self._numbers[text]

    def _learn(self, text: str) -> None:
        if self._used == self._room:
            self._room *= 4
            self._value, self._code, self._bin, self._spared = (
                np.concatenate([old, np.zeros((self._items, self._room - self._used), dtype=old.dtype)], axis=1)
                for old in (self._value, self._code, self._bin, self._spared)
            )
        at = self._numbers[text] = self._used
        self._used += 1
        for i in range(self._items):
            code, spared, value = self._meaning(i, text)
            if code is None:
                self._bin[i, at] = self._bins - 1
                continue
            self._code[i, at], self._spared[i, at] = code, spared
            self._value[i, at] = value - self._origins[i]
            state, known = state_of(code, text), self._codes[i]
            self._bin[i, at] = known.index(code) if state == ANSWERED and known else self._width + state

    def _meaning(self, i: int, text: str) -> tuple[float | None, bool, float]:
        """Code, whether it says not affected, and value of a text as answer to item i; no code where it is none."""
        key = (*self._alike[i], text)
        if key not in self._meanings:
            item = self.book.measured[i]
            code, spared = meaning(self.book, item, text)
            value = np.nan if code is None else float(in_unit(self.book, item, np.array([code], dtype=float))[0])
            self._meanings[key] = code, spared, value
        return self._meanings[key]

    @property
    def every(self) -> np.ndarray:
        """The numbers of all texts, where the answers of `add` are such numbers."""
        if len(self._every) != self._room:
            self._every = np.arange(self._room)
        return self._every

    def answered(self, i: int, numbers: np.ndarray) -> np.ndarray:
        """Which of these texts are answers to item i."""
        bins = self._bin[i, numbers]
        return (bins < self._width) | (bins == self._width + ANSWERED)

    def add(
        self, codes: np.ndarray, known: np.ndarray, labels: Sequence[np.ndarray], names: Sequence[Sequence[str]]
    ) -> bool:
        """Add a block of respondents.

        codes (n, I) stand for the texts of their answers, known (K,) is the number of the text of each code; labels,
        an array (n,) for each segment, point into its names. Nothing is added, and the answer is False, where a text
        stands for no answer of its item's scale.
        """
        if not len(codes):
            return True
        group, keys = _grouped(len(codes), labels, names)
        if len(keys) > 1:
            if len(known) > self._room:
                codes, known = known.take(codes), self.every
            order = np.argsort(group, kind="stable")
            codes, group = codes[order], group[order]
        tables = self._tables(known)
        flat = codes + np.arange(self._items) * len(known)
        texts = self._counted(flat, group, len(keys), self._items * len(known))
        every = texts.sum(axis=0)
        if (tables.bins.ravel()[every > 0] == self._bins - 1).any():
            return False
        if tables.spared.any():
            for i, n in enumerate(np.where(tables.spared, every.reshape(tables.spared.shape), 0).sum(axis=1)):
                item = self.book.measured[i]
                self.unaffected[item] = self.unaffected.get(item, 0) + int(n)
        sizes = np.bincount(group, minlength=len(keys))
        both, anyone, at = self._with_dimensions(tables.pairs.take(flat), sizes)
        starts = np.cumsum(sizes) - sizes
        found = [
            sizes,
            self._binned(texts, tables.bins),
            np.add.reduceat(anyone, starts, axis=0, dtype=np.int64),
            *products(both, at),
        ]
        for cost in self._costs(flat, tables):
            found += moments(cost, sizes)
        self._keep(keys, found)
        return True

    def _keep(self, keys: Sequence[tuple[str, ...]], found: list[np.ndarray]) -> None:
        at = [self._cells.setdefault(key, len(self._cells)) for key in keys]
        if not self._sums:
            self._sums = [np.zeros((0, *part.shape[1:]), dtype=part.dtype) for part in found]
        for k, part in enumerate(found):
            if len(self._cells) > len(self._sums[k]):
                more = np.zeros((2 * len(self._cells) - len(self._sums[k]), *part.shape[1:]), dtype=part.dtype)
                self._sums[k] = np.concatenate([self._sums[k], more])
            self._sums[k][at] += part

    def _tables(self, known: np.ndarray) -> _Tables:
        """What each code stands for, item by item."""
        if known is not self._last[0] or self._used != self._last[1]:
            numbers = np.maximum(known, 0)
            value = self._value[:, numbers]
            given = ~np.isnan(value)
            value = np.where(given, value, 0.0)
            exact = not self.book.dimensions and single(value)
            pairs = np.empty(value.shape, dtype=np.complex64 if exact else complex)
            pairs.real, pairs.imag = given, value
            bins = np.where(known < 0, self._bins - 1, self._bin[:, numbers])
            self._last = (
                known,
                self._used,
                _Tables(pairs=pairs, bins=bins, spared=self._spared[:, numbers], code=self._code[:, numbers]),
            )
        return self._last[2]

    def _counted(self, flat: np.ndarray, group: np.ndarray, groups: int, width: int) -> np.ndarray:
        """How often each code comes in each group of rows, (groups, width)."""
        if groups == 1:
            return np.bincount(flat.ravel(), minlength=width)[None]
        texts = np.zeros((groups, width), dtype=np.intp)
        step = max(1, _MOST_COUNTERS // width)
        for low in range(0, groups, step):
            here = slice(*np.searchsorted(group, (low, low + step)))
            some = min(step, groups - low)
            at = flat[here] + (group[here, None] - low) * width
            texts[low : low + some] = np.bincount(at.ravel(), minlength=some * width).reshape(some, width)
        return texts

    def _binned(self, texts: np.ndarray, bins: np.ndarray) -> np.ndarray:
        """Counts of codes by group, (groups, I * K), as counts of the items' codes and states, (groups, I * bins)."""
        at, width = np.flatnonzero(texts), self._items * self._bins
        group, code = np.divmod(at, texts.shape[1])
        place = group * width + code // bins.shape[1] * self._bins + bins.ravel()[code]
        found = np.bincount(place, weights=texts.ravel()[at], minlength=len(texts) * width)
        return found.astype(np.int64).reshape(len(texts), width)

    def _with_dimensions(self, pairs: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray, Tiles]:
        """Of items (n, I), as answered + i value: all variables in tiles, first which were answered, then values; and
        who answered any of a dimension (n, D)."""
        j = len(self.variables)
        at = tiles(sizes, j)
        both = np.zeros((at.size, 2 * j), dtype=np.real(pairs).dtype)
        both[at.rows, : self._items], both[at.rows, j : j + self._items] = np.real(pairs), np.imag(pairs)
        if not self.book.dimensions:
            return both, np.zeros((len(pairs), 0), dtype=bool), at
        count = by_tiles(both[:, : self._items], self._member)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = by_tiles(both[:, j : j + self._items], self._member) / count
        mean[~enough(count, self._member.sum(axis=0))] = np.nan
        scores = np.column_stack([mean, mean_of_answered(mean)])
        both[:, self._items : j] = given = ~np.isnan(scores)
        both[:, j + self._items :] = np.where(given, scores, 0.0)
        return both, count[at.rows] > 0, at

    def _costs(self, flat: np.ndarray, tables: _Tables) -> list[np.ndarray]:
        """The burdens that are not those of one item."""
        if not self._burdens:
            return []
        answers = pd.DataFrame(tables.code.take(flat), columns=self.book.measured)
        return [topics.burdens(self.book, answers, score) - BURDENS[score].origin for score in self._burdens]

    def tally(self, **facts: Any) -> Tally | None:
        """All that went by, with facts (roster, wave, min_group, ...); None where nothing did."""
        if not self._cells:
            return None
        keys = sorted(self._cells)
        people, bins, anyone, pairs, sums, crossed, *costs = (
            part[[self._cells[key] for key in keys]] for part in self._sums
        )
        bins = bins.reshape(len(keys), self._items, self._bins)
        states = bins[:, :, self._width : self._width + len(STATES)].copy()
        states[:, :, ANSWERED] += bins[:, :, : self._width].sum(axis=2)
        cells = pd.DataFrame(keys, columns=self.segments, dtype=object) if self.segments else pd.DataFrame(index=[0])
        return Tally(
            codebook=self.book,
            cells=cells,
            variables=self.variables,
            people=people,
            pairs=pairs,
            sums=sums,
            products=crossed,
            counts=bins[:, :, : self._width],
            states=states,
            anyone=anyone,
            origin=self._origins,
            burdens={score: tuple(costs[3 * k : 3 * k + 3]) for k, score in enumerate(self._burdens)},
            **facts,
        )


def _grouped(n: int, labels: Sequence[np.ndarray], names: Sequence[Sequence[str]]):
    """The group of each row, and the labels of each group."""
    if not labels:
        return np.zeros(n, dtype=np.intp), [()]
    code = np.zeros(n, dtype=np.int64)
    for label, known in zip(labels, names, strict=True):
        code = code * len(known) + label
    found, group = np.unique(code, return_inverse=True)
    keys = []
    for value in found:
        key = []
        for known in reversed(names):
            value, at = divmod(int(value), len(known))
            key.append(known[at])
        keys.append(tuple(reversed(key)))
    return group, keys
