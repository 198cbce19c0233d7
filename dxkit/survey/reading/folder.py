"""A survey as people keep it: a file of answers, with codebook, scales and roster in the same folder."""

from __future__ import annotations

import os
import re
from pathlib import Path

from dxkit.files.cells import folded
from dxkit.files.errors import DataError, fault_at
from dxkit.files.opening import OpenedFile, open_file
from dxkit.survey.reading.codebook import read_codebook
from dxkit.survey.reading.responses import Survey, read_survey

_TABLES = (".csv", ".xlsx", ".csv.gz", ".tsv", ".txt", ".xlsm")


def open_survey(responses: str | os.PathLike[str], *, min_group: int = 5, source: str | None = None) -> Survey:
    """Read a file of answers with the codebook, scales and roster in the same folder.

    dxkit looks for the tables `codebook`, `scales` and `roster` as .csv or .xlsx, or for a workbook `survey.xlsx` with
    sheets of these names. If the answers are `responses_2026-Q3`, the wave is 2026-Q3, and `codebook_2026-Q3` comes
    before `codebook`.

    Parameters
    ----------
    responses : path
        The file of answers, as the survey tool exports it.
    min_group : int
        The smallest number of answers that a shown figure may rest on; at least 3.
    source : str, optional
        The survey tool the answers come from; None to recognise it.

    Returns
    -------
    Survey
        The answers, with what was asked, who could have answered, and which wave it is.

    Raises
    ------
    DataError
        No codebook in the folder, or any fault of the files.

    Examples
    --------
    >>> import dxkit as dx
    >>> survey = open_survey(dx.samples.path("company/responses_2026-Q3.csv"))
    >>> survey.wave, len(survey), survey.roster.total
    ('2026-Q3', 112, 180)
    """
    files = Beside(open_file(responses))
    if files.codebook is None:
        raise fault_at(
            f"there is no codebook in its folder; put codebook.csv into {files.folder.resolve().name}, or use "
            "read_survey(responses, codebook)",
            file=files.answers.name,
        )
    book = read_codebook(files.codebook, files.scales)
    return read_survey(files.answers, book, roster=files.roster, wave=files.wave, source=source, min_group=min_group)


def open_before(responses: str | os.PathLike[str], *, min_group: int = 5, source: str | None = None) -> Survey | None:
    """Read the wave before this one: the file in its folder whose name sorts just before; None where there is none.

    Numbers in names count as numbers: wave 9 comes before wave 10.

    Parameters
    ----------
    responses : path
        The file of answers of the later wave.
    min_group : int
        The smallest number of answers that a shown figure may rest on; at least 3.
    source : str, optional
        The survey tool the answers come from; None to recognise it.

    Returns
    -------
    Survey or None

    Raises
    ------
    DataError
        No codebook in the folder, or any fault of the files.

    Examples
    --------
    >>> import dxkit as dx
    >>> open_before(dx.samples.path("company/responses_2026-Q3.csv")).wave
    '2026-Q2'
    """
    path = Path(responses)
    prefix = path.name.split("_")[0]
    waves = {other: _ordering(wave_of(other)) for other in path.parent.glob(f"{prefix}_*") if other.is_file()}
    earlier = [other for other in waves if other.name.endswith(_TABLES) and waves[other] < _ordering(wave_of(path))]
    return (
        open_survey(max(earlier, key=lambda other: waves[other]), min_group=min_group, source=source)
        if earlier
        else None
    )


def _ordering(wave: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.findall(r"\d+|\D+", wave)]


def wave_of(path: Path) -> str:
    """The wave that a file name gives: what follows the first underscore.

    >>> wave_of(Path("responses_2026-Q3.csv"))
    '2026-Q3'
    """
    wave = re.match(r"[^_]+_(.+?)(\.\w{1,4})+$", path.name)
    return wave[1] if wave else ""


def has_headcounts(book: OpenedFile) -> bool:
    """Whether the sheet `roster` is filled in: it has rows, and not every headcount is still blank."""
    grid = book.sheet("roster")
    if grid is None or len(grid.cells) < 2:
        return False
    counts = [j for j, cell in enumerate(grid.cells[0]) if folded(cell) == "headcount"]
    return not counts or any(row[counts[0]].strip() for row in grid.cells[1:])


class Beside:
    """The tables in the folder of a file of answers. Each file is opened once, whatever is read from it."""

    def __init__(self, answers: OpenedFile, codebook: str | os.PathLike[str] | None = None):
        self.answers: OpenedFile = answers
        self.folder: Path = answers.path.parent
        self.wave: str = wave_of(answers.path)
        self._opened = {answers.path: answers}
        self._given = None if codebook is None else self._open(Path(codebook))

    @property
    def codebook(self) -> OpenedFile | None:
        """The codebook that was given, else the one of this wave, of all waves, or of the workbook."""
        return self._given or self._first(self.folder, f"codebook_{self.wave}", "codebook", "survey")

    @property
    def scales(self) -> OpenedFile | None:
        """The scales, which stand with a codebook that was given."""
        return self._first(self._given.path.parent if self._given else self.folder, "scales")

    @property
    def roster(self) -> OpenedFile | None:
        """The roster, or the workbook whose sheet `roster` has headcounts."""
        if found := self._first(self.folder, "roster"):
            return found
        book = self._first(self.folder, "survey")
        try:
            return book if book and book.path.suffix == ".xlsx" and has_headcounts(book) else None
        except DataError:
            return None

    def _first(self, folder: Path, *stems: str) -> OpenedFile | None:
        """The first table of these names in a folder."""
        paths = (folder / f"{stem}{suffix}" for stem in stems for suffix in _TABLES)
        return next((self._open(path) for path in paths if path.is_file()), None)

    def _open(self, path: Path) -> OpenedFile:
        return self._opened.setdefault(path, open_file(path))
