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
from dxkit.survey.tally.from_survey import tallied
from dxkit.survey.tally.tally import Tally
from dxkit.survey.tally.topics import burdens
from dxkit.survey.tally.variables import values_of

By = str | int | Sequence[str | int] | None  # the segments to split by
_MOST_PERSONS = 20_000  # beyond it a release is audited on cells instead of persons: no single one stands out


@dataclass(frozen=True, eq=False, kw_only=True)
class Cut:
    """A cut of a tally as tables show it, and the units that a release is audited on.

    Those are persons where a survey is at hand, else cells of the segments `apart`. unit_cell (U,) is the cell of each;
    unit_people (U,) how many respondents it holds, unit_n (U, J) how many of them answered each variable.
    """

    tally: Cells
    units: np.ndarray
    unit_cell: np.ndarray
    unit_people: np.ndarray
    unit_n: np.ndarray
    apart: tuple[str, ...] = ()

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
        each = None if weights is None else weights[self.unit_cell]
        return self._admitted(release, names, self.unit_n[:, at], self.constant(at), each)

    def shown_people(self, release: Release | None) -> np.ndarray:
        """Which groups may show how many respondents they have: a bool array (G,)."""
        never = np.zeros((len(self.groups), 1), dtype=bool)
        return self._admitted(release, ["respondents"], self.unit_people[:, None], never)[:, 0]

    def _admitted(self, release, names, n, constant, weights=None) -> np.ndarray:
        ledger = Release(min_group=self.tally.min_group) if release is None else release
        if release is not None and self.apart:
            ledger.decide_by(self.tally.tally, self.apart)
        group = self.group[self.unit_cell]
        return ledger.admit_groups(names, group, self.units, n, constant, self.tally.min_group, weights)


def check_answers(value: object, name: str = "survey") -> Survey | Tally:
    """The answers that a table is made of; an error that says where one gets them, for anything else."""
    return options.instance(name, value, (Survey, Tally), "the answers, from open_survey or read_survey, or a tally")


def check_release(value: object) -> None:
    """A release, or None."""
    options.instance("release", value, (Release, type(None)), "a release, from dxkit.Release(), or None")


def cut(source: Survey | Tally, by: By, score: str | None = None) -> Cut:
    """Split a survey or tally by segments: its items, or the topics' burdens by a score."""
    whole, names, apart = tallied(source), segments_of(by, source.codebook), ()
    counted = whole.cut(names)
    counted = counted.burden(score) if score else counted
    if isinstance(source, Survey) and len(source) <= _MOST_PERSONS:
        unit_cell, unit_n = _persons(source, counted, score)
        units, unit_people = source.keys, np.ones(len(source), dtype=np.int64)
    else:
        finest = whole.finest(names)
        finest = finest.burden(score) if score else finest
        unit_cell, unit_n, unit_people = counted.cell_of(finest.cells), finest.n.astype(np.int64), finest.people
        apart = () if isinstance(source, Survey) else tuple(finest.cells.columns)
        units = row_hashes(finest.cells.astype(str).assign(_wave=counted.wave))
    return Cut(
        tally=counted,
        units=units,
        unit_cell=unit_cell,
        unit_people=unit_people,
        unit_n=unit_n,
        apart=apart,
    )


def _persons(survey: Survey, counted: Cells, score: str | None) -> tuple[np.ndarray, np.ndarray]:
    """The cell of each respondent, and which variables each has answered."""
    cell = counted.cell_of(survey.segments)
    values = burdens(survey.codebook, survey.answers, score) if score else values_of(survey)
    return cell, (~np.isnan(values)).astype(np.int64)
