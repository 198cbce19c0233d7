"""Pictures of what came of it: one function each, takes a result and optionally an Axes, and returns the Axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from dxkit.plots import style
from dxkit.plots.sentences import outcomes as sentences
from dxkit.plots.sentences.outcomes import left

if TYPE_CHECKING:
    from dxkit.outcomes.before_after import BeforeAfter
    from dxkit.outcomes.business_case import BusinessCase
    from dxkit.outcomes.durations import Durations
    from dxkit.outcomes.follow_up import FollowUp
    from dxkit.outcomes.trend import Trend


def survival(result: Durations, ax: Axes | None = None) -> Axes:
    """The share still open over time with its band and median, and how many are left at each time."""
    told = sentences.survival(result)
    if result.curve.empty:
        return style.nothing(ax, told)
    with style.canvas(ax, 8, 4.4) as ax:
        _stairs(ax, result, style.BLUE)
        half = result.median.estimate
        if half is not None:
            ax.plot([0, half, half], [0.5, 0.5, 0], color=style.GREY, linewidth=1, linestyle="--")
        _still_open(ax, [result])
        style.headline(ax, told, pad=10)
    return ax


def sides(result: BeforeAfter, ax: Axes | None = None) -> Axes:
    """What began before a date and what began after it; for counts the rates with their intervals."""
    with style.canvas(ax, 8, 4.4) as ax:
        colours = dict(zip(("before", "after"), (style.GREY, style.BLUE), strict=True))
        if result.curves:
            for (name, colour), each in zip(colours.items(), result.curves, strict=True):
                _stairs(ax, each, colour, label=f"began {name}")
            _still_open(ax, result.curves)
            ax.legend(loc="upper right", frameon=False)
        else:
            for y, row in enumerate(result.table.to_dict("records")):
                style.span(ax, row["low"], row["high"], y, colours[row["period"]])
                dot = {"markersize": 8, "markeredgecolor": "white", "clip_on": False}
                ax.plot(row["estimate"], y, "o", color=colours[row["period"]], **dot)
            ax.set_yticks([0, 1], list(colours))
            ax.set_ylim(1.6, -0.6)
            ax.set_xlim(left=0)
            ax.set_xlabel("a period, with 95% interval")
        style.headline(ax, sentences.sides(result), 76, pad=10)
    return ax


def _stairs(ax: Axes, result: Durations, colour: str, label: str | None = None) -> None:
    """A curve with its band; a bar where something was still open at the data cut-off date."""
    curve = result.curve
    time = np.concatenate([[0.0], curve["time"]])
    share, low, high = (np.concatenate([[1.0], curve[name]]) for name in ("survival", "low", "high"))
    ax.fill_between(time, low, high, step="post", facecolor=colour, alpha=0.18, linewidth=0)
    for edge in (low, high):
        ax.step(time, edge, where="post", color=style.soft(colour), linewidth=0.8)
    ax.step(time, share, where="post", color=colour, linewidth=2, label=label)
    open_ones = curve[curve["censored"] > 0]
    ax.plot(open_ones["time"], open_ones["survival"], "|", color=colour, markersize=9)


def _still_open(ax: Axes, curves: Sequence[Durations]) -> None:
    """Axes of curves, with how many are left below each mark of time, a line for each curve."""
    ax.set_ylim(0, 1.03)
    ax.set_xlim(0, max(float(each.curve.loc[:, "time"].max()) for each in curves) * 1.02 or 1.0)
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
    ax.set_ylabel("still open")
    ticks = [tick for tick in ax.get_xticks() if 0 <= tick <= ax.get_xlim()[1]]
    labels = ["\n".join([f"{tick:g}", *(str(left(each.curve, tick)) for each in curves)]) for tick in ticks]
    ax.set_xticks(ticks, labels)
    lines = "how many are left" if len(curves) == 1 else "how many are left, before and after"
    ax.set_xlabel(f"{curves[0].unit}; below: {lines}; a bar: still open at the data cut-off")


def points(result: Trend, ax: Axes | None = None) -> Axes:
    """The values with the slope that fits them and the limits of each; unusual ones in colour, and the power stated."""
    table = result.table
    with style.canvas(ax, 8.5, 3.8) as ax:
        at = np.arange(len(table))
        ax.fill_between(at, table["low"], table["high"], facecolor=style.PALE, alpha=0.6, linewidth=0)
        for edge in ("low", "high"):
            ax.plot(at, table[edge], color=style.SILVER, linewidth=0.8)
        ax.plot(at, table["fitted"], color=style.GREY, linewidth=1)
        ax.plot(at, table["value"], "o-", color=style.BLUE, linewidth=1.2, markersize=5)
        out = table["unusual"].to_numpy(dtype=bool)
        ax.plot(at[out], table["value"][out], "o", color=style.RED, markersize=10)
        step = max(1, -(-len(table) // 13))
        ax.set_xticks(
            at[::step], [style.fitting(name, 10, 1) for name in table["period"][::step]], rotation=30, ha="right"
        )
        ax.set_ylim(bottom=0)
        ax.set_xlabel("line: the slope; grey: what the other values let expect of each")
        style.headline(ax, sentences.points(result), 76, pad=10)
    return ax


def moved(result: FollowUp, ax: Axes | None = None) -> Axes:
    """Each pain before, as expected, and after; only what moved has colour."""
    rows = result.table.dropna(subset=["estimate"]).to_dict("records")[::-1]
    with style.canvas(ax, 9, 1.6 + 0.36 * max(4, len(rows))) as ax:
        if not rows:
            return style.nothing(ax, sentences.moved(result))
        for y, row in enumerate(rows):
            colour = {"moved": style.BLUE, "worse": style.RED}.get(row["verdict"], style.GREY)
            style.span(ax, row["expected"] + row["low"], row["expected"] + row["high"], y, colour)
            ax.plot(row["before"], y, "o", color="white", markeredgecolor=style.GREY, markersize=6)
            ax.plot(row["expected"], y, "|", color=style.GREY, markersize=12, markeredgewidth=2)
            ax.plot(row["after"], y, "o", color=colour, markersize=7, markeredgecolor="white")
            if row["remark"]:
                right = max(row["before"], row["after"], row["expected"] + row["high"])
                ax.text(right, y, f"   {row['remark']}", va="center", color=colour)
        style.rows_on(ax, [style.fitting(row["topic"]) for row in rows])
        low, high = ax.get_xlim()
        ax.set_xlim(max(0.0, low), high + 0.28 * (high - low))
        ax.set_xlabel(f"{result.unit}; ring: before, bar: expected, dot: after with its range")
        style.headline(ax, sentences.moved(result), 76, pad=10)
    return ax


def ledgers(result: BusinessCase, ax: Axes | None = None) -> Axes:
    """The ledgers of one vendor side by side, never added, and the share of the hours that closes the gap."""
    table = result.ledgers[result.ledgers["vendor"] == result.vendor].set_index("ledger")
    names = {
        "cost": "cost of owning",
        "exit": "expected cost of leaving",
        "cash": "cash back",
        "risk": "risk avoided",
        "capacity": "hours, if all became output",
    }
    shown = [name for name in names if name in table.index]
    with style.canvas(ax, 8.5, 1.7 + 0.5 * len(shown)) as ax:
        for y, name in enumerate(shown[::-1]):
            row = table.loc[name]
            colour = style.RED if name in ("cost", "exit") else style.ORANGE if name == "capacity" else style.BLUE
            ax.barh(y, row["mean"], color=style.soft(colour), height=0.6)
            ax.plot([row["p10"], row["p90"]], [y, y], color="black", linewidth=1.2)
        most = float(table.loc[:, "p90"].max())
        means = dict(zip(table.index, table["mean"], strict=True))
        mid = result.rho_break_even[1]
        if "capacity" in shown and np.isfinite(mid) and 0 < mid <= 1:
            at = mid * means["capacity"]
            ax.plot([at, at], [-0.4, 0.4], color="black", linewidth=2)
            ax.text(at, -0.46, f"{100 * mid:.0f}%", ha="center", va="top", weight="bold")
        ax.set_yticks(range(len(shown)), [names[name] for name in shown[::-1]])
        ax.set_ylim(-0.85, len(shown) - 0.4)
        ax.set_xlim(0, most * 1.05)
        ax.ticklabel_format(axis="x", style="plain")
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        ax.set_xlabel(f"present value, {result.currency or 'money'}; thin line: P10 to P90")
        style.headline(ax, sentences.ledgers(result), 58, pad=10)
    return ax
