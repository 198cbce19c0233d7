"""What changed between two waves of a survey, and which of it holds.

See docs/methods/change.md, "Comparing two surveys"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.files.errors import Missing
from dxkit.results.columns import Column, shared
from dxkit.results.result import Result
from dxkit.statistics import comparison, intervals
from dxkit.survey.comparable import comparable
from dxkit.survey.estimates import Estimates
from dxkit.survey.reading.folder import NO_EARLIER
from dxkit.survey.reading.responses import Survey
from dxkit.survey.scores import narrowed
from dxkit.survey.tally.cells import Cells
from dxkit.survey.tally.from_survey import check_answers, cut, of_survey, survey_decides
from dxkit.survey.tally.measures import AXES
from dxkit.survey.tally.tally import Tally
from dxkit.survey.tally.variables import contrasts

_COLUMNS = ["before", "after", "estimate", "se", "low", "high", "p", "p_adjusted", "g"]
_ORDER = ["level", "name", "n_before", "n_after", *_COLUMNS, "paired", "holds", "shown", "label", "unit", "kind"]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Change(Result):
    """Changes from one wave to a later one.

    not_compared    level, name, why: what was worded, scaled or made up differently in the two waves
    """

    columns: ClassVar[tuple[Column, ...]] = (
        Column("label", "short question", heading="question"),
        Column("before", "figure of the earlier wave", "estimate", "see column unit"),
        Column("after", "figure of the later wave", "estimate", "see column unit"),
        shared("estimate", "later less earlier", unit="see column unit"),
        shared("se"),
        shared("low"),
        shared("high"),
        Column("p_adjusted", "p-value adjusted among the questions of one kind and level", "p", heading="adjusted p"),
        Column("g", "Hedges' g", "number", "standard deviations"),
        Column("paired", "whether the same people are compared"),
        Column("holds", "whether p_adjusted is below 1 - confidence"),
        shared(
            "unit",
            "index: points; hours: hours a week; recommend: points of the net promoter score; share: percentage points",
        ),
        shared("shown"),
        Column("level", "item, dimension or overall", displayed=False),
        Column("name", "id of the item, or the dimension", displayed=False),
        Column("n_before", "answers in the earlier wave", "count", displayed=False),
        Column("n_after", "answers in the later wave", "count", displayed=False),
        Column("p", "p-value before the adjustment", "p", displayed=False),
        Column("kind", "kind of question", displayed=False),
    )
    plot_name: ClassVar[str] = "waves.change"
    axis_labels: ClassVar[Mapping[str, str]] = AXES

    not_compared: pd.DataFrame = field(default_factory=pd.DataFrame)

    def only(
        self, level: str | None = None, names: Sequence[str] | None = None, *, kind: str | Sequence[str] | None = None
    ) -> Change:
        """The same result with the rows of one level, these kinds or names; p values stay those of the whole family."""
        left_out = self.not_compared["name"].tolist()
        if names is not None:
            known = list(dict.fromkeys([*self.table["name"], *left_out]))
            names = [name for name in options.choices("names", names, known) if name not in left_out]
        return replace(self, table=narrowed(self.table, level, names, kind).sort_index().reset_index(drop=True))


@survey_decides
def compare(
    before: Survey | Tally | None,
    after: Survey | Tally,
    adjust: str = "holm",
    *,
    fpc: bool = True,
    confidence: float = 0.95,
) -> Change:
    """What changed between two waves, and what of it holds, adjusted for the number of questions?

    See docs/methods/change.md, "Comparing two surveys".

    Parameters
    ----------
    before : Survey or Tally
        The earlier wave.
    after : Survey or Tally
        The later wave.
    adjust : "holm", "bh" or "none"
        Holm (1979) keeps the chance of any false alarm among the questions of one kind and level at 1 - confidence;
        Benjamini and Hochberg (1995) keep the share of false ones among those that hold.
    fpc : bool
        Whether intervals narrow where a large part of the staff has answered (finite population correction), which a
        roster tells. False for statements beyond this quarter's staff.
    confidence : float
        Confidence level of the intervals, between 0 and 1, and of what holds.

    Returns
    -------
    Change
        Without a roster: where people can be told again by an id, and at least half of the smaller wave answered both
        times, the change is that of those people (paired t); else the difference of the two waves (Welch 1947). With a
        roster: the difference of the two weighted scores of all staff, with the covariance of the two samples where ids
        are known, (n12 / (n1 n2) - 1 / N) S12 (Kish 1965, chapter 12). Hedges' g is the change over the standard
        deviation (of the changes where paired, else pooled), with the exact small-sample correction (Hedges 1981). A
        question whose wording, scale, options or kind changed is listed, not compared; the codebook's `same_as` holds
        an earlier wording that means the same.

    Raises
    ------
    Missing
        No earlier wave.
    DataError
        An option that cannot be, or two waves that have no question in common.

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> book = pd.DataFrame({"item": ["ci"], "text": ["CI is fast"], "kind": ["rating"], "scale": ["agreement5"]})
    >>> first = dx.read_survey(pd.DataFrame({"ci": [1, 2, 2, 3, 3, 2]}), book)
    >>> second = dx.read_survey(pd.DataFrame({"ci": [3, 4, 5, 3, 4, 4, 5]}), book)
    >>> dx.compare(first, second).table.loc[0, ["estimate", "p"]].astype(float).round(3).tolist()
    [45.833, 0.006]
    """
    options.choice("adjust", adjust, comparison.METHODS)
    confidence, fpc = options.confidence(confidence), options.flag("fpc", fpc)
    if before is None:
        raise Missing(NO_EARLIER)
    waves = [cut(check_answers(before, "before"), None), cut(check_answers(after, "after"), None)]
    names, not_compared, reworded = comparable(*waves)
    if not names:
        raise Missing("the two waves have no question in common; say with same_as what a reworded question was")
    one, two = (_wave(work, names, fpc) for work in waves)
    shown, n = one.shown & two.shown, np.column_stack([one.n, two.n])
    paired, both = np.zeros(len(names), dtype=bool), _matched(before, after, one, two)
    rosters = [work.roster for work in waves if work.roster is not None]
    staff = np.array([roster.total for roster in rosters])
    weighted, covariance = len(rosters) == len(waves), np.zeros(len(names))
    if both is not None and weighted:
        covariance = _shared(both, one, two, staff.max() if fpc else np.inf)
        paired = both.pairs >= 2 * both.least
    figures = _independent(one, two, covariance, confidence)
    if weighted and fpc:
        whole = np.logical_and(*(wave.n >= total for wave, total in zip((one, two), staff, strict=True)))
        moved = figures[whole, _COLUMNS.index("estimate")]  # known, not estimated
        figures[whole, _COLUMNS.index("low")] = figures[whole, _COLUMNS.index("high")] = moved
        figures[whole, _COLUMNS.index("p")] = (moved == 0).astype(float)
    if both is not None and not rosters:
        use, theirs = _pairs(both, shown, confidence)
        figures, n = np.where(use[:, None], theirs, figures), np.where(use[:, None], both.pairs[:, None], n)
        paired = use
    table = _table(names, figures, n, paired, shown, waves[1], adjust, confidence)
    earlier, later = (work.wave for work in waves)
    return Change(
        table=table,
        not_compared=not_compared,
        title=f"Change from {earlier} to {later}" if earlier and later else "Change between two waves",
        confidence=confidence,
        method=f"paired t or Welch's t, adjusted by {adjust}",
        notes=(*_notes(table, not_compared, adjust, both, weighted), *reworded),
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class _Wave:
    """What is compared of one wave: questions at these positions, then means `a` (D, questions) of them, (J,) in all.
    `spread` is the variance of one person's answers."""

    at: np.ndarray
    a: np.ndarray
    n: np.ndarray
    estimate: np.ndarray
    variance: np.ndarray
    df: np.ndarray
    spread: np.ndarray
    shown: np.ndarray


