"""The groups that respondents belong to: one spelling for each, and what the roster says of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from dxkit.files.cells import as_text, folded, normal
from dxkit.files.errors import Faults, and_more, suggest
from dxkit.survey.reading.codebook import Codebook
from dxkit.survey.reading.coding import is_label
from dxkit.survey.reading.exports import Export
from dxkit.survey.reading.roster import Roster

NOT_STATED = "(not stated)"
_MUCH_LARGER = 10
_MARKS = "\"'`"


def read_segments(
    export: Export, book: Codebook, roster: Roster | None, keep: np.ndarray, faults: Faults, *, as_written: bool = False
) -> tuple[pd.DataFrame, list[str]]:
    """The segments of the respondents that count, NOT_STATED where blank; and notes."""
    columns, notes = {}, []
    for name in [name for name in book.segments if name in export.answers]:
        texts = [" ".join(as_text(value).split()) for value in export.answers[name].to_numpy(dtype=object)[keep]]
        spelling = {text: text or NOT_STATED for text in texts}
        if not as_written:
            spelling = one_spelling(name, pd.Series(texts, dtype=object).value_counts().to_dict(), roster)
        labels = columns[name] = np.array([spelling[text] for text in texts], dtype=object)
        people = pd.Series(labels, dtype=object).value_counts(sort=False).to_dict()
        notes += segment_notes(name, people, roster)
        if roster is not None and name in roster.segments:
            for label, n in people.items():
                row = export.rows[np.flatnonzero(keep)[labels == label][0]]
                place = {"file": export.file, "sheet": export.sheet, "row": row, "column": export.columns_at[name]}
                check_group(roster, name, label, n, faults, **place)
    return pd.DataFrame(columns, index=range(int(keep.sum())), dtype=object), notes


def _groups(roster: Roster | None, name: str) -> list[str]:
    """The groups that a roster counts for this segment."""
    return roster.categories(name) if roster is not None and name in roster.segments else []


def one_spelling(name: str, people: Mapping[str, int], roster: Roster | None) -> dict[str, str]:
    """The label that each text stands for: the roster's where it has the segment, else the most common spelling.

    >>> one_spelling("team", {"Red": 1, "red": 3, "": 2}, None)
    {'red': 'red', '': '(not stated)', 'Red': 'red'}
    """
    labels = {normal(label): label for label in _groups(roster, name)}
    spelling = {}
    for text in sorted(people, key=lambda text: (-people[text], text)):
        spelling[text] = labels.setdefault(normal(text), text) if text not in ("", NOT_STATED) else NOT_STATED
    return spelling


def segment_notes(name: str, people: Mapping[str, int], roster: Roster | None) -> list[str]:
    """Notes on a segment with so many respondents in each group: who stated none, and which groups nobody is in."""
    groups, notes = _groups(roster, name), _misspelt(name, people) if not _groups(roster, name) else []
    if NOT_STATED in people:
        weighed = " (they have no weight)" if groups else ""
        notes.append(f"respondents who state no {name}{weighed}: {people[NOT_STATED]}")
    if empty := [label for label in groups if label not in people]:
        notes.append(f"nobody answered in {name}: {and_more(empty)}")
    return notes


def _misspelt(name: str, people: Mapping[str, int]) -> list[str]:
    """Notes on labels that are one edit away from a group ten times as large, or have a quotation mark at one end."""
    large = [(other, m) for other, m in people.items() if m >= _MUCH_LARGER and other != NOT_STATED]
    bare = {folded(label): label for label in people if folded(label).strip(_MARKS) == folded(label)}
    slips = {}
    for label, n in people.items():
        plain = folded(label)
        if label == NOT_STATED:
            continue
        if plain.strip(_MARKS) != plain and plain[:1] + plain[-1:] not in ('""', "''"):
            other = bare.get(plain.strip(_MARKS), label.strip(_MARKS) if n > 1 else "")
        else:
            larger = (other for other, m in large if m >= _MUCH_LARGER * n and len(plain) > 3)
            other = next((other for other in larger if _one_edit(plain, folded(other))), "")
        if other:
            slips[label] = other
    told = [f"'{label[:40]}' may be '{other[:40]}'" for label, other in slips.items()]
    return [f"{name}: {and_more(told)}; correct the answers if it is the same"] if told else []


def _one_edit(one: str, other: str) -> bool:
    """Whether one letter was added, left out, changed, or swapped with the next; another digit is another name.

    >>> _one_edit("backedn", "backend"), _one_edit("team 1", "team 2"), _one_edit("data", "date2")
    (True, False, False)
    """
    start = len(os.path.commonprefix([one, other]))
    a, b = one[start:], other[start:]
    end = len(os.path.commonprefix([a[::-1], b[::-1]]))
    a, b = a[: len(a) - end], b[: len(b) - end]
    swapped = len(a) == len(b) == 2 and a == b[::-1]
    return one != other and (swapped or max(len(a), len(b)) == 1) and not any(map(str.isdigit, a + b))


def check_group(roster: Roster, name: str, label: str, n: int, faults: Faults, **place: Any) -> None:
    """A fault where the roster does not know a group, or counts fewer people in it than answered."""
    groups = dict(zip(_groups(roster, name), roster.margin(name).tolist(), strict=True))
    if label == NOT_STATED:
        return
    if label not in groups:
        if is_label(label, n, map(normal, groups)):
            shown = f"{name} '{label[:40]}'"
        else:  # a word of one person may be an answer in the wrong column; it is not repeated
            shown = f"{name} of this row" if "row" in place else f"a {name} that one respondent gave"
        people = "respondent" if n == 1 else "respondents"
        faults.add(f"{shown} is not in the roster; {suggest(label, list(groups))} ({n} {people})", **place)
    elif n > groups[label]:
        faults.add(
            f"{n} respondents say {name} '{label[:40]}', the roster counts {groups[label]} people there; "
            "correct the headcount or the answers",
            **place,
        )
