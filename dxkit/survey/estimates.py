"""The estimate, error and interval of every variable for the groups of a cut, all at once.

See docs/methods/intervals.md, "Means"."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dxkit.statistics import intervals
from dxkit.statistics.calibration import design_effect, influence, influence_within, linearised
from dxkit.statistics.moments import per_group
from dxkit.survey.groups import Cut
from dxkit.survey.reading.roster import Roster
from dxkit.survey.tally import measures, own
from dxkit.survey.weighting import alike, calibrations, on_margins, weighed

ESTIMATES = ["n", "estimate", "se", "low", "high", "favourable", "favourable_low", "favourable_high"]


class Weighing:
    """The estimates of these variables for the groups of one cut, weighted by a roster or the file.

    `figures` has an array (G, J) for each of ESTIMATES, `weights` (C, J) are those in use, None without a roster.
    """

    def __init__(self, work: Cut, at: Sequence[int], fpc: bool, confidence: float) -> None:
        self.work, self.tally, self.at, self.fpc, self.confidence = work, work.tally, list(at), fpc, confidence
        counted, roster = self.tally, self.tally.roster
        variables = counted.variables.iloc[self.at]
        self._units, self._names = variables["unit"].to_numpy(dtype=object), variables["name"].tolist()
        self._n, self._mean = counted.n[:, self.at].astype(float), np.nan_to_num(counted.means[:, self.at])
        self._scatter, self._add = np.where(self._n > 0, counted.scatter[:, self.at], 0.0), work.add
        self._good, self._shares = self._favourable_codes(variables["level"].tolist())
        self.weights: np.ndarray | None = None
        self.notes: list[str] = []
        if roster is not None:
            self._by_roster(roster)
        elif own.weighted(counted):
            self.method = "mean weighted by the file's weights, t interval; Wilson interval for shares"
            self.notes.append(own.remark(counted))
            self.figures = self._own()
        else:
            self.method = "unweighted mean, t interval; Wilson interval for shares"
            self.figures = self._plain()

    def _favourable_codes(self, levels: list[str]) -> tuple[np.ndarray, np.ndarray]:
        """Which codes of each variable are favourable, (J, K), and which variables have codes that can be, (J,): no
        unit but the index has a good end."""
        book, width = self.tally.codebook, self.tally.counts.shape[2]
        good, rated = np.zeros((len(self.at), width), dtype=bool), np.zeros(len(self.at), dtype=bool)
        for k, (level, name) in enumerate(zip(levels, self._names, strict=True)):
            if level == "item" and self._units[k] == "index":
                codes, liked = book.scale(name).codes, book.favourable(name)
                good[k, : len(codes)] = [code in liked for code in codes]
                rated[k] = bool(codes)
        return good, rated

    def _favourable(self, counts: np.ndarray) -> np.ndarray:
        """Answers with a favourable code, (C, J), from those of each code (C, I, K)."""
        rated = np.flatnonzero(self._shares)
        items = [self.tally.codebook.measured.index(self._names[k]) for k in rated]
        yes = np.zeros((len(counts), len(self.at)))
        yes[:, rated] = (counts[:, items] * self._good[rated]).sum(axis=2)
        return yes

    def _plain(self) -> dict[str, np.ndarray]:
        n, add = self._n, self._add
        total = add(n)
        with np.errstate(invalid="ignore", divide="ignore"):
            estimate = add(n * self._mean) / total
            spread = add(self._scatter + n * (self._mean - np.nan_to_num(estimate)[self.work.group]) ** 2)
            # net promoter scores have the multinomial standard error, which divides by n
            divisor = np.where(self._units == "recommend", total, total - 1)
            se = np.where(total > 1, np.sqrt(spread / divisor / total), np.nan)
            share = add(self._favourable(self.tally.counts)) / total
        return self._all(total, estimate, se, se, total - 1, (share, *intervals.wilson(share, total, self.confidence)))

    def _own(self) -> dict[str, np.ndarray]:
        """Weighted by the weights of the file (docs/methods/weighting.md, "Weights in the file")."""
        total = self._add(self._n)
        moments = self._add(self.tally.weighed[:, self.at])
        estimate, se, effective = own.means(total, moments, self.tally.origin[self.at])
        with np.errstate(invalid="ignore", divide="ignore"):
            yes = self._add(self._favourable(self.tally.weighed_codes))
            share = np.minimum(1.0, yes / moments[:, :, 0])
        shares = (share, *intervals.wilson(share, effective, self.confidence))
        return self._all(total, estimate, se, se, total - 1, shares)

    def _all(self, total, estimate, se, width, df, shares) -> dict[str, np.ndarray]:
        """The figures, (G, J) each; nan where nobody answered, and shares only of what has favourable answers."""
        there = total > 0
        low, high = self._interval(estimate, width, df)
        shares = [np.where(self._shares, each, np.nan) for each in shares]
        figures = [np.where(there, each, np.nan) for each in (estimate, se, low, high, *shares)]
        return dict(zip(ESTIMATES, [total, *figures], strict=True))

    def _interval(self, estimate: np.ndarray, se: np.ndarray, df: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        low, high = intervals.student(estimate, se, df, self.confidence)
        for unit in dict.fromkeys(self._units):
            here = np.flatnonzero(self._units == unit)
            if unit == "place":
                known = (df[:, here] >= 1) & np.isfinite(se[:, here])
                places = np.array([self.tally.codebook.scale(self._names[k]).hi for k in here])
                quantile = intervals.t_quantile(np.where(known, df[:, here], np.nan), (1 + self.confidence) / 2)
                ends = measures.place_interval(estimate[:, here], se[:, here], df[:, here] + 1, places, quantile)
                ends = [np.where(known, end, other[:, here]) for end, other in zip(ends, (low, high), strict=True)]
            else:
                ends = [low[:, here], high[:, here]]
            if unit == "number":
                equal = se[:, here] <= 1e-12 * np.maximum(1.0, np.abs(estimate[:, here]))
                ends = [np.where(equal, np.nan, end) for end in ends]
                if equal.any():
                    same = "no interval where everybody gave the same number: there is no spread to judge it by"
                    self.notes.append(same)
            low[:, here], high[:, here] = measures.VARIABLES[unit].within(*ends)
        return low, high

    def _by_roster(self, roster: Roster) -> None:
        counted, segments = self.tally, roster.segments
        fits = weighed(counted, range(len(counted.variables)))
        how = "post-stratified by" if len(segments) == 1 else "raked to the margins of"
        self.method = (
            f"mean {how} {', '.join(segments)}, {'with' if self.fpc else 'without'} finite population correction"
        )
        everybody = calibrations(counted.people[:, None].astype(float), counted)[0]
        effect, effective = design_effect(everybody.weights, counted.people)
        responded = int(counted.people[everybody.weights > 0].sum())
        self.notes.append(
            f"weighted to the roster: {responded} of {roster.total} answered; design effect {effect:.2f}, as precise "
            f"as {effective:.0f} equally weighted answers; people who did not answer are assumed to be like those of "
            "their group who did"
        )
        if everybody.margins.merged:
            merged = "; ".join(everybody.margins.merged)
            self.notes.append(f"groups merged for weighting, because fewer than two answered: {merged}")
        elsewhere = sorted({words for fit in fits for words in fit.margins.merged} - set(everybody.margins.merged))
        if elsewhere:
            self.notes.append("groups merged for single questions: " + "; ".join(elsewhere[:4]))
        self._fits, self._staff = [fits[j] for j in self.at], roster.total
        self._headcount = roster.headcounts(self.work.by, self.work.groups)
        self.weights = np.column_stack([fit.weights for fit in self._fits])
        self.figures = self._weighted(np.where(self._n > 0, self.weights, 0.0))

    def _weighted(self, weight: np.ndarray) -> dict[str, np.ndarray]:
        n, add, counted = self._n, self._add, self.tally
        yes = self._favourable(counted.counts)
        total = add(np.where(weight > 0, n, 0.0))
        part = np.divide(yes, n, out=np.zeros_like(n), where=n > 0)
        asked_all = ~counted.not_asked[:, self.at].any(axis=0)
        estimate, width, df = self._means(self._mean, self._scatter, weight, total)
        share, error, _ = self._means(part, n * part * (1 - part), weight, total)
        se = np.where(total < 2, np.nan, width)
        if not self.work.by:
            for margins, some in alike(self._fits, np.flatnonzero(asked_all)):
                parts = n[:, some], self._mean[:, some], self._scatter[:, some], weight[:, some]
                se[0, some] = linearised(*parts, margins.indicators, self._staff if self.fpc else np.inf)
        with np.errstate(invalid="ignore", divide="ignore"):
            people, squares = add(weight * n), add(weight**2 * n)
            effective = people**2 / squares / np.maximum(1 - total / people, 1e-9)
            effective = np.where(error > 1e-9, share * (1 - share) / error**2, effective)  # below it is rounding
        low, high = intervals.wilson(share, effective, self.confidence)
        shares = self._exact(weight, total, add(np.where(weight > 0, yes, 0.0)), asked_all, (share, low, high))
        return self._all(total, estimate, se, width, df, shares)

    def _means(self, mean, scatter, weight, total) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Weighted means, and errors and degrees of freedom for their intervals, (G, J) each.

        The whole is fitted on the margins. A part (a group, or those to whom a question was put) is its weighted mean.
        """
        n, add = self._n, self._add
        with np.errstate(invalid="ignore", divide="ignore"):
            estimate = add(weight * n * mean) / add(weight * n)
        fitted, factor, df = influence_within(n, weight, mean, self.work.group, len(total), fpc=self.fpc)
        if not self.work.by:
            for margins, some in on_margins(self.tally, self.at, self._fits, total[0]):
                parts = n[:, some], weight[:, some], mean[:, some]
                fitted[:, some], factor[:, some], df[0, some] = influence(*parts, margins.indicators, fpc=self.fpc)
        width = np.sqrt(add(factor**2 * (scatter + n * (mean - fitted) ** 2)))
        return estimate, np.where(total < 2, np.nan, width), np.where(total < 2, 0.0, df)

    def _exact(self, weight, total, yes, asked_all, shares) -> list[np.ndarray]:
        """Shares are exact for an unweighted group of known headcount; elsewhere Wilson's, as they are."""
        used = (self._n > 0) & (weight > 0)
        most = per_group(self.work.group, len(total), np.maximum)
        with np.errstate(invalid="ignore", divide="ignore"):
            heavy, light = most(np.where(used, weight, 0.0)), 1 / most(np.where(used, 1 / weight, 0.0))
            headcount = np.where(asked_all, self._headcount[:, None], np.nan)  # nobody knows how many a part would be
            known = self.fpc & (heavy - light <= 1e-9 * heavy) & (headcount >= total) & (total > 0) & self._shares
        k, n = np.rint(yes[known]), total[known]
        exact = (k / n, *intervals.hypergeometric(k, n, headcount[known], self.confidence))
        for share, value in zip(shares, exact, strict=True):
            share[known] = value
        return list(shares)
