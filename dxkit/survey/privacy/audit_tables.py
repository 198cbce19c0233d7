"""What any tool's tables tell about few people: an audit of what is published, from outside.

See docs/methods/anonymity.md, "From outside"."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.files.cells import folded
from dxkit.files.errors import DataError, Faults, suggest
from dxkit.files.table import NUMBER, Table, TableSpec, texts
from dxkit.files.table import Column as Field
from dxkit.results.columns import Column
from dxkit.results.result import Result
from dxkit.survey.privacy.determined import MOST_CELLS, Published, few_people

NOT_SHOWN = "(not shown)"
_TRIED = (
    "tried: people of one or two kinds within rounding and scale, and of up to four kinds by adding and subtracting"
)
_BOUND = re.compile(r"(?P<most>at most|under|up to|<=?|≤)\s*|(?P<least>at least|over|>=?|≥)\s*", re.IGNORECASE)
_FIGURES = TableSpec(
    kind="table of figures",
    columns=(
        *texts("question", needed=True),
        Field(name="n", kind=NUMBER, needed=True, filled=True, low=0),
        *texts("value", needed=True),
    ),
)
_PEOPLE = TableSpec(kind="table of people", columns=(Field(name="n", kind=NUMBER, low=0),))


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class TablesAudit(Result):
    """Few people of whom published tables tell the mean, exactly or to a tenth of the scale."""

    columns: ClassVar[tuple[Column, ...]] = (
        Column("question", "the question"),
        Column("who", "the people, by their attributes"),
        Column("people", "how many they are", "count"),
        Column("low", "the least that their mean can be", "number"),
        Column("high", "the most that their mean can be", "number"),
        Column("determined", "whether their sum follows by adding and subtracting figures"),
        Column("from", "the figures that it takes"),
        Column("sizes_agree", "whether each n is the number of people in its group", displayed=False),
    )


def audit_tables(
    tables: pd.DataFrame | str | os.PathLike[str],
    people: pd.DataFrame | str | os.PathLike[str] | None = None,
    *,
    scale: Sequence[float] = (0, 100),
    step: float | None = None,
    min_group: int = 5,
) -> TablesAudit:
    """What do the tables of a dashboard tell about few people? Whatever tool made them.

    The reader of the tables adds, subtracts and knows the scale. See docs/audit_dashboard.md for a guide, and
    docs/methods/anonymity.md, "From outside", for the method.

    Parameters
    ----------
    tables : DataFrame or path
        A row per figure: question, n (answers), value (the mean or percentage), and a column per attribute, such as
        team. An empty cell means that the figure is not cut by that attribute. The decimals of value tell how it was
        rounded; "at most 20" and "at least 80" are bounds. An empty value stands for a figure of which only n is shown.
    people : DataFrame or path, optional
        Who works there: a row per person, or per kind of person with n; the attributes of the tables as columns.
        Without it, groups are compared with the figure that they are part of; what is left over is `(not shown)`.
    scale : pair of numbers
        The lowest and the highest value of one answer.
    step : float, optional
        Between two answers: 25 on a 1 to 5 scale that is shown as 0 to 100. None where any number may be one.
    min_group : int
        Sets of fewer people are looked for.

    Returns
    -------
    TablesAudit
        `.table` has a row for each set of fewer than `min_group` people whose mean is determined, or known to a tenth
        of the scale. Where figures contradict each other, low and high are empty.

    Raises
    ------
    DataError
        Every fault of the tables; an attribute that `people` lacks.

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> shown = pd.DataFrame({"question": "CI is fast", "n": [9, 8], "value": ["62.5", "70.3"], "team": ["", "Red"]})
    >>> print(dx.audit_tables(shown, step=25))
    1 set of fewer than 5 people can be worked out
    question    who               people  low  high  determined  from
    CI is fast  team (not shown)       1    0     0  yes         everybody, team Red
    tried: people of one or two kinds within rounding and scale, and of up to four kinds by adding and subtracting
    """
    least = options.whole("min_group", min_group, 2, 1_000)
    low, high = _scale(scale)
    step = None if step is None else options.number("step", step, 1e-9, high - low)
    table = _FIGURES.read(tables)
    figures = _figures(table, low, high)
    attributes = [name for name in table.frame.columns if name not in ("question", "n", "value")]
    kinds = None if people is None else _kinds(people, attributes)
    rows, notes = [], []
    for question, part in figures.groupby("question", sort=False):
        found = 0
        for names, published, sources in _problems(part, attributes, kinds, high - low, step, notes):
            if len(published.people) > MOST_CELLS:
                notes.append(f"{question}: with more than {MOST_CELLS} cells only single ones were tried")
            for one in few_people(published, least):
                who = " + ".join(names[cell] for cell in one.cells)
                told = ", ".join(dict.fromkeys(sources[figure] for figure in one.figures))
                ends = (round(low + one.low, 6), round(low + one.high, 6), one.determined)
                rows.append((question, who, one.people, *ends, told, published.sizes_agree))
                found += bool(np.isnan(one.low))
        if found:
            notes.append(f"{question}: the figures contradict each other, so low and high are empty")
    names = [column.name for column in TablesAudit.columns]
    audited = pd.DataFrame(rows, columns=names).drop_duplicates(["question", "who"], ignore_index=True)
    count = "No set" if audited.empty else "1 set" if len(audited) == 1 else f"{len(audited)} sets"
    return TablesAudit(
        table=audited,
        title=f"{count} of fewer than {least} people can be worked out",
        notes=(*dict.fromkeys(notes), _TRIED),
    )


def _scale(scale: Sequence[float]) -> tuple[float, float]:
    if not isinstance(scale, Sequence) or isinstance(scale, str) or len(scale) != 2:
        raise DataError("scale: give the lowest and the highest answer, such as (0, 100)")
    low, high = (options.number("scale", each) for each in scale)
    if low >= high:
        raise DataError(f"scale={low:g}, {high:g}: the lowest answer comes first, such as (0, 100)")
    return low, high


def _figures(table: Table, low: float, high: float) -> pd.DataFrame:
    """Question, n, attributes and the least and largest sum of each row; faults where a value is not one."""
    faults = Faults()
    frame = table.values(faults)
    whole = pd.api.types.is_numeric_dtype(table.frame["value"])  # a number has lost its last zeros
    decimals = [_decimals(text) for text in frame["value"]]
    values = []
    for i, text in enumerate(frame["value"]):
        end = _BOUND.match(text)
        plain = text.removeprefix(end[0] if end else "").removesuffix("%").strip()
        value, problem = table.number(plain) if text else (np.nan, None)
        half = 0.5 * 10.0 ** -(max(decimals) if whole else decimals[i])
        if problem is None and not np.isnan(value) and not low - half <= value <= high + half:
            problem = f"{text} is not on the scale from {low:g} to {high:g}; give scale="
        if problem:
            table.fault(faults, i, "value", problem)
        values.append((low if end and end["most"] else value - half, high if end and end["least"] else value + half))
    faults.raise_if_any()
    ends = np.array(values) - low
    for name in table.frame.columns:
        if name not in frame:
            frame[name] = table.text(name)
    sums = np.clip(ends, 0, high - low) * frame[["n"]].to_numpy()
    return frame.assign(low=sums[:, 0], high=sums[:, 1])


def _decimals(text: str) -> int:
    """Digits behind the decimal sign.

    >>> _decimals("62.50"), _decimals("54%"), _decimals("7,5")
    (2, 0, 1)
    """
    digits = text.removesuffix("%").strip().replace(",", ".").partition(".")[2]
    return len(digits) if digits.isdigit() else 0


def _kinds(source: pd.DataFrame | str | os.PathLike[str], attributes: Sequence[str]) -> pd.DataFrame:
    """How many people there are of each kind."""
    faults = Faults()
    table = _PEOPLE.read(source)
    known = {folded(name): name for name in table.frame.columns}
    for name in attributes:
        if folded(name) not in known:
            faults.add(f"the table of people lacks the attribute '{name}'; {suggest(name, list(table.frame.columns))}")
    faults.raise_if_any()
    kinds = pd.DataFrame({name: table.text(known[folded(name)]) for name in attributes})
    n = table.values(faults)["n"].fillna(0.0) if "n" in table.frame else pd.Series(1.0, index=kinds.index)
    faults.raise_if_any()
    if not attributes:
        return pd.DataFrame({"n": [n.sum()]})
    return kinds.assign(n=n).groupby(list(attributes), sort=False, as_index=False).agg({"n": "sum"})


def _problems(
    part: pd.DataFrame, attributes: Sequence[str], kinds: pd.DataFrame | None, reach: float, step, notes: list[str]
) -> Iterator[tuple[list[str], Published, list[str]]]:
    """What is published about which cells, with the names of the cells and of the figures."""
    keys = [tuple(key) for key in part[list(attributes)].to_numpy()]
    n, low, high = (part[name].to_numpy() for name in ("n", "low", "high"))
    if kinds is not None:
        cells = [tuple(cell) for cell in kinds[list(attributes)].to_numpy()]
        trees = [(cells, kinds["n"].to_numpy())]
    else:
        trees = [
            _tree(chain, dict(zip(keys[::-1], n[::-1], strict=True)), attributes, notes) for chain in _chains(keys)
        ]
    for cells, people in trees:
        rows = np.array([[all(r in ("", c) for r, c in zip(key, cell, strict=True)) for cell in cells] for key in keys])
        rows = rows.reshape(len(keys), len(cells))
        used = rows.any(axis=1) & ((rows @ people == n) | (kinds is not None))
        published = Published(
            rows=rows[used], n=n[used], low=low[used], high=high[used], people=people, reach=reach, step=step
        )
        named = [_named(attributes, key) for key, here in zip(keys, used, strict=True) if here]
        yield [_named(attributes, cell) for cell in cells], published, named


def _named(attributes: Sequence[str], key: Sequence[str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in zip(attributes, key, strict=True) if value) or "everybody"


def _chains(keys: Sequence[tuple[str, ...]]) -> list[list[tuple[bool, ...]]]:
    """Attributes that figures are cut by, from fewer to more of them: each group is part of one of the cut before."""
    cuts = sorted({tuple(map(bool, key)) for key in keys}, key=sum)

    def within(one: tuple[bool, ...], two: tuple[bool, ...]) -> bool:
        return one != two and all(b or not a for a, b in zip(one, two, strict=True))

    def longer(chain: list[tuple[bool, ...]]) -> Iterator[list[tuple[bool, ...]]]:
        above = [cut for cut in cuts if within(chain[-1], cut)]
        following = [cut for cut in above if not any(within(other, cut) for other in above)]
        for cut in following:
            yield from longer([*chain, cut])
        if not following:
            yield chain

    starts = [cut for cut in cuts if not any(within(other, cut) for other in cuts)]
    return [chain for start in starts for chain in longer([start])]


def _tree(
    chain: Sequence[tuple[bool, ...]], n: dict[tuple[str, ...], float], attributes: Sequence[str], notes: list[str]
) -> tuple[list[tuple[str, ...]], np.ndarray]:
    """Cells and their people: the groups of the last cut, and what is left over of each group of those before."""
    cells: dict[tuple[str, ...], float] = {}
    for cut, finer in zip(chain, [*chain[1:], None], strict=True):
        for key, people in n.items():
            if tuple(map(bool, key)) != cut:
                continue
            parts = (
                []
                if finer is None
                else [
                    count
                    for other, count in n.items()
                    if tuple(map(bool, other)) == finer and all(a in ("", b) for a, b in zip(key, other, strict=True))
                ]
            )
            rest = tuple(value or (NOT_SHOWN if finer and finer[i] else "") for i, value in enumerate(key))
            left = people - sum(parts)
            if not parts:
                cells[key] = people
            elif left > 0:
                cells[rest] = left
            elif left < 0:
                new = [name for name, a, b in zip(attributes, cut, finer or cut, strict=True) if a != b]
                notes.append(f"the groups of {', '.join(new)} have more answers than {_named(attributes, key)}")
    return list(cells), np.array(list(cells.values()))
