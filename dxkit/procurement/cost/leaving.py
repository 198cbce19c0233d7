"""What it costs to leave a vendor at each quarter end, planned and forced, as formulas over its schedule.

See docs/methods/leaving_cost.md, "Components"."""

import datetime as dt

import numpy as np
import pandas as pd

from dxkit.files.cells import folded
from dxkit.procurement.cost.expressions import (
    LABEL,
    Call,
    Each,
    Expr,
    Input,
    Operand,
    Row,
    Sheet,
    Sum,
    ceiling,
    equal,
    floor,
    formula,
    least,
    most,
    total,
    where,
)
from dxkit.procurement.cost.schedule import commitment, exit_figure, level_of, month_sheet, spare_key, term_of
from dxkit.procurement.dossier.dossier import Dossier, Line

COMPONENTS = ("data", "integration", "people", "parallel", "contract", "selection")
RUSHED = ("data", "integration", "parallel", "contract")  # components that differ when an exit is forced
FREE_EGRESS = dt.date(2027, 1, 12)  # Regulation (EU) 2023/2854, art. 29(1)
EU_NOTICE = 2  # months, the longest for leaving a data processing service: art. 25
EU_NAMES = ("eu", "european union")
_PEOPLE = ("people", "users", "seats", "")
_E = Row(LABEL)  # months after the start


def in_the_eu(dossier: Dossier) -> bool:
    """Whether the rules of the Data Act are applied: the dossier says EU, and when the contract starts."""
    return folded(dossier.decision["jurisdiction"]) in EU_NAMES and bool(dossier.decision["start"])


def day_after(dossier: Dossier, months: int) -> dt.date:
    """The first day after so many months of a contract whose start is known."""
    day = dt.datetime.fromisoformat(str(dossier.decision["start"]))
    return (day + pd.DateOffset(months=months)).date()


def free_egress_from(dossier: Dossier) -> int:
    """The first month after the start at which taking data out is free in the EU."""
    months = 0
    while day_after(dossier, months) < FREE_EGRESS:
        months += 1
    return months


def people_driver(dossier: Dossier, vendor: str) -> str:
    """The driver that counts the users of a vendor; "" where none can be told."""
    others = {line.growth for line in dossier.costs if isinstance(line.growth, str)}
    others |= {driver.growth for driver in dossier.drivers.values() if isinstance(driver.growth, str)}
    known = [
        n for n, d in dossier.drivers.items() if folded(d.unit) in _PEOPLE and n not in others and " per " not in n
    ]
    first = next((line.per for line in dossier.lines_of(vendor) if line.category == "licence"), "")
    return first if first in known else known[0] if len(known) == 1 else ""


def leaving_sheet(vendor: str) -> str:
    return f"{vendor} leaving"


def sheets_of(dossier: Dossier, vendor: str, *, spare: int = 0) -> dict[str, Sheet]:
    """Every sheet of a vendor's model: by month, by quarter, and what comes out."""
    needed = {driver for (owner, _), driver in dossier.exit_per.items() if owner in (vendor, "all")}
    needed |= {people_driver(dossier, vendor)} - {""}
    months = month_sheet(dossier, vendor, sorted(needed), spare=spare)
    made = {vendor: months, leaving_sheet(vendor): _leaving(dossier, vendor, spare)}
    if replaced(dossier, vendor):
        for e in range(3, 12 * dossier.horizon, 3):
            again = month_sheet(dossier, str(dossier.decision["replacement"]), moved=e, spare=spare)
            made[again.name] = again
    results = _results(dossier, vendor, months)
    return {**made, results.name: results}


def replaced(dossier: Dossier, vendor: str) -> bool:
    """Whether another vendor of the dossier takes over when this one is left."""
    return str(dossier.decision["replacement"]) not in ("", vendor)


class _Inputs:
    """The inputs of leaving of one vendor as formulas by quarter."""

    def __init__(self, dossier: Dossier, vendor: str):
        self.dossier, self.vendor = dossier, vendor

    def __getattr__(self, name: str) -> Expr:
        if name == "people" and not self._given("people") and (driver := people_driver(self.dossier, self.vendor)):
            return self.driver(driver)
        figure, per = exit_figure(self.dossier, self.vendor, name)
        return Input(figure.key) * self.driver(per) if per else Input(figure.key)

    def _given(self, name: str) -> bool:
        return any((owner, name) in self.dossier.exit for owner in (self.vendor, "all"))

    def driver(self, name: str) -> Expr:
        """A driver in the month that ends then, the first one at the start."""
        return Sum(f"driver|{name}", most(_E, 1) - 1, most(_E, 1), sheet=self.vendor)


