"""Which two do we fix? Topics in the order of what they cost people, with how sure that order is.

See docs/methods/ranking.md, "Burden"."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.results.absent import Absent
from dxkit.results.columns import Column, columns_of, declared
from dxkit.results.formatting import percent
from dxkit.results.result import Result
from dxkit.results.words import say
from dxkit.statistics import verdict
from dxkit.survey import ranking_words
from dxkit.survey.estimates import Estimates
from dxkit.survey.ranking_order import ActionGrid, Orders, action_grid, groups_of, orders, tipping_point
from dxkit.survey.reading.responses import Survey
from dxkit.survey.scores import hidden_note, title
from dxkit.survey.tally import topics
from dxkit.survey.tally.cells import Cells
from dxkit.survey.tally.from_survey import By, check_answers, cut, survey_decides, tallied
from dxkit.survey.tally.measures import BURDENS
from dxkit.survey.tally.release import BOUNDS
from dxkit.survey.tally.tally import Tally

_FIGURES = ["n", "estimate", "se", "low", "high", "rank", "rank_low", "rank_high", "p_top", "p_top_se", "shrunken"]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Ranking(Result):
    """Topics from the worst to the least, and how sure the worst are.

    With `by` the table and `.groups` are by group, every other fact is about everybody.

    top             the top_n worst topics
    shortlist       a small set that holds the true worst top_n with 90% probability
    possible        topics that may be among the worst top_n; all that are so are among them at 95%, whatever is true
    verdict         clear (p_clear below 0.025), likely (p_pair at least 0.8) or open
    p_clear         one-sided p of the claim that each of `top` is ahead of every other topic
    p_pair          probability that `top` is the true worst top_n; p_pair_se its simulation error
    regret          burden that is expected to be lost by choosing `top`, where the true worst differ
    gap             how much the last of `top` is ahead of the next
    tipping_point   how far those who did not answer would have to lean to one of `top` for it to stay ahead, at the
                    pair where most is needed; below 0 they may lean the other way by so much; None without a roster
    more_low, more_answers, more_high
                    further answers that would make the verdict clear with 80% power: 10, 50 and 90% of what the draws
                    say; inf above 10,000
    robustness      the worst top_n by every score of the codebook (score, top, p_clear, verdict, shared)
    groups          one row per group: its worst top_n, p_pair, p_clear, verdict, p_same (probability that its worst are
                    `top`) and ruled_out (topics of `top` that are not possible there)
    grid            importance and satisfaction of each topic, with the covariance of their errors; an Absent where
                    they were not asked
    """

    columns: ClassVar[tuple[Column, ...]] = declared(__file__, "Ranking")
    plot_name: ClassVar[str] = "ranking.pains"

    score: str = ""
    unit: str = ""
    top_n: int = 2
    top: list[str] = field(default_factory=list)
    shortlist: list[str] = field(default_factory=list)
    possible: list[str] = field(default_factory=list)
    verdict: str = "open"
    p_clear: float = math.nan
    p_pair: float = math.nan
    p_pair_se: float = math.nan
    regret: float = math.nan
    gap: float = math.nan
    tipping_point: float | None = None
    more_low: float = math.nan
    more_answers: float = math.nan
    more_high: float = math.nan
    robustness: pd.DataFrame = field(default_factory=pd.DataFrame)
    groups: pd.DataFrame | None = None
    grid: ActionGrid | Absent = field(default_factory=lambda: Absent("no grid was made"))

    @property
    def axis_label(self) -> str:
        """The label of an axis that shows the score."""
        return say(f"burden.{self.score}")

    @property
    def ranks_label(self) -> str:
        """What stands above the ranges of ranks."""
        return f"ranks ({round(100 * self.confidence)}%)"

    def _printed(self) -> tuple[pd.DataFrame, Sequence[Column]]:
        """Ranks in one column and probabilities rounded with care; split by segments, a row for each group."""
        if self.groups is not None:
            worst = [f"worst {k + 1}" for k in range(self.top_n)]
            frame = self.groups.loc[:, [*self.segments, "verdict", *worst, "p_pair", "p_same", "ruled_out"]]
            frame = frame.assign(**{name: frame[name].map(percent) for name in ("p_pair", "p_same")})
            names = {"p_pair": "these are right", "p_same": "everybody's are theirs", "ruled_out": "ruled out there"}
            frame = frame.rename(columns=names)
            return frame, columns_of(frame)
        ranks = [
            "–" if not low == low else f"{low:.0f}" if low == high else f"{low:.0f} to {high:.0f}"
            for low, high in zip(self.table["rank_low"], self.table["rank_high"], strict=True)
        ]
        among = f"among the worst {self.top_n}"
        frame = self.table.assign(**{self.ranks_label: ranks, among: self.table["p_top"].map(percent)})
        declared = {column.name: column for column in self.columns}
        names = ["rank", "topic", "n", "estimate", "se", "low", "high", self.ranks_label, among, "shown"]
        return frame.loc[:, names], [declared.get(name, Column(name, "")) for name in names]


@survey_decides
def rank_pains(
    survey: Survey | Tally,
    score: str | None = None,
    top_n: int = 2,
    by: By = None,
    seed: int = 0,
    *,
    fpc: bool = True,
    confidence: float = 0.95,
    ruled_out: bool = False,
) -> Ranking:
    """Which two do we fix? Pain points in the order of what they cost people, and how sure the worst are.

    See docs/methods/ranking.md, "Burden".

    Parameters
    ----------
    survey : Survey or Tally
        The answers, from `open_survey` or `read_survey`, or a tally. The codebook names the topic of each question.
    score : "hours", "impact", "severity", "opportunity" or "importance", optional
        What a topic costs, a mean over people: hours lost a week; severity x importance / 100; 100 less satisfaction;
        Ulwick's opportunity (2005; 0 to 20); importance alone. None for the first of them that every topic was asked
        for; opportunity and importance only by name.
    top_n : int
        How many pain points are to be chosen.
    by : str, int or list of them, optional
        Segments to split by, a declared cut; 1 is the first of the codebook, and None is for everybody together. A
        group is ranked where every topic may be shown.
    seed : int
        Seed of the random draws; the same seed gives the same result.
    fpc : bool
        Whether intervals narrow where a large part of the staff has answered (finite population correction), which a
        roster tells. False for statements beyond this quarter's staff.
    confidence : float
        Confidence level of the intervals, between 0 and 1, and of the ranges of ranks.
    ruled_out : bool
        Whether to tell which topics are ruled out in each group where there are over 100 groups; below it always is.

    Returns
    -------
    Ranking
        Intervals are those of `scores`. Probabilities, ranges of ranks, `shortlist`, `regret` and `more_answers` are
        from 4,096 draws of the true scores (512 a group where there are over 100 groups), which may come in clusters
        (Barry and Hartigan 1992). The highest are high by luck too, and the draws allow for it. `clear` and `possible`
        suppose nothing about the true scores (intersection-union test, Berger 1982).

    Raises
    ------
    DataError
        An option that cannot be, such as a segment that was not asked; no topics, or a score that was not asked for
        every topic.

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> book = pd.DataFrame({"item": ["a", "b", "c"], "text": ["CI", "Docs", "Setup"], "kind": "hours",
    ...                      "topic": ["CI", "Docs", "Setup"], "scale": "hours"})
    >>> hours = pd.DataFrame({"a": [4, 5, 6, 5, 4, 6], "b": [1, 2, 1, 0, 1, 2], "c": [3, 2, 4, 3, 4, 2]})
    >>> ranking = dx.rank_pains(dx.read_survey(pd.concat([hours, hours]), book))
    >>> ranking.top, ranking.verdict
    (['CI', 'Setup'], 'clear')
    """
    book = check_answers(survey).codebook
    score = topics.default(book, score)
    top_n = min(options.whole("top_n", top_n, 1), len(book.topics))
    seed, confidence = options.whole("seed", seed, 0), options.confidence(confidence)
    ruled_out, fpc = options.flag("ruled_out", ruled_out), options.flag("fpc", fpc)
    settings = {"top_n": top_n, "seed": seed, "confidence": confidence}
    whole = cut(survey, None, score)
    found = Estimates.of(whole, fpc)
    order = _order(found, **settings)
    names, by_group, groups = np.array(book.topics, dtype=object), order, None
    notes = ranking_words.warnings(order, top_n, len(names))
    work, here = whole, found
    if by is not None:
        work = cut(survey, by, score)
        here = Estimates.of(work, fpc)
        many = here.groups > verdict.MANY
        draws = verdict.FEWER_DRAWS if many else verdict.DRAWS
        possible = ruled_out or not many
        by_group = _order(here, like=order, draws=draws, possible=possible, **settings)
        groups = groups_of(work, by_group, order, names, top_n)
        if not possible:
            notes.append(f"over {verdict.MANY} groups: which topics are ruled out in each is told with ruled_out=True")
    table = _table(work, here, by_group, names, confidence)
    chosen, tip = order.top, tipping_point(order, found)
    silent = found.weighed.headcount[0] - found.cells.people.sum()
    facts = () if by is not None else tuple(ranking_words.facts(order, names, score, tip, silent))
    return Ranking(
        table=table,
        title=title("Pain points", work),
        confidence=confidence,
        seed=seed,
        score=score,
        unit=BURDENS[score].unit,
        top_n=top_n,
        segments=tuple(work.by),
        method=_method(whole, score),
        notes=(_method(whole, score), *notes, *hidden_note(table, work.min_group)),
        facts=facts,
        top=names[chosen].tolist(),
        tipping_point=None if tip is None else tip.lean,
        robustness=_robustness(survey, score, order, names, fpc, settings),
        groups=groups,
        grid=action_grid(tallied(survey).cut(), order, names, fpc=fpc, confidence=confidence),
        **_figures(order, names),
    )


def _order(found: Estimates, like: Orders | None = None, **settings: Any) -> Orders:
    """The order within each group of all topics that everybody's order has, where they may all be shown."""
    usable = found.may.figure & found.judged
    at = np.flatnonzero(usable[0]) if like is None else like.at
    company = None if like is None else np.isin(at, like.top)
    complete = usable[:, at].all(axis=1) if len(at) and (like is None or len(like.groups)) else np.zeros(len(usable))
    return orders(found, at, np.flatnonzero(complete), company=company, **settings)


