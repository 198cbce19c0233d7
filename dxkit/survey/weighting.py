"""From those who answered to all who could have: post-stratification and raking.

See docs/methods/weighting.md, "Post-stratification"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from dxkit.statistics.calibration import influence, influence_within, rake, swept
from dxkit.statistics.moments import per_group
from dxkit.survey.reading.roster import Roster
from dxkit.survey.tally.cells import Cells
from dxkit.survey.tally.margins import Margins


@dataclass(frozen=True, eq=False, kw_only=True)
class Targets:
    """The groups of every margin after merging: the group of each cell (C,), -1 for none, and the people of each."""

    codes: tuple[np.ndarray, ...]
    targets: tuple[np.ndarray, ...]
    merged: tuple[str, ...] = ()  # what was merged for want of two respondents, in words

    @cached_property
    def indicators(self) -> np.ndarray:
        """A column per group of every margin, (C, P): the fit of the linearised variance."""
        pairs = zip(self.codes, self.targets, strict=True)
        return np.hstack([np.equal.outer(code, np.arange(len(target))) for code, target in pairs]).astype(float)

    @cached_property
    def rank(self) -> int:
        """How many of them are free."""
        return int(swept((self.indicators.T @ self.indicators)[None])[1][0])


@dataclass(frozen=True, eq=False, kw_only=True)
class Calibration:
    """Weights per cell for one variable, (C,): people whom one respondent stands for; 0 where nobody answered."""

    weights: np.ndarray
    margins: Targets


_PLACES: WeakKeyDictionary[Margins, tuple[Roster, np.ndarray]] = (
    WeakKeyDictionary()
)  # the group of each cell by segment
_MADE: WeakKeyDictionary[Roster, dict[bytes, Calibration]] = WeakKeyDictionary()  # a roster never changes


def calibrations(n: np.ndarray, tally: Cells) -> list[Calibration]:
    """For each column of respondents n (C, V) of the tally's cells: weights that add up to the roster's headcounts.

    Groups of a margin with fewer than two respondents are merged with the next one of the roster (the last with the
    one before). Respondents without a value in a roster segment get no weight. Columns alike share one calibration.
    """
    roster = tally.roster
    if roster is None:
        raise ValueError("without a roster there is nothing to weight to")
    if _PLACES.get(tally.margins, (None,))[0] is not roster:
        found = [roster.margin(name).index.get_indexer(pd.Index(tally.cells[name])) for name in roster.segments]
        _PLACES[tally.margins] = roster, np.where(np.min(found, axis=0) < 0, -1, np.stack(found))
    codes = _PLACES[tally.margins][1]
    n = np.where(codes[0][:, None] < 0, 0.0, n)
    made, place = _MADE.setdefault(roster, {}), codes.tobytes()
    keys = [place + column.tobytes() for column in n.T]
    if new := {key: v for v, key in enumerate(keys) if key not in made}:
        columns = n[:, list(new.values())]
        for margins, some in _margins(codes, columns, roster):
            weights = rake(columns[:, some], margins.codes, margins.targets)
            for k, column in zip(some, weights.T, strict=True):
                fit = Calibration(weights=column, margins=margins)
                made[list(new)[k]] = fit if np.isfinite(column).all() else _first_alone(columns[:, k], margins, roster)
    return [made[key] for key in keys]


def weighed(tally: Cells, at: Sequence[int]) -> list[Calibration]:
    """The calibrations of the variables at these positions: of those who answered, and whom it was not put to."""
    asked = tally.n[:, list(at)] + tally.not_asked[:, list(at)]
    return calibrations(asked, tally)


def weights_of(tally: Cells, at: Sequence[int]) -> np.ndarray | None:
    """The weights of the variables at these positions, (C, len(at)); None without a roster."""
    return None if tally.roster is None else np.column_stack([fit.weights for fit in weighed(tally, at)])


def _first_alone(n: np.ndarray, margins: Targets, roster: Roster) -> Calibration:
    """Too few answers for so many margins: the first alone always works."""
    words = f"weighted by {roster.segments[0]} only, raking does not converge"
    first = Targets(codes=margins.codes[:1], targets=margins.targets[:1], merged=(*margins.merged, words))
    return Calibration(weights=rake(n[:, None], first.codes, first.targets)[:, 0], margins=first)


def _margins(codes: np.ndarray, n: np.ndarray, roster: Roster) -> list[tuple[Targets, list[int]]]:
    """The margins to weight to, and of which columns of n (C, V)."""
    targets = [roster.margin(name).to_numpy(dtype=float) for name in roster.segments]
    small = np.zeros(n.shape[1], dtype=bool)
    for code, target in zip(codes, targets, strict=True):
        small |= (per_group(np.maximum(code, 0), len(target))(n) < 2).any(axis=0)
    found: dict[tuple[str, ...], Targets] = {(): Targets(codes=tuple(codes), targets=tuple(targets))}
    shares: dict[tuple[str, ...], list[int]] = {(): np.flatnonzero(~small).tolist()}
    for v in np.flatnonzero(small):
        parts = [_merge(*each, n[:, v], roster) for each in zip(codes, targets, roster.segments, strict=True)]
        words = tuple(word for _, _, merged in parts for word in merged)
        shares.setdefault(words, []).append(int(v))
        if words not in found:
            found[words] = Targets(
                codes=tuple(code for code, _, _ in parts), targets=tuple(heads for _, heads, _ in parts), merged=words
            )
    return [(found[words], columns) for words, columns in shares.items() if columns]


def _merge(
    code: np.ndarray, target: np.ndarray, segment: str, n: np.ndarray, roster: Roster
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Merge groups of a margin until each has two respondents, or one group is left."""
    labels = [[name] for name in roster.categories(segment)]
    code, heads, merged = code.copy(), target.tolist(), []
    while len(heads) > 1:
        answered = np.bincount(code[code >= 0], weights=n[code >= 0], minlength=len(heads))
        small = np.flatnonzero(answered < 2)
        if not len(small):
            break
        group = int(small[0])
        into = group + 1 if group + 1 < len(heads) else group - 1
        low, high = sorted((group, into))
        merged.append(f"{segment}: {' + '.join(labels[group])} with {' + '.join(labels[into])}")
        labels[low] += labels.pop(high)
        heads[low] += heads.pop(high)
        code[code == high] = low
        code[code > high] -= 1
    return code, np.array(heads), merged


