"""Durations whose luck is shared: what belongs to one cluster, such as a release, is summed before it is squared.

See docs/methods/delivery.md, "Durations"."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from dxkit.statistics.intervals import t_quantile
from dxkit.statistics.moments import dividing_by_0
from dxkit.statistics.survival import SurvivalCurve

FEWEST, LEAST_WORTH = 4, 2.0  # clusters from which an interval is given, and what they must be worth (`effective`)
_MOST_TIMES = 1_000  # event times at which the band is computed; between them its variance is interpolated


class AtRisk(NamedTuple):
    """Rows with the steps of their curve: how many were at risk (Y) and ended (D) at each event time, (J,) each."""

    times: np.ndarray
    ended: np.ndarray
    entry: np.ndarray
    event_times: np.ndarray
    at_risk: np.ndarray
    events: np.ndarray

    def up_to(self, steps: np.ndarray) -> np.ndarray:
        """The sum of `steps` (J,) over the event times at which each row was at risk, (n,)."""
        total = np.concatenate([[0.0], np.cumsum(steps)])
        return total[self._rank(self.times)] - total[self._rank(self.entry)]

    def at_end(self, steps: np.ndarray) -> np.ndarray:
        """The step of the event time at which each row ended, (n,); 0 where it has not ended."""
        return (
            np.where(self.ended, steps[np.maximum(self._rank(self.times) - 1, 0)], 0.0) if len(steps) else np.zeros(0)
        )

    def _rank(self, at: np.ndarray) -> np.ndarray:
        return np.searchsorted(self.event_times, at, side="right")


def at_risk(times: ArrayLike, ended: ArrayLike, entry: ArrayLike | None = None) -> AtRisk:
    """Who was at risk at each event time: those that entered before it and lasted until it.

    Parameters
    ----------
    times, ended : array (n,)
        Durations (the time so far where one has not ended), and whether each has ended.
    entry : array (n,), optional
        The duration from which each is on record (delayed entry, Klein and Moeschberger 2003); -inf for the beginning.
    """
    times, ended = np.asarray(times, dtype=float), np.asarray(ended, dtype=bool)
    begun = np.full(len(times), -np.inf) if entry is None else np.asarray(entry, dtype=float)
    events, counts = np.unique(times[ended], return_counts=True)
    left = np.searchsorted(np.sort(times), events, side="left")  # gone before the event time
    there = np.searchsorted(np.sort(begun), events, side="left")  # entered before it
    return AtRisk(times, ended, begun, events, there - left, counts)


def effective(cluster: np.ndarray) -> float:
    """How many clusters of equal size are worth these (Kish 1965): (sum n)^2 / sum n^2.

    >>> effective(np.array([0, 0, 1, 1])), effective(np.array([0, 0, 0, 1]))
    (2.0, 1.6)
    """
    sizes = np.bincount(cluster)
    return float(sizes.sum() ** 2 / (sizes**2).sum())


def clustered_curve(
    times: ArrayLike, ended: ArrayLike, cluster: ArrayLike, entry: ArrayLike | None = None, confidence: float = 0.95
) -> SurvivalCurve:
    """Kaplan and Meier's curve with a band that knows of clusters.

    The contribution of each row to -log S (infinitesimal jackknife) is summed within its cluster, and the variance is
    the sum of squares over clusters (Lin and Wei 1989; Williams 1995). The band is log-log, with Student's t of
    `effective` clusters less one.

    Parameters
    ----------
    times, ended, entry : array (n,)
        Durations, ends and entries, see `at_risk`.
    cluster : int array (n,)
        The cluster of each row, numbered from 0.
    confidence : float
        Confidence level of the band. Its ends are nan below FEWEST clusters or LEAST_WORTH and where S is 0, and 1
        where S is 1.
    """
    rows, cluster = at_risk(times, ended, entry), np.asarray(cluster)
    distinct, place = np.unique(rows.times, return_inverse=True)
    events = np.bincount(place[rows.ended], minlength=len(distinct))
    censored = np.bincount(place[~rows.ended], minlength=len(distinct))
    there = np.searchsorted(np.sort(rows.entry), distinct, side="left")
    reached = np.searchsorted(rows.event_times, distinct, side="right")
    survival = np.concatenate([[1.0], np.cumprod(1 - rows.events / rows.at_risk)])[reached]
    error = np.concatenate([[0.0], log_survival_error(rows, cluster)])[reached]
    low = high = np.full(len(distinct), np.nan)
    count = len(np.unique(cluster))
    if count >= FEWEST and effective(cluster) >= LEAST_WORTH:
        t = float(t_quantile(effective(cluster) - 1, (1 + confidence) / 2))
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            theta = np.exp(np.minimum(t * error / -np.log(survival), 700.0))
            low, high = (np.where(survival == 1, 1.0, survival**power) for power in (theta, 1 / theta))
        low, high = (np.where(survival > 0, end, np.nan) for end in (low, high))
    left = np.searchsorted(np.sort(rows.times), distinct, side="left")
    return SurvivalCurve(distinct, there - left, events, censored, survival, low, high)


def log_survival_error(rows: AtRisk, cluster: np.ndarray) -> np.ndarray:
    """Standard error of log S at each event time, (J,); nan from where all that were at risk ended.

    >>> rows = at_risk([3, 5, 5, 8, 10, 12, 14, 20], [1, 1, 0, 1, 1, 1, 0, 1])
    >>> log_survival_error(rows, np.arange(8) // 2).round(4).tolist()
    [0.1429, 0.3333, 0.4372, 0.515, 0.9262, nan]
    """
    count = int(cluster.max()) + 1
    with dividing_by_0():
        ended = 1 / (rows.at_risk - rows.events)
        hazard = np.where(rows.at_risk > rows.events, rows.events / rows.at_risk * ended, np.inf)
    last = int(np.argmax(np.isinf(hazard))) if np.isinf(hazard).any() else len(hazard)
    kept, variance = np.arange(last), np.full(len(hazard), np.nan)
    if last > _MOST_TIMES:
        kept = np.unique(np.linspace(0, last - 1, _MOST_TIMES).round().astype(int))
    if last:
        total = np.concatenate([[0.0], np.cumsum(hazard[:last])])
        # minus the hazards up to the end and plus those up to the entry: from one column on the sum is fixed
        sides = [(rows.times, -1.0)] + [(rows.entry, 1.0)] * bool(np.isfinite(rows.entry).any())
        rank = [np.minimum(np.searchsorted(rows.event_times, at, side="right"), last) for at, _ in sides]
        by = np.concatenate([np.searchsorted(kept, each - 1) for each in rank])
        fixed = np.concatenate([sign * total[each] for each, (_, sign) in zip(rank, sides, strict=True)])
        signs = np.repeat([sign for _, sign in sides], len(rows.times))
        own = np.searchsorted(rows.event_times, rows.times)
        over = rows.ended & (own < last)
        fixed = np.concatenate([fixed, ended[own[over]]])
        clusters = np.tile(cluster, len(sides))
        to_come = np.bincount(clusters, signs, minlength=count)[:, None]
        sums = (to_come - _by_column(clusters, by, signs, (count, len(kept)))) * total[kept + 1]
        by, clusters = np.append(by, np.searchsorted(kept, own[over])), np.append(clusters, cluster[over])
        sums += _by_column(clusters, by, fixed, sums.shape)
        scale = count / (count - 1) if count > 1 else np.nan
        variance[:last] = np.interp(np.arange(last), kept, scale * np.einsum("gk,gk->k", sums, sums))
    return np.sqrt(variance)


def _by_column(cluster: np.ndarray, column: np.ndarray, value: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The sum of the values of each cluster up to each column; a column past the last is nowhere."""
    count, width = shape
    placed = np.bincount(cluster * (width + 1) + np.minimum(column, width), value, minlength=count * (width + 1))
    return np.cumsum(placed.reshape(count, width + 1)[:, :width], axis=1)


class ClusteredTest(NamedTuple):
    """Log-rank with clusters: the sum over the later side of ends less expected, t = that over its error, df and p."""

    total: float
    sums: np.ndarray
    variance: float
    t: float
    df: float
    p: float


def clustered_log_rank(
    times: ArrayLike, ended: ArrayLike, later: ArrayLike, cluster: ArrayLike, entry: ArrayLike | None = None
) -> ClusteredTest:
    """Is one curve the other, when what belongs to a cluster shares its luck? (Lee, Wei and Amato 1992)

    The residuals of the log-rank test are summed by cluster, and squared by side, with Satterthwaite's (1946) df. p is
    nan where a side has fewer than FEWEST clusters.

    Parameters
    ----------
    times, ended, entry : array (n,)
        Durations, ends and entries, see `at_risk`.
    later : bool array (n,)
        The side of each row.
    cluster : int array (n,)
        The cluster of each row, numbered from 0; each belongs to one side.
    """
    rows = at_risk(times, ended, entry)
    z, cluster = np.asarray(later, dtype=float), np.asarray(cluster)
    side = at_risk(rows.times[z == 1], rows.ended[z == 1], rows.entry[z == 1])
    there = np.searchsorted(np.sort(side.entry), rows.event_times, side="left")
    share = (there - np.searchsorted(np.sort(side.times), rows.event_times, side="left")) / rows.at_risk
    step = rows.events / rows.at_risk
    residual = rows.ended * z - rows.at_end(share) - z * rows.up_to(step) + rows.up_to(share * step)
    sums = np.bincount(cluster, residual)
    parts, worth, counts = [], [], []
    for inside in (z == 0, z == 1):
        found = np.unique(cluster[inside])
        counts.append(len(found))
        parts.append(len(found) / (len(found) - 1) * float((sums[found] ** 2).sum()) if len(found) > 1 else np.nan)
        worth.append(effective(cluster[inside]) if len(found) else np.nan)
    total, variance = float(residual.sum()), sum(parts)
    if min(counts) < FEWEST or not variance > 0:
        p = 1.0 if min(counts) >= FEWEST and abs(total) < 1e-9 else np.nan
        return ClusteredTest(total, sums, variance, np.nan, np.nan, p)
    from scipy.special import stdtr

    t = total / np.sqrt(variance)
    df = variance**2 / sum(part**2 / (count - 1) for part, count in zip(parts, worth, strict=True))
    return ClusteredTest(total, sums, variance, float(t), float(df), float(2 * stdtr(df, -abs(t))))
