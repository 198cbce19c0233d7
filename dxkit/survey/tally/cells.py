"""A cut of a tally as every table of it takes it: the cells that are weighted, and the groups that they make up.

See docs/methods/tally.md, "Cuts"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dxkit.statistics.moments import dividing_by_0, per_group
from dxkit.survey.reading.codebook import Codebook
from dxkit.survey.reading.coding import ANSWERED, NOT_ASKED, STATES
from dxkit.survey.reading.roster import Roster
from dxkit.survey.tally import topics
from dxkit.survey.tally.comoments import burden_columns
from dxkit.survey.tally.margins import Margins
from dxkit.survey.tally.measures import BURDENS

if TYPE_CHECKING:
    from dxkit.survey.tally.release import May
    from dxkit.survey.tally.tally import Tally

ALL = "every column"


@dataclass(frozen=True, eq=False, kw_only=True)
class Cells:
    """The cells of a cut: its groups, crossed with the weighting cells where there is a roster.

    With C cells, G groups, J variables, I items, K codes:

    by                  the segments of the cut, with those that they lie within
    groups              a row per group, a column per segment, in the order of the roster, else the alphabet
    group (C,)          the group of each cell
    variables           what is estimated (level, name, unit), about `origin` (J,) in all sums
    score               the score of whose burdens the variables are, "" for questions, ALL for both
    columns, sign (J,)  where it stands among `Layout.columns`, and -1 where it counts the other way round
    """

    tally: Tally
    by: list[str]
    margins: Margins
    groups: pd.DataFrame
    group: np.ndarray
    variables: pd.DataFrame
    origin: np.ndarray
    columns: np.ndarray
    sign: np.ndarray
    score: str = ""

    @property
    def codebook(self) -> Codebook:
        return self.tally.codebook

    @property
    def roster(self) -> Roster | None:
        return self.tally.roster

    @property
    def wave(self) -> str:
        return self.tally.wave

    @property
    def min_group(self) -> int:
        return self.tally.min_group

    @property
    def cells(self) -> pd.DataFrame:
        """A row per cell, a column per segment of the cut and of the roster."""
        return self.margins.groups

    @property
    def people(self) -> np.ndarray:
        """Respondents per cell, (C,)."""
        return self.margins.people

    @property
    def counts(self) -> np.ndarray:
        """Answers per cell, item and code of its scale, (C, I, K)."""
        return self.margins.counts[:, :, : self.tally.layout.width]

    @cached_property
    def states(self) -> np.ndarray:
        """Respondents per cell and item who answered, had no opinion, skipped, were not asked, (C, I, 4)."""
        return self._by_state(self.margins.counts)

    def _by_state(self, counts: np.ndarray) -> np.ndarray:
        width = self.tally.layout.width
        states = counts[:, :, width:].copy()
        states[:, :, ANSWERED] += counts[:, :, :width].sum(axis=2)
        return states

    @cached_property
    def _moments(self) -> np.ndarray:
        sums = self._of_variables(self.margins.counts[..., None], self.margins.sums, (0, 0, 0), (0, 1, 2))
        sums[:, :, 1] *= self.sign
        return sums

    def _of_variables(
        self, counts: np.ndarray, sums: np.ndarray, layers: Sequence[int], powers: Sequence[int]
    ) -> np.ndarray:
        """Sums of powers of each variable about its origin, (C, J, powers): of coded items from their counts
        (C, I, K + S, layers), of others from their sums (C, V, powers)."""
        layout = self.tally.layout
        found = np.empty((len(counts), len(self.columns), len(powers)))
        coded = layout.coded[self.columns]
        items = self.columns[coded]
        given = ~np.isnan(layout.values[items, : layout.width])
        for k, (layer, power) in enumerate(zip(layers, powers, strict=True)):
            values = np.where(given, layout.about[items] ** power, 0.0)
            found[:, coded, k] = np.einsum("cik,ik->ci", counts[..., layer][:, items, : layout.width], values)
        found[:, ~coded] = sums[:, np.searchsorted(layout.summed, self.columns[~coded])]
        return found

    @property
    def n(self) -> np.ndarray:
        """Answers per cell and variable, (C, J)."""
        return self._moments[:, :, 0]

    @property
    def total(self) -> np.ndarray:
        """Sum of each variable about its origin, per cell, (C, J)."""
        return self._moments[:, :, 1]

    @property
    def squares(self) -> np.ndarray:
        """Sum of squares of each variable about its origin, per cell, (C, J)."""
        return self._moments[:, :, 2]

    @cached_property
    def means(self) -> np.ndarray:
        """Mean of each variable per cell, (C, J); nan where nobody answered."""
        with dividing_by_0():
            return self.total / self.n + self.origin

    @cached_property
    def scatter(self) -> np.ndarray:
        """Sum of squares of each variable about its cell mean, (C, J); exactly 0 where all answers are equal."""
        with dividing_by_0():
            about_mean = np.nan_to_num(self.squares - self.total**2 / self.n)
        about_mean[about_mean <= 1e-12 * self.squares] = 0.0
        return about_mean

    @cached_property
    def weighed(self) -> np.ndarray:
        """Where the file has weights: sums of w, wx and w^2 of each variable, (C, J, 3)."""
        sums = self._of_variables(self._weighed_counts, self.margins.weighted_sums, (0, 0, 1), (0, 1, 0))
        sums[:, :, 1] *= self.sign
        return sums

    @property
    def weighed_codes(self) -> np.ndarray:
        """The sums of w by cell, item and code, (C, I, K)."""
        return self._weighed_counts[:, :, : self.tally.layout.width, 0]

    @property
    def _weighed_counts(self) -> np.ndarray:
        if not self.margins.weighted:
            raise ValueError("the file of these answers has no weights")
        return self.margins.weighted_counts

    @cached_property
    def weighed_states(self) -> np.ndarray:
        """Where the file has weights: sums of w and w^2 by cell, item and state, (C, I, 4, 2)."""
        return self._by_state(self._weighed_counts)

    def at(self, level: str, names: Iterable[str] | None = None) -> list[int]:
        """Positions of the variables of a level, or of these names within it."""
        rows = self.variables[self.variables["level"] == level]
        position = dict(zip(rows["name"], rows.index, strict=True))
        return [position[name] for name in (position if names is None else names)]

    @cached_property
    def not_asked(self) -> np.ndarray:
        """Respondents to whom a variable's question was not put, (C, J); they count when weights are made."""
        book, found = self.codebook, np.zeros((len(self.people), len(self.variables)))
        place = {item: i for i, item in enumerate(book.measured)}
        for j, (level, name) in enumerate(zip(self.variables["level"], self.variables["name"], strict=True)):
            items = [name]
            if level in BURDENS:
                items = [item for kind in BURDENS[level].questions for item in book.topic_items(name, kind)]
            at = [place[item] for item in items]
            found[:, j] = self.states[:, at, NOT_ASKED].max(axis=1, initial=0)
        return found

    def cell_of(self, segments: pd.DataFrame) -> np.ndarray:
        """The cell of each row of a frame of segments, -1 where there is none."""
        names = list(self.cells.columns)
        if not names:
            return np.zeros(len(segments), dtype=int)
        one, two = (pd.MultiIndex.from_arrays([frame[name] for name in names]) for frame in (self.cells, segments))
        return one.get_indexer(two)

    def frame(self) -> pd.DataFrame:
        """How many gave which answer: a row for each group, item and answer that somebody gave."""
        book, width = self.codebook, self.tally.layout.width
        counts = per_group(self.group, len(self.groups))(self.margins.counts).astype(np.int64)
        group, item, code = np.nonzero(counts)
        labels, codes = np.full(counts.shape[1:], "", dtype=object), np.full(counts.shape[1:], np.nan)
        for i, name in enumerate(book.measured):
            scale = book.scale(name)
            labels[i, : len(scale.codes)] = [scale.shown.get(each, f"{each:g}") for each in scale.codes]
            labels[i, width:] = ("another number" if scale.codes else "a number", *STATES[1:])
            codes[i, : len(scale.codes)] = scale.codes
        columns = {name: self.groups[name].to_numpy(dtype=object)[group] for name in self.by}
        columns |= {"item": np.array(book.measured, dtype=object)[item], "label": labels[item, code]}
        return pd.DataFrame({**columns, "code": codes[item, code], "count": counts[group, item, code]})

    @cached_property
    def may(self) -> May:
        """What of it may be shown."""
        return self.tally.release.of(self)

    @cached_property
    def memory(self) -> dict[Any, Any]:
        """What has been worked out of these cells."""
        return {}

    def whole(self) -> Cells:
        """The same variables of everybody together, in the cells of the roster."""
        whole = self.tally.cut()
        if self.score == ALL:
            return whole.every()
        return self if not self.by else whole.burden(self.score) if self.score else whole

    def over(self) -> Cells:
        """The same with everybody in one cell."""
        code, groups = np.zeros(len(self.people), dtype=int), pd.DataFrame(index=[0])
        margins = self.margins.added(groups, code)
        return replace(self, by=[], margins=margins, groups=groups, group=np.zeros(1, dtype=int))

    def every(self) -> Cells:
        """The same with everything that is counted as variables: the items, and burdens of several questions."""
        if ALL not in self.memory:
            layout = self.tally.layout
            count = len(layout.columns)
            self.memory[ALL] = replace(
                self,
                variables=layout.columns,
                columns=np.arange(count),
                sign=np.ones(count),
                origin=layout.origin,
                score=ALL,
            )
        return self.memory[ALL]

    def burden(self, score: str | None = None) -> Cells:
        """The same with the topics' burdens by a score as variables (docs/methods/ranking.md, "Burden")."""
        score = topics.default(self.codebook, score)
        if score not in self.memory:
            self.memory[score] = self._burden(score)
        return self.memory[score]

    def _burden(self, score: str) -> Cells:
        book, layout = self.codebook, self.tally.layout
        columns = burden_columns(layout, score)
        turned = score == "severity" and layout.columns["level"].iloc[columns[0]] == "item"
        return replace(
            self,
            variables=pd.DataFrame({"level": score, "name": book.topics, "unit": BURDENS[score].unit}, dtype=object),
            columns=columns,
            sign=np.full(len(columns), -1.0 if turned else 1.0),  # 100 - u about 50 is -(u - 50)
            origin=layout.origin[columns],
            score=score,
        )

    def together(self, at: Sequence[int] | np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of the variables at these positions over everybody, each (T, T): who has both, the sum of the first over
        those, and the sum of the products, about the origin."""
        at = np.asarray(at, dtype=int)
        return self.tally.comoments_of(self.columns[at]).of(self.columns[at], self.sign[at])

    def covariance(self, at: Sequence[int] | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Pairwise-complete covariances of the variables at these positions over everybody, and the pair counts."""
        pairs, sums, products = self.together(at)
        with dividing_by_0():
            return (products - sums * sums.T / pairs) / (pairs - 1), pairs
