"""The picture of who gave which answer. It takes a result and optionally an Axes, and returns the Axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Patch
from matplotlib.transforms import ScaledTranslation

from dxkit.plots.options import MOST_BARS, shares, too_many
from dxkit.plots.sentences import answers as sentences
from dxkit.plots.sentences.answers import Bar
from dxkit.plots.style import (
    BLUE,
    GREY,
    canvas,
    ends_on,
    fitting,
    headline,
    hidden_bar,
    ink_on,
    nothing,
    rising,
    rows_on,
    scale_colours,
)

if TYPE_CHECKING:
    from dxkit.survey.answers import Answers


def answers(result: Answers, ax: Axes | None = None, items: Sequence[str] | None = None) -> Axes:
    """Diverging stacked bars of the answers to items of one scale, favourable to the right, the worst on top.

    The neutral answer is centred on zero; who had no opinion stands apart at the right. Each bar adds up to all who
    answered. With segments there is a bar for each item and group. `items` chooses items; else those of the commonest
    scale are drawn. Of a choice between yes and no, only the share of yes is.
    """
    found = sentences.drawn(result, items)
    told = sentences.answers(result, items)
    if found.rows is not None:
        return shares(result, found, told, ax)
    bars = found.bars
    if not bars:
        return nothing(ax, told)
    if result.segments and len(bars) > MOST_BARS:
        raise too_many(len(bars), bars[-1].item, result.segments[0])
    labels = _commonest([bar.labels for bar in bars if not bar.turned] or [bar.labels for bar in bars])
    with canvas(ax, 9.5, 1.7 + 0.42 * len(bars)) as ax:
        colours = _colours(next(bar for bar in bars if bar.labels == labels))
        starts = [-bar.shares[bar.sides < 0].sum() - bar.shares[bar.sides == 0].sum() / 2 for bar in bars]
        starts = [start if bar.ordered else 0.0 for start, bar in zip(starts, bars, strict=True)]
        drawn = [(start, bar) for start, bar in zip(starts, bars, strict=True) if bar.shown]
        reach = max(max(-start, start + bar.shares.sum()) for start, bar in drawn)
        reach = 25 * max(2, int(np.ceil(reach / 25 - 1e-9))) if bars[0].ordered else 100
        for y, (bar, start) in enumerate(zip(bars, starts, strict=True)):
            if bar.shown:
                _draw(ax, y, bar, start, colours, reach + 4)
            else:
                hidden_bar(ax, y)
        rows_on(ax, [_name(bar, bar.labels != labels, bool(result.segments)) for bar in bars])
        most = max((bar.none for bar in bars if bar.shown), default=0.0)
        low = -reach if bars[0].ordered else 0
        ax.set_xlim(low, reach + (4 + most if most else 0))
        ticks = range(low, reach + 1, 25)
        ax.set_xticks(ticks, [f"{abs(tick)}%" for tick in ticks])
        if bars[0].ordered:
            ax.axvline(0, color=GREY, linewidth=0.7, zorder=0)
        ends_on(ax, [_beside(bar) for bar in bars])
        _legend(ax, labels, colours, bool(most), _below(ax, bars, labels, found.others))
        headline(ax, told)
    return ax


def _commonest(values: list[tuple[str, ...]]) -> tuple[str, ...]:
    return max(dict.fromkeys(values), key=values.count)


def _colours(bar: Bar) -> list[str]:
    if not bar.ordered:
        way = rising(BLUE)
        return [to_hex(way(k / max(1, len(bar.labels) - 1))) for k in range(len(bar.labels))]
    return scale_colours(*(int((bar.sides == side).sum()) for side in (-1, 0, 1)))


def _draw(ax: Axes, y: int, bar: Bar, start: float, colours: list[str], apart: float) -> None:
    left = start
    for share, colour in zip(bar.shares, colours, strict=True):
        ax.barh(y, share, left=left, height=0.74, color=colour, edgecolor="white", linewidth=0.7)
        _percent(ax, left + share / 2, y, share, ink_on(colour))
        left += share
    if bar.none:
        ax.barh(y, bar.none, left=apart, height=0.74, color="white", edgecolor=GREY, linewidth=0.8)
        _percent(ax, apart + bar.none / 2, y, bar.none, "black")


def _percent(ax: Axes, x: float, y: float, share: float, ink: str) -> None:
    if share >= 9:
        ax.text(x, y, f"{share:.0f}%", ha="center", va="center", fontsize=8, color=ink)


def _name(bar: Bar, turned: bool, grouped: bool) -> str:
    name = f"(reversed) {bar.display}" if turned else bar.display
    return f"{fitting(name, 36, 1)}\n{fitting(bar.group, 36, 1)}" if grouped else fitting(name)


def _beside(bar: Bar) -> str:
    return f"n = {bar.answered:.0f}" if bar.shown else "hidden"


def _below(ax: Axes, bars: list[Bar], labels: tuple[str, ...], left_out: int) -> int:
    """The label of the axis; returns how many lines it has."""
    lines = ["share of all who answered" + (", favourable to the right" if bars[0].ordered else "")]
    if any(bar.labels != labels for bar in bars):
        lines.append(
            f"(reversed): {fitting(labels[0], 26, 1)} is favourable there, so its answers stand in turned order"
        )
    if left_out:
        lines.append(f"not drawn: {left_out} question{'s' * (left_out > 1)} with other answers; only(...) chooses them")
    ax.set_xlabel("\n".join(lines))
    return len(lines)


def _legend(ax: Axes, labels: Sequence[str], colours: list[str], opinions: bool, lines: int) -> None:
    """Below the axis, from unfavourable to favourable."""
    names = [fitting(label, 26, 1) for label in labels]
    handles = [Patch(facecolor=colour, label=name) for colour, name in zip(colours, names, strict=True)]
    if opinions:
        handles.append(Patch(facecolor="white", edgecolor=GREY, label="No opinion"))
    below = ScaledTranslation(0, -(26 + 13 * lines) / 72, ax.figure.dpi_scale_trans)
    ax.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, 0),
        bbox_transform=ax.transAxes + below,
        ncols=max(1, min(len(handles), 100 // (4 + max(map(len, names))))),
        frameon=False,
        fontsize=8,
        handlelength=1.2,
        columnspacing=1.2,
    )
