"""Small dossiers for tests, written as lists of cells."""

import pandas as pd

import dxkit as dx
from dxkit.procurement.cost.expressions import Values
from dxkit.procurement.cost.leaving import sheets_of
from dxkit.procurement.cost.simulation import at_scenario
from dxkit.procurement.dossier.leaving_inputs import EXIT_INPUTS

# everything about leaving that costs money by itself, at nothing: what the contract asks is left
NOTHING = {
    name: 0
    for name, each in EXIT_INPUTS.items()
    if each.default
    and name not in ("term_months", "renewal_months", "liability", "rush", "unlearn_years", "data_service")
}


def _blank(frame):
    """The same with empty cells for what is missing."""
    frame = frame.astype(object)
    return frame.where(frame.notna(), "")


def dossier(costs, *, leaving=None, decision=None, **sheets):
    """A dossier of these rows; `leaving` is of all vendors. Rows are dicts by column."""
    rows = [
        {"vendor": "A", "line": "fee", "category": "licence", "timing": "yearly", "likely": "", **row} for row in costs
    ]
    made = {"costs": _blank(pd.DataFrame(rows))}
    if leaving is not None:
        each = [["all", name, *_three(value)] for name, value in leaving.items()]
        made["exit"] = pd.DataFrame(each, columns=["vendor", "input", "low", "likely", "high"]).astype(object)
    if decision:
        made["decision"] = pd.DataFrame(list(decision.items()), columns=["key", "value"]).astype(object)
    for name, given in sheets.items():
        made[name] = _blank(pd.DataFrame(given))
    return dx.read_dossier(made)


def _three(value):
    return value if isinstance(value, tuple) else ("", value, "")


def steps(what, rows, line="fee", vendor="A"):
    """Rows of sheet steps: (from, figure) or (from, figure, fixed)."""
    return [
        {"vendor": vendor, "line": line, "what": what, "from": row[0], "likely": row[1], "fixed": [*row, ""][2]}
        for row in rows
    ]


def worked(read, vendor="A", scenario="likely"):
    """The model of a vendor at a scenario: a function from sheet ("", "leaving", "results") and row to its values."""
    values = Values(sheets_of(read, vendor), at_scenario(read, scenario))
    return lambda sheet, row: values.full(f"{vendor} {sheet}".strip(), row)[0]
