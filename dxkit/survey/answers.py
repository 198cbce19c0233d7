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
from dxkit.results.columns import SEGMENT, Column, shared
from dxkit.results.result import Result
from dxkit.statistics import intervals
from dxkit.survey.groups import By, check_answers, check_release, cut
from dxkit.survey.privacy.release import Release
from dxkit.survey.reading.codebook import UNLISTED, Codebook, split_question
from dxkit.survey.reading.coding import ANSWERED, NO_OPINION, NOT_ASKED, SKIPPED
from dxkit.survey.reading.responses import Survey
from dxkit.survey.scores import hidden_note, of_kinds, title
from dxkit.survey.tally import own
from dxkit.survey.tally.tally import Tally

_FIGURES = ["count", "share", "low", "high", "answered", "skipped", "not_asked", "score"]
_ORDER = ["code", "label", *_FIGURES[:-1], "shown", "display", "side", "score"]
SCORED = ("rating", "importance", "recommend")  # the kinds of coded answers that have a score


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Answers(Result):
    """How often each answer was given.

    A share is of all who answered, those without an opinion included. Figures of hidden rows are nan.
    """

    columns: ClassVar[tuple[Column, ...]] = (
        Column("display", "short question", heading="question"),
        SEGMENT,
        Column("label", "the answer", heading="answer"),
        shared("count", "how many gave this answer"),
        shared("share", "share of all who answered"),
        shared("low", "lower end of its Wilson interval", format="share"),
        shared("high", "upper end of its Wilson interval", format="share"),
        shared("answered", "how many answered, with an opinion or without"),
        shared("skipped"),
        shared("not_asked", format="count"),
        shared("shown"),
        Column("item", "id of the item", displayed=False),
        Column("kind", "kind of question", displayed=False),
        Column("code", "code of the answer, nan for no opinion", "number", displayed=False),
        Column("side", "1 favourable, 0 neutral, -1 unfavourable", "number", displayed=False),
        Column("score", "mean score of the item in this group", "index", "0 to 100", displayed=False),
    )
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
        rows = []
        what = "a dict of item and the labels that count, such as {'ci': ['good', 'very good']}"
        for item, labels in options.instance("wanted", wanted, Mapping, what).items():
            labels = [labels] if isinstance(labels, str) else labels
            for _, group in self.only([item]).table.groupby(["item", *self.segments], sort=False):
                first = group.iloc[0]
                labels = options.choices(f"answer to {item}", labels, group["label"].tolist())
                count, answered = group.loc[group["label"].isin(labels), "count"].sum(min_count=1), first["answered"]
                share = count / answered
                everyone = answered + first["skipped"] + first["not_asked"]
                low, high = map(float, intervals.wilson(share, answered, self.confidence))
                rows.append(
                    [
                        first["display"],
                        *first[list(self.segments)],
                        " or ".join(labels),
                        answered + first["skipped"],
                        answered,
                        first["skipped"],
                        count,
                        share,
                        low,
                        high,
                        count / everyone,
                        first["shown"],
                    ]
                )
        columns = [
            "question",
            *self.segments,
            "answer",
            "asked",
            "answered",
            "skipped",
            "count",
            "share",
            "low",
            "high",
            "of_all_rows",
            "shown",
        ]
        return AnswerShares(
            table=pd.DataFrame(rows, columns=columns), title=title, confidence=self.confidence, segments=self.segments
        )

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


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class AnswerShares(Result):
    """The share that gave one of the answers asked about, by item and group."""

    columns: ClassVar[tuple[Column, ...]] = (
        Column("question", "short question"),
        SEGMENT,
        Column("answer", "the answers that are added up"),
        Column("asked", "how many were asked", "count"),
        shared("answered"),
        shared("skipped"),
        shared("count", "how many gave one of these answers"),
        shared("share", "share of those who answered"),
        shared("low", "lower end of its Wilson interval", format="share"),
        shared("high", "upper end of its Wilson interval", format="share"),
        Column("of_all_rows", "share of all rows, which takes skipped and not asked for a no", "share"),
        shared("shown"),
    )


