"""Which two do we fix: topics in the order of what they cost people, with how sure that order is (MODELS 3)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import gammaincinv

from dxkit import draws
from dxkit.faults import DataError
from dxkit.result import Result
from dxkit.survey import intervals, orders, planning, topics
from dxkit.survey.anonymity import Release
from dxkit.survey.cuts import Cut, cut
from dxkit.survey.scores import constant_groups, hidden_note, title
from dxkit.survey.shrinkage import NODES, posteriors, shrunken
from dxkit.survey.weighting import calibrations, joint

LIKELY = 0.8
FIGURES = ["n", "estimate", "se", "low", "high", "rank", "rank_low", "rank_high", "p_top", "p_top_se", "shrunken"]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Ranking(Result):
    """Topics from the worst to the least, and how sure the worst are.

    `.table` has the columns topic, one per segment, n, estimate, se, low, high (mean burden a person: hours a week, or
    index points), rank (1 the worst), rank_low, rank_high (ranks that are possible, all topics at once), p_top (how
    often the topic is among the worst `m` when the survey is repeated), p_top_se (its simulation error), shrunken
    (the estimate with the part that is probably luck taken out), shown.

    With `by` the table and `.groups` are by group, every other fact is about everybody.

    top             the m worst topics
    shortlist       the fewest topics that hold the true worst m with 90% probability
    possible        topics that may be among the worst m: their rank set reaches m (all at once, 95%)
    verdict         clear (no other is possible), likely (p_pair at least 0.8) or open
    p_pair          probability that `top` is the true worst m; p_pair_se its simulation error
    regret          burden that is expected to be lost by choosing `top`, where the true worst differ
    gap             how much the last of `top` is ahead of the next
    tipping_point   the opposite gap that those who did not answer would need to reverse it; None without a roster
    more_answers    further answers that would settle that gap with 80% power; inf where it is nil
    robustness      the worst m by every score of the codebook (score, top, p_pair, verdict, shared)
    groups          one row per group: its worst m, p_pair, verdict, p_same (probability that its worst m are `top`),
                    ruled_out (topics of `top` that cannot be among its worst m, by its rank sets)
    grid            importance and satisfaction of each topic with the covariance of their errors; None if not asked
    """

    plot_name: ClassVar[str] = "ranking.pains"

    score: str = ""
    unit: str = ""
    m: int = 2
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
    grid: Grid | None = None
    segments: tuple[str, ...] = ()

    def _picture(self) -> str:
        return "ranking.groups" if self.segments else self.plot_name

    def _displayed(self) -> pd.DataFrame:
        if self.groups is not None:
            frame = self.groups.drop(columns="p_pair_se")
            frame[["p_pair", "p_same"]] = frame[["p_pair", "p_same"]].map(percent)
            names = {
                "p_pair": "the two are right",
                "p_same": "everybody's two are theirs",
                "ruled_out": "ruled out there",
            }
            return frame.rename(columns=names)
        frame = self.table
        ranks = [
            "–" if not low == low else f"{low:.0f}" if low == high else f"{low:.0f} to {high:.0f}"
            for low, high in zip(frame["rank_low"], frame["rank_high"], strict=True)
        ]
        columns = ["rank", "topic", "n", "estimate", "se", "low", "high", "possible ranks", self._among, "shown"]
        return frame.assign(**{"possible ranks": ranks, self._among: frame["p_top"].map(percent)})[columns]

    @property
    def _among(self) -> str:
        return f"among the worst {self.m}"

    def _kinds(self) -> dict[str, str]:
        return {"rank": "count"}


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Grid(Result):
    """Importance against satisfaction, index points. `.table`: topic, n, satisfaction, importance, var_satisfaction,
    var_importance, covariance (of the errors of the two means), df, chosen, shown."""

    plot_name: ClassVar[str] = "ranking.action_grid"
    formats: ClassVar[dict[str, str]] = {"satisfaction": "index", "importance": "index"}
    hidden_columns: ClassVar[frozenset[str]] = frozenset({"var_satisfaction", "var_importance", "covariance", "df"})


@dataclass(frozen=True, eq=False, kw_only=True)
class _Order:
    """The order of the topics in one group of respondents; `at` are the topics that may be ranked."""

    at: np.ndarray
    figures: np.ndarray  # (T, FIGURES), nan where a topic is not ranked
    chosen: list[int]
    shortlist: list[int]
    p_pair: float
    p_pair_se: float
    p_same: float
    regret: float
    gap: float
    more_answers: float

    @property
    def possible(self) -> list[int]:
        low = self.figures[:, FIGURES.index("rank_low")]
        return [t for t in self.at[np.argsort(self.figures[self.at, 5])] if low[t] <= len(self.chosen)]

    @property
    def verdict(self) -> str:
        if self.chosen and set(self.possible) <= set(self.chosen):
            return "clear"
        return "likely" if self.p_pair >= LIKELY else "open"


def rank_pains(
    survey, score: str | None = None, top: int = 2, by=None, seed: int = 0, release: Release | None = None, *,
    fpc: bool = True, confidence: float = 0.95,
) -> Ranking:  # fmt: skip
    """Rank the pain points by what they cost people, and say how sure one can be of the worst (MODELS 3).

    Parameters
    ----------
    survey : Survey or Tally
        Its codebook names the topic of each question.
    score : "hours", "impact", "severity" or "opportunity", optional
        The burden, a mean over people: hours lost a week; severity x importance / 100; 100 less satisfaction; Ulwick's
        opportunity (0 to 20). The first that every topic was asked for by default, in this order, opportunity never.
    top : int
        How many pains are to be chosen.
    by : segment name or list of them, optional
        Rank within each group too. A group is ranked where every topic may be shown.
    seed : int
        Of the draws. The same call gives the same figures.
    release : Release, optional
        As for `scores`.
    fpc : bool
        With a roster, count that a large part of the staff has answered.
    confidence : float
        Of the intervals, and of all rank sets together.

    Returns
    -------
    Ranking
        Intervals are those of `scores`. `p_top` is from 16,384 joint normal draws with the covariance of the means (of
        n in place of n - 1, as a bootstrap has it, where there is no roster). `p_pair`, `shortlist` and `regret` are
        from joint t draws about scores shrunk towards each other, because the highest are high by luck too; without
        that p_pair is up to 0.11 too high where topics nearly tie. Rank sets are from joint t draws (Mogstad, Romano,
        Shaikh and Wilhelm 2024, doi 10.1093/restud/rdad006).

    Raises
    ------
    DataError
        No topics, a score that was not asked for every topic, a segment that was not asked.

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
    book = survey.codebook
    score = topics.default(book, score)
    if not isinstance(top, int | np.integer) or isinstance(top, bool) or top < 1:
        raise DataError(f"top must be a whole number of at least 1, got {top!r}")
    whole = cut(survey, None, score)
    m = min(int(top), len(book.topics))
    options = {"m": m, "seed": seed, "fpc": fpc, "confidence": confidence}
    everybody, shown = _orders(whole, release, options)
    order = everybody[0]
    names = np.array(book.topics, dtype=object)
    work, groups = whole, None
    if by is not None:
        work = cut(survey, by, score)
        by_group, shown = _orders(work, release, options, like=order)
        groups = _groups(work, by_group, order, names, m)
    table = _table(work, by_group if by is not None else everybody, shown, names)
    return Ranking(
        table=table, title=title("Pain points", work), confidence=confidence, seed=seed, score=score,
        unit=topics.UNITS[score], m=m, segments=tuple(work.by), method=_method(whole, score),
        notes=(_method(whole, score), *_warnings(order, m, len(names)), *hidden_note(table, work.tally.min_group)),
        facts=tuple(_facts(order, names, whole, score, m)) if by is None else (),
        top=names[order.chosen].tolist(), shortlist=names[order.shortlist].tolist(),
        possible=names[order.possible].tolist(), verdict=order.verdict, p_pair=order.p_pair,
        p_pair_se=order.p_pair_se, regret=order.regret, gap=order.gap, tipping_point=_tipping_point(order, whole),
        more_answers=order.more_answers, robustness=_robustness(survey, score, order, names, options),
        groups=groups, grid=_grid(survey, order, names, options),
    )  # fmt: skip


