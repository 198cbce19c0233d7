"""What a figure is a number of, and so between which bounds it lies.

See docs/tables.md, "Units"."""

from dataclasses import dataclass

MOST = 1e15  # beyond it somebody leant on a key


@dataclass(frozen=True)
class Unit:
    """Bounds that belong to every figure of a kind, and what to write instead of one beyond them."""

    name: str
    low: float
    high: float
    rule: str
    whole: bool = False

    def problem(self, value: float) -> str | None:
        """What is wrong with a value; None where nothing is.

        >>> SHARE.problem(95.0)
        '95: a share lies between 0 and 1; write 0.95 for 95%'
        >>> MONTHS.problem(3.5), SHARE.problem(1.0)
        ('3.5: months are whole numbers from 0 to 120', None)
        """
        if abs(value) > MOST:
            return f"{value:g} is too large to be meant"
        if self.low <= value <= self.high and (not self.whole or value == int(value)):
            return None
        percent = f"; write {value / 100:g} for {value:g}%" if self in PERCENT and 1 <= value <= 100 else ""
        return f"{value:g}: {self.rule}{percent}"


SHARE = Unit("share", 0.0, 1.0, "a share lies between 0 and 1")
RATE = Unit("rate a year", -0.99, 1.0, "a yearly rate lies between -0.99 and 1")
HAZARD = Unit("chance a year", 0.0, 1.0, "a hazard lies between 0 and 1 a year")
CAP = Unit("highest rate a year", 0.0, 1.0, "the highest rise lies between 0 and 1 a year")
DISCOUNT = Unit("discount rate", 0.0, 0.99, "a discount rate lies between 0 and 0.99")
FACTOR = Unit("factor", 1.0, 5.0, "a factor lies between 1 and 5")
MONTHS = Unit("months", 0.0, 120.0, "months are whole numbers from 0 to 120", whole=True)
MONEY = Unit(
    "money", 0.0, MOST, "money is 0 or more; write a negative amount as category credit, a saving as a benefit"
)
CREDIT = Unit("credit", -MOST, 0.0, "a credit is 0 or less; write a cost in another category")
COUNT = Unit("number", 0.0, MOST, "a number of things is 0 or more")
DAYS = Unit("days", 0.0, MOST, "days are 0 or more")
HOURS = Unit("hours", 0.0, MOST, "hours are 0 or more")
YEARS = Unit("years", 0.0, 100.0, "years lie between 0 and 100")
SWITCH = Unit("1 or 0", 0.0, 1.0, "write 1 for yes or 0 for no", whole=True)
PERCENT = (SHARE, RATE, HAZARD, CAP, DISCOUNT)
CLAUSE_UNITS = {
    "growth": RATE,
    "from_month": MONTHS,
    "to_month": MONTHS,
    "minimum": COUNT,
    "included": COUNT,
    "overage": MONEY,
    "uplift_cap": CAP,
    "term_months": MONTHS,
    "block": COUNT,
    "chance": SHARE,
}
CLAUSES = tuple(CLAUSE_UNITS)
