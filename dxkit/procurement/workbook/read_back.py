"""A workbook that `write_workbook` made, read back: changed figures go into the dossier, all else is listed.

See docs/methods/ownership_cost.md, "Reading back"."""

import json
import os
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeGuard

import pandas as pd

from dxkit.files.cells import as_text
from dxkit.files.errors import DataError, Faults, fault_at
from dxkit.files.excel_file import DAMAGE, open_twice
from dxkit.files.excel_parts import hard_to_see
from dxkit.procurement.cost.expressions import Values
from dxkit.procurement.cost.leaving import results_sheet, sheets_of
from dxkit.procurement.cost.simulation import SCENARIOS, at_scenario, every_figure
from dxkit.procurement.dossier.dossier import Dossier, Figure, SourcedFigure
from dxkit.procurement.dossier.reading import read_sheets
from dxkit.procurement.workbook.compare import Difference, differences, finance_rows
from dxkit.procurement.workbook.inputs import ENDS
from dxkit.procurement.workbook.model import FIRST, OWN_WORK, RESULTS, TIMES
from dxkit.procurement.workbook.pages import Book
from dxkit.procurement.workbook.scorecard import PARTS
from dxkit.procurement.workbook.words import HIDDEN
from dxkit.procurement.workbook.write import make_book

COLUMNS = ["sheet", "cell", "figure", "what", "delivered", "now", "taken"]
_NEAR = 1e-6  # how far stored results may lie from the model's


def is_twin(path: object) -> TypeGuard[str | os.PathLike[str]]:
    """Whether a file is a workbook that `write_workbook` made, by the names of its sheets."""
    if not isinstance(path, str | os.PathLike) or Path(path).is_dir():
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo("xl/workbook.xml").file_size > 2**20:
                return False
            text = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    except (KeyError, *DAMAGE):
        return False
    there = [f'name="{name}"' in text for name in (HIDDEN, "Inputs", "Results", "Checks")]
    return there[0] and any(there[1:])


def read_twin(path: str | os.PathLike[str]) -> Dossier:
    """The dossier of a workbook with the changes that can be taken; every difference is in `.changed`.

    Raises
    ------
    DataError
        A figure beyond its unit, a word that belongs to the dossier, or results that the model does not give: what was
        changed and not taken is listed.
    """
    file = Path(path).name
    formulas, values = open_twice(Path(path).read_bytes(), file)
    made, tables = _hidden(formulas[HIDDEN], file)
    dossier, scenario = read_sheets(tables), str(made["scenario"])
    book = make_book(dossier, made["simulated"], made["seed"], scenario)
    found = differences(book, formulas, values)
    faults = Faults()
    for each in found:
        if each.words:
            message = f"'{str(each.now)[:60]}': words are changed in the dossier, not here; put it back"
            faults.add(message, file=file, **each.place)
    faults.raise_if_any()
    taken = _apply(dossier, tables, book, found, formulas, file, faults)
    faults.raise_if_any()
    try:
        changed = dossier if not taken else read_sheets(tables)
    except DataError as problem:
        raise DataError(f"{file}, with its changes: {problem}") from None
    scenario = next((str(each.now) for each in found if each.key == "scenario" and each.column == 2), scenario)
    if scenario not in SCENARIOS:
        raise fault_at(f"the scenario is '{scenario[:20]}'; write low, likely or high", file=file, sheet="Inputs")
    rows = [
        [each.sheet, each.cell, each.key, each.what, each.delivered, each.now, "yes" if each in taken else "no"]
        for each in found
    ]
    untaken = [each for each in found if each not in taken and each.key != "scenario"]
    notes = _check_results(changed, values, book, scenario, untaken, file)
    listed = pd.DataFrame(rows, columns=COLUMNS)
    if len(found):
        notes = [f"changed in the workbook: {len(found)} cells or sheets, see .changed", *notes]
    for sheet in formulas.worksheets:
        filled = range(1, sheet.max_row + 1) if sheet.sheet_state == "visible" else ()
        notes += [f"sheet {sheet.title}: {note}" for note in hard_to_see(sheet, filled, width=0)]  # A is always hidden
    return replace(changed, changed=listed, notes=(*changed.notes, *notes))


def _hidden(sheet: Any, file: str) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    """Seed, scenario and what was simulated, and the tables of the dossier that the workbook was made from."""
    text = "".join(str(sheet.cell(row, 2).value or "") for row in range(1, sheet.max_row + 1))
    try:
        made = json.loads(text)
        tables = {
            name: pd.DataFrame(t["rows"], columns=t["columns"]).astype(object) for name, t in made["tables"].items()
        }
        return {name: made[name] for name in ("seed", "scenario", "simulated")}, tables
    except (ValueError, KeyError, TypeError):
        message = "the hidden sheet that says what the workbook was made from is damaged; go back to the one delivered"
        raise fault_at(message, file=file, sheet=HIDDEN) from None


