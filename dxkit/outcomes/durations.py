"""How long things take, with those that are still open: one Kaplan-Meier for all of them.

See docs/methods/delivery.md, "Durations"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from dxkit.files.cells import as_text
from dxkit.files.errors import DataError, Faults, Missing
from dxkit.files.options import choice, instance, whole
from dxkit.files.table import Table, TableSpec
from dxkit.outcomes.times import COLUMNS, Moment, Source, moment, stamps, zone
from dxkit.results.columns import Column, columns_of, declared
from dxkit.results.result import Result
from dxkit.statistics.release_clusters import FEWEST, LEAST_WORTH, clustered_curve, effective
from dxkit.statistics.survival import SurvivalCurve, kaplan_meier, time_reached

UNITS = {"hours": pd.Timedelta(hours=1), "days": pd.Timedelta(days=1)}
_HIRES = TableSpec(kind="table of hires", columns=COLUMNS["hires"], empty=True)
_SHOWN = (0.25, 0.5, 0.75, 0.85)


class Quantile(NamedTuple):
    """A time and its interval, in the unit of the result; None where it is not reached."""

    estimate: float | None
    low: float | None
    high: float | None


_NONE = Quantile(None, None, None)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Durations(Result):
    """A survival curve.

    median   the time by which half are done, and p85 that by which 85% are: estimate, low, high; None where not reached
    n        how many count, open of them still open, excluded because they began after the data cut-off date,
             given_up, and ended before `since`
    clusters  how many clusters there are, and how many of equal size they are worth; None where none was given
    """

    columns: ClassVar[tuple[Column, ...]] = declared(__file__, "Durations")
    plot_name: ClassVar[str] = "outcomes.survival"

    median: Quantile = _NONE
    p85: Quantile = _NONE
    n: int = 0
    open: int = 0
    excluded: int = 0
    given_up: int = 0
    before: int = 0
    clusters: int | None = None
    clusters_effective: float | None = None
    unit: str = "hours"

    def _printed(self) -> tuple[pd.DataFrame, Sequence[Column]]:
        """When so many are done, in place of every step of the curve; where it may not be shown, the median alone."""
        at, *curves = (self.table[name].to_numpy() for name in ("time", "survival", "low", "high"))
        rows = [
            [f"{100 * done:.0f}%", *_texts(time_reached(at, curve, 1 - done) for curve in curves)] for done in _SHOWN
        ]
        if not len(at):
            rows = [] if self.median.estimate is None else [["50%", *_texts(self.median)]]
        frame = pd.DataFrame(
            [[done, figure, _span(*ends)] for done, figure, *ends in rows],
            columns=["are done", f"after, {self.unit}", "95% interval"],
        )
        return frame, columns_of(frame)

    @property
    def curve(self) -> pd.DataFrame:
        return self.table


def durations(
    start: Iterable[object],
    end: Iterable[object],
    as_of: Moment,
    *,
    cluster: Iterable[object] | None = None,
    since: Moment | None = None,
    given_up: Iterable[object] | None = None,
    unit: str = "hours",
    timezone: str = "UTC",
    title: str = "Time from start to end",
) -> Durations:
    """How long does it take from start to end, when some are still open? (Kaplan and Meier 1958)

    See docs/methods/delivery.md, "Durations".

    Parameters
    ----------
    start, end : sequences of timestamps, (n,)
        An empty end is still open.
    as_of : timestamp
        Data cut-off date; a bare date is the end of that day. An end after it was not known then, so it counts as open;
        a start after it is excluded.
    cluster : sequence of labels, (n,), optional
        What shares its luck, such as the release that brought the change. An empty label is a cluster of its own.
    since : timestamp, optional
        When recording began; a bare date is the begin of that day. What ended by then is left out, and what was open
        counts from then on.
    given_up : sequence of timestamps, (n,), optional
        When each was given up (empty: never). Those are left out.
    unit : str
        Unit of the result: hours or days.
    timezone : str
        Time zone of times that name none, such as Europe/Berlin.
    title : str
        Title of the result.

    Returns
    -------
    Durations
        Intervals are Brookmeyer and Crowley's (1982), log-log, at 95%; with clusters their error is that of sums by
        cluster, and below 4 clusters there is none. Where the curve is flat at a level, the middle of that time is
        taken, as R's survfit does. No mean is given: it does not exist while something is open.

    Raises
    ------
    DataError
        A start that is missing, an end before its start, or text that is not a time: with the row, counted from 1; an
        unknown unit or time zone; columns of different lengths.

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
    empty = pd.Series(pd.DatetimeIndex([pd.NaT] * len(begun), tz="UTC"))
    dropped = empty if given_up is None else stamps(given_up, "given_up", timezone)
    labels = None if cluster is None else _labels(cluster)
    for name, values in (("given_up", dropped), ("cluster", labels)):
        if values is not None and len(values) != len(begun):
            raise DataError(f"starts: {len(begun)}, {name}: {len(values)}; give one for each start")
    cutoff = moment(as_of, "as_of", timezone, end=True)
    first = None if since is None else moment(since, "since", timezone, "when recording began")
    faults = [f"row {i + 1}: the start is missing" for i in np.flatnonzero(begun.isna())]
    faults += [f"row {i + 1}: the end lies before the start" for i in np.flatnonzero((done < begun).to_numpy())]
    faults += [f"row {i + 1}: given up before the start" for i in np.flatnonzero((dropped < begun).to_numpy())]
    if faults:
        raise DataError("\n".join(faults))
    if first is not None and first >= cutoff:
        raise DataError("since is not before as_of; name an earlier since or a later as_of")
    late = (begun > cutoff).to_numpy()
    taken, over = measured(begun, done, cutoff, unit)
    gone = ~late & ~over & (dropped.notna() & (dropped <= cutoff)).to_numpy()
    before = ~late & over & (done <= first).to_numpy() if first is not None else np.zeros(len(begun), dtype=bool)
    kept = ~(late | gone | before)
    entry = None
    if first is not None:
        entry = np.where(begun < first, ((first - begun) / UNITS[unit]).to_numpy(dtype=float), -np.inf)[kept]
    return from_times(
        taken[kept],
        over[kept],
        cluster=None if labels is None else labels[kept],
        entry=entry,
        unit=unit,
        excluded=int(late.sum()),
        given_up=int(gone.sum()),
        before=int(before.sum()),
        title=title,
    )


