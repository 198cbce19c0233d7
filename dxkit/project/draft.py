"""A first codebook from an export, as a workbook in which what is doubtful is yellow."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from dxkit.files.errors import DataError
from dxkit.files.frames import TableSource
from dxkit.files.grid import YELLOW
from dxkit.files.options import instance, writable_path
from dxkit.files.writing import new_workbook, writable
from dxkit.project.draft_merge import add_to
from dxkit.project.forms import form
from dxkit.project.forms.survey_form import is_untouched
from dxkit.survey.reading.codebook import COLUMNS, KINDS, read_codebook
from dxkit.survey.reading.drafting.draft import Drafted, drafted
from dxkit.survey.reading.instrument.known import questions_found
from dxkit.survey.reading.scales import BUILT_IN
from dxkit.survey.reading.structure.registry import read_structure
from dxkit.survey.reading.structure.statistics_file import SUFFIXES

if TYPE_CHECKING:
    from xlsxwriter import Workbook

_YELLOW = {"bg_color": f"#{YELLOW}"}
_NOTE = {"author": "dxkit", "width": 320, "height": 80}


@dataclass(frozen=True, eq=False)
class Draft(Drafted):
    """A first codebook of an export: what it says about its questions, and where somebody has to look.

    Attributes
    ----------
    items : DataFrame
        One row per question, as `read_codebook` takes it.
    scales : DataFrame
        One row per answer of each scale that is not built in: scale, code, label, favourable.
    rules : DataFrame
        How cells are to be read that a codebook cannot describe: rule, question, value, to, note.
    doubts : DataFrame
        What is only a guess: item, cell (the column of its row), guess, why.
    groups : tuple of str
        The groups of the first segment, for the roster; none that only one person named.
    sources : DataFrame
        Of dxkit's own questions: item, construct (what it measures), source (the literature).
    own : int
        How many are dxkit's own questions.

    Examples
    --------
    >>> import pandas as pd
    >>> draft(pd.DataFrame({"Is CI fast?": ["Yes", "No", "Yes"]})).items["kind"].tolist()
    ['choice']
    """

    sources: pd.DataFrame = field(default_factory=pd.DataFrame)
    own: int = 0

    def write(self, path: str | os.PathLike[str], *, merge: bool = False) -> list[str]:
        """Write the draft as a workbook with the sheets codebook, scales, rules and roster; doubtful cells are yellow.

        It takes the place of the form that `dxkit new` wrote, as long as nobody has changed a cell of that.

        Parameters
        ----------
        path : path
            Where to write; the folder must exist.
        merge : bool
            Add the questions that the workbook there lacks; its own rows stay as they are.

        Returns
        -------
        list of str
            The ids of the questions that were written.

        Raises
        ------
        DataError
            There is another file already and `merge` is not set; it is never overwritten.
        """
        target = writable_path(path)
        if target.suffix.lower() != ".xlsx":
            raise DataError(f"{target.name}: a draft is a workbook; give it a name that ends in .xlsx")
        if target.exists() and not is_untouched(target):
            if instance("merge", merge, bool, "True or False"):
                return add_to(target, self.items, self.scales, self.rules, self.doubts)
            raise DataError(
                f"{target} already exists and is never overwritten; add --merge to add only new questions, or --out "
                "with another name"
            )
        with new_workbook(target) as book:
            self._codebook(book)
            _table(book, "scales", self.scales)
            _table(book, "rules", self.rules)
            segments = self.items.loc[self.items["kind"] == "segment", "item"].tolist()
            roster = form.add_sheet(book, "roster", (*segments[:1], "headcount"), {}, 24)
            for row, group in enumerate(self.groups, 1):
                roster.write_string(row, 0, writable(group))
            form.at_least_zero(roster, len(segments[:1]), "A headcount is a whole number of people.", whole=True)
            if len(self.sources):
                _table(book, "sources", self.sources)
        return self.items["item"].tolist()

    def _codebook(self, book: Workbook) -> None:
        sheet = form.add_sheet(book, "codebook", COLUMNS, {"item": 26, "text": 60}, 18)
        yellow = book.add_format(_YELLOW)
        why = {(item, cell): reason for item, cell, reason in self.doubts[["item", "cell", "why"]].to_numpy()}
        for i, row in enumerate(self.items.itertuples(index=False), 1):
            for j, (column, value) in enumerate(zip(COLUMNS, row, strict=True)):
                reason = why.get((row[0], column))
                if value:
                    sheet.write_string(i, j, writable(str(value)), yellow if reason else None)
                elif reason:
                    sheet.write_blank(i, j, None, yellow)
                if reason:
                    sheet.write_comment(i, j, reason, _NOTE)
        last = max(499, len(self.items))
        form.offer(sheet, COLUMNS.index("kind"), KINDS, rows=(1, last))
        known = (*dict.fromkeys(self.scales["scale"]), *BUILT_IN)
        if sum(len(name) + 1 for name in known) > 250:  # what Excel takes for a list in one rule
            known = tuple(BUILT_IN)
        form.offer(sheet, COLUMNS.index("scale"), known, only=False, rows=(1, last))
        form.offer(sheet, COLUMNS.index("good"), ("high", "low", "neither"), rows=(1, last))

    def __repr__(self) -> str:
        kinds = self.items["kind"].value_counts()
        asked = ", ".join(f"{kinds[kind]} {kind}" for kind in KINDS if kind in kinds)
        own = f", {self.own} of dxkit's own" if self.own else ""
        return f"Draft: {len(self.items)} questions ({asked}){own}, {len(self.doubts)} doubtful cells"


def draft(export: TableSource, structure: str | os.PathLike[str] | None = None) -> Draft:
    """What did this survey ask? A first codebook, from the export and, if you have it, the file of questions.

    Parameters
    ----------
    export : path or data frame
        The file of answers, as the survey tool exports it.
    structure : path, optional
        The survey's questions from the tool: Qualtrics .qsf, LimeSurvey .lss or .txt, XLSForm .xlsx, SPSS .sav,
        Stata .dta. It brings texts, kinds, and the labels that nobody chose.

    Returns
    -------
    Draft
        Its `items` and `scales` make a codebook; its `doubts` name the cells that somebody has to look at.

    Raises
    ------
    DataError
        A file that cannot be read, or that has no answers.

    Examples
    --------
    >>> import dxkit as dx
    >>> made = draft(dx.samples.path("company/responses_2026-Q3.csv"))
    >>> made.items["kind"].value_counts().to_dict()["hours"]
    12
    """
    path = export if isinstance(export, str | os.PathLike) else ""
    if structure is None and Path(path).suffix.lower() in SUFFIXES:
        structure = path  # a file of variables tells what was asked
    asked = None if structure is None else read_structure(structure)
    if (found := questions_found(export)) is None:
        return Draft(**vars(drafted(export, asked)))
    _, items, scales = found
    made = drafted(export, asked, read_codebook(items, scales))
    every = pd.concat([items, made.items], ignore_index=True)
    scales = pd.concat([scales, made.scales], ignore_index=True)
    return Draft(**vars(replace(made, items=every, scales=scales)), own=len(items))


def _table(book: Workbook, name: str, frame: pd.DataFrame) -> None:
    """A table as it is; an empty cell for a missing number."""
    sheet = form.add_sheet(book, name, list(frame.columns), {"label": 60, "scale": 26, "question": 26, "note": 60}, 18)
    for i, row in enumerate(frame.itertuples(index=False), 1):
        for j, value in enumerate(row):
            if isinstance(value, float):
                if not math.isnan(value):
                    sheet.write_number(i, j, value)
            elif value:
                sheet.write_string(i, j, writable(str(value)))
