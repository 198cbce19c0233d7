"""What each line of a vendor serves and what falls due for it, month by month: the one schedule that everything reads.

See docs/methods/ownership_cost.md, "The payment schedule"."""

from collections.abc import Iterable, Sequence

import numpy as np

from dxkit.procurement.cost.expressions import (
    LABEL,
    Expr,
    Input,
    Largest,
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
    remainder,
    total,
    where,
)
from dxkit.procurement.dossier.costs import rate_name
from dxkit.procurement.dossier.dossier import Dossier, Driver, Figure, Line, Step
from dxkit.procurement.dossier.leaving_inputs import assumed

MONTH, YEAR, AGE = Row(LABEL), Row("year"), Row("contract year")
_A_LITTLE = 1 + 1e-12  # how far units must lie above the start of a tier, so that rounding opens none


def exit_figure(dossier: Dossier, vendor: str, name: str) -> tuple[Figure, str]:
    """An input of leaving for a vendor: its own, that of all, or what is assumed; and the driver that multiplies it."""
    for owner in (vendor, "all"):
        if (figure := dossier.exit.get((owner, name))) is not None:
            return figure, dossier.exit_per.get((owner, name), "")
    return exit_figure(dossier, vendor, "term_months") if name == "renewal_months" else (assumed(name), "")


def term_of(dossier: Dossier, line: Line | None, vendor: str) -> tuple[Figure, Figure]:
    """The term of a line and the length of each renewal: its own, or else those of its vendor."""
    if line is not None and "term_months" in line.clauses:
        return line.clauses["term_months"], line.clauses["term_months"]
    return exit_figure(dossier, vendor, "term_months")[0], exit_figure(dossier, vendor, "renewal_months")[0]


def months_needed(dossier: Dossier, vendor: str) -> int:
    """The last month that any formula looks at: what is owed may reach beyond the horizon."""
    terms = [term_of(dossier, line, vendor) for line in (None, *dossier.lines_of(vendor))]
    longest = max(figure.claims[0].estimate.high for pair in terms for figure in pair)
    overlap = max(claim.estimate.high for claim in exit_figure(dossier, vendor, "overlap_months")[0].claims)
    return 12 * dossier.horizon + int(np.ceil(max(longest, overlap))) + 12


def month_sheet(
    dossier: Dossier, vendor: str, more_drivers: Iterable[str] = (), *, moved: int = 0, spare: int = 0
) -> Sheet:
    """The schedule of a vendor by month, 0 being the start. `spare` lines are for a workbook's reader to fill in.

    `moved` is the month of the calendar at which the contract begins: its clauses then run from there, the drivers stay
    on the calendar, and it pays until the horizon ends.
    """
    costs = dossier.lines_of(vendor)
    gains = [line for line in dossier.benefits if line.vendor == vendor] if not moved else []
    last = 12 * dossier.horizon - moved
    labels = np.arange((max(last, 12) if moved else months_needed(dossier, vendor)) + 1.0)
    sheet = Sheet(vendor if not moved else f"{vendor} from {moved}", labels)
    rows = sheet.rows
    rows["contract year"] = floor((most(MONTH, 1) - 1) / 12)
    rows["year"] = floor((most(MONTH, 1) - 1 + moved) / 12) if moved else AGE
    rates = [rate_name(dossier.currency, line.currency) for line in (*costs, *gains) if line.currency]
    for name in dict.fromkeys([line.per for line in (*costs, *gains) if line.per] + rates + [*more_drivers]):
        rows[f"driver|{name}"] = grown(dossier, dossier.drivers[name])
    for line in (*costs, *gains):
        _add_line(sheet, dossier, line, last)
    for number in range(1, spare + 1):
        _add_spare(sheet, vendor, number, last)
    _add_money(sheet, dossier, costs, gains, moved, last, [spare_key(vendor, k) for k in range(1, spare + 1)])
    return sheet


def spare_key(vendor: str, number: int) -> str:
    return f"finance|{vendor}|{number}"


def _add_spare(sheet: Sheet, vendor: str, number: int, last: int) -> None:
    """A line that is filled in by hand, paid monthly in arrears, or once where months is 0."""
    key = spare_key(vendor, number)
    start, end, money, months = (Input(f"{key}|{name}") for name in ("from", "to", "money", "months"))
    active = (MONTH >= start) * (MONTH <= end) * (months > 0)
    sheet.rows[f"{key}|service"] = active * money / most(months, 1)
    sheet.rows[f"{key}|once"] = equal(months, 0) * equal(MONTH, most(start - 1, 0)) * (MONTH <= last) * money
    sheet.rows[f"{key}|paid"] = Row(f"{key}|service") * (MONTH <= last) + Row(f"{key}|once")


