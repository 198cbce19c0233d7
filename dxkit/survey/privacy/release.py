"""What may be shown: no group below the minimum, neither plainly nor by working it out.

See docs/methods/anonymity.md, "A release"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np

from dxkit.files.errors import DataError
from dxkit.survey.privacy.attack import atoms_of, find_breach, taking_part
from dxkit.survey.privacy.nested import Table, admitted
from dxkit.survey.reading.people import LEAST_GROUP, smallest_group


@dataclass(eq=False)
class _Subject:
    """What has been shown of one question: rows of coefficients over units, and the weights that were in use."""

    units: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.uint64))
    n: np.ndarray = field(default_factory=lambda: np.empty(0))
    rows: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))
    weightings: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))


class Release:
    """The ledger of what has been shown. Pass one to every table of a report, and no two of them together give away
    a group of fewer than `min_group` answers. It is the one object here that changes: it remembers.

    Every question is audited by itself. The attacker knows every published mean and count of this ledger (any cut, an
    earlier wave of the same people, an earlier state of the data) and solves for groups; while one below the minimum
    is determined, the smallest figure of the new table that helps to it is hidden.

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> book = pd.DataFrame({"item": ["ci", "team"], "text": ["CI is fast", "Team"], "kind": ["rating", "segment"],
    ...                      "scale": ["agreement5", ""]})
    >>> answers = pd.DataFrame({"ci": [1, 2, 3, 4, 5] * 4, "team": ["A"] * 9 + ["B"] * 8 + ["C"] * 3})
    >>> survey, report = dx.read_survey(answers, book), dx.Release()
    >>> dx.scores(survey, release=report).table["shown"].tolist()
    [True]
    >>> dx.scores(survey, by="team", release=report).table["shown"].tolist()  # the whole less A would give B + C
    [True, False, False]
    """

    def __init__(self, min_group: int = 5):
        self.min_group: int = smallest_group(min_group)
        self._subjects: dict[str, _Subject] = {}
        self._nested: dict[str, list[Table]] = {}  # of questions of which only groups within groups have been shown
        self._cells: WeakKeyDictionary[object, tuple[str, ...]] = WeakKeyDictionary()
        self._shown = self._hidden = 0

    def __repr__(self) -> str:
        return f"Release(min_group={self.min_group}): {self._shown} figures shown, {self._hidden} hidden"

    def decide_by(self, tally: object, segments: Sequence[str]) -> None:
        """Take note that tables of a tally are decided by its cells of these segments; other cells of it share none."""
        earlier = self._cells.setdefault(tally, tuple(segments))
        if set(earlier) != set(segments):
            both = list(dict.fromkeys((*earlier, *segments)))
            raise DataError(
                f"this release holds tables of the tally by {' x '.join(earlier)}; what a table by "
                f"{' x '.join(segments)} gives away beside them cannot be told. Tally with cuts=[{both}]"
            )

    def admit(
        self,
        subject: str,
        coefficients: np.ndarray,
        units: np.ndarray,
        n: np.ndarray,
        constant: np.ndarray,
        least: int | None = None,
    ) -> np.ndarray:
        """Decide which groups of a new table may be shown, and remember them.

        Parameters
        ----------
        subject : str
            The question.
        coefficients : array (G, U)
            What an answer of each unit counts in the published figure of each group; 0 for units outside it.
        units : array (U,)
            Keys of the units (persons, or cells of a tally); the same unit has the same key in every table.
        n : array (U,)
            Answers of each unit.
        constant : array (G,) of bool
            Groups in which everybody gave the same answer.
        least : int, optional
            The minimum of the data, where it asks for more than this ledger.
        """
        least = max(self.min_group, least or 0)
        n = np.asarray(n, dtype=float)
        ledger = self._ledger(subject)
        coefficients = np.asarray(coefficients, dtype=float)
        earlier, rows, counts, keys = _joined(ledger, coefficients, np.asarray(units), n)
        size = (coefficients != 0) @ n
        everybody = rows.max(axis=0, initial=0.0)
        weightings = _widened(ledger.weightings, len(keys))
        if not (weightings == everybody).all(axis=1).any():
            weightings = np.vstack([weightings, everybody])
        shown = _audited(earlier, weightings, rows, counts, size, least)
        shown &= ~(np.asarray(constant, dtype=bool) & (size < 2 * least))
        ledger.units, ledger.n, ledger.weightings = keys, counts, weightings
        ledger.rows = np.vstack([earlier, rows[shown]])
        self._shown += int(shown.sum())
        self._hidden += int((~shown).sum())
        return shown

    def admit_groups(
        self,
        subjects: Sequence[str],
        group: np.ndarray,
        units: np.ndarray,
        n: np.ndarray,
        constant: np.ndarray,
        least: int | None = None,
        weights: np.ndarray | None = None,
    ) -> np.ndarray:
        """`admit` for several questions (S) of one table in which each unit belongs to one group (U,).

        n (U, S) are answers, weights (U, S) what one of them counts, constant is (G, S); returns (G, S). Of groups
        within groups there is a closed form; everything else goes to the general audit.
        """
        constant, none = np.asarray(constant, dtype=bool), np.zeros(len(constant), dtype=bool)
        weights, lowest = np.ones(n.shape) if weights is None else weights, max(self.min_group, least or 0)
        tables = [
            Table(units=units, group=group, n=n[:, s], weights=weights[:, s], shown=none, least=lowest)
            for s in range(len(subjects))
        ]
        distinct = len(np.unique(units)) == len(units)
        within = [
            distinct and name not in self._subjects and table.follows(self._nested.get(name, ()))
            for name, table in zip(subjects, tables, strict=True)
        ]
        closed, shown = np.flatnonzero(within).tolist(), np.zeros(constant.shape, dtype=bool)
        if len(closed):
            earlier = [self._nested.setdefault(subjects[s], []) for s in closed]
            for s, table in zip(
                closed, admitted([tables[s] for s in closed], earlier, constant[:, closed]), strict=True
            ):
                self._nested[subjects[s]].append(table)
                shown[:, s] = table.shown
            self._shown += int(shown.sum())
            self._hidden += shown[:, closed].size - int(shown.sum())
        for s in np.flatnonzero(~np.array(within, dtype=bool)).tolist():
            shown[:, s] = self.admit(subjects[s], tables[s].rows, units, n[:, s], constant[:, s], least)
        return shown

    def _ledger(self, subject: str) -> _Subject:
        """What has been shown of a question, as rows of coefficients."""
        if levels := self._nested.pop(subject, None):
            first, rows = levels[0], np.vstack([table.rows[table.shown] for table in levels])
            everybody = first.weights[None, :]
            self._subjects[subject] = _Subject(units=first.units, n=first.n, rows=rows, weightings=everybody)
        return self._subjects.setdefault(subject, _Subject())


def _joined(ledger: _Subject, rows: np.ndarray, units: np.ndarray, n: np.ndarray):
    """Earlier and new rows over the units of both."""
    if not len(ledger.units) and len(np.unique(units)) == len(units):
        return np.zeros((0, len(units))), rows, n, units
    keys = np.concatenate([ledger.units.astype(units.dtype), units[~np.isin(units, ledger.units)]])
    place = {key: i for i, key in enumerate(keys.tolist())}
    at = np.array([place[key] for key in units.tolist()], dtype=int)
    new = np.zeros((len(rows), len(keys)))
    new[:, at] = rows
    counts = np.zeros(len(keys))
    counts[: len(ledger.n)] = ledger.n
    counts[at] = np.maximum(counts[at], n)
    return _widened(ledger.rows, len(keys)), new, counts, keys


def _widened(rows: np.ndarray, width: int) -> np.ndarray:
    """Rows with zeros for units that came later."""
    wide = np.zeros((len(rows), width))
    wide[:, : rows.shape[1]] = rows
    return wide


def _audited(earlier, weightings, rows: np.ndarray, n: np.ndarray, size: np.ndarray, least: int) -> np.ndarray:
    """Groups that may be shown by their counts alone.

    Going up from the least minimum and keeping what was hidden makes hiding monotone in the minimum.
    """
    shown = np.ones(len(rows), dtype=bool)
    answered = n > 0
    everybody = rows.max(axis=0, initial=0.0)[None, :]  # readers know the total, shown or not
    stacked = np.vstack([weightings, everybody, earlier, rows])[:, answered]
    atoms, counts = atoms_of(stacked, n[answered])
    w, e = len(weightings), len(weightings) + 1 + len(earlier)
    weights, before, after = atoms[:w], atoms[w:e], atoms[e:]
    enough, between = size >= least, (size >= LEAST_GROUP) & (size < least)
    if not between.any() and find_breach(np.vstack([before, after[enough]]), counts, least, weights) is None:
        return enough  # nor does anything follow from fewer rows, or from all for a smaller minimum
    if find_breach(before, counts, least, weights) is not None:
        before = before[1:]  # the total itself cannot be shown beside what was shown earlier
    for k in range(LEAST_GROUP, least + 1):
        shown &= size >= k
        while shown.any():
            at = np.flatnonzero(shown)
            table = np.vstack([before, after[at]])
            breach = find_breach(table, counts, k, weights)
            if breach is None:
                break
            helps = taking_part(table, breach)[len(before) :]
            candidates = at[helps] if helps.any() else at
            shown[candidates[np.argmin(size[candidates])]] = False
    return shown
