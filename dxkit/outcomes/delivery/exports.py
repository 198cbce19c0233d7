"""Exports of other tools read as they are: which tool it is, by its columns, and what each of its columns becomes.

See docs/methods/delivery.md, "Exports"."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from dxkit.files.cells import folded
from dxkit.files.encoded import FRAME
from dxkit.files.errors import Faults, and_more
from dxkit.files.frames import as_frame
from dxkit.files.shipped import table_beside
from dxkit.files.table import Table, TableSpec
from dxkit.outcomes.delivery import events
from dxkit.outcomes.delivery.json_tables import flat, is_json, read_json
from dxkit.outcomes.times import Source

_NO_RESULT = "no_result"  # a column that stands for a result that the export does not have
_TABLES = {"deployments": events.DEPLOYMENTS, "incidents": events.INCIDENTS}


@dataclass(frozen=True, kw_only=True)
class Export:
    """An export of one tool, as exports.toml has it."""

    tool: str
    table: str
    known: tuple[str, ...]
    columns: Mapping[str, str]
    success: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()

    def result(self, text: str) -> str:
        """What a word of theirs means."""
        word = folded(text)
        return "success" if word in self.success else "failed" if word in self.failed else "not finished"


_FOUND = table_beside(__file__, "exports.toml")
EXPORTS = tuple(Export(**each) for each in _FOUND["export"])
_MONTHS = {name: i for i, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_JIRA = re.compile(r"(\d{1,2})/([A-Za-z]{3})/(\d\d|\d{4})(?: (\d{1,2}):(\d\d)(?::\d\d)? ?([AaPp][Mm])?)?")
_NUMBERS = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d\d|\d{4})( .*)?")


def read(source: Source | None, spec: TableSpec, faults: Faults, zone: str) -> Table | None:
    """The table, of our own columns or as a tool exports it; None where nobody gave one, or an empty frame."""
    source = as_frame(source)
    if source is None or (isinstance(source, pd.DataFrame) and not len(source) and not len(source.columns)):
        return None
    file = FRAME
    if isinstance(source, str | os.PathLike) and is_json(source):
        source, file = read_json(source), Path(source).name
    elif isinstance(source, pd.DataFrame):
        source = _nested(source)
    own = replace(spec, columns=tuple(replace(column, needed=False) for column in spec.columns))
    loose = own.read(source, file=file)
    header = {folded(name) for name in loose.frame.columns}
    if {folded(name) for name in spec.needed} <= header:
        return replace(loose, spec=spec, notes=(*loose.notes, *_of_clone(source)))
    export = next((one for one in EXPORTS if _TABLES[one.table] is spec and _fits(one, header)), None)
    return _mapped(loose, export, faults) if export else spec.read(source, file=file)


def _of_clone(source: object) -> list[str]:
    """What `deployments_from_git` and `changes_from_git` left out of a clone, which their tables carry along.

    Tags that are named unlike the rest are told, because a test build or a marker would count as a deployment."""
    attrs = source.attrs if isinstance(source, pd.DataFrame) else {}
    counts = [f"{count:,} {what}" for what, count in attrs.get("left_out", {}).items() if count]
    notes = [f"left out of the clone: {', '.join(counts)}"] if counts else []
    also = [f"{name} (also {', '.join(others)})" for name, others in attrs.get("also", {}).items()]
    notes += [f"tags of one commit are one deployment: {and_more(also, 6)}"] if also else []
    forms = [f"{form} ({count:,})" for form, count in attrs.get("forms", {}).items()]
    if len(forms) > 1:
        notes.append(f"names of the tags that count, 9 for a number: {and_more(forms, 6)}; tags= and exclude= choose")
    history = attrs.get("history", 0)
    return [*notes, f"commits of the first deployment, which are history: {history:,}"] if history else notes


def without_result(table: Table | None) -> bool:
    """Whether this is an export that does not say what became of a deployment."""
    return table is not None and _NO_RESULT in table.frame.columns


def _nested(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame whose cells hold objects or lists, as rows with dotted names; others as they are."""
    if any(isinstance(cell, dict | list) for name in frame for cell in frame[name].head(20)):
        return flat(iter(frame.to_dict("records")))
    return frame


def _fits(export: Export, header: set[str]) -> bool:
    return all(any(folded(name) in header for name in either.split("|")) for either in export.known)


def _mapped(table: Table, export: Export, faults: Faults) -> Table:
    """The table with our own columns; each keeps the place of the column it comes from, for messages."""
    theirs = {folded(name): name for name in table.frame.columns}
    columns: dict[str, pd.Series] = {}
    places = dict(table.columns_at)
    for own, names in export.columns.items():
        found = [theirs[folded(name)] for name in names.split("|") if folded(name) in theirs]
        if own == "outcome":
            found += [name for name in theirs.values() if name in ("statuses.state", "latestStatus.state")]
        if found:
            columns[own] = _first_filled(table, found)
            places[own] = table.columns_at[found[0]]
    notes = [note for note in table.notes if "that are not used" not in note]
    notes.append(f"read as an export of {export.tool}")
    _dates(columns, table, faults)
    said = columns.pop("outcome", None)
    if export.table == "deployments":
        if said is not None:
            columns["outcome"] = said.map(export.result)
        else:
            columns[_NO_RESULT] = pd.Series("yes", index=table.frame.index)
            notes.append("the export does not say what became of a deployment, so each counts as a success")
    elif said is not None:
        ended = said.map(export.result) == "success"
        columns["resolved"] = columns["resolved"].where(ended, "")
    spec = _TABLES[export.table]
    missing = [name for name in spec.needed if name not in columns]
    columns |= {name: pd.Series("", index=table.frame.index, dtype=object) for name in missing}
    spec = replace(spec, kind=f"export of {export.tool}")
    return replace(table, frame=pd.DataFrame(columns), columns_at=places, notes=tuple(notes), spec=spec)


def _first_filled(table: Table, names: list[str]) -> pd.Series:
    """The first of several columns that has a text, row by row."""
    values = table.text(names[0])
    for name in names[1:]:
        values = values.where(values != "", table.text(name))
    return values


def _dates(columns: dict[str, pd.Series], table: Table, faults: Faults) -> None:
    """Times with the month as a word (16/Sep/26 4:18 PM) in the form that all others have; two numbers are refused."""
    for own in ("time", "opened", "resolved"):
        if own not in columns:
            continue
        texts = columns[own]
        for i, text in enumerate(texts):
            if found := _NUMBERS.fullmatch(text):
                day, month = found[1], found[2]
                either = f"'{text}' may be day {day} of month {month} or day {month} of month {day}"
                table.fault(faults, i, own, f"{either}; export dates as 2026-01-31")
        columns[own] = texts.map(_written)


def _written(text: str) -> str:
    """A time as we write it, where its month is a word; an ambiguous one is empty, since it has its fault already.

    >>> _written("16/Sep/26 4:18 PM"), _written("2026-09-16T16:18Z"), _written("03/04/26")
    ('2026-09-16 16:18', '2026-09-16T16:18Z', '')
    """
    if _NUMBERS.fullmatch(text):
        return ""
    found = _JIRA.fullmatch(text)
    if not found or found[2].casefold() not in _MONTHS:
        return text
    year = int(found[3]) + (2000 if len(found[3]) == 2 else 0)
    date = f"{year}-{_MONTHS[found[2].casefold()]:02d}-{int(found[1]):02d}"
    if not found[4]:
        return date
    hour = int(found[4])
    if found[6]:
        hour = hour % 12 + (12 if found[6].casefold() == "pm" else 0)
    return f"{date} {hour:02d}:{found[5]}"
