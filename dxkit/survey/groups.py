"""Split the answers by segments: which respondents make up each row of a table, and which rows may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.survey.privacy.release import Release
from dxkit.survey.reading.people import row_hashes
from dxkit.survey.reading.responses import Survey
from dxkit.survey.tally.cells import Cells
from dxkit.survey.tally.cuts import segments_of
from dxkit.survey.tally.from_survey import tallied
from dxkit.survey.tally.tally import Tally
from dxkit.survey.tally.topics import burdens
from dxkit.survey.tally.variables import variables_of

By = str | int | Sequence[str | int] | None  # the segments to split by
_MOST_PERSONS = 20_000  # beyond it a release is audited on cells instead of persons: no single one stands out


@dataclass(frozen=True, eq=False, kw_only=True)
class Cut:
    """The groups of a table (`groups`, a column per segment) and the cells of the tally that make up each.

    member (G, C) marks the cells of a group. Units are what a release is audited on: persons where a survey is at
    hand, else cells of the segments `apart`. unit_cell (U,) is the cell of each; unit_people (U,) how many respondents
    it holds, unit_n (U, J) how many of them answered each variable.
    """

    tally: Cells
    by: list[str]
    groups: pd.DataFrame
    member: np.ndarray
    units: np.ndarray
    unit_cell: np.ndarray
    unit_people: np.ndarray
    unit_n: np.ndarray
    apart: tuple[str, ...] = ()

    def _ledger(self, release: Release | None) -> Release:
        if release is None:
            return Release(min_group=self.tally.min_group)
        if self.apart:
            release.decide_by(self.tally.tally, self.apart)
        return release

    def shown(
        self,
        release: Release | None,
        names: Sequence[str],
        at: Sequence[int],
        *,
        constant: np.ndarray,
        weights: np.ndarray | None = None,
    ) -> np.ndarray:
        """Which groups may be shown for the variables at these positions: a bool array (G, len(at)).

        constant (G, len(at)) marks groups in which everybody gave the same answer. weights (C, len(at)) are those of
        the estimates; without them each answer counts once.
        """
        ledger = self._ledger(release)
        member = self.member[:, self.unit_cell].astype(float)
        if weights is None:
            return ledger.admit_many(names, member, self.units, self.unit_n[:, at], constant, self.tally.min_group)
        columns = [
            ledger.admit(
                name,
                member * weights[self.unit_cell, j],
                self.units,
                self.unit_n[:, column],
                constant[:, j],
                self.tally.min_group,
            )
            for j, (name, column) in enumerate(zip(names, at, strict=True))
        ]
        return np.column_stack(columns) if columns else np.zeros((len(self.groups), 0), dtype=bool)

    def shown_people(self, release: Release | None, constant: np.ndarray) -> np.ndarray:
        """Which groups may show how many respondents they have: a bool array (G,)."""
        ledger = self._ledger(release)
        member = self.member[:, self.unit_cell].astype(float)
        return ledger.admit("respondents", member, self.units, self.unit_people, constant[:, 0], self.tally.min_group)


def check_answers(value: object, name: str = "survey") -> Survey | Tally:
    """The answers that a table is made of; an error that says where one gets them, for anything else."""
    return options.instance(name, value, (Survey, Tally), "the answers, from open_survey or read_survey, or a tally")


def check_release(value: object) -> None:
    """A release, or None."""
    options.instance("release", value, (Release, type(None)), "a release, from dxkit.Release(), or None")


def cut(source: Survey | Tally, by: By, score: str | None = None) -> Cut:
    """Split a survey or tally by segments: its items, dimensions and overall, or the topics' burdens by a score."""
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
        by=counted.by,
        groups=counted.groups,
        member=np.arange(len(counted.groups))[:, None] == counted.group,
        units=units,
        unit_cell=unit_cell,
        unit_people=unit_people,
        unit_n=unit_n,
        apart=apart,
    )


def _persons(survey: Survey, counted: Cells, score: str | None) -> tuple[np.ndarray, np.ndarray]:
    """The cell of each respondent, and which variables each has answered."""
    cell = counted.cell_of(survey.segments)
    values = burdens(survey.codebook, survey.answers, score) if score else variables_of(survey)[0]
    return cell, (~np.isnan(values)).astype(np.int64)
