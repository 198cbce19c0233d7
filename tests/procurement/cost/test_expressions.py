"""Formulas by themselves: each operator and sum on plain numbers, what is left out, and which inputs a row rests on."""

import numpy as np
import pytest

from dxkit.procurement.cost.cells import Cells
from dxkit.procurement.cost.expressions import (
    LABEL,
    Constant,
    Each,
    Input,
    Largest,
    Row,
    Sheet,
    Sum,
    Values,
    ceiling,
    equal,
    floor,
    formula,
    inputs_of,
    least,
    most,
    remainder,
    total,
    where,
)

X = Row("x")
LABELS, AMOUNTS = np.array([0.0, 3, 6, 9]), [5.0, 1.0, 8.0, 2.5]


def worked(made, **inputs):
    sheet = Sheet("s", LABELS, {"x": Each(*AMOUNTS), "made": made})
    values = Values({"s": sheet}, {key: np.array(each, dtype=float) for key, each in inputs.items()})
    return values.full("s", "made").tolist()


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (X + 2, [7, 3, 10, 4.5]),
        (2 + X, [7, 3, 10, 4.5]),
        (X - 2, [3, -1, 6, 0.5]),
        (2 - X, [-3, 1, -6, -0.5]),
        (X * 3, [15, 3, 24, 7.5]),
        (3 * X, [15, 3, 24, 7.5]),
        (X / 2, [2.5, 0.5, 4, 1.25]),
        (40 / X, [8, 40, 5, 16]),
        (X**2, [25, 1, 64, 6.25]),
        (Constant(2.0) ** Row(LABEL), [1, 8, 64, 512]),
        (-X, [-5, -1, -8, -2.5]),
        (X > 2.5, [1, 0, 1, 0]),
        (X >= 2.5, [1, 0, 1, 1]),
        (X < 2.5, [0, 1, 0, 0]),
        (X <= 2.5, [0, 1, 0, 1]),
        (equal(X, 8), [0, 0, 1, 0]),
        (where(X > 2.5, X, 0), [5, 0, 8, 0]),
        (least(X, 4, Row(LABEL)), [0, 1, 4, 2.5]),
        (most(X, 4, Row(LABEL)), [5, 4, 8, 9]),
        (floor(X / 2), [2, 0, 4, 1]),
        (ceiling(X / 2), [3, 1, 4, 2]),
        (ceiling(X + 1e-10), [5, 1, 8, 3]),
        (remainder(X, 2), [1, 1, 0, 0.5]),
        (Largest("x"), [5, 5, 8, 8]),
        (total([X, X, Row(LABEL)]), [10, 5, 22, 14]),
        (total([]), [0] * 4),
        (formula(3), [3] * 4),
        (Sum("x"), [16.5] * 4),
        (Sum("x", None, Row(LABEL)), [5, 6, 14, 16.5]),
        (Sum("x", Row(LABEL)), [11.5, 10.5, 2.5, 0]),
        (Sum("x", 0, 6), [9] * 4),
        (Sum("x", 6, 0), [0] * 4),
        (Sum("x", Row(LABEL) - 3, Row(LABEL) + 2), [5, 1, 8, 2.5]),
    ],
)
def test_a_formula_is_worked_out(made, expected):
    assert worked(made) == [expected]


def test_each_draw_has_a_row_and_ends_of_its_own():
    assert worked(X * Input("k"), k=[1, 2]) == [AMOUNTS, [10, 2, 16, 5]]
    assert worked(Sum("x", None, Input("end")), end=[0, 6]) == [[5] * 4, [14] * 4]
    assert worked(Sum("x", Input("start"), 9), start=[0, 6]) == [[11.5] * 4, [2.5] * 4]
    assert worked(Input("rate") ** (-Row(LABEL) / 3), rate=[2, 4])[1] == [1, 1 / 4, 1 / 16, 1 / 64]


def test_a_row_that_is_put_stands_in_place_of_its_formula():
    values = Values({"s": Sheet("s", LABELS, {"x": Each(*AMOUNTS), "made": X + 1})}, {})
    values.put("s", "x", Cells(np.array([1.0, 2, 3, 4])))
    assert values.row("s", "made").tolist() == [[2, 3, 4, 5]]


def test_nothing_is_added_that_is_0_and_nothing_multiplied_that_is_1():
    for made in (X + 0, 0 + X, X - 0, X * 1, 1 * X, X / 1, formula(X), total([X])):
        assert made is X
    for made in (X + 1, 1 + X, X - 1, 0 - X, X * 0, 0 * X, X / 2, 1 / X):
        assert made is not X


def test_the_inputs_of_a_row_are_those_of_all_that_it_rests_on_and_of_no_other():
    one = Sheet("one", LABELS, {"a": Input("p") * Row("b"), "b": Largest("c"), "c": Input("q") + 1, "d": Input("r")})
    two = Sheet("two", LABELS, {"e": Sum("d", Input("from"), Input("to"), sheet="one"), "f": Each(Row("a", "one"), 2)})
    sheets = {"one": one, "two": two}
    assert inputs_of(sheets, [("one", "a")]) == {"p", "q"}
    assert inputs_of(sheets, [("two", "e")]) == {"r", "from", "to"}
    assert inputs_of(sheets, [("two", "f"), ("one", "d")]) == {"p", "q", "r"}
    assert inputs_of(sheets) == {"p", "q", "r", "from", "to"}
