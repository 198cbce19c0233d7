"""A survey as people keep it: a file of answers, with codebook, scales, rules and roster in the same folder."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from dxkit.files.cells import folded
from dxkit.files.errors import DataError, Faults, Missing, fault_at
from dxkit.files.opening import OpenedFile, open_file
from dxkit.files.options import instance
from dxkit.survey.reading.asked_if import with_filters
from dxkit.survey.reading.codebook import Codebook, read_codebook
from dxkit.survey.reading.exports import count_questions, read_export
from dxkit.survey.reading.instrument.known import instrument_of
from dxkit.survey.reading.responses import Cuts, Survey, read_survey
from dxkit.survey.reading.rules.rows import sheets_of_answers
from dxkit.survey.reading.rules.table import NO_RULES, SHEETS, Rules, natural, rules_of
from dxkit.survey.reading.structure.statistics_file import open_answers

NO_EARLIER = "a comparison needs an earlier wave; put its answers beside these, named so that they sort before"
_OTHERS = r"~|\.|(codebook|scales|rules|roster|survey)(_.*)?\."  # beside answers
_TABLES = (".csv", ".xlsx", ".csv.gz", ".tsv", ".txt", ".xlsm")


def open_survey(
    answers: str | os.PathLike[str],
    *,
    min_group: int | None = None,
    cuts: Cuts = None,
    record: bool | None = None,
    comment_group: int | None = None,
    source: str | None = None,
    sheet: str | None = None,
    header: int | None = None,
    roster_check: str = "refuse",
) -> Survey:
    """Read a file of answers with the codebook, scales, rules and roster in the same folder.

    dxkit looks for the tables `codebook`, `scales`, `rules` and `roster` as .csv or .xlsx, or for a workbook
    `survey.xlsx` with sheets of these names. If the answers are `responses_2026-Q3`, the wave is 2026-Q3, and
    `codebook_2026-Q3` and `rules_2026-Q3` come before `codebook` and `rules`. Answers to dxkit's own questions
    (`instrument`) need no codebook.

    Parameters
    ----------
    answers : path
        The file of answers, as the survey tool exports it.
    min_group : int, optional
        The smallest number of answers that a shown figure may rest on, 3 to 1,000; None for what was recorded when the
        survey was first shown, else 5.
    cuts : list of cuts, optional
        By what the survey may be split, as in `read_survey`.
    record : bool, optional
        False to read without `release.json`, which records what was shown: for work that nobody else sees.
    comment_group : int, optional
        From how many writers on comments are shown.
    source : str, optional
        The survey tool the answers come from; None to recognise it.
    sheet : str, optional
        The sheet of answers, where it should not be found by its questions.
    header : int, optional
        The number of header rows, where it should not be recognised.
    roster_check : "refuse" or "note"
        What happens where more than 5% of all answers are too many for the headcounts of their groups, as in
        `read_survey`.

    Returns
    -------
    Survey
        The answers, with what was asked, who could have answered, and which wave it is. Where a rule says that the
        file holds several waves, the last one.

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
    files = Beside(open_answers(_latest(answers)))
    how = {"source": source, "sheet": sheet, "header": header, "roster_check": roster_check, "cuts": cuts}
    return read_beside(files, min_group=min_group, record=record, comment_group=comment_group, **how)


def open_waves(
    answers: str | os.PathLike[str],
    *,
    min_group: int | None = None,
    source: str | None = None,
    header: int | None = None,
) -> dict[str, Survey]:
    """Read every wave of a survey: from a sheet or a column for each, or from a file for each.

    The rule `wave` says that the file holds several waves. Without it, the waves are the files of the folder that are
    named alike, such as responses_2026-Q2 and responses_2026-Q3.

    Parameters
    ----------
    answers : path
        A file of answers.
    min_group : int, optional
        The smallest number of answers that a shown figure may rest on, as in `open_survey`.
    source : str, optional
        The survey tool the answers come from; None to recognise it.
    header : int, optional
        The number of header rows, where it should not be recognised.

    Returns
    -------
    dict of str to Survey
        The waves by name, the earliest first; numbers in names count as numbers.

    Raises
    ------
    DataError
        No codebook in the folder, or any fault of the files.

    Examples
    --------
    >>> import dxkit as dx
    >>> list(open_waves(dx.samples.path("company/responses_2026-Q3.csv")))
    ['2025-Q4', '2026-Q1', '2026-Q2', '2026-Q3']
    """
    readers, _ = _waves(answers)
    return {wave: read(min_group=min_group, source=source, header=header) for wave, read in readers.items()}


