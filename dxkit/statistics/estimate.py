"""A number that may be uncertain: low, likely and high, as a distribution."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import betainc, betaincinv, ndtri

from dxkit.files import options
from dxkit.files.errors import DataError

SHAPES = ("pert", "triangular", "uniform", "lognormal")
_Z95 = float(ndtri(0.95))
_CELLS = 4_096
_GRID = np.linspace(0.0, 1.0, _CELLS + 1)
_TAIL = _CELLS // 128  # cells at either end, where quantiles may be too steep for even steps
_PERT = 4.0  # how many times the likely value counts (Malcolm et al. 1959)


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A number (all three alike) or an uncertain one. Made by `estimate`, which checks it.

    pert        beta distribution on low..high with its mode at likely
    triangular  the same three points joined by straight lines
    uniform     any value from low to high is as likely
    lognormal   low and high are the 5th and 95th percentile

    PERT is Malcolm, Roseboom, Clark and Fazar's (1959): mean (low + 4 likely + high) / 6.
    """

    low: float
    likely: float
    high: float
    shape: str = "pert"

    @property
    def fixed(self) -> bool:
        """Whether it is one certain number."""
        return self.low == self.high

    @property
    def _weights(self) -> tuple[float, float]:
        """The two parameters of the beta distribution of a PERT estimate."""
        width = self.high - self.low
        return 1 + _PERT * (self.likely - self.low) / width, 1 + _PERT * (self.high - self.likely) / width

    @property
    def _log(self) -> tuple[float, float]:
        """Mean and standard deviation of the logarithm."""
        low, high = math.log(self.low), math.log(self.high)
        return (low + high) / 2, (high - low) / 2 / _Z95

    @property
    def mean(self) -> float:
        """The expected value, exact."""
        if self.fixed:
            return self.low
        if self.shape == "uniform":
            return (self.low + self.high) / 2
        if self.shape == "triangular":
            return (self.low + self.likely + self.high) / 3
        if self.shape == "lognormal":
            mu, sigma = self._log
            return math.exp(mu + sigma**2 / 2)
        return (self.low + _PERT * self.likely + self.high) / (2 + _PERT)

    @property
    def variance(self) -> float:
        """The variance, exact."""
        width = self.high - self.low
        if self.fixed:
            return 0.0
        if self.shape == "uniform":
            return width**2 / 12
        if self.shape == "triangular":
            a, b, c = self.low, self.high, self.likely
            return (a * a + b * b + c * c - a * b - a * c - b * c) / 18
        if self.shape == "lognormal":
            mu, sigma = self._log
            return math.expm1(sigma**2) * math.exp(2 * mu + sigma**2)
        a, b = self._weights
        return width**2 * a * b / ((a + b) ** 2 * (a + b + 1))

    def quantile(self, u: np.ndarray) -> np.ndarray:
        """The value below which a share u of the distribution lies, of u's shape; a random draw where u is uniform."""
        u = np.asarray(u, dtype=float)
        width = self.high - self.low
        if self.fixed:
            return np.full(u.shape, self.low)
        if self.shape == "uniform":
            return self.low + width * u
        if self.shape == "triangular":
            at = (self.likely - self.low) / width
            left = self.low + width * np.sqrt(u * at)
            return np.where(u < at, left, self.high - width * np.sqrt((1 - u) * (1 - at)))
        if self.shape == "lognormal":
            mu, sigma = self._log
            return np.exp(mu + sigma * ndtri(u))
        return self.low + width * betaincinv(*self._weights, u)

    def draw(self, u: np.ndarray) -> np.ndarray:
        """`quantile` for many uniform numbers, for PERT from a table: right to 5e-5 of high - low, to 1e-7 on average.

        The inverse of the incomplete beta function costs ten times as much as all the rest of a simulation.
        """
        if self.fixed or self.shape != "pert" or u.size <= _CELLS // 8:
            return self.quantile(u)
        below, even, step = _table(*self._weights)
        place = u * _CELLS
        cell = place.astype(np.intp)
        place -= cell
        values = step.take(cell)
        values *= place
        values += even.take(cell)
        tail = np.flatnonzero(np.abs(2 * cell + 1 - _CELLS) > _CELLS - 2 * _TAIL)
        values[tail] = np.interp(u[tail], below, _GRID)
        values *= self.high - self.low
        values += self.low
        return values


@lru_cache(maxsize=256)
def _table(a: float, b: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The beta distribution at even steps of the value, its quantiles at even steps of probability, and their steps."""
    below = betainc(a, b, _GRID)
    even = np.interp(_GRID, below, _GRID)
    return below, even, np.diff(even)


def estimate(low: float, likely: float | None = None, high: float | None = None, shape: str | None = None) -> Estimate:
    """An uncertain number from low, likely and high, or a certain one from a single value.

    Parameters
    ----------
    low, likely, high : float
        Low and high alone are a uniform estimate; one number alone is certain.
    shape : "pert", "triangular", "uniform" or "lognormal", optional
        See `Estimate`; PERT where all three are given.

    Raises
    ------
    DataError
        A number that is not finite, low above high, likely outside them, an unknown shape, or a lognormal estimate
        whose low is not above 0.

    Examples
    --------
    >>> estimate(10, 20, 60).mean
    25.0
    >>> estimate(7).fixed
    True
    """
    if high is None:
        if likely is not None:
            raise DataError("likely is given without high; give one number, or low, likely and high")
        likely = high = low
    shape = shape or ("uniform" if likely is None else "pert")
    options.choice("shape", shape, SHAPES)
    for name, value in (("low", low), ("likely", likely), ("high", high)):
        if value is not None:
            options.number(name, value)
    if low > high:
        raise DataError(f"low {low:g} is above high {high:g}")
    if shape == "lognormal" and low <= 0:
        raise DataError(f"a lognormal estimate needs low above 0, got {low:g}")
    if likely is None:
        if shape in ("pert", "triangular"):
            raise DataError(f"a {shape} estimate needs likely as well as low and high")
        likely = math.sqrt(low * high) if shape == "lognormal" else (low + high) / 2
    if not low <= likely <= high:
        raise DataError(f"likely {likely:g} lies outside low {low:g} to high {high:g}")
    return Estimate(low=float(low), likely=float(likely), high=float(high), shape=shape)
