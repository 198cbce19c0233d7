"""The sheets of what comes out: Results, live beside simulated, and Checks."""

from collections.abc import Collection, Mapping

from dxkit.files.errors import and_more
from dxkit.files.grid import letter
from dxkit.procurement.cost.leaving import COMPONENTS, leaving_sheet, results_sheet
from dxkit.procurement.cost.ownership import OF, Tco
from dxkit.procurement.dossier.dossier import Dossier, Figure
from dxkit.procurement.workbook.model import FIRST, RESULTS, OfVendor
from dxkit.procurement.workbook.pages import HOLDS, MONEY, TEXTS, Book, Page, quoted

_LABELS, _SIMULATED, _CHECKS = (TEXTS[name] for name in ("results", "simulated", "checks"))
_HEAD = 4
SIMULATED_BASES = ("pv", "pv_served")
Simulated = Mapping[str, Mapping[str, Mapping[str, float]]]  # by basis, vendor and what


def simulated_of(result: Tco) -> Simulated:
    """What was simulated and stands beside the live results."""
    rows = result.totals.set_index(["basis", "vendor"])
    return {
        basis: {
            str(vendor): {name: float(rows.loc[(basis, vendor), name]) for name in _SIMULATED}
            for vendor in result.present
        }
        for basis in SIMULATED_BASES
    }


def write_results(
    page: Page, dossier: Dossier, made: Mapping[str, OfVendor], simulated: Simulated, usual: Collection[Figure]
) -> None:
    """Labels and simulated ranges around the live results, what of them is assumed, and the pictures."""
    if usual:
        names = and_more([figure.key.split("|")[-1] for figure in usual])
        page.put(2, 1, f"usual values, not in the dossier (sheet Inputs, About): {names}", "quiet")
    page.put(_HEAD, 1, "live: changes with the workbook", "head")
    there = {name for vendor, of in made.items() for name in of.sheets[results_sheet(vendor)].rows}
    for k, name in enumerate(RESULTS):
        if name in there:
            page.key(5 + k, name)
            page.put(5 + k, 1, _LABELS[name], "total" if name in ("pv", "pv_served") else "")
    row = 6 + len(RESULTS)
    page.put(row, 1, "simulated by dxkit: does not change", "head")
    for j, vendor in enumerate(made, FIRST):
        page.put(_HEAD, j, vendor, "over")
        page.put(row, j, vendor, "over")
    for basis in SIMULATED_BASES:
        for name, what in _SIMULATED.items():
            row += 1
            page.key(row, f"{basis}|{name}")
            page.put(row, 1, f"{OF[basis]}: {what}")
            for j, vendor in enumerate(made, FIRST):
                form = "0%" if name == "p_cheapest" else MONEY
                page.put(row, j, simulated[basis][vendor][name], "simulated", form)
    _charts(page, dossier, made, row + 2)


def _charts(page: Page, dossier: Dossier, made: Mapping[str, OfVendor], row: int) -> None:
    last, title = FIRST + len(made) - 1, f"{dossier.currency or 'money'} ({dossier.status})"
    here = quoted(page.title)

    def across(at: int) -> str:
        return f"={here}!$C${at + 1}:${letter(last)}${at + 1}"

    bars = [
        {"name": _LABELS[name], "categories": across(_HEAD), "values": across(5 + RESULTS.index(name))}
        for name in ("pv", "pv_served")
    ]
    axes = {"x": {"num_format": "#,##0"}, "y": {"reverse": True}}
    size = (640, 170 + 46 * len(made))
    chart = {"type": "bar", "title": f"Present value, {title}", "series": bars, "size": size, "axes": axes}
    page.charts.append((row, 1, chart))
    lines = []
    for vendor, of in made.items():
        place = of.places[leaving_sheet(vendor)]
        area = f"={quoted(place.page.title)}!$C${{0}}:${letter(FIRST + place.count - 1)}${{0}}"
        months, planned = (area.format(place.rows[name] + 1) for name in ("label", "planned"))
        lines.append({"name": vendor, "categories": months, "values": planned})
    axes = {"x": {"name": "months after the start"}, "y": {"num_format": "#,##0", "min": 0}}
    chart = {"type": "line", "title": f"Planned leaving, {title}", "series": lines, "size": (640, 340), "axes": axes}
    page.charts.append((row + size[1] // 20 + 2, 1, chart))


def write_checks(book: Book, dossier: Dossier, made: Mapping[str, OfVendor], results: Page) -> Page:
    """What must hold of each vendor, and whether all of it does (B3)."""
    page = book.page("Checks", [60, 14, 14], portrait=True)
    page.put(3, 1, "what must hold", "head")
    for j, vendor in enumerate(made, FIRST):
        page.put(3, j, vendor, "over")
    for k, (name, text) in enumerate(_CHECKS.items(), 4):
        page.key(k, name)
        page.put(k, 1, text)
        for j, (vendor, of) in enumerate(made.items(), FIRST):
            page.work_out(k, j, _check(name, dossier, vendor, of, results, j), 1.0, "", HOLDS)
    area = f"$C$5:${letter(FIRST + len(made) - 1)}${4 + len(_CHECKS)}"
    page.key(2, "all")
    page.put(2, 1, "every check", "total")
    page.work_out(2, 2, f"MIN({area})", 1.0, "total", HOLDS)
    return page


def _check(name: str, dossier: Dossier, vendor: str, of: OfVendor, results: Page, column: int) -> str:
    months, quarters = of.places[vendor], of.places[leaving_sheet(vendor)]

    def area(place, row: str, until: int | None = None) -> str:
        end = letter(FIRST + (place.count if until is None else until + 1) - 1)
        return f"{quoted(place.page.title)}!$C${place.rows[row] + 1}:${end}${place.rows[row] + 1}"

    def result(row: str) -> str:
        return f"{quoted(results.title)}!${letter(column)}${5 + RESULTS.index(row) + 1}"

    last = 12 * dossier.horizon
    if name == "paid":
        served = f"(SUM({area(months, 'running', last)})+SUM({area(months, 'once', last)}))"
        return f"(ABS(SUM({area(months, 'paid')})-{served})<=0.000001*MAX(1,ABS({served})))*1"
    if name == "odds":
        return f"({result('p_exit')}>=0)*({result('p_exit')}<=1)"
    parts = "+".join(f"SUM({area(quarters, part)})" for part in COMPONENTS)
    return f"(ABS(SUM({area(quarters, 'planned')})-({parts}))<=0.000001*MAX(1,ABS({parts})))*1"
