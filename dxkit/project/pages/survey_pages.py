"""What each reader of a survey is told: the management, everybody who was asked, and a team."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from dxkit.files.errors import DataError, Missing, suggest
from dxkit.outcomes.follow_up import follow_up
from dxkit.outcomes.times import Source
from dxkit.project.pages.blocks import Block, Grid, Part, Picture, Sentences, capital
from dxkit.results.absent import part
from dxkit.results.columns import commonest
from dxkit.results.formatting import shortened, tied
from dxkit.results.result import Result
from dxkit.results.words import axis, listed, number, percent_of, say
from dxkit.statistics.verdict import NAMING
from dxkit.survey.changes import compare
from dxkit.survey.privacy import record
from dxkit.survey.ranking import rank_pains
from dxkit.survey.reading.responses import Survey
from dxkit.survey.reading.rules.table import ROWS_ASIDE
from dxkit.survey.response_rate import response_rate
from dxkit.survey.scores import scores

_MOST = 5  # rows of a table on one page
_TOPICS = 10  # that the picture of one page has room for
_LONGEST = 70  # characters of a question
_ROOM = 400  # characters of names in a sentence
Told = tuple[str, list[Part]]  # the first sentence, and what follows


@dataclass(frozen=True, eq=False, kw_only=True)
class SurveyPage:
    """What the pages of a survey are made of; every figure is one that its release shows."""

    survey: Survey
    earlier: Survey | None
    actions: Source | None

    @cached_property
    def ranking(self) -> Any:
        """The ranking of pains, or why there is none; so are the others."""
        return part(rank_pains, self.survey)

    @cached_property
    def scores(self) -> Any:
        return part(scores, self.survey)

    @cached_property
    def change(self) -> Any:
        return part(compare, self.earlier, self.survey)

    @property
    def title(self) -> str:
        """The verdict of the survey."""
        for result in (self.ranking, self.scores):
            if result:
                return capital(result.sentence)
        return say("boss.no_scores")

    def boss(self) -> Told:
        """One page: what costs most, how work is experienced, what changed, and what is not known."""
        known = (*self._responded(), *self._not_known(), say("boss.hidden", k=self.survey.min_group))
        return self.title, [
            Part(say("boss.worst"), self._worst(_TOPICS), half=bool(self.ranking)),
            Part(self._parts(), self._areas(_TOPICS), half=bool(self.scores)),
            Part(say("boss.lowest"), self._lowest(), half=bool(self.scores)),
            Part(say("boss.changed"), self._changed()),
            Part(say("boss.known"), (Sentences(known),)),
        ]

    def staff(self) -> Told:
        """What those who answered may see of it: who answered, what hurts, what was done, what is hidden and why."""
        rates = part(response_rate, self.survey)
        few = [say("response.few")] if rates and not rates.table["shown"].any() else []
        who: list[Block] = [Sentences((*self._responded(), *self._aside(), *few))]
        if rates and not few:
            who.append(Picture.of(rates))
        return self.title, [
            Part(say("staff.who"), tuple(who)),
            Part(self._parts(), self._areas()),
            Part(say("boss.lowest"), self._lowest()),
            Part(say("staff.hurts"), self._worst()),
            Part(say("boss.changed"), self._changed()),
            Part(say("staff.done"), self._done()),
            Part(say("page.read"), (Sentences(tuple(self._not_known())),)),
            Part(say("staff.hidden"), (Sentences(self._hidden()),)),
        ]

    def team(self, name: str) -> Told:
        """The areas of a team against all others, each "differs" or "not told apart"."""
        segment = _segment_of(self.survey, name)
        split = scores(self.survey, by=segment)
        rows = split.table.loc[split.table[segment] == name]
        items = rows.loc[(rows["level"] == "item") & (rows["unit"] == "index") & (rows["stands_out"] != "")]
        items = items.loc[items["shown"]].sort_values("estimate", key=tied, kind="stable")
        seen: pd.DataFrame = rows.loc[rows["shown"]]
        shown = _drawn(seen)
        if shown.empty:
            raise Missing(say("team.hidden", team=name))
        apart = sum(side != "" for side in shown["stands_out"])
        words = {"team": name, "count": apart, "total": len(shown)}
        told = say("team.told" if apart else "team.none", **words)
        whole = self.scores.table.set_index("name")
        level = str(shown.iloc[0]["level"])
        drawn = seen.loc[seen["level"] == level].drop(columns=segment).reset_index(drop=True)
        alone = replace(split, table=drawn, segments=(), between=None)
        areas = Picture.of(alone, told, level=level)
        areas = replace(areas, told=areas.told._replace(how_sure=say("team.reads")))
        columns = [("table.part", False), ("table.team", True), ("interval", True), ("table.everybody", True)]
        columns = [*_headings(columns, split.confidence), (say("table.verdict"), False)]
        lines = [_beside(row, whole) for row in shown.to_dict("records")]
        named = {"team": name, "axis": axis(shown.iloc[0]["kind"], shown.iloc[0]["unit"])}
        told_of: list[Block] = [areas, Grid.of(say("team.areas_caption", **named), columns, lines)]
        left = [shortened(label, _LONGEST) for label in rows.loc[(rows["level"] == level) & ~rows["shown"], "label"]]
        if left:
            told_of.append(Sentences((say("team.unshown", areas=_list(left)),)))
        parts = [Part(say("team.areas"), tuple(told_of))]
        if level == "dimension" and items.empty:
            parts.append(Part(say("team.questions"), (Sentences((say("team.no_questions", team=name),)),)))
        elif level == "dimension":
            lines = [_beside(row, whole) for row in items.to_dict("records")]
            caption = say("team.questions_caption", team=name, axis=say("axis.index"))
            columns[0] = (say("table.question"), False)
            parts.append(Part(say("team.questions"), (Grid.of(caption, columns, lines),)))
        rules = (say("team.few"), say("staff.nobody"), say("boss.hidden", k=self.survey.min_group), self._interval())
        return capital(told), [*parts, Part(say("page.read"), (Sentences(rules),))]

    def _worst(self, most: int | None = None) -> tuple[Block, ...]:
        """The ranking of pains; the first `most` of them."""
        if not self.ranking:
            return (Sentences((say("boss.no_topics"),)),)
        table = self.ranking.table
        return (_of_first(self.ranking, table.iloc[:most], most, len(table)),)

    def _parts(self) -> str:
        return say("boss.places" if self.scores and {*_drawn(self.scores.table)["unit"]} == {"place"} else "boss.parts")

    def _areas(self, most: int | None = None) -> tuple[Block, ...]:
        """The scores of the dimensions, or of the questions where there are none; the `most` worst of them."""
        if not self.scores:
            return (Sentences((say("boss.no_scores"),)),)
        table, drawn = self.scores.table, _drawn(self.scores.table)
        rising = "hours" not in set(drawn["unit"])
        worst = drawn.sort_values("estimate", ascending=rising, key=tied, kind="stable").iloc[:most]
        worst = table.loc[table.index.isin(worst.index) | (table["level"] == "overall")]
        return (_of_first(self.scores, worst, most, len(drawn)),)

    def _lowest(self) -> tuple[Block, ...]:
        """The questions with the lowest scores."""
        if not self.scores:
            return (Sentences((say("boss.no_scores"),)),)
        table = self.scores.table
        rated = table.loc[(table["unit"] == "index") & (table["kind"] == "rating") & table["shown"]]
        several = [len(self.survey.codebook.scale(item).codes) != 2 for item in rated["name"]]  # more than yes and no
        rated = rated.loc[several]
        rows = rated.sort_values("estimate", key=tied, kind="stable").head(_MOST)
        if rows.empty:
            asked = "rating" in set(table.loc[table["unit"] == "index", "kind"])
            return (Sentences((capital(say("picture.hidden")) + "." if asked else say("boss.no_scores"),)),)
        columns = [("table.question", False), ("table.score", True), ("interval", True)]
        lines = [[_label(row), _figure(row), _interval(row)] for row in rows.to_dict("records")]
        caption = say("boss.lowest_caption", count=len(rows), total=len(rated), axis=say("axis.index"))
        return (Grid.of(caption, _headings(columns, self.scores.confidence), lines),)

    def _changed(self) -> tuple[Block, ...]:
        """What changed since the earlier wave, and holds."""
        if not self.change or self.earlier is None:
            return (Sentences((say("boss.no_earlier"),)),)
        table = self.change.table.loc[self.change.table["shown"].astype(bool)]
        held = table.loc[table["holds"].astype(bool)]
        if held.empty:
            return (Sentences((self.change.told().alt,)),)
        columns = [("table.question", False), ("table.measure", False), ("table.before", True), ("table.after", True)]
        columns += [("table.change", True), ("interval", True), ("table.verdict", False)]
        lines = [
            [_label(row), _measure(row)]
            + [number(row[name], _digits(row)) for name in ("before", "after")]
            + [number(row["estimate"], _digits(row), "+"), _interval(row), _better(row)]
            for row in held.head(_MOST).to_dict("records")
        ]
        caption = say("boss.since_caption", count=len(held), total=len(table), wave=_wave(self.earlier))
        caption += f"; {say('boss.first', count=_MOST)}" if len(held) > _MOST else ""
        return (Grid.of(caption, _headings(columns, self.change.confidence), lines),)

    def _responded(self) -> list[str]:
        """How many answered, of how many."""
        count, roster, k = len(self.survey), self.survey.roster, self.survey.min_group
        if count < k:
            return [say("page.few", k=k)]
        if roster is None:
            return [say("page.responded_alone", responded=number(count))]
        words = {"responded": number(count), "headcount": number(roster.total)}
        return [say("page.responded", share=percent_of(count / roster.total), **words)]

    def _hidden(self) -> tuple[str, ...]:
        """What is not shown and why, and what no page can settle."""
        once = () if recorded(self.survey) else (say("staff.no_record"),)
        return say("staff.nobody"), *self.survey.release.sentences, *once, say("staff.kept")

    def _interval(self) -> str:
        """How to read a score and its interval."""
        scored = self.scores and "index" in set(self.scores.table.loc[self.scores.table["shown"], "unit"])
        middle = f"{say('boss.middle')} " if scored else ""
        return middle + say("boss.interval", percent=percent_of(self.scores.confidence if self.scores else 0.95))

    def _not_known(self) -> list[str]:
        """What the figures do not tell."""
        said, roster = [], self.survey.roster
        ranking = self.ranking
        if ranking and ranking.verdict not in NAMING and 0 < len(ranking.shortlist) < len(ranking.possible):
            topics = _list([shortened(topic, _LONGEST) for topic in ranking.shortlist])
            of = {"count": ranking.top_n, "possible": len(ranking.possible)}
            said.append(say("boss.shortlist", topics=topics, **of))
        if ranking and ranking.score == "hours":
            said.append(say("boss.own_hours"))
        if roster is not None and roster.total > len(self.survey) >= self.survey.min_group:
            said.append(say("boss.silent", count=number(roster.total - len(self.survey))))
        return [*said, say("boss.reported"), self._interval()]

    def _aside(self) -> list[str]:
        """How many rows of the file are not counted."""
        count = aside(self.survey)
        return [say("page.aside", aside=number(count), read=number(len(self.survey) + count))] if count else []

    def _done(self) -> tuple[Block, ...]:
        """What was agreed for each topic, and whether it moved."""
        if self.earlier is None or self.actions is None:
            return (Sentences((say("staff.no_actions"),)),)
        found = part(follow_up, self.earlier, self.survey, self.actions)
        if not found:
            return (Sentences((say("staff.no_actions"),)),)
        rows = found.table.loc[found.table["done"] != "none"]
        if rows.empty:
            return (Sentences((say("staff.not_done"),)),)
        columns = [("table.topic", False), ("table.agreed", False), ("table.state", False), ("table.seen", False)]
        lines = [
            [row["topic"], row["action"], say(f"state.{row['done']}"), say(f"moved.{row['verdict'].replace(' ', '_')}")]
            for row in rows.to_dict("records")
        ]
        caption = say("staff.done_caption", wave=_wave(self.earlier))
        table = Grid.of(caption, _headings(columns, found.confidence), lines)
        return Sentences((found.told().alt,)), table, Sentences((say("staff.done_reads"),))


def _of_first(result: Result, first: pd.DataFrame, most: int | None, total: int) -> Picture:
    """The picture of a result; where it has more than `most` rows in `total`, with the `first` of its table alone."""
    picture = Picture.of(result)
    if most is None or total <= most:
        return picture
    how_sure = f"{picture.told.how_sure}; {say('picture.first', count=most, total=total)}"
    figure = replace(result, table=first).figure_for_page()
    return replace(picture, told=picture.told._replace(how_sure=how_sure), figure=figure)


def recorded(survey: Survey) -> int:
    """The number of the wave in the release record; 0 where it is in none."""
    known = None if survey.rows is None else record.read(survey.rows.folder)
    waves = list(known.waves) if known is not None else []
    return waves.index(survey.wave) + 1 if survey.wave in waves else 0


def aside(survey: Survey) -> int:
    """How many rows of the file were read and are not counted."""
    return int(survey.cleaning.loc[survey.cleaning["unit"] == ROWS_ASIDE, "count"].sum())


def _wave(survey: Survey) -> str:
    """An earlier wave by name, where it has one."""
    return say("page.wave", wave=survey.wave) if survey.wave else say("page.wave_before")


def _segment_of(survey: Survey, name: str) -> str:
    """The declared segment that has a group of this name."""
    labels: dict[str, str] = {}
    for cut in survey.cuts:
        if len(cut) == 1:
            table = survey.roster.table if survey.roster is not None else pd.DataFrame()
            known = [*survey.segments[cut[0]], *(table[cut[0]] if cut[0] in table else ())]
            labels = {label: cut[0] for label in sorted(map(str, known)) if label} | labels
    if name not in labels:
        raise DataError(f"team='{name}': {suggest(name, list(labels))}")
    return labels[name]


def _drawn(table: pd.DataFrame) -> pd.DataFrame:
    """The rows that a picture of scores draws: of dimensions, else of questions, those of the commonest unit."""
    level = "dimension" if "dimension" in set(table["level"]) else "item"
    return commonest(table.loc[table["level"] == level])[0]


def _headings(columns: Sequence[tuple[str, bool]], confidence: float) -> list[tuple[str, bool]]:
    """Headings in words; `interval` stands for that of an interval."""
    interval = say("table.interval", percent=percent_of(confidence))
    return [(interval if key == "interval" else say(key), right) for key, right in columns]


def _beside(row: dict[Any, Any], whole: pd.DataFrame) -> list[str]:
    """A score of a team beside everybody's, and whether they are told apart."""
    all_of: Any = whole.loc[row["name"]]
    verdict = {"below": "team.lower", "above": "team.higher"}.get(row["stands_out"], "team.alike")
    everybody = _figure(all_of) if all_of["shown"] else "–"
    return [_label(row), _figure(row), _interval(row), everybody, say(verdict)]


