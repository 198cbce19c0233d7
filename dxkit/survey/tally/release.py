"""What a survey may show of its people: decided once, before anything is shown, and the same for every output.

See docs/methods/anonymity.md, "What may be shown"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from dxkit.files.errors import DataError
from dxkit.results.columns import Column, declared
from dxkit.results.result import Result
from dxkit.results.words import say
from dxkit.statistics.means.spread import BOUNDED, HOURS, NUMBER
from dxkit.statistics.moments import one_thread, per_group
from dxkit.survey.privacy.ends import AT_LEAST, AT_MOST, Answers, any_number, bounded
from dxkit.survey.privacy.few_weighted import Whole, unpinned
from dxkit.survey.privacy.figures import decided
from dxkit.survey.privacy.record import Rows
from dxkit.survey.tally.cells import Cells
from dxkit.survey.tally.cuts import Cut, asking, shown
from dxkit.survey.tally.margins import grouped
from dxkit.survey.tally.questions import Held, Questions

if TYPE_CHECKING:
    from dxkit.survey.tally.tally import Tally

PEOPLE = "people"
TOO_FEW_OR_ALIKE = "too few answers, or all alike"
OTHERS = "(others)"
BOUNDS = np.array(["", "at least", "at most"], dtype=object)  # by 0, 1, -1


@dataclass(frozen=True, eq=False, kw_only=True)
class May:
    """What may be shown of G groups and J variables.

    people (G,)              how many responded
    figure, detail (G, J)    the mean and its n; how answers are spread
    bound, end (G, J)        1 where only "at least" may be shown, -1 "at most", and that bound, in units of the scale
    others (J,)              whether the hidden groups have a figure together
    said (G, I)              1 where the number of answers to an item may be shown, no opinion among them; 2 how often
                             each was given as well
    """

    people: np.ndarray
    figure: np.ndarray
    detail: np.ndarray
    bound: np.ndarray
    end: np.ndarray
    others: np.ndarray
    said: np.ndarray

    def of(self, columns: np.ndarray, sign: np.ndarray) -> May:
        """Of variables that stand at these positions, counted the other way round where the sign is -1."""
        end = self.end[:, columns]
        parts = {name: getattr(self, name)[:, columns] for name in ("figure", "detail")}
        bound = (self.bound[:, columns] * sign).astype(int)
        return replace(self, **parts, bound=bound, end=np.where(sign < 0, 1 - end, end), others=self.others[columns])

    def in_order(self, at: np.ndarray) -> May:
        """Of the groups at these positions."""
        names = ("people", "figure", "detail", "bound", "end", "said")
        return replace(self, **{name: getattr(self, name)[at] for name in names})


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Release(Result):
    """Which figures of a survey may be shown: a pure function of who answered what, and of the declared cuts.

    cuts             the declared cuts, in their order
    min_group        the smallest number of answers that a figure may rest on
    comment_group    from how many writers on comments are shown
    """

    columns: ClassVar[tuple[Column, ...]] = declared(__file__, "Release")

    cuts: tuple[Cut, ...] = ()
    min_group: int = 5
    comment_group: int = 10
    decisions: Mapping[frozenset[str], tuple[pd.DataFrame, May]] = field(default_factory=dict)
    rows: Rows | None = None

    @property
    def sentences(self) -> tuple[str, ...]:
        """What the survey shows, in five sentences."""
        k = self.min_group
        numbers = {"k": k, "twice": 2 * k, "writers": max(k, self.comment_group)}
        return tuple(say(f"release.{name}", **numbers) for name in ("figure", "together", "ends", "comments", "once"))

    @property
    def text(self) -> str:
        """The five sentences of a survey on what it shows, numbered."""
        return "\n".join(f"{number}. {sentence}" for number, sentence in enumerate(self.sentences, 1))

    def publish(self) -> None:
        """Record beside the answers that this wave is shown: `release.json` holds the settings and salted digests.

        From then on answers that come later are not counted, and a counted one that is gone or changed is refused.

        Raises
        ------
        DataError
            Answers that are no file, the samples, or a wave that was shown with other rows.
        """
        if self.rows is None:
            raise DataError("only the answers of a file can be published; read them with open_survey or read_survey")
        settings = {"min_group": self.min_group, "cuts": self.cuts, "comment_group": self.comment_group}
        self.rows.publish(**settings)

    def check(self, names: Sequence[str]) -> None:
        """Refuse a cut that is not declared."""
        if names and frozenset(names) not in self.decisions:
            declared = [cut[0] if len(cut) == 1 else list(cut) for cut in self.cuts]
            wanted = names[0] if len(names) == 1 else list(names)
            raise DataError(
                f"{shown(names)} is not declared; declare it for the whole survey: "
                f"read_survey(..., cuts={[*declared, wanted]!r})"
            )

    def of(self, cells: Cells) -> May:
        """What may be shown of the groups and variables of a cut."""
        groups, may = self.decisions[frozenset(cells.by)]
        if list(groups.columns) != cells.by:
            names = cells.by
            one, two = (pd.MultiIndex.from_arrays([frame[name] for name in names]) for frame in (groups, cells.groups))
            may = may.in_order(one.get_indexer(two))
        return may.of(cells.columns, cells.sign)


@one_thread()
def release_of(tally: Tally) -> Release:
    """Decide what a survey shows."""
    cuts: list[Cut] = [(), *tally.declared]
    covered = _covered(tally, cuts)
    fine = tally.fine(dict.fromkeys(name for cut in covered for name in cut))
    questions, columns, items = Questions(tally, fine), len(tally.layout.columns), len(tally.layout.values)
    groups_of, codes = zip(*(grouped(fine.groups, cut, tally.roster) for cut in covered), strict=True)
    every = np.empty((columns + items, len(fine.people)), dtype=np.min_scalar_type(fine.people.max())).T
    for p in range(columns):
        every[:, p] = np.rint(questions.n(p))
        if p < items:
            every[:, columns + p] = np.rint(questions.said(p))
    found, j = decided(codes, fine.people, every, tally.min_group), columns
    others = found.others(tally.min_group)
    made = [_may(*each, j) for each in zip(found.people, found.figure, found.detail, others, strict=True)]
    _apply_ends(tally, questions, codes, made)
    decisions, rows = {}, []
    labels = tally.layout.columns[["level", "name"]].itertuples(index=False, name=None)
    names = [name if level == "item" else f"{level}/{name}" for level, name in labels]
    for cut in cuts:
        if cut in covered:
            at = covered.index(cut)
            groups, may = groups_of[at], made[at]
            people = np.bincount(codes[at], fine.people, len(groups))
            n = np.column_stack([people, found.n[at][:, :j]])
        else:
            groups, n = tally.cut(cut).groups, None
            none = np.zeros((len(groups), columns + items), dtype=bool)
            may = _may(np.zeros(len(groups), dtype=bool), none, none, np.zeros(j, dtype=bool), j)
        decisions[frozenset(cut)] = groups, may
        rows.append(_rows(cut, groups, may, names, n))
    return Release(
        table=pd.concat(rows, ignore_index=True),
        title="What may be shown" + (f", {tally.wave}" if tally.wave else ""),
        cuts=tuple(tally.declared),
        min_group=tally.min_group,
        comment_group=tally.comment_group,
        decisions=decisions,
        rows=getattr(tally, "rows", None),
        notes=tuple(
            f"{shown(cut)} is hidden: the tally does not know how it goes together with the cuts before it; tally with "
            f"cuts={asking(cut)}, or the survey itself"
            for cut in cuts
            if cut not in covered
        ),
    )


def _covered(tally: Tally, cuts: Sequence[Cut]) -> list[Cut]:
    """The first cuts of which it is known who is in which group of all of them."""
    covered, names = [], set()
    for cut in cuts:
        if not tally.has({*names, *cut}):
            break
        covered.append(cut)
        names |= set(cut)
    return covered


def _may(people: np.ndarray, figure: np.ndarray, detail: np.ndarray, others: np.ndarray, j: int) -> May:
    """What may be shown of J variables, and behind them of what was said to the items, before ends are looked at."""
    return May(
        people=people,
        figure=figure[:, :j],
        detail=detail[:, :j],
        bound=np.zeros((j, len(people)), dtype=int).T,
        end=np.full((j, len(people)), np.nan).T,
        others=others[:j],
        said=figure[:, j:].astype(int) + detail[:, j:],
    )


def _apply_ends(tally: Tally, questions: Questions, codes: Sequence[np.ndarray], made: list[May]) -> None:
    """Bounds near the ends of the scale, and what they still tell: the figures of `made` change in place."""
    layout, k = tally.layout, tally.min_group
    form, units = layout.form, layout.columns["unit"].to_numpy()
    for p, unit in enumerate(units):
        each = questions.of(p)
        if form.form[p] == NUMBER or not each.n.any():
            continue
        held = each.weights * each.worth
        above = np.where(held > 0, held * (each.means - form.low[p]), 0.0)
        if not questions.everybody and (whole := _whole_answers(tally, p, each, above)):
            for may, stays in zip(made, unpinned(codes, [may.figure[:, p] for may in made], whole), strict=True):
                may.figure[:, p] &= stays
                may.detail[:, p] &= stays
        hours, several = form.form[p] == HOURS, unit == "share"
        coded = not np.isnan(layout.step[p])
        if coded:
            known = np.flatnonzero(~np.isnan(layout.values[p, : layout.width]))
            values, at = np.unique(layout.values[p][known] - form.low[p], return_inverse=True)
            given = per_group(at.ravel(), len(values))(each.given.T[known]).T
        else:
            given, values = any_number(above, held, 1.0 if hours else form.width[p])
        shares = [questions.heaviest(each, code, len(may.people)) for code, may in zip(codes, made, strict=True)]
        answers = Answers(
            n=np.where(held > 0, np.rint(each.n), 0.0),
            given=given,
            values=values,
            weight=held,
            share=shares,
            detail=[may.detail[:, p] & (coded and not several) for may in made],
            coded=coded,
            top=not hours,
            below=4 * k if several else np.inf,
        )
        ends = bounded(codes, [may.figure[:, p] for may in made], answers, k)
        for may, shown_, bound, rest, share in zip(made, ends.shown, ends.bound, ends.others, shares, strict=True):
            may.figure[:, p] &= shown_
            may.detail[:, p] &= shown_
            may.bound[:, p], may.others[p] = bound, rest
            if bound.any():  # of hours in bands, one person moves the highest band
                end = np.select([bound == AT_MOST, bound == AT_LEAST], [share, 1 - share], np.nan)
                may.end[:, p] = end * answers.reach / form.width[p]


def _whole_answers(tally: Tally, p: int, each: Held, above: np.ndarray) -> Whole | None:
    """What was answered by cell to a question with evenly spaced answers, where people count differently."""
    form, there = tally.layout.form, each.n > 0
    if not tally.layout.coded[p] or form.form[p] != BOUNDED or np.isnan(tally.layout.step[p]):
        return None
    alike = np.isclose(each.worth, each.n, rtol=1e-9)
    if alike.all() and np.ptp(each.weights[there]) <= 1e-9 * each.weights.max():
        return None
    step = tally.layout.step[p] * form.width[p]
    weight, top = each.weights * each.worth, round(form.width[p] / step)
    return Whole(n=np.where(there, np.rint(each.n), 0.0), sums=above / step, weight=weight, alike=alike, top=top)


def _rows(cut: Cut, groups: pd.DataFrame, may: May, names: list[str], n: np.ndarray | None) -> pd.DataFrame:
    """The rows of `.table` for a cut, from how many responded and answered, where that is known."""
    labels = [" / ".join(row) for row in groups.itertuples(index=False)] if cut else [""]
    figure, detail = (np.column_stack([may.people, part]) for part in (may.figure, may.detail))
    detail[:, 0] = False
    counts = np.full(figure.shape, np.nan) if n is None else n
    together = np.append(False, may.others)
    if n is not None and cut and together.any():  # all hidden groups, where the rest tells of them anyway
        labels = [*labels, OTHERS]
        left = np.where(figure, 0.0, counts).sum(axis=0)
        figure, counts = np.vstack([figure, together]), np.vstack([counts, left])
        detail = np.vstack([detail, np.zeros_like(together)])
    return pd.DataFrame(
        {
            "cut": " x ".join(cut),
            "group": np.repeat(np.array(labels, dtype=object), len(names) + 1),
            "question": np.tile(np.array([PEOPLE, *names], dtype=object), len(labels)),
            "n": np.where(figure, counts, np.nan).ravel(),
            "figure": figure.ravel(),
            "detail": detail.ravel(),
        }
    )
