"""Read a table as a notebook would, and name every fault of it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dxkit.files.cells import folded
from dxkit.files.errors import DataError, Faults
from dxkit.files.opening import OpenedFile, checked_path
from dxkit.procurement.dossier.sheets import is_dossier
from dxkit.procurement.reading import read_dossier
from dxkit.project import year
from dxkit.project.forms.survey_form import is_untouched
from dxkit.survey.reading.codebook import CODEBOOK, Codebook, read_codebook
from dxkit.survey.reading.folder import Beside, has_headcounts, read_beside
from dxkit.survey.reading.roster import check_fit, read_roster
from dxkit.survey.reading.rules.table import DEFAULT, RULES, read_rules
from dxkit.survey.reading.scales import SCALES, read_scales
from dxkit.survey.reading.structure.statistics_file import open_answers

_NO_ROSTER = "there is no roster, so answers are not weighted and the response rate is unknown"


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A table without faults: what it is, the notes on it, and for answers what was set aside or changed.

    >>> print(Checked(what="scales.csv: scales, no faults", notes=("2 scales",)))
    scales.csv: scales, no faults
      note: 2 scales
    """

    what: str
    notes: tuple[str, ...] = ()
    cleaning: tuple[dict[str, Any], ...] = ()
    beside: tuple["Checked", ...] = ()

    def __str__(self) -> str:
        cleaned = [
            f"{line['what']}: {line['count']}" + (f" ({line['rule']})" if line["rule"] != DEFAULT else "")
            for line in self.cleaning
        ]
        lines = [self.what, *(f"  note: {note}" for note in (*cleaned, *self.notes)), *map(str, self.beside)]
        return "\n".join(lines)


def check(path: str | os.PathLike[str], *, codebook: str | os.PathLike[str] | None = None) -> str:
    """What a table is, with the notes on it, as text; see `examine`."""
    return str(examine(path, codebook=codebook))


def examine(
    path: str | os.PathLike[str],
    *,
    codebook: str | os.PathLike[str] | None = None,
    source: str | None = None,
    sheet: str | None = None,
) -> Checked:
    """What a table is, with the notes on it; DataError with every fault where it has any.

    A sheet or file of costs makes a dossier; sheets or files of what was agreed, deployed or broken make a year. Their
    columns make a codebook, scales, rules or a roster. Answers need the codebook, in the same folder or given; `source`
    and `sheet` are those of `open_survey`.
    """
    place, name = checked_path(path, folder=True)
    if (place / year.FORM).is_file():
        place = place / year.FORM
    file = place if place.is_dir() else open_answers(place)
    if isinstance(file, OpenedFile) and sheet is None and (names := year.tables_in(file)):
        return _year(file, names, codebook)
    if is_dossier(file):
        return _dossier(file)
    if not isinstance(file, OpenedFile):
        raise DataError(f"{path} is a folder; name the file of answers, the codebook or the dossier in it")
    files = Beside(file, codebook)
    if any(map(CODEBOOK.fits, file.sheets)) and sheet is None:
        return _codebook(files)
    if any(map(SCALES.fits, file.sheets)) and sheet is None:
        faults = Faults()
        read_scales(file, faults)
        faults.raise_if_any()
        return Checked(what=f"{name}: scales, no faults")
    if all(map(RULES.fits, file.sheets)):
        return _rules(file)
    if files.codebook is None and files.instrument is None:
        raise DataError(f"{name}: to check answers or a roster, name the codebook: --codebook FILE")
    return _roster(file, files.book) if _is_roster(file, files.book) else _answers(files, source, sheet)


def as_json(path: str, found: Checked | DataError) -> dict[str, Any]:
    """What `dxkit check --json` prints for a file: whether it passed, what it is, notes, cleaning and faults."""
    if isinstance(found, DataError):
        faults = [vars(fault) for fault in found.faults]
        return {"path": path, "passed": False, "what": "", "notes": [], "cleaning": [], "faults": faults}
    parts = (found, *found.beside)
    return {
        "path": path,
        "passed": True,
        "what": "; ".join(part.what for part in parts),
        "notes": [note for part in parts for note in part.notes],
        "cleaning": list(found.cleaning),
        "faults": [],
    }


def _year(file: OpenedFile, names: Sequence[str], codebook: str | os.PathLike[str] | None) -> Checked:
    """What the tables of a year are. Topics of actions are those of the survey, here or where `dxkit new` puts it."""
    own = replace(file, path=file.path.absolute().parents[1] / "my_survey" / file.name)
    found = next((book for place in (file, own) if (book := Beside(place, codebook).codebook)), None)
    topics = None if found is None or is_untouched(found.path) else read_codebook(found).topics
    counts, notes = year.read_year(file, names, topics)
    if topics is None and any(count.startswith("actions") for count in counts):
        notes.append("the topics of actions are not compared with a survey: there is no codebook beside them")
    return Checked(what=f"{file.name}: {', '.join(counts) or 'nothing filled in'}, no faults", notes=tuple(notes))


def _dossier(source: str | os.PathLike[str]) -> Checked:
    dossier = read_dossier(source)
    return Checked(what=f"{dossier!r}, no faults", notes=tuple(dossier.notes))


def _codebook(files: Beside) -> Checked:
    """What a codebook is, with the rules and the roster that its workbook may hold in other sheets."""
    file = files.answers
    book = read_codebook(file, files.scales)
    beside: list[Checked] = [_rules(file, "rules")] if file.has_rows("rules") else []
    notes: Sequence[str] = book.notes
    if has_headcounts(file):
        beside.append(_roster(file, book))
    elif file.is_workbook and files.roster is None:
        notes = [*notes, _NO_ROSTER]
    return Checked(what=f"{file.name}: {book!r}, no faults", notes=tuple(notes), beside=tuple(beside))


def _rules(file: OpenedFile, sheet: str | None = None) -> Checked:
    rules = read_rules(file, sheet)
    count = "1 rule" if len(rules.rules) == 1 else f"{len(rules.rules)} rules"
    return Checked(what=f"{file.name}: {count}, no faults", notes=rules.notes)


def _is_roster(file: OpenedFile, book: Codebook) -> bool:
    """Whether a sheet counts heads, or has no column but segments: a row for each person."""
    headers = [{folded(cell) for cell in grid.cells[0]} for grid in file.sheets]
    return any("headcount" in header or header <= set(map(folded, book.segments)) for header in headers)


def _roster(file: OpenedFile, book: Codebook) -> Checked:
    roster = read_roster(file, book.segments)
    return Checked(what=f"{file.name}: roster of {roster.total:,} people, no faults", notes=tuple(roster.notes))


def _answers(files: Beside, source: str | None, sheet: str | None) -> Checked:
    survey = read_beside(files, source=source, sheet=sheet, roster_check="note")
    notes, roster = list(survey.notes), survey.roster
    if roster is not None:  # who checks a table keeps the roster, and may know which groups are meant
        everybody = survey.segments, np.ones(len(survey))
        notes = [note for note in notes if note not in check_fit(roster, *everybody, "note")]
        notes += check_fit(roster, *everybody, "refuse", named=True)
    return Checked(
        what=f"{files.answers.name}: {len(survey):,} respondents, no faults",
        notes=(*([] if files.roster else [_NO_ROSTER]), *notes),
        cleaning=tuple(
            {str(name): value for name, value in line.items()} for line in survey.cleaning.to_dict("records")
        ),
    )
