"""What of a tally may be kept in a file: everybody, and groups of a cut that may be looked into; never a small group.

See docs/methods/tally.md, "What a file holds"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dxkit.files.errors import DataError
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
    whole = _counted(tally.cut().every())
    used = _used(tally)
    margins: dict[Cut, Margins] = {(): _of_questions(whole, used, tally)}
    if by:
        cells = tally.cut(by)
        each = _of_questions(_counted(cells.every()), used, tally)
        groups = _groups(each, cells, used)
        if groups is not None:
            margins[tuple(by)] = groups
    return replace(
        tally,
        cuts=margins,
        declared=tuple(cut for cut in margins if cut),
        comoments=None if not tally.together else _comoments(tally, used),
        complete={name: _complete(tally, name) for name in tally.codebook.dimensions},
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


def _comoments(tally: Tally, used: np.ndarray) -> Comoments:
    """How variables go together, with sums as if the means over pairs were those of all who answered: those themselves
    would tell of the few who skipped one of two questions."""
    at = np.arange(len(used)) if tally.comoments is None else tally.comoments.at
    found = tally.comoments_of(at)
    n = np.diag(found.pairs)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.diag(found.sums) / n
        cross = found.products - found.sums * found.sums.T / found.pairs
    keep = np.logical_and.outer(used[at], used[at]) & (found.pairs >= 2 * tally.min_group)
    sums = found.pairs * mean[:, None]
    products = cross + found.pairs * np.outer(mean, mean)
    parts = {"pairs": found.pairs, "sums": sums, "products": products}
    return Comoments(at=found.at, **{name: np.where(keep, part, 0.0) for name, part in parts.items()})


def _complete(tally: Tally, dimension: str) -> np.ndarray:
    """What the interval of alpha needs, where all who answered answered all of the dimension; else zeros."""
    moments, whole = tally.complete_of(dimension), tally.cut()
    at = whole.at("item", tally.codebook.dimension_items(dimension))
    n = moments[0, 0]
    enough = n >= 2 * tally.min_group and (whole.over().n[0, at] == round(n)).all() and whole.may.detail[0, at].all()
    return moments if enough else np.zeros_like(moments)
