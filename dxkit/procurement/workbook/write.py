"""The live Excel twin of a decision: the same model as formulas, for finance to audit and change.

See docs/methods/ownership_cost.md, "The workbook"."""

from __future__ import annotations

import os
from pathlib import Path

from dxkit.files.errors import DataError
from dxkit.files.options import choice, instance, whole
from dxkit.procurement.cost.expressions import Values, inputs_of
from dxkit.procurement.cost.idle import usual_values
from dxkit.procurement.cost.leaving import sheets_of
from dxkit.procurement.cost.ownership import tco
from dxkit.procurement.cost.simulation import SCENARIOS, at_scenario
from dxkit.procurement.dossier.dossier import A_DOSSIER, Dossier
from dxkit.procurement.workbook.inputs import write_inputs
from dxkit.procurement.workbook.model import FIRST, SPARE, place_vendor, spare_inputs, write_sheets
from dxkit.procurement.workbook.pages import HOLDS, Book, quoted
from dxkit.procurement.workbook.results import Simulated, simulated_of, write_checks, write_results
from dxkit.procurement.workbook.scorecard import write_scorecard
from dxkit.procurement.workbook.words import ABOUT, hide, write_about, write_judging, write_lines, write_steps


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
        low, likely or high: what the workbook shows when opened; a drop-down on sheet Inputs changes it.

    Returns
    -------
    Path
        The file. `dx.read_dossier` reads it back, with every difference in `.changed`.

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
    choice("scenario", scenario, SCENARIOS)
    seed, target = whole("seed", seed, 0), Path(path)
    if target.suffix.casefold() != ".xlsx":
        raise DataError(f"{target.name}: a workbook needs a name that ends in .xlsx")
    if not target.parent.is_dir():
        raise DataError(f"{target.parent}: there is no such folder")
    make_book(dossier, simulated_of(tco(dossier, seed)), seed, scenario).save(target)
    return target


def make_book(dossier: Dossier, simulated: Simulated, seed: int, scenario: str) -> Book:
    """The workbook in memory."""
    book, sheets = Book(), {vendor: sheets_of(dossier, vendor, spare=SPARE) for vendor in dossier.vendors}
    about = book.page(ABOUT, [20, 100], portrait=True)
    write_about(about, dossier)
    usual = {figure.key: figure for figure in (*dossier.assumed, *usual_values(dossier))}
    page, cells = write_inputs(book, dossier, {key for own in sheets.values() for key in inputs_of(own)}, scenario)
    write_lines(book, dossier)
    write_steps(book, dossier)
    results = book.page("Results", [58, 18], freeze=(5, FIRST), portrait=True, high=1)
    known = at_scenario(dossier, scenario) | spare_inputs(dossier)
    made = {
        vendor: place_vendor(book, dossier, vendor, own, Values(own, known), results, FIRST + k, cells)
        for k, (vendor, own) in enumerate(sheets.items())
    }
    for each in made.values():
        write_sheets(each, cells)
    write_results(results, dossier, made, simulated, usual.values())
    card = write_scorecard(book, dossier, made, known)
    checks = write_checks(book, dossier, made, results)
    write_judging(book, dossier)
    hide(book, dossier, {"seed": seed, "scenario": scenario, "simulated": simulated})
    front = [page, results, checks, *([card] if card else [])]
    _head(dossier, [*front, *(page for each in made.values() for page in each.pages)], checks.title)
    return book


def _head(dossier: Dossier, pages, checks: str) -> None:
    """The title of each page, and whether every check holds."""
    for page in pages:
        page.put(0, 1, f"{dossier.decision['title']} ({dossier.status}): {page.title}", "title")
        if page.title != checks:
            page.put(1, 1, "every check:", "quiet")
            page.work_out(1, 2, f"{quoted(checks)}!$C$3", 1.0, "total", HOLDS)
