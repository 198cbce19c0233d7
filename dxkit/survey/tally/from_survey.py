"""From the answers of a survey to the counts and sums of its tally (MODELS 2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from dxkit.files.cells import normal
from dxkit.files.errors import DataError, Faults
from dxkit.statistics.moments import moments
from dxkit.survey.reading.codebook import Codebook
from dxkit.survey.reading.coding import STATES
from dxkit.survey.reading.responses import NOT_STATED, Survey, check_group, listed, spellings
from dxkit.survey.reading.roster import Roster
from dxkit.survey.tally import topics
from dxkit.survey.tally.measures import BURDENS
from dxkit.survey.tally.tally import Tally, as_list
from dxkit.survey.tally.variables import origins, variables_of

NOBODY = "no respondent gave an answer; there is nothing to tally"


def count(survey: Survey, by=None) -> Tally:
    """The tally of a survey, by these segments (all of the codebook by default) and those of its roster."""
    book = survey.codebook
    if not len(survey):
        raise DataError(NOBODY)
    segments = chosen(survey.segments.columns, book, by, survey.roster)
    values, variables, anyone = variables_of(survey)
    levels = origins(variables)
    cells, code = _cells(survey.segments[segments])
    parts = [moments(values[code == c] - levels) for c in range(len(cells))]
    states, counts = _counts(survey, code, len(cells))
    burdens = {}
    for score in topics.allowed(book):
        if topics.single_items(book, score) is None:
            cost = topics.burdens(book, survey.answers, score) - BURDENS[score].origin
            burdens[score] = tuple(
                map(np.stack, zip(*(moments(cost[code == c]) for c in range(len(cells))), strict=True))
            )
    return Tally(
        codebook=book,
        cells=cells,
        variables=variables,
        people=np.bincount(code, minlength=len(cells)),
        pairs=np.stack([p for p, _, _ in parts]),
        sums=np.stack([s for _, s, _ in parts]),
        products=np.stack([q for _, _, q in parts]),
        counts=counts,
        states=states,
        anyone=np.stack([anyone[code == c].sum(axis=0) for c in range(len(cells))]).astype(np.int64),
        origin=levels,
        burdens=burdens,
        roster=survey.roster,
        wave=survey.wave,
        min_group=survey.min_group,
        cleaning=survey.cleaning,
        notes=survey.notes,
    )


def chosen(known: Iterable[str], book: Codebook, by, roster: Roster | None) -> list[str]:
    """The segments of a tally: those asked for, or all of the codebook, and those that weights need."""
    segments = as_list(by) if by is not None else list(book.segments)
    unknown = [name for name in segments if name not in known]
    if unknown:
        raise DataError(
            f"the codebook has no segment {', '.join(map(repr, unknown))}; it has {', '.join(known) or 'none'}"
        )
    return segments + [name for name in (roster.segments if roster else ()) if name not in segments]


def _cells(segments: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    if segments.shape[1] == 0:
        return pd.DataFrame(index=[0]), np.zeros(len(segments), dtype=int)
    code, labels = pd.factorize(pd.MultiIndex.from_frame(segments).to_flat_index(), sort=True)
    return pd.DataFrame(list(labels), columns=list(segments.columns), dtype=object), code


def spelled(found: Tally, roster: Roster | None, file: str) -> Tally:
    """The tally with the segments in one spelling, those of the roster where it has them; held against the roster."""
    faults, notes, cells = Faults(), [], found.cells.copy()
    for name in found.segments:
        known = {}
        if roster is not None and name in roster.segments:
            known = {normal(label): label for label in roster.categories(name)}
        people = pd.Series(found.people).groupby(cells[name].to_numpy(dtype=object)).sum()
        spelling = spellings(people.drop(NOT_STATED, errors="ignore"), known)
        cells[name] = [label if label == NOT_STATED else spelling[normal(label)] for label in cells[name]]
        if unknown := int(people.get(NOT_STATED, 0)):
            weighed = " (they have no weight)" if known else ""
            notes.append(f"respondents who state no {name}{weighed}: {unknown}")
        if known:
            for label, n in pd.Series(found.people).groupby(cells[name].to_numpy(dtype=object)).sum().items():
                check_group(roster, name, label, int(n), faults, file=file, column=name)
            if empty := [label for label in known.values() if label not in set(cells[name])]:
                notes.append(listed(f"nobody answered in {name}", empty))
    faults.raise_if_any()
    return replace(found.regrouped(cells), notes=tuple(dict.fromkeys((*found.notes, *notes))))


def _counts(survey: Survey, code: np.ndarray, cells: int) -> tuple[np.ndarray, np.ndarray]:
    """Respondents per cell, item and state; and per cell, item and code of the item's scale."""
    book = survey.codebook
    codes = [book.scale(item).codes for item in book.measured]
    width = max(map(len, codes), default=0)
    counts = np.zeros((cells, len(codes), width), dtype=np.int64)
    states = np.zeros((cells, len(codes), len(STATES)), dtype=np.int64)
    for i, item in enumerate(book.measured):
        state = survey.state[item].to_numpy()
        states[:, i] = np.bincount(code * len(STATES) + state, minlength=cells * len(STATES)).reshape(cells, -1)
        if codes[i]:
            answer = survey.answers[item].to_numpy(dtype=float)
            given = ~np.isnan(answer)
            at = code[given] * width + np.searchsorted(codes[i], answer[given])
            counts[:, i] = np.bincount(at, minlength=cells * width).reshape(cells, width)
    return states, counts
