"""Formulas as small trees: numpy works them out over draws and columns, and a workbook prints them as they are.

See docs/methods/ownership_cost.md, "One model, two forms"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

import numpy as np

from dxkit.procurement.cost.cells import Cells, Some, called, largest


class Expr:
    """A formula: what stands in one cell of a row, written once for all its columns. Nothing is added to it that is 0,
    and nothing multiplied that is 1."""

    def __add__(self, other: Operand) -> Expr:
        return self if _is(other, 0) else Call("+", self, other)

    def __radd__(self, other: Operand) -> Expr:
        return self if _is(other, 0) else Call("+", other, self)

    def __sub__(self, other: Operand) -> Expr:
        return self if _is(other, 0) else Call("-", self, other)

    def __rsub__(self, other: Operand) -> Expr:
        return Call("-", other, self)

    def __mul__(self, other: Operand) -> Expr:
        return self if _is(other, 1) else Call("*", self, other)

    def __rmul__(self, other: Operand) -> Expr:
        return self if _is(other, 1) else Call("*", other, self)

    def __truediv__(self, other: Operand) -> Expr:
        return self if _is(other, 1) else Call("/", self, other)

    def __rtruediv__(self, other: Operand) -> Expr:
        return Call("/", other, self)

    def __pow__(self, other: Operand) -> Expr:
        return Call("^", self, other)

    def __neg__(self) -> Expr:
        return Call("-", 0.0, self)

    def __gt__(self, other: Operand) -> Expr:
        return Call(">", self, other)

    def __ge__(self, other: Operand) -> Expr:
        return Call(">=", self, other)

    def __lt__(self, other: Operand) -> Expr:
        return Call("<", self, other)

    def __le__(self, other: Operand) -> Expr:
        return Call("<=", self, other)


Operand = Expr | float | int


def _is(operand: Operand, number: float) -> bool:
    return not isinstance(operand, Expr) and operand == number


class Input(Expr):
    """A figure of the dossier: one value in a draw, one cell on the sheet of inputs."""

    def __init__(self, key: str):
        self.key = key


class Row(Expr):
    """This column's cell of a row of the same sheet, or the only one of a sheet with one column."""

    def __init__(self, name: str, sheet: str = ""):
        self.name, self.sheet = name, sheet


class Sum(Expr):
    """The sum of a row over the columns whose label lies above `over` and is at most `to`; None leaves it open."""

    def __init__(self, name: str, over: Operand | None = None, to: Operand | None = None, sheet: str = ""):
        self.name, self.sheet, self.over, self.to = name, sheet, over, to


class Largest(Expr):
    """The largest value of a row so far, from its first column to this one."""

    def __init__(self, name: str):
        self.name = name


class Call(Expr):
    """An operator or a function of other formulas."""

    def __init__(self, name: str, *operands: Operand):
        self.name, self.operands = name, operands


class Constant(Expr):
    """A number."""

    def __init__(self, value: float):
        self.value = value


class Each(Expr):
    """A formula of its own for each column."""

    def __init__(self, *operands: Operand):
        self.operands = operands


def least(*operands: Operand) -> Expr:
    return Call("MIN", *operands)


def most(*operands: Operand) -> Expr:
    return Call("MAX", *operands)


def floor(operand: Operand) -> Expr:
    return Call("INT", operand)


def ceiling(operand: Operand) -> Expr:
    """The next whole number; what lies above one by less than a billionth counts as that one."""
    return -floor(1e-9 - operand)


def remainder(operand: Operand, divisor: Operand) -> Expr:
    return Call("MOD", operand, divisor)


def where(test: Operand, then: Operand, other: Operand) -> Expr:
    return Call("IF", test, then, other)


def equal(operand: Operand, other: Operand) -> Expr:
    return Call("=", operand, other)


def total(operands: Sequence[Expr]) -> Expr:
    """The sum of formulas; 0 where there are none."""
    return reduce(lambda one, other: one + other, operands) if operands else Constant(0.0)


