"""What was claimed about each vendor, by whom and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from dxkit.procurement.dossier.judging import Criterion, Evidence, Fit
from dxkit.statistics.estimate import Estimate

A_DOSSIER = "a dossier, from read_dossier"  # what messages ask for
MONEY = "currency of the dossier"  # the unit of columns of money


@dataclass(frozen=True, eq=False, kw_only=True)
class SourcedFigure:
    """One source's word on a figure, and the cell it stands in."""

    estimate: Estimate
    source: str = ""
    date: str = ""
    place: str = ""

    @property
    def supported(self) -> bool:
        return bool(self.source and self.date) and self.source.casefold() != "assumption"


@dataclass(frozen=True, eq=False, kw_only=True)
class Figure:
    """A figure with every claim on it. Where sources differ each is as likely (a linear pool, Stone 1961)."""

    name: str
    claims: tuple[SourcedFigure, ...]

    @property
    def mean(self) -> float:
        return float(np.mean([claim.estimate.mean for claim in self.claims]))

    @property
    def variance(self) -> float:
        """Within the claims and between them."""
        within = np.mean([claim.estimate.variance for claim in self.claims])
        return float(within + np.var([claim.estimate.mean for claim in self.claims]))

    @property
    def fixed(self) -> bool:
        return self.variance == 0.0

    @property
    def supported(self) -> bool:
        return all(claim.supported for claim in self.claims)

    def draw(self, u: np.ndarray) -> np.ndarray:
        """A draw for each uniform number; several claims share the unit interval equally."""
        count = len(self.claims)
        if count == 1:
            return self.claims[0].estimate.draw(u)
        which = np.minimum((u * count).astype(int), count - 1)
        values = np.empty(np.shape(u))
        for k, claim in enumerate(self.claims):
            values[which == k] = claim.estimate.draw(u[which == k] * count - k)
        return values


@dataclass(frozen=True, eq=False, kw_only=True)
class Driver:
    """What costs scale with: seats, a day rate, services. `growth` a year is a figure or the name of another driver."""

    name: str
    unit: str
    amount: Figure
    growth: Figure | str | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Line:
    """One line of cost or benefit: an amount, what it is multiplied with, and from when to when.

    ledger: cash or risk, of a benefit; declared: why the hours and the costs do not hold it already.

    minimum, included, overage, uplift_cap: the contract's clauses; nan where there is none. ratchet: what is billed
    never falls.
    """

    vendor: str
    line: str
    category: str
    timing: str
    per: str
    amount: Figure
    growth: str | float
    from_month: int
    to_month: int
    minimum: float = np.nan
    included: float = np.nan
    overage: float = np.nan
    uplift_cap: float = np.nan
    term_months: float = np.nan
    ratchet: bool = False
    ledger: str = ""
    declared: str = ""


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Dossier:
    """A decision between vendors.

    decision   title, currency, start, horizon_years, discount_rate, jurisdiction, budget, status
    drivers    by name
    costs, benefits   lines in the order of the table
    exit       the figures of exit cost by (vendor, input)
    criteria, evidence, fit   the tables as they stand, text and numbers; None where they were not given
    criteria_read, evidence_read, fit_read   the same, checked
    changed    of a workbook that dxkit wrote: figure, which, delivered, now, cell; None for any other source
    """

    decision: Mapping[str, Any]
    drivers: Mapping[str, Driver]
    costs: tuple[Line, ...]
    benefits: tuple[Line, ...] = ()
    exit: Mapping[tuple[str, str], Figure] = field(default_factory=dict)
    criteria: pd.DataFrame | None = None
    evidence: pd.DataFrame | None = None
    fit: pd.DataFrame | None = None
    changed: pd.DataFrame | None = None
    criteria_read: tuple[Criterion, ...] = ()
    evidence_read: tuple[Evidence, ...] = ()
    fit_read: tuple[Fit, ...] = ()
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        bare = self.unsupported["figure"].nunique()
        return (
            f"Dossier: {self.decision['title']} ({self.status}); {len(self.vendors)} vendors, "
            f"{len(self.costs)} lines of cost, {len(self.figures)} figures, {bare} of them without a dated source"
        )

    @property
    def vendors(self) -> list[str]:
        return list(dict.fromkeys(line.vendor for line in self.costs))

    @property
    def horizon(self) -> int:
        return int(self.decision["horizon_years"])

    @property
    def rate(self) -> float:
        return float(self.decision["discount_rate"])

    @property
    def currency(self) -> str:
        """The currency of every amount; "" where the dossier names none."""
        return str(self.decision["currency"])

    @property
    def status(self) -> str:
        return str(self.decision["status"])

    @property
    def figures(self) -> dict[str, Figure]:
        """Every figure of drivers, costs, benefits and exit by name."""
        figures = [driver.amount for driver in self.drivers.values()]
        figures += [driver.growth for driver in self.drivers.values() if isinstance(driver.growth, Figure)]
        figures += [*(line.amount for line in (*self.costs, *self.benefits)), *self.exit.values()]
        return {figure.name: figure for figure in figures}

    @property
    def unsupported(self) -> pd.DataFrame:
        """The figures without source or date, or marked assumption: name, low, likely, high, source, place."""
        rows = [
            [name, claim.estimate.low, claim.estimate.likely, claim.estimate.high, claim.source or "none", claim.place]
            for name, figure in self.figures.items()
            for claim in figure.claims
            if not claim.supported
        ]
        return pd.DataFrame(rows, columns=["figure", "low", "likely", "high", "source", "place"])

    @property
    def conflicting(self) -> pd.DataFrame:
        """The figures on which sources differ, a row per claim."""
        rows = [
            [name, claim.estimate.low, claim.estimate.likely, claim.estimate.high, claim.source, claim.date]
            for name, figure in self.figures.items()
            if len(figure.claims) > 1
            for claim in figure.claims
        ]
        return pd.DataFrame(rows, columns=["figure", "low", "likely", "high", "source", "date"])


def title_of(what: str, dossier: Dossier) -> str:
    """The title of a result: what it is, in which currency, and whether the figures are quoted or illustrative."""
    return f"{what}, {dossier.currency or f'the {MONEY}'} ({dossier.status})"
