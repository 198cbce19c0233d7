"""A workbook that dxkit wrote, read back as the tables of a dossier, with what was changed in it."""

from __future__ import annotations

import math
import os
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from dxkit.files.errors import Faults
from dxkit.files.excel_file import DAMAGE, open_twice
from dxkit.procurement.dossier.columns import CLAUSES

ABOUT, LINES_SHEET, INPUTS = "About", "Lines", "Assumptions"
HEADER = 5  # the row of the headings of sheet Assumptions
KEYS_AT = 4  # the row of the first key of sheet About
ABOUT_KEYS = ("title", "currency", "start", "horizon_years", "jurisdiction", "budget", "status")
LINES = ("kind", "vendor", "line", "category", "timing", "per", "growth", "ratchet", "ledger", "declared")
NONE_GIVEN, AS_AMOUNT = "none given", "as the amount"
_SINGLES = (*CLAUSES, "growth", "from_month", "to_month")
_TABLES = ("criteria", "evidence")


def is_twin(path: str | os.PathLike[str]) -> bool:
    """Whether a file is a workbook that `write_workbook` made, by the names of its sheets."""
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo("xl/workbook.xml").file_size > 2**20:
                return False
            text = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    except (KeyError, *DAMAGE):
        return False
    return all(f'name="{name}"' in text for name in (ABOUT, LINES_SHEET, INPUTS))


@dataclass(kw_only=True)
class _Row:
    """A row of sheet Assumptions: its words, its numbers now and as delivered, and where it is."""

    kind: str
    owner: str
    item: str
    field: str
    source: str
    date: str
    shape: str
    number: int
    now: list[float]
    delivered: list[float]


def read_twin(path: str | os.PathLike[str]) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """The sheets of a dossier as frames, and what differs from what was delivered.

    Raises
    ------
    DataError
        Every cell of sheet Assumptions that is not a number or is out of order, with its address.
    """
    file = Path(path).name
    formulas, values = open_twice(Path(path).read_bytes(), file)
    faults = Faults()
    rows = list(_rows(formulas[INPUTS], values[INPUTS], file, faults))
    faults.raise_if_any()
    changed = [
        [_label(row), which, before, now, f"{letter}{row.number}"]
        for row in rows
        for which, letter, before, now in zip(("low", "likely", "high"), "FGH", row.delivered, row.now, strict=True)
        if before != now
    ]
    for row in rows:
        if row.kind == "constant" and row.now != row.delivered:
            faults.add(
                "a constant of the model was changed; put it back, it is a definition, not an assumption",
                file=file,
                sheet=INPUTS,
                row=row.number,
                column="G",
            )
    faults.raise_if_any()
    about = {
        str(formulas[ABOUT].cell(r, 1).value): values[ABOUT].cell(r, 2).value
        for r in range(KEYS_AT, KEYS_AT + len(ABOUT_KEYS))
    }
    lines = [
        dict(zip(LINES, (cell or "" for cell in line), strict=False))
        for line in values[LINES_SHEET].iter_rows(min_row=2, max_col=len(LINES), values_only=True)
    ]
    frames = {"decision": _decision(about, rows), "drivers": _drivers(lines, rows), "exit": _exit(rows)}
    frames["costs"], frames["benefits"] = _lines(lines, rows, "cost"), _lines(lines, rows, "benefit")
    for name in _TABLES:
        if name in values.sheetnames:
            head, *body = values[name].iter_rows(values_only=True)
            frames[name] = pd.DataFrame(
                [["" if cell is None else cell for cell in line] for line in body], columns=list(head)
            ).astype(object)
    _judging(frames, rows)
    columns = ["figure", "which", "delivered", "now", "cell"]
    return {name: frame for name, frame in frames.items() if len(frame)}, pd.DataFrame(changed, columns=columns)


def _rows(formulas, values, file: str, faults: Faults) -> Iterator[_Row]:
    for number in range(HEADER + 1, formulas.max_row + 1):
        kind, owner, item, field = (_text(values.cell(number, j).value) for j in range(1, 5))
        raw = [formulas.cell(number, j).value for j in range(6, 9)]
        if not kind or any(str(cell).startswith("=AVERAGE(") for cell in raw):
            continue  # the mean of several sources is worked out again
        follows = [isinstance(cell, str) and re.fullmatch(rf"=\$?G\$?{number}", cell) is not None for cell in raw]
        now = [
            math.nan if follow else _number(formulas, values, number, j, file, faults)
            for j, follow in zip(range(6, 9), follows, strict=True)
        ]
        delivered = [values.cell(number, j).value for j in range(12, 15)]
        likely = delivered[1]
        delivered = [float(likely if cell is None else cell) for cell in delivered]
        now = [now[1] if follow else cell for cell, follow in zip(now, follows, strict=True)]
        if not any(math.isnan(cell) for cell in now) and not now[0] <= now[1] <= now[2]:
            faults.add(
                f"low {now[0]:g}, likely {now[1]:g} and high {now[2]:g} are out of order",
                file=file,
                sheet=INPUTS,
                row=number,
                column="F",
            )
        source = _text(values.cell(number, 10).value)
        yield _Row(
            kind=kind,
            owner=owner,
            item=item,
            field=field,
            number=number,
            now=now,
            delivered=delivered,
            source="" if source in (NONE_GIVEN, AS_AMOUNT) else source,
            date=_text(values.cell(number, 11).value),
            shape=_text(values.cell(number, 16).value),
        )


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _number(formulas, values, row: int, column: int, file: str, faults: Faults) -> float:
    """The number in an input cell; that of a formula as the program stored it."""
    value, place = (
        values.cell(row, column).value,
        {"file": file, "sheet": INPUTS, "row": row, "column": "EFGH"[column - 5]},
    )
    if isinstance(value, bool) or not isinstance(value, int | float):
        if value is None and formulas.cell(row, column).value is not None:
            faults.add("a formula has no stored value; open the workbook, let it compute, and save", **place)
        else:
            fault = "the cell is empty" if value is None else "the cell does not hold a number"
            faults.add(f"{fault}; write a number", **place)
        return math.nan
    return float(value)


