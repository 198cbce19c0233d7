"""What finance changes in the workbook is taken or listed, never passed over."""

import openpyxl
import pytest

import dxkit as dx
from tests.procurement.cost.worlds import dossier
from tests.procurement.workbook import office

needs_office = pytest.mark.skipif(office.libreoffice() is None, reason="LibreOffice is not here; .ci/run installs it")


AUDIT = ["audit", "operations", "yearly", 13, None, 900]


def likely(figure):
    return figure.claims[0].estimate.likely


@pytest.fixture(scope="module")
def delivered(tmp_path_factory):
    lines = [
        {"line": "seats", "timing": "monthly", "per": "seats", "low": 18, "likely": 20, "high": 25, "growth": 0.05},
        {"line": "care", "category": "operations", "likely": 5_000},
    ]
    rows = [{**line, "vendor": vendor} for vendor in ("Port", "Own") for line in lines]
    cost = {"criterion": "cost", "weight": 1, "worst": 300_000, "best": 0, "measure": "tco"}
    criteria = [{"criterion": "use", "weight": 2}, cost]
    evidence = [{"vendor": v, "criterion": "use", "rating": 4, "kind": "trial"} for v in ("Port", "Own")]
    drivers = [{"driver": "seats", "unit": "people", "likely": 100}]
    read = dossier(rows, drivers=drivers, criteria=criteria, evidence=evidence, leaving={"term_months": 24})
    return read, dx.write_workbook(read, tmp_path_factory.mktemp("twin") / "twin.xlsx")


def row_of(sheet, key):
    return next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == key)


def edited(path, folder, *changes):
    """The workbook with cells changed, (sheet, key, column, value), and computed by LibreOffice."""
    book = openpyxl.load_workbook(path)
    for sheet, key, column, value in changes:
        book[sheet].cell(row_of(book[sheet], key), column).value = value
    return computed(book, folder)


def computed(book, folder):
    book.save(folder / "edited.xlsx")
    return office.recalculated(folder / "edited.xlsx", folder)


def test_a_workbook_that_nobody_touched_is_the_dossier(delivered):
    read, path = delivered
    again = dx.read_dossier(path)
    assert len(again.changed) == 0
    one, two = dx.tco(read).totals, dx.tco(again).totals
    assert (one["mean"] == two["mean"]).all()
    assert (one["p90"] == two["p90"]).all()


@needs_office
def test_libreoffice_changes_nothing_by_itself(delivered, tmp_path):
    assert len(dx.read_dossier(office.recalculated(delivered[1], tmp_path)).changed) == 0


@needs_office
@pytest.mark.parametrize(
    ("changes", "figure", "value"),
    [
        ([("Inputs", "cost|Port|seats|amount", 5, 23)], lambda d: likely(d.costs[0].amount), 23),
        ([("Inputs", "cost|Port|seats|growth", 5, 0.07)], lambda d: d.costs[0].growth.mean, 0.07),
        ([("Inputs", "driver|seats|amount", 5, 120)], lambda d: d.drivers["seats"].amount.mean, 120),
        ([("Inputs", "decision|discount_rate", 5, 0.12)], lambda d: d.rate, 0.12),
        ([("Inputs", "exit|all|reselect_days", 5, 40)], lambda d: likely(d.exit["all", "reselect_days"]), 40),
        ([("Scorecard", "criterion|use", 3, 5)], lambda d: d.criteria_read[0].weight.mean, 5),
        (
            [("Port", "finance|Port|1", 2 + j, cell) for j, cell in enumerate(AUDIT)],
            lambda d: next(line for line in d.costs if line.line == "audit").amount.mean,
            900,
        ),
    ],
    ids=["price", "growth", "driver", "rate", "what was assumed", "weight", "row for finance"],
)  # fmt: skip
def test_what_may_be_changed_is_taken(delivered, tmp_path, changes, figure, value):
    read = dx.read_dossier(edited(delivered[1], tmp_path, *changes))
    assert figure(read) == pytest.approx(value)
    assert set(read.changed["taken"]) == {"yes"}
    assert any("changed in the workbook" in note for note in read.notes)


