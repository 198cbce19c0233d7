"""Pictures of survey results. Each takes a result and optionally an Axes, and returns the Axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib import cm, colormaps
from matplotlib import colors as mpl_colors
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from dxkit.files.options import choice, choices
from dxkit.plots.style import (
    BLUE,
    DIVERGING,
    GREY,
    ORANGE,
    PALE,
    canvas,
    ends_on,
    fitting,
    grid_on,
    hatched,
    ink_on,
    nothing,
    rows_on,
)

if TYPE_CHECKING:
    from dxkit.survey.answers import Answers
    from dxkit.survey.response_rate import ResponseRate
    from dxkit.survey.scores import Scores


def answers(result: Answers, ax: Axes | None = None, items: Sequence[str] | None = None) -> Axes:
    """Diverging stacked bars of the answers to items of one scale, the worst item on top.

    The neutral answer is centred on zero. Shares are of all who answered; how many had no opinion is at the right.
    `items` chooses items; else those of the commonest scale are drawn.
    """
    table = result.table
    if items is not None:
        table = table.loc[table["item"].isin(choices("items", items, list(dict.fromkeys(table["item"]))))]
    shown = table.loc[table["shown"]]
    opinions = shown.loc[shown["code"].notna()]
    scales = {item: tuple(rows["label"]) for item, rows in opinions.groupby("item", sort=False)}
    if not scales:
        return nothing(ax)
    labels = max(scales.values(), key=list(scales.values()).count)
    scored = shown.groupby("item", sort=False).first().loc[:, "score"].to_dict()
    chosen = sorted((item for item in scales if scales[item] == labels), key=lambda item: -scored[item])
    with canvas(ax, 9.5, 1.5 + 0.42 * len(chosen)) as ax:
        colours = _tones(labels, opinions.loc[opinions["item"] == chosen[0]])
        names, ends = [], []
        for y, item in enumerate(chosen):
            rows = shown.loc[shown["item"] == item]
            opinion = rows.loc[rows["code"].notna()]
            shares = 100 * opinion.loc[:, "share"].to_numpy(dtype=float)
            sides = opinion.loc[:, "side"].to_numpy()
            left = -shares[sides < 0].sum() - shares[sides == 0].sum() / 2
            order = np.argsort(sides, kind="stable") if (np.diff(sides) < 0).any() else np.arange(len(sides))
            for k in order:
                ax.barh(
                    y, shares[k], left=left, height=0.74, color=colours[labels[k]], edgecolor="white", linewidth=0.5
                )
                if shares[k] >= 7:
                    ax.text(
                        left + shares[k] / 2,
                        y,
                        f"{shares[k]:.0f}%",
                        ha="center",
                        va="center",
                        fontsize=8,
                        color=ink_on(colours[labels[k]]),
                    )
                left += shares[k]
            names.append(fitting(rows.iloc[0]["display"]))
            ends.append(_beside(rows))
        rows_on(ax, names)
        ax.set_xlim(-100, 100)
        ax.set_xticks(range(-100, 101, 50), ["100%", "50%", "0", "50%", "100%"])
        ax.axvline(0, color=GREY, linewidth=0.7, zorder=0)
        ends_on(ax, ends)
        ax.set_xlabel("share of answers, favourable to the right")
        handles = [Patch(facecolor=colours[label], label=fitting(label, 26, 1)) for label in labels]
        ax.legend(
            handles=handles,
            loc="upper center",
            bbox_to_anchor=(0.5, -0.62 / (0.42 * len(chosen) + 0.4)),
            ncols=min(5, len(labels)),
            frameon=False,
            fontsize=8,
            handlelength=1.2,
            columnspacing=1.2,
        )
        worst = shown.loc[shown["item"] == chosen[-1]].iloc[0]
        ax.set_title(fitting(f"Least favourable: {worst['display']}", 80))
    return ax


def _tones(labels: Sequence[str], rows: pd.DataFrame) -> dict[str, str]:
    """A colour per answer: orange for unfavourable, blue for favourable, stronger at the ends."""
    sides = dict(zip(rows["label"], rows["side"], strict=True))
    tones: dict[str, str] = {}
    for side in (-1, 1):
        members = [label for label in labels if sides[label] == side]
        ends_first = members if rows["side"].iloc[0] == side else members[::-1]
        for k, label in enumerate(ends_first):
            tones[label] = DIVERGING[side * (2 if k == 0 and len(members) > 1 else 1)]
        if len(members) == 1:
            tones[members[0]] = DIVERGING[2 * side]
    middle = [label for label in labels if sides[label] == 0]
    greys = [PALE] if len(middle) < 2 else [mpl_colors.to_hex((v, v, v)) for v in np.linspace(0.68, 0.92, len(middle))]
    tones.update(zip(middle, greys, strict=False))
    return tones


def _beside(rows: pd.DataFrame) -> str:
    first = rows.iloc[0]
    none = rows.loc[rows["code"].isna(), "count"].sum()
    text = f"n = {first['answered']:.0f}"
    return f"{text}, {none:.0f} no opinion" if none else text


def scores(result: Scores, ax: Axes | None = None, level: str | None = None) -> Axes:
    """Scores with their intervals, the lowest on top; a heat map where there are several names and groups.

    `level` is dimension (where there are any) or item.
    """
    table = result.table
    if result.segments and len(set(table["name"])) > 1:
        return heat(result, ax, level)
    level = _level(table, level)
    rows = table.loc[table["level"] == level]
    unit = rows.loc[:, "unit"].mode().iloc[0] if len(rows) else "index"
    rows = rows.loc[rows["unit"] == unit].sort_values(
        "estimate", ascending=unit == "hours", na_position="first", kind="stable"
    )
    if not len(rows):
        return nothing(ax)
    with canvas(ax, 8.5, 1.3 + 0.38 * len(rows)) as ax:
        names = [_named(result, row) for row in rows.to_dict("records")]
        for y, row in enumerate(rows.to_dict("records")):
            if not row["shown"]:
                _hidden_bar(ax, y)
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
        if unit == "index" and len(overall) == 1:
            ax.axvline(overall.iloc[0]["estimate"], color=GREY, linestyle=":", linewidth=1.2)
            ax.annotate(
                "overall",
                (overall.iloc[0]["estimate"], 1),
                xycoords=("data", "axes fraction"),
                fontsize=8,
                color=GREY,
                ha="center",
                va="bottom",
            )
        grid_on(ax)
        ax.set_xlabel(f"{result.axis_labels.get(unit, unit)}, with {round(100 * result.confidence)}% interval")
        visible = rows.loc[rows["shown"]]
        if len(visible):
            worst = visible.iloc[-1]
            word = "Most hours" if unit == "hours" else "Lowest"
            figure = (
                f"{worst['estimate']:.{int(unit == 'hours')}f} ({worst['low']:.{int(unit == 'hours')}f} to "
                f"{worst['high']:.{int(unit == 'hours')}f})"
            )
            ax.set_title(fitting(f"{word}: {_named(result, worst.to_dict(), 60)}, {figure}", 80), pad=16)
    return ax


def _named(result: Scores, row: dict, width: int = 34) -> str:
    parts = [row.get("label", row["name"]), *(row[name] for name in result.segments)]
    return fitting(", ".join(map(str, parts)), width)


def _level(table: pd.DataFrame, level: str | None) -> str | None:
    """The level that is drawn: the one asked for, else dimensions where there are any; None where there are no rows."""
    levels = list(dict.fromkeys(table["level"]))
    if level is not None:
        return choice("level", level, levels)
    return "dimension" if "dimension" in levels else levels[0] if levels else None


def _hidden_bar(ax: Axes, y: float) -> None:
    """A hatched stripe over the axes' width: something is here and is not shown."""
    ax.add_patch(hatched(0, y - 0.3, 1, 0.6, transform=ax.get_yaxis_transform()))


