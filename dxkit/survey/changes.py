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
from dxkit.results.columns import Column, declared
from dxkit.results.result import Result
from dxkit.statistics import comparison, intervals
from dxkit.statistics.moments import dividing_by_0
from dxkit.statistics.overlap import FEWEST_TWICE, Difference, difference
from dxkit.survey.comparable import Alike, comparable, seen_twice, side_by_side
from dxkit.survey.estimates import Estimates
from dxkit.survey.reading.folder import NO_EARLIER
from dxkit.survey.reading.responses import Survey
from dxkit.survey.scores import kind_of, label_of, narrowed
from dxkit.survey.tally.cells import Cells
from dxkit.survey.tally.from_survey import check_answers, cut, survey_decides
from dxkit.survey.tally.tally import Tally
from dxkit.survey.tally.variables import contrasts
from dxkit.survey.tally.weighed import weighted

_COLUMNS = ["before", "after", "estimate", "se", "low", "high", "p", "p_adjusted", "g"]
_ORDER = ["level", "name", "n_before", "n_after", "n_both", *_COLUMNS, "holds", "shown", "label", "unit", "kind"]
_LEVELS = ("item", "dimension", "overall")


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Change(Result):
    """Changes from one wave to a later one, or to several.

    not_compared    level, name, why: what was worded, scaled or made up differently in the two waves; and the wave,
                    where there are several
    """

    columns: ClassVar[tuple[Column, ...]] = declared(__file__, "Change")
    plot_name: ClassVar[str] = "survey.change"

    not_compared: pd.DataFrame = field(default_factory=pd.DataFrame)
    waves: tuple[str, ...] = ("", "")  # the earlier one first; empty where it has no name
    reworded: frozenset[str] = frozenset()

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
    after: Survey | Tally | Sequence[Survey | Tally],
    *,
    only: str | Sequence[str] | None = None,
    adjust: str = "holm",
    confidence: float = 0.95,
) -> Change:
    """What changed between two waves, and what of it holds, adjusted for how many rows are looked at?

    See docs/methods/change.md, "Comparing two surveys".

    Parameters
    ----------
    before : Survey or Tally
        The earlier wave.
    after : Survey, Tally or list of them
        The later wave; of several each is compared with the earlier one, in one table.
    only : str or list of str, optional
        What is looked at, as declared beforehand: names of questions and dimensions, or levels (item, dimension,
        overall). None for all.
    adjust : "holm", "bh" or "none"
        Holm (1979) keeps the chance of any false alarm in the whole table at 1 - confidence; Benjamini and Hochberg
        (1995) keep the share of false ones among those that hold.
    confidence : float
        Confidence level of the intervals, between 0 and 1, and of what holds.

    Returns
    -------
    Change
        The change is the later figure less the earlier one, of all who answered. Who answered both times, by an id, is
        one person in the error: paired t where all did, Welch's (1947) t where nobody did. Hedges' g (1981) is the
        change over the pooled standard deviation. A question whose wording, scale, options or kind changed is listed,
        not compared; with `same_as` words may differ.

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
    >>> first = dx.read_survey(pd.DataFrame({"ci": [1, 2, 2, 3, 3, 2] * 2}), book)
    >>> second = dx.read_survey(pd.DataFrame({"ci": [3, 4, 5, 3, 4, 4, 5] * 2}), book)
    >>> dx.compare(first, second).table.loc[0, ["estimate", "low", "high"]].astype(float).round(1).tolist()
    [45.8, 30.6, 61.0]
    """
    options.choice("adjust", adjust, comparison.METHODS)
    confidence = options.confidence(confidence)
    if before is None:
        raise Missing(NO_EARLIER)
    later = list(after) if isinstance(after, list | tuple) else [after]
    if not later:
        raise Missing("there is no later wave; give one, or a list of them")
    work, sources = cut(check_answers(before, "before"), None), [check_answers(each, "after") for each in later]
    works = [cut(source, None) for source in sources]
    alike = [comparable(work, each) for each in works]
    if not all(each.names for each in alike):
        raise Missing("the two waves have no question in common; say with same_as what a reworded question was")
    named, titles = _named(only, alike), _titles(work, works)
    asked = {each.earlier[name] for each, row in zip(alike, named, strict=True) for name in row.items}
    first = _Wave(before, work, sorted(asked))
    parts, notes = [], []
    for source, other, each, rows, name in zip(sources, works, alike, named, titles, strict=True):
        second = _Wave(source, other, rows.items)
        table, remarks = _compared(first, second, rows, each.earlier, confidence)
        parts.append(table if len(works) == 1 else table.assign(wave=name))
        remarks += [f"compared though asked in other words, as same_as says: {item}" for item in each.reworded]
        notes += [remark if len(works) == 1 else f"{name}: {remark}" for remark in remarks]
    table = pd.concat(parts, ignore_index=True)
    table["p_adjusted"] = comparison.adjusted_p(table["p"].to_numpy(dtype=float), adjust)
    table["holds"] = (table["p_adjusted"] < 1 - confidence).fillna(False)
    several = ["wave"] if len(works) > 1 else []
    apart = pd.concat([one.apart.assign(wave=name) for one, name in zip(alike, titles, strict=True)], ignore_index=True)
    apart = apart.loc[:, ["level", "name", "why", *several]]
    begun = f" from {work.wave}" if work.wave else ""
    return Change(
        table=table.loc[:, [*several, *_ORDER]],
        not_compared=apart,
        waves=(work.wave, *titles),
        reworded=frozenset(name for each in alike for name in each.reworded),
        title=f"Change{begun} to {', '.join(titles)}" if all(titles) and begun else "Change between waves",
        confidence=confidence,
        method=f"t test with people seen twice, adjusted by {adjust}",
        segments=tuple(several),
        notes=(*notes, *_notes(table, apart, adjust)),
    )


