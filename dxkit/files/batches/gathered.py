"""The cells of a column, batch by batch: a small number for each cell, and the distinct texts they stand for."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from dxkit.files.cells import as_text
from dxkit.files.errors import fault_at

Batch = Mapping[int, tuple[np.ndarray, list[str]]]  # by column: a number for each cell, -1 where empty, and the texts
_NESTED = (list, tuple, dict, set, frozenset, np.ndarray, bytes, bytearray, memoryview)


class Gathered:
    """The cells of one column so far."""

    def __init__(self) -> None:
        self._code: dict[str, int] = {}
        self._chunks: list[np.ndarray] = []

    def add(self, numbers: np.ndarray, texts: Iterable[str]) -> None:
        """Add the cells of a batch: the place of each among these texts, -1 where it is empty."""
        code = self._code
        table = [code.setdefault(text, len(code)) for text in texts]
        if len(numbers) and numbers.min() < 0:
            table.append(code.setdefault("", len(code)))
        self._chunks.append(np.array(table, dtype=_smallest(len(code)))[numbers])

    @property
    def held(self) -> int:
        """About how many bytes it takes."""
        return sum(chunk.nbytes for chunk in self._chunks) + sum(map(len, self._code)) + 150 * len(self._code)

    def column(self) -> pd.Categorical:
        """The whole column; texts that no cell has are left out."""
        texts = np.array([*self._code, None], dtype=object)[:-1]
        codes = np.concatenate(self._chunks, dtype=_smallest(len(texts)))
        self._chunks.clear()
        there = np.bincount(codes, minlength=len(texts)) > 0
        if not there.all():
            codes = (np.cumsum(there) - 1).astype(codes.dtype)[codes]
        return pd.Categorical.from_codes(codes, pd.Index(texts[there], dtype=object), validate=False)


def _smallest(most: int) -> np.dtype:
    """The type in which pandas keeps the codes of so many categories."""
    return np.dtype(np.int8 if most < 2**7 else np.int16 if most < 2**15 else np.int32)


def text_of(value: object, at: Mapping[str, str]) -> str:
    """A value of a frame as text; text stays as it stands. `at` is the place of its column.

    Raises
    ------
    DataError
        A value that is no single cell, or an infinite number.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, _NESTED):
        kind = "bytes" if isinstance(value, bytes | bytearray | memoryview) else "lists"
        raise fault_at(f"the column holds {kind}; make each cell a text, a number or a date", **at)
    if isinstance(value, float | np.floating) and math.isinf(value):
        raise fault_at("the column holds an infinite number; write a finite one", **at)
    if isinstance(value, dt.datetime) and not isinstance(value, pd.Timestamp) and value is not pd.NaT:
        value = pd.Timestamp(value)
    return as_text(value)


def of_cells(cells: list[str]) -> tuple[np.ndarray, list[str]]:
    """Cells of text as numbers and distinct texts."""
    numbers, texts = pd.factorize(np.array([*cells, None], dtype=object)[:-1])
    return numbers, list(texts)


def of_series(column: pd.Series, at: Mapping[str, str]) -> tuple[np.ndarray, list[str]]:
    """A column of a pandas frame as numbers and distinct texts, -1 where a value is missing."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        numbers, values = column.cat.codes.to_numpy(), column.cat.categories
    elif column.dtype == object and pd.api.types.infer_dtype(column, skipna=True).startswith(("mixed", "bytes")):
        return of_cells([text_of(value, at) for value in column])  # True and 1 are the same to `factorize`
    else:
        numbers, values = pd.factorize(column)
    return numbers, [text_of(value, at) for value in values]
