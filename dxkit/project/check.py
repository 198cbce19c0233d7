"""Read a table as a notebook would, and name every fault of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dxkit.files.errors import DataError

_NO_ROSTER = "no roster: answers are not weighted, and the response rate is not known"


def check(path: str | Path, *, codebook: str | Path | None = None) -> str:
    """Read a table as a notebook would; returns what it is with its notes, or raises DataError with every fault.

    A dossier is known by its sheet costs; a codebook, scales or roster by its columns. Answers need the codebook:
    beside the file, or given.
    """
    from dxkit.files.opening import checked_path, read_grids
    from dxkit.procurement.dossier.reading import read_dossier
    from dxkit.survey.reading import folder as beside
    from dxkit.survey.reading.codebook import read_codebook
    from dxkit.survey.reading.responses import read_survey
    from dxkit.survey.reading.roster import read_roster

    file, _ = checked_path(path, folder=True)
    if file.is_dir() and (file / "costs.csv").is_file():
        dossier = read_dossier(file)
        return _told(f"{dossier!r}, no faults", dossier.notes)
    if file.is_dir():
        raise DataError(f"{path} is a folder; name the file of answers, or the codebook, in it")
    grids = read_grids(file)
    if any((grid.sheet or "").casefold() == "costs" for grid in grids):
        dossier = read_dossier(file)
        return _told(f"{dossier!r}, no faults", dossier.notes)
    headers = [{" ".join(cell.split()).casefold() for cell in grid.cells[0]} for grid in grids]

    def has(*names: str) -> bool:
        return any(set(names) <= header for header in headers)

    book = (
        Path(codebook)
        if codebook
        else beside.find(file.parent, f"codebook_{beside.wave_of(file)}", "codebook", "survey")
    )
    scales = beside.find(file.parent if codebook is None else Path(codebook).parent, "scales")
    if has("item", "text", "kind"):
        return _checked_codebook(file, scales)
    if has("scale", "code", "label"):
        import pandas as pd

        empty = pd.DataFrame({"item": ["q"], "text": ["q"], "kind": ["comment"]})
        read_codebook(empty, file)
        return f"{file.name}: scales, no faults"
    if book is None:
        raise DataError(f"{file.name}: to check answers or a roster, name the codebook: --codebook FILE")
    questions = read_codebook(book, scales)
    segments = {name.casefold() for name in questions.segments}
    if has("headcount") or any(header <= segments for header in headers):
        roster = read_roster(file, questions.segments)
        return _told(f"{file.name}: roster of {roster.total:,} people, no faults", roster.notes)
    people = beside.find_roster(file.parent)
    survey = read_survey(file, questions, roster=people, wave=beside.wave_of(file))
    cleaned = [f"{what}: {count}" for what, count in survey.cleaning.itertuples(index=False)]
    first = f"{file.name}: {len(survey):,} respondents, no faults"
    return _told(first, (*cleaned, *([] if people else [_NO_ROSTER]), *survey.notes))


def _checked_codebook(file: Path, scales: Path | None) -> str:
    """What a codebook is, with the roster that its workbook may hold in another sheet."""
    from dxkit.files.opening import read_grids
    from dxkit.survey.reading.codebook import read_codebook
    from dxkit.survey.reading.folder import find_roster
    from dxkit.survey.reading.roster import read_roster

    read = read_codebook(file, scales)
    told = _told(f"{file.name}: {read!r}, no faults", read.notes)
    sheets = {(grid.sheet or "").casefold(): len(grid.cells) for grid in read_grids(file)}
    if sheets.get("roster", 0) > 1:
        roster = read_roster(file, read.segments)
        return f"{told}\n" + _told(f"{file.name}: roster of {roster.total:,} people, no faults", roster.notes)
    lacks = set(sheets) != {""} and find_roster(file.parent) is None
    return _told(told, [_NO_ROSTER] if lacks else [])


def _told(first: str, notes: Sequence[str]) -> str:
    return "\n".join([first, *(f"  note: {note}" for note in notes)])
