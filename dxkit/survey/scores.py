"""Where does it hurt? Index scores and favourable shares, each with its interval.

See docs/methods/scores.md, "Index points"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.files.errors import Missing
from dxkit.results.columns import SEGMENT, Column, shared
from dxkit.results.result import Result
from dxkit.survey.estimates import ESTIMATES, Weighing
from dxkit.survey.groups import By, Cut, check_answers, check_release, cut
from dxkit.survey.privacy.release import Release
from dxkit.survey.reading.codebook import MEASURED
from dxkit.survey.reading.responses import Survey
from dxkit.survey.standing_out import standing_out
from dxkit.survey.tally import measures
from dxkit.survey.tally.tally import Tally


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Scores(Result):
    """Scores by level (item, dimension, overall) and group.

    Figures of hidden rows are nan.
    """

    columns: ClassVar[tuple[Column, ...]] = (
        Column("label", "short question, or the dimension", heading="question"),
        SEGMENT,
        shared("n", "answers with an opinion"),
        shared("estimate", "weighted mean where there is a roster, else the mean", unit="see column unit"),
        shared("se"),
        shared("low"),
        shared("high"),
        shared("favourable"),
        shared("favourable_low"),
        shared("favourable_high"),
        Column(
            "kind",
            "kind of question: rating, importance, hours, recommend, rank, number; or dimension, overall",
            heading="measure",
        ),
        shared(
            "unit",
            "index: points from 0 to 100; hours: hours a week; recommend: net promoter score, -100 to 100; place: 1 is "
            "first; code: codes of the scale; number: as the codebook's column unit says",
        ),
        shared("shown"),
        Column("level", "item, dimension or overall", displayed=False),
        Column("name", "id of the item, or the dimension", displayed=False),
        Column("stands_out", "-1 below all others beyond chance, 1 above, else 0", "number", displayed=False),
    )
    plot_name: ClassVar[str] = "survey.scores"
    axis_labels: ClassVar[Mapping[str, str]] = measures.AXES

    def only(
        self, level: str | None = None, names: Sequence[str] | None = None, *, kind: str | Sequence[str] | None = None
    ) -> Scores:
        """The same result with the rows of one level, of these kinds, or of these names in their order."""
        return replace(self, table=narrowed(self.table, level, names, kind).reset_index(drop=True))

    def _printed(self) -> tuple[pd.DataFrame, Sequence[Column]]:
        """A long table by group without its items, and each kind of question with the measure it has."""
        frame, columns = super()._printed()
        if len(frame) > 60 and self.segments:
            frame = frame.loc[frame["level"] != "item"]
        own = (frame["kind"] == "number") & (frame["unit"] != "number")
        return frame.assign(kind=np.where(own, frame["unit"], frame["kind"].map(measures.label_of))), columns


def scores(
    survey: Survey | Tally,
    by: By = None,
    release: Release | None = None,
    *,
    fpc: bool = True,
    confidence: float = 0.95,
) -> Scores:
    """Where does it hurt? The score of every question, of every dimension and of the whole.

    See docs/methods/scores.md, "Dimension and overall scores".

    Parameters
    ----------
    survey : Survey or Tally
        The answers, from `open_survey` or `read_survey`, or a tally.
    by : str, int or list of them, optional
        Segments to split by; 1 is the first of the codebook, and None is for everybody together.
    release : Release, optional
        Holds every table of a report to one promise of anonymity; None for a release of its own.
    fpc : bool
        Whether intervals narrow where a large part of the staff has answered (finite population correction), which a
        roster tells. False for statements beyond this quarter's staff.
    confidence : float
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    Scores
        Means are weighted to the roster where there is one (post-stratified by one segment, raked by several), else by
        the question of kind weight where the codebook has one. The
        standard errors of the whole are those of R's `survey` (Lumley 2010, section 7). Intervals are Student's t for
        means (weighted ones on a standard error corrected for few answers a group), Wilson's
        for shares, and by inverting the hypergeometric for an unweighted group of known headcount.

    Raises
    ------
    DataError
        An option that cannot be, such as a segment that was not asked.

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> book = pd.DataFrame({"item": ["ci"], "text": ["CI is fast"], "kind": ["rating"], "scale": ["agreement5"]})
    >>> survey = dx.read_survey(pd.DataFrame({"ci": [1, 2, 2, 3, 4, 5]}), book)
    >>> dx.scores(survey).table.loc[0, ["n", "estimate", "low", "high"]].astype(float).round(1).tolist()
    [6.0, 45.8, 7.2, 84.5]
    """
    check_answers(survey)
    check_release(release)
    confidence = options.confidence(confidence)
    work = cut(survey, by)
    counted = work.tally
    fpc = options.flag("fpc", fpc)
    at = np.flatnonzero(~counted.variables["unit"].isin(measures.COUNTED).to_numpy()).tolist()
    scored = counted.variables.iloc[at]
    if not at:
        raise Missing("no question of this survey has a score; dx.answers counts the answers")
    weighing = Weighing(work, at, fpc, confidence)
    names = [f"{level}/{name}" for level, name, _ in scored.itertuples(index=False, name=None)]
    shown = work.shown(release, names, at, weighing.weights)
    table = _table(work, scored, weighing.figures, shown)
    table["stands_out"] = standing_out(work, table, at)
    return Scores(
        table=table,
        title=title("Scores", work),
        confidence=confidence,
        method=weighing.method,
        segments=tuple(work.by),
        notes=(weighing.method, *dict.fromkeys(weighing.notes), *hidden_note(table, counted.min_group)),
    )


def _table(work: Cut, variables: pd.DataFrame, figures: dict[str, np.ndarray], shown: np.ndarray) -> pd.DataFrame:
    """A row per variable and group, from arrays (G, J) and which may be shown; what is hidden is empty."""
    book, groups = work.tally.codebook, len(work.groups)
    items = [book.item(name) if level == "item" else None for level, name, _ in variables.itertuples(index=False)]
    labels = [
        book.label(name) if item else name[:1].upper() + name[1:]
        for item, name in zip(items, variables["name"], strict=True)
    ]
    units = [(item and item["unit"]) or unit for item, unit in zip(items, variables["unit"], strict=True)]
    kinds = [item["kind"] if item else level for item, level in zip(items, variables["level"], strict=True)]

    def each(column) -> pd.Series:
        return pd.Series(np.repeat(np.array(column, dtype=object), groups), dtype=object)

    columns = {"level": each(variables["level"]), "name": each(variables["name"])}
    for segment in work.by:
        columns[segment] = pd.Series(np.tile(work.groups[segment].to_numpy(dtype=object), len(items)), dtype=object)
    columns |= {name: np.where(shown, figures[name], np.nan).T.ravel() for name in ESTIMATES}
    columns |= {"shown": shown.T.ravel(), "label": each(labels), "unit": each(units), "kind": each(kinds)}
    return pd.DataFrame(columns)


def title(what: str, work: Cut) -> str:
    """What a table is of: its cut and wave."""
    wave = f", {work.tally.wave}" if work.tally.wave else ""
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
