"""How far a service catalog can be relied on: registered, owned, fresh, made from a template.

See docs/methods/catalog.md, "Measures"."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
import pandas as pd

from dxkit.files.cells import NO, YES, folded, timestamp
from dxkit.files.errors import DataError, Faults
from dxkit.files.options import choice, whole
from dxkit.files.table import Table, TableSpec
from dxkit.outcomes.durations import Durations, durations
from dxkit.outcomes.ownership.codeowners import DIALECTS, Rules, rules_of
from dxkit.outcomes.times import COLUMNS, Moment, Source, moment, zone
from dxkit.results.absent import Absent
from dxkit.results.columns import Column, declared
from dxkit.results.result import Result
from dxkit.statistics.intervals import wilson

MEASURES = (
    "registered",
    "owner agrees with CODEOWNERS",
    "as fresh as the source",
    "made from a template",
    "older services registered",
)
Aliases = Mapping[str, str]  # owners that are the same under other names
Codeowners = str | os.PathLike[str] | Mapping[str, str | os.PathLike[str]]
_CATALOG = TableSpec(kind="table of the catalog", columns=COLUMNS["catalog"])
_UNDATED = Absent("no service is known to be made since the catalog began; give created, registered and since=")


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class CatalogHealth(Result):
    """Shares of the eligible services.

    services   service, registered, owner, codeowners, agrees, days_behind (the entry, behind its source)
    to_register  Kaplan-Meier of the days from creation to registration, of services made since then; an Absent where
               there is none
    """

    columns: ClassVar[tuple[Column, ...]] = declared(__file__, "CatalogHealth")

    services: pd.DataFrame | None = None
    to_register: Durations | Absent = _UNDATED


def catalog_health(
    catalog: Source,
    codeowners: Codeowners | None = None,
    *,
    dialect: str = "auto",
    since: Moment | None = None,
    aliases: Mapping[str, str] | None = None,
    as_of: Moment | None = None,
    max_lag: int = 180,
    timezone: str = "UTC",
) -> CatalogHealth:
    """How far can people rely on the service catalog? It is compared with its source.

    Parameters
    ----------
    catalog : data frame or path
        service; and, where they are known, path (by default the service's name), repository, registered (a date, yes or
        no), owner, metadata_changed, source_changed, created, created_by_template, eligible (yes by default). From
        `read_catalog`, or any table.
    codeowners : path, str or dict, optional
        A CODEOWNERS file, or its text; for several repositories a dict of repository and file.
    dialect : str
        How the file is read: github, gitlab, or auto (sections, exclusions and roles are GitLab's).
    since : timestamp, optional
        When the catalog began; None for the first registration. The time to register is that of services made later.
    aliases : dict, optional
        Owners that are the same under other names: {"group:payments/platform": "@infra-org/platform"}.
    as_of : timestamp, optional
        Data cut-off date; a bare date is the end of that day. None for the last date in the table.
    max_lag : int
        Days by which an entry may be older than the last change of its source and still be called fresh.
    timezone : str
        Time zone of times that name none, such as Europe/Berlin.

    Returns
    -------
    CatalogHealth
        What the tables do not say counts as unknown, neither good nor bad.

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
    max_lag, dialect = whole("max_lag", max_lag, 0), choice("dialect", dialect, DIALECTS)
    joined = _checked(aliases)
    table, frame = read_table(catalog, timezone)
    cutoff = _cutoff(as_of, timezone, frame)
    later = np.zeros(len(frame), dtype=bool)
    if cutoff is not None:  # what came after the data cut-off was not known then
        later = (frame["created"] > cutoff).to_numpy()
        frame["registered"] &= ~(frame["since"] > cutoff)
        for name in ("since", "metadata_changed", "source_changed"):
            frame[name] = frame[name].where(frame[name] <= cutoff)
    frame["codeowners"] = _owners(frame, codeowners, dialect)
    frame["agrees"] = [
        None if not owner or not theirs else _agree(owner, theirs.split(), joined)
        for owner, theirs in zip(frame["owner"], frame["codeowners"], strict=True)
    ]
    frame["days_behind"] = ((frame["source_changed"] - frame["metadata_changed"]) / pd.Timedelta(days=1)).clip(lower=0)
    frame["template_said"] = (table.text("created_by_template") != "").to_numpy()
    eligible = frame["eligible"].to_numpy(dtype=bool)
    frame = frame.loc[eligible & ~later].reset_index(drop=True)
    listed = frame.loc[frame["registered"]]
    begun = moment(since, "since", timezone, "when the catalog began") if since is not None else frame["since"].min()
    older = frame.loc[frame["created"] < begun]
    rows = [
        _row(MEASURES[0], frame["registered"], len(frame)),
        _row(MEASURES[1], listed["agrees"].dropna(), len(listed)),
        _row(MEASURES[2], listed["days_behind"].dropna() <= max_lag, len(listed)),
        _row(MEASURES[3], frame.loc[frame["template_said"], "created_by_template"], len(frame)),
        _row(MEASURES[4], older["registered"], len(older)),
    ]
    took = _to_register(frame.loc[~(frame["created"] < begun)], cutoff)
    notes = [f"fresh: at most {max_lag} days older than the last change of the source", *table.notes]
    if not eligible.all():
        notes.append(f"services that are not eligible, left out: {int((~eligible).sum())}")
    if later.any():
        notes.append(f"services made after the data cut-off date, left out: {int(later.sum())}")
    return CatalogHealth(
        table=pd.DataFrame(rows, columns=["measure", "n", "of", "estimate", "low", "high", "unknown"]),
        services=frame.filter(["service", "registered", "owner", "codeowners", "agrees", "days_behind"]),
        to_register=took,
        title="Service catalog",
        facts=() if isinstance(took, Absent) else (("half of them are registered after", _days(took)),),
        notes=tuple(notes),
    )


def _to_register(frame: pd.DataFrame, cutoff: pd.Timestamp | None) -> Durations | Absent:
    """Days from creation to registration, where both are known."""
    dated = frame.loc[frame["created"].notna() & (frame["since"].notna() | ~frame["registered"])]
    if cutoff is None or not len(dated):
        return _UNDATED
    since = dated["since"].where(~(dated["since"] < dated["created"]), dated["created"])
    return durations(dated["created"], since, cutoff, unit="days", title="From creation to registration")


def _owners(frame: pd.DataFrame, codeowners: Codeowners | None, dialect: str) -> list[str]:
    """Who owns each service's folder, by the rules of its repository; "" where nothing says."""
    if not isinstance(codeowners, Mapping):
        rules = rules_of(codeowners, dialect)
        return [" ".join(rules.owners(path)) for path in frame["path"]]
    by_repository = {folded(name): rules_of(source, dialect) for name, source in codeowners.items()}
    rules = [by_repository.get(folded(name), Rules()) for name in frame["repository"]]
    return [" ".join(each.owners(path)) for each, path in zip(rules, frame["path"], strict=True)]


def _days(took: Durations) -> str:
    half = took.median.estimate
    return "not reached" if half is None else f"{half:,.0f} days"


def _row(measure: str, answers: Iterable[object], asked: int) -> list:
    """How many of those that are known hold; `asked` counts the unknown ones too."""
    known = [bool(each) for each in answers]
    n, of = sum(known), len(known)
    share = n / of if of else np.nan
    return [measure, n, of, share, *(map(float, wilson(share, of)) if of else (np.nan, np.nan)), asked - of]


def read_table(catalog: Source, timezone: str = "UTC") -> tuple[Table, pd.DataFrame]:
    """The table of services and its typed columns, with `path`, `registered`, and `since` when it is registered."""
    faults, table = Faults(), _CATALOG.read(catalog)
    frame = table.values(faults, zone(timezone))
    frame["path"] = frame["path"].where(frame["path"] != "", frame["service"])
    frame["registered"], frame["since"] = _registered(table, faults, timezone)
    for i in np.flatnonzero((frame["path"] == "").to_numpy()):
        table.fault(faults, i, "service", "the cell is empty; write the service's name, or its path")
    for i in np.flatnonzero((frame.duplicated(["service", "path", "repository"]) & (frame["path"] != "")).to_numpy()):
        table.fault(faults, i, "service", "the service appears twice; each has one row")
    faults.raise_if_any()
    return table, frame


def _registered(table: Table, faults: Faults, timezone: str) -> tuple[pd.Series, pd.Series]:
    """Whether each service is in the catalog, and since when where that is known."""
    inside, since = [], []
    for i, text in enumerate(table.text("registered")):
        stamp, problem = (pd.NaT, None) if text.casefold() in (*YES, *NO) else timestamp(text, timezone)
        if problem:
            table.fault(faults, i, "registered", f"{problem}; or write yes or no")
        inside.append(text.casefold() in YES or stamp is not pd.NaT)
        since.append(stamp)
    return pd.Series(inside, dtype=bool), pd.Series(pd.DatetimeIndex(since, tz="UTC"))


def _cutoff(as_of: Moment | None, timezone: str, frame: pd.DataFrame) -> pd.Timestamp | None:
    """The data cut-off date: as given, else the last date of the table; None where it holds none."""
    if as_of is not None:
        return moment(as_of, "as_of", timezone, end=True)
    dates = frame.filter(["since", "metadata_changed", "source_changed", "created"]).max().dropna()
    return max(dates, default=None)


class Owner(NamedTuple):
    """A name without kind and @, and the namespace or organisation before it ("" for none)."""

    name: str
    space: str


def owner_of(text: str) -> Owner:
    """The name of an owner.

    >>> owner_of("group:default/Team-A"), owner_of("@Org/team-a"), owner_of("alice@example.com").name
    (Owner(name='team-a', space=''), Owner(name='team-a', space='org'), 'alice')
    """
    plain = text.strip().casefold()
    if re.fullmatch(r"[^@\s/]+@[^@\s]+", plain):
        return Owner(plain.split("@")[0], "")
    plain = re.sub(r"^(group|user|team):", "", plain.removeprefix("@"))
    space, _, name = plain.rpartition("/")
    return Owner(name, "" if space == "default" else space)


def _agree(catalog: str, codeowners: list[str], aliases: Aliases) -> bool:
    """Whether the catalog's owner is among those of CODEOWNERS, by name; by an alias, where one is declared."""
    joined = aliases.get(catalog.strip().casefold())
    ours = owner_of(catalog)
    for each in codeowners:
        theirs = owner_of(each)
        if joined is not None and each.strip().casefold() == joined:
            return True
        if ours.name == theirs.name and (not ours.space or not theirs.space or ours.space == theirs.space):
            return True
    return False


def _checked(aliases: Aliases | None) -> dict[str, str]:
    """Aliases, folded; refused where they are not names."""
    if aliases is None:
        return {}
    texts = isinstance(aliases, Mapping) and all(isinstance(text, str) for pair in aliases.items() for text in pair)
    if not texts:
        raise DataError("aliases: give a dict such as {'group:payments/platform': '@org/platform'}")
    return {ours.strip().casefold(): theirs.strip().casefold() for ours, theirs in aliases.items()}
