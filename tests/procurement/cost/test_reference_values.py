"""Published price lists and worked figures, to the digits they are given in.

See docs/methods/ownership_cost.md, "Cost lines", and docs/methods/leaving_cost.md, "Components"."""

import numpy as np
import pytest

import dxkit as dx
from dxkit.procurement.cost.leaving import free_egress_from
from tests.procurement.cost.worlds import NOTHING, dossier, steps, worked

LIST = {  # prices by units: what of sheet steps, its rows, and what so many units cost a month
    "AWS egress": (
        "graduated",
        [(0, 0), (100, 0.09), (10_340, 0.085), (51_300, 0.07), (153_700, 0.05)],
        {512_000: 29_486.20, 5_120: 451.80},
    ),
    "Zuplo, graduated": ("graduated", [(0, 0.1), (1_000, 0.05), (10_000, 0.01)], {15_000: 600, 0: 0}),
    "Zuplo, volume": ("volume", [(0, 0.1), (1_000, 0.05), (10_000, 0.01)], {15_000: 150, 0: 0}),
    "Autumn": ("graduated", [(0, 0.01), (1_000, 0.008), (10_000, 0.005)], {15_000: 107}),
    "Lago": (
        "volume",
        [(0, 0.001, 10), (10_000, 0.0008, 10), (50_000, 0.0006, 10), (100_000, 0.0004, 10)],
        {65_000: 49, 45_000: 46, 10_000: 20, 10_001: 18.0008, 0: 0},
    ),
    "bands": ("band", [(0, 5_000), (50, 9_000)], {50: 5_000, 51: 9_000, 0: 0}),
}


def paid_by_year(read, vendor="A"):
    table = dx.tco(read).yearly
    return table.loc[table["vendor"] == vendor, "mean"].tolist()


