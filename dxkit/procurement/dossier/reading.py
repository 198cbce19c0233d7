"""Reads the tables of a decision into a dossier, or names every fault with its cell."""

from __future__ import annotations

import difflib
import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from dxkit.files.cells import as_text, normal
from dxkit.files.errors import DataError, Faults
from dxkit.files.opening import checked_path
from dxkit.files.summary_rows import is_total
from dxkit.files.table import Table, read_table
from dxkit.procurement.dossier.dossier import (
    CATEGORIES,
    EXAMPLE,
    STATUSES,
    TIMINGS,
    Dossier,
    Driver,
    Figure,
    Line,
    SourcedFigure,
)
from dxkit.procurement.dossier.judging import read_criteria, read_evidence, read_fit
from dxkit.procurement.dossier.leaving_inputs import EXIT_INPUTS
from dxkit.procurement.dossier.read_back import is_twin, read_twin
from dxkit.procurement.dossier.sheets import sheets_of
from dxkit.statistics.estimate import SHAPES, estimate

_CLAUSES = ("minimum", "included", "overage", "uplift_cap", "term_months")
_REQUIRED = {
    "decision": ("key", "value"),
    "drivers": ("driver", "likely"),
    "costs": ("vendor", "line", "likely"),
    "benefits": ("vendor", "line", "likely"),
    "exit": ("vendor", "input", "likely"),
    "criteria": ("criterion",),
    "evidence": ("vendor", "criterion", "rating"),
    "fit": ("vendor", "topic", "likely"),
}
_ESTIMATE = ("low", "high", "shape", "source", "source_date")
_COST = (
    "what",
    "category",
    "timing",
    "per",
    "growth",
    "from_month",
    "to_month",
    "currency",
    "ratchet",
    *_CLAUSES,
    *_ESTIMATE,
)
_OPTIONAL = {
    "decision": ("what",),
    "costs": _COST,
    "drivers": ("what", "unit", "growth_low", "growth_likely", "growth_high", *_ESTIMATE),
    "benefits": (*_COST, "ledger", "declared"),
    "exit": (*_ESTIMATE, "unit", "assumed", "what"),
    "criteria": ("weight_low", "weight", "weight_high", "worst", "best", "must", "measure"),
    "evidence": ("kind", "rater", "date", "trial_week", "similar_environment", "link", "note"),
    "fit": ("low", "high", "kind"),
}
_DEFAULTS = {
    "title": "Untitled decision",
    "currency": "",
    "start": "",
    "horizon_years": 3,
    "discount_rate": 0.10,
    "jurisdiction": "",
    "budget": np.nan,
    "status": "illustrative",
}
_MARKS = re.compile(r"[€$£¥]|\b(EUR|USD|GBP|CHF)\b", flags=re.IGNORECASE)
_MOST = 1e15  # beyond it somebody leant on a key
_MOST_GROWTH = 2.0  # a year; what is more is a percentage written without its sign


