"""How sure the order of the topics is, in each group of respondents, and above all its worst top_n.

See docs/methods/ranking.md, "Verdict"."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from dxkit.results.absent import Absent
from dxkit.results.columns import Column, declared
from dxkit.results.formatting import tied
from dxkit.results.result import Result
from dxkit.statistics import verdict
from dxkit.statistics.clusters import own_variances
from dxkit.statistics.verdict import Summary
from dxkit.survey.estimates import Estimates
from dxkit.survey.tally.cells import Cells

_OF_TOPICS = ("p_top", "rank_low", "rank_high", "shrunken", "shortlist")  # in a Summary
_HALF, _FAR = 0.5, 3  # from this probability on, and with this share of the others' range, the chosen stand out
_HELD = 2**19  # numbers of the covariances that are held at once


@dataclass(frozen=True, eq=False, kw_only=True)
class Orders:
    """The order of T topics in R groups.

    at (T,)         the topics that are ranked, among all topics
    groups (R,)     the groups that are ranked, among all groups
    line (R, T)     places in `at`, from the worst topic to the least
    top_n, draws    how many are chosen: the first of each line; and how many draws there were
    apart, gap, rest (R,)  how much the first of the chosen is ahead of the last, the last of the next, and the next
                    of the least
    p_clear (R,)    p of the claim that all chosen are ahead of all others
    told            what the draws say, by topic in the order of `at`; None without draws
    possible (R, T) topics that may be among the worst, by place in `at`; None where it was not asked for
    """

    at: np.ndarray
    groups: np.ndarray
    line: np.ndarray
    top_n: int
    draws: int
    apart: np.ndarray
    gap: np.ndarray
    rest: np.ndarray
    p_clear: np.ndarray
    told: Summary | None
    possible: np.ndarray | None

    @property
    def verdicts(self) -> np.ndarray:
        """clear, likely or open, (R,)."""
        likely = np.zeros(len(self.groups), dtype=bool) if self.told is None else self.told.p_pair >= verdict.LIKELY
        return np.select([self.p_clear < verdict.CLEAR, likely], ["clear", "likely"], "open").astype(object)

    @property
    def chosen(self) -> np.ndarray:
        """The chosen topics from the worst on, among all topics, (R, top_n)."""
        return self.at[self.line[:, : self.top_n]]

    @property
    def far_out(self) -> bool:
        """Whether two or more are chosen that stand about equally far out of the others, in the first group.

        The draws are then too cautious (docs/methods/ranking.md, "What the ranking does not promise").
        """
        likely = self.told is not None and self.told.p_pair[0] >= _HALF
        return bool(self.top_n > 1 and likely and self.gap[0] > max(self.apart[0], self.rest[0] / _FAR))

    @property
    def top(self) -> list[int]:
        """The chosen topics of the first group, from the worst on, among all topics."""
        return self.chosen[0].tolist() if len(self.groups) else []

    def first(self, member: np.ndarray) -> list[int]:
        """The topics of the first group that are a `member` (T,), from the worst on, among all topics."""
        line = self.line[0]
        return self.at[line[member[line]]].tolist()


def nothing(at: np.ndarray) -> Orders:
    """No group is ranked."""
    groups, line = np.empty(0, dtype=int), np.empty((0, len(at)), dtype=int)
    figures = dict.fromkeys(("apart", "gap", "rest", "p_clear"), np.empty(0))
    return Orders(at=at, groups=groups, line=line, top_n=0, draws=0, told=None, possible=None, **figures)


def orders(
    found: Estimates,
    at: np.ndarray,
    groups: np.ndarray,
    *,
    top_n: int,
    seed: int,
    confidence: float,
    company: np.ndarray | None = None,
    draws: int = verdict.DRAWS,
    possible: bool = True,
) -> Orders:
    """The order of the topics `at` these positions in these groups.

    company   which of them are chosen for everybody, (T,) of bool; None for everybody
    draws     how many in each group; 0 for the verdict alone
    possible  whether to tell which topics are possible
    """
    if not len(groups) or len(at) < top_n:
        return nothing(at)
    size, parts = max(1, _HELD // len(at) ** 2), []
    for low in range(0, found.groups, size):
        some = slice(low, min(low + size, found.groups))
        here = groups[(groups >= low) & (groups < some.stop)]
        if len(here):
            parts.append(_part(found, at, some, here, company, top_n, (draws, seed, confidence), possible))
    names = ("groups", "line", "apart", "gap", "rest", "p_clear")
    told = [part.told for part in parts if part.told is not None]
    stays = [part.possible for part in parts if part.possible is not None]
    return replace(
        parts[0],
        told=verdict.joined(told) if told else None,
        possible=np.concatenate(stays) if stays else None,
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in names},
    )


def _part(
    found: Estimates,
    at: np.ndarray,
    some: slice,
    groups: np.ndarray,
    company: np.ndarray | None,
    top_n: int,
    luck: tuple[int, int, float],
    possible: bool,
) -> Orders:
    """The order in some groups, whose covariances are held at once."""
    row, (draws, seed, confidence) = groups - some.start, luck
    x = tied(found.estimate[groups][:, at])
    line = np.argsort(-x, axis=1, kind="stable")
    rising = line[:, ::-1]
    x = np.take_along_axis(x, rising, axis=1)
    covariance = _sorted(found.covariance(at, some)[row], rising)
    df = np.maximum(1.0, found.df[groups][:, at].min(axis=1))
    p_clear = verdict.p_clear(verdict.ahead(x, covariance, top_n), df)
    told = stays = None
    if draws:
        n_eff = found.n_eff[groups][:, at].mean(axis=1)
        each = _sorted(found.answer_covariance(at, some)[row], rising)
        own = np.diagonal(each, axis1=1, axis2=2)
        told = verdict.summarised(
            x,
            own_variances(covariance, n_eff),
            top_n,
            difference=own[:, :, None] + own[:, None, :] - 2 * each,
            n_eff=n_eff,
            people=found.weighed.headcount[groups],
            company=None if company is None else company[rising],
            draws=draws,
            seed=seed,
            confidence=confidence,
        )
        told.more[p_clear < verdict.CLEAR] = 0.0
        told = replace(told, **{name: _by_topic(getattr(told, name), rising) for name in _OF_TOPICS})
    if possible:
        each_group = zip(x, covariance, df, strict=True)
        stays = _by_topic(np.stack([verdict.possible(*each, top_n, seed) for each in each_group]), rising)
    last = len(at) - top_n
    return Orders(
        at=at,
        groups=groups,
        line=line,
        top_n=top_n,
        draws=draws,
        apart=x[:, -1] - x[:, last],
        gap=x[:, last] - x[:, last - 1] if last else np.full(len(x), np.nan),
        rest=x[:, max(last - 1, 0)] - x[:, 0],
        p_clear=p_clear,
        told=told,
        possible=stays,
    )


def groups_of(work: Cells, order: Orders, everybody: Orders, names: np.ndarray, top_n: int) -> pd.DataFrame:
    """A row for each group: its worst, and how sure they are."""
    columns: dict[str, Any] = {name: work.groups[name].to_numpy(dtype=object) for name in work.by}
    worst = [f"worst {k + 1}" for k in range(top_n)]
    columns |= {name: np.full(len(work.groups), "hidden", dtype=object) for name in worst}
    columns |= {name: np.full(len(work.groups), np.nan) for name in ("p_pair", "p_pair_se", "p_clear")}
    columns |= {"verdict": np.full(len(work.groups), "–", dtype=object), "p_same": np.full(len(work.groups), np.nan)}
    columns |= {"ruled_out": np.full(len(work.groups), "–", dtype=object)}
    if order.told is not None:
        at = order.groups
        for k, name in enumerate(worst):
            columns[name][at] = names[order.chosen[:, k]]
        columns["p_pair"][at], columns["p_clear"][at] = order.told.p_pair, order.p_clear
        columns["p_pair_se"][at] = verdict.simulation_error(order.told.p_pair, order.draws)
        columns["verdict"][at], columns["p_same"][at] = order.verdicts, order.told.p_same
        if order.possible is not None:
            out = ~order.possible & np.isin(order.at, everybody.top)
            columns["ruled_out"][at] = [" and ".join(names[order.at[row]]) or "none" for row in out]
    return pd.DataFrame(columns)


@dataclass(frozen=True, eq=False, kw_only=True)
class TippingPoint:
    """How far the `others`, who did not answer both topics, would have to lean to the `chosen` one of the two."""

    lean: float
    chosen: int
    other: int
    others: int


def tipping_point(order: Orders, found: Estimates) -> TippingPoint | None:
    """What would reverse the choice of everybody; None where nobody knows how many did not answer."""
    cells, at = found.cells, order.at
    if cells.roster is None or not len(order.groups) or len(at) <= order.top_n or found.weighed.part[at].any():
        return None
    pairs, about = cells.together(at)[0], cells.over()
    mean = about.means[0, at]  # of all who answered: sums over those who answered both would tell of the others
    ahead = pairs * np.subtract.outer(mean, mean)
    chosen = np.isin(at, order.chosen[0])
    lean, i, k = verdict.tipping_point(pairs, ahead, cells.roster.total, chosen)
    others = round(max(0.0, cells.roster.total - pairs[i, k]))
    return TippingPoint(lean=lean, chosen=int(at[i]), other=int(at[k]), others=others)


def _sorted(covariance: np.ndarray, rising: np.ndarray) -> np.ndarray:
    """Covariances (R, T, T) with the topics of each group in this order."""
    row = np.arange(len(rising))[:, None, None]
    return covariance[row, rising[:, :, None], rising[:, None, :]]


def _by_topic(values: np.ndarray, rising: np.ndarray) -> np.ndarray:
    """What is known of sorted topics, (R, T), by topic."""
    result = np.empty_like(values)
    np.put_along_axis(result, rising, values, axis=1)
    return result


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ActionGrid(Result):
    """Importance against satisfaction of each topic.

    verdict     that of the ranking whose worst are `chosen`
    """

    columns: ClassVar[tuple[Column, ...]] = declared(__file__, "ActionGrid")
    plot_name: ClassVar[str] = "ranking.action_grid"

    verdict: str = "open"


def action_grid(
    counted: Cells, order: Orders, names: np.ndarray, *, fpc: bool, confidence: float
) -> ActionGrid | Absent:
    """Where each topic has one question on satisfaction and one on importance."""
    book, chosen = counted.codebook, order.top
    pairs = [(book.topic_items(t, "rating"), book.topic_items(t, "importance")) for t in names]
    if not chosen:
        return Absent("too few answers to show or to rank")
    if any(len(one) != 1 or len(two) != 1 for one, two in pairs):
        return Absent("this picture needs one question on satisfaction and one on importance for every pain point")
    at = counted.at("item", [item for one, two in pairs for item in one + two])
    found = Estimates.of(counted, fpc)
    shown = np.all(found.may.figure[0, at].reshape(-1, 2), axis=1)
    n, estimate, df = (each[0, at].reshape(-1, 2) for each in (found.n, found.estimate, found.df))
    v = found.covariance(np.array(at))[0]
    one, two = np.arange(0, len(at), 2), np.arange(1, len(at), 2)
    figures = {"n": n.min(axis=1), "satisfaction": estimate[:, 0], "importance": estimate[:, 1]}
    figures |= {"var_satisfaction": v[one, one], "var_importance": v[two, two], "covariance": v[one, two]}
    figures |= {"df": df.min(axis=1)}
    figures = {name: np.where(shown, figure, np.nan) for name, figure in figures.items()}
    chosen_ones = np.isin(np.arange(len(names)), chosen)
    return ActionGrid(
        table=pd.DataFrame({"topic": names, **figures, "chosen": chosen_ones, "shown": shown}),
        title="Importance and satisfaction",
        confidence=confidence,
        verdict=order.verdicts[0],
        notes=(
            "index points, 0 to 100; weighted as the scores are",
            f"chosen: what came out as the worst {order.top_n}, verdict {order.verdicts[0]}",
        ),
    )
