"""Pictures of scores, changes and response rates. Each takes a result and optionally an Axes, and returns the Axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import cm
from matplotlib import colors as mpl_colors
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from dxkit.plots import style
from dxkit.plots.sentences import survey as sentences
from dxkit.plots.sentences.survey import DECIMAL, changes_drawn, drawn, label_of
from dxkit.results.formatting import estimate_decimals, tied
from dxkit.results.words import axis, number, percent_of, say

if TYPE_CHECKING:
    from dxkit.survey.changes import Change
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
    rows = rows.sort_values("estimate", ascending=unit == "hours", na_position="first", key=tied, kind="stable")
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
    table = table.sort_values("estimate", ascending=False, na_position="first", key=tied, kind="stable")
    rows = table.to_dict("records")
    with style.canvas(ax, 8.5, 1.3 + 0.34 * len(rows)) as ax:
        names, ends = [], []
        for row in rows:
            count, total = row["responded"], number(row["headcount"])
            names.append(style.fitting(", ".join(str(row[name]) for name in result.segments)))
            hidden = say("response.hidden", total=total)
            ends.append(say("response.of", count=number(count), total=total) if count == count else hidden)
        style.share_bars(ax, rows, "estimate", names, ends)
        ax.set_xlabel(say("response.axis", percent=percent_of(result.confidence)))
        style.headline(ax, told)
    return ax


_GOOD = {"index": 1, "recommend": 1, "hours": -1}  # units with a good end, and where it is


def change(result: Change, ax: Axes | None = None, kind: str | None = None) -> Axes:
    """A line from the earlier to the later figure of each question; only what holds after adjustment is bold.

    Better is blue, worse red; black where neither end is good. Figures have the decimals of the table. `kind` chooses
    the questions (rating, importance, hours, dimension ...); the first of the table by default. Several later waves
    stand one behind another, each compared with the first.
    """
    rows, told = changes_drawn(result, kind), sentences.change(result, kind)
    if not len(rows):
        return style.nothing(ax, told)
    unit = rows.iloc[0]["unit"]
    rows = rows.assign(decimals=estimate_decimals(rows))
    last = rows.drop_duplicates("name", keep="last").to_dict("records")
    first = rows.drop_duplicates("name").to_dict("records")
    held = rows.loc[rows["holds"]].drop_duplicates("name", keep="last").set_index("name").to_dict("index")
    with style.canvas(ax, 9.5, 1.6 + 0.36 * max(6, len(first))) as ax:
        figures = np.append(rows["before"].to_numpy(dtype=float), rows["after"].to_numpy(dtype=float))
        step = max(float(np.ptp(figures)), 1e-9) / max(6, len(first)) * 0.8
        for side, ends, column, align in ((-1, first, "before", "right"), (1, last, "after", "left")):
            places = _apart([row[column] for row in ends], step)
            for row, place in zip(ends, places, strict=True):
                x, sure = row["at"] if side > 0 else 0, row["name"] in held
                star = "*" if row["name"] in result.reworded else ""
                name = f"{style.fitting(row['label'], 34, 1)}{star}  " if side < 0 else ""
                moved = f"  ({number(row['estimate'], row['decimals'], '+')})" if side > 0 and row["holds"] else ""
                ink = _colour(held[row["name"]], unit) if sure else style.GREY
                looks: dict[str, Any] = {"ha": align, "color": ink, "weight": "bold" if sure else "normal"}
                ax.text(
                    x + 0.04 * side, place, f"{name}{number(row[column], row['decimals'])}{moved}", va="center", **looks
                )
                ax.plot([x, x + 0.03 * side], [row[column], place], color=style.SILVER, linewidth=0.8)
        for name, each in sorted(rows.groupby("name", sort=False), key=lambda pair: pair[0] in held):
            ink, width = (_colour(held[name], unit), 2.4) if name in held else (style.SILVER, 1.0)
            line = [each["before"].iloc[0], *each["after"]]
            ax.plot([0, *each["at"]], line, "o-", color=ink, markersize=4, linewidth=width)
        ax.set_xlim(-0.75, len(result.waves) - 0.7)
        usual = (say("change.before"), *[say("change.after")] * (len(result.waves) - 1))
        ax.set_xticks(range(len(usual)), [wave or word for wave, word in zip(result.waves, usual, strict=True)])
        ax.set_yticks([])
        ax.spines[["left", "bottom"]].set_visible(False)
        ax.tick_params(length=0)
        reworded = say("change.reworded") if result.reworded & set(rows["name"]) else ""
        ax.set_xlabel(say("change.holds", axis=axis(first[0]["kind"], unit)) + reworded)
        style.headline(ax, told, 88, pad=12)
    return ax


def _colour(row: dict, unit: str) -> str:
    if unit not in _GOOD:
        return style.BLACK
    return style.BLUE if row["estimate"] * _GOOD[unit] > 0 else style.RED


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
