"""Counts and sums of answers that go by in blocks; an answer is the number of its text (MODELS 2)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from dxkit.survey import topics
from dxkit.survey.codebook import Codebook
from dxkit.survey.labels import ANSWERED, NOT_ASKED, SKIPPED, STATES, meaning, state_of
from dxkit.survey.tally import ORIGIN, Tally
from dxkit.survey.variables import described, item_values, origins, with_dimensions

_ALONE = 2**18  # multiplications up to here stay in one thread: waiting for a second one can cost a hundred times more
_SINGLE = 2**24  # whole numbers up to here are exact in single precision, which multiplies twice as fast
BLANK, UNASKED = 0, 1  # numbers of no text: nothing was answered; nothing was asked


class Running:
    """What has gone by so far. `number` gives a text its number, `add` takes a block of them, `tally` ends it."""

    def __init__(self, book: Codebook, segments: Sequence[str]):
        self.book, self.segments = book, list(segments)
        self.variables = described(book)
        self.unaffected: dict[str, int] = {}
        self._origins = origins(self.variables)
        self._items = len(book.measured)
        scales = [book.scale(item).codes for item in book.measured]
        self._codes = scales
        self._width = max(map(len, scales), default=0)
        self._bins = self._width + 1 + len(STATES)  # a bin for each code, for any number, each other state, unknown
        self._burdens = [score for score in topics.allowed(book) if topics.single_items(book, score) is None]
        self._numbers: dict[str, int] = {}
        self._meanings: dict[tuple, tuple[float | None, bool]] = {}
        self._room, self._used = 32, 2
        self._value = np.full((self._items, self._room), np.nan)
        self._code = np.full((self._items, self._room), np.nan)
        self._bin = np.zeros((self._items, self._room), dtype=np.intp)
        self._spared = np.zeros((self._items, self._room), dtype=bool)
        self._bin[:, BLANK] = self._width + SKIPPED
        self._bin[:, UNASKED] = self._width + NOT_ASKED
        self._cells: dict[tuple[str, ...], list] = {}

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
        codes = np.full((1, self._items), np.nan)
        for i, item in enumerate(self.book.measured):
            code, spared = self._meaning(item, text)
            if code is None:
                self._bin[i, at] = self._bins - 1
                continue
            codes[0, i], self._spared[i, at] = code, spared
            state, known = state_of(code, text), self._codes[i]
            self._bin[i, at] = known.index(code) if state == ANSWERED and known else self._width + state
        self._code[:, at] = codes[0]
        self._value[:, at] = item_values(self.book, codes)[0] - self._origins[: self._items]

    def _meaning(self, item: str, text: str) -> tuple[float | None, bool]:
        row = self.book.item(item)
        key = (row["scale"], row["kind"], bool(row["topic"]), row["reverse"], text)
        if key not in self._meanings:
            self._meanings[key] = meaning(self.book, item, text)
        return self._meanings[key]

    def answered(self, i: int, numbers: np.ndarray) -> np.ndarray:
        """Which of these texts are answers to item i."""
        bins = self._bin[i, numbers]
        return (bins < self._width) | (bins == self._width + ANSWERED)

    def add(self, numbers: np.ndarray, labels: Sequence[np.ndarray], names: Sequence[Sequence[str]]) -> bool:
        """Add a block of respondents.

        numbers (n, I) of the texts of their answers; labels, an array (n,) for each segment, point into its names.
        Nothing is added, and the answer is False, where a text stands for no answer of its item's scale.
        """
        if not len(numbers):
            return True
        flat = numbers + np.arange(self._items) * self._room
        texts = np.bincount(flat.ravel(), minlength=self._items * self._room)
        if (self._bin.ravel()[np.flatnonzero(texts)] == self._bins - 1).any():
            return False
        spared = np.where(self._spared, texts.reshape(self._items, -1), 0).sum(axis=1)
        for i in np.flatnonzero(spared):
            item = self.book.measured[i]
            self.unaffected[item] = self.unaffected.get(item, 0) + int(spared[i])
        values = self._value.ravel().take(flat)
        anyone = np.zeros((len(values), 0), dtype=bool)
        if self.book.dimensions:
            values += self._origins[: self._items]
            values, anyone = with_dimensions(self.book, values)
            values -= self._origins
        costs = self._costs(flat)
        group, keys = _grouped(len(numbers), labels, names)
        order = np.argsort(group, kind="stable") if len(keys) > 1 else slice(None)
        ends = np.cumsum(np.bincount(group, minlength=len(keys)))
        values, flat, anyone = values[order], flat[order], anyone[order]
        costs = [cost[order] for cost in costs]
        for start, end, key in zip((0, *ends[:-1]), ends, keys, strict=True):
            if len(keys) > 1:
                texts = np.bincount(flat[start:end].ravel(), minlength=self._items * self._room)
            found = [end - start, self._binned(texts), anyone[start:end].sum(axis=0), *moments(values[start:end])]
            for cost in costs:
                found += moments(cost[start:end])
            if key not in self._cells:
                self._cells[key] = found
            else:
                so_far = self._cells[key]
                for k, part in enumerate(found):
                    so_far[k] = so_far[k] + part
        return True

    def _binned(self, texts: np.ndarray) -> np.ndarray:
        """Counts of texts by item (flat) as counts of codes and states by item, (I * bins,)."""
        at = np.flatnonzero(texts)
        place = self._bin.ravel()[at] + at // self._room * self._bins
        return np.bincount(place, weights=texts[at], minlength=self._items * self._bins).astype(np.int64)

    def _costs(self, flat: np.ndarray) -> list[np.ndarray]:
        """The burdens that are not those of one item."""
        if not self._burdens:
            return []
        answers = pd.DataFrame(self._code.ravel().take(flat), columns=self.book.measured)
        return [topics.burdens(self.book, answers, score) - ORIGIN[score] for score in self._burdens]

    def tally(self, **facts) -> Tally | None:
        """All that went by, with facts (roster, wave, min_group, ...); None where nothing did."""
        if not self._cells:
            return None
        keys = sorted(self._cells)
        parts = [np.stack([np.asarray(self._cells[key][k]) for key in keys]) for k in range(len(self._cells[keys[0]]))]
        people, bins, anyone, pairs, sums, products, *costs = parts
        bins = bins.reshape(len(keys), self._items, self._bins)
        states = bins[:, :, self._width : self._width + len(STATES)].copy()
        states[:, :, ANSWERED] += bins[:, :, : self._width].sum(axis=2)
        cells = pd.DataFrame(keys, columns=self.segments, dtype=object) if self.segments else pd.DataFrame(index=[0])
        return Tally(
            codebook=self.book, cells=cells, variables=self.variables, people=people, pairs=pairs, sums=sums,
            products=products, counts=bins[:, :, : self._width], states=states, anyone=anyone.astype(np.int64),
            origin=self._origins,
            burdens={score: tuple(costs[3 * k : 3 * k + 3]) for k, score in enumerate(self._burdens)}, **facts,
        )  # fmt: skip


def moments(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pair counts, sums of the first over pairs, and sums of products, of values about the origin."""
    n, j = values.shape
    tile = max(8, _ALONE // max(1, 3 * j * j))
    answered = values == values
    filled = np.where(answered, values, 0.0)
    most = max(filled.max(initial=0.0), -filled.min(initial=0.0))
    exact = most * most * tile < _SINGLE and not np.any(filled != np.rint(filled))
    both = np.empty((n, 2 * j), dtype=np.float32 if exact else float)
    both[:, :j] = answered
    both[:, j:] = filled
    whole, pairs = np.zeros((j, 2 * j)), np.zeros((j, j))
    for start in range(0, n, tile):
        part = both[start : start + tile]
        whole += part[:, j:].T @ part
        pairs += part[:, :j].T @ part[:, :j]
    return pairs, whole[:, :j], whole[:, j:]


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


