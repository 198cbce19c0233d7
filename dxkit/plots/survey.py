"""Pictures of survey results. Each takes a result and optionally an Axes, and returns the Axes."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.patches import Patch, Rectangle

from dxkit.plots.style import BLUE, DIVERGING, GREY, HATCH, ORANGE, PALE, canvas, fitting, ink_on, nothing


def answers(result, ax=None, items=None):
    """Diverging stacked bars of the answers to items of one scale, the worst item on top.

    The neutral answer is centred on zero. Shares are of all who answered; how many had no opinion stands at the right.
    `items` chooses items; else those of the commonest scale are drawn.
    """
    table = result.table if items is None else result.table[result.table["item"].isin(items)]
    shown = table[table["shown"]]
    scales = shown[shown["code"].notna()].groupby("item", sort=False)["label"].agg(tuple)
    if not len(scales):
        with canvas(ax, 8, 2) as ax:
            return nothing(ax)
    labels = scales.value_counts().index[0]
    chosen = [item for item in scales.index if scales[item] == labels]
    scored = shown.drop_duplicates("item").set_index("item")["score"]
    chosen = sorted(chosen, key=lambda item: -scored[item])
    with canvas(ax, 9.5, 1.5 + 0.42 * len(chosen)) as ax:
        colours = _tones(labels, shown[shown["item"] == chosen[0]])
        names, ends = [], []
        for y, item in enumerate(chosen):
            rows = shown[shown["item"] == item]
            opinion = rows[rows["code"].notna()]
            shares = 100 * opinion["share"].to_numpy(dtype=float)
            sides = opinion["side"].to_numpy()
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
            names.append(fitting(rows["display"].iloc[0]))
            ends.append(_beside(rows))
        ax.set_yticks(range(len(chosen)), names)
        ax.set_ylim(-0.6, len(chosen) - 0.4)
        ax.set_xlim(-100, 100)
        ax.set_xticks(range(-100, 101, 50), ["100%", "50%", "0", "50%", "100%"])
        ax.axvline(0, color=GREY, linewidth=0.7, zorder=0)
        right = ax.secondary_yaxis("right")
        right.set_yticks(range(len(chosen)), ends, fontsize=7.5, color=GREY)
        right.spines["right"].set_visible(False)
        right.tick_params(length=0)
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
        worst = shown[shown["item"] == chosen[-1]].iloc[0]
        ax.set_title(fitting(f"Least favourable: {worst['display']}", 80))
    return ax


def _tones(labels, rows: pd.DataFrame) -> dict[str, str]:
    """A colour per answer: orange for unfavourable, blue for favourable, stronger at the ends."""
    rows = rows[rows["code"].notna()]
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
    greys = [PALE] if len(middle) < 2 else [mpl.colors.to_hex((v, v, v)) for v in np.linspace(0.68, 0.92, len(middle))]
    tones.update(zip(middle, greys, strict=False))
    return tones


def _beside(rows: pd.DataFrame) -> str:
    first = rows.iloc[0]
    none = rows.loc[rows["code"].isna(), "count"].sum()
    text = f"n = {first['answered']:.0f}"
    return f"{text}, {none:.0f} no opinion" if none else text


def scores(result, ax=None, level=None):
    """Scores with their intervals, the lowest on top. `level` is dimension (where there are any) or item."""
    table = result.table
    level = level or ("dimension" if (table["level"] == "dimension").any() else table["level"].iloc[0])
    rows = table[table["level"] == level]
    unit = rows["unit"].mode().iloc[0] if len(rows) else "index"
    rows = rows[rows["unit"] == unit].sort_values(
        "estimate", ascending=unit == "hours", na_position="first", kind="stable"
    )
    if not len(rows):
        with canvas(ax, 8, 2) as ax:
            return nothing(ax)
    with canvas(ax, 8.5, 1.3 + 0.38 * len(rows)) as ax:
        names = [_named(result, row) for row in rows.to_dict("records")]
        for y, row in enumerate(rows.to_dict("records")):
            if not row["shown"]:
                _hidden_bar(ax, y, 0, 1)
                continue
            ax.plot([row["low"], row["high"]], [y, y], color=BLUE, linewidth=2.2, solid_capstyle="round")
            ax.plot(row["estimate"], y, "o", color=BLUE, markersize=6.5)
        ax.set_yticks(range(len(rows)), names)
        ax.set_ylim(-0.6, len(rows) - 0.4)
        if unit == "index":
            ax.set_xlim(0, 100)
        elif unit == "hours":
            ax.set_xlim(left=0)
        ends = [f"n = {n:.0f}" if n == n else "fewer than shown" for n in rows["n"]]
        right = ax.secondary_yaxis("right")
        right.set_yticks(range(len(rows)), ends, fontsize=8, color=GREY)
        right.spines["right"].set_visible(False)
        right.tick_params(length=0)
        overall = table[(table["level"] == "overall") & table["shown"]]
        if unit == "index" and len(overall) == 1:
            ax.axvline(overall["estimate"].iloc[0], color=GREY, linestyle=":", linewidth=1.2)
            ax.annotate(
                "overall",
                (overall["estimate"].iloc[0], 1),
                xycoords=("data", "axes fraction"),
                fontsize=8,
                color=GREY,
                ha="center",
                va="bottom",
            )
        ax.grid(axis="x", color=PALE, linewidth=0.6)
        ax.set_axisbelow(True)
        ax.set_xlabel(f"{result.axis_labels[unit]}, with {round(100 * result.confidence)}% interval")
        seen = rows[rows["shown"]]
        if len(seen):
            worst = seen.iloc[-1]
            word = "Most hours" if unit == "hours" else "Lowest"
            figure = (
                f"{worst['estimate']:.{int(unit == 'hours')}f} ({worst['low']:.{int(unit == 'hours')}f} to "
                f"{worst['high']:.{int(unit == 'hours')}f})"
            )
            ax.set_title(fitting(f"{word}: {_named(result, worst.to_dict(), 60)}, {figure}", 80), pad=16)
    return ax


def _named(result, row: dict, width: int = 34) -> str:
    parts = [row.get("label", row["name"]), *(row[name] for name in getattr(result, "segments", ()))]
    return fitting(", ".join(map(str, parts)), width)


def _hidden_bar(ax, y: float, start: float, end: float) -> None:
    """A hatched stripe over the axes' width: something is here and is not shown."""
    stripe = Rectangle(
        (start, y - 0.3),
        end - start,
        0.6,
        transform=ax.get_yaxis_transform(),
        facecolor="white",
        edgecolor=GREY,
        hatch=HATCH,
        linewidth=0.0,
    )
    ax.add_patch(stripe)


