"""The picture of who gave which answer. It takes a result and optionally an Axes, and returns the Axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Patch
from matplotlib.transforms import ScaledTranslation

from dxkit.files.options import choices
from dxkit.plots.options import MOST_BARS, chosen_options, most_often, shares_of_yes, too_many
from dxkit.plots.style import (
    ALL_HIDDEN,
    BLUE,
    GREY,
    canvas,
    ends_on,
    fitting,
    headline,
    hidden_bar,
    ink_on,
    no_difference,
    nothing,
    rising,
    rows_on,
    scale_colours,
)

if TYPE_CHECKING:
    from dxkit.survey.answers import Answers


@dataclass(frozen=True)
class _Bar:
    """The answers of one group to one item, from unfavourable to favourable."""

    item: str
    display: str
    group: str
    shown: bool
    labels: tuple[str, ...]
    turned: bool  # the highest code is the least favourable
    sides: np.ndarray  # -1 unfavourable, 0, 1 favourable, of each label
    shares: np.ndarray  # percent of all who answered
    none: float  # percent without an opinion
    answered: float
    score: float
    stands_out: str
    most_often: str

    @property
    def favourable(self) -> float:
        return float(self.shares[self.sides > 0].sum())

    @property
    def ordered(self) -> bool:
        """Whether the answers are good or bad at all."""
        return bool(self.sides.any())

    @property
    def scale(self) -> tuple[str, ...]:
        """The answers of the scale, the same for an item that is keyed the other way round."""
        return min(self.labels, self.labels[::-1]) if self.ordered else ("", *self.labels)


def answers(result: Answers, ax: Axes | None = None, items: Sequence[str] | None = None) -> Axes:
    """Diverging stacked bars of the answers to items of one scale, favourable to the right, the worst on top.

    The neutral answer is centred on zero; who had no opinion stands apart at the right. Each bar adds up to all who
    answered. With segments there is a bar for each item and group. `items` chooses items; else those of the commonest
    scale are drawn. Of a choice between yes and no, only the share of yes is.
    """
    table = result.table
    if items is not None:
        table = table.loc[table["item"].isin(choices("items", items, list(dict.fromkeys(table["item"]))))]
    answered = table.loc[table["code"].notna()]
    sizes = answered.groupby(["item", *result.segments], sort=False)["label"].transform("size")
    options = list(dict.fromkeys(answered.loc[sizes == 1, "item"]))
    without = [item for item in table["item"] if item.endswith("[No opinion]")]
    if options and set(table["item"]) <= {*options, *without}:
        return chosen_options(result, answered, ax)
    table = table.loc[~table["item"].isin([*options, *without])]
    everything = [_bar(rows, result.segments) for _, rows in table.groupby(["item", *result.segments], sort=False)]
    scales = {bar.item: bar.scale for bar in everything}
    if not any(bar.shown for bar in everything):
        return nothing(ax, ALL_HIDDEN if everything else "nothing to show")
    visible = [scales[item] for item in dict.fromkeys(bar.item for bar in everything if bar.shown)]
    chosen = max(dict.fromkeys(visible), key=visible.count)
    bars = [bar for bar in everything if bar.scale == chosen and (bar.shown or result.segments)]
    if result.segments and len(bars) > MOST_BARS:
        raise too_many(len(bars), bars[0].item, result.segments[0])
    of_options = answered.loc[answered["item"].isin(options), "display"].nunique()
    left_out = sum(scale != chosen for scale in scales.values()) + of_options
    chosen_rows = answered.loc[answered["item"].isin([bar.item for bar in bars])]
    if set(chosen_rows["kind"]) == {"choice"} and set(chosen_rows["code"]) == {0, 1}:  # yes or no
        return shares_of_yes(result, chosen_rows, ax, left_out)
    bars = _worst_last(bars)
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
        _legend(ax, labels, colours, bool(most), _below(ax, bars, labels, left_out))
        _title(ax, result, bars)
    return ax


def _bar(rows: pd.DataFrame, segments: Sequence[str]) -> _Bar:
    first, opinion = rows.iloc[0], rows.loc[rows["code"].notna()]
    without = rows.loc[rows["code"].isna()]
    sides = opinion["side"].to_numpy(dtype=float)
    turned = bool((np.diff(sides) < 0).any())
    step = -1 if turned else 1
    return _Bar(
        item=first["item"],
        display=first["display"],
        group=", ".join(str(first[name]) for name in segments),
        shown=bool(first["shown"]),
        labels=tuple(opinion["label"])[::step],
        turned=turned,
        sides=sides[::step],
        shares=100 * opinion["share"].to_numpy(dtype=float)[::step],
        none=100 * float(without["share"].sum()),
        answered=float(first["answered"]),
        score=float(first["score"]),
        stands_out=first["stands_out"],
        most_often=_most_often(opinion) if first["shown"] and len(opinion) else "",
    )


def _commonest(values: list[tuple[str, ...]]) -> tuple[str, ...]:
    return max(dict.fromkeys(values), key=values.count)


def _most_often(rows: pd.DataFrame) -> str:
    return most_often(rows["label"].tolist(), *(rows[name].to_numpy(dtype=float) for name in ("share", "low", "high")))


def _worst_last(bars: list[_Bar]) -> list[_Bar]:
    """From the bottom up: items with their groups, the worst item and its worst group on top; hidden ones last."""
    of_item: dict[str, list[float]] = {}
    for bar in bars:
        of_item.setdefault(bar.item, []).extend([bar.score] if bar.shown else [])
    place = {item: float(np.mean(found)) if found else 1e9 for item, found in of_item.items()}
    order = list(of_item)
    return sorted(
        bars, key=lambda bar: (-place[bar.item], -order.index(bar.item), -bar.score if bar.shown else -np.inf)
    )


def _colours(bar: _Bar) -> list[str]:
    if not bar.ordered:
        way = rising(BLUE)
        return [to_hex(way(k / max(1, len(bar.labels) - 1))) for k in range(len(bar.labels))]
    return scale_colours(*(int((bar.sides == side).sum()) for side in (-1, 0, 1)))


def _draw(ax: Axes, y: int, bar: _Bar, start: float, colours: list[str], apart: float) -> None:
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


def _name(bar: _Bar, turned: bool, grouped: bool) -> str:
    name = f"(reversed) {bar.display}" if turned else bar.display
    return f"{fitting(name, 36, 1)}\n{fitting(bar.group, 36, 1)}" if grouped else fitting(name)


def _beside(bar: _Bar) -> str:
    return f"n = {bar.answered:.0f}" if bar.shown else "hidden"


def _below(ax: Axes, bars: list[_Bar], labels: tuple[str, ...], left_out: int) -> int:
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


def _title(ax: Axes, result: Answers, bars: list[_Bar]) -> None:
    """The bars that are told from the others, two at most; what one bar says; else that none differs.

    Questions are compared with the other questions, groups with the other groups, of which some may not be drawn.
    """
    shown = [bar for bar in bars if bar.shown]
    if len(shown) == 1 or not shown[0].ordered:
        headline(ax, *_one(shown))
        return
    ranked = sorted(shown, key=lambda bar: bar.score)
    where = "elsewhere" if result.segments else "the others"
    for side, word, line in (("below", "Less", ranked), ("above", "More", ranked[::-1])):
        if found := [bar for bar in line if bar.stands_out == side]:
            named = [f"{bar.display}{f' in {bar.group}' if bar.group else ''}" for bar in found[:2]]
            more = [f"{len(found) - 2} more"] if len(found) > 2 else []
            shares = ", ".join(f"{bar.favourable:.0f}% of {bar.answered:.0f}" for bar in found[:2])
            sure = f"{shares} answers are favourable; each differs beyond chance"
            headline(ax, f"{word} favourable than {where}: {'; '.join([*named, *more])}", sure)
            return
    shares = [bar.favourable for bar in shown]
    headline(ax, no_difference(result.segments), f"From {min(shares):.0f}% to {max(shares):.0f}% are favourable")


def _one(shown: list[_Bar]) -> tuple[str, str]:
    bar = shown[0]
    if len(shown) > 1:
        return f"Answers to {len({bar.item for bar in shown})} questions", f"{len(shown)} bars"
    where = f", {bar.group}" if bar.group else ""
    if bar.ordered:
        return f"{bar.display}{where}: {bar.favourable:.0f}% favourable", f"{bar.answered:.0f} answers"
    return f"{bar.display}{where}: {bar.most_often}", f"{bar.answered:.0f} answers"