def answers(
    survey: Survey | Tally,
    by: By = None,
    release: Release | None = None,
    *,
    confidence: float = 0.95,
) -> Answers:
    """Who gave which answer? Counts and shares for every question, with who was asked and who skipped it.

    See docs/methods/scores.md, "Counting answers".

    Parameters
    ----------
    survey : Survey or Tally
        The answers, from `open_survey` or `read_survey`, or a tally.
    by : str, int or list of them, optional
        Segments to split by; 1 is the first of the codebook, and None is for everybody together.
    release : Release, optional
        Holds every table of a report to one promise of anonymity; None for a release of its own.
    confidence : float
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    Answers
        A row for each question, group and answer, "no opinion" last with code nan. Shares are of all who
        answered; their intervals are Wilson's (1927). A question with several choices has a row for each option, and
        its shares need not add up to 1; an option of a ranking has the share that put it first. Answers outside the
        codebook stand in the row `(not in the codebook)`. Questions without codes (hours, numbers) are left out.

    Raises
    ------
    DataError
        An option that cannot be, such as a segment that was not asked; no question with labels (Missing).

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> book = pd.DataFrame({"item": ["ci"], "text": ["CI is fast"], "kind": ["rating"], "scale": ["yesno"]})
    >>> survey = dx.read_survey(pd.DataFrame({"ci": ["Yes", "No", "Yes", "Yes", "Yes", "n/a", ""]}), book)
    >>> dx.answers(survey).table[["label", "count", "share"]].to_numpy().tolist()[:2]
    [['No', 1.0, 0.16666666666666666], ['Yes', 4.0, 0.6666666666666666]]
    """
    check_answers(survey)
    check_release(release)
    confidence = options.confidence(confidence)
    work = cut(survey, by)
    counted, book = work.tally, work.tally.codebook
    items = [item for item in book.measured if book.scale(item).codes]
    if not items:
        raise Missing("shares of answers need a question with labels; the codebook has none")
    at = counted.at("item", items)
    names = [f"item/{item}" for item in items]
    shown = work.shown(release, names, at)
    counts, states = work.add(counted.counts), work.add(counted.states)
    heavy = (
        [work.add(each) for each in (counted.weighed_codes, counted.weighed_states)] if own.weighted(counted) else None
    )
    parts = []
    for position, item in enumerate(items):
        i = book.measured.index(item)
        weights = None if heavy is None else (heavy[0][:, i], heavy[1][:, i])
        part = _of_item(book, item, counts[:, i], states[:, i].astype(float), weights, confidence)
        part.loc[~shown[part["group"], position], _FIGURES] = np.nan
        parts.append(part.assign(shown=shown[part["group"], position]))
    table = pd.concat(parts, ignore_index=True)
    for name in work.by:
        table[name] = work.groups[name].to_numpy(dtype=object)[table["group"]]
    table = table.loc[:, ["item", "kind", *work.by, *_ORDER]]
    weighted = own.weighted(counted)
    return Answers(
        table=table,
        title=title("Answers", work),
        confidence=confidence,
        method="unweighted counts, Wilson intervals" if not weighted else "shares by weight, Wilson intervals",
        segments=tuple(work.by),
        notes=(*([own.remark(counted)] if weighted else []), *hidden_note(table, counted.min_group)),
    )


def _of_item(book: Codebook, item: str, counts, states, weights, confidence: float) -> pd.DataFrame:
    """The rows of an item: of each group (position `group`) those of its labels, no opinion last.

    From counts of codes (G, K) and states (G, S), and the sums of weights of both, (G, K) and (G, S, 2), if any.
    """
    kind, good, scale = book.item(item)["kind"], book.favourable(item), book.scale(item)
    nowhere = not counts[:, len(scale.codes) - 1].any()  # a label outside the codebook that nobody gave
    rows = _labels(book, item, nowhere)
    at, codes = np.array([row[0] for row in rows], dtype=int), np.array([row[1] for row in rows])
    chosen = np.column_stack([counts[:, : len(scale.codes)], states[:, NO_OPINION]])[:, at].astype(float)
    given = states[:, ANSWERED] + states[:, NO_OPINION]
    with np.errstate(invalid="ignore", divide="ignore"):
        share, worth = chosen / given[:, None], given
        if weights is not None:
            of_code, (total, squares) = weights[0], weights[1][:, [ANSWERED, NO_OPINION]].sum(axis=1).T
            heavy = np.column_stack([of_code[:, : len(scale.codes)], weights[1][:, NO_OPINION, 0]])[:, at]
            share, worth = np.minimum(1.0, heavy / total[:, None]), total**2 / squares
            share[given == 0] = np.nan
    low, high = intervals.wilson(share, np.broadcast_to(worth[:, None], share.shape), confidence)
    bad = frozenset(scale.lo + scale.hi - code for code in good)
    groups, width = share.shape

    def each(values) -> np.ndarray:
        return np.tile(np.array(values, dtype=object), groups)

    label = book.label(item) if kind not in ("multi", "rank") else split_question(book.item(item)["text"])[0]
    frame = pd.DataFrame(
        {
            "item": each([row[3] for row in rows]),
            "kind": kind,
            "code": np.tile(codes, groups),
            "label": each([row[2] for row in rows]),
            "count": chosen.ravel(),
            "share": share.ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
            "answered": np.repeat(given, width),
            "skipped": np.repeat(states[:, SKIPPED], width),
            "not_asked": np.repeat(states[:, NOT_ASKED], width),
            "display": label,
            "side": np.tile([(code in good) - (code in bad) for code in codes], groups),
            "score": np.repeat(_mean_score(counts, scale, book, item), width) if kind in SCORED else np.nan,
            "group": np.repeat(np.arange(groups), width),
        }
    )
    silent = np.isnan(frame["code"].to_numpy()) & (np.repeat(states[:, NO_OPINION], width) == 0)
    return frame.loc[~silent].reset_index(drop=True)


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


def _mean_score(counts: np.ndarray, scale, book: Codebook, item: str) -> np.ndarray:
    given = counts[:, : len(scale.codes)]
    with np.errstate(invalid="ignore", divide="ignore"):
        return book.index((given * np.array(scale.codes)).sum(axis=1) / given.sum(axis=1), item)
