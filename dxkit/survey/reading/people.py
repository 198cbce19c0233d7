"""Who is one person: blank rows, ids that repeat or were shortened, and how few people make a group."""

from __future__ import annotations

import hashlib
import re

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.files.cells import number
from dxkit.files.errors import Faults
from dxkit.survey.reading.codebook import Codebook
from dxkit.survey.reading.distinct import filled, looked_up, texts_of
from dxkit.survey.reading.exports import Export
from dxkit.survey.reading.rules.table import ROWS_INCLUDED, Entry

LEAST_GROUP = 3
BLANK_ROWS = "blank submissions set aside"
EARLIER = "earlier submissions of the same id set aside, the last one kept"
_MOST_PLACES = 5
_SHORTENED = re.compile(r"\d([.,]\d+)?[Ee]\+\d\d+|#+|\d{15}00+")  # a spreadsheet keeps 15 digits, then writes 0


def smallest_group(min_group: int) -> int:
    """The option `min_group`, checked: a group of one or two answers would show what a person said.

    >>> smallest_group(5)
    5
    """
    return options.whole("min_group", min_group, LEAST_GROUP)


def weights_of(export: Export, book: Codebook, faults: Faults) -> np.ndarray | None:
    """The weight of each row, 0 where it has none; None where the codebook or the file has no such column."""
    columns = [item for item in book.of_kind("weight") if item in export.answers]
    if not columns:
        return None
    place = {"file": export.file, "sheet": export.sheet, "column": export.columns_at[columns[0]]}
    if len(columns) > 1:
        faults.add(f"the codebook has {len(columns)} questions of kind weight; keep the one to use", **place)
    cells = export.answers[columns[0]]
    read = [number(text) if text else (0.0, None) for text in cells.categories]
    problems = [problem or ("" if value >= 0 else "a weight is not below 0") for value, problem in read]
    for i in np.flatnonzero(looked_up(np.array(problems) != "", cells.codes)).tolist():
        faults.add(problems[cells.codes[i]], row=int(export.rows[i]), **place)
    return looked_up(np.array([value for value, _ in read]), cells.codes)


def rows_that_count(
    export: Export, book: Codebook, faults: Faults, weights: np.ndarray | None = None
) -> tuple[np.ndarray, pd.DataFrame]:
    """Which rows count (a flag each), and how many were set aside for what (columns what, count, rule, unit).

    Set aside are rows that a rule leaves out, tests, unfinished and blank submissions, those without a weight where
    there are weights, and then all but the last submission of each id. Only the counts of the unit "rows set aside" add
    up to the rows that do not count.
    """
    keep = np.ones(len(export), dtype=bool)
    log = []

    def set_aside(rows: np.ndarray, what: str, included: str = "") -> None:
        count = int((rows & keep).sum())
        if rule := export.applied.rules.includes(included):
            log.append(Entry(f"{included} included", count, rule.place, ROWS_INCLUDED))
            return
        keep[rows] = False
        if count:
            log.append(Entry(what, count))

    for what, place, rows in export.applied.aside:
        log.append(Entry(what, int((rows & keep).sum()), place))
        keep[rows] = False
    set_aside(export.preview, "test and preview rows set aside", "test rows")
    set_aside(~export.finished, "unfinished submissions set aside", "unfinished")
    set_aside(_blank(export, book), BLANK_ROWS)
    if weights is not None:
        set_aside(weights == 0, "people without a weight set aside")
    earlier = _earlier_submissions(export, keep, faults)
    places = [str(export.rows[i]) for i in np.flatnonzero(earlier)[:_MOST_PLACES]]
    more = ", ..." if earlier.sum() > _MOST_PLACES else ""
    set_aside(earlier, f"{EARLIER} (rows {', '.join(places)}{more})", "repeated ids")
    return keep, pd.DataFrame([*log, *export.applied.entries], columns=list(Entry._fields))


def _blank(export: Export, book: Codebook) -> np.ndarray:
    """Rows without an answer or a comment."""
    blank = np.full(len(export), bool(book.measured))
    for item in (*book.measured, *book.of_kind("comment")):
        if item in export.answers:
            blank &= ~filled(export.answers[item])
    return blank


def _earlier_submissions(export: Export, keep: np.ndarray, faults: Faults) -> np.ndarray:
    """Rows whose id comes again below; a fault where a spreadsheet has made different ids the same."""
    ids, repeated = export.respondent, np.zeros(len(keep), dtype=bool)
    rows = np.flatnonzero(keep & filled(ids))
    codes = ids.codes[rows]
    last = np.zeros(len(ids.categories), dtype=np.int64)
    last[codes] = rows  # of several the last one stays
    repeated[rows] = last[codes] != rows
    if not repeated.any():
        return repeated
    shortened = looked_up(np.array([bool(_SHORTENED.fullmatch(text)) for text in texts_of(ids)]), codes)
    spoiled = int((repeated[rows] & shortened).sum())
    if spoiled and not export.applied.rules.includes("repeated ids") and 2 * shortened.sum() > len(rows):
        faults.add(
            f"a spreadsheet has shortened the ids, as 1.15E+11 or ####, so that {spoiled} rows seem to come from one "
            "person; export the answers again, and do not save them in a spreadsheet",
            file=export.file,
            sheet=export.sheet,
            row=int(export.rows[int(np.flatnonzero(repeated)[0])]),
        )
    return repeated


def ids_name_people(export: Export, book: Codebook) -> bool:
    """Whether the ids are the codebook's: a tool's own id names a submission, and another one in the next wave."""
    repeated = export.applied.rules.includes("repeated ids")
    return not repeated and any(item in export.answers for item in book.of_kind("id"))


def identified(export: Export, book: Codebook, rows: np.ndarray | slice) -> np.ndarray:
    """Which of these rows have an id that names a person in the next wave too."""
    return filled(export.respondent)[rows] & ids_name_people(export, book)


def person_keys(
    export: Export, book: Codebook, answers: pd.DataFrame, segments: pd.DataFrame, rows: np.ndarray | slice
) -> np.ndarray:
    """A number per respondent: from the id where there is one, else from the answers, so that a late answer shows."""
    ids, named = export.respondent, identified(export, book, rows)
    keys = np.empty(len(answers), dtype=np.uint64)
    if named.any():
        digests = [hashlib.blake2b(text.encode(), digest_size=8).digest() for text in texts_of(ids)]
        keys[named] = np.frombuffer(b"".join(digests), dtype=np.uint64)[ids.codes[rows][named]]
    if not named.all():
        hashes = pd.Series(row_hashes(pd.concat([answers, segments.astype(str)], axis=1)))
        of_answers = row_hashes(pd.DataFrame({"row": hashes, "again": hashes.groupby(hashes).cumcount()}))
        keys[~named] = of_answers[~named]
    return keys


def row_hashes(frame: pd.DataFrame) -> np.ndarray:
    """A number for each row that depends on its cells only, the same on every machine."""
    if not frame.shape[1]:  # pandas 2.2 forgets how many rows a frame without columns has
        return np.zeros(len(frame), dtype=np.uint64)
    return pd.util.hash_pandas_object(frame, index=False).to_numpy()  # type: ignore[attr-defined]  # loaded lazily
