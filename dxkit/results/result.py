"""What every result is: a tidy table, its text and its HTML, the same on every version of pandas and numpy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from inspect import signature
from typing import TYPE_CHECKING, Any, ClassVar, cast

import pandas as pd

from dxkit.files.cells import as_text
from dxkit.files.errors import DataError, suggest
from dxkit.files.options import instance
from dxkit.results.columns import SEGMENT, Column, columns_of, distinct
from dxkit.results.formatting import (
    MISSING,
    MONEY_DIGITS,
    estimate_decimals,
    formatted,
    heading_of,
    html_text,
    interval_text,
    markdown_text,
    one_line,
    step_of,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from dxkit.plots.sentences.told import Told

_INTERVALS = (
    ("low", "high", "{} interval"),
    ("favourable_low", "favourable_high", "favourable {}"),
    ("alpha_low", "alpha_high", "alpha {}"),
    ("icc_low", "icc_high", "{} interval"),
)
_CENTRES = {"estimate", "share", "favourable", "alpha", "icc"}  # low and high beside none of them are not an interval
_HIDDEN = ("estimate", "count", "responded")
_MOST_ROWS = 60


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Result:
    """A result. `.table` is a tidy DataFrame; in a notebook or terminal the result shows itself as text.

    A subclass declares every column of its `.table` in `columns`, in the order in which they are printed, and the
    function that draws it in `plot_name`, such as "survey.scores". Where it declares none, the columns are taken as
    they are, written as `formats` says.

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
    segments: tuple[str, ...] = ()
    formats: Mapping[str, str] = field(default_factory=dict)

    columns: ClassVar[tuple[Column, ...]] = ()
    plot_name: ClassVar[str] = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "table", self.table.copy())

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The table as Arrow, which other libraries read: `pl.DataFrame(result)`, `pa.table(result)`; needs pyarrow.

        Columns are text, whole or decimal numbers, and flags; nothing else is in it."""
        from dxkit.files.batches.from_arrow import pyarrow_of

        frame = self.table.reset_index(drop=True)
        frame = frame.set_axis(distinct(frame.columns), axis=1).apply(_plain)
        table = pyarrow_of(type(self).__name__).Table.from_pandas(frame, preserve_index=False)
        return table.replace_schema_metadata(None).__arrow_c_stream__(requested_schema)

    def plot(self, ax: Axes | None = None, **options: object) -> Axes:
        """Draw the result; returns the matplotlib Axes.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Axes to draw on; None for new ones.
        options
            What this picture can vary, such as `level="item"` for scores.
        """
        return self._draw(self.plot_name, ax, **options)

    def alt(self, **options: object) -> str:
        """What the picture shows, in at most two sentences: its title and how sure it is. No hidden group is named.

        Parameters
        ----------
        options
            Those of `plot`, whose figure has the same text in `figure.dxkit_alt`.
        """
        return self.told(**options).alt

    @property
    def sentence(self) -> str:
        """What the result says in one sentence: the title of its picture, else its first fact, else its title."""
        if self.plot_name:
            return self.told().sentence
        return ": ".join(self.facts[0]) if self.facts else self.title

    def figure_for_page(self, **options: object) -> Figure:
        """The picture for a page that says the sentence itself: without title, as wide as a column of text.

        Parameters
        ----------
        options
            Those of `plot`.
        """
        with import_module("dxkit.plots.style").for_pages():
            figure = cast("Figure", self.plot(None, **options).figure)
        figure.draw_without_rendering()
        figure.set_layout_engine("none")  # else each drawing would move it a little
        return figure

    def told(self, **options: object) -> Told:
        """What the picture says: one sentence with the verdict, and one that says how sure it is.

        Parameters
        ----------
        options
            Those of `plot`.
        """
        return self._of_picture("dxkit.plots.sentences", self.plot_name, options)(self, **options)

    def _draw(self, picture: str, ax: Axes | None, **options: object) -> Axes:
        """Draw one of the pictures in dxkit.plots, `picture` being its module and function."""
        return self._of_picture("dxkit.plots", picture, options)(self, ax=ax, **options)

    def _of_picture(self, room: str, picture: str, options: Mapping[str, object]) -> Any:
        """A function of a picture, which takes these options."""
        if not picture:
            raise TypeError(f"{type(self).__name__} has no picture; its figures are in .table")
        module, name = picture.split(".")
        function = getattr(import_module(f"{room}.{module}"), name)
        known = [option for option in signature(function).parameters if option not in ("result", "ax")]
        for option in options:
            if option not in known:
                raise DataError(f"plot has no option '{option}'; {suggest(option, known)}")
        return function

    def _printed(self) -> tuple[pd.DataFrame, Sequence[Column]]:
        """The rows to print and their columns from left to right: those of `.table` as they are declared.

        This is the one method to override where the print arranges the rows differently, as a cross table does.
        """
        columns = self.table_columns
        return (self.table.loc[:, [column.name for column in columns]] if self.columns else self.table), columns

    @property
    def table_columns(self) -> tuple[Column, ...]:
        """The columns of `.table` as they are printed, with one for each segment in the place of SEGMENT."""
        if not self.columns:
            return columns_of(self.table, self.formats)
        groups = [replace(SEGMENT, name=name) for name in self.segments]
        return tuple(one for column in self.columns for one in (groups if column == SEGMENT else [column]))

    def _cells(self) -> tuple[list[str], list[bool], list[list[str]], int]:
        """Headings, which columns hold numbers, formatted rows, and how many rows were left out."""
        frame, columns = self._printed()
        names = distinct([column.name for column in columns])
        frame = frame.set_axis(names, axis=1)
        left_out = len(frame) - 50 if len(frame) > _MOST_ROWS else 0
        empty = {name for name in names if all(frame.loc[:, name].isna() | (frame.loc[:, name] == ""))}
        frame = frame.iloc[:50] if left_out else frame
        kinds = {name: self._format(column) for name, column in zip(names, columns, strict=True)}
        steps = {
            kind: step_of(frame.loc[:, [name for name in names if kinds[name] == kind]], digits)
            for kind, digits in MONEY_DIGITS.items()
            if kind in kinds.values()
        }
        visible = frame["shown"].tolist() if "shown" in frame else [True] * len(frame)
        decimals = estimate_decimals(frame)
        intervals = _intervals(dict(zip(names, columns, strict=True)), f"{100 * self.confidence:.6g}%")
        uppers = {high for high, _ in intervals.values()}
        headings, numeric, texts_by_column = [], [], []
        for name, column in zip(names, columns, strict=True):
            if not column.displayed or name in uppers or (column.optional and name in empty):
                continue
            texts = formatted(frame.loc[:, name], kinds[name], decimals, steps.get(kinds[name], 1.0))
            heading = heading_of(column.heading or name)
            if name in intervals:
                high, heading = intervals[name]
                ends = zip(texts, formatted(frame.loc[:, high], kinds[name], decimals), strict=True)
                texts = [interval_text(low, up) for low, up in ends]
            if name in _HIDDEN or name in intervals:
                instead = "hidden" if name in _HIDDEN else MISSING
                texts = [text if ok else instead for text, ok in zip(texts, visible, strict=True)]
            headings.append(heading)
            numeric.append(kinds[name] != "text")
            texts_by_column.append(texts)
        return headings, numeric, [list(row) for row in zip(*texts_by_column, strict=True)], left_out

    def _format(self, column: Column) -> str:
        """How a column is written; a score is written by the unit of the result."""
        if column.format == "score":
            return "hours" if "hour" in getattr(self, "unit", "") else "index"
        return column.format

    def _ending(self, left_out: int) -> list[str]:
        more = [f"... {left_out} more rows in .table"] if left_out else []
        none = ["no rows"] if self.table.empty and len(self.table.columns) and not self.facts else []
        return [*none, *more, *(one_line(note) for note in self.notes)]

    def __repr__(self) -> str:
        headings, numeric, rows, left_out = self._cells()
        lines = [f"{one_line(label)}: {one_line(text)}" for label, text in self.facts]
        widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
        for row in [headings, *rows] if rows else []:
            cells = [
                text.rjust(w) if right else text.ljust(w) for text, w, right in zip(row, widths, numeric, strict=True)
            ]
            lines.append("  ".join(cells).rstrip())
        return "\n".join([*([one_line(self.title)] if self.title else []), *lines, *self._ending(left_out)])

    def _repr_html_(self) -> str:
        headings, numeric, rows, left_out = self._cells()
        sides = ["right" if right else "left" for right in numeric]
        about = f"<div><b>{html_text(self.title)}</b></div>" if self.title else ""
        about += "".join(f"<div>{html_text(label)}: <b>{html_text(text)}</b></div>" for label, text in self.facts)
        if rows:
            head = "".join(
                f'<th scope="col" style="text-align:{side}">{html_text(text)}</th>'
                for text, side in zip(headings, sides, strict=True)
            )
            body = "".join(f"<tr>{_row_html(row, sides)}</tr>" for row in rows)
            caption = f'<caption style="caption-side:top;text-align:left">{about}</caption>' if about else ""
            about = f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        notes = "".join(
            f'<div style="opacity:0.75"><small>{html_text(note)}</small></div>' for note in self._ending(left_out)
        )
        # the class keeps JupyterLab from reading $ in labels as mathematics
        return f'<div class="mathjax_ignore">{about}{notes}</div>'

    def _repr_markdown_(self) -> str:
        """The same as Markdown, for documents that are no pages, such as an issue or a wiki."""
        headings, numeric, rows, left_out = self._cells()
        lines = [f"**{markdown_text(self.title)}**"] if self.title else []
        lines += [f"{markdown_text(label)}: **{markdown_text(text)}**" for label, text in self.facts]
        if rows:
            marks = ["---:" if right else "---" for right in numeric]
            cells = [[markdown_text(text) for text in row] for row in [headings, *rows]]
            lines.append("\n".join(f"| {' | '.join(row)} |" for row in [cells[0], marks, *cells[1:]]))
        return "\n\n".join([*lines, *map(markdown_text, self._ending(left_out))])


def _row_html(row: Sequence[str], sides: Sequence[str]) -> str:
    """The cells of a row; its first text is what the row is about."""
    cells = [f'<td style="text-align:{side}">{html_text(text)}</td>' for text, side in zip(row, sides, strict=True)]
    if len(row) > 1 and sides[0] == "left" and row[0]:
        cells[0] = f'<th scope="row" style="text-align:left;font-weight:normal">{html_text(row[0])}</th>'
    return "".join(cells)


def _plain(column: pd.Series) -> pd.Series:
    """A column in the type that its values have in common: whole or decimal numbers, flags, or text."""
    kind = pd.api.types.infer_dtype(column, skipna=True)
    plain = {"integer": "Int64", "floating": "float64", "mixed-integer-float": "float64", "boolean": "boolean"}
    if kind in plain:
        return column.astype(plain[kind])
    return column.astype(object).map(as_text, na_action="ignore").astype("string")


def show(
    frame: pd.DataFrame, title: str = "", formats: Mapping[str, str] | None = None, notes: str | Sequence[str] = ()
) -> Result:
    """A plain frame shown the way results are; its index is not shown.

    Parameters
    ----------
    frame : DataFrame
    title : str, optional
        Line above the table.
    formats : dict, optional
        Column to kind: index, share, count, hours, money, number, p, estimate or text. `money2` to `money4` round to so
        many digits of the largest amount in the columns of that kind.
    notes : str or sequence of str, optional
        Lines below the table.

    Returns
    -------
    Result

    Raises
    ------
    DataError
        Something other than a DataFrame, a column that it does not have, or another kind.

    Examples
    --------
    >>> show(pd.DataFrame({"team": ["Red"], "people": [12]}), title="Teams")
    Teams
    team  people
    Red       12
    """
    instance("frame", frame, pd.DataFrame, "a DataFrame")
    columns_of(frame, formats)
    lines = (notes,) if isinstance(notes, str) else tuple(instance("notes", notes, Iterable, "a text or several"))
    return Result(table=frame, title=title, notes=lines, formats=formats or {})


def _intervals(columns: Mapping[str, Column], percent: str) -> dict[str, tuple[str, str]]:
    """The columns that hold lower ends, each with the column of its upper ends and the heading of both."""
    if not _CENTRES & set(columns):
        return {}
    return {
        low: (high, heading.format(percent))
        for low, high, heading in _INTERVALS
        if {low, high} <= set(columns) and not columns[low].heading
    }
