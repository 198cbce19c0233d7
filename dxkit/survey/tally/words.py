"""Cells of a csv block as numbers of their distinct texts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from dxkit.files.csv_stream import LONG, Cells

_LONGEST = 256
_MASKS = np.array([(1 << 8 * k) - 1 for k in range(9)], dtype=np.uint64)  # the first k bytes of a word
_ODD = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)
_EDGES = np.array([byte <= 32 or byte >= 127 or byte == ord("'") for byte in range(256)])


class Words:
    """Numbers for the texts of cells: `learn` gives a number to each text that comes for the first time."""

    def __init__(self, learn: Callable[[bytes], int]):
        self._learn, self._known = learn, {}
        self._seen = b""
        self.of_byte: np.ndarray = np.full(256, -1, dtype=np.intp)  # the numbers of texts of one byte that were learned

    def learned(self, letters: np.ndarray) -> bool:
        """Learn the texts of one byte among these; whether they all are of one byte, or empty."""
        if new := letters.tobytes().translate(None, self._seen):
            for byte in set(new) - {LONG}:
                self.of_byte[byte] = self._number(bytes([byte]).rstrip(b"\0"))
                self._seen += bytes([byte])
        return LONG not in new

    def numbers(self, cells: Cells, columns: slice | list[int]) -> np.ndarray | None:
        """The number of every cell of these columns, (rows, columns); None where a text is very long."""
        letters = cells.letters[:, columns]
        alone = self.learned(letters)
        found = self.of_byte.take(letters)
        if not alone:
            long = letters == LONG
            start, length = cells.spans(columns)
            numbers = self._long(cells.data, start[long], length[long])
            if numbers is None:
                return None
            found[long] = numbers
        return found

    def _number(self, raw: bytes) -> int:
        if raw not in self._known:
            self._known[raw] = self._learn(raw)
        return self._known[raw]

    def _long(self, data, start, length) -> np.ndarray | None:
        words = packed(data, start, length)
        if words is None:
            return None
        code, found = pd.factorize(mixed(words))
        first = np.empty(len(found), dtype=np.intp)
        first[code[::-1]] = np.arange(len(code))[::-1]
        if (words != words[first[code]]).any():  # two texts of one hash: the slower reader tells them apart
            return None
        return np.array([self._number(words[at].tobytes().rstrip(b"\0")) for at in first], dtype=np.intp)[code]


def packed(data: np.ndarray, start: np.ndarray, length: np.ndarray) -> np.ndarray | None:
    """Cells as rows of 8-byte words, filled up with zeros; None where one is very long."""
    longest = int(length.max(initial=0))
    if longest > _LONGEST:
        return None
    padded = np.concatenate([data, np.zeros(8, dtype=np.uint8)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, 8)
    words = np.empty((len(start), max(1, -(-longest // 8))), dtype="<u8")
    for k in range(words.shape[1]):
        left = np.clip(length - 8 * k, 0, 8)
        words[:, k] = windows[np.minimum(start + 8 * k, len(data))].view("<u8")[:, 0] & _MASKS[left]
    return words


def mixed(words: np.ndarray) -> np.ndarray:
    """A hash of each row of words, the same however many zeros follow; the word itself where there is one."""
    mix = words[:, 0].copy()
    for k in range(1, words.shape[1]):
        more = (mix ^ (mix >> _SHIFT)) * _ODD ^ words[:, k]
        mix = np.where(words[:, k] == 0, mix, more)
    return mix


def ids_of(cells: Cells, at: int, named: np.ndarray) -> np.ndarray | None:
    """A number for each id; None where one may be shortened, or where spaces stand around it, which do not count."""
    start, length = (each[named, 0] for each in cells.spans([at]))
    last = [cells.data[np.maximum(start + length - k, 0)] for k in (1, 2, 3)]
    zeros = (length > 16) & (last[0] == ord("0")) & (last[1] == ord("0"))
    if (last[2] == ord("+")).any() or (cells.data[start] == ord("#")).any() or 2 * zeros.sum() > len(start):
        return None  # it may be shortened, which the reader of whole files can tell
    if _EDGES[cells.data[start]].any() or _EDGES[cells.data[start + length - 1]].any():
        return None
    words = packed(cells.data, start, length)
    return None if words is None else hashed(words)


def hashed(words: np.ndarray) -> np.ndarray:
    return np.maximum(mixed(words), np.uint64(1))


def superseded(ids: list[np.ndarray]) -> dict[int, np.ndarray]:
    """By block, which of its ids come again later in the file."""
    every = pd.Series(np.concatenate(ids)) if ids else pd.Series(dtype=np.uint64)
    again = (every.duplicated(keep="last") & (every != 0)).to_numpy()
    ends = np.cumsum([len(part) for part in ids])
    return {k: rows for k, rows in enumerate(np.split(again, ends[:-1])) if rows.any()} if again.any() else {}
