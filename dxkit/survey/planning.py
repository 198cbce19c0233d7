"""Before a survey goes out: how many answers tell the second pain from the third (MODELS 3)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import ndtri

from dxkit.files.errors import DataError
from dxkit.results.columns import Column
from dxkit.results.result import Result
from dxkit.statistics import ranks, sampling
from dxkit.survey.tally import topics
from dxkit.survey.tally.entry import tally
from dxkit.survey.weighting import joint

POWER = 0.8
_TYPICAL = {"topics": 12, "spread": 8.0, "sd": 25.0, "correlation": 0.3}  # assumptions, index points; said where used


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Plan(Result):
    """What a number of answers can tell.

    needed      answers that settle the gap asked for, or the usual gap between places top_n and top_n + 1
    gap         that gap
    """

    columns: ClassVar[tuple[Column, ...]] = (
        Column("answers", "how many answer", "count"),
        Column("response", "share of the staff that this is", "share", optional=True),
        Column(
            "gap",
            "difference between two topics that is found with the power asked for",
            "hours",
            "as the score",
            heading="gap it can tell",
        ),
        Column(
            "p_pair",
            "probability that the worst topics found are the true ones",
            "share",
            heading="the pair found is right",
        ),
        Column("p_pair_se", "simulation error of p_pair", "share", displayed=False),
    )

    needed: float = math.nan
    gap: float = math.nan


def answers_for(gap: float, sd: float, population: float = math.inf, *, power: float = POWER, level: float = 0.05):
    """Answers that show a gap between two means with this power: ((z + z') sd / gap)^2, fewer where staff are few.

    sd is that of a respondent's difference. With a population of N it is n / (1 + n / N) (Cochran 1977, section 4.6).

    >>> round(answers_for(5.0, 25.0))
    196
    """
    if gap <= 0:
        return math.inf
    n = ((ndtri(1 - level / 2) + ndtri(power)) * sd / gap) ** 2
    return float(n if math.isinf(population) else n / (1 + n / population))


def plan_survey(
    before=None,
    *,
    topics: int | None = None,
    population: int | None = None,
    gap: float | None = None,
    spread: float | None = None,
    sd: float | None = None,
    correlation: float | None = None,
    top_n: int = 2,
    answers: Sequence[int] = (20, 40, 80, 120, 200, 400, 800),
    power: float = POWER,
    score: str | None = None,
    seed: int = 0,
) -> Plan:
    """Say what a survey can tell before it goes out: how sure the worst two will be, by the number of answers.

    Parameters
    ----------
    before : Survey or Tally, optional
        An earlier survey; the figures below are taken from it where they are not given.
    topics : int
        Pain points asked for.
    population : int, optional
        Everybody who could answer; few who are missing tell less than many.
    gap : float, optional
        The difference between two topics that is worth telling; else the usual one after place `top_n`.
    spread, sd : float
        Standard deviation of the true scores between topics, and of one topic between respondents, in the score's unit.
    correlation : float
        Between two topics' answers of one respondent; what people share does not blur a comparison.
    answers : sequence of int
        The rows of the table.

    Returns
    -------
    Plan

    Raises
    ------
    DataError
        A figure that cannot be: fewer than two topics, a negative spread, more answers than people only.

    Examples
    --------
    >>> plan = plan_survey(topics=25, answers=[40, 400])
    >>> (plan.table["p_pair"] < 0.5).tolist()  # 40 answers to 25 questions miss the true two more often than not
    [True, False]
    """
    known, source = _earlier(before, score, spread) if before is not None else (dict(_TYPICAL), "assumed")
    given = {"topics": topics, "spread": spread, "sd": sd, "correlation": correlation}
    known |= {name: value for name, value in given.items() if value is not None}
    if population is None and before is not None and before.roster is not None:
        population = before.roster.total
    _check(known, population, gap, top_n)
    count, differs = int(known["topics"]), known["sd"] * math.sqrt(2 * (1 - known["correlation"]))
    noise = sampling.normals(sampling.scrambled(2 * count, seed))
    true, error = known["spread"] * noise[:, :count], noise[:, count:]
    rank = -np.sort(-true, axis=1)
    usual = float(np.median(rank[:, top_n - 1] - rank[:, top_n]))
    wanted = usual if gap is None else float(gap)
    people = math.inf if population is None else population
    rows = []
    for n in sorted({int(n) for n in answers if n >= 2 and n <= people}):
        unseen = 1 - n / people
        found = ranks.top_share(true + differs * math.sqrt(unseen / n / 2) * error, top_n)
        right = ((found > 0.5) == (ranks.top_share(true, top_n) > 0.5)).all(axis=1).astype(float)
        least = (ndtri(0.975) + ndtri(power)) * differs * math.sqrt(unseen / n)
        rows.append([n, n / people if population else np.nan, least, right.mean(), float(sampling.error(right))])
    needed = answers_for(wanted, differs, people, power=power)
    said = ", ".join(f"{name} {value:.2g}" for name, value in known.items())
    return Plan(
        table=pd.DataFrame(rows, columns=["answers", "response", "gap", "p_pair", "p_pair_se"]),
        seed=seed,
        title=f"What a survey on {count} pain points can tell",
        needed=needed,
        gap=wanted,
        facts=(
            (
                f"answers that tell place {top_n} from place {top_n + 1}",
                f"{math.ceil(needed - 1e-9):,}, at {'the usual' if gap is None else 'a'} gap of {wanted:.2g}",
            ),
        ),
        notes=(
            f"{source}: {said}",
            f"gap found with {100 * power:.0f}% power at the 5% level; "
            "people who answer are taken to be like those who do not",
        ),
    )


def _earlier(before, score: str | None, spread: float | None) -> tuple[dict[str, float], str]:
    """Topics, spread, sd and correlation of an earlier survey."""
    score = topics.default(before.codebook, score)
    counted = tally(before).burden(score)
    means = joint(counted, range(len(counted.variables)), np.ones(len(counted.cells), dtype=bool))
    if (means.n < max(counted.min_group, 8)).any():
        raise DataError("the survey given has too few answers to plan from; give topics=, spread= and sd=")
    covariance, _ = counted.covariance(range(len(counted.variables)))
    own = np.diag(covariance)
    count, sd = len(own), math.sqrt(own.mean())
    between = (covariance.sum() - own.sum()) / (count * (count - 1)) if count > 1 else 0.0
    noise = np.trace(means.covariance) - means.covariance.sum() / count
    spread2 = (((means.estimate - means.estimate.mean()) ** 2).sum() - noise) / max(count - 1, 1)
    if spread2 <= 0 and spread is None:
        raise DataError(
            "the survey given shows no difference between topics beyond chance; give spread=, the standard "
            "deviation of the true scores that you expect"
        )
    known = {"topics": count, "spread": math.sqrt(max(spread2, 0.0)), "sd": sd, "correlation": between / own.mean()}
    return known, f"from the survey given ({score}, {topics.UNITS[score]})"


def _check(known: dict[str, float], population, gap, top_n: int) -> None:
    wrong = []
    if known["topics"] <= top_n:
        wrong.append(f"topics must be more than the {top_n} to choose, got {known['topics']}")
    wrong += [f"{name} must be above 0, got {known[name]}" for name in ("spread", "sd") if not known[name] > 0]
    if not -1 < known["correlation"] < 1:
        wrong.append(f"correlation must lie between -1 and 1, got {known['correlation']}")
    if population is not None and not population >= 2:
        wrong.append(f"population must be at least 2 people, got {population}")
    if gap is not None and not gap > 0:
        wrong.append(f"gap must be above 0, got {gap}")
    if wrong:
        raise DataError("; ".join(wrong))
