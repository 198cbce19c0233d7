"""The inputs of exit cost, what they mean, and what is assumed where nobody gives them.

See docs/methods/leaving_cost.md, "Inputs and their defaults"."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ExitInput:
    """One input: its meaning, unit, the value assumed, and whether the fill-in workbook asks for it."""

    meaning: str
    unit: str
    default: float
    asked: bool = False


_ROWS = {
    "engineer_day_rate": ("cost of an engineer", "money a day", 700, True),
    "user_day_rate": ("cost of a user of the tool", "money a day", 600, True),
    "seats": ("users at the start", "people", 100, True),
    "seats_growth": ("growth of users", "share a year", 0.0, True),
    "annual_spend": ("what is paid to the vendor in the first year", "money a year", 0, True),
    "spend_growth": ("growth of that", "share a year", 0.0, False),
    "data_gb": ("data held at the start", "GB", 20, True),
    "data_gb_growth": ("more data", "GB a year", 20, False),
    "egress_fee": ("fee for taking data out", "money per GB", 0.1, True),
    "export_base_days": ("engineer days to export at all", "days", 5, False),
    "days_per_entity_type": ("engineer days for each kind of record", "days", 2, False),
    "entity_types": ("kinds of records", "number", 10, True),
    "export_rework": ("further work where the export is not faithful", "share", 1.0, False),
    "export_fidelity": ("share of the data that the export keeps", "share", 0.8, True),
    "days_per_1000_records": ("engineer days to rebuild a thousand lost records", "days", 2, False),
    "records": ("records at the start", "number", 2000, True),
    "records_growth": ("more records", "number a year", 1000, False),
    "integrations": ("integrations at the start", "number", 10, True),
    "integrations_growth": ("more integrations", "number a year", 5, False),
    "automations": ("automations at the start", "number", 10, True),
    "automations_growth": ("more automations", "number a year", 10, False),
    "days_per_integration": ("engineer days to build an integration again", "days", 4, False),
    "days_per_automation": ("engineer days to build an automation again", "days", 1, False),
    "proprietary_share": ("share of them that works with this vendor only", "share", 0.7, True),
    "unlearn_hours": ("hours a user loses to old habits, at most", "hours", 3, False),
    "unlearn_years": ("years until habits are formed", "years", 1.0, False),
    "learn_hours": ("hours a user needs for the next tool", "hours", 4, False),
    "dip_weeks": ("weeks of lower output after the change", "weeks", 2, False),
    "dip": ("output lost in these weeks", "share", 0.05, False),
    "overlap_months": ("months in which both tools run", "months", 3, True),
    "overlap_days_a_month": ("engineer days a month to run both", "days", 5, False),
    "term_months": ("length of the contract", "months", 12, True),
    "notice_months": ("notice before it renews", "months", 3, True),
    "liability": ("share of the remaining term that is owed", "share", 1.0, False),
    "reselect_days": ("engineer days to choose the next tool", "days", 30, False),
    "rush": ("how much dearer data and integrations are when forced", "factor", 1.5, False),
    "hazard_forced": ("failure, acquisition or end of the product", "a year", 0.04, True),
    "hazard_voluntary": ("leaving by choice", "a year", 0.08, False),
}
EXIT_INPUTS = {name: ExitInput(*row) for name, row in _ROWS.items()}
DEFAULT_SOURCE = "assumption"
