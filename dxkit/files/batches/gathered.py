"""The cells of columns, batch by batch: a small number for each cell, and the distinct texts they stand for."""

import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import compress
from typing import Any

import numpy as np
import pandas as pd

from dxkit.files.cells import all_visible, as_text, visible
from dxkit.files.errors import DataError, fault_at

Cells = tuple[np.ndarray, Any]  # the place of each cell among distinct texts, and these: a list, or pyarrow's array
Batch = Mapping[int, Cells]  # by column
Looks = Callable[[Batch], np.ndarray]  # the rows of a batch that are kept as they stand
At = Mapping[str, str] | None  # the place of a column; None where nobody asked for it
FILLED = "(not read)"  # what stands in a cell that holds something, in a column in outline
_OUTLINE = ("", "NA", FILLED)
_CELLS = "make each cell a text, a number or a date"
LISTS, BYTES = f"lists; {_CELLS}", f"bytes; {_CELLS}"
FEW = 250  # distinct texts of a batch that are told apart one by one; more of them by pyarrow, if it made the batch
_WORTH_UNITING = 2**24
_NESTED = (list, tuple, dict, set, frozenset, np.ndarray, bytes, bytearray, memoryview)
_OBJECT = 100  # bytes that a text takes beside its letters


class Columns:
    """The columns of a source, so far; refused as soon as it is clear that they take more than `limit` bytes.

    Those that are not among `kept` (None for all) are in outline, but in the rows of a batch that `looks` finds; these
    rows, of all batches, are `whole`."""

    def __init__(self, width: int, limit: int, kept: Iterable[int] | None = None, looks: Looks | None = None):
        self.limit, self.kept = limit, frozenset(range(width) if kept is None else kept)
        self.gathered = [Gathered() for _ in range(width)]
        self._looks, self._rows, self._found = looks, 0, [np.zeros(0, dtype=np.int64)]

    @property
    def positions(self) -> range:
        return range(len(self.gathered))

    def at(self, file: str, names: Sequence[str]) -> list[At]:
        """The place of each column, where it is kept."""
        return [{"file": file, "column": name} if j in self.kept else None for j, name in enumerate(names)]

    def add(self, batch: Batch, share: float | None = None) -> None:
        """Add a batch, after which so large a share of the source has been read.

        Raises
        ------
        DataError
            The columns would take too much memory.
        """
        whole = self._looks(batch) if self._looks else self._found[0]
        for j, gathered in enumerate(self.gathered):
            gathered.add(*(batch[j] if j in self.kept else outlined(batch[j], whole)))
        self._found.append(whole + self._rows)
        self._rows += len(batch[0][0]) if batch else 0
        codes = sum(each.codes for each in self.gathered)
        texts = sum(each.texts for each in self.gathered)
        if codes / (share or 1) + texts > self.limit:
            need = f"need about {_bytes((codes + texts) / share)}" if share else f"need more than {_bytes(self.limit)}"
            raise DataError(
                f"these answers {need} as codes; tally parts of them and add them up, or raise memory= "
                f"(it is {_bytes(self.limit)})"
            )

    @property
    def whole(self) -> np.ndarray:
        return np.concatenate(self._found)

    def finished(self) -> list[pd.Categorical]:
        """All columns by position."""
        columns = []
        while self.gathered:
            columns.append(self.gathered.pop(0).column())
        return columns


def outlined(cells: Cells, whole: np.ndarray) -> Cells:
    """Cells in outline: blank, NA or filled; those in the rows `whole` as they stand.

    >>> numbers, texts = outlined((np.array([0, 1, 2, 3, 0]), ["r1", " ", "NA", "r2"]), np.array([4]))
    >>> [texts[k] for k in numbers]
    ['r1', '', 'NA', '(not read)', 'r1']
    """
    numbers, texts = cells[0], as_list(cells[1])
    table = np.full(len(texts), _OUTLINE.index(FILLED))
    if all_visible(texts):  # ids: no need to look at each
        strange = [texts.index(text) for text in _OUTLINE if text in texts]
    else:
        strange = range(len(texts))
    for k in strange:
        text = visible(texts[k])
        table[k] = _OUTLINE.index(text if text in _OUTLINE else FILLED)
    kept = np.unique(numbers[whole])
    table[kept] = np.arange(len(_OUTLINE), len(_OUTLINE) + len(kept))
    distinct = [*_OUTLINE, *(texts[k] for k in kept)]
    place = {text: k for k, text in reversed(list(enumerate(distinct)))}
    return only_used(np.array([place[text] for text in distinct])[table][numbers], distinct)


def _bytes(number: float) -> str:
    unit, name = (2**30, "GB") if number >= 2**30 else (2**20, "MB")
    return f"{number / unit:,.1f} {name}"