def heat(result: Scores, ax: Axes | None = None, level: str | None = None) -> Axes:
    """A heat map of groups by dimension (or item, where there is none); what may not be shown is hatched."""
    segments = list(result.segments)
    level = _level(result.table, level)
    rows = result.table.loc[(result.table["level"] == level) & (result.table["unit"] == "index")]
    if not segments or not len(rows):
        return nothing(ax, "nothing to show: score by a segment first, scores(survey, by=...)")
    names = list(dict.fromkeys(rows["name"]))
    groups = list(dict.fromkeys(rows.loc[:, segments].itertuples(index=False, name=None)))
    with canvas(ax, 3.2 + 1.25 * len(names), 1.6 + 0.36 * len(groups)) as ax:
        colours = colormaps["cividis"]
        norm = _span(rows.loc[rows["shown"], "estimate"])
        for row in rows.to_dict("records"):
            x, y = names.index(row["name"]), groups.index(tuple(row[name] for name in segments))
            if not row["shown"]:
                ax.add_patch(hatched(x, y, 1, 1))
                continue
            colour = colours(norm(row["estimate"]))
            ax.add_patch(Rectangle((x, y), 1, 1, facecolor=colour, edgecolor="white"))
            ax.text(
                x + 0.5, y + 0.5, f"{row['estimate']:.0f}", ha="center", va="center", color=ink_on(colour), fontsize=9
            )
            ax.text(x + 0.96, y + 0.9, f"n {row['n']:.0f}", ha="right", va="bottom", color=ink_on(colour), fontsize=6.5)
        ax.set_xlim(0, len(names))
        ax.set_ylim(len(groups), 0)
        ax.set_xticks(np.arange(len(names)) + 0.5, [fitting(_label_of(rows, name), 16, 3) for name in names])
        ax.xaxis.tick_top()
        ax.set_yticks(np.arange(len(groups)) + 0.5, [fitting(", ".join(group), 34) for group in groups])
        ax.tick_params(length=0)
        for side in ax.spines.values():
            side.set_visible(False)
        bar = ax.figure.colorbar(cm.ScalarMappable(norm, colours), ax=ax, shrink=0.8, pad=0.02)
        bar.set_label("score, 0 worst to 100 best")
        ax.set_xlabel("hatched: too few answers to show, or they could be worked out", fontsize=8, color=GREY)
        visible = rows.loc[rows["shown"]]
        if len(visible):
            low = visible.sort_values("estimate", kind="stable").iloc[0]
            where = ", ".join(low[segments])
            ax.set_title(
                fitting(
                    f"Lowest: {low['label']} in {where}, {low['estimate']:.0f} of 100",
                    int((1.25 * len(names) + 0.5) / 0.1),
                ),
                pad=10,
            )
    return ax


