"""Which two do we fix? Topics in the order of what they cost people, with how sure that order is.

See docs/methods/ranking.md, "Burden"."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.results.absent import Absent
from dxkit.results.columns import SEGMENT, Column, columns_of, shared
from dxkit.results.formatting import percent, two_digits
from dxkit.results.result import Result
from dxkit.survey.groups import By, Cut, check_answers, check_release, cut
from dxkit.survey.privacy.release import Release
from dxkit.survey.ranking_order import FIGURES, ActionGrid, Order, action_grid, order_of
from dxkit.survey.reading.responses import Survey
from dxkit.survey.scores import hidden_note, title
from dxkit.survey.tally import topics
from dxkit.survey.tally.from_survey import tallied
from dxkit.survey.tally.measures import BURDENS
from dxkit.survey.tally.tally import Tally
from dxkit.survey.weighting import joint, weights_of

FEW = 20  # from here on p_top is as near to a bootstrap of 20,000 as another one is: tests/survey/test_ranking.py


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Ranking(Result):
    """Topics from the worst to the least, and how sure the worst are.

    With `by` the table and `.groups` are by group, every other fact is about everybody.

    top             the top_n worst topics
    shortlist       the fewest topics that hold the true worst top_n with 90% probability
    possible        topics that may be among the worst top_n: their rank set reaches top_n (all at once, 95%)
    verdict         clear (no other is possible), likely (p_pair at least 0.8) or open
    p_pair          probability that `top` is the true worst top_n; p_pair_se its simulation error
    regret          burden that is expected to be lost by choosing `top`, where the true worst differ
    gap             how much the last of `top` is ahead of the next
    tipping_point   the opposite gap that those who did not answer would need to reverse it; None without a roster
    more_answers    further answers that would settle that gap with 80% power; inf where the gap is zero
    robustness      the worst top_n by every score of the codebook (score, top, p_pair, verdict, shared)
    groups          one row per group: its worst top_n, p_pair, verdict, p_same (probability that they are `top`) and
                    ruled_out (topics of `top` that cannot be among its worst top_n, by its rank sets)
    grid            importance and satisfaction of each topic, with the covariance of their errors; an Absent where
                    they were not asked
    """

    columns: ClassVar[tuple[Column, ...]] = (
        Column("rank", "place in the order, 1 the worst", "count"),
        Column("topic", "the topic"),
        SEGMENT,
        shared("n"),
        shared("estimate", "mean burden a person", unit="hours a week, or index points"),
        shared("se"),
        shared("low"),
        shared("high"),
        Column("rank_low", "best rank that is possible, all topics at once", "count"),
        Column("rank_high", "worst rank that is possible, all topics at once", "count"),
        Column("p_top", "how often it is among the worst `top_n` when the survey is repeated", "share"),
        Column("p_top_se", "simulation error of p_top", "share", displayed=False),
        Column("shrunken", "the estimate with the part that is probably luck taken out", "estimate", displayed=False),
        shared("shown"),
    )
    plot_name: ClassVar[str] = "ranking.pains"

    score: str = ""
    unit: str = ""
    top_n: int = 2
    top: list[str] = field(default_factory=list)
    shortlist: list[str] = field(default_factory=list)
    possible: list[str] = field(default_factory=list)
    verdict: str = "open"
    p_pair: float = math.nan
    p_pair_se: float = math.nan
    regret: float = math.nan
    gap: float = math.nan
    tipping_point: float | None = None
    more_answers: float = math.nan
    robustness: pd.DataFrame = field(default_factory=pd.DataFrame)
    groups: pd.DataFrame | None = None
    grid: ActionGrid | Absent = field(default_factory=lambda: Absent("no grid was made"))

    @property
    def axis_label(self) -> str:
        """The label of an axis that shows the score."""
        return BURDENS[self.score].axis

    def _printed(self) -> tuple[pd.DataFrame, Sequence[Column]]:
        """Possible ranks in one column and probabilities rounded with care; split by segments, a row for each group."""
        if self.groups is not None:
            frame = self.groups.drop(columns="p_pair_se")
            frame[["p_pair", "p_same"]] = frame[["p_pair", "p_same"]].map(percent)
            names = {
                "p_pair": "the two are right",
                "p_same": "everybody's two are theirs",
                "ruled_out": "ruled out there",
            }
            frame = frame.rename(columns=names)
            return frame, columns_of(frame)
        ranks = [
            "–" if not low == low else f"{low:.0f}" if low == high else f"{low:.0f} to {high:.0f}"
            for low, high in zip(self.table["rank_low"], self.table["rank_high"], strict=True)
        ]
        among = f"among the worst {self.top_n}"
        frame = self.table.assign(**{"possible ranks": ranks, among: self.table["p_top"].map(percent)})
        declared = {column.name: column for column in self.columns}
        names = ["rank", "topic", "n", "estimate", "se", "low", "high", "possible ranks", among, "shown"]
        return frame.loc[:, names], [declared.get(name, Column(name, "")) for name in names]


def rank_pains(
    survey: Survey | Tally,
    score: str | None = None,
    top_n: int = 2,
    by: By = None,
    seed: int = 0,
    release: Release | None = None,
    *,
    fpc: bool = True,
    confidence: float = 0.95,
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
        Segments to split by; 1 is the first of the codebook, and None is for everybody together. A group is ranked
        where every topic may be shown.
    seed : int
        Seed of the random draws; the same seed gives the same result.
    release : Release, optional
        Holds every table of a report to one promise of anonymity; None for a release of its own.
    fpc : bool
        Whether intervals narrow where a large part of the staff has answered (finite population correction), which a
        roster tells. False for statements beyond this quarter's staff.
    confidence : float
        Confidence level of the intervals, between 0 and 1, and of all rank sets together.

    Returns
    -------
    Ranking
        Intervals are those of `scores`. `p_top` is from 16,384 joint normal draws with the covariance of the means (of
        n in place of n - 1, as a bootstrap has it, where there is no roster). `p_pair`, `shortlist` and `regret` are
        from joint t draws about scores shrunk towards each other, because the highest are high by luck too. Without
        that, p_pair is up to 0.11 too high where topics nearly tie. Rank sets are from joint t draws (Mogstad, Romano,
        Shaikh and Wilhelm 2024, doi 10.1093/restud/rdad006).

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
    >>> ranking = dx.rank_pains(dx.read_survey(hours, book))
    >>> ranking.top, ranking.verdict
    (['CI', 'Setup'], 'clear')
    """
    book = check_answers(survey).codebook
    check_release(release)
    score = topics.default(book, score)
    top_n = min(options.whole("top_n", top_n, 1), len(book.topics))
    seed, confidence = options.whole("seed", seed, 0), options.confidence(confidence)
    settings = {"top_n": top_n, "seed": seed, "fpc": options.flag("fpc", fpc), "confidence": confidence}
    whole = cut(survey, None, score)
    everybody, shown = _orders(whole, release, settings)
    order = everybody[0]
    names = np.array(book.topics, dtype=object)
    work, ranked, groups = whole, everybody, None
    if by is not None:
        work = cut(survey, by, score)
        ranked, shown = _orders(work, release, settings, like=order)
        groups = _groups(work, ranked, order, names, top_n)
    table = _table(work, ranked, shown, names)
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
        notes=(_method(whole, score), *_warnings(order, top_n, len(names)), *hidden_note(table, work.tally.min_group)),
        facts=tuple(_facts(order, names, whole, score, top_n)) if by is None else (),
        top=names[order.chosen].tolist(),
        shortlist=names[order.shortlist].tolist(),
        possible=names[order.possible].tolist(),
        verdict=order.verdict,
        p_pair=order.p_pair,
        p_pair_se=order.p_pair_se,
        regret=order.regret,
        gap=order.gap,
        tipping_point=_tipping_point(order, whole),
        more_answers=order.more_answers,
        robustness=_robustness(survey, score, order, names, settings),
        groups=groups,
        grid=action_grid(tallied(survey).cut(), order, names, fpc=fpc, confidence=confidence),
    )


