"""The inputs of exit cost, from leaving_inputs.csv: what they mean, and what is assumed where nobody gives them.

See docs/methods/leaving_cost.md, "Inputs and their defaults"."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from dxkit.procurement.dossier import units
from dxkit.procurement.dossier.dossier import Figure, SourcedFigure
from dxkit.statistics.estimate import Estimate, estimate

SINGLE = ("term_months", "renewal_months", "notice_months")  # terms of a contract are known, or two dossiers are made


@dataclass(frozen=True)
class ExitInput:
    """One input: its meaning, unit, the value assumed with its doubt, and whether the fill-in workbook asks for it."""

    meaning: str
    unit: str
    default: float
    doubt: Estimate
    asked: bool
    bounds: units.Unit


def _read(row: dict[str, str]) -> ExitInput:
    """A row of the table. The doubt is half to double the default, unless the row says other ends; what is agreed in a
    contract has none."""
    default, bounds = float(row["default"]), getattr(units, row["bounds"])
    low, high = (float(row[name] or factor * default) for name, factor in (("low", 0.5), ("high", 2)))
    doubt = estimate(default) if row["agreed"] else estimate(max(low, bounds.low), default, min(high, bounds.high))
    return ExitInput(row["meaning"], row["unit"], default, doubt, bool(row["asked"]), bounds)


with (files("dxkit.procurement.dossier") / "leaving_inputs.csv").open(encoding="utf-8") as _table:
    EXIT_INPUTS = {row["input"]: _read(row) for row in csv.DictReader(_table)}


@cache
def assumed(name: str) -> Figure:
    """What is taken for an input that nobody gives."""
    one = EXIT_INPUTS[name]
    claim = SourcedFigure(estimate=one.doubt, source="assumption", place=f"sheet exit, input {name}")
    return Figure(key=f"exit|all|{name}", unit=one.bounds, claims=(claim,))