def grown(dossier: Dossier, driver: Driver) -> Expr:
    """A driver by month, which moves by the year."""
    start, growth = Input(driver.amount.key), dossier.growth_of(driver)
    return start if growth is None else start * (1 + Input(growth.key)) ** YEAR


def _add_line(sheet: Sheet, dossier: Dossier, line: Line, last: int) -> None:
    """The rows of a line: units, service, what of it is committed, and what is paid."""
    key, rows = line.key, sheet.rows
    start: Operand = Input(line.clauses["from_month"].key) if "from_month" in line.clauses else 1
    if line.adoption:
        rows[f"{key}|adoption"] = level_of(line.adoption, MONTH)
    if line.prices:
        rows[f"{key}|price"] = level_of(line.prices, MONTH)
    if line.per:
        rows[f"{key}|units"] = _units(
            line, Row(f"driver|{line.per}") * (Row(f"{key}|adoption") if line.adoption else 1)
        )
        if line.ratchet:
            rows[f"{key}|billed units"] = Largest(f"{key}|units")
    if line.once:
        here = {name: Sum(name, start - 1, start) for name in rows}
        money = _charge(line, here.get(_units_row(line), 1), here.get(f"{key}|price"))
        money = money * _factors(dossier, line, lambda name: here[name])
        rows[f"{key}|service"] = equal(MONTH, start) * money
        rows[f"{key}|paid"] = equal(MONTH, start - 1) * money
        return
    active = (MONTH >= start) * (MONTH <= Input(line.clauses["to_month"].key) if "to_month" in line.clauses else 1)
    active = active / (12 if line.timing == "yearly" else 1)
    factor = active * _rise(dossier, line) * _factors(dossier, line, Row)
    rows[f"{key}|factor"] = factor
    price = Row(f"{key}|price") if line.prices else None
    rows[f"{key}|service"] = Row(f"{key}|factor") * _charge(line, Row(_units_row(line)) if line.per else 1, price)
    if line.paid_to_vendor and commitment(line) == "minimum":
        floor_ = _units(line, 0.0) if line.per else 1
        rows[f"{key}|committed"] = Row(f"{key}|factor") * _charge(line, floor_, price)
    rows[f"{key}|paid"] = _paid(dossier, line, start, last)


def commitment(line: Line) -> str:
    """What is committed: all that is served, the minimum, or none."""
    return line.committed or ("minimum" if "included" in line.clauses else "all")


def _units_row(line: Line) -> str:
    return f"{line.key}|billed units" if line.ratchet else f"{line.key}|units"


def level_of(steps: Sequence[Step], month: Expr) -> Expr:
    """What holds in a month from each step on, nothing before the first: the sum of what each step adds."""
    added, before = [], None
    for step in steps:
        here = Input(step.amount.key)
        added.append((month >= Input(step.start.key)) * (here if before is None else here - before))
        before = here
    return total(added)


def _units(line: Line, asked: Operand) -> Expr:
    """Units that are billed: at least the minimum, in whole packs."""
    clauses = line.clauses
    if "minimum" in clauses:
        asked = most(asked, Input(clauses["minimum"].key))
    if "block" in clauses:
        block = Input(clauses["block"].key)
        asked = ceiling(asked / block) * block
    return formula(asked)


def _charge(line: Line, units: Operand, price: Expr | None) -> Expr:
    """Money for the units of a month or year, at the prices of the start."""
    if line.tiers:
        return _tiered(line, units)
    amount = price if price is not None else Input(line.amount.key) if line.amount else Input("")
    if "included" in line.clauses:
        included, overage = (Input(line.clauses[name].key) for name in ("included", "overage"))
        return amount + overage * most(units - included, 0)
    return amount * units


def _tiered(line: Line, units: Operand) -> Expr:
    """Tiers as the sum of what each adds once the units lie above its start."""
    parts, price, fixed = [], 0.0, 0.0
    for step in line.tiers:
        start, here = Input(step.start.key), Input(step.amount.key)
        more: Operand = here - price if price else here
        own: Operand = Input(step.fixed.key) if step.fixed else 0.0
        if line.tier_kind == "graduated":
            money = more * (units - start) + own
        elif line.tier_kind == "volume":
            money = more * units + (own - fixed if fixed or own else 0.0)
        else:
            money = more
        parts.append((units > start * _A_LITTLE) * money)
        price, fixed = here, own
    return total(parts)


