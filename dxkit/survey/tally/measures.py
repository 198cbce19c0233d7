"""What a survey measures: the unit, limits, origin and words of every measure, and the rule of half the answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dxkit.files.shipped import table_beside
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
    questions: Sequence[str] = ()
    method: str = ""


_SAID = table_beside(__file__, "measures.toml")
VARIABLES: Mapping[str, Measure] = {unit: Measure(unit=unit, **said) for unit, said in _SAID["variables"].items()}
BURDENS: Mapping[str, Measure] = {score: Measure(**said) for score, said in _SAID["burdens"].items()}
COUNTED = ("share", "choice")  # units of answers that are counted and have no score


def unit_of(kind: str, good: str = "") -> str:
    """The unit of a question of this kind, a key of `VARIABLES`; of a rating whose ends are neither good, its codes.

    >>> unit_of("hours"), unit_of("importance"), unit_of("rank"), unit_of("rating", "neither")
    ('hours', 'index', 'place', 'code')
    """
    if good == "neither" and kind in ("rating", "importance"):
        return "code"
    return _SAID["units"].get(kind, "index")


def label_of(kind: str) -> str:
    """What a table calls the measure of a question of this kind, or of a dimension.

    >>> label_of("recommend"), label_of("dimension")
    ('eNPS', '0-100')
    """
    return _SAID["labels"].get(kind, "0-100")


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
