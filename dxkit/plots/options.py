"""The picture of options, of which people chose several or put one first. Returns the Axes it drew on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from dxkit.files.errors import DataError
from dxkit.plots.sentences.told import Told
from dxkit.plots.style import BLUE, canvas, ends_on, fitting, grid_on, headline, hidden_bar, nothing, rows_on, soft

if TYPE_CHECKING:
    from dxkit.plots.sentences.answers import Drawn
    from dxkit.survey.answers import Answers

MOST_BARS = 24


def too_many(bars: int, item: str, segment: str) -> DataError:
    """The refusal of a picture that nobody could read."""
    return DataError(
        f"a picture of {bars} bars cannot be read: choose {MOST_BARS} at most with only(...), such as "
        f"only(['{item}']) or only(where={{'{segment}': ...}})"
    )


def shares(result: Answers, found: Drawn, told: Told, ax: Axes | None) -> Axes:
    """A bar for each option or question, and each group where there are segments: the share of it, the most on top.

    The shares need not add up to 100%.
    """
    rows = found.rows
    assert rows is not None
    if not any(rows["shown"]):
        return nothing(ax, told)
    if result.segments and len(rows) > MOST_BARS:
        raise too_many(len(rows), rows.iloc[-1]["item"], result.segments[0])
    with canvas(ax, 8.5, 1.4 + 0.38 * len(rows)) as ax:
        names, ends = [], []
        for y, row in enumerate(rows.to_dict("records")):
            names.append("\n".join(fitting(row[part], 36, 1) for part in (found.name, *result.segments)))
            ends.append(f"n = {row['answered']:.0f}" if row["shown"] else "hidden")
            if not row["shown"]:
                hidden_bar(ax, y)
                continue
            ax.barh(y, 100 * row["share"], color=soft(BLUE), height=0.62)
            ax.plot([100 * row["low"], 100 * row["high"]], [y, y], color="black", linewidth=1.5)
        rows_on(ax, names)
        ends_on(ax, ends)
        grid_on(ax)
        ax.set_xlim(0, 100)
        said = f" that said {found.said}" if found.name == "display" else ""
        unit = f"share of all who answered{said}, %, with {round(100 * result.confidence)}% interval"
        others = found.others
        left = f"not drawn: {others} question{'s' * (others > 1)} more; only(...) chooses them" if others else ""
        ax.set_xlabel("\n".join(filter(None, (unit, left))))
        headline(ax, told)
    return ax
