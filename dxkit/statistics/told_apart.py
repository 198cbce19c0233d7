"""Which groups can be told apart from all the others? Each group against the rest, with the error of chance shared out.

See docs/methods/scores.md, "Told apart"."""

from __future__ import annotations

import numpy as np

from dxkit.statistics.intervals import t_quantile

LEVEL = 0.05


def told_apart(
    n: np.ndarray, mean: np.ndarray, scatter: np.ndarray, comparisons: int | None = None, level: float = LEVEL
) -> np.ndarray:
    """-1 where a group lies below all others together beyond chance, 1 where it lies above, else 0.

    Groups share one variance. Bonferroni's inequality holds the chance of any false alarm to `level`.

    Parameters
    ----------
    n, mean, scatter : (K,) arrays
        Answers of each group, their mean, and the sum of squares about it. Groups without answers are left out.
    comparisons : int, optional
        Over how many comparisons the level is shared out; None for one a group.
    level : float
        Probability that any group is told apart where none differs.

    Returns
    -------
    (K,) array of int

    Examples
    --------
    >>> told_apart(np.array([10, 10, 10]), np.array([50.0, 52.0, 20.0]), np.array([900.0, 900.0, 900.0])).tolist()
    [1, 1, -1]
    """
    n, mean, scatter = (np.asarray(each, dtype=float) for each in (n, mean, scatter))
    result, used = np.zeros(len(n), dtype=int), (n > 0) & np.isfinite(mean) & np.isfinite(scatter)
    n, mean, scatter = n[used], mean[used], scatter[used]
    groups, total = len(n), n.sum()
    df = total - groups
    if groups < 2 or df < 1 or scatter.sum() <= 0:
        return result
    others = total - n
    gap = mean - ((n * mean).sum() - n * mean) / others
    error = np.sqrt(scatter.sum() / df * (1 / n + 1 / others))
    limit = t_quantile(df, 1 - level / 2 / (comparisons or groups))
    result[used] = np.where(np.abs(gap) > limit * error, np.sign(gap), 0).astype(int)
    return result
