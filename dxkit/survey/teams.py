"""Do groups differ, what will their next score be near, and which of them may be named?

See docs/methods/scores.md, "Teams"."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dxkit.results.formatting import percent
from dxkit.statistics.means import spread, teams
from dxkit.statistics.means.spread import NUMBER, Spread
from dxkit.statistics.means.weights import Design
from dxkit.statistics.moments import dividing_by_0
from dxkit.survey.estimates import Estimates
from dxkit.survey.reading.codebook import Codebook
from dxkit.survey.tally.measures import unit_of

SIDES = np.array(["", "above", "below"], dtype=object)  # by 0, 1, -1
BETWEEN = ["level", "name", "groups", "n", "icc", "icc_low", "icc_high", "p", "reliability", "r_wg"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Scored:
    """Scores (G, K) of questions and of means of questions, as groups are compared: on the scale of their form.

    y           scores, nan where hidden
    v, own      variances of their errors from the spread of answers within all groups, and from that of each
    s2, df      variance of answers within groups, and its degrees of freedom, (K,)
    """

    y: np.ndarray
    v: np.ndarray
    own: np.ndarray
    s2: np.ndarray
    df: np.ndarray


def scored(found: Estimates, at: np.ndarray, a: np.ndarray, shown: np.ndarray) -> Scored:
    """The scores of the variables at these positions and then of their means `a` (D, J), where they are shown (G, K).

    The finite population is left out: what is asked is about the group, not about this quarter's people.
    """
    fit, within = _within(found)
    coverage = found.weighed.unlimited.coverage
    own = spread.by_group(found.n, found.scatter, found.mean, within, found.everybody.mean[0])
    coverage = np.where(np.isfinite(coverage), coverage, np.nan)  # nobody answered: no score, and no variance of one
    columns = [found.mean[:, at]]
    v, s2, df = [coverage[:, at] * within.sd[at] ** 2], [within.sd[at] ** 2], [within.df[at]]
    mine = [coverage[:, at] * own.sd[:, at] ** 2]
    if len(a):
        inside, some = found.weighed.unlimited, np.flatnonzero(a.any(axis=0))
        columns.append(found.mean[:, some] @ a[:, some].T)
        each = np.broadcast_to(within.sd, own.sd.shape)
        v.append(found.contrasts(a, each, inside, fit).variance)
        mine.append(found.contrasts(a, own.sd, inside, fit).variance)
        r = found.together(some, fit) * np.outer(within.sd[some], within.sd[some])
        s2.append(np.einsum("dj,jk,dk->d", a[:, some], r, a[:, some]))
        df.append(np.array([within.df[row != 0].min() for row in a]))
    y = np.where(shown, np.hstack(columns), np.nan)
    return Scored(y=y, v=np.hstack(v), own=np.hstack(mine), s2=np.concatenate(s2), df=np.concatenate(df))


def _within(found: Estimates) -> tuple[spread.Fit, Spread]:
    """The means of the groups as a fit of the cells, and the spread of answers within them, which they share, (J,)."""
    whole, may = found.everybody, found.may
    detail, fitted = whole.may.detail[0], np.empty_like(found.by_cell[1])
    rank = np.ones(len(detail), dtype=int)
    hidden, column = np.unique(~may.figure, axis=1, return_inverse=True)
    for k, each in enumerate(hidden.T):  # hidden groups are one
        at = np.flatnonzero(column.ravel() == k)
        lead = np.where(each, found.groups, np.arange(found.groups))[found.cells.group]
        design = Design(lead=lead, groups=found.groups + 1, rest=np.zeros((len(lead), 0)))
        fit = spread.fit(found.by_cell[0][:, at], found.by_cell[1][:, at], design)
        fitted[:, at], rank[at] = fit.fitted, fit.rank
    about = spread.Fit(fitted=fitted, rank=rank)
    return about, spread.whole(*found.by_cell, about, whole.mean[0], whole.n_eff[0], found.form.form, detail)


def stands_out(of: Scored) -> np.ndarray:
    """ "below" where a group lies below all others together beyond chance, "above" where it lies above, else ""."""
    return SIDES[teams.standing_out(of.y, of.v, of.df, of.own)]


def pooled(of: Scored, confidence: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What a group's score will be near next time, and its ends, (G, K)."""
    tau2 = teams.between(of.y, of.v, of.s2, of.df, confidence).tau2
    value, _, low, high = teams.pooled(of.y, of.v, tau2, of.df, confidence)
    return value, low, high


