"""Pictures of scores and response rates. Each takes a result and optionally an Axes, and returns the Axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import cm
from matplotlib import colors as mpl_colors
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from dxkit.plots import style
from dxkit.plots.sentences import survey as sentences
from dxkit.plots.sentences.survey import DECIMAL, drawn, label_of
from dxkit.results.words import axis, number, percent_of, say

if TYPE_CHECKING:
    from dxkit.survey.response_rate import ResponseRate
    from dxkit.survey.scores import Scores


_RATED = ("rating", "dimension", "overall", "recommend")  # what runs from worst to best


def scores(result: Scores, ax: Axes | None = None, level: str | None = None) -> Axes:
    """Scores with their intervals, the lowest on top; a heat map where there are several names and groups.

    `level` is dimension (where there are any) or item.
    """
    table = result.table
    if result.segments and len(set(table["name"])) > 1:
        return heat(result, ax, level)
    rows, others = drawn(table, level)
    told = sentences.scores(result, level)
    if not any(rows["shown"]):
        return style.nothing(ax, told)
    kind, unit = rows.iloc[0]["kind"], rows.iloc[0]["unit"]
    rows = rows.sort_values("estimate", ascending=unit == "hours", na_position="first", kind="stable")
    rows = rows.to_dict("records")
    with style.canvas(ax, 8.5, 1.3 + 0.38 * len(rows)) as ax:
        names = [style.fitting(label_of(result, row)) for row in rows]
        for y, row in enumerate(rows):
            if not row["shown"]:
                style.hidden_bar(ax, y)
                continue
            ax.plot([row["low"], row["high"]], [y, y], color=style.BLUE, linewidth=2.2, solid_capstyle="round")
            mark = {"at least": ">", "at most": "<"}.get(row["bound"], "o")
            ax.plot(row["estimate"], y, mark, color=style.BLUE, markersize=6.5)
        style.rows_on(ax, names)
        if unit == "index":
            ax.set_xlim(0, 100)
        elif unit == "hours":
            ax.set_xlim(left=0)
        style.ends_on(ax, [_beside(row) for row in rows])
        overall = table.loc[(table["level"] == "overall") & table["shown"]]
        if unit == "index" and kind in _RATED and len(overall) == 1:
            ax.axvline(overall.iloc[0]["estimate"], color=style.GREY, linestyle=":", linewidth=1.2)
            place = (overall.iloc[0]["estimate"], 1)
            above = {"xycoords": ("data", "axes fraction"), "ha": "center", "va": "bottom"}
            ax.annotate(say("picture.overall"), place, fontsize=8, color=style.GREY, **above)
        style.grid_on(ax)
        unit_text = say("picture.interval", axis=axis(kind, unit), percent=percent_of(result.confidence))
        ax.set_xlabel("\n".join(filter(None, (unit_text, others))))
        style.headline(ax, told, 70, 3, 16)
    return ax


def _beside(row: dict[Any, Any]) -> str:
    """What stands beside a score: of a bound what it is, and how many answered."""
    if row["n"] != row["n"]:
        return say("picture.few")
    bound = row["bound"] if row["bound"] in ("at least", "at most") else ""
    value = number(row["estimate"], int(row["unit"] in DECIMAL))
    return "\n".join([*([sentences.bounded(bound, value)] if bound else []), f"n = {row['n']:.0f}"])


def heat(result: Scores, ax: Axes | None = None, level: str | None = None) -> Axes:
    """A heat map of groups by dimension (or item, where there is none); what may not be shown is hatched.

    The colours run over the whole range of the measure, so that all maps of a report can be compared.
    """
    segments = list(result.segments)
    rows, others = drawn(result.table, level)
    told = sentences.scores(result, level)
    if not any(rows["shown"]):
        return style.nothing(ax, told)
    kind, unit = rows.iloc[0]["kind"], rows.iloc[0]["unit"]
    names = list(dict.fromkeys(rows["name"]))
    groups = list(dict.fromkeys(rows.loc[:, segments].itertuples(index=False, name=None)))
    width = 3.2 + 1.25 * len(names)
    with style.canvas(ax, max(7.0, width), 1.9 + 0.36 * len(groups)) as ax:
        colours = style.rising(style.RED if unit == "hours" else style.BLUE)
        if kind in _RATED and unit != "code":
            colours = style.WORST_TO_BEST
        seen = np.floor(rows["estimate"].min()), np.ceil(rows["estimate"].max())
        fixed = {"index": (0, 100), "hours": (0, style.MOST_HOURS), "recommend": (-100, 100)}
        norm = mpl_colors.Normalize(*fixed.get(unit, seen), clip=True)
        for row in rows.to_dict("records"):
            x, y = names.index(row["name"]), groups.index(tuple(row[name] for name in segments))
            if not row["shown"]:
                ax.add_patch(style.hatched(x, y, 1, 1))
                continue
            colour = colours(norm(row["estimate"]))
            ink = style.ink_on(colour)
            ax.add_patch(Rectangle((x, y), 1, 1, facecolor=colour, edgecolor="white"))
            if row["stands_out"]:
                ax.add_patch(Rectangle((x + 0.03, y + 0.03), 0.94, 0.94, fill=False, edgecolor="black", linewidth=1.8))
            value = f"{row['estimate']:.{int(unit in DECIMAL)}f}"
            ax.text(x + 0.5, y + 0.5, value, ha="center", va="center", color=ink, fontsize=9)
            ax.text(x + 0.96, y + 0.9, f"n {row['n']:.0f}", ha="right", va="bottom", color=ink, fontsize=6.5)
        ax.set_xlim(0, len(names))
        ax.set_ylim(len(groups), 0)
        said = rows.drop_duplicates("name")["label"]
        ax.set_xticks(np.arange(len(names)) + 0.5, [style.fitting(label, 16, 3) for label in said])
        ax.xaxis.tick_top()
        labels = [style.fitting(", ".join(map(str, group)), 34) for group in groups]
        ax.set_yticks(np.arange(len(groups)) + 0.5, labels)
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        bar = ax.figure.colorbar(cm.ScalarMappable(norm, colours), ax=ax, shrink=0.8, pad=0.02)
        bar.set_label(axis(kind, unit))
        hidden = "" if all(rows["shown"]) else say("picture.hatched")
        framed = say("picture.framed") if any(rows["stands_out"]) else ""
        ax.set_xlabel("\n".join(filter(None, (framed, hidden, others))), fontsize=8, color=style.GREY)
        style.headline(ax, told, int((max(7.0, width) - 3.6) / 0.1), 3, 10)
    return ax


def response_rate(result: ResponseRate, ax: Axes | None = None) -> Axes:
    """Who answered, by group, the lowest rate on top; the headcount is the pale bar behind."""
    table, told = result.table, sentences.response_rate(result)
    if not any(table["shown"]):
        return style.nothing(ax, told)
    rows = table.sort_values("estimate", ascending=False, na_position="first", kind="stable").to_dict("records")
    with style.canvas(ax, 8.5, 1.3 + 0.34 * len(rows)) as ax:
        names, ends = [], []
        for row in rows:
            count, total = row["responded"], number(row["headcount"])
            names.append(style.fitting(", ".join(str(row[name]) for name in result.segments)))
            known = count == count
            ends.append(
                say("response.of", count=number(count), total=total) if known else say("response.hidden", total=total)
            )
        style.share_bars(ax, rows, "estimate", names, ends)
        ax.set_xlabel(say("response.axis", percent=percent_of(result.confidence)))
        style.headline(ax, told)
    return ax
