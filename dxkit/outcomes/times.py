"""Tables of outcomes and times as people give them: one cut-off date, the zone of times that name none."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import cast

import pandas as pd

from dxkit.files.cells import as_text, timestamp
from dxkit.files.errors import DataError, Missing
from dxkit.files.frames import TableSource
from dxkit.files.table import declared

COLUMNS = declared(Path(__file__).with_name("columns.csv"))  # of each table
Moment = str | date | pd.Timestamp
Source = TableSource  # a table: a file or a frame


def zone(name: str) -> str:
    """The declared time zone, if there is one of this name."""
    try:
        pd.Timestamp("2026-01-01").tz_localize(name).tz_convert("UTC")
    except Exception:
        raise DataError(f"timezone={name!r}: write a time zone such as Europe/Berlin or UTC") from None
    return name


def moment(
    value: Moment | None, name: str, timezone: str, what: str = "the data cut-off date", *, end: bool = False
) -> pd.Timestamp:
    """One time in UTC, which must be there; `what` says what it stands for. A bare date is the begin of that day in the
    time zone, or with `end` its last moment.

    >>> str(moment("2026-01-31", "as_of", "UTC", end=True))[:19], str(moment("2026-01-31", "since", "UTC"))[:19]
    ('2026-01-31 23:59:59', '2026-01-31 00:00:00')
    """
    stamp, problem = timestamp(value, timezone)
    if problem:
        raise DataError(f"{name}: {problem}")
    if stamp is pd.NaT:
        raise Missing(f"{name} is missing; name {what}")
    if end and len(as_text(value)) == len("2026-01-31"):
        day = stamp.tz_convert(timezone).tz_localize(None).normalize() + pd.Timedelta(days=1)
        after = day.tz_localize(timezone, ambiguous=True, nonexistent="shift_forward").tz_convert("UTC")
        return cast(pd.Timestamp, after - pd.Timedelta(1, "ns"))
    return cast(pd.Timestamp, stamp)


def stamps(values: Iterable[object], name: str, timezone: str) -> pd.Series:
    """Timestamps in UTC; those without a zone are taken in the declared one."""
    if isinstance(values, str | pd.DataFrame) or not isinstance(values, Iterable):
        raise DataError(f"{name}: expected a column or list of times, got {type(values).__name__}")
    read = [timestamp(value, timezone) for value in values]
    if faults := [f"row {i}, {name}: {problem}" for i, (_, problem) in enumerate(read, 1) if problem]:
        raise DataError("\n".join(faults))
    return pd.Series(pd.DatetimeIndex([stamp for stamp, _ in read], tz="UTC"))
