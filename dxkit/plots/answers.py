"""Pictures of who gave which answer. Each takes a result and optionally an Axes, and returns the Axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Patch
from matplotlib.transforms import ScaledTranslation

from dxkit.files.errors import DataError
from dxkit.plots import style
from dxkit.plots.sentences import answers as sentences
from dxkit.plots.sentences.answers import Bar, Drawn
from dxkit.plots.sentences.told import Told

if TYPE_CHECKING:
    from dxkit.survey.answers import Answers

_MOST_BARS = 24


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
        return style.nothing(ax, told)
    _check_readable(result, len(bars), bars[-1].item)
    labels = [bar.labels for bar in bars if not bar.turned] or [bar.labels for bar in bars]
    labels = max(dict.fromkeys(labels), key=labels.count)
    with style.canvas(ax, 9.5, 1.7 + 0.42 * len(bars)) as ax:
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
                style.hidden_bar(ax, y)
        style.rows_on(ax, [_name(bar, bar.labels != labels, bool(result.segments)) for bar in bars])
        most = max((bar.none for bar in bars if bar.shown), default=0.0)
        low = -reach if bars[0].ordered else 0
        ax.set_xlim(low, reach + (4 + most if most else 0))
        ticks = range(low, reach + 1, 25)
        ax.set_xticks(ticks, [f"{abs(tick)}%" for tick in ticks])
        if bars[0].ordered:
            ax.axvline(0, color=style.GREY, linewidth=0.7, zorder=0)
        style.ends_on(ax, [f"n = {bar.answered:.0f}" if bar.shown else "hidden" for bar in bars])
        _legend(ax, labels, colours, bool(most), _below(ax, bars, labels, found.others))
        style.headline(ax, told)
    return ax


def shares(result: Answers, found: Drawn, told: Told, ax: Axes | None) -> Axes:
    """A bar for each option or question, and each group where there are segments: the share of it, the most on top.

    The shares need not add up to 100%.
    """
    assert found.rows is not None
    if not any(found.rows["shown"]):
        return style.nothing(ax, told)
    _check_readable(result, len(found.rows), found.rows.iloc[-1]["item"])
    rows = found.rows.to_dict("records")
    with style.canvas(ax, 8.5, 1.4 + 0.38 * len(rows)) as ax:
        names = ["\n".join(style.fitting(row[part], 36, 1) for part in (found.name, *result.segments)) for row in rows]
        ends = [f"n = {row['answered']:.0f}" if row["shown"] else "hidden" for row in rows]
        style.share_bars(ax, rows, "share", names, ends)
        style.grid_on(ax)
        said = f" that said {found.said}" if found.name == "display" else ""
        lines = [f"share of all who answered{said}, %, with {round(100 * result.confidence)}% interval"]
        if found.others:
            more = f"{found.others} question{'s' * (found.others > 1)} more"
            lines.append(f"not drawn: {more}; only(...) chooses them")
        ax.set_xlabel("\n".join(lines))
        style.headline(ax, told)
    return ax


def _check_readable(result: Answers, bars: int, item: str) -> None:
    """Refuse a picture of groups that nobody could read."""
    if result.segments and bars > _MOST_BARS:
        raise DataError(
            f"a picture of {bars} bars cannot be read: choose {_MOST_BARS} at most with only(...), such as "
            f"only(['{item}']) or only(where={{'{result.segments[0]}': ...}})"
        )


def _colours(bar: Bar) -> list[str]:
    if not bar.ordered:
        way = style.rising(style.BLUE)
        return [to_hex(way(k / max(1, len(bar.labels) - 1))) for k in range(len(bar.labels))]
    return style.scale_colours(*(int((bar.sides == side).sum()) for side in (-1, 0, 1)))


def _draw(ax: Axes, y: int, bar: Bar, start: float, colours: list[str], apart: float) -> None:
    style.stacked(ax, y, bar.shares, colours, left=start, told=_percent, height=0.74, linewidth=0.7)
    if bar.none:
        edge = {"edgecolor": style.GREY, "linewidth": 0.8}
        style.stacked(ax, y, [bar.none], ["white"], left=apart, told=_percent, height=0.74, **edge)


def _percent(share: float) -> str:
    return f"{share:.0f}%" if share >= 9 else ""


def _name(bar: Bar, turned: bool, grouped: bool) -> str:
    name = f"(reversed) {bar.display}" if turned else bar.display
    return f"{style.fitting(name, 36, 1)}\n{style.fitting(bar.group, 36, 1)}" if grouped else style.fitting(name)


def _below(ax: Axes, bars: list[Bar], labels: tuple[str, ...], left_out: int) -> int:
    """The label of the axis; returns how many lines it has."""
    lines = ["share of all who answered" + (", favourable to the right" if bars[0].ordered else "")]
    if any(bar.labels != labels for bar in bars):
        first = style.fitting(labels[0], 26, 1)
        lines.append(f"(reversed): {first} is favourable there, so its answers stand in turned order")
    if left_out:
        lines.append(f"not drawn: {left_out} question{'s' * (left_out > 1)} with other answers; only(...) chooses them")
    ax.set_xlabel("\n".join(lines))
    return len(lines)


def _legend(ax: Axes, labels: Sequence[str], colours: list[str], opinions: bool, lines: int) -> None:
    """Below the axis, from unfavourable to favourable."""
    names = [style.fitting(label, 26, 1) for label in labels]
    handles = [Patch(facecolor=colour, label=name) for colour, name in zip(colours, names, strict=True)]
    if opinions:
        handles.append(Patch(facecolor="white", edgecolor=style.GREY, label="No opinion"))
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
