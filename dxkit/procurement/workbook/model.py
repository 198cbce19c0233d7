"""The model's sheets on the pages of a workbook: every formula printed where it stands, beside the value it has.

See docs/methods/ownership_cost.md, "One model, two forms"."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from dxkit.files.grid import letter
from dxkit.procurement.cost.expressions import LABEL, Each, Sheet, Values
from dxkit.procurement.cost.leaving import leaving_sheet, results_sheet
from dxkit.procurement.cost.schedule import spare_key
from dxkit.procurement.dossier.columns import CATEGORIES
from dxkit.procurement.dossier.dossier import PAID, Dossier
from dxkit.procurement.workbook.formulas import COLUMN, Place, Places, printed
from dxkit.procurement.workbook.pages import MONEY, NUMBER, SHARE, TEXTS, Book, Page

_A_PAGE = 13  # months side by side on a printed page
SPARE = 5  # rows for finance on each vendor's sheet
FIRST = 2  # the column of the first label
FINANCE = ("name", "category", "timing", "from", "to", "money")
TIMES = {"monthly": 1, "yearly": 12, "once": 0}
OWN_WORK = tuple(category for category in CATEGORIES if category not in PAID)
_FORMS, _ROWS = TEXTS["formats"], TEXTS["rows"]
RESULTS = tuple(TEXTS["results"])


@dataclass(eq=False)
class OfVendor:
    """A vendor's sheets, where they stand and the values that they have."""

    sheets: dict[str, Sheet]
    places: dict[str, Place]
    values: Values
    pages: list[Page] = field(default_factory=list)


def spare_inputs(dossier: Dossier) -> dict[str, np.ndarray]:
    """The rows for finance as long as they are empty."""
    empty = {"from": 1.0, "to": 12.0 * dossier.horizon, "money": 0.0, "months": 0.0}
    return {
        f"{spare_key(vendor, k)}|{name}": np.array([value])
        for vendor in dossier.vendors
        for k in range(1, SPARE + 1)
        for name, value in empty.items()
    }


