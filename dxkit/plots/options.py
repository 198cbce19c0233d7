"""The picture of options, of which people chose several or put one first. Returns the Axes it drew on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from dxkit.files.errors import DataError
from dxkit.plots.style import (
    ALL_HIDDEN,
    BLUE,
    canvas,
    ends_on,
    fitting,
    grid_on,
    headline,
    hidden_bar,
    nothing,
    rows_on,
    soft,
)

if TYPE_CHECKING:
    from dxkit.survey.answers import Answers

MOST_BARS = 24


def too_many(bars: int, item: str, segment: str) -> DataError:
    """The refusal of a picture that nobody could read."""
    return DataError(
        f"a picture of {bars} bars cannot be read: choose {MOST_BARS} at most with only(...), such as "
        f"only(['{item}']) or only(where={{'{segment}': ...}})"
    )


def chosen_options(result: Answers, table: pd.DataFrame, ax: Axes | None) -> Axes:
    """A bar for each option, and each group where there are segments: its share of all who answered, the most on top.

    The shares need not add up to 100%. Of several questions the first is drawn.
    """
    first = table.iloc[0]["display"]
    rows = table.loc[table["display"] == first]
    unit = f"share of all who answered, %, with {round(100 * result.confidence)}% interval"
    return _shares(result, rows, ax, "label", unit, first, len(set(table["display"])) - 1)


def shares_of_yes(result: Answers, table: pd.DataFrame, ax: Axes | None, others: int) -> Axes:
    """A bar for each question, and each group where there are segments: the share that said yes, the most on top."""
    rows = table.loc[table["code"] == 1]
    yes = rows.iloc[0]["label"]
    unit = f"share of all who answered that said {yes}, %, with {round(100 * result.confidence)}% interval"
    return _shares(result, rows, ax, "display", unit, yes, others)


def most_often(names: Sequence[str], shares: np.ndarray, low: np.ndarray, high: np.ndarray, *, most: int = 3) -> str:
    """What was answered most often, or up to `most` of which one was: a title names no other.

    It may be each whose interval reaches that of the first. Arrays of shares from 0 to 1.

    >>> most_often(["a", "b", "c"], np.array([0.2, 0.5, 0.4]), np.array([0.1, 0.4, 0.3]), np.array([0.3, 0.6, 0.5]))
    'most often b or c'
    """
    rare = shares < 0.5  # a bound has no interval: it may be anything from there to its end of the scale
    low = np.where(np.isnan(low), np.where(rare, 0.0, shares), low)
    high = np.where(np.isnan(high), np.where(rare, shares, 1.0), high)
    order = np.argsort(-shares, kind="stable")
    near = [str(names[k]) for k in order if high[k] >= low[order[0]]]
    if len(near) == 1:
        return f"most often {near[0]}, {100 * shares[order[0]]:.0f}%"
    if len(near) == len(order) or len(near) > most:
        return f"none is ahead of the others, {100 * shares.min():.0f}% to {100 * shares.max():.0f}%"
    return f"most often {', '.join(near[:-1])} or {near[-1]}"


def _shares(result: Answers, rows: pd.DataFrame, ax: Axes | None, name: str, unit: str, said: str, others: int) -> Axes:
    rows = rows.sort_values("share", na_position="first", kind="stable", ignore_index=True)
    if not any(rows["shown"]):
        return nothing(ax, ALL_HIDDEN)
    if result.segments and len(rows) > MOST_BARS:
        raise too_many(len(rows), rows.iloc[-1]["item"], result.segments[0])
    with canvas(ax, 8.5, 1.4 + 0.38 * len(rows)) as ax:
        names, ends = [], []
        for y, row in enumerate(rows.to_dict("records")):
            names.append("\n".join(fitting(row[part], 36, 1) for part in (name, *result.segments)))
            ends.append(f"n = {row['answered']:.0f}" if row["shown"] else "hidden")
            if not row["shown"]:
                hidden_bar(ax, y)
                continue
            ax.barh(y, 100 * row["share"], color=soft(BLUE), height=0.62)
            ax.plot([100 * row["low"], 100 * row["high"]], [y, y], color="black", linewidth=1.5)
        rows_on(ax, names)
        ends_on(ax, ends)
        grid_on(ax)
        ax.set_xlim(0, 100)
        left = f"not drawn: {others} question{'s' * (others > 1)} more; only(...) chooses them" if others else ""
        ax.set_xlabel("\n".join(filter(None, (unit, left))))
        shown = rows.loc[rows["shown"]]
        names = [" in ".join(str(row[part]) for part in (name, *result.segments)) for row in shown.to_dict("records")]
        figures = (shown[part].to_numpy(dtype=float) for part in ("share", "low", "high"))
        found = most_often(names, *figures, most=1 if result.segments else 3)
        headline(ax, f"{said}: {found}", f"{len(shown)} bars; what is named is ahead of the others beyond chance")
    return ax
