"""Criteria, evidence and fit of a dossier as they were judged, every fault with its cell (TABLES)."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from dxkit.files.cells import number
from dxkit.files.errors import DataError, Faults
from dxkit.files.table import Table
from dxkit.statistics.estimate import Estimate, estimate

MEASURES = ("rating", "tco", "exit_cost")
KINDS = ("demo", "documentation", "reference", "trial", "production")
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
    musts = table.flags("must", faults=faults)
    measures = table.choices("measure", MEASURES, faults=faults, default="rating")
    numbers = {
        name: table.numbers(name, faults=faults, low=0, required=False)
        for name in ("weight_low", "weight", "weight_high", "worst", "best")
    }
    found: dict[str, Criterion] = {}
    for i, name in enumerate(table.text("criterion")):
        if not name or name in found:
            told = f"the criterion '{name[:40]}' stands twice" if name else "the name of the criterion is empty"
            table.fault(faults, i, "criterion", told)
            continue
        low, likely, high, worst, best = (float(column[i]) for column in numbers.values())
        weight = _weight(table, i, low, likely, high, faults)
        if weight is None and not musts[i] and likely != likely:
            table.fault(faults, i, "weight", "the cell is empty; write a weight such as 20, or yes in the column must")
        if measures[i] != "rating" and weight is not None and (worst != worst or best != best):
            table.fault(
                faults,
                i,
                "worst" if worst != worst else "best",
                "money needs the amounts that count as worst and best; write both",
            )
        worst, best = (RATINGS[0] if worst != worst else worst), (RATINGS[1] if best != best else best)
        if worst == best:
            table.fault(faults, i, "best", f"worst and best are both {worst:g}; they must differ")
        found[name] = Criterion(name=name, weight=weight, worst=worst, best=best, measure=measures[i], must=musts[i])
    return tuple(found.values())


def _weight(table: Table, i: int, low: float, likely: float, high: float, faults: Faults) -> Estimate | None:
    if likely != likely:
        return None
    if low != low and high != high:
        return estimate(likely)
    if low != low or high != high:
        table.fault(faults, i, "weight_low" if low != low else "weight_high", "weight_low and weight_high go together")
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
    kinds = table.choices("kind", KINDS, faults=faults, default="demo")
    weeks = table.numbers("trial_week", faults=faults, low=0, required=False)
    similar = table.flags("similar_environment", faults=faults)
    found = []
    for i, (vendor, criterion, text) in enumerate(
        zip(*(table.text(name) for name in ("vendor", "criterion", "rating")), strict=True)
    ):
        _known(table, i, "vendor", vendor, vendors, faults)
        if names:
            _known(table, i, "criterion", criterion, names, faults)
        rating, verdict = _rating(table, i, text, faults)
        found.append(
            Evidence(
                vendor=vendor,
                criterion=criterion,
                rating=rating,
                verdict=verdict,
                kind=kinds[i],
                rater=table.text("rater")[i],
                day=_day(table, i, faults),
                trial_week=float(weeks[i]),
                similar=similar[i],
            )
        )
    return tuple(found)


def read_fit(table: Table | None, vendors: Sequence[str], faults: Faults) -> tuple[Fit, ...]:
    """The shares of pain that vendors remove."""
    if table is None:
        return ()
    kinds = table.choices("kind", KINDS, faults=faults, default="demo")
    columns = [
        table.numbers(name, faults=faults, low=0, high=1, required=name == "likely")
        for name in ("low", "likely", "high")
    ]
    found, seen = [], set()
    for i, (vendor, topic) in enumerate(zip(table.text("vendor"), table.text("topic"), strict=True)):
        _known(table, i, "vendor", vendor, vendors, faults)
        if (vendor, topic) in seen:
            table.fault(faults, i, "topic", f"'{topic[:40]}' stands twice for {vendor[:40]}")
        seen.add((vendor, topic))
        low, likely, high = (float(column[i]) for column in columns)
        if likely != likely:
            continue
        try:
            share = estimate(likely) if low != low and high != high else estimate(low, likely, high)
        except DataError as problem:
            table.fault(faults, i, "likely", str(problem))
            continue
        found.append(Fit(vendor=vendor, topic=topic, share=share, kind=kinds[i]))
    return tuple(found)


def _known(table: Table, i: int, column: str, name: str, known: Sequence[str], faults: Faults) -> None:
    if name in known:
        return
    near = difflib.get_close_matches(name, known, n=1)
    where = "sheet costs" if column == "vendor" else "sheet criteria"
    hint = f"did you mean '{near[0]}'?" if near else f"there is {', '.join(known) or 'none'}"
    table.fault(faults, i, column, f"'{name[:40]}' is not in {where}; {hint}")


def _rating(table: Table, i: int, text: str, faults: Faults) -> tuple[float, str]:
    if text.casefold() in MUSTS:
        return np.nan, text.casefold()
    value, problem = number(text) if text else (np.nan, "empty")
    if problem or not RATINGS[0] <= value <= RATINGS[1]:
        table.fault(faults, i, "rating", "a rating is a number from 1 to 5, or pass, fail or unknown")
        return np.nan, ""
    return value, ""


def _day(table: Table, i: int, faults: Faults) -> date | None:
    text = table.text("date")[i]
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        table.fault(faults, i, "date", "this is no day; write it as 2026-11-30")
        return None
