"""What finance and procurement are told of a choice: its cost, why, what to ask for, and when to give notice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from dxkit.procurement.choice.findings import NO_CLAIM
from dxkit.procurement.choice.negotiation import negotiation
from dxkit.procurement.choice.ratings import NO_EVIDENCE
from dxkit.procurement.choice.scorecard import scorecard
from dxkit.procurement.cost.calendar import terms_of
from dxkit.procurement.cost.exit_cost import ExitCost, exit_cost
from dxkit.procurement.cost.idle import behind
from dxkit.procurement.cost.ownership import Tco, tco
from dxkit.procurement.dossier.dossier import Dossier
from dxkit.project.pages.blocks import Block, Grid, Part, Picture, Sentences, capital
from dxkit.results.absent import part
from dxkit.results.formatting import percent, rounded_money, shortened, step_of, tied
from dxkit.results.words import listed, number, own_name, percent_of, say, spoken

_MOST = 6  # clauses on one page
_NAMED = 3  # assumed figures, those that move the money most
_LONGEST = 40  # characters of a name


def decision(dossier: Dossier) -> tuple[str, list[Part]]:
    """One page: what it costs to own and to leave, what is chosen or not and why, what to ask for, the notice."""
    cost, left, card = tco(dossier), exit_cost(dossier), part(scorecard, dossier)
    title = capital((card or cost).sentence)
    why = [capital(f"{reason}.") for reason in card.reasons] if card else [say("decision.no_criteria")]
    return title, [
        Part(say("decision.cost"), _cost(dossier, cost, left, card)),
        Part(say("decision.spread"), (Picture.of(cost),), half=True),
        Part(say("decision.why"), (Sentences(tuple(why)),), half=True),
        Part(say("decision.notice"), (_of_each(_notice(dossier, left), dossier),), half=True),
        Part(say("decision.ask"), tuple(_ask(dossier, part(negotiation, dossier)))),
    ]


def _unit(dossier: Dossier) -> str:
    return f"{dossier.currency or say('cost.money')} ({spoken(f'status.{dossier.status}', dossier.status)})"


def _cost(dossier: Dossier, cost: Tco, left: ExitCost, card: Any) -> tuple[Block, ...]:
    rows = cost.totals.loc[cost.totals["basis"] == "pv"].set_index("vendor")
    rows = rows.sort_values("mean", key=tied, kind="stable")
    rows = rows[["mean", "p10", "p90", "p_cheapest"]].join(left.expected.set_index("vendor")["certain"])
    amounts = rows[["mean", "p10", "p90", "certain"]]
    money = rounded_money(amounts, step_of(amounts, 3))
    columns = [("vendor", False), ("own", True), ("range", True), ("cheapest", True), ("leave", True)]
    standing = card.table.set_index("vendor") if card else None
    if standing is not None:
        columns += [("points", True), ("musts", False)]
    lines = []
    for vendor, row in money.iterrows():
        chance = rows.loc[vendor, "p_cheapest"]
        cells = [shortened(str(vendor), _LONGEST), row["mean"], say("table.to", low=row["p10"], high=row["p90"])]
        cells += [percent(chance) if len(rows) > 1 else "–", row["certain"]]
        if standing is not None:
            of: Any = standing.loc[vendor]
            cells += [number(of["score"]), say(f"must.{of['must'].replace(' ', '_')}")]
        lines.append(cells)
    rate = _marked(_rate(dossier.rate), dossier.numbers["discount_rate"].assumed)
    caption = say("decision.cost_caption", span=_span(dossier), unit=_unit(dossier), rate=rate)
    headings = [(_heading(dossier, key), right) for key, right in columns]
    said = [say("decision.leaving"), *_assumed(dossier, cost, left), *_weights(dossier, card)]
    return Grid.of(caption, headings, lines), Sentences(tuple(said))


def _heading(dossier: Dossier, key: str) -> str:
    """The name of a column; where usual values stand for what the dossier does not give, it says so."""
    row = {"own": "pv", "leave": "certain"}.get(key)
    rests = [] if row is None else [each for each in behind(dossier, row) if not each.key.startswith("decision|")]
    usual = [figure for figure in rests if figure.assumed]
    stated = [figure for figure in rests if not figure.assumed and (key == "own" or figure.key.startswith("exit|"))]
    return _marked(say(f"table.{key}"), bool(usual), partly=bool(stated))


def _marked(text: str, assumed: bool, *, partly: bool = False) -> str:
    """A text with a word that it is assumed, where it is."""
    return say("decision.partly_assumed" if partly else "decision.is_assumed", text=text) if assumed else text


def _assumed(dossier: Dossier, cost: Tco, left: ExitCost) -> list[str]:
    """How many figures nobody vouches for, and which of them move the money most; whether leaving is all assumed."""
    shares: Any = pd.concat([cost.tornado, left.tornado]).groupby("input")["share"].max()
    usual = {figure.name for figure in dossier.assumed}
    bare = list(dict.fromkeys(dossier.unsupported["figure"]))
    bare = [bare[at] for at in np.argsort(-tied([shares.get(name, 0.0) for name in bare]), kind="stable")]
    silent = all(figure.assumed for figure in behind(dossier, "certain") if figure.key.startswith("exit|"))
    flat = [f"{line.vendor}: {line.line}" for line in dossier.costs if line.flat and dossier.horizon > 1]
    return [
        *([say("decision.silent")] if silent else []),
        say("decision.assumed", count=len(bare), total=len(dossier.figures)),
        *_such_as("decision.undated", [name for name in bare if name not in usual]),
        *_such_as("decision.missing", [name for name in bare if name in usual]),
        *_such_as("decision.flat", flat),
        say("decision.ranges"),
    ]


def _such_as(key: str, names: list[str], most: int = _NAMED) -> list[str]:
    """A sentence on how many there are, with the first of their names; none where there are none."""
    first = "; ".join(shortened(own_name(name), _LONGEST) for name in names[:most])
    return [say(key, count=len(names), names=first)] if names else []


def _span(dossier: Dossier) -> str:
    """How many years, and from when."""
    years, start = dossier.horizon, dossier.decision["start"]
    span = say("decision.span", years=number(years)) if years != 1 else say("decision.span_one")
    span = _marked(span, any(figure.key == "decision|horizon_years" for figure in dossier.assumed))
    return say("decision.span_from", span=span, date=_date(str(start))) if start else span


def _rate(share: float) -> str:
    """A rate with a decimal where it has one."""
    return say("format.percent", share=number(100 * share, 0 if round(100 * share, 1) % 1 == 0 else 1))


def _now(dossier: Dossier, row: dict[Any, Any]) -> str:
    """What a clause says; of a driver that it names, what is expected of it."""
    driver = dossier.drivers.get(row["now"]) if row["clause"] == "growth" else None
    return say("decision.rate", name=row["now"], value=_rate(driver.amount.mean)) if driver else row["now"]


def _weights(dossier: Dossier, card: Any) -> list[str]:
    """What points are made of."""
    if not card:
        return []
    weights = card.contributions.drop_duplicates("criterion").set_index("criterion")["weight"]
    named = [
        say("decision.weight", criterion=shortened(str(c), _LONGEST), share=percent_of(w)) for c, w in weights.items()
    ]
    bare = card.flags.loc[card.flags["flag"].isin([NO_EVIDENCE, NO_CLAIM])]
    lowest = [f"{vendor}: {criterion}" for vendor, criterion in bare.iloc[:, :2].to_numpy()]
    return [
        say("decision.weights", criteria=listed(named, _MOST)),
        *([say("decision.alike")] if dossier.fit_read else []),
        *_such_as("decision.lowest", lowest, _MOST),
    ]


def _ask(dossier: Dossier, found: Any) -> list[Block]:
    """At which price each vendor comes level, and what its clauses are worth."""
    if not found:
        return [Sentences((say("decision.one_vendor"),))]
    rows = found.walk_away.to_dict("records")
    levels = [_of_each({row["vendor"]: _level(row) for row in rows}, dossier)]
    never = {row["vendor"]: say("decision.never_sure") for row in rows if row["factor_80"] <= 0}
    levels += [_of_each(never, dossier)] if never else []
    blocks: list[Block] = [Sentences((say("decision.basis"), *(text for each in levels for text in each.texts)))]
    worth = found.clauses.loc[found.clauses["worth"].abs() >= 0.5]
    worth = worth.sort_values("worth", key=lambda worth: -tied(worth.abs()), kind="stable").head(_MOST)
    if worth.empty:
        return [*blocks, Sentences((say("decision.no_clauses"),))]
    money = rounded_money(worth[["worth"]])["worth"]
    lines = [
        [
            shortened(row["vendor"], _LONGEST),
            row["line"] or "–",
            say(f"clause.{row['clause']}"),
            _now(dossier, row),
            row["instead"],
            amount,
        ]
        for row, amount in zip(worth.to_dict("records"), money, strict=True)
    ]
    columns = [(say(f"table.{key}"), key == "worth") for key in ("vendor", "line", "clause", "now", "instead", "worth")]
    caption = say("decision.asks_caption", span=_span(dossier), unit=_unit(dossier))
    blocks.append(Grid.of(caption, columns, lines))
    return [*blocks, *([Sentences((say("decision.protects"),))] if (worth["worth"] < 0).any() else [])]


def _level(row: dict[Any, Any]) -> str:
    """At which of its prices a vendor is level with the best of the others."""
    factor = row["factor"]
    if np.isnan(factor):
        return say("decision.any_price")
    if factor <= 0:
        return say("decision.not_even_free", against=row["against"])
    money = rounded_money(pd.DataFrame({"change": [abs(row["change"])]}))["change"].iloc[0]
    change = say("decision.less" if row["change"] < 0 else "decision.dearer", money=money)
    enough = row["factor_80"]
    level = say("decision.level", against=row["against"], factor=percent_of(factor), change=change)
    return f"{level} {say('decision.sure', factor=percent_of(enough))}" if enough > 0 else level


def _notice(dossier: Dossier, left: ExitCost) -> dict[str, str]:
    """The next renewal of each vendor, and by when to give notice."""
    said = {}
    for vendor in dict.fromkeys(left.totals["vendor"]):
        rows = left.renewals.loc[left.renewals["vendor"] == vendor].to_dict("records")
        if not rows:
            said[vendor] = say("decision.no_renewal")
        elif rows[0]["last_notice_date"]:
            date, notice = (_date(rows[0][name]) for name in ("date", "last_notice_date"))
            said[vendor] = say("decision.notice_by", date=date, notice=notice)
        else:
            years, before = (number(value, 1) for value in (rows[0]["quarter"] / 4, rows[0]["last_notice"]))
            said[vendor] = say("decision.notice_after", years=years, before=before)
        if rows and any(figure.assumed for figure in terms_of(dossier, vendor)):
            said[vendor] = say("decision.usual", notice=said[vendor])
    return said


def _of_each(said: Mapping[str, str], dossier: Dossier) -> Sentences:
    """What is said of each vendor; of those of whom the same is said together."""
    vendors: dict[str, list[str]] = {}
    for vendor, text in said.items():
        vendors.setdefault(text, []).append(shortened(vendor, _LONGEST))
    if len(vendors) == 1 < len(said) == len(dossier.vendors):
        vendors = {text: [say("decision.all_vendors")] for text in vendors}
    return Sentences(tuple(f"{'; '.join(names)}: {text}" for text, names in vendors.items()))


def _date(text: str) -> str:
    year, month, day = text.split("-")
    return say("format.date", year=year, month=month, day=day)
