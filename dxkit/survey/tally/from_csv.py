"""The tally of a csv file that need not fit into memory, read block by block."""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace

import numpy as np
import pandas as pd

from dxkit.files.csv_file import unguarded
from dxkit.files.csv_stream import LONG, BigCsv, Block, Cells, NotUtf8, open_csv
from dxkit.files.errors import DataError, Fault, Faults, fault_at
from dxkit.files.summary_rows import openings
from dxkit.survey.reading import exports
from dxkit.survey.reading.asked_if import says_not_asked, with_filters
from dxkit.survey.reading.codebook import Codebook
from dxkit.survey.reading.headers import is_option
from dxkit.survey.reading.people import BLANK_ROWS, EARLIER
from dxkit.survey.reading.responses import read_part
from dxkit.survey.reading.roster import Roster
from dxkit.survey.reading.rules.table import NO_RULES, Entry, Rules, added_logs
from dxkit.survey.reading.segments import NOT_STATED
from dxkit.survey.reading.sheet import na_note, visible, without_na
from dxkit.survey.reading.unlisted import Whole
from dxkit.survey.tally.blocks import BLANK, UNASKED, Running
from dxkit.survey.tally.from_survey import NOBODY, chosen, count, spelled
from dxkit.survey.tally.tally import Tally
from dxkit.survey.tally.words import Words, hashed, ids_of, packed, superseded

WORKERS = 2  # a fixed number, and blocks dealt out in turn: the same figures on every machine
_AHEAD = 2  # blocks that wait for each worker
_KEPT = 31 * 2**20  # bytes; giving pages back and taking them again would cost a third of the time
_MOST_FAULTS = 50
_VEILED = np.isin(np.arange(256), (*range(1, 33), 0x27, 0xA0, 0xC2, 0xE2, 0xEF))  # may stand unseen before a word
_TOO_LARGE = (
    "this file is too large for rules, which are applied to all rows at once; tally parts of it and add them up: a + b"
)


def tally_csv(
    path: str | os.PathLike[str],
    book: Codebook,
    by: str | Iterable[str] | None,
    *,
    roster: Roster | None,
    wave: str,
    min_group: int,
    source: str | None,
    progress: Callable[[str], object] | None,
    rules: Rules = NO_RULES,
) -> Tally:
    """The tally of a file of answers of any size, as that of the survey that `read_survey` reads from it.

    What fits into memory is read whole unless every cell is plain, for only the whole tells what some cells mean."""
    try:
        file = open_csv(path)
    except NotUtf8:
        file = open_csv(path, "cp1252")
    if file is not None and rules.rules and not file.fits:
        raise fault_at(_TOO_LARGE, file=file.file)
    if file is None or rules.rules:  # a workbook, or a file of another kind: read whole, or refused with the reason
        return _whole(path, book, by, roster, wave, source, min_group, rules)
    try:
        found = _Stream(file, book, by, roster, source, min_group).read(progress)
    except _NotPlain:
        return _whole(path, book, by, roster, wave, source, min_group, rules)
    except NotUtf8:
        if (file := open_csv(path, "cp1252")) is None:
            raise
        found = _Stream(file, book, by, roster, source, min_group).read(progress)
        note = "read as Windows-1252 because it is not UTF-8; look at accented letters"
        found = replace(found, notes=(*found.notes, note))
    return spelled(replace(found, wave=wave, roster=roster), roster, file.file)


def _whole(path, book: Codebook, by, roster: Roster | None, wave: str, source, min_group: int, rules: Rules) -> Tally:
    survey = read_part(path, book, roster, wave or None, source, min_group, rules=rules)
    return count(survey, by)


class _NotPlain(Exception):
    """A cell that only the whole file tells, in a file that fits into memory."""


