"""When contracts end and when notice must be given.

See docs/methods/leaving_cost.md, "Calendar"."""

import datetime as dt
import math

import numpy as np

from dxkit.procurement.cost.leaving import EU_NOTICE, contract_lines, day_after, in_the_eu
from dxkit.procurement.cost.schedule import exit_figure, term_of
from dxkit.procurement.dossier.dossier import Dossier, Figure


def effective_notice(dossier: Dossier, vendor: str) -> float:
    """Months of notice, at most two for data services in the EU."""
    notice = exit_figure(dossier, vendor, "notice_months")[0].mean
    capped = in_the_eu(dossier) and exit_figure(dossier, vendor, "data_service")[0].mean == 1
    return min(notice, EU_NOTICE) if capped else notice


def day_before(dossier: Dossier, months: float) -> str:
    """The last day of so many months after the start, or the month where there is no start."""
    if not dossier.decision["start"]:
        return f"month {months:g}"
    return str(day_after(dossier, math.floor(months)) - dt.timedelta(days=1))


def dates_of(dossier: Dossier, end: float, notice: float) -> list:
    """For a contract that ends after so many months: last notice in years after the start, and both days."""
    last = max(0.0, end - notice)
    if not dossier.decision["start"]:
        return [last / 12, "", ""]
    return [last / 12, str(day_after(dossier, math.floor(end))), day_before(dossier, end - notice)]


def term_ends(term: float, renewal: float, horizon: int) -> list[int]:
    """The months at which a contract ends or renews, within the horizon and at its end.

    >>> term_ends(12, 12, 3), term_ends(36, 12, 3), term_ends(18, 6, 3), term_ends(0, 0, 3)
    ([12, 24, 36], [36], [18, 24, 30, 36], [])
    """
    if term <= 0:
        return []
    ends = [term]
    while renewal > 0 and ends[-1] + renewal <= 12 * horizon:
        ends.append(ends[-1] + renewal)
    return [int(end) for end in ends if end <= 12 * horizon]


def renewals(term: float, renewal: float, horizon: int) -> list[int]:
    """Quarters at which a contract renews within the horizon, without its end; every quarter where none binds.

    >>> renewals(12, 12, 3), renewals(36, 36, 3), renewals(18, 18, 3), renewals(0, 0, 1)
    ([4, 8], [], [6], [1, 2, 3])
    """
    if term <= 0:
        return list(range(1, 4 * horizon))
    dates = np.array(term_ends(term, renewal, horizon)) / 3
    return sorted({round(float(date)) for date in dates if 0.5 < date < 4 * horizon - 0.5})


def renewals_of(dossier: Dossier, vendor: str) -> list[int]:
    """Quarters at which something that this vendor is paid for again and again renews: each line by its own term."""
    terms = [term_of(dossier, line, vendor) for line in contract_lines(dossier, vendor) or [None]]
    each = {(term.mean, renewal.mean) for term, renewal in terms}
    return sorted({quarter for term, renewal in each for quarter in renewals(term, renewal, dossier.horizon)})


def terms_of(dossier: Dossier, vendor: str) -> list[Figure]:
    """The figures that a renewal and its last day of notice rest on."""
    lines = contract_lines(dossier, vendor) or [None]
    eu = [exit_figure(dossier, vendor, "data_service")[0]] if in_the_eu(dossier) else []
    terms = [figure for line in lines for figure in term_of(dossier, line, vendor)]
    return [exit_figure(dossier, vendor, "notice_months")[0], *terms, *eu]
