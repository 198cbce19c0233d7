"""Workbooks as other programs write them: what a spreadsheet opens is read; what the file calls a total is no data."""

import datetime as dt
import io
import re
import zipfile

import openpyxl
import pytest
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

import dxkit as dx
from dxkit.files.errors import DataError
from dxkit.files.opening import open_file

ROWS = [["deployment", "time", "share"], ["d1", dt.datetime(2026, 1, 5, 10), 0.5], ["d2", dt.date(2026, 1, 6), 0.25]]
READ = [["deployment", "time", "share"], ["d1", "2026-01-05 10:00:00", "0.5"], ["d2", "2026-01-06", "0.25"]]


def workbook(change=lambda book, sheet: None, rows=ROWS):
    """The bytes of a workbook of these rows after a change."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    change(book, book.active)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def edited(data, part, change):
    """A workbook with the text of one of its parts changed; the part is left out where that gives None."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            text = change(old.read(name).decode()) if name.endswith(part) else old.read(name)
            if text is not None:
                new.writestr(name, text)
    return made.getvalue()


def grid(tmp_path, data):
    (tmp_path / "x.xlsx").write_bytes(data)
    return open_file(tmp_path / "x.xlsx").sheets[0]


def replaced(pattern, by):
    def change(text):
        assert re.search(pattern, text)
        return re.sub(pattern, by, text, count=1)

    return change


def after_cells(element):
    return replaced("</sheetData>", f"</sheetData>{element}")


@pytest.mark.parametrize(
    ("part", "change"),
    [
        pytest.param("styles.xml", replaced(r"(<fills[^>]*>)", r"\1<fill/>"), id="empty fill"),
        pytest.param("styles.xml", replaced('patternType="gray125" ?/>', 'patternType="no"/>'), id="unknown fill"),
        pytest.param("styles.xml", replaced('<family val="2" ?/>', '<family val="34"/>'), id="font family"),
        pytest.param("styles.xml", replaced("<borders", "<other/><borders"), id="unknown element"),
        pytest.param("styles.xml", replaced("(?s)<cellStyles.*</cellStyles>", ""), id="no named styles"),
        pytest.param("core.xml", replaced(r"(<dcterms:created[^>]*>)[^<]*", r"\g<1>05.01.2026"), id="date of creation"),
        pytest.param("sheet1.xml", after_cells('<autoFilter ref="A1:B"><filterColumn/></autoFilter>'), id="filter"),
        pytest.param(
            "sheet1.xml",
            after_cells('<dataValidations><dataValidation type="new" sqref="A1"/></dataValidations>'),
            id="validation",
        ),
        pytest.param(
            "sheet1.xml",
            after_cells('<conditionalFormatting sqref="A1"><cfRule type="new" dxfId="9"/></conditionalFormatting>'),
            id="conditional format",
        ),
        pytest.param("workbook.xml", replaced('(<sheet [^>]*)state="visible"', r"\1"), id="sheet without state"),
        pytest.param("workbook.xml", replaced("<bookViews>", '<bookViews><workbookView visibility="no"/>'), id="view"),
    ],
)
def test_looks_that_a_spreadsheet_forgives_keep_no_cell_from_being_read(tmp_path, part, change):
    found = grid(tmp_path, edited(workbook(), part, change))
    assert found.cells == READ
    assert not found.notes


def test_without_styles_the_cells_are_read_and_a_date_is_the_number_that_the_file_holds(tmp_path):
    found = grid(tmp_path, edited(workbook(), "styles.xml", lambda text: None))
    assert found.cells[1] == ["d1", "46027.4166666667", "0.5"]


def test_without_looks_hidden_struck_and_merged_cells_are_still_told(tmp_path):
    def hide(book, sheet):
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["B"].hidden = True
        sheet["C2"].number_format = "0%"
        sheet["C3"].font = Font(strike=True)
        sheet["A3"].font = Font(strike=False, bold=True)

    spoiled = replaced(r"(<fills[^>]*>)", r"\1<fill/>")
    found = grid(tmp_path, edited(workbook(hide), "styles.xml", spoiled))
    assert len(found.notes) == 4
    assert found.notes[1] == "cells that are struck out, and were read like the others: C3"
    with pytest.raises(DataError, match="C2:C3 are merged"):
        grid(tmp_path, edited(workbook(lambda book, sheet: sheet.merge_cells("C2:C3")), "styles.xml", spoiled))


