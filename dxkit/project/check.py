"""Read a table as a notebook would, and name every fault of it."""

from __future__ import annotations

import os
from collections.abc import Sequence

from dxkit.files.cells import folded
from dxkit.files.errors import DataError, Faults
from dxkit.files.opening import OpenedFile, checked_path
from dxkit.procurement.dossier.reading import read_dossier
from dxkit.survey.reading.codebook import CODEBOOK, Codebook, read_codebook
from dxkit.survey.reading.folder import Beside, has_headcounts
from dxkit.survey.reading.responses import read_survey
from dxkit.survey.reading.roster import read_roster
from dxkit.survey.reading.scales import SCALES, read_scales

_NO_ROSTER = "there is no roster, so answers are not weighted and the response rate is unknown"


def check(path: str | os.PathLike[str], *, codebook: str | os.PathLike[str] | None = None) -> str:
    """What a table is, with the notes on it; DataError with every fault where it has any.

    The sheet costs makes a dossier; their columns make a codebook, scales or a roster. Answers need the codebook, in
    the same folder or given.
    """
    place, name = checked_path(path, folder=True)
    if place.is_dir():
        if (place / "costs.csv").is_file():
            return _dossier(place)
        raise DataError(f"{path} is a folder; name the file of answers, or the codebook, in it")
    file = OpenedFile(place, name)
    if file.sheet("costs"):
        return _dossier(file)
    files = Beside(file, codebook)
    if any(map(CODEBOOK.fits, file.sheets)):
        return _codebook(files)
    if any(map(SCALES.fits, file.sheets)):
        faults = Faults()
        read_scales(file, faults)
        faults.raise_if_any()
        return f"{name}: scales, no faults"
    if files.codebook is None:
        raise DataError(f"{name}: to check answers or a roster, name the codebook: --codebook FILE")
    book = read_codebook(files.codebook, files.scales)
    return _roster(file, book) if _is_roster(file, book) else _answers(files, book)


def _dossier(source: str | os.PathLike[str]) -> str:
    dossier = read_dossier(source)
    return _summary(f"{dossier!r}, no faults", dossier.notes)


def _codebook(files: Beside) -> str:
    """What a codebook is, with the roster that its workbook may hold in another sheet."""
    file = files.answers
    book = read_codebook(file, files.scales)
    summary = _summary(f"{file.name}: {book!r}, no faults", book.notes)
    if has_headcounts(file):
        return f"{summary}\n{_roster(file, book)}"
    return _summary(summary, [_NO_ROSTER] if file.is_workbook and files.roster is None else [])


def _is_roster(file: OpenedFile, book: Codebook) -> bool:
    """Whether a sheet counts heads, or has no column but segments: a row for each person."""
    headers = [{folded(cell) for cell in grid.cells[0]} for grid in file.sheets]
    return any("headcount" in header or header <= set(map(folded, book.segments)) for header in headers)


def _roster(file: OpenedFile, book: Codebook) -> str:
    roster = read_roster(file, book.segments)
    return _summary(f"{file.name}: roster of {roster.total:,} people, no faults", roster.notes)


def _answers(files: Beside, book: Codebook) -> str:
    survey = read_survey(files.answers, book, roster=files.roster, wave=files.wave)
    cleaned = [f"{what}: {count}" for what, count in survey.cleaning.itertuples(index=False)]
    missing = [] if files.roster else [_NO_ROSTER]
    return _summary(
        f"{files.answers.name}: {len(survey):,} respondents, no faults", (*cleaned, *missing, *survey.notes)
    )


def _summary(first: str, notes: Sequence[str]) -> str:
    return "\n".join([first, *(f"  note: {note}" for note in notes)])
