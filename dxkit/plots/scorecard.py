"""Pictures of a scorecard. Each takes a result and optionally an Axes, and returns the Axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from dxkit.files.errors import and_more
from dxkit.plots.sentences import scorecard as sentences
from dxkit.plots.sentences.told import Told
from dxkit.plots.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    RED,
    SILVER,
    SKY,
    YELLOW,
    beside,
    canvas,
    fitting,
    grid_on,
    headline,
    ink_on,
    legend_above,
    nothing,
    rising,
)
from dxkit.results.formatting import percent

if TYPE_CHECKING:
    from dxkit.procurement.choice.scorecard import Scorecard

_COLOURS = [BLUE, ORANGE, GREEN, PURPLE, SKY, YELLOW, RED, GREY]


def contributions(result: Scorecard, ax: Axes | None = None) -> Axes:
    """Points by criterion, stacked for each vendor, with the 95% interval of the whole score."""
    order = result.table["vendor"].tolist()[::-1]
    criteria = list(dict.fromkeys(result.contributions["criterion"]))
    points = result.contributions.set_index(["vendor", "criterion"]).loc[:, "contribution"].to_dict()
    whole = result.table.set_index("vendor")
    with canvas(ax, 9.5, 1.9 + 0.55 * len(order)) as ax:
        for y, vendor in enumerate(order):
            left = 0.0
            for k, name in enumerate(criteria):
                width = float(points[vendor, name])
                ax.barh(
                    y,
                    width,
                    left=left,
                    height=0.6,
                    color=_COLOURS[k % len(_COLOURS)],
                    edgecolor="white",
                    linewidth=0.4,
                    label=fitting(name, 24) if y == 0 else "_",
                )
                left += width
            row = whole.loc[vendor]
            ax.plot([row["low"], row["high"]], [y, y], color="black", linewidth=1)
            first = f"ranks first in {percent(row['p_first'])}" if len(order) > 1 else ""
            beside(ax, y, "knocked out" if row["must"] == "fail" else first)
        ax.set_yticks(range(len(order)), [fitting(name) for name in order])
        ax.set_xlim(0, 100)
        ax.set_xlabel(f"points: 0 all at worst, 100 all at best ({result.status}); line: 95% interval of the score")
        headline(ax, sentences.contributions(result), 84, pad=30)
        legend_above(ax, min(len(criteria), 5))
        grid_on(ax)
    return ax


def ranks(result: Scorecard, ax: Axes | None = None) -> Axes:
    """How often each vendor has each rank over all simulations of weights, ratings and costs."""
    order = result.table["vendor"].tolist()[::-1]
    shares = result.ranks.set_index(["vendor", "rank"]).loc[:, "share"].to_dict()
    count = int(result.ranks.loc[:, "rank"].max())
    if count == 1:
        return nothing(ax, Told("one vendor: there is nothing to rank"))
    with canvas(ax, 8.5, 1.5 + 0.5 * len(order)) as ax:
        for y, vendor in enumerate(order):
            left = 0.0
            for rank in range(1, count + 1):
                share = 100 * float(shares[vendor, rank])
                colour = rising(BLUE)(1 - (rank - 1) / max(count - 1, 1))
                ax.barh(
                    y,
                    share,
                    left=left,
                    height=0.6,
                    color=colour,
                    edgecolor="white",
                    linewidth=0.4,
                    label=f"rank {rank}" if y == 0 else "_",
                )
                if share >= 8:
                    ax.text(
                        left + share / 2,
                        y,
                        f"{share:.0f}",
                        ha="center",
                        va="center",
                        fontsize=8,
                        color=ink_on(colour),
                    )
                left += share
        ax.set_yticks(range(len(order)), [fitting(name) for name in order])
        ax.set_xlim(0, 100)
        ax.set_xlabel("share of simulations, %")
        chance = float(result.table.loc[:, "p_first"].max())
        most = result.table.loc[result.table["p_first"] >= chance - 1e-9, "vendor"].tolist()
        found = f"Scores highest most often: {most[0]}" if len(most) == 1 else f"As often first: {and_more(most, 4)}"
        headline(ax, Told(found, f"In {percent(chance)} of the simulations"), 80, pad=22)
        legend_above(ax, count)
    return ax


def weight_ranges(result: Scorecard, ax: Axes | None = None) -> Axes:
    """For each criterion the weights for which the winner stays (bar), and the weight in use (dot)."""
    rows = result.stability.iloc[::-1].to_dict("records")
    if not rows:
        return nothing(ax, Told("one vendor: no weight changes the choice"))
    with canvas(ax, 8.5, 1.4 + 0.45 * len(rows)) as ax:
        for y, row in enumerate(rows):
            ax.plot([0, 100], [y, y], color=SILVER, linewidth=1.5, solid_capstyle="butt")
            ax.plot([100 * row["low"], 100 * row["high"]], [y, y], color=BLUE, linewidth=6, solid_capstyle="butt")
            ax.plot(100 * row["weight"], y, "o", color="black", markersize=6)
            outside = f"otherwise {fitting(row['flips_to'], 24)}" if row["flips_to"] else "at any weight"
            beside(ax, y, outside)
        ax.set_yticks(range(len(rows)), [fitting(row["criterion"]) for row in rows])
        ax.set_xlim(0, 100)
        ax.set_xlabel("weight of the criterion, % (the others keep their proportions)")
        firm = sum(not row["flips_to"] for row in rows)
        sure = f"It keeps it at any weight of {firm} of {len(rows)} criteria"
        headline(ax, Told(f"Weights for which {result.table['vendor'].iloc[0]} keeps the highest score", sure), 80)
    return ax


def trial_plan(result: Scorecard, ax: Axes | None = None) -> Axes:
    """What to find out first: points of score that each is worth on average before choosing."""
    rows = result.trial_plan.query("value > 0").head(8).iloc[::-1].to_dict("records")
    if not rows:
        return nothing(ax, Told("nothing that could be found out would change the choice"))
    with canvas(ax, 9, 1.3 + 0.42 * len(rows)) as ax:
        ax.barh(range(len(rows)), [row["value"] for row in rows], color=GREEN, height=0.6)
        for y, row in enumerate(rows):
            ax.text(row["value"], y, f"  {fitting(row['find_out'], 60, 1)}", va="center", fontsize=8)
        ax.set_yticks(range(len(rows)), [fitting(f"{row['vendor']}: {row['criterion']}", 40) for row in rows])
        ax.set_xlim(0, 1.7 * rows[-1]["value"])
        ax.set_xlabel("points of score gained on average by knowing it before choosing")
        unknown = result.trial_plan.loc[result.trial_plan["value"].isna()]
        best = f"Find out first: {rows[-1]['vendor']}, {rows[-1]['criterion']}"
        if len(unknown):
            best = f"First check the must-have: {unknown['vendor'].iloc[0]}, {unknown['criterion'].iloc[0]}"
        most = rows[-1]["value"]
        gain = f"{most:.1f} points" if most >= 0.05 else "less than 0.1 points"
        headline(ax, Told(best, f"{gain} of score are gained on average by knowing it"), 80)
    return ax
