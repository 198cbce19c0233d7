"""Units are bounds, a clause that cannot act is a fault, and a total among the lines is found by arithmetic."""

import random

import pandas as pd
import pytest

import dxkit as dx
from dxkit.files.errors import Faults
from dxkit.files.table import TableSpec, texts
from dxkit.procurement.dossier.columns import Row
from dxkit.procurement.dossier.costs import check_totals
from dxkit.procurement.dossier.leaving_inputs import EXIT_INPUTS, assumed
from dxkit.procurement.dossier.units import CLAUSE_UNITS
from tests.places import CASE_FILES
from tests.procurement.cost.worlds import dossier, steps

SEATS = [{"driver": "seats", "likely": 100}]
FOUND = CASE_FILES / "dossiers"


@pytest.mark.parametrize(
    "line",
    [
        {"minimum": 200},
        {"block": 10},
        {"ratchet": "yes"},
        {"included": 100, "overage": 5},
        {"per": "seats", "overage": 5},
        {"per": "seats", "included": 5},
        {"uplift_cap": 0.05},
        {"rises": "renewal"},
        {"timing": "once", "growth": 0.1},
        {"timing": "once", "billed": "yearly"},
        {"timing": "once", "committed": "all"},
        {"timing": "once", "to_month": 12},
        {"timing": "once", "from_month": 40},
        {"category": "operations", "committed": "all"},
        {"timing": "monthly", "from_month": 3.5},
        {"from_month": 0},
        {"from_month": 20, "to_month": 12},
        {"per": "seats", "block": 0},
        {"billed": "weekly"},
        {"billed": "term"},
        {"growth": "0.05", "uplift_cap": 1.5},
        {"chance": 25},
        {"category": "credit"},
        {"likely": -100},
    ],
    ids=lambda line: ", ".join(f"{name} {value}" for name, value in line.items()),
)
def test_a_clause_that_cannot_act_is_a_fault(line, refusal):
    with refusal():
        dossier([{"likely": 1_000, **line}], drivers=SEATS, leaving={"term_months": 0})


@pytest.mark.parametrize(
    ("line", "rows"),
    [
        ({"per": "seats"}, steps("graduated", [(0, 1), (50, 0.5)])),
        ({"likely": ""}, steps("graduated", [(0, 1), (50, 0.5)])),
        ({"likely": "", "per": "seats", "included": 5, "overage": 1}, steps("volume", [(0, 1), (50, 0.5)])),
        ({"likely": "", "per": "seats"}, steps("volume", [(10, 1), (50, 0.5)])),
        ({"likely": "", "per": "seats"}, steps("volume", [(0, 1), (50, 0.5), (50, 0.4)])),
        ({"likely": "", "per": "seats"}, [*steps("volume", [(0, 1)]), *steps("band", [(0, 1)])]),
        ({"likely": "", "per": "seats"}, steps("band", [(0, 1, 5)])),
        ({"likely": ""}, steps("adoption", [(1, 0.5)])),
        ({}, steps("adoption", [(1, 0.5)])),
        ({"per": "seats"}, steps("adoption", [(1, 50)])),
        ({}, steps("liability", [(2, 0.5)])),
        ({}, steps("liability", [(1, 1.5)])),
        ({}, steps("price", [(1, 5)], line="fees")),
        ({}, steps("price", [(1, 5)], line="")),
        ({}, steps("price", [(1, 5)], vendor="B")),
        ({}, steps("prize", [(1, 5)])),
    ],
)
def test_steps_that_cannot_act_are_a_fault(line, rows, refusal):
    with refusal():
        dossier([{"likely": 1_000, **line}], drivers=SEATS, steps=rows)


@pytest.mark.parametrize("name", [name for name, each in EXIT_INPUTS.items() if each.bounds.high < 1_000])
def test_an_input_of_leaving_beyond_its_unit_is_a_fault(name, refusal):
    high = EXIT_INPUTS[name].bounds.high
    with refusal(f"{high + 1:g}"):
        dossier([{"likely": 1}], leaving={name: high + 1})


def test_every_clause_refuses_what_lies_beyond_its_unit():
    for name, unit in CLAUSE_UNITS.items():
        for beyond in (unit.low - 1, unit.high * 1.01 + 1):
            line = {"likely": 1, "per": "seats", "growth": 0.1, "included": 1, "overage": 1, name: beyond}
            with pytest.raises(dx.DataError, match=name):
                dossier([line], drivers=SEATS)


def test_a_share_written_as_a_percentage_is_told_how_to_write_it(refusal):
    with refusal("a share lies between 0 and 1; write 0.95 for 95%"):
        dossier([{"likely": 1}], leaving={"export_fidelity": 95})


@pytest.mark.parametrize(
    "decision",
    [
        {"discount_rate": 10},
        {"tax": 19},
        {"discounting": "mid year"},
        {"replacement": "C"},
        {"budget": "100; 200"},
        {"budget": "100;;300"},
        {"horizon_years": 2.5},
    ],
    ids=str,
)
def test_a_decision_beyond_its_bounds_is_a_fault(decision, refusal):
    with refusal():
        dossier([{"likely": 1}], decision=decision)