def _figures(order: Orders, names: np.ndarray) -> dict[str, Any]:
    """What a ranking holds of the order of everybody."""
    if order.told is None or order.possible is None:
        return {}
    told = order.told
    return {
        "shortlist": names[order.first(told.shortlist[0])].tolist(),
        "possible": names[order.first(order.possible[0])].tolist(),
        "verdict": order.verdicts[0],
        "p_clear": float(order.p_clear[0]),
        "p_pair": float(told.p_pair[0]),
        "p_pair_se": float(verdict.simulation_error(told.p_pair, verdict.DRAWS)[0]),
        "regret": float(told.regret[0]),
        "gap": float(order.gap[0]),
        **dict(zip(("more_low", "more_answers", "more_high"), np.ceil(told.more[0]).tolist(), strict=True)),
    }


def _table(work: Cells, found: Estimates, order: Orders, names: np.ndarray, confidence: float) -> pd.DataFrame:
    """One row per group and topic, within a group from the worst on; topics that are not shown last."""
    shown = found.may.figure
    figures = dict.fromkeys(_FIGURES, np.full(shown.shape, np.nan))
    known = found.n, found.estimate, found.se, *found.interval(confidence)
    figures |= {name: np.where(shown, each, np.nan) for name, each in zip(_FIGURES, known, strict=False)}
    if order.told is not None:
        told = order.told
        ranked = {name: getattr(told, name) for name in ("rank_low", "rank_high", "p_top", "shrunken")}
        ranked["rank"] = 1 + np.argsort(order.line)
        ranked["p_top_se"] = verdict.simulation_error(told.p_top, order.draws)
        for name, values in ranked.items():
            figures[name] = np.full(shown.shape, np.nan)
            figures[name][np.ix_(order.groups, order.at)] = values
    line = np.lexsort((figures["rank"], ~shown), axis=1)  # without a rank is last
    topic = pd.Series(names[line.ravel()], dtype=object)
    segments = {name: np.repeat(work.groups[name].to_numpy(dtype=object), len(names)) for name in work.by}
    figures |= {"shown": shown, "bound": np.where(shown, BOUNDS[found.may.bound], "")}
    sorted_ = {name: np.take_along_axis(values, line, axis=1).ravel() for name, values in figures.items()}
    return pd.DataFrame({"topic": topic, **segments, **sorted_})


def _robustness(
    survey: Survey | Tally, score: str, order: Orders, names: np.ndarray, fpc: bool, settings: dict[str, Any]
) -> pd.DataFrame:
    """The worst top_n under every score that the codebook allows."""
    rows, own = [], order.top
    for other in topics.allowed(survey.codebook):
        if other == topics.NO_PAIN != score:
            continue
        its = order
        if other != score:
            work = cut(survey, None, other)
            its = _order(Estimates.of(work, fpc), draws=0, possible=False, **settings)
        chosen = its.top
        p, said = (its.p_clear[0], its.verdicts[0]) if chosen else (np.nan, "–")
        rows.append([other, "; ".join(names[chosen]), p, said, len(set(chosen) & set(own))])
    return pd.DataFrame(rows, columns=["score", "top", "p_clear", "verdict", "shared"])


def _method(work: Cells, score: str) -> str:
    weighted = f", weighted to {', '.join(work.roster.segments)}" if work.roster is not None else ""
    return f"{score}: {BURDENS[score].method}{weighted}"
