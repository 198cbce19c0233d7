"""What became of what was agreed: actions done, and whether the pains they were for moved.

See docs/methods/change.md, "Follow-up"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.files.errors import DataError
from dxkit.outcomes.actions import read_actions
from dxkit.outcomes.durations import Durations
from dxkit.outcomes.times import Moment, Source
from dxkit.results.absent import Absent
from dxkit.results.columns import Column, declared
from dxkit.results.result import Result
from dxkit.statistics import overlap
from dxkit.statistics.comparison import adjusted_p, t_test_p
from dxkit.statistics.intervals import student
from dxkit.survey.comparable import continued, differs, seen_twice, side_by_side
from dxkit.survey.estimates import Estimates
from dxkit.survey.reading.codebook import Codebook
from dxkit.survey.reading.responses import Survey
from dxkit.survey.tally import topics
from dxkit.survey.tally.from_survey import check_answers, cut
from dxkit.survey.tally.measures import BURDENS
from dxkit.survey.tally.tally import Tally

_REMARKS = {
    ("moved", "none"): "moved without action",
    ("moved", "done"): "consistent with the action",
    ("moved", "open"): "moved before it was done",
    ("not shown", "done"): "done but not moved",
    ("worse", "done"): "done but worse",
}


_ORDER = ["topic", "rank_before", "action", "done", "before", "after", "change", "expected", "estimate", "se"]
_ORDER += ["low", "high", "p", "p_adjusted", "verdict", "remark"]
_TOO_FEW = "too few untouched topics to tell an effect from a change of mood"


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class FollowUp(Result):
    """Topics in the order of the first wave.

    shift       mean change of the topics without an action: estimate, low, high; None without any
    drift       how far topics without an action move by themselves, a standard deviation; nan where that is unknown
    actions     by retrospective: actions, on_time, late, no_due (done, no date due), open; an Absent without a table
    completion  share of the actions that are done, low, high (Wilson); None without actions
    age         Kaplan-Meier of the actions, days from the day they were agreed
    repeats     topics that were agreed on at more than one date
    score       by which topics are compared, and its unit
    """

    columns: ClassVar[tuple[Column, ...]] = declared(__file__, "FollowUp")
    plot_name: ClassVar[str] = "outcomes.moved"

    shift: tuple[float, float, float] | None = None
    drift: float = np.nan
    actions: pd.DataFrame | Absent = Absent("no table of actions was given")
    completion: tuple[float, float, float] | None = None
    age: Durations | None = None
    repeats: tuple[str, ...] = ()
    score: str = ""
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
    """Did what was agreed get done, and did the pains behind it move more than others did?

    The worst pains of a survey look better next time whatever is done, and a better mood makes all look better. So the
    later wave is predicted from the first and from the pains that nobody touched, and only what is left counts.

    Parameters
    ----------
    before, after : Survey or Tally
        The two waves, from `open_survey` or `read_survey`, or tallies.
    actions : data frame or path, optional
        retro_date, action, topic, done (a date; empty: open); and scope, owner, due (a date), measure.
    score : str, optional
        hours, impact, severity or opportunity; None for what the first wave asked.
    as_of : timestamp, optional
        Data cut-off date, for the age of open actions; None for the last date of the table.
    confidence : float
        Confidence level of the intervals, between 0 and 1, and of the verdicts.

    Returns
    -------
    FollowUp
        `moved` and `worse` hold over the whole table at the confidence level (Holm 1979; topics with an action share
        half of the error, the others the other half). Both waves are taken as samples even where all staff answered:
        what people report differs from week to week. With fewer than 4 topics, or 3 without an action, nothing can be
        told from a change of mood. A pain that moved after its action is consistent with the action, no more.

    Raises
    ------
    DataError
        An action for a topic that was not asked, or a date out of order, with the cell; an option out of range.

    Examples
    --------
    >>> import dxkit as dx
    >>> waves = [dx.open_survey(dx.samples.path(f"company/responses_2026-Q{k}.csv")) for k in (1, 3)]
    >>> found = follow_up(*waves, dx.samples.path("company/actions.csv"), as_of="2026-08-31")
    >>> found.table.loc[1, ["topic", "verdict", "remark"]].tolist()
    ['Waiting for code review', 'moved', 'consistent with the action']
    """
    confidence = options.confidence(confidence)
    score = topics.default(check_answers(before).codebook, score)
    agreed = read_actions(actions, before.codebook.topics, as_of)
    waves = [_Scored(before, score), _Scored(check_answers(after), score)]
    names = [*waves[0].names, *(name for name in waves[1].names if name not in waves[0].names)]
    apart = _apart(before.codebook, after.codebook, score, names)
    compared = [topic for topic in waves[0].names if topic not in apart]
    if not compared:
        raise DataError("the two waves have no topic in common that was asked alike")
    acted = np.array([topic in agreed.state for topic in compared])
    table, shift, drift = _judged(waves[0], waves[1], compared, acted, confidence)
    states = [agreed.state.get(topic, "none") for topic in compared]
    pairs = list(zip(table["verdict"], states, strict=True))
    table["done"] = states
    table["action"] = [agreed.texts.get(topic, "") for topic in compared]
    table["verdict"] = ["no action" if pair == ("not shown", "none") else pair[0] for pair in pairs]
    table["remark"] = [_TOO_FEW if pair[0] == "not separable" else _REMARKS.get(pair, "") for pair in pairs]
    facts = agreed.facts()
    if shift is not None:
        moved, low, high = (f"{each:+.1f}" for each in shift)
        ends = f"{100 * confidence:g}% interval: {low} to {high}"
        facts.append(("change of pains without an action", f"{moved} ({ends})"))
    return FollowUp(
        table=table.sort_values("rank_before", kind="stable", ignore_index=True).loc[:, _ORDER],
        shift=shift,
        drift=drift,
        actions=agreed.counts,
        completion=agreed.completion,
        age=agreed.age,
        repeats=agreed.repeats,
        score=score,
        unit=BURDENS[score].unit,
        confidence=confidence,
        title=f"What became of it ({score})",
        facts=tuple(facts),
        notes=(
            "expected: from the first wave without its luck, and from how the pains without an action moved",
            *agreed.notes,
            *(f"not compared: {topic}, {why}" for topic, why in apart.items()),
        ),
    )


class _Scored:
    """The burdens of one wave: names, estimates, and which may be shown, (T,)."""

    def __init__(self, source: Survey | Tally, score: str) -> None:
        self.source, self.cells = source, cut(source, None, topics.default(source.codebook, score))
        self.found, self.names = Estimates.of(self.cells, fpc=False), source.codebook.topics
        self.known = self.found.may.figure[0] & np.isfinite(self.found.variance[0])  # bounds have no variance
        self.estimate = np.where(self.known, self.found.estimate[0], np.nan)
        self.rank = pd.Series(-self.estimate).rank(method="min").to_numpy()

    @property
    def people(self) -> float:
        return float(self.cells.people.sum())


def _judged(
    one: _Scored, two: _Scored, compared: list[str], acted: np.ndarray, confidence: float
) -> tuple[pd.DataFrame, tuple[float, float, float] | None, float]:
    """The figures and verdicts of topics, the mean change of untouched ones, and how far these drift."""
    at = [np.array([wave.names.index(topic) for topic in compared]) for wave in (one, two)]
    before, after = one.estimate[at[0]], two.estimate[at[1]]
    known = np.isfinite(after - before)
    at = [each[known] for each in at]
    v1, v2 = (wave.found.covariance(where)[0] for wave, where in zip((one, two), at, strict=True))
    n = min(one.people, two.people)
    c, twice = np.zeros_like(v1), seen_twice(one.source, two.source)
    if twice is not None and isinstance(one.source, Survey) and isinstance(two.source, Survey) and len(v1):
        waves = side_by_side((one.source, two.source), (one.found, two.found), (at[0].tolist(), at[1].tolist()), twice)
        c = overlap.carried(*waves, least=2 * max(one.cells.min_group, two.cells.min_group))
    left = overlap.left_over(before[known], after[known], v1, v2, c, n, acted[known])
    p = t_test_p(left.estimate, left.se, left.df)
    p = np.where(left.se > 0, p, np.nan)
    kinds = [np.count_nonzero(acted[known] == kind) for kind in (False, True)]
    weight = np.array([1 / max(1, kinds[int(kind)]) for kind in acted[known]])
    adjusted = adjusted_p(p, weight=weight)
    low, high = student(left.estimate, left.se, left.df, confidence)
    with np.errstate(invalid="ignore"):
        sure = adjusted < 1 - confidence
        cases = {"not separable": np.isnan(left.se), "moved": sure & (left.estimate < 0), "worse": sure}
        verdict = np.select(list(cases.values()), list(cases), "not shown")
    figures = pd.DataFrame(
        {
            "estimate": left.estimate,
            "se": left.se,
            "low": low,
            "high": high,
            "p": p,
            "p_adjusted": adjusted,
            "verdict": verdict,
        },
        index=np.flatnonzero(known),
    ).reindex(range(len(compared)))
    table = pd.DataFrame({"topic": compared, "rank_before": one.rank[[one.names.index(topic) for topic in compared]]})
    table["before"], table["after"], table["change"] = before, after, after - before
    table["expected"] = after - figures["estimate"]
    table = table.join(figures)
    table["verdict"] = table["verdict"].fillna("hidden")
    shift = None
    if np.isfinite(left.shift[0]):
        ends = student(np.array([left.shift[0]]), np.array([left.shift[1]]), np.array([n - 1]), confidence)
        shift = (left.shift[0], float(ends[0][0]), float(ends[1][0]))
    return table, shift, left.drift


def _apart(one: Codebook, two: Codebook, score: str, names: list[str]) -> dict[str, str]:
    """Why a topic was not asked alike in both waves, for those that were not."""
    why, earlier = {}, continued(one, two)
    for topic in names:
        items = [
            [item for kind in BURDENS[score].questions for item in book.topic_items(topic, kind)] for book in (one, two)
        ]
        if not all(items):
            why[topic] = "only in the later wave" if items[1] else "only in the earlier wave"
        elif set(items[0]) != {earlier.get(item, "") for item in items[1]}:
            why[topic] = "other questions then and now"
        elif reasons := [reason for item in items[1] if (reason := differs(one, two, item, earlier[item]))]:
            why[topic] = reasons[0]
    return why
