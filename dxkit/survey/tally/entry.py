"""The one way to a tally, from whatever holds the answers (docs/methods/tally.md, "What a tally holds")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.files.encoded import is_source, unknown
from dxkit.files.errors import DataError, Faults
from dxkit.files.frames import TableSource, opened
from dxkit.files.progress import Say
from dxkit.survey.reading.codebook import Codebook, read_codebook
from dxkit.survey.reading.people import smallest_group
from dxkit.survey.reading.responses import Survey, read_coded
from dxkit.survey.reading.roster import ROSTER_CHECKS, Roster, read_roster
from dxkit.survey.reading.rules.table import Rules, rules_of
from dxkit.survey.reading.segments import declared
from dxkit.survey.tally.comoments import BYTES
from dxkit.survey.tally.cuts import amount, check_size, crossing, cuts_of, strays
from dxkit.survey.tally.from_survey import Counted, of_answers, of_survey
from dxkit.survey.tally.margins import counted, crossed
from dxkit.survey.tally.merging import respelled
from dxkit.survey.tally.tally import Tally

_FAN_IN = 8  # partitions that are merged at once
MOST_VARIABLES = 1_000  # of which co-moments are kept unasked: 24 MB
APART = "an id that comes again is noticed within its partition only; remove earlier submissions before"


def tally(
    answers: Any,
    cuts: str | int | Iterable[str | int | Iterable[str | int]] | None = None,
    *,
    codebook: Codebook | TableSource | None = None,
    roster: Roster | TableSource | None = None,
    wave: str = "",
    source: str | None = None,
    min_group: int = 5,
    comoments: bool | None = None,
    memory: str | int = "2 GB",
    progress: Say = None,
    rules: Rules | TableSource | None = None,
    roster_check: str = "refuse",
) -> Tally:
    """How many gave which answer, in sums that hold no person and add up with those of others.

    See docs/methods/tally.md, "Merging".

    Parameters
    ----------
    answers : Survey, path, data frame of answers, or an iterable of them
        All but a Survey need `codebook`. An iterable of frames is one file in parts; of surveys and tallies, they are
        added up. A Dask DataFrame is tallied where its partitions are, and the tallies are merged in a tree (with the
        package dask).
    cuts : list of cuts, optional
        What may be shown: each cut is a segment, or a list of segments for their cross, as in `scores(by=...)`, the
        more important first. Everybody together is always counted. None for the cuts of a survey, and of a file for
        every segment alone; `[]` for no cut. With a roster every cut is crossed with the roster's segments inside,
        because weights need them.
    codebook : Codebook, path or data frame, optional
        What was asked; see `read_codebook`.
    roster : Roster, path or data frame, optional
        Headcount by segment; with it estimates are weighted to all staff and their intervals know the population.
    wave : str
        The name of this wave, such as "2026-Q3".
    source : str, optional
        The tool, where it should not be recognised from the file.
    min_group : int
        The smallest number of answers that a shown figure may rest on (3 at least). It travels with the data.
    comoments : bool, optional
        Whether to keep how variables go together, over everybody, which rankings, drivers, reliability and the
        intervals of dimensions need. None keeps it of up to 1,000 variables.
    memory : text or int
        How much memory may be taken, such as "2 GB", or in bytes.
    progress : function of a line of text, True, False or None
        How far a file has been read. A function receives a line at each tenth; True shows a line that updates, and a
        line at each tenth elsewhere. None shows it on a terminal, once it takes two seconds.
    rules : path or data frame, optional
        How the file is to be read, as in `read_survey`. None for the sheet `rules` of the codebook's workbook, if it
        has one.
    roster_check : "refuse" or "note"
        What happens where more than 5% of all answers are too many for the headcounts of their groups, as in
        `read_survey`.

    Returns
    -------
    Tally
        It can be saved, added to others, and given to every function that takes a survey.

    Raises
    ------
    DataError
        A segment that the codebook does not have, a cut that needs too much memory, or the faults of a file or frame.

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> book = dx.read_codebook(pd.DataFrame(
    ...     {"item": ["ci"], "text": ["CI is fast"], "kind": ["rating"], "scale": ["agreement5"]}))
    >>> parts = [pd.DataFrame({"ci": [1, 2, 3, 4, 5]}), pd.DataFrame({"ci": [5, 5, 5]})]
    >>> dx.tally(parts, codebook=book)
    Tally: 8 respondents, 1 variables
    """
    if comoments is not None:
        options.flag("comoments", comoments)
    smallest_group(min_group)
    wanted = Wanted(cuts=cuts, comoments=comoments, memory=options.memory_limit(memory))
    if isinstance(answers, Tally) and not isinstance(answers, Counted):
        return answers
    if isinstance(answers, Survey):
        return wanted.kept(of_survey(answers))
    if not is_source(answers):
        raise unknown(answers)
    if codebook is None and isinstance(answers, Iterable) and not isinstance(answers, str | pd.DataFrame):
        parts = iter(answers)
        first = next(parts, None)
        if isinstance(first, Survey | Tally):
            return Tally.merged(
                wanted.kept(of_survey(one)) if isinstance(one, Survey) else one for one in chain([first], parts)
            )
    if codebook is None:
        raise DataError("to tally a file or frame give codebook=, so that dxkit understands the columns")
    options.instance("wave", wave, str, "the name of the wave as text, such as '2026-Q3'")
    options.choice("roster_check", roster_check, ROSTER_CHECKS)
    if progress is not None and not isinstance(progress, bool) and not callable(progress):
        raise DataError(
            f"progress={progress!r}: give True, False, or a function that takes a line of text, such as print"
        )
    if not isinstance(codebook, Codebook):
        codebook = opened(codebook)
    book, faults = codebook if isinstance(codebook, Codebook) else read_codebook(codebook), Faults()
    known = rules_of(rules, codebook, faults)
    faults.raise_if_any()
    people = roster if roster is None or isinstance(roster, Roster) else read_roster(roster, book.segments)
    part = Part(book=book, source=source, min_group=min_group, rules=known, wanted=wanted)
    if type(answers).__module__.partition(".")[0] in ("dask", "dask_expr"):
        found = of_partitions(answers, replace(part, inside=people.segments if people else []))
        notes = (*found.notes, *[APART][: len(book.of_kind("id"))])
        return respelled(replace(found, wave=wave, notes=notes), people, "DataFrame", roster_check)
    return part.tally(answers, people, wave, progress, roster_check)


@dataclass(frozen=True, eq=False, kw_only=True)
class Wanted:
    """What a tally is to keep of the answers."""

    cuts: object
    comoments: bool | None
    memory: int

    def kept(self, people: Counted, inside: Iterable[str] | None = None) -> Tally:
        """The tally without the people."""
        layout, roster = people.layout, people.roster
        inside = list((roster.segments if roster else []) if inside is None else inside)
        known = people.segments
        shown = people.declared if self.cuts is None else declared(self.cuts, people.codebook, known)
        cuts = cuts_of(shown, known, inside)
        items, width = layout.values.shape
        extra = len(layout.summed)
        beside = 8 + 24 * extra
        if people.coded.weights is not None:
            beside += 16 * items * width + 24 * extra
        check_size(people.coded.segments, cuts, 4 * items * width + beside, self.memory)
        keep = len(layout.columns) <= MOST_VARIABLES if self.comoments is None else self.comoments
        if keep and (size := BYTES * len(layout.columns) ** 2) > self.memory:
            raise DataError(f"co-moments need {amount(size)}; pass comoments=False, or raise memory=")
        person = items * people.coded.codes.itemsize
        cross = crossing(people.coded.segments, cuts, person, beside, self.memory // 4)
        found = dict(zip(cuts, counted(layout, people.coded, cuts), strict=True))
        notes = [
            note
            for name, parent in people.codebook.within.items()
            for margins in [m for m in found.values() if {name, parent} <= set(m.groups.columns)][:1]
            for note in strays(margins.groups, margins.people, name, parent, people.min_group)
        ]
        return Tally(
            codebook=people.codebook,
            cuts=found,
            cross=None if cross is None else crossed(layout, people.coded, cross),
            comoments=people.comoments_of(np.arange(len(layout.columns))) if keep else None,
            complete={name: people.complete_of(name) for name in people.codebook.dimensions},
            roster=roster,
            wave=people.wave,
            min_group=people.min_group,
            declared=shown,
            comment_group=people.comment_group,
            cleaning=people.cleaning,
            notes=(*people.notes, *notes),
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class Part:
    """How answers become a tally; `inside` are the segments of a roster that the parts of a whole do not see."""

    book: Codebook
    source: str | None
    min_group: int
    rules: Rules
    wanted: Wanted
    inside: list[str] = field(default_factory=list)

    def tally(
        self,
        answers: Any,
        roster: Roster | None = None,
        wave: str = "",
        progress: Say = None,
        roster_check: str = "refuse",
    ) -> Tally:
        how = {"rules": self.rules, "memory": self.wanted.memory, "progress": progress, "roster_check": roster_check}
        how |= {"roster": roster, "wave": wave or None, "source": self.source, "min_group": self.min_group}
        people = of_answers(*read_coded(answers, self.book, **how))
        return self.wanted.kept(people, roster.segments if roster else self.inside)


def of_partitions(frame: Any, part: Part) -> Tally:
    """Tally every partition of a Dask frame where it is, and merge the tallies; no raw row leaves a worker."""
    from dask.base import compute
    from dask.delayed import delayed

    tally = delayed(part.tally, pure=True)
    merge = delayed(Tally.merged, pure=True)
    level = [tally(each) for each in frame.to_delayed()]
    if not level:
        raise DataError("there is nothing to tally: the frame has no partition")
    while len(level) > 1:
        level = [merge(level[at : at + _FAN_IN]) for at in range(0, len(level), _FAN_IN)]
    return compute(*level)[0]
