"""Importance against satisfaction of each topic, with the uncertainty of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from dxkit.results.result import Result
from dxkit.survey.groups import cut
from dxkit.survey.ranking_order import Order
from dxkit.survey.weighting import joint


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Grid(Result):
    """Importance against satisfaction, index points. `.table`: topic, n, satisfaction, importance, var_satisfaction,
    var_importance, covariance (of the errors of the two means), df, chosen, shown."""

    plot_name: ClassVar[str] = "ranking.action_grid"
    formats: ClassVar[dict[str, str]] = {"satisfaction": "index", "importance": "index"}
    hidden_columns: ClassVar[frozenset[str]] = frozenset({"var_satisfaction", "var_importance", "covariance", "df"})


def action_grid(survey, order: Order, names: np.ndarray, options) -> Grid | None:
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
    return Grid(
        table=table.assign(chosen=chosen, shown=shown),
        title="Importance and satisfaction",
        confidence=options["confidence"],
        notes=("index points, 0 to 100; weighted as the scores are",),
    )