def _rise(dossier: Dossier, line: Line) -> Operand:
    """How much dearer a month is than the first."""
    growth = dossier.growth_of(line)
    if growth is None:
        return 1
    rate: Operand = Input(growth.key)
    if "uplift_cap" in line.clauses:
        rate = least(rate, Input(line.clauses["uplift_cap"].key))
    times: Operand = AGE
    if line.rises == "renewal":
        term = Input(term_of(dossier, line, line.vendor)[0].key)
        times = where(term > 0, floor((most(MONTH, 1) - 1) / most(term, 1)), AGE)
    return (1 + rate) ** times


def _factors(dossier: Dossier, line: Line, row) -> Operand:
    """Exchange, tax and chance."""
    factor: Operand = 1
    if line.currency:
        factor = row(f"driver|{rate_name(dossier.currency, line.currency)}")
    tax = dossier.numbers["tax"]
    if line.paid_to_vendor and (tax.mean or tax.claims[0].cell):
        factor = factor * (1 + Input(dossier.numbers["tax"].key))
    return factor * Input(line.clauses["chance"].key) if "chance" in line.clauses else factor


def _paid(dossier: Dossier, line: Line, start: Operand, last: int) -> Expr:
    """What falls due at the end of each month; 0 is the start, and nobody pays for service beyond the horizon."""
    service = f"{line.key}|service"
    if line.billed == 1 and not line.advance:
        return Row(service) * (MONTH <= last)
    months: Operand = line.billed or Input(term_of(dossier, line, line.vendor)[0].key)
    since = remainder(MONTH - start + 1, months)
    if line.advance:
        due = equal(since, 0) * (MONTH >= start - 1) * (MONTH < last)
        return due * Sum(service, MONTH, least(MONTH + months, last))
    ends = most(equal(since, 0), equal(MONTH, last)) * (MONTH >= start) * (MONTH <= last)
    return ends * Sum(service, MONTH - where(equal(since, 0), months, since), MONTH)


def _add_money(
    sheet: Sheet,
    dossier: Dossier,
    costs: Sequence[Line],
    gains: Sequence[Line],
    moved: int,
    last: int,
    by_hand: Sequence[str],
) -> None:
    """What is paid in all, and its present value; what the running lines serve, at the discount of its month."""
    rows = sheet.rows
    rate = 1 + Input(dossier.numbers["discount_rate"].key)
    when = MONTH + moved
    if dossier.decision["discounting"] == "year end":
        rows["factor"] = rate ** -ceiling(when / 12)
        rows["factor in advance"] = rate ** -(floor(when / 12) + 1)
        rows["factor once"] = where(when <= 0, 1, Row("factor in advance"))
    else:
        rows["factor"] = rate ** (-when / 12)

    def discounted(lines: Sequence[Line]) -> Expr:
        parts = []
        for name in ("factor", "factor in advance", "factor once"):
            paid = [Row(f"{line.key}|paid") for line in lines if factor_of(dossier, line) == name]
            if paid:
                parts.append(total(paid) * Row(name))
        return total(parts)

    services = [f"{line.key}|service" for line in costs if not line.once] + [f"{key}|service" for key in by_hand]
    rows["running"] = total([Row(name) for name in services]) * (MONTH > 0)
    once = [f"{line.key}|paid" for line in costs if line.once] + [f"{key}|once" for key in by_hand]
    rows["once"] = total([Row(name) for name in once]) * (MONTH <= last)
    rows["paid"] = total([Row(f"{key}|paid") for key in (*(line.key for line in costs), *by_hand)])
    at_once = Row("factor once" if "factor once" in rows else "factor")
    more = [(Row(f"{k}|paid") - Row(f"{k}|once")) * Row("factor") + Row(f"{k}|once") * at_once for k in by_hand]
    rows["present"] = total([discounted(costs), *more])
    rows["served"] = Row("running") * Row("factor") * (MONTH <= last)
    for ledger in dict.fromkeys(line.ledger for line in gains):
        rows[f"gained|{ledger}"] = discounted([line for line in gains if line.ledger == ledger])


def factor_of(dossier: Dossier, line: Line) -> str:
    """The row that discounts the payments of a line."""
    if dossier.decision["discounting"] != "year end":
        return "factor"
    return "factor once" if line.once else "factor in advance" if line.advance else "factor"


def year_of(line: Line, months: np.ndarray) -> np.ndarray:
    """The year that a payment at the end of each month belongs to, 0 being the start."""
    year = np.floor(months / 12) + 1 if line.advance or line.once else np.ceil(months / 12)
    return np.where((months == 0) & line.once, 0, year).astype(int)
