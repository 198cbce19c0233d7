"""Do the questions of a dimension measure one thing? Alpha, omega and item-rest correlations.

See docs/methods/reliability.md, "Alpha"."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.files.errors import Missing
from dxkit.results.columns import Column, declared
from dxkit.results.result import Result
from dxkit.statistics import internal_consistency as consistency
from dxkit.survey.reading.coded import reverse_note
from dxkit.survey.reading.responses import Survey
from dxkit.survey.tally.from_survey import check_answers, tallied
from dxkit.survey.tally.release import TOO_FEW_OR_ALIKE
from dxkit.survey.tally.tally import Tally


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Reliability(Result):
    """Reliability of every dimension.

    `.items`: dimension, item, item_rest (corrected item-total correlation), alpha_if_dropped. Figures are nan where
    there are too few items, or an item does not vary.
    """

    columns: ClassVar[tuple[Column, ...]] = declared(__file__, "Reliability")

    items: pd.DataFrame = field(repr=False)


def reliability(survey: Survey | Tally, *, confidence: float = 0.95) -> Reliability:
    """Do the questions of each dimension measure one thing? Alpha, omega and item-rest correlations.

    See docs/methods/reliability.md, "Alpha".

    Parameters
    ----------
    survey : Survey or Tally
        The answers, from `open_survey` or `read_survey`, or a tally.
    confidence : float
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    Reliability
        Cronbach's alpha (1951) and McDonald's omega total (1999), from pairwise-complete covariances. The interval of
        alpha holds for any distribution of answers (Maydeu-Olivares, Coffman and Hartmann 2007), from the respondents
        who answered all questions of the dimension. Dimensions with too few answers, or all alike, are left out, and a
        note does not say which of the two. Omega needs three questions, alpha two.

    Raises
    ------
    Missing
        A codebook without dimensions.
    DataError
        An option that cannot be.

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> book = pd.DataFrame({"item": list("abc"), "text": list("abc"), "kind": "rating", "dimension": "Flow",
    ...                      "scale": "agreement5"})
    >>> answers = pd.DataFrame({"a": [1, 2, 3, 4, 5, 4], "b": [2, 2, 3, 5, 5, 4], "c": [1, 3, 3, 4, 4, 5]})
    >>> float(dx.reliability(dx.read_survey(pd.concat([answers, answers]), book)).table["alpha"].round(3).iloc[0])
    0.944
    """
    confidence = options.confidence(confidence)
    counted = tallied(check_answers(survey)).cut()
    book, rows, parts, notes, left_out = counted.codebook, [], [], [], []
    enough = 2 * counted.min_group
    if not book.dimensions:
        raise Missing("reliability needs the codebook's column dimension; fill it in")
    for dimension in book.dimensions:
        names = book.dimension_items(dimension)
        covariance, pairs = counted.covariance(counted.at("item", names))
        n, moments = int(pairs.min()), counted.tally.complete_of(dimension)
        detail = counted.may.detail[0, counted.at("item", names)].all() and n >= enough
        if not detail or not (np.diag(covariance) > 0).all() or not np.isfinite(covariance).all():
            left_out.append(dimension)
            continue
        complete = int(round(moments[0, 0]))
        complete, moments = (complete, moments) if complete >= enough else (np.nan, None)
        if len(names) < 3:
            notes.append(f"{dimension}: {len(names)} item{'s' * (len(names) > 1)}; omega needs three")
        item_rest = consistency.item_rest_correlation(covariance)
        against = consistency.runs_against(item_rest, n) if len(names) > 2 else np.zeros(len(names), dtype=bool)
        notes += [reverse_note(names[i], dimension, item_rest[i]) for i in np.flatnonzero(against)]
        of_items = {"item": names, "item_rest": item_rest, "alpha_if_dropped": consistency.alpha_if_dropped(covariance)}
        parts.append(pd.DataFrame({"dimension": dimension, **of_items}))
        if len(names) < 2:
            rows.append([dimension, 1, n, complete] + [np.nan] * 4)
            continue
        if not covariance.sum() > 1e-12 * np.trace(covariance):
            left_out.append(dimension)
            parts.pop()
            continue
        value = consistency.cronbach_alpha(covariance)
        scale = np.sqrt(np.diag(covariance))
        corr = covariance / np.outer(scale, scale)
        omega = consistency.omega_total(consistency.one_factor_loadings(corr)) if len(names) > 2 else np.nan
        ends = (np.nan, np.nan) if moments is None else consistency.alpha_interval(value, moments, confidence)
        rows.append([dimension, len(names), n, complete, value, *ends, omega])
    if left_out:
        notes.append(f"left out: {', '.join(left_out)}; {TOO_FEW_OR_ALIKE}")
    table = pd.DataFrame(
        rows, columns=["dimension", "items", "n", "n_complete", "alpha", "alpha_low", "alpha_high", "omega"]
    )
    columns = ["dimension", "item", "item_rest", "alpha_if_dropped"]
    items = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    return Reliability(
        table=table,
        items=items,
        facts=() if rows else (("none to show", TOO_FEW_OR_ALIKE),),
        title="Reliability",
        confidence=confidence,
        notes=tuple(notes),
        method="Cronbach's alpha with an interval for any answers, omega total of a one-factor fit",
    )
