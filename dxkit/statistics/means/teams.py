"""Do groups differ beyond chance: how much, what their next score will be near, and which may be named.

See docs/methods/scores.md, "Teams".

Scores of G groups on J variables are (G, J), nan where a group takes no part; v are the variances of their errors,
without finite population correction.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from dxkit.statistics.comparison import adjusted_p
from dxkit.statistics.intervals import t_quantile, t_two_sided
from dxkit.statistics.moments import dividing_by_0

LEAST = 3  # groups that it takes to say how much they differ
LEVEL = 0.05  # chance of naming any group of a table where none differs


@dataclass(frozen=True, eq=False, kw_only=True)
class Between:
    """How much groups differ, (J,) each; nan with fewer than three groups.

    tau2 is the variance of their true scores, icc its share of the variance of an answer, p that of no difference,
    reliability the share of the variance of a score that is true, of the median group.
    """

    groups: np.ndarray
    tau2: np.ndarray
    icc: np.ndarray
    icc_low: np.ndarray
    icc_high: np.ndarray
    p: np.ndarray
    reliability: np.ndarray


def between(y: np.ndarray, v: np.ndarray, s2: np.ndarray, df: np.ndarray, confidence: float = 0.95) -> Between:
    """How much do groups differ? tau2 by Paule and Mandel (1982), its interval by the Q-profile (Viechtbauer 2007).

    Parameters
    ----------
    y, v : (G, J) arrays
        Scores and the variances of their errors.
    s2, df : (J,) arrays
        Variance of answers within groups, and its degrees of freedom.
    confidence : float
        Confidence level.

    Examples
    --------
    >>> y, n = np.array([[80.0], [45.0], [71.0], [30.0], [66.0]]), np.array([[6], [9], [5], [12], [8]])
    >>> found = between(y, 400 / n, np.array([400.0]), np.array([35.0]))
    >>> float(found.tau2[0].round(4)), float(found.icc[0].round(4)), float(found.p[0].round(7))
    (368.6813, 0.4796, 4.49e-05)
    """
    from scipy.special import chdtri, fdtrc

    used = np.isfinite(y) & (v > 0)
    groups = used.sum(axis=0)
    enough = (groups >= LEAST) & (s2 > 0)
    y, v, tail = np.where(used, y, 0.0), np.where(used, v, np.inf), (1 - confidence) / 2
    free = np.maximum(groups - 1, 1)
    tau2, low, high = (_solved(y, v, target) for target in (free, chdtri(free, tail), chdtri(free, 1 - tail)))
    with dividing_by_0():
        p = fdtrc(free, df, _q(y, v, np.zeros(y.shape[1]))[0] / free)
        reliability = _median(np.where(used, tau2 / (tau2 + v), np.nan))
        icc, icc_low, icc_high = (each / (each + s2) for each in (tau2, low, high))
    tau2, icc, icc_low, icc_high, p, reliability = (
        np.where(enough, each, np.nan) for each in (tau2, icc, icc_low, icc_high, p, reliability)
    )
    return Between(groups=groups, tau2=tau2, icc=icc, icc_low=icc_low, icc_high=icc_high, p=p, reliability=reliability)


def _q(y: np.ndarray, v: np.ndarray, tau2: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Q = sum (y - mean)^2 / (v + tau2) of each variable, and its slope in tau2."""
    weight = 1 / (v + tau2)
    gap = y - (weight * y).sum(axis=0) / weight.sum(axis=0)
    return (weight * gap**2).sum(axis=0), -(weight**2 * gap**2).sum(axis=0)


def _solved(y: np.ndarray, v: np.ndarray, target: np.ndarray) -> np.ndarray:
    """tau2 >= 0 with Q(tau2) = target; Q falls and is convex, so Newton's method from 0 comes from one side."""
    tau2 = np.zeros(y.shape[1])
    with dividing_by_0():
        for _ in range(200):
            q, slope = _q(y, v, tau2)
            step = np.where((q > target) & (slope < 0), (target - q) / slope, 0.0)
            tau2 = tau2 + step
            if not np.any(step > 1e-13 * tau2):
                break
    return tau2


