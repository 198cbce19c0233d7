"""The estimate, error and interval of every question and burden, of everybody and of groups: all tables take these.

See docs/methods/intervals.md, "The idea"."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dxkit.statistics.means import score_intervals, spread
from dxkit.statistics.means.coverage import total
from dxkit.statistics.means.spread import HOURS, Spread
from dxkit.statistics.moments import dividing_by_0
from dxkit.survey.privacy.few_weighted import UNIT, few_and_different, rounded, rounded_ends
from dxkit.survey.tally.cells import Cells
from dxkit.survey.tally.release import May
from dxkit.survey.tally.variables import Form, form_of
from dxkit.survey.tally.weighed import Weighed, weighed

SAME_NUMBER = "no interval where everybody gave the same number: there is no spread to judge it by"

TOGETHER = (
    "the tally has kept nothing of how questions go together, so intervals of dimensions are as wide as they can be; "
    "tally with comoments=True"
)


@dataclass(frozen=True, eq=False, kw_only=True)
class Contrasts:
    """Means of several questions, D of them: estimate, variance of its error, `middle` (both from 0 to 1), df and n,
    each (G, D)."""

    estimate: np.ndarray
    variance: np.ndarray
    middle: np.ndarray
    df: np.ndarray
    n: np.ndarray

    def interval(self, confidence: float) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper ends, (G, D)."""
        return score_intervals.contrasts(self.estimate, self.variance, self.middle, self.df, self.n, confidence)


def enough_pairs(cells: Cells) -> int:
    """From how many people who answered two questions on it is worked out how these go together."""
    return 2 * cells.min_group


