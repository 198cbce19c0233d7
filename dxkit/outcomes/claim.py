"""A vendor's promise of hours, held against the hours that people reported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from dxkit.files.errors import DataError
from dxkit.results.columns import Column, shared
from dxkit.results.result import Result


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ClaimCheck(Result):
    """A promise beside what there is to save.

    claimed   hours a person and week that the vendor says it saves
    reported  estimate, low, high of the topics together; the ends are added, as if all errors went one way
    needed    claimed over reported: the share of the reported hours that would have to vanish
    verdict   impossible (more than was reported, even at the upper end), doubtful (more than half of it), possible
    """

    columns: ClassVar[tuple[Column, ...]] = (
        Column("topic", "the pain"),
        shared("estimate", "what people reported", format="hours", unit="hours a person and week"),
        shared("low", "lower end of the interval", format="hours", unit="hours a person and week"),
        shared("high", "upper end of the interval", format="hours", unit="hours a person and week"),
    )

    claimed: float = 0.0
    reported: tuple[float, float, float] = (0.0, 0.0, 0.0)
    needed: float = 0.0
    verdict: str = ""


def claim_check(ranking, claimed: float, topics=None) -> ClaimCheck:
    """Ask whether a vendor can save what it says it saves.

    Parameters
    ----------
    ranking : Ranking
        Of hours.
    claimed : float
        Hours a person and week.
    topics : list of str, optional
        The pains that the product is about; all by default.

    Returns
    -------
    ClaimCheck

    Raises
    ------
    DataError
        A ranking of something else than hours, an unknown topic, a claim that is not above 0.

    Examples
    --------
    >>> import dxkit as dx
    >>> ranking = dx.rank_pains(dx.open_survey(dx.samples.path("company/responses_2026-Q3.csv")))
    >>> claim_check(ranking, 4.0, ["Finding documentation", "Finding out who owns a service"]).verdict
    'impossible'
    """
    if getattr(ranking, "score", "") != "hours":
        raise DataError("the check needs hours: rank_pains(survey, score='hours')")
    if not claimed > 0:
        raise DataError(f"claimed={claimed!r} is no saving; give hours a person and week")
    known = ranking.table.dropna(subset=["estimate"])
    unknown = sorted(set(topics or ()) - set(known["topic"]))
    if unknown:
        raise DataError(f"the ranking has no topic '{unknown[0]}' to show; there are {', '.join(known['topic'])}")
    rows = known[known["topic"].isin(topics)] if topics is not None else known
    table = rows[["topic", "estimate", "low", "high"]].reset_index(drop=True)
    if table.empty:
        raise DataError("no topic is left; name those that the product is about")
    estimate, low, high = (float(end) for end in table[["estimate", "low", "high"]].sum())
    needed = claimed / estimate if estimate > 0 else float("inf")
    verdict = "impossible" if claimed > high else "doubtful" if needed > 0.5 else "possible"
    told = {
        "impossible": "more than people lose",
        "doubtful": "more than half of what people lose",
        "possible": "at most half of what people lose",
    }
    return ClaimCheck(
        table=table,
        claimed=float(claimed),
        reported=(estimate, low, high),
        needed=needed,
        verdict=verdict,
        title=f"{claimed:g} hours a person and week are {told[verdict]}",
        facts=(("reported for these pains", f"{estimate:.1f} hours (from {low:.1f} to {high:.1f})"),),
        notes=("hours that people reported; whether a product can take them away is another question",),
    )
