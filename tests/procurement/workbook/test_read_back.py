"""What finance changes in the workbook is taken or listed, never passed over."""

from functools import cache

import openpyxl
import pytest
from openpyxl.styles import Font

import dxkit as dx
from tests.procurement.cost.worlds import dossier
from tests.procurement.workbook import office

AUDIT = ["audit", "operations", "yearly", 3, None, 900]


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
    sheets = {"drivers": drivers, "criteria": criteria, "evidence": evidence, "leaving": {"term_months": 24}}
    read = dossier(rows, decision={"horizon_years": 1}, **sheets)
    return read, dx.write_workbook(read, tmp_path_factory.mktemp("twin") / "twin.xlsx")


def row_of(sheet, key):
    return next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == key)


@cache
def opened(path):
    return openpyxl.load_workbook(path)


def edited(path, to, *changes):
    """The workbook with cells changed, (sheet, key, column, value); no value is stored beside its formulas."""
    book, before = opened(path), []
    for sheet, key, column, value in changes:
        cell = book[sheet].cell(row_of(book[sheet], key), column)
        before.append((cell, cell.value))
        cell.value = value
    book.save(to)
    for cell, value in reversed(before):
        cell.value = value
    return to


TAKEN = {
    "price": ([("Inputs", "cost|Port|seats|amount", 5, 23)], lambda d: likely(d.costs[0].amount), 23),
    "growth": ([("Inputs", "cost|Port|seats|growth", 5, 0.07)], lambda d: d.costs[0].growth.mean, 0.07),
    "driver": ([("Inputs", "driver|seats|amount", 5, 120)], lambda d: d.drivers["seats"].amount.mean, 120),
    "rate": ([("Inputs", "decision|discount_rate", 5, 0.12)], lambda d: d.rate, 0.12),
    "assumed": ([("Inputs", "exit|all|reselect_days", 5, 40)], lambda d: likely(d.exit["all", "reselect_days"]), 40),
    "weight": ([("Scorecard", "criterion|use", 3, 5)], lambda d: d.criteria_read[0].weight.mean, 5),
    "row for finance": (
        [("Port", "finance|Port|1", 2 + j, cell) for j, cell in enumerate(AUDIT)],
        lambda d: next(line for line in d.costs if line.line == "audit").amount.mean,
        900,
    ),
}
EDITS = {
    "nothing": [],
    "taken": [change for changes, *_ in TAKEN.values() for change in changes],
    "typed over": [("Port", "cost|Port|seats|service", 10, 4_123)],
    "scenario": [("Inputs", "scenario", 3, "high")],
}


@pytest.fixture(scope="module")
def computed(delivered, tmp_path_factory):
    """Changed workbooks by name, computed by one run of LibreOffice."""
    if office.libreoffice() is None:
        pytest.skip("LibreOffice is not here; .ci/run installs it")
    folder = tmp_path_factory.mktemp("edited")
    paths = [edited(delivered[1], folder / f"{name}.xlsx", *changes) for name, changes in EDITS.items()]
    book = openpyxl.load_workbook(delivered[1])
    book.create_sheet("Notes")["B2"] = "by finance"
    del book["Lines"]
    book.save(folder / "sheets.xlsx")
    book = openpyxl.load_workbook(delivered[1])
    row = row_of(book["Inputs"], "cost|Port|seats|amount")
    for cell in book["Inputs"][row][1:4]:
        cell.font = Font(strike=True)
    book["Inputs"].row_dimensions[row + 1].hidden = True
    book.save(folder / "struck.xlsx")
    paths += [folder / "sheets.xlsx", folder / "struck.xlsx"]
    return {path.stem: path for path in office.recalculated(folder, *paths)}


@pytest.fixture(scope="module")
def taken(computed):
    return dx.read_dossier(computed["taken"])


def test_a_workbook_that_nobody_touched_is_the_dossier(delivered):
    read, path = delivered
    again = dx.read_dossier(path)
    assert len(again.changed) == 0
    one, two = dx.tco(read).totals, dx.tco(again).totals
    assert (one["mean"] == two["mean"]).all()
    assert (one["p90"] == two["p90"]).all()


@pytest.mark.thorough
def test_libreoffice_changes_nothing_by_itself(computed):
    assert len(dx.read_dossier(computed["nothing"]).changed) == 0


@pytest.mark.thorough
@pytest.mark.parametrize("name", TAKEN)
def test_what_may_be_changed_is_taken(taken, name):
    changes, figure, value = TAKEN[name]
    assert figure(taken) == pytest.approx(value)
    rows = taken.changed[taken.changed["figure"].isin({key for _, key, *_ in changes})]
    assert len(rows) == sum(now is not None for *_, now in changes)
    assert set(taken.changed["taken"]) == {"yes"}
    assert any("changed in the workbook" in note for note in taken.notes)


@pytest.mark.thorough
def test_a_formula_that_was_typed_over_is_refused_with_its_place(computed):
    with pytest.raises(dx.DataError, match=r"typed over.xlsx") as caught:
        dx.read_dossier(computed["typed over"])
    assert "a formula was typed over (4123)" in str(caught.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("Inputs", "exit|all|export_fidelity", 5, 95), "write 0.95 for 95%"),
        (("Inputs", "cost|Port|seats|amount", 5, "many"), "does not hold a number"),
        (("Inputs", "cost|Port|seats|amount", 3 + 1, 24), "must not fall"),
        (("Inputs", "scenario", 3, "worst"), "write low, likely or high"),
        (("About", "horizon_years", 3, "3"), "words are changed in the dossier"),
        (("Lines", "cost|Port|seats", 6, "yearly"), "words are changed in the dossier"),
        (("Port", "finance|Port|1", 2, "audit"), "a row needs a name and its money"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_place(delivered, tmp_path, change, told):
    with pytest.raises(dx.DataError, match=r"edited.xlsx") as caught:
        dx.read_dossier(edited(delivered[1], tmp_path / "edited.xlsx", change))
    assert told in str(caught.value)


@pytest.mark.thorough
def test_sheets_that_are_gone_or_added_are_listed(computed):
    read = dx.read_dossier(computed["sheets"])
    assert sorted(read.changed["what"]) == ["sheet added", "sheet missing"]
    assert set(read.changed["taken"]) == {"no"}


@pytest.mark.thorough
def test_what_is_struck_out_or_hidden_is_told(computed):
    read = dx.read_dossier(computed["struck"])
    told = [note for note in read.notes if note.startswith("sheet Inputs: ")]
    assert len(read.changed) == 0
    assert ["struck out" in note for note in told] == [True, False]
    assert "hidden rows" in told[1]


@pytest.mark.thorough
def test_another_scenario_is_no_change_of_the_dossier(computed):
    read = dx.read_dossier(computed["scenario"])
    assert read.costs[0].amount.claims[0].estimate.likely == 20
    assert read.changed["figure"].tolist() == ["scenario"]


@pytest.mark.thorough
def test_a_changed_formula_that_was_not_recalculated_is_seen(delivered, tmp_path):
    book = openpyxl.load_workbook(delivered[1])
    sheet = book["Results"]
    sheet.cell(row_of(sheet, "pv"), 3).value = 1
    book.save(tmp_path / "edited.xlsx")
    with pytest.raises(dx.DataError, match="Not taken"):
        dx.read_dossier(tmp_path / "edited.xlsx")


@pytest.mark.thorough
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
