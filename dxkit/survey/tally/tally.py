"""The tally: counts and sums of a survey that hold no person and merge by adding."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.files.errors import DataError, fault_at
from dxkit.results.result import Result
from dxkit.survey.reading.codebook import Codebook
from dxkit.survey.reading.roster import Roster
from dxkit.survey.reading.rules.table import Entry
from dxkit.survey.tally.cells import Cells
from dxkit.survey.tally.comoments import BYTES, Comoments
from dxkit.survey.tally.cuts import Cut, amount, asking, segments_of, shown
from dxkit.survey.tally.cuts import path as path_of
from dxkit.survey.tally.margins import Cross, Margins, grouped, smallest
from dxkit.survey.tally.variables import Layout

if TYPE_CHECKING:
    from dxkit.survey.tally.release import Release


@dataclass(frozen=True, eq=False, kw_only=True)
class Tally:
    """Counts and sums of a survey that hold no person. Two tallies of one codebook add up: `tally + tally`.

    See docs/methods/tally.md, "What a tally holds".

    codebook    what was asked
    cuts        what is counted of each group, by cut: the segments, those of the roster among them
    cross       what is counted of the cells of all declared cuts crossed, which decides what may be shown; None where
                one of the cuts is it, or it was not kept
    comoments   how variables go together, over everybody; None where that was not kept
    complete    sums over everybody who answered all items of a dimension, which the interval of alpha needs
    roster      headcount by segment; None where it is not known
    wave        the name of the wave
    min_group   the smallest number of answers that a shown figure may rest on
    declared    the cuts that may be shown, in their order
    comment_group   from how many writers on comments are shown
    cleaning    what was set aside or changed while reading, and how often (columns what, count, rule, unit)
    notes       what was noticed while reading
    """

    codebook: Codebook
    cuts: Mapping[Cut, Margins]
    cross: Cross | None = None
    comoments: Comoments | None = None
    complete: Mapping[str, np.ndarray] = field(default_factory=dict)
    roster: Roster | None = None
    wave: str = ""
    min_group: int = 5
    declared: tuple[Cut, ...] = ()
    comment_group: int = 10
    cleaning: pd.DataFrame = field(default_factory=lambda: pd.DataFrame([], columns=list(Entry._fields)))
    notes: tuple[str, ...] = ()

    @cached_property
    def layout(self) -> Layout:
        """What is counted, column by column."""
        return Layout(self.codebook)

    @cached_property
    def release(self) -> Release:
        """What of it may be shown; `.text` says it in five sentences (docs/methods/anonymity.md)."""
        from dxkit.survey.tally.release import release_of

        return release_of(self)

    @property
    def variables(self) -> pd.DataFrame:
        """One row per measured variable (level, name, unit)."""
        return self.layout.variables

    @property
    def respondents(self) -> int:
        """How many people are counted."""
        return int(next(iter(self.cuts.values())).people.sum())

    @property
    def segments(self) -> list[str]:
        """The segments that the tally can be cut by."""
        found = {name for cut in self.cuts for name in cut}
        return [name for name in self.codebook.segments if name in found]

    @cached_property
    def _made(self) -> dict[tuple[str, ...], Cells]:
        return {}

    def cut(self, by: Iterable[str] = ()) -> Cells:
        """The tally split by these segments, as tables take it (docs/methods/tally.md, "Cuts").

        A cut that is not stored is added up from a finer one.
        """
        names = tuple(path_of(by, self.codebook))
        if names not in self._made:
            margins = self._margins(self._crossed(names))
            groups, group = grouped(margins.groups, names, self.roster)
            variables = self.layout.variables
            self._made[names] = Cells(
                tally=self,
                by=list(names),
                margins=margins,
                groups=groups,
                group=group,
                variables=variables,
                origin=self.layout.origin[: len(variables)],
                columns=np.arange(len(variables)),
                sign=np.ones(len(variables)),
            )
        return self._made[names]

    def has(self, names: Iterable[str]) -> bool:
        """Whether it is counted how these segments go together."""
        return any(set(self._crossed(names)) <= set(cut) for cut in [*self.cuts, *self._of_cross])

    @property
    def _of_cross(self) -> list[Cut]:
        return [] if self.cross is None else [tuple(self.cross.groups.columns)]

    def fine(self, by: Iterable[str]) -> Margins | Cross:
        """What is counted of each cell of these segments, crossed with the weighting cells."""
        cut = self._crossed(path_of(by, self.codebook))
        if self.cross is None or any(set(cut) <= set(have) for have in self.cuts):
            return self._margins(cut)
        return self.cross if set(cut) == set(*self._of_cross) else Cross.of([self.cross], cut)

    def frame(self, cut: str | Iterable[str] | None = None) -> Result:
        """How many gave which answer, a row for each group, item and answer that somebody gave.

        It shows small groups too, as the tally holds them: it is for whoever may see the answers.

        Parameters
        ----------
        cut : segment name or list of them, optional
            The groups; None for everybody together.

        Returns
        -------
        Result
            `.table` has a column for each segment, then item, label, code (nan for none) and count.

        Raises
        ------
        DataError
            A cut that the tally does not have.

        Examples
        --------
        >>> import dxkit as dx, pandas as pd
        >>> book = pd.DataFrame({"item": ["ci"], "text": ["CI is fast"], "kind": ["rating"], "scale": ["yesno"]})
        >>> counted = dx.tally(pd.DataFrame({"ci": ["Yes", "No", "Yes"]}), codebook=book)
        >>> counted.frame().table[["label", "count"]].to_numpy().tolist()
        [['No', 1], ['Yes', 2]]
        """
        cells = self.cut(segments_of(cut, self.codebook, "cut"))
        by = f" by {' and '.join(cells.by)}" if cells.by else ""
        return Result(table=cells.frame(), title=f"Counts{by}", segments=tuple(cells.by))

    def _asked(self, cut: Iterable[str]) -> list[str]:
        """A cut without the segments that are there for the weights."""
        return [name for name in cut if self.roster is None or name not in self.roster.segments]

    def _crossed(self, names: Iterable[str]) -> Cut:
        """A cut crossed with the weighting cells."""
        return tuple(dict.fromkeys((*names, *(self.roster.segments if self.roster else ()))))

    def _margins(self, cut: Cut) -> Margins:
        if not any(set(cut) <= set(have) for have in self.cuts):
            have = [" x ".join(self._asked(one)) or "the whole" for one in self.cuts]
            wanted = self._asked(cut) or list(cut)
            raise DataError(
                f"{shown(wanted)} is not in this tally, which has {', '.join(have)}; tally with cuts={asking(wanted)}"
            )
        return smallest(self.cuts.values(), cut)

    @property
    def together(self) -> bool:
        """Whether it is known how variables go together."""
        return self.comoments is not None

    def comoments_of(self, at: Sequence[int] | np.ndarray) -> Comoments:
        """The co-moments of these columns of the layout, and of others."""
        if self.comoments is None:
            count = len(self.layout.columns)
            raise DataError(
                f"co-moments of {count:,} variables were not kept; tally with comoments=True "
                f"({amount(BYTES * count**2)})"
            )
        return self.comoments

    def complete_of(self, dimension: str) -> np.ndarray:
        """Of everybody who answered all items of a dimension: sums of products as `fourth_moments` has them."""
        return self.complete[dimension]

    def __add__(self, other: Tally) -> Tally:
        return Tally.merged([self, other]) if isinstance(other, Tally) else NotImplemented

    __radd__ = __add__

    @classmethod
    def merged(cls, tallies: Iterable[Tally]) -> Tally:
        """Add up tallies of one codebook. Cuts that not all of them have are left out, and a note says so.

        Parameters
        ----------
        tallies : iterable of Tally
            Tallies of different people, such as those of other companies or of parts of a file.

        Raises
        ------
        DataError
            No tally, or tallies of other questions, scales, weights, rosters or promises.
        """
        from dxkit.survey.tally.merging import merged

        parts = options.instance("tallies", tallies, Iterable, "a list of tallies, from dx.tally or Tally.load")
        return merged(options.instance("tallies", each, Tally, "tallies and nothing else") for each in parts)

    def save(self, path: str | os.PathLike[str], by: str | int | Iterable[str | int] | None = None) -> None:
        """Write the tally to one small file, to be read with `Tally.load` and added to others.

        The file holds everybody together, and groups of one cut from twice `min_group` answers on; all smaller groups
        are one, `(others)`. It gives away no more than the tables that may be shown.

        Parameters
        ----------
        path : path
            Where to write; the folder must exist.
        by : segment name, number or list of them, optional
            The groups; None for everybody together.

        Raises
        ------
        DataError
            A cut that is not declared.

        Examples
        --------
        >>> import dxkit as dx, pandas as pd, tempfile, pathlib
        >>> book = pd.DataFrame({"item": ["ci"], "text": ["CI is fast"], "kind": ["rating"], "scale": ["agreement5"]})
        >>> file = pathlib.Path(tempfile.mkdtemp(), "ours.tally")
        >>> dx.tally(pd.DataFrame({"ci": [1, 2, 3, 4, 5] * 2}), codebook=book).save(file)
        >>> dx.Tally.load(file) + dx.Tally.load(file)
        Tally: 20 respondents, 1 variables
        """
        from dxkit.survey.tally.files import kept, storage

        names = tuple(path_of(segments_of(by, self.codebook), self.codebook))
        self.release.check(names)
        storage.write(path, *storage.parts_of(kept.kept(self, names)))

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
            A file of another kind, a damaged one, one of another version, or one that breaks a law of counts.
        """
        from dxkit.survey.tally.files import laws, storage

        found = cls(**storage.fields_of(*storage.read(path)))
        if law := laws.broken(found):
            raise fault_at(f"this tally was not counted by dxkit: {law}; fetch it again", file=os.path.basename(path))
        return found

    def __getstate__(self) -> dict[str, Any]:
        """Without what is worked out when it is asked for."""
        return {name: value for name, value in self.__dict__.items() if name not in ("_made", "layout", "release")}

    def __repr__(self) -> str:
        by = f", by {', '.join(self.segments)}" if self.segments else ""
        return f"Tally: {self.respondents:,} respondents, {len(self.variables)} variables{by}"
