"""The Excel twin: the same figures by other programs, read back, safe names, and the rules of its formulas."""

import importlib.util
import re
import shutil
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

import dxkit as dx
from dxkit.procurement.dossier.read_back import HEADER, INPUTS
from dxkit.procurement.workbook.results import present_value
from tests import sample
from tests.procurement.workbook import office

needs_office = pytest.mark.skipif(office.libreoffice() is None, reason="LibreOffice is not here; .ci/run installs it")
HOSTILE = [
    '=HYPERLINK("http://x","y")',
    "+1",
    "@x",
    "\ttab",
    "long " * 60,
    "a/b\\c?d*e[f]g",
    "\U0001f680 emoji",
    "it's",
    "same name that is longer than a sheet's name 1",
    "same name that is longer than a sheet's name 2",
]


def every_clause(vendors=("Alpha", "Beta's [1]")):
    """A dossier that uses each way in which a line can be worked out."""
    rows = []
    for k, vendor in enumerate(vendors):
        rows += [
            {
                "vendor": vendor,
                "line": "seats",
                "category": "licence",
                "timing": "monthly",
                "per": "seats",
                "low": 18,
                "likely": 20 + k,
                "high": 25,
                "growth": "uplift",
                "uplift_cap": 0.04,
                "minimum": 90,
                "ratchet": "yes",
                "term_months": 24,
                "source": "blog",
                "source_date": "2026-11-01",
            },
            {
                "vendor": vendor,
                "line": "seats",
                "category": "licence",
                "timing": "monthly",
                "per": "seats",
                "low": 15,
                "likely": 17,
                "high": 19,
                "growth": "uplift",
                "uplift_cap": 0.04,
                "minimum": 90,
                "ratchet": "yes",
                "term_months": 24,
                "source": "aggregator",
                "source_date": "2026-10-01",
            },
            {
                "vendor": vendor,
                "line": "events",
                "category": "support",
                "timing": "yearly",
                "per": "events",
                "likely": 900,
                "included": 50,
                "overage": 12.5,
                "growth": 0.03,
                "from_month": 7,
                "to_month": 30,
            },
            {
                "vendor": vendor,
                "line": "roll-out",
                "category": "implementation",
                "timing": "initial",
                "per": "seats",
                "low": 40,
                "likely": 60,
                "high": 110,
            },
            {
                "vendor": vendor,
                "line": "hosting",
                "category": "hosting",
                "timing": "yearly",
                "low": 1000,
                "likely": 2000,
                "high": 9000,
                "shape": "lognormal",
            },
        ]
    drivers = pd.DataFrame(
        [
            {
                "driver": "seats",
                "unit": "people",
                "low": 80,
                "likely": 100,
                "high": 140,
                "growth_low": -0.2,
                "growth_likely": -0.05,
                "growth_high": 0.1,
            },
            {"driver": "events", "unit": "a day", "low": 30, "likely": 60, "high": 90, "growth_likely": "uplift"},
            {"driver": "uplift", "unit": "a year", "low": 0.0, "likely": 0.05, "high": 0.09},
        ]
    )
    gains = pd.DataFrame(
        [
            {
                "vendor": vendors[0],
                "line": "seats",
                "ledger": "cash",
                "timing": "yearly",
                "likely": 9000,
                "low": 5000,
                "high": 12000,
                "growth": 0.02,
            }
        ]
    )
    exits = pd.DataFrame(
        [
            {"vendor": "all", "input": "export_fidelity", "low": 0.5, "likely": 0.8, "high": 0.9},
            {"vendor": vendors[0], "input": "notice_months", "low": 1, "likely": 3, "high": 6},
            {"vendor": vendors[0], "input": "term_months", "likely": 18},
        ]
    )
    decision = pd.DataFrame({"key": ["title", "jurisdiction", "discount_rate"], "value": ["=1+1", "EU", "0.08"]})
    frames = {"costs": pd.DataFrame(rows), "drivers": drivers, "benefits": gains, "exit": exits, "decision": decision}
    return dx.read_dossier({name: frame.astype(object) for name, frame in frames.items()})


