"""The tally: counts and sums of a survey that hold no person and merge by adding."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from dxkit.files.errors import DataError
from dxkit.survey.reading.codebook import MEASURED, Codebook
from dxkit.survey.reading.coding import NOT_ASKED
from dxkit.survey.reading.roster import Roster
from dxkit.survey.reading.rules.table import Entry, added_logs
from dxkit.survey.tally import topics
from dxkit.survey.tally.measures import BURDENS

_PER_CELL = ("people", "pairs", "sums", "products", "counts", "states", "anyone")


@dataclass(frozen=True, eq=False, kw_only=True)
class Tally:
    """Counts and sums of a survey that hold no person. Two tallies of one codebook add up: `tally + tally`.

    See docs/methods/tally.md, "What a tally holds".

    With C cells, J variables, I items, K codes, D dimensions and T topics:

    codebook            what was asked
    cells               one row per group of respondents, a column per segment
    variables           one row per measured variable (level, name, unit)
    people (C,)         respondents of the cell
    pairs (C, J, J)     respondents who have both variables; the diagonal is the n of each
    sums (C, J, J)      sum of the first variable over those pairs, about `origin`
    products (C, J, J)  sum of the products of the two, about `origin`
    origin (J,)         the number that is taken from a variable before it is summed
    counts (C, I, K)    answers per code of the item's scale, in the order of `Scale.codes`
    states (C, I, 4)    answered, no opinion, skipped, not asked
    anyone (C, D)       respondents who answered at least one item of the dimension
    burdens             pairs, sums and products, each (C, T, T), of the topics' burdens by score; weights: `own.layers`
    roster              headcount by segment; None where it is not known
    wave                the name of the wave
    min_group           the smallest number of answers that a shown figure may rest on
    cleaning            what was set aside or changed while reading, and how often (columns what, count, rule, unit)
    notes               what was noticed while reading
    """

    codebook: Codebook
    cells: pd.DataFrame
    variables: pd.DataFrame
    people: np.ndarray
    pairs: np.ndarray
    sums: np.ndarray
    products: np.ndarray
    counts: np.ndarray
    states: np.ndarray
    anyone: np.ndarray
    origin: np.ndarray
    burdens: Mapping[str, tuple[np.ndarray, ...]] = field(default_factory=dict)
    roster: Roster | None = None
    wave: str = ""
    min_group: int = 5
    cleaning: pd.DataFrame = field(default_factory=lambda: pd.DataFrame([], columns=list(Entry._fields)))
    notes: tuple[str, ...] = ()

    @property
    def segments(self) -> list[str]:
        """The segments that the tally can be split by."""
        return list(self.cells.columns)

    @cached_property
    def n(self) -> np.ndarray:
        """Answers per cell and variable, (C, J)."""
        return np.diagonal(self.pairs, axis1=1, axis2=2)

    @cached_property
    def total(self) -> np.ndarray:
        """Sum of each variable about its origin, per cell, (C, J)."""
        return np.diagonal(self.sums, axis1=1, axis2=2)

    @cached_property
    def squares(self) -> np.ndarray:
        """Sum of squares of each variable about its origin, per cell, (C, J)."""
        return np.diagonal(self.products, axis1=1, axis2=2)

    @cached_property
    def means(self) -> np.ndarray:
        """Mean of each variable per cell, (C, J); nan where nobody answered."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.total / self.n + self.origin

    @cached_property
    def scatter(self) -> np.ndarray:
        """Sum of squares of each variable about its cell mean, (C, J); exactly 0 where all answers are equal."""
        with np.errstate(invalid="ignore", divide="ignore"):
            about_mean = np.nan_to_num(self.squares - self.total**2 / self.n)
        about_mean[about_mean <= 1e-12 * self.squares] = 0.0
        return about_mean

    def at(self, level: str, names: Iterable[str] | None = None) -> list[int]:
        """Positions of the variables of a level, or of these names within it."""
        rows = self.variables[self.variables["level"] == level]
        position = dict(zip(rows["name"], rows.index, strict=True))
        return [position[name] for name in (position if names is None else names)]

    def groups(self, by: Sequence[str]) -> tuple[pd.DataFrame, np.ndarray]:
        """The groups of a cut: their segment values (G rows) and the group of each cell (C,)."""
        missing = [name for name in by if name not in self.segments]
        if missing:
            raise DataError(
                f"segment {', '.join(map(repr, missing))} is not in this tally, which has "
                f"{', '.join(self.segments) or 'none'}; tally it with by={list(by)!r}"
            )
        if not by:
            return pd.DataFrame(index=[0]), np.zeros(len(self.cells), dtype=int)
        keys = _keys(self.cells, by)
        order, code = np.unique(keys.to_flat_index().map(_ordering(self.roster, by)).to_numpy(), return_inverse=True)
        first = [int(np.flatnonzero(code == g)[0]) for g in range(len(order))]
        return self.cells[list(by)].iloc[first].reset_index(drop=True), code

    def cell_of(self, segments: pd.DataFrame) -> np.ndarray:
        """The cell of each person of a frame of segments."""
        if not self.segments:
            return np.zeros(len(segments), dtype=int)
        return _keys(self.cells, self.segments).get_indexer(_keys(segments, self.segments))

    def over(self, mask: np.ndarray | None = None) -> Tally:
        """The tally of the chosen cells (all by default) as one cell without segments."""
        chosen = np.ones(len(self.cells), dtype=bool) if mask is None else mask

        def add(values: np.ndarray) -> np.ndarray:
            return values[chosen].sum(axis=0, keepdims=True)

        return replace(
            self,
            cells=pd.DataFrame(index=[0]),
            **{name: add(getattr(self, name)) for name in _PER_CELL},
            burdens={score: tuple(map(add, parts)) for score, parts in self.burdens.items()},
        )

    def regrouped(self, cells: pd.DataFrame) -> Tally:
        """The tally whose cells have these labels, a row for each; cells of one label become one."""
        if cells.shape[1]:
            code, first = pd.factorize(pd.MultiIndex.from_frame(cells).to_flat_index(), sort=True)
            groups = pd.DataFrame(list(first), columns=list(cells.columns), dtype=object)
        else:
            code, groups = np.zeros(len(cells), dtype=int), pd.DataFrame(index=[0])

        def add(values: np.ndarray) -> np.ndarray:
            added = np.zeros((len(groups), *values.shape[1:]), dtype=values.dtype)
            np.add.at(added, code, values)
            return added

        return replace(
            self,
            cells=groups,
            **{name: add(getattr(self, name)) for name in _PER_CELL},
            burdens={score: tuple(map(add, parts)) for score, parts in self.burdens.items()},
        )

    def not_asked(self, position: int) -> np.ndarray:
        """Respondents per cell (C,) to whom the question was not put; they count when weights are made."""
        level, name = self.variables["level"].iloc[position], self.variables["name"].iloc[position]
        if level in BURDENS:
            items = [item for kind in BURDENS[level].questions for item in self.codebook.topic_items(name, kind)]
        else:
            items = [name] if level == "item" else []
        at = [self.codebook.measured.index(item) for item in items]
        return self.states[:, at, NOT_ASKED].max(axis=1, initial=0).astype(float)

    def burden(self, score: str) -> Tally:
        """The tally whose variables are the topics' burdens by this score (docs/methods/ranking.md, "Burden")."""
        book, score = self.codebook, topics.default(self.codebook, score)
        variables = pd.DataFrame({"level": score, "name": book.topics, "unit": BURDENS[score].unit}, dtype=object)
        if items := topics.single_items(book, score):
            at = self.at("item", items)
            grid = np.ix_(range(len(self.cells)), at, at)
            pairs, sums, products, origin = self.pairs[grid], self.sums[grid], self.products[grid], self.origin[at]
            sums = -sums if score == "severity" else sums  # 100 - u about 50 is -(u - 50)
        else:
            pairs, sums, products = self.burdens[score]
            origin = np.full(len(book.topics), BURDENS[score].origin)
        return replace(
            self,
            variables=variables,
            pairs=pairs,
            sums=sums,
            products=products,
            origin=origin,
            burdens={},
            anyone=np.zeros((len(self.cells), 0)),
        )

    def covariance(self, at: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """Pairwise-complete covariances of the variables at these positions over all cells, and the pair counts."""
        grid = np.ix_([0], at, at)
        whole = self.over()
        pairs, sums, products = (part[grid][0] for part in (whole.pairs, whole.sums, whole.products))
        with np.errstate(invalid="ignore", divide="ignore"):
            return (products - sums * sums.T / pairs) / (pairs - 1), pairs

    def __add__(self, other: Tally) -> Tally:
        if not isinstance(other, Tally):
            return NotImplemented
        _check_same(self, other)
        cells = pd.concat([self.cells, other.cells.reindex(columns=self.segments)], ignore_index=True)
        both = {name: np.concatenate([getattr(self, name), getattr(other, name)]) for name in _PER_CELL}
        burdens = {
            score: tuple(map(np.concatenate, zip(parts, other.burdens[score], strict=True)))
            for score, parts in self.burdens.items()
        }
        together = replace(
            self,
            **both,
            burdens=burdens,
            wave=self.wave if self.wave == other.wave else "",
            cleaning=added_logs([self.cleaning, other.cleaning]),
            notes=tuple(dict.fromkeys(self.notes + other.notes)),
        )
        return together.regrouped(cells)

    __radd__ = __add__

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the tally to one small file, to be read with `Tally.load` and added to others.

        The file holds no answer of a person, but it does hold counts and sums of every cell, small ones too. Before
        you give it away, tally with `by=[]` or by coarse segments.

        Parameters
        ----------
        path : path
            Where to write; the folder must exist.

        Examples
        --------
        >>> import dxkit as dx, pandas as pd, tempfile, pathlib
        >>> book = pd.DataFrame({"item": ["ci"], "text": ["CI is fast"], "kind": ["rating"], "scale": ["agreement5"]})
        >>> file = pathlib.Path(tempfile.mkdtemp(), "ours.tally")
        >>> dx.tally(pd.DataFrame({"ci": [1, 2, 3, 4, 5]}), codebook=book).save(file)
        >>> dx.Tally.load(file) + dx.Tally.load(file)
        Tally: 10 respondents, 1 variables
        """
        from dxkit.survey.tally import storage

        facts = {
            "codebook": storage.codebook_facts(self.codebook),
            "roster": storage.roster_facts(self.roster),
            "cells": storage.frame_facts(self.cells),
            "variables": storage.frame_facts(self.variables),
            "cleaning": storage.frame_facts(self.cleaning),
            "notes": list(self.notes),
            "wave": self.wave,
            "min_group": self.min_group,
            "burdens": list(self.burdens),
        }
        arrays = {name: getattr(self, name) for name in (*_PER_CELL, "origin")}
        for score, parts in self.burdens.items():
            arrays |= {f"{score} {k}": part for k, part in enumerate(parts)}
        storage.write(path, facts, arrays)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Tally:
        """Read a tally that `save` wrote.

        Parameters
        ----------
        path : path
            The file.

        Raises
        ------
        DataError
            A file of another kind, a damaged one, or one of a later version.
        """
        from dxkit.survey.tally import storage

        facts, arrays = storage.read(path)
        return cls(
            codebook=storage.codebook_of(facts["codebook"]),
            roster=storage.roster_of(facts["roster"]),
            cells=storage.frame_of(facts["cells"]),
            variables=storage.frame_of(facts["variables"]),
            cleaning=storage.frame_of(facts["cleaning"]),
            notes=tuple(facts["notes"]),
            wave=facts["wave"],
            min_group=facts["min_group"],
            **{name: arrays[name] for name in (*_PER_CELL, "origin")},
            burdens={score: tuple(arrays[f"{score} {k}"] for k in range(3)) for score in facts["burdens"]},
        )

    def __repr__(self) -> str:
        by = f", by {', '.join(self.segments)}" if self.segments else ""
        return f"Tally: {int(self.people.sum()):,} respondents, {len(self.variables)} variables{by}"


def _keys(frame: pd.DataFrame, names: Sequence[str]) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([frame[name] for name in names], names=list(names))


def _ordering(roster: Roster | None, by: Sequence[str]):
    """A sort key for group labels: the order of the roster where it knows the segment, else the alphabet."""
    ranks = [
        {label: f"{i:06d}" for i, label in enumerate(roster.categories(name))}
        if roster and name in roster.segments
        else {}
        for name in by
    ]

    def key(labels: tuple[str, ...]) -> str:
        return "\x00".join(rank.get(label, label) for rank, label in zip(ranks, labels, strict=True))

    return key


def _check_same(mine: Tally, other: Tally) -> None:
    """Tallies add up only where the same questions were asked on the same scales, cut by the same segments."""
    problems = []
    asked = [[row for row in each.codebook.questions if row.kind in MEASURED] for each in (mine, other)]
    left, right = ([row._replace(text="", asked_if="", same_as="") for row in rows] for rows in asked)
    if left != right:
        problems.append("their codebooks differ")
    else:
        for item in mine.codebook.measured:
            one, two = mine.codebook.scale(item), other.codebook.scale(item)
            if (one.codes, one.lo, one.hi, one.favourable) != (two.codes, two.lo, two.hi, two.favourable):
                problems.append(f"item {item} has another scale")
    if sorted(mine.segments) != sorted(other.segments):
        problems.append(f"one is cut by {mine.segments}, the other by {other.segments}")
    if set(mine.burdens) != set(other.burdens):
        problems.append("one has weights in its file, the other has not")
    if mine.min_group != other.min_group:
        problems.append(f"one promises groups of {mine.min_group}, the other of {other.min_group}")
    if problems:
        raise DataError("these tallies cannot be added: " + "; ".join(problems))


def as_list(by: str | Iterable[str] | None) -> list[str]:
    """A segment name or a list of them as a list without repeats."""
    if by is None:
        return []
    return [by] if isinstance(by, str) else list(dict.fromkeys(by))
