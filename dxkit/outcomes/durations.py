"""How long things take, with those that are still open: one Kaplan-Meier for all of them.

See docs/methods/delivery.md, "Durations"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from dxkit.files.errors import DataError, Faults
from dxkit.files.options import choice, instance
from dxkit.files.table import TableSpec, texts
from dxkit.outcomes.times import Moment, Source, moment, stamps, times, zone
from dxkit.results.columns import Column, columns_of, shared
from dxkit.results.result import Result
from dxkit.statistics.survival import SurvivalCurve, kaplan_meier, time_reached

UNITS = {"hours": pd.Timedelta(hours=1), "days": pd.Timedelta(days=1)}
_HIRES = TableSpec(
    kind="table of hires",
    empty=True,
    columns=(*times("start", needed=True, filled=True), *times("first_deploy", needed=True), *texts("person")),
)
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
    start: Iterable[object],
    end: Iterable[object],
    as_of: Moment,
    *,
    unit: str = "hours",
    timezone: str = "UTC",
    title: str = "Time from start to end",
) -> Durations:
    """How long does it take from start to end, when some are still open? (Kaplan and Meier 1958)

    Parameters
    ----------
    start, end : sequences of timestamps, (n,)
        An empty end is still open.
    as_of : timestamp
        Data cut-off date. An end after it was not known then, so it counts as open; a start after it is excluded.
    unit : str
        Unit of the result: hours or days.
    timezone : str
        Time zone of times that name none, such as Europe/Berlin.
    title : str
        Title of the result.

    Returns
    -------
    Durations
        Intervals are Brookmeyer and Crowley's (1982), log-log, at 95%. Where the curve is flat at a level, the middle
        of that time is taken, as R's survfit does. No mean is given: it does not exist while something is open.

    Raises
    ------
    DataError
        A start that is missing, an end before its start, or text that is not a time: with the row, counted from 1; an
        unknown unit or time zone.

    Examples
    --------
    >>> took = durations(["2026-01-01", "2026-01-01", "2026-01-02"], ["2026-01-03", None, "2026-01-03"], "2026-01-05",
    ...                  unit="days")
    >>> took.median.estimate, took.open
    (2.0, 1)
    """
    choice("unit", unit, list(UNITS))
    instance("title", title, str, "a text")
    begun, done = stamps(start, "start", zone(timezone)), stamps(end, "end", timezone)
    if len(begun) != len(done):
        raise DataError(f"starts: {len(begun)}, ends: {len(done)}; give one end for each start, empty if open")
    cutoff = moment(as_of, "as_of", timezone)
    faults = [f"row {i + 1}: the start is missing" for i in np.flatnonzero(begun.isna())]
    faults += [f"row {i + 1}: the end lies before the start" for i in np.flatnonzero((done < begun).to_numpy())]
    if faults:
        raise DataError("\n".join(faults))
    late = (begun > cutoff).to_numpy()
    begun, done = begun.loc[~late], done.loc[~late]
    over = (done.notna() & (done <= cutoff)).to_numpy()
    taken = ((done.where(over, cutoff) - begun) / UNITS[unit]).to_numpy(dtype=float)
    return from_times(taken, over, unit=unit, excluded=int(late.sum()), title=title)


def from_times(
    taken: ArrayLike, over: ArrayLike, *, unit: str = "days", excluded: int = 0, title: str = "Durations"
) -> Durations:
    """The curve of durations and whether each is over (True) or still open.

    >>> from_times([1, 2, 3, 4], [True, True, True, False]).median.estimate
    2.5
    """
    taken, over = np.asarray(taken, dtype=float), np.asarray(over, dtype=bool)
    if not len(taken):
        return Durations(
            table=pd.DataFrame(columns=SurvivalCurve._fields, dtype=float),
            unit=unit,
            excluded=excluded,
            title=title,
            facts=(("durations", "none"),),
        )
    curve = kaplan_meier(taken, over)
    median, p85 = (
        Quantile(*(time_reached(curve.time, ends, 1 - done) for ends in (curve.survival, curve.low, curve.high)))
        for done in (0.5, 0.85)
    )
    count = int((~over).sum())
    return Durations(
        table=pd.DataFrame(curve._asdict()),
        median=median,
        p85=p85,
        n=len(taken),
        open=count,
        excluded=excluded,
        unit=unit,
        title=title,
        facts=(("still open", f"{count} of {len(taken)}"),),
        notes=((f"began after the data cut-off date, left out: {excluded}",) if excluded else ()),
    )


def _span(low: str, high: str) -> str:
    return "–" if low == "not reached" else f"{low} or more" if high == "not reached" else f"{low} to {high}"


def time_to_first_deploy(hires: Source, as_of: Moment, *, timezone: str = "UTC") -> Durations:
    """How many days until a new hire deploys for the first time? Those who have not deployed yet count as open.

    Parameters
    ----------
    hires : data frame or path
        Columns start and first_deploy (empty: not yet), and person where it is known.
    as_of : timestamp
        Data cut-off date. A first deployment after it was not known then, so it counts as open.
    timezone : str
        Time zone of times that name none, such as Europe/Berlin.

    Returns
    -------
    Durations
        In days, as from `durations`.

    Raises
    ------
    DataError
        Every fault of the table, with its cell.

    Examples
    --------
    >>> import pandas as pd
    >>> hires = pd.DataFrame({"person": ["a", "b"], "start": ["2026-01-01"] * 2, "first_deploy": ["2026-01-08", ""]})
    >>> time_to_first_deploy(hires, "2026-02-01").open
    1
    """
    faults = Faults()
    table = _HIRES.read(hires)
    frame = table.values(faults, zone(timezone))
    for i in np.flatnonzero((frame["first_deploy"] < frame["start"]).to_numpy()):
        table.fault(faults, i, "first_deploy", "the first deployment lies before the start")
    again = frame.duplicated(["person", "start"]) & (frame["person"] != "")
    for i in np.flatnonzero(again.to_numpy()):
        table.fault(faults, i, "person", "this person appears twice with one start; each start has one row")
    faults.raise_if_any()
    took = durations(
        frame["start"],
        frame["first_deploy"],
        as_of,
        unit="days",
        timezone=timezone,
        title="From the start to the first deployment",
    )
    return replace(took, notes=(*took.notes, *table.notes))
