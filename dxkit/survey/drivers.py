"""What goes with an outcome? How its explained variance is shared among the predictors.

See docs/methods/drivers.md, "Parts of explained variance"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.files.errors import DataError, Missing
from dxkit.results.columns import Column, declared, shared
from dxkit.results.formatting import tied
from dxkit.results.result import Result
from dxkit.statistics.moments import dividing_by_0
from dxkit.statistics.relative_importance import MOST_LMG, SINGULAR, combined, correlation, parts_of, resampled
from dxkit.survey.reading.responses import Survey
from dxkit.survey.scores import label_of
from dxkit.survey.tally.cells import Cells
from dxkit.survey.tally.from_survey import check_answers, of_survey, tallied
from dxkit.survey.tally.release import TOO_FEW_OR_ALIKE
from dxkit.survey.tally.tally import Tally
from dxkit.survey.tally.variables import contrasts

_METHOD = "Johnson's relative weights and LMG (Shapley) parts of R², pairwise complete; percentile bootstrap intervals"


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Drivers(Result):
    """The predictors' parts of the R^2 of an outcome.

    `.outcome` is its name, `.r2` the whole R^2, `.n` the fewest respondents behind a correlation (None where hidden).
    Figures of hidden rows are nan.
    """

    columns: ClassVar[tuple[Column, ...]] = declared(__file__, "Drivers")

    outcome: str
    r2: float
    n: int | None

    def _printed(self) -> tuple[pd.DataFrame, Sequence[Column]]:
        """A row for each predictor: its share by Johnson's weights, the largest first, and beside it by LMG.

        No row where all are hidden: the note that says why is all there is to tell.
        """
        names = ["label", "n", "share", "share_low", "share_high", "shown"]
        frame = self.table.loc[(self.table["method"] == "johnson") & self.table["shown"].any(), names]
        columns = [
            Column("predictor", "short question, or the dimension"),
            shared("n"),
            shared("share"),
            shared("low", format="share", optional=True),
            shared("high", format="share", optional=True),
            shared("shown"),
        ]
        lmg_shares = self.table.loc[self.table["method"] == "lmg", "share"]
        if len(frame) and len(lmg_shares):
            frame = frame.assign(lmg_share=lmg_shares.to_numpy())
            columns.append(Column("lmg_share", "share by LMG", "share"))
        return frame.sort_values("share", ascending=False, key=tied, kind="stable"), columns


def drivers(
    survey: Survey | Tally,
    outcome: str | None = None,
    predictors: str | Sequence[str] | None = None,
    *,
    confidence: float = 0.95,
    replicates: int = 1000,
    seed: int = 0,
) -> Drivers:
    """What goes with an outcome? How its explained variance is shared among the predictors.

    See docs/methods/drivers.md, "Variables".

    Parameters
    ----------
    survey : Survey or Tally
        The answers, from `open_survey` or `read_survey`, or a tally. A tally gives no intervals: they need respondents.
    outcome : str, optional
        An item, a dimension, or "overall"; None for the first question of kind recommend.
    predictors : str or list of str, optional
        Items or dimensions. None for the dimensions that share no answer with the outcome where there are at least
        two of them, else for the rating items that are not part of the outcome; those that everybody answered alike,
        or too few answered, are left out with a note.
    confidence : float
        Confidence level of the intervals, between 0 and 1.
    replicates : int
        Number of bootstrap samples of respondents; 0 for no intervals.
    seed : int
        Seed of the random draws; the same seed gives the same result.

    Returns
    -------
    Drivers
        Johnson's relative weights (2000) and, up to 12 predictors, LMG parts (Lindeman, Merenda and Gold 1980) of the
        R^2 of a linear regression, from pairwise-complete, unweighted covariances. Intervals are bootstrap percentiles
        (Efron 1979). They say what is associated with the outcome, not what causes it. All figures are hidden where
        too few answered some pair of the variables, or all alike.

    Raises
    ------
    DataError
        An option that cannot be, such as a name that the survey does not have; no predictor, the outcome among the
        predictors, too few answers for so many predictors, a variable that does not vary, a predictor that is a
        combination of others, or so many gaps that the correlations contradict each other.

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> book = pd.DataFrame({"item": ["ci", "docs", "happy"], "text": ["CI", "Docs", "Happy"], "kind": "rating",
    ...                      "scale": "agreement5"})
    >>> answers = pd.DataFrame({"ci": [1, 2, 3, 4, 5, 4], "docs": [2, 4, 3, 5, 3, 1], "happy": [1, 3, 3, 4, 5, 3]})
    >>> shares = dx.drivers(dx.read_survey(pd.concat([answers, answers]), book), "happy")
    >>> shares.table.query("method == 'lmg'").set_index("predictor")["share"].round(2).to_dict()
    {'ci': 0.84, 'docs': 0.16}
    """
    confidence, seed = options.confidence(confidence), options.whole("seed", seed, 0)
    replicates = options.whole("replicates", replicates, 0)
    known = _Known(tallied(check_answers(survey)).cut())
    counted, at = known.counted, _chosen(known, outcome, predictors)
    at, silent = _telling(known, at) if predictors is None else (at, [])
    names, labels = known.variables["name"].iloc[at].tolist(), [known.label(j) for j in at]
    outcome = str(names[-1])
    covariance, pairs = known.covariance(at)
    n, width = int(pairs.min()), len(at) - 1
    methods = ["johnson", "lmg"] if width <= MOST_LMG else ["johnson"]
    notes = [f'this says what goes with "{labels[-1]}", not what causes it']
    of_outcome = known.items(at[-1])
    if silent:
        notes.append(f"left out: {', '.join(silent)}; {TOO_FEW_OR_ALIKE}")
    if overlapping := [name for j, name in zip(at[:-1], names, strict=False) if known.items(j) & of_outcome]:
        notes.append(f"{', '.join(overlapping)} and {names[-1]} share answers, so they go together by construction")
    if width > MOST_LMG:
        notes.append(f"LMG is computed up to {MOST_LMG} predictors; for {width} there are Johnson's weights alone")
    if counted.roster is not None:
        notes.append("respondents count equally: not weighted to the roster")
    detail = counted.may.detail[0, known.columns(at)].all()
    parts, spread, shown = np.full((len(methods), width), np.nan), None, bool(detail and n >= 2 * counted.min_group)
    if not shown or np.isnan(np.diag(covariance)).any():
        shown = False
        notes.append(f"hidden: {TOO_FEW_OR_ALIKE}")
    else:
        if n < len(names) + 1:
            raise Missing(
                f"{width} predictors of {outcome} need at least {len(names) + 1} respondents who answered them; there "
                f"are {n}; name fewer with predictors=[...]"
            )
        corr = correlation(covariance)
        _check_consistent(corr, names, pairs)
        parts = parts_of(corr, methods)
        if pairs.max() > n:
            notes.append(f"pairwise complete: each correlation rests on {n:,} to {int(pairs.max()):,} respondents")
        if isinstance(survey, Survey) and replicates > 0:
            columns = known.columns(at)
            values = of_survey(survey).values(columns), known.counts[at][:, columns]
            spread, remarks = _bootstrap(*values, methods, replicates, seed)
            notes += remarks
        elif isinstance(survey, Tally):
            notes.append("no intervals: they need the respondents; give the survey instead of its tally")
    wave, r2 = f", {counted.wave}" if counted.wave else "", float(parts[0].sum())
    return Drivers(
        table=_table(names[:-1], labels[:-1], methods, pairs[-1, :-1], parts, spread, (1 - confidence) / 2, shown),
        title=f'What goes with "{labels[-1]}": shares of its explained variance{wave}',
        outcome=outcome,
        r2=r2,
        n=n if shown else None,
        facts=(("explained variance (R²)", f"{100 * r2:.0f}%" if shown else "hidden"),),
        notes=tuple(notes),
        confidence=confidence,
        seed=seed,
        method=_METHOD,
    )


class _Known:
    """What can be an outcome or a predictor: items, dimensions and the whole, and what each item counts in them."""

    def __init__(self, counted: Cells) -> None:
        means, counts = contrasts(counted.codebook)
        self.counted, self.items_at = counted, len(counted.variables)
        self.variables = pd.concat([counted.variables, means], ignore_index=True)
        self.counts = np.vstack([np.eye(self.items_at), counts])

    def columns(self, at: Sequence[int]) -> np.ndarray:
        """The items that these variables are made of."""
        return np.flatnonzero(self.counts[at].any(axis=0))

    def covariance(self, at: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """Covariances of these variables, from those of their items, pairwise complete; and how many answered both.

        nan where a variable does not vary.
        """
        columns = self.columns(at)
        of_items, answered = self.counted.covariance(columns)
        flat = ~(self.counted.over().scatter[0, columns] > 0)
        of_items[flat] = of_items[:, flat] = 0.0
        counts = self.counts[at][:, columns]
        pairs = np.array([[answered[np.ix_(one > 0, two > 0)].min() for two in counts] for one in counts])
        return combined(of_items, counts, of_items), pairs

    def label(self, j: int) -> str:
        """The short question, or the dimension."""
        return label_of(self.counted.codebook, *self.variables.loc[j, ["level", "name"]])

    def items(self, j: int) -> set[str]:
        """The items of which a variable is made."""
        return set(self.variables["name"].iloc[np.flatnonzero(self.counts[j])])

    def at(self, level: str, names: Sequence[str] | None = None) -> list[int]:
        """Positions of the variables of a level, or of these names within it."""
        rows = self.variables.loc[self.variables["level"] == level, "name"]
        return [j for j, name in rows.items() if names is None or name in names]


def _bootstrap(
    values: np.ndarray, means: np.ndarray, methods: list[str], replicates: int, seed: int
) -> tuple[np.ndarray | None, list[str]]:
    """Parts of R^2 by replicate, None where most replicates have no solution; and notes on them."""
    spread = resampled(values, means, methods, replicates, seed)
    lost, enough = replicates - len(spread), 2 * len(spread) >= replicates
    notes = ["a share is never below 0, so an interval above 0 alone does not show a connection"] if enough else []
    if lost:
        too_few = "" if enough else "; too many for intervals"
        notes.append(f"{lost:,} of {replicates:,} bootstrap samples have no solution and do not count{too_few}")
    return spread if enough else None, notes


def _table(names, labels, methods, n, parts, spread, tail, shown: bool) -> pd.DataFrame:
    spread = np.full((1, *parts.shape), np.nan) if spread is None else spread
    with dividing_by_0():
        shares, spread_shares = (values / values.sum(axis=-1, keepdims=True) for values in (parts, spread))
    low, high = np.quantile(spread, [tail, 1 - tail], axis=0)
    share_low, share_high = np.quantile(spread_shares, [tail, 1 - tail], axis=0)
    figures = {"estimate": parts, "low": low, "high": high}
    figures |= {"share": shares, "share_low": share_low, "share_high": share_high}
    columns = {"predictor": names * len(methods), "method": np.repeat(np.array(methods, dtype=object), len(names))}
    columns |= {"n": np.tile(n if shown else np.full(len(names), np.nan), len(methods))}
    columns |= {name: figure.ravel() for name, figure in figures.items()}
    return pd.DataFrame({**columns, "label": labels * len(methods), "shown": shown})


def _chosen(known: _Known, outcome: str | None, predictors: str | Sequence[str] | None) -> list[int]:
    """Positions of the predictors and, last, of the outcome; an item goes before a dimension of the same name."""
    position: dict[str, int] = {}
    for j, name in enumerate(known.variables["name"]):
        position.setdefault(name, j)
    names, book = list(position), known.counted.codebook
    if outcome is None and not book.of_kind("recommend"):
        raise Missing("this needs an outcome, such as a question of kind recommend; the codebook has none")
    if outcome is None:
        outcome = book.of_kind("recommend")[0]
    outcome = options.choice("outcome", outcome, names)
    asked = list(dict.fromkeys(options.choices("predictors", predictors, names)))
    if outcome in asked:
        raise DataError(f"the outcome {outcome!r} is among the predictors; leave it out there")
    if predictors is None:
        of_outcome = known.items(position[outcome])
        free = [j for j in known.at("dimension") if not known.items(j) & of_outcome]
        rest = known.at("item", [item for item in book.of_kind("rating") if item not in of_outcome])
        chosen = free if len(free) >= 2 else rest
    else:
        chosen = [position[name] for name in asked]
    if not chosen:
        why = "the survey has nothing else that is rated" if predictors is None else "the list is empty"
        raise Missing(f"no predictors for {outcome!r}: {why}; name items or dimensions with predictors=[...]")
    return [*chosen, position[outcome]]


def _telling(known: _Known, at: list[int]) -> tuple[list[int], list[str]]:
    """Without the predictors that nobody chose and that can tell nothing, and what these are called."""
    covariance, pairs = known.covariance(at)
    flat = np.isnan(np.diag(covariance))
    few = pairs[:-1, -1] < 2 * known.counted.min_group
    silent = [j for j, lost in zip(at, flat[:-1] | few, strict=False) if lost]
    if flat[-1] or len(silent) == len(at) - 1:
        return at, []
    return [j for j in at if j not in silent], [known.label(j) for j in silent]


def _check_consistent(corr: np.ndarray, names: list[str], pairs: np.ndarray) -> None:
    """No predictor is a combination of others, and the correlations could come from one set of complete answers."""
    smallest = 1.0
    for k in range(1, len(names) - 1):
        smallest = np.linalg.eigvalsh(corr[: k + 1, : k + 1])[0]
        if abs(smallest) < SINGULAR:
            slopes = np.linalg.solve(corr[:k, :k], corr[:k, k])
            of = " and ".join(name for name, slope in zip(names, slopes, strict=False) if abs(slope) > 1e-6)
            raise Missing(f"{names[k]} is a combination of {of}: leave one of them out with predictors=[...]")
        if smallest < 0:
            break
    if smallest < 0 or np.linalg.eigvalsh(corr)[0] < -SINGULAR:
        fewest = names[int(np.argmin(np.diag(pairs)))]
        raise Missing(
            f"too few people answered all of {', '.join(names)}: their correlations contradict each other, because each"
            f" rests on other people ({pairs.min():.0f} to {pairs.max():.0f}); leave out one with many gaps, such as"
            f" {fewest}"
        )
