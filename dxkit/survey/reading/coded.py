"""Answers as small numbers: the form in which they are counted, an answer of a coded question in one byte.

See docs/methods/tally.md, "What a tally holds"."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from dxkit.files.errors import Faults
from dxkit.statistics.internal_consistency import runs_against
from dxkit.survey.reading.codebook import Codebook
from dxkit.survey.reading.coding import ANSWERED, SKIPPED, STATES, Unknown, coded_texts
from dxkit.survey.reading.distinct import looked_up
from dxkit.survey.reading.exports import Export
from dxkit.survey.reading.scales import Scale


@dataclass(frozen=True, eq=False, kw_only=True)
class Coded:
    """The answers of the people who count, n of them, to the I measured items of a codebook.

    codebook   what was asked
    codes      (n, I) uint8 or uint16. Below K, the most codes that a scale has: the place among `Scale.codes` of the
               item. From K on: K + the place in STATES; an answered one there is a number beside the codes
    numbers    (n,) float for each item whose scale has no codes, nan where there is no answer
    segments   one category column per segment, NOT_STATED where blank
    weights    (n,) the weight of each, where the file has them and there is no roster
    """

    codebook: Codebook
    codes: np.ndarray
    numbers: Mapping[str, np.ndarray]
    segments: pd.DataFrame
    weights: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def width(self) -> int:
        """K: the most codes that a scale of the codebook has."""
        return most_codes(self.codebook)

    def of(self, item: str) -> np.ndarray:
        """The codes of an item (n,)."""
        return self.codes[:, self.codebook.measured.index(item)]

    def answers(self) -> pd.DataFrame:
        """The answers as codes of their scales and as numbers, a column per measured item, nan where there is none."""
        found = np.empty(self.codes.shape, order="F")
        for i, item in enumerate(self.codebook.measured):
            codes = self.codebook.scale(item).codes
            table = np.array([*codes, *[np.nan] * (self.width + len(STATES) - len(codes))])
            found[:, i] = table[self.codes[:, i]] if codes else self.numbers[item]
        return pd.DataFrame(found, columns=pd.Index(self.codebook.measured, dtype=object))

    def states(self) -> pd.DataFrame:
        """The position in STATES of each answer."""
        table = np.array([ANSWERED] * self.width + list(range(len(STATES))), dtype=np.int8)
        return pd.DataFrame(table[self.codes], columns=pd.Index(self.codebook.measured, dtype=object))


def most_codes(book: Codebook) -> int:
    """The most codes that the scale of a measured item has."""
    return max((len(book.scale(item).codes) for item in book.measured), default=0)


def kind_of(width: int) -> type[np.unsignedinteger]:
    """The type of codes on scales of at most so many."""
    return np.uint8 if width + len(STATES) < 2**8 else np.uint16


def placed(scale: Scale, values: np.ndarray, states: np.ndarray, width: int) -> np.ndarray:
    """Codes of a scale, and states where there is none, as numbers in `Coded.codes`."""
    found = (width + states).astype(kind_of(width))
    if scale.codes:
        there = ~np.isnan(values)
        found[there] = np.searchsorted(scale.codes, values[there])
    return found


def coded_answers(
    book: Codebook, answers: pd.DataFrame, state: pd.DataFrame, segments: pd.DataFrame, weights: np.ndarray | None
) -> Coded:
    """The same from float codes and states, a column per measured item."""
    width = most_codes(book)
    codes, numbers = np.empty((len(answers), len(book.measured)), dtype=kind_of(width), order="F"), {}
    columns = answers[book.measured].to_numpy(dtype=float).T, state[book.measured].to_numpy().T
    for i, (item, given, states) in enumerate(zip(book.measured, *columns, strict=True)):
        scale = book.scale(item)
        codes[:, i] = placed(scale, given, states, width)
        if not scale.codes:
            numbers[item] = given
    return Coded(codebook=book, codes=codes, numbers=numbers, segments=segments.astype("category"), weights=weights)


def code_answers(
    export: Export, book: Codebook, rows: np.ndarray | slice, weights: np.ndarray | None, faults: Faults
) -> tuple[Coded, dict[str, int]]:
    """The answers in these rows, without segments as yet; and how many say of an item that it does not affect them."""
    width, unknown, n = most_codes(book), Unknown(), len(np.arange(len(export))[rows])
    codes = np.full((n, len(book.measured)), width + SKIPPED, dtype=kind_of(width), order="F")
    numbers: dict[str, np.ndarray] = {}
    unaffected: dict[str, int] = {}
    for i, item in enumerate(book.measured):
        if item in export.answers:
            scale, cells = book.scale(item), export.answers[item].codes[rows]
            values, states = coded_texts(export, book, item, rows, unknown, unaffected)
            codes[:, i] = looked_up(placed(scale, values, states, width), cells)
            if not scale.codes:
                numbers[item] = looked_up(values, cells)
    unknown.tell(export, book, faults)
    nobody = pd.DataFrame(index=range(n))
    return Coded(codebook=book, codes=codes, numbers=numbers, segments=nobody, weights=weights), unaffected


def reverse_suspects(book: Codebook, answers: pd.DataFrame) -> list[str]:
    """Notes on items that clearly run against the rest of their dimension, as reverse-keyed ones would."""
    notes = []
    for dimension in book.dimensions:
        items = book.dimension_items(dimension)
        scores = np.column_stack([book.index(answers[item].to_numpy(), item) for item in items])
        answered = ~np.isnan(scores)
        total, count = np.where(answered, scores, 0.0).sum(axis=1), answered.sum(axis=1)
        for i, item in enumerate(items if len(items) > 2 else ()):
            both = answered[:, i] & (count > 1)
            score = scores[both, i]
            rest = (total[both] - score) / (count[both] - 1)
            if len(score) < 2 or np.ptp(score) == 0 or np.ptp(rest) == 0:
                continue
            r = float(np.corrcoef(score, rest)[0, 1])
            if runs_against(r, len(score)):
                notes.append(reverse_note(item, dimension, r))
    return notes


def reverse_note(item: str, dimension: str, r: float) -> str:
    """What is said of an item that seems to be keyed the other way round."""
    return (
        f"item {item} runs against the rest of {dimension} (item-rest correlation {r:.2f}, 95% interval "
        "below 0); if agreeing is bad here, write low in the codebook's column good"
    )
