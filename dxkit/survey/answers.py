"""Who gave which answer? Counts and shares, with those who were asked, answered and skipped.

See docs/methods/scores.md, "Counting answers"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.files.errors import Missing
from dxkit.results.columns import SEGMENT, Column, declared, shared
from dxkit.results.result import Result
from dxkit.statistics.moments import per_group
from dxkit.survey import teams
from dxkit.survey.answer_shares import AnswerShares, shares_of
from dxkit.survey.estimates import Estimates
from dxkit.survey.privacy.ends import shares_bounded
from dxkit.survey.reading.asked_if import with_filters
from dxkit.survey.reading.codebook import UNLISTED, Codebook, split_question
from dxkit.survey.reading.coding import ANSWERED, NO_OPINION, NOT_ASKED, SKIPPED
from dxkit.survey.reading.responses import Survey
from dxkit.survey.scores import favourable_codes, hidden_note, of_kinds, title
from dxkit.survey.tally.cells import Cells
from dxkit.survey.tally.from_survey import By, check_answers, cut, survey_decides
from dxkit.survey.tally.release import BOUNDS
from dxkit.survey.tally.tally import Tally
from dxkit.survey.tally.weighed import remarks, said, weighed, weighted

_FIGURES = ["share", "low", "high", "answered", "skipped", "not_asked", "score", "coverage", "headcount"]
_ORDER = [*_FIGURES[:6], "shown", "bound", "display", "side", "score", "stands_out", "coverage", "headcount"]
SCORED = ("rating", "importance", "recommend")  # the kinds of coded answers that have a score


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Answers(Result):
    """How often each answer was given.

    A share is of all who answered, those without an opinion included. Figures of hidden rows are nan.
    """

    columns: ClassVar[tuple[Column, ...]] = declared(__file__, "Answers")
    plot_name: ClassVar[str] = "answers.answers"

    def only(
        self,
        items: Sequence[str] | None = None,
        where: Mapping[str, str] | None = None,
        *,
        kind: str | Sequence[str] | None = None,
    ) -> Answers:
        """The same result with these items, in their order, these kinds, and these groups (segment to its value)."""
        table = of_kinds(self.table, kind)
        groups = "a dict of segment and its value, such as {'team': 'Red'}"
        for segment, value in ({} if where is None else options.instance("where", where, Mapping, groups)).items():
            options.choice("where", segment, self.segments)
            table = table.loc[table[segment] == options.choice(segment, value, list(dict.fromkeys(table[segment])))]
        if isinstance(items, Sized) and not len(items):
            raise Missing("no question of this sort was asked")
        if items is not None:
            wanted = options.choices("items", items, list(dict.fromkeys(self.table["item"])))
            table = table.loc[table["item"].isin(wanted)]
            table = table.sort_values("item", key=lambda column: column.map(wanted.index), kind="stable")
        return replace(self, table=table.reset_index(drop=True))

    def share_of(
        self, wanted: Mapping[str, str | Sequence[str]], title: str = "Shares of those who answered"
    ) -> AnswerShares:
        """Add up answers: for each item the share that gave one of the wanted labels, and who was asked.

        Returns
        -------
        AnswerShares
        """
        return shares_of(self, wanted, title)

    def _printed(self) -> tuple[pd.DataFrame, Sequence[Column]]:
        """A row per question with a column per answer where all have one scale, else a row per answer."""
        scales = {
            tuple(group["label"][group["code"].notna()]) for _, group in self.table.groupby(["item", *self.segments])
        }
        if len(scales) != 1:
            return super()._printed()
        labels = [*scales.pop(), *(["No opinion"] if self.table["code"].isna().to_numpy().any() else [])]
        counts = ["answered", "skipped", "not_asked"]
        rows = []
        for _, group in self.table.groupby(["item", *self.segments], sort=False):
            first = group.iloc[0]
            shares = dict(zip(group["label"], group["share"], strict=True))
            missing = 0.0 if first["shown"] else np.nan
            answer_shares = (shares.get(label, missing) for label in labels)
            rows.append([first["display"], *first[list(self.segments)], *answer_shares, *first[counts]])
        columns = [
            Column("question", "short question"),
            *(Column(name, SEGMENT.meaning) for name in self.segments),
            *(Column(label, "share who gave this answer", "share") for label in labels),
            *(shared(name, format="count") for name in counts),
        ]
        frame = pd.DataFrame(rows, columns=[column.name for column in columns])
        keep = [
            column.name not in ("skipped", "not_asked") or frame.iloc[:, i].any() for i, column in enumerate(columns)
        ]
        return frame.loc[:, keep], [column for column, kept in zip(columns, keep, strict=True) if kept]

    def _ending(self, left_out: int) -> list[str]:
        rows = self.table.assign(percent=(100 * self.table["share"]).round()).groupby(["item", *self.segments])
        percents = [group["percent"].to_numpy() for _, group in rows]
        added = [one.sum() for one in percents if len(one) > 1 and not np.isnan(one).any()]
        odd = any(total != 100 for total in added)
        rounded = ["percentages are rounded, so they may not add up to 100%"] if odd else []
        return [*super()._ending(left_out), *rounded]


@survey_decides
def answers(survey: Survey | Tally, by: By = None, *, fpc: bool = True, confidence: float = 0.95) -> Answers:
    """Who gave which answer? Shares of every answer, with who was asked and who skipped it.

    See docs/methods/scores.md, "Counting answers".

    Parameters
    ----------
    survey : Survey or Tally
        The answers, from `open_survey` or `read_survey`, or a tally.
    by : str, int or list of them, optional
        Segments to split by, a declared cut; 1 is the first of the codebook, and None is for everybody together.
    fpc : bool
        Whether intervals narrow where a large part of the staff has answered (finite population correction), which a
        roster tells. False for statements beyond this quarter's staff.
    confidence : float
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    Answers
        A row for each question, group and answer, "no opinion" last with code nan. Shares are of all who answered,
        weighted as `scores` are; intervals are Wilson's (1927). With a roster `people` takes the place of `count`; with
        weights in the file there is none.
        A question with several choices has a row for each option, and its shares need not add up to 1; an option of a
        ranking has the share that put it first. Answers outside the codebook stand in the row `(not in the codebook)`.

    Raises
    ------
    DataError
        An option that cannot be, such as a segment that was not asked; no question with labels (Missing).

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> book = pd.DataFrame({"item": ["ci"], "text": ["CI is fast"], "kind": ["rating"], "scale": ["yesno"]})
    >>> survey = dx.read_survey(pd.DataFrame({"ci": ["Yes", "No", "Yes", "Yes", "Yes", "n/a", ""] * 5}), book)
    >>> dx.answers(survey).table[["label", "count", "share"]].to_numpy().tolist()[:2]
    [['No', 5.0, 0.16666666666666666], ['Yes', 20.0, 0.6666666666666666]]
    """
    confidence, fpc = options.confidence(confidence), options.flag("fpc", fpc)
    counted = cut(check_answers(survey), by)
    book = counted.codebook
    items = [item for item in book.measured if book.scale(item).codes]
    if not items:
        raise Missing("shares of answers need a question with labels; the codebook has none")
    each, at = weighed(counted, fpc, said), np.array(counted.at("item", items), dtype=int)
    may, kinds = counted.may, np.array([book.item(item)["kind"] for item in items])
    several = kinds == "multi"  # the share of an option is its mean
    shown = np.where(several, may.figure[:, at] & (may.said[:, at] > 0), may.detail[:, at] & (may.said[:, at] > 1))
    nowhere = counted.counts.sum(axis=0)[at, [len(book.scale(item).codes) - 1 for item in items]] == 0
    rows = [(k, *row) for k, item in enumerate(items) for row in _labels(book, item, bool(nowhere[k]))]
    item_at, code_at = (np.array([row[m] for row in rows], dtype=int) for m in (0, 1))
    add = per_group(counted.group, len(counted.groups))
    of, opinions = at[item_at], add(counted.states)[:, at[item_at]]
    heavy = weighted(counted)
    given = counted.weighed_codes if heavy else counted.counts
    none = counted.weighed_states[:, :, NO_OPINION, 0] if heavy else counted.states[:, :, NO_OPINION]
    yes = np.where(code_at < 0, none[:, of], given[:, of, code_at])
    share, low, high = each.take(of).shares(yes, confidence)
    share, side = shares_bounded(share, each.heaviest[:, of], each.answers[:, of] < 4 * counted.min_group)
    bound = BOUNDS[side]
    low, high = (np.where(bound == "", end, np.nan) for end in (low, high))
    known = np.where(np.isfinite(each.headcount[:, None]) & ~each.part[of], each.headcount[:, None], np.nan)
    alike = [teams.alike(book, item) if book.item(item)["kind"] in SCORED else "" for item in items]
    score, apart = teams.of_questions(Estimates.of(counted, fpc), alike, at, shown)
    known_asked = _asked(counted)[:, of]
    roster, absent = counted.roster is not None, np.full(share.shape, np.nan)
    plain = add(np.where(code_at < 0, counted.states[:, of, NO_OPINION], counted.counts[:, of, code_at]))
    figures = {
        "count": absent if roster or heavy else np.where(bound == "", plain, np.nan),
        "people": np.where(bound == "", share * each.stands_for[:, of], np.nan) if roster else absent,
        "share": share,
        "low": low,
        "high": high,
        "answered": opinions[:, :, ANSWERED] + opinions[:, :, NO_OPINION],
        "skipped": np.where(known_asked, opinions[:, :, SKIPPED], np.nan),
        "not_asked": np.where(known_asked, opinions[:, :, NOT_ASKED], np.nan),
        "score": score[:, item_at],
        "coverage": each.coverage[:, of],
        "headcount": known,
    }
    silent = (code_at < 0) & (opinions[:, :, NO_OPINION] == 0)
    told = {"stands_out": apart[:, item_at], "bound": np.where(shown[:, item_at], bound, "")}
    table = _table(counted, items, rows, figures, shown[:, item_at], told, silent)
    table = table.loc[:, ["item", "kind", *counted.by, "code", "label", "count", "people", *_ORDER]]
    how = "shares weighted as scores are" if roster or heavy else "unweighted shares"
    return Answers(
        table=table,
        title=title("Answers", counted),
        confidence=confidence,
        method="; ".join([f"{how}, score intervals", *favourable_codes(book)]),
        segments=tuple(counted.by),
        notes=(*remarks(counted), *hidden_note(table, counted.min_group)),
    )


def _asked(cells: Cells) -> np.ndarray:
    """Of which questions it may be shown how many were asked, (G, I): as the figures of the asking questions, or where
    another column asks, as the spread of their own answers."""
    book, may = cells.codebook, cells.may
    known = np.repeat(may.people[:, None], len(book.measured), axis=1)
    for item, column in with_filters(book)[1].items():
        if item in book.measured:
            asking = [j for j, name in enumerate(book.measured) if name.partition("[")[0] == column]
            i = book.measured.index(item)
            known[:, i] &= may.figure[:, asking].all(axis=1) if asking else may.detail[:, i]
    return known


def _table(work: Cells, items, rows, figures, shown, told, silent) -> pd.DataFrame:
    """A row for each item, group and answer, from arrays (G, answers); what is hidden is empty."""
    book, groups = work.codebook, len(work.groups)
    names = [items[row[0]] for row in rows]
    good = {item: book.favourable(item) for item in items}
    bad = {item: {book.scale(item).lo + book.scale(item).hi - code for code in good[item]} for item in items}
    kinds = {item: book.item(item)["kind"] for item in items}
    titles = {
        item: split_question(book.item(item)["text"])[0] if kinds[item] in ("multi", "rank") else book.label(item)
        for item in items
    }
    rank = np.tile([row[0] for row in rows], groups) * groups + np.repeat(np.arange(groups), len(rows))
    order = np.argsort(rank, kind="stable")
    group, answer = np.divmod(order, len(rows))
    group, answer = (each[~silent[group, answer]] for each in (group, answer))

    def each(values) -> np.ndarray:
        return np.array(values, dtype=object)[answer]

    columns = {
        "item": each([row[4] for row in rows]),
        "kind": each([kinds[name] for name in names]),
        "code": np.array([row[2] for row in rows])[answer],
        "label": each([row[3] for row in rows]),
        "shown": shown[group, answer],
        "display": each([titles[name] for name in names]),
        "side": np.array([(row[2] in good[n]) - (row[2] in bad[n]) for row, n in zip(rows, names, strict=True)])[
            answer
        ],
    }
    columns |= {name: values[group, answer] for name, values in told.items()}
    columns |= {name: work.groups[name].to_numpy(dtype=object)[group] for name in work.by}
    visible = shown[group, answer]
    columns |= {name: np.where(visible, values[group, answer], np.nan) for name, values in figures.items()}
    return pd.DataFrame(columns)


def _labels(book: Codebook, item: str, nowhere: bool) -> list[tuple[int, float, str, str]]:
    """The rows of an item: the position of the code among its counts (-1 for no opinion), code, label, and item id.

    An option of several is one row: that it was chosen, or put first. Its no opinion is that of the whole question and
    stands once, after the options.
    """
    scale, kind, option = book.scale(item), book.item(item)["kind"], book.option(item)
    none = (-1, np.nan, "No opinion", item)
    if kind == "rank":
        return [(0, 1.0, option, item)]
    if kind == "multi":
        last = option == UNLISTED
        rows = [] if last and nowhere else [(1, 1.0, option, item)]
        return [*rows, (*none[:3], f"{book.question_of(item)}[No opinion]")] if last else rows
    codes = scale.codes[:-1] if kind == "choice" and nowhere else scale.codes
    return [*((k, code, scale.label(code), item) for k, code in enumerate(codes)), none]
