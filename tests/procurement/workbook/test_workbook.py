"""The Excel twin: the same figures by another program, from zeros, and the rules of its formulas."""

import re
import zipfile
from contextlib import closing
from functools import cache

import openpyxl
import pytest

import dxkit as dx
from dxkit.procurement.choice.points import points_of
from dxkit.procurement.cost.expressions import Input, Row, Sum, most
from dxkit.procurement.workbook.formulas import COLUMN, printed
from tests import sample
from tests.places import CASE_FILES
from tests.procurement.cost.calculator import world
from tests.procurement.cost.test_calculator import read_world
from tests.procurement.cost.worlds import dossier, steps
from tests.procurement.workbook import office

needs_office = pytest.mark.skipif(office.libreoffice() is None, reason="LibreOffice is not here; .ci/run installs it")
ALLOWED = {"SUM", "SUMIFS", "MIN", "MAX", "INT", "MOD", "IF", "EXP", "ABS", "AVERAGE", "N"}
SCENARIOS = ("low", "likely", "high")
CLAUSES = ((1, "high"), *((3, scenario) for scenario in SCENARIOS))
HOSTILE = ['=HYPERLINK("http://x","y")', "+1", "@x", "long " * 60, "a/b\\c?d*e[f]g", "\U0001f680 emoji", "it's"]


@cache
def every_clause(years=3):
    """Two vendors that use each way in which a line can be worked out."""
    lines = [
        {
            "line": "seats",
            "timing": "monthly",
            "per": "seats",
            "low": 18,
            "likely": 20,
            "high": 25,
            "growth": "uplift",
            "uplift_cap": 0.04,
            "minimum": 90,
            "ratchet": "yes",
            "billed": "quarterly",
        },
        {
            "line": "seats",
            "timing": "monthly",
            "per": "seats",
            "low": 17,
            "likely": 22,
            "high": 23,
            "growth": "uplift",
            "uplift_cap": 0.04,
            "minimum": 90,
            "ratchet": "yes",
            "billed": "quarterly",
        },
        {
            "line": "events",
            "category": "support",
            "per": "events",
            "likely": 900,
            "included": 50,
            "overage": 12.5,
            "billed": "yearly",
            "currency": "USD",
            "term_months": 24,
        },
        {"line": "usage", "category": "hosting", "timing": "monthly", "per": "events", "block": 10},
        {"line": "ramp", "billed": "term", "committed": "all", "rises": "renewal", "growth": 0.05},
        {"line": "set-up", "category": "implementation", "timing": "once", "likely": 5_000, "chance": 0.5},
        {"line": "sold", "category": "credit", "timing": "once", "likely": -700, "from_month": 12},
    ]
    rows = [{**line, "vendor": vendor, "declared": "x"} for vendor in ("A", "Beta's [1]") for line in lines]
    more = [
        row
        for vendor in ("A", "Beta's [1]")
        for row in (
            *steps("graduated", [(0, 2), (30, 1, 40), (200, 0.5)], "usage", vendor),
            *steps("price", [(1, 6_000), (7, 12_000), (10, 18_000)], "ramp", vendor),
            *steps("adoption", [(1, 0.5), (7, 1)], "", vendor),
            *steps("liability", [(1, 1), (7, 0.5)], "ramp", vendor),
        )
    ]
    drivers = [
        {"driver": "seats", "unit": "people", "low": 80, "likely": 100, "high": 140, "growth_likely": 0.1},
        {"driver": "events", "likely": 60, "growth_likely": 0.3},
        {"driver": "uplift", "low": 0.01, "likely": 0.05, "high": 0.1},
        {"driver": "EUR per USD", "likely": 0.9},
    ]
    criteria = [
        {"criterion": "use", "weight": 2},
        {"criterion": "cost", "weight": 1, "worst": 300_000, "best": 0, "measure": "cost"},
    ]
    evidence = [{"vendor": vendor, "criterion": "use", "rating": 4, "kind": "trial"} for vendor in ("A", "Beta's [1]")]
    decision = {"currency": "EUR", "start": "2026-02-01", "jurisdiction": "EU", "tax": 0.19, "replacement": "A"}
    decision["horizon_years"] = years
    leaving = {"term_months": 24, "refund": 0.5, "notice_months": 1}
    sheets = {"drivers": drivers, "steps": more, "criteria": criteria, "evidence": evidence}
    return dossier(rows, leaving=leaving, decision=decision, **sheets)


def from_zeros(*paths, folder):
    """Each workbook, and the same as one run of LibreOffice finds it from zeros."""
    found = office.recalculated(folder, *(zeroed(path, folder / f"zeros_{path.name}") for path in paths))
    return list(zip(paths, found, strict=True))


