"""The sheets of a dossier, wherever they stand; one that may be meant for another name is never passed over."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from dxkit.files.cells import folded
from dxkit.files.errors import DataError, Faults, and_more, fault_at, nearest
from dxkit.files.frames import TableSource, as_frame
from dxkit.files.grid import Grid
from dxkit.files.opening import checked_path, open_file
from dxkit.procurement.dossier.columns import SHEETS

Sheet = Grid | TableSource
Source = str | os.PathLike[str] | Mapping[str, TableSource]

_ENDING = re.compile(r"\.(csv|tsv|xlsx|csv\.gz)$")
_COPY = re.compile(r"[\s_-]*(\(\d+\)|\d+|copy|kopie|new|old|final|v\d+)$")
_FORM = "dossier.xlsx"  # as `dxkit new` calls the workbook
_LARGEST = 2**20  # bytes of a file whose columns are looked at: no sheet of a dossier has more


def whole(source: str | os.PathLike[str]) -> str | os.PathLike[str]:
    """The dossier that is meant: for one of its files the folder, and for the folder of a form the workbook in it."""
    place, _ = checked_path(source, folder=True)
    if place.is_dir():
        return place / _FORM if "costs" not in _by_name(place) and (place / _FORM).is_file() else place
    name = _name(place.name)
    if name not in SHEETS:
        return source
    file = open_file(source)
    alone = not file.is_workbook or (len(file.sheets) == 1 and SHEETS[name].fits(file.sheets[0]))
    return place.absolute().parent if alone else source


def is_dossier(source: str | os.PathLike[str]) -> bool:
    """Whether a file or a folder is meant as a dossier: by the names of two sheets, or by the columns of its costs."""
    meant = whole(source)
    tops: Sequence[Grid | None]
    if isinstance(meant, Path) and meant.is_dir():
        names = _by_name(meant)
        known, tops = set(names), [_top(file) for files in names.values() for file in files]
    else:
        tops = open_file(meant).sheets
        known = {folded(grid.sheet or "") for grid in tops}
    known &= set(SHEETS)
    return "costs" in known or len(known) > 1 or any(grid and _called(grid) == "costs" for grid in tops)


def sheets_of(source: Source) -> tuple[dict[str, Sheet], list[str]]:
    """The grid, frame or path of each sheet that holds something, and a note of what was left unread.

    Raises
    ------
    DataError
        A sheet or file whose name or columns are nearly those of one that is missing; two files for one sheet; no
        costs, with what is there in their place.
    """
    if isinstance(source, Mapping):
        if unknown := [name for name in source if name not in SHEETS]:
            raise DataError(f"a dossier has no sheet {', '.join(map(repr, unknown))}; it has {', '.join(SHEETS)}")
        frames = {name: as_frame(each) for name, each in source.items()}
        sheets = {name: each for name, each in frames.items() if not (isinstance(each, pd.DataFrame) and each.empty)}
        return _with_costs(sheets, list(sheets), "sheet", "dossier"), []
    if isinstance(source, str | os.PathLike) and Path(source).is_dir():
        return _of_folder(Path(source))
    file = open_file(source)
    if not file.is_workbook:
        _refuse_alone(file.sheets[0])
    named = {grid.sheet or "": grid for grid in file.sheets}
    sheets = {}
    for title, grid in named.items():
        if folded(title) in SHEETS and len(grid.cells) > 1:
            sheets.setdefault(folded(title), grid)
    others = {title: grid for title, grid in named.items() if folded(title) not in SHEETS}
    notes = _unread(others, set(map(folded, named)), "sheet", file.name)
    there = [title[:60] + " (empty)" * (len(grid.cells) < 2) for title, grid in named.items()]
    hidden = "".join(f"; {note}" for note in file.sheets[0].notes if note.startswith("hidden sheets"))
    return _with_costs(sheets, there, "sheet", file.name, hidden), notes


def _of_folder(place: Path) -> tuple[dict[str, Sheet], list[str]]:
    faults = Faults()
    sheets: dict[str, Sheet] = {}
    others: list[Path] = []
    by_name = _by_name(place)
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
    notes = _unread({file.name: file for file in others}, set(sheets), "file", place.name)
    names = [file.name[:60] for files in by_name.values() for file in files]
    return _with_costs(sheets, names, "file", place.name), notes


def _by_name(place: Path) -> dict[str, list[Path]]:
    """The tables of a folder by what they are called, in any spelling and with any ending."""
    by_name: dict[str, list[Path]] = {}
    for file in sorted(place.iterdir()):
        if _ENDING.search(file.name.casefold()) and not file.is_dir():
            by_name.setdefault(_name(file.name), []).append(file)
    return by_name


def _name(file: str) -> str:
    return folded(_ENDING.sub("", file.casefold()))


def _top(file: Path) -> Grid | None:
    """The only sheet of a small file; None of one that cannot be a sheet of a dossier."""
    try:
        sheets = open_file(file).sheets if file.stat().st_size <= _LARGEST else []
    except (DataError, OSError):
        return None
    return sheets[0] if len(sheets) == 1 else None


def _called(grid: Grid) -> str | None:
    """The sheet whose columns these are: all that it needs, and no other sheet has more of them."""
    fitting = {name: spec.score(grid) for name, spec in SHEETS.items() if spec.fits(grid) and len(grid.cells) > 1}
    best = max(fitting, key=lambda name: fitting[name], default=None)
    return best if best and fitting[best] > 1 else None


def _refuse_alone(grid: Grid) -> None:
    """Refuse a csv file that is not called like a sheet of a dossier."""
    if called := _called(grid):
        raise fault_at(f"this has the columns of {called}; call it {called}.csv", file=grid.file)
    given = "give a workbook or a folder with costs.csv, such as dxkit new makes to fill in"
    raise fault_at(f"this is not a dossier of vendors; {given}", file=grid.file)


def _unread(others: Mapping[str, Grid | Path], present: set[str], what: str, file: str) -> list[str]:
    """A note of what is not read; faults where name or columns may be meant for a sheet that is missing."""
    faults, unread, ending = Faults(), [], ".csv" if what == "file" else ""
    for name, sheet in others.items():
        near = nearest(_COPY.sub("", _name(name)), SHEETS, cutoff=0.85)
        grid = _top(sheet) if isinstance(sheet, Path) else sheet
        called = _called(grid) if grid and not near else None
        meant = near or called
        if meant and meant not in present:
            why = f", but has the columns of {called}" if called else ""
            else_ = "" if meant == "costs" else ", or delete it"
            faults.add(f"the {what} '{name[:60]}' is not read{why}; call it {meant}{ending}{else_}", file=file)
        else:
            unread.append(name[:60])
    faults.raise_if_any()
    return [f"{what}s of {file} that are not read: {and_more(unread)}"] if unread else []


def _with_costs(
    sheets: dict[str, Sheet], there: Sequence[str], what: str, file: str, more: str = ""
) -> dict[str, Sheet]:
    """The sheets, if the costs are among them; else what there is in their place."""
    if "costs" in sheets:
        return sheets
    needed = "a decision needs one row for each line of cost, with the columns vendor, line and likely"
    listed = f". What is there: {and_more(there, 12)}{more}" if there else ""
    raise fault_at(f"there is no {what} costs{'.csv' * (what == 'file')}; {needed}{listed}", file=file)
