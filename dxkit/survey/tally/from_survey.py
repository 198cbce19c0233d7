"""The tally of a survey that is at hand: every cut is counted when it is asked for, once.

See docs/methods/tally.md, "Cuts"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np

from dxkit.files.errors import DataError
from dxkit.statistics.internal_consistency import fourth_moments
from dxkit.survey.reading.coded import Coded, coded_answers
from dxkit.survey.reading.responses import Read, Survey
from dxkit.survey.tally.cells import Cells
from dxkit.survey.tally.comoments import Comoments, comoments
from dxkit.survey.tally.cuts import Cut, shown
from dxkit.survey.tally.margins import Margins, chunks, counted, grouped
from dxkit.survey.tally.tally import Tally

NOBODY = "no respondent gave an answer; there is nothing to tally"


@dataclass(frozen=True, eq=False, kw_only=True)
class Counted(Tally):
    """A tally that still has the people, as `coded`; it never leaves the process."""

    coded: Coded
    cuts: dict[Cut, Margins] = field(default_factory=dict, init=False)  # filled as they are asked for

    @property
    def segments(self) -> list[str]:
        """The segments that the answers have."""
        return list(self.coded.segments.columns)

    @property
    def respondents(self) -> int:
        """How many people answered."""
        return len(self.coded)

    @cached_property
    def _places(self) -> dict[Cut, tuple[int, np.ndarray]]:
        return {}

    def place(self, cut: Iterable[str]) -> tuple[int, np.ndarray]:
        """How many cells a cut has, and the cell of each respondent (n,)."""
        key = tuple(cut)
        if key not in self._places:
            groups, code = grouped(self.coded.segments, key)
            self._places[key] = len(groups), code
        return self._places[key]

    def values(self, columns: Sequence[int] | np.ndarray) -> np.ndarray:
        """These columns of the layout of every respondent, (n, ...); nan where there is none."""
        return self.layout.of(self.coded, slice(None), columns)

    @cached_property
    def _crossings(self) -> dict[tuple[int, ...], Comoments]:
        return {}

    def finest(self, by: Iterable[str] = ()) -> Cells:
        """The cut itself: any finer one could be counted."""
        return self.cut(by)

    def _margins(self, cut: Cut) -> Margins:
        if missing := [name for name in cut if name not in self.coded.segments]:
            known = ", ".join(self.coded.segments) or "none"
            raise DataError(f"{shown(missing)} is not among the answers, which have {known}")
        if cut not in self.cuts:
            self.cuts[cut] = counted(self.layout, self.coded, [cut])[0]
        return self.cuts[cut]

    @property
    def together(self) -> bool:
        """Anything can be counted."""
        return True

    def comoments_of(self, at: Sequence[int] | np.ndarray) -> Comoments:
        """The co-moments of these columns of the layout."""
        key = tuple(np.asarray(at).tolist())
        if key not in self._crossings:
            self._crossings[key] = comoments(self.layout, self.coded, at)
        return self._crossings[key]

    def complete_of(self, dimension: str) -> np.ndarray:
        """Of everybody who answered all items of a dimension: sums of products as `fourth_moments` has them."""
        width = len(self.codebook.dimension_items(dimension))
        return sum(
            (
                fourth_moments(self.layout.of_dimension(self.coded, rows, dimension))
                for rows in chunks(len(self.coded), width)
            ),
            start=np.zeros((width + 3, width + 3)),
        )


_COUNTED: WeakKeyDictionary[Survey, Counted] = WeakKeyDictionary()  # a survey never changes


def of_survey(survey: Survey) -> Counted:
    """What is counted of a survey so far."""
    if survey not in _COUNTED:
        book, segments = survey.codebook, survey.segments
        coded = coded_answers(book, survey.answers, survey.state, segments, survey.weights)
        _COUNTED[survey] = of_answers(coded, survey)
    return _COUNTED[survey]


def of_answers(coded: Coded, facts: Survey | Read) -> Counted:
    """Nothing counted as yet of these answers, with what else is known of them."""
    if not len(coded):
        raise DataError(NOBODY)
    return Counted(
        codebook=coded.codebook,
        coded=coded,
        roster=facts.roster,
        wave=facts.wave,
        min_group=facts.min_group,
        cleaning=facts.cleaning,
        notes=facts.notes,
    )


def tallied(source: Survey | Tally) -> Tally:
    """A tally as it is, and of a survey one that counts what it is asked for."""
    return of_survey(source) if isinstance(source, Survey) else source
