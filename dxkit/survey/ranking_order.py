"""How sure the order of the topics is in one group of respondents, and above all its worst top_n.

See docs/methods/ranking.md, "Draws"."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import gammaincinv

from dxkit.results.absent import Absent
from dxkit.results.columns import Column, shared
from dxkit.results.result import Result
from dxkit.statistics import intervals, ranks, sampling
from dxkit.statistics.shrinkage import NODES, posteriors, shrunken
from dxkit.survey import planning
from dxkit.survey.tally.cells import Cells
from dxkit.survey.tally.measures import BURDENS
from dxkit.survey.weighting import Joint, joint

LIKELY = 0.8
FIGURES = ["n", "estimate", "se", "low", "high", "rank", "rank_low", "rank_high", "p_top", "p_top_se", "shrunken"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Order:
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


def order_of(
    tally: Cells,
    means: Joint,
    at: np.ndarray,
    company: list[int] | None,
    *,
    rank: bool,
    top_n: int,
    seed: int,
    fpc: bool,
    confidence: float,
) -> Order:
    """The order of the topics `at` these positions in one group, from the `means` of all topics.

    company  the chosen topics of everybody, to which the group's own are compared; None for everybody
    rank     False for estimates alone
    """
    figures = np.full((len(tally.variables), len(FIGURES)), np.nan)
    nothing = dict.fromkeys(("p_pair", "p_pair_se", "p_same", "regret", "gap", "more_answers"), np.nan)
    if len(at) == 0:
        return Order(at=at, figures=figures, chosen=[], shortlist=[], **nothing)
    means, burden = means.at(at), BURDENS[tally.variables["level"].iloc[0]]
    x, se = means.estimate, np.sqrt(means.variance)
    figures[at, :3] = np.column_stack([means.n, x, se])
    figures[at, 3:5] = np.column_stack(burden.within(*intervals.student(x, se, means.df, confidence)))
    if not rank or len(at) < top_n:
        return Order(at=at[:0], figures=figures, chosen=[], shortlist=[], **nothing)
    line = ranks.ranked(x)
    figures[at[line], 5] = np.arange(1, len(at) + 1)
    chosen, df = line[:top_n], max(1.0, float(means.df.mean()))
    normal, uniform = _draws(len(at), seed)
    tails = np.sqrt(df / (2 * gammaincinv(df / 2, uniform)))
    noise = sampling.mixed(normal, means.covariance)
    bootstrap = 1.0 if tally.roster is not None else math.sqrt(df / (df + 1))
    repeated = ranks.top_share(x + bootstrap * noise, top_n)
    figures[at, 8:10] = np.column_stack([repeated.mean(axis=0), sampling.error(repeated)])
    figures[at, 6:8] = np.column_stack(ranks.rank_sets(x, means.covariance, (noise * tails)[::2], confidence))
    figures[at, 10] = shrunken(x, means.covariance)
    truth = np.empty_like(noise)
    for k, (mean, covariance) in enumerate(posteriors(x, means.covariance)):
        truth[k::NODES] = mean + tails[k::NODES] * sampling.mixed(normal[k::NODES], covariance)
    highest = ranks.top_share(truth, top_n)
    held = ranks.is_pair(highest, chosen, top_n)
    same = held if company is None else ranks.is_pair(highest, np.flatnonzero(np.isin(at, company)), top_n)
    short = set(at[ranks.shortlist(highest, chosen, top_n)])
    gap, more = _next(means, tally, line, top_n, fpc)
    return Order(
        at=at,
        figures=figures,
        chosen=at[chosen].tolist(),
        shortlist=[t for t in at[line] if t in short],
        p_pair=float(held.mean()),
        p_pair_se=float(sampling.error(held)),
        p_same=float(same.mean()),
        regret=float(ranks.regret(truth, highest, chosen).mean()),
        gap=gap,
        more_answers=more,
    )


@lru_cache(maxsize=1)
def _draws(topics: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Normals (S, T) and uniforms (S, 1); every group and score of one call takes the same."""
    uniforms = sampling.scrambled(topics + 1, seed)
    normal = sampling.normals(uniforms[:, :-1])
    normal.setflags(write=False)
    uniforms.setflags(write=False)
    return normal, uniforms[:, [-1]]


def _next(means: Joint, tally: Cells, line: np.ndarray, top_n: int, fpc: bool) -> tuple[float, float]:
    """How far the last of the chosen is ahead of the next, and how many more answers would settle that."""
    if len(line) <= top_n:
        return np.nan, np.nan
    last, other = line[top_n - 1], line[top_n]
    gap = float(means.estimate[last] - means.estimate[other])
    v = means.covariance
    variance = v[last, last] + v[other, other] - 2 * v[last, other]
    n = float(means.n[[last, other]].mean())
    population = tally.roster.total if tally.roster is not None and fpc else np.inf
    unseen = max(1 - n / population, 1e-9)
    needed = planning.answers_for(gap, math.sqrt(max(variance, 0.0) * n / unseen), population)
    return gap, float(max(0.0, math.ceil(needed - n))) if math.isfinite(needed) else math.inf


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ActionGrid(Result):
    """Importance against satisfaction of each topic."""

    columns: ClassVar[tuple[Column, ...]] = (
        Column("topic", "the topic"),
        shared("n", "answers to the one of its two questions that fewer answered"),
        Column("satisfaction", "mean satisfaction", "index", "0 to 100"),
        Column("importance", "mean importance", "index", "0 to 100"),
        Column("var_satisfaction", "variance of mean satisfaction", "number", displayed=False),
        Column("var_importance", "variance of mean importance", "number", displayed=False),
        Column("covariance", "covariance of the errors of the two means", "number", displayed=False),
        Column("df", "degrees of freedom", "number", displayed=False),
        Column("chosen", "whether it is among the worst"),
        shared("shown"),
    )
    plot_name: ClassVar[str] = "ranking.action_grid"


def action_grid(
    counted: Cells, order: Order, names: np.ndarray, *, fpc: bool, confidence: float
) -> ActionGrid | Absent:
    """Where each topic has one question on satisfaction and one on importance."""
    book = counted.codebook
    pairs = [(book.topic_items(t, "rating"), book.topic_items(t, "importance")) for t in names]
    if not order.chosen:
        return Absent("too few answers to show or to rank")
    if any(len(one) != 1 or len(two) != 1 for one, two in pairs):
        return Absent("this picture needs one question on satisfaction and one on importance for every pain point")
    at = counted.at("item", [item for one, two in pairs for item in one + two])
    shown = (counted.n.sum(axis=0)[at] >= counted.min_group).reshape(-1, 2).all(axis=1)
    means = joint(counted, at, fpc=fpc).of(0)
    one, two, v = np.arange(0, len(at), 2), np.arange(1, len(at), 2), means.covariance
    figures = np.column_stack(
        [
            np.minimum(means.n[one], means.n[two]),
            means.estimate[one],
            means.estimate[two],
            v[one, one],
            v[two, two],
            v[one, two],
            np.minimum(means.df[one], means.df[two]),
        ]
    )
    columns = ["n", "satisfaction", "importance", "var_satisfaction", "var_importance", "covariance", "df"]
    table = pd.DataFrame(np.where(shown[:, None], figures, np.nan), columns=columns)
    table.insert(0, "topic", names)
    chosen = np.isin(np.arange(len(names)), order.chosen)
    return ActionGrid(
        table=table.assign(chosen=chosen, shown=shown),
        title="Importance and satisfaction",
        confidence=confidence,
        notes=("index points, 0 to 100; weighted as the scores are",),
    )
