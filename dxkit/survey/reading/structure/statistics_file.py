"""The questions and the answers of an SPSS (.sav, .zsav) or Stata (.dta) file; needs the extra `spss`."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dxkit.files.cells import as_text, normal
from dxkit.files.errors import and_more, fault_at
from dxkit.files.opening import OpenedFile, open_file
from dxkit.survey.reading.scales import NO_OPINION
from dxkit.survey.reading.structure.model import Option, Question, Structure, assembled
from dxkit.survey.reading.structure.plain_text import plain

if TYPE_CHECKING:
    import pandas as pd

MOST_CELLS = 30_000_000
_TIME = re.compile(r"(?:%t|%d|DATE|ADATE|EDATE|JDATE|SDATE|TIME|DTIME|MTIME|YMDHMS|QYR|MOYR|WKYR)", flags=re.IGNORECASE)
_SAV, _DTA = (
    (b"$FL2", b"$FL3"),
    (b"<stata_dta>", *(bytes([version]) for version in (108, 110, 111, 112, 113, 114, 115))),
)


def read(file: OpenedFile, language: str | None = None) -> Structure:
    """The variables of the file as questions; the file has only one language."""
    if language is not None:
        raise fault_at(f"the file has one language only, so language='{language}' cannot be chosen", file=file.name)
    _, described = _read(file, metadataonly=True, user_missing=True)
    return _structure(described, file.name)


def answers(path: str | os.PathLike[str]) -> tuple[pd.DataFrame, Structure]:
    """The answers as people saw them, and what was asked.

    Parameters
    ----------
    path : path
        An SPSS (.sav, .zsav) or Stata (.dta) file.

    Returns
    -------
    tuple of DataFrame and Structure
        A column of text for each variable: labels in place of codes, "" where nothing was answered. Values that the
        file declares missing are "" too, unless their label says that somebody had no opinion.

    Raises
    ------
    DataError
        A file that is neither, is broken or too large, or the package that reads it is not installed.
    """
    import pandas as pd

    file = open_file(path)
    _, described = _read(file, metadataonly=True, user_missing=True)
    width = max(len(described.column_names), 1)
    most = MOST_CELLS // width
    frame, described = _read(file, row_limit=most + 1, user_missing=True)
    if len(frame) > most:
        raise fault_at(f"the file has more than {most:,} rows of {width} variables; split it", file=file.name)
    structure = _structure(described, file.name)
    columns, unanswered = {}, {}
    for name in described.column_names:
        labels, is_missing = _labels(described, name), _missing(described, name)
        labels = labels or _marks(described, name)
        columns[name], count = _shown(frame[name].tolist(), labels, is_missing)
        if count:
            unanswered[name] = count
    notes = structure.notes
    if unanswered:
        counts = [f"{name} {count}" for name, count in unanswered.items()]
        notes = (*notes, f"answers that the file declares missing, read as blank: {and_more(counts)}")
    shown = pd.DataFrame(columns, columns=list(described.column_names), dtype=object)
    return shown, Structure(questions=structure.questions, tool=structure.tool, notes=notes)


def _read(file: OpenedFile, **options: Any) -> tuple[pd.DataFrame, Any]:
    try:
        import pyreadstat
    except ImportError:
        message = "SPSS and Stata files need the package pyreadstat; install it with: pip install 'dxkit[spss]'"
        raise fault_at(message, file=file.name) from None
    beginning = file.data()[:16]
    stata = file.path.suffix.lower() == ".dta"
    if not beginning.startswith(_DTA if stata else _SAV):
        program = "Stata" if stata else "SPSS"
        raise fault_at(f"this is not a file that {program} saved, whatever its name says", file=file.name)
    try:
        return (pyreadstat.read_dta if stata else pyreadstat.read_sav)(str(file.path), **options)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError, OverflowError, LookupError):
        raise fault_at("the file is broken or cut short; save it again", file=file.name) from None


def _structure(described: Any, file: str) -> Structure:
    sets = _ticks(described)
    known = set(described.column_names)
    member_of = {variable: name for name, group in sets.items() for variable in group["variable_list"]}
    questions: list[Question] = []
    made = set()
    for name in described.column_names:
        if name not in member_of:
            questions.append(_question(described, name))
        elif (group_name := member_of[name]) not in made:
            made.add(group_name)
            group = sets[group_name]
            members = [variable for variable in group["variable_list"] if variable in known]
            options = tuple(
                Option(code=variable, label=_text(described, variable) or variable, column=variable)
                for variable in members
            )
            code = group_name.lstrip("$")
            questions.append(Question(code=code, text=plain(group.get("label")) or code, kind="multi", options=options))
    tool = "Stata" if getattr(described, "file_format", "") == "dta" else "SPSS"
    return assembled(tool, file, questions)


def _ticks(described: Any) -> dict[str, Any]:
    """The sets of variables that are the options of one question, each ticked or not."""
    groups = (getattr(described, "mr_sets", None) or {}).items()
    return {name: group for name, group in groups if group.get("is_dichotomy")}


def _marks(described: Any, name: str) -> dict[Any, str]:
    """1 for the value that means ticked, where the variable is an option without labels; 0 for 0, 1 and 2 else."""
    for group in _ticks(described).values():
        if name in group["variable_list"]:
            counted = group.get("counted_value")
            ticked = float(counted) if isinstance(counted, int) else counted
            return {0.0: "0", 1.0: "0", 2.0: "0", ticked: "1"}
    return {}


def _question(described: Any, name: str) -> Question:
    labels, is_missing = _labels(described, name), _missing(described, name)
    format_ = str((described.original_variable_types or {}).get(name) or "")
    is_text = (described.readstat_variable_types or {}).get(name) == "string"
    options = tuple(
        Option(
            code=as_text(value),
            label=label or as_text(value),
            value=float(value) if isinstance(value, int | float) else None,
            missing=is_missing(value),
        )
        for value, label in labels.items()
    )
    if any(not option.missing for option in options):
        kind = "one"
    elif is_text:
        kind = "text"
    else:
        kind = "date" if _TIME.match(format_) else "number"
    return Question(code=name, text=_text(described, name) or name, kind=kind, options=options)


def _text(described: Any, name: str) -> str:
    return plain((described.column_names_to_labels or {}).get(name))


def _labels(described: Any, name: str) -> dict[Any, str]:
    labels = (described.variable_value_labels or {}).get(name) or {}
    ordered = sorted(labels.items(), key=lambda pair: (isinstance(pair[0], str), pair[0]))
    return {value: plain(label) for value, label in ordered}


def _missing(described: Any, name: str) -> Callable[[Any], bool]:
    """Whether a value is declared missing: in a range of SPSS, or one of Stata's letters."""
    ranges = (described.missing_ranges or {}).get(name) or []
    letters = set((described.missing_user_values or {}).get(name) or [])
    bounds = [(bound["lo"], bound["hi"]) for bound in ranges]

    def declared(value: Any) -> bool:
        if value in letters:
            return True
        return any(isinstance(value, str) == isinstance(low, str) and low <= value <= high for low, high in bounds)

    return declared


def _shown(values: list[Any], labels: dict[Any, str], is_missing: Callable[[Any], bool]) -> tuple[list[str], int]:
    """A column as text, and how many answers were left blank as the file declares them missing."""
    texts: dict[Any, str] = {}
    shown, count = [], 0
    for value in values:
        blank = value is None or value != value or (isinstance(value, str) and not value.strip())
        if blank:
            shown.append("")
            continue
        if value not in texts:
            texts[value] = labels.get(value) or as_text(value)
            if is_missing(value) and normal(texts[value]) not in _NONE:
                texts[value] = ""
        count += not texts[value]
        shown.append(texts[value])
    return shown, count


_NONE = frozenset(normal(label) for label in NO_OPINION)