def zeroed(path, zeros):
    """The workbook with zeros in place of the values of all formulas."""
    with zipfile.ZipFile(path) as one, zipfile.ZipFile(zeros, "w", zipfile.ZIP_DEFLATED) as two:
        for name in one.namelist():
            data = one.read(name)
            if name.startswith("xl/worksheets/"):
                data = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1<v>0</v>", data)
            two.writestr(name, data)
    return zeros


def unlike(path, found):
    """Formula cells whose stored value LibreOffice did not find, beyond 1e-9 of their row; and how many there are."""
    by_office, own, cells = office.stored(found), office.stored(path), office.formulas_of(path)
    largest = {}
    for sheet, cell in cells:
        if isinstance(own.get((sheet, cell)), int | float):
            row = (sheet, re.sub("[A-Z]", "", cell))
            largest[row] = max(largest.get(row, 1e-12), abs(own[sheet, cell]))
    wrong = []
    for (sheet, cell), formula in cells.items():
        one, two = own.get((sheet, cell)), by_office.get((sheet, cell))
        both = isinstance(one, int | float) and isinstance(two, int | float)
        near = both and abs(one - two) <= 1e-9 * largest[sheet, re.sub("[A-Z]", "", cell)]
        if not (near or one == two):
            wrong.append((path.name, sheet, cell, formula, one, two))
    return wrong, len(cells)


@pytest.fixture(scope="module")
def by_office(tmp_path_factory):
    """The workbooks of every clause over some years and of the sample, at scenarios, as LibreOffice finds them."""
    folder, paths = tmp_path_factory.mktemp("by_office"), {}
    for years, scenario in (*CLAUSES, *(("sample", each) for each in SCENARIOS)):
        read = sample.portal() if years == "sample" else every_clause(years)
        path = folder / f"{years}_{scenario}.xlsx"
        paths[years, scenario] = dx.write_workbook(read, path, scenario=scenario)
    return dict(zip(paths, from_zeros(*paths.values(), folder=folder), strict=True))


@pytest.mark.thorough
@needs_office
@pytest.mark.parametrize(("years", "scenario"), CLAUSES)
def test_libreoffice_finds_every_value_from_zeros(by_office, years, scenario):
    wrong, count = unlike(*by_office[years, scenario])
    assert wrong == []
    assert count > 2_500 * years


@pytest.mark.thorough
@needs_office
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_libreoffice_finds_every_value_of_the_sample(by_office, scenario):
    assert unlike(*by_office["sample", scenario])[0] == []


@pytest.fixture(scope="module")
def twin(tmp_path_factory):
    return dx.write_workbook(every_clause(1), tmp_path_factory.mktemp("twin") / "twin.xlsx")


@pytest.mark.simulated
@needs_office
def test_workbooks_of_random_vendors_are_found_from_zeros(tmp_path):
    paths = [dx.write_workbook(read_world(world(seed)), tmp_path / f"{seed}.xlsx") for seed in range(48)]
    assert [cell for pair in from_zeros(*paths, folder=tmp_path) for cell in unlike(*pair)[0]] == []


@pytest.mark.parametrize("name", ["twin", pytest.param("portal", marks=pytest.mark.thorough)])
def test_the_point_score_is_that_of_the_workbook(twin, tmp_path, name):
    read = every_clause(1) if name == "twin" else sample.portal()
    path = twin if name == "twin" else dx.write_workbook(read, tmp_path / "portal.xlsx")
    card = dx.scorecard(read).table.set_index("vendor")["score"]
    with closing(openpyxl.load_workbook(path, read_only=True, data_only=True)) as book:  # read to its end, to be closed
        (row,) = [row for row in book["Scorecard"].iter_rows(values_only=True) if row[0] == "score"]
    scores = [card[vendor] for vendor in read.vendors]
    assert list(row[5 : 5 + len(read.vendors)]) == pytest.approx(scores, rel=1e-12)
    assert points_of(read).scores == pytest.approx(scores, rel=1e-12)


def test_a_score_between_two_ratings_is_that_of_the_workbook(tmp_path):
    """Rating 5 and rating 1 are the ends of the scale: 100 and 0, in both."""
    read = dx.read_dossier(CASE_FILES / "dossiers" / "17_rating_5_by_demo")
    assert dx.scorecard(read).table.set_index("vendor")["score"].to_dict() == {"A": 100, "B": 0}
    sheet = openpyxl.load_workbook(dx.write_workbook(read, tmp_path / "d.xlsx"), data_only=True)["Scorecard"]
    row = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "score")
    assert list(row[5:7]) == [100, 0]


def test_a_workbook_of_a_line_that_ends_within_the_horizon_is_read_back(tmp_path):
    read = dx.read_dossier(CASE_FILES / "dossiers" / "02_ends_month_24")
    again = dx.read_dossier(dx.write_workbook(read, tmp_path / "d.xlsx"))
    assert again.changed.empty
    assert dx.tco(again, draws=1024).totals["mean"].tolist() == dx.tco(read, draws=1024).totals["mean"].tolist()


