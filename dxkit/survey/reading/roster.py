"""Who could have answered: the headcount of every segment."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from typing import Any

import numpy as np
import pandas as pd

from dxkit.files.cells import normal
from dxkit.files.errors import DataError, Faults, and_more
from dxkit.files.frames import TableSource
from dxkit.files.summary_rows import is_total
from dxkit.files.table import NUMBER, Column, Table, TableSpec, texts

_COUNTS = re.compile(
    r"(#|n|no|number of|count of|total)? ?"
    r"(head ?counts?|fte|employees?|people|persons?|staff|mitarbeiter|anzahl|count|n|#)"
    r"( \(?[\w .-]+\)?)?"
)
_PERSON = re.compile(
    r"((employee|staff|person|people|personal|user|member|worker|mitarbeiter)[ _.-]?)?"
    r"(id|no|number|nr|code|key|name|login|account|user|username|e-?mail([ -]?address)?|full[ _-]?name|personalnummer)"
)
_MOST = 1e8  # people; no company has more
NOT_STATED = "(not stated)"
ROSTER_CHECKS = ("refuse", "note")
_MOST_TOO_MANY = 0.05  # of all answers, in groups that have fewer people
_HEADCOUNT = Column(name="headcount", kind=NUMBER, filled=True, low=0, high=_MOST)
_EVERYBODY = frozenset(
    "all|alle|everyone|everybody|company|whole company|all teams|all sites|firma|alle teams|"
    "organisation|organization".split("|")
)


@dataclass(frozen=True, eq=False, kw_only=True)
class Roster:
    """Headcounts. `table` has a text column per segment and `headcount`; an empty segment cell means "all of them".

    One segment makes post-strata; with two or more, each segment is a margin for raking.
    """

    table: pd.DataFrame
    notes: tuple[str, ...] = ()

    @property
    def segments(self) -> list[str]:
        return [name for name in self.table.columns if name != "headcount"]

    @property
    def total(self) -> int:
        """Everybody who could have answered."""
        counts = self.margin(self.segments[0]) if self.segments else self.table["headcount"]
        return int(counts.to_numpy().sum())

    def categories(self, segment: str) -> list[str]:
        return list(self.margin(segment).index)

    def margin(self, segment: str) -> pd.Series:
        """Headcount by category of one segment, in the order of the table."""
        return self._margins[segment]

    @cached_property
    def _margins(self) -> dict[str, pd.Series]:
        margins = {}
        for name in self.segments:
            counts = self._people_by(name)
            labels = pd.Index([label for (label,) in counts], dtype=self.table[name].dtype, name=name)
            margins[name] = pd.Series(list(counts.values()), labels, dtype=np.int64, name="headcount")
        return margins

    @cached_property
    def _counted(self) -> dict[tuple[str, ...], dict[tuple[str, ...], int]]:
        """People by groups of segments, once they were asked for."""
        return {}

    def _people_by(self, *names: str) -> dict[tuple[str, ...], int]:
        """People by group, of the rows that name one of each segment, in the order of the table."""
        if (counts := self._counted.get(names)) is None:
            counts = self._counted[names] = {}
            columns = (self.table[name].tolist() for name in (*names, "headcount"))
            for *labels, people in zip(*columns, strict=True):
                if all(labels):
                    counts[tuple(labels)] = counts.get(tuple(labels), 0) + people
        return counts

    def headcounts(self, by: Sequence[str], groups: pd.DataFrame) -> np.ndarray:
        """People in each group (G,); nan where the roster cannot tell, because it lacks a segment or a joint count."""
        if not by:
            return np.array([float(self.total)])
        if not set(by) <= set(self.segments):
            return np.full(len(groups), np.nan)
        counts = self._people_by(*by)
        if len(by) > 1 and sum(counts.values()) != self.total:
            return np.full(len(groups), np.nan)
        wanted = zip(*(groups[name].tolist() for name in by), strict=True)
        return np.array([counts.get(group, 0) for group in wanted], dtype=float)


def check_fit(roster: Roster, labels: pd.DataFrame, people: np.ndarray, how: str, *, named: bool = False) -> list[str]:
    """Notes on groups with more answers than headcount, of a frame of their segments and the people of each row.

    The groups are counted, as a note may be read by anybody; `named` is for who keeps the roster.

    Groups of every segment, and of all segments together where the roster counts them. With `how` "refuse" more than 5%
    of all answers too many in the groups of one segment are a DataError. Small cells change from month to month, so
    they are only noted.
    """
    notes, most = [], 0
    crossed = [[name] for name in roster.segments] + [roster.segments] * (len(roster.segments) > 1)
    known = {name: pd.factorize(labels[name]) for name in roster.segments}
    for names in crossed:
        groups, answered = _stated(names, known, people)
        heads = roster.headcounts(names, groups)
        excess = np.nan_to_num(answered - heads)
        if over := int((excess > 0).sum()):
            who = groups.loc[excess > 0].agg(" x ".join, axis=1)
            each = zip(who, answered[excess > 0], heads[excess > 0], strict=True)
            which = "; ".join(f"{name}, {answers:.0f} of {count:.0f}" for name, answers, count in each)
            notes.append(
                f"{'1 group' if over == 1 else f'{over} groups'} of {' x '.join(names)} "
                f"{'has' if over == 1 else 'have'} more answers than headcount" + f": {which}" * named
            )
            most = max(most, int(excess[excess > 0].sum()) if len(names) == 1 else 0)
    if how == "refuse" and most > _MOST_TOO_MANY * people.sum():
        raise DataError(
            f"the roster does not fit the answers: {notes[0]}; answers too many: {most} of {int(people.sum())}. "
            f"Correct it{'' if named else ' (dxkit check names the groups)'} or pass roster_check='note'"
        )
    return notes


def _stated(
    names: Sequence[str], known: Mapping[str, tuple[np.ndarray, Any]], people: np.ndarray
) -> tuple[pd.DataFrame, np.ndarray]:
    """The groups that people state, in the order of their first, and the people of each.

    Of each segment `known` has the place of every row's label among its labels, and these.
    """
    stated = np.all([(known[name][0] >= 0) & (known[name][1][known[name][0]] != NOT_STATED) for name in names], axis=0)
    sizes = [max(len(known[name][1]), 1) for name in names]
    joined = np.ravel_multi_index([known[name][0][stated] for name in names], sizes)
    place, found = pd.factorize(joined)
    at = np.unravel_index(found, sizes)
    groups = {name: np.asarray(known[name][1], dtype=object)[k] for name, k in zip(names, at, strict=True)}
    return pd.DataFrame(groups).astype(str), np.bincount(place, people[stated], len(found))


def read_roster(source: TableSource, segments: Sequence[str]) -> Roster:
    """Who could have answered: headcounts by segment, one row per group, or one row per person.

    The table has columns named as the codebook's segments, and `headcount`; without it each row is a person. Rows that
    fill one segment only give margins: the headcount of each team, then of each site. Other columns are set aside.

    Raises
    ------
    DataError
        No segment column, a headcount that is not a whole number, totals that do not agree, a group that appears twice.
    """
    table = TableSpec(kind="roster", columns=(*texts(*segments), _HEADCOUNT)).read(source)
    faults = Faults()
    used = [name for name in segments if name in table.frame.columns]
    if not used:
        wrong = f"no column is named like a segment of the codebook; name one {' or '.join(segments)}"
        none = "the codebook has no segment, so a roster has no use; add a question of kind segment"
        faults.add(wrong if segments else none, **table.place)
        faults.raise_if_any()
    values = table.values(faults)
    frame = values.loc[:, used].map(lambda text: " ".join(text.split()))
    notes = list(table.notes)
    for name in used:
        labels = frame[name].tolist()
        totals = {label for label in set(labels) if is_total(label)}
        for i in [i for i, label in enumerate(labels) if label in totals]:
            table.fault(faults, i, name, "this looks like a row of totals; delete it, because dxkit computes totals")
    if "headcount" in table.frame.columns:
        frame["headcount"] = counts = values["headcount"]
        for i in [i for i, count in enumerate(counts) if count % 1 > 0]:
            table.fault(faults, i, "headcount", "a headcount counts people; write a whole number")
    else:
        _check_uncounted(table, frame, used, faults)
        for i, labels in enumerate(frame.itertuples(index=False, name=None)):
            if "" in labels:
                message = "this cell is empty; a roster with one row per person needs every segment of everybody"
                table.fault(faults, i, used[labels.index("")], message)
        notes += _repeated_people(table, used)
        frame = frame.assign(headcount=1).groupby(used, sort=False, as_index=False).agg({"headcount": "sum"})
        notes.append("the roster has one row per person; dxkit counted them")
    faults.raise_if_any()
    _check_groups(table, frame, used, faults)
    notes += _check_sums(table, frame, used, faults)
    faults.raise_if_any()
    return Roster(table=frame.astype({"headcount": np.int64}).reset_index(drop=True), notes=tuple(notes))


def _repeated_people(table: Table, used: Sequence[str]) -> list[str]:
    """A note on people who have several rows, by the column that names them."""
    for name in (name for name in table.frame.columns if name not in used and _PERSON.fullmatch(normal(name))):
        people = table.text(name).map(normal)
        again = (people != "") & people.duplicated()
        if again.any():
            rows = and_more([str(table.rows[i]) for i in np.flatnonzero(again)])
            return [f"{int(again.sum())} rows of the roster name a person again, by column '{name[:40]}': rows {rows}"]
    return []


def _check_uncounted(table: Table, frame: pd.DataFrame, used: list[str], faults: Faults) -> None:
    """A fault where a roster has its headcounts in a column of another name."""
    once = not frame.duplicated().any()
    for name in (name for name in table.frame.columns if name not in used):
        numbers = [table.number(text) for text in table.text(name)]
        counts = not any(problem for _, problem in numbers) and max(value for value, _ in numbers) > 1
        if counts and (once or _COUNTS.fullmatch(normal(name))):
            faults.add(
                f"column '{name[:40]}' holds a number for each group; call it headcount if it counts people, "
                "delete it if it does not",
                column=name[:40],
                **table.place,
            )


def _check_sums(table: Table, frame: pd.DataFrame, used: list[str], faults: Faults) -> list[str]:
    """A row that counts as many people as all others is a fault if its name says total, else a note asks about it."""
    notes = []
    for name in used if len(frame) == len(table.rows) else ():
        rows = enumerate(zip(frame[name].tolist(), frame["headcount"].tolist(), strict=True))
        filled = [(i, label, count) for i, (label, count) in rows if label]
        total = sum(count for _, _, count in filled)
        for i, label, count in filled:
            if len(filled) <= 3 or 2 * count != total:
                continue
            if normal(label) in _EVERYBODY:
                message = "this row counts as many people as all others together; it is a total, so delete it"
                table.fault(faults, i, name, message)
            else:
                notes.append(
                    f"row {table.rows[i]} of the roster counts as many people as all other rows of {name} together; "
                    "if it is a total, delete it"
                )
    return notes


def _check_groups(table: Table, frame: pd.DataFrame, used: list[str], faults: Faults) -> None:
    at = table.place
    every = {name: frame[name].tolist() for name in used}
    plain = {label: normal(label) for label in set().union(*every.values())}
    if len(frame) == len(table.rows):
        first_row: dict[tuple[str, ...], int] = {}
        for i, group in enumerate(zip(*every.values(), strict=True)):
            earlier = first_row.setdefault(tuple(map(plain.__getitem__, group)), i)
            if earlier != i:
                table.fault(faults, i, used[0], f"the same group as in row {table.rows[earlier]}; keep one row for it")
            if not any(group):
                table.fault(faults, i, used[0], "this row names no group; name it, or delete it if it is a total")
    for name, labels in every.items():
        if not any(labels):
            faults.add(f"column '{name}' is empty; fill it or delete it", **at)
        spellings: dict[str, str] = {}
        for label in filter(None, dict.fromkeys(labels)):
            other = spellings.setdefault(plain[label], label)
            if other != label:
                faults.add(
                    f"'{label}' and '{other}' in column '{name}' look like the same group; spell them in one way", **at
                )
    heads = frame["headcount"].tolist()
    totals = {name: int(sum(compress(heads, map(bool, labels)))) for name, labels in every.items()}
    if len(set(totals.values())) > 1:
        listed = ", ".join(f"{name} {total}" for name, total in totals.items())
        faults.add(f"the segments count different totals ({listed}); correct the headcounts so that they agree", **at)
    elif not any(totals.values()):
        faults.add("every headcount is empty or zero; fill them in", **at)
