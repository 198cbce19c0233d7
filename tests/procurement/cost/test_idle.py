"""Cells that were filled in and move no result are listed, and no others: each is raised by hand and read again."""

import numpy as np
import pytest

import dxkit as dx
from dxkit.procurement.cost.expressions import Values
from dxkit.procurement.cost.idle import behind, idle_cells
from dxkit.procurement.cost.leaving import leaving_sheet, results_sheet, sheets_of
from dxkit.procurement.cost.simulation import at_scenario, every_figure
from dxkit.procurement.dossier.reading import read_sheets
from tests import sample
from tests.procurement.cost.calculator import world
from tests.procurement.cost.test_calculator import read_world
from tests.procurement.cost.worlds import dossier, steps, worked

SCENARIOS = ("low", "likely", "high")


def money(read):
    """Everything that a result shows of vendor A, at three scenarios."""
    found = []
    for scenario in SCENARIOS:
        rows = worked(read, "A", scenario)
        sheets = sheets_of(read, "A")
        found += [rows("", name) for name in ("paid", "running")]
        found += [rows("leaving", name) for name in sheets[leaving_sheet("A")].rows]
        found += [rows("results", name) for name in sheets["A results"].rows]
    return found


def same(one, two):
    months = min(len(one), len(two))  # a longer term looks at more of them
    return np.allclose(one[:months], two[:months], rtol=1e-12, atol=1e-9)


