"""Tallies added up: of one codebook, whatever parts of the people they are of.

See docs/methods/tally.md, "Merging"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dxkit.files.errors import DataError, Faults
from dxkit.survey.reading.codebook import MEASURED
from dxkit.survey.reading.roster import Roster, check_fit
from dxkit.survey.reading.rules.table import added_logs
from dxkit.survey.reading.segments import check_groups, one_spelling, segment_notes
from dxkit.survey.tally.comoments import Comoments
from dxkit.survey.tally.cuts import Cut, shown
from dxkit.survey.tally.margins import ARRAYS, Cross, Margins, grouped, smallest

if TYPE_CHECKING:
    from dxkit.survey.tally.tally import Tally

_AT_ONCE = 8  # tallies that are held while they are added up


def merged(tallies: Iterable[Tally]) -> Tally:
    rest = iter(tallies)
    total = next(rest, None)
    if total is None:
        raise DataError("there is nothing to add up: no tally came")
    while more := list(islice(rest, _AT_ONCE)):
        for other in more:
            _check_same(total, other)
        total = _added([total, *more])
    return total


def _added(parts: list[Tally]) -> Tally:
    kept = [cut for cut in parts[0].cuts if all(any(set(cut) <= set(has) for has in part.cuts) for part in parts)]
    cuts = {cut: _united([smallest(part.cuts.values(), cut) for part in parts], cut) for cut in kept}
    if not cuts:
        raise DataError("these tallies cannot be added: no cut is in all of them; tally both with the same cuts=")
    blocks = [part.comoments for part in parts]
    alike = set.intersection(*({frozenset(cut) for cut in part.declared} for part in parts))
    lost = {cut for part in parts for cut in part.declared if frozenset(cut) not in alike}
    notes = [note for part in parts for note in part.notes]
    notes += [f"{shown(cut)} is not in all of the tallies that were added up, and was left out" for cut in sorted(lost)]
    return replace(
        parts[0],
        cuts=cuts,
        cross=_cross(parts),
        declared=tuple(cut for cut in parts[0].declared if frozenset(cut) in alike),
        comment_group=max(part.comment_group for part in parts),
        comoments=_added_up(blocks),
        complete={
            name: np.sum([part.complete_of(name) for part in parts], axis=0) for name in parts[0].codebook.dimensions
        },
        wave=parts[0].wave if len({part.wave for part in parts}) == 1 else "",
        cleaning=added_logs([part.cleaning for part in parts]),
        notes=tuple(dict.fromkeys(notes)),
    )


def _united(parts: Sequence[Margins], cut: Cut) -> Margins:
    labels = pd.concat([part.groups.reindex(columns=list(cut)) for part in parts], ignore_index=True)
    groups, code = grouped(labels, cut)
    places = np.split(code, np.cumsum([len(part) for part in parts])[:-1])
    arrays = {name: _placed([getattr(part, name) for part in parts], places, len(groups)) for name in ARRAYS}
    return Margins(groups=groups, **arrays)


def _cross(parts: Sequence[Tally]) -> Cross | None:
    """The cross that all of them have; None where there is none."""
    have = [part.cross for part in parts if part.cross is not None]
    cut = min((tuple(each.groups.columns) for each in have), key=len, default=())
    alike = len(have) == len(parts) and all(set(cut) <= set(each.groups.columns) for each in have)
    return Cross.of(have, cut) if alike else None


def _placed(parts: Sequence[np.ndarray], places: Sequence[np.ndarray], size: int) -> np.ndarray:
    total = np.zeros((size, *parts[0].shape[1:]), dtype=parts[0].dtype)
    for part, place in zip(parts, places, strict=True):
        total[place] += part
    return total


def _added_up(parts: Sequence[Comoments | None]) -> Comoments | None:
    """The co-moments of all people; None where those of some are not known."""
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    names = "pairs", "sums", "products"
    return Comoments(
        at=known[0].at, **{name: np.sum([getattr(part, name) for part in known], axis=0) for name in names}
    )


def respelled(tally: Tally, roster: Roster | None, file: str, roster_check: str = "refuse") -> Tally:
    """A merged tally with its segments in one spelling, that of the roster where it has them, and held against it."""
    faults, notes, spelling = Faults(), [], {}
    for name in tally.segments:
        margins = next(tally.cuts[cut] for cut in tally.cuts if name in cut)
        labels = margins.groups[name].tolist()
        spelling[name] = one_spelling(name, _people(labels, margins.people), roster)
        people = _people([spelling[name][label] for label in labels], margins.people)
        notes += segment_notes(name, people, roster)
        for told in check_groups(name, people, roster).values():
            faults.add(told, file=file, column=name)
    faults.raise_if_any()
    cuts, fit = {}, []
    for cut, margins in tally.cuts.items():
        labels = pd.DataFrame(
            {name: margins.groups[name].map(spelling[name]) for name in cut}, index=margins.groups.index
        )
        groups, code = grouped(labels, cut)
        cuts[cut] = margins.added(groups, code)
        if roster is not None and set(roster.segments) <= set(cut) and not fit:
            fit.append(check_fit(roster, groups, cuts[cut].people, roster_check))
    cross = tally.cross
    if cross is not None:
        labels = cross.groups.apply(lambda column: column.map(spelling[str(column.name)]))
        cross = Cross.of([replace(cross, groups=labels)], tuple(labels.columns))
    return replace(
        tally,
        cuts=cuts,
        cross=cross,
        roster=roster,
        notes=tuple(dict.fromkeys((*tally.notes, *notes, *(note for told in fit for note in told)))),
    )


def _people(labels: Sequence[str], people: np.ndarray) -> dict[str, int]:
    """Respondents by label, from those of each group."""
    found: dict[str, int] = {}
    for label, n in zip(labels, people.tolist(), strict=True):
        found[label] = found.get(label, 0) + n
    return found


def _check_same(mine: Tally, other: Tally) -> None:
    """Tallies add up only where the same questions were asked on the same scales, and of the same staff."""
    problems = []
    asked = [[row for row in each.codebook.questions if row.kind in MEASURED] for each in (mine, other)]
    left, right = ([row._replace(text="", asked_if="", same_as="") for row in rows] for rows in asked)
    if left != right:
        problems.append("their codebooks differ")
    else:
        for item in mine.codebook.measured:
            one, two = mine.codebook.scale(item), other.codebook.scale(item)
            if (one.codes, one.lo, one.hi, one.favourable) != (two.codes, two.lo, two.hi, two.favourable):
                problems.append(f"item {item} has another scale")
    weights = [next(iter(each.cuts.values())).weighted for each in (mine, other)]
    if weights[0] != weights[1]:
        problems.append("one has weights in its file, the other has not")
    if mine.min_group != other.min_group:
        problems.append(f"one promises groups of {mine.min_group}, the other of {other.min_group}")
    rosters = [None if each.roster is None else each.roster.table.to_dict("list") for each in (mine, other)]
    if rosters[0] != rosters[1]:
        problems.append("they have different rosters")
    if problems:
        raise DataError("these tallies cannot be added: " + "; ".join(problems))
