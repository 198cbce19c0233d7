"""What of a tally may be kept in a file: everybody, and groups of a cut that may be looked into; never a small group.

See docs/methods/tally.md, "What a file holds"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dxkit.files.errors import DataError
from dxkit.statistics.moments import dividing_by_0, ratio
from dxkit.survey.reading.coding import ANSWERED, SKIPPED
from dxkit.survey.tally.cells import Cells
from dxkit.survey.tally.comoments import Comoments
from dxkit.survey.tally.cuts import Cut
from dxkit.survey.tally.margins import ARRAYS, Margins
from dxkit.survey.tally.release import OTHERS
from dxkit.survey.tally.weighed import weighed

if TYPE_CHECKING:
    from dxkit.survey.tally.tally import Tally


def kept(tally: Tally, by: Sequence[str] = ()) -> Tally:
    """The tally of everybody and of these groups, without what few people said.

    A group is kept where the spread of every question may be shown and no answer is that of nearly all; all others are
    one group, with the smallest of the rest until they are enough. A question of which the spread may not be shown of
    everybody is left out.
    """
    if not tally.cut().may.people[0]:
        raise DataError(f"fewer than {tally.min_group} people answered; nothing of them may be kept in a file")
    used = _used(tally)
    whole = _shared_out(_of_questions(_counted(tally.cut().every()), used, tally), tally)
    margins: dict[Cut, Margins] = {(): whole}
    if by:
        cells = tally.cut(by)
        each = _of_questions(_counted(cells.every()), used, tally)
        groups = _groups(each, cells, used)
        if groups is not None:
            margins[tuple(by)] = _shared_out(groups, tally)
    return replace(
        tally,
        cuts=margins,
        cross=None,
        declared=tuple(cut for cut in margins if cut),
        comoments=None if not tally.together else _comoments(tally, used, whole),
        complete={name: _complete(tally, name, whole.weighted) for name in tally.codebook.dimensions},
        roster=None,
    )


def _used(tally: Tally) -> np.ndarray:
    """Which columns of the layout are kept, (P,)."""
    may = tally.cut().every().may
    used = may.detail[0] & (may.bound[0] == 0)
    items = may.said.shape[1]
    used[:items] &= may.said[0] > 1
    return used


def _counted(cells: Cells) -> Margins:
    """What is counted of each group, weighted by the roster where there is one."""
    margins = cells.margins
    if cells.roster is not None:
        each, layout = weighed(cells).weights, cells.tally.layout
        items, summed = margins.counts.shape[1], layout.summed
        w = each[:, :items, None]
        counts = np.stack([w * margins.counts, w**2 * margins.counts], axis=3)
        s = each[:, summed]
        sums = np.stack([s * margins.sums[:, :, 0], s * margins.sums[:, :, 1], s**2 * margins.sums[:, :, 0]], axis=2)
        margins = replace(margins, weighted_counts=counts, weighted_sums=sums)
    return margins.added(cells.groups.reindex(columns=cells.by), cells.group)


def _of_questions(margins: Margins, used: np.ndarray, tally: Tally) -> Margins:
    """Without the questions that are left out: as if everybody had skipped them."""
    items, width = margins.counts.shape[1], tally.layout.width
    arrays = {name: getattr(margins, name).copy() for name in ARRAYS}
    out = np.flatnonzero(~used[:items])
    arrays["counts"][:, out] = 0
    arrays["counts"][:, out, width + SKIPPED] = margins.people[:, None]
    if margins.weighted:
        people = margins.weighted_counts.sum(axis=2)[:, out]
        arrays["weighted_counts"][:, out] = 0
        arrays["weighted_counts"][:, out, width + SKIPPED] = people
    gone = ~used[tally.layout.summed]
    for name in ("sums", "weighted_sums"):
        arrays[name][:, gone] = 0
    return Margins(groups=margins.groups, **arrays)


def _shared_out(margins: Margins, tally: Tally) -> Margins:
    """With weights, how often each answer was given as its weight says: counts of people beside weighted figures would
    be a second figure of the same answers, and the two together tell of those who count more than others."""
    if not margins.weighted:
        return margins
    split = tally.layout.width + ANSWERED + 1
    counts, weighted = margins.counts.copy(), margins.weighted_counts.copy()
    for part in (slice(0, split), slice(split, None)):
        w, squares = np.moveaxis(weighted[:, :, part], 3, 0)
        counts[:, :, part] = _shared(counts[:, :, part].sum(axis=2), w)
        total = w.sum(axis=2, keepdims=True)
        each = ratio(w, total)
        weighted[:, :, part, 1] = each * squares.sum(axis=2, keepdims=True)
    (n, total, squares), (w, wx, _) = np.moveaxis(margins.sums, 2, 0), np.moveaxis(margins.weighted_sums, 2, 0)
    with dividing_by_0():
        scatter, mean = np.nan_to_num(squares - total**2 / n), np.nan_to_num(wx / w)
    sums = np.stack([n, n * mean, scatter + n * mean**2], axis=2)
    return replace(margins, counts=counts, weighted_counts=weighted, sums=sums)


def _shared(n: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Whole numbers (G, I, K) that add up to n (G, I), as nearly in proportion to these weights as can be.

    >>> _shared(np.array([[4]]), np.array([[[1.0, 2.0, 0.0]]])).tolist()
    [[[1, 3, 0]]]
    """
    total = weight.sum(axis=2, keepdims=True)
    share = n[:, :, None] * ratio(weight, total)
    whole = np.floor(share + 1e-9)
    rank = np.argsort(np.argsort(whole - share, axis=2, kind="stable"), axis=2, kind="stable")
    return (whole + (rank < (n - whole.sum(axis=2))[:, :, None])).astype(n.dtype)