def _orders(work: Cut, release: Release | None, options, like: _Order | None = None) -> tuple[list[_Order], np.ndarray]:
    """The order within each group, of the topics that may be shown; and which those are, (G, T)."""
    counted = work.tally
    book, level = counted.codebook, counted.variables["level"].iloc[0]
    items = topics.single_items(book, level)
    names = [f"item/{item}" for item in items] if items else [f"{level}/{topic}" for topic in book.topics]
    at = range(len(names))
    weights = None
    if counted.roster is not None:
        weights = np.column_stack([fit.weights for fit in calibrations(counted, at)])
    shown = work.shown(release, names, at, constant=constant_groups(work), weights=weights)
    ranked = []
    for group, member in enumerate(work.member):
        usable = np.flatnonzero(shown[group])
        complete = like is None or set(usable) >= set(like.at)
        company = None if like is None else like.chosen
        ranked.append(_order(counted, member, usable, company, rank=complete, **options))
    return ranked, shown


def _order(tally, member, at, company, *, rank: bool, m: int, seed: int, fpc: bool, confidence: float) -> _Order:
    figures = np.full((len(tally.variables), len(FIGURES)), np.nan)
    nothing = dict.fromkeys(("p_pair", "p_pair_se", "p_same", "regret", "gap", "more_answers"), np.nan)
    if len(at) == 0:
        return _Order(at=at, figures=figures, chosen=[], shortlist=[], **nothing)
    means = joint(tally, list(at), member, fpc=fpc)
    x, own = means.estimate, np.sqrt(np.diag(means.covariance))
    figures[at, :3] = np.column_stack([means.n, x, own])
    figures[at, 3:5] = np.column_stack(_limits(tally, x, own, means.df, confidence))
    if not rank or len(at) < m:
        return _Order(at=at[:0], figures=figures, chosen=[], shortlist=[], **nothing)
    line = orders.ranked(x)
    figures[at[line], 5] = np.arange(1, len(at) + 1)
    chosen, df = line[:m], max(1.0, float(means.df.mean()))
    uniforms = draws.scrambled(len(at) + 1, seed)
    normal = draws.normals(uniforms[:, :-1])
    tails = np.sqrt(df / (2 * gammaincinv(df / 2, uniforms[:, [-1]])))
    noise = normal @ draws.mixing(means.covariance).T
    bootstrap = 1.0 if tally.roster is not None else math.sqrt(df / (df + 1))
    repeated = orders.on_top(x + bootstrap * noise, m)
    figures[at, 8:10] = np.column_stack([repeated.mean(axis=0), draws.error(repeated)])
    figures[at, 6:8] = np.column_stack(orders.rank_sets(x, means.covariance, (noise * tails)[::2], confidence))
    figures[at, 10] = shrunken(x, means.covariance)
    truth = np.empty_like(noise)
    for k, (mean, covariance) in enumerate(posteriors(x, means.covariance)):
        truth[k::NODES] = mean + tails[k::NODES] * (normal[k::NODES] @ draws.mixing(covariance).T)
    highest = orders.on_top(truth, m)
    held = orders.is_pair(highest, chosen, m)
    same = held if company is None else orders.is_pair(highest, np.flatnonzero(np.isin(at, company)), m)
    short = set(at[orders.shortlist(highest, chosen, m)])
    gap, more = _next(means, tally, line, m, fpc)
    return _Order(
        at=at, figures=figures, chosen=at[chosen].tolist(),
        shortlist=[t for t in at[line] if t in short],
        p_pair=float(held.mean()), p_pair_se=float(draws.error(held)), p_same=float(same.mean()),
        regret=float(orders.regret(truth, highest, chosen).mean()), gap=gap, more_answers=more,
    )  # fmt: skip


