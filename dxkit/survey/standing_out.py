"""Which scores of a table differ from the others beyond chance (docs/methods/scores.md, "Told apart")."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from dxkit.statistics.told_apart import told_apart
from dxkit.survey.groups import Cut


def standing_out(work: Cut, table: pd.DataFrame, at: Sequence[int]) -> np.ndarray:
    """A figure per row: -1 where it lies below the others beyond chance, 1 where above, else 0; hidden rows are 0.

    `at` are the positions of the variables that the table has.

    A group is compared with the other groups, and where there are none a question with the others of its kind and
    unit. The rows of one level, kind and unit share the chance of a false alarm. What is hidden takes no part.
    """
    counted = work.tally
    n, total, squares = (  # (J, G) in the order of the rows
        work.add(each[:, at]).T.ravel() for each in (counted.n, counted.total, counted.squares)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        mean, scatter = total / n, np.maximum(squares - total**2 / n, 0.0)
    result = np.zeros(len(table), dtype=int)
    shown = table["shown"].to_numpy(dtype=bool)
    for _, family in table.loc[shown].groupby(["level", "kind", "unit"], sort=False):
        tables = family.groupby("name", sort=False) if work.by else [("", family)]
        for _, rows in tables:
            rows_at = rows.index.to_numpy()
            result[rows_at] = told_apart(n[rows_at], mean[rows_at], scatter[rows_at], len(family))
    return result