def test_rows_of_one_line_may_differ_in_figures_alone(refusal):
    with refusal("uplift_cap"):
        dossier([{"likely": 1, "growth": 0.1}, {"likely": 2, "growth": 0.1, "uplift_cap": 0.05}])
    with refusal("billed"):
        dossier([{"likely": 1}, {"likely": 2, "billed": "yearly"}])
    assert len(dossier([{"likely": 1}, {"likely": 2}]).costs[0].amount.claims) == 2


def test_what_is_assumed_has_a_range_but_for_what_is_agreed():
    for name, each in EXIT_INPUTS.items():
        one = assumed(name).claims[0].estimate
        assert each.bounds.low <= one.low <= one.likely == each.default <= one.high <= each.bounds.high, name
    fidelity = assumed("export_fidelity").claims[0].estimate
    assert (fidelity.low, fidelity.likely, fidelity.high) == (0.5, 0.8, 0.95)
    agreed = ("term_months", "renewal_months", "notice_months", "liability", "refund", "data_service")
    assert {name for name in EXIT_INPUTS if EXIT_INPUTS[name].default and assumed(name).fixed} == {*agreed} - {"refund"}


NAMES = ("vendor", "line", "timing", "per", "currency", "declared", "likely")
TABLE = TableSpec(kind="sheet costs", columns=texts(*NAMES)).read(pd.DataFrame([dict.fromkeys(NAMES, "x")] * 10))


def totals_of(rows):
    """The rows in which a total is found: rows of (vendor, line, likely) and other columns by name."""
    faults = Faults()
    check_totals([Row(TABLE, i, {n: str(row.get(n, "")) for n in NAMES}, faults) for i, row in enumerate(rows)])
    return [fault.row for fault in faults._found]


def row(line, likely, **more):
    return {"vendor": "A", "line": line, "likely": likely, **more}


def test_a_total_is_found_whatever_it_is_called():
    for name in ("Ergebnis", "Razem", "TCO", "Subtotal A", "seats and care", "x"):
        assert totals_of([row("seats", "1000"), row("care", "500"), row(name, "1500")]) == [3]
    assert totals_of([row("a", "1000.4"), row("b", "500.3"), row("t", "1501")]) == [3]
    assert totals_of([row("a", "1000.4"), row("b", "500.3"), row("t", "1500.7")]) == [3]
    assert totals_of([row("a", "1000.4"), row("b", "500.3"), row("t", "1500.8")]) == []
    assert totals_of([row("a", "1"), row("b", "2"), row("t", "3"), row("c", "4"), row("d", "5"), row("u", "9")]) == [
        3,
        6,
    ]


def test_what_is_no_total_is_left_alone():
    assert totals_of([row("a", "1000"), row("t", "1000")]) == []
    assert totals_of([row("a", "1"), row("b", "2"), row("c", "3", declared="a third module")]) == []
    assert totals_of([row("a", "1"), row("b", "2"), row("c", "3", timing="monthly")]) == []
    assert totals_of([row("a", "1"), row("b", "2"), row("c", "3", per="seats")]) == []
    assert totals_of([row("a", "1"), row("b", "2"), row("c", "3", vendor="B")]) == []
    assert totals_of([row("a", "0"), row("b", "0"), row("c", "0")]) == []


@pytest.mark.parametrize(("digits", "most"), [(1, 0.06), (2, 0.006), (3, 0.001)])
def test_every_total_is_found_and_chance_makes_few(digits, most):
    made, false = random.Random(digits), 0
    for _ in range(400):
        amounts = [made.randint(10 ** (digits - 1), 10**digits - 1) for _ in range(made.randint(3, 8))]
        rows = [row(f"l{k}", str(amount)) for k, amount in enumerate(amounts)]
        found = totals_of(rows)
        false += bool(found)
        if not found:
            assert totals_of([*rows, row("end", str(sum(amounts)))]) == [len(rows) + 1]
    assert false / 400 <= most + 2 * (most / 400) ** 0.5


def test_costs_and_benefits_with_a_total_are_refused(refusal):
    lines = [{"line": "a", "likely": 1000}, {"line": "b", "likely": 500}, {"line": "Razem", "likely": 1500}]
    with refusal("1,500 is the sum of the lines above it (1,000 + 500)"):
        dossier(lines)
    with refusal("sum of the lines above it"):
        dossier([{"likely": 7}], benefits=[{"vendor": "A", "timing": "yearly", **line} for line in lines])


@pytest.mark.parametrize(
    ("case", "told"),
    [("07_fidelity_95", "write 0.95 for 95%"), ("08_uplift_5", "write 0.05 for 5%")],
)
def test_a_percentage_without_its_point_is_refused(case, told):
    with pytest.raises(dx.DataError, match=told):
        dx.read_dossier(FOUND / case)
