"""Criteria, evidence and fit of a dossier as they were judged, every fault with its cell.

See docs/tables.md, "Decision"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from dxkit.files.cells import number
from dxkit.files.errors import Faults, suggest
from dxkit.files.table import Table
from dxkit.procurement.dossier.columns import AMOUNT, Row, day_of, estimate_in, rows_of
from dxkit.statistics.estimate import Estimate, estimate

MUSTS = ("pass", "fail", "unknown")
RATINGS = (1.0, 5.0)
MONEY_MEASURES = ("tco", "exit_cost", "cost")
WEIGHTS = ("weight", "worth", "order")  # the ways of saying how much a criterion counts; a sheet has one of them
FIT_NAMES = ("feature fit", "fit")  # a criterion of this name may rest on sheet fit instead of ratings


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """What is judged: its swing weight, the values that count as worst and best, and whether it must be met.

    weight: any unit, or money where `kind` is worth; None where it has none, or where the order alone is known.
    """

    name: str
    weight: Estimate | None
    worst: float
    best: float
    measure: str
    must: bool = False
    kind: str = "weight"
    order: int = 0

    @property
    def weighted(self) -> bool:
        return self.weight is not None or self.order > 0

    @property
    def money(self) -> bool:
        return self.measure in MONEY_MEASURES


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One person's judgement of a vendor on a criterion: a rating from 1 to 5, or pass, fail, unknown."""

    vendor: str
    criterion: str
    rating: float
    verdict: str
    kind: str
    rater: str
    day: date | None
    trial_week: float
    similar: bool


@dataclass(frozen=True, kw_only=True)
class Fit:
    """The share of a pain that a vendor removes, and how that is known."""

    vendor: str
    topic: str
    share: Estimate
    kind: str


def read_criteria(table: Table | None, faults: Faults) -> tuple[Criterion, ...]:
    """The criteria in their order. A must-have may go without weight; money needs its worst and best named."""
    criteria: dict[str, Criterion] = {}
    rows = rows_of(table, faults)
    kind = _kind(rows)
    for row in rows:
        name, worst, best = row["criterion"], row["worst"], row["best"]
        if not name or name in criteria:
            twice = f"the criterion '{name[:40]}' appears twice; keep one row"
            message = twice if name else "the cell is empty; give the criterion a name"
            row.fault("criterion", message)
            continue
        money = row["measure"] in MONEY_MEASURES
        if money and (np.isnan(worst) or np.isnan(best)) and (kind == "worth" or row.filled(kind)):
            column = "worst" if np.isnan(worst) else "best"
            row.fault(column, "money needs the amounts that count as worst and best; write both")
            worst, best = RATINGS[::-1]
        worst, best = (RATINGS[0] if np.isnan(worst) else worst), (RATINGS[1] if np.isnan(best) else best)
        if worst == best:
            row.fault("best", f"worst and best are both {worst:g}; they must differ")
        elif money and best > worst:
            message = f"for money less is better: best {best:g} must lie below worst {worst:g}"
            row.fault("best", message)
        order = 0
        if kind == "order":
            weight, order = None, _order(row)
        elif kind == "worth" and money:
            weight = estimate(abs(worst - best))
            if row.filled("worth"):
                message = f"money is worth worst less best, {worst - best:,.15g}; leave the cell empty"
                row.fault("worth", message)
        else:
            weight = _weight(row, kind)
        if weight is None and not order and not row["must"] and not row.filled(kind):
            message = f"the cell is empty; write a {kind} such as 20, or yes in the column must"
            row.fault(kind, message)
        measure, must = row["measure"], row["must"]
        made = Criterion(
            name=name, weight=weight, worst=worst, best=best, measure=measure, must=must, kind=kind, order=order
        )
        criteria[name] = made
    ordered = sorted(each.order for each in criteria.values() if each.order)
    if ordered and ordered != list(range(1, len(ordered) + 1)):
        rows[0].fault("order", f"write 1 to {len(ordered)}, each once: 1 counts most")
    return tuple(criteria.values())


