"""Where does it hurt? Index scores and favourable shares, each with its interval.

See docs/methods/scores.md, "Index points"."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.files.errors import Missing
from dxkit.results.columns import Column, declared
from dxkit.results.result import Result
from dxkit.survey import teams
from dxkit.survey.estimates import SAME_NUMBER, TOGETHER, Estimates
from dxkit.survey.privacy.ends import shares_bounded
from dxkit.survey.reading.codebook import MEASURED, Codebook
from dxkit.survey.reading.responses import Survey
from dxkit.survey.tally import measures
from dxkit.survey.tally.cells import Cells
from dxkit.survey.tally.from_survey import By, check_answers, cut, survey_decides
from dxkit.survey.tally.release import BOUNDS
from dxkit.survey.tally.tally import Tally
from dxkit.survey.tally.variables import contrasts
from dxkit.survey.tally.weighed import remarks, weighted

_FIGURES = ["n", "estimate", "se", "low", "high", "favourable", "favourable_low", "favourable_high"]
_POOLED = ["pooled", "pooled_low", "pooled_high"]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Scores(Result):
    """Scores by level (item, dimension, overall) and group.

    Figures of hidden rows are nan.

    between     of a table by segments, how much groups differ, a row per level and name: groups, n, icc with icc_low
                and icc_high, p, reliability, r_wg; None for everybody together
    """

    columns: ClassVar[tuple[Column, ...]] = declared(__file__, "Scores")
    plot_name: ClassVar[str] = "survey.scores"

    between: pd.DataFrame | None = field(default=None)

    def only(
        self, level: str | None = None, names: Sequence[str] | None = None, *, kind: str | Sequence[str] | None = None
    ) -> Scores:
        """The same result with the rows of one level, of these kinds, or of these names in their order."""
        table = narrowed(self.table, level, names, kind).reset_index(drop=True)
        if self.between is None:
            return replace(self, table=table)
        kept = table[["level", "name"]].drop_duplicates()
        return replace(self, table=table, between=kept.merge(self.between, how="left", on=["level", "name"]))

    def _printed(self) -> tuple[pd.DataFrame, Sequence[Column]]:
        """A long table by group without its items, and each kind of question with the measure it has."""
        frame, columns = super()._printed()
        if len(frame) > 60 and self.segments and set(frame["level"]) != {"item"}:
            frame = frame.loc[frame["level"] != "item"]
        own = ((frame["kind"] == "number") & (frame["unit"] != "number")) | (frame["unit"] == "code")
        told = frame["stands_out"] if (frame["stands_out"] != "").to_numpy().any() else None
        units = frame["unit"].replace("code", "mean answer")
        kinds = np.where(own, units, frame["kind"].map(measures.label_of))
        return frame.assign(kind=kinds, stands_out=told), columns


@survey_decides
def scores(survey: Survey | Tally, by: By = None, *, fpc: bool = True, confidence: float = 0.95) -> Scores:
    """Where does it hurt? The score of every question, of every dimension and of the whole.

    See docs/methods/scores.md, "Dimension and overall scores".

    Parameters
    ----------
    survey : Survey or Tally
        The answers, from `open_survey` or `read_survey`, or a tally.
    by : str, int or list of them, optional
        Segments to split by, a declared cut; 1 is the first of the codebook, and None is for everybody together.
    fpc : bool
        Whether intervals narrow where a large part of the staff has answered (finite population correction), which a
        roster tells. False for statements beyond this quarter's staff.
    confidence : float
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    Scores
        Means are weighted to the roster where there is one (post-stratified by one segment, raked by several; they
        equal those of R's `survey`, Lumley 2010), else by the question of kind weight where the codebook has one. A
        dimension is the mean of its questions, the whole that of the dimensions. Intervals are score intervals (after
        Wilson 1927): they stay on the scale, and only a census has none. By segments there are also pooled scores
        (Morris 1983), what lies between groups (`between`), and which of them stand out (Holm 1979).

    Raises
    ------
    DataError
        An option that cannot be, such as a segment that was not asked.

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> book = pd.DataFrame({"item": ["ci"], "text": ["CI is fast"], "kind": ["rating"], "scale": ["agreement5"]})
    >>> survey = dx.read_survey(pd.DataFrame({"ci": [1, 2, 2, 3, 4, 5] * 2}), book)
    >>> dx.scores(survey).table.loc[0, ["n", "estimate", "low", "high"]].astype(float).round(1).tolist()
    [12.0, 45.8, 25.8, 67.3]
    """
    check_answers(survey)
    confidence = options.confidence(confidence)
    counted = cut(survey, by)
    fpc = options.flag("fpc", fpc)
    at = np.flatnonzero(~counted.variables["unit"].isin(measures.COUNTED).to_numpy())
    if not len(at):
        raise Missing("no question of this survey has a score; dx.answers counts the answers")
    found = Estimates.of(counted, fpc)
    shown = found.may.figure[:, at]
    means, a = contrasts(counted.codebook)
    scored = pd.concat([counted.variables.iloc[at], means], ignore_index=True)
    bound = BOUNDS[found.may.bound[:, at]]
    parts = (a[:, at] > 0).T.astype(int)
    about = np.where((bound != "").astype(int) @ parts > 0, "about", "").astype(object)
    shown = np.hstack([shown, (~shown).astype(int) @ parts == 0])
    figures, notes = _figures(found, at, a, confidence), remarks(counted)
    between = None
    if counted.by:
        of = teams.scored(found, at, a, shown)
        apart, between = teams.stands_out(of), teams.between(found, of, scored, at, confidence)
        low, width = np.append(found.form.low[at], [0.0] * len(a)), np.append(found.form.width[at], [100.0] * len(a))
        figures |= {name: low + width * each for name, each in zip(_POOLED, teams.pooled(of, confidence), strict=True)}
        notes += teams.told(between, apart, counted.by)
    else:
        items = scored["name"].iloc[: len(at)]
        kinds = [teams.alike(counted.codebook, name) for name in items] + means["level"].tolist()
        apart = teams.questions_apart(found, np.vstack([np.eye(len(counted.variables))[at], a]), kinds, shown[0])[None]
    if len(a) and not counted.tally.together:
        notes.append(TOGETHER)
    table = _table(counted, scored, figures, shown)
    table["bound"] = np.where(shown, np.hstack([bound, about]), "").T.ravel()
    whole = table["shown"] & (table["n"] > 1) & table["bound"].isin(["", "about"])
    if np.isnan(table["low"].to_numpy(dtype=float)[whole.to_numpy(dtype=bool)]).any():
        notes.append(SAME_NUMBER)
    table["stands_out"] = apart.T.ravel()
    method = "; ".join([_method(counted, fpc), *favourable_codes(counted.codebook)])
    return Scores(
        table=table,
        between=between,
        title=title("Scores", counted),
        confidence=confidence,
        method=method,
        segments=tuple(counted.by),
        notes=(method, *notes, *hidden_note(table, counted.min_group)),
    )


def _figures(found: Estimates, at: np.ndarray, a: np.ndarray, confidence: float) -> dict[str, np.ndarray]:
    """Arrays (G, K) of the questions at these positions and of their means `a`, by name."""
    means, none = found.contrasts(a), np.full((found.groups, len(a)), np.nan)
    low, high = found.interval(confidence)
    ends = means.interval(confidence)
    favourable = [np.hstack([each, none]) for each in _favourable(found, at, confidence)]
    of_means = means.n, 100 * means.estimate, 100 * np.sqrt(means.variance), 100 * ends[0], 100 * ends[1]
    of_items = (each[:, at] for each in (found.n, found.estimate, found.se, low, high))
    both = [np.hstack(pair) for pair in zip(of_items, of_means, strict=True)]
    return dict(zip(_FIGURES, [*both, *favourable], strict=True))


def _favourable(found: Estimates, at: np.ndarray, confidence: float) -> list[np.ndarray]:
    """The share of favourable answers to the questions at these positions and its ends; nan where none is."""
    cells = found.cells
    book, counts = cells.codebook, cells.weighed_codes if weighted(cells) else cells.counts
    liked = [(k, book.measured[j], book.favourable(book.measured[j])) for k, j in enumerate(at)]
    rated = [(k, name, codes) for k, name, codes in liked if codes and book.scale(name).codes]
    result = [np.full((found.groups, len(at)), np.nan) for _ in range(3)]
    if rated:
        good = np.zeros((len(rated), counts.shape[2]))
        for row, (_, name, codes) in zip(good, rated, strict=True):
            row[: len(book.scale(name).codes)] = [code in codes for code in book.scale(name).codes]
        places = [k for k, _, _ in rated]
        yes = (counts[:, at[places]] * good).sum(axis=2)
        may, n = found.may.detail[:, at[places]], found.n[:, at[places]]
        figures = found.share(yes, at[places], confidence)
        plain = may & (shares_bounded(figures[0], 1 / np.maximum(n, 1), n < 4 * cells.min_group)[1] == 0)
        for each, figure in zip(result, figures, strict=True):
            each[:, places] = np.where(plain, figure, np.nan)
    return result


def favourable_codes(book: Codebook) -> list[str]:
    """Which answers are favourable, where they are not the upper two of five."""
    named = {}
    for item in book.measured:
        codes, good = book.scale(item).codes, sorted(book.favourable(item))
        if good and (len(codes) != 5 or tuple(good) not in (codes[:2], codes[-2:])):
            ends = dict.fromkeys(book.scale(item).label(code) for code in (good[0], good[-1]))
            named[f"{' to '.join(ends)} ({book.scale(item).name})"] = item
    return [f"favourable: {', '.join(named)}"] if named else []


def _method(cells: Cells, fpc: bool) -> str:
    """How the means and their intervals are made, in a line."""
    roster = cells.roster
    if roster is None:
        how = "mean weighted by the file's weights" if weighted(cells) else "unweighted mean"
        return f"{how}, score intervals"
    how = "post-stratified by" if len(roster.segments) == 1 else "raked to the margins of"
    names = ", ".join(roster.segments)
    return f"mean {how} {names}, score intervals {'with' if fpc else 'without'} finite population correction"


def _table(work: Cells, variables: pd.DataFrame, figures: dict[str, np.ndarray], shown: np.ndarray) -> pd.DataFrame:
    """A row per variable and group, from arrays (G, J) and which may be shown; what is hidden is empty."""
    book, groups = work.codebook, len(work.groups)
    names = list(zip(variables["level"], variables["name"], strict=True))
    own = [book.item(name)["unit"] if level == "item" else "" for level, name in names]
    units = [named or unit for named, unit in zip(own, variables["unit"], strict=True)]
    labels, kinds = [label_of(book, *name) for name in names], [kind_of(book, *name) for name in names]

    def each(column):
        return pd.Series(list(column)).array.repeat(groups)

    columns: dict[str, Any] = {"level": each(variables["level"]), "name": each(variables["name"])}
    for segment in work.by:
        columns[segment] = pd.Series(np.tile(work.groups[segment].to_numpy(dtype=object), len(names)), dtype=object)
    of_names = [np.where(shown, figures.get(name, np.nan), np.nan).T.ravel() for name in (*_FIGURES, *_POOLED)]
    columns |= dict(zip(_FIGURES, of_names, strict=False))
    columns |= {"shown": shown.T.ravel(), "label": each(labels), "unit": each(units), "kind": each(kinds)}
    columns |= dict(zip(_POOLED, of_names[len(_FIGURES) :], strict=True))
    return pd.DataFrame(columns)


def label_of(book: Codebook, level: str, name: str) -> str:
    """The short question, or the dimension."""
    return book.label(name) if level == "item" else name[:1].upper() + name[1:]


def kind_of(book: Codebook, level: str, name: str) -> str:
    """The kind of a question; of a mean of questions its level."""
    return book.item(name)["kind"] if level == "item" else level


def title(what: str, work: Cells) -> str:
    """What a table is of: its cut and wave."""
    wave = f", {work.wave}" if work.wave else ""
    return f"{what}{' by ' + ' and '.join(work.by) if work.by else ''}{wave}"


def hidden_note(table: pd.DataFrame, min_group: int) -> list[str]:
    """How many rows are hidden and why; nothing where all are shown."""
    hidden = int(np.sum(~table["shown"].to_numpy(dtype=bool)))
    why = f"so that no group of fewer than {min_group} answers can be worked out"
    return [f"{hidden} of {len(table)} rows are hidden, {why}"] if hidden else []


def narrowed(
    table: pd.DataFrame, level: str | None, names: Sequence[str] | None, kind: str | Sequence[str] | None = None
) -> pd.DataFrame:
    """The rows of one level, of these kinds, or of these names in their order."""
    if level is not None:
        table = table.loc[table["level"] == options.choice("level", level, ("item", "dimension", "overall"))]
        if level == "dimension" and not len(table):
            raise Missing("scores of dimensions need the codebook's column dimension; fill it in")
    table = of_kinds(table, kind)
    if isinstance(names, Sized) and not len(names):
        raise Missing("no question of this sort was asked")
    if names is not None and len(table):
        wanted = options.choices("names", names, list(dict.fromkeys(table["name"])))
        table = table.loc[table["name"].isin(wanted)]
        table = table.sort_values("name", key=lambda column: column.map(wanted.index), kind="stable")
    return table


def of_kinds(table: pd.DataFrame, kind: str | Sequence[str] | None) -> pd.DataFrame:
    """The rows of these kinds of questions; all where none is named."""
    if kind is None:
        return table
    kinds = options.choices("kind", kind, list(dict.fromkeys([*MEASURED, *table["kind"]])))
    table = table.loc[table["kind"].isin(kinds)]
    if not len(table):
        named = " or ".join(filter(None, [", ".join(kinds[:-1]), kinds[-1]]))
        raise Missing(f"this needs a question of kind {named}; the codebook has none")
    return table
