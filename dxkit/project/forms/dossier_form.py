"""The workbook in which a manager describes a decision between vendors: yellow cells to fill, the rest assumed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dxkit.files.grid import YELLOW
from dxkit.files.table import CHOICE, EXAMPLE, YES_NO
from dxkit.files.writing import new_workbook
from dxkit.procurement.dossier.columns import SHEETS, STATUSES
from dxkit.procurement.dossier.leaving_inputs import EXIT_INPUTS
from dxkit.procurement.dossier.units import CLAUSES
from dxkit.project.forms import form

if TYPE_CHECKING:
    from xlsxwriter import Workbook

_ASK = "?"  # a cell to fill in
_TOLD = form.FORMS["decision"]
VENDORS: tuple[str, ...] = tuple(_TOLD["vendors"])
_RARE = {*CLAUSES, *_TOLD["not_asked"]} - {"growth", "minimum"}


def asked() -> dict[str, int]:
    """How many figures the workbook asks for, by sheet; those of a vendor count once.

    >>> asked()
    {'drivers': 3, 'costs': 9, 'exit': 17}
    """
    owning = {sheet: sum(row.count(_ASK) for row in _TOLD["sheets"][sheet]) for sheet in ("drivers", "costs")}
    return {**owning, "exit": sum(one.asked for one in EXIT_INPUTS.values())}


def write_dossier_workbook(path: Path) -> None:
    """The workbook to fill in: sheets read me, decision, drivers, costs, exit, and examples in the optional ones."""
    sheets = dict(_TOLD["sheets"])
    example, *lines = sheets["costs"]
    sheets["costs"] = [example, *([vendor, *line[1:]] for vendor in VENDORS for line in lines)]
    inputs = sorted(EXIT_INPUTS.items(), key=lambda each: not each[1].asked)
    sheets["exit"] = [
        ["all", name, *[_ASK if one.asked else ""] * 3, "", "", one.unit, one.default, one.meaning]
        for name, one in inputs
    ]
    with new_workbook(path) as book:
        form.read_me(book, _TOLD["read_me"])
        for name, rows in sheets.items():
            _fill(book, name, rows)


def _fill(book: Workbook, name: str, rows: Sequence[Sequence[object]]) -> None:
    """Header, rows, colours, drop-downs and bounds of one sheet: of the declared columns those that are asked for."""
    left_out = _RARE | {*_TOLD["not_of"].get(name, ())}
    columns = [column for column in SHEETS[name].columns if column.name not in left_out]
    widths = _TOLD["widths"] | ({"value": 34} if name == "decision" else {})
    sheet = form.add_sheet(book, name, [column.name for column in columns], widths, 14)
    for number, row in enumerate(rows, 1):
        example = str(row[0]).startswith(EXAMPLE)
        for j, (column, value) in enumerate(zip(columns, row, strict=False)):
            looks = dict(form.EXAMPLE_LOOK) if example else {}
            if column.name == "what":
                looks |= {"font_color": form.GREY, "text_wrap": True, "valign": "top"}
            if value == _ASK:
                looks |= {"bg_color": f"#{YELLOW}"}
            sheet.write(number, j, None if value in (_ASK, "") else value, book.add_format(looks))
        if row[0] == "status":
            form.offer(sheet, 1, STATUSES, rows=(number, number))
    for j, column in enumerate(columns):
        if column.kind in (CHOICE, YES_NO):
            form.offer(sheet, j, column.allowed or ("yes", "no"))
        elif column.low == 0:
            form.at_least_zero(sheet, j, "Write a number, 0 or more, without a currency sign.")
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
