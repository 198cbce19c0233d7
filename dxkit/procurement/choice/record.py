"""A decision written down, and which input made a later one come out differently."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd

from dxkit.files.options import instance, writable_path
from dxkit.files.writing import replacing
from dxkit.procurement.choice.scorecard import Scorecard, scorecard
from dxkit.procurement.dossier.dossier import A_DOSSIER, Dossier
from dxkit.results.columns import Column, declared
from dxkit.results.formatting import percent, rounded_money
from dxkit.results.result import Result

_INPUTS = {
    "decision": ("decision", "numbers"),
    "drivers": ("drivers",),
    "costs": ("costs",),
    "exit": ("exit", "exit_per"),
    "criteria": ("criteria_read",),
    "evidence": ("evidence_read",),
    "fit": ("fit_read",),
}


_PLACES = ("place", "cell", "at")  # where a figure stood


def digest(dossier: Dossier) -> str:
    """The first 16 digits of SHA-256 over all that a choice rests on: equal for equal inputs, on any machine."""
    parts_spelled = [_spelled(getattr(dossier, each)) for parts in _INPUTS.values() for each in parts]
    return hashlib.sha256("\n".join(parts_spelled).encode()).hexdigest()[:16]


def _spelled(value: object) -> str:
    """A part of a dossier as text that no version of a library changes, without the cells it was read from."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_spelled(key)}: {_spelled(each)}" for key, each in sorted(value.items())) + "}"
    if isinstance(value, (tuple, list)):
        return "(" + ", ".join(map(_spelled, value)) + ")"
    if is_dataclass(value):
        return _spelled({each.name: getattr(value, each.name) for each in fields(value) if each.name not in _PLACES})
    return repr(value.item() if isinstance(value, np.generic) else value)


def decision_record(card: Scorecard, dossier: Dossier, path: str | os.PathLike[str] | None = None) -> str:
    """What was decided, why, on what inputs, and what would change it? A page of Markdown.

    Parameters
    ----------
    card : Scorecard
        The comparison that the decision rests on, from `scorecard`.
    dossier : Dossier
        The vendors and their figures, from `read_dossier`. The scorecard was worked out from it.
    path : path, optional
        Where to write; the folder must exist. None writes nothing.

    Returns
    -------
    str
        The Markdown.

    Raises
    ------
    DataError
        Something other than a scorecard and its dossier, or a folder that is not there.

    Examples
    --------
    >>> import dxkit as dx
    >>> dossier = dx.read_dossier(dx.samples.path("portal"))
    >>> dx.decision_record(dx.scorecard(dossier), dossier).splitlines()[0]
    '# Decision: A developer portal for Fernhill Freight (illustrative)'
    """
    instance("card", card, Scorecard, "a scorecard, from scorecard")
    instance("dossier", dossier, Dossier, A_DOSSIER)
    lines = [f"# Decision: {_plain(dossier.decision['title'])} ({card.status})", ""]
    lines += [f"- start: {dossier.decision['start'] or 'not set'}", f"- inputs: {digest(dossier)}", ""]
    lines += ["## In short", "", *(f"- {_plain(reason)}" for reason in card.reasons), "", "## Scores", ""]
    lines += ["| vendor | score | 95% interval | ranks first in | must-haves |", "|---|---|---|---|---|"]
    for row in card.table.to_dict("records"):
        lines.append(
            f"| {_plain(row['vendor'])} | {row['score']:.0f} | {row['low']:.0f} to {row['high']:.0f} | "
            f"{percent(row['p_first'])} | {row['must']} |"
        )
    lines += ["", "## What would change it", ""]
    lines += [
        f"- the weight of {_plain(row['criterion'])} outside {100 * row['low']:.0f}% to {100 * row['high']:.0f}% "
        f"(now {100 * row['weight']:.0f}%): {_plain(row['flips_to'])}"
        for row in card.stability.to_dict("records")
        if row["flips_to"]
    ]
    lines += [
        f"- {_plain(row['vendor'])}, {_plain(row['criterion'])}: {row['changed_to']:.1f} instead of "
        f"{row['rating']:.1f}: {_plain(row['winner'])}"
        for row in card.changes.head(5).to_dict("records")
    ]
    lines += ["- nothing among the inputs that were varied"] if lines[-1] == "" else []
    lines += ["", "## What to find out first", ""]
    plan = card.trial_plan.head(5)
    worth = rounded_money(plan.filter(["money"]))["money"].tolist() if len(plan) else []
    unit = dossier.currency or "money"
    for row, money in zip(plan.to_dict("records"), worth, strict=True):
        known = "" if money == "–" else f" (worth {money} {unit})"
        lines.append(f"- {_plain(row['vendor'])}, {_plain(row['criterion'])}: {row['find_out']}{known}")
    lines += [] if len(plan) else ["- nothing would change it"]
    lines += ["", "## Where the evidence is thin", ""]
    lines += [
        f"- {_plain(row['vendor'])}, {_plain(row['criterion'])}: {row['flag']}" for row in card.flags.to_dict("records")
    ] or ["- nothing"]
    undated = len(set(dossier.unsupported["figure"]))
    verb = "has" if undated == 1 else "have"
    lines += ["", f"{undated} of {len(dossier.figures)} figures {verb} no dated source.", ""]
    text = "\n".join(lines)
    if path is not None:
        with replacing(writable_path(path)) as temporary:
            Path(temporary).write_text(text, encoding="utf-8")
    return text


