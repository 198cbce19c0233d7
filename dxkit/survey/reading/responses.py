"""Who answered what. People live here, and only here."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.files.cells import as_text
from dxkit.files.errors import Faults
from dxkit.files.grid import Grid
from dxkit.files.opening import open_file
from dxkit.statistics.internal_consistency import runs_against
from dxkit.survey.reading.asked_if import apply_filters, with_filters
from dxkit.survey.reading.codebook import Codebook, read_codebook
from dxkit.survey.reading.coding import SKIPPED, Unknown, coded
from dxkit.survey.reading.exports import Export, count_questions, read_export
from dxkit.survey.reading.people import ids_name_people, person_keys, rows_that_count, smallest_group, weights_of
from dxkit.survey.reading.roster import Roster, read_roster
from dxkit.survey.reading.rules.questions import blank_is_none, with_same_as
from dxkit.survey.reading.rules.rows import settle
from dxkit.survey.reading.rules.table import DEFAULT, Rules, rules_of
from dxkit.survey.reading.segments import read_segments
from dxkit.survey.reading.unlisted import Whole, none_for_blank

if TYPE_CHECKING:
    from dxkit.results.result import Result


@dataclass(frozen=True, eq=False, kw_only=True)
class Survey:
    """One wave of answers, cleaned and coded.

    codebook    what was asked
    answers     float codes, a column per measured item, nan where there is none
    state       the position in STATES of each answer
    segments    text, a column per segment; NOT_STATED where blank
    keys        one number per respondent that identifies the same person in another wave, and says nothing else
    identified  whether these numbers come from ids of people, and not from their answers
    comments    text, a column per comment question
    cleaning    what was set aside or changed, how often, and by which rule (columns what, count, rule, unit)
    roster      headcount by segment; None where it is not known
    weights     the weight of each respondent, where the file has a question of kind weight and there is no roster
    wave        the name of the wave, and `source` that of the tool
    min_group   the smallest number of answers that a shown figure may rest on
    notes       what was noticed while reading
    """

    codebook: Codebook
    answers: pd.DataFrame
    state: pd.DataFrame
    segments: pd.DataFrame
    keys: np.ndarray
    identified: bool
    comments: pd.DataFrame
    cleaning: pd.DataFrame
    roster: Roster | None = None
    weights: np.ndarray | None = None
    wave: str = ""
    source: str = "plain"
    min_group: int = 5
    notes: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.answers)

    def _facts(self) -> list[tuple[str, str]]:
        of = f" of {self.roster.total:,}" if self.roster is not None else ""
        facts = [("wave", self.wave)] if self.wave else []
        return [
            *facts,
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
    responses: str | os.PathLike[str] | pd.DataFrame | Grid,
    codebook: Codebook | str | os.PathLike[str] | pd.DataFrame,
    roster: str | os.PathLike[str] | pd.DataFrame | None = None,
    wave: str | None = None,
    source: str | None = None,
    min_group: int = 5,
    *,
    sheet: str | None = None,
    header: int | None = None,
    rules: Rules | str | os.PathLike[str] | pd.DataFrame | None = None,
) -> Survey:
    """Read one wave of a survey, from the file that the survey tool exported.

    Parameters
    ----------
    responses : path or DataFrame
        One row per respondent, as one of the tools of docs/exports.md exports it, or plain: the header holds
        item ids or question texts, the cells codes or labels.
    codebook : Codebook, path or DataFrame
        What was asked; see `read_codebook`.
    roster : path or DataFrame, optional
        Headcount by segment; with it estimates are weighted to all staff and their intervals know the population.
    wave : str, optional
        The name of this wave, such as "2026-Q3". Where a rule says that the file holds several, it is the one to read;
        None reads the last.
    source : str, optional
        The tool, where it should not be recognised from the file.
    min_group : int
        The smallest number of answers that a shown figure may rest on (3 at least). It travels with the data.
    sheet : str, optional
        The sheet of answers, where it should not be found by its questions.
    header : int, optional
        The number of header rows, where it should not be recognised.
    rules : path or DataFrame, optional
        How the file is to be read, with columns rule, question, value, to. None for the sheet `rules` of the codebook's
        workbook, if it has one. The arguments source, sheet and header come before rules.

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
    return read_part(responses, codebook, roster, wave, source, min_group, sheet=sheet, header=header, rules=rules)


