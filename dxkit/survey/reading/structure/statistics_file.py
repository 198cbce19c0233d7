"""The questions and the answers of an SPSS (.sav, .zsav) or Stata (.dta) file; needs the extra `spss`."""

import json
import os
import subprocess
import sys
from functools import cached_property
from importlib.util import find_spec
from typing import Any

import pandas as pd

from dxkit.files.errors import and_more, fault_at
from dxkit.files.grid import Grid
from dxkit.files.opening import OpenedFile, open_file
from dxkit.survey.reading.structure.model import Option, Question, Structure, assembled

MOST_CELLS = 30_000_000
LONGEST = 600
SUFFIXES = (".sav", ".zsav", ".dta")
_WORKER = "dxkit.survey.reading.structure.statistics_worker"
_SAV, _DTA = (
    (b"$FL2", b"$FL3"),
    (b"<stata_dta>", *(bytes([version]) for version in (108, 110, 111, 112, 113, 114, 115))),
)


def read(file: OpenedFile) -> Structure:
    """The variables of the file as questions."""
    return _structure(_told(file), file)


def answers(path: str | os.PathLike[str]) -> tuple[pd.DataFrame, Structure]:
    """The answers of an SPSS or Stata file as people saw them, a column of text for each variable; and what was asked.

    Nothing answered is "". So are values that the file declares missing, unless their label says "no opinion".

    Raises
    ------
    DataError
        A file that is neither, is broken or too large, or the package that reads it is not installed.
    """
    file = open_file(path)
    told = _told(file, "answers")
    counts = [f"{name} {count}" for name, count in told["blanks"].items()]
    notes = [f"answers that the file declares missing, read as blank: {and_more(counts)}"] if counts else []
    return pd.DataFrame(told["columns"], dtype=object), _structure(told, file, notes)


class StatisticsFile(OpenedFile):
    """An SPSS or Stata file as one sheet: names of variables, their labels, and the answers under them."""

    @cached_property
    def sheets(self) -> list[Grid]:
        frame, asked = answers(self)
        texts = {question.code: question.text for question in asked.questions}
        texts |= {option.column: option.label for question in asked.questions for option in question.options}
        cells = [list(frame.columns), [texts.get(name) or name for name in frame.columns], *frame.to_numpy().tolist()]
        rows = [1, 1, *range(1, len(frame) + 1)]
        return [Grid(cells=cells, rows=rows, file=self.name, header_rows=2, notes=asked.notes)]


def open_answers(path: str | os.PathLike[str]) -> OpenedFile:
    """Open a file of answers: of text, a workbook, or what SPSS or Stata saved."""
    opened = open_file(path)
    statistics = opened.path.suffix.lower() in SUFFIXES and not isinstance(opened, StatisticsFile)
    return StatisticsFile(opened.path, opened.name) if statistics else opened


def _told(file: OpenedFile, *wanted: str) -> dict[str, Any]:
    """What the reading process says of the file; a crash of it is a broken file."""
    if find_spec("pyreadstat") is None:
        message = "SPSS and Stata files need the package pyreadstat; install it with: pip install 'dxkit[spss]'"
        raise fault_at(message, file=file.name)
    stata = _is_stata(file)
    if not file.data().startswith(_DTA if stata else _SAV):
        program = "Stata" if stata else "SPSS"
        raise fault_at(f"this is not a file that {program} saved, whatever its name says", file=file.name)
    command = [sys.executable, "-P", "-m", _WORKER, str(file.path.resolve()), str(MOST_CELLS), *wanted]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        done = subprocess.run(command, capture_output=True, env=environment, check=True, timeout=LONGEST)
        told = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        told = {"problem": f"the file cannot be read in {LONGEST} seconds; save it again, or split it"}
    except (subprocess.CalledProcessError, ValueError):
        told = {"problem": "the file is broken or cut short; save it again"}
    if "problem" in told:
        raise fault_at(told["problem"], file=file.name)
    return told


def _is_stata(file: OpenedFile) -> bool:
    return file.path.suffix.lower() == ".dta"


def _structure(told: dict[str, Any], file: OpenedFile, notes: list[str] | None = None) -> Structure:
    questions = [_question(fields) for fields in told["questions"]]
    return assembled("Stata" if _is_stata(file) else "SPSS", file.name, questions, notes or ())


def _question(fields: dict[str, Any]) -> Question:
    """A question from JSON, where a tuple has become a list."""
    return Question(**{**fields, "options": tuple(Option(*option) for option in fields["options"])})
