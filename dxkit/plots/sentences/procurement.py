"""What the costs of vendors and the choice among them say in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dxkit.files.options import choice
from dxkit.plots.sentences.told import Told
from dxkit.results.formatting import percent, rounded_money, tied
from dxkit.results.words import listed, number, say, spoken

if TYPE_CHECKING:
    import pandas as pd

    from dxkit.procurement.choice.scorecard import Scorecard
    from dxkit.procurement.cost.exit_cost import ExitCost
    from dxkit.procurement.cost.ownership import Tco

_UNITS = ((1e9, "cost.billions"), (1e6, "cost.millions"), (1e3, "cost.thousands"))


def money(result: Tco | ExitCost, table: pd.DataFrame, column: str) -> tuple[float, str]:
    """What amounts are divided by, so that an axis has short numbers, and the words beside it."""
    most = float(table.loc[:, column].abs().max())
    unit, key = next((each for each in _UNITS if most >= 10 * each[0]), (1.0, ""))
    words = f"{result.currency or say('cost.money')}{say(key) if key else ''}"
    return unit, f"{words} ({spoken(f'status.{result.status}', result.status)})"


def lowest(result: Tco, basis: str) -> str:
    """Which vendor has the lowest cost on average, or that they are level."""
    rows = result.totals.loc[result.totals["basis"] == basis]
    mean = tied(rows["mean"])
    least = rows.loc[mean == mean.min()]
    names, chance = least["vendor"].tolist(), float(least["p_cheapest"].max())
    if len(rows) == 1:
        return say("cost.one", vendor=names[0], money=rounded_money(least[["mean"]])["mean"].iloc[0])
    if len(names) > 1:
        return say("cost.level", vendors=listed(names, 4))
    return say("cost.lowest", vendor=names[0], chance=percent(chance))


def totals(result: Tco, basis: str = "pv") -> Told:
    """Which vendor has the lowest cost on average; `basis` is "pv", or "pv_served"."""
    choice("basis", basis, ["pv", "pv_served"])
    _, unit = money(result, result.totals.loc[result.totals["basis"] == basis], "p90")
    what = say("cost.served" if basis == "pv_served" else "cost.owning")
    return Told(lowest(result, basis), say("cost.how", what=what, unit=unit))


def leaving(result: ExitCost) -> Told:
    """Which vendor costs most to leave at the end."""
    table = result.totals
    _, unit = money(result, table, "planned")
    vendors = list(dict.fromkeys(table["vendor"]))
    end = table.loc[table["quarter"] == int(table.loc[:, "quarter"].max())]
    planned = tied(end["planned"])
    most = end.loc[planned == planned.max(), "vendor"].tolist()
    found = say("exit.most", vendor=most[0])
    if len(vendors) == 1:
        found = say("exit.one", vendor=most[0])
    elif len(most) > 1:
        found = say("exit.level", vendors=listed(most, 4))
    return Told(found, say("exit.how", unit=unit))


def contributions(result: Scorecard) -> Told:
    """What can be said of the choice."""
    first = result.table.iloc[0]
    how = say("choice.first", vendor=first["vendor"], share=percent(first["p_first"]))
    if len(result.table) == 1:
        how = say("choice.points", vendor=first["vendor"], points=number(first["score"]))
    return Told(result.reasons[0][:1].upper() + result.reasons[0][1:], how)
