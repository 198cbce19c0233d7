"""The workbook's sheet Scorecard: points of each vendor at the values in use, as live formulas."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dxkit.files.excel_writer import NUMBER, SHARE, Book, Sheet, letter
from dxkit.procurement.choice.values import anchors, by_fit, must_haves, rating_of
from dxkit.procurement.cost.lines import Values
from dxkit.procurement.dossier.dossier import Dossier
from dxkit.procurement.workbook.inputs import Inputs
from dxkit.procurement.workbook.leaving import ExitWriter
from dxkit.procurement.workbook.vendor import VendorSheet

FIRST = 6  # the column of the first vendor
_POINTS = "0.0"


def write_scorecard(
    book: Book, dossier: Dossier, inputs: Inputs, made: Mapping[str, VendorSheet], leaving: ExitWriter, values: Values
) -> Sheet | None:
    """The sheet, or None where the dossier has no weighted criterion. Feature fit counts every pain alike here."""
    criteria = [each for each in dossier.criteria_read if each.weight is not None]
    weights = np.array([each.weight.likely for each in criteria if each.weight])
    if weights.sum() <= 0:
        return None
    sheet = book.sheet("Scorecard", [46, 10, 10, 13, 13, 17], freeze="F5")
    for j, text in enumerate(("what counts", "weight", "of all", "worst", "best"), 1):
        sheet.text(4, j, text, "over" if j > 1 else "head")
    vendors = dossier.vendors
    for j, vendor in enumerate(vendors, FIRST):
        sheet.text(4, j, vendor, "over")
    last = 4 + len(criteria)
    raw, value, points = {}, {}, {}
    for row, (criterion, weight) in enumerate(zip(criteria, weights, strict=True), 5):
        alike = ", every pain alike" if by_fit(dossier, criterion) else ""
        sheet.text(row, 1, f"{criterion.name}: as judged{alike}")
        sheet.formula(row, 2, f"={inputs.likely('criterion', criterion.name, '', 'weight')}", weight)
        sheet.formula(row, 3, f"=B{row}/SUM($B$5:$B${last})", weight / weights.sum(), SHARE)
        worst, best = anchors(dossier, criterion)
        for column, name, anchor in ((4, "worst", worst), (5, "best", best)):
            sheet.formula(row, column, f"={inputs.likely('criterion', criterion.name, '', name)}", anchor)
        for j, vendor in enumerate(vendors, FIRST):
            formula, found = _judged(dossier, criterion, vendor, inputs, made, leaving, values)
            raw[row, j] = found
            sheet.formula(row, j, formula, found, NUMBER)
    for k, criterion in enumerate(criteria):
        row, at = 5 + k, last + 2 + k
        sheet.text(at, 1, f"{criterion.name}: value from worst (0) to best (1)")
        worst, best = anchors(dossier, criterion)
        for j in range(FIRST, FIRST + len(vendors)):
            c = letter(j)
            value[at, j] = min(1.0, max(0.0, (raw[row, j] - worst) / (best - worst)))
            formula = f"=MIN(Whole,MAX(Zero,({c}{row}-$D{row})/($E{row}-$D{row})))"
            sheet.formula(at, j, formula, value[at, j], "0.00")
            points[k, j] = 100 * weights[k] / weights.sum() * value[at, j]
    top = last + 3 + len(criteria)
    for k, criterion in enumerate(criteria):
        sheet.text(top + k, 1, f"{criterion.name}: points")
        for j in range(FIRST, FIRST + len(vendors)):
            formula = f"=Hundred*$C{5 + k}*{letter(j)}{last + 2 + k}"
            sheet.formula(top + k, j, formula, points[k, j], _POINTS)
    end = top + len(criteria)
    sheet.text(end, 1, "points of 100, at the values in use", "total")
    for j in range(FIRST, FIRST + len(vendors)):
        c = letter(j)
        whole = sum(points[k, j] for k in range(len(criteria)))
        sheet.formula(end, j, f"=SUM({c}{top}:{c}{end - 1})", whole, _POINTS, "total")
    sheet.text(end + 1, 1, "must-haves, as delivered", "total")
    for j, vendor in enumerate(vendors, FIRST):
        told = [f"{name}: {said}" for name, said in must_haves(dossier, vendor).items()]
        sheet.text(end + 1, j, "; ".join(told) or "none set", "wrap")
    return sheet


def _judged(dossier, criterion, vendor: str, inputs: Inputs, made, leaving, values) -> tuple[str, float]:
    """What the criterion measures of a vendor, as a formula and a number."""
    if criterion.measure == "tco":
        return f"={made[vendor].ref('pv')}", made[vendor].values["pv"]
    if criterion.measure == "exit_cost":
        return f"={leaving.ref(vendor, 'certain')}", leaving.results[vendor]["certain"]
    if not by_fit(dossier, criterion):
        return f"={inputs.ref('rating', vendor, criterion.name, 'rating')}", rating_of(dossier, vendor, criterion).mean
    topics = list(dict.fromkeys(each.topic for each in dossier.fit_read))
    known = [each.topic for each in dossier.fit_read if each.vendor == vendor]
    shares = [inputs.value["fit", vendor, topic, "share"] for topic in known]
    cells = "+".join(inputs.ref("fit", vendor, topic, "share") for topic in known)
    return f"=({cells or 'Zero'})/{inputs.likely('topics', 'sheet fit', '', 'number')}", sum(shares) / len(topics)
