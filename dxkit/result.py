"""What every result is: a tidy table, its text and its HTML, the same on every version of pandas and numpy."""

from __future__ import annotations

import html
import math
import re
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import import_module
from typing import ClassVar

import numpy as np
import pandas as pd

_INTERVALS = (("low", "high", "95% interval"), ("favourable_low", "favourable_high", "favourable 95%"),
              ("alpha_low", "alpha_high", "alpha 95%"))  # fmt: skip
_HEADINGS = {
    "se": "std. error", "not_asked": "not asked", "estimate": "estimate", "alpha_if_dropped": "alpha if dropped",
    "item_rest": "item-rest", "p_pair": "the pair is right", "shared": "of them the same",
}  # fmt: skip
_CENTRES = {"estimate", "share", "favourable", "alpha"}  # low and high beside none of them are no interval
_HIDDEN = ("estimate", "count", "responded")
_NOT_DISPLAYED = {"shown", "se", "unit"}
_MOST_ROWS = 60
_LONGEST = 80
_LONGEST_LINE = 320
_MISSING = "–"
_LINE_ENDS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# some of these reverse the text that follows
_INVISIBLE = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Result:
    """A result. `.table` is a tidy DataFrame; in a notebook or terminal the result shows itself as text.

    Subclasses say how columns are formatted (`formats`: index, share, count, hours, money, number, p, text) and which
    picture draws them (`plot_name`, such as "survey.scores").

    >>> show(pd.DataFrame({"topic": ["CI"], "share": [0.25]}), formats={"share": "share"})
    topic  share
    CI       25%
    """

    table: pd.DataFrame
    title: str = ""
    notes: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    confidence: float = 0.95
    method: str = ""
    seed: int | None = None
    formats_: dict[str, str] = field(default_factory=dict, repr=False)

    formats: ClassVar[dict[str, str]] = {}
    plot_name: ClassVar[str] = ""
    hidden_columns: ClassVar[frozenset[str]] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "table", self.table.copy())

    def plot(self, ax=None, **options):
        """Draw the result; returns the matplotlib Axes."""
        picture = self._picture()
        if not picture:
            raise TypeError(f"{type(self).__name__} has no picture; its figures are in .table")
        room, name = picture.split(".")
        return getattr(import_module(f"dxkit.plots.{room}"), name)(self, ax=ax, **options)

    def _picture(self) -> str:
        """The function that draws it."""
        return self.plot_name

    def _displayed(self) -> pd.DataFrame:
        """The rows and columns to show, before formatting; subclasses arrange their own."""
        return self.table

    def _kinds(self) -> dict[str, str]:
        """Formats of columns that depend on the data."""
        return {}

    def _cells(self) -> tuple[list[str], list[bool], list[list[str]], int]:
        """Headings, which columns hold numbers, formatted rows, and how many rows were left out."""
        frame = _named(self._displayed())
        left_out = len(frame) - 50 if len(frame) > _MOST_ROWS else 0
        frame = frame.iloc[:50] if left_out else frame
        kinds = {**_kinds(frame), **self.formats, **self._kinds(), **self.formats_}
        visible = frame["shown"].tolist() if "shown" in frame else [True] * len(frame)
        digits = _digits(frame)
        intervals = _intervals(frame, f"{100 * self.confidence:.6g}%")
        skipped = _NOT_DISPLAYED | self.hidden_columns | {high for high, _ in intervals.values()}
        headings, numeric, columns = [], [], []
        for name in (name for name in frame.columns if name not in skipped):
            kind = kinds.get(name, "text")
            texts = _texts(frame[name], kind, digits)
            heading = _heading(name)
            if name in intervals:
                high, heading = intervals[name]
                texts = [_range(low, up) for low, up in zip(texts, _texts(frame[high], kind, digits), strict=True)]
            if name in _HIDDEN or name in intervals:
                instead = "hidden" if name in _HIDDEN else _MISSING
                texts = [text if ok else instead for text, ok in zip(texts, visible, strict=True)]
            headings.append(heading)
            numeric.append(kind != "text")
            columns.append(texts)
        return headings, numeric, [list(row) for row in zip(*columns, strict=True)], left_out

    def _ending(self, left_out: int) -> list[str]:
        more = [f"... {left_out} more rows in .table"] if left_out else []
        none = ["no rows"] if self.table.empty and len(self.table.columns) and not self.facts else []
        return [*none, *more, *(_plain(note) for note in self.notes)]

    def __repr__(self) -> str:
        headings, numeric, rows, left_out = self._cells()
        lines = [f"{_plain(label)}: {_plain(text)}" for label, text in self.facts]
        widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
        for row in [headings, *rows] if rows else []:
            cells = [
                text.rjust(w) if right else text.ljust(w) for text, w, right in zip(row, widths, numeric, strict=True)
            ]
            lines.append("  ".join(cells).rstrip())
        return "\n".join([*([_plain(self.title)] if self.title else []), *lines, *self._ending(left_out)])

    def _repr_html_(self) -> str:
        headings, numeric, rows, left_out = self._cells()
        facts = "".join(f"<div>{_escape(label)}: <b>{_escape(text)}</b></div>" for label, text in self.facts)
        side = {True: "right", False: "left"}
        head = "".join(f'<th style="text-align:{side[right]}">{_escape(text)}</th>'
                       for text, right in zip(headings, numeric, strict=True))  # fmt: skip
        body = "".join(
            "<tr>" + "".join(f'<td style="text-align:{side[right]}">{_escape(text)}</td>'
                             for text, right in zip(row, numeric, strict=True)) + "</tr>" for row in rows
        )  # fmt: skip
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>" if rows else ""
        notes = "".join(
            f'<div style="opacity:0.75"><small>{_escape(note)}</small></div>' for note in self._ending(left_out)
        )
        title = f"<div><b>{_escape(self.title)}</b></div>" if self.title else ""
        # the class keeps JupyterLab from reading $ in labels as mathematics
        return f'<div class="mathjax_ignore">{title}{facts}{table}{notes}</div>'


