"""What of a survey has been shown: its settings and which rows were counted, kept beside the answers in release.json.

See docs/methods/anonymity.md, "A wave is shown once"."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import re
import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from dxkit.files.errors import DataError, fault_at
from dxkit.files.writing import replacing

FILE = "release.json"
LATE = "came after the wave was shown"
_VERSION = 1
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A wave that was shown: the day, and a salted digest of each row that was counted, in the order of the digests."""

    day: str
    rows: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Record:
    """The settings of a survey and the waves that were shown with them."""

    min_group: int
    cuts: tuple[tuple[str, ...], ...]
    comment_group: int
    salt: str = field(default_factory=lambda: secrets.token_hex(16))
    waves: Mapping[str, Shown] = field(default_factory=dict)

    def late(self, wave: str, names: Sequence[str], columns: Sequence[Sequence[str]]) -> np.ndarray:
        """Which rows of a wave came after it was shown; none where it has not been.

        Parameters
        ----------
        wave : str
            The name of the wave.
        names : sequence of str
            Columns that the codebook names.
        columns : sequence of sequences of str
            Their cells, a sequence for each column.

        Raises
        ------
        DataError
            A row that was counted is gone or changed.
        """
        rows = digests(self.salt, names, columns)
        shown = self.waves.get(wave)
        if shown is None:
            return np.zeros(len(rows), dtype=bool)
        left = Counter(shown.rows)
        late = np.ones(len(rows), dtype=bool)
        for i, row in enumerate(rows):
            if left[row] > 0:
                left[row] -= 1
                late[i] = False
        if left.total():
            raise DataError(
                f"an answer that was counted on {shown.day} is gone or changed; new figures beside the old pages would "
                "give it away. Keep the old pages, or restore the file"
            )
        return late

    def settled(self, **given: Any) -> None:
        """Refuse settings other than the recorded ones; None stands for what is recorded."""
        for name, value in given.items():
            recorded = getattr(self, name)
            value = tuple(map(_cut, value)) if name == "cuts" and value is not None else value
            if value is not None and value != recorded:
                raise DataError(
                    f"{name}={_written(value)}: this survey was shown with {name}={_written(recorded)}, which {FILE} "
                    "records; leave it out"
                )


def _cut(names: str | Sequence[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _written(value: Any) -> str:
    if not isinstance(value, tuple):
        return str(value)
    return f"[{', '.join(repr(cut[0] if len(cut) == 1 else list(cut)) for cut in value)}]"


def digests(salt: str, names: Sequence[str], columns: Sequence[Sequence[str]]) -> list[str]:
    """A salted digest of each row: of its filled cells, stripped, whatever the order of rows and columns.

    >>> one = digests("s", ["ci", "team"], [["4", "5"], ["Red ", ""]])
    >>> one == digests("s", ["team", "new", "ci"], [["Red", ""], ["", " "], ["4", "5"]])
    True
    """
    pieces = []
    for j in sorted(range(len(names)), key=lambda j: names[j]):
        key = json.dumps(names[j])
        known = {text: f"{key}:{json.dumps(cell)}," if (cell := text.strip()) else "" for text in set(columns[j])}
        pieces.append([known[text] for text in columns[j]])
    return [hashlib.sha256(f"{salt}{''.join(row)}".encode()).hexdigest() for row in zip(*pieces, strict=True)]


def read(folder: str | os.PathLike[str]) -> Record | None:
    """The record in a folder; None where there is none.

    Raises
    ------
    DataError
        A file that is not a record, or a damaged one.
    """
    path = Path(folder) / FILE
    if not path.is_file():
        return None
    try:
        held = json.loads(path.read_bytes())
        waves = {
            name: Shown(day=wave["day"], rows=tuple(map(str, wave["rows"]))) for name, wave in held["waves"].items()
        }
        record = Record(
            min_group=held["min_group"],
            cuts=tuple(tuple(map(str, cut)) for cut in held["cuts"]),
            comment_group=held["comment_group"],
            salt=held["salt"],
            waves=waves,
        )
        fits = held["version"] == _VERSION and _sound(record)
    except (ValueError, KeyError, TypeError, AttributeError, OSError):
        fits = False
    if not fits:
        raise fault_at(
            "this is not the record of a survey that was shown, or it is damaged; restore it from a backup", file=FILE
        )
    return record


def _sound(record: Record) -> bool:
    numbers = (record.min_group, 3), (record.comment_group, 1)
    return (
        all(type(number) is int and least <= number <= 1_000 for number, least in numbers)
        and isinstance(record.salt, str)
        and all(isinstance(wave.day, str) and _DAY.fullmatch(wave.day) for wave in record.waves.values())
        and all(_DIGEST.fullmatch(row) for wave in record.waves.values() for row in wave.rows)
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class Rows:
    """The rows of a file that were counted, as `Record` takes them: what `publish` writes down.

    folder   where the answers are
    wave     the name of the wave
    cells    the text of every column that the codebook names, by name
    """

    folder: Path
    wave: str
    cells: Mapping[str, Callable[[], Sequence[str]]]

    def late(self, record: Record) -> np.ndarray:
        """Which of them came after the wave was shown."""
        return record.late(self.wave, list(self.cells), [cells() for cells in self.cells.values()])

    def publish(self, **settings: Any) -> Record:
        """Record that the wave is shown today with these settings."""
        if {"data_samples", "_shipped"} & set(self.folder.resolve().parts):
            raise DataError("these are the samples, which nobody works with; publish your own answers")
        columns = [cells() for cells in self.cells.values()]
        today = datetime.date.today().isoformat()
        return publish(self.folder, Record(**settings), self.wave, today, list(self.cells), columns)


def publish(
    folder: str | os.PathLike[str],
    record: Record,
    wave: str,
    day: str,
    names: Sequence[str],
    columns: Sequence[Sequence[str]],
) -> Record:
    """Record that a wave has been shown, with the rows that were counted; the file is the old or the new one.

    Parameters
    ----------
    folder : path
        Where the answers are.
    record : Record
        The settings, and the waves that were shown before.
    wave : str
        The name of the wave.
    day : str
        The day, such as 2026-08-20. A wave that is recorded already keeps its own.
    names, columns
        As in `Record.late`; the rows that were counted.
    """
    earlier = read(folder)
    if earlier is not None:
        earlier.settled(min_group=record.min_group, cuts=record.cuts, comment_group=record.comment_group)
        record = earlier
    if wave in record.waves:
        if record.late(wave, names, columns).any():
            raise DataError(
                f"the wave {wave or 'of this file'} was shown on {record.waves[wave].day}; it is shown once"
            )
        return record
    rows = tuple(sorted(digests(record.salt, names, columns)))
    record = replace(record, waves={**record.waves, wave: Shown(day=day, rows=rows)})
    held = {
        "version": _VERSION,
        "min_group": record.min_group,
        "cuts": [list(cut) for cut in record.cuts],
        "comment_group": record.comment_group,
        "salt": record.salt,
        "waves": {name: {"day": shown.day, "rows": list(shown.rows)} for name, shown in record.waves.items()},
    }
    with replacing(Path(folder) / FILE) as temporary:
        temporary.write_bytes(f"{json.dumps(held, ensure_ascii=False, indent=0)}\n".encode())
    return record
