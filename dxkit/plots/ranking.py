"""Pictures of a ranking of pains. Each takes a result and optionally an Axes, and returns the Axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Ellipse, Rectangle
from scipy.special import betaincinv

from dxkit.plots import style
from dxkit.plots.sentences import ranking as sentences
from dxkit.results.formatting import percent, tied
from dxkit.results.words import percent_of, say
from dxkit.statistics.verdict import NAMING

if TYPE_CHECKING:
    from dxkit.survey.ranking import Ranking
    from dxkit.survey.ranking_order import ActionGrid


def pains(result: Ranking, ax: Axes | None = None) -> Axes:
    """Every topic with its interval, the worst on top; those still possible are blue, the others grey.

    The worst are red where the verdict is clear or likely. At the right are the range of the rank of a topic and how
    probably it is among the worst. A ranking by segments is drawn as `groups`.
    """
    if result.segments:
        return groups(result, ax)
    table = result.table
    rows = table[table["shown"] & table["rank"].notna()].iloc[::-1].to_dict("records")
    told = sentences.pains(result)
    if not rows:
        return style.nothing(ax, told)
    with style.canvas(ax, 9.5, 1.6 + 0.36 * len(rows)) as ax:
        for y, row in enumerate(rows):
            colour = _colour(result, row["topic"])
            ax.plot([row["low"], row["high"]], [y, y], color=colour, linewidth=2.2, solid_capstyle="round")
            ax.plot(row["estimate"], y, "D" if colour == style.RED else "o", color=colour, markersize=6.5)
            low, high = int(row["rank_low"]), int(row["rank_high"])
            ranks = f"{low}" if low == high else say("picture.rank_range", low=low, high=high)
            _columns(ax, y, (ranks, percent(row["p_top"])), color=colour)
        style.rows_on(ax, [style.fitting(row["topic"]) for row in rows])
        ax.set_xlim(left=0)
        percents = percent_of(result.confidence)
        headings = say("picture.ranks", percent=percents), say("picture.among", count=result.top_n)
        _columns(ax, len(rows) - 0.3, headings, va="bottom", fontsize=8, color=style.GREY)
        style.grid_on(ax)
        ax.set_xlabel(say("picture.interval", axis=result.axis_label, percent=percents))
        style.headline(ax, told, 74, pad=30)
    return ax


def _columns(ax: Axes, y: float, texts: tuple[str, str], **looks: Any) -> None:
    """Two columns of text at the right of the Axes."""
    for points, text in zip((30, 84), texts, strict=True):
        style.beside(ax, y, text, points, ha="center", **looks)


def _colour(result: Ranking, topic: str) -> str:
    named = result.verdict in NAMING and topic in result.top
    return style.RED if named else style.BLUE if topic in result.possible else style.GREY


def groups(result: Ranking, ax: Axes | None = None) -> Axes:
    """The burden of every topic in every group; the worst are framed where the group's verdict is clear or likely.

    Cells not shown are hatched.
    """
    table, verdicts = result.table, result.groups
    if verdicts is None or not any(table["shown"]):
        return style.nothing(ax, sentences.pains(result))
    label = table[list(result.segments)].agg(", ".join, axis=1)
    columns = list(dict.fromkeys(label))
    said = dict(zip(verdicts[list(result.segments)].agg(", ".join, axis=1), verdicts["verdict"], strict=True))
    order = table.loc[:, ["topic", "estimate"]].groupby("topic").mean()
    order = order.sort_values("estimate", ascending=False, key=tied, kind="stable")
    # the darkest colour is the same in every map of a report
    most = {"hours": style.MOST_HOURS, "opportunity": 20.0}.get(result.score, 100.0)
    with style.canvas(ax, 3.6 + 1.15 * len(columns), 1.6 + 0.36 * len(order)) as ax:
        for y, topic in enumerate(reversed(order.index)):
            for x, group in enumerate(columns):
                row = table.loc[(table["topic"] == topic) & (label == group)].iloc[0].to_dict()
                _cell(ax, x, y, row, most, result, _FRAMES.get(said[group]))
        ax.set_yticks(range(len(order)), [style.fitting(topic) for topic in reversed(order.index)])
        ax.set_xticks(range(len(columns)), [style.fitting(group, 14) for group in columns])
        ax.set_xlim(-0.5, len(columns) - 0.5)
        ax.set_ylim(-0.5, len(order) - 0.5)
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        counts = {name: list(said.values()).count(name) for name in (*NAMING, "open")}
        marks = [f"{line}: the group's worst {result.top_n}, {name}" for name, line in _LINES.items() if counts[name]]
        hidden = "" if all(table["shown"]) else "hatched: too few to show"
        ax.set_xlabel("\n".join(filter(None, (result.axis_label, "; ".join(marks), hidden))))
        style.headline(ax, sentences.pains(result), int(10 + 9 * len(columns)), 3)
    return ax


_FRAMES = {"clear": "-", "likely": (0, (4, 2))}
_LINES = {"clear": "framed", "likely": "dashed"}


def _cell(ax: Axes, x: int, y: int, row: dict[str, Any], most: float, result: Ranking, frame: Any) -> None:
    if not row["shown"]:
        ax.add_patch(style.hatched(x - 0.46, y - 0.42, 0.92, 0.84))
        return
    colour = style.rising(style.ORANGE)(min(1.0, row["estimate"] / most))
    ax.add_patch(Rectangle((x - 0.46, y - 0.42), 0.92, 0.84, facecolor=colour))
    chosen = frame is not None and row["rank"] <= result.top_n
    if chosen:
        line = {"edgecolor": "black", "linewidth": 2.2, "linestyle": frame}
        ax.add_patch(Rectangle((x - 0.46, y - 0.42), 0.92, 0.84, fill=False, **line))
    digits = 1 if result.score in ("hours", "opportunity") else 0
    weight = "bold" if chosen else "normal"
    text = f"{row['estimate']:.{digits}f}"
    ax.text(x, y, text, ha="center", va="center", weight=weight, color=style.ink_on(colour))


def action_grid(result: ActionGrid, ax: Axes | None = None) -> Axes:
    """Importance against satisfaction; the ellipse of a topic holds its true place with the result's confidence.

    What matters and does not satisfy is at the lower right. Topics are numbered; the worst of the ranking are red where
    its verdict is clear or likely.
    """
    shown = result.table.loc[result.table["shown"]].sort_values("satisfaction", key=tied, kind="stable")
    rows = shown.to_dict("records")
    told = sentences.action_grid(result)
    if not rows:
        return style.nothing(ax, told)
    with style.canvas(ax, 9.5, 5.6) as ax:
        for k, row in enumerate(rows, 1):
            colour = style.RED if row["chosen"] and result.verdict in NAMING else style.BLUE
            width, height, angle = _ellipse(row, result.confidence)
            place = (row["importance"], row["satisfaction"])
            ax.add_patch(Ellipse(place, width, height, angle=angle, facecolor=colour, alpha=0.13, edgecolor="none"))
            ax.add_patch(Ellipse(place, width, height, angle=angle, fill=False, edgecolor=colour, linewidth=1.1))
            ax.text(*place, str(k), ha="center", va="center", color=colour, weight="bold")
            down = 1 - 0.075 * (k - 1) * min(1, 13 / len(rows))
            place = {"xycoords": "axes fraction", "xytext": (14, 0), "textcoords": "offset points", "va": "top"}
            ink = colour if colour == style.RED else "black"
            ax.annotate(f"{k}  {style.fitting(row['topic'], 34, 1)}", (1, down), color=ink, **place)
        ax.autoscale_view()
        ax.axvline(np.median([row["importance"] for row in rows]), color=style.GREY, linestyle=":", linewidth=1)
        ax.axhline(np.median([row["satisfaction"] for row in rows]), color=style.GREY, linestyle=":", linewidth=1)
        corner = {"xycoords": "axes fraction", "ha": "right", "va": "bottom", "color": style.GREY, "fontsize": 8}
        ax.annotate("more important, less satisfying", (0.99, 0.01), **corner)
        ax.set_xlabel("importance, 0 to 100 (dotted: the median topic)")
        ax.set_ylabel("satisfaction, 0 to 100")
        style.headline(ax, told, 90)
    return ax


def _ellipse(row: dict, confidence: float) -> tuple[float, float, float]:
    """Full axes and angle (degrees) of the ellipse for two means: Hotelling's, with F on 2 and df - 1."""
    df = max(2.0, row["df"])
    x = betaincinv(1.0, (df - 1) / 2, confidence)  # F = x (df - 1) / (2 (1 - x)) of 2 and df - 1 degrees of freedom
    size = df * x / (1 - x)
    cov = np.array([[row["var_importance"], row["covariance"]], [row["covariance"], row["var_satisfaction"]]])
    values, vectors = np.linalg.eigh(cov)
    long = vectors[:, 1] if vectors[0, 1] >= 0 else -vectors[:, 1]
    width, height = 2 * np.sqrt(np.maximum(values[::-1], 0.0) * size)
    return float(width), float(height), float(np.degrees(np.arctan2(long[1], long[0])))