def _limits(tally, x, se, df, confidence):
    low, high = intervals.student(x, se, df, confidence)
    ceiling = {"0-100": 100.0, "0-20": 20.0}.get(tally.variables["unit"].iloc[0], np.inf)
    return np.clip(low, 0.0, ceiling), np.clip(high, 0.0, ceiling)


def _next(means, tally, line: np.ndarray, m: int, fpc: bool) -> tuple[float, float]:
    """How far the last of the chosen is ahead of the next, and how many more answers would settle that."""
    if len(line) <= m:
        return np.nan, np.nan
    last, other = line[m - 1], line[m]
    gap = float(means.estimate[last] - means.estimate[other])
    v = means.covariance
    variance = v[last, last] + v[other, other] - 2 * v[last, other]
    n = float(means.n[[last, other]].mean())
    population = tally.roster.total if tally.roster is not None and fpc else np.inf
    unseen = max(1 - n / population, 1e-9)
    needed = planning.answers_for(gap, math.sqrt(max(variance, 0.0) * n / unseen), population)
    return gap, float(max(0.0, math.ceil(needed - n))) if math.isfinite(needed) else math.inf


def _tipping_point(order: _Order, work: Cut) -> float | None:
    roster, answered = work.tally.roster, float(work.tally.people.sum())
    if roster is None or not order.chosen or math.isnan(order.gap):
        return None
    return order.gap * answered / (roster.total - answered) if roster.total > answered else math.inf


def _table(work: Cut, ranked: list[_Order], shown: np.ndarray, names: np.ndarray) -> pd.DataFrame:
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


