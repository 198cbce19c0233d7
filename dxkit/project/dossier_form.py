"""The workbook in which a manager writes down a decision between vendors: yellow cells to fill, the rest assumed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dxkit.files.table import CHOICE, YES_NO, Column
from dxkit.files.writing import replacing
from dxkit.procurement.dossier.columns import CLAUSES, EXAMPLE, SHEETS, STATUSES
from dxkit.procurement.dossier.leaving_inputs import DEFAULT_SOURCE, EXIT_INPUTS

VENDORS = ("Vendor A", "Vendor B")
_ASK = object()  # a cell to fill in
_CONVENTION = "Forrester's TEI convention"
_RARE = {"shape", "from_month", "to_month", "ratchet", "currency", *CLAUSES} - {"minimum"}  # not asked in the form
_NOT_OF_BENEFITS = {"category", "growth", "minimum"}

_READ_ME = (
    "What does it cost to own, and to leave?",
    "1. Fill in the yellow cells: twelve figures on owning (sheets drivers and costs), seventeen on leaving (sheet "
    "exit). One number in `likely` is enough; where you are not sure, write low, likely and high.",
    "2. Put the names of your vendors in place of Vendor A and Vendor B. Copy the rows of one for a third. Write 0 "
    "where a line costs nothing.",
    "3. Say where each figure comes from, and when: source and source_date. A figure without them is accepted, and "
    "listed as unsupported.",
    "4. Leave the yellow cells of sheet exit empty where you do not know: the value in `assumed` is taken, and said.",
    "Grey rows are examples; they are left out when the workbook is read. White cells hold assumptions; change them "
    "where you know better. Shares are written as 0.05 for 5%.",
    "Then:  dxkit check my_decision/dossier.xlsx   names every cell that is missing or wrong;",
    "dxkit run notebooks/04_own_and_leave.ipynb --data my_decision/dossier.xlsx   works it out.",
)
_DECISION = (
    ("title", "Our decision", "shown on every result"),
    ("currency", "EUR", "all amounts are in this one currency"),
    ("start", "2027-01-01", "first day of the contract, as 2027-01-31"),
    ("horizon_years", 3, "years to look ahead"),
    ("discount_rate", 0.1, f"a year; {_CONVENTION}"),
    ("jurisdiction", "", "EU: notice of at most two months for leaving (Regulation (EU) 2023/2854)"),
    ("status", "illustrative", "illustrative until the prices are quotes, then quoted"),
)
_DRIVER_ROWS = (
    (f"{EXAMPLE} seats", "people", 90, 100, 120, 0, 0.05, 0.1, "HR head count", "2026-10-01", "three numbers: a range"),
    ("seats", "people", "", _ASK, "", "", _ASK, "", "", "", "users in the first year, and their growth a year"),
    ("engineer_year", "money a year", "", _ASK, "", "", 0.03, "", DEFAULT_SOURCE, "", "what an engineer costs a year"),
)
_EXAMPLE_COST = (
    f"{EXAMPLE} Acme Portal",
    "seats",
    "licence",
    "monthly",
    "seats",
    18,
    20,
    25,
    0.05,
    50,
    "quote 4711",
    "2026-11-02",
    "20 a seat and month, rising 5% a year, at least 50 seats",
)
_LINES = (
    (
        "seats",
        "licence",
        "monthly",
        "seats",
        "",
        _ASK,
        "",
        _ASK,
        _ASK,
        "",
        "price of a seat a month; its rise a year (growth); least seats billed (minimum)",
    ),
    (
        "roll-out",
        "implementation",
        "initial",
        "engineer_year",
        "",
        _ASK,
        "",
        "",
        "",
        "",
        "engineer years until it is in use",
    ),
    ("integrations", "integration", "initial", "", "", _ASK, "", "", "", "", "money for integrations before the start"),
    ("training", "training", "initial", "seats", "", _ASK, "", "", "", "", "money for each user"),
    (
        "own work",
        "operations",
        "yearly",
        "engineer_year",
        "",
        _ASK,
        "",
        "",
        "",
        "",
        "engineer years each year to run it",
    ),
    ("support", "support", "yearly", "", "", _ASK, "", "", "", "", "money a year for support"),
    ("hosting", "hosting", "yearly", "", "", _ASK, "", "", "", "", "money a year for hosting"),
)
_BENEFIT_ROWS = (
    (
        f"{EXAMPLE} Acme Portal",
        "retired licences",
        "cash",
        "yearly",
        "",
        8000,
        10000,
        12000,
        "invoice 2026",
        "2026-03-31",
        "why neither hours nor costs hold it already",
        "money that is no longer spent; hours saved come from the survey, not from here",
    ),
)
_OTHER_SHEETS = {
    "benefits": _BENEFIT_ROWS,
    "criteria": (
        (f"{EXAMPLE} feature fit", 20, 30, 40, 1, 5, "", "rating"),
        (f"{EXAMPLE} three-year cost", 20, 25, 35, 900000, 200000, "", "tco"),
        (f"{EXAMPLE} single sign-on", "", "", "", "", "", "yes", "rating"),
    ),
    "evidence": (
        (f"{EXAMPLE} Acme Portal", "feature fit", 4, "trial", "platform engineer", "2026-10-20", 3, "yes", "", ""),
        (f"{EXAMPLE} Acme Portal", "single sign-on", "pass", "documentation", "security", "2026-10-02", *4 * ("",)),
    ),
    "fit": ((f"{EXAMPLE} Acme Portal", "Waiting for CI", 0.1, 0.2, 0.4, "reference"),),
}
_WIDTHS = {"what": 70, "line": 22, "vendor": 24, "input": 22, "driver": 20, "source": 26, "link": 26, "note": 26}


def asked() -> dict[str, int]:
    """How many figures the workbook asks for, by sheet; those of a vendor count once.

    >>> asked()
    {'drivers': 3, 'costs': 9, 'exit': 17}
    """
    owning = [sum(cell is _ASK for row in rows for cell in row) for rows in (_DRIVER_ROWS, _LINES)]
    return {"drivers": owning[0], "costs": owning[1], "exit": sum(each.asked for each in EXIT_INPUTS.values())}


def write_dossier_workbook(path: Path) -> None:
    """The workbook to fill in: sheets read me, decision, drivers, costs, exit, and examples in the optional ones."""
    import openpyxl

    book = openpyxl.Workbook()
    first = book.active
    first.title = "read me"
    first.column_dimensions["A"].width = 110
    for text in _READ_ME:
        first.append([text])
    _style_text(first)
    sheets = {
        "decision": _DECISION,
        "drivers": _DRIVER_ROWS,
        "costs": (_EXAMPLE_COST, *((vendor, *line[:-1], "", line[-1]) for vendor in VENDORS for line in _LINES)),
        "exit": tuple(_exit_rows()),
        **_OTHER_SHEETS,
    }
    for name, rows in sheets.items():
        _fill(book.create_sheet(name), _columns(name), rows)
    _restrict_decision(book["decision"])
    with replacing(path) as temporary:
        book.save(temporary)


def _columns(sheet: str) -> list[Column]:
    """The declared columns of a sheet that the form asks for."""
    left_out = _RARE | (_NOT_OF_BENEFITS if sheet == "benefits" else set())
    return [column for column in SHEETS[sheet].columns if column.name not in left_out]


def _exit_rows():
    for asked_ in (True, False):
        for name, each in EXIT_INPUTS.items():
            if each.asked is asked_:
                cell = _ASK if asked_ else ""
                yield ("all", name, cell, cell, cell, "", "", each.unit, each.default, each.meaning)


def _style_text(sheet) -> None:
    from openpyxl.styles import Alignment, Font

    for row in sheet.iter_rows():
        row[0].alignment = Alignment(wrap_text=True, vertical="top")
    sheet["A1"].font = Font(bold=True, size=14)


def _fill(sheet, columns: Sequence[Column], rows) -> None:
    """Header, rows, colours, drop-downs and bounds of one sheet."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet.append([column.name for column in columns])
    for row in rows:
        sheet.append([None if cell is _ASK or cell == "" else cell for cell in row])
    yellow, head = PatternFill("solid", fgColor="FFF2B3"), PatternFill("solid", fgColor="DDE6EE")
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), head
    for number, row in enumerate(rows, 2):
        for j, value in enumerate(row, 1):
            cell = sheet.cell(number, j)
            if str(row[0]).startswith(EXAMPLE):
                cell.font = Font(italic=True, color="808080")
            if value is _ASK:
                cell.fill = yellow
            if columns[j - 1].name == "what":
                cell.font = Font(color="808080", italic=str(row[0]).startswith(EXAMPLE))
                cell.alignment = Alignment(wrap_text=True, vertical="top")
    for j, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(j)].width = _WIDTHS.get(column.name, 14)
        if column.kind in (CHOICE, YES_NO):
            _allow(sheet, get_column_letter(j), column.allowed or ("yes", "no"))
        elif column.low == 0:
            _at_least_zero(sheet, get_column_letter(j))
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _allow(sheet, letter: str, words) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    listed = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True, showErrorMessage=True)
    listed.error = f"Use one of: {', '.join(words)}."
    listed.add(f"{letter}2:{letter}500")
    sheet.add_data_validation(listed)


def _at_least_zero(sheet, letter: str) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    bound = DataValidation(type="decimal", operator="greaterThanOrEqual", formula1="0", allow_blank=True)
    bound.error, bound.showErrorMessage = "Write a number, 0 or more, without a currency sign.", True
    bound.add(f"{letter}2:{letter}500")
    sheet.add_data_validation(bound)


def _restrict_decision(sheet) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    for row in sheet.iter_rows(min_row=2):
        if row[0].value == "status":
            listed = DataValidation(type="list", formula1=f'"{",".join(STATUSES)}"', showErrorMessage=True)
            listed.add(row[1].coordinate)
            sheet.add_data_validation(listed)
    sheet.column_dimensions["B"].width = 34
