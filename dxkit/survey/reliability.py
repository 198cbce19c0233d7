"""Do the items of a dimension hang together: alpha, omega, item-rest correlations (MODELS 2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import fdtri

from dxkit.result import Result
from dxkit.survey.counting import tally

_LEAST_UNIQUENESS = 0.005  # a loading is kept below 1, as factor programs do (Heywood case)


def alpha(covariance: np.ndarray) -> float:
    """Cronbach's alpha (1951) of items with this covariance matrix (K, K).

    >>> round(alpha(np.array([[1.0, 0.5], [0.5, 1.0]])), 4)
    0.6667
    """
    items = len(covariance)
    return float(items / (items - 1) * (1 - np.trace(covariance) / covariance.sum()))


def feldt(value: float, items: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Feldt's interval for alpha (Feldt, Woodruff and Salih 1987) from n respondents."""
    tail = (1 - confidence) / 2
    between, within = n - 1, (n - 1) * (items - 1)
    if n < 2:
        return np.nan, np.nan
    return tuple(float(1 - (1 - value) * fdtri(between, within, q)) for q in (1 - tail, tail))


def one_factor(correlation: np.ndarray, rounds: int = 100_000) -> np.ndarray:
    """Loadings of the one-factor minimum-residual fit (Harman and Jones 1966): least squares off the diagonal."""
    values, vectors = np.linalg.eigh(correlation)
    loadings = vectors[:, -1] * np.sqrt(max(values[-1], 1e-12)) * 0.8
    loadings *= np.sign(loadings.sum()) or 1.0
    limit = np.sqrt(1 - _LEAST_UNIQUENESS)
    for _ in range(rounds):
        before = loadings.copy()
        for j in range(len(loadings)):
            rest = np.delete(loadings, j)
            power = rest @ rest
            if power > 0:
                loadings[j] = np.clip(np.delete(correlation[j], j) @ rest / power, -limit, limit)
        if np.abs(loadings - before).max() < 1e-13:
            break
    return loadings


def omega_total(loadings: np.ndarray) -> float:
    """McDonald's omega total (1999) with the variance that the one-factor model implies."""
    common = loadings.sum() ** 2
    return float(common / (common + (1 - loadings**2).sum()))


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Reliability(Result):
    """Reliability of every dimension.

    `.table`: dimension, items, n, alpha, alpha_low, alpha_high, omega. `.items`: dimension, item, item_rest (corrected
    item-total correlation), alpha_if_dropped. nan where there are too few items, or an item does not vary.
    """

    items: pd.DataFrame = field(repr=False)
    formats: ClassVar[dict[str, str]] = {
        "alpha": "number", "alpha_low": "number", "alpha_high": "number", "omega": "number", "items": "count",
    }  # fmt: skip


def reliability(survey, *, confidence: float = 0.95) -> Reliability:
    """Say whether the items of each dimension measure one thing (MODELS 2).

    Parameters
    ----------
    survey : Survey or Tally
    confidence : float
        Level of Feldt's interval.

    Returns
    -------
    Reliability
        From pairwise-complete covariances; n, for the interval, is the number of respondents who answered at least one
        item of the dimension. Dimensions below the smallest group that may be shown are left out. Omega needs three
        items, alpha two.

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> book = pd.DataFrame({"item": list("abc"), "text": list("abc"), "kind": "rating", "dimension": "Flow",
    ...                      "scale": "agreement5"})
    >>> answers = pd.DataFrame({"a": [1, 2, 3, 4, 5, 4], "b": [2, 2, 3, 5, 5, 4], "c": [1, 3, 3, 4, 4, 5]})
    >>> float(dx.reliability(dx.read_survey(answers, book)).table["alpha"].round(3).iloc[0])
    0.944
    """
    counted = tally(survey)
    book, rows, parts, notes = counted.codebook, [], [], []
    for d, dimension in enumerate(book.dimensions):
        names = book.dimension_items(dimension)
        n = int(counted.anyone[:, d].sum())
        if n < counted.min_group:
            notes.append(f"{dimension}: fewer than {counted.min_group} respondents, not shown")
            continue
        if len(names) < 3:
            notes.append(f"{dimension}: {len(names)} item{'s' * (len(names) > 1)}, omega needs three")
        covariance, _ = counted.covariance(counted.at("item", names))
        flat = [name for name, variance in zip(names, np.diag(covariance), strict=True) if not variance > 0]
        if flat or not np.isfinite(covariance).all():
            notes.append(f"{dimension}: not computed, {', '.join(flat) or 'some pair of items'} does not vary")
            rows.append([dimension, len(names), n] + [np.nan] * 4)
            parts.append(_item_rows(dimension, names, np.full((len(names), 2), np.nan)))
            continue
        figures = np.column_stack([item_rest(covariance), if_dropped(covariance)])
        parts.append(_item_rows(dimension, names, figures))
        if len(names) < 2:
            rows.append([dimension, 1, n] + [np.nan] * 4)
            continue
        value = alpha(covariance)
        scale = np.sqrt(np.diag(covariance))
        omega = omega_total(one_factor(covariance / np.outer(scale, scale))) if len(names) > 2 else np.nan
        rows.append([dimension, len(names), n, value, *feldt(value, len(names), n, confidence), omega])
    table = pd.DataFrame(rows, columns=["dimension", "items", "n", "alpha", "alpha_low", "alpha_high", "omega"])
    columns = ["dimension", "item", "item_rest", "alpha_if_dropped"]
    items = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    return Reliability(
        table=table, items=items, title="Reliability", confidence=confidence, notes=tuple(notes),
        method="Cronbach's alpha with Feldt's interval, omega total of a one-factor fit",
    )  # fmt: skip


def _item_rows(dimension: str, names: list[str], figures: np.ndarray) -> pd.DataFrame:
    frame = pd.DataFrame(figures, columns=["item_rest", "alpha_if_dropped"])
    frame.insert(0, "item", names)
    frame.insert(0, "dimension", dimension)
    return frame


def item_rest(covariance: np.ndarray) -> np.ndarray:
    """Correlation of each item with the sum of the others (K,); nan for a single item."""
    own = np.diag(covariance)
    with_rest = covariance.sum(axis=1) - own
    rest = covariance.sum() - 2 * covariance.sum(axis=1) + own
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(rest > 0, with_rest / np.sqrt(own * rest), np.nan)


def if_dropped(covariance: np.ndarray) -> np.ndarray:
    """Alpha of the other items, for each item left out (K,); nan where fewer than two are left."""
    if len(covariance) < 3:
        return np.full(len(covariance), np.nan)
    keep = [np.delete(np.arange(len(covariance)), j) for j in range(len(covariance))]
    return np.array([alpha(covariance[np.ix_(rest, rest)]) for rest in keep])
