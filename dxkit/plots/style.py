"""How every picture looks: colours that stand out from white, labels that fit, a sentence that says it all."""

import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib import colors
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from dxkit.files.options import instance
from dxkit.plots.fonts import BOX, families_for, family_with, has_bold, to_install
from dxkit.plots.sentences.told import Told, visible
from dxkit.results.formatting import INSIDE_WORDS

# Okabe and Ito's colours; those that are too pale for a mark on white (WCAG 2.2 asks for 3:1) are darker
ORANGE, SKY, GREEN, YELLOW = "#BF7F00", "#3A92CC", "#008F68", "#8C8200"
BLUE, RED, PURPLE, BLACK = "#0072B2", "#C25400", "#B8629A", "#000000"
GREY, SILVER, PALE = "#595959", "#8F8F8F", "#D9D9D9"  # text, marks, and lines behind what is drawn
SCALE = ("#8A3300", "#CC7033", SILVER, "#4C93C3", "#0F4C75")  # from unfavourable to favourable
WORST_TO_BEST = colors.LinearSegmentedColormap.from_list("worst_to_best", SCALE)
HATCH = "////"
MOST_HOURS = 3.0  # a week; the darkest colour of every heat map of hours

_STYLE = Path(__file__).with_name("pictures.mplstyle")
_RC: dict[Any, Any] = dict(mpl.rc_params_from_file(str(_STYLE), use_default_template=False))
_for_pages: ContextVar[bool] = ContextVar("for_pages", default=False)
_PAGE_WIDTH, _TITLE = 4.8, 0.3  # inches: of a picture on a page, and of a title
_PAGE_LABEL, _PAGE_LINE = 24, 42  # columns of the label of a row, and of an axis
_undrawable: set[str] = set()  # what no font has of the picture that is being drawn


@contextmanager
def for_pages() -> Iterator[None]:
    """New pictures inside are narrow and have no title: the page says it, and wraps it on a phone."""
    before = _for_pages.set(True)
    try:
        yield
    finally:
        _for_pages.reset(before)


@contextmanager
def canvas(ax: Axes | None, width: float, height: float) -> Iterator[Axes]:
    """The given Axes, or one on a new figure of this size (inches); text drawn inside is never mathematics."""
    own = ax is not None
    if own:
        where = "such as plt.subplots()[1], or None for new ones; .plot().figure.savefig(path) saves it"
        instance("ax", ax, Axes, f"matplotlib Axes, {where}")
    # not rc_context: it would undo what a notebook's backend sets while the first figure is made
    before = {name: mpl.rcParams[name] for name in _RC}
    mpl.rcParams.update(_RC)
    _undrawable.clear()
    try:
        if ax is None and _for_pages.get():
            ax = Figure(figsize=(_PAGE_WIDTH, height - _TITLE), layout="constrained").add_subplot()
        elif ax is None:
            _, ax = plt.subplots(figsize=(width, height), layout="constrained")
        else:
            _whiten(ax)
        yield ax
        _note_fonts(ax)
        if _for_pages.get():
            lines = (textwrap.fill(line, _PAGE_LINE) for line in ax.get_xlabel().splitlines())
            ax.set_xlabel("\n".join(lines))
        for text in ax.figure.findobj(Text) if not own else ax.findobj(Text):
            assert isinstance(text, Text)
            text.set_parse_math(False)
            families = families_for(text.get_text())
            if len(families) > 1:
                text.set_fontfamily(families)
                if not all(map(has_bold, families)):
                    text.set_fontweight("normal")
    finally:
        mpl.rcParams.update(before)


def _whiten(ax: Axes) -> None:
    """Somebody's own Axes, perhaps of a dark style, look like ours, because our colours are made for white."""
    ax.set_facecolor("white")
    ax.figure.set_facecolor("white")
    ax.spines[:].set_color("black")
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(colors="black")
    for label in (ax.xaxis.label, ax.yaxis.label):
        label.set_color("black")


def _note_fonts(ax: Axes) -> None:
    """Where a character became a box, one note below the picture says which font has it."""
    if not _undrawable:
        return
    note = f"{BOX}: no installed font has this character; install {to_install(_undrawable)}"
    ax.set_xlabel("\n".join(filter(None, (ax.get_xlabel(), note))))


def headline(ax: Axes, told: Told, width: int = 80, lines: int = 2, pad: float | None = None) -> None:
    """The sentence as the title, and `figure.dxkit_alt` for those who cannot see the picture."""
    if not _for_pages.get():
        ax.set_title(fitting(told.sentence, width, lines), pad=pad)
    _describe(ax, told)


def _describe(ax: Axes, told: Told) -> None:
    vars(ax)["dxkit_alt"] = told.alt
    texts = [getattr(each, "dxkit_alt", "") for each in ax.figure.axes]
    vars(ax.figure)["dxkit_alt"] = " ".join(filter(None, texts))


class _Wrapped(textwrap.TextWrapper):
    """Lines that end within a word only where it is longer than a line, and there before a capital or after a mark."""

    def _split(self, text: str) -> list[str]:
        return [
            part
            for word in super()._split(text)
            for part in (INSIDE_WORDS.split(word) if len(word) > self.width else [word])
        ]


