"""What every answer counts: weights from a roster or from the file, found once for all questions of a survey.

See docs/methods/weighting.md, "Post-stratification"."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from dxkit.statistics.means import coverage, score_intervals, weights
from dxkit.statistics.means.coverage import total
from dxkit.statistics.means.weights import Design, Margins
from dxkit.statistics.moments import dividing_by_0, ratio
from dxkit.survey.privacy.few_weighted import rounded, rounded_ends
from dxkit.survey.reading.coding import ANSWERED, NO_OPINION, NOT_ASKED
from dxkit.survey.tally.cells import Cells

_MOST_EFFECT = 3.0


def weighted(cells: Cells) -> bool:
    """Whether figures are weighted by the file: it has weights, and there is no roster."""
    return cells.margins.weighted and cells.roster is None


def effective(w: np.ndarray, squares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Answers with the weights w, from sums of w and w^2: how many equally weighted ones they are worth, and the weight
    of one of those (Kish 1965).

    >>> effective(np.array([4.0]), np.array([10.0]))
    (array([1.6]), array([2.5]))
    """
    return ratio(w**2, squares), ratio(squares, w)


def remark(cells: Cells) -> str:
    """What the weights cost: how many equally weighted answers they are worth."""
    total, squares = cells.weighed_states[:, 0].sum(axis=(0, 1))
    people, effective = float(cells.people.sum()), total**2 / squares
    effect = people / effective
    unequal = "; the weights are so unequal that few people decide the figures" if effect > _MOST_EFFECT else ""
    return (
        f"weighted by the file: design effect {effect:.2f}, {people:.0f} answers are as precise as {effective:.1f} "
        f"equally weighted ones{unequal}"
    )


class Said(NamedTuple):
    """Answers of J variables in C cells, (C, J): how many, and to how many the question was not put. Where the file has
    weights, sums of w and w^2 (C, J, 2), and weighted means (C, J)."""

    n: np.ndarray
    not_asked: np.ndarray
    file: np.ndarray | None = None
    means: np.ndarray | None = None


def answered(cells: Cells) -> Said:
    """Who has a value of each variable."""
    if not weighted(cells):
        return Said(cells.n, cells.not_asked)
    w, wx, _ = sums = np.moveaxis(cells.weighed, 2, 0)
    means = ratio(wx, w) + cells.origin
    return Said(cells.n, cells.not_asked, np.stack([w, sums[2]], axis=2), means)


def said(cells: Cells) -> Said:
    """Who gave any answer to each item, no opinion included."""
    both = [ANSWERED, NO_OPINION]
    file = cells.weighed_states[:, :, both].sum(axis=2) if weighted(cells) else None
    n = cells.states[:, :, both].sum(axis=2)
    return Said(n, cells.states[:, :, NOT_ASKED], file, np.zeros(n.shape) if file is not None else None)