@needs_office
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("Port", "cost|Port|seats|service", 10, 4_123), "a formula was typed over (4123)"),
        (("Port", "cost|Port|seats|service", 10, "=2*3"), "a formula was changed"),
        (("Inputs", "exit|all|export_fidelity", 5, 95), "write 0.95 for 95%"),
        (("Inputs", "cost|Port|seats|amount", 5, "many"), "does not hold a number"),
        (("Inputs", "cost|Port|seats|amount", 3 + 1, 24), "lies outside"),
        (("Inputs", "scenario", 3, "worst"), "write low, likely or high"),
        (("About", "horizon_years", 3, "4"), "words are changed in the dossier"),
        (("Lines", "cost|Port|seats", 6, "yearly"), "words are changed in the dossier"),
        (("Port", "finance|Port|1", 2, "audit"), "a row needs a name and its money"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_with_its_place(delivered, tmp_path, change, told):
    with pytest.raises(dx.DataError, match=r"edited.xlsx") as caught:
        dx.read_dossier(edited(delivered[1], tmp_path, change))
    assert told in str(caught.value)


@needs_office
def test_sheets_that_are_gone_added_or_renamed_are_listed(delivered, tmp_path):
    book = openpyxl.load_workbook(delivered[1])
    del book["Checks"]
    for sheet in book:  # what pointed at it is gone with it
        if sheet.cell(2, 2).value == "every check:":
            sheet.cell(2, 3).value = 1
    book.create_sheet("Notes")["B2"] = "by finance"
    read = dx.read_dossier(tmp_path / "edited.xlsx") if book.save(tmp_path / "edited.xlsx") else None
    assert read is None
    with pytest.raises(dx.DataError):
        dx.read_dossier(tmp_path / "edited.xlsx")  # without its sheet Checks it is no longer taken for a twin
    book = openpyxl.load_workbook(delivered[1])
    book.create_sheet("Notes")["B2"] = "by finance"
    del book["Lines"]
    read = dx.read_dossier(computed(book, tmp_path))
    assert sorted(read.changed["what"]) == ["sheet added", "sheet missing"]
    assert set(read.changed["taken"]) == {"no"}


@needs_office
def test_another_scenario_is_no_change_of_the_dossier(delivered, tmp_path):
    read = dx.read_dossier(edited(delivered[1], tmp_path, ("Inputs", "scenario", 3, "high")))
    assert read.costs[0].amount.claims[0].estimate.likely == 20
    assert read.changed["figure"].tolist() == ["scenario"]


def test_a_changed_formula_that_was_not_recalculated_is_seen(delivered, tmp_path):
    book = openpyxl.load_workbook(delivered[1])
    sheet = book["Results"]
    sheet.cell(row_of(sheet, "pv"), 3).value = 1
    book.save(tmp_path / "edited.xlsx")
    with pytest.raises(dx.DataError, match="Not taken"):
        dx.read_dossier(tmp_path / "edited.xlsx")


def test_simulated_ranges_are_compared_too(delivered, tmp_path):
    book = openpyxl.load_workbook(delivered[1])
    values = openpyxl.load_workbook(delivered[1], data_only=True)
    for sheet in book:  # as stored, so that nothing needs to be computed
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    cell.value = values[sheet.title][cell.coordinate].value
    sheet = book["Results"]
    sheet.cell(row_of(sheet, "pv|p90"), 3).value = 1
    book.save(tmp_path / "edited.xlsx")
    changed = dx.read_dossier(tmp_path / "edited.xlsx").changed
    assert "pv|p90" in set(changed["figure"])
    assert (changed["what"] == "formula typed over").sum() > 100
