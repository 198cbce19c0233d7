"""How long things take, with those that are still open: one Kaplan-Meier for all of them (MODELS 7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple

import numpy as np
import pandas as pd

from dxkit.files.cells import timestamp
from dxkit.files.errors import DataError, Faults
from dxkit.files.table import read_table
from dxkit.results.columns import Column, columns_of, shared
from dxkit.results.result import Result
from dxkit.statistics.survival import SurvivalCurve, kaplan_meier, time_reached

UNITS = {"hours": pd.Timedelta(hours=1), "days": pd.Timedelta(days=1)}
_SHOWN = (0.25, 0.5, 0.75, 0.85)


class Quantile(NamedTuple):
    """A time and its interval, in the unit of the result; None where it is not reached."""

    estimate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Durations(Result):
    """A survival curve.

    median   the time by which half are done, and p85 that by which 85% are: estimate, low, high; None where not reached
    n        how many began, open of them still open, excluded because they began after the data cut-off date
    """

    columns: ClassVar[tuple[Column, ...]] = (
        Column("time", "time since the start", "number", "hours or days"),
        Column("at_risk", "how many were still open just before", "count"),
        Column("events", "how many ended then", "count"),
        Column("censored", "how many were still open after that time at the data cut-off date", "count"),
        Column("survival", "share still open", "share"),
        shared("low", "lower end of the 95% interval", format="share"),
        shared("high", "upper end of the 95% interval", format="share"),
    )
    plot_name: ClassVar[str] = "outcomes.survival"

    median: Quantile = Quantile(None, None, None)
    p85: Quantile = Quantile(None, None, None)
    n: int = 0
    open: int = 0
    excluded: int = 0
    unit: str = "hours"

    def _printed(self) -> tuple[pd.DataFrame, Sequence[Column]]:
        """When so many are done, in place of every step of the curve."""
        at, *curves = (self.table[name].to_numpy() for name in ("time", "survival", "low", "high"))
        rows = []
        for done in _SHOWN:
            figures = [
                "not reached" if each is None else f"{each:,.1f}"
                for each in (time_reached(at, curve, 1 - done) for curve in curves)
            ]
            rows.append([f"{100 * done:.0f}%", figures[0], _span(*figures[1:])])
        frame = pd.DataFrame(rows if len(at) else [], columns=["are done", f"after, {self.unit}", "95% interval"])
        return frame, columns_of(frame)

    @property
    def curve(self) -> pd.DataFrame:
        return self.table


def durations(
    start, end, as_of, *, unit: str = "hours", timezone: str = "UTC", title: str = "Time from start to end"
) -> Durations:
    """How long from start to end, counting those that are still open as open (Kaplan and Meier 1958).

    Parameters
    ----------
    start, end : sequences of timestamps, (n,)
        An empty end is open. Those without a zone are taken in `timezone`.
    as_of : timestamp
        Data cut-off date. An end after it was not known then, so it counts as open; a start after it is excluded.
    unit : str
        hours or days.
    timezone, title : str

    Returns
    -------
    Durations
        Intervals are Brookmeyer and Crowley's (1982), log-log, at 95%; where the curve is flat at a level the
        middle of that time is taken, as R's survfit does. There is no mean: it does not exist while something is open.

    Raises
    ------
    DataError
        A start that is missing, an end before its start, or text that is no timestamp: with the row, counted from 1.

    Examples
    --------
    >>> took = durations(["2026-01-01", "2026-01-01", "2026-01-02"], ["2026-01-03", None, "2026-01-03"], "2026-01-05",
    ...                  unit="days")
    >>> took.median.estimate, took.open
    (2.0, 1)
    """
    if unit not in UNITS:
        raise DataError(f"unit='{unit}' is not known; use hours or days")
    zone(timezone)
    begun, done = stamps(start, "start", timezone), stamps(end, "end", timezone)
    if len(begun) != len(done):
        raise DataError(
            f"there are {len(begun)} starts and {len(done)} ends; give one end for each start, empty if open"
        )
    look = stamps([as_of], "as_of", timezone).iloc[0]
    if pd.isna(look):
        raise DataError("as_of is missing; name the data cut-off date")
    faults = [f"row {i + 1}: the start is missing" for i in np.flatnonzero(begun.isna())]
    faults += [f"row {i + 1}: the end lies before the start" for i in np.flatnonzero((done < begun).to_numpy())]
    if faults:
        raise DataError("\n".join(faults))
    late = (begun > look).to_numpy()
    begun, done = begun[~late], done[~late]
    known = (done.notna() & (done <= look)).to_numpy()
    times = ((done.where(known, look) - begun) / UNITS[unit]).to_numpy(dtype=float)
    return from_times(times, known, unit=unit, excluded=int(late.sum()), title=title)


def from_times(times, known, *, unit: str = "days", excluded: int = 0, title: str = "Durations") -> Durations:
    """The curve of durations and whether each is over (True) or still open.

    >>> from_times([1, 2, 3, 4], [True, True, True, False]).median.estimate
    2.5
    """
    times, known = np.asarray(times, dtype=float), np.asarray(known, dtype=bool)
    if not len(times):
        return Durations(
            table=pd.DataFrame(columns=SurvivalCurve._fields, dtype=float),
            unit=unit,
            excluded=excluded,
            title=title,
            facts=(("nothing", "no duration to look at"),),
        )
    curve = kaplan_meier(times, known)
    median, p85 = (
        Quantile(*(time_reached(curve.time, ends, 1 - done) for ends in (curve.survival, curve.low, curve.high)))
        for done in (0.5, 0.85)
    )
    count = int((~known).sum())
    return Durations(
        table=pd.DataFrame(curve._asdict()),
        median=median,
        p85=p85,
        n=len(times),
        open=count,
        excluded=excluded,
        unit=unit,
        title=title,
        facts=(("still open", f"{count} of {len(times)}"),),
        notes=((f"{excluded} began after the data cut-off date",) if excluded else ()),
    )


def zone(name: str) -> str:
    """The declared time zone, if there is one of this name."""
    try:
        pd.Timestamp("2026-01-01").tz_localize(name).tz_convert("UTC")
    except Exception:
        raise DataError(f"timezone={name!r} is not known; write it as Europe/Berlin or UTC") from None
    return name


def stamps(values, name: str, timezone: str) -> pd.Series:
    """Timestamps in UTC; those without a zone are taken in the declared one."""
    if isinstance(values, str | pd.DataFrame) or not isinstance(values, Iterable):
        raise DataError(f"{name}: expected a column or list of times, got {type(values).__name__}")
    found = [timestamp(value, timezone) for value in values]
    faults = [f"row {i + 1}, {name}: {problem}" for i, (_, problem) in enumerate(found) if problem]
    if faults:
        raise DataError("\n".join(faults))
    return pd.Series(pd.DatetimeIndex([stamp for stamp, _ in found], tz="UTC"))


def _span(low: str, high: str) -> str:
    return "–" if low == "not reached" else f"{low} or more" if high == "not reached" else f"{low} to {high}"


def time_to_first_deploy(hires, as_of, *, timezone: str = "UTC") -> Durations:
    """Days from start to first deployment of each hire; those who have not deployed yet count as open.

    Parameters
    ----------
    hires : DataFrame or path
        Columns person, start, first_deploy (empty: not yet).
    as_of : timestamp
    timezone : str

    Examples
    --------
    >>> import pandas as pd
    >>> hires = pd.DataFrame({"person": ["a", "b"], "start": ["2026-01-01"] * 2, "first_deploy": ["2026-01-08", ""]})
    >>> time_to_first_deploy(hires, "2026-02-01").open
    1
    """
    zone(timezone)
    faults = Faults()
    table = read_table(
        hires, required=("start", "first_deploy"), optional=("person",), kind="table of hires", empty=True
    )
    begun = table.times("start", faults=faults, timezone=timezone, required=True)
    done = table.times("first_deploy", faults=faults, timezone=timezone)
    for i in np.flatnonzero((done < begun).to_numpy()):
        table.fault(faults, i, "first_deploy", "the first deployment lies before the start")
    people = table.text("person")
    for i in np.flatnonzero((pd.DataFrame({"who": people, "start": begun}).duplicated() & (people != "")).to_numpy()):
        table.fault(faults, i, "person", "this person is there twice with one start; each start has one row")
    faults.raise_if_any()
    took = durations(begun, done, as_of, unit="days", timezone=timezone, title="From the start to the first deployment")
    return replace(took, notes=(*took.notes, *table.notes))
