"""The workbook's sheets of what comes out: the choice of scenario, results beside simulated ranges, and checks."""

from __future__ import annotations

from dxkit.files.excel_writer import HOLDS, MONEY, Book, Sheet, letter
from dxkit.procurement.cost.lines import Values, money, total
from dxkit.procurement.cost.ownership import Tco
from dxkit.procurement.dossier.dossier import Dossier
from dxkit.procurement.dossier.read_back import HEADER
from dxkit.procurement.workbook.inputs import Inputs
from dxkit.procurement.workbook.leaving import ExitWriter
from dxkit.procurement.workbook.scenario import SCENARIOS, values_at
from dxkit.procurement.workbook.vendor import VendorSheet
from dxkit.statistics.finance import npv

_SIMULATED = {"p10": "P10", "mean": "mean", "p90": "P90", "p_cheapest": "chance to be the cheapest"}


def write_scenarios(book: Book, sheet: Sheet, dossier: Dossier, scenario: str, made: dict[str, VendorSheet]) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    sheet.text(4, 1, "scenario (choose here)", "head")
    sheet.text(4, 2, scenario, "input")
    listed = DataValidation(type="list", formula1=f'"{",".join(SCENARIOS)}"', showErrorMessage=True)
    listed.error = "Choose low, likely or high."
    listed.add("B4")
    sheet.raw.add_data_validation(listed)
    sheet.text(5, 1, "its number")
    for k, name in enumerate(SCENARIOS):
        sheet.text(6 + k, 2, name)
        sheet.number(6 + k, 3, k + 1.0, "0")
    sheet.formula(5, 2, "=SUMPRODUCT((B6:B8=B4)*C6:C8)", SCENARIOS.index(scenario) + 1.0, "0")
    book.name("ScenarioNumber", sheet, "B5")
    sheet.text(10, 1, "present value of the cost", "head")
    sheet.text(10, 2, "live, as chosen", "over")
    for k, name in enumerate(SCENARIOS):
        sheet.text(10, 3 + k, f"{name}, as delivered", "over")
    for row, (vendor, each) in enumerate(made.items(), 11):
        sheet.text(row, 1, vendor)
        sheet.formula(row, 2, f"={each.ref('pv')}", each.values["pv"], MONEY)
        for k, name in enumerate(SCENARIOS):
            sheet.number(row, 3 + k, present_value(dossier, vendor, name), MONEY, "simulated")
    sheet.text(12 + len(made), 1, "grey: worked out by dxkit when the workbook was made; it does not change", "quiet")


def present_value(dossier: Dossier, vendor: str, scenario: str) -> float:
    """Present value of a vendor's cost with every figure at its low, likely or high value."""
    values = values_at(dossier, scenario)
    spent = total(money(line, dossier, values)[0] for line in dossier.costs if line.vendor == vendor)
    return float(npv(dossier.rate, spent))


def write_results(
    sheet: Sheet, dossier: Dossier, made: dict[str, VendorSheet], leaving: ExitWriter, simulated: Tco
) -> None:
    """What comes out, live, beside the ranges that dxkit simulated."""
    rows = [
        ("nominal", "cost, nominal"),
        ("pv", "cost, present value"),
        ("pv_benefits", "benefits, present value"),
        ("npv", "net present value"),
    ]
    sheet.text(4, 1, "live: changes with the workbook", "head")
    for j, vendor in enumerate(made, 2):
        sheet.text(4, j, vendor, "over")
    row = pv_row = 4
    for name, label in rows:
        if not any(name in each.cells for each in made.values()):
            continue
        row += 1
        sheet.text(row, 1, label)
        for j, each in enumerate(made.values(), 2):
            if name in each.cells:
                sheet.formula(row, j, f"={each.ref(name)}", each.values[name], MONEY)
        if name == "pv":
            pv_row = row
    for name, label in (("expected", "expected exit"), ("certain", "certain exit at the end")):
        row += 1
        sheet.text(row, 1, f"{label}, present value")
        for j, vendor in enumerate(made, 2):
            sheet.formula(row, j, f"={leaving.ref(vendor, name)}", leaving.results[vendor][name], MONEY)
    row += 1
    sheet.text(row, 1, "owning and leaving, present value", "total")
    for j, (vendor, each) in enumerate(made.items(), 2):
        c = letter(j)
        whole = each.values["pv"] + leaving.results[vendor]["expected"]
        sheet.formula(row, j, f"={c}{pv_row}+{c}{row - 2}", whole, MONEY, "total")
    whole_row = row
    row += 2
    sheet.text(row, 1, "simulated by dxkit; does not change", "head")
    for j, vendor in enumerate(made, 2):
        sheet.text(row, j, vendor, "over")
    for basis, label in (("pv", "cost, present value"), ("pv_with_exit", "owning and leaving, present value")):
        table = simulated.totals[simulated.totals["basis"] == basis].set_index("vendor")
        for name, what in _SIMULATED.items():
            row += 1
            sheet.text(row, 1, f"{label}: {what}")
            form = "0%" if name == "p_cheapest" else MONEY
            for j, vendor in enumerate(made, 2):
                sheet.number(row, j, float(table.loc[vendor, name]), form, "simulated")
    _charts(sheet, leaving, len(made), row + 2, pv_row, whole_row, dossier)


