"""The groups that respondents belong to: one spelling for each, and what the roster says of them."""

import os
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.files.cells import folded, normal
from dxkit.files.errors import DataError, Faults, Missing, and_more, fault_at, suggest
from dxkit.survey.reading.codebook import Codebook
from dxkit.survey.reading.coding import is_label
from dxkit.survey.reading.distinct import column, counts, looked_up, read_as, times
from dxkit.survey.reading.exports import Export
from dxkit.survey.reading.roster import NOT_STATED, Roster
from dxkit.survey.reading.scales import Scale

Cut = tuple[str, ...]
_MUCH_LARGER = 10
_FEW_VALUES, _MOST_VALUES = 50, 200_000  # a segment of more values may be an id, must be one
_MARKS = "\"'`"


def read_segments(
    export: Export, book: Codebook, roster: Roster | None, rows: np.ndarray | slice, faults: Faults
) -> tuple[pd.DataFrame, list[str]]:
    """The segments of the respondents in these rows, NOT_STATED where blank, a category column each; and notes.

    Raises
    ------
    DataError
        A segment with so many values that it must be an id.
    """
    columns, notes = {}, []
    at = np.arange(len(export))[rows]
    for name in [name for name in book.segments if name in export.answers]:
        texts = [" ".join(text.split()) for text in export.answers[name].categories]
        texts = _labelled(texts, book.scales.get(book.item(name)["scale"]))
        cells = read_as(export.answers[name], texts)
        codes = cells.codes[rows]
        often = zip(cells.categories, counts(codes, len(cells.categories)).tolist(), strict=True)
        often = {text: n for text, n in often if n}
        if len(often) > _MOST_VALUES:
            raise fault_at(_is_an_id(name, len(often), len(at)), **export.place())
        spelling = one_spelling(name, often, roster)
        labels = {label: k for k, label in enumerate(sorted(set(spelling.values())))}
        table = np.array([labels.get(spelling.get(text, ""), -1) for text in cells.categories], dtype=codes.dtype)
        columns[name] = column(looked_up(table, codes), list(labels))
        first = np.zeros(len(labels), dtype=int)
        first[columns[name].codes[::-1]] = np.arange(len(at))[::-1]  # of several the first one stays
        of_label = times(columns[name]).tolist()
        people = {label: of_label[labels[label]] for label in sorted(labels, key=lambda label: first[labels[label]])}
        stated = len(at) - people.get(NOT_STATED, 0)
        values = len(people) - (NOT_STATED in people)
        if values > _FEW_VALUES and 2 * values > stated:
            faults.add(_is_an_id(name, values, stated), **export.place())
            continue
        notes += segment_notes(name, people, roster)
        for label, problem in check_groups(name, people, roster).items():
            faults.add(problem, **export.place(name, int(at[first[labels[label]]])))
    return pd.DataFrame(columns, index=range(len(at))), notes


def _labelled(texts: list[str], scale: Scale | None) -> list[str]:
    """The first label of each code of a segment's scale, in place of its code and its other labels."""
    codes = [None if scale is None else scale.code_of(text) for text in texts]
    return [
        text if code is None or scale is None else scale.shown.get(code, text)
        for text, code in zip(texts, codes, strict=True)
    ]


