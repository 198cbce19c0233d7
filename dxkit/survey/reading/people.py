"""Who is one person: blank rows, ids that repeat or were shortened, and how few people make a group."""

import hashlib
import os
import re
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.files.cells import number
from dxkit.files.errors import Faults
from dxkit.files.opening import OpenedFile
from dxkit.survey.privacy.record import LATE, Record, Rows
from dxkit.survey.privacy.record import read as read_record
from dxkit.survey.reading.codebook import Codebook
from dxkit.survey.reading.distinct import filled, looked_up, texts_of
from dxkit.survey.reading.exports import Export
from dxkit.survey.reading.rules.table import ROWS_INCLUDED, Entry

LEAST_GROUP, MOST_GROUP = 3, 1_000
BLANK_ROWS = "blank submissions set aside"
EARLIER = "earlier submissions of the same id set aside, the last one kept"
_MOST_PLACES = 5
_SHORTENED = re.compile(r"\d([.,]\d+)?[Ee]\+\d\d+|#+|\d{15}00+")  # a spreadsheet keeps 15 digits, then writes 0


def smallest_group(min_group: int) -> int:
    """The option `min_group`, checked: a group of one or two answers would show what a person said.

    >>> smallest_group(5)
    5
    """
    return options.whole("min_group", min_group, LEAST_GROUP, MOST_GROUP)


def settings(
    answers: Any, record: bool | None, min_group: int | None, cuts: Any, comment_group: int | None
) -> tuple[Record | None, int, int, Any]:
    """What was recorded beside a file of answers, and the settings that hold: recorded ones, else those given."""
    if min_group is not None:
        smallest_group(min_group)
    if comment_group is not None:
        options.whole("comment_group", comment_group, 1, MOST_GROUP)
    if record is not None:
        options.flag("record", record)
    folder = _folder(answers)
    known = None if folder is None or record is False else read_record(folder)
    if known is None:
        return None, 5 if min_group is None else min_group, 10 if comment_group is None else comment_group, cuts
    known.settled(min_group=min_group, cuts=cuts, comment_group=comment_group)
    return known, known.min_group, known.comment_group, [list(cut) for cut in known.cuts]


def _folder(answers: Any) -> Path | None:
    """The folder of a file of answers; None for a frame."""
    path = answers.path if isinstance(answers, OpenedFile) else answers
    return Path(path).parent if isinstance(path, str | os.PathLike) else None


def rows_of(answers: Any, export: Export, book: Codebook, wave: str, rows: np.ndarray | slice) -> Rows | None:
    """These rows of a file, as a record of what was shown takes them."""
    folder = _folder(answers)
    if folder is None:
        return None
    names = [item for item in book.items["item"] if item in export.answers]
    return Rows(folder=folder, wave=wave, cells={name: partial(_texts, export.answers[name], rows) for name in names})


def _texts(cells: pd.Categorical, rows: np.ndarray | slice) -> list[str]:
    return [str(text) for text in cells[rows].astype(object)]


def weights_of(export: Export, book: Codebook, faults: Faults) -> np.ndarray | None:
    """The weight of each row, 0 where it has none; None where the codebook or the file has no such column."""
    columns = [item for item in book.of_kind("weight") if item in export.answers]
    if not columns:
        return None
    if len(columns) > 1:
        message = f"the codebook has {len(columns)} questions of kind weight; keep the one to use"
        faults.add(message, **export.place(columns[0]))
    cells = export.answers[columns[0]]
    read = [number(text) if text else (0.0, None) for text in cells.categories]
    problems = [problem or ("" if value >= 0 else "a weight is not below 0") for value, problem in read]
    for i in np.flatnonzero(looked_up(np.array(problems) != "", cells.codes)).tolist():
        faults.add(problems[cells.codes[i]], **export.place(columns[0], i))
    return looked_up(np.array([value for value, _ in read]), cells.codes)


def rows_that_count(
    export: Export,
    book: Codebook,
    faults: Faults,
    weights: np.ndarray | None = None,
    late: np.ndarray | None = None,
    least: int = LEAST_GROUP,
) -> tuple[np.ndarray, pd.DataFrame]:
    """Which rows count (a flag each), and how many were set aside for what (columns what, count, rule, unit).

    Set aside are rows that a rule leaves out, tests, unfinished and blank submissions, those without a weight where
    there are weights, those that came after the wave was shown, and then all but the last submission of each id.
    Only the counts of the unit "rows set aside" add up to the rows that do not count.
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
    if late is not None and (count := int((late & keep).sum())):
        log.append(Entry(LATE if count >= least else f"{LATE} (fewer than {least})", count if count >= least else 0))
        keep[late] = False
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
            **export.place(i=int(np.flatnonzero(repeated)[0])),
        )
    return repeated


def identified(export: Export, book: Codebook, rows: np.ndarray | slice) -> np.ndarray:
    """Which of these rows have an id that names a person in the next wave too: one of the codebook's, for a tool's own
    names a submission."""
    own = any(item in export.answers for item in book.of_kind("id"))
    return filled(export.respondent)[rows] & (own and not export.applied.rules.includes("repeated ids"))


def person_keys(
    export: Export, book: Codebook, answers: pd.DataFrame, segments: pd.DataFrame, rows: np.ndarray | slice
) -> np.ndarray:
    """A number per respondent: from the id where there is one, else from the answers, so that a late answer shows."""
    ids, named = export.respondent, identified(export, book, rows)
    keys = np.empty(len(answers), dtype=np.uint64)
    if named.any():
        codes = ids.codes[rows][named]
        used, texts = np.unique(codes), texts_of(ids)
        alike = Counter(folded_id(texts[code]) for code in used)
        folds = {code: folded_id(texts[code]) for code in used}
        digests = [id_digest(folds[code] if alike[folds[code]] == 1 else texts[code]) for code in used]
        keys[named] = np.frombuffer(b"".join(digests), dtype=np.uint64)[np.searchsorted(used, codes)]
    if not named.all():
        hashes = pd.Series(row_hashes(pd.concat([answers, segments.astype(str)], axis=1)))
        of_answers = row_hashes(pd.DataFrame({"row": hashes, "again": hashes.groupby(hashes).cumcount()}))
        keys[~named] = of_answers[~named]
    return keys


def folded_id(text: str) -> str:
    """An id as it is compared, unless that makes two people of a file equal."""
    return text.strip().casefold()


def id_digest(text: str) -> bytes:
    """The eight bytes that stand for an id in the keys of a survey."""
    return hashlib.blake2b(text.encode(), digest_size=8).digest()


def row_hashes(frame: pd.DataFrame) -> np.ndarray:
    """A number for each row that depends on its cells only, the same on every machine."""
    if not frame.shape[1]:  # pandas 2.2 forgets how many rows a frame without columns has
        return np.zeros(len(frame), dtype=np.uint64)
    return pd.util.hash_pandas_object(frame, index=False).to_numpy()  # type: ignore[attr-defined]  # loaded lazily
