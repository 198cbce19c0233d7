"""The one pass over the respondents: from answers to the counts and sums of a tally (MODELS 2)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dxkit.faults import DataError
from dxkit.survey import codes, topics
from dxkit.survey.codebook import Codebook
from dxkit.survey.labels import STATES
from dxkit.survey.responses import Survey, as_survey
from dxkit.survey.tally import ORIGIN, Tally, as_list

_CENTRE = 50.0  # index scores are summed about the middle of 0..100, so that no digits are lost to cancellation


def tally(survey, by=None, *, codebook: Codebook | None = None) -> Tally:
    """Tally a survey in one pass (MODELS 2).

    Parameters
    ----------
    survey : Survey, DataFrame of answers, or an iterable of such frames
        Frames need `codebook`.
    by : segment name or list of them, optional
        The segments whose cells are kept; all segments of the codebook by default. Those of the roster are always
        kept, because weights need them.

    Returns
    -------
    Tally

    Raises
    ------
    DataError
        A segment that the codebook does not have, or a fault of a frame.

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
        return _tally(survey, by)
    if codebook is None:
        raise DataError("to tally a frame give codebook=, so that the columns are understood")
    frames = [survey] if isinstance(survey, pd.DataFrame) else survey
    merged: Tally | None = None
    for frame in frames:
        plain = (
            codes.sums(frame, codebook)
            if not by and _only_items(codebook) and codes.readable(frame, codebook)
            else None
        )
        part = _tally(as_survey(frame, codebook), by) if plain is None else _plain(plain, codebook)
        merged = part if merged is None else merged + part
    if merged is None:
        raise DataError("there is nothing to tally: the iterator gave no frame")
    return merged


def _tally(survey: Survey, by) -> Tally:
    book = survey.codebook
    segments = as_list(by) if by is not None else list(book.segments)
    unknown = [name for name in segments if name not in survey.segments.columns]
    if unknown:
        known = ", ".join(survey.segments.columns) or "none"
        raise DataError(f"the codebook has no segment {', '.join(map(repr, unknown))}; it has {known}")
    if survey.roster is not None:
        segments += [name for name in survey.roster.segments if name not in segments]
    values, variables, anyone = variables_of(survey)
    levels = np.where(np.isin(variables["unit"], ("hours", "recommend")), 0.0, _CENTRE)
    cells, code = _cells(survey.segments[segments])
    parts = [_moments(values[code == c] - levels) for c in range(len(cells))]
    states, counts = _counts(survey, code, len(cells))
    burdens = {}
    for score in topics.allowed(book):
        if topics.single_items(book, score) is None:
            cost = topics.burdens(book, survey.answers, score) - ORIGIN[score]
            burdens[score] = tuple(
                map(np.stack, zip(*(_moments(cost[code == c]) for c in range(len(cells))), strict=True))
            )
    return Tally(
        codebook=book, cells=cells, variables=variables, people=np.bincount(code, minlength=len(cells)),
        pairs=np.stack([p for p, _, _ in parts]), sums=np.stack([s for _, s, _ in parts]),
        products=np.stack([q for _, _, q in parts]), counts=counts, states=states,
        anyone=np.stack([anyone[code == c].sum(axis=0) for c in range(len(cells))]).astype(np.int64),
        origin=levels, burdens=burdens, roster=survey.roster, wave=survey.wave, min_group=survey.min_group,
    )  # fmt: skip


def _only_items(book: Codebook) -> bool:
    """Whether every burden of the topics is that of one item."""
    return all(topics.single_items(book, score) for score in topics.allowed(book))


def _plain(found: codes.Sums, book: Codebook) -> Tally:
    """The tally of a fast pass: its codes become index points, about the middle of 0..100."""
    index = {item: book.index(np.array([0.0, 1.0]), item) for item in book.measured}
    scale = np.array([at_one - at_zero for at_zero, at_one in index.values()])
    shift = np.array([at_zero for at_zero, _ in index.values()]) + scale * found.centre - _CENTRE
    # a value is scale x code + shift: its sums and products follow from those of the code
    sums = scale[:, None] * found.sums + shift[:, None] * found.pairs
    cross = np.outer(scale, shift) * found.sums
    products = np.outer(scale, scale) * found.products + cross + cross.T + np.outer(shift, shift) * found.pairs
    variables = pd.DataFrame({"level": "item", "name": book.measured, "unit": "index"}, dtype=object)
    return Tally(
        codebook=book, cells=pd.DataFrame(index=[0]), variables=variables, people=np.array([found.people]),
        pairs=found.pairs[None], sums=sums[None], products=products[None], counts=found.counts[None],
        states=found.states[None], anyone=np.zeros((1, 0), dtype=np.int64), origin=np.full(len(scale), _CENTRE),
    )  # fmt: skip


def variables_of(survey: Survey) -> tuple[np.ndarray, pd.DataFrame, np.ndarray]:
    """Every measured variable of every respondent: items, dimensions, overall; and who answered any of a dimension."""
    book = survey.codebook
    answers = survey.answers[book.measured].to_numpy(dtype=float)
    values, rows = [], []
    for j, item in enumerate(book.measured):
        kind, unit = book.item(item)["kind"], "index"
        if kind == "hours":
            unit, value = "hours", answers[:, j]
        elif kind == "recommend":
            unit, value = "recommend", _promoters(answers[:, j])
        else:
            value = book.index(answers[:, j], item)
        values.append(value)
        rows.append(("item", item, unit))
    position = {item: j for j, item in enumerate(book.measured)}
    anyone = np.zeros((len(answers), len(book.dimensions)), dtype=bool)
    scores = []
    for d, dimension in enumerate(book.dimensions):
        parts = np.column_stack([values[position[item]] for item in book.dimension_items(dimension)])
        anyone[:, d] = (~np.isnan(parts)).any(axis=1)
        scores.append(topics.half_mean(parts))
        rows.append(("dimension", dimension, "index"))
    if scores:
        values += [*scores, topics.half_mean(np.column_stack(scores))]
        rows.append(("overall", "overall", "index"))
    table = pd.DataFrame(rows, columns=["level", "name", "unit"], dtype=object)
    return np.column_stack(values) if values else np.empty((len(answers), 0)), table, anyone


def _promoters(codes: np.ndarray) -> np.ndarray:
    """+100 for 9 and 10, -100 for 0 to 6, 0 between: the mean is the employee net promoter score."""
    return np.where(np.isnan(codes), np.nan, 100.0 * (codes >= 9) - 100.0 * (codes <= 6))


def _cells(segments: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    if segments.shape[1] == 0:
        return pd.DataFrame(index=[0]), np.zeros(len(segments), dtype=int)
    code, labels = pd.factorize(pd.MultiIndex.from_frame(segments).to_flat_index(), sort=True)
    return pd.DataFrame(list(labels), columns=list(segments.columns), dtype=object), code


def _moments(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pair counts, sums of the first over pairs, and sums of products, of values about the origin."""
    answered = ~np.isnan(values)
    if answered.all():
        n = np.full((values.shape[1],) * 2, float(len(values)))
        return n, np.repeat(values.sum(axis=0)[:, None], values.shape[1], axis=1), values.T @ values
    mask, filled = answered.astype(float), np.where(answered, values, 0.0)
    return mask.T @ mask, filled.T @ mask, filled.T @ filled


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
