"""The picture of a change between two waves. Takes a result and optionally an Axes, and returns the Axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from dxkit.plots.sentences import waves as sentences
from dxkit.plots.sentences.waves import drawn, waves_of
from dxkit.plots.style import BLACK, BLUE, GREY, RED, SILVER, canvas, fitting, headline, nothing
from dxkit.results.formatting import estimate_decimals
from dxkit.results.words import axis, number, say

if TYPE_CHECKING:
    from dxkit.survey.changes import Change

_GOOD = {"index": 1, "recommend": 1, "hours": -1}  # units with a good end, and where it is


def change(result: Change, ax: Axes | None = None, kind: str | None = None) -> Axes:
    """A line from the earlier to the later figure of each question; only what holds after adjustment is bold.

    Better is blue, worse red; black where neither end is good. Figures have the decimals of the table. `kind` chooses
    the questions (rating, importance, hours, dimension ...); the first of the table by default. Several later waves
    stand one behind another, each compared with the first.
    """
    rows, waves, told = drawn(result, kind), waves_of(result), sentences.change(result, kind)
    if not len(rows):
        return nothing(ax, told)
    unit = rows.iloc[0]["unit"]
    rows = rows.assign(decimals=estimate_decimals(rows))
    last = rows.drop_duplicates("name", keep="last").to_dict("records")
    first = rows.drop_duplicates("name").to_dict("records")
    held = rows.loc[rows["holds"]].drop_duplicates("name", keep="last").set_index("name").to_dict("index")
    with canvas(ax, 9.5, 1.6 + 0.36 * max(6, len(first))) as ax:
        figures = np.append(rows["before"].to_numpy(dtype=float), rows["after"].to_numpy(dtype=float))
        step = max(float(np.ptp(figures)), 1e-9) / max(6, len(first)) * 0.8
        for side, ends, column, align in ((-1, first, "before", "right"), (1, last, "after", "left")):
            places = _apart([row[column] for row in ends], step)
            for row, place in zip(ends, places, strict=True):
                x, sure = row["at"] if side > 0 else 0, row["name"] in held
                name = f"{fitting(row['label'], 34, 1)}  " if side < 0 else ""
                moved = f"  ({number(row['estimate'], row['decimals'], '+')})" if side > 0 and row["holds"] else ""
                ax.text(
                    x + 0.04 * side,
                    place,
                    f"{name}{number(row[column], row['decimals'])}{moved}",
                    ha=align,
                    va="center",
                    color=_colour(held[row["name"]], unit) if sure else GREY,
                    weight="bold" if sure else "normal",
                )
                ax.plot([x, x + 0.03 * side], [row[column], place], color=SILVER, linewidth=0.8)
        for name, each in sorted(rows.groupby("name", sort=False), key=lambda pair: pair[0] in held):
            ax.plot(
                [0, *each["at"]],
                [each["before"].iloc[0], *each["after"]],
                "o-",
                color=_colour(held[name], unit) if name in held else SILVER,
                markersize=4,
                linewidth=2.4 if name in held else 1.0,
            )
        ax.set_xlim(-0.75, len(waves) + 0.3)
        ax.set_xticks(range(len(waves) + 1), [say("change.before"), *waves])
        ax.set_yticks([])
        ax.spines[["left", "bottom"]].set_visible(False)
        ax.tick_params(length=0)
        ax.set_xlabel(say("change.holds", axis=axis(first[0]["kind"], unit)))
        headline(ax, told, 88, pad=12)
    return ax


def _colour(row: dict, unit: str) -> str:
    if unit not in _GOOD:
        return BLACK
    return BLUE if row["estimate"] * _GOOD[unit] > 0 else RED


def _apart(values: list[float], step: float) -> np.ndarray:
    """Places near these values, in their order and at least a step from each other."""
    order = np.argsort(values, kind="stable")
    places = np.array(values, dtype=float)[order]
    for _ in range(200):
        gaps = np.diff(places)
        close = np.flatnonzero(gaps < step * 0.999)
        if not len(close):
            break
        for k in close:
            push = (step - (places[k + 1] - places[k])) / 2
            if push > 0:
                places[k] -= push
                places[k + 1] += push
    result = np.empty(len(places))
    result[order] = places
    return result
