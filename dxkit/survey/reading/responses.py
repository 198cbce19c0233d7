"""Who answered what. People live here, and only here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.files.errors import DataError, Faults
from dxkit.files.frames import TableSource, opened
from dxkit.survey.privacy.record import Rows
from dxkit.survey.reading.asked_if import FILLED_UNASKED, apply_filters, outside_dimensions, with_filters
from dxkit.survey.reading.codebook import Codebook, read_codebook
from dxkit.survey.reading.coded import Coded, code_answers, reverse_suspects
from dxkit.survey.reading.coding import UNAFFECTED
from dxkit.survey.reading.exports import Export, read_export
from dxkit.survey.reading.instrument.known import instrument_of
from dxkit.survey.reading.people import identified, person_keys, rows_of, rows_that_count, settings, weights_of
from dxkit.survey.reading.roster import ROSTER_CHECKS, Roster, check_fit, read_roster
from dxkit.survey.reading.rules.questions import with_same_as
from dxkit.survey.reading.rules.table import DEFAULT, Rules, rules_of
from dxkit.survey.reading.segments import Cut, declared, read_segments
from dxkit.survey.reading.unlisted import by_item, check_labels, none_for_blank

if TYPE_CHECKING:
    from dxkit.results.result import Result
    from dxkit.survey.tally.release import Release

Cuts = str | int | Iterable[str | int | Iterable[str | int]] | None


@dataclass(frozen=True, eq=False, kw_only=True)
class Facts:
    """What is known of one wave beside its answers; `Survey` says what each is."""

    cleaning: pd.DataFrame
    roster: Roster | None = None
    wave: str = ""
    source: str = "plain"
    min_group: int = 5
    cuts: tuple[Cut, ...] = ()
    comment_group: int = 10
    rows: Rows | None = field(default=None, repr=False)
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, eq=False, kw_only=True)
class Survey(Facts):
    """One wave of answers, cleaned and coded.

    codebook    what was asked
    answers     float codes, a column per measured item, nan where there is none
    state       the position in STATES of each answer
    segments    text, a column per segment; NOT_STATED where blank
    keys        one number per respondent that identifies the same person in another wave, and says nothing else
    identified  whether each of these numbers comes from an id of that person, and not from the answers
    comments    text, a column per comment question
    cleaning    what was set aside or changed, how often, and by which rule (columns what, count, rule, unit)
    roster      headcount by segment; None where it is not known
    weights     the weight of each respondent, where the file has a question of kind weight and there is no roster
    wave        the name of the wave, and `source` that of the tool
    min_group   the smallest number of answers that a shown figure may rest on
    cuts        the cuts that may be shown, in their order: `release` says what of them is
    comment_group   from how many writers on comments are shown
    notes       what was noticed while reading
    """

    codebook: Codebook
    answers: pd.DataFrame
    state: pd.DataFrame
    segments: pd.DataFrame
    keys: np.ndarray
    identified: np.ndarray
    comments: pd.DataFrame
    weights: np.ndarray | None = None

    @property
    def release(self) -> Release:
        """What may be shown of this survey, decided once for all that is; `.text` says it in five sentences."""
        return import_module("dxkit.survey.tally.from_survey").of_survey(self).release

    def __len__(self) -> int:
        return len(self.answers)

    def _facts(self) -> list[tuple[str, str]]:
        of = f" of {self.roster.total:,}" if self.roster is not None else ""
        return [
            *([("wave", self.wave)] if self.wave else []),
            ("respondents", f"{len(self):,}{of}"),
            ("questions", f"{len(self.codebook.measured)} measured, {self.comments.shape[1]} for comments"),
            ("segments", ", ".join(self.segments.columns) or "none"),
            ("file shape", self.source.replace("_", " ")),
            ("smallest group shown", str(self.min_group)),
        ]

    def _shown(self) -> Result:
        from dxkit.results.result import Result

        table = self.cleaning.drop(columns="unit")
        table = table if set(table["rule"]) - {DEFAULT} else table.drop(columns="rule")
        return Result(table=table, title="Survey", notes=self.notes, facts=tuple(self._facts()))

    def __repr__(self) -> str:
        return repr(self._shown())

    def _repr_html_(self) -> str:
        return self._shown()._repr_html_()


def read_survey(
    answers: Any,
    codebook: Codebook | TableSource | None = None,
    roster: TableSource | None = None,
    wave: str | None = None,
    source: str | None = None,
    min_group: int | None = None,
    *,
    cuts: Cuts = None,
    record: bool | None = None,
    comment_group: int | None = None,
    sheet: str | None = None,
    header: int | None = None,
    rules: Rules | TableSource | None = None,
    roster_check: str = "refuse",
    memory: str | int = "2 GB",
) -> Survey:
    """Read one wave of a survey, from the file that the survey tool exported.

    Parameters
    ----------
    answers : path, data frame of any kind (pandas, Polars, pyarrow, DuckDB), or an iterable of frames
        One row per respondent, as one of the tools of docs/exports.md exports it, or plain: the header holds
        item ids or question texts, the cells codes or labels.
    codebook : Codebook, path or data frame, optional
        What was asked; see `read_codebook`. None for answers to dxkit's own questions, see `instrument`.
    roster : path or data frame, optional
        Headcount by segment; with it estimates are weighted to all staff and their intervals know the population.
    wave : str, optional
        The name of this wave, such as "2026-Q3". Where a rule says that the file holds several, it is the one to read;
        None reads the last.
    source : str, optional
        The tool, where it should not be recognised from the file.
    min_group : int, optional
        The smallest number of answers that a shown figure may rest on (3 to 1,000). It travels with the data. None for
        what was recorded when the survey was first shown, else 5.
    cuts : list of cuts, optional
        What may be shown besides everybody, the most important first: each a segment, or a list of segments for their
        cross. None for each segment of the codebook by itself.
    record : bool, optional
        False to read a file without its `release.json`, which records what was shown: for work that nobody else sees.
    comment_group : int, optional
        From how many writers on comments are shown, 10 if nothing else was recorded; never below `min_group`.
    sheet : str, optional
        The sheet of answers, where it should not be found by its questions.
    header : int, optional
        The number of header rows, where it should not be recognised.
    rules : path or data frame, optional
        How the file is to be read, with columns rule, question, value, to. None for the sheet `rules` of the codebook's
        workbook, if it has one. The arguments source, sheet and header come before rules.
    roster_check : "refuse" or "note"
        What happens where more than 5% of all answers are too many for the headcounts of their groups: an error, or a
        note as for fewer.
    memory : text or number of bytes
        The most that the answers may take while they are read; more is refused with what it would take.

    Returns
    -------
    Survey
        `.cleaning` counts what was set aside: test and preview rows, unfinished and blank submissions, and all but
        the last submission of one id; and what every rule met.

    Raises
    ------
    DataError
        All faults together: unknown labels with their count and the nearest known one, codes outside the scale,
        negative hours, missing or repeated columns, groups that the roster does not have.

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> book = pd.DataFrame({"item": ["ci"], "text": ["CI is fast"], "kind": ["rating"], "scale": ["agreement5"]})
    >>> survey = dx.read_survey(pd.DataFrame({"ci": ["Agree", "disagree ", "5", ""]}), book)
    >>> survey.answers["ci"].tolist(), survey.cleaning["count"].tolist()
    ([4.0, 2.0, 5.0], [1])
    """
    how: dict[str, Any] = {"sheet": sheet, "header": header, "rules": rules, "memory": memory}
    how |= {"cuts": cuts, "record": record, "comment_group": comment_group, "roster_check": roster_check}
    coded, facts, export, kept = _read(answers, codebook, roster, wave, source, min_group, **how)
    book, given, segments = coded.codebook, coded.answers(), coded.segments.astype(object)
    comments = {
        item: export.answers[item][kept].astype(object) for item in book.of_kind("comment") if item in export.answers
    }
    rows = rows_of(answers, export, book, facts.wave, kept)
    notes = tuple(dict.fromkeys((*facts.notes, *reverse_suspects(book, given))))
    return Survey(
        codebook=book,
        answers=given,
        state=coded.states(),
        segments=segments,
        identified=identified(export, book, kept),
        comments=pd.DataFrame(comments, index=given.index, dtype=object),
        keys=person_keys(export, book, given, segments, kept),
        weights=coded.weights,
        **vars(replace(facts, rows=rows, notes=notes)),
    )


def read_coded(answers: Any, codebook: Codebook | TableSource, **how: Any) -> tuple[Coded, Facts]:
    """What `read_survey` reads, as it is counted; `how` are its options and those of `encode`."""
    return _read(answers, codebook, **how)[:2]


def _read(
    answers: Any,
    codebook: Codebook | TableSource | None,
    roster: Roster | TableSource | None = None,
    wave: str | None = None,
    source: str | None = None,
    min_group: int | None = None,
    sheet: str | None = None,
    header: int | None = None,
    rules: Rules | TableSource | None = None,
    roster_check: str = "refuse",
    cuts: Cuts = None,
    record: bool | None = None,
    comment_group: int | None = None,
    **limits: Any,
) -> tuple[Coded, Facts, Export, np.ndarray | slice]:
    """The answers as they are counted, without what tells people apart; of which file, and which of its rows."""
    known, least, writers, cuts = settings(answers, record, min_group, cuts, comment_group)
    if wave is not None:
        options.instance("wave", wave, str, "the name of the wave as text, such as '2026-Q3'")
    for name, value in (("source", source), ("sheet", sheet)):
        if value is not None:
            options.instance(name, value, str, "its name as text")
    if header is not None:
        options.whole("header", header, 1, 9)
    codebook = instrument_of(answers) if codebook is None else codebook
    if codebook is None:
        raise DataError("name a codebook; only answers to dxkit's own questions (dx.instrument) are read without one")
    if not isinstance(codebook, Codebook):
        codebook = opened(codebook)
    book = codebook if isinstance(codebook, Codebook) else read_codebook(codebook)
    faults = Faults()
    ruled = rules_of(rules, codebook, faults)
    book, entries = with_same_as(book, ruled)
    asked, filters = with_filters(book)
    how = {"source": source, "sheet": sheet, "header": header, "wave": wave, **limits}
    export = faults.take(read_export, answers, asked, ruled, faults=faults, **how)
    if roster is None or isinstance(roster, Roster):
        people = roster
    else:
        people = faults.take(read_roster, roster, book.segments)
    if export is None:
        faults.raise_if_any()
        raise AssertionError("an export that cannot be read has faults")
    weights = weights_of(export, book, faults) if people is None else None
    named = export.applied.wave or wave or ""
    everything = rows_of(answers, export, book, named, slice(None))
    late = None if known is None or everything is None else everything.late(known)
    keep, cleaning = rows_that_count(export, book, faults, weights, late, least)
    rows = slice(None) if keep.all() else np.flatnonzero(keep)
    weights = None if weights is None else weights[rows]
    coded, unaffected = code_answers(export, book, rows, weights, faults)
    segments, segment_notes = read_segments(export, book, people, rows, faults)
    shown = declared(cuts, book, list(segments.columns))
    coded = replace(coded, segments=segments)
    check_labels(export, rows, coded, least, faults)
    faults.raise_if_any()
    options.choice("roster_check", roster_check, ROSTER_CHECKS)
    fit = [] if people is None else check_fit(people, segments, np.ones(len(segments)), roster_check)
    unasked = apply_filters(export, filters, rows, coded)
    none_entries = none_for_blank(ruled, coded)
    counted = {what: int(flags[rows].sum()) for what, flags in export.counted.items()}
    notes = [book.assumed] if book.assumed else []
    notes += [*export.remarks([f"{what}: {n}" for what, n in counted.items() if n]), *by_item(FILLED_UNASKED, unasked)]
    notes += [*segment_notes, *fit, *(people.notes if people is not None else ()), *book.notes]
    if book.of_kind("weight") and people is not None:
        notes.append("the weight column is not used: weights come from the roster")
    if weights is not None:
        notes.append("figures are weighted by the file; drivers and reliability count everybody once")
    notes += [*by_item(UNAFFECTED, unaffected), *outside_dimensions(book)]
    log = pd.DataFrame([*entries, *none_entries], columns=cleaning.columns)
    facts = Facts(
        cleaning=pd.concat([cleaning, log], ignore_index=True),
        notes=tuple(dict.fromkeys(notes)),
        wave=named,
        source=export.source,
        min_group=least,
        cuts=shown,
        comment_group=writers,
        roster=people,
    )
    return coded, facts, export, rows
