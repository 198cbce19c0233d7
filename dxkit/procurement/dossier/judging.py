"""Criteria, evidence and fit of a dossier as they were judged, every fault with its cell.

See docs/tables.md, "Decision"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from dxkit.files.cells import number
from dxkit.files.errors import DataError, Faults, suggest
from dxkit.files.table import Table
from dxkit.procurement.dossier.columns import Row, day_of, rows_of
from dxkit.statistics.estimate import Estimate, estimate

MUSTS = ("pass", "fail", "unknown")
RATINGS = (1.0, 5.0)
FIT_NAMES = ("feature fit", "fit")  # a criterion of this name may rest on sheet fit instead of ratings


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """What is judged: its swing weight, the values that count as worst and best, and whether it must be met."""

    name: str
    weight: Estimate | None
    worst: float
    best: float
    measure: str
    must: bool = False


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
    for i, row in enumerate(rows_of(table, faults)):
        name, worst, best = row["criterion"], row["worst"], row["best"]
        if not name or name in criteria:
            twice = f"the criterion '{name[:40]}' appears twice; keep one row"
            message = twice if name else "the cell is empty; give the criterion a name"
            table.fault(faults, i, "criterion", message)
            continue
        weight = _weight(table, i, row, faults)
        if weight is None and not row["must"] and np.isnan(row["weight"]):
            table.fault(faults, i, "weight", "the cell is empty; write a weight such as 20, or yes in the column must")
        if row["measure"] != "rating" and weight is not None and (np.isnan(worst) or np.isnan(best)):
            column = "worst" if np.isnan(worst) else "best"
            table.fault(faults, i, column, "money needs the amounts that count as worst and best; write both")
        worst, best = (RATINGS[0] if np.isnan(worst) else worst), (RATINGS[1] if np.isnan(best) else best)
        if worst == best:
            table.fault(faults, i, "best", f"worst and best are both {worst:g}; they must differ")
        criteria[name] = Criterion(
            name=name, weight=weight, worst=worst, best=best, measure=row["measure"], must=row["must"]
        )
    return tuple(criteria.values())


def _weight(table: Table, i: int, row: Row, faults: Faults) -> Estimate | None:
    low, likely, high = row["weight_low"], row["weight"], row["weight_high"]
    if np.isnan(likely):
        return None
    if np.isnan(low) and np.isnan(high):
        return estimate(likely)
    if np.isnan(low) or np.isnan(high):
        column = "weight_low" if np.isnan(low) else "weight_high"
        table.fault(faults, i, column, "weight_low and weight_high go together; fill in both or neither")
        return None
    try:
        return estimate(low, likely, high)
    except DataError as problem:
        table.fault(faults, i, "weight", str(problem))
        return None


def read_evidence(
    table: Table | None, criteria: Sequence[Criterion], vendors: Sequence[str], faults: Faults
) -> tuple[Evidence, ...]:
    """The judgements in their order."""
    if table is None:
        return ()
    names = [criterion.name for criterion in criteria]
    evidence = []
    for i, row in enumerate(rows_of(table, faults)):
        _check_known(table, i, "vendor", row["vendor"], vendors, faults)
        if names:
            _check_known(table, i, "criterion", row["criterion"], names, faults)
        rating, verdict = _rating(table, i, row["rating"], faults)
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
        vendor, topic, low, likely, high = (row[name] for name in ("vendor", "topic", "low", "likely", "high"))
        _check_known(table, i, "vendor", vendor, vendors, faults)
        if (vendor, topic) in pairs:
            table.fault(faults, i, "topic", f"'{topic[:40]}' appears twice for {vendor[:40]}; keep one row")
        pairs.add((vendor, topic))
        if np.isnan(likely):
            continue
        try:
            share = estimate(likely) if np.isnan(low) and np.isnan(high) else estimate(low, likely, high)
        except DataError as problem:
            table.fault(faults, i, "likely", str(problem))
            continue
        fits.append(Fit(vendor=vendor, topic=topic, share=share, kind=row["kind"]))
    return tuple(fits)


def _check_known(table: Table, i: int, column: str, name: str, known: Sequence[str], faults: Faults) -> None:
    if name not in known:
        where = "sheet costs" if column == "vendor" else "sheet criteria"
        table.fault(faults, i, column, f"'{name[:40]}' is not in {where}; {suggest(name, known)}")


def _rating(table: Table, i: int, text: str, faults: Faults) -> tuple[float, str]:
    if text.casefold() in MUSTS:
        return np.nan, text.casefold()
    value, problem = number(text) if text else (np.nan, "empty")
    if problem or not RATINGS[0] <= value <= RATINGS[1]:
        table.fault(faults, i, "rating", "write a rating from 1 to 5, or pass, fail or unknown")
        return np.nan, ""
    return value, ""


def _day(table: Table, i: int, text: str, faults: Faults) -> date | None:
    day = day_of(text)
    if text and day is None:
        table.fault(faults, i, "date", "write the day as 2026-11-30")
    return day
