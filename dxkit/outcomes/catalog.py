"""How far a service catalog can be relied on: registered, owned, fresh, made from a template (MODELS 7)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from dxkit.files.cells import NO, YES, timestamp
from dxkit.files.errors import DataError, Faults
from dxkit.files.table import Table, read_table
from dxkit.outcomes.codeowners import _rules, owners_of
from dxkit.outcomes.durations import Durations, durations, zone
from dxkit.results.columns import Column, shared
from dxkit.results.result import Result
from dxkit.statistics.intervals import wilson

MEASURES = ("registered", "owner agrees with CODEOWNERS", "as fresh as the source", "made from a template")
_OPTIONAL = (
    "path",
    "registered",
    "owner",
    "metadata_changed",
    "source_changed",
    "created",
    "created_by_template",
    "eligible",
)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class CatalogHealth(Result):
    """Shares of the eligible services.

    services   service, registered, owner, codeowners, agrees, days_behind (the entry, behind its source)
    to_register  Kaplan-Meier of the days from creation to registration; None where dates are not known
    """

    columns: ClassVar[tuple[Column, ...]] = (
        Column("measure", "what is asked of a service"),
        shared("n", "services that have it"),
        Column("of", "services about which the tables say", "count"),
        shared("estimate", "share of these services", format="share"),
        shared("low", "lower end of its Wilson interval", format="share"),
        shared("high", "upper end of its Wilson interval", format="share"),
        Column("unknown", "services about which the tables do not say", "number"),
    )

    services: pd.DataFrame | None = None
    to_register: Durations | None = None


def catalog_health(catalog, codeowners=None, *, as_of=None, max_lag: int = 180, timezone: str = "UTC") -> CatalogHealth:
    """Measure a catalog against its source.

    Parameters
    ----------
    catalog : DataFrame or path
        service; and, where they are known, path (by default the service's name), registered (a date, yes or no), owner,
        metadata_changed, source_changed, created, created_by_template, eligible (yes by default).
    codeowners : path or str, optional
        A CODEOWNERS file, or its text. The last rule that matches counts, as on GitHub.
    as_of : timestamp, optional
        Data cut-off date; by default the last date in the table.
    max_lag : int
        Days that an entry may be older than the last change of its source and still be called fresh.
    timezone : str

    Returns
    -------
    CatalogHealth
        What the tables do not say is counted as unknown, neither good nor bad.

    Raises
    ------
    DataError
        Every fault of the table, with its cell; a CODEOWNERS file that is not there.

    Examples
    --------
    >>> import pandas as pd
    >>> services = pd.DataFrame({"service": ["shop", "till"], "registered": ["yes", "no"], "owner": ["team-a", ""]})
    >>> catalog_health(services, "* @org/team-a").table["estimate"].round(2).tolist()[:2]
    [0.5, 1.0]
    """
    zone(timezone)
    faults = Faults()
    table = read_table(catalog, required=("service",), optional=_OPTIONAL, kind="table of the catalog")
    frame = pd.DataFrame({"service": table.text("service"), "owner": table.text("owner")})
    frame["path"] = table.text("path").where(table.text("path") != "", frame["service"])
    frame["registered"], since = _registered(table, faults, timezone)
    for name in ("metadata_changed", "source_changed", "created"):
        frame[name] = table.times(name, faults=faults, timezone=timezone)
    template = table.text("created_by_template")
    frame["template"] = table.flags("created_by_template", faults=faults)
    eligible = table.flags("eligible", faults=faults, default=True)
    for i in np.flatnonzero((frame["path"] == "").to_numpy()):
        table.fault(faults, i, "service", "the cell is empty; write the service's name, or its path")
    for i in np.flatnonzero((frame.duplicated(["service", "path"]) & (frame["path"] != "")).to_numpy()):
        table.fault(faults, i, "service", "the service is there twice; each has one row")
    faults.raise_if_any()
    look = _look(as_of, timezone, frame, since)
    later = frame["created"] > look if look is not None else pd.Series(False, index=frame.index)
    if look is not None:  # what came after the data cut-off was not known then
        frame["registered"], since = frame["registered"] & ~(since > look), since.where(since <= look)
        for name in ("metadata_changed", "source_changed"):
            frame[name] = frame[name].where(frame[name] <= look)
    rules = _rules(codeowners)
    frame["codeowners"] = [" ".join(owners_of(path, rules)) for path in frame["path"]]
    frame["agrees"] = [
        None if not owner or not theirs else _plain(owner) in {_plain(each) for each in theirs.split()}
        for owner, theirs in zip(frame["owner"], frame["codeowners"], strict=True)
    ]
    frame["days_behind"] = ((frame["source_changed"] - frame["metadata_changed"]) / pd.Timedelta(days=1)).clip(lower=0)
    kept = eligible & ~later
    frame, since, template = (each[kept].reset_index(drop=True) for each in (frame, since, template))
    listed = frame[frame["registered"]]
    fresh = listed["days_behind"].dropna() <= max_lag
    agreed = listed["agrees"].dropna().astype(bool)
    told = frame["template"][template != ""]
    rows = [
        _row(MEASURES[0], frame["registered"], len(frame)),
        _row(MEASURES[1], agreed, len(listed)),
        _row(MEASURES[2], fresh, len(listed)),
        _row(MEASURES[3], told, len(frame)),
    ]
    dated = frame["created"].notna() & (since.notna() | ~frame["registered"])
    took = None
    if look is not None and dated.any():
        begun = frame["created"][dated]
        took = durations(
            begun,
            since[dated].where(since[dated] >= begun, begun).where(since[dated].notna()),
            look,
            unit="days",
            title="From creation to registration",
        )
    facts = [] if took is None else [("registered, half of them, after", _days(took))]
    notes = [f"fresh: at most {max_lag} days older than the last change of the source", *table.notes]
    if not eligible.all():
        notes.append(f"services that are not eligible, left out: {int((~eligible).sum())}")
    if later.any():
        notes.append(f"services made after the data cut-off date, left out: {int(later.sum())}")
    return CatalogHealth(
        table=pd.DataFrame(rows, columns=["measure", "n", "of", "estimate", "low", "high", "unknown"]),
        services=frame[["service", "registered", "owner", "codeowners", "agrees", "days_behind"]],
        to_register=took,
        title="Service catalog",
        facts=tuple(facts),
        notes=tuple(notes),
    )


def _days(took: Durations) -> str:
    half = took.median.estimate
    return "not reached" if half is None else f"{half:,.0f} days"


def _row(measure: str, found: pd.Series, asked: int) -> list:
    n, of = int(found.sum()), len(found)
    share = n / of if of else np.nan
    return [measure, n, of, share, *(map(float, wilson(share, of)) if of else (np.nan, np.nan)), asked - of]


def _registered(table: Table, faults: Faults, timezone: str) -> tuple[pd.Series, pd.Series]:
    """Whether each service is in the catalog, and since when where that is known."""
    inside, since = [], []
    for i, text in enumerate(table.text("registered")):
        stamp, problem = (pd.NaT, None) if text.casefold() in (*YES, *NO) else timestamp(text, timezone)
        if problem:
            table.fault(faults, i, "registered", f"{problem}, or as yes or no")
        inside.append(text.casefold() in YES or stamp is not pd.NaT)
        since.append(stamp)
    return pd.Series(inside, dtype=bool), pd.Series(pd.DatetimeIndex(since, tz="UTC"))


def _look(as_of, timezone: str, frame: pd.DataFrame, since: pd.Series) -> pd.Timestamp | None:
    if as_of is None:
        last = pd.concat([since, *(frame[name] for name in ("metadata_changed", "source_changed", "created"))]).max()
        return None if pd.isna(last) else last
    stamp, problem = timestamp(as_of, timezone)
    if problem or stamp is pd.NaT:
        raise DataError(f"as_of: {problem or 'it is empty'}")
    return stamp


def _plain(owner: str) -> str:
    """A team's name without kind, namespace and organisation.

    >>> _plain("group:default/team-a"), _plain("@Org/Team-A")
    ('team-a', 'team-a')
    """
    return re.split(r"[/:]", owner.strip().lstrip("@"))[-1].casefold()
