"""Who answered at all, by group (MODELS 1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from dxkit.files.errors import DataError
from dxkit.results.columns import SEGMENT, Column, shared
from dxkit.results.result import Result
from dxkit.statistics.intervals import wilson
from dxkit.survey.groups import cut
from dxkit.survey.privacy.release import Release
from dxkit.survey.tally.tally import as_list


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ResponseRate(Result):
    """Who answered, by group."""

    columns: ClassVar[tuple[Column, ...]] = (
        SEGMENT,
        Column("responded", "how many answered", "count"),
        shared("headcount", "people in the roster"),
        shared("estimate", "share who answered", format="share"),
        shared("low", "lower end of its Wilson interval", format="share"),
        shared("high", "upper end of its Wilson interval", format="share"),
        shared("shown"),
    )
    plot_name: ClassVar[str] = "survey.response_rate"


def response_rate(survey, by=None, release: Release | None = None, *, confidence: float = 0.95) -> ResponseRate:
    """Say who answered, by group (MODELS 1).

    Parameters
    ----------
    survey : Survey or Tally with a roster
    by : segment name or list of them, optional
        Segments of the roster; its first one by default.
    release : Release, optional
        As for `scores`: the number who answered is hidden where it is below the minimum or would give it away.

    Returns
    -------
    ResponseRate
        Every group of the roster, those that nobody answered too; Wilson intervals.

    Raises
    ------
    DataError
        A survey without a roster, or a segment that the roster does not count.

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
    roster = survey.roster
    if roster is None:
        raise DataError("a response rate needs a roster: give read_survey the headcounts, roster=...")
    by = as_list(by) or roster.segments[:1]
    unknown = [name for name in by if name not in roster.segments]
    if unknown:
        raise DataError(f"the roster does not count {', '.join(unknown)}; it has {', '.join(roster.segments)}")
    work = cut(survey, by)
    people = work.tally.people
    constant = np.zeros((len(work.groups), 1), dtype=bool)
    shown = work.shown_people(release, constant)
    answered = dict(zip(work.groups.itertuples(index=False, name=None), (work.member @ people), strict=True))
    visible = dict(zip(work.groups.itertuples(index=False, name=None), shown, strict=True))
    everybody = roster.table[(roster.table[by] != "").all(axis=1)].groupby(by, sort=False)["headcount"].sum()
    rows = []
    for labels, headcount in everybody.items():
        labels = labels if isinstance(labels, tuple) else (labels,)
        ok = visible.get(labels, False)
        responded = float(answered.get(labels, 0)) if ok else np.nan
        share = responded / headcount
        rows.append([*labels, responded, headcount, share, *map(float, wilson(share, headcount, confidence)), bool(ok)])
    table = pd.DataFrame(rows, columns=[*by, "responded", "headcount", "estimate", "low", "high", "shown"])
    whole = f"{int(people.sum())} of {roster.total} answered"
    return ResponseRate(
        table=table,
        segments=tuple(by),
        title=f"Response rate by {' and '.join(by)}",
        confidence=confidence,
        method="Wilson intervals",
        notes=(whole if people.sum() >= work.tally.min_group else "fewer than the minimum answered",),
    )
