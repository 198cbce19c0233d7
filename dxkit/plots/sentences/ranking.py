"""What a ranking of pains says in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dxkit.plots.sentences.told import Told, nothing
from dxkit.results.formatting import percent, tied
from dxkit.results.words import listed, percent_of, say
from dxkit.statistics.verdict import NAMING

if TYPE_CHECKING:
    from dxkit.survey.ranking import Ranking
    from dxkit.survey.ranking_order import ActionGrid


def pains(result: Ranking) -> Told:
    """The worst with their verdict; how many may be among them where it is open."""
    if result.segments:
        return _groups(result)
    topics = len(result.table.loc[result.table["shown"] & result.table["rank"].notna()])
    if not topics:
        return nothing()
    how, of = say("ranking.how", axis=result.axis_label), {"count": result.top_n, "topics": topics}
    if topics <= result.top_n:
        return Told(say("ranking.all", top=listed(result.top)), how)
    if result.verdict not in NAMING:
        return Told(say("ranking.open", possible=len(result.possible), **of), how)
    verdict, chance = say(f"verdict.{result.verdict}"), percent(result.p_pair)
    return Told(say("ranking.told", top=listed(result.top), verdict=verdict, chance=chance, **of), how)


def _groups(result: Ranking) -> Told:
    """In how many groups the worst are told; a title has no room for which."""
    if result.groups is None or not any(result.table["shown"]):
        return nothing(result.table)
    verdicts = result.groups["verdict"].tolist()
    groups = sum(said in (*NAMING, "open") for said in verdicts)
    told = [
        say("ranking.in_groups", verdict=say(f"verdict.{name}"), count=verdicts.count(name))
        for name in NAMING
        if name in verdicts
    ]
    of = {"count": result.top_n, "segments": listed(list(result.segments))}
    how = say("ranking.groups_how", topics=result.table["topic"].nunique(), groups=groups, axis=result.axis_label)
    if not told:
        return Told(say("ranking.groups_open", **of), how)
    return Told(say("ranking.groups_told", told=listed(told), groups=groups, **of), how)


def action_grid(result: ActionGrid) -> Told:
    """The worst of the ranking, where they are told."""
    rows = result.table.loc[result.table["shown"]].sort_values("satisfaction", key=tied, kind="stable")
    if not len(rows):
        return nothing()
    how = say("ranking.grid_how", topics=len(rows), percent=percent_of(result.confidence))
    if result.verdict not in NAMING:
        return Told(say("ranking.grid_open"), how)
    top = listed(rows.loc[rows["chosen"], "topic"].tolist())
    return Told(say("ranking.grid_told", top=top, verdict=say(f"verdict.{result.verdict}")), how)
