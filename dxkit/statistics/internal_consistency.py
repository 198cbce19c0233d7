"""Do items measure one thing: alpha, omega and item-rest correlations, from the covariance matrix of the items."""

import numpy as np

from dxkit.statistics.intervals import t_quantile
from dxkit.statistics.moments import dividing_by_0

_LEAST_UNIQUENESS = 0.005  # a loading is kept below 1, as factor programs do (Heywood case)


def cronbach_alpha(covariance: np.ndarray) -> float:
    """Cronbach's alpha (1951) of items with this covariance matrix (K, K): K / (K - 1) (1 - trace / sum).

    >>> round(cronbach_alpha(np.array([[1.0, 0.5], [0.5, 1.0]])), 4)
    0.6667
    """
    items = len(covariance)
    return float(items / (items - 1) * (1 - np.trace(covariance) / covariance.sum()))


def fourth_moments(answers: np.ndarray) -> np.ndarray:
    """Sums (K + 3, K + 3) of products of 1, the K answers, the sum of their squares, and the square of their sum.

    `answers` (n, K) are of people who answered all K items, about any origin. The sums add up over parts of the data.

    >>> fourth_moments(np.array([[1.0, 2.0]]))[0].tolist()
    [1.0, 1.0, 2.0, 5.0, 9.0]
    """
    squares, total = (answers**2).sum(axis=1), answers.sum(axis=1)
    y = np.column_stack([np.ones(len(answers)), answers, squares, total**2])
    return y.T @ y


def alpha_errors(moments: np.ndarray) -> tuple[float, float, int]:
    """Two standard errors of log(1 - alpha), and the people that they are from: `fourth_moments` of all of them.

    The first holds for any distribution of answers (delta method; Maydeu-Olivares, Coffman and Hartmann 2007), the
    second for normal ones (Bonett 2002).

    >>> people = np.array([[5, 4, 4], [4, 4, 5], [2, 3, 2], [5, 5, 4], [3, 3, 3], [1, 2, 2], [4, 5, 5], [2, 2, 3]])
    >>> [round(error, 6) for error in alpha_errors(fourth_moments(people - 3.0))]
    [0.298237, 0.707107, 8]
    """
    items, n = len(moments) - 3, int(round(moments[0, 0]))
    if n < 3:
        return np.nan, np.nan, n
    mean = moments[0, 1 : items + 1] / n
    squares, total = np.zeros(items + 3), np.zeros(items + 3)  # both of the centred answers, from those of the others
    squares[0], squares[1 : items + 1], squares[items + 1] = mean @ mean, -2 * mean, 1.0
    total[0], total[1 : items + 1], total[items + 2] = mean.sum() ** 2, -2 * mean.sum(), 1.0
    q, t = squares @ moments[0] / n, total @ moments[0] / n
    if not t > 0:
        return np.nan, np.nan, n
    z = squares / q - total / t
    share = items / (items - 1) * q / t
    less = share - 1 / (items - 1)  # 1 - alpha of these people
    sd = np.sqrt(max(0.0, float(z @ moments @ z)) / (n - 1))
    any_law = share / less * sd / np.sqrt(n) if less > 1e-12 else np.nan
    return float(any_law), float(np.sqrt(2 * items / ((items - 1) * (n - 2)))), n


def alpha_interval(alpha: float, moments: np.ndarray, confidence: float = 0.95) -> tuple[float, float]:
    """Interval of Cronbach's alpha that needs no normal answers; nan for fewer than five people, or alpha of 1.

    1 - (1 - alpha) exp(+-h), h = t(n - 1) times the larger of `alpha_errors` times sqrt(1 + 5/n). `moments` are
    `fourth_moments` of everybody who answered all items.

    >>> people = np.array([[5, 4, 4], [4, 4, 5], [2, 3, 2], [5, 5, 4], [3, 3, 3], [1, 2, 2], [4, 5, 5], [2, 2, 3]])
    >>> alpha = cronbach_alpha(np.cov(people.T))
    >>> round(alpha, 4), [round(end, 4) for end in alpha_interval(alpha, fourth_moments(people))]
    (0.9305, [0.4142, 0.9918])
    """
    any_law, normal, n = alpha_errors(moments)
    if n < 5 or not np.isfinite(any_law) or not alpha < 1 - 1e-12:
        return np.nan, np.nan
    half = float(t_quantile(np.array(n - 1.0), (1 + confidence) / 2)) * max(any_law, normal) * np.sqrt(1 + 5 / n)
    return float(1 - (1 - alpha) * np.exp(half)), float(1 - (1 - alpha) * np.exp(-half))


