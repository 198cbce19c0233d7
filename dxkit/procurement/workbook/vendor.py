"""The workbook's sheet of a vendor: its lines by year, present value and what benefits return, as live formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from dxkit.files.excel_writer import MONEY, NUMBER, SHARE, Book, Sheet, letter
from dxkit.procurement.cost.leaving import paid_lines
from dxkit.procurement.cost.lines import Values, money
from dxkit.procurement.dossier.dossier import Dossier, Line
from dxkit.procurement.workbook.inputs import Inputs
from dxkit.statistics.finance import discount_factors

FIRST = 6  # the column of time 0
_BENEFIT = "benefit"


@dataclass(eq=False, kw_only=True)
class Timeline:
    """Rows of sheet Timeline, and their numbers."""

    sheet: Sheet
    rows: Mapping[str, int]
    numbers: Mapping[str, np.ndarray]

    def when(self, name: str, letter: str) -> str:
        return self.sheet.to(f"{letter}{self.rows[name]}", lock=False)


@dataclass(eq=False, kw_only=True)
class VendorSheet:
    """Where the results of a vendor stand."""

    sheet: Sheet
    total: int = 0
    cells: dict[str, str] = field(default_factory=dict)
    values: dict[str, float] = field(default_factory=dict)
    lines: list[int] = field(default_factory=list)
    categories: list[int] = field(default_factory=list)
    spend: list[int] = field(default_factory=list)

    def ref(self, name: str) -> str:
        return self.sheet.to(self.cells[name])


class VendorWriter:
    """Writes one vendor's sheet from top to bottom; `row` is the row that was written last."""

    def __init__(self, book: Book, dossier: Dossier, vendor: str, inputs: Inputs, time: Timeline, values: Values):
        self.dossier: Dossier = dossier
        self.vendor: str = vendor
        self.inputs: Inputs = inputs
        self.time: Timeline = time
        self.values: Values = values
        self.years: np.ndarray = np.arange(dossier.horizon + 1)
        self.sheet: Sheet = book.sheet(vendor, [38, 22, 14, 16, 15, 13], freeze="F6")
        self.made: VendorSheet = VendorSheet(sheet=self.sheet)
        self.row: int = 3
        self._head()

    def write(self) -> VendorSheet:
        own = [line for line in self.dossier.costs if line.vendor == self.vendor]
        gains = [line for line in self.dossier.benefits if line.vendor == self.vendor]
        for line in own:
            self._line("cost", line, line.category)
        first, last = 6, self.row
        costs = self._by_category(own, first, last)
        self._present(costs, gains)
        return self.made

    def _head(self) -> None:
        horizon = len(self.years)
        self.row = 4
        self.sheet.text(3, 1, self.vendor, "total")
        self.sheet.text(4, 1, "year (0 is the start)", "head")
        for j, text in enumerate(("unit", "constant", "group", "all years"), 2):
            self.sheet.text(4, j, text, "over" if text in ("constant", "all years") else "head")
        self.sheet.across(4, FIRST, lambda c, p: f"={self.time.when('year', c)}", self.years, "0", "over")
        self.row = 5
        self.factors: np.ndarray = discount_factors(self.dossier.rate, horizon - 1)
        self.sheet.text(5, 1, "discount factor")
        self.sheet.across(5, FIRST, lambda c, p: f"=(Whole+DiscountRate)^-{c}$4", self.factors, "0.000000")

    def _constant(self, label: str, unit: str, reference: str, value: float, form: str = NUMBER) -> str:
        self.row += 1
        self.sheet.text(self.row, 1, f"  {label}")
        self.sheet.text(self.row, 2, unit, "quiet")
        return "$C$" + str(self.row) if self.sheet.formula(self.row, 3, f"={reference}", value, form) else ""

    def _across(self, label: str, unit: str, make, values, form: str = MONEY, style: str = "") -> int:
        self.row += 1
        self.sheet.text(self.row, 1, label, style)
        self.sheet.text(self.row, 2, unit, "quiet")
        self.sheet.across(self.row, FIRST, make, np.broadcast_to(values, self.years.shape), form, style)
        return self.row

    def _line(self, kind: str, line: Line, group: str) -> None:
        """The rows of one line: its constants, units, charge, months, and at last its money."""
        key = (kind, line.vendor, line.line)
        self.row += 2
        self.sheet.text(self.row, 1, line.line, "head")
        price = self.inputs.value[(*key, "amount")]
        charge_cell = self._constant("amount", line.timing, self.inputs.ref(*key), price)
        charge, value = (lambda c: charge_cell), np.full(len(self.years), price)
        if line.per:
            held_row, held = self._units(line, key)
            if line.included == line.included:
                included = self._constant(
                    "included units", "contract", self.inputs.ref(*key, "included"), line.included
                )
                over, each = "Zero", 0.0
                if line.overage == line.overage:
                    over, each = (
                        self._constant("each further unit", "contract", self.inputs.ref(*key, "overage"), line.overage),
                        line.overage,
                    )
                value = price + each * (np.maximum(held, line.included) - line.included)
                at = self._across(
                    "  charge",
                    "",
                    lambda c, p: f"={charge_cell}+{over}*(MAX({c}{held_row},{included})-{included})",
                    value,
                )
            else:
                value = price * held
                at = self._across("  charge", "", lambda c, p: f"={charge_cell}*{c}{held_row}", value)
            charge = lambda c: f"{c}{at}"  # noqa: E731
        exact = np.broadcast_to(money(line, self.dossier, self.values), (1, len(self.years)))[0]
        if line.timing == "initial":
            self._across(line.line, "money", lambda c, p: f"={charge(c)}*{self.time.when('at the start', c)}", exact)
        else:
            self._running(line, key, charge, exact)
        self.sheet.text(self.row, 4, group, "quiet")
        letters = self._span(self.row)
        self.sheet.formula(self.row, 5, f"=SUM({letters})", exact.sum(), MONEY)
        if kind == "cost":
            self.made.lines.append(self.row)
            if line in paid_lines(self.dossier, self.vendor):
                self.made.spend.append(self.row)

    def _units(self, line: Line, key: tuple[str, str, str]) -> tuple[int, np.ndarray]:
        """Units in each year: the driver, grown, at least the minimum, and never falling where the contract says so."""
        driver = self.dossier.drivers[line.per]
        start = self.inputs.value["driver", driver.name, "", "amount"]
        amount = self._constant(driver.name, driver.unit, self.inputs.ref("driver", driver.name), start)
        since = self.time.numbers["years of growth"]
        if driver.growth is None:
            held = np.full(len(self.years), start)
            row = self._across(f"  {driver.name} by year", driver.unit, lambda c, p: f"={amount}", held, NUMBER)
        else:
            of = ("driver", driver.name, "", "growth")
            if isinstance(driver.growth, str):
                of = ("driver", driver.growth, "", "amount")
            rate = self.inputs.value[of]
            growth = self._constant(f"growth of {driver.name}", "a year", self.inputs.ref(*of), rate, SHARE)
            held = start * (1 + rate) ** since
            row = self._across(
                f"  {driver.name} by year",
                driver.unit,
                lambda c, p: f"={amount}*(Whole+{growth})^{self.time.when('years of growth', c)}",
                held,
                NUMBER,
            )
        if line.minimum == line.minimum:
            least = self._constant("least billed", "contract", self.inputs.ref(*key, "minimum"), line.minimum)
            held, below = np.maximum(held, line.minimum), row
            row = self._across("  billed", "", lambda c, p: f"=MAX({c}{below},{least})", held, NUMBER)
        if line.ratchet:
            held, below = np.maximum.accumulate(held), row
            row = self.row + 1
            self._across("  billed, never falling", "", lambda c, p: f"=MAX({p}{row},{c}{below})", held, NUMBER)
        return row, held

    def _running(self, line: Line, key: tuple[str, str, str], charge, exact: np.ndarray) -> None:
        """Growth of the price, months active, and the money of a yearly or monthly line."""
        of = ("driver", line.growth, "", "amount") if isinstance(line.growth, str) else (*key, "growth")
        rate = self.inputs.value[of]
        growth = self._constant("rise of the price", "a year", self.inputs.ref(*of), rate, SHARE)
        if line.uplift_cap == line.uplift_cap:
            cap = self._constant("cap of the rise", "contract", self.inputs.ref(*key, "uplift_cap"), line.uplift_cap)
            rate = min(rate, line.uplift_cap)
            growth = self._constant("rise in use", "a year", f"MIN({growth},{cap})", rate, SHARE)
        begins = self._constant("from month", "", self.inputs.ref(*key, "from_month"), line.from_month)
        ends = self._constant("to month", "", self.inputs.ref(*key, "to_month"), line.to_month)
        before, after = self.time.numbers["months before"], self.time.numbers["months until its end"]
        active = np.maximum(0, np.minimum(after, line.to_month) - np.maximum(before, line.from_month - 1))
        when = self.time.when
        months = self._across(
            "  months active",
            "months",
            lambda c, p: (
                f"=MAX(Zero,MIN({when('months until its end', c)},{ends})-"
                f"MAX({when('months before', c)},{begins}-Whole))"
            ),
            active,
            NUMBER,
        )
        year = "" if line.timing == "monthly" else "/MonthsAYear"
        self._across(
            line.line,
            "money",
            lambda c, p: f"={charge(c)}*(Whole+{growth})^{when('years of growth', c)}*{c}{months}{year}",
            exact,
        )

    def _span(self, row: int) -> str:
        return f"F{row}:{letter(FIRST + len(self.years) - 1)}{row}"

    def _by_category(self, own, first: int, last: int) -> np.ndarray:
        """A row for each category, and the sum of all."""
        self.row += 1
        total = np.zeros(len(self.years))
        for category in dict.fromkeys(line.category for line in own):
            spent = sum(
                np.broadcast_to(money(line, self.dossier, self.values), (1, len(self.years)))[0]
                for line in own
                if line.category == category
            )
            self._group(f"all {category}", category, first, last, spent)
            self.made.categories.append(self.row)
            total = total + spent
        top, end = self.made.categories[0], self.made.categories[-1]
        self._across("cost", "money", lambda c, p: f"=SUM({c}{top}:{c}{end})", total, MONEY, "total")
        self.sheet.formula(self.row, 5, f"=SUM({self._span(self.row)})", total.sum(), MONEY, "total")
        self.made.total = self.row
        self._keep("nominal", f"E{self.row}", total.sum())
        return total

    def _group(self, label: str, group: str, first: int, last: int, values) -> None:
        """Sum of the lines whose group is the word in column D of this row."""
        at = self.row + 1
        self._across(
            label, "money", lambda c, p: f"=SUMIF($D${first}:$D${last},$C${at},{c}${first}:{c}${last})", values
        )
        self.sheet.text(at, 3, group, "quiet")
        self.sheet.formula(at, 5, f"=SUM({self._span(at)})", np.sum(values), MONEY)

    def _present(self, costs: np.ndarray, gains) -> None:
        factors = self._span(5)
        self._result(
            "pv",
            "present value of the cost",
            f"=SUMPRODUCT({self._span(self.made.total)},{factors})",
            float(costs @ self.factors),
        )
        if not gains:
            return
        first = self.row + 1
        for line in gains:
            self._line("benefit", line, _BENEFIT)
        values = sum(np.broadcast_to(money(line, self.dossier, self.values), (1, len(self.years)))[0] for line in gains)
        last = self.row
        self.row += 1
        self._group("benefits", _BENEFIT, first, last, values)
        row, pv = self.row, costs @ self.factors
        self._result(
            "pv_benefits",
            "present value of the benefits",
            f"=SUMPRODUCT({self._span(row)},{factors})",
            float(values @ self.factors),
        )
        gained, spent = self.made.cells["pv_benefits"], self.made.cells["pv"]
        self._result("npv", "net present value", f"={gained}-{spent}", float(values @ self.factors - pv))
        if pv > 0:
            self._result(
                "roi",
                "return on investment",
                f"=IF({spent}>Zero,({gained}-{spent})/{spent},Zero)",
                float(values @ self.factors / pv - 1),
                SHARE,
            )

    def _result(self, name: str, label: str, formula: str, value: float, form: str = MONEY) -> None:
        self.row += 1
        self.sheet.text(self.row, 1, label, "total")
        self._keep(name, self.sheet.formula(self.row, 5, formula, value, form, "total"), value)

    def _keep(self, name: str, cell: str, value: float) -> None:
        self.made.cells[name], self.made.values[name] = cell, float(value)
