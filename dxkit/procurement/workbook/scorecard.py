"""The sheet Scorecard: the point score as live formulas."""

from collections.abc import Mapping

import numpy as np

from dxkit.files.grid import letter
from dxkit.procurement.choice.points import SHEET, judged, score_inputs, score_sheet, unjudged
from dxkit.procurement.choice.ratings import NO_EVIDENCE
from dxkit.procurement.choice.values import must_haves, weights_of
from dxkit.procurement.cost.expressions import Each, Values
from dxkit.procurement.dossier.dossier import Dossier
from dxkit.procurement.workbook.formulas import COLUMN, Place, Places, printed
from dxkit.procurement.workbook.model import OfVendor
from dxkit.procurement.workbook.pages import NUMBER, Book, Page

FIRST = 5  # the column of the first vendor
PARTS = {2: "weight", 3: "worst", 4: "best"}  # of a criterion, by column
_HEAD = 3


def write_scorecard(
    book: Book, dossier: Dossier, made: Mapping[str, OfVendor], known: Mapping[str, np.ndarray]
) -> Page | None:
    """The sheet, or None where no criterion has a weight. Feature fit counts every pain alike here."""
    criteria = judged(dossier)
    if sum(weights_of(criteria)) <= 0:
        return None
    page = book.page("Scorecard", [44, 12, 13, 13, 17], freeze=(_HEAD + 1, FIRST))
    for j, text in enumerate(("what counts", "weight", "worst", "best", *dossier.vendors), 1):
        page.put(_HEAD, j, text, "over" if j > 1 else "head")
    given, cells = score_inputs(dossier), {}
    for row, each in enumerate(criteria, _HEAD + 1):
        page.key(row, f"criterion|{each.name}")
        page.put(row, 1, f"{each.name}: {'measured' if each.money else 'as judged'}")
        keys = {column: f"criterion|{each.name}|{part}" for column, part in PARTS.items()}
        keys |= {column: f"rating|{vendor}|{each.name}" for column, vendor in enumerate(dossier.vendors, FIRST)}
        follows = each.order or (each.money and each.kind == "worth")  # its weight is not for the reader to change
        for column, key in keys.items():
            if key in given:
                free = column in PARTS and not (PARTS[column] == "weight" and follows)
                page.put(row, column, given[key], "input" if free else "", NUMBER)
                cells[key] = (page, row, column)
    sheet = score_sheet(dossier)
    first = _HEAD + 2 + len(criteria)
    places = {name: place for of in made.values() for name, place in of.places.items()}
    places[SHEET] = Place(page, {name: first + k for k, name in enumerate(sheet.rows)}, FIRST, len(dossier.vendors))
    at = Places(places, cells)
    sheets = {name: own for of in made.values() for name, own in of.sheets.items()}
    values = Values({**sheets, SHEET: sheet}, {**known, **{key: np.array([value]) for key, value in given.items()}})
    for name, operand in sheet.rows.items():
        row = places[SHEET].rows[name]
        page.key(row, name)
        page.put(row, 1, name.replace("|", ": "), "total" if name == "score" else "")
        for j, value in enumerate(values.full(SHEET, name)[0]):
            own = operand.operands[j] if isinstance(operand, Each) else operand
            text = printed(own, SHEET, at).replace(COLUMN, letter(FIRST + j))
            page.work_out(row, FIRST + j, text, float(value), "total" if name == "score" else "", "0.00")
    row = first + len(sheet.rows)
    page.key(row, "must-haves")
    page.put(row, 1, "must-haves, as delivered", "total")
    for j, vendor in enumerate(dossier.vendors, FIRST):
        verdicts = [f"{name}: {said}" for name, said in must_haves(dossier, vendor).items()]
        page.put(row, j, "; ".join(verdicts) or "none set", "wrap")
    page.key(row + 1, NO_EVIDENCE)
    page.put(row + 1, 1, f"{NO_EVIDENCE}, so counted as the worst", "total")
    for j, vendor in enumerate(dossier.vendors, FIRST):
        page.put(
            row + 1, j, "; ".join(each.name for each in criteria if unjudged(dossier, each, vendor)) or "none", "wrap"
        )
    return page
