"""Pictures of what vendors cost and which is chosen. Each takes a result, optionally an Axes, and returns the Axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from dxkit.files.errors import and_more
from dxkit.files.options import choice
from dxkit.plots import style
from dxkit.plots.sentences import procurement as sentences
from dxkit.plots.sentences.procurement import lowest, money
from dxkit.plots.sentences.told import Told
from dxkit.results.formatting import percent, tied
from dxkit.results.words import own_name, say

if TYPE_CHECKING:
    from dxkit.procurement.choice.scorecard import Scorecard
    from dxkit.procurement.cost.exit_cost import ExitCost
    from dxkit.procurement.cost.ownership import Tco

_CATEGORY = {
    "licence": style.BLUE,
    "implementation": style.ORANGE,
    "integration": style.GREEN,
    "training": style.YELLOW,
    "operations": style.SKY,
    "support": style.PURPLE,
    "hosting": style.RED,
    "other": style.SILVER,
    "credit": style.GREY,
}
_OF = {"pv": "the present value", "exit": "what leaving costs, discounted"}  # what a tornado is about


def totals(result: Tco, ax: Axes | None = None, basis: str = "pv") -> Axes:
    """The present value of each vendor as the range from P10 to P90 with the mean, and how often it is the cheapest.

    `basis` is "pv", or "pv_served" for owning, leaving and what follows.
    """
    choice("basis", basis, ["pv", "pv_served"])
    table = result.totals.loc[result.totals["basis"] == basis]
    table = table.sort_values("mean", ascending=False, key=tied, kind="stable")
    rows, (unit, words) = table.to_dict("records"), money(result, table, "p90")
    with style.canvas(ax, 9, 1.5 + 0.5 * len(rows)) as ax:
        for y, row in enumerate(rows):
            style.span(ax, row["p10"] / unit, row["p90"] / unit, y, style.BLUE)
            ax.plot(row["mean"] / unit, y, "o", color=style.BLUE, markersize=7, markeredgecolor="white", clip_on=False)
            if len(rows) > 1:
                style.beside(ax, y, say("cost.cheapest", chance=percent(row["p_cheapest"])))
        style.rows_on(ax, [style.fitting(row["vendor"]) for row in rows])
        ax.set_xlim(left=0)
        style.grid_on(ax)
        what = say("cost.served" if basis == "pv_served" else "cost.owning")
        ax.set_xlabel(say("cost.present", what=what, unit=words))
        style.headline(ax, sentences.totals(result, basis), 78)
    return ax


def years(result: Tco, ax: Axes | None = None) -> Axes:
    """The cost of each vendor by year, stacked by category, time 0 as year 0; the line is P10 to P90 of the year."""
    table = result.table
    vendors, named = list(dict.fromkeys(table["vendor"])), set(table["category"])
    categories = [category for category in _CATEGORY if category in named]
    horizon = int(table.loc[:, "year"].max())
    spent = table.set_index(["vendor", "year", "category"]).loc[:, "mean"].to_dict()
    unit, words = money(result, result.yearly, "p90")
    sums = result.yearly.set_index(["vendor", "year"]).to_dict("index")
    with style.canvas(ax, 9.5, 4.6) as ax:
        left, places, labels = 0.0, [], []
        for vendor in vendors:
            for year in range(horizon + 1):
                base = 0.0
                for category in categories:
                    height = spent.get((vendor, year, category), 0.0) / unit
                    looks = {"color": _CATEGORY[category], "edgecolor": "white", "linewidth": 0.4}
                    label = category if left == 0 and year == 0 else "_"
                    ax.bar(left + year, height, 0.85, base if height >= 0 else 0.0, label=label, **looks)
                    base += max(height, 0.0)
                whole = sums[vendor, year]
                ax.plot([left + year] * 2, [whole["p10"] / unit, whole["p90"] / unit], color="black", linewidth=1)
                places.append(left + year)
                labels.append(str(year))
            below = {"transform": ax.get_xaxis_transform(), "ha": "center", "va": "top", "fontsize": 8.5}
            ax.text(left + horizon / 2, -0.13, style.fitting(vendor, 16), **below)
            left += horizon + 2
        ax.set_xticks(places, labels, fontsize=8)
        ax.set_ylabel(f"a year, {words}; line: P10 to P90")
        style.headline(ax, Told(lowest(result, "pv"), f"Cost of each year by category, {words}"), 80, pad=26)
        style.legend_above(ax, len(categories))
        style.grid_on(ax, "y")
    return ax


def tornado(result: Tco | ExitCost, ax: Axes | None = None, vendor: str | None = None) -> Axes:
    """Which figures cause the uncertainty of a vendor's cost: each one's share of the variance, the largest on top.

    By default it is the vendor that costs least on average, or the one that is dearest to leave.
    """
    basis = next((each for each in _OF if each in set(result.tornado["basis"])), "")
    vendor = result.foremost if vendor is None else choice("vendor", vendor, result.totals["vendor"].unique().tolist())
    rows = result.tornado.query("vendor == @vendor and basis == @basis").head(8).iloc[::-1]
    if rows.empty:
        return style.nothing(ax, Told("every figure is certain"))
    with style.canvas(ax, 8.5, 1.3 + 0.36 * len(rows)) as ax:
        ax.barh(range(len(rows)), 100 * rows["share"], color=style.BLUE, height=0.7)
        for y, share in enumerate(rows["share"]):
            ax.text(100 * share + 1, y, percent(share), va="center", fontsize=8)
        short = [own_name(name, vendor) for name in rows["input"]]
        names = [each if short.count(each) == 1 else name for each, name in zip(short, rows["input"], strict=True)]
        ax.set_yticks(range(len(rows)), [style.fitting(name, 40) for name in names])
        ax.set_xlim(0, 100)
        ax.set_xlabel(f"share of the variance of {_OF[basis]}, %")
        largest = rows["share"].iloc[-1]
        part = "most" if largest > 0.5 else "the largest part"
        found = f"{vendor}: {part} of the uncertainty is in {names[-1]}"
        style.headline(ax, Told(found, f"It makes {percent(largest)} of the variance"), 70)
    return ax


def leaving(result: ExitCost, ax: Axes | None = None) -> Axes:
    """Exit of each vendor by quarter, planned (lines) and forced (dashes), with renewals and last days of notice."""
    vendors = list(dict.fromkeys(result.totals["vendor"]))
    colours = [style.BLUE, style.ORANGE, style.GREEN, style.PURPLE, style.RED, style.SKY, style.GREY]
    unit, words = money(result, result.totals, "planned")
    with style.canvas(ax, 9.5, 5) as ax:
        for k, vendor in enumerate(vendors):
            rows = result.totals.loc[result.totals["vendor"] == vendor]
            colour, planned = colours[k % len(colours)], rows.loc[:, "planned"].to_numpy() / unit
            ax.plot(rows["quarter"] / 4, planned, color=colour, linewidth=2, label=style.fitting(vendor, 30))
            ax.plot(rows["quarter"] / 4, rows["forced"] / unit, color=colour, linewidth=1.2, linestyle="--", label="_")
            renewed = result.renewals[result.renewals["vendor"] == vendor]
            ax.plot(renewed["quarter"] / 4, renewed["planned"] / unit, "o", color=colour, markersize=7, label="_")
            notice = np.interp(renewed["last_notice"], rows["quarter"] / 4, planned)
            ax.plot(renewed["last_notice"], notice, "|", color=colour, markersize=14, markeredgewidth=2, label="_")
        ax.set_ylim(bottom=0)
        last = int(result.totals.loc[:, "quarter"].max())
        ax.set_xticks(np.arange(0, last / 4 + 0.01))
        ax.set_xlabel("years after the start; line: planned, dashes: forced, dot: renewal, bar: last notice before it")
        ax.set_ylabel(words)
        ax.grid(axis="y", color=style.PALE, linewidth=0.6)
        style.headline(ax, sentences.leaving(result), 80, pad=42)
        style.legend_above(ax, 2)
    return ax


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