def place_vendor(
    book: Book,
    dossier: Dossier,
    vendor: str,
    sheets: dict[str, Sheet],
    values: Values,
    results: Page,
    column: int,
    inputs: dict[str, tuple[Page, int, int]],
) -> OfVendor:
    """Lay out the pages of a vendor: by month, by quarter, and those of the vendor that follows where one is named."""
    made = OfVendor(sheets, {}, values)
    wide = -(-len(sheets[vendor].labels) // _A_PAGE)
    months = book.page(vendor, [38, 9], freeze=(4, FIRST), portrait=True, wide=wide, high=1)
    made.places[vendor] = _lay_out(months, sheets[vendor], 3)
    _lay_out_spare(months, dossier, vendor, made.places[vendor], inputs)
    quarters = book.page(f"{vendor[:22]} leaving", [38, 11], freeze=(4, FIRST))
    made.places[leaving_sheet(vendor)] = _lay_out(quarters, sheets[leaving_sheet(vendor)], 3)
    made.pages = [months, quarters]
    again = [sheet for name, sheet in sheets.items() if name not in (*made.places, results_sheet(vendor))]
    if again:
        after = book.page(f"after {vendor[:22]}", [38, 9], freeze=(3, FIRST), portrait=True, wide=wide, high=1)
        row = 3
        for sheet in again:
            made.places[sheet.name] = _lay_out(after, sheet, row, prefix=f"{sheet.name}|")
            row = max(after.keys) + 2
        made.pages.append(after)
    rows = {name: 5 + k for k, name in enumerate(RESULTS)}
    made.places[results_sheet(vendor)] = Place(results, rows, column, 1)
    return made


def _lay_out(page: Page, sheet: Sheet, row: int, prefix: str = "") -> Place:
    """Give every row of a sheet its place, each line under a heading of its own."""
    rows, group = {}, ""
    rows[LABEL] = row
    page.key(row, f"{prefix}{LABEL}")
    page.put(row, 1, sheet.name if prefix else "", "head")
    for name in sheet.rows:
        parts = name.split("|")
        own = "|".join(parts[:-1]) if len(parts) > 2 else ""
        if own != group and own:
            row += 1
            page.put(row, 1, f"{_ROWS.get(parts[0], parts[0] + ' ')}{' '.join(parts[2:-1])}", "group")
        group, row = own, row + 1
        rows[name] = row
        page.key(row, f"{prefix}{name}")
        page.put(row, 1, _label(parts), "" if len(parts) < 3 else "quiet")
    return Place(page, rows, FIRST, len(sheet.labels))


def _label(parts: list[str]) -> str:
    if len(parts) > 2:
        return f"    {parts[-1]}"
    return " ".join(parts[1:]) if len(parts) == 2 and parts[0] == "driver" else _ROWS.get(parts[-1], " ".join(parts))


def _lay_out_spare(
    page: Page, dossier: Dossier, vendor: str, place: Place, inputs: dict[str, tuple[Page, int, int]]
) -> None:
    """The rows for finance below all others, with their cells to fill in."""
    row = max(place.rows.values()) + 2
    page.put(
        row, 1, "rows for finance: yellow cells count in the totals above, and become lines when read back", "group"
    )
    row += 1
    for j, name in enumerate(FINANCE):
        page.put(row, FIRST - 1 + j, name, "head")
    last = 12 * dossier.horizon
    for k in range(1, SPARE + 1):
        key = spare_key(vendor, k)
        page.key(row + k, key)
        for j in range(len(FINANCE)):
            page.put(row + k, FIRST - 1 + j, "", "words" if j < 3 else "input")
        page.bound(row + k, FIRST, {"validate": "list", "source": list(OWN_WORK)})
        page.bound(row + k, FIRST + 1, {"validate": "list", "source": list(TIMES)})
        months = {"validate": "integer", "criteria": "between", "minimum": 1, "maximum": last}
        page.bound(row + k, FIRST + 2, months)
        page.bound(row + k, FIRST + 3, months)
        page.bound(
            row + k, FIRST + 4, {"validate": "decimal", "criteria": "between", "minimum": -1e15, "maximum": 1e15}
        )
        cells = {name: f"${letter(FIRST - 1 + j)}${row + k + 1}" for j, name in enumerate(FINANCE)}
        helped = {
            "from": (f'IF({cells["from"]}="",1,{cells["from"]})', 1.0),
            "to": (f'IF({cells["to"]}="",{last},{cells["to"]})', float(last)),
            "money": (f"N({cells['money']})", 0.0),
            "months": (f'IF({cells["timing"]}="monthly",1,IF({cells["timing"]}="yearly",12,0))', 0.0),
        }
        for j, (name, (formula, value)) in enumerate(helped.items(), FIRST + 6):
            page.put(row, j, f"{name}, used", "head")
            page.work_out(row + k, j, formula, value, "quiet")
            inputs[f"{key}|{name}"] = (page, row + k, j)


def write_sheets(made: OfVendor, inputs: Mapping[str, tuple[Page, int, int]]) -> None:
    """Print every formula of a vendor's sheets into its cells."""
    at = Places(made.places, inputs)
    for name, place in made.places.items():
        sheet = made.sheets[name]
        if place.count > 1:
            for j, label in enumerate(sheet.labels):
                place.page.put(place.rows[LABEL], place.first + j, float(label), "over", "0")
        for row, operand in sheet.rows.items():
            values = np.broadcast_to(made.values.row(name, row), (1, place.count))[0]
            form = next((form for start, form in _FORMS.items() if row.split("|")[-1].startswith(start)), MONEY)
            form = SHARE if row == "p_exit" else NUMBER if row.startswith("driver|") else form
            style = "total" if row in ("paid", "present", "planned", "forced", "pv", "pv_served") else ""
            each = operand.operands if isinstance(operand, Each) else None
            template = "" if each else printed(operand, name, at)
            for j, value in enumerate(values):
                text = printed(each[j], name, at) if each else template
                here = letter(place.first + j)
                place.page.work_out(
                    place.rows[row], place.first + j, text.replace(COLUMN, here), float(value), style, form
                )
