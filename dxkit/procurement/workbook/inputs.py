"""The workbook's sheet Assumptions: every figure once, with low, likely, high and source, and what was delivered."""

from __future__ import annotations

import numpy as np

from dxkit.files.excel_writer import NUMBER, SHARE, Book, Sheet
from dxkit.procurement.choice.values import anchors, by_fit, rating_of
from dxkit.procurement.cost.leaving import EU_NOTICE, NO_TERM, in_the_eu
from dxkit.procurement.dossier.columns import CLAUSES
from dxkit.procurement.dossier.dossier import Dossier, Figure, Line
from dxkit.procurement.dossier.leaving_inputs import DEFAULT_SOURCE, EXIT_INPUTS
from dxkit.procurement.dossier.read_back import AS_AMOUNT, HEADER, INPUTS, NONE_GIVEN
from dxkit.procurement.workbook.scenario import SCENARIOS, value_of

COLUMNS = (
    *("kind", "vendor or driver", "line or input", "figure", "unit"),
    *("low", "likely", "high", "in use", "source", "date"),
    *("delivered low", "delivered likely", "delivered high", "changed", "shape"),
)
_CONSTANTS = {
    "Whole": (1.0, "the whole, 100%"),
    "Zero": (0.0, "nothing"),
    "MonthsAYear": (12.0, "months"),
    "QuartersAYear": (4.0, "quarters"),
    "HoursADay": (8.0, "hours"),
    "DaysAWeek": (5.0, "working days"),
    "Thousand": (1000.0, "records"),
    "Hundred": (100.0, "points at best on everything"),
    "LongestEuNotice": (EU_NOTICE, "years, Regulation (EU) 2023/2854, article 25"),
    "NoTerm": (NO_TERM, "years; a shorter contract binds nobody"),
    "LeastTime": (1e-9, "years, above zero"),
    "Digits": (9.0, "digits to which a count of terms is rounded"),
    "Tolerance": (1e-6, "money; of the checks"),
}


