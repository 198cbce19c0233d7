"""Split the answers by segments: which respondents make up each row of a table, and which rows may be shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.statistics.moments import per_group
from dxkit.survey.privacy.release import Release
from dxkit.survey.reading.people import row_hashes
from dxkit.survey.reading.responses import Survey
from dxkit.survey.tally.cells import Cells
from dxkit.survey.tally.cuts import segments_of
from dxkit.survey.tally.from_survey import of_survey, tallied
from dxkit.survey.tally.tally import Tally

By = str | int | Sequence[str | int] | None  # the segments to split by
_MOST_PERSONS = 20_000  # beyond it a release is audited on cells instead of persons: no single one stands out


@dataclass(frozen=True, eq=False, kw_only=True)
class Units:
    """What a release is audited on: persons where a survey is at hand, else cells of the segments `apart`.

    keys, cell, people (U,): what tells a unit from others, its cell, and how many respondents it holds; n (U, J) how
    many of them answered each variable.
    """

    keys: np.ndarray
    cell: np.ndarray
    people: np.ndarray
    n: np.ndarray
    apart: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Cut:
    """A cut of a survey or tally as tables show it; its variables are the topics' burdens where there is a score."""

    source: Survey | Tally
    tally: Cells
    score: str | None = None

    @property
    def by(self) -> list[str]:
        """The segments of the cut."""
        return self.tally.by

    @property
    def groups(self) -> pd.DataFrame:
        """A row per group, a column per segment."""
        return self.tally.groups

    @property
    def group(self) -> np.ndarray:
        """The group of each cell, (C,)."""
        return self.tally.group

    @cached_property
    def add(self) -> Callable[[np.ndarray], np.ndarray]:
        """Adds up the cells of each group: (C, ...) to (G, ...)."""
        return per_group(self.group, len(self.groups))

    def constant(self, at: Sequence[int]) -> np.ndarray:
        """Groups in which everybody gave the same answer to the variables at these positions, (G, len(at))."""
        n, total, squares = (self.add(each[:, at]) for each in (self.tally.n, self.tally.total, self.tally.squares))
        with np.errstate(invalid="ignore", divide="ignore"):
            about_mean = squares - total**2 / n
        return (n > 0) & ~(about_mean > 1e-9 * np.maximum(squares, 1e-300))

    def shown(
        self, release: Release | None, names: Sequence[str], at: Sequence[int], weights: np.ndarray | None = None
    ) -> np.ndarray:
        """Which groups may be shown for the variables at these positions: a bool array (G, len(at)).

        weights (C, len(at)) are those of the estimates; without them each answer counts once.
        """
        units = self._units(release)
        each = None if weights is None else weights[units.cell]
        return self._admitted(release, names, units, units.n[:, at], self.constant(at), each)

    def shown_people(self, release: Release | None) -> np.ndarray:
        """Which groups may show how many respondents they have: a bool array (G,)."""
        units, never = self._units(release), np.zeros((len(self.groups), 1), dtype=bool)
        return self._admitted(release, ["respondents"], units, units.people[:, None], never)[:, 0]

    def _admitted(self, release, names, units: Units, n, constant, weights=None) -> np.ndarray:
        ledger = Release(min_group=self.tally.min_group) if release is None else release
        if units.apart:
            ledger.decide_by(self.tally.tally, units.apart)
        return ledger.admit_groups(
            names, self.group[units.cell], units.keys, n, constant, self.tally.min_group, weights
        )

    def _units(self, release: Release | None) -> Units:
        counted, source = self.tally, self.source
        if release is None:  # of one table all that matters is how many are in each group
            at = np.arange(len(counted.people))
            return Units(keys=at, cell=at, people=counted.people, n=counted.n)
        if isinstance(source, Survey) and len(source) <= _MOST_PERSONS:
            people = of_survey(source)
            given = (~np.isnan(people.values(counted.columns))).astype(np.int64)
            cell, each = people.place(counted.cells.columns)[1], np.ones(len(source), dtype=np.int64)
            return Units(keys=source.keys, cell=cell, people=each, n=given)
        finest = tallied(source).finest(self.by)
        finest = finest.burden(self.score) if self.score else finest
        return Units(
            keys=row_hashes(finest.cells.astype(str).assign(_wave=counted.wave)),
            cell=counted.cell_of(finest.cells),
            people=finest.people,
            n=finest.n.astype(np.int64),
            apart=() if isinstance(source, Survey) else tuple(finest.cells.columns),
        )


def check_answers(value: object, name: str = "survey") -> Survey | Tally:
    """The answers that a table is made of; an error that says where one gets them, for anything else."""
    return options.instance(name, value, (Survey, Tally), "the answers, from open_survey or read_survey, or a tally")


def check_release(value: object) -> None:
    """A release, or None."""
    options.instance("release", value, (Release, type(None)), "a release, from dxkit.Release(), or None")


def cut(source: Survey | Tally, by: By, score: str | None = None) -> Cut:
    """Split a survey or tally by segments: its items, or the topics' burdens by a score."""
    counted = tallied(source).cut(segments_of(by, source.codebook))
    return Cut(source=source, tally=counted.burden(score) if score else counted, score=score)