def test_formulas_use_plain_functions_and_every_row_has_its_key(twin):
    book = openpyxl.load_workbook(twin)
    for sheet in book:
        keys = [cell.value for cell in sheet["A"] if cell.value is not None]
        assert len(set(keys)) == len(keys), sheet.title
        assert sheet.protection.sheet
        assert not sheet.protection.password
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert set(re.findall(r"([A-Z]+)\(", cell.value)) <= ALLOWED, cell.value
    assert book["dossier"].sheet_state == "veryHidden"
    assert all(len(str(row[1].value)) <= 30_000 for row in book["dossier"].iter_rows())


def test_inputs_alone_can_be_changed_and_refuse_what_lies_beyond_their_unit(twin):
    sheet = openpyxl.load_workbook(twin)["Inputs"]
    bounds = {str(each.sqref): each for each in sheet.data_validations.dataValidation}
    for row in sheet.iter_rows(min_row=6):
        if row[0].value and "mean of its sources" not in str(row[1].value):
            assert not row[4].protection.locked
            assert row[4].coordinate in bounds, row[1].value
            assert bounds[row[4].coordinate].formula1 is not None
        assert row[6].protection.locked
    share = next(r for r in sheet.iter_rows(min_row=6) if r[0].value == "decision|tax")[4].coordinate
    assert (float(bounds[share].formula1), float(bounds[share].formula2)) == (0, 1)


def test_the_workbook_marks_what_the_dossier_does_not_give(tmp_path):
    sheets = {"criteria": [{"criterion": "ease", "weight": 1}]}
    read = dossier([{"likely": 10}], leaving={"notice_months": 2}, **sheets)
    path = dx.write_workbook(read, tmp_path / "twin.xlsx")
    book = openpyxl.load_workbook(path)
    source = {str(row[0].value): row[7].value for row in book["Inputs"].iter_rows(min_row=6)}
    usual = {key for key, text in source.items() if text == "usual value"}
    assert usual == {figure.key for figure in read.assumed} - {"decision|horizon_years"}
    assert "exit|all|notice_months" not in usual
    said = [
        str(cell.value) for name in ("About", "Results", "Scorecard") for row in book[name].iter_rows() for cell in row
    ]
    assert "3 (usual value: the dossier gives none)" in said
    assert any(text.startswith("usual values, not in the dossier") and text.endswith("more") for text in said)
    assert "no evidence, so counted as the worst" in said
    assert dx.read_dossier(path).changed.empty


@pytest.mark.thorough
def test_hostile_names_stay_text(tmp_path):
    lines = [{"vendor": name, "line": name, "likely": 10} for name in HOSTILE]
    read = dossier(lines, decision={"title": HOSTILE[0], "horizon_years": 1})
    path = dx.write_workbook(read, tmp_path / "twin.xlsx")
    book = openpyxl.load_workbook(path)
    assert "HYPERLINK" not in str([f for f in office.formulas_of(path).values()]).replace("'HYPERLINK", "")
    assert len(book.sheetnames) == len(set(book.sheetnames))
    assert dx.read_dossier(path).vendors == HOSTILE[:3] + [name.strip() for name in HOSTILE[3:]]


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch, refusal):
    path = tmp_path / "twin.xlsx"
    path.write_text("old")
    monkeypatch.setattr("dxkit.procurement.workbook.pages._write", None)
    with pytest.raises(TypeError):
        dx.write_workbook(dossier([{"likely": 1}]), path)
    assert path.read_text() == "old"
    with refusal("xlsx"):
        dx.write_workbook(dossier([{"likely": 1}]), tmp_path / "twin.xls")
    with refusal("there is no such folder"):
        dx.write_workbook(dossier([{"likely": 1}]), tmp_path / "none" / "twin.xlsx")


class _Plain:
    """Addresses for a formula by itself."""

    def input(self, key, here):
        return key

    def cell(self, sheet, row, here):
        return f"{COLUMN}{row}"

    def area(self, sheet, row, here):
        return row

    def so_far(self, sheet, row):
        return row


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ((Input("a") + 1) * 2, "(a+1)*2"),
        (Input("a") - (Input("b") - Input("c")), "a-(b-c)"),
        (Input("a") / (Input("b") * 2), "a/(b*2)"),
        ((1 + Input("r")) ** -(Input("t") / 12), "(1+r)^(0-t/12)"),
        ((Input("a") > 2) * Input("b"), "(a>2)*b"),
        (most(0, Input("a") - 3), "MAX(0,a-3)"),
        (Sum("x", Input("a") - 1, Row("y")), f'SUMIFS(x,label,">"&a-1,label,"<="&{COLUMN}y)'),
        (Input("a") * -2.5, "a*(-2.5)"),
    ],
)
def test_a_formula_is_printed_as_it_is_worked_out(formula, text):
    assert printed(formula, "s", _Plain()) == text
