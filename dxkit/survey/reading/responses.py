"""Who answered what. People live here, and only here."""

from __future__ import annotations

import difflib
import hashlib
import re
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from dxkit.files.cells import as_text, normal
from dxkit.files.errors import Faults
from dxkit.survey.reading import exports
from dxkit.survey.reading.codebook import Codebook, read_codebook, with_items
from dxkit.survey.reading.coding import ANSWERED, NOT_ASKED, coded, is_label
from dxkit.survey.reading.roster import Roster, read_roster

LEAST_GROUP = 3
NOT_STATED = "(not stated)"
BLANK_ROWS = "blank submissions set aside"
UNAFFECTED = "not affected, taken as no burden"
FILLED_UNASKED = "cells filled where the question was not asked, not counted"
_MOST_PLACES = 5
_SHORTENED = re.compile(r"\d([.,]\d+)?[Ee]\+\d\d+|#+|\d{15}00+")  # a spreadsheet keeps 15 digits, then writes 0


@dataclass(frozen=True, eq=False, kw_only=True)
class Survey:
    """One wave of answers, cleaned and coded.

    answers    float codes, a column per measured item, nan where there is none
    state      the position in STATES of each answer
    segments   text, a column per segment; NOT_STATED where blank
    keys       one number per respondent that tells the same person again, and nothing else
    comments   text, a column per comment question
    cleaning   what was set aside or changed, and how often (columns what, count)
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

    def _shown(self):
        from dxkit.results.result import Result

        return Result(table=self.cleaning, title="Survey", notes=self.notes, facts=tuple(self._facts()))

    def __repr__(self) -> str:
        return repr(self._shown())

    def _repr_html_(self) -> str:
        return self._shown()._repr_html_()


def read_survey(responses, codebook, roster=None, wave=None, source=None, min_group=5) -> Survey:
    """Read one wave of a survey as a tool exported it.

    Parameters
    ----------
    responses : path or DataFrame
        One row per respondent, in the shape of Google Forms, Microsoft Forms, Qualtrics, SurveyMonkey, Typeform,
        LimeSurvey, or plain (the header holds item ids or question texts, the cells codes or labels).
    codebook : Codebook, path or DataFrame
        What was asked; see `read_codebook`.
    roster : path or DataFrame, optional
        Headcount by segment; with it estimates are weighted to all staff and their intervals know the population.
    wave : str, optional
        The name of this wave, such as "2026-Q3".
    source : str, optional
        The tool, where it should not be recognised from the file.
    min_group : int
        The smallest number of answers a shown figure may rest on (3 at least). It travels with the data.

    Returns
    -------
    Survey
        `.cleaning` lists what was set aside: test and preview rows, unfinished and blank submissions, all but the
        last submission of one id.

    Raises
    ------
    DataError
        Every fault at once: unknown labels with their count and the nearest known one, codes out of scale, negative
        hours, missing or repeated columns, respondents outside the roster.

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> book = pd.DataFrame({"item": ["ci"], "text": ["CI is fast"], "kind": ["rating"], "scale": ["agreement5"]})
    >>> survey = dx.read_survey(pd.DataFrame({"ci": ["Agree", "disagree ", "5", ""]}), book)
    >>> survey.answers["ci"].tolist(), survey.cleaning["count"].tolist()
    ([4.0, 2.0, 5.0], [1])
    """
    if min_group < LEAST_GROUP:
        raise ValueError(f"min_group must be {LEAST_GROUP} or more, got {min_group}")
    book = codebook if isinstance(codebook, Codebook) else read_codebook(codebook)
    asked, filters = with_filters(book)
    faults = Faults()
    export = faults.take(exports.read_export, responses, asked, as_tool=source, faults=faults)
    people = None if roster is None else faults.take(read_roster, roster, book.segments)
    if export is None:
        faults.raise_if_any()
    keep, cleaning = _cleaned(export, book, faults)
    unaffected: dict[str, int] = {}
    there = [item for item in book.measured if item in export.answers]
    by_item = {item: coded(export, book, item, keep, faults, unaffected) for item in there}
    segments, segment_notes = _segments(export, book, people, keep, faults)
    faults.raise_if_any()
    answers = pd.DataFrame({item: codes for item, (codes, _) in by_item.items()}, index=range(int(keep.sum())))
    state = pd.DataFrame({item: states for item, (_, states) in by_item.items()}, index=answers.index)
    answers, state, ask_notes = _apply_filters(export, book, filters, keep, answers, state)
    comments = pd.DataFrame(
        {
            item: export.answers.loc[keep, item].map(as_text).to_numpy(dtype=object)
            for item in book.of_kind("comment")
            if item in export.answers
        },
        index=answers.index,
        dtype=object,
    )
    notes = [f"read as {export.source.replace('_', ' ')}: {export.why}", *export.notes, *ask_notes, *segment_notes]
    if export.dropped:
        notes.append(f"personal columns left out: {', '.join(export.dropped)}")
    if export.ignored:
        notes.append(listed("columns not in the codebook", export.ignored))
    if people is not None:
        notes += people.notes
    if unaffected:
        notes.append(listed(UNAFFECTED, [f"{item} ({n})" for item, n in unaffected.items()]))
    if book.of_kind("weight"):
        notes.append("the weight column is not used: weights come from the roster")
    identified = _names_people(export, book) and bool((export.respondent[keep] != "").all())
    survey = Survey(
        codebook=book,
        answers=answers,
        state=state,
        segments=segments,
        identified=identified,
        comments=comments,
        keys=_keys(export, book, answers, segments, keep),
        cleaning=cleaning,
        roster=people,
        wave=wave or "",
        source=export.source,
        min_group=int(min_group),
    )
    return replace(survey, notes=tuple(dict.fromkeys(notes + _reverse_suspects(survey))))


def listed(what: str, names) -> str:
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return f"{what}: {', '.join(names[:8])}{more}"


def with_filters(book: Codebook) -> tuple[Codebook, dict[str, str]]:
    """The codebook with a row for every column that only `asked_if` names; and the filter of each item."""
    rows = [book.item(name) for name in book.items["item"]]
    filters = {row["item"]: row["asked_if"] for row in rows if row["asked_if"]}
    known = {normal(row["text"]): row["item"] for row in rows} | {normal(row["item"]): row["item"] for row in rows}
    filters = {item: known.get(normal(column), column) for item, column in filters.items()}
    extra = [name for name in dict.fromkeys(filters.values()) if name not in set(book.items["item"])]
    if not extra:
        return book, filters
    rows = pd.DataFrame({"item": extra, "text": extra, "kind": "ignore", "reverse": False}, dtype=object)
    return with_items(book, rows.reindex(columns=book.items.columns, fill_value="")), filters


def _cleaned(export, book: Codebook, faults: Faults) -> tuple[np.ndarray, pd.DataFrame]:
    """Which rows count, and the log: previews, unfinished, blank, then all but the last submission of each id."""
    keep = np.ones(len(export.answers), dtype=bool)
    log = []

    def set_aside(rows: np.ndarray, what: str) -> None:
        count = int((rows & keep).sum())
        keep[rows] = False
        if count:
            log.append((what, count))

    set_aside(export.preview.to_numpy(dtype=bool), "test and preview rows set aside")
    set_aside(~export.finished.to_numpy(dtype=bool), "unfinished submissions set aside")
    set_aside(_blank(export, book), BLANK_ROWS)
    ids = export.respondent.where(keep, "")
    repeated = (ids != "") & ids.duplicated(keep="last")
    rows = repeated.to_numpy(dtype=bool)
    short = ids.map(lambda text: bool(_SHORTENED.fullmatch(text))).astype(bool)
    if (spoiled := int((repeated & short).sum())) and 2 * short.sum() > (ids != "").sum():
        faults.add(
            f"a spreadsheet has shortened the ids, as 1.15E+11 or ####, so that {spoiled} rows "
            "seem to be of one person; export the answers again and do not save them in a spreadsheet",
            file=export.file,
            sheet=export.sheet,
            row=export.rows[int(np.flatnonzero(rows)[0])],
        )
    places = [str(export.rows[i]) for i in np.flatnonzero(rows)[:_MOST_PLACES]]
    more = ", ..." if rows.sum() > _MOST_PLACES else ""
    set_aside(rows, f"earlier submissions of the same id set aside, the last one kept (rows {', '.join(places)}{more})")
    return keep, pd.DataFrame(log, columns=["what", "count"])


def _blank(export, book: Codebook) -> np.ndarray:
    """Rows without an answer or a comment."""
    blank = np.ones(len(export.answers), dtype=bool)
    for item in (*book.measured, *book.of_kind("comment")):
        if item not in export.answers:
            continue
        column = export.answers[item]
        numeric = pd.api.types.is_numeric_dtype(column)
        blank &= column.isna().to_numpy(dtype=bool) if numeric else column.to_numpy(dtype=object) == ""
    return blank & bool(book.measured)


def _segments(export, book: Codebook, roster: Roster | None, keep: np.ndarray, faults: Faults):
    """Segment labels in one spelling: the roster's where it has the segment, else the most common one."""
    columns, notes = {}, []
    for name in [name for name in book.segments if name in export.answers]:
        texts = export.answers[name].astype(object).map(lambda value: " ".join(as_text(value).split()))
        texts = texts.to_numpy(dtype=object)[keep]
        known = (
            {normal(label): label for label in roster.categories(name)} if roster and name in roster.segments else {}
        )
        spelling = spellings(pd.Series(texts).value_counts(), known)
        columns[name] = np.array([spelling[normal(text)] if text else NOT_STATED for text in texts], dtype=object)
        blank = int((texts == "").sum())
        if blank:
            weighed = " (they have no weight)" if known else ""
            notes.append(f"respondents who state no {name}{weighed}: {blank}")
        if known:
            _check_against(roster, export, name, columns[name], keep, faults)
            empty = [label for label in roster.categories(name) if label not in set(columns[name])]
            if empty:
                notes.append(listed(f"nobody answered in {name}", empty))
    frame = pd.DataFrame(columns, index=range(int(keep.sum())), dtype=object)
    return frame, notes