class _Stream:
    """A pass over a file; a second one leaves out the earlier submissions of an id, if there are any."""

    def __init__(self, file: BigCsv, book: Codebook, by, roster: Roster | None, source: str | None, min_group: int):
        self.file, self.book, self.min_group = file, book, min_group
        self.asked, self.filters = with_filters(book)
        faults = Faults()
        export = exports.read_export(file.sample, self.asked, as_tool=source, faults=faults)
        faults.raise_if_any()
        self.source, self.depth, self.at = export.source, export.depth, export.positions
        self.there = [name for name in book.segments if name in self.at]
        self.segments = chosen(self.there, by, roster)
        self.notes = replace(export, na_cells=0).remarks()
        self.na = export.na_cells > 0
        even = not self.na and not export.repeated
        slow = any(is_option(row) or row.kind in ("choice", "number", "weight") for row in book.questions)
        self.plain = even and export.tool.by_hand and not slow
        ids = [item for item in book.of_kind("id") if item in self.at]
        self.id_at = self.at[ids[0]] if ids else None

    def read(self, progress) -> Tally:
        ids, found = self._pass({}, progress)
        earlier = superseded(ids) if self.id_at is not None else {}
        if earlier:
            _, found = self._pass(earlier, progress)
            log = pd.DataFrame([Entry(EARLIER, sum(int(rows.sum()) for rows in earlier.values()))])
            found = replace(found, cleaning=added_logs([found.cleaning, log]))
        return found

    def _pass(self, earlier: dict[int, np.ndarray], progress) -> tuple[list[np.ndarray], Tally]:
        np.empty(_KEPT, dtype=np.uint8)  # freed at once: from then on glibc keeps the pages of arrays up to this size
        workers = [_Worker(self, earlier) for _ in range(WORKERS)]
        ids: list[np.ndarray] = []
        waiting: deque[Future] = deque()
        told, done, size = 0, 0, self.file.path.stat().st_size
        with ExitStack() as stack:
            threads = [stack.enter_context(ThreadPoolExecutor(1)) for _ in workers]
            for block in self.file.blocks(self.depth):
                if len(waiting) == _AHEAD * WORKERS:
                    ids.append(waiting.popleft().result())
                if sum(len(worker.faults) for worker in workers) >= _MOST_FAULTS:
                    break
                turn = block.number % WORKERS
                waiting.append(threads[turn].submit(workers[turn].take, block))
                done += len(block.data)
                if progress and 10 * done // size > told:
                    told = 10 * done // size
                    progress(f"{self.file.file}: {min(100, 10 * told)}% read")
            ids += [each.result() for each in waiting]
        faults, whole, every = [fault for worker in workers for fault in worker.faults], Whole(), Faults()
        for worker in workers:
            whole += worker.whole
        whole.check_labels(self.min_group, every)
        if faults or every:
            raise _told_once([*faults, *every])
        parts = [part for worker in workers if (part := worker.tally()) is not None]
        if not parts:
            raise fault_at(NOBODY, file=self.file.file)
        found = parts[0]
        for part in parts[1:]:
            found = found + part
        na = sum(worker.na_cells for worker in workers)
        counted, unasked, unaffected = whole.notes()
        notes = (*self.notes, *counted, *([na_note(na)] if na else []), *unasked, *unaffected)
        found = replace(found, notes=notes)
        return ids, replace(found, cleaning=added_logs(worker.log() for worker in workers))


