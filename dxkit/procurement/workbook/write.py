"""The live Excel twin of a decision: the same model as formulas, for finance to audit and change.

See docs/methods/ownership_cost.md, "The workbook"."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from dxkit.files.errors import DataError
from dxkit.files.excel_writer import HOLDS, Book, Sheet
from dxkit.files.options import instance, whole
from dxkit.procurement.cost.ownership import tco
from dxkit.procurement.dossier.dossier import A_DOSSIER, Dossier
from dxkit.procurement.dossier.read_back import ABOUT, ABOUT_KEYS, KEYS_AT, LINES, LINES_SHEET
from dxkit.procurement.workbook.inputs import Inputs
from dxkit.procurement.workbook.leaving import ExitWriter
from dxkit.procurement.workbook.results import write_checks, write_results, write_scenarios
from dxkit.procurement.workbook.scenario import values_at
from dxkit.procurement.workbook.scorecard import write_scorecard
from dxkit.procurement.workbook.vendor import Timeline, VendorWriter

_HOW = (
    "Yellow cells on Assumptions are inputs: change them there and nowhere else. The delivered values are beside them.",
    "Scenarios: choose low, likely or high. Every figure then takes that value at once, so low and high are extremes "
    "and unlikely to happen. Results has realistic ranges in grey: dxkit simulated them, and they do not change with "
    "the workbook. P10 and P90: 10% and 90% of the simulations are below.",
    "One sheet for each vendor: its lines by year. Exit: what leaving costs by quarter, planned and forced.",
    "Checks: what must hold; the top of each sheet says whether every check holds.",
    "Payments at the start are not discounted; yearly ones fall at the end of the year. Amounts are in the currency "
    "above.",
    "dxkit reads a changed workbook back: dx.read_dossier of this file lists the changes.",
)


def write_workbook(dossier: Dossier, path: str | os.PathLike[str], seed: int = 0, *, scenario: str = "likely") -> Path:
    """Can finance audit the decision? A workbook of live formulas that gives the same figures.

    Parameters
    ----------
    dossier : Dossier
        The vendors and their figures, from `read_dossier`.
    path : path ending in .xlsx
        Where to write; the folder must exist. An old file stays whole if anything fails.
    seed : int
        Seed of the random draws; the same seed gives the same result.
    scenario : str
        low, likely or high: what the workbook shows when opened; a drop-down on sheet Scenarios changes it.

    Returns
    -------
    Path
        The file. `dx.read_dossier` reads it back, with what was changed in `.changed`.

    Raises
    ------
    DataError
        Another ending, an unknown scenario, or a folder that is not there.

    Examples
    --------
    >>> import dxkit as dx, tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> dx.write_workbook(dx.read_dossier(dx.samples.path("portal")), folder / "portal.xlsx").name
    'portal.xlsx'
    """
    instance("dossier", dossier, Dossier, A_DOSSIER)
    instance("path", path, (str, os.PathLike), "the path of the workbook to write, ending in .xlsx")
    seed, target = whole("seed", seed, 0), Path(path)
    if target.suffix.casefold() != ".xlsx":
        raise DataError(f"{target.name}: a workbook needs a name that ends in .xlsx")
    if not target.parent.is_dir():
        raise DataError(f"{target.parent}: there is no such folder")
    values = values_at(dossier, scenario)
    book = Book()
    about = book.sheet(ABOUT, [20, 100])
    choice = book.sheet("Scenarios", [34, 18, 18])
    results = book.sheet("Results", [58, 18], freeze="B5")
    inputs = Inputs(book, dossier, scenario)
    _lines(book, dossier)
    years, quarters = _timeline(book, dossier)
    made = {vendor: VendorWriter(book, dossier, vendor, inputs, years, values).write() for vendor in dossier.vendors}
    leaving = ExitWriter(book, dossier, inputs, quarters, values)
    for vendor in dossier.vendors:
        leaving.write(vendor, made[vendor])
    card = write_scorecard(book, dossier, inputs, made, leaving, values)
    checks = write_checks(book, dossier, inputs, made, leaving, values)
    simulated = tco(dossier, seed)
    _about(about, dossier)
    write_scenarios(book, choice, dossier, scenario, made)
    write_results(results, dossier, made, leaving, simulated)
    for name, frame in _as_words(dossier).items():
        _copy(book.sheet(name, [24, 26, 14]), frame)
    title = f"{dossier.decision['title']} ({dossier.status})"
    front = [choice, results, inputs.sheet, years.sheet, leaving.sheet, checks, *([card] if card else [])]
    for sheet in [*front, *(each.sheet for each in made.values())]:
        sheet.text(1, 1, title, "title")
        sheet.text(2, 1, "all checks:", "quiet")
        sheet.formula(2, 2, "=AllChecks", 1.0, HOLDS, "total")
    book.save(target)
    return target


def _about(sheet: Sheet, dossier: Dossier) -> None:
    sheet.text(1, 1, f"{dossier.decision['title']} ({dossier.status})", "title")
    sheet.text(2, 1, f"made by dxkit {version('dxkit')}", "quiet")
    for row, key in enumerate(ABOUT_KEYS, KEYS_AT):
        value = dossier.decision[key]
        sheet.text(row, 1, key, "head")
        if isinstance(value, float | int) and value == value:
            sheet.number(row, 2, float(value), "General", "wrap")
        else:
            sheet.text(row, 2, "" if isinstance(value, float) else value)
    for row, text in enumerate(_HOW, KEYS_AT + len(ABOUT_KEYS) + 1):
        sheet.text(row, 1, "how to read it" if text is _HOW[0] else "")
        sheet.text(row, 2, text, "wrap")


def _timeline(book: Book, dossier: Dossier) -> tuple[Timeline, Timeline]:
    """Years in columns from F (those of the vendors' sheets), quarters from E (those of sheet Exit)."""
    horizon = dossier.horizon
    sheet = book.sheet("Timeline", [34, 8, 8, 4, 9])
    sheet.text(3, 1, "years of the horizon")
    sheet.number(3, 3, float(horizon))
    sheet.text(4, 1, "quarters of the horizon")
    sheet.formula(4, 3, "=C3*QuartersAYear", 4.0 * horizon)
    year, quarter = np.arange(horizon + 1.0), np.arange(4 * horizon + 1.0)
    numbers = {
        "year": year,
        "years of growth": np.maximum(year - 1, 0),
        "at the start": (year == 0) * 1.0,
        "months before": 12 * (year - 1),
        "months until its end": 12 * year,
    }
    quarters = {
        "years": quarter / 4,
        "at the start": (quarter == 0) * 1.0,
        "quarters before": np.maximum(quarter - 1, 0),
    }
    rows: dict[str, int] = {}
    for row, (name, each) in enumerate(numbers.items(), 6):
        rows[name] = row
        sheet.text(row, 1, f"by year: {name}")
        for j, value in enumerate(each):
            sheet.number(row, 6 + j, value)
    by_quarter = {}
    for row, (name, each) in enumerate(quarters.items(), 12):
        by_quarter[name] = row
        sheet.text(row, 1, f"by quarter: {name}")
        for j, value in enumerate(each):
            sheet.number(row, 5 + j, value)
    return Timeline(sheet=sheet, rows=rows, numbers=numbers), Timeline(sheet=sheet, rows=by_quarter, numbers=quarters)


def _lines(book: Book, dossier: Dossier) -> None:
    """How each line is worked out: what the figures on Assumptions belong to."""
    sheet = book.sheet(LINES_SHEET, [10, 24, 38, 16, 10, 16, 16, 9, 9, 48], freeze="A2")
    for j, name in enumerate(LINES, 1):
        sheet.text(1, j, name, "head")
    row = 1
    for kind, lines in (("cost", dossier.costs), ("benefit", dossier.benefits)):
        for line in lines:
            row += 1
            growth = line.growth if isinstance(line.growth, str) else ""
            described = (kind, line.vendor, line.line, line.category, line.timing, line.per, growth)
            further = ("yes" if line.ratchet else "", line.ledger, line.declared)
            for j, text in enumerate((*described, *further), 1):
                sheet.text(row, j, text)
    for driver in dossier.drivers.values():
        row += 1
        growth = driver.growth if isinstance(driver.growth, str) else ""
        for j, text in enumerate(("driver", driver.name, driver.unit, "", "", "", growth), 1):
            sheet.text(row, j, text)


def _as_words(dossier: Dossier) -> dict[str, pd.DataFrame]:
    """What belongs to criteria, evidence and fit beside the figures, which stand on sheet Assumptions."""
    frames = {}
    if dossier.criteria_read:
        frames["criteria"] = pd.DataFrame(
            [[each.name, "yes" if each.must else "", each.measure] for each in dossier.criteria_read],
            columns=["criterion", "must", "measure"],
        )
    if dossier.evidence is not None:
        frames["evidence"] = dossier.evidence
    return frames


def _copy(sheet: Sheet, frame: pd.DataFrame) -> None:
    """A table as it stands, numbers as numbers."""
    from dxkit.files.cells import as_text, number

    for j, name in enumerate(frame.columns, 1):
        sheet.text(1, j, name, "head")
        for i, cell in enumerate(frame[name], 2):
            text = as_text(cell)
            value, problem = number(text) if text else (np.nan, "empty")
            if problem is None:
                sheet.number(i, j, value, "General")
            elif text:
                sheet.text(i, j, text)
