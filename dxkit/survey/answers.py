"""Who gave which answer: counts and shares with those who were asked, answered and skipped (MODELS 1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pandas as pd

from dxkit.files.errors import DataError
from dxkit.results.result import Result
from dxkit.statistics import intervals
from dxkit.survey.groups import cut
from dxkit.survey.privacy.release import Release
from dxkit.survey.reading.codebook import Codebook
from dxkit.survey.scores import constant_groups, hidden_note, title


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Answers(Result):
    """How often each answer was given.

    `.table` has the columns item, one per segment, code (nan for "no opinion"), label, count, share, low, high,
    answered, skipped, not_asked, shown, display (short question), side (1 favourable, 0 neutral, -1 unfavourable) and
    score. A share is of all who answered, those without an opinion included.
    """

    plot_name: ClassVar[str] = "survey.answers"
    segments: tuple[str, ...] = ()

    def only(self, items: Sequence[str] | None = None, where: Mapping[str, str] | None = None) -> Answers:
        """The same result with these items, in their order, and the groups of `where` (segment to its value)."""
        table = self.table
        for segment, value in (where or {}).items():
            table = table[table[segment] == value]
        if items is not None:
            table = table[table["item"].isin(items)]
            table = table.sort_values("item", key=lambda column: column.map(list(items).index), kind="stable")
        return replace(self, table=table.reset_index(drop=True))

    def share_of(
        self, wanted: Mapping[str, str | Sequence[str]], title: str = "Shares of those who answered"
    ) -> Result:
        """Add up answers: for each item the share that gave one of the wanted labels, and who was asked.

        Returns
        -------
        Result
            `.table`: question, one column per segment, answer, asked, answered, skipped, count, share, low, high
            (Wilson), of_all_rows (what dividing by every row would give: skipped and not asked taken for "no"), shown.
        """
        rows = []
        for item, labels in wanted.items():
            labels = [labels] if isinstance(labels, str) else list(labels)
            for _, group in self.only([item]).table.groupby(["item", *self.segments], sort=False):
                first = group.iloc[0]
                if unknown := set(labels) - set(group["label"]):
                    known = ", ".join(group["label"])
                    raise DataError(f"item {item} has no answer {', '.join(sorted(unknown))}; it has {known}")
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
        formats = {"share": "share", "low": "share", "high": "share", "of_all_rows": "share", "asked": "count"}
        return Result(
            table=pd.DataFrame(rows, columns=columns), title=title, formats_=formats, confidence=self.confidence
        )

    def _displayed(self) -> pd.DataFrame:
        """A row per question with a column per answer where all have one scale, else a row per answer."""
        scales = {
            tuple(group["label"][group["code"].notna()]) for _, group in self.table.groupby(["item", *self.segments])
        }
        if len(scales) != 1:
            columns = [
                "display",
                *self.segments,
                "label",
                "count",
                "share",
                "low",
                "high",
                "answered",
                "skipped",
                "not_asked",
                "shown",
            ]
            return self.table[columns].rename(columns={"display": "question", "label": "answer"})
        labels = [*scales.pop(), *(["No opinion"] if self.table["code"].isna().any() else [])]
        rows = []
        for _, group in self.table.groupby(["item", *self.segments], sort=False):
            first = group.iloc[0]
            shares = dict(zip(group["label"], group["share"], strict=True))
            missing = 0.0 if first["shown"] else np.nan
            rows.append(
                [
                    first["display"],
                    *first[list(self.segments)],
                    *(shares.get(label, missing) for label in labels),
                    *first[["answered", "skipped", "not_asked"]],
                ]
            )
        frame = pd.DataFrame(rows, columns=["question", *self.segments, *labels, "answered", "skipped", "not_asked"])
        return frame.loc[:, [name not in ("skipped", "not_asked") or frame[name].any() for name in frame.columns]]

    def _kinds(self) -> dict[str, str]:
        return {label: "share" for label in self.table["label"]} | {"not_asked": "count"}


def answers(survey, by=None, release: Release | None = None, *, confidence: float = 0.95) -> Answers:
    """Count the answers to every item, with who was asked, who answered and who skipped (MODELS 1).

    Parameters
    ----------
    survey : Survey or Tally
    by, release, confidence
        As for `scores`.

    Returns
    -------
    Answers
        One row per item, group and answer, "no opinion" last with code nan. Shares are unweighted, of all who
        answered; their intervals are Wilson's. Items without codes (hours) are left out.

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> book = pd.DataFrame({"item": ["ci"], "text": ["CI is fast"], "kind": ["rating"], "scale": ["yesno"]})
    >>> survey = dx.read_survey(pd.DataFrame({"ci": ["Yes", "No", "Yes", "Yes", "Yes", "n/a", ""]}), book)
    >>> dx.answers(survey).table[["label", "count", "share"]].to_numpy().tolist()[:2]
    [['No', 1.0, 0.16666666666666666], ['Yes', 4.0, 0.6666666666666666]]
    """
    work = cut(survey, by)
    counted, book = work.tally, work.tally.codebook
    items = [item for item in book.measured if book.scale(item).codes]
    at = counted.at("item", items)
    names = [f"item/{item}" for item in items]
    constant = constant_groups(work)[:, at]
    shown = work.shown(release, names, at, constant=constant)
    states = np.einsum("gc,cis->gis", work.member, counted.states)
    counts = np.einsum("gc,cik->gik", work.member, counted.counts)
    rows = []
    for position, item in enumerate(items):
        i = book.measured.index(item)
        scale, good = book.scale(item), book.favourable(item)
        bad = frozenset(scale.lo + scale.hi - code for code in good)
        for g in range(len(work.groups)):
            visible = shown[g, position]
            answered, no_opinion, skipped, not_asked = states[g, i].astype(float)
            given = answered + no_opinion
            codes = [*scale.codes, *([np.nan] if no_opinion else [])]
            score = _mean_score(counts[g, i], scale, book, item)
            for k, code in enumerate(codes):
                count = float(counts[g, i, k]) if code == code else no_opinion
                share = count / given if given else np.nan
                low, high = map(float, intervals.wilson(share, given, confidence))
                figures = [count, share, low, high, given, skipped, not_asked]
                rows.append(
                    [
                        item,
                        *(work.groups.iloc[g] if work.by else ()),
                        code,
                        scale.label(code) if code == code else "No opinion",
                        *(figures if visible else [np.nan] * 7),
                        bool(visible),
                        book.label(item),
                        (code in good) - (code in bad),
                        score if visible else np.nan,
                    ]
                )
    columns = [
        "item",
        *work.by,
        "code",
        "label",
        "count",
        "share",
        "low",
        "high",
        "answered",
        "skipped",
        "not_asked",
        "shown",
        "display",
        "side",
        "score",
    ]
    table = pd.DataFrame(rows, columns=columns)
    return Answers(
        table=table,
        title=title("Answers", work),
        confidence=confidence,
        method="unweighted counts, Wilson intervals",
        segments=tuple(work.by),
        notes=tuple(hidden_note(table, counted.min_group)),
    )


def _mean_score(counts: np.ndarray, scale, book: Codebook, item: str) -> float:
    codes = np.array(scale.codes)
    given = counts[: len(codes)].sum()
    return float(book.index((counts[: len(codes)] * codes).sum() / given, item)) if given else np.nan