def _wave(counted: Cells, names: Sequence[tuple[str, str]], fpc: bool) -> _Wave:
    found = Estimates.of(counted, fpc)
    items = [name for level, name in names if level == "item"]
    at = np.array(counted.at("item", items), dtype=int)
    means, counts = contrasts(counted.codebook)
    rows = [means["name"].tolist().index(name) if level == "dimension" else -1 for level, name in names[len(items) :]]
    a = counts.reshape(-1, len(counted.variables))[rows]
    some = (counted.may.figure & (counted.may.bound == 0))[0, at]
    within, used = found.contrasts(a), np.flatnonzero(a.any(axis=0))
    sd = (found.spread.sd * found.form.width)[0]
    own = np.einsum("dj,jk,dk->d", a[:, used] * sd[used], found.together(used), a[:, used] * sd[used])
    return _Wave(
        at=at,
        a=a[:, at],
        n=np.append(found.n[0, at], within.n[0]),
        estimate=np.append(found.estimate[0, at], 100 * within.estimate[0]),
        variance=np.append(found.variance[0, at], 1e4 * within.variance[0]),
        df=np.append(found.df[0, at], within.df[0]),
        spread=np.append(sd[at] ** 2, own),
        shown=np.append(some, np.array([some[row[at] > 0].all() for row in a], dtype=bool)),
    )


