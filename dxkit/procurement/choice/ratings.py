"""Evidence to ratings with their uncertainty, and what is thin about it.

See docs/methods/scorecard.md, "Ratings from evidence"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.special import ndtr, ndtri

from dxkit.procurement.dossier.judging import RATINGS, Evidence

SPREAD = {"demo": 1.0, "documentation": 0.8, "reference": 0.6, "trial": 0.35, "production": 0.35}  # points of rating
TRIAL_WEEKS = 3
LEAST_SPREAD = 0.05  # points; nobody judges more finely
_STALE = 0.5  # how much of its spread evidence gains for every year beyond the first
_APART = 2.0  # points between raters that are worth a flag
NO_EVIDENCE = "no evidence"


@dataclass(frozen=True, kw_only=True)
class Rating:
    """What is known of a vendor on a criterion: a normal distribution cut to the scale, or nothing at all."""

    mean: float
    sd: float
    known: bool
    flags: tuple[str, ...] = ()
    scale: tuple[float, float] = RATINGS

    def draw(self, u: np.ndarray) -> np.ndarray:
        """A rating for each uniform number; any of the scale is as likely where nothing is known."""
        low, high = self.scale
        if not self.known:
            return low + (high - low) * u
        a, b = ndtr((low - self.mean) / self.sd), ndtr((high - self.mean) / self.sd)
        return np.clip(self.mean + self.sd * ndtri(a + u * (b - a)), low, high)


def rate(
    evidence: Sequence[Evidence],
    as_of: date | None = None,
    spread: Mapping[str, float] | None = None,
    scale: tuple[float, float] = RATINGS,
) -> Rating:
    """One rating from all evidence on a vendor and criterion: weighted by precision, with what raters differ by.

    Each judgement counts by 1 / (s^2 + t^2): s is the spread of its kind, wider with age, t^2 the variance between
    judgements by moments (DerSimonian and Laird 1986). The variance of the mean is 1 / sum of the weights. Spreads are
    those of a scale from 1 to 5, and as much wider as another scale is.

    >>> from dxkit.procurement.dossier.judging import Evidence
    >>> one = dict(vendor="A", criterion="fit", verdict="", rater="x", day=None, trial_week=4.0, similar=True)
    >>> both = rate([Evidence(rating=4.0, kind="trial", **one), Evidence(rating=4.0, kind="demo", **one)])
    >>> round(both.mean, 6), round(both.sd, 6)
    (4.0, 0.33035)
    """
    rated = [each for each in evidence if each.rating == each.rating]
    if not rated:
        return Rating(mean=sum(scale) / 2, sd=np.nan, known=False, flags=(NO_EVIDENCE,), scale=scale)
    spread = SPREAD | dict(spread or {})
    values = np.array([each.rating for each in rated])
    wide = (scale[1] - scale[0]) / (RATINGS[1] - RATINGS[0])
    variances = np.array([wide * spread[each.kind] * _age_factor(each.day, as_of) for each in rated]) ** 2
    weights = 1 / variances
    mean = weights @ values / weights.sum()
    between = 0.0
    if len(values) > 1:
        extra = weights @ (values - mean) ** 2 - (len(values) - 1)
        between = max(0.0, extra / (weights.sum() - (weights @ weights) / weights.sum()))
    weights = 1 / (variances + between)
    mean = float(weights @ values / weights.sum())
    sd, flags = float(weights.sum() ** -0.5), tuple(_flags(rated, values / wide, as_of))
    return Rating(mean=mean, sd=sd, known=True, flags=flags, scale=scale)


def _age_factor(day: date | None, as_of: date | None) -> float:
    if day is None or as_of is None:
        return 1.0
    return 1 + _STALE * max(0.0, (as_of - day).days / 365.25 - 1)


def _flags(rated: Sequence[Evidence], values: np.ndarray, as_of: date | None):
    kinds = {each.kind for each in rated}
    if kinds == {"demo"}:
        yield "demos alone"
    trials = [each for each in rated if each.kind == "trial"]
    if trials and all(each.trial_week < TRIAL_WEEKS for each in trials if each.trial_week == each.trial_week):
        if any(each.trial_week == each.trial_week for each in trials):
            yield "trial ended before week three"
    if not any(each.similar and each.kind in ("reference", "trial", "production") for each in rated):
        yield "nothing from a similar environment"
    if values.max() - values.min() >= _APART:
        yield "raters disagree"
    if as_of and all(each.day and (as_of - each.day).days > 365 for each in rated):
        yield "older than a year"


def met(evidence: Sequence[Evidence]) -> str:
    """pass, fail or unknown; evidence both ways is unknown, and so is none."""
    verdicts = {each.verdict for each in evidence if each.verdict}
    verdicts |= {
        "pass" if each.rating >= sum(RATINGS) / 2 else "fail" for each in evidence if each.rating == each.rating
    }
    return next(iter(verdicts)) if len(verdicts) == 1 else "unknown"
