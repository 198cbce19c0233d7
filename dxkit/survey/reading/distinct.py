"""Columns of answers as codes of their distinct texts: what is said of a cell is worked out once for each text.

A column is a categorical of texts, "" where a cell is blank. Its texts stand in the order in which they first occur.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

_TILE = 2**16  # rows whose numbers fit a processor's cache


def column(codes: np.ndarray, texts: Sequence[str] | pd.Index) -> pd.Categorical:
    kinds = pd.CategoricalDtype(pd.Index(texts, dtype=object))
    return pd.Categorical.from_codes(codes, dtype=kinds, validate=False)


def blank(n: int) -> pd.Categorical:
    return column(np.zeros(n, dtype=np.int8), [""])


def texts_of(cells: pd.Categorical) -> list[str]:
    return cells.categories.tolist()


def code_of(cells: pd.Categorical, text: str) -> int:
    """The code of a text; -1 where no cell holds it."""
    if len(cells.categories) > _TILE:
        return int(np.append(np.flatnonzero(cells.categories == text), -1)[0])
    texts = texts_of(cells)
    return texts.index(text) if text in texts else -1


def counts(codes: np.ndarray, most: int) -> np.ndarray:
    """How many of these codes are 0, 1, ... most - 1."""
    if len(codes) <= _TILE or most > _TILE:
        return np.bincount(codes, minlength=most)
    return np.sum([np.bincount(codes[at : at + _TILE], minlength=most) for at in range(0, len(codes), _TILE)], axis=0)


def times(cells: pd.Categorical) -> np.ndarray:
    """How often each distinct text occurs."""
    return counts(cells.codes, len(cells.categories))


def looked_up(table: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """The entry of a table at each code."""
    if len(codes) <= _TILE:
        return table[codes]
    found = np.empty(len(codes), dtype=table.dtype)
    for at in range(0, len(codes), _TILE):
        np.take(table, codes[at : at + _TILE], out=found[at : at + _TILE], mode="clip")
    return found


def flags(cells: pd.Categorical, says: Callable[[str], bool]) -> np.ndarray:
    """Whether each cell is a text of which this is so."""
    return looked_up(np.fromiter(map(says, texts_of(cells)), dtype=bool, count=len(cells.categories)), cells.codes)


def filled(cells: pd.Categorical) -> np.ndarray:
    return cells.codes != code_of(cells, "")


def read_as(cells: pd.Categorical, texts: list[str]) -> pd.Categorical:
    """The column with each distinct text read as another.

    >>> read_as(pd.Categorical.from_codes([0, 1, 2], ["b", "a", "B"]), ["b", "a", "b"]).codes.tolist()
    [0, 1, 0]
    """
    if texts == texts_of(cells):
        return cells
    place: dict[str, int] = {}
    table = np.array([place.setdefault(text, len(place)) for text in texts], dtype=cells.codes.dtype)
    if len(place) == len(texts):  # another name for each
        return column(cells.codes, list(place))
    return column(looked_up(table, cells.codes), list(place))


def overlaid(cells: pd.Categorical, rows: np.ndarray, text: str) -> pd.Categorical:
    """The column with this text in these rows."""
    if not rows.any():
        return cells
    texts = texts_of(cells)
    at = texts.index(text) if text in texts else len(texts)
    return column(np.where(rows, at, cells.codes), texts if at < len(texts) else [*texts, text])


def appended(one: pd.Categorical, other: pd.Categorical) -> pd.Categorical:
    """Two columns as one, a line for each where a row has both.

    >>> appended(pd.Categorical(["a", "", "b"]), pd.Categorical(["", "c", "d"])).tolist()
    ['a', 'c', 'b\\nd']
    """
    rows = np.flatnonzero(filled(other))
    if not len(rows):
        return one
    width = len(other.categories)
    pairs, found = pd.factorize(one.codes[rows].astype(np.int64) * width + other.codes[rows])
    place = {text: k for k, text in enumerate(texts_of(one))}
    lines = [
        tuple(filter(None, (one.categories[a], other.categories[b]))) for a, b in (divmod(p, width) for p in found)
    ]
    table = np.array([place.setdefault("\n".join(each), len(place)) for each in lines])
    codes = one.codes.astype(np.int64)
    codes[rows] = table[pairs]
    return column(codes, list(place))


def same(one: pd.Categorical, other: pd.Categorical) -> bool:
    """Whether two columns have the same content."""
    if len(one.categories) != len(other.categories):
        return False
    table = one.categories.get_indexer(other.categories)
    return bool((table >= 0).all() and (one.codes == looked_up(table, other.codes)).all())


def separate(columns: Sequence[pd.Categorical]) -> bool:
    """Whether somebody filled these columns and nobody two of them: one question, asked on several ways through."""
    most = np.sum([filled(each) for each in columns], axis=0, dtype=np.int32) if columns else np.zeros(0)
    return bool(most.size) and int(most.max()) == 1


def joined(columns: Sequence[pd.Categorical]) -> pd.Categorical:
    """The cells of separate columns as one column."""
    found = columns[0]
    for each in columns[1:]:
        found = appended(found, overlaid(each, filled(found), ""))
    return found