def _is_an_id(name: str, values: int, people: int) -> str:
    among = f"{values:,} different values among {people:,} people"
    return f"{name}: {among}; is it an id? set its kind to id or ignore in the codebook"


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
    plain = {label: folded(label) for label in people if label != NOT_STATED}
    bare = {text: label for label, text in plain.items() if text.strip(_MARKS) == text}
    least, most = min(people.values(), default=1), max(people.values(), default=1)
    near: dict[str, list[str]] = {}  # two texts of which one edit makes one have a letter less, or none, in common
    for label, text in plain.items():
        for rest in _less_one(text) if people[label] >= _MUCH_LARGER * least else ():
            near.setdefault(rest, []).append(label)
    order, slips = {label: k for k, label in enumerate(people)}, {}
    for label, text in plain.items():
        if text.strip(_MARKS) != text and text[:1] + text[-1:] not in ('""', "''"):
            other = bare.get(text.strip(_MARKS), label.strip(_MARKS) if people[label] > 1 else "")
        else:
            rests = _less_one(text) if len(text) > 3 and most >= _MUCH_LARGER * people[label] else ()
            found = {other for rest in rests for other in near.get(rest, ())}
            larger = [other for other in found if people[other] >= _MUCH_LARGER * people[label]]
            other = next((o for o in sorted(larger, key=order.__getitem__) if _one_edit(text, plain[o])), "")
        if other:
            slips[label] = other
    told = [f"'{label[:40]}' may be '{other[:40]}'" for label, other in slips.items()]
    return [f"{name}: {and_more(told)}; correct the answers if it is the same"] if told else []


def _less_one(text: str) -> set[str]:
    """A text, and all that it leaves with a letter less: so two texts meet that one edit makes the same."""
    return {text, *(text[:k] + text[k + 1 :] for k in range(len(text)))}


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


def check_groups(name: str, people: Mapping[str, int], roster: Roster | None) -> dict[str, str]:
    """What is wrong with groups of so many respondents: the roster does not know them."""
    groups, found = _groups(roster, name), {}
    for label, n in people.items() if groups else ():
        if label not in (NOT_STATED, *groups):  # what one person wrote may be an answer in the wrong column
            known = is_label(label, n, map(normal, groups))
            shown = f"{name} '{label[:40]}'" if known else f"{name} of this row"
            told = "respondent" if n == 1 else "respondents"
            found[label] = f"{shown} is not in the roster; {suggest(label, groups)} ({n} {told})"
    return found


def segments_of(by: object, book: Codebook, name: str = "by") -> list[str]:
    """The segments to split by, with names in place of numbers: 1 is the first segment of the codebook."""
    if by is None:
        return []
    asked = [by] if isinstance(by, str) or not isinstance(by, Iterable) else list(by)
    if asked and not book.segments:
        raise Missing(f"{name}={by!r}: the codebook has no segment to split by")
    named = [_numbered(one, book.segments, name) if type(one) is int else one for one in asked]
    return list(dict.fromkeys(options.choices(name, named, book.segments)))


def _numbered(place: int, segments: Sequence[str], name: str) -> str:
    if options.whole(name, place, 1) > len(segments):
        raise Missing(f"{name}={place} needs {place} questions of kind segment; the codebook has {len(segments)}")
    return segments[place - 1]


def path(by: Iterable[str], book: Codebook) -> list[str]:
    """The segments of a cut, each after those that it lies within: teams of one name in two divisions are two."""
    found: list[str] = []
    for name in by:
        line = [name]
        while parent := book.within.get(line[0], ""):
            line.insert(0, parent)
        found += line
    return list(dict.fromkeys(found))


def declared(cuts: object, book: Codebook, known: Sequence[str]) -> tuple[Cut, ...]:
    """The cuts by which a survey may be shown, checked: those that are asked for, else each segment by itself."""
    if cuts is None:
        asked = [[name] for name in book.segments if name in known]
    else:
        each = (
            [cuts] if isinstance(cuts, str | int) else list(options.instance("cuts", cuts, Iterable, "a list of cuts"))
        )
        asked = [segments_of(one, book, "cuts") for one in each]
    found: dict[frozenset[str], Cut] = {}
    for one in asked:
        cut = tuple(path(one, book))
        if not cut:
            raise DataError("cuts: one of them names no segment; everybody together is always shown, leave it out")
        if frozenset(cut) in found and cuts is not None:
            raise DataError(f"cuts: {' x '.join(cut)} stands there two times; write it once")
        found[frozenset(cut)] = cut
    return tuple(found.values())