def contract_lines(dossier: Dossier, vendor: str) -> list[Line]:
    """The running lines that are paid to the vendor."""
    return [line for line in dossier.lines_of(vendor) if line.paid_to_vendor and not line.once]


def _leaving(dossier: Dossier, vendor: str, spare: int) -> Sheet:
    horizon = 12 * dossier.horizon
    sheet = Sheet(leaving_sheet(vendor), np.arange(0.0, horizon + 1, 3.0))
    rows, v = sheet.rows, _Inputs(dossier, vendor)
    years = _E / 12
    rows["overlap"] = floor(v.overlap_months + 0.5)
    _add_contract(sheet, dossier, vendor)
    lost = 1 - v.export_fidelity
    fee: Operand = v.egress_fee
    notice: Operand = v.notice_months
    if in_the_eu(dossier):
        fee = fee * (1 - v.data_service * (_E >= free_egress_from(dossier)))
        notice = where(equal(v.data_service, 1), least(notice, EU_NOTICE), notice)
    rows["notice"] = formula(notice)
    rows["data"] = (
        (v.data_gb + v.data_gb_growth * years) * fee
        + v.engineer_day_rate
        * (v.export_base_days + v.days_per_entity_type * v.entity_types)
        * (1 + v.export_rework * lost)
        + v.engineer_day_rate * v.days_per_1000_records * (v.records + v.records_growth * years) / 1000 * lost
    )
    rows["integration"] = (
        v.engineer_day_rate
        * (
            v.days_per_integration * (v.integrations + v.integrations_growth * years)
            + v.days_per_automation * (v.automations + v.automations_growth * years)
        )
        * v.proprietary_share
    )
    habits = v.unlearn_hours * (1 - Call("EXP", -years / most(v.unlearn_years, 1e-9))) + v.learn_hours
    rows["people"] = v.people * v.user_day_rate * (habits / 8 + 5 * v.dip_weeks * v.dip)
    rows["forced parallel"] = v.overlap_months * v.engineer_day_rate * v.overlap_days_a_month
    rows["parallel"] = Row("forced parallel") + most(0, Row("both") - Row("unused"))
    left = Row("left")
    rows["contract"] = most(0, Row("owed") - left) - v.refund * most(0, left - Row("owed"))
    rows["selection"] = v.engineer_day_rate * v.reselect_days
    rows["forced data"], rows["forced integration"] = v.rush * Row("data"), v.rush * Row("integration")
    rows["forced contract"] = Row("contract") * 0
    rows["planned"] = total([Row(name) for name in COMPONENTS])
    rows["forced"] = total(
        [Row(f"forced {name}" if name in RUSHED[:3] else name) for name in COMPONENTS if name != "contract"]
    )
    _add_events(sheet, dossier, vendor, v, spare)
    return sheet


def _add_contract(sheet: Sheet, dossier: Dossier, vendor: str) -> None:
    """What is prepaid, paid twice and owed when a vendor is left, line by line and in all."""
    rows, until = sheet.rows, _E + Row("overlap")
    owed, unused, both = [], [], []
    ends: dict[tuple[str, str], str] = {}
    for line in contract_lines(dossier, vendor):
        term, renewal = (Input(figure.key) for figure in term_of(dossier, line, vendor))
        if (term.key, renewal.key) not in ends:
            name = ends[term.key, renewal.key] = "term ends" if not ends else f"{line.key}|term ends"
            more = term + ceiling((_E - term) / most(renewal, 1)) * renewal
            rows[name] = where(equal(term, 0), _E, where(_E <= term, term, most(_E, more)))
        end, service = Row(ends[term.key, renewal.key]), f"{line.key}|service"
        committed = f"{line.key}|committed" if commitment(line) == "minimum" else service
        rows[f"{line.key}|unused"] = most(
            0, Sum(f"{line.key}|paid", None, _E - 1, sheet=vendor) - Sum(service, None, _E, sheet=vendor)
        )
        unused.append(Row(f"{line.key}|unused"))
        both.append(Sum(service, _E, until, sheet=vendor))
        if commitment(line) != "none":
            share = level_of(line.liability, most(_E, 1)) if line.liability else _Inputs(dossier, vendor).liability
            rows[f"{line.key}|owed"] = share * Sum(committed, least(until, end), end, sheet=vendor)
            owed.append(Row(f"{line.key}|owed"))
    services = [Sum(f"{line.key}|service", _E, _E + 12, sheet=vendor) for line in contract_lines(dossier, vendor)]
    rows["yearly"] = total(services)
    rows["unused"], rows["both"] = total(unused), total(both)
    rows["owed"] = total(owed)
    rows["left"] = most(0, Row("unused") - Row("both"))


