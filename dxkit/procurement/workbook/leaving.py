"""The workbook's sheet Exit: cost of leaving each vendor by quarter, planned and forced, as live formulas."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

import numpy as np

from dxkit.files.excel_writer import MONEY, NUMBER, SHARE, Book, Sheet, letter
from dxkit.procurement.cost.leaving import NO_TERM, components, expected_exit, given_for, in_the_eu, paid_lines
from dxkit.procurement.cost.lines import Values, quarters, total
from dxkit.procurement.dossier.dossier import Dossier, Figure
from dxkit.procurement.dossier.leaving_inputs import EXIT_INPUTS
from dxkit.procurement.workbook.inputs import Inputs
from dxkit.procurement.workbook.scenario import exit_inputs_at
from dxkit.procurement.workbook.vendor import Timeline, VendorSheet
from dxkit.statistics.finance import annuity

FIRST = 5  # the column of the start
_LABELS = {
    "data": "take the data out",
    "integration": "build integrations again",
    "people": "people learn, slow down",
    "parallel": "run both",
    "contract": "rest of the contract",
    "selection": "choose the next tool",
}


class ExitWriter:
    """Writes a block for each vendor; `cells` and `values` say where the results of a vendor stand."""

    def __init__(self, book: Book, dossier: Dossier, inputs: Inputs, time: Timeline, values: Values):
        self.dossier: Dossier = dossier
        self.inputs: Inputs = inputs
        self.time: Timeline = time
        self.values: Values = values
        self.times: np.ndarray = quarters(dossier.horizon)
        self.sheet: Sheet = book.sheet("Exit", [54, 15, 13, 19, 11], freeze="E5")
        self.cells: dict[str, dict[str, str]] = {}
        self.results: dict[str, dict[str, float]] = {}
        self.planned_rows: dict[str, int] = {}
        self.sheet.text(4, 1, "years after the start", "head")
        for j, text in enumerate(("unit", "constant", "   it comes from"), 2):
            self.sheet.text(4, j, text, "over" if text == "constant" else "head")
        self.sheet.across(4, FIRST, lambda c, p: f"={self.time.when('years', c)}", self.times, "0.00", "over")
        self.row: int = 4

    def write(self, vendor: str, made: VendorSheet) -> None:
        v = exit_inputs_at(self.dossier, vendor, self.values)
        self.row += 2
        if vendor != self.dossier.vendors[0]:
            self.sheet.new_page(self.row)
        self.sheet.text(self.row, 1, vendor, "title")
        k = {name: self._input(vendor, name, v[name], made) for name in EXIT_INPUTS}
        columns = {name: np.full((1, 1), value) for name, value in v.items()}
        parts = components(columns, self.times, eu=in_the_eu(self.dossier))
        owed, spend, seats = self._prepared(k, v)
        t = self._t
        n = SimpleNamespace(**k)
        lost = f"(Whole-{n.export_fidelity})"
        planned = {
            "data": lambda c, p: (
                f"=({n.data_gb}+{n.data_gb_growth}*{t(c)})*{n.egress_fee}+{n.engineer_day_rate}"
                f"*({n.export_base_days}+{n.days_per_entity_type}*{n.entity_types})*(Whole+{n.export_rework}*{lost})"
                f"+{n.engineer_day_rate}*{n.days_per_1000_records}*({n.records}+{n.records_growth}*{t(c)})/Thousand*{lost}"
            ),
            "integration": lambda c, p: (
                f"={n.engineer_day_rate}*({n.days_per_integration}*({n.integrations}"
                f"+{n.integrations_growth}*{t(c)})+{n.days_per_automation}*({n.automations}+{n.automations_growth}*{t(c)}))"
                f"*{n.proprietary_share}"
            ),
            "people": lambda c, p: (
                f"={c}{seats}*{n.user_day_rate}/HoursADay*({n.unlearn_hours}*(Whole"
                f"-EXP(-{t(c)}/MAX({n.unlearn_years},LeastTime)))+{n.learn_hours})"
                f"+{c}{seats}*{n.user_day_rate}*DaysAWeek*{n.dip_weeks}*{n.dip}"
            ),
            "parallel": lambda c, p: (
                f"={n.overlap_months}*({n.engineer_day_rate}*{n.overlap_days_a_month}+{c}{spend}/MonthsAYear)"
            ),
            "contract": lambda c, p: f"={c}{owed}*{c}{spend}*{n.liability}",
            "selection": lambda c, p: f"={n.engineer_day_rate}*{n.reselect_days}",
        }
        at = self._parts("planned", planned, parts["planned"])
        forced = {
            "data": lambda c, p: f"={n.rush}*{c}{at['data']}",
            "integration": lambda c, p: f"={n.rush}*{c}{at['integration']}",
            "people": lambda c, p: f"={c}{at['people']}",
            "parallel": lambda c, p: f"={n.overlap_months}*{n.engineer_day_rate}*{n.overlap_days_a_month}",
            "contract": lambda c, p: "=Zero",
            "selection": lambda c, p: f"={c}{at['selection']}",
        }
        gone = self._parts("forced", forced, parts["forced"])
        sums = {mode: total(each.values()) for mode, each in parts.items()}
        self.cells[vendor], self.results[vendor] = {}, {}
        self.planned_rows[vendor] = at["sum"]
        self.results[vendor]["first"] = float(sums["planned"][0, 0])
        self._expected(vendor, k, v, at["sum"], gone["sum"], sums)
        self._ratios(vendor, at["sum"], spend, sums["planned"][0], v)

    def ref(self, vendor: str, name: str) -> str:
        return self.sheet.to(self.cells[vendor][name])

    def _t(self, letter: str) -> str:
        return f"{letter}$4"

    def _input(self, vendor: str, name: str, value: float, made: VendorSheet) -> str:
        """One input as a constant: given, worked out on another sheet, or assumed."""
        whose = vendor if (vendor, name) in self.dossier.exit else "all"
        if name in given_for(self.dossier, vendor):
            reference, told = self.inputs.ref("exit", whose, name), "sheet exit"
        else:
            reference, told = self._from_sheets(vendor, name, made)
        return self._constant(EXIT_INPUTS[name].meaning, EXIT_INPUTS[name].unit, f"={reference}", value, told)

    def _from_sheets(self, vendor: str, name: str, made: VendorSheet) -> tuple[str, str]:
        paid, drivers = paid_lines(self.dossier, vendor), self.dossier.drivers
        if name == "annual_spend":
            cells = "+".join(made.sheet.to(f"G{row}") for row in made.spend)
            return cells or "Zero", "lines paid to it"
        if name == "spend_growth" and paid and self.dossier.horizon > 1:
            last = letter(6 + self.dossier.horizon)
            first, end = ("(" + "+".join(made.sheet.to(f"{c}{row}") for row in made.spend) + ")" for c in ("G", last))
            years = f"({self.time.sheet.to('C3')}-Whole)"
            return f"IF({first}>Zero,({end}/{first})^(Whole/{years})-Whole,Zero)", "lines paid to it"
        terms = [line for line in paid if line.term_months == line.term_months]
        if name == "term_months" and terms:
            cells = ",".join(self.inputs.ref("cost", vendor, line.line, "term_months") for line in terms)
            return f"MAX({cells})", "sheet costs"
        if name == "seats" and "seats" in drivers:
            return self.inputs.ref("driver", "seats"), "driver seats"
        if name == "seats_growth" and "seats" in drivers and drivers["seats"].growth:
            growth = drivers["seats"].growth
            own = isinstance(growth, Figure)
            return self.inputs.ref(
                "driver", "seats" if own else growth, "", "growth" if own else "amount"
            ), "driver seats"
        return self.inputs.ref("assumed", "all", name), "assumption"

    def _constant(self, label: str, unit: str, formula: str, value: float, told: str = "", form: str = NUMBER) -> str:
        self.row += 1
        self.sheet.text(self.row, 1, f"  {label}")
        self.sheet.text(self.row, 2, unit, "quiet")
        self.sheet.text(self.row, 4, f"   {told}" if told else "", "quiet")
        cell = self.sheet.formula(self.row, 3, formula, value, form)
        return f"${cell[0]}${cell[1:]}"

    def _across(self, label: str, unit: str, make, values, form: str = MONEY, style: str = "") -> int:
        self.row += 1
        self.sheet.text(self.row, 1, label, style)
        self.sheet.text(self.row, 2, unit, "quiet")
        self.sheet.across(self.row, FIRST, make, np.broadcast_to(values, self.times.shape), form, style)
        return self.row

    def _prepared(self, k: Mapping[str, str], v: Mapping[str, float]) -> tuple[int, int, int]:
        """Rows of the years owed, the yearly spend and the seats by quarter."""
        t, times = self._t, self.times
        term, notice = v["term_months"] / 12, v["notice_months"] / 12
        eu = in_the_eu(self.dossier)
        length = max(term, NO_TERM)
        years = self._constant("length of the contract", "years", f"={k['term_months']}/MonthsAYear", term)
        step = self._constant("the same, at least a moment", "years", f"=MAX({years},NoTerm)", length)
        binds = self._constant("it binds (1) or not (0)", "", f"=({years}>NoTerm)+Zero", float(term > NO_TERM))
        longest = self.inputs.value["constant", "LongestEuNotice", "", "value"]
        months, told = f"{k['notice_months']}/MonthsAYear", min(notice, longest) if eu else notice
        least = self._constant(
            "notice in use", "years", f"=MIN({months},EuApplies*LongestEuNotice+(Whole-EuApplies)*{months})", told
        )
        until = np.ceil(np.round(times / length, 9)) * length - times
        rest = np.where(term > NO_TERM, np.where(times == 0, term, until), 0)
        when = self.time.when
        left = self._across(
            "  years left to renewal",
            "years",
            lambda c, p: (
                f"={binds}*({when('at the start', c)}*{years}+ROUNDUP(ROUND({t(c)}/{step},Digits),Zero)*{step}-{t(c)})"
            ),
            rest,
            NUMBER,
        )
        owed = self._across(
            "  years owed", "years", lambda c, p: f"=MAX({c}{left},{least})", np.maximum(rest, told), NUMBER
        )
        paid = v["annual_spend"] * (1 + v["spend_growth"]) ** times
        spend = self._across(
            "  paid to the vendor a year",
            "money",
            lambda c, p: f"={k['annual_spend']}*(Whole+{k['spend_growth']})^{t(c)}",
            paid,
        )
        seats = self._across(
            "  users",
            "people",
            lambda c, p: f"={k['seats']}*(Whole+{k['seats_growth']})^{t(c)}",
            v["seats"] * (1 + v["seats_growth"]) ** times,
            NUMBER,
        )
        return owed, spend, seats

    def _parts(self, mode: str, formulas, values) -> dict[str, int]:
        rows = {}
        for name, make in formulas.items():
            rows[name] = self._across(f"  {_LABELS[name]}", mode, make, values[name][0])
        whole = total(each[0] for each in values.values())
        first, last = rows["data"], rows["selection"]
        rows["sum"] = self._across(
            f"{mode} exit", "money", lambda c, p: f"=SUM({c}{first}:{c}{last})", whole, MONEY, "total"
        )
        return rows

    def _span(self, row: int) -> str:
        return f"E{row}:{letter(FIRST + len(self.times) - 1)}{row}"

    def _expected(self, vendor: str, k, v, planned: int, forced: int, sums) -> None:
        """Expected exit by the hazards, beside a certain one at the end."""
        p = {name: float(-np.expm1(-v[f"hazard_{name}"] / 4)) for name in ("forced", "voluntary")}
        cell = {
            name: self._constant(
                f"chance of a {name} exit",
                "a quarter",
                f"=Whole-EXP(-{k[f'hazard_{name}']}/QuartersAYear)",
                p[name],
                "",
                "0.00%",
            )
            for name in p
        }
        leaves = 1 - (1 - p["forced"]) * (1 - p["voluntary"])
        gone, left = cell["forced"], cell["voluntary"]
        either = self._constant(
            "chance of either", "a quarter", f"=Whole-(Whole-{gone})*(Whole-{left})", leaves, "", "0.00%"
        )
        before, rate = self.time.numbers["quarters before"], self.dossier.rate
        still = self._across(
            "  still a customer before it",
            "share",
            lambda c, p: f"=(Whole-{either})^" + self.time.when("quarters before", c),
            (1 - leaves) ** before,
            SHARE,
        )
        weighed = p["forced"] * sums["forced"][0] + (1 - p["forced"]) * p["voluntary"] * sums["planned"][0]
        values = (self.times > 0) * (1 - leaves) ** before * weighed * (1 + rate) ** -self.times
        when = self.time.when
        row = self._across(
            "  expected exit, discounted",
            "money",
            lambda c, p: (
                f"=(Whole-{when('at the start', c)})*{c}{still}*({gone}*{c}{forced}"
                f"+(Whole-{gone})*{left}*{c}{planned})*(Whole+DiscountRate)^-{self._t(c)}"
            ),
            values,
        )
        chance, cost = expected_exit(sums, v["hazard_forced"], v["hazard_voluntary"], rate, self.times)
        end = self._span(planned).split(":")[1]
        self._result(vendor, "expected", "expected exit, present value", f"=SUM({self._span(row)})", float(cost[0]))
        self._result(
            vendor,
            "certain",
            "certain exit at the end, present value",
            f"={end}*(Whole+DiscountRate)^-{self.time.sheet.to('C3')}",
            float(sums["planned"][0, -1] * (1 + rate) ** -self.times[-1]),
        )
        self._result(
            vendor,
            "p_exit",
            "chance of an exit within the horizon",
            f"=Whole-(Whole-{either})^" + self.time.sheet.to("C4"),
            float(np.ravel(chance)[0]),
            SHARE,
        )

    def _ratios(self, vendor: str, planned: int, spend: int, cost: np.ndarray, v) -> None:
        """Lock-in ratio and headroom, where anything is paid to the vendor."""
        if not v["annual_spend"] > 0:
            return
        paid = v["annual_spend"] * (1 + v["spend_growth"]) ** self.times
        ratio = self._across(
            "lock-in ratio (planned exit over a year's spend)",
            "times",
            lambda c, p: f"=IF({c}{spend}>Zero,{c}{planned}/{c}{spend},Zero)",
            cost / paid,
            "0.0",
        )
        horizon = self.time.sheet.to("C3")
        worth = self._constant(
            "a year's money over the horizon",
            "annuity",
            f"=IF(DiscountRate=Zero,{horizon},(Whole-(Whole+DiscountRate)^-{horizon})/DiscountRate)",
            annuity(self.dossier.rate, self.dossier.horizon),
        )
        self._across(
            "headroom (lasting price rise still swallowed)",
            "share",
            lambda c, p: f"={c}{ratio}/{worth}",
            cost / paid / annuity(self.dossier.rate, self.dossier.horizon),
            "0%",
        )

    def _result(self, vendor: str, name: str, label: str, formula: str, value: float, form: str = MONEY) -> None:
        self.row += 1
        self.sheet.text(self.row, 1, label, "total")
        self.cells[vendor][name] = self.sheet.formula(self.row, 3, formula, value, form, "total")
        self.results[vendor][name] = value
