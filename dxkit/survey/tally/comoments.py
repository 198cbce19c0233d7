"""How two variables go together: sums of their products over the people who answered both.

See docs/methods/tally.md, "Covariances"."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dxkit.statistics.moments import LARGEST, crossed, tiles
from dxkit.survey.reading.coded import Coded
from dxkit.survey.tally import topics
from dxkit.survey.tally.margins import chunks
from dxkit.survey.tally.variables import Layout

BYTES = 24  # of two variables in one group


@dataclass(frozen=True, eq=False, kw_only=True)
class Comoments:
    """Of B columns over everybody: respondents who have both, the sum of the first over those, and the sum of the
    products, each (B, B), about the origin. `at` (B,) are the positions among `Layout.columns`."""

    at: np.ndarray
    pairs: np.ndarray
    sums: np.ndarray
    products: np.ndarray

    def of(self, at: Sequence[int] | np.ndarray, sign: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The three of these columns, with their signs."""
        where = {p: k for k, p in enumerate(self.at.tolist())}
        place = np.array([where[p] for p in np.asarray(at).tolist()], dtype=int)
        grid = np.ix_(place, place)
        return self.pairs[grid], self.sums[grid] * sign[:, None], self.products[grid] * sign[:, None] * sign


def burden_columns(layout: Layout, score: str) -> np.ndarray:
    """The positions of the topics' burdens by a score."""
    if items := topics.single_items(layout.book, score):
        return np.array([layout.book.measured.index(item) for item in items])
    return np.flatnonzero(layout.columns["level"] == score)


def comoments(layout: Layout, coded: Coded, at: Sequence[int] | np.ndarray) -> Comoments:
    """Count the co-moments of these columns over everybody."""
    at = np.asarray(at, dtype=int)
    scaled = [_whole(layout, p) for p in at]
    exact = np.array([scale is not None for scale in scaled], dtype=bool)
    order = np.concatenate([np.flatnonzero(exact), np.flatnonzero(~exact)])
    tables = [scale for scale in scaled if scale is not None]
    a, width = len(tables), 2 * len(at)
    found = np.zeros((width, width))
    for rows in chunks(len(coded), width):
        place = tiles(np.array([len(coded.codes[rows])]), width)
        whole, rest = place.empty(2 * a, np.float32), place.empty(width - 2 * a, float)
        for k, (table, _, _) in enumerate(tables):
            codes = coded.codes[rows, at[order[k]]]
            whole[place.rows, k], whole[place.rows, a + k] = table[0].take(codes), table[1].take(codes)
        if a < len(at):
            values = layout.of(coded, rows, at[~exact]) - layout.origin[at[~exact]]
            given = ~np.isnan(values)
            rest[place.rows, : len(at) - a], rest[place.rows, len(at) - a :] = given, np.where(given, values, 0.0)
        one, two = slice(0, 2 * a), slice(2 * a, width)
        found[one, one] += crossed(whole, whole, place)[0]
        found[one, two] += crossed(whole, rest, place)[0]
        found[two, two] += crossed(rest, rest, place)[0]
    found[2 * a :, : 2 * a] = found[: 2 * a, 2 * a :].T
    return _in_units(found, at, order, tables)


def _in_units(found: np.ndarray, at: np.ndarray, order: np.ndarray, tables: list) -> Comoments:
    """From sums over whole numbers x to those of values centre + step x."""
    a, j = len(tables), len(at)
    given = np.concatenate([np.arange(a), 2 * a + np.arange(j - a)])[np.argsort(order)]
    x = np.concatenate([a + np.arange(a), 2 * a + (j - a) + np.arange(j - a)])[np.argsort(order)]
    step = np.array([step for _, step, _ in tables] + [1.0] * (j - a))[np.argsort(order)]
    centre = np.array([centre for _, _, centre in tables] + [0.0] * (j - a))[np.argsort(order)]
    pairs = found[np.ix_(given, given)]
    first = found[np.ix_(x, given)]
    sums = step[:, None] * first + centre[:, None] * pairs
    cross = step[:, None] * centre * first
    products = np.outer(step, step) * found[np.ix_(x, x)] + cross + cross.T
    return Comoments(at=at, pairs=pairs, sums=sums, products=products + np.outer(centre, centre) * pairs)


def _whole(layout: Layout, p: int) -> tuple[np.ndarray, float, float] | None:
    """Of an item: whether answered and the whole number x of each code (2, K + S), step and centre; None where its
    values are not as evenly spaced, centre + step x."""
    if not layout.coded[p]:
        return None
    values = layout.values[p] - layout.origin[p]
    given = ~np.isnan(values)
    known = np.unique(values[given])
    centre, gaps = float(known[len(known) // 2]), np.diff(known)
    step = float(gaps.min()) if len(gaps) else 1.0
    x = (values - centre) / step
    table = np.where(given, np.rint(x), 0.0)
    if np.abs(np.where(given, x - table, 0.0)).max() > 1e-9 or np.abs(table).max() > LARGEST:
        return None
    return np.stack([given, table]).astype(np.float32), step, centre
