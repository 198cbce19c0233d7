"""Formulas as small trees: numpy works them out over draws and columns, and a workbook prints them as they are.

See docs/methods/ownership_cost.md, "One model, two forms"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

import numpy as np


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
}


def _folded(join: np.ufunc, first: np.ndarray, others: tuple[np.ndarray, ...]) -> np.ndarray:
    for other in others:
        first = join(first, other)
    return first


class Values:
    """The rows of a model for given values of its inputs: (draws, columns) each, or (1, columns) where all draws agree.

    >>> sheet = Sheet("A", np.arange(3.0), {"units": Input("seats") * 2, "so far": Sum("units", None, Row(LABEL))})
    >>> Values({"A": sheet}, {"seats": np.array([1.0, 5.0])}).row("A", "so far").tolist()
    [[2.0, 4.0, 6.0], [10.0, 20.0, 30.0]]
    """

    def __init__(self, sheets: Mapping[str, Sheet], inputs: Mapping[str, np.ndarray]):
        self._sheets, self._inputs = sheets, inputs
        self._known: dict[tuple[str, str], np.ndarray] = {}
        self._sums: dict[tuple[str, str], np.ndarray] = {}

    def row(self, sheet: str, name: str) -> np.ndarray:
        if (found := self._known.get((sheet, name))) is None:
            found = self._known[sheet, name] = self._worked_out(sheet, name)
        return found

    def full(self, sheet: str, name: str) -> np.ndarray:
        """A row with a value for every column of its sheet."""
        found = self.row(sheet, name)
        return np.broadcast_to(found, (len(found), len(self._sheets[sheet].labels)))

    def put(self, sheet: str, name: str, values: np.ndarray) -> None:
        """Take these values for a row in place of its formula."""
        self._known[sheet, name] = values

    def _worked_out(self, sheet: str, name: str) -> np.ndarray:
        if name == LABEL:
            return self._sheets[sheet].labels[None, :]
        return np.asarray(self._of(self._sheets[sheet].rows[name], sheet), dtype=float)

    def _of(self, operand: Operand, sheet: str) -> np.ndarray:
        if isinstance(operand, Call):
            given = [self._of(each, sheet) for each in operand.operands]
            if operand.name == "^":
                return _power(*given)
            found = _FUNCTIONS[operand.name](*given)
            return found.astype(float) if found.dtype == bool else found
        if isinstance(operand, Row):
            return self.row(operand.sheet or sheet, operand.name)
        if isinstance(operand, Input):
            return self._inputs[operand.key].reshape(-1, 1)
        if isinstance(operand, Sum):
            return self._summed(operand, sheet)
        if isinstance(operand, Largest):
            return np.maximum.accumulate(self.row(sheet, operand.name), axis=1)
        if isinstance(operand, Each):
            return np.hstack(np.broadcast_arrays(*(self._of(each, sheet) for each in operand.operands)))
        assert isinstance(operand, Constant | float | int)
        return np.array([[operand.value if isinstance(operand, Constant) else operand]], dtype=float)

    def _summed(self, operand: Sum, sheet: str) -> np.ndarray:
        source = operand.sheet or sheet
        if operand.over is None and operand.to is None:
            return self.full(source, operand.name).sum(axis=1, keepdims=True)
        if (sums := self._sums.get((source, operand.name))) is None:
            row = self.full(source, operand.name)
            sums = np.empty((row.shape[0], row.shape[1] + 1))
            sums[:, 0] = 0.0
            np.cumsum(row, axis=1, out=sums[:, 1:])
            self._sums[source, operand.name] = sums
        labels = self._sheets[source].labels
        low, high = (
            np.array([[end]]) if at is None else np.searchsorted(labels, self._of(at, sheet), side="right")
            for at, end in ((operand.over, 0), (operand.to, len(labels)))
        )
        high = np.maximum(low, high)
        return _columns(sums, high) if not low.any() else _columns(sums, high) - _columns(sums, low)


def _columns(sums: np.ndarray, at: np.ndarray) -> np.ndarray:
    """sums (S or 1, n) at the columns named for all draws, (1, c), or for each, (S, c)."""
    if len(at) == 1:
        return sums[:, at[0]]
    return sums[0][at] if len(sums) == 1 else np.take_along_axis(sums, at, axis=1)


def _power(base: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    """base ^ exponent, each different exponent worked out once where all draws share them."""
    if len(exponent) == 1 and exponent.shape[1] > 1 and base.shape[1] == 1:
        different, place = np.unique(exponent[0], return_inverse=True)
        return np.power(base, different[None, :])[:, place]
    return np.power(base, exponent)


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
