"""The inputs of exit cost, what they mean, and what is assumed where nobody gives them.

See docs/methods/leaving_cost.md, "Inputs and their defaults"."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from dxkit.procurement.dossier.dossier import Figure, SourcedFigure
from dxkit.procurement.dossier.units import (
    COUNT,
    DAYS,
    FACTOR,
    HAZARD,
    HOURS,
    MONEY,
    MONTHS,
    SHARE,
    SWITCH,
    YEARS,
    Unit,
)
from dxkit.statistics.estimate import estimate


@dataclass(frozen=True)
class ExitInput:
    """One input: its meaning, unit, the value assumed, and whether the fill-in workbook asks for it."""

    meaning: str
    unit: str
    default: float
    asked: bool
    bounds: Unit


_ROWS = {
    "engineer_day_rate": ("cost of an engineer", "money a day", 700, True, MONEY),
    "user_day_rate": ("cost of a user of the tool", "money a day", 600, True, MONEY),
    "people": ("users of the tool; empty takes the driver of the seats", "people", 100, True, COUNT),
    "data_gb": ("data held at the start", "GB", 20, True, COUNT),
    "data_gb_growth": ("more data", "GB a year", 20, False, COUNT),
    "egress_fee": ("fee for taking data out", "money per GB", 0.1, True, MONEY),
    "data_service": (
        "1 where the EU's Data Act holds: no own hosting, nothing custom-built",
        "1 or 0",
        1,
        False,
        SWITCH,
    ),
    "export_base_days": ("engineer days to export at all", "days", 5, False, DAYS),
    "days_per_entity_type": ("engineer days for each kind of record", "days", 2, False, DAYS),
    "entity_types": ("kinds of records", "number", 10, True, COUNT),
    "export_rework": ("further work where the export is not faithful", "share", 1.0, False, SHARE),
    "export_fidelity": ("share of the data that the export keeps", "share", 0.8, True, SHARE),
    "days_per_1000_records": ("engineer days to rebuild a thousand lost records", "days", 2, False, DAYS),
    "records": ("records at the start", "number", 2000, True, COUNT),
    "records_growth": ("more records", "number a year", 1000, False, COUNT),
    "integrations": ("integrations at the start", "number", 10, True, COUNT),
    "integrations_growth": ("more integrations", "number a year", 5, False, COUNT),
    "automations": ("automations at the start", "number", 10, True, COUNT),
    "automations_growth": ("more automations", "number a year", 10, False, COUNT),
    "days_per_integration": ("engineer days to build an integration again", "days", 4, False, DAYS),
    "days_per_automation": ("engineer days to build an automation again", "days", 1, False, DAYS),
    "proprietary_share": ("share of them that works with this vendor only", "share", 0.7, True, SHARE),
    "unlearn_hours": ("hours a user loses to old habits, at most", "hours", 3, False, HOURS),
    "unlearn_years": ("years until habits are formed", "years", 1.0, False, YEARS),
    "learn_hours": ("hours a user needs for the next tool", "hours", 4, False, HOURS),
    "dip_weeks": ("weeks of lower output after the change", "weeks", 2, False, COUNT),
    "dip": ("output lost in these weeks", "share", 0.05, False, SHARE),
    "overlap_months": ("months in which both tools run", "months", 3, True, MONTHS),
    "overlap_days_a_month": ("engineer days a month to run both", "days", 5, False, DAYS),
    "term_months": ("length of the contract", "months", 12, True, MONTHS),
    "renewal_months": ("length of each renewal; empty is the length of the contract", "months", 12, False, MONTHS),
    "notice_months": ("notice before it renews", "months", 3, True, MONTHS),
    "liability": ("share of the remaining term that is owed", "share", 1.0, True, SHARE),
    "refund": ("share of what is prepaid and unused that comes back", "share", 0.0, False, SHARE),
    "reselect_days": ("engineer days to choose the next tool", "days", 30, False, DAYS),
    "rush": ("how much dearer data and integrations are when forced", "factor", 1.5, False, FACTOR),
    "hazard_forced": ("failure, acquisition or end of the product", "a year", 0.04, True, HAZARD),
    "hazard_voluntary": ("leaving by choice", "a year", 0.08, True, HAZARD),
}
EXIT_INPUTS = {name: ExitInput(*row) for name, row in _ROWS.items()}
SINGLE = ("term_months", "renewal_months", "notice_months")  # terms of a contract are known, or two dossiers are made
_AGREED = (*SINGLE, "liability", "refund", "data_service")  # assumed as they are: no doubt belongs to them
_RANGES = {"export_fidelity": (0.5, 0.95)}


@cache
def assumed(name: str) -> Figure:
    """What is taken for an input that nobody gives: half to double the default, within the bounds of its unit."""
    one = EXIT_INPUTS[name]
    low, high = _RANGES.get(name, (max(one.default / 2, one.bounds.low), min(one.default * 2, one.bounds.high)))
    doubt = estimate(one.default) if name in _AGREED else estimate(low, one.default, high)
    claim = SourcedFigure(estimate=doubt, source="assumption")
    return Figure(name=f"all: exit {name}", key=f"exit|all|{name}", unit=one.bounds, claims=(claim,))
