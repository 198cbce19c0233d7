"""Pictures of scores and response rates. Each takes a result and optionally an Axes, and returns the Axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib import cm
from matplotlib import colors as mpl_colors
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from dxkit.files.options import choice
from dxkit.plots.style import (
    ALL_HIDDEN,
    BLUE,
    GREY,
    MOST_HOURS,
    RED,
    WORST_TO_BEST,
    canvas,
    ends_on,
    fitting,
    grid_on,
    hatched,
    headline,
    hidden_bar,
    ink_on,
    no_difference,
    nothing,
    rising,
    rows_on,
    soft,
)
from dxkit.statistics.means.teams import LEVEL
from dxkit.statistics.means.teams import named as beyond_chance

if TYPE_CHECKING:
    from dxkit.survey.changes import Change
    from dxkit.survey.response_rate import ResponseRate
    from dxkit.survey.scores import Scores


_RATED = ("rating", "dimension", "overall", "recommend")  # what runs from worst to best


_NAMED = 2  # that a title has room for
_ENDS = {
    "hours": ("Fewer than", "More than"),
    "place": ("Placed before", "Placed after"),
}
_DECIMAL = ("hours", "place", "code", "number")  # units with a decimal


def scores(result: Scores, ax: Axes | None = None, level: str | None = None) -> Axes:
    """Scores with their intervals, the lowest on top; a heat map where there are several names and groups.

    `level` is dimension (where there are any) or item.
    """
    table = result.table
    if result.segments and len(set(table["name"])) > 1:
        return heat(result, ax, level)
    rows, others = _of_one_kind(table, _level(table, level))
    if not any(rows["shown"]):
        return nothing(ax, ALL_HIDDEN if len(rows) else "nothing to show")
    kind, unit = rows.iloc[0]["kind"], rows.iloc[0]["unit"]
    rows = rows.sort_values("estimate", ascending=unit == "hours", na_position="first", kind="stable")
    with canvas(ax, 8.5, 1.3 + 0.38 * len(rows)) as ax:
        names = [_named(result, row) for row in rows.to_dict("records")]
        for y, row in enumerate(rows.to_dict("records")):
            if not row["shown"]:
                hidden_bar(ax, y)
                continue
            ax.plot([row["low"], row["high"]], [y, y], color=BLUE, linewidth=2.2, solid_capstyle="round")
            ax.plot(row["estimate"], y, "o", color=BLUE, markersize=6.5)
        rows_on(ax, names)
        if unit == "index":
            ax.set_xlim(0, 100)
        elif unit == "hours":
            ax.set_xlim(left=0)
        ends = [f"n = {n:.0f}" if n == n else "too few to show" for n in rows["n"]]
        ends_on(ax, ends)
        overall = table.loc[(table["level"] == "overall") & table["shown"]]
        if unit == "index" and kind in _RATED and len(overall) == 1:
            ax.axvline(overall.iloc[0]["estimate"], color=GREY, linestyle=":", linewidth=1.2)
            place = (overall.iloc[0]["estimate"], 1)
            ax.annotate(
                "overall", place, xycoords=("data", "axes fraction"), fontsize=8, color=GREY, ha="center", va="bottom"
            )
        grid_on(ax)
        unit_text = f"{axis_of(result, kind, unit)}, with {round(100 * result.confidence)}% interval"
        ax.set_xlabel("\n".join(filter(None, (unit_text, others))))
        _score_title(ax, result, rows, 70, 16)
    return ax


def axis_of(result: Scores | Change, kind: str, unit: str) -> str:
    """The unit of an axis in words; only what is a rating, or made of ratings, runs from worst to best."""
    return "importance, 0 to 100" if kind == "importance" else result.axis_labels.get(unit, unit)


def _of_one_kind(table: pd.DataFrame, level: str | None) -> tuple[pd.DataFrame, str]:
    """The rows of a level that share one axis, those of its commonest kind and unit, and in words what is left out."""
    rows = table.loc[table["level"] == level]
    names = rows.drop_duplicates("name").groupby(["kind", "unit"], sort=False).size()
    kind, unit = names.idxmax() if len(names) else (None, None)
    left = ", ".join(
        f"{count} of kind {other}{' in another unit' if other == kind else ''}"
        for (other, measure), count in names.items()
        if (other, measure) != (kind, unit)
    )
    return rows.loc[(rows["kind"] == kind) & (rows["unit"] == unit)], f"not drawn: {left}" if left else ""


def _score_title(ax: Axes, result: Scores, rows: pd.DataFrame, width: int, pad: float) -> None:
    """What lies beyond the others on the worse side, else on the better, else that nothing does; of one row what it is.

    Each differs from the others together, which does not make the first of them the lowest of all.
    """
    shown = rows.loc[rows["shown"]].sort_values("estimate", kind="stable")
    unit, kind = rows.iloc[0]["unit"], rows.iloc[0]["kind"]
    others = "the other groups" if result.segments else "the others"
    low, high = (f"{word} {others}" for word in _ENDS.get(unit, ("Below", "Above")))
    below, above = (shown.loc[shown["stands_out"] == side] for side in ("below", "above"))
    ends = [(low, below), (high, above.iloc[::-1])]
    found = [end for end in (ends[::-1] if unit == "hours" or kind == "importance" else ends) if len(end[1])]
    if len(shown) == 1:
        found = [("", shown)]
    if not found:
        what = "question" if rows.iloc[0]["level"] == "item" else "dimension"
        headline(ax, no_difference(result.segments, what), _of_how_many(result, rows), width, 3, pad)
        return
    word, named = found[0]
    said = []
    for row in named.iloc[:_NAMED].to_dict("records"):
        value, *ends = (f"{row[name]:.{int(unit in _DECIMAL)}f}" for name in ("estimate", "low", "high"))
        name = _named(result, row, 40).replace("\n", " ")
        alone = row["low"] != row["low"]
        said.append(f"{name}, " + (f"{row['bound']} {value}".strip() if alone else f"{value} ({ends[0]} to {ends[1]})"))
    more = [f"{len(named) - _NAMED} more"] if len(named) > _NAMED else []
    brackets = f"; the {round(100 * result.confidence)}% interval is in brackets" if named["low"].notna().any() else ""
    sure = f"{axis_of(result, kind, unit)}{brackets}"
    text = f"{f'{word}: ' if word else ''}{'; '.join([*said, *more])}"
    headline(ax, text, f"{sure}, {named.iloc[0]['n']:.0f} answers" if len(named) == 1 else sure, width, 3, pad)


def _of_how_many(result: Scores, rows: pd.DataFrame) -> str:
    shown = rows.loc[rows["shown"]]
    span = f"from {shown['estimate'].min():.0f} to {shown['estimate'].max():.0f}"
    return f"{len(shown)} scores {span}; the chance of any false alarm is held to {round(100 * LEVEL)}%"


def _named(result: Scores, row: dict, width: int = 34) -> str:
    parts = [row.get("label", row["name"]), *(row[name] for name in result.segments)]
    return fitting(", ".join(map(str, parts)), width)


def _level(table: pd.DataFrame, level: str | None) -> str | None:
    """The level that is drawn: the one asked for, else dimensions where there are any; None where there are no rows."""
    levels = list(dict.fromkeys(table["level"]))
    if level is not None:
        return choice("level", level, levels)
    return "dimension" if "dimension" in levels else levels[0] if levels else None


def heat(result: Scores, ax: Axes | None = None, level: str | None = None) -> Axes:
    """A heat map of groups by dimension (or item, where there is none); what may not be shown is hatched.

    The colours run over the whole range of the measure, so that all maps of a report can be compared.
    """
    segments = list(result.segments)
    level = _level(result.table, level)
    rows, others = _of_one_kind(result.table, level)
    if not segments or not len(rows):
        return nothing(ax, "nothing to show: score by a segment first, scores(survey, by=...)")
    if not any(rows["shown"]):
        return nothing(ax, ALL_HIDDEN)
    kind, unit = rows.iloc[0]["kind"], rows.iloc[0]["unit"]
    names = list(dict.fromkeys(rows["name"]))
    groups = list(dict.fromkeys(rows.loc[:, segments].itertuples(index=False, name=None)))
    width = 3.2 + 1.25 * len(names)
    with canvas(ax, max(7.0, width), 1.9 + 0.36 * len(groups)) as ax:
        colours = WORST_TO_BEST if kind in _RATED and unit != "code" else rising(RED if unit == "hours" else BLUE)
        seen = (np.floor(rows["estimate"].min()), np.ceil(rows["estimate"].max()))
        fixed = {"index": (0, 100), "hours": (0, MOST_HOURS), "recommend": (-100, 100)}
        ends = fixed.get(unit, seen)
        norm = mpl_colors.Normalize(*ends, clip=True)
        for row in rows.to_dict("records"):
            x, y = names.index(row["name"]), groups.index(tuple(row[name] for name in segments))
            if not row["shown"]:
                ax.add_patch(hatched(x, y, 1, 1))
                continue
            colour = colours(norm(row["estimate"]))
            ink = ink_on(colour)
            ax.add_patch(Rectangle((x, y), 1, 1, facecolor=colour, edgecolor="white"))
            if row["stands_out"]:
                ax.add_patch(Rectangle((x + 0.03, y + 0.03), 0.94, 0.94, fill=False, edgecolor="black", linewidth=1.8))
            value = f"{row['estimate']:.{int(unit in _DECIMAL)}f}"
            ax.text(x + 0.5, y + 0.5, value, ha="center", va="center", color=ink, fontsize=9)
            ax.text(x + 0.96, y + 0.9, f"n {row['n']:.0f}", ha="right", va="bottom", color=ink, fontsize=6.5)
        ax.set_xlim(0, len(names))
        ax.set_ylim(len(groups), 0)
        ax.set_xticks(np.arange(len(names)) + 0.5, [fitting(_label_of(rows, name), 16, 3) for name in names])
        ax.xaxis.tick_top()
        labels = [fitting(", ".join(map(str, group)), 34) for group in groups]
        ax.set_yticks(np.arange(len(groups)) + 0.5, labels)
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        bar = ax.figure.colorbar(cm.ScalarMappable(norm, colours), ax=ax, shrink=0.8, pad=0.02)
        bar.set_label(axis_of(result, kind, unit))
        hidden = "" if all(rows["shown"]) else "hatched: too few answers to show, or they could be worked out"
        framed = "framed: differs from the other groups beyond chance" if any(rows["stands_out"]) else ""
        ax.set_xlabel("\n".join(filter(None, (framed, hidden, others))), fontsize=8, color=GREY)
        _score_title(ax, result, rows, int((max(7.0, width) - 3.6) / 0.1), 10)
    return ax


def _label_of(rows: pd.DataFrame, name: str) -> str:
    return rows.loc[rows["name"] == name, "label"].iloc[0]


def response_rate(result: ResponseRate, ax: Axes | None = None) -> Axes:
    """Who answered, by group, the lowest rate on top; the headcount is the pale bar behind."""
    table = result.table
    segments = list(result.segments)
    rows = table.sort_values("estimate", ascending=False, na_position="first", kind="stable")
    if not any(rows["shown"]):
        return nothing(ax, ALL_HIDDEN if len(rows) else "nothing to show")
    with canvas(ax, 8.5, 1.3 + 0.34 * len(rows)) as ax:
        for y, row in enumerate(rows.to_dict("records")):
            if not row["shown"]:
                hidden_bar(ax, y)
                continue
            ax.barh(y, 100 * row["estimate"], color=soft(BLUE), height=0.62)
            ax.plot([100 * row["low"], 100 * row["high"]], [y, y], color="black", linewidth=1.5)
        names = [fitting(", ".join(str(row[s]) for s in segments)) for row in rows.to_dict("records")]
        rows_on(ax, names)
        ax.set_xlim(0, 100)
        ends = [
            f"{row['responded']:.0f} of {row['headcount']:.0f}" if row["shown"] else f"hidden of {row['headcount']:.0f}"
            for row in rows.to_dict("records")
        ]
        ends_on(ax, ends)
        ax.set_xlabel(f"answered, %, with {round(100 * result.confidence)}% interval; hatched: too few to show")
        _rate_title(ax, result, rows.loc[rows["shown"]])
    return ax


def _rate_title(ax: Axes, result: ResponseRate, shown: pd.DataFrame) -> None:
    """The groups with the lowest and the highest rate, where they are told apart from the others."""
    n, came = (shown[name].to_numpy(dtype=float) for name in ("headcount", "responded"))
    others, rate, mean = n.sum() - n, came / n, min(1.0, came.sum() / n.sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        gap = (rate - (came.sum() - came) / others) / np.sqrt(mean * (1 - mean) * (1 / n + 1 / others))
    apart = beyond_chance(gap, np.full(len(n), np.inf))
    whole = f"{shown['responded'].sum():.0f} of {n.sum():.0f} people answered in the groups shown"
    named = [
        f"{', '.join(str(row[name]) for name in result.segments)} answered {word} ({100 * row['estimate']:.0f}%)"
        for word, side, row in (
            ("less than the others", -1, shown.iloc[-1]),
            ("more than the others", 1, shown.iloc[0]),
        )
        if side == apart[-1 if side < 0 else 0]
    ]
    headline(ax, "; ".join(named) or no_difference(result.segments), whole)