class Estimates:
    """The estimates of the variables of a cut, weighted by its roster or its file: J variables in G groups.

    `mean` is on the scale of `form`, `estimate`, `se`, `interval` and `covariance` are in the variable's unit.
    `Estimates.of` makes them once for a cut.
    """

    cells: Cells
    fpc: bool
    form: Form
    by_cell: tuple[np.ndarray, np.ndarray, np.ndarray]

    def __init__(self, cells: Cells, fpc: bool = True) -> None:
        self.cells, self.fpc, self.form = cells, fpc, form_of(cells.codebook, cells.variables)
        self.weighed: Weighed = weighed(cells, fpc)
        n, form = np.where(self.weighed.weights > 0, cells.n, 0.0), self.form
        mean = np.where(n > 0, np.nan_to_num(cells.means) - form.low, 0.0) / form.width
        self.by_cell = n, mean, np.where(n > 0, cells.scatter, 0.0) / form.width**2  # n, mean, squares about it, (C, J)

    @classmethod
    def of(cls, cells: Cells, fpc: bool = True) -> Estimates:
        """The estimates of a cut, worked out once."""
        made = cells.memory
        if ("estimates", fpc) not in made:
            made["estimates", fpc] = cls(cells, fpc)
        return made["estimates", fpc]

    @cached_property
    def everybody(self) -> Estimates:
        """The same of everybody together."""
        return self if not self.cells.by else Estimates.of(self.cells.whole(), self.fpc)

    @property
    def groups(self) -> int:
        return len(self.weighed.headcount)

    @property
    def n(self) -> np.ndarray:
        """Answers that have a weight, (G, J)."""
        return self.weighed.answers

    @property
    def n_eff(self) -> np.ndarray:
        """How many equally weighted answers they are worth, (G, J)."""
        return self.weighed.n_eff

    @property
    def may(self) -> May:
        """What of them may be shown."""
        return self.cells.may

    @cached_property
    def mean(self) -> np.ndarray:
        """Weighted means, (G, J)."""
        each, about = self.weighed, self.weighed.file_means
        mean = each.average(self.by_cell[1] if about is None else (about - self.form.low) / self.form.width)
        mean = rounded(mean, *self.coarseness)
        return np.where(self.may.bound != 0, self.may.end, mean)

    @property
    def coarseness(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """By what figures of few answers with different weights are rounded: exact ones give answers away."""
        step = self.cells.tally.layout.step[self.cells.columns]
        return self.n, self.weighed.differ, step, np.where(self.form.form == HOURS, 0.1, UNIT)

    @property
    def coarse(self) -> np.ndarray:
        """Which figures are of few answers with different weights, (G, J)."""
        return few_and_different(self.n, self.weighed.differ)

    @cached_property
    def fit(self) -> spread.Fit:
        """The cell means as the margins of the roster fit them."""
        return spread.fit(*self.by_cell[:2], self.weighed.design)

    @cached_property
    def spread(self) -> Spread:
        """How widely answers are spread, (G, J)."""
        form = self.form.form
        if not self.cells.by:
            detail = self.may.detail[0]
            one = spread.whole(*self.by_cell, self.fit, self.mean[0], self.n_eff[0], form, detail)
            return Spread(n=one.n[None], middle=one.middle[None], phi=one.phi[None], df=one.df[None], form=form)
        whole = self.everybody
        all_of_them = Spread(
            n=whole.spread.n[0],
            middle=whole.spread.middle[0],
            phi=whole.spread.phi[0],
            df=whole.spread.df[0],
            form=form,
        )
        return spread.by_group(self.n, self.scatter, self.mean, all_of_them, whole.mean[0], self.may.detail)

    @cached_property
    def scatter(self) -> np.ndarray:
        """Sums of squares about the plain mean of each group, (G, J)."""
        group, (n, mean, scatter) = self.cells.group, self.by_cell
        with dividing_by_0():
            plain = np.nan_to_num(total(n * mean, group, self.groups) / self.n)
        return total(scatter + n * (mean - plain[group]) ** 2, group, self.groups)

    @property
    def df(self) -> np.ndarray:
        """Degrees of freedom, (G, J)."""
        return self.spread.df

    @property
    def estimate(self) -> np.ndarray:
        """Weighted means, (G, J)."""
        return self.form.low + self.form.width * self.mean

    @property
    def judged(self) -> np.ndarray:
        """Whether there are answers enough to judge how sure they are, (G, J)."""
        return ((self.n > 1) | ((self.n > 0) & (self.weighed.coverage == 0))) & np.isfinite(self.spread.sd)

    @property
    def variance(self) -> np.ndarray:
        """Variances of their errors, (G, J); nan with fewer than two answers, and of bounds."""
        known = self.judged & (self.may.bound == 0)
        return np.where(known, self.weighed.coverage * (self.spread.sd * self.form.width) ** 2, np.nan)

    @property
    def se(self) -> np.ndarray:
        """Their standard errors, (G, J)."""
        return np.sqrt(self.variance)

    def interval(self, confidence: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper ends, (G, J)."""
        ends = score_intervals.means(self.mean, self.weighed.coverage, self.spread, confidence, self.form.top)
        ends = rounded_ends(*ends, *self.coarseness)
        low, high = (self.form.low + self.form.width * np.where(self.may.bound == 0, end, np.nan) for end in ends)
        return low, high

    def correlation(self, at: np.ndarray) -> np.ndarray:
        """Correlation of the answers to the variables at these positions, (T, T): one for all groups."""
        whole, made, key = self.everybody, self.everybody.cells.memory, ("correlation", self.fpc, at.tobytes())
        if key not in made:
            made[key] = whole.correlation_about(whole.fit, at)
        return made[key]

    def correlation_about(self, fit: spread.Fit, at: np.ndarray) -> np.ndarray:
        """Correlation of what a fit of the cells leaves of the answers, (T, T)."""
        width, (pairs, sums, products) = self.form.width[at], self._pairs(at)
        sums, products = sums / width[:, None], products / np.outer(width, width)
        fitted = spread.Fit(fitted=fit.fitted[:, at], rank=fit.rank[at])
        n, mean, scatter = (each[:, at] for each in self.by_cell)
        return spread.correlation(n, self.cells.people, mean, scatter, fitted, pairs, sums, products)

    def _pairs(self, at: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What the tally has of every two variables at these positions; no pairs where these may not be looked into."""
        pairs, sums, products = self.cells.together(at)
        detail = self.everybody.may.detail[0, at]
        known = (pairs >= enough_pairs(self.cells)) & np.logical_and.outer(detail, detail)
        return np.where(known, pairs, 0), sums, products

    def answering(self, at: np.ndarray) -> np.ndarray:
        """Correlation of whether people answered the questions at these positions, (T, T): one for all groups; where
        the tally has not kept it, one skips them all: the widest error."""
        whole, made, key = self.everybody, self.everybody.cells.memory, ("answering", at.tobytes())
        if not self.cells.tally.together:
            return np.ones((len(at), len(at)))
        if key not in made:
            made[key] = spread.answering(whole.cells.n[:, at], whole.cells.people, whole._pairs(at)[0])
        return made[key]

    def together(self, at: np.ndarray, fit: spread.Fit | None = None) -> np.ndarray:
        """The same, of everybody or about a fit; where the tally has not kept it, questions are taken to go together
        entirely: the widest error."""
        if not self.cells.tally.together:
            return np.ones((len(at), len(at)))
        return self.correlation(at) if fit is None else self.correlation_about(fit, at)

    def covariance(self, at: np.ndarray | None = None, groups: slice = slice(None)) -> np.ndarray:
        """Covariances of the errors of the estimates at these positions (all), (G, T, T); of all groups or of some."""
        at = np.arange(len(self.form.form)) if at is None else np.asarray(at, dtype=int)
        return self.weighed.among(groups).joint(at, self.answering(at)) * self.answer_covariance(at, groups)

    def answer_covariance(self, at: np.ndarray | None = None, groups: slice = slice(None)) -> np.ndarray:
        """Covariances of one respondent's answers, (G, T, T)."""
        at = np.arange(len(self.form.form)) if at is None else np.asarray(at, dtype=int)
        sd = np.nan_to_num(self.spread.sd[groups][:, at]) * self.form.width[at]
        return self.correlation(at) * sd[:, :, None] * sd[:, None, :]

    def contrasts(
        self, a: np.ndarray, sd: np.ndarray | None = None, within: Weighed | None = None, fit: spread.Fit | None = None
    ) -> Contrasts:
        """Means of variables with two ends: `a` (D, J) says what each variable counts in them.

        With another spread sd (G, J) of the answers, weighed `within` another population, or the correlation about
        another fit, where they are given.
        """
        at = np.flatnonzero(a.any(axis=0))
        sd, within = self.spread.sd if sd is None else sd, within or self.weighed
        part, here = a[:, at], self.spread
        how = self.together(at, fit), at, self.answering(at)
        variance = within.contrast_variance(part, np.nan_to_num(sd[:, at]), *how)
        df, n = (
            np.stack([each[:, row != 0].min(axis=1) for row in a], axis=1) if len(a) else each[:, :0]
            for each in (here.df, self.n)
        )
        mean, middle = self.mean[:, at] @ part.T, here.middle[:, at] @ part.T
        return Contrasts(estimate=mean, variance=np.where(n > 0, variance, np.nan), middle=middle, df=df, n=n)

    def share(self, yes: np.ndarray, at: np.ndarray, confidence: float = 0.95) -> tuple[np.ndarray, ...]:
        """Weighted shares of these answers, `yes` (C, T), to the variables at these positions; with their ends."""
        return self.weighed.take(at).shares(yes, confidence)
