"""The sheets of a dossier and their columns, declared once: what the reader reads and the form to fill in offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import isnan
from typing import Any

from dxkit.files.errors import DataError, Faults
from dxkit.files.table import CHOICE, NUMBER, YES_NO, Column, Table, TableSpec, texts
from dxkit.procurement.dossier.units import CLAUSES
from dxkit.statistics.estimate import Estimate, estimate

Row = Mapping[Any, Any]  # the typed cells of a row by column

CATEGORIES = (
    "licence",
    "implementation",
    "integration",
    "training",
    "operations",
    "support",
    "hosting",
    "credit",
    "other",
)
TIMINGS = ("once", "yearly", "monthly")
LEDGERS = ("cash", "risk")
BENEFITS = ("hours", "incidents", "onboarding", "licences", "infrastructure", "other")  # what a benefit is about
STATUSES = ("illustrative", "quoted")
MEASURES = ("rating", "tco", "exit_cost", "cost")
KINDS = ("demo", "documentation", "reference", "trial", "production")
RISES, COMMITTED = ("yearly", "renewal"), ("all", "minimum", "none")
STEPS = ("graduated", "volume", "band", "price", "adoption", "liability")
DISCOUNTING = ("payment", "year end")

AMOUNT = ("low", "likely", "high")
GROWTH = ("growth_low", "growth_likely", "growth_high")
ESTIMATE = "estimate"  # a cell of a figure: its three numbers, shape and source are read together, by `estimates`


def _numbers(*names: str, low: float | None = 0.0, high: float | None = None) -> tuple[Column, ...]:
    return tuple(Column(name=name, kind=NUMBER, low=low, high=high) for name in names)


def _choice(name: str, allowed: tuple[str, ...], default: str) -> Column:
    return Column(name=name, kind=CHOICE, allowed=allowed, default=default)


def _flag(name: str) -> Column:
    return Column(name=name, kind=YES_NO)


_AMOUNT = tuple(Column(name=name, kind=ESTIMATE, needed=name == "likely") for name in AMOUNT)
_SHAPE, _SOURCE = texts("shape"), texts("source", "source_date")
_VENDOR_AND_LINE = texts("vendor", "line", needed=True)
_LINE = (
    _choice("category", CATEGORIES, "other"),
    _choice("timing", TIMINGS, "yearly"),
    *texts("per"),
    *_AMOUNT,
    *_SHAPE,
    *texts("growth"),
    *(Column(name=name, kind=ESTIMATE) for name in CLAUSES if name != "growth"),
    _flag("ratchet"),
    *texts("billed"),
    _choice("rises", RISES, ""),
    _choice("committed", COMMITTED, ""),
    *texts("currency", "declared"),
    *_SOURCE,
)
_KIND = _choice("kind", KINDS, "demo")
_COLUMNS = {
    "decision": (*texts("key", "value", needed=True), *texts("what")),
    "drivers": (
        *texts("driver", needed=True),
        *texts("unit"),
        *_AMOUNT,
        *_SHAPE,
        *(Column(name=name, kind=ESTIMATE) for name in GROWTH),
        *_SOURCE,
        *texts("what"),
    ),
    "costs": (*_VENDOR_AND_LINE, *_LINE, *texts("what")),
    "benefits": (
        *_VENDOR_AND_LINE,
        _choice("ledger", LEDGERS, "cash"),
        _choice("category", BENEFITS, ""),
        *_LINE[1:],
        *texts("what"),
    ),
    "steps": (
        *_VENDOR_AND_LINE[:1],
        *texts("line"),
        Column(name="what", kind=CHOICE, allowed=STEPS, needed=True),
        Column(name="from", kind=ESTIMATE, needed=True),
        *_AMOUNT,
        Column(name="fixed", kind=ESTIMATE),
        *_SOURCE,
    ),
    "exit": (
        *texts("vendor", "input", needed=True),
        *_AMOUNT,
        *_SHAPE,
        *texts("per"),
        *_SOURCE,
        *texts("unit", "assumed", "what"),
    ),
    "criteria": (
        *texts("criterion", needed=True),
        *_numbers("weight_low", "weight", "weight_high", "worth_low", "worth", "worth_high", "order", low=None),
        *_numbers("worst", "best", low=None),
        _flag("must"),
        _choice("measure", MEASURES, "rating"),
    ),
    "evidence": (
        *texts("vendor", "criterion", "rating", needed=True),
        _KIND,
        *texts("rater", "date"),
        *_numbers("trial_week"),
        _flag("similar_environment"),
        *texts("link", "note"),
    ),
    "fit": (
        *texts("vendor", "topic", needed=True),
        *_numbers("low", high=1.0),
        Column(name="likely", kind=NUMBER, low=0.0, high=1.0, needed=True, filled=True),
        *_numbers("high", high=1.0),
        _KIND,
    ),
}
SHEETS = {name: TableSpec(kind=f"sheet {name}", columns=columns) for name, columns in _COLUMNS.items()}


def rows_of(table: Table, faults: Faults) -> list[Row]:
    """The typed cells of every row, by column."""
    return [*table.values(faults).to_dict("records")]


def estimate_in(
    table: Table, i: int, columns: Sequence[str], numbers: Sequence[float], faults: Faults, shape: str | None = None
) -> Estimate | None:
    """The estimate of the numbers in three cells, nan where one is empty; None with its fault."""
    low, likely, high = numbers
    if isnan(low) and isnan(high):
        if not isnan(likely):
            return estimate(likely)
        table.fault(faults, i, columns[1], "the cell is empty; write a number, or low, likely and high")
    elif isnan(low) or isnan(high):
        table.fault(
            faults, i, columns[0] if isnan(low) else columns[2], "low and high go together; fill in both or neither"
        )
    else:
        try:
            return estimate(low, None if isnan(likely) else likely, high, shape)
        except DataError as problem:
            table.fault(faults, i, columns[0] if low > high else columns[1], str(problem))
    return None


def day_of(text: str) -> date | None:
    """The day that a cell begins with; None where it does not.

    >>> day_of("2026-11-30 00:00"), day_of("30.11.2026")
    (datetime.date(2026, 11, 30), None)
    """
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