@pytest.fixture(scope="module")
def portal():
    return sample.portal()


@pytest.fixture(scope="module")
def written(portal, tmp_path_factory):
    """The workbook of the sample."""
    return dx.write_workbook(portal, tmp_path_factory.mktemp("written") / "portal.xlsx")


@pytest.fixture
def twin(written, tmp_path):
    """A copy of it under any name, to be changed."""
    return lambda name: Path(shutil.copy(written, tmp_path / name))


@pytest.fixture(scope="module")
def rows(written):
    """The row of each input in sheet Assumptions, by what stands in its first four columns."""
    sheet = openpyxl.load_workbook(written, read_only=True)[INPUTS]
    cells = sheet.iter_rows(min_row=HEADER + 1, max_col=4, values_only=True)
    return {cell: row for row, cell in enumerate(cells, HEADER + 1)}


def retype(path, changes):
    """Type numbers into sheet Assumptions: {row: (low, likely, high)}; openpyxl drops every stored value in passing."""
    book = openpyxl.load_workbook(path)
    for row, numbers in changes.items():
        for column, number in zip((6, 7, 8), numbers, strict=True):
            if number is not None:
                book[INPUTS].cell(row, column).value = number
    book.save(path)


def choose(path, scenario):
    book = openpyxl.load_workbook(path)
    book["Scenarios"]["B4"].value = scenario
    book.save(path)


def input_rows(path):
    sheet = openpyxl.load_workbook(path)[INPUTS]
    ranges = [row for row in range(HEADER + 1, sheet.max_row + 1) if isinstance(sheet.cell(row, 6).value, int | float)]
    return [row for row in ranges if sheet.cell(row, 4).value != "growth"]


@needs_office
@pytest.mark.parametrize(
    ("made", "scenario"),
    [
        pytest.param(every_clause, "low", marks=pytest.mark.simulated),
        (every_clause, "likely"),
        pytest.param(every_clause, "high", marks=pytest.mark.simulated),
        pytest.param(sample.portal, "likely", marks=pytest.mark.thorough),
        pytest.param(sample.portal, "low", marks=pytest.mark.simulated),
        pytest.param(sample.portal, "high", marks=pytest.mark.simulated),
    ],
)
def test_libreoffice_finds_every_figure_in_every_scenario(made, scenario, tmp_path):
    ours = dx.write_workbook(made(), tmp_path / "ours.xlsx", scenario=scenario)
    theirs = dx.write_workbook(made(), tmp_path / "theirs.xlsx")
    choose(theirs, scenario)  # it now holds no values, so none can be trusted
    assert office.differing(ours, office.stored(office.recalculated(theirs, tmp_path))) == []


def found_by_formulas(path):
    """Cells on which the package `formulas` disagrees with what is stored."""
    found = {(sheet.upper(), cell): value for (sheet, cell), value in office.by_formulas(path).items()}
    own = {(sheet.upper(), cell): value for (sheet, cell), value in office.stored(path).items()}
    cells = [(sheet.upper(), cell) for sheet, cell in office.formulas_of(path)]
    assert cells
    return [key for key in cells if not office.agree(own[key], _plain(found.get(key)))]


@pytest.mark.simulated
@pytest.mark.parametrize("scenario", ["low", "likely", "high"])
def test_the_package_formulas_finds_every_figure(scenario, tmp_path):
    pytest.importorskip("formulas")
    assert found_by_formulas(dx.write_workbook(every_clause(), tmp_path / "a.xlsx", scenario=scenario)) == []


@pytest.mark.simulated
def test_the_package_formulas_finds_the_sample(portal, tmp_path):
    pytest.importorskip("formulas")
    assert found_by_formulas(dx.write_workbook(portal, tmp_path / "portal.xlsx")) == []


def _plain(value):
    return float(value) if isinstance(value, int | float | np.number | np.bool_) else value