@pytest.mark.parametrize(
    ("what", "rows", "units", "money"),
    [(what, rows, units, money) for what, rows, bills in LIST.values() for units, money in bills.items()],
    ids=[f"{name}, {units:,} units" for name, (_, _, bills) in LIST.items() for units in bills],
)
def test_a_published_list_of_tiers(what, rows, units, money):
    read = dossier(
        [{"timing": "monthly", "per": "use"}], drivers=[{"driver": "use", "likely": units}], steps=steps(what, rows)
    )
    assert worked(read)("", "cost|A|fee|service")[1] == pytest.approx(money, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(("units", "money"), [(10, 1.25), (1_000_000, 1.25), (1_500_000, 2.5)])
def test_packs_are_sold_whole(units, money):
    price = {"timing": "monthly", "per": "use", "block": 1_000_000, "likely": 1.25 / 1_000_000}
    read = dossier([price], drivers=[{"driver": "use", "likely": units}])
    assert worked(read)("", "cost|A|fee|service")[1] == pytest.approx(money, rel=1e-12)


@pytest.mark.parametrize(
    ("line", "decision", "expected"),
    [
        ({"likely": 300_000, "billed": "yearly"}, {"discount_rate": 0.2}, 758_333.3333),
        ({"likely": 246_412, "billed": "term", "term_months": 36}, {"discount_rate": 0.2}, 739_236),
        ({"likely": 1_000}, {}, 2_598.871537),
        ({"likely": 1_000}, {"discounting": "year end"}, 2_486.851990),
        ({"likely": 1_000, "billed": "yearly"}, {}, 2_735.537190),
        ({"likely": 1_200, "billed": "quarterly in arrears"}, {}, 3_093.909002),
        ({"likely": 1_200, "billed": "half-yearly", "growth": 0.1}, {}, 3_516.232661),
    ],
)
def test_the_present_value_follows_the_day_of_payment(line, decision, expected):
    row = dx.tco(dossier([line], decision=decision)).totals.query("basis == 'pv'").iloc[0]
    assert row["mean"] == pytest.approx(expected, rel=1e-9, abs=5e-5)


@pytest.mark.parametrize(("term", "third"), [(36, 1_000), (24, 1_100)])
def test_a_price_may_rise_at_renewals_only(term, third):
    read = dossier([{"likely": 1_000, "growth": 0.1, "rises": "renewal", "term_months": term}])
    assert paid_by_year(read)[3] == pytest.approx(third, rel=1e-12)


def test_adoption_minimum_and_ratchet_by_year():
    read = dossier(
        [{"likely": 10, "timing": "monthly", "per": "seats", "ratchet": "yes", "minimum": 40}],
        drivers=[{"driver": "seats", "likely": 200, "growth_likely": -0.1}],
        steps=steps("adoption", [(1, 0.25), (7, 0.5), (13, 1)]),
    )
    assert paid_by_year(read) == pytest.approx([0, 9_000, 21_600, 21_600], rel=1e-12)


def test_a_fleet_with_a_residual_value():
    read = dossier(
        [
            {"line": "buy", "timing": "once", "category": "other", "likely": 2_512_650},
            {"line": "run", "category": "operations", "likely": 3_090_480},
            {"line": "sold", "timing": "once", "category": "credit", "likely": -36_000, "from_month": 36},
        ]
    )
    assert paid_by_year(read) == pytest.approx([2_512_650, 3_090_480, 3_090_480, 3_054_480], rel=1e-12)
    nominal = dx.tco(read).totals.query("basis == 'nominal'")["mean"]
    assert nominal.tolist() == pytest.approx([11_748_090], rel=1e-12)


RAMP = [
    {"line": "y1", "likely": 60_000, "to_month": 12},
    {"line": "y2", "likely": 120_000, "from_month": 13, "to_month": 24},
    {"line": "y3", "likely": 180_000, "from_month": 25, "to_month": 36},
]
STEPPED = {"steps": steps("price", [(1, 60_000), (13, 120_000), (25, 180_000)])}
SERVED = {"likely": 100_000}
PREPAID = {"likely": 300_000, "billed": "yearly"}


@pytest.mark.parametrize(
    ("costs", "leaving", "row", "by_quarter"),
    [
        (
            [{**row, "term_months": 36} for row in RAMP],
            {},
            "contract",
            {0: 360e3, 1: 345e3, 4: 300e3, 8: 180e3, 11: 45e3},
        ),
        ([{"steps": STEPPED}], {"term_months": 36}, "contract", {0: 360e3, 1: 345e3, 4: 300e3, 8: 180e3, 11: 45e3}),
        ([{**SERVED, "from_month": 13}], {"term_months": 36}, "contract", {4: 200e3}),
        ([{**SERVED, "to_month": 24}], {"term_months": 24}, "contract", {1: 175e3}),
        ([SERVED], {"term_months": 24}, "contract", {9: 175e3, 10: 150e3, 12: 100e3}),
        ([PREPAID], {"term_months": 36}, "contract", {0: 900e3, 1: 600e3, 4: 600e3, 5: 300e3}),
        ([PREPAID], {"term_months": 36}, "unused", {1: 225e3, 4: 0}),
        ([{"likely": 246_412, "billed": "term"}], {"term_months": 36}, "contract", {4: 0}),
        ([{"likely": 246_412, "billed": "term"}], {"term_months": 36}, "unused", {4: 492_824}),
        (
            [{"likely": 246_412, "billed": "term"}],
            {"term_months": 36, "liability": 0, "refund": 1},
            "contract",
            {4: -492_824},
        ),
    ],
)
def test_what_a_contract_still_asks(costs, leaving, row, by_quarter):
    sheets = costs[0].get("steps", {})
    read = dossier(
        [{k: v for k, v in each.items() if k != "steps"} for each in costs], leaving=NOTHING | leaving, **sheets
    )
    found = worked(read)("leaving", row)
    assert {quarter: found[quarter] for quarter in by_quarter} == pytest.approx(by_quarter, rel=1e-12, abs=1e-9)


def test_fees_of_the_overlap_are_paid_once():
    read = dossier([{"likely": 120_000}], leaving=NOTHING | {"overlap_months": 3})
    leaving = worked(read)
    both = leaving("leaving", "contract") + leaving("leaving", "parallel")
    assert both[[2, 4]] == pytest.approx([60_000, 30_000], rel=1e-12)


def test_taking_data_out_is_free_in_the_eu_from_the_day_of_the_law():
    leaving = NOTHING | {"data_gb": 500_000, "egress_fee": 0.09}
    law = {"jurisdiction": "EU", "start": "2027-02-01"}
    assert worked(dossier([SERVED], leaving=leaving, decision=law))("leaving", "data")[4] == 0
    early = dossier([SERVED], leaving=leaving, decision=law | {"start": "2026-07-12"})
    assert free_egress_from(early) == 6
    assert worked(early)("leaving", "data")[:4] == pytest.approx([45_000, 45_000, 0, 0])
    for other in ({"jurisdiction": "EU"}, {"jurisdiction": "CH", "start": "2027-02-01"}):
        assert worked(dossier([SERVED], leaving=leaving, decision=other))("leaving", "data")[4] == pytest.approx(45_000)
    built = dossier([SERVED], leaving=leaving | {"data_service": 0}, decision=law)
    assert worked(built)("leaving", "data")[4] == pytest.approx(45_000)


def test_what_is_paid_in_any_case_is_paid_once_if_the_vendor_is_left():
    """A term of the whole horizon: 300,000 in every draw, and the tool that follows costs more."""
    leaving = NOTHING | {"term_months": 36, "hazard_voluntary": 0.3}
    result = dx.tco(dossier([SERVED], leaving=leaving, decision={"discount_rate": 0}))
    totals = result.totals.set_index("basis")
    assert totals.loc["pv_with_exit", ["mean", "p10", "p90"]].tolist() == pytest.approx([300_000] * 3, rel=1e-12)
    found = totals.loc["pv_served"]
    assert found["mean"] == pytest.approx(394_679.2925, abs=4 * found["se"])
    exact = worked(dossier([SERVED], leaving=leaving, decision={"discount_rate": 0}))
    assert exact("results", "pv_served")[0] == pytest.approx(394_679.2925, abs=5e-5)


A = NOTHING | {  # 50,000 for a planned exit and 60,000 for a forced one, besides what the contract asks
    "engineer_day_rate": 1_000,
    "export_base_days": 20,
    "reselect_days": 30,
    "export_fidelity": 1,
    "rush": 1.5,
    "hazard_forced": 0.04,
    "hazard_voluntary": 0.08,
}


@pytest.mark.parametrize(
    ("line", "leaving", "expected"),
    [
        ({}, {"term_months": 12, "overlap_months": 3}, (291_464.8525, 186_732.15, 335_220.8186, 398_543.00)),
        (
            {"billed": "yearly"},
            {"term_months": 36, "liability": 0.5, "refund": 0.5},
            (317_120.3321, 274_545.45, 360_876.2982, 457_806.69),
        ),
    ],
    ids=["monthly", "yearly in advance"],
)
def test_leaving_as_an_event(line, leaving, expected):
    read = dossier([{"likely": 120_000, **line}], leaving=A | leaving)
    results = worked(read)
    assert results("results", "p_exit")[0] == pytest.approx(0.302324, abs=5e-7)
    means = [results("results", name)[0] for name in ("pv_with_exit", "pv_served")]
    assert means == pytest.approx([expected[0], expected[2]], abs=5e-5)
    totals = dx.tco(read).totals.set_index("basis")
    if not line:
        assert totals.loc["pv", "mean"] == pytest.approx(311_864.5844, abs=5e-5)
    for basis, mean, quantile, at in (
        ("pv_with_exit", expected[0], "p10", expected[1]),
        ("pv_served", expected[2], "p90", expected[3]),
    ):
        assert totals.loc[basis, "mean"] == pytest.approx(mean, abs=4 * totals.loc[basis, "se"])
        assert totals.loc[basis, quantile] == pytest.approx(at, abs=5e-3)


def test_the_last_day_of_notice_lies_before_the_day_of_renewal():
    read = dossier(
        [{"likely": 500, "term_months": 12}], leaving=NOTHING | {"notice_months": 3}, decision={"start": "2027-01-01"}
    )
    result = dx.exit_cost(read)
    assert result.renewals["last_notice_date"].tolist()[0] == "2027-09-30"
    dates = dx.schedule(read).dates
    assert dates[["term_end", "last_notice"]].iloc[0].tolist() == ["2027-12-31", "2027-09-30"]
    assert dates["next_term"].tolist() == pytest.approx([500] * 3)


def test_a_rival_starts_its_ramp_when_one_moves():
    rows = [{"likely": 200_000}, {"vendor": "B", "likely": ""}]
    read = dossier(rows, steps=steps("price", [(1, 60_000), (13, 120_000), (25, 180_000)], vendor="B"))
    table = dx.switching(read, "B").table
    assert table.set_index("quarter").loc[8, "saving"] == pytest.approx(140_000)
    assert np.isfinite(table["saving"]).all()