def _plain(text: object) -> str:
    """Text that Markdown takes as nothing but text."""
    flat = " ".join(str(text).split())
    return "".join(f"\\{sign}" if sign in "|*_`[]<>#\\" else sign for sign in flat)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Comparison(Result):
    """Which input changed the choice."""

    columns: ClassVar[tuple[Column, ...]] = declared(__file__, "Comparison")


def compare_decisions(old: Dossier, new: Dossier, needs: Result | None = None, seed: int = 0) -> Comparison:
    """Which input made a later decision come out differently? Each new input is put into the old decision by itself.

    Parameters
    ----------
    old, new : Dossier
        The earlier and the later decision, from `read_dossier`, with the same vendors.
    needs : Ranking, optional
        Weighs the topics of sheet fit by their burden, from `rank_pains`; None weighs them alike.
    seed : int
        Seed of the random draws; the same seed gives the same result.

    Returns
    -------
    Comparison
        Inputs may act together: that none changes the winner alone does not mean that nothing changed.

    Raises
    ------
    DataError
        Something other than two dossiers; whatever `scorecard` refuses.

    Examples
    --------
    >>> import dxkit as dx
    >>> dossier = dx.read_dossier(dx.samples.path("portal"))
    >>> int(dx.compare_decisions(dossier, dossier).table["changed"].sum())
    0
    """
    for name, dossier in (("old", old), ("new", new)):
        instance(name, dossier, Dossier, A_DOSSIER)
    before, after = (scorecard(each, needs=needs, seed=seed) for each in (old, new))
    rows = []
    for name, parts in _INPUTS.items():
        changed = any(_spelled(getattr(old, each)) != _spelled(getattr(new, each)) for each in parts)
        winner = before.winner
        if changed:
            one = replace(old, **{each: getattr(new, each) for each in parts})
            one = replace(one, drivers={**new.drivers, **one.drivers}) if name == "costs" else one
            winner = scorecard(one, needs=needs, seed=seed).winner
        rows.append([name, changed, winner or "none", winner != before.winner])
    return Comparison(
        table=pd.DataFrame(rows, columns=["input", "changed", "winner_with_it", "changes_winner"]),
        seed=seed,
        title="Which input changed the choice",
        facts=(("before", before.winner or "no winner"), ("now", after.winner or "no winner")),
    )