@needs_office
@pytest.mark.simulated
@pytest.mark.parametrize("seed", range(3))
def test_after_five_inputs_are_changed_all_three_agree(portal, seed, tmp_path):
    """What finance types, LibreOffice computes, and dxkit works out from the workbook read back are one."""
    path = dx.write_workbook(portal, tmp_path / "changed.xlsx")
    made = np.random.default_rng(seed)
    sheet = openpyxl.load_workbook(path)[INPUTS]
    rows = made.choice(input_rows(path), 5, replace=False).tolist()
    changes = {}
    for row in rows:
        low, likely, high = (sheet.cell(row, column).value for column in (6, 7, 8))
        changes[row] = (low * 0.9, low + (high - low) * made.random() if high > low else likely * 0.97, high * 1.0)
    retype(path, changes)
    read = dx.read_dossier(path)
    assert set(read.changed["cell"]) >= {f"G{row}" for row in rows if changes[row][1] != sheet.cell(row, 7).value}
    again = dx.write_workbook(read, tmp_path / "again.xlsx")
    computed = office.stored(office.recalculated(path, tmp_path))
    differ = [key for key, *_ in office.differing(again, computed) if key[0] != INPUTS or not key[1].startswith("O")]
    assert differ == []  # column O says what was changed since the delivery, and the second was delivered changed
    assert office.stored(again)["Results", "B6"] == pytest.approx(present_value(read, portal.vendors[0], "likely"))
    if seed == 0 and importlib.util.find_spec("formulas"):
        assert found_by_formulas(again) == []


@needs_office
@pytest.mark.thorough
def test_a_wrong_stored_value_is_found_out(portal, tmp_path):
    """The proof that recalculation is forced: a planted value goes, and the comparison sees it."""
    path = dx.write_workbook(portal, tmp_path / "planted.xlsx")
    cell = "B6"
    right = office.stored(path)["Results", cell]
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/worksheets/sheet3.xml"] = members["xl/worksheets/sheet3.xml"].replace(repr(right).encode(), b"123.0")
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    assert office.stored(path)["Results", cell] == 123
    computed = office.stored(office.recalculated(path, tmp_path))
    assert computed["Results", cell] == pytest.approx(right, rel=1e-9)
    assert ("Results", cell) in [key for key, *_ in office.differing(path, computed)]


def test_results_are_those_of_dxkit_and_pandas_reads_numbers(portal, written):
    path = written
    frame = pd.read_excel(path, sheet_name="Results", header=3, index_col=0)
    live = frame.loc["cost, present value", portal.vendors]
    assert live.astype(float).tolist() == pytest.approx(
        [present_value(portal, name, "likely") for name in portal.vendors]
    )
    simulated = sample.cost().totals.query("basis == 'pv'").set_index("vendor")
    mean = frame.loc["cost, present value: mean", portal.vendors].astype(float)
    assert mean.tolist() == pytest.approx(simulated["mean"].tolist())
    assert not pd.read_excel(path, sheet_name="Exit", header=3).iloc[2:, 2].dropna().empty
    for (_, _), value in office.stored(path).items():
        assert value is not None


def test_formulas_hold_no_constant_and_each_row_one_formula(portal, written):
    text_or_address = re.compile(r"'[^']*(?:''[^']*)*'!|\"[^\"]*\"|\$?[A-Z]{1,3}\$?\d+|[A-Za-z_][A-Za-z_.]*")
    cells = office.formulas_of(written)
    for formula in cells.values():
        assert not re.search(r"\d", text_or_address.sub("", formula)), formula
        assert not re.search(r"OFFSET|INDIRECT|IF\([^()]*IF\(", formula), formula
    rows = {}
    for (sheet, cell), formula in cells.items():
        letters, number = re.match(r"([A-Z]+)(\d+)", cell).groups()
        first = 6 if sheet in portal.vendors else 5 if sheet == "Exit" else None
        if first and openpyxl.utils.column_index_from_string(letters) >= first:
            rows.setdefault((sheet, number), set()).add(_relative(formula, letters))
    assert len(rows) > 100
    assert [key for key, made in rows.items() if len(made) > 1] == []


