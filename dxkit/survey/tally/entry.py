"""The one way to a tally, from whatever holds the answers (docs/methods/tally.md, "What a tally holds")."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.files.errors import DataError, Faults
from dxkit.files.opening import open_file
from dxkit.survey.reading.codebook import Codebook, read_codebook
from dxkit.survey.reading.responses import Read, Survey, read_coded
from dxkit.survey.reading.roster import Roster, read_roster
from dxkit.survey.reading.rules.table import Rules, rules_of
from dxkit.survey.tally.from_survey import chosen, count, spelled
from dxkit.survey.tally.tally import Tally


def tally(
    survey: Survey | Tally | str | os.PathLike[str] | pd.DataFrame | Iterable[pd.DataFrame],
    by: str | Iterable[str] | None = None,
    *,
    codebook: Codebook | str | os.PathLike[str] | pd.DataFrame | None = None,
    roster: Roster | str | os.PathLike[str] | pd.DataFrame | None = None,
    wave: str = "",
    source: str | None = None,
    min_group: int = 5,
    progress: Callable[[str], object] | None = None,
    rules: Rules | str | os.PathLike[str] | pd.DataFrame | None = None,
) -> Tally:
    """How many gave which answer, in sums that hold no person and add up with those of others.

    See docs/methods/tally.md, "Merging".

    Parameters
    ----------
    survey : Survey, path, DataFrame of answers, or an iterable of such frames
        All but a Survey need `codebook`. A csv file may be larger than memory: it is read block by block, as
        `read_survey` would read it whole. A parquet file is read in batches (with the package pyarrow). A Dask
        DataFrame is tallied where its partitions are, and the tallies are merged in a tree (with the package dask).
        In frames, parquet and Dask, an id that comes again and labels outside the codebook are judged within a part.
    by : segment name or list of them, optional
        The segments whose cells are kept; None for all of the codebook. Those of the roster are always kept, because
        weights need them.
    codebook : Codebook, path or DataFrame, optional
        What was asked; see `read_codebook`.
    roster : Roster, path or DataFrame, optional
        Headcount by segment; with it estimates are weighted to all staff and their intervals know the population.
    wave : str
        The name of this wave, such as "2026-Q3".
    source : str, optional
        The tool, where it should not be recognised from the file.
    min_group : int
        The smallest number of answers that a shown figure may rest on (3 at least). It travels with the data.
    progress : function of a line of text, optional
        Receives a line on how far a file has been read; `print` shows it.
    rules : path or DataFrame, optional
        How the file is to be read, as in `read_survey`. None for the sheet `rules` of the codebook's workbook, if it
        has one. Answers with rules have to fit into memory.

    Returns
    -------
    Tally
        It can be saved, added to others, and given to every function that takes a survey.

    Raises
    ------
    DataError
        A segment that the codebook does not have, or the faults of a file or frame.

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> book = dx.read_codebook(pd.DataFrame(
    ...     {"item": ["ci"], "text": ["CI is fast"], "kind": ["rating"], "scale": ["agreement5"]}))
    >>> parts = [pd.DataFrame({"ci": [1, 2, 3, 4, 5]}), pd.DataFrame({"ci": [5, 5, 5]})]
    >>> dx.tally(parts, codebook=book)
    Tally: 8 respondents, 1 variables
    """
    if isinstance(survey, Tally):
        return survey
    if isinstance(survey, Survey):
        return count(survey, by)
    options.instance(
        "survey", survey, (os.PathLike, Iterable), "a survey, or the answers as a path, a DataFrame or several of them"
    )
    if codebook is None:
        raise DataError("to tally a file or frame give codebook=, so that dxkit understands the columns")
    options.instance("wave", wave, str, "the name of the wave as text, such as '2026-Q3'")
    if progress is not None and not callable(progress):
        raise DataError(f"progress={progress!r}: give a function that takes a line of text, such as print")
    if not isinstance(codebook, Codebook | pd.DataFrame):
        codebook = open_file(codebook)
    book, faults = codebook if isinstance(codebook, Codebook) else read_codebook(codebook), Faults()
    known = rules_of(rules, codebook, faults)
    faults.raise_if_any()
    people = roster if roster is None or isinstance(roster, Roster) else read_roster(roster, book.segments)
    kept = chosen(book.segments, by, people)
    if type(survey).__module__.partition(".")[0] in ("dask", "dask_expr"):
        from dxkit.survey.tally.from_dask import tally_partitions

        if known.rules:
            raise DataError("rules are applied to all answers at once; give a csv file, a workbook or one DataFrame")
        merged = tally_partitions(survey, Parts(book, kept, source, min_group))
        return spelled(replace(merged, wave=wave, roster=people), people, "DataFrame")
    read = read_coded(survey, book, people, wave or None, source, min_group, rules=known, progress=progress)
    return count(_without_people(read), by)


def _without_people(read: Read) -> Survey:
    coded = read.coded
    return Survey(
        codebook=coded.codebook,
        answers=coded.answers(),
        state=coded.states(),
        segments=coded.segments.astype(object),
        keys=np.empty(0),
        identified=False,
        comments=pd.DataFrame(),
        cleaning=read.cleaning,
        roster=read.roster,
        weights=coded.weights,
        wave=read.wave,
        source=read.source,
        min_group=read.min_group,
        notes=read.notes,
    )


@dataclass(frozen=True, eq=False)
class Parts:
    """How a part of the answers, a frame, becomes a tally."""

    book: Codebook
    segments: list[str]
    source: str | None
    min_group: int

    def tally(self, frame: pd.DataFrame) -> Tally:
        """The tally of one frame."""
        read = read_coded(frame, self.book, source=self.source, min_group=self.min_group)
        return count(_without_people(read), self.segments)
