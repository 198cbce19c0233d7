"""What is measured of every respondent: items and burdens, as numbers in their units; and what dimensions are made of.

See docs/methods/scores.md, "Index points"."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from dxkit.statistics.means.spread import BOUNDED, HOURS, NUMBER
from dxkit.survey.reading.codebook import Codebook
from dxkit.survey.reading.coded import Coded, most_codes
from dxkit.survey.reading.coding import STATES
from dxkit.survey.tally import topics
from dxkit.survey.tally.measures import BURDENS, VARIABLES, unit_of


@dataclass(frozen=True, eq=False, kw_only=True)
class Form:
    """How each of J variables is spread, and its unit: a value is low + width u, with u from 0 to 1 (hours: u itself).

    form  BOUNDED, HOURS or NUMBER; top, the most that u can be
    """

    form: np.ndarray
    low: np.ndarray
    width: np.ndarray
    top: np.ndarray


def form_of(book: Codebook, variables: pd.DataFrame) -> Form:
    """The forms of variables (level, name, unit)."""
    rows = [_form(book, *row) for row in variables.itertuples(index=False, name=None)]
    form, low, width, top = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Form(form=np.array(form, dtype=int), low=np.array(low), width=np.array(width), top=np.array(top))


def _form(book: Codebook, level: str, name: str, unit: str) -> tuple[int, float, float, float]:
    if level in BURDENS:
        if level != "hours":
            return BOUNDED, 0.0, BURDENS[level].high, 1.0
        return HOURS, 0.0, 1.0, sum(book.scale(item).hi for item in book.topic_items(name, "hours"))
    if unit == "hours":
        return HOURS, 0.0, 1.0, book.scale(name).hi
    if unit in ("number", "choice"):
        return NUMBER, 0.0, 1.0, np.inf
    if unit in ("place", "code"):
        scale = book.scale(name)
        return BOUNDED, scale.lo, max(scale.hi - scale.lo, 1.0), 1.0
    return BOUNDED, VARIABLES[unit].low, VARIABLES[unit].high - VARIABLES[unit].low, 1.0


@dataclass(frozen=True, eq=False)
class Layout:
    """What is counted of a codebook, a column each: I items, and topics' burdens of several questions, P in all."""

    book: Codebook

    @cached_property
    def variables(self) -> pd.DataFrame:
        """The items: level, name, unit."""
        rows = [
            ("item", item, unit_of(self.book.item(item)["kind"], self.book.item(item)["good"]))
            for item in self.book.measured
        ]
        return pd.DataFrame(rows, columns=["level", "name", "unit"], dtype=object)

    @cached_property
    def columns(self) -> pd.DataFrame:
        """The variables, and after them the burdens that are not those of one item: level, name, unit."""
        rows = [(score, topic, BURDENS[score].unit) for score in self.burdens for topic in self.book.topics]
        more = pd.DataFrame(rows, columns=["level", "name", "unit"], dtype=object)
        return pd.concat([self.variables, more], ignore_index=True)

    @cached_property
    def burdens(self) -> list[str]:
        """The scores whose burdens come from several questions."""
        return [score for score in topics.allowed(self.book) if topics.single_items(self.book, score) is None]

    @cached_property
    def form(self) -> Form:
        """How each column is spread, and its unit."""
        return form_of(self.book, self.columns)

    @cached_property
    def step(self) -> np.ndarray:
        """What lies between two answers, in parts of the width of each column, (P,); nan where it may be anything."""
        found = np.full(len(self.columns), np.nan)
        for p in np.flatnonzero(self.coded).tolist():
            values = np.unique(self.values[p][~np.isnan(self.values[p])])
            found[p] = np.diff(values).min() / self.form.width[p] if len(values) > 1 else np.nan
        return found

    @cached_property
    def origin(self) -> np.ndarray:
        """What each column is summed about, (P,)."""
        origins = [BURDENS[level].origin for level in self.columns["level"].iloc[len(self.variables) :]]
        return np.append([VARIABLES[unit].origin for unit in self.variables["unit"]], origins)

    @cached_property
    def width(self) -> int:
        """K: the most codes of an item."""
        return most_codes(self.book)

    @cached_property
    def coded(self) -> np.ndarray:
        """Which columns are items that are answered by codes, (P,)."""
        items = [bool(self.book.scale(item).codes) for item in self.book.measured]
        return np.array(items + [False] * (len(self.columns) - len(items)), dtype=bool)

    @cached_property
    def summed(self) -> np.ndarray:
        """The positions of all other columns, (V,)."""
        return np.flatnonzero(~self.coded)

    @cached_property
    def values(self) -> np.ndarray:
        """The value of every code of an item in its unit, (I, K + S); nan where it says none."""
        table, known = np.full((len(self.book.measured), self.width + len(STATES)), np.nan), {}
        for i, item in enumerate(self.book.measured):
            row, codes = self.book.item(item), self.book.scale(item).codes
            key = row["scale"], row["kind"], row["good"]
            if key not in known:
                known[key] = in_unit(self.book, item, np.array(codes, dtype=float))
            table[i, : len(codes)] = known[key]
        return table

    @cached_property
    def about(self) -> np.ndarray:
        """The same about the origin, 0 where there is none, of the codes alone, (I, K)."""
        return np.nan_to_num(self.values[:, : self.width] - self.origin[: len(self.values), None])

    def of(self, coded: Coded, rows: slice, at: Sequence[int] | np.ndarray) -> np.ndarray:
        """The columns at these positions of these respondents, (n, ...); nan where there is none."""
        levels, names = (self.columns[name].to_numpy() for name in ("level", "name"))
        found, burdens = np.empty((len(at), len(coded.codes[rows]))).T, {}
        for k, p in enumerate(at):
            level, name = levels[p], names[p]
            if level == "item":
                found[:, k] = self._item(coded, rows, p)
            else:
                if level not in burdens:
                    burdens[level] = topics.burdens(self.book, self._answers(coded, rows), level)
                found[:, k] = burdens[level][:, self.book.topics.index(name)]
        return found

    def of_dimension(self, coded: Coded, rows: slice, dimension: str) -> np.ndarray:
        """The answers to the items of a dimension, about the middle, of those of these respondents who gave all."""
        items = [self.book.measured.index(item) for item in self.book.dimension_items(dimension)]
        values = np.column_stack([self._item(coded, rows, i) - self.origin[i] for i in items])
        return values[~np.isnan(values).any(axis=1)]

    def _item(self, coded: Coded, rows: slice, i: int) -> np.ndarray:
        """The answers to an item, in its unit."""
        if self.coded[i]:
            return self.values[i].take(coded.codes[rows, i])
        name = self.book.measured[i]
        return in_unit(self.book, name, coded.numbers[name][rows])

    def _answers(self, coded: Coded, rows: slice) -> dict[str, np.ndarray]:
        """The codes of the items that measure a topic."""
        found = {}
        for i, item in enumerate(self.book.measured):
            if self.book.item(item)["topic"]:
                codes = self.book.scale(item).codes
                table = np.append(codes, np.full(self.values.shape[1] - len(codes), np.nan))
                found[item] = table.take(coded.codes[rows, i]) if codes else coded.numbers[item][rows]
        return found