def measured(begun: Any, done: Any, cutoff: pd.Timestamp, unit: str) -> tuple[np.ndarray, np.ndarray]:
    """How long each took until its end, or the data cut-off date where it was open then; and whether it was over."""
    over = (done.notna() & (done <= cutoff)).to_numpy()
    return ((done.where(over, cutoff.round("us")) - begun) / UNITS[unit]).to_numpy(dtype=float), over


def from_times(
    taken: ArrayLike,
    over: ArrayLike,
    *,
    cluster: np.ndarray | None = None,
    entry: np.ndarray | None = None,
    unit: str = "days",
    excluded: int = 0,
    given_up: int = 0,
    before: int = 0,
    title: str = "Durations",
) -> Durations:
    """The curve of durations and whether each is over (True) or still open; by cluster, or from an entry on.

    >>> from_times([1, 2, 3, 4], [True, True, True, False]).median.estimate
    2.5
    """
    taken, over = np.asarray(taken, dtype=float), np.asarray(over, dtype=bool)
    counts: dict[str, Any] = {"n": len(taken), "excluded": excluded, "given_up": given_up, "before": before}
    notes = [
        f"{what}: {count}"
        for what, count in (
            ("began after the data cut-off date, left out", excluded),
            ("ended before the record began, left out", before),
            ("given up, left out", given_up),
        )
        if count
    ]
    if given_up > (len(taken) + given_up) / 5:
        notes.append("open ones will partly be given up too: the median is an upper figure")
    if not len(taken):
        frame = pd.DataFrame(columns=SurvivalCurve._fields, dtype=float)
        return Durations(
            table=frame, unit=unit, title=title, facts=(("durations", "none"),), notes=tuple(notes), **counts
        )
    count = int((~over).sum())
    facts = [("still open", f"{count} of {len(taken)}")]
    if cluster is None and entry is None:
        curve = kaplan_meier(taken, over)
    else:
        groups = np.arange(len(taken)) if cluster is None else pd.factorize(cluster)[0]
        curve = clustered_curve(taken, over, groups, entry)
        if cluster is not None:
            counts |= {"clusters": (clusters := int(groups.max()) + 1), "clusters_effective": effective(groups)}
            facts.append(("clusters", f"{clusters}, worth {effective(groups):.1f} of equal size"))
        if groups.max() + 1 < FEWEST:
            notes.append(f"fewer than {FEWEST} clusters, so no interval is given")
        elif effective(groups) < LEAST_WORTH:
            notes.append("one cluster holds most of them, so no interval is given")
    median, p85 = (
        Quantile(*(time_reached(curve.time, ends, 1 - done) for ends in (curve.survival, curve.low, curve.high)))
        for done in (0.5, 0.85)
    )
    return Durations(
        table=pd.DataFrame(curve._asdict()),
        median=median,
        p85=p85,
        open=count,
        unit=unit,
        title=title,
        facts=tuple(facts),
        notes=tuple(notes),
        **counts,
    )


