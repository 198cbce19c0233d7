"""What was agreed after a survey, and what became of it: done on time, late or still open.

See docs/methods/change.md, "Actions"."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from dxkit.files.cells import folded
from dxkit.files.errors import Faults, suggest
from dxkit.files.table import Table, TableSpec
from dxkit.outcomes.durations import Durations, durations
from dxkit.outcomes.times import COLUMNS, Moment, Source, moment
from dxkit.results.absent import Absent
from dxkit.statistics.intervals import wilson

_ACTIONS = TableSpec(kind="table of actions", columns=COLUMNS["actions"], empty=True)
_COUNTED = ("actions", "on_time", "late", "no_due", "open")
_DAY = pd.Timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """Actions up to a look.

    state       of each topic with an action: done or open
    texts       of each topic: what was agreed
    counts      by retrospective: how many actions, on time, late, done with no date due, and open
    age         from agreeing on an action to its end; None without a table
    completion  share that is done, low, high (Wilson); None without actions
    repeats     topics that were agreed on at more than one date
    """

    state: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    counts: pd.DataFrame | Absent = Absent("no table of actions was given")
    age: Durations | None = None
    completion: tuple[float, float, float] | None = None
    repeats: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def facts(self) -> list[tuple[str, str]]:
        """How many are done, and after how long."""
        found = []
        if self.completion is not None:
            share, least, most = (100 * part for part in self.completion)
            counts: Any = self.counts
            total = {name: int(np.sum(counts[name])) for name in _COUNTED}
            words = ("on_time", "on time"), ("late", "late"), ("no_due", "done, no date due"), ("open", "open")
            listed = ", ".join(f"{total[name]} {word}" for name, word in words if total[name] or name == "open")
            found.append(("actions done", f"{share:.0f}% (95% interval: {least:.0f} to {most:.0f}%)"))
            found.append((f"of {total['actions']} actions", listed))
        if self.age is not None and self.age.n:
            half = self.age.median.estimate
            found.append(("half of the actions are done after", "not reached" if half is None else f"{half:,.0f} days"))
        return found


def read_table(source: Source, topics: Sequence[str] | None) -> tuple[Table, Any]:
    """The table of actions and its typed columns, with topics as the survey spells them; None to take any topic."""
    faults, table = Faults(), _ACTIONS.read(source)
    frame: Any = table.values(faults)
    spelled = {folded(topic): topic for topic in (frame["topic"] if topics is None else topics)}
    for i, name in enumerate(frame["topic"]):
        if name and folded(name) not in spelled:
            message = f"the survey has no topic '{name[:40]}' (leave the cell empty if the action was for none)"
            table.fault(faults, i, "topic", f"{message}; {suggest(name, list(spelled.values()))}")
    for i in np.flatnonzero((frame["done"] < frame["retro_date"]).to_numpy()):
        table.fault(faults, i, "done", "it was done before it was agreed")
    faults.raise_if_any()
    frame["topic"] = [spelled.get(folded(name), "") for name in frame["topic"]]
    return table, frame


def read_actions(source: Source | None, topics: list[str], as_of: Moment | None) -> Agreed:
    """The table of actions for these topics, as it was known at `as_of` (None: the last date in it)."""
    if source is None:
        return Agreed()
    table, frame = read_table(source, topics)
    if table.unfilled:
        return Agreed(counts=Absent(table.unfilled), notes=table.notes)
    last = max([*frame["retro_date"].dropna(), *frame["done"].dropna()], default=None)
    cutoff = moment(last if as_of is None else as_of, "as_of", "UTC", end=True)
    later = int(np.sum(frame["retro_date"] > cutoff))
    frame = frame.loc[frame["retro_date"] <= cutoff].reset_index(drop=True)
    frame["done"] = frame["done"].where(frame["done"] <= cutoff)
    state, texts, dates = {}, {}, {}
    for row in frame.to_dict("records"):
        if name := row["topic"]:
            over = pd.notna(row["done"]) and state.get(name, "done") == "done"
            state[name] = "done" if over else "open"
            texts[name] = "; ".join([*([texts[name]] if name in texts else []), row["action"]])
            dates.setdefault(name, set()).add(row["retro_date"])
    repeats = tuple(name for name, days in dates.items() if len(days) > 1)
    still = [name for name, each in state.items() if each == "open"]
    notes = [*table.notes, *([f"agreed on more than once: {', '.join(repeats)}"] if repeats else [])]
    if later:
        notes.append(f"actions agreed after the data cut-off date, left out: {later}")
    if len(still) > 2:
        notes.append(f"topics with open actions: {len(still)}; teams rarely finish more than two at once")
    count, total = int(np.sum(frame["done"].notna())), len(frame)
    low, high = map(float, wilson(count / total, total)) if total else (np.nan, np.nan)
    title = "From agreeing on an action to its end"
    return Agreed(
        state=state,
        texts=texts,
        counts=_counts(frame),
        age=durations(frame["retro_date"], frame["done"], cutoff, unit="days", title=title),
        completion=(count / total, low, high) if total else None,
        repeats=repeats,
        notes=tuple(notes),
    )


def _counts(frame: pd.DataFrame) -> pd.DataFrame:
    """By retrospective how many actions are done on time, late, done with no date due, and open."""
    done, due = frame["done"], frame["due"]
    whole_day = due == due.dt.normalize()
    end: Any = due.where(~whole_day, due + _DAY)  # a bare date is the end of that day
    over = done.notna()
    each: Any = pd.DataFrame(
        {
            "retro_date": frame["retro_date"].dt.strftime("%Y-%m-%d"),
            "actions": 1,
            "on_time": (over & (done < end)).astype(int),
            "late": (over & (done >= end)).astype(int),
            "no_due": (over & due.isna()).astype(int),
            "open": (~over).astype(int),
        }
    )
    return each.groupby("retro_date")[list(_COUNTED)].sum().reset_index()