def contrasts(book: Codebook) -> tuple[pd.DataFrame, np.ndarray]:
    """The dimensions and the whole (level, name, unit), and what each item counts in them, (D, I).

    A dimension is the mean of its items, the whole the mean of the dimensions (docs/methods/scores.md, "Dimension and
    overall scores").
    """
    position = {item: i for i, item in enumerate(book.measured)}
    counts = np.zeros((len(book.dimensions), len(book.measured)))
    for row, dimension in zip(counts, book.dimensions, strict=True):
        items = book.dimension_items(dimension)
        row[[position[item] for item in items]] = 1 / len(items)
    rows = [("dimension", dimension, "index") for dimension in book.dimensions]
    if rows:
        rows, counts = [*rows, ("overall", "overall", "index")], np.vstack([counts, counts.mean(axis=0)])
    return pd.DataFrame(rows, columns=["level", "name", "unit"], dtype=object), counts


def in_unit(book: Codebook, item: str, codes: np.ndarray) -> np.ndarray:
    """Codes of an item (n,) in its unit."""
    unit = unit_of(book.item(item)["kind"], book.item(item)["good"])
    if unit in ("index", "share"):
        return book.index(codes, item)
    if unit == "recommend":  # +100 for 9 and 10, -100 for 0 to 6: the mean is the employee net promoter score
        return np.where(np.isnan(codes), np.nan, 100.0 * (codes >= 9) - 100.0 * (codes <= 6))
    return codes
