"""The sheets of a dossier, wherever they stand; one that may be meant for another name is never passed over."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from dxkit.files.errors import DataError, Faults
from dxkit.files.opening import open_file
from dxkit.procurement.dossier.dossier import SHEETS

_ENDING = re.compile(r"\.(csv|tsv|xlsx|csv\.gz)$")
_COPY = re.compile(r"[\s_-]*(\(\d+\)|\d+|copy|kopie|new|old|final|v\d+)$")


def sheets_of(source) -> tuple[dict[str, object], list[str]]:
    """The grid, frame or path of each sheet that holds something, and a note of what was left unread.

    Raises
    ------
    DataError
        A sheet or file that is called nearly as one that is missing; two files for one sheet.
    """
    if isinstance(source, Mapping):
        unknown = [name for name in source if name not in SHEETS]
        if unknown:
            raise DataError(f"a dossier has no sheet {', '.join(map(repr, unknown))}; it has {', '.join(SHEETS)}")
        return {name: each for name, each in source.items() if not (isinstance(each, pd.DataFrame) and each.empty)}, []
    if isinstance(source, str | os.PathLike) and Path(source).is_dir():
        return _of_folder(Path(source))
    held = open_file(source).sheets
    found: dict[str, object] = {}
    for grid in held:
        name = _plain(grid.sheet or "")
        if name in SHEETS and name not in found and len(grid.cells) > 1:
            found[name] = grid
    titles = [grid.sheet for grid in held if grid.sheet and _plain(grid.sheet) not in SHEETS]
    present = {_plain(grid.sheet or "") for grid in held}
    return found, _unread(titles, present, "sheet", held[0].file)


def _of_folder(place: Path) -> tuple[dict[str, object], list[str]]:
    files = [file for file in sorted(place.iterdir()) if _ENDING.search(file.name.casefold()) and not file.is_dir()]
    by_name: dict[str, list[Path]] = {}
    for file in files:
        by_name.setdefault(_plain(_ENDING.sub("", file.name.casefold())), []).append(file)
    faults, found, others = Faults(), {}, []
    for name, candidates in by_name.items():
        own = [file for file in candidates if file.name == f"{name}.csv"] or candidates
        if name not in SHEETS:
            others += candidates
        elif len(own) > 1:
            both = " and ".join(file.name for file in own)
            faults.add(f"{both} are both the sheet {name}; keep one", file=place.name)
        else:
            found[name] = own[0]
            others += [file for file in candidates if file != own[0]]
    faults.raise_if_any()
    return found, _unread([file.name for file in others], set(found), "file", place.name)


def _unread(names: Iterable[str], present: set[str], what: str, file: str) -> list[str]:
    """A note of what is not read; faults where the name may be meant for a sheet that is missing."""
    faults, left = Faults(), []
    for name in names:
        meant = _meant(_ENDING.sub("", name.casefold()))
        if meant and meant not in present:
            faults.add(
                f"the {what} '{name[:60]}' is not read; call it {meant}{'.csv' if what == 'file' else ''}, or "
                "delete it",
                file=file,
            )
        else:
            left.append(name[:60])
    faults.raise_if_any()
    more = f" and {len(left) - 8} more" if len(left) > 8 else ""
    return [f"{what}s of {file} that are not read: {', '.join(left[:8])}{more}"] if left else []


def _meant(name: str) -> str | None:
    near = difflib.get_close_matches(_COPY.sub("", _plain(name)), SHEETS, n=1, cutoff=0.85)
    return near[0] if near else None


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