def _apply(
    dossier: Dossier,
    tables: dict[str, pd.DataFrame],
    book: Book,
    found: list[Difference],
    formulas: Any,
    file: str,
    faults: Faults,
) -> list[Difference]:
    """Put every change that may be taken into the tables; returns those."""
    figures, taken = every_figure(dossier), []
    for each in found:
        if not each.input or each.page is None or each.key == "scenario":
            continue
        if each.page.title == "Inputs":
            key, _, source = each.key.partition("|source ")
            figure = figures[key]
            problem = _problem(figure, each.now)
            if problem:
                faults.add(problem, file=file, **each.place)
                continue
            _put_figure(tables, figure, int(source or 1) - 1, ENDS[each.column], each)
            taken.append(each)
        elif each.page.title == "Scorecard" and each.column in PARTS:
            if not isinstance(each.now, float | int):
                message = "the cell does not hold a number; write one"
                faults.add(message, file=file, **each.place)
                continue
            _put_criterion(dossier, tables, each)
            taken.append(each)
    for problem, place in _not_rising(figures, taken):
        faults.add(problem, file=file, **place)
    for (_, key), cells in finance_rows(book, found).items():
        vendor = key.split("|")[1]
        problem = _problem_of_row(cells, dossier)
        if problem:
            faults.add(problem, file=file, **next(each.place for each in found if each.key == key))
            continue
        _put_line(tables, vendor, key, cells)
        taken += [each for each in found if each.key == key and each.what == "value changed"]
    return taken


