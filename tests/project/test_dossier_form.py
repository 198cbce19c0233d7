"""The workbook to fill in: what it asks, what it allows, and that a filled one is a whole decision."""

import openpyxl
import pandas as pd
import pytest

import dxkit as dx
from dxkit.files.table import EXAMPLE
from dxkit.procurement.dossier.leaving_inputs import EXIT_INPUTS
from dxkit.project.check import check
from dxkit.project.forms.dossier_form import VENDORS, asked, write_dossier_workbook
from dxkit.project.new import new

FIGURES = {"drivers": [120, 0.05, 110_000], "costs": [22, 0.05, 50, 0.5, 9_000, 60, 0.4, 3_000, 0]}


@pytest.fixture
def form(tmp_path):
    write_dossier_workbook(tmp_path / "dossier.xlsx")
    return tmp_path / "dossier.xlsx"


def yellow(sheet):
    return [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.fill.fgColor.rgb.endswith("FFF2B3")]


def filled(path):
    """As a manager would: every yellow cell of owning, in the order in which they stand."""
    book = openpyxl.load_workbook(path)
    for cell, value in zip(yellow(book["drivers"]), FIGURES["drivers"], strict=True):
        cell.value = value
    for k, cell in enumerate(yellow(book["costs"])):
        cell.value = FIGURES["costs"][k % 9] * (1 if k < 9 else 1.2)
    for cell in (cell for row in book["costs"].iter_rows(min_row=3) for cell in row if cell.value == "Vendor B"):
        cell.value = "Nordlicht"
    book.save(path)
    return path


def test_it_asks_twelve_figures_on_owning_and_seventeen_on_leaving(form):
    assert asked() == {"drivers": 3, "costs": 9, "exit": 17}
    book = openpyxl.load_workbook(form)
    assert len(yellow(book["drivers"])) == 3
    assert len(yellow(book["costs"])) == 9 * len(VENDORS)
    inputs = {row[1].value for row in book["exit"].iter_rows(min_row=2) if row[2].fill.fgColor.rgb.endswith("FFF2B3")}
    assert inputs == {name for name, each in EXIT_INPUTS.items() if each.asked}


def test_every_input_of_exit_has_its_meaning_unit_and_what_is_assumed(form):
    rows = list(openpyxl.load_workbook(form)["exit"].iter_rows(min_row=2, values_only=True))
    assert {row[1] for row in rows} == set(EXIT_INPUTS)
    assert all(row[7] and row[8] is not None and row[9] for row in rows)


def test_drop_downs_allow_what_the_reader_allows(form):
    book = openpyxl.load_workbook(form)
    lists = {each.formula1 for sheet in book for each in sheet.data_validations.dataValidation if each.type == "list"}
    assert '"once,yearly,monthly"' in lists
    assert '"licence,implementation,integration,training,operations,support,hosting,credit,other"' in lists
    assert '"illustrative,quoted"' in lists


def test_an_empty_form_names_each_cell_that_is_missing_and_nothing_else(form, snapshot):
    with pytest.raises(dx.DataError) as caught:
        dx.read_dossier(form)
    assert len(caught.value.faults) == 2 + 7 * len(VENDORS)
    assert {fault.message for fault in caught.value.faults} == snapshot
    assert str(caught.value) == snapshot(name="in words")


def test_empty_cells_of_a_column_are_told_in_one_line_with_the_gaps_between_them():
    """A column is called by its name where it has no letter; all else has a line of its own."""
    rows = {
        "vendor": "A",
        "line": [*"abcdefg"],
        "likely": ["", "", 1, "", "", "", "x"],
        "per": ["", "", "seats", *"...."],
    }
    with pytest.raises(dx.DataError) as caught:
        dx.read_dossier({"costs": pd.DataFrame(rows), "drivers": pd.DataFrame({"driver": ["seats"], "likely": ""})})
    told = str(caught.value).splitlines()
    assert "DataFrame: 5 cells of column likely are empty, rows 1 to 2, 4 to 6; write a number, or low" in told[2]
    assert [fault.row for fault in caught.value.faults if "empty" in fault.message] == [1, 1, 2, 4, 5, 6]


def test_a_filled_form_is_a_decision_with_its_defaults_and_without_its_examples(form, snapshot):
    dossier = dx.read_dossier(filled(form))
    assert dossier.vendors == ["Vendor A", "Nordlicht"]
    assert dossier.notes == snapshot
    assert not any(EXAMPLE in name for name in dossier.figures)
    first = dx.tco(dossier).yearly.query("vendor == 'Vendor A'")["mean"].tolist()
    start = 0.5 * 110_000 + 9_000 + 60 * 120
    years = [
        12 * 22 * 120 * (1.05 * 1.05) ** y + 0.4 * 110_000 * 1.03**y + 3_000 for y in range(3)
    ]  # seats and price both grow by 5%
    assert first == pytest.approx([start, *years])
    totals = dx.exit_cost(dossier).totals.query("quarter == 0").set_index("vendor")
    assert totals.loc["Vendor A", "lock_in_ratio"] == pytest.approx(
        totals.loc["Vendor A", "planned"] / (12 * 22 * 120 + 3_000)
    )


def test_check_reads_a_dossier(form, snapshot):
    assert check(filled(form)) == check(form.parent) == snapshot


def test_new_puts_it_beside_the_survey(tmp_path):
    assert "my_decision/" in new(tmp_path / "mine")
    assert (tmp_path / "mine" / "my_decision" / "dossier.xlsx").is_file()