def formula(operand: Operand) -> Expr:
    """An operand as a formula."""
    return operand if isinstance(operand, Expr) else Constant(operand)


@dataclass(frozen=True, eq=False)
class Sheet:
    """Rows of formulas over columns with ascending labels, which the first row holds."""

    name: str
    labels: np.ndarray
    rows: dict[str, Expr] = field(default_factory=dict)


LABEL = "label"  # the row that holds the labels


class Values:
    """The rows of a model for given values of its inputs: (draws, columns) each, or (1, columns) where all draws agree.

    >>> sheet = Sheet("A", np.arange(3.0), {"units": Input("seats") * 2, "so far": Sum("units", None, Row(LABEL))})
    >>> Values({"A": sheet}, {"seats": np.array([1.0, 5.0])}).full("A", "so far").tolist()
    [[2.0, 4.0, 6.0], [10.0, 20.0, 30.0]]
    """

    def __init__(self, sheets: Mapping[str, Sheet], inputs: Mapping[str, np.ndarray]):
        self._sheets, self._inputs = sheets, inputs
        self._known: dict[tuple[str, str], Cells] = {}
        self._drawn: dict[str, Cells] = {}
        self._places: dict[tuple, tuple[Cells, list[np.ndarray]]] = {}
        self._all: tuple[Values, str, Some] | None = None

    def at(self, draws: np.ndarray, sheet: str, labels: np.ndarray) -> Values:
        """The same for some of the draws, and of one sheet a single column, whose label differs by draw."""
        found = Values(self._sheets, self._inputs)
        found._all = self, sheet, Some(draws)
        found.put(sheet, LABEL, Cells.drawn(labels[None, :]))
        return found

    def cells(self, sheet: str, name: str) -> Cells:
        if (found := self._known.get((sheet, name))) is None:
            found = self._known[sheet, name] = self._found(sheet, name)
        return found

    def _found(self, sheet: str, name: str) -> Cells:
        if self._all:
            every, other, some = self._all
            if sheet != other and (sheet, name) in every._known:
                return some.of(every._known[sheet, name])
        return Cells(self._sheets[sheet].labels) if name == LABEL else self._of(self._sheets[sheet].rows[name], sheet)

    def row(self, sheet: str, name: str) -> np.ndarray:
        return self.cells(sheet, name).array()

    def distinct(self, sheet: str, name: str) -> np.ndarray:
        """The columns of a row that are not alike."""
        return self.cells(sheet, name).distinct().array()

    def full(self, sheet: str, name: str) -> np.ndarray:
        """A row with a value for every column of its sheet."""
        found = self.row(sheet, name)
        return np.broadcast_to(found, (len(found), len(self._sheets[sheet].labels)))

    def sums(self, sheet: str, name: str, shares: np.ndarray) -> list[np.ndarray | float]:
        """Sums over the columns of a row, by shares (c, n) of each: by draw, or a number where all draws agree."""
        cells = self.cells(sheet, name)
        return cells.columns(shares @ self._table(sheet, cells))

    def over_draws(self, sheet: str, name: str, draws: int) -> np.ndarray:
        """The sum of each column over so many draws (n,)."""
        return np.broadcast_to(self.cells(sheet, name).over_draws(draws), len(self._sheets[sheet].labels))

    def put(self, sheet: str, name: str, cells: Cells) -> None:
        """Take these for a row in place of its formula."""
        self._known[sheet, name] = cells

    def _table(self, sheet: str, cells: Cells) -> np.ndarray:
        return np.broadcast_to(table := cells.table, (len(self._sheets[sheet].labels), table.shape[1]))

    def _of(self, operand: Operand, sheet: str) -> Cells:
        if isinstance(operand, Call):
            return called(operand.name, [self._of(each, sheet) for each in operand.operands])
        if isinstance(operand, Row):
            return self.cells(operand.sheet or sheet, operand.name)
        if isinstance(operand, Input):
            if (found := self._drawn.get(operand.key)) is None:
                given = self._inputs[operand.key]
                found = Cells(given) if len(given) == 1 else Cells.drawn(given[None, :])
                found = self._drawn[operand.key] = self._all[2].of(found) if self._all else found
            return found
        if isinstance(operand, Sum):
            return self._summed(operand, sheet)
        if isinstance(operand, Largest):
            return largest(self.cells(sheet, operand.name))
        if isinstance(operand, Each):
            labels = self._sheets[sheet].labels.tolist()
            own = [where(equal(Row(LABEL), at), each, 0) for at, each in zip(labels, operand.operands, strict=True)]
            return self._of(total(own), sheet)
        assert isinstance(operand, Constant | float | int)
        return Cells(np.array([operand.value if isinstance(operand, Constant) else operand], dtype=float))

    def _summed(self, operand: Sum, sheet: str) -> Cells:
        source = operand.sheet or sheet
        cells = self.cells(source, operand.name)
        table = self._table(source, cells)
        if operand.over is None and operand.to is None:
            return cells.of(table.sum(axis=0, keepdims=True))
        sums = np.vstack([np.zeros((1, table.shape[1])), table.cumsum(axis=0)])
        low, high = self._ends(operand.over, sheet, source, 0), self._ends(operand.to, sheet, source, len(table))
        if all(each.ndim == 0 for each in (*low, *high)):
            return cells.of(sums[np.maximum(low, high)] - sums[np.array(low)])
        drawn = [1.0, *(row for _, values in cells.parts.values() for row in values)]
        used = [(of, row) for of, row in zip(sums.T.copy(), drawn, strict=True) if of.any()]
        columns = max(len(low), len(high))
        found = []
        for start, end in zip(low * (columns // len(low)), high * (columns // len(high)), strict=True):
            ends = np.maximum(start, end)
            parts = [(of[ends] - of[start]) * row for of, row in used]
            found.append(reduce(np.add, parts, np.zeros(ends.shape)))
        return Cells.drawn(np.stack(found), range(columns))

    def _ends(self, at: Operand | None, sheet: str, source: str, open_end: int) -> list[np.ndarray]:
        """How many columns of a sheet lie up to a label, for each column of the formula that asks."""
        if at is None:
            return [np.array(open_end)]
        cells = self._of(at, sheet)
        key = source, cells.table.tobytes(), *cells.parts
        if key not in self._places:  # the cells are kept too, so that what their key names stays theirs
            labels = self._sheets[source].labels
            self._places[key] = cells, [np.searchsorted(labels, each, side="right") for each in cells.columns()]
        return self._places[key][1]


def inputs_of(sheets: Mapping[str, Sheet], rows: Iterable[tuple[str, str]] | None = None) -> set[str]:
    """The keys of every input that some rows, each of a sheet, rest on; None for all rows of all sheets."""
    rows = [(name, row) for name, sheet in sheets.items() for row in sheet.rows] if rows is None else rows
    found: set[str] = set()
    seen: set[tuple[str, str]] = set()
    waiting: list[tuple[str, Operand]] = [(sheet, Row(row)) for sheet, row in rows]
    while waiting:
        here, operand = waiting.pop()
        if isinstance(operand, Input):
            found.add(operand.key)
        elif isinstance(operand, Call | Each):
            waiting += [(here, each) for each in operand.operands]
        elif isinstance(operand, Row | Sum | Largest):
            if isinstance(operand, Sum):
                waiting += [(here, each) for each in (operand.over, operand.to) if each is not None]
            at = ("" if isinstance(operand, Largest) else operand.sheet) or here
            if (at, operand.name) not in seen and operand.name != LABEL:
                seen.add((at, operand.name))
                waiting.append((at, sheets[at].rows[operand.name]))
    return found