def _titles(work: Cells, works: Sequence[Cells]) -> list[str]:
    """What each later wave is called; of several each has another name."""
    names = [each.wave for each in works]
    if len(works) > 1 and len({*names, work.wave}) <= len(works):
        names = [f"wave {k}" for k in range(2, len(works) + 2)]
    return names


@dataclass(frozen=True)
class _Rows:
    """Rows of a table: their names, the questions that they are made of, and what each counts in each, (R, J)."""

    names: list[tuple[str, str]]
    items: list[str]
    a: np.ndarray


def _named(only: str | Sequence[str] | None, alike: Sequence[Alike]) -> list[_Rows]:
    """The rows of each later wave, of those that were declared."""
    wanted = None
    if only is not None:
        names = [[*(name for _, name in each.names), *each.apart["name"]] for each in alike]
        known = [*_LEVELS, *(name for row in names for name in row)]
        wanted = options.choices("only", [only] if isinstance(only, str) else only, list(dict.fromkeys(known)))
    found = [[key for key in each.names if wanted is None or set(key) & set(wanted)] for each in alike]
    if not any(found):
        raise Missing("nothing of what only= names was asked alike in both waves")
    return [_rows(names, each.codebook) for names, each in zip(found, alike, strict=True)]


def _rows(names: list[tuple[str, str]], book) -> _Rows:
    means, counts = contrasts(book)
    of_mean = {key: row for key, row in zip(zip(means["level"], means["name"], strict=True), counts, strict=True)}
    of_item = dict(zip(book.measured, np.eye(len(book.measured)), strict=True))
    a = np.array([of_item[name] if level == "item" else of_mean[level, name] for level, name in names])
    a = a.reshape(len(names), len(book.measured))
    used = np.flatnonzero(a.any(axis=0))
    return _Rows(names, [book.measured[i] for i in used], a[:, used])


