"""The workbook in which a manager describes a decision between vendors: yellow cells to fill, the rest assumed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dxkit.files.table import CHOICE, EXAMPLE, YES_NO, Column
from dxkit.files.writing import new_workbook
from dxkit.procurement.dossier.columns import SHEETS, STATUSES
from dxkit.procurement.dossier.leaving_inputs import EXIT_INPUTS
from dxkit.procurement.dossier.units import CLAUSES
from dxkit.project.forms import form

if TYPE_CHECKING:
    from xlsxwriter import Workbook

VENDORS = ("Vendor A", "Vendor B")
_ASK = object()  # a cell to fill in
_CONVENTION = "each payment counts from the day on which it falls due"
_RARE = {"shape", "ratchet", "currency", "rises", "committed", *CLAUSES} - {"growth", "minimum"}  # not asked
_NOT_OF = {"benefits": {"growth", "minimum", "billed"}, "costs": {"declared"}, "exit": {"per"}}

_READ_ME = (
    "What does it cost to own, and to leave?",
    "1. Fill in the yellow cells: twelve figures on owning (sheets drivers and costs), seventeen on leaving (sheet "
    "exit). One number in `likely` is enough. Where you are not sure, write low, likely and high.",
    "2. Replace Vendor A and Vendor B by the names of your vendors. For a third vendor, copy the rows of one. Write 0 "
    "where a line costs nothing.",
    "3. Say where each figure comes from, and when: source and source_date. You may leave them empty; the figure is "
    "then listed as unsupported.",
    "4. Leave a yellow cell of sheet exit empty if you do not know the figure. dxkit then uses the value in `assumed`, "
    "and says so.",
    "Grey rows are examples; dxkit leaves them out. White cells hold assumptions; change them where you know better. "
    "Write shares as 0.05 for 5%.",
    "Then run:  dxkit check my_decision/dossier.xlsx   It names every cell that is missing or wrong.",
    "For the results run:  dxkit run notebooks/04_own_and_leave.ipynb --data my_decision/dossier.xlsx",
)
_DECISION = (
    ("title", "Our decision", "shown on every result"),
    ("currency", "EUR", "all amounts are in this one currency"),
    ("start", "2027-01-01", "first day of the contract, as 2027-01-31"),
    ("horizon_years", 3, "years to look ahead"),
    ("discount_rate", 0.1, f"a year; {_CONVENTION}"),
    ("jurisdiction", "", "EU: two months' notice at most, no fee for data from 2027-01-12 (Regulation (EU) 2023/2854)"),
    ("status", "illustrative", "illustrative until the prices are quotes, then quoted"),
)
_DRIVER_ROWS = (
    (f"{EXAMPLE} seats", "people", 90, 100, 120, 0, 0.05, 0.1, "HR head count", "2026-10-01", "three numbers: a range"),
    ("seats", "people", "", _ASK, "", "", _ASK, "", "", "", "users in the first year, and their growth a year"),
    ("engineer_year", "money a year", "", _ASK, "", "", 0.03, "", "assumption", "", "what an engineer costs a year"),
)
_EXAMPLE_COST = (
    *(f"{EXAMPLE} Acme Portal", "seats", "licence", "monthly", "seats", 18, 20, 25, 0.05, 50, "yearly"),
    *("quote 4711", "2026-11-02", "20 a seat and month, rising 5% a year, at least 50 seats, paid a year in advance"),
)
_PRICE = "price of a seat a month; its rise a year (growth); least seats billed (minimum)"
_LINES = (  # line, category, timing, per, likely, growth, minimum, what
    ("seats", "licence", "monthly", "seats", _ASK, _ASK, _ASK, _PRICE),
    ("roll-out", "implementation", "once", "engineer_year", _ASK, "", "", "engineer years until it is in use"),
    ("integrations", "integration", "once", "", _ASK, "", "", "money for integrations before the start"),
    ("training", "training", "once", "seats", _ASK, "", "", "money for each user"),
    ("own work", "operations", "yearly", "engineer_year", _ASK, "", "", "engineer years each year to run it"),
    ("support", "support", "yearly", "", _ASK, "", "", "money a year for support"),
    ("hosting", "hosting", "yearly", "", _ASK, "", "", "money a year for hosting"),
)
_BENEFIT = (
    *(f"{EXAMPLE} Acme Portal", "retired licences", "cash", "licences", "yearly", "", 8000, 10000, 12000),
    *("invoice 2026", "2026-03-31", "why neither hours nor costs hold it already"),
    "money that is no longer spent; hours saved come from the survey, not from here",
)
_CRITERIA_ROWS = (
    (f"{EXAMPLE} feature fit", 20, 30, 40, 1, 5, "", "rating"),
    (f"{EXAMPLE} three-year cost", 20, 25, 35, 900000, 200000, "", "tco"),
    (f"{EXAMPLE} single sign-on", "", "", "", "", "", "yes", "rating"),
)
_EVIDENCE_ROWS = (
    (f"{EXAMPLE} Acme Portal", "feature fit", 4, "trial", "platform engineer", "2026-10-20", 3, "yes"),
    (f"{EXAMPLE} Acme Portal", "single sign-on", "pass", "documentation", "security", "2026-10-02"),
)
_OTHER_SHEETS = {
    "benefits": (_BENEFIT,),
    "criteria": _CRITERIA_ROWS,
    "evidence": _EVIDENCE_ROWS,
    "fit": ((f"{EXAMPLE} Acme Portal", "Waiting for CI", 0.1, 0.2, 0.4, "reference"),),
}
_OTHER_WEIGHTS = {"worth_low", "worth", "worth_high", "order"}  # see docs/tables.md
_WIDTHS = {"what": 70, "line": 22, "vendor": 24, "input": 22, "driver": 20, "source": 26, "link": 26, "note": 26}


def asked() -> dict[str, int]:
    """How many figures the workbook asks for, by sheet; those of a vendor count once.

    >>> asked()
    {'drivers': 3, 'costs': 9, 'exit': 17}
    """
    owning = [sum(cell is _ASK for row in rows for cell in row) for rows in (_DRIVER_ROWS, _LINES)]
    return {"drivers": owning[0], "costs": owning[1], "exit": sum(one.asked for one in EXIT_INPUTS.values())}


def write_dossier_workbook(path: Path) -> None:
    """The workbook to fill in: sheets read me, decision, drivers, costs, exit, and examples in the optional ones."""
    sheets = {
        "decision": _DECISION,
        "drivers": _DRIVER_ROWS,
        "costs": (_EXAMPLE_COST, *(_cost(vendor, *line) for vendor in VENDORS for line in _LINES)),
        "exit": tuple(_exit_rows()),
        **_OTHER_SHEETS,
    }
    with new_workbook(path) as book:
        form.read_me(book, _READ_ME)
        for name, rows in sheets.items():
            _fill(book, name, _columns(name), rows)


def _columns(sheet: str) -> list[Column]:
    """The declared columns of a sheet that the form asks for."""
    left_out = _RARE | _NOT_OF.get(sheet, set()) | _OTHER_WEIGHTS
    return [column for column in SHEETS[sheet].columns if column.name not in left_out]


def _cost(vendor: str, line: str, category: str, timing: str, per: str, likely, growth, minimum, what: str) -> tuple:
    billed = "yearly" if line == "seats" else ""
    return (vendor, line, category, timing, per, "", likely, "", growth, minimum, billed, "", "", what)


def _exit_rows() -> Iterator[tuple]:
    for asked_ in (True, False):
        for name, one in EXIT_INPUTS.items():
            if one.asked is asked_:
                cell = _ASK if asked_ else ""
                yield ("all", name, cell, cell, cell, "", "", one.unit, one.default, one.meaning)


def _fill(book: Workbook, name: str, columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> None:
    """Header, rows, colours, drop-downs and bounds of one sheet."""
    widths = _WIDTHS | ({"value": 34} if name == "decision" else {})
    sheet = form.add_sheet(book, name, [column.name for column in columns], widths, 14)
    for number, row in enumerate(rows, 1):
        example = str(row[0]).startswith(EXAMPLE)
        for j, (column, value) in enumerate(zip(columns, row, strict=False)):
            looks = dict(form.EXAMPLE_LOOK) if example else {}
            if column.name == "what":
                looks |= {"font_color": form.GREY, "text_wrap": True, "valign": "top"}
            if value is _ASK:
                looks |= {"bg_color": "#FFF2B3"}
            sheet.write(number, j, None if value is _ASK or value == "" else value, book.add_format(looks))
        if row[0] == "status":
            form.offer(sheet, 1, STATUSES, rows=(number, number))
    for j, column in enumerate(columns):
        if column.kind in (CHOICE, YES_NO):
            form.offer(sheet, j, column.allowed or ("yes", "no"))
        elif column.low == 0:
            form.at_least_zero(sheet, j, "Write a number, 0 or more, without a currency sign.")
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
