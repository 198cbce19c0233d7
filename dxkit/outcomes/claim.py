"""A vendor's promise of hours, held against the hours that people reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from dxkit.files.errors import DataError
from dxkit.files.options import choices, number
from dxkit.results.columns import Column, declared
from dxkit.results.result import Result

if TYPE_CHECKING:
    from dxkit.survey.ranking import Ranking


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ClaimCheck(Result):
    """A promise beside what there is to save.

    claimed   hours a person and week that the vendor says it saves
    reported  estimate, low, high of the topics together; the ends are added, as if all errors went one way
    needed    claimed over reported: the share of the reported hours that would have to vanish
    verdict   impossible (more than was reported, even at the upper end), doubtful (more than half of it), possible
    """

    columns: ClassVar[tuple[Column, ...]] = declared(__file__, "ClaimCheck")

    claimed: float = 0.0
    reported: tuple[float, float, float] = (0.0, 0.0, 0.0)
    needed: float = 0.0
    verdict: str = ""


def check_hours(ranking: Ranking) -> None:
    """Refuse anything but a ranking of hours."""
    if getattr(ranking, "score", "") != "hours":
        raise DataError("give a ranking of hours: rank_pains(survey, score='hours')")


def claim_check(ranking: Ranking, claimed: float, topics: str | Sequence[str] | None = None) -> ClaimCheck:
    """Can a vendor save as many hours as it says, given what people reported?

    Parameters
    ----------
    ranking : Ranking
        The hours that people lose a week, by topic, from `rank_pains` with score="hours".
    claimed : float
        Hours a person and week that the vendor says it saves.
    topics : list of str, optional
        The pains that the product is about; None for all.

    Returns
    -------
    ClaimCheck
        The verdict, and the reported hours by topic.

    Raises
    ------
    DataError
        A ranking of anything but hours, an unknown topic, a claim that is not above 0.

    Examples
    --------
    >>> import dxkit as dx
    >>> ranking = dx.rank_pains(dx.open_survey(dx.samples.path("company/responses_2026-Q3.csv")))
    >>> claim_check(ranking, 4.0, ["Finding documentation", "Finding out who owns a service"]).verdict
    'impossible'
    """
    check_hours(ranking)
    if number("claimed", claimed, 0) == 0:
        raise DataError("claimed=0: write the hours a person and week that the vendor says it saves")
    table = ranking.table.dropna(subset=["estimate"]).filter(["topic", "estimate", "low", "high"])
    named = choices("topics", topics, list(table["topic"]))
    if topics is not None:
        table = table.loc[table["topic"].isin(named)]
    table = table.reset_index(drop=True)
    if table.empty:
        raise DataError("none of these topics has reported hours; name those that the product is about")
    estimate, low, high = map(float, table.filter(["estimate", "low", "high"]).sum().to_numpy())
    needed = claimed / estimate if estimate > 0 else float("inf")
    verdict = "impossible" if claimed > high else "doubtful" if needed > 0.5 else "possible"
    meaning = {
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
        title=f"{claimed:g} hours a person and week are {meaning[verdict]}",
        facts=(("reported for these pains", f"{estimate:.1f} hours (from {low:.1f} to {high:.1f})"),),
        notes=("these are the hours that people reported; whether a product can remove them is another question",),
    )