class _Wave:
    """What is compared of one wave: these questions, J of them, and which have a figure and its spread shown."""

    def __init__(self, source: Survey | Tally, cells: Cells, items: Sequence[str]) -> None:
        self.source, self.cells, self.found = source, cells, Estimates.of(cells, fpc=False)
        self.at = dict(zip(items, cells.at("item", items), strict=True))

    def shown(self, at: list[int]) -> tuple[np.ndarray, np.ndarray]:
        """Which figures of these questions are shown as they are, and which with their spread, (J,)."""
        may = self.found.may
        return (may.figure & (may.bound == 0))[0, at], may.detail[0, at]

    def moments(self, at: list[int], a: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Variances of the errors of R means, where all are different people, of one answer, and their n, (R,).

        Where the spread may not be shown the errors are the widest, and there is no variance of one answer."""
        found, width, detail = self.found, self.found.form.width[at], self.shown(at)[1]
        n, mean, scatter = (each[:, at] for each in found.by_cell)
        count = n.sum(axis=0)
        left = scatter + n * (mean - found.fit.fitted[:, at]) ** 2
        least = 1e-12 * (1 + (n * mean**2).sum(axis=0))  # below it is rounding
        share = found.weighed.weights[:, at] / np.maximum(found.weighed.stands_for[0, at], 1e-300)
        with dividing_by_0():
            variance = width**2 * count / (count - 1) * (share**2 * np.where(left > least, left, 0.0)).sum(axis=0)
            spread = width**2 * np.where(found.scatter[0, at] > least, found.scatter[0, at], 0.0) / (count - 1)
        if weighted(self.cells):
            variance = found.variance[0, at]
        variance = np.where(detail, variance, found.variance[0, at])
        where = np.array(at)
        joint, together = found.weighed.joint(where, found.answering(where))[0], found.together(where)
        root = np.sqrt(np.diag(joint))
        with dividing_by_0():
            shared = np.nan_to_num(joint / np.outer(root, root)) * together
        np.fill_diagonal(shared, 1.0)
        errors, sd = (a * np.sqrt(np.nan_to_num(each)) for each in (variance, spread))
        smallest = np.array([count[row != 0].min() for row in a])
        variance, spread = (np.einsum("rj,jk,rk->r", each, by, each) for each, by in ((errors, shared), (sd, together)))
        spread = np.where(_all_of(detail, a), spread, np.nan)
        return np.where(smallest > 1, variance, np.nan), spread, smallest


def _all_of(each: np.ndarray, a: np.ndarray) -> np.ndarray:
    """Whether it holds of all questions that a row is made of, (R,)."""
    return ((a != 0) <= each).all(axis=1)


def _means(a: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Means of these values, as `a` (R, J) counts them; nan only where one of them is (0 times nan is nan)."""
    unknown = (a != 0) @ np.isnan(values)
    return np.where(unknown, np.nan, a @ np.nan_to_num(values))


def _compared(
    one: _Wave, two: _Wave, rows: _Rows, earlier: Mapping[str, str], confidence: float
) -> tuple[pd.DataFrame, list[str]]:
    """The rows of two waves, and what there is to say of them."""
    waves = one, two
    at = [one.at[earlier[item]] for item in rows.items], [two.at[item] for item in rows.items]
    may = [wave.shown(where) for wave, where in zip(waves, at, strict=True)]
    shown, detail = (_all_of(first & second, rows.a) for first, second in zip(*may, strict=True))
    scores = [_means(rows.a, wave.found.estimate[0, where]) for wave, where in zip(waves, at, strict=True)]
    moments = [wave.moments(where, rows.a) for wave, where in zip(waves, at, strict=True)]
    n = [each[2] for each in moments]
    least, notes = max(FEWEST_TWICE, one.cells.min_group, two.cells.min_group), []
    errors = [np.sqrt(each[0]) for each in moments]
    df = comparison.welch_df(errors[0], n[0] - 1, errors[1], n[1] - 1)
    found = Difference(scores[1] - scores[0], np.hypot(*errors), df, np.zeros(len(df)))
    twice = seen_twice(one.source, two.source)
    if twice is None or not (isinstance(one.source, Survey) and isinstance(two.source, Survey)):
        notes.append("the two waves are compared as a whole, not person by person")
    else:
        people = side_by_side((one.source, two.source), (one.found, two.found), at, twice)
        persons = difference(*people, rows.a, least)
        se, df = (np.where(detail, told, wide) for told, wide in zip(persons[1:3], found[1:3], strict=True))
        found = Difference(found.estimate, se, df, persons.both)
        notes += _of_people(one.source, two.source, len(twice[0]), least)
    few = ~_all_of(~(one.found.coarse[0, at[0]] | two.found.coarse[0, at[1]]), rows.a)
    se, df = np.where(few, np.ceil(10 * found.se) / 10, found.se), np.where(few, np.floor(found.df), found.df)
    sizes = n[0] + n[1] - 2
    with dividing_by_0():
        pooled = np.sqrt(((n[0] - 1) * moments[0][1] + (n[1] - 1) * moments[1][1]) / sizes)
    g = comparison.hedges_g(found.estimate, np.where(few, np.round(pooled, 1), pooled), sizes)
    p = comparison.t_test_p(found.estimate, se, df)
    ends = intervals.student(found.estimate, se, df, confidence)
    low, high = (np.where(np.isnan(p), np.nan, end) for end in ends)
    figures = np.column_stack([*scores, found.estimate, se, low, high, p, np.full(len(p), np.nan), g])
    seen = np.where((twice is None) | (found.both >= least), found.both, np.nan)
    table = pd.DataFrame(rows.names, columns=["level", "name"])
    table[["n_before", "n_after", "n_both"]] = np.where(shown[:, None], np.column_stack([*n, seen]), np.nan)
    table[_COLUMNS] = np.where(shown[:, None], figures, np.nan)
    book = two.cells.codebook
    units = pd.concat([two.cells.variables, contrasts(book)[0]]).set_index(["level", "name"])["unit"]
    table["shown"], table["unit"] = shown, [units[key] for key in rows.names]
    table["label"] = [label_of(book, *key) for key in rows.names]
    table["kind"] = [kind_of(book, *key) for key in rows.names]
    return table, notes


def _of_people(before: Survey, after: Survey, both: int, least: int) -> list[str]:
    """Notes on the people who answered both times."""
    notes = [f"{both} people answered both times, and count as one person each"]
    if both < least:
        notes = ["too few answered both times to be told from others: the two waves are compared as a whole"]
    for wave, when in ((before, "earlier"), (after, "later")):
        if blank := int((~wave.identified).sum()):
            count = f"{blank} answers" if blank >= least else "answers"
            notes.append(f"{count} of the {when} wave without an id count as those of other people")
    return notes


def _notes(table: pd.DataFrame, not_compared: pd.DataFrame, adjust: str):
    shown = table["shown"].to_numpy(dtype=bool)
    how = {"holm": "Holm", "bh": "Benjamini and Hochberg", "none": ""}[adjust]
    yield f"p adjusted by {how} over all rows that are shown: {shown.sum()}" if how else "p not adjusted"
    for row in not_compared.to_dict("records"):
        yield f"not compared: {row['name']}, {row['why']}{' (' + row['wave'] + ')' if 'wave' in row else ''}"
    if (shown & np.isnan(table["p"].to_numpy(dtype=float))).any():
        yield "no p where everybody gave the same answer within each wave: there is no spread to judge a change by"
    if hidden := np.sum(~shown):
        yield f"{hidden} of {len(table)} rows are hidden, so that no small group can be worked out"
