"""What became of what was agreed: actions done, and whether the pains they were for moved.

See docs/methods/change.md, "Follow-up"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from dxkit.files import options
from dxkit.files.cells import folded
from dxkit.files.errors import DataError, Faults, suggest
from dxkit.files.table import TableSpec
from dxkit.files.table import texts as text_columns
from dxkit.outcomes.durations import Durations, durations
from dxkit.outcomes.times import Moment, Source, moment, times
from dxkit.results.columns import Column
from dxkit.results.result import Result
from dxkit.statistics import comparison
from dxkit.statistics.intervals import student, wilson
from dxkit.survey.comparable import differs
from dxkit.survey.ranking import topics_in_order
from dxkit.survey.reading.codebook import Codebook
from dxkit.survey.reading.responses import Survey
from dxkit.survey.tally import topics
from dxkit.survey.tally.from_survey import check_answers
from dxkit.survey.tally.measures import BURDENS
from dxkit.survey.tally.tally import Tally

_ACTIONS = TableSpec(
    kind="table of actions",
    empty=True,
    columns=(
        *times("retro_date", needed=True, filled=True),
        *text_columns("action", "topic", needed=True),
        *times("done", needed=True),
        *text_columns("scope", "owner", "due", "measure"),
    ),
)
_REMARKS = {
    ("moved", "none"): "moved without action",
    ("moved", "done"): "consistent with the action",
    ("moved", "open"): "moved before it was done",
    ("not shown", "done"): "done but not moved",
    ("worse", "done"): "done but worse",
}


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class FollowUp(Result):
    """Topics in the order of the first wave.

    completion  share of the actions that are done, low, high (Wilson); None without actions
    age         Kaplan-Meier of the actions, days from the day they were agreed
    repeats     topics that were agreed on at more than one date
    """

    columns: ClassVar[tuple[Column, ...]] = (
        Column("topic", "the pain"),
        Column("rank_before", "its rank in the first wave", "count", heading="rank"),
        Column("done", "the action agreed for it: done, open or none", heading="action"),
        Column("before", "score of the first wave", "score", "see .unit"),
        Column("shrunken", "that score without the part that is probably luck", "score", "see .unit", "of it real"),
        Column("after", "score of the later wave", "score", "see .unit"),
        Column("estimate", "after less shrunken", "score", "see .unit", "change"),
        Column("low", "lower end of its interval", "score", "see .unit", "from"),
        Column("high", "upper end of its interval", "score", "see .unit", "to"),
        Column("verdict", "moved, not shown, worse, no action or hidden"),
        Column("remark", "verdict and action together"),
        Column("action", "what was agreed", displayed=False),
    )
    plot_name: ClassVar[str] = "outcomes.moved"

    completion: tuple[float, float, float] | None = None
    age: Durations | None = None
    repeats: tuple[str, ...] = ()
    unit: str = ""


def follow_up(
    before: Survey | Tally,
    after: Survey | Tally,
    actions: Source | None = None,
    *,
    score: str | None = None,
    as_of: Moment | None = None,
    confidence: float = 0.95,
) -> FollowUp:
    """Did what was agreed get done, and did the pains behind it move?

    The worst pains of a survey look better next time whatever is done, because bad luck put some of them there. So the
    later wave is compared with the first one's scores after that luck is taken out (`shrunken` of `rank_pains`).

    Parameters
    ----------
    before, after : Survey or Tally
        The two waves, from `open_survey` or `read_survey`, or tallies.
    actions : data frame or path, optional
        retro_date, action, topic, done (a date; empty: open); and scope, owner, due, measure.
    score : str, optional
        hours, impact, severity or opportunity; None for what the first wave asked.
    as_of : timestamp, optional
        Data cut-off date, for the age of open actions; None for the last date of the table.
    confidence : float
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    FollowUp
        Both waves are taken as samples even where all staff answered: what people report differs from week to week.
        `moved` and `worse` hold where the change from the shrunken score and the plain change both exclude zero. The
        interval counts both waves as independent and the whole error of the first, which is cautious. A pain that moved
        after its action is consistent with the action, no more.

    Raises
    ------
    DataError
        An action for a topic that was not asked, or a date out of order, with the cell; an option out of range.

    Examples
    --------
    >>> import dxkit as dx
    >>> waves = [dx.open_survey(dx.samples.path(f"company/responses_2026-Q{k}.csv")) for k in (1, 3)]
    >>> topics = follow_up(*waves).table.set_index("topic")
    >>> topics.loc["Waiting for code review", ["verdict", "remark"]].tolist()
    ['moved', 'moved without action']
    """
    confidence = options.confidence(confidence)
    score = topics.default(check_answers(before).codebook, score)
    done, agreed, age, completion, repeats, notes = {}, {}, None, None, (), []
    if actions is not None:
        done, agreed, age, completion, repeats, notes = _actions(actions, before.codebook.topics, as_of)
    earlier, later = (topics_in_order(wave, score, fpc=False).set_index("topic") for wave in (before, after))
    for wave in (earlier, later):
        wave.loc[wave["bound"] != "", ["estimate", "shrunken"]] = np.nan
    apart = _apart(before.codebook, after.codebook, score, [*earlier.index, *later.index.difference(earlier.index)])
    compared = [topic for topic in earlier.index if topic not in apart]
    if not compared:
        raise DataError("the two waves have no topic in common that was asked alike")
    notes = [*notes, *(f"not compared: {topic}, {why}" for topic, why in apart.items())]
    earlier, later = earlier.loc[compared], later.loc[compared]
    figures = [earlier[name].to_numpy(dtype=float) for name in ("estimate", "shrunken", "se", "n")]
    figures += [later[name].to_numpy(dtype=float) for name in ("estimate", "se", "n")]
    moved, low, high, verdicts = judged(*figures, confidence=confidence)
    states = [done.get(topic, "none") for topic in compared]
    verdicts = [
        "no action" if pair == ("not shown", "none") else pair[0] for pair in zip(verdicts, states, strict=True)
    ]
    table = pd.DataFrame(
        {
            "topic": compared,
            "rank_before": earlier["rank"].to_numpy(),
            "action": [agreed.get(topic, "") for topic in compared],
            "done": states,
            "before": earlier["estimate"].to_numpy(),
            "shrunken": earlier["shrunken"].to_numpy(),
            "after": later["estimate"].to_numpy(),
            "estimate": moved,
            "low": low,
            "high": high,
            "verdict": verdicts,
            "remark": [_REMARKS.get(pair, "") for pair in zip(verdicts, states, strict=True)],
        }
    )
    facts = []
    if completion is not None:
        share, least, most = (100 * part for part in completion)
        facts.append(("actions done", f"{share:.0f}% (95% interval: {least:.0f} to {most:.0f}%)"))
    if age is not None and age.n:
        half = age.median.estimate
        facts.append(("half of the actions are done after", "not reached" if half is None else f"{half:,.0f} days"))
    return FollowUp(
        table=table.sort_values("rank_before", kind="stable", ignore_index=True),
        completion=completion,
        age=age,
        repeats=repeats,
        unit=BURDENS[score].unit,
        confidence=confidence,
        title=f"What became of it ({score})",
        facts=tuple(facts),
        notes=("of it real: the first score without the part that is probably luck; the change is from there", *notes),
    )


def _apart(one: Codebook, two: Codebook, score: str, topics: list[str]) -> dict[str, str]:
    """Why a topic was not asked alike in both waves, for those that were not."""
    why = {}
    for topic in topics:
        items = [
            [item for kind in BURDENS[score].questions for item in book.topic_items(topic, kind)] for book in (one, two)
        ]
        if not all(items):
            why[topic] = "only in the later wave" if items[1] else "only in the earlier wave"
        elif set(items[0]) != set(items[1]):
            why[topic] = "other questions then and now"
        elif reasons := [reason for item in items[0] if (reason := differs(one, two, item))]:
            why[topic] = reasons[0]
    return why


def judged(
    before: ArrayLike,
    shrunken: ArrayLike,
    se1: ArrayLike,
    n1: ArrayLike,
    after: ArrayLike,
    se2: ArrayLike,
    n2: ArrayLike,
    *,
    confidence: float = 0.95,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[str]]:
    """Change from the shrunken score, its interval, and a verdict for each topic (K,); lower is better."""
    before, shrunken, se1, n1, after, se2, n2 = (
        np.asarray(x, dtype=float) for x in (before, shrunken, se1, n1, after, se2, n2)
    )
    se = np.sqrt(se1**2 + se2**2)
    df = comparison.welch_df(se1, n1 - 1, se2, n2 - 1)
    low, high = student(after - shrunken, se, df, confidence)
    plain_low, plain_high = student(after - before, se, df, confidence)
    with np.errstate(invalid="ignore"):
        better, worse = (high < 0) & (plain_high < 0), (low > 0) & (plain_low > 0)
    known = np.isfinite(after - before)
    verdicts = np.where(~known, "hidden", np.where(better, "moved", np.where(worse, "worse", "not shown")))
    return after - shrunken, low, high, verdicts.tolist()


def _actions(source: Source, topics: list[str], as_of: Moment | None):
    """By topic whether its actions are done and what they were; their age, completion, repeats, and notes."""
    faults = Faults()
    table = _ACTIONS.read(source)
    frame = table.values(faults)
    agreed, ended, texts = frame["retro_date"], frame["done"], frame["action"]
    spelled = {folded(topic): topic for topic in topics}
    for i, name in enumerate(frame["topic"]):
        if name and folded(name) not in spelled:
            message = f"the survey has no topic '{name[:40]}' (leave the cell empty if the action was for none)"
            table.fault(faults, i, "topic", f"{message}; {suggest(name, topics)}")
    for i in np.flatnonzero((ended < agreed).to_numpy()):
        table.fault(faults, i, "done", "it was done before it was agreed")
    faults.raise_if_any()
    names = frame["topic"].map(lambda name: spelled.get(folded(name), ""))
    last = max([*agreed.dropna(), *ended.dropna()], default=None)
    cutoff = moment(last if as_of is None else as_of, "as_of", "UTC")
    known = (agreed <= cutoff).to_numpy()
    later = int((~known).sum())
    names, texts, agreed, ended = (each.loc[known].reset_index(drop=True) for each in (names, texts, agreed, ended))
    ended = ended.where(ended <= cutoff)
    age = durations(agreed, ended, cutoff, unit="days", title="From agreeing on an action to its end")
    count, total = int(ended.notna().sum()), len(ended)
    low, high = map(float, wilson(count / total, total)) if total else (np.nan, np.nan)
    completion = (count / total, low, high) if total else None
    done, actions, dates = {}, {}, {}
    for name, text, end, day in zip(names, texts, ended, agreed, strict=True):
        if name:
            done[name] = "done" if pd.notna(end) and done.get(name, "done") == "done" else "open"
            actions[name] = "; ".join([*([actions[name]] if name in actions else []), text])
            dates.setdefault(name, set()).add(day)
    repeats = tuple(name for name, days in dates.items() if len(days) > 1)
    still = [name for name, state in done.items() if state == "open"]
    notes = [*table.notes, *([f"agreed on more than once: {', '.join(repeats)}"] if repeats else [])]
    if later:
        notes.append(f"actions agreed after the data cut-off date, left out: {later}")
    if len(still) > 2:
        notes.append(f"topics with open actions: {len(still)}; teams rarely finish more than two at once")
    return done, actions, age, completion, repeats, notes
