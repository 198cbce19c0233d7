"""What scores, changes and response rates say in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dxkit.files.options import choice
from dxkit.plots.sentences.told import Told, no_difference, nothing
from dxkit.results.columns import commonest
from dxkit.results.formatting import shortened, tied
from dxkit.results.words import axis, number, percent_of, say
from dxkit.statistics.means.teams import LEVEL
from dxkit.statistics.means.teams import named as beyond_chance
from dxkit.statistics.moments import dividing_by_0

if TYPE_CHECKING:
    from dxkit.survey.changes import Change
    from dxkit.survey.response_rate import ResponseRate
    from dxkit.survey.scores import Scores

_NAMED = 2  # that a title has room for
_ENDS = {"hours": ("scores.fewer", "scores.more"), "place": ("scores.before", "scores.after")}
DECIMAL = ("hours", "place", "code", "number")  # units with a decimal


def drawn(table: pd.DataFrame, level: str | None) -> tuple[pd.DataFrame, str]:
    """The rows that one picture shows, and in words what is left out.

    They are of the level asked for, else of dimensions where there are any, and of its commonest kind and unit.
    """
    levels = list(dict.fromkeys(table["level"]))
    if level is not None:
        choice("level", level, levels)
    elif levels:
        level = "dimension" if "dimension" in levels else levels[0]
    rows, others = commonest(table.loc[table["level"] == level])
    left = ", ".join(
        say(f"left_out.{'neither' if each == ('rating', 'code') else each[0]}", count=count)
        for each, count in others.items()
    )
    return rows, say("picture.not_drawn", what=left) if left else ""


def scores(result: Scores, level: str | None = None) -> Told:
    """What lies beyond the others on the worse side, else on the better, else that nothing does; of one row what it is.

    Each differs from the others together, which does not make the first of them the lowest of all.
    """
    rows, _ = drawn(result.table, level)
    shown = rows.loc[rows["shown"]].sort_values("estimate", key=tied, kind="stable")
    if not len(shown):
        return nothing(rows)
    unit, kind = rows.iloc[0]["unit"], rows.iloc[0]["kind"]
    others = say("scores.the_other_groups" if result.segments else "scores.the_others")
    low, high = (say(word, others=others) for word in _ENDS.get(unit, ("scores.below", "scores.above")))
    below, above = (shown.loc[shown["stands_out"] == side] for side in ("below", "above"))
    ends = [(low, below), (high, above.iloc[::-1])]
    found = [end for end in (ends[::-1] if unit == "hours" or kind == "importance" else ends) if len(end[1])]
    if len(shown) == 1:
        found = [("", shown)]
    if not found:
        figures = {"low": number(shown["estimate"].min()), "high": number(shown["estimate"].max())}
        alike = figures["low"] == figures["high"]
        how = say("scores.alike" if alike else "scores.range", count=len(shown), percent=percent_of(LEVEL), **figures)
        return Told(no_difference(result.segments, rows.iloc[0]["level"]), how)
    which, named = found[0]
    said = [_figure(result, row, unit) for row in named.iloc[:_NAMED].to_dict("records")]
    if len(named) > _NAMED:
        said.append(say("format.more", count=len(named) - _NAMED))
    text, how = "; ".join(said), axis(kind, unit)
    if named["low"].notna().any():
        how = say("scores.brackets", axis=how, percent=percent_of(result.confidence))
    if len(named) == 1:
        how = say("scores.answers", what=how, n=number(named.iloc[0]["n"]))
    return Told(say("scores.found", which=which, named=text) if which else text, how)


def _figure(result: Scores, row: dict[Any, Any], unit: str) -> str:
    """A row by name, with its figure and interval."""
    value, low, high = (number(row[name], int(unit in DECIMAL)) for name in ("estimate", "low", "high"))
    name = shortened(label_of(result, row), 80)
    if row["low"] == row["low"]:
        return say("scores.interval", name=name, value=value, low=low, high=high)
    return say("scores.bound", name=name, value=bounded(row["bound"], value))


def bounded(bound: str, value: str) -> str:
    """A figure that is at least, at most or about so much."""
    return say(f"scores.{bound.replace(' ', '_')}", value=value) if bound else value


def label_of(result: Scores, row: dict[Any, Any]) -> str:
    """What a row is about, with its group."""
    return ", ".join(str(part) for part in (row.get("label", row["name"]), *(row[name] for name in result.segments)))


def response_rate(result: ResponseRate) -> Told:
    """The groups with the lowest and the highest rate, where they are told apart from the others."""
    shown = result.table.loc[result.table["shown"]]
    if not len(shown):
        return nothing(result.table)
    shown = shown.sort_values("estimate", ascending=False, na_position="first", key=tied, kind="stable")
    n, came = (shown[name].to_numpy(dtype=float) for name in ("headcount", "responded"))
    others, rate, mean = n.sum() - n, came / n, min(1.0, came.sum() / n.sum())
    with dividing_by_0():
        gap = (rate - (came.sum() - came) / others) / np.sqrt(mean * (1 - mean) * (1 / n + 1 / others))
    apart = beyond_chance(gap, np.full(len(n), np.inf))
    ends = ("response.less", -1, shown.iloc[-1], apart[-1]), ("response.more", 1, shown.iloc[0], apart[0])
    named = [
        say(word, group=", ".join(str(row[name]) for name in result.segments), share=percent_of(row["estimate"]))
        for word, side, row, told in ends
        if side == told
    ]
    whole = say("response.whole", responded=number(came.sum()), headcount=number(n.sum()))
    return Told("; ".join(named) or say("response.none"), whole)


def changes_drawn(result: Change, kind: str | None) -> pd.DataFrame:
    """The rows that one picture shows: of this kind, else of the first of the table, in its commonest unit.

    The column `at` counts the later waves, whose rows stand one behind another.
    """
    table = result.table.loc[result.table["shown"].astype(bool)]
    kinds = list(dict.fromkeys(result.table["kind"]))
    kind = choice("kind", kind, kinds) if kind is not None else table.iloc[0]["kind"] if len(table) else None
    rows = table.loc[table["kind"] == kind]
    rows = rows.loc[rows["unit"] == rows["unit"].mode()[0]] if len(rows) else rows
    at = rows["wave"].map(result.waves[1:].index) + 1 if "wave" in rows else 1
    return rows.assign(at=at).sort_values("at", kind="stable")


def change(result: Change, kind: str | None = None) -> Told:
    """What holds after adjustment."""
    rows = changes_drawn(result, kind)
    if not len(rows):
        return nothing()
    how = say("change.how", count=len(rows))
    held = rows.loc[rows["holds"].astype(bool)].drop_duplicates("name", keep="last")
    if not len(held):
        return Told(say("change.none"), how)
    return Told(say("change.held", named="; ".join(held["label"])), how)