def show(
    frame: pd.DataFrame, title: str = "", formats: dict[str, str] | None = None, notes: tuple[str, ...] = ()
) -> Result:
    """A plain frame shown the way results are; its index is not shown.

    Parameters
    ----------
    frame : DataFrame
    formats : dict, optional
        Column to kind: index, share, count, hours, money, number, p or text.
    notes : tuple of str, optional
        Lines below the table.

    >>> show(pd.DataFrame({"team": ["Red"], "people": [12]}), title="Teams")
    Teams
    team  people
    Red       12
    """
    notes = (notes,) if isinstance(notes, str) else tuple(notes)
    return Result(table=frame, title=title, notes=notes, formats_=formats or {})


def percent(p: float) -> str:
    """A probability as text, without 0% and 100%.

    >>> percent(0.999), percent(0.42)
    ('over 99%', '42%')
    """
    return "–" if math.isnan(p) else f"{100 * p:.0f}%" if 0.01 <= p <= 0.99 else "over 99%" if p > 0.99 else "under 1%"


def rounded_money(frame: pd.DataFrame, step: float | None = None) -> pd.DataFrame:
    """Amounts as text, to a step or else to two digits of the largest; `–` where there is none.

    >>> rounded_money(pd.DataFrame({"cost": [123_456.0, 7_890.0]}))["cost"].tolist()
    ['120,000', '10,000']
    """
    most = float(np.nanmax(frame.abs().to_numpy(dtype=float), initial=1.0))
    step = step or 10.0 ** max(0, math.floor(math.log10(most)) - 1)
    return frame.map(lambda value: _MISSING if np.isnan(value) else f"{round(value / step) * step:,.0f}")


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with column names that are text and differ."""
    names: list[str] = []
    for name in map(str, frame.columns):
        same = sum(other == name or other.startswith(f"{name} (") for other in names)
        names.append(f"{name} ({same + 1})" if name in names else name)
    return frame.set_axis(names, axis=1)


def _intervals(frame: pd.DataFrame, percent: str) -> dict[str, tuple[str, str]]:
    """The columns that hold lower ends, each with the column of its upper ends and the heading of both."""
    if not _CENTRES & set(frame.columns):
        return {}
    return {
        low: (high, heading.replace("95%", percent))
        for low, high, heading in _INTERVALS
        if {low, high} <= set(frame.columns)
    }


def _kinds(frame: pd.DataFrame) -> dict[str, str]:
    """How the common columns of estimates are formatted; other numbers as they are."""
    kinds = {}
    for name in frame.columns:
        if pd.api.types.is_bool_dtype(frame[name]) or not pd.api.types.is_numeric_dtype(frame[name]):
            kinds[name] = "text"
        elif name in ("n", "count", "answered", "skipped", "respondents", "people", "headcount"):
            kinds[name] = "count"
        elif name in ("estimate", "low", "high", "se"):
            kinds[name] = "estimate"
        elif name.startswith("favourable") or name == "share":
            kinds[name] = "share"
        else:
            kinds[name] = "number"
    return kinds


def _digits(frame: pd.DataFrame) -> list[int]:
    """Decimals of the estimates of each row, by unit: the last digit is at most twice the middle error."""
    if "se" not in frame:
        return [1] * len(frame)
    units = frame["unit"] if "unit" in frame else pd.Series([""] * len(frame), index=frame.index)
    decimals = {}
    for unit in units.unique():
        errors = sorted(error for error in frame["se"][units == unit].dropna() if error > 0)
        place = round(-math.log10(2 * errors[len(errors) // 2]), 9) if errors else 1
        decimals[unit] = min(2, max(0, math.ceil(place)))
    return [decimals[unit] for unit in units]


def _texts(column: pd.Series, kind: str, digits: list[int]) -> list[str]:
    return [_format(value, kind, places) for value, places in zip(column.tolist(), digits, strict=True)]


def _format(value: object, kind: str, digits: int) -> str:
    """A cell. Rounding to nine places first keeps the last bits, which differ between versions, out of the text."""
    value = value.item() if isinstance(value, np.generic) else value
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return _MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if kind == "text" or not isinstance(value, int | float | Decimal):
        text = _signed(f"{round(value, 9):.12g}") if isinstance(value, float) else str(value)
        return _cut(text.removesuffix(" 00:00:00"), _LONGEST)
    number = round(float(value), 9)
    if math.isinf(number):
        return "∞" if number > 0 else "-∞"
    if kind == "share":
        return _signed(f"{100 * number:.0f}%")
    if kind in ("count", "money"):
        return _signed(f"{number:,.0f}")
    if kind == "p":
        return "<0.001" if 0 <= number < 0.001 else f"{number:.3f}" if number < 0.01 else f"{number:.2f}"
    if kind == "estimate":
        return _signed(f"{number:,.{digits}f}")
    if kind == "index":
        return _signed(f"{number:,.0f}")
    if kind == "hours":
        return _signed(f"{number:,.1f}")
    if number == int(number):
        return f"{int(number):,}"
    return _signed(f"{number:,.2f}")


def _signed(text: str) -> str:
    """Zero has no sign."""
    return text[1:] if re.fullmatch(r"-0(\.0*)?%?", text) else text


def _range(low: str, high: str) -> str:
    if _MISSING in (low, high):
        return _MISSING
    return f"{low.rstrip('%')} to {high}"


def _heading(name: str) -> str:
    return _cut(_HEADINGS.get(name, name.replace("_", " ")), _LONGEST)


def _plain(text: str) -> str:
    """One line without control characters."""
    return _cut(text, _LONGEST_LINE)


def _cut(text: str, longest: int) -> str:
    line = " ".join(_LINE_ENDS.sub(" ", _INVISIBLE.sub("", text)).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _escape(text: str) -> str:
    return html.escape(_plain(text), quote=True)