class _Worker:
    """Adds up the blocks it is handed: fast where cells are plain, else through the reader of whole files."""

    def __init__(self, stream: _Stream, earlier: dict[int, np.ndarray]):
        self.stream, self.earlier = stream, earlier
        self.faults: list[Fault] = []
        self.na_cells = 0
        self._running = Running(stream.book, stream.segments)
        self._slow: Tally | None = None
        self._blank, self.whole = 0, Whole(unaffected=self._running.unaffected)
        self._aside: list[pd.DataFrame] = []
        self._openings = openings(stream.file.encoding)
        self._items = Words(lambda raw: self._running.number(self._text(raw)))
        self._names: list[list[str]] = [[] for _ in stream.segments]
        self._labels = [
            Words(lambda raw, names=names: _place(names, " ".join(self._text(raw).split()) or NOT_STATED))
            for names in self._names
        ]
        self._filters = {
            column: Words(lambda raw: int(says_not_asked(self._text(raw))))
            for column in dict.fromkeys(stream.filters.values())
        }
        at = [stream.at.get(item, -1) for item in stream.book.measured]  # other labels of a question have no column
        self._columns = slice(at[0], at[-1] + 1) if at == list(range(at[0], at[0] + len(at))) else at

    def _text(self, raw: bytes) -> str:
        text = visible(unguarded(raw.decode(self.stream.file.encoding)))
        if text == "NA" and self.stream.file.fits:  # a label, or blank as R writes it
            raise _NotPlain
        return text

    def take(self, block: Block) -> np.ndarray:
        """Add a block; returns a number for each of its ids, 0 where the row does not count."""
        cells = self.stream.file.cells(block) if self.stream.plain else None
        ids = None if cells is None else self._add(block, cells)
        if ids is None and self.stream.file.fits:
            raise _NotPlain
        return self._add_slowly(block) if ids is None else ids

    def _add(self, block: Block, cells: Cells) -> np.ndarray | None:
        stream = self.stream
        if _may_sum_up(cells, self._openings):
            return None
        codes, known, unasked_code = self._codes(cells)
        labels = [
            words.numbers(cells, [stream.at[name]]) for words, name in zip(self._labels, stream.segments, strict=True)
        ]
        if codes is None or any(label is None for label in labels):
            return None
        blank = np.zeros(len(codes), dtype=bool)
        perhaps = np.flatnonzero(known[codes[:, 0]] == BLANK)
        blank[perhaps] = (known[codes[perhaps]] == BLANK).all(axis=1)
        comments = [stream.at[item] for item in stream.book.of_kind("comment") if item in stream.at]
        if blank.any() and cells.letters[:, comments][blank].any():
            return None  # a comment alone is an answer, if there is something to see in it
        keep, ids = ~blank, np.empty(0, dtype=np.uint64)
        if stream.id_at is not None:
            named = cells.letters[:, stream.id_at] > 0
            ids = ids_of(cells, stream.id_at, named)
            if ids is None:
                return None
            ids[blank[named]] = 0
            if (earlier := self.earlier.get(block.number)) is not None:
                keep[np.flatnonzero(named)[earlier]] = False
        filled = {}
        for item, column in stream.filters.items():
            i = stream.book.measured.index(item)
            unasked = self._filters[column].numbers(cells, [stream.at[column]])
            if unasked is None:
                return None
            unasked = unasked[:, 0].astype(bool)
            filled[item] = int(self._running.answered(i, known[codes[unasked & keep, i]]).sum())
            codes[unasked, i] = unasked_code
        if not keep.all():
            codes, labels = codes[keep], [label[keep] for label in labels]
        if not self._running.add(codes, known, [label[:, 0] for label in labels], self._names):
            return None
        self._blank += _more_than_blank(cells, blank, stream.file.separator) if blank.any() else 0
        for item, n in filled.items():
            self.whole.unasked[item] = self.whole.unasked.get(item, 0) + n
        return ids

    def _codes(self, cells: Cells) -> tuple[np.ndarray | None, np.ndarray, int]:
        """Codes of the answers, the number of the text of each, and the code of one that was not asked for."""
        letters = cells.letters[:, self._columns]
        if self._items.learned(letters):  # no answer is longer than a byte: the bytes are the codes
            self._items.of_byte[LONG] = UNASKED
            return letters.copy() if self.stream.filters else letters, self._items.of_byte, LONG
        return self._items.numbers(cells, self._columns), self._running.every, UNASKED

    def _add_slowly(self, block: Block) -> np.ndarray:
        stream = self.stream
        try:
            grid = stream.file.grid(block, stream.depth)
            if stream.na:
                grid, cells = without_na(grid, stream.depth)
                self.na_cells += cells
            grid, ids = self._without_earlier(block, grid)
            if len(grid.cells) == stream.depth:
                return ids
            survey = read_part(grid, stream.book, source=stream.source, min_group=stream.min_group, whole=self.whole)
            part = replace(count(survey, stream.segments), notes=()) if len(survey) else None
        except DataError as error:
            self.faults += error.faults
            return np.empty(0, dtype=np.uint64)
        self._aside.append(survey.cleaning)
        if part is not None:
            part = replace(part, cleaning=survey.cleaning[:0])
            self._slow = part if self._slow is None else self._slow + part
        return ids

    def _without_earlier(self, block: Block, grid):
        """The grid without rows that a later submission of the same id replaces; and a number for each id."""
        stream = self.stream
        if stream.id_at is None:
            return grid, np.empty(0, dtype=np.uint64)
        texts = [visible(row[stream.id_at]) for row in grid.cells]
        named = [i for i in range(stream.depth, len(texts)) if texts[i]]
        raw = [texts[i].encode(stream.file.encoding) for i in named]
        data, length = np.frombuffer(b"".join(raw), dtype=np.uint8), np.array([len(text) for text in raw], dtype=int)
        words = packed(data, np.cumsum(length) - length, length)
        if words is None:
            raise DataError(f"{grid.file}: an id of the rows from {block.line} on is longer than 256 letters")
        ids = hashed(words)
        answers = [
            stream.at[item] for item in (*stream.book.measured, *stream.book.of_kind("comment")) if item in stream.at
        ]
        ids[[not any(visible(grid.cells[i][j]) for j in answers) for i in named]] = 0
        gone = {named[k] for k in np.flatnonzero(self.earlier.get(block.number, ()))}
        kept = [i for i in range(len(grid.cells)) if i not in gone]
        return replace(grid, cells=[grid.cells[i] for i in kept], rows=[grid.rows[i] for i in kept]), ids

    def log(self) -> pd.DataFrame:
        """What was set aside, also where nobody was left."""
        log = added_logs([pd.DataFrame([Entry(BLANK_ROWS, self._blank)]), *self._aside])
        return log.loc[log["count"].to_numpy() > 0].reset_index(drop=True)

    def tally(self) -> Tally | None:
        found = self._running.tally(min_group=self.stream.min_group)
        if found is not None and self._slow is not None:
            found = found + self._slow
        return self._slow if found is None else found


