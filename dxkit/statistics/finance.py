"""Flows of money over years: present value, rate of return, payback. Time 0 is not discounted.

See docs/methods/finance.md, "Net present value"."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from dxkit.files import options
from dxkit.files.errors import DataError

HIGHEST = 10.0  # a rate of return of 1,000%


def _flows(flows: ArrayLike) -> np.ndarray:
    try:
        values = np.asarray(flows, dtype=float)
    except (TypeError, ValueError):
        raise DataError("the flows are not all numbers; give the money of time 0, year 1, year 2 and so on") from None
    if values.ndim == 0 or values.shape[-1] == 0:
        raise DataError("there are no flows; give the money of time 0, year 1, year 2 and so on")
    if not np.isfinite(values).all():
        raise DataError("a flow is missing or not finite; write 0 for a year without money")
    return values


def discount_factors(rate: float, years: int) -> np.ndarray:
    """What 1 of money at time 0, year 1 and so on to the last year is worth today, (years + 1,): (1 + rate)^-t.

    >>> discount_factors(0.25, 2).round(6).tolist()
    [1.0, 0.8, 0.64]
    """
    if not options.number("rate", rate) > -1:
        raise DataError(f"write a discount rate above -100%, such as 0.1 for 10%, not {100 * rate:g}%")
    return (1.0 + rate) ** -np.arange(years + 1.0)


def npv(rate: float, flows: ArrayLike) -> float | np.ndarray:
    """What are these flows of money worth today? Their net present value, the sum of flow_t (1 + rate)^-t.

    Time 0 is not discounted, and each year's money counts at the end of the year.

    Parameters
    ----------
    rate : float
        Discount rate a year, such as 0.1 for 10%.
    flows : array (T + 1,) or (S, T + 1)
        Money at time 0, year 1 and so on; the last axis is time, S cases or draws.

    Returns
    -------
    float, or array (S,)

    Raises
    ------
    DataError
        A rate of -100% or less, or a flow that is not a finite number.

    Examples
    --------
    >>> round(npv(0.1, [-100, 60, 60]), 6)
    4.132231
    """
    values = _flows(flows)
    total = (values * discount_factors(rate, values.shape[-1] - 1)).sum(axis=-1)
    return float(total) if total.ndim == 0 else total


def annuity(rate: float, years: float) -> float:
    """Present value of 1 a year, at the end of each of so many years: (1 - (1 + rate)^-years) / rate.

    >>> round(annuity(0.1, 3), 6), annuity(0.0, 3)
    (2.486852, 3.0)
    """
    return float(years) if rate == 0 else float(-np.expm1(-years * np.log1p(rate)) / rate)


def irr(flows: ArrayLike) -> list[float]:
    """What yearly return does this money make? Every internal rate of return in (-100%, 1000%], ascending.

    The rates at which the net present value is zero: roots of the polynomial in 1 / (1 + rate), from the eigenvalues of
    its companion matrix, then polished by Newton's method. Flows that change sign more than once may have several.

    Parameters
    ----------
    flows : array (T + 1,)
        Money at time 0, year 1 and so on.

    Returns
    -------
    list of float
        Empty where there is no such rate.

    Raises
    ------
    DataError
        Flows that are all zero, for which every rate is one, or a flow that is not a finite number.

    Examples
    --------
    >>> [round(rate, 4) for rate in irr([-70000, 12000, 15000, 18000, 21000, 26000])]
    [0.0866]
    >>> irr([100, 100])
    []
    >>> [round(rate, 6) for rate in irr([-1000, 2300, -1320])]
    [0.1, 0.2]
    """
    values = _flows(flows)
    if values.ndim != 1:
        raise DataError("irr takes the flows of one case: a list of the money of time 0, year 1 and so on")
    scale = np.abs(values).max()
    if scale == 0:
        raise DataError("every flow is 0, so every rate is a rate of return")
    values = np.trim_zeros(values / scale, "b")
    values = values[np.flatnonzero(values)[0] :]
    growth = [root.real for root in np.roots(values) if abs(root.imag) <= 1e-6 * max(1.0, abs(root)) and root.real > 0]
    # roots of sum c_t x^(T - t) are x = 1 + r
    rates: list[float] = []
    for start in sorted(growth):
        rate = _polished(values, start) - 1.0
        if -1 < rate <= HIGHEST + 1e-9 and not any(abs(rate - other) <= 1e-7 * (1 + abs(rate)) for other in rates):
            rates.append(float(rate))
    return rates


def _polished(values: np.ndarray, x: float) -> float:
    """Newton's steps towards a root of the polynomial, as long as they help; a double root moves slowly and stays."""
    slope = np.polyder(values)
    for _ in range(60):
        here, down = np.polyval(values, x), np.polyval(slope, x)
        if here == 0 or down == 0:
            break
        step = x - here / down
        if step <= 0 or abs(np.polyval(values, step)) >= abs(here):
            break
        x = float(step)
    return x


def payback(flows: ArrayLike, rate: float | None = None, *, stays: bool = False) -> float | None:
    """After how many years is the money back? Interpolated within the year; None where it does not come back.

    Parameters
    ----------
    flows : array (T + 1,)
        Money at time 0, year 1 and so on.
    rate : float, optional
        Discount rate a year, such as 0.1 for 10% (discounted payback); None for simple payback.
    stays : bool
        Flows that turn negative later may lose the money again. True asks when it is back for good.

    Returns
    -------
    float or None
        Years; 0 where the flows never add up to less than nothing.

    Raises
    ------
    DataError
        A rate of -100% or less, or a flow that is not a finite number.

    Examples
    --------
    >>> payback([-100, 60, 80])
    1.5
    >>> round(payback([-140000, 160000, 160000, 160000], rate=0.08), 3)
    0.945
    >>> payback([-100, 10, 10]) is None
    True
    >>> payback([-1000, 2500, -1540]), payback([-1000, 2500, -1540], stays=True)
    (0.4, None)
    """
    values = _flows(flows)
    if values.ndim != 1:
        raise DataError("payback takes the flows of one case: a list of the money of time 0, year 1 and so on")
    if rate is not None:
        values = values * discount_factors(rate, len(values) - 1)
    total = np.cumsum(values)
    total[np.abs(total) <= 1e-9 * np.abs(values).max()] = 0.0
    behind = np.flatnonzero(total < 0)
    if not len(behind):
        return 0.0
    if options.flag("stays", stays):
        crossing = int(behind[-1])
    else:
        back = np.flatnonzero((total[:-1] < 0) & (total[1:] >= 0))
        crossing = int(back[0]) if len(back) else len(total) - 1
    if crossing == len(total) - 1:
        return None
    return float(crossing - total[crossing] / (total[crossing + 1] - total[crossing]))


def roi(benefits: float, costs: float) -> float:
    """Return on investment from present values: (benefits - costs) / costs.

    >>> round(100 * roi(7_168_371, 1_672_201))
    329
    """
    if not costs > 0:
        raise DataError(f"a return on investment needs costs above 0, got {costs:g}")
    return (benefits - costs) / costs
