"""The sheets of a dossier, wherever they stand; one that may be meant for another name is never passed over."""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from dxkit.files.cells import folded
from dxkit.files.errors import DataError, Faults, and_more, nearest
from dxkit.files.frames import TableSource, as_frame
from dxkit.files.grid import Grid
from dxkit.files.opening import open_file
from dxkit.procurement.dossier.columns import SHEETS

Sheet = Grid | TableSource
Source = str | os.PathLike[str] | Mapping[str, TableSource]

_ENDING = re.compile(r"\.(csv|tsv|xlsx|csv\.gz)$")
_COPY = re.compile(r"[\s_-]*(\(\d+\)|\d+|copy|kopie|new|old|final|v\d+)$")


def sheets_of(source: Source) -> tuple[dict[str, Sheet], list[str]]:
    """The grid, frame or path of each sheet that holds something, and a note of what was left unread.

    Raises
    ------
    DataError
        A sheet or file that is called nearly as one that is missing; two files for one sheet.
    """
    if isinstance(source, Mapping):
        if unknown := [name for name in source if name not in SHEETS]:
            raise DataError(f"a dossier has no sheet {', '.join(map(repr, unknown))}; it has {', '.join(SHEETS)}")
        frames = {name: as_frame(each) for name, each in source.items()}
        return {name: each for name, each in frames.items() if not (isinstance(each, pd.DataFrame) and each.empty)}, []
    if isinstance(source, str | os.PathLike) and Path(source).is_dir():
        return _of_folder(Path(source))
    grids = open_file(source).sheets
    sheets: dict[str, Sheet] = {}
    for grid in grids:
        name = folded(grid.sheet or "")
        if name in SHEETS and len(grid.cells) > 1:
            sheets.setdefault(name, grid)
    titles = [grid.sheet for grid in grids if grid.sheet and folded(grid.sheet) not in SHEETS]
    return sheets, _unread(titles, {folded(grid.sheet or "") for grid in grids}, "sheet", grids[0].file)


def _of_folder(place: Path) -> tuple[dict[str, Sheet], list[str]]:
    files = [file for file in sorted(place.iterdir()) if _ENDING.search(file.name.casefold()) and not file.is_dir()]
    by_name: dict[str, list[Path]] = {}
    for file in files:
        by_name.setdefault(folded(_ENDING.sub("", file.name.casefold())), []).append(file)
    faults = Faults()
    sheets: dict[str, Sheet] = {}
    others: list[Path] = []
    for name, candidates in by_name.items():
        named = [file for file in candidates if file.name == f"{name}.csv"] or candidates
        if name not in SHEETS:
            others += candidates
        elif len(named) > 1:
            both = " and ".join(file.name for file in named)
            faults.add(f"{both} are both the sheet {name}; keep one", file=place.name)
        else:
            sheets[name] = named[0]
            others += [file for file in candidates if file != named[0]]
    faults.raise_if_any()
    return sheets, _unread([file.name for file in others], set(sheets), "file", place.name)


def _unread(names: Iterable[str], present: set[str], what: str, file: str) -> list[str]:
    """A note of what is not read; faults where the name may be meant for a sheet that is missing."""
    faults, unread = Faults(), []
    for name in names:
        meant = nearest(_COPY.sub("", folded(_ENDING.sub("", name.casefold()))), SHEETS, cutoff=0.85)
        if meant and meant not in present:
            rename = f"call it {meant}{'.csv' if what == 'file' else ''}, or delete it"
            faults.add(f"the {what} '{name[:60]}' is not read; {rename}", file=file)
        else:
            unread.append(name[:60])
    faults.raise_if_any()
    return [f"{what}s of {file} that are not read: {and_more(unread)}"] if unread else []