class Inputs:
    """The sheet, and where each figure's value in use stands."""

    def __init__(self, book: Book, dossier: Dossier, scenario: str):
        self.dossier: Dossier = dossier
        self.which: int = SCENARIOS.index(scenario)
        self.sheet: Sheet = book.sheet(
            INPUTS, [12, 22, 28, 14, 22, 11, 11, 11, 11, 34, 11, 11, 11, 11, 10], freeze=f"E{HEADER + 1}"
        )
        self.at: dict[tuple[str, str, str, str], str] = {}
        self.value: dict[tuple[str, str, str, str], float] = {}
        self.row: int = HEADER
        for j, name in enumerate(COLUMNS, 1):
            self.sheet.text(HEADER, j, name, "over" if 6 <= j <= 9 or 12 <= j <= 14 else "head")
        for name, (value, meaning) in _CONSTANTS.items():
            self._single("constant", name, "", "value", meaning, value, "definition")
            book.name(name, self.sheet, f"I{self.row}")
        self._decision(book)
        for driver in dossier.drivers.values():
            self._figure("driver", driver.name, "", "amount", driver.unit, driver.amount)
            if isinstance(driver.growth, Figure):
                self._figure("driver", driver.name, "", "growth", "share a year", driver.growth)
        for kind, lines in (("cost", dossier.costs), ("benefit", dossier.benefits)):
            for line in lines:
                self._line(kind, line)
        self._exit()
        self._judging()
        self.last = self.row

    def ref(self, kind: str, owner: str, item: str = "", field: str = "amount") -> str:
        """The address of a figure's value in use."""
        return self.sheet.to(self.at[kind, owner, item, field])

    def likely(self, kind: str, owner: str, item: str, field: str) -> str:
        """The address of a figure's likely value, for what is chosen and does not follow the scenario."""
        return self.sheet.to(self.at[kind, owner, item, field].replace("I", "G"))

    def _decision(self, book: Book) -> None:
        self._single(
            "decision", "discount rate", "", "value", "share a year", self.dossier.rate, "sheet decision", SHARE
        )
        book.name("DiscountRate", self.sheet, f"I{self.row}")
        eu = float(in_the_eu(self.dossier))
        self._single("decision", "longest notice of the EU applies", "", "value", "1 yes, 0 no", eu, "sheet decision")
        book.name("EuApplies", self.sheet, f"I{self.row}")

    def _line(self, kind: str, line: Line) -> None:
        unit = f"for each {line.per}, {line.timing}" if line.per else line.timing
        self._figure(kind, line.vendor, line.line, "amount", unit, line.amount)
        source = AS_AMOUNT
        if line.timing != "initial":
            if not isinstance(line.growth, str):
                self._single(kind, line.vendor, line.line, "growth", "share a year", line.growth, source)
            self._single(kind, line.vendor, line.line, "from_month", "month", float(line.from_month), source)
            self._single(kind, line.vendor, line.line, "to_month", "month", float(line.to_month), source)
        for clause in CLAUSES:
            value = getattr(line, clause)
            if value == value:
                self._single(kind, line.vendor, line.line, clause, "contract", value, source)

    def _exit(self) -> None:
        """What was given for a vendor or for all, and the assumption for every input."""
        for (vendor, name), figure in self.dossier.exit.items():
            self._figure("exit", vendor, name, "amount", EXIT_INPUTS[name].unit, figure)
        for name, each in EXIT_INPUTS.items():
            self._single("assumed", "all", name, "amount", each.unit, each.default, DEFAULT_SOURCE)

    def _judging(self) -> None:
        """Weights and anchors, one rating from all evidence, and the shares of pains removed."""
        for each in self.dossier.criteria_read:
            if each.weight is None:
                continue
            key = ("criterion", each.name, "")
            if each.weight.fixed:
                self._single(*key, "weight", "weight", each.weight.likely, "sheet criteria")
            else:
                self._words(*key, "weight", "weight", "sheet criteria", "")
                self._range(*key, "weight", [each.weight.low, each.weight.likely, each.weight.high])
            worst, best = anchors(self.dossier, each)
            unit = "money" if each.measure != "rating" else "as judged"
            self._single(*key, "worst", unit, worst, "sheet criteria")
            self._single(*key, "best", unit, best, "sheet criteria")
            if each.measure == "rating" and not by_fit(self.dossier, each):
                for vendor in self.dossier.vendors:
                    mean = rating_of(self.dossier, vendor, each).mean
                    self._single("rating", vendor, each.name, "rating", "1 to 5", mean, "sheet evidence, weighed")
        if self.dossier.fit_read:
            topics = float(len({each.topic for each in self.dossier.fit_read}))
            self._single("topics", "sheet fit", "", "number", "pains", topics, "sheet fit")
        for each in self.dossier.fit_read:
            if each.share.fixed:
                self._single("fit", each.vendor, each.topic, "share", "share removed", each.share.likely, each.kind)
            else:
                self._words("fit", each.vendor, each.topic, "share", "share removed", each.kind, "")
                low_high = [each.share.low, each.share.likely, each.share.high]
                self._range("fit", each.vendor, each.topic, "share", low_high)

    def _figure(self, kind: str, owner: str, item: str, field: str, unit: str, figure: Figure) -> None:
        """A row for each claim; where there are several, a row with their mean behind them."""
        rows = []
        for number, claim in enumerate(figure.claims, 1):
            told = field if len(figure.claims) == 1 else f"{field}, source {number}"
            each, source = claim.estimate, claim.source or NONE_GIVEN
            if each.fixed:
                self._single(kind, owner, item, told, unit, each.likely, source, date=claim.date)
            else:
                self._words(kind, owner, item, told, unit, source, claim.date)
                self._range(kind, owner, item, told, [each.low, each.likely, each.high])
            self.sheet.text(self.row, 16, each.shape, "quiet")
            rows.append(self.row)
        if len(rows) > 1:
            self._words(kind, owner, item, field, unit, "mean of the sources above", "")
            means = [value_of(figure, scenario) for scenario in SCENARIOS]
            for j, (letter, value) in enumerate(zip("FGH", means, strict=True)):
                self.sheet.formula(self.row, 6 + j, f"=AVERAGE({letter}{rows[0]}:{letter}{rows[-1]})", value)
            self._in_use(kind, owner, item, field, means[self.which])

    def _range(self, kind: str, owner: str, item: str, field: str, numbers: list[float]) -> None:
        r = self.row
        for j, value in enumerate(numbers):
            self.sheet.number(r, 6 + j, value, NUMBER, "input")
            self.sheet.number(r, 12 + j, value, NUMBER, "quiet")
        self._in_use(kind, owner, item, field, numbers[self.which])
        self.sheet.formula(r, 15, f"=(F{r}<>L{r})+(G{r}<>M{r})+(H{r}<>N{r})", 0.0, '[=0]"";"changed"', "quiet")

    def _single(
        self,
        kind: str,
        owner: str,
        item: str,
        field: str,
        unit: str,
        value: float,
        source: str,
        form: str = NUMBER,
        date: str = "",
    ) -> None:
        """A number without a range; low and high follow it."""
        self._words(kind, owner, item, field, unit, source, date)
        r = self.row
        self.sheet.number(r, 7, value, form, "input")
        self.sheet.number(r, 13, value, form, "quiet")
        for column in (6, 8):
            self.sheet.formula(r, column, f"=G{r}", value, form, "quiet")
        self._in_use(kind, owner, item, field, value, form)
        self.sheet.formula(r, 15, f"=(G{r}<>M{r})+Zero", 0.0, '[=0]"";"changed"', "quiet")

    def _words(self, kind: str, owner: str, item: str, field: str, unit: str, source: str, date: str) -> None:
        self.row += 1
        for j, text in ((1, kind), (2, owner), (3, item), (4, field), (5, unit), (10, source), (11, date)):
            self.sheet.text(self.row, j, text, "wrap")

    def _in_use(self, kind: str, owner: str, item: str, field: str, value: float, form: str = NUMBER) -> None:
        r = self.row
        key = (kind, owner, item, field)
        self.at[key] = self.sheet.formula(r, 9, f"=INDEX(F{r}:H{r},ScenarioNumber)", value, form)
        self.value[key] = float(np.float64(value))
