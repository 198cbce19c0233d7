"""Rows of a model by draw: what differs by draw is worked out once for all columns that are alike.

See docs/methods/ownership_cost.md, "One model, two forms"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, reduce

import numpy as np

_FUNCTIONS: dict[str, Callable[..., np.ndarray]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    ">": np.greater,
    ">=": np.greater_equal,
    "<": np.less,
    "<=": np.less_equal,
    "=": np.equal,
    "MIN": lambda first, *others: _folded(np.minimum, first, others),
    "MAX": lambda first, *others: _folded(np.maximum, first, others),
    "INT": np.floor,
    "MOD": np.mod,
    "IF": np.where,
    "EXP": np.exp,
    "^": lambda base, exponent: _power(base, exponent),
}


def _folded(join: np.ufunc, first: np.ndarray, others: tuple[np.ndarray, ...]) -> np.ndarray:
    for other in others:
        first = join(first, other)
    return first


def _power(base: np.ndarray, exponent: np.ndarray | float) -> np.ndarray:
    """base ^ exponent; years are small whole numbers, for which multiplying takes a tenth of the time."""
    if isinstance(exponent, float) and exponent in range(1, 17):
        return reduce(np.multiply, [base] * int(exponent))
    return np.power(base, exponent)


class Cells:
    """The columns of a row as sums: a number for each, (n,), and weights (n, k) of what differs by draw, (k, S).

    Months that are alike share what is drawn, and sums and discounts are numbers until a column is asked for.
    """

    def __init__(self, fixed: np.ndarray, parts: Mapping[int, tuple[np.ndarray, np.ndarray]] | None = None):
        self.fixed: np.ndarray = fixed
        self.parts: Mapping[int, tuple[np.ndarray, np.ndarray]] = parts or {}

    @classmethod
    def drawn(cls, values: np.ndarray, place: Sequence[int] = (0,), scale: float | np.ndarray = 1.0) -> Cells:
        """Columns that are each one of some values (k, S), times its scale."""
        weights = np.zeros((len(place), len(values)))
        weights[np.arange(len(place)), place] = scale
        return cls(np.zeros(len(place)), {id(values): (weights, values)})

    @cached_property
    def table(self) -> np.ndarray:
        """The number and the weights of each column, (n, 1 + k)."""
        return np.concatenate([self.fixed[:, None], *(weights for weights, _ in self.parts.values())], axis=1)

    def of(self, table: np.ndarray) -> Cells:
        """Other sums of the same draws."""
        parts, end = {}, 1
        for key, (_, values) in self.parts.items():
            start, end = end, end + len(values)
            if (weights := table[:, start:end]).any():
                parts[key] = weights, values
        return Cells(table[:, 0], parts)

    def plus(self, other: Cells, sign: float = 1.0) -> Cells:
        parts = dict(self.parts)
        for key, (weights, values) in other.parts.items():
            parts[key] = (parts[key][0] + sign * weights if key in parts else sign * weights, values)
        fixed = self.fixed + sign * other.fixed
        return Cells(fixed, {key: (_wide(weights, len(fixed)), values) for key, (weights, values) in parts.items()})

    def columns(self, table: np.ndarray | None = None) -> list[np.ndarray | float]:
        """Each column, or each sum that a table names, by draw (S,); a number where all draws agree."""
        drawn = [row for _, values in self.parts.values() for row in values]
        table = self.table if table is None else table
        found: list[np.ndarray | float] = table[:, 0].tolist()
        at, which = np.nonzero(table[:, 1:])
        for k, j, weight in zip(at.tolist(), which.tolist(), table[at, 1 + which].tolist(), strict=True):
            more = drawn[j] if weight == 1 else weight * drawn[j]
            found[k] = more if isinstance(found[k], float) and not found[k] else found[k] + more
        return found

    def distinct(self) -> Cells:
        """The columns that are not alike, by their first."""
        return self.of(self.table[_alike([self.table])[0]])

    def array(self) -> np.ndarray:
        """(S, n), or (1, n) where all draws agree."""
        draws = max((values.shape[1] for _, values in self.parts.values()), default=1)
        found = np.empty((len(self.table), draws))
        for out, column in zip(found, self.columns(), strict=True):
            out[:] = column
        return found.T

    def over_draws(self, draws: int) -> np.ndarray:
        """The sum of each column over so many draws (n,)."""
        return reduce(np.add, (w @ v.sum(axis=1) for w, v in self.parts.values()), draws * self.fixed)


class Some:
    """Some of the draws, taken once of whatever several rows share."""

    def __init__(self, draws: np.ndarray):
        self._draws = draws
        self._taken: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def of(self, cells: Cells) -> Cells:
        parts = {}
        for key, (weights, values) in cells.parts.items():
            if key not in self._taken:
                self._taken[key] = values, values.take(self._draws, axis=1)
            taken = self._taken[key][1]
            parts[id(taken)] = weights, taken
        return Cells(cells.fixed, parts)


def _wide(table: np.ndarray, columns: int) -> np.ndarray:
    return table if len(table) == columns else np.repeat(table, columns, axis=0)


def _alike(tables: Sequence[np.ndarray]) -> tuple[list[int], list[int]]:
    """The first of all columns that are alike in every table, and the place of each column among these."""
    columns = max(len(table) for table in tables)
    wide = np.concatenate([_wide(table, columns) for table in tables], axis=1) + 0.0  # no -0.0
    known: dict[bytes, int] = {}
    place = [known.setdefault(row.tobytes(), len(known)) for row in wide]
    return [place.index(k) for k in range(len(known))], place


def _joined(
    join: Callable[..., np.ndarray],
    each: Sequence[Cells],
    tables: Sequence[np.ndarray],
    scale: float | np.ndarray = 1.0,
) -> Cells:
    """A function of sums that tables name, once for all columns that are alike."""
    first, place = _alike(tables)
    given = [
        cells.columns(table[first]) if len(table) > 1 else cells.columns(table) * len(first)
        for cells, table in zip(each, tables, strict=True)
    ]
    draws = max(values.shape[1] for cells in each for _, values in cells.parts.values())
    found = np.empty((len(first), draws))
    for out, operands in zip(found, zip(*given, strict=True), strict=True):
        out[:] = join(*operands)
    return Cells.drawn(found, place, scale)


def _multiplied(one: Cells, two: Cells) -> Cells:
    """The product of what is drawn; columns that differ by a factor alone are alike."""
    scale: np.ndarray = np.ones(1)
    tables = []
    for cells in (one, two):
        table = cells.table
        lead = np.take_along_axis(table, (table != 0).argmax(axis=1)[:, None], axis=1)
        scale = scale * lead[:, 0]
        tables.append(np.divide(table, lead, out=np.zeros_like(table), where=lead != 0))
    if not scale.all():
        tables = [table * (scale != 0)[:, None] for table in tables]
    return _joined(np.multiply, (one, two), tables, scale)


def largest(cells: Cells) -> Cells:
    if not cells.parts:
        return Cells(np.maximum.accumulate(cells.fixed))
    first, place = _alike([cells.table])
    values = cells.of(cells.table[first]).array().T
    return Cells.drawn(np.maximum.accumulate(values, axis=0), np.maximum.accumulate(place).tolist())


def called(name: str, given: Sequence[Cells]) -> Cells:
    """An operator or function of cells: numbers where none is drawn, sums where it is one, and else by column."""
    first, *others = given
    if not any(cells.parts for cells in given):
        return Cells(np.asarray(_FUNCTIONS[name](*(cells.fixed for cells in given)), dtype=float))
    if name in "+-":
        return first.plus(others[0], 1.0 if name == "+" else -1.0)
    if name in "*/" and not others[0].parts:
        return first.of(_FUNCTIONS[name](first.table, others[0].fixed[:, None]))
    if name == "*":
        return _multiplied(*given) if first.parts else called("*", given[::-1])
    if name == "IF" and not first.parts:
        test = first.fixed[:, None] != 0
        then, other = (
            cells.of(np.where(kept, cells.table, 0.0)) for kept, cells in zip((test, ~test), others, strict=True)
        )
        return then.plus(other)
    return _joined(_FUNCTIONS[name], given, [cells.table for cells in given])
