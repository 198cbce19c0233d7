"""One line of a dossier as money by year, for given values of everything it depends on.

See docs/methods/ownership_cost.md, "Cost lines"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce

import numpy as np

from dxkit.procurement.dossier.dossier import MONEY, Dossier, Driver, Figure, Line
from dxkit.results.columns import Column

Values = Mapping[str, np.ndarray]

P10 = Column("p10", "P10: 10% of the simulations are below it", "money", MONEY)
P50 = Column("p50", "the median of the simulations", "money", MONEY)
P90 = Column("p90", "P90: 90% of the simulations are below it", "money", MONEY)


def total(parts: Iterable[np.ndarray]) -> np.ndarray:
    """The sum of arrays that go together; there is at least one."""
    return reduce(np.add, parts)


def means_of(figures: Iterable[Figure]) -> dict[str, np.ndarray]:
    """The mean of every figure, (1,) each by name."""
    return {figure.name: np.full(1, figure.mean) for figure in figures}


def quarters(horizon: int) -> np.ndarray:
    """The quarter ends of so many years, in years from the start, (4 T + 1,)."""
    return np.arange(4 * horizon + 1) / 4


def figures_of(line: Line, drivers: Mapping[str, Driver]) -> dict[str, Figure]:
    """Every figure that the money of a line depends on, by name."""
    figures = {line.amount.name: line.amount}
    waiting = [name for name in (line.per, line.growth) if isinstance(name, str) and name]
    while waiting:
        driver = drivers[waiting.pop()]
        figures[driver.amount.name] = driver.amount
        if isinstance(driver.growth, Figure):
            figures[driver.growth.name] = driver.growth
        elif driver.growth and drivers[driver.growth].amount.name not in figures:
            waiting.append(driver.growth)
    return figures


def months_active(line: Line, horizon: int) -> np.ndarray:
    """Months of each year in which a line runs, (T,)."""
    start = 12 * np.arange(horizon)
    return np.clip(np.minimum(start + 12, line.to_month) - np.maximum(start, line.from_month - 1), 0, 12).astype(float)


def quantity(line: Line, drivers: Mapping[str, Driver], values: Values, horizon: int) -> np.ndarray:
    """What the amount is multiplied with in each year, (S, T): the driver, grown, under the contract's clauses."""
    years = np.arange(horizon)
    if not line.per:
        return np.ones((1, horizon))
    driver = drivers[line.per]
    start, growth = np.atleast_1d(values[driver.amount.name])[:, None], _growth(driver, drivers, values)[:, None]
    units = start * (1 + growth) ** years
    if not np.isnan(line.minimum):
        units = np.maximum(units, line.minimum)
    return np.maximum.accumulate(units, axis=1) if line.ratchet else units


def _growth(driver: Driver, drivers: Mapping[str, Driver], values: Values) -> np.ndarray:
    if driver.growth is None:
        return np.zeros(1)
    figure = driver.growth if isinstance(driver.growth, Figure) else drivers[driver.growth].amount
    return np.atleast_1d(values[figure.name])


def money(line: Line, dossier: Dossier, values: Values) -> np.ndarray:
    """The money of a line at time 0 and in each year, (S, T + 1).

    unit_cost x quantity(y) x (1 + growth)^(y - 1) x months active / 12 for yearly amounts, x months for monthly ones;
    `initial` lines fall at time 0. With `included` the amount covers so many units, each further one costs `overage`.
    """
    horizon, years = dossier.horizon, np.arange(dossier.horizon)
    amount = np.atleast_1d(values[line.amount.name])[:, None]
    units = quantity(line, dossier.drivers, values, horizon)
    if np.isnan(line.included):
        charge = amount * units
    else:
        over = 0.0 if np.isnan(line.overage) else line.overage
        charge = amount + over * np.maximum(units - line.included, 0.0)
    if line.timing == "initial":
        first = charge[:, :1]
        return np.hstack([first, np.zeros((len(first), horizon))])
    rate = values[dossier.drivers[line.growth].amount.name] if isinstance(line.growth, str) else line.growth
    rate = np.atleast_1d(rate)[:, None]
    if not np.isnan(line.uplift_cap):
        rate = np.minimum(rate, line.uplift_cap)
    active = months_active(line, horizon) / (12.0 if line.timing == "yearly" else 1.0)
    spent = charge * (1 + rate) ** years * active
    return np.hstack([np.zeros((len(spent), 1)), spent])
