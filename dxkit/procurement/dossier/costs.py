"""Reads the sheets costs and benefits: their lines, and what several sources say of one line."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from dxkit.files.cells import normal
from dxkit.files.errors import Faults, suggest
from dxkit.files.summary_rows import is_total
from dxkit.files.table import Table
from dxkit.procurement.dossier.clauses import billing, check_clauses, differing, read_clauses
from dxkit.procurement.dossier.columns import Row, rows_of
from dxkit.procurement.dossier.dossier import Figure, Line
from dxkit.procurement.dossier.drivers import no_driver
from dxkit.procurement.dossier.estimates import amount_of, claim_of, single
from dxkit.procurement.dossier.steps import TIERS, Steps
from dxkit.procurement.dossier.units import CREDIT, MONEY, RATE

_SAME = (  # in all rows of one line
    *("category", "timing", "per", "growth", "ratchet", "billed", "advance", "rises", "committed", "currency"),
    *("ledger", "tier_kind"),
)
_ALIKE = ("vendor", "timing", "from_month", "to_month", "per", "currency", "ledger")  # lines that a total adds up


def read_lines(
    table: Table | None,
    drivers: Sequence[str],
    decision: Mapping[str, object],
    steps: Steps,
    faults: Faults,
    vendors: Sequence[str] | None = None,
) -> list[Line]:
    """The lines of cost, or of benefit where the vendors are known by their costs. Rows of one line with other figures
    are claims on the same figure."""
    benefit = vendors is not None  # costs and benefits may have lines of one name
    lines: dict[tuple[str, str], tuple[Row, Line]] = {}
    rows = rows_of(table, faults)
    for row in rows:
        _check_names(row, vendors)
        _check_drivers(row, drivers, decision)
        line = _line(row, drivers, decision, steps if not benefit else Steps(), benefit)
        if line is not None:
            _add(lines, row, line)
    _check_likeness(lines)
    check_totals(rows)
    return [line for _, line in lines.values()]


def _line(row: Row, drivers: Sequence[str], decision: Mapping[str, object], steps: Steps, benefit: bool) -> Line | None:
    """The line of a row; None where its amount is at fault."""
    currency, horizon = str(decision["currency"]), int(str(decision["horizon_years"]).split(".")[0])
    vendor, name = row["vendor"], row["line"]
    label = f"{vendor}: {'benefit ' if benefit else ''}{name}"
    key = f"{'benefit' if benefit else 'cost'}|{vendor}|{name}"
    growth = _growth(row, drivers, f"{label}: growth", f"{key}|growth")
    clauses = read_clauses(row, label, key)
    check_clauses(row, clauses, steps, horizon)
    unit = CREDIT if row["category"] == "credit" else MONEY
    stepped = any((vendor, name, what) in steps for what in (*TIERS, "price"))
    amount = None if stepped else amount_of(row, unit)
    if amount is None and not stepped:
        return None
    months, advance = billing(row)
    claims = () if amount is None else (claim_of(row, amount),)
    foreign = row["currency"].casefold() not in ("", currency.casefold())
    kind = next((kind for kind in TIERS if (vendor, name, kind) in steps), "")
    return Line(
        vendor=vendor,
        line=name,
        category=row["category"],
        timing=row["timing"],
        per=row["per"],
        amount=Figure(label=label, key=f"{key}|amount", unit=unit, claims=claims) if claims else None,
        growth=growth,
        clauses=clauses,
        ratchet=row["ratchet"],
        billed=months,
        advance=advance,
        rises=row["rises"] or "yearly",
        committed=row["committed"],
        currency=row["currency"] if foreign and currency else "",
        tiers=steps.of(vendor, name, kind) if kind else (),
        tier_kind=kind,
        prices=steps.of(vendor, name, "price") if (vendor, name, "price") in steps else (),
        adoption=steps.of(vendor, name, "adoption") if row["per"] else (),
        liability=steps.of(vendor, name, "liability"),
        ledger=row.get("ledger"),
        declared=row["declared"],
    )


def _growth(row: Row, drivers: Sequence[str], name: str, key: str) -> Figure | str | None:
    """A yearly rate, or the name of the driver that gives it."""
    text = row["growth"]
    if not text or text in drivers:
        return text or None
    if row.table.number(text)[1]:
        message = f"'{text[:40]}' is neither a yearly rate such as 0.05 nor a driver"
        row.fault("growth", f"{message}; {suggest(text, drivers)}" if drivers else message)
        return None
    return single(row, "growth", RATE, name=name, key=key)


def _check_names(row: Row, vendors: Sequence[str] | None) -> None:
    vendor = row["vendor"]
    if not vendor:
        row.fault("vendor", "the vendor is empty; write its name in each row")
    elif vendors is not None and vendor not in vendors:
        row.fault("vendor", f"'{vendor[:40]}' has no line in sheet costs; {suggest(vendor, vendors)}")
    if not row["line"]:
        row.fault("line", "the cell is empty; give the line a name")


def _check_drivers(row: Row, drivers: Sequence[str], decision: Mapping[str, object]) -> None:
    currency, own = row["currency"], str(decision["currency"])
    if row["per"] and row["per"] not in drivers:
        row.fault("per", no_driver(row["per"], drivers))
    if currency and own and currency.casefold() != own.casefold() and rate_name(own, currency) not in drivers:
        message = f"'{currency[:10]}' is not the dossier's currency {own}"
        row.fault("currency", f"{message}; add a driver called {rate_name(own, currency)}")


def rate_name(own: str, foreign: str) -> str:
    """What the driver is called that holds a rate of exchange.

    >>> rate_name("EUR", "USD")
    'EUR per USD'
    """
    return f"{own} per {foreign}"


def _add(lines: dict[tuple[str, str], tuple[Row, Line]], row: Row, line: Line) -> None:
    """A further row of a line is another claim on its figure, if all else is the same."""
    key = (line.vendor, line.line)
    if key not in lines:
        lines[key] = (row, line)
        return
    first, earlier = lines[key]
    others = differing(earlier, line, _SAME)
    if others or earlier.amount is None or line.amount is None:
        column = "billed" if others and others[0] == "advance" else others[0] if others else "line"
        another = f", with another {column}" if others else "; its figures are in sheet steps"
        message = f"row {first.number} holds this line too{another}"
        row.fault(column, f"{message}; rows of one line are sources of one figure, so make it equal")
        return
    amount = replace(earlier.amount, claims=earlier.amount.claims + line.amount.claims)
    lines[key] = (first, replace(earlier, amount=amount, declared=earlier.declared or line.declared))


def _check_likeness(lines: Mapping[tuple[str, str], tuple[Row, Line]]) -> None:
    """Names that look alike are one, spelled in two ways; a total among the lines of a vendor counts twice."""
    spelled: dict[tuple[str, ...], str] = {}
    count_of = Counter(vendor for vendor, _ in lines)
    for (vendor, name), (row, _) in lines.items():
        for column, text, key in (("vendor", vendor, (normal(vendor),)), ("line", name, (vendor, normal(name)))):
            if (other := spelled.setdefault(key, text)) != text:
                both = f"'{text[:40]}' and '{other[:40]}'"
                row.fault(column, f"{both} look like one {column}; spell it one way")
        if count_of[vendor] > 1 and is_total(name):
            row.fault("line", "this looks like a total beside other lines; delete it, totals are computed")


def check_totals(rows: Sequence[Row]) -> None:
    """A fault for each likely amount that equals, to half of its last written digit, the sum of the lines above it.

    These are the two or more lines of the same vendor, timing, months, driver and currency since the first, or since
    the last total: the third year of a ramp may well cost what the first two did. A line that says in `declared` why it
    is none is left alone.
    """
    open_: dict[tuple[str, ...], list[float]] = {}
    seen = set()
    for row in rows:
        if (line := (row["vendor"], row["line"])) in seen:
            continue  # a further source of the same line
        seen.add(line)
        amount, problem = row.table.number(row["likely"]) if row["likely"] else (0.0, "empty")
        if problem:
            continue
        key = tuple(row.get(name) for name in _ALIKE)
        above = open_.setdefault(key, [])
        if len(above) > 1 and amount and not row["declared"] and abs(amount - sum(above)) <= _half_digit(row["likely"]):
            listed = " + ".join(f"{each:,.15g}" for each in above[:4]) + (" + ..." if len(above) > 4 else "")
            message = f"{amount:,.15g} is the sum of the lines above it ({listed})"
            row.fault("likely", f"{message}; delete the total, or say in column declared why it is none")
            above.clear()
        else:
            above.append(amount)


def _half_digit(text: str) -> float:
    """Half a unit of the last digit of a number as it is written.

    >>> _half_digit("1500"), _half_digit("0.25"), _half_digit("1,5")
    (0.5, 0.005, 0.05)
    """
    digits = text.rstrip("%").strip()
    decimal = max(digits.rfind("."), digits.rfind(","))
    return 0.5 * 10.0 ** -(len(digits) - decimal - 1 if decimal >= 0 else 0)
