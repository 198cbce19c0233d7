"""What every result is: a tidy table, its text and its HTML, the same on every version of pandas and numpy."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import ClassVar

import pandas as pd

from dxkit.results.formatting import _MISSING, _digits, _escape, _heading, _kinds, _plain, _range, _texts

_INTERVALS = (
    ("low", "high", "95% interval"),
    ("favourable_low", "favourable_high", "favourable 95%"),
    ("alpha_low", "alpha_high", "alpha 95%"),
)
_CENTRES = {"estimate", "share", "favourable", "alpha"}  # low and high beside none of them are no interval
_HIDDEN = ("estimate", "count", "responded")
_NOT_DISPLAYED = {"shown", "se", "unit"}
_MOST_ROWS = 60


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
        head = "".join(
            f'<th style="text-align:{side[right]}">{_escape(text)}</th>'
            for text, right in zip(headings, numeric, strict=True)
        )
        body = "".join(
            "<tr>"
            + "".join(
                f'<td style="text-align:{side[right]}">{_escape(text)}</td>'
                for text, right in zip(row, numeric, strict=True)
            )
            + "</tr>"
            for row in rows
        )
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
