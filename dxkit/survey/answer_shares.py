"""The share that gave one of several answers, added up from a table of answers (docs/methods/scores.md, "Counting
answers")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.results.columns import Column, declared
from dxkit.results.result import Result
from dxkit.statistics.means import score_intervals

if TYPE_CHECKING:
    from dxkit.survey.answers import Answers


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class AnswerShares(Result):
    """The share that gave one of the answers asked about, by item and group."""

    columns: ClassVar[tuple[Column, ...]] = declared(__file__, "AnswerShares")


def shares_of(answers: Answers, wanted: Mapping[str, str | Sequence[str]], title: str) -> AnswerShares:
    """For each item the share that gave one of the wanted labels; empty where one of them is a bound."""
    rows = []
    what = "a dict of item and the labels that count, such as {'ci': ['good', 'very good']}"
    for item, labels in options.instance("wanted", wanted, Mapping, what).items():
        labels = [labels] if isinstance(labels, str) else labels
        for _, group in answers.only([item]).table.groupby(["item", *answers.segments], sort=False):
            first = group.iloc[0]
            labels = options.choices(f"answer to {item}", labels, group["label"].tolist())
            chosen, answered = group.loc[group["label"].isin(labels)], first["answered"]
            known = first["shown"] and not (chosen["bound"] != "").any()
            share = min(1.0, chosen["share"].sum(min_count=1)) if known else np.nan
            low, high = _ends(share, first, answers.confidence)
            everyone = answered + first["skipped"] + first["not_asked"]
            figures = [answered + first["skipped"], answered, first["skipped"]]
            figures += [
                chosen["count"].sum(min_count=1) if known else np.nan,
                chosen["people"].sum(min_count=1) if known else np.nan,
                share,
                low,
                high,
                share * answered / everyone,
            ]
            rows.append([first["display"], *first[list(answers.segments)], " or ".join(labels), *figures, known])
    columns = ["asked", "answered", "skipped", "count", "people", "share", "low", "high", "of_all_rows", "shown"]
    columns = ["question", *answers.segments, "answer", *columns]
    return AnswerShares(
        table=pd.DataFrame(rows, columns=columns), title=title, confidence=answers.confidence, segments=answers.segments
    )


def _ends(share: float, first: pd.Series, confidence: float) -> tuple[float, float]:
    """The interval of a share of the answers to one question in one group, from a row of its table."""
    n, headcount = (float(first.at[name]) for name in ("answered", "headcount"))
    unseen = 1 / max(headcount, n) if headcount == headcount else 0.0
    one_weight = abs((first["coverage"] + unseen) * n - 1) < 1e-9
    known = headcount if headcount == headcount else np.inf
    values = np.array([share, first["coverage"], n], dtype=float)[:, None]
    low, high = score_intervals.shares(values[0], values[1], values[2], known, one_weight, confidence)
    return low.item(), high.item()
