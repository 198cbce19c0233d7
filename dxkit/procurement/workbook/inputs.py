"""The sheet Inputs: a row a figure, with what it is at low, likely and high, and the value in use."""

from collections.abc import Collection
from typing import Any

import numpy as np

from dxkit.files.grid import letter
from dxkit.procurement.cost.simulation import SCENARIOS, every_figure
from dxkit.procurement.dossier.dossier import Dossier, Figure, SourcedFigure
from dxkit.procurement.dossier.units import Unit
from dxkit.procurement.workbook.pages import NUMBER, Book, Page

SCENARIO = (2, 2)  # the cell that names the scenario
LOW, LIKELY, HIGH, USED = 3, 4, 5, 6
ENDS = {LOW: "low", LIKELY: "likely", HIGH: "high"}
HEADS = ("figure", "unit", "low", "likely", "high", "in use", "source", "date")
_HEAD = 4


def write_inputs(
    book: Book, dossier: Dossier, used: Collection[str], scenario: str
) -> tuple[Page, dict[str, tuple[Page, int, int]]]:
    """The page, and the cell in use of each figure that a formula needs."""
    page = book.page("Inputs", [52, 15, 12, 12, 12, 12, 30, 12], freeze=(_HEAD + 1, 2))
    page.put(SCENARIO[0], 1, "scenario: every figure low, likely or high at once", "head")
    page.put(*SCENARIO, scenario, "words")
    page.key(SCENARIO[0], "scenario")
    page.bound(*SCENARIO, {"validate": "list", "source": list(SCENARIOS)})
    for j, text in enumerate(HEADS, 1):
        page.put(_HEAD, j, text, "over" if LOW <= j <= USED else "head")
    cells: dict[str, tuple[Page, int, int]] = {}
    row = _HEAD
    for figure in every_figure(dossier).values():
        if figure.key not in used:
            continue
        row += 1
        cells[figure.key] = (page, row, USED)
        if len(figure.claims) == 1:
            _write_claim(page, row, figure.key, figure.name, figure.unit, figure.claims[0], scenario)
            continue
        first, last = row + 1, row + len(figure.claims)
        page.key(row, figure.key)
        page.put(row, 1, f"{figure.name} (mean of its sources)")
        page.put(row, 2, figure.unit.name, "quiet")
        for column, name in ENDS.items():
            area = f"${letter(column)}{first + 1}:${letter(column)}{last + 1}"
            page.work_out(row, column, f"AVERAGE({area})", _mean(figure, name))
        _use(page, row, _mean(figure, scenario), single=False)
        for k, claim in enumerate(figure.claims, 1):
            row += 1
            name = f"    source {k}"
            _write_claim(page, row, f"{figure.key}|source {k}", name, figure.unit, claim, scenario, filled=True)
    return page, cells


def _mean(figure: Figure, name: str) -> float:
    return float(np.mean([getattr(claim.estimate, name) for claim in figure.claims]))


def _write_claim(
    page: Page, row: int, key: str, name: str, unit: Unit, claim: SourcedFigure, scenario: str, filled: bool = False
) -> None:
    """A figure as one source has it; a single number stands under likely alone."""
    single = claim.estimate.fixed and not filled
    page.key(row, key)
    page.put(row, 1, name)
    page.put(row, 2, unit.name, "quiet")
    for column, which in ENDS.items():
        if column == LIKELY or not single:
            page.put(row, column, float(getattr(claim.estimate, which)), "input", NUMBER)
            page.bound(row, column, bounds_of(unit))
    _use(page, row, float(getattr(claim.estimate, scenario)), single=single)
    page.put(row, USED + 1, claim.told, "note" if claim.supported else "quiet note")
    page.put(row, USED + 2, claim.date)


def _use(page: Page, row: int, value: float, *, single: bool) -> None:
    """The value in use, by the scenario."""
    low, likely, high = (f"${letter(column)}{row + 1}" for column in ENDS)
    chosen = "$C$3"
    formula = likely if single else f'IF({chosen}="low",{low},IF({chosen}="high",{high},{likely}))'
    page.work_out(row, USED, formula, value)


def bounds_of(unit: Unit) -> dict[str, Any]:
    """What a cell of this unit may hold, for a spreadsheet to refuse all else."""
    kind = "integer" if unit.whole else "decimal"
    rule = {"validate": kind, "criteria": "between", "minimum": unit.low, "maximum": unit.high}
    return {**rule, "error_title": unit.name[:32], "error_message": unit.rule[:255]}
