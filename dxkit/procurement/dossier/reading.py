"""Reads the tables of a decision into a dossier, or names every fault with its cell."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from dxkit.files.cells import as_text
from dxkit.files.errors import DataError, Faults, Missing, suggest
from dxkit.files.opening import checked_path
from dxkit.files.table import Table
from dxkit.procurement.dossier.columns import AMOUNT, EXAMPLE, SHEETS, STATUSES, day_of, rows_of
from dxkit.procurement.dossier.costs import read_lines
from dxkit.procurement.dossier.dossier import Dossier, Figure
from dxkit.procurement.dossier.drivers import read_drivers
from dxkit.procurement.dossier.estimates import MOST, amount_of, claim_of
from dxkit.procurement.dossier.judging import read_criteria, read_evidence, read_fit
from dxkit.procurement.dossier.leaving_inputs import EXIT_INPUTS
from dxkit.procurement.dossier.read_back import is_twin, read_twin
from dxkit.procurement.dossier.sheets import Source, sheets_of

_DEFAULTS: dict[str, Any] = {
    "title": "Untitled decision",
    "currency": "",
    "start": "",
    "horizon_years": 3,
    "discount_rate": 0.10,
    "jurisdiction": "",
    "budget": np.nan,
    "status": "illustrative",
}
_BOUNDS = {"horizon_years": (1, 10), "discount_rate": (0, 0.99), "budget": (0, MOST)}


def read_dossier(source: Source) -> Dossier:
    """Read a decision between vendors: what each costs, promises and would cost to leave, and who says so.

    Parameters
    ----------
    source : path of a workbook, path of a folder of csv files, or mapping of sheet name to data frame or path
        Sheets decision, drivers, costs, and where they are known benefits, exit, criteria, evidence, fit
        (docs/tables.md, "Decision").
        Estimates are a number in `likely`, or low, likely and high. A line that appears twice with different figures
        has conflicting sources: each is as likely, and all stay visible in `.conflicting`. A workbook of
        `write_workbook` is read back, with what was changed in `.changed`.

    Returns
    -------
    Dossier

    Raises
    ------
    DataError
        Every fault of every sheet at once, with its cell.

    Examples
    --------
    >>> import pandas as pd
    >>> costs = pd.DataFrame({"vendor": ["A", "B"], "line": ["seats", "seats"], "timing": ["yearly", "yearly"],
    ...                       "category": ["licence", "licence"], "likely": [1000, 1200]})
    >>> read_dossier({"costs": costs}).vendors
    ['A', 'B']
    """
    changed = None
    if source is None:
        raise Missing("this needs a dossier of vendors; name its workbook or folder")
    name = Path(source).name if isinstance(source, str | os.PathLike) else "dossier"
    if isinstance(source, str | os.PathLike):
        checked_path(source, folder=True)
        if is_twin(source):
            source, changed = read_twin(source)
    tables, unread = _tables(source)
    faults = Faults()
    if "costs" not in tables:
        raise DataError(f"{name}: there is no sheet costs; a decision needs one row for each line of cost")
    decision = _decision(tables.get("decision"), faults)
    horizon = int(decision["horizon_years"])
    drivers = read_drivers(tables.get("drivers"), faults)
    named = [text for text in tables["drivers"].text("driver") if text] if "drivers" in tables else []
    costs = read_lines(tables["costs"], named, decision, horizon, faults)
    vendors = list(dict.fromkeys(line.vendor for line in costs))
    benefits = read_lines(tables.get("benefits"), named, decision, horizon, faults, vendors)
    exits = _exit(tables.get("exit"), vendors, faults)
    criteria = read_criteria(tables.get("criteria"), faults)
    evidence = read_evidence(tables.get("evidence"), criteria, vendors, faults)
    fit = read_fit(tables.get("fit"), vendors, faults)
    faults.raise_if_any()
    figures = Counter([driver.amount.name for driver in drivers.values()])
    figures.update(line.amount.name for line in (*costs, *benefits))
    if twice := [figure for figure, count in figures.items() if count > 1]:
        raise DataError(f"{name}: two figures are called '{twice[0][:80]}'; rename the driver or the line")
    frames = {sheet: tables[sheet].frame if sheet in tables else None for sheet in ("criteria", "evidence", "fit")}
    notes = [*(note for table in tables.values() for note in table.notes), *unread]
    if changed is not None and len(changed):
        notes.append(f"changed in the workbook (see .changed): {', '.join(changed['figure'].unique()[:8])}")
    return Dossier(
        changed=changed,
        decision=decision,
        drivers=drivers,
        costs=tuple(costs),
        benefits=tuple(benefits),
        exit=exits,
        notes=tuple(dict.fromkeys(notes)),
        criteria_read=criteria,
        evidence_read=evidence,
        fit_read=fit,
        **frames,
    )


def _tables(source: Source) -> tuple[dict[str, Table], list[str]]:
    """The sheets that are there, each with its known columns; what is wrong with any of them is said together."""
    sheets, notes = sheets_of(source)
    faults = Faults()
    tables = {name: faults.take(SHEETS[name].read, sheet) for name, sheet in sheets.items()}
    faults.raise_if_any()
    real = {name: _without_examples(table) for name, table in tables.items() if table is not None}
    return {name: table for name, table in real.items() if table.rows}, notes


def _without_examples(table: Table) -> Table:
    """The table without the rows that the fill-in workbook has as examples."""
    real = [i for i, text in enumerate(table.frame.iloc[:, 0].map(as_text)) if not text.startswith(EXAMPLE)]
    if len(real) == len(table.rows):
        return table
    note = f"{table.sheet or table.file}: example rows left out: {len(table.rows) - len(real)}"
    return replace(
        table,
        frame=table.frame.iloc[real].reset_index(drop=True),
        rows=[table.rows[i] for i in real],
        notes=(*table.notes, note),
    )


def _decision(table: Table | None, faults: Faults) -> dict[str, Any]:
    """The keys of the decision with their defaults."""
    decision = dict(_DEFAULTS)
    if table is None:
        return decision
    first_at: dict[str, int] = {}
    for i, row in enumerate(rows_of(table, faults)):
        key, value = row["key"], row["value"]
        name = key.casefold().replace(" ", "_").replace("data_status", "status")
        if name not in _DEFAULTS:
            table.fault(faults, i, "key", f"a decision has no key '{key[:40]}'; {suggest(name, list(_DEFAULTS))}")
        elif first_at.setdefault(name, i) != i:
            table.fault(faults, i, "key", f"row {table.rows[first_at[name]]} has this key too; keep one")
        elif value:
            decision[name], problem = _value(table, name, value)
            if problem:
                table.fault(faults, i, "value", problem)
                decision[name] = _DEFAULTS[name]
    return decision


def _value(table: Table, name: str, text: str) -> tuple[object, str | None]:
    """The value of a key of the decision, or what is wrong with it."""
    if name in _BOUNDS:
        number, problem = table.number(text)
        low, high = _BOUNDS[name]
        if problem is None and not low <= number <= high:
            percent = ", such as 0.1 for 10%" if name == "discount_rate" else ""
            problem = f"{number:g} is out of range; write a number from {low:g} to {high:g}{percent}"
        if problem is None and name == "horizon_years" and number != int(number):
            problem = f"{number:g}: write a whole number of years"
        return number, problem
    if name == "status":
        status = text.casefold()
        return status, None if status in STATUSES else f"'{text[:40]}': write {' or '.join(STATUSES)}"
    if name == "start":
        day = day_of(text)
        return (day.isoformat(), None) if day else ("", f"write the day as 2027-01-31, not '{text[:20]}'")
    return text, None


def _exit(table: Table | None, vendors: Sequence[str], faults: Faults) -> dict[tuple[str, str], Figure]:
    """Figures of exit cost by vendor and input; "all" as a vendor stands for each that has no own row."""
    if table is None:
        return {}
    exits: dict[tuple[str, str], Figure] = {}
    for i, row in enumerate(rows_of(table, faults)):
        vendor, name = row["vendor"], row["input"]
        if vendor not in (*vendors, "all"):
            table.fault(faults, i, "vendor", f"'{vendor[:40]}' has no line in sheet costs; {suggest(vendor, vendors)}")
        if name not in EXIT_INPUTS:
            message = f"exit cost has no input '{name[:40]}'; {suggest(name, list(EXIT_INPUTS))}"
            table.fault(faults, i, "input", message)
        if not any(row[column] for column in AMOUNT):
            continue  # an input without a figure takes its default, which exit cost counts and says
        amount = amount_of(table, i, row, faults)
        if amount is not None:
            earlier = exits[vendor, name].claims if (vendor, name) in exits else ()
            claims = (*earlier, claim_of(table, i, row, amount))
            exits[vendor, name] = Figure(name=f"{vendor}: exit {name}", claims=claims)
    return exits