def _not_rising(figures: Mapping[str, Figure], taken: Iterable[Difference]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The figures whose changed low, likely and high are in another order, with the place of a change."""
    changed: dict[str, dict[str, Difference]] = {}
    for each in taken:
        if each.column in ENDS and each.page and each.page.title == "Inputs":
            changed.setdefault(each.key, {})[ENDS[each.column]] = each
    for whole, cells in changed.items():
        key, _, source = whole.partition("|source ")
        one = figures[key].claims[int(source or 1) - 1].estimate
        low, likely, high = (float(str(cells[n].now)) if n in cells else getattr(one, n) for n in ENDS.values())
        if not one.fixed and not low <= likely <= high:
            first = next(iter(cells.values()))
            yield f"low {low:g}, likely {likely:g} and high {high:g} must not fall; change one of them", first.place


def _problem(figure: Figure, now: object) -> str | None:
    if isinstance(now, bool) or not isinstance(now, float | int):
        return "the cell does not hold a number; write one"
    return figure.unit.problem(float(now))


def _put_figure(tables: dict[str, pd.DataFrame], figure: Figure, source: int, name: str, change: Difference) -> None:
    """Write a changed number into the cell of the dossier that it came from, or give what was assumed a row."""
    claim: SourcedFigure = figure.claims[source]
    if claim.at is not None:
        sheet, row, columns = claim.at
        column = columns[("low", "likely", "high").index(name)] if len(columns) == 3 else columns[0]
        _set(tables[sheet], row, column, change.now)
        return
    kind, *rest = figure.key.split("|")
    if kind == "decision":
        _append(tables, "decision", {"key": rest[0], "value": as_text(change.now)})
        return
    frame = tables.get("exit", pd.DataFrame({"vendor": [], "input": []}))
    known = (frame["vendor"] == rest[0]) & (frame["input"] == rest[1]) & (frame.get("source", "") == "workbook")
    if not known.any():
        one = claim.estimate
        row = {"vendor": rest[0], "input": rest[1], "source": "workbook", "likely": as_text(one.likely)}
        row |= {} if one.fixed else {"low": as_text(one.low), "high": as_text(one.high)}
        _append(tables, "exit", row)
        frame = tables["exit"]
        known = pd.Series([False] * (len(frame) - 1) + [True])
    _set(frame, known.to_numpy(), name, change.now)


def _set(frame: pd.DataFrame, rows: Any, column: str, value: object) -> None:
    """Write a value as text into some rows of a column, which the frame need not have yet."""
    if column not in frame:
        frame[column] = ""
    frame.loc[rows, column] = as_text(value)


def _append(tables: dict[str, pd.DataFrame], sheet: str, row: Mapping[str, object]) -> None:
    frame = pd.concat([tables.get(sheet, pd.DataFrame()), pd.DataFrame([row])], ignore_index=True)
    frame = frame.astype(object)
    tables[sheet] = frame.where(frame.notna(), "")


def _put_criterion(dossier: Dossier, tables: dict[str, pd.DataFrame], change: Difference) -> None:
    name, column = change.key.removeprefix("criterion|"), PARTS[change.column]
    frame = tables["criteria"]
    if column == "weight":
        column = next(each.kind for each in dossier.criteria_read if each.name == name)
        for end in (f"{column}_low", f"{column}_high"):  # a changed weight is one number
            if end in frame:
                frame.loc[frame["criterion"] == name, end] = ""
    _set(frame, frame["criterion"] == name, column, change.now)


def _problem_of_row(cells: Mapping[str, object], dossier: Dossier) -> str | None:
    """What is missing or wrong in a row for finance."""
    if not cells.get("name") or not isinstance(cells.get("money"), float | int):
        return "a row needs a name and its money; fill in both or empty the row"
    if cells.get("category") not in OWN_WORK:
        return f"'{cells.get('category') or ''}': choose a category of the list"
    if (cells.get("timing") or "once") not in TIMES:
        return f"'{cells['timing']}': choose monthly, yearly or once"
    months = [cells.get(name) for name in ("from", "to")]
    last = 12 * dossier.horizon
    if any(m is not None and (not isinstance(m, float | int) or m != int(m) or not 1 <= m <= last) for m in months):
        return f"months are whole numbers from 1 to {last}"
    return None


def _put_line(tables: dict[str, pd.DataFrame], vendor: str, key: str, cells: Mapping[str, object]) -> None:
    timing = str(cells.get("timing") or "once")
    row = {
        "vendor": vendor,
        "line": str(cells["name"]),
        "category": str(cells["category"]),
        "timing": timing,
        "from_month": as_text(cells.get("from") or ""),
        "to_month": "" if timing == "once" else as_text(cells.get("to") or ""),
        "likely": as_text(cells["money"]),
        "source": "finance",
        "declared": "added in the workbook",
    }
    _append(tables, "costs", row)


def _check_results(
    dossier: Dossier, values: Any, book: Book, scenario: str, untaken: Iterable[Difference], file: str
) -> list[str]:
    """Work the model out at the workbook's scenario and compare it with the results that are stored in the file."""
    renamed = {each.delivered: each.sheet for each in untaken if each.what == "sheet renamed"}
    name = str(renamed.get("Results", "Results"))
    listed = _listed(untaken)
    if name not in values.sheetnames:
        because = "; ".join(listed[:8])
        raise DataError(f"{file}: the sheet Results is gone, so its figures cannot be compared; {because}")
    sheet, inputs = values[name], at_scenario(dossier, scenario)
    rows = {str(sheet.cell(row, 1).value): row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value}
    apart, gaining = [], {line.vendor for line in dossier.benefits}
    for k, vendor in enumerate(dossier.vendors):
        model = Values(sheets_of(dossier, vendor), inputs)
        for name in RESULTS:
            if name not in rows or (name in ("pv_benefits", "npv") and vendor not in gaining):
                continue
            stored = sheet.cell(rows[name], FIRST + k + 1).value
            own = float(model.row(results_sheet(vendor), name)[0, 0])
            if not isinstance(stored, float | int) or abs(stored - own) > _NEAR * max(abs(own), 1.0):
                shown = f"{stored:,.0f}" if isinstance(stored, float | int) else repr(stored)
                apart.append(f"{vendor}, {name}: the workbook says {shown}, the model {own:,.0f}")
    if not apart:
        return [f"changed in the workbook, and no figure moved by it: {each}" for each in listed[:8]]
    because = "; ".join(listed[:8]) or "the workbook was not recalculated after a change; open it, compute and save it"
    raise DataError(f"{file}: {'; '.join(apart[:4])}. Not taken: {because}")


def _listed(untaken: Iterable[Difference]) -> list[str]:
    """What was not taken, in words; what is alike in one row is told once."""
    alike: dict[tuple[str, str, str], list[Difference]] = {}
    for each in untaken:
        row = each.key or str(each.place.get("row", ""))
        alike.setdefault((each.sheet, each.what, row), []).append(each)
    return [_told(first) + (f" and {len(more)} more in its row" if more else "") for first, *more in alike.values()]


def _told(each: Difference) -> str:
    if each.what.startswith("sheet "):
        now = f" to {each.now}" if each.what == "sheet renamed" else ""
        return f"sheet {each.delivered or each.now}: {each.what.removeprefix('sheet ')}{now}"
    where = f"sheet {each.sheet}, {each.cell}" if each.cell else f"sheet {each.sheet}"
    what = {"formula typed over": "a formula was typed over", "formula changed": "a formula was changed"}
    now = f" ({str(each.now)[:40]})" if each.what in ("added", "value changed", "formula typed over") else ""
    key = f" ({each.key})" if each.what == "row gone" else ""
    return f"{where}: {what.get(each.what, each.what)}{now}{key}"
