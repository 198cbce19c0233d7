"""Criteria, evidence and fit of a dossier as they were judged, every fault with its cell.

See docs/tables.md, "Decision"."""

from __future__ import annotations

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
    if table is None:
        return ()
    criteria: dict[str, Criterion] = {}
    rows = rows_of(table, faults)
    kind = _kind(table, rows, faults)
    for i, row in enumerate(rows):
        name, worst, best = row["criterion"], row["worst"], row["best"]
        if not name or name in criteria:
            twice = f"the criterion '{name[:40]}' appears twice; keep one row"
            message = twice if name else "the cell is empty; give the criterion a name"
            table.fault(faults, i, "criterion", message)
            continue
        money = row["measure"] in MONEY_MEASURES
        if money and (np.isnan(worst) or np.isnan(best)) and (kind == "worth" or _filled(table, i, kind)):
            column = "worst" if np.isnan(worst) else "best"
            table.fault(faults, i, column, "money needs the amounts that count as worst and best; write both")
            worst, best = RATINGS[::-1]
        worst, best = (RATINGS[0] if np.isnan(worst) else worst), (RATINGS[1] if np.isnan(best) else best)
        if worst == best:
            table.fault(faults, i, "best", f"worst and best are both {worst:g}; they must differ")
        elif money and best > worst:
            message = f"for money less is better: best {best:g} must lie below worst {worst:g}"
            table.fault(faults, i, "best", message)
        order = 0
        if kind == "order":
            weight, order = None, _order(table, i, row, faults)
        elif kind == "worth" and money:
            weight = estimate(abs(worst - best))
            if _filled(table, i, "worth"):
                message = f"money is worth worst less best, {worst - best:,.15g}; leave the cell empty"
                table.fault(faults, i, "worth", message)
        else:
            weight = _weight(table, i, row, kind, faults)
        if weight is None and not order and not row["must"] and not _filled(table, i, kind):
            message = f"the cell is empty; write a {kind} such as 20, or yes in the column must"
            table.fault(faults, i, kind, message)
        measure, must = row["measure"], row["must"]
        made = Criterion(
            name=name, weight=weight, worst=worst, best=best, measure=measure, must=must, kind=kind, order=order
        )
        criteria[name] = made
    ordered = sorted(each.order for each in criteria.values() if each.order)
    if ordered and ordered != list(range(1, len(ordered) + 1)):
        table.fault(faults, 0, "order", f"write 1 to {len(ordered)}, each once: 1 counts most")
    return tuple(criteria.values())


def _filled(table: Table, i: int, column: str) -> bool:
    return bool(table.text(column)[i])


def _kind(table: Table, rows: Sequence[Row], faults: Faults) -> str:
    """How the sheet says what counts how much: weight, worth or order."""
    used = {kind: next((i for i in range(len(rows)) if _filled(table, i, kind)), -1) for kind in WEIGHTS}
    found = [kind for kind in WEIGHTS if used[kind] >= 0]
    for other in found[1:]:
        message = f"column {found[0]} is filled too; a sheet has one kind of weight"
        table.fault(faults, used[other], other, message)
    return found[0] if found else "weight"


def _order(table: Table, i: int, row: Row, faults: Faults) -> int:
    order = row["order"]
    if np.isnan(order):
        return 0
    if order < 1 or order != int(order):
        table.fault(faults, i, "order", f"{order:g}: write a whole number, 1 for what counts most")
        return 0
    return int(order)


def _weight(table: Table, i: int, row: Row, kind: str, faults: Faults) -> Estimate | None:
    columns = [f"{kind}_low", kind, f"{kind}_high"]
    numbers = [row[column] for column in columns]
    if np.isnan(numbers[1]):
        return None
    for column, value in zip(columns, numbers, strict=True):
        if value < 0:
            table.fault(faults, i, column, f"{value:g} is too small; write 0 or more")
            return None
    return estimate_in(table, i, columns, numbers, faults)


def read_evidence(
    table: Table | None, criteria: Sequence[Criterion], vendors: Sequence[str], faults: Faults
) -> tuple[Evidence, ...]:
    """The judgements in their order."""
    if table is None:
        return ()
    known = {criterion.name: criterion for criterion in criteria}
    names = list(known)
    evidence = []
    for i, row in enumerate(rows_of(table, faults)):
        _check_known(table, i, "vendor", row["vendor"], vendors, faults)
        if names:
            _check_known(table, i, "criterion", row["criterion"], names, faults)
        rating, verdict = _rating(table, i, row["rating"], known.get(row["criterion"]), faults)
        evidence.append(
            Evidence(
                vendor=row["vendor"],
                criterion=row["criterion"],
                rating=rating,
                verdict=verdict,
                kind=row["kind"],
                rater=row["rater"],
                day=_day(table, i, row["date"], faults),
                trial_week=row["trial_week"],
                similar=row["similar_environment"],
            )
        )
    return tuple(evidence)


def read_fit(table: Table | None, vendors: Sequence[str], faults: Faults) -> tuple[Fit, ...]:
    """The shares of pain that vendors remove."""
    if table is None:
        return ()
    fits, pairs = [], set()
    for i, row in enumerate(rows_of(table, faults)):
        vendor, topic = row["vendor"], row["topic"]
        _check_known(table, i, "vendor", vendor, vendors, faults)
        if (vendor, topic) in pairs:
            table.fault(faults, i, "topic", f"'{topic[:40]}' appears twice for {vendor[:40]}; keep one row")
        pairs.add((vendor, topic))
        numbers = [row[name] for name in AMOUNT]
        share = None if np.isnan(row["likely"]) else estimate_in(table, i, AMOUNT, numbers, faults)
        if share is not None:
            fits.append(Fit(vendor=vendor, topic=topic, share=share, kind=row["kind"]))
    return tuple(fits)


def _check_known(table: Table, i: int, column: str, name: str, known: Sequence[str], faults: Faults) -> None:
    if name not in known:
        where = "sheet costs" if column == "vendor" else "sheet criteria"
        table.fault(faults, i, column, f"'{name[:40]}' is not in {where}; {suggest(name, known)}")


def _rating(table: Table, i: int, text: str, criterion: Criterion | None, faults: Faults) -> tuple[float, str]:
    """A rating in the criterion's own unit, or a verdict."""
    if text.casefold() in MUSTS:
        return np.nan, text.casefold()
    own = criterion is not None and not criterion.money and criterion.name.casefold() not in FIT_NAMES
    low, high = sorted((criterion.worst, criterion.best)) if own and criterion is not None else RATINGS
    low, high = (low, high) if low < high else RATINGS  # else the anchors are at fault, which is said
    value, problem = number(text) if text else (np.nan, "empty")
    if problem or not low <= value <= high:
        table.fault(faults, i, "rating", f"write a rating from {low:g} to {high:g}, or pass, fail or unknown")
        return np.nan, ""
    return value, ""


def _day(table: Table, i: int, text: str, faults: Faults) -> date | None:
    day = day_of(text)
    if text and day is None:
        table.fault(faults, i, "date", "write the day as 2026-11-30")
    return day