def _groups(margins: Margins, cells: Cells, used: np.ndarray) -> Margins | None:
    """The groups that are kept, and the others as one; None where there is nothing beside everybody."""
    may, k = cells.every().may, cells.min_group
    items = may.said.shape[1]
    whole = (may.detail & (may.bound == 0))[:, used].all(axis=1) & (may.said > 1)[:, used[:items]].all(axis=1)
    keep = whole & np.array(_enough(margins, cells, k), dtype=bool)
    while keep.any() and not keep.all():
        code = np.where(keep, 0, 1)
        rest = margins.added(pd.DataFrame(index=[0, 1]), code)
        if _enough(rest, cells, k)[1]:
            break
        at = np.flatnonzero(keep)
        keep[at[np.argmin(margins.people[at])]] = False
    if not keep.any():
        return None
    code = np.where(keep, np.cumsum(keep) - 1, keep.sum())
    groups = margins.groups.loc[keep].reset_index(drop=True)
    if not keep.all():
        groups.loc[len(groups)] = OTHERS
    return margins.added(groups, code)


def _enough(margins: Margins, cells: Cells, k: int) -> list[bool]:
    """Whether each group has twice the minimum of answers to every question that was answered at all, and below four
    times the minimum no answer that nearly all gave."""
    width = cells.tally.layout.width
    codes = margins.counts[:, :, : width + ANSWERED + 1]
    n, most = codes.sum(axis=2), codes.max(axis=2, initial=0)
    good = (n == 0) | ((n >= 2 * k) & ((n >= 4 * k) | (most < n - 1)))
    summed = margins.sums[:, :, 0]
    both = good.all(axis=1) & ((summed == 0) | (summed >= 2 * k)).all(axis=1) & (margins.people >= 2 * k)
    return both.tolist()


def _comoments(tally: Tally, used: np.ndarray, whole: Margins) -> Comoments:
    """How variables go together, with sums as if the means over pairs were those of all who answered: those themselves
    would tell of the few who skipped one of two questions."""
    at = np.arange(len(used)) if tally.comoments is None else tally.comoments.at
    found, (mean, scatter) = tally.comoments_of(at), (each[at] for each in _moments(whole, tally))
    keep = np.logical_and.outer(used[at], used[at]) & (found.pairs >= 2 * tally.min_group)
    with dividing_by_0():
        cross = found.products - found.sums * found.sums.T / found.pairs
    cross = _semidefinite(np.where(keep, cross, 0.0))
    if whole.weighted:
        own = np.diag(cross)
        root = np.sqrt(ratio(scatter, own))
        cross = cross * np.outer(root, root)
    sums = found.pairs * mean[:, None]
    products = cross + found.pairs * np.outer(mean, mean)
    parts = {"pairs": found.pairs, "sums": sums, "products": products}
    return Comoments(at=found.at, **{name: np.where(keep, part, 0.0) for name, part in parts.items()})


def _moments(whole: Margins, tally: Tally) -> tuple[np.ndarray, np.ndarray]:
    """Of every column of everybody the mean about its origin, and the squares about the mean, (P,)."""
    layout = tally.layout
    items, sums = np.flatnonzero(layout.coded), np.zeros((len(layout.columns), 3))
    given = ~np.isnan(layout.values[items, : layout.width])
    counts, about = whole.counts[0, items, : layout.width] * given, np.where(given, layout.about[items], 0.0)
    sums[items] = np.stack([(counts * about**power).sum(axis=1) for power in range(3)], axis=1)
    sums[layout.summed] = whole.sums[0]
    n, total, squares = sums.T
    with dividing_by_0():
        mean = np.nan_to_num(total / n)
    return mean, np.maximum(squares - n * mean**2, 0.0)


def _semidefinite(cross: np.ndarray) -> np.ndarray:
    """The nearest matrix of the same diagonal that answers may have, where pairs of other people are crossed."""
    root = np.sqrt(np.maximum(np.diag(cross), 0.0))
    unit = ratio(cross, np.outer(root, root))
    value, vector = np.linalg.eigh((unit + unit.T) / 2)
    if value.size == 0 or value[0] >= -1e-12 * len(value):
        return cross
    unit = (vector * np.maximum(value, 0.0)) @ vector.T
    size = np.sqrt(np.maximum(np.diag(unit), 1.0))  # what was cut off was below 0
    return unit / np.outer(size, size) * np.outer(root, root)


def _complete(tally: Tally, dimension: str, weighted: bool) -> np.ndarray:
    """What the interval of alpha needs, where all who answered answered all of the dimension; else zeros. Its sums are
    those without weights, so with weights it needs the survey."""
    moments, whole = tally.complete_of(dimension), tally.cut()
    at = whole.at("item", tally.codebook.dimension_items(dimension))
    n = moments[0, 0]
    enough = n >= 2 * tally.min_group and (whole.over().n[0, at] == round(n)).all() and whole.may.detail[0, at].all()
    return moments if enough and not weighted else np.zeros_like(moments)
