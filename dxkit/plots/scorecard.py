"""Pictures of a scorecard. Each takes a result and optionally an Axes, and returns the Axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from dxkit.files.errors import and_more
from dxkit.plots import style
from dxkit.plots.sentences import scorecard as sentences
from dxkit.plots.sentences.told import Told
from dxkit.results.formatting import percent

if TYPE_CHECKING:
    from dxkit.procurement.choice.scorecard import Scorecard

_COLOURS = [style.BLUE, style.ORANGE, style.GREEN, style.PURPLE, style.SKY, style.YELLOW, style.RED, style.GREY]


def contributions(result: Scorecard, ax: Axes | None = None) -> Axes:
    """Points by criterion, stacked for each vendor, with the 95% interval of the whole score."""
    order = result.table["vendor"].tolist()[::-1]
    criteria = list(dict.fromkeys(result.contributions["criterion"]))
    points = result.contributions.set_index(["vendor", "criterion"]).loc[:, "contribution"].to_dict()
    whole, colours = result.table.set_index("vendor"), [_COLOURS[k % len(_COLOURS)] for k in range(len(criteria))]
    with style.canvas(ax, 9.5, 1.9 + 0.55 * len(order)) as ax:
        for y, vendor in enumerate(order):
            labels = [style.fitting(name, 24) if y == 0 else "_" for name in criteria]
            style.stacked(ax, y, [float(points[vendor, name]) for name in criteria], colours, labels)
            row = whole.loc[vendor]
            ax.plot([row["low"], row["high"]], [y, y], color="black", linewidth=1)
            first = f"ranks first in {percent(row['p_first'])}" if len(order) > 1 else ""
            style.beside(ax, y, "knocked out" if row["must"] == "fail" else first)
        ax.set_yticks(range(len(order)), [style.fitting(name) for name in order])
        ax.set_xlim(0, 100)
        ax.set_xlabel(f"points: 0 all at worst, 100 all at best ({result.status}); line: 95% interval of the score")
        style.headline(ax, sentences.contributions(result), 84, pad=30)
        style.legend_above(ax, min(len(criteria), 5))
        style.grid_on(ax)
    return ax


def ranks(result: Scorecard, ax: Axes | None = None) -> Axes:
    """How often each vendor has each rank over all simulations of weights, ratings and costs."""
    order = result.table["vendor"].tolist()[::-1]
    shares = result.ranks.set_index(["vendor", "rank"]).loc[:, "share"].to_dict()
    count = int(result.ranks.loc[:, "rank"].max())
    if count == 1:
        return style.nothing(ax, Told("one vendor: there is nothing to rank"))
    with style.canvas(ax, 8.5, 1.5 + 0.5 * len(order)) as ax:
        colours = [style.rising(style.BLUE)(1 - k / (count - 1)) for k in range(count)]
        for y, vendor in enumerate(order):
            parts = [100 * float(shares[vendor, rank]) for rank in range(1, count + 1)]
            labels = [f"rank {rank}" if y == 0 else "_" for rank in range(1, count + 1)]
            style.stacked(ax, y, parts, colours, labels, told=lambda share: f"{share:.0f}" if share >= 8 else "")
        ax.set_yticks(range(len(order)), [style.fitting(name) for name in order])
        ax.set_xlim(0, 100)
        ax.set_xlabel("share of simulations, %")
        chance = float(result.table.loc[:, "p_first"].max())
        most = result.table.loc[result.table["p_first"] >= chance - 1e-9, "vendor"].tolist()
        found = f"Scores highest most often: {most[0]}" if len(most) == 1 else f"As often first: {and_more(most, 4)}"
        style.headline(ax, Told(found, f"In {percent(chance)} of the simulations"), 80, pad=22)
        style.legend_above(ax, count)
    return ax


def weight_ranges(result: Scorecard, ax: Axes | None = None) -> Axes:
    """For each criterion the weights for which the winner stays (bar), and the weight in use (dot)."""
    rows = result.stability.iloc[::-1].to_dict("records")
    if not rows:
        return style.nothing(ax, Told("one vendor: no weight changes the choice"))
    with style.canvas(ax, 8.5, 1.4 + 0.45 * len(rows)) as ax:
        for y, row in enumerate(rows):
            ax.plot([0, 100], [y, y], color=style.SILVER, linewidth=1.5, solid_capstyle="butt")
            ax.plot([100 * row["low"], 100 * row["high"]], [y, y], color=style.BLUE, linewidth=6, solid_capstyle="butt")
            ax.plot(100 * row["weight"], y, "o", color="black", markersize=6)
            outside = f"otherwise {style.fitting(row['flips_to'], 24)}" if row["flips_to"] else "at any weight"
            style.beside(ax, y, outside)
        ax.set_yticks(range(len(rows)), [style.fitting(row["criterion"]) for row in rows])
        ax.set_xlim(0, 100)
        ax.set_xlabel("weight of the criterion, % (the others keep their proportions)")
        firm = sum(not row["flips_to"] for row in rows)
        sure = f"It keeps it at any weight of {firm} of {len(rows)} criteria"
        style.headline(
            ax, Told(f"Weights for which {result.table['vendor'].iloc[0]} keeps the highest score", sure), 80
        )
    return ax


def trial_plan(result: Scorecard, ax: Axes | None = None) -> Axes:
    """What to find out first: points of score that each is worth on average before choosing."""
    rows = result.trial_plan.query("value > 0").head(8).iloc[::-1].to_dict("records")
    if not rows:
        return style.nothing(ax, Told("nothing that could be found out would change the choice"))
    with style.canvas(ax, 9, 1.3 + 0.42 * len(rows)) as ax:
        ax.barh(range(len(rows)), [row["value"] for row in rows], color=style.GREEN, height=0.6)
        for y, row in enumerate(rows):
            ax.text(row["value"], y, f"  {style.fitting(row['find_out'], 60, 1)}", va="center", fontsize=8)
        ax.set_yticks(range(len(rows)), [style.fitting(f"{row['vendor']}: {row['criterion']}", 40) for row in rows])
        ax.set_xlim(0, 1.7 * rows[-1]["value"])
        ax.set_xlabel("points of score gained on average by knowing it before choosing")
        unknown = result.trial_plan.loc[result.trial_plan["value"].isna()]
        best = f"Find out first: {rows[-1]['vendor']}, {rows[-1]['criterion']}"
        if len(unknown):
            best = f"First check the must-have: {unknown['vendor'].iloc[0]}, {unknown['criterion'].iloc[0]}"
        most = rows[-1]["value"]
        gain = f"{most:.1f} points" if most >= 0.05 else "less than 0.1 points"
        style.headline(ax, Told(best, f"{gain} of score are gained on average by knowing it"), 80)
    return ax
