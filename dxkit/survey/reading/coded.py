"""Answers as small numbers: the form in which they are counted, an answer of a coded question in one byte.

See docs/methods/tally.md, "What a tally holds"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dxkit.survey.reading.codebook import Codebook
from dxkit.survey.reading.coding import ANSWERED, STATES
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

    @property
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
    for i, item in enumerate(book.measured):
        given, scale = answers[item].to_numpy(dtype=float), book.scale(item)
        codes[:, i] = placed(scale, given, state[item].to_numpy(), width)
        if not scale.codes:
            numbers[item] = given
    return Coded(codebook=book, codes=codes, numbers=numbers, segments=segments.astype("category"), weights=weights)