def _charts(sheet: Sheet, leaving: ExitWriter, vendors: int, at: int, pv_row: int, whole_row: int, dossier) -> None:
    from openpyxl.chart import BarChart, LineChart, Reference
    from openpyxl.chart.legend import Legend
    from openpyxl.chart.series_factory import SeriesFactory as Series

    currency = dossier.currency or "money"
    sheet.charts = (max(vendors + 1, 4), at + 2 * (4 + 2 * vendors) + 20)
    sheet.new_page(at)
    bars = BarChart()
    bars.type, bars.title = "bar", f"Present value, {currency} ({dossier.status})"
    for row in (pv_row, whole_row):
        series = Series(
            Reference(sheet.raw, min_col=2, max_col=vendors + 1, min_row=row), title=sheet.raw.cell(row, 1).value
        )
        bars.series.append(series)
    bars.set_categories(Reference(sheet.raw, min_col=2, max_col=vendors + 1, min_row=4))
    bars.height, bars.width, bars.legend = 3.5 + 1.6 * vendors, 22, Legend(legendPos="b")
    bars.y_axis.number_format, bars.y_axis.delete, bars.x_axis.delete = "#,##0", False, False
    bars.x_axis.scaling.orientation = "maxMin"
    sheet.raw.add_chart(bars, f"A{at}")
    lines = LineChart()
    lines.title = f"Planned exit by quarter, {currency} ({dossier.status})"
    last = 4 + len(leaving.times)
    for vendor, row in leaving.planned_rows.items():
        series = Series(Reference(leaving.sheet.raw, min_col=5, max_col=last, min_row=row), title=vendor)
        series.smooth = False
        lines.series.append(series)
    lines.set_categories(Reference(leaving.sheet.raw, min_col=5, max_col=last, min_row=4))
    lines.height, lines.width, lines.legend = 9, 22, Legend(legendPos="b")
    lines.y_axis.number_format, lines.y_axis.delete, lines.x_axis.delete = "#,##0", False, False
    sheet.raw.add_chart(lines, f"A{at + 2 * (4 + 2 * vendors)}")


def write_checks(
    book: Book, dossier: Dossier, inputs: Inputs, made: dict[str, VendorSheet], leaving: ExitWriter, values: Values
) -> Sheet:
    """What must hold, 1 or 0 each, and all of it together."""
    sheet = book.sheet("Checks", [72, 18, 18, 18])
    for j, text in enumerate(("check", "one way", "the other way", "it"), 1):
        sheet.text(4, j, text, "head")
    row = 4

    def same(label: str, one: str, other: str, value: float) -> None:
        nonlocal row
        row += 1
        sheet.text(row, 1, label)
        sheet.formula(row, 2, f"={one}", value, "#,##0.00")
        sheet.formula(row, 3, f"={other}", value, "#,##0.00")
        sheet.formula(row, 4, f"=(ABS(B{row}-C{row})<=Tolerance*MAX(Whole,ABS(B{row})))+Zero", 1.0, HOLDS)

    first, last = HEADER + 1, inputs.last
    count = float(last - first + 1)
    to = inputs.sheet.to
    same("no figure in use is blank", f"COUNT({to(f'I{first}:I{last}')})", f"ROWS({to(f'I{first}:I{last}')})", count)
    same(
        "low is never above likely, nor likely above high",
        f"SUMPRODUCT(({to(f'F{first}:F{last}')}>{to(f'G{first}:G{last}')})+({to(f'G{first}:G{last}')}>{to(f'H{first}:H{last}')}))",
        "Zero",
        0.0,
    )
    end = letter(6 + dossier.horizon)
    for vendor, each in made.items():
        own, last_row = each.sheet.to, each.total
        lines = "+".join(own(f"E{line}") for line in each.lines)
        same(
            f"{vendor}: the lines sum to the years",
            lines,
            f"SUM({own(f'F{last_row}:{end}{last_row}')})",
            each.values["nominal"],
        )
        same(
            f"{vendor}: present value agrees with the program's own NPV()",
            each.ref("pv"),
            f"{own(f'F{last_row}')}+NPV(DiscountRate,{own(f'G{last_row}:{end}{last_row}')})",
            each.values["pv"],
        )
        spent = total(money(line, dossier, values)[0] for line in dossier.costs if line.vendor == vendor)
        same(
            f"{vendor}: no year costs less than nothing",
            f"MIN(Zero,{own(f'F{last_row}:{end}{last_row}')})",
            "Zero",
            min(0.0, float(spent.min())),
        )
        same(
            f"{vendor}: leaving, at the earliest, is the sum of its parts",
            leaving.sheet.to(f"E{leaving.planned_rows[vendor]}"),
            "+".join(leaving.sheet.to(f"E{leaving.planned_rows[vendor] - k}") for k in range(6, 0, -1)),
            leaving.results[vendor]["first"],
        )
    sheet.text(3, 1, "all of them", "total")
    sheet.formula(3, 4, f"=PRODUCT(D5:D{row})", 1.0, HOLDS, "total")
    book.name("AllChecks", sheet, "D3")
    return sheet