def topics_in_order(survey: Survey | Tally, score: str, *, fpc: bool) -> pd.DataFrame:
    """The table that `rank_pains` gives for everybody, without what else it works out."""
    book = check_answers(survey).codebook
    work = cut(survey, None, topics.default(book, score))
    settings = {"top_n": min(2, len(book.topics)), "seed": 0, "fpc": fpc, "confidence": 0.95}
    return _table(work, *_orders(work, None, settings), np.array(book.topics, dtype=object))


def _orders(
    work: Cut, release: Release | None, settings: dict[str, Any], like: Order | None = None
) -> tuple[list[Order], np.ndarray]:
    """The order within each group, of the topics that may be shown; and which those are, (G, T)."""
    counted = work.tally
    book, level = counted.codebook, counted.variables["level"].iloc[0]
    items = topics.single_items(book, level)
    names = [f"item/{item}" for item in items] if items else [f"{level}/{topic}" for topic in book.topics]
    at = range(len(names))
    shown = work.shown(release, names, at, weights_of(counted, at))
    means = joint(counted, at, work.group if work.by else None, len(work.groups), fpc=settings["fpc"])
    ranked = []
    for group, row in enumerate(shown):
        usable = np.flatnonzero(row)
        complete = like is None or set(usable) >= set(like.at)
        company = None if like is None else like.chosen
        ranked.append(order_of(counted, means.of(group), usable, company, rank=complete, **settings))
    return ranked, shown