def _independent(one: _Wave, two: _Wave, shared: np.ndarray, confidence: float) -> np.ndarray:
    """The figures of two waves as a whole, (J, 9); `shared` is the covariance of the two estimates."""
    se1, se2 = np.sqrt(one.variance), np.sqrt(two.variance)
    se, df = np.sqrt(np.maximum(se1**2 + se2**2 - 2 * shared, 0.0)), comparison.welch_df(se1, one.df, se2, two.df)
    estimate = two.estimate - one.estimate
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled = np.sqrt(((one.n - 1) * one.spread + (two.n - 1) * two.spread) / (one.n + two.n - 2))
    g = comparison.hedges_g(estimate, pooled, one.n + two.n - 2)
    return _columns(one.estimate, two.estimate, estimate, se, df, g, confidence)


def _columns(before, after, estimate, se, df, g, confidence: float) -> np.ndarray:
    p = comparison.t_test_p(estimate, se, df)
    low, high = (np.where(np.isnan(p), np.nan, end) for end in intervals.student(estimate, se, df, confidence))
    return np.column_stack([before, after, estimate, se, low, high, p, np.full(len(p), np.nan), g])


@dataclass(frozen=True, eq=False)
class _Matched:
    """The people of both waves: keys, answers in each (P, questions), the answers of the smaller wave, and which
    questions are `allowed`: a figure of those who answered both times gives nobody away."""

    keys: np.ndarray
    first: np.ndarray
    second: np.ndarray
    answered: np.ndarray
    a: np.ndarray
    least: int
    allowed: np.ndarray

    @property
    def twice(self) -> np.ndarray:
        """Who answered both times, (P, questions)."""
        return ~np.isnan(self.first + self.second)

    @property
    def pairs(self) -> np.ndarray:
        """How many did; of means of questions the fewest, (J,)."""
        n = self.twice.sum(axis=0)
        return np.append(n, [n[row > 0].min() for row in self.a]).astype(int)

    def centred(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Means over those who answered both times, and what is left of the values; 0 for others."""
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(self.twice, values, 0.0).sum(axis=0) / self.twice.sum(axis=0)
        return mean, np.where(self.twice, values - mean, 0.0)


def _matched(before: Survey | Tally, after: Survey | Tally, one: _Wave, two: _Wave) -> _Matched | None:
    if not (isinstance(before, Survey) and isinstance(after, Survey) and before.identified and after.identified):
        return None
    keys, rows, others = np.intersect1d(before.keys, after.keys, return_indices=True)
    if not len(keys):
        return None
    given = [of_survey(before).values(one.at), of_survey(after).values(two.at)]
    first, second = given[0][rows], given[1][others]
    allowed = np.ones(len(one.at), dtype=bool)
    for survey, wave, at, each in zip((before, after), (one, two), (rows, others), given, strict=True):
        member, counted = np.zeros(each.shape, dtype=bool), of_survey(survey)
        member[at] = ~np.isnan(first + second)
        allowed &= [counted.release.allows(counted, j, column) for j, column in zip(wave.at, member.T, strict=True)]
    answered = np.minimum(*((~np.isnan(each)).sum(axis=0) for each in given))
    return _Matched(keys, first, second, answered, one.a, max(before.min_group, after.min_group), allowed)


def _with_means(covariance: np.ndarray, a: np.ndarray) -> np.ndarray:
    """The variances of questions, and of means of them, from covariances (questions, questions): (J,)."""
    return np.append(np.diag(covariance), np.einsum("dj,jk,dk->d", a, covariance, a))


def _shared(both: _Matched, one: _Wave, two: _Wave, people: float) -> np.ndarray:
    """Covariance of two estimates of all staff from samples that share people, (J,).

    (n12 / (n1 n2) - 1 / N) S12, zero where as many answered both times as chance has it; S12 from the correlation of
    those who did and the spreads of the two waves.
    """
    first, second = (both.centred(each)[1] for each in (both.first, both.second))
    with np.errstate(invalid="ignore", divide="ignore"):
        sizes = [np.sqrt(_with_means(each.T @ each, both.a)) for each in (first, second)]
        correlation = _with_means((first.T @ second + second.T @ first) / 2, both.a) / np.prod(sizes, axis=0)
        overlap = both.pairs / (one.n * two.n) - 1 / people
        covariance = overlap * correlation * np.sqrt(one.spread * two.spread)
    return np.where((both.pairs >= 2 * both.least) & np.isfinite(covariance), covariance, 0.0)


def _pairs(both: _Matched, shown: np.ndarray, confidence: float):
    """Which changes are those of the same people: enough answered twice, no small group is given away; and (J, 9)."""
    count, items = both.twice.sum(axis=0), both.twice.shape[1]
    use = shown[:items] & both.allowed & (count >= np.maximum(2 * both.least, both.answered / 2))
    moved, left = both.centred(both.second - both.first)
    with np.errstate(invalid="ignore", divide="ignore"):
        left = left / np.sqrt(count * (count - 1.0))
        variance = _with_means(left.T @ left, both.a)
        first, second, moved = (
            np.append(each, both.a @ np.where(both.a.any(axis=0), each, 0.0))
            for each in (both.centred(both.first)[0], both.centred(both.second)[0], moved)
        )
        sd = np.sqrt(variance * both.pairs)
        sd = np.where(sd > 1e-9 * np.abs(moved), sd, 0.0)
        g = comparison.hedges_g(moved, sd, both.pairs - 1.0)
        figures = _columns(first, second, moved, sd / np.sqrt(both.pairs), both.pairs - 1.0, g, confidence)
    return np.append(use, np.array([use[row > 0].all() for row in both.a], dtype=bool)), figures


def _table(names, figures, n, paired, shown, later: Cells, adjust: str, confidence: float) -> pd.DataFrame:
    book = later.codebook
    units = pd.concat([later.variables, contrasts(book)[0]]).set_index(["level", "name"])["unit"]
    table = pd.DataFrame(names, columns=["level", "name"])
    table[["n_before", "n_after"]] = np.where(shown[:, None], n, np.nan)
    table[_COLUMNS] = np.where(shown[:, None], figures, np.nan)
    table["paired"], table["shown"] = paired, shown
    table["label"] = [book.label(name) if level == "item" else name[:1].upper() + name[1:] for level, name in names]
    table["unit"] = [units[key] for key in names]
    table["kind"] = [book.item(name)["kind"] if level == "item" else level for level, name in names]
    for _, rows in table.groupby(["level", "kind", "unit"]):
        table.loc[rows.index, "p_adjusted"] = comparison.adjusted_p(rows["p"].to_numpy(), adjust)
    table["holds"] = (table["p_adjusted"] < 1 - confidence).fillna(False)
    return table.loc[:, _ORDER]


def _notes(table: pd.DataFrame, not_compared: pd.DataFrame, adjust: str, both: _Matched | None, weighted: bool):
    shown, paired = (table[name].to_numpy(dtype=bool) for name in ("shown", "paired"))
    if both is None or not paired.any():
        yield "the two waves are compared as a whole, not person by person"
    elif weighted:
        yield f"all staff at both times; that {len(both.keys)} people answered both times is counted"
    else:
        alone = np.sum(shown & ~paired)
        rest = f"; {alone} rows compare the two waves as a whole" if alone else ""
        yield f"{len(both.keys)} people answered both times: the change is theirs{rest}"
    how = {"holm": "Holm", "bh": "Benjamini and Hochberg", "none": ""}[adjust]
    yield f"p adjusted by {how} among the questions of one kind" if how else "p not adjusted"
    for _, name, why in not_compared.itertuples(index=False, name=None):
        yield f"not compared: {name}, {why}"
    if (shown & np.isnan(table["p"].to_numpy(dtype=float))).any():
        yield "no p where everybody gave the same answer within each wave: there is no spread to judge a change by"
    if hidden := np.sum(~shown):
        yield f"{hidden} of {len(table)} rows are hidden, so that no small group can be worked out"
