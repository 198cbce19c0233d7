"""A year of points: is anything but chance in them (docs/methods/trend.md, "Limits and runs")."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import bdtr, ndtr, ndtri

from dxkit.files.errors import DataError, Missing
from dxkit.files.options import choice, whole
from dxkit.results.columns import Column, shared
from dxkit.results.formatting import percent
from dxkit.results.result import Result

KINDS = ("count", "duration", "share")
FEWEST = 8
_YEAR = 12  # points with limits at three sigma; with more points they are wider, so that a false alarm is as rare
_MEAN_RANGE = 2 / math.sqrt(math.pi)  # of two independent standard normal values
_WORLDS = 2000


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Trend(Result):
    """Points of a year with their centre and limits.

    signals   what stands out, in words; empty where chance alone explains the values
    power     lasting change from the middle on (times as much), seen: probability that it would give a signal
    """

    columns: ClassVar[tuple[Column, ...]] = (
        Column("period", "the period"),
        Column("value", "its value", "number"),
        Column("centre", "mean of the values on the scale where chance is even", "number"),
        shared("low", "lower limit of chance"),
        shared("high", "upper limit of chance"),
        Column("outside", "whether the value lies outside the limits"),
    )
    plot_name: ClassVar[str] = "outcomes.points"

    signals: tuple[str, ...] = ()
    power: pd.DataFrame = field(default_factory=pd.DataFrame)
    kind: str = "count"


def trend(series: pd.Series | Iterable[object], kind: str = "count", *, seed: int = 0) -> Trend:
    """Did anything change in the year, beyond chance? A value outside the limits, a long run, or too few crossings.

    Parameters
    ----------
    series : Series or sequence, (n,)
        One value a period, equally long; the index names the periods. Empty values are left out.
    kind : str
        What the values are: count (square root), duration (logarithm) or share (arcsine), for a scale on which chance
        is even.
    seed : int
        Seed of the random draws; the same seed gives the same result.

    Returns
    -------
    Trend
        Limits are 3 sigma from the mean moving range for 12 points, wider for more, so that one false alarm in some 30
        years of unchanged months is expected from them. Runs are Anhøj's (2014): one longer than round(log2 n) + 3, or
        fewer crossings of the median than the 5% quantile of a binomial.

    Raises
    ------
    DataError
        Fewer than 8 values, a negative count, a duration that is not above 0, a share outside 0 to 1; a period that is
        missing or appears twice, where the index holds times.

    Examples
    --------
    >>> trend([12, 9, 11, 14, 10, 12, 8, 11, 13, 10, 12, 9]).signals
    ()
    """
    choice("kind", kind, KINDS)
    seed = whole("seed", seed, 0)
    given = _in_order(series)
    values = pd.Series(pd.to_numeric(given, errors="coerce"), index=given.index)
    words = np.flatnonzero((given.notna() & values.isna()).to_numpy())
    if len(words):
        raise DataError(f"the value of {_name(given.index[words[0]])} is not a number")
    values = pd.Series(values.dropna(), dtype=float)
    outside = {"count": values < 0, "duration": values <= 0, "share": (values < 0) | (values > 1)}[kind]
    wrong = outside | np.isinf(values)
    if wrong.any():
        raise DataError(f"the value of {_name(values.index[wrong.to_numpy()][0])} cannot be a {kind}")
    if len(values) < FEWEST:
        raise Missing(f"a trend needs {FEWEST} values or more, got {len(values)}")
    y = _scaled(values.to_numpy(), kind)
    centre, sigma, k = _limits(y)
    outside = np.abs(y - centre) > k * sigma + 1e-12
    periods = [_name(each) for each in values.index]
    signals = [f"{periods[i]} lies outside the limits of chance" for i in np.flatnonzero(outside)]
    longest, crossings, useful = _runs(y)
    if longest > _longest(useful):
        signals.append(
            f"{longest} values in a row on one side of the median; chance alone gives up to {_longest(useful)}"
        )
    if crossings < _fewest(useful):
        times = {0: "never", 1: "once"}.get(crossings, f"{crossings} times")
        signals.append(f"the median is crossed {times}; chance alone crosses it {_fewest(useful)} times or more")
    low, high = (_back(np.array([centre - s * k * sigma]), kind)[0] for s in (1, -1))
    table = pd.DataFrame(
        {
            "period": periods,
            "value": values.to_numpy(),
            "centre": _back(np.array([centre]), kind)[0],
            "low": low,
            "high": high,
            "outside": outside,
        }
    )
    power = _power(len(y), centre, sigma, kind, seed)
    rows = zip(power["change"], power["seen"], strict=True)
    detected = [
        f"one to {change:g} times as much would be detected in {percent(p)} of such series" for change, p in rows
    ]
    notes = [f"a lasting change from the middle on: {', '.join(detected)}"]
    if len(given) > len(values):
        notes.append(f"empty values left out: {len(given) - len(values)}")
    if len(values) > 2 * _YEAR:
        notes.append("the more points, the more often chance looks like a run; months are enough for a year")
    return Trend(
        table=table,
        signals=tuple(signals),
        power=power,
        kind=kind,
        title="Trend",
        seed=seed,
        facts=(("signals", "; ".join(signals) or "none: chance alone explains these values"),),
        notes=tuple(notes),
    )


def _in_order(series: pd.Series | Iterable[object]) -> pd.Series:
    """The values in order of time, where the index holds times; refused where a period is missing or appears twice."""
    if not isinstance(series, pd.Series):
        if isinstance(series, str | pd.DataFrame) or not isinstance(series, Iterable):
            raise DataError(f"expected a Series or a list of values, got {type(series).__name__}; pick one column")
        return pd.Series(list(series))
    if not isinstance(series.index, pd.DatetimeIndex | pd.PeriodIndex):
        return series
    given = series.sort_index()
    if given.index.hasnans or given.index.has_duplicates:
        raise DataError("the index names a period twice, or leaves one without a name; give one value a period")
    index = given.index.to_timestamp() if isinstance(given.index, pd.PeriodIndex) else given.index
    steps = np.diff(pd.DatetimeIndex(index).asi8)
    if len(steps) and steps.max() > 1.5 * np.median(steps):
        i = int(steps.argmax())
        gap = f"between {_name(given.index[i])} and {_name(given.index[i + 1])} a period is missing"
        raise DataError(f"{gap}; put it in, with 0 if nothing happened or empty if nobody counted")
    return given


def _name(period: object) -> str:
    return str(period.date()) if isinstance(period, pd.Timestamp) else str(period)


def _scaled(values: np.ndarray, kind: str) -> np.ndarray:
    return {"count": np.sqrt, "duration": np.log, "share": lambda x: np.arcsin(np.sqrt(x))}[kind](values)


def _back(y: np.ndarray, kind: str) -> np.ndarray:
    if kind == "share":
        return np.sin(np.clip(y, 0, np.pi / 2)) ** 2
    return np.maximum(y, 0.0) ** 2 if kind == "count" else np.exp(y)


def _limits(y: np.ndarray) -> tuple[float, float, float]:
    """Centre, sigma and how many sigma the limits are away."""
    n = len(y)
    sigma = float(np.abs(np.diff(y)).mean()) / _MEAN_RANGE
    k = float(-ndtri(ndtr(-3.0) * min(1.0, _YEAR / n)))
    return float(y.mean()), sigma, k


def _runs(y: np.ndarray) -> tuple[int, int, int]:
    """Longest run on one side of the median, crossings of it, and values that are not on it.

    >>> _runs(np.array([1.0, 2, 3, 10, 11, 12, 1, 2]))
    (4, 2, 8)
    """
    gaps = y - np.median(y)
    above = gaps[np.abs(gaps) > 1e-12] > 0
    if len(above) < 2:
        return len(above), 0, len(above)
    change = np.flatnonzero(above[1:] != above[:-1])
    return int(np.diff(np.concatenate([[-1], change, [len(above) - 1]])).max()), len(change), len(above)


def _longest(n: int) -> int:
    return round(math.log2(n)) + 3 if n else 0


@lru_cache
def _fewest(n: int) -> int:
    """The 5% quantile of the crossings of n values (Chen 2010).

    >>> _fewest(12), _fewest(24)
    (3, 8)
    """
    return next((k for k in range(n) if bdtr(k, n - 1, 0.5) >= 0.05), 0) if n > 1 else 0


def _power(n: int, centre: float, sigma: float, kind: str, seed: int) -> pd.DataFrame:
    """How often a lasting change from the middle on gives a signal, where chance is as large as it was here."""
    noise = np.random.default_rng(seed).normal(0.0, sigma, (_WORLDS, n))
    rows = []
    for change in (0.5, 2.0):
        moved = _back(np.array([centre]), kind) * change
        step = float(_scaled(np.clip(moved, 0, 1) if kind == "share" else moved, kind)[0]) - centre
        worlds = noise + centre + np.where(np.arange(n) >= n // 2, step, 0.0)
        rows.append([change, float(np.mean([_signals(world) for world in worlds]))])
    return pd.DataFrame(rows, columns=["change", "seen"])


def _signals(y: np.ndarray) -> bool:
    centre, sigma, k = _limits(y)
    longest, crossings, useful = _runs(y)
    return (
        bool((np.abs(y - centre) > k * sigma + 1e-12).any())
        or longest > _longest(useful)
        or crossings < _fewest(useful)
    )
