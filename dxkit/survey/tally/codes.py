"""One fast pass over a large frame of plain codes, in blocks that fit a processor's cache."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from dxkit.survey.reading.codebook import NEITHER, Codebook
from dxkit.survey.reading.coding import ANSWERED, SKIPPED, STATES
from dxkit.survey.reading.scales import Scale

ROWS = 4_096
_EXACT = 2**24  # whole numbers up to here are exact in single precision, which multiplies twice as fast


@dataclass(frozen=True, eq=False, kw_only=True)
class Sums:
    """What the pass leaves of the items: as in `Tally`, of one cell; codes about `centre` (I,)."""

    people: int
    pairs: np.ndarray
    sums: np.ndarray
    products: np.ndarray
    counts: np.ndarray
    states: np.ndarray
    centre: np.ndarray


def readable(frame: object, book: Codebook) -> bool:
    """Whether a frame holds numbers for the book's items and nothing else, and this pass can take their scales."""
    if not isinstance(frame, pd.DataFrame) or len(frame) < ROWS or not frame.columns.is_unique:
        return False
    if not set(book.items["kind"]) <= {"rating", "importance", "ignore"} or any(
        question.asked_if or question.good == NEITHER for question in book.questions
    ):
        return False
    if book.dimensions or set(book.measured) != set(frame.columns):
        return False
    if not all(isinstance(dtype, np.dtype) and dtype.kind in "iuf" for dtype in frame.dtypes):
        return False
    return all(map(_exact, {book.scale(item).name: book.scale(item) for item in book.measured}.values()))


def _exact(scale: Scale) -> bool:
    """Whether sums over a block of the powers of its codes stay exact in single precision."""
    if not scale.codes or any(code != int(code) for code in scale.codes):
        return False
    middle = scale.codes[len(scale.codes) // 2]
    return max(abs(code - middle) for code in scale.codes) ** max(2, len(scale.codes) - 1) * ROWS < _EXACT


def sums(frame: pd.DataFrame, book: Codebook) -> Sums | None:
    """One pass over a `readable` frame; None where some value is not a code of its scale."""
    frame = frame if list(frame.columns) == book.measured else frame.loc[:, book.measured]
    scales = [book.scale(item) for item in book.measured]
    centre = np.array([scale.codes[len(scale.codes) // 2] for scale in scales])
    items, width = len(scales), max(len(scale.codes) for scale in scales)
    roots = np.zeros((width, items))
    for i, scale in enumerate(scales):
        roots[: len(scale.codes), i] = np.array(scale.codes) - centre[i]
    sample = frame.iloc[:2].to_numpy()
    work = _Workspace(centre, roots, order="C" if sample.strides[0] > sample.strides[1] else "F")
    people, both, powers = 0, np.zeros((2 * items, 2 * items)), np.zeros((width, items))
    for start in range(0, len(frame), ROWS):
        block = frame.iloc[start : start + ROWS].to_numpy()
        mask = work.fill(block)
        if not work.valid():
            return None
        people += len(block)
        if mask is None:
            both[:items, :items] += len(block)
            both[items:, items:] += work.about.T @ work.about
            powers[0] += len(block)
        else:
            people -= int((mask @ np.ones(items, np.float32) == 0).sum())
            stacked = np.hstack([mask, work.about])
            both += stacked.T @ stacked
            powers[0] += work.ones @ mask
        found = work.powers(width)
        powers[1:] += found
        if mask is None:
            both[items:, :items] += found[0][:, None]
    pairs = both[:items, :items]
    counts = np.zeros((items, width), dtype=np.int64)
    for i, scale in enumerate(scales):
        size = len(scale.codes)
        table = np.vander(np.array(scale.codes) - centre[i], size, increasing=True).T
        counts[i, :size] = np.rint(np.linalg.solve(table, powers[:size, i]))
    states = np.zeros((items, len(STATES)), dtype=np.int64)
    states[:, ANSWERED] = np.diag(pairs)
    states[:, SKIPPED] = people - states[:, ANSWERED]
    return Sums(
        people=people,
        pairs=pairs,
        sums=both[items:, :items],
        products=both[items:, items:],
        counts=counts,
        states=states,
        centre=centre,
    )


class _Workspace:
    """Arrays for one block that are made once: asking for memory costs more than the arithmetic does."""

    def __init__(self, centre: np.ndarray, roots: np.ndarray, order: Literal["C", "F"]):
        shape = (ROWS, len(centre))
        self._about, self._product, self._step = (np.empty(shape, np.float32, order) for _ in range(3))
        self._answered = np.empty(shape, bool, order)
        self._ones = np.ones(ROWS, np.float32)
        self._centre, self._roots = _wide(centre), [_wide(root) for root in roots]
        self._floor = _wide(roots.min(axis=0) - 1)

    def fill(self, block: np.ndarray) -> np.ndarray | None:
        """Take a block of codes; what is missing becomes 0, which is the middle code. Returns the mask if any is."""
        n = self._n = len(block)
        with np.errstate(over="ignore"):
            np.copyto(self.about, block, casting="unsafe")  # codes are compared to seven digits
        np.subtract(self.about, _cut(self._centre, n), out=self.about)
        answered = np.equal(self.about, self.about, out=self._answered[:n])
        if answered.all():
            return None
        mask = answered.astype(np.float32)
        np.fmax(self.about, _cut(self._floor, n), out=self.about)
        np.multiply(self.about, mask, out=self.about)
        return mask

    @property
    def about(self) -> np.ndarray:
        return self._about[: self._n]

    @property
    def ones(self) -> np.ndarray:
        return self._ones[: self._n]

    def valid(self) -> bool:
        """Whether every value is a root of the polynomial whose roots are the codes."""
        n, product, step = self._n, self._product[: self._n], self._step[: self._n]
        np.subtract(self.about, _cut(self._roots[0], n), out=product)
        for root in self._roots[1:]:
            np.subtract(self.about, _cut(root, n), out=step)
            np.multiply(product, step, out=product)
        return not product.any()

    def powers(self, width: int) -> np.ndarray:
        """Sums over the block of the powers 1 .. width - 1 of every item; the counts of the codes follow from them."""
        power, found = self.about, np.zeros((width - 1, self._about.shape[1]))
        for p in range(width - 1):
            found[p] = self.ones @ power
            power = np.multiply(power, self.about, out=self._product[: self._n])
        return found


def _wide(row: np.ndarray) -> np.ndarray:
    """One number where all items have the same, else a row for each of the block: long loops are the fast ones."""
    row = row.astype(np.float32)
    return row[:1] if (row == row[0]).all() else np.tile(row, (ROWS, 1))


def _cut(wide: np.ndarray, n: int) -> np.ndarray:
    return wide if wide.ndim == 1 else wide[:n]
