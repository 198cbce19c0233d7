"""How every picture looks: colours that differ in grey too, labels that fit, dollars that are not mathematics."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib import colors
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from dxkit.files.options import instance

# Okabe and Ito's colours, written out because older versions of matplotlib do not know them by name
ORANGE, SKY, GREEN, YELLOW, BLUE, RED, PURPLE, BLACK = (
    "#E69F00",
    "#56B4E9",
    "#009E73",
    "#F0E442",
    "#0072B2",
    "#D55E00",
    "#CC79A7",
    "#000000",
)
GREY, PALE = "#666666", "#D9D9D9"
DIVERGING = {-2: "#B2480E", -1: "#EBA878", 0: "#D9D9D9", 1: "#7FB8DA", 2: "#1F6A9C"}
HATCH = "////"

_RC: dict[Any, Any] = {
    "text.parse_math": False,
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "axes.titlesize": 11.0,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "savefig.facecolor": "white",
    "text.color": "black",
    "axes.labelcolor": "black",
    "xtick.color": "black",
    "ytick.color": "black",
    "hatch.linewidth": 0.6,
}


@contextmanager
def canvas(ax: Axes | None, width: float, height: float) -> Iterator[Axes]:
    """The given Axes, or one on a new figure of this size (inches); text drawn inside is never mathematics."""
    if ax is not None:
        instance("ax", ax, Axes, "matplotlib Axes, such as plt.subplots()[1], or None for new ones")
    # not rc_context: it would undo what a notebook's backend sets while the first figure is made
    before = {name: mpl.rcParams[name] for name in _RC}
    mpl.rcParams.update(_RC)
    try:
        if ax is None:
            _, ax = plt.subplots(figsize=(width, height), layout="constrained")
        yield ax
    finally:
        mpl.rcParams.update(before)


def fitting(text: object, width: int = 34, lines: int = 2) -> str:
    """A label of at most so many lines of so many characters; characters the font lacks become a box."""
    plain = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", str(text)).split())
    plain = "".join(c if ord(c) < 0x2E80 and _has_glyph(c) else "\u25a1" for c in plain) or " "
    wrapped = textwrap.wrap(plain, width, break_long_words=True)
    if len(wrapped) > lines:
        wrapped = [*wrapped[: lines - 1], wrapped[lines - 1][: width - 1].rstrip() + "…"]
    return "\n".join(wrapped)


_GLYPHS: set[int] = set()


def _has_glyph(character: str) -> bool:
    if not _GLYPHS:
        from matplotlib import font_manager, ft2font

        _GLYPHS.update(ft2font.FT2Font(font_manager.findfont("DejaVu Sans")).get_charmap())
    return ord(character) in _GLYPHS


def nothing(ax: Axes | None, why: str = "nothing to show") -> Axes:
    """An Axes that says why it is empty."""
    with canvas(ax, 8, 2) as axes:
        axes.set_axis_off()
        axes.text(0.5, 0.5, why, ha="center", va="center", transform=axes.transAxes, color=GREY)
    return axes


def rows_on(ax: Axes, labels: Sequence[str]) -> None:
    """Rows from the bottom up, each with its label at the left."""
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(-0.6, len(labels) - 0.4)


def grid_on(ax: Axes, axis: str = "x") -> None:
    """Pale lines behind what is drawn."""
    ax.grid(axis=axis, color=PALE, linewidth=0.6)  # type: ignore[arg-type]  # "x" or "y"
    ax.set_axisbelow(True)


def beside(ax: Axes, y: float, text: str, points: float = 8, **style: Any) -> None:
    """Text at the right of the Axes, at a fixed distance in points so that the layout makes room for it."""
    ax.annotate(
        text,
        (1, y),
        xycoords=ax.get_yaxis_transform(),
        xytext=(points, 0),
        textcoords="offset points",
        annotation_clip=False,
        **{"va": "center", "color": GREY, **style},
    )


def ends_on(ax: Axes, labels: Sequence[str]) -> None:
    """A small label at the right end of each row."""
    right = ax.secondary_yaxis("right")
    right.set_yticks(range(len(labels)), labels, fontsize=8, color=GREY)
    right.spines["right"].set_visible(False)
    right.tick_params(length=0)


def legend_above(ax: Axes, columns: int) -> None:
    """The legend in one line between the title and the picture."""
    ax.legend(ncols=columns, frameon=False, fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1.0))


def hatched(x: float, y: float, width: float, height: float, **place: Any) -> Rectangle:
    """The mark of a figure that is hidden."""
    return Rectangle((x, y), width, height, facecolor="white", edgecolor=GREY, hatch=HATCH, linewidth=0.0, **place)


def ink_on(colour: Any) -> str:
    """Black or white, whichever reads better on a colour."""
    red, green, blue = colors.to_rgb(colour)
    return "black" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.55 else "white"
