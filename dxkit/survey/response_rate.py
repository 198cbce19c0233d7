"""Who answered at all? The response rate of each group (docs/methods/scores.md, "Response rate")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.files.errors import Missing
from dxkit.results.columns import Column, declared
from dxkit.results.result import Result
from dxkit.statistics.intervals import wilson
from dxkit.statistics.moments import per_group
from dxkit.survey.reading.responses import Survey
from dxkit.survey.tally.cuts import segments_of
from dxkit.survey.tally.from_survey import By, check_answers, cut, survey_decides
from dxkit.survey.tally.tally import Tally


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ResponseRate(Result):
    """Who answered, by group."""

    columns: ClassVar[tuple[Column, ...]] = declared(__file__, "ResponseRate")
    plot_name: ClassVar[str] = "survey.response_rate"


@survey_decides
def response_rate(survey: Survey | Tally, by: By = None, *, confidence: float = 0.95) -> ResponseRate:
    """Who answered at all? The share of every group of the roster that did (docs/methods/scores.md, "Response rate").

    Parameters
    ----------
    survey : Survey or Tally
        The answers, from `open_survey` or `read_survey`, or a tally; with a roster.
    by : str, int or list of them, optional
        Segments of the roster to split by; 1 is the first of the codebook. None for the first of the roster.
    confidence : float
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    ResponseRate
        Every group of the roster, also those in which nobody answered; Wilson's intervals (1927). How many answered
        is hidden where it is below the smallest group that may be shown, or would give such a group away.

    Raises
    ------
    Missing
        A survey without a roster.
    DataError
        An option that cannot be, such as a segment that the roster does not count.

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> book = pd.DataFrame({"item": ["ci", "team"], "text": ["CI is fast", "Team"], "kind": ["rating", "segment"],
    ...                      "scale": ["agreement5", ""]})
    >>> answers = pd.DataFrame({"ci": [1, 2, 3, 4, 5, 5], "team": ["Red"] * 6})
    >>> roster = pd.DataFrame({"team": ["Red", "Blue"], "headcount": [8, 4]})
    >>> dx.response_rate(dx.read_survey(answers, book, roster)).table["shown"].tolist()
    [True, False]
    """
    check_answers(survey)
    confidence = options.confidence(confidence)
    roster = survey.roster
    if roster is None:
        raise Missing("a response rate needs a roster; put roster.csv beside the answers")
    by = options.choices("by", segments_of(by, survey.codebook), roster.segments) or roster.segments[:1]
    work = cut(survey, by)
    people, add = work.people, per_group(work.group, len(work.groups))
    counts = work.groups[by].assign(responded=add(people), shown=work.may.people)  # by more, where one lies within
    groups = counts.groupby(by, sort=False).agg({"responded": "sum", "shown": "all"})
    groups.index = groups.index.map(lambda labels: labels if isinstance(labels, tuple) else (labels,))
    answered, visible = groups["responded"].to_dict(), groups["shown"].to_dict()
    counted = roster.table.loc[(roster.table[by] != "").all(axis=1)]
    rows = []
    for *labels, headcount in (
        counted.groupby(by, sort=False, as_index=False).agg({"headcount": "sum"}).to_numpy(object)
    ):
        labels = tuple(labels)
        ok = visible.get(labels, False)
        responded = float(answered.get(labels, 0)) if ok else np.nan
        share = responded / headcount if headcount else np.nan
        ends = map(float, wilson(min(share, 1.0), headcount, confidence))
        rows.append([*labels, responded, headcount, share, *ends, responded > headcount, bool(ok)])
    table = pd.DataFrame(rows, columns=[*by, "responded", "headcount", "estimate", "low", "high", "over", "shown"])
    enough, minimum = people.sum() >= work.min_group, work.min_group
    note = f"{int(people.sum())} of {roster.total} answered" if enough else f"fewer than {minimum} people answered"
    return ResponseRate(
        table=table,
        segments=tuple(by),
        title=f"Response rate by {' and '.join(by)}",
        confidence=confidence,
        method="Wilson intervals",
        notes=(note,),
    )
