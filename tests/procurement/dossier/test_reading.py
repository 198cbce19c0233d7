"""A dossier read whole, or every fault of it named with its cell."""

import numpy as np
import openpyxl
import pandas as pd
import pytest

import dxkit as dx
from dxkit.procurement.dossier.leaving_inputs import EXIT_INPUTS


def costs(**changes):
    frame = pd.DataFrame(
        {
            "vendor": ["Alpha", "Alpha", "Beta"],
            "line": ["seats", "setup", "seats"],
            "category": ["licence", "implementation", "licence"],
            "timing": ["monthly", "once", "yearly"],
            "per": ["seats", "", "seats"],
            "low": [18, "", 200],
            "likely": [20, 5000, 240],
            "high": [24, "", 300],
            "growth": ["0.05", "", "uplift"],
            "source": ["vendor page", "", "blog"],
            "source_date": ["2026-03-01", "", "2025-11-02"],
        }
    ).astype(object)
    for name, values in changes.items():
        frame[name] = values
    return frame


def drivers(**changes):
    frame = pd.DataFrame(
        {
            "driver": ["seats", "uplift"],
            "unit": ["people", "a year"],
            "low": [150, 0.03],
            "likely": [180, 0.05],
            "high": [220, 0.1],
            "growth_likely": ["0.1", ""],
            "source": ["roster", "assumption"],
            "source_date": ["2026-09-01", ""],
        }
    ).astype(object)
    for name, values in changes.items():
        frame[name] = values
    return frame


def dossier(**sheets):
    return dx.read_dossier({"costs": costs(), "drivers": drivers(), **sheets})


