"""What holds of every tally that was counted: a forged or damaged file is told by the law that it breaks.

See docs/methods/tally.md, "What a file holds"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from dxkit.statistics.moments import dividing_by_0
from dxkit.survey.reading.people import LEAST_GROUP, MOST_GROUP
from dxkit.survey.tally.comoments import Comoments
from dxkit.survey.tally.margins import Margins

if TYPE_CHECKING:
    from dxkit.survey.tally.tally import Tally

_NEAR = 1e-9


def broken(tally: Tally) -> str:
    """The first law that a tally breaks, and where; "" where it keeps all."""
    return next(_broken(tally), "")


def _broken(tally: Tally) -> Iterator[str]:
    k = tally.min_group
    if type(k) is not int or not LEAST_GROUP <= k <= MOST_GROUP:
        yield f"min_group is {k!r}, not a whole number from {LEAST_GROUP} to {MOST_GROUP:,}"
        return
    if () not in tally.cuts:
        yield "everybody together is missing"
        return
    for cut, margins in tally.cuts.items():
        place = f"cut {' x '.join(cut) or 'of everybody'}"
        yield from (f"{place}: {law}" for law in _of_cut(tally, margins, k))
        if not np.array_equal(margins.people.sum(), tally.cuts[()].people.sum()):
            yield f"{place}: its people do not add up to everybody"
    if tally.comoments is not None:
        yield from (f"co-moments: {law}" for law in _of_comoments(tally, tally.comoments))
    for name, moments in tally.complete.items():
        size = len(tally.codebook.dimension_items(name)) + 3
        if moments.shape != (size, size) or not np.isfinite(moments).all():
            yield f"dimension {name}: its sums are of another size, or not numbers"


def _of_cut(tally: Tally, margins: Margins, k: int) -> Iterator[str]:
    layout, size = tally.layout, len(margins.groups)
    items, width = layout.values.shape
    summed = len(layout.summed)
    more = 2 * margins.weighted, 3 * margins.weighted
    shapes = {
        "people": (size,),
        "counts": (size, items, width),
        "sums": (size, summed, 3),
        "weighted_counts": (size, items, width, more[0]),
        "weighted_sums": (size, summed, more[1]),
    }
    arrays: Mapping[str, np.ndarray] = {name: getattr(margins, name) for name in shapes}
    for name, shape in shapes.items():
        if arrays[name].shape != shape:
            yield f"{name} have another shape than the codebook says"
            return
        if not np.isfinite(arrays[name]).all():
            yield f"{name} hold something other than numbers"
            return
    labels = margins.groups.astype(str).agg(" / ".join, axis=1) if margins.groups.shape[1] else ["everybody"] * size
    if len(set(labels)) < size or not all(isinstance(x, str) for x in margins.groups.to_numpy().ravel().tolist()):
        yield "labels of groups are not texts, each another"
        return

    def where(bad: np.ndarray) -> str:
        at = np.argwhere(bad)[0].tolist()
        return f"group {list(labels)[at[0]]}" + (f", question {layout.book.measured[at[1]]}" if len(at) > 1 else "")

    people, counts, sums = margins.people, margins.counts, margins.sums
    if (bad := counts < 0).any() or (bad := people < 0).any():
        yield f"a count below 0, {where(bad)}"
    if (bad := counts.sum(axis=2) != people[:, None]).any():
        yield f"counts do not add up to the people, {where(bad)}"
    n = counts[:, :, : layout.width].sum(axis=2)
    if (bad := (n > 0) & (n < k)).any() or (bad := (people > 0) & (people < k)).any():
        yield f"fewer than {k} answers, {where(bad)}"
    n, total, squares = np.moveaxis(sums, 2, 0)
    if (bad := (n < 0) | (n != np.round(n)) | (n > people[:, None])).any():
        yield f"answers that are no count of its people, group {list(labels)[np.argwhere(bad)[0][0]]}"
    if (bad := (n > 0) & (n < k)).any():
        yield f"fewer than {k} answers, group {list(labels)[np.argwhere(bad)[0][0]]}"
    form = layout.form
    low, high = form.low[layout.summed], (form.low + form.width * form.top)[layout.summed]
    origin = layout.origin[layout.summed]
    slack = _NEAR * np.maximum(np.abs(squares), 1) + _NEAR * np.maximum(n, 1)
    least = np.where(np.isfinite(low), low - origin, -np.inf)
    most = np.where(np.isfinite(high), high - origin, np.inf)
    with np.errstate(invalid="ignore"):
        bad = (total < n * least - slack) | (total > n * most + slack)
        bad |= (n == 0) & ((total != 0) | (squares != 0))
        bad |= squares * n < total**2 * (1 - _NEAR) - slack
        reach = np.maximum(np.abs(least), np.abs(most))
        bad |= np.isfinite(reach) & (squares > n * reach**2 * (1 + _NEAR) + slack)
    if bad.any():
        yield f"a sum that no answers have, group {list(labels)[np.argwhere(bad)[0][0]]}"
    if (np.asarray(margins.weighted_counts) < 0).any():
        yield "a weight below 0"


def _of_comoments(tally: Tally, found: Comoments) -> Iterator[str]:
    pairs, size = found.pairs, len(found.at)
    if any(getattr(found, name).shape != (size, size) for name in ("pairs", "sums", "products")):
        yield "they have another shape than the codebook says"
        return
    if not all(np.isfinite(getattr(found, name)).all() for name in ("pairs", "sums", "products")):
        yield "they hold something other than numbers"
        return
    if not np.array_equal(pairs, pairs.T) or not np.allclose(found.products, found.products.T, rtol=_NEAR):
        yield "they are not symmetric"
    n = np.diag(pairs)
    if (pairs < 0).any() or (pairs != np.round(pairs)).any() or (pairs > np.minimum.outer(n, n)).any():
        yield "more answered two questions than one of them"
    with dividing_by_0():
        cross = np.nan_to_num(found.products - found.sums * found.sums.T / pairs)
    if size and np.linalg.eigvalsh((cross + cross.T) / 2)[0] < -_NEAR * max(np.trace(cross), 1.0):
        yield "they are not positive semidefinite: questions go together as no answers do"