@dataclass(frozen=True, eq=False, kw_only=True)
class Weighed:
    """Of J variables in the C cells of a cut, with G groups:

    weights (C, J)    people whom a respondent stands for; 0 for none
    worth (C, J)      how many answers of that weight there are; with weights in the file, effective ones
    n (C, J)          answers that have a weight
    people (C,)       respondents, as `worth`
    group (C,)        the group of each cell
    headcount (G,)    people of each group; infinity where they are unknown, or all that there could be are meant
    part (J,)         variables that only a part of the people was asked
    file_means (C, J) means by the weights of the file, where it has some
    design            how cells lie in the margins of the roster, where there is one
    """

    weights: np.ndarray
    worth: np.ndarray
    n: np.ndarray
    people: np.ndarray
    group: np.ndarray
    headcount: np.ndarray
    part: np.ndarray
    file_means: np.ndarray | None = None
    design: Design | None = None

    @property
    def groups(self) -> int:
        return len(self.headcount)

    @cached_property
    def stands_for(self) -> np.ndarray:
        """People whom those who answered stand for, (G, J)."""
        return total(self.weights * self.worth, self.group, self.groups)

    @cached_property
    def answers(self) -> np.ndarray:
        """How many answered, (G, J)."""
        return total(self.n, self.group, self.groups)

    @cached_property
    def coverage(self) -> np.ndarray:
        """A of every mean, (G, J)."""
        return coverage.coverage(self.weights, self.worth, self.group, self.headcount, self.part)

    @cached_property
    def unlimited(self) -> "Weighed":
        """The same where all people that there could be are meant."""
        return replace(self, headcount=np.full(self.groups, np.inf))

    @cached_property
    def n_eff(self) -> np.ndarray:
        """How many equally weighted answers these are worth, (G, J) (Kish 1965)."""
        return ratio(1.0, self.unlimited.coverage)

    @cached_property
    def heaviest(self) -> np.ndarray:
        """The largest share of one person in the weight of each group, (G, J); with weights in the file at most."""
        most, held = np.zeros((self.groups, self.n.shape[1])), self.stands_for
        each = self.weights if self.file_means is None else self.weights * np.sqrt(self.worth)
        np.maximum.at(most, self.group, each)
        return ratio(most, held, 1.0)

    @property
    def differ(self) -> np.ndarray:
        """Whether the answers of a group have different weights, (G, J)."""
        return np.abs(self.answers - self.n_eff) > 1e-9 * self.answers

    def average(self, means: np.ndarray) -> np.ndarray:
        """Weighted means (G, J) of the means of cells (C, J)."""
        return coverage.estimates(self.weights, self.worth, means, self.group, self.groups)

    def joint(self, at: np.ndarray, answering: np.ndarray) -> np.ndarray:
        """A of every two means at these positions, (G, T, T); `answering` (T, T) as in `coverage`."""
        counts = self.weights[:, at], self.worth[:, at], self.people
        return coverage.joint_coverage(*counts, self.group, self.headcount, answering, self.part[at])

    def contrast_variance(
        self, a: np.ndarray, sd: np.ndarray, correlation: np.ndarray, at: np.ndarray, answering: np.ndarray
    ) -> np.ndarray:
        """Variances (G, D) of linear combinations `a` (D, T) of the means at these positions."""
        counts = self.weights[:, at], self.worth[:, at], self.people, self.group
        return coverage.contrast_variance(a, sd, correlation, *counts, self.headcount, answering, self.part[at])

    def among(self, groups: slice) -> "Weighed":
        """Some of the groups, one after the other."""
        low, high, _ = groups.indices(self.groups)
        if high - low == self.groups:
            return self
        inside = np.flatnonzero((self.group >= low) & (self.group < high))
        about = None if self.file_means is None else self.file_means[inside]
        cells = {name: getattr(self, name)[inside] for name in ("weights", "worth", "n", "people")}
        return replace(
            self,
            **cells,
            group=self.group[inside] - low,
            headcount=self.headcount[low:high],
            file_means=about,
            design=None,
        )

    def take(self, at: np.ndarray) -> "Weighed":
        """The variables at these positions."""
        about = None if self.file_means is None else self.file_means[:, at]
        return replace(
            self,
            weights=self.weights[:, at],
            worth=self.worth[:, at],
            n=self.n[:, at],
            part=self.part[at],
            file_means=about,
        )

    def shares(self, yes: np.ndarray, confidence: float = 0.95) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Weighted shares (G, J) of the answers that are a yes (C, J), and their ends.

        With weights in the file `yes` are sums of weights.
        """
        held = yes if self.file_means is not None else self.weights * yes
        with dividing_by_0():
            share = np.minimum(total(held, self.group, self.groups) / self.stands_for, 1.0)
        share = rounded(share, self.answers, self.differ, 1.0)
        headcount = np.where(self.part, np.inf, self.headcount[:, None])
        ends = score_intervals.shares(share, self.coverage, self.answers, headcount, ~self.differ, confidence)
        low, high = rounded_ends(*ends, self.answers, self.differ, 1.0)
        return share, low, high


def weighed(cells: Cells, fpc: bool = True, counts: Callable[[Cells], Said] = answered) -> Weighed:
    """The weights of every variable of a cut, found for everybody together; without a roster or weights, ones."""
    said, groups = counts(cells), len(cells.groups)
    n = worth = said.n
    weight, people, design = np.ones(n.shape), cells.people, None
    headcount = np.full(groups, np.inf)
    if cells.roster is not None:
        whole = cells.whole()
        margins, everybody = margins_of(whole), counts(whole)
        weight = weights_for(whole, everybody.n + everybody.not_asked)
        weight, design = (weight[whole.cell_of(cells.cells)], None) if cells.by else (weight, margins.design())
        if fpc:
            known = cells.roster.headcounts(cells.by, cells.groups)
            headcount = np.where(np.isnan(known), np.inf, known)
    elif said.file is not None:
        worth, weight = effective(said.file[:, :, 0], said.file[:, :, 1])
        people = effective(*cells.weighed_states[:, 0].sum(axis=1).T)[0]
    kept = weight > 0
    return Weighed(
        weights=np.where(n > 0, weight, 0.0),
        worth=np.where(kept, worth, 0.0),
        n=np.where(kept, n, 0.0),
        people=people,
        group=cells.group,
        headcount=headcount,
        part=np.asarray((said.not_asked > 0).any(axis=0)),
        file_means=said.means if said.file is not None else None,
        design=design,
    )


def margins_of(whole: Cells) -> Margins:
    """The margins of the roster, merged once for all questions."""
    if "margins" not in whole.memory:
        roster = whole.roster
        if roster is None:
            raise ValueError("without a roster there is nothing to weight to")
        margins = [roster.margin(name) for name in roster.segments]
        codes = [
            each.index.get_indexer(pd.Index(whole.cells[name]))
            for each, name in zip(margins, roster.segments, strict=True)
        ]
        whole.memory["margins"] = weights.merged(
            whole.people, np.array(codes), [each.to_numpy(dtype=float) for each in margins]
        )
    return whole.memory["margins"]


def weights_for(whole: Cells, asked: np.ndarray) -> np.ndarray:
    """The weights (C, J) of those who were asked, (C, J)."""
    key = "weights", asked.tobytes()
    if key not in whole.memory:
        made, met = weights.weights(asked, margins_of(whole))
        lost = whole.memory.setdefault("margins lost", set())
        lost.update((met[met < len(margins_of(whole).people)]).tolist())
        whole.memory[key] = made
    return whole.memory[key]


def remarks(cells: Cells) -> list[str]:
    """What weights cost, and what they leave out."""
    whole = cells.whole()
    if whole.roster is None:
        return [remark(whole)] if weighted(whole) else []
    roster, margins = whole.roster, margins_of(whole)
    people = whole.people[:, None].astype(float)
    weight = weights_for(whole, people)
    responded, effective = int(people[weight > 0].sum()), float(weights.effective(weight, people)[0])
    effect = responded / effective if effective else np.nan
    notes = [
        f"weighted to the roster: {responded} of {roster.total} answered; design effect {effect:.2f}, as precise "
        f"as {effective:.0f} equally weighted answers; people who did not answer are assumed to be like those of "
        "their group who did"
    ]
    merged = [sum(len(group) > 1 for group in joined) for joined in margins.joined]
    if any(merged):  # which ones would say that nobody answered there, or one person
        of = " and ".join(name for name, count in zip(roster.segments, merged, strict=True) if count)
        notes.append(f"some groups of {of} are weighted together with their neighbour: too few answered there")
    if lost := whole.memory.get("margins lost"):
        names = ", ".join(roster.segments[min(lost) :])
        notes.append(f"not weighted by {names} everywhere: too few answers for the weights to fit all of the roster")
    return notes