def _add_events(sheet: Sheet, dossier: Dossier, vendor: str, v: _Inputs, spare: int) -> None:
    """What is paid in all if the vendor is left then, and how probable that is.

    See docs/methods/leaving_cost.md, "Exit as an event"."""
    rows, horizon = sheet.rows, 12 * dossier.horizon
    keys = [line.key for line in dossier.lines_of(vendor) if not line.once]
    keys += [spare_key(vendor, number) for number in range(1, spare + 1)]
    rows["factor"] = (1 + Input(dossier.numbers["discount_rate"].key)) ** (-_E / 12)
    rows["used, not paid"] = total(
        [
            most(0, Sum(f"{key}|service", None, _E, sheet=vendor) - Sum(f"{key}|paid", None, _E - 1, sheet=vendor))
            for key in keys
        ]
    )
    rows["before"] = Sum("present", None, _E - 1, sheet=vendor) + Row("used, not paid") * Row("factor")
    if replaced(dossier, vendor):
        other = str(dossier.decision["replacement"])
        again = [Sum("present", sheet=f"{other} from {e:.0f}") for e in sheet.labels[1:-1]]
        rows["after"] = Each(0.0, *again, 0.0)
    else:
        rows["after"] = Sum("served", _E, horizon, sheet=vendor)
    p_forced, p_planned = (1 - Call("EXP", -hazard / 4) for hazard in (v.hazard_forced, v.hazard_voluntary))
    stays = Call("EXP", -(v.hazard_forced + v.hazard_voluntary) * most(_E - 3, 0) / 12)
    rows["p forced"] = (_E > 0) * stays * p_forced
    rows["p planned"] = (_E > 0) * stays * (1 - p_forced) * p_planned
    for mode in ("planned", "forced"):
        rows[f"with exit, {mode}"] = Row("before") + Row(mode) * Row("factor")
        rows[f"served, {mode}"] = Row(f"with exit, {mode}") + Row("after")
    rows["expected"] = (Row("p forced") * Row("forced") + Row("p planned") * Row("planned")) * Row("factor")
    for what in ("with exit", "served"):
        rows[f"expected {what}"] = Row("p forced") * Row(f"{what}, forced") + Row("p planned") * Row(f"{what}, planned")
    rows["p leaves"] = Row("p forced") + Row("p planned")


def results_sheet(vendor: str) -> str:
    return f"{vendor} results"


def _results(dossier: Dossier, vendor: str, months: Sheet) -> Sheet:
    """What comes out for a vendor: money over the horizon, by its formulas where nothing is drawn."""
    sheet, quarters = Sheet(results_sheet(vendor), np.zeros(1)), leaving_sheet(vendor)
    rows, last = sheet.rows, 12.0 * dossier.horizon
    rows["nominal"] = Sum("paid", sheet=vendor)
    rows["pv"] = Sum("present", sheet=vendor)
    gains = [name for name in months.rows if name.startswith("gained|")]
    if gains:
        rows["pv_benefits"] = total([Sum(name, sheet=vendor) for name in gains])
        rows["npv"] = Row("pv_benefits") - Row("pv")
    rows["expected"] = Sum("expected", sheet=quarters)
    rows["certain"] = Sum("planned", last - 1, last, sheet=quarters) * Sum("factor", last - 1, last, sheet=quarters)
    rows["p_exit"] = Sum("p leaves", sheet=quarters)
    stays = (1 - Row("p_exit")) * Row("pv")
    rows["pv_with_exit"] = Sum("expected with exit", sheet=quarters) + stays
    rows["pv_served"] = Sum("expected served", sheet=quarters) + stays
    return sheet
