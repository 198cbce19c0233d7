"""What falls due when, under which clause, and by when notice must be given: worked by hand."""

import numpy as np
import pytest

import dxkit as dx
from dxkit.procurement.cost.expressions import Values
from dxkit.procurement.cost.schedule import month_sheet, spare_key
from dxkit.procurement.cost.simulation import at_scenario
from tests.procurement.cost.worlds import dossier, steps

DRIVERS = [
    {"driver": "n", "likely": 15, "growth_likely": 0},
    {"driver": "seats", "likely": 15, "growth_likely": -0.5},
]


def rows(line, scenario="likely", **more):
    read = dossier([{"timing": "monthly", "likely": 10, **line}], drivers=DRIVERS, **more)
    return dx.schedule(read, scenario).table.set_index("month")


@pytest.mark.parametrize(
    ("line", "given", "month", "units", "service", "clause"),
    [
        ({}, {}, 1, None, 10, ""),
        ({"per": "n"}, {}, 1, 15, 150, ""),
        ({"per": "n", "minimum": 20}, {}, 1, 20, 200, "minimum"),
        ({"per": "n", "minimum": 10}, {}, 1, 15, 150, ""),
        ({"per": "n", "minimum": 10}, {"steps": steps("adoption", [(1, 0.5)])}, 1, 10, 100, "minimum"),
        ({"per": "n", "block": 10}, {}, 1, 20, 200, "packs of 10"),
        ({"per": "n", "included": 20, "overage": 3}, {}, 1, 15, 10, "included"),
        ({"per": "n", "included": 5, "overage": 3}, {}, 1, 15, 40, "overage"),
        ({"per": "seats", "ratchet": "yes"}, {}, 13, 15, 150, "ratchet"),
        ({"per": "seats", "ratchet": "yes", "minimum": 20}, {}, 13, 20, 200, "minimum"),
        ({"per": "seats", "ratchet": "yes", "block": 10}, {}, 13, 20, 200, "packs of 10"),
        ({"per": "n", "minimum": 15}, {}, 1, 15, 150, ""),
        ({"per": "n", "minimum": 20, "block": 10}, {}, 1, 20, 200, "minimum, packs of 10"),
        (
            {"per": "n", "likely": "", "included": 15, "overage": 3},
            {"steps": steps("price", [(1, 5)])},
            1,
            15,
            5,
            "price from month 1, included",
        ),
        ({"per": "n", "included": 15, "overage": 3}, {}, 1, 15, 10, "included"),
        ({"per": "n", "likely": ""}, {"steps": steps("volume", [(0, 4), (10, 2)])}, 1, 15, 30, "tier 2"),
        ({"per": "n", "likely": ""}, {"steps": steps("graduated", [(0, 4), (10, 2)])}, 1, 15, 50, "tier 2"),
        ({"per": "n", "likely": ""}, {"steps": steps("band", [(0, 4), (15, 9)])}, 1, 15, 4, "tier 1"),
        ({"likely": ""}, {"steps": steps("price", [(1, 5), (13, 8)])}, 13, None, 8, "price from month 13"),
    ],
)
def test_a_month_and_the_clause_that_decides_it(line, given, month, units, service, clause):
    row = rows(line, **given).loc[month]
    assert (row["service"], row["clause"]) == (pytest.approx(service), clause)
    assert row["units"] == pytest.approx(units) if units is not None else row["units"] != row["units"]


def test_payments_follow_the_bill_and_the_horizon_ends_them():
    yearly = rows({"billed": "yearly"})
    assert yearly.loc[yearly["paid"] > 0, "paid"].to_dict() == {0: 120, 12: 120, 24: 120}
    late = rows({"billed": "half-yearly in arrears", "from_month": 3})
    assert late.loc[late["paid"] > 0, "paid"].to_dict() == {8: 60, 14: 60, 20: 60, 26: 60, 32: 60, 36: 40}
    once = rows({"timing": "once", "from_month": 4})
    assert once.loc[once["paid"] > 0, "paid"].to_dict() == {3: 10}
    assert rows({})["service"].sum() == rows({})["paid"].sum() == 360


NAMES = ("from", "to", "money", "months")


def test_a_line_that_is_filled_in_by_hand_is_paid_monthly_in_arrears_or_once():
    read = dossier([{"timing": "monthly", "likely": 10}])
    sheets = {"A": month_sheet(read, "A", spare=2)}

    def paid(row, **given):
        empty = {f"{spare_key('A', k)}|{name}": 0.0 for k in (1, 2) for name in NAMES}
        inputs = empty | {f"{spare_key('A', 1)}|{name}": value for name, value in given.items()}
        known = at_scenario(read, "likely") | {key: np.array([float(value)]) for key, value in inputs.items()}
        found = Values(sheets, known).full("A", f"{spare_key('A', 1)}|{row}")[0]
        return {month: value for month, value in enumerate(found.tolist()) if value}

    assert paid("service", **{"from": 3, "to": 5, "money": 120, "months": 12}) == {3: 10, 4: 10, 5: 10}
    assert paid("paid", **{"from": 3, "to": 5, "money": 120, "months": 12}) == {3: 10, 4: 10, 5: 10}
    assert paid("paid", **{"from": 35, "to": 99, "money": 7, "months": 1}) == {35: 7, 36: 7}
    assert paid("paid", **{"from": 3, "to": 5, "money": 120, "months": 0}) == {2: 120}
    assert paid("service", **{"from": 3, "to": 5, "money": 120, "months": 0}) == {}
    assert paid("once", **{"from": 1, "to": 5, "money": 120, "months": 0}) == {0: 120}
    assert paid("once", **{"from": 0, "to": 5, "money": 120, "months": 0}) == {0: 120}
    assert paid("paid") == {}
    fours = {f"{spare_key('A', k)}|{name}": np.array([4.0]) for k in (1, 2) for name in NAMES}
    assert Values(sheets, at_scenario(read, "likely") | fours).full("A", "paid")[0, 4] == 10 + 2 * 4 / 4


def test_every_figure_takes_its_low_or_high_at_once():
    spread = {"low": 8, "high": 15}
    assert [rows(spread, each)["paid"].sum() for each in ("low", "likely", "high")] == [288, 360, 540]


def test_dates_of_notice_and_what_is_committed_if_one_is_missed():
    lines = [{"likely": 1200}, {"line": "support", "category": "support", "likely": 600, "term_months": 24}]
    lines.append({"line": "own", "category": "operations", "likely": 9})
    leaving = {"term_months": 12, "notice_months": 3}
    dates = dx.schedule(dossier(lines, leaving=leaving, decision={"start": "2027-01-01"})).dates
    assert dates.values.tolist() == [
        ["A", "fee", "2027-12-31", "2027-09-30", 1200],
        ["A", "fee", "2028-12-31", "2028-09-30", 1200],
        ["A", "fee", "2029-12-31", "2029-09-30", 1200],
        ["A", "support", "2028-12-31", "2028-09-30", 1200],
    ]
    undated = dx.schedule(dossier(lines, leaving=leaving)).dates
    assert undated["last_notice"].tolist()[:3] == ["month 9", "month 21", "month 33"]


def test_a_schedule_in_print(snapshot):
    made = dx.schedule(dossier([{"likely": 1200, "billed": "yearly"}], decision={"horizon_years": 1}))
    assert repr(made) == snapshot