def workbook(path, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, frame in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append(list(frame.columns))
        for row in frame.itertuples(index=False):
            sheet.append([None if value == "" else value for value in row])
    book.save(path)
    return path


def test_a_dossier_knows_its_vendors_drivers_and_defaults():
    read = dossier()
    assert read.vendors == ["Alpha", "Beta"]
    assert (read.horizon, read.rate, read.decision["status"]) == (3, 0.1, "illustrative")
    seats = read.drivers["seats"]
    assert (seats.amount.claims[0].estimate.high, seats.growth.mean) == (220, 0.1)
    line = read.costs[0]
    assert (line.category, line.timing, line.per, line.growth.mean) == ("licence", "monthly", "seats", 0.05)
    assert read.costs[2].growth == "uplift"
    assert line.clauses == {}
    assert (line.billed, line.advance, line.rises, line.once) == (1, False, "yearly", False)


def test_workbook_folder_and_frames_give_the_same(tmp_path):
    decision = pd.DataFrame({"key": ["title", "currency", "discount_rate"], "value": ["Portal", "EUR", "0.08"]})
    one = dossier(decision=decision)
    two = dx.read_dossier(workbook(tmp_path / "d.xlsx", decision=decision, drivers=drivers(), costs=costs()))
    for name, frame in (("decision", decision), ("drivers", drivers()), ("costs", costs())):
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    three = dx.read_dossier(tmp_path)
    for other in (two, three):
        assert other.decision == one.decision
        assert [(line.vendor, line.line, line.amount.mean) for line in other.costs] == [
            (line.vendor, line.line, line.amount.mean) for line in one.costs
        ]


def test_a_single_line_may_be_called_a_total():
    assert len(dossier(costs=costs(line=["seats", "setup", "Total"])).costs) == 3


@pytest.mark.parametrize(
    ("rows", "plain"),
    [
        pytest.param("A;seats;20.000\nB;seats;99\n", False, id="semicolons"),
        pytest.param('A,seats,20.000\nB,seats,"99,5"\n', False, id="a decimal comma in quotes"),
        pytest.param("A;seats;20.5\nB;seats;0.125\n", True, id="semicolons, points alone"),
        pytest.param("A,seats,20.125\nB,seats,99.5\n", True, id="points alone"),
    ],
)
def test_a_point_among_decimal_commas_is_not_guessed(tmp_path, rows, plain, refusal):
    header = "vendor;line;likely\n" if ";" in rows else "vendor,line,likely\n"
    (tmp_path / "costs.csv").write_text(header + rows)
    if plain:
        assert 20 < dx.read_dossier(tmp_path).costs[0].amount.mean < 21
        return
    with refusal("row 2", "20.000", "20000"):
        dx.read_dossier(tmp_path)


def test_figures_without_source_or_date_are_accepted_and_listed():
    listed = dossier().unsupported
    stated = listed.loc[listed["source"] != "usual value"]
    assert stated["figure"].tolist() == ["uplift", "Alpha: setup"]
    assert "none" in stated["source"].tolist()
    usual = listed.loc[listed["source"] == "usual value"].set_index("figure")["place"]
    assert usual["all: chance of leaving by choice"] == "sheet exit, input hazard_voluntary"
    assert usual["discount rate"] == "sheet decision, key discount_rate"


def test_sources_that_differ_are_pooled_and_both_stay_visible():
    frame = pd.concat([costs(), costs().iloc[[2]].assign(low=400, likely=500, high=600, source="aggregator")])
    read = dossier(costs=frame.reset_index(drop=True))
    pooled = read.costs[2].amount
    assert len(read.costs) == 3
    assert pooled.mean == pytest.approx((pooled.claims[0].estimate.mean + pooled.claims[1].estimate.mean) / 2)
    assert read.conflicting["source"].tolist() == ["blog", "aggregator"]
    u = (np.arange(100_000) + 0.5) / 100_000
    drawn = pooled.draw(u)
    assert drawn.mean() == pytest.approx(pooled.mean, rel=1e-3)
    assert drawn.var() == pytest.approx(pooled.variance, rel=1e-2)
    assert ((drawn < 300.1) | (drawn > 399.9)).all()


@pytest.mark.parametrize(
    ("sheets", "named"),
    [
        pytest.param(
            {"costs": costs(low=[30, "", 200])},
            ["row 1", "column low"],
            id="row 1, column low: low 30 is above high 24",
        ),
        pytest.param(
            {"costs": costs(likely=[25, 5000, 240])},
            ["row 1", "column likely"],
            id="row 1, column likely: likely 25 lies outside",
        ),
        pytest.param({"costs": costs(high=["", "", 300])}, [], id="low and high go together"),
        pytest.param(
            {"costs": costs(likely=[20, -5000, 240])},
            ["category credit"],
            id="-5000: money is 0 or more; write it as category credit, a saving as a benefit",
        ),
        pytest.param(
            {"costs": costs(likely=[20, "five", 240])},
            ["row 2", "column likely", "five"],
            id="row 2, column likely: 'five' is not a number",
        ),
        pytest.param({"costs": costs(likely=[20, "EUR 500", 240])}, [], id="holds a currency"),
        pytest.param({"costs": costs(likely=[20, 1e308, 240])}, [], id="too large to be meant"),
        pytest.param(
            {"costs": costs(likely=[20, "", 240])},
            ["row 2", "column likely"],
            id="row 2, column likely: the cell is empty",
        ),
        pytest.param(
            {"costs": costs(per=["seat", "", "seats"])},
            ["seat", "seats"],
            id="'seat' is no driver; did you mean 'seats'?",
        ),
        pytest.param(
            {"costs": costs(growth=["fast", "", ""])}, [], id="neither a yearly rate such as 0.05 nor a driver"
        ),
        pytest.param(
            {"costs": costs(timing=["weekly", "once", "yearly"])}, ["weekly"], id="'weekly' is not allowed here"
        ),
        pytest.param({"costs": costs(from_month=[40, "", ""])}, [], id="months 40 to 36 hold no month of the 3 years"),
        pytest.param(
            {"costs": costs(vendor=["Alpha", "", "Beta"])},
            ["row 2", "column vendor"],
            id="row 2, column vendor: the vendor is empty",
        ),
        pytest.param(
            {
                "costs": costs(currency=["EUR", "EUR", "USD"]),
                "decision": pd.DataFrame({"key": ["currency"], "value": ["EUR"]}),
            },
            ["row 3", "column currency", "USD"],
            id="row 3, column currency: add a driver called EUR per USD",
        ),
        pytest.param(
            {"drivers": drivers(growth_likely=["uplift", "seats"], low=["", ""], likely=[0.1, 0.05], high=["", ""])},
            [],
            id="growth goes round in a circle: seats -> uplift -> seats",
        ),
        pytest.param(
            {"exit": pd.DataFrame({"vendor": ["Alpha"], "input": ["egres_fee"], "likely": [1]})},
            ["egress_fee"],
            id="did you mean 'egress_fee'?",
        ),
        pytest.param(
            {"exit": pd.DataFrame({"vendor": ["Alfa"], "input": ["egress_fee"], "likely": [1]})},
            ["Alpha"],
            id="did you mean 'Alpha'?",
        ),
        pytest.param(
            {"evidence": pd.DataFrame({"vendor": ["Gamma"], "criterion": ["fit"], "rating": [3]})},
            ["Gamma", "sheet costs"],
            id="'Gamma' is not in sheet costs",
        ),
        pytest.param(
            {"decision": pd.DataFrame({"key": ["horizon"], "value": ["3"]})},
            ["horizon_years"],
            id="did you mean 'horizon_years'?",
        ),
        pytest.param(
            {"decision": pd.DataFrame({"key": ["discount_rate"], "value": ["10"]})}, [], id="10 is out of range"
        ),
        pytest.param(
            {"decision": pd.DataFrame({"key": ["status"], "value": ["final"]})}, [], id="use illustrative or quoted"
        ),
        pytest.param(
            {"decision": pd.DataFrame({"key": ["currency", "Currency"], "value": ["EUR", "USD"]})},
            ["row 2", "row 1", "column key"],
            id="row 2, column key: the key stands in row 1 too",
        ),
        pytest.param(
            {"decision": pd.DataFrame({"key": ["discount_rate"], "value": ["1"]})}, [], id="write 0.1 for 10%"
        ),
        pytest.param(
            {"costs": costs(vendor=["Alpha", "ALPHA\u200b", "Beta"])}, [], id="look like one vendor; spell it one way"
        ),
        pytest.param(
            {"costs": costs(line=["seats", "Seats ", "seats"])},
            ["Seats", "seats"],
            id="'Seats' and 'seats' look like one line",
        ),
        pytest.param(
            {"costs": costs(line=["seats", "Total per year", "seats"])},
            ["row 2", "column line"],
            id="row 2, column line: this looks like a total",
        ),
        pytest.param(
            {"costs": costs(growth=["5", "", "uplift"])}, ["5"], id="'5' is neither a yearly rate such as 0.05 nor"
        ),
        pytest.param({"drivers": drivers(growth_likely=["5", ""])}, [], id="5 is a growth of 500% a year"),
        pytest.param(
            {"drivers": drivers(driver=["uplift", "Uplift"]), "costs": costs(per=["", "", ""])},
            [],
            id="look like one driver",
        ),
    ],
)
def test_each_fault_is_said_with_its_place(sheets, named, refusal):
    with refusal(*named):
        dossier(**sheets)


def test_ten_faults_give_ten_messages_with_their_cells(tmp_path, refusal):
    bad = costs(
        likely=["x", -1, 1e300],
        per=["a", "", "b"],
        growth=["q", "", "z"],
        timing=["never", "once", "yearly"],
        vendor=["Alpha", "", "Beta"],
    )
    with refusal("bad.xlsx", "cell G2", "x", "sheet costs") as caught:
        dx.read_dossier(workbook(tmp_path / "bad.xlsx", drivers=drivers(likely=["many", 0.05]), costs=bad))
    assert len(caught.value.faults) == 10
    assert all(fault.sheet in ("costs", "drivers") and fault.row and fault.column for fault in caught.value.faults)


def test_two_rows_of_one_line_must_be_the_same_line(refusal):
    frame = pd.concat([costs(), costs().iloc[[2]].assign(timing="monthly")]).reset_index(drop=True)
    with refusal("row 3"):
        dossier(costs=frame)


def test_seventeen_inputs_of_exit_cost_are_asked_for():
    assert sum(each.asked for each in EXIT_INPUTS.values()) == 17
    assert all(each.default >= 0 and each.meaning and each.unit for each in EXIT_INPUTS.values())
    assert all(each.bounds.problem(each.default) is None for each in EXIT_INPUTS.values())


def test_merged_cells_and_two_faults_of_other_sheets_are_said_together(tmp_path, refusal):
    path = workbook(tmp_path / "merged.xlsx", costs=costs(), drivers=drivers())
    book = openpyxl.load_workbook(path)
    book["costs"].merge_cells("A2:A3")
    book.save(path)
    with refusal("merged.xlsx", "cells A2:A3", "sheet costs"):
        dx.read_dossier(path)


def test_a_driver_with_a_fault_is_not_called_unknown_too():
    with pytest.raises(dx.DataError) as caught:
        dossier(drivers=drivers(likely=["many", 0.05]))
    assert [fault.column for fault in caught.value.faults] == ["column likely"]


def test_a_start_is_a_day(refusal):
    with refusal("soon"):
        dossier(decision=pd.DataFrame({"key": ["start"], "value": ["soon"]}))


def test_a_cost_and_a_benefit_of_one_name_are_two_figures(refusal):
    read = dossier(benefits=costs(low=["", "", ""], likely=[7, 70, 700], high=["", "", ""], category="licences"))
    assert (read.costs[0].amount.mean, read.benefits[0].amount.mean) != (read.costs[0].amount.mean,) * 2
    assert len(read.figures) == len(dossier().figures) + len(read.benefits)
    with refusal("Alpha: seats"):
        dossier(drivers=drivers(driver=["seats", "Alpha: seats"]), costs=costs(growth=["", "", ""]))


@pytest.mark.parametrize("source", [None, 3, [1], b"x", {"costs": None}, {"costs": [1]}])
def test_what_is_no_dossier_is_told(source, refusal):
    with refusal():
        dx.read_dossier(source)


def test_a_mapping_may_hold_paths():
    path = dx.samples.path("portal/costs.csv")
    drivers = dx.samples.path("portal/drivers.csv")
    assert dx.read_dossier({"costs": path, "drivers": drivers}).vendors == dx.read_dossier(path.parent).vendors
