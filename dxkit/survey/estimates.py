"""The estimate, error and interval of every variable for the groups of a cut.

See docs/methods/intervals.md, "Means"."""

from __future__ import annotations

import numpy as np

from dxkit.statistics import intervals
from dxkit.survey.groups import Cut
from dxkit.survey.tally import measures, own
from dxkit.survey.weighting import calibrate, calibrations, corrected, design_effect, linearised

ESTIMATES = ["n", "estimate", "se", "low", "high", "favourable", "favourable_low", "favourable_high"]


class Weighing:
    """The estimates of every variable for the groups of one cut, weighted by a roster or the file."""

    def __init__(self, work: Cut, fpc: bool, confidence: float) -> None:
        self.work, self.tally, self.fpc, self.confidence = work, work.tally, fpc, confidence
        self._units = self.tally.variables["unit"].tolist()
        self.notes: list[str] = []
        self.used: np.ndarray | None = None
        self.method = "unweighted mean, t interval; Wilson interval for shares"
        roster = self.tally.roster
        if roster is None:
            if own.weighted(self.tally):
                self.method = "mean weighted by the file's weights, t interval; Wilson interval for shares"
                self.notes.append(own.remark(self.tally))
            return
        self.population = [roster.headcount(work.by, labels) for labels in self._labels()]
        self.fits = calibrations(self.tally, range(len(self.tally.variables)))
        self.used = np.column_stack([fit.weights for fit in self.fits])
        how = "post-stratified by" if len(roster.segments) == 1 else "raked to the margins of"
        self.method = (
            f"mean {how} {', '.join(roster.segments)}, {'with' if fpc else 'without'} finite population correction"
        )
        everybody = calibrate(self.tally.people.astype(float), self.tally)
        effect, effective = design_effect(everybody.weights, self.tally.people)
        responded = int(self.tally.people[everybody.weights > 0].sum())
        self.notes.append(
            f"weighted to the roster: {responded} of {roster.total} answered; design effect {effect:.2f}, as precise "
            f"as {effective:.0f} equally weighted answers; people who did not answer are assumed to be like those of "
            "their group who did"
        )
        if everybody.merged:
            merged = "; ".join(everybody.merged)
            self.notes.append(f"groups merged for weighting, because fewer than two answered: {merged}")
        elsewhere = sorted({groups for fit in self.fits for groups in fit.merged} - set(everybody.merged))
        if elsewhere:
            self.notes.append("groups merged for single questions: " + "; ".join(elsewhere[:4]))

    def _labels(self) -> list[tuple]:
        if not self.work.by:
            return [()]
        return list(self.work.groups.itertuples(index=False, name=None))

    def variable(self, j: int) -> np.ndarray:
        """One row of ESTIMATES per group for the variable at position j."""
        counted = self.tally
        n, mean, scatter = counted.n[:, j], np.nan_to_num(counted.means[:, j]), counted.scatter[:, j]
        yes = self._favourable(j)
        rows = []
        for g, member in enumerate(self.work.member):
            if own.weighted(counted):
                rows.append(self._own(j, member))
            elif counted.roster is None:
                rows.append(self._plain(j, member * n, mean, scatter, yes))
            else:
                rows.append(self._weighted(j, g, member * n, mean, scatter, yes))
        return np.array(rows, dtype=float)

    def _own(self, j: int, member: np.ndarray) -> list:
        """Weighted by the weights of the file (docs/methods/weighting.md, "Weights in the file")."""
        n = float((member * self.tally.n[:, j]).sum())
        if n == 0:
            return [0.0] + [np.nan] * 7
        estimate, se, effective = own.mean(self.tally, j, member)
        share = [np.nan] * 3
        if (columns := self._good(j)) is not None:
            total, item = own.sums(self.tally, j, member)[0], self.tally.variables["name"].iloc[j]
            counts = own.counts(self.tally, self.tally.codebook.measured.index(item), member)
            favourable = min(1.0, counts[columns].sum() / total)
            share = [favourable, *intervals.wilson(favourable, effective, self.confidence)]
        return [n, estimate, se, *self._interval(j, estimate, se, n - 1), *share]

    def _favourable(self, j: int) -> np.ndarray | None:
        """Favourable answers per cell of an item that has favourable codes."""
        if (columns := self._good(j)) is None:
            return None
        at = self.tally.codebook.measured.index(self.tally.variables["name"].iloc[j])
        return self.tally.counts[:, at, columns].sum(axis=1).astype(float)

    def _good(self, j: int) -> list[int] | None:
        """The positions of the favourable codes of an item; None where it has none."""
        variable, book = self.tally.variables.iloc[j], self.tally.codebook
        if variable["level"] != "item" or variable["unit"] != "index":  # no other unit has a good end
            return None
        item = variable["name"]
        codes, good = book.scale(item).codes, book.favourable(item)
        if not codes:
            return None
        return [i for i, code in enumerate(codes) if code in good]

    def _plain(self, j, n, mean, scatter, yes):
        total = n.sum()
        if total == 0:
            return [0.0] + [np.nan] * 7
        estimate = (n * mean).sum() / total
        spread = (scatter[n > 0]).sum() + (n * (mean - estimate) ** 2).sum()
        divisor = total if self._promoters(j) else total - 1
        se = np.sqrt(spread / divisor / total) if total > 1 else np.nan
        share = [np.nan] * 3
        if yes is not None:
            favourable = yes[n > 0].sum() / total
            share = [favourable, *intervals.wilson(favourable, total, self.confidence)]
        return [total, estimate, se, *self._interval(j, estimate, se, total - 1), *share]

    def _promoters(self, j: int) -> bool:
        """Net promoter scores have the multinomial standard error, which divides by n."""
        return self._units[j] == "recommend"

    def _interval(self, j, estimate, se, df):
        unit = self._units[j]
        if unit == "place" and df >= 1 and np.isfinite(se):
            places = self.tally.codebook.scale(self.tally.variables["name"].iloc[j]).hi
            quantile = float(intervals.t_quantile(df, (1 + self.confidence) / 2))
            return measures.place_interval(estimate, se, df + 1, places, quantile)
        if unit == "number" and se <= 1e-12 * max(1.0, abs(estimate)):
            self.notes.append("no interval where everybody gave the same number: there is no spread to judge it by")
            return np.nan, np.nan
        low, high = intervals.student(estimate, se, df, self.confidence)
        return measures.VARIABLES[unit].within(low, high)

    def _weighted(self, j, g, n, mean, scatter, yes):
        fit = self.fits[j]
        weight = np.where(n > 0, fit.weights, 0.0)
        total = n[weight > 0].sum()
        if total == 0:
            return [0.0] + [np.nan] * 7
        part_of_staff = bool(self.tally.not_asked(j).any())  # then nobody knows how many it could have been put to
        headcount = np.nan if part_of_staff else self.population[g]
        whole = not self.work.by and not part_of_staff
        estimate, se, width, df = self._mean(n, mean, scatter, weight, fit, whole)
        share = [np.nan] * 3
        if yes is not None:
            share = self._share(n, np.divide(yes, n, out=np.zeros_like(n), where=n > 0), weight, fit, whole, headcount)
        return [total, estimate, se, *self._interval(j, estimate, width, df), *share]

    def _mean(self, n, mean, scatter, weight, fit, whole) -> tuple[float, float, float, float]:
        """Weighted mean, its error, and error and degrees of freedom for its interval.

        The whole is fitted on the margins. A part (a group, or those to whom a question was put) is its weighted mean.
        """
        total, people = n[weight > 0].sum(), (weight * n).sum()
        if total < 2:
            return (weight * n * mean).sum() / people, np.nan, np.nan, 0.0
        same, roster = np.ones((len(n), 1)), self.tally.roster
        if whole:
            population = max(roster.total, total) if self.fpc and roster is not None else np.inf
            estimate, se = linearised(n, mean, scatter, fit, population)
            rich = total >= 2 * np.linalg.matrix_rank(fit.margins)
            return estimate, se, *corrected(n, mean, scatter, weight, fit.margins if rich else same, fpc=self.fpc)
        estimate = (weight * n * mean).sum() / people
        width, df = corrected(n, mean, scatter, weight, same, fpc=self.fpc)
        return estimate, width, width, df

    def _share(self, n, part, weight, fit, whole, headcount):
        """Exact for an unweighted group of known headcount, else Wilson's with the effective sample size."""
        used = weight[(n > 0) & (weight > 0)]
        total = n[weight > 0].sum()
        if np.ptp(used) <= 1e-9 * used.max() and self.fpc and np.isfinite(headcount) and headcount >= total:
            k = int(round((n[weight > 0] * part[weight > 0]).sum()))
            return [k / total, *intervals.hypergeometric(k, int(total), int(headcount), self.confidence)]
        share, _, width, _ = self._mean(n, part, n * part * (1 - part), weight, fit, whole)
        if width > 1e-9:  # below it is rounding, of a share that is whole or zero
            effective = share * (1 - share) / width**2
        else:
            effective = design_effect(weight, n)[1] / max(1 - total / (weight * n).sum(), 1e-9)
        return [share, *intervals.wilson(share, effective, self.confidence)]