def read_dossier(source) -> Dossier:
    """Read a decision between vendors.

    Parameters
    ----------
    source : path of a workbook, path of a folder of csv files, or mapping of sheet name to DataFrame or path
        Sheets decision, drivers, costs, and where they are known benefits, exit, criteria, evidence, fit (TABLES).
        Estimates are a number in `likely`, or low, likely and high. A line that stands twice with other figures is
        conflicting sources: each is as likely, and all stay visible in `.conflicting`. A workbook of `write_workbook`
        is read back, with what was changed in `.changed`.

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
    if isinstance(source, str | os.PathLike):
        checked_path(source, folder=True)
        if is_twin(source):
            source, changed = read_twin(source)
    found, unread = _tables(source)
    faults = Faults()
    if "costs" not in found:
        raise DataError(f"{_named(source)}: there is no sheet costs; a decision needs one row for each line of cost")
    decision = _decision(found.get("decision"), faults)
    drivers = _drivers(found.get("drivers"), faults)
    horizon = int(decision["horizon_years"]) if decision["horizon_years"] == decision["horizon_years"] else 3
    named = [name for name in found["drivers"].text("driver") if name] if "drivers" in found else []
    costs = _lines(found["costs"], "costs", named, decision, horizon, faults)
    vendors = list(dict.fromkeys(line.vendor for line in costs))
    benefits = _lines(found.get("benefits"), "benefits", named, decision, horizon, faults, vendors)
    exits = _exit(found.get("exit"), vendors, faults)
    criteria = read_criteria(found.get("criteria"), faults)
    evidence = read_evidence(found.get("evidence"), criteria, vendors, faults)
    fit = read_fit(found.get("fit"), vendors, faults)
    faults.raise_if_any()
    names = [driver.amount.name for driver in drivers.values()] + [line.amount.name for line in (*costs, *benefits)]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise DataError(f"{_named(source)}: two figures are called '{twice[0][:80]}'; rename the driver or the line")
    frames = {name: found[name].frame if name in found else None for name in ("criteria", "evidence", "fit")}
    notes = [*(note for table in found.values() for note in table.notes), *unread]
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


def _named(source) -> str:
    return Path(source).name if isinstance(source, str | os.PathLike) else "dossier"


def _tables(source) -> tuple[dict[str, Table], list[str]]:
    """The sheets that are there, each with its known columns; what is wrong with any of them is said together."""
    sheets, notes = sheets_of(source)
    found, problems = {}, []
    for name, sheet in sheets.items():
        columns = {"required": _REQUIRED[name], "optional": _OPTIONAL[name], "kind": f"sheet {name}"}
        try:
            found[name] = _without_examples(read_table(sheet, **columns))
        except DataError as problem:
            problems += problem.faults
    if problems:
        raise DataError("\n".join(map(str, problems)), tuple(problems))
    return {name: table for name, table in found.items() if table.rows}, notes


def _without_examples(table: Table) -> Table:
    """The table without the rows that the fill-in workbook has as examples."""
    real = [i for i, text in enumerate(table.frame.iloc[:, 0].map(as_text)) if not text.startswith(EXAMPLE)]
    if len(real) == len(table.rows):
        return table
    left = f"{table.sheet or table.file}: example rows left out: {len(table.rows) - len(real)}"
    return replace(
        table,
        frame=table.frame.iloc[real].reset_index(drop=True),
        rows=[table.rows[i] for i in real],
        notes=(*table.notes, left),
    )


def _decision(table: Table | None, faults: Faults) -> dict[str, object]:
    """The keys of the decision with their defaults."""
    decision = dict(_DEFAULTS)
    if table is None:
        return decision
    keys, values = table.text("key"), table.text("value")
    numbers = {"horizon_years": (1, 10), "discount_rate": (0, 0.99), "budget": (0, _MOST)}
    given: dict[str, int] = {}
    for i, (key, value) in enumerate(zip(keys, values, strict=True)):
        name = key.strip().casefold().replace(" ", "_").replace("data_status", "status")
        if name not in _DEFAULTS:
            table.fault(faults, i, "key", f"'{key[:40]}' is no key of a decision{_near(name, list(_DEFAULTS))}")
        elif given.setdefault(name, i) != i:
            table.fault(faults, i, "key", f"the key stands in row {table.rows[given[name]]} too; keep one")
        elif name in numbers and value:
            number, problem = table.number(value)
            low, high = numbers[name]
            if problem is None and not low <= number <= high:
                problem = f"{number:g} is out of range; it lies between {low:g} and {high:g}"
                problem += "; write 0.1 for 10%" if name == "discount_rate" else ""
            if problem is None and name == "horizon_years" and number != int(number):
                problem = f"{number:g} is no whole number of years"
            if problem:
                table.fault(faults, i, "value", problem)
            else:
                decision[name] = number
        elif name == "status" and value and value.casefold() not in STATUSES:
            table.fault(faults, i, "value", f"'{value[:40]}' is no status; use {' or '.join(STATUSES)}")
        elif name == "start" and value and not _is_day(value):
            table.fault(faults, i, "value", f"'{value[:20]}' is no day; write it as 2027-01-31")
        elif value:
            decision[name] = value.casefold() if name == "status" else value
            if name == "start":
                decision[name] = date.fromisoformat(value[:10]).isoformat()
    return decision


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return True


def _near(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean '{near[0]}'?" if near else f"; there is {', '.join(known) or 'none'}"


def _amount(table: Table, i: int, faults: Faults, columns=("low", "likely", "high"), *, least=0.0):
    """The estimate of row i, or None with its faults."""
    texts = [table.text(name)[i] for name in columns]
    values: list[float | None] = []
    for name, text in zip(columns, texts, strict=True):
        number, problem = table.number(text) if text else (np.nan, None)
        if text and _MARKS.search(text):
            problem = f"'{text[:40]}' holds a currency; write the number alone, the currency stands in sheet decision"
        if problem is None and abs(number) > _MOST:
            problem = f"{number:g} is too large to be meant"
        if problem is None and least is not None and number < least:
            problem = (
                f"{number:g} is negative; write savings into the sheet benefits"
                if least == 0
                else (f"{number:g} is too small; the least is {least:g}")
            )
        if problem:
            table.fault(faults, i, name, problem)
            return None
        values.append(None if np.isnan(number) else number)
    low, likely, high = values
    shape = table.text("shape")[i].casefold() or None
    if shape is not None and shape not in SHAPES:
        table.fault(faults, i, "shape", f"'{shape[:40]}' is no shape; use one of {', '.join(SHAPES)}")
        return None
    if low is None and high is None:
        if likely is None:
            table.fault(faults, i, columns[1], "the cell is empty; write a number, or low, likely and high")
            return None
        return estimate(likely)
    if low is None or high is None:
        missing = columns[0] if low is None else columns[2]
        table.fault(faults, i, missing, "low and high go together; fill in both or neither")
        return None
    try:
        return estimate(low, likely, high, shape)
    except DataError as problem:
        column = columns[0] if low > high else columns[1]
        table.fault(faults, i, column, str(problem))
        return None


def _claim(table: Table, i: int, amount) -> SourcedFigure:
    place = f"{table.sheet or table.file} row {table.rows[i]}"
    return SourcedFigure(
        estimate=amount, source=table.text("source")[i], date=table.text("source_date")[i][:10], place=place
    )


def _drivers(table: Table | None, faults: Faults) -> dict[str, Driver]:
    """What costs scale with; growth is a number, an estimate or the name of another driver."""
    if table is None:
        return {}
    names, rows = table.text("driver"), {}
    for i, name in enumerate(names):
        if not name:
            table.fault(faults, i, "driver", "the name of the driver is empty")
            continue
        amount = _amount(table, i, faults)
        likely, growth = table.text("growth_likely")[i], None
        if likely and table.number(likely)[1] and likely in set(names):
            growth = likely
        elif likely:
            grown = _amount(table, i, faults, ("growth_low", "growth_likely", "growth_high"), least=-0.99)
            if grown and grown.mean > _MOST_GROWTH:
                table.fault(
                    faults,
                    i,
                    "growth_likely",
                    f"{grown.mean:g} is a growth of {grown.mean:.0%} a year; write 0.05 for 5%",
                )
            growth = Figure(name=f"growth of {name}", claims=(_claim(table, i, grown),)) if grown else None
        if amount is not None:
            rows.setdefault(name, []).append((i, amount, growth))
    drivers = {
        name: Driver(
            name=name,
            unit=table.text("unit")[claims[0][0]],
            growth=claims[0][2],
            amount=Figure(name=name, claims=tuple(_claim(table, i, amount) for i, amount, _ in claims)),
        )
        for name, claims in rows.items()
    }
    spelled: dict[str, str] = {}
    for name in drivers:
        if (other := spelled.setdefault(normal(name), name)) != name:
            table.fault(
                faults,
                rows[name][0][0],
                "driver",
                f"'{name[:40]}' and '{other[:40]}' look like one driver; spell it one way",
            )
        path, at = [name], drivers[name].growth
        while isinstance(at, str) and at not in path and at in drivers:
            path.append(at)
            at = drivers[at].growth
        if isinstance(at, str) and at == name:
            circle = " -> ".join([*path, name])
            table.fault(faults, rows[name][0][0], "growth_likely", f"growth goes round in a circle: {circle}")
    return drivers


def _lines(table, sheet: str, named: Sequence[str], decision, horizon: int, faults: Faults, vendors=None) -> list[Line]:
    """The lines of cost or benefit; rows of one line with other figures are claims on the same figure."""
    if table is None:
        return []
    category = table.choices("category", CATEGORIES, faults=faults, default="other")
    timing = table.choices("timing", TIMINGS, faults=faults, default="yearly")
    ratchet = table.flags("ratchet", faults=faults)
    kind = "benefit " if sheet == "benefits" else ""  # costs and benefits may have lines of one name
    ledger = table.choices("ledger", ("cash", "risk"), faults=faults, default="cash")
    months = [table.numbers(name, faults=faults, low=0, required=False) for name in ("from_month", "to_month")]
    clauses = {name: table.numbers(name, faults=faults, low=0, required=False) for name in _CLAUSES}
    found: dict[tuple[str, str], tuple[int, Line]] = {}
    for i, (vendor, name) in enumerate(zip(table.text("vendor"), table.text("line"), strict=True)):
        _check_words(table, i, vendor, name, decision, vendors, faults)
        per, growth = table.text("per")[i], table.text("growth")[i]
        if per and per not in named:
            table.fault(faults, i, "per", f"'{per[:40]}' is no driver{_near(per, named)}")
        rate: str | float = 0.0
        if growth in named:
            rate = growth
        elif growth:
            rate, problem = table.number(growth)
            if problem or not -0.99 <= rate <= 1:
                text = f"'{growth[:40]}' is neither a yearly rate such as 0.05 nor a driver"
                table.fault(faults, i, "growth", text + (_near(growth, named) if named else ""))
        first, last = (float(column[i]) for column in months)
        first, last = (1.0 if np.isnan(first) else first), (12.0 * horizon if np.isnan(last) else last)
        if timing[i] != "initial" and (last < max(first, 1) or first > 12 * horizon):
            table.fault(faults, i, "from_month", f"months {first:g} to {last:g} hold no month of the {horizon} years")
        amount = _amount(table, i, faults)
        if amount is None:
            continue
        line = Line(
            vendor=vendor,
            line=name,
            category=category[i],
            timing=timing[i],
            per=per,
            growth=rate,
            ratchet=ratchet[i],
            from_month=int(max(first, 1)),
            to_month=int(min(last, 12 * horizon)),
            amount=Figure(name=f"{vendor}: {kind}{name}", claims=(_claim(table, i, amount),)),
            ledger=ledger[i] if kind else "",
            declared=table.text("declared")[i],
            **{clause: float(values[i]) for clause, values in clauses.items()},
        )
        _add(found, (vendor, name), i, line, table, faults)
    _check_likeness(table, found, faults)
    return [line for _, line in found.values()]


def _check_likeness(table, found: dict[tuple[str, str], tuple[int, Line]], faults: Faults) -> None:
    """Names that look alike are one, spelled in two ways; a total among the lines of a vendor counts twice."""
    vendors: dict[str, str] = {}
    lines: dict[tuple[str, str], str] = {}
    several = Counter(vendor for vendor, _ in found)
    for (vendor, name), (i, _) in found.items():
        for column, text, known, key in (
            ("vendor", vendor, vendors, normal(vendor)),
            ("line", name, lines, (vendor, normal(name))),
        ):
            if (other := known.setdefault(key, text)) != text:
                both = f"'{text[:40]}' and '{other[:40]}'"
                table.fault(faults, i, column, f"{both} look like one {column}; spell it one way")
        if several[vendor] > 1 and is_total(name):
            table.fault(faults, i, "line", "this looks like a total beside other lines; delete it, totals are computed")


def _check_words(table, i: int, vendor: str, name: str, decision, vendors, faults: Faults) -> None:
    if not vendor:
        table.fault(faults, i, "vendor", "the vendor is empty; write its name in each row")
    elif vendors is not None and vendor not in vendors:
        table.fault(faults, i, "vendor", f"'{vendor[:40]}' has no line in sheet costs{_near(vendor, vendors)}")
    if not name:
        table.fault(faults, i, "line", "the name of the line is empty")
    currency = table.text("currency")[i]
    if currency and decision["currency"] and currency.casefold() != str(decision["currency"]).casefold():
        table.fault(
            faults,
            i,
            "currency",
            f"'{currency[:10]}' is not the dossier's currency {decision['currency']}; "
            "convert the figure, a dossier has one currency",
        )


def _add(found, key, i: int, line: Line, table, faults: Faults) -> None:
    """A further row of a line is another claim on its figure, if all else is the same."""
    if key not in found:
        found[key] = (i, line)
        return
    first, known = found[key]
    same = ("category", "timing", "per", "growth", "from_month", "to_month")
    differs = [name for name in same if getattr(known, name) != getattr(line, name)]
    if differs:
        table.fault(
            faults,
            i,
            differs[0],
            f"the line stands in row {table.rows[first]} too, with another "
            f"{differs[0]}; rows of one line are sources of one figure and differ in nothing else",
        )
        return
    amount = replace(known.amount, claims=known.amount.claims + line.amount.claims)
    found[key] = (first, replace(known, amount=amount, declared=known.declared or line.declared))


def _exit(table, vendors: Sequence[str], faults: Faults) -> dict[tuple[str, str], Figure]:
    """Figures of exit cost by vendor and input; "all" as a vendor stands for each that has no own row."""
    if table is None:
        return {}
    given: dict[tuple[str, str], Figure] = {}
    for i, (vendor, name) in enumerate(zip(table.text("vendor"), table.text("input"), strict=True)):
        if vendor not in (*vendors, "all"):
            table.fault(faults, i, "vendor", f"'{vendor[:40]}' has no line in sheet costs{_near(vendor, vendors)}")
        if name not in EXIT_INPUTS:
            table.fault(faults, i, "input", f"'{name[:40]}' is no input of exit cost{_near(name, list(EXIT_INPUTS))}")
        if not any(table.text(column)[i] for column in ("low", "likely", "high")):
            continue  # an input without a figure takes its default, which exit cost counts and says
        amount = _amount(table, i, faults)
        if amount is None:
            continue
        claim = _claim(table, i, amount)
        known = given.get((vendor, name))
        claims = (*known.claims, claim) if known else (claim,)
        given[vendor, name] = Figure(name=f"{vendor}: exit {name}", claims=claims)
    return given
