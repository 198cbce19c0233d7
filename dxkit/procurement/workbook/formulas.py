"""Expressions of the model printed as a spreadsheet writes them.

See docs/methods/ownership_cost.md, "One model, two forms"."""

from collections.abc import Mapping
from dataclasses import dataclass

from dxkit.files.grid import letter
from dxkit.procurement.cost.expressions import LABEL, Call, Constant, Input, Largest, Operand, Row, Sum
from dxkit.procurement.workbook.pages import Page, quoted

_LEVEL = {">": 1, ">=": 1, "<": 1, "<=": 1, "=": 1, "+": 2, "-": 2, "*": 3, "/": 3, "^": 4}
_ATOM = 5
COLUMN = "\x00"  # stands for the letter of a column in a printed formula


@dataclass(eq=False)
class Place:
    """Where a sheet of the model stands: its page, the row of each of its rows, its first column and how many."""

    page: Page
    rows: dict[str, int]
    first: int
    count: int


@dataclass(eq=False)
class Places:
    """Addresses for the formulas of one vendor's sheets; the cells of inputs are shared by all."""

    sheets: dict[str, Place]
    inputs: Mapping[str, tuple[Page, int, int]]

    def input(self, key: str, here: str) -> str:
        page, row, column = self.inputs[key]
        return self._seen(page, f"${letter(column)}${row + 1}", here)

    def _seen(self, page: Page, cells: str, here: str) -> str:
        """Cells of a page, as a formula of the sheet `here` names them."""
        return cells if page is self.sheets[here].page else f"{quoted(page.title)}!{cells}"

    def cell(self, sheet: str, row: str, here: str) -> str:
        place = self.sheets[sheet]
        if place.count == 1 or sheet != here:
            return self._seen(place.page, f"${letter(place.first)}${place.rows[row] + 1}", here)
        return f"{COLUMN}{place.rows[row] + 1}"

    def area(self, sheet: str, row: str, here: str) -> str:
        place = self.sheets[sheet]
        at = place.rows[row] + 1
        area = f"${letter(place.first)}${at}:${letter(place.first + place.count - 1)}${at}"
        return self._seen(place.page, area, here)

    def so_far(self, sheet: str, row: str) -> str:
        place = self.sheets[sheet]
        return f"${letter(place.first)}{place.rows[row] + 1}:{COLUMN}{place.rows[row] + 1}"


def printed(operand: Operand, sheet: str, at: Places) -> str:
    """A formula as a spreadsheet writes it in any column of a sheet, without the equals sign."""
    return _print(operand, sheet, at)[0]


def _print(operand: Operand, sheet: str, at: Places) -> tuple[str, int]:
    if isinstance(operand, Constant):
        operand = operand.value
    if isinstance(operand, float | int):
        text = repr(int(operand)) if float(operand).is_integer() else repr(float(operand)).upper()
        return (f"({text})", _ATOM) if operand < 0 else (text, _ATOM)
    if isinstance(operand, Input):
        return at.input(operand.key, sheet), _ATOM
    if isinstance(operand, Row):
        return at.cell(operand.sheet or sheet, operand.name, sheet), _ATOM
    if isinstance(operand, Largest):
        return f"MAX({at.so_far(sheet, operand.name)})", _ATOM
    if isinstance(operand, Sum):
        source = operand.sheet or sheet
        area = at.area(source, operand.name, sheet)
        if operand.over is None and operand.to is None:
            return f"SUM({area})", _ATOM
        bounds = [
            f'{at.area(source, LABEL, sheet)},"{sign}"&{_inside(bound, 2, sheet, at)}'
            for sign, bound in ((">", operand.over), ("<=", operand.to))
            if bound is not None
        ]
        return f"SUMIFS({area},{','.join(bounds)})", _ATOM
    assert isinstance(operand, Call)
    if operand.name not in _LEVEL:
        inner = ",".join(_print(each, sheet, at)[0] for each in operand.operands)
        return f"{operand.name}({inner})", _ATOM
    level, (left, right) = _LEVEL[operand.name], operand.operands
    first = _inside(left, level, sheet, at)
    second = _inside(right, level + 1 if operand.name in "-/^" or level == 1 else level, sheet, at)
    return f"{first}{operand.name}{second}", level


def _inside(operand: Operand, level: int, sheet: str, at: Places) -> str:
    """An operand, in brackets where it would otherwise be read with its neighbour."""
    text, own = _print(operand, sheet, at)
    return text if own >= level and own > 1 else f"({text})"
