"""The one way to a tally, from whatever holds the answers (docs/methods/tally.md, "What a tally holds")."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.files.errors import DataError, Faults, fault_at
from dxkit.files.opening import checked_path, open_file
from dxkit.survey.reading.codebook import Codebook, read_codebook
from dxkit.survey.reading.people import smallest_group
from dxkit.survey.reading.responses import Survey, read_part, read_survey
from dxkit.survey.reading.roster import Roster, read_roster
from dxkit.survey.reading.rules.table import Rules, rules_of
from dxkit.survey.tally import codes, topics
from dxkit.survey.tally.from_survey import chosen, count, spelled
from dxkit.survey.tally.measures import VARIABLES
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
    min_group = smallest_group(min_group)
    if not isinstance(codebook, Codebook | pd.DataFrame):
        codebook = open_file(codebook)
    book, faults = codebook if isinstance(codebook, Codebook) else read_codebook(codebook), Faults()
    known = rules_of(rules, codebook, faults)
    faults.raise_if_any()
    people = roster if roster is None or isinstance(roster, Roster) else read_roster(roster, book.segments)
    kept = chosen(book.segments, by, people)
    if isinstance(survey, str | os.PathLike) and Path(survey).suffix.casefold() not in (".parquet", ".pq"):
        from dxkit.survey.tally.from_csv import tally_csv

        return tally_csv(
            survey,
            book,
            by,
            roster=people,
            wave=wave,
            min_group=min_group,
            source=source,
            progress=progress,
            rules=known,
        )
    if known.rules and isinstance(survey, pd.DataFrame):
        return count(read_part(survey, book, people, wave or None, source, min_group, rules=known), by)
    if known.rules:
        raise DataError("rules are applied to all answers at once; give a csv file, a workbook or one DataFrame")
    parts = Parts(book, kept, people, source, min_group)
    if isinstance(survey, str | os.PathLike):
        merged = parts.merged(_batches(os.fspath(survey), progress))
    elif type(survey).__module__.partition(".")[0] in ("dask", "dask_expr"):
        from dxkit.survey.tally.from_dask import tally_partitions

        merged = tally_partitions(survey, parts)
    else:
        merged = parts.merged([survey] if isinstance(survey, pd.DataFrame) else survey)
    return spelled(replace(merged, wave=wave, roster=people), people, "DataFrame")


@dataclass(frozen=True, eq=False)
class Parts:
    """How a part of the answers, a frame, becomes a tally."""

    book: Codebook
    segments: list[str]
    roster: Roster | None
    source: str | None
    min_group: int

    def tally(self, frame: pd.DataFrame) -> Tally:
        """The tally of one frame."""
        if not self.segments and _only_items(self.book) and codes.readable(frame, self.book):
            if (plain := codes.sums(frame, self.book)) is not None:
                return _plain(plain, self.book, self.min_group)
        return count(read_survey(frame, self.book, source=self.source, min_group=self.min_group), self.segments)

    def merged(self, frames: Iterable[pd.DataFrame]) -> Tally:
        """The tallies of several frames, added up."""
        total = None
        for frame in frames:
            part = self.tally(frame)
            total = part if total is None else total + part
        if total is None:
            raise DataError("there is nothing to tally: the answers have no part")
        return total


def _batches(path: str, progress: Callable[[str], object] | None) -> Iterator[pd.DataFrame]:
    """A parquet file in parts."""
    place, file = checked_path(path)
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise fault_at("a parquet file needs the package pyarrow: pip install 'dxkit[parquet]'", file=file) from None
    try:
        opened = pyarrow.parquet.ParquetFile(place)
        rows, done = opened.metadata.num_rows, 0
        for batch in opened.iter_batches(batch_size=100_000):
            yield batch.to_pandas()
            done += len(batch)
            if progress:
                progress(f"{file}: {100 * done // max(rows, 1)}% read")
    except pyarrow.ArrowException as error:
        raise fault_at(f"the parquet file cannot be read ({type(error).__name__})", file=file) from None


def _only_items(book: Codebook) -> bool:
    """Whether every burden of the topics is that of one item."""
    return all(topics.single_items(book, score) for score in topics.allowed(book))


def _plain(summed: codes.Sums, book: Codebook, min_group: int) -> Tally:
    """The tally of a fast pass: its codes become index points, about the middle of 0..100."""
    index = {item: book.index(np.array([0.0, 1.0]), item) for item in book.measured}
    scale = np.array([at_one - at_zero for at_zero, at_one in index.values()])
    shift = np.array([at_zero for at_zero, _ in index.values()]) + scale * summed.centre - VARIABLES["index"].origin
    # a value is scale x code + shift: its sums and products follow from those of the code
    sums = scale[:, None] * summed.sums + shift[:, None] * summed.pairs
    cross = np.outer(scale, shift) * summed.sums
    products = np.outer(scale, scale) * summed.products + cross + cross.T + np.outer(shift, shift) * summed.pairs
    variables = pd.DataFrame({"level": "item", "name": book.measured, "unit": "index"}, dtype=object)
    return Tally(
        codebook=book,
        cells=pd.DataFrame(index=[0]),
        variables=variables,
        people=np.array([summed.people]),
        pairs=summed.pairs[None],
        sums=sums[None],
        products=products[None],
        counts=summed.counts[None],
        states=summed.states[None],
        anyone=np.zeros((1, 0), dtype=np.int64),
        origin=np.full(len(scale), VARIABLES["index"].origin),
        min_group=min_group,
    )
