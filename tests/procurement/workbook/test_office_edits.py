"""Edits that finance makes, made in LibreOffice itself with decimal commas: each is taken, listed or refused."""

import json
import subprocess

import pytest

import dxkit as dx
from tests.places import ROOT
from tests.procurement.workbook.test_read_back import delivered, likely  # noqa: F401  a fixture

pytestmark = pytest.mark.thorough
PYTHON = "/usr/bin/python3"  # of the system: it has `uno`
SERVICE, PRICE, GROWTH = "cost|Port|seats|service", "cost|Port|seats|amount", "cost|Port|seats|growth"
AUDIT = [
    ["type", "Port", "finance|Port|1", column, text]
    for column, text in ((1, "audit"), (2, "operations"), (3, "yearly"), (6, "900,5"))
]

# steps, and what is listed as (sheet, cell, what, taken), each once
LISTED = {
    "nothing": ([], []),
    "a decimal comma": ([["type", "Inputs", PRICE, 4, "23,5"]], [("Inputs", "E7", "value changed", "yes")]),
    "a share as a percentage": ([["type", "Inputs", GROWTH, 4, "7%"]], [("Inputs", "E11", "value changed", "yes")]),
    "a formula in an input": ([["type", "Inputs", PRICE, 4, "=10+12"]], [("Inputs", "E7", "value changed", "yes")]),
    "a line in the rows for finance": (AUDIT, [("Port", f"{c}46", "value changed", "yes") for c in "BCDG"]),
    "rows inserted": ([["insert rows", "Inputs", PRICE, 2], ["insert rows", "Port", SERVICE, 1]], []),
    "a sheet moved": ([["move sheet", "Results", 0]], []),
    "sheets renamed": (
        [["rename", "Port", "Port 2027"], ["rename", "Results", "Sums"]],
        [("Sums", "", "sheet renamed", "no"), ("Port 2027", "", "sheet renamed", "no")],
    ),
    "a sheet deleted": ([["delete sheet", "Lines"]], [("Lines", "", "sheet missing", "no")]),
    "a sheet added": ([["add sheet", "Finance", "=$Results.C6"]], [("Finance", "", "sheet added", "no")]),
    "another scenario": ([["type", "Inputs", "scenario", 2, "high"]], [("Inputs", "C3", "value changed", "no")]),
    "a note beside a row": ([["type", "Port", SERVICE, 60, "see mail"]], [("Port", "BI11", "added", "no")]),
    "a note in a title": ([["type", "Results", "", 5, "checked"]], [("Results", "F1", "added", "no")]),
    "a heading": ([["type", "Inputs", "", 1, "Our inputs"]], [("Inputs", "B1", "value changed", "no")]),
    "values pasted": (
        [["values", "Port", SERVICE, 4, 5, 0]],
        [("Port", f"{c}11", "formula typed over", "no") for c in "EF"],
    ),
}
REFUSED = {
    "a value over a formula": (
        [["type", "Port", SERVICE, 9, "4123"]],
        "sheet Port, J11: a formula was typed over (4123)",
    ),
    "another formula": ([["type", "Port", SERVICE, 9, "=2000*1,1"]], "sheet Port, J11: a formula was changed"),
    "a result": ([["type", "Results", "pv", 2, "1000"]], "sheet Results, C7: a formula was typed over (1000)"),
    "a row deleted": ([["delete row", "Port", SERVICE]], "sheet Port: row gone (cost|Port|seats|service)"),
    "an input deleted": ([["delete row", "Inputs", PRICE]], "sheet Inputs: row gone (cost|Port|seats|amount)"),
    "a column deleted": ([["delete column", "Port", "", 5]], "sheet Port, F4: value changed"),
    "a sheet that others need": ([["delete sheet", "Port leaving"]], "sheet Port leaving: missing"),
    "a share of 95": ([["type", "Inputs", "exit|all|export_fidelity", 4, "95"]], "write 0.95 for 95%"),
    "half a month": ([["type", "Inputs", "exit|all|term_months", 4, "12,5"]], "months are whole numbers"),
    "a low above": ([["type", "Inputs", PRICE, 3, "24"]], "cell D7: low 24, likely 20 and high 25 must not fall"),
    "text": ([["type", "Inputs", PRICE, 4, "23 EUR"]], "cell E7: the cell does not hold a number"),
    "nothing in an input": ([["clear", "Inputs", PRICE, 4]], "cell E7: the cell does not hold a number"),
    "the horizon": ([["type", "About", "horizon_years", 2, "3"]], "words are changed in the dossier"),
    "a timing": ([["type", "Lines", "cost|Port|seats", 5, "yearly"]], "words are changed in the dossier"),
    "half a line": (AUDIT[:1], "a row needs a name and its money"),
}


@pytest.fixture(scope="module")
def edited(delivered, tmp_path_factory):  # noqa: F811
    """The workbooks as LibreOffice saved them, by the name of the edit."""
    if subprocess.run([PYTHON, "-c", "import uno"], capture_output=True, check=False).returncode:
        pytest.skip("the system's Python has no uno; .ci/run installs it")
    folder = tmp_path_factory.mktemp("edits")
    paths = {name: folder / f"{k}.xlsx" for k, name in enumerate([*LISTED, *REFUSED])}
    jobs = [
        {"file": str(delivered[1]), "to": str(paths[name]), "steps": steps}
        for name, (steps, _) in (LISTED | REFUSED).items()
    ]
    given = json.dumps({"profile": str(folder / "profile"), "locale": "de-DE", "jobs": jobs})
    script = ROOT / "tests" / "procurement" / "workbook" / "office_edits.py"
    clean = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
    subprocess.run([PYTHON, str(script)], input=given, text=True, check=True, timeout=300, env=clean)
    return paths


@pytest.mark.parametrize("name", LISTED)
def test_what_moves_no_result_or_may_be_changed_is_listed(edited, name):
    changed = dx.read_dossier(edited[name]).changed
    assert list(changed[["sheet", "cell", "what", "taken"]].itertuples(index=False, name=None)) == LISTED[name][1]


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_taken_is_refused_with_its_place(edited, name):
    with pytest.raises(dx.DataError) as caught:
        dx.read_dossier(edited[name])
    assert REFUSED[name][1] in str(caught.value)


def test_what_is_taken_is_in_the_dossier(edited):
    read = dx.read_dossier(edited["a line in the rows for finance"])
    assert likely(next(line for line in read.costs if line.line == "audit").amount) == 900.5
    assert likely(dx.read_dossier(edited["a decimal comma"]).costs[0].amount) == 23.5
