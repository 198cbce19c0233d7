"""A part of a report whose input was not given: left out with one line, in place of an error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from dxkit.files.errors import DataError, Missing


class Absent:
    """What stands for a part that was left out. It is false, shows why, and whatever is asked of it is itself.

    >>> rates = Absent("a response rate needs a roster; put roster.csv beside the answers")
    >>> rates
    Left out: a response rate needs a roster; put roster.csv beside the answers
    >>> bool(rates), rates.plot(level="item") is rates, rates.table["estimate"] is rates
    (False, True, True)
    """

    def __init__(self, why: str) -> None:
        self._why = " ".join(why.split())

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
        return self

    def __call__(self, *inputs: object, **options: object) -> Absent:
        return self

    def __getitem__(self, key: object) -> Absent:
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return f"Left out: {self._why}"


def part(make: Callable[..., Any], *inputs: Any, **options: Any) -> Any:
    """What does this part of a report say, or which input does it lack?

    Parameters
    ----------
    make : callable
        The function that makes the part, such as `dx.response_rate`.
    inputs, options
        What it is called with. They may be parts that were left out themselves.

    Returns
    -------
    object
        What `make` returns. An `Absent` where it raises `Missing`, or where `make` or one of its inputs is an `Absent`.
        All other errors are raised.

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> book = pd.DataFrame({"item": ["ci"], "text": ["CI is fast"], "kind": ["rating"], "scale": ["agreement5"]})
    >>> survey = dx.read_survey(pd.DataFrame({"ci": [1, 2, 3, 4, 5, 5]}), book)
    >>> part(dx.response_rate, survey)
    Left out: a response rate needs a roster; put roster.csv beside the answers
    """
    if not callable(make):
        raise DataError("make: give the function that makes the part, such as dx.response_rate")
    for given in (make, *inputs, *options.values()):
        if isinstance(given, Absent):
            return given
    try:
        return make(*inputs, **options)
    except Missing as error:
        return Absent(str(error))
