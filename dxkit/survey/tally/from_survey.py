"""From the answers of a survey to the counts and sums of its tally (docs/methods/tally.md, "What a tally holds")."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.files.errors import DataError, Faults
from dxkit.statistics.moments import moments
from dxkit.survey.reading.coding import STATES
from dxkit.survey.reading.responses import Survey
from dxkit.survey.reading.roster import Roster
from dxkit.survey.reading.segments import check_groups, one_spelling, segment_notes
from dxkit.survey.tally import own, topics
from dxkit.survey.tally.measures import BURDENS
from dxkit.survey.tally.tally import Tally
from dxkit.survey.tally.variables import origins, variables_of

NOBODY = "no respondent gave an answer; there is nothing to tally"


def count(survey: Survey, by: str | Iterable[str] | None = None) -> Tally:
    """The tally of a survey, by these segments (all of the codebook by default) and those of its roster."""
    book = survey.codebook
    if not len(survey):
        raise DataError(NOBODY)
    segments = chosen(list(survey.segments.columns), by, survey.roster)
    values, variables, anyone = variables_of(survey)
    levels = origins(variables)
    cells, code = _cells(survey.segments.loc[:, segments])
    parts = [moments(values[code == c] - levels) for c in range(len(cells))]
    states, counts = _counts(survey, code, len(cells))
    burdens = {}
    for score in topics.allowed(book):
        if topics.single_items(book, score) is None:
            cost = topics.burdens(book, survey.answers, score) - BURDENS[score].origin
            burdens[score] = tuple(
                map(np.stack, zip(*(moments(cost[code == c]) for c in range(len(cells))), strict=True))
            )
    if survey.weights is not None:
        burdens["weights"] = _weighted(survey, values - levels, code, len(cells), counts.shape[2])
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


def chosen(known: Sequence[str], by: str | Iterable[str] | None, roster: Roster | None) -> list[str]:
    """The segments of a tally: those asked for, or all that are known, and those that weights need."""
    segments = known if by is None else options.choices("by", by, known)
    return list(dict.fromkeys((*segments, *(roster.segments if roster else ()))))


def _cells(segments: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    if segments.shape[1] == 0:
        return pd.DataFrame(index=[0]), np.zeros(len(segments), dtype=int)
    code, labels = pd.factorize(pd.MultiIndex.from_frame(segments).to_flat_index(), sort=True)
    return pd.DataFrame(list(labels), columns=list(segments.columns), dtype=object), code


def spelled(counted: Tally, roster: Roster | None, file: str) -> Tally:
    """The tally with the segments in one spelling, those of the roster where it has them; held against the roster."""
    faults, notes, cells = Faults(), [], counted.cells.copy()
    for name in counted.segments:
        labels = cells[name].to_numpy(dtype=object)
        spelling = one_spelling(name, _people(labels, counted.people), roster)
        cells[name] = labels = np.array([spelling[label] for label in labels], dtype=object)
        people = _people(labels, counted.people)
        notes += segment_notes(name, people, roster)
        for problem in check_groups(name, people, roster).values():
            faults.add(problem, file=file, column=name)
    faults.raise_if_any()
    return replace(counted.regrouped(cells), notes=tuple(dict.fromkeys((*counted.notes, *notes))))


def _people(labels: np.ndarray, people: np.ndarray) -> dict[str, int]:
    """Respondents by label, from those of each cell."""
    groups, code = np.unique(labels.astype(str), return_inverse=True)
    counted = np.bincount(code, weights=people, minlength=len(groups)).astype(int)
    return dict(zip(groups.tolist(), counted.tolist(), strict=True))


def _weighted(survey: Survey, values: np.ndarray, code: np.ndarray, cells: int, width: int) -> tuple[np.ndarray, ...]:
    """The sums of the weights in the file, see `own.layers`."""
    book, at = survey.codebook, []
    for item in book.measured:
        answer, codes = survey.answers[item].to_numpy(dtype=float), book.scale(item).codes
        there = ~np.isnan(answer) & bool(codes)
        at.append(np.where(there, np.searchsorted(codes, np.nan_to_num(answer)), -1))
    weights = np.ones(len(survey)) if survey.weights is None else survey.weights
    return own.layers(weights, values, at, survey.state[book.measured].to_numpy(), width, code, cells)


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