def one_factor_loadings(correlation: np.ndarray, rounds: int = 100_000) -> np.ndarray:
    """Loadings (K,) of the one-factor minimum-residual fit of a correlation matrix (K, K) (Harman and Jones 1966).

    Least squares off the diagonal, one loading at a time until none changes.

    >>> one_factor_loadings(np.array([[1.0, 0.72, 0.63], [0.72, 1.0, 0.56], [0.63, 0.56, 1.0]])).round(4).tolist()
    [0.9, 0.8, 0.7]
    """
    values, vectors = np.linalg.eigh(correlation)
    loadings = vectors[:, -1] * np.sqrt(max(values[-1], 1e-12)) * 0.8
    loadings *= np.sign(loadings.sum()) or 1.0
    limit = np.sqrt(1 - _LEAST_UNIQUENESS)
    for _ in range(rounds):
        before = loadings.copy()
        for j in range(len(loadings)):
            rest = np.delete(loadings, j)
            power = rest @ rest
            if power > 0:
                loadings[j] = np.clip(np.delete(correlation[j], j) @ rest / power, -limit, limit)
        if np.abs(loadings - before).max() < 1e-13:
            break
    return loadings


def omega_total(loadings: np.ndarray) -> float:
    """McDonald's omega total (1999) of a one-factor model with these loadings (K,): common over implied variance.

    >>> round(omega_total(np.array([0.9, 0.8, 0.7])), 4)
    0.8446
    """
    common = loadings.sum() ** 2
    return float(common / (common + (1 - loadings**2).sum()))


def item_rest_correlation(covariance: np.ndarray) -> np.ndarray:
    """Correlation of each item with the sum of the others (K,) (Guilford 1953); nan for a single item.

    >>> item_rest_correlation(np.array([[1.0, 0.5, 0.5], [0.5, 1.0, 0.5], [0.5, 0.5, 1.0]])).round(4).tolist()
    [0.5774, 0.5774, 0.5774]
    """
    variances = np.diag(covariance)
    with_rest = covariance.sum(axis=1) - variances
    rest = covariance.sum() - 2 * covariance.sum(axis=1) + variances
    with dividing_by_0():
        return np.where(rest > 0, with_rest / np.sqrt(variances * rest), np.nan)


def runs_against(correlation: np.ndarray | float, n: int) -> np.ndarray:
    """Whether a correlation of n people is clearly negative: its 95% interval (Fisher 1921) lies below 0.

    >>> runs_against(np.array([-0.5, -0.5]), 30).tolist(), bool(runs_against(-0.5, 10))
    ([True, True], False)
    """
    if n < 8:
        return np.zeros(np.shape(correlation), dtype=bool)
    return np.arctanh(np.clip(correlation, -0.999999, 0.999999)) + 1.96 / np.sqrt(n - 3) < 0


def alpha_if_dropped(covariance: np.ndarray) -> np.ndarray:
    """Alpha of the other items, for each item left out (K,); nan where fewer than two are left.

    >>> alpha_if_dropped(np.array([[1.0, 0.5, 0.5], [0.5, 1.0, 0.5], [0.5, 0.5, 1.0]])).round(4).tolist()
    [0.6667, 0.6667, 0.6667]
    """
    if len(covariance) < 3:
        return np.full(len(covariance), np.nan)
    keep = [np.delete(np.arange(len(covariance)), j) for j in range(len(covariance))]
    return np.array([cronbach_alpha(covariance[np.ix_(rest, rest)]) for rest in keep])