def _span(estimates: pd.Series) -> mpl_colors.Normalize:
    """The range of the colours: whole tens around the data, at least forty points, so that small gaps stay pale."""
    low, high = (
        (10 * np.floor(estimates.min() / 10), 10 * np.ceil(estimates.max() / 10)) if len(estimates) else (0, 100)
    )
    extra = max(0.0, 40 - (high - low)) / 2
    return mpl_colors.Normalize(max(0, low - extra), min(100, high + extra))


def _label_of(rows: pd.DataFrame, name: str) -> str:
    return rows.loc[rows["name"] == name, "label"].iloc[0]


def response_rate(result: ResponseRate, ax: Axes | None = None) -> Axes:
    """Who answered, by group, the lowest rate on top; the headcount is the pale bar behind."""
    table = result.table
    segments = list(result.segments)
    rows = table.sort_values("estimate", ascending=False, na_position="first", kind="stable")
    if not len(rows):
        return nothing(ax)
    with canvas(ax, 8.5, 1.3 + 0.34 * len(rows)) as ax:
        for y, row in enumerate(rows.to_dict("records")):
            if not row["shown"]:
                _hidden_bar(ax, y)
                continue
            ax.barh(y, 100 * row["estimate"], color=BLUE, height=0.62)
            ax.plot([100 * row["low"], 100 * row["high"]], [y, y], color=ORANGE, linewidth=2)
        names = [fitting(", ".join(str(row[s]) for s in segments)) for row in rows.to_dict("records")]
        rows_on(ax, names)
        ax.set_xlim(0, 100)
        ends = [
            f"{row['responded']:.0f} of {row['headcount']:.0f}" if row["shown"] else f"hidden of {row['headcount']:.0f}"
            for row in rows.to_dict("records")
        ]
        ends_on(ax, ends)
        ax.set_xlabel(f"answered, %, with {round(100 * result.confidence)}% interval; hatched: too few to show")
        visible = rows.loc[rows["shown"]]
        if len(visible):
            low, high = visible.iloc[-1], visible.iloc[0]
            ax.set_title(
                fitting(
                    f"From {100 * low['estimate']:.0f}% in {low[segments[0]]} to {100 * high['estimate']:.0f}% in "
                    f"{high[segments[0]]}",
                    80,
                )
            )
    return ax
