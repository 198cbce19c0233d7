"""The picture of a change between two waves. Takes a result and optionally an Axes, and returns the Axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from dxkit.files.options import choice
from dxkit.plots.style import BLUE, GREY, RED, SILVER, canvas, fitting, headline, nothing
from dxkit.plots.survey import axis_of

if TYPE_CHECKING:
    from dxkit.survey.changes import Change


def change(result: Change, ax: Axes | None = None, kind: str | None = None) -> Axes:
    """A line from the earlier to the later figure of each question; only what holds after adjustment has colour.

    Better is blue, worse red. `kind` chooses the questions (rating, importance, hours, dimension ...); the first of
    the table by default.
    """
    table = result.table.loc[result.table["shown"].astype(bool)]
    kinds = list(dict.fromkeys(result.table["kind"]))
    kind = choice("kind", kind, kinds) if kind is not None else table.iloc[0]["kind"] if len(table) else None
    rows = table.loc[table["kind"] == kind]
    if not len(rows):
        return nothing(ax)
    unit = rows["unit"].mode()[0]
    rows = rows.loc[rows["unit"] == unit].to_dict("records")
    with canvas(ax, 9.5, 1.6 + 0.36 * max(6, len(rows))) as ax:
        spread = max(max(row["before"], row["after"]) for row in rows) - min(
            min(row["before"], row["after"]) for row in rows
        )
        step = max(spread, 1e-9) / max(6, len(rows)) * 0.8
        digits = 1 if unit == "hours" else 0
        for side, column, align in ((0, "before", "right"), (1, "after", "left")):
            places = _apart([row[column] for row in rows], step)
            for row, place in zip(rows, places, strict=True):
                name = f"{fitting(row['label'], 34, 1)}  " if side == 0 else ""
                moved = f"  ({row['estimate']:+.{digits}f})" if side and row["holds"] else ""
                ax.text(
                    side + (0.04 if side else -0.04),
                    place,
                    f"{name}{row[column]:.{digits}f}{moved}",
                    ha=align,
                    va="center",
                    color=_colour(row, unit),
                    weight="bold" if row["holds"] else "normal",
                )
                ax.plot([side, side + (0.03 if side else -0.03)], [row[column], place], color=SILVER, linewidth=0.8)
        for row in sorted(rows, key=lambda row: row["holds"]):
            ax.plot(
                [0, 1],
                [row["before"], row["after"]],
                "o-",
                color=_colour(row, unit) if row["holds"] else SILVER,
                markersize=4,
                linewidth=2.4 if row["holds"] else 1.0,
            )
        ax.set_xlim(-0.75, 1.3)
        ax.set_xticks([0, 1], ["before", "after"])
        ax.set_yticks([])
        ax.spines[["left", "bottom"]].set_visible(False)
        ax.tick_params(length=0)
        ax.set_xlabel(f"{axis_of(result, rows[0]['kind'], unit)}; coloured: a change that holds after adjustment")
        held = [row["label"] for row in rows if row["holds"]]
        found = f"Changed: {'; '.join(held)}" if held else "No change holds"
        headline(ax, found, f"{len(rows)} compared, adjusted for how many are looked at", 88, pad=12)
    return ax


def _colour(row: dict, unit: str) -> str:
    if not row["holds"]:
        return GREY
    return BLUE if (row["estimate"] > 0) != (unit == "hours") else RED


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