def fitting(text: object, width: int = 34, lines: int = 2) -> str:
    """A label of at most so many lines of so many columns; a character that no installed font has becomes a box."""
    width, lines = (min(width, _PAGE_LABEL), max(lines, 2)) if _for_pages.get() else (width, lines)
    plain = " ".join(visible(text).split())
    _undrawable.update(c for c in plain if family_with(c) is None)
    plain = "".join(c if family_with(c) else BOX for c in plain) or " "
    second = "\x00"  # the second column of a wide character
    spread = "".join(c + second if unicodedata.east_asian_width(c) in "WF" else c for c in plain)
    wrapped = _Wrapped(width).wrap(spread)
    if len(wrapped) > lines:
        wrapped = [*wrapped[: lines - 1], wrapped[lines - 1][: width - 1].rstrip() + "…"]
    return "\n".join(wrapped).replace(second, "")


def nothing(ax: Axes | None, told: Told) -> Axes:
    """An Axes that says why it is empty."""
    with canvas(ax, 8, 2) as axes:
        axes.set_axis_off()
        axes.text(0.5, 0.5, told.sentence, ha="center", va="center", transform=axes.transAxes, color=GREY)
        _describe(axes, told)
    return axes


def contrast(one: Any, other: Any = "white") -> float:
    """How much two colours differ in lightness, from 1 to 21 (WCAG 2.2).

    >>> round(contrast("black"), 1), contrast("white")
    (21.0, 1.0)
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Any) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colors.to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def span(ax: Axes, low: float, high: float, y: float, colour: str) -> None:
    """A thick pale line behind a point, from the lower to the upper end of what is possible."""
    ax.plot([low, high], [y, y], color=soft(colour), linewidth=6, solid_capstyle="butt")


def share_bars(
    ax: Axes, rows: Sequence[dict[Any, Any]], figure: str, names: Sequence[str], ends: Sequence[str]
) -> None:
    """A bar for the share of each row from the bottom up, with its interval; what is hidden is a stripe."""
    for y, row in enumerate(rows):
        if not row["shown"]:
            hidden_bar(ax, y)
            continue
        ax.barh(y, 100 * row[figure], color=soft(BLUE), height=0.62)
        ax.plot([100 * row["low"], 100 * row["high"]], [y, y], color="black", linewidth=1.5)
    rows_on(ax, names)
    ends_on(ax, ends)
    ax.set_xlim(0, 100)


def stacked(
    ax: Axes,
    y: float,
    widths: Iterable[float],
    colours: Sequence[Any],
    labels: Sequence[str] = (),
    *,
    left: float = 0.0,
    told: Callable[[float], str] = lambda width: "",
    **looks: Any,
) -> None:
    """A bar of parts from `left` on; in each stands what is `told` of its width, in black or white."""
    for k, width in enumerate(widths):
        looks = {"height": 0.6, "edgecolor": "white", "linewidth": 0.4, **looks}
        ax.barh(y, width, left=left, color=colours[k], label=labels[k] if labels else "_", **looks)
        if text := told(width):
            ink = ink_on(colours[k])
            ax.text(left + width / 2, y, text, ha="center", va="center", fontsize=8, color=ink)
        left += width


def hidden_bar(ax: Axes, y: float) -> None:
    """A hatched stripe over the width of the Axes: something is here and is not shown."""
    ax.add_patch(hatched(0, y - 0.3, 1, 0.6, transform=ax.get_yaxis_transform()))


def ink_on(colour: Any) -> str:
    """Black or white, whichever stands out more from a colour."""
    return "black" if contrast(colour, "black") >= contrast(colour) else "white"


def soft(colour: Any) -> str:
    """The palest tint of a colour that still stands out from white, for a range behind a point."""
    ink = colors.to_rgb(colour)
    for part in range(1, 50):
        tint = colors.to_hex([1 - part / 50 * (1 - each) for each in ink])  # type: ignore[arg-type]  # three of them
        if contrast(tint) >= 3.05:
            return tint
    return colors.to_hex(colour)


def rising(colour: Any) -> colors.LinearSegmentedColormap:
    """Colours from the palest tint of one to its dark shade, for amounts that are neither good nor bad."""
    dark = tuple(0.55 * c for c in colors.to_rgb(colour))
    return colors.LinearSegmentedColormap.from_list("rising", [soft(colour), dark])


def scale_colours(unfavourable: int, neutral: int, favourable: int) -> list[str]:
    """A colour for each answer from unfavourable to favourable; each stands out from white.

    >>> scale_colours(2, 1, 2) == list(SCALE), scale_colours(1, 0, 1)
    (True, ['#8A3300', '#0F4C75'])
    """
    grey = ("#686868", "#939393") if neutral > 1 else (SILVER, SILVER)
    return [
        *_between(SCALE[0], SCALE[1], unfavourable),
        *_between(*grey, neutral),
        *_between(SCALE[4], SCALE[3], favourable)[::-1],
    ]


def _between(first: str, last: str, count: int) -> list[str]:
    way = colors.LinearSegmentedColormap.from_list("way", [first, last])
    return [first, *(colors.to_hex(way(k / (count - 1))).upper() for k in range(1, count))][:count]


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
