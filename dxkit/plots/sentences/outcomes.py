"""What durations, trends and what became of actions say in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dxkit.plots.sentences.told import Told, nothing
from dxkit.results.words import number, percent_of, say

if TYPE_CHECKING:
    from dxkit.outcomes.before_after import BeforeAfter
    from dxkit.outcomes.business_case import BusinessCase
    from dxkit.outcomes.durations import Durations
    from dxkit.outcomes.follow_up import FollowUp
    from dxkit.outcomes.trend import Trend


def survival(result: Durations) -> Told:
    """After how long half are done."""
    if result.curve.empty:
        return nothing()
    half = result.median.estimate
    found = say("outcomes.not_half") if half is None else say("outcomes.half", time=_time(result))
    return Told(found, _of_how_many([result]))


def sides(result: BeforeAfter) -> Told:
    """After how long half are done before and after a date; of counts, the first fact."""
    if result.curves:
        before, after = map(_time, result.curves)
        return Told(say("outcomes.sides", before=before, after=after), _of_how_many(result.curves))
    label, text = result.facts[0]
    found = say("outcomes.fact", label=label.capitalize(), text=text)
    return Told(found, say("outcomes.intervals", percent=percent_of(result.confidence)))


def _time(result: Durations) -> str:
    half = result.median.estimate
    if half is None:
        return say("outcomes.not_reached")
    return say("outcomes.time", value=number(half, 1), unit=result.unit)


def _of_how_many(curves: Sequence[Durations]) -> str:
    """How many the curves are made of, and how many of them were still open."""
    count = sum(left(each.curve, 0) for each in curves)
    still_open = sum(int(each.curve.loc[:, "censored"].sum()) for each in curves)
    return say("outcomes.still_open", count=count, open=still_open)


def left(curve: pd.DataFrame, tick: float) -> int:
    """How many are left at a time."""
    return int(curve.loc[curve["time"] >= tick, ["events", "censored"]].to_numpy().sum())


def points(result: Trend) -> Told:
    """Whether there is a trend, and which one the series could have shown."""
    ratio, seen, count = result.ratio, result.detectable_ratio, len(result.table)
    low, mid, high = (number(each, 1) for each in (ratio.low, ratio.estimate, ratio.high))
    found = say("outcomes.trend", verdict=result.verdict.capitalize(), ratio=mid, low=low, high=high)
    found = say("outcomes.no_trend") if result.verdict == "not shown" else found
    if not np.isfinite(seen.high):
        return Told(found, say("outcomes.no_power", count=count))
    return Told(found, say("outcomes.power", count=count, ratio=number(seen.estimate, 1)))


def moved(result: FollowUp) -> Told:
    """Which pains moved."""
    rows = result.table.dropna(subset=["estimate"])
    if not len(rows):
        few = "not separable" in set(result.table["verdict"])
        return Told(say("outcomes.cannot_tell"), say("outcomes.few_untouched") if few else "")
    found = rows.loc[rows["verdict"] == "moved", "topic"].tolist()
    told = say("outcomes.moved", named="; ".join(found)) if found else say("outcomes.not_moved")
    return Told(told, say("outcomes.moved_how", count=len(rows), axis=say(f"burden.{result.score}")))


def ledgers(result: BusinessCase) -> Told:
    """From which share of the hours on a vendor pays."""
    low, mid, high = result.rho_break_even
    how = say("outcomes.ledgers")
    if np.isinf(mid):
        return Told(say("outcomes.never", vendor=result.vendor), how)
    if mid <= 0:
        return Told(say("outcomes.without", vendor=result.vendor), how)
    shares = {"mid": percent_of(mid), "low": number(100 * low), "high": percent_of(high)}
    return Told(say("outcomes.once", vendor=result.vendor, **shares), how)