def read_part(
    responses: str | os.PathLike[str] | pd.DataFrame | Grid,
    codebook: Codebook | str | os.PathLike[str] | pd.DataFrame,
    roster: Roster | str | os.PathLike[str] | pd.DataFrame | None = None,
    wave: str | None = None,
    source: str | None = None,
    min_group: int = 5,
    *,
    whole: Whole | None = None,
    sheet: str | None = None,
    header: int | None = None,
    rules: Rules | str | os.PathLike[str] | pd.DataFrame | None = None,
) -> Survey:
    """`read_survey`; or a part of a file, which adds to `whole` what only all parts tell.

    The segments of a part stay as they are written."""
    least = smallest_group(min_group)
    if wave is not None:
        options.instance("wave", wave, str, "the name of the wave as text, such as '2026-Q3'")
    for name, value in (("source", source), ("sheet", sheet)):
        if value is not None:
            options.instance(name, value, str, "its name as text")
    if header is not None:
        options.whole("header", header, 1, 9)
    if not isinstance(codebook, Codebook | pd.DataFrame):
        codebook = open_file(codebook)
    book = codebook if isinstance(codebook, Codebook) else read_codebook(codebook)
    faults = Faults()
    known = rules_of(rules, codebook, faults)
    book, entries = with_same_as(book, known)
    asked, filters = with_filters(book)
    how = {"part": whole is not None, "source": source, "sheet": sheet, "header": header, "wave": wave}
    export = faults.take(read_by_rules, responses, asked, known, faults, **how)
    if roster is None or isinstance(roster, Roster):
        people = roster
    else:
        people = faults.take(read_roster, roster, book.segments)
    if export is None:
        faults.raise_if_any()
        raise AssertionError("an export that cannot be read has faults")
    weights = weights_of(export, book, faults) if people is None else None
    keep, cleaning = rows_that_count(export, book, faults, weights)
    every = Whole() if whole is None else whole
    present = [item for item in book.measured if item in export.answers]
    unknown = Unknown()
    by_item = {item: coded(export, book, item, keep, unknown, every.unaffected) for item in present}
    unknown.tell(export, book, faults)
    segments, segment_notes = read_segments(export, book, people, keep, faults, as_written=whole is not None)
    answers = pd.DataFrame({item: codes for item, (codes, _) in by_item.items()}, index=range(int(keep.sum())))
    state = pd.DataFrame({item: states for item, (_, states) in by_item.items()}, index=answers.index)
    every.add_labels(export, book, keep, answers, state)
    every.counted.update({what: int(flags[keep].sum()) for what, flags in export.counted.items()})
    if whole is None:
        every.check_labels(least, faults)
    faults.raise_if_any()
    answers, state = apply_filters(export, filters, keep, answers, state, every.unasked)
    none, none_entries = blank_is_none(book, known, state == SKIPPED)
    none_for_blank(book, none, answers, state)
    cleaning = pd.concat(
        [cleaning, pd.DataFrame([*entries, *none_entries], columns=cleaning.columns)], ignore_index=True
    )
    comments = pd.DataFrame(
        {
            item: [as_text(value) for value in export.answers.loc[keep, item]]
            for item in book.of_kind("comment")
            if item in export.answers
        },
        index=answers.index,
        dtype=object,
    )
    counted, unasked, unaffected = every.notes()
    notes = [*export.remarks(counted), *unasked, *segment_notes, *(people.notes if people is not None else ())]
    if book.of_kind("weight") and people is not None:
        notes.append("the weight column is not used: weights come from the roster")
    if weights is not None:
        notes.append("scores and answers are weighted by the file; rankings, changes and drivers count everybody once")
    notes += unaffected
    survey = Survey(
        codebook=book,
        answers=answers,
        state=state,
        segments=segments,
        identified=ids_name_people(export, book) and bool((export.respondent[keep] != "").all()),
        comments=comments,
        keys=person_keys(export, book, answers, segments, keep),
        cleaning=cleaning,
        roster=people,
        wave=export.applied.wave or wave or "",
        weights=None if weights is None else weights[keep],
        source=export.source,
        min_group=least,
    )
    return replace(survey, notes=tuple(dict.fromkeys(notes + _reverse_suspects(survey))))


def read_by_rules(
    responses: str | os.PathLike[str] | pd.DataFrame | Grid,
    book: Codebook,
    rules: Rules,
    faults: Faults,
    *,
    source: str | None = None,
    sheet: str | None = None,
    header: int | None = None,
    wave: str | None = None,
    part: bool = False,
) -> Export:
    """A file of answers, or a part of it, read as the rules and before them the arguments say."""
    arguments = {"source": source, "sheet": sheet, "header": header, "wave": wave}
    rules, how = settle(rules, responses, count_questions(book), **arguments)
    return read_export(responses, book, faults=faults, rules=rules, wave=wave, part=part, **how)


def _reverse_suspects(survey: Survey) -> list[str]:
    """Notes on items that clearly run against the rest of their dimension, as reverse-keyed ones would."""
    book, notes = survey.codebook, []
    for dimension in book.dimensions:
        items = book.dimension_items(dimension)
        scores = np.column_stack([book.index(survey.answers[item].to_numpy(), item) for item in items])
        answered = ~np.isnan(scores)
        total, count = np.where(answered, scores, 0.0).sum(axis=1), answered.sum(axis=1)
        for i, item in enumerate(items if len(items) > 2 else ()):
            both = answered[:, i] & (count > 1)
            score = scores[both, i]
            rest = (total[both] - score) / (count[both] - 1)
            if len(score) < 2 or np.ptp(score) == 0 or np.ptp(rest) == 0:
                continue
            r = float(np.corrcoef(score, rest)[0, 1])
            if runs_against(r, len(score)):
                notes.append(reverse_note(item, dimension, r))
    return notes


def reverse_note(item: str, dimension: str, r: float) -> str:
    """What is said of an item that seems to be keyed the other way round."""
    return (
        f"item {item} runs against the rest of {dimension} (item-rest correlation {r:.2f}, 95% interval "
        "below 0); if agreeing is bad here, write low in the codebook's column good"
    )