def _kind(rows: Sequence[Row]) -> str:
    """How the sheet says what counts how much: weight, worth or order."""
    used = {kind: row for kind in WEIGHTS for row in reversed(rows) if row.filled(kind)}  # the first that has it
    found = list(used)
    for other in found[1:]:
        message = f"column {found[0]} is filled too; a sheet has one kind of weight"
        used[other].fault(other, message)
    return found[0] if found else "weight"


def _order(row: Row) -> int:
    order = row["order"]
    if np.isnan(order):
        return 0
    if order < 1 or order != int(order):
        row.fault("order", f"{order:g}: write a whole number, 1 for what counts most")
        return 0
    return int(order)


def _weight(row: Row, kind: str) -> Estimate | None:
    columns = [f"{kind}_low", kind, f"{kind}_high"]
    numbers = [row[column] for column in columns]
    if np.isnan(numbers[1]):
        return None
    for column, value in zip(columns, numbers, strict=True):
        if value < 0:
            row.fault(column, f"{value:g} is too small; write 0 or more")
            return None
    return estimate_in(row, columns, numbers)


def read_evidence(
    table: Table | None, criteria: Sequence[Criterion], vendors: Sequence[str], faults: Faults
) -> tuple[Evidence, ...]:
    """The judgements in their order."""
    known = {criterion.name: criterion for criterion in criteria}
    names = list(known)
    evidence = []
    for row in rows_of(table, faults):
        _check_known(row, "vendor", vendors)
        if names:
            _check_known(row, "criterion", names)
        rating, verdict = _rating(row, known.get(row["criterion"]))
        evidence.append(
            Evidence(
                vendor=row["vendor"],
                criterion=row["criterion"],
                rating=rating,
                verdict=verdict,
                kind=row["kind"],
                rater=row["rater"],
                day=_day(row),
                trial_week=row["trial_week"],
                similar=row["similar_environment"],
            )
        )
    return tuple(evidence)


def read_fit(table: Table | None, vendors: Sequence[str], faults: Faults) -> tuple[Fit, ...]:
    """The shares of pain that vendors remove."""
    fits, pairs = [], set()
    for row in rows_of(table, faults):
        vendor, topic = row["vendor"], row["topic"]
        _check_known(row, "vendor", vendors)
        if (vendor, topic) in pairs:
            row.fault("topic", f"'{topic[:40]}' appears twice for {vendor[:40]}; keep one row")
        pairs.add((vendor, topic))
        numbers = [row[name] for name in AMOUNT]
        share = None if np.isnan(row["likely"]) else estimate_in(row, AMOUNT, numbers)
        if share is not None:
            fits.append(Fit(vendor=vendor, topic=topic, share=share, kind=row["kind"]))
    return tuple(fits)


def _check_known(row: Row, column: str, known: Sequence[str]) -> None:
    if (name := row[column]) not in known:
        where = "sheet costs" if column == "vendor" else "sheet criteria"
        row.fault(column, f"'{name[:40]}' is not in {where}; {suggest(name, known)}")


def _rating(row: Row, criterion: Criterion | None) -> tuple[float, str]:
    """A rating in the criterion's own unit, or a verdict."""
    text = row["rating"]
    if text.casefold() in MUSTS:
        return np.nan, text.casefold()
    own = criterion is not None and not criterion.money and criterion.name.casefold() not in FIT_NAMES
    low, high = sorted((criterion.worst, criterion.best)) if own and criterion is not None else RATINGS
    low, high = (low, high) if low < high else RATINGS  # else the anchors are at fault, which is said
    value, problem = number(text) if text else (np.nan, "empty")
    if problem or not low <= value <= high:
        row.fault("rating", f"write a rating from {low:g} to {high:g}, or pass, fail or unknown")
        return np.nan, ""
    return value, ""


def _day(row: Row) -> date | None:
    day = day_of(row["date"])
    if row["date"] and day is None:
        row.fault("date", "write the day as 2026-11-30")
    return day
