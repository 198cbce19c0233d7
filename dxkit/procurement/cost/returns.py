"""What a purchase brings back: net present value, return on investment, payback, rates of return (MODELS 8)."""

from __future__ import annotations

import numpy as np

from dxkit.statistics.finance import irr, npv, payback

COLUMNS = [
    "vendor",
    "pv_benefits",
    "pv_costs",
    "npv",
    "p10",
    "p90",
    "p_positive",
    "roi",
    "payback",
    "payback_discounted",
    "irr",
]


def returns(vendor: str, benefits: np.ndarray, costs: np.ndarray, net: np.ndarray, rate: float) -> list:
    """One row of COLUMNS from the expected benefits and costs by year (T + 1,) and the drawn net present values (S,).

    roi is the expected net present value over the expected present value of the costs. Payback, in
    years, and the rates of return are those of the expected flows; nan where the money does not come back. irr lists
    every rate up to 1000%, or says none.
    """
    gained, spent = npv(rate, benefits), npv(rate, costs)
    flows = benefits - costs
    low, high = np.quantile(net, [0.1, 0.9])
    back = [payback(flows), payback(flows, rate)]
    rates = irr(flows) if np.any(flows) else []
    said = ", ".join(f"{100 * each:.1f}%" for each in rates) or "none up to 1000%"
    return [
        vendor,
        gained,
        spent,
        gained - spent,
        float(low),
        float(high),
        float(np.mean(net > 0)),
        (gained - spent) / spent if spent > 0 else np.nan,
        *(np.nan if each is None else each for each in back),
        said if len(rates) < 2 else f"several: {said}",
    ]
