"""The tally of a survey that is at hand: every cut is counted when it is asked for, once.

See docs/methods/tally.md, "Cuts"."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import ParamSpec, TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from dxkit.files import options
from dxkit.files.errors import DataError
from dxkit.statistics.internal_consistency import fourth_moments
from dxkit.survey.privacy.record import Rows
from dxkit.survey.reading.coded import Coded, coded_answers
from dxkit.survey.reading.responses import Facts, Survey
from dxkit.survey.tally.cells import Cells
from dxkit.survey.tally.comoments import Comoments, comoments
from dxkit.survey.tally.cuts import Cut, path, segments_of, shown
from dxkit.survey.tally.margins import Cross, Margins, chunks, counted, crossed, grouped
from dxkit.survey.tally.tally import Tally

By = str | int | Sequence[str | int] | None  # the segments to split by
NOBODY = "no respondent gave an answer; there is nothing to tally"


@dataclass(frozen=True, eq=False, kw_only=True)
class Counted(Tally):
    """A tally that still has the people, as `coded`; it never leaves the process."""

    coded: Coded
    rows: Rows | None = None
    cuts: dict[Cut, Margins] = field(default_factory=dict, init=False)  # filled as they are asked for

    @property
    def segments(self) -> list[str]:
        return list(self.coded.segments.columns)

    @property
    def respondents(self) -> int:
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

    def has(self, names: Iterable[str]) -> bool:
        """Everything can be counted."""
        return True

    def _margins(self, cut: Cut) -> Margins:
        if missing := [name for name in cut if name not in self.coded.segments]:
            known = ", ".join(self.coded.segments) or "none"
            raise DataError(f"{shown(missing)} is not among the answers, which have {known}")
        if cut not in self.cuts:
            self.cuts[cut] = counted(self.layout, self.coded, [cut])[0]
        return self.cuts[cut]

    def fine(self, by: Iterable[str]) -> Margins | Cross:
        """What is counted of each cell of these segments, crossed with the weighting cells."""
        return crossed(self.layout, self.coded, self._crossed(path(by, self.codebook)))

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


def of_answers(coded: Coded, facts: Facts) -> Counted:
    """Nothing counted as yet of these answers, with what else is known of them."""
    if not len(coded):
        raise DataError(NOBODY)
    return Counted(
        codebook=coded.codebook,
        coded=coded,
        roster=facts.roster,
        wave=facts.wave,
        min_group=facts.min_group,
        declared=facts.cuts,
        comment_group=facts.comment_group,
        rows=facts.rows,
        cleaning=facts.cleaning,
        notes=facts.notes,
    )


def tallied(source: Survey | Tally) -> Tally:
    """A tally as it is, and of a survey one that counts what it is asked for."""
    return of_survey(source) if isinstance(source, Survey) else source


def check_answers(value: object, name: str = "survey") -> Survey | Tally:
    """The answers that a table is made of; an error that says where one gets them, for anything else."""
    return options.instance(name, value, (Survey, Tally), "the answers, from open_survey or read_survey, or a tally")


def cut(source: Survey | Tally, by: By, score: str | None = None) -> Cells:
    """Split a survey or tally by a declared cut: its items, or the topics' burdens by a score."""
    counted, names = tallied(source), segments_of(by, source.codebook)
    counted.release.check(path(names, source.codebook))
    cells = counted.cut(names)
    return cells.burden(score) if score else cells


P = ParamSpec("P")
T = TypeVar("T")


def survey_decides(function: Callable[P, T]) -> Callable[P, T]:
    """A function that shows answers: `release=` is refused with who decides what may be shown."""

    @wraps(function)
    def refusing(*args: P.args, **kwargs: P.kwargs) -> T:
        if "release" in kwargs:
            raise TypeError(
                f"{function.__name__} has no release=: what may be shown is decided once for the whole survey, see "
                "survey.release"
            )
        return function(*args, **kwargs)

    return refusing
