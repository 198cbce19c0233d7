"""What falls due when, and under which clause.

See docs/methods/ownership_cost.md, "The payment schedule"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from dxkit.files.options import choice, instance
from dxkit.procurement.cost.calendar import day_before, effective_notice, term_ends
from dxkit.procurement.cost.expressions import Values
from dxkit.procurement.cost.leaving import contract_lines, sheets_of
from dxkit.procurement.cost.schedule import commitment, term_of
from dxkit.procurement.cost.simulation import SCENARIOS, Inputs, at_scenario
from dxkit.procurement.dossier.dossier import A_DOSSIER, Dossier, Line, title_of
from dxkit.results.columns import Column, declared
from dxkit.results.result import Result

_A_LITTLE = 1 + 1e-12


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Schedule(Result):
    """Every payment over the horizon.

    dates   vendor, line, term_end, last_notice (days, or months where the dossier names no start), next_term (money
            committed if notice is missed)
    """

    columns: ClassVar[tuple[Column, ...]] = declared(__file__, "Schedule")

    dates: pd.DataFrame = field(default_factory=pd.DataFrame)
    currency: str = ""
    status: str = ""
    scenario: str = "likely"


def schedule(dossier: Dossier, scenario: str = "likely") -> Schedule:
    """What falls due when, under which clause, and by when must notice be given?

    Parameters
    ----------
    dossier : Dossier
        The vendors and their figures, from `read_dossier`.
    scenario : str
        low, likely or high: the value that every figure takes at once.

    Returns
    -------
    Schedule
        Money in the dossier's currency, a row for each line and month in which something is served or paid.

    Raises
    ------
    DataError
        Something other than a dossier, or an unknown scenario.

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> costs = pd.DataFrame({"vendor": ["A"], "line": "seats", "likely": [1200], "billed": "quarterly"})
    >>> due = dx.schedule(dx.read_dossier({"costs": costs})).table
    >>> due.loc[due["paid"] > 0, ["month", "paid"]].values.tolist()[:2]
    [[0.0, 300.0], [3.0, 300.0]]
    """
    instance("dossier", dossier, Dossier, A_DOSSIER)
    choice("scenario", scenario, SCENARIOS)
    inputs = at_scenario(dossier, scenario)
    rows, dates = [], []
    for vendor in dossier.vendors:
        values = Values(sheets_of(dossier, vendor), inputs)
        for line in dossier.lines_of(vendor):
            rows += _months(dossier, line, values, inputs)
        for line in contract_lines(dossier, vendor):
            dates += _dates(dossier, line, values)
    columns = [column.name for column in Schedule.columns]
    return Schedule(
        table=pd.DataFrame(rows, columns=columns),
        dates=pd.DataFrame(dates, columns=["vendor", "line", "term_end", "last_notice", "next_term"]),
        title=title_of(f"Payments, every figure {scenario}", dossier),
        currency=dossier.currency,
        status=dossier.status,
        scenario=scenario,
        notes=("a month's service is paid at its end, unless column billed of sheet costs says otherwise",),
    )


def _months(dossier: Dossier, line: Line, values: Values, inputs: Inputs) -> Iterator[list]:
    last = 12 * dossier.horizon

    def row(name: str) -> np.ndarray:
        return np.broadcast_to(values.row(line.vendor, name)[0], values.row(line.vendor, "year").shape[1:])

    served, due = row(f"{line.key}|service"), row(f"{line.key}|paid")
    billed = row(f"{line.key}|billed units" if line.ratchet else f"{line.key}|units") if line.per else None
    wanted = row(f"driver|{line.per}") * (row(f"{line.key}|adoption") if line.adoption else 1) if line.per else None
    for month in range(last + 1):
        service, paid = float(served[month]), float(due[month])
        if service or paid:
            units, asked = (np.nan if each is None else float(each[month]) for each in (billed, wanted))
            clause = _clause(line, month, units, asked, inputs) if service else ""
            yield [line.vendor, line.line, line.category, month, units, service, paid, clause]


def _dates(dossier: Dossier, line: Line, values: Values) -> Iterator[list]:
    term, renewal = (figure.mean for figure in term_of(dossier, line, line.vendor))
    notice, what = effective_notice(dossier, line.vendor), commitment(line)
    name = f"{line.key}|committed" if what == "minimum" else f"{line.key}|service"
    committed = values.row(line.vendor, name)[0] * (what != "none")
    for end in term_ends(term, renewal, dossier.horizon):
        more = float(committed[end + 1 : end + int(renewal) + 1].sum())
        yield [line.vendor, line.line, day_before(dossier, end), day_before(dossier, end - notice), more]


def _clause(line: Line, month: int, units: float, asked: float, inputs: Inputs) -> str:
    """The clauses that decide a month, in words."""
    said = []
    if line.prices:
        steps = [step for step in line.prices if inputs[step.start.key][0] <= month]
        said.append(f"price from month {inputs[steps[-1].start.key][0]:g}" if steps else "")
    if line.tiers:
        reached = sum(bool(units > inputs[step.start.key][0] * _A_LITTLE) for step in line.tiers)
        said.append(f"tier {reached}" if reached else "")
    for name in ("minimum", "included"):
        if name in line.clauses:
            bound = inputs[line.clauses[name].key][0]
            if name == "minimum" and asked < bound >= units * (1 - 1e-12):
                said.append("minimum")
            if name == "included":
                said.append("overage" if units > bound else "included")
    if line.ratchet and units > max(asked, 0.0) * _A_LITTLE and "minimum" not in said and "block" not in line.clauses:
        said.append("ratchet")
    if "block" in line.clauses:
        said.append(f"packs of {inputs[line.clauses['block'].key][0]:g}")
    return ", ".join(part for part in said if part)
