"""What a change between two waves says in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from dxkit.files.options import choice
from dxkit.plots.sentences.told import Told, nothing
from dxkit.results.words import say

if TYPE_CHECKING:
    from dxkit.survey.changes import Change


def drawn(result: Change, kind: str | None) -> pd.DataFrame:
    """The rows that one picture shows: of this kind, else of the first of the table, in its commonest unit.

    The column `at` counts the later waves, whose rows stand one behind another.
    """
    table = result.table.loc[result.table["shown"].astype(bool)]
    kinds = list(dict.fromkeys(result.table["kind"]))
    kind = choice("kind", kind, kinds) if kind is not None else table.iloc[0]["kind"] if len(table) else None
    rows = table.loc[table["kind"] == kind]
    rows = rows.loc[rows["unit"] == rows["unit"].mode()[0]] if len(rows) else rows
    at = rows["wave"].map(waves_of(result).index) + 1 if "wave" in rows else 1
    return rows.assign(at=at).sort_values("at", kind="stable")


def waves_of(result: Change) -> list[str]:
    """The later waves."""
    return list(dict.fromkeys(result.table["wave"])) if "wave" in result.table else [say("change.after")]


def change(result: Change, kind: str | None = None) -> Told:
    """What holds after adjustment."""
    rows = drawn(result, kind)
    if not len(rows):
        return nothing()
    how = say("change.how", count=len(rows))
    held = rows.loc[rows["holds"].astype(bool)].drop_duplicates("name", keep="last")
    if not len(held):
        return Told(say("change.none"), how)
    return Told(say("change.held", named="; ".join(held["label"])), how)
