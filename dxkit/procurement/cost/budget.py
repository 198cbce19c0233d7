"""Whether a budget holds, in all and by year.

See docs/methods/ownership_cost.md, "Budget"."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dxkit.procurement.cost.run import Run
from dxkit.procurement.cost.spread import summed
from dxkit.procurement.dossier.dossier import Dossier
from dxkit.results.absent import Absent

COLUMNS = ["vendor", "year", "budget", "p_over", "mean_over", "enough_80"]
_NONE = "whether a budget holds needs one; write it in key budget of sheet decision"


def budget_of(dossier: Dossier, run: Run) -> pd.DataFrame | Absent:
    """By vendor and year (0: all), nominal: how often the budget is exceeded, by how much then, and which would do.

    What is paid at the start counts in the first year.
    """
    given = dossier.decision["budget"]
    if not given:
        return Absent(_NONE)
    rows = []
    for vendor, of in run.vendors.items():
        by_year = summed(of.cells.values())
        years = [by_year[0] + by_year[1], *by_year[2:]]
        wanted = {0: (summed(years), sum(given))}
        if len(given) > 1 or len(years) == 1:
            wanted |= {year: each for year, each in enumerate(zip(years, given, strict=True), 1)}
        for year, (spent, budget) in wanted.items():
            over = spent[spent > budget * (1 + 1e-12)] - budget
            mean = float(over.mean(dtype=float)) if len(over) else np.nan
            enough = float(np.quantile(spent, 0.8, method="inverted_cdf"))
            rows.append([vendor, year, float(budget), len(over) / len(spent), mean, enough])
    return pd.DataFrame(rows, columns=COLUMNS)