def _place(names: list[str], label: str) -> int:
    if label not in names:
        names.append(label)
    return names.index(label)


def _may_sum_up(cells: Cells, beginnings: set[bytes]) -> bool:
    """Whether a row may be one of totals or averages, by the first bytes of its first cell."""
    letters = cells.letters[:, 0]
    if any((letters | 32 == word[0]).any() for word in beginnings if len(word) == 1):
        return True
    long = np.flatnonzero(letters == LONG)
    start, length = (each[long, 0] for each in cells.spans([0]))
    begin = np.column_stack(
        [np.where(length > k, cells.data[np.minimum(start + k, len(cells.data) - 1)], 0) for k in range(3)]
    )
    words = [np.frombuffer(word, dtype=np.uint8) for word in beginnings if len(word) > 1]
    begins = ((begin[:, : len(word)] | 32) == word for word in words)
    return bool(_VEILED[begin[:, 0]].any()) or any(each.all(axis=1).any() for each in begins)


def _more_than_blank(cells: Cells, blank: np.ndarray, separator: str) -> int:
    """How many of the rows without an answer hold something else."""
    drop = f' \t"\r{separator}'.encode()
    first, end = cells.spans([0])[0][blank, 0], cells.ends[blank, -1]
    whole = cells.data.tobytes()
    return sum(bool(whole[a:b].translate(None, drop)) for a, b in zip(first, end, strict=True))


def _told_once(faults: list[Fault]) -> DataError:
    """One error of all faults; the same fault of several blocks once."""
    kept: dict[tuple, Fault] = {}
    for fault in sorted(faults, key=lambda fault: fault.row or 0):
        kept.setdefault((re.sub(r" \(\d+ times.*\)$", "", fault.message), fault.column), fault)
    every = Faults()
    for fault in kept.values():
        every.add(fault.message, file=fault.file, sheet=fault.sheet, row=fault.row, column=fault.column)
    try:
        every.raise_if_any()
    except DataError as error:
        return error
    raise AssertionError("there is a fault")