def _relative(formula, letters):
    """The formula with its own column and the one before written as such."""
    at = openpyxl.utils.column_index_from_string(letters)
    before = openpyxl.utils.get_column_letter(at - 1)
    formula = re.sub(rf"(?<![A-Z$]){letters}(?=\$?\d)", "<own>", formula)
    return re.sub(rf"(?<![A-Z$<]){before}(?=\$?\d)", "<before>", formula)


def test_every_input_has_a_source_and_every_check_holds(written):
    values = openpyxl.load_workbook(written, data_only=True)
    for row in values[INPUTS].iter_rows(min_row=HEADER + 1, values_only=True):
        assert row[9], row
    assert values["Checks"]["D3"].value == 1
    for sheet in values:
        for line in sheet.iter_rows(values_only=True):
            assert not [cell for cell in line if isinstance(cell, str) and cell.startswith("#")]


def test_a_workbook_reads_back_as_the_same_dossier(portal, written, tmp_path):
    clauses = every_clause()
    for made, path in ((clauses, dx.write_workbook(clauses, tmp_path / "back.xlsx")), (portal, written)):
        read = dx.read_dossier(path)
        assert read.changed.empty
        assert read.vendors == made.vendors
        pd.testing.assert_frame_equal(dx.tco(read).totals, dx.tco(made).totals)
        pd.testing.assert_frame_equal(dx.exit_cost(read).table, dx.exit_cost(made).table)
        assert read.unsupported.drop(columns="place").equals(made.unsupported.drop(columns="place"))


def test_what_finance_changed_is_listed_with_its_cell(twin, rows, snapshot):
    path, row = twin("finance.xlsx"), seats_of_cortex(rows)
    retype(path, {row: (26, 27, None)})
    read = dx.read_dossier(path)
    assert read.changed.to_numpy().tolist() == [
        ["Cortex: seats: amount", "low", 25.0, 26.0, f"F{row}"],
        ["Cortex: seats: amount", "likely", 30.0, 27.0, f"G{row}"],
    ]
    assert read.notes == snapshot


def seats_of_cortex(rows):
    return next(row for cells, row in rows.items() if cells[1:] == ("Cortex", "seats", "amount"))


@pytest.mark.parametrize(
    "numbers",
    [
        pytest.param((40, None, None), id="low 40, likely 30 and high 35 are out of order"),
        pytest.param((None, "thirty", None), id="the cell holds no number"),
    ],
)
def test_a_bad_change_is_said_with_its_cell(twin, rows, numbers, refusal):
    path = twin("bad.xlsx")
    retype(path, {seats_of_cortex(rows): numbers})
    with refusal() as caught:
        dx.read_dossier(path)
    assert f"bad.xlsx, sheet {INPUTS}, cell " in str(caught.value)


def test_a_changed_constant_is_refused(twin, refusal):
    path = twin("constant.xlsx")
    retype(path, {HEADER + 3: (None, 13, None)})
    with refusal():
        dx.read_dossier(path)


def hostile():
    rows = [
        {"vendor": name, "line": name, "category": "licence", "timing": "yearly", "likely": 1000 + k, "source": name}
        for k, name in enumerate(HOSTILE)
    ]
    return dx.read_dossier({"costs": pd.DataFrame(rows)})


def test_hostile_names_survive_and_nothing_runs(tmp_path):
    made = hostile()
    path = dx.write_workbook(made, tmp_path / "hostile.xlsx")
    known = {cell for cell, formula in office.formulas_of(path).items() if "HYPERLINK(" in formula}
    assert not known
    assert dx.read_dossier(path).vendors == made.vendors
    titles = openpyxl.load_workbook(path).sheetnames
    assert len(titles) == len(set(titles))
    assert all(len(title) <= 31 and not re.search(r"[\[\]:*?/\\]", title) for title in titles)