def moved_by_hand(read):
    """The cells of the filled figures that move nothing when their cells are raised and the tables read again, and of
    those that cannot be raised."""
    before, idle, unknown = money(read), set(), set()
    for figure in every_figure(read).values():
        claim = figure.claims[0]
        if claim.at is None:
            continue
        sheet, row, columns = claim.at
        likely = columns[len(columns) // 2]
        value = float(read.tables[sheet][likely].iloc[row])
        raised = value + 1 if figure.unit.whole else value * 1.03 + 0.013
        tables = {name: frame.copy() for name, frame in read.tables.items()}
        tables[sheet].loc[row, likely] = f"{raised:.12g}"
        try:
            after = money(read_sheets(tables))
        except dx.DataError:  # it cannot be raised, such as the month from which a first step acts
            unknown.add((sheet, claim.cell))
            continue
        if all(same(*pair) for pair in zip(before, after, strict=True)):
            idle.add((sheet, claim.cell))
    return idle, unknown


@pytest.mark.parametrize("seed", [10, *(pytest.param(k, marks=pytest.mark.thorough) for k in range(3, 14) if k != 10)])
def test_the_cells_of_a_random_vendor_are_idle_as_by_hand(seed):
    read = read_world(world(seed))
    first = [step.start.claims[0] for line in read.costs for step in line.tiers[:1]]  # always 0
    starts = {("steps", claim.cell) for claim in first}
    listed = {(row["sheet"], row["cell"]) for row in idle_cells(read).to_dict("records")}
    idle, unknown = moved_by_hand(read)
    assert listed - starts - unknown == idle - starts


@pytest.mark.parametrize(
    ("line", "given", "figures"),
    [
        ({"per": "n", "likely": 5, "minimum": 3}, {}, ["A: fee: minimum"]),
        ({"per": "n", "likely": 5, "minimum": 30}, {}, ["n", "growth of n"]),
        ({"likely": 5, "growth": 0.05, "uplift_cap": 0.2}, {}, ["n", "growth of n", "A: fee: uplift_cap"]),
        (
            {"likely": 5, "per": "n", "included": 90, "overage": 2},
            {},
            ["n", "growth of n", "A: fee: included", "A: fee: overage"],
        ),
        (
            {"likely": "", "per": "n"},
            {"steps": steps("graduated", [(0, 3), (50, 2)])},
            ["A: fee graduated from 50", "A: fee graduated from 50"],
        ),
        ({"likely": 5, "per": "n"}, {"leaving": {"hazard_forced": 0, "hazard_voluntary": 0, "rush": 2}}, []),
    ],
    ids=str,
)
def test_what_cannot_be_reached_is_listed(line, given, figures):
    read = dossier([line], drivers=[{"driver": "n", "unit": "calls", "likely": 10, "growth_likely": 0.1}], **given)
    assert sorted(read.idle["figure"]) == sorted(figures)
    assert bool(len(figures)) == any("moves no result" in note for note in read.notes)


def test_every_cell_of_the_sample_moves_a_result():
    assert not len(sample.portal().idle)


def test_a_listed_cell_has_its_sheet_and_value():
    read = dossier([{"per": "n", "likely": 5, "minimum": 3}], drivers=[{"driver": "n", "unit": "calls", "likely": 10}])
    row = read.idle.iloc[0]
    assert (row["sheet"], row["figure"], row["value"]) == ("costs", "A: fee: minimum", 3)
    assert row["cell"] == "row 1, column minimum"


def moved_without_a_cell(read):
    """The figures that no cell gives and that move money of some vendor when they are raised."""
    figures = [figure for figure in every_figure(read).values() if not any(claim.cell for claim in figure.claims)]
    inputs, moved = {key: np.repeat(each, len(figures) + 1) for key, each in at_scenario(read, "likely").items()}, set()
    for row, figure in enumerate(figures, 1):
        inputs[figure.key][row] += 1 if figure.unit.whole else 0.03 * abs(inputs[figure.key][row]) + 0.013
    for vendor in read.vendors:
        sheets = sheets_of(read, vendor)
        for name in sheets[results_sheet(vendor)].rows:
            found = np.broadcast_to(Values(sheets, inputs).row(results_sheet(vendor), name)[:, 0], len(figures) + 1)
            moved |= {figure.name for figure, each in zip(figures, found[1:], strict=True) if each != found[0]}
    return moved


@pytest.mark.parametrize("without", ["", "decision", "benefits", "exit", "criteria", "evidence", "fit"])
def test_what_no_sheet_gives_and_moves_a_result_is_counted_and_named_as_assumed(without):
    tables = {name: frame for name, frame in sample.portal().tables.items() if name != without}
    read = dx.read_dossier(tables)
    named = read.unsupported.set_index("figure")["source"]
    moved = moved_without_a_cell(read)
    assert moved
    assert set(named[list(moved)]) == {"usual value"}
    assert ("years to look ahead" in named.index) == ("discount rate" in moved) == (without == "decision")
    assert ("all: number of users" in moved) == (without == "exit")
    assert len(named) == len(read.unsupported)
    assert set(named.index) <= set(read.figures)


def test_the_present_value_of_owning_rests_on_no_figure_of_leaving():
    read = dossier([{"likely": 1000, "per": "n"}], drivers=[{"driver": "n", "unit": "calls", "likely": 10}])
    owning, every = ({figure.key for figure in behind(read, row)} for row in ("pv", None))
    assert len(owning) == 3  # the price, the driver and the discount rate
    assert owning < every
    assert not any("exit" in key for key in owning)
    assert {key for key in every - owning if "exit" not in key} == set()


def test_a_driver_that_counts_people_and_a_term_of_their_own_are_not_assumed():
    rows = [{"likely": 1000, "per": "seats", "term_months": 24, "billed": "term in advance"}]
    read = dossier(rows, drivers=[{"driver": "seats", "unit": "people", "likely": 50}])
    named = {figure.name for figure in read.assumed}
    assert "all: period of notice" in named
    assert not named & {"all: number of users", "all: length of the contract", "all: length of a renewal"}
    assert "all: length of the contract" in {figure.name for figure in dossier([{"likely": 1000}]).assumed}


def test_the_growth_of_a_driver_that_counts_people_is_not_idle_and_another_idle_cell_is():
    drivers = [
        {"driver": "staff", "unit": "people", "likely": 50, "growth_likely": 0.1},
        {"driver": "n", "unit": "calls", "likely": 10, "growth_likely": 0.1},
    ]
    read = dossier([{"likely": 5}], drivers=drivers)
    assert sorted(read.idle["figure"]) == ["growth of n", "n"]
    tiers = dossier([{"likely": "", "per": "n"}], drivers=drivers, steps=steps("graduated", [(0, 3), (50, 2)]))
    assert "A: fee graduated from 0" not in set(tiers.idle["figure"])