def _label(row: _Row) -> str:
    return ": ".join(part for part in (row.owner, row.item, row.field) if part)


def _decision(about: Mapping[str, object], rows: list[_Row]) -> pd.DataFrame:
    given = {key: _text(value) for key, value in about.items() if key in ABOUT_KEYS and _text(value)}
    for row in rows:
        if row.kind == "decision" and row.owner == "discount rate":
            given["discount_rate"] = repr(row.now[1])
        elif row.kind == "decision" and row.now != row.delivered:
            given["jurisdiction"] = "EU" if row.now[1] else "outside the EU"
    return pd.DataFrame(list(given.items()), columns=["key", "value"])


def _estimates(rows: list[_Row], prefix: str = "") -> list[dict]:
    """low, likely, high and source of each claim on a figure."""
    return [
        {
            f"{prefix}low": row.now[0],
            f"{prefix}likely": row.now[1],
            f"{prefix}high": row.now[2],
            **({} if prefix else {"shape": row.shape, "source": row.source, "source_date": row.date}),
        }
        for row in rows
    ]


def _of(rows: list[_Row], kind: str, owner: str, item: str, field: str) -> list[_Row]:
    """The rows of a figure: one, or one for each of its sources."""
    return [
        row
        for row in rows
        if (row.kind, row.owner, row.item) == (kind, owner, item)
        and (row.field == field or row.field.startswith(f"{field}, source "))
    ]


def _drivers(lines: list[dict], rows: list[_Row]) -> pd.DataFrame:
    made = []
    for line in lines:
        if line["kind"] != "driver":
            continue
        name = line["vendor"]
        grown = _of(rows, "driver", name, "", "growth")
        growth = _estimates(grown, "growth_")[0] if grown else {"growth_likely": line.get("growth", "")}
        made += [
            {"driver": name, "unit": line["line"], **each, **growth}
            for each in _estimates(_of(rows, "driver", name, "", "amount"))
        ]
    return pd.DataFrame(made).astype(object)


def _lines(lines: list[dict], rows: list[_Row], kind: str) -> pd.DataFrame:
    made = []
    for line in lines:
        if line["kind"] != kind:
            continue
        key = (kind, line["vendor"], line["line"])
        single = {name: each[0].now[1] for name in _SINGLES if (each := _of(rows, *key, name))}
        words = {name: line.get(name, "") for name in LINES[1:]}
        if kind == "cost":
            words = {name: text for name, text in words.items() if name not in ("ledger", "declared")}
        made += [{**words, **each, **single} for each in _estimates(_of(rows, *key, "amount"))]
    return pd.DataFrame(made).astype(object)


def _exit(rows: list[_Row]) -> pd.DataFrame:
    """What was given, and every assumption that was changed."""
    given = [row for row in rows if row.kind == "exit" or (row.kind == "assumed" and row.now != row.delivered)]
    return pd.DataFrame(
        [{"vendor": row.owner, "input": row.item, **each} for row in given for each in _estimates([row])]
    ).astype(object)


def _judging(frames: dict[str, pd.DataFrame], rows: list[_Row]) -> None:
    """Put weights, anchors, changed ratings and shares back into the tables of a scorecard."""
    numbers = {(row.owner, row.field): row.now for row in rows if row.kind == "criterion"}
    if "criteria" in frames:
        names = frames["criteria"]["criterion"]
        for j, column in enumerate(("weight_low", "weight", "weight_high")):
            frames["criteria"][column] = [
                numbers[name, "weight"][j] if (name, "weight") in numbers else "" for name in names
            ]
        for column in ("worst", "best"):
            frames["criteria"][column] = [
                numbers[name, column][1] if (name, column) in numbers else "" for name in names
            ]
    for row in rows:
        if row.kind == "rating" and row.now != row.delivered:
            evidence = {
                "vendor": row.owner,
                "criterion": row.item,
                "rating": row.now[1],
                "kind": "documentation",
                "rater": "changed in the workbook",
            }
            kept = frames.get("evidence", pd.DataFrame(columns=["vendor", "criterion"]))
            other = kept.loc[(kept["vendor"] != row.owner) | (kept["criterion"] != row.item)]
            joined = pd.DataFrame(pd.concat([other, pd.DataFrame([evidence])], ignore_index=True))
            frames["evidence"] = joined.fillna("").astype(object)
    shares = [
        {
            "vendor": row.owner,
            "topic": row.item,
            "low": row.now[0],
            "likely": row.now[1],
            "high": row.now[2],
            "kind": row.source,
        }
        for row in rows
        if row.kind == "fit"
    ]
    frames["fit"] = pd.DataFrame(shares).astype(object)