def heat(result, ax=None, level=None):
    """A heat map of groups by dimension (or item, where there is none); what may not be shown is hatched."""
    segments = list(result.segments)
    level = level or ("dimension" if (result.table["level"] == "dimension").any() else "item")
    rows = result.table[(result.table["level"] == level) & (result.table["unit"] == "index")]
    if not segments or not len(rows):
        with canvas(ax, 8, 2) as ax:
            return nothing(ax, "nothing to show: score by a segment first, scores(survey, by=...)")
    names = list(dict.fromkeys(rows["name"]))
    groups = list(dict.fromkeys(rows[segments].itertuples(index=False, name=None)))
    with canvas(ax, 3.2 + 1.25 * len(names), 1.6 + 0.36 * len(groups)) as ax:
        colours = mpl.colormaps["cividis"]
        norm = _span(rows.loc[rows["shown"], "estimate"])
        for row in rows.to_dict("records"):
            x, y = names.index(row["name"]), groups.index(tuple(row[name] for name in segments))
            if not row["shown"]:
                ax.add_patch(Rectangle((x, y), 1, 1, facecolor="white", edgecolor=GREY, hatch=HATCH, linewidth=0.0))
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
        bar = ax.figure.colorbar(mpl.cm.ScalarMappable(norm, colours), ax=ax, shrink=0.8, pad=0.02)
        bar.set_label("score, 0 worst to 100 best")
        ax.set_xlabel("hatched: too few answers to show, or they could be worked out", fontsize=8, color=GREY)
        seen = rows[rows["shown"]]
        if len(seen):
            low = seen.loc[seen["estimate"].idxmin()]
            where = ", ".join(low[segments])
            ax.set_title(
                fitting(
                    f"Lowest: {low['label']} in {where}, {low['estimate']:.0f} of 100",
                    int((1.25 * len(names) + 0.5) / 0.1),
                ),
                pad=10,
            )
    return ax


def _span(estimates: pd.Series) -> mpl.colors.Normalize:
    """The range of the colours: whole tens around the data, at least forty points, so that small gaps stay pale."""
    low, high = (
        (10 * np.floor(estimates.min() / 10), 10 * np.ceil(estimates.max() / 10)) if len(estimates) else (0, 100)
    )
    extra = max(0.0, 40 - (high - low)) / 2
    return mpl.colors.Normalize(max(0, low - extra), min(100, high + extra))


def _label_of(rows: pd.DataFrame, name: str) -> str:
    return rows.loc[rows["name"] == name, "label"].iloc[0]


def response_rate(result, ax=None):
    """Who answered, by group, the lowest rate on top; the headcount is the pale bar behind."""
    table = result.table
    segments = list(table.columns[: table.columns.get_loc("responded")])
    rows = table.sort_values("estimate", ascending=False, na_position="first", kind="stable")
    if not len(rows):
        with canvas(ax, 8, 2) as ax:
            return nothing(ax)
    with canvas(ax, 8.5, 1.3 + 0.34 * len(rows)) as ax:
        for y, row in enumerate(rows.to_dict("records")):
            if not row["shown"]:
                _hidden_bar(ax, y, 0, 1)
                continue
            ax.barh(y, 100 * row["estimate"], color=BLUE, height=0.62)
            ax.plot([100 * row["low"], 100 * row["high"]], [y, y], color=ORANGE, linewidth=2)
        names = [fitting(", ".join(str(row[s]) for s in segments)) for row in rows.to_dict("records")]
        ax.set_yticks(range(len(rows)), names)
        ax.set_ylim(-0.6, len(rows) - 0.4)
        ax.set_xlim(0, 100)
        ends = [
            f"{row['responded']:.0f} of {row['headcount']:.0f}" if row["shown"] else f"hidden of {row['headcount']:.0f}"
            for row in rows.to_dict("records")
        ]
        right = ax.secondary_yaxis("right")
        right.set_yticks(range(len(rows)), ends, fontsize=8, color=GREY)
        right.spines["right"].set_visible(False)
        right.tick_params(length=0)
        ax.set_xlabel(f"answered, %, with {round(100 * result.confidence)}% interval; hatched: too few to show")
        seen = rows[rows["shown"]]
        if len(seen):
            low, high = seen.iloc[-1], seen.iloc[0]
            ax.set_title(
                fitting(
                    f"From {100 * low['estimate']:.0f}% in {low[segments[0]]} to {100 * high['estimate']:.0f}% in "
                    f"{high[segments[0]]}",
                    80,
                )
            )
    return ax