def test_what_no_spreadsheet_opens_is_refused_as_before(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        grid(tmp_path, edited(workbook(), "sheet1.xml", replaced("</row>", "</cell>")))


COSTS = [
    ["vendor", "line", "category", "timing", "likely"],
    ["A", "seats", "licence", "yearly", 1000],
    ["A", "care", "operations", "yearly", 500],
]


def of_table(label, total=1500):
    def change(book, sheet):
        sheet.append(["A", label, "licence", "yearly", total])
        sheet.add_table(Table(displayName="T", ref="A1:E4", totalsRowCount=1))

    return change


def of_formula(formula, label="Ergebnis", gap=False):
    def change(book, sheet):
        if gap:
            sheet.append([])
        sheet.append(["A", label, "licence", "yearly", formula])

    return change


@pytest.mark.parametrize(
    "change",
    [
        *(pytest.param(of_table(label), id=label) for label in ("Ergebnis", "Totalt", "Razem", "Subtotal A")),
        pytest.param(of_table("Ergebnis", "=SUBTOTAL(109,E2:E3)"), id="not computed"),
        pytest.param(of_formula("=SUM(E2:E3)"), id="sum"),
        pytest.param(of_formula("=SUBTOTAL(9,$E$2:$E$3)"), id="subtotal"),
        pytest.param(of_formula("=SUM(E2:E4)", gap=True), id="sum below a gap"),
    ],
)
def test_a_row_that_the_file_itself_calls_a_total_counts_once(tmp_path, change):
    (tmp_path / "costs.xlsx").write_bytes(
        workbook(lambda book, sheet: [setattr(sheet, "title", "costs"), change(book, sheet)], COSTS)
    )
    dossier = dx.read_dossier(tmp_path / "costs.xlsx")
    assert dx.tco(dossier).totals.query("basis == 'nominal'")["mean"].tolist() == pytest.approx([4500.0])
    assert any("rows of totals, as the file itself says" in note for note in dossier.notes)


def test_a_sum_over_other_cells_is_data(tmp_path):
    def across(book, sheet):
        for row in (2, 3):
            sheet[f"D{row}"] = f"=SUM(B{row}:C{row})"
        sheet["E2"] = "=SUM(C2:C3)"

    data = workbook(across, [["a", "b", "c", "d", "e"], ["x", 1, 2, None, None], ["y", 3, 4, None, None]])
    for cell, value in (("D2", 3), ("D3", 7), ("E2", 6)):
        data = edited(
            data, "sheet1.xml", replaced(rf'(r="{cell}"[^>]*><f>[^<]*</f>)(?:<v ?/>|<v></v>)', rf"\1<v>{value}</v>")
        )
    found = grid(tmp_path, data)
    assert found.cells[1:] == [["x", "1", "2", "3", "6"], ["y", "3", "4", "7", ""]]
    assert not found.notes


def test_dates_of_either_system_in_any_format_are_the_same_dates(tmp_path):
    def in_1904(book, sheet):
        book.epoch = CALENDAR_MAC_1904

    def in_words(book, sheet):
        sheet["B2"].number_format, sheet["C2"].number_format = "[$-F800]dddd, mmmm dd, yyyy", '0.0 "days"'

    def in_german(book, sheet):
        sheet["B2"].number_format, sheet["C2"].number_format = "[$-407]d/ mmmm yyyy;@", '#,##0.00 "d"'

    def as_iso(book, sheet):
        book.iso_dates = True

    for change in (in_1904, in_words, in_german, as_iso):
        assert grid(tmp_path, workbook(change)).cells == READ, change.__name__


@pytest.mark.parametrize(
    "formula",
    ["=1+1", "=SUM(A2:B2)", '=IF(TRUE,"a","b")', ArrayFormula("C2", "=SUM(A2:B2*2)")],
    ids=["numbers", "a sum", "words", "an array"],
)
def test_a_formula_that_was_never_computed_is_refused_with_its_cell(tmp_path, formula):
    with pytest.raises(DataError, match="cell C2: a formula has no stored value"):
        grid(tmp_path, workbook(lambda book, sheet: sheet.__setitem__("C2", formula)))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda book, sheet: setattr(book.create_sheet("old", 0), "sheet_state", "hidden"), "not read: old"),
        (lambda book, sheet: setattr(book.create_sheet("old"), "sheet_state", "veryHidden"), "not read: old"),
        (lambda book, sheet: setattr(sheet.row_dimensions[3], "hidden", True), "hidden rows that were read"),
        (lambda book, sheet: setattr(sheet.column_dimensions["C"], "hidden", True), "hidden columns that were read"),
        (lambda book, sheet: setattr(sheet["C2"], "number_format", "0%"), "50% is 0.5): C2"),
        (lambda book, sheet: setattr(sheet["C3"], "number_format", "0.0%"), "50% is 0.5): C3"),
    ],
)
def test_what_a_reader_may_not_see_is_noted_and_read(tmp_path, change, told):
    found = grid(tmp_path, workbook(change))
    assert found.cells == READ
    assert told in " ".join(found.notes)


def test_struck_out_cells_and_groups_of_hidden_columns_are_told_with_their_sheet(tmp_path):
    def change(book, sheet):
        for place in ("A2", "C2", "A3"):  # B2 is empty below
            sheet[place].font = Font(strike=True)
        sheet["B2"] = None
        sheet["C4"].font = Font(strike=True)  # an empty cell
        sheet.column_dimensions.group("B", "XFD", hidden=True)
        book.create_sheet("more").append(["note"])

    found = grid(tmp_path, workbook(change))
    assert found.notes == (
        f"sheet {found.sheet}: cells that are struck out, and were read like the others: A2:C2, A3",
        f"sheet {found.sheet}: hidden columns that were read like the others: B, C",
    )


@pytest.mark.parametrize("stated", ["A1", "A1:A2", "A1:XFD1048576"])
def test_the_size_that_a_sheet_states_of_itself_is_not_trusted(tmp_path, stated):
    assert (
        grid(
            tmp_path, edited(workbook(), "sheet1.xml", replaced('<dimension ref="[^"]*"', f'<dimension ref="{stated}"'))
        ).cells
        == READ
    )
