"""The columns of a result, declared once: what each holds, how it is written and what stands above it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from dxkit.files.errors import DataError, suggest
from dxkit.files.options import choice, instance
from dxkit.files.shipped import table_beside
from dxkit.results.formatting import MONEY_DIGITS

FORMATS = ("text", "index", "share", "count", "hours", "money", *MONEY_DIGITS, "number", "p", "estimate", "score")


@dataclass(frozen=True)
class Column:
    """A column of a result's table.

    name       as in `.table`; `<segment>` (SEGMENT) stands for a column for each segment that a result is split by
    meaning    what it holds, in a few words
    format     index: whole points, share: percent, count and money: whole numbers, money2 to money4: to so many digits
               of the largest, hours: one decimal, p: a p-value, estimate: as many decimals as its standard error
               allows, score: hours or index by the result's unit, number or text
    unit       of the figures in `.table`, where they have one
    heading    above the printed column where it is not the name; low and high with headings of their own stay apart
    displayed  whether it is printed
    optional   printed only where some row has a value
    """

    name: str
    meaning: str
    format: str = "text"
    unit: str = ""
    heading: str = ""
    displayed: bool = True
    optional: bool = False


SEGMENT = Column("<segment>", "the group's value of each segment, a column for each")
SHARED = {name: Column(name, **look) for name, look in table_beside(__file__, "shared_columns.toml").items()}


@cache
def _declared(table: Path) -> dict[str, tuple[Column, ...]]:
    known = {**SHARED, SEGMENT.name: SEGMENT}
    return {
        result: tuple(replace(known.get(name, Column(name, "")), **look) for name, look in columns.items())
        for result, columns in table_beside(str(table), table.name).items()
    }


def declared(module: str, result: str) -> tuple[Column, ...]:
    """The columns of a class of results, as `result_columns.toml` in the folder of its module says."""
    return _declared(Path(module).with_name("result_columns.toml"))[result]


def shared(name: str, meaning: str = "", **changes: Any) -> Column:
    """A column that many results have, with another meaning or look where the result needs one."""
    return replace(SHARED[name], **({"meaning": meaning} if meaning else {}), **changes)


def columns_of(frame: pd.DataFrame, formats: Mapping[str, str] | None = None) -> tuple[Column, ...]:
    """Columns for a frame that no class declares: by their names, where results share them, and their types."""
    names = distinct(frame.columns)
    formats = {} if formats is None else instance("formats", formats, Mapping, "a dict of column and kind")
    for name, kind in formats.items():
        choice(f"formats['{name}']", kind, FORMATS)
        if name not in names:
            raise DataError(f"formats: the frame has no column '{name}'; {suggest(str(name), names)}")
    columns = []
    for position, name in enumerate(names):
        values = frame.iloc[:, position]
        numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
        column = replace(SHARED.get(name, Column(name, "", "number")), optional=False)
        columns.append(replace(column, format=formats.get(name, column.format if numeric else "text")))
    return tuple(columns)


def commonest(rows: pd.DataFrame) -> tuple[pd.DataFrame, dict[Any, int]]:
    """The rows of the commonest kind and unit, which one picture or table can show, and how many names the others have.

    >>> scores = pd.DataFrame({"name": ["a", "b", "c"], "kind": "rating", "unit": ["index", "index", "code"]})
    >>> commonest(scores)[0]["name"].tolist(), commonest(scores)[1]
    (['a', 'b'], {('rating', 'code'): 1})
    """
    names: dict[Any, int] = rows.drop_duplicates("name").groupby(["kind", "unit"], sort=False).size().to_dict()
    kind, unit = max(names, key=lambda each: names[each], default=(None, None))
    names.pop((kind, unit), None)
    return rows.loc[(rows["kind"] == kind) & (rows["unit"] == unit)], names


def distinct(names: Sequence[object] | pd.Index) -> list[str]:
    """Column names as text, each different from the others.

    >>> distinct(["a", "b", "a"])
    ['a', 'b', 'a (2)']
    """
    texts: list[str] = []
    for name in map(str, names):
        same = sum(text == name or text.startswith(f"{name} (") for text in texts)
        texts.append(f"{name} ({same + 1})" if name in texts else name)
    return texts
