"""What is measured of every respondent: items, dimensions and the whole, as numbers in their units.

See docs/methods/scores.md, "Index points"."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dxkit.survey.reading.codebook import Codebook
from dxkit.survey.reading.responses import Survey
from dxkit.survey.tally.measures import VARIABLES, mean_of_answered, unit_of


def variables_of(survey: Survey) -> tuple[np.ndarray, pd.DataFrame, np.ndarray]:
    """Every measured variable of every respondent: items, dimensions, overall; and who answered any of a dimension."""
    book = survey.codebook
    values, anyone = with_dimensions(book, item_values(book, survey.answers[book.measured].to_numpy(dtype=float)))
    return values, described(book), anyone


def described(book: Codebook) -> pd.DataFrame:
    """The variables: level, name, unit."""
    rows = [("item", item, unit_of(book.item(item)["kind"], book.item(item)["good"])) for item in book.measured]
    rows += [("dimension", dimension, "index") for dimension in book.dimensions]
    rows += [("overall", "overall", "index")] if book.dimensions else []
    return pd.DataFrame(rows, columns=["level", "name", "unit"], dtype=object)


def origins(variables: pd.DataFrame) -> np.ndarray:
    """What each variable is summed about."""
    return np.array([VARIABLES[unit].origin for unit in variables["unit"]])


def item_values(book: Codebook, codes: np.ndarray) -> np.ndarray:
    """Codes of the measured items (n, I) in the unit of each."""
    values = np.empty(codes.shape)
    for j, item in enumerate(book.measured):
        values[:, j] = in_unit(book, item, codes[:, j])
    return values


def in_unit(book: Codebook, item: str, codes: np.ndarray) -> np.ndarray:
    """Codes of an item (n,) in its unit."""
    unit = unit_of(book.item(item)["kind"], book.item(item)["good"])
    if unit in ("index", "share"):
        return book.index(codes, item)
    return _promoters(codes) if unit == "recommend" else codes


def with_dimensions(book: Codebook, items: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Item values (n, I) followed by those of the dimensions and the whole; and who answered any of a dimension."""
    position = {item: j for j, item in enumerate(book.measured)}
    anyone = np.zeros((len(items), len(book.dimensions)), dtype=bool)
    scores = []
    for d, dimension in enumerate(book.dimensions):
        parts = items[:, [position[item] for item in book.dimension_items(dimension)]]
        anyone[:, d] = (~np.isnan(parts)).any(axis=1)
        scores.append(mean_of_answered(parts))
    if not scores:
        return items, anyone
    return np.column_stack([items, *scores, mean_of_answered(np.column_stack(scores))]), anyone


def _promoters(codes: np.ndarray) -> np.ndarray:
    """+100 for 9 and 10, -100 for 0 to 6, 0 between: the mean is the employee net promoter score."""
    return np.where(np.isnan(codes), np.nan, 100.0 * (codes >= 9) - 100.0 * (codes <= 6))
