"""What a scorecard says in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dxkit.plots.sentences.told import Told
from dxkit.results.formatting import percent
from dxkit.results.words import number, say

if TYPE_CHECKING:
    from dxkit.procurement.choice.scorecard import Scorecard


def contributions(result: Scorecard) -> Told:
    """What can be said of the choice."""
    first = result.table.iloc[0]
    how = say("choice.first", vendor=first["vendor"], share=percent(first["p_first"]))
    if len(result.table) == 1:
        how = say("choice.points", vendor=first["vendor"], points=number(first["score"]))
    return Told(result.reasons[0][:1].upper() + result.reasons[0][1:], how)
