"""Where does it hurt? Index scores and favourable shares, each with its interval.

See docs/methods/scores.md, "Index points"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.files.errors import DataError
from dxkit.results.columns import SEGMENT, Column, shared
from dxkit.results.result import Result
from dxkit.statistics import intervals
from dxkit.survey.groups import Cut, check_answers, check_release, cut
from dxkit.survey.privacy.release import Release
from dxkit.survey.reading.responses import Survey
from dxkit.survey.tally import measures
from dxkit.survey.tally.tally import Tally
from dxkit.survey.weighting import calibrate, calibrations, corrected, design_effect, linearised

ESTIMATES = ["n", "estimate", "se", "low", "high", "favourable", "favourable_low", "favourable_high"]


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
    )
    plot_name: ClassVar[str] = "survey.scores"
    axis_labels: ClassVar[Mapping[str, str]] = measures.AXES

    def only(self, level: str | None = None, names: Sequence[str] | None = None) -> Scores:
        """The same result with the rows of one level, or of these names, in their order."""
        return replace(self, table=narrowed(self.table, level, names).reset_index(drop=True))

    def _printed(self) -> tuple[pd.DataFrame, Sequence[Column]]:
        """A long table by group without its items, and each kind of question with the measure it has."""
        frame, columns = super()._printed()
        if len(frame) > 60 and self.segments:
            frame = frame.loc[frame["level"] != "item"]
        own = (frame["kind"] == "number") & (frame["unit"] != "number")
        return frame.assign(kind=np.where(own, frame["unit"], frame["kind"].map(measures.label_of))), columns


def scores(
    survey: Survey | Tally,
    by: str | Sequence[str] | None = None,
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
    by : str or list of str, optional
        Segments to split by; None for everybody together.
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
        Means are weighted to the roster where there is one (post-stratified by one segment, raked by several). The
        standard errors of the whole are those of R's `survey` (Lumley 2010, section 7). Intervals are Student's t for
        means (weighted ones on a standard error corrected for few answers a group, see `weighting.corrected`), Wilson's
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
    weighing = _Weighing(work, fpc, confidence)
    at = np.flatnonzero(~counted.variables["unit"].isin(measures.COUNTED).to_numpy()).tolist()
    scored = counted.variables.iloc[at]
    if not at:
        raise DataError("no question of this survey has a score; dx.answers counts the answers")
    blocks = [weighing.variable(j) for j in at]
    names = [f"{level}/{name}" for level, name, _ in scored.itertuples(index=False, name=None)]
    weights = None if weighing.used is None else weighing.used[:, at]
    shown = work.shown(release, names, at, constant=constant_groups(work)[:, at], weights=weights)
    table = _table(work, scored, np.stack(blocks), shown.T)
    return Scores(
        table=table,
        title=title("Scores", work),
        confidence=confidence,
        method=weighing.method,
        segments=tuple(work.by),
        notes=(weighing.method, *dict.fromkeys(weighing.notes), *hidden_note(table, counted.min_group)),
    )


def _table(work: Cut, variables: pd.DataFrame, estimates: np.ndarray, shown: np.ndarray) -> pd.DataFrame:
    """A row per variable and group, from (J, G, estimates) and (J, G); what is hidden is empty."""
    book, groups = work.tally.codebook, len(work.groups)
    rows = []
    for level, name, unit in variables.itertuples(index=False, name=None):
        item = book.item(name) if level == "item" else None
        rows.append(
            (
                level,
                name,
                book.label(name) if item else name[:1].upper() + name[1:],
                (item and item["unit"]) or unit,
                item["kind"] if item else level,
            )
        )
    of = {
        key: np.repeat(np.array(column, dtype=object), groups)
        for key, column in zip(("level", "name", "label", "unit", "kind"), zip(*rows, strict=True), strict=True)
    }
    columns: dict[str, np.ndarray | pd.Series] = {"level": of["level"], "name": of["name"]}
    for segment in work.by:
        columns[segment] = pd.Series(np.tile(work.groups[segment].to_numpy(dtype=object), len(rows)), dtype=object)
    figures = np.where(shown[:, :, None], estimates, np.nan).reshape(-1, len(ESTIMATES))
    columns |= {name: figures[:, k] for k, name in enumerate(ESTIMATES)}
    columns |= {"shown": shown.ravel(), "label": of["label"], "unit": of["unit"], "kind": of["kind"]}
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


def constant_groups(work: Cut) -> np.ndarray:
    """Groups in which everybody gave the same answer, (G, J)."""
    counted, member = work.tally, work.member.astype(float)
    n, total, squares = member @ counted.n, member @ counted.total, member @ counted.squares
    with np.errstate(invalid="ignore", divide="ignore"):
        about_mean = squares - total**2 / n
    return (n > 0) & ~(about_mean > 1e-9 * np.maximum(squares, 1e-300))


def narrowed(table: pd.DataFrame, level: str | None, names: Sequence[str] | None) -> pd.DataFrame:
    """The rows of one level, or of these names in their order."""
    if level is not None:
        table = table.loc[table["level"] == options.choice("level", level, ("item", "dimension", "overall"))]
    if names is not None and len(table):
        wanted = options.choices("names", names, list(dict.fromkeys(table["name"])))
        table = table.loc[table["name"].isin(wanted)]
        table = table.sort_values("name", key=lambda column: column.map(wanted.index), kind="stable")
    return table


class _Weighing:
    """The estimates of every variable for the groups of one cut, weighted where there is a roster."""

    def __init__(self, work: Cut, fpc: bool, confidence: float) -> None:
        self.work, self.tally, self.fpc, self.confidence = work, work.tally, fpc, confidence
        self._units = self.tally.variables["unit"].tolist()
        self.notes: list[str] = []
        self.used: np.ndarray | None = None
        self.method = "unweighted mean, t interval; Wilson interval for shares"
        roster = self.tally.roster
        if roster is None:
            return
        self.population = [roster.headcount(work.by, labels) for labels in self._labels()]
        self.fits = calibrations(self.tally, range(len(self.tally.variables)))
        self.used = np.column_stack([fit.weights for fit in self.fits])
        how = "post-stratified by" if len(roster.segments) == 1 else "raked to the margins of"
        self.method = (
            f"mean {how} {', '.join(roster.segments)}, {'with' if fpc else 'without'} finite population correction"
        )
        everybody = calibrate(self.tally.people.astype(float), self.tally)
        effect, effective = design_effect(everybody.weights, self.tally.people)
        responded = int(self.tally.people[everybody.weights > 0].sum())
        self.notes.append(
            f"weighted to the roster: {responded} of {roster.total} answered; design effect {effect:.2f}, as precise "
            f"as {effective:.0f} equally weighted answers; people who did not answer are assumed to be like those of "
            "their group who did"
        )
        if everybody.merged:
            merged = "; ".join(everybody.merged)
            self.notes.append(f"groups merged for weighting, because fewer than two answered: {merged}")
        elsewhere = sorted({groups for fit in self.fits for groups in fit.merged} - set(everybody.merged))
        if elsewhere:
            self.notes.append("groups merged for single questions: " + "; ".join(elsewhere[:4]))

    def _labels(self) -> list[tuple]:
        if not self.work.by:
            return [()]
        return list(self.work.groups.itertuples(index=False, name=None))

    def variable(self, j: int) -> np.ndarray:
        """One row of ESTIMATES per group for the variable at position j."""
        counted = self.tally
        n, mean, scatter = counted.n[:, j], np.nan_to_num(counted.means[:, j]), counted.scatter[:, j]
        yes = self._favourable(j)
        rows = []
        for g, member in enumerate(self.work.member):
            if counted.roster is None:
                rows.append(self._plain(j, member * n, mean, scatter, yes))
            else:
                rows.append(self._weighted(j, g, member * n, mean, scatter, yes))
        return np.array(rows, dtype=float)

    def _favourable(self, j: int) -> np.ndarray | None:
        """Favourable answers per cell of an item that has favourable codes."""
        variable, book = self.tally.variables.iloc[j], self.tally.codebook
        if variable["level"] != "item" or variable["unit"] != "index":  # no other unit has a good end
            return None
        item = variable["name"]
        codes, good = book.scale(item).codes, book.favourable(item)
        if not codes:
            return None
        columns = [i for i, code in enumerate(codes) if code in good]
        return self.tally.counts[:, book.measured.index(item), columns].sum(axis=1).astype(float)

    def _plain(self, j, n, mean, scatter, yes):
        total = n.sum()
        if total == 0:
            return [0.0] + [np.nan] * 7
        estimate = (n * mean).sum() / total
        spread = (scatter[n > 0]).sum() + (n * (mean - estimate) ** 2).sum()
        divisor = total if self._promoters(j) else total - 1
        se = np.sqrt(spread / divisor / total) if total > 1 else np.nan
        share = [np.nan] * 3
        if yes is not None:
            favourable = yes[n > 0].sum() / total
            share = [favourable, *intervals.wilson(favourable, total, self.confidence)]
        return [total, estimate, se, *self._interval(j, estimate, se, total - 1), *share]

    def _promoters(self, j: int) -> bool:
        """Net promoter scores have the multinomial standard error, which divides by n."""
        return self._units[j] == "recommend"

    def _interval(self, j, estimate, se, df):
        unit = self._units[j]
        if unit == "place" and df >= 1 and np.isfinite(se):
            places = self.tally.codebook.scale(self.tally.variables["name"].iloc[j]).hi
            quantile = float(intervals.t_quantile(df, (1 + self.confidence) / 2))
            return measures.place_interval(estimate, se, df + 1, places, quantile)
        if unit == "number" and se <= 1e-12 * max(1.0, abs(estimate)):
            self.notes.append("no interval where everybody gave the same number: there is no spread to judge it by")
            return np.nan, np.nan
        low, high = intervals.student(estimate, se, df, self.confidence)
        return measures.VARIABLES[unit].within(low, high)

    def _weighted(self, j, g, n, mean, scatter, yes):
        fit = self.fits[j]
        weight = np.where(n > 0, fit.weights, 0.0)
        total = n[weight > 0].sum()
        if total == 0:
            return [0.0] + [np.nan] * 7
        part_of_staff = bool(self.tally.not_asked(j).any())  # then nobody knows how many it could have been put to
        headcount = np.nan if part_of_staff else self.population[g]
        whole = not self.work.by and not part_of_staff
        estimate, se, width, df = self._mean(n, mean, scatter, weight, fit, whole)
        share = [np.nan] * 3
        if yes is not None:
            share = self._share(n, np.divide(yes, n, out=np.zeros_like(n), where=n > 0), weight, fit, whole, headcount)
        return [total, estimate, se, *self._interval(j, estimate, width, df), *share]

    def _mean(self, n, mean, scatter, weight, fit, whole) -> tuple[float, float, float, float]:
        """Weighted mean, its error, and error and degrees of freedom for its interval.

        The whole is fitted on the margins. A part (a group, or those to whom a question was put) is its weighted mean.
        """
        total, people = n[weight > 0].sum(), (weight * n).sum()
        if total < 2:
            return (weight * n * mean).sum() / people, np.nan, np.nan, 0.0
        same, roster = np.ones((len(n), 1)), self.tally.roster
        if whole:
            population = max(roster.total, total) if self.fpc and roster is not None else np.inf
            estimate, se = linearised(n, mean, scatter, fit, population)
            rich = total >= 2 * np.linalg.matrix_rank(fit.margins)
            return estimate, se, *corrected(n, mean, scatter, weight, fit.margins if rich else same, fpc=self.fpc)
        estimate = (weight * n * mean).sum() / people
        width, df = corrected(n, mean, scatter, weight, same, fpc=self.fpc)
        return estimate, width, width, df

    def _share(self, n, part, weight, fit, whole, headcount):
        """Exact for an unweighted group of known headcount, else Wilson's with the effective sample size."""
        used = weight[(n > 0) & (weight > 0)]
        total = n[weight > 0].sum()
        if np.ptp(used) <= 1e-9 * used.max() and self.fpc and np.isfinite(headcount) and headcount >= total:
            k = int(round((n[weight > 0] * part[weight > 0]).sum()))
            return [k / total, *intervals.hypergeometric(k, int(total), int(headcount), self.confidence)]
        share, _, width, _ = self._mean(n, part, n * part * (1 - part), weight, fit, whole)
        if width > 1e-9:  # below it is rounding, of a share that is whole or zero
            effective = share * (1 - share) / width**2
        else:
            effective = design_effect(weight, n)[1] / max(1 - total / (weight * n).sum(), 1e-9)
        return [share, *intervals.wilson(share, effective, self.confidence)]