class Gathered:
    """The cells of one column so far: `codes` and `texts` are about the bytes that they take."""

    def __init__(self) -> None:
        self.codes = self.texts = 0
        self._code: dict[str, int] = {}
        self._chunks: list[np.ndarray] = []
        self._arrays: list = []  # dictionary arrays of pyarrow, once there are many distinct texts
        self._united = 0  # bytes of their texts when they were last made one

    def add(self, numbers: np.ndarray, texts: Any) -> None:
        """Add the cells of a batch, which use each of these texts."""
        if self._arrays or not isinstance(texts, list):
            self._add_array(numbers, texts)
            return
        code, known = self._code, len(self._code)
        table = [code.setdefault(text, len(code)) for text in texts]
        self._chunks.append(np.array(table, dtype=_smallest(len(code)))[numbers])
        self.codes += self._chunks[-1].nbytes
        if new := len(code) - known:
            self.texts += new * _OBJECT + new * sum(map(len, texts)) // max(1, len(texts))

    def _add_array(self, numbers: np.ndarray, texts: Any) -> None:
        """The same by pyarrow, for many distinct texts."""
        if self._chunks:
            chunks, self._chunks = self._chunks, []
            self._arrays.append(_dictionary(np.concatenate(chunks), list(self._code)))
            self.codes = self._arrays[0].indices.nbytes
        array = _dictionary(numbers, texts)
        self._arrays.append(array)
        self.codes += array.indices.nbytes
        self.texts += array.dictionary.nbytes
        if self.texts > _WORTH_UNITING + 4 * self._united:
            self._arrays = [_united(self._arrays)]
            self._united = self.texts = self._arrays[0].dictionary.nbytes

    def column(self) -> pd.Categorical:
        if self._arrays:
            array = _united(self._arrays)
            codes, texts = array.indices.to_numpy(), array.dictionary
        else:
            codes, texts = (
                np.concatenate(self._chunks or [np.zeros(0, np.int8)]),
                np.array([*self._code, None], dtype=object)[:-1],
            )
        self._arrays, self._chunks = [], []
        index = pd.Index(texts, dtype=object) if isinstance(texts, np.ndarray) else pd.Index(texts.to_pandas())
        distinct = pd.CategoricalDtype._from_fastpath(index)  # else pandas would look whether the texts are distinct
        return pd.Categorical.from_codes(
            codes.astype(_smallest(len(index)), copy=False), dtype=distinct, validate=False
        )


def _dictionary(numbers: np.ndarray, texts: Any) -> Any:
    """The same cells as an array of pyarrow."""
    import pyarrow as pa

    values = pa.array(texts, pa.large_string()) if isinstance(texts, list) else texts.cast(pa.large_string())
    return pa.DictionaryArray.from_arrays(pa.array(numbers, pa.int32()), values)


def _united(arrays: list) -> Any:
    """Several dictionary arrays as one, whose texts are distinct."""
    import pyarrow as pa

    parts = pa.chunked_array(arrays).unify_dictionaries().chunks
    indices = pa.concat_arrays([part.indices for part in parts])
    return pa.DictionaryArray.from_arrays(indices, parts[0].dictionary)


def _smallest(most: int) -> np.dtype:
    """The type in which pandas keeps the codes of so many categories."""
    return np.dtype(np.int8 if most < 2**7 else np.int16 if most < 2**15 else np.int32)


def as_list(texts: Any) -> list[str]:
    return texts if isinstance(texts, list) else texts.to_pylist()


def all_rows(parts: Sequence[Sequence[int] | np.ndarray]) -> Sequence[int] | np.ndarray:
    """The row numbers of several parts; a range where none is left out."""
    ranges = [part for part in parts if isinstance(part, range)]
    if (
        ranges
        and len(ranges) == len(parts)
        and all(a.stop == b.start for a, b in zip(ranges, ranges[1:], strict=False))
    ):
        return range(ranges[0].start, ranges[-1].stop)
    return np.concatenate([np.zeros(0, np.int64), *(np.asarray(part, dtype=np.int64) for part in parts)])


def text_of(value: object, at: At) -> str:
    """A value of a frame as text; text stays as it stands. `at` is the place of its column.

    Raises
    ------
    DataError
        A value that is not one cell, or an infinite number.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, _NESTED):
        return refused(BYTES if isinstance(value, bytes | bytearray | memoryview) else LISTS, at)
    if isinstance(value, float | np.floating) and math.isinf(value):
        return refused("an infinite number; write a finite one", at)
    if isinstance(value, dt.datetime) and value is not pd.NaT:
        value = pd.Timestamp(value)
    if isinstance(value, dt.timedelta):
        value = pd.Timedelta(value)
    return as_text(value)


def refused(what: str, at: At) -> str:
    """Refuse a column for what it holds; where nobody asked for it, the text that stands for that."""
    if at is None:
        return FILLED
    raise fault_at(f"the column holds {what}", **at)


def of_cells(cells: Sequence[str] | np.ndarray) -> Cells:
    """Cells of text as places and distinct texts."""
    numbers, texts = pd.factorize(np.array([*cells, None], dtype=object)[:-1])
    return numbers, list(texts)


def of_series(column: pd.Series, at: At) -> Cells:
    """A column of a pandas frame as places and distinct texts."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        numbers, values = column.cat.codes.to_numpy(), column.cat.categories
    elif column.dtype == object and pd.api.types.infer_dtype(column, skipna=True).startswith(("mixed", "bytes")):
        return of_cells([text_of(value, at) for value in column])  # True and 1 are the same to `factorize`
    else:
        numbers, values = pd.factorize(column)
    return in_use(numbers, values, at)


def in_use(numbers: np.ndarray, values: Iterable[object], at: At) -> Cells:
    """Places among distinct values, -1 where one is missing, as places among the texts of those in use."""
    texts = [text_of(value, at) for value in values]
    return only_used(np.where(numbers < 0, len(texts), numbers), [*texts, ""])


def only_used(numbers: np.ndarray, texts: Any) -> Cells:
    """The same cells, without the texts that none of them has."""
    used = np.bincount(numbers, minlength=len(texts)) > 0
    if used.all():
        return numbers, texts
    kept = list(compress(texts, used)) if isinstance(texts, list) else texts.take(np.flatnonzero(used))
    return (np.cumsum(used) - 1)[numbers], kept