@needs_office
@pytest.mark.thorough
def test_hostile_names_are_computed_by_libreoffice(tmp_path):
    path = dx.write_workbook(hostile(), tmp_path / "hostile.xlsx")
    computed = office.recalculated(path, tmp_path)
    assert office.differing(path, office.stored(computed)) == []
    found = office.formulas_of(computed).values()
    assert not [formula for formula in found if "HYPERLINK(" in formula]


@needs_office
@pytest.mark.simulated
@pytest.mark.parametrize("way", [["ods"], ["ods", "xlsx"], ["xls"], ["xlsx", "ods"]], ids="-".join)
def test_a_workbook_that_went_through_other_formats_is_the_same_decision(way, tmp_path):
    made = hostile()
    path = dx.write_workbook(made, tmp_path / "hostile.xlsx")
    for number, kind in enumerate([*way, "xlsx"]):
        (tmp_path / str(number)).mkdir()
        path = office.recalculated(path, tmp_path / str(number), kind)
    assert dx.read_dossier(path).vendors == made.vendors
    assert dx.read_dossier(path).changed.empty
    totals = [dx.tco(each).totals["mean"].tolist() for each in (made, dx.read_dossier(path))]
    assert totals[0] == pytest.approx(totals[1], rel=1e-12)
    assert not [cell for cell in office.stored(path).values() if isinstance(cell, str) and cell.startswith("#")]


def test_an_interrupted_write_leaves_the_old_file_whole(portal, tmp_path, monkeypatch):
    path = tmp_path / "kept.xlsx"
    path.write_bytes(b"the old file")

    def fail(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("dxkit.files.excel_writer._store_values", fail)
    with pytest.raises(KeyboardInterrupt):
        dx.write_workbook(portal, path)
    assert path.read_bytes() == b"the old file"
    assert [each.name for each in tmp_path.iterdir()] == ["kept.xlsx"]


@pytest.mark.parametrize(
    "name", [pytest.param("a.csv", id="ends in .xlsx"), pytest.param("none/a.xlsx", id="no such folder")]
)
def test_where_it_cannot_be_written_is_said(portal, name, tmp_path, refusal):
    with refusal():
        dx.write_workbook(portal, tmp_path / name)
    with refusal("worst"):
        dx.write_workbook(portal, tmp_path / "b.xlsx", scenario="worst")


def test_the_scorecard_sheet_adds_up_and_reads_back(portal, written):
    path, card = written, sample.card()
    frame = pd.read_excel(path, sheet_name="Scorecard", header=3, index_col=0)
    parts = frame[[str(name).endswith(": points") for name in frame.index]][portal.vendors].astype(float)
    whole = frame.loc["points of 100, at the values in use", portal.vendors].astype(float)
    assert parts.sum().to_numpy() == pytest.approx(whole.to_numpy())
    assert whole.to_dict() == pytest.approx(card.table.set_index("vendor")["score"].to_dict(), rel=0.05)
    back = dx.scorecard(dx.read_dossier(path))
    pd.testing.assert_frame_equal(back.table, card.table)


def test_a_changed_rating_and_weight_read_back(twin, rows, snapshot):
    path = twin("card.xlsx")
    retype(
        path,
        {
            rows["rating", "Port", "integration", "rating"]: (None, 1.5, None),
            rows["criterion", "integration", None, "weight"]: (20, 40, 60),
        },
    )
    read = dx.read_dossier(path)
    assert set(read.changed["figure"]) == {"Port: integration: rating", "integration: weight"}
    criterion = next(each for each in read.criteria_read if each.name == "integration")
    assert (criterion.weight.low, criterion.weight.likely, criterion.weight.high) == (20, 40, 60)
    ours = [each for each in read.evidence_read if (each.vendor, each.criterion) == ("Port", "integration")]
    assert [each.rating for each in ours] == [1.5]
    assert ours[0].rater == snapshot
