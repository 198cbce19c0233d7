"""Before a survey goes out: how many answers tell the second pain from the third.

See docs/methods/planning.md, "Answers for a gap"."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import ndtri

from dxkit.files import options
from dxkit.files.errors import DataError, Missing
from dxkit.results.columns import Column, declared
from dxkit.results.result import Result
from dxkit.statistics import sampling
from dxkit.survey.estimates import Estimates
from dxkit.survey.reading.responses import Survey
from dxkit.survey.tally import topics
from dxkit.survey.tally.from_survey import check_answers, tallied
from dxkit.survey.tally.measures import BURDENS
from dxkit.survey.tally.tally import Tally

POWER = 0.8
_COUNTS = "a list of numbers of answers, such as [40, 80, 120]"
# assumptions where no earlier survey is given, in index points; a note says so
_TYPICAL: dict[str, float] = {"topics": 12, "spread": 8.0, "sd": 25.0, "correlation": 0.3}


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Plan(Result):
    """What a number of answers can tell.

    needed      answers that settle the gap asked for, or the usual gap between places top_n and top_n + 1
    gap         that gap
    """

    columns: ClassVar[tuple[Column, ...]] = declared(__file__, "Plan")

    needed: float = math.nan
    gap: float = math.nan


def answers_for(
    gap: float, sd: float, population: float = math.inf, *, power: float = POWER, level: float = 0.05
) -> float:
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
    before: Survey | Tally | None = None,
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
    """How many answers do we need? How sure the worst two will be, by the number of answers, before a survey goes out.

    Parameters
    ----------
    before : Survey or Tally, optional
        An earlier survey, from which the figures below are taken where they are not given; without it they are typical
        ones, which a note names.
    topics : int, optional
        Number of pain points asked for.
    population : int, optional
        Number of people who could answer; None for the roster's total, or without one for very many.
    gap : float, optional
        The difference between two topics that is worth telling; None for the usual one after place `top_n`.
    spread : float, optional
        Standard deviation of the true scores between topics, in the score's unit.
    sd : float, optional
        Standard deviation of one topic's score between respondents, in the score's unit.
    correlation : float, optional
        Correlation of two topics' scores within a respondent; what people share does not blur a comparison.
    top_n : int
        How many pain points are to be chosen.
    answers : sequence of int
        The numbers of answers to judge, a row of the table for each; those above the population are left out.
    power : float
        How often the gap is to be found, between 0 and 1.
    score : "hours", "impact", "severity", "opportunity" or "importance", optional
        The score of the earlier survey, as in `rank_pains`.
    seed : int
        Seed of the random draws; the same seed gives the same result.

    Returns
    -------
    Plan
        From 16,384 simulated surveys; the answers needed are those of a two-sided z test of two means of the same
        people at the 5% level, with the finite population correction (Cochran 1977, section 4.6).

    Raises
    ------
    DataError
        A figure that cannot be, such as fewer topics than are to be chosen, or a negative spread.

    Examples
    --------
    >>> plan = plan_survey(topics=25, answers=[40, 400])
    >>> (plan.table["p_pair"] < 0.5).tolist()  # 40 answers to 25 questions miss the true two more often than not
    [True, False]
    """
    given = {"topics": topics, "spread": spread, "sd": sd, "correlation": correlation}
    given = {name: options.number(name, value) for name, value in given.items() if value is not None}
    if topics is not None:
        options.whole("topics", topics)
    top_n, seed = options.whole("top_n", top_n, 1), options.whole("seed", seed, 0)
    power = options.number("power", power, 0.01, 0.9999)
    population = None if population is None else options.whole("population", population)
    gap = None if gap is None else options.number("gap", gap)
    counts = sorted({options.whole("answers", n, 0) for n in options.instance("answers", answers, Iterable, _COUNTS)})
    figures, source = dict(_TYPICAL), "assumed"
    if before is not None:
        figures, source = _earlier(check_answers(before, "before"), score, spread)
        if topics is None and figures["topics"] <= top_n:
            count = figures["topics"]
            raise Missing(f"the survey given asks about {count} pain points, of which {top_n} are to be chosen")
    figures |= given
    if population is None and before is not None and before.roster is not None:
        population = before.roster.total
    _check(figures, population, gap, top_n)
    count, differs = int(figures["topics"]), figures["sd"] * math.sqrt(2 * (1 - figures["correlation"]))
    noise = ndtri(sampling.scrambled(2 * count, seed))
    true, error = figures["spread"] * noise[:, :count], noise[:, count:]
    rank = -np.sort(-true, axis=1)
    usual = float(np.median(rank[:, top_n - 1] - rank[:, top_n]))
    wanted = usual if gap is None else float(gap)
    people = math.inf if population is None else population
    rows = []
    for n in (n for n in counts if 2 <= n <= people):
        unseen = 1 - n / people
        estimated = true + differs * math.sqrt(unseen / n / 2) * error
        right = (_worst(estimated, top_n) == _worst(true, top_n)).all(axis=1).astype(float)
        least = (ndtri(0.975) + ndtri(power)) * differs * math.sqrt(unseen / n)
        rows.append([n, n / people if population else np.nan, least, right.mean(), float(sampling.error(right))])
    needed = answers_for(wanted, differs, people, power=power)
    named = ", ".join(f"{name} {value:.2g}" for name, value in figures.items())
    enough = f"{math.ceil(needed - 1e-9):,}, at {'the usual' if gap is None else 'a'} gap of {wanted:.2g}"
    return Plan(
        table=pd.DataFrame(rows, columns=["answers", "response", "gap", "p_pair", "p_pair_se"]),
        seed=seed,
        title=f"What a survey on {count} pain points can tell",
        needed=needed,
        gap=wanted,
        facts=((f"answers that tell place {top_n} from place {top_n + 1}", enough),),
        notes=(
            f"{source}: {named}",
            f"gap found with {100 * power:.0f}% power at the 5% level; "
            "people who answer are assumed to be like those who do not",
        ),
    )


def _worst(scores: np.ndarray, top_n: int) -> np.ndarray:
    """Whether each topic is among the top_n highest of its row, (S, T)."""
    return scores >= -np.partition(-scores, top_n - 1, axis=1)[:, [top_n - 1]]


def _earlier(before: Survey | Tally, score: str | None, spread: float | None) -> tuple[dict[str, float], str]:
    """Topics, spread, sd and correlation of an earlier survey."""
    score = topics.default(before.codebook, score)
    counted = tallied(before).cut().burden(score)
    found = Estimates.of(counted)
    x, error = found.estimate[0], found.covariance()[0]
    if (found.n < max(counted.min_group, 8)).any():
        raise Missing("the survey given has too few answers to plan from; give topics=, spread= and sd=")
    covariance = found.answer_covariance()[0]
    variances = np.diag(covariance)
    count, sd = len(variances), math.sqrt(variances.mean())
    between = (covariance.sum() - variances.sum()) / (count * (count - 1)) if count > 1 else 0.0
    noise = np.trace(error) - error.sum() / count
    spread2 = (((x - x.mean()) ** 2).sum() - noise) / max(count - 1, 1)
    if spread2 <= 0 and spread is None:
        raise Missing(
            "the survey given shows no difference between topics beyond chance; give spread=, the standard "
            "deviation of the true scores that you expect"
        )
    correlation, spread = min(between / variances.mean(), 0.999), math.sqrt(max(spread2, 0.0))
    figures = {"topics": count, "spread": spread, "sd": sd, "correlation": correlation}
    return figures, f"from the survey given ({score}, {BURDENS[score].unit})"


def _check(figures: dict[str, float], population: int | None, gap: float | None, top_n: int) -> None:
    wrong = []
    if figures["topics"] <= top_n:
        wrong.append(f"topics={figures['topics']:g}: write more than the {top_n} to choose")
    for name, value in (("spread", figures["spread"]), ("sd", figures["sd"]), ("gap", gap)):
        if value is not None and not value > 0:
            wrong.append(f"{name}={value:g}: write a number above 0")
    if not -1 < figures["correlation"] < 1:
        wrong.append(f"correlation={figures['correlation']:g}: write a number above -1 and below 1")
    if population is not None and not population >= 2:
        wrong.append(f"population={population}: write at least 2 people")
    if wrong:
        raise DataError("; ".join(wrong))