@dataclass(frozen=True, eq=False, kw_only=True)
class Joint:
    """Weighted means of several variables with the covariance of their errors, for groups of cells.

    n, estimate, df (G, J); covariance (G, J, J), positive semidefinite also where answers are missing.
    """

    n: np.ndarray
    estimate: np.ndarray
    covariance: np.ndarray
    df: np.ndarray

    @property
    def variance(self) -> np.ndarray:
        """Of the error of each mean, (G, J)."""
        return np.diagonal(self.covariance, axis1=-2, axis2=-1)

    def of(self, group: int) -> Joint:
        """The means of one group: arrays without the first axis."""
        parts = (self.n, self.estimate, self.covariance, self.df)
        return Joint(**dict(zip(("n", "estimate", "covariance", "df"), (part[group] for part in parts), strict=True)))

    def at(self, positions: np.ndarray) -> Joint:
        """Those of some variables, of one group."""
        some = np.ix_(positions, positions)
        return Joint(
            n=self.n[positions],
            estimate=self.estimate[positions],
            covariance=self.covariance[some],
            df=self.df[positions],
        )


def joint(
    tally: Cells,
    at: Sequence[int],
    group: np.ndarray | None = None,
    groups: int = 1,
    *,
    fpc: bool = True,
    together: bool = True,
) -> Joint:
    """The means of the variables at these positions in groups of cells, and how their errors go together.

    `group` (C,) is the group of each cell; None for everybody together. The covariance sums over respondents the
    products of what each adds to two means (`influence`); without missing answers and without a roster it is
    `s_jk / n` (docs/methods/weighting.md, "Joint errors of several means"). Its diagonal is all that is filled where
    the errors are not wanted `together`, which needs no co-moments.
    """
    place = np.asarray(at, dtype=int)
    n, mean = tally.n[:, place].astype(float), np.nan_to_num(tally.means[:, place])
    whole, group = group is None, np.zeros(len(n), dtype=int) if group is None else group
    weighting = None if tally.roster is None else weighed(tally, at)
    weights = (n > 0).astype(float)
    if weighting is not None:
        weights = np.where(n > 0, np.column_stack([fit.weights for fit in weighting]), 0.0)
    add = per_group(group, groups)
    total = add(np.where(weights > 0, n, 0.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        estimate = add(weights * n * mean) / add(weights * n)
    fitted, factor, df = influence_within(n, weights, mean, group, groups, fpc=fpc and weighting is not None)
    if whole and weighting is not None:
        for targets, some in on_margins(tally, at, weighting, total[0]):
            fitted[:, some], factor[:, some], df[0, some] = influence(
                n[:, some], weights[:, some], mean[:, some], targets.indicators, fpc=fpc
            )
    about, squares = fitted - tally.origin[place], tally.squares[:, place]
    variance = add(factor**2 * (squares - 2 * about * tally.total[:, place] + n * about**2))
    flat = variance <= 1e-12 * add(factor**2 * squares)
    covariance = np.where(flat, 0.0, variance)[:, :, None] * np.eye(len(place))
    if together:
        covariance = _covariance(tally, place, factor, about, group, groups)
        covariance[flat] = covariance.swapaxes(1, 2)[flat] = 0.0
    return Joint(n=total, estimate=estimate, covariance=covariance, df=np.where(total > 0, df, 0.0))


def _covariance(tally: Cells, at: np.ndarray, factor, about, group: np.ndarray, groups: int) -> np.ndarray:
    """The sums over the respondents of each group of what they add to two means, (G, J, J)."""
    pairs, sums, products = tally.comoments(at)
    size, order = np.bincount(group, minlength=groups), np.argsort(group, kind="stable")
    covariance = np.zeros((groups, len(at), len(at)))
    for g, cells in enumerate(np.split(order, np.cumsum(size)[:-1])):
        f, own = about[cells], factor[cells]
        spread = products[cells] - f[:, :, None] * np.swapaxes(sums[cells], 1, 2) - f[:, None, :] * sums[cells]
        spread += pairs[cells] * f[:, :, None] * f[:, None, :]
        covariance[g] = (own[:, :, None] * own[:, None, :] * spread).sum(axis=0)
    return covariance


def on_margins(
    tally: Cells, at: Sequence[int], weighting: Sequence[Calibration], total: np.ndarray
) -> list[tuple[Targets, np.ndarray]]:
    """Which of these variables are fitted on which margins when everybody is estimated together.

    Those that were put to all of the staff, with at least two answers a margin that is free.
    """
    rich = total >= np.array([max(2 * fit.margins.rank, 1) for fit in weighting])
    return alike(weighting, np.flatnonzero(rich & ~tally.not_asked[:, list(at)].any(axis=0)))


def alike(weighting: Sequence[Calibration], some: Iterable[int]) -> list[tuple[Targets, np.ndarray]]:
    """Positions by the margins that they are weighted to."""
    found: dict[Targets, list[int]] = {}
    for k in some:
        found.setdefault(weighting[k].margins, []).append(k)
    return [(margins, np.array(positions)) for margins, positions in found.items()]