def _list(names: Sequence[str]) -> str:
    """Names in a sentence: of long ones five, of short ones as many as there is room for."""
    return listed(names, max(_MOST, min(12, _ROOM // max(map(len, names), default=1))))


def _label(row: Any) -> str:
    """A question as a table has room for it."""
    return shortened(row["label"], _LONGEST)


def _measure(row: Any) -> str:
    """What a change is measured in; a score without its ends, which stand elsewhere on the page."""
    scored = row["unit"] == "index" and row["kind"] != "importance"
    return say("table.score") if scored else axis(row["kind"], row["unit"])


def _figure(row: Any) -> str:
    """An estimate as text, with what it is a bound of."""
    value = number(row["estimate"], _digits(row))
    return say(f"scores.{row['bound'].replace(' ', '_')}", value=value) if row.get("bound") else value


def _interval(row: Any) -> str:
    if row["low"] != row["low"]:
        return "–"
    low, high = (number(row[end], _digits(row)) for end in ("low", "high"))
    return say("table.to", low=low, high=high)


def _better(row: Any) -> str:
    """Whether a change is for the better, where that can be said."""
    if row["kind"] == "importance" or row["unit"] not in ("index", "hours", "recommend"):
        return "–"
    return say("table.better" if (row["estimate"] > 0) != (row["unit"] == "hours") else "table.worse")


def _digits(row: Any) -> int:
    return 0 if row["unit"] in ("index", "recommend", "share") else 1
