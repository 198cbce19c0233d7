"""A level, a step and a slope in a series whose periods depend on each other: a linear model with AR(1) errors.

See docs/methods/trend.md, "Model"."""

import math
from dataclasses import dataclass

import numpy as np

_RHOS = np.arange(0, 0.901, 0.05)  # autocorrelations, each as likely as the others before the data are seen
_NOTHING = 1e-18  # residuals of this share of the values' squares are rounding


@dataclass(frozen=True, eq=False, kw_only=True)
class Level:
    """Coefficients (k,) of a linear model, averaged over the autocorrelations by their likelihood.

    se, p     standard error and two-sided p of each coefficient; p is 1 or nan where nothing scatters
    variance  of one residual; df what is left of n; rho the mean autocorrelation
    """

    estimate: np.ndarray
    se: np.ndarray
    p: np.ndarray
    df: int
    variance: float
    rho: float
    weights: np.ndarray
    estimates: np.ndarray
    errors: np.ndarray

    def quantile(self, k: int, p: float) -> float:
        """Quantile of the averaged t distributions of coefficient k, by bisection."""
        from scipy.special import stdtr, stdtrit

        centre, spread = self.estimates[:, k], self.errors[:, k]
        if not np.any(spread > 0):
            return float(self.estimate[k])
        ends = centre + spread * stdtrit(self.df, p)
        low, high = float(ends.min()), float(ends.max())
        for _ in range(60):
            middle = (low + high) / 2
            below = float(self.weights @ stdtr(self.df, (middle - centre) / spread))
            low, high = (middle, high) if below < p else (low, middle)
        return (low + high) / 2


def fit(y: np.ndarray, design: np.ndarray) -> Level:
    """Least squares after whitening by the exact AR(1) factor, averaged over its autocorrelation by likelihood.

    The restricted likelihood (Harville 1974) is -1/2 log|R| - 1/2 log|X'R^-1 X| - (n - k)/2 log RSS.

    Parameters
    ----------
    y : array (n,)
        The values, on a scale on which their scatter is even.
    design : array (n, k)
        The columns of the model.

    Examples
    --------
    >>> counts = np.array([12, 9, 14, 11, 15, 13, 19, 16, 18, 22, 17, 24])
    >>> slope = fit(np.sqrt(counts + 3 / 8), np.column_stack([np.ones(12), np.arange(12)]))
    >>> round(float(slope.estimate[1]), 6), round(float(slope.p[1]), 6), round(slope.rho, 6)
    (0.13188, 0.015094, 0.17779)
    """
    from scipy.special import stdtr

    n, k = design.shape
    df, likelihood, estimates, errors, variances = n - k, [], [], [], []
    for rho in _RHOS:
        white, x = whitened(y, rho), whitened(design, rho)
        inverse = np.linalg.inv(x.T @ x)
        b = inverse @ x.T @ white
        rss = float(((white - x @ b) ** 2).sum())
        if rss <= _NOTHING * float((y**2).sum()) or not df:
            return _flat(b, y, df)
        log_r = (n - 1) * math.log(1 - rho**2)
        likelihood.append(-log_r / 2 + math.log(np.linalg.det(inverse)) / 2 - df / 2 * math.log(rss))
        estimates.append(b)
        variances.append(rss / df)
        errors.append(np.sqrt(rss / df * np.diag(inverse)))
    weights = np.exp(np.array(likelihood) - max(likelihood))
    weights /= weights.sum()
    b, se = np.array(estimates), np.array(errors)
    below = weights @ stdtr(df, -b / se)  # P(coefficient < 0) of the averaged distribution
    return Level(
        estimate=weights @ b,
        se=np.sqrt(weights @ se**2),
        p=2 * np.minimum(below, 1 - below),
        df=df,
        variance=float(weights @ np.array(variances)),
        rho=float(weights @ _RHOS),
        weights=weights,
        estimates=b,
        errors=se,
    )


def _flat(b: np.ndarray, y: np.ndarray, df: int) -> Level:
    """What a series says in which nothing scatters: a coefficient of 0 is shown by nothing, any other has no p."""
    p = np.where(np.abs(b) <= 1e-9 * max(1.0, float(np.abs(y).max())), 1.0, np.nan)
    none, one = np.zeros((1, len(b))), np.ones(1)
    return Level(estimate=b, se=none[0], p=p, df=df, variance=0.0, rho=0.0, weights=one, estimates=b[None], errors=none)


def whitened(rows: np.ndarray, rho: float) -> np.ndarray:
    """Rows of a stationary AR(1) series, made independent and of the same variance."""
    rest = (rows[1:] - rho * rows[:-1]) / math.sqrt(1 - rho**2)
    return np.concatenate([rows[:1], rest])


def detectable(level: Level, k: int) -> tuple[float, float, float]:
    """The size of coefficient k that 8 in 10 such series would show at 5%, and its 80% limits.

    The limits allow for the luck in the residual variance, by its chi-square."""
    from scipy.special import chdtri, stdtrit

    df = level.df
    size = float((stdtrit(df, 0.975) + stdtrit(df, 0.8)) * level.se[k])
    low, high = (size * math.sqrt(df / float(chdtri(df, tail))) for tail in (0.1, 0.9))
    return size, low, high
