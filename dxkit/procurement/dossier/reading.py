"""Reads the tables of a decision into a dossier, or names every fault with its cell."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from dxkit.files.cells import as_text, folded
from dxkit.files.errors import DataError, Fault, Faults, Missing, suggest
from dxkit.files.opening import checked_path
from dxkit.files.table import Table
from dxkit.procurement.dossier.columns import AMOUNT, DISCOUNTING, SHEETS, STATUSES, Row, day_of, rows_of
from dxkit.procurement.dossier.costs import read_lines
from dxkit.procurement.dossier.dossier import Dossier, Figure, Line, SourcedFigure
from dxkit.procurement.dossier.drivers import names_in, no_driver, read_drivers
from dxkit.procurement.dossier.estimates import amount_of, claim_of, number_in
from dxkit.procurement.dossier.judging import read_criteria, read_evidence, read_fit
from dxkit.procurement.dossier.leaving_inputs import EXIT_INPUTS, SINGLE
from dxkit.procurement.dossier.sheets import Source, sheets_of
from dxkit.procurement.dossier.steps import read_steps
from dxkit.procurement.dossier.units import DISCOUNT, MONEY, SHARE, YEARS, Unit
from dxkit.statistics.estimate import estimate

_DEFAULTS: dict[str, Any] = {
    "title": "Untitled decision",
    "currency": "",
    "start": "",
    "horizon_years": 3,
    "discount_rate": 0.10,
    "discounting": "payment",
    "tax": 0.0,
    "replacement": "",
    "jurisdiction": "",
    "budget": (),
    "status": "illustrative",
}
_NUMBERS = {"discount_rate": DISCOUNT, "tax": SHARE}
_WORDS = {"status": STATUSES, "discounting": DISCOUNTING}
_MOST_YEARS = 10
_BLANK = "the cell is empty"  # how a message begins that is alike for many cells
_EMPTY = Table(frame=pd.DataFrame(), rows=[], columns_at={}, file="dossier")  # a sheet that is not there


def read_sheets(source: Source) -> Dossier:
    """The sheets of a decision as a dossier.

    Raises
    ------
    DataError
        Every fault of every sheet at once, with its cell.
    """
    if source is None:
        raise Missing("this needs a dossier of vendors; name its workbook or folder")
    name = Path(source).name if isinstance(source, str | os.PathLike) else "dossier"
    if isinstance(source, str | os.PathLike):
        checked_path(source, folder=True)
    tables, notes = _tables(source)
    faults = Faults()
    if unfilled := tables["costs"].unfilled:
        raise DataError(f"{name}: {unfilled}")
    decision, numbers, assumed, stated_at = _decision(tables.get("decision", _EMPTY), faults)
    rates = {text for sheet in ("costs", "benefits") for text in names_in(tables.get(sheet), "growth")}
    drivers = read_drivers(tables.get("drivers"), rates, faults)
    named = [text for text in tables["drivers"].text("driver") if text] if "drivers" in tables else []
    steps = read_steps(tables.get("steps"), *_lines_of(tables["costs"]), faults)
    costs = read_lines(tables["costs"], named, decision, steps, faults)
    vendors = list(dict.fromkeys(line.vendor for line in costs))
    benefits = read_lines(tables.get("benefits"), named, decision, steps, faults, vendors)
    exits, per = _exit(tables.get("exit", _EMPTY), vendors, named, faults)
    _check_decision(stated_at, decision, vendors, costs)
    _check_terms(tables["costs"], costs, exits, faults)
    criteria = read_criteria(tables.get("criteria"), faults)
    evidence = read_evidence(tables.get("evidence"), criteria, vendors, faults)
    fit = read_fit(tables.get("fit"), vendors, faults)
    _raise_by_cause(faults)
    stated = [driver.amount for driver in drivers.values()]
    stated += [figure for line in (*costs, *benefits) for figure in line.figures]
    figures = Counter(figure.name for figure in {figure.key: figure for figure in stated}.values())
    if twice := [figure for figure, count in figures.items() if count > 1]:
        raise DataError(f"{name}: two figures are called '{twice[0][:80]}'; rename the driver or the line")
    return Dossier(
        decision=decision,
        numbers=numbers,
        drivers=drivers,
        costs=tuple(costs),
        benefits=tuple(benefits),
        exit=exits,
        exit_per=per,
        assumed=assumed,
        notes=tuple(dict.fromkeys([*(note for table in tables.values() for note in table.notes), *notes])),
        tables={sheet: table.frame.map(as_text) for sheet, table in tables.items()},
        criteria_read=criteria,
        evidence_read=evidence,
        fit_read=fit,
    )


def _raise_by_cause(faults: Faults) -> None:
    """Raise all faults, each with its cell; in the text the empty cells of a column are one line."""
    told, causes, last = Faults(), list[tuple[Fault, list[int]]](), dict[Fault, list[int]]()
    for fault in faults:
        row, alike = fault.row or 0, replace(fault, row=None)
        if fault.message.startswith(_BLANK) and last.get(alike, [row])[-1] < row:
            last[alike].append(row)
        else:
            last[alike] = [row]
            causes.append((fault, last[alike]))
    for fault, rows in causes:
        message, column = fault.message, (fault.column or "").removeprefix("column ")
        if len(rows) > 1:
            letter, what = (column, "") if column.isupper() else ("", "rows ")
            there = set(rows)
            begins, ends = ([row for row in rows if row + step not in there] for step in (-1, 1))
            runs = [f"{letter}{a}" + (f" to {letter}{b}" if a < b else "") for a, b in zip(begins, ends, strict=True)]
            message = f"{len(rows)} cells of column {column} are empty, {what}{', '.join(runs)}{message[len(_BLANK) :]}"
        place = {} if len(rows) > 1 else {"row": fault.row, "column": fault.column}
        told.add(message, file=fault.file, sheet=fault.sheet, **place)
    try:
        told.raise_if_any()
    except DataError as error:
        raise DataError(str(error), tuple(faults)) from None


def _lines_of(table: Table) -> tuple[dict[str, list[str]], set[tuple[str, str]]]:
    """The names of the lines of each vendor, and which of them are credits."""
    lines: dict[str, list[str]] = {}
    credits = set()
    for vendor, line, category in zip(*(table.text(name) for name in ("vendor", "line", "category")), strict=True):
        lines.setdefault(vendor, []).append(line)
        if folded(category) == "credit":
            credits.add((vendor, line))
    return lines, credits


def _tables(source: Source) -> tuple[dict[str, Table], list[str]]:
    """The sheets that are there, each with its known columns; what is wrong with any of them is said together."""
    sheets, notes = sheets_of(source)
    faults = Faults()
    tables = {name: faults.take(SHEETS[name].read, sheet) for name, sheet in sheets.items()}
    faults.raise_if_any()
    real = {name: _renamed(table) for name, table in tables.items() if table is not None}
    return {name: table for name, table in real.items() if table.rows or name == "costs"}, notes


def _renamed(table: Table) -> Table:
    """The table with the timing that was called initial under its present name."""
    if "timing" not in table.frame.columns or "initial" not in set(table.text("timing").map(folded)):
        return table
    timing = [("once" if folded(text) == "initial" else text) for text in table.text("timing")]
    note = f"{table.sheet or table.file}: timing initial is called once now, and was read so"
    return replace(table, frame=table.frame.assign(timing=timing), notes=(*table.notes, note))


def _decision(
    table: Table, faults: Faults
) -> tuple[dict[str, Any], dict[str, Figure], tuple[Figure, ...], dict[str, Row]]:
    """The keys of the decision with their defaults, those that are figures, the years where nobody names them, and the
    row of each."""
    decision = dict(_DEFAULTS)
    placed: dict[str, SourcedFigure] = {}
    first_at: dict[str, Row] = {}
    for row in rows_of(table, faults):
        key, value = row["key"], row["value"]
        name = key.casefold().replace(" ", "_").replace("data_status", "status")
        if name not in _DEFAULTS:
            row.fault("key", f"a decision has no key '{key[:40]}'; {suggest(name, list(_DEFAULTS))}")
        elif first_at.setdefault(name, row) is not row:
            row.fault("key", f"row {first_at[name].number} has this key too; keep one")
        elif value:
            decision[name], problem = _value(row, name, value)
            if problem:
                row.fault("value", problem)
                decision[name] = _DEFAULTS[name]
            elif name in _NUMBERS:
                placed[name] = claim_of(row, estimate(decision[name]), ("value",))

    def figure(name: str, unit: Unit) -> Figure:
        usual = SourcedFigure(estimate=estimate(decision[name]), place=f"sheet decision, key {name}")
        claim = placed.get(name, usual)
        return Figure(key=f"decision|{name}", unit=unit, claims=(claim,))

    numbers = {name: figure(name, unit) for name, unit in _NUMBERS.items()}
    years = () if "horizon_years" in first_at else (figure("horizon_years", YEARS),)
    return decision, numbers, years, first_at


def _value(row: Row, name: str, text: str) -> tuple[object, str | None]:
    """The value of a key of the decision, or what is wrong with it."""
    if name in _NUMBERS:
        return number_in(row, text, _NUMBERS[name])
    if name == "horizon_years":
        number, problem = row.table.number(text)
        if problem is None and not (1 <= number <= _MOST_YEARS and number == int(number)):
            problem = f"{number:g}: write a whole number of years from 1 to {_MOST_YEARS}"
        return number, problem
    if name == "budget":
        read = [number_in(row, part.strip(), MONEY) for part in text.split(";")]
        problem = next((problem for _, problem in read if problem), None)
        if problem is None and any(number is None for number, _ in read):
            problem = "a year is empty; write one number for the horizon, or one for each year between ;"
        return tuple(number for number, _ in read), problem
    if name in _WORDS:
        word = folded(text)
        return word, None if word in _WORDS[name] else f"'{text[:40]}': write {' or '.join(_WORDS[name])}"
    if name == "start":
        day = day_of(text)
        return (day.isoformat(), None) if day else ("", f"write the day as 2027-01-31, not '{text[:20]}'")
    return text, None


def _check_decision(
    rows: dict[str, Row], decision: dict[str, Any], vendors: Sequence[str], costs: Sequence[Line]
) -> None:
    """What the decision says of the vendors and years."""
    if decision["replacement"] and decision["replacement"] not in vendors:
        message = (
            f"'{decision['replacement'][:40]}' has no line in sheet costs; {suggest(decision['replacement'], vendors)}"
        )
        rows["replacement"].fault("value", message)
    years, given = int(decision["horizon_years"]), len(decision["budget"])
    if given not in (0, 1, years):
        message = f"{given} numbers for {years} years; write one for the horizon, or one for each year between ;"
        rows["budget"].fault("value", message)
    if decision["tax"] and not any(line.paid_to_vendor for line in costs):
        message = "tax falls on licence, support and hosting, and no line is one of them; empty the cell"
        rows["tax"].fault("value", message)


def _check_terms(table: Table, costs: Sequence[Line], exits: dict[tuple[str, str], Figure], faults: Faults) -> None:
    """A line that is billed for the term needs one."""
    names = [*zip(table.text("vendor"), table.text("line"), strict=True)]
    for line in costs:
        of_vendor = exits.get((line.vendor, "term_months")) or exits.get(("all", "term_months"))
        term = line.clauses.get("term_months") or of_vendor
        if not line.billed and term is not None and term.mean == 0:
            message = "there is no term to bill; write a term_months above 0 here or in sheet exit"
            table.fault(faults, names.index((line.vendor, line.line)), "billed", message)


_GONE = {
    "seats": "it is called people now",
    "seats_growth": "people grow with their driver; name it in column per",
    "annual_spend": "what is paid to a vendor comes from its lines in sheet costs",
    "spend_growth": "what is paid to a vendor comes from its lines in sheet costs",
}


def _exit(
    table: Table, vendors: Sequence[str], drivers: Sequence[str], faults: Faults
) -> tuple[dict[tuple[str, str], Figure], dict[tuple[str, str], str]]:
    """Figures of exit cost by vendor and input, and what they are multiplied with; "all" as a vendor stands for each
    that has no own row."""
    exits: dict[tuple[str, str], Figure] = {}
    per: dict[tuple[str, str], str] = {}
    for row in rows_of(table, faults):
        vendor, name, driver = row["vendor"], row["input"], row["per"]
        if vendor not in (*vendors, "all"):
            row.fault("vendor", f"'{vendor[:40]}' has no line in sheet costs; {suggest(vendor, vendors)}")
        if driver and driver not in drivers:
            row.fault("per", no_driver(driver, drivers))
        if name not in EXIT_INPUTS:
            advice = _GONE.get(name) or suggest(name, list(EXIT_INPUTS))
            row.fault("input", f"exit cost has no input '{name[:40]}'; {advice}")
            continue
        if not any(row[column] for column in AMOUNT):
            continue  # an input without a figure takes its default, which exit cost counts and says
        amount = amount_of(row, EXIT_INPUTS[name].bounds)
        if amount is None:
            continue
        if name in SINGLE and (not amount.fixed or driver):
            column = "per" if driver else "low"
            row.fault(column, "a term is one whole number; where it is not known, make two dossiers")
        claim = claim_of(row, amount)
        key, earlier = (vendor, name), exits.get((vendor, name))
        if earlier is not None and (per.get(key, "") != driver or name in SINGLE):
            row.fault("per" if driver else "likely", "another row holds this input too; make them equal")
            continue
        claims = (*(earlier.claims if earlier else ()), claim)
        unit = EXIT_INPUTS[name].bounds
        exits[key] = Figure(key=f"exit|{vendor}|{name}", unit=unit, claims=claims)
        if driver:
            per[key] = driver
    return exits, per