def within_agreement(variance: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """r_wg (J,): how much less groups spread than if every answer were equally likely (James, Demaree and Wolf 1984).

    The median over groups of max(0, 1 - s^2 / s0^2), s0^2 = (K + 1) / (12 (K - 1)) for K codes from 0 to 1.

    Parameters
    ----------
    variance : (G, J) array
        Variance of the answers of each group, on 0 to 1; nan where a group takes no part.
    codes : (J,) array
        Codes of each scale.

    Examples
    --------
    >>> within_agreement(np.array([[0.0625], [0.2], [0.03125]]), np.array([5])).tolist()
    [0.5]
    """
    even = (codes + 1) / (12 * (codes - 1))
    return _median(np.maximum(1 - variance / even, 0.0))


def _median(values: np.ndarray) -> np.ndarray:
    """Medians (J,) of values (G, J) without those that are nan; nan where all are."""
    ordered, known = np.sort(values, axis=0), np.isfinite(values).sum(axis=0)
    column = np.arange(values.shape[1])
    return (ordered[np.maximum(known - 1, 0) // 2, column] + ordered[known // 2, column]) / 2


def pooled(
    y: np.ndarray, v: np.ndarray, tau2: np.ndarray, df: np.ndarray, confidence: float = 0.95
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """What a group's score will be near next time: drawn towards the mean of all, with its error and interval.

    Parametric empirical Bayes (Morris 1983). Needs four groups, else nan.

    Parameters
    ----------
    y, v : (G, J) arrays
        Scores and the variances of their errors.
    tau2, df : (J,) arrays
        From `between`, and the degrees of freedom of the variance within groups.

    Returns
    -------
    pooled, se, low, high : (G, J) arrays

    Examples
    --------
    >>> y, n = np.array([[80.0], [45.0], [71.0], [30.0], [66.0]]), np.array([[6], [9], [5], [12], [8]])
    >>> value, se, low, high = pooled(y, 400 / n, np.array([368.681271]), np.array([35.0]))
    >>> value[[0, 3], 0].round(4).tolist(), se[[0, 3], 0].round(4).tolist()
    ([78.2993, 31.1521], [8.0917, 5.7927])
    """
    used = np.isfinite(y) & (v > 0)
    groups = used.sum(axis=0)
    with dividing_by_0():
        weight = np.where(used, 1 / (v + tau2), 0.0)
        mean = (weight * np.where(used, y, 0.0)).sum(axis=0) / weight.sum(axis=0)
        pull = (groups - 3) / (groups - 1) * v / (v + tau2)
        value = mean + (1 - pull) * (y - mean)
        se = np.sqrt(v * (1 - (groups - 1) / groups * pull) + 2 / (groups - 3) * pull**2 * (y - mean) ** 2)
        half = t_quantile(np.where(df >= 1, df, np.nan), (1 + confidence) / 2) * se
    kept = used & (groups >= 4)
    value, se, half = (np.where(kept, each, np.nan) for each in (value, se, half))
    return value, se, value - half, value + half


def against_the_rest(y: np.ndarray, v: np.ndarray, own: np.ndarray | None = None) -> np.ndarray:
    """t (G, J) of each group against all others together, who count by the precision of their scores.

    A group whose own answers spread wider than those within all groups has its own error. A few unhappy people make a
    low score in any team: without this, 14 teams of which none differs had one named in up to 23% of runs.

    Parameters
    ----------
    y, v : (G, J) arrays
        Scores and the variances of their errors, from the variance of answers within all groups.
    own : (G, J) array, optional
        The same from the spread of each group, `spread.by_group`.

    Examples
    --------
    >>> y, n = np.array([[80.0], [45.0], [71.0], [30.0], [66.0]]), np.array([[6], [9], [5], [12], [8]])
    >>> against_the_rest(y, 400 / n)[[0, 3], 0].round(4).tolist()
    [3.5602, -4.8029]
    """
    used = np.isfinite(y) & (v > 0)
    error = v if own is None else np.maximum(v, own)
    with dividing_by_0():
        weight = np.where(used, 1 / v, 0.0)
        held = weight * np.where(used, y, 0.0)
        others = weight.sum(axis=0) - weight
        gap = y - (held.sum(axis=0) - held) / others
        return np.where(used & (others > 0), gap / np.sqrt(error + 1 / others), np.nan)


def standing_out(
    y: np.ndarray, v: np.ndarray, df: np.ndarray, own: np.ndarray | None = None, level: float = LEVEL
) -> np.ndarray:
    """-1 where a group lies below all others together beyond chance, 1 above, else 0, (G, J).

    Holm's method (1979) over all cells of the table holds the chance of naming any group to `level`. Arguments are
    those of `against_the_rest`, and the degrees of freedom (J,) of the variance within groups.

    >>> y, n = np.array([[80.0], [45.0], [71.0], [30.0], [66.0]]), np.array([[6], [9], [5], [12], [8]])
    >>> standing_out(y, 400 / n, np.array([35.0])).ravel().tolist()
    [1, 0, 0, -1, 0]
    """
    t = against_the_rest(y, v, own)
    return named(t, np.broadcast_to(df, t.shape), level)


def named(t: np.ndarray, df: np.ndarray, level: float = LEVEL) -> np.ndarray:
    """The sign of every t that Holm's method (1979) over all of them finds beyond chance, else 0; nan takes no part.

    >>> named(np.array([5.0, 1.0, -2.3]), np.array([30.0, 30.0, 30.0])).tolist()
    [1, 0, 0]
    """
    p = np.where(np.isnan(t) | ~(df > 0), np.nan, 1.0)
    far = np.abs(t) > NormalDist().inv_cdf(1 - level / 2)  # t has longer tails, so the p of others is above the level
    p[far] = t_two_sided(t[far], df[far])
    beyond = adjusted_p(p.ravel()).reshape(t.shape) < level
    return np.where(beyond, np.sign(np.nan_to_num(t)), 0).astype(int)
