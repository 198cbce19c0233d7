"""Cells that were filled in and move no result, and usual values that stand where nothing was filled in.

See docs/methods/ownership_cost.md, "Idle cells"."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from dxkit.files.cells import folded
from dxkit.procurement.cost.expressions import Values, inputs_of
from dxkit.procurement.cost.leaving import leaving_sheet, results_sheet, sheets_of
from dxkit.procurement.cost.simulation import SCENARIOS, at_scenario, every_figure
from dxkit.procurement.dossier.dossier import IDLE, Dossier, Figure

_PART, _STEP = 0.03, 0.013  # how much a figure is raised, so that no rounding and no zero hides it
_LEVEL = 1e-12
_PEOPLE = ("people", "users")  # a count of them may be asked for by the business case


def idle_cells(dossier: Dossier) -> pd.DataFrame:
    """Sheet, cell, figure and value of every number that was filled in and moves nothing at low, likely and high.

    All figures of a vendor are raised, each in a row of one batch."""
    figures = _filled(dossier)
    moved = np.zeros(len(figures), dtype=bool)
    scenarios = [at_scenario(dossier, scenario) for scenario in SCENARIOS]
    values = {key: np.concatenate([each[key] for each in scenarios]) for key in scenarios[0]}
    owner = {cell.key: line.vendor for line in (*dossier.costs, *dossier.benefits) for cell in line.cells}
    owner |= {figure.key: vendor for (vendor, _), figure in dossier.exit.items() if vendor != "all"}
    for vendor in dossier.vendors:
        here, own = (vendor, str(dossier.decision["replacement"])), sheets_of(dossier, vendor)
        mine = [k for k, figure in enumerate(figures) if owner.get(figure.key, vendor) in here]
        size = len(mine) + 1
        inputs = {key: each[:1] if np.ptp(each) == 0 else np.repeat(each, size) for key, each in values.items()}
        for row, figure in enumerate((figures[k] for k in mine), 1):
            raised = np.repeat(values[figure.key], size)
            raised[row::size] += 1 if figure.unit.whole else _PART * np.abs(raised[row::size]) + _STEP
            inputs[figure.key] = raised
        model = Values(own, inputs)
        paid = float(np.abs(model.row(vendor, "paid")).max())  # sums of it that cancel leave its last digits
        for found in _results(vendor, model, own):
            if len(found) > 1:
                each = found.reshape(len(SCENARIOS), size, -1)
                apart = np.abs(each[:, 1:] - each[:, :1]).max(axis=2)
                level = np.maximum(np.abs(each[:, :1]).max(axis=2), max(paid, 1e-300))
                moved[mine] |= (apart > _LEVEL * level).any(axis=0)
    rows = [
        [claim.at[0] if claim.at else "", claim.cell, figure.name, claim.estimate.likely]
        for figure, seen in zip(figures, moved, strict=True)
        if not seen
        for claim in figure.claims
    ]
    return pd.DataFrame(rows, columns=IDLE)


def usual_values(dossier: Dossier) -> tuple[Figure, ...]:
    """The figures that no cell gives and some result of a vendor rests on."""
    return tuple(figure for figure in behind(dossier) if figure.assumed)


def behind(dossier: Dossier, row: str | None = None) -> list[Figure]:
    """The figures that a row of results rests on, or any row, of any vendor: told by the formulas themselves."""
    used = set()
    for vendor in dossier.vendors:
        used |= inputs_of(sheets_of(dossier, vendor), None if row is None else [(results_sheet(vendor), row)])
    return [figure for figure in every_figure(dossier).values() if figure.key in used]


def _filled(dossier: Dossier) -> list[Figure]:
    """The figures that stand in some cell, each with a row of its own in the batch."""
    skipped = {driver.amount.key for driver in dossier.drivers.values() if folded(driver.unit) in _PEOPLE}
    skipped |= {line.tiers[0].start.key for line in dossier.costs if line.tiers}  # always 0
    skipped |= {
        d.growth.key for d in dossier.drivers.values() if isinstance(d.growth, Figure) and d.amount.key in skipped
    }
    figures = {**every_figure(dossier), **{figure.key: figure for figure in dossier.exit.values()}}
    return [figure for key, figure in figures.items() if key not in skipped and any(c.cell for c in figure.claims)]


def _results(vendor: str, values: Values, sheets: dict) -> Iterator[np.ndarray]:
    """Every row of a vendor that some result shows, each column that is not alike another of it once."""
    months, quarters = sheets[vendor].rows, sheets[leaving_sheet(vendor)].rows
    for name in months:
        if name in ("paid", "present", "running") or name.startswith("gained|") or name.endswith("|paid"):
            yield values.distinct(vendor, name)
    for name in quarters:
        yield values.distinct(leaving_sheet(vendor), name)
    for name in sheets[results_sheet(vendor)].rows:
        yield values.distinct(results_sheet(vendor), name)