def _tipping_point(order: Order, work: Cut) -> float | None:
    roster, answered = work.tally.roster, float(work.tally.people.sum())
    if roster is None or not order.chosen or math.isnan(order.gap):
        return None
    return order.gap * answered / (roster.total - answered) if roster.total > answered else math.inf


def _table(work: Cut, ranked: list[Order], shown: np.ndarray, names: np.ndarray) -> pd.DataFrame:
    """One row per group and topic, within a group from the worst on; topics that are not shown last."""
    parts = []
    for g, order in enumerate(ranked):
        figures = pd.DataFrame(order.figures, columns=FIGURES)
        sort = figures["rank"].fillna(np.inf).to_numpy() + np.where(shown[g], 0, 1e6)
        frame = pd.concat([pd.DataFrame({"topic": names}), figures.assign(shown=shown[g])], axis=1)
        for position, name in enumerate(work.by):
            frame.insert(1 + position, name, work.groups[name].iloc[g])
        parts.append(frame.iloc[np.argsort(sort, kind="stable")])
    return pd.concat(parts, ignore_index=True)


def _groups(work: Cut, ranked: list[Order], everybody: Order, names: np.ndarray, top_n: int) -> pd.DataFrame:
    rows = []
    for g, order in enumerate(ranked):
        outside = order.chosen and set(everybody.chosen) - set(order.possible)
        rows.append(
            {
                **{name: work.groups[name].iloc[g] for name in work.by},
                **{f"worst {k + 1}": names[order.chosen[k]] if order.chosen else "hidden" for k in range(top_n)},
                "p_pair": order.p_pair,
                "p_pair_se": order.p_pair_se,
                "verdict": order.verdict if order.chosen else "–",
                "p_same": order.p_same,
                "ruled_out": " and ".join(names[sorted(outside)]) if outside else "none" if order.chosen else "–",
            }
        )
    return pd.DataFrame(rows)


def _robustness(
    survey: Survey | Tally, score: str, order: Order, names: np.ndarray, settings: dict[str, Any]
) -> pd.DataFrame:
    """The worst top_n under every score that the codebook allows."""
    rows = []
    for other in topics.allowed(survey.codebook):
        if other == topics.NO_PAIN != score:
            continue
        its = order if other == score else _orders(cut(survey, None, other), None, settings)[0][0]
        shared_topics = len(set(its.chosen) & set(order.chosen))
        verdict = its.verdict if its.chosen else "–"
        rows.append([other, "; ".join(names[its.chosen]), its.p_pair, verdict, shared_topics])
    return pd.DataFrame(rows, columns=["score", "top", "p_pair", "verdict", "shared"])


def _method(work: Cut, score: str) -> str:
    roster = work.tally.roster
    return f"{score}: {BURDENS[score].method}" + (
        f", weighted to {', '.join(roster.segments)}" if roster is not None else ""
    )


def _warnings(order: Order, top_n: int, count: int) -> list[str]:
    if not order.chosen:
        return ["too few answers to show or to rank"]
    warnings = ["there is nothing to choose: no more topics than you want to fix"] if count <= top_n else []
    if order.figures[order.at, FIGURES.index("n")].min() < FEW:
        warnings.append(
            f"fewer than {FEW} answers: how often a topic is among the worst is approximate, up to 3 percentage points "
            "from a bootstrap at 10 answers and 5 at 6; intervals and possible ranks allow for it"
        )
    return warnings


def _facts(order: Order, names: np.ndarray, work: Cut, score: str, top_n: int) -> Iterator[tuple[str, str]]:
    """What a manager asks, in lines."""
    if not order.chosen:
        return
    unit, digits = f" {BURDENS[score].points}", BURDENS[score].digits
    yield f"the worst {top_n}", " and ".join(names[order.chosen])
    yield "verdict", f"{order.verdict}, these are the worst {top_n} with {percent(order.p_pair)} probability"
    if order.verdict != "clear":
        yield "still in play", ", ".join(names[order.possible])
    yield "shortlist, holds the true ones with 90% probability", ", ".join(names[order.shortlist])
    yield "expected loss if others are worse", f"{order.regret:.{digits}f}{unit}"
    tip, roster = _tipping_point(order, work), work.tally.roster
    if tip is not None and roster is not None:
        stays = (
            f"{names[order.chosen[-1]]} stays ahead of the next unless the other "
            f"{roster.total - int(work.tally.people.sum())} lean the other way by more than {tip:.{digits}f}{unit}"
        )
        yield "those who did not answer", "everybody has answered" if math.isinf(tip) else stays
    if not math.isnan(order.more_answers):
        if math.isinf(order.more_answers):
            yield "more answers", f"no number would settle place {top_n} against {top_n + 1}: they are level"
        elif order.more_answers > 0:
            answers = two_digits(order.more_answers)
            yield "more answers", f"about {answers} would settle place {top_n} against {top_n + 1}"