def spellings(counted: pd.Series, known: dict[str, str]) -> dict[str, str]:
    """The one spelling of each folded label: the known one, else the most common of those counted."""
    spelling = dict(known)
    for label in sorted(counted.index, key=lambda label: (-counted[label], label)):
        spelling.setdefault(normal(label), label)
    return spelling


def _check_against(roster: Roster, export, name: str, labels: np.ndarray, keep: np.ndarray, faults: Faults) -> None:
    at = np.flatnonzero(keep)
    for label in dict.fromkeys(labels):
        rows = at[labels == label]
        place = {
            "file": export.file,
            "sheet": export.sheet,
            "row": export.rows[rows[0]],
            "column": export.columns_at.get(name, name),
        }
        check_group(roster, name, label, len(rows), faults, **place)


def check_group(roster: Roster, name: str, label: str, n: int, faults: Faults, **place) -> None:
    """A fault where the roster does not know a group, or counts fewer people in it than answered."""
    headcount = roster.margin(name)
    if label == NOT_STATED:
        return
    if label not in headcount.index:
        near = difflib.get_close_matches(label, list(headcount.index), n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"it has {', '.join(list(headcount.index)[:12])}"
        if is_label(label, n, map(normal, headcount.index)):
            shown = f"{name} '{label[:40]}'"
        else:  # a word of one person may be an answer in the wrong column; it is not repeated
            shown = f"{name} of this row" if "row" in place else f"a {name} that one respondent gave"
        people = "respondent" if n == 1 else "respondents"
        faults.add(f"{shown} is not in the roster; {hint} ({n} {people})", **place)
    elif n > headcount[label]:
        faults.add(
            f"{n} respondents say {name} '{label[:40]}', the roster counts {headcount[label]} people there;"
            " correct the headcount or the answers",
            **place,
        )


def _apply_filters(export, book: Codebook, filters: dict[str, str], keep: np.ndarray, answers, state):
    """Mark as not asked what was not put to the respondent, as the filter column says; no answer stands there."""
    answers, state, dropped = answers.copy(), state.copy(), []
    for item, column in filters.items():
        if item not in state:
            continue
        not_asked = export.answers[column].map(says_not_asked).to_numpy(dtype=bool)[keep]
        given = int((not_asked & (state[item] == ANSWERED)).sum())
        if given:
            dropped.append(f"{item} ({given})")
        state[item] = np.where(not_asked, NOT_ASKED, state[item]).astype(np.int8)
        answers[item] = answers[item].mask(not_asked)
    return (
        answers,
        state,
        [listed(FILLED_UNASKED, dropped)] if dropped else [],
    )


def says_not_asked(value: object) -> bool:
    """Whether a cell of the column that `asked_if` names says that the question was not put to this person."""
    return normal(as_text(value)) in ("", "0", "0.0", "no", "false", "n", "not selected", "unchecked", "nan")


def _names_people(export, book: Codebook) -> bool:
    """Whether the ids are the codebook's: a tool's own number tells a submission, and comes again in the next wave."""
    return any(item in export.answers for item in book.of_kind("id"))


def _keys(export, book: Codebook, answers: pd.DataFrame, segments: pd.DataFrame, keep: np.ndarray) -> np.ndarray:
    """A number per respondent: from the id where there is one, else from the answers, so that a late answer shows."""
    ids = export.respondent.to_numpy(dtype=object)[keep]
    if (ids != "").all() and len(ids) and _names_people(export, book):
        digests = [hashlib.blake2b(str(text).encode(), digest_size=8).digest() for text in ids]
        return np.frombuffer(b"".join(digests), dtype=np.uint64)
    rows = pd.util.hash_pandas_object(pd.concat([answers, segments.astype(str)], axis=1), index=False)
    again = rows.groupby(rows).cumcount()
    return pd.util.hash_pandas_object(pd.DataFrame({"row": rows, "again": again}), index=False).to_numpy()


def _reverse_suspects(survey: Survey) -> list[str]:
    """Name the items that run clearly against the rest of their dimension: perhaps reverse-keyed without the flag."""
    book, said = survey.codebook, []
    for dimension in book.dimensions:
        items = book.dimension_items(dimension)
        scores = np.column_stack([book.index(survey.answers[item].to_numpy(), item) for item in items])
        answered = ~np.isnan(scores)
        total, count = np.where(answered, scores, 0.0).sum(axis=1), answered.sum(axis=1)
        for i, item in enumerate(items if len(items) > 2 else ()):
            both = answered[:, i] & (count > 1)
            own = scores[both, i]
            rest = (total[both] - own) / (count[both] - 1)
            if len(own) < 8 or np.ptp(own) == 0 or np.ptp(rest) == 0:
                continue
            r = float(np.corrcoef(own, rest)[0, 1])
            if np.arctanh(np.clip(r, -0.999999, 0.999999)) + 1.96 / np.sqrt(len(own) - 3) < 0:
                said.append(
                    f"item {item} runs against the rest of {dimension} (item-rest correlation {r:.2f}, 95% interval "
                    "below 0): is it reverse-keyed? Then write yes in the codebook's column reverse"
                )
    return said