def _groups(work: Cut, ranked: list[_Order], everybody: _Order, names: np.ndarray, m: int) -> pd.DataFrame:
    rows = []
    for g, order in enumerate(ranked):
        outside = order.chosen and set(everybody.chosen) - set(order.possible)
        rows.append(
            {
                **{name: work.groups[name].iloc[g] for name in work.by},
                **{f"worst {k + 1}": names[order.chosen[k]] if order.chosen else "hidden" for k in range(m)},
                "p_pair": order.p_pair, "p_pair_se": order.p_pair_se,
                "verdict": order.verdict if order.chosen else "–",
                "p_same": order.p_same,
                "ruled_out": " and ".join(names[sorted(outside)]) if outside else "none" if order.chosen else "–",
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _robustness(survey, score: str, order: _Order, names: np.ndarray, options) -> pd.DataFrame:
    """The worst m under every score that the codebook allows."""
    rows = []
    for other in topics.allowed(survey.codebook):
        found = order if other == score else _orders(cut(survey, None, other), None, options)[0][0]
        rows.append([
            other, "; ".join(names[found.chosen]), found.p_pair, found.verdict if found.chosen else "–",
            len(set(found.chosen) & set(order.chosen)),
        ])  # fmt: skip
    return pd.DataFrame(rows, columns=["score", "top", "p_pair", "verdict", "shared"])


def _grid(survey, order: _Order, names: np.ndarray, options) -> Grid | None:
    """Where each topic has one question on satisfaction and one on importance."""
    book = survey.codebook
    pairs = [(book.topic_items(t, "rating"), book.topic_items(t, "importance")) for t in names]
    if not order.chosen or any(len(one) != 1 or len(two) != 1 for one, two in pairs):
        return None
    work = cut(survey, None)
    at = work.tally.at("item", [item for one, two in pairs for item in one + two])
    shown = (work.tally.n.sum(axis=0)[at] >= work.tally.min_group).reshape(-1, 2).all(axis=1)
    means = joint(work.tally, at, work.member[0], fpc=options["fpc"])
    one, two, v = np.arange(0, len(at), 2), np.arange(1, len(at), 2), means.covariance
    figures = np.column_stack([
        np.minimum(means.n[one], means.n[two]), means.estimate[one], means.estimate[two],
        v[one, one], v[two, two], v[one, two], np.minimum(means.df[one], means.df[two]),
    ])  # fmt: skip
    columns = ["n", "satisfaction", "importance", "var_satisfaction", "var_importance", "covariance", "df"]
    table = pd.DataFrame(np.where(shown[:, None], figures, np.nan), columns=columns)
    table.insert(0, "topic", names)
    chosen = np.isin(np.arange(len(names)), order.chosen)
    return Grid(
        table=table.assign(chosen=chosen, shown=shown), title="Importance and satisfaction",
        confidence=options["confidence"], notes=("index points, 0 to 100; weighted as the scores are",),
    )  # fmt: skip


def _method(work: Cut, score: str) -> str:
    what = {
        "hours": "hours lost a week, the mean over people",
        "impact": "severity x importance / 100 of each person, then the mean",
        "severity": "100 less satisfaction, the mean over people",
        "opportunity": "importance + what satisfaction lacks of it, 0 to 20, the mean over people",
    }[score]
    roster = work.tally.roster
    return f"{score}: {what}" + (f", weighted to {', '.join(roster.segments)}" if roster is not None else "")


def _warnings(order: _Order, m: int, count: int) -> list[str]:
    if not order.chosen:
        return ["too few answers to show or to rank"]
    return ["there is nothing to choose: as many pains to fix as topics"] if count <= m else []


def _facts(order: _Order, names: np.ndarray, work: Cut, score: str, m: int):
    """What a manager asks, in lines."""
    if not order.chosen:
        return
    unit = {"hours": " hours a week a person"}.get(score, " points")
    digits = 2 if score == "hours" else 1
    yield f"the worst {m}", " and ".join(names[order.chosen])
    yield "verdict", f"{order.verdict}, these are the worst {m} with {percent(order.p_pair)} probability"
    if order.verdict != "clear":
        yield "still in play", ", ".join(names[order.possible])
    yield "holds the true ones with 90%", ", ".join(names[order.shortlist])
    yield "expected loss if others are worse", f"{order.regret:.{digits}f}{unit}"
    if (tip := _tipping_point(order, work)) is not None:
        unheard = work.tally.roster.total - int(work.tally.people.sum())
        last = names[order.chosen[-1]]
        nobody = "everybody has answered"
        yield (
            "those who did not answer",
            nobody
            if math.isinf(tip)
            else (
                f"{last} stays ahead of the next unless the other {unheard} lean the other way by more than "
                f"{tip:.{digits}f}{unit}"
            ),
        )
    if not math.isnan(order.more_answers):
        if math.isinf(order.more_answers):
            yield "more answers", f"no number would settle place {m} against {m + 1}: they are level"
        elif order.more_answers > 0:
            yield "more answers", f"about {_two_digits(order.more_answers)} would settle place {m} against {m + 1}"


def percent(p: float) -> str:
    """A probability as text, without 0% and 100%."""
    return "–" if math.isnan(p) else f"{100 * p:.0f}%" if 0.01 <= p <= 0.99 else "over 99%" if p > 0.99 else "under 1%"


def _two_digits(number: float) -> str:
    step = 10 ** max(0, int(math.log10(number)) - 1)
    return f"{int(math.ceil(number / step) * step):,}"
