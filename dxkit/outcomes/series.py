"""A series of periods: its values in order of time, and a scale on which chance is even.

See docs/methods/trend.md, "Scale"."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from dxkit.files.errors import DataError, Missing

KINDS = ("count", "duration", "share")
FEWEST = 8
_ANSCOMBE = 3 / 8
_COARSER = (("months", "MS", 28), ("quarters", "QS", 89), ("half-years", "6MS", 180))  # with the days of the shortest


class Ratio(NamedTuple):
    """So many times as much, with the ends of its interval."""

    estimate: float
    low: float
    high: float


def values_of(series: pd.Series | Iterable[object], kind: str) -> tuple[pd.Series, int]:
    """The values in order of time, and how many empty ones were left out.

    Raises
    ------
    DataError
        Something that is not a series, a text, a value that the kind cannot have, a period missing or there twice.
    """
    given = in_order(series)
    values = pd.Series(pd.to_numeric(given, errors="coerce"), index=given.index)
    words = np.flatnonzero((given.notna() & values.isna()).to_numpy())
    if len(words):
        raise DataError(f"the value of {name_of(given.index[words[0]])} is not a number")
    values = pd.Series(values.dropna(), dtype=float)
    outside = {"count": values < 0, "duration": values <= 0, "share": (values < 0) | (values > 1)}[kind]
    wrong = outside | np.isinf(values)
    if wrong.any():
        raise DataError(f"the value of {name_of(values.index[wrong.to_numpy()][0])} cannot be a {kind}")
    return values, len(given) - len(values)


def in_order(series: pd.Series | Iterable[object]) -> pd.Series:
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
    index = _stamps(given.index)
    steps = np.diff(index.asi8)
    if len(steps) and steps.max() > 1.5 * np.median(steps):
        i = int(steps.argmax())
        gap = f"between {name_of(given.index[i])} and {name_of(given.index[i + 1])} a period is missing"
        raise DataError(f"{gap}; put it in, with 0 if nothing happened or empty if nobody counted")
    return given


def _stamps(index: pd.Index) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(index.to_timestamp() if isinstance(index, pd.PeriodIndex) else index)


def name_of(period: object) -> str:
    """A period as text: the day on which it begins, where the index holds times."""
    return str(period.date()) if isinstance(period, pd.Timestamp) else str(period)


def check_enough(values: pd.Series, kind: str) -> None:
    """Refuse a series that is too short, or counts that are too few, and name periods that would do."""
    if len(values) < FEWEST:
        raise Missing(f"a trend needs {FEWEST} values or more, got {len(values)}")
    if kind != "count" or (values.mean() >= 1 and (values == 0).mean() <= 0.5):
        return
    if isinstance(values.index, pd.DatetimeIndex | pd.PeriodIndex):
        stamps = _stamps(values.index)
        series, step = values.set_axis(stamps), np.median(np.diff(stamps.asi8)) // 86_400e9
        name = "month" if 28 <= step <= 31 else "week" if step == 7 else "day" if step == 1 else "period"
        for longer, rule, days in _COARSER:
            whole = _whole(series, rule) if days > step else series[:0]
            if len(whole) >= FEWEST and whole.mean() >= 3:
                raise Missing(f"too few a {name}; {longer}: {len(whole)} of them, {whole.mean():.1f} each")
    raise Missing(f"too few for a trend: {values.sum():g} in all")


def _whole(series: pd.Series, rule: str) -> pd.Series:
    """Sums of longer periods, those that the series covers from end to end."""
    sums = series.resample(rule).sum()
    step = series.index[1] - series.index[0]
    ends = [*sums.index[1:], sums.index[-1] + pd.tseries.frequencies.to_offset(rule)]
    covered = [
        begin >= series.index[0] and end <= series.index[-1] + 1.5 * step
        for begin, end in zip(sums.index, ends, strict=True)
    ]
    return sums.loc[covered]


def scaled(values: np.ndarray, kind: str, exposure: np.ndarray | None = None) -> np.ndarray:
    """Values on a scale on which chance is even; counts at the mean exposure (Anscombe 1948).

    >>> scaled(np.array([0.625, 3.625]), "count").tolist()
    [1.0, 2.0]
    """
    if kind == "count":
        return np.sqrt(values * (1.0 if exposure is None else exposure.mean() / exposure) + _ANSCOMBE)
    return np.log(values) if kind == "duration" else np.arcsin(np.sqrt(values))


def back(y: np.ndarray, kind: str) -> np.ndarray:
    """Values on their own scale again, within what they can be."""
    y = np.asarray(y, dtype=float)
    if kind == "share":
        return np.sin(np.clip(y, 0, np.pi / 2)) ** 2
    return np.maximum(np.maximum(y, 0.0) ** 2 - _ANSCOMBE, 0.0) if kind == "count" else np.exp(y)


def times_as_much(first: float, last: float, kind: str) -> float:
    """How many times the first the last is, both on the even scale; inf where the first is nothing.

    >>> times_as_much(2.0, 3.0, "count")
    2.25
    """
    if kind == "duration":
        return float(np.exp(last - first))
    one, other = (max(end, 0.0) ** 2 if kind == "count" else float(back(np.array(end), kind)) for end in (first, last))
    return other / one if one > 0 else np.inf
