"""Who gave which answer: the bars that one picture shows, and what they say in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from dxkit.files.options import choices
from dxkit.plots.sentences.told import Told, no_difference, nothing
from dxkit.results.formatting import tied
from dxkit.results.words import number, percent_of, say

if TYPE_CHECKING:
    from dxkit.survey.answers import Answers

_NAMED = 2  # that a title has room for


@dataclass(frozen=True)
class Bar:
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


class Drawn(NamedTuple):
    """What one picture shows: bars of answers, or `rows` of shares, whose label is in column `name`.

    said     what the shares are of
    others   how many questions are left out
    hidden   whether there are answers, all of which are hidden
    """

    bars: list[Bar]
    rows: pd.DataFrame | None = None
    name: str = ""
    said: str = ""
    others: int = 0
    hidden: bool = False


def drawn(result: Answers, items: Sequence[str] | None = None) -> Drawn:
    """What the picture of these items shows; by default of those of the commonest scale."""
    table = result.table
    if items is not None:
        table = table.loc[table["item"].isin(choices("items", items, list(dict.fromkeys(table["item"]))))]
    answered = table.loc[table["code"].notna()]
    sizes = answered.groupby(["item", *result.segments], sort=False)["label"].transform("size")
    options = list(dict.fromkeys(answered.loc[sizes == 1, "item"]))
    without = [item for item in table["item"] if item.endswith("[No opinion]")]
    if options and set(table["item"]) <= {*options, *without}:  # of several questions the first
        first = answered.iloc[0]["display"]
        rows = _rising(answered.loc[answered["display"] == first])
        return Drawn([], rows, "label", first, len(set(answered["display"])) - 1)
    table = table.loc[~table["item"].isin([*options, *without])]
    everything = [_bar(rows, result.segments) for _, rows in table.groupby(["item", *result.segments], sort=False)]
    scales = {bar.item: bar.scale for bar in everything}
    visible = [scales[item] for item in dict.fromkeys(bar.item for bar in everything if bar.shown)]
    if not visible:
        return Drawn([], hidden=bool(everything))
    chosen = max(dict.fromkeys(visible), key=visible.count)
    bars = [bar for bar in everything if bar.scale == chosen and (bar.shown or result.segments)]
    of_options = answered.loc[answered["item"].isin(options), "display"].nunique()
    others = sum(scale != chosen for scale in scales.values()) + of_options
    rows = answered.loc[answered["item"].isin([bar.item for bar in bars])]
    if set(rows["kind"]) == {"choice"} and set(rows["code"]) == {0, 1}:  # yes or no
        yes = _rising(rows.loc[rows["code"] == 1])
        return Drawn([], yes, "display", yes.iloc[0]["label"], others)
    return Drawn(_worst_last(bars), others=others)


def _rising(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values("share", na_position="first", key=tied, kind="stable", ignore_index=True)


def _bar(rows: pd.DataFrame, segments: Sequence[str]) -> Bar:
    first, opinion = rows.iloc[0], rows.loc[rows["code"].notna()]
    without = rows.loc[rows["code"].isna()]
    sides = opinion["side"].to_numpy(dtype=float)
    turned = bool((np.diff(sides) < 0).any())
    step = -1 if turned else 1
    return Bar(
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
        most_often=most_often(opinion["label"].tolist(), opinion) if first["shown"] and len(opinion) else "",
    )


def _worst_last(bars: list[Bar]) -> list[Bar]:
    """From the bottom up: items with their groups, the worst item and its worst group on top; hidden ones last."""
    of_item: dict[str, list[float]] = {}
    for bar in bars:
        of_item.setdefault(bar.item, []).extend([bar.score] if bar.shown else [])
    place = {item: float(np.mean(found)) if found else 1e9 for item, found in of_item.items()}
    order = list(of_item)
    return sorted(
        bars, key=lambda bar: (-place[bar.item], -order.index(bar.item), -bar.score if bar.shown else -np.inf)
    )


def most_often(names: Sequence[str], rows: pd.DataFrame, *, most: int = 3) -> str:
    """What was answered most often, or up to `most` of which one was: a title names no other.

    It may be each whose interval reaches that of the first. `rows` have share, low and high, from 0 to 1.

    >>> shares = pd.DataFrame({"share": [0.2, 0.5, 0.4], "low": [0.1, 0.4, 0.3], "high": [0.3, 0.6, 0.5]})
    >>> most_often(["a", "b", "c"], shares)
    'most often b or c'
    """
    shares, low, high = (rows[name].to_numpy(dtype=float) for name in ("share", "low", "high"))
    rare = shares < 0.5  # a bound has no interval: it may be anything from there to its end of the scale
    low = np.where(np.isnan(low), np.where(rare, 0.0, shares), low)
    high = np.where(np.isnan(high), np.where(rare, shares, 1.0), high)
    order = np.argsort(-tied(shares), kind="stable")
    near = [str(names[k]) for k in order if high[k] >= low[order[0]]]
    if len(near) == 1:
        return say("answers.ahead", name=near[0], share=percent_of(float(shares[order[0]])))
    if len(near) == len(order) or len(near) > most:
        return say("answers.none", low=percent_of(shares.min()), high=percent_of(shares.max()))
    return say("answers.or", names=", ".join(near[:-1]), name=near[-1])


def answers(result: Answers, items: Sequence[str] | None = None) -> Told:
    """The bars that are told from the others, two at most; what one bar says; else that none differs.

    Questions are compared with the other questions, groups with the other groups, of which some may not be drawn.
    """
    found = drawn(result, items)
    if found.rows is not None:
        return _of_shares(result, found.rows, found.name, found.said)
    shown = [bar for bar in found.bars if bar.shown]
    if not shown:
        return nothing([found.hidden] if found.hidden else None)
    if len(shown) == 1 or not shown[0].ordered:
        return _one(shown)
    ranked = [shown[at] for at in np.argsort(tied([bar.score for bar in shown]), kind="stable")]
    where = say("answers.elsewhere" if result.segments else "scores.the_others")
    for side, word, line in (("below", "answers.less", ranked), ("above", "answers.more", ranked[::-1])):
        if apart := [bar for bar in line if bar.stands_out == side]:
            named = [_named(bar) for bar in apart[:_NAMED]]
            if len(apart) > _NAMED:
                named.append(say("format.more", count=len(apart) - _NAMED))
            shares = ", ".join(
                say("answers.share_of", share=percent_of(bar.favourable / 100), count=number(bar.answered))
                for bar in apart[:_NAMED]
            )
            return Told(say(word, where=where, named="; ".join(named)), say("answers.differs", shares=shares))
    ends = (percent_of(of(bar.favourable for bar in shown) / 100) for of in (min, max))
    return Told(no_difference(result.segments), say("answers.range", **dict(zip(("low", "high"), ends, strict=True))))


def _named(bar: Bar) -> str:
    return say("answers.in_group", name=bar.display, group=bar.group) if bar.group else bar.display


def _one(shown: list[Bar]) -> Told:
    bar = shown[0]
    if len(shown) > 1:
        count = len({bar.item for bar in shown})
        return Told(say("answers.questions", count=count), say("answers.bars", count=len(shown)))
    what = _before_colon(f"{bar.display}, {bar.group}" if bar.group else bar.display)
    how = say("answers.of_one", count=number(bar.answered))
    if bar.ordered:
        return Told(say("answers.favourable", what=what, share=percent_of(bar.favourable / 100)), how)
    return Told(say("answers.most_often", what=what, found=bar.most_often), how)


def _before_colon(question: str) -> str:
    """A question before a colon, without the mark at its own end."""
    return question.rstrip(" ?:.？") or question


def _of_shares(result: Answers, rows: pd.DataFrame, name: str, said: str) -> Told:
    """Which share is ahead of the others beyond chance."""
    shown = rows.loc[rows["shown"].astype(bool)]
    if not len(shown):
        return nothing(rows)
    names = [
        " ".join([str(row[name]), *(say("answers.in", group=row[part]) for part in result.segments)])
        for row in shown.to_dict("records")
    ]
    found = most_often(names, shown, most=1 if result.segments else 3)
    what = _before_colon(said)
    return Told(say("answers.most_often", what=what, found=found), say("answers.named_ahead", count=len(shown)))
