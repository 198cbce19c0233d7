"""What was claimed about each vendor, by whom and when."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from dxkit.procurement.dossier.judging import Criterion, Evidence, Fit
from dxkit.procurement.dossier.units import COUNT, Unit
from dxkit.results.words import say
from dxkit.statistics.estimate import Estimate, estimate

A_DOSSIER = "a dossier, from read_dossier"  # what messages ask for
MONEY = "currency of the dossier"  # the unit of columns of money
PAID = ("licence", "support", "hosting")  # categories that are paid to the vendor
IDLE = ["sheet", "cell", "figure", "value"]
USUAL = "usual value"  # the source of what a dossier does not give


@dataclass(frozen=True, eq=False, kw_only=True)
class SourcedFigure:
    """One source's word on a figure, and where it stands: its sheet and its cells.

    at: the sheet, the row of its table (from 0) and the columns of the number, or of low, likely and high.
    """

    estimate: Estimate
    source: str = ""
    date: str = ""
    place: str = ""
    cell: str = ""
    at: tuple[str, int, tuple[str, ...]] | None = None

    @property
    def supported(self) -> bool:
        return bool(self.source and self.date) and self.source.casefold() != "assumption"

    @property
    def told(self) -> str:
        """The source in words."""
        return USUAL if not self.cell else self.source or "none"


@dataclass(frozen=True, eq=False, kw_only=True)
class Figure:
    """A figure with every claim on it. Where sources differ each is as likely (a linear pool, Stone 1961).

    key is what formulas and the workbook call it; label what the dossier calls it, "" for inputs that dxkit names.
    """

    claims: tuple[SourcedFigure, ...]
    key: str
    label: str = ""
    unit: Unit = COUNT

    @property
    def name(self) -> str:
        """The figure for people, in the language that is spoken; an input of leaving with the vendor that it is of."""
        if self.label:
            return self.label
        _, *vendor, name = self.key.split("|")
        return ": ".join([*vendor, say(f"input.{name}")])

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
    def assumed(self) -> bool:
        """Whether nobody gives it, so that a usual value stands for it."""
        return not any(claim.cell for claim in self.claims)

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
class Step:
    """A row of sheet steps: from so many units, or from this month on, a figure; `fixed` money of a tier besides."""

    start: Figure
    amount: Figure
    fixed: Figure | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Line:
    """One line of cost or benefit: an amount, what it is multiplied with, and from when to when.

    amount     None where tiers or a ramp of prices stand for it
    growth     of the price a year: a figure, the name of a driver, or None
    clauses    the numbers of the contract that were filled in, by the name of their column (docs/tables.md, "costs")
    billed     how many months an invoice covers (0: the term), and whether it comes in advance
    rises      yearly or renewal; committed: all, minimum or none
    tiers, tier_kind   what units cost: graduated, volume or band
    prices, adoption, liability   by month
    ledger     cash or risk, of a benefit; declared: why no other line holds it already
    """

    vendor: str
    line: str
    category: str = "other"
    timing: str = "yearly"
    per: str = ""
    amount: Figure | None = None
    growth: Figure | str | None = None
    clauses: Mapping[str, Figure] = field(default_factory=dict)
    ratchet: bool = False
    billed: int = 1
    advance: bool = False
    rises: str = "yearly"
    committed: str = ""
    currency: str = ""
    tiers: tuple[Step, ...] = ()
    tier_kind: str = ""
    prices: tuple[Step, ...] = ()
    adoption: tuple[Step, ...] = ()
    liability: tuple[Step, ...] = ()
    ledger: str = ""
    declared: str = ""

    @property
    def key(self) -> str:
        return f"{'benefit' if self.ledger else 'cost'}|{self.vendor}|{self.line}"

    @property
    def paid_to_vendor(self) -> bool:
        """Whether the money goes to the vendor; the rest is own work."""
        return self.category in PAID and not self.ledger

    @property
    def flat(self) -> bool:
        """Whether the vendor is paid again and again at a price of which no rise is named."""
        return self.paid_to_vendor and not self.once and self.growth is None and not self.prices

    @property
    def once(self) -> bool:
        return self.timing == "once"

    @property
    def steps(self) -> tuple[Step, ...]:
        return (*self.tiers, *self.prices, *self.adoption, *self.liability)

    @property
    def figures(self) -> list[Figure]:
        """What is said of its money, not the numbers of its contract."""
        return [*([self.amount] if self.amount else []), *(step.amount for step in self.steps)]

    @property
    def cells(self) -> list[Figure]:
        """Every number that was filled in for it."""
        grown = [self.growth] if isinstance(self.growth, Figure) else []
        more = [part for step in self.steps for part in (step.start, step.fixed) if part]
        return [*self.figures, *grown, *self.clauses.values(), *more]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Dossier:
    """A decision between vendors.

    decision   title, currency, start, horizon_years, discount_rate, discounting, tax, replacement, jurisdiction,
               budget, status
    numbers    those of the decision that move a result, as figures by name
    drivers    by name
    costs, benefits   lines in the order of the table
    exit       the figures of exit cost by (vendor, input); exit_per: the driver that one is multiplied with
    tables     every sheet as text, without its examples
    criteria_read, evidence_read, fit_read   what the scorecard judges by
    assumed    what no sheet gives and a result rests on, at its usual value
    idle       sheet, cell, figure, value: what was filled in and moves no result
    changed    of a workbook that dxkit wrote: sheet, cell, figure, what, delivered, now, taken; None for any other
    """

    decision: Mapping[str, Any]
    drivers: Mapping[str, Driver]
    costs: tuple[Line, ...]
    benefits: tuple[Line, ...] = ()
    exit: Mapping[tuple[str, str], Figure] = field(default_factory=dict)
    exit_per: Mapping[tuple[str, str], str] = field(default_factory=dict)
    numbers: Mapping[str, Figure] = field(default_factory=dict)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    assumed: tuple[Figure, ...] = ()
    idle: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=IDLE))
    changed: pd.DataFrame | None = None
    criteria_read: tuple[Criterion, ...] = ()
    evidence_read: tuple[Evidence, ...] = ()
    fit_read: tuple[Fit, ...] = ()
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        bare = self.unsupported["figure"].nunique()
        return (
            f"Dossier: {self.decision['title']} ({self.status}); {counted(len(self.vendors), 'vendor')}, "
            f"{counted(len(self.costs), 'line')} of cost, {counted(len(self.figures), 'figure')}, "
            f"{bare} of them without a dated source"
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
        """Every figure that results rest on by name: of drivers, costs, benefits and exit, then what is assumed."""
        figures = [driver.amount for driver in self.drivers.values()]
        figures += [driver.growth for driver in self.drivers.values() if isinstance(driver.growth, Figure)]
        figures += [figure for line in (*self.costs, *self.benefits) for figure in line.figures]
        return {figure.name: figure for figure in (*figures, *self.exit.values(), *self.assumed)}

    def lines_of(self, vendor: str) -> list[Line]:
        """The lines of cost of a vendor."""
        return [line for line in self.costs if line.vendor == vendor]

    def growth_of(self, grown: Driver | Line) -> Figure | None:
        """The yearly rate of a driver or a line: its own figure, or the amount of the driver that it names."""
        return self.drivers[grown.growth].amount if isinstance(grown.growth, str) else grown.growth

    @property
    def unsupported(self) -> pd.DataFrame:
        """The figures without source or date, or marked assumption: name, low, likely, high, source, place. Those that
        the dossier does not give have the source `usual value`, and the place where to write them."""
        rows = [
            [name, claim.estimate.low, claim.estimate.likely, claim.estimate.high, claim.told, claim.place]
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


def certain(figure: Figure, value: float) -> Figure:
    """The figure as one certain number."""
    claim = replace(figure.claims[0], estimate=estimate(value))
    return replace(figure, claims=(claim,))


def title_of(what: str, dossier: Dossier) -> str:
    """The title of a result: what it is, in which currency, and whether the figures are quoted or illustrative."""
    return f"{what}, {dossier.currency or f'the {MONEY}'} ({dossier.status})"


def counted(count: int, what: str) -> str:
    """A number of things in words.

    >>> counted(1, "figure"), counted(3, "figure")
    ('1 figure', '3 figures')
    """
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