def between(found: Estimates, of: Scored, names: pd.DataFrame, at: np.ndarray, confidence: float) -> pd.DataFrame:
    """How much the groups differ: a row per level and name."""
    differ = teams.between(of.y, of.v, of.s2, of.df, confidence)
    book, shown = found.cells.codebook, np.isfinite(of.y)
    agreement = np.full(len(names), np.nan)
    items = names["name"].iloc[: len(at)]
    codes = np.array([len(book.scale(item).codes) for item in items])
    rated = np.flatnonzero((codes > 1) & (found.form.form[at] != NUMBER))
    with dividing_by_0():
        variance = found.scatter[:, at] / (found.n[:, at] - 1)
    some = np.where(found.may.detail[:, at], variance, np.nan)[:, rated]
    agreement[rated] = teams.within_agreement(some, codes[rated])
    n = np.where(shown[:, : len(at)], found.n[:, at], 0.0).sum(axis=0)
    n = [*n, *np.full(len(names) - len(at), np.nan)]
    columns = [differ.groups, n, differ.icc, differ.icc_low, differ.icc_high, differ.p, differ.reliability, agreement]
    frame = names[["level", "name"]].reset_index(drop=True)
    return frame.assign(**dict(zip(BETWEEN[2:], columns, strict=True)))


def told(frame: pd.DataFrame, apart: np.ndarray, by: list[str]) -> list[str]:
    """What the groups of a table have between them, in a sentence or two."""
    group = " and ".join(by)
    if frame["groups"].to_numpy().max(initial=0) < teams.LEAST:
        return [f"fewer than {teams.LEAST} groups of {group} are shown, so nothing is said of how much they differ"]
    notes, overall = [], frame["level"].iloc[-1] == "overall"
    known = frame.iloc[-1:] if overall else frame
    icc, low, high, reliability = known[["icc", "icc_low", "icc_high", "reliability"]].dropna().to_numpy(dtype=float).T
    if len(icc):
        what, share = ("overall" if overall else "the median question"), percent(float(np.median(icc)))
        share += f" ({percent(low[0])} to {percent(high[0])})" if overall else ""
        notes.append(
            f"{what}: {share} of the spread of answers lies between the groups of {group}; reliability of a group's "
            f"score {np.median(reliability):.2f}"
        )
    if not (apart != "").any():
        notes.append(f"no {group} can be told from the others")
    return notes


def alike(book: Codebook, item: str) -> str:
    """What a question has in common with those it can be compared with: its kind and unit.

    Means of codes compare on one scale only, places within one ranking, and a share of yes with other shares of yes.
    """
    row = book.item(item)
    unit = unit_of(row["kind"], row["good"])
    yes_or_no = "yes or no" if len(book.scale(item).codes) == 2 else ""
    within = {"code": book.scale(item).name, "place": book.question_of(item), "index": yes_or_no}
    return f"{row['kind']} {unit} {within.get(unit, '')}"


def questions_apart(found: Estimates, a: np.ndarray, kinds: list[str], shown: np.ndarray) -> np.ndarray:
    """The same for the questions of everybody, and means of them: each against the others of its kind.

    `kinds` (K,) name what can be compared, such as a kind in a unit. The same people answered them, so the error is
    that of a contrast. `a` (K, J) says what each variable counts in them; only those that are shown (K,) take part.
    """
    result, t = np.full(len(a), "", dtype=object), np.zeros(len(a))
    df, numbers = np.full(len(a), np.nan), found.form.form == NUMBER
    for kind in dict.fromkeys(kinds):
        mine = np.array([k for k, each in enumerate(kinds) if each == kind and shown[k]], dtype=int)
        if len(mine) < 2 or numbers[a[mine].any(axis=0)].any():
            continue
        others = (len(mine) * np.eye(len(mine)) - 1) / (len(mine) - 1)
        each = found.contrasts(others @ a[mine], within=found.weighed.unlimited)
        with dividing_by_0():
            gap = each.estimate[0] / np.sqrt(each.variance[0])
        t[mine], df[mine] = np.nan_to_num(gap), each.df[0]
    known = np.flatnonzero(df >= 1)
    result[known] = SIDES[teams.named(t[known], df[known])]
    return result


def of_questions(
    found: Estimates, kinds: list[str], at: np.ndarray, shown: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Mean scores from 0 to 100 of the questions at these positions that have a kind, and which stand out, (G, T)."""
    rated = np.flatnonzero(np.array([kind != "" for kind in kinds], dtype=bool))
    score, apart = np.full(shown.shape, np.nan), np.full(shown.shape, "", dtype=object)
    score[:, rated] = 100 * found.mean[:, at[rated]]
    if found.cells.by:
        none = np.zeros((0, found.mean.shape[1]))
        apart[:, rated] = stands_out(scored(found, at[rated], none, shown[:, rated]))
    else:
        each = np.eye(found.mean.shape[1])[at[rated]]
        apart[0, rated] = questions_apart(found, each, [kinds[k] for k in rated], shown[0, rated])
    return score, apart
