"""What a survey measures: the unit, limits, origin and words of every measure, and the rule of half the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from dxkit.statistics.moments import dividing_by_0


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One measure.

    unit        what tables call its unit
    low, high   where a mean can lie
    origin      sums are taken about it, so that no digits are lost to cancellation
    digits      decimals in a sentence
    points      what follows a number of it in a sentence
    questions   the kinds of question that a topic needs for it
    method      how it comes from the answers, in words
    """

    unit: str
    low: float = 0.0
    high: float = np.inf
    origin: float = 0.0
    digits: int = 1
    points: str = "points"
    questions: tuple[str, ...] = ()
    method: str = ""


VARIABLES: Mapping[str, Measure] = MappingProxyType(
    {
        "index": Measure(unit="index", high=100.0, origin=50.0),
        "hours": Measure(unit="hours"),
        "recommend": Measure(unit="recommend", low=-100.0, high=100.0),
        "code": Measure(unit="code", low=-np.inf),
        "place": Measure(unit="place", low=1.0, origin=1.0),
        "number": Measure(unit="number", low=-np.inf),
        "share": Measure(unit="share", high=100.0, origin=50.0),
        "choice": Measure(unit="choice"),
    }
)  # of questions and dimensions, by unit

BURDENS: Mapping[str, Measure] = MappingProxyType(
    {
        "hours": Measure(
            unit="hours a week",
            digits=2,
            points="hours a week a person",
            questions=("hours",),
            method="hours lost a week, the mean over people",
        ),
        "impact": Measure(
            unit="0-100",
            high=100.0,
            origin=50.0,
            questions=("rating", "importance"),
            method="severity x importance / 100 of each person, then the mean",
        ),
        "severity": Measure(
            unit="0-100",
            high=100.0,
            origin=50.0,
            questions=("rating",),
            method="100 less satisfaction, the mean over people",
        ),
        "opportunity": Measure(
            unit="0-20",
            high=20.0,
            origin=10.0,
            questions=("rating", "importance"),
            method="importance + what satisfaction lacks of it, 0 to 20, the mean over people",
        ),
        "importance": Measure(
            unit="0-100",
            high=100.0,
            origin=50.0,
            questions=("importance",),
            method="importance alone, whether it hurts or not, the mean over people",
        ),
    }
)  # of topics, by score, in the order of preference; opportunity and importance are never chosen by themselves

COUNTED = ("share", "choice")  # units of answers that are counted and have no score
_LABELS = {
    "hours": BURDENS["hours"].unit,
    "recommend": "eNPS",
    "importance": "importance 0-100",
    "rank": "mean place",
    "number": "mean",
}
_UNITS = {"hours": "hours", "recommend": "recommend", "rank": "place", "number": "number", "multi": "share"}


def unit_of(kind: str, good: str = "") -> str:
    """The unit of a question of this kind, a key of `VARIABLES`; of a rating whose ends are neither good, its codes.

    >>> unit_of("hours"), unit_of("importance"), unit_of("rank"), unit_of("rating", "neither")
    ('hours', 'index', 'place', 'code')
    """
    if good == "neither" and kind in ("rating", "importance"):
        return "code"
    return "choice" if kind == "choice" else _UNITS.get(kind, "index")


def label_of(kind: str) -> str:
    """What a table calls the measure of a question of this kind, or of a dimension.

    >>> label_of("recommend"), label_of("dimension")
    ('eNPS', '0-100')
    """
    return _LABELS.get(kind, "0-100")


def enough(answered: np.ndarray, asked: np.ndarray | int) -> np.ndarray:
    """Whether a mean over `asked` parts counts: at least half of them were answered.

    See docs/methods/scores.md, "Dimension and overall scores"."""
    return answered >= 0.5 * asked


def mean_of_answered(parts: np.ndarray) -> np.ndarray:
    """Mean of the parts that each respondent answered, (n, parts) -> (n,); nan where fewer than half were.

    >>> mean_of_answered(np.array([[60.0, np.nan], [np.nan, np.nan], [20.0, 40.0]])).tolist()
    [60.0, nan, 30.0]
    """
    answered = ~np.isnan(parts)
    count = answered.sum(axis=1)
    with dividing_by_0():
        mean = np.where(answered, parts, 0.0).sum(axis=1) / count
    return np.where(enough(count, parts.shape[1]), mean, np.nan)