def open_before(
    answers: str | os.PathLike[str], *, wave: str | None = None, min_group: int | None = None, source: str | None = None
) -> Survey:
    """Read the wave before this one, of those that `open_waves` finds.

    Numbers in names count as numbers: wave 9 comes before wave 10.

    Parameters
    ----------
    answers : path
        The file of answers of the later wave; or its folder, for the latest file `responses_<wave>`. If the file holds
        several waves, the later one is the last of them.
    wave : str, optional
        The earlier wave to read, such as 2026-Q1; None for the last one before.
    min_group : int, optional
        The smallest number of answers that a shown figure may rest on, as in `open_survey`.
    source : str, optional
        The survey tool the answers come from; None to recognise it.

    Returns
    -------
    Survey

    Raises
    ------
    Missing
        No earlier wave.
    DataError
        No codebook in the folder, or any fault of the files.

    Examples
    --------
    >>> import dxkit as dx
    >>> open_before(dx.samples.path("company/responses_2026-Q3.csv")).wave
    '2026-Q2'
    """
    readers, this = _waves(answers)
    if wave is not None:
        instance("wave", wave, str, "the name of the wave as text, such as '2026-Q3'")
    earlier = [name for name in readers if natural(name) < natural(this) and wave in (None, name)]
    if not earlier:
        raise Missing(NO_EARLIER)
    return readers[earlier[-1]](min_group=min_group, source=source)


def _latest(answers: str | os.PathLike[str]) -> str | os.PathLike[str]:
    """The file of answers; of a folder, that of the latest wave, whatever it is called."""
    if not isinstance(answers, str | os.PathLike) or not Path(answers).is_dir():
        return answers
    tables = [path for path in sorted(Path(answers).iterdir()) if path.is_file() and path.name.endswith(_TABLES)]
    waves = [path for path in tables if path.name.startswith("responses")]
    if not waves:  # another name: the table that asks most questions of the codebook, and those that are named alike
        asked = {path: _asked(path) for path in tables if not re.match(_OTHERS, path.name)}
        most = max(asked, key=lambda path: asked[path], default=None)
        waves = [path for path in asked if asked[path] and most and path.name.split("_")[0] == most.name.split("_")[0]]
    if not waves:
        raise Missing("this needs answers; put them into the folder, such as responses_<wave>.csv")
    return max(waves, key=lambda path: natural(wave_of(path)))


def _asked(path: Path) -> float:
    """How many questions of the codebook beside it a table asks."""
    files = Beside(open_file(path))
    if files.codebook is None and files.instrument is None:
        return 0.0
    count = count_questions(files.book)
    return count(files.answers.choose(wanted=count))


def _waves(answers: str | os.PathLike[str]) -> tuple[dict[str, Callable[..., Survey]], str]:
    """What reads each wave, the earliest first; and the wave of this file, the last one if it holds several."""
    files = Beside(open_answers(_latest(answers)))
    if files.codebook is not None and (names := files.waves_within()):
        return {wave: partial(read_beside, files, wave=wave) for wave in names}, names[-1]
    path, found = files.answers.path, dict[str, Path]()
    for other in path.parent.glob(f"{path.name.split('_')[0]}_*") if files.wave else (path,):
        if other.is_file() and (other == path or other.name.endswith(_TABLES)):
            wave = wave_of(other)
            if (first := found.setdefault(wave, other)) != other:
                names = " and ".join(sorted((first.name, other.name)))
                raise DataError(f"wave {wave} has two files, {names}; keep one of them")
    return {wave: partial(open_survey, found[wave]) for wave in sorted(found, key=natural)}, files.wave


def read_beside(files: Beside, *, wave: str | None = None, **how: Any) -> Survey:
    """The survey of a file of answers and the tables beside it, with options of `read_survey`. `check`, `open_survey`
    and notebooks read through it, so what passes one passes all."""
    book, rules = files.book, files.rules
    if wave is None and not rules.setting("wave"):
        wave = files.wave
    return read_survey(files.answers, book, roster=files.roster, wave=wave, rules=rules, **how)


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

    @cached_property
    def book(self) -> Codebook:
        """What was asked, as the codebook and the scales say."""
        if self.codebook is None and self.instrument is not None:
            return self.instrument
        if self.codebook is None:
            raise fault_at(
                f"there is no codebook in its folder; put codebook.csv into {self.folder.resolve().name}, or use "
                "read_survey(answers, codebook)",
                file=self.answers.name,
            )
        return read_codebook(self.codebook, self.scales)

    @cached_property
    def instrument(self) -> Codebook | None:
        """The codebook of dxkit's own questions, where the answers are to them."""
        return instrument_of(self.answers)

    @cached_property
    def rules(self) -> Rules:
        """The rules of this wave, else those of all waves: a file, or the sheet `rules` of a workbook."""
        workbooks = (self.answers, self.codebook, self._first(self.folder, "survey"))
        sheets = (
            file for file in workbooks if file and file.path.suffix in (".xlsx", ".xlsm") and file.has_rows("rules")
        )
        found = self._first(self.folder, f"rules_{self.wave}", "rules") or next(sheets, None)
        faults = Faults()
        rules = NO_RULES if found is None else rules_of(found, None, faults)
        faults.raise_if_any()
        return rules

    def waves_within(self) -> list[str]:
        """The waves that the file of answers holds, in natural order; empty unless the rule `wave` says so."""
        rule = self.rules.setting("wave")
        if rule is None:
            return []
        if folded(rule.value) == SHEETS:
            return sheets_of_answers(self.answers, count_questions(self.book)) if self.answers.is_workbook else []
        asked, _ = with_filters(self.book)
        return list(read_export(self.answers, asked, self.rules).applied.waves)

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