def _labels(cluster: Iterable[object]) -> np.ndarray:
    """Labels as text; an empty one becomes one of its own."""
    if isinstance(cluster, str | pd.DataFrame) or not isinstance(cluster, Iterable):
        raise DataError(f"cluster: expected a column or list of labels, got {type(cluster).__name__}")
    return np.array([as_text(label) or f"\0{i}" for i, label in enumerate(cluster)], dtype=object)


def _texts(ends: Iterable[float | None]) -> list[str]:
    return ["not reached" if end is None else f"{end:,.1f}" for end in ends]


def _span(low: str, high: str) -> str:
    return "–" if low == "not reached" else f"{low} or more" if high == "not reached" else f"{low} to {high}"


def read_hires(hires: Source, timezone: str = "UTC") -> tuple[Table, pd.DataFrame]:
    """The table of new people and its typed columns."""
    faults, table = Faults(), _HIRES.read(hires)
    frame = table.values(faults, zone(timezone))
    for i in np.flatnonzero((frame["first_deploy"] < frame["start"]).to_numpy()):
        table.fault(faults, i, "first_deploy", "the first deployment lies before the start")
    again = frame.duplicated(["person", "start"]) & (frame["person"] != "")
    for i in np.flatnonzero(again.to_numpy()):
        table.fault(faults, i, "person", "this person appears twice with one start; each start has one row")
    faults.raise_if_any()
    return table, frame


def time_to_first_deploy(hires: Source, as_of: Moment, *, min_group: int = 5, timezone: str = "UTC") -> Durations:
    """How many days until a new hire deploys for the first time? Those who have not deployed yet count as open.

    Parameters
    ----------
    hires : data frame or path
        Columns start and first_deploy (empty: not yet), and person where it is known.
    as_of : timestamp
        Data cut-off date; a bare date is the end of that day. A first deployment after it counts as open.
    min_group : int
        Nothing is shown of fewer people, and no quantile where fewer have deployed; where fewer than twice as many
        have, only the median. The curve needs four times as many people.
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
    >>> done = [f"2026-01-{day:02d}" for day in (6, 7, 8, 9, 12, 13)]
    >>> hires = pd.DataFrame({"start": ["2026-01-05"] * 7, "first_deploy": [*done, ""]})
    >>> time_to_first_deploy(hires, "2026-02-01").median.estimate
    4.0
    """
    min_group = whole("min_group", min_group, 1)
    table, frame = read_hires(hires, timezone)
    if table.unfilled:
        raise Missing(table.unfilled)
    took = durations(
        frame["start"],
        frame["first_deploy"],
        as_of,
        unit="days",
        timezone=timezone,
        title="From the start to the first deployment",
    )
    notes, done = (*took.notes, *table.notes), took.n - took.open
    if took.n == 0:
        return replace(took, notes=notes)
    if took.n < min_group:
        few = f"fewer than {min_group} people: nothing is shown of them"
        return Durations(table=took.table.head(0), title=took.title, unit=took.unit, notes=(few,))
    hidden: dict[str, Any] = {}
    if done < 2 * min_group or took.n < 4 * min_group:
        hidden["table"] = took.table[:0]
        what = f"fewer than {4 * min_group} people: the curve is not shown"
        if done < 2 * min_group:
            hidden["p85"], what = _NONE, f"fewer than {2 * min_group} have deployed: only the median is shown"
        if done < min_group:
            hidden["median"], what = _NONE, f"fewer than {min_group} have deployed: only counts are shown"
        notes = (what, *notes)
    return replace(took, notes=notes, **hidden)
